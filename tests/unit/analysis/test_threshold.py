"""Thresholds: closed forms, several roots, none at all."""

import numpy as np
import pytest
from small_models import run, table, value

from heco.errors import ScenarioError


def solve(cost, parameters, ask="x", qaly="1", decision="wtp = 20_000", **more):
    options = {"old": ("0", "1"), "new": (cost, qaly), **more}
    return run(options, parameters, decision, f"[analysis]\nthreshold = {{solve = [{ask}]}}")


def rows(result, strategy="new"):
    return [row for row in table(result, "threshold") if row["strategy"] == strategy]


X = 'fixed = 1\nrange = [0, 4]\nunit = "GBP"'


def test_a_price_has_a_closed_form():
    result = solve("x", {"x": "gamma = {mean = 1000, se = 250}\nrange = [0, 5000]"}, '"x"', "1.1")
    (row,) = rows(result)
    assert row["value"] == pytest.approx(2000, rel=1e-12)
    assert (row["status"], row["worth_it"], row["method"]) == ("threshold", "below", "closed form")
    assert row["distance"] == pytest.approx(1.0)
    assert row["distance_se"] == pytest.approx(4.0)
    assert abs(row["inmb_there"]) < 0.01
    assert value(result, "threshold", strategy="new", wtp=20_000, subject="x") == row["value"]


def test_every_willingness_to_pay_has_its_own():
    parameters = {"x": 'unit = "GBP"\nfixed = 1000\nrange = [0, 5000]'}
    result = solve("x", parameters, '"x"', "1.1", "wtp = [20_000, 30_000]")
    assert [row["value"] for row in rows(result)] == pytest.approx([2000, 3000])
    sentence = result["threshold"].headline[0]
    assert sentence == (
        "The x: care new is worth its cost below £2,000 at £20,000 per QALY and below £3,000 at "
        "£30,000."
    )


def test_all_roots_of_a_curve_are_found():
    x = X.replace("GBP", "years")
    result = solve("1000 * (x - 0.51) * (x - 1.73) * (x - 3.14)", {"x": x}, '"x"')
    found = rows(result)
    assert [row["value"] for row in found] == pytest.approx([0.51, 1.73, 3.14], abs=1e-9)
    assert [row["worth_it"] for row in found] == ["below", "above", "below"]
    assert all(abs(row["inmb_there"]) < 0.01 for row in found)
    assert "below 0.51 and between 1.73 and 3.14" in result["threshold"].headline[0]


@pytest.mark.parametrize(("cost", "status"), [("10 + x", "never"), ("-10 - x", "always")])
def test_always_and_never_say_both_ends(cost, status):
    result = solve(cost, {"x": X}, '"x"')
    (row,) = rows(result)
    assert (row["status"], row["value"]) == (status, None)
    sign = -1 if status == "never" else 1
    assert (row["inmb_low"], row["inmb_high"]) == pytest.approx((sign * 10, sign * 14))
    (q,) = [q for q in result.quantities if q.quantity == "threshold"]
    assert (q.value, q.unit) == (None, status)
    assert f"{status} worth its cost at £20,000 per QALY" in result["threshold"].headline[0]
    assert "between £0 and £4" in result["threshold"].headline[0]


def test_nothing_happens_at_the_low_end_is_never():
    result = solve("10 * x", {"x": X}, '"x"')
    (row,) = rows(result)
    assert (row["status"], row["note"]) == ("never", "net benefit is 0 at the low end")


def test_a_parameter_that_moves_nothing_is_told():
    result = solve("10", {"x": X}, '"x"')
    assert rows(result)[0]["note"] == "moving it changes nothing"


def test_a_jump_is_told():
    result = solve("where(x < 2.5, 100, -100)", {"x": X}, '"x"')
    (row,) = rows(result)
    assert row["status"] == "jump"
    assert row["value"] == pytest.approx(2.5, abs=1e-9)


def test_a_derived_parameter_can_be_solved_for():
    parameters = {"half": "fixed = 500", "x": 'expr = "2 * half"\nrange = [0, 5000]'}
    (row,) = rows(solve("x", parameters, '"x"', "1.1"))
    assert row["value"] == pytest.approx(2000)
    assert row["base"] == 1000


