"""At which value is the option worth its cost, given what is unsure about everything else.

The probabilistic companion of the thresholds and of the required gain: for each parameter the value
at which incremental net benefit is zero on average, and the values at which the option is worth its
cost with a probability of 50, 80 and 90% (`heco.analysis.assurance`); and in the same way the gain
that everybody who is counted must have.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from heco.analysis.assurance import Assurance, assurance, assured_gain
from heco.analysis.break_even import Crossing
from heco.analysis.context import Context, needs_wtp
from heco.analysis.facts import base_value
from heco.analysis.gsa import Target
from heco.analysis.readings import all_readings, without
from heco.analysis.search import search_range
from heco.analysis.wording import inside, listing, money, of_unit, percent
from heco.errors import refuse
from heco.result import Column, Quantity, Result, Table
from heco.scenario.schema_analysis import Assurance as Settings

NAME = "assurance"
TITLE = "At which values is it worth its cost, given the rest of the uncertainty?"
WHERE = "[analysis] assurance"


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to ask about, and draws to ask."""
    asked = context.scenario.analysis.assurance is not None and context.psa is not None
    return asked and bool(context.scenario.options)


def run(context: Context, settings: Settings | None = None) -> Result:
    """Solve for the parameters asked for, and for the required gain where there is one.

    Parameters
    ----------
    context : Context
        The run; it must have draws.
    settings : heco.scenario.schema_analysis.Assurance, optional
        Left out, the scenario's.

    Returns
    -------
    Result
        ``assurance``, with one table of that name; the curves are in `data`, as ``NAME.WTP``.
    """
    needs_wtp(context, WHERE)
    if context.psa is None:
        raise refuse("this needs draws", "[analysis] psa", "Add psa = {} to [analysis].")
    asked = settings or context.scenario.analysis.assurance or Settings()
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline: dict[str, str] = {}
    data: dict[str, Any] = {}
    for wtp in context.wtp if asked.wtp is None else (asked.wtp,):
        for made, label, unit, base in _answers(context, asked, wtp):
            data[f"{made.parameter}.{wtp:g}"] = made
            rows += [_row(made, one, label, unit, base, wtp) for one in made.crossings]
            quantities += [_quantity(context, made, one, unit, wtp) for one in made.crossings]
            headline.setdefault(made.parameter, _sentence(context, made, label, unit, wtp))
    return Result(
        NAME, TITLE, tuple(headline.values()), (_table(context, rows),), tuple(quantities),
        data=data,
        settings={"method": f"{context.psa.n:,} draws, the parameter set to one value in all"},
    )  # fmt: skip


def _answers(
    context: Context, asked: Settings, wtp: float
) -> Iterator[tuple[Assurance, str, str, float | None]]:
    """Yield each answer with its label, its unit and the value in the base case."""
    assert context.psa is not None
    option, comparator = context.scenario.option, context.scenario.comparator
    for item in asked.solve:
        name = item.parameter
        low, high, _ = search_range(context, name, item.low, item.high)
        made = assurance(
            context.model, context.psa.draws, name, low, high,
            Target(option, comparator, wtp, context.effect), asked.probability, context.seed,
        )  # fmt: skip
        unit = context.scenario.parameters[name].unit
        yield made, context.parameter_label(name), unit, base_value(context, name)
    gain = context.scenario.analysis.required_gain
    if gain is None or wtp <= 0:
        return
    for reading in all_readings(
        context, without(context, gain.utility, WHERE) if gain.utility else {}
    ):
        if reading.option != option:
            continue
        cost, effect, people, _ = reading.parts["probabilistic"]
        name = f"required_{context.effect}_per_{reading.key}"
        label = f"Gain per {reading.label}"
        if reading.name:
            name, label = f"{name}/{reading.name}", f"{label} ({reading.name})"
        made = assured_gain(cost, effect, people, wtp, asked.probability, context.seed, name)
        yield made, label, f"{context.unit}s per {reading.label}", None


def _row(
    made: Assurance, one: Crossing, label: str, unit: str, base: float | None, wtp: float
) -> tuple[Any, ...]:
    return (
        made.parameter, label, unit, wtp, _asked(one), one.share, one.x, one.lower, one.upper,
        one.worth_it, base, made.low, made.high, made.method,
    )  # fmt: skip


def _asked(one: Crossing) -> str:
    return "mean" if one.share is None else "probability"


def _quantity(context: Context, made: Assurance, one: Crossing, unit: str, wtp: float) -> Quantity:
    asked = "mean" if one.share is None else f"{one.share:g}"
    return Quantity(
        "assured_threshold", one.x, context.scenario.option, context.scenario.comparator, wtp,
        f"{made.parameter}@{asked}", one.lower, one.upper,
        unit if one.x is not None else one.worth_it, "probabilistic",
    )  # fmt: skip


def _sentence(context: Context, made: Assurance, label: str, unit: str, wtp: float) -> str:
    """Say where the option is worth its cost on average, and where it is with each probability."""

    def value(x: float) -> str:  # simulation supports no more digits
        return of_unit(float(f"{x:.3g}"), unit, context.currency)

    first = {one.share: one for one in reversed(made.crossings)}
    parts = []
    for share, one in sorted(first.items(), key=lambda item: item[0] or 0.0):
        how = "on average" if share is None else f"with {percent(share)} probability"
        where = one.worth_it if one.x is None else f"{one.worth_it} {value(one.x)}"
        parts.append(f"{where} {how}")
    return (
        f"{label}: at {money(wtp, context.currency)} per {context.unit}, "
        f"{inside(context.label(context.scenario.option))} is worth its cost {listing(parts)} "
        f"(looked at from {value(made.low)} to {value(made.high)})."
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
    return Table(NAME, title, columns, tuple(rows), notes)
