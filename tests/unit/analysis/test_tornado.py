import numpy as np
import pytest
from small_models import run, scenario, table

from heco.evidence.distributions import build
from heco.model import compile_model

OPTIONS = {"old": ("0", "1"), "new": ("a + b * d", "1 + q + 0.01 * half")}
PARAMETERS = {
    "a": "gamma = {mean = 500, se = 100}",
    "b": "gamma = {mean = 100, se = 50}",
    "d": "fixed = 2\nrange = [1, 6]",
    "q": "normal = {mean = 0.05, se = 0.02}",
    "half": 'expr = "0.5 * h"\nrange = [0, 1]',
    "h": "beta = {mean = 0.5, se = 0.1}",
    "known": "fixed = 3",
    "mix": "dirichlet = {counts = {x = 3, y = 5}}",
}
ASK = "[analysis]\ntornado = {}"


@pytest.fixture(scope="module")
def result():
    return run(OPTIONS, PARAMETERS, rest=ASK)


def test_every_bar_is_what_two_single_runs_say(result):
    model = compile_model(scenario(OPTIONS, PARAMETERS, rest=ASK))
    rows = table(result, "tornado")
    assert {row["parameter"] for row in rows} == {"a", "b", "d", "q", "half", "h"}
    for row in rows:
        for at, seen in (("low_value", "at_low"), ("high_value", "at_high")):
            draws = model.base().replace({row["parameter"]: row[at]})
            outcomes = model.evaluate(draws)
            benefit = outcomes.net_monetary_benefit(20_000)[:, 0]
            assert row[seen] == pytest.approx(benefit[1] - benefit[0], rel=1e-12)


def test_ends_are_percentiles_or_the_declared_range(result):
    rows = {row["parameter"]: row for row in table(result, "tornado")}
    low, high = build("gamma", {"mean": 500, "se": 100}).ppf(np.array([0.025, 0.975]))
    assert (rows["a"]["low_value"], rows["a"]["high_value"]) == (low, high)
    assert (rows["d"]["low_value"], rows["d"]["high_value"]) == (1, 6)


def test_bars_are_sorted_by_width(result):
    widths = [row["width"] for row in table(result, "tornado")]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] == pytest.approx(20_000 * 2 * 1.959964 * 0.02, rel=1e-5)


def test_what_flips_the_decision_is_marked_with_the_place(result):
    rows = {row["parameter"]: row for row in table(result, "tornado")}
    # Net benefit is 20,000 (q + 0.0025) - 700, so q flips it at 0.0325.
    assert rows["q"]["flips"]
    assert rows["q"]["flip_value"] == pytest.approx(0.0325)
    assert not rows["a"]["flips"]
    assert rows["a"]["flip_value"] is None


def test_what_is_not_moved_is_listed_with_the_reason(result):
    assert {row["parameter"]: row["why"] for row in table(result, "tornado_left_out")} == {
        "known": "no range is declared",
        "mix": "drawn together as a set",
    }


def test_drawn_bars_take_one_evaluation(monkeypatch):
    from heco.model import Model

    sizes = []
    evaluate = Model.evaluate

    def counting(self, draws, **settings):
        sizes.append(draws.n)
        return evaluate(self, draws, **settings)

    monkeypatch.setattr(Model, "evaluate", counting)
    steady = {name: PARAMETERS[name] for name in ("a", "b", "d")}
    run({"old": ("0", "1"), "new": ("a + b * d", "2")}, steady, rest=ASK)
    assert sizes == [1, 2 * 3 + 1]


@pytest.mark.parametrize(
    ("outcome", "expected"), [("incremental_cost", 700), ("incremental_qaly", 0.0525)]
)
def test_other_outcomes_can_be_measured(outcome, expected):
    found = run(OPTIONS, PARAMETERS, rest=f'[analysis]\ntornado = {{outcome = "{outcome}"}}')
    assert found["tornado"].data["base"] == pytest.approx(expected)
    assert not any(row["flips"] for row in table(found, "tornado"))


def test_correlated_parameters_move_together():
    rest = """
[correlations.both]
parameters = ["a", "b"]
matrix = [[1, 0.6], [0.6, 1]]
measure = "latent"
[analysis]
tornado = {}
"""
    parameters = {name: PARAMETERS[name] for name in ("a", "b")}
    found = run({"old": ("0", "1"), "new": ("a + b", "1.1")}, parameters, rest=rest)
    from scipy.stats import norm

    rows = {row["parameter"]: row for row in table(found, "tornado")}
    gamma_a = build("gamma", {"mean": 500, "se": 100})
    gamma_b = build("gamma", {"mean": 100, "se": 50})
    along = float(gamma_b.ppf(norm.cdf(np.array([0.6 * 1.959963984540054])))[0])
    end = float(gamma_a.ppf(np.array([0.975]))[0])
    assert rows["a"]["at_high"] == pytest.approx(2000 - end - along, rel=1e-9)
    assert rows["a"]["note"] == "moves with b"


def test_an_end_at_which_the_model_has_no_answer_is_told():
    found = run(
        {"old": ("0", "1"), "new": ("sqrt(d)", "1.1")},
        {"d": "fixed = 4\nrange = [-1, 9]"},
        rest=ASK,
    )
    (row,) = table(found, "tornado")
    assert (row["at_low"], row["width"]) == (None, None)
    assert row["at_high"] == pytest.approx(2000 - 3)
    assert row["note"] == "the model leaves its domain at an end"


def test_parameters_can_be_chosen():
    found = run(OPTIONS, PARAMETERS, rest='[analysis]\ntornado = {parameters = ["q", "a"]}')
    assert {row["parameter"] for row in table(found, "tornado")} == {"q", "a"}
