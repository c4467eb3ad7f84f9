//! Compiles exits.

use std::collections::HashMap;

use crate::plan::closings::dues;
use crate::plan::closings::met;
use crate::plan::closings::noticed;
use crate::plan::closings::outcomes;
use crate::plan::exit::CarveOutPlan;
use crate::plan::exit::ClaimantPlan;
use crate::plan::exit::ClassTermsPlan;
use crate::plan::exit::ExitKindPlan;
use crate::plan::exit::ExitPlan;
use crate::plan::exit::ListingPlan;
use crate::plan::exit::ListingValuePlan;
use crate::plan::exit::NOTES;
use crate::plan::exit::OfferingPlan;
use crate::plan::exit::OutstandingPlan;
use crate::plan::exit::ParticipationPlan;
use crate::plan::exit::PreferencePlan;
use crate::plan::exit::PreferenceSizePlan;
use crate::plan::exit::ProceedsPlan;
use crate::plan::exit::RatchetPlan;
use crate::plan::exit::SafeTermPlan;
use crate::plan::exit::TakesPlan;
use crate::plan::exit::VestedPlan;
use crate::scenario::Allocation;
use crate::scenario::Capitalisation;
use crate::scenario::CarveOutSize;
use crate::scenario::ClassId;
use crate::scenario::ConditionId;
use crate::scenario::Convertible;
use crate::scenario::Exit;
use crate::scenario::ExitKind;
use crate::scenario::Grant;
use crate::scenario::Listing;
use crate::scenario::ListingValue;
use crate::scenario::Offering;
use crate::scenario::OwnerId;
use crate::scenario::Participation;
use crate::scenario::Preference;
use crate::scenario::PreferenceSize;
use crate::scenario::Ratchet;
use crate::scenario::Rule;
use crate::scenario::Sale;
use crate::scenario::SaleValue;
use crate::scenario::Scenario;
use crate::scenario::WarrantSize;
use crate::units::Day;

use super::super::ClosingPlan;
use super::super::Guard;
use super::super::Holding;
use super::super::Step;
use super::super::StepKind;
use super::super::TriggerPlan;
use super::super::WarrantIssuePlan;
use super::super::WarrantSizePlan;
use super::Compiler;
use super::accrual::balance;
use super::instruments::Instruments;
use super::instruments::may_adopt;
use super::instruments::number;
use super::part_plan;

/// The seniorities of preferences, the one paid first first.
fn seniorities(scenario: &Scenario) -> Vec<u64> {
    let classes = scenario.classes.iter().filter_map(|class| match class.preference {
        Some(Preference::Has(preferred)) => Some(preferred.seniority),
        _ => None,
    });
    let mut all: Vec<u64> = classes.chain(scenario.convertibles.iter().filter_map(|it| it.seniority)).collect();
    all.sort_unstable();
    all.dedup();
    all.reverse();
    all
}

/// The rank of a seniority: after notes.
fn rank_of(all: &[u64], seniority: u64) -> u32 {
    let place = all.iter().position(|other| *other == seniority).unwrap_or(0);
    number(place).saturating_add(NOTES).saturating_add(1)
}

/// The rank after every preference: what SAFEs take above their money at a discount.
pub(super) fn last_rank(scenario: &Scenario) -> u32 {
    number(seniorities(scenario).len().max(1)).saturating_add(NOTES).saturating_add(1)
}

/// Days on which shares can begin to earn a dividend: the opening lines in their order, then the steps.
fn starts<'a>(scenario: &'a Scenario, steps: &'a [Step]) -> impl Iterator<Item = Day> + 'a {
    let opened = scenario.opening.lines.iter().map(|line| line.bought.unwrap_or(scenario.opening.date));
    opened.chain(steps.iter().map(|step| step.day))
}

/// The first place of each of those days.
pub(super) fn first_of_day(scenario: &Scenario, steps: &[Step]) -> Vec<usize> {
    let mut first: HashMap<Day, usize> = HashMap::new();
    starts(scenario, steps).enumerate().map(|(place, day)| *first.entry(day).or_insert(place)).collect()
}

