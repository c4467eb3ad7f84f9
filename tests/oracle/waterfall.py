#!/usr/bin/env python3
"""An independent oracle for sales and wind-ups: python3 waterfall.py FILE

prints the results of every exit of a scenario that has an opening in shares, options, warrants, SAFEs and notes, but no
rounds. The payments come from trying every combination of choices (game.py), never from the value of a share.

What the pages leave open is decided in one place each and marked CHOICE.
"""

import json
import sys
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import exp

sys.dont_write_bytecode = True
from contracts import Interest, Vesting, years  # noqa: E402
from figures import (OracleError, count, day, flag, money, need, per_period, percent, plain, ratio, schedule,  # noqa: E402
                     split, text_of, whole_number, word)
from game import Claim, Game, Way  # noqa: E402
from layers import resolve  # noqa: E402

ZERO = Fraction(0)
NOTES, LAST = 10**9, -1  # ranks before and after those of classes
CENT = Fraction(1, 100)
NEAR = Fraction(1, 10**6)  # of a cent


@dataclass
class Line:
    """Shares of one holder, issued on one day."""
    holder: str
    shares: Fraction
    date: object
    paid: Fraction
    undated: bool = False


@dataclass
class Stock:
    """A class."""
    id: str
    table: dict
    lines: list = field(default_factory=list)

    def __post_init__(self):
        self.price = money(self.table["issue_price"]) if "issue_price" in self.table else None
        self.ratio = ratio(self.table.get("ratio", 1))
        if "conversion_price" in self.table:
            self.ratio = self.price / money(self.table["conversion_price"])
        preference = self.table.get("preference", "none")
        self.preference = None if preference == "none" else preference
        dividend = self.table.get("dividend", {})
        self.dividend = dividend if dividend.get("kind") == "cumulative" else None

    @property
    def shares(self):
        return sum((line.shares for line in self.lines), ZERO)

    @property
    def rank(self):
        return whole_number(self.preference["seniority"])

    def owed(self, shares, since, until):
        """The cumulative dividend of shares."""
        if self.dividend is None or since is None:
            return ZERO
        rate, period = per_period(self.dividend["rate"], percent)
        rate = rate * 12 / period
        t = years(since, until, plain(self.dividend["count"]))
        every = {"none": None, "yearly": 12, "quarterly": 3, "monthly": 1}[plain(self.dividend["compound"])]
        if every is None:
            return shares * self.price * rate * t
        e = Fraction(every, 12)
        k = int(t / e)
        return shares * self.price * ((1 + rate * e) ** k * (1 + rate * (t - k * e)) - 1)

    def beside(self, shares, since, until):
        """What is paid whether or not the shares convert."""
        if self.preference is None or self.dividend is None or plain(self.dividend["on_conversion"]) != "paid":
            return ZERO
        return self.owed(shares, since, until)

    def ways(self, shares, since, until):
        """How so many shares, issued on one day, may be paid."""
        if self.preference is None:
            return [Way("common", shares=shares * self.ratio)]
        table = self.preference
        owed = self.owed(shares, since, until)
        what = plain(self.dividend["on_conversion"]) if self.dividend else "forfeited"
        need("amount" not in table or self.shares, "an amount for a class without shares has no part for a share")
        if "amount" in table:
            # A right to shares of such a class is refused.
            base = money(table["amount"]) * shares / self.shares
        else:
            base = money(table["multiple"]) * self.price * shares
        first = base + (ZERO if what == "paid" else owed)
        n = more = shares * self.ratio
        if what == "converts":
            more = n + owed / self.price * self.ratio
        keeps, converts = Way("preference", [(self.rank, first)]), Way("converts", shares=more)
        how = word(table["participation"], "none", "full", "capped")
        if how == "none":
            return [keeps, converts]
        keeps.word, keeps.shares = "preference and shares", n
        if how == "full":
            # Without more shares it has more than by converting, whatever the others do.
            return [keeps, converts] if more > n else [keeps]
        if "amount" in table:
            most = money(table["cap"]) * base
        else:
            most = money(table["cap"]) * self.price * shares
        keeps.room = max(most - first, ZERO)
        return [keeps, converts]


