//! The arithmetic checks of the collected facts, by their ids: each runs a scenario and compares with the result that
//! the articles and filings imply, to the places it was noted with.
//!
//! Where a file of `scenarios/` asks the question, that file runs; else a few lines over it, or a small scenario of
//! its own. Amounts are in billions of dollars unless a test says otherwise. At the end stand the checks that no
//! scenario can express yet.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    clippy::redundant_clone,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "a test says what it expects and fails where it is not so"
)]

mod common;

use capsim::diagnostics::Code;
use capsim::document::Request;
use capsim::outcome::MetricValue;
use capsim::outcome::metric;
use capsim::units::Decimal;
use common::Played;
use common::Shelf;

/// A play and its results by path.
struct Run(Played);

/// Plays `FILE` or `FILE@CASE` of `scenarios/openai`.
fn openai(target: &str) -> Run {
    Run(Shelf::of_folder("scenarios/openai").play(target, &[]))
}

/// Plays `FILE` or `FILE@CASE` of `scenarios/structures`.
fn structures(target: &str) -> Run {
    Run(Shelf::of_folder("scenarios").play(&format!("structures/{target}"), &[]))
}

/// Plays a few lines over a file of `scenarios/openai`.
fn over(base: &str, lines: &str) -> Run {
    let text = format!("extends = \"{base}\"\ntitle = \"A check\"\n{lines}");
    Run(Shelf::of_folder("scenarios/openai").with("over.toml", text).play("over.toml", &[]))
}

/// Plays a scenario of its own.
fn own(lines: &str) -> Run {
    Run(common::play(&format!("title = \"A check\"\ncurrency = \"USD\"\n{lines}")))
}

fn number(text: &str) -> Decimal {
    Decimal::from_str_exact(text).expect("a number")
}

impl Run {
    /// The number a result path names.
    fn at(&self, path: &str) -> Decimal {
        match metric(self.0.outcome(), path).as_deref() {
            Some([one]) => match &one.value {
                MetricValue::Number(number) => *number,
                other => panic!("{path} is {other}"),
            },
            found => panic!("{path} names {found:?}"),
        }
    }

    fn billions(&self, path: &str) -> Decimal {
        self.at(path) / number("1000000000")
    }

    fn percent(&self, path: &str) -> Decimal {
        self.at(path) * Decimal::ONE_HUNDRED
    }

    /// What a burn report says for the months that begin with a text: all of a year, or a month.
    fn burned(&self, burn: &str, months: &str) -> Decimal {
        let result = self.0.result();
        let months: Vec<_> =
            result.runway[burn].months.iter().filter(|month| month.month.starts_with(months)).collect();
        assert!(!months.is_empty(), "{burn} has no such month");
        months.iter().map(|month| number(&month.burned)).sum::<Decimal>() / number("1000000000")
    }
}

/// Compares with a published number, to its places.
#[track_caller]
fn published(value: Decimal, text: &str) {
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let rounded = value.round_dp(u32::try_from(places).expect("a few places"));
    assert_eq!(rounded, number(text), "{value} is not {text}");
}

// ------------------------------------------------------------------------------------- the round of 2026

#[test]
fn tickets_versus_target() {
    let upsized = openai("amazon-50b.toml@upsized");
    published(upsized.billions("raised.mega") - number("100"), "10.0");
    // Who gives way must be said.
    let request = Request {
        path: "amazon-50b.toml".to_owned(),
        remove: vec!["round.mega.oversubscription".to_owned()],
        ..Request::default()
    };
    let refused = Shelf::of_folder("scenarios/openai").request(&request);
    assert_eq!(refused.bag.faults().iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::Oversubscribed]);
    assert_eq!(refused.bag.faults()[0].label, "they add up to 110B");
}

#[test]
fn pro_rata_cutback() {
    let run = openai("amazon-50b.toml@cut-back");
    for (holder, ticket) in [("amazon", "45.454545"), ("softbank", "27.272727"), ("nvidia", "27.272727")] {
        published(run.billions(&format!("flow.{holder}.invested")), ticket);
    }
    published(run.billions("raised.mega"), "100.000000000000");
}

#[test]
fn new_money_share_post() {
    let run = openai("amazon-50b.toml");
    published(run.at("raised.mega") / run.at("post_money.mega") * Decimal::ONE_HUNDRED, "12.048193");
    // The same as what everybody else gives up.
    published(run.percent("dilution.foundation"), "12.048193");
    published(run.billions("pre_money.mega"), "730.000000");
}

