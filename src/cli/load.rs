//! From what was typed to an outcome.

use std::path::Path;
use std::path::PathBuf;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::document::Document;
use crate::document::Request;
use crate::document::load;
use crate::outcome::Outcome;
use crate::outcome::run;
use crate::scenario::scenario;

use super::args::Changes;
use super::files::Disk;

/// A scenario that was loaded, and what was found on the way.
pub struct Loaded {
    /// Its texts.
    pub sources: Sources,
    /// What was found.
    pub bag: Bag,
    /// The merged file; none if it was refused.
    pub document: Option<Document>,
    /// What playing it left; none if it was refused.
    pub outcome: Option<Outcome>,
}

/// Loads and plays `FILE` or `FILE@CASE` with the changes asked for.
pub fn play(file: &str, changes: &Changes) -> Loaded {
    let mut loaded = Loaded { sources: Sources::default(), bag: Bag::default(), document: None, outcome: None };
    let mut disk = match Disk::new(&changes.allow_outside) {
        Ok(disk) => disk,
        Err(refusal) => {
            loaded.bag.add(Diagnostic::new(refusal.code, refusal.message).help(refusal.help));
            return loaded;
        }
    };
    let (path, case) = split_case(file);
    let cases = case.into_iter().chain(changes.cases.iter().cloned()).collect();
    let request = Request { path, cases, remove: changes.remove.clone(), set: changes.set.clone() };
    loaded.document = load(&request, &mut disk, &mut loaded.sources, &mut loaded.bag);
    if let Some(document) = &loaded.document
        && let Some(scenario) = scenario(document, &mut loaded.bag)
    {
        loaded.outcome = run(scenario, &mut loaded.bag);
    }
    loaded
}

/// `FILE@CASE` in two; a file whose own name has the sign is itself.
pub fn split_case(file: &str) -> (String, Option<String>) {
    match file.rsplit_once('@') {
        Some((path, case)) if !Path::new(file).exists() => (path.to_owned(), Some(case.to_owned())),
        _ => (file.to_owned(), None),
    }
}

/// Files as named; a folder stands for the scenario files in it and below it, by name.
///
/// # Errors
/// A folder that cannot be read or holds none.
pub fn expand(files: &[String]) -> Result<Vec<String>, Diagnostic> {
    let mut all = Vec::new();
    for file in files {
        let path = Path::new(file);
        if !path.is_dir() {
            all.push(file.clone());
            continue;
        }
        let mut found = Vec::new();
        gather(path, &mut found, 0).map_err(|error| {
            Diagnostic::new(Code::FileMissing, format!("`{file}` cannot be read: {}", super::files::reason(&error)))
        })?;
        if found.is_empty() {
            return Err(Diagnostic::new(Code::FileMissing, format!("`{file}` holds no scenario file"))
                .help("scenario files end in .toml"));
        }
        found.sort();
        all.extend(found.into_iter().map(|path| path.display().to_string()));
    }
    Ok(all)
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>, depth: usize) -> std::io::Result<()> {
    if depth > 16 {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() {
            gather(&path, found, depth + 1)?;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    Ok(())
}
