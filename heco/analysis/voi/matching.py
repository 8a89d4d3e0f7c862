"""EVSI by moment matching: the fit of net benefit, with the variance that a study leaves it.

What the study leaves is the variance of net benefit after its data, averaged over data sets from
draws spread over the range of the fit. Posteriors come from weighting the draws by the likelihood
of the data, so the model is never run again. A study so large that too few draws fit its data is
read from a smaller one: what is left falls as ``h / (n + h)``, along each direction in which net
benefits vary.

Sources: Heath, Manolopoulou & Baio 2018, Medical Decision Making 38:163; the same 2019, Medical
Decision Making 39:347 (over the size of a study).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heco.analysis.voi.benefit import gain
from heco.analysis.voi.data import Data, Datum, simulate
from heco.outcomes import Array

#: Data sets. Posteriors of fewer effective draws are too coarse; more than this share of such data
#: sets, and a smaller study is looked at instead, this many times smaller.
NESTED, LEAST, SPARSE, STEP = 200, 6.0, 0.02, 4


def matched(data: Sequence[Datum], one: Data, fits: Array, seed: int) -> float:
    """Return EVSI by moment matching, or nan where the draws cannot stand for posteriors.

    Parameters
    ----------
    data : sequence of Datum
        What the study observes.
    one : Data
        Simulated, at one size.
    fits : ndarray, shape (draw, option)
        Incremental net benefit fitted to what the study informs.
    seed : int
        Of data of a smaller study, if it comes to that.
    """
    mean, whole = fits.mean(axis=0), np.atleast_2d(np.cov(fits.T))
    near, left = one, _left(data, one, fits, whole)
    while left is None and near.n >= 2 * STEP:
        near = simulate("smaller", data, (near.n // STEP,), seed)[0]
        left = _left(data, near, fits, whole)
    if left is None:
        return float("nan")
    back = root_of(whole, inverse=True)
    share, turn = np.linalg.eigh(back @ left @ back)
    share = np.clip(share, 1e-9, 1.0)
    if near is not one:
        half = near.n * share / np.maximum(1 - share, 1e-9)
        share = half / (one.n + half)
    # Turned to where the parts of net benefit that the study tells of stand apart, and back.
    kept = root_of(whole) @ turn @ np.diag(np.sqrt(1 - share)) @ turn.T @ back
    return gain(mean + (fits - mean) @ kept.T)


def _left(data: Sequence[Datum], one: Data, fits: Array, whole: Array) -> Array | None:
    """Return the variance after the data, or None if too few draws fit them."""
    order = np.argsort(fits[:, int(np.argmax(np.diag(whole)))], kind="stable")
    many = min(NESTED, len(order))
    picked = order[((np.arange(many) + 0.5) / many * len(order)).astype(int)]
    arms = [arm for datum in data for arm in datum.arms]
    left, sparse, centres = np.zeros_like(whole), 0, []
    for q in picked:
        likelihood = np.zeros(len(fits))
        for arm, sums in zip(arms, one.sums, strict=True):
            likelihood += arm.likelihood(sums[:, q], arm.people(one.n))
        weight = np.exp(likelihood - likelihood.max())
        weight /= weight.sum()
        lost = float(np.sum(weight**2))  # 1 / effective draws, by which a variance is too small
        sparse += lost > 1 / LEAST
        if lost > 0.5 or sparse > SPARSE * many:
            return None
        centres.append(weight @ fits)
        apart = fits - centres[-1]
        left += (apart * weight[:, None]).T @ apart / (1 - lost) / many
    # Both parts of the variance are known from the same data sets, and they must add up to all of
    # it: so a few data sets far out do not decide.
    between = np.atleast_2d(np.cov(np.array(centres).T))
    root, back = root_of(whole), root_of(left + between, inverse=True)
    return np.asarray(root @ back @ left @ back @ root)


def root_of(matrix: Array, inverse: bool = False) -> Array:
    """Return the symmetric square root of a covariance matrix, or its inverse.

    Parameters
    ----------
    matrix : ndarray, shape (row, row)
        Symmetric; directions without variance have no part in the inverse.
    inverse : bool
        Whether the inverse is wanted.
    """
    value, vector = np.linalg.eigh(matrix)
    value = np.maximum(value, 0.0)
    root = np.sqrt(value)
    if inverse:
        root = np.divide(1.0, root, out=np.zeros_like(root), where=value > 1e-12 * value[-1])
    return np.asarray((vector * root) @ vector.T)
