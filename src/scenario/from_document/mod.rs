//! Reads a scenario out of a complete document. Parse, don't validate: what comes out needs no second look.

mod company;
mod correlations;
mod currency;
mod exits;
mod financing;
mod instruments;
mod money;
mod spread;

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
use crate::scenario::burn::Burn;
use crate::scenario::checks;
use crate::scenario::company::CaseTitle;
use crate::scenario::company::Rounding;
use crate::scenario::company::Scenario;
use crate::scenario::debt::Debt;
use crate::scenario::figures::FigureEntry;
use crate::scenario::figures::Figures;
use crate::scenario::figures::Range;
use crate::scenario::figures::Status;
use crate::scenario::ids::ClassId;
use crate::scenario::ids::ConditionId;
use crate::scenario::ids::FigureId;
use crate::scenario::ids::OwnerId;
use crate::scenario::instrument::Convertible;
use crate::scenario::instrument::Split;
use crate::scenario::round::Part;
use crate::scenario::round::Round;
use crate::units::Day;
use crate::units::Decimal;
use std::collections::HashMap;
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
        rates: HashMap::new(),
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
        converted: None,
        range: None,
        ends: Vec::new(),
        spread: None,
        sources: Vec::new(),
        said: None,
        status: Status::Default,
        reports: Vec::new(),
        remark: None,
        span: None,
    }
}

/// What fixes the shape of a figure beside its value and its ends, as typed.
fn given(detail: &Detail) -> Vec<(&'static str, String)> {
    let one = |literal: &Option<Literal>| literal.as_ref().map(|literal| literal.bare().to_owned());
    let all = |literals: &[Literal]| {
        let texts: Vec<&str> = literals.iter().map(Literal::bare).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    let parts = [
        ("p5", one(&detail.p5)),
        ("p95", one(&detail.p95)),
        ("sd", one(&detail.sd)),
        ("sigma", one(&detail.sigma)),
        ("options", all(&detail.options)),
        ("weights", all(&detail.weights)),
    ];
    parts.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
}

struct Reader<'a> {
    root: &'a TableNode,
    bag: &'a mut Bag,
    figures: Figures,
    currency: String,
    owners: HashMap<String, OwnerId>,
    classes: HashMap<String, ClassId>,
    conditions: HashMap<String, ConditionId>,
    /// What other currencies are worth, by code, each in the order of its days.
    rates: HashMap<String, Vec<(Day, FigureId)>>,
}

impl Reader<'_> {
    fn scenario(&mut self, document: &Document) -> Option<Scenario> {
        let root = self.root;
        self.version();
        self.exchange_rates();
        let mut classes = self.classes();
        let mut owners = self.owners();
        let conditions = self.conditions();
        let rounding = self.rounding()?;
        let opening = self.opening(&owners);
        let is_raised = |node: &TableNode| node.table("when").is_some();
        let rounds: Vec<Round> = root
            .things("round")
            .filter(|(_, node)| !is_raised(node))
            .filter_map(|(id, node)| self.round(id, node, &mut classes))
            .collect();
        let raises = root
            .things("round")
            .filter(|(_, node)| is_raised(node))
            .filter_map(|(id, node)| self.raise(id, node, &mut classes))
            .collect();
        let is_tender = |node: &TableNode| node.table("offer").is_some();
        let secondaries = root
            .things("secondary")
            .filter(|(_, node)| !is_tender(node))
            .filter_map(|(id, node)| self.secondary(id, node))
            .collect();
        let tenders = root
            .things("secondary")
            .filter(|(_, node)| is_tender(node))
            .filter_map(|(id, node)| self.tender(id, node))
            .collect();
        let start = opening.as_ref().map(|opening| opening.date)?;
        let is_whole = matches!(rounding, Rounding::Whole(_));
        let mut convertibles: Vec<Convertible> =
            root.things("safe").filter_map(|(id, node)| self.safe(id, node)).collect();
        convertibles.extend(root.things("note").filter_map(|(id, node)| self.note(id, node)));
        let debts: Vec<Debt> = root.things("debt").filter_map(|(id, node)| self.debt(id, node)).collect();
        let warrants = root
            .things("warrant")
            .filter_map(|(id, node)| {
                let issued = self.covered_day(node).unwrap_or(start);
                self.warrant(id, node, issued)
            })
            .collect();
        let grants = root.things("grant").filter_map(|(id, node)| self.grant(id, node, start, is_whole)).collect();
        let mut splits: Vec<Split> = root.things("split").filter_map(|(id, node)| self.split_event(id, node)).collect();
        let changes = root.things("change").filter_map(|(id, node)| self.change(id, node, &mut splits)).collect();
        let exits = root.things("exit").filter_map(|(id, node)| self.exit(id, node)).collect();
        let cash = self.cash();
        let burns: Vec<Burn> = root.things("burn").filter_map(|(id, node)| self.burn(id, node)).collect();
        let main_burn = root
            .table("cash")
            .and_then(|cash| cash.text("main_burn"))
            .and_then(|id| burns.iter().position(|burn| burn.id == id));
        let outcomes = root.things("outcome").map(|(id, node)| self.outcome(id, node)).collect();
        let commitments = root.things("commitment").filter_map(|(id, node)| self.commitment(id, node)).collect();
        let correlations = self.correlations(document);
        self.class_rounding(&mut classes, rounding);
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
            owners: owners.into(),
            classes,
            rounding,
            opening: opening?,
            conditions,
            rounds,
            secondaries,
            raises,
            tenders,
            convertibles,
            warrants,
            grants,
            splits,
            changes,
            exits,
            cash,
            burns,
            main_burn,
            debts,
            commitments,
            outcomes,
            correlations,
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
        let (figure, converted) = self.in_own_currency(figure, &path);
        let (ends, spread) = self.spread(&figure, quantity);
        let literal = figure.value.as_ref()?;
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
                converted,
                range: detail
                    .filter(|detail| detail.low.is_some() || detail.high.is_some() || detail.shape.is_some())
                    .map(|detail| Range {
                        low: detail.low.as_ref().map(bare),
                        high: detail.high.as_ref().map(bare),
                        shape: text(&detail.shape),
                        given: given(detail),
                    }),
                ends,
                spread,
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
}
