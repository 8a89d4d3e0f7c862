"""What each input would be worth knowing, with the error of each estimate."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_MOST, _LEAST = 12, 3
#: Shares of the value of everything below which an input is not drawn.
_WORTH_DRAWING = 0.005
_ROW, _LEFT, _RIGHT = 0.38, 2.35, 0.72
_Z = 1.96
_DRAWN = ("subject", "label", "evppi", "error", "distinct", "group")


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if the values are not known or all nothing."""
    every = reading.rows(run, "evppi")
    perfect = [q for q in reading.find(run, "evpi") if not q.subject]
    if not every or not perfect:
        return None
    wtp = every[0]["wtp"]
    rows = sorted(reading.where(every, wtp=wtp), key=lambda r: -r["evppi"])
    ceiling = next(float(q.value or 0.0) for q in perfect if q.wtp == wtp)
    if ceiling <= 0 or not any(r["evppi"] for r in rows):
        return None
    drawn = [
        r for k, r in enumerate(rows[:_MOST])
        if k < _LEAST or r["evppi"] >= _WORTH_DRAWING * ceiling
    ]  # fmt: skip
    title = _title(run, rows, ceiling)
    told = [f"{r['label']} {_money(run, r['evppi'])}" for r in drawn]
    left_out = len(rows) - len(drawn)
    return Chart(
        name="evppi",
        title=title,
        alt=f"Bars of what each input would be worth knowing, per person at "
        f"{reading.at_wtp(run, wtp)}: {'; '.join(told)}. Everything: {_money(run, ceiling)}.",
        table=reading.tidy(
            "evppi", title, " ".join(_DRAWN),
            [tuple(r[key] for key in _DRAWN)
             for r in drawn],
        ),
        draw=partial(_draw, run, drawn, ceiling, title, float(wtp)),
        note="The value of knowing one input, or one group (light), exactly before choosing "
        "(EVPPI). Whiskers: 95% intervals of the estimate. Dashed: knowing everything (EVPI). "
        "Grey: no more than an input with nothing to say appears to be worth. Values do not add up."
        + reading.left_out(left_out, "that is worth less", "that are worth less"),
    )  # fmt: skip


def _money(run: RunResult, value: float) -> str:
    if 0 <= value < 0.005:
        return f"under {numbers.money(0.01, reading.currency(run), 2)}"
    return numbers.money(value, reading.currency(run), 2 if value < 10 else 0)


def _title(run: RunResult, rows: list[Record], ceiling: float) -> str:
    single = [r for r in rows if not r["group"] and r["distinct"]]
    if not single or single[0]["evppi"] < 0.01 * ceiling:
        text = (
            f"At {reading.at_wtp(run, rows[0]['wtp'])} no single input is worth knowing by itself"
        )
        groups = [r for r in rows if r["group"] and r["distinct"]]
        if groups and groups[0]["evppi"] >= 0.01 * ceiling:
            text += (
                f"; “{groups[0]['label']}” together are worth {_money(run, groups[0]['evppi'])} "
                f"of {_money(run, ceiling)} per person"
            )
        return text
    first = single[0]
    text = (
        f"“{first['label']}” is the input most worth knowing: {_money(run, first['evppi'])} of the "
        f"{_money(run, ceiling)} per person that everything is worth"
    )
    return text


def _draw(run: RunResult, drawn: list[Record], ceiling: float, title: str, wtp: float) -> Any:
    height = _ROW * len(drawn)
    page = style.Page(title, 0.2 + height + 0.55)
    axes = page.axes(_LEFT, 0.2, style.WIDTH - _LEFT - _RIGHT, height)
    ends = [r["evppi"] + _Z * r["error"] for r in drawn]
    axes.set_xlim(0, 1.04 * max(ceiling, *ends) if len(ends) > 1 else 1.04 * max(ceiling, ends[0]))
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    labels.money_axis(axes.xaxis, run, bins=3)
    axes.axvline(ceiling, color=style.INK, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        f"everything {_money(run, ceiling)}", (ceiling, -0.5), xytext=(0, 3),
        textcoords="offset points", ha="right", va="bottom", size=style.SMALL, color=style.INK,
        annotation_clip=False,
    )  # fmt: skip
    for k, r in enumerate(drawn):
        colour = style.SKY if r["group"] else style.BLUE
        axes.barh(
            k, r["evppi"], height=0.52, color=colour if r["distinct"] else style.FAINT,
            linewidth=0, zorder=2,
        )  # fmt: skip
        low, high = (max(r["evppi"] + sign * _Z * r["error"], 0.0) for sign in (-1, 1))
        axes.plot([low, high], [k, k], color=style.INK, linewidth=0.9, zorder=4)
        axes.annotate(
            _money(run, r["evppi"]), (high, k), xytext=(4, 0), textcoords="offset points",
            ha="left", va="center", size=style.SMALL, zorder=5, annotation_clip=False,
            bbox={"facecolor": style.PAPER, "alpha": 0.85, "linewidth": 0, "pad": 0.6},
        )  # fmt: skip
        name = style.wrap(str(r["label"]), _LEFT - 0.25, style.SMALL, lines=2)
        page.text(
            style.EDGE, 0.2 + _ROW * (k + 0.5), name, size=style.SMALL, va="center",
            linespacing=1.1,
        )  # fmt: skip
    page.text(
        style.EDGE, 0.2 + height + 0.3, f"Per person, at {reading.at_wtp(run, wtp)}",
        size=style.SMALL, color=style.GREY,
    )  # fmt: skip
    return page.figure
