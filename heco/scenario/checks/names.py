"""Names that can be told apart: from numbers, from functions, from each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from heco.scenario.draft import Draft
from heco.scenario.expressions import RESERVED
from heco.scenario.places import NAMED, NESTED, Finding, Findings
from heco.scenario.toml_positions import Place

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 80

#: Outcomes that formulas of [measures] may use by these names.
OUTCOMES = (
    "cost",
    "qaly",
    "life_years",
    "cost_undiscounted",
    "qaly_undiscounted",
    "life_years_undiscounted",
    "population",
    "spend",
)
#: Families of outcomes: ``cost.drug``, ``share.treated``, ``life_years.ill``.
OUTCOME_FAMILIES = (
    "cost", "spend", "share", "count", "life_years", "life_years_undiscounted",
)  # fmt: skip


def _named(draft: Draft) -> Iterator[Place]:
    for section in NAMED + NESTED:
        for name in draft.known(section):
            yield section, name
    for node, branches in draft.tree.items():
        for key in branches:
            yield "tree", node, key


def can_be_read(draft: Draft) -> Findings:
    """See that names consist of letters, digits and _, and do not begin with a digit."""
    for place in _named(draft):
        yield from _spelling(place[-1], place)
    for place, name in _labels(draft):
        yield from _spelling(name, place)


def _spelling(name: str, place: Place) -> Findings:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST or name.startswith("__"):
        shown = name if len(name) <= 40 else name[:37] + "..."
        better = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")[:_LONGEST]
        better = better if better[:1].isalpha() else ""
        yield Finding(
            place,
            f'"{shown}" cannot be a name: letters, digits and _ make a name, a letter begins it',
            f"Try {better}." if better else "",
        )


def _labels(draft: Draft) -> Iterator[tuple[Place, str]]:
    """Yield the cost categories and counts, which formulas of [measures] call by name."""
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            place: Place = ("tree", node, key)
            yield from (((*place, "count"), name) for name in branch.count)
            yield from (((*place, "cost", name), name) for name in branch.cost if name)
    for state_name, state in draft.states.items():
        place = ("states", state_name)
        yield from (((*place, "cost", name), name) for name in state.cost if name)
        counts = state.on_entry.count if state.on_entry else ()
        yield from (((*place, "on_entry", "count"), name) for name in counts)
        entry = state.on_entry.cost if state.on_entry else {}
        yield from (((*place, "on_entry", "cost", name), name) for name in entry if name)
    for source, row in draft.transitions.items():
        for target, move in row.items():
            place = ("transitions", source, target)
            yield from (((*place, "count"), name) for name in move.count)
            yield from (((*place, "cost", name), name) for name in move.cost if name)
    for name, strategy in draft.strategies.items():
        for number, one_off in enumerate(strategy.one_off):
            place = ("strategies", name, "one_off", str(number), "cost")
            yield from (((*place, label), label) for label in one_off.cost if label)


def mean_nothing_else(draft: Draft) -> Findings:
    """See that names are not words that formulas and rows already know."""
    for place in _named(draft):
        name = place[-1]
        if name in RESERVED:
            yield Finding(
                place,
                f'"{name}" already means something in formulas, so it cannot be a name',
                f"Try {name}_1, or say more: what {name} is it?",
            )
        elif place[0] == "parameters" and name in (*OUTCOMES, *OUTCOME_FAMILIES):
            yield Finding(
                place,
                f'"{name}" means an outcome in [measures], so it cannot be a parameter',
                f"Say more: c_{name}, n_{name}, {name}_per_person?",
            )


RULES = (can_be_read, mean_nothing_else)
