//! Why money flows and how long it lasts.

use super::Explainer;
use super::Why;
use super::percent;
use super::sum_of;
use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::due;
use crate::report::page::Cell;
use crate::units::Exact;
use crate::units::Scalar;

impl Explainer<'_> {
    pub(super) fn flow(&self, id: &str, what: &str, when: When, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(owner) = self.owner_id(id) else { return };
        why.formula.push(
            match what {
                "net" => "invested, in cash and in kind, less what is promised back and falls due",
                "returned" => "commitments to the holder that fall due by then, spread evenly over their months",
                "in_kind" => "the part of what was funded that came in kind",
                "committed" => "every tranche that was signed, whether or not it closes",
                _ => "what has been asked for or paid",
            }
            .to_owned(),
        );
        let cell = |value: Exact| value.decimal().map_or(Cell::Empty, Cell::Money);
        let until = journal.marks.get(when.steps(plan)).map_or(journal.postings.len(), |mark| mark.postings);
        for posting in journal.postings.get(..until).unwrap_or(&[]) {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            match posting.entry {
                Entry::Closed { closing, position, money, cash, .. } if what != "returned" && what != "committed" => {
                    let is_own = plan.positions.get(position).is_some_and(|line| line.owner as usize == owner.index());
                    if let Some((_, tranche)) = self.tranche(closing).filter(|_| is_own) {
                        why.uses(tranche.size.figure());
                        let value = if what == "in_kind" { money - cash } else { money };
                        let how = format!("{} in cash, {} in kind", sum_of(cash), sum_of(money - cash));
                        why.row(event, format!("tranche {} closes", tranche.id), cell(value), how);
                    }
                }
                Entry::Signed { tranche, money, .. } if what == "committed" => {
                    let line = plan.tranches.get(tranche).and_then(|tranche| plan.positions.get(tranche.position));
                    if line.is_some_and(|line| line.owner as usize == owner.index()) {
                        why.row(event, "signed".to_owned(), cell(money), String::new());
                    }
                }
                _ => {}
            }
        }
        if let Some(day) = when.day(plan).or(scenario.horizon).filter(|_| matches!(what, "returned" | "net")) {
            for commitment in scenario.commitments.iter().filter(|commitment| commitment.to == owner) {
                why.uses(commitment.amount);
                for (_, figure) in &commitment.ramp {
                    why.uses(*figure);
                }
                let all = Exact::of(scenario.figures.value(commitment.amount));
                let fallen = due(scenario, commitment, day);
                let how = format!("{} of {} due by {day}", percent(fallen / all), sum_of(all));
                let due = if what == "net" { Exact::ZERO - fallen } else { fallen };
                why.row(&format!("commitment.{}", commitment.id), "promised".to_owned(), cell(due), how);
            }
        }
    }
}
