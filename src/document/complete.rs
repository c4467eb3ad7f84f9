//! Whether the resolved tree has what the format requires, and every name in it is declared.

use std::collections::HashMap;
use std::rc::Rc;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Sources;
use crate::diagnostics::Span;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::format::BY_DAY;
use crate::format::Family;
use crate::format::Kind;
use crate::format::Need;
use crate::format::ROOT;
use crate::format::Table;

use super::agree::agree;
use super::merge::join;
use super::merged::Document;
use super::tree::Figure;
use super::tree::Node;
use super::tree::TableNode;

/// `"a", "b" or "c"`.
fn one_of_texts(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Faults every required key that is absent, every figure without a value, every name declared nowhere.
pub(super) fn complete(document: &Document, sources: &Sources, bag: &mut Bag) {
    let mut check = Check { document, sources, bag, ids: HashMap::new() };
    check.table(&ROOT, &document.root, "", document.root.span);
    check.pools_are_not_holders();
}

struct Check<'a> {
    document: &'a Document,
    sources: &'a Sources,
    bag: &'a mut Bag,
    /// The ids of a family, gathered when first asked for.
    ids: HashMap<Family, Rc<[&'a str]>>,
}

impl<'a> Check<'a> {
    fn table(&mut self, table: &'static Table, node: &'a TableNode, path: &str, at: Span) {
        for key in table.all_keys() {
            match node.entries.get(key.name) {
                None if key.need == Need::Required => {
                    let heading = if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
                    let mut fault = Diagnostic::new(Code::MissingKey, format!("{heading} lacks `{}`", key.name));
                    if at.end > at.start {
                        fault = fault.at(at).label(format!("`{}` belongs here", key.name));
                    }
                    fault = fault.help(match key.kind {
                        Kind::Word(words) => {
                            let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                            format!("{}: {}; write {}", key.name, key.about, one_of_texts(&words))
                        }
                        _ => format!("{}: {}", key.name, key.about),
                    });
                    if let Some(near) = self.near_thing(path) {
                        fault = fault.help(format!("did you mean the inherited `{near}`?"));
                    }
                    self.bag.add(fault);
                }
                None => {}
                Some(entry) => self.node(key.kind, &entry.node, &join(path, key.name), entry.key),
            }
        }
        if let Some(by_day) = table.by_day() {
            for (day, entry) in
                node.entries.iter().filter(|(name, _)| table.key(name).is_some_and(|key| key.name == BY_DAY))
            {
                self.node(by_day.kind, &entry.node, &join(path, day), entry.key);
            }
        }
        let is_choice = |key: Option<&'static str>| key.is_none_or(|key| !node.entries.contains_key(key));
        for alternative in table.alternatives.iter().filter(|choice| choice.required && is_choice(choice.unless)) {
            let is_there = alternative
                .branches
                .iter()
                .flat_map(|branch| branch.iter())
                .any(|name| node.entries.contains_key(*name));
            if !is_there {
                let names = alternative.branches.iter().filter_map(|branch| branch.first());
                let mut fault = Diagnostic::new(Code::MissingKey, format!("`{path}` lacks {}", one_of(names.copied())));
                if at.end > at.start {
                    fault = fault.at(at).label("one of them belongs here");
                }
                fault = fault.help("it changes the answer and has no harmless default");
                if let Some(near) = self.near_thing(path) {
                    fault = fault.help(format!("did you mean the inherited `{near}`?"));
                }
                self.bag.add(fault);
            }
        }
    }

    /// A misspelt id creates a thing that lacks its keys: the near id beside it.
    fn near_thing(&self, path: &str) -> Option<String> {
        let (parents, id) = path.rsplit_once('.')?;
        let mut here = &self.document.root;
        for part in parents.split('.') {
            here = here.table(part)?;
        }
        let others = here.entries.keys().map(String::as_str).filter(|other| *other != id);
        nearest(id, others).map(|near| join(parents, near))
    }

    fn node(&mut self, kind: Kind, node: &'a Node, path: &str, key: Span) {
        match (kind, node) {
            (Kind::Table(table) | Kind::WordOrTable(_, table), Node::Table(inner)) => {
                self.table(table, inner, path, key);
            }
            (Kind::Things(_, table), Node::Table(things)) => {
                for (id, entry) in &things.entries {
                    if let Node::Table(inner) = &entry.node {
                        self.table(table, inner, &join(path, id), entry.key);
                    }
                }
            }
            (Kind::PerHolder(_) | Kind::SplitByHolder, Node::Table(inner)) => {
                for (id, entry) in &inner.entries {
                    self.reference(Family::Owner, id, entry.key);
                    self.node(Kind::Figure(crate::format::Quantity::Share), &entry.node, &join(path, id), entry.key);
                }
            }
            (Kind::Schedule(quantity) | Kind::DaySchedule(quantity), Node::Table(inner)) => {
                for (period, entry) in &inner.entries {
                    self.node(Kind::Figure(quantity), &entry.node, &join(path, period), entry.key);
                }
            }
            (Kind::SplitByLabel, Node::Table(inner)) => {
                for (label, entry) in &inner.entries {
                    self.node(Kind::Figure(crate::format::Quantity::Share), &entry.node, &join(path, label), entry.key);
                }
            }
            (Kind::Figure(_), Node::Figure(figure)) => self.figure(figure, path, key),
            (Kind::Reference(family), Node::Leaf(leaf)) => {
                if let super::tree::Value::Text(id) = &leaf.value {
                    self.reference(family, id, leaf.span);
                }
            }
            (Kind::References(family), Node::Leaf(leaf)) => match &leaf.value {
                super::tree::Value::Text(id) => self.reference(family, id, leaf.span),
                super::tree::Value::List(ids) => {
                    for id in ids {
                        self.reference(family, &id.value, id.span);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn figure(&mut self, figure: &'a Figure, path: &str, key: Span) {
        if figure.value.is_none() {
            self.bag.add(
                Diagnostic::new(Code::FigureWithoutValue, format!("`{path}` has no value"))
                    .at(key)
                    .label("a table without `value` edits an inherited figure")
                    .help("nothing is inherited here: add `value`"),
            );
        }
        agree(figure, self.bag);
        if let Some(detail) = &figure.detail {
            for source in &detail.source {
                self.reference(Family::Source, &source.value, source.span);
            }
            for (source, _) in &detail.reports {
                self.reference(Family::Source, &source.value, source.span);
            }
        }
    }

    fn reference(&mut self, family: Family, id: &str, at: Span) {
        let known = self.known(family);
        if (family == Family::Class && id == "common") || known.binary_search(&id).is_ok() {
            return;
        }
        let word = family.word();
        let mut fault = Diagnostic::new(Code::UnknownReference, format!("no {word} `{id}` is declared")).at(at);
        let gone = match family {
            Family::Owner => [format!("holder.{id}"), format!("pool.{id}")],
            _ => [format!("{word}.{id}"), String::new()],
        };
        if let Some(removed) = self.document.removed.iter().rev().find(|removed| gone.contains(&removed.path)) {
            fault = fault.label("still refers to it").beside(removed.at, "removed here");
            fault = fault.help(format!(
                "keep `{}`, or take this reference out too ({})",
                removed.path,
                self.sources.place(at)
            ));
        } else {
            fault = match nearest(id, known.iter().copied()).filter(|_| !self.is_owner(family, id)) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None if self.is_owner(family, id) => {
                    let other = if family == Family::Holder { "pool" } else { "holder" };
                    fault.help(format!("`{id}` is a {other}; a {word} belongs here"))
                }
                None if known.is_empty() => {
                    fault.help(format!("declare it: [{}.{id}]", word.split(' ').next().unwrap_or(word)))
                }
                None => fault.help(format!(
                    "declared are {}; references never create: declare it as [{}.{id}]",
                    one_of(known.iter().copied()),
                    word.split(' ').next().unwrap_or(word)
                )),
            };
        }
        self.bag.add(fault);
    }

    /// Whether an id is that of a pool where a holder is wanted, or the other way round.
    fn is_owner(&self, family: Family, id: &str) -> bool {
        let other = match family {
            Family::Holder => "pool",
            Family::Pool => "holder",
            _ => return false,
        };
        self.document.root.table(other).is_some_and(|table| table.entries.contains_key(id))
    }

    /// The ids of a family, sorted.
    fn known(&mut self, family: Family) -> Rc<[&'a str]> {
        let root = &self.document.root;
        let of = |key: &str| -> Vec<&'a str> {
            root.table(key).map(|table| table.entries.keys().map(String::as_str).collect()).unwrap_or_default()
        };
        let known = self.ids.entry(family).or_insert_with(|| {
            let mut ids = match family {
                Family::Owner => [of("holder"), of("pool")].concat(),
                other => of(other.word()),
            };
            ids.sort_unstable();
            ids.into()
        });
        Rc::clone(known)
    }

    /// Holders and pools share one set of ids.
    fn pools_are_not_holders(&mut self) {
        let (Some(holders), Some(pools)) = (self.document.root.table("holder"), self.document.root.table("pool"))
        else {
            return;
        };
        for (id, pool) in &pools.entries {
            if let Some(holder) = holders.entries.get(id) {
                self.bag.add(
                    Diagnostic::new(Code::DuplicateId, format!("`{id}` is a holder and a pool"))
                        .at(pool.key)
                        .label("the pool")
                        .beside(holder.key, "the holder")
                        .help("results name them side by side: give one of them another id"),
                );
            }
        }
    }
}
