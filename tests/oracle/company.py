"""Who holds what: the opening, options, warrants, splits, changes of the table, and the money that goes with them."""

from fractions import Fraction
from types import SimpleNamespace

from contracts import Vesting
from figures import (Rounding, count, day, flag, money, need, percent, plain, ratio, rounded, schedule, split,
                     word)

ZERO = Fraction(0)


class Flow:
    """Money between a holder and the company that no tranche moves; what the company pays is negative."""

    def __init__(self, date, holder, amount, kind):
        self.date, self.holder, self.money, self.kind = date, holder, amount, kind


class Company:
    def __init__(self, document):
        self.doc = document
        for key in ("title", "currency", "as_of"):
            need(key in document, f"{key} is required")
        self.as_of = day(document["as_of"])
        self.horizon = day(document["horizon"]) if "horizon" in document else None
        self.holders = list(document.get("holder", {}))
        self.pools = document.get("pool", {})
        need(not set(self.holders) & set(self.pools), "a holder and a pool of one id")
        self.classes = {"common": Fraction(1)}  # class -> common shares for one
        self.issue = {}                         # class -> issue price, where known
        for id, table in document.get("class", {}).items():
            self.classes[id] = self.class_ratio(id, table)
            if "issue_price" in table:
                self.issue[id] = money(table["issue_price"])
        self.held = {id: {} for id in self.holders + list(self.pools)}  # stock, by class
        self.reserve = {id: ZERO for id in self.pools}                  # unallocated, in shares of the pool's class
        self.grants, self.warrants = {}, {}
        self.split_factor = {}  # class -> what splits have made of one share
        self.emptied = set()    # classes whose shares have left a holder: there, even where nobody holds one now
        self.cheaper = {}       # class -> what splits have divided its conversion price and its floor by
        self.last_price = None  # of a common share
        self.flows = []
        self.tender_prices = {}
        self.agenda = []        # (date, row of the order of a day, what happens)
        self.open()
        self.opening_stakes = {id: self.converted(id) / self.total() for id in self.held}

    def class_ratio(self, id, table):
        if "conversion_price" in table:
            need("ratio" not in table, f"class.{id}: ratio or conversion_price")
            need("issue_price" in table, f"class.{id}: the oracle wants issue_price beside conversion_price")
            return money(table["issue_price"]) / money(table["conversion_price"])
        return ratio(table.get("ratio", 1))

    def at(self, date, row, what):
        need(date >= self.opened, f"{date} lies before the opening")
        self.agenda.append((date, row, what))

    def pay(self, date, holder, amount, kind):
        if amount:
            self.flows.append(Flow(date, holder, amount, kind))

    # -- holdings

    def give(self, id, class_id, shares):
        need(id in self.held, f"{id} is no holder and no pool")
        need(class_id in self.classes, f"{class_id} is no class")
        now = self.held[id].get(class_id, ZERO) + shares
        need(now >= 0, f"{id} holds {now - shares} of {class_id}, not {-shares}")
        self.held[id][class_id] = now
        if shares < 0:
            self.emptied.add(class_id)

    def rights(self, id=None):
        """Options and warrants of a holder (or of all) as (class, shares)."""
        for grant in self.grants.values():
            if id in (None, grant.owner):
                yield self.pool_class(grant.pool), grant.outstanding
        for warrant in self.warrants.values():
            if id in (None, warrant.holder):
                yield warrant.class_id, warrant.outstanding

    def stock(self, id):
        """As converted, issued shares alone."""
        return sum((n * self.classes[c] for c, n in self.held[id].items()), ZERO)

    def unallocated(self, id):
        return self.reserve.get(id, ZERO) * self.classes[self.pool_class(id)] if id in self.pools else ZERO

    def converted(self, id):
        """All that counts in the fully diluted company."""
        return self.stock(id) + self.unallocated(id) + sum((n * self.classes[c] for c, n in self.rights(id)), ZERO)

    def shares_of(self, id):
        # CHOICE: as they are, not as converted; options, warrants and a pool's unallocated part included.
        return sum(self.held[id].values(), ZERO) + self.reserve.get(id, ZERO) + sum((n for _, n in self.rights(id)), ZERO)

    def total(self):
        return sum((self.converted(id) for id in self.held), ZERO)

    def pool_class(self, id):
        return self.pools[id].get("class", "common")

    def pool_counts(self, id, counts):
        """What counts towards a pool target, as converted."""
        need(id in self.pools, f"no pool {id}")
        word(counts, "unallocated", "issued-and-unallocated")
        granted = ZERO
        if counts == "issued-and-unallocated":
            granted = sum((grant.outstanding for grant in self.grants.values() if grant.pool == id), ZERO)
        return (self.reserve[id] + granted) * self.classes[self.pool_class(id)]

    def open(self):
        table = self.doc.get("opening")
        need(table and "date" in table, "an opening with a date is required")
        self.opened = self.today = day(table["date"])
        by_stake = "stake" in table
        need(by_stake != ("shares" in table), "opening: stake or shares")
        self.rounding = Rounding(self.doc.get("rounding", {}), by_stake)
        class_id = table.get("class", "common")
        lines = []  # (id, class, shares or None, stake or None or "rest", whether a pool's unallocated part)
        for id, value in table["stake" if by_stake else "shares"].items():
            # CHOICE: a pool's opening part is of the pool's own class.
            in_class = self.pool_class(id) if id in self.pools else class_id
            if by_stake:
                stake = "rest" if plain(value) == "rest" else percent(value)
                lines.append((id, in_class, None, stake, id in self.pools))
            else:
                lines.append((id, in_class, count(value), None, id in self.pools))
        for id, position in table.get("position", {}).items():
            need(("shares" in position) != ("stake" in position), f"opening.position.{id}: shares or stake")
            shares = count(position["shares"]) if "shares" in position else None
            stake = percent(position["stake"]) if "stake" in position else None
            lines.append((position["holder"], position["class"], shares, stake, False))

        counted = sum(shares * self.classes[c] for _, c, shares, *_ in lines if shares is not None)
        stakes = sum(stake for _, _, _, stake, _ in lines if stake is not None and stake != "rest")
        if by_stake:
            # A position's shares or stake lie inside the declared total.
            full = count(table["fully_diluted"])
            rest = full - counted - stakes * full
            rests = sum(stake == "rest" for _, _, _, stake, _ in lines)
            need(rests <= 1 and rest >= 0, "opening: the stakes are over 100 %")
            need(rests == 1 or rest == 0, "opening: the stakes are not 100 %")
        else:
            need(stakes < 1, "opening: the stakes are over 100 %")
            full, rest = counted / (1 - stakes), None  # CHOICE: a stake beside share counts is of the whole
        for id, c, shares, stake, unallocated in lines:
            if shares is None:
                shares = (rest if stake == "rest" else stake * full) / self.classes[c]
            if unallocated:
                self.reserve[id] += shares
            else:
                self.give(id, c, shares)
        need(self.total() > 0, "opening: no shares")
        assert self.total() == full

    # -- conditions

    def met_on(self, id, due, opened=()):
        """The day a condition is met for a tranche that is due on a day, or None if it fails."""
        need(id in self.doc.get("condition", {}), f"no condition {id}")
        need(id not in opened, f"condition {id} waits for itself")
        table = self.doc["condition"][id]
        for name, choose in (("any", min), ("all", max)):
            if name in table:
                days = [self.met_on(member, due, opened + (id,)) for member in table[name]]
                met = [date for date in days if date is not None]
                if not met or (name == "all" and len(met) < len(days)):
                    return None
                return choose(met)
        need("expected" in table, f"condition.{id}: expected is required")
        if not flag(table["expected"]):
            return None
        # Without a day it is met in time: whenever the tranche is due, and never after its own last day.
        in_time = min(due, day(table["by"])) if "by" in table else due
        date = day(table["date"]) if "date" in table else in_time
        if "by" in table and date > day(table["by"]):
            return None
        return date

    # -- splits and changes (row 2)

    def plan_changes(self):
        for section in self.doc:  # CHOICE: splits and changes of one day by the first appearance of their tables
            for id, table in self.doc[section].items() if section in ("split", "change") else ():
                what = self.split if section == "split" else self.change
                self.at(day(table["date"]), 2, lambda what=what, id=id, table=table: what(id, table))

    def split(self, id, table):
        self.scale(table.get("class", "all"), ratio(table["ratio"]))

    def scale(self, which, factor):
        """Every share of a class (or of all) becomes so many."""
        need(which == "all" or which in self.classes, f"{which} is no class")
        scaled = set(self.classes) if which == "all" else {which}
        whole = self.rounding.converted  # CHOICE: the direction of splits in whole shares
        for shares in self.held.values():
            for c in shares:
                if c in scaled:
                    shares[c] = whole(shares[c] * factor)
        for id in self.pools:
            if self.pool_class(id) in scaled:
                self.reserve[id] = whole(self.reserve[id] * factor)
        for grant in self.grants.values():
            if self.pool_class(grant.pool) in scaled:
                grant.scale(factor, whole)
        for warrant in self.warrants.values():
            if warrant.class_id in scaled:
                warrant.outstanding = whole(warrant.outstanding * factor)
                warrant.factor *= factor
                warrant.strike /= factor
        if which in ("all", "common"):
            for c in self.classes:
                if self.is_there(c):
                    self.cheaper[c] = self.cheaper.get(c, Fraction(1)) * factor
        for c in scaled:
            self.split_factor[c] = self.split_factor.get(c, Fraction(1)) * factor
            if c in self.issue and self.is_there(c):
                self.issue[c] /= factor
        if which == "common":
            for c in self.classes:
                # Conversion ratios follow; a class that is first issued later is in the new shares already.
                if c != "common" and self.is_there(c):
                    self.classes[c] *= factor
        elif which != "all":
            self.classes[which] /= factor  # CHOICE: a preferred share split alone converts into as much less
        if "common" in scaled and self.last_price is not None:
            self.last_price /= factor
        self.rescale_rounds(scaled, factor)

    def is_there(self, c):
        """Whether anything of a class is held."""
        if c in self.emptied:
            return True
        if any(self.results[t.round]["class"] == c and not t.funded for t in self.tranches):
            return True  # signed for
        stock = any(shares.get(c) for shares in self.held.values())
        pooled = any(self.pool_class(id) == c and self.reserve[id] for id in self.pools)
        return stock or pooled or any(w.class_id == c and w.outstanding for w in self.warrants.values())

    def change(self, id, table):
        kind = table["kind"]
        class_id = table.get("class", "common")
        if kind == "repurchase":
            shares = count(table["shares"])
            self.give(table["holder"], class_id, -shares)
            self.pay(self.today, table["holder"], -shares * money(table["price"]), "repurchase")
        elif kind == "cancel":
            self.give(table["holder"], class_id, -count(table["shares"]))
        elif kind == "convert":
            to = table.get("to_class", "common")
            holders = list(self.held) if table.get("holder", "all") == "all" else [table["holder"]]
            for holder in holders:
                shares = self.held[holder].get(class_id, ZERO)
                if plain(table.get("shares", "all")) != "all":
                    need(len(holders) == 1, f"change.{id}: shares without a holder")
                    shares = count(table["shares"])
                self.give(holder, class_id, -shares)
                self.give(holder, to, self.rounding.converted(shares * self.classes[class_id] / self.classes[to]))
        elif kind == "reclassify":  # CHOICE: issued shares only
            for holder in self.held:
                shares = self.held[holder].get(class_id, ZERO)
                self.give(holder, class_id, -shares)
                self.give(holder, table["to_class"], self.rounding.converted(shares * ratio(table.get("ratio", 1))))
        elif kind == "stock-dividend":
            self.scale(table.get("class", "all"), 1 + ratio(table["ratio"]))
        else:
            need(kind == "pool-increase", f"change.{id}: not a kind: {kind!r}")
            pool = table["holder"]
            need(pool in self.pools, f"change.{id}: no pool {pool}")
            if "shares" in table:
                self.reserve[pool] += count(table["shares"])
                return
            counted, target = self.pool_counts(pool, table["counts"]), percent(table["target"])
            need(0 <= target < 1, f"change.{id}: target")
            increase = max(ZERO, (target * self.total() - counted) / (1 - target))
            self.reserve[pool] += self.rounding.pool(increase / self.classes[self.pool_class(pool)])

    # -- grants and warrants (row 3)

    def plan_rights(self):
        for section in self.doc:
            for id, table in self.doc[section].items() if section in ("grant", "warrant") else ():
                if section == "grant":
                    self.plan_grant(id, table)
                else:
                    self.plan_warrant(id, table)

    def plan_grant(self, id, table):
        start = day(table["date"]) if "date" in table else self.opened
        self.at(start, 3, lambda: self.grant(id, table, start))
        for key, what in (("exercised", self.exercise_options), ("forfeited", self.forfeit)):
            for date, shares in schedule(table.get(key, {})):
                need(date >= start, f"grant.{id}.{key}: before the grant")
                self.at(date, 3, lambda what=what, shares=shares: what(self.grants[id], shares))
        if "expires" in table:
            # CHOICE: on its last day an option can still be exercised; what is left lapses that day.
            self.at(day(table["expires"]), 3, lambda: self.forfeit(self.grants[id], self.grants[id].outstanding))

    def grant(self, id, table, start):
        pool, shares = table["pool"], count(table["shares"])
        need(pool in self.pools, f"grant.{id}: no pool {pool}")
        need(shares <= self.reserve[pool], f"grant.{id}: more than the pool has unallocated")
        owner = table.get("holder", pool)
        need(owner in self.held, f"grant.{id}: no holder {owner}")
        self.reserve[pool] -= shares
        self.grants[id] = Grant(pool, owner, shares, money(table["strike"]),
                                Vesting(table["vesting"], shares, start, self.rounding.whole))

    def exercise_options(self, grant, shares):
        need(shares <= grant.outstanding, "more options exercised than there are")  # CHOICE: vested or not
        grant.outstanding -= shares
        self.give(grant.owner, self.pool_class(grant.pool), shares)
        self.pay(self.today, grant.owner, shares * grant.strike, "exercise")

    def forfeit(self, grant, shares):
        need(shares <= grant.outstanding, "more options forfeited than there are")
        grant.outstanding -= shares
        grant.gone += shares
        self.reserve[grant.pool] += shares

    def plan_warrant(self, id, table):
        start = day(table["date"]) if "date" in table else self.opened
        last = day(table["expires"]) if "expires" in table else None
        need(sum(key in table for key in ("shares", "coverage", "tranche")) == 1, f"warrant.{id}: shares, coverage or tranche")
        word(table["exercise"], "cash", "net")
        self.at(start, 3, lambda: self.issue_warrant(id, table))
        for tranche in table.get("tranche", {}).values():
            met = self.met_on(tranche["condition"], start)
            # CHOICE: met before the warrant's date counts from that date; met after its last day counts for nothing.
            if met is not None and (last is None or max(met, start) <= last):
                self.at(max(met, start), 3, lambda n=count(tranche["shares"]): self.add_to_warrant(id, n))
        if "exercised" in table:
            self.at(day(table["exercised"]), 3, lambda: self.exercise_warrant(id, table))
        if last is not None:
            self.at(last, 3, lambda: self.expire_warrant(id, table))

    def issue_warrant(self, id, table):
        class_id = table.get("class", "common")
        need(class_id in self.classes, f"warrant.{id}: no class {class_id}")
        need(table["holder"] in self.held, f"warrant.{id}: no holder {table['holder']}")
        self.warrants[id] = SimpleNamespace(holder=table["holder"], class_id=class_id, strike=money(table["strike"]),
                                            outstanding=ZERO, factor=Fraction(1))
        if "shares" in table:
            self.add_to_warrant(id, count(table["shares"]))
        elif "coverage" in table:
            # CHOICE: rounded as issued shares are.
            covered = percent(table["coverage"]) * self.covered_money(table["of"]) / money(table["strike"])
            self.add_to_warrant(id, self.rounding.issued(covered))

    def covered_money(self, path):
        parts = path.split(".")
        if parts[0] == "round":
            need(len(parts) == 4 and parts[2] == "tranche", f"not a tranche: {path}")
            tranche = next((t for t in self.tranches if t.path == path), None)
            # CHOICE: what was signed, cut back or reduced; before the signing what is written.
            written = self.doc["round"][parts[1]]["tranche"][parts[3]].get("amount") if tranche is None else tranche.amount
            need(written is not None, f"{path} is in shares")
            return money(written)
        need(len(parts) == 2 and parts[0] in ("safe", "note"), f"not an instrument: {path}")
        return money(self.doc[parts[0]][parts[1]]["amount"])

    def add_to_warrant(self, id, shares):
        warrant = self.warrants[id]
        warrant.outstanding += self.rounding.converted(shares * warrant.factor) if warrant.factor != 1 else shares

    def exercise_warrant(self, id, table):
        warrant = self.warrants[id]
        shares, issued = warrant.outstanding, warrant.outstanding
        if table["exercise"] == "net":
            if self.last_price is None:
                return  # CHOICE: nothing to set the strike against; it stays
            price = self.last_price * self.classes[warrant.class_id]
            issued = self.rounding.issued(max(ZERO, shares * (1 - warrant.strike / price)))  # CHOICE: the direction
        else:
            self.pay(self.today, warrant.holder, shares * warrant.strike, "exercise")
        warrant.outstanding = ZERO
        self.give(warrant.holder, warrant.class_id, issued)

    def expire_warrant(self, id, table):
        warrant = self.warrants[id]
        if self.last_price is not None and self.last_price * self.classes[warrant.class_id] > warrant.strike:
            self.exercise_warrant(id, table)
        warrant.outstanding = ZERO

    # -- secondaries and tenders (row 7)

    def sell(self, id, table):
        """Counted and priced as converted: a share that becomes two common shares sells as two."""
        if "offer" in table:
            self.tender(id, table)
            return
        if "price" in table:
            price = money(table["price"])
        elif self.last_price is None:
            return
        else:
            price = self.rounding.price(self.last_price * (1 - percent(table["discount"])))
        need(price > 0, f"secondary.{id}: a price that is not positive")
        wanted = count(table["shares"]) if "shares" in table else money(table["amount"]) / price
        order = ["common"] + [c for c in self.classes if c != "common"]
        blocks = []
        for seller, part in split(table["from"], f"secondary.{id}.from").items():
            need(seller in self.held, f"secondary.{id}: no holder {seller}")
            left = self.down(part * wanted)
            for c in order:
                held = self.held[seller].get(c, ZERO)
                sold = min(self.down(left / self.classes[c]), held)
                if sold:
                    self.give(seller, c, -sold)
                    blocks.append((c, sold))
                    left -= sold * self.classes[c]
        self.hand_over(id, table, blocks)

    def down(self, shares):
        return rounded(shares, "down") if self.rounding.whole else shares

    def hand_over(self, id, table, blocks):
        buyers = split(table["to"], f"secondary.{id}.to")
        for c, sold in blocks:
            left = sold
            for place, (buyer, part) in enumerate(buyers.items()):
                # The last buyer takes what whole shares leave.
                bought = left if place == len(buyers) - 1 else self.down(sold * part)
                self.give(buyer, c, bought)
                left -= bought
            assert left == 0

    def tender(self, id, table):
        """Offers as they are, in shares of their class; at most what the holder has of it when its turn comes."""
        need(not {"from", "price", "discount"} & set(table), f"secondary.{id}: a tender has offers alone")
        need("shares" in table or "amount" in table, f"secondary.{id}: a tender wants a limit")
        offers, promised = [], {}
        for offer in table["offer"].values():
            line = (offer["holder"], offer.get("class", "common"))
            need(line[0] in self.held, f"secondary.{id}: no holder {line[0]}")
            left = self.held[line[0]].get(line[1], ZERO) - promised.get(line, ZERO)
            shares = min(count(offer["shares"]), left)
            promised[line] = promised.get(line, ZERO) + shares
            offers.append((line, shares, money(offer["price"])))

        def at(price):
            """Shares offered at a price, and those that the limits let through."""
            offered = sum((shares for _, shares, asked in offers if asked <= price), ZERO)
            limits = [offered]
            if "shares" in table:
                limits.append(count(table["shares"]))
            if "amount" in table:
                limits.append(money(table["amount"]) / price)
            return offered, min(limits)

        price = min({asked for _, _, asked in offers}, key=lambda price: (-at(price)[1], price))
        offered, sold = at(price)
        self.tender_prices[id] = price
        blocks = []
        for (seller, c), shares, asked in offers:
            taken = self.down(shares * sold / offered) if asked <= price and offered else ZERO
            if taken:
                self.give(seller, c, -taken)
                blocks.append((c, taken))
        self.hand_over(id, table, blocks)


class Grant:
    def __init__(self, pool, owner, shares, strike, vesting):
        self.pool, self.owner, self.strike, self.vesting = pool, owner, strike, vesting
        self.granted = self.outstanding = shares
        self.gone = ZERO  # forfeited and expired
        self.factor = Fraction(1)

    def scale(self, factor, whole):
        self.granted, self.outstanding, self.gone = (whole(n * factor) for n in (self.granted, self.outstanding, self.gone))
        self.factor *= factor
        self.strike /= factor

    def vested(self, day):
        # CHOICE: with what was exercised, without what is gone; a split multiplies what had been allocated.
        return min(self.vesting.vested(day) * self.factor, self.granted - self.gone)
