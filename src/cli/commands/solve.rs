//! `solve`.

use serde_json::Value;
use serde_json::json;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::report::answer;
use crate::report::solve_grid;
use crate::report::solve_page;
use crate::studies::Answer;
use crate::studies::Goal;
use crate::studies::Interval;
use crate::studies::MOST_POINTS;
use crate::studies::Solution;
use crate::studies::Tried;
use crate::studies::search;
use crate::studies::solve as narrow_down;
use crate::studies::too_many;

use super::super::args::Colour;
use super::super::args::Solve;
use super::super::exit::Exit;
use super::super::progress::Progress;
use super::refuse_one;
use super::run::notice;
use super::study::about;
use super::study::base;
use super::study::kind;
use super::study::no_result;
use super::study::put_out;
use super::study::refuse_point;
use super::study::studied;
use super::study::threads;
use super::study::why_json;

/// Finds where a goal holds; ends with exit code 1 if it holds nowhere.
pub(super) fn solve(args: &Solve, colour: Colour) -> Exit {
    let goal = match Goal::from_text(&args.until) {
        Ok(goal) => goal,
        Err(fault) => return refuse_one(&fault, colour),
    };
    if args.scan > MOST_POINTS {
        return refuse_one(&too_many(args.scan, MOST_POINTS), colour);
    }
    let mut studied = match studied(&args.file, &args.changes, &args.output, colour) {
        Ok(studied) => studied,
        Err(exit) => return exit,
    };
    let (path, asked) = match args.vary.split_once('=') {
        Some((path, asked)) => (path.trim(), Some(asked.trim())),
        None => (args.vary.trim(), None),
    };
    let kind = match kind(&mut studied, &args.vary, path, colour) {
        Ok(kind) => kind,
        Err(exit) => return exit,
    };
    let outcome = match base(&studied, colour) {
        Ok(outcome) => outcome,
        Err(exit) => return exit,
    };
    let Some(document) = &studied.base.document else { return Exit::Refused };
    let search = match search(document, outcome, path, asked, kind, args.scan) {
        Ok(search) => search,
        Err(fault) => return refuse_one(&fault, colour),
    };
    let found = {
        let progress = Progress::new(search.places.len(), "values");
        narrow_down(goal, search, &studied.player(), threads(&args.effort), &progress)
    };
    let Some(found) = found else { return Exit::Interrupted };
    if !found.tried.iter().any(|tried| matches!(tried.at, Answer::Known(..))) {
        let first = found.tried.iter().find(|tried| matches!(tried.at, Answer::Refused(_)));
        if found.tried.iter().any(|tried| matches!(tried.at, Answer::Missing)) {
            return refuse_one(&no_result(&studied, &found.goal.path), colour);
        }
        if let Some(Err(refused)) = first.map(|tried| studied.play(&found.search.line.change(tried.place))) {
            return refuse_point(&refused, colour);
        }
        let fault = Diagnostic::new(Code::CannotSolve, "there was nothing to try").help("write --vary PATH=LOW..HIGH");
        return refuse_one(&fault, colour);
    }
    notice(std::slice::from_ref(&found.goal.path), &studied.base);
    let (title, currency) = about(&studied);
    let page = || solve_page(&found, &title, &args.file, &currency);
    match put_out(page, || solve_grid(&found), || object(&found, &title, &args.file), &args.output, colour) {
        Exit::Done if !found.is_met() => Exit::CheckFailed,
        exit => exit,
    }
}

fn tried(found: &Solution, tried: &Tried) -> Value {
    let line = &found.search.line;
    let refused = match &tried.at {
        Answer::Refused(why) => why_json(why),
        Answer::Known(..) | Answer::Missing => Value::Null,
    };
    json!({
        "value": line.exact(tried.place),
        "set": line.change(tried.place).set,
        "result": tried.at.value().map(ToString::to_string),
        "holds": tried.at.holds(found.goal.test),
        "refused": refused,
    })
}

fn object(found: &Solution, title: &str, file: &str) -> Value {
    let line = &found.search.line;
    let end = |place: i128, beyond: Option<i128>, is_open: bool| {
        json!({
            "value": line.exact(beyond.unwrap_or(place)),
            "included": beyond.is_none(),
            "end_of_search": is_open,
        })
    };
    let intervals: Vec<Value> = found
        .intervals()
        .iter()
        .map(|interval: &Interval| {
            json!({
                "from": end(interval.from, interval.above, interval.is_open_below),
                "to": end(interval.to, interval.below, interval.is_open_above),
            })
        })
        .collect();
    let crossings: Vec<Value> = found
        .crossings
        .iter()
        .map(|crossing| {
            json!({
                "before": tried(found, &crossing.before),
                "after": tried(found, &crossing.after),
                "jumps": crossing.is_jump,
                "narrowed_down": crossing.is_narrow(),
            })
        })
        .collect();
    let refused: Vec<Value> = found
        .refused()
        .into_iter()
        .map(|(from, to, why)| json!({ "from": line.exact(from), "to": line.exact(to), "why": why_json(why) }))
        .collect();
    let ends = (found.search.places.first(), found.search.places.last());
    json!({
        "schema": "capsim.solve/1",
        "scenario": { "title": title, "file": file },
        "until": { "metric": found.goal.path, "test": found.goal.test.sign(), "value": found.goal.typed },
        "vary": {
            "path": line.path,
            "low": ends.0.map(|place| line.exact(*place)),
            "high": ends.1.map(|place| line.exact(*place)),
            "why": found.search.why,
            "tried_first": found.search.places.len(),
            "plays": found.plays,
        },
        "met": found.is_met(),
        "answer": answer(found),
        "intervals": intervals,
        "crossings": crossings,
        "nearest": found.nearest().map(|nearest| tried(found, nearest)),
        "refused": refused,
    })
}
