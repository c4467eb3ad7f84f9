//! Results of exits.

use std::collections::HashMap;

use crate::outcome::exit::Group;
use crate::outcome::exit::Payments;
use crate::outcome::exit::Return;
use crate::outcome::exit::Taken;
use crate::outcome::exit::breakpoints;
use crate::outcome::exit::payments;
use crate::outcome::exit::played;
use crate::outcome::exit::returns;
use crate::outcome::exit::taken;
use crate::outcome::played::Outcome;
use crate::outcome::table::Tables;
use crate::plan::ClaimantPlan;
use crate::plan::ExitKindPlan;
use crate::units::Decided;
use crate::units::Direction;
use crate::units::Exact;
use crate::units::Scalar;

use super::List;
use super::Measure;
use super::MetricValue;

pub(super) fn exits(outcome: &Outcome, list: &mut List) {
    for (index, exit) in outcome.scenario.exits.iter().enumerate() {
        let Some(paid) = payments(outcome, index) else { continue };
        summary(outcome, index, &exit.id, &paid, list);
        let is_there = |sum: Exact| sum != Exact::ZERO;
        for (number, owner) in outcome.scenario.owners.iter().enumerate() {
            list.number(format!("payout.{}.{}", exit.id, owner.id), Measure::Money, paid.of(number));
        }
        by_group(outcome, index, &exit.id, &paid, list);
        if let Some((holders, classes)) = returns(outcome, index) {
            for (owner, of) in outcome.scenario.owners.iter().zip(&holders) {
                if is_there(of.invested) || is_there(of.value) {
                    one_return(&format!("return.{}.{}", exit.id, owner.id), of, list);
                }
            }
            for (class, of) in outcome.scenario.classes.iter().zip(&classes) {
                let is_own = class.id.contains('.');
                if !is_own && (is_there(of.invested) || is_there(of.value)) {
                    one_return(&format!("class_return.{}.{}", exit.id, class.id), of, list);
                }
            }
        }
        let points = breakpoints(outcome, index);
        for (number, point) in points.iter().skip(1).enumerate() {
            let number = number.saturating_add(1);
            // Twelve places: a quotient's last digits say nothing of a value.
            let value = point.value.rounded(12, Direction::Nearest);
            list.number(format!("breakpoint.{}.{number}", exit.id), Measure::Money, value);
        }
    }
}

fn summary(outcome: &Outcome, index: usize, id: &str, paid: &Payments, list: &mut List) {
    let path = |name: &str| format!("exit.{id}.{name}");
    let Some(state) = played(outcome, index) else { return };
    if let Some(listed) = &state.listed {
        list.number(path("price"), Measure::Price, listed.price);
        let last = Tables::new(&outcome.scenario, &outcome.plan, &outcome.journal)
            .after(crate::outcome::exit::step(&outcome.plan, index).unwrap_or(0))
            .last_price;
        if let Some(last) = last {
            list.number(path("step_up"), Measure::Multiple, listed.price / last);
        }
        for (name, money) in [
            ("pre_money", listed.pre_money),
            ("post_money", listed.post_money),
            ("market_value", listed.issued * listed.price),
            ("raised", listed.raised),
            ("fees", listed.fees),
            ("costs", listed.costs),
            ("net", listed.raised - listed.fees - listed.costs),
        ] {
            list.number(path(name), Measure::Money, money);
        }
        for (name, shares) in [
            ("new_shares", listed.new_shares),
            ("sold_shares", listed.sold_shares),
            ("ratchet_shares", listed.ratchet_shares),
            ("dividend_shares", listed.dividend_shares),
            ("issued", listed.issued),
            ("treasury", listed.treasury),
            ("fully_diluted", listed.fully_diluted),
        ] {
            list.number(path(name), Measure::Shares, shares);
        }
        return;
    }
    for (name, money) in [
        ("value", paid.value),
        ("fees", paid.fees),
        ("costs", paid.costs),
        ("debt", paid.debt),
        ("carve_outs", paid.carve_outs()),
        ("shared", paid.value - paid.fees - paid.costs - paid.debt - paid.carve_outs() - paid.left_over),
        ("left_over", paid.left_over),
    ] {
        list.number(path(name), Measure::Money, money);
    }
    list.number(path("share_value"), Measure::Price, paid.share);
}

fn by_group(outcome: &Outcome, index: usize, id: &str, paid: &Payments, list: &mut List) {
    let scenario = &outcome.scenario;
    let Some(plan) = outcome.plan.exits.get(index) else { return };
    let is_sale = matches!(plan.kind, ExitKindPlan::Sale(_));
    let all: HashMap<Group, Taken> = taken(outcome, index, &paid.level).into_iter().map(|it| (it.group, it)).collect();
    let word = |taken: &Taken| MetricValue::Text(taken.election.word().to_owned());
    for (number, class) in scenario.classes.iter().enumerate() {
        let group = Group::Class(number);
        let sum = paid.of_group(group);
        let Some(taken) = all.get(&group).filter(|_| is_sale) else {
            if sum != Exact::ZERO {
                list.number(format!("class_payout.{id}.{}", class.id), Measure::Money, sum);
            }
            continue;
        };
        list.number(format!("class_payout.{id}.{}", class.id), Measure::Money, sum);
        if Exact::ZERO.lt(taken.shares) == Decided::Yes {
            list.number(format!("class_value.{id}.{}", class.id), Measure::Price, sum / taken.shares);
        }
        list.value(format!("class_election.{id}.{}", class.id), Measure::Text, word(taken));
    }
    for claimant in &plan.claimants {
        let (group, name) = match claimant {
            ClaimantPlan::Class { .. } => continue,
            ClaimantPlan::Grant { grant, .. } => (Group::Grant(*grant), scenario.grants.get(*grant).map(|it| &it.id)),
            ClaimantPlan::Warrant { warrant } => {
                (Group::Warrant(*warrant), scenario.warrants.get(*warrant).map(|it| &it.id))
            }
            ClaimantPlan::Convertible(it) => {
                (Group::Convertible(it.convertible), scenario.convertibles.get(it.convertible).map(|it| &it.id))
            }
        };
        let Some(name) = name else { continue };
        let sum = paid.of_group(group);
        let taken = all.get(&group).filter(|_| is_sale);
        if taken.is_none() && sum == Exact::ZERO {
            continue;
        }
        list.number(format!("instrument_payout.{id}.{name}"), Measure::Money, sum);
        if let Some(taken) = taken {
            list.value(format!("instrument_election.{id}.{name}"), Measure::Text, word(taken));
        }
    }
}

fn one_return(path: &str, of: &Return, list: &mut List) {
    for (name, money) in
        [("invested", of.invested), ("in_kind", of.in_kind), ("received", of.received), ("value", of.value)]
    {
        list.number(format!("{path}.{name}"), Measure::Money, money);
    }
    if let Some(moic) = of.moic() {
        list.value(format!("{path}.moic"), Measure::Multiple, MetricValue::Number(moic));
    }
    if let Some(irr) = of.irr() {
        list.value(format!("{path}.irr"), Measure::Part, MetricValue::Number(irr));
    }
}
