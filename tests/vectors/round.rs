//! Priced rounds, with the SAFEs and notes that convert in them.

use capsim::units::Decimal;
use indexmap::IndexMap;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Reading;
use crate::case::Trouble;
use crate::case::malformed;
use crate::sheet::ISSUED;
use crate::sheet::OPENING;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::days_after;
use crate::sheet::digits;
use crate::sheet::part;
use crate::sheet::percent;

/// A round as it is stated: holders, a pool and its target, convertibles, new money.
pub fn round(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&[
        "pre_money",
        "new_money",
        "convention",
        "holders",
        "unissued_pool",
        "pool_rule",
        "convertibles",
    ])?;
    let mut sheet = Sheet::new();
    let mut owners = IndexMap::new();
    for holder in inputs.list("holders")? {
        let holder = holder.only(&["name", "shares"])?;
        let id = sheet.holder(holder.text("name")?);
        sheet.opens(&id, holder.number("shares")?);
        owners.insert(holder.text("name")?.to_owned(), id);
    }
    let pool = sheet.pool("pool");
    owners.entry("pool".to_owned()).or_insert(pool.clone());
    sheet.opens(&pool, inputs.maybe("unissued_pool")?.unwrap_or_default());
    let convertibles = inputs.list("convertibles")?;
    let mut instruments = IndexMap::new();
    for (index, fields) in convertibles.iter().enumerate() {
        let id = convertible(&mut sheet, index, fields, &convertibles)?;
        owners.entry(fields.text("name")?.to_owned()).or_insert(id.clone());
        instruments.insert(fields.text("name")?.to_owned(), id);
    }
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("pre_money", digits(inputs.number("pre_money")?));
    if !convertibles.is_empty() {
        let meant = match inputs.text("convention")? {
            "percentage_ownership" => "inside",
            "dollars_invested" => "dollars-invested",
            "pre_money" => "outside",
            other => return malformed(format!("the convention `{other}` is not known to the harness")),
        };
        sheet.word("conversions", meant);
    }
    let rule = inputs.table("pool_rule")?.only(&["type", "pct"])?;
    let counts = match rule.text("type")? {
        "none" => None,
        "target_unallocated" => Some("unallocated"),
        "target_issued_and_unallocated" => Some("issued-and-unallocated"),
        other => return malformed(format!("the pool rule `{other}` is not known to the harness")),
    };
    if let Some(counts) = counts {
        let target = percent(rule.number("pct")?);
        sheet.key(
            "pool",
            format!("{{ id = \"{pool}\", target = {target}, counts = \"{counts}\", in = \"pre-money\" }}"),
        );
    }
    for (index, fields) in inputs.list("new_money")?.into_iter().enumerate() {
        let fields = fields.only(&["name", "amount"])?;
        let investor = sheet.holder(fields.text("name")?);
        owners.entry(fields.text("name")?.to_owned()).or_insert(investor.clone());
        tranche(&mut sheet, "series", index, &investor, fields.number("amount")?);
    }
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| read(&play, &pool, &owners, &instruments, key)))
}

pub fn tranche(sheet: &mut Sheet, round: &str, index: usize, investor: &str, amount: Decimal) {
    sheet.table(&format!("round.{round}.tranche.part-{index}"));
    sheet.word("investor", investor);
    sheet.key("amount", digits(amount));
}

