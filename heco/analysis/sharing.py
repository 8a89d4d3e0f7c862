"""How health is shared out over groups: whose gain it is, and whose loss.

The model is evaluated once for everybody; groups share its total. Where a group says which
parameters differ in it, the model is evaluated for the group as well, in the base case: its
people are counted, and the author's shares are held against what the model says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from heco.analysis.basis import Basis
from heco.analysis.context import Context, Sample, increments
from heco.errors import refuse
from heco.outcomes import Array
from heco.scenario.expressions import Expr
from heco.scenario.schema_money import Equity, Group

WHERE = "[analysis.equity]"
#: How far shares written down may be from those of the model.
AGREES = 1e-6


@dataclass(frozen=True)
class Shares:
    """How one sample's health is shared out, shape (group, draw) each.

    Parameters
    ----------
    people, residents : ndarray
        Share of the people who enter, and of all who live in the area.
    gains : mapping of str to ndarray
        By strategy: share of the health that it brings.
    losses : mapping of str to ndarray
        Share of the health lost elsewhere: ``""`` as stated, ``gradient`` if there is one.
    """

    people: Array
    residents: Array
    gains: Mapping[str, Array]
    losses: Mapping[str, Array]


def shares(context: Context, settings: Equity, basis: Basis) -> Shares:
    """Return how health is shared out over the groups.

    Parameters
    ----------
    context : Context
        The run.
    settings : Equity
        The groups.
    basis : Basis
        Base case or draws.
    """
    people = _column(context, settings, basis, "share")
    _whole(people, "share")
    gains = {}
    for option in context.scenario.options:
        weights = people.copy()
        for key in ("uptake", "effect"):
            weights *= _column(context, settings, basis, key, strategy=option)
        if not (weights.sum(axis=0) > 0).all():
            what = f'no group takes part and gains under "{option}", so health cannot be shared out'
            raise refuse(what, WHERE)
        gains[option] = weights / weights.sum(axis=0)
    residents = _column(context, settings, basis, "residents", lambda k: people[k])
    _whole(residents, "residents")
    losses = {"": _column(context, settings, basis, "opportunity", lambda k: residents[k])}
    if all(group.gradient is not None for group in settings.groups.values()):
        losses["gradient"] = _column(context, settings, basis, "gradient")
    for key, values in losses.items():
        _whole(values, key or "opportunity")
    return Shares(people, residents, gains, losses)


def health(context: Context, settings: Equity) -> Array | None:
    """Return lifetime health by group in the base case, shape (group,); None if it is not given."""
    if any(group.health is None for group in settings.groups.values()):
        return None
    return _column(context, settings, Basis("deterministic", context.base), "health")[:, 0]


def _column(
    context: Context,
    settings: Equity,
    basis: Basis,
    key: str,
    other: Callable[[int], Array | float] = lambda k: 1.0,
    strategy: str | None = None,
) -> Array:
    """Return one key of every group, shape (group, draw); what is left out is `other`."""
    written: dict[str, Expr] = {
        name: formula
        for name, group in settings.groups.items()
        if (formula := getattr(group, key)) is not None
    }
    found = context.model.formula_values(basis.sample.draws, written, strategy)
    for name, values in found.items():
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise refuse("must be 0 or more in every draw", f"{WHERE} groups.{name}.{key}")
    n = basis.sample.n
    return np.array(
        [
            found[name] if name in found else np.broadcast_to(other(k), (n,))
            for k, name in enumerate(settings.groups)
        ],
        dtype=float,
    )


def _whole(values: Array, key: str) -> None:
    total = values.sum(axis=0)
    worst = float(total[np.argmax(np.abs(total - 1))])
    if abs(worst - 1) > 1e-9:
        raise refuse(
            f"{key} adds up to {worst:g} over the groups, and must add up to 1", f"{WHERE} groups"
        )


def each_group(context: Context, settings: Equity) -> Sample | None:
    """Return the base case of every group, one row each, where groups say what differs in them.

    Parameters
    ----------
    context : Context
        The run.
    settings : Equity
        The groups.

    Returns
    -------
    Sample or None
        Row k is group k; None if no group sets anything.
    """
    groups = list(settings.groups.values())
    names = dict.fromkeys(name for group in groups for name in group.set)
    if not names:
        return None
    columns = {}
    for name in names:
        usual = context.model.parameter_values(context.base.draws, [name])[name]
        columns[name] = np.array([_set(context, group, name, float(usual[0])) for group in groups])
    draws = context.model.base(len(groups)).replace(columns)
    outcomes = context.model.evaluate(draws)
    # The range of a parameter is where its value for everybody lies; a group may lie beyond.
    ranges = {f"[parameters.{name}]" for name in names}
    wrong = [place for place in outcomes.out_of_domain if place.where not in ranges]
    if wrong:
        k = int(np.argmin(outcomes.valid))
        where = f"{WHERE} groups.{list(settings.groups)[k]}.set"
        raise refuse(f"{wrong[0].what} at {wrong[0].where}, in this group", where)
    return Sample(draws, outcomes)


def _set(context: Context, group: Group, name: str, usual: float) -> float:
    if name not in group.set:
        return usual
    return float(context.model.formula_values(context.base.draws, {"it": group.set[name]})["it"][0])


def disagreements(context: Context, settings: Equity, sample: Sample | None) -> Iterator[str]:
    """Yield where the shares written down are not those of the model, group by group.

    Parameters
    ----------
    context : Context
        The run.
    settings : Equity
        The groups.
    sample : Sample or None
        Their base case, if they say what differs in them.
    """
    if sample is None:
        return
    parts = shares(context, settings, Basis("deterministic", context.base))
    people = parts.people[:, 0]
    for option in context.scenario.options:
        what = (context.effect, option, context.scenario.comparator)
        _, effect = increments(sample, *what)
        _, whole = increments(context.base, *what)
        total = float((people * effect).sum())
        if abs(total - float(whole[0])) > AGREES * abs(float(whole[0])):
            yield (
                f"{WHERE} What the groups set does not add up to everybody: "
                f"{context.label(option)} gains {total:g} {context.unit}s per person by group, "
                f"and {float(whole[0]):g} in the model."
            )
        elif total and np.abs(people * effect / total - parts.gains[option][:, 0]).max() > AGREES:
            yield (
                f"{WHERE} The groups' share, uptake and effect do not share out the health that "
                f"{context.label(option)} brings as the model does with what the groups set."
            )
