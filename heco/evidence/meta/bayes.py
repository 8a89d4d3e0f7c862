"""Bayesian random effects for few studies: a prior on tau instead of an estimate that is 0.

With two to five studies an estimated tau is 0 by bad luck about half of the time. Here tau has a
half-normal prior and the mean a flat (or normal) one; given tau everything is normal, so that a
sum over tau is all that is left to do. No random numbers are involved.

References
----------
Röver (2020), J Stat Softw 93(6), the method; Friede et al. (2017), Research Synthesis Methods
8:79-91, half-normal priors with scale 0.5 or 1 for log odds ratios; Turner et al. (2015), Stat
Med 34:984-998, how much Cochrane reviews vary. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import FloatArray
from heco.evidence.meta.measures import Measure
from heco.evidence.meta.mixture import NormalMixture

#: Priors of tau, each with a scale.
PRIORS = ("half-normal", "half-cauchy")
#: Scale of the half-normal prior for log ratios and standardised differences (Friede 2017).
USUAL_SCALE = 0.5
#: Panels between the smallest and the largest tau that matter, and points in each.
_PANELS, _POINTS = 40, 16
#: Where the posterior has fallen by this much (natural logarithm) it is at an end.
_FALL = 60.0


@dataclass(frozen=True)
class Summary:
    """A posterior in five numbers.

    Parameters
    ----------
    mean, sd, median : float
        [pooling scale]
    low, high : float
        Central credible interval. [pooling scale]
    """

    mean: float
    sd: float
    median: float
    low: float
    high: float


class _Posterior:
    """The posterior of tau on Gauss-Legendre panels that widen geometrically.

    Parameters
    ----------
    log : callable
        Logarithm of the posterior density, up to a constant.
    smallest : float
        Smallest standard error: below it the density hardly changes. [pooling scale]
    scale : float
        Scale of the prior. [pooling scale]
    """

    def __init__(
        self, log: Callable[[FloatArray], FloatArray], smallest: float, scale: float
    ) -> None:
        base = min(smallest, scale)
        grid = np.append(0.0, np.geomspace(1e-4 * base, 1e16 * max(smallest, scale), 800))
        logs = log(grid)
        within = np.flatnonzero(logs > logs.max() - _FALL)
        left = float(grid[within[0] - 1]) if within[0] > 0 else 0.0
        right = float(grid[min(within[-1] + 1, len(grid) - 1)])
        if left == 0.0:
            first = min(0.05 * base, right / 2)
            self.edges = np.append(0.0, np.geomspace(first, right, _PANELS))
        else:
            self.edges = np.geomspace(left, right, _PANELS + 1)
        self.points, self.rule = np.polynomial.legendre.leggauss(_POINTS)
        widths = np.diff(self.edges) / 2
        self.nodes = (self.edges[:-1] + widths + np.outer(self.points, widths)).T.ravel()
        logs = log(self.nodes)
        self.log, self.top = log, float(logs.max())
        masses = np.outer(widths, self.rule).ravel() * np.exp(logs - self.top)
        self.total = float(masses.sum())
        self.weights = masses / self.total

    def quantile(self, p: float) -> float:
        """Return the tau that is exceeded with probability ``1 - p``."""
        by_panel = self.weights.reshape(-1, _POINTS).sum(axis=1)
        before = np.append(0.0, np.cumsum(by_panel))
        panel = int(np.clip(np.searchsorted(before, p) - 1, 0, len(by_panel) - 1))
        start = float(self.edges[panel])
        low, high = start, float(self.edges[panel + 1])
        for _ in range(60):
            middle = (low + high) / 2
            half = (middle - start) / 2
            heights = np.exp(self.log(start + half * (1 + self.points)) - self.top)
            part = half * float(self.rule @ heights) / self.total
            low, high = (middle, high) if before[panel] + part < p else (low, middle)
        return (low + high) / 2

    def summary(self, level: float) -> Summary:
        """Return the posterior of tau in five numbers."""
        mean = float(self.weights @ self.nodes)
        sd = math.sqrt(float(self.weights @ (self.nodes - mean) ** 2))
        tail = (1 - level) / 2
        return Summary(mean, sd, self.quantile(0.5), self.quantile(tail), self.quantile(1 - tail))


@dataclass(frozen=True)
class Bayesian:
    """Posterior distributions of a random-effects model.

    Parameters
    ----------
    measure : Measure
        What was pooled.
    study : tuple of str
        The studies.
    prior : str
        The prior of tau, as a report prints it.
    level : float
        Coverage of every interval.
    tau, mu, predicted : Summary
        Between-study standard deviation, mean effect, and the effect in a new setting.
    effects : Effects
        The studies' own effects.
    nodes, weights : ndarray, shape (node,)
        Values of tau, and their posterior probabilities.
    means, sds : ndarray, shape (node,)
        Of the mean effect, given tau.
    notes : tuple of str
        How it was done.
    """

    measure: Measure
    study: tuple[str, ...]
    prior: str
    level: float
    tau: Summary
    mu: Summary
    predicted: Summary
    effects: Effects
    nodes: FloatArray
    weights: FloatArray
    means: FloatArray
    sds: FloatArray
    notes: tuple[str, ...]

    @property
    def mean_effect(self) -> NormalMixture:
        """Posterior of the mean effect. [pooling scale]."""
        return NormalMixture(self.weights, self.means, self.sds)

    @property
    def new_effect(self) -> NormalMixture:
        """Posterior of the effect in a new, exchangeable setting. [pooling scale]."""
        return NormalMixture(self.weights, self.means, np.hypot(self.sds, self.nodes))

    def study_effect(self, study: str) -> NormalMixture:
        """Return the posterior of one study's own effect, which borrows from the others.

        Parameters
        ----------
        study : str
            One of `study`.

        Returns
        -------
        NormalMixture
            [pooling scale]
        """
        if study not in self.study:
            raise refuse(f'there is no study "{study}"', "study", did_you_mean(study, self.study))
        i = self.study.index(study)
        v = float(self.effects.v[i])
        own = self.nodes**2 / (self.nodes**2 + v)
        means = own * self.effects.y[i] + (1 - own) * self.means
        return NormalMixture(self.weights, means, np.sqrt(own * v + ((1 - own) * self.sds) ** 2))

    def summary(self, mixture: NormalMixture) -> Summary:
        """Return a posterior in five numbers."""
        return _summary(mixture, self.level)


def bayesian(
    effects: Effects,
    scale: float | None = None,
    *,
    prior: str = "half-normal",
    mu_prior: tuple[float, float] | None = None,
    level: float = 0.95,
) -> Bayesian:
    """Pool studies with a prior on the between-study standard deviation.

    Parameters
    ----------
    effects : Effects
        One study or more.
    scale : float or None
        Scale of the prior of tau; 0.5 if None, but only for log ratios and standardised
        differences. [pooling scale]
    prior : str
        ``half-normal`` or ``half-cauchy``.
    mu_prior : tuple of float or None
        Mean and standard deviation of a normal prior of the mean effect; None for a flat one.
    level : float
        Coverage of the credible intervals.

    Returns
    -------
    Bayesian
        Posteriors.

    Raises
    ------
    ScenarioError
        If there is no study, or a prior is needed, unknown or impossible.
    """
    scale = _checked(effects, scale, prior, mu_prior)
    y, v = effects.y, effects.v

    def log_posterior(tau: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        w = 1 / (v + tau[:, np.newaxis] ** 2)
        precision, pull = w.sum(axis=1), w @ y
        square = w @ y**2
        if mu_prior is not None:
            precision = precision + mu_prior[1] ** -2
            pull = pull + mu_prior[0] * mu_prior[1] ** -2
            square = square + (mu_prior[0] / mu_prior[1]) ** 2
        mean = pull / precision
        # The residual sum of squares, without taking a small difference of large numbers.
        left = np.sum(w * (y - mean[:, np.newaxis]) ** 2, axis=1)
        if mu_prior is not None:
            left = left + ((mean - mu_prior[0]) / mu_prior[1]) ** 2
        log = (np.log(w).sum(axis=1) - np.log(precision) - left) / 2
        ratio = tau / scale
        log -= ratio**2 / 2 if prior == "half-normal" else np.log1p(ratio**2)
        return log, mean, precision**-0.5

    posterior = _Posterior(lambda tau: log_posterior(tau)[0], float(v.min()) ** 0.5, scale)
    nodes, weights = posterior.nodes, posterior.weights
    _, means, sds = log_posterior(nodes)
    words = f"tau: {prior}, scale {scale:g}; mean: " + (
        "flat" if mu_prior is None else f"normal({mu_prior[0]:g}, {mu_prior[1]:g})"
    )
    mu = NormalMixture(weights, means, sds)
    new = NormalMixture(weights, means, np.hypot(sds, nodes))
    return Bayesian(
        effects.measure, effects.study, words, level,
        posterior.summary(level), _summary(mu, level), _summary(new, level),
        effects, nodes, weights, means, sds, effects.notes,
    )  # fmt: skip


def _checked(
    effects: Effects, scale: float | None, prior: str, mu_prior: tuple[float, float] | None
) -> float:
    """Return the scale of the prior of tau, after checking all that was asked."""
    if effects.k == 0:
        raise refuse("no study can be pooled", "studies")
    if prior not in PRIORS:
        raise refuse(f'there is no prior "{prior}"', "prior", did_you_mean(prior, PRIORS))
    if scale is None and effects.measure.key not in ("OR", "RR", "HR", "IRR", "SMD"):
        raise refuse(
            f"the prior of tau needs a scale for {effects.measure.key}",
            "scale",
            "Give the largest standard deviation between studies that you think likely, halved.",
        )
    scale = USUAL_SCALE if scale is None else scale
    if not (math.isfinite(scale) and scale > 0):
        raise refuse(f"the scale of a prior must be more than 0, not {scale}", "scale")
    if mu_prior is not None and not mu_prior[1] > 0:
        raise refuse("the prior of the mean needs a standard deviation of more than 0", "mu_prior")
    return scale


def _summary(mixture: NormalMixture, level: float) -> Summary:
    tail = (1 - level) / 2
    low, median, high = mixture.ppf(np.array([tail, 0.5, 1 - tail]))
    return Summary(mixture.mean, mixture.sd, float(median), float(low), float(high))
