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
use capsim::engine::allocated;
use capsim::engine::play as play_plan;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::When;
use capsim::outcome::metric;
use capsim::outcome::metrics;
use capsim::plan::Holding;
use capsim::plan::StepKind;
use capsim::scenario::Allocation;
use capsim::units::Day;
use capsim::units::Decided;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Month;
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
        rng_seed: RngSeed::Fixed(41),
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
            prop_assert!(known.contains(&fault.code), "{}\n{:#?}", company.text(), played.faults());
        }
        return Err(TestCaseError::reject("no answer"));
    }
    Ok(played)
}

/// The company at a moment.
#[derive(Debug, Clone, Default)]
struct Moment {
    lines: Vec<Decimal>,
    all: Decimal,
    /// Issue and conversion price, or two numbers whose quotient is the ratio.
    classes: Vec<(Decimal, Decimal)>,
    outstanding: Vec<bool>,
    /// Shares signed for and not issued, by tranche.
    pending: Vec<Decimal>,
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
            classes: state
                .classes
                .iter()
                .map(|class| (number(class.issue_price()), number(class.conversion_price())))
                .collect(),
            pending: state.tranches.iter().map(|tranche| number(tranche.pending)).collect(),
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

/// Whether a class has or had shares, issued or signed for: a split is of them; what is first issued later is in the
/// new shares.
fn is_there(outcome: &Outcome, moments: &[Moment], class: usize) -> bool {
    moments.iter().any(|moment| {
        let held = moment.lines.iter().enumerate();
        let signed = moment.pending.iter().enumerate();
        let signed = signed.map(|(tranche, pending)| (outcome.plan.tranches[tranche].position, pending));
        held.chain(signed).any(|(line, shares)| class_of(outcome, line) == class && *shares > Decimal::ZERO)
    })
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
    /// Common shares that a share of the round's class converts to: numerator and denominator.
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
    /// Whether conversions count as issued in a round above a conversion price: see
    /// `a_round_above_the_conversion_price_counts_no_adjustment`.
    fn is_contradicted(&self) -> bool {
        if !self.counts_conversions || self.series.is_empty() || self.claims.is_empty() {
            return false;
        }
        self.settle().is_none_or(|answer| self.series.iter().any(|series| answer.price >= series.price))
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
            let formula = match series.base {
                None => price,
                Some(base) => {
                    let shares = self.money / price + self.sold + self.own_shares;
                    series.price * (base + (issue + balances) / series.price) / (base + shares + counted)
                }
            };
            let floor = series.floor.unwrap_or(Decimal::ZERO).min(series.price);
            let now = formula.max(floor).min(series.price);
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
    let converted = |line: usize, shares: Decimal| {
        let (issue, conversion) = moment.classes[class_of(outcome, line)];
        shares * issue / conversion
    };
    for entry in &trace.posted[step] {
        // What does not play is common before the round; its count is rounded after the exact solution.
        if let Entry::Moved { why: Why::PayToPlay { .. }, from: Some(from), left, to: Some(to), .. } = entry {
            lines[*from] -= number(*left);
            lines[*to] += converted(*from, number(*left));
        }
    }
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
            for entry in posted {
                if let Entry::Split { class: None | Some(0), factor } = entry
                    && is_there(outcome, &trace.moments[..=earlier], number_of)
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
                for entry in &trace.posted[step - 1] {
                    ratios.follow(entry, |class| is_there(outcome, &trace.moments[..step], class));
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
            let direction = company.whole.as_ref().map_or("exact", |whole| whole.converted);
            // A fixed part is a count; its price follows from it, and is rounded.
            if text(outcome, &format!("conversion.{id}.term")).as_deref() == Some("ownership") && direction != "exact" {
                continue;
            }
            prop_assert!((residual - number(converted.residual)).abs() <= amount * GRAIN, "{residual}, {}", number(converted.residual));
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
    // A conversion into a class that this very round adjusts is counted at its new price.
    let after = &trace.moments[step + 1];
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
                let own = claim.terms.iter().filter(|(_, of)| match of {
                    Some(of) => term.ends_with(&format!(" of {of}")),
                    None => !term.contains(" of "),
                });
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
            let (_, _, puzzle) = &signed;
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
                // Conversions that count as issued may be cheaper than the round.
                let counts = puzzle.counts_conversions && !puzzle.claims.is_empty();
                prop_assert!(counts || *now >= ratchet * (Decimal::ONE - SAME), "{now} of {} at {}\n{}", series.price, found.price, company.text());
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
                        // See `a_round_above_the_conversion_price_counts_no_adjustment`.
                        let counts = company.table(&outcome.plan.steps[step].path).and_then(|round| round.group("protection"));
                        let counts = counts.is_some_and(|protection| protection.is("counts", "new-money-and-conversions"))
                            && trace.converted.iter().any(|(at, _)| *at == step);
                        if !is_first && ((used >= old.1 && !counts) || exempt) {
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
            if raised.is_zero() {
                continue;
            }
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
            // Inside, the tranches give way to what is taken.
            let takers = rights.as_ref().and_then(|rights| rights.group("take")).map(|take| take.keys).unwrap_or_default();
            let is_inside = rights.as_ref().is_some_and(|rights| rights.is("added", "inside"));
            let all_taken = sum(takers.iter().map(|(owner, _)| taken(owner))) / raised;
            let given_way = if is_inside { Decimal::ONE - all_taken } else { Decimal::ONE };
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
                let tranches = || company.tranches(table.id()).filter(|tranche| tranche.is("investor", owner));
                if has_letter || tranches().any(|tranche| !schedule_free(tranche)) {
                    continue;
                }
                let invests = given_way * sum(tranches().filter_map(|tranche| tranche.number("amount"))) + taken(owner);
                let fair = own(owner) / moment.all * raised;
                if let Some((left, to, arrived)) = moved {
                    prop_assert!(invests < fair, "{owner} invests {invests} of {fair}\n{}", company.text());
                    prop_assert_eq!(left, moment.lines[line]);
                    prop_assert!(near(arrived, converted(line), SAME));
                    prop_assert_eq!((class_of(outcome, to), owner_of(outcome, to)), (0, owner));
                } else if price < moment.classes[class_of(outcome, line)].1 {
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
                // See `a_given_price_of_a_class_keeps_its_digits`.
                let written = company.table(&format!("round.{id}")).and_then(|round| round.number("price")).expect("a price");
                prop_assert!(near(written, stored, GRAIN), "{written}, {stored}\n{}", company.text());
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

// ------------------------------------------------------------------------------------------- monotonicity

/// Holders that were there before the round, take no part in it and hold no convertible.
fn founders(company: &Company) -> Vec<String> {
    let takes_part = |id: &str| {
        company.tables.iter().any(|table| {
            table.is("investor", id) || (matches!(table.kind(), "safe" | "note") && table.is("holder", id))
        })
    };
    company.of("holder").map(|holder| holder.id().to_owned()).filter(|id| !takes_part(id)).collect()
}

/// A company whose round is valued by its pre-money.
fn by_pre_money(mut company: Company, times: Decimal) -> Company {
    let raised = sum(company.tranches("round-0").filter_map(|tranche| tranche.number("amount")));
    let lent = sum(company.convertibles().filter_map(|table| table.number("amount")));
    let round = company.table_mut("round.round-0");
    ["pre_money", "post_money", "price"].iter().for_each(|key| round.drop_key(key));
    round.set("pre_money", Value::Money((raised + lent) * times));
    company
}

fn ownership(played: &Played, id: &str) -> Decimal {
    result(played.outcome(), &format!("ownership.{id}")).expect("a part")
}

proptest! {
    #![proptest_config(config(80))]

    /// I-25 More money at the same pre-money never raises a non-participant's ownership, founders' or convertibles';
    /// no anti-dilution, one price.
    #[test]
    fn i_25_more_money_dilutes(company in companies(ONE_ROUND), times in 2u32..40, thousandths in 1i64..2000) {
        let company = by_pre_money(company, times.into());
        let mut more = company.clone();
        let tranche = more.table_mut("round.round-0.tranche.part-0");
        let amount = tranche.number("amount").expect("an amount") * (Decimal::ONE + Decimal::new(thousandths, 3));
        tranche.set("amount", Value::Money(amount));
        let less = answered(&company)?;
        let played = answered(&more)?;
        for holder in company.of("holder").filter(|holder| !company.tables.iter().any(|table| table.is("investor", holder.id()))) {
            let (a, b) = (ownership(&less, holder.id()), ownership(&played, holder.id()));
            prop_assert!(b <= a + SAME, "{}: {a}, {b} with more money\n{}", holder.id(), company.text());
        }
    }

    /// I-26 Higher pre-money at the same money never lowers a pre-round shareholder's ownership, whatever converts.
    #[test]
    fn i_26_a_higher_value_dilutes_less(company in companies(ONE_ROUND), times in 2u32..40, thousandths in 1i64..2000) {
        let company = by_pre_money(company, times.into());
        let mut higher = company.clone();
        let round = higher.table_mut("round.round-0");
        let value = round.number("pre_money").expect("a value") * (Decimal::ONE + Decimal::new(thousandths, 3));
        round.set("pre_money", Value::Money(value));
        let (low, high) = (answered(&company)?, answered(&higher)?);
        for holder in founders(&company) {
            let (a, b) = (ownership(&low, &holder), ownership(&high, &holder));
            prop_assert!(b >= a - SAME, "{holder}: {a}, {b} at a higher value\n{}", company.text());
        }
    }

    /// I-27 Lower cap, higher discount, larger amount or longer accrual never give that convertible fewer shares;
    /// other terms fixed.
    #[test]
    fn i_27_better_terms_give_no_fewer_shares(
        company in companies(ONE_ROUND),
        place in any::<prop::sample::Index>(),
        kind in 0usize..4,
        thousandths in 1i64..500,
        whole in any::<bool>(),
    ) {
        let mut company = company;
        if whole {
            company.whole = Some(Whole { places: 6, price: "nearest", issued: "down", converted: "down", pool: "up" });
        }
        let paths: Vec<String> = company.convertibles().map(|table| table.path.clone()).collect();
        prop_assume!(!paths.is_empty());
        let path = place.get(&paths);
        let mut better = company.clone();
        let (opened, part) = (better.opened, Decimal::new(thousandths, 3));
        let table = better.table_mut(path);
        let (key, value) = match kind {
            0 => ("cap", table.number("cap").map(|cap| Value::Money(cap * (Decimal::ONE - part)))),
            1 => ("discount", table.number("discount").map(|off| Value::Percent((off + (Decimal::ONE - off) * part) * Decimal::ONE_HUNDRED))),
            2 => ("amount", table.number("amount").map(|amount| Value::Money(amount * (Decimal::ONE + part)))),
            _ => ("", None),
        };
        match value {
            Some(value) => table.set(key, value),
            None if table.kind() == "note" => table.day = Some(opened),
            None => return Err(TestCaseError::reject("it has no such term")),
        }
        // The money of a fixed part is none of its terms.
        prop_assume!(kind != 2 || table.get("ownership").is_none());
        let id = table.id().to_owned();
        let elected = company.tables.iter().any(|table| table.is("elects", &id));
        let (a, b) = (answered(&company)?, answered(&better)?);
        let shares = |played: &Played| result(played.outcome(), &format!("conversion.{id}.shares")).expect("a count");
        let (a, b) = (shares(&a), shares(&b));
        let slack = if whole { Decimal::ONE + a / Decimal::from(100_000) } else { a * SAME };
        prop_assert!(b >= a - slack, "{id}: {a}, {b} with better terms {key} (elected: {elected})\n{}\n{}", company.text(), better.text());
    }

    /// I-28 A larger pool target never raises a pre-round shareholder's ownership, whatever converts and wherever the
    /// pool stands. (A pre-money SAFE or note counts the increase in its cap and may gain by it.)
    #[test]
    fn i_28_a_larger_pool_dilutes(company in companies(ONE_ROUND), first in 10i64..200, more in 1i64..100, inside in any::<bool>()) {
        let with = |tenths: i64| {
            let mut company = company.clone();
            let keys = [("id", "pool-0"), ("counts", "unallocated"), ("in", if inside { "pre-money" } else { "post-money" })];
            let mut keys: Vec<(String, Value)> = keys.map(|(key, word)| (key.to_owned(), Value::Word(word.to_owned()))).into();
            keys.push(("target".to_owned(), Value::Percent(Decimal::new(tenths, 1))));
            company.table_mut("round.round-0").set("pool", Value::Group(keys));
            company
        };
        let (small, large) = (answered(&with(first))?, answered(&with(first + more))?);
        for holder in founders(&company) {
            let (a, b) = (ownership(&small, &holder), ownership(&large, &holder));
            prop_assert!(b <= a + SAME, "{holder}: {a}, {b} with a larger pool\n{}", with(first).text());
        }
    }
}

// ------------------------------------------------------------------------------------------- invariance

fn is_shares(path: &str) -> bool {
    let families = ["shares.", "fully_diluted", "pool.", "new_shares.", "class."];
    families.iter().any(|family| path.starts_with(family))
        || (path.starts_with("conversion.") && path.ends_with(".shares"))
        || ((path.starts_with("grant.") || path.starts_with("warrant.")) && !path.ends_with(".strike"))
}

fn is_price(path: &str) -> bool {
    let families = ["price.", "conversion_price."];
    families.iter().any(|family| path.starts_with(family))
        || (path.starts_with("conversion.") && path.ends_with(".price"))
        || path.ends_with(".strike")
}

fn is_money(path: &str) -> bool {
    if path.ends_with(".ratio") || path.ends_with(".ratio_in_all") || path.starts_with("circularity.share") {
        return false;
    }
    let families =
        ["value.", "pre_money.", "post_money.", "raised.", "called.", "flow.", "circularity.", "cash.", "balance."];
    families.iter().any(|family| path.starts_with(family))
        || (path.starts_with("conversion.") && path.ends_with(".amount"))
        || path.ends_with(".trough")
        || path.ends_with(".gap")
}

fn scaled(values: &BTreeMap<String, String>, money: Decimal, shares: Decimal) -> BTreeMap<String, String> {
    let scale = |(path, text): (&String, &String)| {
        let times = if is_shares(path) {
            shares
        } else if is_price(path) {
            money / shares
        } else if is_money(path) {
            money
        } else {
            Decimal::ONE
        };
        let text = match Decimal::from_str_exact(text) {
            Ok(number) => (number * times).to_string(),
            Err(_) => text.clone(),
        };
        (path.clone(), text)
    };
    values.iter().map(scale).collect()
}

/// Events that change shares, and on which day another may be put without a tie.
fn free_day(company: &Company, later: i64) -> Option<Day> {
    let day = company.opened.plus_days(later).expect("a day");
    (!company.days().contains(&day) && day < company.horizon).then_some(day)
}

proptest! {
    #![proptest_config(config(80))]

    /// I-40 Splitting one holder into two of the same class changes no other holder's part and their sum is the old
    /// part; of shares and of convertibles. I-41 A convertible split into parts gets the same shares.
    #[test]
    fn i_40_and_i_41_a_split_convertible_gets_the_same(company in companies(ONE_ROUND), place in any::<prop::sample::Index>(), percent in 1u32..100, whole in any::<bool>()) {
        let mut company = company;
        if whole {
            company.whole = Some(Whole { places: 4, price: "nearest", issued: "down", converted: "down", pool: "up" });
        }
        let paths: Vec<String> = company.convertibles().map(|table| table.path.clone()).collect();
        prop_assume!(!paths.is_empty());
        let path = place.get(&paths);
        let mut parts = company.clone();
        let mut first = company.table(path).expect("a convertible").clone();
        let part = Decimal::new(percent.into(), 2);
        let id = first.id().to_owned();
        let mut second = first.clone();
        second.path = format!("{}-twin", first.path);
        for (key, scale) in [("amount", true), ("ownership", false)] {
            let Some(value) = first.number(key) else { continue };
            let of = |part: Decimal| if scale { Value::Money(value * part) } else { Value::Percent(value * part * Decimal::ONE_HUNDRED) };
            first.set(key, of(part));
            second.set(key, of(Decimal::ONE - part));
        }
        let holder = second.word("holder").expect("a holder").to_owned();
        second.set("holder", Value::Word("twin".to_owned()));
        let index = parts.tables.iter().position(|table| table.path == *path).expect("a place");
        parts.tables[index] = first;
        parts.tables.push(second);
        parts.tables.push(Table::new("holder.twin", None));
        let (one, two) = (answered(&company)?, answered(&parts)?);
        let at = |played: &Played, path: &str| result(played.outcome(), path).expect("a number");
        prop_assert!(near(at(&one, "price.round-0"), at(&two, "price.round-0"), SAME));
        let (all, first, second) = (
            at(&one, &format!("conversion.{id}.shares")),
            at(&two, &format!("conversion.{id}.shares")),
            at(&two, &format!("conversion.{id}-twin.shares")),
        );
        let less = all - first - second;
        if whole {
            prop_assert!(less >= Decimal::ZERO && less <= Decimal::ONE, "{less} less\n{}", company.text());
            return Ok(());
        }
        prop_assert!(alike(all, first + second, Decimal::ZERO), "{less} less\n{}", company.text());
        for other in company.of("holder").map(Table::id) {
            let (a, b) = (ownership(&one, other), ownership(&two, other) + if other == holder { ownership(&two, "twin") } else { Decimal::ZERO });
            prop_assert!(near(a, b, SAME), "{other}: {a}, {b}\n{}", company.text());
        }
    }

    /// I-42 Permuting holders, classes, or the order of tables in the file changes no number; distinct dates.
    #[test]
    fn i_42_the_order_of_tables_does_not_matter(company in companies(ALL), keys in prop::collection::vec(any::<u32>(), 90)) {
        let played = answered(&company)?;
        let mut blocks = company.blocks();
        let head = blocks.remove(0);
        let mut order: Vec<(u32, String)> = keys.iter().copied().cycle().zip(blocks).collect();
        order.sort();
        let text: String = std::iter::once(head).chain(order.into_iter().map(|(_, block)| block)).collect();
        let again = play(&text);
        // A tie of packages is named by whichever stands first; the numbers are the same.
        let numbers = |outcome: &Outcome| -> BTreeMap<String, String> {
            values(outcome).into_iter().filter(|(path, _)| !path.ends_with(".term")).collect()
        };
        let found = differences(&numbers(played.outcome()), &numbers(again.outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{text}");
    }

    /// I-43 Two fixed-number grants, or cancellations of two holders' shares, on one day commute.
    #[test]
    fn i_43_grants_of_a_day_commute(company in companies(ALL), later in 0i64..1500, parts in (1u32..50, 1u32..50), grants in any::<bool>()) {
        let played = answered(&company)?;
        let Some(day) = free_day(&company, later) else { return Err(TestCaseError::reject("no free day")) };
        let there = result(played.outcome(), &format!("pool.pool-0.unallocated@{day}")).expect("a count");
        let made = |id: &str, percent: u32, owner: &str| {
            let shares = Value::Shares((there * Decimal::new(percent.into(), 2)).trunc().max(Decimal::ONE));
            if grants {
                Table::new(format!("grant.{id}"), Some(day))
                    .with("pool", Value::Word("pool-0".to_owned()))
                    .with("shares", shares)
                    .with("strike", Value::Price(Decimal::ONE))
                    .with("vesting", Value::Word("all".to_owned()))
                    .with("holder", Value::Word(owner.to_owned()))
            } else {
                Table::new(format!("change.{id}"), Some(day))
                    .with("kind", Value::Word("cancel".to_owned()))
                    .with("class", Value::Word("common".to_owned()))
                    .with("holder", Value::Word(owner.to_owned()))
                    .with("shares", shares)
            }
        };
        let (one, other) = (made("one", parts.0, "holder-0"), made("other", parts.1, "holder-1"));
        let (mut there, mut back) = (company.clone(), company.clone());
        there.tables.extend([one.clone(), other.clone()]);
        back.tables.extend([other, one]);
        let there = answered(&there)?;
        let found = differences(&values(there.outcome()), &values(back.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{}", back.text());
    }

    /// I-44 All opening shares, pool and fixed-number grants x k: ownership equal, prices /k; fractional shares on,
    /// price unrounded.
    #[test]
    fn i_44_the_unit_of_shares_does_not_matter(company in companies(FRACTIONAL), k in prop::sample::select(vec![2u32, 5, 10])) {
        // Options vest in whole shares but for one allocation.
        let company = vesting_in_parts(company);
        let played = answered(&company)?;
        let mut larger = company.clone();
        larger.scale(Decimal::ONE, k.into(), None);
        let expected = scaled(&values(played.outcome()), Decimal::ONE, k.into());
        let found = differences(&expected, &values(larger.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{}", company.text());
    }

    /// I-45 All money, caps, strikes x k: shares and ownership equal, money x k; price unrounded.
    #[test]
    fn i_45_the_unit_of_money_does_not_matter(company in companies(FRACTIONAL), k in prop::sample::select(vec![2u32, 5, 10])) {
        let played = answered(&company)?;
        let mut larger = company.clone();
        larger.scale(k.into(), Decimal::ONE, None);
        let expected = scaled(&values(played.outcome()), k.into(), Decimal::ONE);
        let found = differences(&expected, &values(larger.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{}", company.text());
    }

    /// I-46 An n:1 split at any date leaves ownership and conversion outcomes equal; n integer, what is written later
    /// in the new shares.
    #[test]
    fn i_46_a_split_changes_only_the_unit(company in companies(FRACTIONAL), later in 0i64..1600, n in prop::sample::select(vec![2u32, 4, 5, 10])) {
        let company = vesting_in_parts(company);
        let Some(day) = free_day(&company, later) else { return Err(TestCaseError::reject("no free day")) };
        let played = answered(&company)?;
        let mut split = company.clone();
        split.scale(Decimal::ONE, n.into(), Some(day));
        split.tables.push(Table::new("split.between", Some(day)).with("ratio", Value::Word(format!("{n}:1"))));
        let other = split.play();
        // What is of the day it was signed or first issued keeps the price of that day.
        let of_its_day = |path: &String| path.starts_with("price.") || (path.starts_with("conversion.") && (path.ends_with(".price") || path.ends_with(".shares"))) || path.starts_with("new_shares.");
        // A class that is first issued later: its prices are written in the new shares.
        let steps = played.outcome().plan.steps.iter().filter(|step| step.day < day).count();
        let trace_of = trace(played.outcome());
        let classes = played.outcome().scenario.classes.iter().enumerate();
        let empty: Vec<String> = classes
            .filter(|(class, _)| !is_there(played.outcome(), &trace_of.moments[..=steps], *class))
            .map(|(_, class)| format!("conversion_price.{}", class.id))
            .collect();
        let of_its_day = |path: &String| of_its_day(path) || empty.contains(path);
        let keep = |all: BTreeMap<String, String>| -> BTreeMap<String, String> { all.into_iter().filter(|(path, _)| !of_its_day(path)).collect() };
        let expected = keep(scaled(&values(played.outcome()), Decimal::ONE, n.into()));
        let found = differences(&expected, &keep(values(other.outcome())));
        prop_assert!(found.is_empty(), "{found:#?}\n{}", split.text());
        for path in ["conversion.*.amount", "conversion.*.term", "ownership.*"] {
            prop_assert_eq!(metric(played.outcome(), path).is_some(), metric(other.outcome(), path).is_some());
        }
        for convertible in company.convertibles() {
            let id = convertible.id();
            let converted = |played: &Played| trace(played.outcome()).converted.iter().find_map(|(step, one)| {
                (played.outcome().scenario.convertibles[one.convertible].id == id).then(|| played.outcome().plan.steps[*step].day)
            });
            let on = converted(&played);
            prop_assert_eq!(on, converted(&other));
            let times = if on.is_some_and(|on| on >= day) { Decimal::from(n) } else { Decimal::ONE };
            for (name, times) in [("shares", times), ("price", Decimal::ONE / times)] {
                let path = format!("conversion.{id}.{name}");
                let (Some(a), Some(b)) = (result(played.outcome(), &path), result(other.outcome(), &path)) else { continue };
                prop_assert!(near(a * times, b, SAME), "{path}: {a}, {b}\n{}", split.text());
            }
        }
    }

    /// I-47 A one-to-one renaming of holders changes only names.
    #[test]
    fn i_47_renaming_changes_only_names(company in companies(ALL)) {
        let played = answered(&company)?;
        let mut text = company.text();
        let mut names = BTreeMap::new();
        for (index, id) in company.of("holder").chain(company.of("pool")).map(Table::id).enumerate() {
            // In the opposite order of the alphabet.
            let name = format!("x{}-{id}", 9 - index);
            text = text.replace(id, &name);
            names.insert(id.to_owned(), name);
        }
        let rename = |path: &String| -> String {
            let parts = path.split('.').map(|part| names.get(part).map_or(part, String::as_str));
            parts.collect::<Vec<_>>().join(".")
        };
        let expected: BTreeMap<String, String> = values(played.outcome()).iter().map(|(path, value)| (rename(path), value.clone())).collect();
        let found = differences(&expected, &values(play(&text).outcome()));
        prop_assert!(found.is_empty(), "{found:#?}\n{text}");
    }

    /// I-48 Changing currency label or title changes only labels; same minor unit.
    #[test]
    fn i_48_labels_change_only_labels(company in companies(ALL), title in "[a-zA-Z0-9 ]{1,30}") {
        let played = answered(&company)?;
        let mut other = company.clone();
        other.title = format!("A{title}");
        other.currency = "EUR".to_owned();
        prop_assert_eq!(values(played.outcome()), values(other.play().outcome()));
    }
}

/// I-50 Display decimals, width, colour and format leave the JSON report byte-equal: of files with instruments.
#[cfg(feature = "cli")]
#[test]
fn i_50_surroundings_do_not_change_the_result() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |file: &str, words: &[&str], surroundings: &[(&str, &str)]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_capsim"));
        command.arg("run").arg(root.join("scenarios").join(file)).args(["--format", "json"]);
        let output = command.args(words).env_clear().envs(surroundings.iter().copied()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    for file in
        ["startup/preseed-to-a.toml", "startup/note-at-maturity.toml", "startup/tender.toml", "startup/down-round.toml"]
    {
        let plain = run(file, &[], &[]);
        assert!(plain == run(file, &[], &[("COLUMNS", "40"), ("NO_COLOR", "1"), ("TZ", "Asia/Kolkata")]), "{file}");
        assert!(plain == run(file, &["--color", "always"], &[("COLUMNS", "400"), ("LANG", "de_DE.UTF-8")]), "{file}");
    }
}

/// Vesting in parts of shares, where no rounding hides what is checked.
fn vesting_in_parts(mut company: Company) -> Company {
    for table in company.tables.iter_mut().filter(|table| table.kind() == "grant") {
        if let Some(Value::Group(mut keys)) = table.get("vesting").cloned() {
            keys.iter_mut()
                .filter(|(key, _)| key == "allocation")
                .for_each(|(_, value)| *value = Value::Word("fractional".to_owned()));
            table.set("vesting", Value::Group(keys));
        }
    }
    company
}

// ------------------------------------------------------------------------------------------- time

const BY_NAME: [Allocation; 7] = [
    Allocation::CumulativeRounding,
    Allocation::CumulativeRoundDown,
    Allocation::FrontLoaded,
    Allocation::BackLoaded,
    Allocation::FrontLoadedToSingleTranche,
    Allocation::BackLoadedToSingleTranche,
    Allocation::Fractional,
];

/// The tranches of a grant, one a vesting date, as the Open Cap Format describes them.
fn vesting_tranches(shares: i64, dates: i64, allocation: &str) -> Vec<Decimal> {
    let (each, left) = (shares / dates, shares % dates);
    let upto = |date: i64| match allocation {
        // Halves are rounded up.
        "cumulative-rounding" => (2 * shares * date + dates) / (2 * dates),
        _ => shares * date / dates,
    };
    (1..=dates)
        .map(|date| match allocation {
            "fractional" => Decimal::from(shares) / Decimal::from(dates),
            "cumulative-rounding" | "cumulative-round-down" => Decimal::from(upto(date) - upto(date - 1)),
            "front-loaded" => Decimal::from(each + i64::from(date <= left)),
            "back-loaded" => Decimal::from(each + i64::from(date > dates - left)),
            "front-loaded-to-single-tranche" => Decimal::from(each + if date == 1 { left } else { 0 }),
            _ => Decimal::from(each + if date == dates { left } else { 0 }),
        })
        .collect()
}

/// I-51 The table of the Open Cap Format: 18 shares over 4 dates, read off a grant in a file.
#[test]
fn i_51_the_table_of_eighteen_over_four() {
    let expected = [
        ("cumulative-rounding", "5 4 5 4"),
        ("cumulative-round-down", "4 5 4 5"),
        ("front-loaded", "5 5 4 4"),
        ("back-loaded", "4 4 5 5"),
        ("front-loaded-to-single-tranche", "6 4 4 4"),
        ("back-loaded-to-single-tranche", "4 4 4 6"),
        ("fractional", "4.5 4.5 4.5 4.5"),
    ];
    for (allocation, tranches) in expected {
        let text = format!(
            "title = \"18/4\"\ncurrency = \"USD\"\nas_of = 2025-01-01\nhorizon = 2027-01-01\nrounding.shares = \"fractional\"\n\
             holder.a = {{}}\npool.p = {{}}\nopening = {{ date = 2025-01-31, shares = {{ a = 100, p = 18 }} }}\n[grant.g]\npool = \"p\"\n\
             shares = 18\nstrike = 1\nvesting = {{ months = 4, every = 1, allocation = \"{allocation}\" }}\n"
        )
        .replace("as_of = 2025-01-01", "as_of = 2025-01-31");
        let played = play(&text);
        let vested = |day: &str| result(played.outcome(), &format!("grant.g.vested@{day}")).expect("a count");
        // I-52: the anchor is the 31st, each date counted from it and clamped to its month.
        let days = ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"];
        let found: Vec<String> =
            days.windows(2).map(|pair| (vested(pair[1]) - vested(pair[0])).normalize().to_string()).collect();
        assert_eq!(found.join(" "), tranches, "{allocation}");
        for (before, on) in [("2025-02-27", "2025-02-28"), ("2025-03-30", "2025-03-31"), ("2025-04-29", "2025-04-30")] {
            assert!(vested(before) < vested(on), "{allocation}: {on}");
        }
    }
}

proptest! {
    #![proptest_config(config(120))]

    /// I-51 Tranches sum to the grant; vested is non-decreasing, 0 before the cliff, the whole grant at the end;
    /// vested + unvested = grant every day; each of OCF's 7 allocation types. I-52 k-th vesting date = anchor + k
    /// months clamped to month end, not the (k-1)-th plus one month; anchors 29-31.
    #[test]
    fn i_51_and_i_52_vesting_adds_up(
        anchor in 0i64..1500,
        shares in 1i64..5000,
        months in 1i64..60,
        cliff in 0i64..60,
        every in 1i64..13,
        late in any::<bool>(),
        kind in 0usize..7,
    ) {
        let (cliff, every) = (cliff.min(months), every.min(months));
        let mut day = Day::new(2024, 1, 1).and_then(|day| day.plus_days(anchor)).expect("a day");
        if late {
            // The last days of a month.
            day = day.month().last().and_then(|last| last.plus_days(-(anchor % 3))).expect("a day");
        }
        let allocation = ALLOCATIONS[kind];
        let text = format!(
            "title = \"Vesting\"\ncurrency = \"USD\"\nas_of = {day}\nhorizon = 2040-01-01\nrounding.shares = \"fractional\"\nholder.a = {{}}\npool.p = {{}}\n\
             opening = {{ date = {day}, shares = {{ a = 100, p = 5000 }} }}\n[grant.g]\npool = \"p\"\nshares = {shares}\nstrike = 1\n\
             vesting = {{ months = {months}, cliff = {cliff}, every = {every}, allocation = \"{allocation}\" }}\n"
        );
        let played = play(&text);
        let outcome = played.outcome();
        let vested = |day: Day| result(outcome, &format!("grant.g.vested@{day}")).expect("a count");
        let dates = (months + every - 1) / every;
        let tranches = vesting_tranches(shares, dates, allocation);
        prop_assert!(near(sum(tranches.iter().copied()), shares.into(), SAME));
        // k months after the anchor: the same day of the month, or that month's last.
        let after = |k: i64| {
            let month = Month::from_ordinal(day.month().ordinal() + k).expect("a month");
            let last = i64::from(month.last().expect("a day").of_month());
            let first = month.first().expect("a day");
            first.plus_days(i64::from(day.of_month()).min(last) - 1).expect("a day")
        };
        let mut known = Decimal::ZERO;
        for k in 0..=dates {
            let on = after((k * every).min(months));
            let upto: Decimal = tranches.iter().take(k as usize).copied().sum();
            let expected = if on < after(cliff) { Decimal::ZERO } else { upto };
            let found = vested(on);
            prop_assert!(near(found, expected, SAME), "{k}: {expected}, {found} on {on}\n{text}");
            prop_assert!(found >= known && found <= shares.into());
            known = found;
            if k > 0 {
                let before = on.plus_days(-1).expect("a day");
                let upto: Decimal = tranches.iter().take(k as usize - 1).copied().sum();
                let expected = if before < after(cliff) { Decimal::ZERO } else { upto };
                prop_assert!(near(vested(before), expected, SAME), "before {k}: {expected}, {}\n{text}", vested(before));
            }
            let exact = number(allocated(Exact::of(shares.into()), dates as u32, k as u32, BY_NAME[kind]));
            prop_assert!(near(exact, tranches.iter().take(k as usize).copied().sum(), SAME));
        }
        prop_assert_eq!(vested(after(months)), Decimal::from(shares));
        let outstanding = result(outcome, "grant.g.outstanding").expect("a count");
        prop_assert_eq!(outstanding, Decimal::from(shares));
    }

    /// I-53 Simple interest over [a,c] = over [a,b] + over [b,c]; ACT/365 or ACT/360, a <= b <= c. And every balance
    /// is what its rate, kind and count say.
    #[test]
    fn i_53_simple_interest_adds_up(
        start in 0i64..700,
        first in 0i64..900,
        second in 0i64..900,
        rate in 0i64..300,
        kind in 0usize..2,
        count in 0usize..4,
        period in 0usize..3,
        every in 1i64..13,
    ) {
        let opened = Day::new(2024, 1, 1).expect("a day");
        let a = opened.plus_days(start).expect("a day");
        let b = a.plus_days(first).expect("a day");
        let c = b.plus_days(second).expect("a day");
        let (kind, count) = (["simple", "compound"][kind], ["act/365", "act/360", "30/360", "months"][count]);
        let period = ["year", "quarter", "month"][period];
        let text = format!(
            "title = \"Interest\"\ncurrency = \"USD\"\nas_of = {opened}\nhorizon = 2040-01-01\nrounding.shares = \"fractional\"\nholder.a = {{}}\n\
             opening = {{ date = {opened}, shares.a = 100 }}\n[note.x]\nholder = \"a\"\ndate = {a}\namount = 100_000\n\
             interest = {{ rate = \"{}%/{period}\", kind = \"{kind}\", count = \"{count}\", paid = \"converts\", every = {every} }}\n\
             [note.y]\nholder = \"a\"\ndate = {b}\namount = 100_000\n\
             interest = {{ rate = \"{}%/{period}\", kind = \"{kind}\", count = \"{count}\", paid = \"converts\", every = {every} }}\n",
            Decimal::new(rate, 1),
            Decimal::new(rate, 1)
        );
        let played = play(&text);
        let interest = |id: &str, day: Day| result(played.outcome(), &format!("balance.{id}@{day}")).expect("a balance") - Decimal::from(100_000);
        if kind == "simple" && count.starts_with("act") {
            let (all, parts) = (interest("x", c), interest("x", b) + interest("y", c));
            prop_assert!((all - parts).abs() < Decimal::new(1, 15), "{all}, {parts}\n{text}");
        }
        let keys = [("rate", format!("{}%/{period}", Decimal::new(rate, 1))), ("kind", kind.to_owned()), ("count", count.to_owned()), ("every", every.to_string())];
        let keys = keys.map(|(key, word)| (key.to_owned(), Value::Word(word))).into();
        let table = Table::new("note.x", Some(a)).with("amount", Value::Money(Decimal::from(100_000))).with("interest", Value::Group(keys));
        for day in [a, b, c] {
            let expected = owed(&table, day) - Decimal::from(100_000);
            prop_assert!((interest("x", day) - expected).abs() < Decimal::new(1, 12), "{expected}, {} on {day}\n{text}", interest("x", day));
        }
    }
}

// ------------------------------------------------------------------------------------------- floats

/// What differs between the exact state and the floats: ownership by 1e-11, money and shares by 1e-9 of their size.
fn in_floats(outcome: &Outcome) -> Vec<String> {
    let plan = &outcome.plan;
    let exact = &outcome.state;
    let figures: Vec<f64> = plan.values.iter().map(|value| f64::of(*value)).collect();
    let mut float = State::<f64>::new(plan);
    if let Err(fault) = play_plan(plan, &figures, &mut float, &mut Silent) {
        return vec![format!("refused in floats: {fault:?}")];
    }
    let mut wrong = Vec::new();
    let mut check = |what: String, exact: f64, float: f64, part: f64, size: f64| {
        let off = (exact - float).abs() > part * exact.abs().max(size);
        if off || !float.is_finite() {
            wrong.push(format!("{what}: {exact} exactly, {float} in floats"));
        }
    };
    let all = exact.fully_diluted.approximate();
    check("all shares".to_owned(), all, float.fully_diluted, 1e-9, 0.0);
    for (line, (held, found)) in exact.shares.iter().zip(&float.shares).enumerate() {
        check(format!("line {line}"), held.approximate() / all, found / float.fully_diluted, 1e-11, 1.0);
    }
    for (index, (exact, float)) in exact.convertibles.iter().zip(&float.convertibles).enumerate() {
        let (exact, float) = (exact.is_outstanding == Decided::Yes, float.is_outstanding);
        check(format!("convertible {index}"), f64::from(u8::from(exact)), f64::from(u8::from(float)), 0.0, 0.0);
    }
    for (index, (exact, float)) in exact.rounds.iter().zip(&float.rounds).enumerate() {
        let price = |price| Exact::quotient(price).approximate();
        check(format!("price {index}"), price(exact.price), f64::quotient(float.price), 1e-9, 0.0);
        check(format!("pre-money {index}"), exact.pre_money.approximate(), float.pre_money, 1e-9, 0.0);
    }
    for (index, (exact, float)) in exact.classes.iter().zip(&float.classes).enumerate() {
        let part = |exact: Option<f64>| exact.unwrap_or(1.0);
        let exact = exact.ratio().map(|ratio| Exact::quotient(ratio).approximate());
        check(format!("ratio {index}"), part(exact), part(float.ratio().map(f64::quotient)), 1e-9, 0.0);
    }
    // A month's arrivals are what large amounts leave of each other.
    let largest = exact.arrivals.iter().map(|money| money.approximate().abs()).fold(0.0, f64::max);
    for (month, (exact, float)) in exact.arrivals.iter().zip(&float.arrivals).enumerate() {
        check(format!("arrival {month}"), exact.approximate(), *float, 1e-9, largest);
    }
    wrong
}

proptest! {
    #![proptest_config(config(200))]

    /// Design: floats give what exact numbers give, ownership to 1e-11 and money to 1e-9.
    #[test]
    fn floats_play_random_instruments(company in companies(ALL)) {
        let played = answered(&company)?;
        let wrong = in_floats(played.outcome());
        prop_assert!(wrong.is_empty(), "{wrong:#?}\n{}", company.text());
    }
}

/// The same for every file of the repository with instruments, and each of its cases.
#[test]
fn floats_play_the_scenarios_with_instruments() {
    let mut shelf = Shelf::of_folder("scenarios");
    let files: Vec<String> = shelf.0.keys().cloned().collect();
    let mut played_with = 0;
    for file in files {
        let played = shelf.play(&file, &[]);
        let Some(document) = played.document.as_ref() else { panic!("{file}: {:?}", played.faults()) };
        let cases: Vec<String> = document.cases.entries.keys().map(|case| format!("{file}@{case}")).collect();
        for target in std::iter::once(file.clone()).chain(cases) {
            let played = shelf.play(&target, &[]);
            let Some(outcome) = &played.outcome else { continue };
            let scenario = &outcome.scenario;
            let has = !scenario.convertibles.is_empty()
                || !scenario.grants.is_empty()
                || !scenario.warrants.is_empty()
                || !scenario.splits.is_empty()
                || !scenario.changes.is_empty()
                || !scenario.tenders.is_empty()
                || scenario.classes.iter().any(|class| class.protection.is_some());
            if has {
                played_with += 1;
                let wrong = in_floats(outcome);
                assert!(wrong.is_empty(), "{target}: {wrong:#?}");
            }
        }
    }
    assert!(played_with > 20, "only {played_with}");
}

// ------------------------------------------------------------------------------------------- refusals

proptest! {
    #![proptest_config(config(80))]

    /// Solver 1.5: a round whose fixed claims are worth its valuation or more is refused with the code no-price, and
    /// the refusal names every claim; with a little less it has a price.
    #[test]
    fn an_over_claimed_round_is_refused_by_name(
        company in companies(ONE_ROUND),
        parts in prop::collection::vec(1u32..100, 4),
        rest in 0u32..60,
        pool in prop::option::of(1u32..50),
    ) {
        let mut company = company;
        company.without(&["safe", "note"]);
        let round = company.table_mut("round.round-0");
        ["pre_money", "post_money", "price", "pool"].iter().for_each(|key| round.drop_key(key));
        let value = Decimal::from(10_000_000);
        round.set("pre_money", Value::Money(value));
        round.set("conversions", Value::Word("inside".to_owned()));
        let raised = sum(company.tranches("round-0").filter_map(|tranche| tranche.number("amount")));
        let mut claimed = Decimal::ZERO;
        if let Some(percent) = pool {
            let keys = [("id", "pool-0"), ("counts", "unallocated"), ("in", "pre-money")];
            let mut keys: Vec<(String, Value)> = keys.map(|(key, word)| (key.to_owned(), Value::Word(word.to_owned()))).into();
            keys.push(("target".to_owned(), Value::Percent(percent.into())));
            company.table_mut("round.round-0").set("pool", Value::Group(keys));
            claimed = (value + raised) * Decimal::new(percent.into(), 2);
            prop_assume!(claimed < value * Decimal::new(9, 1));
        }
        // What is left is claimed by discounts, capped on everything before the new money, and fixed parts.
        let all = sum(parts.iter().map(|part| Decimal::from(*part)));
        let wanted = value - claimed + value * Decimal::new(rest.into(), 2);
        let mut names = Vec::new();
        let mut made = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let money = wanted * Decimal::from(*part) / all;
            let mut note = Table::new(format!("note.claim-{index}"), Some(company.opened))
                .with("holder", Value::Word("holder-0".to_owned()))
                .with("interest", Value::Word("none".to_owned()));
            if index % 2 == 0 {
                // Half of it, at half the price.
                note.set("amount", Value::Money((money / Decimal::TWO).round_dp(6)));
                note.set("discount", Value::Percent(Decimal::from(50)));
            } else {
                note.set("amount", Value::Money((money / Decimal::TEN).round_dp(6)));
                note.set("cap", Value::Money(value / Decimal::TEN));
                note.set("cap_counts", Value::Word("before-new-money".to_owned()));
            }
            names.push(format!("`note.claim-{index}`"));
            made.push(note);
        }
        prop_assume!(made.iter().all(|note| note.number("cap").is_none_or(|cap| cap > note.number("amount").unwrap_or_default())));
        // Parts that come to everything are refused on their own, and named alone.
        let parts_of_all = made.iter().filter_map(|note| Some(note.number("amount")? / note.number("cap")?));
        prop_assume!(sum(parts_of_all) < Decimal::ONE);
        if rest == 0 {
            // Just enough, in spite of the rounding above.
            let amount = made[0].number("amount").expect("an amount") + Decimal::ONE;
            made[0].set("amount", Value::Money(amount));
        }
        company.tables.extend(made);
        let played = company.play();
        prop_assert!(played.outcome.is_none(), "it has a price\n{}", company.text());
        let faults = played.bag.faults();
        prop_assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), vec![Code::NoPrice]);
        let said = format!("{:?}", faults[0]);
        for name in names {
            prop_assert!(said.contains(&name), "{name} is not in {said}");
        }
        if pool.is_some() {
            prop_assert!(said.contains("the pool of"), "{said}");
        }
        prop_assert!(said.contains("round.round-0"));
        // All claims at a hundredth leave room.
        for table in company.tables.iter_mut().filter(|table| table.kind() == "note") {
            let amount = table.number("amount").expect("an amount") / Decimal::ONE_HUNDRED;
            table.set("amount", Value::Money(amount));
        }
        let again = company.play();
        prop_assert!(again.outcome.is_some(), "{:?}\n{}", again.faults(), company.text());
    }
}

// ------------------------------------------------------------------------------------------- what is reached

/// What these properties are about does happen.
#[test]
fn the_companies_reach_every_instrument() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut accepted = 0;
    let mut runner = TestRunner::new(config(1));
    for _ in 0..400 {
        let company = companies(ALL).new_tree(&mut runner).expect("a company").current();
        let played = company.play();
        let Some(outcome) = &played.outcome else { continue };
        accepted += 1;
        let mut see = |what: String| *seen.entry(what).or_default() += 1;
        for entry in trace(outcome).posted.iter().flatten() {
            match entry {
                Entry::Moved { why, .. } => see(format!("{why:?}").split(' ').next().unwrap_or_default().to_owned()),
                Entry::Adjusted { is_lowered: true, base, .. } if number(*base) == Decimal::ZERO => {
                    see("ratchet".to_owned());
                }
                Entry::Adjusted { is_lowered: true, .. } => see("average".to_owned()),
                Entry::Split { class, .. } => see(class
                    .map_or("split", |class| if class == 0 { "split of common" } else { "split of a class" })
                    .to_owned()),
                Entry::Sold { .. } => see("sold".to_owned()),
                Entry::Lent { is_interest, money, .. } => {
                    see(format!("lent {is_interest} {}", number(*money) > Decimal::ZERO));
                }
                _ => {}
            }
        }
        for (path, term) in values(outcome) {
            if path.ends_with(".term") {
                see(term.split(" of ").next().unwrap_or_default().to_owned()
                    + if term.contains(" of ") { " of" } else { "" });
            }
        }
    }
    let wanted = [
        "cap",
        "discount",
        "round",
        "ownership",
        "cap of",
        "discount of",
        "maturity",
        "trigger",
        "Converted",
        "ProRata",
        "PayToPlay",
        "Granted",
        "Exercised",
        "Returned",
        "WarrantIssued",
        "WarrantExercised",
        "WarrantLapsed",
        "Retired",
        "Reclassified",
        "PoolGrew",
        "ratchet",
        "average",
        "split",
        "split of common",
        "split of a class",
        "sold",
        "lent true false",
        "lent false true",
        "lent false false",
    ];
    let missing: Vec<&str> = wanted.into_iter().filter(|what| !seen.contains_key(*what)).collect();
    assert!(missing.is_empty(), "{missing:?} in {seen:#?}");
    assert!(accepted >= 280, "{accepted} of 400 have an answer");
}

// ------------------------------------------------------------------------------------------- found by these properties

const HEAD: &str = "title = \"Small\"\ncurrency = \"USD\"\nas_of = 2024-01-01\nhorizon = 2030-01-01\nholder = { a = {}, b = {}, c = {} }\npool.p = {}\n";
const FRACTIONS: &str = "rounding.shares = \"fractional\"\n";
const WHOLES: &str = "rounding = { shares = \"whole\", price_places = 3, price = \"nearest\", shares_issued = \"down\", shares_converted = \"up\", pool = \"up\" }\n";

fn small(text: &str) -> Played {
    play(&format!("{HEAD}{FRACTIONS}{text}"))
}

fn value(played: &Played, path: &str) -> String {
    text(played.outcome(), path).unwrap_or_else(|| panic!("no {path}"))
}

/// A full ratchet sets the conversion price to the round's price, however little is sold: a round that sells a number
/// of shares has one too. (0/0: the weight of its money.)
#[test]
fn a_ratchet_needs_no_money() {
    let company = "class.s = { kind = \"preferred\", issue_price = 2, protection = { kind = \"full-ratchet\" } }
[opening]
date = 2024-01-01
shares.a = 900_000
position.s = { holder = \"b\", class = \"s\", shares = 100_000 }
[round.r]
date = 2024-06-01
pre_money = 500_000
tranche.t = { investor = \"c\", shares = 100_000 }
";
    let played = small(company);
    assert_eq!([value(&played, "price.r"), value(&played, "conversion_price.s")], ["0.5", "0.5"]);
    // Nor does a class that nobody holds yet stand in the way.
    let later = "class.s = { kind = \"preferred\", protection = { kind = \"broad\", base = \"fully-diluted\" } }
opening = { date = 2024-01-01, shares = { a = 900_000, p = 100_000 } }
safe.x = { holder = \"b\", date = 2024-01-01, amount = 1000, form = \"post-money\" }
[round.r]
date = 2024-06-01
class = \"s\"
pre_money = 501_000
conversions = \"inside\"
pool = { id = \"p\", target = \"1%\", counts = \"unallocated\", in = \"post-money\" }
tranche.t = { investor = \"c\", shares = 100_000 }
";
    assert_eq!(value(&small(later), "price.r"), "0.5");
}

/// A full ratchet is the round's price; what converts does not lower it further, nor the price that counts it.
/// 800,000 p + 100,000 x 2 + 80,000 / 0.8 = 1,000,000.
#[test]
fn a_full_ratchet_does_not_count_conversions() {
    let company = "class.s = { kind = \"preferred\", issue_price = 2, protection = { kind = \"full-ratchet\" } }
safe.x = { holder = \"b\", date = 2024-01-01, amount = 80_000, form = \"post-money\", discount = \"20%\" }
[opening]
date = 2024-01-01
shares.a = 800_000
position.s = { holder = \"b\", class = \"s\", shares = 100_000 }
[round.r]
date = 2024-06-01
pre_money = 1_000_000
conversions = \"inside\"
protection = { in_price = true, counts = \"new-money-and-conversions\" }
tranche.t = { investor = \"c\", amount = 100_000 }
";
    let played = small(company);
    assert_eq!([value(&played, "price.r"), value(&played, "conversion_price.s")], ["0.875", "0.875"]);
}

/// A round above the conversion price adjusts nothing, and its own price counts no adjustment, however cheaply a SAFE
/// converts in it. 1,000,000 p + 100,000 / 200,000 x 3,000,000 = 3,000,000.
#[test]
fn conversions_that_count_as_issued_lower_the_average() {
    // The round's price is above the conversion price of 1; with the SAFE's shares at 0.09 the average is below it:
    // c2 = p (b c + R + A) / (b p + R + W) with b = 1M, R = A = 0.1M and W half of the pre-money.
    let company = "class.s = { kind = \"preferred\", issue_price = 1, protection = { kind = \"broad\", base = \"fully-diluted\" } }
safe.x = { holder = \"b\", date = 2024-01-01, amount = 100_000, form = \"post-money\", cap = 200_000 }
[opening]
date = 2024-01-01
shares.a = 900_000
position.s = { holder = \"b\", class = \"s\", shares = 100_000 }
[round.r]
date = 2024-06-01
pre_money = 3_000_000
conversions = \"inside\"
protection = { in_price = true, counts = \"new-money-and-conversions\" }
tranche.t = { investor = \"c\", amount = 100_000 }
";
    let played = small(company);
    assert_eq!(
        [value(&played, "price.r"), value(&played, "conversion_price.s")],
        ["1.389830508474576271186440678", "0.5578231292517006802721088435"]
    );
}

/// The pool target counts the shares that protection adds, also where conversions would count as issued and none is
/// outstanding.
#[test]
fn a_pool_target_counts_what_protection_adds() {
    for counts in ["new-money", "new-money-and-conversions"] {
        let company = format!(
            "class.s = {{ kind = \"preferred\", issue_price = 4, protection = {{ kind = \"broad\", base = \"fully-diluted\" }} }}
[opening]
date = 2024-01-01
shares = {{ a = 800_000, p = 50_000 }}
position.s = {{ holder = \"b\", class = \"s\", shares = 150_000 }}
[round.r]
date = 2024-06-01
pre_money = 1_000_000
pool = {{ id = \"p\", target = \"10%\", counts = \"unallocated\", in = \"pre-money\" }}
protection = {{ in_price = false, counts = \"{counts}\" }}
tranche.t = {{ investor = \"c\", amount = 500_000 }}
"
        );
        let part = result(small(&company).outcome(), "ownership.p").expect("a part");
        assert!(near(part, Decimal::new(1, 1), SAME), "{counts}: {part}");
    }
}

/// Shares of a warrant that wait for a condition follow a split: what is paid is what the results say a share costs.
#[test]
fn a_warrant_in_tranches_follows_a_split() {
    let company = "opening = { date = 2024-01-01, shares = { a = 100_000 } }
condition.first = { expected = true, date = 2024-03-01 }
condition.second = { expected = true, date = 2024-09-01 }
split.s = { date = 2024-06-01, ratio = \"3:1\" }
[warrant.w]
holder = \"b\"
strike = 3
exercise = \"cash\"
exercised = 2025-01-01
tranche.one = { shares = 1000, condition = \"first\" }
tranche.two = { shares = 1000, condition = \"second\" }
";
    let played = small(company);
    assert_eq!(value(&played, "warrant.w.strike@2024-12-31"), "1");
    assert_eq!(value(&played, "warrant.w.outstanding@2024-12-31"), "6000");
    let paid = sum(trace(played.outcome()).posted.iter().flatten().map(|entry| match entry {
        Entry::Moved { why: Why::WarrantExercised { .. }, money, .. } => number(*money),
        _ => Decimal::ZERO,
    }));
    assert_eq!(paid, Decimal::from(6000));
}

/// Whole options: after a reverse split as many have vested as there are, and none after they expired.
#[test]
fn vested_options_after_a_reverse_split_are_whole() {
    let company = "opening = { date = 2024-01-01, shares = { a = 100_000, p = 1000 } }
split.s = { date = 2024-06-01, ratio = \"1:2\" }
[grant.g]
pool = \"p\"
shares = 3
strike = 1
vesting = \"all\"
expires = 2025-01-01
";
    let played = play(&format!("{HEAD}{WHOLES}{company}"));
    assert_eq!(value(&played, "grant.g.outstanding@2024-12-31"), "2");
    assert_eq!(value(&played, "grant.g.vested@2024-12-31"), "2");
    assert_eq!(value(&played, "grant.g.vested"), "0");
}

/// A tranche in whole shares that closes after a reverse split issues whole shares.
#[test]
fn whole_shares_close_whole_after_a_reverse_split() {
    let company = "opening = { date = 2024-01-01, shares = { a = 100_000 } }
split.s = { date = 2024-06-01, ratio = \"1:2\" }
[round.r]
date = 2024-02-01
price = 1
tranche.t = { investor = \"b\", shares = 101, date = 2024-12-01 }
";
    let played = play(&format!("{HEAD}{WHOLES}{company}"));
    let held = result(played.outcome(), "shares.b").expect("a count");
    assert!(held.fract().is_zero(), "{held}");
}

/// A rounded price keeps its digits, also where a class converts at a price over a price.
#[test]
fn a_rounded_price_of_a_class_keeps_its_digits() {
    let company = "class.s = { kind = \"preferred\", issue_price = 0.0171, conversion_price = 0.0133 }
opening = { date = 2024-01-01, shares.a = 1_000_000 }
round.r = { date = 2024-06-01, class = \"s\", pre_money = 13_578, tranche.t = { investor = \"b\", amount = 1000 } }
";
    assert_eq!(value(&play(&format!("{HEAD}{WHOLES}{company}")), "price.r"), "0.017");
}

/// A price that is given is that price, also where something converts beside it.
#[test]
fn a_given_price_of_a_class_keeps_its_digits() {
    let company = "class.s = { kind = \"preferred\", issue_price = 14.9039, conversion_price = 10.5818 }
opening = { date = 2024-01-01, shares.a = 1_000_000 }
safe.x = { holder = \"b\", date = 2024-01-01, amount = 1000, form = \"pre-money\" }
[round.r]
date = 2024-06-01
class = \"s\"
price = 3.953
conversions = \"inside\"
tranche.t = { investor = \"b\", amount = 1000 }
";
    for rounding in [WHOLES, FRACTIONS] {
        assert_eq!(value(&play(&format!("{HEAD}{rounding}{company}")), "price.r"), "3.953");
    }
}

/// I-42: who has to pay to play is who holds the class, wherever the round that sold it stands in the file.
#[test]
fn pay_to_play_does_not_hang_on_the_order_of_rounds() {
    let first = "[round.first]
date = 2024-02-01
class = \"s\"
pre_money = 2_000_000
tranche.t = { investor = \"b\", amount = 1_000_000 }
";
    let second = "[round.second]
date = 2024-06-01
pre_money = 500_000
tranche.t = { investor = \"c\", amount = 100_000 }
";
    let company = "opening = { date = 2024-01-01, shares.a = 1_000_000 }
[class.s]
kind = \"preferred\"
protection = { kind = \"full-ratchet\", pay_to_play = true }
";
    let [there, back] =
        [[first, second], [second, first]].map(|rounds| small(&format!("{company}{}", rounds.concat())));
    assert_eq!(value(&there, "class.s.outstanding"), "0");
    assert_eq!(values(there.outcome()), values(back.outcome()));
}

/// A warrant that comes with a tranche covers it from the day it is signed.
#[test]
fn a_warrant_with_a_tranche_covers_it() {
    let company = "opening = { date = 2024-01-01, shares.a = 1_000_000 }
round.r = { date = 2024-06-01, pre_money = 1_000_000, tranche.t = { investor = \"b\", amount = 100_000 } }
warrant.w = { holder = \"b\", date = 2024-06-01, coverage = \"10%\", of = \"round.r.tranche.t\", strike = 1, exercise = \"cash\" }
";
    assert_eq!(value(&small(company), "warrant.w.outstanding"), "10000");
}

/// A class whose shares have all been converted, and that is sold again after a split, converts at the split price.
#[test]
fn a_class_that_was_emptied_follows_a_split() {
    let company = "class.s = { kind = \"preferred\", issue_price = 4, protection = { kind = \"full-ratchet\" } }
change.c = { date = 2024-02-01, kind = \"convert\", class = \"s\" }
split.s = { date = 2024-06-01, ratio = \"4:1\" }
[opening]
date = 2024-01-01
shares.a = 900_000
position.s = { holder = \"b\", class = \"s\", shares = 100_000 }
";
    assert_eq!(value(&small(company), "conversion_price.s"), "1");
}
