//! A scenario as it is written down table by table, and its play.

use std::env;
use std::fmt::Display;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use capsim::diagnostics::Code;
use capsim::outcome::Entry;
use capsim::outcome::MetricValue;
use capsim::outcome::metric;
use capsim::units::Day;
use capsim::units::Decimal;
use indexmap::IndexMap;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reading;
use crate::case::Trouble;
use crate::common::Played;
use crate::common::Shelf;

/// The day every scenario opens, the first of a month and of a year, four years before a leap day.
pub const OPENING: &str = "2021-01-01";
/// Within the first year, one after the other.
pub const ISSUED: &str = "2021-02-01";
pub const SIGNED: &str = "2021-07-01";
pub const AFTERWARDS: &str = "2021-10-01";

/// So many days after a day.
pub fn days_after(day: &str, days: i64) -> Result<Day, Trouble> {
    let day = Day::from_text(day).and_then(|day| day.plus_days(days));
    day.ok_or_else(|| Trouble::Malformed(format!("{days} days are too many")))
}

/// So many months after a day.
pub fn months_after(day: &str, months: i64) -> Result<Day, Trouble> {
    let day = Day::from_text(day).and_then(|day| day.plus_months(months));
    day.ok_or_else(|| Trouble::Malformed(format!("{months} months are too many")))
}

/// A part of one, as the format writes it.
pub fn percent(part: Decimal) -> String {
    format!("\"{}%\"", (part * Decimal::ONE_HUNDRED).normalize())
}

/// Money, a price or a count, with all its digits.
pub fn digits(number: Decimal) -> String {
    format!("\"{}\"", number.normalize())
}

#[derive(Debug, Clone, Default)]
pub struct Sheet {
    holders: Vec<String>,
    pools: Vec<String>,
    names: IndexMap<String, String>,
    lines: String,
    tables: String,
    /// The direction of a pool increase, where shares are whole; all other shares are rounded down.
    whole: Option<&'static str>,
    horizon: Option<i16>,
}

impl Sheet {
    /// In shares that can be divided: what a tolerance forgives is then the published rounding alone.
    pub fn new() -> Sheet {
        Sheet::default()
    }

    pub fn whole(pool: &'static str) -> Sheet {
        Sheet { whole: Some(pool), ..Sheet::default() }
    }

    /// The id of a name: the same each time, and of no other name.
    pub fn id(&mut self, name: &str) -> String {
        if let Some(id) = self.names.get(name) {
            return id.clone();
        }
        let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        let mut id: String = letters.take(40).collect();
        let is_reserved = ["rest", "none", "all", "signing", "closing", "latest", "common"].contains(&id.as_str());
        if is_reserved || !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            id.insert_str(0, "x-");
        }
        if self.names.values().any(|used| *used == id) {
            let _ = write!(id, "-{}", self.names.len());
        }
        self.names.insert(name.to_owned(), id.clone());
        id
    }

    pub fn holder(&mut self, name: &str) -> String {
        let id = self.id(name);
        if !self.holders.contains(&id) && !self.pools.contains(&id) {
            self.holders.push(id.clone());
        }
        id
    }

    pub fn pool(&mut self, name: &str) -> String {
        let id = self.id(name);
        if !self.pools.contains(&id) {
            self.pools.push(id.clone());
        }
        id
    }

    /// Opens with so many common shares.
    pub fn opens(&mut self, id: &str, shares: Decimal) {
        if !shares.is_zero() {
            let _ = writeln!(self.lines, "shares.{id} = {}", digits(shares));
        }
    }

    /// Opens with shares of another class.
    pub fn position(&mut self, holder: &str, class: &str, shares: Decimal) {
        let _ = writeln!(
            self.lines,
            "position.of-{holder} = {{ holder = \"{holder}\", class = \"{class}\", shares = {} }}",
            digits(shares)
        );
    }

    /// Ends with a year; without one there is no projection.
    pub fn until(&mut self, year: i16) {
        self.horizon = Some(year);
    }

    /// Begins a table; its keys follow.
    pub fn table(&mut self, heading: &str) {
        let _ = writeln!(self.tables, "\n[{heading}]");
    }

    /// A key of the last table, its value written as TOML.
    pub fn key(&mut self, key: &str, value: impl Display) {
        let _ = writeln!(self.tables, "{key} = {value}");
    }

    /// A key whose value is a text: a word, an id.
    pub fn word(&mut self, key: &str, word: &str) {
        self.key(key, format!("\"{word}\""));
    }

    pub fn text(&self, title: &str) -> String {
        let mut text = format!("title = \"{title}\"\ncurrency = \"USD\"\nas_of = {OPENING}\n");
        if let Some(year) = self.horizon {
            let _ = writeln!(text, "horizon = {year}-12-31");
        }
        let mut list = |heading: &str, ids: &[String]| {
            if !ids.is_empty() {
                let _ = writeln!(text, "\n[{heading}]");
            }
            for id in ids {
                let _ = writeln!(text, "{id} = {{}}");
            }
        };
        list("holder", &self.holders);
        list("pool", &self.pools);
        text += &match self.whole {
            None => "\n[rounding]\nshares = \"fractional\"\n".to_owned(),
            Some(pool) => format!(
                "\n[rounding]\nshares = \"whole\"\nprice_places = 6\nprice = \"nearest\"\nshares_issued = \"down\"\n\
                 shares_converted = \"down\"\npool = \"{pool}\"\n"
            ),
        };
        let _ = write!(text, "\n[opening]\ndate = {OPENING}\n{}{}", self.lines, self.tables);
        text
    }

    pub fn play(&self, case: &Case, part: &str) -> Result<Play, Trouble> {
        Play::of(&self.text(&plain(&case.id)), case, part, &[])?.accepted()
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || " -_.".contains(*c)).collect()
}

