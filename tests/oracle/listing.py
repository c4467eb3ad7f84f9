#!/usr/bin/env python3
"""An independent oracle for listings: python3 listing.py FILE, or listing.py --generate SEED for a random scenario.

The price is found by halving an interval in exact rationals, whatever the claims are. What the pages leave open is
marked CHOICE.
"""

import datetime
import json
import random
import sys
import tomllib
from fractions import Fraction

sys.dont_write_bytecode = True
from figures import OracleError, count, day, money, need, percent, plain, text_of  # noqa: E402
from layers import resolve  # noqa: E402
from waterfall import ZERO, Sale, Scenario  # noqa: E402

FINE = 10**30  # parts of the price that are searched


class Listing(Sale):
    """The state and the terms of a sale's day, with other claims."""

    KINDS = ("listing",)

    def __init__(self, scenario, id):
        self.floors, self.plain = [], ZERO
        super().__init__(scenario, id)

    def stock(self):
        """Classes as common shares, with the least that those with a ratchet are worth."""
        for id, stock in self.classes.items():
            for line in stock.lines:
                n = line.shares * stock.ratio
                if stock.dividend and plain(stock.dividend["on_conversion"]) == "converts":
                    n += stock.owed(line.shares, line.date, self.date) / stock.price * stock.ratio
                least = ZERO
                if "ratchet" in stock.table:
                    ratchet = stock.table["ratchet"]
                    each = money(ratchet["price"]) if "price" in ratchet else percent(ratchet["return"]) * stock.price
                    least = each * line.shares
                self.floors.append((line.holder, "class", n, least))
                self.plain += line.shares * stock.ratio

    def take_safe(self, id, holder, amount, shares, discount):
        least = max(amount, amount / (1 - discount) if discount else ZERO)
        self.floors.append((holder, "safe", shares, least))

    def before(self, price):
        """What the company before the new shares is worth at a price."""
        return price * self.fixed + sum(max(n * price, least) for _, _, n, least in self.floors)

    def after(self, price):
        return self.before(price) + self.sold(price)[0] * price

    def sold(self, price):
        """New shares and those of holders; the greenshoe with the new."""
        new = ZERO
        if "primary" in self.table:
            new = money(self.table["primary"]) / price
        elif "primary_shares" in self.table:
            new = count(self.table["primary_shares"])
        parts = {holder: percent(part) for holder, part in self.table.get("secondary", {}).items()}
        sold = {holder: part * self.common_of(holder, price) for holder, part in parts.items()}
        return new + percent(self.table.get("greenshoe", "0%")) * (new + sum(sold.values())), sold

    def common_of(self, holder, price):
        return sum((max(n, least / price) for who, _, n, least in self.floors if who == holder), ZERO)

    def price(self):
        if "price" in self.table:
            return money(self.table["price"])
        if "pre_money" in self.table:
            target, worth = money(self.table["pre_money"]), self.before
        else:
            target, worth = money(self.table["post_money"]), self.after
        low, high = Fraction(1, FINE), Fraction(1)
        while worth(high) < target:
            high *= 2
        need(worth(low) < target, "no price")
        while (high - low) * FINE > high:
            middle = (low + high) / 2
            if worth(middle) < target:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def results(self, out):
        unallocated = self.unallocated()
        self.fixed = self.issued + unallocated
        price = self.price()
        new, sold = self.sold(price)
        fees = percent(self.table.get("fees", "0%"))
        costs, raised = money(self.table.get("costs", 0)), new * price
        stock = sum((max(n, least / price) for _, _, n, least in self.floors), ZERO)
        classes = sum((max(n, least / price) for _, what, n, least in self.floors if what == "class"), ZERO)
        converted = sum((n for _, what, n, _ in self.floors if what == "class"), ZERO)
        values = {
            "price": price, "pre_money": self.before(price), "post_money": self.before(price) + raised,
            "raised": raised,
            "fees": fees * raised, "costs": costs, "net": raised - fees * raised - costs, "new_shares": new,
            "sold_shares": sum(sold.values(), ZERO), "issued": stock + new, "market_value": (stock + new) * price,
            "fully_diluted": stock + new + self.fixed,
            "ratchet_shares": classes - converted, "dividend_shares": converted - self.plain,
            "treasury": stock + new + sum((n * max(ZERO, 1 - s / price) for _, n, s in self.rights), ZERO),
        }
        paid = {id: ZERO for id in self.scenario.holders + list(self.scenario.pools)}
        for holder in paid:
            gone = sold.get(holder, ZERO)
            paid[holder] = (self.common_of(holder, price) - gone) * price + gone * price * (1 - fees)
        for key, n, strike in self.rights:
            paid[self.instruments[key]] += n * max(ZERO, price - strike)
        if "to" in self.table:
            paid[self.table["to"]] += (new + sum(sold.values(), ZERO)) * price
        out.update({f"exit.{self.id}.{key}": text_of(value) for key, value in values.items()})
        out.update({f"payout.{self.id}.{holder}": text_of(value) for holder, value in paid.items()})

    def unallocated(self):
        """What of the pools is nobody's."""
        rows = self.scenario.doc["opening"]["shares"]
        left = sum((count(shares) for id, shares in rows.items() if id in self.scenario.pools), ZERO)
        for table in self.scenario.doc.get("grant", {}).values():
            given_up = sum((count(n) for key, n in table.get("forfeited", {}).items() if day(key) <= self.date), ZERO)
            left -= count(table["shares"]) - given_up
        return left


