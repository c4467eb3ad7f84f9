//! Sales, listings and wind-ups, and the terms that only they read.

use super::declaration::Alternative;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Quantity;
use super::declaration::Table;

pub(super) const EXIT: Table = Table {
    heading: "[exit.ID]",
    about: "What the company is worth to its holders: a sale, a listing or a wind-up. A branch of its own: it sees the whole of its day and changes nothing after it, so several stand side by side.",
    keys: &[&[
        Key::required("kind", Kind::Word(&["sale", "listing", "wind-up"]), "what happens"),
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::optional(
            "equity_value",
            Kind::Figure(Quantity::Money),
            "what is paid for shares, options, SAFEs and notes, before fees, costs and carve-outs",
        ),
        Key::optional(
            "enterprise_value",
            Kind::Figure(Quantity::Money),
            "what is paid for the company, its debt included",
        ),
        Key::required_if(
            "debt",
            Kind::Figure(Quantity::Money),
            "there is an enterprise value",
            "what is paid back out of the enterprise value, less the cash that stays with the company; notes of this file come on their own",
        ),
        Key::optional(
            "pre_money",
            Kind::Figure(Quantity::Money),
            "of a listing: the fully diluted company before the new shares",
        ),
        Key::optional("post_money", Kind::Figure(Quantity::Money), "of a listing: with the new shares"),
        Key::optional("price", Kind::Figure(Quantity::Price), "of a listing: the price of a common share"),
        Key::default(
            "fees",
            Kind::Figure(Quantity::Percent),
            "0 %",
            "of what is paid, the debt of an enterprise value included, and paid first; of a listing the underwriters' part of what is sold",
        ),
        Key::default("costs", Kind::Figure(Quantity::Money), "0", "advisers and other costs in money, paid first"),
        Key::optional(
            "carve_out",
            Kind::Things(Family::CarveOut, &CARVE_OUT),
            "money for the team, paid before any share",
        ),
        Key::optional("escrow", Kind::Table(&HELD_BACK), "a part of every payment that an agent keeps for a time"),
        Key::optional("holdback", Kind::Table(&HELD_BACK), "a part of every payment that the buyer keeps for a time"),
        Key::default("proceeds", Kind::SplitByLabel, "all `cash`", "what the buyer pays with: cash, stock"),
        Key::default(
            "unvested",
            Kind::Word(&["cancelled", "assumed"]),
            "cancelled",
            "options that have not vested: they take nothing, or the buyer pays for them as for the others",
        ),
        Key::default(
            "terminated",
            Kind::Flag,
            "false",
            "whether option holders lose their place with the sale: the second trigger of an acceleration",
        ),
        Key::optional("to", Kind::Reference(Family::Holder), "of a listing: who buys, as `public`"),
        Key::optional("primary", Kind::Figure(Quantity::Money), "of a listing: money for new shares"),
        Key::optional("primary_shares", Kind::Figure(Quantity::Count), "of a listing: new common shares"),
        Key::optional(
            "secondary",
            Kind::PerHolder(Quantity::Percent),
            "of a listing: the part of its shares that a holder sells in it",
        ),
        Key::default(
            "greenshoe",
            Kind::Figure(Quantity::Percent),
            "0 %",
            "of a listing: further new shares, as a part of all that is sold",
        ),
        Key::optional("lock_up_months", Kind::Whole, "of a listing: how long holders may not sell"),
        Key::optional(
            "meets",
            Kind::References(Family::Condition),
            "conditions that this makes true, in its branch: a tranche or a note that waits for a filing",
        ),
    ]],
    alternatives: &[
        Alternative {
            branches: &[&["equity_value"], &["enterprise_value", "debt"], &["pre_money"], &["post_money"], &["price"]],
            required: true,
            unless: None,
        },
        Alternative { branches: &[&["primary"], &["primary_shares"]], required: false, unless: None },
    ],
};

const CARVE_OUT: Table = Table {
    heading: "[exit.ID.carve_out.ID]",
    about: "Money for the team, paid before any share: so much, or a rate of what fees, costs, debt and fixed carve-outs leave. With tiers each part of that bears the rate of its tier, so nobody gains by a lower price.",
    keys: &[&[
        Key::optional("amount", Kind::Figure(Quantity::Money), "so much"),
        Key::optional("rate", Kind::Figure(Quantity::Percent), "this part; with tiers, of what lies below the first"),
        Key::optional("tier", Kind::Things(Family::Tier, &TIER), "other rates above amounts"),
        Key::required("to", Kind::SplitByHolder, "who shares it"),
    ]],
    alternatives: &[Alternative { branches: &[&["amount"], &["rate", "tier"]], required: true, unless: None }],
};

