"""The sheet of inputs: what may be changed, where it comes from, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from heco.analysis.facts import components, joint, varies
from heco.analysis.summaries import TAILS, limits
from heco.model.graph import Node
from heco.model.names import ENTRY
from heco.scenario.expressions import to_text
from heco.scenario.scenario import Scenario
from heco.scenario.schema_parameters import Parameter
from heco.workbook.book import Book, Place, Sheet, letters
from heco.workbook.language import Language
from heco.workbook.living import Living
from heco.workbook.workings import Workings

HEADS = (
    "Input", "Name in formulas", "Unit", "Value", "As heco ran it", "Changed", "Range from", "to",
    "Distribution or formula", "Certainty", "Assumption", "Source", "Note",
)  # fmt: skip
_WIDTHS = (36, 22, 13, 13, 13, 10, 9, 9, 32, 10, 12, 38, 32)
VALUE, AS_RUN, CHANGED, _RANGE, _WORDS = 3, 4, 5, 6, 8


@dataclass
class Inputs:
    """Where the inputs stand.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    places : dict of int to Place
        Values of parameters, derived ones included, by index of their node.
    names : dict of str to str
        The name of the cell of every other setting: ``discount cost``, ``wtp 1``, ...
    rows : list of int
        The rows whose value may be changed.
    """

    sheet: Sheet
    places: dict[int, Place] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    formulas: dict[str, str] = field(default_factory=dict)


def fill(book: Book, sheet: Sheet, living: Living, language: Language) -> Inputs:
    """Fill the sheet of inputs and return where everything stands."""
    scenario = living.scenario
    inputs = Inputs(sheet)
    sheet.widths.update(enumerate(_WIDTHS))
    sheet.text(0, 0, "Inputs", "title")
    sheet.text(
        1, 0, "Change a value in a yellow cell and every sheet follows. Grey cells are heco's and "
        "stay as they are; white cells with numbers are formulas.", "note",
    )  # fmt: skip
    sheet.row(3, 0, HEADS, left=(0, 1, 2, 5, 8, 9, 10, 11, 12))
    sheet.frozen, sheet.repeat = (4, 1), (3, 3)
    row = _conventions(book, inputs, scenario, 4)
    row = _facts(book, inputs, living, row + 1)
    row = _settings(book, inputs, living, row)
    _derived(book, inputs, living, language, row)
    return inputs


def digits_of(unit: str, currency: str, value: float | None = None) -> str:
    """Return how a number in a unit is printed."""
    if unit.lower() in ("probability", "share", "proportion", "utility"):
        return "probability"
    if currency.lower() in unit.lower().split():
        return "money"
    return "short" if value is not None and len(f"{value:.10g}") > 8 else "number"


def _input(book: Book, inputs: Inputs, row: int, name: str, value: float, digits: str) -> Place:
    """Put a value that may be changed, its name, and what heco took it to be."""
    sheet = inputs.sheet
    place = sheet.number(row, VALUE, value, digits, "input")
    sheet.number(row, AS_RUN, value, digits)
    now, then = letters(VALUE), letters(AS_RUN)
    sheet.formula(row, CHANGED, f'IF({now}{row + 1}={then}{row + 1},"","changed")', "text")
    word = book.name(name, place)
    sheet.text(row, 1, word)
    inputs.rows.append(row)
    return Place(sheet.name, row, VALUE, word)


def _conventions(book: Book, inputs: Inputs, scenario: Scenario, row: int) -> int:
    """Write willingness to pay and discounting; return the next row."""
    sheet, decision, time = inputs.sheet, scenario.decision, scenario.time
    sheet.text(row, 0, "Decision and discounting", "section")
    lines = []
    for number, wtp in enumerate(decision.wtp, 1):
        unit = f"{decision.currency} per {'life year' if decision.effect != 'qaly' else 'QALY'}"
        lines.append((f"wtp {number}", "Willingness to pay", unit, wtp, "whole"))
    for outcome, words in (("cost", "costs"), ("qaly", "health")):
        for number, (after, rate) in enumerate(rates_of(scenario, outcome), 1):
            late = f", from year {after:g}" if after else ""
            key = f"discount {outcome}" + (f" {number}" if number > 1 else "")
            lines.append((key, f"Discount rate for {words}{late}", "per year", rate, "percent"))
    for key, label, unit, value, digits in lines:
        row += 1
        place = _input(book, inputs, row, key, value, digits)
        inputs.names[key] = place.name
        sheet.text(row, 0, label)
        sheet.text(row, 2, unit)
    if inputs.names:
        sheet.text(row, _WORDS, f"discounting: {time.discounting}", "word")
    return row + 1


def rates_of(scenario: Scenario, outcome: str) -> tuple[tuple[float, float], ...]:
    """Return the discount rates of an outcome: (from when [years], rate), in order."""
    rates = scenario.time.discount.rates(outcome)
    return rates if isinstance(rates, tuple) else ((0.0, float(rates)),)


def _facts(book: Book, inputs: Inputs, living: Living, row: int) -> int:
    """Write what has a value of its own; return the next row."""
    scenario, sheet = living.scenario, inputs.sheet
    sheet.text(row, 0, "Facts and assumptions", "section")
    row += 1
    for name, parameter in scenario.parameters.items():
        for column in components(scenario, name):
            if parameter.table is not None and column not in living.values:
                continue
            if column not in living.values or column in scenario.overrides:
                continue
            _describe(sheet, row, scenario, name, column)
            value = living.values[column]
            digits = digits_of(parameter.unit, scenario.decision.currency, value)
            place = _input(book, inputs, row, column, value, digits)
            node = living.plan.names.graph.column(column, True)
            inputs.places[node.index] = place
            book.columns[column] = place.name
            if parameter.bounds is not None:
                sheet.limits[row, VALUE] = parameter.bounds
            elif parameter.unit == "probability":
                sheet.limits[row, VALUE] = (0.0, 1.0)
            row += 1
    return row + 1


def _settings(book: Book, inputs: Inputs, living: Living, row: int) -> int:
    """Write the numbers that have no parameter of their own; return the next row."""
    if not living.settings:
        return row
    scenario, sheet = living.scenario, inputs.sheet
    sheet.text(row, 0, "Numbers written straight into the model", "section")
    row += 1
    for setting in living.settings:
        sheet.text(row, 0, setting.label, "wrap")
        sheet.text(row, 2, setting.unit, "wrap")
        sheet.text(row, _WORDS, "written in the model", "word")
        digits = digits_of(setting.unit, scenario.decision.currency)
        place = _input(book, inputs, row, setting.word, setting.value, digits)
        inputs.places[living.plan.names.graph.column(setting.column, True).index] = place
        row += 1
    return row + 1


def _derived(book: Book, inputs: Inputs, living: Living, language: Language, row: int) -> None:
    """Write what follows from other inputs, as formulas."""
    scenario, sheet, names = living.scenario, inputs.sheet, living.plan.names
    derived = [name for name, p in scenario.parameters.items() if p.expr is not None]
    tables = [name for name, p in scenario.parameters.items() if p.table is not None]
    if not derived and not tables:
        return
    sheet.text(
        row, 0, "What follows from them, as long as no strategy sets anything else", "section"
    )
    row += 1
    found: list[tuple[int, str, Node]] = []
    for name in (*derived, *tables):
        _describe(sheet, row, scenario, name, name)
        if name in tables or varies(scenario, name):
            sheet.text(row, VALUE, "by cycle", "heco")
            sheet.text(row, 1, name)
        else:
            node = names.name(name, names.outside, ENTRY)
            place = sheet.place(row, VALUE)
            word = book.name(name, place)
            sheet.text(row, 1, word)
            found.append((row, name, node))
            if node.op not in ("const", "column"):
                inputs.places.setdefault(node.index, Place(sheet.name, row, VALUE, word))
        row += 1
    workings = Workings(language, sheet, inputs.places, row + 1, label_column=0, value_column=VALUE)
    for line, name, node in found:
        known = inputs.places.get(node.index)
        own = known is not None and (known.row, known.column) == (line, VALUE)
        text = workings.formula(node, own=own)
        as_run = float(np.reshape(living.numbers([node])[node.index], -1)[0])
        digits = digits_of(scenario.parameters[name].unit, scenario.decision.currency, as_run)
        sheet.formula(line, VALUE, text, digits)
        if np.isfinite(as_run):
            sheet.number(line, AS_RUN, as_run, digits)


def _describe(sheet: Sheet, row: int, scenario: Scenario, name: str, column: str) -> None:
    """Write what is known about a parameter beside its value."""
    parameter = scenario.parameters[name]
    part = column.partition(".")[2]
    sheet.text(row, 0, f"{parameter.label}: {part}" if part else parameter.label, "wrap")
    sheet.text(row, 2, parameter.unit, "wrap")
    ends = _range(scenario, name, column)
    if ends is not None:
        for offset, end in enumerate(ends):
            digits = digits_of(parameter.unit, scenario.decision.currency, end)
            sheet.number(row, _RANGE + offset, end, digits, "plain")
    remarks = (
        "; ".join(_words(scenario, name, parameter)), parameter.certainty,
        "assumption" if parameter.assumed else "", parameter.source, parameter.note,
    )  # fmt: skip
    for offset, words in enumerate(remarks):
        if words:
            sheet.text(row, _WORDS + offset, " ".join(words.split()), "word")


def _range(scenario: Scenario, name: str, column: str) -> tuple[float, float] | None:
    """Return the central 95% of what is drawn, or the range that the author gives."""
    if name in scenario.samples:
        return limits(scenario.samples[name])
    if name in scenario.distributions and not joint(scenario, name):
        low, high = scenario.distributions[name].ppf(np.array(TAILS))
        return float(low), float(high)
    return scenario.parameters[name].range if column == name else None


def _words(scenario: Scenario, name: str, parameter: Parameter) -> Iterator[str]:
    if name in scenario.distributions:
        yield scenario.distributions[name].describe()
    elif parameter.expr is not None:
        yield f"{name} = {to_text(parameter.expr)}"
    elif parameter.table is not None:
        yield f"table by {parameter.table.by.replace('_', ' ')}; see the sheet Tables"
    elif parameter.samples is not None:
        yield f"joint samples: {parameter.samples.column} of {parameter.samples.file}"
    else:
        yield "fixed"
