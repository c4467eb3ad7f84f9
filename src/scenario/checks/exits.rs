//! Exits, and what they need to know of classes and instruments.

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::units::Decimal;

use super::above_zero;
use super::at_figure;
use super::least_zero;
use super::not_negative;
use super::percentage;
use crate::scenario::company::Class;
use crate::scenario::company::Rule;
use crate::scenario::company::Scenario;
use crate::scenario::exit::CarveOutSize;
use crate::scenario::exit::Exit;
use crate::scenario::exit::ExitKind;
use crate::scenario::exit::HeldBack;
use crate::scenario::exit::Listing;
use crate::scenario::exit::ListingValue;
use crate::scenario::exit::Offering;
use crate::scenario::exit::OnConversion;
use crate::scenario::exit::Participation;
use crate::scenario::exit::Preference;
use crate::scenario::exit::PreferenceSize;
use crate::scenario::exit::Ratchet;
use crate::scenario::exit::Sale;
use crate::scenario::exit::SaleValue;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::FigureId;
use crate::scenario::instrument::ChangeKind;

/// Checks exits, and the terms that only they read.
pub(super) fn check(scenario: &Scenario, bag: &mut Bag) {
    for class in &scenario.classes {
        terms(scenario, class, bag);
    }
    if let Some(sale) = scenario.exits.iter().find(|exit| matches!(exit.kind, ExitKind::Sale(_))) {
        preferences(scenario, sale, bag);
        shadow_classes(scenario, sale, bag);
        rights_on_amounts(scenario, bag);
    }
    if !scenario.exits.is_empty() {
        owed_on_conversion(scenario, bag);
    }
    for exit in &scenario.exits {
        percentage(scenario, exit.fees, "a fee", false, bag);
        not_negative(scenario, exit.costs, "a cost", bag);
        conditions(scenario, exit, bag);
        match &exit.kind {
            ExitKind::Sale(sale) => check_sale(scenario, exit, sale, bag),
            ExitKind::Listing(listing) => check_listing(scenario, listing, bag),
        }
    }
    for convertible in &scenario.convertibles {
        if let Some(multiple) = convertible.note.as_ref().and_then(|note| note.at_exit?.multiple) {
            above_zero(scenario, multiple, "a multiple", "write how often the principal is paid, as 2", bag);
        }
    }
    for vesting in scenario.grants.iter().filter_map(|grant| grant.vesting) {
        if let Some(acceleration) = vesting.acceleration {
            percentage(scenario, acceleration.part, "an acceleration", true, bag);
        }
    }
}

/// What a class is paid, owed and promised.
fn terms(scenario: &Scenario, class: &Class, bag: &mut Bag) {
    let has_any = class.preference.is_some() || class.dividend.is_some() || class.ratchet.is_some();
    if class.is_common && has_any {
        bag.add(
            Diagnostic::new(
                Code::WrongKind,
                format!("`class.{}` is common stock and has terms of preferred", class.id),
            )
            .at(class.span)
            .help("write kind = \"preferred\", or take `preference`, `dividend` and `ratchet` out"),
        );
    }
    if let Some(Preference::Has(preferred)) = class.preference {
        let least = match preferred.size {
            PreferenceSize::Multiple(figure) => {
                not_negative(scenario, figure, "a multiple", bag);
                scenario.figures.value(figure)
            }
            PreferenceSize::Amount(figure) => {
                not_negative(scenario, figure, "a preference", bag);
                Decimal::ONE
            }
        };
        if let Participation::Capped(cap) = preferred.participation
            && scenario.figures.value(cap) < least
        {
            bag.add(
                at_figure(scenario, cap, Code::OutOfRange, |figure| {
                    format!("the cap of `class.{}` of {} is below its own preference", class.id, figure.typed)
                })
                .help("the cap is all it may take without converting, the preference included"),
            );
        }
    }
    if let Some(dividend) = class.dividend {
        not_negative(scenario, dividend.accrual.rate, "a dividend", bag);
        let is_ranked = matches!(class.preference, Some(Preference::Has(_)));
        let sale = scenario.exits.iter().find(|exit| matches!(exit.kind, ExitKind::Sale(_)));
        if let Some(sale) = sale.filter(|_| !is_ranked) {
            bag.add(
                Diagnostic::new(
                    Code::MissingKey,
                    format!("`class.{}` is owed dividends and has no preference to rank them by", class.id),
                )
                .at(class.span)
                .help(format!(
                    "`exit.{}` pays them at the rank of the preference: write preference = {{ multiple = 1, seniority = 1, participation = \"none\" }}",
                    sale.id
                )),
            );
        }
        let listing = scenario.exits.iter().find(|exit| matches!(exit.kind, ExitKind::Listing(_)));
        if let Some(listing) = listing.filter(|_| dividend.on_conversion == OnConversion::Paid) {
            bag.add(
                Diagnostic::new(
                    Code::CannotSolve,
                    format!("`class.{}` is paid its dividends on conversion, and `exit.{}` is a listing", class.id, listing.id),
                )
                .at(class.span)
                .help("what a listing pays out in cash is not computed: on_conversion = \"converts\" or \"forfeited\", or leave the listing out"),
            );
        }
    }
    match class.ratchet {
        Some(Ratchet::Return(figure)) => {
            above_zero(scenario, figure, "a return", "write the part of the issue price, as \"120%\"", bag);
        }
        Some(Ratchet::Price(figure)) => {
            above_zero(scenario, figure, "a price", "write what a share is worth at least", bag);
        }
        None => {}
    }
}