/// Instruments are issued a day apart in the order of the case, those that elect another on the first day: a package
/// is taken of what is issued later.
fn convertible(sheet: &mut Sheet, index: usize, fields: &Fields<'_>, all: &[Fields<'_>]) -> Result<String, Trouble> {
    if let Some(key) = fields.keys().find(|key| !["name", "type", "amount", "cap", "discount", "elects"].contains(key))
    {
        return malformed(format!("`{key}` of a convertible is not known to the harness"));
    }
    let id = sheet.holder(fields.text("name")?);
    let kind = fields.text("type")?;
    let form = |kind: &str| match kind {
        "safe_post" | "safe_mfn" => Ok("post-money"),
        "safe_pre" => Ok("pre-money"),
        other => malformed(format!("the convertible `{other}` is not known to the harness")),
    };
    sheet.table(&format!("{}.{id}", if kind == "note" { "note" } else { "safe" }));
    sheet.word("holder", &id);
    sheet.key("amount", digits(fields.number("amount")?));
    let mut issued = 1 + i64::try_from(index).unwrap_or_default();
    if kind == "note" {
        sheet.word("interest", "none");
        if fields.has("cap") {
            return malformed("the case does not say which shares the cap of a note divides by");
        }
    } else if !fields.has("elects") {
        // An MFN SAFE that was never amended is an uncapped one.
        sheet.word("form", form(kind)?);
    } else {
        let elected = fields.text("elects")?;
        let Some(other) = all.iter().find(|other| other.text("name") == Ok(elected)) else {
            return malformed(format!("it elects `{elected}`, which is none of the convertibles"));
        };
        issued = 0;
        sheet.word("form", form(other.text("type")?)?);
        sheet.key("mfn", true);
        let elected = sheet.id(elected);
        sheet.word("elects", &elected);
    }
    sheet.key("date", days_after(ISSUED, issued)?);
    terms(sheet, fields)?;
    Ok(id)
}

/// Cap and discount, where there are any.
pub fn terms(sheet: &mut Sheet, fields: &Fields<'_>) -> Result<(), Trouble> {
    if let Some(cap) = fields.maybe("cap")? {
        sheet.key("cap", digits(cap));
    }
    if let Some(discount) = fields.maybe("discount")? {
        sheet.key("discount", percent(discount));
    }
    Ok(())
}

fn read(
    play: &Play,
    pool: &str,
    owners: &IndexMap<String, String>,
    instruments: &IndexMap<String, String>,
    key: &str,
) -> Reading {
    let converted = || {
        let mut sum = Decimal::ZERO;
        for id in instruments.values() {
            sum += play.at(&format!("conversion.{id}.shares"))?;
        }
        Ok::<_, Trouble>(sum)
    };
    let before_money = || Ok::<_, Trouble>(play.at("fully_diluted")? - play.at("new_shares.series")?);
    if let Some((noun, name)) = key.split_once(':') {
        let owner = || owners.get(name).ok_or(Trouble::Unknown);
        let instrument = || instruments.get(name).ok_or(Trouble::Unknown);
        return match (noun, name) {
            ("pct", "new") if !owners.contains_key("new") => play.part("new_shares.series", "fully_diluted"),
            ("price", _) => play.number(&format!("conversion.{}.price", instrument()?)),
            ("amount", _) => play.number(&format!("conversion.{}.amount", instrument()?)),
            ("branch", _) => play.terms(instrument()?).map(Answer::Terms),
            // Before the new money: of the company that the pre-money price divides by.
            ("pct_pre", _) => part(play.at(&format!("conversion.{}.shares", instrument()?))?, before_money()?),
            ("shares", _) if instruments.contains_key(name) => {
                play.number(&format!("conversion.{}.shares", instrument()?))
            }
            ("shares", _) => play.number(&format!("shares.{}", owner()?)),
            ("pct", _) => play.number(&format!("ownership.{}", owner()?)),
            _ => Err(Trouble::Unknown),
        };
    }
    match key {
        "price" => play.number("price.series"),
        "pre_money" => play.number("pre_money.series"),
        "post_money" => play.number("post_money.series"),
        "new_shares" => play.number("new_shares.series"),
        "total_shares" => play.number("fully_diluted"),
        "pool_total" => play.number(&format!("pool.{pool}.unallocated")),
        "pool_increase" => play.risen(&format!("pool.{pool}.unallocated")),
        // The capitalisation of a post-money SAFE: what was there, and everything that converts.
        "company_cap" => Ok(Answer::Number(play.at(&format!("fully_diluted@{OPENING}"))? + converted()?)),
        // That of a pre-money SAFE: with the pool increase, without what converts.
        "pre_cap" => Ok(Answer::Number(before_money()? - converted()?)),
        _ => Err(Trouble::Unknown),
    }
}

