//! Splits, changes and tenders.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::scenario::Scenario;
use crate::scenario::checks::above_zero;
use crate::scenario::checks::not_negative;
use crate::scenario::checks::percentage;
use crate::scenario::checks::positive;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::PoolGrowth;

pub(super) fn changes(scenario: &Scenario, bag: &mut Bag) {
    for split in &scenario.splits {
        positive(scenario, split.ratio, "a ratio", bag);
    }
    for change in &scenario.changes {
        match change.kind {
            ChangeKind::Retire { shares, price, .. } => {
                not_negative(scenario, shares, "a count", bag);
                if let Some(price) = price {
                    not_negative(scenario, price, "a price", bag);
                }
            }
            ChangeKind::Convert { class, to, shares, ratio, .. } => {
                if let Some(shares) = shares {
                    not_negative(scenario, shares, "a count", bag);
                }
                if let Some(ratio) = ratio {
                    positive(scenario, ratio, "a ratio", bag);
                }
                if class == to {
                    bag.add(
                        Diagnostic::new(Code::OutOfRange, format!("`change.{}` turns a class into itself", change.id))
                            .at(change.span)
                            .help("name another `to_class`"),
                    );
                }
            }
            ChangeKind::PoolIncrease { pool, size } => {
                if scenario.owner(pool).is_some_and(|owner| !owner.is_pool) {
                    bag.add(
                        Diagnostic::new(Code::WrongKind, format!("`change.{}` increases what is no pool", change.id))
                            .at(change.span)
                            .help("write the id of a pool under `holder`"),
                    );
                }
                match size {
                    PoolGrowth::Shares(shares) => not_negative(scenario, shares, "an increase", bag),
                    PoolGrowth::Target { target, .. } => percentage(scenario, target, "a pool target", false, bag),
                }
            }
        }
    }
}

pub(super) fn tenders(scenario: &Scenario, bag: &mut Bag) {
    for tender in &scenario.tenders {
        if tender.offers.is_empty() {
            bag.add(
                Diagnostic::new(Code::MissingKey, format!("`secondary.{}` has no offer", tender.id))
                    .at(tender.span)
                    .help(format!("add [secondary.{}.offer.ID] with `holder`, `shares` and `price`", tender.id)),
            );
        }
        for offer in &tender.offers {
            not_negative(scenario, offer.shares, "an offer", bag);
            above_zero(scenario, offer.price, "an asking price", "write what a share is offered for", bag);
        }
        for limit in [tender.shares, tender.amount].into_iter().flatten() {
            not_negative(scenario, limit, "a limit", bag);
        }
    }
}
