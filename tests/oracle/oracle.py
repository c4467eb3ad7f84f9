#!/usr/bin/env python3
"""An independent oracle for capsim: the tables marked (A) in format.md, in exact rationals.

    python3 oracle.py FILE[@CASE] [--set PATH=VALUE]... [--remove PATH]...

prints one flat JSON object from result path to text. Python 3.11, standard library only. It shares no code
with capsim and, where it can, no formula either: a round's price comes from solving each branch (pool topped
up, or not) as linear equations and keeping the branch that satisfies the counts, never from a closed form.

What the pages leave open is decided in one place each and marked CHOICE.
"""

import datetime
import json
import re
import sys
import tomllib
from calendar import monthrange
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path


class OracleError(Exception):
    """The scenario is refused: faulty, impossible, or outside the (A) tables."""


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


# ------------------------------------------------------------------------------------------------ layers

# Alternatives: (pattern of the table's path, groups). Naming a key of one group drops inherited keys of the others.
ALTERNATIVES = [
    ("round.*", [["pre_money"], ["post_money"], ["price"], ["step_up"]]),
    ("round.*.tranche.*", [["amount"], ["shares"], ["amount_per_unit", "unit", "delivered"], ["burn_months"]]),
    ("burn.*", [["rate", "growth", "phase"], ["by_month", "by_quarter", "by_year", "through"],
                ["income", "cost"], ["of_income"]]),
    ("burn.*", [["by_month"], ["by_quarter"], ["by_year"]]),
    ("condition.*", [["expected", "probability", "date", "by"], ["any"], ["all"]]),
    ("secondary.*", [["price"], ["discount"]]),
    ("secondary.*", [["amount"], ["shares"]]),
    ("opening", [["stake", "fully_diluted"], ["shares"]]),
    ("commitment.*", [["months"], ["until"]]),
]


def matches(pattern, path):
    parts = pattern.split(".")
    return len(parts) == len(path) and all(p in ("*", name) for p, name in zip(parts, path))


def drop_alternatives(base, overlay, path):
    if path[:1] == ("case",):
        path = path[2:]
    for pattern, groups in ALTERNATIVES:
        if not matches(pattern, path):
            continue
        named = [group for group in groups if any(key in overlay for key in group)]
        need(len(named) <= 1, f"{'.'.join(path)}: {named} exclude each other in one layer")
        for group in groups:
            if named and group is not named[0]:
                for key in group:
                    base.pop(key, None)


def merge(base, overlay, path=()):
    """Overlay one layer on another: tables key by key, a figure whole, alternatives give way."""
    drop_alternatives(base, overlay, path)
    for key, new in overlay.items():
        old = base.get(key)
        if not isinstance(new, dict):
            base[key] = new
        elif "value" in new or key not in base:
            base[key] = merge({}, new, path + (key,))
        elif isinstance(old, dict):
            merge(old, new, path + (key,))
        else:  # an edit of a figure that was a bare literal
            base[key] = merge({"value": old}, new, path + (key,))
    return base


def remove(document, path):
    *parents, last = path.split(".")
    table = document
    for name in parents:
        table = table.get(name) if isinstance(table, dict) else None
    need(isinstance(table, dict) and last in table, f"remove: no {path} is inherited")
    del table[last]


def listed(value):
    return [value] if isinstance(value, str) else list(value or [])


def separate(target):
    name, at, case = target.rpartition("@")
    return (name, case) if at else (target, None)


def read(path):
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except OSError as error:
        raise OracleError(f"{path}: {error.strerror}") from error
    try:
        return tomllib.loads(text, parse_float=lambda text: Fraction(text.replace("_", "")))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise OracleError(f"{path}: {error}") from error


def layers_of(path, case, opened=()):
    """The layers of a file (under a case) in order, as (identity, table)."""
    path = Path(path).resolve()
    need(path not in opened, f"{path} extends itself")
    own = read(path)
    layers = []
    for base in listed(own.get("extends")):
        name, base_case = separate(base)
        inherited = layers_of(path.parent / name, base_case, opened + (path,))
        layers += [layer for layer in inherited if layer[0] not in [known[0] for known in layers]]
    layers.append(((path,), own))
    if case is not None:
        cases, applied = {}, []
        for identity, table in layers:
            if len(identity) == 1:
                merge(cases, table.get("case", {}), ("case",))
        apply_case(case, cases, applied, ())
        layers += [((path, name), cases[name]) for name in applied]
    return layers


def apply_case(name, cases, applied, opened):
    need(name in cases, f"no case {name!r}; there are {sorted(cases)}")
    need(name not in opened, f"case {name!r} extends itself")
    for base in listed(cases[name].get("extends")):
        apply_case(base, cases, applied, opened + (name,))
    if name not in applied:
        applied.append(name)