/// What post-money SAFEs sell, each by its cap alone: read before the new money of a round dearer than every cap.
pub fn ownership_sold(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["safes"])?;
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    sheet.opens(&founders, Decimal::from(1_000_000));
    let safes = inputs.list("safes")?;
    if safes.is_empty() {
        return malformed("`inputs.safes` is empty");
    }
    let mut dearest = Decimal::ZERO;
    for (index, safe) in safes.iter().enumerate() {
        dearest = dearest.max(safe.number("cap")?);
        capped(&mut sheet, index, safe.number("amount")?, safe.number("cap")?)?;
    }
    dear_round(&mut sheet, dearest * Decimal::TEN);
    let play = sheet.play(case, "")?;
    let count = safes.len();
    Ok(Box::new(move |key| {
        let index = key.strip_prefix("pct:").and_then(|index| index.parse::<usize>().ok());
        let index = index.filter(|index| *index < count).ok_or(Trouble::Unknown)?;
        let before_money = play.at("fully_diluted")? - play.at("new_shares.series")?;
        part(play.at(&format!("conversion.safe-{index}.shares"))?, before_money)
    }))
}

/// A post-money SAFE with a cap.
pub fn capped(sheet: &mut Sheet, index: usize, amount: Decimal, cap: Decimal) -> Result<(), Trouble> {
    let id = sheet.holder(&format!("safe-{index}"));
    sheet.table(&format!("safe.{id}"));
    sheet.word("holder", &id);
    sheet.key("date", days_after(ISSUED, i64::try_from(index).unwrap_or_default())?);
    sheet.word("form", "post-money");
    sheet.key("amount", digits(amount));
    sheet.key("cap", digits(cap));
    Ok(())
}

/// A round that holds its conversions, with some new money.
pub fn dear_round(sheet: &mut Sheet, pre_money: Decimal) {
    let investor = sheet.holder("investor");
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("pre_money", digits(pre_money));
    sheet.word("conversions", "inside");
    tranche(sheet, "series", 0, &investor, Decimal::from(1_000_000));
}

/// The original pre-money SAFE in a round whose price leaves the conversions out.
pub fn safe_simple(case: &Case) -> Result<Reader, Trouble> {
    // The decimal places are of the publisher's rounding; the tolerance forgives them.
    let inputs = case.inputs(&[
        "amount",
        "cap",
        "discount",
        "capitalization",
        "pre_money",
        "new_money",
        "round_price_places",
        "cap_price_places",
    ])?;
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    sheet.opens(&founders, inputs.number("capitalization")?);
    let angel = sheet.holder("angel");
    sheet.table("safe.angel");
    sheet.word("holder", &angel);
    sheet.key("date", ISSUED);
    sheet.word("form", "pre-money");
    sheet.key("amount", digits(inputs.number("amount")?));
    terms(&mut sheet, &inputs)?;
    let investor = sheet.holder("investor");
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("pre_money", digits(inputs.number("pre_money")?));
    sheet.word("conversions", "outside");
    // Conversions are left out, so the money moves no price.
    let money = inputs.maybe("new_money")?;
    tranche(&mut sheet, "series", 0, &investor, money.unwrap_or(Decimal::from(1_000_000)));
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "new_shares" | "total_shares" if money.is_none() => Err(Trouble::Unknown),
        "round_price" => play.number("price.series"),
        "new_shares" => play.number("new_shares.series"),
        "cap_price" => leg(&play, "angel", "cap"),
        "discount_price" => leg(&play, "angel", "discount"),
        "safe_shares" => play.number("conversion.angel.shares"),
        "branch" => play.terms("angel").map(Answer::Terms),
        "total_shares" => play.number("fully_diluted"),
        _ => Err(Trouble::Unknown),
    }))
}

/// The price of a leg, which is a result where it bound.
fn leg(play: &Play, instrument: &str, term: &str) -> Reading {
    if play.terms(instrument)?.iter().any(|bound| bound == term) {
        return play.number(&format!("conversion.{instrument}.price"));
    }
    Err(Trouble::Skipped(format!("the {term} did not bind, and the price of a leg that did not is no result")))
}
