//! The `capsim` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    capsim::cli::main().into()
}
