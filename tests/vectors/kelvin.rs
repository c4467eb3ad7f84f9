//! Kelvin Dynamics: two rounds with price protection and a pool inside the pre-money, two notes that convert in the
//! second, and a tender below its price. Every case of it states all the inputs; keys are those of the benchmark.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Reading;
use crate::case::Trouble;
use crate::case::malformed;
use crate::case::skipped;
use crate::protection::grant;
use crate::round::terms;
use crate::round::tranche;
use crate::sheet::AFTERWARDS;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::days_after;
use crate::sheet::digits;
use crate::sheet::part;
use crate::sheet::percent;

/// The series before the two rounds, in the order of their seniority.
const SERIES: [&str; 5] = ["seed", "series_a", "series_b", "series_c", "series_d"];
const PROTECTION: &str = "{ kind = \"broad\", base = \"fully-diluted\" }";

pub fn kelvin(case: &Case) -> Result<Reader, Trouble> {
    if case.expected.keys().all(|key| needs_exits(key)) {
        return skipped("needs exits");
    }
    // What is told in words is read in words: the conventions of the deal are written into the scenario below.
    let inputs = case.inputs(&[
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
    ])?;
    let before = inputs.table("pre_f")?;
    let mut issue_prices = Vec::new();
    for name in SERIES {
        issue_prices.push((name, before.table(name)?.number("oip")?));
    }
    let text = scenario(&inputs)?.text("Kelvin");
    let play = Play::of(&text, case, "", &[])?.accepted()?;
    let case = case.clone();
    Ok(Box::new(move |key| read(&case, &text, &play, &issue_prices, key)))
}

fn needs_exits(key: &str) -> bool {
    key.starts_with("waterfall.") || key.starts_with("solver.") || key.ends_with("_exit")
}

