#!/usr/bin/env python3
"""A random scenario for projection.py: months from parts, debts, commitments, money in kind, rounds raised when needed.

    python3 generate_projection.py SEED [FEATURE...]

prints TOML. Features: lines, adjust, debts, commitments, rounds, kind, conditions, raised; all of them by default.
"""

import datetime
import random
import sys

sys.dont_write_bytecode = True
from figures import add_days, add_months, first_of, month_name, month_of  # noqa: E402

FEATURES = ("lines", "adjust", "debts", "commitments", "rounds", "kind", "conditions", "raised")


# ---------------------------------------------------------------------------------------------- TOML

def literal(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, datetime.date)):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(x) for x in value) + "]"
    return '"' + str(value) + '"'


def write(doc):
    lines = []

    def table(path, content):
        plain = {k: v for k, v in content.items() if not isinstance(v, dict)}
        deep = {k: v for k, v in content.items() if isinstance(v, dict)}
        if path and (plain or not deep):
            lines.extend(["", "[" + ".".join(path) + "]"])
        for key, value in plain.items():
            lines.append(f"{key} = {literal(value)}")
        for key, value in deep.items():
            table(path + [key], value)
    table([], doc)
    return "\n".join(lines).lstrip("\n") + "\n"


# ---------------------------------------------------------------------------------------------- the generator