#[test]
fn new_money_share_pre() {
    let run = openai("amazon-50b.toml@pre-money");
    published(run.at("raised.mega") / run.at("post_money.mega") * Decimal::ONE_HUNDRED, "10.752688");
    published(run.percent("dilution.foundation"), "10.752688");
    published(run.billions("post_money.mega"), "930.000000");
}

#[test]
fn amazon_share_by_basis() {
    published(openai("amazon-50b.toml").percent("ownership.amazon"), "6.024096");
    published(openai("amazon-50b.toml@pre-money").percent("ownership.amazon"), "5.376344");
}

#[test]
fn amazon_share_alt() {
    published(openai("amazon-10b.toml").percent("ownership.amazon"), "2.0");
    published(openai("amazon-10b.toml@pre-money").percent("ownership.amazon"), "1.960784");
}

#[test]
fn microsoft_after_round() {
    assert_eq!(openai("base.toml").percent("ownership.microsoft"), number("27"));
    published(openai("amazon-50b.toml").percent("ownership.microsoft"), "23.746988");
    published(openai("amazon-50b.toml@pre-money").percent("ownership.microsoft"), "24.096774");
}

/// Not a check of the facts: what the README of the scenarios promises of a blocked investment, 27 x 730/780.
#[test]
fn microsoft_if_amazon_is_blocked() {
    let run = openai("amazon-blocked.toml");
    published(run.percent("ownership.microsoft"), "25.269231");
    published(run.percent("ownership.amazon"), "0");
    published(run.billions("flow.amazon.committed"), "50");
    published(run.billions("flow.amazon.invested"), "0");
}

#[test]
fn step_up() {
    // The last price before: a round at 500 post-money, of any size.
    let before = "round.before = { date = 2025-10-28, post_money = \"500B\", tranche.others = { investor = \"others\", amount = \"1B\" } }";
    let post = over("amazon-50b.toml", before);
    published(post.at("price.mega") / post.at("price.before"), "1.46");
    let pre = over("amazon-50b.toml", &format!("{before}\nround.mega.pre_money = \"830B\""));
    published(pre.at("price.mega") / pre.at("price.before"), "1.66");
}

#[test]
fn mark_up_to_ipo() {
    // A listing is priced like a round that brings next to nothing.
    let run = over(
        "amazon-50b.toml",
        "round.listing = { date = 2027-12-31, pre_money = \"1T\", tranche.others = { investor = \"others\", amount = 1 } }",
    );
    published(run.at("price.listing") / run.at("price.mega"), "1.204819");
    published(run.billions("value.amazon"), "60.24");
    published(run.billions("value.amazon@round.mega"), "50.00");
}

#[test]
fn amazon_maximum_ticket() {
    let largest = |run: &Run| {
        let ticket = |holder: &str| run.at(&format!("flow.{holder}.invested"));
        ["softbank", "nvidia", "microsoft"].iter().all(|other| ticket("amazon") > ticket(other))
    };
    assert!(largest(&openai("amazon-50b.toml@upsized")));
    let ten = over("amazon-50b.toml", "round.mega.tranche.amazon.amount = \"10B\"");
    assert!(!largest(&ten));
}

#[test]
fn final_post_money() {
    published(openai("announced-2026.toml@only-the-110").billions("post_money.series-c"), "840.0");
    published(openai("announced-2026.toml").billions("post_money.series-c"), "852.0");
}

#[test]
fn round_2026_stakes() {
    let run = openai("announced-2026.toml@fully-funded");
    published(run.percent("ownership.amazon"), "5.868545");
    published(run.percent("ownership.nvidia"), "3.521127");
    published(run.percent("ownership.round-2026-others"), "1.408451");
    // SoftBank's new money alone: what it holds beyond its diluted 11 %.
    let held_before = number("11") * (Decimal::ONE - run.at("dilution.foundation"));
    published(run.percent("ownership.softbank") - held_before, "3.521127");
}

#[test]
fn holders_after_852() {
    let run = openai("announced-2026.toml@fully-funded");
    published(run.percent("ownership.microsoft"), "23.133803");
    published(run.percent("ownership.foundation"), "22.276995");
}

#[test]
fn amazon_partial_funding() {
    let run = openai("announced-2026.toml");
    published(run.percent("ownership.amazon"), "1.835985");
    // The 35 is signed all the same.
    published(run.percent("committed.amazon"), "5.868545");
    published(run.billions("flow.amazon.committed"), "50");
}

#[test]
fn microsoft_partial_funding() {
    published(openai("announced-2026.toml").percent("ownership.microsoft"), "24.124847");
}

