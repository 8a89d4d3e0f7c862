"""The decision tree as it is in the file: what is decided, what may happen, where it ends."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.structure import Step, steps
from heco.result import RunResult

#: More lines do not fit on a page of paper; the table has them all.
_MOST = 33
_INDENT = 0.21
_NOTE = 8.0
#: Between two lines that are drawn at once.
_GAP = (float("nan"), float("nan"))
#: Where the ends of branches are written. [inches]
_ENDS = 3.42


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if there is no tree."""
    lines = steps(run)
    if not lines:
        return None
    ways = [line for line in lines if line.record is not None]
    ends = sum(line.kind == "end" for line in ways)
    names = _strategies(run)
    start = "What follows the decision between " if len(run.scenario.strategies) > 1 else ""
    title = reading.capital(
        f"{start}{numbers.listing(names)}: a tree of {len(ways)} branches and {ends} ends"
    )
    shown = lines[:_MOST]
    hidden = len(lines) - len(shown)
    note = "The square is decided, a circle is left to chance, a triangle ends the tree."
    if any(line.kind == "again" for line in ways):
        note += " A ring goes on like the branches from a node further up."
    if hidden:
        note += f" {hidden} further branches are in the table only."
    return Chart(
        name="structure_tree",
        title=title,
        alt=" ".join(
            f"{line.words}"
            + (f", with probability {line.chance}" if line.chance else "")
            + (f", leads to {line.to}." if line.to else ":")
            for line in lines
        ),
        table=reading.tidy(
            "structure_tree",
            title,
            "node branch words probability leads_to",
            [
                (line.node, line.key, line.words, line.chance, line.record.to)
                for line in lines
                if line.record is not None
            ],
        ),
        draw=partial(_draw, shown, title, hidden),
        note=note,
    )


def _strategies(run: RunResult) -> list[str]:
    names = [numbers.inside(reading.strategy(run, name)) for name in reading.strategies(run)]
    return names if len(names) < 4 else [f"{len(names)} strategies"]


def _draw(lines: list[Step], title: str, hidden: int) -> Any:
    row = 0.345 if len(lines) <= 24 else 0.29
    height = row * (len(lines) + 1 + (1 if hidden else 0)) + 0.05
    page = style.Page(title, height)
    axes = page.axes(0, 0, style.WIDTH, height)
    axes.set_xlim(0, style.WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    axes.text(
        0.3, row / 2, "The decision", va="center", size=style.SMALL, weight="bold", color=style.INK
    )
    marks: dict[str, list[tuple[float, float]]] = {"decision": [(0.16, row / 2)]}
    elbows: list[tuple[float, float]] = []
    trunk = {0: row / 2}  # where the last parent of each depth stands
    for i, line in enumerate(lines, start=1):
        x, y = 0.16 + _INDENT * line.depth, row * (i + 0.5)
        if line.depth:
            left = x - _INDENT
            elbows += [(left, trunk[line.depth - 1] + 0.06), (left, y), (x - 0.06, y), _GAP]
        trunk[line.depth] = y
        marks.setdefault(line.kind, []).append((x, y))
        _words(axes, line, x + 0.12, y, row)
    axes.plot(
        *zip(*elbows, strict=True), color=style.GREY, linewidth=0.9, solid_joinstyle="miter",
        zorder=1,
    )  # fmt: skip
    for kind, places in marks.items():
        _mark(axes, kind, places)
    if hidden:
        axes.text(
            0.3, row * (len(lines) + 1.5), f"… and {hidden} further branches", va="center",
            size=style.SMALL, color=style.GREY,
        )  # fmt: skip
    return page.figure


def _mark(axes: Any, kind: str, places: list[tuple[float, float]]) -> None:
    """Draw the signs of lines: a square decides, a circle is chance, a triangle ends."""
    marker, colour = {"decision": ("s", style.BLUE), "end": ("<", style.VERMILLION)}.get(
        kind, ("o", style.GREEN)
    )
    hollow = kind == "again"
    axes.plot(
        *zip(*places, strict=True), marker=marker, markersize=6, linestyle="none",
        color=style.PAPER if hollow else colour, zorder=3,
        markeredgecolor=colour if hollow else style.PAPER, markeredgewidth=1.2 if hollow else 0.8,
    )  # fmt: skip


def _words(axes: Any, line: Step, x: float, y: float, row: float) -> None:
    room = (_ENDS if line.to else style.WIDTH) - x - 0.1
    bold = line.kind == "node"
    words = style.wrap(line.words, room, style.SMALL, bold, lines=1)
    written: dict[str, Any] = {"size": style.SMALL, "va": "center", "ha": "left"}
    if line.chance:
        lift = 0.075
        axes.text(x, y - lift, words, color=style.INK, **written)
        chance = style.wrap(line.chance, room, _NOTE, lines=1)
        axes.text(x, y + lift, chance, color=style.GREY, **{**written, "size": _NOTE})
    else:
        weight = "bold" if bold else "normal"
        axes.text(x, y, words, color=style.INK, weight=weight, **written)
    if line.to:
        room = style.WIDTH - _ENDS - 0.2
        to = style.wrap(line.to, room, style.SMALL, lines=2 if row > 0.3 else 1)
        colour = style.INK if line.kind == "end" else style.GREY
        to = to.replace("\n", "\n    ")  # below the words, not below the arrow
        axes.text(_ENDS, y, f"→ {to}", color=colour, linespacing=1.05, **written)
