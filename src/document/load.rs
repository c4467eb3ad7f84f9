//! Layers: the files of `extends`, the file, its cases, `--remove` and `--set`, merged into one document.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::SourceId;
use crate::diagnostics::Sources;
use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::format::Declared;
use crate::format::ROOT;

use super::complete::complete;
use super::edit;
use super::merge::Dropped;
use super::merge::Removed;
use super::merge::overlay;
use super::merge::remove;
use super::merged::Document;
use super::read::read;
use super::text::decode;
use super::tree::Node;
use super::tree::TableNode;

/// A scenario may have this many files.
const MOST_FILES: usize = 1_000;
/// Files may extend each other this deep.
const DEEPEST: usize = 32;

/// A file's bytes and the names it goes by.
#[derive(Debug, Clone)]
pub struct FileText {
    /// Tells files apart whatever they are called: the same file has the same key.
    pub key: String,
    /// The name to print.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a file was not read.
#[derive(Debug, Clone)]
pub struct FileRefusal {
    /// The code of the fault.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The mend.
    pub help: String,
}

/// Where texts come from. The command line reads files; tests and other front ends may hold them in memory.
pub trait Files {
    /// The file at `path`, relative to the file with the key `from`, or to the working directory.
    ///
    /// # Errors
    /// A file that is not there, or that may not be read.
    fn read(&mut self, from: Option<&str>, path: &str) -> Result<FileText, FileRefusal>;
}

/// What to load.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The file, as named.
    pub path: String,
    /// Cases in the order asked for.
    pub cases: Vec<String>,
    /// Paths to remove.
    pub remove: Vec<String>,
    /// `PATH=VALUE`, in order.
    pub set: Vec<String>,
}

/// Loads a scenario: every layer read, merged and complete.
///
/// None if anything was refused; the bag says what.
pub fn load(request: &Request, files: &mut dyn Files, sources: &mut Sources, bag: &mut Bag) -> Option<Document> {
    let mut loader = Loader {
        files,
        sources,
        bag,
        layers: Vec::new(),
        known: HashMap::new(),
        chain: Vec::new(),
        applied_files: HashSet::new(),
    };
    let entry = loader.file(None, &request.path, &[], None)?;
    let layers = std::mem::take(&mut loader.layers);
    if bag.refuses() {
        return None;
    }
    let mut merged = Merged::new(TableNode::new(Span { source: entry, start: 0, end: 0 }));
    for layer in layers {
        match layer {
            Layer::File(node) => merged.file(*node, bag),
            Layer::Cases(cases) => merged.cases(&cases, bag),
        }
    }
    let asked: Vec<Spanned<String>> = request
        .cases
        .iter()
        .map(|case| {
            let source = sources.add("--case", case);
            Spanned::new(case.clone(), Span { source, start: 0, end: case.len() })
        })
        .collect();
    merged.cases(&asked, bag);
    for path in &request.remove {
        let source = sources.add("--remove", path);
        remove(&mut merged.root, path, Span { source, start: 0, end: path.len() }, &mut merged.removed, bag);
    }
    for text in &request.set {
        let source = sources.add("--set", text);
        edit::set(&mut merged.root, source, text, &mut merged.dropped, bag);
    }
    if bag.refuses() {
        return None;
    }
    let cases = match merged.root.entries.shift_remove("case").map(|entry| entry.node) {
        Some(Node::Table(cases)) => cases,
        _ => TableNode::new(Span { source: entry, start: 0, end: 0 }),
    };
    let document = Document {
        root: merged.root,
        cases,
        applied: merged.applied,
        dropped: merged.dropped,
        removed: merged.removed,
        entry,
    };
    complete(&document, sources, bag);
    (!bag.refuses()).then_some(document)
}

/// One step of the merge.
enum Layer {
    File(Box<TableNode>),
    Cases(Vec<Spanned<String>>),
}

struct Loader<'a> {
    files: &'a mut dyn Files,
    sources: &'a mut Sources,
    bag: &'a mut Bag,
    layers: Vec<Layer>,
    /// Files that were read: key to source.
    known: HashMap<String, SourceId>,
    /// The files that led here: key and name.
    chain: Vec<(String, String)>,
    applied_files: HashSet<String>,
}

