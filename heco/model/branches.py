"""The people of each branch at the top of the tree: what happens to them along the pathway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.model.graph import Node
from heco.model.groups import shares
from heco.model.model import Model
from heco.model.names import Scope
from heco.model.program import Program
from heco.model.tree import Pathway, follow, probabilities
from heco.outcomes import Array
from heco.sampling import Draws


@dataclass(frozen=True)
class Followed:
    """The people of one branch.

    Parameters
    ----------
    share : ndarray, shape (draw,)
        Their share of everybody.
    counted : mapping of str to ndarray, shape (draw,)
        Of everybody, those in this branch who are counted under a name further on.
    """

    share: Array
    counted: dict[str, Array]


def first_branches(model: Model, draws: Draws, strategy: str) -> dict[str, Followed]:
    """Return who is counted in each branch of the chance node at which a strategy enters.

    Parameters
    ----------
    model : Model
        The model.
    draws : Draws
        Rows of parameters.
    strategy : str
        A strategy that enters the tree.

    Returns
    -------
    dict of str to Followed
        By branch, in the author's order; over the branches everything adds up to the whole.
    """
    if model.scenario.groups:
        return _over_groups(model, draws, strategy)
    plan = model.plan(draws)
    names, tree = plan.names, model.scenario.tree
    scope = next(item.scope for item in plan.strategies if item.name == strategy)
    root = model.scenario.strategies[strategy].enters
    row = tree[root]
    chances = probabilities(names, row, scope, f"tree.{root}", Pathway())
    nodes: dict[tuple[str, str], Node] = {}
    for key, branch in row.items():
        nodes[key, ""] = chances[key]
        within = Scope(branch.set, scope) if branch.set else scope
        beyond = follow(names, tree, branch.to, within) if branch.to in tree else Pathway()
        for name, reached in beyond.shares.items():
            total = names.graph.total(reached)
            nodes[key, name] = names.graph.call("mul", chances[key], total)
        # Who is counted at once is counted once.
        nodes.update({(key, name): chances[key] for name in branch.count})
    program = Program(names.graph, list(nodes.values()), model._lookups())
    with np.errstate(all="ignore"):
        values, _ = program.start(dict(zip(draws.names, draws.values, strict=True)))
    found = {
        at: np.array(np.broadcast_to(values[node.index], (draws.n,)), dtype=float)
        for at, node in nodes.items()
    }
    return {
        key: Followed(
            found[key, ""],
            {name: value for (branch, name), value in found.items() if branch == key and name},
        )
        for key in row
    }


def _over_groups(model: Model, draws: Draws, strategy: str) -> dict[str, Followed]:
    share = shares(model, draws)
    parts = {name: first_branches(part, draws, strategy) for name, part in model.groups.items()}
    found: dict[str, Followed] = {}
    for key in next(iter(parts.values())):
        people = sum((share[name] * part[key].share for name, part in parts.items()), 0.0)
        counted: dict[str, Array] = {}
        for name, part in parts.items():
            for word, value in part[key].counted.items():
                counted[word] = counted.get(word, np.zeros(draws.n)) + share[name] * value
        found[key] = Followed(np.asarray(people), counted)
    return found
