"""Studies of a test against a reference standard: their tables, from memory or from a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heco.errors import refuse
from heco.evidence.csvfile import Sheet, read_csv
from heco.evidence.meta.covariates import MISSING
from heco.evidence.meta.measures import FloatArray

#: Columns of a table, and the column of the cut-off, which may be missing.
CELLS = ("tp", "fn", "fp", "tn")
CUT_OFF = "cut_off"


@dataclass(frozen=True)
class AccuracyTables:
    """A 2x2 table of test against reference standard per study.

    Parameters
    ----------
    study : tuple of str
        Names, each once.
    tp, fn : ndarray, shape (study,)
        Ill people with a positive and with a negative test.
    fp, tn : ndarray, shape (study,)
        Well people with a positive and with a negative test.
    cut_off : tuple of str
        The cut-off of each study as reported; empty if unknown.
    excluded : tuple of str
        Studies that were left out, for no count is reported.
    """

    study: tuple[str, ...]
    tp: FloatArray
    fn: FloatArray
    fp: FloatArray
    tn: FloatArray
    cut_off: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    def point(self, i: int) -> tuple[float, float]:
        """Return sensitivity and specificity of one study, as counted."""
        return (
            float(self.tp[i] / (self.tp[i] + self.fn[i])),
            float(self.tn[i] / (self.tn[i] + self.fp[i])),
        )


def read_accuracy(path: str | Path, name: str = "") -> AccuracyTables:
    """Read studies of a test from a CSV file.

    Parameters
    ----------
    path : str or Path
        The file: ``study, tp, fn, fp, tn`` and, if known, ``cut_off``.
    name : str
        What the author calls it; the path itself if empty.

    Returns
    -------
    AccuracyTables
        Rows without any count are left out.

    Raises
    ------
    ScenarioError
        With every problem in the file, by row and column.
    """
    sheet = read_csv(path, name, by_hand=True)
    sheet.require(["study", *CELLS])
    rows, counts = [], []
    excluded: list[str] = []
    for row, cells in enumerate(sheet.rows):
        texts = {column: cells[sheet.columns.index(column)] for column in CELLS}
        if all(text in MISSING for text in texts.values()):
            excluded.append(cells[sheet.columns.index("study")] or f"row {row + 1}")
            continue
        rows.append(row)
        counts.append([_count(sheet, row, column, text) for column, text in texts.items()])
        tp, fn, fp, tn = counts[-1]
        if tp + fn == 0 or fp + tn == 0:
            words = "ill" if tp + fn == 0 else "well"
            sheet.problem(f"the study has no {words} people", row)
    if not rows:
        sheet.problem("there is no study that can be used")
    at = sheet.columns.index("study")
    names = [sheet.rows[row][at] for row in rows]
    seen: set[str] = set()
    for study, row in zip(names, rows, strict=True):
        if not study:
            sheet.problem("the study has no name", row, "study")
        elif study in seen:
            sheet.problem(f'"{study}" is there twice', row, "study")
        seen.add(study)
    sheet.finish()
    cut_offs: tuple[str, ...] = ()
    if CUT_OFF in sheet.columns:
        place = sheet.columns.index(CUT_OFF)
        cut_offs = tuple(sheet.rows[row][place] for row in rows)
    tp, fn, fp, tn = np.array(counts, dtype=float).T
    return AccuracyTables(tuple(names), tp, fn, fp, tn, cut_offs, tuple(excluded))


def _count(sheet: Sheet, row: int, column: str, text: str) -> float:
    """Return the count in one cell; what is no count is a problem, and not a number."""
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        what = "the cell is empty" if text in MISSING else f'"{text}" is not a number'
        sheet.problem(what, row, column)
        return math.nan
    if value < 0:
        sheet.problem(f"{value:g}: a count cannot be negative", row, column)
    return value


def log_odds(
    tables: AccuracyTables, half: str = "zero"
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return log odds of sensitivity and specificity with their sampling variances.

    Parameters
    ----------
    tables : AccuracyTables
        Counts.
    half : str
        As in `pool_accuracy`.

    Returns
    -------
    ndarray, ndarray, shape (study, 2), and tuple of str
        Log odds, variances, and what was added to empty cells.
    """
    if tables.k == 0:
        raise refuse("no study can be pooled", "studies")
    if half not in ("zero", "all"):
        raise refuse(f'half a person goes to "zero" or "all", not "{half}"', "half")
    cells = np.stack([tables.tp, tables.fn, tables.tn, tables.fp])
    for what, n in (("ill", cells[0] + cells[1]), ("well", cells[2] + cells[3])):
        if np.any(n == 0):
            names = ", ".join(tables.study[i] for i in np.flatnonzero(n == 0))
            raise refuse(f"no {what} people in: {names}", "studies")
    empty = np.any(cells == 0, axis=0)
    corrected = np.full(tables.k, bool(np.any(empty))) if half == "all" else empty
    tp, fn, tn, fp = cells + 0.5 * corrected
    notes: tuple[str, ...] = ()
    if np.any(corrected):
        names = ", ".join(tables.study[i] for i in np.flatnonzero(corrected))
        notes = (f"1/2 was added to every cell of: {names}",)
    y = np.stack([np.log(tp / fn), np.log(tn / fp)], axis=1)
    return y, np.stack([1 / tp + 1 / fn, 1 / tn + 1 / fp], axis=1), notes