#[test]
fn softbank_11_to_13() {
    let both = Request {
        path: "announced-2026.toml".to_owned(),
        cases: vec!["fully-funded".to_owned(), "only-the-110".to_owned()],
        ..Request::default()
    };
    let without = Run(Shelf::of_folder("scenarios/openai").request(&both));
    published(without.percent("ownership.softbank"), "13.130952");
    published(openai("announced-2026.toml@fully-funded").percent("ownership.softbank"), "12.946009");
}

// ------------------------------------------------------------------------------------- rounds before

#[test]
fn foundation_and_microsoft_imply_500() {
    let run = over(
        "base.toml",
        "round.tender = { date = 2025-10-29, pre_money = \"500B\", tranche.others = { investor = \"others\", amount = 1 } }",
    );
    published(run.billions("value.foundation"), "130.0");
    published(run.billions("value.microsoft"), "135.0");
    published(number("130") / run.at("ownership.foundation@2025-10-28"), "500.0");
    published(number("135") / run.at("ownership.microsoft@2025-10-28"), "500.0");
}

#[test]
fn microsoft_dilution_pair() {
    let run = openai("microsoft-dilution.toml");
    published(run.percent("ownership.microsoft@2024-09-30"), "32.5");
    published(run.percent("ownership.microsoft"), "26.975");
}

