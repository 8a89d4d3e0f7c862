"""One number in every area: named rows for a few areas, a ranked line of dots for many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, style
from heco.report.chart import Chart
from heco.result import Column, Table

#: With more areas than this, names would be smaller than anybody can read.
NAMED = 40
#: Height of a row whose name takes one line, or two. [inches]
_ROW, _DOUBLE = 0.27, 0.4
_LEFT, _RIGHT = 2.0, 0.4
_TALL = 3.4


@dataclass(frozen=True)
class Mark:
    """One area: its name, its number, and the range that holds 95% of the draws."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


def chart(name: str, what: str, kind: str, currency: str, marks: Sequence[Mark]) -> Chart:
    """Return the figure of one number across areas, the largest first.

    Parameters
    ----------
    name : str
        Of the column that is drawn.
    what : str
        The number in words.
    kind, currency : str
        How it is printed.
    marks : sequence of Mark
        One for each area that has the number; there is at least one.
    """
    ranked = sorted(marks, key=lambda mark: (-mark.value, mark.name))
    show = partial(numbers.show, kind=kind, currency=currency)
    title = _title(what, ranked, show)
    table = Table(
        f"figure_areas_{_plain(name)}", title,
        (Column("area", "Area"), Column("value", what, kind), Column("lower", "95% from", kind),
         Column("upper", "to", kind)),
        tuple((mark.name, mark.value, mark.low, mark.high) for mark in ranked),
    )  # fmt: skip
    told = "; ".join(f"{mark.name}: {show(mark.value)}" for mark in ranked[:NAMED])
    more = len(ranked) - NAMED
    ranges = any(mark.low is not None for mark in marks)
    draw = partial(_named if more <= 0 else _many, title, what, ranked, show)
    return Chart(
        name=f"areas_{_plain(name)}",
        title=title,
        alt=f"{what}, by area. {told}" + (f"; and {more} more areas." if more > 0 else "."),
        table=table,
        draw=draw,
        note=(
            "Dots are means over draws, lines hold 95% of them; all areas have the same draws."
            if ranges
            else "Base case: every input at its central value."
        ),
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _title(what: str, ranked: list[Mark], show: Any) -> str:
    first, last = ranked[0], ranked[-1]
    words = numbers.inside(what)
    high, low = show(first.value), show(last.value)
    if len(ranked) == 1:
        return f"{what}: {high} in {first.name}"
    if high == low:
        return f"{what}: {high} in every area"
    return f"From {low} in {last.name} to {high} in {first.name}: {words}"


def _span(ranked: list[Mark]) -> tuple[float, float]:
    ends = [v for m in ranked for v in (m.value, m.low, m.high) if v is not None]
    return min(0.0, *ends), max(0.0, *ends)


def _named(title: str, what: str, ranked: list[Mark], show: Any) -> Any:
    names = [style.wrap(mark.name, _LEFT - 0.15, style.SMALL, lines=2) for mark in ranked]
    row = _DOUBLE if any("\n" in name for name in names) else _ROW
    height = row * len(ranked)
    page = style.Page(title, height + 0.62)
    low, high = _span(ranked)
    room = max(style.text_width(show(mark.value), style.SMALL) for mark in ranked) + 0.1
    width = style.WIDTH - _LEFT - _RIGHT
    axes = page.axes(_LEFT, 0.02, width, height)
    scale = (high - low or 1.0) / max(width - room * (2 if low < 0 < high else 1), 0.5)
    axes.set_xlim(low - (room * scale if low < 0 else 0), high + (room * scale if high > 0 else 0))
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.set_yticks([])
    style.quiet(axes, y=False)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: show(value))
    axes.axvline(0, color=style.INK, linewidth=1.0, zorder=3)
    for k, (mark, name) in enumerate(zip(ranked, names, strict=True)):
        _row(axes, k, mark, show)
        page.text(
            style.EDGE, 0.02 + row * (k + 0.5), name, size=style.SMALL, va="center",
            linespacing=1.1,
        )  # fmt: skip
    words = style.wrap(what, style.WIDTH - 0.2, style.SMALL)
    page.text(style.EDGE, height + 0.3, words, size=style.SMALL, color=style.GREY)
    return page.figure


def _row(axes: Any, k: int, mark: Mark, show: Any) -> None:
    """Draw one area: a bar from zero, or a dot with its range."""
    end = mark.value
    if mark.low is None or mark.high is None:
        axes.barh(k, mark.value, height=0.56, color=style.BLUE, linewidth=0, zorder=2)
    else:
        axes.plot([mark.low, mark.high], [k, k], color=style.SKY, linewidth=3.5, zorder=2,
                  solid_capstyle="butt")  # fmt: skip
        axes.plot(mark.value, k, "o", color=style.BLUE, markersize=5, zorder=4)
        end = mark.high if mark.value >= 0 else mark.low
    right = mark.value >= 0
    axes.annotate(
        show(mark.value), (end, k), xytext=(4 if right else -4, 0), textcoords="offset points",
        ha="left" if right else "right", va="center", size=style.SMALL, color=style.INK,
        annotation_clip=False,
    )  # fmt: skip


def _many(title: str, what: str, ranked: list[Mark], show: Any) -> Any:
    page = style.Page(title, _TALL + 0.75)
    left = 0.75
    axes = page.axes(left, 0.05, style.WIDTH - left - 0.2, _TALL)
    ranks = range(1, len(ranked) + 1)
    if all(mark.low is not None for mark in ranked):
        axes.vlines(ranks, [m.low for m in ranked], [m.high for m in ranked], color=style.SKY,
                    linewidth=0.8, zorder=2)  # fmt: skip
    axes.plot(ranks, [mark.value for mark in ranked], "o", color=style.BLUE, markersize=3,
              linewidth=0, zorder=3)  # fmt: skip
    low, high = _span(ranked)
    axes.set_ylim(low - 0.05 * (high - low or 1), high + 0.05 * (high - low or 1))
    axes.axhline(0, color=style.INK, linewidth=1.0)
    axes.grid(axis="y")
    axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: show(value))
    words = f"Areas, ranked by {numbers.inside(what)} ({len(ranked):,} areas)"
    page.text(
        style.EDGE, _TALL + 0.36, style.wrap(words, style.WIDTH - 0.2, style.SMALL),
        size=style.SMALL, color=style.GREY,
    )  # fmt: skip
    return page.figure
