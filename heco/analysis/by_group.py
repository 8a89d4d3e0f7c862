"""Whether the answer differs between groups of people.

Each group that the author names is run by itself (`heco.model.groups`); what is reported of
everybody is the mean of the groups, so the groups here add up to the answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from heco.analysis.basis import Basis, bases, heading
from heco.analysis.context import Context, Sample, increments
from heco.analysis.frontier import ratio
from heco.analysis.wording import inside, listing, money
from heco.model.groups import by_group, shares
from heco.outcomes import Array
from heco.result import Column, Quantity, Result, Table

NAME = "by_group"
TITLE = "Does the answer differ between groups?"


def applies(context: Context) -> bool:
    """Return whether the scenario has groups."""
    return bool(context.scenario.groups) and not context.imported


def run(context: Context) -> Result:
    """Work out costs, effects and net benefit of every strategy in every group.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``by_group``, with a table of the same name.
    """
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline: list[str] = []
    for number, basis in enumerate(bases(context)):
        draws = basis.sample.draws
        share = shares(context.model, draws)
        parts = by_group(context.model, draws)
        samples = {name: Sample(draws, outcomes) for name, outcomes in parts.items()}
        for name, sample in samples.items():
            made, more = _group(context, basis, name, share[name], sample)
            rows += made
            quantities += more
        if number == 0:
            headline = _sentences(context, samples)
    return Result(NAME, TITLE, tuple(headline), (_table(context, rows),), tuple(quantities))


def label(context: Context, name: str) -> str:
    """Return a group in words."""
    return context.scenario.groups[name].label or name.replace("_", " ")


def _group(
    context: Context, basis: Basis, name: str, share: Array, sample: Sample
) -> tuple[list[tuple[Any, ...]], list[Quantity]]:
    scenario, outcomes = context.scenario, sample.outcomes
    word = "qaly" if context.effect == "qaly" else "life_years"
    each, unit = f"{context.currency} per person", f"{context.unit}s per person"
    people = basis.quantity("group_share", share, subject=name, unit="share of people")
    rows: list[tuple[Any, ...]] = []
    found = [people]
    for i, strategy in enumerate(outcomes.strategies):
        what: dict[str, Any] = {"strategy": strategy, "subject": name}
        cost = basis.quantity("group_cost", outcomes.cost[i], unit=each, **what)
        effect = basis.quantity(
            f"group_{word}", outcomes.effect(context.effect)[i], unit=unit, **what
        )
        found += [cost, effect]
        front = (name, label(context, name), people.value, strategy, context.label(strategy))
        totals = (basis.name, cost.value, effect.value)
        if strategy == scenario.comparator:
            rows.append((*front, "", *totals, *[None] * 7))
            continue
        what["comparator"] = scenario.comparator
        pair = increments(sample, context.effect, strategy, scenario.comparator)
        dearer, better = (float(part.mean()) for part in pair)
        found.append(basis.quantity("group_incremental_cost", pair[0], unit=each, **what))
        found.append(basis.quantity(f"group_incremental_{word}", pair[1], unit=unit, **what))
        per = None if context.cost_only else ratio(dearer, better)
        if per is not None:
            about = f"{context.currency} per {context.unit}"
            found.append(Quantity("group_icer", per, unit=about, basis=basis.name, **what))
        for wtp in context.wtp or (None,):
            limits: tuple[float | None, ...] = (None, None, None)
            if wtp is not None:
                benefit = wtp * pair[1] - pair[0]
                gain = basis.quantity("group_inmb", benefit, unit=each, wtp=wtp, **what)
                found.append(gain)
                limits = (gain.value, gain.lower, gain.upper)
            rows.append((*front, scenario.comparator, *totals, dearer, better, per, wtp, *limits))
    return rows, found


def _table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    unit = context.unit
    columns = (
        Column("group", "Name"), Column("group_label", "Group"), Column("share", "Share", "share"),
        Column("strategy", "Name of strategy"), Column("label", "Strategy"),
        Column("comparator", "Compared with"), Column("basis", "Basis"),
        Column("cost", "Cost", "pence"), Column("effect", heading(unit), "qaly"),
        Column("incremental_cost", "Extra cost", "pence"),
        Column("incremental_effect", f"Extra {unit}s", "qaly"),
        Column("icer", f"Cost per {unit} gained", "money"),
        Column("wtp", f"Willingness to pay per {unit}", "money"),
        Column("inmb", "Incremental net monetary benefit", "pence"),
        Column("inmb_lower", "95% from", "pence"), Column("inmb_upper", "to", "pence"),
    )  # fmt: skip
    notes = ("Per person of the group. Weighted by their shares, groups add up to everybody.",)
    return Table(NAME, "Results by group", columns, tuple(rows), notes)


def _sentences(context: Context, samples: dict[str, Sample]) -> list[str]:
    """Say for each option in which groups it is worth its cost."""
    if not context.wtp:
        return []
    wtp, said = context.wtp[0], []
    for option in context.scenario.options:
        good: list[str] = []
        bad: list[str] = []
        for name, sample in samples.items():
            cost, effect = increments(sample, context.effect, option, context.scenario.comparator)
            benefit = float(np.mean(wtp * effect - cost))
            (good if benefit > 0 else bad).append(inside(label(context, name)))
        at = f"at {money(wtp, context.currency)} per {context.unit}"
        who = context.label(option)
        if good and bad:
            said.append(
                f"{who} is worth its cost {at} for {listing(good)}, not for {listing(bad)}."
            )
        else:
            where = "in every group" if good else "in no group"
            said.append(f"{who} is worth its cost {where} {at}.")
    return said
