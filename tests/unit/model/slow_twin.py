"""The slow, obvious twin of the engine: one draw at a time, in plain Python loops.

Written from the rules alone, without a look at the engine's ways: people are a dictionary of
(state, since when, cycles), moved one by one; every formula is computed where it is needed, by the
reference evaluator of the language; counting and discounting are the sums of the textbook. It
shares no code with `heco/model`. What the two agree on, is what the words of a scenario mean.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slow_pathway import Moment, Pathway, Told

from heco.scenario.scenario import Scenario


class Twin(Pathway):
    """One strategy of a scenario in one draw: the cohort, cycle by cycle."""

    def tell(self) -> Told:
        """Work everything out."""
        self.one_offs()
        entry = self.tree() if self.strategy.enters else self.starts()
        if self.scenario.states:
            self.arrivals_at_start(entry)
            self.cohort(entry)
        return self.told

    # -- the cohort ------------------------------------------------------------------------------

    def cohort(self, entry: Mapping[str, float]) -> None:
        people = {(state, True, 0): share for state, share in entry.items()}
        self.remember(people)
        for cycle in range(self.cycles):
            self.in_full(people, cycle)
            for side, weight, date, outcome in self.sides(cycle):
                if side == 0:
                    self.count(people, cycle, side, weight, date, outcome)
            people = self.move(people, cycle)
            self.remember(people)
            for side, weight, date, outcome in self.sides(cycle):
                if side == 1:
                    self.count(people, cycle, side, weight, date, outcome)

    def remember(self, people: Mapping[Any, float]) -> None:
        row = dict.fromkeys(self.scenario.states, 0.0)
        for (state, _, _), share in people.items():
            row[state] += share
        self.told.trace.append(row)

    def row(self, state: str, moment: Moment) -> dict[str, float]:
        moves = self.scenario.transitions.get(state, {})
        if not moves:
            return {state: 1.0}
        rates = {key: move.rate for key, move in moves.items() if move.rate is not None}
        if not rates:
            return self.shares({key: m.p for key, m in moves.items()}, self.settings, moment)
        rate = {key: self.value(formula, moment) for key, formula in rates.items()}
        total = sum(rate.values())
        leaving = 1 - math.exp(-total * float(self.length))
        chances = {key: leaving * r / total if total > 0 else 0.0 for key, r in rate.items()}
        return {**chances, state: 1 - sum(chances.values())}

    def rows(self, cycle: int) -> dict[str, dict[str, float]]:
        """Return the rows of exp(Q L), for all states, by doubling up a Taylor series."""
        names = list(self.scenario.states)
        moment = self.in_cycle(cycle, False, True, 0, names[0])
        size, halvings = len(names), 20
        q = [[0.0] * size for _ in names]
        for i, state in enumerate(names):
            for target, move in self.scenario.transitions.get(state, {}).items():
                if move.rate is not None:
                    q[i][names.index(target)] = self.value(move.rate, moment)
            q[i][i] = -sum(q[i])
        small = [[cell * float(self.length) / 2**halvings for cell in row] for row in q]
        # exp(A) - 1 stays small, so that doubling it loses no digits.
        grown, term = [[0.0] * size for _ in names], _unit(size)
        for k in range(1, 6):
            term = [[cell / k for cell in row] for row in _times(term, small)]
            grown = _plus(grown, term)
        for _ in range(halvings):
            grown = _plus(_plus(grown, grown), _times(grown, grown))
        p = _plus(_unit(size), grown)
        return {s: {t: p[i][j] for j, t in enumerate(names)} for i, s in enumerate(names)}

    def move(self, people: Mapping[Any, float], cycle: int) -> dict[Any, float]:
        after: dict[Any, float] = defaultdict(float)
        exponential = self.scenario.time.exits == "matrix-exponential"
        matrix = self.rows(cycle) if exponential else {}
        for (state, started, there), share in people.items():
            moment = self.in_cycle(cycle, False, started, there, state)
            row = matrix[state] if exponential else self.row(state, moment)
            for target, chance in row.items():
                moving = share * chance
                if target == state:
                    after[state, started, there + 1] += moving
                else:
                    after[target, False, 0] += moving
                self.on_the_move(state, target, moving, moment, cycle)
        return after

    def on_the_move(
        self, state: str, target: str, moving: float, moment: Moment, cycle: int
    ) -> None:
        year = math.floor(self.length * cycle)
        for outcome in ("cost", "qaly"):
            date = self.once_in_a_cycle(cycle, outcome)
            events = [(self.scenario.transitions.get(state, {}).get(target), "moves")]
            if target != state:
                events.append((self.scenario.states[target].on_entry, "arrivals"))
            for event, category in events:
                if event is None:
                    continue
                if outcome == "cost":
                    for name, formula in event.cost.items():
                        amount = moving * self.value(formula, moment)
                        self.book("cost", name or category, amount, date, year)
                elif event.qaly is not None:
                    self.book("qaly", "", moving * self.value(event.qaly, moment), date)

    # -- counting within a cycle -----------------------------------------------------------------

    def method(self, outcome: str) -> str:
        counting = self.scenario.time.cycle_counting
        if outcome == "cost":
            return counting.cost
        return counting.qaly if outcome == "qaly" else counting.life_years or counting.qaly

    def once_in_a_cycle(self, cycle: int, outcome: str) -> float:
        timing = self.scenario.time.discount_timing
        if timing == "auto":
            timing = {"start": "cycle-start", "end": "cycle-end"}.get(
                self.method(outcome), "cycle-mid"
            )
        return (cycle + {"cycle-start": 0, "cycle-mid": 0.5, "cycle-end": 1}[timing]) * float(
            self.length
        )

    def sides(self, cycle: int) -> list[tuple[int, float, float, str]]:
        """Return (side, weight, date, outcome): who is counted in a cycle, how much, when."""
        found = []
        for outcome in ("cost", "qaly", "life_years"):
            method = self.method(outcome)
            edges = [cycle * float(self.length), (cycle + 1) * float(self.length)]
            once = self.once_in_a_cycle(cycle, outcome)
            if method == "start":
                found.append((0, 1.0, once, outcome))
            elif method == "end":
                found.append((1, 1.0, once, outcome))
            elif method == "life-table":
                found += [(0, 0.5, once, outcome), (1, 0.5, once, outcome)]
            elif method == "half-cycle":
                found += [(side, 0.5, edges[side], outcome) for side in (0, 1)]
            else:
                simpson = simpsons(self.cycles)
                for side in (0, 1):
                    boundary = cycle + side
                    inner = 0 < boundary < self.cycles
                    weight = simpson[boundary] / 2 if inner else simpson[boundary]
                    found.append((side, weight, edges[side], outcome))
        return found

    def scale(self, value: Any) -> float:
        per = value.per or self.scenario.time.values.removeprefix("per ")
        return float(self.length) if per == "year" else 1.0

    def in_full(self, people: Mapping[Any, float], cycle: int) -> None:
        """Book what everybody who is there when the cycle begins is paid in full."""
        date = cycle * float(self.length)
        for (state, started, there), share in people.items():
            moment = self.in_cycle(cycle, False, started, there, state)
            for outcome, category, value in self.values(state):
                if value.timing == "start":
                    amount = share * self.scale(value) * self.value(value.value, moment)
                    self.book(outcome, category, amount, date, math.floor(self.length * cycle))

    def values(self, state: str) -> list[tuple[str, str, Any]]:
        record = self.scenario.states[state]
        found = [("cost", name or "states", value) for name, value in record.cost.items()]
        return found + ([("qaly", "", record.utility)] if record.utility is not None else [])

    def alive(self, state: str) -> bool:
        record = self.scenario.states[state]
        if record.alive is not None:
            return record.alive
        return not (record.absorbing and record.utility is None and not record.cost)

    def count(
        self,
        people: Mapping[Any, float],
        cycle: int,
        side: int,
        weight: float,
        date: float,
        outcome: str,
    ) -> None:
        year = math.floor(self.length * cycle)
        for (state, started, there), share in people.items():
            if outcome == "life_years":
                if self.alive(state):
                    self.book(outcome, "", weight * share * float(self.length), date)
                continue
            moment = self.in_cycle(cycle, bool(side), started, there, state)
            for what, category, value in self.values(state):
                if what == outcome and value.timing == "cycle":
                    amount = weight * share * self.scale(value) * self.value(value.value, moment)
                    self.book(what, category, amount, date, year)


def simpsons(cycles: int) -> list[float]:
    """Return the textbook weights of the boundaries 0..cycles."""
    if cycles == 1:
        return [0.5, 0.5]
    weights = [0.0] * (cycles + 1)
    pairs = cycles if cycles % 2 == 0 else cycles - 3
    for left in range(0, pairs, 2):
        for step, share in enumerate((1 / 3, 4 / 3, 1 / 3)):
            weights[left + step] += share
    if pairs < cycles:
        for step, share in enumerate((3 / 8, 9 / 8, 9 / 8, 3 / 8)):
            weights[pairs + step] += share
    return weights


def _unit(size: int) -> list[list[float]]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _plus(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[x + y for x, y in zip(p, q, strict=True)] for p, q in zip(a, b, strict=True)]


def _times(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> list[list[float]]:
    size = range(len(b))
    return [[sum(row[k] * b[k][j] for k in size) for j in size] for row in a]


def twins(scenario: Scenario, draws: Sequence[Mapping[str, float]]) -> dict[str, list[Told]]:
    """Return what happens, by strategy and draw."""
    return {
        strategy: [Twin(scenario, strategy, draw).tell() for draw in draws]
        for strategy in scenario.strategies
    }
