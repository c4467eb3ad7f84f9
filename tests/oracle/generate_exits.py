#!/usr/bin/env python3
"""Random scenarios of sales and wind-ups: python3 generate_exits.py SEED [--small | --huge]

One file holds a cap table, its instruments and three to six exits of one day. Terms are drawn so that ties, nothing at
all, and values below, at and above each preference are frequent. With --small few choices, for breakpoints;
with --huge up to 10^13 shares.
"""

import datetime
import random
import sys
import tomllib
from fractions import Fraction

sys.dont_write_bytecode = True
import waterfall  # noqa: E402
from figures import OracleError, money, text_of  # noqa: E402

MOST = 3000  # combinations of choices
INVESTORS = ["north", "south", "angel", "lender", "bank"]
FOUNDERS = ["ada", "ben", "cy"]


class Draw:
    def __init__(self, rng, small, huge):
        self.rng, self.small = rng, small
        self.text = []
        self.unit = rng.choice([1, 1, 10, 1000, 10**5, 10**6, 10**6] + [10**9] * 2 * huge)  # of shares
        self.price = rng.choice(["0.0001", "0.01", "0.5", "1", "1", "2", "3.7", "10", "1234.5678"])
        self.same = self.maybe(0.3)  # terms repeat: ties
        self.whole = self.maybe(0.25)

    def maybe(self, chance):
        return self.rng.random() < chance

    def pick(self, *words):
        return self.rng.choice(words)

    def put(self, line=""):
        self.text.append(line)

    def shares(self):
        rng = self.rng
        if self.same or self.maybe(0.3):
            return rng.choice([1, 1, 2, 3, 5]) * self.unit
        n = rng.randint(1, 9999) * self.unit
        return n + (rng.randint(0, 99) if self.unit > 1000 else 0)

    def issue_price(self):
        if self.same or self.maybe(0.3):
            return self.price
        factor = self.rng.choice(["1", "2", "0.5", "3", "1.1", "7.77", "0.123"])
        return text_of(Fraction(self.price) * Fraction(factor))

    def strike(self):
        other = Fraction(self.price) * Fraction(self.pick("0.1", "0.5", "1.5", "4"))
        return self.pick("0", self.price, self.price, text_of(other))

    def sum(self, of):
        """Money of about a size."""
        size = max(Fraction(1), Fraction(of))
        number = int(size * Fraction(self.rng.randint(1, 300), 100)) or 1
        keep = max(0, len(str(number)) - self.rng.choice([1, 2, 5]))
        number = max(1, round(number / 10**keep)) * 10**keep
        return str(number) if self.maybe(0.8) else f"{number}.{self.rng.randint(1, 99):02}"

    def date(self, first=2018, last=2024):
        return datetime.date(self.rng.randint(first, last), self.rng.randint(1, 12), self.rng.randint(1, 28))

    # -- tables

    def scenario(self):
        rng = self.rng
        self.opened = datetime.date(2024, 12, 31)
        self.sold = datetime.date(2027, rng.randint(1, 12), rng.randint(1, 28))
        self.founders = [] if self.maybe(0.08) else FOUNDERS[: rng.randint(1, 3)]
        self.put('title = "Random exits"')
        self.put('currency = "USD"')
        self.put("as_of = 2026-01-01")
        self.put("holder = { " + ", ".join(f"{id} = {{}}" for id in FOUNDERS + INVESTORS) + " }")
        self.pool = self.maybe(0.6)
        if self.pool:
            self.put("pool = { plan = {} }")
        if self.whole:
            words = ", ".join(f'{key} = "{self.pick("up", "down", "nearest")}"'
                              for key in ("price", "shares_issued", "shares_converted", "pool"))
            self.put(f'rounding = {{ shares = "whole", price_places = {rng.randint(2, 6)}, {words} }}')
        else:
            self.put('rounding = { shares = "fractional" }')
        self.classes()
        self.opening()
        self.grants()
        self.warrants()
        self.safes()
        self.notes()

    def classes(self):
        rng = self.rng
        self.ids, self.preferred, self.ranks, self.amounts = [], [], [], set()
        number = rng.randint(0, 3) if self.small else rng.choice([0, 1, 2, 2, 3, 3, 4, 5, 6, 8])
        for n in range(number):
            id = f"series-{n}"
            self.ids.append(id)
            self.put()
            self.put(f"[class.{id}]")
            if self.maybe(0.08):
                self.put('kind = "common"')
                self.ratio(None)
                continue
            self.put('kind = "preferred"')
            price = self.issue_price()
            self.put(f"issue_price = {price}")
            self.ratio(price)
            if self.maybe(0.08):
                self.put('preference = "none"')
                continue
            self.preferred.append(id)
            how = self.pick("none", "none", "none", "full", "capped", "capped")
            rank = rng.choice([1, 1, 1, 2, 3, 0, n])
            self.ranks.append(rank)
            words = [f"seniority = {rank}", f'participation = "{how}"']
            if self.maybe(0.15):
                self.amounts.add(id)
                words.append(f"amount = {self.sum(Fraction(price) * self.unit * 50)}")
                words += [f"cap = {self.pick('1', '1.5', '2')}"] if how == "capped" else []
            else:
                multiple = self.pick("1", "1", "1", "1", "0", "0.5", "1.5", "2", "3", "0.3333")
                words.append(f"multiple = {multiple}")
                caps = [cap for cap in ("1", "2", "2", "3", "1.7", multiple) if Fraction(cap) >= Fraction(multiple)]
                words += [f"cap = {rng.choice(caps)}"] if how == "capped" else []
            self.put(f"preference = {{ {', '.join(words)} }}")
            if self.maybe(0.3):
                self.dividend()

    def ratio(self, price):
        if self.maybe(0.3):
            if price and self.maybe(0.4):
                self.put(f"conversion_price = {text_of(Fraction(price) / self.rng.choice([1, 2, 4, 5]))}")
            else:
                self.put(f"ratio = {self.pick('2', QUOTED, '0.5', '10', THIRD)}")

    def dividend(self):
        if self.maybe(0.1):
            self.put('dividend = { rate = "8%/year", kind = "non-cumulative" }')
            return
        rate = self.pick("8%/year", "10%/year", "2%/quarter", "1%/month", "0%/year", "7.25%/year")
        self.put(f'dividend = {{ rate = "{rate}", kind = "cumulative", '
                 f'compound = "{self.pick("none", "none", "yearly", "quarterly", "monthly")}", '
                 f'count = "{self.pick("act/365", "act/360", "30/360", "months")}", '
                 f'on_conversion = "{self.pick("forfeited", "paid", "converts")}" }}')

    def opening(self):
        rng = self.rng
        self.put()
        self.put("[opening]")
        self.put(f"date = {self.opened}")
        lines = [f"{id} = {self.shares()}" for id in self.founders]
        if self.pool:
            self.room = sum(int(line.split("=")[1]) for line in lines) // 4 + 10 * self.unit
            lines.append(f"plan = {self.room}")
        self.put(f"shares = {{ {', '.join(lines)} }}")
        day = self.date()
        for n, id in enumerate(self.ids):
            for k in range(rng.choice([1, 1, 1, 2, 3]) if not self.maybe(0.05) else 0):
                self.put(f"[opening.position.line-{n}-{k}]")
                self.put(f'holder = "{rng.choice(INVESTORS + FOUNDERS[:1])}"')
                self.put(f'class = "{id}"')
                self.put(f"shares = {self.shares()}")
                if self.maybe(0.7):
                    self.put(f"paid = {self.issue_price()}")
                if self.maybe(0.8):
                    day = day if self.maybe(0.3) else self.date()
                    self.put(f"date = {day}")

    def grants(self):
        rng = self.rng
        if not self.pool:
            return
        for n in range(rng.choice([0, 1, 1, 2, 3]) if not self.small else rng.randint(0, 1)):
            shares = self.room // 4
            if shares < 1:
                return
            self.put()
            self.put(f"[grant.options-{n}]")
            self.put('pool = "plan"')
            has = self.maybe(0.7)
            if has:
                self.put(f'holder = "{rng.choice(FOUNDERS)}"')
            self.put(f"shares = {shares}")
            self.put(f"strike = {self.strike()}")
            start = self.opened if self.maybe(0.3) else self.date(2025, 2026)
            self.put(f"date = {start}")
            if self.maybe(0.3):
                self.put('vesting = "all"')
            else:
                words = [f"months = {self.pick(12, 24, 36, 48, 48)}"]
                words += [f"cliff = {self.pick(6, 12)}"] if self.maybe(0.5) else []
                words += ["every = 3"] if self.maybe(0.3) else []
                if self.whole:
                    words.append(f'allocation = "{self.pick("cumulative-rounding", "front-loaded", "back-loaded")}"')
                if self.maybe(0.5):
                    part = f', part = "{self.pick(0, 25, 50, 100)}%"' if self.maybe(0.6) else ""
                    words.append(f'acceleration = {{ trigger = "{self.pick("single", "double")}"{part} }}')
                self.put(f"vesting = {{ {', '.join(words)} }}")
            if has and shares >= 4 and self.maybe(0.25):
                self.put(f"exercised = {{ 2026-12-31 = {shares // 4} }}")
            if has and shares >= 4 and self.maybe(0.15):
                self.put(f"forfeited = {{ 2026-12-31 = {shares // 4} }}")

    def warrants(self):
        rng = self.rng
        for n in range(rng.choice([0, 0, 1, 1, 2]) if not self.small else rng.choice([0, 0, 1])):
            self.put()
            self.put(f"[warrant.warrant-{n}]")
            self.put(f'holder = "{rng.choice(INVESTORS)}"')
            ids = [id for id in self.ids if id not in self.amounts]
            if ids and self.maybe(0.6):
                self.put(f'class = "{rng.choice(ids)}"')
            self.put(f"shares = {self.shares()}")
            self.put(f"strike = {self.strike()}")
            self.put(f'exercise = "{self.pick("cash", "net")}"')

    def safes(self):
        rng = self.rng
        says = self.ranks and len(set(self.ranks)) > 1 or self.maybe(0.2)
        size = Fraction(self.price) * self.unit
        for n in range(rng.choice([0, 0, 1, 1, 2, 3]) if not self.small else rng.choice([0, 0, 1])):
            self.put()
            self.put(f"[safe.safe-{n}]")
            self.put(f'holder = "{rng.choice(INVESTORS)}"')
            self.put(f"date = {datetime.date(2025, 1 + n, rng.randint(1, 28))}")
            amount = self.sum(size * 100)
            self.put(f"amount = {amount}")
            form = self.pick("post-money", "post-money", "pre-money")
            self.put(f'form = "{form}"')
            kind = self.pick("cap", "cap", "cap", "both", "discount", "ownership", "nothing", "mfn", "mfn")
            if kind in ("cap", "both") or kind == "mfn" and self.maybe(0.3):
                factor = rng.choice([4, 5, 10, 10, 20, 100])
                self.put(f"cap = {text_of(Fraction(amount) * factor)}")
            if kind in ("discount", "both") or kind == "mfn" and self.maybe(0.2):
                self.put(f'discount = "{rng.choice([10, 20, 25, 50])}%"')
            if kind == "ownership":
                self.put(f'ownership = "{rng.choice([1, 5, 10])}%"')
            if kind == "mfn":
                self.put("mfn = true")
            if says or self.ranks and self.maybe(0.3):
                self.put(f"seniority = {rng.choice(self.ranks or [1])}")

    def notes(self):
        rng = self.rng
        size = Fraction(self.price) * self.unit
        for n in range(rng.choice([0, 0, 0, 1, 2]) if not self.small else rng.choice([0, 0, 1])):
            self.put()
            self.put(f"[note.note-{n}]")
            self.put(f'holder = "{rng.choice(INVESTORS)}"')
            self.put(f"date = {self.date(2025, 2025)}")
            amount = self.sum(size * 100)
            self.put(f"amount = {amount}")
            if self.maybe(0.4):
                self.put('interest = "none"')
            else:
                self.put(f'interest = {{ rate = "{self.pick("6%/year", "12%/year", "1%/month")}", '
                         f'kind = "{self.pick("simple", "compound")}", '
                         f'count = "{self.pick("act/365", "act/360", "30/360", "months")}", paid = "converts" }}')
            if self.maybe(0.2):
                self.put('at_exit = "repay"')
                continue
            converts = self.maybe(0.7)
            multiple = f"multiple = {self.pick('1', '1.5', '2', '0.5')}, " if self.maybe(0.5) else ""
            if converts:
                self.put(f"cap = {text_of(Fraction(amount) * rng.choice([5, 10, 20]))}")
                self.put(f'cap_counts = "{self.pick("before-round", "before-new-money", "with-pool")}"')
            self.put(f"at_exit = {{ {multiple}converts = {str(converts).lower()} }}")

    # -- exits

    def exit(self, id, value):
        rng = self.rng
        kind = "sale" if self.maybe(0.85) else "wind-up"
        lines = [f"[exit.{id}]", f'kind = "{kind}"', f"date = {self.sold}"]
        bare = self.maybe(0.5)
        if bare or self.maybe(0.6):
            lines.append(f"equity_value = {value}")
        else:
            lines.append(f"enterprise_value = {value}")
            lines.append(f"debt = {self.sum(Fraction(value) / 10) if self.maybe(0.8) else 0}")
        if not bare:
            if self.maybe(0.4):
                lines.append(f'fees = "{self.pick("1", "3", "2.5", "0", "12.345")}%"')
            if self.maybe(0.4):
                lines.append(f"costs = {self.sum(Fraction(value) / 50)}")
            for k in range(rng.choice([0, 0, 1, 1, 2, 3])):
                lines.append(f"[exit.{id}.carve_out.team-{k}]")
                to = self.pick('ada = "100%"', 'ada = "50%", north = "50%"', 'ben = "1/3", cy = "rest"')
                lines.append(f"to = {{ {to} }}")
                if self.maybe(0.3):
                    lines.append(f"amount = {self.sum(Fraction(value) / 20)}")
                    continue
                tiers = rng.choice([0, 0, 1, 2])
                if not tiers or self.maybe(0.7):
                    lines.append(f'rate = "{self.pick("1", "5", "10", "0")}%"')
                at = Fraction(0)
                for t in range(tiers or 0):
                    at += Fraction(self.sum(Fraction(value) / 3))
                    lines.append(f'tier.t{t} = {{ above = {text_of(at)}, rate = "{self.pick("2", "8", "15")}%" }}')
        if self.maybe(0.3) and not bare and kind == "sale":
            lines.insert(3, 'unvested = "assumed"')
        if self.maybe(0.3) and not bare and kind == "sale":
            lines.insert(3, "terminated = true")
        return "\n".join(lines)


