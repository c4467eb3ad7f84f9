//! Results read off a play while it runs: for one draw or for many side by side.
//!
//! A play of `run` leaves a journal, and every result is read off that. A simulation keeps none: it asks for a few
//! results, and an [`Observer`] notes what they need as it is told. What it cannot read so is played exactly instead.

use crate::engine::Entry;
use crate::engine::MonthFlow;
use crate::engine::Observer;
use crate::engine::Priced;
use crate::engine::State;
use crate::engine::Why;
use crate::engine::as_converted;
use crate::outcome::Measure;
use crate::outcome::When;
use crate::outcome::owner_of;
use crate::plan::Holding;
use crate::plan::Plan;
use crate::scenario::FigureId;
use crate::scenario::Scenario;
use crate::units::Floating;
use crate::units::Mask;
use crate::units::Scalar;

/// A result that is read as the play runs.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Its path.
    pub path: String,
    /// What it counts.
    pub measure: Measure,
    what: What,
    /// How many steps have been played by then; none at the end.
    steps: Option<usize>,
}

#[derive(Debug, Clone)]
enum What {
    /// Of all shares as converted.
    Ownership(usize),
    /// The same with what is signed.
    Committed(usize),
    Shares(usize),
    Value(usize),
    Voting(usize),
    /// Against the opening.
    Dilution(usize),
    FullyDiluted,
    Unallocated(usize),
    Price(usize),
    PreMoney(usize),
    PostMoney(usize),
    Raised(usize),
    NewShares(usize),
    RunwayMonths(usize),
    RunwayMonth(usize),
    /// The lowest balance of so many months.
    Trough(usize, usize),
    /// What is missing of the minimum in so many months.
    Gap(usize, usize, FigureId),
    Cash(usize, usize),
    /// What an owner takes of an exit.
    Payout(usize, usize),
    /// The value of a common share in an exit.
    ShareValue(usize),
    /// There is no such result here: a round that is not raised has none.
    Absent,
}

impl Reading {
    /// A result that is not there.
    fn absent(path: &str) -> Reading {
        Reading { path: path.to_owned(), measure: Measure::of_path(path), what: What::Absent, steps: None }
    }
}

/// Every result asked for, and the lines it is summed over.
#[derive(Debug, Clone)]
pub struct Readings {
    all: Vec<Reading>,
    /// The lines of each owner.
    lines: Vec<Vec<usize>>,
    /// Those that vote, with their votes a share, where votes are asked for.
    votes: Vec<Vec<(usize, f64)>>,
    /// The tranches whose shares each owner is to get, where those count.
    pending: Vec<Vec<usize>>,
    /// The results that are read after so many steps.
    by_step: Vec<Vec<usize>>,
    /// The results of a round.
    by_round: Vec<Vec<usize>>,
    /// The results that are read as a month of a burn ends: by burn, then by month.
    by_month: Vec<Vec<Vec<usize>>>,
    /// Whether any sums what is posted.
    has_sums: bool,
}

impl Readings {
    /// Compiles results by path; those that cannot be read as the play runs are given back.
    #[must_use]
    pub fn of(scenario: &Scenario, plan: &Plan, paths: &[String]) -> (Readings, Vec<String>) {
        let (mut all, mut others) = (Vec::new(), Vec::new());
        for path in paths {
            match reading(scenario, plan, path) {
                Some(reading) => all.push(reading),
                None if is_to_come(scenario, plan, path) => all.push(Reading::absent(path)),
                None => others.push(path.clone()),
            }
        }
        (Readings::compiled(scenario, plan, all), others)
    }

    /// Compiles results by path, each in its place; one that is not there has no number.
    #[must_use]
    pub fn in_places(scenario: &Scenario, plan: &Plan, paths: &[&str]) -> Readings {
        let all = paths.iter().map(|path| reading(scenario, plan, path).unwrap_or_else(|| Reading::absent(path)));
        Readings::compiled(scenario, plan, all.collect())
    }

    /// Whether the notes of a play that was begun with other results in the same places will do to go on with: what is
    /// measured against the opening has to be there from the beginning.
    #[must_use]
    pub fn go_on_from(&self, before: &Readings) -> bool {
        let both = self.all.iter().zip(&before.all);
        let is_dilution = |reading: &Reading| matches!(reading.what, What::Dilution(_));
        both.into_iter().all(|(own, other)| !is_dilution(own) || is_dilution(other))
    }

