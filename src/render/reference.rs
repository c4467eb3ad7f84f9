//! The reference of the scenario format as a markdown page: every table and key, figures, literals, ids.
//!
//! It follows `format::ROOT` and nothing else, so the page cannot drift from what is read. Lacks on purpose:
//! explanation by example; that is written by hand.

use crate::format::FIGURE_KEYS;
use crate::format::Family;
use crate::format::Key;
use crate::format::Kind;
use crate::format::Need;
use crate::format::Quantity;
use crate::format::RESERVED_IDS;
use crate::format::ROOT;
use crate::format::SHAPES;
use crate::format::STATUSES;
use crate::format::Table;

/// The page.
#[must_use]
pub fn reference() -> String {
    let tables = tables();
    let mut page = Page::default();
    page.line("# The scenario format: every table and key");
    page.paragraph(
        "Written by capsim from the one declaration of the format; not edited by hand. An unknown key is refused.",
    );
    page.line("## Tables");
    for table in &tables {
        page.table(table);
    }
    page.common_keys(&tables);
    page.figures();
    page.literals();
    page.ids();
    page.text
}

/// Every quantity, in the order of the page.
const QUANTITIES: [Quantity; 13] = [
    Quantity::Money,
    Quantity::Price,
    Quantity::TranchePrice,
    Quantity::Count,
    Quantity::Number,
    Quantity::Rank,
    Quantity::Ratio,
    Quantity::Percent,
    Quantity::Share,
    Quantity::Rate,
    Quantity::Growth,
    Quantity::Fill,
    Quantity::Day,
];

/// What a quantity is called, and how its literals are written.
pub(super) fn words(quantity: Quantity) -> (&'static str, &'static str) {
    match quantity {
        Quantity::Money => (
            "money",
            "`\"50B\"`, `\"$50B\"`, `\"USD 50B\"`, `600_000`, `730.25`, `\"-12B\"`; K, M, B and T stand for 3, 6, 9 and 12 zeros; in another currency, as `\"EUR 5M\"`, with its rate in `[fx.ID]`",
        ),
        Quantity::Price => ("price", "money per share: `730.25`, `\"$1.25\"`; not negative"),
        Quantity::TranchePrice => ("tranche price", "`\"signing\"`, `\"closing\"`, `\"latest\"`, or a price"),
        Quantity::Count => ("count", "`9_000_000`, `\"9M\"`; not negative; fractions only where shares are fractional"),
        Quantity::Number => ("number", "`1`, `0.2`, `\"1.5\"`; not negative"),
        Quantity::Rank => ("rank", "`0.6`, `-1`, `\"0.25\"`; from -1 to 1"),
        Quantity::Ratio => ("ratio", "`\"3:1\"`, `\"1.25\"`, `1`; above zero"),
        Quantity::Percent => ("percentage", "`\"27%\"`, or a fraction `\"1/3\"`; never a bare number"),
        Quantity::Share => ("part", "a percentage, or `\"rest\"`: what the others leave"),
        Quantity::Rate => ("rate", "`\"12B/quarter\"`: money per month, quarter or year"),
        Quantity::Growth => ("growth", "`\"2%/month\"`, `\"8%/year\"`: a percentage per month, quarter or year"),
        Quantity::Fill => ("fill", "`\"flat\"`, or a growth per year"),
        Quantity::Day => ("date", "`2026-03-31`, bare: no quotes and no time"),
    }
}

/// Every table, each once, after the table that holds it.
fn tables() -> Vec<&'static Table> {
    fn walk(table: &'static Table, all: &mut Vec<&'static Table>) {
        if all.iter().any(|known| known.heading == table.heading) {
            return;
        }
        all.push(table);
        for key in own_keys(table) {
            if let Kind::Table(inner) | Kind::WordOrTable(_, inner) | Kind::Things(_, inner) = key.kind {
                walk(inner, all);
            }
        }
    }
    let mut all = Vec::new();
    walk(&ROOT, &mut all);
    all
}

