"""The decision tree: roll the pathway forward from its first chance node to its leaves.

Every path is followed once. Along it the probability is the product of its branches; what a
branch costs is weighted by the probability of reaching it and discounted by its date; branches
that are counted add their probability to their names, each name at most once along a path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from heco.errors import refuse
from heco.model.graph import Node
from heco.model.names import ENTRY, Names, Scope
from heco.scenario.schema_structure import Branch

#: More paths than this is a model that should be a cohort model.
MAX_PATHS = 50_000


@dataclass(frozen=True)
class Amount:
    """Something paid, or gained, once per person.

    Parameters
    ----------
    outcome : str
        ``cost`` or ``qaly``.
    category : str
        Cost category; empty for QALYs.
    node : Node
        Amount per person of the cohort, undiscounted.
    years : float
        When, from the decision. [years]
    where : str
        The place in the scenario.
    """

    outcome: str
    category: str
    node: Node
    years: float
    where: str


@dataclass(frozen=True)
class Guard:
    """A value that must stay in its domain: at least low, at most high.

    Parameters
    ----------
    where, what : str
        The place in the scenario, and the rule in words.
    node : Node
        The value.
    low, high : float
        Its bounds; a rounding error of 1e-12 is allowed.
    strict : bool
        Whether a value that is not defined is wrong. A parameter may be undefined where nothing
        needs it (``where`` takes the other branch); whoever needs it, is told.
    kept : bool
        Whether what is out of bounds is only reported: the author wants it kept.
    """

    where: str
    what: str
    node: Node
    low: float = float("-inf")
    high: float = float("inf")
    strict: bool = True
    kept: bool = False


#: By node and parameter, and by the indices of both nodes: value outside, average of branches.
Averages = dict[tuple[str, str], dict[tuple[int, int], tuple[Node, Node]]]


@dataclass
class Pathway:
    """What the tree says, as nodes; filled while the paths are followed."""

    entry: dict[str, Node] = field(default_factory=dict)
    ends: list[Node] = field(default_factory=list)
    amounts: list[Amount] = field(default_factory=list)
    shares: dict[str, list[Node]] = field(default_factory=dict)
    guards: dict[int, Guard] = field(default_factory=dict)
    averages: Averages = field(default_factory=dict)
    paths: int = 0


def probabilities(
    names: Names, row: Mapping[str, Any], scope: Scope, place: str, path: Pathway
) -> dict[str, Node]:
    """Return the probability of each branch, "rest" worked out, every one guarded."""
    graph = names.graph
    nodes: dict[str, Node] = {}
    rest = ""
    for key, branch in row.items():
        if branch.p == "rest":
            rest = key
        else:
            nodes[key] = names.node(branch.p, scope, ENTRY)
    total = graph.total(list(nodes.values()))
    for key, node in nodes.items():
        where = f"[{place}] {key}"
        path.guards[node.index] = Guard(where, "a probability must lie in [0, 1]", node, 0.0, 1.0)
    if rest:
        nodes[rest] = graph.call("sub", graph.const(1.0), total)
        path.guards[nodes[rest].index] = Guard(
            f"[{place}] {rest}",
            'the other branches add to more than 1; nothing is left for "rest"',
            nodes[rest],
            0.0,
        )
    else:
        gap = graph.call("sub", total, graph.const(1.0))
        path.guards[gap.index] = Guard(f"[{place}]", "the branches must add to 1", gap, -1e-9, 1e-9)
    return {key: nodes[key] for key in row}


def follow(
    names: Names, tree: Mapping[str, Mapping[str, Branch]], root: str, scope: Scope
) -> Pathway:
    """Follow every path from a chance node.

    Returns
    -------
    Pathway
        Entry share of each state, amounts, counted shares, guards, and, for each parameter that
        must be coherent, at each node whose branches set it, the (value outside, average over the
        branches) that must agree: one pair for every way in which the node can be reached.
    """
    path = Pathway()
    one = names.graph.const(1.0)
    _follow(names, tree, root, scope, one, frozenset(), path)
    return path


def _follow(
    names: Names,
    tree: Mapping[str, Mapping[str, Branch]],
    here: str,
    scope: Scope,
    reached: Node,
    counted: frozenset[str],
    path: Pathway,
) -> None:
    graph = names.graph
    row = tree[here]
    chances = probabilities(names, row, scope, f"tree.{here}", path)
    inner = {key: Scope(branch.set, scope) if branch.set else scope for key, branch in row.items()}
    _averages(names, here, row, chances, scope, inner, path)
    for key, branch in row.items():
        if chances[key].constant == 0.0:
            continue
        mass = graph.call("mul", reached, chances[key])
        within = inner[key]
        years = names.date(branch.at)
        where = f"[tree.{here}] {key}"
        for category, formula in branch.cost.items():
            amount = graph.call("mul", mass, names.node(formula, within, ENTRY))
            path.amounts.append(Amount("cost", category or "pathway", amount, years, where))
        if branch.qaly is not None:
            amount = graph.call("mul", mass, names.node(branch.qaly, within, ENTRY))
            path.amounts.append(Amount("qaly", "", amount, years, where))
        new = frozenset(branch.count) - counted
        for name in sorted(new):
            path.shares.setdefault(name, []).append(mass)
        if branch.to in tree:
            _follow(names, tree, branch.to, within, mass, counted | new, path)
            continue
        path.paths += 1
        if path.paths > MAX_PATHS:
            raise refuse(
                f"the tree has more than {MAX_PATHS:,} paths",
                f"[tree.{here}]",
                "A pathway that repeats itself is better written as states and transitions.",
            )
        path.ends.append(mass)
        if branch.to:
            before = path.entry.get(branch.to)
            path.entry[branch.to] = graph.call("add", before, mass) if before else mass


def _averages(
    names: Names,
    here: str,
    row: Mapping[str, Branch],
    chances: Mapping[str, Node],
    scope: Scope,
    inner: Mapping[str, Scope],
    path: Pathway,
) -> None:
    """Note what the branches' own values average to: the law of total probability.

    A branch that does not set a parameter which another one sets keeps the value outside.
    """
    wanted = set(names.scenario.checks.coherent)
    for name in sorted(wanted & {name for branch in row.values() for name in branch.set}):
        terms = [
            names.graph.call("mul", chances[key], names.name(name, inner[key], ENTRY))
            for key in row
        ]
        outside = names.name(name, scope, ENTRY)
        average = names.graph.total(terms)
        path.averages.setdefault((here, name), {})[outside.index, average.index] = (
            outside,
            average,
        )
