"""Weighted least squares with the variance 1/(v + tau2), for many samples at once.

Everything that is estimated from studies rests on a handful of sums over the studies. They are
worked out here for a stack of samples (the bootstrap's, or a single one) and for any number of
covariates. The covariates are first made orthonormal: a publication year beside an intercept
would otherwise cost half of the digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """Effects, their sampling variances and the covariates.

    Parameters
    ----------
    y : ndarray, shape (sample, study)
        Effects. [pooling scale]
    v : ndarray, shape (sample, study)
        Sampling variances. [pooling scale, squared]
    q : ndarray, shape (study, covariate)
        Orthonormal covariates; the intercept alone is a column of ``1/sqrt(k)``.
    """

    y: FloatArray
    v: FloatArray
    q: FloatArray

    @property
    def k(self) -> int:
        """Number of studies."""
        return int(self.y.shape[1])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.q.shape[1])

    @property
    def df(self) -> int:
        """Studies that are left over for heterogeneity, k - p."""
        return self.k - self.p


@dataclass(frozen=True)
class Fit:
    """The sums at one tau2 per sample.

    Parameters
    ----------
    w : ndarray, shape (sample, study)
        Weights, 1/(v + tau2).
    gamma : ndarray, shape (sample, covariate)
        Coefficients of the orthonormal covariates.
    inverse : ndarray, shape (sample, covariate, covariate)
        Their covariance, (Q'WQ)^-1.
    residual : ndarray, shape (sample, study)
        y minus the fitted effects.
    """

    w: FloatArray
    gamma: FloatArray
    inverse: FloatArray
    residual: FloatArray
    data: Data

    @property
    def q_statistic(self) -> FloatArray:
        """The generalised Q, sum of w (y - fitted)^2, by sample."""
        return np.asarray(np.sum(self.w * self.residual**2, axis=1))

    @property
    def trace(self) -> FloatArray:
        """The trace of the projection P = W - WQ(Q'WQ)^-1 Q'W, by sample."""
        if self.data.p == 1:  # sums of positive terms: one precise study may outweigh all others
            return np.asarray(np.sum(self.w * _others(self.w), axis=1) / self.w.sum(axis=1))
        return np.asarray(self.w.sum(axis=1) - self._reduction(self.w**2))

    @property
    def squared_trace(self) -> FloatArray:
        """The trace of PP, by sample."""
        if self.data.p == 1:
            square = self.w**2
            parts = square * (_others(self.w) ** 2 + _others(square))
            return np.asarray(np.sum(parts, axis=1) / self.w.sum(axis=1) ** 2)
        once = self.inverse @ _gram(self.w**2, self.data.q)
        return np.asarray(
            np.sum(self.w**2, axis=1)
            - 2 * self._reduction(self.w**3)
            + np.einsum("sij,sji->s", once, once)
        )

    def _reduction(self, powers: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("sij,sji->s", self.inverse, _gram(powers, self.data.q)))

    @property
    def log_determinant(self) -> FloatArray:
        """The logarithm of the determinant of Q'WQ, by sample."""
        if self.data.p == 1:
            return np.asarray(-np.log(self.inverse[:, 0, 0]))
        return np.asarray(-np.linalg.slogdet(self.inverse)[1])


def fit(data: Data, tau2: FloatArray) -> Fit:
    """Return the weighted least squares fit at one tau2 per sample.

    Parameters
    ----------
    data : Data
        Effects, variances and covariates.
    tau2 : ndarray, shape (sample,)
        Between-study variance. [pooling scale, squared]

    Returns
    -------
    Fit
        Weights, coefficients and residuals.
    """
    w = 1 / (data.v + np.asarray(tau2, dtype=float)[:, np.newaxis])
    if data.p == 1:
        column = data.q[:, 0]
        inverse = 1 / (w @ column**2)
        gamma = inverse * ((w * data.y) @ column)
        residual = data.y - gamma[:, np.newaxis] * column
        return Fit(w, gamma[:, np.newaxis], inverse[:, np.newaxis, np.newaxis], residual, data)
    inverse = np.asarray(np.linalg.inv(_gram(w, data.q)), dtype=float)
    gamma = np.einsum("sij,sj->si", inverse, (w * data.y) @ data.q)
    return Fit(w, gamma, inverse, data.y - gamma @ data.q.T, data)


def _gram(w: FloatArray, q: FloatArray) -> FloatArray:
    """Return Q'WQ by sample."""
    return np.asarray(np.einsum("sk,ki,kj->sij", w, q, q, optimize=True))


def _others(w: FloatArray) -> FloatArray:
    """Return, for each study, the sum over all others; nothing is subtracted."""
    sums = np.zeros_like(w)
    np.cumsum(w[:, :-1], axis=1, out=sums[:, 1:])
    sums[:, :-1] += np.cumsum(w[:, :0:-1], axis=1)[:, ::-1]
    return sums


def intercept(k: int) -> FloatArray:
    """Return the orthonormal covariates of a model with nothing but a mean."""
    return np.full((k, 1), 1 / np.sqrt(k))


def single(y: npt.ArrayLike, v: npt.ArrayLike, q: FloatArray | None = None) -> Data:
    """Return the data of one sample; without covariates, a mean is fitted."""
    y = np.asarray(y, dtype=float)
    return Data(
        y[np.newaxis],
        np.asarray(v, dtype=float)[np.newaxis],
        intercept(len(y)) if q is None else q,
    )