/// The keys of a table without those that every table takes.
fn own_keys(table: &'static Table) -> impl Iterator<Item = &'static Key> {
    table.keys.iter().flat_map(|keys| keys.iter())
}

/// The keys every table takes.
fn common_keys() -> impl Iterator<Item = &'static Key> {
    ROOT.all_keys().skip(own_keys(&ROOT).count())
}

/// Keys that a table takes over from the root as they are.
fn is_of_root(table: &Table, keys: &[Key]) -> bool {
    let same = |of_root: &[Key]| {
        of_root.len() == keys.len() && of_root.iter().zip(keys).all(|(one, other)| one.name == other.name)
    };
    table.heading != ROOT.heading && ROOT.keys.iter().any(|of_root| same(of_root))
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn paragraph(&mut self, text: &str) {
        self.text.push('\n');
        self.line(text);
        self.text.push('\n');
    }

    fn head<const N: usize>(&mut self, cells: [&str; N]) {
        self.row(cells.map(str::to_owned));
        self.row([const { "---" }; N].map(str::to_owned));
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        let cells = cells
            .map(|cell| if cell.is_empty() { " |".to_owned() } else { format!(" {} |", cell.replace('|', "\\|")) });
        self.line(&format!("|{}", cells.concat()));
    }

    fn keys(&mut self, keys: impl Iterator<Item = &'static Key>) {
        self.head(["key", "takes", "need", "meaning"]);
        for key in keys {
            self.row([code(key.name), takes(key.kind), need(key.need), key.about.to_owned()]);
        }
    }

    fn table(&mut self, table: &'static Table) {
        self.text.push('\n');
        self.line(&format!("### {}", heading(table)));
        self.paragraph(&sentence(table.about));
        self.keys(table.keys.iter().filter(|keys| !is_of_root(table, keys)).flat_map(|keys| keys.iter()));
        for keys in table.keys.iter().filter(|keys| is_of_root(table, keys)) {
            let names = keys.iter().map(|key| code(key.name));
            self.text.push('\n');
            self.line(&format!("It also takes these keys of the root: {}.", names.collect::<Vec<_>>().join(", ")));
        }
        for alternative in table.alternatives {
            let groups: Vec<Vec<String>> =
                alternative.branches.iter().map(|branch| branch.iter().map(|name| code(name)).collect()).collect();
            let count = match (alternative.required, alternative.unless) {
                (true, None) => "Exactly".to_owned(),
                (false, None) => "At most".to_owned(),
                (_, Some(key)) => format!("Unless there is {}, exactly", code(key)),
            };
            let text = if groups.iter().all(|group| group.len() == 1) {
                format!("{count} one of {}.", groups.concat().join(", "))
            } else {
                let groups: Vec<String> = groups.iter().map(|group| group.join(", ")).collect();
                format!("{count} one of these groups: {}.", groups.join("; or "))
            };
            self.text.push('\n');
            self.line(&text);
        }
    }

    fn common_keys(&mut self, tables: &[&'static Table]) {
        self.text.push('\n');
        self.line("### Keys of every table");
        self.text.push('\n');
        self.keys(common_keys());
        for key in common_keys() {
            let others: Vec<String> = tables
                .iter()
                .filter(|table| own_keys(table).any(|own| own.name == key.name))
                .map(|table| linked(table))
                .collect();
            if !others.is_empty() {
                self.text.push('\n');
                self.line(&format!("{} is another key in {}; see there.", code(key.name), others.join(", ")));
            }
        }
    }

    fn figures(&mut self) {
        self.text.push('\n');
        self.line("## Figures");
        self.paragraph(
            "A figure is a literal, or a table with the keys below. A table without `value` edits the figure it inherits.",
        );
        self.head(["key", "takes", "meaning"]);
        for (name, about) in FIGURE_KEYS {
            let takes = match *name {
                "value" | "low" | "high" | "p5" | "p95" => "a literal of the figure's kind".to_owned(),
                "sd" => "a literal of the figure's kind, or a number of days".to_owned(),
                "options" => "array of literals of the figure's kind".to_owned(),
                "sigma" => words(Quantity::Number).0.to_owned(),
                "weights" => format!("array of {}s", words(Quantity::Number).0),
                "shape" => one_of(SHAPES),
                "status" => one_of(STATUSES),
                "source" => takes(Kind::References(Family::Source)),
                "reports" => "table of source id to literal".to_owned(),
                _ => takes(Kind::Text),
            };
            self.row([code(name), takes, (*about).to_owned()]);
        }
    }

    fn literals(&mut self) {
        self.text.push('\n');
        self.line("## Literals");
        self.paragraph(
            "Numbers are taken exactly from their digits: at most 28 significant ones, a decimal point, `_` between digits.",
        );
        self.head(["kind", "written"]);
        for quantity in QUANTITIES {
            let (name, written) = words(quantity);
            self.row([name.to_owned(), written.to_owned()]);
        }
        self.row([
            "schedule".to_owned(),
            "table of period to amount; a period is `2026`, `2026-q1` or `2026-03`".to_owned(),
        ]);
        self.row([
            "split".to_owned(),
            "table of id or label to part, together exactly 100 %; one may be `\"rest\"`".to_owned(),
        ]);
    }

    fn ids(&mut self) {
        self.text.push('\n');
        self.line("## Ids");
        self.text.push('\n');
        self.line(&format!(
            "`a-z`, `0-9` and `-`, beginning with a letter, at most 64 characters; but not {}.",
            one_of(RESERVED_IDS)
        ));
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| code(word)).collect();
    match words.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// A sentence with its capital and its full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn heading(table: &Table) -> String {
    if table.heading.starts_with('[') { code(table.heading) } else { table.heading.to_owned() }
}

/// A link to the section of a table; its anchor is the heading's letters, digits and hyphens.
fn linked(table: &Table) -> String {
    let anchor: String = table.heading.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
    format!("[{}](#{})", heading(table), anchor.to_lowercase())
}

/// What a key takes.
fn takes(kind: Kind) -> String {
    let figure = |quantity| format!("{} figure", words(quantity).0);
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Currency => "code of three capitals".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Whole => "whole number".to_owned(),
        Kind::Day => words(Quantity::Day).0.to_owned(),
        Kind::Word(words) => one_of(words),
        Kind::Reference(family) => format!("id of {}", family.one()),
        Kind::References(family) => format!("id of {}, or array of ids", family.one()),
        Kind::EventPath => "path of an event".to_owned(),
        Kind::Texts => "text, or array of texts".to_owned(),
        Kind::Figure(quantity) => figure(quantity),
        Kind::Schedule(quantity) => format!("schedule: table of period to {}", figure(quantity)),
        Kind::DaySchedule(quantity) => format!("schedule: table of day to {}", figure(quantity)),
        Kind::PerHolder(quantity) => format!("table of holder or pool to {}", figure(quantity)),
        Kind::SplitByHolder => "split by holder".to_owned(),
        Kind::SplitByLabel => "split by label".to_owned(),
        Kind::Table(table) => format!("table {}", linked(table)),
        Kind::WordOrTable(words, table) => format!("{}, or table {}", one_of(words), linked(table)),
        Kind::Things(_, table) => format!("tables {}", linked(table)),
        Kind::InputPair => "array of two paths of figures".to_owned(),
    }
}

