//! Worked examples that others published: each is turned into a scenario by its method, played by the public engine,
//! and every expected value is compared within the case's tolerance. See `tests/vectors/README.md`.
//!
//! `CAPSIM_VECTORS=FILE` reads another file of the same form instead, `CAPSIM_VECTORS_DUMP=FOLDER` keeps the scenarios,
//! `--nocapture` shows the summary. Nothing is computed here that the engine computes: what is read off a play is a
//! result, a difference of two, or one as a part of another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

#[path = "vectors/case.rs"]
mod case;
mod common;
#[path = "vectors/exits.rs"]
mod exits;
#[path = "vectors/kelvin.rs"]
mod kelvin;
#[path = "vectors/notes.rs"]
mod notes;
#[path = "vectors/pool.rs"]
mod pool;
#[path = "vectors/protection.rs"]
mod protection;
#[path = "vectors/refusal.rs"]
mod refusal;
#[path = "vectors/rights.rs"]
mod rights;
#[path = "vectors/round.rs"]
mod round;
#[path = "vectors/runway.rs"]
mod runway;
#[path = "vectors/shares.rs"]
mod shares;
#[path = "vectors/sheet.rs"]
mod sheet;
#[path = "vectors/stakes.rs"]
mod stakes;

use std::env;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::path::Path;
use std::path::PathBuf;

use capsim::units::Decimal;
use case::Answer;
use case::Case;
use case::Reader;
use case::Tolerance;
use case::Trouble;
use case::decimal;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;

/// What becomes of a method's cases.
enum Method {
    Played(fn(&Case) -> Result<Reader, Trouble>),
    /// It waits for a part that is not built.
    Later(&'static str),
}

use Method::Later;
use Method::Played;

const METHODS: &[(&str, Method)] = &[
    ("round", Played(round::round)),
    ("ownership_sold", Played(round::ownership_sold)),
    ("safe_simple", Played(round::safe_simple)),
    ("note_convert", Played(notes::note_convert)),
    ("accrual", Played(notes::accrual)),
    ("anti_dilution", Played(protection::anti_dilution)),
    ("kelvin", Played(kelvin::kelvin)),
    ("pool_topup", Played(pool::pool_topup)),
    ("pool_effective", Played(pool::pool_effective)),
    ("pool_split", Played(pool::pool_split)),
    ("issue_shares", Played(pool::issue_shares)),
    ("valuation", Played(stakes::valuation)),
    ("required_pre", Played(stakes::required_pre)),
    ("compound_dilution", Played(stakes::compound_dilution)),
    ("maintain", Played(stakes::maintain)),
    ("check_for_target", Played(stakes::check_for_target)),
    ("pro_rata_purchase", Played(stakes::pro_rata_purchase)),
    ("secondary", Played(shares::secondary)),
    ("tender", Played(shares::tender)),
    ("split", Played(shares::split)),
    ("vesting", Played(shares::vesting)),
    ("ledger", Played(shares::ledger)),
    ("net_exercise", Played(rights::net_exercise)),
    ("tsm", Played(rights::tsm)),
    ("refusal", Played(refusal::refusal)),
    ("runway_simple", Played(runway::runway_simple)),
    ("runway_growing", Played(runway::runway_growing)),
    ("runway_window", Played(runway::runway_window)),
    ("waterfall", Played(exits::waterfall)),
    ("breakpoints", Played(exits::breakpoints)),
    ("conversion_order", Played(exits::conversion_order)),
    ("indifference", Played(exits::indifference)),
    ("safe_liquidity", Played(exits::safe_liquidity)),
    ("option_exit", Played(exits::option_exit)),
    ("exponential", Later("needs simulate")),
    ("geometric_survival", Later("needs simulate")),
    ("triangular", Later("needs simulate")),
    ("uniform_payoff", Later("needs simulate")),
];

// ------------------------------------------------------------------------------------------------ the harness

#[derive(Debug, Clone, PartialEq)]
enum Verdict {
    Passed,
    /// One line for each value that is not as expected.
    Failed(Vec<String>),
    /// Nothing of it was compared.
    Skipped(String),
    /// So many values agree, and these have no result to compare with. It counts as skipped.
    Partly(usize, Vec<String>),
}

struct Tally {
    /// A case's id, or its place in the file if it has none.
    verdicts: Vec<(String, Verdict)>,
}

impl Tally {
    fn of(cases: &[Json]) -> Tally {
        let name = |(index, json): (usize, &Json)| {
            let id = json.get("id").and_then(Json::as_str).map(str::to_owned);
            (id.unwrap_or_else(|| format!("case {}", index + 1)), judge(json))
        };
        Tally { verdicts: cases.iter().enumerate().map(name).collect() }
    }

