"""Which inputs move the answer most: one bar for each, from its low to its high end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import Quantity, RunResult

LOW, HIGH = style.SKY, style.BLUE
_MEASURED = {
    "inmb": "net benefit",
    "incremental_cost": "extra cost",
    "incremental_qaly": "extra QALYs",
    "required_gain": "required gain",
}
#: Height of a row whose label has at most two lines, and of one whose label has three. [inches]
_ROW, _TALL = 0.36, 0.46
#: The shortest bar that is drawn, as a share of the longest.
_SHORT = 0.06
_LEFT, _RIGHT = 2.2, 0.25


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no input moves anything."""
    answer = reading.result(run, "tornado")
    moved = [r for r in reading.rows(run, "tornado") if r["width"]]
    if answer is None or not moved:
        return None
    drawn = _worth_a_bar(moved)[: int(answer.data["bars"])]
    about = answer.find("tornado_width")[0]
    outcome = str(answer.data["outcome"])
    base = float(answer.data["base"])
    title = _title(moved, outcome)
    told = "; ".join(
        f"{r['label']}: {_outcome(run, outcome, r['at_low'])} at "
        f"{_input(run, r, 'low_value')}, {_outcome(run, outcome, r['at_high'])} at "
        f"{_input(run, r, 'high_value')}"
        for r in drawn
    )
    keys = ("parameter", "low_value", "high_value", "at_low", "at_high", "flips", "flip_value")
    left_out = len(moved) - len(drawn)
    return Chart(
        name="tornado",
        title=title,
        alt=f"Bar chart. {_what(run, outcome, about)}; base case {_outcome(run, outcome, base)}. "
        f"{told}.",
        table=reading.tidy(
            "tornado", title, " ".join(keys), [tuple(r[key] for key in keys) for r in drawn]
        ),
        draw=partial(_draw, run, drawn, outcome, base, about, title),
        note="Each input goes from the low to the high end of its range, the others stay at their "
        "base values. The numbers at the bars are the values of the input."
        + reading.left_out(left_out, "input that moves less", "inputs that move less"),
    )


def _worth_a_bar(moved: list[Record]) -> list[Record]:
    """Leave out bars too short to be seen, unless they change the decision."""
    widest = max(float(r["width"]) for r in moved)
    return [r for r in moved if r["flips"] or float(r["width"]) >= _SHORT * widest]


def _title(moved: list[Record], outcome: str) -> str:
    first = numbers.inside(str(moved[0]["label"]))
    if outcome != "inmb":
        return f"What moves the {_MEASURED[outcome]} most: {first}"
    start = f"What moves the answer most: {first}."
    flips = sum(bool(r["flips"]) for r in moved)
    if not flips:
        return f"{start} No input changes the decision on its own"
    inputs = "input can" if flips == 1 else "inputs could each"
    return f"{start} {flips} {inputs} change the decision alone"


def _what(run: RunResult, outcome: str, about: Quantity) -> str:
    measured = _MEASURED[outcome]
    each = f", {about.unit}" if outcome == "required_gain" else " per person"
    words = f"{reading.capital(measured)}{each}: {reading.strategy(run, about.strategy)}"
    words += f" against {numbers.inside(reading.strategy(run, about.comparator))}"
    return words if about.wtp is None else f"{words}, at {reading.at_wtp(run, about.wtp)}"


def _outcome(run: RunResult, outcome: str, value: Any) -> str:
    if outcome in ("incremental_qaly", "required_gain"):
        return numbers.qaly(value)
    return numbers.money(value, reading.currency(run))


def _input(run: RunResult, row: Record, key: str) -> str:
    return numbers.input_value(row[key], str(row["unit"]), reading.currency(run))


