//! Kelvin Dynamics: two rounds with price protection and a pool inside the pre-money, two notes that convert in the
//! second, a tender below its price, and five exits. Every case of it states all the inputs; keys are those of the
//! benchmark. The scenario that is built of them has the ids of `scenarios/bench/kelvin.toml`, so both are read alike.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Reading;
use crate::case::Trouble;
use crate::case::malformed;
use crate::common::Shelf;
use crate::exits::elections;
use crate::round::terms;
use crate::sheet::AFTERWARDS;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::days_after;
use crate::sheet::digits;
use crate::sheet::months_after;
use crate::sheet::part;
use crate::sheet::percent;

/// The series before the two rounds, in the order of their seniority.
const SERIES: [&str; 5] = ["seed", "series_a", "series_b", "series_c", "series_d"];
const PROTECTION: &str = "{ kind = \"broad\", base = \"fully-diluted\" }";
/// A cap on its own is compared with the price of the round. A hundredth of it always binds, at a hundredth of its price.
const OF_A_CAP: i64 = 100;

/// A way to play the deal: with further tables, and with some `PATH=VALUE`.
type Plays = Box<dyn Fn(&str, &[String]) -> Result<Play, Trouble>>;

/// The deal, played, and what its cases say that is no result.
struct Deal {
    base: Play,
    plays: Plays,
    issue_prices: Vec<(&'static str, Decimal)>,
    /// Tables of notes too small to count, each with one of the terms of a note.
    legs: String,
}

/// The deal that is built of the inputs of a case.
pub fn kelvin(case: &Case) -> Result<Reader, Trouble> {
    let text = scenario(case, &inputs(case)?)?.text("Kelvin");
    let own = case.clone();
    let plays: Plays = Box::new(move |tables, set| {
        let part = if tables.is_empty() { "" } else { "legs" };
        Play::of(&format!("{text}{tables}"), &own, part, set)?.accepted()
    });
    reader(case, days_after(SIGNED, 1)?.to_string(), plays)
}

/// The deal as it ships, or one of its cases: `bench/kelvin.toml@raise-33`.
pub fn shipped(case: &Case, target: &'static str) -> Result<Reader, Trouble> {
    let plays: Plays = Box::new(move |tables, set| {
        let (_, file) = target.split_once('/').unwrap_or(("", target));
        let shelf = Shelf::of_folder("scenarios");
        let mut shelf = shelf.with("bench/over-it.toml", format!("extends = \"{file}\"\n{tables}"));
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        Play(shelf.play("bench/over-it.toml", &set)).accepted()
    });
    reader(case, "2025-09-01".to_owned(), plays)
}

fn reader(case: &Case, lent: String, plays: Plays) -> Result<Reader, Trouble> {
    let inputs = inputs(case)?;
    let before = inputs.table("pre_f")?;
    let mut issue_prices = Vec::new();
    for name in SERIES {
        issue_prices.push((name, before.table(name)?.number("oip")?));
    }
    let mut legs = String::new();
    for note in inputs.list("notes")? {
        let letter = letter(note.text("name")?);
        let cap = digits(note.number("cap")? / Decimal::from(OF_A_CAP));
        let discount = percent(note.number("discount")?);
        let terms = [
            ("cap", format!("cap = {cap}\ncap_counts = \"before-new-money\"")),
            ("discount", format!("discount = {discount}")),
        ];
        for (leg, term) in terms {
            legs += &format!(
                "\n[note.{leg}-of-{letter}]\nholder = \"note-{letter}-holder\"\ndate = {lent}\namount = 0.000001\n\
                 interest = \"none\"\ninto = \"common\"\n{term}\n"
            );
        }
    }
    let deal = Deal { base: plays("", &[])?, plays, issue_prices, legs };
    Ok(Box::new(move |key| deal.read(key)))
}

/// What is told in words is read in words: the conventions of the deal are written into the scenario below.
fn inputs(case: &Case) -> Result<Fields<'_>, Trouble> {
    case.inputs(&[
        "pre_f",
        "series_e",
        "series_f",
        "notes",
        "note_cap_denominator",
        "pool_definition",
        "prices",
        "waterfall",
        "raise",
        "exits_m",
    ])
}

fn letter(note: &str) -> String {
    note.strip_prefix("note_").unwrap_or(note).to_owned()
}

