"""Rounds: who signs what, the price, protection, conversions, pool and pro rata, and the closings."""

from fractions import Fraction

from figures import add_days, count, day, digits, flag, money, need, percent, plain, split, whole_number, word
from pricing import Problem, Protected, solve

ZERO = Fraction(0)


class Tranche:
    """What is settled about a tranche when its round is signed, and what became of it."""

    def __init__(self, round_id, id, table, place):
        self.round, self.id, self.place = round_id, id, place
        self.path = f"round.{round_id}.tranche.{id}"
        self.table = table
        self.investor = table["investor"]
        self.amount = money(table["amount"]) if "amount" in table else None
        self.shares = count(table["shares"]) if "shares" in table else None
        need((self.amount is None) != (self.shares is None), f"{self.path}: amount or shares")
        self.optional = flag(table.get("optional", False))
        price = plain(table.get("price", "signing"))
        self.rule = price if price in ("signing", "closing", "latest") else "own"
        self.own = money(price) if self.rule == "own" else None
        self.parts = split(table["consideration"], self.path) if "consideration" in table else {"cash": Fraction(1)}
        self.closes = None    # the day it closes, if it does
        self.called_on = None
        self.by_otherwise = False
        self.issued = ZERO
        self.funded = False
        self.money = None     # what was paid in, cash and kind


