#!/usr/bin/env python3
"""Plays random scenarios of generate_projection.py with capsim and with projection.py, and prints what differs.

    python3 tests/oracle/compare_projection.py FIRST LAST [--features lines,debts,...] [--keep FOLDER] [--capsim PROGRAM]

Numbers agree to 1e-9 of their size. Exit 1 if anything differs.
"""

import argparse
import collections
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import generate_projection  # noqa: E402
import projection  # noqa: E402
import tomllib  # noqa: E402
from fractions import Fraction  # noqa: E402

PART = Decimal("1e-9")
KINDS = ("runway", "cash", "debt", "in_kind", "paid", "ownership", "price", "raised", "flow", "called", "shares", "pre_money",
         "post_money", "new_shares", "fully_diluted")


def agree(a, b):
    if a == b:
        return True
    try:
        a, b = Decimal(a), Decimal(b)
    except ArithmeticError:
        return False
    return abs(a - b) <= PART * max(abs(a), abs(b)) or abs(a - b) <= Decimal("1e-9")


def compare(text, program):
    """The differences, the number of values by kind, or a refusal."""
    doc = tomllib.loads(text, parse_float=Fraction)
    counts, wrong = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(text, encoding="utf-8")
        run = subprocess.run([program, "run", str(file), "--format", "json"], capture_output=True, text=True)
        if run.returncode:
            first = next((line for line in run.stderr.splitlines() if line), "")
            if "brings nothing nearer" in first:
                first = first[:first.index("`")] + "brings nothing nearer"
                try:
                    projection.results(doc)
                    return ["refused as bringing nothing nearer, the model plays"], counts, None, run.stderr
                except projection.OracleError:
                    counts["refusals agree"] += 1
            return [], counts, f"{run.returncode} {first}", run.stderr
        found = json.loads(run.stdout)
        metrics = {k: v for k, v in found["metrics"].items() if k.split(".")[0] in KINDS}
        expected = projection.results(doc)
        # Cells of the matrix are among them; they are compared below.
        metrics = {k: v for k, v in metrics.items() if "@" not in k}
        check(expected, metrics, "", wrong, counts)
        others = [("burn", b, b, None) for b in doc["burn"] if doc["cash"].get("main_burn", b) != b]
        others += [("outcome", o, None, o) for o in doc.get("outcome", {})]
        for word, id, burn, outcome in others:
            if f"runway.{id}.months" not in expected and word == "burn":
                continue
            try:
                expected_there = projection.results(doc, burn, outcome)
            except projection.OracleError:
                counts["refusals agree@" + word] += 1
                continue
            paths = [f"{path}@{word}.{id}" for path in expected_there]
            words = [x for path in paths for x in ("--metric", path)]
            run = subprocess.run([program, "run", str(file), *words, "--format", "csv"], capture_output=True, text=True)
            if run.returncode:
                wrong.append(f"@{word}.{id}: refused: {run.stderr.strip().splitlines()[0]}")
                continue
            values = dict(line.rsplit(",", 1) for line in run.stdout.splitlines()[1:])
            if len(paths) == 1:
                continue
            check({f"{k}@{word}.{id}": v for k, v in expected_there.items()}, values, "@" + word, wrong, counts)
    return wrong, counts, None, ""


def check(expected, found, where, wrong, counts):
    for path, value in expected.items():
        if path not in found:
            wrong.append(f"{path}: missing, the model says {value}")
        elif not agree(found[path], value):
            wrong.append(f"{path}: {found[path]}, the model says {value}")
        else:
            counts[path.split(".")[0] + where] += 1
    for path in found:
        if path not in expected:
            wrong.append(f"{path}: {found[path]}, the model has none")


def one(job):
    seed, features, program = job
    text = generate_projection.write(generate_projection.generate(seed, features))
    try:
        return seed, text, *compare(text, program)
    except Exception as error:  # noqa: BLE001 the seed is what matters
        import traceback
        return seed, text, [f"model: {error!r} {traceback.format_exc().splitlines()[-3:]}"], collections.Counter(), None, ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--features", default=",".join(generate_projection.FEATURES))
    parser.add_argument("--keep")
    parser.add_argument("--show", type=int, default=12)
    parser.add_argument("--capsim", default="target/release/capsim")
    options = parser.parse_args()
    features = [word for word in options.features.split(",") if word]
    jobs = [(seed, features, options.capsim) for seed in range(options.first, options.last + 1)]
    differ, counts, refusals, played = 0, collections.Counter(), collections.Counter(), 0
    with ProcessPoolExecutor(2) as pool:
        for seed, text, wrong, some, refusal, message in pool.map(one, jobs, chunksize=4):
            counts += some
            if refusal:
                refusals[refusal] += 1
                if options.keep and refusals[refusal] == 1:
                    (Path(options.keep) / f"refused-{seed}.toml").write_text(text + "".join(f"# {x}\n" for x in message.splitlines()))
                continue
            played += 1
            if wrong:
                differ += 1
                if options.keep:
                    (Path(options.keep) / f"{seed}.toml").write_text(text + "".join(f"# {x}\n" for x in wrong))
                if differ <= options.show:
                    print(f"seed {seed}: {len(wrong)} values")
                    for line in wrong[:3]:
                        print(f"    {line}")
    for refusal, n in refusals.most_common(25):
        print(f"{n:5} x {refusal}")
    print(f"{len(jobs)} scenarios: {played} played, {differ} differ, {sum(refusals.values())} refused")
    print("values that agree:", dict(counts))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
