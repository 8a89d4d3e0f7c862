"""The second half of the reference: the cohort, cycle by cycle, and its counting.

People are a dictionary of (state, since the start or not, cycles there), moved one by one; counting
and discounting are the sums of the textbook.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from heco.reference.groups import groups
from heco.reference.pathway import Moment, Pathway, Told
from heco.reference.sums import plus, simpsons, times, unit
from heco.scenario.expressions import Expr, names
from heco.scenario.scenario import Scenario

#: People in a state, by (state, whether they started there, cycles since).
People = Mapping[tuple[str, bool, int], float]


class Twin(Pathway):
    """One strategy of a scenario in one draw: the cohort, cycle by cycle."""

    #: States in which it matters how long people have been there.
    remembers: frozenset[str] | set[str] = frozenset()
    #: Simpson's weights of the cycle boundaries.
    weights: Sequence[float] = ()

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
        """Follow the cohort through all cycles."""
        self.prepare()
        people: People = {(state, True, 0): share for state, share in entry.items() if share != 0}
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

    def prepare(self) -> None:
        """Work out what stays the same over all cycles."""
        self.remembers = {state for state in self.scenario.states if self.asks_for_stay(state)}
        self.weights = simpsons(self.cycles)

    def asks_for_stay(self, state: str) -> bool:
        """Return whether anything in a state depends on how long people have been there."""
        record = self.scenario.states[state]
        waiting: list[Expr] = [value.value for *_, value in self.values(state)]
        for move in self.scenario.transitions.get(state, {}).values():
            said = (move.p, move.rate, move.qaly, *move.cost.values())
            waiting += [formula for formula in said if formula is not None and formula != "rest"]
        for target in self.scenario.states.values():
            if target.on_entry is not None:
                waiting += [*target.on_entry.cost.values()]
                waiting += [target.on_entry.qaly] if target.on_entry.qaly is not None else []
        seen: set[str] = set()
        while waiting:
            for name in names(waiting.pop()) - seen:
                seen.add(name)
                waiting += [layer[name] for layer in self.settings if name in layer]
                parameter = self.scenario.parameters.get(name)
                if parameter is not None and parameter.expr is not None:
                    waiting.append(parameter.expr)
                if parameter is not None and parameter.table is not None:
                    seen.add(parameter.table.by)
        return bool(seen & {"state_time", "state_cycle"}) or record.track is not None

    def stays(self, state: str, started: bool, there: int) -> tuple[str, bool, int]:
        """Return how people who stay another cycle are known from then on."""
        if state not in self.remembers:
            return state, True, 0
        return state, started, min(there + 1, self.spans[state])

    def comes(self, state: str) -> tuple[str, bool, int]:
        """Return how people who arrive are known."""
        return (state, False, 0) if state in self.remembers else (state, True, 0)

    def remember(self, people: People) -> None:
        """Keep who is where."""
        row = dict.fromkeys(self.scenario.states, 0.0)
        for (state, _, _), share in people.items():
            row[state] += share
        self.told.trace.append(row)

    def row(self, state: str, moment: Moment) -> dict[str, float]:
        """Return the probability of being in each state after the cycle."""
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
        states = list(self.scenario.states)
        moment = self.in_cycle(cycle, False, True, 0, states[0])
        size, halvings = len(states), 10
        q = [[0.0] * size for _ in states]
        for i, state in enumerate(states):
            for target, move in self.scenario.transitions.get(state, {}).items():
                if move.rate is not None:
                    q[i][states.index(target)] = self.value(move.rate, moment)
            q[i][i] = -sum(q[i])
        small = [[cell * float(self.length) / 2**halvings for cell in row] for row in q]
        # exp(A) - 1 stays small, so that doubling it loses no digits.
        grown, term = [[0.0] * size for _ in states], unit(size)
        for k in range(1, 9):
            term = [[cell / k for cell in row] for row in times(term, small)]
            grown = plus(grown, term)
        for _ in range(halvings):
            grown = plus(plus(grown, grown), times(grown, grown))
        p = plus(unit(size), grown)
        return {s: {t: p[i][j] for j, t in enumerate(states)} for i, s in enumerate(states)}

    def move(self, people: People, cycle: int) -> People:
        """Move everybody on by one cycle, and book what moving is worth."""
        after: dict[tuple[str, bool, int], float] = defaultdict(float)
        exponential = self.scenario.time.exits == "matrix-exponential"
        matrix = self.rows(cycle) if exponential else {}
        for (state, started, there), share in people.items():
            moment = self.in_cycle(cycle, False, started, there, state)
            row = matrix[state] if exponential else self.row(state, moment)
            for target, chance in row.items():
                moving = share * chance
                if moving == 0.0:
                    continue
                stays = target == state
                after[self.stays(state, started, there) if stays else self.comes(target)] += moving
                self.on_the_move(state, target, moving, moment, cycle)
        return after

    def on_the_move(
        self, state: str, target: str, moving: float, moment: Moment, cycle: int
    ) -> None:
        """Book what a move is worth."""
        year = math.floor(self.length * cycle)
        counted: set[str] = set()
        here = self.scenario.transitions.get(state, {}).get(target)
        counted |= set(here.count) if here is not None else set()
        arrival = self.scenario.states[target].on_entry
        counted |= set(arrival.count) if arrival is not None and target != state else set()
        for name in counted:
            self.told.events[name] += moving
        for outcome in ("cost", "qaly"):
            date = self.once_in_a_cycle(cycle, outcome)
            events: list[tuple[Any, str]] = [
                (self.scenario.transitions.get(state, {}).get(target), "moves")
            ]
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
        """Return how an outcome is counted within a cycle."""
        counting = self.scenario.time.cycle_counting
        if outcome == "cost":
            return counting.cost
        return counting.qaly if outcome == "qaly" else counting.life_years or counting.qaly

    def once_in_a_cycle(self, cycle: int, outcome: str) -> float:
        """Return when what happens once in a cycle is dated. [years]."""
        timing: str = self.scenario.time.discount_timing
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
                for side in (0, 1):
                    boundary = cycle + side
                    inner = 0 < boundary < self.cycles
                    weight = self.weights[boundary] / (2 if inner else 1)
                    found.append((side, weight, edges[side], outcome))
        return found

    def scale(self, value: Any) -> float:
        """Return what a value is multiplied by: years in a cycle, or 1."""
        per = value.per or self.scenario.time.values.removeprefix("per ")
        return float(self.length) if per == "year" else 1.0

    def in_full(self, people: People, cycle: int) -> None:
        """Book what everybody who is there when the cycle begins is paid in full."""
        date = cycle * float(self.length)
        for (state, started, there), share in people.items():
            moment = self.in_cycle(cycle, False, started, there, state)
            for outcome, category, value in self.values(state):
                if value.timing == "start":
                    amount = share * self.scale(value) * self.value(value.value, moment)
                    self.book(outcome, category, amount, date, math.floor(self.length * cycle))

    def values(self, state: str) -> list[tuple[str, str, Any]]:
        """Return what time in a state is worth: outcome, category, value."""
        record = self.scenario.states[state]
        found = [("cost", name or "states", value) for name, value in record.cost.items()]
        return found + ([("qaly", "", record.utility)] if record.utility is not None else [])

    def alive(self, state: str) -> bool:
        """Return whether time in a state counts as life years."""
        record = self.scenario.states[state]
        if record.alive is not None:
            return record.alive
        return not (record.absorbing and record.utility is None and not record.cost)

    def count(
        self,
        people: People,
        cycle: int,
        side: int,
        weight: float,
        date: float,
        outcome: str,
    ) -> None:
        """Count those who are there on one side of a cycle."""
        year = math.floor(self.length * cycle)
        for (state, started, there), share in people.items():
            if outcome == "life_years":
                if self.alive(state):
                    self.told.years_in[state] += weight * share * float(self.length)
                    self.book(outcome, "", weight * share * float(self.length), date)
                continue
            moment = self.in_cycle(cycle, bool(side), started, there, state)
            for what, category, value in self.values(state):
                if what == outcome and value.timing == "cycle":
                    amount = weight * share * self.scale(value) * self.value(value.value, moment)
                    self.book(what, category, amount, date, year)


def tell(scenario: Scenario, strategy: str, draw: Mapping[str, float] | None = None) -> Told:
    """Return what happens under one strategy.

    Parameters
    ----------
    scenario : Scenario
        The words.
    strategy : str
        Which strategy.
    draw : mapping of str to float, optional
        Values of parameters; all others have their deterministic value.

    Raises
    ------
    Undefined
        If a formula has no value where it is needed.
    """
    if scenario.groups:
        return groups(scenario, strategy, draw or {})
    return Twin(scenario, strategy, draw or {}).tell()


def twins(scenario: Scenario, draws: Sequence[Mapping[str, float]]) -> dict[str, list[Told]]:
    """Return what happens, by strategy and draw."""
    return {
        strategy: [tell(scenario, strategy, draw) for draw in draws]
        for strategy in scenario.strategies
    }
