"""Layers of a scenario (extends, cases, --set, --remove) and the keys that this oracle knows."""

import tomllib
from fractions import Fraction
from pathlib import Path

from figures import OracleError, need


# ------------------------------------------------------------------------------------------------ layers

# Alternatives: (pattern of the table's path, groups). Naming a key of one group drops inherited keys of the others.
ALTERNATIVES = [
    ("round.*", [["pre_money"], ["post_money"], ["price"], ["step_up"]]),
    ("round.*.tranche.*", [["amount"], ["shares"], ["amount_per_unit", "unit", "delivered"], ["burn_months"]]),
    ("burn.*", [["rate", "growth", "phase"], ["by_month", "by_quarter", "by_year", "through"],
                ["income", "cost"], ["of_income"]]),
    ("burn.*", [["by_month"], ["by_quarter"], ["by_year"]]),
    ("condition.*", [["expected", "probability", "date", "by"], ["any"], ["all"]]),
    ("secondary.*", [["price"], ["discount"]]),
    ("secondary.*", [["amount"], ["shares"]]),
    ("opening", [["stake", "fully_diluted"], ["shares"]]),
    ("commitment.*", [["months"], ["until"]]),
    ("safe.*", [["cap", "discount"], ["ownership"]]),
]


def matches(pattern, path):
    parts = pattern.split(".")
    return len(parts) == len(path) and all(p in ("*", name) for p, name in zip(parts, path))


def drop_alternatives(base, overlay, path):
    if path[:1] == ("case",):
        path = path[2:]
    for pattern, groups in ALTERNATIVES:
        # CHOICE: the limits of a tender are no alternatives, it may have both.
        if not matches(pattern, path) or (pattern == "secondary.*" and ("offer" in base or "offer" in overlay)):
            continue
        named = [group for group in groups if any(key in overlay for key in group)]
        need(len(named) <= 1, f"{'.'.join(path)}: {named} exclude each other in one layer")
        for group in groups:
            if named and group is not named[0]:
                for key in group:
                    base.pop(key, None)


def merge(base, overlay, path=()):
    """Overlay one layer on another: tables key by key, a figure whole, alternatives give way."""
    drop_alternatives(base, overlay, path)
    for key, new in overlay.items():
        old = base.get(key)
        if not isinstance(new, dict):
            base[key] = new
        elif "value" in new or key not in base:
            base[key] = merge({}, new, path + (key,))
        elif isinstance(old, dict):
            merge(old, new, path + (key,))
        else:  # an edit of a figure that was a bare literal
            base[key] = merge({"value": old}, new, path + (key,))
    return base


def remove(document, path):
    *parents, last = path.split(".")
    table = document
    for name in parents:
        table = table.get(name) if isinstance(table, dict) else None
    need(isinstance(table, dict) and last in table, f"remove: no {path} is inherited")
    del table[last]


def listed(value):
    return [value] if isinstance(value, str) else list(value or [])


def separate(target):
    name, at, case = target.rpartition("@")
    return (name, case) if at else (target, None)


def read(path):
    try:
        with open(path, "rb") as file:
            text = file.read().decode("utf-8")
    except OSError as error:
        raise OracleError(f"{path}: {error.strerror}") from error
    try:
        return tomllib.loads(text, parse_float=lambda text: Fraction(text.replace("_", "")))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise OracleError(f"{path}: {error}") from error


def layers_of(path, case, opened=()):
    """The layers of a file (under a case) in order, as (identity, table)."""
    path = Path(path).resolve()
    need(path not in opened, f"{path} extends itself")
    own = read(path)
    layers = []
    for base in listed(own.get("extends")):
        name, base_case = separate(base)
        inherited = layers_of(path.parent / name, base_case, opened + (path,))
        layers += [layer for layer in inherited if layer[0] not in [known[0] for known in layers]]
    layers.append(((path,), own))
    if case is not None:
        cases, applied = {}, []
        for identity, table in layers:
            if len(identity) == 1:
                merge(cases, table.get("case", {}), ("case",))
        apply_case(case, cases, applied, ())
        layers += [((path, name), cases[name]) for name in applied]
    return layers


def apply_case(name, cases, applied, opened):
    need(name in cases, f"no case {name!r}; there are {sorted(cases)}")
    need(name not in opened, f"case {name!r} extends itself")
    for base in listed(cases[name].get("extends")):
        apply_case(base, cases, applied, opened + (name,))
    if name not in applied:
        applied.append(name)


