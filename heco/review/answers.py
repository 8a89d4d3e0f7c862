"""The answers of a review: everything that is known about a set of studies, found out once."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from heco.errors import ScenarioError
from heco.evidence import meta
from heco.evidence.meta.bias import FEWEST
from heco.evidence.meta.common import StratifiedTests
from heco.evidence.meta.forest import Forest, forest
from heco.evidence.meta.measures import COUNTS
from heco.review import cautions
from heco.review.asked import COMMON, Asked

#: With more studies nobody reads what each of them does, and it takes minutes to work out.
MOST_SINGLE = 500


@dataclass(frozen=True)
class Review:
    """A set of studies, and everything that was asked about it.

    Parameters
    ----------
    studies : Studies
        As read, shared control arms dealt with.
    effects : Effects
        One per study that says something.
    asked : Asked
        The questions.
    main : Pooled
        The answer that sentences and figures speak of.
    pooled : tuple of Pooled
        By every method asked, the main one first, then the common effect beside it.
    spread : Pooled
        With between-study variance, for heterogeneity; the common effect if there is one study.
    common : Pooled
        One common effect by inverse variance.
    cumulative : tuple of (str, float, Pooled)
        The study that was added, its year (its place, if years are not known), and the result.
    without : tuple of Pooled
        The main method without each study in turn; empty if there is one study.
    influence : Influence or None
        None with fewer than three studies.
    stratified : StratifiedTests or None
        Tests that belong to the Mantel-Haenszel odds ratio.
    subgroups, regression, bayes, resampled : Subgroups, Regression, Bayesian, Bootstrap or None
        As asked.
    bias : tuple of Asymmetry
        Tests of small-study effects; empty with fewer than ten studies.
    filled, filled_common : TrimAndFill or None
        If asked: about the random-effects mean, and about the common effect.
    notes, warnings : tuple of str
        What was done, and what a reader should beware of.
    """

    studies: meta.Studies
    effects: meta.Effects
    asked: Asked
    main: meta.Pooled
    pooled: tuple[meta.Pooled, ...]
    spread: meta.Pooled
    common: meta.Pooled
    without: tuple[meta.Pooled, ...] = ()
    influence: meta.Influence | None = None
    stratified: StratifiedTests | None = None
    subgroups: meta.Subgroups | None = None
    regression: meta.Regression | None = None
    bayes: meta.Bayesian | None = None
    resampled: meta.Bootstrap | None = None
    bias: tuple[meta.Asymmetry, ...] = ()
    filled: meta.TrimAndFill | None = None
    filled_common: meta.TrimAndFill | None = None
    cumulative: tuple[tuple[str, float, meta.Pooled], ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def measure(self) -> meta.Measure:
        """What was pooled."""
        return self.effects.measure

    @property
    def forest(self) -> Forest:
        """The forest plot."""
        return forest(
            self.studies, self.effects, self.main, self.spread, self.common,
            subgroups=self.subgroups, by=self.asked.by, bayes=self.bayes,
            outcome=self.asked.outcome, favours=self.asked.favours,
        )  # fmt: skip

    @property
    def groups(self) -> tuple[str, ...]:
        """The subgroup of each study that is pooled; empty without subgroups."""
        return self.studies.column(self.asked.by, self.effects) if self.asked.by else ()


def review(studies: meta.Studies, asked: Asked) -> Review:
    """Return the answers.

    Parameters
    ----------
    studies : Studies
        At least one.
    asked : Asked
        What is wanted.

    Returns
    -------
    Review
        Whatever can be answered.

    Raises
    ------
    ScenarioError
        If something cannot be asked of these studies: subgroups of one group, more moderators
        than studies allow, Mantel-Haenszel without counts, no study that says anything.
    """
    effects = studies.effects()
    tables = _tables(studies)

    def by(
        method: str, test: str = asked.test, profile: bool = True
    ) -> Callable[[meta.Effects], meta.Pooled]:
        return lambda some: meta.pool(
            some, method, test, level=asked.level, prediction=asked.prediction, profile=profile
        )

    pooled = {}
    for name in asked.methods:
        try:
            pooled[name] = _pooled(name, studies, effects, by(name), asked)
        except ScenarioError:
            if not asked.every or name not in ("MH", "Peto") or name == asked.main:
                raise
    common = pooled.get("IV") or by("IV")(effects)
    spread = next((found for name, found in pooled.items() if name not in COMMON), None)
    every = dict(pooled)
    if spread is None:
        spread = by("REML")(effects)
    every.setdefault("IV", common)
    stratified = None
    if tables is not None and not studies.clusters:
        try:
            every.setdefault("MH", meta.mantel_haenszel(tables, level=asked.level))
            if studies.measure.key == "OR":
                stratified = meta.stratified_tests(tables)
        except (ScenarioError, ZeroDivisionError):
            # Not asked for: without an event in one arm there is no Mantel-Haenszel ratio.
            if "MH" in asked.methods:
                raise
    main = pooled[asked.main]
    quick = by(asked.random, asked.test, False)
    bias = _bias(effects, tables, asked)
    subgroups = regression = bayes = None
    if asked.by:
        subgroups = meta.by_subgroup(
            effects, studies.column(asked.by, effects), asked.random, asked.test,
            tau2=asked.by_tau2, level=asked.level, prediction=asked.prediction,
        )  # fmt: skip
    if asked.moderators:
        columns = {name: studies.column(name, effects) for name in asked.moderators}
        regression = meta.regress(effects, columns, asked.random, asked.test, level=asked.level)
    if asked.bayes is not None:
        bayes = meta.bayesian(effects, asked.bayes or None, level=asked.level)
    found = Review(
        studies, effects, asked, main, tuple(every.values()), spread, common,
        stratified=stratified, subgroups=subgroups, regression=regression, bayes=bayes,
        resampled=_resampled(effects, asked), bias=bias,
    )  # fmt: skip
    if asked.bias and bias:
        fill = functools.partial(
            meta.trim_and_fill, effects, asked.random, asked.test, level=asked.level
        )
        found = dataclasses.replace(found, filled=fill(), filled_common=fill(centre="IV"))
    if effects.k <= MOST_SINGLE:
        found = dataclasses.replace(
            found,
            without=_without(main, studies, effects, quick, asked),
            influence=_influence(effects, asked),
            cumulative=_cumulative(studies, effects, quick),
        )
    return dataclasses.replace(
        found, notes=cautions.notes(found, MOST_SINGLE), warnings=cautions.warnings(found)
    )


def _resampled(effects: meta.Effects, asked: Asked) -> meta.Bootstrap | None:
    """Return the bootstrap; that of a common effect says how the estimate by REML would vary."""
    if not asked.bootstrap:
        return None
    estimator = "REML" if asked.random == "IV" else asked.random
    return meta.bootstrap(effects, asked.bootstrap, asked.seed, estimator)


def _tables(studies: meta.Studies) -> meta.Tables | None:
    if studies.clusters or any(form != COUNTS for form in studies.form):
        return None
    return studies.tables()


def _pooled(
    name: str,
    studies: meta.Studies,
    effects: meta.Effects,
    by: Callable[[meta.Effects], meta.Pooled],
    asked: Asked,
) -> meta.Pooled:
    if name == "MH":
        return meta.mantel_haenszel(studies.tables(), level=asked.level)
    if name == "Peto":
        return meta.peto(studies.tables(), level=asked.level)
    return by(effects)


def _without(
    main: meta.Pooled,
    studies: meta.Studies,
    effects: meta.Effects,
    by: Callable[[meta.Effects], meta.Pooled],
    asked: Asked,
) -> tuple[meta.Pooled, ...]:
    if main.k < 2 or effects.k < 2:
        return ()
    if main.estimator in ("MH", "Peto"):
        tables = studies.tables().take(effects.index)
        method = meta.mantel_haenszel if main.estimator == "MH" else meta.peto
        try:
            return meta.leave_one_out(tables, lambda some: method(some, level=asked.level))
        except (ScenarioError, ZeroDivisionError):
            return ()  # without one of them nothing can be pooled: the figures say nothing then
    return meta.leave_one_out(effects, by)


def _cumulative(
    studies: meta.Studies, effects: meta.Effects, by: Callable[[meta.Effects], meta.Pooled]
) -> tuple[tuple[str, float, meta.Pooled], ...]:
    """Return the result as studies were added, by year if a column says so for all of them."""
    places = [float(i + 1) for i in range(effects.k)]
    if "year" in studies.columns:
        cells = studies.column("year", effects)
        if all(cell.isdecimal() for cell in cells):
            places = [float(cell) for cell in cells]
    order = np.argsort(places, kind="stable")
    made = meta.cumulative(effects, by, places)
    return tuple(
        (effects.study[i], places[i], pooled) for i, pooled in zip(order, made, strict=True)
    )


def _influence(effects: meta.Effects, asked: Asked) -> meta.Influence | None:
    if effects.k < 3:
        return None
    return meta.influence_diagnostics(effects, asked.random)


def _bias(
    effects: meta.Effects, tables: meta.Tables | None, asked: Asked
) -> tuple[meta.Asymmetry, ...]:
    if effects.k < FEWEST or np.ptp(effects.v) == 0:
        return ()
    found = []
    counted = tables is not None and effects.measure.key == "OR"
    if counted and tables is not None:
        told = tables.take(effects.index)
        found += [meta.harbord(told), meta.peters(told)]
    if asked.bias or not counted:
        found.append(meta.egger(effects))
    if asked.bias:
        found.append(meta.begg(effects))
    return tuple(found)
