//! Cash, burns and commitments.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::cash::Burn;
use crate::scenario::cash::Cash;
use crate::scenario::cash::Commitment;
use crate::scenario::cash::CommitmentEnd;
use crate::scenario::cash::Fill;
use crate::scenario::cash::Measure;
use crate::scenario::cash::Phase;
use crate::scenario::cash::Profile;
use crate::scenario::cash::Through;
use crate::units::Decimal;
use crate::units::Period;
use crate::units::ScheduledPeriod;

impl Reader<'_> {
    pub(super) fn cash(&mut self) -> Option<Cash> {
        let node = self.root.table("cash")?;
        let opening = self.figure(node, "cash", "opening", Quantity::Money)?;
        let minimum = self.figure_or(node, "cash", "minimum", Quantity::Money, Decimal::ZERO);
        Some(Cash { opening, minimum })
    }

    pub(super) fn burn(&mut self, id: &str, node: &TableNode) -> Option<Burn> {
        let path = format!("burn.{id}");
        let profile = match self.figure(node, &path, "rate", Quantity::Rate) {
            Some(rate) => {
                let mut phases: Vec<Phase> = Vec::new();
                for (phase, inner) in node.things("phase") {
                    let at = format!("{path}.phase.{phase}");
                    let growth = self.figure(inner, &at, "growth", Quantity::Growth)?;
                    let period = self.figures.get(growth)?.period?;
                    phases.push(Phase { from: inner.day("from")?.value, growth, period });
                }
                phases.sort_by_key(|phase| phase.from);
                let growth = self.figure(node, &path, "growth", Quantity::Growth);
                let growth = growth.and_then(|id| Some((id, self.figures.get(id)?.period?)));
                Profile::Rate { rate, period: self.figures.get(rate)?.period?, growth, phases }
            }
            None => self.scheduled(node, &path)?,
        };
        Some(Burn {
            id: id.to_owned(),
            name: Self::name(node, id),
            measure: match node.text("measure")? {
                "cash" => Measure::Cash,
                "loss" => Measure::Loss,
                "operating-loss" => Measure::OperatingLoss,
                _ => Measure::GrossSpend,
            },
            as_cash: node.flag("as_cash").unwrap_or(false),
            vintage: node.day("vintage").map(|day| day.value),
            profile,
            remark: node.text("remark").map(str::to_owned),
            span: node.span,
        })
    }

    pub(super) fn scheduled(&mut self, node: &TableNode, path: &str) -> Option<Profile> {
        if node.figure("growth").is_some() || node.table("phase").is_some() {
            self.bag.add(
                Diagnostic::new(Code::MissingKey, format!("`{path}` has growth and no `rate` to grow"))
                    .at(node.span)
                    .help("add `rate`, as rate = \"90K/month\""),
            );
            return None;
        }
        let mut lines = Vec::new();
        for (key, expected) in [("by_month", Period::Month), ("by_quarter", Period::Quarter), ("by_year", Period::Year)]
        {
            let Some(table) = node.table(key) else { continue };
            for (name, entry) in &table.entries {
                let Some(period) = ScheduledPeriod::from_text(name) else { continue };
                if period.period != expected {
                    self.bag.add(
                        Diagnostic::new(Code::BadDate, format!("`{name}` is not a {}", expected.word()))
                            .at(entry.key)
                            .label(format!("`{key}` names each {}", expected.word()))
                            .help(match expected {
                                Period::Month => "write 2026-03",
                                Period::Quarter => "write 2026-q1",
                                Period::Year => "write 2026",
                            }),
                    );
                    continue;
                }
                let figure = self.keep(table.figure(name)?, format!("{path}.{key}.{name}"), Quantity::Money)?;
                lines.push((period, figure));
            }
        }
        lines.sort_by_key(|(period, _)| period.first);
        let through = match node.table("through") {
            None => None,
            Some(inner) => {
                if node.table("by_month").is_some() || node.table("by_quarter").is_some() {
                    self.bag.add(
                        Diagnostic::new(Code::CannotSolve, "`through` fills years, beside `by_year` or alone")
                            .at(inner.span)
                            .help("name years with `by_year`, or name every period"),
                    );
                }
                let year = |key: &str| inner.whole(key).and_then(|year| i16::try_from(year).ok());
                let path = format!("{path}.through");
                let total = self.figure(inner, &path, "total", Quantity::Money)?;
                let fill = match inner
                    .figure("fill")
                    .and_then(|figure| figure.value.as_ref())
                    .map(|literal| &literal.amount)
                {
                    Some(Amount::Word(_)) => Fill::Flat,
                    _ => Fill::Growth(self.figure(inner, &path, "fill", Quantity::Growth)?),
                };
                match (year("from"), year("year")) {
                    (Some(from), Some(year)) => Some(Through { from, year, total, fill }),
                    _ => {
                        self.bag.add(
                            Diagnostic::new(Code::BadDate, "`from` and `year` are years")
                                .at(inner.span)
                                .help("write from = 2026, year = 2029"),
                        );
                        None
                    }
                }
            }
        };
        Some(Profile::Scheduled { lines, through })
    }

    pub(super) fn commitment(&mut self, id: &str, node: &TableNode) -> Option<Commitment> {
        let path = format!("commitment.{id}");
        Some(Commitment {
            id: id.to_owned(),
            name: Self::name(node, id),
            to: self.owner(node, "to")?,
            amount: self.figure(node, &path, "amount", Quantity::Money)?,
            from: node.day("from")?.value,
            end: match node.whole("months") {
                Some(months) => CommitmentEnd::Months(u32::try_from(months).unwrap_or(u32::MAX)),
                None => CommitmentEnd::Until(node.day("until")?.value),
            },
            within_burn: node.flag("within_burn")?,
            span: node.span,
        })
    }
}
