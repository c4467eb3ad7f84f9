//! How many draws a second the reference model makes: `cargo run --release -p capsim-benches --example pace`.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a bench"
)]
use capsim::diagnostics::{Bag, Code, Sources};
use capsim::document::{FileRefusal, FileText, Files, Request, load};
use capsim::plan::plan;
use capsim::scenario::scenario;
use capsim::studies::simulate::*;
use std::time::Instant;
struct Text(String);
impl Files for Text {
    fn read(&mut self, _: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        if path == "x.toml" {
            return Ok(FileText { key: path.to_owned(), name: path.to_owned(), bytes: self.0.clone().into_bytes() });
        }
        Err(FileRefusal { code: Code::FileMissing, message: path.to_owned(), help: String::new() })
    }
}
fn main() {
    let file = std::env::args().nth(1).unwrap_or("scenarios/bench/mega-round.toml".into());
    let draws: usize = std::env::args().nth(2).map_or(1_000_000, |n| n.parse().unwrap());
    let text = std::fs::read_to_string(&file).unwrap();
    let (mut bag, mut sources) = (Bag::default(), Sources::default());
    let request = Request { path: "x.toml".to_owned(), ..Request::default() };
    let document = load(&request, &mut Text(text), &mut sources, &mut bag).unwrap();
    let scenario = scenario(&document, &mut bag).unwrap();
    let plan = plan(&scenario, &mut bag);
    let outcome = capsim::outcome::run(scenario.clone(), &mut bag).unwrap();
    let mut paths: Vec<String> = scenario.owners.iter().map(|owner| format!("ownership.{}", owner.id)).collect();
    paths.extend(
        ["dilution.microsoft", "runway.model.month", "runway.model.trough", "runway.model.gap@2029-12-31"]
            .map(String::from),
    );
    let (readings, others) = Readings::of(&scenario, &plan, &paths);
    assert!(others.is_empty(), "{others:?}");
    let sampler = Sampler::of(&outcome, 2026, Points::Random, &mut bag);
    println!("{} drawn, {} slots", sampler.paths().len(), plan.values.len());
    let job = Job { plan: &plan, sampler: &sampler, readings: &readings };
    let mut worker = Worker::new(job);
    for round in 0..(if std::env::var("ONLYF").is_ok() { 0 } else { 3 }) {
        for plain in [false, true] {
            let mut sums = vec![0.0; paths.len()];
            let start = Instant::now();
            let mut refused = 0;
            for first in (0..draws).step_by(4096) {
                let count = 4096.min(draws - first);
                let chunk =
                    if plain { worker.play_plainly(first as u64, count) } else { worker.play(first as u64, count) };
                refused += chunk.refused.len();
                for (sum, column) in sums.iter_mut().zip(chunk.values.chunks(count)) {
                    *sum += column.iter().sum::<f64>();
                }
            }
            let took = start.elapsed().as_secs_f64();
            println!(
                "{} {:.1} ns a draw, {:.2} M/s, refused {refused}",
                if plain { "plain" } else { "wide " },
                took / draws as f64 * 1e9,
                draws as f64 / took / 1e6
            );
            if round == 0 && !plain {
                for (path, sum) in paths.iter().zip(&sums) {
                    println!("  {path} {}", sum / draws as f64);
                }
            }
        }
    }
    {
        let figures: Vec<f64> = sampler.fixed::<1>().iter().map(|f| f.0[0]).collect();
        let mut state = capsim::engine::State::<f64>::new(&plan);
        let mut probe = Probe::new(&readings, &plan);
        let n = draws / 10;
        let start = Instant::now();
        for _ in 0..n {
            probe.clear();
            let _ = capsim::engine::play(&plan, std::hint::black_box(&figures), &mut state, &mut probe);
            std::hint::black_box(&state);
        }
        println!("one by one, f64, no sampling: {:.1} ns", start.elapsed().as_secs_f64() / n as f64 * 1e9);
    }
    let mut figures = sampler.fixed::<LANES>();
    let start = Instant::now();
    for first in (0..draws as u64).step_by(LANES) {
        sampler.fill(first, &mut figures);
        std::hint::black_box(&figures);
    }
    println!("sampler alone, plain: {:.1} ns", start.elapsed().as_secs_f64() / draws as f64 * 1e9);
}
