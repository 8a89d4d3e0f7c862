"""The PRISMA 2020 flow diagram: boxes from records found to studies included.

References
----------
Page et al. (2021), BMJ 372:n71.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart

if TYPE_CHECKING:
    from heco.evidence.flow import Box, Flow

_PHASES = {
    "identified": "Identification", "screened": "Screening", "sought": "Screening",
    "assessed": "Screening", "papers": "Included", "included": "Included",
}  # fmt: skip
_BOX, _GAP, _LINE = 2.15, 0.3, 0.165


def chart(flow: Flow) -> Chart:
    """Return the flow diagram."""
    totals, stages, boxes = flow.totals, flow.stages, flow.boxes
    first, last = (flow.of(stage)[0] for stage in (stages[0], stages[-1]))
    title = (
        f"From {numbers.count(totals[stages[0]])} {_counted(first.label, 'records')} to "
        f"{numbers.count(totals[stages[-1]])} {_counted(last.label, 'studies')}"
    )
    told = "; ".join(f"{b.label}: {b.n:,}" for b in boxes)
    return Chart(
        name="prisma",
        title=title,
        alt=f"Flow diagram of a review. {told}.",
        table=reading.tidy("prisma", title, "stage label n", [(b.stage, b.label, b.n)
                                                               for b in boxes]),
        draw=partial(_draw, flow, title),
        note="Boxes that the review does not print are left out.",
    )  # fmt: skip


def _counted(label: str, usual: str) -> str:
    """Return what a box counts, short: the usual word if its label has it."""
    return usual if usual in label.lower() else numbers.inside(label)


def _lines(boxes: list[Box]) -> list[str]:
    made = []
    for box in boxes:
        text = f"{box.label}: {numbers.count(box.n)}"
        made += style.wrap(text, _BOX - 0.2, style.SMALL, lines=4).split("\n")
    return made


def _draw(flow: Flow, title: str) -> Any:
    stages = flow.stages
    heights = [
        0.16 + _LINE * max(len(_lines(flow.of(s))), len(_lines(flow.beside(s)))) for s in stages
    ]
    page = style.Page(title, sum(heights) + _GAP * (len(stages) - 1) + 0.15)
    left, top = 0.45, 0.02
    tops = []
    for i, (stage, height) in enumerate(zip(stages, heights, strict=True)):
        tops.append(top)
        _box(page, left, top, height, _lines(flow.of(stage)), strong=i == len(stages) - 1)
        if lines := _lines(flow.beside(stage)):
            _box(page, left + _BOX + 0.2, top, height, lines)
            middle = top + height / 2
            _arrow(page, (left + _BOX, middle), (left + _BOX + 0.2, middle))
        if i < len(stages) - 1:
            _arrow(page, (left + _BOX / 2, top + height), (left + _BOX / 2, top + height + _GAP))
        top += height + _GAP
    _phases(page, stages, tops, heights)
    return page.figure


def _phases(page: style.Page, stages: list[str], tops: list[float], heights: list[float]) -> None:
    """Name the phases at the left, if there is room for every name."""
    spans = []
    for phase in dict.fromkeys(_PHASES[stage] for stage in stages):
        mine = [i for i, stage in enumerate(stages) if _PHASES[stage] == phase]
        spans.append((phase, tops[mine[0]], tops[mine[-1]] + heights[mine[-1]]))
    if any(style.text_width(phase, style.SMALL, True) > b - a for phase, a, b in spans):
        return
    for phase, a, b in spans:
        page.text(0.22, (a + b) / 2, phase, size=style.SMALL, rotation=90, ha="center",
                  va="center", weight="bold", color=style.GREY)  # fmt: skip


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
