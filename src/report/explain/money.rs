//! Why money flows and how long it lasts.

use super::Explainer;
use super::Why;
use super::number;
use super::percent;
use super::sum_of;
use crate::outcome::Flow;
use crate::outcome::FlowPart;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::circularity;
use crate::outcome::concentration;
use crate::outcome::flow_parts;
use crate::outcome::flows;
use crate::report::page::Cell;
use crate::units::Exact;
use crate::units::Scalar;

/// What one number of a flow counts, in words.
fn counts(what: &str) -> &'static str {
    match what {
        "net" => "invested, in cash and in kind, less what is promised back and falls due",
        "returned" => {
            "commitments to the holder that fall due by then, spread evenly over their months, and what it was paid"
        }
        "contracted" => "all commitments to the holder, whatever the horizon",
        "in_kind" => "the part of what was funded that came in kind",
        "cash" => "what was funded less what came in kind",
        "committed" => "all that was signed, whether or not it closes",
        "called" => "what has been asked for",
        "invested" => "what has been paid in, in cash and in kind",
        "ratio" => "promised back and due / invested",
        "ratio_in_all" => "promised back in all / invested",
        _ => "",
    }
}

/// What a part adds to one number of a flow.
fn adds(what: &str, part: &Flow) -> Exact {
    match what {
        "committed" => part.committed,
        "called" => part.called,
        "invested" => part.invested,
        "in_kind" => part.in_kind,
        "cash" => part.cash(),
        "returned" => part.returned,
        "contracted" => part.contracted,
        _ => part.net(),
    }
}

