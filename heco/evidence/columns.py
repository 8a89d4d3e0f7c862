"""The columns of a lookup table: from a file, or from the scenario itself."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from heco.errors import Problem, ScenarioError
from heco.evidence.csvfile import read_csv
from heco.evidence.mixing import FloatArray


def columns_from_csv(
    path: str | Path, by: str, columns: Sequence[str], name: str = ""
) -> dict[str, FloatArray]:
    """Return columns of a CSV file whose keys rise.

    Parameters
    ----------
    path : str or Path
        The file.
    by : str
        The column of keys.
    columns : sequence of str
        The columns of values that are wanted.
    name : str
        What the author calls the file; the path itself if empty.

    Returns
    -------
    dict of str to ndarray, shape (row,)
        The keys and the values by column.

    Raises
    ------
    ScenarioError
        With every problem in the file, by row and column.
    """
    sheet = read_csv(path, name)
    sheet.require([by, *columns])
    found = {column: sheet.numbers(column) for column in dict.fromkeys([by, *columns])}
    for i, what in _disorder(by, found[by]):
        sheet.problem(what, i, by)
    sheet.finish()
    return found


def columns_from_arrays(
    by: str, keys: Sequence[float], columns: Mapping[str, Sequence[float]], name: str
) -> dict[str, FloatArray]:
    """Return columns of numbers that an author wrote in the scenario.

    Parameters
    ----------
    by : str
        What the values depend on.
    keys : sequence of float
        Its values, rising.
    columns : mapping of str to sequence of float
        The values.
    name : str
        The place as the author wrote it.

    Returns
    -------
    dict of str to ndarray, shape (row,)
        The keys and the values by column.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    problems = [] if len(keys) else [Problem("the table is empty", name)]
    if by in columns:
        problems.append(Problem(f'"{by}" names the keys and a column', name))
    found: dict[str, FloatArray] = {}
    for column, values in {**columns, by: keys}.items():
        if isinstance(values, str) or len(values) != len(keys):
            problems.append(Problem(f"{column} needs {len(keys)} values, one for each {by}", name))
            continue
        for i, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, numbers.Real):
                what = f"{value!r} is not a number"
            elif not math.isfinite(value):
                what = f"{value} is not a finite number"
            else:
                continue
            problems.append(Problem(what, f"{name}, row {i + 1}, column {column}"))
        if not problems:
            found[column] = np.array(values, dtype=float)
    if not problems:
        problems = [
            Problem(what, f"{name}, row {i + 1}, column {by}")
            for i, what in _disorder(by, found[by])
        ]
    if problems:
        raise ScenarioError(problems)
    return found


def _disorder(by: str, keys: FloatArray) -> list[tuple[int, str]]:
    """Return the rows whose key is repeated or falls, each with a sentence."""
    found = []
    for i in np.flatnonzero(~(np.diff(keys) > 0)) + 1:
        if keys[i] == keys[i - 1]:
            found.append((int(i), f"{by} {keys[i]:g} is there twice"))
        elif keys[i] < keys[i - 1]:
            found.append((int(i), f"{by} {keys[i]:g} comes after {keys[i - 1]:g}; sort the rows"))
    return found
