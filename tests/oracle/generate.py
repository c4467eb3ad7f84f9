#!/usr/bin/env python3
"""A random valid scenario of the tables marked (A), for comparing capsim with oracle.py.

    python3 generate.py SEED [--edge]
    python3 generate.py SEED --instruments [--edge] [--whole]    two to four rounds with SAFEs, notes, options, ...
    python3 generate.py SEED --round-only [--edge] [--whole]     one round with up to seven convertibles

prints TOML; about a third of the scenarios hold a case `alt` as well. One seed always gives the same text.
A draw that the oracle refuses (a price that does not exist, say) is drawn again. Without --edge only what the
pages settle is used; with it also the places where oracle.py marks a CHOICE.
"""

import datetime
import random
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import oracle  # noqa: E402

NAMES = ["ada", "ben", "cleo", "dan", "north-fund", "south-fund", "angel", "chipmaker", "cloud-co", "staff", "trust", "x9"]


class Writer:
    """Collects the lines of a TOML file, tables in the order they are opened."""

    def __init__(self):
        self.lines = []

    def table(self, name):
        self.lines += ["", f"[{name}]"]

    def put(self, key, value):
        self.lines.append(f"{key} = {value}")

    def text(self):
        return "\n".join(self.lines).lstrip("\n") + "\n"


