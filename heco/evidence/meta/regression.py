"""Meta-regression: whether effects differ with what studies are like.

A difference between studies is observational, whatever the studies were: a coefficient says that
studies with more of something found other effects, not that the something made the difference.
With fewer than ten studies per coefficient it says little at all.

References
----------
Knapp & Hartung (2003), Stat Med 22:2693-2710; Thompson & Higgins (2002), Stat Med 21:1559-1573;
Raudenbush (1994) for R-squared. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta import tails
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.covariates import Column, Covariates, covariates
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import Fit, fit, single
from heco.evidence.meta.measures import FloatArray
from heco.evidence.meta.pooled import TESTS
from heco.evidence.meta.random_effects import ESTIMATORS, inflation, interval_around
from heco.evidence.meta.regression_result import Coefficient, Regression

#: Studies per coefficient below which a regression is warned about.
ENOUGH = 10
#: A singular value this small beside the largest means that a moderator repeats the others.
_REPEATED = 1e-10


def regress(
    effects: Effects,
    moderators: Mapping[str, Column],
    estimator: str = "REML",
    test: str = "knapp-hartung",
    *,
    level: float = 0.95,
) -> Regression:
    """Regress the effects of studies on what the studies are like.

    Parameters
    ----------
    effects : Effects
        One per study.
    moderators : mapping of str to sequence
        One value per study: numbers, or words that become categories.
    estimator : str
        Of the residual between-study variance; ``IV`` for none.
    test : str
        ``knapp-hartung`` (t on k - p), its truncated form, or ``wald``.
    level : float
        Coverage of every interval.

    Returns
    -------
    Regression
        Coefficients, what is explained, and what is left.

    Raises
    ------
    ScenarioError
        If there are no more studies than coefficients, if a moderator does not vary or repeats
        others, or if a word is unknown.
    """
    for name, value, allowed in (("estimator", estimator, ESTIMATORS), ("test", test, TESTS)):
        if value not in allowed:
            raise refuse(f'there is no {name} "{value}"', name, did_you_mean(str(value), allowed))
    columns = covariates(moderators, effects.study)
    effects = effects.take(columns.used)
    q, r = _orthonormal(columns)
    data, without = single(effects.y, effects.v, q), single(effects.y, effects.v)
    tau2 = 0.0 if estimator == "IV" else float(between.estimate(data, estimator)[0])
    at_tau2, at_zero = fit(data, np.array([tau2])), fit(data, np.zeros(1))
    beta = np.linalg.solve(r, at_tau2.gamma[0])
    factor = 1.0 if estimator == "IV" else inflation(at_tau2, test)
    back = np.linalg.inv(r)
    covariance = factor**2 * (back @ at_tau2.inverse[0] @ back.T)
    df = None if test == "wald" or estimator == "IV" else float(data.df)
    typical = data.df / float(at_zero.trace[0])
    left = float(at_zero.q_statistic[0])
    explained = _explained(estimator, tau2, left, data.df, effects)
    model, model_df, model_p = _joint_test(at_tau2, q, factor, df)
    h2 = left / data.df if estimator == "IV" else 1 + tau2 / typical
    return Regression(
        measure=effects.measure,
        study=effects.study,
        estimator=estimator,
        test="wald" if df is None else test,
        level=level,
        coefficients=_coefficients(columns.names, beta, covariance, df, level),
        covariance=covariance,
        df=df,
        tau2=tau2,
        tau2_se=math.nan if estimator == "IV" else between.standard_error(data, tau2, estimator),
        tau2_without=explained[0],
        r2=explained[1],
        i2=100 * max(0.0, 1 - 1 / h2) if h2 > 0 else 0.0,
        h2=h2,
        q=left,
        q_df=data.df,
        q_p=tails.chi2_tail(left, data.df),
        model=model,
        model_df=model_df,
        model_p=model_p,
        covariates=columns,
        notes=(*effects.notes, *columns.notes),
        warnings=_warnings(without.k, columns),
    )


def _orthonormal(columns: Covariates) -> tuple[FloatArray, FloatArray]:
    """Return Q and R of the covariates, after checking that they can be told apart."""
    k, p = columns.x.shape
    if k <= p:
        raise refuse(
            f"{k} studies cannot tell {p} coefficients apart (with the intercept)",
            "moderators",
            "Use fewer moderators, or fewer categories; ten studies per coefficient is a rule "
            "of thumb.",
        )
    sizes = np.linalg.norm(columns.x, axis=0)
    singular = np.linalg.svd(columns.x / sizes, compute_uv=False)
    if singular[-1] <= _REPEATED * singular[0]:
        raise refuse(
            "the moderators repeat each other: " + ", ".join(columns.names[1:]),
            "moderators",
            "Leave one of them out.",
        )
    q, r = np.linalg.qr(columns.x)
    return q, r


def _explained(
    estimator: str, tau2: float, left: float, df: int, effects: Effects
) -> tuple[float, float]:
    """Return the variance without moderators, and the share of it that they explain. [%]."""
    without = single(effects.y, effects.v)
    if estimator == "IV":
        before = float(fit(without, np.zeros(1)).q_statistic[0]) / without.df
        return 0.0, 100 * max(0.0, 1 - left / df / before) if before > 0 else math.nan
    before = float(between.estimate(without, estimator)[0])
    return before, 100 * max(0.0, 1 - tau2 / before) if before > 0 else math.nan


def _joint_test(
    at_tau2: Fit, q: FloatArray, factor: float, df: float | None
) -> tuple[float, tuple[int, int | None], float]:
    """Test all moderators together: what they add to a model with a mean alone."""
    count = q.shape[1] - 1
    w, y = at_tau2.w[0], at_tau2.data.y[0]
    mean = float(w @ y / w.sum())
    added = max(0.0, float(np.sum(w * (y - mean) ** 2)) - float(at_tau2.q_statistic[0]))
    if df is None:
        return added, (count, None), tails.chi2_tail(added, count)
    if factor == 0.0:
        return math.nan, (count, int(df)), math.nan
    statistic = added / count / factor**2
    return statistic, (count, int(df)), tails.f_tail(statistic, count, df)


def _coefficients(
    names: tuple[str, ...],
    beta: FloatArray,
    covariance: FloatArray,
    df: float | None,
    level: float,
) -> tuple[Coefficient, ...]:
    found = []
    for name, estimate, variance in zip(names, beta, np.diag(covariance), strict=True):
        se = math.sqrt(variance)
        statistic = estimate / se if se > 0 else math.nan
        low, high = interval_around(float(estimate), se, df, level)
        p = tails.two_sided(statistic, df)
        found.append(Coefficient(name, float(estimate), se, float(statistic), p, low, high))
    return tuple(found)


def _warnings(k: int, columns: Covariates) -> tuple[str, ...]:
    count = len(columns.names) - 1
    if k >= ENOUGH * count:
        return ()
    return (
        f"{k} studies for {count} {'coefficient' if count == 1 else 'coefficients'}: fewer than "
        f"{ENOUGH} for each, so that a finding by chance is likely and a real one is missed easily",
    )
