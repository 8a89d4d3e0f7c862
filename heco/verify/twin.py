"""V35: the engine against the reference, which shares no code with it."""

from __future__ import annotations

from heco.verify.bench import TOTALS, Bench
from heco.verify.check import EXACT, Check, Probe, Verdict


def _twin(bench: Bench) -> Verdict:
    scenario, cycles = bench.within_patience()
    probe = Probe()
    whole = cycles == bench.cycles
    outcomes = bench.base if whole else bench.once(scenario, trace=True, yearly=True)
    for i, strategy in enumerate(outcomes.strategies):
        told = bench.told(scenario, strategy)
        for total in TOTALS:
            probe.near(getattr(outcomes, total)[i, 0], getattr(told, total), f"{strategy}, {total}")
        for name, share in told.shares.items():
            found = outcomes.shares[name][i, 0] if name in outcomes.shares else 0.0
            probe.near(found, share, f"{strategy}, people counted as {name}")
        for name, events in told.events.items():
            found = outcomes.events[name][i, 0] if name in outcomes.events else 0.0
            probe.near(found, events, f"{strategy}, {name}, counted in the cohort")
        for name, lived in outcomes.years_in.items():
            probe.near(lived[i, 0], told.years_in.get(name, 0.0), f"{strategy}, years in {name}")
        for name, cost in told.cost_by.items():
            spent = outcomes.cost_by[name][i, 0] if name in outcomes.cost_by else 0.0
            probe.near(spent, cost, f"{strategy}, cost of {name}")
        if outcomes.trace is not None:
            there = [[row[state] for state in outcomes.states] for row in told.trace]
            probe.near(outcomes.trace[i, :, :, 0], there, f"{strategy}, people by state")
        if outcomes.yearly_cost is not None:
            years = range(outcomes.yearly_cost.shape[1])
            yearly = [told.yearly_cost.get(year, 0.0) for year in years]
            probe.near(outcomes.yearly_cost[i, :, 0], yearly, f"{strategy}, cost by year")
    if not whole:
        probe.say(f"over the first {cycles:,} of {bench.cycles:,} cycles")
    return probe.verdict()


CHECKS = (
    Check("V35", "reference", "A second, slow computation of the same words gives the same numbers",
          "anything in the engine that the other checks leave alone", EXACT, _twin),
)  # fmt: skip
