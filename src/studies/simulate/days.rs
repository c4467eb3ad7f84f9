//! Days that are drawn: a scenario is read anew for each choice of them, once.

use std::collections::HashMap;
use std::sync::Mutex;

use rust_decimal::prelude::ToPrimitive;

use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::outcome::Outcome;
use crate::scenario::Scenario;
use crate::studies::Change;
use crate::studies::Player;
use crate::units::Day;
use crate::units::Decimal;

use super::sampler::Sampler;

/// Scenarios are kept for this many choices of days.
const MOST_KEPT: usize = 4096;

/// What a choice of days gave.
type Read = Result<Scenario, Box<Diagnostic>>;

/// Scenarios by the days that were drawn.
pub(super) struct Days<'a> {
    outcome: &'a Outcome,
    player: &'a Player<'a>,
    known: Mutex<HashMap<Vec<Day>, Read>>,
}

impl<'a> Days<'a> {
    pub fn new(outcome: &'a Outcome, player: &'a Player<'a>) -> Days<'a> {
        Days { outcome, player, known: Mutex::new(HashMap::new()) }
    }

    /// The days of a draw, by path.
    pub fn of<'s>(&self, figures: &[f64], sampler: &'s Sampler) -> Vec<(&'s str, Day)> {
        let day = |slot: usize| {
            let number = Decimal::from_f64_retain(figures.get(slot).copied()?)?;
            Day::from_number(number.round().to_i64()?)
        };
        sampler.days().iter().filter_map(|(slot, path)| Some((path.as_str(), day(*slot)?))).collect()
    }

    /// The scenario with these days, before anything is raised.
    pub fn scenario(&self, days: &[(&str, Day)]) -> Read {
        if days.is_empty() {
            return Ok(self.outcome.scenario.clone().unraised());
        }
        let key: Vec<Day> = days.iter().map(|(_, day)| *day).collect();
        if let Ok(known) = self.known.lock()
            && let Some(known) = known.get(&key)
        {
            return known.clone();
        }
        let change =
            days.iter().fold(Change::default(), |change, (path, day)| change.and(&Change::set(path, &day.to_string())));
        let found = match (self.player)(&change) {
            Ok(outcome) => Ok(outcome.scenario.unraised()),
            Err(refused) => {
                let fault = refused.faults.into_iter().next();
                Err(Box::new(fault.unwrap_or_else(|| Diagnostic::new(Code::Arithmetic, "there is no answer"))))
            }
        };
        if let Ok(mut known) = self.known.lock()
            && known.len() < MOST_KEPT
        {
            known.insert(key, found.clone());
        }
        found
    }
}
