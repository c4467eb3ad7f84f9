//! Random companies with every instrument, as tables of figures that know what they count.
//!
//! A property may multiply all money or all shares, change one figure, drop what is later than a day or put the
//! tables into another order without knowing what they say.

use std::collections::BTreeSet;

use capsim::units::Day;
use capsim::units::Decimal;
use proptest::prelude::*;

use super::Played;
use super::Tape;
use super::play;

/// A value of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Money(Decimal),
    Price(Decimal),
    Shares(Decimal),
    Percent(Decimal),
    /// Money a month.
    Rate(Decimal),
    Day(Day),
    Word(String),
    /// As TOML writes it.
    Raw(String),
    Group(Vec<(String, Value)>),
    /// Shares by day.
    Schedule(Vec<(Day, Decimal)>),
}

impl Value {
    fn text(&self) -> String {
        match self {
            Value::Money(number) | Value::Price(number) | Value::Shares(number) => format!("\"{number}\""),
            Value::Percent(number) => format!("\"{number}%\""),
            Value::Rate(number) => format!("\"{number}/month\""),
            Value::Day(day) => day.to_string(),
            Value::Word(word) => format!("\"{word}\""),
            Value::Raw(text) => text.clone(),
            Value::Group(keys) => {
                let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {}", value.text())).collect();
                format!("{{ {} }}", keys.join(", "))
            }
            Value::Schedule(days) => {
                let days: Vec<String> = days.iter().map(|(day, number)| format!("{day} = \"{number}\"")).collect();
                format!("{{ {} }}", days.join(", "))
            }
        }
    }

    fn scale(&mut self, money: Decimal, shares: Decimal, from: Option<Day>) {
        match self {
            Value::Money(number) | Value::Rate(number) => *number *= money,
            Value::Price(number) => *number = *number * money / shares,
            Value::Shares(number) => *number *= shares,
            Value::Group(keys) => keys.iter_mut().for_each(|(_, value)| value.scale(money, shares, from)),
            Value::Schedule(days) => {
                for (_, number) in days.iter_mut().filter(|(day, _)| from.is_none_or(|from| *day >= from)) {
                    *number *= shares;
                }
            }
            Value::Percent(_) | Value::Day(_) | Value::Word(_) | Value::Raw(_) => {}
        }
    }

    /// The number, whatever it counts.
    pub fn number(&self) -> Option<Decimal> {
        match self {
            Value::Money(number) | Value::Price(number) | Value::Shares(number) | Value::Rate(number) => Some(*number),
            Value::Percent(number) => Some(*number / Decimal::ONE_HUNDRED),
            _ => None,
        }
    }
}

/// A table of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub path: String,
    /// The day its figures are of; none if they are of the opening.
    pub day: Option<Day>,
    /// Whether that day is written in it.
    pub dated: bool,
    pub keys: Vec<(String, Value)>,
}

impl Table {
    pub fn new(path: impl Into<String>, day: Option<Day>) -> Table {
        Table { path: path.into(), day, dated: day.is_some(), keys: Vec::new() }
    }

    /// The first part of its path.
    pub fn kind(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }

    /// The second part of its path.
    pub fn id(&self) -> &str {
        self.path.split('.').nth(1).unwrap_or_default()
    }

    pub fn set(&mut self, key: &str, value: Value) {
        match self.keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None => self.keys.push((key.to_owned(), value)),
        }
    }

    pub fn with(mut self, key: &str, value: Value) -> Table {
        self.set(key, value);
        self
    }

    pub fn drop_key(&mut self, key: &str) {
        self.keys.retain(|(known, _)| known != key);
    }

    pub fn get(&self, key: &str) -> Option<&Value> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// A number under a key, percentages as parts of one.
    pub fn number(&self, key: &str) -> Option<Decimal> {
        self.get(key)?.number()
    }

    pub fn word(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Value::Word(word) | Value::Raw(word) => Some(word),
            _ => None,
        }
    }

    pub fn is(&self, key: &str, word: &str) -> bool {
        self.word(key) == Some(word)
    }

    /// A table inside it, as one of its own.
    pub fn group(&self, key: &str) -> Option<Table> {
        match self.get(key)? {
            Value::Group(keys) => {
                Some(Table { path: format!("{}.{key}", self.path), day: self.day, dated: false, keys: keys.clone() })
            }
            _ => None,
        }
    }

    fn text(&self) -> String {
        let mut text = format!("[{}]\n", self.path);
        if let Some(day) = self.day.filter(|_| self.dated) {
            text += &format!("date = {day}\n");
        }
        for (key, value) in &self.keys {
            text += &format!("{key} = {}\n", value.text());
        }
        text
    }
}

