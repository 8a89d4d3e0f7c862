"""What a study of finite size would be worth: EVSI.

Three estimates of one number, expected gain from choosing after the data instead of before:

- regression on summaries of one simulated data set per draw (Strong et al. 2015, Medical Decision
  Making 35:570), the default: it needs no assumption on how data and inputs hang together;
- the Gaussian approximation (Jalal & Alarid-Escudero 2018, Medical Decision Making 38:174), a
  check: the fit of net benefit to the inputs, read at inputs that are drawn towards their means by
  the square root of ``n / (n + n0)``, where n0 is the size of the study that the present evidence
  is worth (several inputs: by the matrix that this is if they are correlated);
- moment matching (Heath, Manolopoulou & Baio 2018, Medical Decision Making 38:163), for models so
  costly that there are few draws: the same fit, with its variance scaled to what the data leave
  (`heco.analysis.voi.matching`).

The maximum stands outside the expectation over the posterior in all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from heco.analysis.voi.benefit import Benefits, gain
from heco.analysis.voi.data import Data, Datum
from heco.analysis.voi.evppi import Worth, distinct_inputs, estimates, evppi, fit
from heco.analysis.voi.matching import matched, root_of
from heco.analysis.voi.regression import Regression, Smooth
from heco.outcomes import Array

#: Collections of simulated data, one set per draw in each, over which the worth is averaged.
COLLECTIONS = 3


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
    apart : float
        Highest less lowest estimate over the collections of simulated data. [currency per person]
    """

    n: int
    worth: Worth
    gaussian: float
    matched: float
    apart: float = 0.0


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
    more: Sequence[Sequence[Data]] = (), *, matching: bool = False,
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
    more : sequence of sequences of Data
        Simulated like `made` with other chance. The worth is the mean over all; its standard error
        is that of one, so rather too wide.
    matching : bool
        Whether to estimate by moment matching as well.
    """
    by_size = [evppi(benefits, one.summaries, checks=False) for one in made]
    every = np.array(
        [
            [[worth.value for worth in worths] for worths in by_size],
            *([estimates(benefits, one.summaries) for one in other] for other in more),
        ]
    )  # collection, size, willingness to pay
    values, apart = every.mean(axis=0), np.ptp(every, axis=0)
    found = []
    for k in range(len(benefits.wtp)):
        row = []
        for i, (one, worths) in enumerate(zip(made, by_size, strict=True)):
            close = _gaussian(data, one.n, top, k)
            matches = _matches(benefits, data, one, top, k) if matching else float("nan")
            worth = replace(worths[k], value=float(values[i, k]))
            row.append(StudyWorth(one.n, worth, close, matches, float(apart[i, k])))
        found.append(tuple(row))
    return tuple(found)


def _matches(benefits: Benefits, data: Sequence[Datum], one: Data, top: Ceiling, k: int) -> float:
    if top.model is None:
        return 0.0
    return matched(data, one, top.model.fitted(top.smooths[k]), benefits.seed)


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
    phi = np.stack(top.phi)
    mean, sd = phi.mean(axis=1, keepdims=True), phi.std(axis=1, keepdims=True)
    scaled = (phi - mean) / sd
    # What the data weigh on each quantity; two data on one quantity add up.
    precision = np.zeros(len(phi))
    for datum in data:
        for x, variance in zip(datum.phi, datum.variance, strict=True):
            mine = [np.array_equal(x, y) for y in phi]
            precision[mine] += n / prior_size(x, variance)
    prior = np.atleast_2d(np.cov(scaled, bias=True))
    # Covariance of posterior means if all is Gaussian; inputs that go together tell of each other.
    after = prior @ np.linalg.solve(np.eye(len(phi)) + precision[:, None] * prior, np.eye(len(phi)))
    root, back = root_of(prior), root_of(prior, inverse=True)
    near = mean + sd * (root @ root_of(back @ (prior - after) @ back) @ back @ scaled)
    fits = top.model.at(list(near), top.smooths[k])
    # Expectations after the data average to the expectation before; where net benefit is bent, the
    # fit at inputs nearer to their means does not.
    return gain(fits - fits.mean(axis=0) + top.model.fitted(top.smooths[k]).mean(axis=0))
