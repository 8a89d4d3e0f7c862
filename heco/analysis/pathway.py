"""What happens along the way: who is found, missed, treated, and what each of them costs.

The author's own measures ([measures.*]) for every strategy, and how many people pass each branch
of the pathway that is counted. A measure that is a ratio is the ratio of means: numerator and
denominator are averaged over draws separately (a quotient at the top of a formula is such a
ratio). Its limits are percentiles of the draws' own ratios, and are left out where the
denominator is positive in some draws and negative in others. A ratio whose denominator is zero is
"undefined", not an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.basis import Basis, bases
from heco.analysis.context import Context
from heco.analysis.summaries import Ratio, difference, ratio_of_means, summary
from heco.result import Column, Quantity, Result, Table
from heco.scenario.expressions import Call

if TYPE_CHECKING:
    from heco.outcomes import Array
    from heco.scenario.expressions import Expr
    from heco.scenario.schema_structure import Measure

NAME = "pathway"
TITLE = "What happens along the way?"
UNDEFINED = "undefined: the denominator is 0"


def applies(context: Context) -> bool:
    """Return whether the scenario counts anybody or measures anything."""
    return bool(context.scenario.measures or context.base.outcomes.counted())


def run(context: Context) -> Result:
    """Work out the measures and the numbers of people.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``pathway``, with the tables ``measures`` and ``people_counted``.
    """
    tables, quantities = [], []
    if context.scenario.measures:
        table, more = _measures(context)
        tables.append(table)
        quantities += more
    if context.base.outcomes.counted():
        table, more = _people(context)
        tables.append(table)
        quantities += more
    return Result(NAME, TITLE, tables=tuple(tables), quantities=tuple(quantities))


def parts(measure: Measure) -> tuple[Expr, Expr | None]:
    """Return numerator and denominator of a measure; no denominator if it is no ratio."""
    if measure.ratio is not None:
        return measure.ratio
    assert measure.value is not None
    if isinstance(measure.value, Call) and measure.value.function == "div":
        return measure.value.args[0], measure.value.args[1]
    return measure.value, None


def measured(context: Context, basis: Basis, measure: Measure, strategy: str) -> Ratio:
    """Return the value of a measure for one strategy.

    Parameters
    ----------
    context : Context
        The run.
    basis : Basis
        Base case or draws.
    measure : Measure
        What to work out.
    strategy : str
        For which strategy.

    Returns
    -------
    Ratio
        Value and limits; the value is None where it is undefined.
    """
    above, below = parts(measure)
    top = _values(context, basis, above, strategy, measure.compared_with)
    if below is not None:
        bottom = _values(context, basis, below, strategy, measure.compared_with)
        unknown = ~(np.isfinite(top) & np.isfinite(bottom))
        if unknown.any():
            return Ratio(None, undefined=int(np.count_nonzero(unknown)))
        return ratio_of_means(top, bottom)
    if not np.isfinite(top).all():
        return Ratio(None, undefined=int(np.count_nonzero(~np.isfinite(top))))
    s = summary(top)
    return Ratio(s.mean, s.lower, s.upper) if basis.probabilistic else Ratio(s.mean)


def _values(context: Context, basis: Basis, formula: Expr, strategy: str, other: str) -> Array:
    sample = basis.sample
    with np.errstate(all="ignore"):  # what is not defined comes back as NaN and is said
        value = context.model.measure_values(sample.draws, sample.outcomes, formula, strategy)
        if not other:
            return value
        against = context.model.measure_values(sample.draws, sample.outcomes, formula, other)
        return difference(value, against)


def _measures(context: Context) -> tuple[Table, list[Quantity]]:
    columns = [
        Column("measure", "Name"), Column("label", "Measure"), Column("strategy", "Strategy name"),
        Column("strategy_label", "Strategy"), Column("compared_with", "Compared with"),
        Column("value", "Value", "number"), Column("mean", "Mean of draws", "number"),
        Column("lower", "95% from", "number"), Column("upper", "to", "number"),
        Column("unit", "Unit"), Column("note", "Note"),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    for name, measure in context.scenario.measures.items():
        other = measure.compared_with
        for strategy in measure.strategies or context.scenario.strategies:
            if strategy == other:
                continue
            found = {b.name: measured(context, b, measure, strategy) for b in bases(context)}
            for basis, ratio in found.items():
                quantities.append(
                    Quantity(
                        name, ratio.value, strategy, other, lower=ratio.lower, upper=ratio.upper,
                        unit=measure.unit, basis=basis,
                    )
                )  # fmt: skip
            base, psa = found["deterministic"], found.get("probabilistic", Ratio(None))
            notes = [measure.note] if measure.note else []
            if base.value is None:
                notes.append(UNDEFINED)
            if psa.undefined:
                notes.append(f"undefined in {psa.undefined:,} draws")
            rows.append(
                (
                    name, measure.label, strategy, context.label(strategy), other, base.value,
                    psa.value, psa.lower, psa.upper, measure.unit, "; ".join(notes),
                )
            )  # fmt: skip
    footnote = ("Ratios are ratios of means; their limits are percentiles over draws.",)
    return Table("measures", "Measures of the pathway", tuple(columns), tuple(rows), footnote), (
        quantities
    )


def _people(context: Context) -> tuple[Table, list[Quantity]]:
    population = context.scenario.population
    sized = context.base.outcomes.population is not None
    who = population.label
    columns = [
        Column("count", "Counted"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("per_10000", f"Per 10,000 {who}", "count"),
    ]  # fmt: skip
    if sized:
        columns += [
            Column("people", f"{who[0].upper()}{who[1:]} per {population.per}", "count"),
            Column("mean", "Mean of draws", "count"), Column("lower", "95% from", "count"),
            Column("upper", "to", "count"),
        ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    base = context.base.outcomes.counted()
    for counted in base:
        for i, strategy in enumerate(context.base.outcomes.strategies):
            row: list[Any] = [counted, strategy, context.label(strategy)]
            row.append(10_000 * float(base[counted][i, 0]))
            numbers: dict[str, Quantity] = {}
            for basis in bases(context):
                outcomes = basis.sample.outcomes
                share = outcomes.counted()[counted][i]
                what: dict[str, Any] = {"strategy": strategy, "subject": counted}
                quantities.append(basis.quantity("share", share, unit=f"share of {who}", **what))
                if outcomes.population is not None:
                    unit = f"{who} per {population.per}"
                    q = basis.quantity("count", share * outcomes.population, unit=unit, **what)
                    quantities.append(q)
                    numbers[basis.name] = q
            if sized:
                row.append(numbers["deterministic"].value)
                psa = numbers.get("probabilistic")
                row += [psa.value, psa.lower, psa.upper] if psa else [None, None, None]
            rows.append(tuple(row))
    title = "How many people pass each counted branch"
    if context.base.outcomes.events:
        title = "How many people pass what is counted, and how often events happen"
    return Table("people_counted", title, tuple(columns), tuple(rows)), quantities
