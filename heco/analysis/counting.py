"""Whether the way of counting people within a cycle moves the answer.

People move between states at any time within a cycle, but a cohort model knows only its
boundaries. The base case is run again under every other way of counting; if any incremental net
monetary benefit moves by more than 1%, or another option becomes the best, the answer is
sensitive to the method and this is said. Counting only at the start or the end of each cycle is
a bound rather than an estimate, so the methods that correct for movement are reported apart.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from heco.analysis.context import Context, increments
from heco.analysis.wording import inside, listing, money, percent
from heco.model import compile_model
from heco.outcomes import Outcomes
from heco.result import Column, Result, Table

NAME = "cycle_counting"
TITLE = "Does the way of counting within a cycle move the answer?"
#: Ways that correct for movement within the cycle, and ways that do not.
CORRECTED, BOUNDS = ("half-cycle", "life-table", "simpson"), ("start", "end")
#: A larger relative change of net benefit is pointed out.
NOTABLE = 0.01


def applies(context: Context) -> bool:
    """Return whether there is a cohort to count, and an option to judge."""
    scenario = context.scenario
    return bool(scenario.states) and bool(scenario.options) and bool(context.wtp)


def run(context: Context) -> Result:
    """Run the base case under every way of counting.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``cycle_counting``, with the table of the same name and a warning if the answer moves.
    """
    columns = (
        Column("counting", "Counting"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("inmb", "Incremental net monetary benefit", "pence"),
        Column("change", "Change", "percent"), Column("best", "Best of all"),
    )  # fmt: skip
    here = in_words(context)
    runs = {f"{here} (as stated)": context.base.outcomes}
    for method in (*CORRECTED, *BOUNDS):
        if method != here:
            runs[method] = outcomes_with(context, method)
    rows = [row for name, outcomes in runs.items() for row in _rows(context, name, outcomes)]
    tables = (Table(NAME, "Net benefit by way of counting", columns, tuple(rows)),)
    return Result(NAME, TITLE, tables=tables, warnings=tuple(_warnings(context, rows)))


def in_words(context: Context) -> str:
    """Return how the scenario counts, in one word where it counts everything alike."""
    ways = context.scenario.time.cycle_counting
    if ways.cost == ways.qaly and ways.life_years in (None, ways.qaly):
        return ways.cost
    return f"cost {ways.cost}, QALYs {ways.qaly}, life years {ways.life_years or ways.qaly}"


def outcomes_with(context: Context, method: str) -> Outcomes:
    """Return the base case under another way of counting.

    Parameters
    ----------
    context : Context
        The run.
    method : str
        A way of counting, for all outcomes.
    """
    time = context.scenario.time
    ways = type(time.cycle_counting)(cost=method, qaly=method)  # type: ignore[arg-type]
    change: dict[str, Any] = {"cycle_counting": ways}
    if method in ("half-cycle", "simpson"):
        change["discount_timing"] = "auto"  # these date every boundary at its own time
    scenario = replace(context.scenario, time=time.model_copy(update=change))
    model = compile_model(scenario)
    return model.evaluate(model.base())


def _rows(context: Context, name: str, outcomes: Outcomes) -> list[tuple[Any, ...]]:
    rows = []
    comparator = context.scenario.comparator
    effects = outcomes.effect(context.effect)[:, 0]
    for option in context.scenario.options:
        cost, effect = increments(context.base, context.effect, option, comparator)
        i, j = outcomes.index(option), outcomes.index(comparator)
        for wtp in context.wtp:
            stated = float((wtp * effect - cost)[0])
            inmb = float(
                wtp * (effects[i] - effects[j]) - (outcomes.cost[i, 0] - outcomes.cost[j, 0])
            )
            benefit = outcomes.net_monetary_benefit(wtp, context.effect)[:, 0]
            best = outcomes.strategies[int(np.argmax(benefit))]
            change = (inmb - stated) / abs(stated) if stated else None
            rows.append((name, option, context.label(option), wtp, inmb, change, best))
    return rows


def _warnings(context: Context, rows: list[tuple[Any, ...]]) -> list[str]:
    stated = {(row[1], row[3]): row for row in rows if row[0].endswith("(as stated)")}
    # Counting at one side only is in the table as a bound: it differs in nearly every model, and a
    # warning that always sounds warns of nothing. It counts if it would change the decision.
    moved = [
        row for row in rows if row[0] in CORRECTED and row[5] is not None and abs(row[5]) > NOTABLE
    ]
    parts = []
    if moved:
        worst = max(moved, key=lambda row: abs(row[5]))
        parts.append(
            f"by up to {percent(abs(worst[5]))} under other methods that correct for movement "
            f"(“{worst[0]}”, {inside(worst[2])} at {money(worst[3], context.currency)})"
        )
    flips = sorted({row[0] for row in rows if row[6] != stated[row[1], row[3]][6]})
    if not parts and not flips:
        return []
    text = "The answer is sensitive to the way of counting within a cycle"
    if parts:
        text += f": incremental net monetary benefit changes {', and '.join(parts)}"
    if flips:
        named = listing(f"“{name}”" for name in flips)
        text += f"; another option is the best if counted by {named}"
    return [f"{text}. A shorter cycle would make the methods agree."]
