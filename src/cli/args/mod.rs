//! What can be typed.

mod studies;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;

pub use studies::Draws;
pub use studies::Effort;
pub use studies::PointsName;
use studies::SENSITIVITY_EXAMPLES;
use studies::SIMULATE_EXAMPLES;
use studies::SOLVE_EXAMPLES;
use studies::SWEEP_EXAMPLES;
pub use studies::Sensitivity;
pub use studies::Simulate;
pub use studies::Solve;
pub use studies::Sweep;

const EXAMPLES: &str = "\
Examples:
  capsim init scenario.toml                    a commented scenario to start from
  capsim run scenario.toml                     who owns what, how long the money lasts
  capsim run scenario.toml --case pre-money --set round.a.tranche.lead.amount=8M
  capsim compare base.toml variant.toml        what differs, and because of which inputs
  capsim explain scenario.toml ownership.ada   why this figure
  capsim sensitivity scenario.toml --metric ownership.ada      which uncertain figure matters most
  capsim solve scenario.toml --vary round.a.pre_money --until 'ownership.ada > 25%'

Exit codes: 0 done; 1 done, but a check asked for failed; 2 the input was refused; 3 the machine failed;
130 a study was stopped with Ctrl-C.";

/// A scenario cap-table simulator: exact ownership, dilution and cash runway from one text file.
#[derive(Debug, Parser)]
#[command(name = "capsim", version, about, after_help = EXAMPLES, max_term_width = 100)]
pub struct Arguments {
    /// When to use colours; NO_COLOR is obeyed.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub color: Colour,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario: who owns what, how long the money lasts, what comes back.
    #[command(after_help = RUN_EXAMPLES)]
    Run(Run),
    /// Lay scenarios, cases or saved results side by side; the first is the baseline.
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(Compare),
    /// Show what everybody takes of a sale over a range of values, and where the breakpoints lie.
    #[command(after_help = PAYOUTS_EXAMPLES)]
    Payouts(Payouts),
    /// Play a scenario at every combination of some values: a table, or a map of two inputs.
    #[command(after_help = SWEEP_EXAMPLES)]
    Sweep(Sweep),
    /// Draw what has a shape or a probability, many times over: how results are spread, and how likely a statement is.
    #[command(after_help = SIMULATE_EXAMPLES)]
    Simulate(Simulate),
    /// Move every figure that has a range to its ends, one at a time: which of them matters to a result, and who says so.
    #[command(after_help = SENSITIVITY_EXAMPLES)]
    Sensitivity(Sensitivity),
    /// Find for which values of an input a result is above, below or at a value: every place where that changes.
    #[command(after_help = SOLVE_EXAMPLES)]
    Solve(Solve),
    /// Lay one holder's stakes in several companies side by side: what it owns, put in, and is promised back.
    #[command(after_help = PORTFOLIO_EXAMPLES)]
    Portfolio(Portfolio),
    /// Say what is wrong with a scenario, in all its cases, and print no result.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Say why a figure is what it is: the formula with its numbers, the inputs with file, line and source.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Explain),
    /// Print the JSON Schema of scenario files, for editors that complete and check them.
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(Schema),
    /// Write a commented scenario to start from.
    Init(Init),
    /// Print completions for a shell.
    #[command(after_help = "Example:\n  capsim completions bash > ~/.local/share/bash-completion/completions/capsim")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

const RUN_EXAMPLES: &str = "\
Examples:
  capsim run scenario.toml
  capsim run scenario.toml@pre-money                  under a case
  capsim run scenarios/openai                         every scenario of a folder
  capsim run scenario.toml --metric ownership.ada     one value, for a script
  capsim run scenario.toml --metric 'runway.*.months' --metric ownership.ada@2026-12-31
  capsim run scenario.toml --view cash --format csv   the monthly balances as a table
  capsim run scenario.toml --format json --output result.json";

const COMPARE_EXAMPLES: &str = "\
Examples:
  capsim compare amazon-50b.toml amazon-40b.toml
  capsim compare amazon-50b.toml amazon-50b.toml@pre-money
  capsim compare amazon-50b.toml                      the file against each of its cases
  capsim compare runway-matrix.toml --burns              one burn report against the other
  capsim compare saved.json scenario.toml --fail-on-change
  capsim compare amazon-50b.toml amazon-40b.toml --draws 100000 --metric 'ownership.*'
                                                     on the same random numbers: how far apart, draw by draw";

const PAYOUTS_EXAMPLES: &str = "\
Examples:
  capsim payouts scenario.toml                                          from nothing to past the last breakpoint
  capsim payouts scenario.toml --vary exit.sale.equity_value=0..80M/5M  these values
  capsim payouts scenario.toml --exit sale --by class --format csv";

const PORTFOLIO_EXAMPLES: &str = "\
Examples:
  capsim portfolio openai.toml anthropic.toml --holder amazon
  capsim portfolio openai.toml@fully-funded anthropic.toml --holder amazon --at 2027-12-31
  capsim portfolio companies --holder fund --format csv      every scenario of a folder";

const CHECK_EXAMPLES: &str = "\
Examples:
  capsim check scenario.toml
  capsim check scenario.toml --case pre-money --resolved   the merged file, each line with its origin";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  capsim explain scenario.toml ownership.amazon
  capsim explain scenario.toml price.mega runway.quarter-12.months
  capsim explain scenario.toml round.mega.tranche.amazon.amount   an input: who says so, and who disagrees";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  capsim schema > scenario.schema.json      then put `#:schema ./scenario.schema.json` on a file's first line
  capsim schema --reference                 the same as a page to read";

/// Which scenario, and what to change in it.
#[derive(Debug, Clone, Args)]
pub struct Changes {
    /// Apply a case of the file; again for more, in order.
    #[arg(long = "case", value_name = "NAME")]
    pub cases: Vec<String>,

