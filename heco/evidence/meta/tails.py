"""Tail areas and critical values of the normal, t, chi-squared and F distributions."""

from __future__ import annotations

import math


def critical(level: float, df: float | None = None) -> float:
    """Return the half-width of a central interval, in standard errors.

    Parameters
    ----------
    level : float
        Coverage, for example 0.95.
    df : float or None
        Degrees of freedom of t; None for the normal distribution.

    Returns
    -------
    float
        1.959964 for 95% and the normal distribution.
    """
    from scipy.special import ndtri, stdtrit

    upper = (1 + level) / 2
    return float(ndtri(upper) if df is None else stdtrit(df, upper))


def two_sided(statistic: float, df: float | None = None) -> float:
    """Return the two-sided p value of a z statistic, or of a t statistic on `df` degrees."""
    from scipy.special import ndtr, stdtr

    if math.isnan(statistic):
        return math.nan
    lower = -abs(statistic)
    return float(2 * (ndtr(lower) if df is None else stdtr(df, lower)))


def chi2_tail(statistic: float, df: float) -> float:
    """Return the probability of a larger chi-squared; 1 without degrees of freedom."""
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df > 0 else 1.0


def chi2_quantile(p: float, df: float) -> float:
    """Return the chi-squared value that is exceeded with probability ``1 - p``."""
    from scipy.special import chdtri

    return float(chdtri(df, 1 - p))


def f_tail(statistic: float, df1: float, df2: float) -> float:
    """Return the probability of a larger F."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, statistic))
