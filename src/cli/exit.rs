//! Exit codes, all of them.

use std::process::ExitCode;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, but a check that was asked for failed.
    CheckFailed,
    /// The input was refused: nothing on stdout, no file touched.
    Refused,
    /// The machine failed us: a disk, a pipe, a permission.
    MachineFailed,
    /// Ctrl-C stopped a study before it was done: nothing on stdout, no file touched.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::CheckFailed => 1,
            Exit::Refused => 2,
            Exit::MachineFailed => 3,
            Exit::Interrupted => 130,
        })
    }
}
