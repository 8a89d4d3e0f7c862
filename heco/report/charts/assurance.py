"""How likely the option is worth its cost, by the value of an input or by the gain it brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

_MOST_PANELS, _MOST_LINES = 4, 2
_HEIGHT = 1.7
#: Where the probability is this near to 0 or 1 the lines are not followed.
_STILL = 0.002
_COLOURS, _DASHES = (style.BLUE, style.VERMILLION), ("solid", (0, (5, 1.5)))


@dataclass(frozen=True)
class _Line:
    """The probability over the values of one parameter, at one willingness to pay."""

    wtp: float
    x: tuple[float, ...]
    probability: tuple[float, ...]
    marks: tuple[Record, ...]


@dataclass(frozen=True)
class _Panel:
    """One parameter: what it is, what it is now, and a line for each willingness to pay."""

    parameter: str
    label: str
    unit: str
    base: float | None
    lines: tuple[_Line, ...]

    @property
    def span(self) -> tuple[float, float]:
        """Return the values at which something happens, and the input as it is."""
        everything = [x for line in self.lines for x in line.x]
        low, high = min(everything), max(everything)
        live = [
            x
            for line in self.lines
            for x, p in zip(line.x, line.probability, strict=True)
            if _STILL < p < 1 - _STILL
        ]
        if not live:
            return low, high
        wanted = [*live, *(float(r["value"]) for line in self.lines for r in line.marks)]
        if self.base is not None and low <= self.base <= high:
            wanted.append(self.base)
        room = 0.12 * (max(wanted) - min(wanted)) or 0.1 * (high - low)
        return max(low, min(wanted) - room), min(high, max(wanted) + room)


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if nothing was asked about probabilities of being worth it."""
    panels = _panels(run)
    if not panels:
        return None
    title = _title(run, panels[0])
    rows = [
        (panel.parameter, line.wtp, x, p)
        for panel in panels
        for line in panel.lines
        for x, p in zip(line.x, line.probability, strict=True)
    ]
    several = len(panels[0].lines) > 1
    return Chart(
        name="assurance",
        title=title,
        alt="Lines of the probability that "
        f"{numbers.inside(reading.strategy(run, reading.option(run)))} is worth its cost, over "
        f"the value of each input. {_alt(run, panels)}",
        table=reading.tidy("assurance", title, "parameter wtp value probability", rows),
        draw=partial(_draw, run, panels, title),
        note="The input has one value in every draw, all others keep their draws. Dots: where the "
        "probabilities asked for are reached."
        + (" Vertical line: the input as it is." if any(p.base is not None for p in panels) else "")
        + (" The colours are what a " + reading.effect(run) + " is worth." if several else ""),
    )


def _panels(run: RunResult) -> list[_Panel]:
    answer = reading.result(run, "assurance")
    rows = reading.rows(run, "assurance")
    if answer is None or not rows:
        return []
    panels = []
    # The gain that must be made comes first: it is what the question is about.
    names = list(dict.fromkeys(str(r["parameter"]) for r in rows))
    names.sort(key=lambda name: not name.startswith("required_"))
    for name in names:
        mine = reading.where(rows, parameter=name)
        lines = []
        for wtp in sorted({float(r["wtp"]) for r in mine})[:_MOST_LINES]:
            made = answer.data[f"{name}.{wtp:g}"]
            points = [
                (float(x), float(p)) for x, p in zip(made.x, made.probability, strict=True)
                if p == p  # where the model leaves its domain there is no probability
            ]  # fmt: skip
            marks = [
                r for r in reading.where(mine, wtp=wtp)
                if r["probability"] is not None and r["value"] is not None
            ]  # fmt: skip
            if len(points) > 1:
                x, p = zip(*points, strict=True)
                lines.append(_Line(wtp, x, p, tuple(marks)))
        if lines and any(max(line.probability) - min(line.probability) > 0 for line in lines):
            first = mine[0]
            panels.append(
                _Panel(name, str(first["label"]), str(first["unit"] or ""), first["base"],
                       tuple(lines))
            )  # fmt: skip
    return panels[:_MOST_PANELS]


def _value(run: RunResult, panel: _Panel, value: float) -> str:
    return numbers.input_value(_three(value), panel.unit, reading.currency(run))


def _measured(run: RunResult, panel: _Panel, value: float) -> str:
    """Return a value as a sentence has it: a gain with what is gained."""
    gained = panel.unit.partition(" per ")[0]
    words = _value(run, panel, value)
    return f"{words} {gained}" if gained == reading.effects(run) else words


def _three(value: float) -> float:
    """Return a value to three significant digits: simulation supports no more."""
    return float(f"{value:.3g}")


def _surest(line: _Line) -> Record | None:
    """Return the answer for the probability of 80%, or else the highest that is reached."""
    ranked = sorted(line.marks, key=lambda r: (abs(r["probability"] - 0.8), -r["probability"]))
    return ranked[0] if ranked else None


