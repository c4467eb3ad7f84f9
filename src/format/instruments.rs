//! Instruments that become shares: SAFEs, notes, warrants and grants.

use super::declaration::Alternative;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Quantity;
use super::declaration::Table;
use super::exit::ACCELERATION;
use super::exit::AT_EXIT;

pub(super) const SAFE: Table = Table {
    heading: "[safe.ID]",
    about: "Money for shares of the first priced round that takes place on or after its date. It takes the best of its terms, never less than the round's price gives.",
    keys: &[&[
        Key::required("holder", Kind::Reference(Family::Holder), "who put the money in"),
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::required("amount", Kind::Figure(Quantity::Money), "how much"),
        Key::default(
            "into",
            Kind::Reference(Family::Class),
            "the class of the round that converts it",
            "the class it becomes",
        ),
        Key::required(
            "form",
            Kind::Word(&["pre-money", "post-money"]),
            "what a cap divides by: post-money counts all converting securities and not the round's pool increase, pre-money the increase and no converting security",
        ),
        Key::optional("cap", Kind::Figure(Quantity::Money), "the valuation at which it converts at most"),
        Key::optional("discount", Kind::Figure(Quantity::Percent), "below the round's price"),
        Key::optional(
            "ownership",
            Kind::Figure(Quantity::Percent),
            "a fixed part of the company before the new money, instead of a cap or a discount",
        ),
        Key::default("mfn", Kind::Flag, "false", "it may take the whole package of one later SAFE of the same form"),
        Key::optional(
            "elects",
            Kind::Reference(Family::Safe),
            "the SAFE whose package it took; without it the best at the round",
        ),
        Key::default(
            "pro_rata",
            Kind::Flag,
            "false",
            "a side letter: its shares give a pro rata right in the round that converts it",
        ),
        Key::default(
            "seniority",
            Kind::Whole,
            "that of the preferred stock, where all of it has one",
            "where it stands in a sale among the preferences of classes",
        ),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[Alternative {
        branches: &[&["cap", "discount", "mfn", "elects"], &["ownership"]],
        required: false,
        unless: None,
    }],
};

const INTEREST: Table = Table {
    heading: "[note.ID.interest]",
    about: "Interest on a note.",
    keys: &[&[
        Key::required("rate", Kind::Figure(Quantity::Growth), "as 6%/year"),
        Key::required("kind", Kind::Word(&["simple", "compound"]), "whether interest bears interest"),
        Key::required(
            "count",
            Kind::Word(&["act/365", "act/360", "30/360", "months"]),
            "how time is counted: days over 365 or 360, months of 30 days, or whole months passed",
        ),
        Key::required(
            "paid",
            Kind::Word(&["converts", "cash"]),
            "whether it is added to the balance or paid each period",
        ),
        Key::default(
            "every",
            Kind::Whole,
            "the period of the rate",
            "months from one compounding or payment to the next",
        ),
    ]],
    alternatives: &[],
};

pub(super) const NOTE: Table = Table {
    heading: "[note.ID]",
    about: "A convertible note: a loan that becomes shares of a round that takes place while it is outstanding.",
    keys: &[&[
        Key::required("holder", Kind::Reference(Family::Holder), "who lent the money"),
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::required("amount", Kind::Figure(Quantity::Money), "the principal"),
        Key::default(
            "into",
            Kind::Reference(Family::Class),
            "the class of the round that converts it",
            "the class it becomes",
        ),
        Key::required("interest", Kind::WordOrTable(&["none"], &INTEREST), "`\"none\"`, or its rate and rules"),
        Key::optional("cap", Kind::Figure(Quantity::Money), "the valuation at which it converts at most"),
        Key::required_if(
            "cap_counts",
            Kind::Word(&["before-round", "before-new-money", "with-pool"]),
            "there is a cap",
            "the shares a cap divides by: those before the round, all but the new money's, or with the pool increase and without convertibles",
        ),
        Key::optional("discount", Kind::Figure(Quantity::Percent), "below the round's price"),
        Key::optional("qualified", Kind::Figure(Quantity::Money), "the new money a round needs to convert it"),
        Key::optional("matures", Kind::Figure(Quantity::Day), "the day it is due, if it is still outstanding"),
        Key::required_if("at_maturity", Kind::Word(&["repay", "convert", "extend"]), "it matures", "what happens then"),
        Key::required_if(
            "maturity_price",
            Kind::Figure(Quantity::Price),
            "it converts at maturity",
            "the price of a share then",
        ),
        Key::optional(
            "converts_on",
            Kind::Reference(Family::Condition),
            "a trigger: the day this is met it converts at its cap or below the last price, whichever is lower",
        ),
        Key::required_if(
            "at_exit",
            Kind::WordOrTable(&["repay"], &AT_EXIT),
            "it is outstanding in a sale",
            "`\"repay\"`: principal and interest; or more, or shares",
        ),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[],
};

pub(super) const WARRANT: Table = Table {
    heading: "[warrant.ID]",
    about: "A right to buy shares at a strike. It counts in full in the fully diluted company.",
    keys: &[&[
        Key::required("holder", Kind::Reference(Family::Holder), "who holds it"),
        Key::default(
            "date",
            Kind::Figure(Quantity::Day),
            "the opening; of a coverage, the day of what it covers",
            "when it is issued",
        ),
        Key::default("class", Kind::Reference(Family::Class), "common", "the class of its shares"),
        Key::optional("shares", Kind::Figure(Quantity::Count), "how many shares"),
        Key::optional(
            "coverage",
            Kind::Figure(Quantity::Percent),
            "its part of the money of `of`, in shares at the strike",
        ),
        Key::optional(
            "of",
            Kind::EventPath,
            "the note, SAFE, debt or tranche that a coverage is of, as \"note.bridge\"",
        ),
        Key::optional(
            "tranche",
            Kind::Things(Family::WarrantTranche, &WARRANT_TRANCHE),
            "shares that count from the day their condition is met",
        ),
        Key::required("strike", Kind::Figure(Quantity::Price), "the price of a share when it is exercised"),
        Key::required("exercise", Kind::Word(&["cash", "net"]), "whether the strike is paid in money or in shares"),
        Key::optional("exercised", Kind::Figure(Quantity::Day), "the day it is exercised"),
        Key::optional(
            "expires",
            Kind::Figure(Quantity::Day),
            "its last day: exercised then if the last price is above the strike, else it lapses",
        ),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[Alternative {
        branches: &[&["shares"], &["coverage", "of"], &["tranche"]],
        required: true,
        unless: None,
    }],
};

const WARRANT_TRANCHE: Table = Table {
    heading: "[warrant.ID.tranche.ID]",
    about: "Shares of a performance warrant.",
    keys: &[&[
        Key::required("shares", Kind::Figure(Quantity::Count), "how many"),
        Key::required("condition", Kind::Reference(Family::Condition), "what they wait for"),
    ]],
    alternatives: &[],
};

const VESTING: Table = Table {
    heading: "[grant.ID.vesting]",
    about: "When granted options become exercisable.",
    keys: &[&[
        Key::required("months", Kind::Whole, "over how many months"),
        Key::default("cliff", Kind::Whole, "0", "months before which nothing vests"),
        Key::default("every", Kind::Whole, "1", "months from one vesting to the next"),
        Key {
            name: "allocation",
            kind: Kind::Word(&[
                "cumulative-rounding",
                "cumulative-round-down",
                "front-loaded",
                "back-loaded",
                "front-loaded-to-single-tranche",
                "back-loaded-to-single-tranche",
                "fractional",
            ]),
            need: super::declaration::Need::RequiredIf("shares are whole"),
            about: "where the shares go that do not divide evenly, in the words of the Open Cap Format",
        },
        Key::optional("acceleration", Kind::Table(&ACCELERATION), "options that vest early in a sale"),
    ]],
    alternatives: &[],
};

pub(super) const GRANT: Table = Table {
    heading: "[grant.ID]",
    about: "Options granted out of a pool. They count in full in the fully diluted company.",
    keys: &[&[
        Key::required("pool", Kind::Reference(Family::Pool), "the pool they come from"),
        Key::required("shares", Kind::Figure(Quantity::Count), "how many"),
        Key::required("strike", Kind::Figure(Quantity::Price), "the price of a share when it is exercised"),
        Key::default("date", Kind::Figure(Quantity::Day), "the opening", "when; vesting starts here"),
        Key::default("holder", Kind::Reference(Family::Holder), "the pool's staff", "who holds them"),
        Key::required("vesting", Kind::WordOrTable(&["all"], &VESTING), "`\"all\"` at once, or over months"),
        Key::optional("exercised", Kind::DaySchedule(Quantity::Count), "shares bought, by day"),
        Key::optional(
            "forfeited",
            Kind::DaySchedule(Quantity::Count),
            "options given up, by day; they return to the pool",
        ),
        Key::optional("expires", Kind::Figure(Quantity::Day), "the day unexercised options return to the pool"),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[],
};

pub(super) const SPLIT: Table = Table {
    heading: "[split.ID]",
    about: "A share split, or with a ratio below one a reverse split: shares, prices, strikes and conversion ratios follow.",
    keys: &[&[
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::required("ratio", Kind::Figure(Quantity::Ratio), "new shares for one old: \"2:1\" doubles them"),
        Key::default(
            "class",
            Kind::Reference(Family::Class),
            "all",
            "one class alone; the conversion ratios of the others follow a split of common",
        ),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[],
};

pub(super) const CHANGE: Table = Table {
    heading: "[change.ID]",
    about: "A change of existing shares that raises no money.",
    keys: &[&[
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::required(
            "kind",
            Kind::Word(&["repurchase", "cancel", "convert", "reclassify", "stock-dividend", "pool-increase"]),
            "what happens: the company buys shares back; shares are cancelled; they convert at their ratio; a class becomes another; shares are paid as a dividend; the plan grows without a round",
        ),
        Key::optional("holder", Kind::Reference(Family::Owner), "whose shares; the pool of a pool-increase"),
        Key::optional("class", Kind::Reference(Family::Class), "their class"),
        Key::optional("shares", Kind::Figure(Quantity::Count), "how many"),
        Key::optional("to_class", Kind::Reference(Family::Class), "what they become"),
        Key::optional("ratio", Kind::Figure(Quantity::Ratio), "new shares for one old"),
        Key::optional("price", Kind::Figure(Quantity::Price), "what the company pays for a share"),
        Key::optional("target", Kind::Figure(Quantity::Percent), "the pool's part of the company after its increase"),
        Key::optional(
            "counts",
            Kind::Word(&["unallocated", "issued-and-unallocated"]),
            "what counts towards the target",
        ),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[],
};
