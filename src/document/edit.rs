//! `--set PATH=TEXT`: a layer of one value, read by the kind its path declares.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::SourceId;
use crate::diagnostics::Span;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::format::Declared;
use crate::format::Kind;
use crate::format::Quantity;
use crate::format::ROOT;
use crate::format::Step;

use super::merge::Dropped;
use super::merge::join;
use super::merge::no_path;
use super::merge::overlay;
use super::merged::Document;
use super::read::read_set;
use super::read::read_set_part;
use super::tree::Entry;
use super::tree::Node;
use super::tree::TableNode;

/// Applies one `--set`; `text` is the source of its own, as typed.
pub(super) fn set(root: &mut TableNode, source: SourceId, text: &str, dropped: &mut Vec<Dropped>, bag: &mut Bag) {
    let whole = Span { source, start: 0, end: text.len() };
    let Some((path, _)) = text.split_once('=') else {
        bag.add(
            Diagnostic::new(Code::UnknownPath, format!("`{text}` sets nothing"))
                .at(whole)
                .help("write --set PATH=VALUE, as --set round.mega.tranche.amazon.amount=40B"),
        );
        return;
    };
    let value_at = path.len() + 1;
    let at = Span { source, start: 0, end: path.len() };
    let parts: Vec<&str> = path.trim().split('.').collect();
    let Some((declared, part)) = walk(root, &parts, path, at, bag) else { return };
    let node = match (declared, part) {
        (Declared::FigurePart(quantity), Some(part)) => {
            read_set_part(source, text, value_at, quantity, part, bag).map(Node::Figure)
        }
        (Declared::Figure(quantity), _) => read_set(source, text, value_at, Kind::Figure(quantity), bag),
        (Declared::Value(kind), _) => read_set(source, text, value_at, kind, bag),
        (Declared::WordOrTable(words, table), _) => {
            read_set(source, text, value_at, Kind::WordOrTable(words, table), bag)
        }
        (Declared::Table(table), _) => read_set(source, text, value_at, Kind::Table(table), bag),
        _ => {
            bag.add(set_of_things(path, at));
            None
        }
    };
    let Some(node) = node else { return };
    let depth = if part.is_some() { parts.len().saturating_sub(1) } else { parts.len() };
    let mut layer = node;
    for name in parts.iter().take(depth).rev() {
        let mut table = TableNode::new(at);
        table.entries.insert((*name).to_owned(), Entry { key: at, node: layer });
        layer = Node::Table(table);
    }
    if let Node::Table(layer) = layer {
        overlay(root, layer, Declared::Table(&ROOT), "", dropped);
    }
}

/// What the path of a resolved document takes, as the format declares it; `text` of the source begins with the path. Of
/// a part of a figure (`amount.low`), what the figure takes.
///
/// None if the path leads nowhere; the bag says where it ends.
pub fn kind_at(document: &Document, source: SourceId, path: &str, bag: &mut Bag) -> Option<Kind> {
    let at = Span { source, start: 0, end: path.len() };
    let parts: Vec<&str> = path.trim().split('.').collect();
    match walk(&document.root, &parts, path, at, bag)? {
        (Declared::FigurePart(quantity), Some("value" | "low" | "high" | "p5" | "p95" | "sd")) => {
            Some(Kind::Figure(quantity))
        }
        (Declared::FigurePart(_), Some("sigma")) => Some(Kind::Figure(Quantity::Number)),
        (Declared::FigurePart(_), _) => Some(Kind::Text),
        (Declared::Figure(quantity), _) => Some(Kind::Figure(quantity)),
        (Declared::Value(kind), _) => Some(kind),
        (Declared::WordOrTable(words, table), _) => Some(Kind::WordOrTable(words, table)),
        (Declared::Table(table), _) => Some(Kind::Table(table)),
        (Declared::Things(..), _) => {
            bag.add(set_of_things(path, at));
            None
        }
    }
}

fn set_of_things(path: &str, at: Span) -> Diagnostic {
    Diagnostic::new(Code::UnknownPath, format!("`{path}` is a set of things, not a value"))
        .at(at)
        .help("name one of its keys")
}

/// Follows a path through the declaration and the things that exist; creates none.
fn walk<'p>(
    root: &TableNode,
    parts: &[&'p str],
    path: &str,
    at: Span,
    bag: &mut Bag,
) -> Option<(Declared, Option<&'p str>)> {
    let mut declared = Declared::Table(&ROOT);
    let mut here = Some(root);
    let mut walked = String::new();
    for part in parts {
        if let Declared::Things(..) = declared
            && here.is_none_or(|table| !table.entries.contains_key(*part))
        {
            let known =
                here.map(|table| table.entries.keys().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default();
            bag.add(no_path(path.trim(), part, &walked, known.into_iter(), at));
            return None;
        }
        let next = match declared.step(part) {
            Step::On(next) => next,
            Step::Unknown(table) => {
                let known: Vec<&str> = table.all_keys().map(|key| key.name).collect();
                let fault = Diagnostic::new(
                    Code::UnknownPath,
                    format!("`{path}` leads nowhere: `{part}` is not a key of {}", table.heading),
                )
                .at(at);
                bag.add(match nearest(part, known.iter().copied()) {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help(format!("its keys are {}", one_of(known.iter().copied()))),
                });
                return None;
            }
            Step::PastValue => {
                bag.add(
                    Diagnostic::new(Code::UnknownPath, format!("`{path}` leads past a value"))
                        .at(at)
                        .help(format!("`{walked}` is a value; set it")),
                );
                return None;
            }
        };
        if let Declared::FigurePart(_) = next {
            return Some((next, Some(part)));
        }
        declared = next;
        here = here.and_then(|table| table.table(part));
        walked = join(&walked, part);
    }
    Some((declared, None))
}
