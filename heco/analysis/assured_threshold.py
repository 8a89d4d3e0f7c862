"""At which value is the option worth its cost, given what is unsure about everything else.

The probabilistic companion of the thresholds: for each parameter the value at which incremental net
benefit is zero on average, and the values at which the option is worth its cost with a probability
of 50, 80 and 90% (`heco.analysis.assurance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from heco.analysis.assurance import Assurance, Crossing, assurance
from heco.analysis.context import Context, needs_wtp
from heco.analysis.facts import base_value
from heco.analysis.gsa import Target
from heco.analysis.search import search_range
from heco.analysis.wording import listing, money, percent, plain
from heco.errors import refuse
from heco.result import Column, Quantity, Result, Table
from heco.scenario.schema_parameters import Solve

NAME = "assured_threshold"
TITLE = "At which values is it worth its cost, given the rest of the uncertainty?"
WHERE = "[analysis] threshold"
#: Probabilities that are asked for.
SHARES = (0.5, 0.8, 0.9)


def run(context: Context, solve: Sequence[Solve] = (), shares: Sequence[float] = SHARES) -> Result:
    """Solve for the parameters of the threshold analysis, or for others.

    Parameters
    ----------
    context : Context
        The run; it must have draws.
    solve : sequence of Solve, optional
        Parameters and ranges; left out, those of ``[analysis] threshold``.
    shares : sequence of float
        Probabilities.

    Returns
    -------
    Result
        ``assured_threshold``, with one table of that name; the curves are in `data`, as
        ``PARAMETER.WTP``.
    """
    needs_wtp(context, WHERE)
    if context.psa is None:
        raise refuse("this needs draws", "[analysis] psa", "Add psa = {} to [analysis].")
    settings = context.scenario.analysis.threshold
    asked = list(solve) or list(settings.solve if settings else ())
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline = []
    data: dict[str, Any] = {}
    option, comparator = context.scenario.option, context.scenario.comparator
    for item in asked:
        low, high, _ = search_range(context, item.parameter, item.low, item.high)
        for wtp in context.wtp:
            target = Target(option, comparator, wtp, context.effect)
            made = assurance(
                context.model, context.psa.draws, item.parameter, low, high, target, shares,
                context.seed,
            )  # fmt: skip
            data[f"{item.parameter}.{wtp:g}"] = made
            rows += [_row(context, made, one, wtp) for one in made.crossings]
            quantities += [_quantity(context, made, one, wtp) for one in made.crossings]
            if wtp == context.wtp[0]:
                headline.append(_sentence(context, made, wtp))
    return Result(
        NAME, TITLE, tuple(headline), (_table(context, rows),), tuple(quantities), data=data,
        settings={"method": f"{context.psa.n:,} draws, the parameter set to one value in all"},
    )  # fmt: skip


def _row(context: Context, made: Assurance, one: Crossing, wtp: float) -> tuple[Any, ...]:
    name = made.parameter
    return (
        name, context.parameter_label(name), context.scenario.parameters[name].unit, wtp,
        _asked(one), one.share, one.x, one.lower, one.upper, one.worth_it,
        base_value(context, name), made.low, made.high, made.method,
    )  # fmt: skip


def _asked(one: Crossing) -> str:
    return "mean" if one.share is None else "probability"


def _quantity(context: Context, made: Assurance, one: Crossing, wtp: float) -> Quantity:
    asked = "mean" if one.share is None else f"{one.share:g}"
    unit = context.scenario.parameters[made.parameter].unit
    return Quantity(
        "threshold", one.x, context.scenario.option, context.scenario.comparator, wtp,
        f"{made.parameter}@{asked}", one.lower, one.upper, unit if one.x is not None
        else one.worth_it, "probabilistic",
    )  # fmt: skip


def _sentence(context: Context, made: Assurance, wtp: float) -> str:
    """Say where the option is worth its cost on average, and where it is with each probability."""
    first = {one.share: one for one in reversed(made.crossings)}
    parts = []
    for share, one in sorted(first.items(), key=lambda item: item[0] or 0.0):
        how = "on average" if share is None else f"with {percent(share)} probability"
        where = one.worth_it if one.x is None else f"{one.worth_it} {plain(one.x)}"
        parts.append(f"{where} {how}")
    return (
        f"{context.parameter_label(made.parameter)}: at {money(wtp, context.currency)} per "
        f"{context.unit} {context.label(context.scenario.option)} is worth its cost "
        f"{listing(parts)} (between {plain(made.low)} and {plain(made.high)})."
    )


def _table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("parameter", "Parameter name"), Column("label", "Parameter"),
        Column("unit", "Unit"), Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("asked", "Asked for"), Column("probability", "Probability", "percent"),
        Column("value", "Value", "number"), Column("lower", "95% from", "number"),
        Column("upper", "to", "number"), Column("worth_it", "Worth its cost"),
        Column("base", "As it is", "number"), Column("low", "Looked from", "number"),
        Column("high", "to", "number"), Column("method", "Found by"),
    )  # fmt: skip
    notes = (
        "The parameter has the same value in every draw; all others keep their draws. The interval "
        "is what simulating finitely often leaves open (bootstrap), not how unsure the inputs are.",
    )
    title = "Thresholds with the rest of the uncertainty"
    return Table("assured_threshold", title, columns, tuple(rows), notes)