def setting(text):
    """`--set PATH=VALUE` as one more layer."""
    path, equals, value = text.partition("=")
    need(equals, f"--set wants PATH=VALUE: {text!r}")
    names = path.strip().split(".")
    value = value.strip()
    if value.startswith("{"):
        value = tomllib.loads(f"x = {value}", parse_float=lambda t: Fraction(t.replace("_", "")))["x"]
    elif names[-1] in ("any", "all"):
        value = [name.strip() for name in value.split(",")]
    return names, value


def resolve(target, settings=(), removals=()):
    name, case = separate(target)
    document = {}
    for _, table in layers_of(name, case):
        for path in listed(table.get("remove")):
            remove(document, path)
        merge(document, {key: value for key, value in table.items() if key not in ("extends", "remove", "case")})
    for path in removals:
        remove(document, path)
    for text in settings:
        names, value = setting(text)
        table = document
        for name in names[: thing_depth(names)]:
            need(isinstance(table, dict) and name in table, f"--set creates no thing: {text!r}")
            table = table[name]
        for name in reversed(names):
            value = {name: value}
        merge(document, value)
    return document


def thing_depth(names):
    """How many leading names must exist already: the thing that the key belongs to."""
    if names[0] == "round" and len(names) > 4 and names[2] == "tranche":
        return 4
    if names[0] in ("holder", "pool", "class", "condition", "round", "secondary", "burn", "commitment") and len(names) > 2:
        return 2
    return 0


# -------------------------------------------------------------------------------- the keys this oracle knows

ANY_TABLE = {"name", "source", "remark"}
KNOWN = [
    ("", "title currency as_of horizon format holder pool class rounding opening condition round secondary cash burn "
         "commitment source correlation"),
    ("holder.*", "kind backlog"),
    ("pool.*", "class authorised"),
    ("class.*", "kind issue_price ratio conversion_price votes authorised preference dividend ratchet"),
    ("rounding", "shares price_places price shares_issued shares_converted pool"),
    ("opening", "date class stake fully_diluted shares position"),
    ("opening.position.*", "holder class shares stake paid date"),
    ("condition.*", "any all expected probability date by"),
    ("round.*", "date pre_money post_money price target oversubscription class pool tranche"),
    ("round.*.pool", "id target counts in"),
    ("round.*.tranche.*", "investor amount shares priority date paid condition by otherwise notice_days probability "
                          "optional price consideration drawdown"),
    ("round.*.tranche.*.drawdown", "months unused from eligible"),
    ("secondary.*", "date from to amount shares price discount"),
    ("cash", "opening minimum"),
    ("burn.*", "measure as_cash vintage rate growth phase by_month by_quarter by_year through"),
    ("burn.*.phase.*", "from growth"),
    ("burn.*.through", "from year total fill"),
    ("commitment.*", "to amount from months until within_burn"),
]


def check_keys(table, path=()):
    for pattern, words in KNOWN:
        if (pattern == "" and path == ()) or (pattern and matches(pattern, path)):
            unknown = set(table) - set(words.split()) - ANY_TABLE
            need(not unknown, f"{'.'.join(path) or 'the file'}: {sorted(unknown)} is not among the (A) keys")
    for key, value in table.items():
        if isinstance(value, dict) and key not in ("source", "correlation"):
            check_keys(value, path + (key,))


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


# ------------------------------------------------------------------------------------ the price of a round

def solve(valuation, E, R0, ns, Aq, nq, pool):
    """Price, pre-money and pool increase of a round, by branches that are checked in counts.

    `valuation` is (key, figure); `pool` is None or (unallocated P, target, in). All counts are as converted.
    Unknowns are the price p and the increase in money m = D p; both branches are linear in them:
        E p + m = V          with V given, or V = T - R0 - Aq - ns p
        m = 0                the pool is large enough, or
        P p + m = target (E p + m + R0 + (ns + nq) p)
    """
    key, figure = valuation
    if key == "price":
        need(figure > 0, "a price that is not positive")
        increase = top_up(pool, E + R0 / figure + ns + nq)
        in_price = increase if pool and pool[2] == "pre-money" else 0
        return figure, figure * (E + in_price), increase

    constant, slope = (figure, Fraction(0)) if key == "pre_money" else (figure - R0 - Aq, -Fraction(ns))
    balance = (E - slope, Fraction(1), constant)
    branches = [(Fraction(0), Fraction(1), Fraction(0))]
    if pool and pool[2] == "pre-money":
        P, target, _ = pool
        branches.append((P - target * (E + ns + nq), 1 - target, target * R0))
    found = []
    for branch in branches:
        determinant = balance[0] * branch[1] - balance[1] * branch[0]
        if determinant == 0:
            continue
        p = (balance[2] * branch[1] - balance[1] * branch[2]) / determinant
        m = (balance[0] * branch[2] - balance[2] * branch[0]) / determinant
        if p > 0 and stands(key, figure, p, m / p, E, R0, ns, Aq, nq, pool):
            found.append((p, m / p))
    need(found, f"no price: {key} {text_of(figure)} does not carry its claims")
    need(len(set(found)) == 1, "two different prices satisfy the counts")
    p, increase = found[0]
    pre_money = p * (E + increase)
    if pool and pool[2] == "post-money":
        increase = top_up(pool, E + R0 / p + ns + nq)
    return p, pre_money, increase


