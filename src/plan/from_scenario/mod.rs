//! Compiles a scenario.

mod accrual;
mod exits;
mod instruments;
mod profile;
mod treasury;

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostics::Bag;
use crate::scenario::Class;
use crate::scenario::ClassId;
use crate::scenario::Convertible;
use crate::scenario::Drawdown;
use crate::scenario::OpeningCount;
use crate::scenario::Oversubscription;
use crate::scenario::OwnerId;
use crate::scenario::Part;
use crate::scenario::PriceRule;
use crate::scenario::Ratio;
use crate::scenario::Round;
use crate::scenario::Rounding;
use crate::scenario::Scenario;
use crate::scenario::Secondary;
use crate::scenario::SecondaryPrice;
use crate::scenario::Size;
use crate::scenario::Status;
use crate::scenario::Tranche;
use crate::scenario::Valuation;
use crate::units::Day;
use crate::units::Decimal;

use super::AllocationPlan;
use super::BalancePlan;
use super::CashPart;
use super::ClosingPlan;
use super::CreditPlan;
use super::Holding;
use super::Note;
use super::NoteKind;
use super::OpeningCountPlan;
use super::OpeningPlan;
use super::PartPlan;
use super::Plan;
use super::PoolPlan;
use super::Position;
use super::PricePlan;
use super::RatioPlan;
use super::RoundPlan;
use super::SalePlan;
use super::SalePrice;
use super::SizePlan;
use super::Slot;
use super::Step;
use super::StepKind;
use super::TenderPlan;
use super::TranchePlan;
use super::TreasuryPlan;
use super::ValuationPlan;
use super::WholePlan;
use super::closings::dues;
use super::closings::outcomes;
use super::order::Unordered;
use super::order::ordered;
use treasury::decimal;
use treasury::months;
use treasury::treasury;

/// Compiles a scenario to a plan. Faults only where an order of events cannot be kept.
pub fn plan(scenario: &Scenario, bag: &mut Bag) -> Plan {
    compiled(scenario, None, bag)
}

/// The same for a scenario that has a round more than that of another plan: what no round changes is shared.
pub fn plan_after(scenario: &Scenario, before: &Plan, bag: &mut Bag) -> Plan {
    compiled(scenario, Some(&before.treasury), bag)
}

fn compiled(scenario: &Scenario, shared: Option<&Arc<TreasuryPlan>>, bag: &mut Bag) -> Plan {
    let mut compiler = Compiler {
        scenario,
        positions: Vec::new(),
        places: HashMap::new(),
        values: scenario.figures.iter().map(|figure| figure.value).collect(),
        tranches: Vec::new(),
        closings: Vec::new(),
        notes: Vec::new(),
        events: Vec::new(),
        drawdowns: Vec::new(),
    };
    compiler.plan(shared, bag)
}

struct Compiler<'a> {
    scenario: &'a Scenario,
    positions: Vec<Position>,
    places: HashMap<(OwnerId, ClassId, Holding), usize>,
    values: Vec<Decimal>,
    tranches: Vec<TranchePlan>,
    closings: Vec<ClosingPlan>,
    notes: Vec<Note>,
    events: Vec<Unordered>,
    drawdowns: Vec<u32>,
}

