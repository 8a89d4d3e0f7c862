"""From studies to the draws of a probabilistic analysis: say which effect the model is about.

``mean``: the average over settings like those studied; drawn from the pooled effect's own
uncertainty. ``predictive``: the effect in one new setting; the spread between settings is added.
``shrunken:STUDY``: the effect in the setting of one study, which borrows from the others. A
decision about a new place is about ``predictive`` whenever studies differ; ``mean`` then claims a
certainty that nobody has.

References
----------
Ades, Lu & Higgins (2005), Med Decis Making 25:646-654; Welton & Ades (2005); Raudenbush (2009)
for shrunken effects.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np

from heco.errors import did_you_mean, refuse
from heco.evidence.distributions import Argument, Form, Scalar
from heco.evidence.distributions.arguments import rounded
from heco.evidence.distributions.reader import Reader
from heco.evidence.meta.bayes import Bayesian
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.measures import FloatArray, Measure
from heco.evidence.meta.mixture import NormalMixture
from heco.evidence.meta.pooled import Pooled

#: What can be drawn, each with the words of a report.
USES = {
    "mean": "the average effect",
    "predictive": "the effect in a new setting",
    "shrunken": "the effect in the setting of",
}
#: Reference distributions of the pooled effect.
LAWS = ("normal", "t")


@dataclass(frozen=True, kw_only=True)
class PooledEffect(Scalar):
    """A pooled effect as an input of the model, on its natural scale.

    Parameters
    ----------
    measure : Measure
        What it is; a ratio is drawn as a logarithm, a proportion as log odds.
    mixture : NormalMixture
        The effect's distribution. [pooling scale]
    centre : float
        The point estimate, the value of the deterministic run. [pooling scale]
    use : str
        ``mean``, ``predictive`` or ``shrunken:STUDY``.
    words : str
        Where it comes from, for tables.
    t_df : float or None
        Degrees of freedom if the pooled effect was drawn from t.
    """

    key: ClassVar[str] = "pooled"
    forms: ClassVar[tuple[Form, ...]] = ()
    vocabulary: ClassVar[Mapping[str, Argument]] = {}

    measure: Measure
    mixture: NormalMixture = field(compare=False, repr=False)
    centre: float
    use: str
    words: str
    t_df: float | None = None

    @classmethod
    def _make(cls, read: Reader) -> Self:
        raise TypeError("a pooled effect is made from studies, by draw_from")

    @property
    def base(self) -> float:
        """The point estimate: for a ratio the median of the draws. [own unit]."""
        return float(self.measure.natural(self.centre))

    @property
    def mean(self) -> float:
        """The expected value of the draws; infinite for the ratio of a t law. [own unit]."""
        return self._moment(1)

    @property
    def sd(self) -> float:
        """The standard deviation of the draws; infinite for the ratio of a t law. [own unit]."""
        first = self._moment(1)
        if not math.isfinite(first):
            return math.inf
        return math.sqrt(max(0.0, self._moment(2) - first**2))

    @property
    def low(self) -> float:
        """The smallest value that can be drawn. [own unit]."""
        return self.measure.limits[0]

    @property
    def high(self) -> float:
        """The largest value that can be drawn. [own unit]."""
        return self.measure.limits[1]

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantiles at `u`. [own unit]."""
        return self.measure.natural(self.mixture.ppf(u))

    def pdf(self, x: FloatArray) -> FloatArray:
        """Return the density at `x`, 0 outside the support. [1 / own unit]."""
        x = np.asarray(x, dtype=float)
        low, high = self.measure.limits
        inside = (x > low) & (x < high)
        safe = np.where(inside, x, 0.5)
        slope = {"log": 1 / safe, "logit": 1 / (safe * (1 - safe))}.get(self.measure.scale, 1.0)
        return np.where(inside, self.mixture.pdf(self.measure.pooling(safe)) * slope, 0.0)

    def _text(self) -> str:
        low, high = self.interval()
        use = self.use.partition(":")
        what = USES[use[0]] + (f" {use[2]}" if use[2] else "")
        return (
            f"{self.measure.key} {rounded(self.base)} [{rounded(low)}, {rounded(high)}]: {what} "
            f"({self.words})"
        )

    def _scaled(self, factor: float) -> Self:
        mixture, scale = self.mixture, self.measure.scale
        if scale == "logit":
            raise ValueError("a proportion cannot be scaled")
        if scale == "log":
            shift = math.log(factor)
            moved = dataclasses.replace(mixture, means=mixture.means + shift)
            return dataclasses.replace(self, mixture=moved, centre=self.centre + shift)
        moved = dataclasses.replace(mixture, means=mixture.means * factor, sds=mixture.sds * factor)
        return dataclasses.replace(self, mixture=moved, centre=self.centre * factor)

    def _moment(self, power: int) -> float:
        """Return the expected value of a power of the draws."""
        scale, mixture = self.measure.scale, self.mixture
        if self.t_df is not None and scale != "logit" and (scale == "log" or self.t_df <= power):
            return math.inf
        if scale == "natural":
            return mixture.mean if power == 1 else mixture.sd**2 + mixture.mean**2
        if scale == "log":
            with np.errstate(over="ignore"):
                parts = np.exp(power * mixture.means + (power * mixture.sds) ** 2 / 2)
            return float(mixture.weights @ parts)
        u = (np.arange(20_000) + 0.5) / 20_000  # a bounded quantity: the plain sum will do
        return float(np.mean(self.ppf(u) ** power))