    fn compiled(scenario: &Scenario, plan: &Plan, all: Vec<Reading>) -> Readings {
        let asks = |kind: fn(&What) -> bool| all.iter().any(|reading| kind(&reading.what));
        let votes_count = asks(|what| matches!(what, What::Voting(_)));
        let pending_counts = asks(|what| matches!(what, What::Committed(_)));
        let owners = scenario.owners.len();
        let mut lines = vec![Vec::new(); owners];
        let mut votes = vec![Vec::new(); if votes_count { owners } else { 0 }];
        for (index, line) in plan.positions.iter().enumerate() {
            let owner = line.owner as usize;
            if let Some(lines) = lines.get_mut(owner) {
                lines.push(index);
            }
            if let Some(votes) = votes.get_mut(owner).filter(|_| line.holding == Holding::Shares) {
                let class = scenario.classes.get(line.class as usize);
                votes.push((index, class.map_or(1.0, |class| f64::of(scenario.figures.value(class.votes)))));
            }
        }
        let mut pending = vec![Vec::new(); if pending_counts { owners } else { 0 }];
        for (index, tranche) in plan.tranches.iter().enumerate() {
            let owner = plan.positions.get(tranche.position).map(|line| line.owner as usize);
            if let Some(pending) = owner.and_then(|owner| pending.get_mut(owner)) {
                pending.push(index);
            }
        }
        let mut by_step = vec![Vec::new(); plan.steps.len().saturating_add(1)];
        let mut by_round = vec![Vec::new(); scenario.rounds.len()];
        let mut by_month = vec![vec![Vec::new(); plan.treasury.months.len()]; plan.treasury.burns.len()];
        for (index, reading) in all.iter().enumerate() {
            let list = match reading.what {
                What::Price(round) | What::PreMoney(round) | What::PostMoney(round) => by_round.get_mut(round),
                What::Trough(burn, months) | What::Gap(burn, months, _) => {
                    by_month.get_mut(burn).and_then(|burn: &mut Vec<Vec<usize>>| burn.get_mut(months.saturating_sub(1)))
                }
                What::Cash(burn, month) => by_month.get_mut(burn).and_then(|burn| burn.get_mut(month)),
                _ => reading.steps.and_then(|steps| by_step.get_mut(steps)),
            };
            if let Some(list) = list {
                list.push(index);
            }
            if matches!(reading.what, What::Dilution(_))
                && let Some(list) = by_step.first_mut()
                && reading.steps != Some(0)
            {
                list.push(index);
            }
        }
        let has_sums = all.iter().any(|reading| matches!(reading.what, What::Raised(_) | What::NewShares(_)));
        Readings { all, lines, votes, pending, by_step, by_round, by_month, has_sums }
    }

    /// The results, in the order in which they were asked for.
    #[must_use]
    pub fn all(&self) -> &[Reading] {
        &self.all
    }

    #[inline(always)]
    fn lines_of(&self, owner: usize) -> &[usize] {
        self.lines.get(owner).map_or(&[][..], Vec::as_slice)
    }

    /// What an owner holds, as converted.
    #[inline(always)]
    fn held<S: Floating>(&self, owner: usize, plan: &Plan, state: &State<S>) -> S {
        let mut sum = S::ZERO;
        for line in self.lines_of(owner) {
            sum += as_converted(plan, &state.classes, *line, state.held(*line));
        }
        sum
    }

    /// The number of a result that hangs on shares and prices alone, as they stand.
    #[inline(always)]
    fn table<S: Floating>(&self, what: &What, plan: &Plan, state: &State<S>) -> Option<S> {
        Some(match what {
            What::Ownership(owner) => self.held(*owner, plan, state).times(S::ONE.per(state.fully_diluted)),
            What::Shares(owner) => self.lines_of(*owner).iter().fold(S::ZERO, |sum, line| sum + state.held(*line)),
            What::Value(owner) => {
                let value = self.held(*owner, plan, state).times(S::inverse(state.last_price));
                S::select(state.is_priced, value, S::INVALID)
            }
            What::FullyDiluted => state.fully_diluted,
            What::Unallocated(owner) => {
                let mut sum = S::ZERO;
                for line in self.lines_of(*owner) {
                    if plan.positions.get(*line).is_some_and(|line| line.holding == Holding::Unallocated) {
                        sum += state.held(*line);
                    }
                }
                sum
            }
            What::Committed(owner) => {
                let mut all = state.fully_diluted;
                let mut own = self.held(*owner, plan, state);
                for (index, tranches) in self.pending.iter().enumerate() {
                    for tranche in tranches {
                        let pending = state.tranches.get(*tranche).map_or(S::ZERO, |tranche| tranche.pending);
                        let line = plan.tranches.get(*tranche).map_or(0, |tranche| tranche.position);
                        let pending = as_converted(plan, &state.classes, line, pending);
                        all += pending;
                        if index == *owner {
                            own += pending;
                        }
                    }
                }
                own.times(S::ONE.per(all))
            }
            What::Voting(owner) => {
                let (mut all, mut own) = (S::ZERO, S::ZERO);
                for (index, lines) in self.votes.iter().enumerate() {
                    for (line, votes) in lines {
                        let votes = state.held(*line) * S::all(*votes);
                        all += votes;
                        if index == *owner {
                            own += votes;
                        }
                    }
                }
                own.times(S::ONE.per(all))
            }
            _ => return None,
        })
    }
}