QUOTED, THIRD = '"3:2"', '"1:3"'


def interesting(draw, game):
    """Sums to share at which something happens, and sums near them, from the claims themselves."""
    at = {Fraction(0)}
    total = Fraction(0)
    ways = [way for claim in game.claims for way in claim.ways]
    for way in sorted((way for way in ways if way.sums), key=lambda way: -way.sums[0][0]):
        total += sum(m for _, m in way.sums)
        at.add(total)
    xs = set()
    for claim in game.claims:
        for way in claim.ways:
            if way.shares:
                for other in claim.ways:
                    first = sum(m for _, m in other.sums)
                    xs |= {first / way.shares, (first + (other.room or 0)) / way.shares, way.strike / way.shares}
                if way.room is not None:
                    xs.add(way.room / way.shares)
    for x in xs:
        at.add(sum((max(sum(m for _, m in way.sums) - way.strike +
                        min(way.shares * x, way.shares * x if way.room is None else way.room) for way in claim.ways)
                    for claim in game.claims), Fraction(0)))
    return sorted(at)


def cents(number):
    return Fraction(round(number * 100), 100)


def generate(seed, small=False, huge=False):
    rng = random.Random(f"exits {seed}{' small' if small else ''}{' huge' if huge else ''}")
    while True:
        draw = Draw(rng, small, huge)
        draw.scenario()
        text = "\n".join(draw.text)
        probe = f'\n[exit.probe]\nkind = "sale"\ndate = {draw.sold}\nequity_value = 0\nunvested = "assumed"\n'
        try:
            scenario = waterfall.Scenario(tomllib.loads(text + probe, parse_float=lambda t: Fraction(t.replace("_", ""))))
            game = waterfall.Sale(scenario, "probe").game
        except OracleError:
            continue
        if not draw.pool and not any(stock.shares for stock in scenario.classes.values()):
            continue
        if game.number > (64 if small else MOST) or not any(
                len(claim.ways) == 1 and claim.ways[0].shares and claim.ways[0].room is None or
                any(way.word == "converts" and way.shares for way in claim.ways) for claim in game.claims):
            continue
        at = interesting(draw, game)
        shares = sum(max(way.shares for way in claim.ways) for claim in game.claims)
        values = []
        for _ in range(2 if small else rng.randint(3, 6)):
            near = rng.choice(at)
            choice = rng.random()
            if choice < 0.35:
                value = near
            elif choice < 0.5:
                value = near + rng.choice([-1, 1]) * Fraction(rng.choice([1, 1, 100]), 100)
            elif choice < 0.8:
                value = near + (at[-1] - near) * Fraction(rng.randint(0, 100), 100)
            elif choice < 0.9:
                value = at[-1] * rng.choice([2, 10, 1000])
            else:
                value = Fraction(rng.choice([0, 1, 100, 10**6, Fraction(1, 100), Fraction(1, 1000)]))
            exact = value.denominator
            for prime in (2, 5):
                while exact % prime == 0:
                    exact //= prime
            if exact != 1 or value.denominator > 10**6:
                value = cents(value)
            if value < 0 or value * shares > (10**30 if huge else 10**26):
                value = Fraction(10**6)
            values.append(text_of(value))
        return text + "\n\n" + "\n\n".join(draw.exit(f"exit-{n}", value) for n, value in enumerate(values)) + "\n"


if __name__ == "__main__":
    print(generate(sys.argv[1], "--small" in sys.argv, "--huge" in sys.argv), end="")
