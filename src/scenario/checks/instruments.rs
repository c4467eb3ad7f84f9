//! Instruments that make sense, and combinations that have an answer.

use std::collections::HashMap;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::units::Day;
use crate::units::Decimal;

use super::Scenario;
use super::above_zero;
use super::at_figure;
use super::not_negative;
use super::percentage;
use super::positive;
use crate::scenario::instrument::Capitalisation;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::Convertible;
use crate::scenario::instrument::Grant;
use crate::scenario::instrument::PoolGrowth;
use crate::scenario::instrument::WarrantSize;
use crate::scenario::round::Conversions;
use crate::scenario::round::Round;
use crate::scenario::round::Size;

/// Terms within their bounds, days in their order, and rounds whose terms can be solved together.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    ids(scenario, bag);
    days(scenario, bag);
    for convertible in &scenario.convertibles {
        terms(scenario, convertible, bag);
    }
    for grant in &scenario.grants {
        options(scenario, grant, bag);
    }
    warrants(scenario, bag);
    changes(scenario, bag);
    tenders(scenario, bag);
    protection(scenario, bag);
    for round in &scenario.rounds {
        rights(scenario, round, bag);
        together(scenario, round, bag);
    }
    stated(scenario, bag);
}

/// Results name SAFEs, notes, warrants and grants side by side.
fn ids(scenario: &Scenario, bag: &mut Bag) {
    let convertibles = scenario.convertibles.iter().map(|it| (it.id.as_str(), it.path.clone(), it.span));
    let warrants = scenario.warrants.iter().map(|it| (it.id.as_str(), format!("warrant.{}", it.id), it.span));
    let grants = scenario.grants.iter().map(|it| (it.id.as_str(), format!("grant.{}", it.id), it.span));
    let mut known: HashMap<&str, (String, Span)> = HashMap::new();
    for (id, path, span) in convertibles.chain(warrants).chain(grants) {
        if let Some((other, at)) = known.get(id) {
            bag.add(
                Diagnostic::new(Code::DuplicateId, format!("`{path}` and `{other}` have one id"))
                    .at(span)
                    .beside(*at, "the other")
                    .help("results name instruments side by side: give one of them another id"),
            );
        } else {
            known.insert(id, (path, span));
        }
    }
}

/// Nothing happens before the opening, and nothing ends before it begins.
fn days(scenario: &Scenario, bag: &mut Bag) {
    let opening = scenario.opening.date;
    let mut not_before = |day: Day, path: String, span: Span| {
        if day < opening {
            bag.add(
                Diagnostic::new(
                    Code::BeforeOpening,
                    format!("`{path}` is on {day}, before the opening table of {opening}"),
                )
                .at(span)
                .help("move the opening back, or the event forward"),
            );
        }
    };
    for convertible in &scenario.convertibles {
        not_before(convertible.date, convertible.path.clone(), convertible.span);
    }
    for warrant in &scenario.warrants {
        not_before(warrant.date, format!("warrant.{}", warrant.id), warrant.span);
    }
    for grant in &scenario.grants {
        not_before(grant.date, format!("grant.{}", grant.id), grant.span);
    }
    for split in &scenario.splits {
        not_before(split.date, split.path.clone(), split.span);
    }
    for change in &scenario.changes {
        not_before(change.date, format!("change.{}", change.id), change.span);
    }
    for tender in &scenario.tenders {
        not_before(tender.date, format!("secondary.{}", tender.id), tender.span);
    }
    let mut in_order = |from: Day, to: Option<Day>, path: String, what: &str, span: Span| {
        if let Some(to) = to.filter(|to| *to < from) {
            bag.add(
                Diagnostic::new(Code::AfterDeadline, format!("`{path}` {what} on {to}, before its own day {from}"))
                    .at(span)
                    .help("write a later day"),
            );
        }
    };
    for convertible in &scenario.convertibles {
        let due = convertible.note.as_ref().and_then(|note| note.maturity).map(|(day, _)| day);
        in_order(convertible.date, due, convertible.path.clone(), "matures", convertible.span);
    }
    for warrant in &scenario.warrants {
        let path = || format!("warrant.{}", warrant.id);
        in_order(warrant.date, warrant.exercised, path(), "is exercised", warrant.span);
        in_order(warrant.date, warrant.expires, path(), "expires", warrant.span);
    }
    for grant in &scenario.grants {
        let path = || format!("grant.{}", grant.id);
        in_order(grant.date, grant.expires, path(), "expires", grant.span);
        for (day, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            let span = scenario.figures.span(*figure).unwrap_or(grant.span);
            in_order(grant.date, Some(*day), path(), "is exercised or given up", span);
        }
    }
    ended(scenario, bag);
}

