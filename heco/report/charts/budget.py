"""What a strategy adds to the budget: by year and payer, and what it has come to."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.charts import labels
from heco.report.reading import Record
from heco.result import RunResult

_HEIGHT = 2.1
_MOST = 6
_ENDS = ("_lower80", "_upper80")


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if no budget was asked for or nothing changes."""
    found = reading.rows(run, "budget", strategy=reading.option(run))
    if not any(r["net"] for r in found):
        return None
    parts: dict[str, list[Record]] = {}
    for r in found:
        parts.setdefault(str(r["money"]), []).append(r)
    payers = _payers(run)
    title = _title(run, parts)
    band = ", with the range that holds 8 in 10 draws" if run.draws else ""
    told = [
        f"year {r['year']}{f' {kind}' if kind else ''} {_money(run, r['net'])}, so far "
        f"{_money(run, r['cumulative'])}"
        for kind, rows in parts.items()
        for r in rows
    ]
    drawn: list[tuple[object, ...]] = [
        ("in the year", name, year, value, None, None)
        for name, values in payers.items()
        for year, value in enumerate(values, start=1)
    ]
    drawn += [
        ("so far", kind, r["year"], *(r[f"cumulative{end}"] for end in ("", *_ENDS)))
        for kind, rows in parts.items()
        for r in rows
    ]
    return Chart(
        name="budget",
        title=title,
        alt="Left, bars of extra spending in each year by payer; right, extra spending so far"
        f"{band}. {'; '.join(told)}.",
        table=reading.tidy("budget", title, "panel series year value lower80 upper80", drawn),
        draw=partial(_draw, run, parts, payers, title),
        note=f"Undiscounted spending, against {_against(run)}, base case"
        + (". Thin lines and bands hold 8 in 10 draws" if run.draws else "")
        + (". Cash and capacity are never added up." if len(parts) > 1 else "."),
    )


def _against(run: RunResult) -> str:
    return numbers.inside(reading.strategy(run, reading.comparator(run)))


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _payers(run: RunResult) -> dict[str, list[float]]:
    """Return net spending by payer, year by year; the smallest payers together."""
    found: dict[str, list[float]] = {}
    for r in reading.rows(run, "budget_payers", strategy=reading.option(run)):
        name = str(r["payer"]) + (f", {r['money']}" if r["money"] else "")
        found.setdefault(name, []).append(float(r["net"]))
    ranked = sorted(found, key=lambda name: -sum(map(abs, found[name])))
    if len(ranked) <= _MOST:
        return {name: found[name] for name in ranked}
    kept = {name: found[name] for name in ranked[: _MOST - 1]}
    rest: dict[str, list[list[float]]] = {}
    for name in ranked[_MOST - 1 :]:  # cash and capacity are never added up
        _, comma, money = name.rpartition(", ")
        kind = f", {money}" if comma and money in ("cash", "capacity") else ""
        rest.setdefault(f"others{kind}", []).append(found[name])
    return {**kept, **{k: [sum(y) for y in zip(*v, strict=True)] for k, v in rest.items()}}


def _title(run: RunResult, parts: dict[str, list[Record]]) -> str:
    name = reading.capital(reading.strategy(run, reading.option(run)))
    paid, *used = parts.values()
    years = len(paid)
    total = float(paid[-1]["cumulative"])
    verb = f"{name} {'adds' if total >= 0 else 'saves'} {_money(run, abs(total))}"
    verb += f"{' cash' if used else ''} over {years} year{'' if years == 1 else 's'}"
    nets = [float(r["net"]) for r in paid]
    if used:
        time = float(used[0][-1]["cumulative"])
        does = "takes up" if time >= 0 else "sets free"
        return f"{verb}; it {does} capacity worth {_money(run, abs(time))}"
    if years == 1:
        return verb
    if max(nets) - min(nets) <= 1e-6 * max(map(abs, nets)):
        return f"{verb}, {_money(run, abs(nets[0]))} in each"
    return f"{verb}; the dearest year is {nets.index(max(nets)) + 1}, with {_money(run, max(nets))}"


