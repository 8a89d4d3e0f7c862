"""Small models for tests: TOML without the words that only readers need.

`build` fills in labels, sources and the comparator, and then goes the way of every scenario:
through `heco.load_text`, with all its checks.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import heco
from heco.model import Model
from heco.outcomes import Outcomes
from heco.sampling import Draws


def toml(value: Any) -> str:
    """Return a value as TOML, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, bool | str):
        return json.dumps(value)
    return repr(value)


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario with what only readers need."""
    for name, parameter in data.get("parameters", {}).items():
        parameter.setdefault("label", name)
        if "expr" not in parameter:
            parameter.setdefault("source", "assumption: made up for a test")
    for name, measure in data.get("measures", {}).items():
        measure.setdefault("label", name)
    strategies = list(data.setdefault("strategies", {"only": {}}))
    decision = data.setdefault("decision", {})
    if len(strategies) > 1:
        decision.setdefault("comparator", strategies[0])
    if len(strategies) > 2:
        others = [name for name in strategies if name != decision["comparator"]]
        decision.setdefault("option", others[0])
    return data


def as_text(data: Mapping[str, Any]) -> str:
    """Return a scenario as TOML, one line for every entry."""
    lines: list[str] = []
    for section, entries in data.items():
        lines.append(f"[{section}]")
        lines += [f"{json.dumps(key)} = {toml(value)}" for key, value in entries.items()]
    return "\n".join(lines) + "\n"


def build(text: str | dict[str, Any], folder: Path | None = None, **changes: Any) -> Model:
    """Return the model of a scenario; ``changes`` replace entries: ``time={"cycle": ...}``."""
    data = tomllib.loads(text) if isinstance(text, str) else text
    for section, entries in changes.items():
        data.setdefault(section, {}).update(entries)
    return heco.compile(heco.load_text(as_text(filled(data)), folder))


def base(model: Model, **settings: Any) -> Outcomes:
    """Return the outcomes of the deterministic values."""
    return model.evaluate(model.base(), **settings)


def rows(**columns: Any) -> Draws:
    """Return draws from columns of the same length."""
    values = np.array([np.asarray(column, dtype=float) for column in columns.values()])
    return Draws(tuple(columns), values)
