//! Why money flows and how long it lasts.

use super::Explainer;
use super::Why;
use super::number;
use super::percent;
use super::sum_of;
use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::outcome::When;
use crate::outcome::due;
use crate::report::page::Cell;
use crate::units::Decided;
use crate::units::Decimal;
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

    pub(super) fn burn(&self, id: &str) -> Option<(&crate::scenario::Burn, &crate::outcome::RunwayRecord)> {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let place = plan
            .treasury
            .burns
            .iter()
            .position(|burn| scenario.burns.get(burn.burn).is_some_and(|burn| burn.id == id))?;
        let burn = scenario.burns.get(plan.treasury.burns.get(place)?.burn)?;
        Some((burn, journal.runways.get(place)?))
    }

    pub(super) fn runway(&self, id: &str, what: &str, why: &mut Why) {
        let Outcome { scenario, plan, .. } = self.outcome;
        let Some((burn, record)) = self.burn(id) else { return };
        let Some(summary) = record.summary else { return };
        let unit = Exact::of(plan.treasury.denominator);
        self.burn_figures(burn, why);
        why.formula.push(format!("{}: counts {}", burn.name, burn.measured()));
        let minimum = scenario.cash.map_or(Exact::ZERO, |cash| Exact::of(scenario.figures.value(cash.minimum)));
        let number_of = summary.month.decimal().and_then(|month| usize::try_from(month.normalize().mantissa()).ok());
        match what {
            "trough" => why.formula.push("the lowest balance at a month's end".to_owned()),
            "gap" => why.formula.push(format!(
                "minimum - lowest balance, at least zero = {} - ({}) = {}",
                sum_of(minimum),
                sum_of(summary.trough),
                sum_of(summary.gap)
            )),
            _ if summary.runs_out == Decided::Yes => {
                if let Some(month) = number_of {
                    let end = record.months.get(month).map_or(Exact::ZERO, |flow| flow.balance / unit);
                    let start = match month.checked_sub(1) {
                        Some(before) => record.months.get(before).map_or(Exact::ZERO, |flow| flow.balance / unit),
                        None => {
                            scenario.cash.map_or(Exact::ZERO, |cash| Exact::of(scenario.figures.value(cash.opening)))
                        }
                    };
                    let name =
                        plan.treasury.months.get(month).map_or_else(String::new, |month| month.month.to_string());
                    why.formula.push(format!(
                        "the first month that ends below the minimum of {} is {name}, number {month} from {}",
                        sum_of(minimum),
                        scenario.as_of
                    ));
                    why.formula.push(
                        "into it: (balance at its start - minimum) / (balance at its start - balance at its end)"
                            .to_owned(),
                    );
                    why.formula.push(format!(
                        "= ({} - {}) / ({} - {}) = {} of the month",
                        sum_of(start),
                        sum_of(minimum),
                        sum_of(start),
                        sum_of(end),
                        number(summary.part)
                    ));
                    let elapsed = plan.treasury.months.get(month).map(|month| month.elapsed);
                    if let Some(elapsed) = elapsed {
                        let whole = |value: i128| {
                            Exact::of(Decimal::try_from_i128_with_scale(value, 0).unwrap_or(Decimal::ZERO))
                        };
                        let before = whole(elapsed.numerator()) / whole(elapsed.denominator());
                        why.formula.push(format!(
                            "months: {} before it began, {} in all",
                            number(before),
                            number(summary.months)
                        ));
                    }
                }
            }
            _ => why.formula.push("no month of the projection ends below the minimum".to_owned()),
        }
        let lowest = record.months.iter().min_by_key(|flow| flow.balance.decimal()).map(|flow| flow.month);
        let focus = match what {
            "trough" | "gap" => lowest.unwrap_or(0),
            _ => number_of.unwrap_or(record.months.len()),
        };
        let from = focus.saturating_sub(3);
        for flow in record.months.iter().skip(from).take(5) {
            let Some(month) = plan.treasury.months.get(flow.month) else { continue };
            let how = format!(
                "+ {} arrives - ({} burned - {} in kind) - {} committed on top",
                sum_of(flow.arrived / unit),
                sum_of(flow.burned / unit),
                sum_of(flow.in_kind / unit),
                sum_of(flow.committed / unit)
            );
            let cell = (flow.balance / unit).decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&month.month.to_string(), "balance at its end".to_owned(), cell, how);
        }
    }

    pub(super) fn cash(&self, id: &str, month: &str, why: &mut Why) {
        let Outcome { plan, .. } = self.outcome;
        let Some((burn, record)) = self.burn(id) else { return };
        self.burn_figures(burn, why);
        let unit = Exact::of(plan.treasury.denominator);
        let place = plan.treasury.months.iter().position(|plan| plan.month.to_string() == month);
        let Some(flow) = place.and_then(|place| record.months.get(place)) else { return };
        let before = flow.balance - flow.arrived + (flow.burned - flow.in_kind) + flow.committed;
        why.formula.push("balance before + arrivals - (burn - paid in kind) - commitments on top".to_owned());
        why.formula.push(format!(
            "= {} + {} - ({} - {}) - {} = {}",
            sum_of(before / unit),
            sum_of(flow.arrived / unit),
            sum_of(flow.burned / unit),
            sum_of(flow.in_kind / unit),
            sum_of(flow.committed / unit),
            sum_of(flow.balance / unit)
        ));
    }

    pub(super) fn burn_figures(&self, burn: &crate::scenario::Burn, why: &mut Why) {
        let scenario = &self.outcome.scenario;
        if let Some(cash) = scenario.cash {
            why.uses(cash.opening);
            why.uses(cash.minimum);
        }
        for figure in burn.profiles().flat_map(crate::scenario::Profile::figures) {
            why.uses(figure);
        }
        for line in burn.lines() {
            if let crate::scenario::LineAmount::OfIncome(part) = line.amount {
                why.uses(part);
            }
        }
        for round in &scenario.rounds {
            for tranche in &round.tranches {
                why.uses(tranche.size.figure());
                if let Some(drawdown) = &tranche.drawdown {
                    why.uses(drawdown.eligible);
                }
                for (_, part) in &tranche.consideration {
                    if let crate::scenario::Part::Is(figure) = part {
                        why.uses(*figure);
                    }
                }
            }
        }
        for commitment in scenario.commitments.iter().filter(|commitment| !commitment.within_burn) {
            why.uses(commitment.amount);
        }
    }
}
