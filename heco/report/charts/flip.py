"""How little would change the decision: each input's part in the nearest change."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

_MOST = 8
#: Inputs that make up less than this share of the squared distance are not drawn.
_STILL = 0.004
_ROW = 0.44
_LEFT, _MIDDLE = 1.85, 1.65


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no change of the inputs was found that changes the decision."""
    found = [r for r in reading.rows(run, "flip") if r["distance"]]
    if not found:
        return None
    # The first willingness to pay, and of several rivals there the nearest.
    first = min(reading.where(found, wtp=found[0]["wtp"]), key=lambda r: r["distance"])
    rows = reading.where(reading.rows(run, "flip_inputs"), wtp=first["wtp"], rival=first["rival"])
    moved = sorted((r for r in rows if r["share"] >= _STILL), key=lambda r: -abs(r["score"]))
    if not moved:
        return None
    drawn = moved[:_MOST]
    title = _title(run, first, drawn)
    keys = ("wtp", "rival", "parameter", "score", "base", "there")
    told = [
        f"{r['label']} {numbers.fixed(r['score'], 1, signed=True)}, from {_value(run, r, 'base')} "
        f"to {_value(run, r, 'there')}"
        for r in drawn
    ]
    left_out = len(rows) - len(drawn)
    return Chart(
        name="flip",
        title=title,
        alt=f"Dots for the change of each input in standard errors. {'; '.join(told)}.",
        table=reading.tidy(
            "flip", title, " ".join(keys), [tuple(r[key] for key in keys) for r in rows]
        ),
        draw=partial(_draw, run, drawn, title),
        note="The smallest joint change of all uncertain inputs that makes another strategy the "
        "best, found by search. One standard error is a change as large as the input is unsure."
        + reading.left_out(left_out, "input that moves less", "inputs that move less"),
    )


def _title(run: RunResult, first: Record, drawn: list[Record]) -> str:
    best = numbers.inside(str(first["best_label"]))
    rival = reading.capital(str(first["rival_label"]))
    return (
        f"{rival} overtakes {best} at {reading.at_wtp(run, first['wtp'])} once inputs change "
        f"together by {numbers.fixed(first['distance'], 1)} standard errors, chiefly "
        f"“{drawn[0]['label']}”"
    )


def _value(run: RunResult, r: Record, key: str) -> str:
    """Return a value as its unit is read; where the search ended, to three digits."""
    value = float(r[key]) if key == "base" else float(f"{r[key]:.3g}")
    unit = reading.unit(run, str(r["parameter"]))
    return numbers.input_value(value, unit, reading.currency(run))


def _draw(run: RunResult, drawn: list[Record], title: str) -> Any:
    head, height = 0.26, _ROW * len(drawn)
    page = style.Page(title, head + height + 0.5)
    width = style.WIDTH - _LEFT - _MIDDLE - 0.2
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(_LEFT + 0.1, 0.02, "base case → there", **quiet)
    axes = page.axes(_LEFT + _MIDDLE, head, width, height)
    most = max(1.0, *(abs(float(r["score"])) for r in drawn))
    axes.set_xlim(-1.6 * most, 1.6 * most)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(lambda value, _: numbers.number(round(value, 6), signed=True))
    axes.axvline(0, color=style.INK, linewidth=1.1, zorder=3)
    for k, r in enumerate(drawn):
        score = float(r["score"])
        colour = style.BLUE if score >= 0 else style.VERMILLION
        axes.plot([0, score], [k, k], color=colour, linewidth=1.6, zorder=4)
        axes.plot([score], [k], "o" if score >= 0 else "D", color=colour, markersize=6.5, zorder=5)
        axes.annotate(
            numbers.fixed(score, 1, signed=True), (score, k), ha="left" if score >= 0 else "right",
            xytext=(6 if score >= 0 else -6, 0), textcoords="offset points", va="center",
            size=style.SMALL,
        )  # fmt: skip
        middle = head + _ROW * (k + 0.5)
        name = style.wrap(str(r["label"]), _LEFT - 0.1, style.SMALL, lines=3)
        page.text(style.EDGE, middle, name, size=style.SMALL, va="center", linespacing=1.1)
        words = f"{_value(run, r, 'base')} → {_value(run, r, 'there')}"
        words = style.wrap(words, _MIDDLE - 0.2, style.SMALL, lines=2)
        page.text(_LEFT + 0.1, middle, words, size=style.SMALL, va="center", linespacing=1.1)
    words = "Change in standard errors"
    page.text(style.WIDTH - style.EDGE, head + height + 0.28, words, ha="right", **quiet)
    return page.figure