class Generator:
    def __init__(self, seed, features=FEATURES):
        self.rng = random.Random(f"projection {seed}")
        self.on = set(features)

    def maybe(self, chance):
        return self.rng.random() < chance

    def pick(self, *words):
        return self.rng.choice(words)

    def amount(self, low, high):
        """A round sum, now and then an odd one."""
        value = self.rng.randint(low, high)
        step = self.pick(1, 100, 1000, 1000, 10000)
        return max(step, value // step * step)

    def growth(self, signed=True):
        per = self.pick("month", "month", "quarter", "year")
        top = {"month": 60, "quarter": 150, "year": 400}[per]
        number = self.rng.randint(-top // 2 if signed else 0, top)
        return f"{number / 10:g}%/{per}"

    def rate(self, a_month):
        per, n = self.pick(("month", 1), ("quarter", 3), ("year", 12))
        return f"{self.amount(a_month * n // 3, a_month * n)}/{per}"

    def day(self, low, high):
        """A day so many months from as_of, often the first or last of a month."""
        month = month_of(self.as_of) + self.rng.randint(low, high)
        first = first_of(month)
        kind = self.rng.random()
        if kind < 0.5:
            return first
        if kind < 0.65:
            return add_days(add_months(first, 1), -1)
        return add_days(first, self.rng.randint(0, 27))

    def later(self, date, low=0, high=14):
        return max(date, self.day(low, high))

    # -- the file

    def scenario(self):
        rng = self.rng
        first = datetime.date(2026, rng.randint(1, 12), 1)
        self.as_of = first if self.maybe(0.5) else add_days(first, rng.randint(0, 27))
        self.n = rng.randint(5, 26)
        self.horizon = add_days(add_months(first, self.n), -1)
        if self.maybe(0.4):
            self.horizon = add_days(first_of(month_of(self.horizon)), rng.randint(0, 27))
        self.holders = ["ada", "fund", "cloud", "chips", "bank"]
        doc = {"title": "Months from parts", "currency": "USD", "as_of": self.as_of, "horizon": self.horizon,
               "holder": {id: {} for id in self.holders}, "rounding": {"shares": "fractional"}}
        self.opened = add_months(self.as_of, -14)
        doc["opening"] = {"date": self.opened, "shares": {"ada": rng.randint(1, 9) * 1_000_000}}
        if self.maybe(0.3):
            doc["opening"]["shares"]["fund"] = rng.randint(1, 9) * 100_000
        self.conditions(doc)
        self.commitments(doc)
        self.burns(doc)
        self.rounds(doc)
        doc["cash"] = {"opening": self.amount(self.scale * 2, self.scale * 14)}
        if self.maybe(0.7):
            doc["cash"]["minimum"] = self.amount(self.scale // 2, self.scale * 3)
        if self.maybe(0.5):
            doc["cash"]["interest"] = f"{rng.randint(1, 90) / 10:g}%/{self.pick('year', 'year', 'quarter', 'month')}"
        if self.needs_main:
            doc["cash"]["main_burn"] = rng.choice(list(doc["burn"]))
        self.debts(doc)
        for key in ("condition", "commitment", "round", "debt", "outcome"):
            if not doc.get(key):
                doc.pop(key, None)
        return doc

    def conditions(self, doc):
        self.known = []
        if "conditions" not in self.on:
            return
        doc["condition"] = {}
        for n in range(self.rng.randint(0, 2)):
            table = {"expected": self.maybe(0.6)}
            if self.maybe(0.5):
                table["date"] = self.day(-2, self.n + 2)
            if self.maybe(0.6):
                table["by"] = self.later(table.get("date", self.as_of), 3, self.n + 4)
            doc["condition"][f"event-{n}"] = table
            self.known.append(f"event-{n}")
        if self.known and self.maybe(0.6):
            terms = {}
            for id in self.known:
                key = self.pick("met", "failed", None)
                if key:
                    terms.setdefault(key, []).append(id)
            doc["outcome"] = {"column": terms}

    def commitments(self, doc):
        self.scale = self.pick(20_000, 50_000, 200_000)
        if "commitments" not in self.on:
            return
        doc["commitment"] = {}
        for n in range(self.rng.randint(0, 3)):
            table = {"to": self.pick("cloud", "chips", "fund"), "amount": self.amount(self.scale, self.scale * 12)}
            table["from"] = self.day(-6, self.n)
            kind = self.rng.random()
            if kind < 0.4:
                table["months"] = self.rng.randint(1, 24)
            elif kind < 0.7:
                table["until"] = add_days(table["from"], self.rng.randint(20, 600))
            else:
                self.ramp(table)
            table["within_burn"] = self.maybe(0.6)
            if table["within_burn"] and self.maybe(0.7):
                table["take_or_pay"] = True
            doc["commitment"][f"deal-{n}"] = table

    def ramp(self, table):
        """Whole periods, the first of which begins with the commitment."""
        size = self.pick(1, 3, 12)
        start = month_of(table["from"]) // size * size
        table["from"] = first_of(start)
        count = self.rng.randint(1, {1: 9, 3: 5, 12: 3}[size])
        ramp = {}
        for k in range(count):
            if k and self.maybe(0.15):
                continue
            ramp[self.period(start + k * size, size)] = self.amount(self.scale // 2, self.scale * 4)
        last = add_days(first_of(start + count * size), -1)
        if self.maybe(0.5) or self.period(start + (count - 1) * size, size) not in ramp:
            table["until"] = last
        else:
            table["months"] = count * size
        table["amount"] = sum(ramp.values())
        table["ramp"] = ramp

    @staticmethod
    def period(month, size):
        year = month // 12
        return {1: month_name(month), 3: f"{year}-q{month % 12 // 3 + 1}", 12: str(year)}[size]

    def schedule(self, size, a_month, low, high, negative=True):
        """Every period that touches the months low to high, counted from as_of's."""
        first = (month_of(self.as_of) + low) // size
        last = (month_of(self.as_of) + high) // size
        result = {}
        for place in range(first, last + 1):
            value = self.amount(a_month * size // 4, a_month * size)
            if negative and self.maybe(0.08):
                value = -value
            result[self.period(place * size, size)] = value
        return result

    def figure(self, a_month, low=0, high=None, negative=False):
        """A rate with growth and phases, or a schedule."""
        high = self.n if high is None else high
        table = {}
        if self.maybe(0.6):
            table["rate"] = self.rate(a_month)
            if self.maybe(0.6):
                table["growth"] = self.growth()
            if self.maybe(0.3):
                days = sorted({self.day(0 if "from" not in table else 1, self.n) for _ in range(self.rng.randint(1, 2))})
                days = [d for d in days if d >= self.as_of]
                if len({month_of(d) for d in days}) == len(days) and days:
                    table["phase"] = {f"p{n}": {"from": d, "growth": self.growth()} for n, d in enumerate(days)}
        else:
            key, size = self.pick(("by_month", 1), ("by_quarter", 3), ("by_year", 12))
            table[key] = self.schedule(size, a_month, low, high, negative)
        return table

    def burns(self, doc):
        doc["burn"] = {}
        for n in range(self.pick(1, 1, 2, 3)):
            name = f"b{n}"
            measure = self.pick("cash", "cash", "cash", "loss", "gross-spend", "operating-loss")
            table = {"measure": measure}
            by_lines = "lines" in self.on and self.maybe(0.5)
            adjusts = "adjust" in self.on and self.maybe(0.4 if measure == "cash" else 0.6)
            if measure != "cash" and not adjusts:
                table["as_cash"] = True
            if by_lines:
                self.lines(table)
                if measure == "gross-spend":
                    table.pop("income", None)
                    table["cost"] = {k: t for k, t in table["cost"].items() if "of_income" not in t} or {"c9": self.figure(self.scale)}
            elif self.maybe(0.2):
                self.through(table)
            else:
                table |= self.figure(self.scale, negative=True)
            if adjusts and measure != "cash":
                table["adjust"] = {}
                for k in range(self.rng.randint(1, 2)):
                    line = {}
                    self.window(line)
                    lag = {}
                    table["adjust"][f"a{k}"] = self.figure(self.scale // 4, negative=True) | line | lag
            doc["burn"][name] = table

    def through(self, table):
        year = self.as_of.year - self.pick(0, 0, 1, 2)
        last = max(self.horizon.year, self.as_of.year) + self.pick(0, 0, 1)
        named = {}
        for y in range(year, last + 1):
            if self.maybe(0.35):
                named[str(y)] = self.amount(self.scale * 6, self.scale * 12)
        if len(named) == last - year + 1:
            named.pop(str(last))
        if named:
            table["by_year"] = named
        fill = "flat" if self.maybe(0.4) else f"{self.rng.randint(-20, 60)}%/year"
        table["through"] = {"from": year, "year": last, "fill": fill,
                            "total": sum(named.values()) + self.amount(self.scale * 8, self.scale * 30)}

    def window(self, line):
        if self.maybe(0.3):
            line["from"] = self.day(-3, self.n - 1)
        if self.maybe(0.3):
            line["until"] = self.later(line.get("from", self.as_of), 1, self.n + 2)

    def lines(self, table):
        names = []
        if self.maybe(0.85):
            table["income"] = {}
            for k in range(self.rng.randint(1, 2)):
                line = self.figure(self.scale // 2, -6)
                self.window(line)
                if self.maybe(0.4):
                    line["lag_months"] = self.rng.randint(1, 4)
                table["income"][f"i{k}"] = line
        table["cost"] = {}
        for k in range(self.rng.randint(1, 4)):
            kind = self.rng.random()
            if kind < 0.25 and "income" in table:
                line = {"of_income": f"{self.rng.randint(1, 40)}%"}
            elif kind < 0.45:
                days = sorted({self.day(-8, -5)} | {self.day(-4, self.n) for _ in range(self.rng.randint(0, 3))})
                heads = {str(d): self.rng.randint(1, 12) for d in days}
                line = {"heads": heads, "per_head": self.rate(self.scale // 8)}
            else:
                line = self.figure(self.scale, -6)
            self.window(line)
            if self.maybe(0.3):
                line["lag_months"] = self.rng.randint(1, 4)
            if self.maybe(0.4):
                line["eligible"] = True
            if self.maybe(0.4):
                line["to"] = self.pick("cloud", "chips", "bank")
            table["cost"][f"c{k}"] = line
            names.append(k)

    # -- debts

    def debts(self, doc):
        if "debts" not in self.on:
            return
        doc["debt"] = {}
        rng = self.rng
        for n in range(rng.randint(0, 3)):
            table = {}
            term = self.maybe(0.5)
            table["kind"] = "term-loan" if term else "revolver"
            size = self.amount(self.scale, self.scale * 6)
            table["amount" if term else "limit"] = size
            if self.maybe(0.5):
                table["lender"] = "bank"
            table["from"] = self.day(-7, self.n)
            if not term and self.maybe(0.3):
                table["from"] = self.as_of
            table["until"] = max(add_days(table["from"], rng.randint(5, 900)), self.as_of)
            table["rate"] = f"{rng.randint(0, 240) / 10:g}%/{self.pick('year', 'year', 'quarter', 'month')}"
            if self.maybe(0.4):
                table["fee"] = f"{rng.randint(1, 40) / 10:g}%"
            draws = self.pick("at-once", "schedule", None) if term else self.pick("below-minimum", "below-minimum", "schedule", "at-once")
            if draws:
                table["draws"] = draws
            if draws == "schedule":
                left, days = size, sorted({self.spread_day(table["from"], table["until"]) for _ in range(rng.randint(1, 4))})
                table["schedule"] = {}
                for d in days:
                    part = max(1, left // rng.randint(2, 5))
                    left -= part
                    table["schedule"][str(d)] = part
            if draws in ("schedule", "below-minimum") and self.maybe(0.5):
                table["undrawn_fee"] = f"{rng.randint(1, 30) / 10:g}%/{self.pick('year', 'quarter')}"
            table["repayment"] = self.pick("at-maturity", "monthly", "above-minimum" if not term or self.maybe(0.2) else "monthly")
            if table["repayment"] == "monthly" and draws == "below-minimum":
                table["repayment"] = "above-minimum"
            if table["repayment"] == "monthly":
                whole = month_of(table["from"]) + (table["from"].day > 1)
                if whole > month_of(table["until"]):
                    table["until"] = add_days(table["until"], 40)
                most = min(6, month_of(table["until"]) - whole)
                if most > 0 and self.maybe(0.5):
                    table["interest_only"] = rng.randint(1, most)
            if self.maybe(0.35):
                table["covenant"] = self.amount(self.scale // 2, self.scale * 4)
                table["on_breach"] = self.pick("called", "reported")
            doc["debt"][f"debt-{n}"] = table

    def spread_day(self, first, last):
        return add_days(first, self.rng.randint(0, max(0, min(300, (last - first).days - 1))))

    # -- rounds

    def rounds(self, doc):
        self.needs_main = False
        if not self.on & {"rounds", "kind", "raised"}:
            return
        rng = self.rng
        doc["round"] = {}
        value = self.scale * rng.randint(40, 200)
        date = add_months(self.as_of, -rng.randint(0, 12))
        date = max(date, self.opened)
        late = False
        for n in range(rng.randint(1, 2)):
            table = {"date": date}
            key = self.pick("pre_money", "post_money", "price", "step_up") if n and not late else self.pick("pre_money", "post_money")
            if key == "price":
                table["price"] = f"{rng.randint(1, 400) / 100:g}"
            elif key == "step_up":
                table["step_up"] = f"{rng.randint(5, 30) / 10:g}"
            else:
                table[key] = self.amount(value, value * 2) * (2 if key == "post_money" else 1)
            self.tranches(table, date, doc)
            doc["round"][f"r{n}"] = table
            value *= 2
            date = self.later(add_days(date, 1), 0, self.n)
        if "raised" in self.on and self.maybe(0.7):
            for n in range(self.pick(1, 1, 2)):
                when = {"times": rng.randint(1, 4)}
                if self.maybe(0.6):
                    when["runway_below"] = rng.randint(1, 14)
                else:
                    when["cash_below"] = self.amount(self.scale, self.scale * 6)
                table = {"when": when}
                if self.maybe(0.6):
                    table["step_up"] = self.pick("1.5", "2:1", "0.8", "1.25", "1")
                else:
                    table["pre_money"] = self.amount(value, value * 2)
                table["tranche"] = {}
                for k in range(rng.randint(1, 2)):
                    t = {"investor": self.pick("fund", "cloud", "bank")}
                    if self.maybe(0.5):
                        t["amount"] = self.amount(self.scale * 4, self.scale * 14)
                    else:
                        t["burn_months"] = rng.randint(2, 18) if self.maybe(0.7) else f"{rng.randint(10, 150) / 10:g}"
                    self.in_kind(t, None)
                    table["tranche"][f"t{k}"] = t
                place = self.pick("front", "back")
                name = f"{self.pick('next', 'more')}{n}"
                if place == "front":
                    doc["round"] = {name: table} | doc["round"]
                else:
                    doc["round"][name] = table
            self.needs_main = True
        if any("burn_months" in t for r in doc["round"].values() for t in r["tranche"].values()):
            self.needs_main = True

    def in_kind(self, t, date):
        if "kind" not in self.on or not self.maybe(0.5):
            return
        t["consideration"] = self.pick({"cash": "40%", "chips": "rest"}, {"cash": "75%", "chips": "25%"}, {"chips": "100%"},
                                       {"cash": "1/3", "chips": "1/3", "power": "rest"})
        t["drawdown"] = {"months": self.rng.randint(1, 18), "unused": self.pick("lost", "carried"),
                         "eligible": self.pick("100%", "50%", "16%", "1/3")}
        if date and self.maybe(0.3):
            t["drawdown"]["from"] = self.later(t.get("date", date), -3, self.n)
        if date and self.maybe(0.3):
            t["drawdown"]["until"] = self.later(t["drawdown"].get("from", t.get("date", date)), 1, self.n + 3)

    def tranches(self, table, date, doc):
        rng = self.rng
        table["tranche"] = {}
        for k in range(rng.randint(1, 3)):
            t = {"investor": self.pick("fund", "cloud", "bank", "chips")}
            kind = rng.random()
            amount = self.amount(self.scale, self.scale * 9)
            plain = True
            if kind < 0.5 or "rounds" not in self.on:
                t["amount"] = amount
            elif kind < 0.65:
                plain = False
                t["amount_per_unit"] = max(1, amount // rng.randint(2, 9))
                t["unit"] = "megawatt"
                t["delivered"] = {str(self.after(date)): self.pick(1, 2, 3, 5) for _ in range(rng.randint(1, 3))}
            elif kind < 0.8:
                plain = False
                t["amount"] = amount
                left, t["calls"] = amount, {}
                for _ in range(rng.randint(1, 3)):
                    part = max(1, left // rng.randint(2, 4))
                    left -= part
                    d = str(self.after(date))
                    t["calls"][d] = t["calls"].get(d, 0) + part
            elif kind < 0.9 and "raised" in self.on and self.as_of <= date <= self.horizon:
                t["burn_months"] = rng.randint(1, 9)
            else:
                t["amount"] = amount
                t["syndicate"] = {self.pick("ada", "chips"): max(1, amount // 3)}
            if plain and self.maybe(0.4):
                t["date"] = self.after(date)
            if plain and self.maybe(0.3):
                t["paid"] = add_days(t.get("date", date), rng.randint(0, 120))
            if self.known and self.maybe(0.4):
                t["condition"] = rng.choice(self.known)
                if self.maybe(0.4):
                    t["notice_days"] = rng.randint(1, 60)
                if plain and self.maybe(0.4):
                    t["by"] = self.later(t.get("date", date), 2, self.n)
                c = doc["condition"][t["condition"]]
                if ("by" in t or "by" in c) and plain and "burn_months" not in t and self.maybe(0.5):
                    t["otherwise"] = max(1, amount // rng.randint(2, 5))
            if self.known and self.maybe(0.15):
                t["accelerates"] = rng.choice(self.known)
                # Nothing is pulled forward by a condition without a day.
                c = doc["condition"][t["accelerates"]]
                if not any(key in c for key in ("date", "any", "all")):
                    del t["accelerates"]
            if self.maybe(0.12) and "burn_months" not in t:
                t["price"] = self.pick("closing", "latest")
            self.in_kind(t, date)
            table["tranche"][f"t{k}"] = t
        if self.maybe(0.15) and not any("burn_months" in t for t in table["tranche"].values()):
            table["target"] = self.amount(self.scale * 4, self.scale * 12)
            table["oversubscription"] = self.pick("cut-back", "upsize")

    def after(self, date):
        return max(date, add_days(date, self.rng.randint(0, 400)) if self.maybe(0.5) else self.later(date, 0, self.n))


def generate(seed, features=FEATURES):
    return Generator(seed, features).scenario()


if __name__ == "__main__":
    sys.stdout.write(write(generate(sys.argv[1], sys.argv[2:] or FEATURES)))
