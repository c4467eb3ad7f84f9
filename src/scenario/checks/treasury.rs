//! The projection has a beginning, an end, and a figure for every month of every report.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::document::TableNode;
use crate::units::Decimal;
use crate::units::Month;
use crate::units::ScheduledPeriod;
use crate::units::amount;

use super::Scenario;
use super::at_figure;
use super::every_number;
use super::not_negative;
use crate::scenario::burn::Burn;
use crate::scenario::burn::BurnContent;
use crate::scenario::burn::Line;
use crate::scenario::burn::LineAmount;
use crate::scenario::burn::LineKind;
use crate::scenario::burn::Measure;
use crate::scenario::ids::FigureId;
use crate::scenario::profile::Fill;
use crate::scenario::profile::Profile;
use crate::scenario::profile::Through;

/// What is paid later is paid within two years.
const LONGEST_LAG: u32 = 24;
/// A projection has at most this many months.
const LONGEST: i64 = 2_400;

/// Horizon and opening cash where a burn needs them; burns that cover their months.
pub(super) fn check(scenario: &Scenario, root: &TableNode, bag: &mut Bag) {
    let needs_horizon = scenario
        .burns
        .first()
        .map(|burn| burn.span)
        .or_else(|| scenario.commitments.first().map(|commitment| commitment.span))
        .or_else(|| scenario.debts.first().map(|debt| debt.span));
    let horizon_span = root.leaf("horizon").map(|leaf| leaf.span);
    match (scenario.horizon, needs_horizon) {
        (None, Some(span)) => bag.add(
            Diagnostic::new(Code::MissingKey, "the file lacks `horizon`, the last day of the projection")
                .at(span)
                .label("this runs over months")
                .help("add `horizon = 2029-12-31` at the top of the file"),
        ),
        (Some(horizon), _) if horizon < scenario.as_of => {
            let fault = Diagnostic::new(
                Code::AfterDeadline,
                format!("the horizon {horizon} lies before `as_of`, {}", scenario.as_of),
            );
            let fault = match horizon_span {
                Some(span) => fault.at(span),
                None => fault,
            };
            bag.add(fault.help("the projection runs from `as_of` to the horizon"));
            return;
        }
        (Some(horizon), _) if horizon.month().ordinal() - scenario.as_of.month().ordinal() > LONGEST => {
            let fault = Diagnostic::new(Code::OutOfRange, "a projection of more than 200 years");
            bag.add(match horizon_span {
                Some(span) => fault.at(span).help("bring the horizon nearer"),
                None => fault,
            });
            return;
        }
        _ => {}
    }
    if let Some(burn) = scenario.burns.iter().find(|burn| burn.has_runway())
        && scenario.cash.is_none()
    {
        bag.add(
            Diagnostic::new(Code::MissingKey, "there is a burn and no `cash.opening`: how much is in the bank?")
                .at(burn.span)
                .help("add [cash] with opening = { value = \"...\", status = \"assumed\" } if no source names it"),
        );
    }
    if let Some(cash) = &scenario.cash {
        not_negative(scenario, cash.minimum, "a minimum", bag);
        if let Some((interest, _)) = cash.interest {
            not_negative(scenario, interest, "interest on cash", bag);
        }
    }
    for burn in &scenario.burns {
        if burn.measure == Measure::Cash && burn.as_cash {
            // Harmless: cash used as cash.
        } else if burn.as_cash {
            bag.add(
                Diagnostic::new(
                    Code::LossAsCash,
                    format!("`burn.{}` is {} used as cash", burn.id, burn.measure.phrase()),
                )
                .about(format!("burn.{}", burn.id))
                .at(burn.span),
            );
        } else if !burn.has_runway() {
            bag.add(
                Diagnostic::new(
                    Code::LossNotCash,
                    format!("`burn.{}` is {} and gives no runway", burn.id, burn.measure.phrase()),
                )
                .about(format!("burn.{}", burn.id))
                .at(burn.span)
                .help("as_cash = true uses it as cash all the same, [burn.ID.adjust] says what turns it into cash"),
            );
        }
        content(scenario, burn, bag);
    }
}