class Scenario:
    def __init__(self, document):
        self.doc = document
        for section in ("round", "secondary", "split", "change"):
            need(not document.get(section), f"this oracle plays no {section}")
        opening = document["opening"]
        self.opened = day(opening["date"])
        self.classes = {"common": Stock("common", document.get("class", {}).get("common", {"kind": "common"}))}
        for id, table in document.get("class", {}).items():
            if id != "common":
                self.classes[id] = Stock(id, table)
        self.holders = list(document.get("holder", {}))
        self.pools = document.get("pool", {})
        for id, shares in opening["shares"].items():
            self.add(id, plain(opening.get("class", "common")), Line(id, count(shares), self.opened, None))
        for table in opening.get("position", {}).values():
            # CHOICE: a line without a date was issued on the day of the opening.
            bought = day(table["date"]) if "date" in table else self.opened
            paid = money(table["paid"]) if "paid" in table else None
            self.add(table["holder"], table["class"], Line(table["holder"], count(table["shares"]), bought, paid,
                                                             "date" not in table))

    def add(self, holder, class_id, line):
        if holder not in self.pools:
            self.classes[class_id].lines.append(line)


class Sale:
    """One exit, played from the state of its day."""

    KINDS = ("sale", "wind-up")

    def __init__(self, scenario, id):
        self.scenario, self.id = scenario, id
        self.table = scenario.doc["exit"][id]
        self.kind = word(self.table["kind"], *self.KINDS)
        self.date = day(self.table["date"])
        self.classes = {id: Stock(id, stock.table, list(stock.lines)) for id, stock in scenario.classes.items()}
        self.instruments = {}  # id -> holder
        self.rights = []       # options and warrants in full: id, shares as converted, strike of one of those
        self.nothing = set()   # options of which none takes part: they have no result
        self.invested = []     # (holder, class, day, money)
        for stock in self.classes.values():
            for line in stock.lines:
                if line.paid is not None:
                    self.invested.append((line.holder, stock.id, line.date, line.shares * line.paid))
        self.issued = ZERO     # options and warrants in full, as converted
        self.claims = []       # (line of the result, Claim, part of its line that is common to a lot)
        options = self.options() + self.warrants()
        self.stock()
        if self.kind != "listing":
            for key, class_id, shares, strike in options:
                self.claims.append((key, Claim(key, self.priced(class_id, shares, strike))))
        self.convertibles()
        self.game = Game([claim for _, claim in self.claims])

    # -- claims

    def options(self):
        result = []
        for id, table in self.scenario.doc.get("grant", {}).items():
            start = day(table["date"]) if "date" in table else self.scenario.opened
            if start > self.date:
                continue
            class_id = self.scenario.pools[table["pool"]].get("class", "common")
            holder = table.get("holder", table["pool"])
            shares, strike = count(table["shares"]), money(table["strike"])
            bought = [(date, n) for date, n in schedule(table.get("exercised", {})) if date <= self.date]
            given_up = sum((n for date, n in schedule(table.get("forfeited", {})) if date <= self.date), ZERO)
            exercised = sum((n for _, n in bought), ZERO)
            for date, n in bought:
                self.classes[class_id].lines.append(Line(holder, n, date, None))
                self.invested.append((holder, class_id, date, n * strike))
            left = shares - exercised - given_up
            if "expires" in table and day(table["expires"]) <= self.date:
                left = ZERO
            self.issue(id, class_id, left, strike)
            vesting = table["vesting"]
            whole = self.scenario.doc["rounding"]["shares"] == "whole"
            vested = Vesting(vesting, shares, start, whole).vested(self.date)
            vested = min(left, max(ZERO, min(vested, shares - given_up) - exercised))
            rest = left - vested
            early = vesting.get("acceleration") if isinstance(vesting, dict) else None
            if early and self.kind == "sale":
                if word(early["trigger"], "single", "double") == "single" or flag(self.table.get("terminated", False)):
                    more = rest * percent(early.get("part", "100%"))
                    vested += more // 1 if whole else more  # CHOICE: of whole shares the broken one does not vest
            if word(self.table.get("unvested", "cancelled"), "cancelled", "assumed") == "assumed":
                vested = left
            self.instruments[id] = holder
            if not vested:
                self.nothing.add(id)
            result.append((id, class_id, vested, strike))
        return result

    def warrants(self):
        result = []
        for id, table in self.scenario.doc.get("warrant", {}).items():
            start = day(table["date"]) if "date" in table else self.scenario.opened
            if start > self.date or "expires" in table and day(table["expires"]) <= self.date:
                continue
            class_id, shares = table.get("class", "common"), count(table["shares"])
            self.issue(id, class_id, shares, money(table["strike"]))
            self.instruments[id] = table["holder"]
            result.append((id, class_id, shares, money(table["strike"])))
        return result

    def issue(self, id, class_id, shares, strike):
        ratio = self.classes[class_id].ratio
        self.issued += shares * ratio
        self.rights.append((id, shares * ratio, strike / ratio))

    def priced(self, class_id, shares, strike):
        """Options or a warrant: nothing, or what the shares would have, new as they are, for the strike."""
        ways = self.classes[class_id].ways(shares, None, self.date)
        for way in ways:
            way.word, way.strike = "exercised", shares * strike
        return [Way("not exercised")] + ways

    def stock(self):
        for id, stock in self.classes.items():
            lots = {}
            for line in stock.lines:
                key = line.date if stock.dividend else None
                lots[key] = lots.get(key, ZERO) + line.shares
            for since, shares in lots.items():
                self.claims.append(((id, since), Claim(id, stock.ways(shares, since, self.date))))
                beside = stock.beside(shares, since, self.date)
                if beside:
                    self.claims.append(((id, since, "dividend"), Claim(id, [Way("dividend", [(stock.rank, beside)])])))

    def convertibles(self):
        doc = self.scenario.doc
        base = self.issued + sum((stock.shares * stock.ratio for stock in self.classes.values()), ZERO)
        safes = {id: table for id, table in doc.get("safe", {}).items() if day(table["date"]) <= self.date}
        notes = {id: table for id, table in doc.get("note", {}).items() if day(table["date"]) <= self.date}
        parts, added = ZERO, ZERO  # of C, and shares whose number is known
        terms = {}
        for id, table in safes.items():
            terms[id] = self.terms(id, table, safes)
            part, more, _ = terms[id]
            parts += part
            added += more * base
        owed = {}
        for id, table in notes.items():
            interest = Interest(table["interest"], money(table["amount"]), day(table["date"]))
            unpaid = interest.balance(self.date) - money(table["amount"])
            if interest.pays:
                # CHOICE: interest paid in cash is owed from the last payment on.
                unpaid = interest.payments(self.date, True)[-1][1] if self.date > interest.start else ZERO
                if any(date == self.date for date, _ in interest.payments(self.date, False)):
                    unpaid = ZERO
            owed[id] = unpaid
            at_exit = table["at_exit"]
            if self.kind == "sale" and at_exit != "repay" and flag(at_exit["converts"]):
                balance = money(table["amount"]) + unpaid
                part = balance / money(table["cap"])
                own = table["cap_counts"] == "before-new-money"
                terms[id] = (part, ZERO, None) if own else (ZERO, part, None)
                parts += terms[id][0]
                added += terms[id][1] * base
        need(parts < 1, "fixed parts of the company come to all of it")
        whole = (base + added) / (1 - parts)
        for section in doc:
            for id, table in (safes if section == "safe" else notes if section == "note" else {}).items():
                self.instruments[id] = table["holder"]
                self.invested.append((table["holder"], None, day(table["date"]), money(table["amount"])))
                amount = money(table["amount"])
                if self.kind == "listing":
                    need(section == "safe", "a note in a listing")
                    part, more, discount = terms[id]
                    self.take_safe(id, table["holder"], amount, part * whole + more * base, discount)
                    continue
                if section == "note":
                    at_exit = table["at_exit"]
                    multiple = 1 if at_exit == "repay" or self.kind == "wind-up" else money(at_exit.get("multiple", 1))
                    ways = [Way("preference", [(NOTES, multiple * amount + owed[id])])]
                else:
                    ways = [Way("preference", [(self.rank_of(table), amount)])]
                if self.kind == "sale" and id in terms:
                    part, more, discount = terms[id]
                    if discount:
                        ways[0].word = None
                        ways[0].sums.append((LAST, amount / (1 - discount) - amount))
                    if part or more:
                        ways.append(Way("converts", shares=part * whole + more * base))
                self.claims.append((id, Claim(id, ways)))

    def rank_of(self, table):
        if "seniority" in table:
            return whole_number(table["seniority"])
        ranks = {stock.rank for stock in self.classes.values() if stock.preference}
        need(len(ranks) <= 1, "a SAFE beside several ranks says its own")
        return ranks.pop() if ranks else 0

    def terms(self, id, table, safes):
        """Of a SAFE: its part of C, its part of B, and its discount where that may count."""
        if "ownership" in table:
            return percent(table["ownership"]), ZERO, None
        packages = [table]
        if flag(table.get("mfn", False)):
            if "elects" in table:
                packages = [safes[table["elects"]]]
            else:
                packages += [other for other in safes.values() if day(other["date"]) > day(table["date"]) and
                             other["form"] == table["form"] and not flag(other.get("mfn", False)) and
                             "ownership" not in other]
        amount = money(table["amount"])
        caps = [amount / money(package["cap"]) for package in packages if "cap" in package]
        # CHOICE: what a discount alone gives is no number of shares and counts in no base.
        discounts = [percent(package["discount"]) for package in packages
                     if "discount" in package and "cap" not in package]
        part = max(caps, default=ZERO)
        discount = max(discounts, default=None)
        return (part, ZERO, discount) if table["form"] == "post-money" else (ZERO, part, discount)

    # -- payments

    def deductions(self, value):
        """Fees, costs, debt and carve-outs by id: exact, and what is left to share."""
        left = value
        fees = percent(self.table.get("fees", "0%")) * value
        left -= fees
        costs = min(left, money(self.table.get("costs", 0)))
        left -= costs
        debt = min(left, money(self.table["debt"])) if "enterprise_value" in self.table else ZERO
        left -= debt
        carved = {}
        tables = self.table.get("carve_out", {})
        for id, table in tables.items():
            if "amount" in table:
                carved[id] = min(left, money(table["amount"]))
                left -= carved[id]
        base = left
        for id, table in tables.items():
            if "amount" in table:
                continue
            steps = [(ZERO, percent(table["rate"]))] if "rate" in table else [(ZERO, ZERO)]
            steps += [(money(tier["above"]), percent(tier["rate"])) for tier in table.get("tier", {}).values()]
            steps.sort(key=lambda step: step[0])
            ends = [start for start, _ in steps[1:]] + [None]
            carved[id] = sum((rate * max(ZERO, (base if end is None else min(base, end)) - start)
                              for (start, rate), end in zip(steps, ends)), ZERO)
            left -= carved[id]
        return fees, costs, debt, {id: carved[id] for id in tables}, left

    def value(self):
        return money(self.table["enterprise_value" if "enterprise_value" in self.table else "equity_value"])

    def exact(self, value):
        """Every line of a sale at a value in exact money, its words and the value of a share."""
        fees, costs, debt, carved, left = self.deductions(value)
        paid, words, share_value = self.game.play(left)
        lines = {("", "fees"): fees, ("", "costs"): costs, ("", "debt"): debt}
        lots = {}
        for (key, _), amount, best in zip(self.claims, paid, words):
            if isinstance(key, tuple):
                lines[("class", key[0])] = lines.get(("class", key[0]), ZERO) + amount
                lots[key] = (amount, best)
            else:
                lines[("instrument", key)] = amount
                lots[key] = (amount, best)
        for id, amount in carved.items():
            lines[("carve-out", id)] = amount
        return lines, lots, share_value

    def results(self, out):
        id, value = self.id, self.value()
        lines, lots, share_value = self.exact(value)
        need(sum(lines.values()) == value, f"{id}: {float(value - sum(lines.values()))} is nobody's")
        cents, hanging = to_cents(self.payments(lines, lots), value)
        before = set(out)
        carved = sum((amount for key, amount in cents.items() if key[0] == "carve-out"), ZERO)
        out[f"exit.{id}.value"] = text_of(value)
        for key in ("fees", "costs", "debt"):
            out[f"exit.{id}.{key}"] = text_of(cents["", key, None])
        out[f"exit.{id}.carve_outs"] = text_of(carved)
        shared = sum((n for key, n in cents.items() if key[0] in ("class", "instrument")), ZERO)
        out[f"exit.{id}.shared"] = text_of(shared)
        out[f"exit.{id}.left_over"] = text_of(value - sum(cents.values()))
        if share_value is not None:
            out[f"exit.{id}.share_value"] = text_of(share_value)
        holders = {holder: ZERO for holder in self.scenario.holders + list(self.scenario.pools)}
        worth = dict(holders)
        for (kind, _, holder, *_), amount in cents.items():
            if kind:
                holders[holder] += amount
            if kind in ("class", "instrument"):
                worth[holder] += amount
        of_class = {}
        for stock in self.classes.values():
            if not stock.shares:
                continue
            amount = sum((n for key, n in cents.items() if key[:2] == ("class", stock.id)), ZERO)
            of_class[stock.id] = amount
            out[f"class_payout.{id}.{stock.id}"] = text_of(amount)
            out[f"class_value.{id}.{stock.id}"] = text_of(amount / stock.shares)
            elected = self.election(stock, lots, share_value)
            if elected:
                out[f"class_election.{id}.{stock.id}"] = elected
        for key, holder in self.instruments.items():
            if key in self.nothing:
                continue
            out[f"instrument_payout.{id}.{key}"] = text_of(cents["instrument", key, holder])
            best = lots[key][1]
            if len(best) == 1 and None not in best:
                out[f"instrument_election.{id}.{key}"] = next(iter(best))
        for holder, amount in holders.items():
            out[f"payout.{id}.{holder}"] = text_of(amount)
        self.returns(out, worth, of_class)
        for path in set(out) - before:
            if self.hangs(path, hanging):
                del out[path]

    @staticmethod
    def hangs(path, rows):
        """Whether a result holds a cent that might as well go elsewhere."""
        kind, _, *rest = path.split(".")
        words = {"payout": ("holder",), "return": ("holder",), "class_payout": ("class",), "class_value": ("class",),
                 "class_return": ("class",), "instrument_payout": ("instrument",), "exit": ("total",)}.get(kind, ())
        if not words or rest[-1] in ("share_value", "left_over") or rest == ["value"]:
            return False
        if words == ("holder",):
            return any(row[2] == rest[0] for row in rows)
        if words == ("total",):
            kinds = [("claims" if row[0] in ("class", "instrument") else row[0] or row[1]) for row in rows]
            own = {"carve_outs": "carve-out", "shared": "claims"}.get(rest[0], rest[0])
            return own in kinds and len(set(kinds)) > 1
        return any(row[:2] == (words[0], rest[0]) for row in rows)

    def payments(self, lines, lots):
        """What is paid to whom for what, in the order in which cents that are missing are given out.

        CHOICE: a line is what one holder has of a class, an instrument, or one taker's part of a carve-out.
        """
        rows = []
        for (kind, key), amount in lines.items():
            if kind == "":
                rows.append(((kind, key, None), amount))
            elif kind == "class":
                rows += [((kind, key) + place, part) for place, part in self.by_holder(self.classes[key], lots).items()]
            elif kind == "instrument":
                rows.append(((kind, key, self.instruments[key]), amount))
            else:
                parts = split(self.table["carve_out"][key]["to"], key)
                rows += [((kind, key, holder), amount * part) for holder, part in parts.items()]
        return rows

    def by_holder(self, stock, lots):
        """What each holder has of each claim of a class."""
        result = {}
        for key, (amount, _) in lots.items():
            if not isinstance(key, tuple) or key[0] != stock.id:
                continue
            lines = [line for line in stock.lines if key[1] is None or line.date == key[1]]
            whole = sum(line.shares for line in lines)
            for line in lines:
                place = (line.holder,)
                result[place] = result.get(place, ZERO) + (amount * line.shares / whole if whole else ZERO)
        return result

    def election(self, stock, lots, share_value):
        """The word of a class, or nothing where it hangs on a tie."""
        words = set()
        for key, (amount, best) in lots.items():
            if not isinstance(key, tuple) or key[0] != stock.id or len(key) > 2:
                continue
            if len(best) > 1:
                return None
            own = next(iter(best))
            if own == "preference and shares" and stock.preference["participation"] != "full":
                if not share_value:
                    return None
                claim = next(claim for line, claim in self.claims if line == key)
                way = claim.ways[0]
                if way.shares * share_value == way.room:
                    return None
                own = "at cap" if way.shares * share_value > way.room else own
            words.add(own)
        if len(words) == 1:
            return words.pop()
        return "some convert" if "converts" in words else None

    def returns(self, out, worth, of_class):
        id = self.id
        unknown = {(line.holder, stock.id) for stock in self.scenario.classes.values() for line in stock.lines
                   if line.paid is None and line.shares}
        undated = {(line.holder, stock.id) for stock in self.scenario.classes.values() for line in stock.lines
                   if line.undated and line.shares}
        for holder, amount in worth.items():
            flows = [(date, m) for who, _, date, m in self.invested if who == holder]
            self.one_return(out, f"return.{id}.{holder}", flows, amount,
                            any(who == holder for who, _ in unknown), any(who == holder for who, _ in undated))
        for stock in self.classes.values():
            if stock.shares:
                flows = [(date, m) for _, of, date, m in self.invested if of == stock.id]
                self.one_return(out, f"class_return.{id}.{stock.id}", flows, of_class[stock.id],
                                any(of == stock.id for _, of in unknown), any(of == stock.id for _, of in undated))

    def one_return(self, out, path, flows, value, is_unknown, is_undated):
        put_in = sum((m for _, m in flows), ZERO)
        if not put_in and not value:
            return  # nothing was at stake: no result
        out[f"{path}.invested"] = text_of(put_in)
        out[f"{path}.value"] = text_of(value)
        if put_in and not is_unknown:
            out[f"{path}.moic"] = text_of(value / put_in)
            rate = yearly([(Fraction((self.date - date).days, 365), m) for date, m in flows if m], value)
            if rate is not None and not is_undated and not ({"escrow", "holdback"} & set(self.table)):
                out[f"{path}.irr"] = rate


