//! Texts, and places in them.

/// A text that was read: a file, or what was typed after `--set`.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where each line begins.
    line_starts: Vec<usize>,
}

impl Source {
    /// The line and column of a byte, both counted from 1; columns count characters.
    #[must_use]
    pub fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index)).copied().unwrap_or(0);
        let column = self.text.get(start..byte).map_or(1, |before| before.chars().count() + 1);
        (line.max(1), column)
    }

    /// The text of a line counted from 1, without its end.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line.saturating_sub(1)).unwrap_or("")
    }
}

/// Which of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A place: bytes `start..end` of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A value and the place it was written. Two are equal if their values are.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Spanned<T>) -> bool {
        self.value == other.value
    }
}

/// Every text of a run, in the order it was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Keeps a text and gives its number.
    pub fn add(&mut self, name: &str, text: &str) -> SourceId {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.all.push(Source { name: name.to_owned(), text: text.to_owned(), line_starts });
        SourceId(u32::try_from(self.all.len().saturating_sub(1)).unwrap_or(u32::MAX))
    }

    /// The text with that number.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// The names of all texts.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.all.iter().map(|source| source.name.as_str()).collect()
    }

    /// `file:line` of a place, as it is printed beside a figure.
    #[must_use]
    pub fn place(&self, span: Span) -> String {
        match self.get(span.source) {
            Some(source) => format!("{}:{}", source.name, source.position(span.start).0),
            None => String::new(),
        }
    }
}
