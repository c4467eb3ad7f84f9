//! The merged document as one layer: each line with the place it came from.

use std::fmt::Write;

use crate::diagnostics::Sources;
use crate::diagnostics::Span;

use super::merge::join;
use super::merged::Document;
use super::read::toml_text;
use super::tree::Figure;
use super::tree::Literal;
use super::tree::Node;
use super::tree::TableNode;
use super::tree::Value;

/// A line of the resolved file.
#[derive(Debug, Clone)]
pub struct Line {
    /// The text.
    pub text: String,
    /// `file:line` it came from.
    pub origin: String,
}

/// The document as the lines of one TOML file that gives the same result.
#[must_use]
pub fn resolved(document: &Document, sources: &Sources) -> Vec<Line> {
    let mut lines = Vec::new();
    table(&document.root, "", sources, &mut lines);
    lines
}

/// Every value of the document by its path, as it would be written; figures by their value alone.
#[must_use]
pub fn inputs(document: &Document) -> Vec<(String, String, Span)> {
    let mut all = Vec::new();
    collect(&document.root, "", &mut all);
    all
}

fn collect(node: &TableNode, path: &str, all: &mut Vec<(String, String, Span)>) {
    for (key, entry) in &node.entries {
        let path = join(path, key);
        match &entry.node {
            Node::Table(inner) if inner.entries.is_empty() => all.push((path, "{}".to_owned(), entry.key)),
            Node::Table(inner) => collect(inner, &path, all),
            Node::Figure(figure) => {
                let typed = figure.value.as_ref().map_or("", Literal::bare);
                all.push((path, typed.to_owned(), entry.node.span()));
            }
            Node::Leaf(leaf) => {
                // As it is, not as TOML writes it.
                let text = match &leaf.value {
                    Value::Text(text) => text.clone(),
                    other => value(other),
                };
                all.push((path, text, leaf.span));
            }
        }
    }
}

fn table(node: &TableNode, path: &str, sources: &Sources, lines: &mut Vec<Line>) {
    for (key, entry) in &node.entries {
        let text = match &entry.node {
            Node::Figure(inner) => figure(inner),
            Node::Leaf(leaf) => value(&leaf.value),
            Node::Table(_) => continue,
        };
        let origin = sources.place(entry.node.span());
        lines.push(Line { text: format!("{key} = {text}"), origin });
    }
    for (key, entry) in &node.entries {
        let Node::Table(inner) = &entry.node else { continue };
        let path = join(path, key);
        let only_tables =
            !inner.entries.is_empty() && inner.entries.values().all(|child| matches!(child.node, Node::Table(_)));
        if !only_tables {
            lines.push(Line { text: String::new(), origin: String::new() });
            lines.push(Line { text: format!("[{path}]"), origin: sources.place(entry.key) });
        }
        table(inner, &path, sources, lines);
    }
}

fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => toml_text(text),
        Value::Flag(flag) => flag.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Day(day) => day.to_string(),
        Value::List(list) => {
            let texts: Vec<String> = list.iter().map(|text| toml_text(&text.value)).collect();
            format!("[{}]", texts.join(", "))
        }
    }
}

/// A figure as a literal, or as an inline table if it says more than its value.
fn figure(figure: &Figure) -> String {
    let typed = figure.value.as_ref().map_or("", |literal| literal.typed.as_str());
    let covered = figure.covered_by.as_deref().unwrap_or(&[]);
    let Some(detail) = figure.detail.as_deref() else {
        if covered.is_empty() {
            return typed.to_owned();
        }
        return format!("{{ value = {typed}, source = {} }}", ids(covered.iter().map(|id| id.value.as_str())));
    };
    let mut parts = vec![format!("value = {typed}")];
    for (name, literal) in [
        ("low", &detail.low),
        ("high", &detail.high),
        ("p5", &detail.p5),
        ("p95", &detail.p95),
        ("sd", &detail.sd),
        ("sigma", &detail.sigma),
    ] {
        if let Some(literal) = literal {
            parts.push(format!("{name} = {}", literal.typed));
        }
    }
    for (name, literals) in [("options", &detail.options), ("weights", &detail.weights)] {
        if !literals.is_empty() {
            let typed: Vec<&str> = literals.iter().map(|literal| literal.typed.as_str()).collect();
            parts.push(format!("{name} = [{}]", typed.join(", ")));
        }
    }
    for (name, text) in
        [("shape", &detail.shape), ("status", &detail.status), ("said", &detail.said), ("remark", &detail.remark)]
    {
        if let Some(text) = text {
            parts.push(format!("{name} = {}", toml_text(&text.value)));
        }
    }
    let source = if detail.source.is_empty() { covered } else { &detail.source };
    if !source.is_empty() {
        parts.push(format!("source = {}", ids(source.iter().map(|id| id.value.as_str()))));
    }
    if !detail.reports.is_empty() {
        let mut reports = String::new();
        for (index, (id, literal)) in detail.reports.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(reports, "{comma}{} = {}", id.value, literal.typed);
        }
        parts.push(format!("reports = {{ {reports} }}"));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn ids<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let ids: Vec<String> = ids.map(toml_text).collect();
    match ids.as_slice() {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}
