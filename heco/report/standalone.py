"""Pages beside the report: a title, an answer, tables, figures; self-contained like the report.

`heco batch` and `heco diff` show their results on such a page. It has the report's style sheet and
its parts, so that everything looks and behaves as there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heco.report import html
from heco.report.chart import Drawing
from heco.report.view import View
from heco.version import __version__


@dataclass(frozen=True)
class Part:
    """A section of a page.

    Parameters
    ----------
    name, title : str
        Its anchor and its heading.
    sentences : sequence of str
        What it says first.
    figures : sequence of str
        Names of the drawings that it shows.
    tables : sequence of View
        What stands below them.
    links : sequence of (str, str)
        Addresses with their words.
    """

    name: str
    title: str
    sentences: Sequence[str] = ()
    figures: Sequence[str] = ()
    tables: Sequence[View | None] = ()
    links: Sequence[tuple[str, str]] = ()


def page(
    title: str,
    question: str,
    answer: str,
    parts: Sequence[Part],
    drawings: Sequence[Drawing],
    footer: str,
    warnings: Sequence[str] = (),
) -> str:
    """Return a page.

    Parameters
    ----------
    title, question, answer : str
        What stands at the top.
    parts : sequence of Part
        The sections; those that hold nothing are left out.
    drawings : sequence of Drawing
        Every figure that a part names.
    footer : str
        What made the page.
    warnings : sequence of str
        What must be known before anything is used.
    """
    shown = [p for p in parts if p.sentences or p.figures or p.links or any(p.tables)]
    return html.templates().get_template("standalone.html").render(
        title=title, question=question, answer=answer, parts_shown=shown, warnings=warnings,
        style=html.style(), figures=_figures(drawings),
        footer=f"Written by heco {__version__} {footer}",
    )  # fmt: skip


def _figures(drawings: Sequence[Drawing]) -> Mapping[str, object]:
    return {drawing.chart.name: html.inline(drawing) for drawing in drawings}


def files_of(drawings: Sequence[Drawing]) -> dict[str, bytes]:
    """Return the figures and their tables as files."""
    from heco.report.document import table_csv

    files: dict[str, bytes] = {}
    for drawing in drawings:
        chart = drawing.chart
        files[f"tables/{chart.table.name}.csv"] = table_csv(chart.table).encode()
        files[f"figures/{chart.name}.svg"] = drawing.svg.encode()
        files[f"figures/{chart.name}.png"] = drawing.png
    return files
