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
        Key::optional(
            "interest",
            Kind::Figure(Quantity::Growth),
            "earned on the balance of a month's start, where that is above zero, and paid at the month's end",
        ),
        Key::required_if(
            "main_burn",
            Kind::Reference(Family::Burn),
            "a round depends on the burn: `when`, `burn_months`",
            "the report that decides when money is raised, and how much",
        ),
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
        Key::optional("income", Kind::Things(Family::Line, &INCOME), "built from parts: what comes in"),
        Key::optional("cost", Kind::Things(Family::Line, &COST), "built from parts: what is spent"),
        Key::optional(
            "adjust",
            Kind::Things(Family::Line, &ADJUSTMENT),
            "what the measure counts and cash does not: declared, it turns the report into cash",
        ),
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

const LINE: &[Key] = &[
    Key::optional("rate", Kind::Figure(Quantity::Rate), "an amount per month, quarter or year from `as_of` on"),
    Key::optional("growth", Kind::Figure(Quantity::Growth), "by how much the rate steps each period"),
    Key::optional("phase", Kind::Things(Family::Phase, &LINE_PHASE), "other growth from a day on"),
    Key::optional("by_month", Kind::Schedule(Quantity::Money), "amounts by month: `2026-03`"),
    Key::optional("by_quarter", Kind::Schedule(Quantity::Money), "amounts by quarter: `2026-q1`"),
    Key::optional("by_year", Kind::Schedule(Quantity::Money), "amounts by year: `2026`"),
];

const LINE_SPAN: &[Key] = &[
    Key::default("from", Kind::Day, "`as_of` and before", "the first day on which it is earned or spent"),
    Key::default("until", Kind::Day, "the horizon", "the last day on which it is earned or spent"),
    Key::default("lag_months", Kind::Whole, "0", "how many months later it is received or paid"),
];

const RATE: &[&str] = &["rate", "growth", "phase"];
const SCHEDULE: &[&str] = &["by_month", "by_quarter", "by_year"];
const ONE_SCHEDULE: Alternative =
    Alternative { branches: &[&["by_month"], &["by_quarter"], &["by_year"]], required: false, unless: None };

const LINE_PHASE: Table = Table { heading: "[burn.ID.cost.ID.phase.ID]", ..PHASE };

const INCOME: Table = Table {
    heading: "[burn.ID.income.ID]",
    about: "What comes in: a line of a burn built from parts.",
    keys: &[LINE, LINE_SPAN],
    alternatives: &[Alternative { branches: &[RATE, SCHEDULE], required: true, unless: None }, ONE_SCHEDULE],
};

const COST: Table = Table {
    heading: "[burn.ID.cost.ID]",
    about: "What is spent: a line of a burn built from parts.",
    keys: &[
        LINE,
        &[
            Key::optional(
                "of_income",
                Kind::Figure(Quantity::Percent),
                "a part of all income as it is earned, whenever that is received",
            ),
            Key::optional("heads", Kind::DaySchedule(Quantity::Count), "staff from each day on, by month"),
            Key::optional("per_head", Kind::Figure(Quantity::Rate), "what one of them costs"),
        ],
        LINE_SPAN,
        &[
            Key::default(
                "eligible",
                Kind::Flag,
                "false",
                "capacity in kind can pay for it: a drawdown's `eligible` part is of these lines",
            ),
            Key::optional(
                "to",
                Kind::Reference(Family::Owner),
                "who is paid: it counts towards what is promised there",
            ),
        ],
    ],
    alternatives: &[
        Alternative {
            branches: &[RATE, SCHEDULE, &["of_income"], &["heads", "per_head"]],
            required: true,
            unless: None,
        },
        ONE_SCHEDULE,
    ],
};

