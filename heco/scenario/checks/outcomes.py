"""What formulas over outcomes speak of: categories, counts and states that are there."""

from __future__ import annotations

from heco.errors import did_you_mean
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.uses import Use, uses

_OF_THE_WHOLE_COHORT = ("population", "spend", "count")


def outcomes_exist(draft: Draft) -> Findings:
    """See that categories and counts that measures speak of are declared somewhere."""
    counted = counted_in_the_tree(draft) | counted_in_the_cohort(draft)
    spent = categories(draft)
    all_counts = all(map(draft.intact, ("tree", "states", "transitions")))
    all_costs = all_counts and draft.intact("strategies")
    for use in uses(draft):
        for name in sorted(use.names) if use.measure else ():
            family, dot, label = name.partition(".")
            if not dot:
                continue
            if family in ("share", "count") and label not in counted and all_counts:
                hint = did_you_mean(label, counted)
                hint = hint or f'Write count = "{label}" on the branches or moves that count.'
                yield Finding(use.place, f'nobody is counted as "{label}"', hint)
            elif family in ("cost", "spend") and label not in spent and all_costs:
                what = f'no cost has the category "{label}"'
                yield Finding(use.place, what, did_you_mean(label, spent))
            elif family.startswith("life_years") and draft.intact("states"):
                yield from _time_in(draft, use, label)


def _time_in(draft: Draft, use: Use, label: str) -> Findings:
    state = draft.states.get(label)
    if state is None:
        yield Finding(use.place, f'there is no state "{label}"', did_you_mean(label, draft.states))
        return
    lived = not (state.absorbing and state.utility is None and not state.cost)
    if not (lived if state.alive is None else state.alive):
        hint = "Time there counts as life years with alive = true."
        yield Finding(use.place, f'nobody lives in "{label}", so it has no life years', hint)


def counted_in_the_tree(draft: Draft) -> set[str]:
    """Return the names under which branches of the tree count people."""
    return {name for row in draft.tree.values() for b in row.values() for name in b.count}


def counted_in_the_cohort(draft: Draft) -> set[str]:
    """Return the names under which moves and arrivals are counted."""
    found = {n for row in draft.transitions.values() for move in row.values() for n in move.count}
    entries = [state.on_entry for state in draft.states.values() if state.on_entry is not None]
    return found | {name for entry in entries for name in entry.count}


def everybody_is_counted(draft: Draft) -> Findings:
    """See that what is about the whole cohort knows how many people that is."""
    if draft.population.size is not None or not draft.intact("population", "size"):
        return
    for use in uses(draft):
        whole = [n for n in sorted(use.names) if n.partition(".")[0] in _OF_THE_WHOLE_COHORT]
        if use.measure and whole:
            yield Finding(
                use.place,
                f'"{whole[0]}" is about everybody, but [population] does not give size',
                "Write size = ... under [population].",
            )


def categories(draft: Draft) -> set[str]:
    """Return every category of cost; plain costs are named by what they are attached to."""
    found: set[str] = set()
    for row in draft.tree.values():
        found |= {label or "pathway" for branch in row.values() for label in branch.cost}
    for state in draft.states.values():
        found |= {label or "states" for label in state.cost}
        found |= {label or "arrivals" for label in (state.on_entry.cost if state.on_entry else ())}
    for moves in draft.transitions.values():
        found |= {label or "moves" for move in moves.values() for label in move.cost}
    for strategy in draft.strategies.values():
        found |= {label or "one_off" for one_off in strategy.one_off for label in one_off.cost}
    return found


RULES = (outcomes_exist, everybody_is_counted)