    fn count(&self, wanted: fn(&Verdict) -> bool) -> usize {
        self.verdicts.iter().filter(|(_, verdict)| wanted(verdict)).count()
    }

    fn passed(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Passed)
    }

    fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed(_)))
    }

    fn skipped(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Skipped(_) | Verdict::Partly(..)))
    }

    fn summary(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed(), self.failed(), self.skipped())
    }

    fn failures(&self) -> String {
        let mut lines = Vec::new();
        for (name, verdict) in &self.verdicts {
            if let Verdict::Failed(values) = verdict {
                lines.extend(values.iter().map(|value| format!("failed {name}: {value}")));
            }
        }
        lines.join("\n")
    }

    fn print(&self) {
        for (name, verdict) in &self.verdicts {
            match verdict {
                Verdict::Skipped(why) => println!("skipped {name}: {why}"),
                Verdict::Partly(compared, left_out) => {
                    println!("skipped {name}: {compared} values agree, left out: {}", left_out.join(", "));
                }
                Verdict::Passed | Verdict::Failed(_) => {}
            }
        }
        let failures = self.failures();
        if !failures.is_empty() {
            println!("{failures}");
        }
        println!("{}", self.summary());
    }
}

/// What a case comes to. Nothing it holds stops the others.
fn judge(json: &Json) -> Verdict {
    let verdict = catch_unwind(AssertUnwindSafe(|| match Case::read(json) {
        Ok(case) => judge_case(&case),
        Err(trouble) => of_trouble(trouble),
    }));
    verdict.unwrap_or_else(|fault| {
        let text = fault.downcast_ref::<String>().map(String::as_str).or(fault.downcast_ref::<&str>().copied());
        Verdict::Failed(vec![format!("it panics: {}", text.unwrap_or("without a word"))])
    })
}

fn of_trouble(trouble: Trouble) -> Verdict {
    match trouble {
        Trouble::Malformed(why) | Trouble::Engine(why) => Verdict::Failed(vec![why]),
        Trouble::Skipped(why) => Verdict::Skipped(why),
        Trouble::Unknown => Verdict::Failed(vec!["it has a key that its method does not know".to_owned()]),
    }
}

fn judge_case(case: &Case) -> Verdict {
    let method = METHODS.iter().find(|(name, _)| *name == case.method).map(|(_, method)| method);
    let reader = match method {
        None => return Verdict::Skipped(format!("the method `{}` is not known", case.method)),
        Some(Later(why)) => return Verdict::Skipped(format!("{}: {why}", case.method)),
        Some(Played(play)) => play(case),
    };
    match reader {
        Ok(reader) => judge_by(case, &reader),
        Err(trouble) => of_trouble(trouble),
    }
}

/// What a case comes to whose results can be read.
fn judge_by(case: &Case, reader: &Reader) -> Verdict {
    let (mut wrong, mut left_out, mut compared) = (Vec::new(), Vec::new(), 0);
    // A peer's print-out is no requirement.
    let required = case.expected.iter().filter(|(key, _)| *key != "peer_output");
    let required = required.map(|(key, wanted)| (key, wanted, case.tolerance(key)));
    let exact = |key: &str| if case.is_rounded { case.tolerance(key) } else { EXACT };
    let required = required.chain(case.exact.iter().map(|(key, wanted)| (key, wanted, exact(key))));
    for (key, wanted, tolerance) in required {
        match reader(key) {
            Ok(answer) => match compare(&answer, wanted, key, tolerance) {
                Ok(()) => compared += 1,
                Err(why) => wrong.push(why),
            },
            Err(Trouble::Skipped(why)) => left_out.push(format!("{key} ({why})")),
            Err(Trouble::Unknown) => wrong.push(format!("{key}: not a key that `{}` knows", case.method)),
            Err(Trouble::Malformed(why) | Trouble::Engine(why)) => wrong.push(format!("{key}: {why}")),
        }
    }
    if !wrong.is_empty() {
        Verdict::Failed(wrong)
    } else if !left_out.is_empty() {
        Verdict::Partly(compared, left_out)
    } else if compared == 0 {
        Verdict::Failed(vec!["nothing of it was compared".to_owned()])
    } else {
        Verdict::Passed
    }
}

/// Where a case is unrounded its rational texts must hold to the digits an exact engine keeps.
const EXACT: Tolerance = Tolerance { relative: Decimal::from_parts(1, 0, 0, false, 15), absolute: Decimal::ZERO };

