#!/usr/bin/env python3
"""Months of cash by parts, debts, what must be taken, money in kind and rounds raised when needed: an independent model.

    python3 projection.py FILE [--burn B] [--outcome O]

prints one flat JSON object from result path to text, in exact rationals, of sections 14-19 and 48-53 of
docs/calculations.md, with rounds as simple as a price in common shares (sections 4 and 8-10). Written from the pages alone.
What they leave open is decided in one place each and marked CHOICE.
"""

import datetime
import json
import sys
import tomllib
from fractions import Fraction

sys.dont_write_bytecode = True
from figures import (OracleError, add_days, add_months, day, days_in, first_of, money, month_name, month_of,  # noqa: E402
                     need, overlap, per_period, percent, plain, ratio, text_of)

ZERO = Fraction(0)
NEVER = "not within the horizon"



def number(value):
    value = plain(value)
    return Fraction(value) if not isinstance(value, float) else Fraction(str(value))


def last_of(month):
    return first_of(month).replace(day=days_in(month))


def is_date(text):
    return len(text) == 10


# ---------------------------------------------------------------------------------------------- what is spread over days

class Spread:
    """Money over stretches of days: months weigh one, part months by their days."""

    def __init__(self, pieces):
        self.pieces = []
        for first, last, amount in pieces:
            span = range(month_of(first), month_of(last) + 1)
            self.pieces.append((first, last, amount, sum(overlap(month, first, last) for month in span)))

    def due(self, since, until):
        total = ZERO
        for first, last, amount, weight in self.pieces:
            start, end = max(first, since), min(last, until)
            if start <= end:
                within = sum(overlap(month, start, end) for month in range(month_of(start), month_of(end) + 1))
                total += amount * within / weight
        return total


def period(text):
    """First and last month of 2026, 2026-q1 or 2026-03."""
    if len(text) == 4:
        return int(text) * 12, int(text) * 12 + 11
    year, rest = text.split("-")
    if rest[0] == "q":
        first = int(year) * 12 + int(rest[1]) * 3 - 3
        return first, first + 2
    return int(year) * 12 + int(rest) - 1, int(year) * 12 + int(rest) - 1


class Commitment:
    def __init__(self, table):
        self.to = table["to"]
        self.amount = money(table["amount"])
        self.first = day(table["from"])
        if "until" in table:
            self.last = day(table["until"])
        else:
            self.last = add_days(add_months(self.first, table["months"]), -1)
        self.on_top = not table["within_burn"]
        self.take_or_pay = table.get("take_or_pay", False)
        pieces = [(self.first, self.last, self.amount)]
        if "ramp" in table:
            pieces = []
            for key, value in table["ramp"].items():
                start, end = period(key)
                pieces.append((first_of(start), last_of(end), money(value)))
            need(sum(piece[2] for piece in pieces) == self.amount, "a ramp of another amount")
        self.spread = Spread(pieces)


# ---------------------------------------------------------------------------------------------- a line of a burn

