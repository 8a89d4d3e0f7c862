"""From one answer to another, change by change: the bars begin where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, style
from heco.report.chart import Chart
from heco.result import Column, Table

UP, DOWN = style.ORANGE, style.SKY
_ROW = 0.4
_LEFT, _RIGHT = 2.0, 0.45
#: Changes with a bar of their own; the smallest of the rest are drawn together.
_MOST = 12


@dataclass(frozen=True)
class Step:
    """One change: in words, how much it moves the number, and its 95% limits if it is sampled."""

    label: str
    effect: float
    lower: float | None = None
    upper: float | None = None


def chart(
    name: str,
    title: str,
    what: str,
    kind: str,
    currency: str,
    ends: tuple[tuple[str, float], tuple[str, float]],
    steps: Sequence[Step],
) -> Chart:
    """Return the figure of one number from before to after.

    Parameters
    ----------
    name, title : str
        Of the figure.
    what, kind, currency : str
        The number in words, and how it is printed.
    ends : pair of (str, float)
        What stands before and after, with the number there.
    steps : sequence of Step
        The changes in the order in which they are drawn.
    """
    show = partial(_shown, kind=kind, currency=currency)
    drawn = _few(steps)
    (first, start), (last, end) = ends
    told = "; ".join(f"{step.label}: {show(step.effect, signed=True)}" for step in drawn)
    rows = [(first, start, None, None), *((s.label, s.effect, s.lower, s.upper) for s in drawn),
            (last, end, None, None)]  # fmt: skip
    columns = (Column("label", "Change"), Column("value", what, kind),
               Column("lower", "95% from", kind), Column("upper", "to", kind))  # fmt: skip
    return Chart(
        name=name,
        title=title,
        alt=f"Waterfall. {what}. {first}: {show(start)}. {told}. {last}: {show(end)}.",
        table=Table(f"figure_{name}", title, columns, tuple(rows)),
        draw=partial(_draw, title, what, ends, drawn, show),
        note="Each bar begins where the one above it ends. The effect of a change is its average "
        "over all orders in which the changes can be made, so the bars add up to the difference.",
    )


def _few(steps: Sequence[Step]) -> list[Step]:
    if len(steps) <= _MOST:
        return list(steps)
    rest = steps[_MOST - 1 :]
    together = Step(f"{len(rest)} smaller changes", sum(step.effect for step in rest))
    return [*steps[: _MOST - 1], together]


def _shown(value: float, kind: str, currency: str, signed: bool = False) -> str:
    if kind in ("money", "pence"):
        return numbers.money(value, currency, 2 if kind == "pence" else 0, signed)
    return numbers.qaly(value, signed) if kind == "qaly" else numbers.number(value, signed)


def _draw(title: str, what: str, ends: Any, steps: list[Step], show: Any) -> Any:
    entries = [(style.GREY, "before and after"), (UP, "up"), (DOWN, "down")]
    head = style.key_height([words for _, words in entries]) + 0.06
    height = _ROW * (len(steps) + 2)
    page = style.Page(title, head + height + 0.62)
    page.key(0, entries)
    axes = page.axes(_LEFT, head, style.WIDTH - _LEFT - _RIGHT, height)
    bars = _bars(ends, steps)
    low, high = _span(bars, show)
    axes.set_xlim(low, high)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.set_yticks([])
    style.quiet(axes, y=False)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: show(value))
    if low <= 0 <= high:
        axes.axvline(0, color=style.INK, linewidth=1.0, zorder=3)
    for k, (label, start, end, colour, text) in enumerate(bars):
        axes.barh(k, end - start, left=start, height=0.6, color=colour, linewidth=0, zorder=2)
        if k + 1 < len(bars):
            axes.plot([end, end], [k, k + 1], color=style.GREY, linewidth=0.8, zorder=1)
        axes.annotate(
            text, (max(start, end), k), xytext=(4, 0), textcoords="offset points", ha="left",
            va="center", size=style.SMALL, color=style.INK, zorder=5, annotation_clip=False,
            bbox={"facecolor": style.PAPER, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip
        edge = k in (0, len(bars) - 1)
        words = style.wrap(label, _LEFT - 0.15, style.SMALL, edge, lines=2)
        page.text(
            style.EDGE, head + _ROW * (k + 0.5), words, size=style.SMALL, va="center",
            weight="bold" if edge else "normal", linespacing=1.1,
        )  # fmt: skip
    below = style.wrap(what, style.WIDTH - 0.2, style.SMALL)
    page.text(style.EDGE, head + height + 0.3, below, size=style.SMALL, color=style.GREY)
    return page.figure


_Bar = tuple[str, float, float, str, str]


def _bars(ends: Any, steps: list[Step]) -> list[_Bar]:
    """Return every bar: label, where it begins and ends, colour, what is written beside it."""
    (first, start), (last, end) = ends
    bars = [(first, 0.0, start, style.GREY, "")]
    at = start
    for step in steps:
        colour = UP if step.effect >= 0 else DOWN
        bars.append((step.label, at, at + step.effect, colour, ""))
        at += step.effect
    return [*bars, (last, 0.0, end, style.GREY, "")]


def _span(bars: list[_Bar], show: Any) -> tuple[float, float]:
    """Write the numbers beside the bars, and return an axis that has room for them."""
    for k, (label, start, end, colour, _) in enumerate(bars):
        edge = k in (0, len(bars) - 1)
        text = show(end) if edge else show(end - start, signed=True)
        bars[k] = (label, start, end, colour, text)
    low = min(0.0, *(min(bar[1:3]) for bar in bars))
    high = max(0.0, *(max(bar[1:3]) for bar in bars))
    width = style.WIDTH - _LEFT - _RIGHT
    margin = 0.03 * (high - low or 1.0)
    low, high = (low - margin if low < 0 else 0.0), high + margin
    for _ in range(20):
        scale = (high - low) / width
        for bar in bars:
            need = (style.text_width(bar[4], style.SMALL) + 0.12) * scale
            high = max(high, max(bar[1:3]) + need)
    return low, high
