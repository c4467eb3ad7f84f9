//! A case as it is published, and what can be said of it. Nothing here knows any method.

use capsim::units::Decimal;
use capsim::units::Fraction;
use capsim::units::common_denominator;
use serde_json::Map;
use serde_json::Value as Json;

/// Why a key, or a whole case, has no answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Trouble {
    /// The case does not say what its method needs, or says what the harness does not understand.
    Malformed(String),
    /// The engine refuses the scenario, or lacks a result it should have.
    Engine(String),
    /// What is asked needs a part that is not built, or has no noun.
    Skipped(String),
    /// No such key in this method.
    Unknown,
}

pub fn malformed<T>(text: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Malformed(text.into()))
}

pub fn skipped<T>(text: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Skipped(text.into()))
}

/// What the engine says to an expected key.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Number(Decimal),
    /// The terms that bound, more than one if they are equal: the publisher names one.
    Terms(Vec<String>),
    /// These names, in any order.
    Names(Vec<String>),
    /// One after the other.
    List(Vec<Answer>),
    /// By key: these and no others.
    Table(Vec<(String, Answer)>),
    Flag(bool),
    /// The expected value was put into the scenario, which then gives `actual` where the case gives `wanted`.
    Given {
        result: &'static str,
        wanted: Decimal,
        actual: Decimal,
    },
}

pub type Reading = Result<Answer, Trouble>;

/// Reads one expected key off the plays of a case.
pub type Reader = Box<dyn Fn(&str) -> Reading>;

#[derive(Debug, Clone)]
pub struct Case {
    pub id: String,
    pub method: String,
    pub inputs: Map<String, Json>,
    pub expected: Map<String, Json>,
    /// Rational texts, stricter than what is expected.
    pub exact: Map<String, Json>,
    pub tolerance: Tolerance,
    /// By key, instead of the case's own.
    pub by_key: Vec<(String, Tolerance)>,
    pub is_rounded: bool,
}

/// The larger of the two counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tolerance {
    pub relative: Decimal,
    pub absolute: Decimal,
}

impl Tolerance {
    pub fn around(self, value: Decimal) -> Decimal {
        self.absolute.max((self.relative * value).abs())
    }

    fn read(json: &Json) -> Result<Tolerance, Trouble> {
        let part = |key: &str| json.get(key).map_or(Ok(Decimal::ZERO), |json| decimal(json, key));
        Ok(Tolerance { relative: part("rel")?, absolute: part("abs")? })
    }
}

/// Where a case states no tolerance: what an exact engine meets although a published value has sixteen digits.
const UNSTATED: Tolerance = Tolerance { relative: Decimal::from_parts(1, 0, 0, false, 9), absolute: Decimal::ZERO };

impl Case {
    pub fn read(json: &Json) -> Result<Case, Trouble> {
        let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
        let table = |key: &str| match json.get(key) {
            Some(Json::Object(map)) => Ok(map.clone()),
            Some(_) => malformed(format!("`{key}` is not an object")),
            None => malformed(format!("it has no `{key}`")),
        };
        let inputs = table("inputs")?;
        let method = inputs.get("method").and_then(Json::as_str).map(str::to_owned);
        let tolerance = json.get("tolerance").filter(|json| !json.is_null());
        if tolerance.is_some_and(|json| !json.is_object()) {
            return malformed("`tolerance` is not an object");
        }
        let by_key = tolerance.and_then(|json| json.get("keys")).and_then(Json::as_object);
        let by_key = by_key.into_iter().flatten().map(|(key, json)| Ok((key.clone(), Tolerance::read(json)?)));
        let expected = table("expected")?;
        if expected.is_empty() {
            return malformed("it expects nothing");
        }
        Ok(Case {
            id: text("id").ok_or_else(|| Trouble::Malformed("it has no `id`".to_owned()))?,
            method: method.ok_or_else(|| Trouble::Malformed("it has no `inputs.method`".to_owned()))?,
            inputs,
            expected,
            exact: if json.get("exact").is_some() { table("exact")? } else { Map::new() },
            tolerance: tolerance.map_or(Ok(UNSTATED), Tolerance::read)?,
            by_key: by_key.collect::<Result<_, Trouble>>()?,
            is_rounded: !text("rounding").unwrap_or_default().starts_with("none"),
        })
    }

    pub fn tolerance(&self, key: &str) -> Tolerance {
        self.by_key.iter().find(|(named, _)| named == key).map_or(self.tolerance, |(_, own)| *own)
    }

    /// The inputs, of which these are all that may be there.
    pub fn inputs(&self, known: &[&str]) -> Result<Fields<'_>, Trouble> {
        let known: Vec<&str> = known.iter().copied().chain(["method"]).collect();
        Fields { map: &self.inputs, place: "inputs".to_owned() }.only(&known)
    }

    /// A number that is expected, for a scenario that is to be checked with it.
    pub fn wanted(&self, key: &str) -> Result<Decimal, Trouble> {
        self.expected.get(key).map_or_else(|| malformed(format!("`{key}` is not expected")), |json| decimal(json, key))
    }
}

