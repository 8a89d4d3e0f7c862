"""Every choice that moves a number, in words, as it was in force.

Two analyses of the same question differ more often by conventions than by evidence. These are
printed with every result and written to run.json, so that nobody has to guess.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from heco.analysis.context import Context
from heco.analysis.wording import count, listing, money, plain
from heco.scenario.presets import DISCOUNT_PRESETS, WTP_PRESETS

if TYPE_CHECKING:
    from heco.scenario.scenario import Scenario

COUNTING = {
    "start": "people are counted at the start of each cycle",
    "end": "people are counted at the end of each cycle",
    "half-cycle": "half-cycle correction (trapezoid over the boundaries)",
    "life-table": "life-table (mean of start and end of each cycle, dated at mid-cycle)",
    "simpson": "Simpson's rule over the boundaries (3/8 rule on the last three if odd)",
}
DISCOUNTING = {
    "continuous-index": "(1 + r)^-t with t in years, fractions included",
    "annual-step": "(1 + r)^-t with t in whole years completed",
    "first-year-free": "(1 + r)^-t with t in whole years completed, so the first year is free",
    "exponential": "exp(-r t) with t in years",
}
TIMING = {
    "auto": "where people are counted",
    "cycle-start": "at the start of the cycle",
    "cycle-mid": "in the middle of the cycle",
    "cycle-end": "at the end of the cycle",
}


def conventions(context: Context) -> dict[str, str]:
    """Return the conventions in force.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    dict of str to str
        Name of the convention -> what is in force, in the order of a methods section.
    """
    scenario = context.scenario
    decision = scenario.decision
    said: dict[str, str] = {}
    if decision.perspective:
        said["perspective"] = decision.perspective
    said["comparator"] = context.label(scenario.comparator)
    said["effect"] = f"{context.unit}s"
    said["willingness to pay"] = _wtp(context)
    said["currency and price year"] = _prices(scenario)
    said |= _clock(scenario)
    said |= _discounting(scenario)
    central = _central(scenario)
    if central:
        said["central value of lognormal inputs"] = central
    if context.requested:
        said["probabilistic analysis"] = (
            f"{count(context.requested, 'draw')}, seed {context.seed}, design {context.design}; "
            "one random stream per parameter, the same draws for every strategy"
        )
        said["limits"] = "2.5 and 97.5 percentiles over draws"
        said["draws out of domain"] = (
            "left out of every summary in all strategies alike and counted; more than 0.1% of "
            "them is an error"
        )
    return said


def _wtp(context: Context) -> str:
    each = [money(value, context.currency) for value in context.wtp]
    preset = context.scenario.decision.wtp_preset
    if not context.wtp_stated:
        asked = each and context.scenario.option and not context.cost_only
        shown = f"; results are shown at {listing(each)}" if asked else ""
        return f"none is stated{shown}"
    words = f"{listing(each)} per {context.unit}"
    return f"{words} ({preset}: {WTP_PRESETS[preset].says})" if preset in WTP_PRESETS else words


def _prices(scenario: Scenario) -> str:
    currency, prices = scenario.decision.currency, scenario.prices
    if prices is None:
        years = sorted({p.price_year for p in scenario.parameters.values() if p.price_year})
        return (
            f"{currency}, {listing(years)} prices"
            if years
            else f"{currency}; no price year is stated"
        )
    changed = count(len(scenario.price_factors), "cost")
    return f"{currency}, {prices.year} prices; {changed} converted by {prices.series}"


def _clock(scenario: Scenario) -> dict[str, str]:
    time = scenario.time
    if not scenario.states:
        return {
            "time": "a decision tree without a clock"
            if scenario.tree
            else "totals, without a clock"
        }
    said: dict[str, str] = {}
    if time.cycle is not None:
        said["cycle"] = f"{time.cycle.text or plain(float(time.cycle.years))}"
    if time.horizon == "lifetime":
        said["horizon"] = f"lifetime, to age {plain(time.end_age)}"
    elif time.horizon is not None and time.cycle is not None:
        years = time.horizon.in_years(time.cycle)
        said["horizon"] = time.horizon.text
        if time.horizon.cycles:
            said["horizon"] += f" ({_years(years)})"
    if time.start_age is not None:
        said["age at the start"] = plain(time.start_age)
        ages = {
            group.label or name.replace("_", " "): group.start_age
            for name, group in scenario.groups.items()
            if group.start_age is not None
        }
        if ages:
            each = ", ".join(f"{plain(age)} ({name})" for name, age in ages.items())
            said["age at the start"] = each
    ways = time.cycle_counting
    if ways.cost == ways.qaly and ways.life_years in (None, ways.qaly):
        said["cycle counting"] = COUNTING[ways.cost]
    else:
        said["cycle counting"] = "; ".join(
            f"{name}: {COUNTING[way]}"
            for name, way in (
                ("costs", ways.cost), ("QALYs", ways.qaly),
                ("life years", ways.life_years or ways.qaly),
            )
        )  # fmt: skip
    said["values of states"] = f"{time.values} unless an entry says otherwise"
    if any(move.rate is not None for row in scenario.transitions.values() for move in row.values()):
        said["rates"] = (
            "all exits of a state compete: together 1 - exp(-sum of rates), shared in proportion"
            if time.exits == "competing"
            else "exponential of the whole rate matrix"
        )
    return said


def _years(years: Fraction) -> str:
    return f"{plain(float(years))} year{'' if years == 1 else 's'}"


def _discounting(scenario: Scenario) -> dict[str, str]:
    time = scenario.time
    rates = time.discount
    words = f"costs {rates.words('cost')}, health effects {rates.words('qaly')} a year"
    if not _later(scenario):
        return {"discount rates": f"{words}; not used, because everything falls at once"}
    if rates.preset in DISCOUNT_PRESETS:
        words += f" ({rates.preset}: {DISCOUNT_PRESETS[rates.preset].says})"
    said = {"discount rates": words}
    if rates.highest("cost") or rates.highest("qaly"):
        said["discounting"] = DISCOUNTING[time.discounting]
        said["dating of values"] = TIMING[time.discount_timing]
    return said


def _later(scenario: Scenario) -> bool:
    """Return whether any cost or effect falls later than at the start."""
    dates = [branch.at for node in scenario.tree.values() for branch in node.values()]
    dates += [lump.at for strategy in scenario.strategies.values() for lump in strategy.one_off]
    return bool(scenario.states) or any(date is not None for date in dates)


def _central(scenario: Scenario) -> str:
    """Return which lognormal inputs use their median, and which their mean."""
    groups: dict[str, list[str]] = {"median": [], "mean": []}
    for name, distribution in scenario.distributions.items():
        if distribution.key == "lognormal":
            base, mean = distribution.base, distribution.mean
            groups["mean" if base == mean else "median"].append(name)
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in groups.items() if names)
