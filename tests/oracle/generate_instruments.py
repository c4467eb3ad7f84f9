"""Random scenarios of instruments: generate.py --instruments and --round-only."""

import datetime
from fractions import Fraction

import oracle
from contracts import Vesting
from generate import Generator

ALLOCATIONS = ["cumulative-rounding", "cumulative-round-down", "front-loaded", "back-loaded",
               "front-loaded-to-single-tranche", "back-loaded-to-single-tranche", "fractional"]


class Instruments(Generator):
    def __init__(self, rng, edge, whole=False):
        super().__init__(rng, edge)
        self.whole = whole
        self.round_numbers = rng.random() < 0.35

    # -- small choices

    def nice(self, number, digits=None):
        """Rounded to a few digits, as a whole number."""
        number = max(1, int(number))
        keep = digits or (1 if self.round_numbers else self.rng.randint(2, 5))
        places = max(0, len(str(number)) - keep)
        return max(1, round(number / 10**places)) * 10**places

    def amount(self, number):
        """A literal of money, and its value."""
        value = self.nice(number)
        for suffix, unit in (("B", 10**9), ("M", 10**6), ("K", 10**3)):
            if value >= unit and self.maybe(0.6):
                return f'"{oracle.text_of(Fraction(value, unit))}{suffix}"', value
        return f"{value:_}", value

    def per_share(self, price):
        """A literal price, never more than four digits."""
        price = Fraction(price)
        places = max(0, 4 - len(str(int(price)))) + (1 if price < 1 else 0)
        unit = Fraction(1, 10**places)
        return oracle.text_of(max(unit, int(price / unit) * unit))

    def percents(self, low, high):
        return f'"{self.rng.randint(low, high)}%"'

    def note_date(self, low, high):
        return low + datetime.timedelta(days=self.rng.randint(0, max(0, (high - low).days)))

    # -- the frame

    def frame(self, years):
        rng = self.rng
        self.opened = datetime.date(2024, rng.randint(1, 12), rng.randint(1, 31 - 3))
        self.as_of = self.after(self.opened, 0, 300)
        self.horizon = datetime.date(self.opened.year + years, rng.choice([6, 12]), 30)
        self.out.put("title", '"Random instruments"')
        self.out.put("currency", '"USD"')
        self.out.put("as_of", self.as_of)
        self.out.put("horizon", self.horizon)

    def cap_table(self, old_classes):
        """Holders, a pool, classes and the opening."""
        rng, out = self.rng, self.out
        self.founders = ["ada", "ben"][: rng.randint(1, 2)]
        self.investors = ["north-fund", "south-fund", "angel", "lender"][: rng.randint(2, 4)]
        out.put("holder", "{ " + ", ".join(f"{id} = {{}}" for id in self.founders + self.investors) + " }")
        self.pool = "plan" if self.maybe(0.8) else None
        self.shares = 0
        lines, positions = {}, []
        for id in self.founders:
            lines[id] = self.nice(self.size(1e6, 1e7))
        if self.pool:
            lines[self.pool] = self.nice(sum(lines.values()) * rng.uniform(0.08, 0.25))
            out.table(f"pool.{self.pool}")
        price = Fraction(int(self.value)) / (sum(lines.values()) * Fraction(13, 10))
        self.old, self.protected_classes, self.plain_classes = [], [], []
        for n in range(old_classes):
            id = f"series-{n}"
            out.table(f"class.{id}")
            out.put("kind", '"preferred"')
            r = Fraction(1)
            if self.maybe(0.25):
                text, r = self.pick(('"3:2"', Fraction(3, 2)), ("2", Fraction(2)), ('"1:2"', Fraction(1, 2)))
                out.put("ratio", text)
            out.put("issue_price", self.per_share(price * r * Fraction(rng.randint(60, 160), 100)))
            if self.authorises and self.maybe(0.4):
                out.put("authorised", 100_000_000)
            plays = self.protection(id, price, 0.75, True)
            self.old.append(id)
            # Of a class that must pay to play some holder plays: see play_along.
            for holder in rng.sample(self.investors, 2 if plays or self.maybe(0.4) else 1):
                shares = self.nice(self.size(1e5, 1.5e6))
                positions.append((id, holder, shares))
                self.shares += shares * r
        if self.changes and self.maybe(0.4):
            out.table("class.founder")
            out.put("kind", '"common"')
            positions.append(("founder", self.founders[0], self.nice(self.size(1e5, 1e6))))
            self.shares += positions[-1][2]
            self.founder_class = True
        self.positions = positions
        self.shares += sum(lines.values())
        self.lines = lines
        self.price_now = Fraction(int(self.value)) / self.shares

    def opening_table(self):
        out = self.out
        out.table("rounding")
        if self.whole:
            out.put("shares", '"whole"')
            out.put("price_places", self.rng.randint(4, 6))
            for key in ("price", "shares_issued", "shares_converted", "pool"):
                out.put(key, self.pick('"up"', '"down"', '"nearest"'))
        else:
            out.put("shares", '"fractional"')
        out.table("opening")
        out.put("date", self.opened)
        out.table("opening.shares")
        for id, shares in self.lines.items():
            out.put(id, f"{shares:_}")
        for n, (class_id, holder, shares) in enumerate(self.positions):
            out.table(f"opening.position.line-{n}")
            out.put("holder", f'"{holder}"')
            out.put("class", f'"{class_id}"')
            out.put("shares", f"{shares:_}")

    def protection(self, class_id, price, chance, may_pay_to_play=False):
        """Whether the class pays to play."""
        rng = self.rng
        if not self.maybe(chance):
            self.plain_classes.append(class_id)
            return False
        kind = self.pick("broad", "broad", "narrow", "full-ratchet")
        words = [f'kind = "{kind}"']
        base = None
        if kind != "full-ratchet":
            wide = ["fully-diluted", "without-reserve", "issued"]
            base = self.pick(*(wide if kind == "broad" else ["without-reserve", "issued", "own-series"]))
            words.append(f'base = "{base}"')
        if self.maybe(0.3):
            words.append(f"floor = {self.per_share(price * Fraction(rng.randint(20, 55), 100))}")
        # What a base of its own series is where some of it has been converted is left open by the pages.
        plays = may_pay_to_play and self.maybe(0.3) and (base != "own-series" or self.edge)
        if plays:
            words.append("pay_to_play = true")
            self.plays.append(class_id)
        self.out.put("protection", "{ " + ", ".join(words) + " }")
        self.protected_classes.append(class_id)
        return plays

    # -- SAFEs and notes

    def convertibles(self, number, first, last, rounds):
        """`rounds` are (date, pre-money) of the rounds to come; caps are near the first."""
        rng = self.rng
        self.claims, self.safes, self.notes = [], [], []
        kinds = [self.pick("safe", "safe", "note") for _ in range(number)]
        dates = sorted(self.note_date(first, last) for _ in kinds)
        for n, (kind, date) in enumerate(zip(kinds, dates)):
            if self.maybe(0.1) and n:
                date = dates[n - 1]
            value = next((value for at, value in rounds if at >= date), rounds[-1][1] if rounds else self.value)
            amount, _ = self.amount(value * rng.uniform(0.005, 0.05))
            if kind == "safe":
                self.safe(f"safe-{n}", date, amount, value)
            else:
                self.note(f"note-{n}", date, amount, value)
            self.claims.append((kind, f"{kind}-{n}", date))

    def terms(self, value, form):
        """cap and discount for a company worth so much, sometimes so that both are worth the same."""
        rng, words = self.rng, {}
        if form in ("discount", "both"):
            words["discount"] = rng.choice([10, 15, 20, 25, 30])
        if form in ("cap", "both"):
            words["cap"] = f"{self.nice(value * rng.uniform(0.4, 1.6), 2):_}"
            if form == "both" and self.maybe(0.3):
                words["cap"] = f"{int(value) * (100 - words['discount']) // 100:_}"
        if "discount" in words:
            words["discount"] = f'"{words["discount"]}%"'
        return words

    def safe(self, id, date, amount, value):
        rng, out = self.rng, self.out
        kind = self.pick("cap", "cap", "cap", "discount", "both", "both", "uncapped", "ownership", "mfn", "mfn")
        form = self.pick("post-money", "post-money", "pre-money")
        out.table(f"safe.{id}")
        holder = rng.choice(self.investors)
        out.put("holder", f'"{holder}"')
        out.put("date", date)
        out.put("amount", amount)
        out.put("form", f'"{form}"')
        if kind == "mfn":
            out.put("mfn", "true")
            if self.maybe(0.3):
                for key, word in self.terms(value, self.pick("cap", "discount", "both")).items():
                    out.put(key, word)
            self.electing.append((len(out.lines), date, form))  # an election is written once the later SAFEs are known
        elif kind == "ownership":
            out.put("ownership", self.pick('"2%"', '"7%"', '"1/30"', '"3.5%"'))
        elif kind != "uncapped":
            for key, word in self.terms(value, kind).items():
                out.put(key, word)
        if self.maybe(0.2) and self.into:
            out.put("into", f'"{rng.choice(self.into)}"')
        letter = self.maybe(0.25)
        if letter:
            out.put("pro_rata", "true")
            self.letters.append((holder, date))
        self.safes.append((id, {"form": form, "plain": kind not in ("mfn", "ownership"), "date": date}))

    def elections(self):
        """Some of the MFN SAFEs have elected a later one."""
        for place, date, form in reversed(self.electing):
            converts = min((at for at in self.dates if at >= date), default=date)
            later = [id for id, terms in self.safes
                     if terms["plain"] and terms["form"] == form and date < terms["date"] <= converts]
            if later and self.maybe(0.35):
                self.out.lines.insert(place, f'elects = "{self.rng.choice(later)}"')

    def note(self, id, date, amount, value):
        rng, out = self.rng, self.out
        out.table(f"note.{id}")
        out.put("holder", f'"{rng.choice(self.investors)}"')
        out.put("date", date)
        out.put("amount", amount)
        if self.maybe(0.2):
            out.put("interest", '"none"')
        else:
            period = self.pick("year", "year", "quarter", "month")
            rate = {"year": (2, 12), "quarter": (1, 3), "month": (1, 1)}[period]
            words = [f'rate = "{rng.randint(*rate)}%/{period}"', f'kind = "{self.pick("simple", "compound")}"',
                     f'count = "{self.pick("act/365", "act/360", "30/360", "months")}"',
                     f'paid = "{self.pick("converts", "converts", "cash")}"']
            if self.maybe(0.4):
                words.append(f"every = {self.pick(1, 3, 6, 12)}")
            out.put("interest", "{ " + ", ".join(words) + " }")
        form = self.pick("cap", "discount", "both", "both", "uncapped")
        for key, word in self.terms(value, form).items():
            out.put(key, word)
            if key == "cap":
                out.put("cap_counts", self.pick('"before-round"', '"before-new-money"', '"with-pool"'))
        if self.maybe(0.2) and self.into:
            out.put("into", f'"{rng.choice(self.into)}"')
        if self.maybe(0.25):
            self.notes_qualified = True
            out.put("qualified", f"{self.nice(value * rng.uniform(0.02, 0.3)):_}")
        if self.maybe(0.35):
            out.put("matures", self.after(date, 200, 1000))
            how = self.pick("repay", "convert", "extend")
            out.put("at_maturity", f'"{how}"')
            if how == "convert":
                out.put("maturity_price", self.per_share(self.price_now * Fraction(rng.randint(50, 150), 100)))
        if self.known and self.maybe(0.3):
            out.put("converts_on", f'"{rng.choice(self.known)}"')

    # -- a round

    def round(self, id, date, value, key=None):
        """One round of simple tranches, with whatever may go with it."""
        rng, out = self.rng, self.out
        raised = value * rng.uniform(0.05, 0.3)
        claims = [claim for claim in self.claims if claim[2] <= date]
        live = bool(self.protected_classes)
        out.table(f"round.{id}")
        out.put("date", date)
        key = key or self.pick("pre_money", "pre_money", "post_money", "price")
        if key == "pre_money":
            out.put(key, f"{int(value):_}")
        elif key == "post_money":
            out.put(key, f"{int(value) + self.nice(raised * 1.3):_}")
        else:
            out.put(key, self.per_share(self.price_now * Fraction(int(value), max(1, int(self.value)))))
        if claims or self.maybe(0.1):
            out.put("conversions", self.pick('"inside"', '"inside"', '"dollars-invested"', '"outside"'))
        if self.pool and self.maybe(0.6):
            low = 3 if self.maybe(0.5) else 12
            out.put("pool", f'{{ id = "{self.pool}", target = {self.percents(low, low + 8)}, '
                            f'counts = {self.pick(*self.counts)}, in = {self.pick(*self.where)} }}')
        class_id = f"class-of-{id}"
        declared = id in self.declared
        if declared:
            out.put("class", f'"{class_id}"')
        takers = []
        if self.maybe(0.45) and key != "none":
            added = self.pick("inside", "inside", "on-top")
            holders = [h for h, at in self.letters if at <= date] if added == "inside" and not self.plays else []
            takers = list(dict.fromkeys([h for h in holders if self.maybe(0.8)] + rng.sample(self.investors, 1)))
            if added == "on-top":
                lettered = {h for h, at in self.letters}
                takers = [h for h in takers if h not in lettered]
            takes = ", ".join(f"{h} = {self.pick(chr(34) + '100%' + chr(34), self.percents(20, 150))}" for h in takers)
            if takers:
                out.put("pro_rata", f'{{ added = "{added}", take = {{ {takes} }} }}')
        if live and self.maybe(0.8):
            words = []
            if self.maybe(0.6):
                words.append(f"in_price = {self.pick('true', 'true', 'false')}")
            if self.maybe(0.6):
                words.append(f'counts = {self.pick(*self.issue_counts)}')
            if self.maybe(0.1):
                words.append("exempt = true")
            out.put("protection", "{ " + ", ".join(words) + " }")
        tranches = rng.randint(1, 3)
        parts = [rng.uniform(0.3, 1) for _ in range(tranches)]
        play_along = [h for c, h, _ in self.positions if c in self.plays][:1]
        for n in range(tranches):
            out.table(f"round.{id}.tranche.part-{n}")
            investor = play_along[0] if play_along and n == 0 else rng.choice(self.investors)
            out.put("investor", f'"{investor}"')
            plain = not takers and not live and not self.notes_qualified and self.maybe(0.15)
            literal, amount = self.amount(raised * parts[n] / sum(parts))
            if plain and self.maybe(0.5):
                out.put("shares", f"{max(1, int(amount / self.price_now)):_}")
            else:
                out.put("amount", literal)
                if plain:
                    out.put("price", self.per_share(self.price_now * Fraction(rng.randint(80, 150), 100)))
                elif not takers:
                    self.covered.append((f"round.{id}.tranche.part-{n}", date))
                if self.maybe(0.2) and not self.splits and not takers:
                    out.put("date", self.after(date, 10, 200))
                    if not plain and self.maybe(0.4):
                        out.put("price", '"latest"')
        if declared and id in self.will_protect:
            self.protected_classes.append(class_id)
        self.price_now = self.price_now * Fraction(int(value), max(1, int(self.value)))
        self.value = value

    def declare_round_classes(self, ids):
        self.declared, self.will_protect = set(), set()
        for id in ids:
            if self.maybe(0.65):
                self.declared.add(id)
                class_id = f"class-of-{id}"
                self.out.table(f"class.{class_id}")
                self.out.put("kind", '"preferred"')
                if self.maybe(0.15):
                    self.out.put("ratio", self.pick('"3:2"', "2"))
                if self.authorises and self.maybe(0.4):
                    self.out.put("authorised", 200_000_000)
                before = len(self.protected_classes)
                self.protection(class_id, self.price_now, 0.5)
                if len(self.protected_classes) > before:
                    self.protected_classes.pop()  # not before its round
                    self.will_protect.add(id)

    def plan(self):
        """What all scenarios of this generator begin with."""
        self.value = self.size(5e6, 2e8)
        self.counts = ['"unallocated"', '"issued-and-unallocated"']
        self.where = ['"pre-money"', '"pre-money"', '"post-money"']
        self.issue_counts = ['"new-money"', '"new-money"', '"new-money-and-conversions"']
        self.plays, self.letters, self.electing, self.into, self.known, self.covered = [], [], [], [], [], []
        self.splits = self.authorises = self.changes = self.founder_class = False
        self.notes_qualified = False

    def round_value(self, low, high):
        value = self.value * self.rng.uniform(low, high)
        return self.nice(value, 2) if self.round_numbers else self.nice(value)

    # -- the two modes

    def round_only(self):
        self.plan()
        rng = self.rng
        self.frame(3)
        self.cap_table(rng.choice([0, 0, 1, 1, 2]))
        self.declare_round_classes(["a"])
        self.into = ["common"] + [c for c in self.plain_classes if c.startswith("series")]
        self.opening_table()
        date = self.after(self.opened, 200, 700)
        value = self.round_value(0.35, 2.5)
        self.dates = [date]
        self.convertibles(rng.randint(0, 7), self.opened, date, [(date, value)])
        self.elections()
        self.round("a", date, value)
        return self.out.text()

    def instruments(self):
        self.plan()
        rng, out = self.rng, self.out
        self.splits, self.changes = self.maybe(0.3), self.maybe(0.6)
        self.authorises = not self.splits and self.maybe(0.5)
        self.frame(rng.randint(4, 6))
        self.cap_table(rng.choice([0, 1, 1, 2]))
        rounds = [f"round-{n}" for n in range(rng.randint(2, 4))]
        self.declare_round_classes(rounds)
        self.into = ["common"] + [c for c in self.plain_classes if c.startswith("series")]
        self.opening_table()
        dates, date = [], self.opened
        for _ in rounds:
            date = self.after(date, 60, 400)
            dates.append(date)
        self.dates = dates
        values, value = [], self.value
        for _ in rounds:
            value *= rng.uniform(0.45, 2.2)
            values.append(self.nice(value, 2))
        self.events(rng.randint(1, 2))
        self.convertibles(rng.randint(1, 6), self.opened, self.after(dates[-1], -30, 200), list(zip(dates, values)))
        self.elections()
        first_value, first_price = self.value, self.price_now
        for id, date, value in zip(rounds, dates, values):
            self.round(id, date, value)
        self.prices = [first_price * Fraction(int(value), int(first_value)) for value in values]
        self.first_price = first_price
        if self.pool and self.maybe(0.8):
            for n in range(rng.randint(1, 3)):
                self.grant(f"grant-{n}", n)
        for n in range(rng.choice([0, 1, 1, 2])):
            self.warrant(f"warrant-{n}", n)
        if self.splits:
            self.split()
        if self.changes:
            kinds = ["repurchase", "cancel", "convert", "reclassify", "stock-dividend", "pool-increase"]
            for n, kind in enumerate(rng.sample(kinds, rng.randint(1, 3))):
                self.change(f"change-{n}", kind)
        self.sales()
        if self.maybe(0.75):
            self.money_table()
        return out.text()

    def events(self, number):
        for n in range(number):
            self.out.table(f"condition.event-{n}")
            self.out.put("expected", self.pick("true", "true", "false"))
            self.out.put("date", self.after(self.opened, 100, 1200))
            self.known.append(f"event-{n}")

    def grant(self, id, n):
        rng, out = self.rng, self.out
        out.table(f"grant.{id}")
        # Three grants together stay below what the pool has at the opening.
        shares = self.nice(self.lines[self.pool] * rng.uniform(0.05, 0.25), 2)
        out.put("pool", f'"{self.pool}"')
        out.put("shares", f"{shares:_}")
        out.put("strike", self.per_share(self.first_price * Fraction(rng.randint(5, 60), 100)))
        start = self.opened
        if self.maybe(0.7):
            start = rng.choice(self.dates) if self.maybe(0.15) else self.after(self.opened, 0, 500)
            out.put("date", start)
        if self.maybe(0.5):
            out.put("holder", f'"{rng.choice(self.founders + self.investors)}"')
        if self.maybe(0.25):
            table = "all"
            out.put("vesting", '"all"')
        else:
            every = self.pick(1, 1, 3, 12)
            table = {"months": self.pick(24, 36, 48), "cliff": self.pick(0, 12, 12), "every": every}
            # How a split cuts instalments that were rounded is left open by the pages.
            allocation = self.pick(*ALLOCATIONS) if not (self.splits or self.changes) or self.edge else "fractional"
            words = [f"months = {table['months']}"]
            if table["cliff"]:
                words.append(f"cliff = {table['cliff']}")
            if every > 1 or self.maybe(0.3):
                words.append(f"every = {every}")
            if allocation != "fractional" or self.maybe(0.5):
                words.append(f'allocation = "{allocation}"')
                table["allocation"] = allocation
            out.put("vesting", "{ " + ", ".join(words) + " }")
        vesting = Vesting(table, Fraction(shares), start, False)
        exercised = self.after(start, 30, 900)
        vested = int(vesting.vested(exercised) * Fraction(45, 100))
        if self.maybe(0.45) and vested > 0:
            lines = [f"{exercised} = {max(1, vested // 2)}"]
            later = self.after(exercised, 10, 300)
            if self.maybe(0.3) and vested > 3:
                lines.append(f"{later} = {vested // 3}")
            out.put("exercised", "{ " + ", ".join(lines) + " }")
        if self.maybe(0.35):
            out.put("forfeited", f"{{ {self.after(start, 30, 1200)} = {max(1, shares // rng.randint(4, 20))} }}")
        if self.maybe(0.3):
            out.put("expires", self.after(exercised, 400, 1500))

    def warrant(self, id, n):
        rng, out = self.rng, self.out
        choices = ["shares", "shares"]
        if self.known:
            choices.append("tranche")
        if self.claims:
            choices.append("claim")
        if self.covered:
            choices.append("round")
        kind = rng.choice(choices)
        out.table(f"warrant.{id}")
        out.put("holder", f'"{rng.choice(self.investors)}"')
        start, net = self.opened, self.maybe(0.5)
        if kind in ("claim", "round"):
            if kind == "claim":
                section, name, start = rng.choice(self.claims)
                path = f"{section}.{name}"
            else:
                path, start = rng.choice(self.covered)
                start = self.after(start, 1, 60)
            start = max(start, self.opened)
            out.put("coverage", self.percents(5, 40))
            out.put("of", f'"{path}"')
        elif kind == "shares":
            out.put("shares", f"{self.nice(float(self.shares) * rng.uniform(0.005, 0.05)):_}")
        if start != self.opened or self.maybe(0.5):
            if kind in ("shares", "tranche"):
                start = self.after(self.opened, 0, 500)
            out.put("date", start)
        out.put("strike", self.per_share(self.first_price * Fraction(rng.randint(10, 250), 100)))
        out.put("exercise", '"net"' if net else '"cash"')
        if self.plain_classes and self.maybe(0.2):
            old = [c for c in self.plain_classes if c.startswith("series")]
            if old:
                out.put("class", f'"{old[0]}"')
        if self.maybe(0.3) and kind != "tranche":
            # A net exercise sets the strike against the last price: after the first round.
            out.put("exercised", self.after(max(start, self.dates[0]), 1, 500))
        elif self.maybe(0.75):
            out.put("expires", self.after(max(start, self.dates[0]), 100, 900))
        if kind == "tranche":
            for n, condition in enumerate(self.known):
                out.table(f"warrant.{id}.tranche.part-{n}")
                out.put("shares", f"{self.nice(float(self.shares) * rng.uniform(0.002, 0.03)):_}")
                out.put("condition", f'"{condition}"')

    def split(self):
        out = self.out
        out.table("split.division")
        out.put("date", self.pick(self.after(self.opened, 30, 900), self.rng.choice(self.dates)))
        out.put("ratio", self.pick('"2:1"', '"3:1"', '"3:2"', '"1:2"', "10"))
        which = self.pick("all", "all", "common", self.old[0] if self.old else "common")
        if which != "all":
            out.put("class", f'"{which}"')

    def change(self, id, kind):
        rng, out = self.rng, self.out
        date = self.after(self.opened, 10, 1100)
        partial = [line for line in self.positions if line[0] in self.old]
        if kind == "convert" and not partial or kind == "reclassify" and not self.founder_class or \
                kind == "pool-increase" and not self.pool or kind == "stock-dividend" and self.authorises:
            return
        out.table(f"change.{id}")
        out.put("date", date)
        out.put("kind", f'"{kind}"')
        if kind in ("repurchase", "cancel"):
            holder = self.founders[-1]
            out.put("holder", f'"{holder}"')
            if self.maybe(0.4):
                out.put("class", '"common"')
            out.put("shares", f"{self.nice(self.lines[holder] * rng.uniform(0.01, 0.1), 2):_}")
            if kind == "repurchase":
                out.put("price", self.per_share(self.first_price * Fraction(rng.randint(5, 120), 100)))
        elif kind == "convert":
            class_id, holder, shares = rng.choice(partial)
            out.put("class", f'"{class_id}"')
            # A protected class that nobody holds any more is left open by the pages.
            if class_id in self.protected_classes or self.maybe(0.5):
                out.put("holder", f'"{holder}"')
                out.put("shares", f"{max(1, shares // 5):_}")
            if self.maybe(0.4):
                out.put("to_class", '"common"')
        elif kind == "reclassify":
            out.put("class", '"founder"')
            out.put("to_class", '"common"')
            if self.maybe(0.5):
                out.put("ratio", self.pick('"2:1"', '"1.5"', "1"))
        elif kind == "stock-dividend":
            out.put("ratio", self.pick('"1:10"', '"1:4"', '"0.05"'))
            if self.maybe(0.3):
                out.put("class", '"common"')
        else:
            out.put("holder", f'"{self.pool}"')
            if self.maybe(0.5):
                out.put("shares", f"{self.nice(self.lines[self.pool] * rng.uniform(0.2, 1.5), 2):_}")
            else:
                out.put("target", self.percents(8, 25))
                out.put("counts", self.pick(*self.counts))

    def sales(self):
        rng, out = self.rng, self.out
        after = rng.choice(self.dates)
        price = self.prices[self.dates.index(after)]
        if self.maybe(0.35):
            out.table("secondary.tender")
            out.put("date", self.pick(after, self.after(after, 1, 200)))
            out.put("to", self.parts(rng.sample(self.investors, rng.randint(1, 2))))
            limits = self.pick("shares", "amount", "both")
            about = sum(self.lines[h] for h in self.founders) * rng.uniform(0.02, 0.3)
            if limits != "amount":
                out.put("shares", f"{self.nice(about):_}")
            if limits != "shares":
                out.put("amount", f"{self.nice(about * float(price) * rng.uniform(0.4, 1.2)):_}")
            for n in range(rng.randint(1, 4)):
                holder = rng.choice(self.founders)
                out.table(f"secondary.tender.offer.bid-{n}")
                out.put("holder", f'"{holder}"')
                out.put("shares", f"{self.nice(self.lines[holder] * rng.uniform(0.02, 0.12)):_}")
                out.put("price", self.per_share(price * Fraction(rng.choice([70, 80, 90, 100]), 100)))
                if self.maybe(0.3):
                    out.put("class", '"common"')
        elif self.maybe(0.25):
            out.table("secondary.block")
            out.put("date", self.after(after, 1, 200))
            out.put("from", self.parts(self.founders))
            out.put("to", self.parts(rng.sample(self.investors, rng.randint(1, 2))))
            out.put("shares", f"{self.nice(self.lines[self.founders[0]] * rng.uniform(0.02, 0.2)):_}")
            out.put("discount", self.percents(0, 30))

    def money_table(self):
        rng, out = self.rng, self.out
        monthly = self.value * rng.uniform(0.003, 0.02)
        out.table("cash")
        out.put("opening", f"{self.nice(monthly * rng.uniform(2, 15)):_}")
        out.put("minimum", f"{self.nice(monthly):_}")
        out.table("burn.plan")
        out.put("measure", '"cash"')
        out.put("rate", f'"{self.nice(monthly)}/month"')
        if self.maybe(0.5):
            out.put("growth", f'"{rng.randint(1, 10)}%/{self.pick("quarter", "year")}"')
