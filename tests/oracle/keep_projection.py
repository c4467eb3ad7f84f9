#!/usr/bin/env python3
"""Writes cases/tNNN.toml and .json: scenarios of generate_projection.py and what projection.py says of them.

    python3 keep_projection.py                      writes those of KEPT
    python3 keep_projection.py --choose [PROGRAM]   prints a new KEPT: seeds by what they are of, on which both agree
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

sys.dont_write_bytecode = True
import generate_projection  # noqa: E402
import projection  # noqa: E402

CASES = Path(__file__).parent / "cases"
KEPT = {
    "": [20001, 20002, 20003, 20004],
    "lines,adjust": [20001, 20002, 20003, 20004, 20005, 20006],
    "debts": [20001, 20002, 20003, 20004, 20005, 20006],
    "lines,adjust,commitments": [20001, 20002, 20010, 20011, 20012, 20013],
    "rounds,kind,conditions": [20002, 20003, 20004, 20008, 20010, 20017],
    "rounds,raised": [20001, 20003, 20006, 20007],
    "lines,adjust,debts,commitments,rounds,kind,conditions,raised": [20017, 20027, 20060, 20061, 20066, 20069, 20088, 20106, 20132, 20140, 11392],
}
WANTED = {"": 4, "lines,adjust": 6, "debts": 6, "lines,adjust,commitments": 6, "rounds,kind,conditions": 6, "rounds,raised": 4,
          "lines,adjust,debts,commitments,rounds,kind,conditions,raised": 10}


def expected(text):
    """What is in the results of a run: no other report decides, and of outcomes the cells of the matrix."""
    doc = tomllib.loads(text, parse_float=Fraction)
    out = projection.results(doc)
    for outcome in doc.get("outcome", {}):
        there = projection.results(doc, None, outcome)
        out |= {f"{path}@outcome.{outcome}": value for path, value in there.items() if path.startswith("runway.")}
    return out


def same(a, b):
    if a == b:
        return True
    try:
        return abs(Decimal(a) - Decimal(b)) <= Decimal("1e-17") * abs(Decimal(b))
    except ArithmeticError:
        return False


def choose(program):
    for features, count in WANTED.items():
        seeds, seed = [], 20_000
        while len(seeds) < count:
            seed += 1
            text = generate_projection.write(generate_projection.generate(seed, features.split(",")))
            file = Path(tempfile.gettempdir()) / "keep_projection.toml"
            file.write_text(text)
            run = subprocess.run([program, "run", str(file), "--format", "json"], capture_output=True, text=True)
            if run.returncode:
                continue
            found = json.loads(run.stdout)["metrics"]
            own = expected(text)
            doc = tomllib.loads(text)
            full = all(word not in features or doc.get(key) for word, key in (
                ("debts", "debt"), ("commitments", "commitment"), ("conditions", "outcome"), ("raised", "round")))
            raised = "raised" not in features or any(path.startswith("price.") and "-1" in path for path in own)
            if full and raised and all(path in found and same(found[path], value) for path, value in own.items()):
                seeds.append(seed)
        print(f'    "{features}": {seeds},', flush=True)


def main(words):
    if words[:1] == ["--choose"]:
        choose(words[1] if len(words) > 1 else "target/release/capsim")
        return
    number = 0
    for features, seeds in KEPT.items():
        for seed in seeds:
            text = generate_projection.write(generate_projection.generate(seed, features.split(",")))
            (CASES / f"t{number:03}.toml").write_text(text)
            (CASES / f"t{number:03}.json").write_text(json.dumps(expected(text), indent=1) + "\n")
            number += 1


if __name__ == "__main__":
    main(sys.argv[1:])
