//! What several tests share: texts held in memory, a way to play them, and random scenarios as data.
#![allow(dead_code, reason = "each test is a crate of its own and uses a part of this")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use capsim::diagnostics::Bag;
use capsim::diagnostics::Code;
use capsim::diagnostics::Sources;
use capsim::document::Document;
use capsim::document::FileRefusal;
use capsim::document::FileText;
use capsim::document::Files;
use capsim::document::Request;
use capsim::document::load;
use capsim::exchange::RunResult;
use capsim::exchange::run_result;
use capsim::outcome::Outcome;
use capsim::outcome::run;
use capsim::scenario::scenario;
use capsim::units::Day;
use capsim::units::Decimal;
use proptest::prelude::*;

// ------------------------------------------------------------------------------------------- texts and plays

/// Files by name, in memory; a path is relative to the folder of the file that names it.
#[derive(Debug, Clone, Default)]
pub struct Shelf(pub BTreeMap<String, Vec<u8>>);

impl Shelf {
    pub fn with(mut self, name: &str, text: impl Into<Vec<u8>>) -> Shelf {
        self.0.insert(name.to_owned(), text.into());
        self
    }

    /// Every TOML file below a folder of the repository, by its path from there.
    pub fn of_folder(folder: &str) -> Shelf {
        fn gather(root: &Path, folder: &Path, shelf: &mut Shelf) {
            for entry in fs::read_dir(folder).expect("the folder is there") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    gather(root, &path, shelf);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    let name = path.strip_prefix(root).expect("below the root").to_str().expect("UTF-8").to_owned();
                    shelf.0.insert(name, fs::read(&path).expect("a file that can be read"));
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut shelf = Shelf::default();
        gather(&root, &root, &mut shelf);
        shelf
    }

    /// Plays `FILE` or `FILE@CASE` with some `PATH=VALUE`.
    pub fn play(&mut self, target: &str, set: &[&str]) -> Played {
        let (path, case) = target.split_once('@').map_or((target, None), |(path, case)| (path, Some(case)));
        self.request(&Request {
            path: path.to_owned(),
            cases: case.into_iter().map(str::to_owned).collect(),
            set: set.iter().map(|text| (*text).to_owned()).collect(),
            ..Request::default()
        })
    }

    pub fn request(&mut self, request: &Request) -> Played {
        let mut played = Played { sources: Sources::default(), bag: Bag::default(), document: None, outcome: None };
        played.document = load(request, self, &mut played.sources, &mut played.bag);
        if let Some(document) = &played.document
            && let Some(scenario) = scenario(document, &mut played.bag)
        {
            played.outcome = run(scenario, &mut played.bag);
        }
        played
    }
}

impl Files for Shelf {
    fn read(&mut self, from: Option<&str>, path: &str) -> Result<FileText, FileRefusal> {
        let folder =
            from.and_then(|from| from.rsplit_once('/')).map_or(String::new(), |(folder, _)| folder.to_owned() + "/");
        let mut parts: Vec<&str> = Vec::new();
        let whole = folder + path;
        for part in whole.split('/') {
            if part != ".." || parts.pop().is_none() {
                parts.push(part);
            }
        }
        let key = parts.join("/");
        match self.0.get(&key) {
            Some(bytes) => Ok(FileText { name: key.clone(), key, bytes: bytes.clone() }),
            None => Err(FileRefusal { code: Code::FileMissing, message: key, help: "not on the shelf".to_owned() }),
        }
    }
}

/// A scenario as far as it came.
pub struct Played {
    pub sources: Sources,
    pub bag: Bag,
    pub document: Option<Document>,
    pub outcome: Option<Outcome>,
}

impl Played {
    pub fn faults(&self) -> Vec<String> {
        let at = |span| self.sources.place(span);
        let text = |place: String, code: Code, message: &str| format!("{place}: {message} [{code}]");
        let faults = self.bag.faults();
        faults.into_iter().map(|f| text(f.span.map(at).unwrap_or_default(), f.code, &f.message)).collect()
    }

    /// What the play left.
    pub fn outcome(&self) -> &Outcome {
        self.outcome.as_ref().unwrap_or_else(|| panic!("refused: {:#?}", self.faults()))
    }

