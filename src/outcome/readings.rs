//! The same months read otherwise: what the plain division says, without new money, without capacity in kind, with it
//! counted as cash.

use crate::engine::InKind;
use crate::engine::Runway;
use crate::engine::TreasuryReading;
use crate::engine::runway_read;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

use super::played::Outcome;

/// Whether a company reaches a month without burn before its money ends, if nobody gives it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultAlive {
    /// It lasts, and no longer burns by the horizon.
    Alive,
    /// It runs out before.
    Dead,
    /// It lasts to the horizon, and still burns there.
    Undecided,
}

impl DefaultAlive {
    /// The word of a result.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            DefaultAlive::Alive => "alive",
            DefaultAlive::Dead => "dead",
            DefaultAlive::Undecided => "undecided",
        }
    }
}

/// The same months read otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Readings {
    /// Cash on `as_of` over the burn of a month as the projection begins, with what is committed on top; none where
    /// nothing burns.
    pub stays: Option<Exact>,
    /// Without money that is still to come.
    pub default_alive: DefaultAlive,
    /// Without capacity in kind, and with it counted as cash; none where nothing comes in kind.
    pub in_kind: Option<(Runway<Exact>, Runway<Exact>)>,
}

impl Outcome {
    /// The play in which a burn report, by its place among the scenario's, decides what is raised: this one, unless
    /// that depends on the report. None if that play has no answer.
    #[must_use]
    pub fn under_burn(&self, burn: usize) -> Option<&Outcome> {
        match self.under.iter().find(|under| under.burn == burn) {
            Some(under) => under.played.as_ref(),
            None => Some(self),
        }
    }
}

/// Reads the months under a burn, by its place among those of the plan, otherwise.
#[must_use]
pub fn readings(outcome: &Outcome, place: usize) -> Option<Readings> {
    let burn = outcome.plan.treasury.burns.get(place)?.burn;
    let played = outcome.under_burn(burn)?;
    let Outcome { plan, state, scenario, journal, .. } = played;
    let figures: Vec<Exact> = plan.values.iter().map(|value| Exact::of(*value)).collect();
    let read = |is_funded, in_kind| runway_read(plan, &figures, state, place, TreasuryReading { is_funded, in_kind });
    let record = journal.runways.get(place)?;
    let unit = Exact::of(plan.treasury.denominator);
    let (first, length) = (record.months.first()?, plan.treasury.months.first()?.length);
    let whole = Exact::whole(length.denominator()).per(Exact::whole(length.numerator()));
    let burned = (first.burned + first.committed + first.shortfall).times(whole) / unit;
    let opening = Exact::of(scenario.figures.value(scenario.cash?.opening));
    let last = record.months.last()?;
    let burns_at_last = last.burned + last.committed + last.shortfall;
    let alone = read(false, InKind::Drawn)?;
    let default_alive = match (alone.runs_out, Exact::ZERO.lt(burns_at_last)) {
        (Decided::Yes, _) => DefaultAlive::Dead,
        (_, Decided::Yes) => DefaultAlive::Undecided,
        _ => DefaultAlive::Alive,
    };
    let has_kind = state.credits.iter().any(|credit| credit.amount != Exact::ZERO);
    Some(Readings {
        stays: (Exact::ZERO.lt(burned) == Decided::Yes).then(|| opening / burned),
        default_alive,
        in_kind: if has_kind { read(true, InKind::Nothing).zip(read(true, InKind::Cash)) } else { None },
    })
}
