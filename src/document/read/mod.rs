//! TOML to the tree, by the format's declaration. All faults of a text are found in one pass.

mod figure;
mod set;
mod syntax;

pub(in crate::document) use set::read_set;
pub(in crate::document) use set::read_set_part;
use syntax::syntax_fault;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::SourceId;
use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::diagnostics::nearest;
use crate::diagnostics::one_of;
use crate::document::tree::Entry;
use crate::document::tree::Leaf;
use crate::document::tree::Node;
use crate::document::tree::TableNode;
use crate::document::tree::Value;
use crate::format::BY_DAY;
use crate::format::Family;
use crate::format::Kind;
use crate::format::Quantity;
use crate::format::RESERVED_IDS;
use crate::format::ROOT;
use crate::format::Table;
use crate::format::is_currency_id;
use crate::format::is_id;
use crate::units::Day;
use crate::units::ScheduledPeriod;
use std::rc::Rc;
use toml::de::DeInteger;
use toml::de::DeTable;
use toml::de::DeValue;
/// The source of the table around, in the same layer.
type Cover = Option<Rc<[Spanned<String>]>>;

/// One entry of a TOML table.
type DeEntry<'t> = (&'t toml::Spanned<toml::de::DeString<'t>>, &'t toml::Spanned<DeValue<'t>>);

/// Reads a whole text as a scenario file.
pub(super) fn read(source: SourceId, text: &str, bag: &mut Bag) -> TableNode {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut lines: Vec<usize> = Vec::new();
    let mut unread = Vec::new();
    let is_other_format = text.trim_start().starts_with(['{', '<']);
    for error in errors.iter().take(if is_other_format { 1 } else { usize::MAX }) {
        let range = error.span().unwrap_or(0..0);
        let span = Span { source, start: range.start.min(text.len()), end: range.end.min(text.len()) };
        // What follows on one line follows from its first mistake.
        let line = text.get(..span.start).map_or(0, |before| before.matches('\n').count());
        if !lines.contains(&line) {
            lines.push(line);
            bag.add(syntax_fault(error.message(), text, span));
        }
        unread.push(span);
    }
    let mut reader = Reader { source, text, unread, bag };
    reader.table(&ROOT, table.get_ref(), reader.span(0..0), &None, true)
}

/// A text as TOML writes it.
pub(super) fn toml_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

struct Reader<'a> {
    source: SourceId,
    text: &'a str,
    /// What is not TOML.
    unread: Vec<Span>,
    bag: &'a mut Bag,
}

