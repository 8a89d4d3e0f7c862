"""Groups of people: each run by itself, outcomes the weighted mean of theirs, draw by draw.

Costs, effects, counts and shares are per person of the cohort, so the mean over groups is linear in
their shares. A draw that leaves its domain in one group has left it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from heco.errors import ScenarioError
from heco.model.watch import ROUNDING
from heco.outcomes import Array, Outcomes, OutOfDomain
from heco.sampling import Draws

if TYPE_CHECKING:
    from heco.model.model import Model

K = TypeVar("K")
#: Fields of outcomes that are no numbers per person.
_KEPT = ("strategies", "states", "population", "valid", "out_of_domain", "noted", "tunnels")


def shares(model: Model, draws: Draws) -> dict[str, Array]:
    """Return the share of each group by name, shape (draw,)."""
    written = {name: group.share for name, group in model.scenario.groups.items()}
    formulas = {name: share for name, share in written.items() if share != "rest"}
    found = model.formula_values(draws, formulas)
    left = 1.0 - sum(found.values(), np.zeros(draws.n))
    return {name: found.get(name, left) for name in written}


def by_group(model: Model, draws: Draws, **asked: Any) -> dict[str, Outcomes]:
    """Return the outcomes of each group, in its own people, by name.

    Raises
    ------
    ScenarioError
        If what ``[checks]`` says does not hold in a group; it names the group.
    """
    found = {}
    for name, part in model.groups.items():
        try:
            found[name] = part.evaluate(draws, **asked)
        except ScenarioError as error:
            raise ScenarioError(
                replace(problem, where=f"{problem.where} in the group {name}".strip())
                for problem in error.problems
            ) from None
    return found


def over_groups(model: Model, draws: Draws, **asked: Any) -> Outcomes:
    """Return the mean over the groups, weighted by their shares."""
    parts = by_group(model, draws, **asked)
    return mean(parts, shares(model, draws))


def mean(parts: Mapping[str, Outcomes], share: Mapping[str, Array]) -> Outcomes:
    """Return outcomes of all people from those of groups.

    Parameters
    ----------
    parts : mapping of str to Outcomes
        By group.
    share : mapping of str to ndarray, shape (draw,)
        Share of each group.
    """
    outcomes = list(parts.values())
    weights = [share[name] for name in parts]
    first = outcomes[0]
    mixed: dict[str, Any] = {}
    for field in fields(Outcomes):
        if field.name not in _KEPT:
            values = [getattr(part, field.name) for part in outcomes]
            mixed[field.name] = _mixed(values, weights)
    valid = np.logical_and.reduce([part.valid for part in outcomes])
    wrong = _wrong(weights)
    places = [
        replace(place, where=f"{place.where} in the group {name}")
        for name, part in parts.items()
        for place in part.out_of_domain
    ]
    if wrong.any():
        what = "the shares must lie in [0, 1] and add to 1"
        places.append(OutOfDomain("[groups]", what, int(wrong.sum())))
    noted = [
        replace(place, where=f"{place.where} in the group {name}")
        for name, part in parts.items()
        for place in part.noted
    ]
    tunnels: dict[str, int] = {}
    for part in outcomes:
        for state, size in part.tunnels.items():
            tunnels[state] = max(size, tunnels.get(state, 0))
    return replace(
        first,
        **mixed,
        valid=valid & ~wrong,
        out_of_domain=tuple(sorted(places, key=lambda p: (-p.draws, p.where, p.what))),
        noted=tuple(noted),
        tunnels=tunnels,
    )


def _wrong(weights: Sequence[Array]) -> NDArray[np.bool_]:
    total = np.abs(sum(weights[1:], weights[0]) - 1.0)
    outside = [(share < -ROUNDING) | (share > 1 + ROUNDING) for share in weights]
    found: NDArray[np.bool_] = (total > 1e-9) | np.logical_or.reduce(outside)
    return found


def _mixed(values: Sequence[Any], weights: Sequence[Array]) -> Any:
    if values[0] is None:
        return None
    if isinstance(values[0], Mapping):
        keys = dict.fromkeys(key for value in values for key in value)
        return {
            key: _mixed(
                [v[key] for v in values if key in v],
                [w for v, w in zip(values, weights, strict=True) if key in v],
            )
            for key in keys
        }
    # Groups of other ages may have another horizon: at its end all of its people are gone on.
    longest = max(values, key=lambda value: value.shape[1] if value.ndim > 2 else 0)
    total = np.zeros_like(longest)
    for value, weight in zip(values, weights, strict=True):
        if value.shape == total.shape:
            total += value * weight
        else:
            total[:, : value.shape[1]] += value * weight
    return total


def weighted(
    model: Model, draws: Draws, ask: Callable[[Model], Mapping[K, Array]]
) -> dict[K, Array]:
    """Return amounts per person, shape (draw,), as the mean over the groups."""
    share = shares(model, draws)
    found: dict[K, Array] = {}
    for name, part in model.groups.items():
        for key, amount in ask(part).items():
            found[key] = found.get(key, np.zeros(draws.n)) + share[name] * amount
    return found
