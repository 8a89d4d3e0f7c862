"""The first half of the slow twin: formulas, dates, what falls once, and the tree.

See slow_twin.py.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from heco.scenario.expressions import Expr, evaluate
from heco.scenario.scenario import Scenario

#: "Just before the end of a cycle": a billionth of a year.
JUST_BEFORE = 1e-9

Moment = Mapping[str, float]
Settings = tuple[Mapping[str, Expr], ...]


@dataclass
class Told:
    """What happens under one strategy in one draw."""

    cost: float = 0.0
    qaly: float = 0.0
    life_years: float = 0.0
    cost_undiscounted: float = 0.0
    qaly_undiscounted: float = 0.0
    life_years_undiscounted: float = 0.0
    cost_by: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    shares: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    trace: list[dict[str, float]] = field(default_factory=list)
    yearly_cost: dict[int, float] = field(default_factory=lambda: defaultdict(float))


class Pathway:
    """One strategy of a scenario in one draw: formulas, dates, one-offs and the tree."""

    def __init__(self, scenario: Scenario, strategy: str, draw: Mapping[str, float]) -> None:
        self.scenario = scenario
        self.strategy = scenario.strategies[strategy]
        self.draw = draw
        self.told = Told()
        self.settings: Settings = (self.strategy.set,)
        time = scenario.time
        self.length = time.cycle.years if time.cycle else Fraction(1)
        self.cycles = 0
        if scenario.states:
            self.cycles = int(time.horizon.in_years(time.cycle) / self.length)

    # -- what a formula is worth -----------------------------------------------------------------

    def value(self, formula: Expr, moment: Moment, settings: Settings | None = None) -> float:
        here = self.settings if settings is None else settings
        result, fine = evaluate(formula, lambda name: self.name(name, moment, here))
        assert fine, formula
        return float(result)

    def name(self, name: str, moment: Moment, settings: Settings) -> float:
        if name in moment:
            return moment[name]
        for level in reversed(range(len(settings))):
            if name in settings[level]:
                # A setting sees the world outside of it.
                return self.value(settings[level][name], moment, settings[:level])
        if name in self.draw:
            return self.draw[name]
        parameter = self.scenario.parameters[name]
        if parameter.expr is not None:
            return self.value(parameter.expr, moment, settings)
        if parameter.table is not None:
            key = moment[parameter.table.by]
            return [value for start, value in parameter.table.values if start <= key + 1e-12][-1]
        return float(parameter.fixed)

    def at_entry(self) -> Moment:
        return {
            "time": 0.0,
            "age": self.scenario.time.start_age or 0.0,
            "cycle_length": float(self.length),
        }

    def in_cycle(
        self, cycle: int, end: bool, started: bool, cycles_there: int, state: str
    ) -> Moment:
        """Return the words for time at one side of a cycle (counted from 0).

        Who started in the state has been there since time 0. Who came later is counted from the
        end of the cycle of the arrival, which closes the first cycle in the state.
        """
        date = float(self.length * (cycle + end)) - JUST_BEFORE * end
        longest = self.longest(state)
        elapsed = cycles_there if started or not end else cycles_there + 1
        elapsed = min(elapsed, longest if end else longest - 1)
        return {
            "time": date,
            "age": (self.scenario.time.start_age or 0.0) + date,
            "cycle": cycle + 1.0,
            "cycle_length": float(self.length),
            "state_time": float(self.length * elapsed) - JUST_BEFORE * end,
            "state_cycle": elapsed + (0.0 if end else 1.0),
        }

    def longest(self, state: str) -> int:
        track = self.scenario.states[state].track
        if track is None:
            return self.cycles
        cycles = track.years if track.cycles else track.years / self.length
        return min(self.cycles, math.ceil(cycles))

    # -- money and health at a date --------------------------------------------------------------

    def factor(self, years: float, outcome: str) -> float:
        time = self.scenario.time
        rate = time.discount.cost if outcome == "cost" else time.discount.qaly
        if time.discounting == "continuous-index":
            return (1 + rate) ** -years
        if time.discounting == "exponential":
            return math.exp(-rate * years)
        return (1 + rate) ** -math.floor(years + 1e-9)

    def book(
        self, outcome: str, category: str, amount: float, date: float, year: int | None = None
    ) -> None:
        told = self.told
        discounted = amount * self.factor(date, outcome)
        setattr(told, outcome, getattr(told, outcome) + discounted)
        plain = f"{outcome}_undiscounted"
        setattr(told, plain, getattr(told, plain) + amount)
        if outcome == "cost":
            told.cost_by[category] += discounted
            told.yearly_cost[math.floor(date) if year is None else year] += amount

    # -- once ------------------------------------------------------------------------------------

    def date(self, at: Any) -> float:
        if at is None:
            return 0.0
        return float(at.years * self.length if at.cycles else at.years)

    def one_offs(self) -> None:
        for event in self.strategy.one_off:
            share = 1.0
            if event.per == "cohort":
                share = self.value(self.scenario.population.size, self.at_entry(), ())
            self.happen(event, self.at_entry(), self.settings, 1 / share, self.date(event.at),
                        "one_off")  # fmt: skip

    def happen(
        self,
        event: Any,
        moment: Moment,
        settings: Settings,
        people: float,
        date: float,
        category: str,
        year: int | None = None,
    ) -> None:
        for name, formula in event.cost.items():
            amount = people * self.value(formula, moment, settings)
            self.book("cost", name or category, amount, date, year)
        if event.qaly is not None:
            self.book("qaly", "", people * self.value(event.qaly, moment, settings), date)

    # -- the tree --------------------------------------------------------------------------------

    def shares(
        self, row: Mapping[str, Any], settings: Settings, moment: Moment
    ) -> dict[str, float]:
        """Return the probability of each key; "rest" is what the others leave."""
        known = {
            key: self.value(share, moment, settings)
            for key, share in row.items()
            if share != "rest"
        }
        return {key: known.get(key, 1.0 - sum(known.values())) for key in row}

    def tree(self) -> dict[str, float]:
        entry: dict[str, float] = defaultdict(float)
        self.walk(self.strategy.enters, 1.0, self.settings, frozenset(), entry)
        return entry

    def walk(
        self,
        node: str,
        people: float,
        settings: Settings,
        counted: frozenset[str],
        entry: dict[str, float],
    ) -> None:
        row = self.scenario.tree[node]
        moment = self.at_entry()
        chances = self.shares({key: branch.p for key, branch in row.items()}, settings, moment)
        for key, branch in row.items():
            here = people * chances[key]
            beyond = (*settings, branch.set)
            self.happen(branch, moment, beyond, here, self.date(branch.at), "pathway")
            for name in set(branch.count) - counted:
                self.told.shares[name] += here
            if branch.to in self.scenario.tree:
                self.walk(branch.to, here, beyond, counted | set(branch.count), entry)
            elif branch.to:
                entry[branch.to] += here

    def starts(self) -> dict[str, float]:
        written = self.strategy.starts or self.scenario.population.starts
        return self.shares(written, self.settings, self.at_entry())

    def arrivals_at_start(self, entry: Mapping[str, float]) -> None:
        for state, people in entry.items():
            arrival = self.scenario.states[state].on_entry
            if arrival is not None and arrival.at_start:
                self.happen(arrival, self.at_entry(), self.settings, people, 0.0, "arrivals")
