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
    /// States before some of the steps, and how many of them are of this draw.
    kept: Vec<Kept>,
    used: usize,
}

/// A state before a step.
struct Kept {
    step: usize,
    state: State<f64>,
    noted: Noted<f64>,
}

impl Desk {
    /// Ready to play.
    pub fn new(plan: &Plan) -> Desk {
        Desk {
            figures: Vec::new(),
            state: State::new(plan),
            noted: Noted::default(),
            balances: Vec::new(),
            kept: Vec::new(),
            used: 0,
        }
    }

    /// Takes the numbers of another draw.
    pub fn take(&mut self, figures: impl Iterator<Item = f64>) {
        self.figures.clear();
        self.figures.extend(figures);
    }

    /// The numbers of the draw.
    pub fn figures(&self) -> &[f64] {
        &self.figures
    }

    /// Plays a draw from its beginning, but for the exits that come last.
    pub fn begin(&mut self, variant: &Variant) -> Result<(), Box<Diagnostic>> {
        self.used = 0;
        self.probed(variant, |figures, state, probe| {
            probe.clear();
            open(&variant.plan, figures, state, probe)
        })?;
        self.go_on(variant, 0)
    }

    /// Goes on with one round more; from the beginning where the plans do not go together.
    pub fn resume(&mut self, before: &Variant, variant: &Variant) -> Result<(), Box<Diagnostic>> {
        let Some(together) = &variant.together else { return self.begin(variant) };
        let mut from = before.settled;
        if from > together.steps {
            let kept = self.kept.iter().take(self.used);
            let common = kept.take_while(|kept| kept.step <= together.steps).count();
            let last = common.checked_sub(1).and_then(|last| self.kept.get(last));
            let Some(kept) = last else { return self.begin(variant) };
            self.state.copy_from(&kept.state);
            self.noted.copy_from(&kept.noted);
            self.used = common;
            from = kept.step;
        }
        let kept = self.kept.iter_mut().take(self.used).map(|kept| &mut kept.state);
        for state in std::iter::once(&mut self.state).chain(kept) {
            state.go_on(&variant.plan, &self.figures, &together.lines);
        }
        self.go_on(variant, from)
    }

    /// Plays the steps from one on, but for the exits that come last, and the months.
    fn go_on(&mut self, variant: &Variant, from: usize) -> Result<(), Box<Diagnostic>> {
        for step in from..variant.settled {
            if variant.may_resume.get(step).copied().unwrap_or(false) {
                self.keep(step);
            }
            self.probed(variant, |figures, state, probe| {
                play_steps(&variant.plan, step..step.saturating_add(1), figures, state, probe)
            })?;
        }
        let mut balances = std::mem::take(&mut self.balances);
        balances.clear();
        let run = self.probed(variant, |figures, state, probe| {
            play_months(&variant.plan, figures, state, &mut Months { probe, balances: &mut balances })
        });
        self.balances = balances;
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

    /// The projection as it stands.
    fn projection<'p>(&'p self, variant: &'p Variant) -> Projection<'p, f64> {
        Projection {
            scenario: &variant.scenario,
            plan: &variant.plan,
            figures: Figures::new(&self.figures),
            runway: self.state.runways.first().copied(),
            balances: &self.balances,
        }
    }

    /// The round that is due next, in time or too late.
    pub fn next(&self, variant: &Variant) -> Option<Due<f64>> {
        self.projection(variant).next(has_times_left)
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
        let last = self.used.checked_sub(1).and_then(|last| self.kept.get(last));
        if self.used == MOST_KEPT || last.is_some_and(|last| last.step >= step) {
            return;
        }
        let Desk { state, noted, kept, used, .. } = self;
        match kept.get_mut(*used) {
            Some(kept) => {
                kept.step = step;
                kept.state.copy_from(state);
                kept.noted.copy_from(noted);
            }
            None => kept.push(Kept { step, state: state.clone(), noted: noted.clone() }),
        }
        *used = used.saturating_add(1);
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
