"""Reading a CSV file: whatever is wrong is said with file, row and column.

Every table that heco reads comes through `read_csv`. Only the standard library's reader is used:
it starts at once, and it never guesses a type.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from heco.errors import Problem, ScenarioError, did_you_mean

#: More rows than this are not a table that somebody checked.
MOST_ROWS = 1_000_000
#: The largest number that a cell may hold.
FARTHEST = 1e60
#: Rows of a file that somebody has written by hand: studies, areas, judgements.
MOST_BY_HAND = 20_000
#: A file that unpacks to more than this is no table either. [bytes]
MOST_BYTES = 2_000_000_000
#: Problems listed for one file; the rest are counted.
MOST_PROBLEMS = 20
#: A sentence that quotes the whole of a huge cell is no sentence. [characters]
_LONGEST = 400
_ENCODING = 'Save it again as "CSV UTF-8".'
#: Cells of one column that are noted one by one; a column of words is not noted a million times.
MOST_CELLS = 1_000


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
        what = what if len(what) <= _LONGEST else f"{what[: _LONGEST - 100]} ... {what[-100:]}"
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
        self._note(column, [i for i, cell in enumerate(cells) if not cell])
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
        # Squares of larger numbers could not be computed; a comparison with nan is false.
        self._note(column, np.flatnonzero(~(np.abs(values) <= FARTHEST)).tolist())
        return values

    def _note(self, column: str, rows: Sequence[int]) -> None:
        """Note the cells of a column that cannot be used."""
        at = self.columns.index(column)
        for i in rows[:MOST_CELLS]:
            text = self.rows[i][at]
            self.problem(_cell_fault(text), i, column, _cell_hint(text))
        if len(rows) > MOST_CELLS:
            more = len(rows) - MOST_CELLS
            self.problem(f"{more:,} more cells cannot be used", rows[MOST_CELLS], column)


def read_csv(path: str | Path, name: str = "", row_names: str = "", by_hand: bool = False) -> Sheet:
    """Return a CSV file as text.

    Accepts line ends of every kind and a byte order mark; blank lines are skipped. The encoding is
    UTF-8. A file called ``.gz`` is unpacked.

    Parameters
    ----------
    path : str or Path
        The file.
    name : str
        What the author calls it; the path itself if empty.
    row_names : str
        What a first column without a name is called; if empty, it needs a name like all others.
    by_hand : bool
        Whether every row is something that somebody looked at, so that there cannot be very many.

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
    most = MOST_BY_HAND if by_hand else MOST_ROWS
    header: list[str] = []
    for line, cells in _cells(sheet, _text(Path(path), sheet)):
        if not header:
            header = cells
        elif len(sheet.rows) == most:
            hint = "Is it the right file?" if by_hand else ""
            sheet.problem(f"the file has more than {most:,} rows", hint=hint)
            break
        else:
            sheet.rows.append(cells)
            sheet.lines.append(line)
    sheet.finish()
    if header and not header[0] and row_names:
        header[0] = row_names
    sheet.columns = tuple(header)
    _check_shape(sheet)
    return sheet


def _check_shape(sheet: Sheet) -> None:
    """See that there is a header with names, and that all rows are as long."""
    header = sheet.columns
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        sheet.problem("columns must be separated by commas", hint="Save it again as CSV.")
        sheet.finish()  # what else is wrong comes from this
    if not header:
        sheet.problem("the file is empty")
    elif not sheet.rows:
        sheet.problem("the file has a header but no rows")
    seen: set[str] = set()
    for i, column in enumerate(header):
        if not column:
            sheet.problem(f"column {i + 1} has no name")
        elif column in seen:
            sheet.problem(f'two columns are called "{shortened(column)}"')
        seen.add(column)
    other = [i for i, row in enumerate(sheet.rows) if len(row) != len(header)]
    for i in other[:MOST_CELLS]:
        sheet.problem(f"{len(sheet.rows[i])} cells under {len(header)} column names", i)
    if len(other) > MOST_CELLS:
        sheet.problem(f"{len(other) - MOST_CELLS:,} more rows are longer or shorter")
    sheet.finish()


def _cells(sheet: Sheet, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of every line that has any, with the number of the line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield reader.line_num, cells
            line = reader.line_num
    except csv.Error as error:
        why = str(error)
        if "field limit" in why:
            why = f"a cell has more than {csv.field_size_limit():,} characters"
        what = f"the file is not CSV after line {line}: {why}"
        sheet.problems.append(Problem(what, file=sheet.file, line=line))


def _text(path: Path, sheet: Sheet) -> str:
    """Return the text of a file; where it cannot be read say why, and where in it."""
    data = _bytes(path, sheet)
    if len(data) > MOST_BYTES:
        sheet.problem(f"the file holds more than {MOST_BYTES / 1e9:.0f} GB")
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        sheet.problem("the file is UTF-16 text", hint=_ENCODING)
    elif b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        hint = f"It is a spreadsheet, or UTF-16. {_ENCODING}"
        sheet.problems.append(Problem("the file is not text", "", hint, sheet.file, line))
    sheet.finish()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        before = error.object[: error.start]  # the mark that opens the file is not among these
        line = before.count(b"\n") + 1
        column = before[before.rfind(b"\n") + 1 :].count(b",") + 1
        what = f"byte {byte:#04x} is not UTF-8 text (line {line}, column {column})"
        raise ScenarioError([Problem(what, "", _ENCODING, sheet.file, line)]) from None


def _bytes(path: Path, sheet: Sheet) -> bytes:
    import gzip
    import zlib

    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as stream:
                return stream.read(MOST_BYTES + 1)
        with path.open("rb") as plain:
            return plain.read(MOST_BYTES + 1)
    except FileNotFoundError:
        sheet.problem("there is no such file")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        sheet.problem(f"the file cannot be unpacked: {error}")
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        sheet.problem(f"the file cannot be read: {getattr(error, 'strerror', '') or error}")
    sheet.finish()
    return b""


def shortened(text: str, most: int = 60) -> str:
    """Return a cell as it is quoted: on one line, and not for ever."""
    plain = " ".join(text.split())
    return plain if len(plain) <= most else f"{plain[:most]}..."


def _cell_fault(text: str) -> str:
    """Return what is wrong with a cell that cannot be used as a number."""
    if not text:
        return "the cell is empty"
    try:
        huge = math.isfinite(float(text)) and "_" not in text
    except ValueError:
        huge = False
    said = "is no plausible size for anything" if huge else "is not a number"
    return f'"{shortened(text)}" {said}'


def _cell_hint(text: str) -> str:
    """Return what to try for a cell that is not a number."""
    if text.endswith("%"):
        return "Write a percentage as a share: 12% is 0.12."
    if text.endswith("‰"):
        return "Write it as a share: 12‰ is 0.012."
    if "," in text or re.search(r"\d['’\s]\d", text):
        return "Write numbers with a point and without separators of thousands."
    return ""