/// How whole shares are rounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    pub places: u32,
    pub price: &'static str,
    pub issued: &'static str,
    pub converted: &'static str,
    pub pool: &'static str,
}

/// A company with its instruments.
#[derive(Clone, PartialEq)]
pub struct Company {
    pub title: String,
    pub currency: String,
    pub opened: Day,
    pub as_of: Day,
    pub horizon: Day,
    pub whole: Option<Whole>,
    pub tables: Vec<Table>,
}

/// A failing property shows the file.
impl std::fmt::Debug for Company {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Company {
    /// The head, then a text a table: in any order of the tables it is the same company.
    pub fn blocks(&self) -> Vec<String> {
        let rounding = match &self.whole {
            None => "shares = \"fractional\"".to_owned(),
            Some(whole) => format!(
                "shares = \"whole\", price_places = {}, price = \"{}\", shares_issued = \"{}\", shares_converted = \"{}\", pool = \"{}\"",
                whole.places, whole.price, whole.issued, whole.converted, whole.pool
            ),
        };
        let head = format!(
            "title = \"{}\"\ncurrency = \"{}\"\nas_of = {}\nhorizon = {}\nrounding = {{ {rounding} }}\n",
            self.title, self.currency, self.as_of, self.horizon
        );
        std::iter::once(head).chain(self.tables.iter().map(Table::text)).collect()
    }

    pub fn text(&self) -> String {
        self.blocks().concat()
    }

    pub fn play(&self) -> Played {
        play(&self.text())
    }

    pub fn table(&self, path: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.path == path)
    }

    pub fn table_mut(&mut self, path: &str) -> &mut Table {
        self.tables.iter_mut().find(|table| table.path == path).expect("a table")
    }

    /// The tables of a kind that are no parts of others.
    pub fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Table> {
        self.tables.iter().filter(move |table| table.kind() == kind && table.path.split('.').count() == 2)
    }

    /// SAFEs and notes.
    pub fn convertibles(&self) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(|table| matches!(table.kind(), "safe" | "note"))
    }

    pub fn convertible(&self, id: &str) -> &Table {
        self.convertibles().find(|table| table.id() == id).expect("a convertible")
    }

    /// The tranches of a round.
    pub fn tranches<'a>(&'a self, round: &str) -> impl Iterator<Item = &'a Table> {
        let start = format!("round.{round}.tranche.");
        self.tables.iter().filter(move |table| table.path.starts_with(&start))
    }

    /// Takes tables away by their kind.
    pub fn without(&mut self, kinds: &[&str]) {
        self.tables.retain(|table| !kinds.contains(&table.kind()));
        self.drop_dangling();
    }

    /// Takes away what refers to something that is gone.
    pub fn drop_dangling(&mut self) {
        let paths: BTreeSet<String> = self.tables.iter().map(|table| table.path.clone()).collect();
        self.tables.retain(|table| match table.get("of") {
            Some(Value::Word(of)) => paths.contains(of),
            _ => true,
        });
        for table in &mut self.tables {
            if let Some(id) = table.word("elects").map(str::to_owned)
                && !paths.contains(&format!("safe.{id}"))
            {
                table.drop_key("elects");
            }
            if let Some(id) = table.word("converts_on").map(str::to_owned)
                && !paths.contains(&format!("condition.{id}"))
            {
                table.drop_key("converts_on");
            }
        }
    }

    /// What is later than a day never happened.
    pub fn without_later(&mut self, day: Day) {
        self.tables.retain(|table| {
            !matches!(table.kind(), "safe" | "note" | "grant" | "warrant" | "round" | "split" | "change" | "secondary")
                || table.day.is_none_or(|of| of <= day)
        });
        for table in &mut self.tables {
            for key in ["exercised", "forfeited"] {
                let Some(Value::Schedule(days)) = table.get(key).cloned() else { continue };
                let kept: Vec<(Day, Decimal)> = days.into_iter().filter(|(of, _)| *of <= day).collect();
                if kept.is_empty() {
                    table.drop_key(key);
                } else {
                    table.set(key, Value::Schedule(kept));
                }
            }
        }
        self.drop_dangling();
    }

    /// Multiplies all money and all shares, or only what is written from a day on.
    pub fn scale(&mut self, money: Decimal, shares: Decimal, from: Option<Day>) {
        for table in &mut self.tables {
            let is_in = from.is_none_or(|from| table.day.is_some_and(|day| day >= from));
            for (_, value) in &mut table.keys {
                match value {
                    Value::Schedule(_) => value.scale(money, shares, from),
                    _ if is_in => value.scale(money, shares, from),
                    _ => {}
                }
            }
        }
    }

    /// Days on which something is written to happen.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.tables.iter().filter_map(|table| table.day).collect();
        days.sort();
        days.dedup();
        days
    }
}

