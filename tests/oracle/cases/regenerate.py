#!/usr/bin/env python3
"""Writes the cases of this folder anew: python3 tests/oracle/cases/regenerate.py [FIRST LAST]

NNN.toml is what generate.py prints for seed NNN, NNN.json what oracle.py says of it, NNN@alt.json of its case `alt`;
iNNN is of --instruments, rNNN of --round-only, wNNN of --round-only --whole. eNNN is what generate_exits.py prints,
eNNN.json what waterfall.py says of it; lNNN are those of listing.py. With FIRST LAST only NNN are written.
To keep the folder small, of the monthly balances only those that end a quarter are kept.
"""

import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
import generate  # noqa: E402
import generate_exits  # noqa: E402
import listing  # noqa: E402
import oracle  # noqa: E402
import waterfall  # noqa: E402


def kept(path):
    month = re.fullmatch(r"cash\..*\.\d{4}-(\d\d)", path)
    return month is None or int(month[1]) % 3 == 0


def write(target, values):
    values = {path: value for path, value in values.items() if kept(path)}
    target.write_text(json.dumps(values, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


KINDS = [("i", "instruments", False, 60), ("r", "round-only", False, 40), ("w", "round-only", True, 20)]
EXITS = [("e", generate_exits, waterfall, 60), ("l", listing, listing, 20)]


def one(name, text):
    file = HERE / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    write(file.with_suffix(".json"), oracle.results(oracle.resolve(str(file))))
    if "[case.alt]" in text:
        write(HERE / f"{name}@alt.json", oracle.results(oracle.resolve(f"{file}@alt")))


def exits():
    for letter, generator, player, number in EXITS:
        for seed in range(number):
            file = HERE / f"{letter}{seed:03}.toml"
            file.write_text(generator.generate(seed), encoding="utf-8")
            write(file.with_suffix(".json"), player.results(oracle.resolve(str(file))))


def main(arguments):
    first, last = (int(word) for word in arguments or ("0", "59"))
    for seed in range(first, last + 1):
        one(f"{seed:03}", generate.generate(str(seed)))
    if not arguments:
        for letter, mode, whole, number in KINDS:
            for seed in range(number):
                one(f"{letter}{seed:03}", generate.generate(str(seed), mode=mode, whole=whole))
        exits()


if __name__ == "__main__":
    main(sys.argv[1:])