impl Reader<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span { source: self.source, start: range.start, end: range.end }
    }

    /// Whether a value can be judged: after a syntax error the reader goes on with one that it filled in, without a place
    /// or with that of what it could not read.
    fn is_the_users(&self, span: Span) -> bool {
        let is_there = |other: Span| other.source == span.source && other.start < span.end && span.start < other.end;
        span.end > span.start && !self.unread.iter().any(|unread| is_there(*unread))
    }

    fn wrong<T>(&mut self, message: &str, span: Span, help: &str) -> Option<T> {
        if self.is_the_users(span) {
            self.bag.add(Diagnostic::new(Code::WrongKind, message).at(span).help(help));
        }
        None
    }

    fn bad_date<T>(&mut self, span: Span) -> Option<T> {
        if self.is_the_users(span) {
            self.bag.add(
                Diagnostic::new(Code::BadDate, "a date is needed")
                    .at(span)
                    .label("not a plain day")
                    .help("write it bare and without a time, as 2026-03-31"),
            );
        }
        None
    }

    /// A table with declared keys.
    fn table(
        &mut self,
        table: &'static Table,
        from: &DeTable<'_>,
        span: Span,
        cover: &Cover,
        is_root: bool,
    ) -> TableNode {
        let mut node = TableNode::new(span);
        let own: Vec<Spanned<String>> = match from.get("source") {
            Some(value) if !matches!(value.get_ref(), DeValue::Table(_)) => self.texts(value, span).unwrap_or_default(),
            _ => Vec::new(),
        };
        let cover = if own.is_empty() { cover.clone() } else { Some(Rc::from(own)) };
        for (name, value) in entries(from) {
            let key_span = self.span(name.span());
            let written: &str = name.get_ref();
            let Some(key) = table.key(written) else {
                self.unknown_key(table, written, key_span, is_root);
                continue;
            };
            if key.name == BY_DAY && !self.check_day(written, key_span) {
                continue;
            }
            if let Some(child) = self.value(key.kind, written, value, key_span, &cover) {
                node.entries.insert(written.to_owned(), Entry { key: key_span, node: child });
            }
        }
        self.alternatives(table, &node);
        node
    }

    fn unknown_key(&mut self, table: &'static Table, written: &str, span: Span, is_root: bool) {
        if span.end <= span.start {
            return;
        }
        let root_key = ROOT.keys.first().and_then(|keys| keys.iter().find(|key| key.name == written));
        if !is_root && root_key.is_some() {
            self.bag.add(
                Diagnostic::new(
                    Code::MisplacedKey,
                    format!("`{written}` belongs to the file, not to {}", table.heading),
                )
                .at(span)
                .label("below a [header]")
                .help(format!("move `{written}` to the top of the file, before the first [header]")),
            );
            return;
        }
        let known: Vec<&str> = table.all_keys().map(|key| key.name).collect();
        let mut fault = Diagnostic::new(Code::UnknownKey, format!("unknown key `{written}` in {}", table.heading))
            .at(span)
            .label("not a key of this table");
        fault = match nearest(written, known.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(format!("its keys are {}", one_of(known.iter().copied()))),
        };
        if is_root && matches!(written, "holders" | "rounds" | "investors") {
            fault = fault.help("things are tables keyed by id: [holder.amazon], [round.seed]");
        }
        self.bag.add(fault);
    }

    /// Two branches of one choice in one layer are a contradiction.
    fn alternatives(&mut self, table: &'static Table, node: &TableNode) {
        let is_choice = |key: Option<&'static str>| key.is_none_or(|key| !node.entries.contains_key(key));
        for alternative in table.alternatives.iter().filter(|choice| is_choice(choice.unless)) {
            let named: Vec<(&str, Span)> = alternative
                .branches
                .iter()
                .filter_map(|branch| {
                    branch.iter().find_map(|name| node.entries.get(*name).map(|entry| (*name, entry.key)))
                })
                .collect();
            if let [(first, first_span), (second, second_span), ..] = named.as_slice() {
                self.bag.add(
                    Diagnostic::new(
                        Code::TwoAlternatives,
                        format!("{} takes `{first}` or `{second}`, not both", table.heading),
                    )
                    .at(*second_span)
                    .label("one of two")
                    .beside(*first_span, "the other")
                    .help(match alternative.branches {
                        [["pre_money"], ..] | [["ratio"], ..] => {
                            "one is held and the other follows: keep the one that was said"
                        }
                        _ => "each would decide alone: keep the one that was said",
                    }),
                );
            }
        }
    }

    /// What a key holds, by its kind.
    fn value(
        &mut self,
        kind: Kind,
        name: &str,
        value: &toml::Spanned<DeValue<'_>>,
        key: Span,
        cover: &Cover,
    ) -> Option<Node> {
        let range = value.span();
        // After a syntax error the reader fills in values without a place: they are not the user's.
        if range.is_empty() && !matches!(value.get_ref(), DeValue::Table(_)) {
            return None;
        }
        let span = if range.is_empty() { key } else { self.span(range) };
        let leaf = |value: Value| Some(Node::Leaf(Leaf { span, value }));
        match (kind, value.get_ref()) {
            (Kind::Figure(quantity), _) => self.figure(quantity, value, key, cover).map(Node::Figure),
            (Kind::Text, DeValue::String(text)) => leaf(Value::Text(text.to_string())),
            (Kind::Text, _) => self.wrong(&format!("`{name}` takes a text"), span, "write it in quotes"),
            (Kind::EventPath, DeValue::String(text)) => leaf(Value::Text(text.to_string())),
            (Kind::EventPath, _) => self.wrong(
                &format!("`{name}` takes the path of an event"),
                span,
                "write it in quotes, as \"round.seed\"",
            ),
            (Kind::Currency, DeValue::String(text)) => {
                if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
                    leaf(Value::Text(text.to_string()))
                } else {
                    self.wrong("a currency is a code of three capitals", span, "write \"USD\", \"EUR\", \"GBP\"")
                }
            }
            (Kind::Currency, _) => self.wrong("a currency is a code of three capitals", span, "write \"USD\""),
            (Kind::Flag, DeValue::Boolean(flag)) => leaf(Value::Flag(*flag)),
            (Kind::Flag, _) => {
                self.wrong(&format!("`{name}` is true or false"), span, "write true or false, without quotes")
            }
            (Kind::Whole, DeValue::Integer(number)) => match whole(number) {
                Some(number) => leaf(Value::Whole(number)),
                None => self.wrong(
                    &format!("`{name}` takes a whole number, zero or more"),
                    span,
                    "write digits only, without quotes",
                ),
            },
            (Kind::Whole, _) => {
                self.wrong(&format!("`{name}` takes a whole number"), span, "write digits only, without quotes: 24")
            }
            (Kind::Day, DeValue::Datetime(_)) => match self.day(value) {
                Some(day) => leaf(Value::Day(day)),
                None => self.bad_date(span),
            },
            (Kind::Day, _) => self.bad_date(span),
            (Kind::Word(words), DeValue::String(text)) => self.word(words, text, span),
            (Kind::Word(words), _) => self.wrong(
                &format!("`{name}` takes a word"),
                span,
                &format!("write one of {}, in quotes", one_of(words.iter().copied())),
            ),
            (Kind::Reference(family), DeValue::String(text)) => {
                self.check_id(text, span, family);
                leaf(Value::Text(text.to_string()))
            }
            (Kind::Reference(family), _) => {
                self.wrong(&format!("`{name}` takes the id of {}", family.one()), span, "write it in quotes")
            }
            (Kind::References(_) | Kind::Texts, _) => {
                let list = self.texts(value, span)?;
                match (value.get_ref(), list.as_slice()) {
                    (DeValue::String(_), [one]) => leaf(Value::Text(one.value.clone())),
                    _ => leaf(Value::List(list)),
                }
            }
            (Kind::Table(table), DeValue::Table(inner)) => {
                Some(Node::Table(self.table(table, inner, key, cover, false)))
            }
            (Kind::WordOrTable(_, table), DeValue::Table(inner)) => {
                Some(Node::Table(self.table(table, inner, key, cover, false)))
            }
            (Kind::WordOrTable(words, _), DeValue::String(text)) if words.contains(&text.as_ref()) => {
                leaf(Value::Text(text.to_string()))
            }
            (Kind::WordOrTable(words, table), _) => self.wrong(
                &format!("`{name}` takes a word or a table"),
                span,
                &format!(
                    "write {} in quotes, or a table with {}",
                    one_of(words.iter().copied()),
                    table
                        .all_keys()
                        .filter(|key| key.need == crate::format::Need::Required)
                        .map(|key| format!("`{}`", key.name))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ),
            (Kind::Things(family, table), DeValue::Table(inner)) => {
                Some(Node::Table(self.things(family, table, inner, key, cover)))
            }
            (Kind::Schedule(quantity), DeValue::Table(inner)) => {
                Some(Node::Table(self.keyed(quantity, inner, key, cover, KeyedBy::Period)))
            }
            (Kind::DaySchedule(quantity), DeValue::Table(inner)) => {
                Some(Node::Table(self.keyed(quantity, inner, key, cover, KeyedBy::Day)))
            }
            (Kind::DaySchedule(_), _) => {
                self.wrong(&format!("`{name}` is a table of counts by day"), span, "write { 2026-03-31 = 1_000 }")
            }
            (Kind::PerHolder(quantity), DeValue::Table(inner)) => {
                Some(Node::Table(self.keyed(quantity, inner, key, cover, KeyedBy::Id)))
            }
            (Kind::SplitByHolder | Kind::SplitByLabel, DeValue::Table(inner)) => {
                Some(Node::Table(self.keyed(Quantity::Share, inner, key, cover, KeyedBy::Id)))
            }
            (Kind::Table(table), _) => self.wrong(
                &format!("`{name}` is a table"),
                span,
                &format!("write {} with its keys below it", table.heading),
            ),
            (Kind::Things(family, table), _) => self.wrong(
                &format!("`{name}` holds tables keyed by id"),
                span,
                &format!("write a table for each {}: {}", family.word(), table.heading),
            ),
            (Kind::Schedule(_), _) => self.wrong(
                &format!("`{name}` is a table of amounts by period"),
                span,
                "write { 2026 = \"17B\", 2027 = \"35B\" }",
            ),
            (Kind::PerHolder(_), _) => self.wrong(
                &format!("`{name}` is a table by holder"),
                span,
                "write { amazon = \"27%\", others = \"rest\" }",
            ),
            (Kind::SplitByHolder | Kind::SplitByLabel, _) => self.wrong(
                &format!("`{name}` is a table of parts"),
                span,
                "write { cash = \"60%\", compute = \"rest\" }",
            ),
            (Kind::InputPair, _) => {
                let DeValue::Array(_) = value.get_ref() else { return self.pair(Vec::new(), span) };
                let list = self.texts(value, span)?;
                self.pair(list, span)
            }
        }
    }

    fn word(&mut self, words: &'static [&'static str], text: &str, span: Span) -> Option<Node> {
        if words.contains(&text) {
            return Some(Node::Leaf(Leaf { span, value: Value::Text(text.to_owned()) }));
        }
        let fault =
            Diagnostic::new(Code::WrongKind, format!("`{text}` is not one of the words this key takes")).at(span);
        let fault = match nearest(text, words.iter().copied()) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help(format!("write {}", one_of(words.iter().copied()))),
        };
        self.bag.add(fault);
        None
    }

    /// Two paths of inputs, and no more.
    fn pair(&mut self, paths: Vec<Spanned<String>>, span: Span) -> Option<Node> {
        if paths.len() != 2 {
            return self.wrong(
                "the paths of two inputs are needed",
                span,
                "write [\"round.seed.pre_money\", \"burn.plan.rate\"]; three figures are three pairs, each a table of its own",
            );
        }
        Some(Node::Leaf(Leaf { span, value: Value::List(paths) }))
    }

    /// A text, or an array of texts.
    fn texts(&mut self, value: &toml::Spanned<DeValue<'_>>, span: Span) -> Option<Vec<Spanned<String>>> {
        let help = "write a text in quotes, or an array of them";
        match value.get_ref() {
            DeValue::String(text) => Some(vec![Spanned::new(text.to_string(), span)]),
            DeValue::Array(items) => items
                .iter()
                .map(|item| match item.get_ref() {
                    DeValue::String(text) => Some(Spanned::new(text.to_string(), self.span(item.span()))),
                    _ => self.wrong("a text is needed", self.span(item.span()), help),
                })
                .collect(),
            _ => self.wrong("a text, or an array of texts, is needed", span, help),
        }
    }

    fn day(&mut self, value: &toml::Spanned<DeValue<'_>>) -> Option<Day> {
        Day::from_text(self.text.get(value.span())?)
    }

    fn check_id(&mut self, id: &str, span: Span, family: Family) -> bool {
        if family == Family::Currency {
            return self.check_currency_id(id, span);
        }
        if is_id(id) || span.end <= span.start {
            return is_id(id);
        }
        let lower: String =
            id.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mend = lower.trim_matches(|c: char| c == '-' || c.is_ascii_digit()).to_owned();
        let fault = Diagnostic::new(Code::BadId, format!("`{id}` cannot be the id of {}", family.one()))
            .at(span)
            .label(if RESERVED_IDS.contains(&id) {
                "a word that means something in values"
            } else if id.len() > 64 {
                "longer than 64 characters"
            } else {
                "ids are a-z, 0-9 and -, and begin with a letter"
            });
        let fault = if is_id(&mend) {
            fault.help(format!("write `{mend}`, and what people read as `name = \"...\"`"))
        } else {
            fault.help(if id == "all" && family == Family::Class {
                "leave the key out: without it all are meant"
            } else {
                "choose another id; what people read goes into `name`"
            })
        };
        self.bag.add(fault);
        false
    }

    /// The id of a currency is its code, in small letters as every id.
    fn check_currency_id(&mut self, id: &str, span: Span) -> bool {
        let is_good = is_currency_id(id);
        if !is_good && span.end > span.start {
            let small = id.to_lowercase();
            let fault = Diagnostic::new(Code::BadId, format!("`{id}` cannot be the id of a currency"))
                .at(span)
                .label("the id of a currency is its code of three letters, in small letters");
            self.bag.add(if is_currency_id(&small) {
                fault.help(format!("write `{small}`; sums are written \"{} 5M\"", small.to_uppercase()))
            } else {
                fault.help("write `eur`, `gbp`, `jpy`: the code of ISO 4217")
            });
        }
        is_good
    }

    /// Tables keyed by id.
    fn things(
        &mut self,
        family: Family,
        table: &'static Table,
        from: &DeTable<'_>,
        span: Span,
        cover: &Cover,
    ) -> TableNode {
        let mut node = TableNode::new(span);
        for (id, value) in entries(from) {
            let key_span = self.span(id.span());
            let written: &str = id.get_ref();
            if !self.check_id(written, key_span, family) {
                continue;
            }
            match value.get_ref() {
                DeValue::Table(inner) => {
                    let child = self.table(table, inner, key_span, cover, false);
                    node.entries.insert(written.to_owned(), Entry { key: key_span, node: Node::Table(child) });
                }
                _ => {
                    let at = if value.span().is_empty() { key_span } else { self.span(value.span()) };
                    self.wrong::<()>(
                        &format!("a {} is a table", family.word()),
                        at,
                        &format!("write {} with its keys below it", table.heading),
                    );
                }
            }
        }
        node
    }

    /// Figures keyed by holder, label or period.
    fn keyed(&mut self, quantity: Quantity, from: &DeTable<'_>, span: Span, cover: &Cover, by: KeyedBy) -> TableNode {
        let mut node = TableNode::new(span);
        for (key, value) in entries(from) {
            let key_span = self.span(key.span());
            let written: &str = key.get_ref();
            let is_good = match by {
                KeyedBy::Id => self.check_id(written, key_span, Family::Owner),
                KeyedBy::Period => self.check_period(written, key_span),
                KeyedBy::Day => self.check_day(written, key_span),
            };
            if !is_good {
                continue;
            }
            if let Some(figure) = self.figure(quantity, value, key_span, cover) {
                node.entries.insert(written.to_owned(), Entry { key: key_span, node: Node::Figure(figure) });
            }
        }
        node
    }

    fn check_day(&mut self, written: &str, span: Span) -> bool {
        let good = Day::from_text(written).is_some();
        if !good && span.end > span.start {
            self.bag.add(
                Diagnostic::new(Code::BadDate, format!("`{written}` is not a day"))
                    .at(span)
                    .label("not a plain day")
                    .help("write 2026-03-31"),
            );
        }
        good
    }

    fn check_period(&mut self, written: &str, span: Span) -> bool {
        let good = ScheduledPeriod::from_text(written).is_some();
        if !good && span.end > span.start {
            self.bag.add(
                Diagnostic::new(Code::BadDate, format!("`{written}` is not a period"))
                    .at(span)
                    .label("not a year, quarter or month")
                    .help("write 2026, 2026-q1 or 2026-03"),
            );
        }
        good
    }
}

/// What the keys of a table of figures are.
#[derive(Clone, Copy)]
enum KeyedBy {
    Id,
    Period,
    Day,
}

/// The entries of a TOML table in the order they were written.
fn entries<'t>(table: &'t DeTable<'t>) -> Vec<DeEntry<'t>> {
    table.iter().collect()
}

/// A whole number from its digits.
fn whole(number: &DeInteger<'_>) -> Option<u64> {
    if number.radix() != 10 {
        return None;
    }
    number.as_str().trim_start_matches('+').parse().ok()
}