fn scenario(inputs: &Fields<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet::new();
    let before = inputs.table("pre_f")?;
    for name in ["founders", "employees"] {
        let id = sheet.holder(name);
        sheet.opens(&id, before.number(name)?);
    }
    let (options, pool) = (sheet.holder("options_issued"), sheet.pool("options_unissued"));
    let granted = before.number("options_issued")?;
    sheet.opens(&pool, granted + before.number("options_unissued_before_e")?);
    grant(&mut sheet, "staff", &pool, Some(&options), granted);
    for name in SERIES {
        let series = before.table(name)?;
        let id = sheet.holder(name);
        sheet.position(&id, &format!("of-{id}"), series.number("shares")?);
        sheet.table(&format!("class.of-{id}"));
        sheet.word("kind", "preferred");
        sheet.key("issue_price", digits(series.number("oip")?));
        sheet.key("protection", PROTECTION);
    }
    for round in ["e", "f"] {
        sheet.table(&format!("class.of-series-{round}"));
        sheet.word("kind", "preferred");
        sheet.key("protection", PROTECTION);
    }
    let earlier = inputs.table("series_e")?;
    round(&mut sheet, "e", SIGNED, &pool, &earlier)?;
    let investor = sheet.holder("series_e");
    tranche(&mut sheet, "e", 0, &investor, earlier.number("raise")?);
    for (index, note) in inputs.list("notes")?.into_iter().enumerate() {
        let note = note.only(&["name", "principal", "cap", "discount"])?;
        let id = sheet.holder(note.text("name")?);
        sheet.table(&format!("note.{id}"));
        sheet.word("holder", &id);
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
    for (index, (name, amount)) in [("f-lead", lead), ("our_fund", fund), ("f-others", others)].into_iter().enumerate()
    {
        let investor = sheet.holder(name);
        if !amount.is_zero() {
            tranche(&mut sheet, "f", index, &investor, amount);
        }
    }
    // Kept apart from what the lead buys of the company.
    let buyer = sheet.holder("f_lead_secondary");
    sheet.table("secondary.tender");
    sheet.key("date", AFTERWARDS);
    sheet.key("from", "{ founders = \"100%\" }");
    sheet.key("to", format!("{{ {buyer} = \"100%\" }}"));
    sheet.key("amount", digits(later.number("tender_usd")?));
    sheet.key("discount", percent(Decimal::ONE - later.number("tender_price_multiple")?));
    Ok(sheet)
}

fn round(sheet: &mut Sheet, id: &str, day: &str, pool: &str, terms: &Fields<'_>) -> Result<(), Trouble> {
    sheet.table(&format!("round.{id}"));
    sheet.key("date", day);
    sheet.word("class", &format!("of-series-{id}"));
    sheet.key("pre_money", digits(terms.number("pre_money")?));
    let target = percent(terms.number("pool_total_target_post")?);
    sheet.key(
        "pool",
        format!("{{ id = \"{pool}\", target = {target}, counts = \"issued-and-unallocated\", in = \"pre-money\" }}"),
    );
    sheet.key("protection", "{ in_price = true, counts = \"new-money\" }");
    Ok(())
}

fn read(case: &Case, text: &str, play: &Play, issue_prices: &[(&str, Decimal)], key: &str) -> Reading {
    if needs_exits(key) {
        return skipped("needs exits");
    }
    let path: Vec<&str> = key.split('.').collect();
    let sum = |part: fn(&(Decimal, Decimal)) -> Decimal| -> Reading {
        Ok(Answer::Number(play.sold()?.iter().map(part).sum()))
    };
    match path.as_slice() {
        ["antidilution", series, noun] => {
            let conversion = format!("conversion_price.of-{}", id(series));
            let issue = match issue_prices.iter().find(|(name, _)| name == series) {
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
        ["notes", note, noun] => {
            let note = id(note);
            let leg = |term: &str| {
                let terms = play.terms(&note)?;
                if terms.iter().any(|bound| bound == term) {
                    return play.number(&format!("conversion.{note}.price"));
                }
                skipped("the price of a leg that did not bind is no result")
            };
            match *noun {
                "conversion_branch" => play.terms(&note).map(Answer::Terms),
                "conversion_pps_usd" => play.number(&format!("conversion.{note}.price")),
                "shares_issued" => play.number(&format!("conversion.{note}.shares")),
                "cap_implied_pps_usd" => leg("cap"),
                "discount_implied_pps_usd" => leg("discount"),
                _ => Err(Trouble::Unknown),
            }
        }
        ["ownership", "series_f_new", "pct"] => play.part("new_shares.f", "fully_diluted"),
        ["ownership", name, "pct"] => play.number(&format!("ownership.{}", id(name))),
        ["round", "f_lead_primary_shares"] => play.number("shares.f-lead"),
        ["round", "our_fund_shares"] => play.number("shares.our-fund"),
        ["round", "f_pps_usd"] => play.number("price.f"),
        ["round", "post_f_fd_shares"] => play.number("fully_diluted"),
        ["tender", "shares_transferred"] => sum(|(shares, _)| *shares),
        ["tender", "usd_to_founders"] => sum(|(_, money)| *money),
        ["tender", "f_lead_holding_secondary_shares"] => play.as_converted("f-lead-secondary", "").map(Answer::Number),
        // The same deal at another pool target and pre-money.
        ["sensitivity", pool, pre_money, "our_pct"] => {
            let target = pool.strip_prefix("esop_").ok_or(Trouble::Unknown)?;
            let pre_money = pre_money.strip_prefix("pre_").ok_or(Trouble::Unknown)?;
            let set = [format!("round.f.pool.target={target}%"), format!("round.f.pre_money={pre_money}")];
            Play::of(text, case, "", &set)?.accepted()?.number("ownership.our-fund")
        }
        _ => Err(Trouble::Unknown),
    }
}

/// The id that a sheet gives to a name of the benchmark.
fn id(name: &str) -> String {
    name.replace('_', "-")
}
