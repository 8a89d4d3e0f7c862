"""The tree: branches that lead somewhere, shares that add up, no way round in a circle."""

from __future__ import annotations

from heco.errors import did_you_mean
from heco.scenario.checks.rows import adds_to_one
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings


def branches_lead_somewhere(draft: Draft) -> Findings:
    """See that a branch goes on to a chance node or ends in a state; names do not mean both."""
    nodes, states = draft.known("tree"), draft.known("states")
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            place = ("tree", node, key, "to")
            if branch.to in nodes and branch.to in states:
                yield Finding(
                    place,
                    f'"{branch.to}" is both a chance node and a state',
                    "Rename one of them.",
                )
            elif branch.to and branch.to not in nodes and branch.to not in states:
                what = f'there is no chance node or state "{branch.to}"'
                yield Finding(place, what, did_you_mean(branch.to, [*nodes, *states]))
            elif not branch.to and states:
                yield Finding(
                    ("tree", node, key),
                    "the branch ends here, but the people need a state to go on in",
                    'Write to = "STATE".',
                )


def nodes_have_branches(draft: Draft) -> Findings:
    """See that every chance node has branches."""
    for node, branches in draft.tree.items():
        if not branches and draft.intact("tree", node):
            yield Finding(
                ("tree", node),
                "the chance node has no branches",
                f"Write them below [tree.{node}]: yes = {{p = 0.5, to = ...}}.",
            )


def shares_add_to_one(draft: Draft) -> Findings:
    """See that the branches of a node share everybody among them."""
    for node, branches in draft.tree.items():
        row = {key: branch.p for key, branch in branches.items()}
        yield from adds_to_one(row, ("tree", node), draft.intact("tree", node))


def no_circles(draft: Draft) -> Findings:
    """See that nobody passes the same chance node twice."""
    finished: set[str] = set()
    for start in draft.tree:
        way: dict[str, None] = {}  # in the order of the way
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                finished.add(way.popitem()[0])
                continue
            if node in way:
                circle = [*list(way)[list(way).index(node) :], node]
                yield Finding(
                    ("tree", next(reversed(way))),
                    f"the tree goes round in a circle: {' -> '.join(circle)}",
                    "What repeats itself is better written as states and transitions.",
                )
                continue
            if node in finished or node not in draft.tree:
                continue
            way[node] = None
            waiting.append((node, True))
            waiting += [
                (branch.to, False)
                for branch in draft.tree[node].values()
                if branch.to not in draft.states  # a name of both is reported as such
            ]


def nodes_are_reached(draft: Draft) -> Findings:
    """See that somebody comes to every chance node (a warning)."""
    reached: set[str] = set()
    waiting = [strategy.enters for strategy in draft.strategies.values()]
    while waiting:
        node = waiting.pop()
        if node in draft.tree and node not in reached:
            reached.add(node)
            waiting += [branch.to for branch in draft.tree[node].values()]
    for node in draft.tree:
        if node not in reached:
            yield Finding(("tree", node), "nobody comes to this chance node", warning=True)


RULES = (
    branches_lead_somewhere,
    nodes_have_branches,
    shares_add_to_one,
    no_circles,
    nodes_are_reached,
)
