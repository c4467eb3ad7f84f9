//! Where shares are whole, the ones written are.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::units::Decimal;

use super::Scenario;
use super::at_figure;
use crate::scenario::ClassId;
use crate::scenario::FigureId;
use crate::scenario::company::OpeningCount;
use crate::scenario::company::Rounding;
use crate::scenario::exit::ExitKind;
use crate::scenario::exit::Offering;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::PoolGrowth;
use crate::scenario::instrument::WarrantSize;
use crate::scenario::round::Size;

/// Counts of shares that are written are whole numbers.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for line in scenario.opening.lines.iter() {
        match line.count {
            OpeningCount::Shares(figure) => whole(scenario, line.class, figure, bag),
            OpeningCount::Stake(figure) if is_whole(scenario, line.class) => {
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
            OpeningCount::Stake(_) | OpeningCount::Rest => {}
        }
    }
    for round in &scenario.rounds {
        for tranche in &round.tranches {
            if let Size::Shares(figure) = tranche.size {
                whole(scenario, round.class, figure, bag);
            }
        }
    }
    for secondary in &scenario.secondaries {
        if let Size::Shares(figure) = secondary.size {
            whole(scenario, ClassId::at(0), figure, bag);
        }
    }
    for grant in &scenario.grants {
        let class = scenario.owner(grant.pool).map_or(ClassId::at(0), |pool| pool.pool_class);
        whole(scenario, class, grant.shares, bag);
        for (_, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            whole(scenario, class, *figure, bag);
        }
    }
    for warrant in &scenario.warrants {
        match &warrant.size {
            WarrantSize::Shares(figure) => whole(scenario, warrant.class, *figure, bag),
            WarrantSize::Coverage { .. } => {}
            WarrantSize::Tranches(tranches) => {
                for (_, figure, _) in tranches {
                    whole(scenario, warrant.class, *figure, bag);
                }
            }
        }
    }
    for change in &scenario.changes {
        match change.kind {
            ChangeKind::Retire { class, shares, .. } => whole(scenario, class, shares, bag),
            ChangeKind::Convert { class, shares, .. } => {
                if let Some(figure) = shares {
                    whole(scenario, class, figure, bag);
                }
            }
            ChangeKind::PoolIncrease { pool, size } => {
                let class = scenario.owner(pool).map_or(ClassId::at(0), |pool| pool.pool_class);
                if let PoolGrowth::Shares(figure) = size {
                    whole(scenario, class, figure, bag);
                }
            }
        }
    }
    for exit in &scenario.exits {
        if let ExitKind::Listing(listing) = &exit.kind
            && let Some(Offering::Shares(figure)) = listing.primary
        {
            whole(scenario, ClassId::at(0), figure, bag);
        }
    }
    for tender in &scenario.tenders {
        for offer in &tender.offers {
            whole(scenario, offer.class, offer.shares, bag);
        }
        if let Some(figure) = tender.shares {
            whole(scenario, ClassId::at(0), figure, bag);
        }
    }
}

fn is_whole(scenario: &Scenario, class: ClassId) -> bool {
    scenario.classes.get(class.index()).is_some_and(|class| matches!(class.rounding, Rounding::Whole(_)))
}

fn whole(scenario: &Scenario, class: ClassId, figure: FigureId, bag: &mut Bag) {
    if is_whole(scenario, class) && !scenario.figures.value(figure).is_integer() {
        bag.add(
            at_figure(scenario, figure, Code::NotWhole, |entry| {
                format!("{} is not a whole number of shares", entry.typed)
            })
            .help("write whole shares, or rounding = { shares = \"fractional\" }"),
        );
    }
}
