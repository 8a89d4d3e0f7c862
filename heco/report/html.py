"""report.html: one file that needs nothing else, on paper, on a phone, without a network.

Styles and figures are inside the file and there is no script. Everything that an author wrote is
escaped by the templates; only heco's own drawings go in as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from heco.report import numbers, reading
from heco.report.chart import Drawing
from heco.report.sections import SECTIONS
from heco.result import RunResult
from heco.version import __version__

TEMPLATES = Path(__file__).parent / "templates"


def page(run: RunResult, drawings: list[Drawing], about: Mapping[str, str]) -> str:
    """Return the report.

    Parameters
    ----------
    run : RunResult
        What was computed.
    drawings : list of Drawing
        The figures of this run.
    about : mapping of str to str
        Every file beside the report, with what it holds.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        figures={drawing.chart.name: inline(drawing) for drawing in drawings},
    )
    # A line never ends between a minus sign and its number.
    environment.filters["joined"] = lambda text: text.replace(
        numbers.MINUS, f"{numbers.MINUS}\u2060"
    )
    sections = [
        {
            "name": section.NAME,
            "title": section.title(run),
            "template": f"sections/{section.NAME}.html",
            "context": section.context(run),
        }
        for section in SECTIONS
        if section.applies(run)
    ]
    return environment.get_template("report.html").render(
        title=run.title,
        scenario=run.name,
        sections=sections,
        style=_style(),
        about=about,
        version=__version__,
        people=reading.people(run),
    )


def _style() -> object:
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
