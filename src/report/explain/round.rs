//! Why a round costs what it costs.

use super::Explainer;
use super::Why;
use super::number;
use super::sum_of;
use crate::outcome::Entry;
use crate::outcome::Outcome;
use crate::report::page::Cell;
use crate::scenario::Size;
use crate::scenario::Valuation;
use crate::units::Decided;
use crate::units::Exact;
use crate::units::Scalar;
use crate::units::amount;

impl Explainer<'_> {
    pub(super) fn round(&self, id: &str, what: &str, why: &mut Why) {
        let Outcome { scenario, plan, journal, .. } = self.outcome;
        let Some(index) = scenario.rounds.iter().position(|round| round.id == id) else { return };
        let (Some(round), Some(priced)) = (scenario.rounds.get(index), journal.rounds.get(index).copied().flatten())
        else {
            return;
        };
        if priced.is_held != Decided::Yes {
            return;
        }
        let price = Exact::quotient(Exact::inverse(priced.price));
        let exact = Exact::quotient(Exact::inverse(priced.exact_price));
        let committed = priced.committed.money + priced.committed.own_money + priced.committed.shares * exact;
        why.uses(round.valuation.figure());
        let held = round.valuation.word();
        if what == "price" {
            self.claims(index, why);
        }
        match what {
            // With conversions the claims say it all.
            "price" if priced.converted != Exact::ZERO => {}
            "price" => match round.valuation {
                Valuation::Price(_) => why.formula.push("the price is given, the valuation follows".to_owned()),
                Valuation::StepUp(step) => {
                    let factor = scenario.figures.value(step);
                    let last = Exact::of(factor).decimal().map(|_| exact / Exact::of(factor));
                    why.formula.push("step-up x the price of the last round, the valuation follows".to_owned());
                    why.formula.push(format!(
                        "= {} x {} = {}",
                        factor.normalize(),
                        number(last.unwrap_or(Exact::ZERO)),
                        number(exact)
                    ));
                }
                _ if priced.is_topped_up == Decided::Yes && round.pool.is_some_and(|pool| pool.in_pre_money) => {
                    why.formula.push("pre-money / (shares before + pool increase)".to_owned());
                    why.formula.push(format!(
                        "= {} / ({} + {}) = {}",
                        sum_of(priced.pre_money),
                        number(priced.before),
                        number(priced.increase),
                        number(exact)
                    ));
                }
                _ => {
                    if matches!(round.valuation, Valuation::PostMoney(_)) {
                        why.formula.push(format!(
                            "pre-money = post-money - committed money = {} - {} = {}",
                            sum_of(priced.post_money),
                            sum_of(committed),
                            sum_of(priced.pre_money)
                        ));
                    }
                    why.formula.push("pre-money / shares before".to_owned());
                    why.formula.push(format!(
                        "= {} / {} = {}",
                        sum_of(priced.pre_money),
                        number(priced.before),
                        number(exact)
                    ));
                }
            },
            "pre_money" => {
                why.formula.push(format!("the {held} is held"));
                match round.valuation {
                    Valuation::PreMoney(_) => {}
                    Valuation::PostMoney(_) => why.formula.push(format!(
                        "post-money - committed money = {} - {} = {}",
                        sum_of(priced.post_money),
                        sum_of(committed),
                        sum_of(priced.pre_money)
                    )),
                    Valuation::Price(_) | Valuation::StepUp(_) => {
                        let inside = round.pool.is_some_and(|pool| pool.in_pre_money);
                        let increase = if inside { priced.increase } else { Exact::ZERO };
                        why.formula.push("price x (shares before + pool increase inside the pre-money)".to_owned());
                        why.formula.push(format!(
                            "= {} x ({} + {}) = {}",
                            number(exact),
                            number(priced.before),
                            number(increase),
                            sum_of(priced.pre_money)
                        ));
                    }
                }
            }
            "post_money" => {
                why.formula.push(format!("the {held} is held; every committed tranche counts, not the target"));
                why.formula.push(format!(
                    "pre-money + committed money = {} + {} = {}",
                    sum_of(priced.pre_money),
                    sum_of(committed),
                    sum_of(priced.post_money)
                ));
            }
            _ => why.formula.push("what has closed".to_owned()),
        }
        if price != exact {
            why.formula.push(format!("rounded once to {}", number(price)));
        }
        if let Some(pool) = round.pool {
            why.uses(pool.target);
        }
        if let Some(target) = round.target {
            why.uses(target);
        }
        for posting in &journal.postings {
            let event = posting.step.and_then(|step| plan.steps.get(step)).map_or("opening", |step| step.path.as_str());
            match posting.entry {
                Entry::Signed { tranche, money, .. } if matches!(what, "price" | "pre_money" | "post_money") => {
                    let Some(first) = plan.rounds.get(index).map(|round| round.tranches.start) else { continue };
                    let own = tranche.checked_sub(first).and_then(|number| round.tranches.get(number));
                    if let Some(own) =
                        own.filter(|_| plan.tranches.get(tranche).is_some_and(|tranche| tranche.round == index))
                    {
                        for figure in own.size.figures() {
                            why.uses(figure);
                        }
                        let typed = |figure| scenario.figures.get(figure).map_or("", |entry| entry.typed.as_str());
                        let asked = match (&own.size, scenario.asked(&own.size)) {
                            (Size::PerUnit { amount: each, unit, .. }, Some(all)) => {
                                format!("{} for each {unit}, {} in all", typed(*each), amount(all))
                            }
                            (Size::BurnMonths(months), _) => format!("{} months of burn", typed(*months)),
                            (_, Some(asked)) => format!("of {} asked for", amount(asked)),
                            (_, None) => "given in shares".to_owned(),
                        };
                        let cell = money.decimal().map_or(Cell::Empty, Cell::Money);
                        why.row(event, format!("tranche {} is signed", own.id), cell, asked);
                    }
                }
                Entry::Closed { closing, shares, money, .. } if matches!(what, "raised" | "new_shares") => {
                    let Some((of, tranche)) = self.tranche(closing).filter(|(of, _)| of.id == round.id) else {
                        continue;
                    };
                    why.uses(tranche.size.figure());
                    let cell = if what == "raised" {
                        money.decimal().map_or(Cell::Empty, Cell::Money)
                    } else {
                        shares.decimal().map_or(Cell::Empty, Cell::Shares)
                    };
                    why.row(event, format!("tranche {} of {} closes", tranche.id, of.id), cell, String::new());
                }
                Entry::PoolIncreased { round: of, shares, .. } if of == index && what != "raised" => {
                    let cell = shares.decimal().map_or(Cell::Empty, Cell::Shares);
                    why.row(event, "pool increase".to_owned(), cell, "shares".to_owned());
                }
                _ => {}
            }
        }
    }
}