impl Compiler<'_> {
    fn plan(&mut self, shared: Option<&Arc<TreasuryPlan>>, bag: &mut Bag) -> Plan {
        let scenario = self.scenario;
        let opening = self.opening();
        // Every investor has its line before any sale asks what a seller may hold.
        // Balances are kept in the same parts of a unit whatever is raised.
        let raised = scenario.raises.iter().flat_map(|raise| &raise.round.tranches);
        self.drawdowns.extend(raised.filter_map(|tranche| tranche.drawdown).map(|drawdown| drawdown.months.max(1)));
        let mut rounds: Vec<RoundPlan> =
            scenario.rounds.iter().enumerate().map(|(index, round)| self.round(index, round)).collect();
        let mut instruments = self.instruments();
        self.exit_events();
        let mut by_date: Vec<(usize, &Secondary)> = scenario.secondaries.iter().enumerate().collect();
        by_date.sort_by_key(|(_, sale)| sale.date);
        // What is sold can be reclassified, and what is reclassified sold: until no new line appears.
        let (sales, tenders, changes) = loop {
            let lines = self.positions.len();
            let changes = self.changes();
            let mut sales: Vec<(usize, SalePlan)> =
                by_date.iter().map(|(index, sale)| (*index, self.sale(sale))).collect();
            for (round, plan) in scenario.rounds.iter().zip(&mut rounds) {
                self.players(round, plan);
            }
            let tenders: Vec<TenderPlan> = scenario.tenders.iter().map(|tender| self.tender(tender)).collect();
            if lines == self.positions.len() {
                sales.sort_by_key(|(index, _)| *index);
                break (sales, tenders, changes);
            }
        };
        for (round, plan) in scenario.rounds.iter().zip(&mut rounds) {
            self.lines_of_round(round, plan);
        }
        for (index, sale) in scenario.secondaries.iter().enumerate() {
            let path = format!("secondary.{}", sale.id);
            self.event(sale.date, StepKind::Sale(index), path, sale.after.clone());
        }
        let paths: Vec<String> = scenario
            .rounds
            .iter()
            .flat_map(|round| {
                let own = format!("round.{}", round.id);
                let tranches =
                    round.tranches.iter().map(|tranche| format!("round.{}.tranche.{}", round.id, tranche.id));
                std::iter::once(own).chain(tranches.collect::<Vec<_>>())
            })
            .chain(scenario.secondaries.iter().map(|sale| format!("secondary.{}", sale.id)))
            .chain(self.events.iter().map(|event| event.step.path.clone()))
            .collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let steps = ordered(std::mem::take(&mut self.events), &paths, bag);
        let exits = self.exits(&steps, &mut instruments);
        let whole = |rounding: Rounding| match rounding {
            Rounding::Fractional => None,
            Rounding::Whole(whole) => Some(WholePlan {
                price_places: whole.price_places,
                price: whole.price,
                shares_issued: whole.shares_issued,
                shares_converted: whole.shares_converted,
                pool: whole.pool,
            }),
        };
        Plan {
            values: std::mem::take(&mut self.values),
            ratios: scenario.classes.iter().map(|class| self.ratio(class)).collect(),
            positions: std::mem::take(&mut self.positions),
            opening,
            unit: scenario.opening.fully_diluted,
            whole: scenario.classes.iter().map(|class| whole(class.rounding)).collect(),
            rounds,
            tranches: std::mem::take(&mut self.tranches),
            closings: std::mem::take(&mut self.closings),
            sales: sales.into_iter().map(|(_, sale)| sale).collect(),
            tenders,
            convertibles: instruments.convertibles,
            interest: instruments.interest,
            maturities: instruments.maturities,
            triggers: instruments.triggers,
            grants: instruments.grants,
            option_events: instruments.option_events,
            warrants: instruments.warrants,
            warrant_issues: instruments.warrant_issues,
            warrant_ends: instruments.warrant_ends,
            splits: instruments.splits,
            changes,
            class_terms: exits::class_terms(scenario),
            last_rank: exits::last_rank(scenario),
            exits,
            first_of_day: exits::first_of_day(scenario, &steps),
            steps,
            treasury: match shared {
                Some(shared) => Arc::clone(shared),
                None => Arc::new(treasury(scenario, months(scenario), &self.drawdowns)),
            },
            notes: std::mem::take(&mut self.notes),
        }
    }

    fn ratio(&self, class: &Class) -> RatioPlan {
        match class.ratio {
            // Its conversion price moves: by a cheaper round, or by a split.
            Ratio::Is(figure)
                if class.protection.is_some()
                    || (!class.is_common && !class.id.contains('.') && !self.scenario.splits.is_empty()) =>
            {
                RatioPlan::Protected(figure, class.issue_price)
            }
            Ratio::Is(figure) => {
                let is_default = self.scenario.figures.get(figure).is_some_and(|entry| entry.status == Status::Default);
                // A split of one class alone moves the ratios of others.
                let is_fixed = is_default && self.scenario.splits.iter().all(|split| split.class.is_none());
                if is_fixed { RatioPlan::One } else { RatioPlan::Is(figure) }
            }
            Ratio::Prices { issue, conversion } => RatioPlan::Prices(issue, conversion),
        }
    }

    /// The line of an owner's shares; of a pool's unallocated ones.
    fn position(&mut self, owner: OwnerId, class: ClassId) -> usize {
        let is_pool = self.scenario.owner(owner).is_some_and(|owner| owner.is_pool);
        self.line(owner, class, if is_pool { Holding::Unallocated } else { Holding::Shares })
    }

    fn line(&mut self, owner: OwnerId, class: ClassId, holding: Holding) -> usize {
        let next = self.positions.len();
        let place = *self.places.entry((owner, class, holding)).or_insert(next);
        if place == next {
            let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
            self.positions.push(Position { owner: number(owner.index()), class: number(class.index()), holding });
        }
        place
    }

    fn opening(&mut self) -> Vec<OpeningPlan> {
        let scenario = self.scenario;
        scenario
            .opening
            .lines
            .iter()
            .map(|line| {
                let position = self.position(line.owner, line.class);
                let count = match line.count {
                    OpeningCount::Stake(figure) => {
                        match scenario.figures.get(figure).and_then(|entry| entry.fraction).and_then(decimal) {
                            Some((numerator, denominator)) => OpeningCountPlan::Fraction(numerator, denominator),
                            None => OpeningCountPlan::Stake(figure),
                        }
                    }
                    OpeningCount::Shares(figure) => OpeningCountPlan::Shares(figure),
                    OpeningCount::Rest => OpeningCountPlan::Rest,
                };
                OpeningPlan { position, count }
            })
            .collect()
    }

    /// Whether an event is played at all; one after the horizon is noted.
    fn is_within(&mut self, day: Day, path: &str) -> bool {
        let is_within = self.scenario.horizon.is_none_or(|horizon| day <= horizon);
        if !is_within {
            self.notes.push(Note { path: path.to_owned(), kind: NoteKind::BeyondHorizon(day) });
        }
        is_within
    }

    fn event(&mut self, day: Day, kind: StepKind, path: String, after: Option<crate::diagnostics::Spanned<String>>) {
        if self.is_within(day, &path) {
            self.events.push(Unordered { step: Step { day, kind, path }, after });
        }
    }

    fn round(&mut self, index: usize, round: &Round) -> RoundPlan {
        let first = self.tranches.len();
        let path = format!("round.{}", round.id);
        self.event(round.date, StepKind::Round(index), path.clone(), round.after.clone());
        let is_signed = self.scenario.horizon.is_none_or(|horizon| round.date <= horizon);
        let pool = round.pool.map(|pool| {
            let class = self.scenario.owner(pool.pool).map_or(ClassId::at(0), |owner| owner.pool_class);
            PoolPlan {
                position: self.position(pool.pool, class),
                counted: Vec::new(),
                target: pool.target,
                in_pre_money: pool.in_pre_money,
            }
        });
        let mut at_signing = Vec::new();
        let mut days: Vec<Day> = Vec::new();
        for tranche in &round.tranches {
            let position = self.position(tranche.investor, round.class);
            let number = self.tranches.len();
            self.tranches.push(TranchePlan {
                round: index,
                position,
                size: self.tranche_size(&tranche.size, round.date),
                takes_part: tranche.takes_part,
                optional: tranche.optional,
                price: match tranche.price {
                    PriceRule::Signing => PricePlan::Signing,
                    PriceRule::Closing => PricePlan::Closing,
                    PriceRule::Latest => PricePlan::Latest,
                    PriceRule::Own(figure) => PricePlan::Own(figure),
                },
                cash: cash_part(tranche),
            });
            if !is_signed {
                continue;
            }
            let tranche_path = format!("{path}.tranche.{}", tranche.id);
            let mut all = Vec::new();
            for (due, part) in dues(tranche) {
                let outcomes = outcomes(self.scenario, tranche, round.date, due);
                self.note(&tranche_path, tranche, &outcomes);
                all.extend(outcomes.all.into_iter().map(|outcome| (part.clone(), outcome)));
            }
            for (part, outcome) in all {
                let is_beyond = self.scenario.horizon.is_some_and(|horizon| outcome.day > horizon);
                if is_beyond && outcome.guard.holds(&self.values) {
                    self.notes.push(Note { path: tranche_path.clone(), kind: NoteKind::BeyondHorizon(outcome.day) });
                }
                let closing = self.closings.len();
                let paid = tranche.paid.map_or(outcome.day, |paid| paid.max(outcome.day));
                let credit = tranche.drawdown.map(|drawdown| self.credit(&drawdown, outcome.day));
                let cash_month = self.cash_month(paid);
                self.closings.push(ClosingPlan {
                    tranche: number,
                    day: outcome.day,
                    called: outcome.called,
                    guard: outcome.guard,
                    otherwise: if outcome.reduced { tranche.otherwise } else { None },
                    part,
                    position: None,
                    cash_month,
                    credit,
                    exit: None,
                });
                // One that lies beyond the horizon is kept, without a step: its money may have been called before.
                if outcome.day == round.date {
                    at_signing.push(closing);
                } else if !is_beyond {
                    let opens = !days.contains(&outcome.day);
                    days.push(outcome.day);
                    self.event(
                        outcome.day,
                        StepKind::Closing(closing, opens),
                        tranche_path.clone(),
                        tranche.after.clone(),
                    );
                }
            }
        }
        let (rule, conversions) = self.conversions(round);
        let pro_rata = self.pro_rata(round, &conversions);
        let protected = self.protected(round);
        RoundPlan {
            rule,
            conversions,
            pro_rata,
            protected,
            adjusts_in_price: round.protection.in_price,
            counts_conversions: round.protection.counts_conversions,
            valuation: match round.valuation {
                Valuation::PreMoney(figure) => ValuationPlan::PreMoney(figure),
                Valuation::PostMoney(figure) => ValuationPlan::PostMoney(figure),
                Valuation::Price(figure) => ValuationPlan::Price(figure),
                Valuation::StepUp(figure) => ValuationPlan::StepUp(figure),
            },
            target: self.allocation(round, first),
            class: u32::try_from(round.class.index()).unwrap_or(u32::MAX),
            pool,
            tranches: first..self.tranches.len(),
            closings: at_signing,
        }
    }

    fn tranche_size(&self, of: &Size, signed: Day) -> SizePlan {
        match of {
            Size::Money(figure) => SizePlan::Money(*figure),
            Size::Shares(figure) => SizePlan::Shares(*figure),
            Size::Less(figure, less) => SizePlan::Less(*figure, less.clone()),
            Size::PerUnit { amount, delivered, .. } => {
                SizePlan::PerUnit(*amount, delivered.iter().map(|(_, figure)| *figure).collect())
            }
            Size::BurnMonths(figure) => SizePlan::BurnMonths(*figure, self.cash_month(signed).unwrap_or(0)),
        }
    }

    /// What becomes of a tranche as expected, where that is not simply that it closes.
    fn note(&mut self, path: &str, tranche: &Tranche, outcomes: &super::closings::Outcomes) {
        let fails = outcomes.failed.as_ref().is_some_and(|failed| failed.holds(&self.values));
        if !fails {
            return;
        }
        let beyond = |day: Day| self.scenario.horizon.is_some_and(|horizon| day > horizon);
        let kind = match outcomes.deadline {
            Some(day) if !beyond(day) => {
                let pays = tranche.otherwise.is_some_and(|figure| !self.scenario.figures.value(figure).is_zero());
                if pays { NoteKind::Reduced(day.max(tranche.date)) } else { NoteKind::Lapses(day) }
            }
            _ => NoteKind::StaysOpen,
        };
        self.notes.push(Note { path: path.to_owned(), kind });
    }

    /// The month of the projection a payment falls in; none if the opening cash already holds it.
    fn cash_month(&self, paid: Day) -> Option<usize> {
        let horizon = self.scenario.horizon?;
        if paid < self.scenario.as_of || paid > horizon {
            return None;
        }
        usize::try_from(paid.month().ordinal() - self.scenario.as_of.month().ordinal()).ok()
    }

    fn credit(&mut self, drawdown: &Drawdown, closing: Day) -> CreditPlan {
        let from = drawdown.from.map_or(closing, |from| from.max(closing));
        self.drawdowns.push(drawdown.months.max(1));
        CreditPlan {
            first_month: from.month().ordinal() - self.scenario.as_of.month().ordinal(),
            months: drawdown.months.max(1),
            last_month: drawdown.until.map(|until| until.month().ordinal() - self.scenario.as_of.month().ordinal()),
            carried: drawdown.carried,
            eligible: drawdown.eligible,
        }
    }

    fn allocation(&self, round: &Round, first: usize) -> Option<(Slot, AllocationPlan)> {
        let target = round.target?;
        let rule = match round.oversubscription? {
            Oversubscription::CutBack => AllocationPlan::CutBack,
            Oversubscription::Upsize => AllocationPlan::Upsize,
            Oversubscription::Priority => {
                let mut priorities: Vec<u64> = round.tranches.iter().map(|tranche| tranche.priority).collect();
                priorities.sort_unstable();
                priorities.dedup();
                let groups = priorities.into_iter().map(|priority| {
                    let members = round.tranches.iter().enumerate();
                    members
                        .filter(|(_, tranche)| tranche.priority == priority)
                        .filter_map(|(index, _)| first.checked_add(index))
                        .collect()
                });
                AllocationPlan::Priority(groups.collect())
            }
        };
        Some((target, rule))
    }

    fn sale(&mut self, sale: &Secondary) -> SalePlan {
        let mut sold: Vec<usize> = Vec::new();
        let sellers = sale
            .from
            .iter()
            .enumerate()
            .map(|(index, (owner, part))| {
                let mut lines: Vec<(ClassId, usize)> = self
                    .places
                    .iter()
                    .filter(|((holder, _, holding), _)| {
                        holder == owner && matches!(holding, Holding::Shares | Holding::Unallocated)
                    })
                    .map(|((_, class, _), place)| (*class, *place))
                    .collect();
                lines.sort_unstable();
                let lines: Vec<usize> = lines.into_iter().map(|(_, place)| place).collect();
                sold.extend(&lines);
                (lines, part_plan(*part, &sale.from, index))
            })
            .collect();
        sold.sort_unstable();
        sold.dedup();
        let buyers: Vec<(OwnerId, PartPlan)> = sale
            .to
            .iter()
            .enumerate()
            .map(|(index, (owner, part))| (*owner, part_plan(*part, &sale.to, index)))
            .collect();
        let receiving = sold
            .into_iter()
            .map(|line| {
                let class = self.positions.get(line).map_or(0, |position| position.class);
                let lines = buyers.iter().map(|(owner, _)| self.position(*owner, ClassId::at(class as usize)));
                (line, lines.collect())
            })
            .collect();
        SalePlan {
            sellers,
            buyers,
            receiving,
            size: self.tranche_size(&sale.size, sale.date),
            price: match sale.price {
                SecondaryPrice::Own(figure) => SalePrice::Own(figure),
                SecondaryPrice::Discount(figure) => SalePrice::Discount(figure),
            },
        }
    }
}

