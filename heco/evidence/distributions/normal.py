"""Normal: log-odds, regression coefficients, mean differences."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.evidence.distributions.arguments import Z975, Argument, Form, rounded, shown
from heco.evidence.distributions.base import (
    ASSUMED_CV,
    CI95,
    MEAN,
    SD,
    SE,
    N,
    Scalar,
    assumption,
    standard_error,
)
from heco.evidence.distributions.quantiles import FloatArray
from heco.evidence.distributions.reader import Reader

_LIMITS = ("low", "high")


@dataclass(frozen=True, kw_only=True)
class Normal(Scalar):
    """A quantity that may take any sign: a log-odds, a coefficient, a mean difference.

    Not for a quantity near a limit. Where the quantity has one, ``low`` and ``high`` state it; a
    mean within 3 standard errors of it is refused. The draws are never cut off.

    Parameters
    ----------
    mu : float
        The mean. [own unit]
    sigma : float
        The standard error of the mean. [own unit]
    """

    key: ClassVar[str] = "normal"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("mean", "se"), _LIMITS, "A published mean with its standard error."),
        Form(("mean", "ci95"), ("asymmetric", *_LIMITS), "A published mean with its interval."),
        Form(("mean", "sd", "n"), _LIMITS, "A mean and standard deviation of n people."),
        Form(("mean", "assumed_cv"), _LIMITS, "A mean, with a spread that is a judgement."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "mean": MEAN,
        "se": SE,
        "ci95": CI95,
        "asymmetric": Argument(
            "Accept an interval that does not lie evenly about the mean.", kind="flag"
        ),
        "sd": SD,
        "n": N,
        "assumed_cv": ASSUMED_CV,
        "low": Argument("The smallest value that the quantity itself can take. [own unit]"),
        "high": Argument("The largest value that the quantity itself can take. [own unit]"),
    }

    mu: float
    sigma: float

    @classmethod
    def _check(cls, read: Reader) -> None:
        if not read.has("mean"):
            return
        mean = read.number("mean")
        if read.has("assumed_cv") and mean == 0:
            read.problem("assumed_cv", "a share of a mean of 0 is no spread at all", "Give se.")
            return
        se = standard_error(read)
        if read.has("ci95"):
            lower, upper = read.values["ci95"]
            se = (upper - lower) / (2 * Z975)
            if not lower <= mean <= upper:
                read.problem(
                    "mean",
                    f"{shown(mean)} lies outside its interval [{shown(lower)}, {shown(upper)}]",
                )
            elif _uneven(mean, lower, upper) and not read.values.get("asymmetric", False):
                read.problem(
                    "ci95",
                    f"the interval does not lie evenly about {shown(mean)}; its middle is "
                    f"{rounded((lower + upper) / 2)}",
                    "Look for a misprint. A ratio is lognormal. To use the interval as it is, say "
                    "asymmetric = true.",
                )
        low, high = read.number("low", -math.inf), read.number("high", math.inf)
        if not low < high:
            read.problem("high", f"low ({shown(low)}) must be less than high ({shown(high)})")
        elif not math.isnan(se):
            trouble = near_limit(mean, se, low, high)
            if trouble:
                read.problem("low" if mean - 3 * se < low else "high", *trouble)

    @classmethod
    def _make(cls, read: Reader) -> Self:
        mean, warnings = read.number("mean"), assumption(read)
        if read.has("ci95"):
            lower, upper = read.values["ci95"]
            se = (upper - lower) / (2 * Z975)
            if _uneven(mean, lower, upper):
                warnings += (
                    "the interval is not symmetric: the draws keep the mean and the interval's "
                    "width, not its ends",
                )
        else:
            se = standard_error(read)
        return cls(mu=mean, sigma=se, judgement=read.has("assumed_cv"), warnings=warnings)

    def near_limit(self, low: float = -math.inf, high: float = math.inf) -> tuple[str, str] | None:
        """Return what to say if this normal stands for a quantity limited to [low, high].

        Parameters
        ----------
        low, high : float
            Limits of the quantity itself, for example 0 and 1 for a probability. [own unit]

        Returns
        -------
        (str, str) or None
            What is wrong and what to try; nothing if the limits are 3 standard errors away.
        """
        return near_limit(self.mu, self.sigma, low, high)

    @property
    def base(self) -> float:
        """The mean. [own unit]."""
        return self.mu

    @property
    def mean(self) -> float:
        """The expected value. [own unit]."""
        return self.mu

    @property
    def median(self) -> float:
        """The mean. [own unit]."""
        return self.mu

    @property
    def sd(self) -> float:
        """The standard error of the mean. [own unit]."""
        return self.sigma

    @property
    def low(self) -> float:
        """Minus infinity: nothing is cut off. [own unit]."""
        return -math.inf

    @property
    def high(self) -> float:
        """Infinity: nothing is cut off. [own unit]."""
        return math.inf

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        from scipy.special import ndtri

        return np.asarray(self.mu + self.sigma * ndtri(u), dtype=float)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        z = (np.asarray(x, dtype=float) - self.mu) / self.sigma
        return np.asarray(np.exp(-0.5 * z**2) / (self.sigma * math.sqrt(2 * math.pi)))

    def _text(self) -> str:
        return f"Normal({rounded(self.mu)}, se {rounded(self.sigma)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(self, mu=self.mu * factor, sigma=self.sigma * factor)


def _uneven(mean: float, lower: float, upper: float) -> bool:
    """Return whether the mean lies over a quarter of a standard error off the middle."""
    return abs(mean - (lower + upper) / 2) > 0.25 * (upper - lower) / (2 * Z975)


def near_limit(mean: float, se: float, low: float, high: float) -> tuple[str, str] | None:
    """Return what to say about a normal within 3 standard errors of a limit, or nothing."""
    if mean - 3 * se >= low and mean + 3 * se <= high:
        return None
    limit = low if mean - 3 * se < low else high
    if math.isfinite(low) and math.isfinite(high):
        between = "" if (low, high) == (0, 1) else f" with low = {shown(low)}, high = {shown(high)}"
        instead = f"Use beta{between}."
    elif low == 0:
        instead = "Use gamma, or lognormal for a ratio."
    else:
        instead = f"Use gamma for the distance from {shown(limit)}."
    return (
        f"a normal with mean {rounded(mean)} and se {rounded(se)} would draw values beyond the "
        f"limit {shown(limit)}, which is less than 3 standard errors away",
        instead,
    )
