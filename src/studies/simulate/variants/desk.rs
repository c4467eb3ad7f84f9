//! What a thread plays the draws of variants in.

use crate::diagnostics::Diagnostic;
use crate::engine::Fault;
use crate::engine::Figures;
use crate::engine::MonthFlow;
use crate::engine::Observer;
use crate::engine::State;
use crate::engine::open;
use crate::engine::play_months;
use crate::engine::play_steps;
use crate::outcome::Due;
use crate::outcome::Projection;
use crate::outcome::has_times_left;
use crate::plan::Plan;
use crate::studies::simulate::readings::Noted;
use crate::studies::simulate::readings::Probe;

use super::variant::Variant;

/// States that are kept in a draw for a round that may be raised before what is left to play.
const MOST_KEPT: usize = 6;

/// A draw as it is played, under one plan after the other: a round changes nothing before its own day, so a play goes on
/// from there.
pub struct Desk {
    figures: Vec<f64>,
    state: State<f64>,
    noted: Noted<f64>,
    /// The balance at the end of each month.
    balances: Vec<f64>,
    /// A list to write others into.
    room: Vec<f64>,
    /// States before some of the steps, and how many of them are of this draw.
    kept: Vec<Kept>,
    used: usize,
    /// Plays that wait to go on, and how many they are.
    aside: Vec<Kept>,
    waiting: usize,
}

/// A state before a step; none where it is of no use.
struct Kept {
    step: Option<usize>,
    state: State<f64>,
    noted: Noted<f64>,
    /// The balances of the first months, where those stay as they are.
    balances: Vec<f64>,
}

/// Where a play goes on.
#[derive(Clone, Copy)]
struct Parting {
    /// The first step that is played again.
    step: usize,
    /// The state that is kept of that moment, by its place; none where it is the state as it stands.
    kept: Option<usize>,
    /// How many months need not be run again.
    known: usize,
}

impl Desk {
    /// Ready to play, with the figures as `run` has them.
    pub fn new(plan: &Plan, figures: &[f64]) -> Desk {
        Desk {
            figures: figures.to_vec(),
            state: State::new(plan),
            noted: Noted::default(),
            balances: Vec::new(),
            room: Vec::new(),
            kept: Vec::new(),
            used: 0,
            aside: Vec::new(),
            waiting: 0,
        }
    }

    /// About how many numbers the state of a draw has that is put aside.
    pub fn size(plan: &Plan) -> usize {
        let lists = [
            plan.positions.len(),
            plan.treasury.months.len().saturating_mul(3),
            plan.ratios.len().saturating_mul(12),
            plan.tranches.len().saturating_mul(8),
            plan.rounds.len().saturating_mul(4),
            plan.convertibles.len().saturating_add(plan.grants.len()).saturating_mul(2),
        ];
        lists.iter().sum::<usize>().max(1)
    }

    /// Takes what is drawn in another draw.
    pub fn take(&mut self, drawn: impl Iterator<Item = (usize, f64)>) {
        for (slot, number) in drawn {
            if let Some(figure) = self.figures.get_mut(slot) {
                *figure = number;
            }
        }
    }

    /// The numbers of the draw.
    pub fn figures(&self) -> &[f64] {
        &self.figures
    }

    /// Plays a draw from its beginning, but for the exits that come last.
    pub fn begin(&mut self, variant: &Variant) -> Result<(), Box<Diagnostic>> {
        self.used = 0;
        self.balances.clear();
        self.probed(variant, |figures, state, probe| {
            probe.clear();
            open(&variant.plan, figures, state, probe)
        })?;
        self.go_on(variant, 0)
    }

    /// Goes on with one round more; from the beginning where the plans do not go together.
    pub fn resume(&mut self, before: &Variant, variant: &Variant) -> Result<(), Box<Diagnostic>> {
        let Some(Parting { step, kept, known }) = self.parting(before, variant) else { return self.begin(variant) };
        self.balances.truncate(known);
        if let Some(kept) = kept {
            self.used = kept.saturating_add(1);
            if let Some(kept) = self.kept.get(kept) {
                self.state.copy_from(&kept.state);
                self.noted.copy_from(&kept.noted);
            }
        }
        self.under(variant);
        self.go_on(variant, step)
    }

    /// Puts a play aside that is to go on with one round more, until [`Desk::take_up`]. Gives its place.
    pub fn put_aside(&mut self, before: &Variant, variant: &Variant) -> usize {
        let parting = self.parting(before, variant);
        let known = parting.map_or(0, |parting| parting.known);
        let kept = parting.and_then(|parting| self.kept.get(parting.kept?));
        let (state, noted) = kept.map_or((&self.state, &self.noted), |kept| (&kept.state, &kept.noted));
        let place = self.waiting;
        let balances = self.balances.get(..known).unwrap_or(&[]);
        Kept::put(&mut self.aside, place, parting.map(|parting| parting.step), state, noted, balances);
        self.waiting = place.saturating_add(1);
        place
    }

    /// Goes on with a play that was put aside, and one round more.
    pub fn take_up(&mut self, place: usize, variant: &Variant) -> Result<(), Box<Diagnostic>> {
        let aside = self.aside.get(place).and_then(|aside| Some((aside.step?, aside)));
        let Some((from, aside)) = aside else { return self.begin(variant) };
        self.state.copy_from(&aside.state);
        self.state.forget_months();
        self.noted.copy_from(&aside.noted);
        self.balances.clone_from(&aside.balances);
        self.used = 0;
        self.under(variant);
        self.go_on(variant, from)
    }

