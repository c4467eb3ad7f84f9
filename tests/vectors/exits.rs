//! Exits: who is paid what, who converts, and from which value on the next unit of money goes to others.

use capsim::outcome::Breakpoint;
use capsim::outcome::Group;
use capsim::outcome::Outcome;
use capsim::outcome::Recipient;
use capsim::outcome::Turning;
use capsim::outcome::breakpoints as points_of;
use capsim::outcome::played_exit;
use capsim::units::Decimal;
use capsim::units::Exact;
use capsim::units::Scalar;
use capsim::units::common_denominator;
use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::case::Answer;
use crate::case::Case;
use crate::case::Fields;
use crate::case::Reader;
use crate::case::Reading;
use crate::case::Trouble;
use crate::case::common_scale;
use crate::case::malformed;
use crate::case::scaled;
use crate::case::skipped;
use crate::round::tranche;
use crate::sheet::AFTERWARDS;
use crate::sheet::ISSUED;
use crate::sheet::OPENING;
use crate::sheet::Play;
use crate::sheet::Sheet;
use crate::sheet::days_after;
use crate::sheet::digits;
use crate::sheet::months_after;
use crate::sheet::part;

/// Who is paid.
struct Claimant {
    holder: String,
    /// The class, grant, warrant or note it is paid for; none if it is the debt of the exit.
    claim: Option<String>,
}

/// A company that is sold, by the names of a case.
struct Company {
    sheet: Sheet,
    claimants: IndexMap<String, Claimant>,
    /// What the buyer pays back before anything else.
    debt: Option<Decimal>,
    /// So many shares of the scenario are one of the case, and so much of its money: a seventh of a share, a third of a
    /// dollar are no decimals. Nobody is paid another part of the whole for it.
    shares: i128,
    money: i128,
}

impl Company {
    fn of(inputs: &Fields<'_>) -> Result<Company, Trouble> {
        let (classes, commons, debts) = (inputs.list("classes")?, inputs.list("commons")?, inputs.list("debts")?);
        let all = || classes.iter().chain(&commons).chain(&debts);
        let shares = common_scale(all().filter_map(|line| line.get("shares")))?;
        let money = ["pref", "cap_total", "claim", "strike"].into_iter();
        let money = money.flat_map(|key| all().filter_map(move |line| line.get(key)));
        let exits = inputs.get("exits").and_then(Json::as_array).into_iter().flatten();
        let mut money = common_scale(money.chain(inputs.get("exit")).chain(exits))?;
        if commons.iter().any(|line| line.has("strike")) {
            // So that the strike of a part of a share can be written too.
            money = common_denominator(money, shares, i128::MAX).unwrap_or(money);
        }
        let mut company = Company { sheet: Sheet::new(), claimants: IndexMap::new(), debt: None, shares, money };
        company.debts(debts)?;
        company.classes(&classes)?;
        company.commons(commons)?;
        Ok(company)
    }

    fn add(&mut self, name: &str, claim: Option<String>) -> String {
        let holder = self.sheet.holder(name);
        self.claimants.insert(name.to_owned(), Claimant { holder: holder.clone(), claim });
        holder
    }

