"""How the answer moves as each input moves: one line for each, as long as the input can move."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import Quantity, RunResult

_MEASURED = {
    "inmb": "net benefit per person",
    "incremental_cost": "extra cost per person",
    "incremental_qaly": "extra QALYs per person",
    "required_gain": "required gain",
}
_HEIGHT = 2.7
_LEFT, _RIGHT = 0.7, 1.75
#: A change of an input by more than this leaves the picture. [share of its base value]
_FAR = 2.0
_LINE = 0.15


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no input moves anything."""
    answer = reading.result(run, "spider")
    about = next(iter(reading.find(run, "spider_width")), None)
    if answer is None or about is None:
        return None
    across = "change" if answer.data["across"] == "change" else "position"
    rows = [
        r
        for name in answer.data["lines"]
        for r in reading.rows(run, "spider", parameter=name)
        if r[across] is not None and r["outcome"] is not None
    ]
    if not rows:
        return None
    missing = {r["parameter"] for r in rows} < set(answer.data["lines"])
    outcome, base = str(answer.data["outcome"]), float(answer.data["base"])
    names = list(dict.fromkeys(str(r["parameter"]) for r in rows))
    title = _title(run, outcome, reading.where(rows, parameter=names[0]), len(names))
    keys = ("parameter", "value", "change", "position", "outcome")
    told = []
    for name in names:
        mine = reading.where(rows, parameter=name)
        told.append(
            f"{mine[0]['label']}: {_end(run, outcome, mine[0])}, {_end(run, outcome, mine[-1])}"
        )
    return Chart(
        name="spider",
        title=title,
        alt=f"Line chart. {_what(run, outcome, about)}; base case {_shown(run, outcome, base)}. "
        f"{'; '.join(told)}.",
        table=reading.tidy(
            "spider", title, " ".join(keys), [tuple(r[key] for key in keys) for r in rows]
        ),
        draw=partial(_draw, run, rows, across, outcome, base, about, title),
        note="Each line goes from the low to the high end that its input can plausibly have, the "
        "others stay at their base values."
        + (" Where lines cross is the base case." if across == "change" else "")
        + (" An input whose base value is 0 has no line here." if missing else "")
        + (" A line that ends at the edge goes on beyond it." if _beyond(rows, across) else ""),
    )


def _title(run: RunResult, outcome: str, first: list[Record], lines: int) -> str:
    ends = sorted(float(r["outcome"]) for r in (first[0], first[-1]))
    low, high = (_shown(run, outcome, end) for end in ends)
    name = numbers.inside(str(first[0]["label"]))
    text = f"{reading.capital(_MEASURED[outcome])} goes from {low} to {high} with {name}"
    return text if lines < 2 else f"{text}; no other input moves it as far"


def _what(run: RunResult, outcome: str, about: Quantity) -> str:
    words = (
        f"{reading.capital(_MEASURED[outcome])}: {reading.strategy(run, about.strategy)} against "
        f"{numbers.inside(reading.strategy(run, about.comparator))}"
    )
    return words if about.wtp is None else f"{words}, at {reading.at_wtp(run, about.wtp)}"


def _shown(run: RunResult, outcome: str, value: Any) -> str:
    if outcome in ("incremental_qaly", "required_gain"):
        return numbers.qaly(value)
    return numbers.money(value, reading.currency(run))


def _end(run: RunResult, outcome: str, row: Record) -> str:
    value = numbers.input_value(row["value"], str(row["unit"]), reading.currency(run))
    return f"{_shown(run, outcome, row['outcome'])} at {value}"


def _beyond(rows: list[Record], across: str) -> bool:
    return across == "change" and any(abs(r["change"]) > _FAR for r in rows)


def _draw(
    run: RunResult, rows: list[Record], across: str, outcome: str, base: float, about: Quantity,
    title: str,
) -> Any:  # fmt: skip
    what = style.wrap(_what(run, outcome, about), style.WIDTH - 0.2, style.SMALL)
    head = 0.12 + 0.16 * (what.count("\n") + 1)
    page = style.Page(title, head + _HEIGHT + 0.5)
    page.text(style.EDGE, 0.0, what, size=style.SMALL, color=style.GREY)
    width = style.WIDTH - _LEFT - _RIGHT
    axes = page.axes(_LEFT, head, width, _HEIGHT)
    at = [float(r[across]) for r in rows]
    low, high = (0.0, 1.0) if across == "position" else (max(min(at), -1.0), min(max(at), _FAR))
    ends = [base, *(float(r["outcome"]) for r in rows), *([0.0] if outcome == "inmb" else [])]
    room = 0.05 * (max(ends) - min(ends))
    axes.set_xlim(low, high)
    axes.set_ylim(min(ends) - room, max(ends) + room)
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    axes.locator_params(nbins=5)
    if outcome in ("incremental_qaly", "required_gain"):
        axes.yaxis.set_major_formatter(lambda value, _: numbers.number(round(value, 9)))
    else:
        labels.money_axis(axes.yaxis, run)
    if outcome == "inmb":
        axes.axhline(0, color=style.INK, linewidth=1.2, zorder=2)
    axes.axhline(base, color=style.GREY, linewidth=0.9, linestyle=(0, (3, 2)), zorder=2)
    if across == "change":
        axes.axvline(0, color=style.GREY, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1)
        axes.xaxis.set_major_formatter(lambda value, _: numbers.percent(round(value, 9), True))
        below = "Change of the input from its base value"
    else:
        axes.set_xticks([0, 1], ["low end", "high end"])
        below = "Place of the input between the ends of its range"
    names = list(dict.fromkeys(str(r["parameter"]) for r in rows))
    last: list[tuple[float, float]] = []
    for k, name in enumerate(names):
        mine = [r for r in reading.where(rows, parameter=name) if low <= r[across] <= high]
        look = {"color": labels.COLOURS[k % len(labels.COLOURS)], "linestyle": labels.DASHES[k % 6]}
        axes.plot([r[across] for r in mine], [r["outcome"] for r in mine], zorder=3, **look)
        last.append((float(mine[-1][across]), float(mine[-1]["outcome"])))
    _names(axes, run, names, last)
    page.text(_LEFT, head + _HEIGHT + 0.28, below, size=style.SMALL, color=style.GREY)
    return page.figure


def _names(axes: Any, run: RunResult, names: list[str], last: list[tuple[float, float]]) -> None:
    """Write the name of each line to the right, joined to where the line ends."""
    low, high = axes.get_ylim()
    inch = (high - low) / _HEIGHT
    texts = [
        style.wrap(reading.parameter(run, name), _RIGHT - 0.35, style.SMALL, lines=3)
        for name in names
    ]
    sizes = [(_LINE * (text.count("\n") + 1) + 0.05) * inch for text in texts]
    places = labels.spread([y for _, y in last], sizes, low - 0.02 * inch, high + 0.12 * inch)
    beside = 1 + 0.22 / (style.WIDTH - _LEFT - _RIGHT)
    for k, (text, end, place) in enumerate(zip(texts, last, places, strict=True)):
        axes.annotate(
            text, end, xytext=(beside, place), textcoords=axes.get_yaxis_transform(), ha="left",
            va="center", size=style.SMALL, color=style.INK, linespacing=1.15,
            annotation_clip=False, zorder=6,
            arrowprops={
                "arrowstyle": "-", "color": labels.COLOURS[k % len(labels.COLOURS)],
                "linewidth": 0.9, "shrinkA": 1, "shrinkB": 0, "relpos": (0.0, 0.5),
            },
        )  # fmt: skip
