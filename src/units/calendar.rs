//! Days, months and periods. Plain civil dates: no clock, no time zone.

use std::fmt;

use jiff::Span;
use jiff::civil::Date;

use super::Fraction;

/// A calendar day, printed as `2026-03-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day, if it exists in the calendar.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Day> {
        Date::new(year, month, day).ok().map(Day)
    }

    /// Reads `2026-03-31` and nothing else.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Day> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
            return None;
        }
        Day::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// The month the day is in.
    #[must_use]
    pub fn month(self) -> Month {
        Month { year: self.0.year(), month: self.0.month() }
    }

    /// The year the day is in.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The day of the month, 1 first.
    #[must_use]
    pub fn of_month(self) -> u32 {
        u32::from(self.0.day().unsigned_abs())
    }

    /// The day `days` later; none past the calendar's end.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Day> {
        let span = Span::new().try_days(days).ok()?;
        self.0.checked_add(span).ok().map(Day)
    }

    /// How many days later another day is; negative if it is earlier.
    #[must_use]
    pub fn days_until(self, other: Day) -> i64 {
        self.0.until(other.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// Its number: days since 1970-01-01, negative before.
    #[must_use]
    pub fn number(self) -> i64 {
        Day(Date::constant(1970, 1, 1)).days_until(self)
    }

    /// The day of a number; none past the calendar's end.
    ///
    /// ```
    /// use capsim::units::Day;
    /// let day = Day::from_text("2026-03-31").unwrap();
    /// assert_eq!(day.number(), 20_543);
    /// assert_eq!(Day::from_number(20_543), Some(day));
    /// ```
    #[must_use]
    pub fn from_number(number: i64) -> Option<Day> {
        Day(Date::constant(1970, 1, 1)).plus_days(number)
    }

    /// The same day `months` later, or the last day of that month if it is shorter.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Option<Day> {
        let span = Span::new().try_months(months).ok()?;
        self.0.checked_add(span).ok().map(Day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A calendar month, printed as `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month; none unless `month` is 1 to 12.
    #[must_use]
    pub fn new(year: i16, month: i8) -> Option<Month> {
        Day::new(year, month, 1).map(Day::month)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    #[must_use]
    pub fn of_year(self) -> i8 {
        self.month
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u32 {
        Date::new(self.year, self.month, 1).map_or(30, |first| u32::from(first.days_in_month().unsigned_abs()))
    }

    /// Its first day; none past the calendar's end.
    #[must_use]
    pub fn first(self) -> Option<Day> {
        Day::new(self.year, self.month, 1)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Option<Day> {
        Date::new(self.year, self.month, 1).ok().map(|first| Day(first.last_of_month()))
    }

    /// Months counted from year 0: a plain number to subtract.
    #[must_use]
    pub fn ordinal(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    /// The month with that ordinal.
    #[must_use]
    pub fn from_ordinal(ordinal: i64) -> Option<Month> {
        let year = i16::try_from(ordinal.div_euclid(12)).ok()?;
        let month = i8::try_from(ordinal.rem_euclid(12)).ok()?.checked_add(1)?;
        Month::new(year, month)
    }

    /// The part of the month from `first` to `last`, both counted; zero if the span does not touch the month.
    #[must_use]
    pub fn part(self, first: Day, last: Day) -> Fraction {
        let (Some(start), Some(end)) = (self.first(), self.last()) else { return Fraction::ZERO };
        let from = first.max(start);
        let until = last.min(end);
        if from > until {
            return Fraction::ZERO;
        }
        let days = i128::from(until.of_month()) - i128::from(from.of_month()) + 1;
        Fraction::new(days, i128::from(self.days())).unwrap_or(Fraction::ZERO)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The period of a rate: `"12B/quarter"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// One calendar month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Period {
    /// Reads the word of the scenario format.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Period> {
        match word {
            "month" => Some(Period::Month),
            "quarter" => Some(Period::Quarter),
            "year" => Some(Period::Year),
            _ => None,
        }
    }

    /// The word of the scenario format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Period::Month => "month",
            Period::Quarter => "quarter",
            Period::Year => "year",
        }
    }

    /// How many months it has.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Period::Month => 1,
            Period::Quarter => 3,
            Period::Year => 12,
        }
    }
}

/// The period that a line of a schedule names: `2026`, `2026-q1` or `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduledPeriod {
    /// Its length.
    pub period: Period,
    /// Its first month.
    pub first: Month,
}

impl ScheduledPeriod {
    /// Reads the key of a schedule.
    #[must_use]
    pub fn from_text(text: &str) -> Option<ScheduledPeriod> {
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (year, Some(rest)),
            None => (text, None),
        };
        if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let year: i16 = year.parse().ok()?;
        let (period, month) = match rest {
            None => (Period::Year, 1),
            Some("q1") => (Period::Quarter, 1),
            Some("q2") => (Period::Quarter, 4),
            Some("q3") => (Period::Quarter, 7),
            Some("q4") => (Period::Quarter, 10),
            Some(month) if month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit()) => {
                (Period::Month, month.parse().ok()?)
            }
            Some(_) => return None,
        };
        Some(ScheduledPeriod { period, first: Month::new(year, month)? })
    }
}
