//! Rounds, tranches and sales between holders.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Spanned;
use crate::document::Amount;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::company::Class;
use crate::scenario::company::Ratio;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::FigureId;
use crate::scenario::ids::OwnerId;
use crate::scenario::raise::Raise;
use crate::scenario::raise::Trigger;
use crate::scenario::round::Conversions;
use crate::scenario::round::Drawdown;
use crate::scenario::round::Oversubscription;
use crate::scenario::round::Part;
use crate::scenario::round::PriceRule;
use crate::scenario::round::ProRata;
use crate::scenario::round::Round;
use crate::scenario::round::RoundPool;
use crate::scenario::round::RoundProtection;
use crate::scenario::round::Secondary;
use crate::scenario::round::SecondaryPrice;
use crate::scenario::round::Size;
use crate::scenario::round::Tranche;
use crate::scenario::round::Valuation;
use crate::units::Day;
use crate::units::Decimal;

/// What a tranche cannot have while its round has no day.
const NEEDS_A_DAY: &[&str] =
    &["date", "paid", "by", "condition", "notice_days", "otherwise", "delivered", "calls", "accelerates", "after"];

impl Reader<'_> {
    pub(super) fn round(&mut self, id: &str, node: &TableNode, classes: &mut Vec<Class>) -> Option<Round> {
        let path = format!("round.{id}");
        // A round that is raised when needed has no day yet.
        let date = match node.table("when") {
            Some(_) => self.root.day("as_of")?.value,
            None => self.date(node, &path, "date")?,
        };
        let valuation = if let Some(figure) = self.figure(node, &path, "pre_money", Quantity::Money) {
            Valuation::PreMoney(figure)
        } else if let Some(figure) = self.figure(node, &path, "post_money", Quantity::Money) {
            Valuation::PostMoney(figure)
        } else if let Some(figure) = self.figure(node, &path, "price", Quantity::Price) {
            Valuation::Price(figure)
        } else {
            Valuation::StepUp(self.figure(node, &path, "step_up", Quantity::Ratio)?)
        };
        let class = match self.class(node, "class") {
            Some(class) => class,
            None => {
                classes.push(Class {
                    id: path.clone(),
                    name: format!("shares of {}", Self::name(node, id)),
                    is_common: false,
                    ratio: Ratio::Is(self.default(format!("{path}.class.ratio"), Quantity::Ratio, Decimal::ONE)),
                    votes: self.default(format!("{path}.class.votes"), Quantity::Number, Decimal::ONE),
                    authorised: None,
                    rounding: crate::scenario::Rounding::Fractional,
                    issue_price: None,
                    protection: None,
                    preference: None,
                    dividend: None,
                    ratchet: None,
                    span: node.span,
                });
                ClassId::at(classes.len().saturating_sub(1))
            }
        };
        let pool = match node.table("pool") {
            None => None,
            Some(pool) => Some(RoundPool {
                pool: self.owner(pool, "id")?,
                target: self.figure(pool, &format!("{path}.pool"), "target", Quantity::Percent)?,
                counts_issued: pool.text("counts") == Some("issued-and-unallocated"),
                in_pre_money: pool.text("in") == Some("pre-money"),
            }),
        };
        let oversubscription = node.text("oversubscription").map(|word| match word {
            "cut-back" => Oversubscription::CutBack,
            "priority" => Oversubscription::Priority,
            _ => Oversubscription::Upsize,
        });
        let target = self.figure(node, &path, "target", Quantity::Money);
        let tranches: Vec<Tranche> = node
            .things("tranche")
            .filter_map(|(tranche, inner)| self.tranche(&path, tranche, inner, date))
            .flatten()
            .collect();
        Some(Round {
            id: id.to_owned(),
            name: Self::name(node, id),
            date,
            valuation,
            target,
            oversubscription,
            class,
            pool,
            conversions: node.text("conversions").map(|word| match word {
                "inside" => Conversions::Inside,
                "dollars-invested" => Conversions::DollarsInvested,
                _ => Conversions::Outside,
            }),
            pro_rata: self.pro_rata(node, &path),
            protection: {
                let inner = node.table("protection");
                let flag = |key: &str| inner.and_then(|inner| inner.flag(key)).unwrap_or(false);
                RoundProtection {
                    in_price: flag("in_price"),
                    counts_conversions: inner.and_then(|inner| inner.text("counts"))
                        == Some("new-money-and-conversions"),
                    exempt: flag("exempt"),
                    span: inner.map_or(node.span, |inner| inner.span),
                }
            },
            tranches,
            after: self.after(node),
            span: node.span,
        })
    }

    fn pro_rata(&mut self, round: &TableNode, path: &str) -> Option<ProRata> {
        let node = round.table("pro_rata")?;
        let table = node.table("take")?;
        let mut take = Vec::new();
        for id in table.entries.keys() {
            let figure = self.keep(table.figure(id)?, format!("{path}.pro_rata.take.{id}"), Quantity::Percent)?;
            let Some(owner) = self.owners.get(id).copied() else { continue };
            take.push((owner, figure));
        }
        Some(ProRata { on_top: node.text("added") == Some("on-top"), take, span: node.span })
    }

    pub(super) fn after(&self, node: &TableNode) -> Option<Spanned<String>> {
        let leaf = node.leaf("after")?;
        node.text("after").map(|text| Spanned::new(text.to_owned(), leaf.span))
    }

    /// A round that is raised when it is needed.
    pub(super) fn raise(&mut self, id: &str, node: &TableNode, classes: &mut Vec<Class>) -> Option<Raise> {
        let when = node.table("when")?;
        let path = format!("round.{id}.when");
        let round = self.round(id, node, classes)?;
        for (tranche, inner) in node.things("tranche") {
            for key in NEEDS_A_DAY {
                if let Some(entry) = inner.entries.get(*key) {
                    let message = format!(
                        "`round.{id}.tranche.{tranche}` has `{key}`, and its round has no day before it is raised"
                    );
                    self.bag.add(
                        Diagnostic::new(Code::CannotSolve, message)
                            .at(entry.key)
                            .help("a round raised when needed closes and is paid on its day; take the key out"),
                    );
                }
            }
        }
        for tranche in &round.tranches {
            let dated = tranche.drawdown.is_some_and(|drawdown| drawdown.from.is_some() || drawdown.until.is_some());
            if dated {
                let message = format!(
                    "what comes in kind with `round.{id}.tranche.{}` has a day, and its round has none before it is raised",
                    tranche.id
                );
                self.bag.add(
                    Diagnostic::new(Code::CannotSolve, message)
                        .at(tranche.span)
                        .help("take `from` and `until` out of its drawdown: it begins with the closing"),
                );
            }
        }
        let trigger = match when.whole("runway_below") {
            Some(months) => Trigger::RunwayBelow(u32::try_from(months).unwrap_or(u32::MAX)),
            None => Trigger::CashBelow(self.figure(when, &path, "cash_below", Quantity::Money)?),
        };
        Some(Raise {
            id: id.to_owned(),
            trigger,
            times: u32::try_from(when.whole("times")?).unwrap_or(u32::MAX),
            round,
            has_own_class: node.text("class").is_none(),
            raised: Vec::new(),
            span: when.span,
        })
    }

    /// How a tranche is sized.
    fn size(&mut self, node: &TableNode, path: &str) -> Option<Size> {
        if let Some(figure) = self.figure(node, path, "amount", Quantity::Money) {
            return Some(Size::Money(figure));
        }
        if let Some(figure) = self.figure(node, path, "shares", Quantity::Count) {
            return Some(Size::Shares(figure));
        }
        if let Some(figure) = self.figure(node, path, "burn_months", Quantity::Number) {
            return Some(Size::BurnMonths(figure));
        }
        let amount = self.figure(node, path, "amount_per_unit", Quantity::Money);
        let delivered = self.by_day(node, path, "delivered", Quantity::Number);
        match (amount, delivered.is_empty()) {
            (Some(amount), false) => {
                let unit = node.text("unit").unwrap_or("unit").to_owned();
                Some(Size::PerUnit { amount, delivered, unit })
            }
            (amount, _) => {
                let lacks = if amount.is_some() { "delivered" } else { "amount_per_unit" };
                self.bag.add(
                    Diagnostic::new(Code::MissingKey, format!("`{path}` lacks `{lacks}`"))
                        .at(node.span)
                        .help("amount_per_unit = \"10B\", unit = \"gigawatt\", delivered = { 2026-12-31 = 1 }"),
                );
                None
            }
        }
    }

    /// Parts of a tranche that are placed with others: holders and amounts.
    fn syndicate(&mut self, node: &TableNode, path: &str) -> Vec<(OwnerId, String, FigureId)> {
        let Some(table) = node.table("syndicate") else { return Vec::new() };
        let mut all = Vec::new();
        for id in table.entries.keys() {
            let (Some(figure), Some(owner)) = (table.figure(id), self.owners.get(id).copied()) else { continue };
            let kept = self.keep(figure, format!("{path}.syndicate.{id}"), Quantity::Money);
            all.extend(kept.map(|figure| (owner, id.clone(), figure)));
        }
        all
    }

    /// A tranche, and one for each with whom a part of it is placed.
    fn tranche(&mut self, round: &str, id: &str, node: &TableNode, round_date: Day) -> Option<Vec<Tranche>> {
        let path = format!("{round}.tranche.{id}");
        let size = self.size(node, &path)?;
        let placed = self.syndicate(node, &path);
        let size = match size {
            Size::Money(figure) if !placed.is_empty() => {
                Size::Less(figure, placed.iter().map(|(_, _, figure)| *figure).collect())
            }
            size => {
                if !placed.is_empty() {
                    self.bag.add(
                        Diagnostic::new(
                            Code::CannotSolve,
                            format!("`{path}` is placed with others and has no `amount`"),
                        )
                        .at(node.span)
                        .help("a part of an amount is placed: write `amount`, or a tranche for each investor"),
                    );
                }
                size
            }
        };
        let price = match node.figure("price") {
            None => PriceRule::Signing,
            Some(figure) => match figure.value.as_ref().map(|literal| &literal.amount) {
                Some(Amount::Word("closing")) => PriceRule::Closing,
                Some(Amount::Word("latest")) => PriceRule::Latest,
                Some(Amount::Word(_)) => PriceRule::Signing,
                _ => PriceRule::Own(self.figure(node, &path, "price", Quantity::Price)?),
            },
        };
        let drawdown = match node.table("drawdown") {
            None => None,
            Some(inner) => Some(Drawdown {
                months: u32::try_from(inner.whole("months")?).unwrap_or(u32::MAX),
                carried: inner.text("unused") == Some("carried"),
                eligible: self.figure_or(
                    inner,
                    &format!("{path}.drawdown"),
                    "eligible",
                    Quantity::Percent,
                    Decimal::ZERO,
                ),
                from: self.date(inner, &format!("{path}.drawdown"), "from"),
                until: inner.day("until").map(|day| day.value),
            }),
        };
        let own = Tranche {
            id: id.to_owned(),
            name: Self::name(node, id),
            investor: self.owner(node, "investor")?,
            size,
            priority: node.whole("priority").unwrap_or(0),
            date: self.date(node, &path, "date").unwrap_or(round_date),
            paid: self.date(node, &path, "paid"),
            condition: node.text("condition").and_then(|id| self.conditions.get(id).copied()),
            notice_days: i64::try_from(node.whole("notice_days").unwrap_or(0)).unwrap_or(i64::MAX),
            by: node.day("by").map(|day| day.value),
            otherwise: self.figure(node, &path, "otherwise", Quantity::Money),
            probability: self.figure(node, &path, "probability", Quantity::Percent),
            takes_part: self.default(format!("{path}.takes_part"), Quantity::Number, Decimal::ONE),
            optional: node.flag("optional").unwrap_or(false),
            price,
            consideration: self.split(node, &path, "consideration"),
            drawdown,
            accelerates: node.text("accelerates").and_then(|id| self.conditions.get(id).copied()),
            class_after_listing: self.class(node, "class_after_listing"),
            calls: self.by_day(node, &path, "calls", Quantity::Money),
            after: self.after(node),
            span: node.span,
        };
        // Placed on the same terms; what is reduced on failure is the investor's own.
        let others: Vec<Tranche> = placed
            .into_iter()
            .map(|(investor, holder, figure)| Tranche {
                id: format!("{id}.syndicate.{holder}"),
                name: format!("{}, placed", own.name),
                investor,
                size: Size::Money(figure),
                otherwise: None,
                ..own.clone()
            })
            .collect();
        Some(std::iter::once(own).chain(others).collect())
    }

    pub(super) fn secondary(&mut self, id: &str, node: &TableNode) -> Option<Secondary> {
        let path = format!("secondary.{id}");
        let date = self.date(node, &path, "date")?;
        let size = match self.figure(node, &path, "amount", Quantity::Money) {
            Some(figure) => Size::Money(figure),
            None => Size::Shares(self.figure(node, &path, "shares", Quantity::Count)?),
        };
        let price = match self.figure(node, &path, "price", Quantity::Price) {
            Some(figure) => SecondaryPrice::Own(figure),
            None => SecondaryPrice::Discount(self.figure(node, &path, "discount", Quantity::Percent)?),
        };
        let owners = |reader: &mut Self, key: &str| -> Vec<(OwnerId, Part)> {
            let parts = reader.split(node, &path, key);
            parts.into_iter().filter_map(|(id, part)| Some((reader.owners.get(&id).copied()?, part))).collect()
        };
        Some(Secondary {
            id: id.to_owned(),
            name: Self::name(node, id),
            date,
            from: owners(self, "from"),
            to: owners(self, "to"),
            size,
            price,
            after: self.after(node),
            span: node.span,
        })
    }
}
