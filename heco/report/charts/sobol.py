"""Whose uncertainty moves the answer: shares of variance, alone and with interactions."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import Quantity, RunResult

_OUTPUT = "inmb"
_MOST, _LEAST = 12, 3
#: Shares below these are not named in the title, or not drawn.
_WORTH_NAMING, _WORTH_DRAWING = 0.05, 0.005
_ROW = 0.38
_LEFT, _RIGHT = 2.35, 0.55
FIRST, MORE = style.BLUE, style.SKY


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if the shares were not asked for."""
    rows = reading.where(reading.rows(run, "sobol"), output=_OUTPUT)
    about = next(iter(reading.find(run, "sobol_first")), None)
    if not rows or about is None:
        return None
    rows.sort(key=lambda r: -r["total"])
    drawn = [r for k, r in enumerate(rows[:_MOST]) if k < _LEAST or r["total"] >= _WORTH_DRAWING]
    title = _title(rows)
    keys = (
        "input", "first", "first_lower", "first_upper", "total", "total_lower", "total_upper",
    )  # fmt: skip
    left_out = len(rows) - len(drawn)
    told = [
        f"{r['label']}: {_share(r['first'])} by itself, {_share(r['total'])} with interactions"
        for r in drawn
    ]
    return Chart(
        name="sobol",
        title=title,
        alt=f"Bars of the share of the variance that each input explains; {_what(run, about)}. "
        f"{'; '.join(told)}.",
        table=reading.tidy(
            "sobol", title, " ".join(keys), [tuple(r[key] for key in keys) for r in drawn]
        ),
        draw=partial(_draw, run, drawn, about, title),
        note="Dark, and the per cents: share of the variance that would go if the input were "
        "known. Light: with what it adds by acting together with others. Whiskers: 95% intervals "
        "of both. It says what moves the answer, not what could change the decision."
        + reading.left_out(left_out, "input that moves it less", "inputs that move it less"),
    )


def _share(value: float) -> str:
    """Return a share of variance; what is estimated below zero is none."""
    return "under 1%" if value < 0.01 else numbers.percent(value, decimals=0)


def _title(rows: list[Record]) -> str:
    first, *others = sorted(rows, key=lambda r: -r["first"])
    text = (
        f"{_share(first['first'])} of the uncertainty of net benefit comes from "
        f"“{first['label']}” alone"
    )
    if others and others[0]["first"] >= _WORTH_NAMING:
        text += f", {_share(others[0]['first'])} from “{others[0]['label']}”"
    together = 1 - sum(r["first"] for r in rows)
    return f"{text}; {_share(together)} from inputs acting together"


def _what(run: RunResult, about: Quantity) -> str:
    words = (
        f"Net benefit of {numbers.inside(reading.strategy(run, about.strategy))} against "
        f"{numbers.inside(reading.strategy(run, about.comparator))}"
    )
    return words if about.wtp is None else f"{words}, at {reading.at_wtp(run, about.wtp)}"


def _draw(run: RunResult, drawn: list[Record], about: Quantity, title: str) -> Any:
    entries = [(FIRST, "by itself"), (MORE, "with interactions")]
    head = style.key_height([words for _, words in entries]) + 0.06
    height = _ROW * len(drawn)
    what = style.wrap(f"Share of the variance. {_what(run, about)}", style.WIDTH - 0.2, style.SMALL)
    page = style.Page(title, head + height + 0.5 + 0.16 * what.count("\n"))
    page.key(0, entries)
    axes = page.axes(_LEFT, head, style.WIDTH - _LEFT - _RIGHT, height)
    ends = [max(r["total"], r["total_upper"], r["first_upper"]) for r in drawn]
    axes.set_xlim(0, max(0.05, *ends) if len(ends) > 1 else max(0.05, ends[0]))
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: numbers.percent(round(value, 6)))
    for k, r in enumerate(drawn):
        # Estimates of small shares scatter around zero; a bar begins at zero.
        axes.barh(k, max(r["total"], 0.0), height=0.56, color=MORE, linewidth=0, zorder=2)
        axes.barh(k, max(r["first"], 0.0), height=0.32, color=FIRST, linewidth=0, zorder=3)
        for name, up in (("total", -0.17), ("first", 0.17)):
            low, high = (max(r[f"{name}_{end}"], 0.0) for end in ("lower", "upper"))
            axes.plot([low, high], [k + up] * 2, color=style.INK, linewidth=0.9, zorder=4)
        end = max(r["total"], r["total_upper"], r["first_upper"], 0.0)
        axes.annotate(
            _share(r["first"]), (end, k), xytext=(4, 0), textcoords="offset points", ha="left",
            va="center", size=style.SMALL, zorder=5, annotation_clip=False,
        )  # fmt: skip
        name = style.wrap(str(r["label"]), _LEFT - 0.25, style.SMALL, lines=2)
        page.text(
            style.EDGE, head + _ROW * (k + 0.5), name, size=style.SMALL, va="center",
            linespacing=1.1,
        )  # fmt: skip
    page.text(style.EDGE, head + height + 0.28, what, size=style.SMALL, color=style.GREY)
    return page.figure
