"""What must be gained for the extra cost to be worth it.

An option that costs C more per person than its comparator, and changes health otherwise by E, is
worth its cost at a willingness to pay W if the cohort gains at least C/W - E per person on top,
discounted, over the whole horizon. Divided by the share of the cohort who are treated, or who
benefit, this is the gain that each of them must have:

    required gain = (C / W - E) / (people counted, per person of the cohort)

C, E and the people counted are differences from the comparator. E is the model's own effect with
the named utility parameter set to 0: the harms of false alarms and whatever else the pathway
does, but not the gain that is asked for. Where no parameter is named E is taken to be 0, and this
is said.

Over draws the answer is the ratio of means, which is the gain that makes the mean net benefit
zero; limits are percentiles of the draws' own answers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.context import Context, needs_wtp
from heco.analysis.readings import Reading, all_readings, without
from heco.analysis.required_utility import required_utility
from heco.analysis.summaries import Ratio
from heco.analysis.wording import count
from heco.outcomes import Array
from heco.result import Column, Quantity, Result, Table

NAME = "required_gain"
TITLE = "What must be gained for the cost to be worth it?"
WHERE = "[analysis] required_gain"
#: Willingness to pay of the curve: from, to, steps. [currency per QALY]
CURVE = (5_000.0, 60_000.0, 56)
#: Extra cost in the table by cost, as multiples of the modelled one.
MULTIPLES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is an option to ask about."""
    return context.scenario.analysis.required_gain is not None and bool(context.scenario.options)


def run(context: Context) -> Result:
    """Solve for the gain that would make each option worth its cost.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``required_gain``, with the tables ``required_gain``, ``required_gain_by_cost``,
        ``required_gain_curve`` and, where a utility is named, ``required_utility``.
    """
    needs_wtp(context, WHERE)
    settings = context.scenario.analysis.required_gain
    assert settings is not None
    utility = settings.utility
    nothing = without(context, utility, WHERE) if utility else {}
    readings = all_readings(context, nothing)
    tables = [_gains(context, readings), _by_cost(context, readings), _curve(context, readings)]
    quantities = [quantity for reading in readings for quantity in _quantities(context, reading)]
    warnings: list[str] = []
    if utility:
        table, more, warnings = required_utility(context, utility, nothing)
        tables.append(table)
        quantities += more
    for reading in readings:
        warnings += reading.warnings(context.label(reading.option))
    other = (
        f"counted as the model has them, with {utility} set to 0"
        if utility
        else "taken to be 0, because no utility parameter is named"
    )
    return Result(
        analysis=NAME,
        title=TITLE,
        tables=tuple(tables),
        quantities=tuple(quantities),
        warnings=tuple(dict.fromkeys(warnings)),
        settings={"other health effects of the option": other},
        data={"option": context.scenario.option, "per": tuple(settings.per)},
    )


def _quantities(context: Context, reading: Reading) -> list[Quantity]:
    word = "qaly" if context.effect == "qaly" else "life_years"
    what: dict[str, Any] = {
        "strategy": reading.option,
        "comparator": context.scenario.comparator,
        "subject": reading.name,
    }
    found = []
    for basis in reading.parts:
        each = reading.cost(basis)
        found.append(
            Quantity(
                f"extra_cost_per_{reading.key}", each.value, lower=each.lower, upper=each.upper,
                unit=f"{context.currency} per {reading.label}", basis=basis, **what,
            )
        )  # fmt: skip
        if reading.asked and not reading.name:
            own = reading.modelled(basis)
            found.append(
                Quantity(
                    f"modelled_{word}_per_{reading.key}", own.value, lower=own.lower,
                    upper=own.upper, unit=f"{context.unit}s per {reading.label}", basis=basis,
                    **what,
                )
            )  # fmt: skip
        for wtp in context.wtp:
            gain = reading.gain(basis, wtp)
            found.append(
                Quantity(
                    f"required_{word}_per_{reading.key}", gain.value, wtp=wtp, lower=gain.lower,
                    upper=gain.upper, unit=f"{context.unit}s per {reading.label}", basis=basis,
                    **what,
                )
            )  # fmt: skip
    return found


