"""Each row of docs/structures.md: what published models are built of can be written, and is right.

Every test writes a small model with the structure of its row and compares it with a closed form, or
with the sum written out by hand. Tests are named after the rows.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import heco

PAGE = Path(__file__).parents[2] / "docs" / "structures.md"

HEAD = """
[decision]
title = "A structure"
{decision}

[time]
cycle          = "{cycle}"
horizon        = "{horizon}"
start_age      = 60
cycle_counting = "{counting}"
discount       = {discount}

[population]
size   = 1000
starts = {starts}

[strategies]
s = {{label = "S"}}
"""

FACT = '[parameters.{}]\nlabel = "{}"\n{}\nsource = "assumption: a structure"\n'


def fact(name, written):
    """A parameter: `written` is a line such as ``fixed = 0.1``."""
    return FACT.format(name, name, written)


def derived(name, formula):
    return f'[parameters.{name}]\nlabel = "{name}"\nexpr = "{formula}"\n'


def scenario(
    body,
    *,
    cycle="1 year",
    horizon="10 years",
    counting="start",
    discount='"none"',
    starts="{alive = 1}",
    comparator="",
):
    decision = f'comparator = "{comparator}"' if comparator else ""
    head = HEAD.format(
        cycle=cycle, horizon=horizon, counting=counting, discount=discount, starts=starts,
        decision=decision,
    )  # fmt: skip
    return head + body


def outcomes(body, trace=False, folder=None, **keys):
    text = scenario(body, **keys)
    if folder is None:
        loaded = heco.load_text(text)
    else:
        (folder / "model.toml").write_text(text, encoding="utf-8")
        loaded = heco.load(folder / "model.toml")
    model = heco.compile(loaded)
    return model.evaluate(model.base(), trace=trace)


def qaly(body, **keys):
    return float(outcomes(body, **keys).qaly[0, 0])


def cost(body, **keys):
    return float(outcomes(body, **keys).cost[0, 0])


def measured(body, name, **keys):
    loaded = heco.load_text(scenario(body, **keys))
    result = heco.run(loaded, draws=0)
    return [q.value for q in result.quantities if q.quantity == name]


ALIVE = """
[states]
alive = {{utility = 1}}
dead  = {{absorbing = true}}
[transitions.alive]
dead  = "{p}"
alive = "rest"
"""

years = np.arange(10)

# ---- Curves -------------------------------------------------------------------------------------

CURVES = {
    "surv_exp(T, 0.2)": lambda t: np.exp(-0.2 * t),
    "surv_weibull(T, 1.5, 6)": lambda t: np.exp(-((t / 6) ** 1.5)),
    "surv_gompertz(T, 0.1, 0.05)": lambda t: np.exp(-0.05 / 0.1 * (np.exp(0.1 * t) - 1)),
    "surv_llogis(T, 2, 5)": lambda t: 1 / (1 + (t / 5) ** 2),
    "surv_lnorm(T, 1.5, 0.8)": lambda t: np.array(
        [1 - 0.5 * math.erfc(-(math.log(x) - 1.5) / 0.8 / 2**0.5) if x else 1.0 for x in t]
    ),
    # A gamma of shape 2: exp(-x) (1 + x).
    "surv_gamma(T, 2, 0.5)": lambda t: np.exp(-0.5 * t) * (1 + 0.5 * t),
    # q = 1: Weibull of shape 1 / sigma and scale exp(mu).
    "surv_gengamma(T, 1.5, 0.5, 1)": lambda t: np.exp(-((t / math.exp(1.5)) ** 2)),
}


@pytest.mark.parametrize("curve", CURVES)
def test_curve_by_model_time(curve):
    before, after = curve.replace("T", "time"), curve.replace("T", "time + cycle_length")
    found = outcomes(ALIVE.format(p=f"prob_between({before}, {after})"), trace=True)
    np.testing.assert_allclose(found.trace[0, :, 0, 0], CURVES[curve](np.arange(11.0)), rtol=1e-9)


def test_curve_by_state_time():
    left = "surv_weibull({}, 2, 4)".format
    p = f"prob_between({left('state_time')}, {left('state_time + cycle_length')})"
    body = f"""