class Line:
    """An amount of each whole month."""

    def __init__(self, table, as_of, incomes=None):
        self.table, self.incomes = table, incomes
        self.as_of, self.first_month = as_of, month_of(as_of)
        self.start = day(table["from"]) if "from" in table else None
        self.end = day(table["until"]) if "until" in table else None
        self.lag = table.get("lag_months", 0)
        self.steps = None

    def active(self, month, since=datetime.date.min, until=datetime.date.max):
        """The part of the month in which the line runs, within some days."""
        first, last = max(since, first_of(month)), min(until, last_of(month))
        if self.start:
            first = max(first, self.start)
        if self.end:
            last = min(last, self.end)
        return overlap(month, first, last) if first <= last else ZERO

    def over(self, month, since=datetime.date.min, until=datetime.date.max):
        """What is earned or spent in a month within some days."""
        if "of_income" in self.table:  # of what is earned on the days that this line runs
            since = max(since, self.start or since)
            until = min(until, self.end or until)
            return percent(self.table["of_income"]) * sum((line.over(month, since, until) for line in self.incomes), ZERO)
        part = self.active(month, since, until)
        return self.whole(month) * part if part else ZERO

    def whole(self, month):
        """What a whole month comes to, as if the line ran for all of it."""
        table = self.table
        if "heads" in table:
            staff = ZERO
            for since in sorted(table["heads"]):
                if day(since) <= first_of(month):
                    staff = number(table["heads"][since])
            amount, every = per_period(table["per_head"], money)
            return staff * amount / every
        if "rate" in table:
            return self.rate(month)
        return self.scheduled(month)

    def paid(self, month, projection):
        """What is received or paid in a month of the projection."""
        if not self.lag:
            return self.over(month, projection.as_of, projection.horizon)
        # CHOICE: a part month receives that part of what was earned so many months before.
        return self.over(month - self.lag) * projection.part[month - projection.first]

    # -- rates

    def rate(self, month):
        amount, every = per_period(self.table["rate"], money)
        amount /= every
        base = self.first_month
        if self.start and self.start > self.as_of:
            base = month_of(self.start)
        phases = sorted((day(p["from"]), per_period(p["growth"], percent)) for p in self.table.get("phase", {}).values())
        stretches = []
        if "growth" in self.table:
            growth, every = per_period(self.table["growth"], percent)
            stretches.append((base + every, growth, every))
        for since, (growth, every) in phases:
            stretches.append((month_of(since), growth, every))
        for place, (start, growth, every) in enumerate(stretches):
            stop = month_of(phases[place - (1 if "growth" in self.table else 0) + 1][0]) if place + 1 < len(stretches) else month + 1
            m = start
            while m < stop and m <= month:
                # Steps of a phase that began before the first month are in the rate already, one in that month itself too.
                if m > base or m == base == start:
                    amount *= 1 + growth
                m += every
        return amount

    # -- schedules

    def scheduled(self, month):
        table = self.table
        for key in ("by_month", "by_quarter", "by_year"):
            for name, value in table.get(key, {}).items():
                start, end = period(name)
                if start <= month <= end:
                    return money(value) / (end - start + 1)
        if "through" in table:
            terms = table["through"]
            first, last = terms["from"], terms["year"]
            named = {int(year): money(value) for year, value in table.get("by_year", {}).items()}
            free = [year for year in range(first, last + 1) if year not in named]
            left = money(terms["total"]) - sum(v for y, v in named.items() if first <= y <= last)
            growth = ZERO if terms["fill"] == "flat" else per_period(terms["fill"], percent)[0]
            weights = [(1 + growth) ** n for n in range(len(free))]
            # The first of the weights is of the first year that is not named; years count from there.
            weights = [(1 + growth) ** (year - free[0]) for year in free]
            if month // 12 in free:
                return left * weights[free.index(month // 12)] / sum(weights) / 12
        raise OracleError(f"a gap: {month_name(month)}")


class Report:
    """One burn report: burn of each month, what of it can be paid in kind, what it pays to whom."""

    def __init__(self, table, projection):
        self.table = table
        self.by_lines = "income" in table or "cost" in table
        self.runs = table["measure"] == "cash" or table.get("as_cash", False) or "adjust" in table
        as_of = projection.as_of
        self.adjust = [Line(t, as_of) for t in table.get("adjust", {}).values()]
        self.net = not self.by_lines and table["measure"] != "gross-spend"
        if self.by_lines:
            self.incomes = [Line(t, as_of) for t in table.get("income", {}).values()]
            self.costs = [Line(t, as_of, self.incomes) for t in table.get("cost", {}).values()]
            # What is spent with somebody in a month, whenever it is paid.
            self.spending = [Line({**t, "lag_months": 0}, as_of, self.incomes)
                             for t in table.get("cost", {}).values() if "to" in t]
        else:
            self.line = Line(table, as_of)
        self.projection = projection

    def month(self, month):
        """Burn; what capacity in kind can pay for; what is paid to each, None for nobody named."""
        p = self.projection
        off = sum((line.paid(month, p) for line in self.adjust), ZERO)
        if not self.by_lines:
            spent = self.line.paid(month, p)
            # CHOICE: of gross spending with adjustments, what is used is what is paid: less the adjustments.
            return spent - off, max(ZERO, spent - off), {None: spent - off}
        income = sum((line.paid(month, p) for line in self.incomes), ZERO)
        to, eligible, cost = {}, ZERO, ZERO
        for line in self.costs:
            amount = line.paid(month, p)
            cost += amount
            to[line.table.get("to")] = to.get(line.table.get("to"), ZERO) + amount
            if line.table.get("eligible", False):
                eligible += amount
        return cost - income - off, max(ZERO, eligible), to


# ---------------------------------------------------------------------------------------------- debts

class Debt:
    def __init__(self, id, table, as_of):
        self.id, self.table = id, table
        self.size = money(table["amount"] if "amount" in table else table["limit"])
        self.first, self.last = day(table["from"]), day(table["until"])
        growth, every = per_period(table["rate"], percent)
        self.rate = growth / every
        growth, every = per_period(table.get("undrawn_fee", "0%/year"), percent)
        self.undrawn = growth / every
        self.fee = percent(table.get("fee", "0%")) * self.size
        self.draws = table.get("draws", "at-once")
        self.repayment = table["repayment"]
        self.planned = []
        if self.draws == "at-once":
            self.planned = [(self.first, self.size)]
        elif self.draws == "schedule":
            self.planned = sorted((day(key), money(value)) for key, value in table["schedule"].items())
        whole = month_of(self.first) + (0 if self.first.day == 1 else 1)
        self.first_part = whole + table.get("interest_only", 0)
        self.end = month_of(self.last)
        self.covenant = money(table["covenant"]) if "covenant" in table else None
        self.called = False
        self.interest = self.paid_fees = self.drawn = self.repaid = ZERO
        self.broken = None
        self.ends = True
        # What is owed on as_of: month by month, as it fell due.
        self.owed = ZERO
        for month in range(month_of(self.first), month_of(as_of) + 1):
            self.owed += sum((a for d, a in self.planned if month_of(d) == month and d < as_of), ZERO)
            if month < month_of(as_of):
                self.owed -= self.agreed(month, self.owed)
        if self.last < as_of:
            self.owed = ZERO

    def agreed(self, month, owed):
        """What is repaid as agreed at the end of a month."""
        if month >= self.end:
            return owed if self.ends else ZERO
        if self.repayment == "monthly" and month >= self.first_part:
            return owed / (self.end - month + 1)
        return ZERO


# ---------------------------------------------------------------------------------------------- the months

class Projection:
    def __init__(self, doc, cap):
        self.doc, self.cap = doc, cap
        self.as_of, self.horizon = day(doc["as_of"]), day(doc["horizon"])
        self.first = month_of(self.as_of)
        self.months = range(self.first, month_of(self.horizon) + 1)
        self.part = [overlap(month, self.as_of, self.horizon) for month in self.months]
        self.commitments = [Commitment(table) for table in doc.get("commitment", {}).values()]
        cash = doc["cash"]
        self.opening, self.minimum = money(cash["opening"]), money(cash.get("minimum", 0))
        self.interest = ZERO
        if "interest" in cash:
            growth, every = per_period(cash["interest"], percent)
            self.interest = growth / every

    def days(self, month):
        return max(self.as_of, first_of(month)), min(self.horizon, last_of(month))

    def on_top(self, month):
        return sum((c.spread.due(*self.days(month)) for c in self.commitments if c.on_top), ZERO)

    def unused(self, report, month, to):
        """Owed though unused."""
        if not report.by_lines:
            return ZERO
        due = {}
        for c in self.commitments:
            if c.take_or_pay:
                due[c.to] = due.get(c.to, ZERO) + c.spread.due(*self.days(month))
        spent = {}
        for line in report.spending:
            spent[line.table["to"]] = spent.get(line.table["to"], ZERO) + line.paid(month, self)
        return sum((max(ZERO, amount - spent[id]) for id, amount in due.items() if id in spent), ZERO)

    def arrivals(self, mode):
        result = [ZERO] * len(self.months)
        for closing in self.cap.closings:
            flows = [(closing.paid, closing.cash)] + ([(closing.paid, closing.kind)] if mode == "as-cash" else [])
            for date, amount in flows:
                if mode == "alone" and date >= self.as_of:
                    continue
                if self.as_of <= date <= self.horizon:
                    result[month_of(date) - self.first] += amount
        return result

    def play(self, report, mode="all"):
        """The months under a report: all, alone (without later money and draws), no-kind, as-cash."""
        out = Months()
        months = [report.month(month) for month in self.months]
        out.burn = [burn for burn, _, _ in months]
        out.on_top = [self.on_top(month) for month in self.months]
        out.unused = [self.unused(report, month, to) for month, (_, _, to) in zip(self.months, months)]
        arrivals = out.arrivals = self.arrivals(mode)
        credits = [] if mode == "no-kind" else [Credit(c) for c in self.cap.closings if c.kind]
        if mode == "as-cash":  # what is there on as_of does not arrive as cash: it is drawn
            credits = [c for c in credits if c.closing.date < self.as_of
                       and not self.as_of <= c.closing.paid <= self.horizon]
        if mode == "alone":  # CHOICE: what comes in kind after as_of is left out with the money
            credits = [c for c in credits if c.closing.date < self.as_of]
        out.credits = credits
        debts = out.debts = [Debt(id, table, self.as_of) for id, table in self.doc.get("debt", {}).items()]
        for debt in debts:
            if debt.last > self.horizon:  # nothing is repaid behind the horizon, though it be in its month
                debt.ends = False
        balance = self.opening
        for k, month in enumerate(self.months):
            first, last = self.days(month)
            out.starts.append(balance)
            # In kind.
            payable = left = months[k][1]
            for credit in credits:
                left -= credit.use(month, payable, left, month == self.months[-1])
            out.in_kind.append(payable - left)
            earned = max(ZERO, balance) * self.interest * self.part[k]
            balance += arrivals[k] - (out.burn[k] - (payable - left)) - out.on_top[k] - out.unused[k] + earned
            out.earned.append(earned)
            drawn = ZERO
            out.net = out.burn[k] + out.on_top[k] + out.unused[k] - earned
            for debt in debts:
                planned = [(d, a) for d, a in debt.planned if first <= d <= last]
                if debt.called or mode == "alone":
                    planned = []
                amount = sum((a for _, a in planned), ZERO)
                # CHOICE: in the month of `until`, interest and fees run to that day.
                start, stop = max(first, debt.first), min(last, debt.last)
                span = overlap(month, start, stop) if start <= stop else ZERO
                cost = debt.owed * debt.rate * span
                cost += sum((a * debt.rate * overlap(month, d, stop) for d, a in planned if d <= stop), ZERO)
                fees = ZERO
                if debt.undrawn and not debt.called:
                    # CHOICE: what may still be drawn, as the interest is reckoned on what was.
                    if month_of(debt.first) <= month <= debt.end:
                        fees += (debt.size - debt.owed - amount) * debt.undrawn * span
                if first <= debt.first <= last:
                    fees += debt.fee
                if mode == "alone":
                    fees = ZERO  # CHOICE: what is not drawn costs nothing
                out.net += cost + fees
                debt.interest += cost
                debt.paid_fees += fees
                debt.owed += amount
                debt.drawn += amount
                repaid = debt.agreed(month, debt.owed)
                debt.owed -= repaid
                debt.repaid += repaid
                drawn += amount
                balance += amount - cost - fees - repaid
            for debt in debts:
                if debt.draws == "below-minimum" and not debt.called and mode != "alone":
                    if month_of(debt.first) <= month < debt.end:
                        amount = max(ZERO, min(self.minimum - balance, debt.size - debt.owed))
                        debt.owed += amount
                        debt.drawn += amount
                        balance += amount
                        drawn += amount
            for debt in debts:
                if debt.repayment == "above-minimum":
                    amount = max(ZERO, min(balance - self.minimum, debt.owed))
                    debt.owed -= amount
                    debt.repaid += amount
                    balance -= amount
            called = ZERO
            for debt in debts:
                if debt.covenant is not None and debt.owed > 0 and balance < debt.covenant:
                    debt.broken = debt.broken or month
                    if debt.table["on_breach"] == "called":
                        balance -= debt.owed
                        called += debt.owed
                        debt.repaid += debt.owed
                        debt.owed = ZERO
                        debt.called = True
            out.drawn.append(drawn)
            out.called.append(called)
            out.ends.append(balance)
        self.runway(out)
        return out

    def runway(self, out):
        crossing = next((k for k, end in enumerate(out.ends) if end < self.minimum), None)
        out.trough = min(out.ends)
        out.gap = max(ZERO, self.minimum - out.trough)
        out.crossing = crossing
        if crossing is None:
            out.month, out.months, out.cash_out = len(out.ends), None, NEVER
            return
        start = out.starts[crossing] + out.drawn[crossing]
        end = out.ends[crossing]
        part = ZERO if start < self.minimum else (start - self.minimum) / (start - end)
        out.month = crossing
        out.months = sum(self.part[:crossing], ZERO) + part * self.part[crossing]
        if out.called[crossing] and end + out.called[crossing] >= self.minimum:
            # What is called on the last day is lacking from that day on.
            out.months = sum(self.part[:crossing], ZERO) + self.part[crossing]
            out.cash_out = self.days(self.months[crossing])[1].isoformat()
            return
        counted = self.part[crossing] * days_in(self.months[crossing])
        out.cash_out = add_days(self.days(self.months[crossing])[0], int(part * counted)).isoformat()

    def write(self, id, report, out):
        """Every result of a report."""
        all_of_it = self.play(report)
        r = f"runway.{id}."

        def told(months):
            return NEVER if months is None else text_of(months)
        out[r + "month"] = str(all_of_it.month)
        out[r + "months"] = told(all_of_it.months)
        out[r + "cash_out"] = all_of_it.cash_out
        out[r + "trough"] = text_of(all_of_it.trough)
        out[r + "gap"] = text_of(all_of_it.gap)
        for month, end in zip(self.months, all_of_it.ends):
            out[f"cash.{id}.{month_name(month)}"] = text_of(end)
        first = (all_of_it.burn[0] + all_of_it.on_top[0] + all_of_it.unused[0]) / self.part[0]
        out[r + "static"] = text_of(self.opening / first) if first > 0 else NEVER
        alone = self.play(report, "alone")
        if alone.crossing is not None:
            out[r + "default_alive"] = "dead"
        else:
            burns = alone.burn[-1] + alone.on_top[-1] + alone.unused[-1] > 0
            out[r + "default_alive"] = "undecided" if burns else "alive"
        # CHOICE: zero where it does not run out.
        later = all_of_it.arrivals[all_of_it.crossing + 1:] if all_of_it.crossing is not None else []
        out[r + "to_come"] = text_of(sum(later, ZERO))
        if any(c.kind for c in self.cap.closings):
            out[r + "without_in_kind"] = told(self.play(report, "no-kind").months)
            out[r + "in_kind_as_cash"] = told(self.play(report, "as-cash").months)
        for debt in all_of_it.debts:
            d = f"debt.{id}.{debt.id}."
            out[d + "outstanding"] = text_of(debt.owed)
            if debt.covenant is not None:
                out[d + "breach"] = NEVER if debt.broken is None else min(last_of(debt.broken), self.horizon).isoformat()
            out[d + "interest"] = text_of(debt.interest)
            out[d + "drawn"] = text_of(debt.drawn)
            out[d + "repaid"] = text_of(debt.repaid)
            out[d + "fees"] = text_of(debt.paid_fees)
        came = {}
        for credit in all_of_it.credits:
            name, _, _ = credit.closing.tranche
            key = f"in_kind.{id}.{name}.{credit.closing.id}."
            sums = came.setdefault(key, dict.fromkeys(("came", "granted", "used", "lost", "unused"), ZERO))
            for word, amount in (("came", credit.closing.kind), ("granted", credit.granted), ("used", credit.used),
                                 ("lost", credit.lost), ("unused", credit.left)):
                sums[word] += amount
        for key, sums in came.items():
            for word, amount in sums.items():
                out[key + word] = text_of(amount)
        if report.by_lines:
            for to in {line.table["to"] for line in report.costs if "to" in line.table}:
                out[f"paid.{id}.{to}"] = text_of(sum((report.month(m)[2].get(to, ZERO) for m in self.months), ZERO))
        return all_of_it


class Months:
    def __init__(self):
        self.starts, self.ends, self.drawn, self.in_kind, self.earned, self.called = [], [], [], [], [], []


class Credit:
    def __init__(self, closing):
        terms = closing.drawdown
        start = closing.date
        if "from" in terms:
            start = max(start, day(terms["from"]))
        self.span = range(month_of(start), month_of(start) + terms["months"])
        self.amount = closing.kind / terms["months"]
        self.until = month_of(day(terms["until"])) if "until" in terms else None
        self.carries = terms["unused"] == "carried"
        self.eligible = percent(terms["eligible"])
        self.left = self.granted = self.used = self.lost = ZERO
        self.closing = closing

    def use(self, month, payable, unpaid, final):
        if self.until is not None and month > self.until:
            return ZERO
        granted = self.amount if month in self.span else ZERO
        available = self.left + granted
        used = min(available, self.eligible * payable, unpaid)
        # CHOICE: what is left when the last month ends is unused, not yet lost.
        self.left = available - used if self.carries or final else ZERO
        if month == self.until and not final:
            self.left = ZERO
        self.granted += granted
        self.used += used
        self.lost += available - used - self.left
        return used


# ---------------------------------------------------------------------------------------------- rounds

class Closing:
    """A part of a tranche."""

    def __init__(self, tranche, due, amount):
        self.tranche, self.due, self.money = tranche, due, amount
        self.date = self.called_on = self.id = None
        self.reduced = False


class Cap:
    """The cap table with dated rounds, to the horizon. `rounds` is a list of (day, place, name, table)."""

    def __init__(self, doc, rounds, outcome, burn_months):
        self.doc, self.outcome = doc, outcome
        self.as_of, self.horizon = day(doc["as_of"]), day(doc["horizon"])
        self.held = {id: {} for id in doc["holder"]}
        for id, shares in doc["opening"]["shares"].items():
            self.held[id] = {"common": number(shares)}
        self.ratio = {"common": Fraction(1)}
        for id, table in doc.get("class", {}).items():
            self.ratio[id] = ratio(table["ratio"]) if "ratio" in table else Fraction(1)
        self.last_price = None
        self.priced, self.parts, self.closings = {}, [], []
        self.signed_money = {id: ZERO for id in doc["holder"]}
        rounds = sorted(rounds, key=lambda row: row[:2])
        pending = {row[0] for row in rounds}
        while pending:
            today = min(pending)
            pending.discard(today)
            if today > self.horizon:
                break
            self.close([row[2] for row in rounds if row[0] < today], today)
            for date, _, name, table in rounds:
                if date == today:
                    self.sign(name, table, today, burn_months)
                    pending |= {p.date for p in self.parts if p.date is not None and p.date > today}
                    self.close([name], today)

    def total(self):
        return sum((n * self.ratio[c] for shares in self.held.values() for c, n in shares.items()), ZERO)

    def met(self, id, due):
        """The day a condition is met, or None."""
        table = self.doc["condition"][id]
        is_met = table["expected"]
        if self.outcome:
            terms = self.doc["outcome"][self.outcome]
            if id in listed(terms.get("met")):
                is_met = True
            if id in listed(terms.get("failed")):
                is_met = False
        if not is_met:
            return None
        if "date" in table:
            return day(table["date"])
        return min(due, day(table["by"])) if "by" in table else due

    def sign(self, name, table, today, burn_months):
        tranches = []
        for id, t in table["tranche"].items():
            whole = self.size(t, today, burn_months)
            placed = sum((money(v) for v in t.get("syndicate", {}).values()), ZERO)
            tranches.append((t, t["investor"], whole - placed, whole, t.get("otherwise"), id))
            for friend, value in t.get("syndicate", {}).items():
                tranches.append((t, friend, money(value), whole, None, f"{id}.syndicate.{friend}"))
        firm = [x for x in tranches if not x[0].get("optional", False)]
        R = sum((x[2] for x in firm), ZERO)
        if R == 0:
            return
        factor = Fraction(1)
        if "target" in table and R > money(table["target"]):
            if table["oversubscription"] == "cut-back":
                factor = money(table["target"]) / R
                R = money(table["target"])
        E = self.total()
        klass = table.get("class", name)
        self.ratio.setdefault(klass, Fraction(1))
        r = self.ratio[klass]
        if "pre_money" in table:
            V = money(table["pre_money"])
        elif "post_money" in table:
            V = money(table["post_money"]) - R
        elif "price" in table:
            V = money(table["price"]) / r * E
        else:
            need(self.last_price is not None, f"{name}: a step-up of nothing")
            V = ratio(table["step_up"]) * self.last_price * E
        need(V > 0, f"{name}: no price")
        p = V / E
        self.last_price = p
        self.priced[name] = {"price": p * r, "pre_money": V, "post_money": V + R, "raised": ZERO, "new_shares": ZERO,
                             "class": klass, "signed": today}
        for t, investor, amount, whole, otherwise, id in tranches:
            cut = Fraction(1) if t.get("optional", False) else factor
            if not t.get("optional", False):
                self.signed_money[investor] += amount * cut
            own = amount / whole if whole else ZERO
            for due, part in self.dues(t, today, whole):
                closing = Closing((name, t, investor), due, part * own * cut)
                closing.id = id
                self.settle(closing, otherwise, today)
                self.parts.append(closing)

    def size(self, t, today, burn_months):
        if "amount" in t:
            return money(t["amount"])
        if "burn_months" in t:
            return burn_months(number(t["burn_months"]), today)
        return money(t["amount_per_unit"]) * sum(number(v) for v in t["delivered"].values())

    def dues(self, t, today, whole):
        """When each part of a tranche is due."""
        if "delivered" in t:
            unit = money(t["amount_per_unit"])
            rows = sorted((day(key), unit * number(value)) for key, value in t["delivered"].items())
        elif "calls" in t:
            rows = sorted((day(key), money(value)) for key, value in t["calls"].items())
        else:
            rows = [(day(t["date"]) if "date" in t else today, whole)]
        if "accelerates" in t:
            pulled = []
            for due, amount in rows:
                met = self.met(t["accelerates"], due)
                if met is not None and met < due:
                    due = max(met, today)
                pulled.append((due, amount))
            rows = pulled
        return rows

    def settle(self, closing, otherwise, today):
        _, t, _ = closing.tranche
        due = closing.due
        by = day(t["by"]) if "by" in t else None
        if "condition" not in t:
            if by is None or due <= by:
                closing.date = closing.called_on = due
            return
        met = self.met(t["condition"], due)
        if met is not None:
            called = max(due, met)
            date = add_days(called, t.get("notice_days", 0))
            if by is None or date <= by:
                closing.date, closing.called_on = date, called
                return
        if otherwise is None or money(otherwise) == 0:
            return
        condition = self.doc["condition"][t["condition"]]
        last = min(d for d in (day(condition["by"]) if "by" in condition else None, by) if d is not None)
        # CHOICE: not before the tranche's own day, even if it was pulled forward.
        closing.date = closing.called_on = max(last, day(t["date"]) if "date" in t else due)
        closing.money = money(otherwise)
        closing.reduced = True

    def close(self, names, today):
        for name in names:
            if name not in self.priced:
                continue
            terms = self.priced[name]
            r = self.ratio[terms["class"]]
            at_start = self.total()
            for c in self.parts:
                if c.tranche[0] != name or c.date != today or c in self.closings:
                    continue
                _, t, investor = c.tranche
                rule = t.get("price", "signing")
                price = terms["price"]
                if rule == "closing" and not (name in self.signed_today(today)):
                    price = terms["pre_money"] / at_start * r
                elif rule == "latest":
                    price = self.last_price * r
                shares = c.money / price
                self.held[investor][terms["class"]] = self.held[investor].get(terms["class"], ZERO) + shares
                terms["raised"] += c.money
                terms["new_shares"] += shares
                self.closings.append(c)
                parts = t.get("consideration", {"cash": "100%"})
                given = {k: percent(v) for k, v in parts.items() if v != "rest"}
                for k, v in parts.items():
                    if v == "rest":
                        given[k] = 1 - sum(given.values())
                cash = given.get("cash", ZERO)
                c.cash, c.kind = c.money * cash, c.money * (1 - cash)
                c.drawdown = t.get("drawdown")
                c.paid = max(c.date, day(t["paid"])) if "paid" in t else c.date

    def signed_today(self, today):
        return {name for name, terms in self.priced.items() if terms["signed"] == today}

    def write(self, out, commitments):
        total = self.total()
        for id, shares in self.held.items():
            out[f"ownership.{id}"] = text_of(sum((n * self.ratio[c] for c, n in shares.items()), ZERO) / total)
            out[f"shares.{id}"] = text_of(sum(shares.values(), ZERO))
        out["fully_diluted"] = text_of(total)
        for name, terms in self.priced.items():
            for key in ("price", "pre_money", "post_money", "raised", "new_shares"):
                out[f"{key}.{name}"] = text_of(terms[key])
        for id in self.held:
            mine = [c for c in self.closings if c.tranche[2] == id]
            invested = sum((c.money for c in mine), ZERO)
            in_kind = sum((c.kind for c in mine), ZERO)
            own = [c for c in commitments if c.to == id]
            returned = sum((c.spread.due(datetime.date.min, self.horizon) for c in own), ZERO)
            contracted = sum((c.amount for c in own), ZERO)
            f = f"flow.{id}."
            out[f + "committed"] = text_of(self.signed_money[id])
            out[f + "invested"] = text_of(invested)
            out[f + "in_kind"] = text_of(in_kind)
            out[f + "cash"] = text_of(invested - in_kind)
            out[f + "returned"] = text_of(returned)
            out[f + "contracted"] = text_of(contracted)
            out[f + "net"] = text_of(invested - returned)
            if invested:
                out[f + "ratio"] = text_of(returned / invested)
                out[f + "ratio_in_all"] = text_of(contracted / invested)
            out[f"called.{id}"] = text_of(sum((c.money for c in self.parts if c.tranche[2] == id and c.date is not None
                                               and c.called_on <= self.horizon), ZERO))


def listed(value):
    return [value] if isinstance(value, str) else value or []


# ---------------------------------------------------------------------------------------------- raised when needed

class Raised:
    """The play under one deciding report: rounds with `when` raised one after the other."""

    def __init__(self, doc, burn, outcome=None):
        self.doc, self.burn, self.outcome = doc, burn, outcome
        self.raised = []  # (month, id)
        while True:
            self.replay()
            due = self.next_due()
            if due is not None and "runway_below" in self.doc["round"][due[1]]["when"] and self.due_in(due[1], due[0]) < 0:
                break  # the money ends before it could be raised
            if self.raised and not self.raises_something():
                self.raised.pop()
                self.replay()
                break
            if self.raised:
                # Due again a month later with no more left: it would be raised for ever.
                month, id = self.raised[-1]
                left = self.due_in(id, month + 1) if due == (month + 1, id) else None
                need(left is None or left > before, f"{id} brings nothing nearer")
            if due is None:
                break
            before = self.due_in(due[1], due[0])
            self.raised.append(due)
            need(len(self.raised) < 200, "raised for ever")

    def raises_something(self):
        """Whether the last round raised is held: somebody takes part."""
        month, id = self.raised[-1]
        out = {}
        self.cap.write(out, [])
        return f"price.{id}-{self.count(id)}" in out

    def count(self, id):
        return sum(1 for _, name in self.raised if name == id)

    def due_in(self, id, month):
        """The months or the money left at a month's start, if a round is due then."""
        p, when = self.projection, self.doc["round"][id]["when"]
        if month not in p.months:
            return None
        k = month - p.first
        if "runway_below" in when:
            left = None if self.played.months is None else self.played.months - sum(p.part[:k], ZERO)
            return left if left is not None and left < when["runway_below"] else None
        before = self.played.ends[k - 1] if k else p.opening
        return before if before < money(when["cash_below"]) else None

    def rows(self):
        rows = []
        counts = {}
        for place, (id, table) in enumerate(self.doc.get("round", {}).items()):
            if "date" in table:
                rows.append((day(table["date"]), (place, 0), id, table))
        for month, id in self.raised:
            counts[id] = counts.get(id, 0) + 1
            place = list(self.doc["round"]).index(id)
            table = self.doc["round"][id]
            # After the rounds that are written with that day.
            place += len(self.doc["round"])
            rows.append((first_of(month), (place, counts[id]), f"{id}-{counts[id]}", table))
        return rows

    def burn_months(self, count, today):
        """What the deciding report spends in so many months from a day's month on."""
        p, report = self.bare, self.report
        month, total = month_of(today), ZERO
        while count > 0:
            k = min(month, p.months[-1])
            burn, _, to = report.month(k)
            # CHOICE: what is owed though unused is spent too.
            # CHOICE: a part month counts as if its days were all of the month.
            total += min(count, 1) * (burn + p.on_top(k) + p.unused(report, k, to)) / p.part[k - p.first]
            count -= 1
            month += 1
        return max(ZERO, total)

    def replay(self):
        self.bare = Projection(self.doc, None)
        self.report = Report(self.doc["burn"][self.burn], self.bare) if self.burn else None
        self.cap = Cap(self.doc, self.rows(), self.outcome, self.burn_months)
        self.projection = Projection(self.doc, self.cap)

    def next_due(self, used_up=False):
        """The earliest month in which a round is due, after the last of its kind; of one month the first written."""
        waiting = [id for id, t in self.doc.get("round", {}).items() if "when" in t]
        if not waiting:
            return None
        p = self.projection
        self.played = p.play(Report(self.doc["burn"][self.burn], p))
        for month in p.months:
            for id in waiting:
                mine = [m for m, name in self.raised if name == id]
                if first_of(month) < p.as_of or mine and month <= mine[-1]:
                    continue
                if (used_up or len(mine) < self.doc["round"][id]["when"]["times"]) and self.due_in(id, month) is not None:
                    return month, id
        return None


def results(doc, burn=None, outcome=None):
    """Every result where a report decides (cash.main_burn without one), under an outcome."""
    burns = doc.get("burn", {})
    main = burn or doc.get("cash", {}).get("main_burn") or next(iter(burns))
    out = {}
    decided = Raised(doc, main, outcome)
    decided.cap.write(out, decided.projection.commitments)
    waits = any("when" in t or any("burn_months" in x for x in t["tranche"].values()) for t in doc.get("round", {}).values())
    for id in burns:
        # CHOICE: asked where a report decides, the months of the others are those of its rounds.
        report = Report(burns[id], decided.projection)
        if not report.runs:
            continue
        try:
            own = Raised(doc, id, outcome) if waits and id != main and burn is None else decided
        except OracleError:  # under another report than the one that decides, it has no runway
            continue
        report = Report(burns[id], own.projection)
        if report.runs:
            own.projection.write(id, report, out)
    return out


def main(words):
    words = list(words)
    burn = outcome = None
    if "--burn" in words:
        place = words.index("--burn")
        burn = words[place + 1]
        del words[place:place + 2]
    if "--outcome" in words:
        place = words.index("--outcome")
        outcome = words[place + 1]
        del words[place:place + 2]
    with open(words[0], "rb") as file:
        doc = tomllib.load(file, parse_float=Fraction)
    print(json.dumps(results(doc, burn, outcome), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
