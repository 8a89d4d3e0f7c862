"""Random expressions: a number, or a sentence that says where; never anything else."""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heco.reference.formulas import Undefined, worth
from heco.scenario.evaluation import evaluate
from heco.scenario.expressions import ExpressionError, parse
from heco.scenario.printing import to_text
from heco.scenario.syntax import measure
from heco.scenario.tokens import MAX_LENGTH

sys.path.append(str(Path(__file__).parents[1] / "unit" / "scenario"))
from expression_trees import NAMES, trees

some = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
numbers = st.sampled_from(
    [0.0, 1.0, 0.5, -1.0, 2.0, 1e-9, 0.9999999, 3.7, -0.3, 100.0, 1e4, 1e-6, -0.0]
)
#: What nearly is an expression is made of.
PIECES = st.sampled_from(
    [
        "p", "q", "x.part", "time", "rest", "where", "min", "prob", "surv_weibull", "at", "not",
        "and", "or", "if", "lambda", "__class__", "é", "1", "0.5", ".5", "5.", "1e3", "1e999",
        "1_000", "1__0", "0x1", "007", "1,5", "(", ")", "(", ")", ",", "+", "-", "*", "/", "^",
        "**", "//", "==", "=", "<", "<=", "=<", "<>", "!", "%", "&&", "||", "£", "−", "×", "²",
        "'", '"', "[", "]", "{", "}", ";", ":", "?", "#", "@", "\\", "\n", "\t", "\0", "\u202e",
        "🙂", " ", " ", " ",
    ]
)  # fmt: skip
PYTHON = re.compile(r"Traceback|<class|object at|\w+Error\b|NoneType|Expr\(|Call\(|Name\(")


def read(text):
    """Parse a text; what cannot be read is refused in words, with a column of the text."""
    try:
        return parse(text)
    except ExpressionError as error:
        refused = error
    assert 1 <= refused.column <= len(text) + 1
    assert refused.message
    assert not PYTHON.search(f"{refused.message} {refused.hint}")
    return None


@some
@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_nearly_is_an_expression_is_read_or_refused(text):
    found = read(text)
    if found is not None:
        assert parse(to_text(found)) == found


@some
@given(trees(numbers), st.data())
def test_a_slip_in_an_expression_is_read_or_refused(tree, data):
    text = to_text(tree)
    assert parse(text) == tree
    at = data.draw(st.integers(0, len(text)))
    kind = data.draw(st.sampled_from(["cut", "drop", "add", "double", "turn"]))
    slipped = {
        "cut": text[:at],
        "drop": text[:at] + text[at + 1 :],
        "add": text[:at] + data.draw(PIECES) + text[at:],
        "double": text[:at] + text[at : at + 3] * 2 + text[at + 3 :],
        "turn": text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
    }[kind]
    found = read(slipped)
    if found is not None:
        assert parse(to_text(found)) == found


@some
@given(trees(numbers), st.tuples(*[numbers] * len(NAMES)))
def test_an_expression_gives_the_number_of_the_reference_or_says_that_it_has_none(tree, values):
    here = dict(zip(NAMES, values, strict=True))
    value, fine = evaluate(tree, {name: np.array([number]) for name, number in here.items()})
    if not np.all(fine):
        return
    number = float(np.broadcast_to(value, (1,))[0])
    assert math.isfinite(number)
    try:
        told = worth(tree, here.__getitem__)
    except Undefined as error:
        pytest.fail(f"{to_text(tree)}: {number!r}, but the reference says: {error}")
    assert math.isclose(number, told, rel_tol=1e-9, abs_tol=1e-12), to_text(tree)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "(" * 900 + "1" + ")" * 900,
        "-" * 1_999 + "1",
        "not " * 499 + "1",
        "2" + "^2" * 900,
        "1" + "+1" * 900,
        "1" + "-1" * 5_000,
        "min(" * 400 + "1" + ",1)" * 400,
        "where(1," * 200 + "1" + ",1)" * 200,
        "p" * 2_001,
        "9" * 2_000,
        "max(" + "1," * 990 + "1)",
    ],
    ids=lambda text: f"{text[:8]}{len(text)}",
)
def test_depth_and_size_have_limits(text):
    found = read(text)
    if found is not None:
        _, depth = measure(found)
        assert len(text) <= MAX_LENGTH
        assert depth <= 100
        assert parse(to_text(found)) == found
