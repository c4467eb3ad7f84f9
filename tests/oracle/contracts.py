"""What a contract says by itself, whatever the company does: interest of a note, vesting of a grant."""

from fractions import Fraction

from figures import add_months, count, money, month_of, need, per_period, percent, plain, rounded, whole_number, word


# ----------------------------------------------------------------------------------------------- interest

def whole_months(start, end):
    """Whole months from one day to another: the most after which the day is not passed."""
    months = month_of(end) - month_of(start)
    return months if add_months(start, months) <= end else months - 1


def years(start, end, method):
    """The time between two days, as the contract counts it."""
    if method == "act/365":
        return Fraction((end - start).days, 365)
    if method == "act/360":
        return Fraction((end - start).days, 360)
    if method == "months":
        return Fraction(whole_months(start, end), 12)
    need(method == "30/360", f"not a day count: {method!r}")
    days = [360 * day.year + 30 * day.month + min(day.day, 30) for day in (start, end)]
    return Fraction(days[1] - days[0], 360)


class Interest:
    def __init__(self, table, principal, start):
        self.principal, self.start = principal, start
        self.pays = False
        self.rate = Fraction(0)
        if table == "none":
            return
        rate, period = per_period(table["rate"], percent)
        self.rate = rate * 12 / period
        self.kind = word(table["kind"], "simple", "compound")
        self.method = plain(table["count"])
        self.pays = word(table["paid"], "converts", "cash") == "cash"
        self.every = whole_number(table.get("every", period))
        need(self.every > 0, "a period of no months")

    def balance(self, day):
        """Principal and the interest that has not been paid in cash."""
        if not self.rate or self.pays:
            return self.principal
        t = years(self.start, day, self.method)
        if self.kind == "simple":
            return self.principal * (1 + self.rate * t)
        # CHOICE: a period is `every` / 12 of the counted time, not of the calendar.
        period = Fraction(self.every, 12)
        whole = int(t / period)
        return self.principal * (1 + self.rate * period) ** whole * (1 + self.rate * (t - whole * period))

    def payments(self, until, ended):
        """Interest paid in cash up to a day, as (day, money); the rest of a period comes when the note ends."""
        if not self.rate or not self.pays:
            return []
        days, number = [], 1
        while add_months(self.start, number * self.every) <= until:
            days.append(add_months(self.start, number * self.every))
            number += 1
        if ended and (not days or days[-1] < until):
            days.append(until)
        # CHOICE: interest paid in cash leaves nothing to compound.
        before, result = Fraction(0), []
        for day in days:
            now = years(self.start, day, self.method)
            if now > before:
                result.append((day, self.principal * self.rate * (now - before)))
            before = now
        return result


# ----------------------------------------------------------------------------------------------- vesting

def instalments(shares, n, allocation):
    """A grant cut into n instalments, by the allocation types of the Open Cap Format."""
    exact = Fraction(shares) / n
    if allocation == "fractional":
        return [exact] * n
    if allocation in ("cumulative-rounding", "cumulative-round-down"):
        direction = "nearest" if allocation == "cumulative-rounding" else "down"
        totals = [rounded(exact * k, direction) for k in range(n + 1)]
        totals[n] = Fraction(shares)
        return [b - a for a, b in zip(totals, totals[1:])]
    base = rounded(exact, "down")
    left = shares - base * n  # CHOICE: of a grant that is no whole number, the broken share goes with the last single one
    parts = [base] * n
    if allocation == "front-loaded-to-single-tranche":
        parts[0] += left
    elif allocation == "back-loaded-to-single-tranche":
        parts[-1] += left
    else:
        need(allocation in ("front-loaded", "back-loaded"), f"not an allocation: {allocation!r}")
        ones = int(left)
        places = list(range(ones)) if allocation == "front-loaded" else list(range(n - ones, n))
        for place in places:
            parts[place] += 1
        parts[ones if allocation == "front-loaded" else n - ones - 1] += left - ones
    return parts


class Vesting:
    def __init__(self, table, shares, start, whole):
        self.shares, self.start = shares, start
        self.all = table == "all"
        if self.all:
            return
        self.every = whole_number(table.get("every", 1))
        self.months = whole_number(table["months"])
        self.cliff = whole_number(table.get("cliff", 0))
        need(self.every > 0 and self.months > 0 and self.months % self.every == 0,
             "vesting: the months are no whole number of periods")
        need("allocation" in table or not whole, "vesting: whole shares want an allocation")
        self.parts = instalments(shares, self.months // self.every, plain(table.get("allocation", "fractional")))

    def vested(self, day):
        """What has vested by a day; what falls due before the cliff vests on it."""
        if self.all:
            return self.shares if day >= self.start else Fraction(0)
        if day < add_months(self.start, self.cliff):
            return Fraction(0)
        return sum((part for n, part in enumerate(self.parts, 1) if add_months(self.start, n * self.every) <= day),
                   Fraction(0))
