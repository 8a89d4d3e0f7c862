"""What is known about a parameter, whatever kind it is: value, spread, range.

The shared ground of the table of inputs, the tornado and the thresholds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from heco.analysis.summaries import TAILS, limits
from heco.scenario.expressions import BUILTINS, names

if TYPE_CHECKING:
    from heco.analysis.context import Context
    from heco.scenario.scenario import Scenario

#: Units of quantities that lie between 0 and 1.
SHARES = ("probability", "share", "proportion")


def varies(scenario: Scenario, name: str) -> bool:
    """Return whether a parameter changes with age or time, so that no one number states it."""
    waiting, seen = [name], set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if current in BUILTINS and current != "cycle_length":
            return True
        parameter = scenario.parameters.get(current)
        if parameter is None:
            continue
        if parameter.table is not None:
            return True
        if parameter.expr is not None:
            waiting.extend(names(parameter.expr))
    return False


def joint(scenario: Scenario, name: str) -> bool:
    """Return whether a name is a set of quantities that are drawn together, or one of them."""
    distribution = scenario.distributions.get(name.partition(".")[0])
    return distribution is not None and bool(distribution.components)


def components(scenario: Scenario, name: str) -> tuple[str, ...]:
    """Return the columns that a parameter is drawn in: itself, or ``name.component``."""
    if joint(scenario, name):
        return tuple(f"{name}.{part}" for part in scenario.distributions[name].components)
    return (name,)


def base_value(context: Context, name: str) -> float | None:
    """Return the deterministic value, or None if the parameter changes with age or time.

    Parameters
    ----------
    context : Context
        The run.
    name : str
        A parameter or a component.
    """
    draws = context.base.draws
    if name in draws.names:
        return float(draws.column(name)[0])
    if varies(context.scenario, name):
        return None
    value = float(context.model.parameter_values(draws, [name])[name][0])
    return value if math.isfinite(value) else None


def mean_sd(scenario: Scenario, name: str) -> tuple[float | None, float | None]:
    """Return mean and standard deviation of what is drawn; None for what is not drawn."""
    whole, _, part = name.partition(".")
    if whole in scenario.samples:
        column = scenario.samples[whole]
        return float(np.mean(column)), float(np.std(column, ddof=1)) if len(column) > 1 else None
    distribution = scenario.distributions.get(whole)
    if distribution is None:
        return None, None
    mean, sd = distribution.mean, distribution.sd
    if isinstance(mean, Mapping) and isinstance(sd, Mapping):
        return (mean[part], sd[part]) if part else (None, None)
    assert not isinstance(mean, Mapping)
    assert not isinstance(sd, Mapping)
    return mean, sd


def central_range(context: Context, name: str) -> tuple[float, float] | None:
    """Return the 2.5 and 97.5 percentiles of what is drawn, or None if nothing is.

    Exact for a single quantity. For one of a set that is drawn together, and for what is derived
    from others, the percentiles of the draws, so None where there are none.
    """
    scenario = context.scenario
    if name in scenario.samples:
        return limits(scenario.samples[name])
    if name in scenario.distributions and not joint(scenario, name):
        low, high = scenario.distributions[name].ppf(np.array(TAILS))
        return float(low), float(high)
    if context.psa is None:
        return None
    draws = context.psa.draws
    if name in draws.names and joint(scenario, name):
        return limits(draws.column(name))
    parameter = scenario.parameters.get(name)
    if parameter is not None and parameter.expr is not None and not varies(scenario, name):
        values = context.model.parameter_values(draws, [name])[name]
        values = values[np.isfinite(values)]
        if len(values) and values.min() < values.max():
            return limits(values)
    return None


def partners(scenario: Scenario, name: str) -> dict[str, float]:
    """Return the parameters that move with this one -> correlation of the underlying normals."""
    for group in scenario.correlations.values():
        if name in group.parameters:
            row = group.matrix[group.parameters.index(name)]
            pairs = zip(group.parameters, row, strict=True)
            return {
                other: float(r) if group.measure == "latent" else 2 * math.sin(math.pi * r / 6)
                for other, r in pairs
                if other != name and r != 0
            }
    return {}
