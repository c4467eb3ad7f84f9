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

/// A burn that does not change: the plain division, and the projection that must say the same.
pub fn runway_simple(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["cash", "gross_burn", "revenue"])?;
    if inputs.has("revenue") {
        return with_income(case, inputs.number("gross_burn")?, inputs.number("revenue")?);
    }
    let play = burn(case, inputs.number("cash")?, inputs.number("gross_burn")?, Decimal::ZERO)?;
    let (stays, projected) = (play.at("runway.report.static")?, play.at("runway.report.months")?);
    if stays != projected {
        return Err(Trouble::Engine(format!("{stays} months by division, {projected} month by month")));
    }
    read(play)
}

/// A report of gross spending, and one built from it and the income.
fn with_income(case: &Case, gross: Decimal, income: Decimal) -> Result<Reader, Trouble> {
    let mut sheet = company();
    sheet.table("cash");
    sheet.key("opening", digits(Decimal::ONE_THOUSAND));
    sheet.table("burn.report");
    sheet.word("measure", "cash");
    sheet.table("burn.report.cost.spending");
    sheet.word("rate", &format!("{}/month", gross.normalize()));
    sheet.table("burn.report.income.revenue");
    sheet.word("rate", &format!("{}/month", income.normalize()));
    sheet.table("burn.gross");
    sheet.word("measure", "gross-spend");
    sheet.key("as_cash", "true");
    sheet.word("rate", &format!("{}/month", gross.normalize()));
    sheet.until(2021);
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| match key {
        "net_burn" => first_month(&play, "report"),
        "gross_burn" => first_month(&play, "gross"),
        _ => Err(Trouble::Unknown),
    }))
}

/// What a report burns in its first month.
fn first_month(play: &Play, report: &str) -> Result<Answer, Trouble> {
    let result = play.0.result();
    let month = result.runway.get(report).and_then(|report| report.months.first());
    let burned = month.and_then(|month| Decimal::from_str_exact(&month.burned).ok());
    burned.map(Answer::Number).ok_or_else(|| Trouble::Engine("the report has no first month".to_owned()))
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
        "net_burn" => first_month(&play, "report"),
        _ => Err(Trouble::Unknown),
    }))
}
