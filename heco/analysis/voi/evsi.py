"""What a study of finite size would be worth: EVSI.

Three estimates of one number, expected gain from choosing after the data instead of before:

- regression on summaries of one simulated data set per draw (Strong et al. 2015, Medical Decision
  Making 35:570), the default: it needs no assumption on how data and inputs hang together;
- the Gaussian approximation (Jalal & Alarid-Escudero 2018, Medical Decision Making 38:174), a
  check: the fit of net benefit to the inputs, read at inputs that are drawn towards their means by
  the square root of ``n / (n + n0)``, where n0 is the size of the study that the present evidence
  is worth;
- moment matching (Heath, Manolopoulou & Baio 2018, Medical Decision Making 38:163), for models so
  costly that there are few draws: the same fit, with its variance scaled to what data sets from 40
  draws leave. Posteriors come from weighting the draws by the likelihood of the data, so the model
  is never run again.

The maximum stands outside the expectation over the posterior in all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from heco.analysis.voi.benefit import Benefits, gain
from heco.analysis.voi.data import Data, Datum
from heco.analysis.voi.evppi import Worth, distinct_inputs, evppi, fit
from heco.analysis.voi.regression import Regression, Smooth
from heco.outcomes import Array

#: Data sets of moment matching; posteriors of fewer effective draws are not used.
NESTED, LEAST = 40, 15


@dataclass(frozen=True)
class StudyWorth:
    """EVSI of a study at one size and willingness to pay, per person.

    Parameters
    ----------
    n : int
        Participants.
    worth : Worth
        By regression on summaries.
    gaussian : float
        By the Gaussian approximation. [currency per person]
    matched : float
        By moment matching; nan if not asked for, or if too few draws fit the data.
    """

    n: int
    worth: Worth
    gaussian: float
    matched: float


@dataclass(frozen=True, eq=False)
class Ceiling:
    """Net benefit fitted to what a study informs: what it would tell without end.

    Parameters
    ----------
    worths : tuple of Worth
        EVPPI of everything that the study informs, by willingness to pay.
    phi : tuple of ndarray, shape (draw,)
        What it informs.
    model : Regression or None
        On these; None if none of them vary.
    smooths : tuple of Smooth
        By willingness to pay.
    """

    worths: tuple[Worth, ...]
    phi: tuple[Array, ...]
    model: Regression | None
    smooths: tuple[Smooth, ...]


def ceiling(benefits: Benefits, data: Sequence[Datum]) -> Ceiling:
    """Return what a study without end would be worth, and the fits behind it.

    Parameters
    ----------
    benefits : Benefits
        What happens in every draw.
    data : sequence of Datum
        What the study observes.
    """
    phi = tuple(distinct_inputs([x for datum in data for x in datum.phi]))
    worths = evppi(benefits, phi)
    if not phi:
        return Ceiling(worths, phi, None, ())
    model = Regression(phi, benefits.seed)
    projected = model.project(benefits.pairs)
    smooths = []
    for wtp in benefits.wtp:
        smooths.append(fit(model, benefits, projected, benefits.weights(float(wtp))))
    return Ceiling(worths, phi, model, tuple(smooths))


def evsi(
    benefits: Benefits, data: Sequence[Datum], made: Sequence[Data], top: Ceiling,
    *, matching: bool = False,
) -> tuple[tuple[StudyWorth, ...], ...]:  # fmt: skip
    """Return what a study is worth, by willingness to pay and size.

    Parameters
    ----------
    benefits : Benefits
        What happens in every draw.
    data : sequence of Datum
        What the study observes.
    made : sequence of Data
        Simulated, one per size: see `heco.analysis.voi.data.simulate`.
    top : Ceiling
        From `ceiling`.
    matching : bool
        Whether to estimate by moment matching as well.
    """
    by_size = [evppi(benefits, one.summaries, checks=False) for one in made]
    found = []
    for k in range(len(benefits.wtp)):
        row = []
        for one, worths in zip(made, by_size, strict=True):
            close = _gaussian(data, one.n, top, k)
            matched = _matched(benefits, data, one, top, k) if matching else float("nan")
            row.append(StudyWorth(one.n, worths[k], close, matched))
        found.append(tuple(row))
    return tuple(found)


def prior_size(x: Array, variance: float) -> float:
    """Return the size of the study that present evidence on a quantity is worth.

    Parameters
    ----------
    x : ndarray, shape (draw,)
        The quantity.
    variance : float
        Of its estimate from one participant.

    Examples
    --------
    >>> x = np.random.default_rng(1).beta(20, 80, 200_000)
    >>> round(prior_size(x, float(np.mean(x * (1 - x)))))
    100
    """
    spread = float(np.var(x))
    return variance / spread if spread > 0 else float("inf")


def _gaussian(data: Sequence[Datum], n: int, top: Ceiling, k: int) -> float:
    if top.model is None:
        return 0.0
    near = []
    for datum in data:
        for x, variance in zip(datum.phi, datum.variance, strict=True):
            if any(x is y or np.array_equal(x, y) for y in top.phi):
                weight = n / (n + prior_size(x, variance))
                near.append(x.mean() + np.sqrt(weight) * (x - x.mean()))
    if len(near) != len(top.phi):  # two data on one quantity: their sizes do not simply add
        return float("nan")
    fits = top.model.at(near, top.smooths[k])
    # Expectations after the data average to the expectation before; where net benefit is bent, the
    # fit at inputs nearer to their means does not.
    return gain(fits - fits.mean(axis=0) + top.model.fitted(top.smooths[k]).mean(axis=0))


def _matched(benefits: Benefits, data: Sequence[Datum], one: Data, top: Ceiling, k: int) -> float:
    """Return EVSI by moment matching, or nan where the draws cannot stand for posteriors."""
    if top.model is None:
        return 0.0
    fits = top.model.fitted(top.smooths[k])
    mean = fits.mean(axis=0)
    whole = np.atleast_2d(np.cov(fits.T))
    order = np.argsort(fits[:, int(np.argmax(np.diag(whole)))], kind="stable")
    picked = order[((np.arange(NESTED) + 0.5) / NESTED * len(order)).astype(int)]
    arms = [arm for datum in data for arm in datum.arms]
    left = np.zeros_like(whole)
    for q in picked:
        likelihood = np.zeros(benefits.n)
        for arm, sums in zip(arms, one.sums, strict=True):
            likelihood += arm.likelihood(sums[:, q], arm.people(one.n))
        weight = np.exp(likelihood - likelihood.max())
        weight /= weight.sum()
        if 1 / np.sum(weight**2) < LEAST:
            return float("nan")
        centre = weight @ fits
        apart = fits - centre
        left += (apart * weight[:, None]).T @ apart / len(picked)
    kept = _root(whole - left) @ _root(whole, inverse=True)
    return gain(mean + (fits - mean) @ kept.T)


def _root(matrix: Array, inverse: bool = False) -> Array:
    """Return the symmetric square root of a covariance matrix, or its inverse."""
    value, vector = np.linalg.eigh(matrix)
    value = np.maximum(value, 0.0)
    root = np.sqrt(value)
    if inverse:
        root = np.divide(1.0, root, out=np.zeros_like(root), where=value > 1e-12 * value[-1])
    return np.asarray((vector * root) @ vector.T)
