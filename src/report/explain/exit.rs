//! Why an exit pays what it pays: every step of a holder's money.

use super::Explainer;
use super::Why;
use super::number;
use super::percent;
use super::sum_of;
use crate::outcome::Election;
use crate::outcome::Group;
use crate::outcome::Level;
use crate::outcome::Outcome;
use crate::outcome::Payments;
use crate::outcome::breakpoints;
use crate::outcome::payments;
use crate::outcome::played_exit;
use crate::outcome::returns;
use crate::outcome::taken;
use crate::report::exits::group_name;
use crate::report::exits::priced;
use crate::report::exits::said;
use crate::report::exits::shares_of_next;
use crate::report::exits::turnings;
use crate::report::page::Cell;
use crate::units::Decided;
use crate::units::Direction;
use crate::units::Exact;
use crate::units::Scalar;

impl Explainer<'_> {
    fn exit_named(&self, id: &str) -> Option<(usize, Payments)> {
        let index = self.outcome.scenario.exits.iter().position(|exit| exit.id == id)?;
        Some((index, payments(self.outcome, index)?))
    }

    /// A payment to a holder: from the value to what is shared, what a share is worth, and each of its claims.
    pub(super) fn payout(&self, exit: &str, owner: &str, why: &mut Why) {
        let Some((index, paid)) = self.exit_named(exit) else { return };
        let Some(owner) = self.owner_id(owner) else { return };
        self.shared(index, &paid, why);
        let event = format!("exit.{exit}");
        for payment in paid.all.iter().filter(|payment| payment.owner == owner.index()) {
            let name = group_name(self.outcome, index, payment.group);
            let amount = payment.amount.decimal().map_or(Cell::Empty, Cell::Money);
            let how = if payment.is_sold {
                "shares sold in the listing, net of fees".to_owned()
            } else {
                self.how(index, &paid, payment.group, payment.amount)
            };
            why.row(&event, name, amount, how);
        }
    }

    /// What a class or an instrument is paid.
    pub(super) fn group_payout(&self, exit: &str, id: &str, is_class: bool, why: &mut Why) {
        let Some((index, paid)) = self.exit_named(exit) else { return };
        let scenario = &self.outcome.scenario;
        let group = if is_class {
            scenario.classes.iter().position(|class| class.id == id).map(Group::Class)
        } else {
            let grant = scenario.grants.iter().position(|it| it.id == id).map(Group::Grant);
            let warrant = || scenario.warrants.iter().position(|it| it.id == id).map(Group::Warrant);
            let convertible = || scenario.convertibles.iter().position(|it| it.id == id).map(Group::Convertible);
            grant.or_else(warrant).or_else(convertible)
        };
        let Some(group) = group else { return };
        self.shared(index, &paid, why);
        let event = format!("exit.{exit}");
        let sum = paid.of_group(group);
        let amount = sum.decimal().map_or(Cell::Empty, Cell::Money);
        let how = self.how(index, &paid, group, sum);
        why.row(&event, group_name(self.outcome, index, group), amount, how);
        for payment in paid.all.iter().filter(|payment| payment.group == group) {
            let holder = scenario.owners.get(payment.owner).map_or("", |owner| owner.name.as_str());
            let amount = payment.amount.decimal().map_or(Cell::Empty, Cell::Money);
            let part = if sum == Exact::ZERO { String::new() } else { percent(payment.amount / sum) };
            why.row(&event, format!("  of it {holder}"), amount, part);
        }
    }

    /// The value of an exit, and what a share is worth in it.
    pub(super) fn exit_summary(&self, exit: &str, why: &mut Why) {
        if let Some((index, paid)) = self.exit_named(exit) {
            self.shared(index, &paid, why);
        }
    }

    /// Every breakpoint of a sale.
    pub(super) fn breakpoint(&self, exit: &str, why: &mut Why) {
        let Some((index, _)) = self.exit_named(exit) else { return };
        let event = format!("exit.{exit}");
        for point in breakpoints(self.outcome, index) {
            let value = point.value.decimal().map_or(Cell::Empty, Cell::Money);
            let next = shares_of_next(self.outcome, index, &point);
            why.row(&event, turnings(self.outcome, index, &point), value, next);
        }
        why.formula.push("between two breakpoints each further unit is shared in the same way".to_owned());
    }

    /// What a return is of: every payment on its day.
    pub(super) fn returned(&self, exit: &str, id: &str, is_class: bool, why: &mut Why) {
        let Some((index, _)) = self.exit_named(exit) else { return };
        let Some((holders, classes)) = returns(self.outcome, index) else { return };
        let scenario = &self.outcome.scenario;
        let of = if is_class {
            scenario.classes.iter().position(|class| class.id == id).and_then(|class| classes.get(class))
        } else {
            self.owner_id(id).and_then(|owner| holders.get(owner.index()))
        };
        let Some(of) = of else { return };
        let mut payments = of.payments.clone();
        payments.sort_by_key(|payment| payment.day);
        for payment in payments.iter().filter(|payment| payment.amount != Exact::ZERO) {
            let what = if payment.amount.lt(Exact::ZERO) == Decided::Yes { "put in" } else { "comes back" };
            let amount = payment.amount.decimal().map_or(Cell::Empty, Cell::Money);
            why.row(&payment.day.to_string(), what.to_owned(), amount, String::new());
        }
        why.formula.push(format!(
            "({} received before + {} here) / {} put in{}",
            sum_of(of.received),
            sum_of(of.value),
            sum_of(of.invested),
            of.moic().map_or_else(String::new, |moic| format!(" = {} times", moic.round_dp(4).normalize()))
        ));
        match of.irr() {
            Some(rate) => {
                let rate = percent(Exact::of(rate));
                why.formula.push(format!("money that grows by {rate} a year pays all of this"));
            }
            None if !of.is_known => {
                why.formula.push("an opening line says not what was paid: there is no return".to_owned());
            }
            None if !of.is_dated => {
                why.formula.push(
                    "something was paid on a day that nobody wrote, or only after the exit: there is no yearly rate"
                        .to_owned(),
                );
            }
            None => why.formula.push("no one yearly rate explains these payments".to_owned()),
        }
    }

    /// From the value to what is shared, and what a common share is then worth.
    fn shared(&self, index: usize, paid: &Payments, why: &mut Why) {
        let scenario = &self.outcome.scenario;
        let Some(state) = played_exit(self.outcome, index) else { return };
        if let Some(listed) = &state.listed {
            why.formula.push(format!(
                "pre-money {} / what is there before the new shares: {} a common share",
                said(scenario, listed.pre_money),
                priced(scenario, listed.price)
            ));
            for (name, added) in [("ratchets", listed.ratchet_shares), ("dividends", listed.dividend_shares)] {
                if added != Exact::ZERO {
                    let worth = said(scenario, added * listed.price);
                    why.formula.push(format!(
                        "{name} give {} shares beyond the conversion ratios, worth {worth}",
                        number(added)
                    ));
                }
            }
            return;
        }
        let carved = paid.carve_outs();
        let first: Vec<String> =
            [("fees", paid.fees), ("costs", paid.costs), ("debt", paid.debt), ("carve-outs", carved)]
                .iter()
                .filter(|(_, sum)| *sum != Exact::ZERO)
                .map(|(name, sum)| format!(" - {} {name}", said(scenario, *sum)))
                .collect();
        let left = said(scenario, state.deducted.left);
        if first.is_empty() {
            why.formula.push(format!("{left} to share"));
        } else {
            why.formula.push(format!("{}{} = {left} to share", said(scenario, paid.value), first.concat()));
        }
        match paid.level {
            Level::Covered { passed, .. } => {
                let piece = passed.checked_sub(1).and_then(|last| state.waterfall.pieces().get(last));
                let Some(piece) = piece.filter(|piece| piece.slope != Exact::ZERO) else { return };
                let is_paid_in = piece.constant.lt(Exact::ZERO) == Decided::Yes;
                let fixed = said(scenario, piece.constant.magnitude());
                let fixed = match (piece.constant == Exact::ZERO, is_paid_in) {
                    (true, _) => left,
                    (false, true) => format!("({left} + {fixed} of strikes)"),
                    (false, false) => format!("({left} - {fixed} that does not move with it)"),
                };
                why.formula.push(format!(
                    "every preference is covered: {fixed} / {} shares that count = {} a common share",
                    number(piece.slope),
                    priced(scenario, paid.share)
                ));
            }
            Level::Short { rank, left: there, part, has_strikes } => {
                let owed = state.waterfall.ranks().get(rank as usize).copied().unwrap_or(Exact::ZERO);
                let part = Exact::quotient(part);
                // With a strike in the way the part is of what shares are owed before it.
                let share = if has_strikes { String::new() } else { format!(", {} of it", percent(part)) };
                why.formula.push(format!(
                    "the preferences take it all: what is paid last is owed {} and has {}{share}; common stock has nothing",
                    said(scenario, owed),
                    said(scenario, there),
                ));
            }
            Level::TooMuch { .. } => {}
        }
    }

    /// How a group comes to its money.
    fn how(&self, index: usize, paid: &Payments, group: Group, amount: Exact) -> String {
        let Outcome { scenario, .. } = self.outcome;
        let Some(state) = played_exit(self.outcome, index) else { return String::new() };
        if state.listed.is_some() {
            return match group {
                Group::Convertible(_) => "it stays a debt: principal and interest".to_owned(),
                Group::Grant(_) | Group::Warrant(_) => {
                    format!("its shares at {}, less the strike", priced(scenario, paid.share))
                }
                Group::Class(_) | Group::CarveOut(_) => format!("at {} a common share", priced(scenario, paid.share)),
            };
        }
        let all = paid.of_group(group);
        let part = |of: &str| {
            if all == Exact::ZERO || amount == all {
                of.to_owned()
            } else {
                format!("{} of {}: {of}", percent(amount / all), said(scenario, all))
            }
        };
        if let Group::CarveOut(_) = group {
            return part("its part of the carve-out");
        }
        let Some(taken) = taken(self.outcome, index, &paid.level).into_iter().find(|it| it.group == group) else {
            return String::new();
        };
        let a_share = priced(scenario, paid.share);
        let is_short = matches!(paid.level, Level::Short { .. });
        let counted = format!("{} shares", number(taken.common));
        let owed = said(scenario, taken.owed);
        let worth = said(scenario, (taken.common * paid.share).rounded(2, Direction::Nearest));
        let has_shares = taken.common != Exact::ZERO;
        part(&match taken.election {
            Election::Common => format!("{counted} at {a_share}"),
            Election::Preference | Election::Shares if is_short => {
                format!("owed {owed}, paid as far as the money goes in its turn")
            }
            Election::Preference if has_shares => format!("keeps {owed}: {counted} at {a_share} are {worth}"),
            Election::Preference => format!("keeps {owed}"),
            Election::Shares => {
                let most = taken.limit.map_or_else(String::new, |limit| format!(", at most {}", said(scenario, limit)));
                format!("{owed} first, and its shares at {a_share}{most}: converted, {counted} are {worth}")
            }
            Election::AtCap => format!("all it may take without converting: {counted} at {a_share} are {worth}"),
            Election::Converts => {
                let other = if taken.owed == Exact::ZERO {
                    String::new()
                } else {
                    format!("; it is owed {owed} if it does not")
                };
                format!("converts: {counted} at {a_share}{other}")
            }
            Election::Some => "some of its shares convert: their dividends differ".to_owned(),
            Election::Discount => "its money at its discount".to_owned(),
            Election::Indifferent => format!("{owed} and {counted} at {a_share} are worth the same"),
            Election::Exercised if is_short => {
                "what its shares are owed as far as the money goes, less the strike".to_owned()
            }
            Election::Exercised => format!("{} shares, less the strike", number(taken.shares)),
            Election::NotExercised => format!("{} shares worth less than their strike", number(taken.shares)),
        })
    }
}
