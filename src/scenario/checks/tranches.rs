//! Tranches can close.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::units::Decimal;
use crate::units::amount;
use crate::units::scaled;

use super::Scenario;
use super::at_figure;
use super::not_negative;
use super::percentage;
use super::positive;
use crate::scenario::company::Rule;
use crate::scenario::figures::Status;
use crate::scenario::ids::FigureId;
use crate::scenario::round::Drawdown;
use crate::scenario::round::Oversubscription;
use crate::scenario::round::Part;
use crate::scenario::round::PriceRule;
use crate::scenario::round::Round;
use crate::scenario::round::Size;
use crate::scenario::round::Tranche;
use crate::scenario::round::Valuation;

/// The smallest part of a valuation that is not taken for a slip.
const SMALLEST_PART: Decimal = Decimal::from_parts(1, 0, 0, false, 5);

/// Days in order, amounts not negative, what comes in kind can be used.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for round in scenario.rounds.iter().chain(scenario.raises.iter().map(|raise| &raise.round)) {
        for tranche in &round.tranches {
            days(scenario, round, tranche, bag);
            parts(scenario, round, tranche, bag);
            amounts(scenario, round, tranche, bag);
            in_kind(scenario, round, tranche, bag);
        }
        if round.oversubscription == Some(Oversubscription::Priority) {
            priorities(round, bag);
        }
    }
}

fn path(round: &Round, tranche: &Tranche) -> String {
    format!("round.{}.tranche.{}", round.id, tranche.id)
}

fn days(scenario: &Scenario, round: &Round, tranche: &Tranche, bag: &mut Bag) {
    let path = path(round, tranche);
    if tranche.date < round.date {
        bag.add(
            Diagnostic::new(
                Code::AfterDeadline,
                format!("`{path}` would close on {}, before the round is signed on {}", tranche.date, round.date),
            )
            .at(tranche.span)
            .help("a tranche closes on the round's day or later"),
        );
    }
    if let Some(by) = tranche.by
        && tranche.date > by
    {
        bag.add(
            Diagnostic::new(
                Code::AfterDeadline,
                format!("`{path}` would close on {}, after its last day {by}", tranche.date),
            )
            .at(tranche.span)
            .help("move `by` back or `date` forward; as it is it can never close"),
        );
    }
    if let Some(paid) = tranche.paid
        && paid < tranche.date
    {
        bag.add(
            Diagnostic::new(
                Code::AfterDeadline,
                format!("`{path}` is paid on {paid}, before it can close on {}", tranche.date),
            )
            .at(tranche.span)
            .help("cash arrives on the closing day or later"),
        );
    }
    let condition = tranche.condition.and_then(|id| scenario.conditions.get(id.index()));
    if let Some(accelerates) = tranche.accelerates.and_then(|id| scenario.conditions.get(id.index())) {
        let id = tranche.accelerates;
        let is_met = scenario.exits.iter().any(|exit| id.is_some_and(|id| exit.meets.contains(&id)));
        if !is_met && matches!(accelerates.rule, Rule::Itself { date: None, .. }) {
            bag.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`{path}` is pulled forward by `{}`, and nothing says when", accelerates.id),
                )
                .at(tranche.span)
                .help(format!("add `date` to [condition.{}], or an exit that meets it", accelerates.id)),
            );
        }
    }
    let is_noticed = tranche.notice_days > 0 && tranche.accelerates.is_none();
    if condition.is_none() && (tranche.otherwise.is_some() || is_noticed) {
        let key = if tranche.otherwise.is_some() { "otherwise" } else { "notice_days" };
        bag.add(
            Diagnostic::new(Code::MissingKey, format!("`{path}` has `{key}` and waits for no condition"))
                .at(tranche.span)
                .help(format!("name its `condition`, or take `{key}` out")),
        );
    }
    if let (Some(condition), Some(otherwise)) = (condition, tranche.otherwise) {
        not_negative(scenario, otherwise, "an amount", bag);
        let has_deadline = tranche.by.is_some() || matches!(condition.rule, Rule::Itself { by: Some(_), .. });
        if !has_deadline {
            bag.add(
                at_figure(scenario, otherwise, Code::MissingDeadline, |_| {
                    format!("`{path}` says what closes if `{}` fails, and it has no last day to fail", condition.id)
                })
                .help(format!("add `by` to the tranche or to [condition.{}]", condition.id)),
            );
        }
    }
    if let Some(drawdown) = &tranche.drawdown
        && let Some(until) = drawdown.until
        && until < drawdown.from.map_or(tranche.date, |from| from.max(tranche.date))
    {
        bag.add(
            Diagnostic::new(
                Code::AfterDeadline,
                format!("what comes with `{path}` expires on {until}, before it comes"),
            )
            .at(tranche.span)
            .help("move `until` of its drawdown back, or the closing forward"),
        );
    }
    if let Some(drawdown) = &tranche.drawdown
        && let Some(from) = drawdown.from
        && from < tranche.date
    {
        bag.add(
            Diagnostic::new(
                Code::AfterDeadline,
                format!("`{path}` is drawn down from {from}, before it can close on {}", tranche.date),
            )
            .at(tranche.span)
            .help("what comes in kind can be used from the closing on"),
        );
    }
}

