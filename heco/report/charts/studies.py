"""What studies of several sizes tell, under their ceilings; and what is left after their cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from heco.numbers import supported
from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 2.5
_MOST = 5
_Z = 1.96


def evsi(run: RunResult) -> Chart | None:
    """Return the figure of what studies tell, or None if none were declared."""
    rows = _shown(run, reading.rows(run, "evsi"))
    if not any(r["evsi"] for r in rows):
        return None
    names = _names(rows)
    ends = {name: reading.where(rows, study=name)[-1] for name in names}
    top = max(ends.values(), key=lambda r: r["evsi"])
    share = top["evsi"] / top["ceiling"] if top["ceiling"] > 0 else 0.0
    title = (
        f"At {reading.at_wtp(run, top['wtp'])} “{top['label']}” tells most: "
        f"{_pence(run, top['evsi'])} per person with "
        f"{numbers.count(top['n'])} participants, {numbers.percent(min(share, 1.0), decimals=0)} "
        "of what it could tell without end"
    )
    told = [
        f"{r['label']} {_pence(run, r['evsi'])} with {numbers.count(r['n'])}, at most "
        f"{_pence(run, r['ceiling'])}"
        for r in ends.values()
    ]
    return Chart(
        name="evsi",
        title=title,
        alt="Lines of what studies are worth per person by number of participants, each with a "
        f"dashed line at the most it could be worth. {'; '.join(told)}.",
        table=reading.tidy(
            "evsi", title, "study n evsi error ceiling",
            [tuple(r[key] for key in ("study", "n", "evsi", "error", "ceiling")) for r in rows],
        ),
        draw=partial(_draw_evsi, run, rows, names[:_MOST], title),
        note="Worth of the information per person decided for (EVSI), before any cost. Bars: 95% "
        "intervals of the estimates. Dashed: what a study without end would tell (EVPPI of what "
        "it informs). Beside the names: the largest size, of what is without end.",
    )  # fmt: skip


def enbs(run: RunResult) -> Chart | None:
    """Return the figure of what studies are worth less their cost, or None."""
    rows = _shown(run, reading.rows(run, "enbs"))
    if not rows:
        return None
    names = _names(rows)
    best = [r for r in rows if r["best"]]
    first = max(best, key=lambda r: r["enbs"])
    currency = reading.currency(run)
    if first["enbs"] > 0:
        title = (
            f"At {reading.at_wtp(run, first['wtp'])} “{first['label']}” with "
            f"{numbers.count(first['n'])} participants is the best investment tried: worth "
            f"{labels.short_money(run, _known(first))} more than it costs"
        )
    else:
        title = (
            f"At {reading.at_wtp(run, first['wtp'])} no study of any size tried is worth its cost"
        )
    told = [
        f"{r['label']}: best with {numbers.count(r['n'])}, "
        f"{numbers.money(r['enbs'], currency, signed=True)}"
        for r in best
    ]
    return Chart(
        name="enbs",
        title=title,
        alt="Lines of what studies are worth less their cost, by number of participants. "
        f"{'; '.join(told)}.",
        table=reading.tidy(
            "enbs", title, "study n enbs error best near",
            [tuple(r[key] for key in ("study", "n", "enbs", "error", "best", "near"))
             for r in rows],
        ),
        draw=partial(_draw_enbs, run, rows, names[:_MOST], title),
        note="Worth of the information to everybody who is decided for after the report, less what "
        "the study costs (ENBS). Ring: the best size; beside the names: what it is worth. Thick: "
        "sizes within 5% of it. Bars: 95% "
        "intervals of the estimates. Below the line a study should not be done.",
    )  # fmt: skip


def _shown(run: RunResult, rows: list[Record]) -> list[Record]:
    """Return the rows at the first willingness to pay at which a study pays, or else the first."""
    paying = [float(r["wtp"]) for r in reading.rows(run, "enbs") if r["enbs"] > 0]
    wtp = paying[0] if paying else rows[0]["wtp"] if rows else None
    return reading.where(rows, wtp=wtp)


def _names(rows: list[Record]) -> list[str]:
    return list(dict.fromkeys(str(r["study"]) for r in rows))


def _pence(run: RunResult, value: float) -> str:
    if 0 <= value < 0.005:
        return f"under {numbers.money(0.01, reading.currency(run), 2)}"
    return numbers.money(value, reading.currency(run), 2 if value < 10 else 0)


def _axes(
    page: style.Page, run: RunResult, rows: Sequence[Record], left: float, y: tuple[float, float]
) -> Any:
    axes = page.axes(left, 0.36, style.WIDTH - left - labels.MARGIN, _HEIGHT)
    sizes = sorted({int(r["n"]) for r in rows})
    axes.set_xscale("log")
    low, high = sizes[0], sizes[-1]
    axes.set_xlim(0.85 * low, 1.15 * high)
    axes.set_ylim(*y)
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    ticks = [t for t in (s * 10**p for p in range(8) for s in (1, 2, 5)) if low <= t <= high]
    while len(ticks) > 5:
        ticks = ticks[::2]
    axes.set_xticks(ticks or [low, high], [numbers.count(t) for t in ticks or [low, high]])
    axes.minorticks_off()
    labels.money_axis(axes.yaxis, run)
    page.text(left, 0.36 + _HEIGHT + 0.3, "Participants", size=style.SMALL, color=style.GREY)
    return axes


def _line(axes: Any, rows: list[Record], key: str, colour: str) -> None:
    n, y = [r["n"] for r in rows], [r[key] for r in rows]
    axes.plot(n, y, color=colour, linewidth=1.8, marker="o", markersize=3, zorder=4)
    for r in rows:
        half = _Z * r["error"]
        axes.plot(
            [r["n"]] * 2, [r[key] - half, r[key] + half], color=colour, linewidth=0.8, zorder=3
        )


def _draw_evsi(run: RunResult, rows: list[Record], names: list[str], title: str) -> Any:
    page = style.Page(title, 0.36 + _HEIGHT + 0.52)
    page.text(style.EDGE, 0.0, "Per person decided for", size=style.SMALL, color=style.GREY)
    shown = [r for r in rows if r["study"] in names]
    top = 1.1 * max(max(r["evsi"], r["ceiling"]) for r in shown)
    axes = _axes(page, run, shown, 0.62, (0.0, top))
    ended = []
    for name, colour in zip(names, labels.COLOURS, strict=False):
        mine = reading.where(shown, study=name)
        _line(axes, mine, "evsi", colour)
        axes.axhline(
            mine[0]["ceiling"], color=colour, linewidth=1.0, linestyle=(0, (4, 3)), zorder=2
        )
        words = f"{mine[0]['label']} {_pence(run, mine[-1]['evsi'])}"
        if mine[0]["ceiling"] >= 0.005:
            words += f" of {_pence(run, mine[0]['ceiling'])}"
        ended.append(labels.Name(words, float(mine[-1]["evsi"]), colour))
    labels.name_lines(axes, _HEIGHT, ended)
    return page.figure


def _known(r: Record) -> float:
    """Return what a study is worth to the digits that its error supports."""
    return supported(float(r["enbs"]), float(r["error"] or 0.0))[0]


def _draw_enbs(run: RunResult, rows: list[Record], names: list[str], title: str) -> Any:
    page = style.Page(title, 0.36 + _HEIGHT + 0.52)
    words = "Worth to everybody less cost"
    page.text(style.EDGE, 0.0, words, size=style.SMALL, color=style.GREY)
    shown = [r for r in rows if r["study"] in names]
    low, high = min(r["enbs"] for r in shown), max(r["enbs"] for r in shown)
    span = max(high, 0.0) - min(low, 0.0) or 1.0
    # A study far below the line may leave the picture; those worth doing may not.
    floor = max(min(low, 0.0) - 0.08 * span, -2.0 * high if high > 0 else low - 0.08 * span)
    axes = _axes(page, run, shown, 0.72, (floor, max(high, 0.0) + 0.12 * span))
    axes.axhline(0, color=style.INK, linewidth=0.9, zorder=2)
    ended = []
    for name, colour in zip(names, labels.COLOURS, strict=False):
        mine = reading.where(shown, study=name)
        _line(axes, mine, "enbs", colour)
        near = [r for r in mine if r["near"]]
        axes.plot(
            [r["n"] for r in near], [r["enbs"] for r in near], color=colour, linewidth=5,
            alpha=0.35, solid_capstyle="round", zorder=3,
        )  # fmt: skip
        for r in mine:
            if r["best"] and r["enbs"] > 0:
                axes.plot(
                    [r["n"]], [r["enbs"]], "o", markersize=9, markerfacecolor="none",
                    markeredgecolor=style.INK, markeredgewidth=1.4, zorder=6,
                )  # fmt: skip
        end = float(mine[-1]["enbs"])
        top = max(mine, key=lambda r: float(r["enbs"]))
        words = f"{mine[0]['label']} {labels.short_money(run, _known(top))}"
        ended.append(labels.Name(words, max(end, floor), colour))
    labels.name_lines(axes, _HEIGHT, ended)
    return page.figure
