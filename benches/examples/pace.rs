//! How fast the reference model is simulated on one thread: draws alone, and with mean and quantiles of all 20 outputs.
//!
//! `cargo run --release -p capsim-benches --example pace [DRAWS]` prints one JSON object. `benches/against_numpy.py` runs
//! it side by side with the NumPy peer.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a bench that cannot read its own scenario is broken"
)]

use std::time::Instant;

use capsim::diagnostics::Bag;
use capsim::diagnostics::Code;
use capsim::diagnostics::Sources;
use capsim::document::FileRefusal;
use capsim::document::FileText;
use capsim::document::Files;
use capsim::document::Request;
use capsim::document::load;
use capsim::outcome::Measure;
use capsim::outcome::Outcome;
use capsim::outcome::run;
use capsim::scenario::scenario;
use capsim::studies::Change;
use capsim::studies::Refused;
use capsim::studies::Unwatched;
use capsim::studies::simulate::Points;
use capsim::studies::simulate::Wanted;
use capsim::studies::simulate::simulate;
use capsim::studies::simulate::summary;

/// The reference model, held in memory.
struct Model;

impl Files for Model {
    fn read(&mut self, _: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        let text = include_str!("../../scenarios/bench/mega-round.toml");
        if path == "mega-round.toml" {
            return Ok(FileText { key: path.to_owned(), name: path.to_owned(), bytes: text.as_bytes().to_vec() });
        }
        Err(FileRefusal { code: Code::FileMissing, message: path.to_owned(), help: String::new() })
    }
}

fn main() {
    let draws = std::env::args().nth(1).map_or(1_000_000, |draws| draws.parse().unwrap());
    let (mut bag, mut sources) = (Bag::default(), Sources::default());
    let request = Request { path: "mega-round.toml".to_owned(), ..Request::default() };
    let document = load(&request, &mut Model, &mut sources, &mut bag).unwrap();
    let outcome: Outcome = run(scenario(&document, &mut bag).unwrap(), &mut bag).unwrap();
    let mut paths: Vec<String> =
        outcome.scenario.owners.iter().map(|owner| format!("ownership.{}", owner.id)).collect();
    paths.extend(
        ["dilution.microsoft", "runway.model.month", "runway.model.trough", "runway.model.gap@2029-12-31"]
            .map(str::to_owned),
    );
    let metrics: Vec<(String, Measure)> =
        paths.into_iter().map(|path| (path.clone(), Measure::of_path(&path))).collect();
    let never = |_: &Change| -> Result<Outcome, Box<Refused>> { panic!("no day of the model is drawn") };
    let once = |count: u64| {
        let wanted = Wanted { metrics: metrics.clone(), seed: 2026, first: 0, count, points: Points::Random };
        let start = Instant::now();
        let simulation = simulate(&outcome, &never, wanted, 1, &Unwatched, &mut Bag::default()).unwrap();
        let drawn = start.elapsed().as_secs_f64();
        let summaries: Vec<_> =
            (0..metrics.len()).map(|result| summary(&simulation, result, &[0.05, 0.5, 0.95])).collect();
        (drawn, start.elapsed().as_secs_f64(), summaries)
    };
    once(10_000);
    let (drawn, together, summaries) = once(draws);
    let mean = |path: &str| summaries.iter().find(|summary| summary.path == path).and_then(|summary| summary.mean);
    println!(
        "{{\"draws\": {draws}, \"draws_per_second\": {:.0}, \"together_per_second\": {:.0}, \"mean_dilution_microsoft\": {:.6}, \"mean_runway_month\": {:.4}}}",
        draws as f64 / drawn,
        draws as f64 / together,
        mean("dilution.microsoft").unwrap_or(f64::NAN),
        mean("runway.model.month").unwrap_or(f64::NAN),
    );
}
