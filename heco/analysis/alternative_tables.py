"""Alternatives as tables and as rows of results.csv."""

from __future__ import annotations

from typing import Any

from heco.analysis.context import Context
from heco.analysis.setting import Setting
from heco.result import Column, Quantity, Table


def table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    """Return what every option comes to under every setting, given as rows."""
    unit = context.unit
    columns = (
        Column("alternative", "Name"), Column("setting", "Setting"),
        Column("strategy", "Name of strategy"), Column("label", "Strategy"),
        Column("comparator", "Compared with"), Column("basis", "Basis"),
        Column("incremental_cost", "Extra cost", "pence"),
        Column("incremental_effect", f"Extra {unit}s", "qaly"),
        Column("change_cost", "Change in extra cost", "pence"),
        Column("change_effect", f"Change in extra {unit}s", "qaly"),
        Column("wtp", f"Willingness to pay per {unit}", "money"),
        Column("inmb", "Incremental net monetary benefit", "pence"),
        Column("inmb_lower", "95% from", "pence"), Column("inmb_upper", "to", "pence"),
        Column("change_inmb", "Change in net benefit", "pence"),
        Column("best", "Name of best"), Column("best_label", "Best of all"),
        Column("changes_decision", "Another strategy than in the base case", "flag"),
        Column("base_wtp", "Compared with the base case at", "money"),
        Column("changed", "What is otherwise"), Column("source", "Source"), Column("note", "Note"),
    )  # fmt: skip
    notes = ("Changes are from the base case; everything that is not mentioned stays as it is.",)
    return Table("alternatives", "The answer under other settings", columns, tuple(rows), notes)


def gain_table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    """Return the required gains under every setting, given as rows."""
    columns = (
        Column("alternative", "Name"), Column("setting", "Setting"),
        Column("strategy", "Name of strategy"), Column("label", "Strategy"),
        Column("comparator", "Compared with"), Column("per", "Per"),
        Column("per_label", "Counted per"), Column("reading", "Reading"), Column("basis", "Basis"),
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("value", "Required gain", "qaly"), Column("lower", "95% from", "qaly"),
        Column("upper", "to", "qaly"), Column("change", "Change", "qaly"),
        Column("modelled", "Gain in this model", "qaly"),
    )  # fmt: skip
    title = "Required gain under other settings"
    return Table("alternatives_gain", title, columns, tuple(rows))


def quantities(here: Setting) -> list[Quantity]:
    """Return the numbers of one setting: extra cost, extra effect, net benefit."""
    context = here.context
    word = "qaly" if context.effect == "qaly" else "life_years"
    each = f"{context.currency} per person"
    found = []
    for basis in here.bases.values():
        for option in context.scenario.options:
            pair = here.pair(basis.name, option)
            assert pair is not None
            what: dict[str, Any] = {
                "strategy": option, "comparator": context.scenario.comparator,
                "subject": here.name,
            }  # fmt: skip
            found.append(basis.quantity("alternative_incremental_cost", pair[0], unit=each, **what))
            unit = f"{context.unit}s per person"
            found.append(
                basis.quantity(f"alternative_incremental_{word}", pair[1], unit=unit, **what)
            )
            for wtp in context.wtp:
                benefit = wtp * pair[1] - pair[0]
                found.append(
                    basis.quantity("alternative_inmb", benefit, unit=each, wtp=wtp, **what)
                )
    return found


def gain_quantities(here: Setting) -> list[Quantity]:
    """Return the required gains of one setting."""
    word = "qaly" if here.context.effect == "qaly" else "life_years"
    found = []
    for reading in here.readings.values():
        name = f"alternative_required_{word}_per_{reading.key}"
        subject = f"{here.name}/{reading.name}" if reading.name else here.name
        for basis in reading.parts:
            for wtp in here.context.wtp:
                gain = reading.gain(basis, wtp)
                found.append(
                    Quantity(
                        name, gain.value, reading.option, here.context.scenario.comparator, wtp,
                        subject, gain.lower, gain.upper,
                        f"{here.context.unit}s per {reading.label}", basis,
                    )
                )  # fmt: skip
    return found
