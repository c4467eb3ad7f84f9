//! Which inputs a result hangs on: each figure is moved a little, the scenario played again, the result compared.

use std::collections::HashSet;

use crate::diagnostics::Bag;
use crate::format::Quantity;
use crate::outcome::Metric;
use crate::outcome::MetricValue;
use crate::outcome::Outcome;
use crate::outcome::metric;
use crate::outcome::run;
use crate::scenario::FigureEntry;
use crate::scenario::FigureId;
use crate::units::Decimal;

use super::compare::is_same;

/// Scenarios with more figures than this are not tried figure by figure.
const MOST_FIGURES: usize = 400;

/// The written figures that move a result when they move; none if there are too many to try.
///
/// Each is moved down and up by a hundredth, a zero to a small number, a condition to its opposite. A move that the
/// scenario refuses says nothing.
#[must_use]
pub fn influences(outcome: &Outcome, path: &str) -> Option<Vec<FigureId>> {
    let figures = &outcome.scenario.figures;
    // A long table of exchange rates holds many that convert nothing.
    let rates: HashSet<FigureId> = figures.iter().filter_map(|figure| Some(figure.converted.as_ref()?.rate)).collect();
    let is_idle =
        |id: FigureId| !rates.contains(&id) && figures.get(id).is_some_and(|figure| figure.path.starts_with("fx."));
    let tried: Vec<FigureId> = (0..figures.len()).map(FigureId::at).filter(|id| !is_idle(*id)).collect();
    if tried.len() > MOST_FIGURES {
        return None;
    }
    let base = metric(outcome, path)?;
    // Payments are rounded to the cent together: one that moves by a cent has not moved.
    let cents = if path.contains("payout.") { Decimal::new(2, 2) } else { Decimal::ZERO };
    let moves = |id: &FigureId| {
        let Some(figure) = figures.get(*id).filter(|figure| figure.span.is_some() && figure.day.is_none()) else {
            return false;
        };
        moved(figure)
            .into_iter()
            .any(|value| played_with(outcome, *id, value, path).is_some_and(|other| differs(&base, &other, cents)))
    };
    Some(tried.into_iter().filter(moves).collect())
}

/// The values a figure is moved to.
fn moved(figure: &FigureEntry) -> Vec<Decimal> {
    let hundredth = Decimal::new(1, 2);
    let value = figure.value;
    if figure.is_flag {
        return vec![Decimal::ONE.saturating_sub(value)];
    }
    if value.is_zero() {
        return vec![match figure.quantity {
            Quantity::Percent | Quantity::Share | Quantity::Growth | Quantity::Fill => hundredth,
            _ => Decimal::ONE_THOUSAND,
        }];
    }
    let step = value.saturating_mul(hundredth);
    vec![value.saturating_sub(step), value.saturating_add(step)]
}

fn played_with(outcome: &Outcome, id: FigureId, value: Decimal, path: &str) -> Option<Vec<Metric>> {
    let mut scenario = outcome.scenario.clone();
    scenario.figures.move_to(id, value);
    let played = run(scenario, &mut Bag::default())?;
    metric(&played, path)
}

fn differs(base: &[Metric], other: &[Metric], least: Decimal) -> bool {
    base.len() != other.len()
        || base.iter().zip(other).any(|(base, other)| match (&base.value, &other.value) {
            (MetricValue::Number(base), MetricValue::Number(other)) => {
                !is_same(*base, *other) && base.saturating_sub(*other).abs() > least
            }
            (base, other) => base != other,
        })
}
