"""The reference evaluator against a slow, obvious twin, and the domain guards."""

from __future__ import annotations

import math

import numpy as np
import pytest
from expression_trees import NAMES, trees
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from heco.reference.curves import CURVES
from heco.scenario.expressions import Call, Expr, Name, Number, breaches, evaluate, parse


class OutOfDomain(Exception):
    """The twin met something that the guards must report."""


ROUNDING = 1e-12


def probability(p: float) -> float:
    if not -ROUNDING <= p <= 1 + ROUNDING:
        raise OutOfDomain
    return p


def not_negative(r: float) -> float:
    if not r >= -ROUNDING:
        raise OutOfDomain
    return r


def positive(x: float) -> float:
    if not x > 0:
        raise OutOfDomain
    return x


def log_survival(p: float) -> float:
    probability(p)
    if p > 1:
        raise OutOfDomain
    return math.log1p(-p) if p < 1 else -math.inf


def twin(expr: Expr, values: dict[str, float], wobble: float) -> float:
    """One draw, in Python's own floats; transcendental functions err by `wobble`."""

    def go(e: Expr) -> float:
        return twin(e, values, wobble)

    if isinstance(expr, Number):
        return expr.value
    if isinstance(expr, Name):
        return values[expr.id]
    name, args = expr.function, expr.args
    if name == "where":
        return go(args[1]) if go(args[0]) != 0 else go(args[2])
    if name == "and":
        return float(go(args[0]) != 0 and go(args[1]) != 0)
    if name == "or":
        return float(go(args[0]) != 0 or go(args[1]) != 0)
    x = [go(arg) for arg in args]
    try:
        exact = arithmetic(name, x)
        result = exact if exact is not None else transcendental(name, x) * (1 + wobble)
    except (ZeroDivisionError, OverflowError, ValueError):
        raise OutOfDomain from None
    if isinstance(result, complex) or not math.isfinite(result):
        raise OutOfDomain
    return result


def arithmetic(name: str, x: list[float]) -> float | None:
    match name, x:
        case "add", [a, b]:
            return a + b
        case "sub", [a, b]:
            return a - b
        case "mul", [a, b]:
            return a * b
        case "div", [a, b]:
            return a / b
        case "neg", [a]:
            return -a
        case "not", [a]:
            return float(a == 0)
        case "lt", [a, b]:
            return float(a < b)
        case "le", [a, b]:
            return float(a <= b)
        case "gt", [a, b]:
            return float(a > b)
        case "ge", [a, b]:
            return float(a >= b)
        case "eq", [a, b]:
            return float(a == b)
        case "ne", [a, b]:
            return float(a != b)
        case "min", _:
            return min(x)
        case "max", _:
            return max(x)
        case "abs", [a]:
            return abs(a)
        case "floor", [a]:
            return float(math.floor(a))
        case "apply_rr", [p0, rr]:
            return probability(not_negative(rr) * probability(p0))
        case "apply_rd", [p0, rd]:
            return probability(probability(p0) + rd)
        case "apply_rate_ratio", [r0, ratio]:
            return not_negative(not_negative(r0) * not_negative(ratio))
    return None


def transcendental(name: str, x: list[float]) -> float:
    match name, x:
        case "pow", [a, b]:
            return a**b
        case "exp", [a]:
            return math.exp(a)
        case "log", [a]:
            return math.log(positive(a))
        case "sqrt", [a]:
            return math.sqrt(a)
        case "prob", [r, years]:
            return probability(-math.expm1(-not_negative(r) * not_negative(years)))
        case "rate", [p, years]:
            return -log_survival(p) / positive(years)
        case "rescale", [p, old, new]:
            power = -log_survival(p) / positive(old) * not_negative(new)
            return -math.expm1(-power)
        case "odds", [p]:
            return probability(p) / (1 - p)
        case "from_odds", [o]:
            return not_negative(o) / (1 + o)
        case "logit", [p]:
            return math.log(p) - log_survival(p)
        case "expit", [a]:
            return 1 / (1 + math.exp(-a)) if a > -700 else 0.0
        case "apply_or", [p0, ratio]:
            raised = not_negative(ratio) * probability(p0)
            return probability(raised / (1 - p0 + raised))
        case "apply_hr", [p0, hr]:
            return probability(-math.expm1(not_negative(hr) * log_survival(p0)))
        case "prob_between", [before, after]:
            if probability(after) > probability(before) + ROUNDING:
                raise OutOfDomain
            return probability(CURVES[name](before, after))
    if name in CURVES:
        return curve(name, x)
    raise AssertionError(f"the twin does not know {name}")


