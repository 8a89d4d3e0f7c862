"""The two sides of a map, what lies on it, and how the model is asked about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heco.analysis.boundary import Edge
from heco.analysis.context import Context
from heco.analysis.facts import base_value, central_range
from heco.analysis.search import search_range
from heco.analysis.wording import amount, of_unit
from heco.errors import Problem, ScenarioError
from heco.outcomes import Array, Outcomes
from heco.scenario.schema_moves import Axis, TwoWay


@dataclass(frozen=True)
class Side:
    """One side of a map.

    Parameters
    ----------
    name, label, unit : str
        The parameter; for a required gain the author's key, and its words.
    values : ndarray, shape (point,)
        Where the model is asked, the base value among them; empty for a required gain.
    low, high : float or None
        The ends; None where a required gain leaves them open.
    base : float or None
        The base value, where it lies on the side.
    interval : tuple of float, or None
        2.5 and 97.5 percentiles of the parameter.
    gain : bool
        Whether it is a required gain.
    """

    name: str
    label: str
    unit: str
    values: Array
    low: float | None
    high: float | None
    base: float | None
    interval: tuple[float, float] | None
    gain: bool = False

    def said(self, value: float, currency: str) -> str:
        """Return a value along this side as a sentence says it."""
        return amount(value) if self.gain else of_unit(value, self.unit, currency)


@dataclass(frozen=True)
class Spot:
    """Evidence on a map: where it lies, where it comes from, and what it comes to.

    Parameters
    ----------
    label, source : str
        What it is, and where it comes from.
    x, y : tuple of (value, low, high)
        Where it lies, with its interval or None. [own units]
    base : bool
        Whether it is the base case of the model.
    """

    label: str
    source: str
    x: tuple[float, float | None, float | None]
    y: tuple[float, float | None, float | None]
    base: bool = False


@dataclass
class Map:
    """One map, first as asked, then with what was found.

    Parameters
    ----------
    name, label : str
        Its place among the maps, and what it is about.
    x, y : Side
        Its sides.
    option, comparator : str
        The strategies whose break-even line is drawn.
    wtp : tuple of float
        Willingness to pay: one, or all for a required gain. [currency per QALY]
    spots : tuple of Spot
        What lies on it, the base case first.
    best : ndarray of int, shape (row, column)
        The strategy with the highest net benefit; -1 where the model has no answer.
    benefit : ndarray, shape (strategy, row, column)
        Net benefit. [currency per person]
    break_even, switches : list of Edge
        Where the option breaks even, and where the best strategy changes.
    gains : dict of float to ndarray, shape (column,)
        The required gain at every x, by willingness to pay.
    """

    name: str
    label: str
    x: Side
    y: Side
    option: str
    comparator: str
    wtp: tuple[float, ...]
    spots: tuple[Spot, ...]
    best: Any = None
    benefit: Any = None
    break_even: list[Edge] = field(default_factory=list)
    switches: list[Edge] = field(default_factory=list)
    gains: dict[float, Array] = field(default_factory=dict)


def laid_out(context: Context, asked: TwoWay, number: int) -> Map:
    """Return a map with its sides and what lies on it.

    Parameters
    ----------
    context : Context
        The run.
    asked : TwoWay
        The settings.
    number : int
        Its place among the maps, from 1.
    """
    x, y = _side(context, asked.x), _side(context, asked.y)
    spots = [
        Spot(p.label, p.source, (p.x, p.x_low, p.x_high), (p.y, p.y_low, p.y_high))
        for p in asked.points
    ]
    if x.base is not None and y.base is not None and not y.gain:
        ends = [side.interval or (None, None) for side in (x, y)]
        here = Spot("Base case", "this model", (x.base, *ends[0]), (y.base, *ends[1]), True)
        spots.insert(0, here)
    stated = (asked.wtp,) if asked.wtp is not None else context.wtp
    return Map(
        name=f"{number}",
        label=asked.label or f"{y.label} against {x.label}",
        x=x,
        y=y,
        option=asked.strategy or context.scenario.option,
        comparator=context.scenario.comparator,
        wtp=tuple(stated) if y.gain else tuple(stated[:1]),
        spots=tuple(spots),
    )


def _side(context: Context, axis: Axis) -> Side:
    if axis.gain:
        settings = context.scenario.analysis.required_gain
        assert settings is not None
        words = settings.labels.get(axis.gain, axis.gain.replace("_", " "))
        label = f"{context.unit}s gained per {words}"
        return Side(
            axis.gain, label, context.unit, np.empty(0), axis.low, axis.high, None, None, True
        )
    name = axis.parameter
    low, high, _ = search_range(context, name, axis.low, axis.high)
    values = np.linspace(low, high, axis.steps)
    base = base_value(context, name)
    base = base if base is not None and low <= base <= high else None
    if base is not None:
        values = with_base(values, base)
    drawn = name in context.scenario.distributions or name in context.scenario.samples
    return Side(
        name, context.parameter_label(name), context.scenario.parameters[name].unit, values, low,
        high, base, central_range(context, name) if drawn else None,
    )  # fmt: skip


def with_base(values: Array, base: float) -> Array:
    """Return points in order with the base value among them, once."""
    near = np.abs(values - base) <= 1e-9 * float(np.ptp(values))
    return np.sort(np.append(values[~near], base))


def asker(context: Context, found: Map) -> Callable[[Array, Array], Outcomes]:
    """Return the function that asks the model about points of a map.

    It raises ScenarioError if these points break what must hold whatever is decided.
    """
    x, y = found.x.name, found.y.name

    def ask(at_x: Array, at_y: Array) -> Outcomes:
        draws = context.model.base(rows=len(at_x)).replace({x: at_x, y: at_y})
        try:
            return context.model.evaluate(draws)
        except ScenarioError as error:
            what = f"moving {x} and {y} breaks what must hold whatever is decided"
            hint = "Choose parameters that they are derived from, or that are derived from them."
            raise ScenarioError(
                [Problem(what, "[analysis] two_way", hint), *error.problems]
            ) from None

    return ask
