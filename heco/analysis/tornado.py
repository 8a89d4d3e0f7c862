"""Which inputs move the answer most, one at a time.

Each input goes to both of its ends (`heco.analysis.bars`) while the others keep their base values;
sets of inputs can be moved together. What is measured is incremental net monetary benefit, extra
cost, extra effect or the required gain (`heco.analysis.question`). A bar of net benefit that
crosses zero flips the decision; where, is searched for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.bars import Bar, bars
from heco.analysis.context import Context
from heco.analysis.facts import base_value
from heco.analysis.question import Question, moved, question
from heco.analysis.search import solve
from heco.analysis.wording import inside, listing, of_unit
from heco.result import Column, Quantity, Result, Table

NAME = "tornado"
TITLE = "Which inputs move the answer most?"
WHERE = "[analysis] tornado"
#: Positions in a row of the table.
_NAME, _LABEL, _UNIT, _LOW, _HIGH, _AT_LOW, _AT_HIGH, _WIDTH, _FLIPS = range(9)


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to compare."""
    return context.scenario.analysis.tornado is not None and bool(context.scenario.options)


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
    asked = question(context, settings, WHERE)
    made, left_out = bars(context, settings, settings.sets)
    moves = [{k: np.array([low[k], high[k]]) for k in low} for low, high in (b.moved for b in made)]
    base, found, why = moved(asked, moves)
    rows = []
    for i, (bar, ends) in enumerate(zip(made, found, strict=True)):
        if ends is None:
            reason = f"moving it alone breaks what must hold: {why[i]}"
            left_out.append((bar.name, bar.label, reason))
        else:
            rows.append(_row(context, asked, bar, base, (float(ends[0]), float(ends[1]))))
    rows.sort(key=lambda row: (-row[_WIDTH] if row[_WIDTH] is not None else 1.0, row[_NAME]))
    tables = [_table(asked, rows)]
    if left_out:
        head = (Column("parameter", "Name"), Column("label", "Parameter"), Column("why", "Why"))
        tables.append(Table("tornado_left_out", "Parameters not moved", head, tuple(left_out)))
    what: dict[str, Any] = {
        "strategy": asked.option, "comparator": asked.comparator,
        "wtp": asked.wtp if asked.weighs else None, "unit": asked.unit,
    }  # fmt: skip
    quantities = [
        Quantity(
            "tornado_width", row[_WIDTH], subject=row[_NAME], lower=row[_AT_LOW],
            upper=row[_AT_HIGH], **what,
        )
        for row in rows
    ]  # fmt: skip
    return Result(
        NAME, TITLE, tuple(_headline(asked, rows)), tuple(tables), tuple(quantities),
        settings={**asked.settings(), "ends": "2.5 and 97.5 percentiles, the declared range, or "
                  "as stated"},
        data={"base": base, "bars": settings.bars, "outcome": settings.outcome},
    )  # fmt: skip


def _row(
    context: Context, asked: Question, bar: Bar, base: float, ends: tuple[float, float]
) -> tuple[Any, ...]:
    low, high = (end if np.isfinite(end) else None for end in ends)
    width = abs(high - low) if low is not None and high is not None else None
    if width is not None and width <= 1e-9 * abs(base):
        width = 0.0  # rounding, not an effect
    notes = [bar.note] if bar.note else []
    if width is None:
        notes.append("the model leaves its domain at an end")
    flips = asked.outcome == "inmb" and any(
        end is not None and end * base < 0 for end in (low, high)
    )
    at = _flip_value(context, asked, bar) if flips else None
    values = bar.ends or ("low", "high")
    return (
        bar.name, bar.label, bar.unit, *values, low, high, width, flips, at, "; ".join(notes),
        bar.origin,
    )  # fmt: skip


def _flip_value(context: Context, asked: Question, bar: Bar) -> float | None:
    """Return the value between the ends at which the decision flips, the one nearest to base."""
    if bar.ends is None or len(bar.moved[0]) > 1:
        return None
    scan = solve(context, bar.name, *bar.ends)
    there = base_value(context, bar.name)
    crossings = [
        root.x
        for root in scan.roots(asked.option, asked.comparator, asked.wtp)
        if root.kind == "crossing"
    ]
    return min(crossings, key=lambda x: abs(x - (x if there is None else there)), default=None)


def _table(asked: Question, rows: list[tuple[Any, ...]]) -> Table:
    kind = asked.kind
    columns = (
        Column("parameter", "Name"), Column("label", "Parameter"), Column("unit", "Unit"),
        Column("low_value", "Low", "number"), Column("high_value", "High", "number"),
        Column("at_low", "Outcome at low", kind), Column("at_high", "Outcome at high", kind),
        Column("width", "Width", kind), Column("flips", "Flips the decision", "flag"),
        Column("flip_value", "at", "number"), Column("note", "Note"), Column("ends", "Ends"),
    )  # fmt: skip
    said = asked.settings()
    at = f", at {said['willingness to pay']}" if asked.weighs else ""
    unit = "" if asked.outcome == "required_gain" else " per person"
    notes = (f"Outcome: {said['measured']}{unit}, {said['comparison']}{at}.",)
    return Table("tornado", "One parameter at a time", columns, tuple(rows), notes)


def _headline(asked: Question, rows: list[tuple[Any, ...]]) -> list[str]:
    wide = [row for row in rows if row[_WIDTH]]
    if not wide:
        return ["No parameter moves the answer."]
    top = wide[0]
    low, high = asked.said(top[_AT_LOW]), asked.said(top[_AT_HIGH])
    each = "" if asked.outcome == "required_gain" else " per person"
    sentence = f"What moves the {asked.measured} most is {inside(top[_LABEL])}: from {low}{each}"
    if isinstance(top[_LOW], str):
        sentence += f" at the low ends to {high} at the high ends"
    else:
        currency = asked.context.currency
        ends = [of_unit(value, top[_UNIT], currency) for value in (top[_LOW], top[_HIGH])]
        sentence += f" at {ends[0]} to {high} at {ends[1]}"
    sentences = [f"{sentence}."]
    flips = [row[_LABEL] for row in rows if row[_FLIPS]]
    if asked.outcome == "inmb":
        sentences.append(
            f"Within its range alone the decision is flipped by: {listing(map(inside, flips))}."
            if flips
            else "No parameter alone flips the decision within its range."
        )
    return sentences