/// A report is one figure or parts, and its adjustments are what turns it into cash.
fn content(scenario: &Scenario, burn: &Burn, bag: &mut Bag) {
    if burn.is_adjusted() && (burn.as_cash || burn.measure == Measure::Cash) {
        let why = if burn.as_cash { "is used as cash as it stands" } else { "counts cash already" };
        bag.add(
            Diagnostic::new(Code::UnusedKey, format!("`burn.{}` has `adjust`, and {why}", burn.id))
                .at(burn.span)
                .help("adjustments turn another measure into cash: take out `adjust`, or `as_cash` and write what is measured"),
        );
    }
    let path = |line: &Line| format!("burn.{}.{}.{}", burn.id, line.kind.word(), line.id);
    for line in burn.lines() {
        if line.lag_months > LONGEST_LAG {
            bag.add(
                Diagnostic::new(Code::OutOfRange, format!("`{}` is paid {} months later", path(line), line.lag_months))
                    .at(line.span)
                    .help(format!("write `lag_months` from 0 to {LONGEST_LAG}")),
            );
        }
        if let (Some(from), Some(until)) = (line.from, line.until)
            && until < from
        {
            bag.add(
                Diagnostic::new(Code::AfterDeadline, format!("`{}` ends before it begins", path(line)))
                    .at(line.span)
                    .help("`until` is on or after `from`"),
            );
        }
        match &line.amount {
            LineAmount::OfIncome(part) => {
                not_negative(scenario, *part, "a part of income", bag);
                for income in burn.lines().filter(|other| other.kind == LineKind::Income) {
                    let LineAmount::Is(own @ Profile::Scheduled { .. }) = &income.amount else { continue };
                    // The months whose income it is a part of, as far as both run.
                    let months: Vec<Month> = months_of(scenario, line)
                        .into_iter()
                        .filter(|month| {
                            let begins = income.from.is_none_or(|from| from.month() <= *month);
                            begins && income.until.is_none_or(|until| *month <= until.month())
                        })
                        .collect();
                    let of = format!("{}` of `{}", path(line), path(income));
                    let is_own_gap = income.lag_months == line.lag_months;
                    if !is_own_gap {
                        profile(scenario, &of, line.span, own, &months, bag);
                    }
                }
                if !burn.lines().any(|line| line.kind == LineKind::Income) {
                    bag.add(
                        Diagnostic::new(
                            Code::MissingKey,
                            format!("`{}` is a part of income, and there is none", path(line)),
                        )
                        .at(line.span)
                        .help(format!("add [burn.{}.income.ID], or write the cost itself", burn.id)),
                    );
                }
            }
            LineAmount::Is(own) => {
                let months = months_of(scenario, line);
                profile(scenario, &path(line), line.span, own, &months, bag);
            }
        }
    }
    if let BurnContent::Whole(own) = &burn.content {
        let months = all_months(scenario);
        profile(scenario, &format!("burn.{}", burn.id), burn.span, own, &months, bag);
    } else if burn.measure == Measure::GrossSpend && burn.lines().any(|line| line.kind == LineKind::Income) {
        bag.add(
            Diagnostic::new(Code::CannotSolve, format!("`burn.{}` is gross spending and has income", burn.id))
                .at(burn.span)
                .help("with its income it is no longer gross: measure = \"cash\", or take the income out"),
        );
    }
}

/// The months of the projection.
fn all_months(scenario: &Scenario) -> Vec<Month> {
    let Some(horizon) = scenario.horizon else { return Vec::new() };
    let (first, last) = (scenario.as_of.month().ordinal(), horizon.month().ordinal());
    (first..=last).filter_map(Month::from_ordinal).collect()
}

/// The months in which what a line pays within the projection is earned or spent.
fn months_of(scenario: &Scenario, line: &Line) -> Vec<Month> {
    let lag = i64::from(line.lag_months.min(LONGEST_LAG));
    all_months(scenario)
        .into_iter()
        .filter_map(|month| Month::from_ordinal(month.ordinal() - lag))
        .filter(|month| {
            let begins = line.from.is_none_or(|from| from.month() <= *month);
            begins && line.until.is_none_or(|until| *month <= until.month())
        })
        .collect()
}

