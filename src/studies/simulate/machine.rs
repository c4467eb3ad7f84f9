//! Draws played side by side on whatever vectors the processor has, and one by one where they go ways of their own.

use pulp::Arch;

use crate::engine::Fault;
use crate::engine::State;
use crate::engine::play;
use crate::plan::Plan;

use super::column::Column;
use super::program::Figure;
use super::program::Program;
use super::program::Symbol;
use super::program::Table;
use super::program::WIDTH;
use super::readings::Probe;
use super::readings::Readings;
use super::sampler::Sampler;
use super::wide::wide_on;

/// How many draws with an answer a program learns its way from.
const PILOT: usize = 64;
/// How few will do, where most have none.
const FEWEST: usize = 16;
/// How many blocks of draws are looked through for them.
const LOOKED: u64 = 4;

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
    /// The program of the plan; none where its draws go different ways, as claims in an exit do, which are sorted by the
    /// value of a share.
    #[must_use]
    pub fn program(&self) -> Option<Program> {
        let Job { plan, sampler, readings } = *self;
        let mut figures = sampler.fixed::<WIDTH>();
        let mut single = Single::new(*self);
        let mut pilot: Vec<Vec<f64>> = vec![Vec::new(); figures.len()];
        let mut draws = 0usize;
        'looked: for block in 0..LOOKED {
            sampler.fill(block.saturating_mul(WIDTH as u64), &mut figures);
            for draw in 0..WIDTH {
                let numbers = figures.iter().map(|figure| figure.0.get(draw).copied().unwrap_or(f64::NAN));
                if single.play(*self, numbers).is_ok() {
                    draws = draws.saturating_add(1);
                    for (all, value) in pilot.iter_mut().zip(&single.figures) {
                        all.push(*value);
                    }
                }
                if draws == PILOT {
                    break 'looked;
                }
            }
        }
        if draws < FEWEST {
            return None;
        }
        let figures: Vec<Figure<'_>> = pilot
            .iter()
            .zip(sampler.base())
            .enumerate()
            .map(|(slot, (pilot, fixed))| match sampler.is_drawn(slot) {
                true => Figure::Drawn { pilot, never_negative: sampler.is_never_negative(slot) },
                false => Figure::Fixed(*fixed),
            })
            .collect();
        Program::of(&figures, draws, |figures| recorded(plan, readings, figures))
    }
}

/// Plays once with symbols.
fn recorded<'t>(plan: &Plan, readings: &Readings, figures: &[Symbol<'t>]) -> Option<Vec<Symbol<'t>>> {
    let mut state = State::new(plan);
    let mut probe = Probe::new(readings, plan);
    probe.clear();
    play(plan, figures, &mut state, &mut probe).ok()?;
    let mut results = vec![Symbol::Known(f64::NAN); readings.all().len()];
    probe.tell(plan, figures, &state, |index, value| {
        if let Some(slot) = results.get_mut(index) {
            *slot = value;
        }
    });
    Some(results)
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
    way: Way<'a>,
    single: Single<'a>,
}

/// How a block of draws is played.
#[derive(Debug, Clone)]
enum Way<'a> {
    /// Side by side, but for those that go ways of their own.
    Program(&'a Program, Box<Table>),
    /// One by one, with these figures.
    Alone(Vec<Column<WIDTH>>),
}

/// One draw by itself.
#[derive(Debug, Clone)]
struct Single<'a> {
    figures: Vec<f64>,
    state: State<f64>,
    probe: Probe<'a, f64>,
}

impl<'a> Single<'a> {
    fn new(job: Job<'a>) -> Single<'a> {
        Single { figures: Vec::new(), state: State::new(job.plan), probe: Probe::new(job.readings, job.plan) }
    }

    fn play(&mut self, job: Job<'_>, numbers: impl Iterator<Item = f64>) -> Result<(), Fault> {
        let Single { figures, state, probe } = self;
        figures.clear();
        figures.extend(numbers.take(job.plan.values.len()));
        probe.clear();
        play(job.plan, figures, state, probe)
    }
}

impl<'a> Worker<'a> {
    /// Ready to play, by a program where there is one.
    #[must_use]
    pub fn new(job: Job<'a>, program: Option<&'a Program>) -> Worker<'a> {
        let way = match program {
            Some(program) => Way::Program(program, Box::new(Table::new(program, job.sampler.base()))),
            None => Way::Alone(job.sampler.fixed()),
        };
        Worker { job, way, single: Single::new(job) }
    }