impl Explainer<'_> {
    pub(super) fn flow(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        why.formula.push(counts(what).to_owned());
        let all = flows(scenario, plan, journal, when);
        if let Some(flow) = all.get(owner.index()) {
            let divided = match what {
                "ratio" => Some((flow.returned, flow.ratio())),
                "ratio_in_all" => Some((flow.contracted, flow.ratio_in_all())),
                _ => None,
            };
            if let Some((back, Some(ratio))) = divided {
                why.formula.push(format!("= {} / {} = {}", sum_of(back), sum_of(flow.invested), number(ratio)));
            }
        }
        // A ratio is explained by what it divides.
        let numbers: &[&str] = match what {
            "ratio" => &["invested", "returned"],
            "ratio_in_all" => &["invested", "contracted"],
            _ => &[what],
        };
        for counted in numbers {
            flow_parts(scenario, plan, journal, when, |whose, from, part| {
                let value = adds(counted, part);
                if whose == owner.index() && value != Exact::ZERO {
                    let is_of_ratio = numbers.len() > 1;
                    self.flow_row(from, part, value, is_of_ratio.then_some(*counted), when, why);
                }
            });
        }
    }

    /// One part of a flow: the event, what happened, and the arithmetic.
    fn flow_row(&self, from: FlowPart, part: &Flow, value: Exact, of: Option<&str>, when: When, why: &mut Why) {
        let Outcome { scenario, plan, .. } = self.outcome;
        let event = |step: Option<usize>| {
            step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str()).to_owned()
        };
        let in_cash = |cash: Exact| format!("{} in cash, {} in kind", sum_of(cash), sum_of(part.invested - cash));
        let (at, what, how) = match from {
            FlowPart::Opening => ("opening".to_owned(), "paid for its stake".to_owned(), String::new()),
            FlowPart::Signed(number) => {
                let Some(planned) = plan.tranches.get(number) else { return };
                let first = plan.rounds.get(planned.round).map_or(0, |round| round.tranches.start);
                let Some(round) = scenario.rounds.get(planned.round) else { return };
                let Some(tranche) = number.checked_sub(first).and_then(|place| round.tranches.get(place)) else {
                    return;
                };
                why.uses(tranche.size.figure());
                (format!("round.{}", round.id), format!("tranche {} is signed", tranche.id), String::new())
            }
            FlowPart::Closed { closing, step, cash } => {
                let Some((_, tranche)) = self.tranche(closing) else { return };
                why.uses(tranche.size.figure());
                (event(step), format!("tranche {} closes", tranche.id), in_cash(cash))
            }
            FlowPart::Called(closing) => {
                let Some((round, tranche)) = self.tranche(closing) else { return };
                why.uses(tranche.size.figure());
                (format!("round.{}", round.id), format!("tranche {} is asked for", tranche.id), "due later".to_owned())
            }
            FlowPart::Moved { why, step } => (event(step), why.words().to_owned(), String::new()),
            FlowPart::Lent { convertible, step } => {
                let Some(convertible) = scenario.convertibles.get(convertible) else { return };
                why.uses(convertible.amount);
                let is_paid_in = part.invested != Exact::ZERO;
                (
                    event(step),
                    format!("{} {}", convertible.id, if is_paid_in { "is paid in" } else { "pays" }),
                    String::new(),
                )
            }
            FlowPart::Promised(index) => {
                let Some(commitment) = scenario.commitments.get(index) else { return };
                why.uses(commitment.amount);
                for (_, figure) in &commitment.ramp {
                    why.uses(*figure);
                }
                let due = percent(part.returned / part.contracted);
                let how = match when.day(plan).or(scenario.horizon) {
                    Some(day) => format!("{due} of {} due by {day}", sum_of(part.contracted)),
                    None => String::new(),
                };
                (format!("commitment.{}", commitment.id), "promised".to_owned(), how)
            }
        };
        let what = of.map_or_else(|| what.clone(), |of| format!("{of}: {what}"));
        why.row(&at, what, value.decimal().map_or(Cell::Empty, Cell::Money), how);
    }

    pub(super) fn circularity(&self, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let all = flows(scenario, plan, journal, when);
        let Some(circle) = circularity(scenario, &all) else { return };
        let share = |part: Exact, share: Exact| {
            format!("= {} / {} = {}", sum_of(part), sum_of(circle.invested), percent(share))
        };
        match what {
            "share" => {
                why.formula
                    .push("for each investor the lesser of invested and promised back in all / invested".to_owned());
                why.formula.push(share(circle.in_all, circle.share()));
            }
            "share_within" => {
                why.formula
                    .push("for each investor the lesser of invested and promised back and due / invested".to_owned());
                why.formula.push(share(circle.within, circle.share_within()));
            }
            other => why.formula.push(format!("{}, of every holder that has invested", counts(other))),
        }
        for (owner, flow) in
            scenario.owners.iter().zip(&all).filter(|(owner, flow)| !owner.is_pool && flow.has_invested())
        {
            let back = match what {
                "share" => Some(flow.contracted),
                "share_within" => Some(flow.returned),
                _ => None,
            };
            let (value, how) = match back {
                Some(back) => {
                    let how =
                        format!("the lesser of {} invested and {} promised back", sum_of(flow.invested), sum_of(back));
                    (flow.invested.least(back), how)
                }
                None => (adds(what, flow), String::new()),
            };
            let cell = value.decimal().filter(|value| !value.is_zero()).map_or(Cell::Empty, Cell::Money);
            why.row(&format!("flow.{}", owner.id), owner.name.clone(), cell, how);
        }
    }

    pub(super) fn concentration(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        let all = concentration(scenario, &flows(scenario, plan, journal, when));
        let Some(of) = all.get(owner.index()).copied().flatten() else { return };
        let backlog = scenario.owner(owner).and_then(|owner| owner.backlog);
        let divided =
            |part: Exact, share: Exact| format!("= {} / {} = {}", sum_of(part), sum_of(of.backlog), percent(share));
        match what {
            "share" => {
                why.formula.push("promised to it in all / all it has under contract with anyone".to_owned());
                why.formula.push(divided(of.contracted, of.share()));
            }
            "largest" => {
                why.formula
                    .push("the largest single commitment to it / all it has under contract with anyone".to_owned());
                why.formula.push(divided(of.largest, of.largest_share()));
            }
            _ => why.formula.push(counts("contracted").to_owned()),
        }
        for commitment in scenario.commitments.iter().filter(|commitment| commitment.to == owner) {
            why.uses(commitment.amount);
            let amount = Exact::of(scenario.figures.value(commitment.amount));
            let cell = amount.decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&format!("commitment.{}", commitment.id), commitment.name.clone(), cell, String::new());
        }
        if let Some(figure) = backlog {
            why.uses(figure);
        }
    }
}