/// What has expired can be neither exercised nor given up.
fn ended(scenario: &Scenario, bag: &mut Bag) {
    for warrant in &scenario.warrants {
        if let (Some(exercised), Some(expires)) = (warrant.exercised, warrant.expires)
            && expires < exercised
        {
            let path = format!("warrant.{}", warrant.id);
            let at = scenario.figures.find(&format!("{path}.exercised")).and_then(|figure| figure.span);
            bag.add(
                Diagnostic::new(
                    Code::AfterDeadline,
                    format!("`{path}` is exercised on {exercised}, after it expires on {expires}"),
                )
                .at(at.unwrap_or(warrant.span))
                .help("write an earlier day, or a later `expires`"),
            );
        }
    }
    for grant in &scenario.grants {
        for (day, figure) in grant.exercised.iter().chain(&grant.forfeited) {
            if let Some(expires) = grant.expires.filter(|expires| expires < day) {
                bag.add(
                    Diagnostic::new(
                        Code::AfterDeadline,
                        format!(
                            "`grant.{}` is exercised or given up on {day}, after it expires on {expires}",
                            grant.id
                        ),
                    )
                    .at(scenario.figures.span(*figure).unwrap_or(grant.span))
                    .help("write a day before it expires, or a later `expires`"),
                );
            }
        }
    }
}

