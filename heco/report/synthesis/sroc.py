"""Studies of a test in ROC space, with the summary point, its regions and the summary curve."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.synthesis.words import studies

if TYPE_CHECKING:
    from heco.evidence.meta import Accuracy, AccuracyTables

_SIDE, _LEFT = 3.6, 0.85


def headline(found: Accuracy) -> str:
    """Return the answer as one sentence."""
    first, second = (_whole(ends) for ends in (found.sensitivity, found.specificity))
    return f"Sensitivity {first}, specificity {second} from {studies(found.k)}"


def _whole(ends: tuple[float, float, float]) -> str:
    value, low, high = (numbers.fixed(100 * end, 1) for end in ends)
    return f"{value}% ({low} to {high})"


def chart(tables: AccuracyTables, found: Accuracy, name: str = "sroc", title: str = "") -> Chart:
    """Return the studies in ROC space, with the summary point, its regions, and the curve."""
    rows = [(study, *tables.point(i)) for i, study in enumerate(tables.study)]
    rows.append(("summary", found.sensitivity[0], found.specificity[0]))
    title = title or headline(found)
    told = "; ".join(
        f"{study}: {numbers.percent(a)} and {numbers.percent(b)}" for study, a, b in rows
    )
    return Chart(
        name=name,
        title=title,
        alt=f"Sensitivity against 1 minus specificity. Sensitivity and specificity: {told}.",
        table=reading.tidy(name, title, "study sensitivity specificity", rows),
        draw=partial(_draw, tables, found, title),
        note="Each circle is a study, larger with more people. Solid outline: 95% region of the "
        "summary point; dashed: where a new study would lie.",
    )


def _draw(tables: AccuracyTables, found: Accuracy, title: str) -> Any:
    entries = [(style.VERMILLION, "together, with 95% region")]
    if found.k > 1:
        entries.append((style.GREY, "a new study (dashed)"))
    curve = found.curve
    if curve is not None:
        entries.append((style.BLUE, "summary curve"))
    entries.append((style.SKY, "studies"))
    key = style.key_height([words for _, words in entries])
    page = style.Page(title, key + _SIDE + 0.65)
    page.key(0, entries)
    axes = page.axes(_LEFT, key + 0.08, _SIDE, _SIDE)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.plot([0, 1], [0, 1], color=style.FAINT, linewidth=1, zorder=0)
    points = np.array([tables.point(i) for i in range(tables.k)])
    people = tables.tp + tables.fn + tables.fp + tables.tn
    if curve is not None and found.k > 1:
        # Only where studies are: beyond them the curve is a guess.
        x = np.linspace((1 - points[:, 1]).min(), (1 - points[:, 1]).max(), 100)
        x = x[(x > 0) & (x < 1)]
        axes.plot(x, curve.sensitivity(x), color=style.BLUE, linewidth=1.6, zorder=2)
    inner = found.region()
    axes.plot(1 - inner[1], inner[0], color=style.VERMILLION, linewidth=1.4, zorder=3)
    if found.k > 1:
        outer = found.region(predictive=True)
        axes.plot(1 - outer[1], outer[0], color=style.GREY, linewidth=1,
                  linestyle=(0, (4, 2)), zorder=2)  # fmt: skip
    axes.scatter(1 - points[:, 1], points[:, 0], s=15 + 130 * people / people.max(),
                 facecolor=style.SKY, edgecolor=style.INK, linewidth=0.7, alpha=0.8, zorder=3,
                 clip_on=False)  # fmt: skip
    axes.plot([1 - found.specificity[0]], [found.sensitivity[0]], "D", markersize=6,
              markerfacecolor=style.VERMILLION, markeredgecolor=style.INK, markeredgewidth=0.7,
              zorder=5, clip_on=False)  # fmt: skip
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [f"{100 * (1 - tick):.0f}%" for tick in ticks])
    axes.set_yticks(ticks, [f"{100 * tick:.0f}%" for tick in ticks])
    axes.tick_params(axis="y", length=3)
    axes.set_ylabel("Sensitivity: cases found")
    page.text(_LEFT + _SIDE / 2, key + _SIDE + 0.42, "Specificity: others not alarmed",
              size=style.SMALL, color=style.GREY, ha="center")  # fmt: skip
    return page.figure