[states]
alive = {{utility = 0, alive = true}}
ill   = {{utility = 1}}
dead  = {{absorbing = true}}
[transitions.alive]
ill   = 0.3
alive = "rest"
[transitions.ill]
dead = "{p}"
ill  = "rest"
"""
    # Whoever falls ill at time n is still ill at time t with the probability S(t - n).
    by_hand = sum(
        0.3 * 0.7 ** (n - 1) * math.exp(-(((t - n) / 4) ** 2))
        for t in range(10)
        for n in range(1, t + 1)
    )
    assert qaly(body) == pytest.approx(by_hand, rel=1e-12)


AFTER = "at({}, time + cycle_length)".format


def test_curve_by_name():
    parts = derived("s", "surv_gompertz(time, 0.1, 0.05)")
    found = outcomes(parts + ALIVE.format(p=f"prob_between(s, {AFTER('s')})"), trace=True)
    by_hand = CURVES["surv_gompertz(T, 0.1, 0.05)"](np.arange(11.0))
    np.testing.assert_allclose(found.trace[0, :, 0, 0], by_hand, rtol=1e-9)


def test_curve_cure():
    parts = fact("cured", "fixed = 0.3")
    parts += derived("left", "cured + (1 - cured) * surv_exp(time, 0.5)")
    found = qaly(parts + ALIVE.format(p=f"prob_between(left, {AFTER('left')})"))
    assert found == pytest.approx((0.3 + 0.7 * np.exp(-0.5 * years)).sum(), rel=1e-12)


def test_curve_with_a_hazard_ratio():
    # A relative effect on one arm of a trial: the survival of the other, to a power.
    parts = derived("s0", "surv_weibull(time, 1.3, 5)") + derived("s1", "s0 ^ 0.7")
    found = qaly(parts + ALIVE.format(p=f"prob_between(s1, {AFTER('s1')})"))
    assert found == pytest.approx(np.exp(-0.7 * (years / 5) ** 1.3).sum(), rel=1e-12)


def test_curve_kaplan_meier():
    # Survival as read off a published curve, between whose points lines are drawn.
    points = [[0, 1], [1, 0.9], [2, 0.75], [4, 0.4], [6, 0.1]]
    table = f"table = {{by = 'time', values = {points}, lookup = 'linear'}}"
    p = "prob_between(km, at(km, time + cycle_length))"
    found = qaly(fact("km", table) + ALIVE.format(p=p), horizon="6 years")
    assert found == pytest.approx(1 + 0.9 + 0.75 + 0.575 + 0.4 + 0.25)
    monthly = qaly(fact("km", table) + ALIVE.format(p=p), cycle="1 month", horizon="6 years")
    curve = np.interp(np.arange(72) / 12, *zip(*points, strict=True))
    assert monthly == pytest.approx(curve.sum() / 12)


def test_curve_partitioned_survival():
    parts = derived("pfs", "surv_weibull(time, 1.2, 2)") + derived("os", "surv_exp(time, 0.2)")
    # Death comes to both states alike, and progression is what is left of leaving the first.
    parts += derived("p_dead", f"prob_between(os, {AFTER('os')})")
    parts += derived("p_left", f"prob_between(pfs, {AFTER('pfs')})")
    body = """
[states]
stable     = {utility = 0.8}
progressed = {utility = 0.5}
dead       = {absorbing = true}
[transitions.stable]
dead       = "p_dead"
progressed = "p_left - p_dead"
stable     = "rest"
[transitions.progressed]
dead       = "p_dead"
progressed = "rest"
"""
    t = np.arange(10.0)
    pfs, alive = np.exp(-((t / 2) ** 1.2)), np.exp(-0.2 * t)
    by_hand = (0.8 * pfs + 0.5 * (alive - pfs)).sum()
    assert qaly(parts + body, starts="{stable = 1}") == pytest.approx(by_hand, rel=1e-12)


def test_curve_partitioned_survival_that_cross():
    parts = derived("os", "surv_weibull(time, 1.5, 2.5)")
    parts += derived("os_after", "surv_weibull(time + cycle_length, 1.5, 2.5)")
    parts += derived("pfs", "min(os, surv_weibull(time, 1.2, 2))")
    parts += derived("pfs_after", "min(os_after, surv_weibull(time + cycle_length, 1.2, 2))")
    parts += derived("p_dead", "prob_between(os, os_after)")
    parts += derived("p_leave", "prob_between(pfs, pfs_after)")
    body = """