/// The terms of a SAFE or a note.
fn terms(scenario: &Scenario, convertible: &Convertible, bag: &mut Bag) {
    above_zero(scenario, convertible.amount, "an amount", "write what was paid in", bag);
    if let Some(cap) = convertible.cap {
        positive(scenario, cap, "a cap", bag);
        let (amount, cap_value) = (scenario.figures.value(convertible.amount), scenario.figures.value(cap));
        let counts_itself =
            matches!(convertible.capitalisation, Capitalisation::PostMoney | Capitalisation::BeforeNewMoney);
        if counts_itself && cap_value > Decimal::ZERO && cap_value <= amount {
            bag.add(
                at_figure(scenario, cap, Code::OutOfRange, |figure| {
                    format!("a cap of {} is not above the money of `{}`", figure.typed, convertible.path)
                })
                .help("the money alone would be worth the whole company; does the cap lack its K, M, B or T?"),
            );
        }
    }
    if let Some(discount) = convertible.discount {
        percentage(scenario, discount, "a discount", false, bag);
    }
    if let Some(part) = convertible.ownership {
        percentage(scenario, part, "an ownership", false, bag);
        above_zero(scenario, part, "an ownership", "write the part that was agreed, as \"7%\"", bag);
    }
    if let Some(elected) = &convertible.elects {
        let other = scenario.convertibles.iter().find(|other| other.note.is_none() && other.id == elected.value);
        let fault = |message: String, help: &str| {
            Diagnostic::new(Code::CannotSolve, message).at(elected.span).help(help.to_owned())
        };
        if !convertible.mfn {
            bag.add(fault(
                format!("`{}` elects a package and has no right to one", convertible.path),
                "write mfn = true, or take `elects` out",
            ));
        } else if let Some(other) = other {
            if other.id == convertible.id {
                bag.add(fault(
                    format!("`{}` elects itself", convertible.path),
                    "its own terms are among its packages already: take `elects` out, or name a later SAFE",
                ));
            } else if other.mfn {
                bag.add(fault(
                    format!("`{}` is itself most-favoured", other.path),
                    "packages do not chain: name a SAFE with terms of its own",
                ));
            } else if other.cap.is_none() && other.discount.is_none() {
                bag.add(fault(
                    format!("`{}` has no package to take", other.path),
                    "a package is a cap, a discount or both; a fixed percentage is no price",
                ));
            } else if other.capitalisation != convertible.capitalisation {
                bag.add(fault(
                    format!("`{}` is of another form than `{}`", other.path, convertible.path),
                    "a most-favoured-nation right takes a whole package of its own form",
                ));
            } else if let Some(round) = scenario
                .rounds
                .iter()
                .filter(|round| round.date >= convertible.date && round.date < other.date)
                .find(|round| surely_happens(scenario, round))
            {
                bag.add(fault(
                    format!(
                        "`{}` is issued on {}, after `round.{}` converts `{}`",
                        other.path, other.date, round.id, convertible.path
                    ),
                    "name a SAFE that is there when it converts",
                ));
            } else if other.date <= convertible.date {
                bag.add(fault(
                    format!("`{}` was not issued later than `{}`", other.path, convertible.path),
                    "a most-favoured-nation right takes terms of later SAFEs",
                ));
            }
        }
    }
    let Some(note) = &convertible.note else { return };
    if let Some(interest) = &note.interest {
        not_negative(scenario, interest.rate, "a rate", bag);
        if interest.every == 0 {
            bag.add(
                Diagnostic::new(Code::OutOfRange, format!("`{}.interest` has a period of no months", convertible.path))
                    .at(interest.written_every.unwrap_or(convertible.span))
                    .help("write every = 3, 6 or 12, or leave it out"),
            );
        }
    }
    if let Some(qualified) = note.qualified {
        above_zero(scenario, qualified, "a qualified financing", "without `qualified` every round converts it", bag);
    }
    if let Some((_, crate::scenario::AtMaturity::Convert(price))) = note.maturity {
        positive(scenario, price, "a price", bag);
    }
}

/// A grant and what happens to its options.
fn options(scenario: &Scenario, grant: &Grant, bag: &mut Bag) {
    above_zero(scenario, grant.shares, "a grant", "write how many options were granted", bag);
    not_negative(scenario, grant.strike, "a strike", bag);
    let mut used = Decimal::ZERO;
    for (_, figure) in grant.exercised.iter().chain(&grant.forfeited) {
        not_negative(scenario, *figure, "a count", bag);
        used = used.saturating_add(scenario.figures.value(*figure));
    }
    let granted = scenario.figures.value(grant.shares);
    // A split in between makes more of them; then the engine takes what is there.
    if used > granted && scenario.splits.is_empty() {
        bag.add(
            at_figure(scenario, grant.shares, Code::OutOfRange, |figure| {
                format!(
                    "`grant.{}` is of {} and {} are exercised or given up",
                    grant.id,
                    figure.typed,
                    used.normalize()
                )
            })
            .help("no more can be exercised or given up than was granted"),
        );
    }
    if let Some(vesting) = grant.vesting {
        let mut fault = |message: String, help: &str| {
            bag.add(Diagnostic::new(Code::OutOfRange, message).at(vesting.span).help(help.to_owned()));
        };
        let path = format!("grant.{}.vesting", grant.id);
        if vesting.months == 0 {
            fault(format!("`{path}` takes no time"), "write vesting = \"all\" for options that are vested at once");
        } else if vesting.every == 0 {
            fault(format!("`{path}` vests every 0 months"), "write every = 1, 3 or 12");
        } else if vesting.months > 1_200 {
            fault(format!("`{path}` takes more than a century"), "48 months are usual");
        } else if vesting.every > vesting.months {
            fault(
                format!("`{path}` takes {} months, one step {}", vesting.months, vesting.every),
                "a step lies within the months of vesting: write every = 1, 3 or 12",
            );
        } else if vesting.cliff > vesting.months {
            fault(
                format!("the cliff of `grant.{}` is after its last vesting", grant.id),
                "the cliff lies within the months of vesting",
            );
        }
    }
}

