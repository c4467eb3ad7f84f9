"""Cash by month, burn reports, commitments and the runway."""

import re
from fractions import Fraction

from figures import (add_days, add_months, day, first_of, days_in, money, month_name, month_of, need, overlap, per_period,
                     percent, plain, text_of, whole_number, flag)


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
        for flow in self.play.flows:  # SAFEs, notes, pro rata, exercises; repayments, interest and repurchases leave
            if self.as_of <= flow.date <= self.horizon:
                result[month_of(flow.date) - self.first] += flow.money
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
