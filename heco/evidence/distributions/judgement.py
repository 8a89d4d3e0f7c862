"""Uniform, triangular, PERT: spreads that somebody judged, labelled so in every table."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.evidence.distributions.arguments import Argument, Form, rounded, shown
from heco.evidence.distributions.base import Scalar
from heco.evidence.distributions.quantiles import FloatArray, beta_pdf, beta_ppf
from heco.evidence.distributions.reader import Reader

_LOW = Argument("The smallest possible value. [own unit]")
_HIGH = Argument("The largest possible value. [own unit]")
_MODE = Argument("The most likely value. [own unit]")


@dataclass(frozen=True, kw_only=True)
class _Range(Scalar):
    """A quantity between two limits that somebody judged.

    Parameters
    ----------
    lower, upper : float
        The limits. [own unit]
    """

    lower: float
    upper: float
    judgement: bool = True

    @classmethod
    def _check(cls, read: Reader) -> None:
        low, mode, high = (read.number(key) for key in ("low", "mode", "high"))
        if read.has("low", "high") and not low < high:
            read.problem("high", f"low ({shown(low)}) must be less than high ({shown(high)})")
        elif mode < low or mode > high:
            read.problem(
                "mode",
                f"{shown(mode)} must lie between low ({shown(low)}) and high ({shown(high)})",
            )

    @property
    def base(self) -> float:
        """The mean. [own unit]."""
        return self.mean

    @property
    def low(self) -> float:
        """The lower limit. [own unit]."""
        return self.lower

    @property
    def high(self) -> float:
        """The upper limit. [own unit]."""
        return self.upper

    @property
    def width(self) -> float:
        """The distance between the limits. [own unit]."""
        return self.upper - self.lower


@dataclass(frozen=True, kw_only=True)
class Uniform(_Range):
    """Every value between two limits is as likely as any other: a judgement."""

    key: ClassVar[str] = "uniform"
    forms: ClassVar[tuple[Form, ...]] = (Form(("low", "high"), (), "The two limits."),)
    vocabulary: ClassVar[Mapping[str, Argument]] = {"low": _LOW, "high": _HIGH}

    @classmethod
    def _make(cls, read: Reader) -> Self:
        return cls(lower=read.number("low"), upper=read.number("high"))

    @property
    def mean(self) -> float:
        """The middle. [own unit]."""
        return self.lower + self.width / 2

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        return self.width / math.sqrt(12)

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        return self.lower + self.width * np.asarray(u, dtype=float)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        return np.where((x >= self.lower) & (x <= self.upper), 1 / self.width, 0.0)

    def _text(self) -> str:
        return f"Uniform({rounded(self.lower)} to {rounded(self.upper)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(self, lower=self.lower * factor, upper=self.upper * factor)


@dataclass(frozen=True, kw_only=True)
class _Peaked(_Range):
    """A range with a most likely value.

    Parameters
    ----------
    mode : float
        The most likely value. [own unit]
    """

    forms: ClassVar[tuple[Form, ...]] = (
        Form(("low", "mode", "high"), (), "The limits and the most likely value."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {"low": _LOW, "mode": _MODE, "high": _HIGH}

    mode: float

    @classmethod
    def _make(cls, read: Reader) -> Self:
        return cls(lower=read.number("low"), mode=read.number("mode"), upper=read.number("high"))

    @property
    def peak(self) -> float:
        """Where the mode lies between the limits, from 0 to 1."""
        return (self.mode - self.lower) / self.width

    def _text(self) -> str:
        ends = f"{rounded(self.lower)} to {rounded(self.upper)}"
        return f"{type(self).__name__}({ends}, mode {rounded(self.mode)})"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(
            self,
            lower=self.lower * factor,
            mode=self.mode * factor,
            upper=self.upper * factor,
        )


@dataclass(frozen=True, kw_only=True)
class Triangular(_Peaked):
    """Likelihood falls in straight lines from the mode to the limits: a judgement."""

    key: ClassVar[str] = "triangular"

    @property
    def mean(self) -> float:
        """The mean of the limits and the mode. [own unit]."""
        return self.lower + self.width * (1 + self.peak) / 3

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        return self.width * math.sqrt((1 - self.peak + self.peak**2) / 18)

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        u = np.asarray(u, dtype=float)
        left = np.sqrt(u * self.peak)
        right = 1 - np.sqrt((1 - u) * (1 - self.peak))
        return self.lower + self.width * np.where(u < self.peak, left, right)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        z = (np.asarray(x, dtype=float) - self.lower) / self.width
        # At a limit that is also the mode one of the sides has no width.
        left = z / self.peak if self.peak > 0 else np.full_like(z, np.inf)
        right = (1 - z) / (1 - self.peak) if self.peak < 1 else np.full_like(z, np.inf)
        return np.where((z >= 0) & (z <= 1), 2 * np.minimum(left, right), 0.0) / self.width


@dataclass(frozen=True, kw_only=True)
class Pert(_Peaked):
    """A smooth bell between two limits, with weight 4 on the mode: a judgement.

    A beta on [low, high] with ``alpha = 1 + 4 (mode - low)/(high - low)`` and
    ``beta = 1 + 4 (high - mode)/(high - low)``; its mean is ``(low + 4 mode + high)/6``.
    """

    key: ClassVar[str] = "pert"

    @property
    def alpha(self) -> float:
        """First shape of the beta."""
        return 1 + 4 * self.peak

    @property
    def beta(self) -> float:
        """Second shape of the beta."""
        return 1 + 4 * (1 - self.peak)

    @property
    def mean(self) -> float:
        """The mean, with weight 4 on the mode. [own unit]."""
        return self.lower + self.width * self.alpha / 6

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        return self.width / 6 * math.sqrt(self.alpha * self.beta / 7)

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        return self.lower + self.width * beta_ppf(self.alpha, self.beta, u)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        return beta_pdf(self.alpha, self.beta, self.lower, self.upper, x)

    def _text(self) -> str:
        return super()._text().replace("Pert", "PERT")
