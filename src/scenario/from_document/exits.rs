//! Sales, listings and wind-ups, and the terms of classes that only they read.

use super::Reader;
use crate::diagnostics::Code;
use crate::diagnostics::Diagnostic;
use crate::document::TableNode;
use crate::format::Quantity;
use crate::scenario::exit::AtExit;
use crate::scenario::exit::CarveOut;
use crate::scenario::exit::CarveOutSize;
use crate::scenario::exit::Dividend;
use crate::scenario::exit::Exit;
use crate::scenario::exit::ExitKind;
use crate::scenario::exit::HeldBack;
use crate::scenario::exit::Listing;
use crate::scenario::exit::ListingValue;
use crate::scenario::exit::Offering;
use crate::scenario::exit::OnConversion;
use crate::scenario::exit::Participation;
use crate::scenario::exit::Preference;
use crate::scenario::exit::PreferenceSize;
use crate::scenario::exit::Preferred;
use crate::scenario::exit::Ratchet;
use crate::scenario::exit::Sale;
use crate::scenario::exit::SaleValue;
use crate::scenario::ids::ConditionId;
use crate::scenario::ids::FigureId;
use crate::scenario::instrument::DayCount;
use crate::scenario::instrument::Interest;
use crate::scenario::round::Part;
use crate::units::Decimal;

/// Keys that only a sale reads.
const OF_A_SALE: &[&str] = &[
    "equity_value",
    "enterprise_value",
    "debt",
    "carve_out",
    "escrow",
    "holdback",
    "proceeds",
    "unvested",
    "terminated",
];

/// Keys that a wind-up has no use for: nobody buys.
const OF_A_BUYER: &[&str] = &["escrow", "holdback", "unvested", "terminated"];

/// Keys that only a listing reads.
const OF_A_LISTING: &[&str] = &[
    "pre_money",
    "post_money",
    "price",
    "to",
    "primary",
    "primary_shares",
    "secondary",
    "greenshoe",
    "lock_up_months",
];