    /// The first tier is the debt of the company, a second one is notes that are paid back before any share.
    fn debts(&mut self, debts: Vec<Fields<'_>>) -> Result<(), Trouble> {
        let mut tiers: Vec<(i64, Vec<Fields<'_>>)> = Vec::new();
        for debt in debts {
            let debt = debt.only(&["name", "claim", "tier"])?;
            let tier = debt.whole("tier")?;
            match tiers.iter_mut().find(|(known, _)| *known == tier) {
                Some((_, debts)) => debts.push(debt),
                None => tiers.push((tier, vec![debt])),
            }
        }
        tiers.sort_by_key(|(tier, _)| *tier);
        let mut tiers = tiers.into_iter();
        match tiers.next().as_ref().map(|(_, debts)| debts.as_slice()) {
            None => {}
            Some([only]) => {
                self.debt = Some(only.scaled("claim", self.money)?);
                self.add(only.text("name")?, None);
            }
            Some(_) => return malformed("two debts of the first tier"),
        }
        for note in tiers.next().into_iter().flat_map(|(_, debts)| debts) {
            let id = self.sheet.id(note.text("name")?);
            let holder = self.add(note.text("name")?, Some(id.clone()));
            self.sheet.table(&format!("note.{id}"));
            self.sheet.word("holder", &holder);
            self.sheet.key("date", ISSUED);
            self.sheet.key("amount", digits(note.scaled("claim", self.money)?));
            self.sheet.word("interest", "none");
            self.sheet.word("at_exit", "repay");
        }
        if tiers.next().is_some() { malformed("more than two tiers of debt") } else { Ok(()) }
    }

    fn classes(&mut self, classes: &[Fields<'_>]) -> Result<(), Trouble> {
        let known = ["name", "shares", "pref", "seniority", "participation", "cap_total"];
        let seniority = |class: &Fields<'_>| if class.has("seniority") { class.whole("seniority") } else { Ok(0) };
        let mut last = 0;
        for class in classes {
            last = last.max(seniority(class)?);
        }
        for class in classes {
            if let Some(key) = class.keys().find(|key| !known.contains(key)) {
                return malformed(format!("`{key}` of a class is not known to the harness"));
            }
            let name = class.text("name")?;
            let id = format!("class-{}", self.sheet.id(name));
            let holder = self.add(name, Some(id.clone()));
            self.sheet.position(&holder, &id, class.scaled("shares", self.shares)?);
            self.sheet.table(&format!("class.{id}"));
            self.sheet.word("kind", "preferred");
            let amount = class.scaled("pref", self.money)?;
            if amount.is_zero() {
                self.sheet.word("preference", "none");
                continue;
            }
            let participation = if class.has("participation") { class.text("participation")? } else { "none" };
            // Lower numbers of the case are paid first, higher ones of the format.
            let mut terms = format!(
                "amount = {}, seniority = {}, participation = \"{participation}\"",
                digits(amount),
                last - seniority(class)?
            );
            if class.has("cap_total") {
                let cap = class.scaled("cap_total", self.money)?.checked_div(amount).unwrap_or_default();
                terms += &format!(", cap = {}", digits(cap));
            }
            self.sheet.key("preference", format!("{{ {terms} }}"));
        }
        Ok(())
    }

    /// Common stock, options and warrants. Only the first line is of the common class, the others have classes of their
    /// own, so that each one's part of the next unit can be told.
    fn commons(&mut self, commons: Vec<Fields<'_>>) -> Result<(), Trouble> {
        let mut options = Decimal::ZERO;
        for line in commons {
            let line = line.only(&["name", "shares", "strike"])?;
            let (name, shares) = (line.text("name")?, line.scaled("shares", self.shares)?);
            let id = self.sheet.id(name);
            if !line.has("strike") && !self.claimants.values().any(|it| it.claim.as_deref() == Some("common")) {
                let holder = self.add(name, Some("common".to_owned()));
                self.sheet.opens(&holder, shares);
                continue;
            }
            if !line.has("strike") {
                let class = format!("class-{id}");
                let holder = self.add(name, Some(class.clone()));
                self.sheet.position(&holder, &class, shares);
                self.sheet.table(&format!("class.{class}"));
                self.sheet.word("kind", "common");
                continue;
            }
            let strike = digits(line.scaled("strike", self.money / self.shares)?);
            let holder = self.add(name, Some(id.clone()));
            if name.to_ascii_lowercase().contains("warrant") {
                self.sheet.table(&format!("warrant.{id}"));
                self.sheet.word("exercise", "cash");
            } else {
                options += shares;
                let plan = self.sheet.pool("plan of options");
                self.sheet.table(&format!("grant.{id}"));
                self.sheet.word("pool", &plan);
                self.sheet.word("vesting", "all");
            }
            self.sheet.word("holder", &holder);
            self.sheet.key("shares", digits(shares));
            self.sheet.key("strike", strike);
        }
        if !options.is_zero() {
            let plan = self.sheet.pool("plan of options");
            self.sheet.opens(&plan, options);
        }
        Ok(())
    }

    /// Sold for so much of the scenario's money.
    fn sold(&mut self, id: &str, value: Decimal) {
        self.sheet.table(&format!("exit.{id}"));
        self.sheet.word("kind", "sale");
        self.sheet.key("date", AFTERWARDS);
        match self.debt {
            None => self.sheet.key("equity_value", digits(value)),
            Some(debt) => {
                self.sheet.key("enterprise_value", digits(value));
                self.sheet.key("debt", digits(debt));
            }
        }
    }

    /// Money of the scenario as money of the case.
    fn amount(&self, money: Decimal) -> Reading {
        part(money, Decimal::from_i128_with_scale(self.money, 0))
    }

    /// Who is paid for something, by the name of the case.
    fn named(&self, outcome: &Outcome, recipient: Recipient) -> Option<String> {
        let scenario = &outcome.scenario;
        let id = match recipient {
            Recipient::Debt => None,
            Recipient::Group(Group::Class(class)) => Some(&scenario.classes.get(class)?.id),
            Recipient::Group(Group::Grant(grant)) => Some(&scenario.grants.get(grant)?.id),
            Recipient::Group(Group::Warrant(warrant)) => Some(&scenario.warrants.get(warrant)?.id),
            Recipient::Group(Group::Convertible(note)) => Some(&scenario.convertibles.get(note)?.id),
            Recipient::Fees | Recipient::Costs | Recipient::Group(Group::CarveOut(_)) => return None,
        };
        let claimant = self.claimants.iter().find(|(_, claimant)| claimant.claim.as_ref() == id);
        claimant.map(|(name, _)| name.clone())
    }
}

/// A sale, or several of the same company.
pub fn waterfall(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["classes", "commons", "debts", "exit", "exits"])?;
    let mut company = Company::of(&inputs)?;
    let several = inputs.get("exits").and_then(Json::as_array).into_iter().flatten();
    let mut exits = Vec::new();
    for (index, value) in inputs.get("exit").into_iter().chain(several).enumerate() {
        company.sold(&format!("at-{index}"), scaled(value, company.money, "inputs.exit")?);
        exits.push(scaled(value, 1, "inputs.exit")?);
    }
    let play = company.sheet.play(case, "")?;
    Ok(Box::new(move |key| {
        let (key, exit) = match key.split_once('@') {
            None => (key, 0),
            Some((key, value)) => {
                let value: Option<Decimal> = value.parse().ok();
                let exit = exits.iter().position(|exit| Some(*exit) == value);
                (key, exit.ok_or(Trouble::Unknown)?)
            }
        };
        if key == "per_common_share" {
            let value = play.at(&format!("exit.at-{exit}.share_value"))?;
            return company.amount(value * Decimal::from_i128_with_scale(company.shares, 0));
        }
        let (noun, name) = key.split_once(':').ok_or(Trouble::Unknown)?;
        let Claimant { holder, claim } = company.claimants.get(name).ok_or(Trouble::Unknown)?;
        match (noun, claim) {
            ("pay", None) => company.amount(play.at(&format!("exit.at-{exit}.debt"))?),
            ("pay", Some(_)) => company.amount(play.at(&format!("payout.at-{exit}.{holder}"))?),
            ("election", Some(class)) => {
                play.word(&format!("class_election.at-{exit}.{class}")).map(|word| Answer::Terms(elections(&word)))
            }
            _ => Err(Trouble::Unknown),
        }
    }))
}

/// Publishers know two elections, and either one where both are worth the same.
pub fn elections(word: &str) -> Vec<String> {
    let words: &[&str] = match word {
        "converts" => &["convert"],
        "preference" | "preference and shares" | "at cap" => &["preference"],
        "indifferent" => &["convert", "preference"],
        other => &[other],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A company and its breakpoints, which no value of the exit moves.
fn pointed(mut company: Company, case: &Case) -> Result<(Company, Play), Trouble> {
    company.sold("sale", Decimal::ONE);
    let play = company.sheet.play(case, "")?;
    Ok((company, play))
}

fn points(play: &Play) -> Vec<Breakpoint> {
    play.0.outcome.as_ref().map(|outcome| points_of(outcome, 0)).unwrap_or_default()
}

fn decimal_of(exact: Exact) -> Result<Decimal, Trouble> {
    exact.decimal().ok_or_else(|| Trouble::Engine("a breakpoint is no number".to_owned()))
}

/// Where the next unit of money goes to others, and to whom, from nothing on.
pub fn breakpoints(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["classes", "commons", "debts"])?;
    let (company, play) = pointed(Company::of(&inputs)?, case)?;
    Ok(Box::new(move |key| match key {
        "breakpoints" => {
            let values = (1..points(&play).len()).map(|number| play.at(&format!("breakpoint.sale.{number}")));
            let values = values.map(|value| company.amount(value?));
            values.collect::<Result<_, Trouble>>().map(Answer::List)
        }
        "weights" => {
            let outcome = play.0.outcome();
            let mut stretches = Vec::new();
            for point in points(&play) {
                let mut weights = Vec::new();
                for (recipient, weight) in &point.next {
                    let name = company.named(outcome, *recipient);
                    let name = name.ok_or_else(|| Trouble::Engine(format!("{recipient:?} is none of the case")))?;
                    weights.push((name, Answer::Number(decimal_of(*weight)?)));
                }
                stretches.push(Answer::Table(weights));
            }
            Ok(Answer::List(stretches))
        }
        _ => Err(Trouble::Unknown),
    }))
}

/// The classes that convert at each value, rising.
fn conversions(company: &Company, play: &Play) -> Result<Vec<(Decimal, Vec<String>)>, Trouble> {
    let outcome = play.0.outcome();
    let mut all = Vec::new();
    for point in points(play) {
        let converts = point.turnings.iter().filter_map(|turning| match turning {
            Turning::Converts(group) => company.named(outcome, Recipient::Group(*group)),
            _ => None,
        });
        let converts: Vec<String> = converts.collect();
        if !converts.is_empty() {
            let value = company.amount(decimal_of(point.value)?)?;
            let Answer::Number(value) = value else { return Err(Trouble::Unknown) };
            all.push((value, converts));
        }
    }
    Ok(all)
}

fn converts_at(company: &Company, play: &Play, name: &str) -> Reading {
    let all = conversions(company, play)?;
    let found = all.into_iter().find(|(_, converts)| converts.iter().any(|converts| converts == name));
    found.map(|(value, _)| Answer::Number(value)).ok_or(Trouble::Unknown)
}

/// Who converts first, and from which value on.
pub fn conversion_order(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["classes", "commons"])?;
    let (company, play) = pointed(Company::of(&inputs)?, case)?;
    Ok(Box::new(move |key| match key.split_once(':') {
        None if key == "order" => {
            let order = conversions(&company, &play)?;
            Ok(Answer::List(order.into_iter().map(|(_, names)| Answer::Names(names)).collect()))
        }
        Some(("threshold", name)) => converts_at(&company, &play, name),
        _ => Err(Trouble::Unknown),
    }))
}

/// From where on a class of so much preference and such a part of the company converts.
pub fn indifference(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["pref", "ownership"])?;
    let own = inputs.number("ownership")?;
    let mut company = Company { sheet: Sheet::new(), claimants: IndexMap::new(), debt: None, shares: 1, money: 1 };
    let founders = company.sheet.holder("founders");
    let all = Decimal::from(1_000_000);
    company.sheet.opens(&founders, (Decimal::ONE - own) * all);
    let investor = company.add("investor", Some("series".to_owned()));
    company.sheet.position(&investor, "series", own * all);
    company.sheet.table("class.series");
    company.sheet.word("kind", "preferred");
    let amount = digits(inputs.number("pref")?);
    company.sheet.key("preference", format!("{{ amount = {amount}, seniority = 1, participation = \"none\" }}"));
    let (company, play) = pointed(company, case)?;
    Ok(Box::new(move |key| match key {
        "indifference_exit" => converts_at(&company, &play, "investor"),
        _ => Err(Trouble::Unknown),
    }))
}

