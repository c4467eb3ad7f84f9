//! Rounds that are raised when money runs low.

use crate::diagnostics::Span;
use crate::units::Day;

use super::company::Class;
use super::company::Scenario;
use super::ids::ClassId;
use super::ids::FigureId;
use super::round::Round;

/// A round that is raised when it is needed, as often as it may be.
#[derive(Debug, Clone)]
pub struct Raise {
    /// The id its rounds are named by: ID-1, ID-2.
    pub id: String,
    /// When it is needed.
    pub trigger: Trigger,
    /// How often at most.
    pub times: u32,
    /// Its terms. Its day, and those of its tranches, say nothing until it is raised.
    pub round: Round,
    /// Whether its shares are of a class of their own, each time another.
    pub has_own_class: bool,
    /// The days it was raised on so far.
    pub raised: Vec<Day>,
    /// Where its trigger is declared.
    pub span: Span,
}

/// When a round is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// Fewer months are left than this.
    RunwayBelow(u32),
    /// A month ends with less than this.
    CashBelow(FigureId),
}

impl Raise {
    /// The id of the round that is raised so often.
    #[must_use]
    pub fn name_of(&self, number: usize) -> String {
        format!("{}-{number}", self.id)
    }
}

impl Scenario {
    /// Whether a round with this id may be raised: `ID-1` to `ID-N`, where ID is raised `N` times at most.
    ///
    /// What a simulation raises in some draw need not be raised by `run`.
    #[must_use]
    pub fn may_raise(&self, id: &str) -> bool {
        self.raises.iter().any(|raise| {
            let number = id.strip_prefix(raise.id.as_str()).and_then(|rest| rest.strip_prefix('-'));
            let number = number.and_then(|number| number.parse::<usize>().ok());
            number.is_some_and(|number| (1..=raise.times as usize).contains(&number) && raise.name_of(number) == id)
        })
    }

    /// Raises a round on a day: from then on it is a round like any other. Its place among the raises is given.
    pub fn raise(&mut self, place: usize, day: Day) {
        let classes = self.classes.len();
        let Some(raise) = self.raises.get_mut(place) else { return };
        raise.raised.push(day);
        let number = raise.raised.len();
        let mut round = raise.round.clone();
        round.id = raise.name_of(number);
        round.name = format!("{} {number}", round.name);
        round.date = day;
        for tranche in &mut round.tranches {
            tranche.date = day;
        }
        if raise.has_own_class
            && let Some(class) = self.classes.get(round.class.index())
        {
            let own =
                Class { id: format!("round.{}", round.id), name: format!("shares of {}", round.name), ..class.clone() };
            round.class = ClassId::at(classes);
            self.classes.push(own);
        }
        self.rounds.push(round);
    }

    /// The same with nothing raised yet: what a play begins with.
    #[must_use]
    pub fn unraised(mut self) -> Scenario {
        let mut classes = 0usize;
        for raise in &mut self.raises {
            for number in 1..=raise.raised.len() {
                let id = raise.name_of(number);
                self.rounds.retain(|round| round.id != id);
            }
            if raise.has_own_class {
                classes = classes.saturating_add(raise.raised.len());
            }
            raise.raised.clear();
        }
        // Their classes were added last.
        self.classes.truncate(self.classes.len().saturating_sub(classes));
        self
    }

    /// Whether what is raised, or how much, hangs on what a report burns.
    #[must_use]
    pub fn depends_on_burn(&self) -> bool {
        let by_months = |round: &Round| {
            round.tranches.iter().any(|tranche| matches!(tranche.size, super::round::Size::BurnMonths(_)))
        };
        !self.raises.is_empty() || self.rounds.iter().any(by_months)
    }
}
