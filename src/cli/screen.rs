//! The only screen access: what is printed, and whether in colour.

use std::io::IsTerminal;
use std::io::Write;
use std::path::Path;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::render::Screen;
use crate::render::faults;
use crate::render::visible;

use super::args::Colour;
use super::exit::Exit;
use super::files::reason;
use super::files::write_whole;

/// The widest a page is drawn: longer lines are hard to read.
const WIDEST: u16 = 160;

/// What stdout is, for pages.
pub fn screen(colour: Colour, to_file: bool) -> Screen {
    let stdout = std::io::stdout();
    let is_terminal = stdout.is_terminal() && !to_file;
    let width = is_terminal.then(|| {
        let asked = terminal_size::terminal_size().map(|(width, _)| width.0).filter(|width| *width > 0);
        let columns = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        asked.or_else(columns).unwrap_or(100).clamp(40, WIDEST)
    });
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => !to_file && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    Screen { width, colour }
}

/// Prints a text, or writes it to a file.
pub fn put(text: &str, file: Option<&Path>) -> Exit {
    match file {
        None => print(text),
        Some(path) => match write_whole(path, text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(error) => {
                complain(&format!("error: `{}` was not written: {}", path.display(), reason(&error)));
                Exit::MachineFailed
            }
        },
    }
}

/// Prints to stdout. A reader that has gone away is no failure.
pub fn print(text: &str) -> Exit {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => {
            complain(&format!("error: nothing more can be printed: {}", reason(&error)));
            Exit::MachineFailed
        }
    }
}

/// A line on stderr.
pub fn complain(line: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{}", visible(line));
}

/// Diagnostics on stderr.
pub fn report(all: &[&Diagnostic], sources: &Sources, colour: Colour) {
    let stderr = std::io::stderr();
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(&stderr) != anstream::ColorChoice::Never,
    };
    // Where stderr is closed there is nobody to tell.
    let _ = write!(stderr.lock(), "{}", faults(all, sources, colour));
}
