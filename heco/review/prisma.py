"""The PRISMA 2020 flow diagram, from a file of counts.

The file has a row for each box: ``stage, label, n``. Boxes of the main column, top to bottom:
``identified, screened, sought, assessed, papers, included``; boxes at the side of the one above
them: ``removed, excluded, not_retrieved, excluded_full``. Reviews rarely print all of them; those
that are missing are not drawn, and nothing is made up.

References
----------
Page et al. (2021), BMJ 372:n71.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from heco.errors import did_you_mean
from heco.evidence.csvfile import read_csv
from heco.report import numbers, reading, style
from heco.report.chart import Chart

#: Boxes of the main column, top to bottom, and the box at the side of each.
MAIN = ("identified", "screened", "sought", "assessed", "papers", "included")
SIDE = {
    "removed": "identified",
    "excluded": "screened",
    "not_retrieved": "sought",
    "excluded_full": "assessed",
}
_PHASES = {
    "identified": "Identification", "screened": "Screening", "sought": "Screening",
    "assessed": "Screening", "papers": "Included", "included": "Included",
}  # fmt: skip
_BOX, _GAP, _LINE = 2.15, 0.3, 0.165


@dataclass(frozen=True)
class Box:
    """One line of a box: what is counted, and how many."""

    stage: str
    label: str
    n: int


def read_flow(path: str | Path, name: str = "") -> list[Box]:
    """Return the boxes of a file.

    Parameters
    ----------
    path : str or Path
        CSV with ``stage, label, n``.
    name : str
        What the author calls it; the path itself if empty.

    Raises
    ------
    ScenarioError
        With every problem: an unknown stage, a count that is none, more reports below than above.
    """
    sheet = read_csv(path, name)
    sheet.require(["stage", "label", "n"])
    at = {column: sheet.columns.index(column) for column in ("stage", "label", "n")}
    boxes = []
    for row, cells in enumerate(sheet.rows):
        stage, label, text = (cells[at[column]] for column in ("stage", "label", "n"))
        if stage not in (*MAIN, *SIDE):
            hint = did_you_mean(stage, (*MAIN, *SIDE))
            sheet.problem(f'there is no stage "{stage}"', row, "stage", hint)
        if not text.replace(",", "").isdigit():
            sheet.problem(f'"{text}" is not a count', row, "n")
            continue
        boxes.append(Box(stage, label, int(text.replace(",", ""))))
    sheet.finish()
    totals = _totals(boxes)
    above = None
    for stage in (stage for stage in MAIN if stage in totals):
        if above is not None and totals[stage] > totals[above]:
            sheet.problem(f"{totals[stage]:,} {stage}, but {totals[above]:,} {above}")
        above = stage
    for side, stage in SIDE.items():
        if side in totals and stage in totals and totals[side] > totals[stage]:
            sheet.problem(f"{totals[side]:,} {side} of {totals[stage]:,} {stage}")
    sheet.finish()
    return boxes


def _totals(boxes: list[Box]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for box in boxes:
        totals[box.stage] = totals.get(box.stage, 0) + box.n
    return totals


def chart(boxes: list[Box]) -> Chart:
    """Return the flow diagram."""
    totals = _totals(boxes)
    stages = [stage for stage in MAIN if stage in totals]
    first, last = (next(b for b in boxes if b.stage == s) for s in (stages[0], stages[-1]))
    title = (
        f"From {numbers.count(totals[stages[0]])} {numbers.inside(first.label)} to "
        f"{numbers.count(totals[stages[-1]])} {numbers.inside(last.label)}"
    ).replace("records identified", "records").replace("studies included", "studies")  # fmt: skip
    told = "; ".join(f"{b.label}: {b.n:,}" for b in boxes)
    return Chart(
        name="prisma",
        title=title,
        alt=f"Flow diagram of a review. {told}.",
        table=reading.tidy("prisma", title, "stage label n", [(b.stage, b.label, b.n)
                                                               for b in boxes]),
        draw=partial(_draw, boxes, stages, title),
        note="Boxes that the review does not print are left out.",
    )  # fmt: skip


def _lines(boxes: list[Box], stage: str) -> list[str]:
    made = []
    for box in (b for b in boxes if b.stage == stage):
        text = f"{box.label}: {numbers.count(box.n)}"
        made += style.wrap(text, _BOX - 0.2, style.SMALL, lines=4).split("\n")
    return made


def _draw(boxes: list[Box], stages: list[str], title: str) -> Any:
    side_of = {stage: side for side, stage in SIDE.items()}
    heights = [
        0.16 + _LINE * max(len(_lines(boxes, s)), len(_lines(boxes, side_of.get(s, ""))))
        for s in stages
    ]
    page = style.Page(title, sum(heights) + _GAP * (len(stages) - 1) + 0.15)
    left, top = 0.45, 0.02
    tops = []
    for i, (stage, height) in enumerate(zip(stages, heights, strict=True)):
        tops.append(top)
        _box(page, left, top, height, _lines(boxes, stage), strong=i == len(stages) - 1)
        side = side_of.get(stage, "")
        if lines := _lines(boxes, side):
            _box(page, left + _BOX + 0.2, top, height, lines)
            middle = top + height / 2
            _arrow(page, (left + _BOX, middle), (left + _BOX + 0.2, middle))
        if i < len(stages) - 1:
            _arrow(page, (left + _BOX / 2, top + height), (left + _BOX / 2, top + height + _GAP))
        top += height + _GAP
    for phase in dict.fromkeys(_PHASES[stage] for stage in stages):
        mine = [i for i, stage in enumerate(stages) if _PHASES[stage] == phase]
        low, high = tops[mine[0]], tops[mine[-1]] + heights[mine[-1]]
        if style.text_width(phase, style.SMALL, True) < high - low:
            page.text(0.22, (low + high) / 2, phase, size=style.SMALL, rotation=90,
                      ha="center", va="center", weight="bold", color=style.GREY)  # fmt: skip
    return page.figure


def _box(
    page: style.Page, left: float, top: float, height: float, lines: list[str], strong: bool = False
) -> None:
    from matplotlib.patches import Rectangle

    bottom = page.height - page.top - top - height
    page.figure.add_artist(
        Rectangle(
            (left / style.WIDTH, bottom / page.height), _BOX / style.WIDTH, height / page.height,
            facecolor="#e3f0f8" if strong else style.PAPER, edgecolor=style.GREY, linewidth=0.9,
            transform=page.figure.transFigure,
        )
    )  # fmt: skip
    page.text(left + 0.1, top + height / 2, "\n".join(lines), size=style.SMALL, va="center",
              weight="bold" if strong else "normal", linespacing=1.25)  # fmt: skip


def _arrow(page: style.Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch

    places = [
        (x / style.WIDTH, (page.height - page.top - y) / page.height) for x, y in (start, end)
    ]
    page.figure.add_artist(
        FancyArrowPatch(
            *places, arrowstyle="-|>", mutation_scale=8, color=style.GREY, linewidth=0.9,
            shrinkA=0, shrinkB=0, transform=page.figure.transFigure,
        )
    )  # fmt: skip
