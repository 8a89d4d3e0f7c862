"""One test for each error that modellers really make, against a closed form or a printed value.

Each names the class that it catches; `harness.py` makes the error and looks whether it does.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import heco
from heco.analysis.curves import curves
from heco.analysis.frontier import EXTENDED, FRONTIER, incremental
from heco.analysis.voi.evpi import People, evpi
from heco.evidence.distributions import build
from heco.evidence.rates import probability_from_rate
from heco.evidence.ratios import apply_hr, apply_or
from heco.model.counting import boundary_weights

CASE = Path(__file__).parents[2] / "scenarios" / "targeted.toml"

#: Two arms, alike but for what a test writes into them.
FRAME = """
[decision]
comparator = "usual"
wtp = [20_000]
[time]
{time}
[parameters.x]
label = "Something uncertain"
normal = {{mean = 100, se = 10}}
source = "invented"
[parameters.on]
label = "The programme is on"
fixed = 0
lever = true
source = "set by each strategy"
[states]
{states}
{transitions}
[population]
{population}
[strategies]
usual = {{label = "Usual"}}
new   = {{label = "New", set = {{on = 1}}}}
[analysis]
{analysis}
"""


def _model(
    states="well = {utility = 1}",
    transitions='[transitions.well]\nwell = "rest"',
    time='cycle = "1 year"\nhorizon = "10 years"\ndiscount = "none"',
    population="starts = {well = 1}",
    analysis="",
):
    text = FRAME.format(
        states=states, transitions=transitions, time=time, population=population, analysis=analysis
    )
    return heco.load_text(text, name="small")


def _outcomes(**words):
    model = heco.compile(_model(**words))
    return model.evaluate(model.base())


# ---- Counting and discounting --------------------------------------------------------------------


@pytest.mark.kills("simpson-swapped")
def test_simpson_is_exact_for_a_cubic():
    weights = boundary_weights("simpson", 10)
    assert weights @ np.arange(11.0) ** 3 == pytest.approx(10**4 / 4)


DYING = '[transitions.well]\ndead = 0.2\nwell = "rest"'
MORTAL = "well = {utility = 1}\ndead = {absorbing = true}"


@pytest.mark.kills("first-boundary-dropped")
def test_the_start_of_the_first_cycle_counts_half():
    counting = 'cycle = "1 year"\nhorizon = "2 years"\ndiscount = "none"\n'
    out = _outcomes(
        states=MORTAL, transitions=DYING, time=counting + 'cycle_counting = "half-cycle"'
    )
    assert out.qaly[0, 0] == pytest.approx(1 / 2 + 0.8 + 0.64 / 2)


@pytest.mark.kills("last-boundary-dropped")
def test_the_end_of_the_last_cycle_counts_half():
    counting = 'cycle = "1 year"\nhorizon = "1 year"\ndiscount = "none"\n'
    out = _outcomes(
        states=MORTAL, transitions=DYING, time=counting + 'cycle_counting = "half-cycle"'
    )
    assert out.qaly[0, 0] == pytest.approx(1 / 2 + 0.8 / 2)


@pytest.mark.kills("one-off-halved")
def test_what_is_paid_at_the_start_is_paid_whole():
    text = """
    [decision]
    comparator = "usual"
    [time]
    cycle = "1 year"
    horizon = "3 years"
    cycle_counting = "half-cycle"
    [tree.door]
    all = {p = 1, cost = {visit = 1_000}, to = "well"}
    [states]
    well = {utility = 1}
    [transitions.well]
    well = "rest"
    [strategies]
    usual = {label = "Usual", enters = "door"}
    """
    model = heco.compile(heco.load_text(text, name="door"))
    assert model.evaluate(model.base()).cost[0, 0] == pytest.approx(1_000)


YEARS_AT_5 = """
cycle = "1 year"
horizon = "10 years"
discount = {cost = 0.05, qaly = 0.05}
cycle_counting = "start"
"""


def _annuity(time, **words):
    """Return what 1 a year costs over ten years."""
    states = "well = {utility = 1, cost = 1}"
    return _outcomes(states=states, time=time, **words).cost[0, 0]


@pytest.mark.kills("discounted-from-one")
def test_the_first_year_is_not_discounted_at_its_start():
    assert _annuity(YEARS_AT_5) == pytest.approx(sum(1.05**-t for t in range(10)))


@pytest.mark.kills("linear-compounding", "time-floored")
def test_a_month_is_discounted_by_the_twelfth_root():
    time = 'cycle = "1 month"\nhorizon = "10 years"\ndiscount = {cost = 0.05, qaly = 0.05}\n'
    time += 'cycle_counting = "half-cycle"\ndiscounting = "continuous-index"'
    factors = 1.05 ** -(np.arange(121) / 12)
    assert _annuity(time) == pytest.approx((factors.sum() - (factors[0] + factors[-1]) / 2) / 12)


# ---- Rates, probabilities, effects ---------------------------------------------------------------


@pytest.mark.kills("rate-times-time")
def test_a_rate_of_a_half_is_a_probability_of_39_percent():
    assert float(probability_from_rate(0.5, 1.0)) == pytest.approx(1 - math.exp(-0.5))


@pytest.mark.kills("exits-one-by-one")
def test_exits_that_compete_share_one_probability_of_leaving():
    states = "well = {utility = 1}\nill = {utility = 0.5}\ndead = {absorbing = true}"
    row = '[transitions.well]\nill = {rate = 0.6}\ndead = {rate = 0.4}\nwell = "rest"\n'
    row += '[transitions.ill]\nill = "rest"'
    model = heco.compile(_model(states=states, transitions=row))
    trace = model.evaluate(model.base(), trace=True).trace[0, 1, :, 0]
    leave = 1 - math.exp(-1)
    assert trace == pytest.approx([1 - leave, 0.6 * leave, 0.4 * leave])


@pytest.mark.kills("odds-ratio-as-risk-ratio")
def test_an_odds_ratio_acts_on_odds():
    assert float(apply_or(0.4, 3.0)) == pytest.approx(2 / 3)  # odds 2/3 become 2


@pytest.mark.kills("hazard-ratio-on-probability")
def test_a_hazard_ratio_acts_on_the_rate():
    assert float(apply_hr(0.5, 2.0)) == pytest.approx(0.75)  # half of the half that is left


# ---- Distributions -------------------------------------------------------------------------------


@pytest.mark.kills("sd-for-se")
def test_the_error_of_a_mean_shrinks_with_the_people():
    assert build("normal", {"mean": 50, "sd": 20, "n": 400}).sd == pytest.approx(1.0)


@pytest.mark.kills("variance-for-sd")
def test_a_beta_has_the_error_that_was_given():
    found = build("beta", {"mean": 0.3, "se": 0.05})
    alpha, beta = 0.3 * 83, 0.7 * 83  # 0.3 x 0.7 / 0.05^2 - 1 = 83
    assert (found.alpha, found.beta) == pytest.approx((alpha, beta))


@pytest.mark.kills("rate-for-scale")
def test_a_gamma_of_shape_4_and_rate_2_has_mean_2():
    assert build("gamma", {"shape": 4, "rate": 2}).mean == pytest.approx(2)


@pytest.mark.kills("half-width-for-width")
def test_an_interval_is_3_92_errors_wide():
    found = build("lognormal", {"median": 0.509, "ci95": [0.365, 0.710]})
    assert found.sigma == pytest.approx(math.log(0.710 / 0.365) / 3.92, rel=1e-4)


@pytest.mark.kills("independent-betas")
def test_shares_that_are_drawn_together_add_to_one():
    found = build("dirichlet", {"counts": {"a": 3, "b": 5, "c": 2}})
    u = np.random.default_rng(1).random((3, 2_000))
    drawn = found.ppf(u)
    assert drawn.sum(axis=0) == pytest.approx(np.ones(2_000))
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(-math.sqrt(3 * 5 / (7 * 5)), abs=0.06)


# ---- The cohort ----------------------------------------------------------------------------------


@pytest.mark.kills("complement-of-another-row")
def test_those_who_stay_are_what_their_own_row_leaves():
    states = "well = {utility = 1}\nill = {utility = 0.5}\ndead = {absorbing = true}"
    rows = '[transitions.well]\nill = 0.3\nwell = "rest"\n'
    rows += '[transitions.ill]\ndead = 0.1\nill = "rest"'
    model = heco.compile(_model(states=states, transitions=rows))
    trace = model.evaluate(model.base(), trace=True).trace[0, 2, :, 0]
    assert trace == pytest.approx([0.49, 0.7 * 0.3 + 0.3 * 0.9, 0.03])


@pytest.mark.kills("dead-keep-costs")
def test_the_dead_cost_nothing():
    states = "well = {utility = 1, cost = 100}\ndead = {absorbing = true}"
    time = 'cycle = "1 year"\nhorizon = "3 years"\ndiscount = "none"\ncycle_counting = "start"'
    out = _outcomes(states=states, transitions=DYING, time=time)
    assert out.cost[0, 0] == pytest.approx(100 * (1 + 0.8 + 0.64))


# ---- Comparing -----------------------------------------------------------------------------------


@pytest.mark.kills("drawn-twice")
def test_arms_that_share_everything_differ_in_no_draw():
    scenario = _model(states='well = {utility = 1, cost = "x"}', analysis="psa = {draws = 50}")
    found = heco.run(scenario)["base_case"].find("incremental_cost", basis="probabilistic")
    assert [(q.value, q.lower, q.upper) for q in found] == [(0, 0, 0)]


@pytest.mark.kills("relabelled-by-position")
def test_a_strategy_keeps_its_numbers_whatever_its_name():
    scenario = _model(states='well = {utility = 1, cost = "70 * on"}', analysis="")
    found = heco.run(scenario)["base_case"].find("incremental_cost", strategy="new")
    assert found[0].value == pytest.approx(700)  # "new" comes before "usual" in the alphabet


@pytest.mark.kills("ceac-in-pairs")
def test_acceptability_is_a_contest_of_all_at_once():
    made = curves(np.zeros((3, 4)), [[0, 0, 0, 3], [1, 1, 0, 0], [0, 2, 1, 0]], [1.0])
    assert made.ceac[:, 0].tolist() == [0.25, 0.25, 0.5]


@pytest.mark.kills("ceaf-as-highest-ceac")
def test_the_frontier_follows_the_best_mean():
    made = curves(np.zeros((2, 3)), [[0, 0, 9], [1, 1, 0]], [1.0])
    assert made.best.tolist() == [0]
    assert made.ceaf.tolist() == pytest.approx([1 / 3])


@pytest.mark.kills("mean-of-ratios")
def test_the_icer_is_the_ratio_of_the_means():
    text = """
    [decision]
    comparator = "usual"
    [time]
    discount = "none"
    [parameters.gain]
    label = "Gain"
    uniform = {low = 0.1, high = 0.9}
    source = "invented"
    [tree.usual_care]
    all = {p = 1, qaly = 0}
    [tree.new_care]
    all = {p = 1, qaly = "gain", cost = {care = 1_000}}
    [strategies]
    usual = {label = "Usual", enters = "usual_care"}
    new   = {label = "New", enters = "new_care"}
    [analysis]
    psa = {draws = 2_000, design = "lhs"}
    """
    found = heco.run(heco.load_text(text, name="ratio"))["base_case"]
    (icer,) = {q.value for q in found.find("icer", basis="probabilistic")}
    pairwise = next(table for table in found.tables if table.name == "pairwise").to_pandas()
    shown = pairwise.loc[pairwise.basis == "probabilistic", "icer"].item()
    # The mean of ratios would be 2,747.
    assert [icer, shown] == pytest.approx([1_000 / 0.5] * 2, rel=0.002)


@pytest.mark.kills("dominated-kept")
def test_increments_skip_what_is_dominated():
    places = incremental([0, 5_000, 6_000, 20_000], [1.0, 1.1, 2.0, 1.5])
    assert [p.status for p in places].count(FRONTIER) == 2
    assert places[1].status == EXTENDED
    assert (places[2].previous, places[2].icer) == (0, pytest.approx(6_000))


# ---- Value of information ------------------------------------------------------------------------


@pytest.mark.kills("maximum-inside")
def test_perfect_information_on_a_normal_gain():
    """E max(0, X) - max(0, E X) for X ~ N(500, 2000): 572.69 (methods, M10)."""
    from scipy.stats import norm

    x = 500 + 2_000 * norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    found, _ = evpi(np.zeros((2, x.size)), np.vstack([np.zeros_like(x), x]), 1.0)
    exact = 2_000 * norm.pdf(0.25) - 500 * norm.cdf(-0.25)
    assert exact == pytest.approx(572.69, abs=0.005)
    assert found == pytest.approx(exact, rel=1e-3)


@pytest.mark.kills("population-undiscounted")
def test_people_of_later_years_count_less():
    found = People(100, horizon=3, rate=0.1).count()
    assert found == pytest.approx(100 * (1 + 1 / 1.1 + 1 / 1.21))


# ---- Screening -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case():
    """The case, its counts, and the inputs that they follow from, read from the base case."""
    scenario = heco.load(CASE)
    model = heco.compile(scenario)
    base = model.base()
    names = (
        "births", "p_poor", "prevalence_poor", "uptake", "sensitivity", "specificity",
        "c_find_targeted",
    )  # fmt: skip
    values = model.parameter_values(base, names, "targeted")
    return heco.run(scenario, draws=0), {name: float(value[0]) for name, value in values.items()}


def _count(run, name):
    return next(q.value for q in run["pathway"].find(name, strategy="targeted"))


@pytest.mark.kills("false-positives-ignored")
def test_the_healthy_who_test_positive_are_counted(case):
    run, x = case
    screened = x["births"] * x["p_poor"] * x["uptake"]
    alarms = screened * (1 - x["prevalence_poor"]) * (1 - x["specificity"])
    assert _count(run, "false_positives") == pytest.approx(alarms)


@pytest.mark.kills("uptake-squared")
def test_uptake_counts_once(case):
    run, x = case
    screened = x["births"] * x["p_poor"] * x["uptake"]
    assert _count(run, "cases") == pytest.approx(screened * x["prevalence_poor"] * x["sensitivity"])


@pytest.mark.kills("wrong-denominator")
def test_the_cost_per_case_is_per_case_found(case):
    """Wright et al. 2015: £77 per case found if children born into poor families are screened."""
    run, _ = case
    assert _count(run, "cost_per_case_identified") == pytest.approx(77, abs=0.5)


# ---- Money ---------------------------------------------------------------------------------------

BUDGET = """
[analysis.budget]
years = 3
people = 10
payer = "NHS"
cash = ["drugs"]
"""


@pytest.fixture(scope="module")
def budget():
    """A drug of 100 and a nurse of 40 a year, ten new people each year, discounted at 5%."""
    scenario = _model(
        states='well = {utility = 1, cost = {drugs = "100 * on", nurses = "40 * on"}}',
        time=YEARS_AT_5,
        analysis=BUDGET,
    )
    return heco.run(scenario)["budget"]


@pytest.mark.kills("budget-discounted")
def test_a_budget_is_paid_in_the_year_of_the_bill(budget):
    net = {q.subject: q.value for q in budget.find("budget_net", strategy="new")}
    assert list(net.values())[:3] == pytest.approx([1_400, 2_800, 4_200])


@pytest.mark.kills("cash-and-capacity")
def test_cash_and_capacity_stay_apart(budget):
    rows = next(table for table in budget.tables if table.name == "budget_lines")
    names = [column.name for column in rows.columns]
    money = {}
    for row in rows.rows:
        record = dict(zip(names, row, strict=True))
        money[record["line"]] = record["money"]
    assert money == {"drugs": "cash", "nurses": "capacity"}
