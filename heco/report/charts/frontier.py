"""Which options are worth considering at some price: costs against effects, and the frontier."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 3.0
_FEWEST = 3
_ON = ("frontier", "equivalent")


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None with fewer than three options: two need no picture."""
    rows = reading.rows(run, "incremental")
    basis = "probabilistic" if run.draws else "deterministic"
    rows = [r for r in rows if r["basis"] == basis]
    if len(rows) < _FEWEST or len({r["effect"] for r in rows}) < 2:
        return None
    title = _title(run, rows)
    keys = ("strategy", "cost", "effect", "status", "compared_with", "icer")
    told = [
        f"{reading.strategy(run, str(r['strategy']))}: {numbers.money(r['cost'], _unit(run))} and "
        f"{numbers.qaly(r['effect'])} {reading.effects(run)}, {_status(run, r)}"
        for r in rows
    ]
    how = f"mean of {run.draws:,} draws" if run.draws else "base case"
    return Chart(
        name="frontier",
        title=title,
        alt=f"Costs against {reading.effects(run)} of each strategy, per person, with the "
        f"efficiency frontier. {'; '.join(told)}.",
        table=reading.tidy(
            "frontier", title, " ".join(keys), [tuple(r[key] for key in keys) for r in rows]
        ),
        draw=partial(_draw, run, rows, title),
        note=f"Discounted, per person, {how}. Joined: the frontier, with what each further "
        f"{reading.effect(run)} costs from one strategy on it to the next. Open circles are never "
        "the best choice: another strategy, or a mixture of two, gives more for less.",
    )


def _unit(run: RunResult) -> str:
    return reading.currency(run)


def _line(rows: list[Record]) -> list[Record]:
    return [r for r in rows if r["status"] == "frontier"]


def _status(run: RunResult, r: Record) -> str:
    if r["status"] == "frontier" and r["icer"] is not None:
        return f"on the frontier, {reading.at_wtp(run, r['icer'])} more"
    why = f" {r['why']}" if r["why"] else ""
    return ("on the frontier" if r["status"] == "frontier" else str(r["status"])) + why


def _title(run: RunResult, rows: list[Record]) -> str:
    """Say what a gain costs along the frontier, and which strategies are never the best choice."""
    line = _line(rows)
    names = [numbers.inside(reading.strategy(run, str(r["strategy"]))) for r in line]
    off = [
        numbers.inside(reading.strategy(run, str(r["strategy"])))
        for r in rows
        if r["status"] not in _ON
    ]
    steps = [
        (name, numbers.money(r["icer"], _unit(run)))
        for name, r in zip(names, line, strict=True)
        if r["icer"] is not None
    ]
    if not steps:
        worth = f"whatever a {reading.effect(run)} is worth"
        return f"{reading.capital(names[0])} is the best choice {worth}"
    (first, price), *others = steps
    text = f"from {names[0]} to {first}, each {reading.effect(run)} gained costs {price}"
    for name, more in others[:2]:
        text += f"; on to {name}, {more}"
    if off:
        verb = "is" if len(off) == 1 else "are"
        text = f"{numbers.listing(off)} {verb} never the best choice. {reading.capital(text)}"
    return reading.capital(text)


def _draw(run: RunResult, rows: list[Record], title: str) -> Any:
    left = 0.66
    width = style.WIDTH - left - 0.25
    page = style.Page(title, 0.26 + _HEIGHT + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, 0.0, "Cost per person", **quiet)
    axes = page.axes(left, 0.26, width, _HEIGHT)
    for which, setter in (("effect", axes.set_xlim), ("cost", axes.set_ylim)):
        values = [float(r[which]) for r in rows]
        room = 0.16 * (max(values) - min(values)) or 1.0
        setter(min(values) - room, max(values) + room)
    axes.grid()
    style.quiet(axes, x=False, y=False)
    labels.money_axis(axes.yaxis, run)
    axes.locator_params(axis="x", nbins=5)
    digits = _decimals(axes.get_xticks())
    axes.xaxis.set_major_formatter(lambda value, _: numbers.fixed(value, digits))
    line = _line(rows)
    axes.plot(
        [r["effect"] for r in line], [r["cost"] for r in line], color=style.INK, linewidth=1.6,
        zorder=3,
    )  # fmt: skip
    looks = labels.looks(run)
    for r in rows:
        on = r["status"] in _ON
        colour = looks[str(r["strategy"])].colour if on else style.SLATE
        axes.plot(
            [r["effect"]], [r["cost"]], "o", markersize=8, zorder=5, markeredgecolor=colour,
            markerfacecolor=colour if on else style.PAPER, markeredgewidth=1.6,
        )  # fmt: skip
    _names(axes, run, rows, line, width)
    words = f"{reading.capital(reading.effects(run))} per person"
    page.text(left, 0.26 + _HEIGHT + 0.3, words, **quiet)
    return page.figure


def _decimals(ticks: Any) -> int:
    """Return how many decimals tell the numbers of an axis apart."""
    step = float(ticks[1] - ticks[0])
    return max(0, next(k for k in range(-9, 12) if abs(round(step, k) / step - 1) < 1e-6))


def _names(axes: Any, run: RunResult, rows: list[Record], line: list[Record], width: float) -> None:
    """Name every point, and write the price of a step along it, each where there is room."""
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - x0) / (x1 - x0) * width, (y - y0) / (y1 - y0) * _HEIGHT

    points, words, faint = [], [], []
    for r in rows:
        text = style.wrap(reading.strategy(run, str(r["strategy"])), 1.6, style.SMALL, True, 3)
        if r["status"] not in _ON:
            text += f"\n{r['status']}"
        points.append(place(r["effect"], r["cost"]))
        words.append(text)
        faint.append(r["status"] not in _ON)
    for before, r in pairwise(line):
        if r["icer"] is None:
            continue
        middle = (before["effect"] + r["effect"]) / 2, (before["cost"] + r["cost"]) / 2
        points.append(place(*middle))
        words.append(f"{reading.at_wtp(run, r['icer'])}")
        faint.append(True)
    sizes = [
        (
            max(style.text_width(part, style.SMALL, not pale) for part in text.split("\n")) + 0.04,
            0.15 * (text.count("\n") + 1),
        )
        for text, pale in zip(words, faint, strict=True)
    ]
    # The frontier is not to be written over either.
    steps = [
        (place(a["effect"], a["cost"]), place(b["effect"], b["cost"])) for a, b in pairwise(line)
    ]
    taken = [
        (ax + t * (bx - ax) - 0.03, ay + t * (by - ay) - 0.03, ax + t * (bx - ax) + 0.03,
         ay + t * (by - ay) + 0.03)
        for (ax, ay), (bx, by) in steps
        for t in (k / 20 for k in range(21))
    ]  # fmt: skip
    found = labels.points_apart(width, _HEIGHT, points, sizes, taken)
    for (x, y, side), text, pale in zip(found, words, faint, strict=True):
        axes.text(
            x / width, y / _HEIGHT, text, transform=axes.transAxes, ha=side, va="center",
            size=style.SMALL, color=style.GREY if pale else style.INK, linespacing=1.15,
            weight="normal" if pale else "bold", zorder=7,
        )  # fmt: skip