def stands(key, figure, p, D, E, R0, ns, Aq, nq, pool):
    """Substitution in the count equations."""
    if D < 0:
        return False
    pre_money = (E + D) * p
    held = pre_money if key == "pre_money" else pre_money + R0 + Aq + ns * p
    if held != figure:
        return False
    if not pool or pool[2] != "pre-money":
        return D == 0
    P, target, _ = pool
    wanted = target * (E + D + R0 / p + ns + nq)
    return P >= wanted if D == 0 else P + D == wanted


def top_up(pool, before):
    """The increase after which the pool is at least its target of everything, from the total without it."""
    if not pool:
        return Fraction(0)
    P, target, _ = pool
    if P >= target * before:
        return Fraction(0)
    increase = (target * before - P) / (1 - target)
    assert P + increase == target * (before + increase)
    return increase


# ----------------------------------------------------------------------------------------------- equity

class Tranche:
    """What is settled about a tranche when its round is signed, and what became of it."""

    def __init__(self, round_id, id, table, place):
        self.round, self.id, self.place = round_id, id, place
        self.path = f"round.{round_id}.tranche.{id}"
        self.table = table
        self.investor = table["investor"]
        self.amount = money(table["amount"]) if "amount" in table else None
        self.shares = count(table["shares"]) if "shares" in table else None
        need((self.amount is None) != (self.shares is None), f"{self.path}: amount or shares")
        self.optional = flag(table.get("optional", False))
        price = plain(table.get("price", "signing"))
        self.rule = price if price in ("signing", "closing", "latest") else "own"
        self.own = money(price) if self.rule == "own" else None
        self.parts = split(table["consideration"], self.path) if "consideration" in table else {"cash": Fraction(1)}
        self.closes = None    # the day it closes, if it does
        self.called_on = None
        self.by_otherwise = False
        self.issued = 0
        self.funded = False
        self.money = None     # what was paid in, cash and kind


