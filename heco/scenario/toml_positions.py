"""On which line of a TOML file each key stands; `tomllib` does not say.

A scan beside the real parser: it understands headers, dotted keys, strings of all four kinds,
arrays and inline tables, and it never fails. Where it loses the thread it stops, and a message
names the place without a line.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

#: Tables inside tables inside arrays: more than this is a mistake or an attack, not a scenario.
DEEPEST = 40

_BASIC = r'"(?:[^"\\\n]|\\[^\n])*+"'
_LITERAL = r"'[^'\n]*+'"
_BASIC_LONG = r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
_LITERAL_LONG = r"'''.*?'''(?:'{0,2})"
_STRING = f"(?:{_BASIC_LONG}|{_LITERAL_LONG}|{_BASIC}|{_LITERAL})"
_PART = rf"(?:[A-Za-z0-9_-]++|{_BASIC}|{_LITERAL})"

_SPACE = re.compile(r"[ \t]*+")
_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY_PART = re.compile(_PART)
_STRING_TOKEN = re.compile(_STRING, re.DOTALL)
_OTHER_VALUE = re.compile(r"[^,\]}\n#]*+")
_NESTING_TOKEN = re.compile(
    rf"(?P<deep>{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DEEPEST},}}+)|(?P<string>{_STRING})"
    rf"|(?P<open>\"\"\"|''')|(?P<skip>#[^\n]*+|[A-Za-z0-9_-]++)|(?P<bracket>[\[\]{{}}])",
    re.DOTALL,
)

Place = tuple[str, ...]


class Position(NamedTuple):
    """Where a key stands.

    Parameters
    ----------
    line : int
        Line of the file, counted from 1.
    header : tuple of str
        The table header above it, as written: ``("tree", "test")``; empty before the first.
    """

    line: int
    header: Place


def too_deep(text: str) -> int | None:
    """Return the line on which tables or arrays are nested absurdly deep, or None.

    Asked before parsing: a hundred thousand nested tables cost a parser minutes or its stack.
    """
    depth = 0
    for token in _NESTING_TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "open":  # a long string that never ends; the parser will say so
            return None
        if kind == "bracket":
            depth += 1 if token.group() in "[{" else -1
        if kind == "deep" or depth > DEEPEST:
            return text.count("\n", 0, token.start()) + 1
    return None


def positions(text: str) -> dict[Place, Position]:
    """Return the place of every table, key and array element of a TOML text.

    Parameters
    ----------
    text : str
        A text that `tomllib` accepts.

    Returns
    -------
    dict
        Path of keys (array elements by their number) -> `Position`.
    """
    scan = _Scan(text)
    with contextlib.suppress(_Lost):
        scan.document()
    return scan.found


class _Lost(Exception):
    """The scan met something it does not understand."""


class _Scan:
    """One pass over a text; `at` is the next character, `found` what was met so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Place, Position] = {}
        self.header: Place = ()
        self._starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self._tables: dict[Place, int] = {}

    def document(self) -> None:
        """Scan headers and keys until the text ends."""
        while self._skip(_GAP):
            if self.text.startswith("[[", self.at):
                self._header("[[", "]]")
            elif self.text.startswith("[", self.at):
                self._header("[", "]")
            else:
                self._key_and_value(self.header)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Skip what matches; return whether any text is left."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return self.at < len(self.text)

    def _expect(self, word: str) -> None:
        self._skip(_SPACE)
        if not self.text.startswith(word, self.at):
            raise _Lost
        self.at += len(word)

    def _note(self, place: Place, start: int) -> None:
        line = bisect_right(self._starts, start)
        # A table may be named many times ([a.b], then [a.c]); the first place is the one to show,
        # unless it was only passed through on the way to something deeper.
        self.found.setdefault(place, Position(line, self.header))

    def _key(self) -> tuple[Place, int]:
        """Read a dotted key; return its parts and where it starts."""
        self._skip(_SPACE)
        start = self.at
        parts = []
        while True:
            match = _KEY_PART.match(self.text, self.at)
            if not match:
                raise _Lost
            parts.append(_unquoted(match.group()))
            self.at = match.end()
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(parts), start
            self.at += 1
            self._skip(_SPACE)

    def _header(self, opening: str, closing: str) -> None:
        self._expect(opening)
        key, start = self._key()
        self._expect(closing)
        place = self._inside_arrays(key)
        if opening == "[[":
            count = self._tables.get(place, 0)
            self._tables[place] = count + 1
            self.header = place
            self._note(place, start)
            place = (*place, str(count))
        self.header = place
        self.found.pop(place, None)
        self._note(place, start)
        for length in range(1, len(place)):
            self._note(place[:length], start)

    def _inside_arrays(self, key: Place) -> Place:
        """Return the place that a header means: [a.b] below [[a]] is a.0.b."""
        place: Place = ()
        for part in key[:-1]:
            place = (*place, part)
            if place in self._tables:
                place = (*place, str(self._tables[place] - 1))
        return (*place, key[-1])

    def _key_and_value(self, table: Place) -> None:
        key, start = self._key()
        self._expect("=")
        for length in range(1, len(key) + 1):
            self._note(table + key[:length], start)
        self._value(table + key)

    def _value(self, place: Place) -> None:
        self._skip(_SPACE)
        if self.text.startswith("{", self.at):
            self._inline_table(place)
        elif self.text.startswith("[", self.at):
            self._array(place)
        else:
            match = _STRING_TOKEN.match(self.text, self.at)
            match = match or _OTHER_VALUE.match(self.text, self.at)
            if not match or match.end() == self.at:
                raise _Lost
            self.at = match.end()

    def _inline_table(self, place: Place) -> None:
        self.at += 1
        while self._skip(_GAP):
            if self.text[self.at] == "}":
                self.at += 1
                return
            self._key_and_value(place)
            self._comma("}")
        raise _Lost

    def _array(self, place: Place) -> None:
        self.at += 1
        count = 0
        while self._skip(_GAP):
            if self.text[self.at] == "]":
                self.at += 1
                return
            element = (*place, str(count))
            self._note(element, self.at)
            self._value(element)
            self._comma("]")
            count += 1
        raise _Lost

    def _comma(self, closing: str) -> None:
        """Go past a comma, or up to the closing bracket."""
        if not self._skip(_GAP) or self.text[self.at] not in "," + closing:
            raise _Lost
        if self.text[self.at] == ",":
            self.at += 1


def _unquoted(part: str) -> str:
    """Return a part of a key without its quotation marks."""
    if part.startswith("'"):
        return part[1:-1]
    if not part.startswith('"'):
        return part
    if "\\" not in part:
        return part[1:-1]
    try:
        return str(tomllib.loads(f"key = {part}")["key"])
    except tomllib.TOMLDecodeError:
        raise _Lost from None
