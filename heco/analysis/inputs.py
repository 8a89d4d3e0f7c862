"""What went in: every parameter with its value, its uncertainty and where it comes from.

The table is a result like any other, so that a report needs no second way into the scenario.
What the author calls an assumption is counted, and so is every spread that is somebody's
judgement; a cost that was moved to another price year shows its original value beside.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.context import Context
from heco.analysis.facts import base_value, central_range, components, mean_sd, varies
from heco.analysis.wording import count
from heco.result import Column, Quantity, Result, Table
from heco.scenario.expressions import to_text
from heco.scenario.schema_parameters import Parameter

NAME = "inputs"
TITLE = "What went in?"

COLUMNS = (
    Column("parameter", "Name"), Column("label", "Parameter"), Column("unit", "Unit"),
    Column("value", "Value", "number"), Column("mean", "Mean", "number"),
    Column("lower", "95% from", "number"), Column("upper", "to", "number"),
    Column("distribution", "Distribution"), Column("source", "Source"),
    Column("certainty", "Certainty"), Column("assumption", "Assumption", "flag"),
    Column("judgement", "Judgement", "flag"), Column("lever", "Lever", "flag"),
    Column("set_by", "Set by"), Column("price_year", "Price year as written"),
    Column("price_factor", "Price factor", "number"),
    Column("original", "Value as written", "number"), Column("range_low", "Range from", "number"),
    Column("range_high", "to", "number"), Column("note", "Note"),
)  # fmt: skip


def applies(context: Context) -> bool:
    """Return whether there are parameters."""
    return bool(context.scenario.parameters)


def run(context: Context) -> Result:
    """List every parameter.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``inputs``, with the table ``inputs``: one row per parameter, and one per member of a set
        that is drawn together; `data` has the base values as ``parameters``.
    """
    scenario = context.scenario
    rows = [
        _row(context, name, column)
        for name in scenario.parameters
        for column in components(scenario, name)
    ]
    assumed = [name for name, p in scenario.parameters.items() if p.assumed]
    judged = [name for name, d in scenario.distributions.items() if d.judgement]
    derived = sum(p.expr is not None for p in scenario.parameters.values())
    facts = len(scenario.parameters) - derived
    sentence = (
        f"{count(facts, 'input')}, of which {len(assumed) or 'none'} "
        f"{'are assumptions' if len(assumed) > 1 else 'is an assumption'}"
    )
    if judged:
        sentence += f" and {len(judged):,} rest{'s' if len(judged) == 1 else ''} on judgement"
    more = f"; {count(derived, 'value')} derived from them" if derived else ""
    notes = [
        "The value is used in the base case; mean and 95% range are those of its distribution, "
        "or of the draws where it follows from others. Costs are in the price year of the results."
    ]
    quantities = tuple(
        Quantity(name, float(number), unit="parameters")
        for name, number in (
            ("inputs", facts), ("assumptions", len(assumed)), ("judgements", len(judged))
        )
    )  # fmt: skip
    return Result(
        analysis=NAME,
        title=TITLE,
        headline=(f"{sentence}{more}.",),
        tables=(Table("inputs", "Inputs", COLUMNS, tuple(rows), tuple(notes)),),
        quantities=quantities,
        warnings=tuple(_warnings(context)),
        data={"parameters": {row[0]: row[3] for row in rows}},
    )


def _row(context: Context, name: str, column: str) -> tuple[Any, ...]:
    scenario = context.scenario
    parameter = scenario.parameters[name]
    distribution = scenario.distributions.get(name)
    value = base_value(context, column)
    mean, _ = mean_sd(scenario, column)
    ends = central_range(context, column)
    if mean is None and ends is not None and context.psa is not None:
        values = context.model.parameter_values(context.psa.draws, [name])[name]
        mean = float(np.mean(values[np.isfinite(values)]))
    factor = scenario.price_factors.get(name)
    low, high = ends or (None, None)
    declared_low, declared_high = parameter.range or (None, None)
    return (
        column, context.parameter_label(column), parameter.unit, value, mean, low, high,
        _words(context, name, parameter), parameter.source, parameter.certainty,
        parameter.assumed, bool(distribution and distribution.judgement), parameter.lever,
        _set_by(context, name), parameter.price_year, factor,
        value / factor if factor and value is not None else None, declared_low, declared_high,
        parameter.note,
    )  # fmt: skip


def _words(context: Context, name: str, parameter: Parameter) -> str:
    """Return where a value comes from, in words."""
    scenario = context.scenario
    if name in scenario.distributions:
        return scenario.distributions[name].describe()
    if parameter.expr is not None:
        start = "varies with time: " if varies(scenario, name) else ""
        return f"{start}= {to_text(parameter.expr)}"
    if parameter.table is not None:
        place = parameter.table.file or f"{len(parameter.table.values)} rows"
        return f"table by {parameter.table.by.replace('_', ' ')} ({place})"
    if parameter.samples is not None:
        rows = len(scenario.samples.get(name, ()))
        settings = parameter.samples
        return f"joint samples: {settings.column} of {settings.file} ({count(rows, 'row')})"
    return "fixed"


def _set_by(context: Context, name: str) -> str:
    """Return which strategies set a lever, and to what."""
    return "; ".join(
        f"{strategy}: {to_text(record.set[name])}"
        for strategy, record in context.scenario.strategies.items()
        if name in record.set
    )


def _warnings(context: Context) -> list[str]:
    """Return what loading noted, and what distributions say about themselves."""
    warnings = list(context.scenario.warnings)
    for name, distribution in context.scenario.distributions.items():
        for text in distribution.warnings:
            if not any(text in known and name in known for known in warnings):
                warnings.append(f"[parameters.{name}] {text}")
    return warnings
