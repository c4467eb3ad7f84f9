//! What the reader should know about burn reports, debts, commitments and rounds raised when needed.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::played::Outcome;
use crate::outcome::raising::has_times_left;
use crate::outcome::raising::is_too_late;
use crate::outcome::raising::next;
use crate::outcome::raising::wanted;
use crate::outcome::years::YearSaid;
use crate::outcome::years::years;
use crate::scenario::Burn;
use crate::scenario::BurnContent;
use crate::scenario::Draws;
use crate::scenario::ExitKind;
use crate::scenario::Profile;
use crate::scenario::Sale;
use crate::scenario::SaleValue;
use crate::scenario::Size;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

use super::add;

/// A rate that one source gave is carried on for longer than this many months before it is said.
const LONG: usize = 24;

/// Adds everything about money over time.
pub(super) fn money(outcome: &Outcome, bag: &mut Bag) {
    superseded(outcome, bag);
    for (index, burn) in outcome.scenario.burns.iter().enumerate().filter(|(_, burn)| burn.has_runway()) {
        counted_from(outcome, index, burn, bag);
        carried_on(outcome, burn, bag);
    }
    raises(outcome, bag);
    months_beyond(outcome, bag);
    covenants(outcome, bag);
    debts_at_sales(outcome, bag);
    take_or_pay(outcome, bag);
}

/// Forecasts that a later one of the same source replaced.
fn superseded(outcome: &Outcome, bag: &mut Bag) {
    let scenario = &outcome.scenario;
    for (before, after) in scenario.vintages() {
        let (Some(old), Some(new)) = (scenario.burns.get(before), scenario.burns.get(after)) else { continue };
        let (said, says) = (years(outcome, before), years(outcome, after));
        let common: Vec<(&YearSaid, &YearSaid)> = says
            .iter()
            .filter(|later| later.is_whole)
            .filter_map(|later| Some((said.iter().find(|it| it.is_whole && it.year == later.year)?, later)))
            .collect();
        let (Some((first, _)), Some((last, _))) = (common.first(), common.last()) else { continue };
        let change = common
            .iter()
            .fold(Decimal::ZERO, |sum, (was, is)| sum.saturating_add(is.amount.saturating_sub(was.amount)));
        if change.is_zero() {
            continue;
        }
        let more = if change < Decimal::ZERO { "less" } else { "more" };
        let message = format!(
            "`burn.{}` is a later forecast than `burn.{}`: {} {more} for {} to {}",
            new.id,
            old.id,
            amount(change.abs()),
            first.year,
            last.year
        );
        let finding = Diagnostic::new(Code::Superseded, message).about(format!("burn.{}", old.id));
        add(bag, finding, Some(old.span));
    }
}

/// A cumulative total that matches another report only if it is counted from an earlier year.
fn counted_from(outcome: &Outcome, index: usize, burn: &Burn, bag: &mut Bag) {
    let scenario = &outcome.scenario;
    let BurnContent::Whole(Profile::Scheduled { through: Some(through), .. }) = &burn.content else { return };
    let total = scenario.figures.value(through.total);
    let typed = scenario.figures.get(through.total).map_or("", |figure| figure.typed.as_str());
    let before: Decimal = years(outcome, index)
        .iter()
        .filter(|said| (through.from..=through.year).contains(&said.year) && said.year < scenario.as_of.year())
        .fold(Decimal::ZERO, |sum, said| sum.saturating_add(said.amount));
    let span = scenario.figures.span(through.total).or(Some(burn.span));
    let path = format!("burn.{}", burn.id);
    if before > Decimal::ZERO {
        let message = format!(
            "the {typed} of `{path}` count from {}: {} of them lie before {} and are not played",
            through.from,
            amount(before.round_dp(0)),
            scenario.as_of.year()
        );
        add(bag, Diagnostic::new(Code::CountedFrom, message).about(&path), span);
        return;
    }
    for (other, report) in scenario.burns.iter().enumerate().filter(|(other, _)| *other != index) {
        let said = years(outcome, other);
        let covers = |from: i16| (from..=through.year).all(|year| said.iter().any(|it| it.year == year && it.is_whole));
        let sum = |from: i16| {
            let all = said.iter().filter(|it| (from..=through.year).contains(&it.year));
            all.fold(Decimal::ZERO, |sum, it| sum.saturating_add(it.amount))
        };
        // Within two in a hundred it is the same figure, rounded.
        let matches = |from: i16| {
            let off = sum(from).saturating_sub(total).abs().saturating_mul(Decimal::from(50));
            covers(from) && off <= total
        };
        let earlier = through.from.saturating_sub(1);
        if report.measure == burn.measure && matches(earlier) && !matches(through.from) {
            let message = format!(
                "the {typed} of `{path}` count from {}; `burn.{}` comes to {} from {earlier}, and to {} from {}",
                through.from,
                report.id,
                amount(sum(earlier)),
                amount(sum(through.from)),
                through.from
            );
            let help = "a total through a year depends on the year it begins in";
            add(bag, Diagnostic::new(Code::CountedFrom, message).about(&path).help(help), span);
        }
    }
}