def yearly(flows, value):
    """The rate at which money of so many years ago has become a value, to ten places; text."""
    if not value:
        return "-1"
    if any(time <= 0 for time, _ in flows):
        return None
    times, sums = [float(time) for time, _ in flows], [float(m) / float(value) for _, m in flows]
    low, high = -700 / max(times), 700 / max(times)
    for _ in range(200):
        middle = (low + high) / 2
        if sum(m * exp(t * middle) for t, m in zip(times, sums)) > 1:
            high = middle
        else:
            low = middle
    if low > 7:
        return None  # beyond a thousandfold a year the last places that are kept say nothing
    with localcontext() as context:
        context.prec = 60
        worth = [(Decimal(t.numerator) / t.denominator, Decimal(m.numerator) / m.denominator) for t, m in flows]
        target, u = Decimal(value.numerator) / value.denominator, Decimal((low + high) / 2)
        for _ in range(4):  # the sum is smooth and convex in u: each step doubles the digits
            terms = [(t, m * (t * u).exp()) for t, m in worth]
            u -= (sum(m for _, m in terms) - target) / sum(t * m for t, m in terms)
        return text_of(Fraction((u.exp() - 1).quantize(Decimal("1e-10"), ROUND_HALF_EVEN)))


def to_cents(rows, total):
    """Everything down to the cent; the cents that are then missing go to those that lost most, the first of equals.

    Also the rows where the last cent hangs on which of equals is the first.
    """
    cents = {key: amount // CENT for key, amount in rows}
    lost = {key: amount / CENT - cents[key] for key, amount in rows}
    missing = total // CENT - sum(cents.values())
    order = sorted(lost, key=lambda key: -lost[key])
    for key in order[:missing]:
        cents[key] += 1
    open_rows = set()
    if 0 < missing < len(order):
        last, next_one = lost[order[missing - 1]], lost[order[missing]]
        if last - next_one < NEAR:
            open_rows = {key for key in order if next_one - NEAR < lost[key] < last + NEAR}
    return {key: n * CENT for key, n in cents.items()}, open_rows


def results(document):
    scenario, out = Scenario(document), {}
    for id in document["exit"]:
        Sale(scenario, id).results(out)
    return out


if __name__ == "__main__":
    try:
        print(json.dumps(results(resolve(sys.argv[1])), indent=1))
    except OracleError as error:
        print(f"oracle: {error}", file=sys.stderr)
        sys.exit(2)
