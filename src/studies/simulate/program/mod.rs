//! A play as a straight line of instructions.
//!
//! The engine is played once with numbers that write down what is done with them, and what is the same in every draw is
//! computed there and then. What is left are the operations that differ from draw to draw, in the engine's own order:
//! they are carried out column by column and give, bit by bit, what a play on floats gives. A draw that would go another
//! way than the trace is told apart and played by itself.

mod assemble;
mod graph;
mod instruction;
mod simplify;
mod symbol;
mod trace;

pub use instruction::WIDTH;
pub use symbol::Symbol;
pub use symbol::SymbolMask;

use assemble::Code;
use assemble::assemble;
use instruction::Desk;
use instruction::Numbers;
use simplify::simplified;
use trace::Trace;

/// Operations that a trace has room for from the start.
const ROOM: usize = 4096;
/// How often a trace is simplified: what one time folds, and what its checks say, serves the next.
const ROUNDS: usize = 3;

/// A figure as a program is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure<'a> {
    /// The same in every draw.
    Fixed(f64),
    /// One that is drawn, with its numbers in the pilot.
    Drawn {
        /// Its numbers.
        pilot: &'a [f64],
        /// Whether no draw has it below zero.
        never_negative: bool,
    },
}

/// Instructions that play draws side by side.
#[derive(Debug, Clone)]
pub struct Program {
    code: Code,
}

impl Program {
    /// Makes a program of a play. `play` plays once with the symbols of the figures and gives the results that are asked
    /// for. None where the pilot's draws do not go one way together: they are then played one by one.
    #[must_use]
    pub fn of(
        figures: &[Figure<'_>],
        draws: usize,
        play: impl for<'t> FnOnce(&[Symbol<'t>]) -> Option<Vec<Symbol<'t>>>,
    ) -> Option<Program> {
        let trace = Trace::new(draws, ROOM, Vec::new());
        let results = {
            let symbols: Vec<Symbol<'_>> = figures
                .iter()
                .enumerate()
                .map(|(slot, figure)| match *figure {
                    Figure::Fixed(value) => Symbol::Known(value),
                    Figure::Drawn { pilot, never_negative } => trace.figure(slot, pilot, never_negative),
                })
                .collect();
            let results = play(&symbols)?;
            results.iter().map(|result| result.operand()).collect::<Vec<_>>()
        };
        let (mut graph, mut results) = (trace.into_graph(), results);
        let mut room = Vec::new();
        // What is folded on the way leaves a little more to fold.
        for _ in 0..ROUNDS {
            let simpler = simplified(&graph, &results, room)?;
            // Two lists serve all traces, turn by turn.
            room = graph.into_room();
            (graph, results) = simpler;
        }
        let code = assemble(&graph, &results, figures.len())?;
        Some(Program { code })
    }
}

/// Where a thread plays a program's draws.
#[derive(Debug, Clone)]
pub struct Table {
    desk: Desk,
}

impl Table {
    /// A table for a program whose fixed figures are these.
    #[must_use]
    pub fn new(program: &Program, figures: &[f64]) -> Table {
        let mut columns: Vec<Numbers> = figures.iter().map(|value| Numbers::splat(*value)).collect();
        columns.resize(program.code.columns.max(figures.len()), Numbers::splat(0.0));
        let masks = vec![[0; WIDTH]; program.code.masks];
        Table { desk: Desk { columns, masks, others: [0; WIDTH] } }
    }

    /// The columns of the figures, by slot, to be filled before a play.
    #[inline(always)]
    pub fn figures(&mut self) -> &mut [Numbers] {
        &mut self.desk.columns
    }

    /// One draw's number of each column.
    pub fn draw(&self, draw: usize) -> impl Iterator<Item = f64> + '_ {
        self.desk.columns.iter().map(move |column| column.0.get(draw).copied().unwrap_or(f64::NAN))
    }

    /// Plays a block of draws; `result` is told each result's place and numbers. What comes back is not zero where the
    /// play of a draw is another one, and its results mean nothing.
    #[inline(always)]
    pub fn play(&mut self, program: &Program, mut result: impl FnMut(usize, &[f64; WIDTH])) -> [u64; WIDTH] {
        self.desk.others = [0; WIDTH];
        for instruction in &program.code.instructions {
            self.desk.carry_out(
                instruction,
                #[inline(always)]
                |place, column| result(place, &column.0),
            );
        }
        for (place, value) in &program.code.fixed {
            result(*place, &[*value; WIDTH]);
        }
        self.desk.others
    }
}
