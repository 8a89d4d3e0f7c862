"""What pydantic found, in our words: the value, what is allowed, what to try.

A person who writes a scenario has never heard of pydantic. Its union tags and addresses of web
pages are left out, one mistake makes one message, and where it knows only that something is
wrong, the records know what would be right.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from heco.errors import did_you_mean
from heco.scenario.expressions import ExpressionError
from heco.scenario.fields import Record
from heco.scenario.foreign import key_hint
from heco.scenario.places import Finding
from heco.scenario.toml_positions import Place
from heco.scenario.wording import BOUNDS, TYPES, kind_of, quote, shown, unquote

#: Keys that heco fills in; authors cannot write them.
FILLED_IN: Mapping[str, frozenset[str]] = {
    "Decision": frozenset({"wtp_preset"}),
    "Discount": frozenset({"preset", "cost_later", "qaly_later"}),
    "Parameter": frozenset({"family", "arguments"}),
}


def findings(
    error: ValidationError,
    record: type[Record],
    value: object,
    place: Place,
    allowed: Iterable[str] = (),
) -> list[Finding]:
    """Return what is wrong with one entry.

    Parameters
    ----------
    error : ValidationError
        What pydantic says.
    record : type of Record
        What the entry should be.
    value : object
        What the author wrote.
    place : tuple of str
        Where.
    allowed : iterable of str
        Further keys that the entry may have.
    """
    by_place: dict[Place, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        by_place.setdefault(_path(detail, value), []).append(detail)
    return [
        _finding(details, record, path, place, allowed)
        for path, details in _without_echoes(by_place).items()
    ]


def filled_in(record: type[Record], value: Mapping[str, object], place: Place) -> list[Finding]:
    """Return a finding for each key that an author wrote and only heco may fill in."""
    found = []
    for key, inner in value.items():
        if key in FILLED_IN.get(record.__name__, ()):
            what = f'"{key}" is filled in by heco and cannot be written'
            found.append(Finding((*place, key), what, "Remove it."))
        field = record.model_fields.get(key)
        inside = _records(field.annotation) if field else []
        if inside and isinstance(inner, dict):
            found += filled_in(inside[0], inner, (*place, key))
    return found


def _path(detail: ErrorDetails, value: object) -> Place:
    """Return where an error is, in the author's own keys, without pydantic's additions."""
    path: list[str] = []
    here: Any = value
    for step in detail["loc"]:
        known = isinstance(here, dict) and step in here
        if known or (isinstance(here, list) and isinstance(step, int) and step < len(here)):
            here = here[step]
            path.append(str(step))
    return tuple(path)


def _without_echoes(by_place: dict[Place, list[ErrorDetails]]) -> dict[Place, list[ErrorDetails]]:
    """Leave out the keys reported as missing that were only misspelt: one mistake, one message."""
    unknown: dict[Place, list[str]] = {}
    for path, details in by_place.items():
        if any(detail["type"] == "extra_forbidden" for detail in details):
            unknown.setdefault(path[:-1], []).append(path[-1])
    kept: dict[Place, list[ErrorDetails]] = {}
    for path, details in by_place.items():
        words = unknown.get(path, [])
        telling = [
            detail
            for detail in details
            if detail["type"] != "missing"
            or not difflib.get_close_matches(str(detail["loc"][-1]), words, n=1, cutoff=0.6)
        ]
        if telling:
            kept[path] = telling
    return kept


def _finding(
    details: list[ErrorDetails],
    record: type[Record],
    path: Place,
    place: Place,
    allowed: Iterable[str],
) -> Finding:
    here = place + path
    missing = [str(d["loc"][-1]) for d in details if d["type"] == "missing"]
    if missing:
        inside = record_at(record, path)
        wanted = [f"{key} ({_meaning(inside, key)})" for key in missing]
        what = "; ".join(f"{key} is missing" for key in wanted)
        if isinstance(details[0]["loc"][-1], int):  # a list that is too short
            return Finding(here, f"{kind_of(details[0]['input'])} has too few elements")
        return Finding(here, what, f"Write {', '.join(f'{key} = ...' for key in missing)}.")
    said = [d for d in details if d["type"] == "value_error"]
    for detail in said:
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, ExpressionError):
            return _formula(here, detail["input"], cause)
    for detail in said or details:
        return _one(detail, record, path, here, allowed)
    raise AssertionError("pydantic reported an error without details")


def _formula(here: Place, value: object, error: ExpressionError) -> Finding:
    if not isinstance(value, str):
        if isinstance(value, int | float):
            what = f"{kind_of(value)} is not a formula: {error.message}"
            return Finding(here, what, error.hint)
        what = f"{kind_of(value)} is not a formula"
        return Finding(here, what, "Write a number, or a formula in quotes.")
    what = f"not a formula: {error.message} (column {error.column})"
    if error.excerpt:
        what += "\n" + "\n".join("    " + line for line in error.excerpt.splitlines())
    return Finding(here, what, error.hint)


def _one(
    detail: ErrorDetails, record: type[Record], path: Place, here: Place, allowed: Iterable[str]
) -> Finding:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        inside = record_at(record, path[:-1])
        keys = [key for key in inside.model_fields if key not in FILLED_IN.get(inside.__name__, ())]
        keys += allowed if inside is record else []
        word = str(detail["loc"][-1])
        hint = key_hint(inside.__name__, word) or did_you_mean(word, keys)
        hint = hint or f"Allowed: {', '.join(sorted(set(keys)))}."
        return Finding(here, f'there is no key "{word}" here', hint)
    if kind == "value_error":
        cause = context["error"]
        if "not a number" in str(cause) or "finite" in str(cause):
            return _not_a_number(here, value)
        return Finding(here, str(cause), getattr(cause, "hint", ""))
    if kind == "literal_error":
        words = _literals(record, path)
        hint = did_you_mean(value if isinstance(value, str) else "", words)
        choice = ", ".join(f'"{word}"' for word in words)
        what = f"{kind_of(value)} is not a choice here; allowed: {choice}"
        return Finding(here, what, hint if hint.startswith("Did") else "")
    if kind in BOUNDS:
        sign, key = BOUNDS[kind]
        return Finding(here, f"{shown(value)} must be {sign} {context[key]:,}")
    if kind in ("finite_number", "float_type", "float_parsing"):
        return _not_a_number(here, value)
    if kind in ("too_long", "too_short"):
        wanted = context.get("max_length") or context.get("min_length")
        return Finding(here, f"{kind_of(value)} must have {wanted} elements")
    if kind.startswith("tuple") and _is_words(record, path):
        what = f"got {kind_of(value)}; a text or a list of texts is needed"
        return Finding(here, what, quote(value))
    for start, (what, hint_for) in TYPES.items():
        if kind.startswith(start):
            return Finding(here, f"got {kind_of(value)}; {what}", hint_for(value))
    return Finding(here, f"{kind_of(value)} cannot be used: {detail['msg'].lower()}")


def _not_a_number(here: Place, value: object) -> Finding:
    if isinstance(value, float):
        return Finding(here, f"{shown(value)} is not a finite number")
    return Finding(here, f"got {kind_of(value)}; a number is needed", unquote(value))


def record_at(record: type[Record], path: Place) -> type[Record]:
    """Return the record that stands at a path inside another one."""
    for step in path:
        field = record.model_fields.get(step)
        inside = _records(field.annotation) if field else []
        record = inside[0] if inside else record
    return record


def _records(annotation: object) -> list[type[Record]]:
    """Return the records that a type consists of."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return [annotation]
    return [inner for part in typing.get_args(annotation) for inner in _records(part)]