const TIER: Table = Table {
    heading: "[exit.ID.carve_out.ID.tier.ID]",
    about: "Another rate for what lies above an amount.",
    keys: &[&[
        Key::required("above", Kind::Figure(Quantity::Money), "from here on"),
        Key::required("rate", Kind::Figure(Quantity::Percent), "the rate of what lies above"),
    ]],
    alternatives: &[],
};

const HELD_BACK: Table = Table {
    heading: "[exit.ID.escrow]",
    about: "A part of every payment that comes later, if nothing is claimed from it. `escrow` and `holdback` take the same keys.",
    keys: &[&[
        Key::required("share", Kind::Figure(Quantity::Percent), "how much of every payment"),
        Key::required("until", Kind::Day, "the day it is paid"),
    ]],
    alternatives: &[],
};

pub(super) const PREFERENCE: Table = Table {
    heading: "[class.ID.preference]",
    about: "What the class is paid before common stock in a sale or a wind-up.",
    keys: &[&[
        Key::optional("multiple", Kind::Figure(Quantity::Number), "times the issue price of each share"),
        Key::optional("amount", Kind::Figure(Quantity::Money), "money for the whole class, instead of a multiple"),
        Key::required("seniority", Kind::Whole, "a higher number is paid first; equal numbers share in proportion"),
        Key::required(
            "participation",
            Kind::Word(&["none", "full", "capped"]),
            "whether it shares in the rest without converting: no, yes, or up to the cap",
        ),
        Key::required_if(
            "cap",
            Kind::Figure(Quantity::Number),
            "participation is capped",
            "all it may take without converting, preference included: times the issue price, or times `amount`",
        ),
    ]],
    alternatives: &[Alternative { branches: &[&["multiple"], &["amount"]], required: true, unless: None }],
};

pub(super) const DIVIDEND: Table = Table {
    heading: "[class.ID.dividend]",
    about: "A dividend on the issue price. A cumulative one is owed at an exit, from the day each share was issued; any other only if it was declared, and adds nothing here.",
    keys: &[&[
        Key::required("rate", Kind::Figure(Quantity::Growth), "as 8%/year"),
        Key::required("kind", Kind::Word(&["cumulative", "non-cumulative"]), "whether it adds up unpaid"),
        Key::required_if(
            "compound",
            Kind::Word(&["none", "yearly", "quarterly", "monthly"]),
            "it is cumulative",
            "how often what is owed begins to bear a dividend itself",
        ),
        Key::required_if(
            "count",
            Kind::Word(&["act/365", "act/360", "30/360", "months"]),
            "it is cumulative",
            "how time is counted: days over 365 or 360, months of 30 days, or whole months passed",
        ),
        Key::required_if(
            "on_conversion",
            Kind::Word(&["forfeited", "paid", "converts"]),
            "it is cumulative",
            "what becomes of it when the share converts: lost, paid beside it, or more shares at the conversion price",
        ),
    ]],
    alternatives: &[],
};

pub(super) const RATCHET: Table = Table {
    heading: "[class.ID.ratchet]",
    about: "What each share is worth in a listing at least: below that price it converts to more common shares.",
    keys: &[&[
        Key::optional("return", Kind::Figure(Quantity::Percent), "of the issue price, as \"120%\""),
        Key::optional("price", Kind::Figure(Quantity::Price), "so much a share"),
    ]],
    alternatives: &[Alternative { branches: &[&["return"], &["price"]], required: true, unless: None }],
};

pub(super) const AT_EXIT: Table = Table {
    heading: "[note.ID.at_exit]",
    about: "What a note takes in a sale while it is outstanding: before any share, its interest always added.",
    keys: &[&[
        Key::default("multiple", Kind::Figure(Quantity::Number), "1", "times the principal"),
        Key::required(
            "converts",
            Kind::Flag,
            "whether it may take common shares at its cap instead, if they are worth more",
        ),
    ]],
    alternatives: &[],
};

pub(super) const ACCELERATION: Table = Table {
    heading: "[grant.ID.vesting.acceleration]",
    about: "Options that vest early in a sale.",
    keys: &[&[
        Key::required(
            "trigger",
            Kind::Word(&["single", "double"]),
            "the sale alone, or the sale and the loss of the holder's place: `terminated` of the exit",
        ),
        Key::default("part", Kind::Figure(Quantity::Percent), "100 %", "how much of what has not vested"),
    ]],
    alternatives: &[],
};
