//! Every diagnostic capsim can give: the one table of codes.

use super::Severity;

macro_rules! codes {
    ($($variant:ident, $name:literal, $severity:ident, $title:literal, $explanation:literal;)*) => {
        /// The name of a fault or finding, as printed in brackets and listed in docs/errors.md.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name: words joined by hyphens.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// Whether it refuses the input.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What it is, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// Why capsim says it, and what to do.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    Syntax, "syntax", Fault, "not TOML",
        "The text breaks a rule of TOML. All such places of a file are reported at once; the rest of the file is read around them.";
    Encoding, "encoding", Fault, "not UTF-8 text",
        "Scenario files are UTF-8. A byte order mark and Windows line ends are fine; UTF-16, control characters and lone carriage returns are not.";
    EmptyFile, "empty-file", Fault, "nothing in the file",
        "The file holds no key. `capsim init` writes a scenario to start from.";
    FileTooLarge, "file-too-large", Fault, "the file is too large",
        "A scenario file may have 16 MiB, a scenario 1,000 files, 32 of them one behind the other.";
    FileRefused, "file-refused", Fault, "a file that may not be read",
        "`extends` takes relative paths of regular `.toml` files below the working directory or the folder of the first file. `--allow-outside DIR` adds a folder.";
    FileMissing, "file-missing", Fault, "a file that is not there",
        "The path is relative to the file that names it.";
    CyclicExtends, "cyclic-extends", Fault, "files that extend each other in a circle",
        "A file cannot be a difference of itself. The chain is named; break it at any place.";
    UnknownKey, "unknown-key", Fault, "a key the format does not know",
        "Nothing is ignored: a misspelt key would otherwise change nothing and be believed.";
    NotYetSupported, "not-yet-supported", Fault, "a table or key of the format that this version cannot compute",
        "The format knows it, this version cannot play it, and leaving it out in silence would give a wrong answer.";
    MisplacedKey, "misplaced-key", Fault, "a root key below a table header",
        "In TOML a key belongs to the last [header] above it. Keys of the file itself stand before the first header.";
    BadId, "bad-id", Fault, "a name that cannot be an id",
        "Ids are a-z, 0-9 and -, begin with a letter, and have at most 64 characters, so that a path never needs quotes. People read `name`.";
    DuplicateId, "duplicate-id", Fault, "one id for two things",
        "Holders and pools share one set of ids, because results name them side by side.";
    WrongKind, "wrong-kind", Fault, "a value of another kind than the key takes",
        "Each key takes one kind of value; the reference in docs/scenario-format.md lists them.";
    BadLiteral, "bad-literal", Fault, "a number, rate or percentage that cannot be read",
        "Numbers are taken exactly from their digits: at most 28 significant ones, a decimal point, `_` between digits, K, M, B or T behind them. Percentages carry a `%`, rates a `/month`, `/quarter` or `/year`.";
    BadDate, "bad-date", Fault, "a date that is not a day",
        "Dates are written bare, as 2026-03-31: no quotes, no time, and a day that the calendar has.";
    WrongCurrency, "wrong-currency", Fault, "a sum in another currency",
        "A scenario has one currency. A sum in another is converted at the rate in force on its day, from a table as [fx.eur]; without one, adding it would give a wrong total.";
    MissingKey, "missing-key", Fault, "a required key that is not there",
        "What changes the answer and has no harmless default must be said.";
    TwoAlternatives, "two-alternatives", Fault, "two keys of which a thing has one",
        "For example a pre-money and a post-money: one is held, the other follows. An overlay that names one drops an inherited other; within one layer both are a contradiction.";
    UnusedKey, "unused-key", Fault, "a key that would change nothing",
        "Beside what else the table says, nothing reads this key. It is refused rather than ignored.";
    FigureWithoutValue, "figure-without-value", Fault, "a figure that lacks its value",
        "A table without `value` edits an inherited figure; here there is none to edit.";
    BadFigure, "bad-figure", Fault, "a figure whose parts contradict each other",
        "`low` is at most `value`, `value` at most `high`; quantiles and deviations belong to the shapes that have them.";
    UnknownReference, "unknown-reference", Fault, "a name that is declared nowhere",
        "References never create. An id named in a value is declared in a table of its own.";
    UnknownPath, "unknown-path", Fault, "a path that leads nowhere",
        "`--set` and `remove` act on what exists. Files and cases may create; the command line may not.";
    UnknownCase, "unknown-case", Fault, "a case that is not declared",
        "Cases are tables [case.NAME] of the file or of a file it extends.";
    CyclicCases, "cyclic-cases", Fault, "cases that extend each other in a circle",
        "A case is a difference of others, never of itself.";
    CyclicConditions, "cyclic-conditions", Fault, "conditions that wait for each other in a circle",
        "A condition made of others cannot be part of them.";
    Stakes, "stakes", Fault, "opening stakes that are not a whole company",
        "Stakes add up to exactly 100 %, or one of them is \"rest\". There is no hidden tolerance.";
    SplitSum, "split-sum", Fault, "parts that are not a whole",
        "The parts of a split add up to exactly 100 %, or one of them is \"rest\".";
    NotPositive, "not-positive", Fault, "an amount that must be above zero",
        "A valuation, price, share count or unit of account of zero leaves nothing to divide by.";
    OutOfRange, "out-of-range", Fault, "a value outside what makes sense",
        "Percentages of a whole lie between 0 % and 100 %, counts and amounts of money invested are not negative.";
    RoundingMissing, "rounding-missing", Fault, "share counts without a rounding rule",
        "A table of shares is rounded somewhere. Where, and in which direction, decides single shares, so it is declared in [rounding].";
    NotWhole, "not-whole", Fault, "a part of a share where shares are whole",
        "[rounding] says that shares are whole.";
    AfterDeadline, "after-deadline", Fault, "a date after its deadline",
        "What can happen only after the last day for it never happens.";
    BeforeOpening, "before-opening", Fault, "an event before the opening table",
        "Nothing happens before the date of [opening]: it is the state everything starts from.";
    Oversubscribed, "oversubscribed", Fault, "tranches that do not fit the target",
        "When tranches add up to more than the target, the scenario says who gives way: cut-back, priority or upsize.";
    MissingDeadline, "missing-deadline", Fault, "an amount on failure without a day to fail",
        "`otherwise` closes when the condition has failed, which needs a last day: `by` of the condition or of the tranche.";
    BurnGap, "burn-gap", Fault, "months of the projection that a burn report does not cover",
        "Months without a figure would count as months without spending, and the money would seem to last.";
    NothingToFill, "nothing-to-fill", Fault, "a total that the named years leave nothing of",
        "`through` spreads what the named years leave of the total over the years that are not named.";
    EventOrder, "event-order", Fault, "an order of events that cannot be kept",
        "`after` names another event of the same day, and no event comes after itself.";
    CannotSolve, "cannot-solve", Fault, "terms that this version cannot solve together",
        "The file may say it, but the result would not be exact. It is refused rather than approximated.";
    NoPrice, "no-price", Fault, "a round without a price",
        "The claims that are fixed in money must be worth less than the pre-money; otherwise no price satisfies them.";
    PoolExhausted, "pool-exhausted", Fault, "more options than the pool has shares",
        "A grant takes unallocated shares of its pool. Increase the pool first, in a round or by a change of kind \"pool-increase\".";
    Arithmetic, "arithmetic", Fault, "a computation without an exact answer",
        "A number grew past 28 digits, was divided by zero or vanished. The event is named; look for a missing or a surplus K, M, B or T.";
    UnknownResult, "unknown-result", Fault, "a result path that names nothing",
        "The paths of a run are the keys of `metrics` in `--format json`.";
    TooManyPoints, "too-many-points", Fault, "a study of too many points",
        "Each point is a whole run of the scenario. A study may have 100,000 of them, a curve of payments 2,000.";
    BadGoal, "bad-goal", Fault, "a condition that cannot be searched for",
        "`solve --until` takes a result, one of `>`, `>=`, `<`, `<=` and `=`, and a value of the result's kind: `ownership.ada > 25%`.";
    BadResultFile, "bad-result-file", Fault, "a file that is not a saved result",
        "`compare` takes scenario files, FILE@CASE, and results saved with `--format json`.";
    TinyAmount, "tiny-amount", Finding, "an amount far below the valuation",
        "Below a thousandth of a percent of the valuation, a number usually lacks its K, M, B or T.";
    Lapsed, "lapsed", Finding, "a tranche that does not close",
        "Its condition fails or is met too late. It was signed and priced all the same.";
    StillOpen, "still-open", Finding, "a tranche that is still open at the end",
        "Its condition is not met within the projection and it has no deadline.";
    BeyondHorizon, "beyond-horizon", Finding, "an event after the horizon",
        "The projection ends at the horizon; the event is not played.";
    LossAsCash, "loss-as-cash", Finding, "a loss used as if it were cash",
        "A loss counts stock pay, depreciation and revaluations that move no cash. The file asks for it with `as_cash = true`.";
    LossNotCash, "loss-not-cash", Finding, "a burn report that gives no runway",
        "Its measure is not cash. `as_cash = true` uses it as cash all the same, and every view says so.";
    Superseded, "superseded", Finding, "a forecast that a later one of the same source replaced",
        "Two reports name one source and were made at two times. Both are kept, and the later one says what was thought last.";
    CountedFrom, "counted-from", Finding, "a cumulative total whose first year matters",
        "A total through a year says where the count ends. Counted from another year it is another burn.";
    CarriedOn, "carried-on", Finding, "one period's figure carried on for years",
        "A source gave a figure for one month, quarter or year. The report uses it for every later one, without growth.";
    RaiseLimit, "raise-limit", Finding, "a round that would have to be raised once more",
        "It was raised as often as `times` allows, and money runs low again.";
    NotRaised, "not-raised", Finding, "a burn report under which no money can be raised",
        "The rounds raised when needed have no answer under this report, so it gives no runway; or its money ends before one could be raised.";
    CovenantBroken, "covenant-broken", Finding, "cash below what a lender asks for",
        "At a month's end cash is below the covenant while something is owed. `on_breach` says what follows.";
    DebtAtExit, "debt-at-exit", Finding, "debts that are owed when the company is sold",
        "A sale pays the `debt` it says. What [debt.ID] owes by then, under each report, is not taken from it.";
    TakeOrPay, "take-or-pay", Finding, "spending that is owed even if unused",
        "A report with lines that name the counterparty says how much of a commitment it uses; what it leaves is paid on top. Another does not say.";
    AboveAuthorised, "above-authorised", Finding, "more shares than are authorised",
        "The charter would have to be amended before these shares can be issued.";
    Short, "short", Finding, "fewer shares than were to be moved",
        "What is exercised, given up, bought back or converted is at most what is there.";
    NotConverted, "not-converted", Finding, "a trigger without a price",
        "The trigger of a note was met, and neither a cap nor a last price says at which price it converts. It stays outstanding.";
    RightUnused, "right-unused", Finding, "a pro rata right that is not used",
        "A SAFE's side letter gives a right in the round that converts it. The round does not say that its holder takes it.";
    Unvested, "unvested", Finding, "more options exercised than have vested",
        "The plan may allow it. The shares are counted as any others.";
    Outstanding, "outstanding", Finding, "a convertible that is still outstanding at the end",
        "No round, trigger or maturity has converted it or paid it back. It is in no cap table.";
    Overhang, "overhang", Finding, "a SAFE or note whose shares are owed more than was put in",
        "It became shares of the round's own class at a lower price, and the preference of that class is of the round's price. Give it a class of its own with `into` if its preference is of what it paid.";
    SaleCapped, "sale-capped", Finding, "a sale of more shares than the seller holds",
        "The seller sells what it has.";
    NoLastPrice, "no-last-price", Finding, "a price relative to the last one where there is none",
        "No round has set a price yet, so nothing is sold.";
    NothingRaised, "nothing-raised", Finding, "a round in which nobody takes part",
        "Every tranche is zero. The round does not happen: no price, no pool increase.";
    BelowTarget, "below-target", Finding, "a round that does not reach its target",
        "The tranches add up to less than the target. The valuation counts what is committed.";
    InheritedCase, "inherited-case", Finding, "an inherited case that no longer applies",
        "The file it comes from may still use it; here it is refused.";
    NotCutOff, "not-cut-off", Finding, "draws where a figure makes no sense",
        "A normal reaches below zero and past 100 % unless `low` and `high` cut it off. More than one draw in a million would lie there.";
    HeldFixed, "held-fixed", Finding, "a correlation of a figure that does not vary",
        "An overlay took its shape away, so there is nothing to move together. Without the overlay the correlation holds.";
    SimilarNames, "similar-names", Finding, "two holders with nearly the same name",
        "They are counted as two. If they are one, give one id to both.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
