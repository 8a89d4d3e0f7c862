"""The forest plot: every study, what they say together, and what a new setting may bring."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.review import lines as rows
from heco.review.answers import Review
from heco.review.effect_axis import SMALL as _SMALL
from heco.review.effect_axis import limits, spaced, ticks
from heco.review.lines import Line, three
from heco.review.screen import arm_headings
from heco.review.sentences import headline
from heco.review.wording import Words

#: A forest plot has six columns and is wider than other figures; room for its axis. [inches]
_NARROWEST, _PLOT = 7.0, 2.5
_ROW, _GAP, _EDGE, _BETWEEN = 0.205, 0.1, 0.08, 0.16
_SIZE = 9.0
_LARGEST, _SMALLEST = 0.15, 0.035
_WIDEST_NAME = 2.4
_BOLD = ("subtotal", "total")


def chart(found: Review) -> Chart:
    """Return the forest plot of a review."""
    words, made = Words(found.effects), rows.lines(found)
    title = headline(found)
    drawn = [line for line in made if line.ends is not None]
    told = "; ".join(f"{line.label} {words.whole(*three(line))}" for line in drawn)
    tidy = [
        (line.kind, line.label, *map(float, found.measure.natural(np.array(line.ends))),
         line.weight)
        for line in drawn
    ]  # fmt: skip
    return Chart(
        name="forest",
        title=title,
        alt=f"Forest plot of {words.name.lower()}s. {told}.",
        table=reading.tidy("forest", title, "kind label effect lower upper weight", tidy),
        draw=partial(_draw, found, made, title),
        note=" ".join(rows.notes(found)),
    )


class _Sheet:
    """The figure, in inches from its top left corner."""

    def __init__(self, width: float, height: float) -> None:
        from matplotlib.figure import Figure

        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), dpi=style.DPI)

    def text(self, left: float, top: float, text: str, **more: Any) -> None:
        options: dict[str, Any] = {"va": "center", "size": _SIZE, "color": style.INK, **more}
        self.figure.text(left / self.width, 1 - top / self.height, text, **options)

    def rule(self, top: float, colour: str = style.GREY, width: float = 0.8) -> None:
        from matplotlib.lines import Line2D

        y = 1 - top / self.height
        ends = [_EDGE / self.width, 1 - _EDGE / self.width]
        self.figure.add_artist(Line2D(ends, [y, y], color=colour, linewidth=width))


@dataclass(frozen=True)
class _Columns:
    """Where the columns stand. [inches from the left]."""

    names: float
    arms: tuple[float, ...]
    plot: tuple[float, float]
    effect: float
    weight: float
    width: float


def _columns(found: Review, words: Words, made: list[Line]) -> _Columns:
    """Return the columns, as wide as what stands in them; the axis takes what is left."""
    names = style.text_width("Study", _SIZE, True)
    for line in made:
        if line.kind not in ("group", "note"):
            names = max(names, style.text_width(line.label, _SIZE, line.kind in _BOLD) + 0.1)
    at, places = _EDGE + min(names, _WIDEST_NAME), []
    for i, heading in enumerate(arm_headings(found)):
        cells = [style.text_width(x.cells[i], _SIZE, x.kind in _BOLD) for x in made if x.cells]
        at += _BETWEEN + max(style.text_width(heading, _SIZE, True), *cells)
        places.append(at)
    texts = [_effect_heading(found, words), *(_right(words, line)[0] for line in made)]
    effect = max(style.text_width(text, _SIZE, True) for text in texts)
    weight = max(style.text_width("Weight", _SIZE, True), style.text_width("100.0%", _SIZE, True))
    rest = effect + weight + 2 * _BETWEEN + _EDGE
    width = max(_NARROWEST, at + _BETWEEN + _PLOT + rest)
    right = width - _EDGE - weight - _BETWEEN
    plot = (at + 1.5 * _BETWEEN, right - effect - _BETWEEN)
    return _Columns(min(names, _WIDEST_NAME), tuple(places), plot, right, width - _EDGE, width)


def _effect_heading(found: Review, words: Words) -> str:
    return f"{words.measure.key} [{100 * found.asked.level:g}% CI]"


def _draw(found: Review, made: list[Line], title: str) -> Any:
    words = Words(found.effects)
    columns = _columns(found, words, made)
    heights = [_GAP if line.kind == "gap" else _ROW for line in made]
    inner = columns.width - 2 * _EDGE
    below = style.wrap(" ".join(rows.notes(found)), inner, _SMALL, lines=8)
    heading = style.wrap(title, inner, style.TITLE, bold=True, lines=3)
    head = 0.1 + 0.2 * (heading.count("\n") + 1) + 0.1
    first = head + 0.25
    bottom = first + sum(heights)
    sides = [_side(text, columns.plot) for text in _favours(found)]
    foot = bottom + 0.39 + (0.17 if any(sides) else 0.0) + 0.13 * any("\n" in s for s in sides)
    sheet = _Sheet(columns.width, foot + 0.145 * (below.count("\n") + 1) * bool(below) + 0.08)
    sheet.text(_EDGE, 0.06, heading, size=style.TITLE, weight="bold", va="top", linespacing=1.25)
    _headings(sheet, found, words, columns, head)
    y, middles = first, []
    for line, height in zip(made, heights, strict=True):
        middles.append(y + height / 2)
        y += height
        if line.kind != "gap":
            _line(sheet, found, words, columns, line, middles[-1])
    _plot(sheet, found, made, middles, columns.plot, (first, bottom))
    if below:
        sheet.text(_EDGE, foot, below, size=_SMALL, color=style.GREY, va="top", linespacing=1.25)
    return sheet.figure


def _headings(sheet: _Sheet, found: Review, words: Words, columns: _Columns, head: float) -> None:
    top = head + 0.1
    sheet.text(_EDGE, top, "Study", weight="bold")
    for place, text in zip(columns.arms, arm_headings(found), strict=True):
        sheet.text(place, top, text, weight="bold", ha="right")
    sheet.text(sum(columns.plot) / 2, top, words.name, weight="bold", ha="center")
    sheet.text(columns.effect, top, _effect_heading(found, words), weight="bold", ha="right")
    sheet.text(columns.weight, top, "Weight", weight="bold", ha="right")
    sheet.rule(head + 0.215)


def _line(
    sheet: _Sheet, found: Review, words: Words, columns: _Columns, line: Line, y: float
) -> None:
    bold = line.kind in (*_BOLD, "group")
    weight = "bold" if bold else "normal"
    colour = style.GREY if line.kind in ("note", "absent", "other") else style.INK
    wide = line.kind in ("group", "note")
    room = columns.width - 2 * _EDGE if wide else columns.names
    if not line.cells and not wide:  # a total without counts may reach into their columns
        room = columns.plot[0] - 1.5 * _BETWEEN - _EDGE
    indent = 0.08 * (found.subgroups is not None and line.kind in ("study", "note", "subtotal"))
    size = _SMALL if line.kind == "note" else _SIZE
    label = style.wrap(line.label, room - indent, size, bold, lines=1)
    interval, share = _right(words, line)
    options = {"ha": "right", "weight": weight, "color": colour}
    sheet.text(_EDGE + indent, y, label, weight=weight, color=colour, size=size)
    for place, text in zip(columns.arms, line.cells, strict=False):
        sheet.text(place, y, text, **options)
    sheet.text(columns.effect, y, interval, **options)
    sheet.text(columns.weight, y, share, **options)


def _right(words: Words, line: Line) -> tuple[str, str]:
    """Return the effect and the weight of a line as text."""
    if line.kind == "absent":
        return "not estimable", ""
    if line.ends is None:
        return "", ""
    estimate, low, high = line.ends
    interval = f"[{words.effect(low)}, {words.effect(high)}]"
    shown = interval if line.kind == "prediction" else f"{words.effect(estimate)} {interval}"
    return shown, "" if line.weight is None else f"{numbers.fixed(line.weight, 1)}%"


def _favours(found: Review) -> tuple[str, str]:
    if any(found.asked.favours):
        return found.asked.favours
    if not found.measure.contrast:
        return "", ""
    first, second = ("Lower", "Higher") if found.measure.key in ("MD", "SMD") else ("Less", "More")
    return f"{first} with treatment", f"{second} with treatment"


def _plot(
    sheet: _Sheet, found: Review, made: list[Line], middles: list[float],
    plot: tuple[float, float], span: tuple[float, float],
) -> None:  # fmt: skip
    left, right = plot
    first, bottom = span
    low, high = limits(found, made)
    axes = sheet.figure.add_axes(
        (left / sheet.width, 1 - bottom / sheet.height, (right - left) / sheet.width,
         (bottom - first) / sheet.height)
    )  # fmt: skip
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, first)
    axes.patch.set_alpha(0)
    style.quiet(axes, y=False)
    axes.set_yticks([])
    marks = spaced(ticks(found, low, high), (right - left) / (high - low))
    axes.set_xticks([place for place, _ in marks], [text for _, text in marks], size=_SMALL)
    if found.measure.contrast and low < 0 < high:
        axes.axvline(0, color=style.INK, linewidth=0.9, zorder=1)
    last = max(y for y, line in zip(middles, made, strict=True) if line.ends is not None)
    axes.plot([found.main.estimate] * 2, [first, last], color=style.GREY, linewidth=0.8,
              linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
    per_inch = (high - low) / (right - left)
    heaviest = max((line.weight or 0 for line in made if line.kind == "study"), default=1.0) or 1.0
    for line, y in zip(made, middles, strict=True):
        if line.ends is None:
            continue
        if line.kind == "study":
            side = max(_SMALLEST, _LARGEST * math.sqrt(max(line.weight or 0, 0) / heaviest))
            _square(axes, line.ends[0], y, side, per_inch)
            hidden = line.ends[2] - line.ends[1] < side * per_inch
            _whisker(axes, line.ends, y, (low, high), hidden)
        elif line.kind == "prediction":
            _arrows(axes, line.ends, y, (low, high))
            axes.plot(line.ends[1:], [y, y], color=style.ORANGE, linewidth=4.5,
                      solid_capstyle="butt", zorder=3)  # fmt: skip
        else:
            _diamond(axes, line, y)
            _arrows(axes, line.ends, y, (low, high))
    for text, place, where in zip(_favours(found), (0, 1), ("left", "right"), strict=True):
        if text:
            sheet.text(plot[place], bottom + 0.3, _side(text, plot), size=_SMALL, ha=where,
                       color=style.GREY, va="top", linespacing=1.2)  # fmt: skip


def _side(text: str, plot: tuple[float, float]) -> str:
    """Return the words at one side of no effect, in the half of the plot that is theirs."""
    return style.wrap(text, (plot[1] - plot[0]) / 2 - 0.06, _SMALL, lines=2)


def _whisker(
    axes: Any, ends: tuple[float, float, float], y: float, span: tuple[float, float], hidden: bool
) -> None:
    """Draw an interval: behind its square, or in white on it if it is the shorter of the two."""
    low, high = max(ends[1], span[0]), min(ends[2], span[1])
    colour = style.PAPER if hidden else style.INK
    axes.plot([low, high], [y, y], color=colour, linewidth=1.0, solid_capstyle="butt",
              zorder=5 if hidden else 2)  # fmt: skip
    _arrows(axes, ends, y, span)


def _arrows(
    axes: Any, ends: tuple[float, float, float], y: float, span: tuple[float, float]
) -> None:
    """Draw an arrow where an interval goes beyond the axis."""
    for beyond, place, marker in (
        (ends[1] < span[0], span[0], "<"), (ends[2] > span[1], span[1], ">")
    ):  # fmt: skip
        if beyond:
            axes.plot([place], [y], marker=marker, markersize=3.5, color=style.INK, clip_on=False,
                      zorder=2)  # fmt: skip


def _square(axes: Any, x: float, y: float, side: float, per_inch: float) -> None:
    from matplotlib.patches import Rectangle

    width = side * per_inch
    axes.add_patch(
        Rectangle((x - width / 2, y - side / 2), width, side, facecolor=style.BLUE,
                  edgecolor=style.PAPER, linewidth=0.4, zorder=4)
    )  # fmt: skip


def _diamond(axes: Any, line: Line, y: float) -> None:
    from matplotlib.patches import Polygon

    estimate, low, high = three(line)
    half = 0.055 if line.kind == "other" else 0.075
    colour = {"subtotal": style.SKY, "other": style.FAINT}.get(line.kind, style.VERMILLION)
    edge = style.GREY if line.kind == "other" else style.INK
    points = [(low, y), (estimate, y - half), (high, y), (estimate, y + half)]
    axes.add_patch(
        Polygon(points, closed=True, facecolor=colour, edgecolor=edge, linewidth=0.6, zorder=4)
    )
