"""Where the cohort is over time: the share of people in each state, under each strategy."""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.report import numbers, reading, style
from heco.report.chart import Chart
from heco.report.reading import Record
from heco.result import RunResult

#: Colours of states that people live in; those of the dead are faint.
_LIVING = (style.GREEN, style.BLUE, style.ORANGE, style.VERMILLION, style.SKY, style.PURPLE)
_MOST_PANELS = 3
_HEIGHT = 2.0
_MOST_POINTS = 130


def chart(run: RunResult) -> Chart | None:
    """Return the figure, or None if the model has no cohort that moves through states."""
    found = reading.rows(run, "trace")
    if not found:
        return None
    strategies = reading.leading(run, (str(r["strategy"]) for r in found), _MOST_PANELS)
    found = [r for r in found if r["strategy"] in strategies]
    states = list(dict.fromkeys(str(r["state"]) for r in found))
    title = _title(run, found, states)
    found = _thinned(found)
    keys = ("strategy", "state", "years", "share")
    return Chart(
        name="trace",
        title=title,
        alt=f"Stacked areas of the share of {reading.people(run)} in each state over "
        f"{numbers.number(max(r['years'] for r in found))} years. {_alt(run, found, states)}",
        table=reading.tidy(
            "trace", title, " ".join(keys), [tuple(r[key] for key in keys) for r in found]
        ),
        draw=partial(_draw, run, found, strategies, states, title),
        note="Share of the cohort in each state, base case.",
    )


def _thinned(found: list[Record]) -> list[Record]:
    """Return every n-th boundary and the last: more points than the picture has are no use."""
    years = sorted({r["years"] for r in found})
    step = 1 + len(years) // _MOST_POINTS
    kept = {*years[::step], years[-1]}
    return [r for r in found if r["years"] in kept]


def _state(run: RunResult, name: str) -> str:
    record = run.scenario.states.get(name)
    return (record.label if record is not None else "") or name.replace("_", " ")


def _lead(run: RunResult, found: list[Record]) -> str:
    """Return the strategy that the question is about, or the first."""
    names = list(dict.fromkeys(str(r["strategy"]) for r in found))
    return reading.option(run) if reading.option(run) in names else names[0]


def _title(run: RunResult, found: list[Record], states: list[str]) -> str:
    """Say how far the option moves people to other states, and how long that lasts."""
    lead, comparator = _lead(run, found), reading.comparator(run)
    mine, other = (reading.where(found, strategy=name) for name in (lead, comparator))
    if lead == comparator or not other:
        return _half_way(run, mine)
    gaps = [(a["share"] - b["share"], a) for a, b in zip(mine, other, strict=True)]
    most, there = max(gaps, key=lambda gap: gap[0])
    names = reading.strategy(run, lead), numbers.inside(reading.strategy(run, comparator))
    if most < 1e-6:
        return f"{names[0]} and {names[1]} lead to the same states"
    later = [
        r["years"] - there["years"]
        for gap, r in gaps
        if r["state"] == there["state"] and r["years"] > there["years"] and gap <= most / 2
    ]
    start = (
        f"{names[0]}: {_when(there['years'])}, {numbers.percent(most)} of {reading.people(run)} "
        f"are in “{_state(run, str(there['state']))}” who would not be under {names[1]}"
    )
    return f"{start}; half of that is gone {_years(min(later))} later" if later else start


def _half_way(run: RunResult, mine: list[Record]) -> str:
    years = sorted({r["years"] for r in mine})
    middle = years[len(years) // 2]
    most = max(reading.where(mine, years=middle), key=lambda r: r["share"])
    return (
        f"After {_years(middle)}, {numbers.percent(most['share'], decimals=0)} of "
        f"{reading.people(run)} are in “{_state(run, str(most['state']))}”"
    )


def _when(years: float) -> str:
    return "at the start" if years == 0 else f"after {_years(years)}"


def _years(years: float) -> str:
    return f"{numbers.number(years)} year{'' if years == 1 else 's'}"


def _alt(run: RunResult, found: list[Record], states: list[str]) -> str:
    lead = reading.where(found, strategy=_lead(run, found))
    last = max(r["years"] for r in lead)
    told = []
    for state in states:
        mine = reading.where(lead, state=state)
        first, end = (
            next(r["share"] for r in mine if r["years"] == year)
            for year in (mine[0]["years"], last)
        )
        told.append(
            f"{_state(run, state)} {numbers.percent(first)} at the start, {numbers.percent(end)} "
            "at the end"
        )
    return f"{reading.strategy(run, str(lead[0]['strategy']))}: {'; '.join(told)}."


def _colours(run: RunResult, states: list[str]) -> dict[str, str]:
    colours: dict[str, str] = {}
    living = iter(_LIVING * (1 + len(states) // len(_LIVING)))
    for name in states:
        record = run.scenario.states.get(name)
        dead = record is not None and (
            record.alive is False or (record.absorbing and not record.utility and not record.cost)
        )
        colours[name] = style.FAINT if dead else next(living)
    return colours


def _draw(
    run: RunResult, found: list[Record], strategies: list[str], states: list[str], title: str
) -> Any:
    colours = _colours(run, states)
    entries = [(colours[name], _state(run, name)) for name in states]
    key = style.key_height([words for _, words in entries])
    left, gap = 0.5, 0.27
    width = (style.WIDTH - left - 0.16 - gap * (len(strategies) - 1)) / len(strategies)
    names = [style.wrap(reading.strategy(run, s), width, style.SMALL, True, 3) for s in strategies]
    several = len(strategies) > 1
    head = key + 0.1 + (0.155 * max(n.count("\n") + 1 for n in names) if several else 0)
    page = style.Page(title, head + _HEIGHT + 0.5)
    page.key(0, entries)
    start_age = run.scenario.age
    for i, (strategy, name) in enumerate(zip(strategies, names, strict=True)):
        x = left + i * (width + gap)
        if several:
            page.text(x, key + 0.04, name, size=style.SMALL, weight="bold", linespacing=1.2)
        axes = page.axes(x, head, width, _HEIGHT)
        here = reading.where(found, strategy=strategy)
        years = [r["years"] for r in reading.where(here, state=states[0])]
        at = [year + (start_age or 0.0) for year in years]
        shares = [[r["share"] for r in reading.where(here, state=state)] for state in states]
        axes.stackplot(at, shares, colors=[colours[s] for s in states], linewidth=0)
        axes.set_xlim(at[0], at[-1])
        axes.set_ylim(0, 1)
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(lambda value, _: numbers.percent(value, decimals=0))
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(lambda value, _: numbers.number(round(value, 6)))
        style.quiet(axes, y=False)
        if i:
            axes.tick_params(labelleft=False)
    words = "Age" if start_age is not None else "Years from the start"
    page.text(left, head + _HEIGHT + 0.28, words, size=style.SMALL, color=style.GREY)
    return page.figure
