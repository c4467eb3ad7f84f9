//! Reads a scenario out of a complete document. Parse, don't validate: what comes out needs no second look.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::diagnostics::Bag;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::Spanned;
use crate::document::Amount;
use crate::document::Detail;
use crate::document::Document;
use crate::document::Figure;
use crate::document::Literal;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::units::Day;
use crate::units::Decimal;
use crate::units::Direction;
use crate::units::Period;
use crate::units::ScheduledPeriod;

use super::cash::Burn;
use super::cash::Cash;
use super::cash::Commitment;
use super::cash::CommitmentEnd;
use super::cash::Fill;
use super::cash::Measure;
use super::cash::Phase;
use super::cash::Profile;
use super::cash::Through;
use super::checks;
use super::company::Authorised;
use super::company::CaseTitle;
use super::company::Class;
use super::company::Condition;
use super::company::Opening;
use super::company::OpeningCount;
use super::company::OpeningLine;
use super::company::Owner;
use super::company::Ratio;
use super::company::Rounding;
use super::company::Rule;
use super::company::Scenario;
use super::company::SourceEntry;
use super::company::Whole;
use super::figures::FigureEntry;
use super::figures::Figures;
use super::figures::Range;
use super::figures::Status;
use super::ids::ClassId;
use super::ids::ConditionId;
use super::ids::FigureId;
use super::ids::OwnerId;
use super::round::Drawdown;
use super::round::Oversubscription;
use super::round::Part;
use super::round::PriceRule;
use super::round::Round;
use super::round::RoundPool;
use super::round::Secondary;
use super::round::SecondaryPrice;
use super::round::Size;
use super::round::Tranche;
use super::round::Valuation;

/// The scenario a document says, every cross rule checked; none if anything was refused.
pub fn scenario(document: &Document, bag: &mut Bag) -> Option<Scenario> {
    let mut reader = Reader {
        root: &document.root,
        bag,
        figures: Figures::default(),
        currency: document.root.text("currency").unwrap_or_default().to_owned(),
        owners: HashMap::new(),
        classes: HashMap::new(),
        conditions: HashMap::new(),
    };
    let scenario = reader.scenario(document)?;
    checks::check(&scenario, &document.root, bag);
    (!bag.refuses()).then_some(scenario)
}

/// A number that nobody wrote: the format's default.
fn plain(path: String, quantity: Quantity, value: Decimal) -> FigureEntry {
    FigureEntry {
        path,
        quantity,
        value,
        is_flag: false,
        period: None,
        fraction: None,
        day: None,
        typed: value.to_string(),
        range: None,
        sources: Vec::new(),
        said: None,
        status: Status::Default,
        reports: Vec::new(),
        remark: None,
        span: None,
    }
}

struct Reader<'a> {
    root: &'a TableNode,
    bag: &'a mut Bag,
    figures: Figures,
    currency: String,
    owners: HashMap<String, OwnerId>,
    classes: HashMap<String, ClassId>,
    conditions: HashMap<String, ConditionId>,
}