def _is_words(record: type[Record], path: Place) -> bool:
    field = record_at(record, path[:-1]).model_fields.get(path[-1]) if path else None
    return field is not None and field.annotation == tuple[str, ...]


def _literals(record: type[Record], path: Place) -> list[str]:
    """Return the words that a key, or an element of its list, may take."""
    while path and path[-1].isdigit():
        path = path[:-1]
    field = record_at(record, path[:-1]).model_fields.get(path[-1]) if path else None
    words = _words(field.annotation) if field else []
    if not words and field:  # one word stands for a whole table: cycle_counting = "start"
        for inner in _records(field.annotation):
            words += [w for f in inner.model_fields.values() for w in _words(f.annotation)]
    return list(dict.fromkeys(word for word in words if word))


def _words(annotation: object) -> list[str]:
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return [str(word) for word in typing.get_args(annotation)]
    if origin in (typing.Union, types.UnionType, typing.Annotated, tuple):
        return [word for part in typing.get_args(annotation) for word in _words(part)]
    return []


def _meaning(record: type[Record], key: str) -> str:
    field = record.model_fields.get(key)
    text = (field.description or "") if field else ""
    first = " ".join(text.split()).split(". ")[0].split(";")[0].rstrip(".")
    return first[:1].lower() + first[1:]
