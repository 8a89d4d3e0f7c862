import numpy as np
import pytest
from small_models import run, table, value

THREE = {"old": ("1000", "1"), "new": ("2000", "1.1"), "best": ("5000", "1.2")}


def test_increments_ratio_and_net_benefit_of_one_pair():
    result = run({"old": ("1000", "1"), "new": ("2000", "1.1")})
    assert value(result, "cost", strategy="new") == 2000
    assert value(result, "qaly", strategy="new") == pytest.approx(1.1)
    assert value(result, "incremental_cost", strategy="new", comparator="old") == 1000
    assert value(result, "incremental_qaly", strategy="new") == pytest.approx(0.1)
    assert value(result, "icer", strategy="new", comparator="old") == pytest.approx(10_000)
    for wtp in (20_000, 30_000):
        assert value(result, "nmb", strategy="new", wtp=wtp) == pytest.approx(1.1 * wtp - 2000)
        assert value(result, "nhb", strategy="new", wtp=wtp) == pytest.approx(1.1 - 2000 / wtp)
        assert value(result, "inmb", strategy="new", wtp=wtp) == pytest.approx(0.1 * wtp - 1000)


def test_the_step_on_the_frontier_is_printed_once_where_it_is_the_pairwise_one():
    result = run(THREE)
    icers = {(q.strategy, q.comparator): q.value for q in result.quantities if q.quantity == "icer"}
    assert icers == {
        ("new", "old"): pytest.approx(10_000),
        ("best", "new"): pytest.approx(30_000),
        ("best", "old"): pytest.approx(20_000),
    }


@pytest.mark.parametrize(
    ("cost", "qaly", "quadrant", "reading", "icer"),
    [
        ("2000", "1.1", "NE", "£10,000 per QALY gained", 10_000),
        ("500", "1.1", "SE", "dominates", None),
        ("2000", "0.9", "NW", "dominated", None),
        ("500", "0.9", "SW", "£5,000 saved per QALY lost", 5_000),
        ("2000", "1", "same effect", "no meaningful difference in QALYs", None),
    ],
)
def test_each_quadrant_has_its_words(cost, qaly, quadrant, reading, icer):
    result = run({"old": ("1000", "1"), "new": (cost, qaly)})
    (row,) = table(result, "pairwise")
    assert (row["quadrant"], row["reading"]) == (quadrant, reading)
    assert row["icer"] is None if icer is None else row["icer"] == pytest.approx(icer)
    quantities = [q for q in result.quantities if q.quantity == "icer"]
    assert all(q.value > 0 for q in quantities)
    if quadrant == "SW":
        (lost,) = [q for q in quantities if q.strategy == "new"]
        assert lost.unit == "GBP saved per QALY lost"


def test_dominance_is_in_the_unit_of_an_empty_value():
    result = run({"old": ("1000", "1"), "worse": ("1100", "0.9"), "new": ("2000", "1.1")})
    found = {q.strategy: q for q in result.quantities if q.quantity == "dominance"}
    assert {name: q.unit for name, q in found.items()} == {
        "old": "frontier", "worse": "dominated", "new": "frontier",
    }  # fmt: skip
    assert all(q.value is None for q in found.values())


def test_extended_dominance_names_both_neighbours():
    result = run({"old": ("1000", "1"), "mid": ("3000", "1.1"), "new": ("4000", "1.3")})
    rows = {row["strategy"]: row for row in table(result, "incremental")}
    assert rows["mid"]["status"] == "extendedly dominated"
    assert rows["mid"]["why"] == "a mixture of Care old and Care new would do better"


def test_swapping_the_arms_flips_signs_and_keeps_the_ratio():
    one = run({"old": ("1000", "1"), "new": ("2000", "1.1")})
    two = run({"new": ("2000", "1.1"), "old": ("1000", "1")})
    for name in ("incremental_cost", "incremental_qaly"):
        assert value(two, name, strategy="old") == -value(one, name, strategy="new")
    for wtp in (20_000, 30_000):
        forth = value(one, "inmb", strategy="new", wtp=wtp)
        assert value(two, "inmb", strategy="old", wtp=wtp) == pytest.approx(-forth)
    assert value(two, "icer", strategy="old") == value(one, "icer", strategy="new")


