//! Why an instrument gives what it gives.

use super::Explainer;
use super::Why;
use super::number;
use super::percent;
use super::sum_of;
use crate::outcome::ConversionRecord;
use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::outcome::Why as Reason;
use crate::outcome::term;
use crate::outcome::term_word;
use crate::plan::Capitalisation;
use crate::plan::TermPlan;
use crate::report::instruments::legs;
use crate::report::instruments::term_price;
use crate::report::page::Cell;
use crate::scenario::Convertible;
use crate::scenario::FigureEntry;
use crate::studies::switches;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

impl Explainer<'_> {
    /// A conversion: its balance, each of its terms, which one bound and where another would.
    pub(super) fn conversion(&self, id: &str, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(index) = scenario.convertibles.iter().position(|convertible| convertible.id == id) else { return };
        let Some(convertible) = scenario.convertibles.get(index) else { return };
        let Some(record) = journal.conversions.iter().find(|record| record.converted.convertible == index) else {
            return;
        };
        let converted = &record.converted;
        self.grown(convertible, converted.balance, why);
        why.formula.push(format!(
            "{} / {} a share = {} shares",
            sum_of(converted.balance),
            number(converted.price),
            number(converted.shares)
        ));
        let event = record.step.and_then(|step| plan.steps.get(step)).map_or("", |step| step.path.as_str());
        let Some(round) = converted.round.and_then(|round| scenario.rounds.get(round)) else {
            why.formula.push(format!("{} on its own, without a round", term(self.outcome, record)));
            return;
        };
        for (place, leg) in legs(self.outcome, record).iter().enumerate() {
            let of = leg.of.and_then(|of| scenario.convertibles.get(of));
            let of = of.map_or_else(String::new, |of| format!(" of `{}`", of.id));
            let typed = |slot| scenario.figures.get(slot).map_or_else(String::new, FigureEntry::stated);
            let what = match leg.term {
                TermPlan::Cap(cap, counts) => {
                    format!("{}{of}: {} / {}", term_word(leg.term), typed(cap), counted(counts))
                }
                TermPlan::Discount(off) => {
                    format!("{}{of}: {} below the round's price", term_word(leg.term), typed(off))
                }
                TermPlan::Ownership(part) => format!("{} of all before the new money", typed(part)),
                TermPlan::Round => "the round's price".to_owned(),
            };
            let money = record.terms.get(place).copied().unwrap_or(Exact::ZERO);
            let how = format!("{}{}", sum_of(money), if place == converted.place { ", binds" } else { "" });
            let price = term_price(record, place).and_then(Exact::decimal).map_or(Cell::Empty, Cell::Price);
            why.row(event, what, price, format!("worth {how} at {}'s price", round.name));
        }
        self.term_switches(record, why);
    }

    /// Where, moving the valuation alone, another term would bind.
    fn term_switches(&self, record: &ConversionRecord, why: &mut Why) {
        let Some(found) = switches(self.outcome, record) else { return };
        let now = term(self.outcome, record);
        for (is_below, valuation, other) in found {
            let side = if is_below { "below" } else { "above" };
            why.formula.push(format!(
                "{now} stops binding {side} a {} of about {}: then {other}",
                self.outcome
                    .scenario
                    .rounds
                    .get(record.converted.round.unwrap_or(usize::MAX))
                    .map_or("valuation", |round| round.valuation.word()),
                amount(valuation)
            ));
        }
    }

    /// Principal and interest.
    fn grown(&self, convertible: &Convertible, balance: Exact, why: &mut Why) {
        let principal = Exact::of(self.outcome.scenario.figures.value(convertible.amount));
        if balance != principal {
            why.formula.push(format!(
                "principal {} + interest {} = {}",
                sum_of(principal),
                sum_of(balance - principal),
                sum_of(balance)
            ));
        }
    }

    /// A conversion price and its history.
    pub(super) fn conversion_price(&self, id: &str, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(class) = scenario.classes.iter().position(|class| class.id == id) else { return };
        for posting in &journal.postings {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            match posting.entry {
                Entry::Adjusted { class: of, before, after, base, is_lowered, .. } if of as usize == class => {
                    let round = scenario.rounds.iter().position(|round| event == format!("round.{}", round.id));
                    let priced = round.and_then(|round| journal.rounds.get(round).copied().flatten());
                    let price = priced.map_or(Exact::ZERO, |priced| Exact::quotient(Exact::inverse(priced.price)));
                    let committed = priced.map(|priced| priced.committed);
                    let raised =
                        committed.map_or(Exact::ZERO, |sold| sold.money + sold.own_money + sold.shares * price);
                    let bought =
                        committed.map_or(Exact::ZERO, |sold| sold.money / price + sold.shares + sold.own_shares);
                    let average = (before * base + raised) / (base + bought);
                    let near = |value: Exact| (value - after).magnitude().lt(after * Exact::GRAIN) == Decided::Yes;
                    let how = if !is_lowered {
                        "its first round's price".to_owned()
                    } else if base == Exact::ZERO && near(price) {
                        format!("full ratchet: the price of {}", number(price))
                    } else if base != Exact::ZERO && near(average) {
                        format!(
                            "{} x ({} + {} / {}) / ({} + {})",
                            number(before),
                            number(base),
                            sum_of(raised),
                            number(before),
                            number(base),
                            number(bought)
                        )
                    } else if base == Exact::ZERO || average.lt(after) == Decided::Yes {
                        "held at its floor".to_owned()
                    } else {
                        "weighted average of the new money and of what converts".to_owned()
                    };
                    let cell = after.decimal().map_or(Cell::Empty, Cell::Price);
                    why.row(event, format!("from {} to", number(before)), cell, how);
                }
                Entry::Split { factor, .. } => {
                    why.row(event, "split".to_owned(), Cell::Empty, format!("{} new for one old", number(factor)));
                }
                _ => {}
            }
        }
        if why.rows.is_empty() {
            why.formula.push("issue price over conversion ratio; no round has lowered it".to_owned());
        }
    }

    /// What happened to a grant or a warrant.
    pub(super) fn rights(&self, family: &str, id: &str, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let grant = scenario.grants.iter().position(|grant| family == "grant" && grant.id == id);
        let warrant = scenario.warrants.iter().position(|warrant| family == "warrant" && warrant.id == id);
        for posting in &journal.postings {
            let Entry::Moved { why: reason, left, arrived, money, .. } = posting.entry else { continue };
            let what = match reason {
                Reason::Granted { grant: of } if Some(of) == grant => "granted",
                Reason::Exercised { grant: of } if Some(of) == grant => "exercised",
                Reason::Returned { grant: of } if Some(of) == grant => "returned to the pool",
                Reason::WarrantIssued { warrant: of } if Some(of) == warrant => "begins to count",
                Reason::WarrantExercised { warrant: of } if Some(of) == warrant => "exercised",
                Reason::WarrantLapsed { warrant: of } if Some(of) == warrant => "lapses",
                _ => continue,
            };
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            let shares = if arrived == Exact::ZERO { left } else { arrived };
            let how = if money == Exact::ZERO { String::new() } else { format!("for {}", sum_of(money)) };
            why.row(event, what.to_owned(), shares.decimal().map_or(Cell::Empty, Cell::Shares), how);
        }
    }

    /// The claims on a round's valuation, in money, that add up to it.
    pub(super) fn claims(&self, index: usize, why: &mut Why) {
        let Outcome { scenario, journal, .. } = self.outcome;
        let Some(priced) = journal.rounds.get(index).copied().flatten() else { return };
        if priced.converted == Exact::ZERO {
            return;
        }
        let event = scenario.rounds.get(index).map_or_else(String::new, |round| format!("round.{}", round.id));
        let price = Exact::quotient(Exact::inverse(priced.exact_price));
        let mut row = |what: &str, shares: Exact| {
            if shares != Exact::ZERO {
                let cell = (shares * price).decimal().map_or(Cell::Empty, Cell::Money);
                why.row(&event, what.to_owned(), cell, format!("{} shares, as converted", number(shares)));
            }
        };
        row("the shares before it", priced.before);
        row("the pool increase", priced.increase);
        for record in journal.conversions.iter().filter(|record| record.converted.round == Some(index)) {
            let of = scenario.convertibles.get(record.converted.convertible);
            let money = record.terms.get(record.converted.place).copied().unwrap_or(Exact::ZERO);
            let what = of.map_or_else(String::new, |of| format!("`{}` by its {}", of.path, term(self.outcome, record)));
            row(&what, money / price);
        }
        let all = priced.before + priced.increase + priced.converted_shares;
        why.formula.push(format!(
            "every claim in money at {}: {} shares before the new money, of which conversions have {}",
            number(price),
            number(all),
            percent(priced.converted_shares / all)
        ));
        if priced.is_held != Decided::Yes {
            why.rows.clear();
        }
    }
}

/// What a cap divides by, in words.
fn counted(counts: Capitalisation) -> &'static str {
    match counts {
        Capitalisation::PostMoney => "all before the new money but the pool increase",
        Capitalisation::WithPool => "the shares before and the pool increase, no convertible",
        Capitalisation::BeforeNewMoney => "all before the new money",
        Capitalisation::BeforeRound => "the shares before the round",
    }
}
