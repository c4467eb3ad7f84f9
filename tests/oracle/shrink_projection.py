#!/usr/bin/env python3
"""Takes away from a scenario what its difference does not need: python3 shrink_projection.py FILE [PROGRAM] [WORD]."""

import copy
import sys
import tomllib
from fractions import Fraction

sys.dont_write_bytecode = True
import compare_projection  # noqa: E402
import generate_projection  # noqa: E402


def paths(table, at=()):
    for key, value in table.items():
        yield (*at, key)
        if isinstance(value, dict):
            yield from paths(value, (*at, key))


def without(doc, path):
    doc = copy.deepcopy(doc)
    table = doc
    for key in path[:-1]:
        table = table[key]
    del table[path[-1]]
    return doc


def differs(doc, program, word):
    try:
        wrong, _, refusal, _ = compare_projection.compare(generate_projection.write(doc), program)
    except Exception:  # noqa: BLE001
        return []
    wrong = [line for line in wrong if word in line]
    return [] if refusal or (not word and all("missing" in line or "model" == line[:5] for line in wrong)) else wrong


def shrink(doc, program, word=""):
    again = True
    while again:
        again = False
        for path in sorted(paths(doc), key=len):
            if path[-1] in ("ramp", "calls", "delivered", "fund", "ada", "schedule", "adjust", "cost", "consideration", "outcome", "opening", "drawdown", "unused", "measure", "cash", "chips", "power", "eligible"):
                continue
            try:
                less = without(doc, path)
            except KeyError:
                continue
            if differs(less, program, word):
                doc, again = less, True
    return doc


if __name__ == "__main__":
    program = sys.argv[2] if len(sys.argv) > 2 else "target/release/capsim"
    word = sys.argv[3] if len(sys.argv) > 3 else ""
    with open(sys.argv[1], "rb") as file:
        start = tomllib.load(file, parse_float=Fraction)
    small = shrink(start, program, word)
    print(generate_projection.write(small))
    for line in differs(small, program, word):
        print("#", line)
