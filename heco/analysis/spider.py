"""How the answer moves as each input moves: the tornado with everything between the ends.

Each input goes in equal steps from its low to its high end (`heco.analysis.bars`) and through its
base value, while the others keep theirs. Every line is as long as the input can plausibly move, so
that a steep line that is short does not look more important than a flat one that is long. An input
that takes correlated ones along goes in equal steps of its standard-normal score instead.

Source: Eschenbach 1992, Interfaces 22(6):40 (lines limited to what each input can plausibly be).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.bars import PERCENTILES, Bar, Z, bars, quantile
from heco.analysis.context import Context
from heco.analysis.facts import base_value, partners
from heco.analysis.maps import with_base
from heco.analysis.question import Move, Question, moved, question
from heco.analysis.wording import inside, listing
from heco.outcomes import Array
from heco.result import Column, Quantity, Result, Table

NAME = "spider"
TITLE = "How does the answer move as each input moves?"
WHERE = "[analysis] spider"


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to compare."""
    return context.scenario.analysis.spider is not None and bool(context.scenario.options)


def run(context: Context) -> Result:
    """Move each parameter in steps over its range.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``spider``, with the tables ``spider`` and ``spider_left_out``; `data` has the base value
        as ``base``, and as ``lines`` the parameters to draw, those that move most first.
    """
    settings = context.scenario.analysis.spider
    assert settings is not None
    asked = question(context, settings, WHERE)
    made, left_out = bars(context, settings)
    moves = [_steps(context, bar, settings.steps) for bar in made]
    base, found, why = moved(asked, moves)
    rows: list[tuple[Any, ...]] = []
    spans: dict[str, tuple[float, float]] = {}
    for i, (bar, move, values) in enumerate(zip(made, moves, found, strict=True)):
        if values is None:
            reason = f"moving it alone breaks what must hold: {why[i]}"
            left_out.append((bar.name, bar.label, reason))
            continue
        rows += _rows(context, bar, move[bar.name], values)
        known = values[np.isfinite(values)]
        if len(known) and np.ptp(known) > 1e-9 * abs(base):
            spans[bar.name] = (float(known.min()), float(known.max()))
    order = sorted(spans, key=lambda name: (spans[name][0] - spans[name][1], name))
    tables = [_table(asked, rows)]
    if left_out:
        head = (Column("parameter", "Name"), Column("label", "Parameter"), Column("why", "Why"))
        tables.append(Table("spider_left_out", "Parameters without a line", head, tuple(left_out)))
    what: dict[str, Any] = {
        "strategy": asked.option, "comparator": asked.comparator,
        "wtp": asked.wtp if asked.weighs else None, "unit": asked.unit,
    }  # fmt: skip
    return Result(
        NAME, TITLE, tuple(_headline(context, asked, spans, order)), tuple(tables),
        tuple(
            Quantity(
                "spider_width", spans[name][1] - spans[name][0], subject=name,
                lower=spans[name][0], upper=spans[name][1], **what,
            )
            for name in order
        ),
        settings={**asked.settings(), "steps": f"{settings.steps} over each range"},
        data={
            "base": base, "outcome": settings.outcome, "across": settings.across,
            "lines": tuple(order[: settings.lines]),
        },
    )  # fmt: skip


def _steps(context: Context, bar: Bar, steps: int) -> Move:
    """Return the values of a parameter along its line, and of those that go along."""
    assert bar.ends is not None
    along = partners(context.scenario, bar.name) if bar.origin == PERCENTILES else {}
    if along:
        scores = np.linspace(-Z, Z, steps)
        return {
            name: np.array([quantile(context, name, r * z) for z in scores])
            for name, r in {bar.name: 1.0, **along}.items()
        }
    values = np.linspace(*bar.ends, steps)
    base = base_value(context, bar.name)
    if base is not None and bar.ends[0] < base < bar.ends[1]:
        values = with_base(values, base)
    return {bar.name: values}


def _rows(context: Context, bar: Bar, x: Array, values: Array) -> list[tuple[Any, ...]]:
    assert bar.ends is not None
    base = base_value(context, bar.name)
    low, high = bar.ends
    rows = []
    for at, value in zip(x.tolist(), values.tolist(), strict=True):
        change = (at - base) / abs(base) if base else None
        place = (at - low) / (high - low) if high > low else None
        outcome = value if np.isfinite(value) else None
        rows.append(
            (bar.name, bar.label, bar.unit, at, change, place, outcome, bar.origin, bar.note)
        )
    return rows


def _table(asked: Question, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("parameter", "Name"), Column("label", "Parameter"), Column("unit", "Unit"),
        Column("value", "Value", "number"), Column("change", "Change from base", "percent"),
        Column("position", "Place between the ends", "percent"),
        Column("outcome", "Outcome", asked.kind), Column("ends", "Ends"), Column("note", "Note"),
    )  # fmt: skip
    said = asked.settings()
    at = f", at {said['willingness to pay']}" if asked.weighs else ""
    notes = (f"Outcome: {said['measured']}, {said['comparison']}{at}.",)
    return Table("spider", "The outcome along the range of each input", columns, tuple(rows), notes)


def _headline(
    context: Context, asked: Question, spans: dict[str, tuple[float, float]], order: list[str]
) -> list[str]:
    if not order:
        return ["No input moves the answer within its range."]
    top = [
        f"{inside(context.parameter_label(name))} ({asked.said(spans[name][0])} to "
        f"{asked.said(spans[name][1])})"
        for name in order[:3]
    ]
    return [f"The {asked.measured} moves most with {listing(top)}."]
