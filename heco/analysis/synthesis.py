"""What the studies behind the inputs found: pooled effects, accuracy, and how far to trust them.

Nothing is computed anew: the parameters carry the studies that they were pooled from, those of
alternatives as well. How the studies were found, their risk of bias and the certainty of each
outcome are shown beside them and weigh nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.context import Context
from heco.analysis.wording import inside, plain
from heco.result import Column, Quantity, Result, Table

if TYPE_CHECKING:
    from heco.evidence.certainty import Certainty
    from heco.evidence.meta import Pooled
    from heco.evidence.meta.forest import Forest

NAME = "synthesis"
#: Studies for each characteristic whose link with the effect is to be tested.
ENOUGH = 10
TITLE = "What did the studies behind the inputs find?"


@dataclass(frozen=True)
class Behind:
    """A parameter and the studies behind it.

    Parameters
    ----------
    key : str
        Name of its figures: that of the parameter, after that of the alternative if it is one's.
    label : str
        The parameter in words.
    where : str
        The alternative that it belongs to, in words; empty for the scenario itself.
    distribution : object
        With ``forest`` and ``judged``, or with ``studies``.
    """

    key: str
    label: str
    where: str
    distribution: Any


def applies(context: Context) -> bool:
    """Return whether an input has studies behind it, or a review says how they were found."""
    reviewed = context.scenario.reviewed
    return bool(
        reviewed.flow or reviewed.judged or reviewed.certainty or any(True for _ in _all(context))
    )


def _all(context: Context) -> Iterator[Behind]:
    """Yield every parameter with studies behind it, those of the scenario first."""
    scenario = context.scenario
    for name, distribution in scenario.distributions.items():
        if _has(distribution):
            yield Behind(name, context.parameter_label(name), "", distribution)
    for other, words in scenario.analysis.alternatives.items():
        made = scenario.alternatives.get(other)
        for name, distribution in made.distributions.items() if made else ():
            if _has(distribution) and distribution is not scenario.distributions.get(name):
                if name in scenario.distributions and _same(
                    distribution, scenario.distributions[name]
                ):
                    continue
                label = made.parameters[name].label if made else name
                yield Behind(f"{other}_{name}", label, words.label or other, distribution)


def _has(distribution: object) -> bool:
    return bool(getattr(distribution, "forest", None) or getattr(distribution, "studies", None))


def _same(one: Any, other: Any) -> bool:
    """Return whether an alternative only repeats what the scenario pools."""
    return bool(_has(other) and one.arguments == other.arguments)


def run(context: Context) -> Result:
    """Return the studies behind the inputs.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``synthesis``; its data are what figures are drawn from, by name.
    """
    behind = list(_all(context))
    reviewed = context.scenario.reviewed
    pooled = [one for one in behind if getattr(one.distribution, "forest", None)]
    tests = [one for one in behind if getattr(one.distribution, "studies", None)]
    tables = [_pooled_table(pooled)] if pooled else []
    tables += [_accuracy_table(tests)] if tests else []
    tables += [_findings(context, reviewed.certainty)] if reviewed.certainty else []
    data: dict[str, Any] = {
        "forests": {one.key: one for one in pooled},
        "tests": {one.key: one for one in tests},
        "judged": {one.key: one for one in pooled if one.distribution.judged is not None},
        "flow": reviewed.flow,
        "reviewed": reviewed.judged,
    }
    headline = [_sentence(one) for one in pooled]
    quantities = [row for one in pooled for row in _quantities(one)]
    return Result(NAME, TITLE, tuple(headline), tuple(tables), tuple(quantities), data=data)


def _sentence(one: Behind) -> str:
    """Return what the studies found, how far they agree, and how many say nothing."""
    plot: Forest = one.distribution.forest
    label = f"{one.where}: {inside(one.label)}" if one.where else one.label
    value, low, high = (_short(plot, x) for x in plot.main.natural)
    k = plot.main.k
    said = [f"{label}: {value} ({low} to {high}) from {_count(k)}"]
    if k > 1:
        said.append(_differ(plot))
        if k < ENOUGH:
            said.append(
                "what makes the difference cannot be tested: each characteristic of studies "
                f"needs {ENOUGH}"
            )
    absent = sum(line.kind == "absent" for line in plot.lines)
    if absent:
        said.append(
            f"{absent} more {'studies report' if absent > 1 else 'study reports'} no numbers"
        )
    return f"{'; '.join(said)}."


def _short(plot: Forest, value: float) -> str:
    """Return an effect as its forest plot has it: two decimals of a ratio, per cent of a share."""
    if plot.measure.key in ("PLOGIT", "PLOG"):
        return f"{100 * value:.1f}%"
    if plot.measure.scale == "log" and 0.095 <= value < 99.5:
        return f"{value:.2f}"
    return f"{value:.2g}" if 0 < abs(value) < 0.095 else plain(value)


def _count(k: int) -> str:
    return "1 study" if k == 1 else f"{k:,} studies"


def _differ(plot: Forest) -> str:
    spread = plot.spread
    if spread.tau2 == 0:
        return "no sign that settings differ"
    said = f"{spread.i2:.0f}% of their variation is beyond chance (I-squared)"
    if plot.prediction is not None:
        ends = np.array([plot.prediction.low, plot.prediction.high])
        low, high = (_short(plot, float(x)) for x in plot.measure.natural(ends))
        said += f", and in a new setting the effect may lie anywhere from {low} to {high}"
    return said


def _pooled_table(pooled: list[Behind]) -> Table:
    rows = []
    for one in pooled:
        plot: Forest = one.distribution.forest
        main = plot.main
        ahead = None
        if plot.prediction is not None:
            ends = np.array([plot.prediction.low, plot.prediction.high])
            ahead = tuple(map(float, plot.measure.natural(ends)))
        rows.append(
            (
                one.key, one.label, one.where, plot.measure.key, f"{main.estimator}/{main.test}",
                main.k, *main.natural, main.tau2, main.i2, *(ahead or (None, None)),
            )
        )  # fmt: skip
    columns = (
        Column("parameter", "Name"), Column("label", "Input"), Column("alternative", "Only in"),
        Column("measure", "Measure"), Column("method", "Method"),
        Column("studies", "Studies", "count"), Column("effect", "Pooled effect", "number"),
        Column("lower", "95% from", "number"), Column("upper", "to", "number"),
        Column("tau2", "Variance between studies", "number"), Column("i2", "I-squared", "number"),
        Column("new_lower", "New setting from", "number"), Column("new_upper", "to", "number"),
    )  # fmt: skip
    return Table("pooled_inputs", "Inputs that are pooled from studies", columns, tuple(rows))


def _accuracy_table(tests: list[Behind]) -> Table:
    rows = []
    for one in tests:
        _, found = one.distribution.studies
        rows.append(
            (one.key, one.label, one.where, found.model, found.k, *found.sensitivity,
             *found.specificity)
        )  # fmt: skip
    columns = (
        Column("parameter", "Name"), Column("label", "Input"), Column("alternative", "Only in"),
        Column("model", "Model"), Column("studies", "Studies", "count"),
        Column("sensitivity", "Sensitivity", "percent"),
        Column("sensitivity_lower", "95% from", "percent"),
        Column("sensitivity_upper", "to", "percent"),
        Column("specificity", "Specificity", "percent"),
        Column("specificity_lower", "95% from", "percent"),
        Column("specificity_upper", "to", "percent"),
    )  # fmt: skip
    return Table("pooled_tests", "Tests whose accuracy is pooled", columns, tuple(rows))


def _quantities(one: Behind) -> list[Quantity]:
    main: Pooled = one.distribution.forest.main
    subject = f"{one.key}/{main.subject}"
    value, low, high = main.natural
    rows = [
        Quantity("pooled_effect", main.estimate, subject=subject, lower=main.low,
                 upper=main.high, unit="pooling scale"),
        Quantity("pooled_se", main.se, subject=subject, unit="pooling scale"),
        Quantity("studies", float(main.k), subject=subject, unit="studies"),
    ]  # fmt: skip
    if main.measure.scale != "natural":
        name = {"log": "exp", "logit": "natural"}[main.measure.scale]
        rows.append(
            Quantity(f"{name}_pooled_effect", value, subject=subject, lower=low, upper=high,
                     unit=main.measure.words)
        )  # fmt: skip
    if not main.common:
        rows.append(Quantity("tau2", main.tau2, subject=subject, unit="pooling scale, squared"))
        rows.append(Quantity("i2", main.i2, subject=subject, unit="%"))
    return rows


def _findings(context: Context, lines: tuple[Certainty, ...]) -> Table:
    """Return the summary of findings."""
    rows = []
    for line in lines:
        effect = _effect(context, line.parameter)
        value, low, high, measure = effect or (None, None, None, "")
        treated = (
            [_risk(line.control_risk, x, measure) for x in (value, low, high)]
            if line.control_risk is not None and effect is not None
            else [None, None, None]
        )
        rows.append(
            (line.outcome, line.parameter, line.effect, measure, value, low, high,
             line.control_risk, *treated, _studies(context, line), line.participants, line.level,
             line.marks, "; ".join(line.reasons), line.source, line.note)
        )  # fmt: skip
    columns = (
        Column("outcome", "Outcome"), Column("parameter", "Input"),
        Column("published", "Effect as published"), Column("measure", "Measure"),
        Column("effect", "Effect", "number"), Column("lower", "95% from", "number"),
        Column("upper", "to", "number"), Column("control_risk", "Risk without", "percent"),
        Column("treated_risk", "Risk with", "percent"), Column("treated_lower", "from", "percent"),
        Column("treated_upper", "to", "percent"), Column("studies", "Studies", "count"),
        Column("participants", "People", "count"), Column("certainty", "Certainty"),
        Column("marks", "GRADE"), Column("reasons", "Because"), Column("source", "Judged by"),
        Column("note", "Note"),
    )  # fmt: skip
    return Table("findings", "Summary of findings", columns, tuple(rows))


def _studies(context: Context, line: Certainty) -> int | None:
    plot = getattr(context.scenario.distributions.get(line.parameter), "forest", None)
    return line.studies if line.studies is not None or plot is None else int(plot.main.k)


def _effect(context: Context, name: str) -> tuple[float, float, float, str] | None:
    """Return the effect that an input holds, with its 95% limits and its measure."""
    distribution = context.scenario.distributions.get(name)
    plot = getattr(distribution, "forest", None)
    if plot is not None:
        return (*plot.main.natural, str(plot.measure.words))
    if distribution is None or isinstance(distribution.base, Mapping):
        return None
    low, high = distribution.interval()  # type: ignore[attr-defined]
    return float(distribution.base), low, high, context.scenario.parameters[name].unit


def _risk(control: float, effect: float | None, measure: str) -> float | None:
    """Return the risk with treatment; None for a measure that does not say."""
    if effect is None:
        return None
    if measure == "odds ratio":
        odds = effect * control / (1 - control)
        return odds / (1 + odds)
    if measure == "risk ratio":
        return min(1.0, effect * control)
    return control + effect if measure == "risk difference" else None