/// What is placed, called and delivered fits the whole.
fn parts(scenario: &Scenario, round: &Round, tranche: &Tranche, bag: &mut Bag) {
    let path = path(round, tranche);
    if let Size::Less(amount, _) = &tranche.size
        && scenario.asked(&tranche.size).is_some_and(|left| left < Decimal::ZERO)
    {
        bag.add(
            at_figure(scenario, *amount, Code::OutOfRange, |figure| {
                format!("`{path}` places more with others than its {}", figure.typed)
            })
            .help("what is placed is a part of the amount"),
        );
    }
    let (dues, whole) = tranche.parts();
    if dues.is_empty() {
        return;
    }
    let sum = |figures: &mut dyn Iterator<Item = FigureId>| {
        figures.fold(Decimal::ZERO, |sum, figure| sum.saturating_add(scenario.figures.value(figure)))
    };
    for (day, figure) in &dues {
        not_negative(scenario, *figure, "a part of a tranche", bag);
        if *day < tranche.date || tranche.by.is_some_and(|by| *day > by) {
            bag.add(
                at_figure(scenario, *figure, Code::AfterDeadline, |entry| {
                    format!("`{}` lies outside the days of `{path}`", entry.path)
                })
                .help("parts come from the tranche's first day on, and by its last"),
            );
        }
    }
    let all = sum(&mut whole.iter().copied());
    if all <= Decimal::ZERO {
        bag.add(
            Diagnostic::new(Code::NotPositive, format!("`{path}` comes in parts of nothing"))
                .at(tranche.span)
                .help("leave the tranche out, or say how much it is"),
        );
    }
    if !tranche.calls.is_empty() {
        let called = sum(&mut dues.iter().map(|(_, figure)| *figure));
        if matches!(tranche.size, Size::Less(..)) {
            bag.add(
                Diagnostic::new(Code::CannotSolve, format!("`{path}` is both placed with others and called over time"))
                    .at(tranche.span)
                    .help("write a tranche for each investor, with calls of its own"),
            );
        } else if matches!(tranche.size, Size::PerUnit { .. } | Size::Shares(_)) {
            bag.add(
                Diagnostic::new(Code::CannotSolve, format!("`{path}` has `calls`, and no `amount` they are parts of"))
                    .at(tranche.span)
                    .help("write `amount`, or take the calls out"),
            );
        } else if called > all && !tranche.id.contains(".syndicate.") {
            bag.add(
                at_figure(scenario, tranche.size.figure(), Code::OutOfRange, |figure| {
                    format!("the calls of `{path}` come to {}, more than its {}", amount(called), figure.typed)
                })
                .help("call less, or commit more"),
            );
        }
    }
    if tranche.otherwise.is_some() {
        bag.add(
            Diagnostic::new(Code::CannotSolve, format!("`{path}` closes in parts, and has an amount on failure"))
                .at(tranche.span)
                .help("which parts would it replace? write two tranches"),
        );
    }
}

