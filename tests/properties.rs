//! Invariants over random scenarios, numbered as in the list of invariants (I-1 to I-68); each has its sentence.
//!
//! Numbers are exact decimals of 28 digits. Where a quotient has no decimal, two of them are the same if they agree to
//! [`GRAIN`] or, from one play to another, to [`SAME`]. Left out are those that want what this version does not have:
//! convertibles and price protection (I-15 to I-20, I-22 to I-24, I-27), exits (I-29 to I-40), splits and
//! cancellations (I-46, a part of I-13), grants (I-51, I-52), interest (I-53), `fmt` (I-58), imports (I-60), draws (I-62
//! to I-65), `watch` (I-66). I-49 (400 years on) would leave the years a date may have, I-61 is a matter of renderers.

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
use capsim::document::Request;
use capsim::document::resolved;
use capsim::engine::Entry;
use capsim::engine::Observer;
use capsim::engine::Priced;
use capsim::engine::State;
use capsim::engine::play as play_plan;
use capsim::exchange::RunResult;
use capsim::exchange::parse_result;
use capsim::outcome::MetricValue;
use capsim::outcome::Outcome;
use capsim::outcome::Tables;
use capsim::outcome::When;
use capsim::outcome::metric;
use capsim::outcome::metrics;
use capsim::plan::StepKind;
use capsim::report::shown_parts;
use capsim::studies::compare;
use capsim::units::Day;
use capsim::units::Decided;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use common::Model;
use common::Owner;
use common::Played;
use common::Pool;
use common::Price;
use common::Round;
use common::Sale;
use common::Shelf;
use common::Tranche;
use common::agree;
use common::models;
use common::near;
use common::play;
use common::quoted;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// What sums of exact decimals agree to after some divisions.
const GRAIN: Decimal = Decimal::from_parts(1, 0, 0, false, 18);
/// What two plays of the same company agree to when its numbers have another size, and so lose other digits.
const SAME: Decimal = Decimal::from_parts(1, 0, 0, false, 15);

/// The same scenarios in every run.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_global_rejects: 20 * cases,
        rng_seed: RngSeed::Fixed(67),
        ..ProptestConfig::default()
    }
}

// ------------------------------------------------------------------------------------------- what a play shows

fn number(value: Exact) -> Decimal {
    value.decimal().expect("a finished play holds numbers")
}

/// Every result at the end, by path.
fn values(outcome: &Outcome) -> BTreeMap<String, String> {
    at(outcome, When::End)
}

fn at(outcome: &Outcome, when: When) -> BTreeMap<String, String> {
    metrics(outcome, when).into_iter().map(|metric| (metric.path, metric.value.to_string())).collect()
}

