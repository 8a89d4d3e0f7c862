"""Who gains and who loses: health by group, and what each strategy does to the gap."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

GAINED, LOST = style.BLUE, style.ORANGE
_ROW = 0.4
_LEFT, _RIGHT = 1.55, 0.78
_HEIGHT = 2.5
#: Room for the names of points. [inches]
_NAMES = 0.9


def bars(run: RunResult) -> Chart | None:
    """Return health gained, lost and left by group; None if no groups were asked for."""
    parts = _parts(reading.rows(run, "equity", strategy=reading.option(run)))
    if not parts:
        return None
    rows = next(iter(parts.values()))
    groups = [r for r in rows if r["group"]]
    title = _title(run, groups)
    unit = reading.effects(run)
    told = [
        f"{r['group_label']}: {_number(r['gained'])} gained, {_number(r['lost'])} lost elsewhere, "
        f"net {_signed(r['net'])}"
        for r in groups
    ]
    keys = ("sharing", "group", "gained", "lost", "net", "lower", "upper")
    note = f"{unit} of one period's people if a {reading.effect(run)} costs " + (
        f"{numbers.money(groups[0]['wtp'], reading.currency(run))} elsewhere; losses elsewhere "
        f"shared {groups[0]['sharing']}."
    )
    note += " Dots: what is left" + (", with the 95% range of the draws." if run.draws else ".")
    if len(parts) > 1:
        note += " Rings: what is left if losses elsewhere follow the gradient."
    return Chart(
        name="equity",
        title=title,
        alt=f"Bars of {unit} gained and lost elsewhere by group, with what is left. "
        f"{'; '.join(told)}.",
        table=reading.tidy(
            "equity", title, " ".join(keys),
            [tuple(r[k] for k in keys) for part in parts.values() for r in part if r["group"]],
        ),
        draw=partial(_draw_bars, run, parts, title),
        note=note,
    )  # fmt: skip


def plane(run: RunResult) -> Chart | None:
    """Return the equity-impact plane: total health and the gap, one point per strategy."""
    parts = _parts(reading.rows(run, "equity_totals"))
    rows = next(iter(parts.values()), [])
    if not rows:
        return None
    title = _plane_title(run, parts)
    told = [
        f"{r['label']}: all groups {_signed(r['net'])}, gap narrowed by {_signed(r['narrowed'])}"
        + (" under the gradient" if name != rows[0]["sharing"] else "")
        for name, part in parts.items()
        for r in part
    ]
    keys = (
        "strategy", "sharing", "net", "net_lower", "net_upper", "narrowed", "narrowed_lower",
        "narrowed_upper",
    )  # fmt: skip
    note = "The gap is that of the table below: above 0 it narrows."
    if run.draws:
        note = f"Crosses: 95% range of the draws. {note}"
    if len(parts) > 1:
        dots = f"Full dots: losses elsewhere shared {rows[0]['sharing']}; rings: by the gradient."
        note = f"{dots} {note}"
    return Chart(
        name="equity_plane",
        title=title,
        alt=f"Equity-impact plane: the gap across, total {reading.effects(run)} upwards. "
        f"{'; '.join(told)}.",
        table=reading.tidy(
            "equity_plane", title, " ".join(keys),
            [tuple(r[k] for k in keys) for part in parts.values() for r in part],
        ),
        draw=partial(_draw_plane, run, parts, title),
        note=note,
    )  # fmt: skip


def _parts(rows: list[Record]) -> dict[str, list[Record]]:
    """Return the rows at the first cost of a QALY elsewhere, by how losses are shared."""
    found: dict[str, list[Record]] = {}
    for r in rows:
        if r["wtp"] == rows[0]["wtp"]:
            found.setdefault(str(r["sharing"]), []).append(r)
    return found


def _number(value: Any) -> str:
    return numbers.number(float(f"{float(value):.3g}"))


def _signed(value: Any) -> str:
    return numbers.number(float(f"{float(value):.3g}"), signed=True)


def _title(run: RunResult, groups: list[Record]) -> str:
    name = reading.capital(reading.strategy(run, reading.option(run)))
    gain = [r for r in groups if r["net"] > 0]
    lose = [r for r in groups if r["net"] < 0]

    def called(r: Record) -> str:
        return numbers.inside(str(r["group_label"]))

    if len(lose) == len(groups):
        least = max(groups, key=lambda r: float(r["net"]))
        return f"{name}: every group loses more health than it gains, {called(least)} the least"
    if len(gain) == len(groups):
        most = max(groups, key=lambda r: float(r["net"]))
        return f"{name}: every group gains more health than it loses, {called(most)} the most"
    if not gain and not lose:
        return f"{name}: no group gains or loses health"
    winners = numbers.listing([called(r) for r in gain]) or "no group"
    verb = "gains" if len(gain) < 2 else "gain"
    losers = "the others lose" if len(lose) > 1 else f"{called(lose[0])} loses"
    return f"{name}: {winners} {verb} health, {losers}"


def _plane_title(run: RunResult, parts: dict[str, list[Record]]) -> str:
    mine = [
        next((r for r in part if r["strategy"] == reading.option(run)), part[0])
        for part in parts.values()
    ]
    first = mine[0]
    health = "adds to health in all" if first["net"] > 0 else "takes from health in all"
    narrows = first["narrowed"] > 0
    gap = "narrows the gap" if narrows else "widens the gap"
    joined = "and" if (first["net"] > 0) == narrows else "but"
    turns = len(mine) > 1 and (mine[1]["narrowed"] > 0) != narrows
    name = reading.capital(str(first["label"]))
    end = ", unless losses elsewhere follow the gradient" if turns else ""
    return f"{name} {health} {joined} {gap} between the worst and the best off{end}"


def _draw_bars(run: RunResult, parts: dict[str, list[Record]], title: str) -> Any:
    rows, *others = ([r for r in part if r["group"]] for part in parts.values())
    unit = reading.effects(run)
    entries = [(GAINED, f"{unit} gained"), (LOST, f"{unit} lost elsewhere")]
    key = style.key_height([words for _, words in entries])
    head, height = key + 0.3, _ROW * len(rows)
    page = style.Page(title, head + height + 0.55)
    page.key(0, entries)
    width = style.WIDTH - _LEFT - _RIGHT
    axes = page.axes(_LEFT, head, width, height)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    axes.axvline(0, color=style.INK, linewidth=1.2, zorder=3)
    largest = max(abs(float(r["net"])) for r in rows)
    decimals = min(6, max(0, 2 - math.floor(math.log10(largest)))) if largest else 0
    places = list(range(len(rows)))
    axes.barh(places, [r["gained"] for r in rows], color=GAINED, height=0.5, zorder=2)
    axes.barh(places, [-r["lost"] for r in rows], color=LOST, height=0.5, zorder=2)
    for r, place in zip(rows, places, strict=True):
        if r["lower"] is not None:
            axes.plot([r["lower"], r["upper"]], [place] * 2, color=style.INK, lw=1.2, zorder=4)
        axes.plot([r["net"]], [place], "o", color=style.INK, markersize=6, zorder=6)
    for part in others:
        for r, place in zip(part, places, strict=True):
            axes.plot(
                [r["net"]], [place], "o", markersize=7, zorder=5, markerfacecolor=style.PAPER,
                markeredgecolor=style.INK, markeredgewidth=1.3,
            )  # fmt: skip
    _plain_axis(axes.xaxis)
    page.text(
        _LEFT + width + _RIGHT - 0.08, key + 0.08, "what is left", size=style.SMALL,
        color=style.GREY, ha="right",
    )  # fmt: skip
    for r, place in zip(rows, places, strict=True):
        middle = head + _ROW * (place + 0.5)
        words = style.wrap(str(r["group_label"]), _LEFT - 0.2, style.SMALL, lines=2)
        page.text(style.EDGE, middle, words, size=style.SMALL, va="center", linespacing=1.1)
        page.text(
            _LEFT + width + _RIGHT - 0.08, middle, numbers.fixed(r["net"], decimals, signed=True),
            size=style.SMALL,
            va="center", ha="right",
        )  # fmt: skip
    page.text(style.EDGE, head + height + 0.3, unit, size=style.SMALL, color=style.GREY)
    return page.figure


def _plain_axis(axis: Any, bins: int = 5) -> None:
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]))
    show: Callable[[float, object], str] = lambda value, _: numbers.number(round(value, 9))  # noqa: E731
    axis.set_major_formatter(show)


def _draw_plane(run: RunResult, parts: dict[str, list[Record]], title: str) -> Any:
    left, right, head = 0.72, 0.15, 0.28
    page = style.Page(title, head + _HEIGHT + 0.58)
    width = style.WIDTH - left - right
    axes = page.axes(left, head, width, _HEIGHT)
    looks = labels.looks(run)
    every = [r for part in parts.values() for r in part]
    across = _limits(
        [r[k] for r in every for k in ("narrowed", "narrowed_lower", "narrowed_upper")]
    )
    upward = _limits([r[k] for r in every for k in ("net", "net_lower", "net_upper")])
    # Room for names to the right of the points.
    across = across[0], across[1] + _NAMES * (across[1] - across[0]) / (width - _NAMES)
    axes.set_xlim(*across)
    axes.set_ylim(*upward)
    axes.grid()
    style.quiet(axes, y=False)
    axes.axhline(0, color=style.INK, linewidth=1.2, zorder=2)
    axes.axvline(0, color=style.INK, linewidth=1.2, zorder=2)
    for k, part in enumerate(parts.values()):
        for r in part:
            colour = looks[str(r["strategy"])].colour
            x, y = r["narrowed"], r["net"]
            if r["net_lower"] is not None:
                axes.plot([r["narrowed_lower"], r["narrowed_upper"]], [y] * 2, color=colour, lw=1.0)
                axes.plot([x] * 2, [r["net_lower"], r["net_upper"]], color=colour, lw=1.0)
            axes.plot(
                [x], [y], "o", markersize=7.5, zorder=6, markeredgecolor=colour,
                markerfacecolor=style.PAPER if k else colour, markeredgewidth=1.6,
            )  # fmt: skip
    _name_points(run, axes, every, (width, _HEIGHT), across, upward)
    _plain_axis(axes.xaxis)
    _plain_axis(axes.yaxis)
    quiet = {"size": style.SMALL, "color": style.GREY}
    unit = reading.effects(run)
    page.text(style.EDGE, 0.02, f"{unit} in all, net of what is lost elsewhere", **quiet)
    page.text(
        left + width / 2, head + _HEIGHT + 0.3, f"← gap widens   {unit}   gap narrows →",
        ha="center", **quiet,
    )  # fmt: skip
    return page.figure


def _limits(values: list[Any]) -> tuple[float, float]:
    """Return limits that hold every value and zero, with room around."""
    known = [0.0, *(float(v) for v in values if v is not None)]
    low, high = min(known), max(known)
    room = 0.14 * (high - low or 1.0)
    return low - room, high + room


def _name_points(
    run: RunResult,
    axes: Any,
    every: list[Record],
    size: tuple[float, float],
    across: tuple[float, float],
    upward: tuple[float, float],
) -> None:
    """Write the strategies beside their full dots."""
    first = every[0]["sharing"]
    named = [r for r in every if r["sharing"] == first]

    def place(r: Record) -> tuple[float, float]:
        return (
            size[0] * (r["narrowed"] - across[0]) / (across[1] - across[0]),
            size[1] * (r["net"] - upward[0]) / (upward[1] - upward[0]),
        )

    words = [style.wrap(str(r["label"]), 1.4, style.SMALL, lines=2) for r in named]
    sizes = [
        (
            max(style.text_width(line, style.SMALL) for line in text.split("\n")),
            0.16 * (text.count("\n") + 1),
        )
        for text in words
    ]
    rings = [place(r) for r in every if r["sharing"] != first]
    taken = [(x - 0.08, y - 0.08, x + 0.08, y + 0.08) for x, y in rings]
    # Neither on the lines through zero nor on the crosses.
    zero = place({"narrowed": 0.0, "net": 0.0})
    taken += [
        (0, zero[1] - 0.04, size[0], zero[1] + 0.04),
        (zero[0] - 0.04, 0, zero[0] + 0.04, size[1]),
    ]
    for r in every:
        if r["net_lower"] is not None:
            low = place({"narrowed": r["narrowed_lower"], "net": r["net_lower"]})
            high = place({"narrowed": r["narrowed_upper"], "net": r["net_upper"]})
            x, y = place(r)
            taken += [(low[0], y - 0.04, high[0], y + 0.04), (x - 0.04, low[1], x + 0.04, high[1])]
    spots = labels.points_apart(*size, [place(r) for r in named], sizes, taken)
    for text, (x, y, side) in zip(words, spots, strict=True):
        axes.text(
            x / size[0], y / size[1], text, transform=axes.transAxes, ha=side, va="center",
            size=style.SMALL, color=style.INK, zorder=7, linespacing=1.1,
            bbox={"facecolor": style.PAPER, "alpha": 0.7, "linewidth": 0, "pad": 0.3},
        )  # fmt: skip
