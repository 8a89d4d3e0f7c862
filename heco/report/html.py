"""The reports: each one file that needs nothing else, on paper, on a phone, without a network.

Styles and figures are inside the file and there is no script. Everything that an author wrote is
escaped by the templates; only heco's own drawings go in as they are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heco.report import numbers, paper, reading
from heco.report.chart import Drawing
from heco.report.editions import EDITIONS, Edition
from heco.report.sections import verification
from heco.result import RunResult
from heco.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def templates() -> Environment:
    """Return the templates, read and compiled once for all pages of a process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # A line never ends between a minus sign and its number.
    environment.filters["joined"] = lambda text: text.replace(
        numbers.MINUS, f"{numbers.MINUS}\u2060"
    )
    environment.filters["quoted"] = paper.quoted
    return environment


def page(
    run: RunResult, drawings: Sequence[Drawing], about: Mapping[str, str], edition: Edition
) -> str:
    """Return a report.

    Parameters
    ----------
    run : RunResult
        What was computed.
    drawings : sequence of Drawing
        The figures of this run.
    about : mapping of str to str
        Every file beside the report, with what it holds.
    edition : Edition
        Which of the reports.
    """
    places = edition.places(run)
    sections = [
        {
            "name": section.NAME,
            "title": places[section.NAME][1],
            "number": places[section.NAME][0] if edition.numbered else None,
            "template": f"sections/{section.NAME}.html",
            "context": section.context(run),
        }
        for section in edition.present(run)
    ]
    return (
        templates()
        .get_template("report.html")
        .render(
            title=run.title,
            scenario=run.name,
            edition=edition,
            others=[o for o in EDITIONS if o is not edition and o.file in about],
            sections=sections,
            places=places,
            figures={drawing.chart.name: inline(drawing) for drawing in drawings},
            style=style(),
            about=about,
            version=__version__,
            people=reading.people(run),
            stamp=verification.stamp(run),
        )
    )


@functools.cache
def style() -> Markup:
    """Return the style sheet of every page."""
    from markupsafe import Markup

    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))


def inline(drawing: Drawing) -> dict[str, object]:
    """Return a drawing as part of a page: no prologue, and as wide as the page lets it be."""
    from markupsafe import Markup

    svg = drawing.svg[drawing.svg.index("<svg") :]
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\g<1>", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\g<1>", svg, count=1)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)  # it would rule the page
    chart = drawing.chart
    table = f"tables/{chart.table.name}.csv"
    return {"svg": Markup(svg), "note": chart.note, "name": chart.name, "table": table}
