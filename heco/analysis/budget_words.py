"""What a budget comes to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from heco.analysis.context import Context
from heco.analysis.impact import Impact, band
from heco.analysis.spending import break_even
from heco.analysis.staffing import Work
from heco.analysis.wording import chance, count, inside, listing, money
from heco.outcomes import Array


def headline(
    context: Context, base: Mapping[str, Impact], draws: Mapping[str, Impact]
) -> Iterator[str]:
    """Yield the answer about the strategy of the question, most important first.

    Parameters
    ----------
    context : Context
        The run.
    base, draws : mapping of str to Impact
        By strategy; no draws if there are none.
    """
    option = context.scenario.option
    impact, spread = base[option], draws.get(option)
    label, against = context.label(option), inside(context.label(context.scenario.comparator))
    paid, *used = impact.parts
    net, currency = paid.net[:, 0], context.currency
    years = len(net)
    over = f"over {count(years, 'year')}"

    def worth(value: float) -> str:
        return f"{money(abs(value), currency)} {'more' if value >= 0 else 'less'}"

    text = f"{label} costs {worth(float(net[0]))}"
    text += f"{' cash' if used else ''} than {against} in year 1"
    if years > 1:
        text += f" and {worth(float(net.sum()))} {over}"
        _, low, high = band(spread.parts[0].cumulative[-1] if spread else None)
        ends = [money(end, currency) for end in (low, high) if end is not None]
        if len(set(ends)) == 2:
            text += f" (8 in 10 draws: {ends[0]} to {ends[1]})"
    priced = price_year(context)
    yield f"{text}, undiscounted{f', in {priced} prices' if priced else ''}."
    for part in used:
        time = float(part.net.sum())
        does = "takes up" if time >= 0 else "sets free"
        yield (
            f"Beside that it {does} staff time and space worth {money(abs(time), currency)} {over};"
            " that is no money in hand, and is not added to it."
        )
    yield from _turns(context, net, "cash" if used else "money")
    for k, work in enumerate(impact.work):
        yield _staffed(context, work, spread.work[k] if spread else None)


def _turns(context: Context, net: Array, what: str) -> Iterator[str]:
    """Say when most is spent, and when it is paid back."""
    if not net.any() or len(net) < 2:
        return
    year = break_even(np.cumsum(net))
    peak = int(np.argmax(net))
    steady = np.ptp(net) <= 1e-9 * float(np.max(np.abs(net)))
    most = "the same in every year" if steady else f"most in year {peak + 1}"
    spent = f"The {what} it needs is {most}" + (
        "" if steady else f" ({money(float(net[peak]), context.currency)})"
    )
    if net[peak] <= 0:
        yield f"It needs no more {what} in any year."
    elif year is None:
        yield f"{spent}; it is not paid back within {count(len(net), 'year')}."
    else:
        yield f"{spent}; it is paid back by the end of year {year}."


def _staffed(context: Context, work: Work, spread: Work | None) -> str:
    """Say how many staff are needed, and who waits for them."""
    need = work.wte[:, 0]
    year = int(np.argmax(need))
    text = f"{work.label[:1].upper()}{work.label[1:]}: "
    steady = np.ptp(need) <= 1e-9 * max(float(need[year]), 1e-300)
    text += f"{need[year]:,.2f} whole-time equivalents are needed "
    text += "in every year" if steady else f"in year {year + 1}, {need[-1]:,.2f} in the last"
    _, low, high = band(spread.wte[year] if spread else None)
    if low is not None and high is not None and high - low > 1e-9:
        text += f" (8 in 10 draws: {low:,.2f} to {high:,.2f})"
    if work.capacity is None or work.waiting is None:
        return f"{text}."
    text += f", and there are {float(work.capacity[0]):,.2f}"
    waiting = work.waiting[:, 0]
    who = context.scenario.population.label
    if waiting.max() > 0:
        return f"{text}: {waiting[-1]:,.0f} {who} still wait at the end of year {len(need)}."
    if spread is None or spread.waiting is None or not (spread.waiting > 0).any():
        return f"{text}: nobody waits."
    share = float(np.mean(spread.waiting[-1] > 0))
    return f"{text}: nobody waits in the base case, and {who} do in {chance(share)} of draws."


def warnings(context: Context, base: Mapping[str, Impact]) -> Iterator[str]:
    """Yield what must be known before the numbers are used.

    Parameters
    ----------
    context : Context
        The run.
    base : mapping of str to Impact
        By strategy.
    """
    whole = [
        context.label(name)
        for name, strategy in context.scenario.strategies.items()
        if any(one.per == "cohort" for one in strategy.one_off)
    ]
    if whole:
        yield (
            f"[analysis.budget] A one-off of {listing(whole)} is for the whole cohort. The budget "
            "has a new cohort in each year, and so counts it again in each, times uptake. Write it "
            "under set_up or recurrent instead if it falls once."
        )
    cycle = context.scenario.time.cycle
    if cycle is not None and context.scenario.states and 1 % cycle.years:
        yield (
            f"[analysis.budget] Whole cycles of {cycle.text} do not fill a year; what a cycle "
            "costs is counted in the year in which it begins."
        )
    works = [work for work in base[context.scenario.option].work if work.waiting is not None]
    if any((work.waiting > 0).any() for work in works if work.waiting is not None):
        yield (
            "[analysis.budget] Money and health are computed as if everybody were seen in the "
            "year in which they come; the waiting list says how far that is from what staff can do."
        )


def price_year(context: Context) -> str:
    """Return the price year of the amounts, if it is known."""
    scenario = context.scenario
    asked = scenario.analysis.budget
    if asked is not None and asked.price_year:
        return asked.price_year
    if scenario.prices is not None:
        return scenario.prices.year
    years = {p.price_year for p in scenario.parameters.values() if p.price_year}
    return years.pop() if len(years) == 1 else ""