def curve(name: str, x: list[float]) -> float:
    """Time and rates from 0, shapes and scales above it."""
    signs = {
        "surv_exp": [not_negative, not_negative],
        "surv_weibull": [not_negative, positive, positive],
        "surv_gompertz": [not_negative, float, not_negative],
        "surv_llogis": [not_negative, positive, positive],
        "surv_lnorm": [not_negative, float, positive],
        "surv_gamma": [not_negative, positive, not_negative],
        "surv_gengamma": [not_negative, float, positive, float],
    }
    return probability(CURVES[name](*[sign(v) for sign, v in zip(signs[name], x, strict=True)]))


def attempt(expr: Expr, values: dict[str, float], wobble: float) -> float | None:
    try:
        return twin(expr, values, wobble)
    except OutOfDomain:
        return None


def alike(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


grid = st.integers(-8, 16).map(lambda i: i / 8)
draws = st.lists(st.tuples(*[grid] * len(NAMES)), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(trees(grid), draws)
def test_evaluator_against_its_twin(tree: Expr, rows: list[tuple[float, ...]]) -> None:
    arrays = dict(zip(NAMES, np.asarray(rows).T, strict=True))
    value, ok = evaluate(tree, arrays)
    assert value.shape == ok.shape
    value, ok = np.broadcast_to(value, len(rows)), np.broadcast_to(ok, len(rows))
    compared = 0
    for draw, row in enumerate(rows):
        values = dict(zip(NAMES, row, strict=True))
        expected = attempt(tree, values, 0.0)
        # Where the answer hangs on the last digit of a logarithm, both answers are right.
        if all(alike(expected, attempt(tree, values, w)) for w in (-1e-10, 1e-10)):
            compared += 1
            assert ok[draw] == (expected is not None)
            if expected is not None:
                assert_allclose(value[draw], expected, rtol=1e-5, atol=1e-8)
    assume(compared)


@settings(deadline=None)
@given(trees(grid), draws)
def test_breaches_are_what_is_not_ok(tree: Expr, rows: list[tuple[float, ...]]) -> None:
    arrays = dict(zip(NAMES, np.asarray(rows).T, strict=True))
    value, ok = evaluate(tree, arrays)
    outside = np.zeros(len(rows), dtype=bool)
    for breach in breaches(tree, arrays):
        assert breach.domain
        outside |= breach.outside
    assert_array_equal(np.broadcast_to(ok, len(rows)), ~outside & np.isfinite(value))


def ok(text: str, **values: object) -> list[bool]:
    arrays = {name: np.atleast_1d(np.asarray(value, float)) for name, value in values.items()}
    return np.atleast_1d(evaluate(parse(text), arrays)[1]).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prob(x, 1)", [False, True, True, True, True]),
        ("rate(x)", [False, True, True, False, False]),
        ("rescale(x, 1, 0.5)", [False, True, True, True, False]),
        ("rescale(0.1, x, 1)", [False, False, True, True, True]),
        ("odds(x)", [False, True, True, False, False]),
        ("from_odds(x)", [False, True, True, True, True]),
        ("logit(x)", [False, False, True, False, False]),
        ("expit(x)", [True, True, True, True, True]),
        ("apply_rr(0.5, x)", [False, True, True, True, True]),
        ("apply_rr(0.6, x)", [False, True, True, True, False]),
        ("apply_or(0.6, x)", [False, True, True, True, True]),
        ("apply_hr(x, 2)", [False, True, True, True, False]),
        ("apply_rd(0.5, x)", [False, True, True, False, False]),
        ("apply_rate_ratio(3, x)", [False, True, True, True, True]),
        ("1 / x", [True, False, True, True, True]),
        ("log(x)", [False, False, True, True, True]),
        ("sqrt(x)", [False, True, True, True, True]),
        ("x ^ 0.5", [False, True, True, True, True]),
        ("x ^ -1", [True, False, True, True, True]),
        ("exp(1000 * x)", [True, True, True, False, False]),
        ("min(x, sqrt(x))", [False, True, True, True, True]),
        ("surv_exp(x, 0.1)", [False, True, True, True, True]),
        ("surv_weibull(1, x, 2)", [False, False, True, True, True]),
        ("surv_gompertz(1, x, 0.1)", [True, True, True, True, True]),
        ("surv_llogis(1, 2, x)", [False, False, True, True, True]),
        ("surv_lnorm(x, 0, 1)", [False, True, True, True, True]),
        ("surv_gamma(1, x, 1)", [False, False, True, True, True]),
        ("surv_gengamma(1, 0, 1, x)", [True, True, True, True, True]),
        ("prob_between(0.5, x)", [False, True, True, False, False]),
        ("prob_between(0, x)", [False, True, False, False, False]),
    ],
)
def test_guards(text: str, expected: list[bool]) -> None:
    assert ok(text, x=[-1.0, 0.0, 0.5, 1.0, 2.0]) == expected


