"""The price of a round, by trying every combination of branches.

Every claim on the round is written in money, as a form over 1, p, W and m:

    p   price of a common share            W   money of all convertibles that convert here
    m   money of the pool increase that lies inside the price

A combination picks one leg of each convertible, one branch of each protected series and whether the pool is topped up.
Each is three linear equations, solved in rationals; a solution stands if every picked branch is the one that the counts
ask for at that price. All that stand must agree. Nothing here follows an order of kinks or a closed form.
"""

from fractions import Fraction
from itertools import product
from math import prod

from figures import need, text_of

ZERO = Fraction(0)


class Form:
    """a + b p + c W + d m"""

    def __init__(self, one=0, p=0, W=0, m=0):
        self.parts = (Fraction(one), Fraction(p), Fraction(W), Fraction(m))

    def __add__(self, other):
        return Form(*(a + b for a, b in zip(self.parts, other.parts)))

    def __sub__(self, other):
        return Form(*(a - b for a, b in zip(self.parts, other.parts)))

    def times(self, factor):
        return Form(*(a * factor for a in self.parts))

    def at(self, p, W, m):
        one, by_p, by_W, by_m = self.parts
        return one + by_p * p + by_W * W + by_m * m


class Leg:
    """One way for a convertible to convert: fixed money, or a part of what a basis is worth."""

    def __init__(self, word, package, money=None, part=None, basis=None, cap=None):
        self.word, self.package = word, package  # the term, and the SAFE whose terms these are
        self.money, self.part, self.basis, self.cap = money, part, basis, cap


class Convertible:
    def __init__(self, id, balance, legs):
        self.id, self.balance, self.legs = id, balance, legs


class Protected:
    """A series whose conversion price falls with the round; `n` shares, as converted, that adjust."""

    def __init__(self, id, kind, n, c, base, floor):
        self.id, self.kind, self.n, self.c, self.base, self.floor = id, kind, n, c, base, floor

    def branches(self):
        return ["not adjusted", "adjusted"] + (["floor"] if self.floor is not None else [])


class Problem:
    """What a round's price depends on. All counts are as converted, all prices those of a common share."""

    valuation = None            # (pre_money, post_money or price, figure)
    conversions = "inside"      # or dollars-invested, outside
    principal = ZERO            # what dollars-invested adds
    existing = ZERO             # the fully diluted count before the round
    amount = ZERO               # money that buys at the round's price
    shares = ZERO               # shares sold at the round's price, whatever it is
    own_money = own_shares = ZERO   # money and shares of tranches with a price of their own
    pool = None                 # (shares that count, target, pre-money or post-money)
    convertibles = ()
    protected = ()
    in_price = False            # whether adjusted shares count in this price
    issue_with_conversions = False


class Solution:
    """Price, and every count at it."""