fn profile(scenario: &Scenario, path: &str, span: Span, profile: &Profile, months: &[Month], bag: &mut Bag) {
    match profile {
        Profile::Rate { phases, .. } => {
            for pair in phases.windows(2) {
                if let [first, second] = pair
                    && first.from.month() == second.from.month()
                {
                    bag.add(
                        at_figure(scenario, second.growth, Code::EventOrder, |_| {
                            format!("two phases of `{path}` begin in one month")
                        })
                        .help("keep one of them"),
                    );
                }
            }
        }
        Profile::Staff { heads, .. } => {
            for (_, count) in heads {
                not_negative(scenario, *count, "a number of staff", bag);
            }
            let first = months.first().and_then(|month| month.first());
            if let (Some(first), Some((day, figure))) = (first, heads.first())
                && *day > first
            {
                bag.add(
                    at_figure(scenario, *figure, Code::BurnGap, |_| {
                        format!("`{path}` has no staff before {day}, and is counted from {first}")
                    })
                    .help(format!("say how many there are on {first}; nobody is a zero")),
                );
            }
        }
        Profile::Scheduled { lines, through } => {
            if let Some(through) = through {
                total(scenario, path, lines, through, bag);
            }
            let covered = |month: Month| {
                let named = lines.iter().any(|(period, _)| {
                    let after = month.ordinal() - period.first.ordinal();
                    (0..i64::from(period.period.months())).contains(&after)
                });
                named || through.is_some_and(|through| (through.from..=through.year).contains(&month.year()))
            };
            let missing: Vec<Month> = months.iter().copied().filter(|month| !covered(*month)).collect();
            if let (Some(from), Some(until)) = (missing.first(), missing.last()) {
                let message = format!(
                    "`{path}` has no figure for {} of the {} months of the projection",
                    missing.len(),
                    months.len()
                );
                bag.add(
                    Diagnostic::new(Code::BurnGap, message)
                        .at(span)
                        .label(format!("nothing between {from} and {until}"))
                        .help("name those periods (a zero must be written), or bring `horizon` nearer"),
                );
            }
        }
    }
}

/// A cumulative total leaves something for the years not named, or nothing is left unnamed.
fn total(scenario: &Scenario, path: &str, lines: &[(ScheduledPeriod, FigureId)], through: &Through, bag: &mut Bag) {
    let years = through.from..=through.year;
    if through.year < through.from || i64::from(through.year) - i64::from(through.from) > 200 {
        bag.add(
            at_figure(scenario, through.total, Code::AfterDeadline, |_| {
                format!("the total of `{path}` runs from {} through {}", through.from, through.year)
            })
            .help("the last year comes after the first"),
        );
        return;
    }
    let named = lines.iter().filter(|(period, _)| years.contains(&period.first.year()));
    let count = named.clone().count();
    let sum = named.fold(Decimal::ZERO, |sum, (_, figure)| sum.saturating_add(scenario.figures.value(*figure)));
    let total = scenario.figures.value(through.total);
    let all_named = count == years.count();
    if (all_named && sum != total) || (!all_named && sum > total) {
        bag.add(
            at_figure(scenario, through.total, Code::NothingToFill, |figure| {
                format!("the named years of `{path}` add up to {}, the total is {}", amount(sum), figure.typed)
            })
            .help("one of the two figures cannot be: keep them as two burn reports, or leave a year unnamed"),
        );
    }
    if let Fill::Growth(growth) = through.fill {
        let leaves_some = |value: Decimal| value > Decimal::NEGATIVE_ONE;
        let says = |typed: &str| format!("a growth of {typed} leaves nothing");
        every_number(scenario, growth, Code::OutOfRange, leaves_some, says, "it is above -100 %", bag);
    }
    if let Fill::Growth(growth) = through.fill
        && scenario.figures.get(growth).and_then(|figure| figure.period) != Some(crate::units::Period::Year)
    {
        bag.add(
            at_figure(scenario, growth, Code::BadLiteral, |figure| {
                format!("a fill of {} does not step from year to year", figure.typed)
            })
            .help("write it per year, as \"8%/year\""),
        );
    }
}
