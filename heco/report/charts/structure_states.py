"""The states of the cohort model and the moves that are allowed between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.structure import Arrow, arrows, begins, remembers, state
from heco.result import RunResult

#: More states do not fit on a ring; the table has every move.
_MOST_STATES = 10
#: More numbers on arrows could not be told apart.
_MOST_NUMBERS = 26
_LINE = 0.15
_NOTE = 8.0
#: Room for a loop. [inches]
_LOOP = 0.34
#: Half the height of the ring, by the number of states. [inches]
_TALL = (0.0, 0.0, 0.0, 0.95, 1.15, 1.35, 1.5, 1.7, 1.85, 2.1, 2.2)


@dataclass(frozen=True)
class Box:
    """A state where it is drawn: its middle, its size, what it says. [inches]."""

    name: str
    x: float
    y: float
    width: float
    height: float
    words: str
    below: str
    absorbing: bool


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if there are no states, or more than fit on a ring."""
    scenario = run.scenario
    if not 1 < len(scenario.states) <= _MOST_STATES:
        return None
    moves = arrows(run)
    title = _title(run)
    said = [
        f"{state(run, a.source)} to {state(run, a.target)}, {a.chance}"
        for a in moves
        if not a.stays
    ]
    return Chart(
        name="structure_states",
        title=title,
        alt="States and the moves that are allowed between them. " + "; ".join(said) + ".",
        table=reading.tidy(
            "structure_states",
            title,
            "number from to probability_per_cycle",
            [(a.number or "", a.source, a.target, a.chance) for a in moves],
        ),
        draw=partial(_draw, run, moves, title),
        note=_note(moves),
    )


def _note(moves: list[Arrow]) -> str:
    ways = sum(not a.stays for a in moves)
    note = "A loop: people may stay. A double border: nobody leaves."
    return f"{note} Numbers are those of the table of moves." if ways <= _MOST_NUMBERS else note


def _title(run: RunResult) -> str:
    scenario = run.scenario
    cycle = scenario.time.cycle
    often = f"Every {_without_one(cycle.text)}" if cycle is not None else "In every cycle"
    start = f"{often}, people move between {len(scenario.states)} states"
    final = [state(run, name) for name, record in scenario.states.items() if record.absorbing]
    return (
        f"{start}; nobody leaves {numbers.listing([f'“{n}”' for n in final])}" if final else start
    )


def _without_one(text: str) -> str:
    return text.removeprefix("1 ")


def _draw(run: RunResult, moves: list[Arrow], title: str) -> Any:
    boxes, height = _ring(run)
    page = style.Page(title, height)
    axes = page.axes(0, 0, style.WIDTH, height)
    axes.set_xlim(0, style.WIDTH)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    patches = {box.name: _box(axes, box) for box in boxes.values()}
    pairs = {(a.source, a.target) for a in moves}
    ways = [a for a in moves if not a.stays]
    taken: list[tuple[float, float]] = []
    for arrow in ways:
        both = (arrow.target, arrow.source) in pairs
        bend = 0.16 if both else 0.05
        _arrow(axes, patches[arrow.source], patches[arrow.target], boxes, arrow, bend)
    if len(ways) <= _MOST_NUMBERS:
        for arrow in ways:
            bend = 0.16 if (arrow.target, arrow.source) in pairs else 0.05
            taken.append(_number(axes, boxes, arrow, bend, taken))
    middle = (min(b.y for b in boxes.values()) + max(b.y for b in boxes.values())) / 2
    for arrow in moves:
        if arrow.stays and not boxes[arrow.source].absorbing:
            _loop(axes, boxes[arrow.source], middle)
    return page.figure


def _ring(run: RunResult) -> tuple[dict[str, Box], float]:
    """Return the states on an ellipse, those that nobody leaves at its foot, and its height."""
    records = run.scenario.states
    order = sorted(records, key=lambda name: bool(records[name].absorbing))
    n = len(order)
    final = sum(bool(record.absorbing) for record in records.values())
    start = 150.0 if n == 3 else 180.0
    if final and n > 2:
        start = -90 + 360 / n * (n - (final + 1) / 2)
    tall, first = _TALL[n], begins(run)
    made = []
    for i, name in enumerate(order):
        words = style.wrap(state(run, name), 1.15 if n < 9 else 0.85, style.SMALL, True, 4)
        notes = ["begin here"] if name in first else []
        notes += ["time here counts"] if remembers(run, name) else []
        below = "\n".join(notes)
        lines = words.count("\n") + 1 + len(notes)
        width = 0.18 + max(
            *(style.text_width(line, style.SMALL, True) for line in words.split("\n")),
            *(style.text_width(line, _NOTE) for line in below.split("\n")),
            0.6,
        )
        angle = math.radians(start - 360 * i / n)
        made.append((name, angle, width, 0.14 + _LINE * lines, words, below))
    widest = max(m[2] for m in made)
    wide = (style.WIDTH - widest) / 2 - 0.12
    wide = min(wide, 1.75) if n < 5 else wide
    # As much paper as the boxes and the loops above or below them need.
    highest = max(tall * math.sin(m[1]) + m[3] / 2 for m in made) + _LOOP
    ends = [(tall * math.sin(m[1]) - m[3] / 2, records[m[0]].absorbing) for m in made]
    lowest = min(y - (0.1 if final or y > -tall / 2 else _LOOP) for y, final in ends)
    return {
        name: Box(
            name, style.WIDTH / 2 + wide * math.cos(angle), tall * math.sin(angle) - lowest,
            width, size, words, below, bool(records[name].absorbing),
        )
        for name, angle, width, size, words, below in made
    }, highest - lowest  # fmt: skip


