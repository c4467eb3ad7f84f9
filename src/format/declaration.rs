//! The words in which the format is declared.

/// A table of the format.
#[derive(Debug)]
pub struct Table {
    /// How the reference page heads it, as `[round.ID]`.
    pub heading: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its keys, in the order of the reference page.
    pub keys: &'static [&'static [Key]],
    /// The keys of which one excludes another.
    pub alternatives: &'static [Alternative],
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key as written.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// What it means.
    pub about: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Required,
    /// In the case described.
    RequiredIf(&'static str),
    /// No; without it this holds.
    Default(&'static str),
    /// No.
    Optional,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text for people.
    Text,
    /// A currency code of three capitals.
    Currency,
    /// `true` or `false`.
    Flag,
    /// A whole number, zero or more.
    Whole,
    /// A plain day.
    Day,
    /// One of some words.
    Word(&'static [&'static str]),
    /// The id of a declared thing.
    Reference(Family),
    /// The id of a declared thing, or an array of them.
    References(Family),
    /// The path of an event.
    EventPath,
    /// A text, or an array of texts.
    Texts,
    /// A number with its uncertainty and its source.
    Figure(Quantity),
    /// Amounts by period.
    Schedule(Quantity),
    /// Amounts by day.
    DaySchedule(Quantity),
    /// A figure for each named holder or pool.
    PerHolder(Quantity),
    /// Parts of a whole, by holder.
    SplitByHolder,
    /// Parts of a whole, by label.
    SplitByLabel,
    /// A table with declared keys.
    Table(&'static Table),
    /// One of some words, or a table with declared keys.
    WordOrTable(&'static [&'static str], &'static Table),
    /// Tables keyed by id.
    Things(Family, &'static Table),
    /// Two paths of inputs.
    InputPair,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// An amount of money.
    Money,
    /// Money per share.
    Price,
    /// The price of a tranche: `signing`, `closing`, `latest`, or money per share.
    TranchePrice,
    /// A number of shares.
    Count,
    /// A percentage.
    Percent,
    /// A percentage, or `rest`.
    Share,
    /// Money per period.
    Rate,
    /// A percentage per period.
    Growth,
    /// How a total is filled: `flat`, or a percentage per period.
    Fill,
    /// A ratio of two numbers, above zero.
    Ratio,
    /// A plain number, zero or more.
    Number,
    /// A number from -1 to 1.
    Rank,
    /// A day.
    Day,
}

impl Quantity {
    /// What a standard deviation of it counts: the same, but of days their number.
    #[must_use]
    pub fn of_deviation(self) -> Quantity {
        match self {
            Quantity::Day => Quantity::Number,
            other => other,
        }
    }
}

/// The name of a key that stands for every day: `2026-03-31` and any other.
pub const BY_DAY: &str = "YYYY-MM-DD";

/// The kinds of things that have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `[source.ID]`
    Source,
    /// `[holder.ID]`
    Holder,
    /// `[pool.ID]`
    Pool,
    /// A holder or a pool.
    Owner,
    /// `[class.ID]`
    Class,
    /// `[condition.ID]`
    Condition,
    /// `[round.ID]`
    Round,
    /// `[round.ID.tranche.ID]`
    Tranche,
    /// `[secondary.ID]`
    Secondary,
    /// `[burn.ID]`
    Burn,
    /// `[burn.ID.phase.ID]`
    Phase,
    /// `[burn.ID.income.ID]`, `[burn.ID.cost.ID]`, `[burn.ID.adjust.ID]`
    Line,
    /// `[commitment.ID]`
    Commitment,
    /// `[debt.ID]`
    Debt,
    /// `[outcome.ID]`
    Outcome,
    /// `[opening.position.ID]`
    Position,
    /// `[safe.ID]`
    Safe,
    /// `[note.ID]`
    Note,
    /// `[warrant.ID]`
    Warrant,
    /// `[warrant.ID.tranche.ID]`
    WarrantTranche,
    /// `[grant.ID]`
    Grant,
    /// `[split.ID]`
    Split,
    /// `[change.ID]`
    Change,
    /// `[secondary.ID.offer.ID]`
    Offer,
    /// `[exit.ID]`
    Exit,
    /// `[exit.ID.carve_out.ID]`
    CarveOut,
    /// `[exit.ID.carve_out.ID.tier.ID]`
    Tier,
    /// `[fx.ID]`
    Currency,
    /// `[correlation.ID]`
    Correlation,
    /// `[case.ID]`
    Case,
}

impl Family {
    /// What one of them is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Family::Source => "source",
            Family::Holder => "holder",
            Family::Pool => "pool",
            Family::Owner => "holder or pool",
            Family::Class => "class",
            Family::Condition => "condition",
            Family::Round => "round",
            Family::Tranche => "tranche",
            Family::Secondary => "secondary",
            Family::Burn => "burn",
            Family::Phase => "phase",
            Family::Line => "line",
            Family::Commitment => "commitment",
            Family::Debt => "debt",
            Family::Outcome => "outcome",
            Family::Position => "position",
            Family::Safe => "safe",
            Family::Note => "note",
            Family::Warrant => "warrant",
            Family::WarrantTranche => "tranche",
            Family::Grant => "grant",
            Family::Split => "split",
            Family::Change => "change",
            Family::Offer => "offer",
            Family::Exit => "exit",
            Family::CarveOut => "carve-out",
            Family::Tier => "tier",
            Family::Currency => "currency",
            Family::Correlation => "correlation",
            Family::Case => "case",
        }
    }

    /// The same behind its article.
    #[must_use]
    pub fn one(self) -> String {
        let word = self.word();
        let article = if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {word}")
    }
}