fn amounts(scenario: &Scenario, round: &Round, tranche: &Tranche, bag: &mut Bag) {
    for figure in tranche.size.figures() {
        not_negative(scenario, figure, "a tranche", bag);
    }
    if let PriceRule::Own(price) = tranche.price {
        positive(scenario, price, "a price", bag);
    }
    if let Some(probability) = tranche.probability {
        percentage(scenario, probability, "a probability", true, bag);
    }
    let (Size::Money(amount) | Size::Less(amount, _), Valuation::PreMoney(valuation) | Valuation::PostMoney(valuation)) =
        (&tranche.size, round.valuation)
    else {
        return;
    };
    for (figure, what) in [(Some(*amount), "a tranche"), (round.target, "a target")] {
        let Some(figure) = figure else { continue };
        let value = scenario.figures.value(figure);
        let part = value.checked_div(scenario.figures.value(valuation));
        if value > Decimal::ZERO && part.is_some_and(|part| part < SMALLEST_PART) {
            bag.add(
                at_figure(scenario, figure, Code::TinyAmount, |entry| {
                    format!("{what} of {} is below 0.001 % of the valuation", entry.typed)
                })
                .help(format!(
                    "does it lack its letter? did you mean {}?",
                    likely(value, scenario.figures.value(valuation))
                )),
            );
        }
    }
}

/// The amount with the letter that brings it nearest to what rounds raise.
fn likely(value: Decimal, valuation: Decimal) -> String {
    let least = valuation.saturating_mul(Decimal::new(1, 3));
    let letters = [(3u32, 'K'), (6, 'M'), (9, 'B'), (12, 'T')];
    let digits = value.normalize();
    letters
        .into_iter()
        .find(|(places, _)| {
            i32::try_from(*places).ok().and_then(|places| scaled(value, places)).is_some_and(|value| value >= least)
        })
        .map_or_else(|| digits.to_string(), |(_, letter)| format!("{digits}{letter}"))
}

fn in_kind(scenario: &Scenario, round: &Round, tranche: &Tranche, bag: &mut Bag) {
    let has_kind = tranche.consideration.iter().any(|(label, _)| label != "cash");
    if has_kind && tranche.drawdown.is_none() {
        bag.add(
            Diagnostic::new(
                Code::MissingKey,
                format!("`{}` is partly in kind and lacks `drawdown`", path(round, tranche)),
            )
            .at(tranche.span)
            .help("write drawdown = { months = 24, unused = \"lost\", eligible = \"50%\" }"),
        );
    }
    let part_in_kind = || {
        let of = |label: &str| tranche.consideration.iter().find(|(other, _)| other == label).map(|(_, part)| *part);
        match of("cash") {
            Some(Part::Is(cash)) => scenario.figures.value(cash) < Decimal::ONE,
            Some(Part::Rest) => tranche.consideration.iter().any(|(_, part)| match part {
                Part::Is(figure) => !scenario.figures.value(*figure).is_zero(),
                Part::Rest => false,
            }),
            None => has_kind,
        }
    };
    let unsaid = |drawdown: &Drawdown| {
        scenario.figures.get(drawdown.eligible).is_some_and(|figure| figure.status == Status::Default)
    };
    if let Some(drawdown) = &tranche.drawdown
        && unsaid(drawdown)
        && part_in_kind()
    {
        let message = format!("`{}.drawdown` lacks `eligible`", path(round, tranche));
        bag.add(
            Diagnostic::new(Code::MissingKey, message)
                .at(tranche.span)
                .label("a part of it is in kind")
                .help("eligible: how much of the burn it can pay for, as eligible = \"50%\""),
        );
    }
    if let Some(drawdown) = &tranche.drawdown {
        percentage(scenario, drawdown.eligible, "an eligible part", true, bag);
        if drawdown.months == 0 || drawdown.months > 1_200 {
            bag.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!("`{}` is drawn down over {} months", path(round, tranche), drawdown.months),
                )
                .at(tranche.span)
                .help("write 1 to 1200 months"),
            );
        }
    }
}

fn priorities(round: &Round, bag: &mut Bag) {
    for tranche in round.tranches.iter().filter(|tranche| tranche.priority == 0 && !tranche.optional) {
        bag.add(
            Diagnostic::new(Code::MissingKey, format!("`{}` lacks `priority`", path(round, tranche)))
                .at(tranche.span)
                .label("the round fills by priority")
                .help("write priority = 1 for those who are filled first"),
        );
    }
}
