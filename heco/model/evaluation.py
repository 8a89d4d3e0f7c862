"""One evaluation: blocks of draws through tree and cohort, gathered into outcomes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.model.checks import broken_conditions, verify
from heco.model.clock import tunnels
from heco.model.kernel import Walk
from heco.model.ledger import Account, Ledger
from heco.model.names import BEFORE_END
from heco.model.operations import Workspace
from heco.model.plan import Key, Plan, StrategyPlan
from heco.model.totals import Totals
from heco.model.watch import Watch
from heco.model.weights import all_weights, dated_rows
from heco.outcomes import Array, Outcomes
from heco.sampling import Draws

if TYPE_CHECKING:
    from heco.model.model import Model

#: Draws worked on at once: long enough that NumPy's call costs little, short enough for caches.
BLOCK = 2048
#: Most numbers in a value that varies by cycle and draw, within a chunk of cycles.
CHUNK = 65_536
#: Most numbers in the people of a chunk of cycles.
PEOPLE = 2_097_152


class Evaluation:
    """The state of one call of `Model.evaluate`."""

    def __init__(
        self,
        model: Model,
        plan: Plan,
        draws: Draws,
        *,
        trace: bool,
        yearly: bool | int,
        memory_mb: float,
        space: Workspace,
    ) -> None:
        self.model = model
        self.scenario = model.scenario
        self.plan = plan
        self.draws = draws
        self.n = draws.n
        self.clock = plan.clock
        self.years = self._years(yearly)
        self.weights = all_weights(self.scenario.time, self.clock, self.years) if self.clock else {}
        self.watch = Watch(plan, self.n)
        self.space = space
        self.totals = Totals(plan, self.years, self.n)
        count = len(plan.strategies)
        states = tuple(self.scenario.states)
        self.entry = np.zeros((count, len(states), self.n))
        self.shares: dict[str, Array] = {}
        self.population = np.empty(self.n) if plan.population is not None else None
        self.trace = None
        if trace and self.clock:
            self.trace = np.zeros((count, self.clock.cycles + 1, len(states), self.n))
        self.averages: dict[tuple[str, str, str, int], tuple[Array, Array]] = {}
        self.ledgers = [Ledger(item, self.weights) for item in plan.strategies if self.clock]
        self.block, self.chunk = self._sizes(memory_mb)
        self.chunks = self._chunks()

    def _years(self, asked: bool | int) -> int:
        """Return how many model years are kept apart: all, or as many first ones as asked."""
        if not asked:
            return 0
        dates = [amount.years for plan in self.plan.strategies for amount in plan.amounts]
        span = float(self.clock.length * self.clock.cycles) if self.clock else 0.0
        every = max(1, math.ceil(span - 1e-9), *(math.floor(date) + 1 for date in dates), 1)
        return every if asked is True else min(every, asked)

    def _sizes(self, memory_mb: float) -> tuple[int, int]:
        """Return draws per block and cycles per chunk that respect the memory cap."""
        block = min(BLOCK, max(self.n, 1))
        if not self.clock:
            return block, 1
        program = self.plan.program
        micro = [len(plan.cohort.layout.micro) for plan in self.plan.strategies]
        sums = sum(2 * ledger.rows * size for ledger, size in zip(self.ledgers, micro, strict=True))
        always = program.static + sums + sum(micro)
        by_cycle = program.moving + max(micro) + 1
        chunk = max(1, min(self.clock.cycles, CHUNK // block, PEOPLE // (block * max(micro))))
        while block * (always + (chunk + 1) * by_cycle) * 8 > memory_mb * 1e6:
            if chunk > 1:
                chunk = (chunk + 1) // 2
            elif block > 1:
                block = (block + 1) // 2
            else:
                break
        return block, chunk

    def run(self) -> Outcomes:
        """Work through all blocks and return the outcomes."""
        with np.errstate(all="ignore"):  # what goes wrong in some draws is found and counted
            for first in range(0, self.n, self.block):
                self._block(slice(first, min(first + self.block, self.n)))
        return self._outcomes()

    # -- one block ---------------------------------------------------------------------------

    def _block(self, block: slice) -> None:
        plan, program = self.plan, self.plan.program
        columns: dict[str, Any] = {}
        for name, row in zip(self.draws.names, self.draws.values, strict=True):
            if name in plan.names.columns:
                columns[name] = row[block] if plan.names.columns[name] else float(row[0])
        watch, space, draws = self.watch, self.space, block.stop - block.start
        watch.block = block
        values, masks = program.start(columns, watch)
        if plan.population is not None and self.population is not None:
            self.population[block] = values[plan.population.index]
        for position, strategy in enumerate(plan.strategies):
            self._pathway(position, strategy, values, block)
        if not self.clock:
            return
        walks: list[Walk] = []
        for strategy in plan.strategies:
            walks.append(Walk(strategy.cohort, self._start(strategy, values, draws), space))
        accounts = [Account(ledger, space) for ledger in self.ledgers]
        for cycles, now in self.chunks:
            watch.cycles = cycles
            epochs = program.step(values, masks, now, watch, space, draws)
            for position, (walk, account) in enumerate(zip(walks, accounts, strict=True)):
                occupancy = walk.step(len(cycles), values, epochs)
                account.collect(occupancy, cycles, values, epochs)
                if self.trace is not None:
                    self._keep_trace(position, occupancy, cycles, block)
        for position, account in enumerate(accounts):
            for key, amount in account.finish(values).items():
                self.totals.add(key, position, block, amount)

    def _chunks(self) -> list[tuple[range, dict[tuple[str, str], Array]]]:
        """Return the cycles chunk by chunk, each with what the words for time stand for."""
        if self.clock is None:
            return []
        length, age = self.clock.length, self.clock.start_age
        # Exact multiples: 24 cycles of a month are 2 years, not a rounding error less.
        boundary = np.array([float(length * c) for c in range(self.clock.cycles + 1)])[:, None]
        found = []
        for first in range(0, self.clock.cycles, self.chunk):
            cycles = range(first, min(first + self.chunk, self.clock.cycles))
            start = boundary[cycles.start : cycles.stop]
            end = boundary[cycles.start + 1 : cycles.stop + 1] - BEFORE_END
            words = {
                ("time", "start"): start,
                ("time", "end"): end,
                ("age", "start"): age + start,
                ("age", "end"): age + end,
                ("cycle", "start"): np.array(cycles, dtype=float)[:, None] + 1.0,
            }
            found.append((cycles, words))
        return found

    def _pathway(
        self,
        position: int,
        strategy: StrategyPlan,
        values: list[Any],
        block: slice,
    ) -> None:
        time = self.scenario.time
        draws = block.stop - block.start
        for amount in strategy.amounts:
            rate = time.discount.rates(amount.outcome)
            rows = dated_rows(amount.years, rate, time.discounting, self.years)
            value = np.broadcast_to(values[amount.node.index], (draws,))
            key = Key(amount.outcome, amount.category, "")
            self.totals.add(key, position, block, rows[:, None] * value)
        for key, arrivals in strategy.entries:
            rows = dated_rows(0.0, 0.0, time.discounting, self.years)
            value = np.broadcast_to(values[arrivals.index], (draws,))
            self.totals.add(key, position, block, rows[:, None] * value)
        for name, share in strategy.shares.items():
            if name not in self.shares:
                self.shares[name] = np.zeros((len(self.plan.strategies), self.n))
            self.shares[name][position, block] = values[share.index]
        for index, state in enumerate(self.scenario.states):
            if state in strategy.entry:
                self.entry[position, index, block] = values[strategy.entry[state].index]
        for (node, parameter), ways in strategy.averages.items():
            for way, pair in enumerate(ways.values()):
                where = (strategy.name, node, parameter, way)
                if where not in self.averages:
                    self.averages[where] = (np.empty(self.n), np.empty(self.n))
                for kept, made in zip(self.averages[where], pair, strict=True):
                    kept[block] = values[made.index]

    def _start(self, strategy: StrategyPlan, values: list[Any], draws: int) -> Array:
        layout = strategy.cohort.layout
        people = np.zeros((len(layout.micro), draws))
        for state, share in strategy.entry.items():
            people[layout.start[state]] = values[share.index]
        return people

    def _keep_trace(self, position: int, occupancy: Array, cycles: range, block: slice) -> None:
        assert self.trace is not None
        states = list(self.scenario.states)
        where = slice(cycles.start, cycles.stop + 1)
        target = self.trace[position, where, :, block]
        target[...] = 0.0
        layout = self.plan.strategies[position].cohort.layout
        for micro, (state, *_) in enumerate(layout.micro):
            target[:, states.index(state)] += occupancy[:, micro]

    # -- gathering ---------------------------------------------------------------------------

    def _outcomes(self) -> Outcomes:
        totals = self.totals
        sizes = tunnels(self.scenario, self.clock) if self.clock else {}
        discounted, undiscounted = totals.discounted(), totals.undiscounted()
        outcomes = Outcomes(
            strategies=tuple(plan.name for plan in self.plan.strategies),
            cost=totals.outcome("cost", discounted),
            qaly=totals.outcome("qaly", discounted),
            life_years=totals.outcome("life_years", discounted),
            cost_undiscounted=totals.outcome("cost", undiscounted),
            qaly_undiscounted=totals.outcome("qaly", undiscounted),
            life_years_undiscounted=totals.outcome("life_years", undiscounted),
            cost_by={place[1]: part for place, part in discounted.items() if place[0] == "cost"},
            spend_by={place[1]: part for place, part in undiscounted.items() if place[0] == "cost"},
            by_state=totals.by_state(),
            shares=self.shares,
            entry=self.entry,
            states=tuple(self.scenario.states),
            population=self.population,
            valid=~self.watch.bad,
            out_of_domain=self.watch.report(),
            trace=self.trace,
            yearly_cost=totals.yearly_total(),
            yearly_cost_by=totals.yearly(),
            tunnels={name: size for name, size in sizes.items() if size > 1},
            detail=totals.detail(),
            events=totals.events(),
            years_in=totals.years_in(),
            noted=self.watch.kept(),
        )
        for place, broken in list(broken_conditions(self.model, self.draws, outcomes)):
            found = (*outcomes.out_of_domain, place)
            outcomes = replace(outcomes, valid=outcomes.valid & ~broken, out_of_domain=found)
        verify(self.model, self.draws, outcomes, self.averages)
        return outcomes
