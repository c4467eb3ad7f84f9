//! How long the money lasts.

use capsim::units::Decimal;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Reader;
use crate::case::Trouble;
use crate::case::malformed;
use crate::case::skipped;
use crate::sheet::Play;
use crate::sheet::Sheet;
use crate::sheet::digits;
use crate::sheet::percent;

/// A burn that does not change.
pub fn runway_simple(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["cash", "gross_burn", "revenue"])?;
    if inputs.has("revenue") {
        return skipped("needs income: a burn report states its net");
    }
    read(burn(case, inputs.number("cash")?, inputs.number("gross_burn")?, Decimal::ZERO)?)
}

/// A burn that grows every month.
pub fn runway_growing(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["cash", "burn", "growth"])?;
    read(burn(case, inputs.number("cash")?, inputs.number("burn")?, inputs.number("growth")?)?)
}

fn read(play: Play) -> Result<Reader, Trouble> {
    Ok(Box::new(move |key| match key {
        "months" => play.number("runway.report.months"),
        // How many months end before the first that ends below zero.
        "full_months" => play.number("runway.report.month"),
        "months_continuous" => skipped("inside a month the engine follows a straight line"),
        _ => Err(Trouble::Unknown),
    }))
}

/// From the first day of a month, to a horizon behind which the money is gone.
fn burn(case: &Case, cash: Decimal, monthly: Decimal, growth: Decimal) -> Result<Play, Trouble> {
    let mut last = malformed("a horizon");
    for year in [2030, 2060, 2099] {
        let mut sheet = company();
        sheet.table("cash");
        sheet.key("opening", digits(cash));
        sheet.table("burn.report");
        sheet.word("measure", "cash");
        sheet.word("rate", &format!("{}/month", monthly.normalize()));
        if !growth.is_zero() {
            sheet.key("growth", percent(growth).replace('%', "%/month"));
        }
        sheet.until(year);
        let play = sheet.play(case, "")?;
        if play.at("runway.report.months").is_ok() {
            return Ok(play);
        }
        last = Ok(play);
    }
    last
}

fn company() -> Sheet {
    let mut sheet = Sheet::new();
    let founders = sheet.holder("founders");
    sheet.opens(&founders, Decimal::from(1_000_000));
    sheet
}

/// The burn of a month in a window from one balance to another.
pub fn runway_window(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["start", "end", "months"])?;
    if inputs.whole("months")? != 12 {
        return skipped("no burn report spreads an amount over a window that is not a year");
    }
    let start = inputs.number("start")?;
    let mut sheet = company();
    sheet.table("cash");
    sheet.key("opening", digits(start));
    sheet.table("burn.report");
    sheet.word("measure", "cash");
    sheet.key("by_year", format!("{{ 2021 = {} }}", digits(start - inputs.number("end")?)));
    sheet.until(2021);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "net_burn" => {
            let result = play.0.result();
            let month = result.runway.get("report").and_then(|report| report.months.first());
            let burned = month.and_then(|month| Decimal::from_str_exact(&month.burned).ok());
            burned.map(Answer::Number).ok_or_else(|| Trouble::Engine("the report has no first month".to_owned()))
        }
        _ => Err(Trouble::Unknown),
    }))
}
