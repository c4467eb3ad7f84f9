//! A result as one burn report sees it: its paths without the report, so that reports can stand side by side.

use super::RunResult;

/// Results that name a burn report in their second part.
const BY_BURN: [&str; 5] = ["runway", "cash", "debt", "in_kind", "paid"];

impl RunResult {
    /// The same with the results of one burn report alone, and without its id: `runway.plan.months` becomes
    /// `runway.months`. What does not depend on a report stays as it is.
    #[must_use]
    pub fn of_burn(&self, burn: &str) -> RunResult {
        let path = |path: &str| -> Option<String> {
            let Some((family, rest)) = path.split_once('.') else { return Some(path.to_owned()) };
            if !BY_BURN.contains(&family) {
                return Some(path.to_owned());
            }
            let (of, rest) = rest.split_once('.')?;
            (of == burn).then(|| format!("{family}.{rest}"))
        };
        let metrics = self.metrics.iter().filter_map(|(key, value)| Some((path(key)?, value.clone())));
        RunResult { metrics: metrics.collect(), ..self.clone() }
    }
}
