"""The marks of a forest plot: squares of studies, diamonds of totals, the bar of a new setting."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from heco.report import style

if TYPE_CHECKING:
    from heco.evidence.meta.forest import Line

#: Sides of the squares of the heaviest and of the lightest study. [inches]
_LARGEST, _SMALLEST = 0.15, 0.035


def draw(
    axes: Any, line: Line, y: float, span: tuple[float, float], per_inch: float, heaviest: float
) -> None:
    """Draw the effect of one line.

    Parameters
    ----------
    axes : matplotlib axes
        With y downwards, in inches.
    line : Line
        With ends.
    y : float
        Its middle. [inches]
    span : tuple of two floats
        Ends of the axis. [pooling scale]
    per_inch : float
        Pooling scale per inch.
    heaviest : float
        Weight of the heaviest study. [%]
    """
    ends = line.three
    if line.kind == "study":
        side = max(_SMALLEST, _LARGEST * math.sqrt(max(line.weight or 0, 0) / heaviest))
        _square(axes, ends[0], y, side, per_inch)
        _whisker(axes, ends, y, span, hidden=ends[2] - ends[1] < side * per_inch)
    elif line.kind == "prediction":
        _arrows(axes, ends, y, span)
        axes.plot(ends[1:], [y, y], color=style.ORANGE, linewidth=4.5, solid_capstyle="butt",
                  zorder=3)  # fmt: skip
    else:
        _diamond(axes, line, y)
        _arrows(axes, ends, y, span)


def _whisker(
    axes: Any, ends: tuple[float, float, float], y: float, span: tuple[float, float], hidden: bool
) -> None:
    """Draw an interval: behind its square, or in white on it if it is the shorter of the two."""
    low, high = max(ends[1], span[0]), min(ends[2], span[1])
    colour = style.PAPER if hidden else style.INK
    axes.plot([low, high], [y, y], color=colour, linewidth=1.0, solid_capstyle="butt",
              zorder=5 if hidden else 2)  # fmt: skip
    _arrows(axes, ends, y, span)


def _arrows(
    axes: Any, ends: tuple[float, float, float], y: float, span: tuple[float, float]
) -> None:
    """Draw an arrow where an interval goes beyond the axis."""
    for beyond, place, marker in (
        (ends[1] < span[0], span[0], "<"), (ends[2] > span[1], span[1], ">")
    ):  # fmt: skip
        if beyond:
            axes.plot([place], [y], marker=marker, markersize=3.5, color=style.INK, clip_on=False,
                      zorder=2)  # fmt: skip


def _square(axes: Any, x: float, y: float, side: float, per_inch: float) -> None:
    from matplotlib.patches import Rectangle

    width = side * per_inch
    axes.add_patch(
        Rectangle((x - width / 2, y - side / 2), width, side, facecolor=style.BLUE,
                  edgecolor=style.PAPER, linewidth=0.4, zorder=4)
    )  # fmt: skip


def _diamond(axes: Any, line: Line, y: float) -> None:
    from matplotlib.patches import Polygon

    estimate, low, high = line.three
    half = 0.055 if line.kind == "other" else 0.075
    colour = {"subtotal": style.SKY, "other": style.FAINT}.get(line.kind, style.VERMILLION)
    edge = style.GREY if line.kind == "other" else style.INK
    points = [(low, y), (estimate, y - half), (high, y), (estimate, y + half)]
    axes.add_patch(
        Polygon(points, closed=True, facecolor=colour, edgecolor=edge, linewidth=0.6, zorder=4)
    )
