"""Out of 10,000: who is found, missed, alarmed without need, treated and helped."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

#: What a screening programme counts, in the order of the story, and its colour.
STORY = {
    "cases": style.BLUE,
    "cases_missed": style.VERMILLION,
    "false_positives": style.ORANGE,
    "treated": style.SKY,
    "benefited": style.GREEN,
}
_MOST_ROWS = 8
_MOST_PANELS = 4
_ROW = 0.3


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if nobody is counted along the way."""
    found = reading.rows(run, "people_counted")
    counts = _counts(found)
    strategies = reading.leading(run, (str(r["strategy"]) for r in found), _MOST_PANELS)
    found = [r for r in found if r["count"] in counts and r["strategy"] in strategies]
    if not any(r["per_10000"] for r in found):
        return None
    title = _title(run, found, strategies)
    who = reading.people(run)
    told = [
        f"{reading.strategy(run, s)}: "
        + ", ".join(
            f"{reading.counted(run, str(r['count'])).lower()} {numbers.count(r['per_10000'])}"
            for r in reading.where(found, strategy=s)
        )
        for s in strategies
    ]
    rows = [(r["strategy"], r["count"], r["per_10000"]) for r in found]
    return Chart(
        name="pathway",
        title=title,
        alt=f"Bars of how many of 10,000 {who} are counted under each strategy. "
        + "; ".join(told)
        + ".",
        table=reading.tidy("pathway", title, "strategy counted per_10000", rows),
        draw=partial(_draw, run, found, counts, strategies, title),
        note=f"Of 10,000 {who}, base case.",
    )


def _counts(found: list[Record]) -> list[str]:
    """Return what to draw: the story of a screening programme if it is told, otherwise all."""
    there = list(dict.fromkeys(str(r["count"]) for r in found))
    story = [name for name in STORY if name in there]
    return story if len(story) > 1 else there[:_MOST_ROWS]


def _title(run: RunResult, found: list[Record], strategies: list[str]) -> str:
    """Return what the option of the question does, in a sentence."""
    who = reading.people(run)
    option = reading.option(run) if reading.option(run) in strategies else strategies[-1]
    here = {str(r["count"]): r["per_10000"] for r in reading.where(found, strategy=option)}
    name = reading.strategy(run, option)
    if here.get("cases") and "cases_missed" in here:
        return (
            f"{name}: of 10,000 {who}, {numbers.count(here['cases'])} cases are found and "
            f"{numbers.count(here['cases_missed'])} missed"
        )
    told = [
        f"{numbers.count(value)} {reading.counted(run, count).lower()}"
        for count, value in here.items()
    ]
    return f"{name}: of 10,000 {who}, {numbers.listing(told[:3])}"


def _draw(
    run: RunResult, found: list[Record], counts: list[str], strategies: list[str], title: str
) -> Any:
    labels = [
        style.wrap(reading.counted(run, count), 1.3, style.SMALL, lines=2) for count in counts
    ]
    left = 0.12 + max(
        style.text_width(line, style.SMALL) for label in labels for line in label.split("\n")
    )
    gap = 0.14
    width = (style.WIDTH - left - 0.05 - gap * (len(strategies) - 1)) / len(strategies)
    names = [style.wrap(reading.strategy(run, s), width, style.SMALL, True, 3) for s in strategies]
    head = 0.1 + 0.155 * max(name.count("\n") + 1 for name in names)
    page = style.Page(title, head + _ROW * len(counts) + 0.1)
    most = max(float(r["per_10000"]) for r in found)
    for i, (strategy, name) in enumerate(zip(strategies, names, strict=True)):
        x = left + 0.06 + i * (width + gap)
        page.text(x, 0, name, size=style.SMALL, weight="bold", linespacing=1.2)
        axes = page.axes(x, head, width, _ROW * len(counts))
        axes.set_xlim(0, most)
        axes.set_ylim(len(counts) - 0.5, -0.5)
        axes.set_axis_off()
        axes.axvline(0, color=style.GREY, linewidth=0.8)
        here = {r["count"]: float(r["per_10000"]) for r in reading.where(found, strategy=strategy)}
        for k, count in enumerate(counts):
            value = here.get(count, 0.0)
            colour = STORY.get(count, style.PALETTE[k % len(style.PALETTE)])
            axes.barh(k, value, height=0.62, color=colour, linewidth=0)
            _value(axes, k, value, value / most * width, width, colour)
    for k, label in enumerate(labels):
        page.text(
            left, head + _ROW * (k + 0.5), label, size=style.SMALL, ha="right", va="center",
            linespacing=1.1,
        )  # fmt: skip
    return page.figure


def _value(axes: Any, row: int, value: float, length: float, width: float, colour: str) -> None:
    """Write the number behind its bar, or inside where there is no room behind."""
    text = numbers.count(value)
    behind = length + style.text_width(text, style.SMALL) + 0.08 <= width
    axes.annotate(
        text, (value, row), xytext=(3 if behind else -3, 0), textcoords="offset points",
        ha="left" if behind else "right", va="center", size=style.SMALL,
        color=style.INK if behind else style.readable_on(colour), annotation_clip=False,
    )  # fmt: skip
