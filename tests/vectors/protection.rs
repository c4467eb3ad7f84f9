//! Price protection in an issue below the conversion price.

use capsim::units::Decimal;
use indexmap::IndexMap;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Reading;
use crate::case::Trouble;
use crate::case::malformed;
use crate::sheet::OPENING;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::part;

/// The counts from which a base is chosen, all as converted.
struct Counts {
    stock: Decimal,
    options: Decimal,
    reserve: Decimal,
}

/// What a publisher's line of other shares is.
#[derive(PartialEq)]
enum Line {
    Stock,
    Options,
    Reserve,
}

fn line(name: &str) -> Line {
    let name = name.to_ascii_lowercase();
    if name.contains("founder") {
        Line::Stock
    } else if name.contains("option") {
        Line::Options
    } else if name.contains("pool") || name.contains("reserve") {
        Line::Reserve
    } else {
        Line::Stock
    }
}

/// Protected series before an issue at a stated price. Each states the count `A` of its base; the harness finds the
/// base of the format that counts as many shares, and where a part of the reserve is in it, grants that part.
pub fn anti_dilution(case: &Case) -> Result<Reader, Trouble> {
    // The conversion price's places and floored shares are the publisher's rounding; the tolerance forgives them.
    let inputs = case.inputs(&["series", "issue", "others", "exempt", "cp_places", "floor_shares"])?;
    let mut series = Vec::new();
    let mut counts = Counts { stock: Decimal::ZERO, options: Decimal::ZERO, reserve: Decimal::ZERO };
    for fields in inputs.list("series")? {
        let fields = fields.only(&["name", "shares", "oip", "conversion_price", "protection", "A"])?;
        let price = fields.maybe("conversion_price")?.unwrap_or(fields.number("oip")?);
        let own = (fields.number("shares")? * fields.number("oip")?).checked_div(price);
        let own = own.map_or_else(|| malformed("a conversion price of nothing"), Ok)?;
        counts.stock += own;
        series.push((fields, price, own));
    }
    let mut others = Vec::new();
    for fields in inputs.list("others")? {
        let fields = fields.only(&["name", "shares"])?;
        let (name, shares) = (fields.text("name")?, fields.number("shares")?);
        match line(name) {
            Line::Stock => counts.stock += shares,
            Line::Options => counts.options += shares,
            Line::Reserve => counts.reserve += shares,
        }
        others.push((name, shares));
    }
    let mut granted = Decimal::ZERO;
    let mut bases = Vec::new();
    for (fields, _, own) in &series {
        bases.push(base(fields, *own, &counts, &mut granted)?);
    }
    let mut sheet = Sheet::new();
    let mut owners = IndexMap::new();
    let mut options = Decimal::ZERO;
    let mut reserves = Vec::new();
    for (name, shares) in &others {
        let id = match line(name) {
            Line::Reserve => sheet.pool(name),
            Line::Options | Line::Stock => sheet.holder(name),
        };
        owners.insert((*name).to_owned(), id.clone());
        match line(name) {
            Line::Stock => sheet.opens(&id, *shares),
            Line::Options => options += *shares,
            Line::Reserve => reserves.push((id, *shares)),
        }
    }
    // Granted options come out of a pool: the first reserve, or one that exists for them.
    if reserves.is_empty() && !options.is_zero() {
        reserves.push((sheet.pool("plan"), Decimal::ZERO));
    }
    let plan = reserves.first().map(|(id, _)| id.clone()).unwrap_or_default();
    for (index, (id, shares)) in reserves.iter().enumerate() {
        sheet.opens(id, if index == 0 { *shares + options } else { *shares });
    }
    for (name, shares) in others.iter().filter(|(name, _)| line(name) == Line::Options) {
        let holder = sheet.id(name);
        grant(&mut sheet, &holder, &plan, Some(&holder), *shares);
    }
    for (id, shares) in &reserves {
        let part = granted.min(*shares);
        granted -= part;
        if !part.is_zero() {
            grant(&mut sheet, &format!("of-{id}"), id, None, part);
        }
    }
    let mut classes = IndexMap::new();
    for ((fields, price, _), base) in series.iter().zip(&bases) {
        let name = fields.text("name")?;
        let id = sheet.holder(name);
        sheet.position(&id, &format!("class-{id}"), fields.number("shares")?);
        sheet.table(&format!("class.class-{id}"));
        sheet.word("kind", "preferred");
        sheet.key("issue_price", digits(fields.number("oip")?));
        sheet.key("conversion_price", digits(*price));
        sheet.key("protection", base);
        owners.insert(name.to_owned(), id.clone());
        classes.insert(name.to_owned(), (id, fields.number("oip")?));
    }
    let issue = inputs.table("issue")?.only(&["shares", "consideration"])?;
    let shares = issue.number("shares")?;
    let price = issue.number("consideration")?.checked_div(shares);
    let price = price.map_or_else(|| malformed("an issue of no shares"), Ok)?;
    let investor = sheet.holder("new");
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("price", digits(price));
    if inputs.flag("exempt")? {
        sheet.key("protection", "{ exempt = true }");
    }
    sheet.table("round.series.tranche.new");
    sheet.word("investor", &investor);
    sheet.key("shares", digits(shares));
    owners.entry("new".to_owned()).or_insert(investor);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| read(&play, &owners, &classes, key)))
}

