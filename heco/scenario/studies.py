"""Parameters that are pooled from studies: the distribution, and what other choices would give.

The same functions as ``heco meta`` do the work. Every choice of what to draw is worked out beside
the author's, so that the report can show what the choice does to the answer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heco.errors import ScenarioError
from heco.evidence.distributions import Distribution
from heco.evidence.judgements import PREFIX, Judgements, judgements
from heco.evidence.meta import (
    Accuracy,
    AccuracyPair,
    AccuracyTables,
    Bayesian,
    Effects,
    Pooled,
    PooledEffect,
    Studies,
    accuracy_draws,
    bayesian,
    draw_from,
    mantel_haenszel,
    peto,
    pool,
    pool_accuracy,
    read_accuracy,
    read_studies,
)
from heco.evidence.meta.forest import Forest, forest
from heco.scenario.schema_studies import AccuracyStudies, PooledStudies

#: What can be drawn whatever the studies; a study's own setting must be named.
CHOICES = ("mean", "predictive")


@dataclass(frozen=True, kw_only=True)
class PooledParameter(PooledEffect):
    """A pooled effect as an author asks for it.

    Parameters
    ----------
    others : mapping of str to PooledEffect
        What the other choices of draws would give, the author's own included.
    forest : Forest
        The studies as a forest plot.
    judged : Judgements or None
        Their risk of bias, if the file of studies says it.
    """

    others: Mapping[str, Distribution] = field(default_factory=dict, compare=False, repr=False)
    forest: Forest | None = field(default=None, compare=False, repr=False)
    judged: Judgements | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class AccuracyParameter(AccuracyPair):
    """The accuracy of a test as an author asks for it.

    Parameters
    ----------
    use : str
        ``mean`` or ``predictive``.
    others : mapping of str to AccuracyPair
        What the other choices of draws would give, the author's own included.
    studies : tuple of AccuracyTables and Accuracy
        The studies, and what they say together.
    """

    use: str
    others: Mapping[str, Distribution] = field(default_factory=dict, compare=False, repr=False)
    studies: tuple[AccuracyTables, Accuracy] | None = field(default=None, compare=False, repr=False)


def pooled(path: Path, words: PooledStudies, name: str) -> PooledParameter:
    """Return the pooled effect that an author asks for.

    Parameters
    ----------
    path : Path
        The file of studies.
    words : PooledStudies
        As written.
    name : str
        What the author calls the file.

    Raises
    ------
    ScenarioError
        With every problem of the file, or with what cannot be asked of these studies.
    """
    studies = read_studies(
        path, words.measure, log=words.log, only=words.only or None,
        shared_by=words.shared_by or None, shared=words.shared, name=name,
    )  # fmt: skip
    effects = studies.effects()
    result = _result(studies, effects, words)
    made = draw_from(result, words.draws, effects, law=words.law)
    others: dict[str, Distribution] = {}
    for use in dict.fromkeys((*CHOICES, words.draws)):
        try:
            others[use] = draw_from(result, use, effects, law=words.law)
        except ScenarioError:  # a common effect has nothing to draw for a new setting
            continue
    warnings = (*studies.warnings, *made.warnings)
    if isinstance(result, Pooled):
        # About an interval that is not drawn from, or repeated by what is said of the draws.
        warnings += tuple(w for w in result.warnings if not w.startswith("no prediction"))
    return PooledParameter(
        **{**_fields(made), "warnings": tuple(dict.fromkeys(warnings)),
           "words": f"{made.words}, {words.studies}{_which(words)}",
           "arguments": words.model_dump(exclude_defaults=True)},
        others=others,
        forest=_forest(studies, effects, result),
        judged=_judged(studies, effects),
    )  # fmt: skip


def _forest(studies: Studies, effects: Effects, result: Pooled | Bayesian) -> Forest:
    """Return the forest plot; the Bayesian model stands beside the usual one."""
    common = pool(effects, "IV")
    if isinstance(result, Bayesian):
        main = pool(effects)
        return forest(studies, effects, main, main, common, bayes=result)
    spread = pool(effects) if result.common else result
    return forest(studies, effects, result, spread, common)


def _judged(studies: Studies, effects: Effects) -> Judgements | None:
    columns = [column for column in studies.columns if column.startswith(PREFIX)]
    if not columns:
        return None
    return judgements(effects.study, {c: studies.column(c, effects) for c in columns})


def _fields(made: PooledEffect | AccuracyPair) -> dict[str, Any]:
    return {item.name: getattr(made, item.name) for item in dataclasses.fields(made)}


def _which(words: PooledStudies) -> str:
    return "".join(f", {column} = {word}" for column, word in words.only.items())


def _result(studies: Studies, effects: Effects, words: PooledStudies) -> Pooled | Bayesian:
    if words.prior is not None:
        return bayesian(effects, words.prior)
    if words.estimator == "MH":
        return mantel_haenszel(studies.tables())
    if words.estimator == "Peto":
        return peto(studies.tables())
    return pool(effects, words.estimator, words.test)


def accuracy(path: Path, words: AccuracyStudies, name: str) -> AccuracyParameter:
    """Return the sensitivity and specificity that an author asks for.

    Parameters
    ----------
    path, words, name
        As in `pooled`.

    Raises
    ------
    ScenarioError
        With every problem of the file, or if one study is asked how settings differ.
    """
    tables = read_accuracy(path, name)
    result = pool_accuracy(tables)
    made = accuracy_draws(result, words.draws)
    others: dict[str, Distribution] = {}
    for use in CHOICES:
        try:
            others[use] = accuracy_draws(result, use)
        except ScenarioError:  # one study cannot say how settings differ
            continue
    return AccuracyParameter(
        **{**_fields(made), "words": f"{made.words}, {words.studies}",
           "arguments": words.model_dump(exclude_defaults=True)},
        use=words.draws,
        others=others,
        studies=(tables, result),
    )  # fmt: skip
