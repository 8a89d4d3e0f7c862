"""What each uncertain input is drawn from: as written, as fitted, and its density."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.report import numbers, reading
from heco.result import RunResult

Array = NDArray[np.float64]
#: Points of a curve, and of the sample that a member of a joint distribution is drawn by.
_POINTS, _SAMPLE = 97, 4096
#: A density that rises without limit is cut at so many times its average.
_HIGHEST = 8.0
#: Part of each tail that is not drawn.
_TAIL = 0.002


@dataclass(frozen=True)
class Fitted:
    """An uncertain input, or one member of inputs that are drawn together.

    Parameters
    ----------
    name, label, unit : str
        What it is.
    written, drawn : str
        The arguments as the author wrote them, and the distribution that they come to.
    mean, sd, lower, upper : float or None
        Of the draws; limits are the 2.5 and 97.5 percentiles. [own unit]
    x, density : ndarray, shape (point,)
        The curve. [own unit], [1 / own unit]
    """

    name: str
    label: str
    unit: str
    written: str
    drawn: str
    mean: float | None
    sd: float | None
    lower: float | None
    upper: float | None
    x: Array
    density: Array

    @property
    def spread(self) -> float:
        """Return the width of the 95% limits in units of the mean; 0 if it cannot be said."""
        if self.lower is None or self.upper is None or not self.mean:
            return 0.0
        return (self.upper - self.lower) / abs(self.mean)


def fitted(run: RunResult) -> list[Fitted]:
    """Return every input that is drawn, in the author's order, joint ones by their members."""
    found: list[Fitted] = []
    for name in run.scenario.parameters:
        distribution = run.scenario.distributions.get(name)
        if distribution is not None and distribution.components:
            found += _joint(run, name, distribution)
        elif distribution is not None:
            low, high = distribution.interval()
            numbers_of = (distribution.mean, distribution.sd, low, high)
            found.append(
                _one(run, name, _as_written(run, name, distribution), distribution.describe(),
                     numbers_of, *_curve(distribution))
            )  # fmt: skip
        elif name in run.scenario.samples:
            column = np.asarray(run.scenario.samples[name], dtype=float)
            found.append(_sample(run, name, column, f"{len(column):,} joint draws of a file", ""))
    return found


def _one(
    run: RunResult,
    name: str,
    written: str,
    drawn: str,
    values: tuple[float | None, ...],
    x: Array,
    density: Array,
) -> Fitted:
    label, unit = reading.parameter(run, name), reading.unit(run, name)
    mean, sd, low, high = (_finite(value) for value in values)
    return Fitted(name, label, unit, written, drawn, mean, sd, low, high, x, density)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _curve(distribution: Any) -> tuple[Array, Array]:
    """Return the density of a single quantity between its outermost quantiles."""
    ends = distribution.ppf(np.array([_TAIL, 1 - _TAIL]))
    low, high = float(ends[0]), float(ends[1])
    reach = 0.04 * (high - low)
    x = np.linspace(max(low - reach, distribution.low), min(high + reach, distribution.high),
                    _POINTS)  # fmt: skip
    # At the very end of what is possible a density may have no limit.
    least = 1e-9 * (high - low)
    inside = np.clip(x, distribution.low + least, distribution.high - least)
    with np.errstate(all="ignore"):
        density = np.asarray(distribution.pdf(inside), dtype=float)
    return x, _cut(x, density)


def _cut(x: Array, density: Array) -> Array:
    width = float(x[-1] - x[0])
    most = _HIGHEST / width if width > 0 else 1.0
    return np.minimum(np.nan_to_num(density, nan=0.0, posinf=most), most)


def _joint(run: RunResult, name: str, distribution: Any) -> list[Fitted]:
    """Return the members of a joint distribution, each by a fixed sample that fills space."""
    members = distribution.components
    # Kronecker's sequence: multiples of square roots of primes fill the cube evenly.
    roots = np.sqrt(_primes(len(members)))[:, np.newaxis]
    u = np.mod(0.5 + roots * np.arange(1, _SAMPLE + 1), 1.0)
    drawn = np.asarray(distribution.ppf(np.clip(u, 1e-6, 1 - 1e-6)), dtype=float)
    written = _as_written(run, name, distribution)
    found = []
    for i, member in enumerate(members):
        made = _sample(run, f"{name}.{member}", drawn[i], written, distribution.describe())
        mean, sd = float(distribution.mean[member]), float(distribution.sd[member])
        found.append(
            Fitted(
                made.name, made.label, made.unit, made.written, made.drawn, mean, sd, made.lower,
                made.upper, made.x, made.density,
            )
        )  # fmt: skip
    return found


def _primes(count: int) -> Array:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return np.array(found, dtype=float)


def _sample(run: RunResult, name: str, values: Array, written: str, drawn: str) -> Fitted:
    """Return an input that is known by draws: its density by a normal kernel."""
    low, high = np.quantile(values, [0.025, 0.975])
    ends = np.quantile(values, [_TAIL, 1 - _TAIL])
    sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    x = np.linspace(ends[0], ends[1], _POINTS) if ends[1] > ends[0] else np.array([low, high])
    band = 0.9 * sd * len(values) ** -0.2  # Silverman's rule
    density = np.zeros(len(x))
    if band > 0:
        counts, edges = np.histogram(values, bins=400)
        middles = (edges[1:] + edges[:-1]) / 2
        kernel = np.exp(-0.5 * ((x[:, np.newaxis] - middles) / band) ** 2)
        density = kernel @ counts / (len(values) * band * math.sqrt(2 * math.pi))
    return _one(
        run, name, written, drawn or "as sampled", (float(values.mean()), sd, low, high), x,
        _cut(x, density),
    )  # fmt: skip


def _as_written(run: RunResult, name: str, distribution: Any) -> str:
    """Return the arguments as the author wrote them: ``beta: mean 0.62, se 0.05``."""
    record = run.scenario.parameters[name]
    studies = record.pooled or record.accuracy
    if studies is not None:
        return f"studies of {studies.studies}; draws are of: {studies.draws}"
    said = f"{distribution.key}: {_listed(distribution.arguments)}"
    if name in run.scenario.price_factors:
        factor = numbers.number(run.scenario.price_factors[name])
        said += f", in {record.price_year} prices; times {factor} since"
    return said


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_value(value)}" for key, value in arguments.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_listed(value)})"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return numbers.number(value) if isinstance(value, int | float) else str(value)
