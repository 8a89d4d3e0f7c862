"""The bench: a scenario, its base case, a few draws, and ways to run altered versions of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from heco.analysis import run_scenario
from heco.analysis.context import Sample, base_sample, psa_sample
from heco.model import Model, compile_model
from heco.outcomes import Array, Outcomes
from heco.reference import Told, tell
from heco.result import RunResult
from heco.sampling import Draws
from heco.scenario.scenario import Scenario
from heco.verify import alter
from heco.verify.check import NotApplicable

#: Draws beside the base case in which most checks are made.
FEW = 3
#: The totals of a strategy.
TOTALS = (
    "cost", "qaly", "life_years",
    "cost_undiscounted", "qaly_undiscounted", "life_years_undiscounted",
)  # fmt: skip
#: Cycles times states and strategies that the reference is asked to go through, at most.
PATIENCE = 60_000
#: Cycles times micro-states of all strategies that are looked at, at most.
LARGEST = 40_000


class Bench:
    """A scenario on the bench.

    Parameters
    ----------
    scenario : Scenario
        The words.
    draws, seed : int
        Of the checks on the probabilistic analysis.
    """

    def __init__(self, scenario: Scenario, draws: int = 1_000, seed: int | None = None) -> None:
        psa = scenario.analysis.psa
        self.scenario, self.whole = scenario, 0
        self.model: Model = compile_model(scenario)
        self._cut_short()
        self.sample: Sample = base_sample(self.model)
        self.n = draws
        self.design = psa.design if psa else "random"
        self.seed = (psa.seed if psa else 1) if seed is None else seed

    def _cut_short(self) -> None:
        """Keep fewer cycles of a model that is so large that the checks would take minutes."""
        cycles = self.cycles_of(self.model)
        while cycles > 2 and cycles * self._micro() > LARGEST:
            self.whole = self.whole or cycles
            cycles = max(2, cycles * 3 // 4)
            self.scenario = alter.lasting(self.scenario, cycles)
            self.model = compile_model(self.scenario)

    def _micro(self) -> int:
        """Return the number of micro-states of all strategies."""
        plan = self.model.plan(self.model.base())
        return sum(len(one.cohort.layout.micro) for one in plan.strategies)

    @staticmethod
    def cycles_of(model: Model) -> int:
        """Return the number of cycles of a model; 0 for a tree alone."""
        clock = model.plan(model.base()).clock
        return clock.cycles if clock else 0

    # -- what there is ---------------------------------------------------------------------------

    @property
    def uncertain(self) -> bool:
        """Return whether any parameter is uncertain."""
        return any(parameter.uncertain for parameter in self.scenario.parameters.values())

    @property
    def cycles(self) -> int:
        """Return the number of cycles that are looked at; 0 for a tree alone."""
        return self.cycles_of(self.model)

    @property
    def wtp(self) -> tuple[float, ...]:
        """Return the willingness to pay at which decisions are looked at."""
        return tuple(self.scenario.decision.wtp) or (20_000.0, 30_000.0)

    def effects(self, outcomes: Outcomes) -> Array:
        """Return the effect that is judged, shape (strategy, draw)."""
        return outcomes.effect(self.scenario.decision.effect)

    def needs_states(self) -> None:
        """Go no further without a cohort."""
        if not self.scenario.states:
            alone = ": the model is a tree alone" if self.scenario.tree else ""
            raise NotApplicable(f"there are no states{alone}")

    def needs_options(self) -> None:
        """Go no further with one strategy only."""
        if not self.scenario.options:
            raise NotApplicable("there is one strategy only")

    def needs_draws(self) -> None:
        """Go no further where nothing is uncertain."""
        if not self.uncertain:
            raise NotApplicable("no parameter is uncertain")
        if not self.n:
            raise NotApplicable("no draws were asked for")

    # -- running ---------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> Draws:
        """Return the base case and a few draws, all of them in their domain."""
        base = self.model.base(1 + (FEW if self.uncertain else 0))
        if not self.uncertain:
            return base
        drawn = self.model.sample(FEW, self.seed)
        rows = base.replace(
            {
                name: np.concatenate([self.sample.draws.column(name), drawn.column(name)])
                for name in drawn.names
            }
        )
        valid = self.model.evaluate(rows).valid
        return rows if valid.all() else rows.take(np.flatnonzero(valid))

    @cached_property
    def base(self) -> Outcomes:
        """Return what happens in the base case and in a few draws, with who is where."""
        return self.model.evaluate(self.rows, trace=True, yearly=True)

    def run(self, scenario: Scenario, rows: Draws | None = None, **asked: Any) -> Outcomes:
        """Return what happens in an altered scenario, for the same rows."""
        # Compiled for these columns only, not for those of the base case as well.
        outcomes = Model(scenario).evaluate(self.rows if rows is None else rows, **asked)
        if not outcomes.valid.all():
            place = outcomes.out_of_domain[0]
            raise NotApplicable(f"the altered model leaves its domain: {place.where} {place.what}")
        return outcomes

    def once(self, scenario: Scenario, **asked: Any) -> Outcomes:
        """Return what happens in the base case of an altered scenario."""
        return self.run(scenario, self.sample.draws, **asked)

    def told(self, scenario: Scenario, strategy: str) -> Told:
        """Return what the reference says of the base case of a strategy."""
        return tell(scenario, strategy)

    def within_patience(self) -> tuple[Scenario, int]:
        """Return the scenario, cut short if the reference would take too long, and its cycles."""
        cycles = self.cycles
        if not cycles:
            return self.scenario, 0
        each = len(self.scenario.states) * len(self.scenario.strategies)
        tunnels = sum(size - 1 for size in self.model.tunnels.values())
        each += tunnels * len(self.scenario.strategies)
        most = max(2, PATIENCE // each)
        if cycles <= most:
            return self.scenario, cycles
        return alter.lasting(alter.freed(self.scenario), most), most

    def ask(
        self, scenario: Scenario, only: Collection[str], draws: int = 0, **decision: Any
    ) -> RunResult:
        """Return what some analyses say of an altered scenario."""
        words = scenario.decision.model_copy(update=decision)
        asked = replace(scenario, decision=words)
        return run_scenario(asked, draws=draws, seed=self.seed, only=only)

    @cached_property
    def many(self) -> Sample:
        """Return many draws, all in their domain."""
        self.needs_draws()
        return psa_sample(self.model, self.n, self.seed, self.design)[0]