fn class(series: &str) -> String {
    series.replace('_', "-")
}

/// The holder of what the benchmark names by the thing.
fn owner(name: &str) -> String {
    match name {
        "seed" => "seed-holders".to_owned(),
        "options_issued" => "option-holders".to_owned(),
        "options_unissued" => "esop".to_owned(),
        "f_lead_secondary" => "f-lead-tender".to_owned(),
        _ => match (name.strip_prefix("series_"), name.strip_prefix("note_")) {
            (Some(letter), _) => format!("{letter}-holders"),
            (_, Some(letter)) => format!("note-{letter}-holder"),
            _ => name.replace('_', "-"),
        },
    }
}

// ------------------------------------------------------------------------------------------------ the scenario

fn scenario(case: &Case, inputs: &Fields<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet::new();
    let before = inputs.table("pre_f")?;
    for name in ["founders", "employees"] {
        let id = sheet.holder(name);
        sheet.opens(&id, before.number(name)?);
    }
    let (options, pool) = (sheet.holder(&owner("options_issued")), sheet.pool(&owner("options_unissued")));
    let granted = before.number("options_issued")?;
    sheet.opens(&pool, granted + before.number("options_unissued_before_e")?);
    sheet.table("grant.issued");
    sheet.word("pool", &pool);
    sheet.word("holder", &options);
    sheet.key("shares", digits(granted));
    sheet.key("strike", digits(before.number("options_strike")?));
    sheet.word("vesting", "all");
    for (seniority, name) in SERIES.into_iter().enumerate() {
        let series = before.table(name)?;
        let holder = sheet.holder(&owner(name));
        sheet.position(&holder, &class(name), series.number("shares")?);
        preferred(&mut sheet, name, &format!("amount = {}", digits(series.number("pref")?)), seniority);
        sheet.key("issue_price", digits(series.number("oip")?));
    }
    let earlier = inputs.table("series_e")?;
    let preference = format!("amount = {}", digits(earlier.number("pref")?));
    preferred(&mut sheet, "series_e", &preference, SERIES.len());
    // Once what is raised, whatever that is.
    preferred(&mut sheet, "series_f", "multiple = 1", SERIES.len() + 1);
    round(&mut sheet, "e", SIGNED, &pool, &earlier)?;
    invests(&mut sheet, "e", "e", "e-holders", earlier.number("raise")?);
    for (index, note) in inputs.list("notes")?.into_iter().enumerate() {
        let note = note.only(&["name", "principal", "cap", "discount"])?;
        let holder = sheet.holder(&owner(note.text("name")?));
        sheet.table(&format!("note.{}", letter(note.text("name")?)));
        sheet.word("holder", &holder);
        sheet.key("date", days_after(SIGNED, 1 + i64::try_from(index).unwrap_or_default())?);
        sheet.key("amount", digits(note.number("principal")?));
        sheet.word("interest", "none");
        sheet.word("into", "common");
        sheet.word("cap_counts", "before-new-money");
        terms(&mut sheet, &note)?;
    }
    let later = inputs.table("series_f")?;
    round(&mut sheet, "f", AFTERWARDS, &pool, &later)?;
    sheet.word("conversions", "inside");
    let [lead, fund] = [later.number("lead_primary")?, later.number("our_fund")?];
    let others = inputs.number("raise")? - lead - fund;
    if others < Decimal::ZERO {
        return malformed("the raise is less than its parts");
    }
    for (tranche, investor, amount) in
        [("lead", "f-lead", lead), ("ours", "our-fund", fund), ("others", "f-others", others)]
    {
        if !amount.is_zero() {
            invests(&mut sheet, "f", tranche, investor, amount);
        }
    }
    // Kept apart from what the lead buys of the company.
    let buyer = sheet.holder(&owner("f_lead_secondary"));
    sheet.table("secondary.tender");
    sheet.key("date", AFTERWARDS);
    sheet.key("from", "{ founders = \"100%\" }");
    sheet.key("to", format!("{{ {buyer} = \"100%\" }}"));
    sheet.key("amount", digits(later.number("tender_usd")?));
    sheet.key("discount", percent(Decimal::ONE - later.number("tender_price_multiple")?));
    let mut exits: Vec<&str> = case.expected.keys().filter_map(|key| exit_of(key)).collect();
    exits.sort_unstable();
    exits.dedup();
    for exit in exits {
        sheet.table(&format!("exit.{}", exit_id(exit)));
        sheet.word("kind", "sale");
        sheet.key("date", months_after(AFTERWARDS, 12)?);
        sheet.word("equity_value", exit);
    }
    Ok(sheet)
}