const ADJUSTMENT: Table = Table {
    heading: "[burn.ID.adjust.ID]",
    about: "What the measure counts and cash does not, taken off: stock pay, depreciation, remeasurement. A minus adds what it leaves out, as capital spending.",
    keys: &[
        LINE,
        &[
            Key::default("from", Kind::Day, "`as_of` and before", "the first day it counts"),
            Key::default("until", Kind::Day, "the horizon", "the last day it counts"),
        ],
    ],
    alternatives: &[Alternative { branches: &[RATE, SCHEDULE], required: true, unless: None }, ONE_SCHEDULE],
};

pub(super) const DEBT: Table = Table {
    heading: "[debt.ID]",
    about: "A loan or a credit line. What is drawn is cash, and is owed: interest monthly, the rest as `repayment` says.",
    keys: &[&[
        Key::required("kind", Kind::Word(&["term-loan", "revolver"]), "a loan drawn and repaid, or a line drawn again"),
        Key::optional("amount", Kind::Figure(Quantity::Money), "of a term loan: how much"),
        Key::optional("limit", Kind::Figure(Quantity::Money), "of a revolver: the most that may be owed"),
        Key::optional("lender", Kind::Reference(Family::Owner), "who lends"),
        Key::required("from", Kind::Day, "the first day it can be drawn; before `as_of` the cash is in `cash.opening`"),
        Key::required("until", Kind::Day, "the day it is repaid by"),
        Key::required("rate", Kind::Figure(Quantity::Growth), "interest on what is owed, paid monthly"),
        Key::default(
            "undrawn_fee",
            Kind::Figure(Quantity::Growth),
            "0%/year",
            "on what may still be drawn, paid monthly",
        ),
        Key::default("fee", Kind::Figure(Quantity::Percent), "0%", "of the amount or the limit, paid on the first day"),
        Key::required_if(
            "draws",
            Kind::Word(&["at-once", "schedule", "below-minimum"]),
            "it is a revolver",
            "all on the first day (a term loan's default), by `schedule`, or whatever cash lacks of the minimum at a month's end",
        ),
        Key::required_if(
            "schedule",
            Kind::DaySchedule(Quantity::Money),
            "it is drawn by schedule",
            "what is drawn when",
        ),
        Key::required(
            "repayment",
            Kind::Word(&["at-maturity", "monthly", "above-minimum"]),
            "on the last day, in equal monthly parts, or with whatever cash exceeds the minimum at a month's end",
        ),
        Key::default("interest_only", Kind::Whole, "0", "whole months before the first monthly part is due"),
        Key::optional(
            "covenant",
            Kind::Figure(Quantity::Money),
            "the least cash at a month's end while something is owed",
        ),
        Key::required_if(
            "on_breach",
            Kind::Word(&["called", "reported"]),
            "there is a covenant",
            "whether what is owed must be repaid at once, or the breach is only said",
        ),
    ]],
    alternatives: &[Alternative { branches: &[&["amount"], &["limit"]], required: true, unless: None }],
};

pub(super) const OUTCOME: Table = Table {
    heading: "[outcome.ID]",
    about: "A column of the runway matrix: which conditions are met and which are not. The others stay as expected.",
    keys: &[&[
        Key::default("met", Kind::References(Family::Condition), "none", "conditions that are met"),
        Key::default("failed", Kind::References(Family::Condition), "none", "conditions that are not"),
    ]],
    alternatives: &[],
};

pub(super) const COMMITMENT: Table = Table {
    heading: "[commitment.ID]",
    about: "Spending promised to a counterparty, spread evenly over its months or by a ramp.",
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
        Key::default(
            "ramp",
            Kind::Schedule(Quantity::Money),
            "evenly",
            "amounts by month, quarter or year, together the whole amount",
        ),
        Key::default(
            "take_or_pay",
            Kind::Flag,
            "false",
            "inside the burn and owed even if unused: what the burn does not spend there comes on top",
        ),
    ]],
    alternatives: &[Alternative { branches: &[&["months"], &["until"]], required: true, unless: None }],
};
