"""A scenario becomes a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from heco.errors import refuse
from heco.result import RunResult
from heco.scenario.scenario import Scenario
from heco.workbook import checks, clocks, inputs, readme, results, tables, write
from heco.workbook.book import Book
from heco.workbook.engine import Engine
from heco.workbook.language import Language, NotInExcel
from heco.workbook.living import living
from heco.workbook.parser import Area
from heco.workbook.strategy import Writer

#: Name of the file in the folder of a run.
FILE = "workbook.xlsx"


def ready() -> None:
    """Refuse if no workbook can be written, before any work is done for it.

    Raises
    ------
    ScenarioError
        If XlsxWriter is not installed.
    """
    write.ready()


def make(
    scenario: Scenario,
    answer: Sequence[str] = (),
    conventions: Mapping[str, str] | None = None,
    warnings: Sequence[str] = (),
) -> bytes:
    """Return the base case of a scenario as the bytes of a workbook.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    answer : sequence of str
        What heco's report answers, for the first sheet.
    conventions : mapping of str to str
        Choices that move a number, in words, as in force.
    warnings : sequence of str
        What the reader must know before using the numbers.

    Raises
    ------
    ScenarioError
        If XlsxWriter is not installed, the base case cannot be computed, or the workbook does not
        agree with heco.
    """
    write.ready()
    if scenario.groups:
        raise refuse(
            "a workbook holds one model, and a scenario with groups is several", "[groups]",
            'Write a file for each group: extends = "...", drop = ["groups"], and what it sets.',
        )  # fmt: skip
    book = book_of(scenario, answer, conventions or {}, warnings)
    if not book.agrees:
        raise refuse(
            "the workbook, computed by a second engine, does not agree with heco, so it is not "
            "written", "--excel", "Please report it, with the scenario.",
        )  # fmt: skip
    title = " ".join((scenario.decision.title or scenario.name).split())
    return write.to_bytes(book, scenario.decision.currency, title)


def beside(run: RunResult) -> tuple[str, bytes]:
    """Return what the workbook of a run is, in words, and its bytes."""
    answer = [line for r in run.results if r.analysis == "base_case" for line in r.headline]
    warnings = [line for r in run.results if r.analysis == "verification" for line in r.warnings]
    made = make(run.scenario, answer, run.conventions, warnings)
    return "the base case as a workbook with live formulas, for Excel", made


def book_of(
    scenario: Scenario,
    answer: Sequence[str] = (),
    conventions: Mapping[str, str] | None = None,
    warnings: Sequence[str] = (),
) -> Book:
    """Return the workbook in memory, computed by the second engine."""
    model = living(scenario)
    book = Book()
    first, shown = book.sheet("Read me"), book.sheet("Results")
    facts = book.sheet("Inputs")
    named = {}
    if scenario.tables:
        named = tables.fill(book, book.sheet("Tables"), model.scenario)
    language = Language(model.scenario.tables, named)
    where = inputs.fill(book, facts, model, language)
    time = None
    if model.clock is not None:
        time = clocks.fill(book.sheet("Time"), model.clock, model.scenario, where)
    try:
        made = [
            Writer(book, model, plan, where, time, language).write()
            for plan in model.plan.strategies
        ]
    except NotInExcel as what:
        raise refuse(
            f"Excel has no formula for {what}", "--excel",
            "The report has every number; leave out --excel.",
        ) from what  # fmt: skip
    for one in made:
        book.frozen += one.frozen
        book.totals |= {(one.name, kind): at for (kind, part), at in one.totals.items() if not part}
    compared = results.fill(shown, model.scenario, made, where, model.outcomes)
    verdict = checks.fill(book.sheet("Check"), compared, made, where)
    readme.fill(first, scenario, made, verdict, answer, conventions or {}, warnings)
    _compute(book)
    said = book.sheets[-1].cells[verdict.row, verdict.column].value
    book.agrees = said == "agrees"
    return book


def _compute(book: Book) -> None:
    """Give every formula the value that the second engine finds for it."""
    values = {
        s.name: {k: c.value for k, c in s.cells.items() if not c.formula} for s in book.sheets
    }
    formulas = {
        s.name: {k: c.formula for k, c in s.cells.items() if c.formula} for s in book.sheets
    }
    names = {}
    for name, place in book.names.items():
        top, bottom = place if isinstance(place, tuple) else (place, place)
        names[name] = Area(top.sheet, top.row, top.column, bottom.row, bottom.column)
    found = Engine(values, formulas, names).all()
    for sheet in book.sheets:
        for (row, column), cell in sheet.cells.items():
            if cell.formula:
                value = found[sheet.name, row, column]
                sheet.cells[row, column] = replace(cell, value=value)