def _draw(
    run: RunResult, drawn: list[Record], outcome: str, base: float, about: Quantity, title: str
) -> Any:
    flips = any(r["flips"] for r in drawn)
    entries = [(LOW, "input at its low end"), (HIGH, "input at its high end")]
    if flips:
        entries.append(
            (style.letters(style.VERMILLION), "label in red: can change the decision alone")
        )
    key = style.key_height([words for _, words in entries])
    what = style.wrap(_what(run, outcome, about), style.WIDTH - 0.2, style.SMALL)
    labels = [_words(r) for r in drawn]
    row = _TALL if any(label.count("\n") > 1 for label in labels) else _ROW
    height = row * len(drawn)
    head = key + 0.24
    page = style.Page(title, head + height + 0.5 + 0.16 * what.count("\n"))
    page.key(0, entries)
    axes = page.axes(_LEFT, head, style.WIDTH - _LEFT - _RIGHT, height)
    bars = [_ends(run, r, base) for r in drawn]
    low, high = _span(bars, base, 0.0 if outcome == "inmb" else base)
    axes.set_xlim(low, high)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    axes.locator_params(axis="x", nbins=4)  # amounts of money are long
    axes.xaxis.set_major_formatter(lambda value, _: _outcome(run, outcome, value))
    if outcome == "inmb":
        axes.axvline(0, color=style.INK, linewidth=1.2, zorder=3)
    axes.axvline(base, color=style.GREY, linewidth=0.9, linestyle=(0, (3, 2)), zorder=3)
    for k, (r, ends) in enumerate(zip(drawn, bars, strict=True)):
        _bar(axes, ends, k, base)
        _label(page, r, labels[k], head + row * (k + 0.5))
    axes.annotate(
        f"base case {_outcome(run, outcome, base)}", (base, -0.5), xytext=(0, 3),
        textcoords="offset points", ha="center", va="bottom", size=style.SMALL, color=style.GREY,
        annotation_clip=False,
    )  # fmt: skip
    page.text(style.EDGE, head + height + 0.28, what, size=style.SMALL, color=style.GREY)
    return page.figure


@dataclass(frozen=True)
class _End:
    """One end of a bar: the outcome there, and the value of the input written beside it."""

    outcome: float
    colour: str
    text: str
    place: float
    right: bool
    inside: bool


def _ends(run: RunResult, row: Record, base: float) -> list[_End]:
    """Return both ends of a bar, the one that moves the outcome further first."""
    sides = [("at_low", "low_value", LOW), ("at_high", "high_value", HIGH)]
    sides.sort(key=lambda side: -abs(float(row[side[0]]) - base))
    outer, inner = (float(row[end]) - base for end, _, _ in sides)
    # Where both lie on one side, the shorter is drawn on the longer and labelled across the base.
    inside = inner * outer > 0
    found = []
    for (end, value, colour), second in zip(sides, (False, True), strict=True):
        at = float(row[end])
        right = (outer < 0) if second else (outer >= 0)
        place = base if second and inside else at
        text = _input(run, row, value)
        found.append(_End(at, colour, text, place, right, second and inside))
    return found


def _span(bars: list[list[_End]], base: float, also: float) -> tuple[float, float]:
    """Return the ends of the axis: room for every bar and every label, and no more."""
    width = style.WIDTH - _LEFT - _RIGHT
    ends = [end for bar in bars for end in bar]
    low = min(base, also, *(end.outcome for end in ends))
    high = max(base, also, *(end.outcome for end in ends))
    margin = 0.04 * (high - low)
    low, high = low - margin, high + margin
    for _ in range(20):  # a wider axis makes labels wider in its own unit
        scale = (high - low) / width
        for end in ends:
            need = (style.text_width(end.text, style.SMALL) + 0.08) * scale
            high = max(high, end.place + need) if end.right else high
            low = min(low, end.place - need) if not end.right else low
    return low, high


def _bar(axes: Any, ends: list[_End], k: int, base: float) -> None:
    for end in ends:
        axes.barh(
            k, end.outcome - base, left=base, height=0.36 if end.inside else 0.56,
            color=end.colour, linewidth=0, zorder=2,
        )  # fmt: skip
        axes.annotate(
            end.text, (end.place, k), xytext=(3 if end.right else -3, 0),
            textcoords="offset points", ha="left" if end.right else "right", va="center",
            size=style.SMALL, color=style.INK, zorder=4,
            bbox={"facecolor": style.PAPER, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip


def _words(row: Record) -> str:
    """Return a label in as many lines as it needs, three at most."""
    return style.wrap(str(row["label"]), _LEFT - 0.2, style.SMALL, bool(row["flips"]), lines=3)


def _label(page: style.Page, row: Record, words: str, middle: float) -> None:
    flips = bool(row["flips"])
    colour = style.letters(style.VERMILLION) if flips else style.INK
    page.text(
        style.EDGE, middle, words, size=style.SMALL, color=colour, va="center",
        weight="bold" if flips else "normal", linespacing=1.1,
    )  # fmt: skip
