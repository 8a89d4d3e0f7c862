"""What a key of a record is, in an author's words, for the manual."""

from __future__ import annotations

import types
import typing
from typing import Annotated, Any, Literal

from pydantic_core import PydanticUndefined

from heco.scenario.fields import (
    EventCosts,
    Flag,
    Formula,
    Length,
    Real,
    Record,
    Share,
    StateCosts,
    Words,
)
from heco.scenario.schema_discount import YearlyRate

_TYPES: tuple[tuple[Any, str], ...] = (
    (Formula, "formula"),
    (Share, 'formula or `"rest"`'),
    (Length, "duration"),
    (YearlyRate, "number, or list of rates"),
    (Real, "number"),
    (Words, "text or list of texts"),
    (Flag, "true or false"),
    (StateCosts, "value or table of values"),
    (EventCosts, "formula or table of formulas"),
    (str, "text"),
    (int, "whole number"),
)

#: Records for which one word may stand.
_SHORT = {
    "Value": "value",
    "CountingBy": "word or table",
    "Discount": "number, preset or table",
    "Axis": "parameter or table",
}


def type_words(hint: Any) -> str:
    """Return what a key's value is, in an author's words."""
    for known, words in _TYPES:
        if hint == known or _narrows(hint, known):
            return words
    origin, inside = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return type_words(inside[0])
    if origin is Literal:
        return ", ".join(f'`"{word}"`' for word in inside if word != "")
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_words(part) for part in inside if part is not type(None))
    if origin is dict:
        return f"table of {_plural(type_words(inside[1]))}"
    if origin is tuple:
        if Ellipsis in inside:
            return f"list of {_plural(type_words(inside[0]))}"
        return f"[{', '.join(type_words(part) for part in inside)}]"
    if isinstance(hint, type) and issubclass(hint, Record):
        return _SHORT.get(hint.__name__, "table")
    return "value"


def _narrows(hint: Any, known: Any) -> bool:
    """Return whether a type is a known one with a limit added."""
    if typing.get_origin(hint) is not Annotated or typing.get_origin(known) is not Annotated:
        return False
    count = len(known.__metadata__)
    same = hint.__origin__ == known.__origin__
    return bool(same and hint.__metadata__[:count] == known.__metadata__)


def _plural(words: str) -> str:
    for noun in ("formula", "number", "text", "table", "value", "duration"):
        if words == noun or words.startswith(f"{noun} "):
            return words.replace(noun, f"{noun}s", 1)
    if words.startswith("list of"):
        return words.replace("list", "lists", 1)
    return words


def default_words(default: Any) -> str:
    """Return a default as an author would write it; empty if there is nothing to say."""
    if default is PydanticUndefined:
        return "**required**"
    if isinstance(default, Record):
        plain = {key: item for key, item in default if item not in (None, "")}
        preset = plain.pop("preset", "")
        values = set(plain.values())
        if preset:
            return f'`"{preset}"`'
        return f'`"{values.pop()}"`' if len(values) == 1 else f"`{plain}`"
    if default is None or default in ("", (), {}):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        words = ", ".join(f'"{item}"' if isinstance(item, str) else f"{item:g}" for item in default)
        return f"`[{words}]`"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default:g}`"
