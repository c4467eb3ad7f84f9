//! One merge rule for files, cases and the command line.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::format::Declared;
use crate::format::Step;

use super::tree::Detail;
use super::tree::Figure;
use super::tree::Node;
use super::tree::TableNode;

/// A key that gave way because an overlay named another of its choice.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// The path that is gone.
    pub path: String,
    /// Where it had been written.
    pub was: Span,
    /// The key that took its place.
    pub by: Span,
}

/// A path that a layer removed.
#[derive(Debug, Clone)]
pub struct Removed {
    /// The path.
    pub path: String,
    /// Where its removal stands.
    pub at: Span,
}

/// Lays one table over another: tables merge by key, a figure with a value replaces the inherited one whole, a
/// figure without one edits it, naming one alternative drops the inherited others.
pub(super) fn overlay(base: &mut TableNode, over: TableNode, at: Declared, path: &str, dropped: &mut Vec<Dropped>) {
    if let Declared::Table(table) | Declared::WordOrTable(_, table) = at {
        let is_there = |key: &str| over.entries.contains_key(key) || base.entries.contains_key(key);
        let choices = table.alternatives.iter().filter(|choice| !choice.unless.is_some_and(is_there));
        for alternative in choices.collect::<Vec<_>>() {
            let named = |branch: &[&str]| branch.iter().find_map(|name| over.entries.get(*name));
            let Some((kept, by)) = alternative
                .branches
                .iter()
                .enumerate()
                .find_map(|(index, branch)| named(branch).map(|entry| (index, entry.key)))
            else {
                continue;
            };
            let kept_keys = alternative.branches.get(kept).copied().unwrap_or(&[]);
            for (index, branch) in alternative.branches.iter().enumerate() {
                for name in branch.iter().filter(|name| index != kept && !kept_keys.contains(name)) {
                    if let Some(entry) = base.entries.shift_remove(*name) {
                        dropped.push(Dropped { path: join(path, name), was: entry.key, by });
                    }
                }
            }
        }
    }
    for (key, entry) in over.entries {
        let Some(known) = base.entries.get_mut(&key) else {
            base.entries.insert(key, entry);
            continue;
        };
        match (&mut known.node, entry.node) {
            (Node::Table(below), Node::Table(above)) => {
                if let Step::On(next) = at.step(&key) {
                    overlay(below, above, next, &join(path, &key), dropped);
                }
            }
            (Node::Figure(below), Node::Figure(above)) if above.value.is_none() => edit(below, above),
            (_, node) => {
                known.key = entry.key;
                known.node = node;
            }
        }
    }
}

/// The parts of a figure that an overlay names replace those it had.
fn edit(below: &mut Figure, above: Figure) {
    let Some(above) = above.detail else { return };
    let detail = below.detail.get_or_insert_default();
    let Detail { low, high, p5, p95, sd, sigma, shape, options, weights, source, said, status, reports, remark } =
        *above;
    fn over<T>(slot: &mut Option<T>, named: Option<T>) {
        if named.is_some() {
            *slot = named;
        }
    }
    fn over_list<T>(slot: &mut Vec<T>, named: Vec<T>) {
        if !named.is_empty() {
            *slot = named;
        }
    }
    over(&mut detail.low, low);
    over(&mut detail.high, high);
    over(&mut detail.p5, p5);
    over(&mut detail.p95, p95);
    over(&mut detail.sd, sd);
    over(&mut detail.sigma, sigma);
    over(&mut detail.shape, shape);
    over(&mut detail.said, said);
    over(&mut detail.status, status);
    over(&mut detail.remark, remark);
    over_list(&mut detail.options, options);
    over_list(&mut detail.weights, weights);
    over_list(&mut detail.source, source);
    over_list(&mut detail.reports, reports);
}

/// Takes a path away; a path that does not exist is a fault.
pub(super) fn remove(root: &mut TableNode, path: &str, at: Span, removed: &mut Vec<Removed>, bag: &mut Bag) {
    let (parents, last) = match path.rsplit_once('.') {
        Some((parents, last)) => (parents.split('.').collect(), last),
        None => (Vec::new(), path),
    };
    let mut here = root;
    let mut walked = String::new();
    for part in parents {
        let known: Vec<String> = here.entries.keys().cloned().collect();
        match here.entries.get_mut(part).map(|entry| &mut entry.node) {
            Some(Node::Table(table)) => here = table,
            Some(Node::Figure(figure)) => {
                if remove_part(figure, last) {
                    removed.push(Removed { path: path.to_owned(), at });
                } else {
                    bag.add(no_path(path, last, &join(&walked, part), std::iter::empty(), at));
                }
                return;
            }
            _ => {
                bag.add(no_path(path, part, &walked, known.iter().map(String::as_str), at));
                return;
            }
        }
        walked = join(&walked, part);
    }
    if here.entries.shift_remove(last).is_some() {
        removed.push(Removed { path: path.to_owned(), at });
    } else {
        bag.add(no_path(path, last, &walked, here.entries.keys().map(String::as_str), at));
    }
}

/// Takes one part of a figure away.
fn remove_part(figure: &mut Figure, part: &str) -> bool {
    let Some(detail) = figure.detail.as_mut() else { return false };
    match part {
        "low" => detail.low.take().is_some(),
        "high" => detail.high.take().is_some(),
        "p5" => detail.p5.take().is_some(),
        "p95" => detail.p95.take().is_some(),
        "sd" => detail.sd.take().is_some(),
        "sigma" => detail.sigma.take().is_some(),
        "shape" => detail.shape.take().is_some(),
        "said" => detail.said.take().is_some(),
        "status" => detail.status.take().is_some(),
        "remark" => detail.remark.take().is_some(),
        "source" => !std::mem::take(&mut detail.source).is_empty(),
        "options" => !std::mem::take(&mut detail.options).is_empty(),
        "weights" => !std::mem::take(&mut detail.weights).is_empty(),
        "reports" => !std::mem::take(&mut detail.reports).is_empty(),
        _ => false,
    }
}

/// The fault of a path that leads nowhere.
pub(super) fn no_path<'a>(
    path: &str,
    part: &str,
    walked: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    at: Span,
) -> Diagnostic {
    let place = if walked.is_empty() { "the file".to_owned() } else { format!("`{walked}`") };
    let fault =
        Diagnostic::new(Code::UnknownPath, format!("`{path}` leads nowhere: there is no `{part}` in {place}")).at(at);
    match nearest(part, known.clone()) {
        Some(near) => {
            let wrong = join(walked, part);
            let rest = path.get(wrong.len()..).unwrap_or("");
            fault.help(format!("did you mean `{}{rest}`?", join(walked, near)))
        }
        None => fault.help(format!("there is {}", one_of(known))),
    }
}

/// A path one part longer.
pub(super) fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}
