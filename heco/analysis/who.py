"""Who is reached, and who is missed: the people counted along the pathway, group by group.

Groups come from two places. Where every strategy enters the tree at one chance node whose branches
describe people (some of them set parameters, and no strategy changes how many take them), those
branches are groups. Where the author names groups with what differs in them, such as fifths by
deprivation, the model is evaluated for each. Base case only: how unsure the numbers are is with
the numbers of all people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis.context import Context
from heco.analysis.sharing import WHERE, each_group
from heco.analysis.who_words import headline
from heco.model.branches import first_branches
from heco.outcomes import Array
from heco.result import Column, Quantity, Result, Table

NAME = "who"
TITLE = "Who is reached, and who is missed?"
PER = 10_000
#: How far groups may be from adding up to everybody, relative to everybody.
ADDS_UP = 1e-6


@dataclass(frozen=True)
class Grouping:
    """People in groups, and how many of each are counted.

    Parameters
    ----------
    name, label : str
        ``groups`` for those that the author names, or the chance node; and in words.
    groups : mapping of str to str
        By name, in words.
    share : ndarray, shape (group,)
        Shares of the people.
    counted : mapping of (strategy, count) to ndarray, shape (group,)
        Of everybody, the share who is in the group and counted.
    """

    name: str
    label: str
    groups: dict[str, str]
    share: Array
    counted: dict[tuple[str, str], Array]


def applies(context: Context) -> bool:
    """Return whether people are counted and come in groups."""
    if context.imported or not context.base.outcomes.shares or not context.scenario.options:
        return False
    return bool(_root(context)) or _named(context)


def run(context: Context) -> Result:
    """Count people by group.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``who``, with the table ``people_by_group``.
    """
    found = [one for one in (_branches(context), _groups(context)) if one is not None]
    return Result(
        NAME, TITLE, tuple(headline(context, found)),
        (_table(context, found),) if found else (),
        tuple(q for one in found for q in _numbers(context, one)),
        tuple(w for one in found for w in _gaps(context, one)),
    )  # fmt: skip


def _root(context: Context) -> str:
    """Return the chance node at which all enter and whose branches differ in more than a name."""
    scenario = context.scenario
    nodes = {strategy.enters for strategy in scenario.strategies.values()}
    if len(nodes) != 1 or not (root := nodes.pop()):
        return ""
    row = scenario.tree[root]
    return root if len(row) > 1 and any(branch.set for branch in row.values()) else ""


def _named(context: Context) -> bool:
    equity = context.scenario.analysis.equity
    return equity is not None and any(group.set for group in equity.groups.values())


def _branches(context: Context) -> Grouping | None:
    """Return the branches of the first chance node as groups, if no strategy changes them."""
    root = _root(context)
    if not root:
        return None
    draws = context.base.draws
    ways = {s: first_branches(context.model, draws, s) for s in context.scenario.strategies}
    usual = ways[context.scenario.comparator]
    share = np.array([float(one.share[0]) for one in usual.values()])
    for way in ways.values():
        if not np.allclose([one.share[0] for one in way.values()], share, rtol=0, atol=1e-12):
            return None  # what a strategy does, and not who people are
    row = context.scenario.tree[root]
    counted = {
        (strategy, name): np.array(
            [float(one.counted[name][0]) if name in one.counted else 0.0 for one in way.values()]
        )
        for strategy, way in ways.items()
        for name in context.base.outcomes.shares
    }
    labels = {key: branch.label or key.replace("_", " ") for key, branch in row.items()}
    return Grouping(root, root.replace("_", " "), labels, share, counted)


def _groups(context: Context) -> Grouping | None:
    """Return the groups that the author names, if they say what differs in them."""
    equity = context.scenario.analysis.equity
    sample = each_group(context, equity) if equity is not None else None
    if equity is None or sample is None:
        return None
    written = {name: group.share for name, group in equity.groups.items()}
    values = context.model.formula_values(context.base.draws, written)
    share = np.array([float(values[name][0]) for name in equity.groups])
    counted = {
        (strategy, name): share * found[i]
        for name, found in sample.outcomes.shares.items()
        for i, strategy in enumerate(sample.outcomes.strategies)
    }
    labels = {name: g.label or name.replace("_", " ") for name, g in equity.groups.items()}
    return Grouping("groups", "group", labels, share, counted)


def _gaps(context: Context, one: Grouping) -> Iterator[str]:
    """Yield where groups do not add up to everybody."""
    outcomes = context.base.outcomes
    for (strategy, name), values in one.counted.items():
        whole = float(outcomes.shares[name][outcomes.index(strategy), 0])
        if abs(float(values.sum()) - whole) > ADDS_UP * max(whole, 1e-12):
            yield (
                f"{WHERE} What the groups set does not add up to everybody: {values.sum():g} of "
                f"all are counted as {name} under {context.label(strategy)} by group, and "
                f"{whole:g} in the model."
            )


def _size(context: Context) -> float | None:
    size = context.base.outcomes.population
    return None if size is None else float(size[0])


def _table(context: Context, found: Sequence[Grouping]) -> Table:
    population = context.scenario.population
    who, size = population.label, _size(context)
    columns = [
        Column("by", "Groups by"), Column("group", "Group name"), Column("group_label", "Group"),
        Column("share", f"Share of all {who}", "percent"), Column("strategy", "Name"),
        Column("label", "Strategy"), Column("count", "Counted"),
        Column("per_10000", f"Per 10,000 {who} of all groups", "count"),
        Column("of_group", f"Of the {who} of the group", "percent"),
        Column("of_counted", "Of all who are counted", "percent"),
    ]  # fmt: skip
    if size is not None:
        columns.append(
            Column("people", f"{who[:1].upper()}{who[1:]} per {population.per}", "count")
        )
    rows = []
    for one in found:
        for (strategy, name), values in one.counted.items():
            total = float(values.sum())
            for k, (group, label) in enumerate(one.groups.items()):
                mine, share = float(values[k]), float(one.share[k])
                row = [
                    one.name, group, label, share, strategy, context.label(strategy), name,
                    PER * mine, mine / share if share else None, mine / total if total else None,
                ]  # fmt: skip
                rows.append((*row, mine * size) if size is not None else tuple(row))
    note = "Base case. The groups of a row add up to all who are counted."
    title = "Who passes each counted branch, by group"
    return Table("people_by_group", title, tuple(columns), tuple(rows), (note,))


def _numbers(context: Context, one: Grouping) -> Iterator[Quantity]:
    population, size = context.scenario.population, _size(context)
    for (strategy, name), values in one.counted.items():
        for k, group in enumerate(one.groups):
            subject = f"{name}/{group}"
            what: dict[str, Any] = {
                "strategy": strategy, "subject": subject, "basis": "deterministic",
            }  # fmt: skip
            unit = f"share of {population.label}"
            yield Quantity("group_share", float(values[k]), unit=unit, **what)
            if size is not None:
                unit = f"{population.label} per {population.per}"
                yield Quantity("group_count", float(values[k]) * size, unit=unit, **what)
