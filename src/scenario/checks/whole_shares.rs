//! Where shares are whole, the ones written are.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::units::Decimal;

use super::Scenario;
use super::at_figure;
use crate::scenario::FigureId;
use crate::scenario::company::OpeningCount;
use crate::scenario::company::Rounding;
use crate::scenario::round::Size;

/// Opening counts, tranches in shares and sales of shares are whole numbers.
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