impl Reader<'_> {
    fn scenario(&mut self, document: &Document) -> Option<Scenario> {
        let root = self.root;
        self.version();
        let mut classes = self.classes();
        let mut owners = self.owners();
        let conditions = self.conditions();
        let rounding = self.rounding()?;
        let opening = self.opening(&owners);
        let rounds: Vec<Round> =
            root.things("round").filter_map(|(id, node)| self.round(id, node, &mut classes)).collect();
        let secondaries = root.things("secondary").filter_map(|(id, node)| self.secondary(id, node)).collect();
        let cash = self.cash();
        let burns = root.things("burn").filter_map(|(id, node)| self.burn(id, node)).collect();
        let commitments = root.things("commitment").filter_map(|(id, node)| self.commitment(id, node)).collect();
        self.pool_classes(&mut owners);
        let cases = document
            .applied
            .iter()
            .map(|id| CaseTitle {
                id: id.clone(),
                title: document.cases.table(id).and_then(|case| case.text("title")).map(str::to_owned),
            })
            .collect();
        Some(Scenario {
            title: root.text("title")?.to_owned(),
            cases,
            currency: self.currency.clone(),
            as_of: root.day("as_of")?.value,
            horizon: root.day("horizon").map(|day| day.value),
            remark: root.text("remark").map(str::to_owned),
            sources: self.source_list(),
            owners,
            classes,
            rounding,
            opening: opening?,
            conditions,
            rounds,
            secondaries,
            cash,
            burns,
            commitments,
            figures: std::mem::take(&mut self.figures),
        })
    }

    /// The version of the format is one this reader knows.
    fn version(&mut self) {
        if let Some(leaf) = self.root.leaf("format")
            && self.root.whole("format") != Some(1)
        {
            self.bag.add(
                Diagnostic::new(Code::NotYetSupported, "this version reads scenarios of format 1")
                    .at(leaf.span)
                    .label("another format")
                    .help("write format = 1, or use a newer capsim"),
            );
        }
    }

    // Figures.

    /// The figure under a key, kept under its path.
    fn figure(&mut self, node: &TableNode, path: &str, key: &str, quantity: Quantity) -> Option<FigureId> {
        let figure = node.figure(key)?;
        self.keep(figure, format!("{path}.{key}"), quantity)
    }

    /// The figure under a key, or the format's default.
    fn figure_or(&mut self, node: &TableNode, path: &str, key: &str, quantity: Quantity, default: Decimal) -> FigureId {
        match self.figure(node, path, key, quantity) {
            Some(id) => id,
            None => self.default(format!("{path}.{key}"), quantity, default),
        }
    }

    fn default(&mut self, path: String, quantity: Quantity, value: Decimal) -> FigureId {
        self.figures.add(plain(path, quantity, value))
    }

    fn keep(&mut self, figure: &Figure, path: String, quantity: Quantity) -> Option<FigureId> {
        let literal = figure.value.as_ref()?;
        self.check_currency(literal);
        let detail = figure.detail.as_deref();
        let named: Vec<String> = match detail {
            Some(detail) if !detail.source.is_empty() => detail.source.iter().map(|id| id.value.clone()).collect(),
            _ => figure.covered_by.iter().flat_map(|ids| ids.iter()).map(|id| id.value.clone()).collect(),
        };
        let status = match detail.and_then(|detail| detail.status.as_ref()).map(|status| status.value.as_str()) {
            Some("reported") => Status::Reported,
            Some("filed") => Status::Filed,
            Some("announced") => Status::Announced,
            Some("assumed") => Status::Assumed,
            Some(_) => Status::Stated,
            None if named.is_empty() => Status::Stated,
            None => Status::Reported,
        };
        let (period, fraction, day) = match &literal.amount {
            Amount::Rate(_, period) => (Some(*period), None, None),
            Amount::Part(part) => (None, Some(*part), None),
            Amount::Day(day) => (None, None, Some(*day)),
            Amount::Number(_) | Amount::Word(_) => (None, None, None),
        };
        for literal in detail.into_iter().flat_map(Detail::literals) {
            self.check_currency(literal);
        }
        let text = |spanned: &Option<Spanned<String>>| spanned.as_ref().map(|text| text.value.clone());
        let bare = |literal: &Literal| literal.bare().to_owned();
        Some(
            self.figures.add(FigureEntry {
                path,
                is_flag: false,
                quantity,
                value: literal.amount.decimal().unwrap_or(Decimal::ZERO),
                period,
                fraction,
                day,
                typed: bare(literal),
                range: detail
                    .filter(|detail| detail.low.is_some() || detail.high.is_some() || detail.shape.is_some())
                    .map(|detail| Range {
                        low: detail.low.as_ref().map(bare),
                        high: detail.high.as_ref().map(bare),
                        shape: text(&detail.shape),
                    }),
                sources: named,
                said: detail.and_then(|detail| text(&detail.said)),
                status,
                reports: detail
                    .map(|detail| {
                        detail.reports.iter().map(|(id, literal)| (id.value.clone(), bare(literal))).collect()
                    })
                    .unwrap_or_default(),
                remark: detail.and_then(|detail| text(&detail.remark)),
                span: Some(literal.span),
            }),
        )
    }

    fn check_currency(&mut self, literal: &Literal) {
        if let Some(named) = &literal.currency
            && *named != self.currency
        {
            self.bag.add(
                Diagnostic::new(Code::WrongCurrency, format!("{named} in a scenario in {}", self.currency))
                    .at(literal.span)
                    .help(format!("write the amount in {}; a scenario has one currency", self.currency)),
            );
        }
    }

    /// The day of a date figure.
    fn date(&mut self, node: &TableNode, path: &str, key: &str) -> Option<Day> {
        let id = self.figure(node, path, key, Quantity::Day)?;
        self.figures.get(id)?.day
    }

    fn part(&mut self, figure: &Figure, path: String) -> Option<Part> {
        if let Some(Literal { amount: Amount::Word("rest"), .. }) = figure.value.as_ref() {
            return Some(Part::Rest);
        }
        self.keep(figure, path, Quantity::Percent).map(Part::Is)
    }

    /// The parts of a split, by key.
    fn split(&mut self, node: &TableNode, path: &str, key: &str) -> Vec<(String, Part)> {
        let Some(table) = node.table(key) else { return Vec::new() };
        table
            .entries
            .keys()
            .filter_map(|id| {
                let figure = table.figure(id)?;
                self.part(figure, format!("{path}.{key}.{id}")).map(|part| (id.clone(), part))
            })
            .collect()
    }

    fn name(node: &TableNode, id: &str) -> String {
        node.text("name").unwrap_or(id).to_owned()
    }

    fn owner(&self, node: &TableNode, key: &str) -> Option<OwnerId> {
        self.owners.get(node.text(key)?).copied()
    }

    fn class(&self, node: &TableNode, key: &str) -> Option<ClassId> {
        self.classes.get(node.text(key)?).copied()
    }

    // Nouns.

    fn source_list(&self) -> IndexMap<String, SourceEntry> {
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

    fn classes(&mut self) -> Vec<Class> {
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
            });
        }
        classes
    }

    fn authorised(&mut self, node: &TableNode, path: &str) -> Option<Authorised> {
        let count = self.figure(node, path, "authorised", Quantity::Count)?;
        Some(Authorised { count, span: self.figures.span(count)? })
    }

    fn owners(&mut self) -> Vec<Owner> {
        let mut owners = Vec::new();
        for (family, is_pool) in [("holder", false), ("pool", true)] {
            let root = self.root;
            for (id, node) in root.things(family) {
                let authorised = if is_pool { self.authorised(node, &format!("pool.{id}")) } else { None };
                self.owners.insert(id.to_owned(), OwnerId::at(owners.len()));
                owners.push(Owner {
                    id: id.to_owned(),
                    name: Self::name(node, id),
                    kind: node.text("kind").map(str::to_owned),
                    is_pool,
                    pool_class: ClassId::at(0),
                    authorised,
                    remark: node.text("remark").map(str::to_owned),
                    span: node.span,
                });
            }
        }
        owners
    }

    fn pool_classes(&self, owners: &mut [Owner]) {
        for (id, node) in self.root.things("pool") {
            let owner = self.owners.get(id).and_then(|owner| owners.get_mut(owner.index()));
            if let (Some(owner), Some(class)) = (owner, self.class(node, "class")) {
                owner.pool_class = class;
            }
        }
    }

    fn conditions(&mut self) -> Vec<Condition> {
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

    fn rounding(&mut self) -> Option<Rounding> {
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
        if node.text("shares") != Some("whole") {
            return Some(Rounding::Fractional);
        }
        for key in ["price_places", "price", "shares_issued", "shares_converted", "pool"] {
            if node.leaf(key).is_none() {
                self.bag.add(
                    Diagnostic::new(Code::RoundingMissing, format!("`rounding` lacks `{key}`"))
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
        let direction = |key: &str| node.text(key).and_then(Direction::from_word).unwrap_or(Direction::Nearest);
        let places = u32::try_from(node.whole("price_places").unwrap_or(0)).unwrap_or(u32::MAX);
        if places > 12 {
            self.bag.add(
                Diagnostic::new(Code::OutOfRange, "a price has at most 12 places")
                    .at(node.leaf("price_places").map_or(node.span, |leaf| leaf.span))
                    .help("four to six are usual"),
            );
        }
        Some(Rounding::Whole(Whole {
            price_places: places,
            price: direction("price"),
            shares_issued: direction("shares_issued"),
            shares_converted: direction("shares_converted"),
            pool: direction("pool"),
        }))
    }

    fn opening(&mut self, owners: &[Owner]) -> Option<Opening> {
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
                lines.push(OpeningLine { owner, class, count, paid: None, bought: None, span: entry.key });
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
                paid: self.figure(position, &path, "paid", Quantity::Price),
                bought: position.day("date").map(|day| day.value),
                span: position.span,
            });
        }
        Some(Opening { date, fully_diluted, lines })
    }

    fn round(&mut self, id: &str, node: &TableNode, classes: &mut Vec<Class>) -> Option<Round> {
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
            tranches,
            after: self.after(node),
            span: node.span,
        })
    }

    fn after(&self, node: &TableNode) -> Option<Spanned<String>> {
        let leaf = node.leaf("after")?;
        node.text("after").map(|text| Spanned::new(text.to_owned(), leaf.span))
    }

    fn tranche(&mut self, round: &str, id: &str, node: &TableNode, round_date: Day) -> Option<Tranche> {
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
                eligible: self.figure(inner, &format!("{path}.drawdown"), "eligible", Quantity::Percent)?,
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

    fn secondary(&mut self, id: &str, node: &TableNode) -> Option<Secondary> {
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

    fn cash(&mut self) -> Option<Cash> {
        let node = self.root.table("cash")?;
        let opening = self.figure(node, "cash", "opening", Quantity::Money)?;
        let minimum = self.figure_or(node, "cash", "minimum", Quantity::Money, Decimal::ZERO);
        Some(Cash { opening, minimum })
    }

    fn burn(&mut self, id: &str, node: &TableNode) -> Option<Burn> {
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

    fn scheduled(&mut self, node: &TableNode, path: &str) -> Option<Profile> {
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

    fn commitment(&mut self, id: &str, node: &TableNode) -> Option<Commitment> {
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