fn preferred(sheet: &mut Sheet, series: &str, preference: &str, seniority: usize) {
    sheet.table(&format!("class.{}", class(series)));
    sheet.word("kind", "preferred");
    sheet.key("protection", PROTECTION);
    sheet.key("preference", format!("{{ {preference}, seniority = {seniority}, participation = \"none\" }}"));
}

fn round(sheet: &mut Sheet, id: &str, day: &str, pool: &str, terms: &Fields<'_>) -> Result<(), Trouble> {
    sheet.table(&format!("round.{id}"));
    sheet.key("date", day);
    sheet.word("class", &format!("series-{id}"));
    sheet.key("pre_money", digits(terms.number("pre_money")?));
    let target = percent(terms.number("pool_total_target_post")?);
    sheet.key(
        "pool",
        format!("{{ id = \"{pool}\", target = {target}, counts = \"issued-and-unallocated\", in = \"pre-money\" }}"),
    );
    sheet.key("protection", "{ in_price = true, counts = \"new-money\" }");
    Ok(())
}

fn invests(sheet: &mut Sheet, round: &str, tranche: &str, investor: &str, amount: Decimal) {
    let investor = sheet.holder(investor);
    sheet.table(&format!("round.{round}.tranche.{tranche}"));
    sheet.word("investor", &investor);
    sheet.key("amount", digits(amount));
}

/// The exit that a key reads, as the benchmark writes its value: `2000M`.
fn exit_of(key: &str) -> Option<&str> {
    let mut path = key.split('.');
    match path.next()? {
        "waterfall" => path.next(),
        "solver" => path.nth(1)?.strip_prefix("exit_"),
        "sensitivity" => path.nth(2)?.strip_prefix("dollars_at_")?.strip_suffix("_exit"),
        _ => None,
    }
}

fn exit_id(exit: &str) -> String {
    format!("at-{}", exit.to_ascii_lowercase())
}

// ------------------------------------------------------------------------------------------------- the results

impl Deal {
    fn read(&self, key: &str) -> Reading {
        let path: Vec<&str> = key.split('.').collect();
        let play = &self.base;
        let sum = |part: fn(&(Decimal, Decimal)) -> Decimal| -> Reading {
            Ok(Answer::Number(play.sold()?.iter().map(part).sum()))
        };
        match path.as_slice() {
            ["antidilution", series, noun] => {
                let conversion = format!("conversion_price.{}", class(series));
                let issue = match self.issue_prices.iter().find(|(name, _)| name == series) {
                    Some((_, price)) => *price,
                    None if *series == "series_e" => play.at("price.e")?,
                    None => return Err(Trouble::Unknown),
                };
                match *noun {
                    "new_conversion_price_usd" => play.number(&conversion),
                    "new_ratio" => part(issue, play.at(&conversion)?),
                    _ => Err(Trouble::Unknown),
                }
            }
            ["notes", note, noun] => self.note(&letter(note), noun),
            ["ownership", "series_f_new", "pct"] => play.part("new_shares.f", "fully_diluted"),
            ["ownership", name, "pct"] => play.number(&format!("ownership.{}", owner(name))),
            ["round", "f_lead_primary_shares"] => play.number("shares.f-lead"),
            ["round", "our_fund_shares"] => play.number("shares.our-fund"),
            ["round", "f_pps_usd"] => play.number("price.f"),
            ["round", "post_f_fd_shares"] => play.number("fully_diluted"),
            ["tender", "shares_transferred"] => sum(|(shares, _)| *shares),
            ["tender", "usd_to_founders"] => sum(|(_, money)| *money),
            ["tender", "f_lead_holding_secondary_shares"] => {
                play.as_converted(&owner("f_lead_secondary"), "").map(Answer::Number)
            }
            ["waterfall", exit, rest @ ..] => self.paid(&exit_id(exit), rest),
            // The same deal at another pool target and pre-money.
            ["sensitivity", pool, pre_money, noun] => {
                let target = pool.strip_prefix("esop_").ok_or(Trouble::Unknown)?;
                let pre_money = pre_money.strip_prefix("pre_").ok_or(Trouble::Unknown)?;
                let set = [format!("round.f.pool.target={target}%"), format!("round.f.pre_money={pre_money}")];
                let play = (self.plays)("", &set)?;
                match (*noun, exit_of(key)) {
                    ("our_pct", _) => play.number("ownership.our-fund"),
                    (_, Some(exit)) => play.number(&format!("payout.{}.our-fund", exit_id(exit))),
                    _ => Err(Trouble::Unknown),
                }
            }
            ["solver", times, _, "required_pct"] => {
                let times = times.strip_suffix('x').and_then(|times| times.parse().ok()).ok_or(Trouble::Unknown)?;
                self.required(times, &exit_id(exit_of(key).ok_or(Trouble::Unknown)?))
            }
            _ => Err(Trouble::Unknown),
        }
    }

