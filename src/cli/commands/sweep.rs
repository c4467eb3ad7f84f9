//! `sweep`.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::report::sweep_grid;
use crate::report::sweep_page;
use crate::studies::AxisPoint;
use crate::studies::AxisValue;
use crate::studies::MOST_POINTS;
use crate::studies::NoSweep;
use crate::studies::Sweep as Swept;
use crate::studies::change_at;
use crate::studies::count;
use crate::studies::sweep as every_point;
use crate::studies::too_many;

use super::super::args::Colour;
use super::super::args::Sweep;
use super::super::exit::Exit;
use super::super::progress::Progress;
use super::refuse_one;
use super::run::notice;
use super::study::about;
use super::study::axes;
use super::study::no_result;
use super::study::put_out;
use super::study::refuse_point;
use super::study::studied;
use super::study::threads;
use super::study::why_json;

/// Plays every point; prints nothing if all of them are refused.
pub(super) fn sweep(args: &Sweep, colour: Colour) -> Exit {
    let mut studied = match studied(&args.file, &args.changes, &args.output, colour) {
        Ok(studied) => studied,
        Err(exit) => return exit,
    };
    let axes = match axes(&mut studied, &args.vary, colour) {
        Ok(axes) => axes,
        Err(exit) => return exit,
    };
    let points = count(&axes);
    if points > MOST_POINTS {
        return refuse_one(&too_many(points, MOST_POINTS), colour);
    }
    let (_, first) = change_at(&axes, 0);
    let swept = {
        let progress = Progress::new(points, "points");
        every_point(axes, &args.metrics, &studied.player(), threads(&args.effort), &progress)
    };
    let swept = match swept {
        Ok(swept) => swept,
        Err(NoSweep::Stopped) => return Exit::Interrupted,
        Err(NoSweep::AllRefused) => {
            return match studied.play(&first) {
                Err(refused) => refuse_point(&refused, colour),
                Ok(_) => Exit::Refused,
            };
        }
        Err(NoSweep::UnknownResult(path)) => return refuse_one(&no_result(&studied, &path), colour),
    };
    let asked: Vec<String> = swept.metrics.iter().map(|metric| metric.path.clone()).collect();
    notice(&asked, &studied.base);
    let (title, currency) = about(&studied);
    let page = || sweep_page(&swept, &title, &args.file, &currency);
    put_out(page, || sweep_grid(&swept), || object(&swept, &title, &args.file), &args.output, colour)
}

/// A value of an axis with every digit.
fn value(point: &AxisPoint) -> String {
    match &point.value {
        AxisValue::Number(number) => number.normalize().to_string(),
        AxisValue::Day(day) => day.to_string(),
        AxisValue::Text => point.text.clone(),
    }
}

fn object(swept: &Swept, title: &str, file: &str) -> Value {
    let axes: Vec<Value> = swept
        .axes
        .iter()
        .map(|axis| json!({ "path": axis.path, "values": axis.points.iter().map(value).collect::<Vec<_>>() }))
        .collect();
    let points: Vec<Value> = swept
        .points
        .iter()
        .map(|point| {
            let at: Map<String, Value> = swept
                .axes
                .iter()
                .zip(&point.at)
                .filter_map(|(axis, place)| Some((axis.path.clone(), value(axis.points.get(*place)?).into())))
                .collect();
            let mut entry = Map::new();
            entry.insert("at".to_owned(), at.into());
            entry.insert("case".to_owned(), point.change.cases.clone().into());
            entry.insert("set".to_owned(), point.change.set.clone().into());
            match &point.values {
                Ok(values) => {
                    let metrics: Map<String, Value> = swept
                        .metrics
                        .iter()
                        .zip(values)
                        .map(|(metric, value)| {
                            (metric.path.clone(), value.as_ref().map_or(Value::Null, |value| value.to_string().into()))
                        })
                        .collect();
                    entry.insert("metrics".to_owned(), metrics.into());
                }
                Err(why) => {
                    entry.insert("refused".to_owned(), why_json(why));
                }
            }
            entry.into()
        })
        .collect();
    json!({
        "schema": "capsim.sweep/1",
        "scenario": { "title": title, "file": file },
        "axes": axes,
        "metrics": swept.metrics.iter().map(|metric| metric.path.clone()).collect::<Vec<_>>(),
        "points": points,
        "refused": swept.refused(),
    })
}
