"""One effect common to all studies, from the counts themselves: Mantel-Haenszel and Peto.

No half persons are added: a study without events in one arm counts as it is, and one without any
event contributes nothing to a ratio. Peto's method is good for rare events, arms of similar size
and small effects; elsewhere it is biased, and says so.

References
----------
Mantel & Haenszel (1959); Robins, Breslow & Greenland (1986), Biometrics 42:311-323, variance of
the odds ratio; Greenland & Robins (1985), Biometrics 41:55-68, of the risk ratio; Sato,
Greenland & Robins (1989), of the risk difference; Yusuf, Peto et al. (1985), Prog Cardiovasc Dis
27:335-371; Tarone (1985); Greenland & Salvan (1990) on the bias of Peto's method.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heco.errors import refuse
from heco.evidence.meta import tails
from heco.evidence.meta.effect_sizes import from_counts
from heco.evidence.meta.effects import Tables
from heco.evidence.meta.measures import FloatArray
from heco.evidence.meta.pooled import Pooled
from heco.evidence.meta.random_effects import interval_around

#: Peto's method: more events than this share, arms more unequal than this, an odds ratio further
#: from 1 than this (either way) and it is warned about. (Cochrane Handbook, 10.4.2.)
RARE, BALANCED, SMALL = 0.05, 1.5, 2.0


@dataclass(frozen=True)
class StratifiedTests:
    """Tests that belong to the Mantel-Haenszel odds ratio.

    Parameters
    ----------
    cmh, cmh_p : float
        Cochran-Mantel-Haenszel test of no effect, on 1 degree of freedom.
    tarone, tarone_p : float
        Breslow-Day test of one common odds ratio with Tarone's correction.
    df : int
        Its degrees of freedom.
    """

    cmh: float
    cmh_p: float
    tarone: float
    tarone_p: float
    df: int


def mantel_haenszel(tables: Tables, *, level: float = 0.95) -> Pooled:
    """Pool 2x2 tables by Mantel-Haenszel; the tables' measure decides: OR, RR or RD.

    Parameters
    ----------
    tables : Tables
        Counts.
    level : float
        Coverage of the interval.

    Returns
    -------
    Pooled
        Weights are those of each table in the estimate; Q uses inverse-variance weights around it.

    Raises
    ------
    ScenarioError
        If one of the arms has no event in any study, so that no ratio exists.
    """
    if tables.k == 0:
        raise refuse("no study can be pooled", "studies")
    estimate, variance, weights = _METHODS[tables.measure.key](tables)
    return _pooled(tables, "MH", estimate, variance, weights, level)


def peto(tables: Tables, *, level: float = 0.95) -> Pooled:
    """Pool 2x2 tables by Peto's one-step odds ratio.

    Parameters
    ----------
    tables : Tables
        Counts; the measure must be OR.
    level : float
        Coverage of the interval.

    Returns
    -------
    Pooled
        With warnings where the method is known to be biased.

    Raises
    ------
    ScenarioError
        If the measure is not OR, or nobody (or everybody) has the event.
    """
    if tables.measure.key != "OR":
        raise refuse(f"Peto's method pools odds ratios, not {tables.measure.key}", "estimator")
    expected, variance = hypergeometric(tables)
    if variance.sum() == 0:
        raise refuse("Peto's method needs people with and without the event", "studies")
    told = variance > 0
    difference = tables.a - expected
    estimate = float(difference.sum() / variance.sum())
    q = float(np.sum(difference[told] ** 2 / variance[told])) - estimate**2 * variance.sum()
    weights = variance / variance.sum()
    warnings = _peto_warnings(tables, estimate)
    return _pooled(
        tables, "Peto", estimate, 1 / float(variance.sum()), weights, level,
        q=(q, int(told.sum()) - 1), warnings=warnings,
    )  # fmt: skip


def hypergeometric(tables: Tables) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of each table's `a`, given its margins and no effect.

    Parameters
    ----------
    tables : Tables
        Counts.

    Returns
    -------
    ndarray, ndarray, shape (study,)
        ``E = n1 (a+c)/N`` and ``V = n1 n2 (a+c)(b+d) / (N^2 (N-1))``; V is 0 without information.
    """
    n, events = tables.n, tables.a + tables.c
    expected = tables.n1 * events / n
    rest = np.maximum(n - 1, 1)  # a study of one person has V = 0 through its empty arm
    return expected, tables.n1 * tables.n2 * events * (n - events) / (n**2 * rest)


def stratified_tests(tables: Tables, *, continuity: bool = True) -> StratifiedTests:
    """Test whether the Mantel-Haenszel odds ratio is an effect, and whether it is common to all.

    Parameters
    ----------
    tables : Tables
        Counts.
    continuity : bool
        Whether half a person is taken off the difference in the test of no effect.

    Returns
    -------
    StratifiedTests
        Statistics and p values.
    """
    odds_ratio = math.exp(_odds_ratio(tables)[0])
    expected, variance = hypergeometric(tables)
    difference = abs(float(np.sum(tables.a - expected)))
    cmh = max(0.0, difference - 0.5 * continuity) ** 2 / float(variance.sum())
    events = tables.a + tables.c
    mean = _expected_given(odds_ratio, tables.n1, tables.n2, events)
    told = (events > 0) & (events < tables.n)
    cells = np.stack([mean, events - mean, tables.n1 - mean, tables.n2 - events + mean])
    spread = 1 / np.sum(1 / cells[:, told], axis=0)
    left = tables.a[told] - mean[told]
    breslow_day = float(np.sum(left**2 / spread))
    tarone = breslow_day - float(left.sum()) ** 2 / float(spread.sum())
    df = int(told.sum()) - 1
    return StratifiedTests(cmh, tails.chi2_tail(cmh, 1), tarone, tails.chi2_tail(tarone, df), df)