    fn note(&self, note: &str, noun: &str) -> Reading {
        // The price of a term that does not bind is read off a note of its own, too small to move anything.
        let leg = |term: &str| (self.plays)(&self.legs, &[])?.at(&format!("conversion.{term}-of-{note}.price"));
        match noun {
            "conversion_branch" => self.base.terms(note).map(Answer::Terms),
            "conversion_pps_usd" => self.base.number(&format!("conversion.{note}.price")),
            "shares_issued" => self.base.number(&format!("conversion.{note}.shares")),
            "cap_implied_pps_usd" => Ok(Answer::Number(leg("cap")? * Decimal::from(OF_A_CAP))),
            "discount_implied_pps_usd" => leg("discount").map(Answer::Number),
            _ => Err(Trouble::Unknown),
        }
    }

    fn paid(&self, exit: &str, what: &[&str]) -> Reading {
        let play = &self.base;
        let together = |holders: &[&str]| {
            let payouts = holders.iter().map(|holder| play.at(&format!("payout.{exit}.{}", owner(holder))));
            payouts.sum::<Result<Decimal, Trouble>>().map(Answer::Number)
        };
        match what {
            ["total_distributed"] => play.sum(&format!("payout.{exit}.*")).map(Answer::Number),
            // What the lead bought of the founders is common stock.
            ["common", "dollars"] => together(&["founders", "employees", "f_lead_secondary"]),
            ["notes", "dollars"] => together(&["note_a", "note_b"]),
            [holder @ ("our_fund" | "options_issued"), "dollars"] => together(&[holder]),
            [series, "dollars"] => play.number(&format!("class_payout.{exit}.{}", class(series))),
            [series, "election"] => {
                let word = play.word(&format!("class_election.{exit}.{}", class(series)))?;
                Ok(Answer::Terms(elections(&word)))
            }
            _ => Err(Trouble::Unknown),
        }
    }

    /// The stake at which our fund takes so many times its money: so much of the round that the lead has the rest and
    /// the company raises the same. Where the whole round would not do, the benchmark goes on in proportion.
    fn required(&self, times: Decimal, exit: &str) -> Reading {
        let (stake, payout) = ("ownership.our-fund", format!("payout.{exit}.our-fund"));
        let invested = |holder: &str| self.base.at(&format!("return.{exit}.{holder}.invested"));
        let (mut ours, both) = (invested("our-fund")?, invested("our-fund")? + invested("f-lead")?);
        let wanted = ours * times;
        let mut stands = (self.base.at(stake)?, self.base.at(&payout)?);
        for _ in 0..8 {
            let (owned, paid) = stands;
            if (paid - wanted).abs() <= Decimal::new(1, 2) {
                return Ok(Answer::Number(owned));
            }
            ours = (ours * wanted).checked_div(paid).ok_or(Trouble::Unknown)?;
            if ours > both {
                return part(owned * wanted, paid);
            }
            let amount = |tranche: &str, amount: Decimal| {
                format!("round.f.tranche.{tranche}.amount={}", amount.round_dp(9).normalize())
            };
            let play = (self.plays)("", &[amount("ours", ours), amount("lead", both - ours)])?;
            stands = (play.at(stake)?, play.at(&payout)?);
        }
        Err(Trouble::Engine(format!("no stake takes {wanted} at {exit}")))
    }
}