def results(document):
    scenario, out = Scenario(document), {}
    for id in document["exit"]:
        Listing(scenario, id).results(out)
    return out


def generate(seed):
    """A scenario in which every listing has a price."""
    rng = random.Random(f"listings {seed}")
    while True:
        text = draw(rng)
        try:
            results(tomllib.loads(text, parse_float=lambda digits: Fraction(digits.replace("_", ""))))
        except OracleError:
            continue
        return text


def draw(rng):
    def maybe(chance):
        return rng.random() < chance

    unit = rng.choice([1, 1000, 10**6])
    text = ['title = "Random listings"', 'currency = "USD"', "as_of = 2026-01-01",
            "holder = { ada = {}, ben = {}, north = {}, south = {}, angel = {}, bank = {}, public = {} }",
            "pool = { plan = {} }", 'rounding = { shares = "fractional" }']
    ids = [f"series-{n}" for n in range(rng.randint(0, 5))]
    for id in ids:
        price = rng.choice(["1", "2.5", "10", "0.3"])
        text += [f"[class.{id}]", 'kind = "preferred"', f"issue_price = {price}"]
        if maybe(0.3):
            text.append(f"ratio = {rng.choice(['2', '0.5', THREE_HALVES])}")
        if maybe(0.5):
            text.append("ratchet = { " + rng.choice(['return = "100%"', 'return = "120%"', "price = 3"]) + " }")
        elif maybe(0.5):
            text.append(f'dividend = {{ rate = "8%/year", kind = "cumulative", count = "act/365", '
                        f'compound = "{rng.choice(["none", "yearly"])}", '
                        f'on_conversion = "{rng.choice(["converts", "forfeited"])}" }}')
    text += ["[opening]", "date = 2024-12-31",
             f"shares = {{ ada = {rng.randint(1, 99) * unit}, ben = {rng.randint(1, 99) * unit}, plan = {20 * unit} }}"]
    for n, id in enumerate(ids):
        for k in range(rng.randint(1, 2)):
            text += [f"[opening.position.line-{n}-{k}]", f'holder = "{rng.choice(["north", "south"])}"',
                     f'class = "{id}"', f"shares = {rng.randint(1, 40) * unit}",
                     f"date = {datetime.date(rng.randint(2019, 2024), rng.randint(1, 12), rng.randint(1, 28))}"]
    for n in range(rng.randint(0, 2)):
        text += [f"[grant.options-{n}]", 'pool = "plan"', f"shares = {rng.randint(1, 9) * unit}",
                 f"strike = {rng.choice(['0', '1', '3'])}", "vesting = { months = 48 }"]
    if maybe(0.4):
        text += ["[warrant.right]", 'holder = "bank"', f"shares = {rng.randint(1, 9) * unit}", "strike = 2",
                 'exercise = "net"']
        if ids and maybe(0.3):
            text.append(f'class = "{ids[0]}"')
    for n in range(rng.randint(0, 3)):
        amount = rng.randint(1, 50) * unit
        text += [f"[safe.safe-{n}]", f'holder = "{rng.choice(["angel", "bank"])}"', "date = 2025-06-01",
                 f"amount = {amount}", f'form = "{rng.choice(["post-money", "pre-money"])}"']
        text += rng.choice([[f"cap = {amount * rng.choice([5, 10, 20])}"], ['discount = "20%"'], ['ownership = "5%"'], []])
    for n in range(3):
        size = rng.choice([1, 10, 100, 400, 1000, 10000]) * unit
        text += [f"[exit.listing-{n}]", 'kind = "listing"', "date = 2027-03-01", 'to = "public"']
        key = rng.choice(["pre_money", "pre_money", "post_money", "price"])
        price = rng.choice(["0.25", "1", "2", "3", "9"])
        text.append(f"price = {price}" if key == "price" else f"{key} = {size + 300 * unit}")
        how = rng.choice(["primary", "primary_shares", None])
        if how:
            text.append(f"{how} = {rng.randint(1, 30) * unit}")
        sells = maybe(0.4)
        if sells:
            text.append(f'secondary = {{ ada = "10%", north = "{rng.choice([5, 25, 100])}%" }}')
        if how and maybe(0.4) and not (sells and key == "post_money"):
            text.append('greenshoe = "15%"')
        if how or sells:
            text.append(f'fees = "{rng.choice(["7", "0", "2.5"])}%"')
        if how and maybe(0.5):
            text.append(f"costs = {unit}")
    return "\n".join(text) + "\n"


THREE_HALVES = '"3:2"'

if __name__ == "__main__":
    if sys.argv[1] == "--generate":
        print(generate(sys.argv[2]), end="")
    else:
        print(json.dumps(results(resolve(sys.argv[1])), indent=1))