/// What a random company is to have.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// In percent: how often shares are whole.
    pub whole: i64,
    /// Exactly one round, after every convertible, without pro rata rights and protection.
    pub plain_round: bool,
    /// Splits, changes, tenders, warrants and grants.
    pub others: bool,
}

/// Everything at once.
pub const ALL: Wanted = Wanted { whole: 40, plain_round: false, others: true };
/// Everything, and shares that can be divided.
pub const FRACTIONAL: Wanted = Wanted { whole: 0, ..ALL };
/// Everything, and shares that cannot.
pub const WHOLE: Wanted = Wanted { whole: 100, ..ALL };
/// One round with convertibles and a pool, and nothing else.
pub const ONE_ROUND: Wanted = Wanted { whole: 0, plain_round: true, others: false };

/// Random companies; most of them have an answer.
pub fn companies(wanted: Wanted) -> impl Strategy<Value = Company> {
    proptest::collection::vec(any::<u32>(), 600).prop_map(move |tape| Builder::new(&tape, wanted).build())
}

struct Builder<'a> {
    tape: Tape<'a>,
    wanted: Wanted,
    opened: Day,
    used: BTreeSet<Day>,
    tables: Vec<Table>,
    is_whole: bool,
    holders: usize,
    pools: usize,
    /// What the company is worth, and a share.
    value: Decimal,
    price: Decimal,
    /// Opening shares by owner.
    shares: Vec<(String, Decimal)>,
    /// Declared preferred classes, and the day they are first issued.
    classes: Vec<(String, Option<Day>)>,
}

fn money(number: Decimal) -> Value {
    Value::Money(number)
}

fn word(text: impl Into<String>) -> Value {
    Value::Word(text.into())
}

fn raw(text: impl Into<String>) -> Value {
    Value::Raw(text.into())
}

