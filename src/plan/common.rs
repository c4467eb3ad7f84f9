//! What two plans have in common: a company, and the same with a round that is raised later.

use super::Plan;
use super::Step;
use super::StepKind;

/// What two plans have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// So many steps are the same in both.
    pub steps: usize,
    /// Where each line of the earlier plan stands in the later one.
    pub lines: Vec<usize>,
}

impl Plan {
    /// What a plan has in common with one that lacks some of its rounds; none where the later plan is not the earlier one
    /// and more, and has to be played from its beginning.
    #[must_use]
    pub fn common_with(&self, before: &Plan) -> Option<Common> {
        let is_the_same_company = self.opening.len() == before.opening.len()
            && self.ratios.len() >= before.ratios.len()
            && self.convertibles.len() == before.convertibles.len()
            && self.grants.len() == before.grants.len()
            && self.warrants.len() == before.warrants.len()
            && self.exits.len() == before.exits.len();
        if !is_the_same_company {
            return None;
        }
        // They mostly stand in the same order, and are looked for behind the one found last.
        let mut next = 0usize;
        let place = |line| {
            let found = |from: usize| {
                let behind = self.positions.get(from..)?.iter().position(|known| known == line)?;
                from.checked_add(behind)
            };
            let place = found(next).or_else(|| found(0))?;
            next = place.saturating_add(1);
            Some(place)
        };
        let lines = before.positions.iter().map(place).collect::<Option<Vec<usize>>>()?;
        let stay = lines.iter().enumerate().all(|(place, line)| place == *line);
        // What an exit left names lines as they stood.
        let goes_on = |step: &Step| stay || !matches!(step.kind, StepKind::Exit(_));
        let both = self.steps.iter().zip(&before.steps);
        let steps = both.take_while(|(own, other)| goes_on(own) && self.plays_as(own, before, other)).count();
        Some(Common { steps, lines })
    }

    /// Whether a step is the same in another plan.
    fn plays_as(&self, own: &Step, before: &Plan, other: &Step) -> bool {
        if (own.day, own.kind, &own.path) != (other.day, other.kind, &other.path) {
            return false;
        }
        match own.kind {
            StepKind::Round(round) => match (self.rounds.get(round), before.rounds.get(round)) {
                (Some(own), Some(other)) => (&own.tranches, &own.closings) == (&other.tranches, &other.closings),
                _ => false,
            },
            StepKind::Closing(closing, _) => match (self.closings.get(closing), before.closings.get(closing)) {
                (Some(own), Some(other)) => (own.tranche, own.day) == (other.tranche, other.day),
                _ => false,
            },
            _ => true,
        }
    }
}