/// Post-money SAFEs that are outstanding when the company is sold.
pub fn safe_liquidity(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["holders", "safes", "unissued_pool_excluded", "exit"])?;
    let mut sheet = Sheet::new();
    for line in inputs.list("holders")? {
        // Options take the same as shares there, without a strike.
        let line = line.only(&["name", "shares"])?;
        let id = sheet.holder(line.text("name")?);
        sheet.opens(&id, line.number("shares")?);
    }
    let pool = sheet.pool("pool");
    sheet.opens(&pool, inputs.maybe("unissued_pool_excluded")?.unwrap_or_default());
    let mut safes = IndexMap::new();
    for (index, safe) in inputs.list("safes")?.into_iter().enumerate() {
        let safe = safe.only(&["name", "amount", "cap"])?;
        let id = sheet.holder(&format!("safe {}", safe.text("name")?));
        sheet.table(&format!("safe.{id}"));
        sheet.word("holder", &id);
        sheet.key("date", days_after(ISSUED, i64::try_from(index).unwrap_or_default())?);
        sheet.word("form", "post-money");
        sheet.key("amount", digits(safe.number("amount")?));
        sheet.key("cap", digits(safe.number("cap")?));
        sheet.key("seniority", 1);
        safes.insert(safe.text("name")?.to_owned(), (id, safe.number("amount")?));
    }
    sheet.table("exit.sale");
    sheet.word("kind", "sale");
    sheet.key("date", AFTERWARDS);
    sheet.key("equity_value", digits(inputs.number("exit")?));
    let play = sheet.play(case, "")?;
    Ok(Box::new(move |key| {
        match key {
            "per_share" => return play.number("exit.sale.share_value"),
            // The guide adds up whole shares, each rounded down.
            "liquidity_capitalization" => {
                let mut sum = claiming(&play, str::is_empty)?.floor();
                for (id, _) in safes.values() {
                    sum += claiming(&play, |claims| claims == id)?.floor();
                }
                return Ok(Answer::Number(sum));
            }
            _ => {}
        }
        let (noun, name) = key.split_once(':').ok_or(Trouble::Unknown)?;
        let (id, amount) = safes.get(name).ok_or(Trouble::Unknown)?;
        let election = play.word(&format!("instrument_election.sale.{id}"))?;
        match noun {
            "shares" => claiming(&play, |claims| claims == id).map(Answer::Number),
            "liquidity_price" => part(*amount, claiming(&play, |claims| claims == id)?),
            "pay" => play.number(&format!("payout.sale.{id}")),
            "election" => Ok(Answer::Terms(elections(&election))),
            // What it takes as shares is what it is paid, where it converts.
            "as_converted" if election == "converts" => play.number(&format!("instrument_payout.sale.{id}")),
            "as_converted" => skipped("what a SAFE that is paid back would take as shares is no result"),
            _ => Err(Trouble::Unknown),
        }
    }))
}