class Equations:
    def __init__(self, problem):
        self.q = problem
        key, figure = problem.valuation
        need(figure > 0, f"{key} is not positive")
        averages = [s for s in problem.protected if s.kind != "full-ratchet"]
        # CHOICE: a tranche in shares makes the money of the issue depend on the price; not with a weighted average.
        need(not (averages and problem.shares and key != "price"), "a weighted average beside a tranche in shares")
        self.consideration = Form(problem.amount + problem.own_money, problem.shares)
        if key == "price":
            self.consideration = Form(self.consideration.at(figure, 0, 0))
        self.bought = Form(problem.amount, problem.shares + problem.own_shares)  # new shares at the round's price
        if problem.issue_with_conversions:
            self.consideration += Form(sum((c.balance for c in problem.convertibles), ZERO))
            self.bought += Form(W=1)

    # -- protected series

    def adjusted(self, series, branch):
        """The series in money."""
        if branch == "not adjusted":
            return Form(p=series.n)
        if branch == "floor":
            return Form(p=series.n * series.c / series.floor)
        if series.kind == "full-ratchet":
            return Form(series.n * series.c)
        # c2 = c (b + M / c) / (b + N), with M the money of the issue and N its shares; n c / c2 shares.
        M = self.consideration.parts
        need(M[1] == M[2] == M[3] == 0, "the money of the issue depends on the price")
        return (Form(p=series.base) + self.bought).times(series.n * series.c / (series.base * series.c + M[0]))

    def conversion_price(self, series, p, W):
        """The conversion price after the round, from the price."""
        # What is issued at less than the conversion price on average lowers it: with conversions among what is
        # issued that may be so although the round's own price is not below it.
        new = p
        if series.kind != "full-ratchet":
            M, N = self.consideration.at(p, W, 0), self.bought.at(p, W, 0) / p
            new = series.c * (series.base + M / series.c) / (series.base + N)
        if series.floor is not None:
            new = max(new, series.floor)
        return min(new, series.c)

    # -- one combination

    def leg(self, leg, held):
        """A leg in money; `held` is what exists before the round in money, without conversions and increase."""
        if leg.money is not None:
            return Form(leg.money)
        basis = {"before": Form(p=self.q.existing), "post": held + Form(W=1), "all": held + Form(W=1, m=1),
                 "pre": held + Form(m=1)}[leg.basis]
        return basis.times(leg.part)

    def system(self, legs, branches, topped):
        q = self.q
        extra = Form()
        for series, branch in zip(q.protected, branches):
            extra += self.adjusted(series, branch) - Form(p=series.n)
        held = Form(p=q.existing) + (extra if q.in_price else Form())
        sold = Form(q.amount, q.shares + q.own_shares)
        total = Form(p=q.existing) + extra + Form(W=1, m=1) + sold
        key, figure = q.valuation
        if key == "price":
            balance = Form(-figure, 1)
        elif key == "post_money":
            # CHOICE: post-money is what everybody holds after the round, the conversions included, whatever
            # `conversions` says; the word decides only what is called pre-money then.
            balance = held + Form(W=1, m=1) + Form(q.amount + q.own_money, q.shares) - Form(figure)
        elif q.conversions == "outside":
            balance = held + Form(m=1) - Form(figure)
        else:
            grown = q.principal if q.conversions == "dollars-invested" else 0
            balance = held + Form(W=1, m=1) - Form(figure + grown)
        converted = Form(W=-1)
        for leg in legs:
            converted += self.leg(leg, held)
        pool = Form(m=1)
        if topped:
            counted, target, _ = q.pool
            pool = Form(p=counted, m=1) - total.times(target)
        return held, total, (balance, converted, pool)

    def solve(self, legs, branches, topped):
        """(p, W, m) of a combination, or None."""
        held, total, rows = self.system(legs, branches, topped)
        matrix = [[row.parts[1], row.parts[2], row.parts[3], -row.parts[0]] for row in rows]
        for column in range(3):
            pivot = next((row for row in range(column, 3) if matrix[row][column]), None)
            if pivot is None:
                return None
            matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
            lead = matrix[column]
            for row in range(3):
                if row != column and matrix[row][column]:
                    factor = matrix[row][column] / lead[column]
                    matrix[row] = [a - factor * b for a, b in zip(matrix[row], lead)]
        return tuple(matrix[n][3] / matrix[n][n] for n in range(3))

    def stands(self, root, legs, branches, topped):
        """Whether the branches are those that the counts ask for."""
        p, W, m = root
        if p <= 0 or W < 0 or m < 0:
            return False
        for series, branch in zip(self.q.protected, branches):
            right = series.n * p * series.c / self.conversion_price(series, p, W)
            if self.adjusted(series, branch).at(*root) != right:
                return False
        held, total, _ = self.system(legs, branches, topped)
        for convertible, leg in zip(self.q.convertibles, legs):
            worth = self.leg(leg, held).at(*root)
            if any(self.leg(other, held).at(*root) > worth for other in convertible.legs):
                return False
        if self.q.pool and self.q.pool[2] == "pre-money" and not topped:
            counted, target, _ = self.q.pool
            return counted * p >= target * total.at(*root)
        return True