[states]
stable     = {utility = 0.8}
progressed = {utility = 0.5}
dead       = {absorbing = true}
[transitions.stable]
dead       = "min(p_dead, p_leave)"
progressed = "p_leave - min(p_dead, p_leave)"
stable     = "rest"
[transitions.progressed]
dead       = "where(os > pfs, (os - os_after - pfs * min(p_dead, p_leave)) / (os - pfs), p_dead)"
progressed = "rest"
"""
    t = np.arange(10.0)
    alive, free = np.exp(-((t / 2.5) ** 1.5)), np.exp(-((t / 2) ** 1.2))
    assert free[1] < alive[1]
    assert free[9] > alive[9]  # extrapolated, they cross
    free = np.minimum(free, alive)
    by_hand = (0.8 * free + 0.5 * (alive - free)).sum()
    assert qaly(parts + body, starts="{stable = 1}") == pytest.approx(by_hand, rel=1e-12)


# ---- Mortality ----------------------------------------------------------------------------------


def test_mortality_by_age_and_sex(tmp_path):
    rows = [(60, 0.02, 0.01), (65, 0.04, 0.02)]
    text = "age,men,women\n" + "".join(f"{a},{m},{w}\n" for a, m, w in rows)
    (tmp_path / "life.csv").write_text(text, encoding="utf-8")
    columns = 'columns = {male = "men", female = "women"}, mix = {male = 0.4, female = 0.6}'
    table = f'table = {{file = "life.csv", by = "age", {columns}}}'
    found = qaly(fact("q", table) + ALIVE.format(p="q"), folder=tmp_path)
    low, high = 1 - (0.4 * 0.02 + 0.6 * 0.01), 1 - (0.4 * 0.04 + 0.6 * 0.02)
    by_hand = sum(low**n for n in range(6)) + sum(low**5 * high**n for n in range(1, 5))
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_mortality_smr_in_short_cycles():
    table = "table = {by = 'age', values = [[60, 0.02], [61, 0.03]]}"
    body = fact("q", table) + ALIVE.format(p="prob(2 * rate(q))")
    found = qaly(body, cycle="1 month", horizon="2 years")
    first, second = 0.98 ** (2 / 12), 0.97 ** (2 / 12)
    months = [first**n for n in range(12)] + [first**12 * second**n for n in range(12)]
    assert found == pytest.approx(sum(months) / 12, rel=1e-12)


def test_mortality_competing():
    body = """
[states]
alive = {utility = 1}
ill   = {utility = 0, alive = true}
dead  = {absorbing = true}
[transitions.alive]
ill   = {rate = 0.3}
dead  = {rate = 0.1}
alive = "rest"
[transitions.ill]
ill = "rest"
"""
    found = outcomes(body, trace=True)
    left = math.exp(-0.4)
    ill = 0.3 / 0.4 * (1 - left)
    np.testing.assert_allclose(found.trace[0, 1, :, 0], [left, ill, 1 - left - ill], rtol=1e-12)


def test_mortality_of_other_ages():
    # Patients who die like people five years older, and a reference risk at one age.
    table = "table = {by = 'age', values = [[60, 0.02], [63, 0.03], [65, 0.04], [68, 0.08]]}"
    body = fact("q", table) + ALIVE.format(p="at(q, age + 5) + at(q, 60)")
    p = [0.04 + 0.02] * 3 + [0.08 + 0.02]
    by_hand = 1 + sum(np.cumprod(1 - np.array(p))[:3])
    assert qaly(body, horizon="4 years") == pytest.approx(by_hand, rel=1e-12)


# ---- Costs and effects --------------------------------------------------------------------------


def test_value_of_a_move():
    body = ALIVE.format(p=0.1).replace('dead  = "0.1"', "dead = {p = 0.1, cost = 500, qaly = -0.2}")
    assert cost(body, horizon="3 years") == pytest.approx(500 * (1 - 0.9**3))
    assert qaly(body, horizon="3 years") == pytest.approx(1 + 0.9 + 0.81 - 0.2 * (1 - 0.9**3))


def test_value_on_entry():
    body = """
