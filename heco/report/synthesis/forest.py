"""The forest plot: every study, what they say together, and what a new setting may bring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.synthesis import marks
from heco.report.synthesis.axis import SMALL as _SMALL
from heco.report.synthesis.axis import limits, spaced, ticks
from heco.report.synthesis.words import (
    TEST_WORDS,
    Words,
    agreement,
    headline,
    number,
    p_value,
    squeezed,
)

if TYPE_CHECKING:
    from heco.evidence.meta.forest import Forest, Line

#: A forest plot has six columns and is wider than other figures; room for its axis. [inches]
_NARROWEST, _PLOT = 7.0, 2.5
_ROW, _GAP, _EDGE, _BETWEEN = 0.205, 0.1, 0.08, 0.16
_SIZE = 9.0
_WIDEST_NAME = 2.4
#: The same of a figure that stands among others: narrowest, axis, names. [inches]
_COMPACT = (style.WIDTH, 1.2, 1.5)
_BOLD = ("subtotal", "total")


def chart(plot: Forest, name: str = "forest", title: str = "", compact: bool = False) -> Chart:
    """Return a forest plot.

    Parameters
    ----------
    plot : Forest
        What is drawn.
    name : str
        File name without ending.
    title : str
        The takeaway; the pooled effect if empty.
    compact : bool
        As wide as the other figures of a report: without the counts of the arms, and with the
        notes in the caption only.
    """
    words = Words(plot.effects)
    title = title or headline(plot.effects, plot.main, plot.outcome)
    drawn = [line for line in plot.lines if line.ends is not None]
    told = "; ".join(f"{line.label} {words.whole(*line.three)}" for line in drawn)
    tidy = [
        (line.kind, line.label, *map(float, plot.measure.natural(np.array(line.ends))),
         line.weight)
        for line in drawn
    ]  # fmt: skip
    return Chart(
        name=name,
        title=title,
        alt=f"Forest plot of {words.name.lower()}s. {told}.",
        table=reading.tidy(name, title, "kind label effect lower upper weight", tidy),
        draw=partial(_draw, plot, title, compact),
        note=" ".join(notes(plot)),
    )


def notes(plot: Forest) -> list[str]:
    """Return what stands below the plot."""
    said = []
    if plot.effects.k > 1:
        said.append(f"Do the studies agree? {agreement(plot.spread)}.")
    if plot.subgroups is not None:
        s = plot.subgroups
        said.append(
            f"Do the subgroups differ? χ² {number(s.q)} on {s.df} df, p {p_value(s.p, True)}."
        )
    if plot.prediction is not None:
        level = f"{100 * plot.main.level:g}%"
        said.append(f"New setting, {level} prediction interval: {plot.prediction.words}.")
    if not plot.main.common:
        said.append(f"Random effects: {plot.main.estimator}, {TEST_WORDS[plot.main.test]} test.")
    return [*said, *(f"{note[:1].upper()}{note[1:]}." for note in plot.effects.notes
                     if "1/2" in note or "nothing about a ratio" in note)]  # fmt: skip


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


def _columns(plot: Forest, words: Words, compact: bool) -> _Columns:
    """Return the columns, as wide as what stands in them; the axis takes what is left."""
    narrowest, room, widest = _COMPACT if compact else (_NARROWEST, _PLOT, _WIDEST_NAME)
    names = style.text_width("Study", _SIZE, True)
    for line in plot.lines:
        if line.kind not in ("group", "note"):
            names = max(names, style.text_width(line.label, _SIZE, line.kind in _BOLD) + 0.1)
    at, places = _EDGE + min(names, widest), []
    for i, heading in enumerate(() if compact else plot.headings):
        cells = [
            style.text_width(x.cells[i], _SIZE, x.kind in _BOLD) for x in plot.lines if x.cells
        ]
        at += _BETWEEN + max(style.text_width(heading, _SIZE, True), *cells)
        places.append(at)
    texts = [_effect_heading(plot, words), *(_right(words, line)[0] for line in plot.lines)]
    effect = max(style.text_width(text, _SIZE, True) for text in texts)
    weight = max(style.text_width("Weight", _SIZE, True), style.text_width("100.0%", _SIZE, True))
    rest = effect + weight + 2 * _BETWEEN + _EDGE
    width = max(narrowest, at + _BETWEEN + room + rest)
    right = width - _EDGE - weight - _BETWEEN
    span = (at + 1.5 * _BETWEEN, right - effect - _BETWEEN)
    return _Columns(min(names, widest), tuple(places), span, right, width - _EDGE, width)


def _effect_heading(plot: Forest, words: Words) -> str:
    return f"{words.heading} [{100 * plot.main.level:g}% CI]"


def _draw(plot: Forest, title: str, compact: bool) -> Any:
    words, made = Words(plot.effects), plot.lines
    columns = _columns(plot, words, compact)
    heights = [_GAP if line.kind == "gap" else _ROW for line in made]
    inner = columns.width - 2 * _EDGE
    below = "" if compact else style.wrap(" ".join(notes(plot)), 0.97 * inner, _SMALL, lines=8)
    heading = style.wrap(title, inner, style.TITLE, bold=True, lines=4)
    head = 0.1 + 0.2 * (heading.count("\n") + 1) + 0.1
    first = head + 0.25
    bottom = first + sum(heights)
    favours = _favours(plot, compact)
    sides = [_side(text, columns.plot) for text in favours]
    foot = bottom + 0.39 + (0.17 if any(sides) else 0.0) + 0.13 * any("\n" in s for s in sides)
    sheet = _Sheet(columns.width, foot + 0.145 * (below.count("\n") + 1) * bool(below) + 0.08)
    sheet.text(_EDGE, 0.06, heading, size=style.TITLE, weight="bold", va="top", linespacing=1.25)
    _headings(sheet, plot, words, columns, head)
    y, middles = first, []
    for line, height in zip(made, heights, strict=True):
        middles.append(y + height / 2)
        y += height
        if line.kind != "gap":
            _line(sheet, plot, words, columns, line, middles[-1])
    _plot(sheet, plot, middles, columns.plot, (first, bottom), favours)
    if below:
        sheet.text(_EDGE, foot, below, size=_SMALL, color=style.GREY, va="top", linespacing=1.25)
    return sheet.figure


def _headings(sheet: _Sheet, plot: Forest, words: Words, columns: _Columns, head: float) -> None:
    top = head + 0.1
    sheet.text(_EDGE, top, "Study", weight="bold")
    for place, text in zip(columns.arms, plot.headings, strict=False):
        sheet.text(place, top, text, weight="bold", ha="right")
    sheet.text(sum(columns.plot) / 2, top, words.name, weight="bold", ha="center")
    sheet.text(columns.effect, top, _effect_heading(plot, words), weight="bold", ha="right")
    sheet.text(columns.weight, top, "Weight", weight="bold", ha="right")
    sheet.rule(head + 0.215)


def _line(
    sheet: _Sheet, plot: Forest, words: Words, columns: _Columns, line: Line, y: float
) -> None:
    bold = line.kind in (*_BOLD, "group")
    weight = "bold" if bold else "normal"
    colour = style.GREY if line.kind in ("note", "absent", "other") else style.INK
    wide = line.kind in ("group", "note")
    room = columns.width - 2 * _EDGE if wide else columns.names
    if not line.cells and not wide:  # a total without counts may reach into their columns
        room = columns.plot[0] - 1.5 * _BETWEEN - _EDGE
    indent = 0.08 * (plot.subgroups is not None and line.kind in ("study", "note", "subtotal"))
    size = _SMALL if line.kind == "note" else _SIZE
    label = _fitted(line, room - indent, size, bold)
    interval, share = _right(words, line)
    options = {"ha": "right", "weight": weight, "color": colour}
    sheet.text(_EDGE + indent, y, label, weight=weight, color=colour, size=size)
    for place, text in zip(columns.arms, line.cells, strict=False):
        sheet.text(place, y, text, **options)
    sheet.text(columns.effect, y, interval, **options)
    sheet.text(columns.weight, y, share, **options)


def _label(line: Line) -> str:
    return agreement(line.pooled) if line.pooled is not None else line.label


def _fitted(line: Line, room: float, size: float, bold: bool) -> str:
    """Return a label that fits: a total without its method, or cut short."""
    label = _label(line)
    if line.kind in (*_BOLD, "other") and style.text_width(label, size, bold) > room:
        label = label.rpartition(" (")[0] or label
    return squeezed(label, lambda text: style.text_width(text, size, bold) <= room)


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


def _favours(plot: Forest, compact: bool = False) -> tuple[str, str]:
    if any(plot.favours):
        return plot.favours
    if not plot.measure.contrast:
        return "", ""
    first, second = ("Lower", "Higher") if plot.measure.key in ("MD", "SMD") else ("Less", "More")
    return (first, second) if compact else (f"{first} with treatment", f"{second} with treatment")


def _plot(
    sheet: _Sheet, plot: Forest, middles: list[float], room: tuple[float, float],
    span: tuple[float, float], favours: tuple[str, str],
) -> None:  # fmt: skip
    left, right = room
    made = plot.lines
    first, bottom = span
    low, high = limits(plot.measure, made)
    axes = sheet.figure.add_axes(
        (left / sheet.width, 1 - bottom / sheet.height, (right - left) / sheet.width,
         (bottom - first) / sheet.height)
    )  # fmt: skip
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, first)
    axes.patch.set_alpha(0)
    style.quiet(axes, y=False)
    axes.set_yticks([])
    most = max(2, int((right - left) / 0.5))
    places = spaced(ticks(plot.measure, low, high, most), (right - left) / (high - low))
    labels = [(place, text) for place, text in places if text]
    axes.set_xticks([place for place, _ in labels], [text for _, text in labels], size=_SMALL)
    if plot.measure.contrast and low < 0 < high:
        axes.axvline(0, color=style.INK, linewidth=0.9, zorder=1)
    last = max(y for y, line in zip(middles, made, strict=True) if line.ends is not None)
    axes.plot([plot.main.estimate] * 2, [first, last], color=style.GREY, linewidth=0.8,
              linestyle=(0, (3, 2)), zorder=1)  # fmt: skip
    per_inch = (high - low) / (right - left)
    heaviest = max((line.weight or 0 for line in made if line.kind == "study"), default=1.0) or 1.0
    for line, y in zip(made, middles, strict=True):
        if line.ends is not None:
            marks.draw(axes, line, y, (low, high), per_inch, heaviest)
    for text, place, where in zip(favours, (0, 1), ("left", "right"), strict=True):
        if text:
            sheet.text(room[place], bottom + 0.3, _side(text, room), size=_SMALL, ha=where,
                       color=style.GREY, va="top", linespacing=1.2)  # fmt: skip


def _side(text: str, plot: tuple[float, float]) -> str:
    """Return the words at one side of no effect, in the half of the plot that is theirs."""
    return style.wrap(text, (plot[1] - plot[0]) / 2 - 0.06, _SMALL, lines=2)
