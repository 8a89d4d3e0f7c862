"""The table of areas: one row per area, one column per parameter that differs there.

Columns are called ``area``, by the name of a parameter (``births``: a fixed value there), by its
name and ``:mean`` (its distribution, moved to that mean), by its name and ``:source`` (where the
value comes from), ``source`` (of the whole row) and ``note``. An empty cell leaves the parameter
as the scenario has it.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from heco.batch.override import Override, refused
from heco.errors import Problem, did_you_mean
from heco.evidence.csvfile import Sheet, read_csv
from heco.scenario.checks.parameters import limits
from heco.scenario.scenario import Scenario

#: Columns that are no parameters.
WORDS = ("area", "source", "note")
#: What may follow the name of a parameter.
SUFFIXES = ("mean", "source")
_LONGEST_NAME = 60
#: Names that Windows keeps for devices.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


@dataclass(frozen=True)
class Area:
    """One row.

    Parameters
    ----------
    name : str
        As written.
    slug : str
        The name as part of a path: small letters, digits and hyphens, different for every area.
    line : int
        Line of the file, counted from 1.
    values : mapping of str to Override
        Parameter -> what it is there.
    note : str
        What the reader should know.
    problems : tuple of Problem
        What is wrong with the row; it is not run if there is anything.
    """

    name: str
    slug: str
    line: int
    values: Mapping[str, Override] = field(default_factory=dict)
    note: str = ""
    problems: tuple[Problem, ...] = ()


def read_areas(path: str | Path, scenario: Scenario) -> list[Area]:
    """Return the rows of a table of areas.

    Parameters
    ----------
    path : str or Path
        CSV, UTF-8.
    scenario : Scenario
        Whose parameters the columns name.

    Raises
    ------
    ScenarioError
        With everything that is wrong in the whole file, if the header cannot be used or no row
        can. A row that cannot be used beside others that can is returned with its problems.
    """
    sheet = read_csv(path, by_hand=True)
    _headers(sheet, scenario)
    header = len(sheet.problems)
    names = _names(sheet)
    slugs = _slugs([name or f"row {i + 1}" for i, name in enumerate(names)])
    areas = []
    for i, name in enumerate(names):
        before = len(sheet.problems)
        seen = names.index(name)
        if name and seen < i:
            where = f"as in row {seen + 1}"
            sheet.problem(f'the area is called "{name}", {where}; names must differ', i, "area")
        values = _row(sheet, i, scenario)
        note = _cell(sheet, i, "note")
        wrong = tuple(sheet.problems[before:])
        if not name:
            wrong = (*(p for p in sheet.problems[:before] if p.line == sheet.lines[i]), *wrong)
        areas.append(Area(name, slugs[i], sheet.lines[i], values, note, wrong))
    if header or all(area.problems for area in areas):
        sheet.finish()
    return areas


def _headers(sheet: Sheet, scenario: Scenario) -> None:
    """See that every column means something."""
    if "area" not in sheet.columns:
        sheet.problem('there is no column "area"', hint=did_you_mean("area", sheet.columns))
    known = set(scenario.parameters)
    for column in sheet.columns:
        name, colon, suffix = column.partition(":")
        if column in WORDS:
            continue
        if colon and suffix not in SUFFIXES:
            sheet.problem(
                f'"{suffix}" says nothing after the name of a parameter',
                None, column, did_you_mean(suffix, SUFFIXES),
            )  # fmt: skip
        elif name not in known:
            words = () if colon else WORDS
            hint = did_you_mean(name, known | set(words))
            sheet.problem(f'"{column}" is no parameter of the scenario', None, column, hint)
        elif suffix == "source":
            if not {name, f"{name}:mean"} & set(sheet.columns):
                what = f'there is a source for "{name}" but no column with its value'
                sheet.problem(what, None, column)
        else:
            if suffix == "mean" and name in sheet.columns:
                what = f'"{name}" is given twice: as a fixed value and as a mean'
                sheet.problem(what, None, column, "Keep one of the two columns.")
            for what, hint in refused(scenario, name, suffix == "mean"):
                sheet.problem(what, None, column, hint)


def _names(sheet: Sheet) -> list[str]:
    return sheet.texts("area") if "area" in sheet.columns else [""] * len(sheet.rows)


def _cell(sheet: Sheet, row: int, column: str) -> str:
    return sheet.rows[row][sheet.columns.index(column)] if column in sheet.columns else ""


def _row(sheet: Sheet, row: int, scenario: Scenario) -> dict[str, Override]:
    """Return what is otherwise in one area."""
    found: dict[str, Override] = {}
    for column in sheet.columns:
        name, _, suffix = column.partition(":")
        text = _cell(sheet, row, column)
        if name not in scenario.parameters or suffix not in ("", "mean") or not text:
            continue
        value = _number(sheet, row, column, text)
        if math.isnan(value) or not _sensible(sheet, row, column, value, scenario):
            continue
        source = _cell(sheet, row, f"{name}:source") or _cell(sheet, row, "source")
        found[name] = Override(value, suffix == "mean", source)
    return found


def _number(sheet: Sheet, row: int, column: str, text: str) -> float:
    """Return a number; what is none is noted with row and column, as in every table."""
    one = Sheet(sheet.file, (column,), [[text]], [sheet.lines[row]])
    value = float(one.numbers(column)[0])
    for problem in one.problems:
        sheet.problem(problem.what, row, column, problem.hint)
    return value


def _sensible(sheet: Sheet, row: int, column: str, value: float, scenario: Scenario) -> bool:
    """See that a value makes sense for its parameter, as a scenario's own would have to."""
    parameter = scenario.parameters[column.partition(":")[0]]
    low, high = limits(parameter)
    if low <= value <= high:
        return True
    if parameter.unit == "probability" and not 0 <= value <= 1:
        hint = "Divide by 100." if 1 < value <= 100 else ""
        sheet.problem(f"{value:g} is not a probability: it must lie in [0, 1]", row, column, hint)
    else:
        name = column.partition(":")[0]
        what = f"{value:g} lies outside the range [{low:g}, {high:g}] of {name}"
        hint = f"If it can be so there, write possible = [low, high] under [parameters.{name}]."
        sheet.problem(what, row, column, hint)
    return False


def slug(name: str) -> str:
    """Return a name as part of a path on any system.

    Examples
    --------
    >>> slug("Coastal West Sussex CCG, 2013"), slug("Ynys Môn"), slug("***")
    ('coastal-west-sussex-ccg-2013', 'ynys-mon', 'area')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"area-{made}" if _DEVICES.fullmatch(made) else made or "area"


def _slugs(names: list[str]) -> list[str]:
    """Return a different slug for each name; it does not depend on the order of rows."""
    plain = [slug(name) for name in names]
    made = [
        text if plain.count(text) == 1
        else f"{text}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        for name, text in zip(names, plain, strict=True)
    ]  # fmt: skip
    # Rows of the same name are refused anyway; until then each needs a place of its own.
    return [f"{text}-{made[:i].count(text) + 1}" if text in made[:i] else text
            for i, text in enumerate(made)]  # fmt: skip
