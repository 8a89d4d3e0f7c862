"""Sensitivity and specificity as inputs of the model: always drawn together."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from heco.errors import refuse
from heco.evidence.distributions import Argument, Form, Joint
from heco.evidence.distributions.arguments import rounded
from heco.evidence.distributions.reader import Reader
from heco.evidence.meta.accuracy import Accuracy
from heco.evidence.meta.measures import FloatArray


@dataclass(frozen=True, kw_only=True)
class AccuracyPair(Joint):
    """The accuracy of a test, drawn as a pair of log odds from a bivariate normal distribution.

    Parameters
    ----------
    mu : tuple of two floats
        Mean log odds of sensitivity and specificity.
    covariance : tuple of tuple of float
        Of their draws. [log odds, squared]
    words : str
        Where it comes from, for tables.
    """

    key: ClassVar[str] = "accuracy"
    forms: ClassVar[tuple[Form, ...]] = ()
    vocabulary: ClassVar[Mapping[str, Argument]] = {}

    mu: tuple[float, float]
    covariance: tuple[tuple[float, float], tuple[float, float]]
    words: str

    @classmethod
    def _make(cls, read: Reader) -> Self:
        raise TypeError("an accuracy pair is made from studies, by accuracy_draws")

    @property
    def components(self) -> tuple[str, ...]:
        """``sensitivity`` and ``specificity``."""
        return ("sensitivity", "specificity")

    @property
    def base(self) -> dict[str, float]:
        """The summary point."""
        from scipy.special import expit

        return {
            name: float(expit(value)) for name, value in zip(self.components, self.mu, strict=True)
        }

    @property
    def mean(self) -> dict[str, float]:
        """The expected values of the draws."""
        return {name: self._moment(i, 1) for i, name in enumerate(self.components)}

    @property
    def sd(self) -> dict[str, float]:
        """The standard deviations of the draws."""
        return {
            name: math.sqrt(max(0.0, self._moment(i, 2) - self._moment(i, 1) ** 2))
            for i, name in enumerate(self.components)
        }

    @property
    def low(self) -> float:
        """Zero."""
        return 0.0

    @property
    def high(self) -> float:
        """One."""
        return 1.0

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return draws of the pair.

        Parameters
        ----------
        u : ndarray, shape (component, draw)
            Uniforms in (0, 1): of sensitivity, then of specificity.

        Returns
        -------
        ndarray, shape (component, draw)
            Sensitivity and specificity.
        """
        from scipy.special import expit, ndtri

        (a, c), (_, b) = self.covariance
        first = math.sqrt(a)
        slope = c / first if first > 0 else 0.0
        rest = math.sqrt(max(0.0, b - slope**2))
        z = ndtri(u)
        logits = np.stack([first * z[0], slope * z[0] + rest * z[1]])
        return np.asarray(expit(np.array(self.mu)[:, np.newaxis] + logits), dtype=float)

    def _moment(self, which: int, power: int) -> float:
        from scipy.special import expit

        points, rule = np.polynomial.hermite_e.hermegauss(101)
        values = expit(self.mu[which] + math.sqrt(self.covariance[which][which]) * points)
        return float(rule @ values**power) / math.sqrt(2 * math.pi)

    def _text(self) -> str:
        base = self.base
        parts = ", ".join(f"{name} {rounded(value)}" for name, value in base.items())
        return f"{parts} ({self.words})"

    def _scaled(self, factor: float) -> Self:
        raise ValueError("sensitivity and specificity cannot be scaled")


def accuracy_draws(result: Accuracy, use: str) -> AccuracyPair:
    """Return the pooled accuracy of a test as an input of the model.

    Parameters
    ----------
    result : Accuracy
        What pooling gave.
    use : str
        ``mean``, or ``predictive``: the spread between settings is added.

    Returns
    -------
    AccuracyPair
        The deterministic run uses the summary point.

    Raises
    ------
    ScenarioError
        If the use is unknown, or one study cannot say how settings differ.
    """
    if use not in ("mean", "predictive"):
        raise refuse(f'draws are "mean" or "predictive", not "{use}"', "draws")
    matrix, warnings = result.covariance, ()
    if use == "predictive":
        if result.model == "single study":
            raise refuse(
                "one study cannot say how accuracy differs between settings",
                "draws",
                'Use draws = "mean", and look at what other values would change.',
            )
        matrix = matrix + result.spread
    count = f"{result.k} {'study' if result.k == 1 else 'studies'}"
    pair = AccuracyPair(
        mu=(float(result.mu[0]), float(result.mu[1])),
        covariance=(
            (float(matrix[0, 0]), float(matrix[0, 1])),
            (float(matrix[1, 0]), float(matrix[1, 1])),
        ),
        words=f"{result.model}, {count}, {use}",
        warnings=warnings,
    )
    return dataclasses.replace(pair, warnings=result.warnings)
