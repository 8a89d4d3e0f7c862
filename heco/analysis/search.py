"""One parameter moved over a range while all others stay: the model asked at many points at once.

201 rows in one evaluation show every change of sign; the points between are asked afterwards.
Where the model leaves its domain (a probability above 1) it has no answer, and none is made up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.facts import SHARES, base_value
from heco.analysis.roots import Root
from heco.errors import Problem, ScenarioError, refuse

if TYPE_CHECKING:
    from heco.analysis.context import Context
    from heco.outcomes import Array, Outcomes

#: Points of a scan.
POINTS = 201


@dataclass(frozen=True)
class Scan:
    """What happens as one parameter moves.

    Parameters
    ----------
    context : Context
        The run.
    parameter : str
        What moves.
    x : ndarray, shape (point,)
        Its values. [own unit]
    outcomes : Outcomes
        What happens at each; `valid` is False where the model has no answer.
    """

    context: Context
    parameter: str
    x: Array
    outcomes: Outcomes

    def benefit(self, option: str, comparator: str, wtp: float) -> Array:
        """Return incremental net monetary benefit, shape (point,); NaN where there is none."""
        return benefit(self.context, self.outcomes, option, comparator, wtp)

    def roots(self, option: str, comparator: str, wtp: float) -> tuple[Root, ...]:
        """Return every value of the parameter at which the two options are worth the same."""
        from heco.analysis.together import answered, crossings

        (found,) = answered([(self, crossings(self, option, comparator, wtp))])
        return found


def benefit(
    context: Context, outcomes: Outcomes, option: str, comparator: str, wtp: float
) -> Array:
    """Return incremental net monetary benefit, shape (point,); NaN where there is none."""
    worth = outcomes.net_monetary_benefit(wtp, context.effect)
    gained = worth[outcomes.index(option)] - worth[outcomes.index(comparator)]
    return np.where(outcomes.valid, gained, np.nan)


def solve(context: Context, name: str, low: float, high: float) -> Scan:
    """Scan a parameter from low to high.

    Parameters
    ----------
    context : Context
        The run.
    name : str
        Any parameter with a single value, derived ones included.
    low, high : float
        Where to look. [own unit]
    """
    x = np.linspace(low, high, POINTS)
    return Scan(context, name, x, evaluate_at(context, name, x))


def evaluate_at(context: Context, name: str, x: Array) -> Outcomes:
    """Return what happens when one parameter takes these values and all others stay.

    Raises
    ------
    ScenarioError
        If moving it breaks what ``[checks]`` says must hold.
    """
    return evaluate_rows(context, {name: x}, len(x))


def evaluate_rows(context: Context, columns: Mapping[str, Array], rows: int) -> Outcomes:
    """Return what happens when some parameters take these values and all others stay.

    Parameters
    ----------
    context : Context
        The run.
    columns : mapping of str to ndarray, shape (row,)
        Values of each parameter that moves. [own unit]
    rows : int
        How many rows there are.

    Raises
    ------
    ScenarioError
        If moving them breaks what ``[checks]`` says must hold.
    """
    draws = context.model.base(rows=rows).replace(columns)
    try:
        return context.model.evaluate(draws)
    except ScenarioError as error:
        what = f"moving {', '.join(columns)} alone breaks what must hold whatever is decided"
        hint = "Solve for a parameter that it is derived from, or that is derived from it."
        raise ScenarioError([Problem(what, "[analysis]", hint), *error.problems]) from None


def search_range(
    context: Context, name: str, low: float | None, high: float | None
) -> tuple[float, float, str]:
    """Return where to look for a parameter, and why there.

    Parameters
    ----------
    context : Context
        The run.
    name : str
        A parameter.
    low, high : float or None
        As asked for; None where the author left it out.

    Returns
    -------
    low, high : float
        The range: as asked, as declared (within 0 and 1 for a probability), the support of its
        distribution, or 0 to three times the base value.
    note : str
        How the range came about, if nobody declared it.
    """
    parameter = context.scenario.parameters[name]
    guess, note = _default_range(context, name)
    ends = parameter.range or guess
    if _is_share(parameter.unit):
        ends = max(ends[0], 0.0), min(ends[1], 1.0)
    low, high = (ends[0] if low is None else low), (ends[1] if high is None else high)
    if not low < high:
        raise refuse(
            f"the range to look in, {low:g} to {high:g}, is empty",
            f"[parameters.{name}] range",
            "Give range = [low, high], or low and high where the question is asked.",
        )
    declared = parameter.range is not None or (low, high) != guess
    return low, high, "" if declared else note


def _default_range(context: Context, name: str) -> tuple[tuple[float, float], str]:
    parameter = context.scenario.parameters[name]
    if _is_share(parameter.unit):
        return (0.0, 1.0), ""
    distribution = context.scenario.distributions.get(name)
    if distribution is not None and math.isfinite(distribution.low + distribution.high):
        return (distribution.low, distribution.high), "the range of its distribution"
    base = base_value(context, name)
    if not base:
        return (0.0, 0.0), ""
    return (min(0.0, 3 * base), max(0.0, 3 * base)), "no range is declared: 0 to three times base"


def _is_share(unit: str) -> bool:
    return unit.strip().lower() in SHARES