/// A number as JSON writes it, or as a text: `0.20`, `35/16`.
pub fn decimal(json: &Json, place: &str) -> Result<Decimal, Trouble> {
    let text = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.clone(),
        _ => return malformed(format!("`{place}` is not a number")),
    };
    let plain = |text: &str| Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok();
    let number = match text.split_once('/') {
        Some((above, below)) => plain(above).zip(plain(below)).and_then(|(above, below)| above.checked_div(below)),
        None => plain(&text),
    };
    number.map_or_else(|| malformed(format!("`{place}` is not a number: {text}")), Ok)
}

/// What a number must be multiplied by to be a decimal: 7 for `60000000/7`, 1 for `35/16`.
fn denominator(json: &Json) -> Option<i128> {
    let Some((above, below)) = json.as_str().and_then(|text| text.split_once('/')) else { return Some(1) };
    let mut left = Fraction::new(above.trim().parse().ok()?, below.trim().parse().ok()?)?.denominator();
    for prime in [2, 5] {
        while left % prime == 0 {
            left /= prime;
        }
    }
    Some(left)
}

/// What several numbers must be multiplied by to be decimals, all of them.
pub fn common_scale<'a>(numbers: impl IntoIterator<Item = &'a Json>) -> Result<i128, Trouble> {
    let scale =
        numbers.into_iter().try_fold(1, |scale, json| common_denominator(scale, denominator(json)?, 1_000_000_000));
    scale.map_or_else(|| malformed("its fractions have no denominator that could be written"), Ok)
}

/// A number times a whole one, exactly.
pub fn scaled(json: &Json, scale: i128, place: &str) -> Result<Decimal, Trouble> {
    let by = Decimal::from_i128_with_scale(scale, 0);
    match json.as_str().and_then(|text| text.split_once('/')) {
        None => Ok(decimal(json, place)? * by),
        Some((above, below)) => {
            let part = |text: &str| decimal(&Json::String(text.trim().to_owned()), place);
            let number = (part(above)? * by).checked_div(part(below)?);
            number.map_or_else(|| malformed(format!("`{place}` is not a number: {above}/{below}")), Ok)
        }
    }
}

/// A table of a case.
pub struct Fields<'a> {
    map: &'a Map<String, Json>,
    place: String,
}

impl<'a> Fields<'a> {
    /// Refuses what the method does not know: it could change the meaning.
    pub fn only(self, known: &[&str]) -> Result<Fields<'a>, Trouble> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => malformed(format!("`{}.{key}` is not known to the harness", self.place)),
            None => Ok(self),
        }
    }

    /// None where it is absent or null.
    pub fn get(&self, key: &str) -> Option<&'a Json> {
        self.map.get(key).filter(|json| !json.is_null())
    }

    fn need(&self, key: &str) -> Result<&'a Json, Trouble> {
        self.get(key).map_or_else(|| malformed(format!("`{}.{key}` is missing", self.place)), Ok)
    }

    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    pub fn number(&self, key: &str) -> Result<Decimal, Trouble> {
        decimal(self.need(key)?, &format!("{}.{key}", self.place))
    }

    /// A number times a whole one, exactly.
    pub fn scaled(&self, key: &str, by: i128) -> Result<Decimal, Trouble> {
        scaled(self.need(key)?, by, &format!("{}.{key}", self.place))
    }

    pub fn maybe(&self, key: &str) -> Result<Option<Decimal>, Trouble> {
        self.has(key).then(|| self.number(key)).transpose()
    }

    pub fn whole(&self, key: &str) -> Result<i64, Trouble> {
        let number = self.number(key)?;
        i64::try_from(number)
            .ok()
            .filter(|whole| Decimal::from(*whole) == number)
            .map_or_else(|| malformed(format!("`{}.{key}` is not a whole number", self.place)), Ok)
    }

    pub fn flag(&self, key: &str) -> Result<bool, Trouble> {
        match self.get(key) {
            None => Ok(false),
            Some(Json::Bool(flag)) => Ok(*flag),
            Some(_) => malformed(format!("`{}.{key}` is neither true nor false", self.place)),
        }
    }

    pub fn text(&self, key: &str) -> Result<&'a str, Trouble> {
        let json = self.need(key)?;
        json.as_str().map_or_else(|| malformed(format!("`{}.{key}` is not a text", self.place)), Ok)
    }

    pub fn table(&self, key: &str) -> Result<Fields<'a>, Trouble> {
        let place = format!("{}.{key}", self.place);
        match self.need(key)? {
            Json::Object(map) => Ok(Fields { map, place }),
            _ => malformed(format!("`{place}` is not an object")),
        }
    }

    /// A list of tables; an absent one is empty.
    pub fn list(&self, key: &str) -> Result<Vec<Fields<'a>>, Trouble> {
        let place = format!("{}.{key}", self.place);
        let table = |(index, json): (usize, &'a Json)| match json {
            Json::Object(map) => Ok(Fields { map, place: format!("{place}.{index}") }),
            _ => malformed(format!("`{place}.{index}` is not an object")),
        };
        match self.get(key) {
            None => Ok(Vec::new()),
            Some(Json::Array(list)) => list.iter().enumerate().map(table).collect(),
            Some(_) => malformed(format!("`{place}` is not a list")),
        }
    }

    /// A list of numbers.
    pub fn numbers(&self, key: &str) -> Result<Vec<Decimal>, Trouble> {
        let place = format!("{}.{key}", self.place);
        match self.need(key)? {
            Json::Array(list) => list.iter().map(|json| decimal(json, &place)).collect(),
            _ => malformed(format!("`{place}` is not a list")),
        }
    }
}
