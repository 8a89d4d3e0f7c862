"""What is measured as inputs move: against runs that change one input by hand."""

import numpy as np
import pytest
from small_models import context_of, scenario

from heco.analysis.question import Question, moved
from heco.scenario.schema_moves import Spider, Tornado

OPTIONS = {"old": ("0", "1"), "new": ("c * seen", "1 + 0.01 * u - harm")}
PARAMETERS = {
    "c": "gamma = {mean = 500, se = 100}",
    "u": "beta = {mean = 0.5, se = 0.1}",
    "harm": "fixed = 0.001\nrange = [0, 0.01]",
    "seen": "fixed = 1\nrange = [1, 2]",
    "half": 'expr = "0.5 * u"\nrange = [0, 1]',
}
GAIN = """
[analysis]
required_gain = {per = {seen = "share.seen * 0.5"}, utility = "u", labels = {seen = "person seen"}}
"""


def question(outcome="required_gain", rest=GAIN, wtp=20_000.0):
    context = context_of(scenario(OPTIONS, PARAMETERS, rest=rest))
    return Question(context, outcome, "new", "old", wtp, "seen")


def test_a_required_gain_is_what_the_formula_says():
    # Everybody is seen in both strategies, so nobody more is; half of that is nobody as well.
    assert np.isnan(question().ask(question().context.model.base())[0])


def test_a_required_gain_per_person_counted():
    options = {"old": ("0", "1"), "new": ("c", "1 + 0.01 * u - harm")}
    rest = GAIN.replace('"share.seen * 0.5"', '"(cost > 0) * 0.5"')
    context = context_of(scenario(options, PARAMETERS, rest=rest))
    asked = Question(context, "required_gain", "new", "old", 20_000.0, "seen")
    rows = context.model.base(3).replace({"c": [400.0, 500.0, 600.0], "harm": 0.002})
    # (c / wtp + harm) / 0.5: the harm stays when the utility asked for is set to 0.
    assert asked.ask(rows) == pytest.approx([0.044, 0.054, 0.064])
    assert asked.unit == "QALYs per person seen"
    assert asked.said(0.0444) == "0.044"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [("inmb", 20_000 * 0.004 - 500), ("incremental_cost", 500), ("incremental_qaly", 0.004)],
)
def test_other_outcomes(outcome, expected):
    asked = question(outcome)
    assert asked.ask(asked.context.model.base())[0] == pytest.approx(expected)


def test_moves_that_share_a_run_are_what_they_are_alone():
    asked = question("inmb")
    moves = [
        {"c": np.array([400.0, 600.0])},
        {"u": np.array([0.1]), "harm": np.array([0.0])},
        {"half": np.array([0.3, 0.4])},  # derived: it cannot share a run with what it is made of
    ]
    base, found, why = moved(asked, moves)
    assert why == {}
    assert base == pytest.approx(-420)
    for move, values in zip(moves, found, strict=True):
        size = len(next(iter(move.values())))
        for k in range(size):
            row = asked.context.model.base().replace({n: v[k] for n, v in move.items()})
            assert values[k] == asked.ask(row)[0]


def test_a_move_that_breaks_what_must_hold_spoils_no_other():
    options = {"old": ("0", "1"), "new": ("c", "1.1")}
    rest = '[checks]\nsame_across_strategies = ["where(cost > 450, cost, 1)"]'
    parameters = {"c": "fixed = 400\nrange = [300, 500]", "d": "fixed = 1\nrange = [0, 2]"}
    context = context_of(scenario(options, parameters, rest=rest))
    asked = Question(context, "incremental_cost", "new", "old", 0.0)
    base, found, why = moved(asked, [{"c": np.array([300.0, 500.0])}, {"d": np.array([0.0, 2.0])}])
    assert base == 400
    assert found[0] is None
    assert "where(cost > 450, cost, 1)" in why[0]
    assert found[1].tolist() == [400, 400]


def test_the_settings_are_those_that_tornado_and_spider_share():
    shared = {"outcome", "per", "wtp", "strategy", "parameters", "ranges"}
    assert set(Tornado.model_fields) & set(Spider.model_fields) == shared
