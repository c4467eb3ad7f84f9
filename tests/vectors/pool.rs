//! Option pools: increased by themselves, inside a pre-money, or after the round.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::round::tranche;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::percent;

/// A pool increased to its target without a round, in whole shares.
pub fn pool_topup(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["fully_diluted", "unissued", "target"])?;
    let unissued = inputs.number("unissued")?;
    let increased = |mut sheet: Sheet, name: &str| -> Result<Play, Trouble> {
        let founders = sheet.holder("founders");
        let pool = sheet.pool("pool");
        sheet.opens(&founders, inputs.number("fully_diluted")? - unissued);
        sheet.opens(&pool, unissued);
        sheet.table("change.larger-plan");
        sheet.key("date", SIGNED);
        sheet.word("kind", "pool-increase");
        sheet.word("holder", &pool);
        sheet.key("target", percent(inputs.number("target")?));
        sheet.word("counts", "unallocated");
        sheet.play(case, name)
    };
    let (up, down) = (increased(Sheet::whole("up"), "up")?, increased(Sheet::whole("down"), "down")?);
    let exact = increased(Sheet::new(), "exact")?;
    Ok(Box::new(move |key| {
        let play = match key {
            "ceil" => &up,
            "floor" => &down,
            "exact" => &exact,
            _ => return Err(Trouble::Unknown),
        };
        play.risen("pool.pool.unallocated")
    }))
}

/// What a pre-money is worth to its holders when a pool comes out of it.
pub fn pool_effective(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["pre_money", "new_money", "pool_pct_post"])?;
    let [pre_money, new_money] = [inputs.number("pre_money")?, inputs.number("new_money")?];
    let play = with_pool(case, pre_money, new_money, inputs.number("pool_pct_post")?, "pre-money")?;
    Ok(Box::new(move |key| match key {
        "effective_pre_money" => play.number("value.founders"),
        "pool_value" => play.number("value.pool"),
        "effective_price" | "price" => play.number("price.series"),
        _ => Err(Trouble::Unknown),
    }))
}

/// Who owns what after a round with a pool, which comes out of the pre-money or out of all.
pub fn pool_split(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["pre_money", "new_money", "pool_pct_post", "pool_in"])?;
    let within = match inputs.text("pool_in")? {
        "post" => "post-money",
        "pre" => "pre-money",
        other => return malformed(format!("a pool in `{other}` is not known to the harness")),
    };
    let [pre_money, new_money] = [inputs.number("pre_money")?, inputs.number("new_money")?];
    let play = with_pool(case, pre_money, new_money, inputs.number("pool_pct_post")?, within)?;
    Ok(Box::new(move |key| match key {
        "founders" | "pool" => play.number(&format!("ownership.{key}")),
        "investors" => play.number("ownership.investor"),
        _ => Err(Trouble::Unknown),
    }))
}

fn with_pool(
    case: &Case,
    pre_money: Decimal,
    new_money: Decimal,
    target: Decimal,
    within: &str,
) -> Result<Play, Trouble> {
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    let (pool, investor) = (sheet.pool("pool"), sheet.holder("investor"));
    sheet.opens(&founders, Decimal::from(1_000_000));
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("pre_money", digits(pre_money));
    let target = percent(target);
    sheet.key("pool", format!("{{ id = \"{pool}\", target = {target}, counts = \"unallocated\", in = \"{within}\" }}"));
    tranche(&mut sheet, "series", 0, &investor, new_money);
    sheet.play(case, "")
}

/// A grant out of a pool: nobody is diluted.
pub fn issue_shares(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["holders", "from_pool", "to", "shares"])?;
    let (from, to) = (inputs.text("from_pool")?, inputs.text("to")?);
    let mut sheet = Sheet::new();
    let mut known = vec![(to.to_owned(), sheet.holder(to))];
    for fields in inputs.list("holders")? {
        let fields = fields.only(&["name", "shares"])?;
        let name = fields.text("name")?;
        let id = if name == from { sheet.pool(name) } else { sheet.holder(name) };
        sheet.opens(&id, fields.number("shares")?);
        known.push((name.to_owned(), id));
    }
    let (pool, holder) = (sheet.pool(from), sheet.id(to));
    sheet.table("grant.staff");
    sheet.word("pool", &pool);
    sheet.word("holder", &holder);
    sheet.key("date", SIGNED);
    sheet.key("shares", digits(inputs.number("shares")?));
    sheet.key("strike", "\"0.01\"");
    sheet.word("vesting", "all");
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| {
        if key == "total_shares" {
            return play.number("fully_diluted");
        }
        let (noun, name) = key.split_once(':').ok_or(Trouble::Unknown)?;
        let (_, id) = known.iter().find(|(known, _)| known == name).ok_or(Trouble::Unknown)?;
        match noun {
            "pct" => play.number(&format!("ownership.{id}")),
            "shares" => play.as_converted(id, "").map(Answer::Number),
            _ => Err(Trouble::Unknown),
        }
    }))
}
