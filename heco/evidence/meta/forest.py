"""The lines of a forest plot, top to bottom, as plain data: nothing here draws or prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from heco.evidence.meta import tails
from heco.evidence.meta.effects import Effects
from heco.evidence.meta.measures import COUNTS, MEANS, RATE, RATES, SHARE, FloatArray, Measure
from heco.evidence.meta.pooled import Pooled, Prediction
from heco.evidence.meta.studies import Studies

if TYPE_CHECKING:
    from heco.evidence.meta.bayes import Bayesian
    from heco.evidence.meta.subgroups import Subgroups

#: Lines of studies at most: a figure with more is longer than anybody reads.
MOST_LINES = 150
_MINUS = "−"
_METHODS = {"IV": "common effect", "MH": "Mantel–Haenszel", "Peto": "Peto"}


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
    pooled : Pooled or None
        Whose agreement of studies a note tells.
    """

    kind: str
    label: str = ""
    cells: tuple[str, ...] = ()
    ends: tuple[float, float, float] | None = None
    weight: float | None = None
    pooled: Pooled | None = None

    @property
    def three(self) -> tuple[float, float, float]:
        """The ends of a line that has some. [pooling scale]."""
        assert self.ends is not None
        return self.ends


@dataclass(frozen=True)
class Forest:
    """A forest plot before it is drawn.

    Parameters
    ----------
    effects : Effects
        Of the studies.
    headings : tuple of str
        Over the counts of the arms.
    lines : tuple of Line
        Top to bottom.
    main, spread : Pooled
        What the plot is about, and how the studies differ.
    subgroups : Subgroups or None
        Whose test is told below the plot.
    by : str
        The column of the subgroups.
    outcome : str
        What was measured, for titles.
    favours : tuple of str
        Words to the left and to the right of no effect.
    """

    effects: Effects
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    main: Pooled
    spread: Pooled
    subgroups: Subgroups | None = None
    by: str = ""
    outcome: str = ""
    favours: tuple[str, str] = ("", "")

    @property
    def measure(self) -> Measure:
        """What was pooled."""
        return self.effects.measure

    @property
    def prediction(self) -> Prediction | None:
        """Where the effect of a new setting is expected; None beside one common effect."""
        return None if self.main.common else self.spread.prediction


def forest(
    studies: Studies,
    effects: Effects,
    main: Pooled,
    spread: Pooled,
    common: Pooled,
    *,
    subgroups: Subgroups | None = None,
    by: str = "",
    bayes: Bayesian | None = None,
    outcome: str = "",
    favours: tuple[str, str] = ("", ""),
) -> Forest:
    """Return the forest plot of studies.

    Parameters
    ----------
    studies : Studies
        As read.
    effects : Effects
        One per study that says something.
    main, spread, common : Pooled
        The result, with between-study variance, and with one common effect.
    subgroups : Subgroups or None
        If the studies are to stand in groups.
    by : str
        The column of the groups.
    bayes : Bayesian or None
        A further total.
    outcome, favours
        As in `Forest`.
    """
    plot = Forest(
        effects, arm_headings(studies), (), main, spread, subgroups, by, outcome, favours
    )  # fmt: skip
    made: list[Line] = []
    if subgroups is None:
        made += _shown(_studies(studies, plot, range(effects.k)))
    else:
        made += _by_group(studies, plot, subgroups)
    blank = ("",) * len(plot.headings)
    silent = [name for name in studies.study if name not in effects.study]
    absent = [*studies.excluded, *(() if studies.clusters else silent)]
    made += [Line("absent", name, blank) for name in absent[:MOST_LINES]]
    made.append(Line("gap"))
    made += _totals(studies, plot, common, bayes)
    return replace(plot, lines=tuple(made))


def weights(main: Pooled, effects: Effects) -> FloatArray:
    """Return the share of each study in an estimate, in the order of the effects. [%]."""
    by_name = dict(zip(main.study, main.weights, strict=True))
    return np.array([by_name.get(name, np.nan) for name in effects.study])


def arm_headings(studies: Studies) -> tuple[str, ...]:
    """Return the headings over what studies counted; none if effects are as published."""
    forms = set(studies.form)
    if forms <= {COUNTS, RATES}:
        return ("Treated", "Control")
    if forms == {MEANS}:
        return ("Mean tr.", "Mean ctl")
    return ("Events/n",) if forms <= {SHARE, RATE} else ()


def arms(studies: Studies, at: int) -> tuple[str, ...]:
    """Return what a study counted, as many cells as there are headings."""
    headings = arm_headings(studies)
    shared = any(at in members for members in studies.clusters)
    cells = () if shared else _arms(studies, at)  # several comparisons: no single table
    return cells if len(cells) == len(headings) else ("",) * len(headings)