[states]
alive = {utility = 1}
ill   = {utility = 1, on_entry = {cost = 100, qaly = -0.1}}
[transitions.alive]
ill   = 0.5
alive = "rest"
[transitions.ill]
alive = 0.5
ill   = "rest"
"""
    found = outcomes(body, horizon="3 years")
    entries = 0.5 * (1 + 0.5 + 0.5)
    assert found.cost[0, 0] == pytest.approx(100 * entries)
    assert found.qaly[0, 0] == pytest.approx(3 - 0.1 * entries)


def test_value_of_the_first_cycle_in_a_state():
    body = """
[states]
alive = {utility = 1}
ill   = {utility = 1, cost = "where(state_cycle == 1, 1000, 100)"}
[transitions.alive]
ill   = 1
alive = "rest"
[transitions.ill]
ill = "rest"
"""
    assert cost(body, horizon="5 years") == pytest.approx(1000 + 3 * 100)


def test_value_by_age():
    body = ALIVE.format(p=0).replace("utility = 1", 'utility = "0.9 - 0.004 * (age - 60)"')
    assert qaly(body) == pytest.approx(sum(0.9 - 0.004 * n for n in range(10)))


def test_value_for_so_long():
    values = 'utility = 1, cost = "where(time < 2, 300, 0)"'
    body = ALIVE.format(p=0.1).replace("utility = 1", values)
    assert cost(body, cycle="1 month") == pytest.approx(
        sum(300 / 12 * 0.9**n for n in range(24)), rel=1e-12
    )


EVENTS = """
[states]
alive = {utility = 1, cost = {care = 50}}
ill   = {utility = 0.5, on_entry = {count = "cases"}}
dead  = {absorbing = true}
[transitions.alive]
ill   = {p = 0.2, count = "strokes"}
dead  = {p = 0.1, count = "deaths"}
alive = "rest"
[transitions.ill]
ill  = {p = 0.6, count = "strokes"}
dead = {p = "rest", count = "deaths"}
"""


def test_value_counted_events():
    body = (
        EVENTS
        + """
[measures]
strokes = {label = "Strokes per 1,000", value = "1000 * share.strokes"}
deaths  = {label = "Deaths", value = "count.deaths"}
cases   = {label = "Cases", value = "count.cases"}
"""
    )
    alive = [1, 0.7, 0.49]
    ill = [0, 0.2, 0.2 * 0.7 + 0.2 * 0.6]
    keys = {"horizon": "3 years", "discount": "0.05"}
    assert measured(body, "strokes", **keys) == [
        pytest.approx(1000 * (0.2 * sum(alive) + 0.6 * sum(ill)))
    ]
    assert measured(body, "deaths", **keys) == [
        pytest.approx(1000 * (0.1 * sum(alive) + 0.4 * sum(ill)))
    ]
    assert measured(body, "cases", **keys) == [pytest.approx(1000 * 0.2 * sum(alive))]


def test_value_cost_per_event():
    body = (
        EVENTS
        + """
[measures]
each = {label = "Care for each stroke", ratio = ["spend.care", "count.strokes"]}
"""
    )
    strokes = 0.2 * (1 + 0.7 + 0.49) + 0.6 * (0.2 + 0.2 * 0.7 + 0.2 * 0.6)
    found = measured(body, "each", horizon="3 years")
    assert found == [pytest.approx(50 * (1 + 0.7 + 0.49) / strokes)]


def test_value_events_averted():
    body = (
        EVENTS.replace("p = 0.2", 'p = "0.2 * rr"')
        + """
[parameters.rr]
label  = "Relative risk"
fixed  = 1
lever  = true
source = "assumption: a structure"
[strategies.drug]
label = "Drug"
set   = {rr = 0.5}
[measures.averted]
label         = "Money saved for each stroke averted"
ratio         = ["cost", "share.strokes"]
compared_with = "s"
strategies    = "drug"
"""
    )
    alive = [(1 - p) ** n for p in (0.3, 0.2) for n in range(3)]

    def strokes(p, alive):
        ill = [0, p, p * alive[1] + p * 0.6]
        return p * sum(alive) + 0.6 * sum(ill)

    fewer = strokes(0.1, alive[3:]) - strokes(0.2, alive[:3])
    more = 50 * (sum(alive[3:]) - sum(alive[:3]))
    found = measured(body, "averted", horizon="3 years", comparator="s")
    assert found == [pytest.approx(more / fewer)]


def test_value_years_in_a_state():
    body = (
        EVENTS
        + """
