"""The first half of the reference: names, dates, what falls once, and the tree."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from heco.reference.discounting import factor
from heco.reference.facts import certain, cycles
from heco.reference.formulas import Undefined, worth
from heco.scenario.elsewhere import clock_words_of
from heco.scenario.expressions import Expr
from heco.scenario.scenario import Scenario

#: "Just before the end of a cycle": a billionth of a year.
JUST_BEFORE = 1e-9

#: Layers of changed values, the outermost first: the scenario's, the strategy's, the branches'.
Settings = tuple[Mapping[str, Expr], ...]


class Moment(dict[str, float]):
    """What the words for time stand for, and what has been worked out for this moment already."""

    def __init__(self, **words: float) -> None:
        super().__init__(words)
        self.known: dict[tuple[str, tuple[int, ...]], float] = {}


@dataclass
class Told:
    """What happens under one strategy in one draw, per person of the cohort."""

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
    events: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    years_in: dict[str, float] = field(default_factory=lambda: defaultdict(float))


class Pathway:
    """One strategy of a scenario in one draw: names, dates, one-offs and the tree.

    Parameters
    ----------
    scenario : Scenario
        The words.
    strategy : str
        Which strategy.
    draw : mapping of str to float
        Values of parameters; those not among them have their deterministic value.
    """

    def __init__(self, scenario: Scenario, strategy: str, draw: Mapping[str, float]) -> None:
        self.scenario = scenario
        self.strategy = scenario.strategies[strategy]
        self.draw = {**certain(scenario), **draw}
        self.told = Told()
        self.outside: Settings = (scenario.overrides, scenario.within)
        self.settings: Settings = (*self.outside, self.strategy.set)
        time = scenario.time
        self.length = time.cycle.years if time.cycle else Fraction(1)
        self.cycles = cycles(scenario)
        self.spans = {name: self._longest(name) for name in scenario.states}
        self.moments: dict[tuple[int, bool, int], Moment] = {}
        self.tables = {
            name: (
                table.keys.tolist(),
                next(iter(table.columns.values())).tolist(),
                table.method,
                table.beyond,
            )
            for name, table in scenario.tables.items()
        }

    # -- what a formula is worth -----------------------------------------------------------------

    def value(self, formula: Expr, moment: Moment, settings: Settings | None = None) -> float:
        """Return what a formula is worth at a moment."""
        here = self.settings if settings is None else settings
        return worth(
            formula,
            lambda name: self.name(name, moment, here),
            lambda name, at: self.read(name, at, moment, here),
        )

    def read(self, name: str, at: float, moment: Moment, settings: Settings) -> float:
        """Return what a parameter is worth elsewhere than at the moment."""
        moved = Moment(**moment)
        for word in clock_words_of(self.scenario.parameters, name):
            moved[word] = at
        return self.name(name, moved, settings)

    def name(self, name: str, moment: Moment, settings: Settings) -> float:
        """Return what a name stands for at a moment."""
        if name in moment:
            return moment[name]
        key = (name, tuple(map(id, settings)))
        if key not in moment.known:
            moment.known[key] = self._name(name, moment, settings)
        return moment.known[key]

    def _name(self, name: str, moment: Moment, settings: Settings) -> float:
        for level in reversed(range(len(settings))):
            if name in settings[level]:
                # A setting sees the world outside of it.
                return self.value(settings[level][name], moment, settings[:level])
        if name in self.draw:
            return self.draw[name]
        if name not in self.scenario.parameters:
            raise Undefined(f"{name} is not a parameter")
        parameter = self.scenario.parameters[name]
        if parameter.expr is not None:
            return self.value(parameter.expr, moment, settings)
        if parameter.table is None or name not in self.tables:
            raise Undefined(f"{name} is known in a way that the reference cannot read")
        return self.look_up(name, self.name(parameter.table.by, moment, settings))

    def look_up(self, name: str, at: float) -> float:
        """Return a value of a table."""
        keys, values, method, beyond = self.tables[name]
        slack = 1e-12 * max(1.0, abs(at))
        # A row of steps is as wide as the one before it; lines end at the last key.
        wide = 0.0 if method == "linear" or len(keys) == 1 else keys[-1] - keys[-2]
        end = keys[-1] + wide
        past = at > end + slack if wide == 0.0 else at >= end - slack
        if beyond == "error" and (at < keys[0] - slack or past):
            raise Undefined(f"{name} has no value at {at:g}")
        row = min(max(bisect_right(keys, at + slack) - 1, 0), len(keys) - 1)
        if method == "step" or row == len(keys) - 1 or at <= keys[0]:
            return float(values[row])
        share = (at - keys[row]) / (keys[row + 1] - keys[row])
        return float(values[row] + share * (values[row + 1] - values[row]))

    def at_entry(self) -> Moment:
        """Return the words for time at the start of the model."""
        if (-1, False, 0) not in self.moments:
            self.moments[-1, False, 0] = Moment(
                time=0.0, cycle=0.0, age=self.scenario.time.start_age or 0.0,
                cycle_length=float(self.length),
            )  # fmt: skip
        return self.moments[-1, False, 0]

    def in_cycle(
        self, cycle: int, end: bool, started: bool, cycles_there: int, state: str
    ) -> Moment:
        """Return the words for time at one side of a cycle (counted from 0).

        Who started in the state has been there since time 0. Who came later is counted from the
        end of the cycle of the arrival, which closes the first cycle in the state.
        """
        date = float(self.length * (cycle + end)) - JUST_BEFORE * end
        longest = self.spans[state]
        elapsed = cycles_there if started or not end else cycles_there + 1
        elapsed = min(elapsed, longest if end else longest - 1)
        key = (cycle, end, elapsed)
        if key not in self.moments:
            self.moments[key] = Moment(
                time=date,
                age=(self.scenario.time.start_age or 0.0) + date,
                cycle=cycle + 1.0,
                cycle_length=float(self.length),
                state_time=float(self.length * elapsed) - JUST_BEFORE * end,
                state_cycle=elapsed + (0.0 if end else 1.0),
            )
        return self.moments[key]

    def _longest(self, state: str) -> int:
        track = self.scenario.states[state].track
        if track is None:
            return self.cycles
        span = track.years if track.cycles else track.years / self.length
        return min(self.cycles, math.ceil(span))

    # -- money and health at a date --------------------------------------------------------------

    def factor(self, years: float, outcome: str) -> float:
        """Return what one unit at a date is worth today."""
        return factor(self.scenario.time, years, outcome)

    def book(
        self, outcome: str, category: str, amount: float, date: float, year: int | None = None
    ) -> None:
        """Add an amount that falls at a date; ``year`` is the model year if not the date's."""
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
        """Return when something falls, in years; at once if nothing is said."""
        if at is None:
            return 0.0
        return float(at.years * self.length if at.cycles else at.years)

    def one_offs(self) -> None:
        """Book what a strategy costs once."""
        for event in self.strategy.one_off:
            people = 1.0
            if event.per == "cohort":
                assert self.scenario.population.size is not None
                people = self.value(self.scenario.population.size, self.at_entry(), self.outside)
            self.happen(event, self.at_entry(), self.settings, 1 / people, self.date(event.at),
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
        """Book an event that happens to so many people."""
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
        """Walk the tree and return who enters which state."""
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
        """Walk on from a chance node."""
        row = self.scenario.tree[node]
        moment = self.at_entry()
        chances = self.shares({key: branch.p for key, branch in row.items()}, settings, moment)
        for key, branch in row.items():
            here = people * chances[key]
            if here == 0.0:
                continue
            beyond = (*settings, branch.set)
            self.happen(branch, moment, beyond, here, self.date(branch.at), "pathway")
            for name in set(branch.count) - counted:
                self.told.shares[name] += here
            if branch.to in self.scenario.tree:
                self.walk(branch.to, here, beyond, counted | set(branch.count), entry)
            elif branch.to:
                entry[branch.to] += here

    def starts(self) -> dict[str, float]:
        """Return who starts in which state, without a tree."""
        written = self.strategy.starts or self.scenario.population.starts
        return self.shares(written, self.settings, self.at_entry())

    def arrivals_at_start(self, entry: Mapping[str, float]) -> None:
        """Book what starting in a state is worth."""
        for state, people in entry.items():
            arrival = self.scenario.states[state].on_entry
            if arrival is not None and arrival.at_start:
                for name in set(arrival.count):
                    self.told.events[name] += people
            if arrival is not None and arrival.at_start and people != 0.0:
                self.happen(arrival, self.at_entry(), self.settings, people, 0.0, "arrivals")