/// A rate that a source gave for one period, carried on unchanged.
fn carried_on(outcome: &Outcome, burn: &Burn, bag: &mut Bag) {
    let scenario = &outcome.scenario;
    let BurnContent::Whole(Profile::Rate { rate, growth: None, phases, period }) = &burn.content else { return };
    let months = outcome.plan.treasury.months.len();
    let Some(figure) = scenario.figures.get(*rate).filter(|figure| !figure.sources.is_empty()) else { return };
    if phases.is_empty() && months > LONG {
        let message = format!(
            "`burn.{}` carries the figure of one {} on for {months} months, unchanged: {}",
            burn.id,
            period.word(),
            figure.typed
        );
        let path = format!("burn.{}", burn.id);
        add(bag, Diagnostic::new(Code::CarriedOn, message).about(path), figure.span);
    }
}

/// Rounds that would be raised once more, and reports under which nothing can be.
fn raises(outcome: &Outcome, bag: &mut Bag) {
    let scenario = &outcome.scenario;
    for under in &outcome.under {
        let (None, Some(burn)) = (&under.played, scenario.burns.get(under.burn)) else { continue };
        let why = under.why_not.as_deref().unwrap_or("it has no answer");
        let message = format!("nothing can be raised under `burn.{}`: {why}", burn.id);
        add(bag, Diagnostic::new(Code::NotRaised, message).about(format!("burn.{}", burn.id)), Some(burn.span));
    }
    for (place, plan) in outcome.plan.treasury.burns.iter().enumerate() {
        let (Some(burn), Some(played)) = (scenario.burns.get(plan.burn), outcome.under_burn(plan.burn)) else {
            continue;
        };
        let due = next(played, place, |_| true);
        let Some((due, raise)) = due.and_then(|due| Some((due, played.scenario.raises.get(due.raise)?))) else {
            continue;
        };
        if is_too_late(&due, raise) && has_times_left(raise) {
            let message = format!(
                "under `burn.{}` the money ends before `round.{}` can be raised on {}",
                burn.id, raise.id, due.day
            );
            let path = format!("round.{}", raise.id);
            add(bag, Diagnostic::new(Code::NotRaised, message).about(path), Some(raise.span));
            continue;
        }
        if has_times_left(raise) {
            let message = format!(
                "under `burn.{}` `round.{}` is due on {} and would raise nothing: what it is sized by comes to nothing",
                burn.id, raise.id, due.day
            );
            let path = format!("round.{}", raise.id);
            add(bag, Diagnostic::new(Code::NotRaised, message).about(path), Some(raise.span));
            continue;
        }
        let message = format!(
            "`round.{}` was raised {} times under `burn.{}`, and on {} less than {} are left again",
            raise.id,
            raise.raised.len(),
            burn.id,
            due.day,
            wanted(&played.scenario, raise)
        );
        add(bag, Diagnostic::new(Code::RaiseLimit, message).about(format!("round.{}", raise.id)), Some(raise.span));
    }
}

/// Months of burn that no report has: they lie behind the horizon.
fn months_beyond(outcome: &Outcome, bag: &mut Bag) {
    for played in std::iter::once(outcome).chain(outcome.under.iter().filter_map(|under| under.played.as_ref())) {
        months_behind(played, bag);
    }
}

fn months_behind(outcome: &Outcome, bag: &mut Bag) {
    let scenario = &outcome.scenario;
    let months = &outcome.plan.treasury.months;
    let decides = scenario.main_burn.and_then(|burn| scenario.burns.get(burn)).map_or("", |burn| burn.id.as_str());
    for round in &scenario.rounds {
        let Some(start) = months.iter().position(|month| month.month == round.date.month()) else { continue };
        for tranche in &round.tranches {
            let Size::BurnMonths(figure) = tranche.size else { continue };
            let there = Decimal::from(months.len().saturating_sub(start));
            let beyond = scenario.figures.value(figure).saturating_sub(there);
            if beyond > Decimal::ZERO {
                let message = format!(
                    "`round.{}` buys {} months of `burn.{decides}`, {} of them behind the horizon: they spend as the last month does",
                    round.id,
                    scenario.figures.value(figure).normalize(),
                    beyond.normalize()
                );
                let path = format!("round.{}.tranche.{}", round.id, tranche.id);
                add(bag, Diagnostic::new(Code::CarriedOn, message).about(path), Some(tranche.span));
            }
        }
    }
}

