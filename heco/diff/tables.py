"""What a comparison says, as tables, sentences and rows of results.csv."""

from __future__ import annotations

import math
from typing import Any

from heco.analysis import run_scenario
from heco.diff.changes import STRUCTURE, WTP
from heco.diff.diff import Difference, Waterfall
from heco.diff.hybrid import base_only
from heco.report import document, numbers
from heco.report.numbers import input_value, kind_of_unit
from heco.result import Column, Quantity, Table
from heco.scenario.scenario import Scenario


def inputs_table(found: Difference) -> Table:
    """Return every input that differs, with both values in the prices of its own scenario."""
    columns = (
        Column("input", "Name"), Column("label", "Input"), Column("what", "What differs"),
        Column("before", "Before, as written"), Column("after", "After, as written"),
        Column("base_before", "Base value before", "number"),
        Column("base_after", "Base value after", "number"), Column("unit", "Unit"),
        Column("moves", "Can move the answer", "flag"), Column("source_before", "Source before"),
        Column("source_after", "Source after"),
    )  # fmt: skip
    before, after = (_values(scenario) for scenario in (found.before, found.after))
    rows: list[tuple[Any, ...]] = []
    for change in found.changes:
        sources = change.sources or ("", "")
        parameter = found.after.parameters.get(change.key)
        rows.append(
            (
                change.key, change.label, change.what, change.before, change.after,
                before.get(change.key), after.get(change.key),
                parameter.unit if parameter else "", change.moves, *sources,
            )
        )  # fmt: skip
    said = {change.key for change in found.changes}
    for name, value in after.items():
        if name in said or name not in before:
            continue
        if math.isclose(before[name], value, rel_tol=1e-12):  # rounding on the way is no change
            continue
        parameter = found.after.parameters[name]
        why = "prices" if name in found.after.price_factors or name in (
            found.before.price_factors) else "follows from other inputs"  # fmt: skip
        rows.append((name, parameter.label, why, "", "", before[name], value, parameter.unit,
                     False, "", ""))  # fmt: skip
    notes = ("Base values are in the price year of the scenario that they belong to.",)
    return Table("changed_inputs", "What differs", columns, tuple(rows), notes)


def _values(scenario: Scenario) -> dict[str, float]:
    """Return the base value of every parameter that has one."""
    run = run_scenario(base_only(scenario), draws=0)
    table = next((t for t in run.tables if t.name == "inputs"), None)
    if table is None:
        return {}
    at = [column.name for column in table.columns]
    name, value = at.index("parameter"), at.index("value")
    return {str(row[name]): float(row[value]) for row in table.rows if row[value] is not None}