[measures]
ill  = {label = "Years ill", value = "life_years_undiscounted.ill"}
well = {label = "Share of life spent well", ratio = ["life_years.alive", "life_years"]}
"""
    )
    alive, ill = [1, 0.7, 0.49], [0, 0.2, 0.26]
    keys = {"horizon": "3 years", "discount": "{cost = 0, qaly = 0.1}"}
    assert measured(body, "ill", **keys) == [pytest.approx(sum(ill))]
    now = 1.1 ** -np.arange(3.0)
    share = (alive * now).sum() / ((np.array(alive) + ill) * now).sum()
    assert measured(body, "well", **keys) == [pytest.approx(share)]


def test_value_utility_worse_than_dead():
    body = ALIVE.format(p=0.5).replace("utility = 1", "utility = -0.25")
    assert qaly(body, horizon="3 years") == pytest.approx(-0.25 * 1.75)


def test_value_utility_from_a_normal():
    # mean 0.8, standard error 0.08: above 1 in 0.6% of draws, kept and reported, never clipped.
    u = fact("u", "normal = {mean = 0.8, se = 0.08}")
    body = u + ALIVE.format(p=0).replace("utility = 1", 'utility = "u"')
    loaded = heco.load_text(scenario(body + '[checks]\nutility_above_one = "report"\n'))
    result = heco.run(loaded, draws=4000, seed=1)
    (kept,) = [w for w in result.warnings if "a utility is above 1" in w]
    above = int(re.search(r"in (\d+) of 4,000 draws", kept)[1])
    assert above == pytest.approx(4000 * 0.00621, abs=4 * 25**0.5)
    (mean,) = [
        q.value for q in result.quantities if q.quantity == "qaly" and q.basis == "probabilistic"
    ]
    assert mean == pytest.approx(8, abs=4 * 0.8 / 4000**0.5)


# ---- Time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cycle", "a_year"),
    [("1 day", 365.25), ("1/52 year", 52), ("1 month", 12), ("3 months", 4), ("1 year", 1)],
)
def test_time_cycles(cycle, a_year):
    n = round(2 * a_year) if cycle != "1 day" else 731
    found = qaly(ALIVE.format(p="prob(0.5)"), cycle=cycle, horizon=f"{n} cycles")
    step = math.exp(-0.5 / a_year)
    assert found == pytest.approx((1 - step**n) / (1 - step) / a_year, rel=1e-9)


def test_time_half_cycle():
    t = np.arange(11)
    curve = 0.9**t / 1.035**t
    by_hand = curve.sum() - (curve[0] + curve[-1]) / 2
    keys = {"discount": "{cost = 0.035, qaly = 0.035}", "counting": "half-cycle"}
    assert qaly(ALIVE.format(p=0.1), **keys) == pytest.approx(by_hand, rel=1e-12)


def test_time_two_discount_rates():
    body = ALIVE.format(p=0).replace("utility = 1", "utility = 1, cost = 1")
    found = outcomes(body, discount="{cost = 0.06, qaly = 0.015}")
    assert found.cost[0, 0] == pytest.approx((1.06 ** -years.astype(float)).sum())
    assert found.qaly[0, 0] == pytest.approx((1.015 ** -years.astype(float)).sum())


def test_time_discount_rate_that_changes():
    # 3.5% for thirty years and 3% after, as the Green Book has it.
    body = ALIVE.format(p=0).replace("utility = 1", "utility = 0.8, cost = 2")
    rates = '[{rate = 0.035}, {rate = 0.03, after = "30 years"}]'
    t = np.arange(40.0)
    factors = np.where(t < 30, 1.035**-t, 1.035**-30 * 1.03 ** -(t - 30))
    found = outcomes(body, horizon="40 years", discount=rates)
    assert found.qaly[0, 0] == pytest.approx(0.8 * factors.sum(), rel=1e-12)
    assert found.cost[0, 0] == pytest.approx(2 * factors.sum(), rel=1e-12)


def test_time_discount_rate_that_changes_for_one_outcome():
    # 2.5% for thirty years and 1.5% after for costs; effects at 1.5% throughout.
    body = ALIVE.format(p=0).replace("utility = 1", "utility = 1, cost = 1")
    rates = '{cost = [{rate = 0.025}, {rate = 0.015, after = "30 years"}], qaly = 0.015}'
    t = np.arange(40.0)
    factors = np.where(t < 30, 1.025**-t, 1.025**-30 * 1.015 ** -(t - 30))
    found = outcomes(body, horizon="40 years", discount=rates)
    assert found.cost[0, 0] == pytest.approx(factors.sum(), rel=1e-12)
    assert found.qaly[0, 0] == pytest.approx((1.015**-t).sum(), rel=1e-12)


def test_time_item_not_discounted():
    # What grows by the discount rate is not discounted: it takes back what discounting takes off.
    costs = "utility = 1, cost = {care = 100, levy = '50 * 1.035 ^ time'}"
    body = ALIVE.format(p=0.1).replace("utility = 1", costs)
    found = outcomes(body, discount="0.035", counting="half-cycle")
    t = np.arange(11.0)
    weights = np.where((t == 0) | (t == 10), 0.5, 1.0) * 0.9**t
    assert found.cost_by["levy"][0, 0] == pytest.approx(50 * weights.sum(), rel=1e-9)
    assert found.cost_by["care"][0, 0] == pytest.approx((100 * weights * 1.035**-t).sum())


def test_time_switch():
    body = ALIVE.format(p="where(time < 2, 0.1, 0.3)")
    by_hand = 1 + 0.9 + 0.81 + 0.81 * 0.7
    assert qaly(body, horizon="4 years") == pytest.approx(by_hand)


def test_time_waning():
    effect = "1 - (1 - hr) * max(0, 1 - time / 5)"
    body = fact("hr", "fixed = 0.5") + derived("hr_now", effect)
    found = qaly(body + ALIVE.format(p="prob(0.2 * hr_now)"))
    hazards = [0.2 * (1 - 0.5 * max(0, 1 - n / 5)) for n in range(9)]
    by_hand = sum(math.exp(-sum(hazards[:n])) for n in range(10))
    assert found == pytest.approx(by_hand, rel=1e-12)


# ---- Groups and pathways ------------------------------------------------------------------------


def test_group_risks_of_their_own():
    # Run for each group, from its own age, and weighted by the shares.
    table = "table = {by = 'age', values = [[50, 0.1], [60, 0.2], [70, 0.5]]}"
    body = (
        fact("q", table)
        + fact("smr", "fixed = 1")
        + ALIVE.format(p="min(1, smr * q)")
        + """
