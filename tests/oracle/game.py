"""Who takes what of a sum when everybody chooses for himself: every combination of choices is played out.

A claim is one of a few ways to be paid; a claim with more than one is a player. The sum, with the strikes of those who
exercise, is paid by rank; the rest is shared by shares, up to the room of those with a cap. A combination in which
nobody gains by another choice of his own alone is an equilibrium. All of them must pay the same.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cmp_to_key
from math import lcm

from figures import need

MOST = 40_000  # combinations


@dataclass
class Way:
    """One way to be paid: sums by rank (the higher first), then shares of the rest up to `room`, less a strike."""
    word: str
    sums: list = field(default_factory=list)  # (rank, money)
    shares: Fraction = Fraction(0)
    room: Fraction = None
    strike: Fraction = Fraction(0)


@dataclass
class Claim:
    id: str
    ways: list


class Scaled:
    """A way in whole numbers: `sums` by place of the rank."""

    def __init__(self, way, places, money, shares):
        self.sums = [0] * len(places)
        for rank, amount in way.sums:
            self.sums[places[rank]] += int(amount * money)
        self.first = sum(self.sums)
        self.shares = int(way.shares * shares)
        self.room = None if way.room is None else int(way.room * money)
        self.strike = int(way.strike * money)


def compare_rooms(a, b):
    left, right = a.room * b.shares, b.room * a.shares
    return (left > right) - (left < right)


class Game:
    def __init__(self, claims):
        self.claims = claims
        ways = [way for claim in claims for way in claim.ways]
        for way in ways:
            need(way.shares >= 0 and way.strike >= 0 and all(amount >= 0 for _, amount in way.sums), "a negative claim")
        ranks = sorted({rank for way in ways for rank, _ in way.sums}, reverse=True)
        self.places = {rank: place for place, rank in enumerate(ranks)}
        amounts = [amount for way in ways for amount in [way.strike, way.room or 0] + [m for _, m in way.sums]]
        self.money = lcm(*(Fraction(amount).denominator for amount in amounts))
        self.share = lcm(*(Fraction(way.shares).denominator for way in ways))
        number = 1
        for claim in claims:
            number *= len(claim.ways)
        need(number <= MOST, f"{number} combinations are too many")
        self.number = number

    def share_out(self, chosen, pot):
        """What each chosen way is paid net, over a common denominator, and the value of a share as a quotient."""
        first = pot
        for way in chosen:
            first += way.strike
        left = first
        for way in chosen:
            left -= way.first
        if left < 0:
            return self.short(chosen, first)
        whole = sum(way.shares for way in chosen)
        capped = sorted((way for way in chosen if way.room is not None and way.shares), key=cmp_to_key(compare_rooms))
        full = set()
        for way in capped:
            if way.shares * left < way.room * whole:
                break
            full.add(id(way))
            left -= way.room
            whole -= way.shares
        under = whole or 1
        paid = []
        for way in chosen:
            gained = way.room * under if id(way) in full else way.shares * left
            paid.append((way.first - way.strike) * under + gained)
        return paid, under, (left, whole)

    @staticmethod
    def short(chosen, left):
        """The sums by rank are more than there is."""
        for place in range(len(chosen[0].sums)):
            owed = sum(way.sums[place] for way in chosen)
            if left < owed:
                paid = [(sum(way.sums[:place]) - way.strike) * owed + way.sums[place] * left for way in chosen]
                return paid, owed, (0, 1)
            left -= owed
        raise AssertionError("all ranks are covered")

    def play(self, pot):
        """The equilibrium of a sum: what each claim is paid, the words of its best ways, the value of a share."""
        pot = Fraction(pot)
        money = lcm(self.money, pot.denominator)
        table = [[Scaled(way, self.places, money, self.share) for way in claim.ways] for claim in self.claims]
        pot = int(pot * money)
        outcomes = []
        chosen = []

        def walk(place):
            if place == len(table):
                outcomes.append(self.share_out(chosen, pot))
                return
            for way in table[place]:
                chosen.append(way)
                walk(place + 1)
                chosen.pop()

        walk(0)
        strides, stride = [0] * len(table), 1
        for place in reversed(range(len(table))):
            strides[place] = stride
            stride *= len(table[place])
        players = [(place, strides[place], len(table[place])) for place in range(len(table)) if len(table[place]) > 1]
        stable = []
        for number, (paid, under, _) in enumerate(outcomes):
            for place, stride, ways in players:
                own = number // stride % ways
                mine = paid[place]
                for other in range(ways):
                    if other != own:
                        their, their_under, _ = outcomes[number + (other - own) * stride]
                        if their[place] * under > mine * their_under:
                            break
                else:
                    continue
                break
            else:
                stable.append(number)
        need(stable, "no combination of choices is stable")
        answers = {self.answer(outcomes[number], money) for number in stable}
        need(len({paid for paid, _ in answers}) == 1, "combinations that are stable pay differently")
        paid = next(iter(answers))[0]
        values = {value for _, value in answers if value is not None}
        words = []
        for place, claim in enumerate(self.claims):
            best = set()
            for number in stable:
                own = number // strides[place] % len(claim.ways)
                for other, way in enumerate(claim.ways):
                    their, under, _ = outcomes[number + (other - own) * strides[place]]
                    if Fraction(their[place], under * money) == paid[place]:
                        best.add(way.word)
            words.append(best)
        # With nothing that takes the rest without a limit no value of a share is the only one.
        return paid, words, values.pop() if len(values) == 1 else None

    def answer(self, outcome, money):
        paid, under, (left, whole) = outcome
        value = Fraction(left * self.share, whole * money) if whole else None
        return tuple(Fraction(amount, under * money) for amount in paid), value
