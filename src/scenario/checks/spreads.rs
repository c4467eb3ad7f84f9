//! Nothing is drawn that its kind cannot be: no count and no price below zero.

use crate::diagnostics::Bag;
use crate::format::Quantity;

use super::Scenario;
use super::cut_off;
use crate::scenario::ids::FigureId;
use crate::units::Decimal;

/// Finds normals of kinds that are never negative. Kinds that may be are judged by the rule of their key.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for (index, figure) in scenario.figures.iter().enumerate() {
        let never_negative = match figure.quantity {
            Quantity::Price | Quantity::TranchePrice | Quantity::Count | Quantity::Ratio | Quantity::Number => true,
            Quantity::Rank
            | Quantity::Money
            | Quantity::Percent
            | Quantity::Share
            | Quantity::Rate
            | Quantity::Growth
            | Quantity::Fill
            | Quantity::Day => false,
        };
        if never_negative {
            cut_off(scenario, FigureId::at(index), Some(Decimal::ZERO), None, bag);
        }
    }
}
