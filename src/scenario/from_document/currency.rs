//! Sums in other currencies: the rates of `[fx.ID]`, and what a figure comes to in the currency of the scenario.

use std::borrow::Cow;

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::Detail;
use crate::document::Figure;
use crate::document::Leaf;
use crate::document::Literal;
use crate::document::Node;
use crate::document::TableNode;
use crate::document::Value;
use crate::document::agree;
use crate::format::Quantity;
use crate::scenario::figures::Conversion;
use crate::scenario::figures::FigureEntry;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::ScheduledPeriod;
use crate::units::product;

impl Reader<'_> {
    /// Reads what other currencies are worth; every other figure may need it.
    pub(super) fn exchange_rates(&mut self) {
        let root = self.root;
        for (id, node) in root.things("fx") {
            let code = id.to_uppercase();
            if code == self.currency {
                self.bag.add(
                    Diagnostic::new(Code::UnusedKey, format!("`fx.{id}` would change nothing"))
                        .at(node.span)
                        .label("the currency of the scenario")
                        .help(format!(
                            "rates say what other currencies are worth in {code}: take it out, or write another `currency`"
                        )),
                );
                continue;
            }
            let mut rates = Vec::new();
            for (key, entry) in &node.entries {
                let Node::Figure(figure) = &entry.node else { continue };
                let Some(day) = Day::from_text(key) else {
                    self.bag.add(
                        Diagnostic::new(Code::BadDate, format!("`{key}` is not a day"))
                            .at(entry.key)
                            .label("the calendar lacks it")
                            .help("write 2026-03-31"),
                    );
                    continue;
                };
                if let Some(rate) = self.keep(figure, format!("fx.{id}.{key}"), Quantity::Ratio) {
                    rates.push((day, rate));
                }
            }
            rates.sort_by_key(|(day, _)| *day);
            self.rates.insert(code, rates);
        }
    }

    /// The figure with every part of it in the currency of the scenario, and how its value came to be.
    ///
    /// The texts stay as they were typed. What cannot be converted is refused and keeps its number.
    pub(super) fn in_own_currency<'f>(
        &mut self,
        figure: &'f Figure,
        path: &str,
    ) -> (Cow<'f, Figure>, Option<Conversion>) {
        let is_plain = |figure: &Figure| parts(figure).all(|literal| literal.currency.is_none());
        if is_plain(figure) {
            return (Cow::Borrowed(figure), None);
        }
        let Some(on) = self.day_of(path) else { return (Cow::Borrowed(figure), None) };
        let mut figure = figure.clone();
        let conversion = figure.value.as_mut().and_then(|literal| self.convert(literal, on));
        for literal in figure.detail.iter_mut().flat_map(|detail| sums(detail)) {
            self.convert(literal, on);
        }
        if is_plain(&figure) {
            // Its parts may have named several currencies: only now can they be compared.
            agree(&figure, self.bag);
        }
        (Cow::Owned(figure), conversion)
    }

    /// Converts one number at the rate in force on a day; what is refused keeps the currency it names.
    fn convert(&mut self, literal: &mut Literal, on: Day) -> Option<Conversion> {
        let code = literal.currency.clone()?;
        if code == self.currency {
            literal.currency = None;
            return None;
        }
        let own = self.currency.clone();
        let id = code.to_lowercase();
        let Some(rates) = self.rates.get(&code) else {
            let fault = Diagnostic::new(Code::WrongCurrency, format!("{code} in a scenario in {own}"));
            self.bag.add(fault.at(literal.span).help(format!(
                "write the amount in {own}, or add a table [fx.{id}] that says what one {code} is worth from some day on, at the latest from {on}"
            )));
            return None;
        };
        let Some((since, rate)) = rates.iter().rev().find(|(day, _)| *day <= on).copied() else {
            let fault = Diagnostic::new(Code::WrongCurrency, format!("{code} has no rate in {own} on {on}"))
                .at(literal.span)
                .label(format!("belongs to {on}"));
            let fault = match rates.first().and_then(|(_, first)| self.figures.span(*first)) {
                Some(first) => fault.beside(first, "the first rate"),
                None => fault,
            };
            self.bag.add(fault.help(format!(
                "a rate holds from its day on: add `fx.{id}.{on}`, or an earlier day, or write the amount in {own}"
            )));
            return None;
        };
        let exchanged = |amount: Decimal| self.figures.get(rate).and_then(|rate| times(amount, rate));
        let (amount, converted) = match literal.amount {
            Amount::Number(amount) => (amount, exchanged(amount).map(Amount::Number)),
            Amount::Rate(amount, period) => (amount, exchanged(amount).map(|value| Amount::Rate(value, period))),
            Amount::Part(_) | Amount::Day(_) | Amount::Word(_) => return None,
        };
        let Some(converted) = converted else {
            let typed = self.figures.get(rate).map_or_else(String::new, |rate| rate.typed.clone());
            self.bag.add(
                Diagnostic::new(
                    Code::Arithmetic,
                    format!("{} at {typed} has more digits than a number can keep exactly", literal.bare()),
                )
                .at(literal.span)
                .label(format!("converted at `fx.{id}.{since}`"))
                .help(format!("write a rate of fewer digits, or the amount in {own}")),
            );
            return None;
        };
        literal.amount = converted;
        literal.currency = None;
        Some(Conversion { amount, rate, on })
    }

    /// The day at whose rate a figure is converted: that of the innermost thing it belongs to that has one, the first
    /// that its line of a schedule names; else `as_of`.
    fn day_of(&self, path: &str) -> Option<Day> {
        let opening = self.root.table("opening").and_then(day_in);
        let mut day = self.root.day("as_of").map(|day| day.value);
        let mut here = self.root;
        for (depth, part) in path.split('.').enumerate() {
            // Calls are parts of an amount: they are converted with it.
            if part == "calls" && path.starts_with("round.") {
                break;
            }
            let named = ScheduledPeriod::from_text(part).and_then(|period| period.first.first());
            day = named.or(Day::from_text(part)).or(day);
            let Some(inner) = here.table(part) else { break };
            here = inner;
            let is_right = depth == 1 && (path.starts_with("warrant.") || path.starts_with("grant."));
            let undated = if is_right { self.covered_day(here).or(opening) } else { None };
            day = day_in(here).or(undated).or(day);
        }
        day
    }

    /// The day a warrant without one of its own is issued: that of the note, SAFE or round it covers.
    pub(super) fn covered_day(&self, warrant: &TableNode) -> Option<Day> {
        let of = warrant.text("of")?;
        let thing = of.split(".tranche.").next().unwrap_or(of);
        let (family, id) = thing.split_once('.')?;
        self.root.table(family)?.table(id).and_then(day_in)
    }
}

