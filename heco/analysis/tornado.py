"""Which inputs move the answer most, one at a time.

Each parameter goes to the 2.5 and the 97.5 percentile of its distribution, or to the ends of its
declared range, while the others keep their base values. What is measured is incremental net
monetary benefit (or extra cost, or extra effect), never the ratio, which is not defined across
quadrants. Parameters that are drawn together as a set are not moved one by one. A parameter that
is correlated with others takes them along: they go to the median that they have when it is there.
A bar that crosses zero flips the decision; where, is searched for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis.context import Context, needs_wtp
from heco.analysis.facts import base_value, central_range, joint, partners
from heco.analysis.search import evaluate_at, solve
from heco.analysis.wording import amount, inside, listing, money, of_unit
from heco.errors import ScenarioError
from heco.outcomes import Outcomes
from heco.result import Column, Quantity, Result, Table

NAME = "tornado"
TITLE = "Which inputs move the answer most?"
WHERE = "[analysis] tornado"
OUTCOMES = {
    "inmb": "incremental net monetary benefit",
    "incremental_cost": "extra cost",
    "incremental_qaly": "extra QALYs",
}


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to compare."""
    return context.scenario.analysis.tornado is not None and bool(context.scenario.options)


@dataclass(frozen=True)
class Question:
    """What the bars measure.

    Parameters
    ----------
    outcome : str
        ``inmb``, ``incremental_cost`` or ``incremental_qaly``.
    option, comparator : str
        The strategies that are compared.
    wtp : float
        Willingness to pay; 0 where it plays no part. [currency per QALY]
    effect : str
        ``qaly`` or ``life_years``.
    """

    outcome: str
    option: str
    comparator: str
    wtp: float
    effect: str

    def of(self, outcomes: Outcomes) -> Any:
        """Return the outcome by draw, NaN where the model has none."""
        i, j = outcomes.index(self.option), outcomes.index(self.comparator)
        cost = outcomes.cost[i] - outcomes.cost[j]
        if self.outcome == "incremental_qaly":
            values = outcomes.qaly[i] - outcomes.qaly[j]
        elif self.outcome == "incremental_cost":
            values = cost
        else:
            effect = outcomes.effect(self.effect)
            values = self.wtp * (effect[i] - effect[j]) - cost
        return np.where(outcomes.valid, values, np.nan)


@dataclass(frozen=True)
class Bar:
    """One parameter and what its two ends do.

    Parameters
    ----------
    name : str
        The parameter.
    ends : tuple of float
        Its low and high value. [own unit]
    moved : tuple of mapping of str to float
        All columns that are set at the low and at the high end.
    note : str
        What the reader should know.
    """

    name: str
    ends: tuple[float, float]
    moved: tuple[dict[str, float], dict[str, float]]
    note: str = ""


def run(context: Context) -> Result:
    """Move each parameter to both ends.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``tornado``, with the tables ``tornado``, widest bar first, and ``tornado_left_out``;
        the base value is ``base`` in `data`, and ``bars`` how many the author wants drawn.
    """
    settings = context.scenario.analysis.tornado
    assert settings is not None
    if settings.outcome == "inmb" and settings.wtp is None:
        needs_wtp(context, WHERE)
    wtp = settings.wtp if settings.wtp is not None else (context.wtp or (0.0,))[0]
    question = Question(
        settings.outcome, settings.strategy or context.scenario.option,
        context.scenario.comparator, wtp, context.effect,
    )  # fmt: skip
    bars, left_out = _bars(context, settings.parameters)
    base, ends = _evaluate(context, question, bars, left_out)
    rows = [_row(context, question, bar, base, ends[bar.name]) for bar in bars if bar.name in ends]
    rows.sort(key=lambda row: (-row[7] if row[7] is not None else 1.0, row[0]))
    tables = [_table(context, question, rows)]
    if left_out:
        head = (Column("parameter", "Name"), Column("label", "Parameter"), Column("why", "Why"))
        tables.append(Table("tornado_left_out", "Parameters not moved", head, tuple(left_out)))
    money_outcome = settings.outcome != "incremental_qaly"
    what: dict[str, Any] = {
        "strategy": question.option, "comparator": question.comparator,
        "wtp": wtp if settings.outcome == "inmb" else None,
        "unit": f"{context.currency if money_outcome else 'QALYs'} per person",
    }  # fmt: skip
    quantities = [
        Quantity("tornado_width", row[7], subject=row[0], lower=row[5], upper=row[6], **what)
        for row in rows
    ]
    return Result(
        NAME, TITLE, tuple(_headline(context, question, rows)), tuple(tables), tuple(quantities),
        settings=_settings(context, question),
        data={"base": base, "bars": settings.bars, "outcome": settings.outcome},
    )  # fmt: skip


