//! The top of a scenario file.

use super::cash::BURN;
use super::cash::CASH;
use super::cash::COMMITMENT;
use super::cash::DEBT;
use super::cash::OUTCOME;
use super::company::CLASS;
use super::company::CONDITION;
use super::company::HOLDER;
use super::company::OPENING;
use super::company::POOL;
use super::company::ROUNDING;
use super::company::SOURCE;
use super::correlation::CORRELATION;
use super::currency::FX;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Table;
use super::exit::EXIT;
use super::instruments::CHANGE;
use super::instruments::GRANT;
use super::instruments::NOTE;
use super::instruments::SAFE;
use super::instruments::SPLIT;
use super::instruments::WARRANT;
use super::round::ROUND;
use super::round::SECONDARY;

/// The whole format.
pub const ROOT: Table = Table {
    heading: "the top of the file",
    about: "keys at the top of the file, before the first [header]",
    keys: &[SCALARS, THINGS, CASES],
    alternatives: &[],
};

const SCALARS: &[Key] = &[
    Key::required("title", Kind::Text, "what the scenario is, in a line"),
    Key::required("currency", Kind::Currency, "the one currency of the file, as USD"),
    Key::required(
        "as_of",
        Kind::Day,
        "what is known that day; the projection starts here, and the cash of earlier events is already in `cash.opening`",
    ),
    Key::required_if("horizon", Kind::Day, "there is a burn or a commitment", "the last day of the projection"),
    Key::default("format", Kind::Whole, "1", "the version of this format"),
    Key::optional("extends", Kind::Texts, "the file or files this one differs from; FILE@CASE takes a case"),
    Key::optional("remove", Kind::Texts, "paths taken away from what is inherited, before the keys of this file"),
];

const THINGS: &[Key] = &[
    Key::optional("source", Kind::Things(Family::Source, &SOURCE), "where figures come from"),
    Key::optional("holder", Kind::Things(Family::Holder, &HOLDER), "who owns, invests or is paid"),
    Key::optional("pool", Kind::Things(Family::Pool, &POOL), "shares reserved for staff"),
    Key::optional("class", Kind::Things(Family::Class, &CLASS), "share classes; `common` always exists"),
    Key::required_if(
        "rounding",
        Kind::Table(&ROUNDING),
        "the opening is in shares",
        "where shares and prices are rounded",
    ),
    Key::required("opening", Kind::Table(&OPENING), "who owns what before anything happens"),
    Key::optional("condition", Kind::Things(Family::Condition, &CONDITION), "what tranches wait for"),
    Key::optional("round", Kind::Things(Family::Round, &ROUND), "financings"),
    Key::optional("secondary", Kind::Things(Family::Secondary, &SECONDARY), "sales between holders"),
    Key::required_if("cash", Kind::Table(&CASH), "there is a burn", "money in the bank"),
    Key::optional("burn", Kind::Things(Family::Burn, &BURN), "reports of how fast money is spent"),
    Key::optional("commitment", Kind::Things(Family::Commitment, &COMMITMENT), "spending promised to a counterparty"),
    Key::optional("safe", Kind::Things(Family::Safe, &SAFE), "money for shares of the next priced round"),
    Key::optional("note", Kind::Things(Family::Note, &NOTE), "convertible notes"),
    Key::optional("warrant", Kind::Things(Family::Warrant, &WARRANT), "rights to buy shares"),
    Key::optional("grant", Kind::Things(Family::Grant, &GRANT), "options granted out of a pool"),
    Key::optional("split", Kind::Things(Family::Split, &SPLIT), "share splits"),
    Key::optional(
        "change",
        Kind::Things(Family::Change, &CHANGE),
        "repurchases, cancellations, conversions and the like",
    ),
    Key::optional("exit", Kind::Things(Family::Exit, &EXIT), "sales, listings and wind-ups"),
    Key::optional("debt", Kind::Things(Family::Debt, &DEBT), "loans and credit lines"),
    Key::optional("outcome", Kind::Things(Family::Outcome, &OUTCOME), "columns of the runway matrix"),
    Key::optional("fx", Kind::Things(Family::Currency, &FX), "what other currencies are worth in that of the file"),
    Key::optional(
        "correlation",
        Kind::Things(Family::Correlation, &CORRELATION),
        "figures that `simulate` draws together",
    ),
];

const CASES: &[Key] = &[Key::optional(
    "case",
    Kind::Things(Family::Case, &CASE),
    "differences inside the file, asked for by --case or FILE@CASE",
)];

const CASE: Table = Table {
    heading: "[case.ID]",
    about: "A difference kept inside the file: another reading of the same report. It may hold any table but `case`.",
    keys: &[
        &[
            Key::optional("title", Kind::Text, "what the reading is; shown beside the title"),
            Key::optional("extends", Kind::References(Family::Case), "cases that are applied first"),
            Key::optional("remove", Kind::Texts, "paths taken away before the case's own keys"),
        ],
        THINGS,
    ],
    alternatives: &[],
};
