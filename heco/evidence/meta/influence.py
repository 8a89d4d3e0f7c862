"""What single studies do to the result: leaving one out, adding one by one, and influence.

References
----------
Viechtbauer & Cheung (2010), Research Synthesis Methods 1:112-125, for the diagnostics and their
limits; Lau et al. (1992) for cumulative meta-analysis. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from heco.errors import refuse
from heco.evidence.meta import tails
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import Data, fit, intercept, single
from heco.evidence.meta.measures import FloatArray
from heco.evidence.meta.pooled import Pooled


class Poolable(Protocol):
    """Anything that can be pooled, and of which some studies can be taken: Effects, Tables."""

    @property
    def k(self) -> int:
        """Number of studies."""

    def take(self, which: npt.ArrayLike) -> Self:
        """Return some of the studies, by position."""


P = TypeVar("P", bound=Poolable)


@dataclass(frozen=True)
class Influence:
    """Influence diagnostics of every study on a pooled effect.

    Parameters
    ----------
    study : tuple of str
        The studies.
    residual : ndarray, shape (study,)
        Externally standardised residual: how far the study lies from what the others expect.
    dffits : ndarray, shape (study,)
        Change of the study's own fitted effect when it is left out, in standard errors.
    cook : ndarray, shape (study,)
        Cook's distance: squared change of the pooled effect, in squared standard errors.
    covariance_ratio : ndarray, shape (study,)
        Variance of the pooled effect without the study over that with it; below 1 the study
        blurs the result.
    tau2 : ndarray, shape (study,)
        Between-study variance without the study. [pooling scale, squared]
    q : ndarray, shape (study,)
        Cochran's Q without the study.
    hat : ndarray, shape (study,)
        The study's share of the weights.
    dfbeta : ndarray, shape (study,)
        Change of the pooled effect when the study is left out, in standard errors.
    influential : ndarray of bool, shape (study,)
        Whether any usual limit is passed.
    """

    study: tuple[str, ...]
    residual: FloatArray
    dffits: FloatArray
    cook: FloatArray
    covariance_ratio: FloatArray
    tau2: FloatArray
    q: FloatArray
    hat: FloatArray
    dfbeta: FloatArray
    influential: npt.NDArray[np.bool_]


def leave_one_out(studies: P, method: Callable[[P], Pooled]) -> tuple[Pooled, ...]:
    """Pool again without each study in turn.

    Parameters
    ----------
    studies : Effects or Tables
        Two studies or more.
    method : callable
        How to pool, for example ``lambda e: pool(e, "DL")`` or `mantel_haenszel`.

    Returns
    -------
    tuple of Pooled, one per study
        The result without that study.

    Raises
    ------
    ScenarioError
        If there is but one study.
    """
    if studies.k < 2:
        raise refuse("a study can only be left out of two or more", "leave-one-out")
    every = np.arange(studies.k)
    return tuple(method(studies.take(np.delete(every, i))) for i in every)


def cumulative(
    studies: P, method: Callable[[P], Pooled], order: Sequence[float] | None = None
) -> tuple[Pooled, ...]:
    """Pool the first study, the first two, and so on.

    Parameters
    ----------
    studies : Effects or Tables
        One study or more.
    method : callable
        How to pool.
    order : sequence of float or None
        What to sort by, for example years of publication; None for the order as given.

    Returns
    -------
    tuple of Pooled, one per study
        The result up to and including that study.

    Raises
    ------
    ScenarioError
        If the order has another length, or holds something that is not a number.
    """
    places = np.arange(studies.k)
    if order is not None:
        keys = np.asarray(order, dtype=float)
        if keys.shape != places.shape or not np.all(np.isfinite(keys)):
            raise refuse(
                "a cumulative analysis needs one number per study to sort by", "cumulative"
            )
        places = np.argsort(keys, kind="stable")
    return tuple(method(studies.take(places[: i + 1])) for i in range(studies.k))


def influence_diagnostics(effects: Effects, estimator: str = "REML") -> Influence:
    """Return how much each study moves the pooled effect.

    Parameters
    ----------
    effects : Effects
        Three studies or more.
    estimator : str
        Of tau2, or ``IV``.

    Returns
    -------
    Influence
        Diagnostics; tau2 is estimated anew without each study.

    Raises
    ------
    ScenarioError
        If there are fewer than three studies.
    """
    k = effects.k
    if k < 3:
        raise refuse("influence needs three studies at least", "influence")
    whole, without = single(effects.y, effects.v), _each_left_out(effects)
    if estimator == "IV":
        tau2, tau2_without = 0.0, np.zeros(k)
    else:
        tau2 = float(between.estimate(whole, estimator)[0])
        tau2_without = between.estimate(without, estimator)
    full, deleted = fit(whole, np.array([tau2])), fit(without, tau2_without)
    mean = full.gamma[0, 0] / math.sqrt(k)
    variance = full.inverse[0, 0, 0] / k
    mean_without = deleted.gamma[:, 0] / math.sqrt(k - 1)
    variance_without = deleted.inverse[:, 0, 0] / (k - 1)
    hat = full.w[0] / full.w[0].sum()
    spread = effects.v + tau2_without
    change = mean - mean_without
    residual = (effects.y - mean_without) / np.sqrt(spread + variance_without)
    dffits = change / np.sqrt(hat * spread)
    cook = change**2 / variance
    dfbeta = change * np.sqrt(np.sum(1 / (effects.v + tau2_without[:, np.newaxis]), axis=1))
    limits = (
        np.abs(dffits) > 3 * math.sqrt(1 / (k - 1)),
        cook > tails.chi2_quantile(0.5, 1),
        hat > 3 / k,
        np.abs(dfbeta) > 1,
    )
    return Influence(
        study=effects.study,
        residual=residual,
        dffits=dffits,
        cook=cook,
        covariance_ratio=variance_without / variance,
        tau2=tau2_without,
        q=fit(without, np.zeros(k)).q_statistic,
        hat=hat,
        dfbeta=dfbeta,
        influential=np.any(limits, axis=0),
    )


def _each_left_out(effects: Effects) -> Data:
    """Return k samples, each without one study."""
    k = effects.k
    rows = np.array([np.delete(np.arange(k), i) for i in range(k)])
    return Data(effects.y[rows], effects.v[rows], intercept(k - 1))
