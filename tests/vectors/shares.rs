//! What happens to existing shares: sold, tendered, split, vested, cancelled.

use capsim::units::Day;
use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::round::tranche;
use crate::sheet::AFTERWARDS;
use crate::sheet::OPENING;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::months_after;
use crate::sheet::part;

/// A holder sells to another.
pub fn secondary(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["holders", "seller", "buyer", "shares"])?;
    let mut sheet = Sheet::new();
    let mut known = Vec::new();
    for fields in inputs.list("holders")? {
        let fields = fields.only(&["name", "shares"])?;
        let id = sheet.holder(fields.text("name")?);
        sheet.opens(&id, fields.number("shares")?);
        known.push((fields.text("name")?.to_owned(), id));
    }
    let (seller, buyer) = (sheet.holder(inputs.text("seller")?), sheet.holder(inputs.text("buyer")?));
    known.push((inputs.text("buyer")?.to_owned(), buyer.clone()));
    sale(&mut sheet, &seller, &buyer, inputs.number("shares")?);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| {
        if key == "total_shares" {
            return play.number("fully_diluted");
        }
        let (noun, name) = key.split_once(':').ok_or(Trouble::Unknown)?;
        let (_, id) = known.iter().find(|(known, _)| known == name).ok_or(Trouble::Unknown)?;
        match noun {
            "shares" => play.number(&format!("shares.{id}")),
            "pct" => play.number(&format!("ownership.{id}")),
            _ => Err(Trouble::Unknown),
        }
    }))
}

/// A sale of existing shares at some price.
pub fn sale(sheet: &mut Sheet, seller: &str, buyer: &str, shares: Decimal) {
    sheet.table("secondary.sale");
    sheet.key("date", AFTERWARDS);
    sheet.key("from", format!("{{ {seller} = \"100%\" }}"));
    sheet.key("to", format!("{{ {buyer} = \"100%\" }}"));
    sheet.key("shares", digits(shares));
    sheet.key("price", "1");
}

/// Offers under a limit of shares and of money. Each stands for itself, whoever makes it.
pub fn tender(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["share_limit", "money_limit", "bids"])?;
    let mut sheet = Sheet::whole("up");
    let (buyer, founders) = (sheet.holder("buyer"), sheet.holder("founders"));
    sheet.opens(&founders, Decimal::ONE);
    let bids = inputs.list("bids")?;
    let mut classes: Vec<String> = Vec::new();
    let mut offers = Vec::new();
    for (index, fields) in bids.into_iter().enumerate() {
        let fields = fields.only(&["holder", "class", "shares", "price"])?;
        let class = if fields.has("class") {
            format!("class-{}", sheet.id(fields.text("class")?))
        } else {
            "common".to_owned()
        };
        let holder = sheet.holder(&format!("offer-{index}"));
        sheet.position(&holder, &class, fields.number("shares")?);
        if class != "common" && !classes.contains(&class) {
            sheet.table(&format!("class.{class}"));
            sheet.word("kind", "common");
            classes.push(class.clone());
        }
        offers.push((holder, class, fields.number("shares")?, fields.number("price")?));
    }
    sheet.table("secondary.tender");
    sheet.key("date", AFTERWARDS);
    sheet.key("to", format!("{{ {buyer} = \"100%\" }}"));
    if let Some(limit) = inputs.maybe("share_limit")? {
        sheet.key("shares", digits(limit));
    }
    if let Some(limit) = inputs.maybe("money_limit")? {
        sheet.key("amount", digits(limit));
    }
    for (holder, class, shares, price) in &offers {
        sheet.table(&format!("secondary.tender.offer.of-{holder}"));
        sheet.word("holder", holder);
        sheet.word("class", class);
        sheet.key("shares", digits(*shares));
        sheet.key("price", digits(*price));
    }
    let play = sheet.play(case, "")?;
    let count = offers.len();
    Ok(Box::new(move |key| {
        let sold = |index: usize| {
            let path = format!("shares.offer-{index}");
            Ok::<_, Trouble>(play.at(&format!("{path}@{OPENING}"))? - play.at(&path)?)
        };
        if key == "price" {
            let sold = play.sold()?;
            let (shares, money) = sold.iter().find(|(shares, _)| !shares.is_zero()).ok_or(Trouble::Unknown)?;
            return part(*money, *shares);
        }
        let index = key.strip_prefix("accepted:").and_then(|index| index.parse::<usize>().ok());
        sold(index.filter(|index| *index < count).ok_or(Trouble::Unknown)?).map(Answer::Number)
    }))
}

