"""Outcomes of several evaluations put together as if they were one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from heco.outcomes import Outcomes, OutOfDomain


def joined(parts: Sequence[Outcomes]) -> Outcomes:
    """Return the outcomes of several batches as those of one.

    Parameters
    ----------
    parts : sequence of Outcomes
        Of the same model, in order.
    """
    first = parts[0]

    def together(values: Sequence[Any]) -> Any:
        if isinstance(values[0], Mapping):
            keys = dict.fromkeys(key for value in values for key in value)
            shape = first.cost.shape[:1]
            return {
                key: np.concatenate(
                    [
                        value[key] if key in value else np.zeros((*shape, part.n))
                        for value, part in zip(values, parts, strict=True)
                    ],
                    axis=-1,
                )
                for key in keys
            }
        if isinstance(values[0], np.ndarray):
            return np.concatenate(values, axis=-1)
        return values[0]

    kept = ("strategies", "states", "tunnels", "out_of_domain", "noted")
    merged = {
        field.name: together([getattr(part, field.name) for part in parts])
        for field in fields(first)
        if field.name not in kept
    }
    return replace(
        first,
        **merged,
        out_of_domain=_places([part.out_of_domain for part in parts]),
        noted=_places([part.noted for part in parts]),
    )


def _places(parts: Sequence[Sequence[OutOfDomain]]) -> tuple[OutOfDomain, ...]:
    """Return the places where draws left their domain, counted over all batches."""
    places: dict[tuple[str, str], OutOfDomain] = {}
    for part in parts:
        for place in part:
            # The first offending value ends the sentence in brackets; it differs by batch.
            key = (place.where, place.what.rsplit(" (", 1)[0])
            before = places.get(key)
            count = place.draws + (before.draws if before else 0)
            places[key] = replace(before or place, draws=count)
    return tuple(sorted(places.values(), key=lambda p: (-p.draws, p.where, p.what)))
