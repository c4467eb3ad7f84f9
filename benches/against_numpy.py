#!/usr/bin/env python3
"""Simulates the reference model with capsim and with NumPy, turn by turn, and prints medians and ratios.

    cargo build --release -p capsim-benches --example pace
    python3 benches/against_numpy.py [DRAWS] [ROUNDS]

Needs NumPy. One thread each; the peers are benches/peers/peer_numpy.py, with whole arrays and in chunks of 5,000, and
benches/peers/peer_loop.py, a loop over draws that Numba compiles, where that is installed (its compilation is not timed)."""
import importlib.util, json, os, re, statistics, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACE = os.path.join(HERE, "..", "target", "release", "examples", "pace")
PEER = os.path.join(HERE, "peers", "peer_numpy.py")
LOOP = os.path.join(HERE, "peers", "peer_loop.py")
ONE = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def capsim(draws):
    out = json.loads(subprocess.run([PACE, str(draws)], check=True, capture_output=True, text=True).stdout)
    return out["draws_per_second"], out["together_per_second"]


def numpy(draws, chunk=None):
    args = [sys.executable, PEER, str(draws)] + ([str(chunk)] if chunk else [])
    return pace(args)


def numba(draws):
    return pace([sys.executable, LOOP, "numba", str(draws)])


def pace(args):
    last = subprocess.run(args, check=True, capture_output=True, text=True, env=ONE).stdout.splitlines()[-1]
    alone = re.search(r"draws [\d.]+ s \(([\d.e+]+)/s\)", last)
    together = re.search(r"together ([\d.e+]+)/s", last)
    return float(alone.group(1)), float(together.group(1))


def main():
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    contenders = {
        "capsim": lambda: capsim(draws),
        "NumPy, whole arrays": lambda: numpy(draws),
        "NumPy, chunks of 5,000": lambda: numpy(draws, 5_000),
    }
    if importlib.util.find_spec("numba"):
        contenders["Numba"] = lambda: numba(draws)
    found = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            found[name].append(run())
    median = {name: [statistics.median(side) for side in zip(*runs)] for name, runs in found.items()}
    print(f"{draws} draws, medians of {rounds} turns, one thread")
    for name, (alone, together) in median.items():
        of = (median["capsim"][0] / alone, median["capsim"][1] / together)
        print(f"{name:24s} draws {alone:12,.0f}/s  capsim is {of[0]:5.2f} times;  with aggregates {together:12,.0f}/s  {of[1]:5.2f} times")


if __name__ == "__main__":
    main()