def test_one_strategy_has_totals_and_nothing_to_compare():
    result = run({"only": ("1000", "1")})
    assert {t.name for t in result.tables} >= {"strategies", "net_benefit"}
    assert not {"incremental", "pairwise"} & {t.name for t in result.tables}
    assert value(result, "nmb", strategy="only", wtp=20_000) == 19_000


def test_costs_alone_have_no_ratio_and_no_frontier():
    result = run({"old": ("1000", "0"), "new": ("700", "0")}, decision="")
    (row,) = table(result, "pairwise")
    assert (row["icer"], row["quadrant"], row["reading"]) == (None, "", "")
    assert "incremental" not in {t.name for t in result.tables}


def test_categories_and_states_add_up():
    result = run({"old": ("1000", "1"), "new": ("2000", "1.1")})
    rows = [row for row in table(result, "cost_by_category") if row["strategy"] == "new"]
    assert sum(row["cost"] for row in rows) == 2000
    assert [row["category"] for row in rows] == ["care"]


UNSURE = {
    "c": "gamma = {mean = 1000, se = 200}",
    "q": "normal = {mean = 0.1, se = 0.02}",
}


@pytest.fixture(scope="module")
def unsure():
    return run(
        {"old": ("0", "1"), "new": ("c", "1 + q")}, UNSURE, rest="[analysis]\npsa = {draws = 4000}"
    )


def test_probabilistic_means_stand_beside_deterministic_ones(unsure):
    rows = {row["basis"]: row for row in table(unsure, "pairwise")}
    assert list(rows) == ["probabilistic", "deterministic"]
    assert rows["deterministic"]["incremental_cost"] == 1000
    assert rows["deterministic"]["incremental_cost_lower"] is None
    assert rows["probabilistic"]["incremental_cost"] == pytest.approx(1000, abs=4 * 200 / 4000**0.5)
    # Gamma(25, 40): 2.5 and 97.5 percentiles.
    assert rows["probabilistic"]["incremental_cost_lower"] == pytest.approx(647, rel=0.03)
    assert rows["probabilistic"]["incremental_cost_upper"] == pytest.approx(1428, rel=0.03)


def test_the_ratio_is_the_ratio_of_means(unsure):
    cost = value(unsure, "incremental_cost", strategy="new", basis="probabilistic")
    gain = value(unsure, "incremental_qaly", strategy="new", basis="probabilistic")
    icer = value(unsure, "icer", strategy="new", basis="probabilistic")
    assert icer == pytest.approx(cost / gain, rel=1e-12)


def test_no_limits_are_given_for_ratios(unsure):
    assert all(q.lower is None for q in unsure.quantities if q.quantity == "icer")


def test_the_monte_carlo_error_is_the_standard_error_of_the_mean(unsure):
    row = next(
        row
        for row in table(unsure, "net_benefit")
        if row["strategy"] == "new" and row["wtp"] == 20_000 and row["basis"] == "probabilistic"
    )
    # Var(20,000 q - c) = (20,000 * 0.02)^2 + 200^2
    assert row["inmb_error"] == pytest.approx(np.hypot(400, 200) / 4000**0.5, rel=0.05)


def test_life_years_can_be_the_effect():
    result = run(
        {"old": ("0", "1"), "new": ("10", "1")},
        decision='wtp = 20_000\neffect = "life_years"',
    )
    assert result["base_case"].settings["effect"] == "life year"


def test_undiscounted_increments_come_too():
    result = run({"old": ("1000", "1"), "new": ("2000", "1.1")})
    assert value(result, "incremental_cost_undiscounted", strategy="new") == 1000
