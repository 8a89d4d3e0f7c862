"""What each strategy spends its money on."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

_ROW = 0.5
#: Smaller categories are drawn together, so that every colour stays distinct.
_MOST = 7


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no cost was put into categories."""
    found = reading.rows(run, "cost_by_category")
    if not any(r["cost"] for r in found) or any(r["cost"] < 0 for r in found):
        return None  # savings do not stack; the table has them
    strategies = list(dict.fromkeys(str(r["strategy"]) for r in found))
    bars = _together(found)
    title = _title(run, bars, strategies)
    who = reading.people(run)
    told = [
        f"{reading.strategy(run, s)} {_money(run, sum(bars[s].values()))}"
        + (f" ({_parts(run, bars[s])})" if any(bars[s].values()) else "")
        for s in strategies
    ]
    return Chart(
        name="costs",
        title=title,
        alt=f"Stacked bars of the discounted cost per person, averaged over all {who}. "
        + "; ".join(told)
        + ".",
        table=reading.tidy(
            "costs",
            title,
            "strategy category cost",
            [(s, category, value) for s in strategies for category, value in bars[s].items()],
        ),
        draw=partial(_draw, run, bars, strategies, title),
        note=f"Discounted cost over the whole horizon, averaged over all {who}, treated or not.",
    )


def _together(found: list[Record]) -> dict[str, dict[str, float]]:
    """Return cost by strategy and category, largest category first, the smallest joined."""
    total: dict[str, float] = {}
    for r in found:
        total[str(r["category"])] = total.get(str(r["category"]), 0.0) + float(r["cost"])
    ranked = sorted((name for name in total if total[name]), key=lambda name: -total[name])
    kept = ranked if len(ranked) <= _MOST else ranked[: _MOST - 1]
    bars: dict[str, dict[str, float]] = {}
    for r in found:
        bar = bars.setdefault(str(r["strategy"]), dict.fromkeys(kept, 0.0))
        if r["category"] in kept:
            bar[str(r["category"])] += float(r["cost"])
        elif r["cost"]:
            bar["other"] = bar.get("other", 0.0) + float(r["cost"])
    return bars


def _money(run: RunResult, value: float) -> str:
    return numbers.money(value, reading.currency(run))


def _parts(run: RunResult, bar: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_money(run, v)}" for name, v in bar.items() if v)


def _title(run: RunResult, bars: dict[str, dict[str, float]], strategies: list[str]) -> str:
    option = reading.option(run) if reading.option(run) in bars else strategies[-1]
    bar = bars[option]
    total = sum(bar.values())
    name = reading.strategy(run, option)
    if not total:
        return f"{name} costs nothing"
    largest = max(bar, key=lambda category: bar[category])
    share = bar[largest] / total
    start = f"{name} costs {_money(run, total)} per person of the cohort"
    if len([value for value in bar.values() if value]) < 2:
        return start
    part = f"{largest.replace('_', ' ')} ({numbers.percent(share, decimals=0)})"
    return f"{start}; the largest part is {part}"


def _draw(
    run: RunResult, bars: dict[str, dict[str, float]], strategies: list[str], title: str
) -> Any:
    names = list(dict.fromkeys(name for bar in bars.values() for name in bar))
    colours = dict(zip(names, style.PALETTE, strict=False))
    entries = [(colours[name], name.replace("_", " ")) for name in names]
    key = style.key_height([words for _, words in entries])
    labels = [style.wrap(reading.strategy(run, s), 1.6, style.SMALL, lines=3) for s in strategies]
    left = 0.2 + max(
        style.text_width(line, style.SMALL) for label in labels for line in label.split("\n")
    )
    height = _ROW * len(strategies)
    page = style.Page(title, key + 0.06 + height + 0.06)
    page.key(0, entries)
    totals = [sum(bars[s].values()) for s in strategies]
    room = max(style.text_width(_money(run, total), style.TEXT, True) for total in totals) + 0.12
    width = style.WIDTH - left - room
    axes = page.axes(left, key + 0.06, width, height)
    axes.set_xlim(0, max(totals))
    axes.set_ylim(len(strategies) - 0.5, -0.5)
    axes.set_axis_off()
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    for k, (strategy, total) in enumerate(zip(strategies, totals, strict=True)):
        start = 0.0
        for name, value in bars[strategy].items():
            axes.barh(k, value, left=start, height=0.6, color=colours[name], linewidth=0)
            text = _money(run, value)
            if value / max(totals) * width > style.text_width(text, style.SMALL) + 0.1:
                axes.text(
                    start + value / 2, k, text, ha="center", va="center", size=style.SMALL,
                    color=style.readable_on(colours[name]),
                )  # fmt: skip
            start += value
        axes.annotate(
            _money(run, total), (total, k), xytext=(4, 0), textcoords="offset points", ha="left",
            va="center", weight="bold", annotation_clip=False,
        )  # fmt: skip
        page.text(
            left - 0.06, key + 0.06 + _ROW * (k + 0.5), labels[k], size=style.SMALL, ha="right",
            va="center", linespacing=1.15,
        )  # fmt: skip
    return page.figure