def test_where_to_look_can_be_said():
    (row,) = rows(
        solve("x", {"x": "fixed = 1000"}, '{parameter = "x", low = 1500, high = 2500}', "1.1")
    )
    assert (row["low"], row["high"]) == (1500, 2500)
    assert row["value"] == pytest.approx(2000)


def test_a_probability_is_sought_between_0_and_1():
    (row,) = rows(solve("-100 + 400 * x", {"x": 'fixed = 0.5\nunit = "probability"'}, '"x"'))
    assert (row["low"], row["high"], row["value"]) == (0, 1, pytest.approx(0.25))


def test_where_the_model_has_no_answer_is_told():
    # A square root has no value below 0.
    (row,) = rows(solve("100 * sqrt(x - 1) - 100", {"x": "fixed = 3\nrange = [0, 4]"}, '"x"'))
    assert row["value"] == pytest.approx(2.0, abs=1e-9)
    assert "no answer at" in row["note"]


def test_switch_points_name_both_options():
    result = run(
        {"old": ("0", "1"), "mid": ("1000", "1 + x"), "new": ("4000", "1 + 2 * x")},
        {"x": "fixed = 0.1\nrange = [0, 0.5]"},
        "wtp = 20_000",
        '[analysis]\nthreshold = {solve = "x"}',
    )
    found = table(result, "threshold_switch")
    assert [(row["below"], row["above"]) for row in found] == [("old", "mid"), ("mid", "new")]
    assert [row["value"] for row in found] == pytest.approx([0.05, 0.15])
    switch = [q for q in result.quantities if q.quantity == "switch_point"]
    assert [(q.comparator, q.strategy) for q in switch] == [("old", "mid"), ("mid", "new")]


def test_an_option_that_is_best_only_between_two_points_is_found():
    # Old is best below 1, new above 1.004; mid leads by 1 at x = 1.002 and the grid step is 0.02.
    result = run(
        {
            "old": ("0", "1"),
            "mid": ("-1000 * (x - 1.001)", "1"),
            "new": ("-3000 * (x - 1.003)", "1"),
        },
        {"x": X},
        "wtp = 20_000",
        '[analysis]\nthreshold = {solve = "x"}',
    )
    found = table(result, "threshold_switch")
    assert [(row["below"], row["above"]) for row in found] == [("old", "mid"), ("mid", "new")]
    assert [row["value"] for row in found] == pytest.approx([1.001, 1.004], abs=1e-6)


def test_the_scan_is_one_evaluation_of_201_rows(monkeypatch):
    from heco.model import Model

    sizes = []
    evaluate = Model.evaluate

    def counting(self, draws, **settings):
        sizes.append(draws.n)
        return evaluate(self, draws, **settings)

    monkeypatch.setattr(Model, "evaluate", counting)
    solve("x", {"x": "fixed = 1000\nrange = [0, 5000]"}, '"x"', "1.1")
    assert sizes == [1, 201, 1]  # base case, scan, proof of the closed form


def test_the_scan_is_what_single_runs_say():
    result = solve("1000 * x * (x - 2)", {"x": X}, '"x"')
    data = result["threshold"].data
    x, inmb = data["x.x"], data["x.inmb.new.20000"]
    assert inmb == pytest.approx([-1000 * v * (v - 2) for v in np.linspace(0, 4, 201)])
    assert list(x) == list(np.linspace(0, 4, 201))


def test_moving_what_must_hold_is_refused_with_the_check():
    text = """
[checks]
same_across_strategies = ["share.seen * (1 + 0 * x)"]
holds = ["x > 0.5"]
[analysis]
threshold = {solve = "x"}
"""
    try:
        result = run({"old": ("0", "1"), "new": ("x - 2", "1")}, {"x": X}, "wtp = 20_000", text)
    except ScenarioError:
        pytest.fail("a broken condition is a gap in the scan, not an error of the scenario")
    (row,) = rows(result)
    assert row["value"] == pytest.approx(2.0)