const ROUND_2025: &str = "as_of = 2026-01-01
[holder]
softbank = {}
co-investors = {}
others = {}
[opening]
date = 2024-01-01
fully_diluted = 1_000_000_000
stake.others = \"rest\"
[round.before]
date = 2024-10-02
post_money = \"157B\"
tranche.softbank = { investor = \"softbank\", amount = \"2.2B\" }
[round.round-2025]
date = 2025-03-31
post_money = \"300B\"
tranche.first = { investor = \"softbank\", amount = \"7.5B\", date = 2025-04-15 }
tranche.second = { investor = \"softbank\", amount = \"22.5B\", date = 2025-12-26 }
tranche.co-investors = { investor = \"co-investors\", amount = \"11.0B\", date = 2025-12-26 }
";

#[test]
fn round_2025_funding() {
    published(structures("softbank-2025.toml@as-funded").billions("raised.round-2025"), "41.0");
    published(own(ROUND_2025).billions("raised.round-2025"), "41.0");
}

#[test]
fn round_2025_share() {
    let run = own(ROUND_2025);
    let others_before = run.at("ownership.others@round.before");
    published(run.percent("raised.round-2025") / run.at("post_money.round-2025"), "13.666667");
    // The same as what everybody else gives up.
    let given_up = Decimal::ONE - run.at("ownership.others") / others_before;
    published(given_up * Decimal::ONE_HUNDRED, "13.666667");
    let as_funded = structures("softbank-2025.toml@as-funded-at-300");
    published(as_funded.percent("dilution.others"), "13.666667");
}

#[test]
fn softbank_cumulative() {
    published(number("34.6") - own(ROUND_2025).billions("flow.softbank.invested"), "2.4");
}

// ------------------------------------------------------------------------------------- spending and runway

#[test]
fn burn_remaining_2027_2029() {
    let run = openai("base.toml");
    for year in ["2027", "2028", "2029"] {
        published(run.burned("through-2029", year), "33.666667");
    }
}

/// The 115 alone, spread over the years from a first one.
fn spread_115(from: u32) -> Run {
    over(
        "base.toml",
        &format!(
            "as_of = 2026-01-01\nremove = [\"burn.through-2029.by_year\"]\nburn.through-2029.through.from = {from}\n"
        ),
    )
}

#[test]
fn burn_average_2026_2029() {
    for year in ["2026", "2027", "2028", "2029"] {
        published(spread_115(2026).burned("through-2029", year), "28.75");
    }
}

#[test]
fn burn_average_2025_2029() {
    for year in ["2026", "2027", "2028", "2029"] {
        published(spread_115(2025).burned("through-2029", year), "23.0");
    }
}

#[test]
fn quarterly_burn_annualised() {
    let run = openai("base.toml");
    published(run.burned("quarter-12", "2027"), "48.0");
    published(run.burned("quarter-12", "2027") / run.burned("loss-14", "2027"), "3.4");
}

#[test]
fn quarterly_burn_through_2029() {
    let run = over("base.toml", "as_of = 2026-01-01");
    published(run.burned("quarter-12", "20"), "192.0");
    published(run.burned("quarter-12", "20") - run.burned("through-2029", "20"), "77.0");
}

#[test]
fn runway_100_at_12() {
    let run = openai("round-alone.toml");
    published(run.at("runway.quarter-12.months"), "25.000000000");
    published(run.at("runway.quarter-12.months") / number("3"), "8.333333");
}

#[test]
fn runway_100_at_average() {
    let run = openai("round-alone.toml");
    published(run.at("runway.average-28.months"), "41.74");
    published(run.at("runway.average-28.months") / number("12"), "3.478261");
}

#[test]
fn runway_100_at_14() {
    let run = openai("round-alone.toml");
    published(run.at("runway.loss-14.months"), "85.71");
    published(run.at("runway.loss-14.months") / number("12"), "7.142857");
}

#[test]
fn runway_half_cash() {
    let none = openai("round-alone.toml@half-in-kind-none-eligible");
    published(none.at("runway.quarter-12.months"), "18.75");
    published(none.at("runway.quarter-12.months") / number("3"), "6.25");
    published(none.billions("flow.amazon.in_kind"), "25");
    // Unless it replaces a cash cost, all of it: then it lasts as long as cash.
    let all = openai("round-alone.toml@half-in-kind-all-eligible");
    published(all.at("runway.quarter-12.months"), "25.000000000");
}

/// Two forecasts of the company, from the year they begin.
const VINTAGES: &str = "as_of = 2025-01-01
horizon = 2030-12-31
holder.everyone = {}
[opening]
date = 2025-01-01
fully_diluted = 100
stake.everyone = \"100%\"
[cash]
opening = \"500B\"
[burn.second]
measure = \"cash\"
by_year = { 2025 = \"9B\", 2026 = \"17B\", 2027 = \"35B\", 2028 = \"47B\", 2029 = \"8B\", 2030 = \"-38B\" }
[burn.third]
measure = \"cash\"
by_year = { 2025 = \"8B\", 2026 = \"25B\", 2027 = \"57B\", 2028 = \"85B\", 2029 = \"51B\", 2030 = \"-39B\" }
";

/// What a vintage spends from 2025 to the end of 2029, in the file that holds it.
fn until_2029(burn: &str) -> Decimal {
    over("base.toml", "as_of = 2025-01-01\nremove = [\"burn.through-2029\"]\nopening.date = 2025-01-01")
        .burned(burn, "20")
}

#[test]
fn burn_115_vintage() {
    published(until_2029("vintage-q3-25"), "116.0");
}

#[test]
fn burn_new_vintage() {
    published(until_2029("vintage-q1-26"), "226.0");
}

#[test]
fn burn_vintage_difference() {
    let run = own(VINTAGES);
    published(run.burned("third", "20") - run.burned("second", "20"), "109.0");
    published(run.billions("cash.second.2030-12") - run.billions("cash.third.2030-12"), "109.0");
}

#[test]
fn net_loss_to_burn() {
    let run = own("as_of = 2025-01-01
horizon = 2025-06-30
holder.everyone = {}
cash.opening = \"17.5B\"
[opening]
date = 2025-01-01
fully_diluted = 100
stake.everyone = \"100%\"
[burn.net-loss]
measure = \"loss\"
as_cash = true
by_quarter = { 2025-q1 = \"6.75B\", 2025-q2 = \"6.75B\" }
[burn.cash]
measure = \"cash\"
by_quarter = { 2025-q1 = \"1.25B\", 2025-q2 = \"1.25B\" }
");
    published(run.burned("net-loss", "2025") / run.burned("cash", "2025"), "5.4");
}

// ------------------------------------------------------------------------------------- promised back

#[test]
fn azure_per_year() {
    let run = openai("base.toml");
    let returned = |day: &str| run.billions(&format!("flow.microsoft.returned@{day}"));
    published(returned("2027-12-31") - returned("2026-12-31"), "34.883721");
}

#[test]
fn aws_per_year() {
    let run = openai("base.toml");
    let returned = |day: &str| run.billions(&format!("flow.amazon.returned@{day}"));
    published(returned("2027-12-31") - returned("2026-12-31"), "5.428571");
    published(returned("2029-12-31") - returned("2028-12-31"), "5.428571");
}

#[test]
fn commitments_versus_round() {
    // Its horizon lies beyond both commitments.
    let run = openai("round-alone.toml");
    let promised = run.at("flow.microsoft.returned") + run.at("flow.amazon.returned");
    published(promised / run.at("raised.mega"), "2.88");
}

#[test]
fn circularity_amazon() {
    let run = openai("round-alone.toml");
    published(run.percent("flow.amazon.returned") / run.at("flow.amazon.invested"), "76.0");
}

/// 45 percent of 625, and that the 250 is in it: the older contracts are the difference.
#[test]
fn backlog_openai() {
    let run = openai("circularity.toml");
    let backlog = run.billions("concentration.microsoft.contracted") / run.at("concentration.microsoft.share");
    published(number("0.45") * backlog, "281.25");
    published(run.billions("concentration.microsoft.contracted"), "281");
    published(run.percent("concentration.microsoft.share").round_dp(0), "45");
    published(run.percent("concentration.microsoft.largest"), "40.0");
}

/// The whole circle: 50 in and 138 promised, 11.6 in and 281 promised.
#[test]
fn the_whole_circle() {
    let run = openai("circularity.toml");
    for (holder, invested, contracted) in [("amazon", "50", "138"), ("microsoft", "11.6", "281")] {
        published(run.billions(&format!("flow.{holder}.invested")), invested);
        published(run.billions(&format!("flow.{holder}.contracted")), contracted);
    }
    published(run.percent("circularity.share"), "46.107784");
    published(openai("circularity.toml@new-money-only").percent("circularity.share"), "40.983607");
}

#[test]
fn amazon_anthropic_total() {
    let run = Run(Shelf::of_folder("scenarios/structures").play("anthropic-amazon.toml", &[]));
    published(run.billions("flow.amazon.invested@2025-12-31"), "8.0");
}

// ------------------------------------------------------------------------------------- tables of other companies

/// A company of fractional shares; `lines` are its classes and its opening positions.
fn as_converted(classes: &[(&str, &str)]) -> Decimal {
    let mut text = "as_of = 2014-01-01\nrounding.shares = \"fractional\"\nholder.everyone = {}\n".to_owned();
    for (number, (_, ratio)) in classes.iter().enumerate() {
        text += &format!("class.series-{number} = {{ kind = \"preferred\", ratio = \"{ratio}\" }}\n");
    }
    text += "opening.date = 2014-01-01\nopening.shares.everyone = 0\n";
    for (number, (shares, _)) in classes.iter().enumerate() {
        text += &format!(
            "opening.position.line-{number} = {{ holder = \"everyone\", class = \"series-{number}\", shares = {shares} }}\n"
        );
    }
    own(&text).at("fully_diluted")
}

#[test]
fn inogen_as_converted() {
    let classes = [
        ("425_511", "1.45108"),
        ("376_997", "1.73014"),
        ("1_584_541", "1.87951"),
        ("1_634_874", "2.69244"),
        ("2_701_957", "1"),
        ("2_840_260", "1"),
    ];
    published(as_converted(&classes), "14191885.8989");
}

#[test]
fn boundless_total() {
    // Every series converts at 1 for 19.5.
    let classes = ["7_142_857", "26_046_438", "33_189_295", "78_211_116", "142_857_138"].map(|shares| (shares, "2:39"));
    published(as_converted(&classes), "14740863.7949");
}

/// Rounds of one tranche in shares at a price each; the money in dollars.
fn shares_at_prices(rounds: &[(&str, &str)]) -> Decimal {
    let mut text = "as_of = 2020-01-01\nrounding.shares = \"fractional\"\nholder = { founders = {}, fund = {} }\n\
                    opening = { date = 2018-01-01, shares.founders = 50_000_000 }\n"
        .to_owned();
    for (number, (shares, price)) in rounds.iter().enumerate() {
        text += &format!(
            "round.series-{number} = {{ date = 2018-02-0{}, price = {price}, tranche.fund = {{ investor = \"fund\", shares = {shares} }} }}\n",
            number + 1
        );
    }
    let run = own(&text);
    (0..rounds.len()).map(|number| run.at(&format!("raised.series-{number}"))).sum()
}

#[test]
fn bloom_notes() {
    published(shares_at_prices(&[("5_734_440", "38.64")]), "221578761.6");
}

#[test]
fn bolt_preference_total() {
    let series = [
        ("1_573_999", "3.1680"),
        ("2_511_007", "11.4994"),
        ("1_498_516", "28.7280"),
        ("1_312_722", "54.3907"),
        ("1_152_329", "64.2483"),
    ];
    published(shares_at_prices(&series), "222345918.1519");
}

// What no scenario of this version can express, and why:
//
// - amazon-price-tie: the market price of an investor's own share; nothing of the company follows from it.
// - q3-2025-loss-range: a loss inferred from what an investor books for its stake; an input's derivation, no event.
//
// Expressed in a part of what it means: mark-up-to-ipo, bloom-notes, bolt-preference-total and boundless-total, as prices
// and ratios. The ratchets of Square and Tintri and the listing of Boundless are scenarios of their own, with their
// published results in tests/expected.