/// How much of a tranche is cash.
fn cash_part(tranche: &Tranche) -> CashPart {
    if tranche.consideration.is_empty() {
        return CashPart::All;
    }
    let others = || {
        let parts = tranche.consideration.iter().filter(|(label, _)| label != "cash");
        parts.filter_map(|(_, part)| if let Part::Is(figure) = part { Some(*figure) } else { None }).collect()
    };
    match tranche.consideration.iter().find(|(label, _)| label == "cash") {
        Some((_, Part::Is(figure))) => CashPart::Is(*figure),
        Some((_, Part::Rest)) => CashPart::Rest(others()),
        None => CashPart::Nothing,
    }
}

/// Principal and interest of a convertible on a day.
#[must_use]
pub fn balance_on(convertible: &Convertible, day: Day) -> BalancePlan {
    let interest = convertible.note.as_ref().and_then(|note| note.interest.as_ref());
    accrual::balance(interest, convertible.date, day)
}

/// One part of a split.
fn part_plan(part: Part, all: &[(OwnerId, Part)], index: usize) -> PartPlan {
    match part {
        Part::Is(figure) => PartPlan::Is(figure),
        Part::Rest => PartPlan::Rest(
            all.iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .filter_map(|(_, (_, part))| if let Part::Is(figure) = part { Some(*figure) } else { None })
                .collect(),
        ),
    }
}