/// A choice between branches of keys: naming a key of one drops the inherited keys of the others.
#[derive(Debug)]
pub struct Alternative {
    /// The branches.
    pub branches: &'static [&'static [&'static str]],
    /// Whether one of them must be there.
    pub required: bool,
    /// A key beside which the choice is no choice: all branches may stand.
    pub unless: Option<&'static str>,
}

impl Table {
    /// Every key, the common ones last.
    pub fn all_keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.keys.iter().flat_map(|keys| keys.iter()).chain(COMMON.iter())
    }

    /// The key of that name, or the one that stands for every day if the name has the form of a day.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.all_keys().find(|key| if key.name == BY_DAY { has_form_of_day(name) } else { key.name == name })
    }

    /// The key that stands for every day.
    #[must_use]
    pub fn by_day(&self) -> Option<&'static Key> {
        self.all_keys().find(|key| key.name == BY_DAY)
    }
}

/// Whether the text has the form of a day; the calendar may lack it.
fn has_form_of_day(text: &str) -> bool {
    text.len() == BY_DAY.len()
        && text.bytes().zip(BY_DAY.bytes()).all(|(written, form)| match form {
            b'-' => written == b'-',
            _ => written.is_ascii_digit(),
        })
}

impl Key {
    /// A key that is not there unless written.
    pub(super) const fn optional(name: &'static str, kind: Kind, about: &'static str) -> Key {
        Key { name, kind, need: Need::Optional, about }
    }

    /// A key that must be there.
    pub(super) const fn required(name: &'static str, kind: Kind, about: &'static str) -> Key {
        Key { name, kind, need: Need::Required, about }
    }

    /// A key that must be there in a case that a check of the scenario decides.
    pub(super) const fn required_if(name: &'static str, kind: Kind, case: &'static str, about: &'static str) -> Key {
        Key { name, kind, need: Need::RequiredIf(case), about }
    }

    /// A key with a harmless default.
    pub(super) const fn default(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Key {
        Key { name, kind, need: Need::Default(default), about }
    }
}

/// The keys every table takes.
const COMMON: &[Key] = &[
    Key::optional("name", Kind::Text, "what people read; the id if absent"),
    Key::optional(
        "source",
        Kind::References(Family::Source),
        "who says so, for every figure inside that names none and was written in the same layer",
    ),
    Key::optional("remark", Kind::Text, "shown by `explain`"),
];

/// The keys of a figure written as a table, and what each means.
pub const FIGURE_KEYS: &[(&str, &str)] = &[
    ("value", "what `run` uses; the mode of triangular and pert, the median of lognormal, the mean of normal"),
    ("low", "the least it may be; also truncates normal and lognormal"),
    ("high", "the most it may be; also truncates normal and lognormal"),
    ("p5", "the 5 % quantile, for normal and lognormal"),
    ("p95", "the 95 % quantile, for normal and lognormal"),
    ("sd", "the standard deviation, for normal; of a date in days"),
    ("sigma", "the standard deviation of the logarithm, for lognormal"),
    ("shape", "how it is spread between the ends"),
    ("options", "the values of discrete"),
    ("weights", "the weights of discrete"),
    ("source", "who says so"),
    ("said", "the hedge as printed: \"up to\", \"nearly\""),
    ("status", "reported with a source, stated without; or filed, announced, assumed"),
    ("reports", "what other sources say; listed as disputed, never used in the sum"),
    ("remark", "shown by `explain`"),
];

/// The shapes of a range.
pub const SHAPES: &[&str] = &["point", "uniform", "triangular", "pert", "normal", "lognormal", "discrete"];

/// How sure a figure is.
pub const STATUSES: &[&str] = &["reported", "filed", "announced", "stated", "assumed"];
