//! The scenario format as a JSON Schema (draft-07), for editors: completion, descriptions, a mark under a wrong key.
//!
//! It follows `format::ROOT` and nothing else, so it cannot drift from what is read. Lacks on purpose: what takes
//! more than one value to judge (sums, references, the order of days), and required keys inside things, because an
//! overlay may edit one key of what it inherits. `capsim check` judges these.

use std::collections::BTreeMap;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::format::Alternative;
use crate::format::BY_DAY;
use crate::format::FIGURE_KEYS;
use crate::format::Family;
use crate::format::Key;
use crate::format::Kind;
use crate::format::Need;
use crate::format::Quantity;
use crate::format::RESERVED_IDS;
use crate::format::ROOT;
use crate::format::SHAPES;
use crate::format::STATUSES;
use crate::format::Table;

use super::reference::words;

/// The schema of a scenario file.
#[must_use]
pub fn json_schema() -> Value {
    let mut definitions = Definitions::default();
    let root = definitions.table(&ROOT);
    let required: Vec<&str> = ROOT.all_keys().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!("capsim scenario"));
    schema.extend(root);
    schema.insert("description".to_owned(), json!("A company's funding as known, reported or assumed."));
    // A file that extends another may leave out what it inherits.
    schema.insert("if".to_owned(), json!({ "required": ["extends"] }));
    schema.insert("else".to_owned(), json!({ "required": required }));
    schema.insert("definitions".to_owned(), definitions.0.into_iter().collect::<Map<_, _>>().into());
    schema.into()
}

/// Digits as the reader takes them: `_` between digits, one point, an exponent.
const DIGITS: &str = r"[0-9]+(_[0-9]+)*(\.[0-9]+(_[0-9]+)*)?([eE][+-]?[0-9]+)?";
/// No digit but zero: the only number not above zero that may carry a minus where none is negative.
const ZERO: &str = r"0+(_0+)*(\.0+(_0+)*)?([eE][+-]?[0-9]+)?";
/// A currency sign, or a code and a blank.
const CURRENCY: &str = r"([$€£¥]|[A-Z]{3} )";
const ID: &str = "^[a-z][a-z0-9-]{0,63}$";
const CURRENCY_ID: &str = "^[a-z]{3}$";
const DAY: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const PERIOD: &str = "^[0-9]{4}(-(q[1-4]|0[1-9]|1[0-2]))?$";

/// A key's sentence, and whether it must be there.
fn description(key: &Key) -> String {
    match key.need {
        Need::Required => format!("{} (required)", key.about),
        Need::RequiredIf(case) => format!("{} (required if {case})", key.about),
        Need::Default(default) => format!("{} (default: {default})", key.about),
        Need::Optional => key.about.to_owned(),
    }
}

/// A schema with a description. Keys beside a `$ref` are ignored in draft-07, so it stands in an `allOf`.
fn described(schema: Value, description: &str) -> Value {
    let mut with = Map::new();
    with.insert("description".to_owned(), json!(description));
    match schema {
        Value::Object(keys) if !keys.contains_key("$ref") => with.extend(keys),
        reference => {
            with.insert("allOf".to_owned(), json!([reference]));
        }
    }
    with.into()
}

/// At most one branch of a choice: naming a key of one forbids the keys of those after it.
fn at_most_one(alternative: &Alternative) -> Vec<Value> {
    let branches = alternative.branches;
    let mut rules = Vec::new();
    for (index, branch) in branches.iter().enumerate() {
        let others =
            branches.iter().skip(index + 1).flat_map(|branch| branch.iter()).filter(|name| !branch.contains(name));
        let forbidden: Map<String, Value> = others.map(|name| ((*name).to_owned(), json!(false))).collect();
        if !branch.is_empty() && !forbidden.is_empty() {
            let named: Vec<Value> = branch.iter().map(|name| json!({ "required": [name] })).collect();
            rules.push(json!({ "if": { "anyOf": named }, "then": { "properties": forbidden } }));
        }
    }
    rules
}

/// What several places refer to, by name.
#[derive(Default)]
struct Definitions(BTreeMap<String, Value>);

