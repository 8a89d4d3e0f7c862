"""What must be gained: the health that makes the extra cost worth paying, by what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

_COLOURS = (style.BLUE, style.VERMILLION, style.GREEN, style.PURPLE)
_HEIGHT = 2.9
_MOST_PANELS = 3


@dataclass(frozen=True)
class _Line:
    """One way to count people under one strategy: a curve, and its points at stated thresholds."""

    label: str
    colour: str
    curve: tuple[Record, ...]
    points: tuple[Record, ...]
    printed: tuple[tuple[float, float], ...]

    @property
    def modelled(self) -> float | None:
        """Return the gain that the model itself has, where it can be told."""
        value = self.points[0].get("modelled")
        return None if value is None else float(value)


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no gain was solved for."""
    panels = _panels(run)
    if not panels:
        return None
    rows = [
        (strategy, line.label, kind, r["wtp"], r["value"], r["lower"], r["upper"])
        for strategy, lines in panels.items()
        for line in lines
        for kind, records in (("curve", line.curve), ("threshold", line.points))
        for r in records
    ] + [
        (strategy, line.label, "published", wtp, value, None, None)
        for strategy, lines in panels.items()
        for line in lines
        for wtp, value in line.printed
    ]
    title = _title(run, panels)
    drawn = run.draws > 0
    return Chart(
        name="required_gain",
        title=title,
        alt=f"Line chart of the {reading.effects(run)} that must be gained, falling as one is "
        f"worth more. {_alt(run, panels)}",
        table=reading.tidy(
            "required_gain", title, "strategy counted_per kind wtp value lower upper", rows
        ),
        draw=partial(_draw, run, panels, title),
        note="Lines: the gain at which the strategy is just worth its cost; above its line it is "
        f"worth more than it costs.{' Bands: 95% of the draws.' if drawn else ''}",
    )


def _panels(run: RunResult) -> dict[str, list[_Line]]:
    """Return the lines by strategy; the strategy that the question is about comes first."""
    points, curves = (reading.rows(run, name) for name in ("required_gain", "required_gain_curve"))
    names = list(dict.fromkeys(str(r["strategy"]) for r in points))
    names.sort(key=lambda name: name != reading.option(run))
    kinds = list(dict.fromkeys((r["per"], r["reading"]) for r in points))
    panels: dict[str, list[_Line]] = {}
    for strategy in names[:_MOST_PANELS]:
        for (per, name), colour in zip(kinds, _COLOURS, strict=False):
            what = {"strategy": strategy, "per": per, "reading": name}
            mine = tuple(r for r in reading.where(points, **what) if r["value"] is not None)
            if mine:
                label = f"{mine[0]['per_label']}{f' (reading: {name})' if name else ''}"
                curve = tuple(r for r in reading.where(curves, **what) if r["value"] is not None)
                printed = _printed(run, strategy, str(per), str(name))
                panels.setdefault(strategy, []).append(_Line(label, colour, curve, mine, printed))
    return panels


def _printed(run: RunResult, strategy: str, per: str, name: str) -> tuple[tuple[float, float], ...]:
    word = "life_years" if reading.effects(run) == "life years" else "qaly"
    found = reading.find(
        run, f"required_{word}_per_{per}", strategy=strategy, subject=name, basis="published"
    )
    return tuple((q.wtp, q.value) for q in found if q.wtp is not None and q.value is not None)


def _title(run: RunResult, panels: dict[str, list[_Line]]) -> str:
    _strategy, lines = next(iter(panels.items()))
    first, *more = lines[0].points
    if all(float(r["value"]) <= 0 for r in lines[0].points):
        option = reading.strategy(run, _strategy)
        return f"{option} is worth its cost even if no {lines[0].label} gains anything"
    others = [f"{numbers.least(r['value'])} at {_money(run, r['wtp'])}" for r in more[:2]]
    return (
        f"Each {lines[0].label} must gain {numbers.least(first['value'])} {reading.effects(run)} "
        f"at {reading.at_wtp(run, first['wtp'])}"
        + (f" ({numbers.listing(others)})" if others else "")
    )


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _alt(run: RunResult, panels: dict[str, list[_Line]]) -> str:
    told = [
        f"{reading.strategy(run, strategy)}, per {line.label}: "
        + numbers.listing(
            [f"{numbers.qaly(r['value'])} at {_money(run, r['wtp'])}" for r in line.points]
        )
        for strategy, lines in panels.items()
        for line in lines
    ]
    return "; ".join(told) + "."


