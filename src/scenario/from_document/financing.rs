//! Rounds, tranches and sales between holders.

use super::Reader;
use crate::diagnostics::Spanned;
use crate::document::Amount;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::company::Class;
use crate::scenario::company::Ratio;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::OwnerId;
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

impl Reader<'_> {
    pub(super) fn round(&mut self, id: &str, node: &TableNode, classes: &mut Vec<Class>) -> Option<Round> {
        let path = format!("round.{id}");
        let date = self.date(node, &path, "date")?;
        let valuation = if let Some(figure) = self.figure(node, &path, "pre_money", Quantity::Money) {
            Valuation::PreMoney(figure)
        } else if let Some(figure) = self.figure(node, &path, "post_money", Quantity::Money) {
            Valuation::PostMoney(figure)
        } else {
            Valuation::Price(self.figure(node, &path, "price", Quantity::Price)?)
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
        let tranches: Vec<Tranche> =
            node.things("tranche").filter_map(|(tranche, inner)| self.tranche(&path, tranche, inner, date)).collect();
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

    pub(super) fn tranche(&mut self, round: &str, id: &str, node: &TableNode, round_date: Day) -> Option<Tranche> {
        let path = format!("{round}.tranche.{id}");
        let size = match self.figure(node, &path, "amount", Quantity::Money) {
            Some(figure) => Size::Money(figure),
            None => Size::Shares(self.figure(node, &path, "shares", Quantity::Count)?),
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
            }),
        };
        Some(Tranche {
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
            after: self.after(node),
            span: node.span,
        })
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