impl Loader<'_> {
    /// Reads a file and the files it extends, each once, its bases first.
    fn file(
        &mut self,
        from: Option<&str>,
        path: &str,
        cases: &[Spanned<String>],
        named_at: Option<Span>,
    ) -> Option<SourceId> {
        let placed = |diagnostic: Diagnostic| match named_at {
            Some(span) => diagnostic.at(span),
            None => diagnostic,
        };
        if self.chain.len() >= DEEPEST || self.known.len() >= MOST_FILES {
            self.bag.add(placed(
                Diagnostic::new(Code::FileTooLarge, format!("too many files: `{path}` would be one more"))
                    .help(format!("a scenario may have {MOST_FILES} files, {DEEPEST} of them one behind the other")),
            ));
            return None;
        }
        let file = match self.files.read(from, path) {
            Ok(file) => file,
            Err(refusal) => {
                self.bag.add(placed(Diagnostic::new(refusal.code, refusal.message).help(refusal.help)));
                return None;
            }
        };
        if let Some(start) = self.chain.iter().position(|(key, _)| *key == file.key) {
            let mut chain: Vec<&str> = self.chain.iter().skip(start).map(|(_, name)| name.as_str()).collect();
            chain.push(&file.name);
            self.bag.add(placed(
                Diagnostic::new(Code::CyclicExtends, format!("files extend each other: {}", chain.join(" -> ")))
                    .help("a file cannot be a difference of itself: take one `extends` out"),
            ));
            return None;
        }
        if self.applied_files.insert(file.key.clone()) {
            let id = decode(&file.name, &file.bytes, self.sources, self.bag)?;
            self.known.insert(file.key.clone(), id);
            let text = self.sources.get(id).map(|source| source.text.clone()).unwrap_or_default();
            let node = read(id, &text, self.bag);
            self.chain.push((file.key.clone(), file.name.clone()));
            for base in node.list("extends") {
                let (base_path, base_cases) = with_cases(&base.value, base.span);
                self.file(Some(&file.key), &base_path, &base_cases, Some(base.span));
            }
            self.chain.pop();
            self.layers.push(Layer::File(Box::new(node)));
        }
        if !cases.is_empty() {
            self.layers.push(Layer::Cases(cases.to_vec()));
        }
        self.known.get(&file.key).copied()
    }
}

/// `FILE@CASE` in two.
fn with_cases(text: &str, span: Span) -> (String, Vec<Spanned<String>>) {
    match text.rsplit_once('@') {
        Some((path, case)) => (path.to_owned(), vec![Spanned::new(case.to_owned(), span)]),
        None => (text.to_owned(), Vec::new()),
    }
}

/// The layers merged so far.
struct Merged {
    root: TableNode,
    applied: Vec<String>,
    dropped: Vec<Dropped>,
    removed: Vec<Removed>,
}

impl Merged {
    fn new(root: TableNode) -> Merged {
        Merged { root, applied: Vec::new(), dropped: Vec::new(), removed: Vec::new() }
    }

    /// Lays a file over what is there.
    fn file(&mut self, mut node: TableNode, bag: &mut Bag) {
        for path in node.list("remove") {
            remove(&mut self.root, &path.value, path.span, &mut self.removed, bag);
        }
        node.entries.shift_remove("remove");
        node.entries.shift_remove("extends");
        overlay(&mut self.root, node, Declared::Table(&ROOT), "", &mut self.dropped);
    }

    /// Applies cases, each after the cases it extends, each once.
    fn cases(&mut self, asked: &[Spanned<String>], bag: &mut Bag) {
        let mut order = Vec::new();
        for case in asked {
            self.case_order(case, &mut Vec::new(), &mut order, bag);
        }
        for id in order {
            // A base may have applied the case already; the file may have added to it since, so it is laid over again.
            let again = self.applied.contains(&id);
            let Some(mut layer) = self.root.table("case").and_then(|cases| cases.table(&id)).cloned() else { continue };
            for path in layer.list("remove") {
                // What it took away the first time is gone.
                let mut gone = Bag::default();
                let bag = if again { &mut gone } else { &mut *bag };
                remove(&mut self.root, &path.value, path.span, &mut self.removed, bag);
            }
            for key in ["title", "name", "remark", "source", "extends", "remove"] {
                let is_thing = matches!(layer.get(key), Some(Node::Table(_)));
                if !is_thing {
                    layer.entries.shift_remove(key);
                }
            }
            overlay(&mut self.root, layer, Declared::Table(&ROOT), "", &mut self.dropped);
            if !again {
                self.applied.push(id);
            }
        }
    }

    fn case_order(&self, case: &Spanned<String>, chain: &mut Vec<String>, order: &mut Vec<String>, bag: &mut Bag) {
        let known = self.root.table("case");
        let Some(table) = known.and_then(|cases| cases.table(&case.value)) else {
            let names: Vec<&str> =
                known.map(|cases| cases.entries.keys().map(String::as_str).collect()).unwrap_or_default();
            let fault = Diagnostic::new(Code::UnknownCase, format!("there is no case `{}`", case.value)).at(case.span);
            bag.add(match nearest(&case.value, names.iter().copied()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => fault.help("the file has no cases"),
                None => fault.help(format!("its cases are {}", one_of(names.iter().copied()))),
            });
            return;
        };
        if chain.contains(&case.value) {
            chain.push(case.value.clone());
            bag.add(
                Diagnostic::new(Code::CyclicCases, format!("cases extend each other: {}", chain.join(" -> ")))
                    .at(case.span)
                    .help("take one `extends` out"),
            );
            return;
        }
        if order.contains(&case.value) {
            return;
        }
        chain.push(case.value.clone());
        for base in table.list("extends") {
            self.case_order(&base, chain, order, bag);
        }
        chain.pop();
        order.push(case.value.clone());
    }
}