/// Every preferred class says what it is paid.
fn preferences(scenario: &Scenario, sale: &Exit, bag: &mut Bag) {
    for class in scenario.classes.iter().filter(|class| !class.is_common && class.preference.is_none()) {
        let mend = if class.id.contains('.') {
            format!(
                "declare a class: [class.ID] with kind = \"preferred\" and `preference`, and write class = \"ID\" in `{}`",
                class.id
            )
        } else {
            "write preference = { multiple = 1, seniority = 1, participation = \"none\" }, or preference = \"none\""
                .to_owned()
        };
        let what = if class.id.contains('.') { class.name.clone() } else { format!("`class.{}`", class.id) };
        bag.add(
            Diagnostic::new(
                Code::MissingKey,
                format!("{what} has no stated preference, and `exit.{}` pays by it", sale.id),
            )
            .at(class.span)
            .help(mend),
        );
    }
}

/// A class that several instruments become has no one issue price.
fn shadow_classes(scenario: &Scenario, sale: &Exit, bag: &mut Bag) {
    for (index, class) in scenario.classes.iter().enumerate() {
        let is_multiple = class.dividend.is_some()
            || matches!(class.preference, Some(Preference::Has(it)) if matches!(it.size, PreferenceSize::Multiple(_)));
        let is_sold = scenario.rounds.iter().any(|round| round.class.index() == index);
        if !is_multiple || is_sold || class.issue_price.is_some() {
            continue;
        }
        let mut into = scenario.convertibles.iter().filter(|it| it.into.is_some_and(|into| into.index() == index));
        if let (Some(first), Some(second)) = (into.next(), into.next()) {
            bag.add(
                Diagnostic::new(
                    Code::CannotSolve,
                    format!("`{}` and `{}` both become `class.{}`, which has no issue price", first.path, second.path, class.id),
                )
                .at(second.span)
                .beside(class.span, "its preference is a multiple of it")
                .help(format!(
                    "`exit.{}` pays by the issue price: give each a class of its own, or write `issue_price` or preference.amount",
                    sale.id
                )),
            );
        }
    }
}

/// What it makes true can still come true.
fn conditions(scenario: &Scenario, exit: &Exit, bag: &mut Bag) {
    for condition in exit.meets.iter().filter_map(|id| scenario.conditions.get(id.index())) {
        match condition.rule {
            Rule::Itself { by: Some(by), .. } if by < exit.date => bag.add(
                at_figure(scenario, exit.date_figure, Code::AfterDeadline, |_| {
                    format!(
                        "`exit.{}` is on {}, and `condition.{}` can be met until {by}",
                        exit.id, exit.date, condition.id
                    )
                })
                .help("take it out of `meets`, or move one of the days"),
            ),
            Rule::Itself { .. } => {}
            Rule::Any(_) | Rule::All(_) => bag.add(
                Diagnostic::new(Code::WrongKind, format!("`condition.{}` is made of others", condition.id))
                    .at(exit.span)
                    .beside(condition.span, "it is met when they are")
                    .help("name in `meets` the condition that the exit itself makes true"),
            ),
        }
    }
}

