"""What a strategy does to the budget, year by year.

Never discounted: a budget holder pays in the year in which the bill comes. Each year a new cohort
enters, and each cohort goes on costing what the model says; the difference to a future without
the strategy is what it adds. Money that is really paid or saved is kept apart from staff and space
that is used or set free, and staff are counted against those there are.

Sources: Sullivan et al. 2014, Value in Health 17:5-14 (ISPOR); NICE, Assessing resource impact
process manual.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from heco.analysis import budget_tables
from heco.analysis.basis import bases
from heco.analysis.budget_tables import YearRow
from heco.analysis.budget_words import headline, price_year, warnings
from heco.analysis.context import Context
from heco.analysis.impact import Impact, band, impacts
from heco.analysis.spending import break_even, total
from heco.outcomes import Array
from heco.result import Quantity, Result

NAME = "budget"
TITLE = "What does it do to the budget?"
PER = 100_000


def applies(context: Context) -> bool:
    """Return whether the author asks, and there is a strategy to pay for."""
    asked = context.scenario.analysis.budget is not None
    return asked and bool(context.scenario.options) and not context.imported


def run(context: Context) -> Result:
    """Work out the budget of every strategy.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``budget``, with the tables ``budget``, ``budget_lines``, ``budget_payers`` and
        ``budget_summary``, and ``budget_staff`` where there are staff.
    """
    ways = {basis.name: impacts(context, basis) for basis in bases(context)}
    base, draws = ways["deterministic"], ways.get("probabilistic", {})
    quantities = [
        q for way in ways.values() for impact in way.values() for q in _numbers(context, impact)
    ]
    years = [row for o in base for row in _years(base[o], draws.get(o))]
    totals = [row for o in base for row in _summary(base[o], draws.get(o))]
    lines = {option: impact.whole.lines for option, impact in base.items()}
    tables = [
        budget_tables.years(context, years),
        budget_tables.lines(context, lines),
        budget_tables.payers(context, lines),
        budget_tables.summary(context, totals),
    ]
    if base[context.scenario.option].work:
        tables.append(
            budget_tables.staff(
                context, {o: (base[o].work, _work(draws.get(o))) for o in base}
            )
        )  # fmt: skip
    priced = price_year(context)
    return Result(
        NAME, TITLE, tuple(headline(context, base, draws)), tuple(tables), tuple(quantities),
        tuple(warnings(context, base)),
        settings={
            "budget": "undiscounted; entrants of a year cost in that year what the model says for "
            "its first year, and so on",
            "budget prices": priced or "price year not stated",
        },
        data={"price_year": priced},
    )  # fmt: skip


def _numbers(context: Context, impact: Impact) -> Iterator[Quantity]:
    """Yield the rows of results.csv."""
    about: dict[str, Any] = {"strategy": impact.option, "comparator": context.scenario.comparator}
    basis, whole = impact.basis, impact.whole
    lines = whole.lines
    each = f"{context.currency} per year"

    def yearly(name: str, values: Array, unit: str, of: str = "") -> Iterator[Quantity]:
        for year, row in enumerate(values, start=1):
            subject = f"{of}@{year}" if of else str(year)
            yield basis.quantity(name, row, subject=subject, unit=unit, **about)

    yield from yearly("budget_net", whole.net, each)
    yield from yearly("budget_cumulative", whole.cumulative, context.currency)
    yield from yearly("budget_with", total(lines, "with_option"), each)
    yield from yearly("budget_without", total(lines, "without"), each)
    for name, other in (("low", whole.low), ("high", whole.high)):
        if other:
            yield from yearly(f"budget_net_{name}_uptake", total(other), each)
    if impact.area is not None and (impact.area > 0).all():
        yield from yearly("budget_net_per_100000", PER * whole.net / impact.area, each)
    for payer, money in dict.fromkeys((line.payer, line.money) for line in lines if line.payer):
        who = f"{payer}/{money}" if money else payer
        yield from yearly("budget_payer", total(lines, payer=payer, money=money), each, who)
    for part in impact.parts:
        if part.money:
            yield from yearly(f"budget_{part.money}", part.net, each)
    year = break_even(impact.parts[0].cumulative.mean(axis=-1))
    yield Quantity(
        "break_even_year", None if year is None else float(year),
        unit="year" if year else "none", basis=basis.name, **about,
    )  # fmt: skip
    yield from _staff_numbers(impact, yearly)


def _staff_numbers(impact: Impact, yearly: Any) -> Iterator[Quantity]:
    for work in impact.work:
        unit = "whole-time equivalents"
        yield from yearly("wte", work.wte, unit, work.role)
        yield from yearly("wte_extra", work.wte - work.wte_without, unit, work.role)
        if work.waiting is not None:
            yield from yearly("waiting", work.waiting, "people at the end of the year", work.role)


def _years(base: Impact, draws: Impact | None) -> Iterator[YearRow]:
    area = float(base.area[0]) if base.area is not None else 0.0
    for k, part in enumerate(base.parts):
        spread = draws.parts[k] if draws else None
        on, off = (total(part.lines, side)[:, 0] for side in ("with_option", "without"))
        low, high = (total(other)[:, 0] if other else None for other in (part.low, part.high))
        for year in range(len(part.net)):
            net = float(part.net[year, 0])
            yield YearRow(
                base.option, part.money, year + 1, float(base.entrants[year, 0]),
                float(base.taken[year, 0]), float(on[year]), float(off[year]), net,
                band(spread.net[year] if spread else None), float(part.cumulative[year, 0]),
                band(spread.cumulative[year] if spread else None),
                None if low is None else float(low[year]),
                None if high is None else float(high[year]),
                PER * net / area if area > 0 else None,
            )  # fmt: skip


def _summary(base: Impact, draws: Impact | None) -> Iterator[tuple[Any, ...]]:
    area = float(base.area[0]) if base.area is not None else 0.0
    kinds = ("set-up", "recurrent", "people")
    for k, part in enumerate(base.parts):
        net, cumulative = part.net[:, 0], part.cumulative[:, 0]
        peak = int(np.argmax(net)) if net.any() else 0
        year = break_even(cumulative)
        yield (
            base.option, part.money, float(cumulative[-1]),
            *band(draws.parts[k].cumulative[-1] if draws else None),
            *(float(total(o)[:, 0].sum()) if o else None for o in (part.low, part.high)),
            *(float(total(part.lines, kind=kind)[:, 0].sum()) for kind in kinds),
            peak + 1, float(net[peak]), "" if k else "none" if year is None else str(year),
            PER * float(cumulative[-1]) / area if area > 0 else None,
        )  # fmt: skip


def _work(draws: Impact | None) -> dict[str, list[tuple[float | None, ...]]]:
    """Return the band of the staff needed in each year, by role."""
    if draws is None:
        return {}
    return {work.role: [band(row) for row in work.wte] for work in draws.work}