class Play:
    """A scenario played to its horizon."""

    def __init__(self, document):
        check_keys(document)
        self.doc = document
        for key in ("title", "currency", "as_of"):
            need(key in document, f"{key} is required")
        self.as_of = day(document["as_of"])
        self.horizon = day(document["horizon"]) if "horizon" in document else None
        self.holders = list(document.get("holder", {}))
        self.pools = document.get("pool", {})
        need(not set(self.holders) & set(self.pools), "a holder and a pool of one id")
        self.classes = {"common": Fraction(1)}
        for id, table in document.get("class", {}).items():
            self.classes[id] = self.class_ratio(id, table)
        self.held = {id: {} for id in self.holders + list(self.pools)}
        self.last_price = None
        self.results = {}     # round id -> signed terms
        self.tranches = []
        self.open()
        self.opening_stakes = {id: self.converted(id) / self.total() for id in self.held}
        self.run_events()

    def class_ratio(self, id, table):
        if "conversion_price" in table:
            need("ratio" not in table, f"class.{id}: ratio or conversion_price")
            need("issue_price" in table, f"class.{id}: the oracle wants issue_price beside conversion_price")
            return money(table["issue_price"]) / money(table["conversion_price"])
        return ratio(table.get("ratio", 1))

    # -- holdings

    def give(self, id, class_id, shares):
        need(id in self.held, f"{id} is no holder and no pool")
        need(class_id in self.classes, f"{class_id} is no class")
        self.held[id][class_id] = self.held[id].get(class_id, Fraction(0)) + shares
        assert self.held[id][class_id] >= 0

    def converted(self, id):
        return sum((n * self.classes[c] for c, n in self.held[id].items()), Fraction(0))

    def total(self):
        return sum((self.converted(id) for id in self.held), Fraction(0))

    def pool_class(self, id):
        return self.pools[id].get("class", "common")

    def open(self):
        table = self.doc.get("opening")
        need(table and "date" in table, "an opening with a date is required")
        self.opened = day(table["date"])
        by_stake = "stake" in table
        need(by_stake != ("shares" in table), "opening: stake or shares")
        self.rounding = Rounding(self.doc.get("rounding", {}), by_stake)
        class_id = table.get("class", "common")
        lines = []  # (id, class, shares or None, stake or None or "rest")
        for id, value in table["stake" if by_stake else "shares"].items():
            # CHOICE: a pool's opening part is of the pool's own class.
            in_class = self.pool_class(id) if id in self.pools else class_id
            if by_stake:
                stake = "rest" if plain(value) == "rest" else percent(value)
                lines.append((id, in_class, None, stake))
            else:
                lines.append((id, in_class, count(value), None))
        for id, position in table.get("position", {}).items():
            need(("shares" in position) != ("stake" in position), f"opening.position.{id}: shares or stake")
            shares = count(position["shares"]) if "shares" in position else None
            stake = percent(position["stake"]) if "stake" in position else None
            lines.append((position["holder"], position["class"], shares, stake))

        counted = sum(shares * self.classes[c] for _, c, shares, _ in lines if shares is not None)
        stakes = sum(stake for _, _, _, stake in lines if stake is not None and stake != "rest")
        if by_stake:
            # A position's shares or stake lie inside the declared total.
            full = count(table["fully_diluted"])
            rest = full - counted - stakes * full
            rests = sum(stake == "rest" for _, _, _, stake in lines)
            need(rests <= 1 and rest >= 0, "opening: the stakes are over 100 %")
            need(rests == 1 or rest == 0, "opening: the stakes are not 100 %")
        else:
            need(stakes < 1, "opening: the stakes are over 100 %")
            full, rest = counted / (1 - stakes), None  # CHOICE: a stake beside share counts is of the whole
        for id, c, shares, stake in lines:
            if shares is None:
                shares = (rest if stake == "rest" else stake * full) / self.classes[c]
            self.give(id, c, shares)
        need(self.total() > 0, "opening: no shares")
        assert self.total() == full

    # -- conditions

    def met_on(self, id, due, opened=()):
        """The day a condition is met for a tranche that is due on a day, or None if it fails."""
        need(id in self.doc.get("condition", {}), f"no condition {id}")
        need(id not in opened, f"condition {id} waits for itself")
        table = self.doc["condition"][id]
        for word, choose in (("any", min), ("all", max)):
            if word in table:
                days = [self.met_on(member, due, opened + (id,)) for member in table[word]]
                met = [date for date in days if date is not None]
                if not met or (word == "all" and len(met) < len(days)):
                    return None
                return choose(met)
        need("expected" in table, f"condition.{id}: expected is required")
        if not flag(table["expected"]):
            return None
        # Without a day it is met in time: whenever the tranche is due, and never after its own last day.
        in_time = min(due, day(table["by"])) if "by" in table else due
        date = day(table["date"]) if "date" in table else in_time
        if "by" in table and date > day(table["by"]):
            return None
        return date

    def settle(self, tranche):
        """When a tranche closes, by the condition or otherwise."""
        table = tranche.table
        date = day(table["date"]) if "date" in table else tranche.signed
        need(date >= tranche.signed, f"{tranche.path}: before its round")
        by = day(table["by"]) if "by" in table else None
        if "condition" not in table:
            need("otherwise" not in table, f"{tranche.path}: otherwise without a condition")
            if by is None or date <= by:
                tranche.closes = tranche.called_on = date
            return
        id = table["condition"]
        met = self.met_on(id, date)
        if met is not None:
            closes = add_days(max(date, met), whole_number(table.get("notice_days", 0)))
            if by is None or closes <= by:
                tranche.closes, tranche.called_on = closes, max(date, met)
                return
        otherwise = money(table.get("otherwise", "0"))
        if otherwise == 0:
            return
        condition = self.doc["condition"][id]
        # The earlier of the two last days: past either of them it cannot close in full.
        lasts = [date for date in (day(condition["by"]) if "by" in condition else None, by) if date is not None]
        last = min(lasts) if lasts else None
        need(last is not None, f"{tranche.path}: otherwise without a by")
        # CHOICE: never before the tranche's own date; called and closed on one day.
        tranche.closes = tranche.called_on = max(last, date)
        tranche.by_otherwise = True
        tranche.amount_otherwise = otherwise

    # -- events

    def played(self, date):
        return self.horizon is None or date <= self.horizon

    def run_events(self):
        """By date; on one day closings of earlier rounds, rounds with their closings, secondaries."""
        rounds = [(day(table["date"]), id) for id, table in self.doc.get("round", {}).items()]
        sales = [(day(table["date"]), id) for id, table in self.doc.get("secondary", {}).items()]
        for date, id in rounds + sales:
            need(date >= self.opened, f"{id} lies before the opening")
        days = {date for date, _ in rounds + sales}
        while days:
            today = min(days)
            days.discard(today)
            if not self.played(today):
                break
            self.close_due(today, [id for date, id in rounds if date < today])
            for date, id in rounds:
                if date == today:
                    days |= self.sign(id, self.doc["round"][id], today)
                    self.close_due(today, [id])
            for date, id in sales:
                if date == today:
                    self.sell(id, self.doc["secondary"][id])

    def sign(self, id, table, today):
        """Price the round; gives the later days on which its tranches close."""
        class_id = table.get("class", f"(round {id})")
        self.classes.setdefault(class_id, Fraction(1))
        # CHOICE: prices and counts that are written or reported are of the round's own class; the solution is as converted.
        r = self.classes[class_id]
        mine = [Tranche(id, name, t, place) for place, (name, t) in enumerate(table.get("tranche", {}).items())]
        for tranche in mine:
            tranche.signed = today
            need(tranche.investor in self.holders, f"{tranche.path}: no holder {tranche.investor}")
        committed = [tranche for tranche in mine if not tranche.optional]
        self.fit(id, table, committed)

        R0 = ns = Aq = nq = Fraction(0)
        for tranche in committed:
            if tranche.rule == "own":
                need(tranche.own > 0, f"{tranche.path}: a price that is not positive")
                shares = tranche.shares if tranche.shares is not None else tranche.amount / tranche.own
                Aq += shares * tranche.own
                nq += shares * r
            elif tranche.shares is not None:
                ns += tranche.shares * r
            else:
                R0 += tranche.amount
        if R0 == 0 and ns == 0 and Aq == 0:
            return set()  # nobody takes part: the round does not happen

        valuations = [key for key in ("pre_money", "post_money", "price") if key in table]
        need(len(valuations) == 1, f"round.{id}: exactly one of pre_money, post_money, price")
        key = valuations[0]
        figure = money(table[key]) / (r if key == "price" else 1)
        pool = None
        if "pool" in table:
            terms = table["pool"]
            need(terms["id"] in self.pools, f"round.{id}.pool: no pool {terms['id']}")
            need(terms["in"] in ("pre-money", "post-money"), f"round.{id}.pool: in")
            need(terms["counts"] in ("unallocated", "issued-and-unallocated"), f"round.{id}.pool: counts")
            target = percent(terms["target"])
            need(0 <= target < 1, f"round.{id}.pool: target")
            pool = (self.converted(terms["id"]), target, terms["in"])

        p, pre_money, increase = solve((key, figure), self.total(), R0, ns, Aq, nq, pool)
        price = self.rounding.price(p * r)
        if increase:
            pool_id = table["pool"]["id"]
            in_class = self.pool_class(pool_id)
            self.give(pool_id, in_class, self.rounding.pool(increase / self.classes[in_class]))
        # CHOICE: post-money is exact also where the price is rounded: shares asked for count at the exact price.
        self.results[id] = {"price": price, "pre_money": pre_money, "post_money": pre_money + R0 + Aq + ns * p,
                            "class": class_id, "raised": Fraction(0), "new_shares": Fraction(0)}
        self.last_price = price / self.classes[class_id]  # of a common share
        for tranche in mine:
            self.settle(tranche)
        self.tranches += mine
        return {tranche.closes for tranche in mine if tranche.closes is not None and tranche.closes > today}

    def fit(self, id, table, committed):
        """Make the tranches fit the target."""
        if "target" not in table:
            return
        target = money(table["target"])
        need(all(tranche.shares is None for tranche in committed), f"round.{id}: shares and a target")
        total = sum(tranche.amount for tranche in committed)
        if total <= target:
            return
        how = table.get("oversubscription")
        need(how in ("cut-back", "priority", "upsize"), f"round.{id}: oversubscription is required")
        if how == "cut-back":
            for tranche in committed:
                tranche.amount = tranche.amount * target / total
        elif how == "priority":
            need(all("priority" in tranche.table for tranche in committed), f"round.{id}: priority is required")
            left = target
            for number in sorted({ratio_or_int(tranche.table["priority"]) for tranche in committed}):
                group = [t for t in committed if ratio_or_int(t.table["priority"]) == number]
                wanted = sum(tranche.amount for tranche in group)
                granted = min(wanted, left)
                for tranche in group:
                    tranche.amount = tranche.amount * granted / wanted if wanted else tranche.amount
                left -= granted

    def close_due(self, today, round_ids):
        for id in round_ids:
            if id not in self.results:
                continue
            due = [t for t in self.tranches if t.round == id and t.closes == today and not t.funded]
            at_start = self.total()  # what price = "closing" divides by
            for tranche in due:
                self.close(tranche, at_start)

    def price_of(self, tranche, at_start):
        """CHOICE: an otherwise amount and an optional tranche follow the tranche's own price rule as well."""
        terms = self.results[tranche.round]
        if tranche.rule == "own":
            return tranche.own
        if tranche.rule == "closing" and tranche.closes == tranche.signed:
            return terms["price"]  # on the day itself the closing price is the round's
        if tranche.rule == "closing":
            return self.rounding.price(terms["pre_money"] / at_start * self.classes[terms["class"]])
        if tranche.rule == "latest":
            return self.last_price * self.classes[terms["class"]]
        return terms["price"]

    def close(self, tranche, at_start):
        terms = self.results[tranche.round]
        price = self.price_of(tranche, at_start)
        if tranche.by_otherwise:
            tranche.money = tranche.amount_otherwise
            shares = self.rounding.issued(tranche.money / price)
        elif tranche.shares is not None:
            shares = tranche.shares
            tranche.money = shares * price
        else:
            tranche.money = tranche.amount  # CHOICE: in whole mode the residual is paid in too
            shares = self.rounding.issued(tranche.money / price)
        self.give(tranche.investor, terms["class"], shares)
        tranche.funded = True
        tranche.issued = shares
        terms["raised"] += tranche.money
        terms["new_shares"] += shares

    def sell(self, id, table):
        """Counted and priced as converted: a share that becomes two common shares sells as two."""
        if "price" in table:
            price = money(table["price"])
        elif self.last_price is None:
            return
        else:
            price = self.rounding.price(self.last_price * (1 - percent(table["discount"])))
        need(price > 0, f"secondary.{id}: a price that is not positive")
        wanted = count(table["shares"]) if "shares" in table else money(table["amount"]) / price
        buyers = split(table["to"], f"secondary.{id}.to")
        order = ["common"] + [c for c in self.classes if c != "common"]
        whole = (lambda n: rounded(n, "down")) if self.rounding.whole else (lambda n: n)
        blocks = []
        for seller, part in split(table["from"], f"secondary.{id}.from").items():
            need(seller in self.held, f"secondary.{id}: no holder {seller}")
            left = whole(part * wanted)
            for c in order:
                held = self.held[seller].get(c, Fraction(0))
                sold = min(whole(left / self.classes[c]), held)
                if sold:
                    self.give(seller, c, -sold)
                    blocks.append((c, sold))
                    left -= sold * self.classes[c]
        for c, sold in blocks:
            left = sold
            for place, (buyer, part) in enumerate(buyers.items()):
                # The last buyer takes what whole shares leave.
                bought = left if place == len(buyers) - 1 else whole(sold * part)
                self.give(buyer, c, bought)
                left -= bought
            assert left == 0

    # -- the committed view

    def committed(self):
        """Funded shares and those of every signed, committed tranche that is not funded."""
        counts = {id: self.converted(id) for id in self.held}
        for tranche in self.tranches:
            if tranche.optional or (tranche.funded and not tranche.by_otherwise):
                continue
            terms = self.results[tranche.round]
            price = tranche.own if tranche.rule == "own" else terms["price"]
            shares = tranche.shares if tranche.shares is not None else self.rounding.issued(tranche.amount / price)
            # A tranche that closed reduced was signed in full: the rest of it is not issued.
            shares = max(shares - tranche.issued, 0) if tranche.funded else shares
            counts[tranche.investor] += shares * self.classes[terms["class"]]
        total = sum(counts.values())
        return {id: n / total for id, n in counts.items()}


