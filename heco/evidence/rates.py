"""Rates, probabilities and odds: every conversion between them in heco, written once.

A *rate* is per year and knows no upper bound; a *probability* belongs to a length of time.
Ratios that act on them are in `heco.evidence.ratios`, matrices in `heco.evidence.matrices`.

All functions work on numpy arrays of any shapes that broadcast, and none of them judges its
input: outside of its domain a function returns what the formula gives (a "probability" of 1.07,
or nan), and emits no warning. `is_probability` and `is_rate` are for those who do judge.

References
----------
Briggs, Claxton & Sculpher (2006), ch. 3. Jones et al. (2017), Medical Decision Making,
doi 10.1177/0272989X17696997. Gidwani & Russell (2020), PharmacoEconomics,
doi 10.1007/s40273-020-00937-z.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

#: Rounding that is forgiven at the end of a domain: 1 - 0.9 - 0.1 is -2.8e-17, and legal.
ROUNDING = 1e-12


def quiet() -> np.errstate:
    """Keep numpy from warning: whoever needs to know about a draw out of its domain, counts it."""
    return np.errstate(all="ignore")


def floats(value: ArrayLike) -> FloatArray:
    """View as floating point numbers, without a copy where there is nothing to convert."""
    return np.asarray(value, dtype=np.float64)


def is_probability(value: ArrayLike) -> BoolArray:
    """Tell which values lie in [0, 1], up to rounding; nan does not.

    Parameters
    ----------
    value : array_like, shape (..., draw)
        Candidate probabilities.

    Returns
    -------
    ndarray of bool, shape (..., draw)
    """
    x = floats(value)
    return (x >= -ROUNDING) & (x <= 1 + ROUNDING)


def is_rate(value: ArrayLike) -> BoolArray:
    """Tell which values are finite and not negative, up to rounding; nan is not.

    Parameters
    ----------
    value : array_like, shape (..., draw)
        Candidate rates, odds, ratios or lengths of time.

    Returns
    -------
    ndarray of bool, shape (..., draw)
    """
    x = floats(value)
    return (x >= -ROUNDING) & (x < np.inf)


def probability_from_rate(rate: ArrayLike, years: ArrayLike = 1.0) -> FloatArray:
    """Chance that the event happens at least once in so many years, at a constant rate.

    Parameters
    ----------
    rate : array_like, shape (..., draw)
        Events per person-year; 0 is legal. [per year]
    years : array_like, shape (..., draw)
        Length of time. [years]

    Returns
    -------
    ndarray, shape (..., draw)
        1 - exp(-rate * years), exact also where the rate is tiny.
    """
    with quiet():
        return -np.expm1(-floats(rate) * floats(years))


def rate_from_probability(probability: ArrayLike, years: ArrayLike = 1.0) -> FloatArray:
    """Yearly rate at which the event happens with this probability in so many years.

    Parameters
    ----------
    probability : array_like, shape (..., draw)
        Probability over `years`; 0 is legal, 1 gives an infinite rate.
    years : array_like, shape (..., draw)
        The length of time to which the probability belongs. [years]

    Returns
    -------
    ndarray, shape (..., draw)
        -ln(1 - probability) / years. [per year]
    """
    with quiet():
        return -np.log1p(-floats(probability)) / floats(years)


def rescaled_probability(
    probability: ArrayLike, from_years: ArrayLike, to_years: ArrayLike
) -> FloatArray:
    """Restate a probability for another length of time, at a constant rate.

    Only for a two-way row (the event, or staying): where several exits compete, each exit's own
    probability depends on the others. Use `competing_exits` or
    `heco.evidence.matrices.rescaled_matrix` there.

    Parameters
    ----------
    probability : array_like, shape (..., draw)
        Probability over `from_years`. A probability of 1 is a forced move and stays 1.
    from_years, to_years : array_like, shape (..., draw)
        Lengths of time. [years]

    Returns
    -------
    ndarray, shape (..., draw)
        1 - (1 - probability) ** (to_years / from_years).
    """
    return probability_from_rate(rate_from_probability(probability, from_years), to_years)


def competing_exits(rates: ArrayLike, years: ArrayLike) -> FloatArray:
    """Probabilities of the exits that compete for the people in one state.

    Parameters
    ----------
    rates : array_like, shape (state_to, ..., draw)
        One rate per exit, first axis; all may be 0. [per year]
    years : array_like, shape (..., draw)
        Length of the cycle. [years]

    Returns
    -------
    ndarray, shape (state_to, ..., draw)
        All exits together take 1 - exp(-years * sum of rates), shared in proportion to the
        rates. Exact if nobody moves on within the cycle; `heco.evidence.matrices` has the
        general case. [per cycle]

    Notes
    -----
    1 - exp(-rate * years) for each exit by itself is too large: with rates of 0.15 and 0.06 it
    gives 0.1393 and 0.0582 instead of 0.1353 and 0.0541 (Gidwani & Russell 2020).
    """
    each = floats(rates)
    total = each.sum(axis=0)
    with quiet():
        share = np.where(total == 0, 0.0, each / total)
    return share * probability_from_rate(total, years)


def odds_from_probability(probability: ArrayLike) -> FloatArray:
    """Odds, probability / (1 - probability); a probability of 1 gives inf.

    Parameters
    ----------
    probability : array_like, shape (..., draw)

    Returns
    -------
    ndarray, shape (..., draw)
    """
    p = floats(probability)
    with quiet():
        return p / (1 - p)


def probability_from_odds(odds: ArrayLike) -> FloatArray:
    """Probability, odds / (1 + odds).

    Parameters
    ----------
    odds : array_like, shape (..., draw)

    Returns
    -------
    ndarray, shape (..., draw)
    """
    o = floats(odds)
    with quiet():
        return o / (1 + o)


def logit(probability: ArrayLike) -> FloatArray:
    """Log odds of a probability; 0 and 1 give -inf and inf.

    Parameters
    ----------
    probability : array_like, shape (..., draw)

    Returns
    -------
    ndarray, shape (..., draw)
    """
    p = floats(probability)
    with quiet():
        return np.log(p) - np.log1p(-p)


def expit(log_odds: ArrayLike) -> FloatArray:
    """Probability that has these log odds; the inverse of `logit`.

    Parameters
    ----------
    log_odds : array_like, shape (..., draw)

    Returns
    -------
    ndarray, shape (..., draw)
    """
    with quiet():  # exp(800) overflows to inf, and 1 / inf is the right answer
        return 1 / (1 + np.exp(-floats(log_odds)))