def setting(text):
    """`--set PATH=VALUE` as one more layer."""
    path, equals, value = text.partition("=")
    need(equals, f"--set wants PATH=VALUE: {text!r}")
    names = path.strip().split(".")
    value = value.strip()
    if value.startswith("{"):
        value = tomllib.loads(f"x = {value}", parse_float=lambda t: Fraction(t.replace("_", "")))["x"]
    elif names[-1] in ("any", "all"):
        value = [name.strip() for name in value.split(",")]
    return names, value


def resolve(target, settings=(), removals=()):
    name, case = separate(target)
    document = {}
    for _, table in layers_of(name, case):
        for path in listed(table.get("remove")):
            remove(document, path)
        merge(document, {key: value for key, value in table.items() if key not in ("extends", "remove", "case")})
    for path in removals:
        remove(document, path)
    for text in settings:
        names, value = setting(text)
        table = document
        for name in names[: thing_depth(names)]:
            need(isinstance(table, dict) and name in table, f"--set creates no thing: {text!r}")
            table = table[name]
        for name in reversed(names):
            value = {name: value}
        merge(document, value)
    return document


def thing_depth(names):
    """How many leading names must exist already: the thing that the key belongs to."""
    if names[0] == "round" and len(names) > 4 and names[2] == "tranche":
        return 4
    if names[0] in ("holder", "pool", "class", "condition", "round", "secondary", "burn", "commitment",
                    "safe", "note", "grant", "warrant", "split", "change") and len(names) > 2:
        return 2
    return 0


# -------------------------------------------------------------------------------- the keys this oracle knows

ANY_TABLE = {"name", "source", "remark"}
KNOWN = [
    ("", "title currency as_of horizon format holder pool class rounding opening condition round secondary cash burn "
         "commitment source correlation safe note grant warrant split change"),
    ("holder.*", "kind backlog"),
    ("pool.*", "class authorised"),
    ("class.*", "kind issue_price ratio conversion_price votes authorised preference dividend ratchet protection"),
    ("class.*.protection", "kind base floor pay_to_play"),
    ("rounding", "shares price_places price shares_issued shares_converted pool"),
    ("opening", "date class stake fully_diluted shares position"),
    ("opening.position.*", "holder class shares stake paid date"),
    ("condition.*", "any all expected probability date by"),
    ("round.*", "date pre_money post_money price target oversubscription class pool tranche conversions pro_rata "
                "protection"),
    ("round.*.pool", "id target counts in"),
    ("round.*.pro_rata", "added take"),
    ("round.*.protection", "in_price counts exempt"),
    ("round.*.tranche.*", "investor amount shares priority date paid condition by otherwise notice_days probability "
                          "optional price consideration drawdown"),
    ("round.*.tranche.*.drawdown", "months unused from eligible"),
    ("safe.*", "holder date amount form cap discount ownership mfn elects into pro_rata"),
    ("note.*", "holder date amount interest cap cap_counts discount qualified into matures at_maturity maturity_price "
               "converts_on"),
    ("note.*.interest", "rate kind count paid every"),
    ("grant.*", "pool shares strike date holder vesting expires exercised forfeited"),
    ("grant.*.vesting", "months cliff every allocation"),
    ("warrant.*", "holder date shares coverage of tranche strike exercise expires exercised class"),
    ("warrant.*.tranche.*", "shares condition"),
    ("split.*", "date ratio class"),
    ("change.*", "date kind holder class shares price to_class ratio target counts"),
    ("secondary.*", "date from to amount shares price discount offer"),
    ("secondary.*.offer.*", "holder shares price class"),
    ("cash", "opening minimum"),
    ("burn.*", "measure as_cash vintage rate growth phase by_month by_quarter by_year through"),
    ("burn.*.phase.*", "from growth"),
    ("burn.*.through", "from year total fill"),
    ("commitment.*", "to amount from months until within_burn"),
]


def check_keys(table, path=()):
    for pattern, words in KNOWN:
        if (pattern == "" and path == ()) or (pattern and matches(pattern, path)):
            unknown = set(table) - set(words.split()) - ANY_TABLE
            need(not unknown, f"{'.'.join(path) or 'the file'}: {sorted(unknown)} is not among the keys this oracle knows")
    for key, value in table.items():
        if isinstance(value, dict) and key not in ("source", "correlation"):
            check_keys(value, path + (key,))