def ratio_or_int(value):
    value = plain(value)
    return digits(value) if isinstance(value, str) else Fraction(value)


# ---------------------------------------------------------------------------------------------- treasury

class Treasury:
    def __init__(self, play):
        self.play, self.doc = play, play.doc
        self.as_of, self.horizon = play.as_of, play.horizon
        need(self.horizon is not None, "a burn or commitment wants a horizon")
        need(self.as_of <= self.horizon, "the horizon lies before as_of")
        self.first = month_of(self.as_of)
        self.months = range(self.first, month_of(self.horizon) + 1)
        self.part = [overlap(month, self.as_of, self.horizon) for month in self.months]

    # -- burns

    def burn(self, id, table):
        """The burn of each month, part months by days."""
        if "rate" in table:
            full = self.by_rate(table)
        else:
            full = self.by_schedule(id, table)
        return [amount * part for amount, part in zip(full, self.part)]

    def by_rate(self, table):
        amount, period = per_period(table["rate"], money)
        amount /= period
        steps = {}  # month -> factor
        phases = sorted((month_of(day(phase["from"])), per_period(phase["growth"], percent))
                        for phase in table.get("phase", {}).values())
        if "growth" in table:
            growth, every = per_period(table["growth"], percent)
            phases.insert(0, (self.first + every, (growth, every)))
        for place, (start, (growth, every)) in enumerate(phases):
            end = phases[place + 1][0] if place + 1 < len(phases) else self.months[-1] + 1
            for month in range(start, end, every):
                steps[month] = steps.get(month, Fraction(1)) * (1 + growth)
        result = []
        for month in self.months:  # CHOICE: steps before as_of's month are in the rate already
            amount *= steps.get(month, 1)
            result.append(amount)
        return result

    def by_schedule(self, id, table):
        by_month = {}
        for key, size in (("by_month", 1), ("by_quarter", 3), ("by_year", 12)):
            for period, value in table.get(key, {}).items():
                start = self.period_start(period, size)
                for month in range(start, start + size):
                    by_month[month] = money(value) / size
        if "through" in table:
            for year, amount in self.through(table).items():
                for month in range(year * 12, year * 12 + 12):
                    by_month[month] = amount / 12
        missing = [month_name(month) for month in self.months if month not in by_month]
        need(not missing, f"burn.{id} does not cover {missing[:3]}")
        return [by_month[month] for month in self.months]

    @staticmethod
    def period_start(text, size):
        form = re.fullmatch({1: r"(\d{4})-(\d{2})", 3: r"(\d{4})-q([1-4])", 12: r"(\d{4})()"}[size], text)
        need(form, f"not a period of {size} months: {text}")
        return int(form[1]) * 12 + ((int(form[2]) - 1) * size if form[2] else 0)

    @staticmethod
    def through(table):
        terms = table["through"]
        first, last = whole_number(terms["from"]), whole_number(terms["year"])
        named = {int(year): money(value) for year, value in table.get("by_year", {}).items()}
        years = [year for year in range(first, last + 1) if year not in named]
        need(years, "through: every year is named already")
        left = money(terms["total"]) - sum(value for year, value in named.items() if first <= year <= last)
        growth = Fraction(0)
        if plain(terms["fill"]) != "flat":
            growth, period = per_period(terms["fill"], percent)
            need(period == 12, "through: a fill by the year")
        weights = {year: (1 + growth) ** (year - years[0]) for year in years}
        return {year: left * weight / sum(weights.values()) for year, weight in weights.items()}

    # -- money in

    def arrivals(self):
        result = [Fraction(0)] * len(self.months)
        for tranche in self.play.tranches:
            if not tranche.funded:
                continue
            date = tranche.closes
            if "paid" in tranche.table:
                date = max(date, day(tranche.table["paid"]))  # CHOICE: never before the closing
            if self.as_of <= date <= self.horizon:
                result[month_of(date) - self.first] += tranche.money * tranche.parts.get("cash", Fraction(0))
        return result

    def credits(self):
        """Each credit as (its months, amount a month, carried, eligible), in order of closing."""
        funded = [t for t in self.play.tranches if t.funded and t.parts.get("cash", Fraction(0)) < 1]
        result = []
        # The closing order of a day is that of run_events: earlier rounds first, then by appearance (a stable sort).
        for tranche in sorted(funded, key=lambda t: (t.closes, t.closes == t.signed)):
            terms = tranche.table.get("drawdown")
            need(terms, f"{tranche.path}: in kind without a drawdown")
            months = whole_number(terms["months"])
            # CHOICE: never before the closing.
            start = month_of(max(day(terms["from"]), tranche.closes) if "from" in terms else tranche.closes)
            need(terms["unused"] in ("lost", "carried"), f"{tranche.path}: unused is lost or carried")
            amount = tranche.money * (1 - tranche.parts.get("cash", Fraction(0))) / months
            # format.md requires eligible; a file without it is read as the whole burn.
            eligible = percent(terms.get("eligible", "100%"))
            result.append((range(start, start + months), amount, terms["unused"] == "carried", eligible))
        return result

    # -- commitments

    def due(self, table, first, last):
        """What falls due in first..last: months weigh one, part months by their days."""
        start = day(table["from"])
        need(("months" in table) != ("until" in table), "a commitment has months or until")
        if "months" in table:
            end = add_days(add_months(start, whole_number(table["months"])), -1)
        else:
            end = day(table["until"])
        span = range(month_of(start), month_of(end) + 1)
        weight = sum(overlap(month, start, end) for month in span)
        within = sum(overlap(month, max(start, first), min(end, last)) for month in span)
        return money(table["amount"]) * within / weight

    def on_top(self):
        result = []
        for month in self.months:
            first = max(self.as_of, first_of(month))
            last = min(self.horizon, first_of(month).replace(day=days_in(month)))
            result.append(sum((self.due(table, first, last) for table in self.doc.get("commitment", {}).values()
                               if not flag(table["within_burn"])), Fraction(0)))
        return result

    # -- balances

    def project(self, id, table, out):
        burn, arrivals, on_top, credits = self.burn(id, table), self.arrivals(), self.on_top(), self.credits()
        cash = self.doc["cash"]
        opening, minimum = money(cash["opening"]), money(cash.get("minimum", 0))
        carried = [Fraction(0)] * len(credits)
        balance, ends = opening, []
        for place, month in enumerate(self.months):
            left, used_now = max(Fraction(0), burn[place]), Fraction(0)
            for n, (span, amount, carries, eligible) in enumerate(credits):
                # CHOICE: credit of the months before as_of is gone.
                available = carried[n] + (amount if month in span else 0)
                used = min(available, eligible * max(Fraction(0), burn[place]), left)
                carried[n] = available - used if carries else Fraction(0)
                left -= used
                used_now += used
            balance = balance + arrivals[place] - (burn[place] - used_now) - on_top[place]
            ends.append(balance)
            out[f"cash.{id}.{month_name(month)}"] = text_of(balance)
        self.last_burn = (burn, arrivals, on_top, ends)
        self.runway(id, opening, minimum, ends, out)

    def runway(self, id, opening, minimum, ends, out):
        crossing = next((k for k, end in enumerate(ends) if end < minimum), None)
        never = "not within the horizon"
        if crossing is None:
            month, months, cash_out = len(ends), never, never
        else:
            start = ends[crossing - 1] if crossing else opening
            end = ends[crossing]
            part = Fraction(0) if start < minimum else (start - minimum) / (start - end)
            month = crossing
            months = text_of(sum(self.part[:crossing]) + part * self.part[crossing])
            first = max(self.as_of, first_of(self.months[crossing]))
            counted = self.part[crossing] * days_in(self.months[crossing])
            cash_out = add_days(first, int(part * counted)).isoformat()
        out[f"runway.{id}.month"] = str(month)
        out[f"runway.{id}.months"] = months
        out[f"runway.{id}.cash_out"] = cash_out
        out[f"runway.{id}.trough"] = text_of(min(ends))
        out[f"runway.{id}.gap"] = text_of(max(Fraction(0), minimum - min(ends)))