/// Whether a result is of a round that is not raised here and may be in some draw.
fn is_to_come(scenario: &Scenario, plan: &Plan, path: &str) -> bool {
    let is_read = plan.splits.is_empty() || !path.starts_with("new_shares.");
    is_read && round_of(path).is_some_and(|round| scenario.may_raise(round))
}

/// The round of a result that only a round has: its price, its valuation, what it raises.
#[must_use]
pub fn round_of(path: &str) -> Option<&str> {
    let (head, round) = path.split_once('.')?;
    matches!(head, "price" | "pre_money" | "post_money" | "raised" | "new_shares").then_some(round)
}

/// Compiles one result; none if it cannot be read as the play runs.
fn reading(scenario: &Scenario, plan: &Plan, path: &str) -> Option<Reading> {
    let (name, steps, month_end) = match path.split_once('@') {
        None => (path, None, None),
        Some((name, when)) => {
            let when = When::from_text(when, scenario, plan)?;
            if matches!(when, When::Branch(..)) {
                return None;
            }
            (name, Some(when.steps(plan)), when.day(plan))
        }
    };
    let parts: Vec<&str> = name.split('.').collect();
    let owner = |id: &str| scenario.owners.iter().position(|owner| owner.id == id);
    let holder = |id: &str| owner(id).filter(|index| scenario.owners.get(*index).is_some_and(|owner| !owner.is_pool));
    let round = |id: &str| scenario.rounds.iter().position(|round| round.id == id);
    let burn = |id: &str| {
        plan.treasury.burns.iter().position(|burn| scenario.burns.get(burn.burn).is_some_and(|burn| burn.id == id))
    };
    // A result of the whole projection has no moment.
    let whole = |what: What| steps.is_none().then_some(what);
    let months = || {
        let ended =
            |day| plan.treasury.months.iter().take_while(move |month| month.month.last().is_some_and(|end| end <= day));
        month_end.map_or(plan.treasury.months.len(), |day| ended(day).count())
    };
    let what = match parts.as_slice() {
        ["ownership", id] => What::Ownership(owner(id)?),
        ["committed", id] => What::Committed(owner(id)?),
        ["shares", id] => What::Shares(owner(id)?),
        ["value", id] => What::Value(owner(id)?),
        // Votes a share are compiled as written.
        ["voting", id] if !votes_are_drawn(scenario) => What::Voting(holder(id)?),
        ["dilution", id] => What::Dilution(owner(id)?),
        ["fully_diluted"] => What::FullyDiluted,
        ["pool", id, "unallocated"] => What::Unallocated(owner(id)?),
        ["price", id] => What::Price(round(id)?),
        ["pre_money", id] => What::PreMoney(round(id)?),
        ["post_money", id] => What::PostMoney(round(id)?),
        ["raised", id] => What::Raised(round(id)?),
        ["new_shares", id] if plan.splits.is_empty() => What::NewShares(round(id)?),
        ["runway", id, "months"] => whole(What::RunwayMonths(burn(id)?))?,
        ["runway", id, "month"] => whole(What::RunwayMonth(burn(id)?))?,
        ["runway", id, "trough"] => What::Trough(burn(id)?, months()),
        ["runway", id, "gap"] => What::Gap(burn(id)?, months(), scenario.cash?.minimum),
        ["cash", id, month] => {
            let place = plan.treasury.months.iter().position(|plan| plan.month.to_string() == *month)?;
            What::Cash(burn(id)?, place)
        }
        ["payout", exit, id] => {
            let exit = scenario.exits.iter().position(|known| known.id == *exit)?;
            whole(What::Payout(exit, owner(id)?))?
        }
        ["exit", exit, "share_value"] => {
            whole(What::ShareValue(scenario.exits.iter().position(|known| known.id == *exit)?))?
        }
        _ => return None,
    };
    if matches!(what, What::Trough(_, 0) | What::Gap(_, 0, _)) {
        return None;
    }
    Some(Reading { path: path.to_owned(), measure: Measure::of_path(path), what, steps })
}

