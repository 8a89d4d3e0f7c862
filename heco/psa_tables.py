"""From sheets with a row per draw to arrays, linked by draw across files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from heco.errors import Problem, ScenarioError
from heco.evidence.csvfile import MOST_PROBLEMS, Sheet
from heco.outcomes import Array
from heco.psa_layouts import Wide, index_column, unpaired


@dataclass(frozen=True, eq=False)
class ImportedPsa:
    """Draws that another program made.

    Parameters
    ----------
    strategies : tuple of str
        Names, in the order of the file.
    cost, effect : ndarray, shape (strategy, draw)
        As the file has them. [currency, QALYs]
    parameters : dict of str to ndarray, shape (draw,)
        Inputs, row by row with the outcomes.
    layout : str
        ``heco``, ``BCEA``, ``dampack``, ``SAVI``, ``heemod``, ``hesim``, ``long`` or ``mapped``.
    warnings : tuple of str
        What the reader must know.
    """

    strategies: tuple[str, ...]
    cost: Array
    effect: Array
    parameters: dict[str, Array]
    layout: str
    warnings: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Return the number of draws."""
        return int(self.cost.shape[1])


@dataclass(frozen=True, eq=False)
class Source:
    """A column of one of the files."""

    sheet: Sheet
    column: str


def wide_psa(
    sheets: Sequence[Sheet],
    cost: Mapping[str, Source],
    effect: Mapping[str, Source],
    parameters: Mapping[str, Source],
    wide: Wide,
) -> ImportedPsa:
    """Return the analysis that sheets with a row per draw hold.

    Parameters
    ----------
    sheets : sequence of Sheet
        All files.
    cost, effect, parameters : mapping of str to Source
        Where the numbers of each strategy and parameter are.
    wide : Wide
        The layout.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    place = ", ".join(Path(sheet.file).name for sheet in sheets)
    faults = unpaired(_columns(cost), _columns(effect), wide.layout)
    problems = [Problem(what, "header", hint, place) for what, hint in faults]
    rows, more, warnings = link(sheets)
    problems += more
    if len(sheets[0].rows) < 2:
        problems.append(Problem("one draw is no probabilistic analysis", file=place))

    def numbers(source: Source) -> Array:
        return source.sheet.numbers(source.column)[rows[id(source.sheet)]]

    costs = {name: numbers(source) for name, source in cost.items()}
    effects = {name: numbers(source) for name, source in effect.items()}
    ignored = list(wide.ignored)
    inputs = {}
    for name, source in parameters.items():
        if not wide.strict and all_text(source):
            ignored.append(source.column)
        else:
            inputs[name] = numbers(source)
    finish(sheets, problems)
    if ignored:
        warnings.append(f"Columns that are neither outcomes nor inputs: {', '.join(ignored)}.")
    return ImportedPsa(
        tuple(costs),
        np.stack(list(costs.values())),
        np.stack([effects[name] for name in costs]),
        inputs,
        wide.layout,
        tuple(warnings),
    )


def link(
    sheets: Sequence[Sheet],
) -> tuple[dict[int, NDArray[np.intp]], list[Problem], list[str]]:
    """Return the rows of each sheet in the order of the first, problems, and what to say of it.

    Draws are linked by the column that numbers them if every file has one, otherwise row by row.
    """
    first, problems, warnings = sheets[0], list[Problem](), list[str]()
    rows = {id(sheet): np.arange(len(sheet.rows)) for sheet in sheets}
    keys = {}
    for sheet in sheets:
        column = index_column(sheet.columns)
        if column:
            keys[id(sheet)] = sheet.texts(column)
            problems += _repeated(sheet, column, keys[id(sheet)])
    for sheet in sheets[1:]:
        if len(sheet.rows) != len(first.rows):
            what = f"{len(sheet.rows):,} draws, but {len(first.rows):,} in {first.file}"
            problems.append(Problem(what, file=sheet.file))
        elif len(keys) == len(sheets):
            at = {key: i for i, key in enumerate(keys[id(sheet)])}
            missing = [key for key in keys[id(first)] if key not in at]
            if missing:
                what = f"draw {missing[0]} of {first.file} is missing here"
                problems.append(Problem(what, index_column(sheet.columns), "", sheet.file))
            else:
                rows[id(sheet)] = np.array([at[key] for key in keys[id(first)]], dtype=np.intp)
    if len(sheets) > 1 and len(keys) < len(sheets):
        names = " and ".join(Path(sheet.file).name for sheet in sheets)
        warnings.append(
            f"{names} have no column that numbers the draws: row 1 was taken with row 1, row 2 "
            "with row 2, and so on."
        )
    return rows, problems, warnings


def finish(sheets: Sequence[Sheet], problems: Sequence[Problem] = ()) -> None:
    """Raise one `ScenarioError` with these problems and those of the sheets, if there are any."""
    found = list(problems)
    for sheet in sheets:
        try:
            sheet.finish()
        except ScenarioError as error:
            found += error.problems
    if found:
        raise ScenarioError(found)


def all_text(source: Source) -> bool:
    """Return whether no cell of a column is a number: then it is a label, not an input."""
    at = source.sheet.columns.index(source.column)
    return not any(_is_number(row[at]) for row in source.sheet.rows)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _repeated(sheet: Sheet, column: str, keys: Sequence[str]) -> list[Problem]:
    """Return the draws that are there twice."""
    seen: dict[str, int] = {}
    found: list[Problem] = []
    for i, key in enumerate(keys):
        if key in seen and len(found) < MOST_PROBLEMS:
            what = f"draw {key} is in row {seen[key] + 1} already"
            hint = f"If {column} does not number the draws, call it something else."
            where = f"row {i + 1}, column {column}"
            found.append(Problem(what, where, hint, sheet.file, sheet.lines[i]))
        seen.setdefault(key, i)
    return found


def _columns(sources: Mapping[str, Source]) -> dict[str, str]:
    return {name: source.column for name, source in sources.items()}
