//! Rounds told in stakes: what an investor gets, what a holder keeps, and what it costs to keep it.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::round::tranche;
use crate::sheet::OPENING;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::months_after;

const SHARES: i64 = 1_000_000;

/// A holder of a stake, and the others.
fn company(stake: Decimal, shares: Decimal) -> Sheet {
    let mut sheet = Sheet::new();
    let (holder, others) = (sheet.holder("holder"), sheet.holder("others"));
    sheet.opens(&holder, shares * stake);
    sheet.opens(&others, shares - shares * stake);
    sheet
}

fn round(sheet: &mut Sheet, key: &str, money: Decimal) {
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key(key, digits(money));
}

/// An investor's stake, and what is left of another.
pub fn valuation(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["pre_money", "new_money", "stake"])?;
    let mut sheet = company(inputs.maybe("stake")?.unwrap_or_default(), Decimal::from(SHARES));
    let investor = sheet.holder("investor");
    round(&mut sheet, "pre_money", inputs.number("pre_money")?);
    tranche(&mut sheet, "series", 0, &investor, inputs.number("new_money")?);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "investor_pct" => play.number("ownership.investor"),
        "stake_after" => play.number("ownership.holder"),
        "pre_money" | "post_money" => play.number(&format!("{key}.series")),
        _ => Err(Trouble::Unknown),
    }))
}

/// The pre-money at which an investor gets a stake: the published one is put in, and must give that stake.
pub fn required_pre(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["new_money", "investor_pct"])?;
    let wanted = inputs.number("investor_pct")?;
    let mut sheet = company(Decimal::ZERO, Decimal::from(SHARES));
    let investor = sheet.holder("investor");
    round(&mut sheet, "pre_money", case.wanted("pre_money")?);
    tranche(&mut sheet, "series", 0, &investor, inputs.number("new_money")?);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "pre_money" => given(&play, "ownership.investor", wanted),
        "post_money" => play.number("post_money.series"),
        _ => Err(Trouble::Unknown),
    }))
}

fn given(play: &Play, result: &'static str, wanted: Decimal) -> Result<Answer, Trouble> {
    Ok(Answer::Given { result, wanted, actual: play.at(result)? })
}

/// A stake after one round for each dilution.
pub fn compound_dilution(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["stake", "dilutions"])?;
    let mut sheet = company(inputs.number("stake")?, Decimal::from(SHARES));
    for (index, dilution) in inputs.numbers("dilutions")?.into_iter().enumerate() {
        let investor = sheet.holder(&format!("investor-{index}"));
        let months = i64::try_from(index).unwrap_or_default();
        sheet.table(&format!("round.series-{index}"));
        sheet.key("date", months_after(SIGNED, months)?);
        sheet.key("post_money", digits(Decimal::from(SHARES)));
        tranche(&mut sheet, &format!("series-{index}"), 0, &investor, Decimal::from(SHARES) * dilution);
    }
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "stake_after" => play.number("ownership.holder"),
        _ => Err(Trouble::Unknown),
    }))
}

/// A holder who exercises its pro rata right keeps its stake.
pub fn maintain(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["holder_shares", "fully_diluted", "pre_money", "new_money"])?;
    let mut sheet = Sheet::new();
    let (holder, others) = (sheet.holder("holder"), sheet.holder("others"));
    let investor = sheet.holder("investor");
    let shares = inputs.number("holder_shares")?;
    sheet.opens(&holder, shares);
    sheet.opens(&others, inputs.number("fully_diluted")? - shares);
    round(&mut sheet, "pre_money", inputs.number("pre_money")?);
    sheet.key("pro_rata", "{ added = \"inside\", take = { holder = \"100%\" } }");
    tranche(&mut sheet, "series", 0, &investor, inputs.number("new_money")?);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "pct_before" => play.number(&format!("ownership.holder@{OPENING}")),
        "price" => play.number("price.series"),
        "cost" => play.number("flow.holder.invested"),
        "shares_needed" => play.risen("shares.holder"),
        "pct_if_exercised" => play.number("ownership.holder"),
        _ => Err(Trouble::Unknown),
    }))
}

/// The cheque that keeps a stake is the pro rata right; the one that reaches a target is put in, and must reach it.
pub fn check_for_target(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["stake", "target", "pre_money", "new_money"])?;
    let [pre_money, new_money] = [inputs.number("pre_money")?, inputs.number("new_money")?];
    let stake = inputs.number("stake")?;
    let mut keeps = company(stake, Decimal::from(SHARES));
    let investor = keeps.holder("investor");
    round(&mut keeps, "pre_money", pre_money);
    keeps.key("pro_rata", "{ added = \"inside\", take = { holder = \"100%\" } }");
    tranche(&mut keeps, "series", 0, &investor, new_money);
    let keeps = keeps.play(case, "keeps")?;
    let reaches = match case.expected.contains_key("check_for_target") {
        false => None,
        true => {
            let check = case.wanted("check_for_target")?;
            if check < Decimal::ZERO || check > new_money {
                return malformed("the cheque for the target is not a part of the round");
            }
            let mut sheet = company(stake, Decimal::from(SHARES));
            let (holder, investor) = (sheet.id("holder"), sheet.holder("investor"));
            round(&mut sheet, "pre_money", pre_money);
            tranche(&mut sheet, "series", 0, &holder, check);
            tranche(&mut sheet, "series", 1, &investor, new_money - check);
            Some(sheet.play(case, "reaches")?)
        }
    };
    let target = inputs.number("target")?;
    Ok(Box::new(move |key| match key {
        "check_to_maintain" => keeps.number("flow.holder.invested"),
        "check_for_target" => given(reaches.as_ref().ok_or(Trouble::Unknown)?, "ownership.holder", target),
        _ => Err(Trouble::Unknown),
    }))
}

/// A round of stated shares, a part of it bought by right on top of what a lead and the others take.
pub fn pro_rata_purchase(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["round_shares", "pct", "price", "conversion_shares", "lead_pct"])?;
    let [shares, right] = [inputs.number("round_shares")?, inputs.number("pct")?];
    let [held, lead] = [inputs.number("conversion_shares")?, inputs.number("lead_pct")?];
    // The right is the holder's part of the company before the round.
    let all = held.checked_div(right).map_or_else(|| malformed("a right of nothing"), Ok)?;
    let mut sheet = Sheet::new();
    let (holder, others) = (sheet.holder("holder"), sheet.holder("others"));
    let (leader, rest) = (sheet.holder("lead"), sheet.holder("rest-of-round"));
    sheet.opens(&holder, held);
    sheet.opens(&others, all - held);
    round(&mut sheet, "price", inputs.number("price")?);
    sheet.key("pro_rata", "{ added = \"on-top\", take = { holder = \"100%\" } }");
    let money = shares * inputs.number("price")?;
    for (index, (investor, part)) in [(leader, lead), (rest, Decimal::ONE - right - lead)].into_iter().enumerate() {
        tranche(&mut sheet, "series", index, &investor, money * part);
    }
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "shares" => play.risen("shares.holder"),
        "cost" => play.number("flow.holder.invested"),
        "holder_total" => play.number("shares.holder"),
        "others" => Ok(Answer::Number(play.at("shares.lead")? + play.at("shares.rest-of-round")?)),
        "lead" => play.number("shares.lead"),
        "other_new" => play.number("shares.rest-of-round"),
        _ => Err(Trouble::Unknown),
    }))
}