    /// Plays so many draws from `first` on, with the widest instructions there are.
    pub fn play(&mut self, first: u64, draws: usize) -> Chunk {
        self.play_on(Arch::new(), first, draws)
    }

    /// The same with the instructions every processor has: for those who want to see that nothing hangs on it.
    pub fn play_plainly(&mut self, first: u64, draws: usize) -> Chunk {
        self.play_on(Arch::Scalar, first, draws)
    }

    /// Not inlined: one copy of everything below for each instruction set is enough.
    #[inline(never)]
    fn play_on(&mut self, arch: Arch, first: u64, draws: usize) -> Chunk {
        wide_on(
            arch,
            #[inline(always)]
            || self.blocks(first, draws),
        )
    }

    #[inline(always)]
    fn blocks(&mut self, first: u64, draws: usize) -> Chunk {
        let job = self.job;
        // Each number is written once its draw is played.
        let values = vec![0.0; draws.saturating_mul(job.readings.all().len())];
        let mut chunk = Chunk { draws, values, refused: Vec::new() };
        let mut place = 0usize;
        let mut at = first;
        while place < draws {
            let count = draws.saturating_sub(place).min(WIDTH);
            let others = match &mut self.way {
                Way::Program(program, table) => {
                    job.sampler.fill(at, table.figures());
                    let values = &mut chunk.values;
                    table.play(
                        program,
                        #[inline(always)]
                        |index, numbers| {
                            let start = index.saturating_mul(draws).saturating_add(place);
                            store(values, start, count, numbers);
                        },
                    )
                }
                Way::Alone(figures) => {
                    job.sampler.fill(at, figures);
                    [!0; WIDTH]
                }
            };
            for (draw, other) in others.iter().enumerate().take(count) {
                if *other != 0 {
                    self.alone(draw, place.saturating_add(draw), &mut chunk);
                }
            }
            place = place.saturating_add(WIDTH);
            at = at.wrapping_add(WIDTH as u64);
        }
        chunk
    }

    /// One draw by itself, into its place.
    #[inline(never)]
    fn alone(&mut self, draw: usize, at: usize, chunk: &mut Chunk) {
        let Worker { job, way, single } = self;
        let played = match way {
            Way::Program(_, table) => single.play(*job, table.draw(draw)),
            Way::Alone(figures) => {
                let numbers = figures.iter().map(|figure| figure.0.get(draw).copied().unwrap_or(f64::NAN));
                single.play(*job, numbers)
            }
        };
        match played {
            Ok(()) => {
                let Single { figures, state, probe } = single;
                let (values, draws) = (&mut chunk.values, chunk.draws);
                probe.tell(job.plan, figures, state, |index, value| {
                    if let Some(slot) = values.get_mut(index.saturating_mul(draws).saturating_add(at)) {
                        *slot = value;
                    }
                });
            }
            Err(fault) => {
                // What the program left means nothing.
                let draws = chunk.draws.max(1);
                for slot in chunk.values.iter_mut().skip(at).step_by(draws) {
                    *slot = f64::NAN;
                }
                chunk.refused.push((at, fault));
            }
        }
    }
}

/// Writes the first numbers of a column into another.
#[inline(always)]
fn store(values: &mut [f64], start: usize, count: usize, numbers: &[f64; WIDTH]) {
    let Some(rest) = values.get_mut(start..) else { return };
    match rest.first_chunk_mut::<WIDTH>() {
        // A whole block at once.
        Some(block) if count == WIDTH => *block = *numbers,
        _ => {
            for (slot, value) in rest.iter_mut().zip(numbers).take(count) {
                *slot = *value;
            }
        }
    }
}