impl Reader<'_> {
    pub(super) fn exit(&mut self, id: &str, node: &TableNode) -> Option<Exit> {
        let path = format!("exit.{id}");
        let word = node.text("kind")?;
        self.keys_of_kind(node, &path, word);
        let date_figure = self.figure(node, &path, "date", Quantity::Day)?;
        let date = self.figures.get(date_figure)?.day?;
        let fees = self.figure_or(node, &path, "fees", Quantity::Percent, Decimal::ZERO);
        let costs = self.figure_or(node, &path, "costs", Quantity::Money, Decimal::ZERO);
        let meets: Vec<ConditionId> =
            node.list("meets").iter().filter_map(|id| self.conditions.get(&id.value).copied()).collect();
        let kind = if word == "listing" {
            ExitKind::Listing(self.listing(node, &path)?)
        } else {
            ExitKind::Sale(self.sale(node, &path, word == "wind-up")?)
        };
        Some(Exit {
            id: id.to_owned(),
            name: Self::name(node, id),
            date,
            date_figure,
            fees,
            costs,
            meets,
            kind,
            span: node.span,
        })
    }

    /// Refuses the keys of another kind of exit.
    fn keys_of_kind(&mut self, node: &TableNode, path: &str, kind: &str) {
        let (others, reads) = match kind {
            "listing" => {
                (OF_A_SALE, "a listing is written as `pre_money`, `post_money` or `price`, and its shares stay")
            }
            _ => (OF_A_LISTING, "only a listing has it: a sale is written as `equity_value` or `enterprise_value`"),
        };
        for key in others {
            if let Some(entry) = node.entries.get(*key) {
                self.unused(entry.key, path, key, reads);
            }
        }
        if kind == "wind-up" {
            for key in OF_A_BUYER {
                if let Some(entry) = node.entries.get(*key) {
                    self.unused(entry.key, path, key, "in a wind-up nobody buys");
                }
            }
        }
    }

    fn sale(&mut self, node: &TableNode, path: &str, is_wind_up: bool) -> Option<Sale> {
        let value = match self.figure(node, path, "equity_value", Quantity::Money) {
            Some(value) => SaleValue::Equity(value),
            None => {
                let value = self.figure(node, path, "enterprise_value", Quantity::Money)?;
                let Some(debt) = self.figure(node, path, "debt", Quantity::Money) else {
                    let why = "an enterprise value holds the debt: write debt = \"0\" if there is none";
                    self.lacks(node.span, path, "debt", why);
                    return None;
                };
                SaleValue::Enterprise { value, debt }
            }
        };
        let mut carve_outs = Vec::new();
        for (id, inner) in node.things("carve_out") {
            let at = format!("{path}.carve_out.{id}");
            let size = match self.figure(inner, &at, "amount", Quantity::Money) {
                Some(amount) => CarveOutSize::Amount(amount),
                None => CarveOutSize::Rates(self.rates(inner, &at)?),
            };
            let to: Vec<(String, Part)> = self.split(inner, &at, "to");
            let to = to.into_iter().filter_map(|(id, part)| Some((self.owners.get(&id).copied()?, part))).collect();
            carve_outs.push(CarveOut { id: id.to_owned(), name: Self::name(inner, id), size, to, span: inner.span });
        }
        Some(Sale {
            is_wind_up,
            value,
            carve_outs,
            escrow: self.held_back(node, path, "escrow"),
            holdback: self.held_back(node, path, "holdback"),
            proceeds: self.split(node, path, "proceeds"),
            unvested_assumed: node.text("unvested") == Some("assumed"),
            terminated: node.flag("terminated").unwrap_or(false),
        })
    }

    /// The rates of a carve-out in the order of their amounts.
    fn rates(&mut self, node: &TableNode, path: &str) -> Option<Vec<(Option<FigureId>, FigureId)>> {
        let mut rates = Vec::new();
        if let Some(rate) = self.figure(node, path, "rate", Quantity::Percent) {
            rates.push((None, rate));
        }
        for (id, tier) in node.things("tier") {
            let at = format!("{path}.tier.{id}");
            let above = self.figure(tier, &at, "above", Quantity::Money)?;
            rates.push((Some(above), self.figure(tier, &at, "rate", Quantity::Percent)?));
        }
        rates.sort_by_key(|(above, _)| above.map(|above| self.figures.value(above)));
        Some(rates)
    }

    fn held_back(&mut self, node: &TableNode, path: &str, key: &str) -> Option<HeldBack> {
        let inner = node.table(key)?;
        let share = self.figure(inner, &format!("{path}.{key}"), "share", Quantity::Percent)?;
        Some(HeldBack { share, until: inner.day("until")?.value })
    }

    fn listing(&mut self, node: &TableNode, path: &str) -> Option<Listing> {
        let value = if let Some(figure) = self.figure(node, path, "pre_money", Quantity::Money) {
            ListingValue::PreMoney(figure)
        } else if let Some(figure) = self.figure(node, path, "post_money", Quantity::Money) {
            ListingValue::PostMoney(figure)
        } else {
            ListingValue::Price(self.figure(node, path, "price", Quantity::Price)?)
        };
        let primary = match self.figure(node, path, "primary", Quantity::Money) {
            Some(money) => Some(Offering::Money(money)),
            None => self.figure(node, path, "primary_shares", Quantity::Count).map(Offering::Shares),
        };
        let mut secondary = Vec::new();
        if let Some(table) = node.table("secondary") {
            for id in table.entries.keys() {
                let (Some(owner), Some(figure)) = (self.owners.get(id).copied(), table.figure(id)) else { continue };
                secondary.push((owner, self.keep(figure, format!("{path}.secondary.{id}"), Quantity::Percent)?));
            }
        }
        let to = self.owner(node, "to");
        let sells = primary.is_some() || !secondary.is_empty() || node.figure("greenshoe").is_some();
        if to.is_none() && sells {
            self.lacks(
                node.span,
                path,
                "to",
                "shares are sold: who buys them? Declare a holder, as holder.public = {}",
            );
        }
        Some(Listing {
            value,
            to,
            primary,
            secondary,
            greenshoe: self.figure_or(node, path, "greenshoe", Quantity::Percent, Decimal::ZERO),
            lock_up_months: node.whole("lock_up_months").map(|months| u32::try_from(months).unwrap_or(u32::MAX)),
        })
    }

    pub(super) fn preference(&mut self, class: &TableNode, path: &str) -> Option<Preference> {
        if class.text("preference").is_some() {
            return Some(Preference::None);
        }
        let node = class.table("preference")?;
        let path = format!("{path}.preference");
        let size = match self.figure(node, &path, "multiple", Quantity::Number) {
            Some(multiple) => PreferenceSize::Multiple(multiple),
            None => PreferenceSize::Amount(self.figure(node, &path, "amount", Quantity::Money)?),
        };
        let cap = self.figure(node, &path, "cap", Quantity::Number);
        let participation = match (node.text("participation")?, cap) {
            ("capped", Some(cap)) => Participation::Capped(cap),
            ("capped", None) => {
                self.lacks(node.span, &path, "cap", "how much may it take in all? As cap = 3, times the issue price");
                Participation::Full
            }
            (word, cap) => {
                if let Some(span) = cap.and_then(|cap| self.figures.span(cap)) {
                    let why = format!(
                        "participation is \"{word}\"; where the cap is inherited, remove = [\"{path}.cap\"] in that layer, or --remove {path}.cap, takes it away"
                    );
                    self.unused(span, &path, "cap", &why);
                }
                if word == "full" { Participation::Full } else { Participation::None }
            }
        };
        Some(Preference::Has(Preferred { size, seniority: node.whole("seniority")?, participation, span: node.span }))
    }

    pub(super) fn dividend(&mut self, class: &TableNode, path: &str) -> Option<Dividend> {
        let node = class.table("dividend")?;
        let path = format!("{path}.dividend");
        let rate = self.figure(node, &path, "rate", Quantity::Growth)?;
        let needed = ["compound", "count", "on_conversion"];
        if node.text("kind")? != "cumulative" {
            for key in needed {
                if let Some(entry) = node.entries.get(key) {
                    self.unused(entry.key, &path, key, "a dividend that does not add up owes nothing at an exit");
                }
            }
            return None;
        }
        for key in needed {
            if node.text(key).is_none() {
                self.lacks(node.span, &path, key, "it is cumulative: what it comes to depends on it");
            }
        }
        let every = match node.text("compound")? {
            "yearly" => Some(12),
            "quarterly" => Some(3),
            "monthly" => Some(1),
            _ => None,
        };
        Some(Dividend {
            accrual: Interest {
                rate,
                period: self.figures.get(rate)?.period?,
                compound: every.is_some(),
                count: day_count(node.text("count")?),
                in_cash: false,
                every: every.unwrap_or(12),
                written_every: None,
            },
            on_conversion: match node.text("on_conversion")? {
                "forfeited" => OnConversion::Forfeited,
                "paid" => OnConversion::Paid,
                _ => OnConversion::Converts,
            },
        })
    }

    pub(super) fn ratchet(&mut self, class: &TableNode, path: &str) -> Option<Ratchet> {
        let node = class.table("ratchet")?;
        let path = format!("{path}.ratchet");
        match self.figure(node, &path, "return", Quantity::Percent) {
            Some(part) => Some(Ratchet::Return(part)),
            None => self.figure(node, &path, "price", Quantity::Price).map(Ratchet::Price),
        }
    }

    pub(super) fn at_exit(&mut self, note: &TableNode, path: &str) -> Option<AtExit> {
        if note.text("at_exit").is_some() {
            return Some(AtExit { multiple: None, converts: false });
        }
        let node = note.table("at_exit")?;
        let converts = node.flag("converts")?;
        if converts && note.figure("cap").is_none() {
            let span = node.leaf("converts").map_or(node.span, |leaf| leaf.span);
            self.bag.add(
                Diagnostic::new(Code::WrongKind, format!("`{path}` converts in a sale and has no cap"))
                    .at(span)
                    .help("its shares in a sale are its balance at the cap: write `cap`, or converts = false"),
            );
        }
        let multiple = self.figure(node, &format!("{path}.at_exit"), "multiple", Quantity::Number);
        Some(AtExit { multiple, converts })
    }
}

/// How time is counted, by its word.
pub(super) fn day_count(word: &str) -> DayCount {
    match word {
        "act/365" => DayCount::Actual365,
        "act/360" => DayCount::Actual360,
        "30/360" => DayCount::Thirty360,
        _ => DayCount::Months,
    }
}