def test_rounding_at_the_end_of_a_domain_is_forgiven() -> None:
    assert ok("apply_rd(0.3, -p - q)", p=0.1, q=0.2) == [True]
    assert ok("prob(p + q - 0.3, 1)", p=0.1, q=0.2) == [True]


def test_branch_that_was_not_taken_is_not_held_against_anybody() -> None:
    assert ok("where(p < 1, odds(p), 99)", p=[0.5, 1.0]) == [True, True]
    assert ok("where(p < 1, 99, odds(p))", p=[0.5, 1.0]) == [True, False]
    assert ok("where(odds(p) > 2, 1, 1)", p=[0.5, 1.0]) == [True, False]
    assert ok("1 + where(x > 0, where(x > 1, log(x - 1), log(x)), 0)", x=[-1, 0.5, 1, 2]) == [
        True, True, True, True
    ]  # fmt: skip


def test_and_or_stop_where_the_answer_is_known() -> None:
    assert ok("x > 0 and log(x) > 1", x=[-1.0, 1.0]) == [True, True]
    assert ok("x <= 0 or log(x) > 1", x=[-1.0, 1.0]) == [True, True]
    assert ok("log(x) > 1 and x > 0", x=[-1.0, 1.0]) == [False, True]
    assert ok("x < 0 and log(x) > 1", x=[-1.0, 1.0]) == [False, True]


def test_values_of_an_unused_branch_do_not_leak() -> None:
    value, _ = evaluate(parse("where(x > 0, 1 / x, 0)"), {"x": np.array([0.0, 4.0])})
    assert_array_equal(value, [0.0, 0.25])


def test_comparisons_are_numbers() -> None:
    value, _ = evaluate(parse("(x > 1) + 2 * (x == 2) + (not x)"), {"x": np.arange(3.0)})
    assert_array_equal(value, [1.0, 0.0, 3.0])
    assert value.dtype == np.float64


def test_input_that_is_not_finite_is_reported_once() -> None:
    values = {"x": np.array([1.0, np.nan, np.inf])}
    assert_array_equal(evaluate(parse("log(x) > 1"), values)[1], [True, False, False])
    (breach,) = breaches(parse("log(x) > 1"), values)
    assert breach.expr == Name("x")


def test_overflow_of_plain_arithmetic_is_not_trusted() -> None:
    assert ok("x * x * x", x=[1e200, 2.0]) == [False, True]


def test_breach_names_the_cause_and_its_values() -> None:
    values = {"p": np.array([0.4, 0.8]), "rr": np.array([1.5])}
    (breach,) = breaches(parse("rate(apply_rr(p, rr))"), values)
    assert breach.expr == Call("apply_rr", (Name("p"), Name("rr")))
    assert_array_equal(breach.outside, [False, True])
    assert_allclose(breach.result, [0.6, 1.2])
    assert "[0, 1]" in breach.domain


def test_desugared_words_use_the_length_of_the_cycle() -> None:
    values = {"r": 0.2, "p": 0.2, "cycle_length": 0.25}
    assert_allclose(evaluate(parse("prob(r)"), values)[0], 1 - math.exp(-0.05))
    assert_allclose(evaluate(parse("per_cycle(p)"), values)[0], 1 - 0.8**0.25)
    assert evaluate(parse("per_cycle(1)"), values)[0] == 1


def test_cycles_and_draws_broadcast_and_names_may_be_looked_up_by_a_function() -> None:
    shapes = {"time": np.zeros((4, 1)), "r": np.ones((1, 3))}
    value, fine = evaluate(parse("prob(r * where(time < 2, 0.5, 1), 1)"), shapes.__getitem__)
    assert value.shape == fine.shape == (4, 3)