def _title(run: RunResult, panel: _Panel) -> str:
    option = reading.capital(reading.strategy(run, reading.option(run)))
    line = panel.lines[0]
    at = reading.at_wtp(run, line.wtp)
    mark = _surest(line)
    name = numbers.inside(panel.label)
    if mark is None:
        low, high = min(line.probability), max(line.probability)
        return (
            f"{option} is worth its cost with {numbers.chance(low)} to {numbers.chance(high)} "
            f"probability at {at}, whatever the {name}"
        )
    return (
        f"{option} is worth its cost with {numbers.percent(mark['probability'])} probability at "
        f"{at} where the {name} is {mark['worth_it']} {_measured(run, panel, mark['value'])}"
    )


def _alt(run: RunResult, panels: list[_Panel]) -> str:
    told = []
    for panel in panels:
        for line in panel.lines:
            marks = [
                f"{numbers.percent(r['probability'])} {r['worth_it']} "
                f"{_value(run, panel, r['value'])}"
                for r in line.marks
            ]
            said = numbers.listing(marks) if marks else "none of the probabilities is passed"
            told.append(f"{panel.label} at {reading.at_wtp(run, line.wtp)}: {said}")
    return "; ".join(told) + "."


def _draw(run: RunResult, panels: list[_Panel], title: str) -> Any:
    columns = min(2, len(panels))
    deep = (len(panels) + 1) // 2
    left, gap = 0.5, 0.45
    width = (style.WIDTH - left - 0.25 - gap * (columns - 1)) / columns
    wtps = sorted({line.wtp for panel in panels for line in panel.lines})
    entries = [
        (colour, f"at {reading.at_wtp(run, wtp)}")
        for colour, wtp in zip(_COLOURS, wtps, strict=False)
    ]
    key = style.key_height([words for _, words in entries]) if entries else 0.0
    names = [style.wrap(panel.label, width, style.SMALL, True, 2) for panel in panels]
    lines = max(name.count("\n") + 1 for name in names)
    over = 0.16 * lines + 0.12
    below = [_below(run, panel, width) for panel in panels]
    row = over + _HEIGHT + 0.5 + 0.15 * max(words.count("\n") for words in below)
    page = style.Page(title, key + 0.26 + row * deep)
    page.key(0, entries)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, key + 0.04, "Probability of being worth its cost", **quiet)
    for k, (panel, name, words) in enumerate(zip(panels, names, below, strict=True)):
        x, y = left + (k % columns) * (width + gap), key + 0.26 + row * (k // columns)
        page.text(x, y, name, size=style.SMALL, weight="bold", linespacing=1.15)
        axes = page.axes(x, y + over, width, _HEIGHT)
        axes.set_xlim(*panel.span)
        axes.set_ylim(0, 1)
        axes.grid(axis="y")
        style.quiet(axes, y=False)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(value, decimals=0))
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(partial(_tick, run, panel))
        if k % columns:
            axes.tick_params(labelleft=False)
        if panel.base is not None and panel.span[0] <= panel.base <= panel.span[1]:
            axes.axvline(panel.base, color=style.GREY, linewidth=1.0, linestyle=(0, (2, 2)))
        _lines(axes, run, panel, [entry[0] for entry in entries], wtps, width)
        page.text(x, y + over + _HEIGHT + 0.26, words, linespacing=1.15, **quiet)
    return page.figure


def _tick(run: RunResult, panel: _Panel, value: float, _: object) -> str:
    if numbers.kind_of_unit(panel.unit) == "qaly":
        return numbers.number(round(value, 9))
    return numbers.input_value(round(value, 9), panel.unit, reading.currency(run))


def _below(run: RunResult, panel: _Panel, width: float) -> str:
    """Return what stands below the axis: the unit, unless the numbers say it, and what is now."""
    said = numbers.kind_of_unit(panel.unit) in ("pence", "percent")
    words = "" if said else panel.unit
    if panel.base is not None and panel.span[0] <= panel.base <= panel.span[1]:
        words += f"{'; ' if words else ''}dotted: now {_tick(run, panel, panel.base, None)}"
    return style.wrap(words, width, style.SMALL, lines=2)


def _lines(
    axes: Any, run: RunResult, panel: _Panel, colours: list[str], wtps: list[float], width: float
) -> None:
    """Draw the lines, and mark the probabilities asked for on the first of them with values."""
    low, high = axes.get_xlim()
    for line in panel.lines:
        i = wtps.index(line.wtp)
        axes.plot(line.x, line.probability, color=colours[i], linestyle=_DASHES[i], zorder=4)
        for r in line.marks:
            x, p = float(r["value"]), float(r["probability"])
            axes.plot([x], [p], "o", color=colours[i], markersize=4.5, zorder=5)
            if i:
                continue
            # Away from the other lines, of people who pay more and so need less, if there is room.
            words = _value(run, panel, x)
            need = style.text_width(words, style.SMALL, True) + 0.12
            right = r["worth_it"] == "above"
            room = (high - x if right else x - low) / (high - low) * width
            right = right == (room > need)
            axes.annotate(
                words, (x, p), xytext=(5 if right else -5, 0), textcoords="offset points",
                ha="left" if right else "right", va="center", size=style.SMALL, weight="bold",
                zorder=6, bbox={"facecolor": style.PAPER, "alpha": 0.8, "linewidth": 0, "pad": 0.4},
            )  # fmt: skip
