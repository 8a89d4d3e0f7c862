"""Strategies: where their people begin, and what they may change."""

from __future__ import annotations

from collections.abc import Mapping

from heco.errors import did_you_mean
from heco.scenario.checks.rows import adds_to_one
from heco.scenario.draft import Draft
from heco.scenario.expressions import names
from heco.scenario.places import Finding, Findings
from heco.scenario.toml_positions import Place


def there_is_something_to_compare(draft: Draft) -> Findings:
    """See that a decision has at least one strategy."""
    if not draft.known("strategies"):
        yield Finding(
            ("strategies",),
            "there are no strategies; a decision needs something to decide between",
            "Write [strategies.NAME] for each way to act, current practice included.",
        )


def people_begin_somewhere(draft: Draft) -> Findings:
    """See that a strategy enters the tree or starts in states, not both."""
    nodes, states = draft.known("tree"), draft.known("states")
    for name, strategy in draft.strategies.items():
        place = ("strategies", name)
        if strategy.enters and strategy.starts:
            yield Finding(
                place,
                "enters and starts are both given; people begin in the tree or in states",
                "Keep one of them.",
            )
        if strategy.enters:
            if strategy.enters not in nodes:
                what = f'there is no chance node "{strategy.enters}"'
                hint = did_you_mean(strategy.enters, nodes)
                if strategy.enters in states:
                    hint = f"It is a state: write starts = {{{strategy.enters} = 1}}."
                yield Finding((*place, "enters"), what, hint)
        elif not strategy.starts and (states or nodes):
            if states and (draft.population.starts or not draft.intact("population", "starts")):
                continue
            if not states and strategy.one_off:
                continue
            options = ['enters = "NODE"'] if nodes else []
            options += ["starts = {STATE = 1}"] if states else []
            yield Finding(
                place, "nothing says where people begin", f"Write {' or '.join(options)}."
            )
        elif not strategy.starts and not strategy.one_off:
            yield Finding(
                place,
                "nothing happens in this strategy: there are no tree, no states and no one_off",
                "Write [tree.NODE], or [states.NAME] and [transitions.NAME].",
            )


def starts_are_states(draft: Draft) -> Findings:
    """See that people start in states, and their shares add to 1."""
    yield from _starts(draft, draft.population.starts, ("population", "starts"))
    for name, strategy in draft.strategies.items():
        yield from _starts(draft, strategy.starts, ("strategies", name, "starts"))


def _starts(draft: Draft, starts: Mapping[str, object], place: Place) -> Findings:
    states = draft.known("states")
    for name in starts:
        if name not in states:
            hint = did_you_mean(name, states)
            yield Finding((*place, name), f'there is no state "{name}" to start in', hint)
    yield from adds_to_one(starts, place)


def set_changes_levers(draft: Draft) -> Findings:
    """See that a strategy sets parameters that are levers; a branch sets parameters."""
    known = draft.known("parameters")
    levers = [name for name, parameter in draft.parameters.items() if parameter.lever]
    for name, strategy in draft.strategies.items():
        for target in strategy.set:
            place = ("strategies", name, "set", target)
            parameter = draft.parameters.get(target)
            if target not in known:
                what = f'there is no parameter "{target}" to set'
                yield Finding(place, what, did_you_mean(target, levers))
            elif parameter is not None and not parameter.lever:
                yield Finding(
                    place,
                    f'"{target}" is no lever, so a strategy cannot set it',
                    f"If the decision itself changes it, write lever = true under "
                    f"[parameters.{target}]. What describes the population is no lever.",
                )
    for node, branches in draft.tree.items():
        for key, branch in branches.items():
            for target in branch.set:
                here = ("tree", node, key, "set", target)
                if target not in known:
                    what = f'there is no parameter "{target}" to set'
                    yield Finding(here, what, did_you_mean(target, known))
                elif target in draft.components:
                    what = f'"{target}" has several components and cannot be set'
                    yield Finding(here, what, "Set a parameter that is derived from it by expr.")


def levers_are_single_numbers(draft: Draft) -> Findings:
    """See that what a strategy can set has one value."""
    for name, parameter in draft.parameters.items():
        if parameter.lever and name in draft.components:
            yield Finding(
                ("parameters", name, "lever"),
                f'"{name}" has several components and cannot be set by a strategy',
                "Make a parameter that is derived from it by expr the lever.",
            )


def the_population_is_given(draft: Draft) -> Findings:
    """See that no strategy changes how many people there are."""
    if draft.population.size is None:
        return
    way: dict[str, tuple[str, ...]] = {name: (name,) for name in names(draft.population.size)}
    waiting = list(way)
    while waiting:
        name = waiting.pop()
        parameter = draft.parameters.get(name)
        if parameter is None:
            continue
        if parameter.lever:
            yield Finding(
                ("population", "size"),
                f"the size depends on a lever ({' -> '.join(way[name])}); "
                "strategies cannot change the population",
                "Count the people whom a strategy reaches by branches of the tree.",
            )
        for inner in names(parameter.expr) if parameter.expr is not None else ():
            if inner not in way:
                way[inner] = (*way[name], inner)
                waiting.append(inner)


def cohort_costs_have_a_cohort(draft: Draft) -> Findings:
    """See that a cost for the whole cohort can be shared out only if its size is known."""
    if draft.population.size is not None or not draft.intact("population", "size"):
        return
    for name, strategy in draft.strategies.items():
        for number, one_off in enumerate(strategy.one_off):
            if one_off.per == "cohort":
                yield Finding(
                    ("strategies", name, "one_off", str(number), "per"),
                    "a cost for the whole cohort needs to know how many people share it",
                    "Write size = ... under [population].",
                )


RULES = (
    there_is_something_to_compare,
    people_begin_somewhere,
    starts_are_states,
    set_changes_levers,
    levers_are_single_numbers,
    the_population_is_given,
    cohort_costs_have_a_cohort,
)