[groups.women]
label     = "Women of 50"
share     = 0.25
start_age = 50
[groups.men]
label = "Men of 60"
share = "rest"
set   = {smr = 2}
"""
    )
    found = outcomes(body, horizon="15 years")
    women = sum(0.9**n for n in range(11)) + sum(0.9**10 * 0.8**n for n in range(1, 5))
    men = sum(0.6**n for n in range(11))  # from 70 on the risk is 1
    assert found.qaly[0, 0] == pytest.approx(0.25 * women + 0.75 * men, rel=1e-12)
    result = heco.run(heco.load_text(scenario(body, horizon="15 years")), draws=0)
    by_group = {q.subject: q.value for q in result.quantities if q.quantity == "group_qaly"}
    assert by_group == {"women": pytest.approx(women), "men": pytest.approx(men)}


def test_group_subgroups_as_states():
    # A state per group; the shares weight them.
    body = """
[states]
young = {utility = 1}
old   = {utility = 1}
dead  = {absorbing = true}
[transitions.young]
dead  = 0.1
young = "rest"
[transitions.old]
dead = 0.5
old  = "rest"
"""
    found = qaly(body, starts='{young = 0.25, old = "rest"}')
    by_hand = 0.25 * sum(0.9**n for n in range(10)) + 0.75 * sum(0.5**n for n in range(10))
    assert found == pytest.approx(by_hand)


def test_group_screening_then_cohort():
    text = """