fn compare(answer: &Answer, wanted: &Json, key: &str, tolerance: Tolerance) -> Result<(), String> {
    let shown = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
    match answer {
        Answer::Number(actual) => {
            let wanted =
                decimal(wanted, key).map_err(|_| format!("{key}: {shown} is expected, the engine says {actual}"))?;
            if (*actual - wanted).abs() <= tolerance.around(wanted) {
                return Ok(());
            }
            Err(format!("{key}: {shown} is expected, the engine says {}", actual.normalize()))
        }
        Answer::Given { result, wanted, actual } => {
            if (*actual - *wanted).abs() <= tolerance.around(*wanted) {
                return Ok(());
            }
            Err(format!("{key}: with {shown} put in, {result} is {} and not {wanted}", actual.normalize()))
        }
        Answer::List(answers) => {
            let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
            if answers.len() != wanted.len() {
                return Err(format!("{key}: {shown} is expected, the engine says {answers:?}"));
            }
            let mut pairs = answers.iter().zip(wanted).enumerate();
            pairs.try_for_each(|(place, (answer, wanted))| {
                compare(answer, wanted, &format!("{key}: {place}"), tolerance)
            })
        }
        Answer::Table(answers) => {
            let wanted = wanted.as_object().filter(|wanted| wanted.len() == answers.len());
            answers.iter().try_for_each(|(name, answer)| match wanted.and_then(|wanted| wanted.get(name)) {
                Some(wanted) => compare(answer, wanted, &format!("{key}: {name}"), tolerance),
                None => Err(format!("{key}: {shown} is expected, the engine says {answers:?}")),
            })
        }
        Answer::Names(names) => {
            let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
            let is_named = |name: &String| wanted.iter().any(|wanted| wanted.as_str() == Some(name.as_str()));
            if names.len() == wanted.len() && names.iter().all(is_named) {
                return Ok(());
            }
            Err(format!("{key}: {shown} is expected, the engine says {}", names.join(" and ")))
        }
        Answer::Terms(terms) if terms.contains(&shown) => Ok(()),
        Answer::Terms(terms) => Err(format!("{key}: {shown} is expected, the engine says {}", terms.join(" and "))),
        Answer::Flag(flag) if wanted.as_bool() == Some(*flag) => Ok(()),
        Answer::Flag(flag) => Err(format!("{key}: {shown} is expected, the engine says {flag}")),
    }
}

