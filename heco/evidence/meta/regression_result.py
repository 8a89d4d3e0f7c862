"""What a meta-regression gives: coefficients, what they explain, and what is left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from heco.evidence.meta.covariates import Covariates
from heco.evidence.meta.measures import FloatArray, Measure
from heco.evidence.meta.pooled import Prediction
from heco.evidence.meta.random_effects import interval_around


@dataclass(frozen=True)
class Coefficient:
    """One coefficient of a meta-regression.

    Parameters
    ----------
    name : str
        ``intercept``, a moderator, or ``moderator=category``.
    estimate, se : float
        [pooling scale per unit of the moderator]
    statistic, p : float
        Test of no association, on the regression's degrees of freedom.
    low, high : float
        Confidence interval.
    """

    name: str
    estimate: float
    se: float
    statistic: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Fitted:
    """The effect that a regression expects in a setting.

    Parameters
    ----------
    estimate, se, low, high : float
        Expected effect with its confidence interval. [pooling scale]
    prediction : Prediction
        Interval of the true effect in one such setting.
    """

    estimate: float
    se: float
    low: float
    high: float
    prediction: Prediction


@dataclass(frozen=True)
class Regression:
    """The result of a meta-regression.

    Parameters
    ----------
    measure : Measure
        What was pooled.
    study : tuple of str
        The studies that were used.
    estimator, test : str
        As in `pool`.
    level : float
        Coverage of every interval.
    coefficients : tuple of Coefficient
        The intercept first.
    covariance : ndarray, shape (covariate, covariate)
        Of the coefficients, under the test.
    df : float or None
        Degrees of freedom of t, k - p; None for Wald.
    tau2, tau2_se : float
        What is left of the between-study variance. [pooling scale, squared]
    tau2_without : float
        The between-study variance of the same studies without moderators.
    r2 : float
        Share of it that the moderators explain; of a common effect, the adjusted share of Q. [%]
    i2, h2 : float
        Heterogeneity that is left. [%] and ratio
    q, q_df, q_p : float
        Test that nothing is left.
    model, model_df, model_p : float
        Joint test of all moderators: chi-squared, or F with Knapp-Hartung.
    covariates : Covariates
        The columns.
    notes, warnings : tuple of str
        How it was done, and what a reader should beware of.
    """

    measure: Measure
    study: tuple[str, ...]
    estimator: str
    test: str
    level: float
    coefficients: tuple[Coefficient, ...]
    covariance: FloatArray
    df: float | None
    tau2: float
    tau2_se: float
    tau2_without: float
    r2: float
    i2: float
    h2: float
    q: float
    q_df: int
    q_p: float
    model: float
    model_df: tuple[int, int | None]
    model_p: float
    covariates: Covariates
    notes: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.study)

    def at(self, values: Mapping[str, float | str]) -> Fitted:
        """Return the effect that is expected where the moderators have these values.

        Parameters
        ----------
        values : mapping of str to float or str
            A value for every moderator.

        Returns
        -------
        Fitted
            With the regression's own reference distribution: t on k - p, or normal for Wald.
        """
        row = self.covariates.row(values)
        estimate = float(row @ [coefficient.estimate for coefficient in self.coefficients])
        se = math.sqrt(float(row @ self.covariance @ row))
        low, high = interval_around(estimate, se, self.df, self.level)
        spread = math.sqrt(se**2 + self.tau2)
        ends = interval_around(estimate, spread, self.df, self.level)
        rule = "z" if self.df is None else "knapp-hartung"
        return Fitted(estimate, se, low, high, Prediction(*ends, rule, self.df))