def distinct(legs):
    """Legs that can be best: the dearest of fixed ones, and for each basis the one with the largest part."""
    best = {}
    for leg in legs:
        kind = leg.basis or "fixed"
        size = leg.money if leg.basis is None else leg.part
        if kind not in best or size > best[kind][0]:
            best[kind] = (size, leg)
    return [leg for _, leg in best.values()]


def combinations(equations):
    q = equations.q
    choices = [distinct(c.legs) for c in q.convertibles]
    series = [s.branches() for s in q.protected]
    pool = [False, True] if q.pool and q.pool[2] == "pre-money" else [False]
    # Above some thousands of combinations: follow the branches from one solution to the next.
    if prod(len(c) for c in choices + series + [pool]) > 6000:
        return followed(equations, choices, series, pool)
    found = []
    for legs in product(*choices):
        for branches in product(*series):
            for topped in pool:
                root = equations.solve(legs, branches, topped)
                if root and equations.stands(root, legs, branches, topped):
                    found.append((root, legs, branches, topped))
    return found


def followed(equations, choices, series, pool):
    """From every start of series and pool: solve, take each convertible's best leg there, until nothing changes."""
    found = []
    for branches in product(*series):
        for topped in pool:
            legs = tuple(options[0] for options in choices)
            for _ in range(200):
                root = equations.solve(legs, branches, topped)
                if root is None:
                    break
                held, _, _ = equations.system(legs, branches, topped)
                best = tuple(max(options, key=lambda leg: equations.leg(leg, held).at(*root)) for options in choices)
                if all(equations.leg(a, held).at(*root) == equations.leg(b, held).at(*root) for a, b in zip(best, legs)):
                    if equations.stands(root, legs, branches, topped):
                        found.append((root, legs, branches, topped))
                    break
                legs = best
    return found


def solve(problem):
    equations = Equations(problem)
    found = combinations(equations)
    key, figure = problem.valuation
    need(found, f"no price: {key} {text_of(figure)} does not carry its claims")
    # Several combinations stand where legs are equal; they are the same solution.
    need(len({root for root, *_ in found}) == 1, "two different prices satisfy the counts")
    (p, W, m), legs, branches, topped = found[0]
    held, _, _ = equations.system(legs, branches, topped)

    s = Solution()
    s.equations = equations
    s.price, s.converted, s.increase, s.held = p, W, m / p, held.at(p, W, m)
    s.new_conversion = {series.id: equations.conversion_price(series, p, W) for series in problem.protected}
    s.adjusted = sum((series.n * series.c / s.new_conversion[series.id] - series.n for series in problem.protected), ZERO)
    s.claims = {}  # convertible id -> (money, legs that are worth that, each leg's basis in shares)
    for convertible, leg in zip(problem.convertibles, legs):
        worth = equations.leg(leg, held).at(p, W, m)
        binding = [other for other in convertible.legs if equations.leg(other, held).at(p, W, m) == worth]
        s.claims[convertible.id] = (worth, binding)
    s.bases = {"before": problem.existing, "post": (s.held + W) / p, "all": (s.held + W + m) / p, "pre": (s.held + m) / p}
    assert sum(worth for worth, _ in s.claims.values()) == W

    inside = {"inside": W, "dollars-invested": W - problem.principal, "outside": ZERO}[problem.conversions]
    s.pre_money = s.held + m + inside
    s.post_money = s.held + m + W + problem.amount + problem.own_money + problem.shares * p
    s.total = (problem.existing + s.adjusted + s.increase + W / p + problem.amount / p + problem.shares
               + problem.own_shares)
    if problem.pool and (problem.pool[2] == "post-money"):
        s.increase = top_up(problem.pool, s.total)
        s.total += s.increase
    assert key == "price" or {"pre_money": s.pre_money, "post_money": s.post_money}[key] == figure
    return s


def top_up(pool, before):
    """The increase after which the pool is at least its target of everything, from the total without it."""
    counted, target, _ = pool
    if counted >= target * before:
        return ZERO
    increase = (target * before - counted) / (1 - target)
    assert counted + increase == target * (before + increase)
    return increase