/// What exits ask of each class.
pub(super) fn class_terms(scenario: &Scenario) -> Vec<ClassTermsPlan> {
    let all = seniorities(scenario);
    scenario
        .classes
        .iter()
        .map(|class| ClassTermsPlan {
            is_common: class.is_common,
            issue_price: class.issue_price,
            preference: match class.preference {
                Some(Preference::Has(preferred)) => Some(PreferencePlan {
                    size: match preferred.size {
                        PreferenceSize::Multiple(slot) => PreferenceSizePlan::Multiple(slot),
                        PreferenceSize::Amount(slot) => PreferenceSizePlan::Amount(slot),
                    },
                    rank: rank_of(&all, preferred.seniority),
                    participation: match preferred.participation {
                        Participation::None => ParticipationPlan::None,
                        Participation::Full => ParticipationPlan::Full,
                        Participation::Capped(slot) => ParticipationPlan::Capped(slot),
                    },
                }),
                Some(Preference::None) | None => None,
            },
            dividend: class.dividend.map(|dividend| dividend.on_conversion),
            ratchet: class.ratchet.map(|ratchet| match ratchet {
                Ratchet::Return(slot) => RatchetPlan::Return(slot),
                Ratchet::Price(slot) => RatchetPlan::Price(slot),
            }),
        })
        .collect()
}