def _odds_ratio(tables: Tables) -> tuple[float, float, FloatArray]:
    r, s = tables.a * tables.d / tables.n, tables.b * tables.c / tables.n
    total_r, total_s = _positive(r), _positive(s)
    p, w = (tables.a + tables.d) / tables.n, (tables.b + tables.c) / tables.n
    variance = (
        float(np.sum(p * r)) / (2 * total_r**2)
        + float(np.sum(p * s + w * r)) / (2 * total_r * total_s)
        + float(np.sum(w * s)) / (2 * total_s**2)
    )
    return math.log(total_r / total_s), variance, s / total_s


def _risk_ratio(tables: Tables) -> tuple[float, float, FloatArray]:
    r, s = tables.a * tables.n2 / tables.n, tables.c * tables.n1 / tables.n
    total_r, total_s = _positive(r), _positive(s)
    events = tables.a + tables.c
    top = tables.n1 * tables.n2 * events - tables.a * tables.c * tables.n
    variance = float(np.sum(top / tables.n**2)) / (total_r * total_s)
    return math.log(total_r / total_s), variance, s / total_s


def _risk_difference(tables: Tables) -> tuple[float, float, FloatArray]:
    n1, n2, n = tables.n1, tables.n2, tables.n
    weights = n1 * n2 / n
    total = float(weights.sum())
    estimate = float(np.sum((tables.a * n2 - tables.c * n1) / n)) / total
    sato_p = (n1**2 * tables.c - n2**2 * tables.a + n1 * n2 * (n2 - n1) / 2) / n**2
    sato_q = (tables.a * tables.d + tables.b * tables.c) / (2 * n)
    variance = (estimate * float(sato_p.sum()) + float(sato_q.sum())) / total**2
    return estimate, variance, weights / total


_METHODS: dict[str, Callable[[Tables], tuple[float, float, FloatArray]]] = {
    "OR": _odds_ratio,
    "RR": _risk_ratio,
    "RD": _risk_difference,
}


def _positive(parts: FloatArray) -> float:
    """Return a sum that a ratio needs to be more than 0."""
    total = float(parts.sum())
    if total == 0:
        raise refuse(
            "no study has both arms and both outcomes that a Mantel-Haenszel ratio needs",
            "studies",
            "The measure RD (risk difference) can be pooled without events in an arm.",
        )
    return total


def _pooled(
    tables: Tables,
    method: str,
    estimate: float,
    variance: float,
    weights: FloatArray,
    level: float,
    q: tuple[float, int] | None = None,
    warnings: tuple[str, ...] = (),
) -> Pooled:
    effects = from_counts(tables)
    if q is None:
        q = float(np.sum((effects.y - estimate) ** 2 / effects.v)), effects.k - 1
    se = math.sqrt(variance)
    low, high = interval_around(estimate, se, None, level)
    statistic = estimate / se if se > 0 else math.nan
    left = tuple(note for note in effects.notes if "nothing about a ratio" in note)
    return Pooled(
        measure=tables.measure,
        study=tables.study,
        estimator=method,
        test="wald",
        level=level,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=None,
        p=tails.two_sided(statistic),
        low=low,
        high=high,
        wald=(se, low, high),
        tau2=0.0,
        tau2_se=math.nan,
        tau2_low=math.nan,
        tau2_high=math.nan,
        q=max(q[0], 0.0),
        q_df=max(q[1], 0),
        q_p=tails.chi2_tail(max(q[0], 0.0), max(q[1], 0)),
        typical=math.inf,
        weights=100 * weights,
        notes=left,
        warnings=warnings,
    )


def _peto_warnings(tables: Tables, estimate: float) -> tuple[str, ...]:
    found = []
    share = float((tables.a + tables.c).sum() / tables.n.sum())
    if share > RARE:
        found.append(f"events are not rare ({100 * share:.0f}% of people): Peto is biased")
    with np.errstate(divide="ignore", invalid="ignore"):
        uneven = np.maximum(tables.n1 / tables.n2, tables.n2 / tables.n1) > BALANCED
    if np.any(uneven):
        found.append(
            f"arms are unequal (more than {BALANCED:g} to 1) in {int(uneven.sum())} of "
            f"{tables.k} studies: Peto is biased"
        )
    if abs(estimate) > math.log(SMALL):
        found.append("the effect is not small: Peto is biased towards no effect or beyond it")
    return tuple(found)


def _expected_given(
    odds_ratio: float, n1: FloatArray, n2: FloatArray, events: FloatArray
) -> FloatArray:
    """Return the events in the treated arm under an odds ratio, given the margins."""
    # a (n2 - events + a) = odds_ratio (n1 - a)(events - a), the root between the margins' limits
    square = 1 - odds_ratio
    slope = n2 - events + odds_ratio * (n1 + events)
    constant = -odds_ratio * n1 * events
    return np.asarray(-2 * constant / (slope + np.sqrt(slope**2 - 4 * square * constant)))
