//! What a play leaves: shares, prices, what is signed and what is paid.

use crate::plan::Plan;
use crate::plan::RatioPlan;
use crate::plan::StepKind;
use crate::units::Mask;
use crate::units::Scalar;

use super::classes::ClassState;
use super::classes::as_converted;
use super::exit::ExitState;
use super::figures::Figures;
use super::lots::Lot;
use super::runway::Runway;
use super::solver::Claim;
use super::solver::Series;
use super::treasury::Months;

/// The state of a play. It is reused from play to play.
#[derive(Debug, Clone)]
pub struct State<S: Scalar> {
    /// Shares by line of the cap table.
    pub shares: Vec<S>,
    /// By share class.
    pub classes: Vec<ClassState<S>>,
    /// By convertible.
    pub convertibles: Vec<ConvertibleState<S>>,
    /// By grant.
    pub grants: Vec<GrantState<S>>,
    /// By warrant: the same.
    pub warrants: Vec<S>,
    /// All shares as converted, unallocated pools included.
    pub fully_diluted: S,
    /// As converted shares that one unit of money buys, by the last round; read only where `is_priced`.
    pub last_price: S::Per,
    /// Whether a round has set a price.
    pub is_priced: S::Mask,
    /// By round.
    pub rounds: Vec<RoundState<S>>,
    /// By tranche.
    pub tranches: Vec<TrancheState<S>>,
    /// Cash that arrives, by month.
    pub arrivals: Vec<S>,
    /// Whether any may arrive in a month.
    pub(super) has_arrival: Vec<bool>,
    /// Capacity in kind that was granted.
    pub credits: Vec<Credit<S>>,
    /// By burn with a runway.
    pub runways: Vec<Runway<S>>,
    /// By exit; none where its day lies beyond the horizon.
    pub exits: Vec<Option<ExitState<S>>>,
    /// Shares with a cumulative dividend, by the day they began to earn it.
    pub lots: Vec<Lot<S>>,
    /// The place of the day at hand among those on which shares can begin to earn.
    pub(super) start: usize,
    /// What convertibles bring to the round at hand.
    pub(super) claims: Vec<Claim<S>>,
    /// The protected classes of the round at hand.
    pub(super) series: Vec<Series<S>>,
    /// What the months are run in.
    pub(super) months: Months<S>,
}

/// A SAFE or a note.
#[derive(Debug, Clone, Copy)]
pub struct ConvertibleState<S: Scalar> {
    /// Where its money is in and it has neither converted nor been paid back.
    pub is_outstanding: S::Mask,
    /// Splits of its class by the day it was signed.
    pub splits: S,
}

/// A grant of options.
#[derive(Debug, Clone, Copy)]
pub struct GrantState<S> {
    /// Splits of its class by the day it was granted.
    pub splits: S,
    /// What was given up or expired, in shares of the day it was granted.
    pub returned: S,
}

/// A round that was signed.
#[derive(Debug, Clone, Copy)]
pub struct RoundState<S: Scalar> {
    /// Whether it happened: somebody took part.
    pub is_held: S::Mask,
    /// Shares of its class that one unit of money buys: what was signed stays, whatever a share converts to later.
    pub price: S::Per,
    /// What the company was worth before the money.
    pub pre_money: S,
    /// The fully diluted count at the start of the day's closings.
    pub count_of_day: S,
}

/// A tranche.
#[derive(Debug, Clone, Copy)]
pub struct TrancheState<S> {
    /// The committed money, or what an optional tranche would bring.
    pub money: S,
    /// The shares it buys at its locked price, in the round's class.
    pub shares: S,
    /// Committed shares that are not issued.
    pub pending: S,
    /// Money funded: closed, in cash and in kind.
    pub funded: S,
    /// Splits of its class by the day it was signed.
    pub splits: S,
    /// What pro rata rights inside the round left of it.
    pub left: S,
}

impl<S: Scalar> RoundState<S> {
    /// Nobody has signed.
    #[inline(always)]
    pub(super) fn unsigned() -> RoundState<S> {
        RoundState { is_held: S::Mask::NEVER, price: S::ONE.per(S::ONE), pre_money: S::ZERO, count_of_day: S::ZERO }
    }
}

impl<S: Scalar> TrancheState<S> {
    /// Nothing of it is signed or paid.
    #[inline(always)]
    pub(super) fn nothing() -> TrancheState<S> {
        TrancheState {
            money: S::ZERO,
            shares: S::ZERO,
            pending: S::ZERO,
            funded: S::ZERO,
            splits: S::ONE,
            left: S::ONE,
        }
    }