/// The shares with which somebody takes part in the sale: SAFEs by their id, all others by none.
fn claiming(play: &Play, is_wanted: impl Fn(&str) -> bool) -> Result<Decimal, Trouble> {
    let outcome = play.0.outcome();
    let state = played_exit(outcome, 0).ok_or_else(|| Trouble::Engine("there is no sale".to_owned()))?;
    let plan = outcome.plan.exits.first().map(|exit| exit.claimants.as_slice()).unwrap_or_default();
    let mut sum = Exact::ZERO;
    for claim in &state.parts {
        let id = match plan.get(claim.claimant).map(Group::of) {
            Some(Group::Convertible(safe)) => outcome.scenario.convertibles.get(safe).map(|safe| safe.id.as_str()),
            _ => None,
        };
        if is_wanted(id.unwrap_or_default()) {
            sum += claim.shares;
        }
    }
    decimal_of(sum)
}

/// What options are worth where the whole company is worth so much: a listing, whose price counts everything in full.
///
/// A round dilutes first. What has not vested is given up and goes back to the pool, which counts as well.
pub fn option_exit(case: &Case) -> Result<Reader, Trouble> {
    let inputs = case.inputs(&["options", "strike", "fully_diluted", "exit", "extra_dilution", "vested_fraction"])?;
    let options = inputs.number("options")?;
    // A hundredth vests each month.
    let months = inputs.maybe("vested_fraction")?.unwrap_or(Decimal::ONE) * Decimal::ONE_HUNDRED;
    let months = i64::try_from(months).ok().filter(|whole| Decimal::from(*whole) == months);
    let months = months.map_or_else(|| malformed("the vested part is no whole percentage"), Ok)?;
    let day = months_after(OPENING, months)?;
    let company = |schedule: &[(&str, Decimal)]| {
        let mut sheet = Sheet::new();
        let (founders, staff, investor) = (sheet.holder("founders"), sheet.holder("staff"), sheet.holder("investor"));
        let pool = sheet.pool("pool");
        sheet.opens(&founders, inputs.number("fully_diluted")? - options);
        sheet.opens(&pool, options);
        sheet.table("grant.staff");
        sheet.word("pool", &pool);
        sheet.word("holder", &staff);
        sheet.key("shares", digits(options));
        sheet.key("strike", digits(inputs.number("strike")?));
        sheet.key("vesting", "{ months = 100 }");
        for (key, shares) in schedule.iter().filter(|(_, shares)| !shares.is_zero()) {
            sheet.key(key, format!("{{ {day} = {} }}", digits(*shares)));
        }
        if let Some(dilution) = inputs.maybe("extra_dilution")?.filter(|dilution| !dilution.is_zero()) {
            let worth = Decimal::from(1_000_000);
            sheet.table("round.later");
            sheet.key("date", days_after(OPENING, 1)?);
            sheet.key("pre_money", digits(worth - dilution * worth));
            tranche(&mut sheet, "later", 0, &investor, dilution * worth);
        }
        sheet.table("exit.listing");
        sheet.word("kind", "listing");
        sheet.key("date", day);
        sheet.key("pre_money", digits(inputs.number("exit")?));
        Ok::<_, Trouble>(sheet)
    };
    let held = company(&[])?.play(case, "")?;
    let vested = held.at(&format!("grant.staff.vested@{day}"))?;
    let net = company(&[("forfeited", options - vested)])?.play(case, "net")?;
    let cash = company(&[("exercised", vested), ("forfeited", options - vested)])?.play(case, "cash")?;
    Ok(Box::new(move |key| match key {
        "vested" => Ok(Answer::Number(vested)),
        "fully_diluted_at_exit" => held.number("exit.listing.fully_diluted"),
        "price" => held.number("exit.listing.price"),
        "ownership" => held.number("ownership.staff"),
        "net" => net.number("payout.listing.staff"),
        "gross" => cash.number("payout.listing.staff"),
        "exercise_cost" => cash.number("return.listing.staff.invested"),
        _ => Err(Trouble::Unknown),
    }))
}
