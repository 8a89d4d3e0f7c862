"""The reference: its arithmetic, its independence, and the textbook numbers that it gives."""

from __future__ import annotations

import ast
import math
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[1] / "scenario"))

from expression_trees import NAMES, trees

import heco
from heco.reference import Undefined, simpsons, tell
from heco.reference.formulas import worth
from heco.scenario.expressions import evaluate, parse

HERE = Path(heco.__file__).parent / "reference"


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda p: p.name)
def test_it_has_neither_arrays_nor_the_engine(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert not any(name.startswith(("numpy", "scipy", "heco.model")) for name in names), names


numbers = st.floats(0.0, 3.0).map(lambda x: round(x, 2))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees(numbers), st.lists(numbers, min_size=len(NAMES), max_size=len(NAMES)))
def test_formulas_are_worth_what_the_language_says(tree, values):
    lookup = dict(zip(NAMES, values, strict=True))
    expected, fine = evaluate(tree, lookup)
    assume(bool(fine))
    assume(abs(float(expected)) < 1e12)
    assert worth(tree, lookup.__getitem__) == pytest.approx(float(expected), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("formula", ["1 / x", "log(x)", "sqrt(x - 1)", "(x - 1) ^ 0.5", "odds(1)"])
def test_what_has_no_value_is_said(formula):
    with pytest.raises(Undefined):
        worth(parse(formula), {"x": 0.0}.__getitem__)


def test_only_the_branch_that_is_taken_is_looked_at():
    formula = parse("where(x > 0, 1 / x, 7) + (x > 0 and 1 / x > 0) + (x == 0 or 1 / x > 0)")
    assert worth(formula, {"x": 0.0}.__getitem__) == 8.0


def test_simpsons_weights_are_those_of_the_textbook():
    third = [1 / 3, 4 / 3, 2 / 3, 4 / 3, 1 / 3]
    assert simpsons(4) == pytest.approx(third)
    assert simpsons(5) == pytest.approx([1 / 3, 4 / 3, 1 / 3 + 3 / 8, 9 / 8, 9 / 8, 3 / 8])
    assert [sum(simpsons(n)) for n in range(1, 9)] == pytest.approx(list(range(1, 9)))


def test_the_heart_valve_of_sonnenberg_and_beck():
    # 1993, Med Decis Making 13:322-338: 10,000 people, after cycles 1 and 2.
    path = Path(__file__).parents[2] / "reference" / "sonnenberg_beck1993_valve" / "model.toml"
    told = tell(heco.load(path), "cohort")
    assert [round(10_000 * told.trace[1][s]) for s in ("well", "disabled", "dead")] == [
        6000,
        2000,
        2000,
    ]
    assert [round(10_000 * told.trace[2][s]) for s in ("well", "disabled", "dead")] == [
        3600,
        2400,
        4000,
    ]


def test_an_oracle_of_the_integral_is_met_by_simpson():
    # Q = [[-.21, .15, .06], [0, -.3, .3], [0, 0, 0]], v = (1, .6, 0), 3.5%, 40 yearly cycles:
    # Simpson gives 5.192336, the trapezoid 5.205256 and the life-table method 5.197426; exactly,
    # with Van Loan's formula, it is 5.192380.
    text = """
        [time]
        cycle = "1 year"
        horizon = "40 years"
        exits = "matrix-exponential"
        cycle_counting = "METHOD"
        [population]
        starts = {a = 1}
        [states]
        a = {utility = 1}
        b = {utility = 0.6}
        c = {absorbing = true}
        [transitions]
        a = {b = {rate = 0.15}, c = {rate = 0.06}}
        b = {c = {rate = 0.3}}
        [strategies.only]
        label = "Only"
    """
    printed = {"simpson": 5.192336, "half-cycle": 5.205256, "life-table": 5.197426}
    for method, expected in printed.items():
        scenario = heco.load_text(text.replace("METHOD", method))
        assert tell(scenario, "only").qaly == pytest.approx(expected, abs=5e-7)


def test_a_strategy_that_is_shortened_is_the_same_until_then():
    path = Path(__file__).parents[2] / "reference" / "sick_sicker_tunnels" / "model.toml"
    told = tell(heco.load(path), "soc")
    assert math.fsum(told.trace[-1].values()) == pytest.approx(1.0, abs=1e-12)
    assert told.life_years == pytest.approx(told.life_years_undiscounted, rel=0.9)