    #[inline(always)]
    fn is_number(&self) -> bool {
        self.funded.is_valid() && self.shares.is_valid()
    }
}

#[inline(always)]
fn all_numbers<S: Scalar>(tranches: &[TrancheState<S>]) -> bool {
    let mut all = true;
    for tranche in tranches {
        all &= tranche.is_number();
    }
    all
}

/// Capacity that came in kind.
#[derive(Debug, Clone, Copy)]
pub struct Credit<S> {
    /// The closing it came with.
    pub closing: usize,
    /// What it was taken for.
    pub amount: S,
}

impl<S: Scalar> State<S> {
    /// A state for plays of a plan.
    #[must_use]
    pub fn new(plan: &Plan) -> State<S> {
        let mut state = State {
            shares: Vec::with_capacity(plan.positions.len()),
            classes: Vec::with_capacity(plan.ratios.len()),
            convertibles: Vec::with_capacity(plan.convertibles.len()),
            grants: Vec::with_capacity(plan.grants.len()),
            warrants: Vec::with_capacity(plan.warrants.len()),
            fully_diluted: S::ZERO,
            last_price: S::ONE.per(S::ONE),
            is_priced: S::Mask::NEVER,
            rounds: Vec::with_capacity(plan.rounds.len()),
            tranches: Vec::with_capacity(plan.tranches.len()),
            arrivals: Vec::with_capacity(plan.treasury.months.len()),
            has_arrival: Vec::with_capacity(plan.treasury.months.len()),
            exits: Vec::with_capacity(plan.exits.len()),
            lots: Vec::new(),
            start: 0,
            credits: Vec::with_capacity(plan.closings.len()),
            runways: Vec::with_capacity(plan.treasury.burns.len()),
            claims: Vec::with_capacity(plan.convertibles.len()),
            series: Vec::new(),
            months: Months::default(),
        };
        state.clear(plan, Figures::new(&[]));
        state
    }

    /// Nothing has happened.
    #[inline(always)]
    pub(super) fn clear(&mut self, plan: &Plan, figures: Figures<'_, S>) {
        let unsigned_note = ConvertibleState { is_outstanding: S::Mask::NEVER, splits: S::ONE };
        refill(&mut self.shares, plan.positions.len(), S::ZERO);
        if self.classes.len() != plan.ratios.len() {
            refill(&mut self.classes, plan.ratios.len(), ClassState::of(RatioPlan::One, figures));
        }
        for (class, (ratio, terms)) in self.classes.iter_mut().zip(plan.ratios.iter().zip(&plan.class_terms)) {
            *class = ClassState::of(*ratio, figures).costing(terms.issue_price.map(|slot| figures.at(slot)));
        }
        refill(&mut self.convertibles, plan.convertibles.len(), unsigned_note);
        refill(&mut self.grants, plan.grants.len(), GrantState { splits: S::ONE, returned: S::ZERO });
        refill(&mut self.warrants, plan.warrants.len(), S::ONE);
        refill(&mut self.rounds, plan.rounds.len(), RoundState::unsigned());
        refill(&mut self.tranches, plan.tranches.len(), TrancheState::nothing());
        let months = plan.treasury.months.len();
        if self.arrivals.len() == months {
            // Most months see no money but what is burned.
            for (arrival, has_arrival) in self.arrivals.iter_mut().zip(&mut self.has_arrival) {
                if *has_arrival {
                    *arrival = S::ZERO;
                    *has_arrival = false;
                }
            }
        } else {
            refill(&mut self.arrivals, months, S::ZERO);
            refill(&mut self.has_arrival, months, false);
        }
        self.exits.clear();
        self.exits.resize_with(plan.exits.len(), || None);
        self.lots.clear();
        self.start = 0;
        self.credits.clear();
        self.runways.clear();
        self.months.forget();
        self.fully_diluted = S::ZERO;
        self.last_price = S::ONE.per(S::ONE);
        self.is_priced = S::Mask::NEVER;
    }

