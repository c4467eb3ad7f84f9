//! Diagnostics as people read them: code, place, excerpt, mend.

use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level;
use annotate_snippets::Origin;
use annotate_snippets::Renderer;
use annotate_snippets::Snippet;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::Severity;
use crate::diagnostics::Source;
use crate::diagnostics::Sources;
use crate::diagnostics::Span;

use super::visible::acts;
use super::visible::visible;

/// More than this many are counted, not shown.
const MOST: usize = 20;
/// Longer lines are cut around what matters.
const LONGEST: usize = 160;

/// Draws diagnostics in their order, each with its excerpt, and says how many there are in all.
#[must_use]
pub fn faults(all: &[&Diagnostic], sources: &Sources, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in all.iter().take(MOST) {
        out.push_str(&one(diagnostic, sources, &renderer));
        out.push_str("\n\n");
    }
    if all.len() > MOST {
        out.push_str(&format!("and {} more\n", all.len() - MOST));
    }
    out
}

fn one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity() {
        Severity::Fault => Level::ERROR,
        Severity::Finding => Level::NOTE.with_name(Some("finding")),
    };
    let message = visible(&diagnostic.message).into_owned();
    let mut group: Group<'_> = Group::with_title(level.primary_title(message).id(diagnostic.code.name()));
    let mut excerpts: Vec<Excerpt> = Vec::new();
    let places = diagnostic
        .span
        .into_iter()
        .map(|span| (span, &diagnostic.label, true))
        .chain(diagnostic.beside.iter().map(|(span, label)| (*span, label, false)));
    for (span, label, is_first) in places {
        let Some(source) = sources.get(span.source) else { continue };
        excerpts.push(Excerpt::new(source, span, label, is_first));
    }
    for excerpt in &excerpts {
        if excerpt.text.trim().is_empty() {
            let origin = Origin::path(excerpt.name.as_str()).line(excerpt.line).char_column(excerpt.column);
            group = group.element(origin);
            continue;
        }
        let kind = if excerpt.is_first { AnnotationKind::Primary } else { AnnotationKind::Context };
        let mut annotation = kind.span(excerpt.range.clone());
        if !excerpt.label.is_empty() {
            annotation = annotation.label(excerpt.label.as_str());
        }
        let snippet = Snippet::source(excerpt.text.as_str())
            .path(excerpt.name.as_str())
            .line_start(excerpt.line)
            .annotation(annotation);
        group = group.element(snippet);
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help).into_owned()));
    }
    let mut text = renderer.render(&[group]);
    // The library counts columns in the excerpt; a cut line has lost its beginning.
    for excerpt in &excerpts {
        if excerpt.cut > 0 && excerpt.is_first {
            let shown = format!(
                "{}:{}:{}",
                excerpt.name,
                excerpt.line,
                excerpt.column - excerpt.cut + Excerpt::MARK.chars().count()
            );
            text = text.replacen(&shown, &format!("{}:{}:{}", excerpt.name, excerpt.line, excerpt.column), 1);
        }
    }
    text
}

/// The one line a place is shown with.
struct Excerpt {
    name: String,
    line: usize,
    column: usize,
    text: String,
    range: std::ops::Range<usize>,
    label: String,
    is_first: bool,
    /// How many characters were cut before.
    cut: usize,
}

impl Excerpt {
    /// What stands for a part that was cut away.
    const MARK: &'static str = "...";

    fn new(source: &Source, span: Span, label: &str, is_first: bool) -> Excerpt {
        let (line, column) = source.position(span.start);
        let all: Vec<char> = source.line(line).chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
        let length = source
            .text
            .get(span.start..span.end)
            .map_or(1, |marked| marked.lines().next().unwrap_or("").chars().count());
        let start = column.saturating_sub(1).min(all.len());
        let end = start.saturating_add(length.max(1)).min(all.len().max(start));
        let (from, until) = if all.len() > LONGEST {
            let from = start.saturating_sub(LONGEST / 4);
            (from, from.saturating_add(LONGEST).min(all.len()))
        } else {
            (0, all.len())
        };
        let mut text = String::new();
        if from > 0 {
            text.push_str(Self::MARK);
        }
        let mut range = text.len()..text.len();
        for (index, c) in all.iter().enumerate().take(until).skip(from) {
            if index == start {
                range.start = text.len();
                range.end = text.len();
            }
            text.push(if acts(*c) { '\u{FFFD}' } else { *c });
            if index >= start && index < end {
                range.end = text.len();
            }
        }
        if start >= until {
            range = text.len()..text.len();
        }
        if until < all.len() {
            text.push_str(Self::MARK);
        }
        Excerpt {
            name: visible(&source.name).into_owned(),
            line,
            column,
            text,
            range,
            label: visible(label).into_owned(),
            is_first,
            cut: from,
        }
    }
}
