"""A figure before it is drawn: its takeaway, its description, its numbers, and how to draw them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from heco.report import style
from heco.result import Table


@dataclass(frozen=True)
class Chart:
    """A figure of the report.

    Parameters
    ----------
    name : str
        File name without ending.
    title : str
        The takeaway, computed from the numbers.
    alt : str
        What a reader who cannot see the figure needs to know.
    table : Table
        The numbers that are drawn, tidy; published as ``tables/figure_<name>.csv``.
    draw : callable
        Takes nothing, returns the finished matplotlib figure.
    note : str
        How to read the figure, printed below it.
    """

    name: str
    title: str
    alt: str
    table: Table
    draw: Callable[[], Any]
    note: str = ""


@dataclass(frozen=True)
class Drawing:
    """A chart as bytes, the same bytes in every run."""

    chart: Chart
    svg: str
    png: bytes


def render(chart: Chart) -> Drawing:
    """Draw a chart once and save it as SVG and as PNG.

    The backends are asked directly: `pyplot` keeps global state that a library must not touch.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with style.in_force(chart.name):
        figure = chart.draw()
        bitmap = io.BytesIO()
        # The bitmap first: the SVG backend changes the figure's resolution and leaves it so.
        # Light compression: a tenth more bytes, and a tenth of a second less in every run.
        FigureCanvasAgg(figure).print_png(
            bitmap, metadata={"Software": None}, pil_kwargs={"compress_level": 1}
        )
        vector = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(vector, metadata=nothing)
    return Drawing(chart, _tidy(vector.getvalue(), chart), bitmap.getvalue())


def _tidy(svg: str, chart: Chart) -> str:
    """Name the picture for those who cannot see it, and give its parts names of their own.

    Several pictures share one page, where every id must be unique.
    """
    from markupsafe import escape

    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\sid="|href="#|url\(#)', rf"\g<1>{chart.name}-", svg)
    words = (
        f'<title id="{chart.name}-title">{escape(chart.title)}</title>'
        f'<desc id="{chart.name}-desc">{escape(chart.alt)}</desc>'
    )
    names = f' role="img" aria-labelledby="{chart.name}-title {chart.name}-desc"'
    return re.sub(r"<svg ([^>]*)>", rf"<svg \g<1>{names}>" + _literal(words), svg, count=1)


def _literal(text: str) -> str:
    return text.replace("\\", r"\\")
