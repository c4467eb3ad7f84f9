#!/usr/bin/env python3
"""An independent oracle for capsim: the tables marked (A) and (B) in format.md, in exact rationals.

    python3 oracle.py FILE[@CASE] [--set PATH=VALUE]... [--remove PATH]...

prints one flat JSON object from result path to text. Python 3.11, standard library only. It shares no code
with capsim and, where it can, no formula either: a round's price comes from trying every combination of
branches (pricing.py), never from a closed form.

What the pages leave open is decided in one place each and marked CHOICE.
"""

import datetime
import json
import sys
from fractions import Fraction

sys.dont_write_bytecode = True
from company import Company  # noqa: E402
from convertibles import Convertibles  # noqa: E402
from figures import (OracleError, count, day, first_of, flag, money, month_name, month_of, need,  # noqa: E402, F401
                     text_of)
from layers import check_keys, resolve  # noqa: E402
from rounds import Rounds  # noqa: E402
from treasury import Treasury  # noqa: E402


class Play(Company, Convertibles, Rounds):
    """A scenario played to its horizon."""

    def __init__(self, document):
        check_keys(document)
        self.results = {}     # round id -> signed terms
        self.tranches = []
        super().__init__(document)
        self.plan_changes()
        self.plan_rights()
        self.plan_convertibles()
        self.run_events()
        self.pay_interest()

    def played(self, date):
        return self.horizon is None or date <= self.horizon

    def last_day(self):
        """The day that results are of: the horizon, or without one the last event, at least as_of."""
        return self.horizon or max(self.as_of, self.today)

    def run_events(self):
        """By date; on one day: splits and changes, options and warrants, SAFEs and notes, closings of earlier rounds,
        rounds with their closings, secondaries."""
        rounds = [(day(table["date"]), id) for id, table in self.doc.get("round", {}).items()]
        sales = [(day(table["date"]), id) for id, table in self.doc.get("secondary", {}).items()]
        for date, id in rounds + sales:
            need(date >= self.opened, f"{id} lies before the opening")
        days = {date for date, _ in rounds + sales} | {date for date, *_ in self.agenda}
        while days:
            self.today = today = min(days)
            days.discard(today)
            if not self.played(today):
                break
            for row in (2, 3, 4):
                for date, at, what in self.agenda:
                    if date == today and at == row:
                        what()
            self.close_due(today, [id for date, id in rounds if date < today])
            for date, id in rounds:
                if date == today:
                    days |= self.sign(id, self.doc["round"][id], today)
                    self.close_due(today, [id])
            for date, id in sales:
                if date == today:
                    self.sell(id, self.doc["secondary"][id])


# ----------------------------------------------------------------------------------------------- results

def results(document):
    play = Play(document)
    out = {}
    total = play.total()
    committed = play.committed()
    end = play.last_day()
    for id in play.held:
        owned = play.converted(id) / total
        out[f"ownership.{id}"] = text_of(owned)
        out[f"committed.{id}"] = text_of(committed[id])
        out[f"shares.{id}"] = text_of(play.shares_of(id))
        if play.last_price is not None:
            # CHOICE: options and warrants at the full price, the strike not deducted.
            out[f"value.{id}"] = text_of(play.converted(id) * play.last_price)
        if play.opening_stakes[id]:
            out[f"dilution.{id}"] = text_of(1 - owned / play.opening_stakes[id])
    out["fully_diluted"] = text_of(total)
    for id, terms in play.results.items():
        out[f"price.{id}"] = text_of(terms["signed_price"])  # CHOICE: in the shares of the signing, whatever splits follow
        for key in ("pre_money", "post_money", "raised", "new_shares"):
            out[f"{key}.{id}"] = text_of(terms[key])
    holdings(play, out, end)
    flows(play, document, out)
    for id, table in document.get("burn", {}).items():
        need(table.get("measure") in ("cash", "loss", "operating-loss", "gross-spend"), f"burn.{id}: measure")
        need("cash" in document, "a burn wants [cash]")
        if table["measure"] == "cash" or flag(table.get("as_cash", False)):
            Treasury(play).project(id, table, out)
    return out


