"""The engine against its slow twin: counts, rates that change, tables read elsewhere, groups.

The random scenarios of the other tests are given counts on moves and arrivals, discount rates that
change, tables read elsewhere than at the present, and groups of people.
"""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_building import build, rows
from numpy.testing import assert_allclose
from random_scenarios import scenarios

from heco.reference import twins

TOTALS = (
    "cost", "qaly", "life_years",
    "cost_undiscounted", "qaly_undiscounted", "life_years_undiscounted",
)  # fmt: skip
some = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
words = st.lists(st.sampled_from(["seen", "moved", "ill"]), unique=True, max_size=2)
elsewhere = st.sampled_from(["time / 2", "6.5", "3 * share_a", "max(0, time - 0.25)"])


@st.composite
def adorned(draw: Any) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Draw a scenario that counts, changes its rates, reads tables elsewhere, and has groups."""
    found, draws = draw(scenarios())
    data = copy.deepcopy(found)
    for row in data["transitions"].values():
        for target, move in row.items():
            made = dict(move) if isinstance(move, dict) else {"p": move}
            made["count"] = draw(words)
            row[target] = made
    for state in data["states"].values():
        if draw(st.booleans()):
            state["on_entry"] = {**state.get("on_entry", {}), "count": draw(words)}
        if "cost" not in state and draw(st.booleans()):
            state["cost"] = f"money * at(looked_up, {draw(elsewhere)})"
    steps = [{"rate": draw(st.sampled_from([0.0, 0.035, 0.2]))}]
    for months in sorted(draw(st.sets(st.integers(1, 60), max_size=3))):
        rate = draw(st.sampled_from([0.0, 0.01, 0.05]))
        steps.append({"rate": rate, "after": f"{months} months"})
    both = draw(st.booleans())
    data["time"]["discount"] = steps if both else {"cost": 0.05, "qaly": steps}
    if draw(st.booleans()):
        data["groups"] = {
            "some": {"share": "share_a", "set": {"share_b": "share_b / 2"}, "start_age": 55},
            "others": {"share": "rest", "set": {"money": "money + 7"}},
        }
    lived = [
        name
        for name, state in data["states"].items()
        if not state.get("absorbing") or "utility" in state or "cost" in state
    ]
    data["measures"] = {
        f"in_{name}": {"value": f"life_years_undiscounted.{name}"} for name in lived
    }
    return data, draws


@some
@given(adorned())
def test_the_engine_agrees_with_its_slow_twin(found):
    data, draws = found
    model = build(copy.deepcopy(data))
    columns = {name: [draw[name] for draw in draws] for name in draws[0]}
    outcomes = model.evaluate(rows(**columns), trace=True, yearly=True)
    assert outcomes.valid.all(), outcomes.out_of_domain
    told = twins(model.scenario, draws)
    for i, strategy in enumerate(outcomes.strategies):
        for k, twin in enumerate(told[strategy]):
            for name in TOTALS:
                ours, theirs = getattr(outcomes, name)[i, k], getattr(twin, name)
                assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9, err_msg=name)
            assert set(twin.events) <= set(outcomes.events)
            for name, events in outcomes.events.items():
                assert_allclose(events[i, k], twin.events.get(name, 0.0), rtol=1e-9, atol=1e-12)
            for name, years in outcomes.years_in.items():
                assert_allclose(years[i, k], twin.years_in.get(name, 0.0), rtol=1e-9, atol=1e-12)
            for name, share in twin.shares.items():
                assert_allclose(outcomes.shares[name][i, k], share, rtol=1e-9)
            trace = [[row[state] for state in outcomes.states] for row in twin.trace]
            assert_allclose(outcomes.trace[i, :, :, k], trace, rtol=1e-9, atol=1e-12)
            for year in range(outcomes.yearly_cost.shape[1]):
                expected = twin.yearly_cost[year]
                assert_allclose(outcomes.yearly_cost[i, year, k], expected, rtol=1e-9, atol=1e-9)
