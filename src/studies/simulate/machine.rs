//! Draws played side by side on whatever vectors the processor has, and one by one where that has no answer.

use pulp::Arch;
use pulp::NullaryFnOnce;

use crate::engine::Fault;
use crate::engine::State;
use crate::engine::play;
use crate::plan::Plan;
use crate::plan::StepKind;
use crate::units::Lanes;

use super::readings::Probe;
use super::readings::Readings;
use super::sampler::Sampler;

/// How many draws stand side by side: two vectors of the widest instruction set, four of the next.
pub const LANES: usize = 16;

/// What is played: a plan, what differs from draw to draw, and what is read.
#[derive(Debug, Clone, Copy)]
pub struct Job<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What differs.
    pub sampler: &'a Sampler,
    /// What is read.
    pub readings: &'a Readings,
}

impl Job<'_> {
    /// Exits sort claims by the value of a share, which is another order in each draw: such a plan is played draw by
    /// draw.
    #[must_use]
    pub fn is_side_by_side(&self) -> bool {
        !self.plan.steps.iter().any(|step| matches!(step.kind, StepKind::Exit(_)))
    }
}

/// The results of some draws: a column a result, one behind the other.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// How many draws.
    pub draws: usize,
    /// The columns.
    pub values: Vec<f64>,
    /// Draws without an answer, by their place in the chunk, and why.
    pub refused: Vec<(usize, Fault)>,
}

impl Chunk {
    /// Nothing yet, for so many draws of so many results.
    #[must_use]
    pub fn new(draws: usize, results: usize) -> Chunk {
        Chunk { draws, values: vec![f64::NAN; draws.saturating_mul(results)], refused: Vec::new() }
    }
}

/// What a thread plays in. It is reused from chunk to chunk; a draw allocates nothing.
#[derive(Debug, Clone)]
pub struct Worker<'a> {
    job: Job<'a>,
    figures: Vec<Lanes<LANES>>,
    state: State<Lanes<LANES>>,
    probe: Probe<'a, Lanes<LANES>>,
    single: Single<'a>,
    is_side_by_side: bool,
}

/// One draw by itself.
#[derive(Debug, Clone)]
struct Single<'a> {
    figures: Vec<f64>,
    state: State<f64>,
    probe: Probe<'a, f64>,
}

impl<'a> Worker<'a> {
    /// Ready to play.
    #[must_use]
    pub fn new(job: Job<'a>) -> Worker<'a> {
        let Job { plan, sampler, readings } = job;
        let single = Single { figures: Vec::new(), state: State::new(plan), probe: Probe::new(readings, plan) };
        Worker {
            job,
            figures: sampler.fixed(),
            state: State::new(plan),
            probe: Probe::new(readings, plan),
            single,
            is_side_by_side: job.is_side_by_side(),
        }
    }

    /// Plays so many draws from `first` on, with the widest instructions there are.
    pub fn play(&mut self, first: u64, draws: usize) -> Chunk {
        run_on(Arch::new(), Run { worker: self, first, draws })
    }

    /// The same with the instructions every processor has: for those who want to see that nothing hangs on it.
    pub fn play_plainly(&mut self, first: u64, draws: usize) -> Chunk {
        run_on(Arch::Scalar, Run { worker: self, first, draws })
    }

    /// One lane by itself.
    fn alone(&mut self, lane: usize) -> Result<(), Fault> {
        let Single { figures, state, probe } = &mut self.single;
        figures.clear();
        figures.extend(self.figures.iter().map(|figure| figure.0.get(lane).copied().unwrap_or(f64::NAN)));
        probe.clear();
        play(self.job.plan, figures, state, probe)
    }
}

/// Runs on an instruction set. Not inlined: one copy of everything below for each set is enough.
#[inline(never)]
fn run_on(arch: Arch, run: Run<'_, '_>) -> Chunk {
    arch.dispatch(run)
}

/// A run of draws: everything below it is compiled once for each instruction set.
struct Run<'w, 'a> {
    worker: &'w mut Worker<'a>,
    first: u64,
    draws: usize,
}

impl NullaryFnOnce for Run<'_, '_> {
    type Output = Chunk;

    #[inline(always)]
    fn call(self) -> Chunk {
        let Run { worker, first, draws } = self;
        let job = worker.job;
        let mut chunk = Chunk::new(draws, job.readings.all().len());
        let mut place = 0usize;
        let mut at = first;
        while place < draws {
            let count = draws.saturating_sub(place).min(LANES);
            job.sampler.fill(at, &mut worker.figures);
            worker.probe.clear();
            let is_played =
                worker.is_side_by_side && play(job.plan, &worker.figures, &mut worker.state, &mut worker.probe).is_ok();
            if is_played {
                let values = &mut chunk.values;
                worker.probe.tell(
                    job.plan,
                    &worker.figures,
                    &worker.state,
                    #[inline(always)]
                    |index, value| {
                        let start = index.saturating_mul(draws).saturating_add(place);
                        store(values, start, count, value);
                    },
                );
            } else {
                one_by_one(worker, place, count, &mut chunk);
            }
            place = place.saturating_add(LANES);
            at = at.wrapping_add(LANES as u64);
        }
        chunk
    }
}

/// Writes the first lanes of a number into a column.
#[inline(always)]
fn store(values: &mut [f64], start: usize, count: usize, value: Lanes<LANES>) {
    let Some(rest) = values.get_mut(start..) else { return };
    match rest.first_chunk_mut::<LANES>() {
        // A whole block at once.
        Some(block) if count == LANES => *block = value.0,
        _ => {
            for (slot, value) in rest.iter_mut().zip(value.0).take(count) {
                *slot = value;
            }
        }
    }
}

/// Plays each lane by itself: the draws of a block one of which has no answer, or that are not for lanes.
#[inline(never)]
fn one_by_one(worker: &mut Worker<'_>, place: usize, count: usize, chunk: &mut Chunk) {
    for lane in 0..count {
        let at = place.saturating_add(lane);
        match worker.alone(lane) {
            Ok(()) => {
                let Single { figures, state, probe } = &worker.single;
                let (values, draws) = (&mut chunk.values, chunk.draws);
                probe.tell(worker.job.plan, figures, state, |index, value| {
                    if let Some(slot) = values.get_mut(index.saturating_mul(draws).saturating_add(at)) {
                        *slot = value;
                    }
                });
            }
            Err(fault) => chunk.refused.push((at, fault)),
        }
    }
}
