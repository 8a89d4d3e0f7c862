"""The bootstrap: how the result would vary if other studies had been found.

All samples are fitted at once, so that a thousand REML fits take a few hundredths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.meta import tau2 as between
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.linear import Data, FloatArray, fit, intercept

#: ``studies``: draw studies with replacement. ``parametric``: draw effects from the fitted model.
KINDS = ("studies", "parametric")


@dataclass(frozen=True)
class Bootstrap:
    """Results of bootstrap samples.

    Parameters
    ----------
    estimate : ndarray, shape (sample,)
        Pooled effects. [pooling scale]
    tau2 : ndarray, shape (sample,)
        Between-study variances. [pooling scale, squared]
    estimator : str
        Of tau2.
    seed : int
        Of the draws.
    """

    estimate: FloatArray
    tau2: FloatArray
    estimator: str
    seed: int

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.estimate)

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Return percentile intervals of the estimate and of tau2."""
        tails = [(1 - level) / 2, (1 + level) / 2]
        found = {}
        for name, values in (("estimate", self.estimate), ("tau2", self.tau2)):
            low, high = np.quantile(values, tails)
            found[name] = (float(low), float(high))
        return found


def bootstrap(
    effects: Effects,
    samples: int = 1000,
    seed: int = 1,
    estimator: str = "REML",
    *,
    kind: str = "studies",
) -> Bootstrap:
    """Pool bootstrap samples of the studies.

    Parameters
    ----------
    effects : Effects
        Two studies or more.
    samples : int
        Number of samples.
    seed : int
        0 or more.
    estimator : str
        Of tau2.
    kind : str
        A word of `KINDS`.

    Returns
    -------
    Bootstrap
        One estimate and one tau2 per sample.

    Raises
    ------
    ScenarioError
        If there is one study, or a word is unknown.
    """
    if effects.k < 2 or samples < 1:
        raise refuse("a bootstrap needs two studies and one sample at least", "bootstrap")
    if kind not in KINDS:
        raise refuse(f'there is no bootstrap of "{kind}"', "kind", did_you_mean(str(kind), KINDS))
    random = np.random.Generator(np.random.PCG64(seed))
    columns = intercept(effects.k)
    if kind == "studies":
        rows = random.integers(0, effects.k, (samples, effects.k))
        data = Data(effects.y[rows], effects.v[rows], columns)
    else:
        own = Data(effects.y[np.newaxis], effects.v[np.newaxis], columns)
        tau2 = between.estimate(own, estimator)
        centre = float(fit(own, tau2).gamma[0, 0]) / np.sqrt(effects.k)
        noise = random.standard_normal((samples, effects.k))
        drawn = centre + noise * np.sqrt(effects.v + tau2[0])
        data = Data(drawn, np.broadcast_to(effects.v, drawn.shape), columns)
    found = between.estimate(data, estimator)
    mean = fit(data, found).gamma[:, 0] / np.sqrt(effects.k)
    return Bootstrap(mean, found, estimator, seed)