[decision]
title      = "Screening"
comparator = "none"
wtp        = [20_000]
[time]
cycle          = "1 year"
horizon        = "10 years"
cycle_counting = "start"
discount       = "none"
[tree.screen]
found    = {p = "0.1 * 0.9", cost = 70, to = "treated"}
missed   = {p = "0.1 * 0.1", cost = 20, to = "ill"}
alarmed  = {p = "0.9 * 0.05", cost = 70, qaly = -0.01, to = "well"}
well     = {p = "rest", cost = 20, to = "well"}
[tree.nothing]
ill  = {p = 0.1, to = "ill"}
well = {p = "rest", to = "well"}
[states]
well    = {utility = 1}
ill     = {utility = 0.6}
treated = {utility = 0.8}
dead    = {absorbing = true}
[transitions.well]
well = "rest"
[transitions.ill]
dead = 0.2
ill  = "rest"
[transitions.treated]
dead    = 0.1
treated = "rest"
[strategies]
none   = {label = "No screening", enters = "nothing"}
screen = {label = "Screening", enters = "screen"}
"""
    model = heco.compile(heco.load_text(text))
    found = model.evaluate(model.base())
    ill, treated = 0.6 * (1 - 0.8**10) / 0.2, 0.8 * (1 - 0.9**10) / 0.1
    assert found.qaly[:, 0] == pytest.approx(
        [0.1 * ill + 9, 0.09 * treated + 0.01 * ill + 9 - 0.045 * 0.01]
    )
    assert found.cost[:, 0] == pytest.approx([0, 20 + 50 * (0.09 + 0.045)])


def test_group_vaccination():
    # Static: a share is vaccinated, protection wanes by 10 points a year, no herd effect.
    parts = fact("uptake", "fixed = 0.7") + derived("protected", "max(0, 0.8 - 0.1 * time)")
    body = """
[states]
plain      = {utility = 1}
vaccinated = {utility = 1}
ill        = {utility = 0, alive = true, on_entry = {cost = 300}}
[transitions.plain]
ill   = 0.05
plain = "rest"
[transitions.vaccinated]
ill        = "0.05 * (1 - protected)"
vaccinated = "rest"
[transitions.ill]
ill = "rest"
"""
    found = cost(parts + body, starts='{vaccinated = "uptake", plain = "rest"}')
    left = np.prod([1 - 0.05 * (1 - max(0, 0.8 - 0.1 * n)) for n in range(10)])
    by_hand = 300 * (0.3 * (1 - 0.95**10) + 0.7 * (1 - left))
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_group_arms_by_a_switch():
    drug = 'fixed = 0\nlever = true\nsource = "set by each strategy"'
    body = f'[parameters.drug]\nlabel = "Drug is given"\n{drug}\n'
    body += fact("hr", "fixed = 0.5") + fact("c_drug", "fixed = 300")
    body += """
[states]
alive = {utility = 1, cost = "c_drug * drug"}
dead  = {absorbing = true}
[transitions.alive]
dead  = "prob(0.2 * where(drug, hr, 1))"
alive = "rest"
[strategies.with_drug]
set = {drug = 1}
"""
    result = heco.run(heco.load_text(scenario(body, comparator="s")), draws=0)
    cost = {q.strategy: q.value for q in result.quantities if q.quantity == "cost"}
    gain = {q.strategy: q.value for q in result.quantities if q.quantity == "qaly"}
    without, given = np.exp(-0.2 * years).sum(), np.exp(-0.1 * years).sum()
    assert sorted(gain.values()) == pytest.approx([without, given], rel=1e-12)
    assert cost["with_drug"] == pytest.approx(300 * given, rel=1e-12)


def test_group_lines_of_treatment():
    # Two years at most on each of two lines, each with a cost while it is given.
    body = """
[states]
first  = {utility = 1, cost = 100, track = "2 years"}
second = {utility = 1, cost = 200, track = "2 years"}
off    = {utility = 1, absorbing = true}
[transitions.first]
second = "where(state_cycle >= 2, 1, 0.5)"
first  = "rest"
[transitions.second]
off    = "where(state_cycle >= 2, 1, 0.25)"
second = "rest"
"""
    by_hand = 100 * (1 + 0.5) + 200 * (1 + 0.75)
    assert cost(body, starts="{first = 1}") == pytest.approx(by_hand)


# ---- The page -----------------------------------------------------------------------------------


def test_every_row_has_a_test_and_every_test_a_row():
    rows = re.findall(r"^\| ([a-z]+-[a-z-]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(set(rows)) > 20
    names = (name for name in vars(sys.modules[__name__]) if name.startswith("test_"))
    tests = {name[5:].replace("_", "-") for name in names}
    assert set(rows) == tests - {"every-row-has-a-test-and-every-test-a-row"}
