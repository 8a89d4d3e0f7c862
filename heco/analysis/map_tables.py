"""Maps of two inputs as tidy tables: grid, boundaries, required gains, what lies on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.context import Context
from heco.analysis.maps import Map
from heco.result import Column, Table


def _wtp(context: Context) -> Column:
    return Column("wtp", f"Willingness to pay per {context.unit}", "money")


def grid_table(context: Context, maps: list[Map]) -> Table:
    """Return net benefit and the best strategy at every point of the grids."""
    names = tuple(context.scenario.strategies)
    rows: list[tuple[Any, ...]] = []
    for found in maps:
        if found.y.gain:
            continue
        i, j = names.index(found.option), names.index(found.comparator)
        for row, y in enumerate(found.y.values):
            for column, x in enumerate(found.x.values):
                best = int(found.best[row, column])
                lead = found.benefit[i, row, column] - found.benefit[j, row, column]
                rows.append(
                    (
                        found.name, found.x.name, found.y.name, found.wtp[0], float(x), float(y),
                        names[best] if best >= 0 else "", float(lead) if best >= 0 else None,
                    )
                )  # fmt: skip
    columns = (
        Column("map", "Map"), Column("x_parameter", "x"), Column("y_parameter", "y"),
        _wtp(context), Column("x", "Value of x", "number"), Column("y", "Value of y", "number"),
        Column("best", "Best of all"),
        Column("inmb", "Incremental net monetary benefit of the option", "pence"),
    )  # fmt: skip
    title = "The best strategy as two inputs change"
    return Table("two_way", title, columns, tuple(rows))


def boundary_table(context: Context, maps: list[Map]) -> Table:
    """Return where the option breaks even and where the best strategy changes."""
    names = tuple(context.scenario.strategies)
    rows: list[tuple[Any, ...]] = []
    for found in maps:
        pair = (found.comparator, found.option)
        for line, pieces, known in (
            ("break-even", found.break_even, pair), ("switch", found.switches, names),
        ):  # fmt: skip
            rows += [
                (
                    found.name, found.x.name, found.y.name, found.wtp[0], line, edge.x, edge.y,
                    edge.along, known[edge.below], known[edge.above], edge.kind,
                )
                for edge in pieces
            ]  # fmt: skip
    columns = (
        Column("map", "Map"), Column("x_parameter", "x"), Column("y_parameter", "y"),
        _wtp(context), Column("line", "Line"), Column("x", "Value of x", "number"),
        Column("y", "Value of y", "number"), Column("along", "Found along"),
        Column("below", "Better below"), Column("above", "Better above"), Column("kind", "Kind"),
    )  # fmt: skip
    notes = (
        '"break-even": the option is worth exactly what it costs, compared with the comparator. '
        '"switch": another strategy becomes the best of all.',
    )
    title = "Where the decision changes as two inputs change"
    return Table("two_way_boundary", title, columns, tuple(rows), notes)


def gain_table(context: Context, maps: list[Map]) -> Table:
    """Return the required gain at every x of the maps that ask for it."""
    rows = [
        (
            found.name, found.x.name, found.y.name, wtp, float(x),
            float(gain) if np.isfinite(gain) else None,
        )
        for found in maps
        for wtp, gains in found.gains.items()
        for x, gain in zip(found.x.values, gains, strict=True)
    ]  # fmt: skip
    columns = (
        Column("map", "Map"), Column("x_parameter", "x"), Column("per", "Gain counted per"),
        _wtp(context), Column("x", "Value of x", "number"),
        Column("required_gain", "Required gain", "qaly"),
    )  # fmt: skip
    return Table("two_way_gain", "Required gain as an input changes", columns, tuple(rows))


def point_table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    """Return what lies on the maps, given as rows."""
    columns = (
        Column("map", "Map"), Column("label", "Evidence"), Column("x", "Value of x", "number"),
        Column("x_low", "from", "number"), Column("x_high", "to", "number"),
        Column("y", "Value of y", "number"), Column("y_low", "from", "number"),
        Column("y_high", "to", "number"), _wtp(context), Column("best", "Name of best"),
        Column("best_label", "Best there"),
        Column("inmb", "Incremental net monetary benefit there", "pence"),
        Column("worth_it", "Worth its cost there", "flag"), Column("source", "Source"),
        Column("base", "Base case", "flag"),
    )  # fmt: skip
    title = "What lies on the maps, and what it comes to"
    return Table("two_way_points", title, columns, tuple(rows))