def _settings(context: Context, question: Question) -> dict[str, str]:
    said = {
        "measured": OUTCOMES[question.outcome],
        "comparison": f"{context.label(question.option)} against "
        f"{context.label(question.comparator)}",
        "ends": "2.5 and 97.5 percentiles, or the declared range",
    }
    if question.outcome == "inmb":
        said["willingness to pay"] = f"{money(question.wtp, context.currency)} per {context.unit}"
    return said


def _bars(context: Context, wanted: tuple[str, ...]) -> tuple[list[Bar], list[tuple[str, ...]]]:
    """Return the parameters that can be moved, and why others cannot."""
    scenario = context.scenario
    bars: list[Bar] = []
    left_out: list[tuple[str, ...]] = []
    files = [p.samples.file for p in scenario.parameters.values() if p.samples is not None]
    for name, parameter in scenario.parameters.items():
        if wanted and name not in wanted:
            continue
        ends = parameter.range if parameter.kind in ("fixed", "expr") else None
        why = ""
        if joint(scenario, name):
            why = "drawn together as a set"
        elif parameter.samples is not None and files.count(parameter.samples.file) > 1:
            why = "one of a set of joint samples"
        elif parameter.table is not None:
            why = "a table"
        elif parameter.kind not in ("fixed", "expr"):
            ends = central_range(context, name)
        if ends is None and not why:
            why = "no range is declared" if parameter.kind == "fixed" else "follows from others"
        if why or ends is None:
            left_out.append((name, context.parameter_label(name), why))
        else:
            bars.append(_bar(context, name, ends))
    return bars, left_out


def _bar(context: Context, name: str, ends: tuple[float, float]) -> Bar:
    """Return a bar; what is correlated with the parameter goes along."""
    along = partners(context.scenario, name)
    moved: list[dict[str, float]] = [{name: end} for end in ends]
    if not along:
        return Bar(name, ends, (moved[0], moved[1]))
    from scipy.special import ndtr

    for end, z in zip(moved, (-1.959963984540054, 1.959963984540054), strict=True):
        for other, r in along.items():
            distribution = context.scenario.distributions[other]
            end[other] = float(distribution.ppf(np.array([ndtr(r * z)]))[0])
    return Bar(name, ends, (moved[0], moved[1]), f"moves with {listing(along)}")


