//! Figures that move together: a Gaussian copula with the ranks that were asked for.
//!
//! Each figure keeps its own distribution. What is shared are the normal numbers behind their uniform ones: with
//! `r = 2 sin(pi rank / 6)` between them the uniform numbers have that rank correlation (Kruskal 1958), and any figures
//! made of those have it too, as ranks do not change under rising functions.

use crate::diagnostics::Span;
use crate::scenario::Scenario;
use crate::units::Scalar;

use super::column::Column;
use super::functions::normal_below;
use super::functions::normal_quantile;
use super::sampler::Drawn;

/// Figures that are drawn together.
#[derive(Debug, Clone)]
pub(super) struct Together {
    all: Vec<Drawn>,
    /// What each has of the normal numbers of those up to it: a row each, its own last.
    rows: Vec<Vec<f64>>,
}

impl Together {
    /// Takes the correlated figures out of those that are drawn. Where the ranks cannot hold at once: the place of
    /// the correlation that cannot, and the figures.
    #[allow(clippy::type_complexity, reason = "named nowhere else")]
    pub fn of(
        scenario: &Scenario,
        drawn: Vec<Drawn>,
    ) -> Result<(Option<Together>, Vec<Drawn>), (Option<Span>, Vec<Drawn>)> {
        let is_named =
            |slot: usize| scenario.correlations.iter().any(|it| it.between.iter().any(|figure| figure.index() == slot));
        let (named, alone): (Vec<Drawn>, Vec<Drawn>) = drawn.into_iter().partition(|drawn| is_named(drawn.slot));
        if named.is_empty() {
            return Ok((None, alone));
        }
        let place = |slot: usize| named.iter().position(|drawn| drawn.slot == slot);
        let mut matrix: Vec<Vec<f64>> = (0..named.len())
            .map(|row| (0..named.len()).map(|column| f64::from(u8::from(row == column))).collect())
            .collect();
        for correlation in &scenario.correlations {
            let [one, other] = correlation.between;
            let (Some(one), Some(other)) = (place(one.index()), place(other.index())) else { continue };
            let r = pearson(f64::of(scenario.figures.value(correlation.rank)));
            for (row, column) in [(one, other), (other, one)] {
                if let Some(cell) = matrix.get_mut(row).and_then(|row| row.get_mut(column)) {
                    *cell = r;
                }
            }
        }
        match root(&matrix) {
            Some(rows) => Ok((Some(Together { all: named, rows }), alone)),
            None => {
                let span = scenario.correlations.last().map(|correlation| correlation.span);
                Err((span, named.into_iter().chain(alone).collect()))
            }
        }
    }

    /// The slots that are drawn here.
    pub fn slots(&self) -> impl Iterator<Item = usize> + '_ {
        self.all.iter().map(|drawn| drawn.slot)
    }

    /// What is drawn here.
    pub fn drawn(&self) -> impl Iterator<Item = &Drawn> {
        self.all.iter()
    }

    /// Puts the figures of `N` draws into their slots.
    pub fn fill<const N: usize>(&self, first: u64, figures: &mut [Column<N>]) {
        let normal: Vec<[f64; N]> =
            self.all.iter().map(|drawn| drawn.source.column::<N>(first).map(normal_quantile)).collect();
        for (drawn, row) in self.all.iter().zip(&self.rows) {
            let mut column = [0.0; N];
            for (part, normal) in row.iter().zip(&normal) {
                for (sum, z) in column.iter_mut().zip(normal) {
                    *sum += part * z;
                }
            }
            let within = |u: f64| u.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
            let column = drawn.distribution.column(column.map(|z| within(normal_below(z))));
            if let Some(figure) = figures.get_mut(drawn.slot) {
                figure.0 = column;
            }
        }
    }
}

/// The correlation of the normal numbers whose ranks have this one.
///
/// A rank of one half is `2 sin(pi / 12)`, about 0.5176.
fn pearson(rank: f64) -> f64 {
    2.0 * sine(std::f64::consts::PI * rank / 6.0)
}

/// The sine of a number from minus to plus one, by its series: the same bits on every machine.
fn sine(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    for _ in 0..12 {
        term = -term * x * x / ((odd + 1.0) * (odd + 2.0));
        sum += term;
        odd += 2.0;
    }
    sum
}

/// The lower triangular root of a matrix of correlations (Cholesky's); none if no numbers have them.
fn root(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (index, wanted) in matrix.iter().enumerate() {
        let mut row: Vec<f64> = Vec::with_capacity(index.saturating_add(1));
        for (column, earlier) in rows.iter().enumerate() {
            let done = row.iter().zip(earlier).take(column).fold(0.0, |sum, (a, b)| sum + a * b);
            let rest = wanted.get(column).copied()? - done;
            let diagonal = earlier.last().copied()?;
            row.push(if diagonal > 0.0 {
                rest / diagonal
            } else if rest.abs() < 1e-12 {
                0.0
            } else {
                return None;
            });
        }
        let rest = 1.0 - row.iter().fold(0.0, |sum, part| sum + part * part);
        if rest < -1e-12 {
            return None;
        }
        // Ranks of one leave nothing of its own.
        row.push(if rest < 1e-12 { 0.0 } else { rest.sqrt() });
        rows.push(row);
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::pearson;
    use super::root;

    #[test]
    fn a_rank_has_its_correlation() {
        assert!((pearson(0.5) - 0.517_638_090_205_041_5).abs() < 1e-15);
        assert!((pearson(1.0) - 1.0).abs() < 1e-15);
        assert!((pearson(-1.0) + 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_root_gives_its_matrix_back_and_what_cannot_be_has_none() {
        let matrix = vec![vec![1.0, 0.5, -0.3], vec![0.5, 1.0, 0.2], vec![-0.3, 0.2, 1.0]];
        let rows = root(&matrix).unwrap();
        for (i, wanted) in matrix.iter().enumerate() {
            for (j, wanted) in wanted.iter().enumerate() {
                let got: f64 = rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
                assert!((got - wanted).abs() < 1e-15);
            }
        }
        let impossible = vec![vec![1.0, 0.9, -0.9], vec![0.9, 1.0, 0.9], vec![-0.9, 0.9, 1.0]];
        assert!(root(&impossible).is_none());
        assert!(root(&[vec![1.0, 1.0], vec![1.0, 1.0]]).is_some());
    }
}
