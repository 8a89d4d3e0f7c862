import numpy as np
import pytest
from small_models import run, table

OPTIONS = {"old": ("0", "1"), "new": ("a + b * d", "1 + q")}
PARAMETERS = {
    "a": "gamma = {mean = 500, se = 100}",
    "b": "gamma = {mean = 100, se = 50}",
    "d": "fixed = 2\nrange = [1, 6]",
    "zero": "fixed = 0\nrange = [0, 1]",
    "q": "normal = {mean = 0.05, se = 0.02}",
    "half": 'expr = "0.5 * d"\nrange = [0, 9]',
}


def lines(settings="steps = 5", rest=""):
    found = run(OPTIONS, PARAMETERS, rest=f"{rest}\n[analysis.spider]\n{settings}")
    by_name = {}
    for row in table(found, "spider"):
        by_name.setdefault(row["parameter"], []).append(row)
    return by_name, found


def test_lines_are_what_the_formula_says():
    found, _ = lines()
    for row in found["a"]:
        assert row["outcome"] == pytest.approx(1000 - row["value"] - 200)
    for row in found["d"]:
        assert row["outcome"] == pytest.approx(500 - 100 * row["value"])


def test_lines_go_through_the_base_case_and_to_both_ends():
    found, result = lines()
    values = [row["value"] for row in found["d"]]
    assert values == [1, 2, 2.25, 3.5, 4.75, 6]
    assert [row["change"] for row in found["d"]][1] == 0
    assert found["d"][1]["outcome"] == pytest.approx(result["spider"].data["base"])
    assert (found["d"][0]["position"], found["d"][-1]["position"]) == (0, 1)
    assert found["zero"][0]["change"] is None  # no share of nothing


def test_the_lines_to_draw_are_those_that_move_most():
    _, result = lines("steps = 5\nlines = 2")
    assert result["spider"].data["lines"] == ("q", "d")
    widths = [q.value for q in result.quantities if q.quantity == "spider_width"]
    assert widths == sorted(widths, reverse=True)
    assert "half" not in {q.subject for q in result.quantities if q.quantity == "spider_width"}


def test_correlated_inputs_go_along():
    rest = """
[correlations.both]
parameters = ["a", "b"]
matrix = [[1, 1], [1, 1]]
measure = "latent"
repair = true
"""
    found, _ = lines("steps = 3\nparameters = 'a'", rest)
    from heco.evidence.distributions import build

    ppf = [build("gamma", {"mean": m, "se": s}).ppf for m, s in ((500, 100), (100, 50))]
    u = np.array([0.025, 0.5, 0.975])
    expected = 1000 - ppf[0](u) - 2 * ppf[1](u)
    assert [row["outcome"] for row in found["a"]] == pytest.approx(expected, rel=1e-6)


def test_what_the_model_cannot_answer_is_a_gap():
    found = run(
        {"old": ("0", "1"), "new": ("sqrt(d)", "1.1")}, {"d": "fixed = 4\nrange = [-1, 9]"},
        rest="[analysis.spider]\nsteps = 3",
    )  # fmt: skip
    outcomes = [row["outcome"] for row in table(found, "spider")]
    assert outcomes[0] is None
    assert outcomes[-1] == pytest.approx(2000 - 3)


def test_nothing_moves():
    found = run(OPTIONS, {**PARAMETERS}, rest="[analysis.spider]\nparameters = 'zero'")
    assert found["spider"].headline == ("No input moves the answer within its range.",)
