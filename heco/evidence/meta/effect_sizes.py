"""Effect sizes and their sampling variances, from what a study reports.

Ratios are handled as logarithms, proportions as log odds. A study with an empty cell in its table
has no finite log ratio or no variance: half a person is added to every cell of *that* study, for
inverse-variance pooling only. A study without a single event (or with nothing but events) says
nothing about a ratio and leaves it; both are listed.

References
----------
Cochrane Handbook for Systematic Reviews of Interventions, version 6, sections 6.4, 6.5 and
10.4.4. Hedges (1981), J Educ Stat 6:107-128, for the exact correction J of g. Woolf (1955).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from heco.evidence.distributions import Z975
from heco.evidence.meta.effects import Effects, Tables, listed
from heco.evidence.meta.measures import FloatArray, Measure


def from_counts(tables: Tables) -> Effects:
    """Return log odds ratios, log risk ratios or risk differences with Woolf-type variances.

    Parameters
    ----------
    tables : Tables
        Counts; their measure decides.

    Returns
    -------
    Effects
        Studies without information leave a ratio; `notes` names them, and those with half cells.
    """
    cells = np.stack([tables.a, tables.b, tables.c, tables.d])
    ratio = tables.measure.scale == "log"
    silent = ratio & (tables.a + tables.c == 0)
    if tables.measure.key == "OR":
        silent |= tables.b + tables.d == 0
    empty = np.any(cells == 0, axis=0) & ~silent
    a, b, c, d = cells + 0.5 * empty
    n1, n2 = a + b, c + d
    with np.errstate(divide="ignore", invalid="ignore"):  # silent studies are dropped below
        if tables.measure.key == "OR":
            y, v = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
        elif tables.measure.key == "RR":
            y, v = np.log(a * n2 / (c * n1)), 1 / a - 1 / n1 + 1 / c - 1 / n2
        else:
            y, v = a / n1 - c / n2, a * b / n1**3 + c * d / n2**3
    notes = _half_cells(tables.study, empty)
    if np.any(silent):
        which = "no event in either arm" + (
            ", or nothing but events" if tables.measure.key == "OR" else ""
        )
        notes += (
            f"{_studies(silent)} with {which} {_silence(silent, tables.measure)}: "
            f"{_named(tables.study, silent)}",
        )
    kept = np.flatnonzero(~silent)
    return Effects(tables.measure, tables.study, y, v, np.arange(tables.k), notes).take(kept)


def exact_j(m: npt.ArrayLike) -> FloatArray:
    """Return Hedges' exact correction of a standardised difference for small samples.

    Parameters
    ----------
    m : array_like
        Degrees of freedom, n1 + n2 - 2; 2 or more.

    Returns
    -------
    ndarray, the shape of `m`
        ``gamma(m/2) / (sqrt(m/2) gamma((m-1)/2))``, a little less than 1.
    """
    from scipy.special import poch

    m = np.asarray(m, dtype=float)
    return np.asarray(poch((m - 1) / 2, 0.5) / np.sqrt(m / 2))


def from_means(
    measure: Measure,
    study: Sequence[str],
    treated: tuple[FloatArray, FloatArray, FloatArray],
    control: tuple[FloatArray, FloatArray, FloatArray],
) -> Effects:
    """Return mean differences, or standardised ones (Hedges' g), with their variances.

    Parameters
    ----------
    measure : Measure
        MD or SMD.
    study : sequence of str
        Names.
    treated, control : tuple of three ndarrays, shape (study,)
        Mean, standard deviation between people, and number of people.

    Returns
    -------
    Effects
        One per study.
    """
    (m1, s1, n1), (m2, s2, n2) = treated, control
    if measure.key == "MD":
        y, v = m1 - m2, s1**2 / n1 + s2**2 / n2
    else:
        df = n1 + n2 - 2
        pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
        y = exact_j(df) * (m1 - m2) / pooled
        v = (n1 + n2) / (n1 * n2) + y**2 / (2 * (n1 + n2))
    return Effects(measure, tuple(study), y, v, np.arange(len(study)))


def from_shares(
    measure: Measure, study: Sequence[str], events: FloatArray, n: FloatArray
) -> Effects:
    """Return one proportion per study, as log odds (PLOGIT) or as logarithm (PLOG).

    Parameters
    ----------
    measure : Measure
        PLOGIT or PLOG.
    study : sequence of str
        Names.
    events, n : ndarray, shape (study,)
        People with the condition, and people.

    Returns
    -------
    Effects
        Half a person is added to both cells of a study with an empty one.
    """
    empty = (events == 0) | (events == n)
    x, m = events + 0.5 * empty, n + 1.0 * empty
    if measure.key == "PLOGIT":
        y, v = np.log(x / (m - x)), 1 / x + 1 / (m - x)
    else:
        y, v = np.log(x / m), 1 / x - 1 / m
    return Effects(
        measure, tuple(study), y, v, np.arange(len(study)), _half_cells(tuple(study), empty)
    )


def from_rates(
    measure: Measure,
    study: Sequence[str],
    treated: tuple[FloatArray, FloatArray],
    control: tuple[FloatArray, FloatArray] | None = None,
) -> Effects:
    """Return log rates (RATE), or log rate ratios of two arms (IRR).

    Parameters
    ----------
    measure : Measure
        RATE or IRR.
    study : sequence of str
        Names.
    treated, control : tuple of two ndarrays, shape (study,)
        Events, and the person-time in which they happened.

    Returns
    -------
    Effects
        Half an event is added to the arms of a study with none in one of them; no events at all
        leave a rate ratio.
    """
    names, (x1, t1) = tuple(study), treated
    if control is None:
        empty = x1 == 0
        x = x1 + 0.5 * empty
        notes = _half_cells(names, empty, "event count")
        return Effects(measure, names, np.log(x / t1), 1 / x, np.arange(len(names)), notes)
    x2, t2 = control
    silent = (x1 == 0) & (x2 == 0)
    empty = ((x1 == 0) | (x2 == 0)) & ~silent
    first, second = x1 + 0.5 * empty, x2 + 0.5 * empty
    with np.errstate(divide="ignore", invalid="ignore"):
        y, v = np.log(first * t2 / (second * t1)), 1 / first + 1 / second
    notes = _half_cells(names, empty, "event count")
    if np.any(silent):
        notes += (
            f"{_studies(silent)} without events {_silence(silent, measure)}: "
            f"{_named(names, silent)}",
        )
    made = Effects(measure, names, y, v, np.arange(len(names)), notes)
    return made.take(np.flatnonzero(~silent))


def from_published(
    measure: Measure,
    study: Sequence[str],
    effect: FloatArray,
    spread: FloatArray | tuple[FloatArray, FloatArray],
    log: bool = False,
) -> Effects:
    """Return effects as published, with a standard error or a 95% interval.

    Parameters
    ----------
    measure : Measure
        Any.
    study : sequence of str
        Names.
    effect : ndarray, shape (study,)
        As published: ratios and proportions on their natural scale, unless `log`.
    spread : ndarray, shape (study,), or two of them
        Standard errors, or the lower and the upper limits of the 95% intervals, on the same scale
        as `effect`. The standard error of a natural ratio is divided by the ratio, that of a
        natural proportion by p(1 - p): the delta method.
    log : bool
        Whether everything is given on the pooling scale already.

    Returns
    -------
    Effects
        One per study.
    """
    y = effect if log else measure.pooling(effect)
    if isinstance(spread, tuple):
        low, high = spread if log else (measure.pooling(spread[0]), measure.pooling(spread[1]))
        error = (high - low) / (2 * Z975)
    else:
        slope = {"log": effect, "logit": effect * (1 - effect)}.get(measure.scale, 1.0)
        error = spread if log else spread / slope
    return Effects(measure, tuple(study), y, error**2, np.arange(len(study)))


def off_centre(effects: Effects, low: FloatArray, high: FloatArray) -> list[int]:
    """Return positions whose interval lies more than a quarter se off its estimate.

    Parameters
    ----------
    effects : Effects
        From `from_published`.
    low, high : ndarray, shape (study,)
        Limits. [pooling scale]
    """
    off = np.abs(effects.y - (low + high) / 2)
    return [int(i) for i in np.flatnonzero(off > 0.25 * effects.se)]


def _half_cells(
    study: Sequence[str], empty: npt.NDArray[np.bool_], what: str = "cell"
) -> tuple[str, ...]:
    if not np.any(empty):
        return ()
    return (
        f"1/2 was added to every {what} of {_studies(empty)} with an empty one: "
        f"{_named(study, empty)}",
    )


def _studies(which: npt.NDArray[np.bool_]) -> str:
    count = int(which.sum())
    return f"{count} study" if count == 1 else f"{count} studies"


def _named(study: Sequence[str], which: npt.NDArray[np.bool_]) -> str:
    return listed(name for name, yes in zip(study, which, strict=True) if yes)


def _silence(which: npt.NDArray[np.bool_], measure: Measure) -> str:
    s = "s" if which.sum() == 1 else ""
    return f"say{s} nothing about a ratio and leave{s} the {measure.words}"
