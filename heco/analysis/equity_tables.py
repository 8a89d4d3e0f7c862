"""The tables of a distribution: health by group, and what equality would be worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.context import Context
from heco.result import Column, Table
from heco.scenario.expressions import Number
from heco.scenario.schema_money import Equity

if TYPE_CHECKING:
    from heco.analysis.equity import Distribution

EXPLORATORY = "Exploratory: weighing health by how equally it is shared is no rule of NICE."


def sharing(settings: Equity, name: str) -> str:
    """Return how losses elsewhere are shared out, in words."""
    if name:
        return "under the gradient"
    groups = settings.groups.values()
    for key in ("opportunity", "residents"):
        stated = [getattr(group, key) for group in groups]
        if all(one is None for one in stated):
            continue
        plain = {one.value for one in stated if isinstance(one, Number)}
        if len(plain) == 1 and all(isinstance(one, Number) for one in stated):
            return "equally"
        return "as stated" if key == "opportunity" else "by number of residents"
    return "by number of people"


def groups(
    context: Context,
    settings: Equity,
    base: Sequence[Distribution],
    draws: Sequence[Distribution] | None,
) -> Table:
    """Return health gained, lost and left, by group; the last row of each is all groups."""
    unit = f"{context.unit}s"
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("comparator", "Against"),
        Column("wtp", f"Cost of a {context.unit} elsewhere", "money"),
        Column("sharing", "Losses elsewhere shared"), Column("group", "Group name"),
        Column("group_label", "Group"), Column("people", "People", "count"),
        Column("gained", f"{unit} gained", "qaly"),
        Column("lost", f"{unit} lost elsewhere", "qaly"), Column("net", "Net health", "qaly"),
        Column("mean", "Mean of draws", "qaly"), Column("lower", "95% from", "qaly"),
        Column("upper", "to", "qaly"), Column("share_of_loss", "Share of the loss", "percent"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for k, one in enumerate(base):
        front = (
            one.option, context.label(one.option), context.scenario.comparator, one.wtp,
            sharing(settings, one.sharing),
        )  # fmt: skip
        spread = draws[k].net if draws is not None else None
        lost = float(one.lost[:, 0].sum())
        for g, (name, group) in enumerate(settings.groups.items()):
            mine = float(one.lost[g, 0])
            rows.append(
                (
                    *front, name, group.label or name.replace("_", " "), float(one.people[g, 0]),
                    float(one.gained[g, 0]), mine, float(one.net[g, 0]),
                    *_limits(None if spread is None else spread[g]), mine / lost if lost else None,
                )
            )  # fmt: skip
        rows.append(
            (
                *front, "", "All groups", float(one.people[:, 0].sum()),
                float(one.gained[:, 0].sum()), lost, float(one.net[:, 0].sum()),
                *_limits(None if spread is None else spread.sum(axis=0)), 1.0 if lost else None,
            )
        )  # fmt: skip
    note = (
        f"{unit} of one period's people. Health is lost elsewhere because the money would have "
        "brought health there. Every group's health counts the same."
    )
    return Table("equity", "Who gains and who loses", columns, tuple(rows), (note,))


def totals(
    context: Context,
    settings: Equity,
    base: Sequence[Distribution],
    draws: Sequence[Distribution] | None,
) -> Table:
    """Return what each strategy does to health in all, and to the gap between the groups."""
    unit = f"{context.unit}s"
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("comparator", "Against"),
        Column("wtp", f"Cost of a {context.unit} elsewhere", "money"),
        Column("sharing", "Losses elsewhere shared"), Column("gained", f"{unit} gained", "qaly"),
        Column("lost", f"{unit} lost elsewhere", "qaly"), Column("net", "Net health", "qaly"),
        Column("net_mean", "Mean of draws", "qaly"), Column("net_lower", "95% from", "qaly"),
        Column("net_upper", "to", "qaly"),
        Column("narrowed", "Gap narrowed", "qaly"),
        Column("narrowed_mean", "Mean of draws", "qaly"),
        Column("narrowed_lower", "95% from", "qaly"), Column("narrowed_upper", "to", "qaly"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for k, one in enumerate(base):
        spread = draws[k] if draws is not None else None
        rows.append(
            (
                one.option, context.label(one.option), context.scenario.comparator, one.wtp,
                sharing(settings, one.sharing), float(one.gained[:, 0].sum()),
                float(one.lost[:, 0].sum()), float(one.net[:, 0].sum()),
                *_limits(None if spread is None else spread.net.sum(axis=0)),
                float(one.narrowed[0]),
                *_limits(None if spread is None else spread.narrowed),
            )
        )  # fmt: skip
    first, *_, last = (g.label or name.replace("_", " ") for name, g in settings.groups.items())
    note = (
        f"The gap runs from the worst off ({first}) to the best off ({last}): {unit} that a group "
        "of average size at the bottom gains beyond one at the top, on the straight line through "
        "all groups (slope index of inequality). Below 0 the gap widens."
    )
    return Table("equity_totals", "Health in all, and the gap", columns, tuple(rows), (note,))


def _limits(values: Any) -> tuple[float | None, float | None, float | None]:
    if values is None:
        return None, None, None
    low, high = np.quantile(values, (0.025, 0.975))
    return float(np.mean(values)), float(low), float(high)


def atkinson(context: Context, settings: Equity, rows: Sequence[tuple[Any, ...]]) -> Table:
    """Return what equality would be worth at each aversion to inequality."""
    unit = f"{context.unit}s"
    columns = (
        Column("strategy", "Name"), Column("label", "Strategy"), Column("comparator", "Against"),
        Column("wtp", f"Cost of a {context.unit} elsewhere", "money"),
        Column("sharing", "Losses elsewhere shared"),
        Column("aversion", "Aversion to inequality", "number"),
        Column("ede_before", "Equally shared health before", "qaly"),
        Column("ede_after", "and after", "qaly"),
        Column("ede_gain", f"Worth, in {unit} shared equally", "qaly"),
        Column("net", "Net health", "qaly"), Column("equity", "of it from equality", "qaly"),
    )  # fmt: skip
    cells = tuple(
        (
            row[0], context.label(row[0]), context.scenario.comparator, row[1],
            sharing(settings, row[2]), *row[3:],
        )
        for row in rows
    )  # fmt: skip
    title = "What more equal health would be worth"
    return Table("equity_atkinson", title, columns, cells, (EXPLORATORY,))