def draw_from(
    result: Pooled | Bayesian,
    use: str,
    effects: Effects | None = None,
    *,
    law: str = "normal",
) -> PooledEffect:
    """Return a pooled effect as an input of the model.

    Parameters
    ----------
    result : Pooled or Bayesian
        What pooling gave.
    use : str
        ``mean``, ``predictive`` or ``shrunken:STUDY``.
    effects : Effects or None
        The studies behind `result`; only shrunken effects of a `Pooled` need them.
    law : str
        ``normal``, or ``t`` on the Knapp-Hartung degrees of freedom: fairer with few studies, but
        the ratio of a t law has no mean, so that a few draws can rule a probabilistic analysis.

    Returns
    -------
    PooledEffect
        The deterministic run uses the point estimate.

    Raises
    ------
    ScenarioError
        If the use or the study is unknown, or makes no sense for this result.
    """
    kind, _, study = use.partition(":")
    if kind not in USES or bool(study) != (kind == "shrunken"):
        raise refuse(
            f'draws cannot be "{use}"', "draws", 'Use "mean", "predictive" or "shrunken:STUDY".'
        )
    if law not in LAWS:
        raise refuse(f'there is no law "{law}"', "law", did_you_mean(str(law), LAWS))
    if isinstance(result, Bayesian):
        return _from_bayes(result, use, kind, study)
    return _from_pooled(result, use, kind, study, effects, law)


def _from_bayes(result: Bayesian, use: str, kind: str, study: str) -> PooledEffect:
    if kind == "shrunken":
        mixture = result.study_effect(study)
        centre = result.summary(mixture).median
    else:
        mixture = result.mean_effect if kind == "mean" else result.new_effect
        centre = result.mu.median
    words = f"Bayesian, {_count(len(result.study))}; {result.prior}"
    return PooledEffect(
        measure=result.measure, mixture=mixture, centre=centre, use=use, words=words
    )


def _from_pooled(
    result: Pooled, use: str, kind: str, study: str, effects: Effects | None, law: str
) -> PooledEffect:
    if result.common and kind != "mean":
        raise refuse(
            f"{result.estimator} takes one effect to be common to all settings: there is nothing "
            f"to draw for {use}",
            "draws",
            'Use an estimator of tau2, for example REML, or draws = "mean".',
        )
    if law == "t" and result.df is None:
        raise refuse("a t law needs the Knapp-Hartung test", "law")
    mean, extra, se = result.estimate, 0.0, result.se
    warnings: tuple[str, ...] = ()
    if kind == "predictive":
        extra = result.tau2
        if extra == 0:
            warnings = ("the studies show no spread: draws for a new setting equal the mean's",)
    elif kind == "mean" and result.tau2 > 0:
        warnings = (
            f"the studies differ (tau {result.tau:.3g}): draws of the average leave that out",
        )
    elif kind == "shrunken":
        y, v = _own(effects, study)
        own = result.tau2 / (result.tau2 + v)
        mean, extra, se = own * y + (1 - own) * mean, own * v, (1 - own) * se
    df = result.df if law == "t" else None
    if df is not None and result.measure.scale == "log":
        warnings += ("a ratio drawn from t has no mean: single draws can rule the average",)
    words = f"{result.estimator}, {_count(result.k)}" + (f", t on {df:g}" if df else "")
    return PooledEffect(
        measure=result.measure,
        mixture=_mixture(mean, se, extra, df),
        centre=mean,
        use=use,
        words=words,
        t_df=df,
        warnings=warnings,
    )


def _own(effects: Effects | None, study: str) -> tuple[float, float]:
    """Return effect and variance of one study."""
    if effects is None:
        raise refuse("a shrunken effect needs the studies", "draws")
    if study not in effects.study:
        hint = did_you_mean(study, effects.study)
        raise refuse(f'there is no study "{study}"', "draws", hint)
    i = effects.study.index(study)
    return float(effects.y[i]), float(effects.v[i])


def _mixture(mean: float, se: float, extra: float, df: float | None) -> NormalMixture:
    """Return mean + se * (normal or t) + a normal with variance `extra`."""
    if df is None:
        return NormalMixture(np.ones(1), np.array([mean]), np.array([math.sqrt(se**2 + extra)]))
    # t is a normal whose variance is df / chi-squared: a sum over the logarithm of chi-squared.
    log = np.linspace(math.log(df) - 80 / min(df, 8), math.log(df + 100), 400)
    density = df / 2 * (log - math.log(df)) - np.exp(log) / 2
    weights = np.exp(density - density.max())
    weights /= weights.sum()
    return NormalMixture(
        weights, np.full(len(log), mean), np.sqrt(se**2 * df / np.exp(log) + extra)
    )


def _count(k: int) -> str:
    return f"{k} study" if k == 1 else f"{k} studies"
