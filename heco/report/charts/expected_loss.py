"""What choosing each option forgoes on average: the lowest line is what evidence could be worth."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 2.5
_MOST = 6


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None without draws, or if nothing is ever lost."""
    rows, perfect = reading.rows(run, "expected_loss"), reading.rows(run, "evpi")
    if not rows or not any(r["evpi"] for r in perfect):
        return None
    title = _title(run, perfect)
    return Chart(
        name="expected_loss",
        title=title,
        alt="Lines of the expected loss per person from choosing each strategy, over what a "
        f"{reading.effect(run)} is worth; the lowest is the value of perfect information. "
        f"{_alt(run, rows)}",
        table=reading.tidy(
            "expected_loss",
            title,
            "wtp strategy expected_loss lowest",
            [(r["wtp"], r["strategy"], r["expected_loss"], r["best"]) for r in rows],
        ),
        draw=partial(_draw, run, rows, perfect, title),
        note="What is lost on average by choosing a strategy now, against knowing in each draw "
        "which one is best. The wide grey band marks the lowest loss: the expected value of "
        "perfect information (EVPI), the most that further evidence could be worth.",
    )


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _stated(run: RunResult, perfect: list[Record]) -> list[Record]:
    found = [r for wtp in reading.wtps(run) for r in reading.where(perfect, wtp=wtp)]
    return found or [max(perfect, key=lambda r: r["evpi"])]


def _evpi(run: RunResult, r: Record) -> str:
    """Return EVPI; where few draws decide, the upper limit of what it may be."""
    value, error = float(r["evpi"]), float(r["error"] or 0.0)
    if 0 < value < 2 * error:
        value += 1.96 * error
        return f"under {_money(run, max(value, 0.01))}"
    return f"under {_money(run, 0.01)}" if 0 < value < 0.005 else _money(run, value)


def _title(run: RunResult, perfect: list[Record]) -> str:
    first, *others = _stated(run, perfect)[:3]
    name = numbers.inside(reading.strategy(run, str(first["strategy"])))
    text = (
        f"Choosing {name} now loses {_evpi(run, first)} per person on average at "
        f"{reading.at_wtp(run, first['wtp'])}: no evidence can be worth more"
    )
    more = [f"{_evpi(run, r)} at {_money(run, r['wtp'])}" for r in others]
    return f"{text} ({numbers.listing(more)})" if more else text


def _alt(run: RunResult, rows: list[Record]) -> str:
    there = {float(r["wtp"]) for r in rows}
    told = []
    for wtp in [w for w in reading.wtps(run) if w in there] or [max(there)]:
        losses = [
            f"{reading.strategy(run, str(r['strategy']))} {_money(run, r['expected_loss'])}"
            for r in reading.where(rows, wtp=wtp)
        ]
        told.append(f"At {reading.at_wtp(run, wtp)}: {numbers.listing(losses)}")
    return ". ".join(told) + "."


def _top(rows: list[Record]) -> float:
    """Return how high the picture goes: at every threshold two lines are seen, others may leave."""
    by_wtp: dict[float, list[float]] = {}
    for r in rows:
        by_wtp.setdefault(float(r["wtp"]), []).append(float(r["expected_loss"]))
    return 1.12 * max(sorted(losses)[1] for losses in by_wtp.values())


def _draw(run: RunResult, rows: list[Record], perfect: list[Record], title: str) -> Any:
    page = style.Page(title, 0.42 + _HEIGHT + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, 0.0, "Expected loss per person", **quiet)
    left = 0.58
    axes = page.axes(left, 0.42, style.WIDTH - left - labels.MARGIN, _HEIGHT)
    axes.set_xlim(float(perfect[0]["wtp"]), float(perfect[-1]["wtp"]))
    axes.set_ylim(0, _top(rows))
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    labels.money_axis(axes.xaxis, run)
    labels.money_axis(axes.yaxis, run)
    labels.thresholds(axes, run, reading.wtps(run))
    axes.plot(
        [r["wtp"] for r in perfect], [r["evpi"] for r in perfect], color="#c3cad1", linewidth=8,
        solid_capstyle="butt", zorder=2,
    )  # fmt: skip
    looks = labels.looks(run)
    shown = reading.leading(run, (str(r["strategy"]) for r in rows), _MOST)
    ended = []
    for name in dict.fromkeys(str(r["strategy"]) for r in rows):
        mine = reading.where(rows, strategy=name)
        look = looks[name] if name in shown else labels.Look(style.FAINT, "solid")
        axes.plot(
            [r["wtp"] for r in mine], [r["expected_loss"] for r in mine], color=look.colour,
            linestyle=look.dash, linewidth=1.9, zorder=4,
        )  # fmt: skip
        if name in shown:
            end = float(mine[-1]["expected_loss"])
            words = f"{reading.strategy(run, name)} {_money(run, end)}"
            ended.append(labels.Name(words, end, look.colour))
    labels.name_lines(axes, _HEIGHT, ended)
    _mark(axes, run, perfect)
    words = f"What a {reading.effect(run)} is taken to be worth"
    page.text(left, 0.42 + _HEIGHT + 0.3, words, **quiet)
    return page.figure


def _mark(axes: Any, run: RunResult, perfect: list[Record]) -> None:
    """Write EVPI beside its line at the first threshold, where there is air above or below."""
    r = _stated(run, perfect)[0]
    high = axes.get_ylim()[1]
    up = float(r["evpi"]) < 0.6 * high
    axes.plot([r["wtp"]], [r["evpi"]], "o", color=style.INK, markersize=4.5, zorder=6)
    axes.annotate(
        f"EVPI {_evpi(run, r)}", (r["wtp"], r["evpi"]), xytext=(7, 9 if up else -9),
        textcoords="offset points", ha="left", va="center", size=style.SMALL, weight="bold",
        zorder=7, bbox={"facecolor": style.PAPER, "alpha": 0.85, "linewidth": 0, "pad": 0.6},
    )  # fmt: skip
