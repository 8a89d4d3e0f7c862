"""Which strategy is the best as two inputs change together.

The model is asked once, at every point of a grid. The map says which strategy has the highest net
benefit; its boundaries, and the line on which the option of the question just breaks even, are then
closed in on (`heco.analysis.boundary`). Where the second side is a required gain there is nothing
to search: the gain is solved for at every x. What the author lays over the map, and the base case,
are judged where they lie.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.boundary import Edge, edges
from heco.analysis.context import Context, needs_wtp
from heco.analysis.map_tables import boundary_table, gain_table, grid_table, point_table
from heco.analysis.maps import Map, Spot, asker, laid_out
from heco.analysis.question import Question
from heco.analysis.readings import all_readings, without
from heco.analysis.wording import inside, listing, money
from heco.numbers import least
from heco.outcomes import Array
from heco.result import Quantity, Result

NAME = "two_way"
TITLE = "Which strategy is the best as two inputs change together?"
WHERE = "[analysis] two_way"


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to compare."""
    return bool(context.scenario.analysis.two_way) and bool(context.scenario.options)


def run(context: Context) -> Result:
    """Draw up every map.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``two_way``, with the tables ``two_way`` (the maps), ``two_way_boundary``,
        ``two_way_gain`` (required gains) and ``two_way_points``, as far as they have rows; `data`
        has each `heco.analysis.maps.Map` by its name.
    """
    maps: list[Map] = []
    for number, asked in enumerate(context.scenario.analysis.two_way, start=1):
        if asked.wtp is None:
            needs_wtp(context, WHERE)
        found = laid_out(context, asked, number)
        if found.y.gain:
            _solve_gain(context, found)
            found.spots = (*_modelled(context, found), *found.spots)
        else:
            _survey(context, found)
        maps.append(found)
    points = [row for found in maps for row in _points(context, found)]
    tables = [
        grid_table(context, maps), boundary_table(context, maps), gain_table(context, maps),
        point_table(context, points),
    ]  # fmt: skip
    return Result(
        NAME, TITLE, tuple(_sentence(context, found) for found in maps),
        tuple(table for table in tables if table.rows),
        tuple(q for found in maps for q in _quantities(context, found)),
        settings={"method": "deterministic: all other parameters at their base values"},
        data={found.name: found for found in maps},
    )  # fmt: skip


def _survey(context: Context, found: Map) -> None:
    """Fill in net benefit, the best strategy and its boundaries."""
    ask = asker(context, found)
    x, y = found.x.values, found.y.values
    outcomes = ask(np.tile(x, len(y)), np.repeat(y, len(x)))
    shape = (len(outcomes.strategies), len(y), len(x))
    wtp = found.wtp[0]

    def benefit(at_x: Array, at_y: Array) -> Array:
        asked = ask(at_x, at_y)
        return np.where(asked.valid, asked.net_monetary_benefit(wtp, context.effect), np.nan)

    values = np.where(
        outcomes.valid, outcomes.net_monetary_benefit(wtp, context.effect), np.nan
    ).reshape(shape)
    known = np.isfinite(values).all(axis=0)
    found.benefit = values
    found.best = np.where(known, np.argmax(np.where(known, values, 0.0), axis=0), -1)
    pair = [outcomes.index(found.comparator), outcomes.index(found.option)]
    ahead = np.where(known, (values[pair[1]] > values[pair[0]]).astype(int), -1)
    found.break_even = edges(
        lambda at_x, at_y: benefit(at_x, at_y)[pair], x, y, values[pair], ahead
    )
    if shape[0] > 2:
        found.switches = edges(benefit, x, y, values, found.best)


def _solve_gain(context: Context, found: Map) -> None:
    """Fill in the required gain at every x."""
    rows = context.model.base(rows=len(found.x.values)).replace({found.x.name: found.x.values})
    asked = Question(context, "required_gain", found.option, found.comparator, 1.0, found.y.name)
    cost, other, people = asked.gain_parts(rows)
    for wtp in found.wtp:
        with np.errstate(all="ignore"):
            found.gains[wtp] = np.where(people > 0, (cost / wtp - other) / people, np.nan)


def _modelled(context: Context, found: Map) -> list[Spot]:
    """Return the gain that the model itself has, where it can be told apart."""
    gain = context.scenario.analysis.required_gain
    if gain is None or not gain.utility or found.x.base is None:
        return []
    for reading in all_readings(context, without(context, gain.utility, WHERE)):
        if (reading.option, reading.key, reading.name) == (found.option, found.y.name, ""):
            own = reading.modelled("deterministic").value
            limits = reading.modelled("probabilistic") if context.psa else None
            if own is not None:
                y = (own, limits.lower if limits else None, limits.upper if limits else None)
                x = (found.x.base, *(found.x.interval or (None, None)))
                return [Spot("Gain in this model", "this model", x, y, True)]
    return []