impl<'a> Builder<'a> {
    fn new(tape: &'a [u32], wanted: Wanted) -> Builder<'a> {
        let mut tape = Tape(tape.iter());
        let opened = Day::new(2024, 1, 1).and_then(|day| day.plus_days(tape.between(0, 364))).expect("a day");
        Builder {
            is_whole: tape.chance(wanted.whole),
            holders: 3 + tape.index(3),
            pools: 1 + tape.index(2),
            value: tape.sized(6..=8),
            price: Decimal::ONE,
            tape,
            wanted,
            opened,
            used: BTreeSet::new(),
            tables: Vec::new(),
            shares: Vec::new(),
            classes: Vec::new(),
        }
    }

    /// A day of its own.
    fn day(&mut self, low: i64, high: i64) -> Day {
        let mut day = self.opened.plus_days(self.tape.between(low, high)).expect("a day");
        while !self.used.insert(day) {
            day = day.plus_days(1).expect("a day");
        }
        day
    }

    fn after(&mut self, day: Day, low: i64, high: i64) -> Day {
        let from = self.opened.days_until(day);
        self.day(from + low, from + high)
    }

    fn holder(&mut self) -> Value {
        word(format!("holder-{}", self.tape.index(self.holders)))
    }

    fn priced(&mut self, low: i64, high: i64) -> Decimal {
        (self.price * Decimal::new(self.tape.between(low, high), 2)).round_dp(4).max(Decimal::new(1, 4))
    }

    fn count(&mut self, of: Decimal, low: i64, high: i64) -> Decimal {
        self.tape.part(of, low, high)
    }

    fn percent(&mut self, low: i64, high: i64) -> Value {
        Value::Percent(Decimal::new(self.tape.between(low, high), 1))
    }

    fn build(mut self) -> Company {
        let directions = ["down", "up", "nearest"];
        let whole = self.is_whole.then(|| Whole {
            places: self.tape.count(3, 6),
            price: self.tape.pick(&directions),
            issued: self.tape.pick(&directions),
            converted: self.tape.pick(&directions),
            pool: self.tape.pick(&directions),
        });
        for number in 0..self.holders {
            self.tables.push(Table::new(format!("holder.holder-{number}"), None));
        }
        for number in 0..self.pools {
            self.tables.push(Table::new(format!("pool.pool-{number}"), None));
        }
        self.opening();
        let many = if self.wanted.plain_round { 1 } else { 1 + self.tape.index(3) };
        let mut days: Vec<Day> = (0..many).map(|_| self.day(250, 1300)).collect();
        if self.wanted.plain_round {
            days = vec![self.day(700, 900)];
        }
        days.sort();
        self.safes();
        self.notes();
        for (number, day) in days.iter().enumerate() {
            self.round(number, *day);
        }
        if self.wanted.others {
            self.grants();
            self.warrants();
            self.splits();
            self.changes();
            self.sales();
        }
        self.tables.push(
            Table::new("cash", None).with("opening", money(self.value.round())).with("minimum", money(Decimal::ZERO)),
        );
        let burned = self.count(self.value, 1, 20);
        self.tables.push(Table::new("burn.plan", None).with("measure", word("cash")).with("rate", Value::Rate(burned)));
        let as_of = self.opened.plus_days(self.tape.between(0, 500)).expect("a day");
        let horizon = self.opened.plus_days(2200).expect("a day");
        let mut company = Company {
            title: "A random company".to_owned(),
            currency: "USD".to_owned(),
            opened: self.opened,
            as_of,
            horizon,
            whole,
            tables: self.tables,
        };
        company.drop_dangling();
        company
    }

    fn protection(&mut self, about: Decimal) -> Value {
        let kind = self.tape.pick(&["broad", "narrow", "full-ratchet"]);
        let mut keys = vec![("kind".to_owned(), word(kind))];
        if kind != "full-ratchet" {
            let bases = if kind == "broad" { ["fully-diluted", "without-reserve"] } else { ["issued", "own-series"] };
            let base = self.tape.pick(&bases);
            keys.push(("base".to_owned(), word(base)));
        }
        if self.tape.chance(25) {
            let floor = (about * Decimal::new(self.tape.between(20, 90), 2)).round_dp(4).max(Decimal::new(1, 4));
            keys.push(("floor".to_owned(), Value::Price(floor)));
        }
        if self.tape.chance(20) {
            keys.push(("pay_to_play".to_owned(), raw("true")));
        }
        Value::Group(keys)
    }

    fn opening(&mut self) {
        let mut lines: Vec<(String, Decimal)> = Vec::new();
        for number in 0..self.holders - 1 {
            let count = Decimal::from(self.tape.between(100, 9000)) * Decimal::from(1000);
            lines.push((format!("holder-{number}"), count));
        }
        for number in 0..self.pools {
            let count = Decimal::from(self.tape.between(10, 1500)) * Decimal::from(1000);
            lines.push((format!("pool-{number}"), count));
        }
        let all: Decimal = lines.iter().map(|(_, count)| *count).sum();
        self.price = (self.value / all).round_dp(4).max(Decimal::new(1, 3));
        let mut table = Table::new("opening", None);
        table.set("date", Value::Day(self.opened));
        let group = lines.iter().map(|(owner, count)| (owner.clone(), Value::Shares(*count))).collect();
        table.set("shares", Value::Group(group));
        for number in 0..if self.wanted.plain_round { 0 } else { self.tape.index(3) } {
            let id = format!("series-{number}");
            let mut class = Table::new(format!("class.{id}"), None).with("kind", word("preferred"));
            let issue = self.priced(30, 350);
            class.set("issue_price", Value::Price(issue));
            let mut conversion = issue;
            match self.tape.index(4) {
                1 => {
                    class.set("ratio", word(self.tape.pick(&["2:1", "5:4", "1:2"])));
                    conversion = issue / Decimal::TWO;
                }
                2 => {
                    conversion =
                        (issue * Decimal::new(self.tape.between(50, 100), 2)).round_dp(4).max(Decimal::new(1, 4));
                    class.set("conversion_price", Value::Price(conversion));
                }
                _ => {}
            }
            if self.tape.chance(70) {
                let protection = self.protection(conversion);
                class.set("protection", protection);
            }
            self.tables.push(class);
            for line in 0..1 + self.tape.index(2) {
                let holder = self.holder();
                let count = Decimal::from(self.tape.between(10, 2000)) * Decimal::from(1000);
                let keys = vec![
                    ("holder".to_owned(), holder),
                    ("class".to_owned(), word(id.clone())),
                    ("shares".to_owned(), Value::Shares(count)),
                ];
                table.set(&format!("position.{id}-{line}"), Value::Group(keys));
            }
            self.classes.push((id, None));
        }
        self.tables.push(table);
        self.shares = lines;
    }

    fn safes(&mut self) {
        let many = self.tape.index(5);
        let mut made: Vec<Table> = Vec::new();
        for number in 0..many {
            let day = self.day(0, 600);
            let amount = self.count(self.value, 2, 50);
            let mut safe = Table::new(format!("safe.safe-{number}"), Some(day));
            let holder = self.holder();
            safe.set("holder", holder);
            safe.set("amount", money(amount));
            safe.set("form", word(self.tape.pick(&["post-money", "pre-money"])));
            let kind = self.tape.index(8);
            if matches!(kind, 0 | 1 | 2 | 6) {
                let cap = self.count(self.value, 300, 1600);
                safe.set("cap", money(cap));
            }
            if matches!(kind, 1 | 3) {
                let discount = self.percent(20, 400);
                safe.set("discount", discount);
            }
            match kind {
                4 => {
                    let part = self.percent(2, 80);
                    safe.set("ownership", part);
                }
                5..=7 => safe.set("mfn", raw("true")),
                _ => {}
            }
            if self.tape.chance(30) {
                safe.set("pro_rata", raw("true"));
            }
            if self.tape.chance(10)
                && let Some((class, _)) = self.classes.first()
            {
                safe.set("into", word(class.clone()));
            }
            made.push(safe);
        }
        for index in 0..made.len() {
            if made[index].is("mfn", "true") && self.tape.chance(40) {
                let (own, form) = (made[index].day, made[index].word("form").map(str::to_owned));
                let later: Vec<String> = made
                    .iter()
                    .filter(|other| {
                        other.day > own
                            && other.word("form") == form.as_deref()
                            && other.get("mfn").is_none()
                            && other.get("ownership").is_none()
                    })
                    .map(|other| other.id().to_owned())
                    .collect();
                if !later.is_empty() {
                    let elected = self.tape.pick(&later);
                    made[index].set("elects", word(elected));
                }
            }
        }
        self.tables.extend(made);
    }

    fn notes(&mut self) {
        for number in 0..self.tape.index(4) {
            let day = self.day(0, 600);
            let mut note = Table::new(format!("note.note-{number}"), Some(day));
            let holder = self.holder();
            note.set("holder", holder);
            let amount = self.count(self.value, 2, 50);
            note.set("amount", money(amount));
            let interest = self.interest();
            note.set("interest", interest);
            if self.tape.chance(60) {
                let cap = self.count(self.value, 300, 1600);
                note.set("cap", money(cap));
                note.set("cap_counts", word(self.tape.pick(&["before-round", "before-new-money", "with-pool"])));
            }
            if self.tape.chance(50) {
                let discount = self.percent(20, 400);
                note.set("discount", discount);
            }
            if self.wanted.plain_round {
                self.tables.push(note);
                continue;
            }
            if self.tape.chance(30) {
                let qualified = self.count(self.value, 10, 300);
                note.set("qualified", money(qualified));
            }
            if self.tape.chance(40) {
                let due = self.after(day, 100, 1200);
                note.set("matures", Value::Day(due));
                let rule = self.tape.pick(&["repay", "convert", "extend"]);
                note.set("at_maturity", word(rule));
                if rule == "convert" {
                    let price = self.priced(30, 200);
                    note.set("maturity_price", Value::Price(price));
                }
            }
            if self.tape.chance(20) {
                let met = self.after(day, 50, 800);
                let id = format!("trigger-{number}");
                self.tables.push(
                    Table::new(format!("condition.{id}"), None)
                        .with("expected", raw("true"))
                        .with("date", Value::Day(met)),
                );
                note.set("converts_on", word(id));
            }
            self.tables.push(note);
        }
    }

    fn interest(&mut self) -> Value {
        if self.tape.chance(25) {
            return word("none");
        }
        let rate = Decimal::new(self.tape.between(5, 150), 1);
        let (rate, period) = match self.tape.index(6) {
            4 => (rate / Decimal::from(4), "quarter"),
            5 => (rate / Decimal::TEN, "month"),
            _ => (rate, "year"),
        };
        let mut keys = vec![
            ("rate".to_owned(), word(format!("{rate}%/{period}"))),
            ("kind".to_owned(), word(self.tape.pick(&["simple", "compound"]))),
            ("count".to_owned(), word(self.tape.pick(&["act/365", "act/360", "30/360", "months"]))),
            ("paid".to_owned(), word(self.tape.pick(&["converts", "converts", "cash"]))),
        ];
        if self.tape.chance(40) {
            keys.push(("every".to_owned(), raw(self.tape.pick(&["1", "3", "6", "12"]))));
        }
        Value::Group(keys)
    }

    fn round(&mut self, number: usize, day: Day) {
        let id = format!("round-{number}");
        let step = Decimal::new(self.tape.between(50, 220), 2);
        (self.value, self.price) =
            ((self.value * step).round(), (self.price * step).round_dp(4).max(Decimal::new(1, 3)));
        let raise = self.count(self.value, 30, 350);
        let mut round = Table::new(format!("round.{id}"), Some(day));
        let held = self.tape.pick(&["pre_money", "pre_money", "post_money", "price"]);
        let value = match held {
            "post_money" => money(self.value + raise * Decimal::TWO),
            "price" => Value::Price(self.price),
            _ => money(self.value),
        };
        round.set(held, value);
        round.set("conversions", word(self.tape.pick(&["inside", "inside", "dollars-invested", "outside"])));
        if self.tape.chance(60) {
            let pool = format!("pool-{}", self.tape.index(self.pools));
            let target = self.percent(20, 200);
            let keys = vec![
                ("id".to_owned(), word(pool)),
                ("target".to_owned(), target),
                ("counts".to_owned(), word(self.tape.pick(&["unallocated", "issued-and-unallocated"]))),
                ("in".to_owned(), word(self.tape.pick(&["pre-money", "pre-money", "post-money"]))),
            ];
            round.set("pool", Value::Group(keys));
        }
        let is_plain = self.wanted.plain_round;
        let rights = !is_plain && self.tape.chance(35);
        let protection = self.tape.chance(40);
        if !is_plain && protection {
            let mut keys = vec![("in_price".to_owned(), raw(self.tape.pick(&["true", "false"])))];
            keys.push((
                "counts".to_owned(),
                word(self.tape.pick(&["new-money", "new-money", "new-money-and-conversions"])),
            ));
            if self.tape.chance(10) {
                keys.push(("exempt".to_owned(), raw("true")));
            }
            round.set("protection", Value::Group(keys));
        }
        if rights {
            let mut take = Vec::new();
            for holder in 0..self.holders {
                if self.tape.chance(40) {
                    let part = self.percent(0, 1300);
                    take.push((format!("holder-{holder}"), part));
                }
            }
            if !take.is_empty() {
                let added = self.tape.pick(&["inside", "on-top"]);
                let keys = vec![("added".to_owned(), word(added)), ("take".to_owned(), Value::Group(take))];
                round.set("pro_rata", Value::Group(keys));
                if added == "on-top" {
                    for table in &mut self.tables {
                        table.drop_key("pro_rata");
                    }
                }
            }
        }
        match self.tape.index(4) {
            0 | 1 if !is_plain => {
                let class = format!("round-class-{number}");
                let mut table = Table { dated: false, ..Table::new(format!("class.{class}"), Some(day)) }
                    .with("kind", word("preferred"));
                if self.tape.chance(50) {
                    let protection = self.protection(self.price);
                    table.set("protection", protection);
                }
                self.tables.push(table);
                round.set("class", word(class.clone()));
                self.classes.push((class, Some(day)));
            }
            2 if !self.classes.is_empty() && self.tape.chance(40) => {
                let (class, _) = self.tape.pick(&self.classes);
                round.set("class", word(class));
            }
            _ => {}
        }
        let has_rights = round.get("pro_rata").is_some();
        self.tables.push(round);
        let many = self.tape.between(1, 3);
        for part in 0..many {
            let mut tranche =
                Table { dated: false, ..Table::new(format!("round.{id}.tranche.part-{part}"), Some(day)) };
            let investor = self.holder();
            tranche.set("investor", investor);
            let amount = self.count(raise / Decimal::from(many), 300, 1500);
            let in_shares = !has_rights && !is_plain && self.tape.chance(8);
            if in_shares {
                tranche.set("shares", Value::Shares((amount / self.price).round().max(Decimal::ONE)));
            } else {
                tranche.set("amount", money(amount));
            }
            if !is_plain {
                if self.tape.chance(25) {
                    let closes = self.after(day, 1, 400);
                    tranche.set("date", Value::Day(closes));
                }
                match self.tape.index(12) {
                    9 if !has_rights => {
                        let price = self.priced(80, 130);
                        tranche.set("price", Value::Price(price));
                    }
                    10 => tranche.set("price", word("closing")),
                    11 => tranche.set("price", word("latest")),
                    _ => {}
                }
                if part > 0 && self.tape.chance(10) {
                    tranche.set("optional", raw("true"));
                }
            }
            self.tables.push(tranche);
        }
        self.value += raise;
    }

    fn grants(&mut self) {
        let mut left: Vec<(String, Decimal)> =
            self.shares.iter().filter(|(owner, _)| owner.starts_with("pool")).cloned().collect();
        for number in 0..self.tape.index(4) {
            let pool = self.tape.index(left.len());
            let (id, there) = left[pool].clone();
            let shares = self.count(there, 10, 300);
            left[pool].1 -= shares;
            let day = self.day(0, 900);
            let strike = self.priced(0, 80);
            let mut grant = Table::new(format!("grant.grant-{number}"), Some(day))
                .with("pool", word(id))
                .with("shares", Value::Shares(shares))
                .with("strike", Value::Price(strike));
            if self.tape.chance(40) {
                let holder = self.holder();
                grant.set("holder", holder);
            }
            grant.set("vesting", self.vesting());
            for key in ["exercised", "forfeited"] {
                if self.tape.chance(35) {
                    let mut days = Vec::new();
                    for _ in 0..1 + self.tape.index(2) {
                        let part = (shares * Decimal::new(self.tape.between(1, 20), 2)).trunc();
                        days.push((self.after(day, 1, 800), part));
                    }
                    days.sort();
                    grant.set(key, Value::Schedule(days));
                }
            }
            if self.tape.chance(30) {
                let last = ["exercised", "forfeited"].iter().filter_map(|key| match grant.get(key) {
                    Some(Value::Schedule(days)) => days.last().map(|(day, _)| *day),
                    _ => None,
                });
                let last = last.max().unwrap_or(day);
                let ends = self.after(last, 1, 700);
                grant.set("expires", Value::Day(ends));
            }
            self.tables.push(grant);
        }
    }

    fn vesting(&mut self) -> Value {
        if self.tape.chance(25) {
            return word("all");
        }
        let months = self.tape.between(3, 60);
        let allocation = self.tape.pick(&ALLOCATIONS);
        Value::Group(vec![
            ("months".to_owned(), raw(months.to_string())),
            ("cliff".to_owned(), raw(self.tape.between(0, months.min(15)).to_string())),
            ("every".to_owned(), raw(self.tape.pick(&[1, 3, 6, 12]).min(months).to_string())),
            ("allocation".to_owned(), word(allocation)),
        ])
    }

    fn warrants(&mut self) {
        let covered: Vec<(String, Day)> = self
            .tables
            .iter()
            .filter(|table| matches!(table.kind(), "safe" | "note") || table.path.contains(".tranche."))
            .filter(|table| !table.path.contains(".tranche.") || table.get("optional").is_none())
            .filter_map(|table| Some((table.path.clone(), table.day?)))
            .collect();
        for number in 0..self.tape.index(3) {
            let id = format!("warrant-{number}");
            let kind = self.tape.index(4);
            let (of, day) = match kind {
                2 | 3 if !covered.is_empty() => {
                    let (of, day) = self.tape.pick(&covered);
                    (Some(of), day)
                }
                _ => (None, self.day(0, 700)),
            };
            let strike = self.priced(10, 150);
            let holder = self.holder();
            let mut warrant = Table::new(format!("warrant.{id}"), Some(day))
                .with("holder", holder)
                .with("strike", Value::Price(strike))
                .with("exercise", word(self.tape.pick(&["cash", "net"])));
            let all: Decimal = self.shares.iter().map(|(_, count)| *count).sum();
            let size = self.count(all, 1, 40);
            match (of, kind) {
                (Some(of), _) => {
                    let part = self.percent(10, 400);
                    warrant.set("coverage", part);
                    warrant.set("of", word(of));
                }
                (None, 1) => {
                    for part in 0..1 + self.tape.index(2) {
                        let met = self.after(day, 0, 900);
                        let condition = format!("milestone-{number}-{part}");
                        let met = Table::new(format!("condition.{condition}"), None)
                            .with("expected", raw("true"))
                            .with("date", Value::Day(met));
                        self.tables.push(met);
                        let keys =
                            vec![("shares".to_owned(), Value::Shares(size)), ("condition".to_owned(), word(condition))];
                        warrant.set(&format!("tranche.part-{part}"), Value::Group(keys));
                    }
                }
                _ => warrant.set("shares", Value::Shares(size)),
            }
            if self.tape.chance(40) {
                let on = self.after(day, 30, 1200);
                warrant.set("exercised", Value::Day(on));
            } else if self.tape.chance(70) {
                let on = self.after(day, 30, 1400);
                warrant.set("expires", Value::Day(on));
            }
            self.tables.push(warrant);
        }
    }

    fn splits(&mut self) {
        for number in 0..self.tape.index(3).min(self.tape.index(3)) {
            let day = self.day(1, 1400);
            let ratio = self.tape.pick(&["2:1", "3:1", "1:2", "3:2", "10:1"]);
            let mut split = Table::new(format!("split.split-{number}"), Some(day)).with("ratio", word(ratio));
            match self.tape.index(5) {
                3 => split.set("class", word("common")),
                4 if !self.classes.is_empty() => {
                    let (class, _) = self.tape.pick(&self.classes);
                    split.set("class", word(class));
                }
                _ => {}
            }
            self.tables.push(split);
        }
    }

    fn changes(&mut self) {
        for number in 0..self.tape.index(4) {
            let day = self.day(1, 1400);
            let kind = self.tape.pick(&[
                "repurchase",
                "cancel",
                "convert",
                "reclassify",
                "stock-dividend",
                "pool-increase",
                "pool-increase",
            ]);
            let mut change = Table::new(format!("change.change-{number}"), Some(day)).with("kind", word(kind));
            let owners = self.shares.iter().filter(|(owner, _)| owner.starts_with("holder")).count();
            let (owner, count) = self.shares[self.tape.index(owners)].clone();
            let some = self.count(count, 1, 300);
            match kind {
                "repurchase" => {
                    change.set("holder", word(owner));
                    change.set("shares", Value::Shares(some));
                    let price = self.priced(20, 120);
                    change.set("price", Value::Price(price));
                }
                "cancel" => {
                    change.set("holder", word(owner));
                    change.set("class", word("common"));
                    change.set("shares", Value::Shares(some));
                }
                "convert" | "reclassify" => {
                    let Some((class, _)) = self.classes.first().cloned() else { continue };
                    change.set("class", word(class));
                    if kind == "reclassify" {
                        change.set("to_class", word("common"));
                        change.set("ratio", word(self.tape.pick(&["1", "3:2"])));
                    } else if self.tape.chance(50) {
                        let holder = self.holder();
                        change.set("holder", holder);
                        change.set("shares", Value::Shares(some));
                    }
                }
                "stock-dividend" => change.set("ratio", word(self.tape.pick(&["1:10", "1:4"]))),
                _ => {
                    change.set("holder", word(format!("pool-{}", self.tape.index(self.pools))));
                    if self.tape.chance(50) {
                        change.set("shares", Value::Shares(some));
                    } else {
                        let target = self.percent(20, 200);
                        change.set("target", target);
                        change.set("counts", word(self.tape.pick(&["unallocated", "issued-and-unallocated"])));
                    }
                }
            }
            self.tables.push(change);
        }
    }

    fn sales(&mut self) {
        for number in 0..self.tape.index(3) {
            let day = self.day(1, 1400);
            let owners: Vec<(String, Decimal)> =
                self.shares.iter().filter(|(owner, _)| owner.starts_with("holder")).cloned().collect();
            let mut sale = Table::new(format!("secondary.sale-{number}"), Some(day));
            let last = format!("holder-{}", self.holders - 1);
            sale.set("to", Value::Group(vec![(last, Value::Percent(Decimal::ONE_HUNDRED))]));
            if self.tape.chance(60) {
                let mut offers = Vec::new();
                for (index, (owner, count)) in owners.iter().enumerate().take(3) {
                    let shares = self.count(*count, 10, 1200);
                    let price = self.priced(60, 120);
                    let keys = vec![
                        ("holder".to_owned(), word(owner.clone())),
                        ("shares".to_owned(), Value::Shares(shares)),
                        ("price".to_owned(), Value::Price(price)),
                    ];
                    offers.push((format!("offer-{index}"), Value::Group(keys)));
                }
                sale.set("offer", Value::Group(offers));
                if self.tape.chance(50) {
                    let limit = self.count(owners[0].1, 50, 1500);
                    sale.set("shares", Value::Shares(limit));
                }
                if self.tape.chance(50) {
                    let limit = self.count(self.value, 1, 100);
                    sale.set("amount", money(limit));
                }
            } else {
                let (owner, count) = self.tape.pick(&owners);
                sale.set("from", Value::Group(vec![(owner, Value::Percent(Decimal::ONE_HUNDRED))]));
                let shares = self.count(count, 1, 300);
                sale.set("shares", Value::Shares(shares));
                let price = self.priced(60, 120);
                sale.set("price", Value::Price(price));
            }
            self.tables.push(sale);
        }
    }
}

/// Where options go that do not divide evenly, in the words of the format.
pub const ALLOCATIONS: [&str; 7] = [
    "cumulative-rounding",
    "cumulative-round-down",
    "front-loaded",
    "back-loaded",
    "front-loaded-to-single-tranche",
    "back-loaded-to-single-tranche",
    "fractional",
];
