"""What knowing everything would be worth, by what a QALY is worth: no study can be worth more."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 2.3


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if it was not asked for or nothing could be worth knowing."""
    rows = reading.rows(run, "voi_evpi")
    if len(rows) < 2 or not any(r["evpi"] for r in rows):
        return None
    stated = [r for r in rows if r["stated"]]
    told = [f"{_money(run, r['evpi'])} at {reading.at_wtp(run, r['wtp'])}" for r in stated]
    title = f"What knowing everything would be worth per person: {numbers.listing(told)}"
    return Chart(
        name="voi_evpi",
        title=title,
        alt=f"A line of the value of perfect information per person, over what a "
        f"{reading.effect(run)} is worth: {numbers.listing(told)}.",
        table=reading.tidy(
            "voi_evpi", title, "wtp evpi stated",
            [(r["wtp"], r["evpi"], r["stated"]) for r in rows],
        ),
        draw=partial(_draw, run, rows, title),
        note="The expected value of perfect information (EVPI): what choosing after knowing "
        "everything would gain on average over choosing now. It is highest where the choice is "
        "closest. Dots: what the decision is judged at.",
    )  # fmt: skip


def _money(run: RunResult, value: float) -> str:
    decimals = 2 if value < 10 else 0
    return numbers.money(value, reading.currency(run), decimals)


def _draw(run: RunResult, rows: list[Record], title: str) -> Any:
    page = style.Page(title, 0.36 + _HEIGHT + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, 0.0, "Per person", **quiet)
    left = 0.62
    axes = page.axes(left, 0.36, style.WIDTH - left - 0.3, _HEIGHT)
    x, y = [float(r["wtp"]) for r in rows], [float(r["evpi"]) for r in rows]
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(0, 1.15 * max(y))
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    labels.money_axis(axes.xaxis, run)
    labels.money_axis(axes.yaxis, run)
    axes.plot(x, y, color=style.BLUE, zorder=3)
    for r in rows:
        if r["stated"]:
            axes.plot([r["wtp"]], [r["evpi"]], "o", color=style.INK, markersize=4.5, zorder=5)
    words = f"What a {reading.effect(run)} is taken to be worth"
    page.text(left, 0.36 + _HEIGHT + 0.3, words, **quiet)
    return page.figure
