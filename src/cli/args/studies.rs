//! What can be typed behind the studies: sweeps, sensitivities, searches and simulations.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clap::ValueEnum;

use super::Changes;
use super::Output;

pub(super) const SIMULATE_EXAMPLES: &str = "\
Examples:
  capsim simulate scenario.toml                                     10,000 draws: who owns what, how long the money lasts
  capsim simulate scenario.toml --draws 1000000 --seed 7 --metric ownership.ada --metric 'runway.*.months'
  capsim simulate scenario.toml --probability 'runway.plan.months < 24' --probability 'ownership.ada > 25%'
  capsim simulate scenario.toml --draws 1000000 --first 500000 --count 500000 --per-draw second.csv
  capsim simulate --merge first.csv second.csv --quantiles 1%,50%,99%   slices as one run";

pub(super) const SWEEP_EXAMPLES: &str = "\
Examples:
  capsim sweep scenario.toml --vary round.a.pre_money=20M..60M/10M
  capsim sweep scenario.toml --vary 'round.a.date=2026-03-31..2027-03-31/3 months'
  capsim sweep scenario.toml --vary condition.clearance.expected=true,false --vary case=none,all
Two axes make a map of a result, the second axis across:
  capsim sweep scenario.toml --metric ownership.ada --vary round.a.pre_money=20M..60M/10M \\
      --vary round.a.tranche.lead.amount=4M,8M,12M

A range holds LOW, LOW + STEP and so on, and HIGH if the steps meet it. Days step by days, weeks,
months or years; a rate names its period last: burn.plan.rate=80K..120K/10K/month.
`case=none,NAME` plays without and with a case, `case=all` each of them. A point is what `run` gives
with the same values behind --set.";

pub(super) const SENSITIVITY_EXAMPLES: &str = "\
Examples:
  capsim sensitivity scenario.toml --metric ownership.ada
  capsim sensitivity scenario.toml --metric 'runway.*.months' --all
  capsim sensitivity scenario.toml --metric ownership.ada --pairs    every two of the first eight

A figure goes from `low` to `high`, or from `p5` to `p95`; a condition with a probability fails and
is met; a tranche with one is left out and takes part.";

pub(super) const SOLVE_EXAMPLES: &str = "\
Examples:
  capsim solve scenario.toml --vary round.a.pre_money --until 'ownership.ada > 25%'
  capsim solve scenario.toml --vary burn.plan.rate --until 'runway.plan.months = never'
  capsim solve scenario.toml --vary round.a.tranche.lead.amount=0..50M \\
      --until 'runway.plan.cash_out >= 2029-12'

Without LOW..HIGH the search goes over the figure's own range, or around its value. Exit code 1: it
holds nowhere that was tried.";

/// How a study of many plays is done.
#[derive(Debug, Clone, Args)]
pub struct Effort {
    /// On how many threads; the result is the same on any number. As many as the machine has, if left out.
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

/// `sweep`.
#[derive(Debug, Args)]
pub struct Sweep {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// An input and its values: PATH=LOW..HIGH/STEP, PATH=A,B,C, or case=NAME,NAME; again for more.
    #[arg(long, value_name = "PATH=VALUES", required = true)]
    pub vary: Vec<String>,

    /// Show this result; `*` stands for one part, @DAY or @EVENT for a moment; again for more.
    #[arg(long = "metric", value_name = "PATH")]
    pub metrics: Vec<String>,

    /// How it is done.
    #[command(flatten)]
    pub effort: Effort,

    /// What to change in it at every point.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// What is drawn.
#[derive(Debug, Clone, Args)]
pub struct Draws {
    /// How many draws.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub draws: u64,

    /// What the random numbers are drawn from; the same seed gives the same draws.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,

    /// Play a slice only: begin with this draw, 0 first.
    #[arg(long, value_name = "I", default_value_t = 0)]
    pub first: u64,

    /// And play so many.
    #[arg(long, value_name = "N")]
    pub count: Option<u64>,

    /// Show this result; `*` stands for one part, @DAY or @EVENT for a moment; again for more.
    #[arg(long = "metric", value_name = "PATH")]
    pub metrics: Vec<String>,

    /// Say how likely this is: METRIC OP VALUE, with >, >=, <, <= or =; again for more.
    #[arg(long = "probability", value_name = "STATEMENT")]
    pub probabilities: Vec<String>,

    /// How the points are laid.
    #[arg(long, value_enum, default_value_t = PointsName::Random, value_name = "POINTS")]
    pub points: PointsName,
}

/// How the points of a simulation are laid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PointsName {
    /// At random.
    Random,
    /// Evenly: Sobol's sequence, scrambled. Means come nearer with fewer draws.
    Sobol,
}

impl PointsName {
    /// Whether they are laid evenly.
    #[must_use]
    pub fn is_even(self) -> bool {
        self == PointsName::Sobol
    }
}

/// `simulate`.
#[derive(Debug, Args)]
pub struct Simulate {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: Option<String>,

    /// What is drawn.
    #[command(flatten)]
    pub draws: Draws,

    /// Which quantiles to show.
    #[arg(long, value_name = "P,P,...", value_delimiter = ',', default_value = "5%,50%,95%")]
    pub quantiles: Vec<String>,

    /// Write every draw to this file, a line each: for another program, or to be merged.
    #[arg(long, value_name = "FILE")]
    pub per_draw: Option<PathBuf>,

    /// Put slices together that --per-draw wrote, instead of drawing; the answer is that of one run.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = [
        "file", "draws", "seed", "first", "count", "metrics", "points", "cases", "set", "remove", "allow_outside", "threads",
    ])]
    pub merge: Vec<PathBuf>,

    /// How it is done.
    #[command(flatten)]
    pub effort: Effort,

    /// What to change in it first.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `sensitivity`.
#[derive(Debug, Args)]
pub struct Sensitivity {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// Of this result; `*` stands for one part, @DAY or @EVENT for a moment; again for more.
    #[arg(long = "metric", value_name = "PATH", required = true)]
    pub metrics: Vec<String>,

    /// Move every two of the ranges that matter most together as well; of so many of them.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "8")]
    pub pairs: Option<usize>,

    /// Show the ranges that do not move the result too.
    #[arg(long)]
    pub all: bool,

    /// How it is done.
    #[command(flatten)]
    pub effort: Effort,

    /// What to change in it first.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `solve`.
#[derive(Debug, Args)]
pub struct Solve {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// The input to vary, and where to search: PATH=LOW..HIGH, or PATH alone.
    #[arg(long, value_name = "PATH")]
    pub vary: String,

    /// What is to hold: METRIC OP VALUE, with >, >=, <, <= or =.
    #[arg(long, value_name = "GOAL")]
    pub until: String,

    /// Into how many stretches the range is cut before each is looked into.
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub scan: usize,

    /// How it is done.
    #[command(flatten)]
    pub effort: Effort,

    /// What to change in it first.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}
