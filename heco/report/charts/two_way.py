"""Maps of two inputs: which strategy is the best where, and on which side evidence lies.

One figure for each map. Where the second side is a required gain, its line at each willingness to
pay: above it the strategy is worth its cost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_MOST = 4
_HEIGHT = 2.9
_LEFT, _RIGHT = 0.72, 0.34
_GAIN_COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE)


def chart(run: RunResult, position: int = 0) -> Chart | None:
    """Return the figure of one map, or None if there are not as many.

    Parameters
    ----------
    run : RunResult
        What was computed.
    position : int
        Which map, from 0.
    """
    answer = reading.result(run, "two_way")
    maps = [] if answer is None else list(answer.data.values())
    if position >= len(maps):
        return None
    found = maps[position]
    spots = reading.rows(run, "two_way_points", map=found.name)
    table = "two_way_gain" if found.y.gain else "two_way"
    rows = reading.rows(run, table, map=found.name)
    keys = ("wtp", "x", "required_gain") if found.y.gain else ("wtp", "x", "y", "best", "inmb")
    title = _title(run, found, spots)
    told = [
        f"{r['label']} at {_value(run, found.x, r['x'])}, {_value(run, found.y, r['y'])}: "
        f"{'worth' if r['worth_it'] else 'not worth'} its cost at {_money(run, r['wtp'])}"
        for r in spots
        if r["worth_it"] is not None
    ]
    lead = reading.answer(run) if answer is None else answer.headline[position]
    return Chart(
        name=f"two_way_{found.name}",
        title=title,
        alt=f"{'Lines of' if found.y.gain else 'Map of'} {numbers.inside(found.y.label)} against "
        f"{numbers.inside(found.x.label)}. {lead} {'; '.join(told)}{'.' if told else ''}",
        table=reading.tidy(
            f"two_way_{found.name}", title, " ".join(keys),
            [tuple(r[key] for key in keys) for r in rows],
        ),
        draw=partial(_draw_gain if found.y.gain else _draw_map, run, found, spots, title),
        note=_note(run, found, spots),
    )  # fmt: skip


#: One maker of a figure for each map that a report may show.
CHARTS: tuple[Callable[[RunResult], Chart | None], ...] = tuple(
    partial(chart, position=position) for position in range(_MOST)
)


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _value(run: RunResult, side: Any, value: Any) -> str:
    if side.gain:
        return numbers.qaly(value)
    return numbers.input_value(value, side.unit, reading.currency(run))


def _note(run: RunResult, found: Any, spots: list[Record]) -> str:
    option = numbers.inside(reading.strategy(run, found.option))
    if found.y.gain:
        note = f"Above a line {option} is worth more than it costs, at that worth of a "
        note += f"{reading.effect(run)}."
    else:
        other = numbers.inside(reading.strategy(run, found.comparator))
        note = f"On the line {option} is worth exactly what it costs, compared with {other}."
        if bool((found.best < 0).any()):
            note += " White: there the model has no answer."
    if any(r["x_low"] is not None or r["y_low"] is not None for r in spots):
        note += " Whiskers: what the evidence leaves open."
    return note + " All other inputs have their base values."


def _title(run: RunResult, found: Any, spots: list[Record]) -> str:
    option = numbers.inside(reading.strategy(run, found.option))
    wtp = found.wtp[0]
    at = reading.at_wtp(run, wtp)
    if found.y.gain:
        gains, x = found.gains[wtp], found.x
        stops = [x.values[0], x.values[-1]] if x.base is None else [x.base, x.values[-1]]
        needed = [float(gains[int(np.searchsorted(x.values, stop))]) for stop in stops]
        if all(gain <= 0 for gain in needed):
            return f"At {at} {option} is worth its cost without any {found.y.label}"
        told = [
            f"{numbers.least(gain)} at {_value(run, x, stop)}"
            for gain, stop in zip(needed, stops, strict=True)
        ]
        return f"At {at}, {found.y.label} must be at least {numbers.listing(told)}"
    here = [r for r in spots if r["base"] and r["worth_it"] is not None]
    evidence = [r for r in spots if not r["base"] and r["worth_it"] is not None]
    if here:
        verdict = "is" if here[0]["worth_it"] else "is not"
        text = f"At {at} {option} {verdict} worth its cost in the base case"
        if here[0]["worth_it"] and here[0]["best"] != found.option:
            text += f", but {numbers.inside(str(here[0]['best_label']))} would be better"
        if len(evidence) == 1:
            lies = "lies" if evidence[0]["worth_it"] else "does not lie"
            text += f"; the other point {lies} where it would be"
        elif evidence:
            good = sum(bool(r["worth_it"]) for r in evidence)
            many = "all" if good == len(evidence) else str(good or "none")
            lie = "lies" if good == 1 else "lie"
            text += f"; of {len(evidence)} other points {many} {lie} where it would be"
        return text
    share = float(np.mean((found.best >= 0) & _ahead(run, found)))
    return f"At {at} {option} is worth its cost on {numbers.percent(share, decimals=0)} of the map"


def _ahead(run: RunResult, found: Any) -> Any:
    names = list(reading.strategies(run))
    i, j = names.index(found.option), names.index(found.comparator)
    return found.benefit[i] > found.benefit[j]


def _page(
    run: RunResult, found: Any, spots: list[Record], title: str, key: float
) -> tuple[style.Page, Any, float]:
    """Return a page with axes for a map, both sides named, and what lies on it listed below."""
    up = style.wrap(found.y.label, style.WIDTH - 0.2, style.SMALL, lines=2)
    head = key + 0.1 + 0.16 * (up.count("\n") + 1)
    across = style.wrap(found.x.label, style.WIDTH - _LEFT - 0.2, style.SMALL, lines=2)
    listed = [
        style.wrap(f"{mark}  {r['label']}", style.WIDTH - _LEFT - 0.2, style.SMALL, lines=2)
        for mark, r in _marked(spots)
    ]
    below = head + _HEIGHT + 0.34 + 0.16 * (across.count("\n") + 1)
    page = style.Page(title, below + 0.16 * sum(text.count("\n") + 1 for text in listed) + 0.06)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, key + 0.02, up, **quiet)
    width = style.WIDTH - _LEFT - _RIGHT - (labels.MARGIN - 0.2 if found.y.gain else 0)
    axes = page.axes(_LEFT, head, width, _HEIGHT)
    axes.set_xlim(found.x.low, found.x.high)
    axes.locator_params(nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: _value(run, found.x, round(value, 9)))
    axes.yaxis.set_major_formatter(lambda value, _: _value(run, found.y, round(value, 9)))
    page.text(_LEFT, head + _HEIGHT + 0.28, across, **quiet)
    for text in listed:
        page.text(_LEFT, below, text, size=style.SMALL)
        below += 0.16 * (text.count("\n") + 1)
    return page, axes, width


def _marked(spots: list[Record]) -> list[tuple[str, Record]]:
    """Return what lies on a map with the mark that it is found by: a diamond, then letters."""
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return [("◆" if r["base"] else next(letters, "·"), r) for r in spots]


def _draw_map(run: RunResult, found: Any, spots: list[Record], title: str) -> Any:
    looks, names = labels.looks(run), reading.strategies(run)
    shown = [i for i in range(len(names)) if bool((found.best == i).any())]
    entries = [
        (_tint(looks[names[i]].colour), f"{reading.capital(reading.strategy(run, names[i]))} best")
        for i in shown
    ]
    key = style.key_height([words for _, words in entries]) + 0.06
    page, axes, width = _page(run, found, spots, title, key)
    page.key(0, entries)
    axes.set_ylim(found.y.low, found.y.high)
    x, y = found.x.values, found.y.values
    # Smooth regions leave slivers where three meet; the plain grid below fills them.
    plain = np.ones((*found.best.shape, 3))
    for i in shown:
        tint = _tint(looks[names[i]].colour)
        plain[found.best == i] = [int(tint[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    axes.imshow(
        plain, extent=(x[0], x[-1], y[0], y[-1]), origin="lower", aspect="auto",
        interpolation="nearest", zorder=0.5,
    )  # fmt: skip
    for i in shown:
        others = [j for j in range(len(names)) if j != i]
        lead = found.benefit[i] - found.benefit[others].max(axis=0)
        colour = _tint(looks[names[i]].colour)
        axes.contourf(x, y, lead, levels=[0.0, np.inf], colors=[colour], zorder=1)
    i, j = names.index(found.option), names.index(found.comparator)
    line = found.benefit[i] - found.benefit[j]
    if np.nanmin(line) < 0 < np.nanmax(line):
        axes.contour(x, y, line, levels=[0.0], colors=[style.PAPER], linewidths=3.6, zorder=2)
        axes.contour(x, y, line, levels=[0.0], colors=[style.INK], linewidths=1.8, zorder=3)
    _spots(axes, spots, width)
    return page.figure


def _tint(colour: str) -> str:
    """Return a colour as it looks through three quarters of paper."""
    channels = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - 0.3 * (255 - c)):02x}" for c in channels)


def _draw_gain(run: RunResult, found: Any, spots: list[Record], title: str) -> Any:
    spots = reading.where(spots, wtp=found.wtp[0])
    page, axes, width = _page(run, found, spots, title, 0.0)
    gains = [gain for gain in found.gains.values() if np.isfinite(gain).any()]
    ends = [float(np.nanmax(gain)) for gain in gains] + [0.0]
    ends += [float(r["y"] if r["y_high"] is None else r["y_high"]) for r in spots]
    low = min(0.0, *(float(np.nanmin(gain)) for gain in gains)) if gains else 0.0
    low = min([low, *(float(r["y"] if r["y_low"] is None else r["y_low"]) for r in spots)])
    axes.set_ylim(
        low if found.y.low is None else found.y.low,
        1.06 * max(ends) if found.y.high is None else found.y.high,
    )
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    named = []
    for colour, (wtp, gain) in zip(_GAIN_COLOURS, found.gains.items(), strict=False):
        axes.plot(found.x.values, gain, color=colour, zorder=3)
        named.append(labels.Name(f"needed at {reading.at_wtp(run, wtp)}", float(gain[-1]), colour))
        if found.x.base is not None:
            here = float(gain[int(np.searchsorted(found.x.values, found.x.base))])
            axes.plot([found.x.base], [here], "o", color=colour, markersize=4.5, zorder=4)
            axes.annotate(
                numbers.qaly(here), (found.x.base, here), xytext=(6, 11),
                textcoords="offset points", size=style.SMALL, color=style.INK, zorder=6,
                ha="left", va="bottom",
            )  # fmt: skip
    if found.x.base is not None:
        axes.axvline(found.x.base, color=style.GREY, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
    labels.name_lines(axes, _HEIGHT, named, labels.MARGIN)
    _spots(axes, spots, width)
    return page.figure


def _spots(axes: Any, spots: list[Record], width: float) -> None:
    """Draw what lies on the map, each with its mark beside it."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    inside = [(mark, r) for mark, r in _marked(spots) if x0 <= r["x"] <= x1 and y0 <= r["y"] <= y1]
    for _, r in inside:
        for low, high, across in (("x_low", "x_high", True), ("y_low", "y_high", False)):
            if r[low] is None and r[high] is None:
                continue
            value = r["x"] if across else r["y"]
            ends = [value if r[end] is None else r[end] for end in (low, high)]
            where = (ends, [r["y"]] * 2) if across else ([r["x"]] * 2, ends)
            axes.plot(*where, color=style.INK, linewidth=1.0, zorder=4)
        axes.plot(
            [r["x"]], [r["y"]], "D" if r["base"] else "o", color=style.INK, markersize=5.5,
            markerfacecolor=style.INK if r["base"] else style.PAPER, markeredgewidth=1.2, zorder=5,
            clip_on=False,
        )  # fmt: skip
    named = [(mark, r) for mark, r in inside if not r["base"]]
    points = [
        ((r["x"] - x0) / (x1 - x0) * width, (r["y"] - y0) / (y1 - y0) * _HEIGHT) for _, r in named
    ]
    sizes = [(style.text_width(mark, style.SMALL, True), 0.15) for mark, _ in named]
    places = labels.points_apart(width, _HEIGHT, points, sizes)
    for (mark, _), (x, y, side) in zip(named, places, strict=True):
        axes.text(
            x0 + x / width * (x1 - x0), y0 + y / _HEIGHT * (y1 - y0), mark, ha=side, va="center",
            size=style.SMALL, weight="bold", zorder=6,
        )  # fmt: skip