fn warrants(scenario: &Scenario, bag: &mut Bag) {
    for warrant in &scenario.warrants {
        match &warrant.size {
            WarrantSize::Shares(shares) => not_negative(scenario, *shares, "a warrant", bag),
            WarrantSize::Coverage { part, of } => {
                not_negative(scenario, *part, "a coverage", bag);
                positive(scenario, warrant.strike, "a strike", bag);
                let is_convertible = scenario.convertibles.iter().any(|it| it.path == of.value);
                let is_tranche = scenario.rounds.iter().any(|round| {
                    round
                        .tranches
                        .iter()
                        .any(|tranche| of.value == format!("round.{}.tranche.{}", round.id, tranche.id))
                });
                let covered =
                    scenario.convertibles.iter().find(|it| it.path == of.value).map(|it| it.date).or_else(|| {
                        scenario.rounds.iter().find_map(|round| {
                            let is_it = |id: &str| of.value == format!("round.{}.tranche.{id}", round.id);
                            round.tranches.iter().any(|tranche| is_it(&tranche.id)).then_some(round.date)
                        })
                    });
                if let Some(covered) = covered.filter(|covered| *covered > warrant.date) {
                    bag.add(
                        Diagnostic::new(
                            Code::EventOrder,
                            format!(
                                "`warrant.{}` is issued on {}, before `{}` on {covered}",
                                warrant.id, warrant.date, of.value
                            ),
                        )
                        .at(of.span)
                        .help(format!("write date = {covered}, or later")),
                    );
                }
                if !is_convertible && !is_tranche {
                    bag.add(
                        Diagnostic::new(
                            Code::UnknownReference,
                            format!("`{}` is no note, SAFE or tranche of this file", of.value),
                        )
                        .at(of.span)
                        .help(match scenario.convertibles.as_slice() {
                            [] => "write the path of a tranche, as of = \"round.seed.tranche.lead\"".to_owned(),
                            all => format!(
                                "there is {}, or the path of a tranche",
                                all.iter().map(|it| format!("`{}`", it.path)).collect::<Vec<_>>().join(", ")
                            ),
                        }),
                    );
                }
            }
            WarrantSize::Tranches(tranches) => {
                for (_, shares, _) in tranches {
                    not_negative(scenario, *shares, "a warrant", bag);
                }
                if tranches.is_empty() {
                    bag.add(
                        Diagnostic::new(Code::MissingKey, format!("`warrant.{}` has no tranche", warrant.id))
                            .at(warrant.span)
                            .help(format!("add [warrant.{}.tranche.ID] with `shares` and `condition`", warrant.id)),
                    );
                }
            }
        }
        not_negative(scenario, warrant.strike, "a strike", bag);
    }
}

fn changes(scenario: &Scenario, bag: &mut Bag) {
    for split in &scenario.splits {
        positive(scenario, split.ratio, "a ratio", bag);
    }
    for change in &scenario.changes {
        match change.kind {
            ChangeKind::Retire { shares, price, .. } => {
                not_negative(scenario, shares, "a count", bag);
                if let Some(price) = price {
                    not_negative(scenario, price, "a price", bag);
                }
            }
            ChangeKind::Convert { class, to, shares, ratio, .. } => {
                if let Some(shares) = shares {
                    not_negative(scenario, shares, "a count", bag);
                }
                if let Some(ratio) = ratio {
                    positive(scenario, ratio, "a ratio", bag);
                }
                if class == to {
                    bag.add(
                        Diagnostic::new(Code::OutOfRange, format!("`change.{}` turns a class into itself", change.id))
                            .at(change.span)
                            .help("name another `to_class`"),
                    );
                }
            }
            ChangeKind::PoolIncrease { pool, size } => {
                if scenario.owner(pool).is_some_and(|owner| !owner.is_pool) {
                    bag.add(
                        Diagnostic::new(Code::WrongKind, format!("`change.{}` increases what is no pool", change.id))
                            .at(change.span)
                            .help("write the id of a pool under `holder`"),
                    );
                }
                match size {
                    PoolGrowth::Shares(shares) => not_negative(scenario, shares, "an increase", bag),
                    PoolGrowth::Target { target, .. } => percentage(scenario, target, "a pool target", false, bag),
                }
            }
        }
    }
}