    /// Set an input, read by the kind of its path; again for more.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,

    /// Take an input away; again for more.
    #[arg(long = "remove", value_name = "PATH")]
    pub remove: Vec<String>,

    /// Let `extends` read below this folder too.
    #[arg(long = "allow-outside", value_name = "DIR")]
    pub allow_outside: Vec<PathBuf>,
}

/// Where the result goes, and how.
#[derive(Debug, Clone, Args)]
pub struct Output {
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Terminal, value_name = "FORMAT")]
    pub format: Format,

    /// Write to a file, whole or not at all, instead of the screen.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned text for reading.
    Terminal,
    /// One JSON object, decimals as strings.
    Json,
    /// `path,value`, or the table of one view.
    Csv,
    /// Markdown tables.
    Markdown,
}

/// The sections of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ViewName {
    /// Rounds and tranches.
    Rounds,
    /// Who owns it.
    Ownership,
    /// SAFEs, notes, options, warrants and price protection.
    Instruments,
    /// Why it changed.
    Bridge,
    /// How long the money lasts.
    Runway,
    /// The same by what becomes of the conditions.
    Matrix,
    /// What the burn reports say of each year.
    Years,
    /// Cash at each month's end.
    Cash,
    /// What comes back.
    Flows,
    /// What exits pay, with every breakpoint.
    Exits,
    /// Assumed, disputed, sources.
    Figures,
    /// What is worth knowing.
    Findings,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Scenario files, FILE@CASE, or folders of scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,

    /// What to change in them.
    #[command(flatten)]
    pub changes: Changes,

    /// Print just this result; `*` stands for one part, @DAY or @EVENT for a moment.
    #[arg(long = "metric", value_name = "PATH")]
    pub metrics: Vec<String>,

    /// Show just this part of the page; again for more.
    #[arg(long = "view", value_enum, value_name = "VIEW")]
    pub views: Vec<ViewName>,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// Scenario files, FILE@CASE, or results saved with --format json; one file alone is compared with its cases.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,

    /// What to change in all scenario files.
    #[command(flatten)]
    pub changes: Changes,

    /// Lay the burn reports side by side instead: each file as each of its reports sees it.
    #[arg(long)]
    pub burns: bool,

    /// Show what does not differ too, and shares, votes and monthly cash.
    #[arg(long)]
    pub all: bool,

    /// End with exit code 1 if any result differs.
    #[arg(long)]
    pub fail_on_change: bool,

    /// Simulate instead: so many draws of each on the same random numbers, and how far each is from the first.
    #[arg(long, value_name = "N", conflicts_with_all = ["burns", "all", "fail_on_change"])]
    pub draws: Option<u64>,

    /// What the random numbers are drawn from [default: 1].
    #[arg(long, value_name = "SEED", requires = "draws")]
    pub seed: Option<u64>,

    /// Simulate this result; `*` stands for one part, @DAY or @EVENT for a moment; again for more.
    #[arg(long = "metric", value_name = "PATH", requires = "draws")]
    pub metrics: Vec<String>,

    /// Say how likely this is in each: METRIC OP VALUE, with >, >=, <, <= or =; again for more.
    #[arg(long = "probability", value_name = "STATEMENT", requires = "draws")]
    pub probabilities: Vec<String>,

    /// Which quantiles of the differences to show [default: 5%,50%,95%].
    #[arg(long, value_name = "P,P,...", value_delimiter = ',', requires = "draws")]
    pub quantiles: Vec<String>,

    /// On how many threads; the result is the same on any number.
    #[arg(long, value_name = "N", requires = "draws")]
    pub threads: Option<NonZeroUsize>,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `payouts`.
#[derive(Debug, Args)]
pub struct Payouts {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// Which sale or wind-up, if there are several.
    #[arg(long, value_name = "EXIT")]
    pub exit: Option<String>,

    /// Over which values: PATH=LOW..HIGH/STEP, or PATH=A,B,C.
    #[arg(long, value_name = "PATH=RANGE")]
    pub vary: Option<String>,

    /// Whose payments.
    #[arg(long, value_enum, default_value_t = PaidBy::Holder, value_name = "WHOM")]
    pub by: PaidBy,

    /// What to change in it.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `portfolio`.
#[derive(Debug, Args)]
pub struct Portfolio {
    /// Scenario files, FILE@CASE, or folders of scenario files: a company each.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,

    /// The id of the holder in them.
    #[arg(long, value_name = "ID")]
    pub holder: String,

    /// At the end of this day, not of each scenario.
    #[arg(long, value_name = "DAY")]
    pub at: Option<String>,

    /// What to change in all of them.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// Whose payments are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaidBy {
    /// Holders.
    Holder,
    /// Classes and instruments.
    Class,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Scenario files, FILE@CASE, or folders of scenario files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,

    /// What to change in them.
    #[command(flatten)]
    pub changes: Changes,

    /// Print the merged file as one layer, each line with the file and line it came from.
    #[arg(long)]
    pub resolved: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A scenario file, or FILE@CASE.
    #[arg(value_name = "FILE")]
    pub file: String,

    /// Results or inputs by path.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,

    /// What to change in it.
    #[command(flatten)]
    pub changes: Changes,

    /// Where it goes.
    #[command(flatten)]
    pub output: Output,
}

/// `schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// Print the reference page instead, in Markdown.
    #[arg(long)]
    pub reference: bool,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The file to write; `-` prints it. An existing file is left alone.
    #[arg(default_value = "scenario.toml", value_name = "FILE")]
    pub file: PathBuf,
}
