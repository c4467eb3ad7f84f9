//! Who there is, what they hold, what is known.

use super::Reader;
use super::plain;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::company::Authorised;
use crate::scenario::company::Class;
use crate::scenario::company::Condition;
use crate::scenario::company::Opening;
use crate::scenario::company::OpeningCount;
use crate::scenario::company::OpeningLine;
use crate::scenario::company::Owner;
use crate::scenario::company::Protection;
use crate::scenario::company::ProtectionBase;
use crate::scenario::company::Ratio;
use crate::scenario::company::Rounding;
use crate::scenario::company::Rule;
use crate::scenario::company::SourceEntry;
use crate::scenario::company::Whole;
use crate::scenario::figures::FigureEntry;
use crate::scenario::figures::Status;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::ConditionId;
use crate::scenario::ids::FigureId;
use crate::scenario::ids::OwnerId;
use crate::scenario::round::Part;
use crate::units::Decimal;
use crate::units::Direction;
use indexmap::IndexMap;

impl Reader<'_> {
    pub(super) fn source_list(&self) -> IndexMap<String, SourceEntry> {
        let text = |node: &TableNode, key: &str| node.text(key).map(str::to_owned);
        self.root
            .things("source")
            .map(|(id, node)| {
                let entry = SourceEntry {
                    title: text(node, "title").unwrap_or_default(),
                    publisher: text(node, "publisher"),
                    published: node.day("published").map(|day| day.value),
                    reference: text(node, "ref"),
                    address: text(node, "address"),
                    confidence: text(node, "confidence"),
                    remark: text(node, "remark"),
                };
                (id.to_owned(), entry)
            })
            .collect()
    }

    pub(super) fn classes(&mut self) -> Vec<Class> {
        let mut classes = Vec::new();
        let declared: Vec<(&str, Option<&TableNode>)> = {
            let mut all: Vec<(&str, Option<&TableNode>)> =
                self.root.things("class").map(|(id, node)| (id, Some(node))).collect();
            match all.iter().position(|(id, _)| *id == "common") {
                Some(at) => {
                    let common = all.remove(at);
                    all.insert(0, common);
                }
                None => all.insert(0, ("common", None)),
            }
            all
        };
        for (id, node) in declared {
            let path = format!("class.{id}");
            let empty = TableNode::new(self.root.span);
            let node = node.unwrap_or(&empty);
            let issue = self.figure(node, &path, "issue_price", Quantity::Price);
            let conversion = self.figure(node, &path, "conversion_price", Quantity::Price);
            let ratio = match (issue, conversion) {
                (Some(issue), Some(conversion)) => Ratio::Prices { issue, conversion },
                (None, Some(conversion)) => {
                    let fault = Diagnostic::new(
                        Code::MissingKey,
                        format!("`{path}` has a conversion price and no issue price to divide by it"),
                    );
                    let fault = match self.figures.span(conversion) {
                        Some(span) => fault.at(span),
                        None => fault,
                    };
                    self.bag.add(fault.help("add `issue_price`, or write the `ratio`"));
                    Ratio::Is(conversion)
                }
                _ => Ratio::Is(self.figure_or(node, &path, "ratio", Quantity::Ratio, Decimal::ONE)),
            };
            let votes = self.figure_or(node, &path, "votes", Quantity::Number, Decimal::ONE);
            let authorised = self.authorised(node, &path);
            self.classes.insert(id.to_owned(), ClassId::at(classes.len()));
            classes.push(Class {
                id: id.to_owned(),
                name: Self::name(node, id),
                is_common: node.text("kind").is_none_or(|kind| kind == "common"),
                ratio,
                votes,
                authorised,
                rounding: Rounding::Fractional,
                issue_price: issue,
                protection: self.protection(node, &path),
                preference: self.preference(node, &path),
                dividend: self.dividend(node, &path),
                ratchet: self.ratchet(node, &path),
                span: node.span,
            });
        }
        classes
    }

    fn protection(&mut self, class: &TableNode, path: &str) -> Option<Protection> {
        let node = class.table("protection")?;
        let path = format!("{path}.protection");
        let kind = node.text("kind")?;
        let base = match node.text("base") {
            Some("fully-diluted") => Some(ProtectionBase::FullyDiluted),
            Some("without-reserve") => Some(ProtectionBase::WithoutReserve),
            Some("issued") => Some(ProtectionBase::Issued),
            Some(_) => Some(ProtectionBase::OwnSeries),
            None => None,
        };
        match (kind, base) {
            ("full-ratchet", Some(_)) => {
                let span = node.leaf("base").map_or(node.span, |leaf| leaf.span);
                self.unused(span, &path, "base", "a full ratchet weighs nothing");
            }
            ("broad" | "narrow", None) => {
                self.lacks(node.span, &path, "base", "say which shares the weighted average weighs");
            }
            ("broad", Some(ProtectionBase::OwnSeries)) | ("narrow", Some(ProtectionBase::FullyDiluted)) => {
                let leaf = node.leaf("base").map_or(node.span, |leaf| leaf.span);
                self.bag.add(
                    Diagnostic::new(Code::WrongKind, format!("`{path}` is {kind}, and its base is not"))
                        .at(leaf)
                        .help("a narrow base leaves shares out: \"own-series\" or \"issued\"; a broad one is \"fully-diluted\" or \"without-reserve\""),
                );
            }
            _ => {}
        }
        Some(Protection {
            base: if kind == "full-ratchet" { None } else { base },
            floor: self.figure(node, &path, "floor", Quantity::Price),
            pay_to_play: node.flag("pay_to_play").unwrap_or(false),
            span: node.span,
        })
    }

    pub(super) fn authorised(&mut self, node: &TableNode, path: &str) -> Option<Authorised> {
        let count = self.figure(node, path, "authorised", Quantity::Count)?;
        Some(Authorised { count, span: self.figures.span(count)? })
    }

    pub(super) fn owners(&mut self) -> Vec<Owner> {
        let mut owners = Vec::new();
        for (family, is_pool) in [("holder", false), ("pool", true)] {
            let root = self.root;
            for (id, node) in root.things(family) {
                let path = format!("{family}.{id}");
                let authorised = if is_pool { self.authorised(node, &path) } else { None };
                let backlog = if is_pool { None } else { self.figure(node, &path, "backlog", Quantity::Money) };
                self.owners.insert(id.to_owned(), OwnerId::at(owners.len()));
                owners.push(Owner {
                    id: id.to_owned(),
                    name: Self::name(node, id),
                    kind: node.text("kind").map(str::to_owned),
                    is_pool,
                    pool_class: ClassId::at(0),
                    authorised,
                    backlog,
                    remark: node.text("remark").map(str::to_owned),
                    span: node.span,
                });
            }
        }
        owners
    }

    pub(super) fn pool_classes(&self, owners: &mut [Owner]) {
        for (id, node) in self.root.things("pool") {
            let owner = self.owners.get(id).and_then(|owner| owners.get_mut(owner.index()));
            if let (Some(owner), Some(class)) = (owner, self.class(node, "class")) {
                owner.pool_class = class;
            }
        }
    }

    pub(super) fn conditions(&mut self) -> Vec<Condition> {
        let root = self.root;
        for (index, (id, _)) in root.things("condition").enumerate() {
            self.conditions.insert(id.to_owned(), ConditionId::at(index));
        }
        root.things("condition")
            .map(|(id, node)| {
                let path = format!("condition.{id}");
                let of = |reader: &Self, key: &str| -> Vec<ConditionId> {
                    node.list(key).iter().filter_map(|id| reader.conditions.get(&id.value).copied()).collect()
                };
                let rule = if node.leaf("any").is_some() {
                    Rule::Any(of(self, "any"))
                } else if node.leaf("all").is_some() {
                    Rule::All(of(self, "all"))
                } else {
                    let is_expected = node.flag("expected");
                    if is_expected.is_none() {
                        self.bag.add(
                            Diagnostic::new(Code::MissingKey, format!("`{path}` lacks `expected`"))
                                .at(node.span)
                                .label("`expected` belongs here")
                                .help("write whether `run` takes it as met: expected = true or false"),
                        );
                    }
                    let value = if is_expected == Some(true) { Decimal::ONE } else { Decimal::ZERO };
                    let expected = self.figures.add(FigureEntry {
                        status: Status::Stated,
                        typed: (is_expected == Some(true)).to_string(),
                        span: node.leaf("expected").map(|leaf| leaf.span),
                        is_flag: true,
                        ..plain(format!("{path}.expected"), Quantity::Number, value)
                    });
                    Rule::Itself {
                        expected,
                        probability: self.figure(node, &path, "probability", Quantity::Percent),
                        date: self.date(node, &path, "date"),
                        by: node.day("by").map(|day| day.value),
                    }
                };
                Condition { id: id.to_owned(), name: Self::name(node, id), rule, span: node.span }
            })
            .collect()
    }

    pub(super) fn rounding(&mut self) -> Option<Rounding> {
        let root = self.root;
        let in_shares = root.table("opening").is_some_and(|opening| opening.table("shares").is_some());
        let Some(node) = root.table("rounding") else {
            if in_shares {
                let at = root.table("opening").and_then(|opening| opening.table("shares")).map(|shares| shares.span);
                let fault = Diagnostic::new(
                    Code::RoundingMissing,
                    "the opening is in shares and nothing says how they are rounded",
                );
                let fault = match at {
                    Some(span) => fault.at(span).label("share counts"),
                    None => fault,
                };
                self.bag.add(fault.help(
                    "add `rounding = { shares = \"whole\", price_places = 4, price = \"nearest\", shares_issued = \"down\", shares_converted = \"down\", pool = \"up\" }`, or { shares = \"fractional\" }",
                ));
            }
            return Some(Rounding::Fractional);
        };
        Some(self.rounding_of(node, "rounding", Rounding::Fractional))
    }

    /// Where the shares of each class are rounded: as the class says, and for the rest as the scenario does.
    pub(super) fn class_rounding(&mut self, classes: &mut [Class], scenario: Rounding) {
        for class in classes {
            class.rounding = scenario;
            let own = self.root.table("class").and_then(|classes| classes.table(&class.id));
            let Some(node) = own.and_then(|class| class.table("rounding")) else { continue };
            class.rounding = self.rounding_of(node, &format!("class.{}.rounding", class.id), scenario);
        }
    }

    /// One `rounding` table; what it does not say is as it is for all.
    fn rounding_of(&mut self, node: &TableNode, path: &str, all: Rounding) -> Rounding {
        let known = match all {
            Rounding::Whole(whole) => Some(whole),
            Rounding::Fractional => None,
        };
        let is_whole = node.text("shares").map_or(known.is_some(), |word| word == "whole");
        if !is_whole {
            return Rounding::Fractional;
        }
        if known.is_none() {
            for key in ["price_places", "price", "shares_issued", "shares_converted", "pool"] {
                if node.leaf(key).is_none() {
                    self.bag.add(
                        Diagnostic::new(Code::RoundingMissing, format!("`{path}` lacks `{key}`"))
                            .at(node.span)
                            .label("shares are whole")
                            .help(if key == "price_places" {
                                "write the decimal places of a price, as price_places = 4".to_owned()
                            } else {
                                format!("write {key} = \"up\", \"down\" or \"nearest\"")
                            }),
                    );
                }
            }
        }
        let direction = |key: &str, of: fn(Whole) -> Direction| {
            node.text(key).and_then(Direction::from_word).or(known.map(of)).unwrap_or(Direction::Nearest)
        };
        let written = node.whole("price_places").map(|places| u32::try_from(places).unwrap_or(u32::MAX));
        let places = written.or(known.map(|whole| whole.price_places)).unwrap_or(0);
        if places > 12 {
            self.bag.add(
                Diagnostic::new(Code::OutOfRange, "a price has at most 12 places")
                    .at(node.leaf("price_places").map_or(node.span, |leaf| leaf.span))
                    .help("four to six are usual"),
            );
        }
        Rounding::Whole(Whole {
            price_places: places,
            price: direction("price", |whole| whole.price),
            shares_issued: direction("shares_issued", |whole| whole.shares_issued),
            shares_converted: direction("shares_converted", |whole| whole.shares_converted),
            pool: direction("pool", |whole| whole.pool),
        })
    }

    pub(super) fn opening(&mut self, owners: &[Owner]) -> Option<Opening> {
        let node = self.root.table("opening")?;
        let date = node.day("date")?.value;
        let class = self.class(node, "class").unwrap_or(ClassId::at(0));
        let fully_diluted = self.figure(node, "opening", "fully_diluted", Quantity::Count);
        let mut lines = Vec::new();
        for (key, by_stake) in [("stake", true), ("shares", false)] {
            let Some(table) = node.table(key) else { continue };
            if by_stake && fully_diluted.is_none() {
                self.bag.add(
                    Diagnostic::new(
                        Code::MissingKey,
                        "an opening in stakes needs `fully_diluted`, its unit of account",
                    )
                    .at(table.span)
                    .label("percentages of how many shares?")
                    .help("write fully_diluted = { value = 1_000_000_000, status = \"assumed\" }"),
                );
                return None;
            }
            for (id, entry) in &table.entries {
                let (Some(owner), Some(figure)) = (self.owners.get(id).copied(), table.figure(id)) else { continue };
                let path = format!("opening.{key}.{id}");
                let count = if by_stake {
                    match self.part(figure, path)? {
                        Part::Is(figure) => OpeningCount::Stake(figure),
                        Part::Rest => OpeningCount::Rest,
                    }
                } else {
                    OpeningCount::Shares(self.keep(figure, path, Quantity::Count)?)
                };
                let is_pool = owners.get(owner.index()).is_some_and(|owner| owner.is_pool);
                let pool_class = self
                    .root
                    .table("pool")
                    .and_then(|pools| pools.table(id))
                    .and_then(|pool| self.class(pool, "class"));
                let class = if is_pool { pool_class.unwrap_or(ClassId::at(0)) } else { class };
                lines.push(OpeningLine {
                    owner,
                    class,
                    count,
                    paid: None,
                    paid_to_company: false,
                    bought: None,
                    span: entry.key,
                });
            }
        }
        for (id, position) in node.things("position") {
            let path = format!("opening.position.{id}");
            let count = match self.figure(position, &path, "shares", Quantity::Count) {
                Some(figure) => OpeningCount::Shares(figure),
                None => OpeningCount::Stake(self.figure(position, &path, "stake", Quantity::Percent)?),
            };
            lines.push(OpeningLine {
                owner: self.owner(position, "holder")?,
                class: self.class(position, "class")?,
                count,
                paid: self.paid(position, &path),
                paid_to_company: position.text("paid_to") == Some("company"),
                bought: position.day("date").map(|day| day.value),
                span: position.span,
            });
        }
        Some(Opening { date, fully_diluted, lines: lines.into() })
    }

    /// What a share of an opening line was bought for; without it nobody got anything.
    fn paid(&mut self, position: &TableNode, path: &str) -> Option<FigureId> {
        let paid = self.figure(position, path, "paid", Quantity::Price);
        if let (None, Some(leaf)) = (paid, position.leaf("paid_to")) {
            self.unused(leaf.span, path, "paid_to", "nothing is written as paid for it");
        }
        paid
    }
}