/// Debts that are owed on the day of a sale: what is paid there is what the sale says.
fn debts_at_sales(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let unit = Exact::of(plan.treasury.denominator);
    for exit in &scenario.exits {
        // A value of the equity is net of whatever is owed.
        let ExitKind::Sale(Sale { value: SaleValue::Enterprise { debt, .. }, .. }) = &exit.kind else { continue };
        let written = scenario.figures.value(*debt);
        let Some(month) = plan.treasury.months.iter().position(|month| month.month == exit.date.month()) else {
            continue;
        };
        for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
            // What was owed when the month began, and what its schedule draws by the day.
            let owed = record.debts.iter().filter(|flow| flow.month == month);
            let owed = owed.fold(Exact::ZERO, |sum, flow| sum + flow.outstanding + flow.repaid - flow.drawn) / unit;
            let by_then = scenario.debts.iter().flat_map(|debt| match &debt.draws {
                Draws::AtOnce => vec![(debt.from, debt.size)],
                Draws::Schedule(draws) => draws.clone(),
                Draws::BelowMinimum => Vec::new(),
            });
            let is_drawn = |day: Day| day.month() == exit.date.month() && day <= exit.date && day >= scenario.as_of;
            let drawn = by_then.filter(|(day, _)| is_drawn(*day));
            let owed = drawn.fold(owed, |sum, (_, figure)| sum + Exact::of(scenario.figures.value(figure)));
            let Some(owed) = owed.decimal().filter(|owed| *owed > Decimal::ZERO) else { continue };
            let report = scenario.burns.get(burn.burn).map_or("", |burn| burn.id.as_str());
            if (owed.saturating_sub(written)).abs().saturating_mul(Decimal::ONE_HUNDRED) > owed {
                let message = format!(
                    "under `burn.{report}` {} of [debt] is owed on the day of `exit.{}`; it pays {} of debt, as written",
                    amount(owed.round_dp(2)),
                    exit.id,
                    amount(written)
                );
                let path = format!("exit.{}", exit.id);
                add(bag, Diagnostic::new(Code::DebtAtExit, message).about(path), Some(exit.span));
            }
        }
    }
}

/// Covenants that are broken.
fn covenants(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    for (index, debt) in scenario.debts.iter().enumerate() {
        let Some(covenant) = debt.covenant else { continue };
        for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
            let mut broken = record.debts.iter().filter(|flow| flow.debt == index && flow.is_breached == Decided::Yes);
            let Some(month) = broken.next().and_then(|flow| plan.treasury.months.get(flow.month)) else { continue };
            let report = scenario.burns.get(burn.burn).map_or("", |burn| burn.id.as_str());
            let then = if covenant.is_called { "it is repaid at once" } else { "it is only said" };
            let message =
                format!("`debt.{}` has its covenant broken in {} under `burn.{report}`: {then}", debt.id, month.month);
            add(
                bag,
                Diagnostic::new(Code::CovenantBroken, message).about(format!("debt.{}", debt.id)),
                Some(debt.span),
            );
        }
    }
}

/// Commitments that must be paid although the burn does not use them.
fn take_or_pay(outcome: &Outcome, bag: &mut Bag) {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let owed: Vec<_> = scenario.commitments.iter().filter(|commitment| commitment.take_or_pay).collect();
    let Some(first) = owed.first() else { return };
    let unit = Exact::of(plan.treasury.denominator);
    for (burn, record) in plan.treasury.burns.iter().zip(&journal.runways) {
        let Some(report) = scenario.burns.get(burn.burn) else { continue };
        let path = format!("burn.{}", report.id);
        let unnamed = owed.iter().find(|it| burn.lines.iter().all(|line| line.to != Some(it.to.index())));
        if let Some(unnamed) = unnamed {
            let with = scenario.owner(unnamed.to).map_or("", |owner| owner.name.as_str());
            let message = format!(
                "`{path}` does not say what is spent with {with}: what must be taken or paid for counts as used"
            );
            add(bag, Diagnostic::new(Code::TakeOrPay, message).about(&path), Some(first.span));
        }
        let short = record.months.iter().fold(Exact::ZERO, |sum, flow| sum + flow.shortfall) / unit;
        if Exact::ZERO.lt(short) == Decided::Yes {
            let short = short.decimal().map_or_else(String::new, |money| amount(money.round_dp(2)));
            let message = format!("`{path}` leaves {short} unused of what must be taken or paid for: it comes on top");
            add(bag, Diagnostic::new(Code::TakeOrPay, message).about(&path), Some(first.span));
        }
    }
}
