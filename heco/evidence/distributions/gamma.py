"""Gamma: costs, decrements and rates."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.evidence.distributions.arguments import Advice, Argument, Form, rounded, shown
from heco.evidence.distributions.base import (
    ASSUMED_CV,
    CI_ADVICE,
    SD,
    SE,
    N,
    Scalar,
    assumption,
    standard_error,
)
from heco.evidence.distributions.quantiles import FloatArray, gamma_ppf
from heco.evidence.distributions.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Gamma(Scalar):
    """A positive quantity with a tail to the right: a cost, a decrement, a rate.

    A mean m with standard error s gives ``shape = m^2/s^2`` and ``scale = s^2/m``. Events in a
    number of person-years give ``shape = events`` and ``scale = 1/exposure``.

    Parameters
    ----------
    shape : float
        How many independent pieces of information stand behind the mean.
    scale : float
        The mean divided by the shape. [own unit]

    References
    ----------
    Briggs, Claxton & Sculpher (2006), ch. 4.
    """

    key: ClassVar[str] = "gamma"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("mean", "se"), (), "A published mean with its standard error."),
        Form(("shape", "scale"), (), "The shape and the scale themselves."),
        Form(("shape", "rate"), (), "The shape, and the rate that is 1/scale."),
        Form(("events", "exposure"), (), "Events in person-years: a yearly rate."),
        Form(("mean", "assumed_cv"), (), "A mean, with a spread that is a judgement."),
        Form(("mean", "sd", "n"), (), "A mean and standard deviation of n people."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "mean": Argument(
            "The mean, as printed in the source. [own unit]",
            above=0,
            hint="A gamma is positive: sample a gain or loss as normal, a zero as fixed = 0.",
        ),
        "se": SE,
        "sd": SD,
        "n": N,
        "assumed_cv": ASSUMED_CV,
        "shape": Argument("The shape.", above=0),
        "scale": Argument("The scale: mean/shape. [own unit]", above=0),
        "rate": Argument("The inverse of the scale: shape/mean. [1 / own unit]", above=0),
        "events": Argument("Number of events.", least=0),
        "exposure": Argument("Time at risk. [person-years]", above=0),
    }
    advice: ClassVar[Mapping[str, Advice]] = {"ci95": CI_ADVICE}
    clashes: ClassVar[Mapping[tuple[str, str], tuple[str, str]]] = {
        ("scale", "rate"): ("scale and rate say the same thing: rate = 1/scale", "Keep one.")
    }

    shape: float
    scale: float

    @classmethod
    def _check(cls, read: Reader) -> None:
        if read.has("events") and read.number("events") == 0:
            years = read.number("exposure")
            again = f"{{shape = 0.5, rate = {shown(years)}}}" if years > 0 else "{shape, rate}"
            read.problem(
                "events",
                "0 events leave no uncertainty, so a prior is needed",
                f"Jeffreys' prior is usual: write gamma = {again}.",
            )

    @classmethod
    def _make(cls, read: Reader) -> Self:
        if read.has("shape"):
            shape = read.number("shape")
            scale = read.number("scale") if read.has("scale") else 1 / read.number("rate")
        elif read.has("events"):
            shape, scale = read.number("events"), 1 / read.number("exposure")
        else:
            mean, se = read.number("mean"), standard_error(read)
            shape, scale = (mean / se) ** 2, se / mean * se
        warnings = assumption(read)
        if shape < 1:
            warnings += (f"shape < 1 ({rounded(shape)}): draws crowd at 0, with a long tail",)
        return cls(
            shape=shape, scale=scale, judgement=read.has("assumed_cv"), warnings=tuple(warnings)
        )

    @property
    def base(self) -> float:
        """The mean. [own unit]."""
        return self.mean

    @property
    def mean(self) -> float:
        """The expected value. [own unit]."""
        return self.shape * self.scale

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        return math.sqrt(self.shape) * self.scale

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
        return gamma_ppf(self.shape, u) * self.scale

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        from scipy.special import gammaln, xlogy

        z = np.asarray(x, dtype=float) / self.scale
        inside = z >= 0
        z = np.where(inside, z, 1.0)
        logs = xlogy(self.shape - 1, z) - z - gammaln(self.shape) - math.log(self.scale)
        return np.where(inside, np.exp(logs), 0.0)

    def _text(self) -> str:
        return f"Gamma(shape {rounded(self.shape)}, scale {rounded(self.scale)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(self, scale=self.scale * factor)
