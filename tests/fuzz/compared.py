"""A random scenario's numbers from the engine and from the scalar reference, side by side."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from model_building import as_text, build, filled
from random_models import random_model

from heco.model import Model
from heco.reference import Told, Twin
from heco.scenario.scenario import Scenario

#: Largest difference, relative to the largest number of the same kind in the scenario.
CLOSE = 1e-9
TOTALS = (
    "cost", "qaly", "life_years",
    "cost_undiscounted", "qaly_undiscounted", "life_years_undiscounted",
)  # fmt: skip
#: Draws by which a scenario is compared, beside its base case.
DRAWS = 2


class Detailed(Twin):
    """The reference, which also notes the state that each amount belongs to, and who enters."""

    def __init__(self, scenario: Scenario, strategy: str, draw: Mapping[str, float]) -> None:
        super().__init__(scenario, strategy, draw)
        self.here = ""
        self.by_state: dict[tuple[str, str], float] = defaultdict(float)
        self.spent: dict[str, float] = defaultdict(float)
        self.entry: Mapping[str, float] = {}
        self.passes = parts(scenario)

    def values(self, state: str) -> list[tuple[str, str, Any]]:
        self.here = state
        return super().values(state)

    def alive(self, state: str) -> bool:
        self.here = state
        return super().alive(state)

    def arrivals_at_start(self, entry: Mapping[str, float]) -> None:
        self.entry = dict(entry)
        for state, people in entry.items():
            self.here = state
            super().arrivals_at_start({state: people})
        self.here = ""

    def on_the_move(self, state: str, target: str, *rest: Any) -> None:
        whole = self.scenario
        for scenario, here in self.passes:
            self.scenario = scenario
            self.here = target if here == "target" else ""
            super().on_the_move(state, target, *rest)
        self.scenario, self.here = whole, ""

    def book(
        self, outcome: str, category: str, amount: float, date: float, year: int | None = None
    ) -> None:
        super().book(outcome, category, amount, date, year)
        self.by_state[outcome, self.here] += amount * self.factor(date, outcome)
        if outcome == "cost":
            self.spent[category] += amount


def parts(scenario: Scenario) -> list[tuple[Scenario, str]]:
    """Return a scenario three times, and whose each is: moves, arrivals, and what is counted."""
    nothing = {"cost": {}, "qaly": None}
    found = []
    for paid, arriving, counted, where in (
        (True, False, False, ""), (False, True, False, "target"), (False, False, True, ""),
    ):  # fmt: skip
        silent = {} if counted else {"count": ()}
        states = {
            name: state.model_copy(
                update={
                    "on_entry": state.on_entry
                    and state.on_entry.model_copy(update=silent | ({} if arriving else nothing))
                }
            )
            for name, state in scenario.states.items()
        }
        rows = {
            name: {
                to: move.model_copy(update=silent | ({} if paid else nothing))
                for to, move in row.items()
            }
            for name, row in scenario.transitions.items()
        }
        found.append((dataclasses.replace(scenario, states=states, transitions=rows), where))
    return found


def told(scenario: Scenario, strategy: str, draw: Mapping[str, float]) -> tuple[Told, Detailed]:
    """Return what the reference says of one strategy in one draw."""
    twin = Detailed(scenario, strategy, draw)
    return twin.tell(), twin


def pairs(model: Model, seed: int) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield every number twice: its kind, what it is, the engine's and the reference's."""
    scenario = model.scenario
    base = model.base()
    draws = model.sample(DRAWS, seed)
    both = base.replace({name: np.append(base.column(name), draws.column(name))
                         for name in draws.names})  # fmt: skip
    both = both.replace({name: np.repeat(base.column(name), DRAWS + 1)
                         for name in base.names if name not in draws.names})  # fmt: skip
    outcomes = model.evaluate(both, trace=True, yearly=True)
    yield "valid", "draws out of domain", float((~outcomes.valid).sum()), 0.0
    for i, strategy in enumerate(outcomes.strategies):
        for k in range(both.n):
            row = {name: float(both.column(name)[k]) for name in both.names}
            one, twin = told(scenario, strategy, row)
            said = f"{strategy}, draw {k}: "
            for name in TOTALS:
                kind = name.removesuffix("_undiscounted")
                yield kind, said + name, getattr(outcomes, name)[i, k], getattr(one, name)
            for what, ours, theirs, kind in (
                ("cost of ", outcomes.cost_by, one.cost_by, "cost"),
                ("undiscounted cost of ", outcomes.spend_by, twin.spent, "cost"),
                ("people counted as ", outcomes.shares, one.shares, "people"),
                ("events counted as ", outcomes.events, one.events, "people"),
            ):
                for name in sorted({*ours, *theirs}):
                    value = ours[name][i, k] if name in ours else 0.0
                    yield kind, said + what + name, value, theirs.get(name, 0.0)
            for outcome, state in sorted({*outcomes.by_state, *twin.by_state}):
                found = outcomes.by_state.get((outcome, state))
                value = 0.0 if found is None else found[i, k]
                name = f"{outcome} in {state or 'no state'}"
                yield outcome, said + name, value, twin.by_state.get((outcome, state), 0.0)
            for j, state in enumerate(outcomes.states):
                name = f"entering {state}"
                yield "people", said + name, outcomes.entry[i, j, k], twin.entry.get(state, 0.0)
            assert outcomes.yearly_cost is not None
            for year, value in enumerate(outcomes.yearly_cost[i, :, k]):
                yield "cost", f"{said}cost in year {year}", value, one.yearly_cost.get(year, 0.0)
            if outcomes.trace is not None and outcomes.states:
                for t, people in enumerate(one.trace):
                    for j, state in enumerate(outcomes.states):
                        name = f"people in {state} after cycle {t}"
                        yield "people", said + name, outcomes.trace[i, t, j, k], people[state]


def disagreements(model: Model, seed: int) -> list[str]:
    """Return every number on which engine and reference disagree, in words."""
    found = list(pairs(model, seed))
    scale = {"people": 1.0, "valid": 1.0}
    for kind, _, ours, theirs in found:
        if np.isfinite(ours) and np.isfinite(theirs):
            # People are known to 1e-16 of the cohort, so a hundredth of a day is known to that too.
            scale[kind] = max(scale.get(kind, 1e-4), abs(theirs), abs(ours))
    return [
        f"{what}: engine {float(ours)!r}, reference {float(theirs)!r}"
        for kind, what, ours, theirs in found
        if not abs(ours - theirs) <= CLOSE * scale.get(kind, 1.0)
    ]


def toml_of(seed: int) -> str:
    """Return a random scenario as a file that can be run."""
    return as_text(filled(random_model(seed)))


def model_of(seed: int) -> Model:
    """Return the model of a random scenario."""
    return build(random_model(seed))
