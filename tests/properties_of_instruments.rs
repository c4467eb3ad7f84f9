//! Invariants over random companies with instruments, numbered as in the list of invariants (I-1 to I-68).
//!
//! SAFEs, notes, grants, warrants, pro rata rights, price protection, pools, splits, changes and tenders; the same
//! numbers over plain rounds are in `properties.rs`. The oracles of this file ([`Puzzle`]) count shares where the
//! engine adds up money: they go round in circles until nothing moves, and know no line and no kink.
//!
//! Left out: I-4, I-10 and I-11 (what is shown, and sums of money: instruments change the counts, not the statement;
//! whole prices are in `whole_shares_follow_the_exact_solution`), I-29 to I-39 (exits), I-41 for tranches (here for
//! convertibles), I-49 (400 years on would leave the years a date may have).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use std::collections::BTreeMap;

use capsim::diagnostics::Code;
use capsim::engine::Converted;
use capsim::engine::Entry;
use capsim::engine::Observer;
use capsim::engine::Priced;
use capsim::engine::Silent;
use capsim::engine::State;
use capsim::engine::Why;
use capsim::engine::play as play_plan;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::When;
use capsim::outcome::allocated;
use capsim::outcome::metric;
use capsim::outcome::metrics;
use capsim::plan::Holding;
use capsim::plan::StepKind;
use capsim::scenario::Allocation;
use capsim::units::Day;
use capsim::units::Decided;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Played;
use common::Shelf;
use common::agree;
use common::instruments::ALL;
use common::instruments::ALLOCATIONS;
use common::instruments::Company;
use common::instruments::FRACTIONAL;
use common::instruments::ONE_ROUND;
use common::instruments::Table;
use common::instruments::Value;
use common::instruments::WHOLE;
use common::instruments::Whole;
use common::instruments::companies;
use common::near;
use common::play;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// What sums of exact decimals agree to after some divisions.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 16);
/// What two ways to the same number agree to.
const SAME: Decimal = Decimal::from_parts(1, 0, 0, false, 14);

/// The same companies in every run.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_global_rejects: 20 * cases,
        rng_seed: RngSeed::Fixed(std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(41)),
        ..ProptestConfig::default()
    }
}

// ------------------------------------------------------------------------------------------- what a play shows

fn number(value: Exact) -> Decimal {
    value.decimal().expect("a finished play holds numbers")
}

fn sum(all: impl IntoIterator<Item = Decimal>) -> Decimal {
    all.into_iter().sum()
}

