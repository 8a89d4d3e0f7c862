"""What every uncertain input may be: its fitted density, its mean and its 95% limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.fitted import Fitted, fitted
from heco.result import RunResult

#: Panels on one figure, and figures in all; what is beyond them is in the table.
MOST, PAGES = 12, 5
_CURVE, _GAP, _LINE = 0.48, 0.3, 0.155
_LABEL_LINES = 3


def chart(run: RunResult, page: int) -> Chart | None:
    """Return a figure of at most twelve inputs, or None if there are none left for it."""
    every = fitted(run)
    pages = min(math.ceil(len(every) / MOST), PAGES)
    if page >= pages:
        return None
    size = min(math.ceil(len(every) / pages), MOST)
    first = page * size
    mine = every[first : first + size]
    title = _title(every, first, mine, run)
    name = name_of(page)
    hidden = max(0, len(every) - pages * size)
    return Chart(
        name=name,
        title=title,
        alt="Densities of uncertain inputs. "
        + "; ".join(f"{one.label}: {said(run, one)}" for one in mine),
        table=reading.tidy(
            name,
            title,
            "parameter value density",
            [(f.name, float(x), float(y)) for f in mine
             for x, y in zip(f.x, f.density, strict=True)],
        ),
        draw=partial(_draw, run, mine, title),
        note="Each curve has a scale of its own. Below it the mean and, in brackets and as the "
        "darker part, the range that holds 95%; the line is the mean. A curve that rises without "
        "limit is cut off."
        + (f" {hidden} further inputs are in the table only." if hidden and page == pages - 1
           else ""),
    )  # fmt: skip


#: One callable for each figure that there may be.
CHARTS: tuple[Callable[[RunResult], Chart | None], ...] = tuple(
    partial(chart, page=page) for page in range(PAGES)
)


def name_of(page: int) -> str:
    """Return the name of a figure."""
    return "densities" if page == 0 else f"densities_{page + 1}"


def said(run: RunResult, one: Fitted) -> str:
    """Return mean and limits in words."""

    def show(value: float | None) -> str:
        return numbers.input_value(value, one.unit, reading.currency(run))

    limits = numbers.interval(show(one.lower), show(one.upper))
    mean = "no mean" if one.mean is None else show(one.mean)
    return f"{mean} ({limits})" if limits else mean


def _title(every: list[Fitted], first: int, mine: list[Fitted], run: RunResult) -> str:
    if first:
        return f"Uncertain inputs {first + 1} to {first + len(mine)} of {len(every)}"
    if len(every) == 1:
        return f"One input is uncertain: {numbers.inside(every[0].label)}"
    widest = max(every, key=lambda f: f.spread)
    return f"Of {len(every)} uncertain inputs, the least known for its size is “{widest.label}”"


def _draw(run: RunResult, mine: list[Fitted], title: str) -> Any:
    columns = 2 if len(mine) > 1 else 1
    rows = math.ceil(len(mine) / columns)
    labels = [style.wrap(f.label, _width(columns), style.SMALL, lines=_LABEL_LINES) for f in mine]
    head = _LINE * (max(label.count("\n") for label in labels) + 1)
    row = head + _CURVE + 0.38
    height = row * rows + 0.02
    page = style.Page(title, height)
    axes = page.axes(0, 0, style.WIDTH, height)
    axes.set_xlim(0, style.WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    width = _width(columns)
    for i, (one, label) in enumerate(zip(mine, labels, strict=True)):
        # Down the first column, then down the second, as a list is read.
        left, top = style.EDGE + (i // rows) * (width + _GAP), row * (i % rows) + head
        axes.text(left, top, label, size=style.SMALL, color=style.INK, va="bottom", linespacing=1.1)
        _panel(axes, run, one, left, top + 0.05 + _CURVE, width)
    return page.figure


def _width(columns: int) -> float:
    return (style.WIDTH - 2 * style.EDGE - _GAP * (columns - 1)) / columns


def _panel(axes: Any, run: RunResult, one: Fitted, left: float, foot: float, width: float) -> None:
    low, high = float(one.x[0]), float(one.x[-1])
    most = float(one.density.max())
    if high > low and most > 0:
        x = left + (one.x - low) / (high - low) * width
        y = foot - one.density / most * _CURVE
        axes.fill_between(x, y, foot, color=style.SKY, alpha=0.35, linewidth=0)
        if one.lower is not None and one.upper is not None:
            core = (one.x >= one.lower) & (one.x <= one.upper)
            axes.fill_between(x, y, foot, where=np.asarray(core), color=style.SKY, linewidth=0)
        axes.plot(x, y, color=style.BLUE, linewidth=1.1)
        if one.mean is not None and low <= one.mean <= high:
            at = left + (one.mean - low) / (high - low) * width
            axes.plot([at, at], [foot, foot - _CURVE], color=style.INK, linewidth=0.9)
    axes.plot([left, left + width], [foot, foot], color=style.GREY, linewidth=0.8)
    words = style.wrap(said(run, one), width, style.SMALL, lines=1)
    axes.text(left, foot + 0.04, words, size=style.SMALL, color=style.GREY, va="top")
