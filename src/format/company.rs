//! Who there is, what they hold, and what is known.

use super::declaration::Alternative;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Need;
use super::declaration::Quantity;
use super::declaration::Table;
use super::exit::DIVIDEND;
use super::exit::PREFERENCE;
use super::exit::RATCHET;

pub(super) const SOURCE: Table = Table {
    heading: "[source.ID]",
    about: "Where figures come from: an article, a filing, a release.",
    keys: &[&[
        Key::required("title", Kind::Text, "its title"),
        Key::optional("publisher", Kind::Text, "who published it"),
        Key::optional("published", Kind::Day, "when"),
        Key::optional("ref", Kind::Text, "your own reference: a file, a page, a docket"),
        Key::optional("address", Kind::Text, "where it can be read"),
        Key::optional("confidence", Kind::Word(&["high", "medium", "low"]), "how much it can be trusted"),
    ]],
    alternatives: &[],
};

pub(super) const HOLDER: Table = Table {
    heading: "[holder.ID]",
    about: "Who owns shares, invests, or is paid. It may be empty: `others = {}`.",
    keys: &[&[
        Key::optional("kind", Kind::Text, "strategic, founder, fund: your own word"),
        Key::optional(
            "backlog",
            Kind::Figure(Quantity::Money),
            "all it has under contract with anyone; the company's commitments to it are shown as a part of that",
        ),
    ]],
    alternatives: &[],
};

pub(super) const POOL: Table = Table {
    heading: "[pool.ID]",
    about: "Shares reserved for staff. Holders and pools share one set of ids.",
    keys: &[&[
        Key::default("class", Kind::Reference(Family::Class), "common", "the class of its shares"),
        Key::optional(
            "authorised",
            Kind::Figure(Quantity::Count),
            "how many the plan allows, before any split of its class; more is a finding",
        ),
    ]],
    alternatives: &[],
};

pub(super) const CLASS: Table = Table {
    heading: "[class.ID]",
    about: "A share class. `common` always exists.",
    keys: &[&[
        Key::required("kind", Kind::Word(&["common", "preferred"]), "what it is"),
        Key::default(
            "issue_price",
            Kind::Figure(Quantity::Price),
            "the price of its first round",
            "what a share first cost",
        ),
        Key::default("ratio", Kind::Figure(Quantity::Ratio), "1", "common shares that one share converts to"),
        Key::optional(
            "conversion_price",
            Kind::Figure(Quantity::Price),
            "instead of the ratio, which is then issue price over conversion price",
        ),
        Key::default("votes", Kind::Figure(Quantity::Number), "1", "votes of a share"),
        Key::optional(
            "authorised",
            Kind::Figure(Quantity::Count),
            "how many the charter allows, before any split of the class; more is a finding",
        ),
        Key::required_if(
            "preference",
            Kind::WordOrTable(&["none"], &PREFERENCE),
            "it is preferred and there is a sale or a wind-up",
            "`\"none\"`, or what it is paid before common stock",
        ),
        Key::default(
            "rounding",
            Kind::Table(&CLASS_ROUNDING),
            "that of the scenario",
            "where its shares and prices are rounded, if otherwise than all",
        ),
        Key::optional("protection", Kind::Table(&PROTECTION), "what a cheaper round does to its conversion price"),
        Key::optional("ratchet", Kind::Table(&RATCHET), "what each share is worth in a listing at least"),
        Key::optional("dividend", Kind::Table(&DIVIDEND), "its dividend"),
    ]],
    alternatives: &[Alternative { branches: &[&["ratio"], &["conversion_price"]], required: false, unless: None }],
};

const PROTECTION: Table = Table {
    heading: "[class.ID.protection]",
    about: "Price protection: a round below the conversion price lowers it. SAFEs, notes, options, warrants, splits and sales between holders never do.",
    keys: &[&[
        Key::required(
            "kind",
            Kind::Word(&["broad", "narrow", "full-ratchet"]),
            "a weighted average over a broad or a narrow base, or the new price itself",
        ),
        Key::required_if(
            "base",
            Kind::Word(&["fully-diluted", "without-reserve", "issued", "own-series"]),
            "it is a weighted average",
            "the shares before the round that the average weighs, as converted: all, all but the unallocated pool, issued stock, or the class alone",
        ),
        Key::optional("floor", Kind::Figure(Quantity::Price), "the conversion price never falls below it"),
        Key::default(
            "pay_to_play",
            Kind::Flag,
            "false",
            "in a round below the conversion price, who invests less than its pro rata share is converted to common first",
        ),
    ]],
    alternatives: &[],
};

const DIRECTIONS: &[&str] = &["up", "down", "nearest"];

