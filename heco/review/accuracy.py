"""The accuracy of a test from several studies: screen, numbers, and the plot in ROC space."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from heco.evidence.meta import Accuracy, AccuracyTables, pool_accuracy, read_accuracy
from heco.report import document, numbers
from heco.report.publish import Publication
from heco.report.synthesis import sroc
from heco.report.synthesis.words import number
from heco.result import Column, Quantity, Table
from heco.review.publish import write
from heco.review.screen import say
from heco.version import __version__

if TYPE_CHECKING:
    from rich.console import Console

#: Words for the measure of ``heco meta`` that means sensitivity and specificity.
WORDS = ("ACC", "ACCURACY", "SROC")
_SIDE, _LEFT = 3.6, 0.85


def asked_for(measure: str) -> bool:
    """Return whether a measure means the accuracy of a test."""
    return measure.upper() in WORDS


def pooled(path: Path, level: float, half: str = "zero") -> tuple[AccuracyTables, Accuracy]:
    """Return the studies of a file, and what they say together."""
    tables = read_accuracy(path)
    return tables, pool_accuracy(tables, half=half, level=level)


def show(tables: AccuracyTables, found: Accuracy, to: Console, folder: Path) -> None:
    """Print the studies and the answer."""
    from rich.table import Table as Grid
    from rich.text import Text

    say(to, sroc.headline(found), "bold")
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("Study", "TP", "FN", "FP", "TN", "Sensitivity", "Specificity"):
        grid.add_column(Text(heading), justify="left" if heading == "Study" else "right",
                        no_wrap=True, overflow="ellipsis")  # fmt: skip
    for i, name in enumerate(tables.study):
        cells = [float(part[i]) for part in (tables.tp, tables.fn, tables.fp, tables.tn)]
        sensitivity, specificity = tables.point(i)
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
         *tables.point(i))
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
    return write(folder, opening, quantities(found), [table(tables)], [sroc.chart(tables, found)])
