//! Terms of a round that can be solved together, and what a round must say for them.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::scenario::AtMaturity;
use crate::scenario::PriceRule;
use crate::scenario::Scenario;
use crate::scenario::checks::at_figure;
use crate::scenario::checks::not_negative;
use crate::scenario::instrument::Capitalisation;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::Convertible;
use crate::scenario::round::Conversions;
use crate::scenario::round::Round;
use crate::scenario::round::Size;
use crate::scenario::round::Tranche;
use crate::units::Decimal;

/// Pro rata rights that can be carved out of, or put on top of, what is sold.
pub(super) fn rights(scenario: &Scenario, round: &Round, bag: &mut Bag) {
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
    let odd = round
        .tranches
        .iter()
        .find(|tranche| matches!(tranche.size, Size::Shares(_)) || matches!(tranche.price, PriceRule::Own(_)));
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
            && rights.take.iter().any(|(owner, _)| *owner == convertible.holder)
            && may_be_outstanding(scenario, convertible, round)
    }) {
        bag.add(fault(
            format!("the side letter of `{}` on top of `round.{}`", letter.path, round.id),
            "its part is known only after the price, and the price only after the round's size: write added = \"inside\"",
        ));
    }
}

/// Whether it may still be outstanding when a round is signed: no earlier round surely converts it, and it is not due
/// by then.
fn may_be_outstanding(scenario: &Scenario, convertible: &Convertible, round: &Round) -> bool {
    let due = convertible.note.as_ref().and_then(|note| note.maturity);
    convertible.date <= round.date
        && due.is_none_or(|(day, rule)| round.date < day || rule == AtMaturity::Extend)
        && !scenario.rounds.iter().any(|other| {
            other.date >= convertible.date && other.date < round.date && surely_converts(scenario, convertible, other)
        })
}

/// Whether a round converts what is outstanding, whatever is drawn.
fn surely_converts(scenario: &Scenario, convertible: &Convertible, round: &Round) -> bool {
    let qualified = convertible.note.as_ref().and_then(|note| note.qualified);
    surely_happens(scenario, round)
        && qualified.is_none_or(|least| {
            let sure = money(scenario, round, |tranche| !tranche.optional && tranche.probability.is_none());
            let sure = round.target.map_or(sure, |target| sure.min(scenario.figures.value(target)));
            scenario.figures.value(least) <= sure
        })
}

/// The money of some of a round's tranches; those in shares count nothing.
fn money(scenario: &Scenario, round: &Round, wanted: impl Fn(&Tranche) -> bool) -> Decimal {
    round
        .tranches
        .iter()
        .filter(|tranche| wanted(tranche))
        .filter_map(|tranche| scenario.asked(&tranche.size))
        .fold(Decimal::ZERO, Decimal::saturating_add)
}

/// Whether a round has a committed tranche that does not depend on a draw.
pub(super) fn surely_happens(scenario: &Scenario, round: &Round) -> bool {
    round.tranches.iter().any(|tranche| {
        !tranche.optional
            && tranche.probability.is_none()
            && scenario.figures.value(tranche.size.figure()) > Decimal::ZERO
    })
}

/// Combinations that have no answer by the method, refused by name.
pub(super) fn together(scenario: &Scenario, round: &Round, bag: &mut Bag) {
    let in_shares = round.tranches.iter().any(|tranche| matches!(tranche.size, Size::Shares(_)) && !tranche.optional);
    let protection = &round.protection;
    // A class that nobody can hold yet is not adjusted.
    let is_there = |index: usize| {
        let opened = scenario.opening.lines.iter().any(|line| line.class.index() == index);
        let sold = scenario
            .rounds
            .iter()
            .any(|other| other.date <= round.date && other.id != round.id && other.class.index() == index);
        let becomes = scenario.changes.iter().any(|change| match change.kind {
            ChangeKind::Convert { to, .. } => to.index() == index && change.date <= round.date,
            ChangeKind::Retire { .. } | ChangeKind::PoolIncrease { .. } => false,
        });
        let converts = scenario
            .convertibles
            .iter()
            .any(|it| it.into.is_some_and(|into| into.index() == index) && it.date <= round.date);
        let exercised =
            scenario.warrants.iter().any(|warrant| warrant.class.index() == index && warrant.date <= round.date);
        opened || sold || becomes || converts || exercised
    };
    let protected: Vec<_> = scenario
        .classes
        .iter()
        .enumerate()
        .filter(|(index, class)| !protection.exempt && class.protection.is_some() && is_there(*index))
        .map(|(_, class)| class)
        .collect();
    let may_convert = |convertible: &&Convertible| may_be_outstanding(scenario, convertible, round);
    let mut refuse = |message: String, help: &str| {
        bag.add(Diagnostic::new(Code::CannotSolve, message).at(protection.span).help(help.to_owned()));
    };
    let given = matches!(round.valuation, crate::scenario::Valuation::Price(_) | crate::scenario::Valuation::StepUp(_));
    let weighted = protected.iter().any(|class| class.protection.is_some_and(|it| it.base.is_some()));
    if in_shares && weighted && !given {
        refuse(
            format!("{} a weighted average, and a tranche of `round.{}` is in shares", named(&protected), round.id),
            "the money of the issue would depend on the price it decides: write the tranche as an `amount`, give the `price`, or write protection = { exempt = true }",
        );
    }
    let own = round.tranches.iter().find(|tranche| matches!(tranche.price, PriceRule::Own(_)) && !tranche.optional);
    if let Some(tranche) = own
        && protected.iter().any(|class| class.protection.is_some_and(|it| it.base.is_none()))
    {
        refuse(
            format!(
                "{} a full ratchet to the price of `round.{}`, whose tranche `{}` has a price of its own",
                named(&protected),
                round.id,
                tranche.id
            ),
            "a ratchet follows one price: write the tranche as a round of its own, or write protection = { exempt = true }",
        );
    }
    let plays = protected.iter().any(|class| class.protection.is_some_and(|it| it.pay_to_play));
    if in_shares && plays {
        refuse(
            format!("{} pay-to-play, and a tranche of `round.{}` is in shares", named(&protected), round.id),
            "who invests its share is decided by amounts: write the tranche as an `amount`",
        );
    }
    if plays
        && let Some(rights) = &round.pro_rata
        && let Some(letter) = scenario
            .convertibles
            .iter()
            .filter(may_convert)
            .find(|it| it.pro_rata && rights.take.iter().any(|(owner, _)| *owner == it.holder))
    {
        refuse(
            format!(
                "{} pay-to-play, and the side letter of `{}` invests in `round.{}`",
                named(&protected),
                letter.path,
                round.id
            ),
            "who invests its share is decided before the price, and what a letter buys only after it: take its holder out of `take`, or write protection = { exempt = true }",
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
pub(super) fn stated(scenario: &Scenario, bag: &mut Bag) {
    let mut rounds: Vec<&Round> = scenario.rounds.iter().collect();
    rounds.sort_by_key(|round| round.date);
    let mut lacking: Vec<(&Round, &Convertible)> = Vec::new();
    for convertible in &scenario.convertibles {
        let qualified = convertible.note.as_ref().and_then(|note| note.qualified);
        for round in rounds.iter().filter(|round| may_be_outstanding(scenario, convertible, round)) {
            // Rights on top may add to it.
            let most = money(scenario, round, |tranche| !tranche.optional);
            if qualified.is_some_and(|least| most < scenario.figures.value(least)) && round.pro_rata.is_none() {
                continue;
            }
            if round.conversions.is_none() && !lacking.iter().any(|(known, _)| known.id == round.id) {
                lacking.push((round, convertible));
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
