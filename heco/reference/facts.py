"""What the reference reads beside formulas: values without uncertainty, and how many cycles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

from heco.scenario.scenario import Scenario


def certain(scenario: Scenario) -> dict[str, float]:
    """Return the deterministic value of every parameter that is neither derived nor looked up."""
    return dict(_certain(scenario))


def _certain(scenario: Scenario) -> Iterator[tuple[str, float]]:
    for name, parameter in scenario.parameters.items():
        if name in scenario.distributions:
            base = scenario.distributions[name].base
            if isinstance(base, Mapping):
                yield from ((f"{name}.{part}", float(value)) for part, value in base.items())
            else:
                yield name, float(base)
        elif name in scenario.samples:
            column = sorted(map(float, scenario.samples[name]))
            middle = len(column) // 2
            if parameter.samples is not None and parameter.samples.base == "median":
                yield name, (column[middle] + column[-middle - 1]) / 2
            else:
                yield name, math.fsum(column) / len(column)
        elif parameter.fixed is not None:
            yield name, parameter.fixed * scenario.price_factors.get(name, 1.0)


def cycles(scenario: Scenario) -> int:
    """Return how many cycles a scenario has; 0 for a tree alone."""
    time = scenario.time
    if not scenario.states or time.cycle is None or time.horizon is None:
        return 0
    if time.horizon == "lifetime":
        start = Fraction(time.start_age or 0.0).limit_denominator(10**6)
        span = Fraction(time.end_age).limit_denominator(10**6) - start
        return math.ceil(span / time.cycle.years)
    return int(time.horizon.in_years(time.cycle) / time.cycle.years)