class Rounds:
    solver = staticmethod(solve)  # selfcheck.py looks over its shoulder

    def sign(self, id, table, today):
        """Price the round; gives the later days on which its tranches close."""
        class_id = table.get("class", f"(round {id})")
        self.classes.setdefault(class_id, Fraction(1))
        # CHOICE: prices and counts that are written or reported are of the round's own class; the solution is as converted.
        r = self.classes[class_id]
        mine = [Tranche(id, name, t, place) for place, (name, t) in enumerate(table.get("tranche", {}).items())]
        for tranche in mine:
            tranche.signed = today
            need(tranche.investor in self.holders, f"{tranche.path}: no holder {tranche.investor}")
        committed = [tranche for tranche in mine if not tranche.optional]
        self.fit(id, table, committed)

        q = Problem()
        for tranche in committed:
            if tranche.rule == "own":
                need(tranche.own > 0, f"{tranche.path}: a price that is not positive")
                shares = tranche.shares if tranche.shares is not None else tranche.amount / tranche.own
                q.own_money += shares * tranche.own
                q.own_shares += shares * r
            elif tranche.shares is not None:
                q.shares += tranche.shares * r
            else:
                q.amount += tranche.amount
        if q.amount == 0 and q.shares == 0 and q.own_money == 0:
            return set()  # nobody takes part: the round does not happen

        valuations = [key for key in ("pre_money", "post_money", "price") if key in table]
        need(len(valuations) == 1, f"round.{id}: exactly one of pre_money, post_money, price")
        key = valuations[0]
        q.valuation = (key, money(table[key]) / (r if key == "price" else 1))
        q.existing = self.total()
        if "pool" in table:
            terms = table["pool"]
            word(terms["in"], "pre-money", "post-money")
            target = percent(terms["target"])
            need(0 <= target < 1, f"round.{id}.pool: target")
            q.pool = (self.pool_counts(terms["id"], terms["counts"]), target, terms["in"])

        rights = self.rights_of_round(id, table, q)
        if rights and table["pro_rata"]["added"] == "on-top":
            q.amount /= 1 - sum(rights.values())

        claims = self.claims_of(id, table, q)
        q.convertibles = self.claims_of_round(claims)
        letters = self.letters(id, table, claims)
        terms = table.get("protection", {})
        q.in_price = flag(terms.get("in_price", False))
        q.issue_with_conversions = word(terms.get("counts", "new-money"),
                                        "new-money", "new-money-and-conversions") != "new-money"
        idle = {}
        if not flag(terms.get("exempt", False)):
            q.protected, idle = self.protected(id, class_id, q, committed, rights, bool(letters))

        s = self.solver(q)
        price = self.rounding.price(s.price * r)
        self.results[id] = {"price": price, "signed_price": price, "pre_money": s.pre_money, "post_money": s.post_money,
                            "class": class_id, "raised": ZERO, "new_shares": ZERO}
        self.last_price = price / r  # of a common share
        self.issue.setdefault(class_id, price)

        # Rights that depend on the conversions; then everybody's part of the money.
        for holder, claim_ids in letters.items():
            converted = sum(s.claims[name][0] for name in claim_ids) / (q.existing * s.price + s.converted)
            rights[holder] = rights.get(holder, ZERO) + percent(table["pro_rata"]["take"][holder]) * converted
        if rights:
            need(sum(rights.values()) <= 1, f"round.{id}: rights to more than the round")
            if table["pro_rata"]["added"] == "inside":
                for tranche in committed:
                    tranche.amount *= 1 - sum(rights.values())

        self.protect(q, s, idle, price / r)
        self.convert_in_round(claims, s, price / r, class_id)
        if s.increase:
            pool_id = table["pool"]["id"]
            self.reserve[pool_id] += self.rounding.pool(s.increase / self.classes[self.pool_class(pool_id)])
        for holder, part in rights.items():
            if part:
                amount = part * q.amount
                shares = self.rounding.issued(amount / price)
                self.give(holder, class_id, shares)
                self.pay(today, holder, amount, "pro-rata")
                self.results[id]["raised"] += amount
                self.results[id]["new_shares"] += shares
        if not self.rounding.whole:
            assert self.total() + sum(self.signed_shares(t) * r for t in committed) == s.total, "the counts do not add up"
        for tranche in mine:
            self.settle(tranche)
        self.tranches += mine
        return {tranche.closes for tranche in mine if tranche.closes is not None and tranche.closes > today}

    def signed_shares(self, tranche):
        if tranche.shares is not None:
            return tranche.shares
        price = tranche.own if tranche.rule == "own" else self.results[tranche.round]["price"]
        return self.rounding.issued(tranche.amount / price)

    # -- pro rata

    def rights_of_round(self, id, table, q):
        """Each taker's right by the shares it holds, as a part of the round."""
        if "pro_rata" not in table:
            return {}
        word(table["pro_rata"]["added"], "inside", "on-top")
        # CHOICE: tranches in shares or at a price of their own are not carved up.
        need(not q.shares and not q.own_money, f"round.{id}: pro rata beside tranches in shares or at their own price")
        rights = {}
        for holder, take in table["pro_rata"].get("take", {}).items():
            need(holder in self.held, f"round.{id}.pro_rata: no holder {holder}")
            # CHOICE: options and warrants of the holder count, as they do in the fully diluted company.
            rights[holder] = percent(take) * self.converted(holder) / q.existing
        need(sum(rights.values()) < 1 or table["pro_rata"]["added"] == "inside", f"round.{id}: rights to the whole round")
        return rights

    def letters(self, id, table, claims):
        """Takers whose SAFEs with a pro rata letter convert here: holder -> SAFEs."""
        result = {}
        for claim in claims:
            if claim.kind == "safe" and claim.has("pro_rata") and claim.holder in table.get("pro_rata", {}).get("take", {}):
                need(table["pro_rata"]["added"] == "inside", f"round.{id}: a SAFE's pro rata letter on top")
                result.setdefault(claim.holder, []).append(claim.id)
        return result

    # -- convertibles

    def claims_of(self, id, table, q):
        needs_amount = any(claim.outstanding and "qualified" in claim.table for claim in self.claims.values())
        need(not (needs_amount and q.shares), f"round.{id}: a qualified round of tranches in shares")
        claims = self.converting(q.amount + q.own_money)  # CHOICE: pro rata on top is new money too
        if claims:
            q.conversions = word(table.get("conversions"), "inside", "dollars-invested", "outside")
            q.principal = sum((claim.principal for claim in claims), ZERO)
        return claims

    # -- protection

    def conversion_price(self, class_id):
        return self.issue[class_id] / self.classes[class_id] if class_id in self.issue else None

    def protected(self, round_id, round_class, q, committed, rights, letters):
        """The series that may adjust, and for each the holders who do not pay to play."""
        inside = bool(rights) and self.doc["round"][round_id]["pro_rata"]["added"] == "inside"
        result, idle = [], {}
        for id, table in self.doc.get("class", {}).items():
            terms = table.get("protection")
            if not isinstance(terms, dict):
                continue
            r = self.classes[id]
            holders = {h: shares[id] * r for h, shares in self.held.items() if shares.get(id)}
            if not holders:
                continue  # CHOICE: a class that nobody holds does not adjust
            need(id in self.issue, f"class.{id}: protected without an issue price")
            need(id != round_class, f"round.{round_id}: sells a protected class that exists")  # CHOICE
            c = self.conversion_price(id)
            idle[id] = []
            if flag(terms.get("pay_to_play", False)):
                need(not letters, f"round.{round_id}: pay to play beside a SAFE's pro rata letter")
                idle[id] = [h for h in holders if not self.pays(h, q, committed, rights, inside)]
            n = sum((shares for h, shares in holders.items() if h not in idle[id]), ZERO)
            kind = word(terms["kind"], "broad", "narrow", "full-ratchet")
            base = None if kind == "full-ratchet" else self.base(terms["base"], n)
            floor = None
            if "floor" in terms:  # it follows the splits since there are shares of the class
                floor = money(terms["floor"]) / self.cheaper.get(id, Fraction(1))
            result.append(Protected(id, kind, n, c, base, floor))
        return result, idle

    def pays(self, holder, q, committed, rights, inside):
        """Whether a holder invests its part: as converted, options included, of the fully diluted count (CHOICE)."""
        carved = 1 - sum(rights.values()) if inside else 1
        invested = sum(((t.amount if t.amount is not None else t.shares * t.own) * carved for t in committed
                        if t.investor == holder), ZERO) + rights.get(holder, ZERO) * q.amount
        need(not q.shares, "pay to play beside a tranche in shares")
        return invested >= self.converted(holder) / q.existing * (q.amount + q.own_money)

    def base(self, name, own):
        word(name, "fully-diluted", "without-reserve", "issued", "own-series")
        if name == "own-series":
            return own  # CHOICE: after those who did not pay have been converted
        if name == "issued":
            return sum((self.stock(id) for id in self.held), ZERO)
        return self.total() - (sum((self.unallocated(id) for id in self.pools), ZERO) if name == "without-reserve" else 0)

    def protect(self, q, s, idle, price):
        """Lowers conversion prices, by the price that was paid: rounded where shares are whole."""
        for series in q.protected:
            # A floor keeps a conversion price up; the round is below it all the same.
            floor, series.floor = series.floor, None
            is_lower = s.equations.conversion_price(series, price, s.converted) < series.c
            series.floor = floor
            if not is_lower:
                continue
            id = series.id
            for holder in idle[id]:
                shares = self.held[holder][id]
                self.give(holder, id, -shares)
                self.give(holder, "common", self.rounding.converted(shares * self.classes[id]))
            if series.n:  # CHOICE: where nobody is left who adjusts, the conversion price stays
                self.classes[id] = self.issue[id] / s.equations.conversion_price(series, price, s.converted)

    # -- oversubscription

    def fit(self, id, table, committed):
        """Make the tranches fit the target."""
        if "target" not in table:
            return
        target = money(table["target"])
        need(all(tranche.shares is None for tranche in committed), f"round.{id}: shares and a target")
        total = sum(tranche.amount for tranche in committed)
        if total <= target:
            return
        how = table.get("oversubscription")
        need(how in ("cut-back", "priority", "upsize"), f"round.{id}: oversubscription is required")
        if how == "cut-back":
            for tranche in committed:
                tranche.amount = tranche.amount * target / total
        elif how == "priority":
            need(all("priority" in tranche.table for tranche in committed), f"round.{id}: priority is required")
            left = target
            for number in sorted({ratio_or_int(tranche.table["priority"]) for tranche in committed}):
                group = [t for t in committed if ratio_or_int(t.table["priority"]) == number]
                wanted = sum(tranche.amount for tranche in group)
                granted = min(wanted, left)
                for tranche in group:
                    tranche.amount = tranche.amount * granted / wanted if wanted else tranche.amount
                left -= granted

    # -- closings

    def settle(self, tranche):
        """When a tranche closes, by the condition or otherwise."""
        table = tranche.table
        date = day(table["date"]) if "date" in table else tranche.signed
        need(date >= tranche.signed, f"{tranche.path}: before its round")
        by = day(table["by"]) if "by" in table else None
        if "condition" not in table:
            need("otherwise" not in table, f"{tranche.path}: otherwise without a condition")
            if by is None or date <= by:
                tranche.closes = tranche.called_on = date
            return
        id = table["condition"]
        met = self.met_on(id, date)
        if met is not None:
            closes = add_days(max(date, met), whole_number(table.get("notice_days", 0)))
            if by is None or closes <= by:
                tranche.closes, tranche.called_on = closes, max(date, met)
                return
        otherwise = money(table.get("otherwise", "0"))
        if otherwise == 0:
            return
        condition = self.doc["condition"][id]
        # The earlier of the two last days: past either of them it cannot close in full.
        lasts = [date for date in (day(condition["by"]) if "by" in condition else None, by) if date is not None]
        last = min(lasts) if lasts else None
        need(last is not None, f"{tranche.path}: otherwise without a by")
        # CHOICE: never before the tranche's own date; called and closed on one day.
        tranche.closes = tranche.called_on = max(last, date)
        tranche.by_otherwise = True
        tranche.amount_otherwise = otherwise

    def rescale_rounds(self, scaled, factor):
        """A split between a signing and a closing: prices and shares of what is still to close."""
        for id, terms in self.results.items():
            if terms["class"] in scaled:
                terms["price"] /= factor
                terms["splits"] = terms.get("splits", 1) * factor
        for tranche in self.tranches:
            if self.results[tranche.round]["class"] in scaled and not tranche.funded:
                tranche.shares = tranche.shares * factor if tranche.shares is not None else None
                tranche.own = tranche.own / factor if tranche.own is not None else None

    def close_due(self, today, round_ids):
        for id in round_ids:
            if id not in self.results:
                continue
            due = [t for t in self.tranches if t.round == id and t.closes == today and not t.funded]
            at_start = self.total()  # what price = "closing" divides by
            for tranche in due:
                self.close(tranche, at_start)

    def price_of(self, tranche, at_start):
        """CHOICE: an otherwise amount and an optional tranche follow the tranche's own price rule as well."""
        terms = self.results[tranche.round]
        if tranche.rule == "own":
            return tranche.own
        if tranche.rule == "closing" and tranche.closes == tranche.signed:
            return terms["price"]  # on the day itself the closing price is the round's
        if tranche.rule == "closing":
            return self.rounding.price(terms["pre_money"] / at_start * self.classes[terms["class"]])
        if tranche.rule == "latest":
            return self.last_price * self.classes[terms["class"]]
        return terms["price"]

    def close(self, tranche, at_start):
        terms = self.results[tranche.round]
        price = self.price_of(tranche, at_start)
        if tranche.by_otherwise:
            tranche.money = tranche.amount_otherwise
            shares = self.rounding.issued(tranche.money / price)
        elif tranche.shares is not None:
            shares = tranche.shares
            tranche.money = shares * price
        else:
            tranche.money = tranche.amount  # CHOICE: in whole mode the residual is paid in too
            shares = self.rounding.issued(tranche.money / price)
        self.give(tranche.investor, terms["class"], shares)
        tranche.funded = True
        tranche.issued = shares
        terms["raised"] += tranche.money
        terms["new_shares"] += shares / terms.get("splits", 1)  # shares of the day it was signed

    # -- the committed view

    def committed(self):
        """Funded shares and those of every signed, committed tranche that is not funded."""
        counts = {id: self.converted(id) for id in self.held}
        for tranche in self.tranches:
            if tranche.optional or (tranche.funded and not tranche.by_otherwise):
                continue
            terms = self.results[tranche.round]
            shares = self.signed_shares(tranche)
            # A tranche that closed reduced was signed in full: the rest of it is not issued.
            shares = max(shares - tranche.issued, 0) if tranche.funded else shares
            counts[tranche.investor] += shares * self.classes[terms["class"]]
        total = sum(counts.values())
        return {id: n / total for id, n in counts.items()}


def ratio_or_int(value):
    value = plain(value)
    return digits(value) if isinstance(value, str) else Fraction(value)