fn check_sale(scenario: &Scenario, exit: &Exit, sale: &Sale, bag: &mut Bag) {
    not_negative(scenario, sale.value.figure(), "a value", bag);
    if let SaleValue::Enterprise { debt, .. } = sale.value {
        let help = "cash that exceeds the debt belongs to the holders: write `equity_value` instead";
        least_zero(scenario, debt, "a debt", help, bag);
    }
    let mut rates = Decimal::ZERO;
    for carve_out in &sale.carve_outs {
        match &carve_out.size {
            CarveOutSize::Amount(amount) => not_negative(scenario, *amount, "a carve-out", bag),
            CarveOutSize::Rates(all) => {
                for (above, rate) in all {
                    percentage(scenario, *rate, "a rate", true, bag);
                    if let Some(above) = above {
                        above_zero(scenario, *above, "a tier", "what lies below the first tier bears `rate`", bag);
                    }
                }
                tiers(scenario, all, bag);
                let highest = all.iter().map(|(_, rate)| scenario.figures.value(*rate)).max();
                rates = rates.saturating_add(highest.unwrap_or(Decimal::ZERO));
                if all.is_empty() {
                    bag.add(
                        Diagnostic::new(
                            Code::MissingKey,
                            format!("`exit.{}.carve_out.{}` has no size", exit.id, carve_out.id),
                        )
                        .at(carve_out.span)
                        .help("write `amount`, `rate`, or tiers"),
                    );
                }
            }
        }
    }
    if rates >= Decimal::ONE {
        bag.add(
            Diagnostic::new(Code::OutOfRange, format!("the carve-outs of `exit.{}` can take all there is", exit.id))
                .at(exit.span)
                .help("their highest rates together must stay below 100 %"),
        );
    }
    let mut kept = Decimal::ZERO;
    for HeldBack { share, until } in [sale.escrow, sale.holdback].into_iter().flatten() {
        percentage(scenario, share, "what is held back", false, bag);
        kept = kept.saturating_add(scenario.figures.value(share));
        if until < exit.date {
            bag.add(
                at_figure(scenario, share, Code::EventOrder, |_| {
                    format!("what `exit.{}` holds back is paid on {until}, before it on {}", exit.id, exit.date)
                })
                .help("move one of the days"),
            );
        }
    }
    if kept >= Decimal::ONE {
        bag.add(
            Diagnostic::new(Code::OutOfRange, format!("`exit.{}` holds back all of every payment", exit.id))
                .at(exit.span)
                .help("escrow and holdback together stay below 100 %"),
        );
    }
}

/// Two tiers cannot begin at the same amount.
fn tiers(scenario: &Scenario, rates: &[(Option<FigureId>, FigureId)], bag: &mut Bag) {
    for pair in rates.windows(2) {
        let [(Some(one), _), (Some(other), _)] = pair else { continue };
        if scenario.figures.value(*one) == scenario.figures.value(*other) {
            bag.add(
                at_figure(scenario, *other, Code::TwoAlternatives, |figure| {
                    format!("two tiers begin above {}", figure.typed)
                })
                .help("keep one of them, or move it"),
            );
        }
    }
}