def waterfall_table(found: Difference) -> Table:
    """Return every step of every waterfall, one row each."""
    columns = (
        Column("quantity", "Number"), Column("wtp_before", "Willingness to pay before", "money"),
        Column("wtp_after", "after", "money"), Column("change", "Name"), Column("label", "Change"),
        Column("effect", "Effect", "number"), Column("lower", "95% from", "number"),
        Column("upper", "to", "number"), Column("least", "Least in any order", "number"),
        Column("most", "Most", "number"), Column("from", "From", "number"),
        Column("to", "To", "number"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for w in found.waterfalls:
        at = w.before
        for change, share in w.steps:
            wtp = w.wtp or (None, None)
            rows.append((w.quantity, *wtp, change.key, change.label, share.effect, share.lower,
                         share.upper, share.least, share.most, at, at + share.effect))  # fmt: skip
            at += share.effect
    orders = "every order" if found.exact else "a sample of the orders"
    notes = (
        f"The effect of a change is the average over {orders} in which the changes can be made; "
        "least and most are the smallest and the largest effect that it has in one of them.",
    )
    return Table("waterfall", "What each change did", columns, tuple(rows), notes)


def quantities(found: Difference) -> list[Quantity]:
    """Return the rows of results.csv."""
    option, comparator = found.after.option, found.after.comparator
    rows = []
    for w in found.waterfalls:
        one, other = w.wtp or (None, None)
        who: dict[str, Any] = {"strategy": option, "comparator": comparator, "unit": w.unit}
        rows.append(Quantity(w.quantity, w.before, wtp=one, subject="before", **who))
        rows.append(Quantity(w.quantity, w.after, wtp=other, subject="after", **who))
        rows.append(
            Quantity(f"change_in_{w.quantity}", w.after - w.before, wtp=other, subject="all", **who)
        )
        rows += [
            Quantity(f"change_in_{w.quantity}", share.effect, wtp=other, subject=change.key,
                     lower=share.lower, upper=share.upper, **who)
            for change, share in w.steps
        ]  # fmt: skip
    return rows


def results_csv(found: Difference) -> str:
    """Return results.csv."""
    return document.results_csv(quantities(found))


def kind(waterfall: Waterfall) -> str:
    """Return how the number is printed."""
    if waterfall.quantity == "inmb":
        return "money"
    made = kind_of_unit(waterfall.unit)
    return "money" if made == "pence" and abs(waterfall.before) >= 10 else made


def show(found: Difference, waterfall: Waterfall, value: float, signed: bool = False) -> str:
    """Return a value of a waterfall as people read it."""
    currency = found.after.decision.currency
    how = kind(waterfall)
    if how in ("money", "pence"):
        return numbers.money(value, currency, 2 if how == "pence" else 0, signed)
    if how == "qaly":
        return numbers.qaly(value, signed)
    return numbers.number(value, signed)


def what(found: Difference, waterfall: Waterfall) -> str:
    """Return a waterfall's number in words."""
    effect = "Life years" if found.after.decision.effect == "life_years" else "QALYs"
    asked = found.after.analysis.required_gain
    name = waterfall.quantity
    if name == "inmb":
        words = "Net benefit per person"
    elif name == "incremental_cost":
        words = "Extra cost per person"
    elif name in ("incremental_qaly", "incremental_life_years"):
        words = f"Extra {numbers.inside(effect)} per person"
    elif name.startswith("required_") and "_per_" in name and asked is not None:
        per = name.partition("_per_")[2]
        words = f"{effect} each {asked.labels.get(per, per.replace('_', ' '))} must gain"
    elif name in found.after.measures:
        words = found.after.measures[name].label
    else:
        words = name.replace("_", " ").capitalize()
    if waterfall.wtp is None:
        return words
    one, other = (numbers.money(v, found.after.decision.currency) for v in waterfall.wtp)
    return f"{words}, at {one}" if one == other else f"{words}, at {one} before and {other} after"


def sentence(found: Difference, waterfall: Waterfall) -> str:
    """Return what became of a number, and why."""
    ends = [show(found, waterfall, v) for v in (waterfall.before, waterfall.after)]
    lead = what(found, waterfall)
    if waterfall.before == waterfall.after and not any(s.effect for _, s in waterfall.steps):
        return f"{lead}: {ends[0]} in both."
    parts = [
        f"{numbers.inside(change.label)} {show(found, waterfall, share.effect, signed=True)}"
        for change, share in waterfall.steps[:4]
        if share.effect
    ]
    rest = sum(share.effect for _, share in waterfall.steps[4:])
    if len(waterfall.steps) > 4 and rest:
        parts.append(f"the others {show(found, waterfall, rest, signed=True)}")
    return f"{lead}: from {ends[0]} to {ends[1]} ({', '.join(parts)})."


def value_in_words(found: Difference, key: str, value: float | None) -> str:
    """Return a base value as people read it."""
    parameter = found.after.parameters.get(key) or found.before.parameters.get(key)
    if parameter is None or value is None or key in (STRUCTURE, WTP):
        return ""
    return input_value(value, parameter.unit, found.after.decision.currency)
