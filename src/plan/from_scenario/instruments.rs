//! Compiles instruments, splits and changes.

use crate::diagnostics::Spanned;
use crate::plan::instrument::ChangePlan;
use crate::plan::instrument::ConversionPlan;
use crate::plan::instrument::ConversionsPlan;
use crate::plan::instrument::ConvertiblePlan;
use crate::plan::instrument::GrantPlan;
use crate::plan::instrument::Holding;
use crate::plan::instrument::InterestPlan;
use crate::plan::instrument::LegPlan;
use crate::plan::instrument::MaturityPlan;
use crate::plan::instrument::OfferPlan;
use crate::plan::instrument::OptionEventKind;
use crate::plan::instrument::OptionEventPlan;
use crate::plan::instrument::PlayerPlan;
use crate::plan::instrument::ProRataPlan;
use crate::plan::instrument::ProtectedPlan;
use crate::plan::instrument::SplitPlan;
use crate::plan::instrument::TakerPlan;
use crate::plan::instrument::TenderPlan;
use crate::plan::instrument::TermPlan;
use crate::plan::instrument::TriggerPlan;
use crate::plan::instrument::WarrantEndPlan;
use crate::plan::instrument::WarrantIssuePlan;
use crate::plan::instrument::WarrantPlan;
use crate::plan::instrument::WarrantSizePlan;
use crate::scenario::AtMaturity;
use crate::scenario::ChangeKind;
use crate::scenario::ClassId;
use crate::scenario::Conversions;
use crate::scenario::Convertible;
use crate::scenario::OwnerId;
use crate::scenario::PoolGrowth;
use crate::scenario::ProtectionBase;
use crate::scenario::Round;
use crate::scenario::Tender;
use crate::scenario::WarrantSize;
use crate::units::Day;

use super::super::Guard;
use super::super::Note;
use super::super::NoteKind;
use super::super::StepKind;
use super::super::closings::met;
use super::Compiler;
use super::accrual::balance;
use super::accrual::payments;
use super::accrual::periods_of_rate;
use super::accrual::years;
use super::part_plan;

/// Everything that is compiled beside rounds and sales.
#[derive(Default)]
pub(super) struct Instruments {
    pub convertibles: Vec<ConvertiblePlan>,
    pub interest: Vec<InterestPlan>,
    pub maturities: Vec<MaturityPlan>,
    pub triggers: Vec<TriggerPlan>,
    pub grants: Vec<GrantPlan>,
    pub option_events: Vec<OptionEventPlan>,
    pub warrants: Vec<WarrantPlan>,
    pub warrant_issues: Vec<WarrantIssuePlan>,
    pub warrant_ends: Vec<WarrantEndPlan>,
    pub splits: Vec<SplitPlan>,
}

