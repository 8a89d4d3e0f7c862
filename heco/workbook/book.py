"""A workbook in memory: sheets of cells, written in any order, before any file exists.

References can be made to cells that are filled later, and the formulas can be computed
(`heco.workbook.engine`) before they are written. Text from an author is always a text cell; only
what is put with `Sheet.formula` is ever a formula.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

#: The longest formula that Excel takes. [characters]
LONGEST = 8_192
#: Most rows that a sheet lists live; beyond, heco's numbers are written.
MOST_ROWS = 3_000
#: The longest name of a sheet. [characters]
_NAME = 31


@dataclass(frozen=True)
class Cell:
    """One cell.

    Parameters
    ----------
    value : float, str or None
        A number or a text; for a formula what it comes to.
    formula : str
        The formula without its sign ``=``; empty for a number or a text.
    look : str
        What the cell is: ``input``, ``live``, ``heco``, ``head``, ``title``, ...
    digits : str
        How a number is printed: ``number``, ``money``, ``probability``, ``count``, ...
    """

    value: float | str | None
    formula: str = ""
    look: str = "live"
    digits: str = "number"


@dataclass(frozen=True)
class Place:
    """A cell, or for something that changes from cycle to cycle a column of them.

    Parameters
    ----------
    sheet : str
        Name of the sheet.
    row, column : int
        From 0; ``row`` is -1 for a column that has one value in the row of each cycle.
    name : str
        The name that the cell has, if any.
    """

    sheet: str
    row: int
    column: int
    name: str = ""

    def text(self, here: str, row: int = -1) -> str:
        """Return the reference as a formula on a sheet writes it, in the row of a cycle."""
        if self.name:
            return self.name
        sheet = "" if self.sheet == here else f"{quoted(self.sheet)}!"
        if self.row < 0:
            assert row >= 0, "a value by cycle is used where there is no cycle"
            return f"{sheet}${letters(self.column)}{row + 1}"
        return f"{sheet}${letters(self.column)}${self.row + 1}"


@dataclass
class Sheet:
    """One sheet.

    Parameters
    ----------
    name : str
        Its name, as on its tab.
    cells : dict of (int, int) to Cell
        By row and column, from 0.
    widths : dict of int to float
        Width of columns. [characters]
    frozen : tuple of int
        Rows and columns that stay in sight.
    repeat : tuple of int, or None
        First and last row that is printed on every page.
    bad : list of (int, int, int, int)
        Ranges that turn red where they hold ``differs``.
    limits : dict of (int, int) to (float, float)
        Cells that warn whoever puts in less or more.
    """

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    frozen: tuple[int, int] = (0, 0)
    repeat: tuple[int, int] | None = None
    bad: list[tuple[int, int, int, int]] = field(default_factory=list)
    limits: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    def text(self, row: int, column: int, words: str, look: str = "text") -> None:
        """Put a text; it never becomes a formula."""
        self.cells[row, column] = Cell(words, look=look, digits="text")

    def number(
        self, row: int, column: int, value: float, digits: str = "number", look: str = "heco"
    ) -> Place:
        """Put a number and return where it is."""
        self.cells[row, column] = Cell(float(value), look=look, digits=digits)
        return self.place(row, column)

    def formula(
        self, row: int, column: int, formula: str, digits: str = "number", look: str = "live"
    ) -> Place:
        """Put a formula, without its sign ``=``, and return where it is."""
        if len(formula) >= LONGEST:
            raise ValueError(f"a formula of {len(formula):,} characters on {self.name}")
        self.cells[row, column] = Cell(None, formula, look, digits)
        return self.place(row, column)

    def place(self, row: int, column: int) -> Place:
        """Return the reference to a cell of this sheet."""
        return Place(self.name, row, column)

    def row(self, row: int, column: int, words: Iterable[str], left: Container[int] = (0,)) -> None:
        """Put headings side by side: over numbers on the right, over text on the left."""
        for offset, word in enumerate(words, column):
            look = "over" if offset not in left else "beside" if offset else "head"
            self.text(row, offset, word, look)

    @property
    def size(self) -> tuple[int, int]:
        """Return how many rows and columns are used."""
        rows = max((row for row, _ in self.cells), default=-1) + 1
        return rows, max((column for _, column in self.cells), default=-1) + 1


@dataclass
class Book:
    """Sheets and named cells.

    Parameters
    ----------
    sheets : list of Sheet
        In the order of their tabs.
    names : dict of str to Place, or to (Place, Place)
        Named cells and ranges.
    columns : dict of str to str
        Values of the model -> the name of the cell in which each may be changed.
    totals : dict of (str, str) to Place
        By strategy and ``cost``, ``qaly`` or ``life_years`` where the discounted total stands.
    frozen : list of str
        What heco computed and the formulas do not, in words.
    agrees : bool
        Whether the formulas, once computed, come to what heco computed.
    """

    sheets: list[Sheet] = field(default_factory=list)
    names: dict[str, Place | tuple[Place, Place]] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    totals: dict[tuple[str, str], Place] = field(default_factory=dict)
    frozen: list[str] = field(default_factory=list)
    agrees: bool = False

    def sheet(self, name: str) -> Sheet:
        """Add a sheet under a name that is legal and new."""
        legal = re.sub(r"[\[\]:*?/\\']", " ", name).strip() or "Sheet"
        taken = {sheet.name.lower() for sheet in self.sheets} | {"history"}
        found, number = legal[:_NAME].strip(), 2
        if len(legal) > _NAME and " " in found and legal[_NAME] != " ":
            found = found.rpartition(" ")[0].strip()  # a tab ends with a whole word
        while found.lower() in taken:
            ending = f" ({number})"
            found, number = legal[: _NAME - len(ending)].strip() + ending, number + 1
        self.sheets.append(Sheet(found))
        return self.sheets[-1]

    def name(self, wanted: str, first: Place, last: Place | None = None) -> str:
        """Name a cell, or a range, by something as near to what is wanted as Excel admits."""
        found = re.sub(r"[^A-Za-z0-9_]", "_", wanted)
        # P1, AB12, R1C1 and R are places on a sheet; a name must not look like one. A dot would
        # be read as the end of a sheet's name by other programs.
        place = re.fullmatch(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]?\d*|[Cc]\d*|(?i:true|false)", found)
        if place or not re.match(r"[A-Za-z_]", found):
            found = f"_{found}"
        taken = {name.lower() for name in self.names}
        while found.lower() in taken:
            found += "_"
        self.names[found] = first if last is None else (first, last)
        return found


def letters(column: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def amount(value: float) -> str:
    """Return how an amount of money is printed: whole units where there are thousands of them."""
    return "whole" if abs(value) >= 1_000 else "money"


def quoted(sheet: str) -> str:
    """Return the name of a sheet as a formula writes it."""
    return "'" + sheet.replace("'", "''") + "'"


def number_text(value: float) -> str:
    """Return a number as a formula writes it, to the last digit."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value)).upper().replace("E+", "E")
