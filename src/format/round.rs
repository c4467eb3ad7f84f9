//! Financings and sales between holders.

use super::declaration::Alternative;
use super::declaration::Family;
use super::declaration::Key;
use super::declaration::Kind;
use super::declaration::Need;
use super::declaration::Quantity;
use super::declaration::Table;

pub(super) const ROUND: Table = Table {
    heading: "[round.ID]",
    about: "A financing: one valuation, one or more tranches.",
    keys: &[&[
        Key::required_if(
            "date",
            Kind::Figure(Quantity::Day),
            "it is not raised when needed",
            "the day it is signed and priced",
        ),
        Key::optional("when", Kind::Table(&WHEN), "it is raised when money runs low, instead of on a day"),
        Key::optional("pre_money", Kind::Figure(Quantity::Money), "what the company is worth before the money"),
        Key::optional(
            "post_money",
            Kind::Figure(Quantity::Money),
            "what it is worth with every committed tranche, whatever the target",
        ),
        Key::optional("price", Kind::Figure(Quantity::Price), "the price of a share"),
        Key::optional("step_up", Kind::Figure(Quantity::Ratio), "its price over the last round's, as \"1.25\""),
        Key::optional("target", Kind::Figure(Quantity::Money), "the headline size"),
        Key {
            name: "oversubscription",
            kind: Kind::Word(&["cut-back", "priority", "upsize"]),
            need: Need::RequiredIf("the tranches exceed the target"),
            about: "who gives way: all in proportion, lower priorities last, or nobody",
        },
        Key::default("class", Kind::Reference(Family::Class), "a class of its own", "the class of the new shares"),
        Key::optional("pool", Kind::Table(&ROUND_POOL), "the pool is topped up to a target"),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
        Key::required("tranche", Kind::Things(Family::Tranche, &TRANCHE), "who puts in what, and when"),
        Key::default("pro_rata", Kind::Table(&PRO_RATA), "nobody", "holders who keep their share"),
        Key {
            name: "conversions",
            kind: Kind::Word(&["inside", "dollars-invested", "outside"]),
            need: Need::RequiredIf("convertibles may convert here"),
            about: "whether the pre-money holds the converted shares, grows by the money they brought, or leaves them out",
        },
        Key::optional("protection", Kind::Table(&ROUND_PROTECTION), "how protected classes are adjusted by this round"),
    ]],
    alternatives: &[
        Alternative { branches: &[&["date"], &["when"]], required: true, unless: None },
        Alternative {
            branches: &[&["pre_money"], &["post_money"], &["price"], &["step_up"]],
            required: true,
            unless: None,
        },
    ],
};

const WHEN: Table = Table {
    heading: "[round.ID.when]",
    about: "A round that is raised when money runs low under the report that decides: on the first day of the month in which it is due. Repeats are named ID-1, ID-2.",
    keys: &[&[
        Key::optional(
            "runway_below",
            Kind::Whole,
            "months: as soon as, by the projection with all that is signed, fewer are left",
        ),
        Key::optional("cash_below", Kind::Figure(Quantity::Money), "the month after one that ends with less"),
        Key::required("times", Kind::Whole, "how often at most"),
    ]],
    alternatives: &[Alternative { branches: &[&["runway_below"], &["cash_below"]], required: true, unless: None }],
};

const ROUND_POOL: Table = Table {
    heading: "[round.ID.pool]",
    about: "The pool is increased so that it has its target after all committed tranches; it never shrinks.",
    keys: &[&[
        Key::required("id", Kind::Reference(Family::Pool), "which pool"),
        Key::required(
            "target",
            Kind::Figure(Quantity::Percent),
            "its part of the fully diluted company after all committed tranches",
        ),
        Key::required(
            "counts",
            Kind::Word(&["unallocated", "issued-and-unallocated"]),
            "what counts towards the target",
        ),
        Key::required(
            "in",
            Kind::Word(&["pre-money", "post-money"]),
            "who bears it: the holders before the round, or all with the investors",
        ),
    ]],
    alternatives: &[],
};

