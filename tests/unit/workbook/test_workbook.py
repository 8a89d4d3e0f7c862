"""Workbooks: what their formulas come to, with the inputs as they are and with others."""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from office import PROGRAM, computed

import heco
from heco.errors import ScenarioError
from heco.model import compile_model
from heco.workbook import book_of, make
from heco.workbook import write as writer
from heco.workbook.book import LONGEST
from heco.workbook.reader import read
from heco.workbook.write import to_bytes

ROOT = Path(__file__).parents[3]
EVERYTHING = "tests/unit/workbook/every_feature.toml"
PUBLISHED = [
    f"tests/reference/{name}/model.toml"
    for name in (
        "briggs2006_hip", "briggs2006_hiv", "diet_exercise_tree", "dong2006_knee",
        "doubilet1985_herpes", "evans1997_sumatriptan", "green2023_drug", "heemod_tunnels",
        "herc_frontier", "rcea_sick_sicker", "rhta_colon", "sick_sicker", "sick_sicker_tunnels",
        "sonnenberg_beck1993_valve", "wright2023_genotyping",
    )
]  # fmt: skip
OWN = ["scenarios/first.toml", "scenarios/microcosting.toml", EVERYTHING]
#: What the second engine and a spreadsheet may differ by from heco (V34 of the methods).
SHEET = 1e-6

RATES = """
[decision]
question = "?"
wtp = 20000
[time]
cycle = "1 year"
horizon = "10 years"
exits = "matrix-exponential"
[population]
starts = {a = 1}
[parameters.r_ab]
label = "Rate"
unit = "rate per year"
fixed = 0.2
source = "assumption: invented"
[states]
a = {utility = 0.9, cost = 100}
b = {utility = 0.5, cost = 900}
dead = {absorbing = true}
[transitions.a]
b = {rate = "r_ab"}
dead = {rate = 0.05}
[transitions.b]
a = {rate = 0.1}
dead = {rate = 0.3}
[strategies]
x = {label = "X"}
"""


@cache
def scenario(path: str):
    return heco.load(ROOT / path)


@cache
def made(path: str):
    book = book_of(scenario(path))
    return book, to_bytes(book, "GBP", path)


def totals(outcomes, place, row=0):
    return {key: float(getattr(outcomes, key[1])[outcomes.index(key[0]), row]) for key in place}