    /// Everything it says, as data.
    pub fn result(&self) -> RunResult {
        let document = self.document.as_ref().unwrap_or_else(|| panic!("refused: {:#?}", self.faults()));
        run_result(self.outcome(), document, &self.sources, &self.bag)
    }
}

/// Does something with the stack of a main thread: that of a test is too small for many draws side by side where
/// nothing is optimised.
pub fn with_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(32 << 20).spawn_scoped(scope, work).expect("a thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Plays one text.
pub fn play(text: &str) -> Played {
    Shelf::default().with("scenario.toml", text).play("scenario.toml", &[])
}

/// Whether two printed values are the same: numbers to a part of their size, anything else letter by letter.
pub fn agree(a: &str, b: &str, part: Decimal) -> bool {
    // Of small numbers an oracle prints more places than a decimal has.
    let read = |text: &str| Decimal::from_str_exact(text).or_else(|_| text.parse());
    match (read(a), read(b)) {
        (Ok(a), Ok(b)) => near(a, b, part),
        _ => a == b,
    }
}

/// Whether two numbers are the same to a part of their size; what differs by 1e-20 is the same in any case.
pub fn near(a: Decimal, b: Decimal, part: Decimal) -> bool {
    let (apart, size) = ((a - b).abs(), a.abs().max(b.abs()));
    // Divided before comparing: a size times a small part could need more than 28 digits.
    apart <= Decimal::new(1, 20) || apart / size <= part
}

// ------------------------------------------------------------------------------------------- random scenarios

/// A scenario as data, so that a property can change one thing of it. Owners and conditions are named by number.
#[derive(Debug, Clone)]
pub struct Model {
    pub title: String,
    pub currency: String,
    pub opened: Day,
    pub as_of: Day,
    pub horizon: Day,
    /// The directions of prices, of shares issued and of the pool, where shares are whole; prices have four places.
    pub whole: Option<[&'static str; 3]>,
    /// Holders, then pools.
    pub owners: Vec<Owner>,
    /// The ratio of each class.
    pub classes: Vec<&'static str>,
    /// The unit of account; lines are then in percent.
    pub unit: Option<Decimal>,
    pub opening: Vec<Line>,
    pub conditions: Vec<Condition>,
    pub rounds: Vec<Round>,
    pub sales: Vec<Sale>,
    pub cash: Option<[Decimal; 2]>,
    pub burns: Vec<Burn>,
    pub commitments: Vec<Commitment>,
}

#[derive(Debug, Clone)]
pub struct Owner {
    pub id: String,
    pub name: Option<String>,
    pub is_pool: bool,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub owner: usize,
    pub class: Option<usize>,
    pub count: Decimal,
    pub is_rest: bool,
}

#[derive(Debug, Clone)]
pub struct Condition {
    pub expected: bool,
    pub date: Option<Day>,
    pub by: Option<Day>,
}

#[derive(Debug, Clone)]
pub struct Round {
    pub id: String,
    pub date: Day,
    /// `pre_money`, `post_money` or `price`.
    pub held: &'static str,
    pub value: Decimal,
    pub target: Option<(Decimal, &'static str)>,
    pub class: Option<usize>,
    pub pool: Option<Pool>,
    pub tranches: Vec<Tranche>,
}

#[derive(Debug, Clone)]
pub struct Pool {
    pub owner: usize,
    pub percent: Decimal,
    /// `pre-money` or `post-money`.
    pub within: &'static str,
}

#[derive(Debug, Clone)]
pub struct Tranche {
    pub investor: usize,
    pub in_shares: bool,
    pub size: Decimal,
    pub priority: u32,
    pub date: Day,
    pub paid: Option<Day>,
    pub waits: Option<Wait>,
    pub optional: bool,
    pub price: Price,
    pub in_kind: Option<InKind>,
}

#[derive(Debug, Clone)]
pub struct Wait {
    pub condition: usize,
    pub notice_days: u32,
    pub by: Option<Day>,
    pub otherwise: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Price {
    Rule(&'static str),
    Own(Decimal),
}

#[derive(Debug, Clone)]
pub struct InKind {
    pub cash_percent: u32,
    pub months: u32,
    pub unused: &'static str,
    pub eligible_percent: u32,
}

#[derive(Debug, Clone)]
pub struct Sale {
    pub id: String,
    pub date: Day,
    pub from: Vec<(usize, u32)>,
    pub to: Vec<(usize, u32)>,
    pub in_shares: bool,
    pub size: Decimal,
    /// `price` or `discount`, and the number.
    pub priced: (&'static str, Decimal),
}

#[derive(Debug, Clone)]
pub struct Burn {
    pub form: BurnForm,
    pub amount: Decimal,
    pub growth: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BurnForm {
    Monthly,
    QuarterlyGrowing,
    Phased,
    ByYear,
    Through,
}

#[derive(Debug, Clone)]
pub struct Commitment {
    pub to: usize,
    pub amount: Decimal,
    pub from: Day,
    pub months: u32,
    pub within_burn: bool,
}

impl Model {
    pub fn text(&self) -> String {
        self.blocks().concat()
    }

    pub fn play(&self) -> Played {
        play(&self.text())
    }

    fn id(&self, owner: usize) -> &str {
        &self.owners[owner].id
    }

    /// The file as its head and a table a thing; in any order of the tables it is the same scenario.
    pub fn blocks(&self) -> Vec<String> {
        let mut all = vec![format!(
            "title = {}\ncurrency = \"{}\"\nas_of = {}\nhorizon = {}\n",
            quoted(&self.title),
            self.currency,
            self.as_of,
            self.horizon
        )];
        for owner in &self.owners {
            let table = if owner.is_pool { "pool" } else { "holder" };
            let name = owner.name.as_ref().map(|name| format!("name = {}\n", quoted(name))).unwrap_or_default();
            all.push(format!("[{table}.{}]\n{name}", owner.id));
        }
        for (index, ratio) in self.classes.iter().enumerate() {
            all.push(format!("[class.series-{index}]\nkind = \"preferred\"\nratio = \"{ratio}\"\n"));
        }
        if let Some([price, issued, pool]) = self.whole {
            all.push(format!(
                "[rounding]\nshares = \"whole\"\nprice_places = 4\nprice = \"{price}\"\nshares_issued = \"{issued}\"\n\
                 shares_converted = \"down\"\npool = \"{pool}\"\n"
            ));
        } else if self.unit.is_none() {
            all.push("[rounding]\nshares = \"fractional\"\n".to_owned());
        }
        all.push(self.opening_block());
        for (index, condition) in self.conditions.iter().enumerate() {
            let mut block = format!("[condition.event-{index}]\nexpected = {}\n", condition.expected);
            put(&mut block, "date", condition.date);
            put(&mut block, "by", condition.by);
            all.push(block);
        }
        for round in &self.rounds {
            self.round_blocks(round, &mut all);
        }
        for sale in &self.sales {
            let split = |parts: &[(usize, u32)]| {
                let parts: Vec<String> =
                    parts.iter().map(|(owner, percent)| format!("{} = \"{percent}%\"", self.id(*owner))).collect();
                format!("{{ {} }}", parts.join(", "))
            };
            let size = if sale.in_shares { "shares" } else { "amount" };
            let (key, number) = sale.priced;
            let percent = if key == "discount" { "%" } else { "" };
            all.push(format!(
                "[secondary.{}]\ndate = {}\nfrom = {}\nto = {}\n{size} = \"{}\"\n{key} = \"{number}{percent}\"\n",
                sale.id,
                sale.date,
                split(&sale.from),
                split(&sale.to),
                sale.size
            ));
        }
        if let Some([opening, minimum]) = self.cash {
            all.push(format!("[cash]\nopening = \"{opening}\"\nminimum = \"{minimum}\"\n"));
        }
        for (index, burn) in self.burns.iter().enumerate() {
            all.push(self.burn_block(index, burn));
        }
        for (index, commitment) in self.commitments.iter().enumerate() {
            all.push(format!(
                "[commitment.lease-{index}]\nto = \"{}\"\namount = \"{}\"\nfrom = {}\nmonths = {}\nwithin_burn = {}\n",
                self.id(commitment.to),
                commitment.amount,
                commitment.from,
                commitment.months,
                commitment.within_burn
            ));
        }
        all
    }

    fn opening_block(&self) -> String {
        let key = if self.unit.is_some() { "stake" } else { "shares" };
        let mut block = format!("[opening]\ndate = {}\n", self.opened);
        put(&mut block, "fully_diluted", self.unit);
        let count = |line: &Line| match (line.is_rest, self.unit) {
            (true, _) => "\"rest\"".to_owned(),
            (false, Some(_)) => format!("\"{}%\"", line.count),
            (false, None) => line.count.to_string(),
        };
        for line in self.opening.iter().filter(|line| line.class.is_none()) {
            let _ = writeln!(block, "{key}.{} = {}", self.id(line.owner), count(line));
        }
        for (index, line) in self.opening.iter().enumerate() {
            let Some(class) = line.class else { continue };
            let holder = self.id(line.owner);
            let _ = writeln!(
                block,
                "position.line-{index} = {{ holder = \"{holder}\", class = \"series-{class}\", {key} = {} }}",
                count(line)
            );
        }
        block
    }

    fn round_blocks(&self, round: &Round, all: &mut Vec<String>) {
        let mut block = format!("[round.{}]\ndate = {}\n{} = \"{}\"\n", round.id, round.date, round.held, round.value);
        if let Some((target, rule)) = round.target {
            let _ = writeln!(block, "target = \"{target}\"\noversubscription = \"{rule}\"");
        }
        put(&mut block, "class", round.class.map(|class| format!("\"series-{class}\"")));
        if let Some(pool) = &round.pool {
            let id = self.id(pool.owner);
            let _ = writeln!(
                block,
                "pool = {{ id = \"{id}\", target = \"{}%\", counts = \"unallocated\", in = \"{}\" }}",
                pool.percent, pool.within
            );
        }
        all.push(block);
        for (index, tranche) in round.tranches.iter().enumerate() {
            let mut block =
                format!("[round.{}.tranche.part-{index}]\ninvestor = \"{}\"\n", round.id, self.id(tranche.investor));
            put(
                &mut block,
                if tranche.in_shares { "shares" } else { "amount" },
                Some(quoted(&tranche.size.to_string())),
            );
            put(&mut block, "priority", Some(tranche.priority));
            put(&mut block, "date", Some(tranche.date));
            put(&mut block, "paid", tranche.paid);
            put(&mut block, "optional", Some(tranche.optional));
            match &tranche.price {
                Price::Rule(rule) => put(&mut block, "price", Some(format!("\"{rule}\""))),
                Price::Own(price) => put(&mut block, "price", Some(format!("\"{price}\""))),
            }
            if let Some(wait) = &tranche.waits {
                put(&mut block, "condition", Some(format!("\"event-{}\"", wait.condition)));
                put(&mut block, "notice_days", Some(wait.notice_days));
                put(&mut block, "by", wait.by);
                put(&mut block, "otherwise", wait.otherwise.map(|amount| format!("\"{amount}\"")));
            }
            if let Some(kind) = &tranche.in_kind {
                let _ = writeln!(
                    block,
                    "consideration = {{ cash = \"{}%\", compute = \"rest\" }}\n\
                     drawdown = {{ months = {}, unused = \"{}\", eligible = \"{}%\" }}",
                    kind.cash_percent, kind.months, kind.unused, kind.eligible_percent
                );
            }
            all.push(block);
        }
    }

    fn burn_block(&self, index: usize, burn: &Burn) -> String {
        let Burn { amount, growth, .. } = burn;
        let years = self.as_of.year()..=self.horizon.year();
        let body = match burn.form {
            BurnForm::Monthly => format!("rate = \"{amount}/month\"\n"),
            BurnForm::QuarterlyGrowing => format!("rate = \"{amount}/quarter\"\ngrowth = \"{growth}%/quarter\"\n"),
            BurnForm::Phased => {
                let from = self.as_of.plus_days(100).expect("a day");
                format!("rate = \"{amount}/month\"\nphase.later = {{ from = {from}, growth = \"{growth}%/month\" }}\n")
            }
            BurnForm::ByYear => years.map(|year| format!("by_year.{year} = \"{amount}\"\n")).collect(),
            BurnForm::Through => {
                let (first, last) = (years.start(), years.end());
                format!(
                    "through = {{ from = {first}, year = {last}, total = \"{amount}\", fill = \"{growth}%/year\" }}\n"
                )
            }
        };
        format!("[burn.report-{index}]\nmeasure = \"cash\"\n{body}")
    }
}

fn put(block: &mut String, key: &str, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        let _ = writeln!(block, "{key} = {value}");
    }
}

/// A text as TOML.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// Numbers from which a scenario is built, read one after the other. Smaller numbers make a simpler scenario and
/// behind the end there are only zeros, so that proptest shrinks it.
struct Tape<'a>(std::slice::Iter<'a, u32>);

impl Tape<'_> {
    fn next(&mut self) -> u32 {
        self.0.next().copied().unwrap_or(0)
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.next()) % (high - low + 1)
    }

    fn count(&mut self, low: u32, high: u32) -> u32 {
        low + self.next() % (high - low + 1)
    }

    fn index(&mut self, length: usize) -> usize {
        self.next() as usize % length
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.between(0, 99) >= 100 - percent
    }

    fn pick<T: Clone>(&mut self, words: &[T]) -> T {
        words[self.index(words.len())].clone()
    }

    /// A number spread over orders of magnitude, with three digits.
    fn sized(&mut self, orders: std::ops::RangeInclusive<u32>) -> Decimal {
        let power = self.count(*orders.start(), *orders.end());
        Decimal::from(self.count(100, 999)) * Decimal::from(10u64.pow(power)) / Decimal::ONE_HUNDRED
    }

    /// So many thousandths of an amount, without decimals.
    fn part(&mut self, of: Decimal, low: i64, high: i64) -> Decimal {
        (of * Decimal::from(self.between(low, high)) / Decimal::from(1000)).round().max(Decimal::ONE)
    }
}

/// Random scenarios; nearly all of them are accepted.
pub fn models() -> impl Strategy<Value = Model> {
    proptest::collection::vec(any::<u32>(), 300).prop_map(|tape| build(&mut Tape(tape.iter())))
}

fn build(tape: &mut Tape<'_>) -> Model {
    let opened = Day::new(2025, 1, 1).and_then(|day| day.plus_days(tape.between(0, 364))).expect("a day");
    let as_of = opened.plus_days(tape.between(0, 500)).expect("a day");
    let horizon = as_of.plus_days(tape.between(300, 1800)).expect("a day");
    let mut value = tape.sized(5..=11);
    let mut price = tape.sized(0..=2);
    let holders = 2 + tape.index(4);
    let pools = tape.index(3);
    let in_stakes = tape.chance(40);
    let directions = ["down", "up", "nearest"];
    let whole = (!in_stakes && tape.chance(50)).then(|| [(); 3].map(|()| tape.pick(&directions)));
    let classes: Vec<&str> = (0..tape.index(3)).map(|_| tape.pick(&["1", "3:1", "1.25", "1:2", "2"])).collect();
    let owner = |number: usize| {
        let is_pool = number >= holders;
        let id = if is_pool { format!("pool-{number}") } else { format!("holder-{number}") };
        Owner { id, name: None, is_pool }
    };
    let owners: Vec<Owner> = (0..holders + pools).map(owner).collect();
    let (opening, unit) = opening(tape, &owners, classes.len(), value / price, in_stakes);
    let fully_diluted: Decimal = unit.unwrap_or_else(|| opening.iter().map(|line| line.count).sum());
    price = (value / fully_diluted).round_dp(4).max(Decimal::new(1, 4));
    let conditions: Vec<Condition> = (0..tape.between(1, 3))
        .map(|_| {
            let date = tape.chance(50).then(|| as_of.plus_days(tape.between(-100, 600)).expect("a day"));
            let by = tape.chance(50).then(|| date.unwrap_or(as_of).plus_days(tape.between(30, 600)).expect("a day"));
            Condition { expected: !tape.chance(40), date, by }
        })
        .collect();
    let mut rounds = Vec::new();
    let mut date = opened;
    for number in 0..tape.between(1, 4) {
        date = date.plus_days(tape.between(1, 350)).expect("a day");
        let step = Decimal::from(tape.between(70, 220)) / Decimal::ONE_HUNDRED;
        (value, price) = ((value * step).round(), (price * step).round_dp(4).max(Decimal::new(1, 4)));
        let raise = tape.part(value, 10, 350);
        rounds.push(round(tape, number, date, [value, price, raise], &owners, classes.len(), &conditions));
        value += raise;
    }
    let mut date = opened;
    let sales = (0..tape.index(3))
        .filter_map(|number| {
            date = date.plus_days(tape.between(1, 300)).expect("a day");
            sale(tape, number, date, [value, price], holders)
        })
        .collect();
    let monthly = tape.part(value, 1, 30);
    let has_cash = tape.chance(80);
    let forms = [BurnForm::Monthly, BurnForm::QuarterlyGrowing, BurnForm::Phased, BurnForm::ByYear, BurnForm::Through];
    let burns = (0..if has_cash { tape.index(4) } else { 0 }).map(|_| {
        let form = tape.pick(&forms);
        let scale = if matches!(form, BurnForm::ByYear) { 12 } else { 1 };
        Burn { form, amount: tape.part(monthly, 300, 3000) * Decimal::from(scale), growth: tape.between(-5, 8) }
    });
    let burns = burns.collect();
    let commitments = (0..if has_cash { tape.index(3) } else { 0 }).map(|_| Commitment {
        to: tape.index(holders),
        amount: tape.part(monthly, 1000, 30_000),
        from: as_of.plus_days(tape.between(-200, 500)).expect("a day"),
        months: tape.count(1, 84),
        within_burn: tape.chance(50),
    });
    let commitments = commitments.collect();
    let cash = has_cash.then(|| [tape.part(monthly, 0, 20_000), tape.part(monthly, 0, 3000)]);
    Model {
        title: "A random scenario".to_owned(),
        currency: "USD".to_owned(),
        opened,
        as_of,
        horizon,
        whole,
        owners,
        classes,
        unit,
        opening,
        conditions,
        rounds,
        sales,
        cash,
        burns,
        commitments,
    }
}

/// Everybody but the last holder has a line; some have another in a class of their own.
fn opening(
    tape: &mut Tape<'_>,
    owners: &[Owner],
    classes: usize,
    about: Decimal,
    in_stakes: bool,
) -> (Vec<Line>, Option<Decimal>) {
    let last_holder = owners.iter().rposition(|owner| !owner.is_pool).expect("a holder");
    let mut lines: Vec<Line> = (0..owners.len())
        .filter(|owner| *owner != last_holder)
        .map(|owner| Line { owner, class: None, count: Decimal::ZERO, is_rest: false })
        .collect();
    for class in 0..classes {
        if tape.chance(60) {
            let owner = tape.index(last_holder + 1);
            lines.push(Line { owner, class: Some(class), count: Decimal::ZERO, is_rest: false });
        }
    }
    if !in_stakes {
        let each = about / Decimal::from(lines.len());
        for line in &mut lines {
            line.count = tape.part(each, 200, 2000) + Decimal::from(10);
        }
        return (lines, None);
    }
    let mut left = 10_000;
    let many = i64::try_from(lines.len()).expect("a few lines");
    for line in &mut lines[1..] {
        let part = tape.between(1, 20_000 / many / 2);
        line.count = Decimal::new(part, 2);
        left -= part;
    }
    lines[0].count = Decimal::new(left, 2);
    lines[0].is_rest = tape.chance(50);
    (lines, Some(tape.pick(&[1_000_000_000, 10_000_000, 12_345_678, 100]).into()))
}

fn round(
    tape: &mut Tape<'_>,
    number: i64,
    date: Day,
    [value, price, raise]: [Decimal; 3],
    owners: &[Owner],
    classes: usize,
    conditions: &[Condition],
) -> Round {
    let pools = owners.iter().filter(|owner| owner.is_pool).count();
    let holders = owners.len() - pools;
    let held = tape.pick(&["pre_money", "post_money", "price"]);
    let target = tape.chance(40).then(|| (tape.part(raise, 500, 1400), tape.pick(&["cut-back", "priority", "upsize"])));
    let pool = (pools > 0 && tape.chance(60)).then(|| Pool {
        owner: holders + tape.index(pools),
        percent: Decimal::new(tape.between(50, 2000), 2),
        within: tape.pick(&["pre-money", "post-money"]),
    });
    let many = tape.between(1, 4);
    let tranches = (0..many).map(|_| {
        let amount = tape.part(raise / Decimal::from(many), 300, 1500);
        tranche(tape, date, amount, price, holders, target.is_some(), conditions)
    });
    let tranches = tranches.collect();
    let class = (classes > 0 && tape.chance(40)).then(|| tape.index(classes));
    let value = match held {
        "price" => price,
        "post_money" => value + raise + raise,
        _ => value,
    };
    Round { id: format!("round-{number}"), date, held, value, target, class, pool, tranches }
}

fn tranche(
    tape: &mut Tape<'_>,
    signed: Day,
    amount: Decimal,
    price: Decimal,
    holders: usize,
    has_target: bool,
    conditions: &[Condition],
) -> Tranche {
    let days = |day: Day, days: i64| day.plus_days(days).expect("a day");
    let date = if tape.chance(35) { days(signed, tape.between(0, 250)) } else { signed };
    let waits = tape.chance(35).then(|| {
        let condition = tape.index(conditions.len());
        let by = tape.chance(50).then(|| days(date, tape.between(5, 400)));
        let has_deadline = by.is_some() || conditions[condition].by.is_some();
        let otherwise = (has_deadline && tape.chance(50)).then(|| tape.part(amount, 100, 800));
        Wait { condition, notice_days: tape.count(0, 40), by, otherwise }
    });
    let in_shares = !has_target && tape.chance(15);
    Tranche {
        investor: tape.index(holders),
        in_shares,
        size: if in_shares { (amount / price).round().max(Decimal::ONE) } else { amount },
        priority: tape.count(1, 3),
        date,
        paid: (waits.is_none() && tape.chance(20)).then(|| days(date, tape.between(1, 150))),
        waits,
        optional: tape.chance(10),
        price: match tape.index(9) {
            6 => Price::Rule("closing"),
            7 => Price::Rule("latest"),
            8 => Price::Own((price * Decimal::new(tape.between(80, 130), 2)).round_dp(4).max(Decimal::new(1, 4))),
            _ => Price::Rule("signing"),
        },
        in_kind: tape.chance(30).then(|| InKind {
            cash_percent: tape.count(0, 100),
            months: tape.count(1, 36),
            unused: tape.pick(&["lost", "carried"]),
            eligible_percent: tape.count(0, 100),
        }),
    }
}

fn sale(tape: &mut Tape<'_>, number: usize, date: Day, [value, price]: [Decimal; 2], holders: usize) -> Option<Sale> {
    let sellers = 1 + tape.index(holders - 1).min(1);
    let parts = |tape: &mut Tape<'_>, owners: std::ops::Range<usize>| -> Vec<(usize, u32)> {
        let first = if owners.len() == 1 { 100 } else { tape.count(10, 90) };
        let parts = [first, 100 - first];
        owners.zip(parts).collect()
    };
    let buyers = if holders - sellers > 1 && tape.chance(50) { 2 } else { 1 };
    let from = parts(tape, 0..sellers);
    let to = parts(tape, sellers..sellers + buyers);
    let in_shares = tape.chance(50);
    let amount = tape.part(value, 1, 60);
    let priced = if tape.chance(50) {
        ("discount", Decimal::from(tape.between(0, 40)))
    } else {
        ("price", (price * Decimal::new(tape.between(60, 120), 2)).round_dp(4).max(Decimal::new(1, 4)))
    };
    let size = if in_shares { (amount / price).round().max(Decimal::ONE) } else { amount };
    Some(Sale { id: format!("sale-{number}"), date, from, to, in_shares, size, priced })
}

pub mod instruments;
