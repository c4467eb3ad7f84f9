//! One file a command: load, compute, render.

mod check;
mod compare;
mod compare_draws;
mod explain;
mod init;
mod payouts;
mod played;
mod portfolio;
mod run;
mod sensitivity;
mod simulate;
mod solve;
mod study;
mod sweep;

use clap::CommandFactory;

use crate::diagnostics::Bag;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::render::json_schema;
use crate::render::reference;

use super::args::Arguments;
use super::args::Colour;
use super::args::Command;
use super::exit::Exit;
use super::screen::complain;
use super::screen::print;
use super::screen::report;

/// Runs a command.
pub fn run(arguments: &Arguments) -> Exit {
    let colour = arguments.color;
    match &arguments.command {
        Command::Run(args) => run::run(args, colour),
        Command::Compare(args) => compare::compare(args, colour),
        Command::Payouts(args) => payouts::payouts(args, colour),
        Command::Sweep(args) => sweep::sweep(args, colour),
        Command::Simulate(args) => simulate::simulate(args, colour),
        Command::Sensitivity(args) => sensitivity::sensitivity(args, colour),
        Command::Solve(args) => solve::solve(args, colour),
        Command::Portfolio(args) => portfolio::portfolio(args, colour),
        Command::Check(args) => check::check(args, colour),
        Command::Explain(args) => explain::explain(args, colour),
        Command::Init(args) => init::init(args),
        Command::Schema(args) if args.reference => print(&reference()),
        Command::Schema(_) => match serde_json::to_string_pretty(&json_schema()) {
            Ok(text) => print(&format!("{text}\n")),
            Err(error) => {
                complain(&format!("error: the schema cannot be written: {error}"));
                Exit::MachineFailed
            }
        },
        Command::Completions { shell } => {
            let mut bytes = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "capsim", &mut bytes);
            print(&String::from_utf8_lossy(&bytes))
        }
    }
}

/// Prints the faults of a bag and refuses.
fn refuse(bag: &Bag, sources: &Sources, colour: Colour) -> Exit {
    report(&bag.faults(), sources, colour);
    Exit::Refused
}

/// Prints one fault without a text behind it and refuses.
fn refuse_one(fault: &Diagnostic, colour: Colour) -> Exit {
    report(&[fault], &Sources::default(), colour);
    Exit::Refused
}
