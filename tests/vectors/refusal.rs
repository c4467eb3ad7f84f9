//! What must not be accepted. Each refusal has its like within bounds, which must be: so nothing is refused for a
//! mistake of the harness.

use capsim::diagnostics::Code;
use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::protection::grant;
use crate::round::capped;
use crate::round::dear_round;
use crate::round::tranche;
use crate::shares::sale;
use crate::sheet::Play;
use crate::sheet::SIGNED;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::percent;

pub fn refusal(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["grant", "pool", "sell", "holding", "pool_target", "new_money_pct", "safes"])?;
    let (within, asked) = if inputs.has("grant") {
        let pool = inputs.number("pool")?;
        (granted(pool, pool), granted(inputs.number("grant")?, pool))
    } else if inputs.has("sell") {
        let holding = inputs.number("holding")?;
        (sold(holding, holding), sold(inputs.number("sell")?, holding))
    } else if inputs.has("pool_target") {
        let money = inputs.number("new_money_pct")?;
        (targeted(Decimal::new(1, 2), money), targeted(inputs.number("pool_target")?, money))
    } else if inputs.has("safes") {
        let safes = inputs.list("safes")?;
        (safes_of(safes.get(..1).unwrap_or_default())?, safes_of(&safes)?)
    } else {
        return malformed("it is none of the refusals that the harness knows");
    };
    within.play(case, "within")?;
    let play = Play::of(&asked.text("asked too much"), case, "", &[])?;
    Ok(Box::new(move |key| match key {
        // A sale of more than there is is capped, and the finding says so; anything else is refused outright.
        "error" => Ok(Answer::Flag(!play.is_accepted() || play.found(Code::SaleCapped))),
        _ => Err(Trouble::Unknown),
    }))
}

fn granted(shares: Decimal, unallocated: Decimal) -> Sheet {
    let mut sheet = Sheet::new();
    let (founders, plan) = (sheet.holder("founders"), sheet.pool("plan"));
    sheet.opens(&founders, unallocated);
    sheet.opens(&plan, unallocated);
    grant(&mut sheet, "staff", &plan, None, shares);
    sheet
}

fn sold(shares: Decimal, holding: Decimal) -> Sheet {
    let mut sheet = Sheet::new();
    let (seller, buyer) = (sheet.holder("seller"), sheet.holder("buyer"));
    sheet.opens(&seller, holding);
    sale(&mut sheet, &seller, &buyer, shares);
    sheet
}

/// A pool's target in a round that sells a part of the company.
fn targeted(target: Decimal, sold: Decimal) -> Sheet {
    let mut sheet = Sheet::new();
    let (founders, plan) = (sheet.holder("founders"), sheet.pool("plan"));
    let investor = sheet.holder("investor");
    let post_money = Decimal::from(1_000_000);
    sheet.opens(&founders, post_money);
    sheet.table("round.series");
    sheet.key("date", SIGNED);
    sheet.key("post_money", digits(post_money));
    let target = percent(target);
    sheet
        .key("pool", format!("{{ id = \"{plan}\", target = {target}, counts = \"unallocated\", in = \"pre-money\" }}"));
    tranche(&mut sheet, "series", 0, &investor, post_money * sold);
    sheet
}

/// Post-money SAFEs that convert in one round.
fn safes_of(safes: &[Fields<'_>]) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    sheet.opens(&founders, Decimal::from(1_000_000));
    let mut dearest = Decimal::ZERO;
    for (index, safe) in safes.iter().enumerate() {
        dearest = dearest.max(safe.number("cap")?);
        capped(&mut sheet, index, safe.number("amount")?, safe.number("cap")?)?;
    }
    dear_round(&mut sheet, dearest * Decimal::TEN);
    Ok(sheet)
}
