"""Groups: shares that add up, parameters that can be set, nothing asked of one for all."""

from __future__ import annotations

from collections.abc import Iterable

from heco.errors import did_you_mean
from heco.scenario.checks.parameters import limits
from heco.scenario.checks.rows import adds_to_one
from heco.scenario.draft import Draft
from heco.scenario.expressions import Number, names
from heco.scenario.places import Finding, Findings
from heco.scenario.uses import uses


def groups_share_everybody(draft: Draft) -> Findings:
    """See that the groups share everybody among them."""
    row = {name: group.share for name, group in draft.groups.items()}
    yield from adds_to_one(row, ("groups",), draft.intact("groups"))


def groups_set_parameters(draft: Draft) -> Findings:
    """See that what a group sets is a parameter with one value, and can be what it says."""
    known = draft.known("parameters")
    for name, group in draft.groups.items():
        for target, formula in group.set.items():
            place = ("groups", name, "set", target)
            parameter = draft.parameters.get(target)
            if target in draft.components:
                what = f'"{target}" has several components and cannot be set'
                yield Finding(place, what, "Set a parameter that is derived from it by expr.")
            elif target not in known:
                what = f'there is no parameter "{target}" to set'
                yield Finding(place, what, did_you_mean(target, known))
            elif parameter is not None and isinstance(formula, Number):
                low, high = limits(parameter)
                if not low <= formula.value <= high:
                    what = f"{formula.value:g} lies outside of what can be, {low:g} to {high:g}"
                    yield Finding(place, what)


def groups_begin_before_the_end(draft: Draft) -> Findings:
    """See that every group begins its lifetime before it ends."""
    for name, group in draft.groups.items():
        late = group.start_age is not None and group.start_age >= draft.time.end_age
        if late and draft.time.horizon == "lifetime":
            yield Finding(
                ("groups", name, "start_age"),
                f"start_age ({group.start_age:g}) is not below end_age ({draft.time.end_age:g})",
            )
        if group.start_age is not None and draft.time.start_age is None:
            yield Finding(
                ("groups", name, "start_age"),
                "the group has an age, but [time] does not give start_age",
                "Write start_age = ... under [time], for whatever is about everybody.",
            )
            return


def _touched(draft: Draft) -> set[str]:
    """Return the parameters that differ between groups, themselves or by what they come from."""
    found = {target for group in draft.groups.values() for target in group.set}
    if any(group.start_age is not None for group in draft.groups.values()):
        found.add("age")
    more = True
    while more:
        more = False
        for name, parameter in draft.parameters.items():
            needs: Iterable[str] = names(parameter.expr) if parameter.expr is not None else ()
            if parameter.table is not None:
                needs = (parameter.table.by,)
            if name not in found and found & {need.partition(".")[0] for need in needs}:
                found.add(name)
                more = True
    return found


def everybody_is_asked_about_alike(draft: Draft) -> Findings:
    """See that formulas about everybody do not use what differs between groups."""
    if not draft.groups:
        return
    touched = _touched(draft)
    for use in uses(draft):
        whole = use.measure or use.place[:2] == ("population", "size")
        share = use.place[0] == "groups" and use.place[-1] == "share"
        if not (whole or share or use.place[0] == "study"):
            continue
        if use.place[:2] == ("checks", "same_across_strategies"):
            continue  # held in every group by itself
        different = sorted(touched & {name.partition(".")[0] for name in use.names})
        if different:
            yield Finding(
                use.place,
                f'"{different[0]}" differs between groups, and this is about everybody',
                "Use outcomes, such as costs and counts, which are means over the groups.",
            )


def groups_go_with_what_is_asked(draft: Draft) -> Findings:
    """See that nothing is asked that is about people of one age or one sort only."""
    if not draft.groups or not draft.known("groups"):
        return
    aged = any(group.start_age is not None for group in draft.groups.values())
    if aged and draft.analysis.severity is not None and draft.analysis.severity.age is None:
        what = "severity is about people of one age, and the groups have several"
        yield Finding(("analysis", "severity"), what, "Give age and qalys under severity.")
    for name, parameter in draft.parameters.items():
        table = parameter.table
        if aged and table is not None and table.mix and table.mix_by == "survivors":
            what = "the mix follows survivors from one age, and the groups start at several"
            yield Finding(
                ("parameters", name, "table", "mix_by"), what, 'Make sexes groups, or mix "fixed".'
            )


RULES = (
    groups_share_everybody,
    groups_set_parameters,
    groups_begin_before_the_end,
    everybody_is_asked_about_alike,
    groups_go_with_what_is_asked,
)