/// Whether the votes of a share of some class are drawn.
fn votes_are_drawn(scenario: &Scenario) -> bool {
    let spread = |figure: FigureId| scenario.figures.get(figure).is_some_and(|figure| figure.spread.is_some());
    scenario.classes.iter().any(|class| spread(class.votes))
}

/// What has been noted of a play so far.
#[derive(Debug, Clone, Default)]
pub struct Noted<S> {
    values: Vec<S>,
    /// The opening parts, for dilution.
    opening: Vec<S>,
}

impl<S: Copy> Noted<S> {
    /// Takes over other notes, in the lists that are there.
    pub fn copy_from(&mut self, other: &Noted<S>) {
        self.values.clone_from(&other.values);
        self.opening.clone_from(&other.opening);
    }
}

/// Notes what happens in a play. It is reused from play to play.
#[derive(Debug, Clone)]
pub struct Probe<'a, S> {
    readings: &'a Readings,
    plan: &'a Plan,
    noted: Noted<S>,
    step: usize,
}

impl<'a, S: Floating> Probe<'a, S> {
    /// Notes nothing yet.
    #[must_use]
    pub fn new(readings: &'a Readings, plan: &'a Plan) -> Probe<'a, S> {
        let none = vec![S::INVALID; readings.all.len()];
        Probe { readings, plan, noted: Noted { opening: none.clone(), values: none }, step: 0 }
    }

    /// Goes on with the notes of a play that was begun under another plan, of as many results.
    #[must_use]
    pub fn going_on(readings: &'a Readings, plan: &'a Plan, mut noted: Noted<S>) -> Probe<'a, S> {
        noted.values.resize(readings.all.len(), S::INVALID);
        noted.opening.resize(readings.all.len(), S::INVALID);
        Probe { readings, plan, noted, step: 0 }
    }

    /// The notes, for the play to go on under another plan.
    #[must_use]
    pub fn into_noted(self) -> Noted<S> {
        self.noted
    }

    /// Before a play.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.step = 0;
        for (value, reading) in self.noted.values.iter_mut().zip(&self.readings.all) {
            *value = match reading.what {
                // What is not there yet may be, and then be summed.
                What::Raised(_) | What::NewShares(_) | What::Absent => S::ZERO,
                _ => S::INVALID,
            };
        }
    }

    /// After a play: each result in its order. Where there is no number in a draw it is invalid; what does not come
    /// within the horizon is beyond every number.
    #[inline(always)]
    pub fn tell(&self, plan: &Plan, figures: &[S], state: &State<S>, mut put: impl FnMut(usize, S)) {
        for (index, (reading, noted)) in self.readings.all.iter().zip(&self.noted.values).enumerate() {
            let value = match &reading.what {
                What::Gap(_, _, minimum) => {
                    let minimum = figures.get(minimum.index()).copied().unwrap_or(S::INVALID);
                    let lowest = *noted / S::of(plan.treasury.denominator);
                    // A comparison with no number must not make one.
                    S::select(lowest.lt(minimum), minimum - lowest, lowest * S::ZERO)
                }
                What::Trough(..) | What::Cash(..) => *noted / S::of(plan.treasury.denominator),
                What::Raised(round) | What::NewShares(round) => {
                    let held = state.rounds.get(*round).map_or(S::Mask::NEVER, |round| round.is_held);
                    S::select(held, *noted, S::INVALID)
                }
                What::Absent => S::INVALID,
                _ if reading.steps.is_some() => *noted,
                What::Dilution(owner) => self.diluted(index, *owner, plan, state),
                What::RunwayMonths(burn) => state
                    .runway(plan, *burn)
                    .map_or(S::INVALID, |runway| S::select(runway.runs_out, runway.months, S::BEYOND)),
                What::RunwayMonth(burn) => state.runway(plan, *burn).map_or(S::INVALID, |runway| runway.month),
                What::Payout(exit, owner) => payout(plan, state, *exit, *owner),
                What::ShareValue(exit) => match state.exits.get(*exit) {
                    Some(Some(left)) => {
                        left.listed.as_ref().map_or_else(|| left.level.share_value(), |listed| listed.price)
                    }
                    _ => S::INVALID,
                },
                what => self.readings.table(what, plan, state).unwrap_or(*noted),
            };
            put(index, value);
        }
    }

    /// What is left of an opening part, less than one.
    #[inline(always)]
    fn diluted(&self, index: usize, owner: usize, plan: &Plan, state: &State<S>) -> S {
        let now = self.readings.table(&What::Ownership(owner), plan, state).unwrap_or(S::INVALID);
        S::ONE - now / self.noted.opening.get(index).copied().unwrap_or(S::INVALID)
    }

    /// Notes what hangs on shares and prices, where a moment has come.
    #[inline(always)]
    fn moment(&mut self, steps: usize, state: &State<S>) {
        for index in self.readings.by_step.get(steps).map_or(&[][..], Vec::as_slice) {
            let Some(reading) = self.readings.all.get(*index) else { continue };
            if steps == 0
                && let What::Dilution(owner) = reading.what
                && let Some(opening) = self.noted.opening.get_mut(*index)
            {
                let part = self.readings.table(&What::Ownership(owner), self.plan, state).unwrap_or(S::INVALID);
                // Who began with nothing is not diluted.
                *opening = S::select(S::ZERO.lt(part), part, S::INVALID);
            }
            if reading.steps != Some(steps) {
                continue;
            }
            let value = match reading.what {
                What::Dilution(owner) => Some(self.diluted(*index, owner, self.plan, state)),
                ref what => self.readings.table(what, self.plan, state),
            };
            if let (Some(value), Some(slot)) = (value, self.noted.values.get_mut(*index)) {
                *slot = value;
            }
        }
    }

    /// Whether a result is still to come when a step is played.
    #[inline(always)]
    fn is_open(&self, index: usize) -> bool {
        let steps = self.readings.all.get(index).and_then(|reading| reading.steps);
        steps.is_none_or(|steps| self.step < steps)
    }

    /// Adds money and shares to what a round has raised.
    #[inline(always)]
    fn add(&mut self, round: usize, money: S, shares: S) {
        for index in 0..self.readings.all.len() {
            let added = match self.readings.all.get(index).map(|reading| &reading.what) {
                Some(What::Raised(of)) if *of == round => money,
                Some(What::NewShares(of)) if *of == round => shares,
                _ => continue,
            };
            if self.is_open(index)
                && let Some(value) = self.noted.values.get_mut(index)
            {
                *value += added;
            }
        }
    }
}

