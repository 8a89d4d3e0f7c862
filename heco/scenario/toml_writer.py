"""A merged scenario as one TOML text, each entry with the file and line that it came from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from heco.scenario.places import SETTINGS
from heco.scenario.scenario import Origin, Scenario

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_scenario(scenario: Scenario) -> str:
    """Return the merged scenario as TOML that loads to an equal scenario.

    Paths of evidence are relative to the folder of the file that was asked for.
    """
    blocks = []
    for section, entries in scenario.merged.items():
        assert isinstance(entries, Mapping)
        if section in SETTINGS:
            lines = [
                f"{key(name)} = {value(entry)}{_from(scenario, section, name)}"
                for name, entry in entries.items()
            ]
            blocks.append("\n".join([f"[{section}]", *lines]))
            continue
        for name, entry in entries.items():
            header = f"[{section}.{key(name)}]{_from(scenario, section, name)}"
            lines = [f"{key(word)} = {value(item)}" for word, item in entry.items()]
            blocks.append("\n".join([header, *lines]))
    return "\n\n".join(blocks) + "\n"


def _from(scenario: Scenario, *place: str) -> str:
    origin = scenario.origins.get(".".join(place), Origin(""))
    at = origin.file if origin.line is None else f"{origin.file}:{origin.line}"
    plain = "".join(letter if letter.isprintable() else "?" for letter in at)
    return f"  # {plain.removeprefix(':')}" if plain.strip(":") else ""


def key(name: str) -> str:
    """Return a key, quoted if it must be."""
    return name if _BARE.fullmatch(name) else _text(name)


def value(item: object) -> str:
    """Return a value on one line.

    Examples
    --------
    >>> value({"p": "rest", "cost": {"test": 2.5}, "count": ["tested"]})
    '{p = "rest", cost = {test = 2.5}, count = ["tested"]}'
    """
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, str):
        return _text(item)
    if isinstance(item, Mapping):
        return "{" + ", ".join(f"{key(k)} = {value(v)}" for k, v in item.items()) + "}"
    if isinstance(item, list | tuple):
        return "[" + ", ".join(value(part) for part in item) + "]"
    if isinstance(item, datetime.date | datetime.time):
        return item.isoformat()
    return repr(item)


def _text(text: str) -> str:
    escaped = "".join(_ESCAPES.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text)
    return f'"{escaped}"'
