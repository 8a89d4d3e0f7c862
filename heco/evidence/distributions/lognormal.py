"""Lognormal: ratios (relative risks, odds ratios, hazard ratios) and skewed costs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.evidence.distributions.arguments import Z975, Advice, Argument, Form, rounded, shown
from heco.evidence.distributions.base import SD_ADVICE, SE, Scalar
from heco.evidence.distributions.quantiles import FloatArray
from heco.evidence.distributions.reader import Reader

#: A quantity this uncertain would be known within a factor of 300 million: a slip of the pen.
_WIDEST = 10.0

CENTRE = Argument(
    "What the deterministic run uses: the median (the estimate as printed) or the mean of the "
    "draws. The draws are the same.",
    kind="choice",
    choices=("median", "mean"),
)


@dataclass(frozen=True, kw_only=True)
class Lognormal(Scalar):
    """A positive quantity whose logarithm is normal: a ratio, or a skewed cost.

    A published ratio is the *median* of the draws, for its interval is symmetric on the log
    scale: ``mu = ln(median)``, ``sigma = (ln U - ln L)/(2 * 1.96)``. The mean of the draws is
    larger, ``exp(mu + sigma^2/2)``. ``centre`` says which of the two the deterministic run uses;
    it moves no draw. A mean with its standard error on the natural scale gives
    ``sigma^2 = ln(1 + se^2/mean^2)`` and ``mu = ln(mean) - sigma^2/2``.

    Parameters
    ----------
    mu : float
        Mean of the logarithm. [log of own unit]
    sigma : float
        Standard deviation of the logarithm.
    centre : str
        ``median`` or ``mean``: the value of the deterministic run.

    References
    ----------
    Briggs, Claxton & Sculpher (2006), ch. 4.
    """

    key: ClassVar[str] = "lognormal"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("median", "ci95"), ("centre", "asymmetric"), "A published ratio with its interval."),
        Form(("mean", "se"), (), "A mean with its standard error, both on the natural scale."),
        Form(("meanlog", "sdlog"), (), "Mean and standard deviation of the logarithm."),
        Form(("median", "se_log"), ("centre",), "A ratio, with the standard error of its log."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "median": Argument("The ratio as printed in the source. [own unit]", above=0),
        "ci95": Argument("Its 95% interval, [lower, upper]. [own unit]", kind="interval", above=0),
        "centre": CENTRE,
        "asymmetric": Argument(
            "Accept an interval that does not lie evenly about the estimate on the log scale.",
            kind="flag",
        ),
        "mean": Argument("The mean, on the natural scale. [own unit]", above=0),
        "se": SE,
        "meanlog": Argument(
            "Mean of the logarithm. [log of own unit]",
            least=-138,
            most=138,
            hint="meanlog is a natural logarithm; for the value itself say median.",
        ),
        "sdlog": Argument("Standard deviation of the logarithm.", above=0, most=_WIDEST),
        "se_log": Argument("Standard error of the logarithm of the ratio.", above=0, most=_WIDEST),
    }
    advice: ClassVar[Mapping[str, Advice]] = {
        "sd": SD_ADVICE,
        "n": Advice("lognormal takes se = sd/sqrt(n), without n."),
    }
    clashes: ClassVar[Mapping[tuple[str, str], tuple[str, str]]] = {
        ("median", "se"): (
            "se is the error of a mean on the natural scale; a median has none of it",
            "For a ratio give ci95, or se_log (the error of its logarithm); or call the value "
            "mean.",
        ),
        ("mean", "ci95"): (
            "an interval lies evenly about the median on the log scale, not about the mean",
            "If the value is a published ratio call it median; for a mean give se.",
        ),
        ("mean", "median"): ("mean and median are both given, and say different things", ""),
        ("mean", "se_log"): (
            "se_log goes with the median of a ratio; a mean has se on the natural scale",
            "If the value is a published ratio call it median; for a mean give se.",
        ),
        ("mean", "centre"): (
            "centre chooses between a median and a mean; a mean with se leaves no choice",
            "Leave centre out.",
        ),
    }

    mu: float
    sigma: float
    centre: str = "mean"

    @classmethod
    def _check(cls, read: Reader) -> None:
        if read.has("mean", "se") and _log_sd(read.number("mean"), read.number("se")) > _WIDEST:
            read.problem("se", f"{shown(read.number('se'))} is too large for the mean")
        if not read.has("median", "ci95"):
            return
        median = read.number("median")
        lower, upper = read.values["ci95"]
        if not lower <= median <= upper:
            read.problem(
                "median",
                f"{shown(median)} lies outside its interval [{shown(lower)}, {shown(upper)}]",
            )
            return
        off, sigma = _asymmetry(median, lower, upper)
        if sigma > _WIDEST:
            read.problem("ci95", "the interval is too wide to come from data")
        if abs(off) > 0.25 * sigma and not read.values.get("asymmetric", False):
            even = math.sqrt(lower * upper)
            read.problem(
                "ci95",
                f"the interval does not lie evenly about {shown(median)} on the log scale; its "
                f"middle is {rounded(even)}",
                "Look for a misprint, or for an interval that was not made on the log scale. "
                "To use it as it is, say asymmetric = true.",
            )

    @classmethod
    def _make(cls, read: Reader) -> Self:
        warnings: tuple[str, ...] = ()
        if read.has("meanlog"):
            mu, sigma = read.number("meanlog"), read.number("sdlog")
        elif read.has("mean"):
            mean, se = read.number("mean"), read.number("se")
            sigma = _log_sd(mean, se)
            mu = math.log(mean) - sigma**2 / 2
        else:
            mu = math.log(read.number("median"))
            if read.has("se_log"):
                sigma = read.number("se_log")
            else:
                off, sigma = _asymmetry(read.number("median"), *read.values["ci95"])
                if abs(off) > 0.25 * sigma:
                    warnings = (
                        "the interval is not symmetric on the log scale: the draws keep the "
                        "estimate and the interval's width, not its ends",
                    )
        centre = read.values.get("centre", "median" if read.has("median") else "mean")
        return cls(mu=mu, sigma=sigma, centre=centre, warnings=warnings)

    @property
    def base(self) -> float:
        """The median or the mean, as `centre` says. [own unit]."""
        return self.median if self.centre == "median" else self.mean

    @property
    def mean(self) -> float:
        """The expected value. [own unit]."""
        return math.exp(self.mu + self.sigma**2 / 2)

    @property
    def median(self) -> float:
        """The value that is as often exceeded as not. [own unit]."""
        return math.exp(self.mu)

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        return self.mean * math.sqrt(math.expm1(self.sigma**2))

    @property
    def low(self) -> float:
        """Zero. [own unit]."""
        return 0.0

    @property
    def high(self) -> float:
        """Infinity. [own unit]."""
        return math.inf

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        from scipy.special import ndtri

        return np.asarray(np.exp(self.mu + self.sigma * ndtri(u)), dtype=float)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        x = np.asarray(x, dtype=float)
        inside = x > 0
        safe = np.where(inside, x, 1.0)
        z = (np.log(safe) - self.mu) / self.sigma
        density = np.exp(-0.5 * z**2) / (safe * self.sigma * math.sqrt(2 * math.pi))
        return np.where(inside, density, 0.0)

    def _text(self) -> str:
        return f"Lognormal(median {rounded(self.median)}, sd of log {rounded(self.sigma)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(self, mu=self.mu + math.log(factor))


def _log_sd(mean: float, se: float) -> float:
    """Return sigma from a mean and its standard error, both on the natural scale."""
    ratio = se / mean
    return math.sqrt(math.log1p(ratio**2))


def _asymmetry(median: float, lower: float, upper: float) -> tuple[float, float]:
    """Return how far ln(median) lies from the interval's middle, and sigma by its width."""
    low, high = math.log(lower), math.log(upper)
    return math.log(median) - (low + high) / 2, (high - low) / (2 * Z975)
