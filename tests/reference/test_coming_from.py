"""Each row of docs/coming-from.md: what a package does, written out by hand, is what the keys give.

The model is the HIV cohort of Briggs et al. 2006 (Example 2.5). Its trace is multiplied out below
in a few lines, and each package's convention is applied to it as plain arithmetic.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import heco
from heco.scenario.schema import Time

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "coming-from.md"
RATE = 0.06
COSTS = np.array([1701 + 1055 + 2278, 1774 + 1278 + 2278, 6948 + 2059 + 2278, 0.0])
ALIVE = np.array([1.0, 1.0, 1.0, 0.0])
COUNTS = np.array([[1251, 350, 116, 17], [0, 731, 512, 15], [0, 0, 1312, 437], [0, 0, 0, 1]])


def hand_trace(cycles=20):
    """Monotherapy: rows 0 to T of the trace."""
    matrix = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    rows = [np.array([1.0, 0, 0, 0])]
    for _ in range(cycles):
        rows.append(rows[-1] @ matrix)
    return np.array(rows)


def monotherapy(**time):
    """Cost and life years of monotherapy under other keys of [time]."""
    scenario = heco.load(HERE / "briggs2006_hiv" / "model.toml")
    written = {
        "cycle": "1 year",
        "horizon": "20 years",
        "cycle_counting": "end",
        "discount": {"cost": RATE, "qaly": RATE},
    }
    scenario = replace(scenario, time=Time(**{**written, **time}))
    model = heco.compile(scenario)
    outcomes = model.evaluate(model.base())
    row = outcomes.index("monotherapy")
    return float(outcomes.cost[row, 0]), float(outcomes.life_years[row, 0])


def hand(weights, factors, cycles=20):
    """Totals of a trace: weight of each row times the discount factor of each row."""
    trace = hand_trace(cycles)
    return float((trace @ COSTS) @ (weights * factors)), float(
        (trace @ ALIVE) @ (weights * factors)
    )


def small(text, **keys):
    """Outcomes of a small cohort in which everybody stays, or moves as the text says."""
    model = heco.compile(heco.load_text(text.format(**keys)))
    return model.evaluate(model.base())


SMALL = """
[time]
cycle = "{cycle}"
horizon = "{horizon}"
cycle_counting = "{counting}"
discount = {{cost = {rate}, qaly = {rate}}}
{more}
[states]
a = {{utility = "{utility}", cost = "{cost}"}}
b = {{utility = 0, alive = true}}
[transitions]
a = {{{moves}}}
b = {{b = "rest"}}
[strategies]
s = {{starts = {{a = 1}}}}
"""
PLAIN = {
    "cycle": "1 year", "horizon": "3 years", "counting": "end", "rate": 0, "more": "",
    "utility": "1", "cost": "0", "moves": 'a = "rest"',
}  # fmt: skip

t = np.arange(21)
FACTOR = (1 + RATE) ** -t


# ---- heemod -------------------------------------------------------------------------------------


def test_heemod_life_table():
    trace = hand_trace()
    counts = (trace[:-1] + trace[1:]) / 2
    by_hand = (counts @ COSTS) @ FACTOR[:-1], (counts @ ALIVE) @ FACTOR[:-1]
    found = monotherapy(cycle_counting="life-table", discount_timing="cycle-start")
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_heemod_beginning():
    weights = np.r_[np.ones(20), 0]
    assert monotherapy(cycle_counting="start") == pytest.approx(hand(weights, FACTOR), rel=1e-12)


def test_heemod_end():
    weights = np.r_[0, np.ones(20)]
    found = monotherapy(cycle_counting="end")
    assert found == pytest.approx(hand(weights, FACTOR), rel=1e-12)
    assert found[0] == pytest.approx(44663.4535636967, rel=1e-12)  # heemod 1.1.0, vignette i


def test_heemod_end_first_free():
    weights = np.r_[0, np.ones(20)]
    found = monotherapy(cycle_counting="end", discount_timing="cycle-start")
    assert found == pytest.approx(hand(weights, FACTOR * (1 + RATE)), rel=1e-12)


def test_heemod_per_cycle():
    more = 'values = "per cycle"'
    keys = {**PLAIN, "cycle": "1 month", "horizon": "12 cycles", "cost": "10", "more": more}
    assert small(SMALL, **keys).cost[0, 0] == pytest.approx(120)


def test_heemod_model_time():
    outcomes = small(SMALL, **{**PLAIN, "cost": "cycle"})
    assert outcomes.cost[0, 0] == pytest.approx(1 + 2 + 3)


def test_heemod_state_time():
    moves = 'b = 0.5, a = "rest"'
    outcomes = small(SMALL, **{**PLAIN, "counting": "start", "cost": "state_cycle", "moves": moves})
    assert outcomes.tunnels == {"a": 3}
    assert outcomes.cost[0, 0] == pytest.approx(1 * 1 + 0.5 * 2 + 0.25 * 3)


def test_heemod_state_time_end():
    # Everybody starts in the state and stays; its first cycle costs 1000, every other one 100.
    cost = "where(state_cycle == 1, 1000, 100)"
    # heemod: counts of tunnels 1, 2, ... at the start and at the end of each cycle.
    tunnels = np.eye(4)
    prices = np.array([1000.0, 100, 100, 100])
    by_tunnel = {
        "start": (tunnels[:-1] @ prices).sum(),
        "life-table": ((tunnels[:-1] + tunnels[1:]) / 2 @ prices).sum(),
        "end": (tunnels[1:] @ prices).sum(),
    }
    assert by_tunnel == {"start": 1200, "life-table": 750, "end": 300}
    for counting in by_tunnel:
        keys = {**PLAIN, "counting": counting, "cost": cost}
        assert small(SMALL, **keys).cost[0, 0] == pytest.approx(1200)


def test_heemod_cohort():
    keys = {**PLAIN, "cost": "10", "more": "[population]\nsize = 1000"}
    text = SMALL + '[measures.all]\nlabel = "Everybody"\nvalue = "spend"\n'
    model = heco.compile(heco.load_text(text.format(**keys)))
    outcomes = model.evaluate(model.base())
    assert outcomes.cost[0, 0] == pytest.approx(30)
    measure = model.scenario.measures["all"].value
    assert model.measure_values(model.base(), outcomes, measure, "s") == pytest.approx(30_000)


def lognormal(arguments):
    from heco.evidence.distributions import build

    return build("lognormal", arguments)


def test_heemod_lognormal():
    mean, sdlog = 0.509, 0.173
    family = lognormal({"meanlog": math.log(mean) - sdlog**2 / 2, "sdlog": sdlog})
    assert family.mean == pytest.approx(mean)


# ---- hesim --------------------------------------------------------------------------------------


def test_hesim_exponential():
    weights = np.r_[0, np.ones(20)]
    found = monotherapy(cycle_counting="end", discounting="exponential")
    assert found == pytest.approx(hand(weights, np.exp(-RATE * t)), rel=1e-12)


def test_hesim_riemann():
    cost, _ = monotherapy(cycle_counting="end", discounting="exponential")
    assert round(cost) == 44231  # hesim 0.5.6; with log(1.06) it would be the book's 44,663


def test_hesim_trapz():
    weights = np.r_[0.5, np.ones(19), 0.5]
    found = monotherapy(cycle_counting="half-cycle", discounting="exponential")
    assert found == pytest.approx(hand(weights, np.exp(-RATE * t)), rel=1e-12)


def test_hesim_lognormal():
    family = lognormal({"median": 0.509, "ci95": [0.365, 0.710]})
    half = float(family.ppf(np.array([0.5]))[0])
    assert half == pytest.approx(0.509)
    assert family.base == pytest.approx(0.509)


# ---- DARTH --------------------------------------------------------------------------------------


def test_darth_none():
    found = monotherapy(cycle_counting="start", horizon="21 years")
    assert found == pytest.approx(hand(np.ones(21), FACTOR), rel=1e-12)


def test_darth_half_cycle():
    weights = np.r_[0.5, np.ones(19), 0.5]
    found = monotherapy(cycle_counting="half-cycle")
    assert found == pytest.approx(hand(weights, FACTOR), rel=1e-12)


def test_darth_simpson():
    textbook = np.where(t % 2 == 1, 4 / 3, 2 / 3)
    textbook[[0, -1]] = 1 / 3
    swapped = np.where(t % 2 == 1, 2 / 3, 4 / 3)
    swapped[[0, -1]] = 1 / 3
    found = monotherapy(cycle_counting="simpson")
    assert found == pytest.approx(hand(textbook, FACTOR), rel=1e-12)
    assert found != pytest.approx(hand(swapped, FACTOR), rel=1e-3)


def test_darth_death_first():
    outcomes = small(SMALL, **{**PLAIN, "moves": 'b = "(1 - 0.1) * 0.2", a = "rest"'})
    assert outcomes.qaly[0, 0] == pytest.approx(sum(0.82**k for k in (1, 2, 3)))


def test_darth_rate_ratio():
    outcomes = small(SMALL, **{**PLAIN, "moves": 'b = "prob(0.105 * 0.6)", a = "rest"'})
    assert outcomes.qaly[0, 0] == pytest.approx(sum(math.exp(-0.063 * k) for k in (1, 2, 3)))


# ---- rdecision ----------------------------------------------------------------------------------


def test_rdecision_no_hcc():
    cost, years = monotherapy(cycle_counting="end", discount={"cost": RATE, "qaly": 0})
    # rdecision 1.3.0, vignette SM01, without half-cycle correction.
    assert (cost, years) == pytest.approx((44663.4535636967, 7.99120664584088), rel=1e-12)


def test_rdecision_hcc():
    trace = hand_trace()
    counts = (trace[:-1] + trace[1:]) / 2
    middle = (1 + RATE) ** -(t[:-1] + 0.5)
    by_hand = (counts @ COSTS) @ middle, (counts @ ALIVE) @ middle
    assert monotherapy(cycle_counting="life-table") == pytest.approx(by_hand, rel=1e-12)


def test_rdecision_mixed():
    keys = {"cycle_counting": {"cost": "end", "qaly": "life-table"}}
    cost, years = monotherapy(**keys, discount={"cost": RATE, "qaly": 0})
    # rdecision 1.3.0, vignette SM01: half-cycle correction of QALYs only.
    assert (cost, years) == pytest.approx((44663.4535636967, 8.47532486771703), rel=1e-12)


@pytest.mark.parametrize(("counting", "offset"), [("life-table", 0.5), ("end", 1.0)])
def test_rdecision_transition_cost(counting, offset):
    moves = 'b = {p = 0.5, cost = 100}, a = "rest"'
    keys = {**PLAIN, "moves": moves, "rate": 0.06, "counting": counting}
    by_hand = sum(100 * 0.5 ** (k + 1) * 1.06 ** -(k + offset) for k in range(3))
    assert small(SMALL, **keys).cost[0, 0] == pytest.approx(by_hand, rel=1e-12)


def test_rdecision_year():
    keys = {**PLAIN, "cycle": "1 day", "horizon": "1461 cycles"}
    assert small(SMALL, **keys).life_years[0, 0] == pytest.approx(4)


# ---- TreeAge ------------------------------------------------------------------------------------


def test_treeage_half_cycle():
    rewards = hand_trace() @ COSTS * FACTOR
    by_hand = rewards[0] / 2 + rewards[1:-1].sum() + rewards[-1] / 2
    assert monotherapy(cycle_counting="half-cycle")[0] == pytest.approx(by_hand, rel=1e-12)


def test_treeage_no_correction():
    rewards = hand_trace() @ COSTS * FACTOR
    found = monotherapy(cycle_counting="start")[0]
    assert found == pytest.approx(rewards[:-1].sum(), rel=1e-12)


def test_treeage_stage():
    outcomes = small(SMALL, **{**PLAIN, "cost": "cycle - 1"})
    assert outcomes.cost[0, 0] == pytest.approx(0 + 1 + 2)


# ---- Excel --------------------------------------------------------------------------------------


def test_excel_end_rows():
    cost, years = monotherapy(cycle_counting="end", discount={"cost": RATE, "qaly": 0})
    assert (f"{cost:.0f}", f"{years:.3f}") == ("44663", "7.991")  # Briggs 2006, Example 2.5


def test_excel_all_rows():
    found = monotherapy(cycle_counting="start", horizon="21 years")
    assert found == pytest.approx(hand(np.ones(21), FACTOR), rel=1e-12)


def test_excel_averaged_rows():
    trace = hand_trace()
    counts = (trace[:-1] + trace[1:]) / 2
    found = monotherapy(cycle_counting="life-table", discount_timing="cycle-end")
    by_hand = (counts @ COSTS) @ FACTOR[1:], (counts @ ALIVE) @ FACTOR[1:]
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_excel_yearly_factor():
    more = 'discounting = "annual-step"'
    keys = {**PLAIN, "cycle": "1 month", "counting": "start", "rate": 0.06, "cost": "12"}
    outcomes = small(SMALL, **{**keys, "horizon": "3 years", "more": more})
    assert outcomes.cost[0, 0] == pytest.approx(12 * (1 + 1 / 1.06 + 1 / 1.06**2), rel=1e-12)


def test_excel_monthly_rate():
    yearly = (1 + 0.06 / 12) ** 12 - 1
    keys = {**PLAIN, "cycle": "1 month", "horizon": "3 years", "rate": repr(yearly), "cost": "12"}
    by_hand = sum(1 / (1 + 0.06 / 12) ** n for n in range(1, 37))
    assert small(SMALL, **keys).cost[0, 0] == pytest.approx(by_hand, rel=1e-12)


def test_excel_separate_exits():
    text = SMALL.replace('b = {{b = "rest"}}', 'b = {{b = "rest"}}\nc = {{c = "rest"}}').replace(
        "[transitions]", "c = {{utility = 0, alive = true}}\n[transitions]"
    )
    one = small(text, **{**PLAIN, "moves": 'b = "prob(0.15)", c = "prob(0.06)", a = "rest"'})
    rates = 'b = {rate = 0.15}, c = {rate = 0.06}, a = "rest"'
    rival = small(text, **{**PLAIN, "horizon": "1 cycle", "moves": rates})
    stays = math.exp(-0.15) + math.exp(-0.06) - 1
    assert one.qaly[0, 0] == pytest.approx(stays + stays**2 + stays**3)
    assert rival.qaly[0, 0] == pytest.approx(math.exp(-0.21))


# ---- pyheor -------------------------------------------------------------------------------------


def test_pyheor_first_cycle():
    scenario = heco.load(HERE / "briggs2006_hiv" / "model.toml")
    time = scenario.time.model_copy(update={"discount_timing": "cycle-start"})
    model = heco.compile(replace(scenario, time=time))
    outcomes = model.evaluate(model.base())
    cost, years = np.diff(outcomes.cost[:, 0])[0], np.diff(outcomes.life_years[:, 0])[0]
    assert f"{cost / years:.2f}" == "6652.51"  # pyheor 0.4.1; the book has 6,275.96


# ---- The page -----------------------------------------------------------------------------------


def test_every_row_has_a_test_and_every_test_a_row():
    rows = re.findall(r"^\| ([a-z]+-[a-z-]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows)) > 25
    tests = {
        name[5:].replace("_", "-") for name in vars(sys.modules[__name__]) if name[:5] == "test_"
    }
    assert set(rows) == tests - {"every-row-has-a-test-and-every-test-a-row"}