# ----------------------------------------------------------------------------------------------- results

def results(document):
    play = Play(document)
    out = {}
    total = play.total()
    committed = play.committed()
    for id in play.held:
        owned = play.converted(id) / total
        out[f"ownership.{id}"] = text_of(owned)
        out[f"committed.{id}"] = text_of(committed[id])
        out[f"shares.{id}"] = text_of(sum(play.held[id].values(), Fraction(0)))  # CHOICE: as they are, not as converted
        if play.opening_stakes[id]:
            out[f"dilution.{id}"] = text_of(1 - owned / play.opening_stakes[id])
    out["fully_diluted"] = text_of(total)
    for id, terms in play.results.items():
        for key in ("price", "pre_money", "post_money", "raised", "new_shares"):
            out[f"{key}.{id}"] = text_of(terms[key])
    for id in play.pools:
        out[f"pool.{id}.unallocated"] = text_of(play.held[id].get(play.pool_class(id), Fraction(0)))

    commitments = document.get("commitment", {})
    burns = document.get("burn", {})
    treasury = Treasury(play) if burns or commitments else None
    for id in play.holders:
        mine = [t for t in play.tranches if t.investor == id]
        funded = [t for t in mine if t.funded]
        invested = sum((t.money for t in funded), Fraction(0))
        in_kind = sum((t.money * (1 - t.parts.get("cash", Fraction(0))) for t in funded), Fraction(0))
        returned = sum((treasury.due(table, datetime.date.min, play.horizon) for table in commitments.values()
                        if table["to"] == id), Fraction(0))
        out[f"flow.{id}.invested"] = text_of(invested)
        out[f"flow.{id}.in_kind"] = text_of(in_kind)
        out[f"flow.{id}.returned"] = text_of(returned)
        out[f"flow.{id}.net"] = text_of(invested - returned)
        out[f"called.{id}"] = text_of(sum((called(play, t) for t in mine), Fraction(0)))

    for id, table in burns.items():
        need(table.get("measure") in ("cash", "loss", "operating-loss", "gross-spend"), f"burn.{id}: measure")
        need("cash" in document, "a burn wants [cash]")
        if table["measure"] == "cash" or flag(table.get("as_cash", False)):
            treasury.project(id, table, out)
    return out


def called(play, tranche):
    """Money asked for by the horizon, of a tranche that was or will be closed."""
    if tranche.closes is None or not play.played(tranche.called_on):
        return Fraction(0)
    if tranche.funded:
        return tranche.money
    if tranche.by_otherwise:
        return tranche.amount_otherwise
    if tranche.shares is None:
        return tranche.amount
    # CHOICE: shares called and not closed yet count at the signing price, or their own.
    return tranche.shares * (tranche.own if tranche.rule == "own" else play.results[tranche.round]["price"])


def main(arguments):
    target, settings, removals = None, [], []
    words = iter(arguments)
    for word in words:
        if word in ("--set", "--remove"):
            (settings if word == "--set" else removals).append(next(words))
        else:
            need(target is None, f"one file, not also {word!r}")
            target = word
    need(target is not None, "usage: oracle.py FILE[@CASE] [--set PATH=VALUE]")
    print(json.dumps(results(resolve(target, settings, removals)), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OracleError as error:
        print(f"oracle: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyError as error:
        print(f"oracle: the key {error} is missing", file=sys.stderr)
        sys.exit(2)
