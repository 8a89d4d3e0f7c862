"""A small second engine: computes the formulas of a workbook from their text alone.

It knows cells, not models. What heco writes into a workbook is computed by it before it is
written, so that every viewer shows numbers; read back from the file (`heco.workbook.reader`) it
is the second engine that heco verify asks. A spreadsheet program is a third.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from heco.workbook.functions import FUNCTIONS, Fault, number
from heco.workbook.parser import Area, Formula, Tree, parse

#: Text of formulas by sheet, row and column; and numbers and texts, likewise.
Cells = Mapping[str, Mapping[tuple[int, int], Any]]


class Engine:
    """A workbook to be computed.

    Parameters
    ----------
    values : mapping
        Numbers and texts by sheet, then by (row, column).
    formulas : mapping
        Formulas without their sign ``=``, likewise.
    names : mapping of str to Area
        Named cells and ranges.
    """

    def __init__(self, values: Cells, formulas: Cells, names: Mapping[str, Area]) -> None:
        self.values, self.formulas = values, formulas
        self.names = {name.lower(): place for name, place in names.items()}
        self.known: dict[tuple[str, int, int], Any] = {
            (sheet, row, column): value
            for sheet, cells in values.items()
            for (row, column), value in cells.items()
        }
        self._places: tuple[Area, ...] = ()
        self._parsed: dict[tuple[str, int, int], Formula] = {}

    def changed(self, inputs: Mapping[str, float]) -> Engine:
        """Return the same workbook with other values in named cells."""
        values = {sheet: dict(cells) for sheet, cells in self.values.items()}
        for name, value in inputs.items():
            place = self._area(name)
            values[place.sheet][place.top, place.left] = float(value)
        other = Engine(values, self.formulas, self.names)
        other._parsed = self._parsed
        return other

    def all(self) -> dict[tuple[str, int, int], Any]:
        """Compute every formula and return its value by (sheet, row, column)."""
        return {
            (sheet, *place): self.value(sheet, *place)
            for sheet, cells in self.formulas.items()
            for place in cells
        }

    def value(self, sheet: str, row: int, column: int) -> Any:
        """Return what a cell comes to: a number, a text, a `Fault`, or None if it is empty.

        Raises
        ------
        ValueError
            If a formula is not understood, or refers to itself.
        """
        waiting = [(sheet, row, column)]
        begun: set[tuple[str, int, int]] = set()
        while waiting:
            here = waiting[-1]
            text = None if here in self.known else self._text(here)
            if text is None:
                self.known.setdefault(here, None)
                waiting.pop()
                continue
            if here not in self._parsed:
                self._parsed[here] = parse(text, here[0])
            formula = self._parsed[here]
            if here not in begun:
                begun.add(here)
                needed = [cell for cell in self._needs(formula) if cell not in self.known]
                if needed:
                    if any(cell in begun for cell in needed):
                        raise ValueError(f"{here} refers to itself")
                    waiting += needed
                    continue
            self._places = formula.areas
            self.known[here] = self._compute(formula.tree)
            waiting.pop()
        return self.known[sheet, row, column]

    def _text(self, cell: tuple[str, int, int]) -> str | None:
        return self.formulas.get(cell[0], {}).get(cell[1:])

    def _area(self, name: str) -> Area:
        if name.lower() not in self.names:
            raise ValueError(f"no cell is called {name}")
        return self.names[name.lower()]

    def _needs(self, formula: Formula) -> Iterator[tuple[str, int, int]]:
        for place in (*formula.areas, *map(self._area, formula.names)):
            for row in range(place.top, place.bottom + 1):
                for column in range(place.left, place.right + 1):
                    yield place.sheet, row, column

    def _range(self, place: Area) -> list[list[Any]]:
        return [
            [self.known.get((place.sheet, row, c)) for c in range(place.left, place.right + 1)]
            for row in range(place.top, place.bottom + 1)
        ]

    def _compute(self, tree: Tree) -> Any:
        try:
            return self._tree(tree)
        except Fault as fault:
            return fault
        except (OverflowError, ZeroDivisionError, ValueError) as error:
            return Fault("#DIV/0!" if isinstance(error, ZeroDivisionError) else "#NUM!")

    def _tree(self, tree: Tree) -> Any:
        kind = tree[0]
        if kind in ("number", "text"):
            return tree[1]
        if kind in ("cell", "range", "name"):
            place = self._area(tree[1]) if kind == "name" else self._places[tree[1]]
            if place[1:3] == place[3:5] and kind != "range":
                return self.known.get(place[:3])
            return self._range(place)
        if kind == "call":
            return self._call(tree[1], tree[2])
        if kind == "sum":
            total = 0.0
            for sign, term in tree[1]:
                value = number(self._tree(term))
                total = total + value if sign == "+" else total - value
            return total
        if kind == "product":
            total = 1.0
            for sign, term in tree[1]:
                value = number(self._tree(term))
                if sign == "/" and value == 0.0:
                    raise Fault("#DIV/0!")
                total = total * value if sign == "*" else total / value
            return total
        if kind == "power":
            return _power(number(self._tree(tree[1])), number(self._tree(tree[2])))
        if kind == "minus":
            return -number(self._tree(tree[1]))
        if kind == "join":
            return _joined(self._tree(tree[1])) + _joined(self._tree(tree[2]))
        return _compare(tree[1], self._tree(tree[2]), self._tree(tree[3]))

    def _call(self, word: str, args: tuple[Tree, ...]) -> Any:
        if word == "IF":
            condition = number(self._tree(args[0]))
            return self._tree(args[1] if condition != 0.0 else args[2])
        if word == "IFERROR":
            value = self._compute(args[0])
            return self._tree(args[1]) if isinstance(value, Fault) else value
        if word == "ISNUMBER":
            return float(isinstance(self._compute(args[0]), float))
        if word not in FUNCTIONS:
            raise KeyError(f"the function {word} is not in the second engine")
        return FUNCTIONS[word](*map(self._tree, args))


def _power(base: float, exponent: float) -> float:
    if base == 0.0 and exponent <= 0.0:
        raise Fault("#NUM!" if exponent == 0.0 else "#DIV/0!")
    value = math.pow(base, exponent)
    return value


def _joined(value: Any) -> str:
    if isinstance(value, Fault):
        raise value
    return f"{value:g}" if isinstance(value, float) else str(value or "")


def _compare(sign: str, left: Any, right: Any) -> float:
    for value in (left, right):
        if isinstance(value, Fault):
            raise value
    # A text is above every number, and texts are compared without regard to capitals.
    a, b = (
        (1, 0.0, value.lower()) if isinstance(value, str) else (0, number(value), "")
        for value in (left, right)
    )
    truth = {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
    return float(truth[sign])
