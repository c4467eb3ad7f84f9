//! What was put in, what comes out, and the return of it: by holder and by class.

use std::collections::HashMap;

use crate::engine::Entry;
use crate::engine::Why;
use crate::plan::Plan;
use crate::scenario::ExitKind;
use crate::units::Day;
use crate::units::Decided;
use crate::units::Decimal;
use crate::units::Exact;
use crate::units::Scalar;

use super::payments::Group;
use super::payments::payments;
use super::rate::Dated;
use super::rate::rate;
use super::step;
use crate::outcome::opening::OpeningCost;
use crate::outcome::opening::opening_costs;
use crate::outcome::played::Outcome;

/// What somebody put in and takes out.
#[derive(Debug, Clone)]
pub struct Return {
    /// Money and what stands for it.
    pub invested: Exact,
    /// The part of it in kind.
    pub in_kind: Exact,
    /// What came back before: sold, paid back, interest.
    pub received: Exact,
    /// What the exit pays, or what is kept is worth; carve-outs are no return.
    pub value: Exact,
    /// Whether everything that was paid is known: an opening stake without a price is not.
    pub is_known: bool,
    /// Whether the day of everything that was paid is known.
    pub is_dated: bool,
    /// Every payment on its day.
    pub payments: Vec<Dated>,
}

impl Return {
    fn new() -> Return {
        let nothing = Exact::ZERO;
        Return {
            invested: nothing,
            in_kind: nothing,
            received: nothing,
            value: nothing,
            is_known: true,
            is_dated: true,
            payments: Vec::new(),
        }
    }

    /// Times the money: what came back and what is there over what was put in. None where that is not known.
    #[must_use]
    pub fn moic(&self) -> Option<Decimal> {
        let has = self.is_known && Exact::ZERO.lt(self.invested) == Decided::Yes;
        has.then(|| ((self.received + self.value) / self.invested).decimal()).flatten()
    }

    /// The yearly rate of return; none where there is none, or more than one.
    #[must_use]
    pub fn irr(&self) -> Option<Decimal> {
        let has = self.is_known && self.is_dated && Exact::ZERO.lt(self.invested) == Decided::Yes;
        has.then(|| rate(&self.payments)).flatten()
    }

    fn pays(&mut self, day: Day, money: Exact, in_kind: Exact) {
        self.invested += money;
        self.in_kind += in_kind;
        self.payments.push(Dated { day, amount: Exact::ZERO - money });
    }

    fn gets(&mut self, day: Day, money: Exact) {
        self.received += money;
        self.payments.push(Dated { day, amount: money });
    }

    fn ends(&mut self, payments: impl Iterator<Item = (Day, Exact)>) {
        for (day, amount) in payments {
            self.value += amount;
            self.payments.push(Dated { day, amount });
        }
    }
}

/// The returns of every owner, then of every class, at an exit.
#[must_use]
pub fn returns(outcome: &Outcome, exit: usize) -> Option<(Vec<Return>, Vec<Return>)> {
    let Outcome { scenario, plan, journal, .. } = outcome;
    let last = step(plan, exit)?;
    let paid = payments(outcome, exit)?;
    let mut holders = vec![Return::new(); scenario.owners.len()];
    let mut classes = vec![Return::new(); scenario.classes.len()];
    opening(outcome, &mut holders, &mut classes);
    let end = journal.marks.get(last).map_or(journal.postings.len(), |mark| mark.postings);
    let posted = journal.postings.get(..end).unwrap_or(&[]);
    let on =
        |step: Option<usize>| step.and_then(|step| plan.steps.get(step)).map_or(scenario.opening.date, |it| it.day);
    let mut lent: HashMap<usize, Vec<(Day, Exact)>> = HashMap::new();
    let day_of_exit = plan.steps.get(last)?.day;
    let branch = journal.branches.get(exit).map_or(&[][..], Vec::as_slice);
    let paid_on: Vec<Option<Day>> =
        scenario.rounds.iter().flat_map(|round| &round.tranches).map(|tranche| tranche.paid).collect();
    for posting in posted {
        post(outcome, &paid_on, on(posting.step), &posting.entry, &mut holders, &mut classes, &mut lent);
    }
    for entry in branch {
        match entry {
            // What sellers are paid in a listing is net of fees: their payments say so.
            Entry::Sold { buyer, money, .. } => {
                if let Some(holder) = holders.get_mut(line(plan, Some(*buyer)).0) {
                    holder.pays(day_of_exit, *money, Exact::ZERO);
                }
            }
            entry => post(outcome, &paid_on, day_of_exit, entry, &mut holders, &mut classes, &mut lent),
        }
    }
    // What is put in only after the exit has no place in a rate up to it.
    for of in holders.iter_mut().chain(&mut classes) {
        of.is_dated &= of.payments.iter().all(|payment| payment.day <= day_of_exit);
    }
    let dated = |payment: Exact| when_paid(outcome, exit, day_of_exit, payment);
    for payment in paid.all.iter().filter(|payment| !matches!(payment.group, Group::CarveOut(_))) {
        if let Some(holder) = holders.get_mut(payment.owner) {
            if payment.is_sold {
                holder.gets(day_of_exit, payment.amount);
            } else {
                holder.ends(dated(payment.amount));
            }
        }
        if let (Group::Class(class), false) = (payment.group, payment.is_sold)
            && let Some(class) = classes.get_mut(class)
        {
            class.ends(dated(payment.amount));
        }
    }
    Some((holders, classes))
}