/// A split: the shares of a holder, what one is worth, and the strike of a warrant.
pub fn split(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["numerator", "denominator", "shares", "price", "strike"])?;
    let mut sheet = Sheet::new();
    let (holder, investor) = (sheet.holder("holder"), sheet.holder("investor"));
    let price = inputs.number("price")?;
    sheet.opens(&holder, inputs.number("shares")?);
    if let Some(strike) = inputs.maybe("strike")? {
        sheet.table("warrant.right");
        sheet.word("holder", &investor);
        sheet.key("shares", digits(inputs.number("shares")?));
        sheet.key("strike", digits(strike));
        sheet.word("exercise", "cash");
    }
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("price", digits(price));
    tranche(&mut sheet, "series", 0, &investor, price);
    sheet.table("split.of-all");
    sheet.key("date", AFTERWARDS);
    let [new, old] = [inputs.number("numerator")?, inputs.number("denominator")?];
    sheet.key("ratio", format!("\"{}:{}\"", new.normalize(), old.normalize()));
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "shares_exact" => play.number("shares.holder"),
        "price" => play.part("value.holder", "shares.holder"),
        "strike" => play.number("warrant.right.strike"),
        _ => Err(Trouble::Unknown),
    }))
}

/// A grant's vested options so many months after it.
pub fn vesting(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["shares", "months", "cliff", "every", "allocation", "at_months"])?;
    let shares = inputs.number("shares")?;
    let mut sheet = Sheet::whole("up");
    let (founders, pool) = (sheet.holder("founders"), sheet.pool("pool"));
    sheet.opens(&founders, shares);
    sheet.opens(&pool, shares);
    sheet.table("grant.staff");
    sheet.word("pool", &pool);
    sheet.key("shares", digits(shares));
    sheet.key("strike", "\"0.01\"");
    let mut vesting = format!("months = {}", inputs.whole("months")?);
    for key in ["cliff", "every"] {
        if inputs.has(key) {
            vesting += &format!(", {key} = {}", inputs.whole(key)?);
        }
    }
    // Where nothing else is said, whole shares vest once they are earned in full.
    let allocation = if inputs.has("allocation") { inputs.text("allocation")? } else { "cumulative-round-down" };
    let allocation = allocation.to_ascii_lowercase().replace('_', "-");
    sheet.key("vesting", format!("{{ {vesting}, allocation = \"{allocation}\" }}"));
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| {
        let months = key.strip_prefix("vested@").and_then(|months| months.parse::<i64>().ok());
        let day: Day = months_after(OPENING, months.ok_or(Trouble::Unknown)?)?;
        play.number(&format!("grant.staff.vested@{day}"))
    }))
}

/// Certificates of one class: issued at the opening, cancelled afterwards.
pub fn ledger(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["events"])?;
    let mut sheet = Sheet::new();
    // So that the company has a share when the class has none.
    let founders = sheet.holder("founders");
    sheet.opens(&founders, Decimal::ONE);
    let mut authorised = None;
    let mut cancelled = Vec::new();
    let mut issued: Vec<(String, Decimal)> = Vec::new();
    for fields in inputs.list("events")? {
        let fields = fields.only(&["type", "cert", "shares"])?;
        match fields.text("type")? {
            "authorize" if authorised.is_none() => authorised = Some(fields.number("shares")?),
            "issue" => {
                let id = sheet.holder(fields.text("cert")?);
                sheet.position(&id, "stock", fields.number("shares")?);
                issued.push((id, fields.number("shares")?));
            }
            // Either way the shares can be issued again.
            "cancel" | "retire" => cancelled.push(sheet.id(fields.text("cert")?)),
            other => return malformed(format!("the event `{other}` is not known to the harness")),
        }
    }
    sheet.table("class.stock");
    sheet.word("kind", "common");
    if let Some(authorised) = authorised {
        sheet.key("authorised", digits(authorised));
    }
    for id in cancelled {
        let Some((_, shares)) = issued.iter().find(|(issued, _)| *issued == id) else {
            return malformed("a certificate is cancelled that was not issued");
        };
        sheet.table(&format!("change.of-{id}"));
        sheet.key("date", SIGNED);
        sheet.word("kind", "cancel");
        sheet.word("holder", &id);
        sheet.word("class", "stock");
        sheet.key("shares", digits(*shares));
    }
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "issued" | "outstanding" => play.number("class.stock.outstanding"),
        "issuable" => play.number("class.stock.issuable"),
        "authorized" => Ok(Answer::Number(play.at("class.stock.outstanding")? + play.at("class.stock.issuable")?)),
        _ => Err(Trouble::Unknown),
    }))
}
