//! What a burn report spends in each month: its lines walked and added.

use crate::plan::Base;
use crate::plan::BurnPlan;
use crate::plan::CommitmentPlan;
use crate::plan::FillPlan;
use crate::plan::LinePlan;
use crate::plan::ProfilePlan;
use crate::plan::Way;
use crate::units::Scalar;

use super::super::figures::Figures;
use super::super::state::refill;

/// What a burn report spends, by month, in parts of a unit. Its lists are reused from report to report.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Burned<S> {
    /// What leaves, less what comes in and what is no cash.
    pub net: Vec<S>,
    /// What capacity in kind could pay for; nothing where that is all of it.
    payable: Vec<S>,
    /// What is owed to counterparties although the report does not spend it there; empty where nothing is.
    pub shortfall: Vec<S>,
}

impl<S> Default for Burned<S> {
    fn default() -> Burned<S> {
        Burned { net: Vec::new(), payable: Vec::new(), shortfall: Vec::new() }
    }
}

impl<S: Scalar> Burned<S> {
    /// Walks the lines of a report over so many months.
    #[inline(always)]
    pub fn fill(&mut self, burn: &BurnPlan, figures: Figures<'_, S>, months: usize) {
        refill(&mut self.net, months, S::ZERO);
        refill(&mut self.payable, if burn.is_whole { 0 } else { months }, S::ZERO);
        self.shortfall.clear();
        let Burned { net, payable, .. } = self;
        for line in &burn.lines {
            walk(
                line,
                &line.profiles,
                figures,
                #[inline(always)]
                |month, amount| {
                    if let Some(net) = net.get_mut(month) {
                        match line.way {
                            Way::Out => *net += amount,
                            Way::In => *net -= amount,
                        }
                    }
                    if line.eligible
                        && let Some(payable) = payable.get_mut(month)
                    {
                        *payable += amount;
                    }
                },
            );
        }
    }

    /// What capacity in kind could pay for in a month.
    #[inline(always)]
    pub fn payable(&self, burn: &BurnPlan, month: usize) -> S {
        let list = if burn.is_whole { &self.net } else { &self.payable };
        list.get(month).copied().unwrap_or(S::ZERO).at_least_zero()
    }

    /// What take-or-pay commitments to a counterparty come to above what the report's lines spend with it, in the month
    /// it is spent. A report that names nobody does not say, and is taken to use them up.
    pub fn owe(&mut self, burn: &BurnPlan, commitments: &[CommitmentPlan], due: &[Vec<S>], figures: Figures<'_, S>) {
        let owed = || commitments.iter().zip(due).filter(|(commitment, _)| !commitment.on_top);
        let mut named: Vec<usize> = owed().map(|(commitment, _)| commitment.to).collect();
        named.retain(|to| burn.lines.iter().any(|line| line.to == Some(*to)));
        named.sort_unstable();
        named.dedup();
        if named.is_empty() {
            return;
        }
        let months = self.net.len();
        self.shortfall = vec![S::ZERO; months];
        for to in named {
            let mut left = vec![S::ZERO; months];
            for (_, due) in owed().filter(|(commitment, _)| commitment.to == to) {
                for (left, due) in left.iter_mut().zip(due) {
                    *left += *due;
                }
            }
            for line in burn.lines.iter().filter(|line| line.to == Some(to)) {
                walk(line, line.spent.as_ref().unwrap_or(&line.profiles), figures, |month, amount| {
                    if let Some(left) = left.get_mut(month) {
                        *left -= amount;
                    }
                });
            }
            for (short, left) in self.shortfall.iter_mut().zip(left) {
                *short += left.at_least_zero();
            }
        }
    }
}

/// What some lines come to, in parts of a unit.
pub(super) fn sum<'a, S: Scalar>(lines: impl Iterator<Item = &'a LinePlan>, figures: Figures<'_, S>) -> S {
    let mut sum = S::ZERO;
    for line in lines {
        walk(line, &line.profiles, figures, |_, amount| sum += amount);
    }
    sum
}

/// Tells the amount of each month of a line by some of its profiles.
#[inline(always)]
fn walk<S: Scalar>(line: &LinePlan, profiles: &[ProfilePlan], figures: Figures<'_, S>, mut tell: impl FnMut(usize, S)) {
    let part = line.part.map(|slot| figures.at(slot));
    for profile in profiles {
        let fill = Fills::new(profile, figures);
        let mut rate: Option<S> = None;
        let mut month = 0usize;
        for segment in &profile.segments {
            let base = match segment.base {
                Base::Nothing => S::ZERO,
                Base::Figure(slot) => figures.at(slot),
                Base::Fill(year) => fill.year(year),
                Base::Staff(heads, per_head) => figures.at(heads) * figures.at(per_head),
                Base::Rate(slot, growth) => {
                    let so_far = rate.unwrap_or_else(|| figures.at(slot));
                    let now = match growth {
                        Some(growth) => so_far * (S::ONE + figures.at(growth)),
                        None => so_far,
                    };
                    rate = Some(now);
                    now
                }
            };
            let amount = base * S::constant(&segment.coefficient);
            let amount = part.map_or(amount, |part| amount * part);
            for _ in 0..segment.months {
                tell(month, amount);
                month = month.saturating_add(1);
            }
        }
    }
}

/// The years that a cumulative total fills.
struct Fills<S> {
    /// What the named years leave, over the weights of the years filled.
    left: S,
    /// One year's growth; none if flat.
    growth: Option<S>,
    years: Vec<u32>,
}

impl<S: Scalar> Fills<S> {
    #[inline(always)]
    fn new(profile: &ProfilePlan, figures: Figures<'_, S>) -> Fills<S> {
        let Some(fill) = &profile.fill else { return Fills { left: S::ZERO, growth: None, years: Vec::new() } };
        let FillPlan { total, named, growth, years } = fill;
        let left = named.iter().fold(figures.at(*total), |left, named| left - figures.at(*named));
        let growth = growth.map(|growth| S::ONE + figures.at(growth));
        match growth {
            // The coefficient of a flat year already holds the division.
            None => Fills { left, growth, years: Vec::new() },
            Some(growth) => {
                let weights = years.iter().fold(S::ZERO, |sum, years| sum + power(growth, *years));
                Fills { left: left / weights, growth: Some(growth), years: years.clone() }
            }
        }
    }

    /// The amount of the year with that number, or of a flat one all that is left.
    #[inline(always)]
    fn year(&self, number: u32) -> S {
        match self.growth {
            None => self.left,
            Some(growth) => {
                let years = self.years.get(number as usize).copied().unwrap_or(0);
                self.left * power(growth, years)
            }
        }
    }
}

#[inline(always)]
fn power<S: Scalar>(base: S, exponent: u32) -> S {
    (0..exponent).fold(S::ONE, |product, _| product * base)
}
