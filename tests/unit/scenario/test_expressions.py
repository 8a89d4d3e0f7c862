"""Reading and printing the expression language."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from expression_trees import trees
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.scenario import expressions as ex
from heco.scenario.expressions import Call, Expr, ExpressionError, Name, Number, parse, to_text
from heco.scenario.functions import CALLS, FUNCTIONS, READERS, SHORTHANDS, manual

a, b, c, p, r = (Name(word) for word in "abcpr")
TWO, THREE = Number(2), Number(3)


def call(function: str, *args: Expr) -> Call:
    return Call(function, args)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("3", Number(3)),
        ("-3", Number(-3)),
        ("20_000", Number(20_000)),
        ("1.5e-3", Number(0.0015)),
        (".5", Number(0.5)),
        ("p_wait.die", Name("p_wait.die")),
        ("a + b * c", call("add", a, call("mul", b, c))),
        ("a - b - c", call("sub", call("sub", a, b), c)),
        ("a - (b - c)", call("sub", a, call("sub", b, c))),
        ("a / b / c", call("div", call("div", a, b), c)),
        ("2 ^ 3 ** a", call("pow", TWO, call("pow", THREE, a))),
        ("-2 ^ 2", call("neg", call("pow", TWO, TWO))),
        ("(-2) ^ 2", call("pow", Number(-2), TWO)),
        ("2 ^ -a", call("pow", TWO, call("neg", a))),
        ("2 ^ -3 * a", call("mul", call("pow", TWO, Number(-3)), a)),
        ("-a * b", call("mul", call("neg", a), b)),
        ("-(3)", call("neg", THREE)),
        ("a - -3", call("sub", a, Number(-3))),
        ("a < b + 1", call("lt", a, call("add", b, Number(1)))),
        ("not a == b", call("not", call("eq", a, b))),
        ("a or b and not c", call("or", a, call("and", b, call("not", c)))),
        ("(a < b) == c", call("eq", call("lt", a, b), c)),
        ("a\n  + b", call("add", a, b)),
        ("min(a, b, c, 3)", call("min", a, b, c, THREE)),
        ("prob(r)", call("prob", r, Name("cycle_length"))),
        ("prob(r, 2)", call("prob", r, TWO)),
        ("rate(p)", call("rate", p, Number(1))),
        ("rate (p, 2)", call("rate", p, TWO)),
        ("per_cycle(p)", call("rescale", p, Number(1), Name("cycle_length"))),
    ],
)
def test_tree(text: str, tree: Expr) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("((a*b))+(c)", "a * b + c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("(a^b)^c", "(a ^ b) ^ c"),
        ("a**(b**c)", "a ^ b ^ c"),
        ("-(a*b)", "-(a * b)"),
        ("(-a)*b", "-a * b"),
        ("a*(-b)", "a * -b"),
        ("-(3)", "-(3)"),
        ("-(-3)", "-(-3)"),
        ("(-3)^2", "(-3) ^ 2"),
        ("not (a and b)", "not (a and b)"),
        ("(not a) and b", "not a and b"),
        ("(not a) == b", "(not a) == b"),
        ("(a < b) == c", "(a < b) == c"),
        ("a == (b != c)", "a == (b != c)"),
        ("(a < b) and (b < c)", "a < b and b < c"),
        ("(a or b) and c", "(a or b) and c"),
        ("prob(r, cycle_length)", "prob(r)"),
        ("rescale(p, 1, cycle_length)", "per_cycle(p)"),
        ("rescale(p, 1, 1)", "rescale(p, 1, 1)"),
        ("rate(p, 1.0)", "rate(p)"),
        ("20_000", "20000"),
        ("1e-9", "1e-09"),
        ("1e300", "1e+300"),
    ],
)
def test_print(written: str, printed: str) -> None:
    assert to_text(parse(written)) == printed


numbers = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=200, deadline=None)
@given(trees(numbers))
def test_printed_tree_reads_as_the_same_tree(tree: Expr) -> None:
    text = to_text(tree)
    if len(text) <= ex.MAX_LENGTH:
        assert parse(text) == tree


@given(trees(numbers), trees(numbers))
def test_equal_trees_are_printed_alike_and_unequal_ones_are_not(one: Expr, other: Expr) -> None:
    assert (to_text(one) == to_text(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "expression is empty"),
        ("a b", 3, 'found "b", expected an operator or the end|Write * to multiply'),
        ("2x", 1, '"2x" is not a number|2 * x'),
        ("a +", 4, "found the end, expected a number, a name"),
        ("* a", 1, 'found "*", expected'),
        ("+3", 1, 'found "+"|positive without a sign'),
        ("(a", 3, 'found the end, expected an operator or ")" for the "(" in column 1'),
        ("a)", 2, 'found ")"'),
        ("5%", 2, "percent|Write 0.05."),
        ("p %", 3, "percent|0.05 for five per cent"),
        ("a < b < c", 7, '"<" continues a comparison|a < b and b < c'),
        ("a == b != c", 8, "continues a comparison"),
        ("1 + not a", 5, '"not" cannot follow|(not x)'),
        ("rest", 1, '"rest" cannot stand in an expression|alone'),
        ("1 - rest", 5, '"rest" cannot stand'),
        ("a if b else c", 3, '"if" cannot|where(condition'),
        ("if(a, b, c)", 1, '"if" cannot|where(condition'),
        ("a ? b : c", 3, '"?" is not a sign|where(condition'),
        ("a = b", 3, '"=" is not a sign|Write == to compare'),
        ("prob(r, years=2)", 14, '"=" is not a sign|go by their order'),
        ("a => b", 3, '"=>" is not a sign|>='),
        ("a <> b", 3, '"<>" is not a sign|!='),
        ("a & b", 3, "Write and."),
        ("a | b", 3, "Write or."),
        ("a AND b", 3, "small letters"),
        ("a // b", 3, "floor(a / b)"),
        ("lambda x: x", 1, '"lambda" cannot stand|not a programme'),
        ("a.__class__", 1, "two underscores"),
        ("__import__('os')", 1, "two underscores"),
        ("().a", 3, "name.component"),
        ("()", 2, 'found ")", expected a number'),
        ("'a'", 1, "without quotes"),
        ('"a"', 1, "without quotes"),
        ("a[0]", 2, "round brackets"),
        ("{a}", 1, "round brackets"),
        ("a # why", 3, "Comments"),
        ("£5", 1, "currency"),
        ("5 − 3", 3, "plain minus"),
        ("2 × 3", 3, "multiply"),
        ("True", 1, "1 for true"),
        ("nan", 1, "finite"),
        ("1e999", 1, "too large"),
        ("1__0", 1, "underscore stands between"),
        ("10_", 1, "underscore stands between"),
        ("0,05", 3, '"05" begins with a spare 0|0.05'),
        ("0,5", 2, "Decimals take a point"),
        ("1.2.3", 1, '"1.2.3" is not a number'),
        ("0x10", 1, '"0x10" is not a number'),
        ("a..b", 2, "name.component"),
        ("porb(r)", 1, '"porb" is not a function|Did you mean "prob"?'),
        ("ln(a)", 1, "log(x)"),
        ("p_die(3)", 1, '"p_die" is not a function|p_die * (...)'),
        ("x.prob(3)", 1, '"x.prob" is not a function'),
        ("prob", 1, "is a function and expected its arguments|prob(r, years=cycle_length)"),
        ("prob()", 1, "found 0 arguments"),
        ("prob(a, b, c)", 1, "found 3 arguments for |expected prob(r, years=cycle_length)"),
        ("rate()", 1, "expected rate(p, years=1)"),
        ("per_cycle(a, b)", 1, "found 2 arguments|expected per_cycle(p)"),
        ("min(a)", 1, "found 1 argument for |expected min(a, b, ...)"),
        ("min(a, b,)", 10, 'found ")"'),
        ("a\x00", 2, r"\x00"),
    ],
)
def test_error(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert error.column == column
    for part in words.split("|"):
        assert part in f"{error} {error.hint}"
    assert f"column {column}" in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(" * 300 + "a" + ")" * 300, "nested too deeply"),
        ("-" * 300 + "a", "nested too deeply"),
        ("abs(" * 90 + "a" + ")" * 90, "91 levels"),
        ("a" + " + a" * 55, "56 levels"),
        ("a" + "+a" * 900, "1801 numbers, names and operations"),
        ("a" * 2_001, "2,001 characters"),
    ],
)
def test_limits(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words) as caught:
        parse(text)
    assert "Split it" in caught.value.hint


def test_deepest_tree_survives_its_own_brackets() -> None:
    tree: Expr = a
    for _ in range(ex.MAX_DEPTH - 1):
        tree = call("sub", b, tree)
    assert parse(to_text(tree)) == tree


def test_numbers_from_toml_are_expressions() -> None:
    assert parse(3) == parse(3.0) == parse("3") == Number(3)
    assert parse(-0.5) == parse("-0.5") == Number(-0.5)


@pytest.mark.parametrize("source", [True, None, [1], float("nan"), float("inf"), 10**400])
def test_other_values_are_refused(source: Any) -> None:
    with pytest.raises(ExpressionError):
        parse(source)


def test_excerpt_points_at_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("prob(r_stroke * * 3)")
    assert caught.value.excerpt == "prob(r_stroke * * 3)\n                ^"
    with pytest.raises(ExpressionError) as caught:
        parse("a + " * 20 + "* 3")
    text, caret = caught.value.excerpt.split("\n")
    assert text[caret.index("^")] == "*"


def test_error_survives_a_process_boundary() -> None:
    error = pickle.loads(pickle.dumps(ExpressionError("no", "try", 3, "a b")))
    assert (str(error), error.hint, error.text) == ("column 3: no", "try", "a b")


tokens = st.sampled_from(
    [
        *"+-*/^<>()=,.%&|!'[]{}:;#\\\n _",
        *("**", "<=", "==", "and", "or", "not", "rest", "if", "lambda"),
        *("a", "p.q", "__class__", "1", "0.5", "1e5", "9e999"),
        *FUNCTIONS,
        *SHORTHANDS,
    ]
)


@settings(max_examples=200)
@given(st.one_of(st.text(), st.lists(tokens, max_size=30).map("".join), st.binary().map(repr)))
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    refused = None
    try:
        tree = parse(text)
    except ExpressionError as error:
        refused = error
    if refused is None:
        assert parse(to_text(tree)) == tree
    else:
        assert 1 <= refused.column <= len(text) + 1
        assert str(refused)
        assert isinstance(refused.excerpt, str)


def test_names() -> None:
    assert ex.names(parse("prob(r * where(time < 2, rr, 1))")) == {
        "r", "time", "rr", "cycle_length"
    }  # fmt: skip
    assert ex.is_constant(parse("2 * exp(1)"))
    assert not ex.is_constant(parse("prob(0.1)"))


def test_substitution_is_simultaneous_and_looks_outside() -> None:
    tree = parse("a + b")
    assert ex.substitute(tree, {"a": parse("a * 1.1"), "b": a}) == parse("a * 1.1 + a")
    assert ex.substitute(tree, {"a": -2.0}) == parse("-2 + b")
    assert ex.substitute(tree, {}) == tree


def test_fold_counts_calls() -> None:
    count = ex.fold(parse("a * b + exp(3)"), lambda v: 0, lambda n: 0, lambda f, k: 1 + sum(k))
    assert count == 3


def test_numbers_in_a_tree_are_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        Number(float("nan"))


def test_every_function_is_explained_once() -> None:
    signatures = [signature.partition("(")[0] for signature, _ in manual()]
    assert sorted(signatures) == sorted([*FUNCTIONS, *SHORTHANDS, *READERS])
    assert all(doc.endswith(".") and doc.count(". ") == 0 for _, doc in manual())


def test_every_guard_can_be_told() -> None:
    for function in CALLS.values():
        assert (function.valid is not None) == bool(function.domain), function.name


def test_no_parameter_may_be_called_like_something_else() -> None:
    assert {"prob", "per_cycle", "time", "rest", "and", "if"} <= ex.RESERVED
