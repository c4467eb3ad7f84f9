"""Exits of capsim against those of waterfall.py: see compare.py --exits."""

import json
import subprocess
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import generate_exits
import listing
import waterfall
from layers import resolve

WORDS = ("class_election", "instrument_election")
ACCURATE = Fraction(1, 10**18)


def near(a, b):
    a, b = Fraction(Decimal(a)), Fraction(Decimal(b))
    return abs(a - b) <= max(ACCURATE * max(abs(a), abs(b)), Fraction(1, 10**22))


def differences(expected, found):
    wrong = []
    for path, value in expected.items():
        own = found.get(path)
        if own is None:
            wrong.append(f"{path}: missing, the oracle says {value}")
        elif own != value and (path.split(".")[0] in WORDS or not near(own, value)):
            wrong.append(f"{path}: {own}, the oracle says {value}")
    return wrong


def adds_up(found, exits):
    """Payments and deductions are the value, to the last digit."""
    wrong = []
    for id in exits:
        total = sum(Fraction(Decimal(found[f"exit.{id}.{key}"])) for key in ("fees", "costs", "debt", "left_over"))
        total += sum(Fraction(Decimal(v)) for path, v in found.items() if path.startswith(f"payout.{id}."))
        if total != Fraction(Decimal(found[f"exit.{id}.value"])):
            wrong.append(f"exit.{id}: payments add up to {float(total)}")
        lines = sum(Fraction(Decimal(v)) for path, v in found.items()
                    if path.startswith((f"class_payout.{id}.", f"instrument_payout.{id}.")))
        if lines != Fraction(Decimal(found[f"exit.{id}.shared"])):
            wrong.append(f"exit.{id}: claims add up to {float(lines)}")
    return wrong


def breakpoints(sale, found):
    """Between two breakpoints everything is straight, and at each something bends."""
    id, wrong = sale.id, []
    known = []
    while f"breakpoint.{id}.{len(known) + 1}" in found:
        known.append(Fraction(Decimal(found[f"breakpoint.{id}.{len(known) + 1}"])))
    edges = [Fraction(0)] + known
    edges.append(edges[-1] * 3 + 1000)
    slopes = []
    for low, high in zip(edges, edges[1:]):
        if low >= high:
            if low or high:
                wrong.append(f"breakpoint.{id}: {float(low)} is not below {float(high)}")
            slopes.append(None)
            continue
        at = [low + (high - low) * Fraction(k, 7) for k in (0, 1, 3, 5, 7)]
        paid = [list(sale.exact(value)[0].values()) for value in at]
        slope = [(b - a) / (high - low) for a, b in zip(paid[0], paid[-1])]
        # Breakpoints are printed to twelve places.
        off = high / 10**15 + Fraction(1, 10**11)
        for value, row in zip(at[1:4], paid[1:4]):
            if any(abs(a + s * (value - low) - b) > off for a, s, b in zip(paid[0], slope, row)):
                wrong.append(f"breakpoint.{id}: something bends between {float(low)} and {float(high)}")
                break
        slopes.append(slope)
    for before, after, value in zip(slopes, slopes[1:], known):
        # CHOICE: where nobody or only one other takes part, a conversion or the next rank may go unseen.
        same = before and after and all(abs(a - b) <= Fraction(1, 10**12) for a, b in zip(before, after))
        if same and len(sale.claims) > 2:
            wrong.append(f"breakpoint.{id}: nothing bends at {float(value)}")
    return wrong


def play(program, text):
    """The scenario, and what capsim makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_text(text, encoding="utf-8")
        run = subprocess.run([program, "run", str(file), "--format", "json"], capture_output=True, text=True)
        return resolve(str(file)), run


def refusal(run):
    return ["refused: " + next(line for line in run.stderr.splitlines() if line.startswith("error"))]


def one(job):
    """Seed, small, huge, program: the differences, and whether capsim's numbers have no room for the scenario."""
    seed, small, huge, program = job
    document, run = play(program, generate_exits.generate(seed, small, huge))
    expected = waterfall.results(document)
    if run.returncode != 0:
        no_room = huge and "error[arithmetic]" in run.stderr
        return seed, [] if no_room else refusal(run), no_room
    found = json.loads(run.stdout)["metrics"]
    wrong = differences(expected, found) + adds_up(found, document["exit"])
    if small:
        scenario = waterfall.Scenario(document)
        for id in document["exit"]:
            wrong += breakpoints(waterfall.Sale(scenario, id), found)
    return seed, wrong, False


def one_listing(job):
    """Seed and program: the differences of listings."""
    seed, program = job
    document, run = play(program, listing.generate(seed))
    if run.returncode != 0:
        return seed, refusal(run), False
    return seed, differences(listing.results(document), json.loads(run.stdout)["metrics"]), False
