"""Formulas of a spreadsheet read as trees: the subset that heco writes, and no more."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

#: What stands for a cell, and for a range, once the places are taken out of a formula.
_CELL, _RANGE = "\x01", "\x02"
_TEXT = r'"(?:[^"]|"")*"'
_PLACES = re.compile(
    rf"""(?P<text>{_TEXT})|(?P<place>(?<![\w.])(?:'(?:[^']|'')+'!|[A-Za-z_]\w*!)?\$?[A-Z]{{1,3}}\$?\d+
    (?::\$?[A-Z]{{1,3}}\$?\d+)?(?![\w(.!]))""",
    re.VERBOSE,
)
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>\d+\.?\d*(?:[Ee][+-]?\d+)?)
  | (?P<text>{_TEXT})
  | (?P<place>[{_CELL}{_RANGE}])
  | (?P<word>[A-Za-z_][\w.]*)
  | (?P<sign><>|<=|>=|[-+*/^=<>&(),])
    )""",
    re.VERBOSE,
)
_PLACE = re.compile(r"(?:(?P<sheet>.+)!)?\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")

#: A tree: ("number", x), ("text", s), ("cell", n), ("range", n), ("name", word), for the n-th area,
#: ("call", word, trees), ("sum", [(sign, tree), ...]), ("product", [...]), ("power", a, b),
#: ("minus", a), ("compare", sign, a, b) or ("join", a, b).
Tree = tuple[Any, ...]


class Area(NamedTuple):
    """A cell or a range of a sheet: first and last row and column, from 0."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


class Formula(NamedTuple):
    """A formula as a tree, with the areas and the names that it mentions."""

    tree: Tree
    areas: tuple[Area, ...]
    names: tuple[str, ...]


def parse(formula: str, here: str) -> Formula:
    """Return the tree of a formula that stands on a sheet.

    Raises
    ------
    ValueError
        If it is no formula of the subset.
    """
    areas: list[Area] = []

    def taken(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found["text"]
        areas.append(area(found["place"], here))
        return _RANGE if ":" in found["place"].rpartition("!")[2] else _CELL

    # From row to row only the places differ, so that most formulas have been read before.
    tree, names = _read(_PLACES.sub(taken, formula))
    return Formula(tree, tuple(areas), names)


@lru_cache(maxsize=8192)
def _read(template: str) -> tuple[Tree, tuple[str, ...]]:
    """Return the tree of a formula without its places, and the names in it."""
    reader = _Reader(template)
    tree = reader.comparison()
    if reader.peek:
        raise ValueError(f"{reader.peek} is left over in ={template}")
    return tree, tuple(reader.names)


class _Reader:
    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(formula):
            found = _TOKEN.match(formula, position)
            if found is None:
                raise ValueError(f"not understood at {position}: ={formula}")
            self.tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            position = found.end()
        self.at = 0
        self.places = 0
        self.names: list[str] = []

    @property
    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1][1]

    def need(self, sign: str) -> None:
        if self.peek != sign:
            raise ValueError(f"{sign} is missing in ={self.formula}")
        self.at += 1

    def comparison(self) -> Tree:
        left = self.joined()
        while self.peek in _COMPARE:
            sign = self.take()
            left = ("compare", sign, left, self.joined())
        return left

    def joined(self) -> Tree:
        left = self.sum()
        while self.peek == "&":
            self.take()
            left = ("join", left, self.sum())
        return left

    def sum(self) -> Tree:
        terms = [("+", self.product())]
        while self.peek in ("+", "-"):
            sign = self.take()
            terms.append((sign, self.product()))
        return terms[0][1] if len(terms) == 1 else ("sum", terms)

    def product(self) -> Tree:
        terms = [("*", self.power())]
        while self.peek in ("*", "/"):
            sign = self.take()
            terms.append((sign, self.power()))
        return terms[0][1] if len(terms) == 1 else ("product", terms)

    def power(self) -> Tree:
        left = self.signed()
        while self.peek == "^":  # from the left, as Excel does
            self.take()
            left = ("power", left, self.signed())
        return left

    def signed(self) -> Tree:
        # Excel's sign binds more tightly than ^: -2^2 is 4.
        if self.peek == "-":
            self.take()
            return ("minus", self.signed())
        return self.atom()

    def atom(self) -> Tree:
        if self.at >= len(self.tokens):
            raise ValueError(f"the formula ends too early: ={self.formula}")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return ("number", float(text))
        if kind == "text":
            return ("text", text[1:-1].replace('""', '"'))
        if kind == "place":
            self.places += 1
            return ("range" if text == _RANGE else "cell", self.places - 1)
        if text == "(":
            tree = self.comparison()
            self.need(")")
            return tree
        if kind != "word":
            raise ValueError(f"{text} is not expected in ={self.formula}")
        if self.peek != "(":
            if text in ("TRUE", "FALSE"):
                return ("number", float(text == "TRUE"))
            self.names.append(text)
            return ("name", text)
        self.take()
        args: list[Tree] = []
        while self.peek != ")":
            args.append(self.comparison())
            if self.peek == ",":
                self.take()
        self.need(")")
        return ("call", text, tuple(args))


def area(text: str, here: str = "") -> Area:
    """Return the area that a reference such as ``'A sheet'!$B$2:$B$9`` stands for."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no place")
    sheet, left, top, right, bottom = found.groups()
    if sheet and sheet[0] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    row, column = int(top) - 1, _column(left)
    if right is None:
        return Area(sheet or here, row, column, row, column)
    return Area(sheet or here, row, column, int(bottom) - 1, _column(right))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