const PRO_RATA: Table = Table {
    heading: "[round.ID.pro_rata]",
    about: "Holders who buy their share of the round. A right is the holder's part of the fully diluted company before the round; a SAFE's side letter adds the part its own shares have after the conversions. Paid in cash on the day.",
    keys: &[&[
        Key::required(
            "added",
            Kind::Word(&["inside", "on-top"]),
            "whether the tranches give way to it in proportion, or the round grows",
        ),
        Key::required(
            "take",
            Kind::PerHolder(Quantity::Percent),
            "how much of its right each holder takes; above 100 % is super pro rata",
        ),
    ]],
    alternatives: &[],
};

const ROUND_PROTECTION: Table = Table {
    heading: "[round.ID.protection]",
    about: "How protected classes are adjusted by this round.",
    keys: &[&[
        Key::default("in_price", Kind::Flag, "false", "whether the adjusted shares count in this round's own price"),
        Key::default(
            "counts",
            Kind::Word(&["new-money", "new-money-and-conversions"]),
            "new-money",
            "what the weighted average takes as issued",
        ),
        Key::default("exempt", Kind::Flag, "false", "an exempted issue: nothing is adjusted"),
    ]],
    alternatives: &[],
};

const TRANCHE: Table = Table {
    heading: "[round.ID.tranche.ID]",
    about: "One investor's part of a round. With a condition it is signed and committed, and waits.",
    keys: &[&[
        Key::required("investor", Kind::Reference(Family::Holder), "who pays"),
        Key::optional(
            "amount",
            Kind::Figure(Quantity::Money),
            "how much; zero is allowed: a tranche assumed nil, with a range",
        ),
        Key::optional("shares", Kind::Figure(Quantity::Count), "how many shares, instead of an amount"),
        Key::optional("amount_per_unit", Kind::Figure(Quantity::Money), "money for each unit delivered, instead"),
        Key::optional("unit", Kind::Text, "what is delivered, as \"gigawatt\""),
        Key::optional(
            "delivered",
            Kind::DaySchedule(Quantity::Number),
            "how many units each day brings: each delivery closes its part",
        ),
        Key::optional(
            "burn_months",
            Kind::Figure(Quantity::Number),
            "as many months of what the deciding report burns, from the day it is signed on, instead",
        ),
        Key {
            name: "priority",
            kind: Kind::Whole,
            need: Need::RequiredIf("the round fills by priority"),
            about: "lower numbers are filled first, equal ones in proportion",
        },
        Key::default(
            "date",
            Kind::Figure(Quantity::Day),
            "the round's",
            "the first day it can close; shares are issued that day",
        ),
        Key::default(
            "paid",
            Kind::Figure(Quantity::Day),
            "the closing day",
            "the day the cash arrives, later than the closing",
        ),
        Key::optional(
            "condition",
            Kind::Reference(Family::Condition),
            "what it waits for: it closes on the later of its date and the day that is met",
        ),
        Key::default("notice_days", Kind::Whole, "0", "days between the condition and the closing"),
        Key::optional("by", Kind::Day, "the last closing day; later, the tranche lapses"),
        Key::default(
            "otherwise",
            Kind::Figure(Quantity::Money),
            "0",
            "what closes if the condition fails, on its last day",
        ),
        Key::optional(
            "probability",
            Kind::Figure(Quantity::Percent),
            "whether the investor takes part at all; `run` takes it in",
        ),
        Key::default("optional", Kind::Flag, "false", "the holder's choice, so not committed money"),
        Key::default(
            "price",
            Kind::Figure(Quantity::TranchePrice),
            "signing",
            "`signing`: the round's price; `closing`: its pre-money over the count of that day; `latest`: the last round's; or a price",
        ),
        Key::default(
            "consideration",
            Kind::SplitByLabel,
            "all `cash`",
            "what it is paid in: `cash`, and labels of what comes in kind",
        ),
        Key {
            name: "drawdown",
            kind: Kind::Table(&DRAWDOWN),
            need: Need::RequiredIf("part of it is in kind"),
            about: "how what comes in kind is used",
        },
        Key::optional("after", Kind::EventPath, "its later closing comes after this event of the same day"),
        Key::default(
            "syndicate",
            Kind::PerHolder(Quantity::Money),
            "nobody",
            "what is placed with others out of the amount, on the same terms; it lapses where `otherwise` applies",
        ),
        Key::optional(
            "accelerates",
            Kind::Reference(Family::Condition),
            "pulls it forward: it closes on the day this is met, if that is earlier",
        ),
        Key::optional(
            "class_after_listing",
            Kind::Reference(Family::Class),
            "what it buys instead if a listing makes it close",
        ),
        Key::optional(
            "calls",
            Kind::DaySchedule(Quantity::Money),
            "it is funded in calls, by day; what is never called stays committed",
        ),
    ]],
    alternatives: &[Alternative {
        branches: &[&["amount"], &["shares"], &["amount_per_unit", "unit", "delivered"], &["burn_months"]],
        required: true,
        unless: None,
    }],
};

