#!/usr/bin/env python3
"""Checks the oracle against itself: python3 selfcheck.py [FIRST LAST] [--instruments | --round-only] [--edge] [--whole]

Without a mode it takes all three. Of every scenario: ownership and the committed view add up to 1, shares to the fully
diluted count, cash to what came and went, flows to what was raised. Of every priced round: the counts at its price, the
pool's target, the same price from an iteration in counts that knows no branches, for a plain round also the smallest
root of the closed form, and that no holder of an MFN clause does better with one other package.
"""

import sys
import tempfile
from collections import Counter
from fractions import Fraction

sys.dont_write_bytecode = True
import generate  # noqa: E402
import oracle  # noqa: E402
from pricing import Convertible, solve  # noqa: E402
from rounds import Rounds  # noqa: E402

seen = Counter()


# ------------------------------------------------------------------------------------------------- a round

def watched(problem):
    solution = solve(problem)
    by_counts(problem, solution)
    by_iteration(problem, solution)
    if not problem.convertibles and not problem.protected:
        smallest_root(problem, solution)
    for place, convertible in enumerate(problem.convertibles):
        one_package(problem, solution, place, convertible)
    return solution


def by_counts(q, s):
    """The definitions, in shares."""
    p = s.price
    converted = {id: worth / p for id, (worth, _) in s.claims.items()}
    C, inside = sum(converted.values()), q.pool and q.pool[2] == "pre-money"
    new = q.amount / p + q.shares + q.own_shares
    assert s.total == q.existing + s.adjusted + s.increase + C + new
    key, figure = q.valuation
    counted = q.existing + (s.adjusted if q.in_price else 0) + (s.increase if inside or not q.pool else 0)
    pre = p * (counted + (0 if q.conversions == "outside" else C))
    pre -= q.principal if q.conversions == "dollars-invested" else 0
    assert pre == s.pre_money
    assert s.post_money == p * (counted + C + q.shares) + q.amount + q.own_money
    assert figure == {"pre_money": s.pre_money, "post_money": s.post_money, "price": p}[key]
    if q.pool:
        held = q.pool[0] + s.increase
        assert held >= q.pool[1] * s.total
        assert s.increase == 0 or held == q.pool[1] * s.total
    for convertible in q.convertibles:
        count, words = converted[convertible.id], {leg.word for leg in convertible.legs}
        if words != {"ownership"}:
            assert count * p >= convertible.balance
        for leg in convertible.legs:
            if leg.word == "cap":
                price = leg.cap / s.bases[leg.basis]
                assert count >= convertible.balance / price
        seen["binds: " + " and ".join(sorted({leg.word for leg in s.claims[convertible.id][1]}))] += 1
    before = q.existing - sum(series.n for series in q.protected)
    assert before >= 0
    for series in q.protected:
        new_price = s.new_conversion[series.id]
        assert new_price <= series.c and (new_price == series.c or p < series.c)
        seen["protection: " + ("at its floor" if new_price == series.floor and new_price < series.c else
                               series.kind if new_price < series.c else "not below")] += 1
    seen[f"{key}, {q.conversions if C else 'no conversion'}"] += 1