fn tenders(scenario: &Scenario, bag: &mut Bag) {
    for tender in &scenario.tenders {
        if tender.offers.is_empty() {
            bag.add(
                Diagnostic::new(Code::MissingKey, format!("`secondary.{}` has no offer", tender.id))
                    .at(tender.span)
                    .help(format!("add [secondary.{}.offer.ID] with `holder`, `shares` and `price`", tender.id)),
            );
        }
        for offer in &tender.offers {
            not_negative(scenario, offer.shares, "an offer", bag);
            above_zero(scenario, offer.price, "an asking price", "write what a share is offered for", bag);
        }
        for limit in [tender.shares, tender.amount].into_iter().flatten() {
            not_negative(scenario, limit, "a limit", bag);
        }
    }
}

/// Protection needs a conversion price to protect.
fn protection(scenario: &Scenario, bag: &mut Bag) {
    for (index, class) in scenario.classes.iter().enumerate() {
        let Some(protection) = class.protection else { continue };
        if let Some(floor) = protection.floor {
            above_zero(scenario, floor, "a floor", "without `floor` there is none", bag);
        }
        if class.is_common {
            bag.add(
                Diagnostic::new(Code::WrongKind, format!("`class.{}` is common and has nothing to convert", class.id))
                    .at(protection.span)
                    .help("protect preferred classes"),
            );
        }
        if matches!(class.ratio, crate::scenario::Ratio::Prices { .. }) {
            continue;
        }
        let opened = scenario.opening.lines.iter().any(|line| line.class.index() == index);
        let becomes = scenario.changes.iter().any(|change| match change.kind {
            ChangeKind::Convert { to, .. } => to.index() == index,
            ChangeKind::Retire { .. } | ChangeKind::PoolIncrease { .. } => false,
        });
        let converts = scenario.convertibles.iter().any(|it| it.into.is_some_and(|into| into.index() == index));
        if let (Some(floor), Some(issue)) = (protection.floor, class.issue_price) {
            let ratio = match class.ratio {
                crate::scenario::Ratio::Is(ratio) => scenario.figures.value(ratio),
                crate::scenario::Ratio::Prices { .. } => Decimal::ONE,
            };
            let price = scenario.figures.value(issue).checked_div(ratio);
            if price.is_some_and(|price| scenario.figures.value(floor) > price) {
                bag.add(
                    at_figure(scenario, floor, Code::OutOfRange, |figure| {
                        format!("a floor of {} is above the conversion price of `class.{}`", figure.typed, class.id)
                    })
                    .help("the conversion price falls no further than its floor: write a lower one"),
                );
            }
        }
        if (opened || becomes || converts) && class.issue_price.is_none() {
            bag.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`class.{}` is protected, and nothing says what its shares first cost", class.id),
                )
                .at(protection.span)
                .help("add `issue_price`: its conversion price starts there"),
            );
        }
    }
}

