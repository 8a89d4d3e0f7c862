"""Small-study effects: tests whether small studies find more than large ones.

Asymmetry of a funnel plot has many causes, and publication bias is but one. With fewer than ten
studies the tests have no power and are refused. The log odds ratio and its standard error are
correlated by construction, which makes Egger's test cry wolf: for odds ratios use Harbord's or
Peters'. All of this is a sensitivity analysis and never the base case.

References
----------
Egger et al. (1997), BMJ 315:629-634; Harbord, Egger & Sterne (2006), Stat Med 25:3443-3457;
Peters et al. (2006), JAMA 295:676-680; Sterne et al. (2011), BMJ 343:d4002, for ten studies;
Begg & Mazumdar (1994), Biometrics 50:1088-1101. Reproduced by tests/reference/meta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from heco.errors import refuse
from heco.evidence.meta import tails
from heco.evidence.meta.common import hypergeometric
from heco.evidence.meta.effect_sizes import from_counts
from heco.evidence.meta.effects import Effects, Tables
from heco.evidence.meta.measures import FloatArray
from heco.evidence.meta.regression import regress

#: Fewer studies than this and the tests are refused.
FEWEST = 10


@dataclass(frozen=True)
class Asymmetry:
    """A test for funnel plot asymmetry.

    Parameters
    ----------
    test : str
        Its name.
    k : int
        Number of studies.
    bias, se : float
        The coefficient that is 0 in a symmetric funnel, and its standard error.
    statistic, p : float
        t if `df` is a number, z if it is None.
    df : float or None
        Degrees of freedom.
    limit, limit_low, limit_high : float
        The effect expected of an infinitely large study, with its 95% interval. [pooling scale]
    warnings : tuple of str
        What a reader should beware of.
    """

    test: str
    k: int
    bias: float
    se: float
    statistic: float
    p: float
    df: float | None
    limit: float
    limit_low: float
    limit_high: float
    warnings: tuple[str, ...] = ()


def egger(
    effects: Effects, *, model: str = "ols", predictor: str = "se", fewest: int = FEWEST
) -> Asymmetry:
    """Test whether effects depend on their standard errors.

    Parameters
    ----------
    effects : Effects
        One per study.
    model : str
        ``ols``: the classical regression of y/se on 1/se, t on k - 2. ``mixed``: a
        meta-regression on the predictor with a REML between-study variance, z.
    predictor : str
        Of the mixed model: ``se`` or ``variance``.
    fewest : int
        Number of studies below which the test is refused.

    Returns
    -------
    Asymmetry
        The intercept of the classical regression, or the mixed model's slope.

    Raises
    ------
    ScenarioError
        If there are too few studies, or all are equally precise.
    """
    _enough(effects.k, fewest)
    warnings: tuple[str, ...] = ()
    if effects.measure.key == "OR":
        warnings = (
            "a log odds ratio and its standard error are correlated whether or not anything is "
            "missing: prefer Harbord's or Peters' test",
        )
    if np.ptp(effects.v) == 0:
        raise refuse("all studies are equally precise", "small-study effects")
    if model == "ols":
        return _weighted("Egger", effects.y, effects.se, 1 / effects.v, warnings)
    if model != "mixed" or predictor not in ("se", "variance"):
        raise refuse('Egger has the models "ols" and "mixed", on "se" or "variance"', "model")
    x = effects.se if predictor == "se" else effects.v
    found = regress(effects, {predictor: x}, "REML", "wald")
    limit, slope = found.coefficients
    return Asymmetry(
        f"Egger, mixed model on {predictor}", effects.k, slope.estimate, slope.se,
        slope.statistic, slope.p, None, limit.estimate, limit.low, limit.high, warnings,
    )  # fmt: skip


def harbord(tables: Tables, *, fewest: int = FEWEST) -> Asymmetry:
    """Test for asymmetry of odds ratios by the efficient score: Z/sqrt(V) on sqrt(V).

    Parameters
    ----------
    tables : Tables
        Counts; the measure must be OR.
    fewest : int
        Number of studies below which the test is refused.

    Returns
    -------
    Asymmetry
        The intercept, t on k - 2; nothing is added to empty cells.

    Raises
    ------
    ScenarioError
        If there are too few studies that tell anything, or the measure is not OR.
    """
    _odds_ratios(tables, "Harbord's test")
    expected, variance = hypergeometric(tables)
    told = variance > 0
    _enough(int(told.sum()), fewest)
    v = variance[told]
    score = (tables.a - expected)[told]
    return _weighted("Harbord", score / v, 1 / np.sqrt(v), v)


def peters(tables: Tables, *, fewest: int = FEWEST) -> Asymmetry:
    """Test for asymmetry of odds ratios by the size of the study: ln OR on 1/N.

    Parameters
    ----------
    tables : Tables
        Counts; the measure must be OR.
    fewest : int
        Number of studies below which the test is refused.

    Returns
    -------
    Asymmetry
        The slope, t on k - 2, with weights (events x non-events)/N.

    Raises
    ------
    ScenarioError
        If there are too few studies that tell anything, or the measure is not OR.
    """
    _odds_ratios(tables, "Peters' test")
    effects = from_counts(tables)
    _enough(effects.k, fewest)
    used = tables.take(effects.index)
    events = used.a + used.c
    return _weighted("Peters", effects.y, 1 / used.n, events * (used.n - events) / used.n)


def begg(effects: Effects, *, fewest: int = FEWEST) -> Asymmetry:
    """Test whether standardised effects and variances are ordered alike (Kendall's tau).

    Parameters
    ----------
    effects : Effects
        One per study.
    fewest : int
        Number of studies below which the test is refused.

    Returns
    -------
    Asymmetry
        Kendall's tau as `bias`; p is exact without ties, normal with them. It has little power.

    Raises
    ------
    ScenarioError
        If there are too few studies.
    """
    _enough(effects.k, fewest)
    w = 1 / effects.v
    mean = float(w @ effects.y / w.sum())
    standardised = (effects.y - mean) / np.sqrt(effects.v - 1 / w.sum())
    upper = np.triu_indices(effects.k, 1)
    signs = [
        np.sign(np.subtract.outer(values, values))[upper] for values in (standardised, effects.v)
    ]
    s = float(np.sum(signs[0] * signs[1]))
    pairs = [float(np.sum(sign != 0)) for sign in signs]
    tied = min(pairs) < len(upper[0])
    variance = effects.k * (effects.k - 1) * (2 * effects.k + 5) / 18
    statistic = s / math.sqrt(variance)
    p = tails.two_sided(statistic) if tied else _exact_kendall(effects.k, int(s))
    tau = s / math.sqrt(pairs[0] * pairs[1])
    return Asymmetry(
        "Begg and Mazumdar", effects.k, tau, math.nan, statistic, p, None,
        math.nan, math.nan, math.nan,
    )  # fmt: skip


def _weighted(
    test: str, y: FloatArray, x: FloatArray, weights: FloatArray, warnings: tuple[str, ...] = ()
) -> Asymmetry:
    """Regress y on x by weighted least squares whose scale is estimated; test the slope."""
    df = float(len(y) - 2)
    mean_x, mean_y = np.average(x, weights=weights), np.average(y, weights=weights)
    sxx = float(weights @ (x - mean_x) ** 2)
    if sxx <= 1e-20 * float(weights @ x**2):
        raise refuse("all studies are of the same size", "small-study effects")
    slope = float(weights @ ((x - mean_x) * (y - mean_y))) / sxx
    limit = float(mean_y - slope * mean_x)
    scale = float(weights @ (y - limit - slope * x) ** 2) / df
    se = math.sqrt(scale / sxx)
    limit_se = math.sqrt(scale * (1 / float(weights.sum()) + float(mean_x) ** 2 / sxx))
    half = tails.critical(0.95, df) * limit_se
    statistic = slope / se if se > 0 else math.nan
    return Asymmetry(
        test, len(y), slope, se, statistic, tails.two_sided(statistic, df), df,
        limit, limit - half, limit + half, warnings,
    )  # fmt: skip


def _exact_kendall(k: int, s: int) -> float:
    """Return the two-sided p value of Kendall's S without ties, by counting inversions."""
    counts = np.ones(1)
    for n in range(2, k + 1):
        counts = np.convolve(counts, np.ones(n)) / n
    pairs = k * (k - 1) // 2
    concordant = (pairs + s) // 2
    lower, upper = counts[: concordant + 1].sum(), counts[concordant:].sum()
    return float(min(1.0, 2 * min(lower, upper)))


def _enough(k: int, fewest: int) -> None:
    if k < max(fewest, 3):
        raise refuse(
            f"{k} studies are too few to test for small-study effects",
            "small-study effects",
            f"With fewer than {max(fewest, 3)} the tests find nothing, or find it by chance.",
        )


def _odds_ratios(tables: Tables, test: str) -> None:
    if tables.measure.key != "OR":
        raise refuse(f"{test} is for odds ratios, not {tables.measure.key}", test)