/// What is owed on shares that convert before an exit is not carried over to what they become.
fn owed_on_conversion(scenario: &Scenario, bag: &mut Bag) {
    let owes = |class: ClassId| {
        let class = scenario.classes.get(class.index())?;
        class.dividend.filter(|dividend| dividend.on_conversion != OnConversion::Forfeited).map(|_| class)
    };
    let fault = |what: String, class: &Class| {
        Diagnostic::new(
            Code::CannotSolve,
            format!("{what} converts shares of `class.{}`, and what is owed on them does not follow", class.id),
        )
        .help("write on_conversion = \"forfeited\" if it is lost, or let an exit convert them")
    };
    for change in &scenario.changes {
        if let ChangeKind::Convert { class, .. } = change.kind
            && let Some(class) = owes(class)
        {
            bag.add(fault(format!("`change.{}`", change.id), class).at(change.span));
        }
    }
    for (index, class) in scenario.classes.iter().enumerate() {
        if let (Some(protection), Some(class)) =
            (class.protection.filter(|it| it.pay_to_play), owes(ClassId::at(index)))
        {
            bag.add(fault("pay to play".to_owned(), class).at(protection.span));
        }
    }
}

/// A class with money for the whole of it has no part for a right to more shares.
fn rights_on_amounts(scenario: &Scenario, bag: &mut Bag) {
    let is_amount = |class: ClassId| {
        let class = scenario.classes.get(class.index())?;
        match class.preference {
            Some(Preference::Has(it)) if matches!(it.size, PreferenceSize::Amount(_)) => Some(class),
            _ => None,
        }
    };
    let fault = |path: String, class: &Class, span: Span| {
        Diagnostic::new(
            Code::CannotSolve,
            format!(
                "`{path}` is a right to shares of `class.{}`, whose preference is money for the whole class",
                class.id
            ),
        )
        .at(span)
        .beside(class.span, "what is a further share of it paid?")
        .help("write the preference as a `multiple` of the issue price")
    };
    for warrant in &scenario.warrants {
        if let Some(class) = is_amount(warrant.class) {
            bag.add(fault(format!("warrant.{}", warrant.id), class, warrant.span));
        }
    }
    for grant in &scenario.grants {
        let class = scenario.owner(grant.pool).and_then(|pool| is_amount(pool.pool_class));
        if let Some(class) = class {
            bag.add(fault(format!("grant.{}", grant.id), class, grant.span));
        }
    }
}

fn check_listing(scenario: &Scenario, listing: &Listing, bag: &mut Bag) {
    above_zero(scenario, listing.value.figure(), "a value", "a listing needs a price", bag);
    match listing.primary {
        Some(Offering::Money(figure)) => not_negative(scenario, figure, "an offering", bag),
        Some(Offering::Shares(figure)) => not_negative(scenario, figure, "an offering", bag),
        None => {}
    }
    for (owner, part) in &listing.secondary {
        percentage(scenario, *part, "a part", true, bag);
        let Some(owner) = scenario.owner(*owner).filter(|owner| owner.is_pool) else { continue };
        bag.add(
            at_figure(scenario, *part, Code::WrongKind, |_| format!("`pool.{}` has no shares to sell", owner.id))
                .help("name a holder: what a pool holds is not issued"),
        );
    }
    for (owner, part) in listing.secondary.iter().filter(|(owner, _)| Some(*owner) == listing.to) {
        let name = scenario.owner(*owner).map_or("", |owner| owner.id.as_str());
        bag.add(
            at_figure(scenario, *part, Code::WrongKind, |_| format!("`holder.{name}` would sell to itself"))
                .help("it is who buys in the listing: name another holder, or another `to`"),
        );
    }
    percentage(scenario, listing.greenshoe, "a greenshoe", true, bag);
    let sells_nothing = listing.primary.is_none() && listing.secondary.is_empty();
    if sells_nothing && !scenario.figures.value(listing.greenshoe).is_zero() {
        bag.add(
            at_figure(scenario, listing.greenshoe, Code::UnusedKey, |_| {
                "a greenshoe is a part of what is sold, and nothing is".to_owned()
            })
            .help("write `primary`, `primary_shares` or `secondary`, or take it out"),
        );
    }
    let is_more = !scenario.figures.value(listing.greenshoe).is_zero();
    if is_more && !listing.secondary.is_empty() && matches!(listing.value, ListingValue::PostMoney(_)) {
        bag.add(
            at_figure(scenario, listing.greenshoe, Code::CannotSolve, |_| {
                "a greenshoe of what holders sell hangs on the price, and `post_money` holds both".to_owned()
            })
            .help("write `pre_money` or `price` of the listing"),
        );
    }
}
