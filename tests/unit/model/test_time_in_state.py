"""Time in state: the automatic tunnels against a semi-Markov recursion written out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from model_building import base, build, rows
from numpy.testing import assert_allclose

from heco.errors import ScenarioError
from heco.model.clock import clockwork
from heco.model.layout import lay_out

CYCLES, LENGTH = 6, 0.5

MODEL = """
[time]
cycle = "6 months"
horizon = "3 years"
cycle_counting = "half-cycle"
discount = { cost = 0.05, qaly = 0.02 }
[population]
starts = { well = 0.8, ill = "rest" }
[parameters]
p_ill = { fixed = 0.3 }
p_back = { expr = "0.5 / state_cycle" }
p_die = { expr = "where(state_time < 1, 0.02, 0.2)" }
[states]
well = { utility = 0.9 }
ill = { utility = "0.4 + 0.1 * state_time", cost = { care = "100 * state_cycle" } }
dead = { absorbing = true }
[transitions]
well = { ill = "p_ill", well = "rest" }
ill = { well = "p_back", dead = "p_die", ill = "rest" }
"""


def semi_markov(p_ill, longest=CYCLES):
    """Follow people by how they came to be ill (at the start, or later) and for how long.

    Keys are (came later, whole cycles since then); beyond `longest` cycles nothing is told apart.
    """
    well, ill, dead = 0.8, {(False, 0): 0.2}, 0.0
    history = [(well, ill, dead)]
    for _ in range(CYCLES):
        after = {(True, 0): well * p_ill}
        new_well, new_dead = well * (1 - p_ill), dead
        for (later, elapsed), people in ill.items():
            told = min(elapsed, longest - 1)
            back = 0.5 / (told + 1)
            die = 0.02 if told * LENGTH < 1 else 0.2
            new_well += people * back
            new_dead += people * die
            after[later, elapsed + 1] = people * (1 - back - die)
        well, ill, dead = new_well, after, new_dead
        history.append((well, ill, dead))
    return history


def summed(history):
    """Return the trace, shape (boundary, state)."""
    return [[well, sum(ill.values()), dead] for well, ill, dead in history]


def expected(history, longest=CYCLES, weights=(0.5, 0.5)):
    """Return cost, QALYs and life years, every value read at the side where people are counted.

    Who started ill has been ill for as long as the model runs. Who came later is counted from
    the end of the cycle of the arrival on: that end closes a first cycle in the state.
    """
    cost = qaly = life = 0.0
    for c in range(CYCLES):
        for side in (0, 1):
            well, ill, _ = history[c + side]
            d_cost, d_qaly = (weights[side] * LENGTH * (1 + r) ** -((c + side) * LENGTH)
                              for r in (0.05, 0.02))  # fmt: skip
            qaly += d_qaly * 0.9 * well
            life += d_qaly * well
            for (later, elapsed), people in ill.items():
                if side == 0:
                    time, number = min(elapsed, longest - 1), min(elapsed, longest - 1) + 1
                else:
                    time = number = min(elapsed + later, longest)
                cost += d_cost * people * 100 * number
                qaly += d_qaly * people * (0.4 + 0.1 * time * LENGTH)
                life += d_qaly * people
    return cost, qaly, life


def found(outcomes, draw=0):
    return outcomes.cost[0, draw], outcomes.qaly[0, draw], outcomes.life_years[0, draw]


@pytest.mark.parametrize(
    ("method", "weights"), [("half-cycle", (0.5, 0.5)), ("start", (1, 0)), ("end", (0, 1))]
)
def test_totals_and_trace_are_those_of_the_semi_markov_recursion(method, weights):
    model = build(MODEL, time={"cycle_counting": method})
    outcomes = base(model, trace=True)
    history = semi_markov(0.3)
    assert_allclose(outcomes.trace[0, :, :, 0], summed(history), rtol=1e-13)
    assert_allclose(found(outcomes), expected(history, weights=weights), rtol=1e-8)
    assert outcomes.tunnels == model.tunnels == {"ill": CYCLES}


def test_draws_follow_the_recursion_each_by_itself():
    model = build(MODEL)
    p_ill = np.array([0.0, 0.1, 0.3, 1.0])
    outcomes = model.evaluate(rows(p_ill=p_ill))
    for draw, p in enumerate(p_ill):
        assert_allclose(found(outcomes, draw), expected(semi_markov(p)), rtol=1e-8)


@pytest.mark.parametrize("track", ["18 months", "3 cycles", "1.5 years"])
def test_those_who_stay_longer_than_track_are_treated_alike(track):
    ill = {"utility": "0.4 + 0.1 * state_time", "cost": {"care": "100 * state_cycle"}}
    model = build(MODEL, states={"ill": {**ill, "track": track}})
    outcomes = base(model, trace=True)
    history = semi_markov(0.3, 3)
    assert outcomes.tunnels == {"ill": 3}
    assert_allclose(outcomes.trace[0, :, :, 0], summed(history), rtol=1e-13)
    assert_allclose(found(outcomes), expected(history, 3), rtol=1e-8)


@pytest.mark.parametrize("method", ["start", "end", "half-cycle", "life-table"])
@pytest.mark.parametrize("start", ["ill", "well"])
def test_a_treatment_of_two_years_in_a_state_costs_two_years(method, start):
    # Whether people start in the state, or all arrive in the first cycle and stay.
    model = build(
        MODEL,
        time={"cycle_counting": method, "discount": "none", "horizon": "8 years"},
        population={"starts": {start: 1}},
        parameters={"p_back": {"fixed": 0}, "p_die": {"fixed": 0}, "p_ill": {"fixed": 1}},
        states={"ill": {"cost": "where(state_time < 2, 1000, 0)"}},
    )
    assert_allclose(base(model).cost[0, 0], 2000)


@pytest.mark.parametrize("method", ["start", "end", "half-cycle", "life-table", "simpson"])
def test_for_those_who_start_in_a_state_time_in_state_is_time(method):
    def total(word):
        value = f"50 + 10 * {word} ^ 2 - where({word} < 1, 20, 0)"
        return base(
            build(
                MODEL,
                time={"cycle_counting": method},
                population={"starts": {"ill": 1}},
                parameters={"p_back": {"fixed": 0}, "p_die": {"fixed": 0.1}},
                states={"ill": {"utility": {"value": 0}, "cost": value}},
            )
        ).cost[0, 0]

    assert_allclose(total("state_time"), total("time"), rtol=1e-12)


def test_a_state_that_nobody_leaves_still_knows_how_long_people_are_there():
    model = build(
        MODEL,
        time={"discount": "none", "cycle_counting": "start"},
        population={"starts": {"well": 1, "ill": 0}},
        parameters={"p_ill": {"fixed": 1}},
        states={"ill": {"absorbing": True, "cost": {"value": "state_cycle", "per": "cycle"}}},
        transitions={"ill": {"ill": 1}},
    )
    assert_allclose(base(model).cost[0, 0], 1 + 2 + 3 + 4 + 5)
    assert base(model).life_years[0, 0] == pytest.approx(3)


def test_a_model_that_does_not_ask_for_time_in_state_is_not_expanded():
    model = build(
        MODEL,
        parameters={"p_back": {"fixed": 0.1}, "p_die": {"fixed": 0.1}},
        states={"ill": {"utility": 0.5}},
    )
    assert model.tunnels == {}


def test_a_table_by_time_in_state_expands_the_state_too():
    table = {"by": "state_cycle", "values": [[1, 0.02], [3, 0.2]]}
    model = build(MODEL, parameters={"p_die": {"table": {**table, "beyond": "last"}}})
    assert model.tunnels == {"ill": CYCLES}
    outcomes = base(model, trace=True)
    assert_allclose(outcomes.trace[0, :, :, 0], summed(semi_markov(0.3)), rtol=1e-13)


def test_time_in_state_starts_anew_after_every_arrival():
    # Ill for exactly two cycles, then well for one, and so on for ever.
    model = build(
        MODEL,
        population={"starts": {"ill": 1}},
        parameters={
            "p_back": {"expr": "state_cycle == 2"},
            "p_die": {"fixed": 0},
            "p_ill": {"fixed": 1},
        },
    )
    ill = base(model, trace=True).trace[0, :, 1, 0]
    assert_allclose(ill, [1, 1, 0, 1, 1, 0, 1])


def test_a_state_has_no_more_tunnels_than_its_people_need():
    model = build(MODEL)
    clock = clockwork(model.scenario)

    def tunnels(starters):
        micro = lay_out(model.scenario, clock, starters).micro
        return [(item.tunnel, item.started) for item in micro if item.state == "ill"]

    arrived = [(k, False) for k in range(1, CYCLES + 1)]
    started = [(k, True) for k in range(1, CYCLES + 1)]
    assert tunnels({"well"}) == arrived
    assert tunnels({"well", "ill"}) == started + arrived
    closed = build(MODEL, transitions={"well": {"dead": "p_ill", "well": "rest"}})
    micro = lay_out(closed.scenario, clock, {"ill"}).micro
    # Nobody comes later: one tunnel for those who have stayed to the end is enough.
    ill = [(item.tunnel, item.started) for item in micro if item.state == "ill"]
    assert ill == [*started, (CYCLES, False)]


def test_the_cap_on_tunnels_is_stated_and_can_be_raised():
    with pytest.raises(ScenarioError, match=r"would need 6 tunnel states, over the limit of 5"):
        build(MODEL, time={"max_tunnel": 5})
    assert build(MODEL, time={"max_tunnel": 6}).tunnels == {"ill": 6}


def test_rates_with_time_in_state():
    model = build(
        """
        [time]
        cycle = "1 year"
        horizon = "4 years"
        [population]
        starts = { well = 1 }
        [states]
        well = { utility = 1 }
        dead = { absorbing = true }
        [transitions]
        well = { well = "rest", dead = { rate = "0.1 * state_cycle" } }
        """
    )
    alive = base(model, trace=True).trace[0, :, 0, 0]
    assert_allclose(alive, np.exp(-0.1 * np.array([0, 1, 3, 6, 10])))


def test_time_in_state_does_not_go_with_the_matrix_exponential():
    with pytest.raises(ScenarioError, match="matrix-exponential"):
        build(
            """
            [time]
            cycle = "1 year"
            horizon = "4 years"
            exits = "matrix-exponential"
            [population]
            starts = { well = 1 }
            [states]
            well = { utility = 1 }
            dead = { absorbing = true }
            [transitions]
            well = { dead = { rate = "0.1 * state_cycle" } }
            """
        )


def test_a_range_of_a_parameter_is_judged_where_the_parameter_is_used():
    # 0.5 / state_cycle has no value outside of states; inside it is a probability everywhere.
    probability = {"expr": "0.5 / state_cycle", "unit": "probability"}
    outcomes = base(build(MODEL, parameters={"p_back": probability}))
    assert outcomes.valid.all()
    assert outcomes.out_of_domain == ()