def _box(axes: Any, box: Box) -> Any:
    from matplotlib.patches import FancyBboxPatch

    def frame(pad: float, **look: Any) -> Any:
        return FancyBboxPatch(
            (box.x - box.width / 2 - pad, box.y - box.height / 2 - pad),
            box.width + 2 * pad, box.height + 2 * pad, boxstyle="round,pad=0,rounding_size=0.06",
            **look,
        )  # fmt: skip

    outer = frame(0.04 if box.absorbing else 0.0, fill=True, facecolor=style.PAPER,
                  edgecolor=style.INK, linewidth=1.1, zorder=3)  # fmt: skip
    axes.add_patch(outer)
    if box.absorbing:
        axes.add_patch(frame(0.0, fill=False, edgecolor=style.INK, linewidth=0.8, zorder=4))
    lines = box.words.count("\n") + 1
    notes = box.below.count("\n") + 1 if box.below else 0
    top = box.y + _LINE * notes / 2
    axes.text(
        box.x, top, box.words, ha="center", va="center", size=style.SMALL, weight="bold",
        color=style.INK, linespacing=1.15, zorder=5,
    )  # fmt: skip
    if box.below:
        axes.text(
            box.x, box.y - _LINE * lines / 2, box.below, ha="center", va="center", size=_NOTE,
            color=style.GREY, linespacing=1.25, zorder=5,
        )  # fmt: skip
    return outer


def _arrow(
    axes: Any, tail: Any, head: Any, boxes: dict[str, Box], arrow: Arrow, bend: float
) -> None:
    from matplotlib.patches import FancyArrowPatch

    one, other = boxes[arrow.source], boxes[arrow.target]
    axes.add_patch(
        FancyArrowPatch(
            (one.x, one.y),
            (other.x, other.y),
            patchA=tail,
            patchB=head,
            shrinkA=1,
            shrinkB=2,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>,head_length=5,head_width=2.6",
            color=style.GREY,
            linewidth=1.1,
            zorder=2,
        )
    )


def _number(
    axes: Any,
    boxes: dict[str, Box],
    arrow: Arrow,
    bend: float,
    taken: list[tuple[float, float]],
) -> tuple[float, float]:
    """Write the number of an arrow on it, where there is most room; return where."""
    one, other = boxes[arrow.source], boxes[arrow.target]
    across, up = other.x - one.x, other.y - one.y
    control = ((one.x + other.x) / 2 + bend * up, (one.y + other.y) / 2 - bend * across)

    def at(t: float) -> tuple[float, float]:
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        return (
            a * one.x + b * control[0] + c * other.x,
            a * one.y + b * control[1] + c * other.y,
        )

    def room(t: float) -> float:
        x, y = at(t)
        near = [math.hypot(x - a, y - b) for a, b in taken]
        near += [_distance(box, x, y) for box in boxes.values()]
        return min(min(near), 0.3) - 0.02 * abs(t - 0.42)

    best = max((0.2 + 0.03 * k for k in range(21)), key=room)
    x, y = at(best)
    if room(best) < 0.14:  # a short arrow would vanish under its number
        y += 0.13
    axes.text(
        x, y, str(arrow.number), ha="center", va="center", size=_NOTE, color=style.INK, zorder=6,
        bbox={"boxstyle": "circle,pad=0.18", "facecolor": style.PAPER, "edgecolor": "none"},
    )  # fmt: skip
    return x, y


def _distance(box: Box, x: float, y: float) -> float:
    """Return how far a point is from the edge of a box; 0 inside."""
    return math.hypot(
        max(abs(x - box.x) - box.width / 2, 0.0), max(abs(y - box.y) - box.height / 2, 0.0)
    )


def _loop(axes: Any, box: Box, centre: float) -> None:
    """Draw a small arrow from a state back to itself, on the side away from the middle."""
    from matplotlib.patches import FancyArrowPatch

    side = 1 if box.y >= centre - 0.01 else -1
    edge = box.y + side * box.height / 2
    out = 0.16 * (box.x > style.WIDTH / 2 + 0.1) - 0.16 * (box.x < style.WIDTH / 2 - 0.1)
    middle = box.x + out
    axes.add_patch(
        FancyArrowPatch(
            (middle - 0.11, edge),
            (middle + 0.11, edge),
            shrinkA=0,
            shrinkB=0,
            connectionstyle=f"arc3,rad={-1.7 * side}",
            color=style.GREY,
            linewidth=1.1,
            zorder=2,
            arrowstyle="-|>,head_length=4,head_width=2.2",
        )
    )