impl Compiler<'_> {
    /// Steps at the exits' days; their plans follow once every line is known.
    pub(super) fn exit_events(&mut self) {
        let scenario = self.scenario;
        for (index, exit) in scenario.exits.iter().enumerate() {
            self.event(exit.date, StepKind::Exit(index), format!("exit.{}", exit.id), None);
        }
    }

    /// The plans of exits.
    pub(super) fn exits(&mut self, steps: &[Step], all: &mut Instruments) -> Vec<ExitPlan> {
        let scenario = self.scenario;
        scenario
            .exits
            .iter()
            .enumerate()
            .map(|(index, exit)| {
                let branch = self.branch(index, exit, all);
                let kind = match &exit.kind {
                    ExitKind::Sale(sale) => ExitKindPlan::Sale(proceeds(sale)),
                    ExitKind::Listing(listing) => ExitKindPlan::Listing(self.listing(listing)),
                };
                let accruals = scenario.classes.iter().map(|class| {
                    let interest = class.dividend.as_ref().map(|dividend| &dividend.accrual)?;
                    Some(
                        starts(scenario, steps)
                            .map(|start| balance(Some(interest), start, exit.date.max(start)))
                            .collect(),
                    )
                });
                ExitPlan {
                    fees: exit.fees,
                    costs: exit.costs,
                    branch,
                    claimants: self.claimants(exit),
                    accruals: accruals.collect(),
                    kind,
                }
            })
            .collect()
    }

    fn claimants(&self, exit: &Exit) -> Vec<ClaimantPlan> {
        let scenario = self.scenario;
        let mut lines: Vec<Vec<usize>> = vec![Vec::new(); scenario.classes.len()];
        for (index, line) in self.positions.iter().enumerate() {
            if let Some(lines) = lines.get_mut(line.class as usize).filter(|_| line.holding == Holding::Shares) {
                lines.push(index);
            }
        }
        let classes = lines
            .into_iter()
            .enumerate()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(class, lines)| ClaimantPlan::Class { class: number(class), lines });
        let grants = scenario
            .grants
            .iter()
            .enumerate()
            .map(|(grant, of)| ClaimantPlan::Grant { grant, vested: vested(of, exit) });
        let warrants = (0..scenario.warrants.len()).map(|warrant| ClaimantPlan::Warrant { warrant });
        let convertibles = scenario
            .convertibles
            .iter()
            .enumerate()
            .filter(|(_, convertible)| convertible.date <= exit.date)
            .map(|(index, convertible)| ClaimantPlan::Convertible(self.outstanding(index, convertible, exit)));
        classes.chain(grants).chain(warrants).chain(convertibles).collect()
    }

    fn outstanding(&self, index: usize, convertible: &Convertible, exit: &Exit) -> OutstandingPlan {
        let scenario = self.scenario;
        let interest = convertible.note.as_ref().and_then(|note| note.interest.as_ref());
        let owed = balance(interest, convertible.date, exit.date);
        let is_wind_up = matches!(&exit.kind, ExitKind::Sale(sale) if sale.is_wind_up);
        if let Some(note) = &convertible.note {
            let counts_itself =
                matches!(convertible.capitalisation, Capitalisation::BeforeNewMoney | Capitalisation::PostMoney);
            return OutstandingPlan {
                convertible: index,
                balance: owed,
                rank: Some(NOTES),
                takes: if is_wind_up {
                    // Nobody takes control: it is paid what it is owed.
                    Some(TakesPlan::Note { multiple: None, cap: None })
                } else {
                    note.at_exit.map(|at_exit| TakesPlan::Note {
                        multiple: at_exit.multiple,
                        cap: convertible.cap.filter(|_| at_exit.converts).map(|cap| (cap, counts_itself)),
                    })
                },
            };
        }
        let all = seniorities(scenario);
        let rank = match (convertible.seniority, all.as_slice()) {
            (Some(seniority), _) => Some(rank_of(&all, seniority)),
            (None, []) => Some(NOTES.saturating_add(1)),
            (None, [only]) => Some(rank_of(&all, *only)),
            (None, _) => None,
        };
        let terms = if is_wind_up { Vec::new() } else { safe_terms(scenario, convertible, exit) };
        OutstandingPlan { convertible: index, balance: owed, rank, takes: Some(TakesPlan::Safe(terms)) }
    }

    /// What an exit makes happen on its day: tranches, triggers and warrants that wait for what it makes true.
    fn branch(&mut self, index: usize, exit: &Exit, all: &mut Instruments) -> Vec<StepKind> {
        let scenario = self.scenario;
        let mut branch = Vec::new();
        if exit.meets.is_empty() {
            return branch;
        }
        for (number, convertible) in scenario.convertibles.iter().enumerate() {
            let Some(condition) = convertible.note.as_ref().and_then(|note| note.converts_on) else { continue };
            if convertible.date > exit.date || !waits_for(scenario, condition, &exit.meets) {
                continue;
            }
            let guard = met_with(scenario, condition, convertible.date, exit);
            let interest = convertible.note.as_ref().and_then(|note| note.interest.as_ref());
            let class = convertible.into.unwrap_or(ClassId::at(0));
            branch.push(StepKind::Trigger(all.triggers.len()));
            all.triggers.push(TriggerPlan {
                convertible: number,
                guard,
                position: self.position(convertible.holder, class),
                balance: balance(interest, convertible.date, exit.date),
                cap: convertible.cap.map(|cap| (cap, convertible.capitalisation)),
                discount: convertible.discount,
                month: None,
            });
        }
        for (number, warrant) in scenario.warrants.iter().enumerate() {
            let WarrantSize::Tranches(tranches) = &warrant.size else { continue };
            for (_, shares, condition) in tranches {
                let has_ended = warrant.exercised.or(warrant.expires).is_some_and(|end| end <= exit.date);
                if has_ended || warrant.date > exit.date || !waits_for(scenario, *condition, &exit.meets) {
                    continue;
                }
                let earlier = met(scenario, *condition, warrant.date);
                let guard = only_now(met_with(scenario, *condition, warrant.date, exit), earlier, exit.date);
                branch.push(StepKind::WarrantIssue(all.warrant_issues.len()));
                all.warrant_issues.push(WarrantIssuePlan {
                    warrant: number,
                    size: WarrantSizePlan::Tranche(*shares),
                    guard,
                });
            }
        }
        let mut tranche_number = 0usize;
        for round in &scenario.rounds {
            let mut opens = true;
            for tranche in &round.tranches {
                let tranche_index = tranche_number;
                tranche_number = tranche_number.saturating_add(1);
                let waits = tranche.condition.is_some_and(|it| waits_for(scenario, it, &exit.meets));
                let is_pulled = tranche.accelerates.is_some_and(|it| waits_for(scenario, it, &exit.meets));
                if round.date > exit.date || !(waits || is_pulled) {
                    continue;
                }
                let listed = match &exit.kind {
                    ExitKind::Listing(_) => tranche.class_after_listing,
                    ExitKind::Sale(_) => None,
                };
                for (due, part) in dues(tranche) {
                    let is_due = due <= exit.date;
                    if !(is_due && waits || !is_due && is_pulled) {
                        continue;
                    }
                    // Called with the exit and closed after its notice; what an amount on failure has replaced by then
                    // stays so.
                    let closes = match tranche.condition {
                        Some(_) => exit.date.plus_days(tranche.notice_days).unwrap_or(exit.date),
                        None => noticed(tranche, exit.date, due),
                    };
                    let is_replaced = |by: Day| by == exit.date && tranche.otherwise.is_some();
                    if tranche.by.is_some_and(|by| by < closes || is_replaced(by)) {
                        continue;
                    }
                    // What is pulled forward is due with the exit.
                    let due_here = due.min(exit.date);
                    let met = |condition: Option<ConditionId>| {
                        condition.map_or(Guard::Always, |it| met_with(scenario, it, due_here, exit))
                    };
                    let pulled = if is_due { Guard::Always } else { met(tranche.accelerates) };
                    let earlier = outcomes(scenario, tranche, round.date, due).all;
                    let earlier = earlier.into_iter().map(|outcome| (outcome.day, outcome.guard)).collect();
                    let guard = only_now(Guard::All(vec![met(tranche.condition), pulled]), earlier, exit.date);
                    branch.push(StepKind::Closing(self.closings.len(), opens));
                    opens = false;
                    let position = listed.map(|class| self.position(tranche.investor, class));
                    self.closings.push(ClosingPlan {
                        tranche: tranche_index,
                        day: exit.date,
                        called: exit.date,
                        guard,
                        otherwise: None,
                        part,
                        position,
                        cash_month: None,
                        credit: None,
                        exit: Some(index),
                    });
                }
            }
        }
        branch
    }

    fn listing(&mut self, listing: &Listing) -> ListingPlan {
        let scenario = self.scenario;
        let mut conversions = Vec::new();
        for (from, line) in self.positions.clone().into_iter().enumerate() {
            let is_common = scenario.classes.get(line.class as usize).is_none_or(|class| class.is_common);
            if !is_common && line.holding == Holding::Shares {
                conversions.push((from, self.line(OwnerId::at(line.owner as usize), ClassId::at(0), Holding::Shares)));
            }
        }
        let common = |compiler: &mut Self, owner: OwnerId| compiler.line(owner, ClassId::at(0), Holding::Shares);
        // Common stock of other classes becomes the listed one where it is sold.
        let mut sellers = Vec::new();
        for (owner, part) in &listing.secondary {
            let to = common(self, *owner);
            let mine = self.positions.iter().enumerate().filter(|(_, line)| {
                line.owner as usize == owner.index()
                    && line.holding == Holding::Shares
                    && scenario.classes.get(line.class as usize).is_some_and(|class| class.is_common)
            });
            sellers.extend(mine.map(|(line, _)| (line, to, *part)));
        }
        let converted = scenario.convertibles.iter().map(|it| common(self, it.holder)).collect();
        ListingPlan {
            value: match listing.value {
                ListingValue::PreMoney(slot) => ListingValuePlan::PreMoney(slot),
                ListingValue::PostMoney(slot) => ListingValuePlan::PostMoney(slot),
                ListingValue::Price(slot) => ListingValuePlan::Price(slot),
            },
            primary: listing.primary.map(|primary| match primary {
                Offering::Money(slot) => OfferingPlan::Money(slot),
                Offering::Shares(slot) => OfferingPlan::Shares(slot),
            }),
            greenshoe: listing.greenshoe,
            conversions,
            sellers,
            public: listing.to.map(|owner| common(self, owner)),
            converted,
        }
    }
}

