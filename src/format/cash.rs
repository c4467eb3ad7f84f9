//! Money in the bank, how fast it goes, and what is promised to whom.

use super::declaration::Alternative;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Need;
use super::declaration::Quantity;
use super::declaration::Table;

pub(super) const CASH: Table = Table {
    heading: "[cash]",
    about: "Money in the bank. One balance per burn report is carried from month end to month end.",
    keys: &[&[
        Key::required_if("opening", Kind::Figure(Quantity::Money), "there is a burn", "what is there on `as_of`"),
        Key::default("minimum", Kind::Figure(Quantity::Money), "0", "the company counts as out of cash below it"),
        Key::later("interest", "interest on cash", "interest on the balance"),
        Key::later("main_burn", "raising when needed", "the report that decides when money is raised"),
    ]],
    alternatives: &[],
};

pub(super) const BURN: Table = Table {
    heading: "[burn.ID]",
    about: "One report of how fast money goes, with what it measures and when it was said. Outflow is positive. Several stand side by side and are never added.",
    keys: &[&[
        Key::required(
            "measure",
            Kind::Word(&["cash", "loss", "operating-loss", "gross-spend"]),
            "what the figure counts; a loss is not cash",
        ),
        Key::default(
            "as_cash",
            Kind::Flag,
            "false",
            "use a measure other than cash as if it were cash; every view repeats it",
        ),
        Key::optional("vintage", Kind::Day, "when the forecast was made"),
        Key::optional("rate", Kind::Figure(Quantity::Rate), "an amount per month, quarter or year from `as_of` on"),
        Key::optional("growth", Kind::Figure(Quantity::Growth), "by how much the rate steps each period"),
        Key::optional("phase", Kind::Things(Family::Phase, &PHASE), "other growth from a day on"),
        Key::optional("by_month", Kind::Schedule(Quantity::Money), "amounts by month: `2026-03`"),
        Key::optional("by_quarter", Kind::Schedule(Quantity::Money), "amounts by quarter: `2026-q1`"),
        Key::optional("by_year", Kind::Schedule(Quantity::Money), "amounts by year: `2026`"),
        Key::optional("through", Kind::Table(&THROUGH), "a cumulative total that fills the years not named"),
        Key::later("income", "burn built from parts", "lines of income"),
        Key::later("cost", "burn built from parts", "lines of cost"),
        Key::later("adjust", "declared adjustments", "what turns one measure into cash"),
    ]],
    alternatives: &[
        Alternative {
            branches: &[
                &["rate", "growth", "phase"],
                &["by_month", "by_quarter", "by_year", "through"],
                &["income", "cost"],
            ],
            required: true,
            unless: None,
        },
        Alternative { branches: &[&["by_month"], &["by_quarter"], &["by_year"]], required: false, unless: None },
    ],
};

const PHASE: Table = Table {
    heading: "[burn.ID.phase.ID]",
    about: "Growth from a day on: the period that begins on `from` is the first to step.",
    keys: &[&[
        Key::required("from", Kind::Day, "the first day of the first period that steps"),
        Key::required("growth", Kind::Figure(Quantity::Growth), "by how much each period"),
    ]],
    alternatives: &[],
};

const THROUGH: Table = Table {
    heading: "[burn.ID.through]",
    about: "A cumulative total from the first day of `from` to the last of `year`; what the named years leave is spread over the others.",
    keys: &[&[
        Key::required("from", Kind::Whole, "the first year of the count"),
        Key::required("year", Kind::Whole, "the last year of the count"),
        Key::required("total", Kind::Figure(Quantity::Money), "the total"),
        Key::required("fill", Kind::Figure(Quantity::Fill), "`flat`, or the growth from year to year"),
    ]],
    alternatives: &[],
};

pub(super) const COMMITMENT: Table = Table {
    heading: "[commitment.ID]",
    about: "Spending promised to a counterparty, spread evenly over its months.",
    keys: &[&[
        Key::required("to", Kind::Reference(Family::Owner), "the counterparty"),
        Key::required("amount", Kind::Figure(Quantity::Money), "how much in all"),
        Key::required("from", Kind::Day, "the first day"),
        Key::optional("months", Kind::Whole, "over how many months"),
        Key::optional("until", Kind::Day, "or until which last day"),
        Key {
            name: "within_burn",
            kind: Kind::Flag,
            need: Need::Required,
            about: "whether the burn reports already hold it, or it comes on top",
        },
        Key::later("ramp", "commitment schedules", "amounts by period"),
        Key::later("take_or_pay", "commitment schedules", "what is owed even if unused"),
    ]],
    alternatives: &[Alternative { branches: &[&["months"], &["until"]], required: true, unless: None }],
};