fn need(need: Need) -> String {
    match need {
        Need::Required => "required".to_owned(),
        Need::RequiredIf(case) => format!("required if {case}"),
        Need::Default(default) => format!("default: {default}"),
        Need::Optional => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines from a heading to the next of any level.
    fn section<'p>(page: &'p str, heading: &str) -> Vec<&'p str> {
        let lines: Vec<&str> = page.lines().skip_while(|line| *line != heading).collect();
        assert!(!lines.is_empty(), "no section {heading}");
        lines.into_iter().skip(1).take_while(|line| !line.starts_with('#')).collect()
    }

    fn rows_of<'p>(section: &[&'p str], key: &str) -> Vec<&'p str> {
        let start = format!("| `{key}` |");
        section.iter().copied().filter(|line| line.starts_with(&start)).collect()
    }

    #[test]
    fn every_key_stands_once_in_the_section_of_its_table() {
        let page = reference();
        let mut seen = 0;
        for table in tables() {
            let section = section(&page, &format!("### {}", heading(table)));
            assert!(section.contains(&sentence(table.about).as_str()), "{} has its sentence", table.heading);
            for keys in table.keys {
                for key in keys.iter() {
                    let rows = rows_of(&section, key.name);
                    if is_of_root(table, keys) {
                        assert!(section.iter().any(|line| line.contains(&code(key.name))), "{}", key.name);
                    } else {
                        assert_eq!(rows.len(), 1, "{}: {}", table.heading, key.name);
                        assert!(rows[0].ends_with(&format!("| {} |", key.about.replace('|', "\\|"))), "{}", rows[0]);
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 100, "{seen} keys");
    }

    #[test]
    fn what_a_key_needs_is_said() {
        let page = reference();
        let rounding = section(&page, "### `[rounding]`");
        assert!(rows_of(&rounding, "shares")[0].contains("| `whole` or `fractional` | required |"));
        assert!(rows_of(&rounding, "price_places")[0].contains("| whole number | required if shares are whole |"));
        let round = section(&page, "### `[round.ID]`");
        assert!(rows_of(&round, "class")[0].contains("| id of a class | default: a class of its own |"));
        assert!(rows_of(&round, "target")[0].contains("| money figure | | the headline size |"));
        assert!(round.contains(&"Exactly one of `pre_money`, `post_money`, `price`, `step_up`."), "{round:?}");
        let class = section(&page, "### `[class.ID]`");
        let condition = section(&page, "### `[condition.ID]`");
        let groups = "Exactly one of these groups: `expected`, `probability`, `date`, `by`; or `any`; or `all`.";
        assert!(condition.contains(&groups), "{condition:?}");
        assert!(class.contains(&"At most one of `ratio`, `conversion_price`."), "{class:?}");
    }

    #[test]
    fn figures_literals_and_ids_are_whole() {
        let page = reference();
        let figures = section(&page, "## Figures");
        for (name, about) in FIGURE_KEYS {
            let rows = rows_of(&figures, name);
            assert_eq!(rows.len(), 1, "{name}");
            assert!(rows[0].contains(&about.replace('|', "\\|")), "{name}");
        }
        let texts: Vec<&str> = FIGURE_KEYS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| rows_of(&figures, name)[0].contains("| text |"))
            .collect();
        assert_eq!(texts, ["said", "remark"], "a new key of a figure needs a word on what it takes");
        let literals = section(&page, "## Literals");
        for quantity in QUANTITIES {
            let (name, written) = words(quantity);
            assert!(literals.contains(&format!("| {name} | {written} |").as_str()), "{name}");
        }
        let ids = section(&page, "## Ids").concat();
        assert!(RESERVED_IDS.iter().all(|id| ids.contains(&code(id))));
    }

    #[test]
    fn every_quantity_of_the_format_is_explained() {
        let mut used = Vec::new();
        for table in tables() {
            for key in table.all_keys() {
                match key.kind {
                    Kind::Figure(quantity)
                    | Kind::Schedule(quantity)
                    | Kind::DaySchedule(quantity)
                    | Kind::PerHolder(quantity) => {
                        used.push(quantity);
                    }
                    _ => {}
                }
            }
        }
        assert!(used.len() > 30);
        assert!(used.iter().all(|quantity| QUANTITIES.contains(quantity)));
    }

    #[test]
    fn rows_have_as_many_cells_as_their_head_and_links_lead_somewhere() {
        let page = reference();
        let anchors: Vec<String> = page
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
            .map(|heading| heading.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase())
            .collect();
        let (mut rows, mut links, mut width) = (0, 0, None);
        for line in page.lines() {
            if !line.starts_with('|') {
                width = None;
                continue;
            }
            let cells = line.replace("\\|", "").matches('|').count();
            assert_eq!(cells, *width.get_or_insert(cells), "{line}");
            rows += 1;
            for link in line.split("](#").skip(1) {
                let anchor = link.split(')').next().unwrap_or("");
                assert!(anchors.iter().any(|known| known == anchor), "{line}");
                links += 1;
            }
        }
        assert!(rows > 150 && links > 20, "{rows} rows, {links} links");
    }
}