def _points(context: Context, found: Map) -> list[tuple[Any, ...]]:
    """Return what lies on a map, each judged where it lies."""
    if not found.spots:
        return []
    x, y = (np.array([getattr(spot, key)[0] for spot in found.spots]) for key in "xy")
    rows: list[tuple[Any, ...]] = []
    if found.y.gain:
        asked = Question(
            context, "required_gain", found.option, found.comparator, 1.0, found.y.name
        )
        cost, other, people = asked.gain_parts(
            context.model.base(rows=len(x)).replace({found.x.name: x})
        )
        for wtp in found.wtp:
            with np.errstate(all="ignore"):
                lead = wtp * (y * people + other) - cost
            for k, spot in enumerate(found.spots):
                best = found.option if lead[k] > 0 else found.comparator
                known = bool(np.isfinite(lead[k]))
                rows.append(_point(context, found, spot, wtp, best if known else "", lead[k]))
        return rows
    outcomes = asker(context, found)(x, y)
    benefit = outcomes.net_monetary_benefit(found.wtp[0], context.effect)
    i, j = outcomes.index(found.option), outcomes.index(found.comparator)
    for k, spot in enumerate(found.spots):
        lead_here = benefit[i, k] - benefit[j, k] if outcomes.valid[k] else np.nan
        best = outcomes.strategies[int(np.argmax(benefit[:, k]))] if outcomes.valid[k] else ""
        rows.append(_point(context, found, spot, found.wtp[0], best, lead_here))
    return rows


def _point(
    context: Context, found: Map, spot: Spot, wtp: float, best: str, lead: float
) -> tuple[Any, ...]:
    known = bool(np.isfinite(lead))
    return (
        found.name, spot.label, *spot.x, *spot.y, wtp, best, context.label(best) if best else "",
        float(lead) if known else None, bool(lead > 0) if known else None, spot.source, spot.base,
    )  # fmt: skip


def _through(found: Map, at: float) -> list[Edge]:
    """Return where the option breaks even along y at one x of the grid."""
    return [edge for edge in found.break_even if edge.along == "y" and edge.x == at]


def _quantities(context: Context, found: Map) -> list[Quantity]:
    """Return what y must be at the ends of x and at its base value."""
    stops = dict.fromkeys((found.x.values[0], found.x.base, found.x.values[-1]))
    said = []
    for at in (float(stop) for stop in stops if stop is not None):
        subject = f"{found.y.name}@{found.x.name}={at:g}"
        what: dict[str, Any] = {
            "strategy": found.option, "comparator": found.comparator, "subject": subject,
        }  # fmt: skip
        if found.y.gain:
            place = int(np.searchsorted(found.x.values, at))
            for wtp, gains in found.gains.items():
                gain = float(gains[place])
                unit = found.y.label
                value = gain if np.isfinite(gain) else None
                said.append(Quantity("two_way_required_gain", value, wtp=wtp, unit=unit, **what))
            continue
        said += [
            Quantity("two_way_break_even", edge.y, wtp=found.wtp[0], unit=found.y.unit, **what)
            for edge in _through(found, at)
        ]
    return said


def _sentence(context: Context, found: Map) -> str:
    """Say what y must be for the option to be worth its cost, along x."""
    currency = context.currency
    x, y, option = found.x, inside(found.y.label), inside(context.label(found.option))
    start = f"At {money(found.wtp[0], currency)} per {context.unit} {option}"
    stops = [float(x.values[0]), float(x.values[-1])]
    if x.base is not None and x.base not in stops:
        stops.insert(1, x.base)
    if found.y.gain:
        gains = found.gains[found.wtp[0]]
        if (gains[np.isfinite(gains)] <= 0).all():
            ends = f"from {x.said(stops[0], currency)} to {x.said(stops[-1], currency)}"
            return f"{start} is worth its cost without any {y}, {ends} of {inside(x.label)}."
        told = [
            f"{least(gains[int(np.searchsorted(x.values, at))])} at {x.said(at, currency)}"
            for at in stops
            if np.isfinite(gains[int(np.searchsorted(x.values, at))])
        ]
        return f"{start} needs {y} of at least {listing(told)} of {inside(x.label)}."
    told = []
    for at in stops:
        where = [
            f"{'above' if edge.above == 1 else 'below'} {found.y.said(edge.y, currency)}"
            for edge in _through(found, at)
        ]
        if where:
            told.append(f"{listing(where)} where {inside(x.label)} is {x.said(at, currency)}")
    if told:
        return f"{start} is worth its cost with {y} {'; '.join(told)}."
    if found.break_even:
        return f"{start} is worth its cost on part of the map of {y} and {inside(x.label)}."
    known = found.best >= 0
    i, j = (list(context.scenario.strategies).index(s) for s in (found.option, found.comparator))
    always = bool((found.benefit[i] > found.benefit[j])[known].all()) and bool(known.any())
    return (
        f"{start} is {'always' if always else 'never'} worth its cost on the map of {y} and "
        f"{inside(x.label)}."
    )
