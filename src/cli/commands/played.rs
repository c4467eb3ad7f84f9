//! Every file of a command, played.

use crate::document::Document;
use crate::outcome::Outcome;

use super::super::args::Changes;
use super::super::args::Colour;
use super::super::args::Output;
use super::super::exit::Exit;
use super::super::files::is_same_file;
use super::super::load::Loaded;
use super::super::load::expand;
use super::super::load::play;
use super::super::screen::complain;
use super::refuse;
use super::refuse_one;

/// One scenario that was played.
pub(super) struct Played {
    pub file: String,
    pub loaded: Loaded,
    pub document: Document,
    pub outcome: Outcome,
}

/// Plays every file and says the faults of all.
///
/// # Errors
///
/// The exit, once said why: a file is refused, or `--output` names one that is read.
pub(super) fn played(
    files: &[String],
    changes: &Changes,
    output: &Output,
    colour: Colour,
) -> Result<Vec<Played>, Exit> {
    let files = expand(files).map_err(|fault| refuse_one(&fault, colour))?;
    let mut all = Vec::new();
    let mut refused = false;
    for file in files {
        let mut loaded = play(&file, changes);
        match (loaded.document.take(), loaded.outcome.take()) {
            (Some(document), Some(outcome)) => all.push(Played { file, loaded, document, outcome }),
            _ => {
                refuse(&loaded.bag, &loaded.sources, colour);
                refused = true;
            }
        }
    }
    if refused {
        return Err(Exit::Refused);
    }
    if let Some(output) = &output.output {
        let read = all.iter().flat_map(|played| played.loaded.sources.names());
        if let Some(input) = read.into_iter().find(|input| is_same_file(output, input)) {
            complain(&format!("error: --output names `{input}`, which is read"));
            return Err(Exit::Refused);
        }
    }
    Ok(all)
}
