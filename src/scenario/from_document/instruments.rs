//! SAFEs, notes, warrants, grants, splits and changes.

use super::Reader;
use super::exits::day_count;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Span;
use crate::diagnostics::Spanned;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::exit::Acceleration;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::FigureId;
use crate::scenario::ids::OwnerId;
use crate::scenario::instrument::Allocation;
use crate::scenario::instrument::AtMaturity;
use crate::scenario::instrument::Capitalisation;
use crate::scenario::instrument::Change;
use crate::scenario::instrument::ChangeKind;
use crate::scenario::instrument::Convertible;
use crate::scenario::instrument::Grant;
use crate::scenario::instrument::Interest;
use crate::scenario::instrument::Note;
use crate::scenario::instrument::Offer;
use crate::scenario::instrument::PoolGrowth;
use crate::scenario::instrument::Split;
use crate::scenario::instrument::Tender;
use crate::scenario::instrument::Vesting;
use crate::scenario::instrument::Warrant;
use crate::scenario::instrument::WarrantSize;
use crate::scenario::round::Part;
use crate::units::Day;
use crate::units::Decimal;

impl Reader<'_> {
    pub(super) fn safe(&mut self, id: &str, node: &TableNode) -> Option<Convertible> {
        let path = format!("safe.{id}");
        let capitalisation = match node.text("form")? {
            "pre-money" => Capitalisation::WithPool,
            _ => Capitalisation::PostMoney,
        };
        Some(Convertible { note: None, ..self.convertible(id, node, path, capitalisation)? })
    }

    pub(super) fn note(&mut self, id: &str, node: &TableNode) -> Option<Convertible> {
        let path = format!("note.{id}");
        let capitalisation = match node.text("cap_counts") {
            Some(_) if node.figure("cap").is_none() => {
                let span = node.leaf("cap_counts").map_or(node.span, |leaf| leaf.span);
                self.unused(span, &path, "cap_counts", "there is no cap");
                Capitalisation::BeforeNewMoney
            }
            Some("before-round") => Capitalisation::BeforeRound,
            Some("with-pool") => Capitalisation::WithPool,
            Some(_) => Capitalisation::BeforeNewMoney,
            None => {
                if node.figure("cap").is_some() {
                    self.lacks(node.span, &path, "cap_counts", "a cap divides by shares: say which");
                }
                Capitalisation::BeforeNewMoney
            }
        };
        let interest = match node.table("interest") {
            None => None,
            Some(inner) => {
                let at = format!("{path}.interest");
                let rate = self.figure(inner, &at, "rate", Quantity::Growth)?;
                let period = self.figures.get(rate)?.period?;
                let every = inner.whole("every").unwrap_or(u64::from(period.months()));
                Some(Interest {
                    rate,
                    period,
                    compound: inner.text("kind")? == "compound",
                    count: day_count(inner.text("count")?),
                    in_cash: inner.text("paid")? == "cash",
                    every: u32::try_from(every).unwrap_or(u32::MAX),
                    written_every: inner.entries.get("every").map(|entry| entry.key),
                })
            }
        };
        let matures = self.date(node, &path, "matures");
        let price = self.figure(node, &path, "maturity_price", Quantity::Price);
        let rule = match (node.text("at_maturity"), price) {
            (Some("repay"), None) => Some(AtMaturity::Repay),
            (Some("extend"), None) => Some(AtMaturity::Extend),
            (Some("convert"), Some(price)) => Some(AtMaturity::Convert(price)),
            (Some("convert"), None) => {
                self.lacks(node.span, &path, "maturity_price", "it converts at maturity: at which price?");
                None
            }
            (_, Some(price)) => {
                let span = self.figures.span(price).unwrap_or(node.span);
                self.unused(span, &path, "maturity_price", "only a note that converts at maturity has one");
                None
            }
            (None, None) if matures.is_some() => {
                self.lacks(node.span, &path, "at_maturity", "write \"repay\", \"convert\" or \"extend\"");
                None
            }
            _ => None,
        };
        if matures.is_none() && rule.is_some() {
            self.lacks(node.span, &path, "matures", "write the day it is due");
        }
        let note = Note {
            interest,
            qualified: self.figure(node, &path, "qualified", Quantity::Money),
            maturity: matures.zip(rule),
            converts_on: node.text("converts_on").and_then(|id| self.conditions.get(id).copied()),
            at_exit: self.at_exit(node, &path),
        };
        Some(Convertible { note: Some(note), ..self.convertible(id, node, path, capitalisation)? })
    }

    fn convertible(
        &mut self,
        id: &str,
        node: &TableNode,
        path: String,
        capitalisation: Capitalisation,
    ) -> Option<Convertible> {
        Some(Convertible {
            id: id.to_owned(),
            name: Self::name(node, id),
            holder: self.owner(node, "holder")?,
            date: self.date(node, &path, "date")?,
            amount: self.figure(node, &path, "amount", Quantity::Money)?,
            into: self.class(node, "into"),
            cap: self.figure(node, &path, "cap", Quantity::Money),
            capitalisation,
            discount: self.figure(node, &path, "discount", Quantity::Percent),
            ownership: self.figure(node, &path, "ownership", Quantity::Percent),
            mfn: node.flag("mfn").unwrap_or(false),
            elects: Self::spanned(node, "elects"),
            pro_rata: node.flag("pro_rata").unwrap_or(false),
            seniority: node.whole("seniority"),
            note: None,
            after: self.after(node),
            span: node.span,
            path,
        })
    }

    pub(super) fn warrant(&mut self, id: &str, node: &TableNode, opening: Day) -> Option<Warrant> {
        let path = format!("warrant.{id}");
        let size = if let Some(shares) = self.figure(node, &path, "shares", Quantity::Count) {
            WarrantSize::Shares(shares)
        } else if let Some(part) = self.figure(node, &path, "coverage", Quantity::Percent) {
            let Some(of) = Self::spanned(node, "of") else {
                self.lacks(
                    node.span,
                    &path,
                    "of",
                    "a coverage is of a note, a SAFE, a debt or a tranche: of = \"note.bridge\"",
                );
                return None;
            };
            WarrantSize::Coverage { part, of }
        } else if let Some(leaf) = node.leaf("of") {
            let span = leaf.span;
            self.lacks(span, &path, "coverage", "how much of its money is covered? coverage = \"10%\"");
            return None;
        } else {
            let mut tranches = Vec::new();
            for (tranche, inner) in node.things("tranche") {
                let at = format!("{path}.tranche.{tranche}");
                let shares = self.figure(inner, &at, "shares", Quantity::Count)?;
                let condition = inner.text("condition").and_then(|id| self.conditions.get(id).copied())?;
                tranches.push((tranche.to_owned(), shares, condition));
            }
            WarrantSize::Tranches(tranches)
        };
        Some(Warrant {
            id: id.to_owned(),
            name: Self::name(node, id),
            holder: self.owner(node, "holder")?,
            date: self.date(node, &path, "date").unwrap_or(opening),
            class: self.class(node, "class").unwrap_or(ClassId::at(0)),
            size,
            strike: self.figure(node, &path, "strike", Quantity::Price)?,
            net: node.text("exercise")? == "net",
            exercised: self.date(node, &path, "exercised"),
            expires: self.date(node, &path, "expires"),
            after: self.after(node),
            span: node.span,
        })
    }

    pub(super) fn grant(&mut self, id: &str, node: &TableNode, opening: Day, whole: bool) -> Option<Grant> {
        let path = format!("grant.{id}");
        let pool = self.owner(node, "pool")?;
        let vesting = match node.table("vesting") {
            None => None,
            Some(inner) => {
                let months = |key: &str| inner.whole(key).map(|months| u32::try_from(months).unwrap_or(u32::MAX));
                let allocation = match inner.text("allocation") {
                    Some("cumulative-rounding") => Allocation::CumulativeRounding,
                    Some("cumulative-round-down") => Allocation::CumulativeRoundDown,
                    Some("front-loaded") => Allocation::FrontLoaded,
                    Some("back-loaded") => Allocation::BackLoaded,
                    Some("front-loaded-to-single-tranche") => Allocation::FrontLoadedToSingleTranche,
                    Some("back-loaded-to-single-tranche") => Allocation::BackLoadedToSingleTranche,
                    Some(_) => Allocation::Fractional,
                    None => {
                        if whole {
                            self.lacks(
                                inner.span,
                                &format!("{path}.vesting"),
                                "allocation",
                                "shares are whole: say where those go that do not divide evenly, as \"cumulative-rounding\"",
                            );
                        }
                        Allocation::Fractional
                    }
                };
                Some(Vesting {
                    months: months("months")?,
                    cliff: months("cliff").unwrap_or(0),
                    every: months("every").unwrap_or(1),
                    allocation,
                    acceleration: self.acceleration(inner, &path),
                    span: inner.span,
                })
            }
        };
        Some(Grant {
            id: id.to_owned(),
            name: Self::name(node, id),
            pool,
            holder: self.owner(node, "holder").unwrap_or(pool),
            shares: self.figure(node, &path, "shares", Quantity::Count)?,
            strike: self.figure(node, &path, "strike", Quantity::Price)?,
            date: self.date(node, &path, "date").unwrap_or(opening),
            vesting,
            exercised: self.by_day(node, &path, "exercised", Quantity::Count),
            forfeited: self.by_day(node, &path, "forfeited", Quantity::Count),
            expires: self.date(node, &path, "expires"),
            after: self.after(node),
            span: node.span,
        })
    }

    fn acceleration(&mut self, vesting: &TableNode, path: &str) -> Option<Acceleration> {
        let node = vesting.table("acceleration")?;
        let path = format!("{path}.vesting.acceleration");
        let part = self.figure_or(node, &path, "part", Quantity::Percent, Decimal::ONE);
        Some(Acceleration { is_double: node.text("trigger")? == "double", part })
    }

    /// The figures of a schedule by day, in the order of their days.
    pub(super) fn by_day(
        &mut self,
        node: &TableNode,
        path: &str,
        key: &str,
        quantity: Quantity,
    ) -> Vec<(Day, FigureId)> {
        let Some(table) = node.table(key) else { return Vec::new() };
        let mut lines: Vec<(Day, FigureId)> = table
            .entries
            .keys()
            .filter_map(|written| {
                let day = Day::from_text(written)?;
                let figure = self.keep(table.figure(written)?, format!("{path}.{key}.{written}"), quantity)?;
                Some((day, figure))
            })
            .collect();
        lines.sort_by_key(|(day, _)| *day);
        lines
    }

    pub(super) fn split_event(&mut self, id: &str, node: &TableNode) -> Option<Split> {
        let path = format!("split.{id}");
        Some(Split {
            id: id.to_owned(),
            name: Self::name(node, id),
            date: self.date(node, &path, "date")?,
            ratio: self.figure(node, &path, "ratio", Quantity::Ratio)?,
            class: self.class(node, "class"),
            adds: false,
            after: self.after(node),
            span: node.span,
            path,
        })
    }

    /// A change, or the split that a stock dividend is.
    pub(super) fn change(&mut self, id: &str, node: &TableNode, splits: &mut Vec<Split>) -> Option<Change> {
        let path = format!("change.{id}");
        let date = self.date(node, &path, "date")?;
        let kind = node.text("kind")?;
        let takes: &[&str] = match kind {
            "repurchase" => &["holder", "class", "shares", "price"],
            "cancel" => &["holder", "class", "shares"],
            "convert" => &["holder", "class", "shares", "to_class"],
            "reclassify" => &["class", "to_class", "ratio"],
            "stock-dividend" => &["class", "ratio"],
            _ => &["holder", "shares", "target", "counts"],
        };
        for key in ["holder", "class", "shares", "to_class", "ratio", "price", "target", "counts"] {
            if let Some(entry) = node.entries.get(key)
                && !takes.contains(&key)
            {
                self.unused(entry.key, &path, key, &format!("a change of kind \"{kind}\" has none"));
            }
        }
        let holder = self.owner(node, "holder");
        let class = self.class(node, "class");
        let to = self.class(node, "to_class");
        let shares = self.figure(node, &path, "shares", Quantity::Count);
        let ratio = self.figure(node, &path, "ratio", Quantity::Ratio);
        let price = self.figure(node, &path, "price", Quantity::Price);
        let target = self.figure(node, &path, "target", Quantity::Percent);
        let span = node.span;
        let common = ClassId::at(0);
        let name = Self::name(node, id);
        let after = self.after(node);
        let mut need = |key: &str| self.lacks(span, &path, key, &format!("a change of kind \"{kind}\" needs it"));
        let kind = match kind {
            "repurchase" | "cancel" => {
                let is_paid = kind == "repurchase";
                if holder.is_none() {
                    need("holder");
                }
                if shares.is_none() {
                    need("shares");
                }
                if is_paid && price.is_none() {
                    need("price");
                }
                ChangeKind::Retire { holder: holder?, class: class.unwrap_or(common), shares: shares?, price }
            }
            "convert" => {
                if class.is_none() {
                    need("class");
                }
                ChangeKind::Convert { class: class?, to: to.unwrap_or(common), holder, shares, ratio: None }
            }
            "reclassify" => {
                if class.is_none() {
                    need("class");
                }
                if to.is_none() {
                    need("to_class");
                }
                let one = match ratio {
                    Some(ratio) => ratio,
                    None => self.default(format!("{path}.ratio"), Quantity::Ratio, Decimal::ONE),
                };
                ChangeKind::Convert { class: class?, to: to?, holder: None, shares: None, ratio: Some(one) }
            }
            "stock-dividend" => {
                if ratio.is_none() {
                    need("ratio");
                }
                splits.push(Split {
                    id: id.to_owned(),
                    name,
                    date,
                    ratio: ratio?,
                    class,
                    adds: true,
                    after,
                    span,
                    path,
                });
                return None;
            }
            _ => {
                if holder.is_none() {
                    need("holder");
                }
                let size = match (shares, target) {
                    (Some(shares), None) => {
                        if let Some(leaf) = node.leaf("counts") {
                            let span = leaf.span;
                            self.unused(span, &path, "counts", "an increase by shares has no target");
                        }
                        PoolGrowth::Shares(shares)
                    }
                    (Some(_), Some(_)) => {
                        self.bag.add(
                            Diagnostic::new(
                                Code::TwoAlternatives,
                                format!("`{path}` grows by `shares` or to a `target`, not both"),
                            )
                            .at(node.entries.get("target").map_or(span, |entry| entry.key))
                            .help("keep the one that was decided"),
                        );
                        return None;
                    }
                    (None, Some(target)) => {
                        if node.leaf("counts").is_none() {
                            need("counts");
                        }
                        let counts_issued = node.text("counts") == Some("issued-and-unallocated");
                        PoolGrowth::Target { target, counts_issued }
                    }
                    _ => {
                        self.lacks(span, &path, "shares", "write `shares` or a `target`, one of them");
                        return None;
                    }
                };
                ChangeKind::PoolIncrease { pool: holder?, size }
            }
        };
        Some(Change { id: id.to_owned(), name, date, kind, after, span })
    }

    pub(super) fn tender(&mut self, id: &str, node: &TableNode) -> Option<Tender> {
        let path = format!("secondary.{id}");
        let mut offers = Vec::new();
        for (offer, inner) in node.things("offer") {
            let at = format!("{path}.offer.{offer}");
            offers.push(Offer {
                id: offer.to_owned(),
                holder: self.owner(inner, "holder")?,
                shares: self.figure(inner, &at, "shares", Quantity::Count)?,
                price: self.figure(inner, &at, "price", Quantity::Price)?,
                class: self.class(inner, "class").unwrap_or(ClassId::at(0)),
            });
        }
        let buyers: Vec<(String, Part)> = self.split(node, &path, "to");
        let to: Vec<(OwnerId, Part)> =
            buyers.into_iter().filter_map(|(id, part)| Some((self.owners.get(&id).copied()?, part))).collect();
        Some(Tender {
            id: id.to_owned(),
            name: Self::name(node, id),
            date: self.date(node, &path, "date")?,
            offers,
            to,
            shares: self.figure(node, &path, "shares", Quantity::Count),
            amount: self.figure(node, &path, "amount", Quantity::Money),
            after: self.after(node),
            span: node.span,
        })
    }

    /// A text with its place.
    pub(super) fn spanned(node: &TableNode, key: &str) -> Option<Spanned<String>> {
        let leaf = node.leaf(key)?;
        node.text(key).map(|text| Spanned::new(text.to_owned(), leaf.span))
    }

    /// A key that this table needs because of another.
    pub(super) fn lacks(&mut self, span: Span, path: &str, key: &str, why: &str) {
        self.bag.add(
            Diagnostic::new(Code::MissingKey, format!("`{path}` lacks `{key}`"))
                .at(span)
                .label(format!("`{key}` belongs here"))
                .help(why),
        );
    }

    /// A key that would change nothing.
    pub(super) fn unused(&mut self, span: Span, path: &str, key: &str, why: &str) {
        self.bag.add(
            Diagnostic::new(Code::UnusedKey, format!("`{key}` of `{path}` would change nothing"))
                .at(span)
                .label("nothing reads it here")
                .help(format!("{why}; take it out")),
        );
    }
}
