"""The tables of a reconciliation: the figures, what they imply together, and each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heco.analysis.context import Context
from heco.result import Column, Table

if TYPE_CHECKING:
    from heco.analysis.reconcile import Answer, Limit

AS_DECLARED = "as declared"
_IMPLIED = (
    "Implied by the published figures, not measured: one input is moved, all others keep their "
    "base values. Ranges come from the rounding of the printed figures."
)


def figures_table(
    context: Context,
    status: Mapping[str, tuple[float | None, bool]],
    windows: Mapping[str, tuple[float, float]],
) -> Table:
    """Return each figure with the window of its rounding and the model's own number."""
    columns = (
        Column("figure", "Name"), Column("label", "Figure"), Column("printed", "Published"),
        Column("low", "Rounds from", "number"), Column("high", "to", "number"),
        Column("model", "This model", "number"), Column("agrees", "Agrees", "flag"),
        Column("source", "Source"),
    )  # fmt: skip
    rows = []
    for name, figure in context.scenario.published.items():
        value, agrees = status[name]
        middle, half = windows[name]
        label = figure.label or name.replace("_", " ")
        rows.append(
            (
                name, label, figure.printed, middle - half, middle + half, value,
                None if value is None else agrees, figure.source,
            )
        )  # fmt: skip
    return Table("reconcile_figures", "Published figures", columns, tuple(rows))


def joint_table(
    context: Context,
    answers: Sequence[Answer],
    limits: Mapping[str, Limit],
    show: Sequence[str],
) -> Table:
    """Return, for each free input, where all figures agree that it moves."""
    measures = context.scenario.measures
    columns = [
        Column("reading", "Reading name"), Column("reading_label", "Reading"),
        Column("parameter", "Parameter name"), Column("parameter_label", "Input"),
        Column("unit", "Unit"), Column("base", "As it is", "number"),
        Column("low", "Looked from", "number"), Column("high", "to", "number"),
        Column("figures", "Figures that it moves"), Column("status", "Status"),
        Column("implied_low", "Implied from", "number"), Column("implied_high", "to", "number"),
        Column("evidence", "Evidence"), Column("supported_low", "Evidence from", "number"),
        Column("supported_high", "to", "number"),
        Column("supported_low95", "95% limit from", "number"),
        Column("supported_high95", "to", "number"), Column("reach", "Supported by evidence"),
    ]  # fmt: skip
    for name in show:
        columns.append(Column(f"{name}_low", f"{measures[name].label}, from", "number"))
        columns.append(Column(f"{name}_high", "to", "number"))
    rows: list[tuple[Any, ...]] = []
    for answer in answers:
        name = answer.parameter
        base = context.model.parameter_values(context.model.base(), [name])[name]
        front = (
            answer.reading, answer.reading_label or AS_DECLARED, name,
            context.parameter_label(name), context.scenario.parameters[name].unit, float(base[0]),
            answer.low, answer.high, ", ".join(answer.moved),
        )  # fmt: skip
        limit = _limits(limits.get(name))
        if not answer.moved or not answer.joint:
            status = "no value makes all of them agree" if answer.moved else "moves no figure"
            rows.append((*front, status, None, None, *limit, "", *([None] * (2 * len(show)))))
            continue
        for k, (low, high) in enumerate(answer.joint):
            shown = [end for measure in show for end in answer.shown[measure][k]]
            rows.append((*front, "implied", low, high, *limit, answer.reach, *shown))
    title = "What the published figures imply"
    return Table("reconcile_joint", title, tuple(columns), tuple(rows), (_IMPLIED,))


def _limits(limit: Limit | None) -> tuple[Any, ...]:
    if limit is None:
        return "", None, None, None, None
    least, most = limit.least, limit.most
    return (
        limit.label, least[0] if least else None, most[0] if most else None,
        least[1] if least else None, most[2] if most else None,
    )  # fmt: skip


def ranges_table(context: Context, answers: Sequence[Answer]) -> Table:
    """Return, for each free input and figure, every range in which the figure agrees."""
    columns = (
        Column("reading", "Reading name"), Column("reading_label", "Reading"),
        Column("parameter", "Parameter name"), Column("parameter_label", "Input"),
        Column("figure", "Figure"), Column("status", "Status"),
        Column("implied_low", "Implied from", "number"), Column("implied_high", "to", "number"),
        Column("least", "Smallest the figure gets", "number"),
        Column("most", "Largest", "number"), Column("to_the_end", "Range goes on", "flag"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for answer in answers:
        label = context.parameter_label(answer.parameter)
        reading = (answer.reading, answer.reading_label or AS_DECLARED)
        for figure, one in answer.each.items():
            front = (*reading, answer.parameter, label, figure)
            if not one.ranges:
                status = "no value makes it agree" if one.moves else "not moved"
                rows.append((*front, status, None, None, one.low, one.high, None))
            for low, high in one.ranges:
                open_ended = low <= answer.low or high >= answer.high
                rows.append((*front, "implied", low, high, one.low, one.high, open_ended))
    title = "What each published figure implies by itself"
    return Table("reconcile_ranges", title, columns, tuple(rows), (_IMPLIED,))
