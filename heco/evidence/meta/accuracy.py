"""Accuracy of a test from several studies: sensitivity and specificity together.

A study with a low cut-off finds more of the ill and mistakes more of the well, so that the two
are pooled as a pair: their log odds are bivariate normal between studies (Reitsma), fitted by
REML. The summary point belongs to one cut-off; with several, the curve (SROC) is what there is.

References
----------
Reitsma et al. (2005), J Clin Epidemiol 58:982-990; Harbord et al. (2007), Biostatistics 8:239-251,
the curve of Rutter & Gatsonis; Chu & Cole (2006) for the exact binomial likelihood, to which this
normal one is an approximation; Takwoingi et al. (2017), Stat Methods Med Res 26:1896-1911, for
few studies. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.evidence.meta import tails
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.accuracy_tables import AccuracyTables, log_odds
from heco.evidence.meta.effects import listed
from heco.evidence.meta.linear import FloatArray, single
from heco.evidence.meta.reitsma import reml

#: Fewer studies than this cannot tell a correlation; nor does one beyond this mean anything.
FEWEST, FARTHEST = 5, 0.95


@dataclass(frozen=True)
class Curve:
    """The summary ROC curve of Rutter & Gatsonis, in the terms of the bivariate model.

    Parameters
    ----------
    accuracy : float
        Lambda: how far the test tells the ill from the well. [log odds]
    threshold : float
        Theta: how readily the test is positive. [log odds]
    shape : float
        beta: 0 if the curve is symmetric.
    accuracy_variance, threshold_variance : float
        Between studies. [log odds, squared]
    """

    accuracy: float
    threshold: float
    shape: float
    accuracy_variance: float
    threshold_variance: float

    def sensitivity(self, false_positive: FloatArray) -> FloatArray:
        """Return the sensitivity at each false positive rate (1 - specificity)."""
        from scipy.special import expit, logit

        fpr = np.asarray(logit(np.asarray(false_positive, dtype=float)))
        half = self.accuracy * math.exp(-self.shape / 2)
        return np.asarray(expit(half + math.exp(-self.shape) * fpr), dtype=float)

    @property
    def area(self) -> float:
        """Area under the curve."""
        points, rule = np.polynomial.legendre.leggauss(400)
        return float(rule @ self.sensitivity((1 + points) / 2)) / 2


@dataclass(frozen=True)
class Accuracy:
    """The pooled accuracy of a test.

    Parameters
    ----------
    study : tuple of str
        The studies.
    mu : ndarray, shape (2,)
        Mean log odds of sensitivity and of specificity.
    covariance : ndarray, shape (2, 2)
        Of `mu`.
    spread : ndarray, shape (2, 2)
        Covariance of the two between studies.
    model : str
        ``bivariate``, ``independent`` (no correlation between studies) or ``single study``.
    level : float
        Coverage of intervals and regions.
    notes, warnings : tuple of str
        How it was done, and what a reader should beware of.
    """

    study: tuple[str, ...]
    mu: FloatArray
    covariance: FloatArray
    spread: FloatArray
    model: str
    level: float
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    @property
    def sensitivity(self) -> tuple[float, float, float]:
        """Sensitivity with its interval."""
        return self._with_interval(0)

    @property
    def specificity(self) -> tuple[float, float, float]:
        """Specificity with its interval."""
        return self._with_interval(1)

    @property
    def rho(self) -> float:
        """Correlation of the two log odds between studies; 0 where they do not vary."""
        return _correlation(self.spread)

    @property
    def curve(self) -> Curve | None:
        """The summary ROC curve; None where sensitivity or specificity does not vary."""
        a, b = math.sqrt(self.spread[0, 0]), math.sqrt(self.spread[1, 1])
        if a == 0 or b == 0:
            return None
        together = -float(self.spread[0, 1])  # with the false positive rate instead
        up, down = math.sqrt(b / a) * float(self.mu[0]), -math.sqrt(a / b) * float(self.mu[1])
        return Curve(
            accuracy=up - down,
            threshold=(up + down) / 2,
            shape=math.log(b / a),
            accuracy_variance=2 * (a * b - together),
            threshold_variance=(a * b + together) / 2,
        )

    def region(self, predictive: bool = False, points: int = 181) -> FloatArray:
        """Return the outline of the region of the summary point, or of a new study's point.

        Parameters
        ----------
        predictive : bool
            Whether to add the spread between studies.
        points : int
            Number of points on the outline.

        Returns
        -------
        ndarray, shape (2, point)
            Sensitivity and specificity.
        """
        from scipy.special import expit

        matrix = self.covariance + (self.spread if predictive else 0.0)
        angle = np.linspace(0, 2 * math.pi, points)
        circle = np.stack([np.cos(angle), np.sin(angle)])
        radius = math.sqrt(tails.chi2_quantile(self.level, 2))
        values, vectors = np.linalg.eigh(matrix)
        outline = vectors @ (np.sqrt(np.maximum(values, 0))[:, np.newaxis] * circle)
        return np.asarray(expit(self.mu[:, np.newaxis] + radius * outline), dtype=float)

    def _with_interval(self, which: int) -> tuple[float, float, float]:
        from scipy.special import expit

        half = tails.critical(self.level) * math.sqrt(self.covariance[which, which])
        ends = expit(self.mu[which] + np.array([0.0, -half, half]))
        return float(ends[0]), float(ends[1]), float(ends[2])


def pool_accuracy(tables: AccuracyTables, *, half: str = "zero", level: float = 0.95) -> Accuracy:
    """Pool sensitivity and specificity.

    Parameters
    ----------
    tables : AccuracyTables
        One study or more.
    half : str
        Which studies get half a person in every cell: those with an empty one (``zero``), or
        ``all`` of them as soon as one has, as R's mada does.
    level : float
        Coverage of intervals and regions.

    Returns
    -------
    Accuracy
        With fewer than five studies, or a correlation beyond 0.95, sensitivity and specificity
        vary independently, and `warnings` says so; one study stands for itself.

    Raises
    ------
    ScenarioError
        If there is no study, or a study lacks ill or well people.
    """
    y, v, notes = log_odds(tables, half)
    if tables.excluded:
        count = len(tables.excluded)
        words = f"{count} {'study' if count == 1 else 'studies'} without counts left out"
        notes = (f"{words}: {listed(tables.excluded)}", *notes)
    k, warnings = tables.k, _cut_offs(tables.cut_off)
    if k == 1:
        warnings += ("there is one study: how accuracy varies between settings is not known",)
        return Accuracy(
            tables.study, y[0], np.diag(v[0]), np.zeros((2, 2)), "single study", level,
            notes, warnings,
        )  # fmt: skip
    if k >= FEWEST:
        spread = reml(y, v)
        correlation = _correlation(spread)
        if abs(correlation) <= FARTHEST:
            mu, covariance = _mean(y, v, spread)
            return Accuracy(
                tables.study, mu, covariance, spread, "bivariate", level, notes, warnings
            )
        reason = f"the estimated correlation ({correlation:.2f}) lies at its limit"
    else:
        reason = f"{k} studies cannot tell how sensitivity and specificity go together"
    spread = np.diag([float(between.estimate(single(y[:, j], v[:, j]))[0]) for j in (0, 1)])
    mu, covariance = _mean(y, v, spread)
    warnings += (f"{reason}: they are pooled without correlation between studies",)
    return Accuracy(tables.study, mu, covariance, spread, "independent", level, notes, warnings)


def predictive_values(
    sensitivity: FloatArray, specificity: FloatArray, prevalence: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return how often a positive test is right, and how often a negative one is.

    Parameters
    ----------
    sensitivity, specificity, prevalence : ndarray, shape (draw,)
        Of the same draws: the two belong together.

    Returns
    -------
    ndarray, ndarray, shape (draw,)
        Positive and negative predictive value.
    """
    ill, well = sensitivity * prevalence, specificity * (1 - prevalence)
    return ill / (ill + 1 - prevalence - well), well / (well + prevalence - ill)


def _mean(y: FloatArray, v: FloatArray, spread: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the generalised least squares mean and its covariance."""
    weights = np.linalg.inv(spread + v[:, :, np.newaxis] * np.eye(2))
    covariance = np.linalg.inv(weights.sum(axis=0))
    return covariance @ np.einsum("kij,kj->i", weights, y), covariance


def _correlation(spread: FloatArray) -> float:
    sizes = math.sqrt(float(spread[0, 0]) * float(spread[1, 1]))
    return float(spread[0, 1]) / sizes if sizes > 0 else 0.0


def _cut_offs(cut_off: Sequence[str]) -> tuple[str, ...]:
    different = sorted({cell.strip() for cell in cut_off if cell.strip()})
    if len(different) < 2:
        return ()
    return (
        f"studies use different cut-offs ({', '.join(different)}): the curve describes them, one "
        "summary point does not",
    )
