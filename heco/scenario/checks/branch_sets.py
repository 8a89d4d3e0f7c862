"""What branches of the tree set, and the cohort that comes after: the cohort forgets the branch."""

from __future__ import annotations

from heco.scenario.draft import Draft
from heco.scenario.expressions import names
from heco.scenario.places import Finding, Findings
from heco.scenario.uses import uses


def _in_the_cohort(draft: Draft) -> dict[str, str]:
    """Return what rows and values of states rest on, by name, and one place of each."""
    found: dict[str, str] = {}
    for use in uses(draft):
        if use.place[0] in ("states", "transitions"):
            for name in sorted(use.names):
                found.setdefault(name.partition(".")[0], f"[{use.place[0]}.{use.place[1]}]")
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        parameter = draft.parameters.get(name)
        if parameter is None or parameter.expr is None:
            continue
        for inner in sorted(names(parameter.expr)):
            key = inner.partition(".")[0]
            if key not in found:
                found[key] = found[name]
                waiting.append(key)
    return found


def branches_set_what_the_tree_uses(draft: Draft) -> Findings:
    """See that no branch sets what the cohort uses too: there nobody remembers the branch."""
    used = _in_the_cohort(draft)
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            for target in branch.set:
                if target in used:
                    yield Finding(
                        ("tree", node, key, "set", target),
                        f'"{target}" is used in {used[target]} too, where the cohort has one '
                        "value for everybody",
                        "What a branch sets holds in the tree. Lead the branch to a state of its "
                        "own, whose row or values have what it sets; or, if it is about who "
                        "people are, make them [groups].",
                    )


RULES = (branches_set_what_the_tree_uses,)
