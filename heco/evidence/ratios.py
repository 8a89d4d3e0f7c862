"""Relative effects: what a ratio or a difference makes of a baseline probability or rate.

A ratio acts on the scale on which it was estimated: a risk ratio on a probability, an odds ratio
on odds, a hazard ratio or a standardised mortality ratio on a rate. None stands in for another:
which is which, is the author's to say and never inferred.

An effect on a six-month risk is applied to the six-month risk, and only then restated for the
length of a cycle (`heco.evidence.rates`). As there, nothing is clipped and nothing warns.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from heco.evidence.rates import FloatArray, floats, quiet


def apply_rr(p0: ArrayLike, rr: ArrayLike) -> FloatArray:
    """Probability after a risk ratio: rr * p0.

    Parameters
    ----------
    p0 : array_like, shape (..., draw)
        Baseline probability, over the length of time at which the ratio was estimated.
    rr : array_like, shape (..., draw)
        Risk ratio.

    Returns
    -------
    ndarray, shape (..., draw)
        May exceed 1, and is then outside of the domain of the method: never clipped.
    """
    with quiet():
        return floats(rr) * floats(p0)


def apply_or(p0: ArrayLike, odds_ratio: ArrayLike) -> FloatArray:
    """Probability after an odds ratio: OR p0 / (1 - p0 + OR p0).

    Parameters
    ----------
    p0 : array_like, shape (..., draw)
        Baseline probability.
    odds_ratio : array_like, shape (..., draw)
        Odds ratio.

    Returns
    -------
    ndarray, shape (..., draw)
    """
    p = floats(p0)
    with quiet():
        raised = floats(odds_ratio) * p
        return raised / (1 - p + raised)


def apply_hr(p0: ArrayLike, hr: ArrayLike) -> FloatArray:
    """Probability after a hazard ratio, which multiplies the rate: 1 - (1 - p0) ** hr.

    Parameters
    ----------
    p0 : array_like, shape (..., draw)
        Baseline probability over any length of time.
    hr : array_like, shape (..., draw)
        Hazard ratio.

    Returns
    -------
    ndarray, shape (..., draw)
        Probability over the same length of time.
    """
    p0, hr = floats(p0), floats(hr)
    with quiet():
        # Without hazard nothing happens, even to those to whom it was certain to: 0 ** 0 is 1.
        return np.where(hr == 0, 0.0 * p0, -np.expm1(hr * np.log1p(-p0)))


def apply_smr(qx: ArrayLike, smr: ArrayLike) -> FloatArray:
    """Probability of death after a standardised mortality ratio, which multiplies the rate.

    Parameters
    ----------
    qx : array_like, shape (..., draw)
        Probability of death in the general population, as in a life table.
    smr : array_like, shape (..., draw)
        Standardised mortality ratio.

    Returns
    -------
    ndarray, shape (..., draw)
        1 - (1 - qx) ** smr; unlike smr * qx it can never exceed 1.
    """
    return apply_hr(qx, smr)


def apply_rd(p0: ArrayLike, rd: ArrayLike) -> FloatArray:
    """Probability after a risk difference: p0 + rd.

    Parameters
    ----------
    p0 : array_like, shape (..., draw)
        Baseline probability.
    rd : array_like, shape (..., draw)
        Risk difference, with its sign.

    Returns
    -------
    ndarray, shape (..., draw)
        May leave [0, 1], and is then outside of the domain of the method: never clipped.
    """
    with quiet():
        return floats(p0) + floats(rd)


def apply_rate_ratio(r0: ArrayLike, ratio: ArrayLike) -> FloatArray:
    """Rate after a rate ratio: ratio * r0.

    Parameters
    ----------
    r0 : array_like, shape (..., draw)
        Baseline rate. [per year]
    ratio : array_like, shape (..., draw)
        Rate ratio.

    Returns
    -------
    ndarray, shape (..., draw)
        [per year]
    """
    with quiet():
        return floats(ratio) * floats(r0)


def rr_from_or(odds_ratio: ArrayLike, p0: ArrayLike) -> FloatArray:
    """Risk ratio that an odds ratio amounts to at one baseline probability, and at no other.

    Parameters
    ----------
    odds_ratio : array_like, shape (..., draw)
        Odds ratio.
    p0 : array_like, shape (..., draw)
        Baseline probability, on which the answer depends.

    Returns
    -------
    ndarray, shape (..., draw)
        OR / (1 - p0 + OR p0).
    """
    ratio, p = floats(odds_ratio), floats(p0)
    with quiet():
        return ratio / (1 - p + ratio * p)


def log_or_from_smd(smd: ArrayLike) -> FloatArray:
    """Log odds ratio that a standardised mean difference approximates.

    Parameters
    ----------
    smd : array_like, shape (..., draw)
        Standardised mean difference, or its standard error: the conversion is linear.

    Returns
    -------
    ndarray, shape (..., draw)
        smd * pi / sqrt(3). An approximation (logistic errors), to be labelled as one.

    References
    ----------
    Chinn (2000), Statistics in Medicine 19:3127.
    """
    return floats(smd) * (math.pi / math.sqrt(3))
