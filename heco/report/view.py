"""A table as a page shows it: the columns that people need, every cell already in words.

Files hold every column at full precision; a page shows fewer, formatted by `numbers`. Whatever the
author wrote stays text: the templates escape it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heco.report import numbers
from heco.report.reading import Record

#: The most columns that a phone shows side by side.
_ABREAST = 4


@dataclass(frozen=True)
class Field:
    """A column of a shown table.

    Parameters
    ----------
    heading : str
        What stands above it.
    text : callable
        Record -> what stands in the cell.
    number : bool
        Whether it is set to the right, as numbers are.
    below : callable or None
        Record -> a second, smaller line in the cell.
    """

    heading: str
    text: Callable[[Record], str]
    number: bool = False
    below: Callable[[Record], str] | None = None


@dataclass(frozen=True)
class Cell:
    """What one cell shows."""

    text: str
    number: bool = False
    below: str = ""


@dataclass(frozen=True)
class View:
    """A table that is ready to be shown.

    Parameters
    ----------
    caption : str
        What the table says.
    heads : tuple of Cell
        Headings.
    rows : tuple of tuple of Cell
        Cells; the first of each row names the row.
    notes : tuple of str
        What stands below.
    source : str
        The file that has the same numbers in full.
    matrix : bool
        Whether the columns are alike (one for each strategy), so that a phone keeps them side by
        side and puts the name of the row above them.
    """

    caption: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    matrix: bool = False

    @property
    def classes(self) -> str:
        """Return what the style sheet needs to know."""
        known = {"wide": self.wide, "matrix": self.matrix and not self.wide}
        known["many"] = len(self.heads) > _ABREAST + 1
        return " ".join(name for name, holds in known.items() if holds)

    @property
    def wide(self) -> bool:
        """Return whether a phone shows it row by row."""
        return len(self.heads) > (_ABREAST + 1 if self.matrix else 3)


def view(
    caption: str,
    records: Sequence[Record],
    fields: Sequence[Field],
    notes: Sequence[str] = (),
    source: str = "",
    matrix: bool = False,
) -> View:
    """Return a table for showing; columns that say nothing in any row are left out."""
    columns = [(field, [_cell(field, record) for record in records]) for field in fields]
    kept = [
        (field, cells)
        for i, (field, cells) in enumerate(columns)
        if i == 0 or any(cell.text.strip(numbers.NOTHING) or cell.below for cell in cells)
    ]
    return View(
        caption=caption,
        heads=tuple(Cell(field.heading, field.number) for field, _ in kept),
        rows=tuple(zip(*(cells for _, cells in kept), strict=True)),
        notes=tuple(notes),
        source=f"tables/{source}.csv" if source else "",
        matrix=matrix,
    )


def _cell(field: Field, record: Record) -> Cell:
    below = field.below(record) if field.below else ""
    return Cell(field.text(record), field.number, below)


def text(heading: str, key: str) -> Field:
    """Return a column of words."""
    return Field(heading, lambda r: numbers.show(r[key], "text"))


def shown(heading: str, key: str, kind: str, currency: str = "GBP") -> Field:
    """Return a column of numbers of one kind (see `heco.result.Column`)."""
    return Field(heading, lambda r: numbers.show(r[key], kind, currency), number=True)


def ranged(heading: str, key: str, kind: str, low: str, high: str, currency: str = "GBP") -> Field:
    """Return a column of numbers with their range in small print below."""
    return Field(
        heading,
        lambda r: numbers.show(r[key], kind, currency),
        number=True,
        below=lambda r: numbers.interval(
            numbers.show(r[low], kind, currency), numbers.show(r[high], kind, currency)
        ),
    )


def measured(
    heading: str, key: str, unit: str, currency: str, low: str = "", high: str = ""
) -> Field:
    """Return a column of numbers, each printed as its own unit asks."""

    def show(r: Record, name: str) -> str:
        return numbers.input_value(r[name], str(r[unit] or ""), currency)

    return Field(
        heading,
        lambda r: show(r, key),
        number=True,
        below=(lambda r: numbers.interval(show(r, low), show(r, high))) if low else None,
    )