def _evaluate(
    context: Context, question: Question, bars: list[Bar], left_out: list[tuple[str, ...]]
) -> tuple[float, dict[str, tuple[float, float]]]:
    """Return the outcome in the base case and at both ends of every bar."""
    base = float(question.of(context.base.outcomes)[0])
    drawn = [bar for bar in bars if context.scenario.parameters[bar.name].expr is None]
    found: dict[str, tuple[float, float]] = {}
    if drawn:
        rows = context.model.base(rows=2 * len(drawn) + 1)
        columns: dict[str, Any] = {}
        for k, bar in enumerate(drawn):
            for side, moved in enumerate(bar.moved):
                for name, value in moved.items():
                    columns.setdefault(name, rows.column(name).copy())[2 * k + side] = value
        # The last row is the base case: the same call must give the same answer.
        values = question.of(context.model.evaluate(rows.replace(columns)))
        found = {bar.name: (values[2 * k], values[2 * k + 1]) for k, bar in enumerate(drawn)}
        if abs(values[-1] - base) > 1e-9 * max(1.0, abs(base)):
            raise ArithmeticError(f"the base case is {base} alone but {values[-1]} among others")
    for bar in bars:
        if bar.name in found:
            continue
        # Overriding a formula cuts it from its inputs, so it cannot share a call with them.
        try:
            values = question.of(evaluate_at(context, bar.name, np.array(bar.ends)))
        except ScenarioError:
            label = context.parameter_label(bar.name)
            left_out.append((bar.name, label, "moving it alone breaks what [checks] says"))
            continue
        found[bar.name] = (values[0], values[1])
    return base, {name: (float(low), float(high)) for name, (low, high) in found.items()}


def _row(
    context: Context, question: Question, bar: Bar, base: float, ends: tuple[float, float]
) -> tuple[Any, ...]:
    low, high = (end if np.isfinite(end) else None for end in ends)
    width = abs(high - low) if low is not None and high is not None else None
    if width is not None and width <= 1e-9 * abs(base):
        width = 0.0  # rounding, not an effect
    notes = [bar.note] if bar.note else []
    if width is None:
        notes.append("the model leaves its domain at an end")
    flips = question.outcome == "inmb" and any(
        end is not None and end * base < 0 for end in (low, high)
    )
    at = None
    if flips and len(bar.moved[0]) == 1:
        scan = solve(context, bar.name, *bar.ends)
        there = base_value(context, bar.name)
        crossings = [
            root.x
            for root in scan.roots(question.option, question.comparator, question.wtp)
            if root.kind == "crossing"
        ]
        if crossings:
            at = min(crossings, key=lambda x: abs(x - (there if there is not None else x)))
    unit = context.scenario.parameters[bar.name].unit
    return (
        bar.name, context.parameter_label(bar.name), unit, *bar.ends, low, high, width, flips, at,
        "; ".join(notes),
    )  # fmt: skip


def _table(context: Context, question: Question, rows: list[tuple[Any, ...]]) -> Table:
    kind = "qaly" if question.outcome == "incremental_qaly" else "pence"
    columns = (
        Column("parameter", "Name"), Column("label", "Parameter"), Column("unit", "Unit"),
        Column("low_value", "Low", "number"), Column("high_value", "High", "number"),
        Column("at_low", "Outcome at low", kind), Column("at_high", "Outcome at high", kind),
        Column("width", "Width", kind), Column("flips", "Flips the decision", "flag"),
        Column("flip_value", "at", "number"), Column("note", "Note"),
    )  # fmt: skip
    said = _settings(context, question)
    notes = (f"Outcome: {said['measured']} per person, {said['comparison']}.",)
    return Table("tornado", "One parameter at a time", columns, tuple(rows), notes)


def _headline(context: Context, question: Question, rows: list[tuple[Any, ...]]) -> list[str]:
    wide = [row for row in rows if row[7]]
    if not wide:
        return ["No parameter moves the answer."]
    top = wide[0]
    show = amount if question.outcome == "incremental_qaly" else None
    ends = [show(v) if show else money(v, context.currency) for v in (top[5], top[6])]
    at = [of_unit(value, top[2], context.currency) for value in (top[3], top[4])]
    sentences = [
        f"What moves {OUTCOMES[question.outcome]} most is {inside(top[1])}: from {ends[0]} "
        f"per person at {at[0]} to {ends[1]} at {at[1]}."
    ]
    flips = [row[1] for row in rows if row[8]]
    if question.outcome == "inmb":
        sentences.append(
            f"Within its range alone the decision is flipped by: {listing(map(inside, flips))}."
            if flips
            else "No parameter alone flips the decision within its range."
        )
    return sentences
