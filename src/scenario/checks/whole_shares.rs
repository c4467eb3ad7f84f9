//! Where shares are whole, the ones written are.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::units::Decimal;

use super::Scenario;
use super::at_figure;
use crate::scenario::FigureId;
use crate::scenario::company::OpeningCount;
use crate::scenario::company::Rounding;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::PoolGrowth;
use crate::scenario::instrument::WarrantSize;
use crate::scenario::round::Size;

/// Counts of shares that are written are whole numbers.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    let Rounding::Whole(_) = scenario.rounding else { return };
    for line in &scenario.opening.lines {
        match line.count {
            OpeningCount::Shares(figure) => whole(scenario, figure, bag),
            OpeningCount::Stake(figure) => {
                let unit = scenario.opening.fully_diluted.map_or(Decimal::ONE, |unit| scenario.figures.value(unit));
                let shares = scenario.figures.value(figure).checked_mul(unit);
                if shares.is_none_or(|shares| !shares.is_integer()) {
                    bag.add(
                        at_figure(scenario, figure, Code::NotWhole, |entry| {
                            format!("{} of {} shares is not a whole number of shares", entry.typed, unit.normalize())
                        })
                        .help("choose a unit of account that every stake divides, or let shares be fractional"),
                    );
                }
            }
            OpeningCount::Rest => {}
        }
    }
    let sizes = scenario.rounds.iter().flat_map(|round| round.tranches.iter().map(|tranche| tranche.size));
    for size in sizes.chain(scenario.secondaries.iter().map(|secondary| secondary.size)) {
        if let Size::Shares(figure) = size {
            whole(scenario, figure, bag);
        }
    }
    for grant in &scenario.grants {
        whole(scenario, grant.shares, bag);
        for (_, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            whole(scenario, *figure, bag);
        }
    }
    for warrant in &scenario.warrants {
        match &warrant.size {
            WarrantSize::Shares(figure) => whole(scenario, *figure, bag),
            WarrantSize::Coverage { .. } => {}
            WarrantSize::Tranches(tranches) => {
                for (_, figure, _) in tranches {
                    whole(scenario, *figure, bag);
                }
            }
        }
    }
    for change in &scenario.changes {
        match change.kind {
            ChangeKind::Retire { shares, .. } => whole(scenario, shares, bag),
            ChangeKind::Convert { shares, .. } => {
                if let Some(figure) = shares {
                    whole(scenario, figure, bag);
                }
            }
            ChangeKind::PoolIncrease { size, .. } => {
                if let PoolGrowth::Shares(figure) = size {
                    whole(scenario, figure, bag);
                }
            }
        }
    }
    for tender in &scenario.tenders {
        for figure in tender.offers.iter().map(|offer| offer.shares).chain(tender.shares) {
            whole(scenario, figure, bag);
        }
    }
}

fn whole(scenario: &Scenario, figure: FigureId, bag: &mut Bag) {
    if !scenario.figures.value(figure).is_integer() {
        bag.add(
            at_figure(scenario, figure, Code::NotWhole, |entry| {
                format!("{} is not a whole number of shares", entry.typed)
            })
            .help("write whole shares, or rounding = { shares = \"fractional\" }"),
        );
    }
}