def _arms(studies: Studies, at: int) -> tuple[str, ...]:
    form, n = studies.form[at], studies.numbers
    if form in (COUNTS, RATES, SHARE, RATE):
        pairs = zip(form[::2], form[1::2], strict=True)
        return tuple(f"{n[a][at]:.10g}/{n[b][at]:.10g}" for a, b in pairs)
    if form == MEANS:
        both = (n["mean_treat"][at], n["mean_control"][at])
        return tuple(f"{value:g}".replace("-", _MINUS) for value in both)
    return ()


def method(pooled: Pooled) -> str:
    """Return how something was pooled, short."""
    if pooled.common:
        return _METHODS[pooled.estimator]
    return pooled.estimator if pooled.test == "wald" else f"{pooled.estimator}, K–H"


def _studies(studies: Studies, plot: Forest, which: Iterable[int]) -> Iterator[Line]:
    effects, weight = plot.effects, weights(plot.main, plot.effects)
    half = tails.critical(plot.main.level, None) * effects.se
    for i in which:
        y, h = float(effects.y[i]), float(half[i])
        cells = arms(studies, int(effects.index[i]))
        yield Line("study", effects.study[i], cells, (y, y - h, y + h), float(weight[i]))


def _shown(lines: Iterable[Line], most: int = MOST_LINES) -> Iterator[Line]:
    """Yield the heaviest studies in their order; the others as one line that counts them."""
    made = list(lines)
    if len(made) <= most:
        yield from made
        return
    limit = sorted((line.weight or 0.0 for line in made), reverse=True)[most - 1]
    kept = [line for line in made if (line.weight or 0.0) >= limit][:most]
    yield from kept
    share = sum(line.weight or 0.0 for line in made) - sum(line.weight or 0.0 for line in kept)
    yield Line(
        "note", f"and {len(made) - len(kept):,} studies with less weight ({share:.0f}% together)"
    )  # fmt: skip


def _by_group(studies: Studies, plot: Forest, subgroups: Subgroups) -> Iterator[Line]:
    labels = [label.strip() for label in studies.column(plot.by, plot.effects)]
    weight = weights(plot.main, plot.effects)
    heading = plot.by.replace("_", " ")
    most = max(3, MOST_LINES // max(1, len(subgroups.groups)))
    most = MOST_LINES if plot.effects.k <= MOST_LINES else most
    for n, (name, pooled) in enumerate(subgroups.groups.items()):
        if n:
            yield Line("gap")
        yield Line("group", f"{heading}: {name}")
        rows = [i for i, label in enumerate(labels) if label == name]
        yield from _shown(_studies(studies, plot, rows), most)
        share = float(np.nansum(weight[rows]))
        yield Line("subtotal", f"Together ({method(pooled)})", (), _ends(pooled), share)
        if pooled.k > 1:
            yield Line("note", pooled=pooled)
    left = [i for i, label in enumerate(labels) if label not in subgroups.groups]
    if left:
        yield Line("gap")
        yield Line("group", f"{heading}: not reported")
        yield from _shown(_studies(studies, plot, left), most)


def _totals(
    studies: Studies, plot: Forest, common: Pooled, bayes: Bayesian | None
) -> Iterator[Line]:
    main = plot.main
    totals = tuple(_total(studies, plot.effects, i) for i in range(len(plot.headings)))
    silent = 0 if studies.clusters else sum(name not in main.study for name in studies.study)
    whole = main.k + silent + len(studies.excluded)
    who = "All studies" if whole == main.k else f"{main.k} of {whole} studies"
    yield Line("total", f"{who} ({method(main)})", totals, _ends(main), 100.0)
    if common.estimator != main.estimator and plot.effects.k > 1:
        yield Line("other", "Common effect (inverse variance)", (), _ends(common))
    if bayes is not None:
        mu = bayes.mu
        yield Line("other", "Bayesian mean", (), (mu.median, mu.low, mu.high))
    if plot.prediction is not None:
        ends = (main.estimate, plot.prediction.low, plot.prediction.high)
        yield Line("prediction", "Effect in a new setting", (), ends)


def _total(studies: Studies, effects: Effects, arm: int) -> str:
    """Return the sum of an arm's counts over the studies that are pooled."""
    forms = {studies.form[at] for at in effects.index}
    (form,) = forms if len(forms) == 1 else ((),)
    if form not in (COUNTS, RATES, SHARE, RATE) or studies.clusters:
        return ""
    top, bottom = (
        float(studies.numbers[column][effects.index].sum())
        for column in form[2 * arm : 2 * arm + 2]
    )
    return f"{top:.10g}/{bottom:.10g}"


def _ends(pooled: Pooled) -> tuple[float, float, float]:
    return pooled.estimate, pooled.low, pooled.high