def _draw(run: RunResult, panels: dict[str, list[_Line]], title: str) -> Any:
    shown = {line.label: line.colour for lines in panels.values() for line in lines}
    entries = [(colour, f"per {label}") for label, colour in shown.items()]
    key = style.key_height([words for _, words in entries])
    names = [style.wrap(reading.strategy(run, s), 2.1, style.SMALL, True, 2) for s in panels]
    head = 0.34 + (0.15 * max(name.count("\n") + 1 for name in names) if len(names) > 1 else 0)
    page = style.Page(title, key + head + _HEIGHT + 0.75)
    first = next(iter(panels.values()))
    page.key(0, entries)
    left, gap = 0.5, 0.25
    width = (style.WIDTH - left - style.EDGE - gap * (len(panels) - 1)) / len(panels)
    points = [r for lines in panels.values() for line in lines for r in line.points]
    thresholds = sorted({float(r["wtp"]) for r in points})
    span = 0.7 * thresholds[0], 1.3 * thresholds[-1]
    # A wide band may leave the picture at the top; the lines and their labels never do.
    top = min(1.4 * max(r["value"] for r in points), 1.1 * max(_high(r) for r in points))
    bottom = min(0.0, *(min(r["value"], r["lower"] or 0) for r in points))
    lowest = min(float(r["value"]) for r in points)
    if lowest < 0:  # as at the top
        bottom = max(bottom, 1.4 * lowest)
        own = max([line.modelled or 0.0 for lines in panels.values() for line in lines])
        top = max(top, -0.15 * bottom, 1.2 * own)
    for i, (lines, name) in enumerate(zip(panels.values(), names, strict=True)):
        x = left + i * (width + gap)
        axes = page.axes(x, key + head, width, _HEIGHT)
        axes.set_xlim(*span)
        axes.set_ylim(bottom, top)
        axes.grid(axis="y")
        style.quiet(axes, y=False)
        axes.set_xticks(thresholds if len(thresholds) < 4 else thresholds[:: len(thresholds) - 1])
        axes.xaxis.set_major_formatter(lambda value, _: _money(run, value))
        axes.yaxis.set_major_formatter(lambda value, _: numbers.number(round(value, 10)))
        if i:
            axes.tick_params(labelleft=False)
        if len(panels) > 1:
            page.text(x, key + 0.08, name, size=style.SMALL, weight="bold")
        _lines(axes, lines, thresholds)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, key + head - 0.2, f"{reading.effects(run)} needed", **quiet)
    below = key + head + _HEIGHT + 0.32
    page.text(left, below, f"What a {reading.effect(run)} is taken to be worth", **quiet)
    marks = [f"- - gain in this model, per {line.label}" for line in first[:1] if line.modelled]
    if any(line.printed for lines in panels.values() for line in lines):
        marks.append("◇ published figure")
    page.text(left, below + 0.19, "      ".join(marks), **quiet)
    return page.figure


def _high(point: Record) -> float:
    return float(point["value"] if point["upper"] is None else point["upper"])


def _lines(axes: Any, lines: list[_Line], thresholds: list[float]) -> None:
    for wtp in thresholds:
        axes.axvline(wtp, color=style.GREY, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
    for line in lines:
        at = [r["wtp"] for r in line.curve]
        if all(r["lower"] is not None and r["upper"] is not None for r in line.curve):
            low, high = [r["lower"] for r in line.curve], [r["upper"] for r in line.curve]
            axes.fill_between(at, low, high, color=line.colour, alpha=0.16, linewidth=0)
        axes.plot(at, [r["value"] for r in line.curve], color=line.colour)
        for wtp, value in line.printed:
            axes.plot(
                [wtp], [value], "D", markersize=8.5, markerfacecolor="none",
                markeredgecolor=style.INK, markeredgewidth=1.1, zorder=5,
            )  # fmt: skip
    if (own := lines[0].modelled) is not None:
        axes.axhline(own, color=lines[0].colour, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
    for wtp in thresholds:
        # More than three labels in a row would run into each other; the table has them all.
        _dots(axes, lines, wtp, len(thresholds) < 4 or wtp in (thresholds[0], thresholds[-1]))


def _dots(axes: Any, lines: list[_Line], wtp: float, labelled: bool) -> None:
    """Mark and label the points at one threshold, from the lowest up so that no label collides."""
    low, high = axes.get_ylim()
    room = (high - low) * 0.07
    marks = sorted(
        (float(r["value"]), line.colour) for line in lines for r in line.points if r["wtp"] == wtp
    )
    edge = -float("inf")
    for value, colour in marks:
        axes.plot([wtp], [value], "o", color=colour, markersize=4.5, zorder=4)
        if not labelled:
            continue
        place = max(value + 0.2 * room, edge)
        axes.annotate(
            numbers.qaly(value), (wtp, place), xytext=(8, 0), textcoords="offset points",
            ha="left", va="bottom", size=style.SMALL, weight="bold", zorder=6,
            color=style.letters(colour),
        )  # fmt: skip
        edge = place + room