fn proceeds(sale: &Sale) -> ProceedsPlan {
    let debt = match sale.value {
        SaleValue::Equity(_) => None,
        SaleValue::Enterprise { debt, .. } => Some(debt),
    };
    let carve_outs = sale.carve_outs.iter().map(|carve_out| {
        let (amount, rates) = match &carve_out.size {
            CarveOutSize::Amount(amount) => (Some(*amount), Vec::new()),
            CarveOutSize::Rates(rates) => (None, rates.clone()),
        };
        let parts = carve_out.to.iter().enumerate();
        let to = parts.map(|(index, (owner, part))| (owner.index(), part_plan(*part, &carve_out.to, index))).collect();
        CarveOutPlan { amount, rates, to }
    });
    ProceedsPlan { is_wind_up: sale.is_wind_up, value: sale.value.figure(), debt, carve_outs: carve_outs.collect() }
}

/// What of a grant has vested by an exit, and what vests with it.
fn vested(grant: &Grant, exit: &Exit) -> VestedPlan {
    let sale = match &exit.kind {
        ExitKind::Sale(sale) => Some(sale),
        ExitKind::Listing(_) => None,
    };
    let is_assumed = sale.is_none_or(|sale| sale.unvested_assumed);
    let Some(vesting) = grant.vesting else {
        return VestedPlan {
            dates: None,
            passed: 0,
            allocation: Allocation::Fractional,
            accelerates: None,
            is_assumed,
        };
    };
    let accelerates = vesting.acceleration.filter(|acceleration| {
        sale.is_some_and(|sale| !sale.is_wind_up && (!acceleration.is_double || sale.terminated))
    });
    let (dates, passed) = vesting.passed(grant.date, exit.date);
    VestedPlan {
        dates: Some(dates),
        passed,
        allocation: vesting.allocation,
        accelerates: accelerates.map(|acceleration| acceleration.part),
        is_assumed,
    }
}

