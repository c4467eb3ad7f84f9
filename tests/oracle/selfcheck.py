#!/usr/bin/env python3
"""Checks the oracle against itself on generated scenarios: python3 selfcheck.py [FIRST LAST] [--edge]

Ownership and the committed view add up to 1, shares to the fully diluted count, cash to what came and went, flows to
what was raised; and each price equals the smallest root over the branches, a formula that the oracle does not use.
"""

import sys
import tempfile
from collections import Counter
from fractions import Fraction

sys.dont_write_bytecode = True
import generate  # noqa: E402
import oracle  # noqa: E402

solve, seen = oracle.solve, Counter()


def smallest_root(valuation, E, R0, ns, Aq, nq, pool):
    """The oracle's solution, after comparing it with the closed form."""
    p, pre_money, increase = solve(valuation, E, R0, ns, Aq, nq, pool)
    key, figure = valuation
    inside = pool if pool and pool[2] == "pre-money" else None
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
    assert p == min(roots), (p, roots)
    total = E + increase + R0 / p + ns + nq
    if pool:
        assert increase == 0 or pool[0] + increase == pool[1] * total
        assert pool[0] + increase >= pool[1] * total
    if inside or not pool:
        assert pre_money + R0 + Aq + ns * p == p * (total - nq) + Aq
    seen[f"{key}, {pool[2] if pool else 'no pool'}{', topped up' if increase else ''}"] += 1
    return p, pre_money, increase


oracle.solve = smallest_root


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
    raised = sum(terms["raised"] for terms in play.results.values())
    assert raised == sum(t.money for t in play.tranches if t.funded)
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
        assert came == sum(arrivals)
        used = ends[-1] - (oracle.money(document["cash"]["opening"]) + came - sum(burn) - sum(on_top))
        granted = sum(min(t.money, t.money * (1 - t.parts.get("cash", 0))) for t in play.tranches if t.funded)
        assert 0 <= used <= min(granted, sum(max(b, 0) for b in burn))
        seen["credit used" if used else "no credit used"] += 1
        seen["runs out" if out[f"runway.{id}.months"][0].isdigit() else "never runs out"] += 1


def main(arguments):
    numbers = [int(word) for word in arguments if word.isdigit()] or [0, 299]
    for seed in range(numbers[0], numbers[-1] + 1):
        text = generate.generate(seed, "--edge" in arguments)
        with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            try:
                check(oracle.resolve(file.name))
                if "[case.alt]" in text:
                    check(oracle.resolve(file.name + "@alt"))
                    seen["case alt"] += 1
            except AssertionError:
                print(f"seed {seed}", file=sys.stderr)
                raise
    print(f"{numbers[-1] - numbers[0] + 1} scenarios hold")
    for what, times in sorted(seen.items()):
        print(f"{times:6} {what}")


if __name__ == "__main__":
    main(sys.argv[1:])