fn own_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn json_of(path: &Path) -> Json {
    let text = fs::read_to_string(path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

fn cases_of(path: &Path) -> Vec<Json> {
    match json_of(path) {
        Json::Array(cases) => cases,
        other => panic!("{} is not a list of cases: {}", path.display(), other.to_string().len()),
    }
}

// -------------------------------------------------------------------------------------------------- the tests

#[test]
fn published_worked_examples() {
    let other = env::var_os("CAPSIM_VECTORS").map(PathBuf::from);
    let path = other.clone().unwrap_or_else(|| own_file("worked-examples.json"));
    let tally = Tally::of(&cases_of(&path));
    tally.print();
    assert!(tally.failed() == 0, "{}\n{}", tally.summary(), tally.failures());
    // Its own file cannot pass by being skipped.
    assert!(other.is_some() || tally.passed() >= 114, "only {}", tally.summary());
}

/// The case of one hard deal with these published values, each to the digits it is printed with.
fn kelvin_with(values: &Map<String, Json>) -> Case {
    let published = cases_of(&own_file("worked-examples.json"));
    let mut case = published.into_iter().find(|case| case["id"] == "kel-ad").expect("the case with the inputs");
    let mut by_key = Map::new();
    for key in values.keys() {
        // As the file says: shares, money, percentages and ratios, prices.
        let printed = if key.ends_with("_shares") || key.ends_with("shares_issued") || key.ends_with("_transferred") {
            0.51
        } else if key.ends_with("pct") || key.ends_with("ratio") {
            6e-10
        } else if key.ends_with("usd_to_founders") || key.contains("dollars") || key.ends_with("total_distributed") {
            0.011
        } else {
            6e-7
        };
        by_key.insert(key.clone(), json!({ "abs": printed }));
    }
    case["expected"] = Json::Object(values.clone());
    case["tolerance"] = json!({ "keys": by_key });
    Case::read(&case).expect("a case")
}

/// All published values of one hard deal: none is left out, or the verdict is another one.
#[test]
fn kelvin_truth() {
    let truth = json_of(&own_file("kelvin-truth.json"));
    let values = truth["values"].as_object().expect("the values");
    assert_eq!(values.len(), 167);
    let case = kelvin_with(values);
    assert_eq!(judge_case(&case), Verdict::Passed, "built of the inputs");
    let shipped = kelvin::shipped(&case, "bench/kelvin.toml").expect("a scenario that plays");
    assert_eq!(judge_by(&case, &shipped), Verdict::Passed, "as it ships");
    // Each of them made wrong is named.
    let wrong = |(key, value): (&String, &Json)| (key.clone(), spoilt(value, case.tolerance(key).absolute));
    let wrong = Case { expected: case.expected.iter().map(wrong).collect(), ..case.clone() };
    let Verdict::Failed(lines) = judge_by(&wrong, &shipped) else { panic!("nothing is noticed") };
    for key in values.keys() {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{key}:"))), "{key} is not noticed in {lines:#?}");
    }
}

/// The benchmark's second set of values: 33M are raised instead of 30M, by a case of the shipped scenario.
#[test]
fn kelvin_with_more_money() {
    let published = cases_of(&own_file("worked-examples.json"));
    let perturbed = published.iter().filter(|case| ["kel-round-p", "kel-wf-2000-p"].iter().any(|id| case["id"] == *id));
    let values: Map<String, Json> =
        perturbed.flat_map(|case| case["expected"].as_object().expect("the values").clone()).collect();
    assert_eq!(values.len(), 38);
    let case = kelvin_with(&values);
    let shipped = kelvin::shipped(&case, "bench/kelvin.toml@raise-33").expect("a scenario that plays");
    assert_eq!(judge_by(&case, &shipped), Verdict::Passed);
}

/// Another value of the same kind; of a list or a table the last is another.
fn spoilt(value: &Json, shift: Decimal) -> Json {
    let mut value = value.clone();
    match &mut value {
        Json::Bool(flag) => *flag = !*flag,
        Json::Array(list) => {
            if let Some(last) = list.last_mut() {
                *last = spoilt(last, shift);
            }
        }
        Json::Object(table) => {
            if let Some(last) = table.values_mut().last() {
                *last = spoilt(last, shift);
            }
        }
        other => {
            *other = match decimal(other, "") {
                Ok(number) => json!((number * Decimal::new(11, 1) + shift + Decimal::new(1, 3)).to_string()),
                Err(_) => json!("no such term"),
            }
        }
    }
    value
}

/// Every value of every case that passes, made wrong, is named.
#[test]
fn a_wrong_expectation_is_noticed() {
    let mut noticed = 0;
    for published in cases_of(&own_file("worked-examples.json")) {
        if judge(&published) != Verdict::Passed {
            continue;
        }
        let case = Case::read(&published).expect("a case");
        let mut wrong = published.clone();
        for part in ["expected", "exact"] {
            let Some(values) = published.get(part).and_then(Json::as_object) else { continue };
            for (key, value) in values {
                let shift = case.tolerance(key).absolute * Decimal::TEN;
                wrong[part][key] = spoilt(value, shift);
            }
            let Verdict::Failed(lines) = judge(&wrong) else { panic!("{}: nothing is noticed", case.id) };
            for key in values.keys().filter(|key| *key != "peer_output") {
                let named = lines.iter().any(|line| line.starts_with(&format!("{key}:")));
                assert!(named, "{} {part} {key} is not noticed in {lines:#?}", case.id);
                noticed += 1;
            }
            wrong = published.clone();
        }
    }
    assert!(noticed > 500, "only {noticed} values");
}

#[test]
fn what_is_no_case_does_not_stop_the_others() {
    let sound = json!({
        "id": "sound",
        "inputs": { "method": "valuation", "pre_money": 8_000_000, "new_money": 2_000_000 },
        "expected": { "investor_pct": 0.2 },
        "tolerance": { "rel": 1e-9 },
    });
    let with = |path: &str, value: Json| {
        let mut case = sound.clone();
        *case.pointer_mut(path).expect("a part of the case") = value;
        case
    };
    let cases = [
        with("/inputs/method", json!("tea_leaves")),
        with("/inputs/method", json!("uniform_payoff")),
        sound.clone(),
        json!({}),
        json!("a text"),
        with("/id", json!(7)),
        with("/inputs", json!([])),
        with("/inputs/method", Json::Null),
        with("/inputs/new_money", json!("much")),
        with("/inputs/new_money", Json::Null),
        with("/inputs", json!({ "method": "valuation", "pre_money": 8, "new_money": 2, "warrants": 1 })),
        with("/expected", json!({})),
        with("/expected", json!({ "investor_share": 0.2 })),
        with("/expected/investor_pct", json!("a fifth")),
        with("/expected/investor_pct", json!([0.2])),
        with("/tolerance", json!("loose")),
        with("/inputs/pre_money", json!("1e400")),
        with("/inputs/pre_money", json!(0)),
    ];
    let tally = Tally::of(&cases);
    assert_eq!(tally.summary(), "1 passed, 15 failed, 2 skipped", "{:#?}", tally.verdicts);
    assert_eq!(tally.verdicts[2].1, Verdict::Passed);
    assert_eq!(tally.verdicts[3].0, "case 4");
}
