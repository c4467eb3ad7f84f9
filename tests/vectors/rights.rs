//! Warrants exercised at the last price: for money, or net of the strike.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::skipped;
use crate::round::tranche;
use crate::sheet::AFTERWARDS;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;

/// A round sets the price; some time later the warrant is exercised.
fn exercised(case: &Case, shares: Decimal, strike: Decimal, price: Decimal, how: &str) -> Result<Play, Trouble> {
    let mut sheet = Sheet::new();
    let (founders, holder) = (sheet.holder("founders"), sheet.holder("holder"));
    let investor = sheet.holder("investor");
    sheet.opens(&founders, shares);
    sheet.table("warrant.right");
    sheet.word("holder", &holder);
    sheet.key("shares", digits(shares));
    sheet.key("strike", digits(strike));
    sheet.word("exercise", how);
    sheet.key("exercised", AFTERWARDS);
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("price", digits(price));
    tranche(&mut sheet, "series", 0, &investor, price);
    sheet.play(case, how)
}

/// Exercised net, and for money: the gain is the same.
pub fn net_exercise(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["warrants", "strike", "fair_value"])?;
    let [shares, strike] = [inputs.number("warrants")?, inputs.number("strike")?];
    let price = inputs.number("fair_value")?;
    let net = exercised(case, shares, strike, price, "net")?;
    let cash = exercised(case, shares, strike, price, "cash")?;
    Ok(Box::new(move |key| match key {
        "net_shares" => net.number("shares.holder"),
        "value" => net.number("value.holder"),
        "cash_exercise_gain" => Ok(Answer::Number(cash.at("value.holder")? - cash.at("flow.holder.invested")?)),
        _ => Err(Trouble::Unknown),
    }))
}

/// The treasury stock method: what the strikes bring buys shares back at the market price, which leaves a net exercise.
pub fn tsm(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["options", "strike", "market_price", "basic_shares", "net_income"])?;
    let [shares, strike] = [inputs.number("options")?, inputs.number("strike")?];
    let price = inputs.number("market_price")?;
    let net = exercised(case, shares, strike, price, "net")?;
    let cash = exercised(case, shares, strike, price, "cash")?;
    Ok(Box::new(move |key| match key {
        "proceeds" => cash.number("flow.holder.invested"),
        "net_new_shares" => net.number("shares.holder"),
        "repurchased" => Ok(Answer::Number(cash.at("shares.holder")? - net.at("shares.holder")?)),
        "basic_eps" | "diluted_eps" => skipped("earnings per share are no result"),
        _ => Err(Trouble::Unknown),
    }))
}
