"""Survival curves: the share of people to whom something has not happened yet, by time.

The curves are those that survival analyses of trials and registers report, in the parametrisation
of the R package flexsurv, whose estimates most published models quote. As everywhere in
`heco.evidence.rates`, nothing is judged here: outside of its domain a function returns what the
formula gives, and emits no warning.

References
----------
Jackson (2016), flexsurv: a platform for parametric survival modeling in R, J Stat Softw 70(8),
Table 1. Latimer (2013), NICE DSU Technical Support Document 14. Temme (1979), SIAM J Math Anal
10:757-766; DLMF 8.12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from heco.evidence.rates import ROUNDING, FloatArray, floats, quiet

#: Below this, in size, the shape q of a generalised gamma is close to 0.
_NEAR_LOGNORMAL = 1e-3


def exponential(t: ArrayLike, rate: ArrayLike) -> FloatArray:
    """Return exp(-rate t): a hazard that does not change.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    rate : array_like, shape (..., draw)
        Hazard. [per year]
    """
    with quiet():
        return np.exp(-floats(rate) * floats(t))


def weibull(t: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> FloatArray:
    """Return exp(-(t / scale)^shape): a hazard that rises (shape above 1) or falls throughout.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    shape : array_like, shape (..., draw)
        Shape.
    scale : array_like, shape (..., draw)
        Time at which 37% are left. [years]
    """
    with quiet():
        return np.exp(-((floats(t) / floats(scale)) ** floats(shape)))


def gompertz(t: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> FloatArray:
    """Return exp(-rate / shape (e^(shape t) - 1)): the log of the hazard changes steadily.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    shape : array_like, shape (..., draw)
        Growth of the log hazard; below 0 some people are never affected. [per year]
    rate : array_like, shape (..., draw)
        Hazard at the beginning. [per year]
    """
    t, shape, rate = floats(t), floats(shape), floats(rate)
    with quiet():
        grown = np.where(shape == 0, t, np.expm1(shape * t) / shape)
        return np.exp(-rate * grown)


def loglogistic(t: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> FloatArray:
    """Return 1 / (1 + (t / scale)^shape): a hazard that may rise and then falls.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    shape : array_like, shape (..., draw)
        Shape.
    scale : array_like, shape (..., draw)
        Median. [years]
    """
    with quiet():
        return 1 / (1 + (floats(t) / floats(scale)) ** floats(shape))


def lognormal(t: ArrayLike, meanlog: ArrayLike, sdlog: ArrayLike) -> FloatArray:
    """Return the share whose time, lognormal, is above t: a hazard that rises and then falls.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    meanlog, sdlog : array_like, shape (..., draw)
        Mean and standard deviation of the logarithm of the time in years.
    """
    from scipy.special import ndtr

    with quiet():
        return floats(ndtr((floats(meanlog) - np.log(floats(t))) / floats(sdlog)))


def gamma(t: ArrayLike, shape: ArrayLike, rate: ArrayLike) -> FloatArray:
    """Return the share whose time, gamma distributed, is above t.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    shape : array_like, shape (..., draw)
        Shape.
    rate : array_like, shape (..., draw)
        Rate: the hazard in the long run. [per year]
    """
    from scipy.special import gammaincc

    with quiet():
        return floats(gammaincc(floats(shape), floats(rate) * floats(t)))


def generalised_gamma(t: ArrayLike, mu: ArrayLike, sigma: ArrayLike, q: ArrayLike) -> FloatArray:
    """Return the share whose time is above t: a family that has most others as members.

    ``q = 0`` is lognormal, ``q = 1`` Weibull, ``q = sigma`` gamma.

    Parameters
    ----------
    t : array_like, shape (..., draw)
        Time since it began. [years]
    mu, sigma, q : array_like, shape (..., draw)
        Location, scale and shape of Prentice (1974), time in years.
    """
    from scipy.special import gammainc, gammaincc

    t, mu, sigma, q = np.broadcast_arrays(floats(t), floats(mu), floats(sigma), floats(q))
    with quiet():
        w = (np.log(t) - mu) / sigma
        near = np.abs(q) < _NEAR_LOGNORMAL
        k = np.where(near, 1.0, q) ** -2.0
        x = k * np.exp(np.where(near, 0.0, q) * w)
        bent = np.where(q > 0, gammaincc(k, x), gammainc(k, x))
        left = np.where(near, _near_lognormal(w, q), bent)
        return floats(np.where(t == 0, 1.0, np.where(np.isinf(t), 0.0, left)))


def _near_lognormal(w: FloatArray, q: FloatArray) -> FloatArray:
    """Return the generalised gamma for q close to 0, by Temme's uniform expansion.

    There the incomplete gamma function keeps ever fewer digits, and none at q = 1e-15. Temme (1979)
    writes it as a normal tail at ``w sqrt(2 (e^u - 1 - u) / u^2)``, u = q w, and a correction of
    which the first term is enough here; both as their series in u.
    """
    from scipy.special import ndtr

    u = q * w
    z = w * np.sqrt(1 + u / 3 + u**2 / 12 + u**3 / 60 + u**4 / 360)
    eta = q * z
    correction = -1 / 3 + eta / 12 - 2 * eta**2 / 135 + eta**3 / 864
    return floats(ndtr(-z) + q * correction * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def between(before: ArrayLike, after: ArrayLike) -> FloatArray:
    """Probability that it happens in between: 1 - after / before.

    Parameters
    ----------
    before, after : array_like, shape (..., draw)
        Survival at the beginning and at the end of a period.

    Returns
    -------
    ndarray, shape (..., draw)
        Probability, for those to whom it had not happened; 1 where nobody is left.
    """
    before, after = floats(before), floats(after)
    with quiet():
        gone = (before == 0) & (after <= ROUNDING)
        return np.where(gone, 1.0, 1 - after / before)