def other_inputs(path: str, many: int):
    """Yield (name of the cell, value, heco's outcomes) for inputs of a scenario, one at a time."""
    book, _ = made(path)
    model = compile_model(scenario(path))
    base = model.base()
    names = [name for name in book.columns if name in base.names]
    for name in names[:: max(1, len(names) // many)]:
        old = float(base.column(name)[0])
        for new in (old * 0.9, old * 1.05 + (0.1 if old == 0 else 0.0)):
            outcomes = model.evaluate(base.replace({name: np.array([new])}))
            if outcomes.valid.all() and new != old:
                yield book.columns[name], new, outcomes
                break


@pytest.mark.parametrize("path", OWN + PUBLISHED)
def test_formulas_come_to_what_heco_computed(path):
    book, file = made(path)
    assert book.agrees
    assert not book.frozen
    engine = read(file)  # from the text of the formulas in the file, and nothing else
    outcomes = compile_model(scenario(path)).evaluate(compile_model(scenario(path)).base())
    for (strategy, kind), place in book.totals.items():
        got = engine.value(place.sheet, place.row, place.column)
        expected = totals(outcomes, [(strategy, kind)])[strategy, kind]
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9), (strategy, kind)


@pytest.mark.parametrize("path", [*OWN, *PUBLISHED])
def test_an_input_that_is_changed_moves_the_result_as_in_heco(path):
    book, file = made(path)
    engine = read(file)
    for name, value, outcomes in other_inputs(path, many=8):
        changed = engine.changed({name: value})
        for key, place in book.totals.items():
            expected = totals(outcomes, [key])[key]
            got = changed.value(place.sheet, place.row, place.column)
            assert got == pytest.approx(expected, rel=1e-9, abs=1e-9), (name, value, key)


def test_discount_rates_and_what_a_strategy_sets_are_inputs_too():
    path = EVERYTHING
    book, file = made(path)
    text = (ROOT / path).read_text(encoding="utf-8")
    altered = heco.load_text(
        text.replace("rate = 0.035", "rate = 0.06").replace("qaly = 0.015", "qaly = 0.02")
        .replace("offered = 1", "offered = 0.8").replace("test = 25", "test = 40")
    )  # fmt: skip
    model = compile_model(altered)
    outcomes = model.evaluate(model.base())
    engine = read(file).changed(
        {"discount_cost": 0.06, "discount_qaly": 0.02, "offered_all": 0.8,
         "c_start_found_test": 40.0}
    )  # fmt: skip
    for key, place in book.totals.items():
        got = engine.value(place.sheet, place.row, place.column)
        assert got == pytest.approx(totals(outcomes, [key])[key], rel=1e-9), key


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed")
@pytest.mark.xdist_group("libreoffice")
class TestInLibreOffice:
    """A third engine, written by others: LibreOffice Calc."""

    def test_it_computes_and_does_not_show_what_is_stored(self, tmp_path):
        import xlsxwriter

        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        book.add_worksheet("One").write_formula(0, 0, "=1+2", None, 99)
        book.close()
        assert computed(target.getvalue(), tmp_path)["One"]["A1"].value == 3

    @pytest.mark.parametrize(
        "path",
        [
            "scenarios/first.toml", EVERYTHING,
            *(p for p in PUBLISHED if p.split("/")[2] in (
                "briggs2006_hiv", "sick_sicker", "evans1997_sumatriptan", "diet_exercise_tree",
                "sonnenberg_beck1993_valve", "briggs2006_hip")),
            pytest.param("scenarios/targeted.toml", marks=pytest.mark.slow),
            pytest.param("scenarios/universal.toml", marks=pytest.mark.slow),
            pytest.param("scenarios/microcosting.toml", marks=pytest.mark.slow),
        ],
    )  # fmt: skip
    def test_every_cell_is_what_was_stored(self, path, tmp_path):
        book, file = made(path)
        theirs = computed(file, tmp_path)
        compared = 0
        for sheet in book.sheets:
            for (row, column), cell in sheet.cells.items():
                got = theirs[sheet.name].cell(row + 1, column + 1).value
                if isinstance(cell.value, float):
                    assert got == pytest.approx(cell.value, rel=SHEET, abs=1e-9), (sheet.name, row)
                    compared += 1
                elif cell.formula:
                    assert (got or "") == (cell.value or ""), (sheet.name, row, column)
        assert compared > 100

    @pytest.mark.parametrize(
        "path", ["scenarios/first.toml", "tests/reference/sick_sicker/model.toml", EVERYTHING]
    )
    def test_a_changed_input_gives_what_heco_gives(self, path, tmp_path):
        book, file = made(path)
        *_, (name, value, outcomes) = other_inputs(path, many=3)
        theirs = computed(file, tmp_path, {name: value})
        for key, place in book.totals.items():
            got = theirs[place.sheet].cell(place.row + 1, place.column + 1).value
            assert got == pytest.approx(totals(outcomes, [key])[key], rel=SHEET, abs=1e-9), key
        assert theirs["Check"]["B3"].value == 1
        assert theirs["Check"]["B4"].value == "inputs were changed"


def test_the_same_bytes_every_time():
    one, two = (make(scenario("scenarios/first.toml"), ("Yes.",)) for _ in range(2))
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()
    with zipfile.ZipFile(io.BytesIO(one)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01" in parts.read("docProps/core.xml")


def test_text_of_an_author_never_becomes_a_formula():
    words = scenario(EVERYTHING)
    assert words.decision.title.startswith("=HYPERLINK")
    with zipfile.ZipFile(io.BytesIO(make(words, ("=2+2", "+1", "@SUM(A1)")))) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
        texts = parts.read("xl/sharedStrings.xml").decode()
        assert not [name for name in parts.namelist() if "hyperlink" in name.lower()]
    formulas = [piece.partition("</f>")[0] for s in sheets for piece in s.split("<f>")[1:]]
    assert formulas
    assert not [f for f in formulas if "HYPERLINK" in f or f in ("2+2", "1+1", "1", "SUM(A1)")]
    for author in ("=HYPERLINK", "=1+1", "=2+2", "@SUM(A1)"):
        assert author in texts


def test_formulas_are_short_enough_and_cells_have_values():
    for path in [*OWN, *PUBLISHED]:
        book, _ = made(path)
        for sheet in book.sheets:
            for cell in sheet.cells.values():
                assert len(cell.formula) < LONGEST
                assert not cell.formula or cell.value is not None


def test_inputs_show_where_they_come_from():
    book, _ = made("scenarios/first.toml")
    inputs = next(sheet for sheet in book.sheets if sheet.name == "Inputs")
    rows = {cell.value: row for (row, column), cell in inputs.cells.items() if column == 1}
    row = rows["p_relapse"]
    shown = [inputs.cells[row, column].value for column in (0, 2, 3, 8, 10, 11)]
    assert shown == ["Relapse within a year", "probability", 0.3, "Beta(60, 140)", "assumption",
                     "assumption: invented"]  # fmt: skip
    assert inputs.cells[row, 3].look == "input"
    assert inputs.cells[row, 6].value == pytest.approx(0.2386, abs=1e-3)  # Beta(60, 140), 2.5%


def test_a_matrix_exponential_is_written_as_numbers_and_says_so():
    book = book_of(heco.load_text(RATES))
    assert book.agrees
    assert any("exponential of a matrix" in words for words in book.frozen)
    said = [str(cell.value) for cell in book.sheets[0].cells.values()]
    assert any("exponential of a matrix" in words for words in said)
    looks = {cell.look for cell in book.sheets[4].cells.values() if cell.digits == "probability"}
    assert "heco" in looks


def test_a_cohort_too_large_for_a_sheet_is_written_as_numbers_and_says_so():
    text = RATES.replace('"matrix-exponential"', '"competing"')
    text = text.replace('"10 years"', '"3100 years"')
    for state in "ab":
        text = text.replace(f"[transitions.{state}]", f'[transitions.{state}]\n{state} = "rest"')
    book = book_of(heco.load_text(text))
    assert book.agrees
    assert any("3,100 cycles" in words for words in book.frozen)
    assert any("not live" in str(cell.value) for s in book.sheets for cell in s.cells.values())


def test_a_tree_too_large_for_a_sheet_is_written_as_numbers_and_says_so():
    nodes = "".join(
        f"""
[tree.n{i}]
a = {{p = 0.4, to = "{to}", cost = {i + 1}, count = "seen"}}
b = {{p = "rest", to = "{to}"}}
"""
        for i, to in enumerate([*(f"n{i}" for i in range(1, 11)), "a"])
    )
    text = RATES.replace('"matrix-exponential"', '"competing"').replace("starts = {a = 1}", "")
    text = text.replace('x = {label = "X"}', 'x = {label = "X", enters = "n0"}') + nodes
    for state in "ab":
        text = text.replace(f"[transitions.{state}]", f'[transitions.{state}]\n{state} = "rest"')
    book = book_of(heco.load_text(text))
    assert book.agrees
    assert [words for words in book.frozen if "4,094 branches" in words]


def test_what_does_not_agree_is_not_written(monkeypatch):
    from heco.workbook import clocks

    original = clocks.factor
    monkeypatch.setattr(
        clocks, "factor", lambda s, names, kind, date: original(s, names, kind, f"({date}+1)")
    )
    with pytest.raises(ScenarioError, match="does not agree with heco"):
        make(scenario("scenarios/first.toml"))


def test_without_the_library_the_extra_is_named(monkeypatch):
    import builtins

    original = builtins.__import__

    def missing(name, *args, **kwargs):
        if name == "xlsxwriter":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ScenarioError, match="excel"):
        writer.ready()
