//! What a play leaves: shares, prices, what is signed and what is paid.

use crate::plan::Plan;
use crate::plan::RatioPlan;
use crate::plan::StepKind;
use crate::units::Mask;
use crate::units::Scalar;

use super::figures::Figures;
use super::runway::Runway;

/// The state of a play. It is reused from play to play.
#[derive(Debug, Clone)]
pub struct State<S: Scalar> {
    /// Shares by line of the cap table.
    pub shares: Vec<S>,
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
    /// Capacity in kind that was granted.
    pub credits: Vec<Credit<S>>,
    /// By burn with a runway.
    pub runways: Vec<Runway<S>>,
}

/// A round that was signed.
#[derive(Debug, Clone, Copy)]
pub struct RoundState<S: Scalar> {
    /// Whether it happened: somebody took part.
    pub is_held: S::Mask,
    /// As converted shares that one unit of money buys.
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
            fully_diluted: S::ZERO,
            last_price: S::ONE.per(S::ONE),
            is_priced: S::Mask::NEVER,
            rounds: Vec::with_capacity(plan.rounds.len()),
            tranches: Vec::with_capacity(plan.tranches.len()),
            arrivals: Vec::with_capacity(plan.treasury.months.len()),
            credits: Vec::with_capacity(plan.closings.len()),
            runways: Vec::with_capacity(plan.treasury.burns.len()),
        };
        state.clear(plan);
        state
    }

    /// Nothing has happened.
    pub(super) fn clear(&mut self, plan: &Plan) {
        let nothing = TrancheState { money: S::ZERO, shares: S::ZERO, pending: S::ZERO, funded: S::ZERO };
        let unsigned = RoundState {
            is_held: S::Mask::NEVER,
            price: S::ONE.per(S::ONE),
            pre_money: S::ZERO,
            count_of_day: S::ZERO,
        };
        refill(&mut self.shares, plan.positions.len(), S::ZERO);
        refill(&mut self.rounds, plan.rounds.len(), unsigned);
        refill(&mut self.tranches, plan.tranches.len(), nothing);
        refill(&mut self.arrivals, plan.treasury.months.len(), S::ZERO);
        self.credits.clear();
        self.runways.clear();
        self.fully_diluted = S::ZERO;
        self.last_price = S::ONE.per(S::ONE);
        self.is_priced = S::Mask::NEVER;
    }

    /// Whether what a step touched holds numbers.
    pub(super) fn is_valid_after(&self, plan: &Plan, step: StepKind) -> bool {
        let is_number = |tranche: &TrancheState<S>| tranche.funded.is_valid() && tranche.shares.is_valid();
        self.fully_diluted.is_valid()
            && match step {
                StepKind::Round(round) => plan
                    .rounds
                    .get(round)
                    .and_then(|round| self.tranches.get(round.tranches.clone()))
                    .is_none_or(|tranches| tranches.iter().all(is_number)),
                StepKind::Closing(closing, _) => plan
                    .closings
                    .get(closing)
                    .and_then(|closing| self.tranches.get(closing.tranche))
                    .is_none_or(is_number),
                StepKind::Sale(sale) => plan.sales.get(sale).is_none_or(|sale| {
                    let lines = sale.receiving.iter().flat_map(|(line, buyers)| std::iter::once(line).chain(buyers));
                    lines.into_iter().all(|line| self.held(*line).is_valid())
                }),
            }
    }

    /// The shares of a line.
    #[inline(always)]
    pub fn held(&self, position: usize) -> S {
        self.shares.get(position).copied().unwrap_or(S::ZERO)
    }

    /// Adds shares to a line, and to the fully diluted count as they convert.
    #[inline(always)]
    pub(super) fn issue(&mut self, plan: &Plan, figures: Figures<'_, S>, position: usize, shares: S) {
        if let Some(held) = self.shares.get_mut(position) {
            *held += shares;
        }
        self.fully_diluted += as_converted(plan, figures, position, shares);
    }
}

/// Shares of a line as common shares.
#[inline(always)]
pub(super) fn as_converted<S: Scalar>(plan: &Plan, figures: Figures<'_, S>, position: usize, shares: S) -> S {
    let class = plan.positions.get(position).map_or(0, |position| position.class);
    match ratio(plan, figures, class) {
        None => shares,
        Some(ratio) => shares.times(ratio),
    }
}

/// The conversion ratio of a class; none for one to one.
#[inline(always)]
pub(super) fn ratio<S: Scalar>(plan: &Plan, figures: Figures<'_, S>, class: u32) -> Option<S::Per> {
    match plan.ratios.get(class as usize).copied().unwrap_or(RatioPlan::One) {
        RatioPlan::One => None,
        RatioPlan::Is(slot) => Some(figures.at(slot).per(S::ONE)),
        RatioPlan::Prices(issue, conversion) => Some(figures.at(issue).per(figures.at(conversion))),
    }
}

/// Empties a list and fills it again, without a new allocation once it has its size.
fn refill<T: Copy>(list: &mut Vec<T>, length: usize, with: T) {
    list.clear();
    list.resize(length, with);
}
