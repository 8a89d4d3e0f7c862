"""From which willingness to pay on each option is worth its cost: net benefit with its range."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import floor, log10
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 2.2
_MOST_PANELS = 3


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None without draws."""
    rows = reading.rows(run, "inmb_curve")
    if not rows:
        return None
    names = reading.leading(run, (str(r["strategy"]) for r in rows), _MOST_PANELS)
    # The strategy that the question is about comes first.
    names.sort(key=lambda name: name != reading.option(run))
    panels = {name: reading.where(rows, strategy=name) for name in names}
    title = _title(run, panels[names[0]], names[0])
    other = numbers.inside(reading.strategy(run, reading.comparator(run)))
    keys = ("wtp", "strategy", "mean", "lower", "upper")
    return Chart(
        name="inmb_curve",
        title=title,
        alt=f"Lines of the net benefit per person of each strategy against {other}, over what a "
        f"{reading.effect(run)} is worth, with bands that hold 95% of the draws. "
        + " ".join(_said(run, name, mine) for name, mine in panels.items()),
        table=reading.tidy(
            "inmb_curve",
            title,
            " ".join(keys),
            [tuple(r[key] for key in keys) for mine in panels.values() for r in mine],
        ),
        draw=partial(_draw, run, panels, title),
        note=f"Net benefit against {other}: what the health gained is worth, less the extra cost. "
        "Above zero the strategy is worth its cost. Line: mean; band: 95% of the draws.",
    )


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _crossing(mine: list[Record], key: str) -> tuple[float, bool] | None:
    """Return where a curve passes zero, and whether upwards; None if it does not."""
    for a, b in pairwise(mine):
        if (a[key] < 0) != (b[key] < 0):
            share = a[key] / (a[key] - b[key])
            return float(a["wtp"] + share * (b["wtp"] - a["wtp"])), bool(b[key] >= 0)
    return None


def _told(run: RunResult, mine: list[Record], key: str) -> str:
    """Return where a curve is above zero, in words."""
    found = _crossing(mine, key)
    if found is None:
        return "at any" if mine[-1][key] >= 0 and mine[0][key] >= 0 else ""
    side = "above" if found[1] else "below"
    return f"{side} {_rounded(run, found[0])}"


def _rounded(run: RunResult, wtp: float) -> str:
    """Return a willingness to pay to three digits: the simulation supports no more."""
    places = 2 - floor(log10(abs(wtp))) if wtp else 0
    return _money(run, round(wtp, min(places, 0)))


def _title(run: RunResult, mine: list[Record], name: str) -> str:
    label = reading.capital(reading.strategy(run, name))
    mean, sure = _told(run, mine, "mean"), _told(run, mine, "lower")
    limit = f"{_money(run, mine[-1]['wtp'])} per {reading.effect(run)}"
    if mean == "at any":
        text = f"{label} is worth its cost on average whatever a {reading.effect(run)} is worth"
    elif not mean:
        return f"{label} is not worth its cost on average up to {limit}"
    else:
        text = f"{label} is worth its cost on average {mean} per {reading.effect(run)}"
    if sure == "at any":
        return f"{text}, and so it is in at least 97.5% of the draws"
    return f"{text}; in at least 97.5% of the draws " + (sure or f"not even at {limit}")


def _said(run: RunResult, name: str, mine: list[Record]) -> str:
    mean = _told(run, mine, "mean") or f"at none up to {_money(run, mine[-1]['wtp'])}"
    last = mine[-1]
    return (
        f"{reading.strategy(run, name)}: mean above zero {mean}; at {_money(run, last['wtp'])} "
        f"mean {_money(run, last['mean'])}, 95% of draws from {_money(run, last['lower'])} to "
        f"{_money(run, last['upper'])}."
    )


def _draw(run: RunResult, panels: dict[str, list[Record]], title: str) -> Any:
    left, gap = 0.62, 0.24
    width = (style.WIDTH - left - 0.2 - gap * (len(panels) - 1)) / len(panels)
    names = [style.wrap(reading.strategy(run, s), width, style.SMALL, True, 3) for s in panels]
    several = len(panels) > 1
    lines = max(name.count("\n") + 1 for name in names) if several else 0
    head = 0.24 + 0.155 * lines + (0.06 if several else 0) + 0.2
    page = style.Page(title, head + _HEIGHT + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    other = numbers.inside(reading.strategy(run, reading.comparator(run)))
    page.text(style.EDGE, 0.0, f"Net benefit per person, against {other}", **quiet)
    everything = [r for mine in panels.values() for r in mine]
    low = min(0.0, *(r["lower"] for r in everything))
    high = max(0.0, *(r["upper"] for r in everything))
    looks = labels.looks(run)
    for i, ((strategy, mine), name) in enumerate(zip(panels.items(), names, strict=True)):
        x = left + i * (width + gap)
        if several:
            page.text(x, 0.24, name, size=style.SMALL, weight="bold", linespacing=1.15)
        axes = page.axes(x, head, width, _HEIGHT)
        axes.set_xlim(mine[0]["wtp"], mine[-1]["wtp"])
        axes.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
        axes.grid(axis="y")
        style.quiet(axes, y=False)
        labels.money_axis(axes.xaxis, run, 3 if several else 6, "upper" if several else None)
        labels.money_axis(axes.yaxis, run)
        if i:
            axes.tick_params(labelleft=False)
        labels.thresholds(axes, run, reading.wtps(run))
        axes.axhline(0, color=style.INK, linewidth=1.2, zorder=3)
        at, colour = [r["wtp"] for r in mine], looks[strategy].colour
        ends = [r["lower"] for r in mine], [r["upper"] for r in mine]
        axes.fill_between(at, *ends, color=colour, alpha=0.18, linewidth=0)
        axes.plot(at, [r["mean"] for r in mine], color=colour, zorder=4)
        _mark(axes, run, mine, width, colour)
    words = f"What a {reading.effect(run)} is taken to be worth"
    page.text(left, head + _HEIGHT + 0.3, words, **quiet)
    return page.figure


def _mark(axes: Any, run: RunResult, mine: list[Record], width: float, colour: str) -> None:
    """Mark where the mean passes zero."""
    found = _crossing(mine, "mean")
    if found is None:
        return
    wtp = found[0]
    axes.plot([wtp], [0], "o", color=colour, markersize=5, zorder=6)
    words = _rounded(run, wtp)
    low, high = axes.get_xlim()
    room = (high - wtp) / (high - low) * width
    right = room > style.text_width(words, style.SMALL, True) + 0.1
    below = found[1] == right  # the side that the line leaves free
    axes.annotate(
        words, (wtp, 0), xytext=(4 if right else -4, -5 if below else 5),
        textcoords="offset points", ha="left" if right else "right", size=style.SMALL,
        va="top" if below else "bottom", weight="bold", color=style.INK, zorder=7,
        bbox={"facecolor": style.PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.3},
    )  # fmt: skip