pub(super) const ROUNDING: Table = Table {
    heading: "[rounding]",
    about: "Where shares and prices are rounded, and which way. A round is solved exactly, its price is rounded once, its shares once.",
    keys: &[&[
        Key::required("shares", Kind::Word(&["whole", "fractional"]), "whether a share can be divided"),
        Key::required_if("price_places", Kind::Whole, "shares are whole", "decimal places of a price"),
        Key::required_if("price", Kind::Word(DIRECTIONS), "shares are whole", "the direction of a price"),
        Key::required_if("shares_issued", Kind::Word(DIRECTIONS), "shares are whole", "the direction of shares bought"),
        Key::required_if(
            "shares_converted",
            Kind::Word(DIRECTIONS),
            "shares are whole",
            "the direction of shares converted",
        ),
        Key::required_if("pool", Kind::Word(DIRECTIONS), "shares are whole", "the direction of a pool increase"),
    ]],
    alternatives: &[],
};

const CLASS_ROUNDING: Table = Table {
    heading: "[class.ID.rounding]",
    about: "What of the scenario's rounding is otherwise for one class. What it does not say is as it is for all.",
    keys: &[&[
        Key::default(
            "shares",
            Kind::Word(&["whole", "fractional"]),
            "that of the scenario",
            "whether a share can be divided",
        ),
        Key::default("price_places", Kind::Whole, "that of the scenario", "decimal places of a price"),
        Key::default("price", Kind::Word(DIRECTIONS), "that of the scenario", "the direction of a price"),
        Key::default("shares_issued", Kind::Word(DIRECTIONS), "that of the scenario", "the direction of shares bought"),
        Key::default(
            "shares_converted",
            Kind::Word(DIRECTIONS),
            "that of the scenario",
            "the direction of shares converted",
        ),
        Key::default("pool", Kind::Word(DIRECTIONS), "that of the scenario", "the direction of a pool increase"),
    ]],
    alternatives: &[],
};

pub(super) const OPENING: Table = Table {
    heading: "[opening]",
    about: "Who owns what before anything happens: by stake, where percentages are known and share counts are not, or by shares.",
    keys: &[&[
        Key::required("date", Kind::Day, "nothing happens before it"),
        Key::default("class", Kind::Reference(Family::Class), "common", "the class of the shares below"),
        Key::optional(
            "stake",
            Kind::PerHolder(Quantity::Share),
            "each holder's percentage of the fully diluted company; one may be \"rest\"",
        ),
        Key {
            name: "fully_diluted",
            kind: Kind::Figure(Quantity::Count),
            need: Need::RequiredIf("the opening is in stakes"),
            about: "the unit of account: how many shares 100 % are",
        },
        Key::optional(
            "shares",
            Kind::PerHolder(Quantity::Count),
            "each holder's shares; a pool's are its unallocated ones",
        ),
        Key::optional("position", Kind::Things(Family::Position, &POSITION), "further lines, in other classes"),
    ]],
    alternatives: &[Alternative {
        branches: &[&["stake", "fully_diluted"], &["shares"]],
        required: true,
        unless: None,
    }],
};

const POSITION: Table = Table {
    heading: "[opening.position.ID]",
    about: "A further line of the opening table: in another class, or with what was paid for it and when.",
    keys: &[&[
        Key::required("holder", Kind::Reference(Family::Owner), "who holds it"),
        Key::required("class", Kind::Reference(Family::Class), "the class"),
        Key::optional("shares", Kind::Figure(Quantity::Count), "how many, where the opening is in shares"),
        Key::optional(
            "stake",
            Kind::Figure(Quantity::Percent),
            "the percentage of the fully diluted company, where the opening is in stakes",
        ),
        Key::optional(
            "paid",
            Kind::Figure(Quantity::Price),
            "what a share was bought for: returns at an exit are of it",
        ),
        Key::default(
            "paid_to",
            Kind::Word(&["holders", "company"]),
            "holders",
            "who got that: flows count as invested what the company got",
        ),
        Key::optional(
            "date",
            Kind::Day,
            "when it was bought, and began to earn a cumulative dividend; the opening if absent, and then no yearly return",
        ),
    ]],
    alternatives: &[Alternative { branches: &[&["shares"], &["stake"]], required: true, unless: None }],
};

pub(super) const CONDITION: Table = Table {
    heading: "[condition.ID]",
    about: "What tranches wait for: a clearance, a filing, a milestone. Shared by all that wait for it.",
    keys: &[&[
        Key::optional("expected", Kind::Flag, "whether `run` takes it as met"),
        Key::optional(
            "probability",
            Kind::Figure(Quantity::Percent),
            "what a simulation draws, once for all that wait",
        ),
        Key::default(
            "date",
            Kind::Figure(Quantity::Day),
            "the day the waiting tranche is due",
            "the day it is met, if it is",
        ),
        Key::optional("by", Kind::Day, "the last day it can be met; after it, it has failed"),
        Key::optional("any", Kind::References(Family::Condition), "met as soon as one of these is"),
        Key::optional("all", Kind::References(Family::Condition), "met when all of these are"),
    ]],
    alternatives: &[Alternative {
        branches: &[&["expected", "probability", "date", "by"], &["any"], &["all"]],
        required: true,
        unless: None,
    }],
};