/// Options out of a pool, granted on the opening day.
pub fn grant(sheet: &mut Sheet, id: &str, pool: &str, holder: Option<&str>, shares: Decimal) {
    sheet.table(&format!("grant.{id}"));
    sheet.word("pool", pool);
    if let Some(holder) = holder {
        sheet.word("holder", holder);
    }
    sheet.key("shares", digits(shares));
    sheet.key("strike", "\"0.01\"");
    sheet.word("vesting", "all");
}

/// A series' protection, as the format writes it.
fn base(fields: &Fields<'_>, own: Decimal, counts: &Counts, granted: &mut Decimal) -> Result<String, Trouble> {
    let kind = match fields.text("protection")? {
        "broad" => "broad",
        "narrow" => "narrow",
        "full_ratchet" => return Ok("{ kind = \"full-ratchet\" }".to_owned()),
        other => return malformed(format!("the protection `{other}` is not known to the harness")),
    };
    let wanted = fields.number("A")?;
    let Counts { stock, options, reserve } = counts;
    let base = if wanted == stock + options + reserve {
        "fully-diluted"
    } else if wanted == stock + options {
        "without-reserve"
    } else if wanted == *stock {
        "issued"
    } else if wanted == own {
        "own-series"
    } else if wanted > stock + options && wanted < stock + options + reserve {
        let part = wanted - stock - options;
        if !granted.is_zero() && *granted != part {
            return malformed("the bases of two series count different parts of the reserve");
        }
        *granted = part;
        "without-reserve"
    } else {
        return malformed(format!("a base of {wanted} shares is none that the holders make"));
    };
    Ok(format!("{{ kind = \"{kind}\", base = \"{base}\" }}"))
}

fn read(
    play: &Play,
    owners: &IndexMap<String, String>,
    classes: &IndexMap<String, (String, Decimal)>,
    key: &str,
) -> Reading {
    let Some((noun, name)) = key.split_once(':') else {
        return match key {
            "fully_diluted_after" => play.number("fully_diluted"),
            "fully_diluted_before" => play.number(&format!("fully_diluted@{OPENING}")),
            _ => Err(Trouble::Unknown),
        };
    };
    if noun == "pct" {
        return play.number(&format!("ownership.{}", owners.get(name).ok_or(Trouble::Unknown)?));
    }
    let (id, issue_price) = classes.get(name).ok_or(Trouble::Unknown)?;
    let conversion_price = format!("conversion_price.class-{id}");
    match noun {
        "cp2" => play.number(&conversion_price),
        "ratio" => part(*issue_price, play.at(&conversion_price)?),
        "as_converted" => play.as_converted(id, "").map(Answer::Number),
        "additional" => {
            let before = play.as_converted(id, &format!("@{OPENING}"))?;
            Ok(Answer::Number(play.as_converted(id, "")? - before))
        }
        _ => Err(Trouble::Unknown),
    }
}