/// A play of a case's scenario, and its results by path.
pub struct Play(pub Played);

impl Play {
    /// Plays a text with some `PATH=VALUE`, accepted or not.
    pub fn of(text: &str, case: &Case, part: &str, set: &[String]) -> Result<Play, Trouble> {
        if let Some(folder) = env::var_os("CAPSIM_VECTORS_DUMP") {
            let part = if part.is_empty() { String::new() } else { format!("+{part}") };
            let path = Path::new(&folder).join(format!("{}{part}.toml", plain(&case.id)));
            fs::write(&path, text).map_err(|fault| Trouble::Engine(format!("{}: {fault}", path.display())))?;
        }
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        Ok(Play(Shelf::default().with("scenario.toml", text).play("scenario.toml", &set)))
    }

    pub fn is_accepted(&self) -> bool {
        self.0.outcome.is_some() && self.0.faults().is_empty()
    }

    pub fn accepted(self) -> Result<Play, Trouble> {
        if self.is_accepted() {
            return Ok(self);
        }
        Err(Trouble::Engine(format!("the scenario is refused: {}", self.0.faults().join("; "))))
    }

    /// Whether a finding is about this.
    pub fn found(&self, code: Code) -> bool {
        self.0.bag.findings().iter().any(|finding| finding.code == code)
    }

    fn value(&self, path: &str) -> Result<MetricValue, Trouble> {
        let mut found = self.0.outcome.as_ref().and_then(|outcome| metric(outcome, path)).unwrap_or_default();
        match found.pop() {
            Some(one) if found.is_empty() => Ok(one.value),
            _ => Err(Trouble::Engine(format!("there is no result `{path}`"))),
        }
    }

    pub fn at(&self, path: &str) -> Result<Decimal, Trouble> {
        match self.value(path)? {
            MetricValue::Number(number) => Ok(number),
            other => Err(Trouble::Engine(format!("`{path}` is {other}"))),
        }
    }

    /// The sum of the results under a path: `payout.sale.*`.
    pub fn sum(&self, path: &str) -> Result<Decimal, Trouble> {
        let found = self.0.outcome.as_ref().and_then(|outcome| metric(outcome, path)).unwrap_or_default();
        let numbers = found.iter().map(|one| match &one.value {
            MetricValue::Number(number) => Ok(*number),
            other => Err(Trouble::Engine(format!("`{}` is {other}", one.path))),
        });
        numbers.sum()
    }

    pub fn number(&self, path: &str) -> Reading {
        self.at(path).map(Answer::Number)
    }

    pub fn word(&self, path: &str) -> Result<String, Trouble> {
        self.value(path).map(|value| value.to_string())
    }

    /// By how much a result has risen since the opening.
    pub fn risen(&self, path: &str) -> Reading {
        Ok(Answer::Number(self.at(path)? - self.at(&format!("{path}@{OPENING}"))?))
    }

    /// A result as a part of another: a percentage, a price, a ratio.
    pub fn part(&self, path: &str, of: &str) -> Reading {
        part(self.at(path)?, self.at(of)?)
    }

    /// A holder's shares as converted.
    pub fn as_converted(&self, holder: &str, when: &str) -> Result<Decimal, Trouble> {
        Ok(self.at(&format!("ownership.{holder}{when}"))? * self.at(&format!("fully_diluted{when}"))?)
    }

    /// The shares that holders sold each other, and what was paid for them, line by line.
    pub fn sold(&self) -> Result<Vec<(Decimal, Decimal)>, Trouble> {
        let postings = self.0.outcome.iter().flat_map(|outcome| &outcome.journal.postings);
        let sold = postings.filter_map(|posting| match posting.entry {
            Entry::Sold { shares, money, .. } => Some(shares.decimal().zip(money.decimal())),
            _ => None,
        });
        let sold: Option<Vec<_>> = sold.collect();
        sold.ok_or_else(|| Trouble::Engine("a sale is of no number of shares".to_owned()))
    }

    /// The terms at which an instrument converted, more than one if they are equal. An elected package counts as its
    /// term, without the id of the instrument it comes from.
    pub fn terms(&self, instrument: &str) -> Result<Vec<String>, Trouble> {
        let said = self.word(&format!("conversion.{instrument}.term"))?;
        let said = said.strip_prefix("mfn: ").unwrap_or(&said);
        let said = said.split_once(" of ").map_or(said, |(terms, _)| terms);
        Ok(said.split(" and ").map(str::to_owned).collect())
    }
}

/// A quotient of two results, as a percentage or a ratio.
pub fn part(above: Decimal, below: Decimal) -> Reading {
    let part = above.checked_div(below);
    part.map(Answer::Number).ok_or_else(|| Trouble::Engine(format!("{above} over {below} is no number")))
}