class Generator:
    def __init__(self, rng, edge):
        self.rng, self.edge = rng, edge
        self.out = Writer()
        self.sources = []
        self.case = []        # lines of case alt

    # -- small choices

    def maybe(self, chance):
        return self.rng.random() < chance

    def pick(self, *words):
        return self.rng.choice(words)

    def size(self, low, high):
        """A number spread evenly over its orders of magnitude."""
        return low * (high / low) ** self.rng.random()

    # -- literals

    def figure(self, literal):
        """Sometimes with a range, a hedge, a status or a source."""
        if self.maybe(0.8):
            return literal
        more = [self.pick('said = "about"', 'status = "assumed"', 'remark = "drawn at random"')]
        if self.sources and self.maybe(0.5):
            more.append(f'source = "{self.rng.choice(self.sources)}"')
        return f"{{ value = {literal}, {', '.join(more)} }}"

    def money(self, about, bare=False):
        """A money literal near an amount, in one of the ways to write it."""
        about = max(1, int(about))
        places = max(0, len(str(about)) - self.rng.randint(2, 6))
        amount = max(1, about // 10**places) * 10**places
        ways = ["plain", "grouped", "suffix", "suffix", "suffix", "sign", "code"]
        way = self.pick(*ways)
        if way == "plain":
            return self.finish(str(amount), bare)
        if way == "grouped":
            return self.finish(f"{amount:_}", bare)
        suffix, unit = next((s, u) for s, u in (("T", 10**12), ("B", 10**9), ("M", 10**6), ("K", 10**3), ("", 1))
                            if amount >= u)
        digits = oracle.text_of(Fraction(amount, unit)) + suffix
        if way == "sign":
            digits = "$" + digits
        if way == "code":
            digits = "USD " + digits
        return self.finish(f'"{digits}"', bare)

    def finish(self, literal, bare):
        return literal if bare else self.figure(literal)

    def rate(self, about, period):
        text = self.money(about, bare=True).strip('"').replace("_", "")
        return self.figure(f'"{text}/{period}"')

    def percent(self, low, high, places=2):
        number = self.rng.randint(int(low * 10**places), int(high * 10**places))
        return f'"{oracle.text_of(Fraction(number, 10**places))}%"'

    def parts(self, ids, rest_chance=0.5):
        """A split over ids as an inline table."""
        ids = list(ids)
        if len(ids) == 1:
            return f'{{ {ids[0]} = "{self.pick("100%", "rest")}" }}'
        cuts = sorted(self.rng.sample(range(5, 96), len(ids) - 1))
        sizes = [b - a for a, b in zip([0] + cuts, cuts + [100])]
        words = [f'"{size}%"' for size in sizes]
        if self.maybe(rest_chance):
            words[-1] = '"rest"'
        elif len(ids) == 3 and self.maybe(0.3):
            words = ['"1/3"'] * 3
        return "{ " + ", ".join(f"{id} = {word}" for id, word in zip(ids, words)) + " }"

    def after(self, date, low, high):
        return date + datetime.timedelta(days=self.rng.randint(low, high))

    # -- the file

    def scenario(self):
        rng = self.rng
        self.value = self.size(5e6, 5e11)  # what the company is worth, growing from round to round
        self.opened = datetime.date(2025, rng.randint(1, 12), rng.randint(1, 28))
        self.as_of = self.after(self.opened, 0, 400)
        if self.maybe(0.3):
            self.as_of = self.as_of.replace(day=1)
        if self.as_of < self.opened:
            self.as_of = self.opened
        self.projects = self.maybe(0.85)
        self.bounded = self.projects or self.maybe(0.5)
        years = rng.randint(1, 5)
        self.horizon = datetime.date(self.as_of.year + years, 12, 31)
        if self.maybe(0.3):
            self.horizon = datetime.date(self.as_of.year + years, rng.randint(1, 12), rng.randint(1, 28))
        self.out.put("title", '"A random scenario"')
        self.out.put("currency", '"USD"')
        self.out.put("as_of", self.as_of)
        if self.bounded:
            self.out.put("horizon", self.horizon)
        if self.maybe(0.3):
            self.out.put("format", 1)
        for n in range(rng.randint(0, 2)):
            self.sources.append(f"paper-{n}")
            self.out.table(f"source.paper-{n}")
            self.out.put("title", f'"Paper {n}"')
        self.people()
        self.opening()
        self.conditions()
        self.rounds()
        self.secondaries()
        if self.projects:
            self.treasury()
        if self.case:
            self.out.table("case.alt")
            self.out.put("title", '"Another reading"')
            self.out.lines += self.case
        return self.out.text()

    def people(self):
        rng = self.rng
        self.holders = rng.sample(NAMES, rng.randint(1, 8))
        self.pools = rng.sample(["plan", "plan-two"], rng.choice([0, 1, 1, 1, 2]))
        for id in self.holders:
            self.out.table(f"holder.{id}")
            if self.maybe(0.4):
                self.out.put("kind", self.pick('"founder"', '"investor"', '"strategic"'))
        for id in self.pools:
            self.out.table(f"pool.{id}")
        # Classes for the opening's positions (any ratio) and for rounds (ratio 1 unless edge).
        self.old_classes, self.round_classes, self.ratios = [], [], {"common": Fraction(1)}
        for n in range(rng.randint(0, 2)):
            self.class_table(f"series-{n}", self.old_classes, True)
        for n in range(rng.randint(0, 3)):
            self.class_table(f"new-{n}", self.round_classes, self.edge)

    def class_table(self, id, into, free):
        into.append(id)
        self.out.table(f"class.{id}")
        self.out.put("kind", '"preferred"')
        self.ratios[id] = Fraction(1)
        if free and self.maybe(0.7):
            text, value = self.pick(('"3:1"', 3), ('"1.25"', "5/4"), ("2", 2), ('"1:2"', "1/2"), ("1.5", "3/2"))
            self.out.put("ratio", text)
            self.ratios[id] = Fraction(value)

    def opening(self):
        rng = self.rng
        self.by_stake = self.maybe(0.5)
        owners = rng.sample(self.holders, rng.randint(1, len(self.holders)))
        pools = [id for id in self.pools if self.maybe(0.7)]
        self.owners = owners
        self.mixed = set()  # owners with shares of another class
        positions = []
        for class_id in self.old_classes:
            if self.maybe(0.7):
                holder = rng.choice(self.holders)
                positions.append((holder, class_id))
                self.mixed.add(holder)
        if self.by_stake:
            full = rng.choice([10**9, 10**8, 12_345_678, 10**7, 10**6])
            # Stakes are written to 0.01 %: whole shares come out where nothing but common is held.
            self.whole = not positions and full % 10_000 == 0 and self.maybe(0.25)
            if self.whole or self.maybe(0.1):
                self.rounding()
        else:
            self.whole = self.maybe(0.6)
            self.rounding()
        self.out.table("opening")
        self.out.put("date", self.opened)
        if self.edge and self.old_classes and self.maybe(0.2):
            self.out.put("class", f'"{rng.choice(self.old_classes)}"')
        if self.by_stake:
            self.out.put("fully_diluted", self.figure(f"{full:_}"))
            ids = owners + pools
            pieces = len(ids) + len(positions)
            cuts = sorted(rng.sample(range(1, 10_000), pieces - 1))
            sizes = [Fraction(b - a, 100) for a, b in zip([0] + cuts, cuts + [10_000])]
            words = [f'"{oracle.text_of(size)}%"' for size in sizes]
            lasting = rng.randrange(len(ids)) if self.maybe(0.6) else None
            self.out.table("opening.stake")
            for n, id in enumerate(ids):
                self.out.put(id, '"rest"' if n == lasting else self.figure(words[n]))
            lines = [("stake", word) for word in words[len(ids):]]
            self.full = Fraction(full)
        else:
            self.out.table("opening.shares")
            self.full = Fraction(0)
            for id in owners + pools:
                shares = int(self.size(1e4, 2e7)) // (10 if id in pools else 1)
                shares = shares // 1000 * 1000 if self.maybe(0.5) and shares > 1000 else shares
                literal = f"{shares:_}"
                if not self.whole and self.maybe(0.3):
                    literal, shares = f"{shares}.125", shares + Fraction(1, 8)
                self.out.put(id, self.figure(literal))
                self.full += shares
            lines = []
            for _, class_id in positions:
                shares = int(self.size(1e4, 5e6))
                if self.whole and self.ratios[class_id].denominator != 1:
                    shares = shares // 8 * 8
                lines.append(("shares", f"{shares}"))
                self.full += shares * self.ratios[class_id]
        for n, ((holder, class_id), (key, literal)) in enumerate(zip(positions, lines)):
            self.out.table(f"opening.position.line-{n}")
            self.out.put("holder", f'"{holder}"')
            self.out.put("class", f'"{class_id}"')
            self.out.put(key, literal)
        self.price_now = Fraction(int(self.value)) / self.full

    def rounding(self):
        self.out.table("rounding")
        if not self.whole:
            self.out.put("shares", '"fractional"')
            return
        # Enough places that a price keeps four significant digits.
        price = Fraction(int(self.value)) / 10**8
        self.places = 2 if price > 100 else self.rng.randint(4, 8)
        self.out.put("shares", '"whole"')
        self.out.put("price_places", self.places)
        for key in ("price", "shares_issued", "shares_converted", "pool"):
            self.out.put(key, self.pick('"up"', '"down"', '"nearest"'))

    def conditions(self):
        rng = self.rng
        self.known = {}  # id -> (has by, date or None)
        for n in range(rng.randint(0, 3)):
            id = f"event-{n}"
            self.out.table(f"condition.{id}")
            expected = self.maybe(0.6)
            self.out.put("expected", str(expected).lower())
            date = self.after(self.as_of, -100, 700) if self.maybe(0.6) else None
            by = self.after(date or self.as_of, 30, 900) if self.maybe(0.5) else None
            if date:
                self.out.put("date", self.figure(str(date)))
            if by:
                self.out.put("by", by)
            if self.maybe(0.5):
                self.out.put("probability", self.percent(10, 90, 0))
            self.known[id] = by
            if self.maybe(0.15):
                self.case.append(f"condition.{id}.expected = {str(not expected).lower()}")
        if len(self.known) >= 2:
            for word in ("any", "all"):
                if self.maybe(0.5):
                    members = rng.sample(list(self.known), rng.randint(2, len(self.known)))
                    members = [id for id in members if id.startswith("event")] or ["event-0"]
                    self.out.table(f"condition.{word}-of-them")
                    self.out.put(word, "[" + ", ".join(f'"{id}"' for id in members) + "]")
                    self.known[f"{word}-of-them"] = None

    # -- rounds

    def rounds(self):
        date = self.opened
        self.round_dates = []
        for n in range(self.rng.randint(0, 4)):
            if not (n and self.maybe(0.1)):  # now and then two rounds on one day
                date = self.after(date, 0, 420)
            self.round(f"round-{n}", date)
            self.round_dates.append(date)

    def round(self, id, date):
        rng, out = self.rng, self.out
        self.value *= rng.uniform(0.7, 2.2)
        per_share = self.price_now * Fraction(int(self.value), max(1, int(self.value / rng.uniform(0.9, 1.8))))
        self.price_now = per_share
        raise_about = self.value * rng.uniform(0.02, 0.3)
        out.table(f"round.{id}")
        out.put("date", self.figure(str(date)))
        key = self.pick("pre_money", "post_money", "price")
        pool = None
        if self.pools and self.maybe(0.6):
            pool = rng.choice(self.pools)
        where = self.pick('"pre-money"', '"post-money"')
        if key == "price" and pool and self.whole and not self.edge:
            where = '"post-money"'
        if key == "price":
            literal = self.price_text(per_share)
            out.put("price", literal)
        else:
            about = self.value + (raise_about if key == "post_money" else 0)
            out.put(key, self.money(about))
            if key == "post_money" and self.maybe(0.2):
                self.case.append(f"round.{id}.pre_money = {self.money(about, bare=True)}")
        if self.round_classes and self.maybe(0.6):
            out.put("class", f'"{rng.choice(self.round_classes)}"')
        tranches = rng.randint(1, 5)
        targeted = self.maybe(0.5)
        priorities = False
        if targeted:
            target = raise_about * rng.uniform(0.6, 1.3)
            out.put("target", self.money(target))
            how = self.pick("cut-back", "priority", "upsize")
            out.put("oversubscription", f'"{how}"')
            priorities = how == "priority"
            if self.maybe(0.15):
                self.case.append(f'round.{id}.oversubscription = "{self.pick("cut-back", "upsize")}"')
        if pool:
            out.table(f"round.{id}.pool")
            out.put("id", f'"{pool}"')
            out.put("target", self.figure(self.percent(1, 20)))
            out.put("counts", self.pick('"unallocated"', '"issued-and-unallocated"'))
            out.put("in", where)
        shares = [rng.uniform(0.2, 1) for _ in range(tranches)]
        for n in range(tranches):
            self.tranche(id, f"part-{n}", date, raise_about * shares[n] / sum(shares), per_share, targeted, priorities,
                         pool and where == '"post-money"')
        if tranches > 1 and self.maybe(0.08) and not any(line.startswith("remove") for line in self.case):
            gone = f"round.{id}.tranche.part-0"
            self.case = [line for line in self.case if not line.startswith(gone)] + [f'remove = ["{gone}"]']

    def price_text(self, price):
        """A price as a literal with no more digits than the rounding keeps."""
        places = self.places if self.whole else max(0, 6 - len(str(int(price))) + 1)
        unit = Fraction(1, 10**places)
        price = max(unit, int(price / unit) * unit)
        text = oracle.text_of(price)
        return self.figure(self.pick(text, f'"{text}"'))

    def tranche(self, round_id, id, date, about, per_share, targeted, priorities, post_pool):
        rng, out = self.rng, self.out
        out.table(f"round.{round_id}.tranche.{id}")
        out.put("investor", f'"{rng.choice(self.holders)}"')
        in_shares = not targeted and self.maybe(0.15)
        if in_shares:
            out.put("shares", f"{max(1, int(about / per_share)):_}")
        elif self.maybe(0.04):
            out.put("amount", 0)
        else:
            out.put("amount", self.money(about))
            if self.maybe(0.05):
                self.case.append(f"round.{round_id}.tranche.{id}.amount = {self.money(about * rng.uniform(0.5, 2), bare=True)}")
        if priorities:
            out.put("priority", rng.randint(1, 3))
        optional = self.maybe(0.1)
        if optional:
            out.put("optional", "true")
        if self.maybe(0.1):
            out.put("probability", self.percent(20, 95, 0))
        due = date
        if self.maybe(0.35):
            due = self.after(date, 0, 300)
            out.put("date", due)
        conditional = bool(self.known) and self.maybe(0.35)
        latest = due
        otherwise = False
        if conditional:
            condition = rng.choice(list(self.known))
            out.put("condition", f'"{condition}"')
            notice = 0
            if self.maybe(0.4):
                notice = rng.randint(1, 60)
                out.put("notice_days", notice)
            condition_by = self.known[condition]
            by = self.after(due, 10, 500) if self.maybe(0.5) else None
            # An otherwise needs a last day; one before the tranche is due is left open by the pages.
            last = condition_by or by
            if last and (last >= due or self.edge) and self.maybe(0.5):
                out.put("otherwise", self.money(about * rng.uniform(0.1, 0.8)))
                otherwise = True
            # Where the condition's `by` and the tranche's differ, a met condition may still close too late.
            if by and not (otherwise and condition_by and not self.edge):
                out.put("by", by)
            latest = max([due, datetime.date(self.as_of.year + 5, 1, 1)])
        rules = ["signing"] * 6 + ["own"]
        if not (otherwise or optional) or self.edge:
            rules += ["latest"]
            if not post_pool or self.edge:
                rules += ["closing"]
        rule = rng.choice(rules)
        if rule == "own":
            out.put("price", self.price_text(per_share * Fraction(rng.randint(80, 130), 100)))
        elif rule != "signing" or self.maybe(0.1):
            out.put("price", f'"{rule}"')
        if not conditional and self.maybe(0.2):
            out.put("paid", self.after(latest, 1, 200))
        elif conditional and self.edge and self.maybe(0.2):
            out.put("paid", self.after(due, 1, 400))
        if self.projects and self.maybe(0.25):
            labels = ["cash", "compute"] if self.maybe(0.7) else ["cash", "compute", "power"]
            if self.maybe(0.15):
                labels = ["compute"]
            out.put("consideration", self.parts(labels))
            drawdown = [f"months = {rng.randint(3, 36)}"]
            # Credit carried from before the projection is left open by the pages.
            settled = due >= self.as_of or self.edge
            unused = self.pick("lost", "carried") if settled else "lost"
            drawdown.append(f'unused = "{unused}"')
            drawdown.append(f"eligible = {self.percent(0, 100, 0)}")
            if not conditional and self.maybe(0.3):
                drawdown.append(f"from = {self.after(due, 0, 200)}")
            out.put("drawdown", "{ " + ", ".join(drawdown) + " }")

    def secondaries(self):
        rng = self.rng
        sellers = [id for id in self.owners if self.edge or id not in self.mixed]
        if not sellers or (self.whole and not self.edge):
            return
        for n in range(rng.choice([0, 0, 1, 2])):
            chosen = rng.sample(sellers, rng.randint(1, min(2, len(sellers))))
            buyers = [id for id in self.holders if id not in chosen]
            if not buyers:
                return
            buyers = rng.sample(buyers, rng.randint(1, min(3, len(buyers))))
            date = self.after(self.opened, 0, 900)
            if self.round_dates and self.maybe(0.3):
                date = rng.choice(self.round_dates)
            self.out.table(f"secondary.sale-{n}")
            self.out.put("date", date)
            self.out.put("from", self.parts(chosen))
            self.out.put("to", self.parts(buyers))
            if self.maybe(0.5):
                self.out.put("amount", self.money(self.value * rng.uniform(0.001, 0.15)))
            else:
                shares = max(1, int(self.full * Fraction(rng.randint(1, 200), 1000)))
                self.out.put("shares", f"{shares:_}")
            if self.maybe(0.5):
                self.out.put("price", self.price_text(self.price_now * Fraction(rng.randint(60, 120), 100)))
            else:
                self.out.put("discount", self.figure(self.percent(0, 40)))
            # A buyer may now hold other classes than common; it does not sell again.
            self.mixed |= set(buyers)
            sellers = [id for id in sellers if id not in buyers] or sellers[:0]
            if not sellers:
                return

    # -- cash

    def treasury(self):
        rng, out = self.rng, self.out
        monthly = self.value * rng.uniform(0.001, 0.03)
        out.table("cash")
        out.put("opening", self.money(monthly * rng.uniform(0, 20)))
        if self.maybe(0.6):
            out.put("minimum", self.money(monthly * rng.uniform(0.1, 3)))
        forms = rng.sample(["rate", "growth", "phases", "month", "quarter", "year", "through"], rng.randint(0, 4))
        for form in forms:
            self.burn(f"by-{form}", form, monthly * rng.uniform(0.5, 2))
        for n in range(rng.choice([0, 1, 1, 2])):
            self.commitment(f"lease-{n}", monthly)

    def burn(self, id, form, monthly):
        rng, out = self.rng, self.out
        out.table(f"burn.{id}")
        measure = self.pick("cash", "cash", "loss", "operating-loss", "gross-spend")
        out.put("measure", f'"{measure}"')
        if measure != "cash" and self.maybe(0.6):
            out.put("as_cash", "true")
        if self.maybe(0.3):
            out.put("vintage", self.as_of)
        if form in ("rate", "growth", "phases"):
            period, months = self.pick(("month", 1), ("quarter", 3), ("year", 12))
            out.put("rate", self.rate(monthly * months, period))
            if form == "growth":
                out.put("growth", self.figure(self.growth()))
            if form == "phases":
                start = self.as_of
                for n in range(rng.randint(1, 3)):
                    month = oracle.month_of(start) + rng.randint(1, 12)
                    start = oracle.first_of(month)
                    out.table(f"burn.{id}.phase.step-{n}")
                    out.put("from", start if self.maybe(0.7) else start.replace(day=rng.randint(1, 28)))
                    out.put("growth", self.figure(self.growth()))
            return
        first, last = oracle.month_of(self.as_of), oracle.month_of(self.horizon)
        if form == "month":
            names = [oracle.month_name(month) for month in range(first, last + 1)]
            size = 1
        elif form == "quarter":
            names = [f"{quarter // 4}-q{quarter % 4 + 1}" for quarter in range(first // 3, last // 3 + 1)]
            size = 3
        else:
            names = [str(year) for year in range(self.as_of.year, self.horizon.year + 1)]
            size = 12
        if form == "through":
            start = self.as_of.year - rng.randint(0, 1)
            years = list(range(start, self.horizon.year + 1 + rng.randint(0, 1)))
            named = rng.sample(years, rng.randint(0, len(years) - 1))
            fill = '"flat"' if self.maybe(0.5) else self.growth("year")
            out.put("through", f"{{ from = {start}, year = {years[-1]}, "
                               f"total = {self.money(monthly * 12 * len(years) * 1.5, bare=True)}, fill = {fill} }}")
            if named:
                out.table(f"burn.{id}.by_year")
                for year in sorted(named):
                    out.put(year, self.money(monthly * 12 * rng.uniform(0.3, 1.5)))
            return
        out.table(f"burn.{id}.by_{form}")
        for name in names:
            amount = self.money(monthly * size * rng.uniform(0.4, 2), bare=True)
            if self.maybe(0.05):  # a period of income
                amount = amount.replace("$", "").replace("USD ", "")
                amount = f'"-{amount[1:]}' if amount.startswith('"') else f"-{amount}"
            out.put(name, self.figure(amount))

    def growth(self, period=None):
        period = period or self.pick("month", "quarter", "year")
        low, high = {"month": (-3, 5), "quarter": (-8, 12), "year": (-25, 60)}[period]
        tenths = self.rng.randint(low * 10, high * 10)
        sign = "-" if tenths < 0 else ""
        return f'"{sign}{oracle.text_of(Fraction(abs(tenths), 10))}%/{period}"'

    def commitment(self, id, monthly):
        rng, out = self.rng, self.out
        out.table(f"commitment.{id}")
        out.put("to", f'"{rng.choice(self.holders)}"')
        out.put("amount", self.money(monthly * rng.uniform(1, 30)))
        start = self.after(self.as_of, -300, 500).replace(day=1)
        if self.maybe(0.6):
            if self.edge and self.maybe(0.5):
                start = start.replace(day=rng.randint(2, 28))
            out.put("from", start)
            out.put("months", rng.randint(1, 84))
        else:
            start = start.replace(day=rng.randint(1, 28))
            out.put("from", start)
            out.put("until", self.after(start, 20, 1500))
        out.put("within_burn", self.pick("true", "false"))


def plausible(text):
    """Whether the oracle plays the file and its case, with sane outcomes."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        targets = [file.name] + ([file.name + "@alt"] if "[case.alt]" in text else [])
        for target in targets:
            try:
                out = oracle.results(oracle.resolve(target))
            except oracle.OracleError:
                return False
            for key, value in out.items():
                if key.startswith("pre_money.") and Fraction(value) <= 0:
                    return False
                if key.startswith("ownership.") and not 0 <= Fraction(value) <= 1:
                    return False
        return True


def draw(rng, edge, mode, whole):
    if not mode:
        return Generator(rng, edge).scenario()
    from generate_instruments import Instruments
    generator = Instruments(rng, edge, whole)
    return generator.instruments() if mode == "instruments" else generator.round_only()


def generate(seed, edge=False, mode=None, whole=False):
    for attempt in range(200):
        rng = random.Random(f"{seed}/{attempt}/{edge}" + (f"/{mode}/{whole}" if mode else ""))
        text = draw(rng, edge, mode, whole)
        if plausible(text):
            return text
    raise SystemExit(f"no plausible scenario for seed {seed}")


def main(arguments):
    seeds = [word for word in arguments if not word.startswith("--")]
    words = {word.lstrip("-") for word in arguments} - set(seeds)
    modes = words & {"instruments", "round-only"}
    if len(seeds) != 1 or words - {"edge", "whole"} - modes or len(modes) > 1 or ("whole" in words and not modes):
        raise SystemExit("usage: generate.py SEED [--instruments | --round-only] [--edge] [--whole]")
    print(generate(seeds[0], "edge" in words, modes.pop() if modes else None, "whole" in words), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
