//! Grants and warrants.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::scenario::Scenario;
use crate::scenario::checks::above_zero;
use crate::scenario::checks::at_figure;
use crate::scenario::checks::not_negative;
use crate::scenario::checks::positive;
use crate::scenario::instrument::Grant;
use crate::scenario::instrument::WarrantSize;
use crate::units::Decimal;

/// A grant and what happens to its options.
pub(super) fn options(scenario: &Scenario, grant: &Grant, bag: &mut Bag) {
    above_zero(scenario, grant.shares, "a grant", "write how many options were granted", bag);
    not_negative(scenario, grant.strike, "a strike", bag);
    let mut used = Decimal::ZERO;
    for (_, figure) in grant.exercised.iter().chain(&grant.forfeited) {
        not_negative(scenario, *figure, "a count", bag);
        used = used.saturating_add(scenario.figures.value(*figure));
    }
    let granted = scenario.figures.value(grant.shares);
    // A split in between makes more of them; then the engine takes what is there.
    if used > granted && scenario.splits.is_empty() {
        bag.add(
            at_figure(scenario, grant.shares, Code::OutOfRange, |figure| {
                format!(
                    "`grant.{}` is of {} and {} are exercised or given up",
                    grant.id,
                    figure.typed,
                    used.normalize()
                )
            })
            .help("no more can be exercised or given up than was granted"),
        );
    }
    if let Some(vesting) = grant.vesting {
        let mut fault = |message: String, help: &str| {
            bag.add(Diagnostic::new(Code::OutOfRange, message).at(vesting.span).help(help.to_owned()));
        };
        let path = format!("grant.{}.vesting", grant.id);
        if vesting.months == 0 {
            fault(format!("`{path}` takes no time"), "write vesting = \"all\" for options that are vested at once");
        } else if vesting.every == 0 {
            fault(format!("`{path}` vests every 0 months"), "write every = 1, 3 or 12");
        } else if vesting.months > 1_200 {
            fault(format!("`{path}` takes more than a century"), "48 months are usual");
        } else if vesting.every > vesting.months {
            fault(
                format!("`{path}` takes {} months, one step {}", vesting.months, vesting.every),
                "a step lies within the months of vesting: write every = 1, 3 or 12",
            );
        } else if vesting.cliff > vesting.months {
            fault(
                format!("the cliff of `grant.{}` is after its last vesting", grant.id),
                "the cliff lies within the months of vesting",
            );
        }
    }
}

pub(super) fn warrants(scenario: &Scenario, bag: &mut Bag) {
    for warrant in &scenario.warrants {
        match &warrant.size {
            WarrantSize::Shares(shares) => not_negative(scenario, *shares, "a warrant", bag),
            WarrantSize::Coverage { part, of } => {
                not_negative(scenario, *part, "a coverage", bag);
                positive(scenario, warrant.strike, "a strike", bag);
                let debt = scenario.debts.iter().find(|debt| of.value == format!("debt.{}", debt.id));
                let is_convertible = scenario.convertibles.iter().any(|it| it.path == of.value);
                let is_tranche = scenario.rounds.iter().any(|round| {
                    round
                        .tranches
                        .iter()
                        .any(|tranche| of.value == format!("round.{}.tranche.{}", round.id, tranche.id))
                });
                let covered =
                    scenario.convertibles.iter().find(|it| it.path == of.value).map(|it| it.date).or_else(|| {
                        scenario.rounds.iter().find_map(|round| {
                            let is_it = |id: &str| of.value == format!("round.{}.tranche.{id}", round.id);
                            round.tranches.iter().any(|tranche| is_it(&tranche.id)).then_some(round.date)
                        })
                    });
                let covered = covered.or_else(|| debt.map(|debt| debt.from));
                if let Some(covered) = covered.filter(|covered| *covered > warrant.date) {
                    bag.add(
                        Diagnostic::new(
                            Code::EventOrder,
                            format!(
                                "`warrant.{}` is issued on {}, before `{}` on {covered}",
                                warrant.id, warrant.date, of.value
                            ),
                        )
                        .at(of.span)
                        .help(format!("write date = {covered}, or later")),
                    );
                }
                let may_fail = scenario.rounds.iter().find_map(|round| {
                    round.tranches.iter().find(|tranche| {
                        of.value == format!("round.{}.tranche.{}", round.id, tranche.id)
                            && (tranche.optional || tranche.condition.is_some())
                    })
                });
                if let Some(tranche) = may_fail {
                    let what = if tranche.optional { "optional" } else { "conditional" };
                    bag.add(
                        Diagnostic::new(
                            Code::CannotSolve,
                            format!(
                                "`warrant.{}` covers `{}`, which is {what} and may never close",
                                warrant.id, of.value
                            ),
                        )
                        .at(of.span)
                        .help("write the warrant's `shares`, or tranches of its own that wait for the same condition"),
                    );
                }
                if !is_convertible && !is_tranche && debt.is_none() {
                    bag.add(
                        Diagnostic::new(
                            Code::UnknownReference,
                            format!("`{}` is no note, SAFE, debt or tranche of this file", of.value),
                        )
                        .at(of.span)
                        .help(match scenario.convertibles.as_slice() {
                            [] => "write the path of a tranche, as of = \"round.seed.tranche.lead\"".to_owned(),
                            all => format!(
                                "there is {}, or the path of a tranche",
                                all.iter().map(|it| format!("`{}`", it.path)).collect::<Vec<_>>().join(", ")
                            ),
                        }),
                    );
                }
            }
            WarrantSize::Tranches(tranches) => {
                for (_, shares, _) in tranches {
                    not_negative(scenario, *shares, "a warrant", bag);
                }
                if tranches.is_empty() {
                    bag.add(
                        Diagnostic::new(Code::MissingKey, format!("`warrant.{}` has no tranche", warrant.id))
                            .at(warrant.span)
                            .help(format!("add [warrant.{}.tranche.ID] with `shares` and `condition`", warrant.id)),
                    );
                }
            }
        }
        not_negative(scenario, warrant.strike, "a strike", bag);
    }
}
