"""Literals, days and rounding: how a scenario's figures are read and how results are written."""

import datetime
import re
from calendar import monthrange
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction


class OracleError(Exception):
    """The scenario is refused: faulty, impossible, or outside the tables this oracle knows."""


def need(condition, text):
    if not condition:
        raise OracleError(text)


# ---------------------------------------------------------------------------------------------- literals

SUFFIX = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def plain(value):
    """The literal of a figure: `value` of a table, or the literal itself."""
    if isinstance(value, dict):
        need("value" in value, f"a figure without value: {value}")
        return value["value"]
    return value


def digits(text):
    need(re.fullmatch(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?", text), f"not a number: {text!r}")
    return Fraction(text.replace("_", ""))


def money(value):
    value = plain(value)
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    need(isinstance(value, str), f"not an amount: {value!r}")
    form = re.fullmatch(r"(-?)(?:[$€£¥]|[A-Z]{3} )?(-?)([0-9_.]+)([KMBT]?)", value.strip())
    need(form, f"not an amount: {value!r}")
    amount = digits(form[3]) * SUFFIX[form[4]]
    return -amount if (form[1] or form[2]) else amount


def count(value):
    amount = money(value)
    need(amount >= 0, f"a negative count: {value!r}")
    return amount


def percent(value):
    value = plain(value)
    need(isinstance(value, str), f"a percentage is text: {value!r}")
    text = value.strip()
    if text.endswith("%"):
        sign = -1 if text.startswith("-") else 1
        return sign * digits(text[:-1].strip().lstrip("-")) / 100
    form = re.fullmatch(r"(-?)([0-9_]+)\s*/\s*([0-9_]+)", text)
    need(form and int(form[3]), f"not a percentage: {value!r}")
    share = Fraction(int(form[2]), int(form[3]))
    return -share if form[1] else share


def ratio(value):
    value = plain(value)
    if isinstance(value, str) and ":" in value:
        left, right = value.split(":")
        result = digits(left.strip()) / digits(right.strip())
    else:
        result = digits(value.strip()) if isinstance(value, str) else Fraction(value)
    need(result > 0, f"a ratio of zero: {value!r}")
    return result


def per_period(value, kind):
    """A rate or growth, as (number, months of its period)."""
    value = plain(value)
    need(isinstance(value, str) and "/" in value, f"a rate without a period: {value!r}")
    amount, period = value.rsplit("/", 1)
    need(period.strip() in MONTHS_IN, f"not a period: {value!r}")
    return kind(amount.strip()), MONTHS_IN[period.strip()]


def day(value):
    value = plain(value)
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value)
    need(type(value) is datetime.date, f"not a date: {value!r}")
    return value


def whole_number(value):
    value = plain(value)
    if isinstance(value, str):
        value = int(value)
    need(isinstance(value, int) and not isinstance(value, bool), f"not a whole number: {value!r}")
    return value


def word(value, *allowed):
    """One of the words that a key allows."""
    value = plain(value)
    need(value in allowed, f"{value!r} is none of {allowed}")
    return value


def schedule(table):
    """Amounts by day, in order of days."""
    return sorted((day(key), count(value)) for key, value in table.items())


def flag(value):
    if value in ("true", "false"):
        return value == "true"
    need(isinstance(value, bool), f"not true or false: {value!r}")
    return value


def split(table, what):
    """Parts that are together exactly one."""
    parts, rest = {}, None
    for key, value in table.items():
        if plain(value) == "rest":
            need(rest is None, f"{what}: two entries are rest")
            rest, parts[key] = key, None
        else:
            parts[key] = percent(value)
    total = sum(part for part in parts.values() if part is not None)
    if rest is not None:
        parts[rest] = 1 - total
    else:
        need(total == 1, f"{what}: the parts are not 100 %")
    need(all(part >= 0 for part in parts.values()), f"{what}: a negative part")
    return parts


def text_of(number):
    """20 significant digits, half even, without exponent or trailing zeros."""
    number = Fraction(number)
    context = Context(prec=20, rounding=ROUND_HALF_EVEN)
    rounded = context.divide(Decimal(number.numerator), Decimal(number.denominator))
    text = format(rounded, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


# ---------------------------------------------------------------------------------------------- calendar

def month_of(date):
    return date.year * 12 + date.month - 1


def month_name(month):
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def days_in(month):
    return monthrange(month // 12, month % 12 + 1)[1]


def first_of(month):
    return datetime.date(month // 12, month % 12 + 1, 1)


def add_months(date, months):
    """The same day some months later, or that month's last day."""
    month = month_of(date) + months
    return first_of(month).replace(day=min(date.day, days_in(month)))


def add_days(date, days):
    return date + datetime.timedelta(days=days)


def overlap(month, first, last):
    """The part of a month that lies in first..last, both included."""
    start = max(first, first_of(month))
    end = min(last, first_of(month).replace(day=days_in(month)))
    return Fraction(max(0, (end - start).days + 1), days_in(month))


# ---------------------------------------------------------------------------------------------- rounding

def rounded(number, direction):
    number = Fraction(number)
    if direction == "down":
        return Fraction(number.numerator // number.denominator)
    if direction == "up":
        return Fraction(-(-number.numerator // number.denominator))
    need(direction == "nearest", f"not a direction: {direction!r}")
    half = number + Fraction(1, 2)  # CHOICE: a half goes up
    return Fraction(half.numerator // half.denominator)


class Rounding:
    def __init__(self, table, by_stake):
        mode = table.get("shares", "fractional" if by_stake else None)
        need(mode in ("whole", "fractional"), "rounding.shares is whole or fractional, and required for shares")
        self.whole = mode == "whole"
        self.table = table
        if self.whole:
            for key in ("price_places", "price", "shares_issued", "shares_converted", "pool"):
                need(key in table, f"whole shares want rounding.{key}")
            self.unit = Fraction(1, 10 ** whole_number(table["price_places"]))

    def price(self, exact):
        if not self.whole:
            return exact
        price = rounded(exact / self.unit, self.table["price"]) * self.unit
        need(price > 0, "a price that rounds to 0")
        return price

    def issued(self, exact):
        return rounded(exact, self.table["shares_issued"]) if self.whole else exact

    def pool(self, exact):
        return rounded(exact, self.table["pool"]) if self.whole else exact

    def converted(self, exact):
        return rounded(exact, self.table["shares_converted"]) if self.whole else exact
