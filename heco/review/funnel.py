"""The funnel plot: whether small studies find something else than large ones."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from heco.report import reading, style
from heco.report.chart import Chart
from heco.report.synthesis.axis import spaced, ticks
from heco.report.synthesis.words import Words, p_value
from heco.review.answers import Review

#: Levels of the contours, with the shade between each and the next, light to dark.
CONTOURS = ((0.90, "#eef1f4", "p > 0.10"), (0.95, "#d5dae0", "0.05 to 0.10"),
            (0.99, "#b4bcc5", "0.01 to 0.05"))  # fmt: skip
_BEYOND = "#ffffff"
_LEFT, _RIGHT, _HEIGHT = 0.62, 0.12, 2.7


def chart(found: Review) -> Chart | None:
    """Return the funnel plot, or None if there are fewer than three studies."""
    if found.effects.k < 3:
        return None
    title = _title(found)
    effects = found.effects
    rows = [
        ("study", name, float(y), float(se))
        for name, y, se in zip(effects.study, effects.y, effects.se, strict=True)
    ]
    if found.filled is not None:
        more = found.filled.filled
        for i in range(effects.k, more.k):
            rows.append(("filled in", more.study[i], float(more.y[i]), float(more.se[i])))
    shading = "no effect" if found.measure.contrast else "the pooled effect"
    return Chart(
        name="funnel",
        title=title,
        alt=f"Funnel plot: standard error against effect for {effects.k} studies, with contours "
        f"of significance about {shading}. {title}.",
        table=reading.tidy("funnel", title, "kind study effect se", rows),
        draw=partial(_draw, found, rows, title),
        note=f"Precise studies stand at the top. Shades are p values against {shading}; dashed "
        "lines hold 95% of studies if all share one effect. Gaps have many causes.",
    )


def _title(found: Review) -> str:
    k = found.effects.k
    if not found.bias:
        why = f"{k} studies, too few to test" if k < 10 else f"{k} studies, not tested"
        return f"Do small studies find more? {why}"
    test = found.bias[0]
    verdict = "A sign of it" if test.p < 0.1 else "No sign of it"
    found_p = p_value(test.p, True)
    return f"Do small studies find more? {verdict} ({test.test}'s test, p {found_p})"


def _draw(found: Review, rows: list[tuple[str, str, float, float]], title: str) -> Any:
    contour = found.measure.contrast
    entries = [(shade, words) for _, shade, words in CONTOURS] if contour else []
    words = Words(found.effects)
    key = 0.24 if entries else 0.0
    page = style.Page(title, key + _HEIGHT + 0.55)
    if entries:
        used = style.text_width("p against no effect", style.SMALL) + 0.12
        page.text(style.EDGE, 0, "p against no effect", size=style.SMALL, color=style.GREY)
        page.key(0, entries, left=style.EDGE + used)
    width = style.WIDTH - _LEFT - _RIGHT
    axes = page.axes(_LEFT, key, width, _HEIGHT)
    worst = 1.06 * max(se for *_, se in rows)
    centre = found.common.estimate
    reach = [y for _, _, y, _ in rows] + [centre - 1.96 * worst, centre + 1.96 * worst]
    low, high = min(reach), max(reach)
    low, high = low - 0.04 * (high - low), high + 0.04 * (high - low)
    axes.set_xlim(low, high)
    axes.set_ylim(worst, 0)
    se = np.array([0.0, worst])
    if contour:
        from heco.evidence.meta import tails

        for level, shade, _ in reversed(CONTOURS):
            half = tails.critical(level, None) * se
            axes.fill_betweenx(se, -half, half, color=shade, linewidth=0, zorder=0)
        axes.axvline(0, color=style.INK, linewidth=0.9, zorder=1)
    for sign in (-1, 1):
        axes.plot(centre + sign * 1.96 * se, se, color=style.GREY, linewidth=1,
                  linestyle=(0, (4, 2)), zorder=2)  # fmt: skip
    axes.axvline(centre, color=style.GREY, linewidth=1, linestyle=(0, (4, 2)), zorder=2)
    for kind, face in (("study", style.BLUE), ("filled in", style.PAPER)):
        points = [(y, s) for k, _, y, s in rows if k == kind]
        if points:
            axes.plot(*zip(*points, strict=True), "o", markersize=5.5, markerfacecolor=face,
                      markeredgecolor=style.INK if kind == "study" else style.VERMILLION,
                      markeredgewidth=0.7, zorder=4)  # fmt: skip
    marks = spaced(ticks(found.measure, low, high), width / (high - low))
    axes.set_xticks([place for place, _ in marks], [text for _, text in marks])
    axes.tick_params(axis="y", length=3)
    axes.locator_params(axis="y", nbins=5)
    axes.set_ylabel("Standard error" + (" (log scale)" if found.measure.scale == "log" else ""))
    filled = "; open circles were filled in" if found.filled and found.filled.missing else ""
    page.text(_LEFT + width / 2, key + _HEIGHT + 0.3, words.name + filled, size=style.SMALL,
              color=style.GREY, ha="center")  # fmt: skip
    return page.figure
