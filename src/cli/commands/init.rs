//! `init`.

use std::path::Path;

use super::super::args::Init;
use super::super::exit::Exit;
use super::super::files::reason;
use super::super::files::write_whole;
use super::super::screen::complain;
use super::super::screen::print;

/// The scenario to start from.
const START: &str = include_str!("start.toml");

/// Writes it, unless something is there already.
pub(super) fn init(args: &Init) -> Exit {
    if args.file == Path::new("-") {
        return print(START);
    }
    let shown = args.file.display();
    if args.file.symlink_metadata().is_ok() {
        complain(&format!("error: `{shown}` is there already and was left alone"));
        complain("help: name another file: capsim init other.toml");
        return Exit::Refused;
    }
    match write_whole(&args.file, START.as_bytes()) {
        Ok(()) => print(&format!("wrote {shown}\nnext: capsim run {shown}\n")),
        Err(error) => {
            complain(&format!("error: `{shown}` was not written: {}", reason(&error)));
            Exit::MachineFailed
        }
    }
}
