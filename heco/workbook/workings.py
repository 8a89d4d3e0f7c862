"""Formulas cut to a length that can be read: what is long gets a cell of its own, with a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping

from heco.model.graph import CYCLE, Node
from heco.workbook.book import LONGEST, Place, Sheet
from heco.workbook.language import READABLE, Language

#: A row of a cycle that exists in every formula by cycle, to measure texts with.
_ANY_ROW = 9_999


class Workings:
    """Cells for what stands between inputs and results, on one sheet.

    Parameters
    ----------
    language : Language
        How nodes are written.
    sheet : Sheet
        Where cells for fixed values go.
    places : mutable mapping of int to Place
        Nodes that have cells, by index; what gets one is added.
    row : int
        The first free row.
    label_column, value_column : int
        Where labels and values stand.
    by_cycle : callable, optional
        Makes a column for a node that changes from cycle to cycle, and returns its place.
    named : mapping of int to (str, str)
        Nodes that have a name -> the label of their cell, and how their number is printed.
    """

    def __init__(
        self,
        language: Language,
        sheet: Sheet,
        places: MutableMapping[int, Place],
        row: int,
        label_column: int = 0,
        value_column: int = 1,
        by_cycle: Callable[[Node, str], Place] | None = None,
        named: Mapping[int, tuple[str, str]] | None = None,
    ) -> None:
        self.language, self.sheet, self.places = language, sheet, places
        self.row = self.first = row
        self.columns = (label_column, value_column)
        self.by_cycle, self.named = by_cycle, named or {}
        self.count = 0
        self._seen: set[int] = set()

    def formula(self, node: Node, own: bool = False, row: int = -1, here: str = "") -> str:
        """Return the formula of a node, after giving cells to what would make it unreadable.

        Parameters
        ----------
        node : Node
            What to write.
        own : bool
            Whether the formula is that of the node's own cell.
        row : int
            The row of the cycle.
        here : str
            The sheet on which it stands, if it is another.
        """
        self.prepare(node, own)
        write = self.language.written if own else self.language.text
        return write(node, self.places, here or self.sheet.name, row)

    def prepare(self, node: Node, own: bool = False) -> None:
        """Give cells to what has a name, and to what is too long, below a node."""
        below: dict[int, Node] = {}
        stack = [node]
        while stack:
            here = stack.pop()
            if here.index in below or here.index in self._seen:
                continue
            below[here.index] = here
            if here is node or here.index not in self.places:
                stack += here.args
        for index in sorted(below):
            here = below[index]
            self._seen.add(index)
            if here.op in ("const", "column", "clock", "matrix", "item"):
                continue
            if index in self.places and not (here is node and own):
                continue
            self._shorten(here)
            if index in self.named and index not in self.places and not (here is node and own):
                self.give(here)

    def _shorten(self, node: Node) -> None:
        """Give cells to arguments, the longest first, until the formula can be read."""

        def text(part: Node, own: bool) -> str:
            write = self.language.written if own else self.language.text
            return write(part, self.places, self.sheet.name, _ANY_ROW)

        while len(text(node, True)) > READABLE:
            open_args = [
                arg for arg in node.args
                if arg.index not in self.places and arg.op in ("call", "internal", "table")
            ]  # fmt: skip
            longest = max(open_args, key=lambda arg: len(text(arg, False)), default=None)
            if longest is None or len(text(longest, False)) < READABLE // 8:
                break
            self.give(longest)
        assert len(text(node, True)) < LONGEST

    def give(self, node: Node) -> Place:
        """Give a node a cell, or a column if it changes from cycle to cycle."""
        self.count += 1
        label, digits = self.named.get(node.index, (f"step {self.count}", "number"))
        if node.axes & CYCLE:
            assert self.by_cycle is not None
            place = self.by_cycle(node, label)
            return place
        row, (label_column, value_column) = self.row, self.columns
        self.row += 1
        text = self.language.written(node, self.places, self.sheet.name)
        self.places[node.index] = self.sheet.formula(row, value_column, text, digits)
        self.sheet.text(row, label_column, label)
        return self.places[node.index]
