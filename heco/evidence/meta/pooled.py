"""What pooling studies gives: one estimate, how sure it is, and how much the studies differ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from heco.evidence.meta.measures import FloatArray, Measure

#: Tests by the words that an author writes.
TESTS = ("wald", "knapp-hartung", "knapp-hartung-truncated")
#: Rules of the prediction interval, each with the sentence that is printed beside it.
PREDICTION_RULES = {
    "higgins": "t on k - 2 degrees of freedom with the Wald standard error (Higgins et al. 2009)",
    "knapp-hartung": "t on k - 1 degrees of freedom with the Knapp-Hartung standard error",
    "z": "standard normal with the Wald standard error",
}


@dataclass(frozen=True)
class Prediction:
    """Where the true effect of a new, exchangeable setting is expected.

    Parameters
    ----------
    low, high : float
        Limits. [pooling scale]
    rule : str
        A key of `PREDICTION_RULES`.
    df : float or None
        Degrees of freedom of t; None for the normal distribution.
    """

    low: float
    high: float
    rule: str
    df: float | None

    @property
    def words(self) -> str:
        """The rule as a report prints it."""
        return PREDICTION_RULES[self.rule]


@dataclass(frozen=True)
class Pooled:
    """The result of pooling.

    Parameters
    ----------
    measure : Measure
        What was pooled.
    study : tuple of str
        The studies.
    estimator : str
        ``IV``, ``MH`` or ``Peto`` (one common effect), or the estimator of tau2.
    test : str
        One of `TESTS`.
    level : float
        Coverage of every interval.
    estimate, se : float
        Pooled effect and its standard error. [pooling scale]
    statistic, df, p : float
        Test of no effect: z if `df` is None, otherwise t.
    low, high : float
        Confidence interval. [pooling scale]
    wald : tuple of three floats
        Standard error and interval without the Knapp-Hartung adjustment. [pooling scale]
    tau2, tau2_se, tau2_low, tau2_high : float
        Between-study variance with standard error and Q-profile interval; not a number where
        there is none. [pooling scale, squared]
    q, q_df, q_p : float
        Cochran's Q and the test that all studies share one effect.
    typical : float
        The typical sampling variance, ``(k-1) sum w / ((sum w)^2 - sum w^2)``.
    weights : ndarray, shape (study,)
        Share of each study in the estimate. [%]
    prediction : Prediction or None
        None where it makes no sense: one common effect, or fewer than three studies.
    log_likelihood : float
        Of the normal model at the estimate; not a number for MH and Peto.
    notes : tuple of str
        How it was done.
    warnings : tuple of str
        What a reader should beware of.
    """

    measure: Measure
    study: tuple[str, ...]
    estimator: str
    test: str
    level: float
    estimate: float
    se: float
    statistic: float
    df: float | None
    p: float
    low: float
    high: float
    wald: tuple[float, float, float]
    tau2: float
    tau2_se: float
    tau2_low: float
    tau2_high: float
    q: float
    q_df: int
    q_p: float
    typical: float
    weights: FloatArray
    prediction: Prediction | None = None
    log_likelihood: float = math.nan
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    @property
    def subject(self) -> str:
        """Its name in a table of results, for example ``OR/REML/knapp-hartung``."""
        return f"{self.measure.key}/{self.estimator}/{self.test}"

    @property
    def common(self) -> bool:
        """Whether one effect is taken to be common to all studies."""
        return self.estimator in ("IV", "MH", "Peto")

    @property
    def tau(self) -> float:
        """Standard deviation of the true effects between studies. [pooling scale]."""
        return math.sqrt(self.tau2)

    @property
    def i2_q(self) -> float:
        """I-squared from Q: share of the variation that is not sampling error. [%]."""
        return 100 * max(0.0, (self.q - self.q_df) / self.q) if self.q > 0 else 0.0

    @property
    def i2(self) -> float:
        """I-squared from tau2 and the typical sampling variance; from Q for a common effect. [%].

        The two agree for DL and differ for every other estimator.
        """
        return self.i2_q if self.common else self._i2(self.tau2)

    @property
    def i2_interval(self) -> tuple[float, float]:
        """I-squared at the ends of the Q-profile interval of tau2. [%]."""
        return self._i2(self.tau2_low), self._i2(self.tau2_high)

    @property
    def h2(self) -> float:
        """H-squared: total over sampling variance, 1 if the studies agree."""
        if self.common:
            return self.q / self.q_df if self.q_df else 1.0
        return 1 + self.tau2 / self.typical if math.isfinite(self.typical) else 1.0

    @property
    def natural(self) -> tuple[float, float, float]:
        """Estimate and confidence interval on the natural scale."""
        estimate, low, high = self.measure.natural(np.array([self.estimate, self.low, self.high]))
        return float(estimate), float(low), float(high)

    @property
    def natural_prediction(self) -> tuple[float, float] | None:
        """The prediction interval on the natural scale."""
        if self.prediction is None:
            return None
        low, high = self.measure.natural(np.array([self.prediction.low, self.prediction.high]))
        return float(low), float(high)

    def _i2(self, tau2: float) -> float:
        if not math.isfinite(self.typical):
            return 0.0 if tau2 == 0 else math.nan
        return 100 * tau2 / (tau2 + self.typical)
