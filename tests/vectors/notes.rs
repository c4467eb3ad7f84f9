//! Notes at a stated round price, and their interest.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::round::tranche;
use crate::sheet::ISSUED;
use crate::sheet::Play;
use crate::sheet::Sheet;
use crate::sheet::days_after;
use crate::sheet::digits;
use crate::sheet::months_after;
use crate::sheet::part;
use crate::sheet::percent;

/// A note at the price of a round. Its cap divides by the shares before the round: those stated, or those that the
/// round's own pre-money and price make.
pub fn note_convert(case: &Case) -> Result<Reader, Trouble> {
    let known = ["principal", "interest", "round_price", "cap", "cap_shares", "pre_money", "discount"];
    let inputs = case.inputs(&known)?;
    let price = inputs.number("round_price")?;
    let both = note(case, &inputs, "", price, &["cap", "discount"])?;
    // The price of each leg by itself; for the cap in a round dear enough that a price below the round's is not asked.
    let cap = match inputs.has("cap") {
        true => Some(note(case, &inputs, "cap", price * Decimal::from(1000), &["cap"])?),
        false => None,
    };
    let discount = match inputs.has("discount") {
        true => Some(note(case, &inputs, "discount", price, &["discount"])?),
        false => None,
    };
    let principal = inputs.number("principal")?;
    Ok(Box::new(move |key| match key {
        "price_cap" => cap.as_ref().ok_or(Trouble::Unknown)?.number("conversion.bridge.price"),
        "price_discount" => discount.as_ref().ok_or(Trouble::Unknown)?.number("conversion.bridge.price"),
        "conversion_price" => both.number("conversion.bridge.price"),
        "amount_converted" => both.number("conversion.bridge.amount"),
        "shares" => both.number("conversion.bridge.shares"),
        "branch" => both.terms("bridge").map(Answer::Terms),
        "value_at_round_price" => both.number("value.lender"),
        "return" => part(both.at("value.lender")? - principal, principal),
        _ => Err(Trouble::Unknown),
    }))
}

fn note(case: &Case, inputs: &Fields<'_>, name: &str, price: Decimal, legs: &[&str]) -> Result<Play, Trouble> {
    let before = match (inputs.maybe("cap_shares")?, inputs.maybe("pre_money")?) {
        (Some(shares), _) => shares,
        (None, Some(pre_money)) => pre_money / inputs.number("round_price")?,
        (None, None) if inputs.has("cap") => return malformed("nothing says which shares the cap divides by"),
        (None, None) => Decimal::from(1_000_000),
    };
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    sheet.opens(&founders, before);
    let (lender, investor) = (sheet.holder("lender"), sheet.holder("investor"));
    let principal = inputs.number("principal")?;
    sheet.table("note.bridge");
    sheet.word("holder", &lender);
    sheet.key("date", ISSUED);
    sheet.key("amount", digits(principal));
    match inputs.maybe("interest")?.filter(|interest| !interest.is_zero()) {
        None => sheet.word("interest", "none"),
        // What accrued is stated as money: a year at the rate that it is of the principal.
        Some(interest) => {
            let rate = percent(interest / principal).replace('%', "%/year");
            sheet.key(
                "interest",
                format!("{{ rate = {rate}, kind = \"simple\", count = \"months\", paid = \"converts\" }}"),
            );
        }
    }
    if let Some(cap) = inputs.maybe("cap")?.filter(|_| legs.contains(&"cap")) {
        sheet.key("cap", digits(cap));
        sheet.word("cap_counts", "before-round");
    }
    if let Some(discount) = inputs.maybe("discount")?.filter(|_| legs.contains(&"discount")) {
        sheet.key("discount", percent(discount));
    }
    sheet.table("round.series");
    sheet.key("date", months_after(ISSUED, 12)?);
    sheet.key("price", digits(price));
    sheet.word("conversions", "inside");
    tranche(&mut sheet, "series", 0, &investor, Decimal::from(1_000_000));
    sheet.play(case, name)
}

/// The balance of a note some days after its issue.
pub fn accrual(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["principal", "rate", "days", "basis", "compounding", "exit_fee"])?;
    let count = match inputs.whole("basis")? {
        365 => "act/365",
        360 => "act/360",
        other => return malformed(format!("the day count of {other} is not known to the harness")),
    };
    let kind = match inputs.maybe("compounding")?.filter(|times| !times.is_zero()) {
        None => "kind = \"simple\"".to_owned(),
        Some(times) => {
            let every = Decimal::from(12).checked_div(times).filter(|every| every.is_integer());
            let every = every.map_or_else(|| malformed(format!("{times} periods a year are no whole months")), Ok)?;
            format!("kind = \"compound\", every = {}", every.normalize())
        }
    };
    let mut sheet = Sheet::new();
    let (founders, lender) = (sheet.holder("founders"), sheet.holder("lender"));
    sheet.opens(&founders, Decimal::from(1_000_000));
    sheet.table("note.bridge");
    sheet.word("holder", &lender);
    sheet.key("date", ISSUED);
    let principal = inputs.number("principal")?;
    sheet.key("amount", digits(principal));
    let rate = percent(inputs.number("rate")?).replace('%', "%/year");
    sheet.key("interest", format!("{{ rate = {rate}, {kind}, count = \"{count}\", paid = \"converts\" }}"));
    let day = days_after(ISSUED, inputs.whole("days")?)?;
    if let Some(fee) = inputs.maybe("exit_fee")? {
        // A fee at an exit is a part of the principal more.
        let multiple = (principal + fee).checked_div(principal).unwrap_or_default();
        sheet.key("at_exit", format!("{{ multiple = {}, converts = false }}", digits(multiple)));
        sheet.table("exit.sale");
        sheet.word("kind", "sale");
        sheet.key("date", day);
        sheet.key("equity_value", digits(principal * Decimal::ONE_HUNDRED));
    }
    let play = sheet.play(case, "")?;
    let balance = format!("balance.bridge@{day}");
    Ok(Box::new(move |key| match key {
        "balance" => play.number(&balance),
        "interest" => Ok(Answer::Number(play.at(&balance)? - principal)),
        "balance_with_fee" => play.number("payout.sale.lender"),
        _ => Err(Trouble::Unknown),
    }))
}