impl<S: Floating> Observer<S> for Probe<'_, S> {
    #[inline(always)]
    fn begin(&mut self, step: usize) {
        self.step = step;
    }

    #[inline(always)]
    fn opened(&mut self, state: &State<S>) {
        self.moment(0, state);
    }

    #[inline(always)]
    fn end(&mut self, step: usize, state: &State<S>) {
        self.moment(step.saturating_add(1), state);
    }

    #[inline(always)]
    fn priced(&mut self, round: usize, priced: &Priced<S>) {
        for index in self.readings.by_round.get(round).map_or(&[][..], Vec::as_slice) {
            if !self.is_open(*index) {
                continue;
            }
            let value = match self.readings.all.get(*index).map(|reading| &reading.what) {
                Some(What::Price(_)) => priced.class_price,
                Some(What::PreMoney(_)) => priced.pre_money,
                Some(What::PostMoney(_)) => priced.post_money,
                _ => continue,
            };
            if let Some(slot) = self.noted.values.get_mut(*index) {
                *slot = S::select(priced.is_held, value, S::INVALID);
            }
        }
    }

    #[inline(always)]
    fn post(&mut self, entry: Entry<S>) {
        if !self.readings.has_sums {
            return;
        }
        match entry {
            Entry::Closed { closing, shares, money, .. } => {
                let tranche = self.plan.closings.get(closing).and_then(|it| self.plan.tranches.get(it.tranche));
                if let Some(tranche) = tranche {
                    self.add(tranche.round, money, shares);
                }
            }
            Entry::Moved { why: Why::ProRata { round }, money, arrived, .. } => self.add(round, money, arrived),
            _ => {}
        }
    }

    #[inline(always)]
    fn month(&mut self, burn: usize, flow: &MonthFlow<S>) {
        let wanted = self.readings.by_month.get(burn).and_then(|months| months.get(flow.month));
        for index in wanted.map_or(&[][..], Vec::as_slice) {
            let is_cash = matches!(self.readings.all.get(*index).map(|it| &it.what), Some(What::Cash(..)));
            if let Some(slot) = self.noted.values.get_mut(*index) {
                *slot = if is_cash { flow.balance } else { flow.lowest };
            }
        }
    }
}

/// What an owner takes of an exit.
fn payout<S: Floating>(plan: &Plan, state: &State<S>, exit: usize, owner: usize) -> S {
    let (Some(Some(left)), Some(exit)) = (state.exits.get(exit), plan.exits.get(exit)) else { return S::INVALID };
    let mut sum = S::ZERO;
    for (payee, money) in &left.payouts {
        if owner_of(plan, exit, *payee) == Some(owner) {
            sum += *money;
        }
    }
    sum
}