def _draw(
    run: RunResult, parts: dict[str, list[Record]], payers: dict[str, list[float]], title: str
) -> Any:
    left, gap = 0.66, 0.72
    width = (style.WIDTH - left - 0.12 - gap) / 2
    several = len(payers) > 1
    entries = list(zip(style.PALETTE, payers, strict=False)) if several else []
    key = style.key_height([words for _, words in entries]) + 0.06 if several else 0.0
    page = style.Page(title, key + 0.26 + _HEIGHT + 0.5)
    if several:
        page.key(0, entries)
    quiet = {"size": style.SMALL, "color": style.GREY}
    top = key + 0.26
    page.text(style.EDGE, key, "Extra spending in the year", **quiet)
    page.text(left + width + 0.14, key, "Extra spending so far", **quiet)
    years = [int(r["year"]) for r in next(iter(parts.values()))]
    bars = page.axes(left, top, width, _HEIGHT)
    _bars(bars, years, payers, [colour for colour, _ in entries] or [style.BLUE], len(parts) > 1)
    line = page.axes(left + width + gap, top, width, _HEIGHT)
    for (kind, rows), colour in zip(parts.items(), (style.BLACK, style.SLATE), strict=False):
        if len(parts) == 1 and rows[0]["lower80"] is not None:
            for r in rows:
                ends = [r["lower80"], r["upper80"]]
                bars.plot([r["year"]] * 2, ends, color=style.INK, linewidth=1.1, zorder=4)
        _so_far(line, rows, style.BLUE if len(parts) == 1 else colour, kind)
    for axes in (bars, line):
        axes.grid(axis="y")
        style.quiet(axes, y=False)
        axes.axhline(0, color=style.INK, linewidth=1.0, zorder=3)
        axes.set_xlim(0.4, len(years) + 0.6)
        axes.set_xticks(years if len(years) <= 10 else years[:: 1 + len(years) // 10])
        labels.money_axis(axes.yaxis, run)
    for x in (left, left + width + gap):
        page.text(x, top + _HEIGHT + 0.28, "Year", **quiet)
    return page.figure


def _bars(
    axes: Any,
    years: list[int],
    payers: dict[str, list[float]],
    colours: list[str],
    apart: bool,
) -> None:
    """Stack what payers pay above zero, and what they save below; capacity beside cash."""
    places = {False: -0.18, True: 0.18} if apart else {False: 0.0, True: 0.0}
    width = 0.34 if apart else 0.68
    stacks = {side: ([0.0] * len(years), [0.0] * len(years)) for side in (False, True)}
    for colour, (name, values) in zip(colours, payers.items(), strict=True):
        capacity = apart and name.endswith(", capacity")
        up, down = stacks[capacity]
        base = [up[i] if value >= 0 else down[i] for i, value in enumerate(values)]
        where = [year + places[capacity] for year in years]
        axes.bar(where, values, bottom=base, color=colour, width=width, linewidth=0, zorder=2)
        for i, value in enumerate(values):
            stack = up if value >= 0 else down
            stack[i] += value


def _so_far(axes: Any, rows: list[Record], colour: str, kind: str) -> None:
    """Draw what was spent so far, with its band and its name at the end."""
    years = [r["year"] for r in rows]
    values = [r["cumulative"] for r in rows]
    axes.plot(years, values, color=colour, marker="o", markersize=4, zorder=4)
    if rows[0]["cumulative_lower80"] is not None:
        ends = [[r[f"cumulative{end}"] for r in rows] for end in _ENDS]
        axes.fill_between(years, *ends, color=colour, alpha=0.18, linewidth=0)
    if kind:
        rising = values[-1] >= values[0]
        axes.annotate(
            kind, (years[-1], values[-1]), xytext=(-9, 5 if rising else -3), ha="right",
            va="center", textcoords="offset points", size=style.SMALL, weight="bold",
            color=style.INK, annotation_clip=False,
        )  # fmt: skip
