"""Every function of the language, as Excel's formula for it: the same number as in heco."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office import PROGRAM, computed

from heco.evidence.tables import Table
from heco.model.graph import Graph
from heco.scenario.functions import CALLS
from heco.workbook.book import Book, Place, letters
from heco.workbook.engine import Engine
from heco.workbook.functions import Fault
from heco.workbook.language import _SIGNS, FUNCTIONS, Language, NotInExcel
from heco.workbook.parser import Area, parse
from heco.workbook.write import to_bytes

#: What no function of a worksheet stands for: `at` is a look-up in a table, and is one here too.
ELSEWHERE = {"at"}
VALUES = (0.02, 0.3, 0.5, 0.75, 1.6, 3.0)


def comes_to(formula: str, **cells: float):
    """Return what a formula over named cells comes to."""
    places = {name: Area("s", 0, column, 0, column) for column, name in enumerate(cells)}
    values = {"s": {(0, column): value for column, value in enumerate(cells.values())}}
    return Engine(values, {"s": {(5, 5): formula}}, places).value("s", 5, 5)


def written(function: str, names) -> str:
    graph = Graph()
    node = graph.call(function, *(graph.column(name, True) for name in names))
    places = {}
    for name in names:
        places[graph.column(name, True).index] = Place("s", 0, 0, name)
    return Language({}, {}).text(node, places, "s")


def test_every_function_and_operator_has_a_formula():
    assert set(FUNCTIONS) | set(_SIGNS) == set(CALLS) - ELSEWHERE


@pytest.mark.parametrize("name", sorted(set(CALLS) - ELSEWHERE))
def test_a_function_is_the_same_in_a_sheet(name):
    function = CALLS[name]
    words = ["a", "b", "c", "d"][: len(function.parameters)]
    text = written(name, words)
    tried = 0
    for values in itertools.product((0.0, *VALUES), repeat=len(words)):
        with np.errstate(all="ignore"):
            expected = float(function.apply(*values))
            fine = function.valid is None or bool(function.valid(*values, expected))
        if not fine or not np.isfinite(expected):
            continue
        got = comes_to(text, **dict(zip(words, values, strict=True)))
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-12), (text, values)
        tried += 1
    assert tried >= 4


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed")
@pytest.mark.xdist_group("libreoffice")
def test_every_function_is_the_same_in_libreoffice(tmp_path):
    book = Book()
    sheet = book.sheet("One")
    expected = []
    for name in sorted(set(CALLS) - ELSEWHERE):
        function = CALLS[name]
        count = len(function.parameters)
        for values in itertools.product((0.0, 0.3, 0.75, 1.6), repeat=count):
            with np.errstate(all="ignore"):
                number = float(function.apply(*values))
                fine = function.valid is None or bool(function.valid(*values, number))
            if not fine or not np.isfinite(number):
                continue
            graph, row = Graph(), len(expected)
            columns = [graph.column(str(i), True) for i in range(count)]
            places = {
                node.index: sheet.number(row, 1 + i, value)
                for i, (node, value) in enumerate(zip(columns, values, strict=True))
            }
            text = Language({}, {}).text(graph.call(name, *columns), places, "One")
            sheet.formula(row, 0, text)
            expected.append((text, values, number))
    theirs = computed(to_bytes(book, "GBP", "functions"), tmp_path)["One"]
    for row, (text, values, number) in enumerate(expected, 1):
        got = theirs.cell(row, 1).value
        assert got == pytest.approx(number, rel=1e-9, abs=1e-12), (text, values)
    assert len(expected) > 300


def test_negative_bases_signs_and_powers_are_bracketed():
    # Excel's sign binds more tightly than its power: =-2^2 is 4.
    graph = Graph()
    a, b = graph.column("a", True), graph.column("b", True)
    power = graph.call("pow", graph.call("neg", a), graph.const(2.0))
    negative = graph.call("neg", graph.call("pow", a, graph.const(2.0)))
    gap = graph.call("sub", a, graph.call("sub", b, graph.const(-3.0)))
    ratio = graph.call("div", a, graph.call("mul", b, graph.const(0.5)))
    values = {"a": 3.0, "b": 7.0}
    for node, expected in ((power, 9.0), (negative, -9.0), (gap, -7.0), (ratio, 3 / 3.5)):
        text = Language({}, {}).text(node, _named(graph, values), "s")
        assert comes_to(text, **values) == pytest.approx(expected), text


def _named(graph: Graph, values) -> dict:
    return {graph.column(name, True).index: Place("s", 0, 0, name) for name in values}


LEAVES = st.sampled_from(["a", "b", "c"]) | st.floats(-3, 3).map(lambda x: round(x, 2))


def _trees(children):
    binary = st.tuples(st.sampled_from(["add", "sub", "mul", "div", "min", "max", "lt"]),
                       children, children)  # fmt: skip
    return binary | st.tuples(st.sampled_from(["neg", "abs", "not"]), children)


@settings(max_examples=150)
@given(st.recursive(LEAVES, _trees, max_leaves=12))
def test_any_formula_means_the_same_with_its_brackets_left_out(tree):
    values = {"a": 1.5, "b": -2.25, "c": 0.4}
    graph = Graph()

    def node(part):
        if isinstance(part, str):
            return graph.column(part, True)
        if isinstance(part, float):
            return graph.const(part)
        return graph.call(part[0], *map(node, part[1:]))

    def number(part):
        if isinstance(part, str):
            return values[part]
        if isinstance(part, float):
            return part
        return float(CALLS[part[0]].apply(*map(number, part[1:])))

    with np.errstate(all="ignore"):
        expected = number(tree)
    text = Language({}, {}).text(node(tree), _named(graph, values), "s")
    got = comes_to(text, **values)
    if not np.isfinite(expected):
        return  # what divides by 0 somewhere is a fault of the sheet, or was folded away
    if not isinstance(got, Fault):
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9), text


@pytest.mark.parametrize("method", ["step", "linear"])
@pytest.mark.parametrize("beyond", ["last", "error"])
def test_a_table_is_read_as_heco_reads_it(method, beyond):
    keys, values = [0.0, 1.0, 2.5, 4.0], [0.1, 0.3, 0.2, 0.9]
    table = Table.from_arrays("age", keys, {"x": values}, method, beyond)
    graph = Graph()
    node = graph.table("t", graph.column("a", True))
    language = Language({"t": table}, {"t": ("t_by", "t_value")})
    text = language.text(node, _named(graph, {"a": 0.0}), "s")
    cells = {"t": {(row, 0): key for row, key in enumerate(keys)}
             | {(row, 1): value for row, value in enumerate(values)}}  # fmt: skip
    names = {"t_by": Area("t", 0, 0, 3, 0), "t_value": Area("t", 0, 1, 3, 1),
             "a": Area("s", 0, 0, 0, 0)}  # fmt: skip
    for x in (-1.0, 0.0, 0.5, 1.0, 1.0 - 1e-14, 2.4, 2.5, 3.0, 4.0, 5.0, 5.5, 9.0):
        engine = Engine({**cells, "s": {(0, 0): x}}, {"s": {(5, 5): text}}, names)
        got = engine.value("s", 5, 5)
        found, outside = table.lookup(x)
        if outside:
            assert isinstance(got, Fault), x
        else:
            assert got == pytest.approx(float(found), rel=1e-12), x


def test_what_excel_cannot_say_is_refused():
    graph = Graph()
    matrix = graph.matrix(2, 1.0, {(0, 1): graph.const(0.1)})
    with pytest.raises(NotInExcel, match="matrix"):
        Language({}, {}).text(graph.item(matrix, (0, 1)), {}, "s")


@pytest.mark.parametrize(
    "name", ["p1", "R", "c", "r1c1", "AB12", "TRUE", "hr", "a.b", "1st", "x y", "rr", "_", "XFD1"]
)
def test_names_never_look_like_cells(name):
    book = Book()
    sheet = book.sheet("One")
    found = book.name(name, sheet.place(0, 0))
    again = book.name(name.upper(), sheet.place(1, 0))
    assert found.lower() != again.lower(), "Excel does not tell capitals apart"
    for word in (found, again):
        assert parse(word, "One").names == (word,)


def test_columns_have_letters():
    assert [letters(c) for c in (0, 25, 26, 701, 702, 16383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_sheets_get_legal_names_that_differ():
    book = Book()
    names = [book.sheet(n).name for n in ("A/B: [c]*?", "a b   c", "x" * 40, "X" * 40, "", "'")]
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_the_engine_does_what_a_spreadsheet_does():
    for formula, expected in {
        "-2^2": 4.0, "2^3^2": 64.0, "1-(2+3)": -4.0, "10/4*2": 5.0, '"a"="A"': 1.0,
        'IF(1>2,"x","y")': "y", "MIN(3,1,2)": 1.0, "INT(-1.5)": -2.0, "1E-6*2": 2e-6,
        "NORMSDIST(1.959963984540054)": 0.975, "GAMMADIST(2,1,1,TRUE)": 1 - np.exp(-2),
        "AND(1,0)": 0.0, "OR(0,2>1)": 1.0, '"a"&1': "a1",
    }.items():  # fmt: skip
        got = comes_to(formula)
        assert got == (pytest.approx(expected) if isinstance(expected, float) else expected)
    for formula, fault in {"1/0": "#DIV/0!", "LN(0)": "#NUM!", "0^0": "#NUM!", "NA()": "#N/A",
                           '1+"x"': "#VALUE!", "SQRT(-1)": "#NUM!"}.items():  # fmt: skip
        assert str(comes_to(formula)) == fault, formula


def test_a_formula_that_refers_to_itself_is_refused():
    engine = Engine({}, {"s": {(0, 0): "B1+1", (0, 1): "A1*2"}}, {})
    with pytest.raises(ValueError, match="itself"):
        engine.value("s", 0, 0)


@pytest.mark.parametrize("formula", ["1+", "(1", "1 2", "SUM(1", "#REF!", ""])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(ValueError, match="="):
        parse(formula, "s")