/// Pro rata rights that can be carved out of, or put on top of, what is sold.
fn rights(scenario: &Scenario, round: &Round, bag: &mut Bag) {
    let Some(rights) = &round.pro_rata else { return };
    for (owner, take) in &rights.take {
        not_negative(scenario, *take, "a part of a right", bag);
        if let Some(pool) = scenario.owner(*owner).filter(|owner| owner.is_pool) {
            bag.add(
                at_figure(scenario, *take, Code::WrongKind, |_| format!("`{}` is a pool and invests nothing", pool.id))
                    .help("name holders under `take`"),
            );
        }
    }
    if rights.take.is_empty() {
        bag.add(
            Diagnostic::new(Code::MissingKey, format!("`round.{}.pro_rata` names nobody who takes", round.id))
                .at(rights.span)
                .help("write take.HOLDER = \"100%\", or take `pro_rata` out"),
        );
    }
    let fault =
        |message: String, help: &str| Diagnostic::new(Code::CannotSolve, message).at(rights.span).help(help.to_owned());
    let odd = round.tranches.iter().find(|tranche| {
        matches!(tranche.size, Size::Shares(_)) || matches!(tranche.price, crate::scenario::PriceRule::Own(_))
    });
    if let Some(tranche) = odd {
        bag.add(fault(
            format!(
                "pro rata rights in `round.{}`, whose tranche `{}` is in shares or at a price of its own",
                round.id, tranche.id
            ),
            "a right is a part of money at the round's price: write the tranche as an `amount` at that price",
        ));
    }
    if let Some(letter) = scenario.convertibles.iter().find(|convertible| {
        rights.on_top
            && convertible.pro_rata
            && convertible.date <= round.date
            && rights.take.iter().any(|(owner, _)| *owner == convertible.holder)
            && converts_first_in(scenario, convertible, round)
    }) {
        bag.add(fault(
            format!("the side letter of `{}` on top of `round.{}`", letter.path, round.id),
            "its part is known only after the price, and the price only after the round's size: write added = \"inside\"",
        ));
    }
}

/// Whether this is the first round that may convert it.
fn converts_first_in(scenario: &Scenario, convertible: &Convertible, round: &Round) -> bool {
    !scenario
        .rounds
        .iter()
        .any(|other| other.date >= convertible.date && other.date < round.date && surely_happens(scenario, other))
}

/// Whether a round has a committed tranche that does not depend on a draw.
fn surely_happens(scenario: &Scenario, round: &Round) -> bool {
    round.tranches.iter().any(|tranche| {
        !tranche.optional
            && tranche.probability.is_none()
            && scenario.figures.value(tranche.size.figure()) > Decimal::ZERO
    })
}

/// Combinations that have no answer by the method, refused by name.
fn together(scenario: &Scenario, round: &Round, bag: &mut Bag) {
    let in_shares = round.tranches.iter().any(|tranche| matches!(tranche.size, Size::Shares(_)) && !tranche.optional);
    let protection = &round.protection;
    // A class that nobody can hold yet is not adjusted.
    let is_there = |index: usize| {
        let opened = scenario.opening.lines.iter().any(|line| line.class.index() == index);
        let sold = scenario.rounds.iter().any(|other| other.date < round.date && other.class.index() == index);
        let becomes = scenario.changes.iter().any(|change| match change.kind {
            ChangeKind::Convert { to, .. } => to.index() == index && change.date <= round.date,
            ChangeKind::Retire { .. } | ChangeKind::PoolIncrease { .. } => false,
        });
        opened || sold || becomes
    };
    let protected: Vec<_> = scenario
        .classes
        .iter()
        .enumerate()
        .filter(|(index, class)| !protection.exempt && class.protection.is_some() && is_there(*index))
        .map(|(_, class)| class)
        .collect();
    let may_convert =
        |convertible: &&Convertible| convertible.date <= round.date && converts_first_in(scenario, convertible, round);
    let mut refuse = |message: String, help: &str| {
        bag.add(Diagnostic::new(Code::CannotSolve, message).at(protection.span).help(help.to_owned()));
    };
    let given = matches!(round.valuation, crate::scenario::Valuation::Price(_));
    let weighted = protected.iter().any(|class| class.protection.is_some_and(|it| it.base.is_some()));
    if in_shares && weighted && !given {
        refuse(
            format!("{} a weighted average, and a tranche of `round.{}` is in shares", named(&protected), round.id),
            "the money of the issue would depend on the price it decides: write the tranche as an `amount`, give the `price`, or write protection = { exempt = true }",
        );
    }
    let plays = protected.iter().any(|class| class.protection.is_some_and(|it| it.pay_to_play));
    if in_shares && plays {
        refuse(
            format!("{} pay-to-play, and a tranche of `round.{}` is in shares", named(&protected), round.id),
            "who invests its share is decided by amounts: write the tranche as an `amount`",
        );
    }
    if in_shares
        && let Some(note) = scenario
            .convertibles
            .iter()
            .filter(may_convert)
            .find(|it| it.note.as_ref().is_some_and(|note| note.qualified.is_some()))
    {
        refuse(
            format!("`{}` asks for a qualified round, and a tranche of `round.{}` is in shares", note.path, round.id),
            "whether the round qualifies is decided before the price: write the tranche as an `amount`",
        );
    }
    if !protection.counts_conversions
        || protected.is_empty()
        || !scenario.convertibles.iter().any(|it| may_convert(&it))
    {
        return;
    }
    if protection.in_price && round.conversions == Some(Conversions::Outside) && !given {
        refuse(
            format!("`round.{}` counts conversions as issued, and leaves them out of its valuation", round.id),
            "write in_price = false, counts = \"new-money\", or conversions = \"inside\"",
        );
    }
    let with_pool = scenario
        .convertibles
        .iter()
        .filter(may_convert)
        .find(|it| it.cap.is_some() && it.capitalisation == Capitalisation::WithPool);
    if protection.in_price
        && let Some(convertible) = with_pool
    {
        refuse(
            format!(
                "the cap of `{}` divides by shares that `round.{}` adjusts for its own conversion",
                convertible.path, round.id
            ),
            "write in_price = false, or counts = \"new-money\"",
        );
    }
    let tops_up = round.pool.is_some_and(|pool| pool.in_pre_money);
    if !protection.in_price && tops_up {
        refuse(
            format!("the pool target of `round.{}` counts shares that its conversions add after the price", round.id),
            "write in_price = true, counts = \"new-money\", or let the pool come after the money: in = \"post-money\"",
        );
    }
}