    /// Whether what a step touched holds numbers.
    #[inline(always)]
    pub(super) fn is_valid_after(&self, plan: &Plan, step: StepKind) -> bool {
        self.fully_diluted.is_valid()
            && match step {
                StepKind::Round(round) => plan
                    .rounds
                    .get(round)
                    .and_then(|round| self.tranches.get(round.tranches.clone()))
                    .is_none_or(all_numbers),
                StepKind::Closing(closing, _) => plan
                    .closings
                    .get(closing)
                    .and_then(|closing| self.tranches.get(closing.tranche))
                    .is_none_or(TrancheState::is_number),
                StepKind::Split(_) | StepKind::Change(_) | StepKind::Tender(_) => {
                    self.shares.iter().all(|shares| shares.is_valid())
                }
                StepKind::Options(event) => plan.option_events.get(event).is_none_or(|event| {
                    plan.grants.get(event.grant).is_none_or(|grant| {
                        [grant.pool, grant.options, grant.shares_line].iter().all(|line| self.held(*line).is_valid())
                    })
                }),
                // They change no line, or one that is counted in all shares; an exit is a branch of its own.
                StepKind::Exit(_)
                | StepKind::Issue(_)
                | StepKind::Interest(_)
                | StepKind::Maturity(_)
                | StepKind::Trigger(_)
                | StepKind::Grant(_)
                | StepKind::WarrantIssue(_)
                | StepKind::WarrantEnd(_) => true,
                StepKind::Sale(sale) => plan.sales.get(sale).is_none_or(|sale| {
                    let lines = sale.receiving.iter().flat_map(|(line, buyers)| std::iter::once(line).chain(buyers));
                    lines.into_iter().all(|line| self.held(*line).is_valid())
                }),
            }
    }

    /// How long the money lasts under a burn, by its place among those of the plan; none where its months were not run.
    #[inline(always)]
    pub fn runway(&self, plan: &Plan, burn: usize) -> Option<&Runway<S>> {
        match plan.treasury.only {
            Some(only) => self.runways.first().filter(|_| only == burn),
            None => self.runways.get(burn),
        }
    }

    /// The shares of a line.
    #[inline(always)]
    pub fn held(&self, position: usize) -> S {
        self.shares.get(position).copied().unwrap_or(S::ZERO)
    }

    /// Adds shares to a line, and to the fully diluted count as they convert.
    #[inline(always)]
    pub(super) fn issue(&mut self, plan: &Plan, position: usize, shares: S) {
        if let Some(held) = self.shares.get_mut(position) {
            *held += shares;
        }
        self.begin_lot(plan, position, shares);
        self.fully_diluted += as_converted(plan, &self.classes, position, shares);
    }

    /// Takes shares from a line, and their converted count from the fully diluted one.
    #[inline(always)]
    pub(super) fn retire(&mut self, plan: &Plan, position: usize, shares: S) {
        if let Some(held) = self.shares.get_mut(position) {
            *held -= shares;
        }
        self.take_lots(plan, position, shares);
        let class = plan.positions.get(position).map_or(0, |line| line.class);
        if let Some(class) = self.classes.get_mut(class as usize) {
            class.leaves(shares);
        }
        self.fully_diluted -= as_converted(plan, &self.classes, position, shares);
    }

    /// The shares of some lines, as converted.
    #[inline(always)]
    pub(super) fn converted(&self, plan: &Plan, lines: &[usize]) -> S {
        let mut sum = S::ZERO;
        for line in lines {
            sum += as_converted(plan, &self.classes, *line, self.held(*line));
        }
        sum
    }

    /// Counts all shares again where ratios have changed.
    #[inline(always)]
    pub(super) fn recount(&mut self, plan: &Plan, here: S::Mask) {
        let mut all = S::ZERO;
        for (line, shares) in self.shares.iter().enumerate() {
            all += as_converted(plan, &self.classes, line, *shares);
        }
        self.fully_diluted = S::select(here, all, self.fully_diluted);
    }

    /// Notes money that comes in, or with a minus goes out, in a month of the projection.
    #[inline(always)]
    pub(super) fn cash(&mut self, month: Option<usize>, money: S) {
        let Some(month) = month else { return };
        if let (Some(arrival), Some(has_arrival)) = (self.arrivals.get_mut(month), self.has_arrival.get_mut(month)) {
            *arrival += money;
            *has_arrival = true;
        }
    }
}

/// Empties a list and fills it again, without a new allocation once it has its size.
#[inline(always)]
pub(super) fn refill<T: Copy>(list: &mut Vec<T>, length: usize, with: T) {
    if list.len() == length {
        for slot in list {
            *slot = with;
        }
    } else {
        list.clear();
        list.resize(length, with);
    }
}