/// The number a path names; none if there is no such result, or no number.
fn result(outcome: &Outcome, path: &str) -> Option<Decimal> {
    match metric(outcome, path)?.as_slice() {
        [one] => match one.value {
            MetricValue::Number(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// The paths and values in which two maps differ.
fn differences(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let mut paths: Vec<&String> = a.keys().chain(b.keys()).collect();
    paths.sort();
    paths.dedup();
    let differ = |path: &&String| match (a.get(*path), b.get(*path)) {
        (Some(a), Some(b)) => !agree(a, b, SAME),
        _ => true,
    };
    paths.into_iter().filter(differ).map(|path| format!("{path}: {:?}, {:?}", a.get(path), b.get(path))).collect()
}

/// What a play told step by step.
#[derive(Default)]
struct Trace {
    /// The lines of the cap table and the fully diluted count, of the opening and after each step.
    tables: Vec<(Vec<Decimal>, Decimal)>,
    /// The postings of each step.
    posted: Vec<Vec<Entry<Exact>>>,
    /// Rounds as they were priced.
    priced: BTreeMap<usize, Priced<Exact>>,
}

impl Trace {
    fn keep(&mut self, state: &State<Exact>) {
        let lines = state.shares.iter().map(|shares| number(*shares)).collect();
        self.tables.push((lines, number(state.fully_diluted)));
    }
}

impl Observer<Exact> for Trace {
    fn begin(&mut self, _: usize) {
        self.posted.push(Vec::new());
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
    assert_eq!(trace.tables.len(), outcome.plan.steps.len() + 1);
    trace
}

/// Common shares that one share of a line converts to, as the model says.
fn ratio(model: &Model, outcome: &Outcome, line: usize) -> Decimal {
    let class = &outcome.scenario.classes[outcome.plan.positions[line].class as usize].id;
    let text =
        class.strip_prefix("series-").map_or("1", |number| model.classes[number.parse::<usize>().expect("a class")]);
    let (above, below) = text.split_once(':').unwrap_or((text, "1"));
    above.parse::<Decimal>().expect("a ratio") / below.parse::<Decimal>().expect("a ratio")
}

/// The tranche of the model that a posting is about.
fn tranche<'a>(model: &'a Model, outcome: &Outcome, number: usize) -> (&'a Round, &'a Tranche) {
    let plan = &outcome.plan.tranches[number];
    let round = &model.rounds[plan.round];
    (round, &round.tranches[number - outcome.plan.rounds[plan.round].tranches.start])
}

fn sum(all: impl IntoIterator<Item = Decimal>) -> Decimal {
    all.into_iter().sum()
}

// ------------------------------------------------------------------------------------------- simple scenarios

/// One round whose tranches are all signed, priced and closed alike: what a statement "other things equal" wants.
fn single(mut model: Model) -> Model {
    model.sales.clear();
    model.rounds.truncate(1);
    let round = &mut model.rounds[0];
    round.target = None;
    for tranche in &mut round.tranches {
        if tranche.in_shares {
            tranche.in_shares = false;
            tranche.size = match round.held {
                "price" => (round.value * tranche.size).round().max(Decimal::ONE),
                _ => (round.value / Decimal::from(10)).round().max(Decimal::ONE),
            };
        }
        tranche.optional = false;
        tranche.waits = None;
        tranche.paid = None;
        tranche.date = round.date;
        tranche.price = Price::Rule("signing");
    }
    if round.held == "post_money" {
        round.value += sum(round.tranches.iter().map(|tranche| tranche.size));
    }
    model
}

/// The round of a single scenario with a pool to top up.
fn with_pool(mut model: Model, percent: Decimal, within: &'static str) -> Model {
    model.owners.push(Owner { id: "reserve".to_owned(), name: None, is_pool: true });
    model.rounds[0].pool = Some(Pool { owner: model.owners.len() - 1, percent, within });
    model
}

/// How far rounding may move ownership: whole shares, and a price of four places.
fn slack(model: &Model, outcome: &Outcome) -> Decimal {
    if model.whole.is_none() {
        return GRAIN;
    }
    let round = &model.rounds[0];
    let price = result(outcome, &format!("price.{}", round.id)).unwrap_or(Decimal::ONE);
    let all = result(outcome, "fully_diluted").expect("a count");
    Decimal::from(round.tranches.len() + 2) * Decimal::TWO / all + Decimal::new(1, 4) / price
}

/// Holders that were there before the single round and take no part in it.
fn bystanders(model: &Model) -> Vec<&str> {
    let takes_part = |owner: &usize| model.rounds[0].tranches.iter().any(|tranche| tranche.investor == *owner);
    (0..model.owners.len())
        .filter(|owner| !model.owners[*owner].is_pool && !takes_part(owner))
        .map(|owner| model.owners[owner].id.as_str())
        .collect()
}

/// Scales everything that is counted in money, prices too.
fn money_times(model: &mut Model, k: Decimal) {
    for round in &mut model.rounds {
        round.value *= k;
        if let Some((target, _)) = &mut round.target {
            *target *= k;
        }
        for tranche in &mut round.tranches {
            if !tranche.in_shares {
                tranche.size *= k;
            }
            if let Price::Own(price) = &mut tranche.price {
                *price *= k;
            }
            if let Some(otherwise) = tranche.waits.as_mut().and_then(|wait| wait.otherwise.as_mut()) {
                *otherwise *= k;
            }
        }
    }
    for sale in &mut model.sales {
        if !sale.in_shares {
            sale.size *= k;
        }
        if sale.priced.0 == "price" {
            sale.priced.1 *= k;
        }
    }
    for amount in model.cash.iter_mut().flatten() {
        *amount *= k;
    }
    for burn in &mut model.burns {
        burn.amount *= k;
    }
    for commitment in &mut model.commitments {
        commitment.amount *= k;
    }
}

/// Scales everything that is counted in shares, and prices the other way.
fn shares_times(model: &mut Model, k: Decimal) {
    match &mut model.unit {
        Some(unit) => *unit *= k,
        None => model.opening.iter_mut().for_each(|line| line.count *= k),
    }
    for round in &mut model.rounds {
        if round.held == "price" {
            round.value /= k;
        }
        for tranche in &mut round.tranches {
            if tranche.in_shares {
                tranche.size *= k;
            }
            if let Price::Own(price) = &mut tranche.price {
                *price /= k;
            }
        }
    }
    for sale in &mut model.sales {
        if sale.in_shares {
            sale.size *= k;
        }
        if sale.priced.0 == "price" {
            sale.priced.1 /= k;
        }
    }
}

/// Multiplies the numbers of a family of results.
fn scaled(values: &BTreeMap<String, String>, times: impl Fn(&str) -> Decimal) -> BTreeMap<String, String> {
    let scale = |(path, text): (&String, &String)| {
        let text = match Decimal::from_str_exact(text) {
            Ok(number) => (number * times(path)).to_string(),
            Err(_) => text.clone(),
        };
        (path.clone(), text)
    };
    values.iter().map(scale).collect()
}

fn is_shares(path: &str) -> bool {
    ["shares.", "fully_diluted", "pool.", "new_shares.", "class."].iter().any(|start| path.starts_with(start))
}

fn is_money(path: &str) -> bool {
    if path.ends_with(".ratio") || path.ends_with(".ratio_in_all") || path.starts_with("circularity.share") {
        return false;
    }
    [
        "value.",
        "price.",
        "conversion_price.",
        "pre_money.",
        "post_money.",
        "raised.",
        "called.",
        "flow.",
        "circularity.",
        "cash.",
    ]
    .iter()
    .any(|start| path.starts_with(start))
        || path.ends_with(".trough")
        || path.ends_with(".to_come")
        || path.starts_with("in_kind.")
        || path.ends_with(".gap")
}

// ------------------------------------------------------------------------------------------- conservation

proptest! {
    #![proptest_config(config(100))]

    /// I-1 Outstanding of a class after an event = before + issued; any accepted scenario, every event.
    #[test]
    fn i_01_classes_grow_by_what_is_issued(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let trace = trace(outcome);
        let classes = outcome.scenario.classes.len();
        let class = |line: usize| outcome.plan.positions[line].class as usize;
        let totals = |lines: &[Decimal]| -> Vec<Decimal> {
            let of = |wanted| sum((0..lines.len()).filter(|line| class(*line) == wanted).map(|line| lines[line]));
            (0..classes).map(of).collect()
        };
        for (step, posted) in trace.posted.iter().enumerate() {
            let mut expected = totals(&trace.tables[step].0);
            for entry in posted {
                if let Entry::Closed { position, shares, .. } | Entry::PoolIncreased { position, shares, .. } = entry {
                    expected[class(*position)] += number(*shares);
                }
            }
            for (expected, found) in expected.into_iter().zip(totals(&trace.tables[step + 1].0)) {
                prop_assert!(near(expected, found, GRAIN), "{}: {expected}, {found}", outcome.plan.steps[step].path);
            }
        }
    }

    /// I-2 Classes (as converted) + unallocated pool sum to FD; every date.
    #[test]
    fn i_02_lines_sum_to_all_shares(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        for (lines, all) in trace(outcome).tables {
            let converted = sum(lines.iter().enumerate().map(|(line, held)| *held * ratio(&model, outcome, line)));
            prop_assert!(near(converted, all, GRAIN), "{converted}, {all}");
        }
    }

    /// I-3 Ownership fractions sum to exactly 1; FD > 0.
    #[test]
    fn i_03_parts_sum_to_one(model in models()) {
        let played = model.play();
        for snapshot in played.result().captable {
            let parts = sum(snapshot.holders.iter().map(|line| line.ownership.parse().expect("a number")));
            prop_assert!(near(parts, Decimal::ONE, GRAIN), "{parts} after {}", snapshot.event);
            prop_assert!(snapshot.fully_diluted.parse::<Decimal>().expect("a number") > Decimal::ZERO);
        }
        for family in ["ownership.*", "committed.*", "voting.*"] {
            let Some(parts) = metric(played.outcome(), family) else { continue };
            let parts = sum(parts.iter().filter_map(|part| match part.value {
                MetricValue::Number(part) => Some(part),
                _ => None,
            }));
            prop_assert!(near(parts, Decimal::ONE, GRAIN), "{family} is {parts}");
        }
    }

    /// I-4 Displayed percentages sum to exactly 100.00 (largest remainder) and each is within one display unit of
    /// exact; FD > 0.
    #[test]
    fn i_04_shown_percentages_sum_to_a_hundred(model in models()) {
        let played = model.play();
        for snapshot in played.result().captable {
            let parts: Vec<Decimal> =
                snapshot.holders.iter().map(|line| line.ownership.parse().expect("a number")).collect();
            let shown = shown_parts(&parts);
            prop_assert_eq!(sum(shown.iter().copied()), Decimal::ONE_HUNDRED);
            for (part, shown) in parts.iter().zip(shown) {
                prop_assert!((*part * Decimal::ONE_HUNDRED - shown).abs() < Decimal::new(1, 2));
            }
        }
    }

    /// I-5 No position, pool or balance of capacity is ever negative; accepted scenarios.
    #[test]
    fn i_05_nothing_is_negative(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        for (lines, _) in trace(outcome).tables {
            prop_assert!(lines.iter().all(|held| *held >= Decimal::ZERO), "{lines:?}");
        }
        let granted = sum(outcome.state.credits.iter().map(|credit| number(credit.amount)));
        prop_assert!(outcome.state.credits.iter().all(|credit| number(credit.amount) >= Decimal::ZERO));
        for report in played.result().runway.values() {
            let used: Vec<Decimal> = report.months.iter().map(|month| month.in_kind.parse().expect("a number")).collect();
            prop_assert!(used.iter().all(|used| *used >= Decimal::ZERO), "{used:?}");
            let all = sum(used);
            prop_assert!(all <= granted || near(all, granted, GRAIN), "{all} used of {granted}");
        }
    }

    /// I-6 Every position is a whole number; whole shares.
    #[test]
    fn i_06_whole_shares_stay_whole(model in models()) {
        prop_assume!(model.whole.is_some());
        let played = model.play();
        for (lines, _) in trace(played.outcome()).tables {
            prop_assert!(lines.iter().all(|held| held.fract().is_zero()), "{lines:?}");
        }
    }

    /// I-7 Company cash after = before + sum of primary amounts actually paid; secondaries move no company cash.
    #[test]
    fn i_07_cash_is_what_tranches_pay(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let mut arrived: BTreeMap<String, Decimal> = BTreeMap::new();
        for posting in &outcome.journal.postings {
            let (Some(step), Entry::Closed { closing, money, .. }) = (posting.step, posting.entry) else { continue };
            let (_, tranche) = tranche(&model, outcome, outcome.plan.closings[closing].tranche);
            let closed = outcome.plan.steps[step].day;
            let paid = tranche.paid.map_or(closed, |paid| paid.max(closed));
            let cash = tranche.in_kind.as_ref().map_or(100, |kind| kind.cash_percent);
            if paid >= model.as_of && paid <= model.horizon {
                *arrived.entry(paid.month().to_string()).or_default() += number(money) * Decimal::new(cash.into(), 2);
            }
        }
        for report in played.result().runway.values() {
            for month in &report.months {
                let expected = arrived.get(&month.month).copied().unwrap_or_default();
                let found = month.arrived.parse().expect("a number");
                prop_assert!(near(expected, found, GRAIN), "{}: {expected}, {found}", month.month);
            }
        }
        // Without any secondary: the same balances to the last digit, as no price hangs on who holds what.
        let mut without = model;
        without.sales.clear();
        let balances = |outcome: &Outcome| -> BTreeMap<String, String> {
            values(outcome).into_iter().filter(|(path, _)| path.starts_with("cash.")).collect()
        };
        prop_assert_eq!(balances(outcome), balances(without.play().outcome()));
    }

    /// I-8 In a secondary, buyers' cash = sellers' cash and FD is unchanged.
    #[test]
    fn i_08_a_sale_creates_nothing(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let StepKind::Sale(index) = outcome.plan.steps[step].kind else { continue };
            let sale = &model.sales[index];
            let (before, after) = (&trace.tables[step], &trace.tables[step + 1]);
            prop_assert_eq!(before.1, after.1);
            let mut moved = before.0.clone();
            let (mut sold, mut paid, mut short) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
            for entry in posted {
                match entry {
                    Entry::Sold { seller, buyer, shares, money } => {
                        moved[*seller] -= number(*shares);
                        moved[*buyer] += number(*shares);
                        sold += number(*shares) * ratio(&model, outcome, *seller);
                        paid += number(*money);
                    }
                    Entry::SaleCapped { short: left } => short += number(*left),
                    _ => {}
                }
            }
            for (moved, found) in moved.iter().zip(&after.0) {
                prop_assert!(near(*moved, *found, GRAIN), "{}: {moved}, {found}", sale.id);
            }
            if let ("price", price) = sale.priced {
                prop_assert!(near(paid, sold * price, GRAIN), "{paid} for {sold} at {price}");
                if model.whole.is_none() {
                    let asked = if sale.in_shares { sale.size } else { sale.size / price };
                    prop_assert!(near(sold + short, asked, GRAIN), "{sold} and {short} of {asked}");
                }
            }
        }
    }

    /// I-9 amount = price x shares + residual, 0 <= residual < price; share rounding down. (Nearest: |residual| <=
    /// price/2. Up: -price < residual <= 0.)
    #[test]
    fn i_09_money_is_price_times_shares(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        for posting in &outcome.journal.postings {
            let Entry::Closed { closing, shares, money, residual, .. } = posting.entry else { continue };
            let (round, tranche) = tranche(&model, outcome, outcome.plan.closings[closing].tranche);
            let price = match &tranche.price {
                Price::Own(price) => *price,
                Price::Rule("signing") => result(outcome, &format!("price.{}", round.id)).expect("a price"),
                Price::Rule(_) => continue,
            };
            let (shares, money, residual) = (number(shares), number(money), number(residual));
            prop_assert!(near(money, price * shares + residual, GRAIN), "{money} = {price} x {shares} + {residual}");
            let grain = money * GRAIN;
            let is_counted = tranche.in_shares && outcome.plan.closings[closing].otherwise.is_none();
            match (is_counted, model.whole) {
                (true, _) | (_, None) => prop_assert!(residual.abs() <= grain, "{residual}"),
                (_, Some([_, "down", _])) => prop_assert!(residual >= -grain && residual < price, "{residual}"),
                (_, Some([_, "up", _])) => prop_assert!(residual <= grain && residual > -price, "{residual}"),
                (_, Some(_)) => prop_assert!(residual.abs() <= price / Decimal::TWO + grain, "{residual}"),
            }
        }
    }

    /// I-10 Post-money = pre-money + new money exactly, and |price x FD_post - post| <= ulp(price) x FD_post +
    /// investors x price; single-price round, no pool that comes after the money.
    #[test]
    fn i_10_post_money_is_pre_money_and_new_money(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let StepKind::Round(index) = outcome.plan.steps[step].kind else { continue };
            let round = &model.rounds[index];
            let at = |family: &str| result(outcome, &format!("{family}.{}", round.id));
            let (Some(price), Some(pre), Some(post)) = (at("price"), at("pre_money"), at("post_money")) else { continue };
            let [mut money, mut in_shares, mut bought, mut increase] = [Decimal::ZERO; 4];
            let mut has_one_price = true;
            for entry in posted {
                match entry {
                    Entry::Signed { tranche: number_of, money: signed, shares } => {
                        let (_, tranche) = tranche(&model, outcome, *number_of);
                        has_one_price &= !matches!(tranche.price, Price::Own(_));
                        let line = outcome.plan.tranches[*number_of].position;
                        money += number(*signed);
                        in_shares += if tranche.in_shares { number(*shares) } else { Decimal::ZERO };
                        bought += number(*shares) * ratio(&model, outcome, line);
                    }
                    Entry::PoolIncreased { position, shares, .. } => {
                        increase += number(*shares) * ratio(&model, outcome, *position);
                    }
                    _ => {}
                }
            }
            let (place, rounded) = match model.whole {
                Some(_) if round.held != "price" => (Decimal::new(1, 4), Decimal::ONE),
                Some(_) => (Decimal::ZERO, Decimal::ONE),
                None => (Decimal::ZERO, Decimal::ZERO),
            };
            // What is sold in shares is worth a little more or less at the rounded price.
            prop_assert!((post - pre - money).abs() <= place * in_shares + post * GRAIN, "{post} - {pre} = {money}");
            if has_one_price && round.pool.as_ref().is_none_or(|pool| pool.within == "pre-money") {
                let converts = round.class.map_or(Decimal::ONE, |class| {
                    let (above, below) = model.classes[class].split_once(':').unwrap_or((model.classes[class], "1"));
                    above.parse::<Decimal>().expect("a ratio") / below.parse::<Decimal>().expect("a ratio")
                });
                let all = trace.tables[step].1 + increase + bought;
                let off = (price / converts * all - post).abs();
                let allowed = place / converts * all + rounded * price * Decimal::from(round.tranches.len() + 1);
                prop_assert!(off <= allowed + post * GRAIN, "{}: {price} x {all} is {off} from {post}", round.id);
            }
        }
    }

    /// I-11 A stored price differs from the exact quotient by less than its stated decimal place, in the stated
    /// direction.
    #[test]
    fn i_11_a_price_is_rounded_once(model in models()) {
        prop_assume!(model.whole.is_some());
        let [direction, ..] = model.whole.expect("whole shares");
        let played = model.play();
        let outcome = played.outcome();
        for (index, priced) in trace(outcome).priced {
            let round = &model.rounds[index];
            let Some(stored) = result(outcome, &format!("price.{}", round.id)) else { continue };
            if round.held == "price" {
                prop_assert_eq!(stored, round.value);
                continue;
            }
            let class = outcome.plan.rounds[index].class as usize;
            let line = outcome.plan.positions.iter().position(|line| line.class as usize == class).expect("a line");
            let converts = ratio(&model, outcome, line);
            let exact = number(Exact::quotient(Exact::inverse(priced.exact_price))) * converts;
            if round.held == "pre_money" && round.pool.is_none() {
                prop_assert!(near(exact, round.value * converts / number(priced.before), GRAIN));
            }
            prop_assert!(stored.normalize().scale() <= 4, "{stored}");
            // A quotient within its last digits of a whole step is that step.
            let (off, place, grain) = (stored - exact, Decimal::new(1, 4), Decimal::new(1, 12));
            match direction {
                "down" => prop_assert!(off <= grain && off > -place, "{exact} became {stored}"),
                "up" => prop_assert!(off >= -grain && off < place, "{exact} became {stored}"),
                _ => prop_assert!(off.abs() <= place / Decimal::TWO + grain, "{exact} became {stored}"),
            }
        }
    }

    /// I-12 FD at date d from the whole file = FD from the file with later events removed. (Every other result of
    /// that day as well, but for the projection.)
    #[test]
    fn i_12_the_past_does_not_know_the_future(model in models(), place in 0usize..6) {
        let days: Vec<_> =
            model.rounds.iter().map(|round| round.date).chain(model.sales.iter().map(|sale| sale.date)).collect();
        let day = days[place % days.len()];
        // There is no result of a day after the horizon.
        prop_assume!(day <= model.horizon);
        let mut past = model.clone();
        past.rounds.retain(|round| round.date <= day);
        past.sales.retain(|sale| sale.date <= day);
        let known = |model: &Model| -> BTreeMap<String, String> {
            let all = at(model.play().outcome(), When::Day(day));
            all.into_iter().filter(|(path, _)| !path.starts_with("runway.") && !path.starts_with("cash.")).collect()
        };
        let found = differences(&known(&model), &known(&past));
        prop_assert!(found.is_empty(), "on {day}: {found:#?}");
        // What happens on the day itself is part of it.
        let played = model.play();
        let outcome = played.outcome();
        let steps = outcome.plan.steps.iter().filter(|step| step.day <= day).count();
        let all = result(outcome, &format!("fully_diluted@{day}"));
        prop_assert_eq!(all, Some(trace(outcome).tables[steps].1));
    }

    /// I-13 Issue then cancel the same shares the same day at the same price leaves ownership and cash as before.
    /// (Nothing is cancelled in this version: a sale and its reverse.)
    #[test]
    fn i_13_a_sale_and_its_reverse_leave_nothing(model in models(), percent in 1u32..40) {
        let line = &model.opening[0];
        let held = match model.unit {
            Some(unit) => unit * line.count / Decimal::ONE_HUNDRED,
            None => line.count,
        };
        let shares = (held * Decimal::from(percent) / Decimal::ONE_HUNDRED).trunc();
        let sale = |id: &str, from: usize, to: usize| Sale {
            id: id.to_owned(),
            date: model.opened,
            from: vec![(from, 100)],
            to: vec![(to, 100)],
            in_shares: true,
            size: shares,
            priced: ("price", Decimal::TEN),
        };
        let mut both = model.clone();
        both.sales = [sale("there", line.owner, 1), sale("back", 1, line.owner)].into_iter().chain(both.sales).collect();
        let found = differences(&values(model.play().outcome()), &values(both.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}");
    }

    /// I-14 A round with no money, no conversion and no pool change changes nothing but the history.
    #[test]
    fn i_14_a_round_without_money_changes_nothing(model in models(), later in 0i64..900) {
        let mut more = single(model.clone()).rounds.remove(0);
        more.id = "empty".to_owned();
        more.date = model.opened.plus_days(later).expect("a day");
        for tranche in &mut more.tranches {
            tranche.date = more.date;
            tranche.size = Decimal::ZERO;
        }
        let mut with = model.clone();
        with.rounds.push(more);
        let played = with.play();
        let found = differences(&values(model.play().outcome()), &values(played.outcome()));
        prop_assert!(found.is_empty(), "{found:#?}");
        let is_beyond = with.rounds.last().is_some_and(|round| round.date > with.horizon);
        let noticed = if is_beyond { Code::BeyondHorizon } else { Code::NothingRaised };
        prop_assert!(played.bag.findings().iter().any(|finding| finding.code == noticed));
    }

    /// I-21 Available pool/FD_post is in [target, target + 1/FD_post); target above the existing pool, rounded up.
    /// Else pool unchanged.
    #[test]
    fn i_21_the_pool_reaches_its_target(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let trace = trace(outcome);
        for (step, posted) in trace.posted.iter().enumerate() {
            let StepKind::Round(index) = outcome.plan.steps[step].kind else { continue };
            let Some(pool) = &model.rounds[index].pool else { continue };
            let (mut increase, mut bought, mut tranches, mut line) = (None, Decimal::ZERO, 0u32, None);
            for entry in posted {
                match entry {
                    Entry::PoolIncreased { position, shares, .. } => {
                        (increase, line) = (Some(number(*shares)), Some(*position));
                    }
                    Entry::Signed { tranche, shares, .. } => {
                        bought += number(*shares) * ratio(&model, outcome, outcome.plan.tranches[*tranche].position);
                        tranches += 1;
                    }
                    _ => {}
                }
            }
            let (Some(increase), Some(line)) = (increase, line) else { continue };
            let priced = trace.priced[&index];
            let price = number(Exact::quotient(Exact::inverse(priced.exact_price)));
            let used = number(Exact::quotient(Exact::inverse(priced.price)));
            let before = trace.tables[step].0[line];
            let all = trace.tables[step].1 + increase + bought;
            let target = pool.percent / Decimal::ONE_HUNDRED;
            let part = (before + increase) / all;
            // Rounded prices and counts move what is bought, and so what the pool is a part of.
            let moved = if model.whole.is_some() {
                bought * (used - price).abs() / used.min(price) / all + Decimal::from(tranches * 3 + 1) / all
            } else {
                GRAIN
            };
            prop_assert!(increase >= Decimal::ZERO);
            prop_assert!(part >= target - moved, "{part} of {target}");
            if increase > Decimal::ZERO {
                let one = if model.whole.is_some() { Decimal::ONE / all } else { Decimal::ZERO };
                prop_assert!(part <= target + one + moved, "{part} of {target}");
            }
        }
    }
}

// ------------------------------------------------------------------------------------------- monotonicity

proptest! {
    #![proptest_config(config(100))]

    /// I-25 More money at the same pre-money never raises a non-participant's ownership (tolerance 1/FD); no
    /// anti-dilution, one price.
    #[test]
    fn i_25_more_money_dilutes(model in models(), thousandths in 1i64..2000, pool in any::<bool>()) {
        let mut model = single(model);
        if model.rounds[0].held != "pre_money" {
            model.rounds[0].held = "pre_money";
            model.rounds[0].value = sum(model.rounds[0].tranches.iter().map(|tranche| tranche.size)) * Decimal::from(5);
        }
        if pool {
            model = with_pool(model, Decimal::from(8), "pre-money");
        }
        let mut more = model.clone();
        more.rounds[0].tranches[0].size *= Decimal::ONE + Decimal::new(thousandths, 3);
        let (less, more) = (model.play(), more.play());
        prop_assume!(more.outcome.is_some());
        for holder in bystanders(&model) {
            let path = format!("ownership.{holder}");
            let (a, b) = (result(less.outcome(), &path), result(more.outcome(), &path));
            let (a, b) = (a.expect("a part"), b.expect("a part"));
            prop_assert!(b <= a + slack(&model, less.outcome()) , "{holder}: {a}, {b} with more money");
        }
    }

    /// I-26 Higher pre-money at the same money never lowers a pre-round holder's ownership (tolerance 1/FD); same.
    #[test]
    fn i_26_a_higher_value_dilutes_less(model in models(), thousandths in 1i64..2000, held in 0usize..3) {
        let mut model = single(model);
        // Any of the three: a higher post-money or price is a higher pre-money at the same money.
        if held < 2 {
            let raised = sum(model.rounds[0].tranches.iter().map(|tranche| tranche.size));
            (model.rounds[0].held, model.rounds[0].value) = (["pre_money", "post_money"][held], raised * Decimal::from(5));
        }
        let mut higher = model.clone();
        higher.rounds[0].value = (higher.rounds[0].value * (Decimal::ONE + Decimal::new(thousandths, 3))).round_dp(4);
        let (low, high) = (model.play(), higher.play());
        for holder in bystanders(&model) {
            let path = format!("ownership.{holder}");
            let (a, b) = (result(low.outcome(), &path), result(high.outcome(), &path));
            let (a, b) = (a.expect("a part"), b.expect("a part"));
            prop_assert!(b >= a - slack(&model, low.outcome()), "{holder}: {a}, {b} at a higher value");
        }
    }

    /// I-28 A larger post-money pool target never raises a pre-round holder's ownership; price set on a
    /// capitalization that includes the pool. (Nor anybody's, wherever the pool stands.)
    #[test]
    fn i_28_a_larger_pool_dilutes(model in models(), first in 10i64..1500, more in 1i64..1000, inside in any::<bool>()) {
        let model = single(model);
        let within = if inside { "pre-money" } else { "post-money" };
        let small = with_pool(model.clone(), Decimal::new(first, 2), within);
        let large = with_pool(model.clone(), Decimal::new(first + more, 2), within);
        let (a, b) = (small.play(), large.play());
        prop_assume!(a.outcome.is_some() && b.outcome.is_some());
        let slack = slack(&small, a.outcome());
        for owner in model.owners.iter().filter(|owner| !owner.is_pool) {
            let path = format!("ownership.{}", owner.id);
            let (a, b) = (result(a.outcome(), &path).expect("a part"), result(b.outcome(), &path).expect("a part"));
            prop_assert!(b <= a + slack, "{}: {a}, {b} with a larger pool", owner.id);
        }
    }
}

// ------------------------------------------------------------------------------------------- invariance

proptest! {
    #![proptest_config(config(100))]

    /// I-41 One investor split into n tranches at the same price and closing gets the same shares less at most n-1;
    /// floor rounding, price unchanged.
    #[test]
    fn i_41_a_split_tranche_buys_the_same(model in models(), parts in 2u32..6) {
        let mut model = single(model);
        if let Some(directions) = &mut model.whole {
            directions[1] = "down";
        }
        let mut split = model.clone();
        let tranches = &mut split.rounds[0].tranches;
        let mut whole = tranches.remove(0);
        let each = (whole.size / Decimal::from(parts)).trunc();
        let rest = whole.size - each * Decimal::from(parts - 1);
        whole.size = each;
        tranches.extend((0..parts).map(|part| Tranche { size: if part == 0 { rest } else { each }, ..whole.clone() }));
        let (one, many) = (model.play(), split.play());
        let investor = &model.owners[model.rounds[0].tranches[0].investor].id;
        let at = |played: &Played, path: &str| result(played.outcome(), path).expect("a number");
        let path = format!("price.{}", model.rounds[0].id);
        prop_assert_eq!(at(&one, &path), at(&many, &path));
        let path = format!("shares.{investor}");
        let less = at(&one, &path) - at(&many, &path);
        if model.whole.is_some() {
            prop_assert!(less >= Decimal::ZERO && less <= Decimal::from(parts - 1), "{less} less in {parts} parts");
        } else {
            prop_assert!(less.abs() <= at(&one, &path) * GRAIN, "{less} less");
        }
    }

    /// I-42 Permuting holders, classes, or the order of tables in the file changes no number; distinct dates or
    /// commuting events.
    #[test]
    fn i_42_the_order_of_tables_does_not_matter(model in models(), keys in prop::collection::vec(any::<u32>(), 60)) {
        let mut model = model;
        let in_kind = model.rounds.iter_mut().flat_map(|round| &mut round.tranches).filter(|part| part.in_kind.is_some());
        // Two credits of one day are used up in the order of the file, and a price of the closing day counts what
        // has closed before it.
        in_kind.skip(1).for_each(|tranche| tranche.in_kind = None);
        for tranche in model.rounds.iter_mut().flat_map(|round| &mut round.tranches) {
            if tranche.price == Price::Rule("closing") {
                tranche.price = Price::Rule("signing");
            }
        }
        let played = model.play();
        let outcome = played.outcome();
        let sells_preferred = outcome.journal.postings.iter().any(|posting| match posting.entry {
            Entry::Sold { seller, .. } => outcome.plan.positions[seller].class > 0,
            _ => false,
        });
        // Classes are sold in the order of their declaration.
        prop_assume!(!sells_preferred);
        let mut blocks = model.blocks();
        let head = blocks.remove(0);
        let mut order: Vec<(u32, String)> = keys.iter().copied().cycle().zip(blocks).collect();
        order.sort();
        let text: String = std::iter::once(head).chain(order.into_iter().map(|(_, block)| block)).collect();
        let found = differences(&values(outcome), &values(play(&text).outcome()));
        prop_assert!(found.is_empty(), "{text}\n{found:#?}");
    }

    /// I-43 Two transfers between disjoint holders on one day commute.
    #[test]
    fn i_43_sales_between_strangers_commute(model in models(), later in 0i64..900, parts in (1i64..500, 1i64..500)) {
        let mut model = model;
        let many = model.owners.len();
        for id in ["first-buyer", "second-buyer"] {
            model.owners.push(Owner { id: id.to_owned(), name: None, is_pool: false });
        }
        let all = model.unit.unwrap_or_else(|| sum(model.opening.iter().map(|line| line.count)));
        let sale = |id: &str, from: usize, to: usize, thousandths: i64| Sale {
            id: id.to_owned(),
            date: model.opened.plus_days(later).expect("a day"),
            from: vec![(from, 100)],
            to: vec![(to, 100)],
            in_shares: true,
            size: (all * Decimal::new(thousandths, 3)).trunc(),
            priced: ("price", Decimal::ONE),
        };
        let (one, other) = (sale("one", 0, many, parts.0), sale("other", 1, many + 1, parts.1));
        let mut swapped = model.clone();
        model.sales.extend([one.clone(), other.clone()]);
        swapped.sales.extend([other, one]);
        // In another order the same shares add up to the same but for the last of 28 digits.
        let found = differences(&values(model.play().outcome()), &values(swapped.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}");
    }

    /// I-44 All opening shares, pool and fixed-number grants x k: ownership equal, prices /k; fractional shares on,
    /// price unrounded.
    #[test]
    fn i_44_the_unit_of_shares_does_not_matter(model in models(), k in prop::sample::select(vec![2u32, 5, 10])) {
        let (mut model, k) = (model, Decimal::from(k));
        model.whole = None;
        let mut larger = model.clone();
        shares_times(&mut larger, k);
        let expected = scaled(&values(model.play().outcome()), |path| {
            if is_shares(path) {
                k
            } else if path.starts_with("price.") || path.starts_with("conversion_price.") {
                Decimal::ONE / k
            } else {
                Decimal::ONE
            }
        });
        let found = differences(&expected, &values(larger.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}");
    }

    /// I-45 All money x k: shares and ownership equal, money x k; price unrounded.
    #[test]
    fn i_45_the_unit_of_money_does_not_matter(model in models(), k in prop::sample::select(vec![2u32, 5, 10])) {
        let (mut model, k) = (model, Decimal::from(k));
        model.whole = None;
        let mut larger = model.clone();
        money_times(&mut larger, k);
        let expected =
            scaled(&values(model.play().outcome()), |path| if is_money(path) { k } else { Decimal::ONE });
        let found = differences(&expected, &values(larger.play().outcome()));
        prop_assert!(found.is_empty(), "{found:#?}");
    }

    /// I-47 A one-to-one renaming of holders changes only names.
    #[test]
    fn i_47_renaming_changes_only_names(model in models()) {
        let mut renamed = model.clone();
        let mut names = BTreeMap::new();
        for (index, owner) in renamed.owners.iter_mut().enumerate() {
            // In the opposite order of the alphabet.
            let id = format!("x{}-{}", 9 - index, owner.id);
            names.insert(std::mem::replace(&mut owner.id, id.clone()), id);
        }
        let rename = |path: &String| -> String {
            let parts = path.split('.').map(|part| names.get(part).map_or(part, String::as_str));
            parts.collect::<Vec<_>>().join(".")
        };
        let expected: BTreeMap<String, String> =
            values(model.play().outcome()).iter().map(|(path, value)| (rename(path), value.clone())).collect();
        prop_assert_eq!(expected, values(renamed.play().outcome()));
    }

    /// I-48 Changing currency label or title changes only labels; same minor unit.
    #[test]
    fn i_48_labels_change_only_labels(model in models(), title in "[a-zA-Z0-9 äß]{1,30}") {
        let mut other = model.clone();
        other.title = format!("A{title}");
        other.currency = "EUR".to_owned();
        let (mut a, mut b) = (model.play().result(), other.play().result());
        prop_assert_eq!(&b.scenario.title, &other.title);
        prop_assert_eq!(&b.scenario.currency, "EUR");
        for result in [&mut a, &mut b] {
            result.scenario.title.clear();
            result.scenario.currency.clear();
            result.scenario.digest.clear();
            result.inputs.shift_remove("title");
            result.inputs.shift_remove("currency");
        }
        prop_assert_eq!(json(&a), json(&b));
    }
}

// ------------------------------------------------------------------------------------------- the tool

fn json(result: &RunResult) -> String {
    serde_json::to_string_pretty(result).expect("a result is JSON")
}

/// Every line of a file over a scenario: what it changes, in keys that may give way to each other.
fn overlay(model: &Model, choices: &[u32]) -> Vec<(String, String)> {
    let mut choices = choices.iter().copied();
    let mut pick = |many: u32| choices.next().unwrap_or(0) % many;
    let mut lines = Vec::new();
    for round in &model.rounds {
        let path = format!("round.{}", round.id);
        let keys = ["", "", "pre_money", "post_money", "price"];
        let key = keys[pick(5) as usize];
        if !key.is_empty() {
            let value = if key == round.held { round.value } else { Decimal::from(1000 + pick(1000)) };
            lines.push((format!("{path}.{key}"), format!("{:?}", value.to_string())));
        }
        for (index, tranche) in round.tranches.iter().enumerate() {
            let path = format!("{path}.tranche.part-{index}");
            let size = format!("{:?}", (tranche.size / Decimal::from(2 + pick(5))).round_dp(2).to_string());
            match pick(6) {
                0 => lines.push((format!("{path}.amount"), size)),
                1 => lines.push((format!("{path}.shares"), size)),
                2 if !tranche.in_shares => lines.push((format!("{path}.amount.low"), "0".to_owned())),
                3 => lines.push((format!("{path}.optional"), "true".to_owned())),
                _ => {}
            }
        }
    }
    if let Some([opening, _]) = model.cash
        && pick(2) == 0
    {
        lines.push(("cash.opening".to_owned(), format!("{:?}", (opening * Decimal::TWO).to_string())));
    }
    if pick(2) == 0 {
        lines.push(("condition.event-0.expected".to_owned(), (pick(2) == 0).to_string()));
    }
    lines
}

fn written(lines: &[(String, String)], before: &str) -> String {
    lines.iter().map(|(path, value)| format!("{before}{path} = {value}\n")).collect()
}

/// The numbers of a play, or why there are none.
fn numbers(played: &Played) -> Result<BTreeMap<String, String>, Vec<Code>> {
    match &played.outcome {
        Some(outcome) => Ok(values(outcome)),
        None => {
            let mut codes: Vec<Code> = played.bag.faults().iter().map(|fault| fault.code).collect();
            codes.sort();
            Err(codes)
        }
    }
}

proptest! {
    #![proptest_config(config(60))]

    /// I-54 `compare a a` is empty; `compare a b` is the negative of `compare b a`; numeric deltas of a->b and b->c
    /// add to a->c; same holders.
    #[test]
    fn i_54_differences_add_up(model in models(), k in 2u32..9) {
        let (mut second, mut third) = (model.clone(), model.clone());
        money_times(&mut second, Decimal::from(k));
        shares_times(&mut third, Decimal::TEN);
        let of = |model: &Model| model.play().result();
        let subjects = [("a".to_owned(), of(&model)), ("b".to_owned(), of(&second)), ("c".to_owned(), of(&third))];
        let pair = |a: usize, b: usize| compare(&[subjects[a].clone(), subjects[b].clone()], true);
        let nothing = compare(&[subjects[0].clone(), subjects[0].clone()], false);
        prop_assert!(nothing.metrics.is_empty() && nothing.inputs.is_empty() && !nothing.differs());
        let (there, back, on, all) = (pair(0, 1), pair(1, 0), pair(1, 2), pair(0, 2));
        // A round after the horizon may leave nothing that money changes.
        prop_assume!(there.differs());
        let find = |comparison: &capsim::studies::Comparison, path: &str| -> Option<Decimal> {
            comparison.metrics.iter().find(|compared| compared.path == path)?.difference(1)
        };
        for compared in &there.metrics {
            let path = compared.path.as_str();
            let (Some(step), Some(reverse)) = (compared.difference(1), find(&back, path)) else { continue };
            prop_assert_eq!(step, -reverse, "{}", path);
            let value = |subject: usize| Decimal::from_str_exact(&subjects[subject].1.metrics[path]).expect("a number");
            let (before, after) = (value(0), value(1));
            let off = (step - (after - before)).abs();
            prop_assert!(off <= before.abs().max(Decimal::ONE) * GRAIN, "{path}: {before}, {after}, {step}");
            let (Some(on), Some(all)) = (find(&on, path), find(&all, path)) else { continue };
            // Numbers of 28 digits: a sum of two differences may lose the last.
            let size = step.abs().max(on.abs()).max(Decimal::ONE);
            prop_assert!((step + on - all).abs() <= size * GRAIN, "{path}: {step} + {on} = {all}");
        }
    }

    /// I-55 An empty overlay gives the base's report, byte for byte but the file name.
    #[test]
    fn i_55_an_empty_overlay_changes_nothing(model in models()) {
        let mut shelf =
            Shelf::default().with("base.toml", model.text()).with("over.toml", "extends = \"base.toml\"\n");
        let (base, mut over) = (shelf.play("base.toml", &[]).result(), shelf.play("over.toml", &[]).result());
        prop_assert_eq!(&over.scenario.file, "over.toml");
        over.scenario.file = "base.toml".to_owned();
        prop_assert_eq!(json(&base), json(&over));
    }

    /// I-56 Applying an overlay twice = once; overlays compose: (a over b) over c = a over (b over c); merge by key.
    /// (And files, cases and `--set` follow one rule.)
    #[test]
    fn i_56_overlays_compose(
        model in models(),
        b in prop::collection::vec(any::<u32>(), 40),
        c in prop::collection::vec(any::<u32>(), 40),
    ) {
        let (b, c) = (overlay(&model, &b), overlay(&model, &c));
        let base = model.text();
        let case = |name: &str, lines: &[(String, String)]| {
            format!("[case.{name}]\ntitle = \"{name}\"\n{}", written(lines, ""))
        };
        let mut shelf = Shelf::default()
            .with("a.toml", base.clone())
            .with("b.toml", format!("format = 1\n{}", written(&b, "")))
            .with("ab.toml", format!("extends = \"a.toml\"\n{}", written(&b, "")))
            .with("abb.toml", format!("extends = \"ab.toml\"\n{}", written(&b, "")))
            .with("ab-c.toml", format!("extends = \"ab.toml\"\n{}", written(&c, "")))
            .with("bc.toml", format!("extends = \"b.toml\"\nformat = 1\n{}", written(&c, "")))
            .with("a-bc.toml", "extends = [\"a.toml\", \"bc.toml\"]\n")
            .with("cases.toml", format!("{base}{}{}", case("b", &b), case("c", &c)));
        let once = numbers(&shelf.play("ab.toml", &[]));
        prop_assert_eq!(&once, &numbers(&shelf.play("abb.toml", &[])));
        let twice = Request {
            path: "cases.toml".to_owned(),
            cases: vec!["b".to_owned(), "b".to_owned()],
            ..Request::default()
        };
        prop_assert_eq!(&once, &numbers(&shelf.request(&twice)));
        let chained = numbers(&shelf.play("ab-c.toml", &[]));
        prop_assert_eq!(&chained, &numbers(&shelf.play("a-bc.toml", &[])));
        let in_cases = Request { cases: vec!["b".to_owned(), "c".to_owned()], ..twice };
        prop_assert_eq!(&chained, &numbers(&shelf.request(&in_cases)));
        let set: Vec<String> =
            c.iter().map(|(path, value)| format!("{path}={}", value.trim_matches('"'))).collect();
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        prop_assert_eq!(&chained, &numbers(&shelf.play("ab.toml", &set)));
    }

    /// I-57 The printed resolved scenario re-runs to the same report bytes.
    #[test]
    fn i_57_the_resolved_file_says_the_same(
        model in models(),
        choices in prop::collection::vec(any::<u32>(), 40),
        names in prop::collection::vec(".{0,12}", 6),
    ) {
        let mut model = model;
        for (owner, name) in model.owners.iter_mut().zip(names) {
            owner.name = Some(name);
        }
        let over = format!("extends = \"base.toml\"\n{}", written(&overlay(&model, &choices), ""));
        let mut shelf = Shelf::default().with("base.toml", model.text()).with("over.toml", over);
        let played = shelf.play("over.toml", &[]);
        let Some(document) = &played.document else { return Ok(()) };
        let text: String = resolved(document, &played.sources).into_iter().map(|line| line.text + "\n").collect();
        let again = play(&text);
        prop_assert!(again.document.is_some(), "{text}\n{:?}", again.faults());
        if played.outcome.is_none() {
            prop_assert_eq!(numbers(&played), numbers(&again));
            return Ok(());
        }
        let (mut a, mut b) = (played.result(), again.result());
        for result in [&mut a, &mut b] {
            // The file's name, and with it the places.
            result.scenario.file.clear();
            result.findings.iter_mut().for_each(|finding| finding.place = None);
            result.sources.values_mut().for_each(|origin| origin.place.clear());
        }
        for result in [&mut a, &mut b] {
            // Both are listed in the order of the file, and the resolved file writes values before tables.
            result.findings.sort_by(|a, b| (&a.code, &a.text).cmp(&(&b.code, &b.text)));
            result.inputs.sort_keys();
        }
        prop_assert_eq!(json(&a), json(&b), "{}", text);
    }

    /// I-59 JSON report -> parse -> serialise is byte-equal; every decimal a string.
    #[test]
    fn i_59_a_saved_result_is_read_as_it_was(model in models()) {
        let text = json(&model.play().result());
        let again = parse_result(&text).expect("a result");
        prop_assert_eq!(&text, &json(&again));
        fn has_number(value: &serde_json::Value) -> bool {
            match value {
                serde_json::Value::Number(_) => true,
                serde_json::Value::Array(all) => all.iter().any(has_number),
                serde_json::Value::Object(all) => all.values().any(has_number),
                _ => false,
            }
        }
        prop_assert!(!has_number(&serde_json::from_str(&text).expect("JSON")));
    }

    /// I-67 `run` twice: same bytes.
    #[test]
    fn i_67_two_runs_give_the_same_bytes(model in models()) {
        let text = model.text();
        prop_assert_eq!(json(&play(&text).result()), json(&play(&text).result()));
    }

    /// I-68 Any string in any name field leaves all numbers unchanged and survives JSON round trips as itself.
    #[test]
    fn i_68_names_are_only_names(model in models(), names in prop::collection::vec(any::<String>(), 8)) {
        let mut named = model.clone();
        for (owner, name) in named.owners.iter_mut().zip(&names) {
            owner.name = Some(name.clone());
        }
        let mut text = named.text();
        for (table, name) in [("round.round-0", &names[6]), ("burn.report-0", &names[7])] {
            let head = format!("[{table}]\n");
            text = text.replace(&head, &format!("{head}name = {}\n", quoted(name)));
        }
        let played = play(&text);
        prop_assert!(played.outcome.is_some(), "{text}\n{:?}", played.faults());
        let outcome = played.outcome();
        prop_assert_eq!(values(model.play().outcome()), values(outcome));
        for (owner, name) in outcome.scenario.owners.iter().zip(&names) {
            prop_assert_eq!(&owner.name, name);
        }
        prop_assert_eq!(&outcome.scenario.rounds[0].name, &names[6]);
        let again = parse_result(&json(&played.result())).expect("a result");
        if let Some(report) = again.runway.get("report-0") {
            prop_assert_eq!(&report.name, &names[7]);
        }
    }
}

// ------------------------------------------------------------------------------------------- views of one journal

proptest! {
    #![proptest_config(config(100))]

    /// The journal, folded, is the state the engine left, after every step and at the end.
    #[test]
    fn the_journal_folds_to_the_state(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let trace = trace(outcome);
        let mut tables = Tables::new(&outcome.scenario, &outcome.plan, &outcome.journal);
        for (steps, (lines, all)) in trace.tables.iter().enumerate() {
            let table = tables.after(steps);
            let folded: Vec<Decimal> = table.shares.iter().map(|shares| number(*shares)).collect();
            for (folded, held) in folded.iter().zip(lines) {
                prop_assert!(near(*folded, *held, GRAIN), "{folded}, {held} after {steps} steps");
            }
            prop_assert_eq!(number(table.fully_diluted), *all);
        }
        for (folded, held) in tables.after(outcome.plan.steps.len()).shares.iter().zip(&outcome.state.shares) {
            prop_assert!(near(number(*folded), number(*held), GRAIN), "{folded:?}, {held:?} at the end");
        }
        let mut funded = vec![Decimal::ZERO; outcome.plan.tranches.len()];
        let mut signed = funded.clone();
        for posting in &outcome.journal.postings {
            match posting.entry {
                Entry::Closed { closing, money, .. } => {
                    funded[outcome.plan.closings[closing].tranche] += number(money);
                }
                Entry::Signed { tranche, money, .. } => signed[tranche] = number(money),
                _ => {}
            }
        }
        for (index, tranche) in outcome.state.tranches.iter().enumerate() {
            prop_assert_eq!(number(tranche.funded), funded[index]);
            let (_, part) = self::tranche(&model, outcome, index);
            if !part.optional && outcome.state.rounds[outcome.plan.tranches[index].round].is_held == Decided::Yes {
                prop_assert_eq!(number(tranche.money), signed[index]);
            }
        }
    }

    /// The steps of every bridge add up to final less opening ownership.
    #[test]
    fn bridges_add_up(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        for (owner, bridge) in played.result().dilution {
            let read = |text: &String| text.parse::<Decimal>().expect("a number");
            let steps = sum(bridge.steps.iter().map(|step| read(&step.change)));
            let (opening, last) = (read(&bridge.opening), read(&bridge.r#final));
            prop_assert!((opening + steps - last).abs() <= GRAIN, "{owner}: {opening} + {steps} = {last}");
            let ownership = result(outcome, &format!("ownership.{owner}")).expect("a part");
            prop_assert!((ownership - last).abs() <= GRAIN, "{owner}: {last}, {ownership}");
        }
    }

    /// Events are played by day; on one day what was signed earlier closes first, then rounds are signed, then holders
    /// sell; within a kind the first in the file comes first.
    #[test]
    fn a_day_has_its_order(model in models()) {
        let mut model = model;
        // Everything on the first of its month, so that days are shared.
        let opened = model.opened;
        let coarse = |day: &mut Day| *day = day.month().first().expect("a day").max(opened);
        for round in &mut model.rounds {
            coarse(&mut round.date);
            for tranche in &mut round.tranches {
                coarse(&mut tranche.date);
                tranche.paid.iter_mut().for_each(coarse);
                tranche.waits.iter_mut().filter_map(|wait| wait.by.as_mut()).for_each(coarse);
            }
        }
        model.sales.iter_mut().for_each(|sale| coarse(&mut sale.date));
        let played = model.play();
        let plan = &played.outcome().plan;
        let places: Vec<_> = plan
            .steps
            .iter()
            .map(|step| match step.kind {
                StepKind::Closing(closing, _) => (step.day, 0, plan.closings[closing].tranche),
                StepKind::Round(round) => (step.day, 1, round),
                StepKind::Sale(sale) => (step.day, 2, sale),
                other => panic!("the model has no {other:?}"),
            })
            .collect();
        prop_assert!(places.is_sorted(), "{places:?}");
    }

    /// What a balance moves by is what arrives, less what is burned, plus what of that was paid in kind, less
    /// commitments on top; capacity pays for no more than its eligible part of a month's burn.
    #[test]
    fn cash_is_conserved(model in models()) {
        let mut model = model;
        for commitment in &mut model.commitments {
            commitment.within_burn = false;
        }
        // There is no result of the day before the opening table.
        prop_assume!(model.as_of > model.opened);
        let played = model.play();
        let outcome = played.outcome();
        let opening = model.cash.map_or(Decimal::ZERO, |[opening, _]| opening);
        let kinds = model.rounds.iter().flat_map(|round| &round.tranches).filter_map(|tranche| tranche.in_kind.as_ref());
        let eligible: Vec<Decimal> = kinds.map(|kind| Decimal::new(kind.eligible_percent.into(), 2)).collect();
        let most = sum(eligible.iter().copied()).min(Decimal::ONE);
        // What is lost at a month's end cannot be used later: no month uses more than is granted in it.
        let mut kinds = model.rounds.iter().flat_map(|round| &round.tranches).filter_map(|part| part.in_kind.as_ref());
        let all_lost = kinds.all(|kind| kind.unused == "lost");
        let a_month = sum(outcome.state.credits.iter().map(|credit| {
            let months = outcome.plan.closings[credit.closing].credit.expect("it came in kind").months;
            number(credit.amount) / Decimal::from(months)
        }));
        let before = model.as_of.plus_days(-1).expect("a day");
        let due: Decimal = model
            .owners
            .iter()
            .filter(|owner| !owner.is_pool)
            .map(|owner| {
                let at = |day| result(outcome, &format!("flow.{}.returned@{day}", owner.id)).expect("an amount");
                at(model.horizon) - at(before)
            })
            .sum();
        for (id, report) in &played.result().runway {
            let mut balance = opening;
            let mut on_top = Decimal::ZERO;
            for month in &report.months {
                let read = |text: &str| text.parse::<Decimal>().expect("a number");
                let (burned, in_kind) = (read(&month.burned), read(&month.in_kind));
                balance += read(&month.arrived) - burned + in_kind - read(&month.committed);
                on_top += read(&month.committed);
                let found = read(&month.balance);
                let size = burned.abs().max(found.abs()).max(opening);
                prop_assert!((balance - found).abs() <= size * GRAIN, "{id} {}: {balance}, {found}", month.month);
                let payable = most * burned.max(Decimal::ZERO);
                prop_assert!(in_kind <= payable + size * GRAIN, "{id} {}: {in_kind} of {payable}", month.month);
                prop_assert!(!all_lost || in_kind <= a_month + size * GRAIN, "{id}: {in_kind} of {a_month} a month");
                let path = format!("cash.{id}.{}", month.month);
                prop_assert_eq!(result(outcome, &path), Some(found));
            }
            prop_assert!(near(on_top, due, GRAIN), "{id}: {on_top} on top, {due} due");
        }
    }

    /// What closes in full is what was signed; nobody has paid more than was asked for, and what is due back and
    /// what was paid in add up to the net.
    #[test]
    fn funded_is_part_of_committed(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let mut signed = BTreeMap::new();
        for posting in &outcome.journal.postings {
            match posting.entry {
                Entry::Signed { tranche, money, shares } => {
                    signed.insert(tranche, (number(money), number(shares)));
                }
                Entry::Closed { closing, money, shares, .. } => {
                    let closing = &outcome.plan.closings[closing];
                    let (_, part) = tranche(&model, outcome, closing.tranche);
                    if part.optional || closing.otherwise.is_some() {
                        continue;
                    }
                    let Some(signed) = signed.get(&closing.tranche) else {
                        return Err(TestCaseError::fail("it closed and was never signed"));
                    };
                    if part.in_shares {
                        prop_assert_eq!(number(shares), signed.1);
                    } else {
                        prop_assert_eq!(number(money), signed.0);
                    }
                }
                _ => {}
            }
        }
        let committed = number(outcome.state.fully_diluted)
            + sum(outcome.plan.tranches.iter().zip(&outcome.state.tranches).map(|(plan, tranche)| {
                number(tranche.pending) * ratio(&model, outcome, plan.position)
            }));
        for owner in outcome.scenario.owners.iter() {
            let at = |family: &str| result(outcome, &format!("{family}.{}", owner.id));
            let (held, signed) = (at("ownership").expect("a part"), at("committed").expect("a part"));
            // In shares: what is signed comes on top of what is held.
            let (held, signed) = (held * number(outcome.state.fully_diluted), signed * committed);
            prop_assert!(signed >= held - committed * GRAIN, "{}: {held} held, {signed} signed", owner.id);
            let flow = |name: &str| result(outcome, &format!("flow.{}.{name}", owner.id));
            let (Some(invested), Some(called)) = (flow("invested"), at("called")) else { continue };
            let (Some(in_kind), Some(returned), Some(net)) = (flow("in_kind"), flow("returned"), flow("net")) else { continue };
            prop_assert!(called >= invested && invested >= in_kind && in_kind >= Decimal::ZERO);
            prop_assert_eq!(net, invested - returned);
            prop_assert_eq!(flow("cash"), Some(invested - in_kind));
        }
    }

    /// What is contracted is the sum of the commitments; the ratios are of what was put in; what is contracted back
    /// is never more than was put in, and by the horizon never more than in all.
    #[test]
    fn what_is_contracted_back_is_a_part_of_what_was_put_in(model in models()) {
        let played = model.play();
        let outcome = played.outcome();
        let (mut put_in, mut back, mut within) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for owner in outcome.scenario.owners.iter().filter(|owner| !owner.is_pool) {
            let flow = |name: &str| result(outcome, &format!("flow.{}.{name}", owner.id));
            let promised: Decimal = outcome
                .scenario
                .commitments
                .iter()
                .filter(|commitment| outcome.scenario.owner(commitment.to).is_some_and(|to| to.id == owner.id))
                .map(|commitment| outcome.scenario.figures.value(commitment.amount))
                .sum();
            let (Some(contracted), Some(invested), Some(returned)) = (flow("contracted"), flow("invested"), flow("returned")) else { continue };
            prop_assert_eq!(contracted, promised);
            prop_assert!(returned <= contracted);
            if invested.is_zero() {
                prop_assert_eq!((flow("ratio"), flow("ratio_in_all")), (None, None));
                continue;
            }
            prop_assert_eq!(flow("ratio"), returned.checked_div(invested));
            prop_assert_eq!(flow("ratio_in_all"), contracted.checked_div(invested));
            put_in += invested;
            back += invested.min(contracted);
            within += invested.min(returned);
        }
        if put_in.is_zero() {
            prop_assert_eq!(result(outcome, "circularity.share"), None);
        } else {
            let (share, share_within) = (result(outcome, "circularity.share"), result(outcome, "circularity.share_within"));
            prop_assert_eq!(result(outcome, "circularity.invested"), Some(put_in));
            prop_assert_eq!(share, back.checked_div(put_in));
            prop_assert_eq!(share_within, within.checked_div(put_in));
            prop_assert!(share_within <= share && share <= Some(Decimal::ONE));
        }
    }
}

// ------------------------------------------------------------------------------------------- any input

/// Whatever comes in: an answer that can be printed, or at least one fault.
fn survives(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let played = Shelf::default().with("scenario.toml", bytes).play("scenario.toml", &[]);
    if played.outcome.is_some() {
        prop_assert!(!played.bag.refuses());
        let text = json(&played.result());
        prop_assert!(parse_result(&text).is_ok());
        prop_assert!(!text.contains("\"\",\n") || !played.result().metrics.values().any(String::is_empty));
    } else {
        prop_assert!(!played.faults().is_empty(), "refused without a fault");
    }
    Ok(())
}

/// What is put into a text at random.
fn splinter() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "[",
        "[[",
        "]",
        "{",
        "}",
        "\"",
        "\"\"\"",
        "'''",
        "=",
        ".",
        ",",
        "\n",
        "\r",
        "\0",
        "#",
        "-",
        "0",
        "1e999",
        "inf",
        "nan",
        "2026-02-30",
        "9999-12-31",
        "0x10",
        "true",
        "\"rest\"",
        "\"100%\"",
        "\"1/0\"",
        "\"B\"",
        "\"-5B\"",
        "\u{feff}",
        "\u{202e}",
        "ﬀ",
        "🦀",
        "\\u0000",
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "extends = \"scenario.toml\"\n",
        "remove = [\"cash\"]\n",
        "[case.x]\n",
        "[round.x]\n",
        "after = \"round.round-0\"\n",
    ];
    prop_oneof![
        3 => prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        1 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

proptest! {
    #![proptest_config(config(1500))]

    /// No input text panics: pieces of a valid scenario cut out, put in and exchanged.
    #[test]
    fn no_mutation_panics(
        model in models(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..20, splinter()), 1..5),
    ) {
        let mut bytes = model.text().into_bytes();
        for (at, length, put) in cuts {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, put);
        }
        survives(bytes)?;
    }

    /// No number panics: any of a valid scenario's numbers made enormous, tiny, nothing, negative or a day.
    #[test]
    fn no_number_panics(
        model in models(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12), 1..4),
    ) {
        let text = model.text();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let numbers = [
            "79228162514264337593543950335", "1000000000000000000000", "0.0000000000000000000000000001", "0", "-1", "1",
            "\"999999999999T\"", "\"0.000001%\"", "\"100%\"", "9999-12-31", "0001-01-01", "\"1e28\"",
        ];
        for (at, number) in changes {
            let valued: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].contains(" = ")).collect();
            let line = valued[at.index(valued.len())];
            if let Some((key, _)) = lines[line].clone().split_once(" = ") {
                lines[line] = format!("{key} = {}", numbers[number]);
            }
        }
        survives(lines.join("\n").into_bytes())?;
    }

    /// No text at all panics.
    #[test]
    fn no_text_panics(text in any::<String>(), pieces in prop::collection::vec(splinter(), 0..30)) {
        survives(text.into_bytes())?;
        survives(pieces.concat())?;
    }
}

// ------------------------------------------------------------------------------------------- found by these properties

const SELLERS: &str = "title = \"Dust\"\ncurrency = \"USD\"\nas_of = 2025-01-01\nrounding.shares = \"fractional\"
holder = { a = {}, b = {}, c = {}, d = {} }
";

/// Found by I-3: what is left of a sale after a class that converts at 3:1, a digit behind the last, was sold from
/// the next class; too small for a part of the company, it had no ownership.
#[test]
fn a_sale_leaves_no_dust() {
    let text = "class.three = { kind = \"preferred\", ratio = \"3:1\" }
class.two = { kind = \"preferred\" }
[opening]
date = 2025-01-01
shares = { a = 100, c = 1_000_000_000 }
position.three = { holder = \"a\", class = \"three\", shares = 1_000_000_000 }
position.two = { holder = \"a\", class = \"two\", shares = 1_000_000_000 }
[secondary.sale]
date = 2025-02-01
from = { a = \"100%\" }
to = { b = \"100%\" }
shares = 70_000_000.4
price = 1
";
    let result = play(&format!("{SELLERS}{text}")).result();
    let last = result.captable.last().expect("a table");
    let classes: Vec<&str> =
        last.holders.iter().filter(|line| line.holder == "b").map(|line| line.class.as_str()).collect();
    assert_eq!(classes, ["common", "three"]);
    assert!(last.holders.iter().all(|line| !line.ownership.is_empty()));
}

/// Found by the bridges: a holder who sold all it had to two buyers was left with a digit behind the last, which is
/// no part of the company.
#[test]
fn who_sells_out_ends_at_zero() {
    let text = "[opening]
date = 2025-01-01
shares = { a = 29_179_657, c = 100_000_000 }
[round.r]
date = 2025-01-02
price = 32.972
tranche.a = { investor = \"a\", amount = 101_780_963 }
[secondary.everything]
date = 2025-02-01
from = { a = \"100%\" }
to = { b = \"22%\", d = \"78%\" }
shares = 1_000_000_000_000
price = 1
";
    assert_eq!(play(&format!("{SELLERS}{text}")).result().dilution["a"].r#final, "0");
}

/// Found by I-11: a price that was written, or rounded to its places, is that price also where the class converts at
/// another ratio than one.
#[test]
fn a_price_of_a_class_keeps_its_digits() {
    let text = "class.three = { kind = \"preferred\", ratio = \"3:1\" }
opening = { date = 2025-01-01, shares.a = 1_000_000 }
round.r = { date = 2025-01-02, price = 23.7988, class = \"three\", tranche.b = { investor = \"b\", amount = 237_988 } }
";
    assert_eq!(play(&format!("{SELLERS}{text}")).result().metrics["price.r"], "23.7988");
}

/// Found by I-68: an input is listed as it is, not as TOML writes it.
#[test]
fn a_text_with_quotes_is_an_input_as_it_is() {
    let named = SELLERS.replace("d = {}", "d = { name = 'say \"hi\"' }");
    let text = format!("{named}opening = {{ date = 2025-01-01, shares.a = 1_000_000 }}\n");
    assert_eq!(play(&text).result().inputs["holder.d.name"], "say \"hi\"");
}

/// Depth and length that have brought readers of TOML down.
#[test]
fn no_depth_panics() {
    let base = "title = \"Deep\"\ncurrency = \"USD\"\nas_of = 2026-01-01\n";
    for many in [100, 10_000, 200_000] {
        let texts = [
            format!("x = {}", "[".repeat(many)),
            format!("x = {}1{}", "[".repeat(many), "]".repeat(many)),
            format!("x = {}", "{ a = ".repeat(many)),
            format!("x = {}1{}", "{ a = ".repeat(many), " }".repeat(many)),
            format!("x{} = 1", ".a".repeat(many)),
            format!("[x{}]", ".a".repeat(many)),
            format!("[[x{}]]", ".a".repeat(many)),
            format!("x {} 1", "=".repeat(many)),
            format!("x = {}", "\"".repeat(many)),
            format!("x = {}", "'".repeat(many)),
            format!("x = {}", "-".repeat(many)),
            format!("x = {}", "9".repeat(many)),
            format!("x = 0x{}", "f".repeat(many)),
            format!("case.a = {{ {} }}", "case.a.".repeat(many)),
            format!("holder.a.name = \"{}\"", "a".repeat(many)),
            format!("holder.{} = {{}}", "a".repeat(many)),
            format!("condition.a.any = [{}]", "\"a\", ".repeat(many)),
            "\n".repeat(many),
            "a = 1\n".repeat(many.min(2000)),
        ];
        for text in texts {
            let before: String = text.chars().take(20).collect();
            assert!(survives(format!("{base}{text}\n").into_bytes()).is_ok(), "{before}");
        }
    }
}

// ------------------------------------------------------------------------------------------- the command line

/// I-50 Display decimals, width, colour and format leave the JSON report byte-equal; I-67 `run` twice, from another
/// cwd, TZ, LANG, HOME: same bytes.
#[cfg(feature = "cli")]
#[test]
fn i_50_and_i_67_surroundings_do_not_change_the_result() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |file: &str, words: &[&str], surroundings: &[(&str, &str)], folder: &std::path::Path| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_capsim"));
        command.current_dir(folder).arg("run").arg(root.join("scenarios").join(file)).args(["--format", "json"]);
        command.args(words).env_clear().envs(surroundings.iter().copied());
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    for file in ["openai/amazon-50b.toml", "openai/round-alone.toml", "startup/first-priced-round.toml"] {
        let plain = run(file, &[], &[], root);
        assert!(plain.len() > 10_000);
        for surroundings in [
            [("COLUMNS", "40"), ("NO_COLOR", "1"), ("TZ", "Asia/Kolkata"), ("LANG", "de_DE.UTF-8")],
            [("COLUMNS", "400"), ("CLICOLOR_FORCE", "1"), ("LC_ALL", "C"), ("HOME", "/nowhere")],
        ] {
            assert!(plain == run(file, &[], &surroundings, root), "{file}: {surroundings:?}");
            assert!(plain == run(file, &["--color", "always"], &surroundings, &root.join("src")), "{file}: elsewhere");
        }
    }
}