def by_iteration(q, s):
    """Counts from a price, the price from the counts, in floats, until they stand still."""
    key, figure = q.valuation
    f = float
    p, C, D = f(s.price) * 1.5 if key != "price" else f(figure), 0.0, 0.0
    n_before = f(q.existing)
    inside = q.pool and q.pool[2] == "pre-money"
    for _ in range(4000):
        adjusted = 0.0
        money = f(q.amount + q.own_money) + f(q.shares) * p
        bought = f(q.amount) / p + f(q.shares + q.own_shares)
        if q.issue_with_conversions:
            bought, money = bought + C, money + f(sum(c.balance for c in q.convertibles))
        for series in q.protected:
            n, c = f(series.n), f(series.c)
            if p < c:
                c2 = p if series.kind == "full-ratchet" else c * (f(series.base) + money / c) / (f(series.base) + bought)
                c2 = min(c, max(c2, f(series.floor) if series.floor is not None else 0))
                adjusted += n * c / c2 - n
        held = n_before + (adjusted if q.in_price else 0)
        D_inside = D if inside else 0
        bases = {"before": n_before, "post": held + C, "all": held + C + D_inside, "pre": held + D_inside}
        wanted = 0.0
        for convertible in q.convertibles:
            legs = [f(leg.money) / p if leg.money is not None else
                    f(leg.part) * bases[leg.basis] for leg in convertible.legs]
            wanted += max(legs)
        new = f(q.amount) / p + f(q.shares + q.own_shares)
        D_wanted = 0.0
        if inside:
            target, counted = f(q.pool[1]), f(q.pool[0])
            D_wanted = max(0.0, target * (n_before + adjusted + D + wanted + new) - counted)
        if key == "price":
            p_wanted = p
        elif key == "post_money":
            p_wanted = (f(figure) - f(q.amount + q.own_money)) / (held + wanted + D_wanted + f(q.shares))
        elif q.conversions == "outside":
            p_wanted = f(figure) / (held + D_wanted)
        else:
            p_wanted = (f(figure) + (f(q.principal) if q.conversions == "dollars-invested" else 0)) / (held + wanted + D_wanted)
        if abs(p_wanted - p) + abs(wanted - C) / n_before + abs(D_wanted - D) / n_before < 1e-14 * p:
            break
        if not 0 < p_wanted < 1e30 or wanted > 1e30:
            seen["iteration: ran away"] += 1
            return
        # Half steps: whole ones swing where claims are near the valuation.
        p, C, D = (p + p_wanted) / 2, (C + wanted) / 2, (D + D_wanted) / 2
    else:
        if abs(p / f(s.price) - 1) > 1e-9:
            seen["iteration: did not stand still"] += 1
            return
    assert abs(p / f(s.price) - 1) < 1e-9, (p, f(s.price))
    assert abs(C - f(s.converted / s.price)) < 1e-8 * f(s.total)
    seen["iteration: agrees"] += 1


def smallest_root(q, s):
    """The closed form of a round without convertibles and protection."""
    key, figure = q.valuation
    E, R0, ns, Aq, nq = q.existing, q.amount, q.shares, q.own_money, q.own_shares
    inside = q.pool if q.pool and q.pool[2] == "pre-money" else None
    P, target = (inside[0], inside[1]) if inside else (0, 0)
    if key == "pre_money":
        roots = [figure / E]
        if inside and E - P + target * (ns + nq):
            roots.append((figure - target * (figure + R0)) / (E - P + target * (ns + nq)))
    elif key == "post_money":
        left = figure - R0 - Aq
        roots = [left / (E + ns)]
        if inside and E - P + ns + target * nq:
            roots.append((left * (1 - target) - target * R0) / (E - P + ns + target * nq))
    else:
        roots = [figure]
    assert s.price == min(roots), (s.price, roots)
    seen[f"plain {key}, {q.pool[2] if q.pool else 'no pool'}{', topped up' if s.increase else ''}"] += 1


def one_package(q, s, place, convertible):
    """An MFN holder that may take any package is at least as well off as with any one of them."""
    packages = list(dict.fromkeys(leg.package.id for leg in convertible.legs if leg.word != "round"))
    if len(packages) < 2:
        return
    mine = s.claims[convertible.id][0] / s.price / s.total
    best = Fraction(0)
    for id in packages:
        legs = [leg for leg in convertible.legs if leg.word == "round" or leg.package.id == id]
        changed = list(q.convertibles)
        changed[place] = Convertible(convertible.id, convertible.balance, legs)
        kept, q.convertibles = q.convertibles, changed
        try:
            other = solve(q)
        finally:
            q.convertibles = kept
        best = max(best, other.claims[convertible.id][0] / other.price / other.total)
    assert mine == best, (mine, best)
    seen["MFN over several packages"] += 1


Rounds.solver = staticmethod(watched)


# ---------------------------------------------------------------------------------------------- a scenario

