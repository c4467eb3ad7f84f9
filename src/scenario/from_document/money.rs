//! Cash, burns and commitments.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::Amount;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::burn::Burn;
use crate::scenario::burn::BurnContent;
use crate::scenario::burn::Line;
use crate::scenario::burn::LineAmount;
use crate::scenario::burn::LineKind;
use crate::scenario::burn::Measure;
use crate::scenario::cash::Cash;
use crate::scenario::cash::Commitment;
use crate::scenario::cash::CommitmentEnd;
use crate::scenario::column::OutcomeColumn;
use crate::scenario::debt::Covenant;
use crate::scenario::debt::Debt;
use crate::scenario::debt::Draws;
use crate::scenario::debt::Repayment;
use crate::scenario::ids::ConditionId;
use crate::scenario::ids::FigureId;
use crate::scenario::profile::Fill;
use crate::scenario::profile::Phase;
use crate::scenario::profile::Profile;
use crate::scenario::profile::Through;
use crate::units::Decimal;
use crate::units::Period;
use crate::units::ScheduledPeriod;

impl Reader<'_> {
    pub(super) fn cash(&mut self) -> Option<Cash> {
        let node = self.root.table("cash")?;
        let opening = self.figure(node, "cash", "opening", Quantity::Money)?;
        let minimum = self.figure_or(node, "cash", "minimum", Quantity::Money, Decimal::ZERO);
        let interest = self.growth(node, "cash", "interest");
        Some(Cash { opening, minimum, interest })
    }

    /// A percentage per period.
    fn growth(&mut self, node: &TableNode, path: &str, key: &str) -> Option<(FigureId, Period)> {
        let id = self.figure(node, path, key, Quantity::Growth)?;
        Some((id, self.figures.get(id)?.period?))
    }

    pub(super) fn burn(&mut self, id: &str, node: &TableNode) -> Option<Burn> {
        let path = format!("burn.{id}");
        let content = if node.table("income").is_some() || node.table("cost").is_some() {
            let mut lines = Vec::new();
            for kind in [LineKind::Income, LineKind::Cost] {
                lines.extend(self.lines(&path, node, kind)?);
            }
            BurnContent::Parts(lines)
        } else {
            BurnContent::Whole(self.profile(node, &path)?)
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
            content,
            adjustments: self.lines(&path, node, LineKind::Adjustment)?,
            sources: node.list("source").iter().map(|id| id.value.clone()).collect(),
            remark: node.text("remark").map(str::to_owned),
            span: node.span,
        })
    }

    /// The lines of a burn, of one kind.
    fn lines(&mut self, burn: &str, node: &TableNode, kind: LineKind) -> Option<Vec<Line>> {
        let word = kind.word();
        node.things(word).map(|(id, inner)| self.line(&format!("{burn}.{word}.{id}"), id, inner, kind)).collect()
    }

    fn line(&mut self, path: &str, id: &str, node: &TableNode, kind: LineKind) -> Option<Line> {
        let amount = match self.figure(node, path, "of_income", Quantity::Percent) {
            Some(part) => LineAmount::OfIncome(part),
            None => LineAmount::Is(self.profile(node, path)?),
        };
        Some(Line {
            id: id.to_owned(),
            name: Self::name(node, id),
            kind,
            amount,
            eligible: node.flag("eligible").unwrap_or(false),
            lag_months: u32::try_from(node.whole("lag_months").unwrap_or(0)).unwrap_or(u32::MAX),
            to: self.owner(node, "to"),
            from: node.day("from").map(|day| day.value),
            until: node.day("until").map(|day| day.value),
            span: node.span,
        })
    }

    /// How an amount runs over time.
    fn profile(&mut self, node: &TableNode, path: &str) -> Option<Profile> {
        if node.table("heads").is_some() || node.figure("per_head").is_some() {
            return self.staff(node, path);
        }
        let Some(rate) = self.figure(node, path, "rate", Quantity::Rate) else { return self.scheduled(node, path) };
        let mut phases: Vec<Phase> = Vec::new();
        for (phase, inner) in node.things("phase") {
            let at = format!("{path}.phase.{phase}");
            let (growth, period) = self.growth(inner, &at, "growth")?;
            phases.push(Phase { from: inner.day("from")?.value, growth, period });
        }
        phases.sort_by_key(|phase| phase.from);
        let growth = self.growth(node, path, "growth");
        Some(Profile::Rate { rate, period: self.figures.get(rate)?.period?, growth, phases })
    }

    fn staff(&mut self, node: &TableNode, path: &str) -> Option<Profile> {
        let heads = self.by_day(node, path, "heads", Quantity::Count);
        let per_head = self.figure(node, path, "per_head", Quantity::Rate);
        match (heads.is_empty(), per_head) {
            (false, Some(per_head)) => {
                Some(Profile::Staff { heads, per_head, period: self.figures.get(per_head)?.period? })
            }
            (is_unstaffed, _) => {
                let (lacks, mend) = if is_unstaffed {
                    ("heads", "heads = { 2026-01-01 = 120 }")
                } else {
                    ("per_head", "per_head = \"25K/month\"")
                };
                self.bag.add(
                    Diagnostic::new(Code::MissingKey, format!("`{path}` lacks `{lacks}`"))
                        .at(node.span)
                        .help(format!("how many, and what one of them costs: {mend}")),
                );
                None
            }
        }
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
            ramp: self.ramp(node, &path)?,
            take_or_pay: node.flag("take_or_pay").unwrap_or(false),
            span: node.span,
        })
    }

    /// Amounts by period, in their order.
    fn ramp(&mut self, node: &TableNode, path: &str) -> Option<Vec<(ScheduledPeriod, FigureId)>> {
        let Some(table) = node.table("ramp") else { return Some(Vec::new()) };
        let mut all = Vec::new();
        for name in table.entries.keys() {
            let period = ScheduledPeriod::from_text(name)?;
            all.push((period, self.keep(table.figure(name)?, format!("{path}.ramp.{name}"), Quantity::Money)?));
        }
        all.sort_by_key(|(period, _)| period.first);
        Some(all)
    }

    pub(super) fn debt(&mut self, id: &str, node: &TableNode) -> Option<Debt> {
        let path = format!("debt.{id}");
        let size = match self.figure(node, &path, "amount", Quantity::Money) {
            Some(amount) => amount,
            None => self.figure(node, &path, "limit", Quantity::Money)?,
        };
        let covenant = self.figure(node, &path, "covenant", Quantity::Money);
        Some(Debt {
            id: id.to_owned(),
            name: Self::name(node, id),
            is_revolver: node.text("kind")? == "revolver",
            size,
            lender: self.owner(node, "lender"),
            from: node.day("from")?.value,
            until: node.day("until")?.value,
            rate: self.growth(node, &path, "rate")?,
            undrawn_fee: self.growth(node, &path, "undrawn_fee"),
            fee: self.figure(node, &path, "fee", Quantity::Percent),
            draws: match node.text("draws") {
                Some("below-minimum") => Draws::BelowMinimum,
                Some("schedule") => Draws::Schedule(self.by_day(node, &path, "schedule", Quantity::Money)),
                _ => Draws::AtOnce,
            },
            repayment: match node.text("repayment")? {
                "monthly" => Repayment::Monthly,
                "above-minimum" => Repayment::AboveMinimum,
                _ => Repayment::AtMaturity,
            },
            interest_only: u32::try_from(node.whole("interest_only").unwrap_or(0)).unwrap_or(u32::MAX),
            covenant: covenant.map(|least| Covenant { least, is_called: node.text("on_breach") == Some("called") }),
            span: node.span,
        })
    }

    pub(super) fn outcome(&mut self, id: &str, node: &TableNode) -> OutcomeColumn {
        let mut conditions: Vec<(ConditionId, bool)> = Vec::new();
        for (key, is_met) in [("met", true), ("failed", false)] {
            for named in node.list(key) {
                conditions.extend(self.conditions.get(&named.value).map(|condition| (*condition, is_met)));
            }
        }
        OutcomeColumn { id: id.to_owned(), name: Self::name(node, id), conditions, span: node.span }
    }
}