impl Definitions {
    /// A reference to a definition, made when first asked for.
    fn refer(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            // Holds the place while it is made.
            self.0.insert(name.to_owned(), Value::Null);
            let made = make(self);
            self.0.insert(name.to_owned(), made);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    fn table(&mut self, table: &Table) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut by_day = None;
        for key in table.all_keys() {
            if key.name == BY_DAY {
                by_day = Some(described(self.kind(key.kind), &description(key)));
                continue;
            }
            // The first of two keys of a name is the table's own.
            if !properties.contains_key(key.name) {
                let schema = described(self.kind(key.kind), &description(key));
                properties.insert(key.name.to_owned(), schema);
            }
        }
        let mut schema = Map::new();
        schema.insert("description".to_owned(), json!(table.about));
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), properties.into());
        if let Some(key) = by_day {
            schema.insert("patternProperties".to_owned(), json!({ DAY: key }));
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        let rules: Vec<Value> =
            table.alternatives.iter().filter(|choice| choice.unless.is_none()).flat_map(at_most_one).collect();
        if !rules.is_empty() {
            schema.insert("allOf".to_owned(), rules.into());
        }
        schema
    }

    /// A table by the name in its heading: `round.ID`.
    fn named_table(&mut self, table: &'static Table) -> Value {
        let name = table.heading.trim_matches(['[', ']']);
        self.refer(name, |all| all.table(table).into())
    }

    fn kind(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Text | Kind::EventPath => json!({ "type": "string" }),
            Kind::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Whole => json!({ "type": "integer", "minimum": 0 }),
            Kind::Day => self.literal(Quantity::Day),
            Kind::Word(words) => json!({ "enum": words }),
            Kind::Reference(_) => self.id(),
            Kind::References(_) => self.ids(),
            Kind::Texts => self.refer(
                "texts",
                |_| json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }),
            ),
            Kind::Figure(quantity) => self.figure(quantity),
            Kind::Schedule(quantity) => {
                let figure = self.figure(quantity);
                json!({ "type": "object", "patternProperties": { PERIOD: figure }, "additionalProperties": false })
            }
            Kind::DaySchedule(quantity) => {
                let figure = self.figure(quantity);
                json!({ "type": "object", "patternProperties": { DAY: figure }, "additionalProperties": false })
            }
            Kind::PerHolder(quantity) => {
                let figure = self.figure(quantity);
                self.by_id(&figure)
            }
            Kind::SplitByHolder | Kind::SplitByLabel => {
                let part = self.figure(Quantity::Share);
                self.by_id(&part)
            }
            Kind::Table(table) => self.named_table(table),
            Kind::WordOrTable(words, table) => {
                let table = self.named_table(table);
                json!({ "anyOf": [{ "enum": words }, table] })
            }
            Kind::Things(Family::Currency, table) => {
                let rates = self.named_table(table);
                json!({ "type": "object", "patternProperties": { CURRENCY_ID: rates }, "additionalProperties": false })
            }
            Kind::Things(_, table) => {
                let thing = self.named_table(table);
                self.by_id(&thing)
            }
            Kind::InputPair => {
                json!({ "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 })
            }
        }
    }

    /// A table keyed by id.
    fn by_id(&mut self, value: &Value) -> Value {
        let not_reserved = self.refer("not-reserved", |_| json!({ "not": { "enum": RESERVED_IDS } }));
        json!({
            "type": "object",
            "propertyNames": not_reserved,
            "patternProperties": { ID: value },
            "additionalProperties": false,
        })
    }

    fn id(&mut self) -> Value {
        self.refer("id", |_| json!({ "type": "string", "pattern": ID, "not": { "enum": RESERVED_IDS } }))
    }

    fn ids(&mut self) -> Value {
        let id = self.id();
        self.refer("ids", |_| json!({ "anyOf": [id, { "type": "array", "items": id }] }))
    }

    /// A literal, or a table with the keys of a figure.
    fn figure(&mut self, quantity: Quantity) -> Value {
        let name = format!("{}-figure", definition_name(quantity));
        self.refer(&name, |all| {
            let literal = all.literal(quantity);
            let number = all.literal(Quantity::Number);
            let mut properties = Map::new();
            for (name, about) in FIGURE_KEYS {
                let schema = match *name {
                    "value" | "low" | "high" | "p5" | "p95" => literal.clone(),
                    "sd" => all.literal(quantity.of_deviation()),
                    "sigma" => number.clone(),
                    "options" => json!({ "type": "array", "items": literal }),
                    "weights" => json!({ "type": "array", "items": number }),
                    "shape" => json!({ "enum": SHAPES }),
                    "status" => json!({ "enum": STATUSES }),
                    "source" => all.ids(),
                    "reports" => all.by_id(&literal),
                    _ => json!({ "type": "string" }),
                };
                properties.insert((*name).to_owned(), described(schema, about));
            }
            json!({ "oneOf": [literal, { "type": "object", "properties": properties, "additionalProperties": false }] })
        })
    }

    fn literal(&mut self, quantity: Quantity) -> Value {
        self.refer(definition_name(quantity), |all| {
            let money = format!(r"(-\s*)?({CURRENCY}\s*)?(-\s*)?[+-]?{DIGITS}\s*[KMBT]?");
            let percent = format!(r"([+-]?{DIGITS}\s*%|[+-]?[0-9]+\s*/\s*[+-]?[0-9]+)");
            let per_period = r"\s*/\s*(month|quarter|year)";
            let text = |pattern: String| json!({ "type": "string", "pattern": format!(r"^\s*{pattern}\s*$") });
            let text_or_number = |pattern: String| {
                json!({ "type": ["string", "number"], "pattern": format!(r"^\s*{pattern}\s*$"), "minimum": 0 })
            };
            let schema = match quantity {
                Quantity::Money => json!({ "type": ["string", "number"], "pattern": format!(r"^\s*{money}\s*$") }),
                Quantity::Price => text_or_number(money),
                Quantity::TranchePrice => {
                    json!({ "anyOf": [{ "enum": ["signing", "closing", "latest"] }, all.literal(Quantity::Price)] })
                }
                Quantity::Count | Quantity::Number => text_or_number(format!(r"(\+?{DIGITS}|-{ZERO})\s*[KMBT]?")),
                Quantity::Rank => {
                    let pattern = format!(r"^\s*[+-]?{DIGITS}\s*$");
                    json!({ "type": ["string", "number"], "pattern": pattern, "minimum": -1, "maximum": 1 })
                }
                Quantity::Ratio => {
                    let pattern = format!(r"^\s*[+-]?{DIGITS}(\s*:\s*[+-]?{DIGITS})?\s*$");
                    json!({ "type": ["string", "number"], "pattern": pattern, "exclusiveMinimum": 0 })
                }
                Quantity::Percent => text(percent),
                Quantity::Share => json!({ "anyOf": [{ "enum": ["rest"] }, all.literal(Quantity::Percent)] }),
                Quantity::Rate => text(format!("{money}{per_period}")),
                Quantity::Growth => text(format!("{percent}{per_period}")),
                Quantity::Fill => json!({ "anyOf": [{ "enum": ["flat"] }, all.literal(Quantity::Growth)] }),
                // A bare TOML date reaches a validator as a string.
                Quantity::Day => {
                    json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
                }
            };
            described(schema, words(quantity).1)
        })
    }
}