/// The day of a thing: its `date`, or where it begins.
fn day_in(node: &TableNode) -> Option<Day> {
    ["date", "from"].into_iter().find_map(|key| match node.get(key)? {
        Node::Figure(Figure { value: Some(Literal { amount: Amount::Day(day), .. }), .. }) => Some(*day),
        Node::Leaf(Leaf { value: Value::Day(day), .. }) => Some(*day),
        _ => None,
    })
}

/// Every number of a figure.
fn parts(figure: &Figure) -> impl Iterator<Item = &Literal> {
    figure.value.iter().chain(figure.detail.iter().flat_map(|detail| detail.literals()))
}

/// Every number beside the value that may be a sum.
fn sums(detail: &mut Detail) -> impl Iterator<Item = &mut Literal> {
    let Detail { low, high, p5, p95, sd, options, reports, .. } = detail;
    [low, high, p5, p95, sd].into_iter().flatten().chain(options).chain(reports.iter_mut().map(|(_, literal)| literal))
}

/// A sum times a rate, exactly; none if digits would be lost.
fn times(amount: Decimal, rate: &FigureEntry) -> Option<Decimal> {
    let Some(part) = rate.fraction else { return product(amount, rate.value) };
    let numerator = Decimal::try_from_i128_with_scale(part.numerator(), 0).ok()?;
    let denominator = Decimal::try_from_i128_with_scale(part.denominator(), 0).ok()?;
    let whole = product(amount, numerator)?;
    let quotient = whole.checked_div(denominator)?.normalize();
    (product(quotient, denominator)? == whole.normalize()).then_some(quotient)
}
