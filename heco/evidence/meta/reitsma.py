"""Restricted maximum likelihood of a covariance matrix between studies, two outcomes each."""

from __future__ import annotations

import math

import numpy as np

from heco.evidence.meta import tau2 as between
from heco.evidence.meta.linear import FloatArray, single

#: Correlations from which the search starts; the best end counts.
_STARTS = (-0.7, 0.0, 0.7)


def reml(y: FloatArray, v: FloatArray) -> FloatArray:
    """Return the between-study covariance of two outcomes.

    The matrix is written as LL' with a triangular L, so that every step of the search is a
    possible one; the gradient is exact.

    Parameters
    ----------
    y : ndarray, shape (study, 2)
        Outcomes.
    v : ndarray, shape (study, 2)
        Their sampling variances; the two are independent within a study.

    Returns
    -------
    ndarray, shape (2, 2)
        [product of outcomes]
    """
    from scipy.optimize import minimize

    size = np.array([math.sqrt(_single(y[:, j], v[:, j])) for j in (0, 1)])
    size = np.maximum(size, 0.1 * np.sqrt(v.min(axis=0)))
    ends = []
    for rho in _STARTS:
        start = [size[0], rho * size[1], math.sqrt(1 - rho**2) * size[1]]
        found = minimize(
            minus_log_likelihood, start, (y, v), "BFGS", jac=True, options={"gtol": 1e-9}
        )
        ends.append((float(found.fun), np.asarray(found.x)))
    triangle = _triangle(min(ends, key=lambda end: end[0])[1])
    return np.asarray(triangle @ triangle.T)


def minus_log_likelihood(
    factor: FloatArray, y: FloatArray, v: FloatArray
) -> tuple[float, FloatArray]:
    """Return minus the restricted log-likelihood and its gradient.

    Parameters
    ----------
    factor : ndarray, shape (3,)
        L11, L21 and L22 of the triangular factor.
    y, v : ndarray, shape (study, 2)
        Outcomes and sampling variances.

    Returns
    -------
    float, ndarray, shape (3,)
        Without the constant.
    """
    triangle = _triangle(factor)
    total = triangle @ triangle.T + v[:, :, np.newaxis] * np.eye(2)
    weights = np.linalg.inv(total)
    covariance = np.linalg.inv(weights.sum(axis=0))
    mean = covariance @ np.einsum("kij,kj->i", weights, y)
    pulled = np.einsum("kij,kj->ki", weights, y - mean)
    value = (
        np.linalg.slogdet(total)[1].sum()
        - np.linalg.slogdet(covariance)[1]
        + float(np.sum(pulled * (y - mean)))
    ) / 2
    slope = (
        weights.sum(axis=0)
        - np.einsum("ki,kj->ij", pulled, pulled)
        - np.einsum("kij,jl,klm->im", weights, covariance, weights)
    ) / 2
    gradient = 2 * slope @ triangle
    return float(value), np.array([gradient[0, 0], gradient[1, 0], gradient[1, 1]])


def _triangle(factor: FloatArray) -> FloatArray:
    return np.array([[factor[0], 0.0], [factor[1], factor[2]]])


def _single(y: FloatArray, v: FloatArray) -> float:
    """Return the between-study variance of one outcome alone."""
    return float(between.estimate(single(y, v))[0])
