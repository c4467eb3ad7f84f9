#!/usr/bin/env python3
"""Plays random scenarios with capsim and with the oracle, and prints every value in which they differ.

    python3 tests/oracle/compare.py FIRST LAST [--instruments | --round-only] [--whole] [--capsim PROGRAM]
    python3 tests/oracle/compare.py FIRST LAST [--exits [--small | --huge] | --listings] [--capsim PROGRAM]

Seeds FIRST to LAST of generate.py. A scenario that capsim says it cannot solve together is counted, not compared;
any other refusal is a difference. Numbers agree to 1e-15 of their size. With --exits they are those of
generate_exits.py and waterfall.py; --small checks the breakpoints too, --huge goes to where numbers have no room and a
refusal is counted. With --listings they are those of listing.py. Exit 1 if anything differs.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import compare_exits  # noqa: E402
import generate  # noqa: E402
import oracle  # noqa: E402

PART = Decimal("1e-15")


def agree(a, b):
    if a == b:
        return True
    try:
        a, b = Decimal(a), Decimal(b)
    except ArithmeticError:
        return False
    return abs(a - b) <= PART * max(abs(a), abs(b)) or abs(a - b) <= Decimal("1e-12")


def one(job):
    """Seed, mode, whole, program: the differences, and whether capsim says it cannot solve the terms together."""
    seed, mode, whole, program = job
    text = generate.generate(str(seed), mode=mode, whole=whole) if mode else generate.generate(str(seed))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(text, encoding="utf-8")
        expected = oracle.results(oracle.resolve(str(file)))
        run = subprocess.run([program, "run", str(file), "--format", "json"], capture_output=True, text=True)
    if run.returncode != 0:
        if "error[cannot-solve]" in run.stderr:
            return seed, [], True
        return seed, ["refused: " + run.stderr.splitlines()[0]], False
    found = json.loads(run.stdout)["metrics"]
    wrong = [
        f"{path}: {found.get(path)}, the oracle says {value}"
        for path, value in expected.items()
        if path not in found or not agree(found[path], str(value))
    ]
    return seed, wrong, False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--instruments", action="store_const", const="instruments", dest="mode")
    parser.add_argument("--round-only", action="store_const", const="round-only", dest="mode")
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--exits", action="store_true")
    parser.add_argument("--listings", action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--huge", action="store_true")
    parser.add_argument("--capsim", default="target/release/capsim")
    options = parser.parse_args()
    seeds = range(options.first, options.last + 1)
    play, jobs = one, [(seed, options.mode, options.whole, options.capsim) for seed in seeds]
    if options.listings:
        play, jobs = compare_exits.one_listing, [(seed, options.capsim) for seed in seeds]
    elif options.exits:
        play, jobs = compare_exits.one, [(seed, options.small, options.huge, options.capsim) for seed in seeds]
    differ = refused = 0
    with ProcessPoolExecutor() as pool:
        for seed, wrong, is_refused in pool.map(play, jobs, chunksize=8):
            refused += is_refused
            if wrong:
                differ += 1
                print(f"seed {seed}: {len(wrong)} values")
                for line in wrong[:5]:
                    print(f"    {line}")
    print(f"{len(jobs)} scenarios: {differ} differ, {refused} refused as not solvable together")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
