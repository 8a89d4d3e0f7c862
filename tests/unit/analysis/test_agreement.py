import pytest
from small_models import run, table


def test_a_straight_model_agrees():
    result = run(
        {"old": ("0", "1"), "new": ("c", "1.1")},
        {"c": "gamma = {mean = 1000, se = 100}"},
        rest="[analysis]\npsa = {draws = 5000}",
    )
    assert result["agreement"].warnings == ()
    rows = [row for row in table(result, "agreement") if row["outcome"] == "incremental_cost"]
    assert rows[0]["error"] == pytest.approx(100 / 5000**0.5, rel=0.05)
    assert abs(rows[0]["errors"]) < 4


def test_a_median_that_is_not_the_mean_is_named():
    result = run(
        {"old": ("0", "1"), "new": ("1000 * rr", "1.1")},
        {"rr": "lognormal = {median = 1, ci95 = [0.4, 2.5]}"},
        rest="[analysis]\npsa = {draws = 4000}",
    )
    (warning,) = result["agreement"].warnings
    assert warning.startswith("The mean of the draws is more than 2% away from the base case")
    assert "Parameters whose mean is not their base value: the rr." in warning
    assert "cost of care new against care old (" in warning
    (row,) = table(result, "off_centre")
    assert row["parameter"] == "rr"
    assert row["percent"] == pytest.approx(0.1156, abs=0.001)


def test_too_few_draws_cannot_tell():
    result = run(
        {"old": ("0", "1"), "new": ("c", "1.1")},
        {"c": "gamma = {mean = 1000, se = 800}"},
        rest="[analysis]\npsa = {draws = 20, seed = 4}",
    )
    for warning in result["agreement"].warnings:
        assert "cannot tell that from chance" in warning or "more than 2% away" in warning


def test_without_draws_there_is_nothing_to_compare():
    assert "agreement" not in run({"old": ("0", "1"), "new": ("1", "1")})