const DRAWDOWN: Table = Table {
    heading: "[round.ID.tranche.ID.drawdown]",
    about: "What comes in kind is used over months, against spending it can pay for. It never counts as cash.",
    keys: &[&[
        Key::required("months", Kind::Whole, "over how many months, in equal parts"),
        Key::required("unused", Kind::Word(&["lost", "carried"]), "what happens to a month's unused part"),
        Key::required_if(
            "eligible",
            Kind::Figure(Quantity::Percent),
            "a part is in kind",
            "how much of the burn it can pay for",
        ),
        Key::default("from", Kind::Figure(Quantity::Day), "the closing", "when it starts"),
        Key::default("until", Kind::Day, "never", "it expires: what is unused at the end of that month is lost"),
    ]],
    alternatives: &[],
};

pub(super) const SECONDARY: Table = Table {
    heading: "[secondary.ID]",
    about: "A sale of existing shares between holders. No money reaches the company.",
    keys: &[&[
        Key::required("date", Kind::Figure(Quantity::Day), "when"),
        Key::optional("from", Kind::SplitByHolder, "the sellers; none sells more than it has, common first"),
        Key::optional(
            "offer",
            Kind::Things(Family::Offer, &OFFER),
            "a tender: what is offered at which price; `amount` and `shares` are then limits",
        ),
        Key::required("to", Kind::SplitByHolder, "the buyers"),
        Key::optional("amount", Kind::Figure(Quantity::Money), "for how much in all"),
        Key::optional("shares", Kind::Figure(Quantity::Count), "how many in all"),
        Key::optional("price", Kind::Figure(Quantity::Price), "the price of a share"),
        Key::optional("discount", Kind::Figure(Quantity::Percent), "below the last round's price"),
        Key::optional("after", Kind::EventPath, "comes after this event of the same day"),
    ]],
    alternatives: &[
        Alternative { branches: &[&["from"], &["offer"]], required: true, unless: None },
        Alternative { branches: &[&["amount"], &["shares"]], required: true, unless: Some("offer") },
        Alternative { branches: &[&["price"], &["discount"], &["offer"]], required: true, unless: None },
    ],
};

const OFFER: Table = Table {
    heading: "[secondary.ID.offer.ID]",
    about: "What a holder offers in a tender. All who asked at most the clearing price are cut back in one proportion.",
    keys: &[&[
        Key::required("holder", Kind::Reference(Family::Holder), "who offers"),
        Key::required("shares", Kind::Figure(Quantity::Count), "how many shares"),
        Key::required("price", Kind::Figure(Quantity::Price), "for at least this a share"),
        Key::default("class", Kind::Reference(Family::Class), "common", "the class of the shares"),
    ]],
    alternatives: &[],
};