/// What is paid when: at once, and later what is held back.
fn when_paid(outcome: &Outcome, exit: usize, day: Day, amount: Exact) -> impl Iterator<Item = (Day, Exact)> + use<> {
    let mut parts = Vec::new();
    let mut left = amount;
    if let Some(ExitKind::Sale(sale)) = outcome.scenario.exits.get(exit).map(|exit| &exit.kind) {
        for held in [sale.escrow, sale.holdback].into_iter().flatten() {
            let later = amount * Exact::of(outcome.scenario.figures.value(held.share));
            left -= later;
            parts.push((held.until, later));
        }
    }
    parts.insert(0, (day, left));
    parts.into_iter()
}

/// What was paid for the opening lines.
fn opening(outcome: &Outcome, holders: &mut [Return], classes: &mut [Return]) {
    let Outcome { scenario, journal, plan, .. } = outcome;
    for OpeningCost { line, money } in opening_costs(scenario, plan, journal) {
        let both = [holders.get_mut(line.owner.index()), classes.get_mut(line.class.index())];
        for of in both.into_iter().flatten() {
            match money {
                Some(money) => {
                    of.is_dated &= line.bought.is_some();
                    of.pays(line.bought.unwrap_or(scenario.opening.date), money, Exact::ZERO);
                }
                None => of.is_known = false,
            }
        }
    }
}

fn line(plan: &Plan, line: Option<usize>) -> (usize, usize) {
    let position = line.and_then(|line| plan.positions.get(line));
    position.map_or((usize::MAX, usize::MAX), |it| (it.owner as usize, it.class as usize))
}

fn post(
    outcome: &Outcome,
    paid_on: &[Option<Day>],
    day: Day,
    entry: &Entry<Exact>,
    holders: &mut [Return],
    classes: &mut [Return],
    lent: &mut HashMap<usize, Vec<(Day, Exact)>>,
) {
    let plan = &outcome.plan;
    let is_above = |money: Exact| Exact::ZERO.lt(money) == Decided::Yes;
    match *entry {
        Entry::Closed { closing, position, money, cash, .. } => {
            let (owner, class) = line(plan, Some(position));
            // Cash may be paid later than shares are issued.
            let tranche = plan.closings.get(closing).map(|closing| closing.tranche);
            let paid = tranche.and_then(|number| paid_on.get(number)).copied().flatten();
            let paid = paid.map_or(day, |paid| paid.max(day));
            for of in [holders.get_mut(owner), classes.get_mut(class)].into_iter().flatten() {
                if is_above(cash) {
                    of.pays(paid, cash, Exact::ZERO);
                }
                if is_above(money - cash) {
                    of.pays(day, money - cash, money - cash);
                }
            }
        }
        Entry::Sold { seller, buyer, money, .. } => {
            if let Some(holder) = holders.get_mut(line(plan, Some(seller)).0) {
                holder.gets(day, money);
            }
            if let Some(holder) = holders.get_mut(line(plan, Some(buyer)).0) {
                holder.pays(day, money, Exact::ZERO);
            }
        }
        Entry::Lent { convertible, money, .. } => {
            let owner = plan.convertibles.get(convertible).map_or(usize::MAX, |it| it.owner);
            let Some(holder) = holders.get_mut(owner) else { return };
            if is_above(money) {
                holder.pays(day, money, Exact::ZERO);
                lent.entry(convertible).or_default().push((day, money));
            } else {
                holder.gets(day, Exact::ZERO - money);
            }
        }
        Entry::Moved { why, from, to, money, .. } => {
            let (owner, class) = line(plan, to.or(from));
            match why {
                Why::Converted { convertible, .. } => {
                    // What the convertible cost is what the shares cost.
                    for (day, money) in lent.remove(&convertible).unwrap_or_default() {
                        if let Some(class) = classes.get_mut(class) {
                            class.pays(day, money, Exact::ZERO);
                        }
                    }
                }
                // What the shares of the old class cost is not told apart.
                Why::Reclassified | Why::PayToPlay { .. } => {
                    for class in [line(plan, from).1, line(plan, to).1] {
                        if let Some(class) = classes.get_mut(class) {
                            class.is_known = false;
                        }
                    }
                }
                Why::Listed => {
                    if let Some(class) = from.and_then(|from| classes.get_mut(line(plan, Some(from)).1)) {
                        class.is_known = false;
                    }
                    if let Some(class) = classes.get_mut(class) {
                        class.is_known = false;
                    }
                }
                _ => {}
            }
            for of in [holders.get_mut(owner), classes.get_mut(class)].into_iter().flatten() {
                if is_above(money) {
                    of.pays(day, money, Exact::ZERO);
                } else if money != Exact::ZERO {
                    of.gets(day, Exact::ZERO - money);
                }
            }
        }
        _ => {}
    }
}