def check(document):
    play = oracle.Play(document)
    out = oracle.results(document)
    total = play.total()
    assert sum(play.converted(id) / total for id in play.held) == 1
    assert sum(play.committed().values()) == 1
    assert abs(sum(Fraction(v) for k, v in out.items() if k.startswith("ownership.")) - 1) < Fraction(1, 10**18)
    assert all(n >= 0 for shares in play.held.values() for n in shares.values())
    if play.rounding.whole:
        assert all(n.denominator == 1 for shares in play.held.values() for n in shares.values())
    classes = {id: sum(shares.get(id, 0) for shares in play.held.values()) for id in play.classes}
    assert sum(n * play.classes[id] for id, n in classes.items()) + sum(map(play.unallocated, play.pools)) + \
        sum(n * play.classes[c] for c, n in play.rights()) == total
    raised = sum(terms["raised"] for terms in play.results.values())
    takers = sum(flow.money for flow in play.flows if flow.kind == "pro-rata")
    assert raised == sum(t.money for t in play.tranches if t.funded) + takers
    for claim in play.claims.values():
        assert sum((claim.issued is None, claim.outstanding, claim.ended is not None)) == 1
        if claim.conversion:
            c = claim.conversion
            assert c.amount >= claim.principal and c.shares >= 0
            if not play.rounding.whole:
                assert c.shares * c.price == c.amount
            seen["converted: " + c.term.split(" of ")[0]] += 1
        elif claim.ended:
            seen["repaid"] += 1
            paid = [flow.money for flow in play.flows if flow.kind == "repayment" and flow.holder == claim.holder]
            assert -claim.balance(claim.ended) in paid
        else:
            seen["outstanding" if claim.outstanding else "not issued"] += 1
    for grant in play.grants.values():
        assert 0 <= grant.vested(play.last_day()) <= grant.granted
        assert 0 <= grant.outstanding <= grant.granted - grant.gone
    for flow in play.flows:
        seen["flow: " + flow.kind] += 1
    invested = sum(Fraction(v) for k, v in out.items() if k.startswith("flow.") and k.endswith(".invested"))
    came = sum(flow.money for flow in play.flows if flow.money > 0 and flow.holder in play.holders)
    assert abs(invested - came - sum(t.money for t in play.tranches if t.funded)) <= invested / 10**17
    cash(document, play, out)


def cash(document, play, out):
    if not document.get("burn"):
        return
    treasury = oracle.Treasury(play)
    for id, table in document["burn"].items():
        if f"runway.{id}.month" not in out:
            continue
        treasury.project(id, table, {})
        burn, arrivals, on_top, ends = treasury.last_burn
        # What came in cash from as_of on, counted from the tranches; the rest of the change is credit used.
        came = sum(t.money * t.parts.get("cash", 0) for t in play.tranches if t.funded and
                   play.as_of <= max(t.closes, oracle.day(t.table.get("paid", t.closes))) <= play.horizon)
        came += sum(flow.money for flow in play.flows if play.as_of <= flow.date <= play.horizon)
        assert came == sum(arrivals)
        used = ends[-1] - (oracle.money(document["cash"]["opening"]) + came - sum(burn) - sum(on_top))
        granted = sum(min(t.money, t.money * (1 - t.parts.get("cash", 0))) for t in play.tranches if t.funded)
        assert 0 <= used <= min(granted, sum(max(b, 0) for b in burn))
        seen["credit used" if used else "no credit used"] += 1
        seen["runs out" if out[f"runway.{id}.months"][0].isdigit() else "never runs out"] += 1


def main(arguments):
    numbers = [int(word) for word in arguments if word.isdigit()] or [0, 299]
    modes = [mode for mode in ("instruments", "round-only") if f"--{mode}" in arguments] or [None, "instruments", "round-only"]
    for mode in modes:
        for seed in range(numbers[0], numbers[-1] + 1):
            text = generate.generate(seed, "--edge" in arguments, mode, bool(mode) and "--whole" in arguments)
            with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                try:
                    check(oracle.resolve(file.name))
                    if "[case.alt]" in text:
                        check(oracle.resolve(file.name + "@alt"))
                        seen["case alt"] += 1
                except AssertionError:
                    print(f"seed {seed} {mode or ''}", file=sys.stderr)
                    raise
    print(f"{(numbers[-1] - numbers[0] + 1) * len(modes)} scenarios hold")
    for what, times in sorted(seen.items()):
        print(f"{times:6} {what}")


if __name__ == "__main__":
    main(sys.argv[1:])