/// Protected classes by name, with the verb.
fn named(classes: &[&crate::scenario::Class]) -> String {
    let all: Vec<String> = classes.iter().map(|class| format!("`class.{}`", class.id)).collect();
    format!("{} {}", all.join(", "), if all.len() == 1 { "has" } else { "have" })
}

/// Rounds that may convert something say how the valuation counts it.
fn stated(scenario: &Scenario, bag: &mut Bag) {
    let mut rounds: Vec<&Round> = scenario.rounds.iter().collect();
    rounds.sort_by_key(|round| round.date);
    let mut lacking: Vec<(&Round, &Convertible)> = Vec::new();
    for convertible in &scenario.convertibles {
        let qualified = convertible.note.as_ref().and_then(|note| note.qualified);
        for round in rounds.iter().filter(|round| round.date >= convertible.date) {
            let due = convertible.note.as_ref().and_then(|note| note.maturity);
            if due.is_some_and(|(day, rule)| day < round.date && rule != crate::scenario::AtMaturity::Extend) {
                break;
            }
            let money = round
                .tranches
                .iter()
                .filter(|tranche| !tranche.optional)
                .filter_map(|tranche| match tranche.size {
                    Size::Money(figure) => Some(scenario.figures.value(figure)),
                    Size::Shares(_) => None,
                })
                .fold(Decimal::ZERO, Decimal::saturating_add);
            if qualified.is_some_and(|figure| money < scenario.figures.value(figure)) && round.pro_rata.is_none() {
                continue;
            }
            if round.conversions.is_none() && !lacking.iter().any(|(known, _)| known.id == round.id) {
                lacking.push((round, convertible));
            }
            if surely_happens(scenario, round) {
                break;
            }
        }
    }
    for (round, convertible) in lacking {
        bag.add(
            Diagnostic::new(
                Code::MissingKey,
                format!("`round.{}` lacks `conversions`, and `{}` may convert in it", round.id, convertible.path),
            )
            .at(round.span)
            .label("`conversions` belongs here")
            .beside(convertible.span, "is outstanding then")
            .help("write conversions = \"inside\" (the pre-money holds the converted shares), \"dollars-invested\" (it grows by the money they brought) or \"outside\" (it leaves them out)"),
        );
    }
}