def _who(context: Context, reading: Reading) -> tuple[str, ...]:
    return (
        reading.option,
        context.label(reading.option),
        context.scenario.comparator,
        reading.key,
        reading.label,
        reading.name,
    )


_WHO = (
    Column("strategy", "Name"), Column("label", "Strategy"), Column("comparator", "Compared with"),
    Column("per", "Per"), Column("per_label", "Counted per"), Column("reading", "Reading"),
)  # fmt: skip


def _wtp(context: Context) -> Column:
    return Column("wtp", f"Willingness to pay per {context.unit}", "money")


def _gains(context: Context, readings: list[Reading]) -> Table:
    columns = (
        *_WHO, _wtp(context), Column("people", "Share of the cohort", "percent"),
        Column("extra_cost", "Extra cost each", "money"), Column("value", "Required gain", "qaly"),
        Column("mean", "Mean of draws", "qaly"), Column("lower", "95% from", "qaly"),
        Column("upper", "to", "qaly"), Column("modelled", "Gain in this model", "qaly"),
        Column("note", "Note"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for reading in readings:
        base, people = reading.cost("deterministic"), reading.parts["deterministic"][2]
        for wtp in context.wtp:
            gain = reading.gain("deterministic", wtp)
            psa = reading.gain("probabilistic", wtp) if context.psa else Ratio(None)
            notes = [reading.note] if reading.note else []
            if gain.value is None:
                notes.append("undefined: nobody is counted")
            if reading.empty:
                notes.append(f"nobody is counted in {count(reading.empty, 'draw')}")
            rows.append(
                (
                    *_who(context, reading), wtp, float(people[0]), base.value, gain.value,
                    psa.value, psa.lower, psa.upper, reading.modelled("deterministic").value,
                    "; ".join(notes),
                )
            )  # fmt: skip
    footnote = (
        f"Discounted {context.unit}s over the whole horizon that each person counted must gain, "
        "on average, for incremental net monetary benefit to be zero. The mean over draws is the "
        "ratio of means; limits are percentiles over draws.",
    )
    return Table("required_gain", "Required gain", columns, tuple(rows), footnote)


def _by_cost(context: Context, readings: list[Reading]) -> Table:
    columns = (
        *_WHO, _wtp(context), Column("multiple", "Extra cost, times", "number"),
        Column("extra_cost", "Extra cost each", "money"), Column("value", "Required gain", "qaly"),
    )  # fmt: skip
    rows = []
    for reading in readings:
        each = reading.cost("deterministic").value
        for wtp in context.wtp:
            for multiple in MULTIPLES:
                gain = reading.gain("deterministic", wtp, multiple)
                cost = None if each is None else multiple * each
                rows.append((*_who(context, reading), wtp, multiple, cost, gain.value))
    title = "Required gain if the extra cost were higher or lower"
    return Table("required_gain_by_cost", title, columns, tuple(rows))


def _curve(context: Context, readings: list[Reading]) -> Table:
    columns = (
        *_WHO, _wtp(context), Column("value", "Required gain", "qaly"),
        Column("mean", "Mean of draws", "qaly"), Column("lower", "95% from", "qaly"),
        Column("upper", "to", "qaly"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for reading in readings:
        for wtp in curve_grid(context.wtp):
            gain = reading.gain("deterministic", wtp)
            psa = reading.gain("probabilistic", wtp) if context.psa else Ratio(None)
            who = _who(context, reading)
            rows.append((*who, float(wtp), gain.value, psa.value, psa.lower, psa.upper))
    title = "Required gain at every willingness to pay"
    return Table("required_gain_curve", title, columns, tuple(rows))


def curve_grid(wtp: tuple[float, ...]) -> Array:
    """Return the willingness to pay at which the curve is drawn: 5,000 to 60,000.

    Wider where the stated thresholds lie outside, as they do in other currencies.
    """
    low, high, steps = CURVE
    positive = [value for value in wtp if value > 0]
    if positive and (min(positive) < low or max(positive) > high):
        low, high = min(positive) / 4, 2 * max(positive)
    return np.linspace(low, high, steps)