/// A quantity's name without blanks.
fn definition_name(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::TranchePrice => "tranche-price",
        other => words(other).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENARIO: &str = r#"
        title = "A round"
        currency = "USD"
        as_of = 2026-01-29
        horizon = 2026-12-31
        source.wire.title = "A report"
        fx.eur = { 2026-01-01 = "1.08", 2026-07-01 = { value = "11:10", source = "wire" }, source = "wire" }
        [holder]
        ada = {}
        fund = { name = "Fund" }
        [opening]
        date = 2025-01-15
        fully_diluted = 1_000_000
        stake = { ada = "60%", fund = "rest" }
        [round.seed]
        date = 2026-03-31
        pre_money = { value = "8M", low = "7M", high = 9_000_000, shape = "pert", source = "wire" }
        [round.seed.tranche.fund]
        investor = "fund"
        amount = "2M"
        consideration = { cash = "50%", compute = "rest" }
        drawdown = { months = 24, unused = "lost", eligible = "1/3" }
        [cash]
        opening = 0
        [burn.plan]
        measure = "cash"
        by_year = { 2026 = "1.2M" }
        [case.later.round.seed]
        date = 2026-06-30
    "#;

    fn validator() -> jsonschema::Validator {
        jsonschema::draft7::new(&json_schema()).expect("a draft-07 schema")
    }

    /// A TOML text as an editor's validator sees it: dates are strings.
    fn instance(text: &str) -> Value {
        fn json(value: toml::Value) -> Value {
            match value {
                toml::Value::Datetime(day) => day.to_string().into(),
                toml::Value::Array(items) => items.into_iter().map(json).collect(),
                toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
                other => serde_json::to_value(other).expect("a plain value"),
            }
        }
        json(toml::Value::Table(text.parse().expect("TOML")))
    }

    /// The places of the faults found in a text.
    fn faults(text: &str) -> Vec<String> {
        validator().iter_errors(&instance(text)).map(|fault| fault.instance_path().to_string()).collect()
    }

    #[test]
    fn it_is_a_draft_07_schema_and_every_reference_in_it_leads_somewhere() {
        let schema = json_schema();
        assert!(jsonschema::draft7::meta::is_valid(&schema));
        let text = schema.to_string();
        let references: Vec<&str> =
            text.split("\"$ref\":\"#/definitions/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 100);
        assert!(references.iter().all(|name| schema["definitions"][name].is_object()));
    }

    /// The properties that the schema gives a table.
    fn properties<'s>(schema: &'s Value, table: &Table) -> &'s Map<String, Value> {
        let name = table.heading.trim_matches(['[', ']']);
        let at = if name == ROOT.heading { schema } else { &schema["definitions"][name] };
        assert_eq!(at["additionalProperties"], false, "{name}");
        at["properties"].as_object().expect("properties")
    }

    #[test]
    fn every_table_has_exactly_its_keys_with_their_sentences() {
        fn walk(schema: &Value, table: &'static Table, seen: &mut usize) {
            let properties = properties(schema, table);
            let mut known = 0;
            for key in table.all_keys() {
                // A key of every table gives way to the table's own of the same name.
                let own = table.all_keys().find(|own| own.name == key.name).expect("a key");
                if key.name == BY_DAY {
                    let name = table.heading.trim_matches(['[', ']']);
                    let days = &schema["definitions"][name]["patternProperties"][DAY];
                    assert_eq!(days["description"], description(own).as_str(), "{}", table.heading);
                    continue;
                }
                match properties.get(key.name) {
                    Some(property) => {
                        assert_eq!(
                            property["description"],
                            description(own).as_str(),
                            "{}.{}",
                            table.heading,
                            key.name
                        );
                        known += usize::from(std::ptr::eq(own, key));
                    }
                    None => panic!("{}.{}", table.heading, key.name),
                }
                if let (Kind::Table(inner) | Kind::WordOrTable(_, inner) | Kind::Things(_, inner), false) =
                    (key.kind, table.heading == "[case.ID]")
                {
                    walk(schema, inner, seen);
                }
            }
            assert_eq!(properties.len(), known, "{} has no other key", table.heading);
            *seen += known;
        }
        let mut seen = 0;
        walk(&json_schema(), &ROOT, &mut seen);
        assert!(seen > 150, "{seen} keys");
    }

    #[test]
    fn a_good_scenario_passes_and_so_does_every_one_that_ships() {
        assert_eq!(faults(SCENARIO), Vec::<String>::new());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
        let mut seen = 0;
        let mut folders = vec![std::path::PathBuf::from(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    let text = std::fs::read_to_string(&path).expect("a text");
                    assert_eq!(faults(&text), Vec::<String>::new(), "{}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen >= 5, "{seen} scenarios");
    }

    #[test]
    fn each_planted_fault_is_found_at_its_place() {
        for (good, bad, place) in [
            ("[cash]", "[cash]\nopenning = 1", "/cash"),
            ("[cash]", "[holders]\n[cash]", ""),
            ("[cash]", "[correlation.one]\nbetween = [\"cash.opening\"]\n[cash]", "/correlation/one/between"),
            ("[cash]", "[correlation.one]\nrank = 1.5\n[cash]", "/correlation/one/rank"),
            ("ada = {}", "Ada = {}", "/holder"),
            ("ada = {}", "rest = {}", "/holder"),
            ("ada = \"60%\"", "ada = 60", "/opening/stake/ada"),
            ("ada = \"60%\"", "ada = \"60\"", "/opening/stake/ada"),
            ("amount = \"2M\"", "amount = \"2mn\"", "/round/seed/tranche/fund/amount"),
            ("amount = \"2M\"", "amount = { valu = \"2M\" }", "/round/seed/tranche/fund/amount"),
            ("amount = \"2M\"", "amount = \"2M\"\nshares = 5", "/round/seed/tranche/fund/shares"),
            ("date = 2026-03-31", "date = 2026-03-31\nprice = 1\n", "/round/seed/price"),
            ("shape = \"pert\"", "shape = \"perd\"", "/round/seed/pre_money"),
            ("measure = \"cash\"", "measure = \"money\"", "/burn/plan/measure"),
            ("measure = \"cash\"", "measure = \"cash\"\nrate = \"1M/year\"", "/burn/plan/by_year"),
            ("2026 = \"1.2M\"", "26 = \"1.2M\"", "/burn/plan/by_year"),
            ("2026 = \"1.2M\"", "2026 = \"1.2M\" }\nby_month = { 2026-01 = 1", "/burn/plan/by_year"),
            ("eur = {", "euro = {", "/fx"),
            ("eur = {", "EUR = {", "/fx"),
            ("2026-07-01 = {", "2026-q3 = {", "/fx/eur"),
            ("2026-07-01 = {", "2026-07-32 = {", "/fx/eur"),
            ("\"1.08\"", "0", "/fx/eur/2026-01-01"),
            ("months = 24", "months = \"2y\"", "/round/seed/tranche/fund/drawdown/months"),
            ("as_of = 2026-01-29", "as_of = 2026-01-29T10:00:00Z", "/as_of"),
            ("currency = \"USD\"", "currency = \"dollars\"", "/currency"),
            ("title = \"A round\"", "", ""),
            ("date = 2026-06-30", "dates = 2026-06-30", "/case/later/round/seed"),
        ] {
            assert!(SCENARIO.contains(good), "{good}");
            let found = faults(&SCENARIO.replacen(good, bad, 1));
            assert!(found.iter().any(|at| at == place), "{bad}: {found:?} lacks {place}");
        }
    }

    #[test]
    fn an_overlay_may_leave_out_what_it_inherits() {
        let overlay = "round.seed.tranche.fund.amount.low = \"1M\"";
        assert_eq!(faults(&format!("extends = \"base.toml\"\n{overlay}")), Vec::<String>::new());
        assert_eq!(faults(overlay), ["", "", "", ""], "title, currency, as_of and opening are required");
        assert_eq!(faults(&format!("extends = \"base.toml\"\n{overlay}\nround.seed.cash = 1")), ["/round/seed"]);
    }

    #[test]
    fn literals_are_taken_and_refused_as_the_reader_does() {
        type Literals = (Quantity, &'static [&'static str], &'static [&'static str]);
        const LITERALS: [Literals; 13] = [
            (
                Quantity::Money,
                &["50B", "$50B", "USD 50B", " 1_000.25 ", "-12B", "$ -12B", "-€12 B", "+7", "1e9", "1.5E-3K"],
                &[
                    "", "50bn", "50b", "1.000,00", "1,000", ".5", "5.", "1__0", "USD50B", "50 USD", "nan", "inf", "5%",
                    "1B/year",
                ],
            ),
            (Quantity::Price, &["730.25", "£1.25"], &["1.25/share"]),
            (Quantity::TranchePrice, &["signing", "closing", "latest", "12.5"], &["Signing", "last"]),
            (Quantity::Count, &["9_000_000", "9M", "-0", "+1"], &["-1", "$5", "9m"]),
            (Quantity::Number, &["1.5"], &["-1", "one"]),
            (Quantity::Rank, &["0.6", "-1"], &["60%", "high", "1K"]),
            (Quantity::Ratio, &["3:1", "1.25", " 3 : 1 "], &["3:", "3/1", "1K"]),
            (
                Quantity::Percent,
                &["27%", " 27 % ", "1/3", "-5%", "0.5%"],
                &["27", "0.27", "27%%", "1/3%", "rest", "1M%"],
            ),
            (Quantity::Share, &["rest", "27%"], &["Rest", "27", "others"]),
            (Quantity::Rate, &["12B/quarter", "$1M / month", "-3/year"], &["12B", "12B/week", "12%/year"]),
            (Quantity::Growth, &["2%/month", "8 % / year", "1/4/year"], &["2%", "2/month", "2%/day"]),
            (Quantity::Fill, &["flat", "8%/year"], &["Flat", "8%"]),
            (Quantity::Day, &["2026-03-31"], &["2026-3-31", "31.03.2026", "2026-03-31T00:00:00"]),
        ];
        for (quantity, good, bad) in LITERALS {
            let mut definitions = Definitions::default();
            let mut schema = definitions.literal(quantity);
            schema["definitions"] = definitions.0.into_iter().collect::<Map<_, _>>().into();
            // A reference hides the keys beside it; the definitions stay reachable by their path.
            let validator = jsonschema::draft7::new(&schema).expect("a schema");
            for text in good {
                assert!(validator.is_valid(&json!(text)), "{quantity:?} takes {text:?}");
            }
            for text in bad {
                assert!(!validator.is_valid(&json!(text)), "{quantity:?} refuses {text:?}");
            }
            let bare = matches!(
                quantity,
                Quantity::Money
                    | Quantity::Price
                    | Quantity::TranchePrice
                    | Quantity::Count
                    | Quantity::Number
                    | Quantity::Ratio
            );
            assert_eq!(validator.is_valid(&json!(1.5)), bare, "{quantity:?} as a bare number");
            let signed = matches!(quantity, Quantity::Money | Quantity::Rank);
            assert_eq!(validator.is_valid(&json!(-1)), signed, "{quantity:?} below zero");
            let zero = (bare || signed) && quantity != Quantity::Ratio;
            assert_eq!(validator.is_valid(&json!(0)), zero, "{quantity:?} of zero");
        }
    }
}
