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
use crate::outcome::election;
use crate::outcome::payments;
use crate::outcome::played_exit;
use crate::outcome::returns;
use crate::report::exits::group_name;
use crate::report::exits::groups;
use crate::report::exits::priced;
use crate::report::exits::said;
use crate::report::exits::shares_of_next;
use crate::report::exits::turnings;
use crate::report::page::Cell;
use crate::scenario::ExitKind;
use crate::units::Decided;
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
            why.row(&event, format!("  of it {holder}"), amount, percent(payment.amount / sum));
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
                why.formula.push(format!("{rate} a year makes all of it worth nothing together"));
            }
            None if !of.is_known => {
                why.formula.push("an opening line says not what was paid: there is no return".to_owned());
            }
            None if !of.is_dated => {
                why.formula.push("an opening line says not when it was paid: there is no yearly rate".to_owned());
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
                let fixed = said(scenario, piece.constant);
                why.formula.push(format!(
                    "every preference is covered: ({left} - {fixed} that does not move with it) / {} shares that count = {} a common share",
                    number(piece.slope),
                    priced(scenario, paid.share)
                ));
            }
            Level::Short { rank, left: there, part, .. } => {
                let owed = state.waterfall.ranks().get(rank as usize).copied().unwrap_or(Exact::ZERO);
                let part = Exact::quotient(part);
                why.formula.push(format!(
                    "the preferences take it all: what is paid last is owed {} and has {}, {} of it; common stock has nothing",
                    said(scenario, owed),
                    said(scenario, there),
                    percent(part)
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
            return format!("at {} a common share, options above their strike", priced(scenario, paid.share));
        }
        if let Group::CarveOut(number) = group {
            let carve_out = match scenario.exits.get(index).map(|exit| &exit.kind) {
                Some(ExitKind::Sale(sale)) => sale.carve_outs.get(number),
                _ => None,
            };
            let whole = paid.of_group(group);
            let name = carve_out.map_or("", |it| it.name.as_str());
            return format!("{} of {name}'s {}", percent(amount / whole), said(scenario, whole));
        }
        let all = paid.of_group(group);
        let shares = groups(self.outcome, index).into_iter().find(|(of, _)| *of == group).map(|(_, shares)| shares);
        let takes = election(self.outcome, index, group, &paid.level);
        let part = if all == Exact::ZERO || amount == all {
            String::new()
        } else {
            format!("{} of {}: ", percent(amount / all), said(scenario, all))
        };
        let counted = shares.map_or_else(String::new, |shares| format!("{} shares", number(shares)));
        let a_share = priced(scenario, paid.share);
        let words = match takes {
            Some(Election::Common) => format!("{counted} at {a_share}"),
            Some(Election::Converts | Election::Some) => format!("{counted} convert, at {a_share} a common share"),
            Some(Election::Preference) => match self.each_way(index, group) {
                Some((fixed, _)) => format!("keeps {}", said(scenario, fixed)),
                None => "keeps its preference".to_owned(),
            },
            Some(Election::Shares) => match self.each_way(index, group) {
                Some((fixed, _)) => format!("{} first, and {counted} at {a_share}", said(scenario, fixed)),
                None => String::new(),
            },
            Some(Election::AtCap) => "has all it may take without converting".to_owned(),
            Some(Election::Discount) => "its money at its discount".to_owned(),
            Some(Election::Indifferent) => format!("its preference and {counted} at {a_share} are worth the same"),
            Some(Election::Exercised) => format!("{counted} at {a_share}, less the strike"),
            Some(Election::NotExercised) => format!("{counted} worth less than their strike"),
            None => String::new(),
        };
        let other = match (takes, self.each_way(index, group)) {
            (Some(Election::Preference), Some((_, shares))) if shares != Exact::ZERO => {
                let worth = shares * paid.share;
                format!(
                    "; converted it would be worth {}",
                    said(scenario, worth.rounded(2, crate::units::Direction::Nearest))
                )
            }
            (Some(Election::Converts), Some((fixed, _))) if fixed != Exact::ZERO => {
                format!("; its preference would be {}", said(scenario, fixed))
            }
            _ => String::new(),
        };
        format!("{part}{words}{other}")
    }

    /// What a group is owed before common stock, and the shares it has if it converts.
    fn each_way(&self, index: usize, group: Group) -> Option<(Exact, Exact)> {
        let (plan, state) = (self.outcome.plan.exits.get(index)?, played_exit(self.outcome, index)?);
        let mut fixed = Exact::ZERO;
        let mut shares = Exact::ZERO;
        for (part, claim) in state.parts.iter().zip(state.waterfall.claims()) {
            if plan.claimants.get(part.claimant).map(Group::of) == Some(group) {
                fixed += claim.fixed;
                shares += claim.kinks().find(|kink| kink.rises).map_or(Exact::ZERO, |kink| kink.shares);
            }
        }
        let is_none = fixed == Exact::ZERO && shares == Exact::ZERO;
        (!is_none).then_some((fixed, shares))
    }
}
