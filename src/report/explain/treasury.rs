//! Why money lasts as long as it does: balances, runways, debts, capacity in kind.

use super::Explainer;
use super::Why;
use super::number;
use super::sum_of;
use crate::outcome::MonthFlow;
use crate::outcome::Outcome;
use crate::outcome::RunwayRecord;
use crate::outcome::credits;
use crate::report::page::Cell;
use crate::scenario::Burn;
use crate::scenario::LineAmount;
use crate::scenario::Part;
use crate::scenario::Profile;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;

/// What moves a balance in a month: the four that every file has, and what else there is, in words and in money.
fn terms(flow: &MonthFlow<Exact>, unit: Exact) -> (String, String) {
    let mut words = "arrivals - (burn - paid in kind) - commitments on top".to_owned();
    let mut sums = format!(
        "{} - ({} - {}) - {}",
        sum_of(flow.arrived / unit),
        sum_of(flow.burned / unit),
        sum_of(flow.in_kind / unit),
        sum_of(flow.committed / unit)
    );
    for (sign, value, word) in [
        ("-", flow.shortfall, "owed though unused"),
        ("+", flow.earned, "interest on cash"),
        ("+", flow.drawn, "drawn of debts"),
        ("-", flow.cost, "interest and fees of debts"),
        ("-", flow.repaid, "repaid"),
    ] {
        if value != Exact::ZERO {
            words.push_str(&format!(" {sign} {word}"));
            sums.push_str(&format!(" {sign} {}", sum_of(value / unit)));
        }
    }
    (words, sums)
}