impl Compiler<'_> {
    pub(super) fn instruments(&mut self) -> Instruments {
        let mut all = Instruments::default();
        for index in 0..self.scenario.convertibles.len() {
            self.convertible(index, &mut all);
        }
        for index in 0..self.scenario.grants.len() {
            self.grant(index, &mut all);
        }
        for index in 0..self.scenario.warrants.len() {
            self.warrant(index, &mut all);
        }
        let scenario = self.scenario;
        for (index, split) in scenario.splits.iter().enumerate() {
            self.event(split.date, StepKind::Split(index), split.path.clone(), split.after.clone());
            let class = split.class.map(|class| number(class.index()));
            all.splits.push(SplitPlan { ratio: split.ratio, adds: split.adds, class });
        }
        for (index, change) in scenario.changes.iter().enumerate() {
            let path = format!("change.{}", change.id);
            self.event(change.date, StepKind::Change(index), path, change.after.clone());
        }
        for (index, tender) in scenario.tenders.iter().enumerate() {
            let path = format!("secondary.{}", tender.id);
            self.event(tender.date, StepKind::Tender(index), path, tender.after.clone());
        }
        all
    }

    fn convertible(&mut self, index: usize, all: &mut Instruments) {
        let scenario = self.scenario;
        let Some(convertible) = scenario.convertibles.get(index) else { return };
        let path = || convertible.path.clone();
        let class = convertible.into.unwrap_or(ClassId::at(0));
        all.convertibles.push(ConvertiblePlan {
            owner: convertible.holder.index(),
            amount: convertible.amount,
            month: self.cash_month(convertible.date),
            class: number(class.index()),
        });
        self.event(convertible.date, StepKind::Issue(index), path(), convertible.after.clone());
        let Some(note) = &convertible.note else { return };
        let due = note.maturity.filter(|(_, rule)| *rule != AtMaturity::Extend);
        let interest = note.interest.as_ref();
        if let Some(paid) = interest.filter(|interest| interest.in_cash) {
            let end = scenario.horizon.or(scenario.last_day());
            let last = [due.map(|(day, _)| day), end].into_iter().flatten().min().unwrap_or(convertible.date);
            let mut before = convertible.date;
            for day in payments(paid, convertible.date, last) {
                let part = periods_of_rate(paid, years(paid.count, before, day));
                let month = self.cash_month(day);
                self.event(day, StepKind::Interest(all.interest.len()), path() + ".interest", None);
                all.interest.push(InterestPlan { convertible: index, rate: paid.rate, part, month });
                before = day;
            }
        }
        if let Some((day, rule)) = due {
            let owed = balance(interest, convertible.date, day);
            let converts = match rule {
                AtMaturity::Convert(price) => Some((price, self.position(convertible.holder, class))),
                AtMaturity::Repay | AtMaturity::Extend => None,
            };
            self.event(day, StepKind::Maturity(all.maturities.len()), path() + ".matures", None);
            let month = self.cash_month(day);
            all.maturities.push(MaturityPlan { convertible: index, balance: owed, converts, month });
        }
        if let Some(condition) = note.converts_on {
            let position = self.position(convertible.holder, class);
            for (day, guard) in met(scenario, condition, convertible.date) {
                let day = day.max(convertible.date);
                self.event(day, StepKind::Trigger(all.triggers.len()), path() + ".converts_on", None);
                all.triggers.push(TriggerPlan {
                    convertible: index,
                    guard,
                    position,
                    balance: balance(interest, convertible.date, day),
                    cap: convertible.cap.map(|cap| (cap, convertible.capitalisation)),
                    discount: convertible.discount,
                    month: self.cash_month(day),
                });
            }
        }
    }

    fn grant(&mut self, index: usize, all: &mut Instruments) {
        let scenario = self.scenario;
        let Some(grant) = scenario.grants.get(index) else { return };
        let path = format!("grant.{}", grant.id);
        let class = scenario.owner(grant.pool).map_or(ClassId::at(0), |pool| pool.pool_class);
        let plan = GrantPlan {
            pool: self.line(grant.pool, class, Holding::Unallocated),
            options: self.line(grant.holder, class, Holding::Options(number(index))),
            shares_line: self.line(grant.holder, class, Holding::Shares),
            shares: grant.shares,
            strike: grant.strike,
            class: number(class.index()),
        };
        all.grants.push(plan);
        self.event(grant.date, StepKind::Grant(index), path.clone(), grant.after.clone());
        let mut add = |compiler: &mut Self, day: Day, kind: OptionEventKind, key: &str| {
            compiler.event(day, StepKind::Options(all.option_events.len()), format!("{path}.{key}"), None);
            all.option_events.push(OptionEventPlan { grant: index, kind, month: compiler.cash_month(day) });
        };
        for (day, shares) in &grant.exercised {
            add(self, *day, OptionEventKind::Exercise(*shares), "exercised");
        }
        for (day, shares) in &grant.forfeited {
            add(self, *day, OptionEventKind::Forfeit(*shares), "forfeited");
        }
        if let Some(day) = grant.expires {
            add(self, day, OptionEventKind::Expire, "expires");
        }
    }

    fn warrant(&mut self, index: usize, all: &mut Instruments) {
        let scenario = self.scenario;
        let Some(warrant) = scenario.warrants.get(index) else { return };
        let path = format!("warrant.{}", warrant.id);
        all.warrants.push(WarrantPlan {
            line: self.line(warrant.holder, warrant.class, Holding::Warrants(number(index))),
            shares_line: self.line(warrant.holder, warrant.class, Holding::Shares),
            class: number(warrant.class.index()),
            strike: warrant.strike,
            net: warrant.net,
        });
        // What is covered comes first, on the same day too.
        let covered = match &warrant.size {
            WarrantSize::Coverage { of, .. } => {
                let event = of.value.split_once(".tranche.").map_or(of.value.as_str(), |(round, _)| round);
                Some(Spanned::new(event.to_owned(), of.span))
            }
            WarrantSize::Shares(_) | WarrantSize::Tranches(_) => None,
        };
        let same_day = covered.filter(|event| self.is_on(&event.value, warrant.date));
        let after = warrant.after.clone().or(same_day);
        let mut add = |compiler: &mut Self, day: Day, size: WarrantSizePlan, guard: Guard, path: String| {
            compiler.event(day, StepKind::WarrantIssue(all.warrant_issues.len()), path, after.clone());
            all.warrant_issues.push(WarrantIssuePlan { warrant: index, size, guard });
        };
        match &warrant.size {
            WarrantSize::Shares(shares) => {
                add(self, warrant.date, WarrantSizePlan::Shares(*shares), Guard::Always, path.clone());
            }
            WarrantSize::Coverage { part, of } => {
                if let Some(size) = self.coverage(*part, &of.value) {
                    add(self, warrant.date, size, Guard::Always, path.clone());
                }
            }
            WarrantSize::Tranches(tranches) => {
                add(self, warrant.date, WarrantSizePlan::Signed, Guard::Always, path.clone());
                for (id, shares, condition) in tranches {
                    let ends = warrant.exercised.or(warrant.expires);
                    for (day, guard) in met(scenario, *condition, warrant.date) {
                        if let Some(ends) = ends.filter(|ends| *ends < day) {
                            if guard.holds(&self.values) {
                                let path = format!("{path}.tranche.{id}");
                                self.notes.push(Note { path, kind: NoteKind::Lapses(ends) });
                            }
                            continue;
                        }
                        let at = format!("{path}.tranche.{id}");
                        add(self, day.max(warrant.date), WarrantSizePlan::Tranche(*shares), guard, at);
                    }
                }
            }
        }
        for (day, decided, key) in [(warrant.exercised, true, "exercised"), (warrant.expires, false, "expires")] {
            if let Some(day) = day {
                self.event(day, StepKind::WarrantEnd(all.warrant_ends.len()), format!("{path}.{key}"), None);
                all.warrant_ends.push(WarrantEndPlan { warrant: index, decided, month: self.cash_month(day) });
            }
        }
    }

    /// Whether a convertible of a round's day is issued after it: it, or what it comes after, says so.
    fn comes_after(&self, convertible: &Convertible, round: &Round) -> bool {
        let all = &self.scenario.convertibles;
        let path = format!("round.{}", round.id);
        let mut next = convertible.after.as_ref();
        // A chain is no longer than the list; a circle was refused before.
        for _ in 0..=all.len() {
            let Some(after) = next else { return false };
            if after.value == path {
                return true;
            }
            next = all.iter().find(|it| it.path == after.value).and_then(|it| it.after.as_ref());
        }
        false
    }

    /// Whether an event is on a day.
    fn is_on(&self, path: &str, day: Day) -> bool {
        let round = self.scenario.rounds.iter().any(|round| path == format!("round.{}", round.id) && round.date == day);
        round || self.scenario.convertibles.iter().any(|it| it.path == path && it.date == day)
    }

    /// What a coverage is of.
    fn coverage(&self, part: super::Slot, of: &str) -> Option<WarrantSizePlan> {
        let scenario = self.scenario;
        if let Some(index) = scenario.convertibles.iter().position(|convertible| convertible.path == of) {
            return Some(WarrantSizePlan::OfConvertible(part, index));
        }
        if let Some(id) = of.strip_prefix("debt.") {
            let debt = scenario.debts.iter().find(|debt| debt.id == id)?;
            return Some(WarrantSizePlan::OfDebt(part, debt.size));
        }
        let mut before = 0usize;
        for round in &scenario.rounds {
            let found =
                round.tranches.iter().position(|tranche| of == format!("round.{}.tranche.{}", round.id, tranche.id));
            if let Some(index) = found {
                return Some(WarrantSizePlan::OfTranche(part, before.saturating_add(index)));
            }
            before = before.saturating_add(round.tranches.len());
        }
        None
    }

    /// How everything that may be outstanding converts in a round.
    pub(super) fn conversions(&mut self, round: &Round) -> (ConversionsPlan, Vec<ConversionPlan>) {
        let scenario = self.scenario;
        let mut all = Vec::new();
        for (index, convertible) in scenario.convertibles.iter().enumerate() {
            if convertible.date > round.date {
                continue;
            }
            let note = convertible.note.as_ref();
            let interest = note.and_then(|note| note.interest.as_ref());
            all.push(ConversionPlan {
                convertible: index,
                position: self.position(convertible.holder, convertible.into.unwrap_or(round.class)),
                balance: balance(interest, convertible.date, round.date),
                legs: self.legs(convertible, round),
                qualified: note.and_then(|note| note.qualified),
                month: self.cash_month(round.date),
            });
        }
        let rule = match round.conversions {
            Some(Conversions::Inside) => ConversionsPlan::Inside,
            Some(Conversions::DollarsInvested) => ConversionsPlan::DollarsInvested,
            Some(Conversions::Outside) => ConversionsPlan::Outside,
            None => ConversionsPlan::Unstated,
        };
        (rule, all)
    }

    /// The terms of a convertible in a round: its own, and those of the packages it may take.
    fn legs(&self, convertible: &Convertible, round: &Round) -> Vec<LegPlan> {
        let package = |of: &Convertible, from: Option<usize>| {
            let cap = of.cap.map(|cap| TermPlan::Cap(cap, of.capitalisation));
            let discount = of.discount.map(TermPlan::Discount);
            [cap, discount].into_iter().flatten().map(move |term| LegPlan { term, of: from })
        };
        if let Some(part) = convertible.ownership {
            return vec![LegPlan { term: TermPlan::Ownership(part), of: None }];
        }
        let all = &self.scenario.convertibles;
        let mut legs: Vec<LegPlan> = Vec::new();
        if let Some(elected) = &convertible.elects {
            if let Some((index, other)) = all.iter().enumerate().find(|(_, other)| other.id == elected.value) {
                legs.extend(package(other, Some(index)));
            }
        } else {
            legs.extend(package(convertible, None));
            if convertible.mfn {
                let mut later: Vec<(usize, &Convertible)> = all
                    .iter()
                    .enumerate()
                    .filter(|(_, other)| may_adopt(convertible, other, round.date))
                    .filter(|(_, other)| other.date < round.date || !self.comes_after(other, round))
                    .collect();
                later.sort_by_key(|(_, other)| other.date);
                legs.extend(later.into_iter().flat_map(|(index, other)| package(other, Some(index))));
            }
        }
        legs.push(LegPlan { term: TermPlan::Round, of: None });
        legs
    }

    /// Holders who keep their share.
    pub(super) fn pro_rata(&mut self, round: &Round, conversions: &[ConversionPlan]) -> Option<ProRataPlan> {
        let rights = round.pro_rata.as_ref()?;
        let takers = rights
            .take
            .iter()
            .map(|(owner, take)| TakerPlan {
                lines: Vec::new(),
                position: self.position(*owner, round.class),
                take: *take,
                letters: conversions
                    .iter()
                    .enumerate()
                    .filter(|(_, conversion)| {
                        let of = self.scenario.convertibles.get(conversion.convertible);
                        of.is_some_and(|of| of.holder == *owner && of.pro_rata)
                    })
                    .map(|(index, _)| index)
                    .collect(),
            })
            .collect();
        Some(ProRataPlan { on_top: rights.on_top, takers, month: self.cash_month(round.date) })
    }

    /// Classes that a round may adjust. Their lines are known once every line is.
    pub(super) fn protected(&self, round: &Round) -> Vec<ProtectedPlan> {
        let scenario = self.scenario;
        if round.protection.exempt {
            return Vec::new();
        }
        let mut all = Vec::new();
        for (index, class) in scenario.classes.iter().enumerate() {
            let Some(protection) = class.protection else { continue };
            all.push(ProtectedPlan {
                class: number(index),
                lines: Vec::new(),
                base: protection.base,
                counted: Vec::new(),
                floor: protection.floor,
                players: Vec::new(),
            });
        }
        all
    }

    /// Holders who pay to play, among all who can hold a class.
    pub(super) fn players(&mut self, round: &Round, plan: &mut super::RoundPlan) {
        for protected in &mut plan.protected {
            let class = protected.class;
            let pays = self.scenario.classes.get(class as usize).and_then(|class| class.protection);
            if !pays.is_some_and(|protection| protection.pay_to_play) {
                continue;
            }
            let is_stock = |line: &&super::Position| line.class == class && line.holding == Holding::Shares;
            let holders: Vec<u32> = self.positions.iter().filter(is_stock).map(|line| line.owner).collect();
            protected.players = holders
                .into_iter()
                .map(|owner| {
                    let owner = OwnerId::at(owner as usize);
                    let tranches = round.tranches.iter().enumerate();
                    PlayerPlan {
                        line: self.position(owner, ClassId::at(class as usize)),
                        common: self.position(owner, ClassId::at(0)),
                        lines: Vec::new(),
                        tranches: tranches
                            .filter(|(_, tranche)| tranche.investor == owner && !tranche.optional)
                            .map(|(offset, _)| plan.tranches.start.saturating_add(offset))
                            .collect(),
                        taker: round
                            .pro_rata
                            .as_ref()
                            .and_then(|rights| rights.take.iter().position(|(taker, _)| *taker == owner)),
                    }
                })
                .collect();
        }
    }

    /// Fills in, now that every line exists, what counts for pools, rights and protection.
    pub(super) fn lines_of_round(&self, round: &Round, plan: &mut super::RoundPlan) {
        let lines = |wanted: &dyn Fn(&super::Position) -> bool| -> Vec<usize> {
            self.positions.iter().enumerate().filter(|(_, line)| wanted(line)).map(|(index, _)| index).collect()
        };
        if let (Some(pool), Some(of)) = (&mut plan.pool, round.pool) {
            pool.counted = self.pool_lines(of.pool, of.counts_issued);
        }
        if let Some(rights) = &mut plan.pro_rata {
            for taker in &mut rights.takers {
                let owner = self.positions.get(taker.position).map(|line| line.owner);
                taker.lines = lines(&|line| Some(line.owner) == owner);
            }
        }
        for protected in &mut plan.protected {
            let class = protected.class;
            protected.lines = lines(&|line| line.class == class && line.holding == Holding::Shares);
            protected.counted = match protected.base {
                None => Vec::new(),
                Some(ProtectionBase::FullyDiluted) => lines(&|_| true),
                Some(ProtectionBase::WithoutReserve) => lines(&|line| line.holding != Holding::Unallocated),
                Some(ProtectionBase::Issued) => lines(&|line| line.holding == Holding::Shares),
                Some(ProtectionBase::OwnSeries) => protected.lines.clone(),
            };
            for player in &mut protected.players {
                let owner = self.positions.get(player.line).map(|line| line.owner);
                player.lines = lines(&|line| Some(line.owner) == owner);
            }
        }
    }

    /// The lines that count towards a pool's target.
    pub(super) fn pool_lines(&self, pool: OwnerId, counts_issued: bool) -> Vec<usize> {
        let granted: Vec<u32> = self
            .scenario
            .grants
            .iter()
            .enumerate()
            .filter(|(_, grant)| grant.pool == pool)
            .map(|(index, _)| number(index))
            .collect();
        self.positions
            .iter()
            .enumerate()
            .filter(|(_, line)| match line.holding {
                Holding::Unallocated => line.owner as usize == pool.index(),
                Holding::Options(grant) => counts_issued && granted.contains(&grant),
                Holding::Shares | Holding::Warrants(_) => false,
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// Changes of shares, on the lines known so far.
    pub(super) fn changes(&mut self) -> Vec<ChangePlan> {
        let scenario = self.scenario;
        let mut all = Vec::new();
        for change in &scenario.changes {
            let month = self.cash_month(change.date);
            all.push(match change.kind {
                ChangeKind::Retire { holder, class, shares, price } => {
                    let is_pool = scenario.owner(holder).is_some_and(|owner| owner.is_pool);
                    let holding = if is_pool { Holding::Unallocated } else { Holding::Shares };
                    ChangePlan::Retire { line: self.line(holder, class, holding), shares, price, month }
                }
                ChangeKind::Convert { class, to, holder, shares, ratio } => {
                    let from: Vec<(usize, u32)> = self
                        .positions
                        .iter()
                        .enumerate()
                        .filter(|(_, line)| line.class as usize == class.index() && line.holding == Holding::Shares)
                        .filter(|(_, line)| holder.is_none_or(|holder| holder.index() == line.owner as usize))
                        .map(|(index, line)| (index, line.owner))
                        .collect();
                    let lines = from
                        .into_iter()
                        .map(|(line, owner)| (line, self.line(OwnerId::at(owner as usize), to, Holding::Shares)))
                        .collect();
                    ChangePlan::Convert { lines, shares, ratio }
                }
                ChangeKind::PoolIncrease { pool, size } => {
                    let class = scenario.owner(pool).map_or(ClassId::at(0), |pool| pool.pool_class);
                    let line = self.line(pool, class, Holding::Unallocated);
                    match size {
                        PoolGrowth::Shares(shares) => ChangePlan::Grow { line, shares: Some(shares), target: None },
                        PoolGrowth::Target { target, counts_issued } => ChangePlan::Grow {
                            line,
                            shares: None,
                            target: Some((target, self.pool_lines(pool, counts_issued))),
                        },
                    }
                }
            });
        }
        all
    }

    pub(super) fn tender(&mut self, tender: &Tender) -> TenderPlan {
        TenderPlan {
            offers: tender
                .offers
                .iter()
                .map(|offer| OfferPlan {
                    line: self.position(offer.holder, offer.class),
                    shares: offer.shares,
                    price: offer.price,
                    receiving: tender.to.iter().map(|(owner, _)| self.position(*owner, offer.class)).collect(),
                })
                .collect(),
            buyers: tender
                .to
                .iter()
                .enumerate()
                .map(|(index, (_, part))| part_plan(*part, &tender.to, index))
                .collect(),
            shares: tender.shares,
            amount: tender.amount,
        }
    }
}

/// Whether a holder with a most-favoured-nation right may take another's package on a day.
pub(super) fn may_adopt(convertible: &Convertible, other: &Convertible, day: Day) -> bool {
    other.note.is_none()
        && !other.mfn
        && other.ownership.is_none()
        && other.capitalisation == convertible.capitalisation
        && other.date > convertible.date
        && other.date <= day
}

pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
