"""What every distribution can say about itself, whatever its family."""

from __future__ import annotations

import copy
import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from heco.evidence.distributions.arguments import Advice, Argument, Form, rounded
from heco.evidence.distributions.quantiles import FloatArray
from heco.evidence.distributions.reader import Reader

#: What to tell somebody who gives a standard deviation to a family that has no use for one.
SD_ADVICE = Advice(
    "sd is the spread between people, se the uncertainty of the mean: give se = sd/sqrt(n).", "se"
)
#: What to tell somebody who gives a confidence interval where only a standard error is known.
CI_ADVICE = Advice(
    "Give se instead: (upper - lower)/3.92, if the interval lies evenly about the mean.", "se"
)


@dataclass(frozen=True, kw_only=True)
class Distribution(ABC):
    """What is known about one quantity (or one set of quantities), and how sure we are.

    Parameters
    ----------
    arguments : mapping of str to object
        The arguments as the author wrote them.
    judgement : bool
        Whether the spread is somebody's judgement and not an estimate from data.
    warnings : tuple of str
        Sentences for the report.
    factor : float
        What the quantity as written was multiplied by since (a change of price year).

    Attributes
    ----------
    key : str
        The word that stands for the family in a scenario.
    forms : tuple of Form
        The ways to write it down.
    vocabulary : mapping of str to Argument
        Every argument of every form.
    components : tuple of str
        Names of the quantities that are drawn together; empty for a single quantity.
    """

    key: ClassVar[str]
    forms: ClassVar[tuple[Form, ...]]
    vocabulary: ClassVar[Mapping[str, Argument]]
    advice: ClassVar[Mapping[str, Advice]] = {}
    clashes: ClassVar[Mapping[tuple[str, str], tuple[str, str]]] = {}

    arguments: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    judgement: bool = False
    warnings: tuple[str, ...] = ()
    factor: float = 1.0

    @classmethod
    def from_arguments(cls, arguments: Mapping[str, object]) -> Self:
        """Return the distribution that the arguments describe.

        Parameters
        ----------
        arguments : mapping of str to object
            Exactly one of the family's forms.

        Returns
        -------
        Distribution
            Of this family.

        Raises
        ------
        ArgumentsError
            With every problem, if there is any.
        """
        read = Reader(cls.key, cls.forms, cls.vocabulary, cls.advice, cls.clashes, arguments)
        cls._check(read)
        read.finish()
        made = cls._make(read)
        return dataclasses.replace(made, arguments=copy.deepcopy(dict(arguments)))

    @classmethod  # noqa: B027 - some families have nothing more to check
    def _check(cls, read: Reader) -> None:
        """Note what is wrong between arguments; each argument's own limits are already checked."""

    @classmethod
    @abstractmethod
    def _make(cls, read: Reader) -> Self:
        """Return the distribution from arguments without problems."""

    @property
    def components(self) -> tuple[str, ...]:
        """Names of the quantities that are drawn together; empty for a single quantity."""
        return ()

    @property
    @abstractmethod
    def base(self) -> float | dict[str, float]:
        """The value of the deterministic run. [own unit]."""

    @property
    @abstractmethod
    def mean(self) -> float | dict[str, float]:
        """The expected value. [own unit]."""

    @property
    @abstractmethod
    def sd(self) -> float | dict[str, float]:
        """The standard deviation of the draws: the uncertainty of the quantity. [own unit]."""

    @property
    @abstractmethod
    def low(self) -> float:
        """The smallest value that can be drawn, or minus infinity. [own unit]."""

    @property
    @abstractmethod
    def high(self) -> float:
        """The largest value that can be drawn, or infinity. [own unit]."""

    @abstractmethod
    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`, each in (0, 1): the shape of `u` is kept."""

    @abstractmethod
    def _text(self) -> str:
        """Return the family and its parameters, for example ``Beta(412, 568)``."""

    @abstractmethod
    def _scaled(self, factor: float) -> Self:
        """Return the same distribution in a unit that is `factor` times smaller."""

    def describe(self) -> str:
        """Return the distribution as a table prints it, for example ``Beta(412, 568)``."""
        if self.factor == 1.0:
            return self._text()
        return f"{self._text()}, after × {rounded(self.factor)}"

    def scaled(self, factor: float) -> Self:
        """Return the distribution of `factor` times the quantity.

        Parameters
        ----------
        factor : float
            More than 0, for example the ratio of two price indices.

        Returns
        -------
        Distribution
            Of the same family; `arguments` stay as written and `factor` remembers the change.
        """
        if not (math.isfinite(factor) and factor > 0):
            raise ValueError(f"a distribution cannot be scaled by {factor}")
        if factor == 1.0:
            return self
        return dataclasses.replace(self._scaled(factor), factor=self.factor * factor)


class Scalar(Distribution):
    """What is known about a single quantity."""

    @property
    @abstractmethod
    def base(self) -> float:
        """The value of the deterministic run. [own unit]."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value. [own unit]."""

    @property
    @abstractmethod
    def sd(self) -> float:
        """The standard deviation of the draws. [own unit]."""

    @property
    def median(self) -> float:
        """The value that is as often exceeded as not. [own unit]."""
        return float(self.ppf(np.array([0.5]))[0])

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the central interval that holds a share `level` of the draws. [own unit]."""
        tail = (1 - level) / 2
        ends = self.ppf(np.array([tail, 1 - tail]))
        return float(ends[0]), float(ends[1])

    @abstractmethod
    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`, 0 outside the support. [1 / own unit]."""


class Joint(Distribution):
    """What is known about several quantities that are only ever drawn together."""

    @property
    @abstractmethod
    def base(self) -> dict[str, float]:
        """The values of the deterministic run, by component. [own units]."""

    @property
    @abstractmethod
    def mean(self) -> dict[str, float]:
        """The expected values, by component. [own units]."""

    @property
    @abstractmethod
    def sd(self) -> dict[str, float]:
        """The standard deviations of the draws, by component. [own units]."""


def standard_error(read: Reader) -> float:
    """Return the standard error from se, from sd and n, or from an assumed coefficient.

    Parameters
    ----------
    read : Reader
        Arguments as read; not a number if they do not say.

    Returns
    -------
    float
        Standard error of the mean. [own unit]
    """
    if read.has("se"):
        return read.number("se")
    if read.has("sd", "n"):
        return read.number("sd") / math.sqrt(read.number("n"))
    if read.has("assumed_cv", "mean"):
        return read.number("assumed_cv") * abs(read.number("mean"))
    return math.nan


def assumption(read: Reader) -> tuple[str, ...]:
    """Return the warning that a standard error was assumed, where it was."""
    if not read.has("assumed_cv"):
        return ()
    share = rounded(100 * read.number("assumed_cv"))
    return (f"the standard error is assumed to be {share}% of the mean, not estimated",)


#: Arguments that mean the same in several families.
MEAN = Argument("The mean, as printed in the source. [own unit]")
SE = Argument(
    "Standard error of the mean: how unsure the mean is. [own unit]",
    above=0,
    hint="A quantity that is known exactly is written fixed = ...",
)
SD = Argument("Standard deviation between people; needs n. [own unit]", above=0)
N = Argument("Number of people behind the mean.", above=0)
CI95 = Argument("The 95% confidence interval, [lower, upper]. [own unit]", kind="interval")
ASSUMED_CV = Argument(
    "Standard error as an assumed share of the mean: a judgement, and flagged as one.", above=0
)
