"""The variance between studies: ten estimators and the Q-profile interval.

Restricted maximum likelihood (REML) is the default. Likelihoods are searched over a grid of the
whole possible range before the best point is refined, so that a second, lower peak cannot be
taken for the maximum; moment equations fall with tau2 and are bisected. Nothing can leave
tau2 >= 0, and nothing depends on a starting value.

References
----------
DerSimonian & Laird (1986) DL; Paule & Mandel (1982) PM; Viechtbauer (2005), J Educ Behav Stat
30:261-293, REML, ML, HS, HE, EB; Sidik & Jonkman (2005) SJ; Viechtbauer (2007), Stat Med 26:37-52,
the Q profile; Viechtbauer (2021) and Brannick et al. (2019) for HSk and PMM.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta import tails
from heco.evidence.meta.linear import Data, Fit, FloatArray, fit

#: Points of the grid on which a likelihood is looked at first.
_GRID = 64
#: Halvings after which any interval of doubles is down to neighbours.
_HALVINGS = 300


def estimate(data: Data, estimator: str = "REML") -> FloatArray:
    """Return the between-study variance of each sample.

    Parameters
    ----------
    data : Data
        Effects, variances and covariates; with covariates the result is the residual variance.
    estimator : str
        A key of `ESTIMATORS`.

    Returns
    -------
    ndarray, shape (sample,)
        tau2, 0 or more. [pooling scale, squared]

    Raises
    ------
    ScenarioError
        If there is no such estimator.
    """
    if estimator not in ESTIMATORS:
        raise refuse(
            f'there is no estimator "{estimator}"',
            "estimator",
            did_you_mean(str(estimator), ESTIMATORS),
        )
    if data.df == 0:
        return np.zeros(len(data.y))
    return np.maximum(ESTIMATORS[estimator](data), 0.0)


def _nothing(data: Data) -> FloatArray:
    return np.zeros(len(data.y))


def _dersimonian_laird(data: Data) -> FloatArray:
    common = fit(data, _nothing(data))
    return np.asarray((common.q_statistic - data.df) / common.trace)


def _hunter_schmidt(data: Data) -> FloatArray:
    common = fit(data, _nothing(data))
    return np.asarray((common.q_statistic - data.k) / common.w.sum(axis=1))


def _hunter_schmidt_k(data: Data) -> FloatArray:
    common = fit(data, _nothing(data))
    return np.asarray((common.q_statistic * data.k / data.df - data.k) / common.w.sum(axis=1))


def _hedges(data: Data) -> FloatArray:
    leverage = np.sum(data.q**2, axis=1)
    residual = data.y - (data.y @ data.q) @ data.q.T
    return np.asarray((np.sum(residual**2, axis=1) - data.v @ (1 - leverage)) / data.df)


def _sidik_jonkman(data: Data) -> FloatArray:
    first = _sidik_jonkman_start(data)
    return first * fit(data, first).q_statistic / data.df


def _sidik_jonkman_start(data: Data) -> FloatArray:
    return np.asarray(np.var(data.y, axis=1))


def _paule_mandel(data: Data) -> FloatArray:
    return q_root(data, np.full(len(data.y), float(data.df)))


def _median_unbiased(data: Data) -> FloatArray:
    return q_root(data, np.full(len(data.y), tails.chi2_quantile(0.5, data.df)))


def _likelihood(data: Data) -> FloatArray:
    return _most_likely(data, restricted=False)


def _restricted(data: Data) -> FloatArray:
    return _most_likely(data, restricted=True)


#: Every estimator by its usual letters. EB is PM by another road (same root, same standard error).
ESTIMATORS: dict[str, Callable[[Data], FloatArray]] = {
    "REML": _restricted,
    "DL": _dersimonian_laird,
    "PM": _paule_mandel,
    "ML": _likelihood,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "HSk": _hunter_schmidt_k,
    "SJ": _sidik_jonkman,
    "EB": _paule_mandel,
    "PMM": _median_unbiased,
}


def q_root(data: Data, target: FloatArray) -> FloatArray:
    """Return the tau2 at which the generalised Q has fallen to `target`; 0 if it is below at 0.

    Parameters
    ----------
    data : Data
        Effects, variances and covariates.
    target : ndarray, shape (sample,)
        Values of Q, more than 0.

    Returns
    -------
    ndarray, shape (sample,)
        [pooling scale, squared]
    """
    high = _span(data)
    for _ in range(_HALVINGS):
        above = fit(data, high).q_statistic > target
        if not np.any(above):
            break
        high = np.where(above, 4 * high, high)
    root = _falling_root(lambda tau2: fit(data, tau2).q_statistic - target, 0 * high, high)
    return np.where(fit(data, 0 * high).q_statistic <= target, 0.0, root)


def interval(data: Data, level: float = 0.95) -> tuple[float, float]:
    """Return the Q-profile interval of the first sample's tau2.

    Parameters
    ----------
    data : Data
        Effects, variances and covariates.
    level : float
        Coverage.

    Returns
    -------
    float, float
        Limits; both 0 if the studies agree so well that no tau2 fits (Q below its own lower
        quantile). [pooling scale, squared]
    """
    if data.df == 0:
        return 0.0, math.inf
    tail = (1 - level) / 2
    ends = [
        q_root(data, np.full(len(data.y), tails.chi2_quantile(p, data.df)))[0]
        for p in (1 - tail, tail)
    ]
    return float(ends[0]), float(ends[1])


def log_likelihood(data: Data, tau2: FloatArray, restricted: bool) -> FloatArray:
    """Return the log-likelihood at one tau2 per sample.

    The restricted one leaves out a term that depends on the covariates alone.
    """
    found = fit(data, tau2)
    n = data.df if restricted else data.k
    twice = (
        n * math.log(2 * math.pi) - np.log(found.w).sum(axis=1) + found.q_statistic
    )  # -log w is the logarithm of the variance
    if restricted:
        twice = twice + found.log_determinant
    return np.asarray(-twice / 2)


def _most_likely(data: Data, restricted: bool) -> FloatArray:
    """Return the tau2 of the highest likelihood."""
    low, high = 1e-3 * data.v.min(axis=1), 4 * data.k * (_span(data) + data.v.max(axis=1))
    steps = np.linspace(0, 1, _GRID)[:, np.newaxis]
    grid = np.vstack([_nothing(data), low * (high / low) ** steps])
    heights = np.array([log_likelihood(data, tau2, restricted) for tau2 in grid])
    best = np.argmax(heights, axis=0)
    sample = np.arange(len(best))
    left = grid[np.maximum(best - 1, 0), sample]
    right = grid[np.minimum(best + 1, _GRID), sample]

    def slope(tau2: FloatArray) -> FloatArray:
        found = fit(data, tau2)
        pull = np.sum((found.w * found.residual) ** 2, axis=1)
        return np.asarray(pull - (found.trace if restricted else found.w.sum(axis=1)))

    root = _falling_root(slope, left, right)
    return np.where((best == 0) & (slope(_nothing(data)) <= 0), 0.0, root)


def _falling_root(
    function: Callable[[FloatArray], FloatArray], left: FloatArray, right: FloatArray
) -> FloatArray:
    """Return where a function falls through 0, by halving until doubles are neighbours."""
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        if np.all((middle <= left) | (middle >= right)):
            break
        positive = function(middle) > 0
        left, right = np.where(positive, middle, left), np.where(positive, right, middle)
    return (left + right) / 2


def _span(data: Data) -> FloatArray:
    """Return a tau2 that is large for each sample: the squared range of its effects."""
    reach = np.ptp(data.y, axis=1) ** 2
    return np.asarray(np.where(reach > 0, reach, data.v.max(axis=1)))


def standard_error(data: Data, tau2: float, estimator: str) -> float:
    """Return the large-sample standard error of the first sample's tau2.

    Parameters
    ----------
    data : Data
        Effects, variances and covariates.
    tau2 : float
        The estimate. [pooling scale, squared]
    estimator : str
        A key of `ESTIMATORS`.

    Returns
    -------
    float
        Not a number where none is known. [pooling scale, squared]

    References
    ----------
    Viechtbauer (2005); for DL, HE, HS and SJ the variance of a quadratic form, 2 tr(ASAS).
    """
    if data.df == 0:
        return math.nan
    at_tau2 = fit(data, np.full(len(data.y), tau2))
    if estimator == "ML":
        return math.sqrt(2 / float(np.sum(at_tau2.w[0] ** 2)))
    if estimator == "REML":
        information = float(at_tau2.squared_trace[0]) / 2
        return math.sqrt(1 / information) if information > 0 else math.nan
    if estimator in ("PM", "EB", "PMM"):
        return math.sqrt(2 * data.k**2 / data.df) / float(at_tau2.w[0].sum())
    weights, per = _quadratic_form(data, estimator)
    spread = np.diag(data.v[0] + tau2)
    return math.sqrt(2 * float(np.trace(np.linalg.matrix_power(weights @ spread, 2)))) * per


def _quadratic_form(data: Data, estimator: str) -> tuple[FloatArray, float]:
    """Return A and c of an estimator ``c y'Ay`` minus a constant."""
    if estimator == "HE":
        return np.eye(data.k) - data.q @ data.q.T, 1 / data.df
    if estimator == "SJ":
        first = _sidik_jonkman_start(data)
        return _projection(fit(data, first)), float(first[0]) / data.df
    common = fit(data, _nothing(data))
    if estimator == "DL":
        return _projection(common), 1 / float(common.trace[0])
    scale = data.k / data.df if estimator == "HSk" else 1.0
    return _projection(common), scale / float(common.w[0].sum())


def _projection(found: Fit) -> FloatArray:
    """Return the first sample's P = W - WQ(Q'WQ)^-1 Q'W."""
    weighted = found.w[0][:, np.newaxis] * found.data.q
    return np.asarray(np.diag(found.w[0]) - weighted @ found.inverse[0] @ weighted.T)