    /// Forgets what was put aside.
    pub fn clear_aside(&mut self) {
        self.waiting = 0;
    }

    /// Where a play parts from one that has a round more; none where they do not go together.
    fn parting(&self, before: &Variant, variant: &Variant) -> Option<Parting> {
        let steps = variant.common.as_ref()?.steps;
        if before.settled <= steps {
            let known = self.state.known_months(&variant.plan, variant.raised);
            return Some(Parting { step: before.settled, kept: None, known });
        }
        let kept = self.kept.iter().take(self.used).take_while(|kept| kept.step.is_some_and(|step| step <= steps));
        let last = kept.count().checked_sub(1)?;
        // What is noted of the months was not by then: they are all run again.
        Some(Parting { step: self.kept.get(last)?.step?, kept: Some(last), known: 0 })
    }

    /// The state, and those that are kept, under a plan with one round more.
    fn under(&mut self, variant: &Variant) {
        let Some(common) = &variant.common else { return };
        let kept = self.kept.iter_mut().take(self.used).map(|kept| &mut kept.state);
        for state in std::iter::once(&mut self.state).chain(kept) {
            state.go_on(&variant.plan, &self.figures, &common.lines);
        }
    }

    /// Plays the steps from one on, but for the exits that come last, and the months whose balances are not there.
    fn go_on(&mut self, variant: &Variant, from: usize) -> Result<(), Box<Diagnostic>> {
        for step in from..variant.settled {
            if variant.may_resume.get(step).copied().unwrap_or(false) {
                self.keep(step);
            }
            self.probed(variant, |figures, state, probe| {
                play_steps(&variant.plan, step..step.saturating_add(1), figures, state, probe)
            })?;
        }
        let (known, mut balances) = (std::mem::take(&mut self.balances), std::mem::take(&mut self.room));
        known.clone_into(&mut balances);
        let run = self.probed(variant, |figures, state, probe| {
            play_months(&variant.plan, figures, state, &known, &mut Months { probe, balances: &mut balances })
        });
        (self.balances, self.room) = (balances, known);
        run
    }

    /// Plays the exits that come last, and tells the results, by their place.
    pub fn end(&mut self, variant: &Variant, put: impl FnMut(usize, f64)) -> Result<(), Box<Diagnostic>> {
        let Variant { plan, readings, settled, .. } = variant;
        self.probed(variant, |figures, state, probe| {
            play_steps(plan, *settled..plan.steps.len(), figures, state, probe)
        })?;
        let Desk { figures, state, noted, .. } = self;
        let probe = Probe::going_on(readings, plan, std::mem::take(noted));
        probe.tell(plan, figures, state, put);
        *noted = probe.into_noted();
        Ok(())
    }

    /// Whether a round took place, by its place among those of the plan.
    pub fn is_held(&self, round: usize) -> bool {
        self.state.rounds.get(round).is_some_and(|round| round.is_held)
    }

    /// How many months the money lasts, where that is known.
    pub fn months(&self) -> f64 {
        self.state.runways.first().map_or(f64::NAN, |runway| runway.months)
    }

    /// The round that is due next, in time or too late.
    pub fn next(&self, variant: &Variant) -> Option<Due<f64>> {
        let projection = Projection {
            scenario: &variant.scenario,
            plan: &variant.plan,
            figures: Figures::new(&self.figures),
            runway: self.state.runways.first().copied(),
            balances: &self.balances,
        };
        projection.next(has_times_left)
    }

    /// Plays something and notes what happens.
    fn probed(
        &mut self,
        variant: &Variant,
        play: impl FnOnce(&[f64], &mut State<f64>, &mut Probe<'_, f64>) -> Result<(), Fault>,
    ) -> Result<(), Box<Diagnostic>> {
        let Desk { figures, state, noted, .. } = self;
        let mut probe = Probe::going_on(&variant.readings, &variant.plan, std::mem::take(noted));
        let played = play(figures, state, &mut probe);
        *noted = probe.into_noted();
        played.map_err(|fault| variant.why(fault))
    }

    /// Keeps the state before a step, if there is room.
    fn keep(&mut self, step: usize) {
        let last = self.used.checked_sub(1).and_then(|last| self.kept.get(last)?.step);
        if self.used == MOST_KEPT || last.is_some_and(|last| last >= step) {
            return;
        }
        Kept::put(&mut self.kept, self.used, Some(step), &self.state, &self.noted, &[]);
        self.used = self.used.saturating_add(1);
    }
}

impl Kept {
    /// Puts a state into a list, at a place that is there or is the next.
    fn put(
        all: &mut Vec<Kept>,
        place: usize,
        step: Option<usize>,
        state: &State<f64>,
        noted: &Noted<f64>,
        balances: &[f64],
    ) {
        match all.get_mut(place) {
            Some(kept) => {
                kept.step = step;
                kept.state.copy_from(state);
                kept.noted.copy_from(noted);
                balances.clone_into(&mut kept.balances);
            }
            None => all.push(Kept { step, state: state.clone(), noted: noted.clone(), balances: balances.to_vec() }),
        }
    }
}

/// Notes the results of the months, and keeps their balances: those of the only report that is run, or of all in turn.
struct Months<'a, 'p> {
    probe: &'a mut Probe<'p, f64>,
    balances: &'a mut Vec<f64>,
}

impl Observer<f64> for Months<'_, '_> {
    #[inline(always)]
    fn month(&mut self, burn: usize, flow: &MonthFlow<f64>) {
        self.balances.push(flow.balance);
        self.probe.month(burn, flow);
    }
}
