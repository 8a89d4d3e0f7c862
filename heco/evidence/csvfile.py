"""Reading a CSV file of numbers: whatever is wrong is said with file, row and column.

Only the standard library's reader is used: it starts at once, and it never guesses a type.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, ScenarioError, did_you_mean

#: More rows than this are not a table that somebody checked.
MOST_ROWS = 1_000_000
#: Problems listed for one file; the rest are counted.
MOST_PROBLEMS = 20


@dataclass
class Sheet:
    """A CSV file as text, and everything that is wrong with it so far.

    Parameters
    ----------
    file : str
        The file, as named by the author.
    columns : tuple of str
        The header.
    rows : list of list of str
        The cells, without surrounding space; every row is as long as the header.
    lines : list of int
        Line in the file of each row, counted from 1.
    problems : list of Problem
        What is wrong.
    """

    file: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, what: str, row: int | None = None, column: str = "", hint: str = "") -> None:
        """Note one thing that is wrong, in a row counted from 0 or in the file as a whole."""
        place = [] if row is None else [f"row {row + 1}"]
        place += [f"column {column}"] if column else []
        line = None if row is None else self.lines[row]
        self.problems.append(Problem(what, ", ".join(place), hint, self.file, line))

    def finish(self) -> None:
        """Raise one `ScenarioError` if anything is wrong."""
        if not self.problems:
            return
        shown = list(dict.fromkeys(self.problems))
        more = len(shown) - MOST_PROBLEMS
        if more > 0:
            shown = [*shown[:MOST_PROBLEMS], Problem(f"and {more:,} more problems", file=self.file)]
        raise ScenarioError(shown)

    def require(self, columns: Sequence[str]) -> None:
        """Raise one `ScenarioError` if any of these columns is missing."""
        for column in dict.fromkeys(columns):
            if column not in self.columns:
                self.problem(
                    f'there is no column "{column}"', hint=did_you_mean(column, self.columns)
                )
        self.finish()

    def texts(self, column: str) -> list[str]:
        """Return a column's cells; an empty cell is a problem."""
        at = self.columns.index(column)
        cells = [row[at] for row in self.rows]
        for i, cell in enumerate(cells):
            if not cell:
                self.problem("the cell is empty", i, column)
        return cells

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers; a cell that holds none is a problem, and not a number."""
        at = self.columns.index(column)
        values = np.full(len(self.rows), math.nan)
        for i, row in enumerate(self.rows):
            text = row[at]
            try:
                # float() takes 1_000 for 1000; in a table it is more likely a slip.
                values[i] = float(text) if "_" not in text else math.nan
            except ValueError:
                values[i] = math.nan
            if not math.isfinite(values[i]):
                what = f'"{text}" is not a number' if text else "the cell is empty"
                self.problem(what, i, column, _cell_hint(text))
        return values


def read_csv(path: str | Path, name: str = "") -> Sheet:
    """Return a CSV file as text.

    Accepts LF, CRLF and a byte order mark; blank lines are skipped. The encoding is UTF-8.

    Parameters
    ----------
    path : str or Path
        The file.
    name : str
        What the author calls it; the path itself if empty.

    Returns
    -------
    Sheet
        Header and rows.

    Raises
    ------
    ScenarioError
        If the file cannot be read, has no header or no rows, or rows of other lengths.
    """
    sheet = Sheet(name or str(path), (), [], [])
    header: list[str] = []
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for cells in reader:
                cells = [cell.strip() for cell in cells]
                if not any(cells):
                    continue
                if not header:
                    header = cells
                    continue
                if len(sheet.rows) == MOST_ROWS:
                    sheet.problem(f"the file has more than {MOST_ROWS:,} rows")
                    break
                if "\0" in "".join(cells):
                    sheet.problem("the file is not text", hint="Save it again as CSV.")
                    break
                sheet.rows.append(cells)
                sheet.lines.append(reader.line_num)
    except FileNotFoundError:
        sheet.problem("there is no such file")
    except OSError as error:
        sheet.problem(f"the file cannot be read: {error.strerror or error}")
    except UnicodeDecodeError:
        sheet.problem(
            "the file is not UTF-8 text", hint="Save it again as CSV with encoding UTF-8."
        )
    except csv.Error as error:
        sheet.problem(f"the file is not CSV after line {max(sheet.lines, default=1)}: {error}")
    sheet.finish()
    sheet.columns = tuple(header)
    if not header:
        sheet.problem("the file is empty")
    elif not sheet.rows:
        sheet.problem("the file has a header but no rows")
    for i, column in enumerate(header):
        if not column:
            sheet.problem(f"column {i + 1} has no name")
        elif column in header[:i]:
            sheet.problem(f'two columns are called "{column}"')
    for i, row in enumerate(sheet.rows):
        if len(row) != len(header):
            sheet.problem(f"{len(row)} cells under {len(header)} column names", i)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        sheet.problem("columns must be separated by commas", hint="Save it again as CSV.")
    sheet.finish()
    return sheet


def _cell_hint(text: str) -> str:
    """Return what to try for a cell that is not a number."""
    if text.endswith("%"):
        return "Write a percentage as a share: 12% is 0.12."
    if "," in text:
        return "Write numbers with a point and without separators of thousands."
    return ""
