"""The accuracy of a test from several studies: screen, numbers, and the plot in ROC space."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.evidence.meta import Accuracy, AccuracyTables, pool_accuracy, read_accuracy
from heco.report import document, numbers, reading, style
from heco.report.chart import Chart
from heco.report.publish import Publication
from heco.result import Column, Quantity, Table
from heco.review.publish import write
from heco.review.screen import say
from heco.review.wording import number, studies
from heco.version import __version__

if TYPE_CHECKING:
    from rich.console import Console

#: Words for the measure of ``heco meta`` that means sensitivity and specificity.
WORDS = ("ACC", "ACCURACY", "SROC")
_SIDE, _LEFT = 3.6, 0.85


def asked_for(measure: str) -> bool:
    """Return whether a measure means the accuracy of a test."""
    return measure.upper() in WORDS


def pooled(path: Path, level: float) -> tuple[AccuracyTables, Accuracy]:
    """Return the studies of a file, and what they say together."""
    tables = read_accuracy(path)
    return tables, pool_accuracy(tables, level=level)


def headline(found: Accuracy) -> str:
    """Return the answer as one sentence."""
    first, second = (_whole(ends) for ends in (found.sensitivity, found.specificity))
    return f"Sensitivity {first}, specificity {second} from {studies(found.k)}"


def _whole(ends: tuple[float, float, float]) -> str:
    value, low, high = (numbers.fixed(100 * end, 1) for end in ends)
    return f"{value}% ({low} to {high})"


def show(tables: AccuracyTables, found: Accuracy, to: Console, folder: Path) -> None:
    """Print the studies and the answer."""
    from rich.table import Table as Grid
    from rich.text import Text

    say(to, headline(found), "bold")
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("Study", "TP", "FN", "FP", "TN", "Sensitivity", "Specificity"):
        grid.add_column(Text(heading), justify="left" if heading == "Study" else "right",
                        no_wrap=True, overflow="ellipsis")  # fmt: skip
    for i, name in enumerate(tables.study):
        cells = [float(part[i]) for part in (tables.tp, tables.fn, tables.fp, tables.tn)]
        sensitivity, specificity = _point(tables, i)
        grid.add_row(
            *map(Text, (name, *(f"{c:g}" for c in cells), numbers.percent(sensitivity),
                        numbers.percent(specificity)))
        )  # fmt: skip
    to.print(grid)
    for line in _details(found):
        say(to, line, lead="  ")
    for note in found.notes:
        say(to, note, "cyan", "  · ")
    for warning in found.warnings:
        say(to, warning, "yellow", "  ! ")
    to.print(Text(f"Files   {folder}"), soft_wrap=True)


def _details(found: Accuracy) -> list[str]:
    said = [f"Model: {found.model}"]
    if found.k > 1:
        first, second = (math.sqrt(max(found.spread[i, i], 0.0)) for i in (0, 1))
        said.append(
            f"Between studies, log odds: τ {number(first)} (sensitivity), {number(second)} "
            f"(specificity), correlation {number(found.rho)}"
        )
    if found.curve is not None:
        said.append(f"Area under the summary curve: {number(found.curve.area)}")
    return said


def _point(tables: AccuracyTables, i: int) -> tuple[float, float]:
    return (
        float(tables.tp[i] / (tables.tp[i] + tables.fn[i])),
        float(tables.tn[i] / (tables.tn[i] + tables.fp[i])),
    )


def quantities(found: Accuracy) -> list[Quantity]:
    """Return the rows of results.csv."""
    subject = f"ACC/{found.model.replace(' ', '-')}"

    def row(name: str, ends: tuple[float, float, float], unit: str = "probability") -> Quantity:
        value, low, high = ends
        return Quantity(name, value, subject=subject, unit=unit, lower=low, upper=high)

    rows = [row("sensitivity", found.sensitivity), row("specificity", found.specificity)]
    for name, value, unit in (
        ("logit_sensitivity", found.mu[0], "log odds"),
        ("logit_specificity", found.mu[1], "log odds"),
        ("tau2_sensitivity", found.spread[0, 0], "log odds, squared"),
        ("tau2_specificity", found.spread[1, 1], "log odds, squared"),
        ("correlation", found.rho, "correlation"),
    ):
        rows.append(Quantity(name, float(value), subject=subject, unit=unit))
    if found.curve is not None:
        rows.append(Quantity("auc", found.curve.area, subject=subject, unit="area"))
    return rows


def table(tables: AccuracyTables) -> Table:
    """Return the studies."""
    columns = ["study", "tp", "fn", "fp", "tn", "sensitivity", "specificity"]
    rows = tuple(
        (name, float(tables.tp[i]), float(tables.fn[i]), float(tables.fp[i]), float(tables.tn[i]),
         *_point(tables, i))
        for i, name in enumerate(tables.study)
    )  # fmt: skip
    return Table("studies", "Studies", tuple(Column(c, c.capitalize()) for c in columns), rows)


def publish(
    tables: AccuracyTables, found: Accuracy, folder: Path, hashes: Mapping[str, str]
) -> Publication:
    """Write results.csv, the studies, the plot and run.json, whole or not at all."""
    opening = {
        "format": document.FORMAT, "heco": __version__, "versions": document.versions(),
        "conventions": {"measure": "sensitivity and specificity", "model": found.model},
        "inputs": dict(hashes), "notes": list(found.notes), "warnings": list(found.warnings),
    }  # fmt: skip
    return write(folder, opening, quantities(found), [table(tables)], [chart(tables, found)])


def chart(tables: AccuracyTables, found: Accuracy) -> Chart:
    """Return the studies in ROC space, with the summary point, its regions, and the curve."""
    rows = [(name, *_point(tables, i)) for i, name in enumerate(tables.study)]
    rows.append(("summary", found.sensitivity[0], found.specificity[0]))
    title = headline(found)
    told = "; ".join(
        f"{name}: {numbers.percent(a)} and {numbers.percent(b)}" for name, a, b in rows
    )
    return Chart(
        name="sroc",
        title=title,
        alt=f"Sensitivity against 1 minus specificity. Sensitivity and specificity: {told}.",
        table=reading.tidy("sroc", title, "study sensitivity specificity", rows),
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
    points = np.array([_point(tables, i) for i in range(tables.k)])
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