/// The terms a SAFE may take at an exit: its own, or those of the package it took.
fn safe_terms(scenario: &Scenario, convertible: &Convertible, exit: &Exit) -> Vec<SafeTermPlan> {
    let own = terms_of(convertible);
    if !convertible.mfn {
        return own;
    }
    let elected = convertible.elects.as_ref().map(|elects| &elects.value);
    let packages = scenario
        .convertibles
        .iter()
        .filter(|other| may_adopt(convertible, other, exit.date) && elected.is_none_or(|elected| *elected == other.id));
    own.into_iter().chain(packages.flat_map(terms_of)).collect()
}

/// What a SAFE says of an exit. With a cap its shares are those of the cap; a discount alone is one on their value.
fn terms_of(convertible: &Convertible) -> Vec<SafeTermPlan> {
    if let Some(part) = convertible.ownership {
        return vec![SafeTermPlan::Ownership(part)];
    }
    match (convertible.cap, convertible.discount, convertible.capitalisation) {
        (Some(cap), _, Capitalisation::PostMoney) => vec![SafeTermPlan::Cap(cap)],
        (Some(cap), _, _) => vec![SafeTermPlan::CapBefore(cap)],
        (None, Some(discount), _) => vec![SafeTermPlan::Discount(discount)],
        (None, None, _) => Vec::new(),
    }
}

/// Whether a condition waits for one of these.
fn waits_for(scenario: &Scenario, condition: ConditionId, meets: &[ConditionId]) -> bool {
    meets.contains(&condition)
        || match scenario.conditions.get(condition.index()).map(|condition| &condition.rule) {
            Some(Rule::Any(parts) | Rule::All(parts)) => parts.iter().any(|part| waits_for(scenario, *part, meets)),
            _ => false,
        }
}

/// When a condition is met by an exit's day, with what the exit makes true.
fn met_with(scenario: &Scenario, condition: ConditionId, due: Day, exit: &Exit) -> Guard {
    if exit.meets.contains(&condition) {
        return Guard::Always;
    }
    match scenario.conditions.get(condition.index()).map(|condition| &condition.rule) {
        Some(Rule::Any(parts)) => Guard::Any(parts.iter().map(|part| met_with(scenario, *part, due, exit)).collect()),
        Some(Rule::All(parts)) => Guard::All(parts.iter().map(|part| met_with(scenario, *part, due, exit)).collect()),
        Some(Rule::Itself { .. }) => {
            let days = met(scenario, condition, due).into_iter().filter(|(day, _)| *day <= exit.date);
            Guard::Any(days.map(|(_, guard)| guard).collect())
        }
        None => Guard::Any(Vec::new()),
    }
}

/// Met now, and not before.
fn only_now(now: Guard, earlier: Vec<(Day, Guard)>, day: Day) -> Guard {
    let before = earlier.into_iter().filter(|(earlier, _)| *earlier <= day).map(|(_, guard)| guard).collect();
    Guard::All(vec![now, Guard::Not(Box::new(Guard::Any(before)))])
}
