"""The lines of a forest plot, top to bottom: what stands in each column, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from heco.evidence import meta
from heco.evidence.meta import tails
from heco.review.answers import Review
from heco.review.asked import COMMON
from heco.review.rows import weights
from heco.review.screen import arm_headings, arms
from heco.review.wording import TEST_WORDS, number, p_value


@dataclass(frozen=True)
class Line:
    """One line.

    Parameters
    ----------
    kind : str
        ``study``, ``group`` (a heading), ``subtotal``, ``total``, ``other`` (a second total),
        ``prediction``, ``note``, ``absent`` (a study without an effect) or ``gap``.
    label : str
        What stands at the left.
    cells : tuple of str
        The counts of each arm.
    ends : tuple of three floats or None
        Estimate, lower and upper end. [pooling scale]
    weight : float or None
        Share in the main estimate. [%]
    """

    kind: str
    label: str = ""
    cells: tuple[str, ...] = ()
    ends: tuple[float, float, float] | None = None
    weight: float | None = None


def three(line: Line) -> tuple[float, float, float]:
    """Return the ends of a line that has some."""
    assert line.ends is not None
    return line.ends


def lines(found: Review) -> list[Line]:
    """Return the lines of a review's forest plot."""
    made: list[Line] = []
    if found.subgroups is None:
        made += _studies(found, range(found.effects.k))
    else:
        made += _by_group(found)
    blank = ("",) * len(arm_headings(found))
    for name in found.studies.excluded:
        made.append(Line("absent", name, blank))
    silent = [name for name in found.studies.study if name not in found.effects.study]
    if not found.studies.clusters:
        made += [Line("absent", name, blank) for name in silent]
    made.append(Line("gap"))
    made += _totals(found)
    return made


def _studies(found: Review, which: Iterator[int] | range | list[int]) -> Iterator[Line]:
    effects, weight = found.effects, weights(found)
    half = tails.critical(found.asked.level, None) * effects.se
    for i in which:
        y, h = float(effects.y[i]), float(half[i])
        cells = tuple(arms(found, int(effects.index[i])))
        yield Line("study", effects.study[i], cells, (y, y - h, y + h), float(weight[i]))


def _by_group(found: Review) -> Iterator[Line]:
    assert found.subgroups is not None
    labels = [label.strip() for label in found.groups]
    weight = weights(found)
    for n, (name, pooled) in enumerate(found.subgroups.groups.items()):
        if n:
            yield Line("gap")
        yield Line("group", f"{found.asked.by.replace('_', ' ')}: {name}")
        rows = [i for i, label in enumerate(labels) if label == name]
        yield from _studies(found, rows)
        share = float(np.nansum(weight[rows]))
        yield Line("subtotal", f"Together ({_method(pooled)})", (), _ends(pooled), share)
        if pooled.k > 1:
            yield Line("note", _agreement(pooled))
    left = [i for i, label in enumerate(labels) if label not in found.subgroups.groups]
    if left:
        yield Line("gap")
        yield Line("group", f"{found.asked.by.replace('_', ' ')}: not reported")
        yield from _studies(found, left)


def _totals(found: Review) -> Iterator[Line]:
    main = found.main
    totals = tuple(_totals_of(found, i) for i in range(len(arm_headings(found))))
    whole = main.k + len(found.studies.excluded)
    who = "All studies" if whole == main.k else f"{main.k} of {whole} studies"
    yield Line("total", f"{who} ({_method(main)})", totals, _ends(main), 100.0)
    if found.common.estimator != main.estimator and found.effects.k > 1:
        yield Line("other", "Common effect (inverse variance)", (), _ends(found.common))
    if found.bayes is not None:
        mu = found.bayes.mu
        yield Line("other", "Bayesian mean", (), (mu.median, mu.low, mu.high))
    ahead = found.spread.prediction
    if ahead is not None and not main.common:
        yield Line("prediction", "Effect in a new setting", (), (main.estimate, ahead.low,
                                                                   ahead.high))  # fmt: skip


def _totals_of(found: Review, arm: int) -> str:
    """Return the sum of an arm's counts over the studies that are pooled."""
    sums = np.zeros(2)
    for at in found.effects.index:
        top, _, bottom = arms(found, int(at))[arm].partition("/")
        if not bottom:
            return ""
        sums += float(top), float(bottom)
    return f"{sums[0]:.10g}/{sums[1]:.10g}"


def _ends(pooled: meta.Pooled) -> tuple[float, float, float]:
    return pooled.estimate, pooled.low, pooled.high


def _method(pooled: meta.Pooled) -> str:
    if pooled.estimator in COMMON:
        return {"IV": "common effect", "MH": "Mantel–Haenszel", "Peto": "Peto"}[pooled.estimator]
    return pooled.estimator if pooled.test == "wald" else f"{pooled.estimator}, K–H"


def _agreement(pooled: meta.Pooled) -> str:
    tau = "" if pooled.common else f", τ {number(pooled.tau)}"
    return (
        f"I² {pooled.i2:.0f}%{tau}, Q {number(pooled.q)} on {pooled.q_df} df "
        f"(p {p_value(pooled.q_p, True)})"
    )


def notes(found: Review) -> list[str]:
    """Return what stands below the plot."""
    said = []
    if found.effects.k > 1:
        said.append(f"Do the studies agree? {_agreement(found.spread)}.")
    if found.subgroups is not None:
        s = found.subgroups
        said.append(
            f"Do the subgroups differ? χ² {number(s.q)} on {s.df} df, p {p_value(s.p, True)}."
        )
    ahead = found.spread.prediction
    if ahead is not None and not found.main.common:
        said.append(
            f"New setting, {100 * found.asked.level:g}% prediction interval: {ahead.words}."
        )
    if not found.main.common:
        said.append(f"Random effects: {found.main.estimator}, {TEST_WORDS[found.main.test]} test.")
    return [*said, *(f"{note[:1].upper()}{note[1:]}." for note in found.effects.notes
                     if "1/2" in note or "say nothing" in note)]  # fmt: skip
