"""Beta: probabilities, and utilities between two limits."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from heco.evidence.distributions.arguments import Advice, Argument, Form, rounded, shown
from heco.evidence.distributions.base import (
    CI_ADVICE,
    MEAN,
    SD,
    SE,
    N,
    Scalar,
    standard_error,
)
from heco.evidence.distributions.quantiles import FloatArray, beta_pdf, beta_ppf
from heco.evidence.distributions.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Beta(Scalar):
    """A quantity between two limits: a probability, a proportion, a utility.

    The quantity is ``lower + (upper - lower) * Beta(alpha, beta)``; the limits are 0 and 1 unless
    the author says ``low`` and ``high``. A mean and standard error are on the quantity's own
    scale. Events out of n give ``alpha = events + a`` and ``beta = n - events + b``, where
    ``[a, b]`` is the prior (none unless it is given).

    Parameters
    ----------
    alpha, beta : float
        The two shapes. [pseudo-counts]
    lower, upper : float
        The limits of the quantity. [own unit]

    References
    ----------
    Briggs, Claxton & Sculpher (2006), ch. 4.
    """

    key: ClassVar[str] = "beta"
    forms: ClassVar[tuple[Form, ...]] = (
        Form(("mean", "se"), ("low", "high"), "A published mean with its standard error."),
        Form(("events", "n"), ("prior", "low", "high"), "A count of events among n people."),
        Form(("alpha", "beta"), ("low", "high"), "The shapes themselves."),
        Form(("mean", "sd", "n"), ("low", "high"), "A mean and standard deviation of n people."),
    )
    vocabulary: ClassVar[Mapping[str, Argument]] = {
        "mean": MEAN,
        "se": SE,
        "sd": SD,
        "n": N,
        "events": Argument("Number of people with the event.", least=0),
        "prior": Argument(
            "Pseudo-counts [a, b] added to events and non-events; [0.5, 0.5] is Jeffreys' prior.",
            kind="pair",
            above=0,
        ),
        "alpha": Argument("First shape: the weight of events.", above=0),
        "beta": Argument("Second shape: the weight of non-events.", above=0),
        "low": Argument("The smallest possible value; 0 if not given. [own unit]"),
        "high": Argument("The largest possible value; 1 if not given. [own unit]"),
    }
    advice: ClassVar[Mapping[str, Advice]] = {
        "ci95": CI_ADVICE,
        "r": Advice("The number of events is called events.", "events"),
    }

    alpha: float
    beta: float
    lower: float = 0.0
    upper: float = 1.0

    @classmethod
    def _check(cls, read: Reader) -> None:
        low, high = read.number("low", 0.0), read.number("high", 1.0)
        if not low < high:
            read.problem("high", f"low ({shown(low)}) must be less than high ({shown(high)})")
        elif read.has("mean"):
            _check_mean(read, low, high)
        if read.has("events", "n"):
            events, n = read.number("events"), read.number("n")
            if events > n:
                read.problem("events", f"{shown(events)} events cannot happen to {shown(n)} people")
            elif events in (0, n) and not read.has("prior") and not read.refused("prior"):
                read.problem(
                    "prior",
                    f"{shown(events)} events of {shown(n)} leave no uncertainty, so a prior is "
                    "needed",
                    "Jeffreys' prior is usual: prior = [0.5, 0.5].",
                )

    @classmethod
    def _make(cls, read: Reader) -> Self:
        lower, upper = read.number("low", 0.0), read.number("high", 1.0)
        warnings = []
        if read.has("alpha"):
            alpha, beta = read.number("alpha"), read.number("beta")
        elif read.has("events"):
            a, b = read.values.get("prior", (0.0, 0.0))
            events, n = read.number("events"), read.number("n")
            alpha, beta = events + a, n - events + b
            if not (events.is_integer() and n.is_integer()):
                warnings.append(
                    f"{shown(events)} of {shown(n)} are not whole numbers: taken as effective "
                    "counts"
                )
        else:
            width = upper - lower
            mean = (read.number("mean") - lower) / width
            se = standard_error(read) / width
            size = mean * (1 - mean) / se**2 - 1
            alpha, beta = mean * size, (1 - mean) * size
        shape = {(True, True): "U", (True, False): "J", (False, True): "J"}
        small = (alpha < 1, beta < 1)
        if small in shape:
            name = "alpha and beta" if all(small) else "alpha" if small[0] else "beta"
            warnings.append(
                f"{name} < 1: {shape[small]}-shaped, so draws crowd at a limit "
                f"({rounded(alpha)}, {rounded(beta)})"
            )
        return cls(alpha=alpha, beta=beta, lower=lower, upper=upper, warnings=tuple(warnings))

    @property
    def base(self) -> float:
        """The mean. [own unit]."""
        return self.mean

    @property
    def mean(self) -> float:
        """The expected value. [own unit]."""
        return self.lower + (self.upper - self.lower) * self.alpha / (self.alpha + self.beta)

    @property
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""
        total = self.alpha + self.beta
        return (self.upper - self.lower) / total * math.sqrt(self.alpha * self.beta / (total + 1))

    @property
    def low(self) -> float:
        """The lower limit. [own unit]."""
        return self.lower

    @property
    def high(self) -> float:
        """The upper limit. [own unit]."""
        return self.upper

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        return self.lower + (self.upper - self.lower) * beta_ppf(self.alpha, self.beta, u)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`. [1 / own unit]."""
        return beta_pdf(self.alpha, self.beta, self.lower, self.upper, x)

    def _text(self) -> str:
        text = f"Beta({rounded(self.alpha)}, {rounded(self.beta)})"
        if (self.lower, self.upper) == (0.0, 1.0):
            return text
        return f"{text} on [{rounded(self.lower)}, {rounded(self.upper)}]"

    def _scaled(self, factor: float) -> Self:
        return dataclasses.replace(self, lower=self.lower * factor, upper=self.upper * factor)


def _check_mean(read: Reader, low: float, high: float) -> None:
    """Check that some beta between the limits has this mean and standard error."""
    mean, se = read.number("mean"), standard_error(read)
    if not low < mean < high:
        read.problem(
            "mean",
            f"{shown(mean)} must lie between the limits {shown(low)} and {shown(high)}",
            "Limits other than 0 and 1 are written low = ... and high = ...",
        )
        return
    most = math.sqrt((mean - low) * (high - mean))
    if se >= most:
        read.problem(
            "se" if read.has("se") else "sd",
            f"a standard error of {rounded(se)} is too large for a mean of {shown(mean)}: "
            f"it must be less than {rounded(most)}",
            "A standard deviation between people is not a standard error: se = sd/sqrt(n).",
        )