fn result(outcome: &Outcome, path: &str) -> Option<Decimal> {
    match metric(outcome, path)?.as_slice() {
        [one] => match one.value {
            MetricValue::Number(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

fn text(outcome: &Outcome, path: &str) -> Option<String> {
    metric(outcome, path)?.first().map(|one| one.value.to_string())
}

fn at(outcome: &Outcome, when: When) -> BTreeMap<String, String> {
    metrics(outcome, when).into_iter().map(|metric| (metric.path, metric.value.to_string())).collect()
}

fn values(outcome: &Outcome) -> BTreeMap<String, String> {
    at(outcome, When::End)
}

/// The paths and values in which two maps differ.
fn differences(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let mut paths: Vec<&String> = a.keys().chain(b.keys()).collect();
    paths.sort();
    paths.dedup();
    let differ = |path: &&String| match (a.get(*path), b.get(*path)) {
        (Some(a), Some(b)) => !agree(a, b, SAME) && !tiny(a, b),
        _ => true,
    };
    paths.into_iter().filter(differ).map(|path| format!("{path}: {:?}, {:?}", a.get(path), b.get(path))).collect()
}

/// What is left of a difference of large numbers: nothing.
fn tiny(a: &str, b: &str) -> bool {
    let small = |text: &str| Decimal::from_str_exact(text).is_ok_and(|number| number.abs() < Decimal::new(1, 10));
    small(a) && small(b)
}

/// The play of a company, unless it has no answer for a reason the format knows.
fn answered(company: &Company) -> Result<Played, TestCaseError> {
    let played = company.play();
    if played.outcome.is_none() {
        let known = [Code::NoPrice, Code::CannotSolve, Code::PoolExhausted];
        for fault in played.bag.faults() {
            if fault.code == Code::Arithmetic && sells_only_shares(company) {
                continue;
            }
            prop_assert!(known.contains(&fault.code), "{}\n{:#?}", company.text(), played.faults());
        }
        return Err(TestCaseError::reject("no answer"));
    }
    Ok(played)
}

/// Whether a round sells shares and nothing for money: see `a_ratchet_needs_no_money`.
fn sells_only_shares(company: &Company) -> bool {
    company.of("round").any(|round| {
        let mut tranches = company.tranches(round.id()).filter(|tranche| tranche.get("optional").is_none());
        tranches.all(|tranche| tranche.get("shares").is_some())
    })
}

/// The company at a moment.
#[derive(Debug, Clone, Default)]
struct Moment {
    lines: Vec<Decimal>,
    all: Decimal,
    /// Issue and conversion price, or two numbers whose quotient is the ratio.
    classes: Vec<(Decimal, Decimal)>,
    outstanding: Vec<bool>,
    last_price: Option<Decimal>,
}

/// What a play told step by step.
#[derive(Default)]
struct Trace {
    /// The opening, then each step.
    moments: Vec<Moment>,
    posted: Vec<Vec<Entry<Exact>>>,
    converted: Vec<(usize, Converted<Exact>)>,
    priced: BTreeMap<usize, Priced<Exact>>,
}

impl Trace {
    fn keep(&mut self, state: &State<Exact>) {
        self.moments.push(Moment {
            lines: state.shares.iter().map(|shares| number(*shares)).collect(),
            all: number(state.fully_diluted),
            classes: state.classes.iter().map(|class| (number(class.issue), number(class.conversion))).collect(),
            outstanding: state.convertibles.iter().map(|one| one.is_outstanding == Decided::Yes).collect(),
            last_price: (state.is_priced == Decided::Yes)
                .then(|| number(Exact::quotient(Exact::inverse(state.last_price)))),
        });
    }
}

impl Observer<Exact> for Trace {
    fn begin(&mut self, _: usize) {
        self.posted.push(Vec::new());
    }

    fn listens(&self) -> bool {
        true
    }

    fn converted(&mut self, converted: &Converted<Exact>) {
        self.converted.push((self.posted.len() - 1, *converted));
    }

    fn post(&mut self, entry: Entry<Exact>) {
        if let Some(step) = self.posted.last_mut() {
            step.push(entry);
        }
    }

    fn priced(&mut self, round: usize, priced: &Priced<Exact>) {
        self.priced.insert(round, *priced);
    }

    fn end(&mut self, _: usize, state: &State<Exact>) {
        self.keep(state);
    }

    fn opened(&mut self, state: &State<Exact>) {
        self.keep(state);
    }
}

fn trace(outcome: &Outcome) -> Trace {
    let figures: Vec<Exact> = outcome.plan.values.iter().map(|value| Exact::of(*value)).collect();
    let mut trace = Trace::default();
    play_plan(&outcome.plan, &figures, &mut State::new(&outcome.plan), &mut trace).expect("it was played before");
    assert_eq!(trace.moments.len(), outcome.plan.steps.len() + 1);
    trace
}

/// Which class a line is of.
fn class_of(outcome: &Outcome, line: usize) -> usize {
    outcome.plan.positions[line].class as usize
}

fn owner_of(outcome: &Outcome, line: usize) -> &str {
    &outcome.scenario.owners[outcome.plan.positions[line].owner as usize].id
}

fn holding_of(outcome: &Outcome, line: usize) -> Holding {
    outcome.plan.positions[line].holding
}

/// The postings that move shares, as what they add to each line.
fn moves(entry: &Entry<Exact>) -> Vec<(usize, Decimal)> {
    match *entry {
        Entry::Closed { position, shares, .. } | Entry::PoolIncreased { position, shares, .. } => {
            vec![(position, number(shares))]
        }
        Entry::Sold { seller, buyer, shares, .. } => vec![(seller, -number(shares)), (buyer, number(shares))],
        Entry::Moved { from, left, to, arrived, .. } => {
            let from = from.map(|line| (line, -number(left)));
            let to = to.map(|line| (line, number(arrived)));
            from.into_iter().chain(to).collect()
        }
        _ => Vec::new(),
    }
}

/// Ratios kept without the engine: what is written, and what splits and protection do to it.
struct Ratios(Vec<(Decimal, Decimal)>);

impl Ratios {
    fn written(company: &Company, outcome: &Outcome) -> Ratios {
        let ratio = |id: &str| {
            let Some(class) = company.table(&format!("class.{id}")) else { return (Decimal::ONE, Decimal::ONE) };
            if let (Some(issue), Some(conversion)) = (class.number("issue_price"), class.number("conversion_price")) {
                return (issue, conversion);
            }
            let text = class.word("ratio").unwrap_or("1");
            let (above, below) = text.split_once(':').unwrap_or((text, "1"));
            (above.parse().expect("a ratio"), below.parse().expect("a ratio"))
        };
        Ratios(outcome.scenario.classes.iter().map(|class| ratio(&class.id)).collect())
    }

    fn follow(&mut self, entry: &Entry<Exact>, issued: impl Fn(usize) -> bool) {
        match *entry {
            Entry::Adjusted { class, issue, after, .. } => self.0[class as usize] = (number(issue), number(after)),
            Entry::Split { class: Some(0), factor } => {
                for (class, ratio) in self.0.iter_mut().enumerate().skip(1) {
                    if issued(class) {
                        ratio.0 *= number(factor);
                    }
                }
            }
            Entry::Split { class: Some(class), factor } if issued(class as usize) => {
                self.0[class as usize].1 *= number(factor);
            }
            _ => {}
        }
    }

    fn converted(&self, class: usize, shares: Decimal) -> Decimal {
        shares * self.0[class].0 / self.0[class].1
    }
}

/// Rounds as the format says; what is within the last digits of a step is that step.
fn rounded(value: Decimal, places: u32, direction: &str) -> Decimal {
    use rust_decimal::RoundingStrategy as By;
    let nearest = value.round_dp_with_strategy(places, By::MidpointAwayFromZero);
    if (value - nearest).abs() <= Decimal::new(1, 12) {
        return nearest;
    }
    match direction {
        "up" => value.round_dp_with_strategy(places, By::ToPositiveInfinity),
        "down" => value.round_dp_with_strategy(places, By::ToNegativeInfinity),
        _ => (value + Decimal::new(1, 14)).round_dp_with_strategy(places, By::MidpointAwayFromZero),
    }
}

/// Whether a count can get a half by a split: see `vested_options_after_a_reverse_split_are_whole`.
fn splits_unevenly(company: &Company) -> bool {
    let odd = |table: &Table| table.word("ratio").is_some_and(|ratio| !ratio.ends_with(":1"));
    company.tables.iter().any(|table| matches!(table.kind(), "split" | "change") && odd(table))
}

/// Whether a warrant in tranches meets a split: see `a_warrant_in_tranches_follows_a_split`.
fn waits_over_a_split(company: &Company, path: &str) -> bool {
    let splits = company.tables.iter().any(|table| table.kind() == "split" || table.is("kind", "stock-dividend"));
    splits && company.table(path).is_some_and(|table| table.keys.iter().any(|(key, _)| key.starts_with("tranche.")))
}

// ------------------------------------------------------------------------------------------- what is owed

fn days_in_month(day: Day) -> i64 {
    i64::from(day.month().last().expect("a day").of_month())
}

/// Whole months from one day to another: the k-th is so many months after the first day, at most the month's end.
fn whole_months(from: Day, to: Day) -> i64 {
    let apart = to.month().ordinal() - from.month().ordinal();
    let due = i64::from(from.of_month()).min(days_in_month(to));
    if i64::from(to.of_month()) >= due { apart } else { apart - 1 }
}

/// Years between two days, numerator and denominator.
fn years(count: &str, from: Day, to: Day) -> (i64, i64) {
    match count {
        "act/365" => (from.days_until(to), 365),
        "act/360" => (from.days_until(to), 360),
        "30/360" => {
            let months = to.month().ordinal() - from.month().ordinal();
            let (first, last) = (i64::from(from.of_month()).min(30), i64::from(to.of_month()).min(30));
            (30 * months + last - first, 360)
        }
        _ => (whole_months(from, to), 12),
    }
}

/// Principal and interest of a SAFE or note on a day.
fn owed(table: &Table, day: Day) -> Decimal {
    let principal = table.number("amount").expect("an amount");
    let Some(interest) = table.group("interest") else { return principal };
    if interest.is("paid", "cash") {
        return principal;
    }
    let (rate, period) = interest.word("rate").and_then(|rate| rate.split_once("%/")).expect("a rate");
    let period = match period {
        "year" => 12,
        "quarter" => 3,
        _ => 1,
    };
    // The rate of a year, as the numerator of hundreds.
    let yearly = rate.parse::<Decimal>().expect("a number") * Decimal::from(12 / period) / Decimal::ONE_HUNDRED;
    let every: i64 = interest.word("every").map_or(period, |every| every.parse().expect("months"));
    let (time, of) = years(interest.word("count").expect("a count"), table.day.expect("a day"), day);
    if interest.is("kind", "simple") {
        return principal * (Decimal::ONE + yearly * Decimal::from(time) / Decimal::from(of));
    }
    // t years are 12 t / every periods.
    let periods = 12 * time / (every * of);
    let mut balance = principal;
    for _ in 0..periods {
        balance *= Decimal::ONE + yearly * Decimal::from(every) / Decimal::from(12);
    }
    let rest = Decimal::from(12 * time - periods * every * of) / Decimal::from(12 * of);
    balance * (Decimal::ONE + yearly * rest)
}

// ------------------------------------------------------------------------------------------- a round, counted

/// What a cap divides by.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Basis {
    Post,
    Pre,
    All,
    Before,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Term {
    Round,
    Discount(Decimal),
    Cap(Decimal, Basis),
    Ownership(Decimal),
}

#[derive(Debug, Clone)]
struct Claim {
    /// The number of the convertible.
    convertible: usize,
    id: String,
    balance: Decimal,
    principal: Decimal,
    /// With whose package it is.
    terms: Vec<(Term, Option<String>)>,
}

#[derive(Debug, Clone)]
struct Series {
    class: usize,
    /// Shares as converted.
    shares: Decimal,
    price: Decimal,
    /// The base of a weighted average; none for a ratchet.
    base: Option<Decimal>,
    floor: Option<Decimal>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Held {
    Pre(Decimal),
    Post(Decimal),
    Price(Decimal),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Inside,
    Dollars,
    Outside,
}

/// A round as its file says it, on the shares before it.
#[derive(Debug, Clone)]
struct Puzzle {
    before: Decimal,
    held: Held,
    rule: Rule,
    /// Money at the round's price, shares sold at it, money at own prices and what that buys.
    money: Decimal,
    sold: Decimal,
    own_money: Decimal,
    own_shares: Decimal,
    claims: Vec<Claim>,
    series: Vec<Series>,
    in_price: bool,
    counts_conversions: bool,
    /// The target, what counts towards it, and whether it is inside the pre-money.
    pool: Option<(Decimal, Decimal, bool)>,
    /// Class shares per common share... its numerator and denominator.
    ratio: (Decimal, Decimal),
}

/// A round that adds up.
#[derive(Debug, Clone)]
struct Answer {
    price: Decimal,
    /// As converted, by claim.
    converted: Vec<Decimal>,
    increase: Decimal,
    /// The conversion price of each series after it.
    adjusted: Vec<Decimal>,
    /// What caps divide by: post, pre, all, before.
    bases: [Decimal; 4],
}

impl Answer {
    fn basis(&self, basis: Basis) -> Decimal {
        self.bases[basis as usize]
    }
}

impl Puzzle {
    /// Whether conversions count as issued where the engine counts them wrongly: for a full ratchet, see
    /// `a_full_ratchet_does_not_count_conversions`; above the conversion price, see
    /// `a_round_above_the_conversion_price_counts_no_adjustment`.
    fn is_contradicted(&self) -> bool {
        if !self.counts_conversions || self.claims.is_empty() || self.series.is_empty() {
            return false;
        }
        self.series.iter().any(|series| series.base.is_none())
            || self.settle().is_none_or(|answer| self.series.iter().any(|series| answer.price >= series.price))
    }

    /// Common shares that a balance becomes by a term.
    fn shares(&self, claim: &Claim, term: Term, price: Decimal, bases: [Decimal; 4]) -> Decimal {
        match term {
            Term::Round => claim.balance / price,
            Term::Discount(off) => claim.balance / (price * (Decimal::ONE - off)),
            Term::Cap(cap, basis) => claim.balance * bases[basis as usize] / cap,
            Term::Ownership(part) => part * bases[Basis::Post as usize],
        }
    }

    /// One turn: what everything would be if these were the price, the conversions and the increase.
    fn turn(&self, last: &Answer) -> Answer {
        let price = last.price;
        let converted = sum(last.converted.iter().copied());
        let issue = self.money + self.own_money + self.sold * price;
        let (counted, balances) = match self.counts_conversions {
            true => (converted, sum(self.claims.iter().map(|claim| claim.balance))),
            false => (Decimal::ZERO, Decimal::ZERO),
        };
        let mut added = Decimal::ZERO;
        let mut adjusted = Vec::new();
        for series in &self.series {
            let mut now = series.price;
            if price < series.price {
                now = match series.base {
                    None => price,
                    Some(base) => {
                        series.price * (base + (issue + balances) / series.price) / (base + issue / price + counted)
                    }
                };
                let floor = series.floor.unwrap_or(Decimal::ZERO).min(series.price);
                now = now.max(floor).min(series.price);
            }
            added += series.shares * series.price / now - series.shares;
            adjusted.push(now);
        }
        let existing = self.before + if self.in_price { added } else { Decimal::ZERO };
        let bought = self.money / price + self.sold + self.own_shares;
        let others = self.before + added + bought + converted;
        let increase = match self.pool {
            Some((target, there, true)) => (target * (others + last.increase) - there).max(Decimal::ZERO),
            _ => Decimal::ZERO,
        };
        let bases = [existing + converted, existing + increase, existing + converted + increase, self.before];
        let converted: Vec<Decimal> = self
            .claims
            .iter()
            .map(|claim| {
                let shares = claim.terms.iter().map(|(term, _)| self.shares(claim, *term, price, bases));
                shares.max().expect("a term")
            })
            .collect();
        let all = existing + increase + sum(converted.iter().copied());
        let lent = sum(self.claims.iter().map(|claim| claim.principal));
        let price = match (self.held, self.rule) {
            (Held::Price(price), _) => price,
            (Held::Pre(value), Rule::Inside) => value / all,
            (Held::Pre(value), Rule::Dollars) => (value + lent) / all,
            (Held::Pre(value), Rule::Outside) => value / (existing + increase),
            (Held::Post(value), _) => (value - self.money - self.own_money) / (all + self.sold),
        };
        Answer { price, converted, increase, adjusted, bases }
    }

    /// Turns until nothing moves; none if that takes too long.
    fn settle(&self) -> Option<Answer> {
        let price = match self.held {
            Held::Price(price) => price,
            Held::Pre(value) | Held::Post(value) => value / self.before,
        };
        let mut answer = Answer {
            price,
            converted: vec![Decimal::ZERO; self.claims.len()],
            increase: Decimal::ZERO,
            adjusted: Vec::new(),
            bases: [self.before; 4],
        };
        for _ in 0..3000 {
            let next = self.turn(&answer);
            let moved = (next.price - answer.price).abs() / answer.price
                + (next.increase - answer.increase).abs() / self.before
                + sum(next.converted.iter().zip(&answer.converted).map(|(a, b)| (*a - *b).abs())) / self.before;
            answer = next;
            if answer.price <= Decimal::ZERO {
                return None;
            }
            if moved < Decimal::new(1, 22) {
                if let Some((target, there, false)) = self.pool {
                    let bought = self.money / answer.price + self.sold + self.own_shares;
                    let added = sum(self
                        .series
                        .iter()
                        .zip(&answer.adjusted)
                        .map(|(series, now)| series.shares * series.price / *now - series.shares));
                    let others = self.before + added + bought + sum(answer.converted.iter().copied());
                    answer.increase = ((target * others - there) / (Decimal::ONE - target)).max(Decimal::ZERO);
                }
                return Some(answer);
            }
        }
        None
    }
}

fn schedule_free(table: &Table) -> bool {
    table.get("optional").is_none()
}

/// The terms of a convertible on a day, with whose they are.
fn terms(company: &Company, table: &Table, day: Day) -> Vec<(Term, Option<String>)> {
    let package = |of: &Table, id: Option<String>| -> Vec<(Term, Option<String>)> {
        let basis = match (of.word("form"), of.word("cap_counts")) {
            (Some("post-money"), _) => Basis::Post,
            (Some(_), _) | (None, Some("with-pool")) => Basis::Pre,
            (None, Some("before-new-money")) => Basis::All,
            (None, _) => Basis::Before,
        };
        let cap = of.number("cap").map(|cap| Term::Cap(cap, basis));
        let discount = of.number("discount").map(Term::Discount);
        cap.into_iter().chain(discount).map(|term| (term, id.clone())).collect()
    };
    if let Some(part) = table.number("ownership") {
        return vec![(Term::Ownership(part), None)];
    }
    let mut all = match table.word("elects") {
        Some(id) => package(company.convertible(id), Some(id.to_owned())),
        None => package(table, None),
    };
    if table.is("mfn", "true") && table.get("elects").is_none() {
        for other in company.of("safe") {
            let may = other.day > table.day
                && other.day <= Some(day)
                && other.word("form") == table.word("form")
                && other.get("mfn").is_none()
                && other.get("ownership").is_none();
            if may {
                all.extend(package(other, Some(other.id().to_owned())));
            }
        }
    }
    all.push((Term::Round, None));
    all
}

/// The round that a step signs, as its file says it.
fn puzzle(company: &Company, outcome: &Outcome, trace: &Trace, step: usize, index: usize) -> Puzzle {
    let round = company.table(&format!("round.{}", outcome.scenario.rounds[index].id)).expect("a round");
    let day = round.day.expect("a day");
    let moment = &trace.moments[step];
    let mut lines = moment.lines.clone();
    let held_before = lines.clone();
    for entry in &trace.posted[step] {
        if let Entry::Moved { why: Why::PayToPlay { .. }, .. } = entry {
            moves(entry).into_iter().for_each(|(line, shares)| lines[line] += shares);
        }
    }
    let converted = |line: usize, shares: Decimal| {
        let (issue, conversion) = moment.classes[class_of(outcome, line)];
        shares * issue / conversion
    };
    let count = |wanted: &dyn Fn(usize) -> bool| {
        sum((0..lines.len()).filter(|line| wanted(*line)).map(|line| converted(line, lines[line])))
    };
    let class = outcome.plan.rounds[index].class as usize;
    let ratio = moment.classes[class];
    let [mut money, mut sold, mut own_money, mut own_shares] = [Decimal::ZERO; 4];
    for tranche in company.tranches(round.id()).filter(|tranche| schedule_free(tranche)) {
        let own = tranche.get("price").filter(|price| matches!(price, Value::Price(_))).and_then(Value::number);
        match (tranche.number("amount"), tranche.number("shares"), own) {
            (Some(amount), _, None) => money += amount,
            (Some(amount), _, Some(own)) => {
                own_money += amount;
                own_shares += amount / own * ratio.0 / ratio.1;
            }
            (None, Some(shares), None) => sold += shares * ratio.0 / ratio.1,
            (None, Some(shares), Some(own)) => {
                own_money += shares * own;
                own_shares += shares * ratio.0 / ratio.1;
            }
            _ => {}
        }
    }
    if let Some(rights) = round.group("pro_rata").filter(|rights| rights.is("added", "on-top")) {
        let taken = sum(rights.group("take").expect("who takes").keys.iter().map(|(owner, take)| {
            let own = (0..held_before.len()).filter(|line| owner_of(outcome, *line) == owner);
            take.number().expect("a part") * sum(own.map(|line| converted(line, held_before[line]))) / moment.all
        }));
        money /= Decimal::ONE - taken;
    }
    let mut claims = Vec::new();
    for (number_of, convertible) in outcome.scenario.convertibles.iter().enumerate() {
        let table = company.convertible(&convertible.id);
        let qualifies = table.number("qualified").is_none_or(|least| money + own_money >= least);
        if !moment.outstanding[number_of] || table.day > Some(day) || !qualifies {
            continue;
        }
        claims.push(Claim {
            convertible: number_of,
            id: convertible.id.clone(),
            balance: owed(table, day),
            principal: table.number("amount").expect("an amount"),
            terms: terms(company, table, day),
        });
    }
    let protection = round.group("protection");
    let says = |key: &str, word: &str| protection.as_ref().is_some_and(|protection| protection.is(key, word));
    let mut series = Vec::new();
    for (number_of, class) in outcome.scenario.classes.iter().enumerate() {
        let terms = company.table(&format!("class.{}", class.id)).and_then(|class| class.group("protection"));
        let Some(terms) = terms.filter(|_| !says("exempt", "true")) else { continue };
        let is_share =
            |line: usize| class_of(outcome, line) == number_of && holding_of(outcome, line) == Holding::Shares;
        let shares = count(&is_share);
        if shares <= Decimal::ZERO {
            continue;
        }
        let base = (!terms.is("kind", "full-ratchet")).then(|| match terms.word("base").expect("a base") {
            "fully-diluted" => count(&|_| true),
            "without-reserve" => count(&|line| holding_of(outcome, line) != Holding::Unallocated),
            "issued" => count(&|line| holding_of(outcome, line) == Holding::Shares),
            _ => shares,
        });
        // A floor is of the shares it was written for.
        let mut divided = Decimal::ONE;
        for (earlier, posted) in trace.posted.iter().enumerate().take(step) {
            let held = &trace.moments[earlier].lines;
            let is_there =
                (0..held.len()).any(|line| class_of(outcome, line) == number_of && held[line] > Decimal::ZERO);
            for entry in posted {
                if let Entry::Split { class: None | Some(0), factor } = entry
                    && is_there
                {
                    divided *= number(*factor);
                }
            }
        }
        let floor = terms.number("floor").map(|floor| floor / divided);
        series.push(Series { class: number_of, shares, price: moment.classes[number_of].1, base, floor });
    }
    let pool = round.group("pool").map(|pool| {
        let id = pool.word("id").expect("a pool");
        let there = count(&|line| match holding_of(outcome, line) {
            Holding::Unallocated => owner_of(outcome, line) == id,
            Holding::Options(grant) => {
                let grant = &outcome.scenario.grants[grant as usize].id;
                pool.is("counts", "issued-and-unallocated")
                    && company.table(&format!("grant.{grant}")).expect("a grant").is("pool", id)
            }
            _ => false,
        });
        (pool.number("target").expect("a target"), there, pool.is("in", "pre-money"))
    });
    let held = match (round.number("pre_money"), round.number("post_money"), round.number("price")) {
        (Some(value), ..) => Held::Pre(value),
        (_, Some(value), _) => Held::Post(value),
        (.., price) => Held::Price(price.expect("a price") * ratio.1 / ratio.0),
    };
    let rule = match round.word("conversions") {
        Some("dollars-invested") => Rule::Dollars,
        Some("outside") => Rule::Outside,
        _ => Rule::Inside,
    };
    Puzzle {
        before: sum((0..lines.len()).map(|line| converted(line, lines[line]))),
        held,
        rule,
        money,
        sold,
        own_money,
        own_shares,
        claims,
        series,
        in_price: says("in_price", "true"),
        counts_conversions: says("counts", "new-money-and-conversions"),
        pool,
        ratio,
    }
}

/// The rounds of a play: their step, number, and puzzle.
fn rounds(company: &Company, outcome: &Outcome, trace: &Trace) -> Vec<(usize, usize, Puzzle)> {
    let steps = outcome.plan.steps.iter().enumerate();
    let signed = steps.filter_map(|(step, planned)| match planned.kind {
        StepKind::Round(round) => Some((step, round)),
        _ => None,
    });
    let held = signed.filter(|(_, round)| trace.priced.get(round).is_some_and(|priced| priced.is_held == Decided::Yes));
    held.map(|(step, round)| (step, round, puzzle(company, outcome, trace, step, round)))
        .filter(|(_, _, puzzle)| !puzzle.is_contradicted())
        .collect()
}

// ------------------------------------------------------------------------------------------- conservation

proptest! {
    #![proptest_config(config(150))]

    /// I-1 Every line after an event = before + what was posted (x stated ratio, stated rounding): issued, cancelled,
    /// converted out and in; every event.
    #[test]
    fn i_01_lines_move_by_what_is_posted(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let mut expected = trace.moments[step].lines.clone();
            for entry in posted {
                moves(entry).into_iter().for_each(|(line, shares)| expected[line] += shares);
                if let Entry::Split { class, factor } = entry {
                    for (line, shares) in expected.iter_mut().enumerate() {
                        if class.is_none_or(|class| class as usize == class_of(outcome, line)) {
                            *shares *= number(*factor);
                            if let Some(whole) = &company.whole {
                                *shares = rounded(*shares, 0, whole.converted);
                            }
                        }
                    }
                }
            }
            for (line, (expected, found)) in expected.iter().zip(&trace.moments[step + 1].lines).enumerate() {
                let same = near(*expected, *found, GRAIN) || (*expected - *found).abs() < Decimal::new(1, 12);
                prop_assert!(same, "{} line {line}: {expected}, {found}\n{}", outcome.plan.steps[step].path, company.text());
            }
        }
    }

    /// I-2 Classes (as converted, by ratios kept apart) + options + warrants + unallocated pool sum to FD; every date.
    #[test]
    fn i_02_lines_sum_to_all_shares(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        let mut ratios = Ratios::written(&company, outcome);
        for (step, moment) in trace.moments.iter().enumerate() {
            if step > 0 {
                let held = &trace.moments[step - 1].lines;
                for entry in &trace.posted[step - 1] {
                    ratios.follow(entry, |class| {
                        (0..held.len()).any(|line| class_of(outcome, line) == class && held[line] > Decimal::ZERO)
                    });
                }
            }
            let lines = moment.lines.iter().enumerate();
            let all = sum(lines.map(|(line, shares)| ratios.converted(class_of(outcome, line), *shares)));
            let path = step.checked_sub(1).map_or("the opening", |step| &outcome.plan.steps[step].path);
            prop_assert!(near(all, moment.all, GRAIN), "{path}: {all}, {}\n{}", moment.all, company.text());
        }
    }

    /// I-3 Ownership fractions sum to exactly 1; FD > 0. (And results say what the play held.)
    #[test]
    fn i_03_parts_sum_to_one(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        for snapshot in played.result().captable {
            let parts = sum(snapshot.holders.iter().map(|line| line.ownership.parse().expect("a number")));
            prop_assert!(near(parts, Decimal::ONE, GRAIN), "{parts} after {}\n{}", snapshot.event, company.text());
            prop_assert!(snapshot.fully_diluted.parse::<Decimal>().expect("a number") > Decimal::ZERO);
        }
        let last = trace(outcome).moments.pop().expect("a moment");
        prop_assert_eq!(result(outcome, "fully_diluted"), Some(last.all));
        for (index, class) in outcome.scenario.classes.iter().enumerate() {
            let Some(found) = result(outcome, &format!("class.{}.outstanding", class.id)) else { continue };
            let lines = (0..last.lines.len())
                .filter(|line| class_of(outcome, *line) == index && holding_of(outcome, *line) == Holding::Shares);
            let expected = sum(lines.map(|line| last.lines[line]));
            prop_assert!((expected - found).abs() <= expected * GRAIN, "{}: {expected}, {found}", class.id);
        }
    }

    /// I-5 No position, pool, or balance is ever negative; accepted scenarios.
    #[test]
    fn i_05_nothing_is_negative(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        for (step, moment) in trace(outcome).moments.iter().enumerate() {
            let worst = moment.lines.iter().min().expect("a line");
            prop_assert!(*worst >= -Decimal::new(1, 12), "{worst} after step {step}\n{}", company.text());
        }
        for day in company.days() {
            for (path, value) in at(outcome, When::Day(day)) {
                let family = path.split('.').next().unwrap_or_default();
                if matches!(family, "balance" | "shares" | "grant" | "warrant" | "pool" | "class" | "conversion_price")
                    && let Ok(value) = Decimal::from_str_exact(&value)
                    && !(path.ends_with(".vested") && company.whole.is_some() && splits_unevenly(&company))
                {
                    prop_assert!(value >= Decimal::ZERO, "{path}@{day} is {value}\n{}", company.text());
                }
            }
        }
    }

    /// I-6 Every position is a whole number; whole shares.
    #[test]
    fn i_06_whole_shares_stay_whole(company in companies(WHOLE)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, moment) in trace.moments.iter().enumerate() {
            for (line, held) in moment.lines.iter().enumerate() {
                let path = step.checked_sub(1).map_or("the opening", |step| &outcome.plan.steps[step].path);
                prop_assert!(held.fract().is_zero(), "line {line}: {held} after {path}\n{}", company.text());
            }
        }
    }

    /// I-7 Company cash after = before + primary amounts actually paid + strikes + loans - repayments - repurchases;
    /// secondaries, tenders, splits and net exercises move none.
    #[test]
    fn i_07_cash_is_what_is_paid(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let mut arrived: BTreeMap<String, Decimal> = BTreeMap::new();
        for posting in &outcome.journal.postings {
            let Some(step) = posting.step else { continue };
            let day = outcome.plan.steps[step].day;
            let money = match posting.entry {
                Entry::Closed { money, .. } | Entry::Lent { money, .. } | Entry::Moved { money, .. } => number(money),
                _ => continue,
            };
            if day >= company.as_of && day <= company.horizon {
                *arrived.entry(day.month().to_string()).or_default() += money;
            }
        }
        for report in played.result().runway.values() {
            for month in &report.months {
                let expected = arrived.get(&month.month).copied().unwrap_or_default();
                let found: Decimal = month.arrived.parse().expect("a number");
                let size = expected.abs().max(Decimal::ONE_HUNDRED);
                prop_assert!((expected - found).abs() <= size * GRAIN, "{}: {expected}, {found}\n{}", month.month, company.text());
            }
        }
        // What each event costs or brings, from the file alone.
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let planned = &outcome.plan.steps[step];
            let paid = sum(posted.iter().map(|entry| match entry {
                Entry::Closed { money, .. } | Entry::Lent { money, .. } | Entry::Moved { money, .. } => number(*money),
                _ => Decimal::ZERO,
            }));
            let moved = sum(posted.iter().map(|entry| match entry {
                Entry::Moved { left, .. } => number(*left),
                _ => Decimal::ZERO,
            }));
            let expected = match planned.kind {
                StepKind::Sale(_) | StepKind::Tender(_) | StepKind::Split(_) | StepKind::Grant(_) | StepKind::WarrantIssue(_) => Decimal::ZERO,
                StepKind::Issue(index) => {
                    let table = company.convertible(&outcome.scenario.convertibles[index].id);
                    table.number("amount").expect("an amount")
                }
                StepKind::Change(index) => {
                    let table = company.table(&format!("change.{}", outcome.scenario.changes[index].id)).expect("a change");
                    -moved * table.number("price").unwrap_or(Decimal::ZERO)
                }
                StepKind::Options(_) if !planned.path.ends_with("exercised") => Decimal::ZERO,
                StepKind::Options(_) | StepKind::WarrantEnd(_) => {
                    let id = planned.path.split('.').take(2).collect::<Vec<_>>().join(".");
                    if waits_over_a_split(&company, &id) {
                        continue;
                    }
                    let strike = result(outcome, &format!("{id}.strike@{}", planned.day)).expect("a strike");
                    let net = company.table(&id).expect("a table").is("exercise", "net");
                    let lapses = posted.iter().any(|entry| matches!(entry, Entry::Moved { why: Why::WarrantLapsed { .. }, .. }));
                    if net || lapses { Decimal::ZERO } else { moved * strike }
                }
                _ => continue,
            };
            prop_assert!((paid - expected).abs() <= expected.abs() * GRAIN, "{}: {expected}, {paid}\n{}", planned.path, company.text());
        }
    }

    /// I-8 In a secondary, buyers' cash = sellers' cash and FD is unchanged. A tender's price is the one at which most
    /// shares are sold, the lowest such; who asked for more sells nothing, the others the same part.
    #[test]
    fn i_08_a_sale_creates_nothing(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let (before, after) = (&trace.moments[step], &trace.moments[step + 1]);
            if let StepKind::Sale(_) | StepKind::Tender(_) = outcome.plan.steps[step].kind {
                prop_assert!(near(before.all, after.all, GRAIN));
                prop_assert_eq!(&before.outstanding, &after.outstanding);
            }
            let StepKind::Tender(index) = outcome.plan.steps[step].kind else { continue };
            let tender = company.table(&format!("secondary.{}", outcome.scenario.tenders[index].id)).expect("a tender");
            let offers: Vec<(String, Decimal, Decimal)> = tender
                .group("offer")
                .expect("offers")
                .keys
                .iter()
                .map(|(key, _)| {
                    let offer = tender.group("offer").and_then(|offers| offers.group(key)).expect("an offer");
                    let owner = offer.word("holder").expect("a holder").to_owned();
                    let line = (0..before.lines.len()).find(|line| {
                        owner_of(outcome, *line) == owner
                            && class_of(outcome, *line) == 0
                            && holding_of(outcome, *line) == Holding::Shares
                    });
                    let there = line.map_or(Decimal::ZERO, |line| before.lines[line]);
                    (owner, offer.number("shares").expect("a count").min(there), offer.number("price").expect("a price"))
                })
                .collect();
            let sells_at = |price: Decimal| {
                let all = sum(offers.iter().filter(|(_, _, asked)| *asked <= price).map(|(_, shares, _)| *shares));
                let most = tender.number("shares").map_or(all, |limit| all.min(limit));
                (tender.number("amount").map_or(most, |limit| most.min(limit / price)), all)
            };
            let mut prices: Vec<Decimal> = offers.iter().map(|(_, _, price)| *price).collect();
            prices.sort();
            let most = prices.iter().map(|price| sells_at(*price).0).max().expect("a price");
            let price = *prices.iter().find(|price| sells_at(**price).0 == most).expect("a price");
            let part = if most > Decimal::ZERO { most / sells_at(price).1 } else { Decimal::ZERO };
            for (owner, shares, asked) in &offers {
                let mut expected = if *asked <= price { *shares * part } else { Decimal::ZERO };
                if company.whole.is_some() {
                    expected = rounded(expected, 0, "down");
                }
                let sold: Vec<(Decimal, Decimal)> = posted
                    .iter()
                    .filter_map(|entry| match entry {
                        Entry::Sold { seller, shares, money, .. } if owner_of(outcome, *seller) == owner => Some((number(*shares), number(*money))),
                        _ => None,
                    })
                    .collect();
                let found = sum(sold.iter().map(|(shares, _)| *shares));
                let paid = sum(sold.iter().map(|(_, money)| *money));
                prop_assert!((found - expected).abs() <= expected * GRAIN, "{}: {owner} {expected}, {found}\n{}", tender.path, company.text());
                prop_assert!((paid - found * price).abs() <= paid * GRAIN);
            }
        }
    }

    /// I-9 amount = price x shares + residual, 0 <= residual < price; share rounding down. (Nearest: |residual| <=
    /// price/2. Up: -price < residual <= 0.) For conversions and pro rata shares.
    #[test]
    fn i_09_money_is_price_times_shares(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        let fits = |residual: Decimal, price: Decimal, direction: &str, size: Decimal| {
            let grain = size * GRAIN;
            match direction {
                "exact" => residual.abs() <= grain,
                "down" => residual >= -grain && residual < price + grain,
                "up" => residual <= grain && residual > -price - grain,
                _ => residual.abs() <= price / Decimal::TWO + grain,
            }
        };
        for (_, converted) in &trace.converted {
            let id = &outcome.scenario.convertibles[converted.convertible].id;
            let [amount, price, shares] = ["amount", "price", "shares"]
                .map(|name| result(outcome, &format!("conversion.{id}.{name}")).expect("a number"));
            let residual = amount - price * shares;
            prop_assert!((residual - number(converted.residual)).abs() <= amount * GRAIN);
            let direction = company.whole.as_ref().map_or("exact", |whole| whole.converted);
            // A fixed part is a count; its price follows from it, and is rounded.
            if text(outcome, &format!("conversion.{id}.term")).as_deref() == Some("ownership") && direction != "exact" {
                continue;
            }
            prop_assert!(fits(residual, price, direction, amount), "{id}: {amount} = {price} x {shares} + {residual}\n{}", company.text());
        }
        for (step, posted) in trace.posted.iter().enumerate() {
            for entry in posted {
                let Entry::Moved { why: Why::ProRata { round }, arrived, money, .. } = entry else { continue };
                let id = &outcome.scenario.rounds[*round].id;
                let price = result(outcome, &format!("price.{id}")).expect("a price");
                let direction = company.whole.as_ref().map_or("exact", |whole| whole.issued);
                let residual = number(*money) - number(*arrived) * price;
                prop_assert!(fits(residual, price, direction, number(*money)), "{step}: {residual}, {price}\n{}", company.text());
            }
        }
    }

    /// I-12 FD at date d from the whole file = FD from the file with later events removed. (And every other result.)
    #[test]
    fn i_12_the_past_does_not_know_the_future(company in companies(ALL), place in any::<prop::sample::Index>()) {
        let days = company.days();
        let day = *place.get(&days);
        let mut past = company.clone();
        past.without_later(day);
        let played = answered(&company)?;
        let known = |outcome: &Outcome| -> BTreeMap<String, String> {
            let is_known = |path: &String| {
                // Maturity and expiry are written in the instrument; what is written of later days is not known.
                !path.starts_with("runway.") && !path.starts_with("cash.")
            };
            let gone = |path: &String| {
                let mut parts = path.split('.');
                let (family, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                match family {
                    "balance" | "conversion" => past.convertibles().all(|table| table.id() != id),
                    "grant" | "warrant" => past.table(&format!("{family}.{id}")).is_none(),
                    _ => false,
                }
            };
            at(outcome, When::Day(day)).into_iter().filter(|(path, _)| is_known(path) && !gone(path)).collect()
        };
        let before = past.play();
        // Without its round a later net exercise may have no price, and the whole file has no answer.
        prop_assume!(before.outcome.is_some());
        let found = differences(&known(played.outcome()), &known(before.outcome()));
        prop_assert!(found.is_empty(), "on {day}: {found:#?}\n{}", company.text());
    }

    /// I-13 Issue then cancel the same shares leaves ownership and cash as before: a grant given up the day it is
    /// made, a pool that grows and is cut back, a warrant without a price that lapses the next day.
    #[test]
    fn i_13_what_is_taken_back_leaves_nothing(company in companies(ALL), later in 0i64..1500, part in 1u32..100, kind in 0usize..3) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let day = company.opened.plus_days(later).expect("a day");
        let shares = (result(outcome, &format!("pool.pool-0.unallocated@{day}")).expect("a count") * Decimal::from(part) / Decimal::ONE_HUNDRED).trunc();
        prop_assume!(shares > Decimal::ZERO && !company.days().contains(&day) && day <= company.horizon);
        let mut both = company.clone();
        match kind {
            0 => both.tables.push(
                Table::new("grant.undone", Some(day))
                    .with("pool", Value::Word("pool-0".to_owned()))
                    .with("shares", Value::Shares(shares))
                    .with("strike", Value::Price(Decimal::ONE))
                    .with("vesting", Value::Word("all".to_owned()))
                    .with("forfeited", Value::Schedule(vec![(day, shares)])),
            ),
            1 => both.tables.extend([("there", "pool-increase"), ("back", "cancel")].map(|(id, kind)| {
                let table = Table::new(format!("change.{id}"), Some(day))
                    .with("kind", Value::Word(kind.to_owned()))
                    .with("holder", Value::Word("pool-0".to_owned()))
                    .with("shares", Value::Shares(shares));
                if kind == "cancel" { table.with("class", Value::Word("common".to_owned())) } else { table }
            })),
            _ => both.tables.push(
                Table::new("warrant.undone", Some(day))
                    .with("holder", Value::Word("holder-0".to_owned()))
                    .with("shares", Value::Shares(shares))
                    .with("strike", Value::Price(Decimal::from(1_000_000_000)))
                    .with("exercise", Value::Word("cash".to_owned()))
                    .with("expires", Value::Day(day)),
            ),
        }
        let of_it = |path: &String| !path.contains(".undone.");
        let again = both.play();
        let after: BTreeMap<String, String> = values(again.outcome()).into_iter().filter(|(path, _)| of_it(path)).collect();
        let found = differences(&values(outcome), &after);
        prop_assert!(found.is_empty(), "{found:#?}\n{}", both.text());
    }

    /// I-14 A round with no money, no conversion and no pool change changes nothing but the history: what is
    /// outstanding stays so.
    #[test]
    fn i_14_a_round_without_money_converts_nothing(company in companies(ALL), later in 0i64..1500, pool in any::<bool>()) {
        let played = answered(&company)?;
        let day = company.opened.plus_days(later).expect("a day");
        prop_assume!(!company.days().contains(&day));
        let mut with = company.clone();
        let mut round = Table::new("round.empty", Some(day))
            .with("pre_money", Value::Money(Decimal::from(1_000_000)))
            .with("conversions", Value::Word("inside".to_owned()));
        if pool {
            let keys = [("id", "pool-0"), ("counts", "unallocated"), ("in", "pre-money")];
            let mut keys: Vec<(String, Value)> = keys.map(|(key, word)| (key.to_owned(), Value::Word(word.to_owned()))).into();
            keys.push(("target".to_owned(), Value::Percent(Decimal::from(30))));
            round.set("pool", Value::Group(keys));
        }
        with.tables.push(round);
        with.tables.push(
            Table::new("round.empty.tranche.nobody", None)
                .with("investor", Value::Word("holder-0".to_owned()))
                .with("amount", Value::Money(Decimal::ZERO)),
        );
        let found = differences(&values(played.outcome()), &values(with.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{}", with.text());
    }
}

// ------------------------------------------------------------------------------------------- conversion and price

/// What of a round the engine found, to hold beside an [`Answer`].
struct Found {
    price: Decimal,
    /// As converted, by claim.
    converted: Vec<Decimal>,
    increase: Decimal,
    adjusted: Vec<Decimal>,
}

fn found(outcome: &Outcome, trace: &Trace, (step, round, puzzle): &(usize, usize, Puzzle)) -> Found {
    let priced = &trace.priced[round];
    let moment = &trace.moments[*step];
    // A conversion into a class that this very round adjusts is counted at its new price.
    let after = &trace.moments[step + 1];
    let _ = moment;
    let converted = puzzle.claims.iter().map(|claim| {
        let one = trace.converted.iter().find(|(at, one)| at == step && one.convertible == claim.convertible);
        let shares = one.map_or(Decimal::ZERO, |(_, one)| number(one.shares));
        let line = trace.posted[*step].iter().find_map(|entry| match entry {
            Entry::Moved { why: Why::Converted { convertible, .. }, to, .. } if *convertible == claim.convertible => {
                *to
            }
            _ => None,
        });
        let (issue, conversion) =
            line.map_or((Decimal::ONE, Decimal::ONE), |line| after.classes[class_of(outcome, line)]);
        shares * issue / conversion
    });
    let adjusted = puzzle.series.iter().map(|series| {
        let entry = trace.posted[*step].iter().find_map(|entry| match entry {
            Entry::Adjusted { class, after, is_lowered: true, .. } if *class as usize == series.class => {
                Some(number(*after))
            }
            _ => None,
        });
        entry.unwrap_or(series.price)
    });
    Found {
        price: number(Exact::quotient(Exact::inverse(priced.exact_price))),
        converted: converted.collect(),
        increase: number(priced.increase),
        adjusted: adjusted.collect(),
    }
}

/// What is small beside all shares is nothing.
fn alike(a: Decimal, b: Decimal, all: Decimal) -> bool {
    (a - b).abs() <= SAME * a.abs().max(b.abs()).max(all)
}

proptest! {
    #![proptest_config(config(150))]

    /// I-15 Capped post-money SAFE owns amount/cap of the capitalization its own definition names; cap binds. An
    /// ownership SAFE its part of the same.
    #[test]
    fn i_15_a_post_money_cap_is_a_part(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let found = found(outcome, &trace, &signed);
            let (_, _, puzzle) = &signed;
            let added = sum(puzzle.series.iter().zip(&found.adjusted).map(|(series, now)| series.shares * series.price / *now - series.shares));
            let all = puzzle.before + if puzzle.in_price { added } else { Decimal::ZERO } + sum(found.converted.iter().copied());
            for (claim, shares) in puzzle.claims.iter().zip(&found.converted) {
                let term = text(outcome, &format!("conversion.{}.term", claim.id)).unwrap_or_default();
                let own = claim.terms.iter().filter(|(_, of)| of.is_none() || term.ends_with(&format!(" of {}", of.as_deref().unwrap_or_default())));
                for (of, _) in own {
                    let part = match *of {
                        Term::Cap(cap, Basis::Post) if term.starts_with("cap") => claim.balance / cap,
                        Term::Ownership(part) => part,
                        _ => continue,
                    };
                    prop_assert!(near(*shares / all, part, SAME), "{}: {} of {part}\n{}", claim.id, *shares / all, company.text());
                }
            }
        }
    }

    /// I-16 Every convertible converts at most once and its principal is 0 after; every share has exactly one origin
    /// event.
    #[test]
    fn i_16_a_convertible_converts_once(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (index, convertible) in outcome.scenario.convertibles.iter().enumerate() {
            let id = &convertible.id;
            let table = company.convertible(id);
            let converted: Vec<&(usize, Converted<Exact>)> = trace.converted.iter().filter(|(_, one)| one.convertible == index).collect();
            let moved = trace.posted.iter().flatten().filter(|entry| {
                matches!(entry, Entry::Moved { why: Why::Converted { convertible, .. }, .. } if *convertible == index)
            });
            prop_assert_eq!(converted.len(), moved.count());
            prop_assert!(converted.len() <= 1, "{id} converts {} times\n{}", converted.len(), company.text());
            let lent = sum(trace.posted.iter().flatten().map(|entry| match entry {
                Entry::Lent { convertible, money, is_interest: false } if *convertible == index => number(*money),
                _ => Decimal::ZERO,
            }));
            let amount = table.number("amount").expect("an amount");
            let issued = table.day.is_some_and(|day| day <= company.horizon);
            let stays = outcome.state.convertibles[index].is_outstanding == Decided::Yes;
            // Lent once, and then one of three: shares, paid back, still there.
            prop_assert_eq!(lent, if issued && (stays || !converted.is_empty()) { amount } else { Decimal::ZERO });
            let mut is_gone = false;
            for (step, planned) in outcome.plan.steps.iter().enumerate() {
                let was = trace.moments[step].outstanding[index];
                let is = trace.moments[step + 1].outstanding[index];
                is_gone |= was && !is;
                prop_assert!(!is_gone || !is, "{id} comes back at {}", planned.path);
            }
            for day in company.days() {
                let balance = result(outcome, &format!("balance.{id}@{day}")).expect("a balance");
                let steps = outcome.plan.steps.iter().filter(|step| step.day <= day).count();
                let expected = if trace.moments[steps].outstanding[index] { owed(table, day) } else { Decimal::ZERO };
                // What is paid in cash between two payments has run up and is not in the balance.
                prop_assert!(near(expected, balance, GRAIN), "balance.{id}@{day}: {expected}, {balance}\n{}", company.text());
            }
        }
        // Issued once: every new share is of one event, and all of them are what there is.
        let mut issued: BTreeMap<usize, Decimal> = BTreeMap::new();
        for (step, posted) in trace.posted.iter().enumerate() {
            for entry in posted {
                for (line, shares) in moves(entry) {
                    *issued.entry(class_of(outcome, line)).or_default() += shares;
                }
                if let Entry::Split { class, .. } = entry {
                    // Read off again after it: parts of shares may be lost.
                    for (of, sum_of) in (0..outcome.scenario.classes.len()).filter(|of| class.is_none_or(|class| class as usize == *of)).map(|of| {
                        let held = |moment: &Moment| sum((0..moment.lines.len()).filter(|line| class_of(outcome, *line) == of).map(|line| moment.lines[line]));
                        (of, held(&trace.moments[step + 1]) - held(&trace.moments[0]))
                    }) {
                        issued.insert(of, sum_of);
                    }
                }
            }
        }
        let (first, last) = (&trace.moments[0], trace.moments.last().expect("a moment"));
        for (class, issued) in issued {
            let held = |moment: &Moment| sum((0..moment.lines.len()).filter(|line| class_of(outcome, *line) == class).map(|line| moment.lines[line]));
            prop_assert!(alike(held(last) - held(first), issued, last.all), "{class}: {issued}\n{}", company.text());
        }
    }

    /// I-17 Conversion price = min(cap price, discount price, round price) before rounding; cap and discount
    /// alternative, not combined. Without a round: at maturity its own price, on a trigger the lower of cap and last
    /// price less the discount.
    #[test]
    fn i_17_the_lowest_price_binds(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let (step, round, puzzle) = &signed;
            let Some(answer) = puzzle.settle() else { continue };
            for claim in &puzzle.claims {
                let [price, shares, amount] = ["price", "shares", "amount"].map(|name| result(outcome, &format!("conversion.{}.{name}", claim.id)).expect("a number"));
                prop_assert!(near(amount, claim.balance, GRAIN), "{}: {amount}, {}\n{}", claim.id, claim.balance, company.text());
                prop_assert!(near(price * shares, amount, GRAIN));
                let term = text(outcome, &format!("conversion.{}.term", claim.id)).expect("a term");
                let count = |term: Term| puzzle.shares(claim, term, answer.price, answer.bases);
                let most = claim.terms.iter().map(|(term, _)| count(*term)).max().expect("a term");
                let binds: Vec<String> = claim
                    .terms
                    .iter()
                    .filter(|(term, _)| near(count(*term), most, SAME))
                    .map(|(term, of)| {
                        let word = match term {
                            Term::Round => "round",
                            Term::Discount(_) => "discount",
                            Term::Cap(..) => "cap",
                            Term::Ownership(_) => "ownership",
                        };
                        of.as_ref().map_or(word.to_owned(), |of| format!("{word} of {of}"))
                    })
                    .collect();
                prop_assert!(binds.contains(&term) || term.contains(" and "), "{}: {term}, {binds:?}\n{}", claim.id, company.text());
                if claim.terms.len() > 1 {
                    let lowest = claim.balance / most;
                    prop_assert!(lowest <= answer.price * (Decimal::ONE + SAME), "{}: {lowest}, {}", claim.id, answer.price);
                }
            }
            let _ = (step, round);
        }
        for (step, converted) in trace.converted.iter().filter(|(_, converted)| converted.round.is_none()) {
            let table = company.convertible(&outcome.scenario.convertibles[converted.convertible].id);
            let (day, moment) = (outcome.plan.steps[*step].day, &trace.moments[*step]);
            let balance = owed(table, day);
            let (found, shares) = (number(converted.price), number(converted.shares));
            prop_assert!(near(number(converted.balance), balance, GRAIN));
            prop_assert!(near(found * shares, balance, GRAIN));
            if let StepKind::Maturity(_) = outcome.plan.steps[*step].kind {
                let mut price = table.number("maturity_price").expect("a price");
                for (earlier, planned) in outcome.plan.steps.iter().enumerate().take(*step) {
                    for entry in trace.posted[earlier].iter().filter(|_| Some(planned.day) >= table.day) {
                        if let Entry::Split { class: None | Some(0), factor } = entry {
                            price /= number(*factor);
                        }
                    }
                }
                prop_assert!(near(found, price, SAME), "{}: {price}, {found}\n{}", table.path, company.text());
                continue;
            }
            let cap = table.number("cap").map(|cap| match table.word("cap_counts") {
                Some("before-new-money") => (cap - balance) / moment.all,
                _ => cap / moment.all,
            });
            let last = moment.last_price.map(|last| last * (Decimal::ONE - table.number("discount").unwrap_or(Decimal::ZERO)));
            let price = cap.into_iter().chain(last).min().expect("a price");
            prop_assert!(near(found, price, SAME), "{}: {price}, {found}\n{}", table.path, company.text());
        }
    }

    /// I-18 Adding a second pre-money SAFE leaves the first's conversion price unchanged; original pre-money form,
    /// fixed round price.
    #[test]
    fn i_18_pre_money_safes_do_not_see_each_other(company in companies(ONE_ROUND), cap in 20u32..300, other in 20u32..300) {
        let mut company = company;
        company.without(&["safe", "note"]);
        let round = company.table_mut("round.round-0");
        let value = ["pre_money", "post_money", "price"].iter().find_map(|key| round.number(key)).expect("a value");
        let price = if round.get("price").is_some() { value } else { Decimal::ONE };
        ["pre_money", "post_money", "pool"].iter().for_each(|key| round.drop_key(key));
        round.set("price", Value::Price(price));
        let all = result(company.play().outcome(), "fully_diluted@2024-12-31").expect("a count");
        let safe = |id: &str, percent: u32| {
            Table::new(format!("safe.{id}"), Some(company.opened))
                .with("holder", Value::Word("holder-0".to_owned()))
                .with("amount", Value::Money((price * all).round().max(Decimal::ONE) / Decimal::TEN))
                .with("form", Value::Word("pre-money".to_owned()))
                .with("cap", Value::Money((price * all).round().max(Decimal::ONE) * Decimal::new(percent.into(), 2)))
        };
        let (mut one, mut two) = (company.clone(), company.clone());
        one.tables.push(safe("first", cap));
        two.tables.extend([safe("first", cap), safe("second", other)]);
        let of = |company: &Company| result(company.play().outcome(), "conversion.first.price").expect("a price");
        prop_assert!(near(of(&one), of(&two), SAME), "{}, {}\n{}", of(&one), of(&two), two.text());
    }

    /// I-19 Recomputing pool, conversions, adjusted prices and price from the final totals returns those totals.
    #[test]
    fn i_19_the_totals_reproduce_themselves(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let found = found(outcome, &trace, &signed);
            let (_, _, puzzle) = &signed;
            let existing_added = sum(puzzle.series.iter().zip(&found.adjusted).map(|(series, now)| series.shares * series.price / *now - series.shares));
            let existing = puzzle.before + if puzzle.in_price { existing_added } else { Decimal::ZERO };
            let converted = sum(found.converted.iter().copied());
            let inside = puzzle.pool.is_none_or(|(_, _, inside)| inside);
            let increase = if inside { found.increase } else { Decimal::ZERO };
            let start = Answer {
                price: found.price,
                converted: found.converted.clone(),
                increase,
                adjusted: found.adjusted.clone(),
                bases: [existing + converted, existing + increase, existing + converted + increase, puzzle.before],
            };
            let again = puzzle.turn(&start);
            let all = puzzle.before;
            prop_assert!(near(again.price, found.price, SAME), "price {}, {}\n{}", again.price, found.price, company.text());
            prop_assert!(alike(again.increase, increase, all), "pool {}, {increase}\n{}", again.increase, company.text());
            for (claim, (again, found)) in puzzle.claims.iter().zip(again.converted.iter().zip(&found.converted)) {
                prop_assert!(alike(*again, *found, all), "{} {again}, {found}\n{}", claim.id, company.text());
            }
            for (again, found) in again.adjusted.iter().zip(&found.adjusted) {
                prop_assert!(near(*again, *found, SAME), "conversion price {again}, {found}\n{}", company.text());
            }
        }
    }

    /// I-20 Closed form and iterative solution agree: counting round and round from nothing ends at the same price,
    /// conversions, pool and conversion prices; when both exist.
    #[test]
    fn i_20_counting_in_circles_ends_there(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let (_, round, puzzle) = &signed;
            let Some(answer) = puzzle.settle() else { continue };
            let priced = &trace.priced[round];
            let price = number(Exact::quotient(Exact::inverse(priced.exact_price)));
            prop_assert!(near(answer.price, price, SAME), "price {}, {price}\n{}", answer.price, company.text());
            let converted = sum(answer.converted.iter().copied());
            prop_assert!(alike(converted, number(priced.converted_shares), puzzle.before), "{converted}, {}\n{}", number(priced.converted_shares), company.text());
            let increase = number(priced.increase);
            match &company.whole {
                None => prop_assert!(alike(answer.increase, increase, puzzle.before), "pool {}, {increase}\n{}", answer.increase, company.text()),
                Some(whole) => prop_assert_eq!(rounded(answer.increase, 0, whole.pool), increase, "pool {}\n{}", answer.increase, company.text()),
            }
            if company.whole.is_none() {
                for (answer, found) in answer.adjusted.iter().zip(&found(outcome, &trace, &signed).adjusted) {
                    prop_assert!(near(*answer, *found, SAME), "conversion price {answer}, {found}\n{}", company.text());
                }
            }
        }
    }

    /// Solver 1.5: the price is the minimum over all combinations of terms, pool target included, of that
    /// combination's own price.
    #[test]
    fn i_20_the_price_is_the_least_of_all_combinations(company in companies(ONE_ROUND)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (_, round, puzzle) in rounds(&company, outcome, &trace) {
            if puzzle.claims.len() > 4 || puzzle.rule == Rule::Outside || matches!(puzzle.held, Held::Price(_)) {
                continue;
            }
            let lent = sum(puzzle.claims.iter().map(|claim| claim.principal));
            let value = match (puzzle.held, puzzle.rule) {
                (Held::Post(value), _) => value - puzzle.money,
                (Held::Pre(value), Rule::Dollars) => value + lent,
                (Held::Pre(value) | Held::Price(value), _) => value,
            };
            let pool = puzzle.pool.filter(|(_, _, inside)| *inside);
            let mut least: Option<Decimal> = None;
            let sizes: Vec<usize> = puzzle.claims.iter().map(|claim| claim.terms.len()).collect();
            let many: usize = sizes.iter().product();
            for combination in 0..many * 2 {
                let is_topped = combination % 2 == 1;
                if is_topped && pool.is_none() {
                    continue;
                }
                // Money as slope x price + constant.
                let increase = match pool.filter(|_| is_topped) {
                    Some((target, there, _)) => (-there, target * (value + puzzle.money)),
                    None => (Decimal::ZERO, Decimal::ZERO),
                };
                let (mut slope, mut constant) = (puzzle.before + increase.0, increase.1 - value);
                let mut rest = combination / 2;
                for claim in &puzzle.claims {
                    let (term, _) = claim.terms[rest % claim.terms.len()];
                    rest /= claim.terms.len();
                    let (up, fixed) = match term {
                        Term::Round => (Decimal::ZERO, claim.balance),
                        Term::Discount(off) => (Decimal::ZERO, claim.balance / (Decimal::ONE - off)),
                        Term::Ownership(part) => (-increase.0 * part, (value - increase.1) * part),
                        Term::Cap(cap, basis) => {
                            let of = match basis {
                                Basis::Post => (-increase.0, value - increase.1),
                                Basis::Pre => (puzzle.before + increase.0, increase.1),
                                Basis::All => (Decimal::ZERO, value),
                                Basis::Before => (puzzle.before, Decimal::ZERO),
                            };
                            (of.0 * claim.balance / cap, of.1 * claim.balance / cap)
                        }
                    };
                    slope += up;
                    constant += fixed;
                }
                let price = -constant / slope;
                least = Some(least.map_or(price, |least| least.min(price)));
            }
            let found = number(Exact::quotient(Exact::inverse(trace.priced[&round].exact_price)));
            prop_assert!(near(found, least.expect("a combination"), SAME), "{found}, {least:?}\n{}", company.text());
        }
    }

    /// I-21 Available pool/FD_post is the target; target above the existing pool. Else pool unchanged. (Whole shares:
    /// within what rounding moves.) For both counts and both places.
    #[test]
    fn i_21_the_pool_reaches_its_target(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, round, puzzle) in rounds(&company, outcome, &trace) {
            let Some((target, there, _)) = puzzle.pool else { continue };
            let priced = &trace.priced[&round];
            let increase = number(priced.increase);
            // After all committed tranches: what closes later and the optional ones apart.
            let exact = number(Exact::quotient(Exact::inverse(priced.exact_price)));
            let used = number(Exact::quotient(Exact::inverse(priced.price)));
            let adjusted = found(outcome, &trace, &(step, round, puzzle.clone())).adjusted;
            let added = sum(puzzle.series.iter().zip(&adjusted).map(|(series, now)| series.shares * series.price / *now - series.shares));
            let bought = puzzle.money / exact + puzzle.sold + puzzle.own_shares;
            let all = puzzle.before + added + bought + number(priced.converted_shares) + increase;
            let part = (there + increase) / all;
            let slack = if company.whole.is_some() {
                // One share of the pool, and what the rounded price moves of the adjusted classes.
                Decimal::ONE / all + (exact - used).abs() / used
            } else {
                SAME
            };
            prop_assert!(increase >= Decimal::ZERO);
            prop_assert!(part >= target - slack, "{part} of {target}\n{}", company.text());
            if increase > Decimal::ONE {
                prop_assert!(part <= target + slack, "{part} of {target}\n{}", company.text());
            }
        }
    }

    /// I-22 MFN takes the whole term package of exactly one later instrument, and no other single package would give
    /// it more shares.
    #[test]
    fn i_22_mfn_takes_the_best_package(company in companies(ONE_ROUND)) {
        let mfn: Vec<String> = company.of("safe").filter(|safe| safe.is("mfn", "true")).map(|safe| safe.id().to_owned()).collect();
        prop_assume!(!mfn.is_empty());
        let mut free = company.clone();
        for id in &mfn {
            free.table_mut(&format!("safe.{id}")).drop_key("elects");
        }
        let played = answered(&free)?;
        let day = company.table("round.round-0").and_then(|round| round.day).expect("a day");
        for id in &mfn {
            let path = format!("safe.{id}");
            let of = |outcome: &Outcome| result(outcome, &format!("conversion.{id}.shares")).expect("a count");
            let best = of(played.outcome());
            let mut packages: Vec<String> = terms(&free, free.table(&path).expect("a SAFE"), day).into_iter().filter_map(|(_, of)| of).collect();
            packages.dedup();
            let mut reached = false;
            for other in &packages {
                let mut elected = free.clone();
                elected.table_mut(&path).set("elects", Value::Word(other.clone()));
                let elected = elected.play();
                let shares = of(elected.outcome());
                prop_assert!(shares <= best * (Decimal::ONE + SAME), "{id}: {best}, {shares} by {other}\n{}", free.text());
                reached |= near(shares, best, SAME);
            }
            // Its own terms are a package too, and so is the round's price alone.
            let mut alone = free.clone();
            alone.table_mut(&path).drop_key("mfn");
            if mfn.len() > 1 {
                // Without its right it is one whose package another may take.
                continue;
            }
            let shares = of(alone.play().outcome());
            prop_assert!(shares <= best * (Decimal::ONE + SAME), "{id}: {best}, {shares} alone\n{}", free.text());
            prop_assert!(reached || near(shares, best, SAME), "{id}: {best} by no package of {packages:?}\n{}", free.text());
        }
    }

    /// I-23 Weighted average: new price <= CP2 <= CP1; full ratchet: CP2 = min(CP1, new price); weighted average never
    /// gives more shares than ratchet; a floor holds; down round.
    #[test]
    fn i_23_protection_stays_between(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let found = found(outcome, &trace, &signed);
            let (_, _, puzzle) = &signed;
            for (series, now) in puzzle.series.iter().zip(&found.adjusted) {
                let lowest = series.floor.unwrap_or(Decimal::ZERO).min(series.price);
                let ratchet = found.price.max(lowest).min(series.price);
                prop_assert!(*now >= ratchet * (Decimal::ONE - SAME), "{now} of {} at {}\n{}", series.price, found.price, company.text());
                prop_assert!(*now <= series.price * (Decimal::ONE + SAME));
                if series.base.is_none() {
                    prop_assert!(near(*now, ratchet, SAME), "{now}, {ratchet}\n{}", company.text());
                }
                if found.price < series.price && lowest < series.price {
                    prop_assert!(*now < series.price, "{now} at {}\n{}", found.price, company.text());
                }
            }
        }
    }

    /// I-24 An up or flat round leaves every conversion price exactly as it was; no other adjustment clause. SAFEs,
    /// notes, options, warrants, sales never move one.
    #[test]
    fn i_24_only_a_down_round_adjusts(company in companies(ALL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let (before, after) = (&trace.moments[step], &trace.moments[step + 1]);
            match outcome.plan.steps[step].kind {
                StepKind::Split(_) | StepKind::Change(_) => continue,
                StepKind::Round(round) if trace.priced[&round].is_held == Decided::Yes => {
                    let used = number(Exact::quotient(Exact::inverse(trace.priced[&round].price)));
                    for (class, (old, new)) in before.classes.iter().zip(&after.classes).enumerate() {
                        let is_first = posted.iter().any(|entry| matches!(entry, Entry::Adjusted { class: of, is_lowered: false, .. } if *of as usize == class));
                        let exempt = company.table(&outcome.plan.steps[step].path).and_then(|round| round.group("protection"));
                        let exempt = exempt.is_some_and(|protection| protection.is("exempt", "true"));
                        if !is_first && (used >= old.1 || exempt) {
                            prop_assert_eq!(old, new, "{}\n{}", class, company.text());
                        }
                    }
                }
                _ => prop_assert_eq!(&before.classes, &after.classes),
            }
        }
    }

    /// Pay-to-play: who invests less than its part of the round, and nobody else, is converted to common before it,
    /// at the old conversion price.
    #[test]
    fn i_24_who_does_not_pay_does_not_play(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, round, puzzle) in rounds(&company, outcome, &trace) {
            let moment = &trace.moments[step];
            let price = number(Exact::quotient(Exact::inverse(trace.priced[&round].price)));
            let table = company.table(&outcome.plan.steps[step].path).expect("a round");
            if table.group("protection").is_some_and(|protection| protection.is("exempt", "true")) {
                continue;
            }
            let raised = puzzle.money + puzzle.own_money;
            let converted = |line: usize| {
                let (issue, conversion) = moment.classes[class_of(outcome, line)];
                moment.lines[line] * issue / conversion
            };
            let own = |owner: &str| sum((0..moment.lines.len()).filter(|line| owner_of(outcome, *line) == owner).map(converted));
            let rights = table.group("pro_rata");
            let taken = |owner: &str| {
                let take = rights.as_ref().and_then(|rights| rights.group("take")).and_then(|take| take.number(owner));
                take.unwrap_or(Decimal::ZERO) * own(owner) / moment.all * raised
            };
            let has_letter = puzzle.claims.iter().any(|claim| company.convertible(&claim.id).get("pro_rata").is_some()) && rights.is_some();
            for line in 0..moment.lines.len() {
                let class = &outcome.scenario.classes[class_of(outcome, line)].id;
                let plays = company.table(&format!("class.{class}")).and_then(|class| class.group("protection"));
                let is_bound = plays.is_some_and(|protection| protection.is("pay_to_play", "true"))
                    && holding_of(outcome, line) == Holding::Shares
                    && moment.lines[line] > Decimal::ZERO;
                let moved = trace.posted[step].iter().find_map(|entry| match entry {
                    Entry::Moved { why: Why::PayToPlay { .. }, from: Some(from), left, to: Some(to), arrived, .. } if *from == line => Some((number(*left), *to, number(*arrived))),
                    _ => None,
                });
                if !is_bound {
                    prop_assert!(moved.is_none());
                    continue;
                }
                let owner = owner_of(outcome, line);
                let tranches = company.tranches(table.id()).filter(|tranche| tranche.is("investor", owner));
                let invests = sum(tranches.filter_map(|tranche| tranche.number("amount"))) + taken(owner);
                let fair = own(owner) / moment.all * raised;
                if let Some((left, to, arrived)) = moved {
                    prop_assert!(invests < fair, "{owner} invests {invests} of {fair}\n{}", company.text());
                    prop_assert_eq!(left, moment.lines[line]);
                    prop_assert!(near(arrived, converted(line), SAME));
                    prop_assert_eq!((class_of(outcome, to), owner_of(outcome, to)), (0, owner));
                } else if price < moment.classes[class_of(outcome, line)].1 && !has_letter {
                    prop_assert!(invests >= fair * (Decimal::ONE - SAME), "{owner} invests {invests} of {fair}\n{}", company.text());
                }
            }
        }
    }

    /// Rights: take x the part before the round (+ what a side letter's shares are of the count with all conversions);
    /// inside, the tranches give way and the round stays; on top, it grows.
    #[test]
    fn pro_rata_rights_keep_the_part(company in companies(FRACTIONAL)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        for signed in rounds(&company, outcome, &trace) {
            let found = found(outcome, &trace, &signed);
            let (step, _, puzzle) = &signed;
            let (step, moment) = (*step, &trace.moments[*step]);
            let table = company.table(&outcome.plan.steps[step].path).expect("a round");
            let Some(rights) = table.group("pro_rata") else { continue };
            let mut sum_of = Decimal::ZERO;
            for (owner, take) in &rights.group("take").expect("who takes").keys {
                let lines = (0..moment.lines.len()).filter(|line| owner_of(outcome, *line) == owner);
                let own = sum(lines.map(|line| {
                    let (issue, conversion) = moment.classes[class_of(outcome, line)];
                    moment.lines[line] * issue / conversion
                }));
                let letters = puzzle.claims.iter().zip(&found.converted).filter(|(claim, _)| {
                    let table = company.convertible(&claim.id);
                    table.is("pro_rata", "true") && table.is("holder", owner)
                });
                let letters = sum(letters.map(|(_, shares)| *shares));
                let all = moment.all + sum(found.converted.iter().copied());
                let right = take.number().expect("a part") * (own / moment.all + letters / all);
                sum_of += right;
                let money = sum(trace.posted[step].iter().filter_map(|entry| match entry {
                    Entry::Moved { why: Why::ProRata { .. }, to: Some(to), money, .. } if owner_of(outcome, *to) == owner => Some(number(*money)),
                    _ => None,
                }));
                prop_assert!(alike(money, right * puzzle.money, Decimal::ONE), "{owner}: {money}, {}\n{}", right * puzzle.money, company.text());
            }
            let written = sum(company.tranches(table.id()).filter(|tranche| schedule_free(tranche)).filter_map(|tranche| tranche.number("amount")));
            let signed = sum(trace.posted[step].iter().filter_map(|entry| match entry {
                Entry::Signed { money, .. } => Some(number(*money)),
                _ => None,
            }));
            let expected = if rights.is("added", "inside") { written * (Decimal::ONE - sum_of) } else { written };
            prop_assert!(near(signed, expected, SAME), "{signed}, {expected}\n{}", company.text());
            let on_top = if rights.is("added", "inside") { written } else { written / (Decimal::ONE - sum_of) };
            prop_assert!(near(puzzle.money + puzzle.own_money, on_top, SAME));
        }
    }

    /// Solver 1.7, whole shares: the exact solution first; the round's price rounded once; a discount of the rounded
    /// price, and a cap over the exact count, rounded once; each count = balance / that price, rounded; a fixed part
    /// is the exact count rounded; the term that bound exactly is kept.
    #[test]
    fn whole_shares_follow_the_exact_solution(company in companies(WHOLE)) {
        let played = answered(&company)?;
        let outcome = played.outcome();
        let trace = trace(outcome);
        let Whole { places, price: direction, converted: shares_direction, issued, .. } = company.whole.clone().expect("whole shares");
        for (step, round, puzzle) in rounds(&company, outcome, &trace) {
            let Some(answer) = puzzle.settle() else { continue };
            let id = &outcome.scenario.rounds[round].id;
            let stored = result(outcome, &format!("price.{id}")).expect("a price");
            let exact = answer.price * puzzle.ratio.0 / puzzle.ratio.1;
            if matches!(puzzle.held, Held::Price(_)) {
                prop_assert_eq!(Some(stored), company.table(&format!("round.{id}")).expect("a round").number("price"));
            } else {
                let expected = rounded(exact, places, direction);
                prop_assert!(near(stored, expected, GRAIN), "{stored}, {expected} of {exact} {direction}\n{}", company.text());
            }
            // Of a common share.
            let common = stored * puzzle.ratio.1 / puzzle.ratio.0;
            let after = &trace.moments[step + 1];
            for (place, claim) in puzzle.claims.iter().enumerate() {
                let (_, converted) = trace.converted.iter().find(|(at, one)| *at == step && one.convertible == claim.convertible).expect("it converts");
                let line = trace.posted[step].iter().find_map(|entry| match entry {
                    Entry::Moved { why: Why::Converted { convertible, .. }, to, .. } if *convertible == claim.convertible => *to,
                    _ => None,
                });
                let (issue, conversion) = after.classes[class_of(outcome, line.expect("a line"))];
                let of_class = |price: Decimal| price * issue / conversion;
                let count = |term: Term| puzzle.shares(claim, term, answer.price, answer.bases);
                let most = claim.terms.iter().map(|(term, _)| count(*term)).max().expect("a term");
                let (shares, price) = (number(converted.shares), number(converted.price));
                let fits = claim.terms.iter().filter(|(term, _)| near(count(*term), most, SAME)).any(|(term, _)| {
                    let expected = match *term {
                        Term::Round => of_class(common),
                        Term::Discount(off) => rounded(of_class(common) * (Decimal::ONE - off), places, direction),
                        Term::Cap(cap, basis) => rounded(of_class(cap / answer.basis(basis)), places, direction),
                        Term::Ownership(_) => {
                            return shares == rounded(answer.converted[place] * conversion / issue, 0, shares_direction);
                        }
                    };
                    near(price, expected, SAME) && shares == rounded(claim.balance / expected, 0, shares_direction)
                });
                prop_assert!(fits, "{}: {shares} at {price}\n{}", claim.id, company.text());
            }
            for entry in &trace.posted[step] {
                if let Entry::Moved { why: Why::ProRata { .. }, arrived, money, .. } = entry {
                    prop_assert_eq!(number(*arrived), rounded(number(*money) / stored, 0, issued));
                }
            }
        }
    }
}
