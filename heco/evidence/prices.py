"""Price years: a cost from one year in the prices of another, by an index that is named.

A cost is multiplied by index(to)/index(from). The index, both years and its source belong in the
report; which index to use is the author's decision, and no year is ever filled in.

An index file is a CSV with the columns series, year and index, one row per series and year; other
columns (a source, a note) are left alone. Years are words: ``2023/24`` and ``2023`` differ.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.csvfile import read_csv


def factor(
    index: Mapping[str, float],
    from_year: str | int,
    to_year: str | int,
    name: str = "the price index",
    where: str = "",
) -> float:
    """Return what to multiply a cost by to move it from one price year to another.

    Parameters
    ----------
    index : mapping of str to float
        Index level by year; the base is arbitrary.
    from_year, to_year : str or int
        Price years, written as in the index.
    name : str
        What to call the index when a year is missing.
    where : str
        The place as the author wrote it, for error messages.

    Returns
    -------
    float
        index(to_year) / index(from_year).
    """
    problems = []
    years = dict.fromkeys((str(from_year), str(to_year)))
    for year in years:
        if year not in index:
            hint = did_you_mean(year, index)
            if index and not hint.startswith("Allowed"):
                hint = f"{hint} It runs from {min(index)} to {max(index)}.".strip()
            problems.append(Problem(f"{name} has no year {year}", where, hint))
        elif not (math.isfinite(index[year]) and index[year] > 0):
            what = f"{name} is {index[year]} in {year}; a price index is more than 0"
            problems.append(Problem(what, where))
    if problems:
        raise ScenarioError(problems)
    return float(index[str(to_year)] / index[str(from_year)])


def read_prices(path: str | Path, name: str = "") -> dict[str, dict[str, float]]:
    """Return the price indices in a file.

    Parameters
    ----------
    path : str or Path
        A CSV with the columns series, year and index.
    name : str
        What the author calls the file; the path itself if empty.

    Returns
    -------
    dict of str to dict of str to float
        Index level by series and year.

    Raises
    ------
    ScenarioError
        With every problem in the file, by row and column.
    """
    sheet = read_csv(path, name)
    sheet.require(("series", "year", "index"))
    indices: dict[str, dict[str, float]] = {}
    rows = zip(sheet.texts("series"), sheet.texts("year"), sheet.numbers("index"), strict=True)
    for i, (series, year, level) in enumerate(rows):
        if level <= 0:
            sheet.problem(f"{level:g} is not a price index: it must be more than 0", i, "index")
        if year in indices.setdefault(series, {}):
            sheet.problem(f"{series} has {year} twice", i, "year")
        indices[series][year] = float(level)
    sheet.finish()
    return indices


def series(
    indices: Mapping[str, Mapping[str, float]], name: str, where: str = "", file: str = ""
) -> Mapping[str, float]:
    """Return one price index by name.

    Parameters
    ----------
    indices : mapping of str to mapping of str to float
        As from `read_prices`.
    name : str
        The series.
    where, file : str
        The place as the author wrote it and the index file, for error messages.

    Returns
    -------
    mapping of str to float
        Index level by year.
    """
    if name not in indices:
        what = f'there is no price index "{name}"'
        raise ScenarioError([Problem(what, where, did_you_mean(name, indices), file)])
    return indices[name]
