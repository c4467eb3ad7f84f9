//! `sensitivity`.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::report::sensitivity_grid;
use crate::report::sensitivity_page;
use crate::scenario::Scenario;
use crate::studies::At;
use crate::studies::End;
use crate::studies::Lever;
use crate::studies::NoSensitivity;
use crate::studies::Sensitivity as Found;
use crate::studies::Swing;
use crate::studies::levers;
use crate::studies::sensitivity as each_range;

use super::super::args::Colour;
use super::super::args::Sensitivity;
use super::super::exit::Exit;
use super::super::progress::Progress;
use super::refuse_one;
use super::run::notice;
use super::study::base;
use super::study::no_result;
use super::study::put_out;
use super::study::studied;
use super::study::threads;
use super::study::why_json;

/// Moves every range alone to its ends.
pub(super) fn sensitivity(args: &Sensitivity, colour: Colour) -> Exit {
    let studied = match studied(&args.file, &args.changes, &args.output, colour) {
        Ok(studied) => studied,
        Err(exit) => return exit,
    };
    let outcome = match base(&studied, colour) {
        Ok(outcome) => outcome,
        Err(exit) => return exit,
    };
    let Some(document) = &studied.base.document else { return Exit::Refused };
    let found = {
        let (levers, _) = levers(document, &outcome.scenario);
        let progress = Progress::new(levers.len().saturating_mul(2), "plays");
        let player = studied.player();
        let pairs = args.pairs.unwrap_or(0);
        each_range(document, outcome, &args.metrics, pairs, &player, threads(&args.effort), &progress)
    };
    let found = match found {
        Ok(found) => found,
        Err(NoSensitivity::Stopped) => return Exit::Interrupted,
        Err(NoSensitivity::UnknownResult(path)) => return refuse_one(&no_result(&studied, &path), colour),
    };
    notice(&args.metrics, &studied.base);
    let scenario = &outcome.scenario;
    let page = || sensitivity_page(&found, scenario, &args.file, args.all);
    put_out(page, || sensitivity_grid(&found), || object(&found, scenario, &args.file), &args.output, colour)
}

fn at(value: &At) -> Value {
    match value {
        Ok(None) => json!({ "value": null }),
        Ok(Some(value)) => json!({ "value": value.to_string() }),
        Err(why) => json!({ "refused": why_json(why) }),
    }
}

/// An end and what it gives, in one object.
fn end(end: &End, value: &At) -> Value {
    let mut entry = Map::new();
    entry.insert("typed".to_owned(), end.text.clone().into());
    entry.insert("set".to_owned(), end.change.set.clone().into());
    entry.insert("remove".to_owned(), end.change.remove.clone().into());
    if let Value::Object(found) = at(value) {
        entry.extend(found);
    }
    entry.into()
}

fn object(found: &Found, scenario: &Scenario, file: &str) -> Value {
    let source = |id: &String| {
        let title = scenario.sources.get(id).map(|source| source.title.clone());
        json!({ "id": id, "title": title })
    };
    let path = |lever: usize| found.levers.get(lever).map(|lever: &Lever| lever.path.clone());
    let metrics: Vec<Value> = found
        .tornadoes
        .iter()
        .map(|tornado| {
            let ranges: Vec<Value> = tornado
                .bars
                .iter()
                .filter_map(|bar| {
                    let lever = found.levers.get(bar.lever)?;
                    let (moves, swing) = match bar.swing {
                        Swing::By(by) => (Some(true), Some(by.normalize().to_string())),
                        Swing::Beyond | Swing::Word => (Some(true), None),
                        Swing::Still => (Some(false), Some("0".to_owned())),
                        Swing::Refused => (None, None),
                    };
                    Some(json!({
                        "path": lever.path,
                        "value": lever.value,
                        "low": end(&lever.low, &bar.low),
                        "high": end(&lever.high, &bar.high),
                        "moves": moves,
                        "swing": swing,
                        "sources": lever.sources.iter().map(source).collect::<Vec<_>>(),
                        "said": lever.said,
                        "status": lever.status.word(),
                    }))
                })
                .collect();
            let pairs: Vec<Value> = tornado
                .pairs
                .iter()
                .map(|pair| {
                    let [both_low, low_high, high_low, both_high] = &pair.corners;
                    json!({
                        "paths": [path(pair.levers.0), path(pair.levers.1)],
                        "low_low": at(both_low),
                        "low_high": at(low_high),
                        "high_low": at(high_low),
                        "high_high": at(both_high),
                        "interaction": pair.interaction.map(|beyond| beyond.normalize().to_string()),
                    })
                })
                .collect();
            json!({
                "path": tornado.metric.path,
                "base": tornado.base.to_string(),
                "ranges": ranges,
                "pairs": pairs,
            })
        })
        .collect();
    json!({
        "schema": "capsim.sensitivity/1",
        "scenario": { "title": scenario.title, "file": file },
        "metrics": metrics,
        "without_ends": found.without_ends,
    })
}
