//! The command line: arguments in, exit code out. The only place that touches files and the screen.
//!
//! Takes what was typed, loads, computes, renders, writes. Lacks on purpose: any computation of its own.

mod args;
mod commands;
mod exit;
mod files;
mod load;
mod progress;
mod screen;

pub use args::Arguments;
pub use exit::Exit;

use clap::Parser;

/// Runs the command that was typed.
#[must_use]
pub fn main() -> Exit {
    match Arguments::try_parse() {
        Ok(arguments) => commands::run(&arguments),
        Err(error) => {
            // Help and version go to stdout and are no failure.
            let is_asked_for = !error.use_stderr();
            let printed = error.print();
            match (is_asked_for, printed) {
                (true, _) => Exit::Done,
                (false, _) => Exit::Refused,
            }
        }
    }
}
