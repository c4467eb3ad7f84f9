"""SAFEs and notes: when they are outstanding, what they are worth in a round, and how else they end."""

from fractions import Fraction
from types import SimpleNamespace

from contracts import Interest
from figures import day, flag, money, need, percent, word
from pricing import Convertible, Leg

ZERO = Fraction(0)
BASIS = {"before-round": "before", "before-new-money": "all", "with-pool": "pre"}


class Claim:
    """A SAFE or a note: not yet issued, outstanding, or ended."""

    def __init__(self, kind, id, table, place):
        self.kind, self.id, self.table, self.place = kind, id, table, place
        self.holder, self.date, self.principal = table["holder"], day(table["date"]), money(table["amount"])
        need(self.principal > 0, f"{kind}.{id}: no money")
        self.interest = Interest(table["interest"] if kind == "note" else "none", self.principal, self.date)
        self.issued = self.ended = None  # days
        self.conversion = None           # price, term, shares, amount

    @property
    def outstanding(self):
        return self.issued is not None and self.ended is None

    def balance(self, date):
        return self.interest.balance(date)

    def has(self, key):
        return flag(self.table.get(key, False))


class Convertibles:
    def plan_convertibles(self):
        self.claims = {}
        for section in self.doc:
            for id, table in self.doc[section].items() if section in ("safe", "note") else ():
                self.claims[id] = Claim(section, id, table, len(self.claims))
        for claim in self.claims.values():
            id, table = claim.id, claim.table
            need(claim.holder in self.held, f"{claim.kind}.{id}: no holder {claim.holder}")
            need(table.get("into", "common") in self.classes, f"{id}: no class {table.get('into')}")
            if claim.kind == "safe":
                word(table["form"], "pre-money", "post-money")
                need("elects" not in table or claim.has("mfn"), f"safe.{id}: elects without mfn")
                need("ownership" not in table or not {"cap", "discount", "mfn"} & set(table), f"safe.{id}: ownership alone")
            else:
                need("cap" not in table or table.get("cap_counts") in BASIS, f"note.{id}: cap_counts")
                need("matures" not in table or "at_maturity" in table, f"note.{id}: at_maturity")
            self.at(claim.date, 4, lambda claim=claim: self.lend(claim))
            if "matures" in table:
                need(day(table["matures"]) >= claim.date, f"note.{id}: matures before it is issued")
                self.at(day(table["matures"]), 4, lambda claim=claim: self.mature(claim))
            if "converts_on" in table:
                met = self.met_on(table["converts_on"], claim.date)
                if met is not None:
                    # CHOICE: a condition met before the note counts on the note's day.
                    self.at(max(met, claim.date), 4, lambda claim=claim: self.trigger(claim))

    def lend(self, claim):
        claim.splits = dict(self.split_factor)
        claim.issued = self.today
        self.pay(self.today, claim.holder, claim.principal, claim.kind)

    def end(self, claim):
        claim.ended = self.today

    def pay_interest(self):
        """Interest paid in cash, once it is known when each note ends."""
        last = self.last_day()
        for claim in self.claims.values():
            if claim.issued is not None:
                for date, amount in claim.interest.payments(claim.ended or last, claim.ended is not None):
                    self.pay(date, claim.holder, -amount, "interest")

    def mature(self, claim):
        if not claim.outstanding:
            return
        how = word(claim.table["at_maturity"], "repay", "convert", "extend")
        if how == "repay":
            self.pay(self.today, claim.holder, -claim.balance(self.today), "repayment")
            self.end(claim)
        elif how == "convert":
            into = claim.table.get("into", "common")
            # CHOICE: a price agreed before a split follows the split.
            price = money(claim.table["maturity_price"]) / self.split_since(claim, into)
            self.convert(claim, into, price, "maturity")

    def split_since(self, claim, class_id):
        """What splits since the claim's day have made of a share."""
        return self.split_factor.get(class_id, Fraction(1)) / claim.splits.get(class_id, Fraction(1))

    def trigger(self, claim):
        """The day its condition is met: the lower of its cap price and the last price less its discount."""
        if not claim.outstanding:
            return
        balance, prices = claim.balance(self.today), []
        if "cap" in claim.table:
            cap, count = money(claim.table["cap"]), self.total()
            if claim.table["cap_counts"] == "before-new-money":
                cap -= balance  # K / (count + balance / price) is (K - balance) / count
            if cap > 0:
                prices.append(cap / count)
        if self.last_price is not None:
            prices.append(self.last_price * (1 - percent(claim.table.get("discount", "0%"))))
        if prices:
            into = claim.table.get("into", "common")  # CHOICE: as at maturity
            self.convert(claim, into, self.rounding.price(min(prices) * self.classes[into]), "trigger")

    def convert(self, claim, into, price, term, shares=None):
        """At a price of the class received, or into a number of shares."""
        need(price > 0, f"{claim.id}: a price that is not positive")
        balance = claim.balance(self.today)
        if shares is None:
            shares = self.rounding.converted(balance / price)
        self.give(claim.holder, into, shares)
        claim.conversion = SimpleNamespace(price=price, term=term, shares=shares, amount=balance)
        self.end(claim)

    # -- in a round

    def converting(self, new_money):
        """The claims that convert in a round of that much new money."""
        return [claim for claim in self.claims.values() if claim.outstanding and
                not ("qualified" in claim.table and new_money < money(claim.table["qualified"]))]

    def packages(self, claim):
        """The SAFEs whose terms may count, its own first."""
        if not claim.has("mfn"):
            return [claim]
        if "elects" in claim.table:
            elected = self.claims.get(claim.table["elects"])
            need(elected is not None and elected.kind == "safe", f"safe.{claim.id}: elects no SAFE")
            need(elected.issued is not None, f"safe.{claim.id}: elects a SAFE that is not issued")
            return [elected]
        later = [other for other in self.claims.values() if other.kind == "safe" and claim.date < other.date <= self.today
                 and other.table["form"] == claim.table["form"] and not other.has("mfn") and "ownership" not in other.table]
        return [claim] + sorted(later, key=lambda other: (other.date, other.place))

    def legs(self, claim):
        balance = claim.balance(self.today)
        if "ownership" in claim.table:
            return [Leg("ownership", claim, part=percent(claim.table["ownership"]), basis="post")]
        result = [Leg("round", claim, money=balance)]  # never less than the round's price
        for package in self.packages(claim):
            table = package.table
            if "ownership" in table:  # elected only
                result.append(Leg("ownership", package, part=percent(table["ownership"]), basis="post"))
            if "cap" in table:
                cap = money(table["cap"])
                basis = BASIS[table["cap_counts"]] if claim.kind == "note" else \
                    "post" if table["form"] == "post-money" else "pre"
                result.append(Leg("cap", package, part=balance / cap, basis=basis, cap=cap))
            if "discount" in table:
                rest = 1 - percent(table["discount"])
                need(rest > 0, f"{package.id}: a discount of everything")
                result.append(Leg("discount", package, money=balance / rest))
        return result

    def claims_of_round(self, claims):
        return [Convertible(claim.id, claim.balance(self.today), self.legs(claim)) for claim in claims]

    def convert_in_round(self, claims, solution, rounded_price, class_id):
        """`rounded_price` is that of a common share."""
        for claim in claims:
            worth, binding = solution.claims[claim.id]
            into = claim.table.get("into", class_id)
            r = self.classes[into]
            balance = claim.balance(self.today)
            # Of several packages that are worth the same the earliest counts; a contract's term before the round's price.
            terms = [leg for leg in binding if leg.word != "round"]
            package = terms[0].package if terms else claim
            terms = {leg.word: leg for leg in terms if leg.package is package}
            words = [name for name in ("ownership", "cap", "discount") if name in terms] or ["round"]
            term = " and ".join(words) + (f" of {package.id}" if package is not claim else "")
            exact = worth / solution.price / r
            if not self.rounding.whole:
                self.convert(claim, into, balance / exact, term, exact)
            elif words[0] == "ownership":
                # CHOICE: the price shown is that of the exact count, rounded.
                self.convert(claim, into, self.rounding.price(balance / exact), term, self.rounding.converted(exact))
            elif words[0] == "cap":  # CHOICE: also when the discount is worth the same
                price = terms["cap"].cap / solution.bases[terms["cap"].basis]
                self.convert(claim, into, self.rounding.price(price * r), term)
            elif words[0] == "discount":
                rest = 1 - percent(package.table["discount"])
                self.convert(claim, into, self.rounding.price(rounded_price * r * rest), term)
            else:
                self.convert(claim, into, rounded_price * r, term)  # CHOICE: the round's price, not rounded again
