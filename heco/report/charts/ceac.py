"""How likely each option is to be the best, by what a QALY is worth, and which one to choose."""

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
    """Return the figure, or None without draws and options to choose between."""
    rows, frontier = reading.rows(run, "ceac"), reading.rows(run, "ceaf")
    if not rows or not frontier:
        return None
    title = _title(run, rows, frontier)
    best = {float(r["wtp"]): str(r["strategy"]) for r in frontier}
    return Chart(
        name="ceac",
        title=title,
        alt="Lines of the probability that each strategy is the most cost-effective of all, over "
        f"what a {reading.effect(run)} is worth. {_alt(run, rows, frontier)}",
        table=reading.tidy(
            "ceac",
            title,
            "wtp strategy probability highest_mean",
            [
                (r["wtp"], r["strategy"], r["probability"], best[float(r["wtp"])] == r["strategy"])
                for r in rows
            ],
        ),
        draw=partial(_draw, run, rows, frontier, title),
        note="Share of the draws in which each strategy has the highest net benefit of all. The "
        "wide grey band marks the strategy with the highest mean net benefit, which is the one to "
        "choose, even where another is best more often. Dotted: what a "
        f"{reading.effect(run)} is taken to be worth in this decision.",
    )


def _shown(run: RunResult, rows: list[Record]) -> list[float]:
    """Return the stated willingness to pay that the curves pass; some in the middle if none."""
    there = sorted({float(r["wtp"]) for r in rows})
    stated = [wtp for wtp in reading.wtps(run) if wtp in set(there)]
    return stated or [there[len(there) // 2]]


def _title(run: RunResult, rows: list[Record], frontier: list[Record]) -> str:
    """Say which strategy to choose and how likely it is the best, at each threshold."""
    shown = _shown(run, rows)[:3]
    choices = [reading.where(frontier, wtp=wtp)[0] for wtp in shown]
    same = len({str(r["strategy"]) for r in choices}) == 1
    first = choices[0]
    name = reading.capital(reading.strategy(run, str(first["strategy"])))
    if same:
        chances: dict[str, list[str]] = {}
        for r in choices:
            chances.setdefault(numbers.chance(r["probability"]), []).append(_money(run, r["wtp"]))
        said = [f"{chance} at {numbers.listing(wtps)}" for chance, wtps in chances.items()]
        text = (
            f"{name} is the choice with the highest mean net benefit; its probability of being "
            f"the most cost-effective is {numbers.listing(said)} per {reading.effect(run)}"
        )
    else:
        said = [
            f"{numbers.inside(reading.strategy(run, str(r['strategy'])))} at "
            f"{_money(run, r['wtp'])} ({numbers.chance(r['probability'])} likely the most "
            "cost-effective)"
            for r in choices
        ]
        text = f"The choice depends on what a {reading.effect(run)} is worth: " + "; ".join(said)
    rival = max(reading.where(rows, wtp=shown[0]), key=lambda r: r["probability"])
    if rival["strategy"] != first["strategy"] and rival["probability"] > first["probability"]:
        other = numbers.inside(reading.strategy(run, str(rival["strategy"])))
        where = "" if len(shown) == 1 else f" at {_money(run, shown[0])}"
        text += f", though {other} is best more often{where}"
    return text


def _money(run: RunResult, value: Any) -> str:
    return numbers.money(value, reading.currency(run))


def _alt(run: RunResult, rows: list[Record], frontier: list[Record]) -> str:
    told = []
    for wtp in _shown(run, rows):
        chances = [
            f"{reading.strategy(run, str(r['strategy']))} {numbers.chance(r['probability'])}"
            for r in reading.where(rows, wtp=wtp)
        ]
        best = reading.strategy(run, str(reading.where(frontier, wtp=wtp)[0]["strategy"]))
        told.append(
            f"At {reading.at_wtp(run, wtp)}: {numbers.listing(chances)}; highest mean: {best}"
        )
    return ". ".join(told) + "."


def _draw(run: RunResult, rows: list[Record], frontier: list[Record], title: str) -> Any:
    page = style.Page(title, 0.42 + _HEIGHT + 0.52)
    quiet = {"size": style.SMALL, "color": style.GREY}
    page.text(style.EDGE, 0.0, "Probability most cost-effective", **quiet)
    left = 0.5
    axes = page.axes(left, 0.42, style.WIDTH - left - labels.MARGIN, _HEIGHT)
    ends = [float(r["wtp"]) for r in frontier]
    axes.set_xlim(ends[0], ends[-1])
    axes.set_ylim(0, 1)
    axes.grid(axis="y")
    style.quiet(axes, y=False)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(value, decimals=0))
    labels.money_axis(axes.xaxis, run)
    labels.thresholds(axes, run, reading.wtps(run))
    _frontier(axes, frontier)
    names = reading.leading(run, (str(r["strategy"]) for r in rows), _MOST)
    looks = labels.looks(run)
    ended = []
    for name in dict.fromkeys(str(r["strategy"]) for r in rows):
        mine = reading.where(rows, strategy=name)
        # Strategies beyond the sixth are drawn faintly and named in the table only.
        look = looks[name] if name in names else labels.Look(style.FAINT, "solid")
        axes.plot(
            [r["wtp"] for r in mine], [r["probability"] for r in mine], color=look.colour,
            linestyle=look.dash, linewidth=1.9, clip_on=False, zorder=4,
        )  # fmt: skip
        if name in names:
            words = f"{reading.strategy(run, name)} {numbers.chance(mine[-1]['probability'])}"
            ended.append(labels.Name(words, float(mine[-1]["probability"]), look.colour))
    labels.name_lines(axes, _HEIGHT, ended)
    words = f"What a {reading.effect(run)} is taken to be worth"
    page.text(left, 0.42 + _HEIGHT + 0.3, words, **quiet)
    return page.figure


def _frontier(axes: Any, frontier: list[Record]) -> None:
    """Lay a wide band under the line of the strategy to choose, broken where the choice changes."""
    part: list[Record] = []
    for r in [*frontier, None]:
        if part and (r is None or r["strategy"] != part[-1]["strategy"]):
            axes.plot(
                [q["wtp"] for q in part], [q["probability"] for q in part], color="#c3cad1",
                linewidth=8, solid_capstyle="butt", zorder=2,
            )  # fmt: skip
            part = []
        if r is not None:
            part.append(r)