def holdings(play, out, end):
    """Pools, options, warrants, SAFEs, notes and classes on the last day."""
    for id in play.pools:
        out[f"pool.{id}.unallocated"] = text_of(play.reserve[id])
        out[f"pool.{id}.granted"] = text_of(sum(g.outstanding for g in play.grants.values() if g.pool == id))
    for id, table in play.doc.get("grant", {}).items():
        grant = play.grants.get(id)  # none before its day
        out[f"grant.{id}.outstanding"] = text_of(grant.outstanding if grant else 0)
        out[f"grant.{id}.vested"] = text_of(grant.vested(end) if grant else 0)
        out[f"grant.{id}.strike"] = text_of(grant.strike if grant else money(table["strike"]))
    for id, table in play.doc.get("warrant", {}).items():
        warrant = play.warrants.get(id)
        out[f"warrant.{id}.outstanding"] = text_of(warrant.outstanding if warrant else 0)
        out[f"warrant.{id}.strike"] = text_of(warrant.strike if warrant else money(table["strike"]))
    for id, claim in play.claims.items():
        out[f"balance.{id}"] = text_of(claim.balance(end) if claim.outstanding else 0)
        if claim.conversion:
            for key in ("price", "shares", "amount"):
                out[f"conversion.{id}.{key}"] = text_of(getattr(claim.conversion, key))
            out[f"conversion.{id}.term"] = claim.conversion.term
    # CHOICE: common and the declared classes; a round's own nameless class has no results.
    for id in ["common"] + [id for id in play.doc.get("class", {}) if id != "common"]:
        table = play.doc.get("class", {}).get(id, {})
        outstanding = sum(shares.get(id, Fraction(0)) for shares in play.held.values())
        out[f"class.{id}.outstanding"] = text_of(outstanding)
        if "authorised" in table:
            out[f"class.{id}.issuable"] = text_of(count(table["authorised"]) - outstanding)
        # CHOICE: of every preferred class whose issue price is known, protected or not.
        if table.get("kind") == "preferred" and play.conversion_price(id) is not None:
            out[f"conversion_price.{id}"] = text_of(play.conversion_price(id))


INVESTED = ("safe", "note", "pro-rata", "exercise")
SIGNED = ("safe", "note", "pro-rata")  # committed and called, where exercises are not


def flows(play, document, out):
    commitments = document.get("commitment", {})
    treasury = Treasury(play) if document.get("burn") or commitments else None
    circle = []  # of every holder that put something in
    for id in play.holders:
        mine = [t for t in play.tranches if t.investor == id]
        funded = [t for t in mine if t.funded]
        others = [flow for flow in play.flows if flow.holder == id]
        signed = sum((flow.money for flow in others if flow.kind in SIGNED), Fraction(0))
        invested = sum((t.money for t in funded), Fraction(0))
        invested += sum((flow.money for flow in others if flow.kind in INVESTED), Fraction(0))
        in_kind = sum((t.money * (1 - t.parts.get("cash", Fraction(0))) for t in funded), Fraction(0))
        returned = sum((treasury.due(table, datetime.date.min, play.horizon) for table in commitments.values()
                        if table["to"] == id), Fraction(0))
        returned -= sum((flow.money for flow in others if flow.kind not in INVESTED), Fraction(0))
        promised = sum((signed_money(play, t) for t in mine if not t.optional), Fraction(0))
        out[f"flow.{id}.committed"] = text_of(promised + signed)
        out[f"flow.{id}.invested"] = text_of(invested)
        out[f"flow.{id}.in_kind"] = text_of(in_kind)
        out[f"flow.{id}.returned"] = text_of(returned)
        out[f"flow.{id}.cash"] = text_of(invested - in_kind)
        contracted = sum((money(table["amount"]) for table in commitments.values() if table["to"] == id), Fraction(0))
        out[f"flow.{id}.contracted"] = text_of(contracted)
        out[f"flow.{id}.net"] = text_of(invested - returned)
        if invested > 0:
            out[f"flow.{id}.ratio"] = text_of(returned / invested)
            out[f"flow.{id}.ratio_in_all"] = text_of(contracted / invested)
            circle.append((invested, returned, contracted))
        out[f"called.{id}"] = text_of(sum((called(play, t) for t in mine), Fraction(0)) + signed)
    if circle:
        put_in, due, promised = (sum(column) for column in zip(*circle))
        out["circularity.invested"] = text_of(put_in)
        out["circularity.returned"] = text_of(due)
        out["circularity.contracted"] = text_of(promised)
        # Of each no more counts than it put in.
        out["circularity.share_within"] = text_of(sum(min(a, b) for a, b, _ in circle) / put_in)
        out["circularity.share"] = text_of(sum(min(a, c) for a, _, c in circle) / put_in)


def signed_money(play, tranche):
    if tranche.shares is None:
        return tranche.amount
    # As it was signed: whatever splits follow.
    price = money(tranche.table["price"]) if tranche.rule == "own" else play.results[tranche.round]["signed_price"]
    return count(tranche.table["shares"]) * price


def called(play, tranche):
    """Money asked for by the horizon, of a tranche that was or will be closed."""
    if tranche.closes is None or not play.played(tranche.called_on):
        return Fraction(0)
    if tranche.funded:
        return tranche.money
    if tranche.by_otherwise:
        return tranche.amount_otherwise
    # CHOICE: shares called and not closed yet count at the signing price, or their own.
    return signed_money(play, tranche)


def main(arguments):
    target, settings, removals = None, [], []
    words = iter(arguments)
    for word in words:
        if word in ("--set", "--remove"):
            (settings if word == "--set" else removals).append(next(words))
        else:
            need(target is None, f"one file, not also {word!r}")
            target = word
    need(target is not None, "usage: oracle.py FILE[@CASE] [--set PATH=VALUE]")
    print(json.dumps(results(resolve(target, settings, removals)), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OracleError as error:
        print(f"oracle: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyError as error:
        print(f"oracle: the key {error} is missing", file=sys.stderr)
        sys.exit(2)
