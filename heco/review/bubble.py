"""The bubble plot: effects against one characteristic of studies, larger for more weight."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from heco.report import reading, style
from heco.report.chart import Chart
from heco.report.synthesis.axis import spaced, ticks
from heco.report.synthesis.words import Words, p_value
from heco.review.answers import Review

_LEFT, _RIGHT, _HEIGHT = 0.72, 0.15, 2.8


def chart(found: Review) -> Chart | None:
    """Return the plot, or None unless the regression has exactly one moderator, in numbers."""
    regression = found.regression
    if regression is None or len(regression.coefficients) != 2 or regression.covariates.levels:
        return None
    slope = regression.coefficients[1]
    used = regression.covariates.used
    effects = found.effects.take(used)
    x = regression.covariates.x[:, 1]
    weight = 1 / (effects.v + regression.tau2)
    trend = "Effects go with" if slope.p < 0.05 else "No clear link with"
    title = f"{trend} {slope.name.replace('_', ' ')} (p {p_value(slope.p, True)}, {regression.k} studies)"  # noqa: E501
    rows = [
        (name, float(a), float(b), float(c))
        for name, a, b, c in zip(effects.study, x, effects.y, weight, strict=True)
    ]
    rows.sort(key=lambda row: -row[3])  # small bubbles on top
    return Chart(
        name="bubble",
        title=title,
        alt=f"Bubble plot of {found.measure.words} against {slope.name} with the regression line "
        f"and its 95% interval; slope {slope.estimate:.4g} per unit on the pooling scale.",
        table=reading.tidy("bubble", title, "study moderator effect weight", rows),
        draw=partial(_draw, found, rows, title),
        note="Larger bubbles weigh more. The band is the 95% interval of the mean effect; dashed "
        "lines are the 95% prediction interval. Studies were not randomised to their "
        "characteristics.",
    )


def _draw(found: Review, rows: list[tuple[str, float, float, float]], title: str) -> Any:
    regression = found.regression
    assert regression is not None
    name, words = regression.coefficients[1].name, Words(found.effects)
    page = style.Page(title, _HEIGHT + 0.6)
    width = style.WIDTH - _LEFT - _RIGHT
    axes = page.axes(_LEFT, 0.02, width, _HEIGHT)
    x = np.array([row[1] for row in rows])
    edge = 0.06 * float(np.ptp(x))
    grid = np.linspace(x.min() - edge, x.max() + edge, 60)
    at = [regression.at({name: float(value)}) for value in grid]
    axes.fill_between(grid, [a.low for a in at], [a.high for a in at], color=style.SKY, alpha=0.35,
                      linewidth=0, zorder=1)  # fmt: skip
    axes.plot(grid, [a.estimate for a in at], color=style.BLUE, zorder=3)
    for end in ("low", "high"):
        axes.plot(grid, [getattr(a.prediction, end) for a in at], color=style.GREY, linewidth=1,
                  linestyle=(0, (4, 2)), zorder=2)  # fmt: skip
    weights = np.array([row[3] for row in rows])
    axes.scatter(x, [row[2] for row in rows], s=12 + 170 * weights / weights.max(),
                 facecolor=style.ORANGE, edgecolor=style.INK, linewidth=0.7, alpha=0.85,
                 zorder=4)  # fmt: skip
    if found.measure.contrast:
        axes.axhline(0, color=style.INK, linewidth=0.9, zorder=1)
    low, high = axes.get_ylim()
    marks = spaced(ticks(found.measure, low, high), 1e9)
    axes.set_yticks([place for place, _ in marks], [text for _, text in marks])
    axes.set_ylim(low, high)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylabel(words.name)
    page.text(_LEFT + width / 2, _HEIGHT + 0.32, name.replace("_", " "), size=style.SMALL,
              color=style.GREY, ha="center")  # fmt: skip
    return page.figure
