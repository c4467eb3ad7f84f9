//! From what was typed to an outcome.

use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::document::Document;
use crate::document::FileRefusal;
use crate::document::FileText;
use crate::document::Files;
use crate::document::Request;
use crate::document::load;
use crate::outcome::Outcome;
use crate::outcome::run;
use crate::scenario::scenario;
use crate::studies::Change;
use crate::studies::Refused;

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
    match Disk::new(&changes.allow_outside) {
        Ok(mut disk) => played(&request(file, changes), &mut disk),
        Err(refusal) => {
            let mut bag = Bag::default();
            bag.add(Diagnostic::new(refusal.code, refusal.message).help(refusal.help));
            Loaded { sources: Sources::default(), bag, document: None, outcome: None }
        }
    }
}

fn request(file: &str, changes: &Changes) -> Request {
    let (path, case) = split_case(file);
    let cases = case.into_iter().chain(changes.cases.iter().cloned()).collect();
    Request { path, cases, remove: changes.remove.clone(), set: changes.set.clone() }
}

fn played(request: &Request, files: &mut dyn Files) -> Loaded {
    let mut loaded = Loaded { sources: Sources::default(), bag: Bag::default(), document: None, outcome: None };
    loaded.document = load(request, files, &mut loaded.sources, &mut loaded.bag);
    if let Some(document) = &loaded.document
        && let Some(scenario) = scenario(document, &mut loaded.bag)
    {
        loaded.outcome = run(scenario, &mut loaded.bag);
    }
    loaded
}

/// A scenario that is played many times with other inputs: its files are read once.
pub struct Studied {
    /// As it is without other inputs.
    pub base: Loaded,
    request: Request,
    texts: Texts,
}

impl Studied {
    /// Reads `FILE` or `FILE@CASE`, and plays it with the changes asked for.
    pub fn new(file: &str, changes: &Changes) -> Studied {
        let request = request(file, changes);
        let texts = Texts::default();
        match Disk::new(&changes.allow_outside) {
            Ok(disk) => {
                let mut keeping = Keeping { disk, texts };
                let base = played(&request, &mut keeping);
                Studied { base, request, texts: keeping.texts }
            }
            Err(_) => Studied { base: play(file, changes), request, texts },
        }
    }

    /// Plays it with other inputs, as `run FILE` would with the same arguments behind those asked for.
    pub fn play(&self, change: &Change) -> Result<Outcome, Box<Refused>> {
        played_with(&self.request, &self.texts, change)
    }

    /// The same for other threads: a scenario that is loaded stays in its own.
    pub fn player(&self) -> impl Fn(&Change) -> Result<Outcome, Box<Refused>> + Sync + use<> {
        let (request, texts) = (self.request.clone(), self.texts.clone());
        move |change| played_with(&request, &texts, change)
    }
}

fn played_with(request: &Request, texts: &Texts, change: &Change) -> Result<Outcome, Box<Refused>> {
    let mut request = request.clone();
    request.cases.extend(change.cases.iter().cloned());
    request.remove.extend(change.remove.iter().cloned());
    request.set.extend(change.set.iter().cloned());
    let loaded = played(&request, &mut Kept(texts));
    match loaded.outcome {
        Some(outcome) => Ok(outcome),
        None => {
            let faults = loaded.bag.faults().into_iter().cloned().collect();
            Err(Box::new(Refused { faults, sources: loaded.sources }))
        }
    }
}

/// Files that were read, by who named them and how.
type Texts = HashMap<(Option<String>, String), FileText>;

/// Reads from the disk and keeps what it read.
struct Keeping {
    disk: Disk,
    texts: Texts,
}

impl Files for Keeping {
    fn read(&mut self, from: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        let text = self.disk.read(from, path)?;
        self.texts.insert((from.map(str::to_owned), path.to_owned()), text.clone());
        Ok(text)
    }
}

/// Reads what was kept.
struct Kept<'a>(&'a Texts);

impl Files for Kept<'_> {
    fn read(&mut self, from: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        self.0.get(&(from.map(str::to_owned), path.to_owned())).cloned().ok_or_else(|| FileRefusal {
            code: Code::FileMissing,
            message: format!("`{path}` was not read before"),
            help: "run the study again".to_owned(),
        })
    }
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
