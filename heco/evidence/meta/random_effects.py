"""Pooling with inverse-variance weights: one common effect, or effects that differ by study.

The default, REML with the Knapp-Hartung test, is what the Cochrane Handbook advises when studies
differ. Both standard errors are always worked out, for the Knapp-Hartung interval can be the
narrower one: then both are to be printed, and ``knapp-hartung-truncated`` never falls below Wald.

References
----------
Hartung & Knapp (2001), Stat Med 20:3875-3889; Knapp & Hartung (2003); IntHout, Ioannidis & Borm
(2014); Higgins, Thompson & Spiegelhalter (2009), J R Stat Soc A 172:137-159, the prediction
interval; Higgins & Thompson (2002), I-squared. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta import tails
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import Data, Fit, fit, single
from heco.evidence.meta.pooled import PREDICTION_RULES, TESTS, Pooled, Prediction

#: Estimators that `pool` knows: the common effect, and all of those of tau2.
ESTIMATORS = ("IV", *between.ESTIMATORS)


def pool(
    effects: Effects,
    estimator: str = "REML",
    test: str = "knapp-hartung",
    *,
    level: float = 0.95,
    prediction: str = "higgins",
    tau2: float | None = None,
    profile: bool = True,
) -> Pooled:
    """Pool the effects of studies.

    Parameters
    ----------
    effects : Effects
        One per study; at least one.
    estimator : str
        ``IV`` for one common effect, or an estimator of the between-study variance.
    test : str
        ``wald``, ``knapp-hartung`` or ``knapp-hartung-truncated``. A common effect, and a single
        study, are always tested by Wald.
    level : float
        Coverage of every interval.
    prediction : str
        Rule of the prediction interval, a key of ``PREDICTION_RULES``.
    tau2 : float or None
        A between-study variance to use instead of estimating it. [pooling scale, squared]
    profile : bool
        Whether the interval of tau2 is wanted; the estimate takes half the time without it.

    Returns
    -------
    Pooled
        Estimate, heterogeneity and warnings.

    Raises
    ------
    ScenarioError
        If there is no study, or a word is unknown.
    """
    _check(effects, estimator, test, prediction)
    data = single(effects.y, effects.v)
    if estimator == "IV":
        found = 0.0
    else:
        found = float(between.estimate(data, estimator)[0]) if tau2 is None else tau2
    at_tau2, at_zero = fit(data, np.array([found])), fit(data, np.zeros(1))
    if estimator == "IV" or effects.k == 1:
        test = "wald"
    wald_se = float(np.sqrt(at_tau2.inverse[0, 0, 0] / effects.k))
    se, df = adjusted(wald_se, at_tau2, test)
    estimate = float(at_tau2.gamma[0, 0] / math.sqrt(effects.k))
    wald = interval_around(estimate, wald_se, None, level)
    ends = interval_around(estimate, se, df, level)
    statistic = estimate / se if se > 0 else math.nan
    estimated = estimator != "IV" and tau2 is None
    q = float(at_zero.q_statistic[0])
    return Pooled(
        measure=effects.measure,
        study=effects.study,
        estimator=estimator,
        test=test,
        level=level,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=df,
        p=tails.two_sided(statistic, df),
        low=ends[0],
        high=ends[1],
        wald=(wald_se, *wald),
        tau2=found,
        tau2_se=between.standard_error(data, found, estimator) if estimated else math.nan,
        **_tau2_interval(data, estimated and profile, level),
        q=q,
        q_df=data.df,
        q_p=tails.chi2_tail(q, data.df),
        typical=data.df / float(at_zero.trace[0]) if data.df else math.inf,
        weights=100 * at_tau2.w[0] / at_tau2.w[0].sum(),
        prediction=_prediction(estimator, prediction, estimate, wald_se, at_tau2, found, level),
        log_likelihood=float(between.log_likelihood(data, np.array([found]), False)[0]),
        notes=effects.notes,
        warnings=_warnings(effects, test, se, wald_se),
    )


def adjusted(wald_se: float, at_tau2: Fit, test: str) -> tuple[float, float | None]:
    """Return the standard error under a test, and the degrees of freedom of its t.

    Parameters
    ----------
    wald_se : float
        Standard error with tau2 taken as known.
    at_tau2 : Fit
        The model at the estimate.
    test : str
        One of ``TESTS``.

    Returns
    -------
    float, float or None
        Knapp-Hartung multiplies by the square root of ``sum w (y - mu)^2 / (k - p)``.
    """
    if test == "wald":
        return wald_se, None
    return wald_se * inflation(at_tau2, test), float(at_tau2.data.df)


def inflation(at_tau2: Fit, test: str) -> float:
    """Return the Knapp-Hartung factor of a standard error; 1 or more if truncated, 1 for Wald."""
    if test == "wald":
        return 1.0
    factor = math.sqrt(float(at_tau2.q_statistic[0]) / at_tau2.data.df)
    return max(1.0, factor) if test == "knapp-hartung-truncated" else factor


def interval_around(
    estimate: float, se: float, df: float | None, level: float
) -> tuple[float, float]:
    """Return the limits of a symmetric interval."""
    half = tails.critical(level, df) * se
    return estimate - half, estimate + half


def _tau2_interval(data: Data, estimated: bool, level: float) -> dict[str, float]:
    if not estimated or data.df == 0:
        return {"tau2_low": math.nan, "tau2_high": math.nan}
    low, high = between.interval(data, level)
    return {"tau2_low": low, "tau2_high": high}


def _prediction(
    estimator: str,
    rule: str,
    estimate: float,
    wald_se: float,
    at_tau2: Fit,
    tau2: float,
    level: float,
) -> Prediction | None:
    """Return the prediction interval; None where nothing varies or too little is known."""
    k = at_tau2.data.k
    if estimator == "IV" or k < 3:
        return None
    se, df = wald_se, None
    if rule == "higgins":
        df = float(k - 2)
    elif rule == "knapp-hartung":
        se, df = wald_se * inflation(at_tau2, rule), float(k - 1)
    low, high = interval_around(estimate, math.sqrt(tau2 + se**2), df, level)
    return Prediction(low, high, rule, df)


def _warnings(effects: Effects, test: str, se: float, wald_se: float) -> tuple[str, ...]:
    found = []
    if effects.k == 1:
        found.append("there is one study: nothing was pooled, and tau2 cannot be estimated")
    elif effects.k == 2:
        found.append(
            "there are two studies: tau2 is little more than a guess, and a Knapp-Hartung "
            "interval is very wide"
        )
    if 1 < effects.k < 3:
        found.append("no prediction interval: it needs at least three studies")
    if test == "knapp-hartung" and se < wald_se:
        found.append(
            f"the Knapp-Hartung standard error ({se:.4g}) is smaller than Wald's ({wald_se:.4g}): "
            "look at both intervals, or use knapp-hartung-truncated"
        )
    return tuple(found)


def _check(effects: Effects, estimator: str, test: str, prediction: str) -> None:
    if effects.k == 0:
        raise refuse(
            "no study can be pooled", "studies", "; ".join(effects.notes) or "Look at the file."
        )
    for name, value, allowed in (
        ("estimator", estimator, ESTIMATORS),
        ("test", test, TESTS),
        ("prediction", prediction, tuple(PREDICTION_RULES)),
    ):
        if value not in allowed:
            raise refuse(f'there is no {name} "{value}"', name, did_you_mean(str(value), allowed))
