"""What the answer would be under other settings: net benefit, setting by setting."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

GOOD, BAD = style.BLUE, style.ORANGE
_MOST_WTP = 2
_ROW = 0.4
#: Room for the names of settings, and for each column of values. [inches]
_LEFT, _VALUE = 2.1, 0.74


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no other settings were asked for."""
    rows = [
        r
        for r in reading.rows(run, "alternatives", strategy=reading.option(run))
        if r["basis"] == "deterministic" and r["inmb"] is not None
    ]
    if len({r["alternative"] for r in rows}) < 2:
        return None
    settings: dict[str, list[Record]] = {}
    for r in rows:
        settings.setdefault(str(r["alternative"]), []).append(r)
    settings = {name: mine[:_MOST_WTP] for name, mine in settings.items()}
    title = _title(run, settings)
    told = [
        f"{mine[0]['setting']}: "
        + numbers.listing([f"{_money(run, r['inmb'])} at {_money(run, r['wtp'])}" for r in mine])
        for mine in settings.values()
    ]
    keys = ("alternative", "setting", "strategy", "wtp", "inmb", "change_inmb", "best")
    return Chart(
        name="alternatives",
        title=title,
        alt=f"Dots of the {_what(run)}, by setting. {'; '.join(told)}.",
        table=reading.tidy(
            "alternatives",
            title,
            " ".join(keys),
            [tuple(r[key] for key in keys) for mine in settings.values() for r in mine],
        ),
        draw=partial(_draw, run, settings, title),
        note="Each setting differs from the base case in what its name says and in nothing else. "
        "Full dots: at the first worth of a " + reading.effect(run) + "; rings: at the second. In "
        "bold: the base case, and settings in which another strategy is the best of all.",
    )


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _what(run: RunResult) -> str:
    option, other = (
        numbers.inside(reading.strategy(run, name))
        for name in (reading.option(run), reading.comparator(run))
    )
    return f"net benefit per person of {option}, against {other}"


def _title(run: RunResult, settings: dict[str, list[Record]]) -> str:
    """Say which settings make the strategy of the question worth its cost, or keep it from it."""
    base, *others = settings.values()
    worth = base[0]["inmb"] > 0
    turned = [mine[0]["setting"] for mine in others if (mine[0]["inmb"] > 0) != worth]
    option = reading.capital(reading.strategy(run, reading.option(run)))
    at = reading.at_wtp(run, base[0]["wtp"])
    state = "worth its cost" if worth else "not worth its cost"
    if not turned:
        each = "either setting" if len(others) == 1 else f"all of {len(others)} other settings"
        return f"At {at} {numbers.inside(option)} is {state} in the base case and under {each}"
    told = numbers.listing([f"“{name}”" for name in turned[:2]])
    more = f" and {len(turned) - 2} more" if len(turned) > 2 else ""
    return f"At {at} {numbers.inside(option)} is {state}, unless {told}{more}"


def _draw(run: RunResult, settings: dict[str, list[Record]], title: str) -> Any:
    wtps = [float(r["wtp"]) for r in next(iter(settings.values()))]
    entries = [(BAD, "costs more than it is worth"), (GOOD, "worth more than it costs")]
    key = style.key_height([words for _, words in entries])
    head, height = key + 0.36, _ROW * len(settings)
    what = style.wrap(reading.capital(_what(run)), style.WIDTH - 0.2, style.SMALL)
    page = style.Page(title, head + height + 0.5 + 0.16 * what.count("\n"))
    page.key(0, entries)
    width = style.WIDTH - _LEFT - 0.1 - _VALUE * len(wtps)
    axes = page.axes(_LEFT, head, width, height)
    values = [float(r["inmb"]) for mine in settings.values() for r in mine]
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.06 * (high - low or 1.0)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(len(settings) - 0.5, -0.5)
    axes.grid(axis="x")
    style.quiet(axes, y=False)
    axes.set_yticks([])
    labels.money_axis(axes.xaxis, run, 3)
    axes.axvline(0, color=style.INK, linewidth=1.2, zorder=2)
    for k, wtp in enumerate(wtps):
        page.text(
            _LEFT + width + 0.08 + _VALUE * (k + 0.88), key + 0.12, f"at {_short(run, wtp)}",
            size=style.SMALL, color=style.GREY, ha="right",
        )  # fmt: skip
    for row, (name, mine) in enumerate(settings.items()):
        heavy = name == "base case" or any(r["changes_decision"] for r in mine)
        words = style.wrap(str(mine[0]["setting"]), _LEFT - 0.2, style.SMALL, heavy, lines=2)
        middle = head + _ROW * (row + 0.5)
        page.text(
            style.EDGE, middle, words, size=style.SMALL, va="center",
            weight="bold" if heavy else "normal", linespacing=1.1,
        )  # fmt: skip
        for k, r in enumerate(mine):
            page.text(
                _LEFT + width + 0.08 + _VALUE * (k + 0.88), middle, _money(run, r["inmb"]),
                size=style.SMALL, va="center", ha="right", weight="bold" if heavy else "normal",
            )  # fmt: skip
        _dots(axes, row, mine)
    page.text(style.EDGE, head + height + 0.28, what, size=style.SMALL, color=style.GREY)
    return page.figure


def _short(run: RunResult, wtp: float) -> str:
    return labels.short_money(run, wtp, wtp)


def _dots(axes: Any, row: int, mine: list[Record]) -> None:
    """Draw one setting: a full dot at the first willingness to pay, a ring at the second."""
    ends = [float(r["inmb"]) for r in mine]
    axes.plot(ends, [row] * len(ends), color=style.GREY, linewidth=1.0, zorder=3)
    for k in reversed(range(len(ends))):
        colour = GOOD if ends[k] > 0 else BAD
        axes.plot(
            [ends[k]], [row], "o", markersize=6.5, zorder=4 + (k == 0), markeredgecolor=colour,
            markerfacecolor=style.PAPER if k else colour, markeredgewidth=1.6,
        )  # fmt: skip