impl Explainer<'_> {
    fn burn(&self, id: &str) -> Option<(&Burn, &RunwayRecord)> {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let place = plan
            .treasury
            .burns
            .iter()
            .position(|burn| scenario.burns.get(burn.burn).is_some_and(|burn| burn.id == id))?;
        let burn = scenario.burns.get(plan.treasury.burns.get(place)?.burn)?;
        Some((burn, journal.runways.get(place)?))
    }

    /// The balance at a month's start, in money.
    fn start(&self, record: &RunwayRecord, month: usize) -> Exact {
        let Outcome { scenario, plan, .. } = self.outcome;
        let unit = Exact::of(plan.treasury.denominator);
        match month.checked_sub(1) {
            Some(before) => record.months.get(before).map_or(Exact::ZERO, |flow| flow.balance / unit),
            None => scenario.cash.map_or(Exact::ZERO, |cash| Exact::of(scenario.figures.value(cash.opening))),
        }
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
            "static" => {
                if let Some(first) = record.months.first() {
                    why.formula.push(
                        "cash on `as_of` / (burn + commitments on top) of the first month, as a whole month".to_owned(),
                    );
                    let burned = (first.burned + first.committed + first.shortfall) / unit;
                    let length = plan.treasury.months.first().map_or(0, |month| month.days);
                    let whole = plan.treasury.months.first().map_or(0, |month| month.month.days());
                    why.formula.push(format!(
                        "= {} / ({} in {length} of {whole} days)",
                        sum_of(self.start(record, 0)),
                        sum_of(burned)
                    ));
                }
            }
            "default_alive" => why.formula.push(
                "the same months without money that arrives after `as_of`: dead if it runs out, alive if it lasts and the last month no longer burns, undecided if it lasts and still burns".to_owned(),
            ),
            "to_come" => why.formula.push("money that arrives in months after the one it runs out in".to_owned()),
            "without_in_kind" => why.formula.push("the same months without what came in kind".to_owned()),
            "in_kind_as_cash" => {
                why.formula.push("the same months with what came in kind as cash on its day: the naive figure".to_owned());
            }
            _ if summary.runs_out == Decided::Yes => {
                if let Some(month) = number_of {
                    let end = record.months.get(month).map_or(Exact::ZERO, |flow| flow.balance / unit);
                    let drawn = record.months.get(month).map_or(Exact::ZERO, |flow| flow.drawn / unit);
                    let start = self.start(record, month) + drawn;
                    let name =
                        plan.treasury.months.get(month).map_or_else(String::new, |month| month.month.to_string());
                    why.formula.push(format!(
                        "the first month that ends below the minimum of {} is {name}, number {month} from {}",
                        sum_of(minimum),
                        scenario.as_of
                    ));
                    let there = if drawn == Exact::ZERO { "" } else { " and what is drawn in it" };
                    why.formula.push(format!(
                        "into it: (balance at its start{there} - minimum) / (balance at its start{there} - balance at its end)"
                    ));
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
                        let before = Exact::whole(elapsed.numerator()) / Exact::whole(elapsed.denominator());
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
        // The steps of the months as they are would say something else.
        if matches!(what, "default_alive" | "without_in_kind" | "in_kind_as_cash") {
            return;
        }
        let lowest = record.months.iter().min_by_key(|flow| flow.balance.decimal()).map(|flow| flow.month);
        let focus = match what {
            "trough" | "gap" => lowest.unwrap_or(0),
            "static" => 0,
            _ => number_of.unwrap_or(record.months.len()),
        };
        let from = focus.saturating_sub(3);
        for flow in record.months.iter().skip(from).take(5) {
            let Some(month) = plan.treasury.months.get(flow.month) else { continue };
            let (words, sums) = terms(flow, unit);
            let cell = (flow.balance / unit).decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&month.month.to_string(), "balance at its end".to_owned(), cell, format!("+ {sums}: {words}"));
        }
    }

    pub(super) fn cash(&self, id: &str, month: &str, why: &mut Why) {
        let Outcome { plan, .. } = self.outcome;
        let Some((burn, record)) = self.burn(id) else { return };
        self.burn_figures(burn, why);
        let unit = Exact::of(plan.treasury.denominator);
        let place = plan.treasury.months.iter().position(|plan| plan.month.to_string() == month);
        let Some((place, flow)) = place.and_then(|place| Some((place, record.months.get(place)?))) else { return };
        let (words, sums) = terms(flow, unit);
        why.formula.push(format!("balance before + {words}"));
        why.formula.push(format!("= {} + {sums} = {}", sum_of(self.start(record, place)), sum_of(flow.balance / unit)));
    }

    /// What moved in a debt, month by month where anything did.
    pub(super) fn debt(&self, burn: &str, debt: &str, why: &mut Why) {
        let Outcome { scenario, plan, .. } = self.outcome;
        let Some((report, record)) = self.burn(burn) else { return };
        let Some(index) = scenario.debts.iter().position(|other| other.id == debt) else { return };
        self.burn_figures(report, why);
        let unit = Exact::of(plan.treasury.denominator);
        why.formula
            .push("owed = owed before + drawn - repaid; interest is on what was owed when the month began".to_owned());
        for flow in record.debts.iter().filter(|flow| flow.debt == index) {
            let is_still = [flow.drawn, flow.repaid].iter().all(|value| *value == Exact::ZERO);
            let Some(month) = plan.treasury.months.get(flow.month).filter(|_| !is_still) else { continue };
            let how = format!(
                "+ {} drawn - {} repaid; {} interest, {} fees",
                sum_of(flow.drawn / unit),
                sum_of(flow.repaid / unit),
                sum_of(flow.interest / unit),
                sum_of(flow.fees / unit)
            );
            let cell = (flow.outstanding / unit).decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&month.month.to_string(), "owed at its end".to_owned(), cell, how);
        }
    }

    /// What became of a tranche's capacity in kind.
    pub(super) fn in_kind(&self, burn: &str, tranche: &str, why: &mut Why) {
        let Outcome { plan, .. } = self.outcome;
        let Some((report, record)) = self.burn(burn) else { return };
        self.burn_figures(report, why);
        let index = plan
            .treasury
            .burns
            .iter()
            .position(|it| self.outcome.scenario.burns.get(it.burn).is_some_and(|it| it.id == report.id));
        let of = index.and_then(|index| plan.treasury.burns.get(index)).map(|it| it.burn);
        let Some(played) = of.and_then(|burn| self.outcome.under_burn(burn)) else { return };
        for used in credits(played, record).iter().filter(|used| used.tranche == tranche) {
            why.formula.push(
                "a month uses the least of what is available, the eligible part of the spending, and what earlier capacity left of it".to_owned(),
            );
            why.formula.push(format!(
                "{} came; within the projection {} became available, {} was used, {} lost, {} is unused",
                sum_of(used.came),
                sum_of(used.granted),
                sum_of(used.used),
                sum_of(used.lost),
                sum_of(used.unused)
            ));
        }
    }

    /// What a report spends with a holder.
    pub(super) fn paid(&self, burn: &str, why: &mut Why) {
        let Some((report, _)) = self.burn(burn) else { return };
        self.burn_figures(report, why);
        why.formula.push("the report's lines that name it under `to`, over the projection".to_owned());
    }

    fn burn_figures(&self, burn: &Burn, why: &mut Why) {
        let scenario = &self.outcome.scenario;
        if let Some(cash) = scenario.cash {
            why.uses(cash.opening);
            why.uses(cash.minimum);
            if let Some((interest, _)) = cash.interest {
                why.uses(interest);
            }
        }
        for figure in burn.profiles().flat_map(Profile::figures) {
            why.uses(figure);
        }
        for line in burn.lines() {
            if let LineAmount::OfIncome(part) = line.amount {
                why.uses(part);
            }
        }
        for round in &scenario.rounds {
            for tranche in &round.tranches {
                for figure in tranche.size.figures() {
                    why.uses(figure);
                }
                if let Some(drawdown) = &tranche.drawdown {
                    why.uses(drawdown.eligible);
                }
                for (_, part) in &tranche.consideration {
                    if let Part::Is(figure) = part {
                        why.uses(*figure);
                    }
                }
            }
        }
        for debt in &scenario.debts {
            why.uses(debt.size);
            why.uses(debt.rate.0);
        }
        for commitment in scenario.commitments.iter().filter(|it| !it.within_burn || it.take_or_pay) {
            why.uses(commitment.amount);
        }
    }
}
