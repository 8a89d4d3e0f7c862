"""What is asked: checks, measures and analyses name things that exist."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from heco.errors import did_you_mean
from heco.scenario.checks.parameters import limits
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_analysis import Solve
from heco.scenario.toml_positions import Place

#: Questions about a difference between strategies.
COMPARING = (
    "required_gain", "threshold", "assurance", "tornado", "spider", "two_way", "sensitivity",
    "flip", "budget", "equity",
)  # fmt: skip


def known(place: Place, what: str, name: str, names: Collection[str]) -> Findings:
    """Yield a finding if there is nothing of that name."""
    if name not in names:
        yield Finding(place, f'there is no {what} "{name}"', did_you_mean(name, names))


def checks_name_states(draft: Draft) -> Findings:
    """See that groups of states to compare at entry are groups of states."""
    for number, group in enumerate(draft.checks.same_at_entry):
        place = ("checks", "same_at_entry", str(number))
        if not group:
            yield Finding(place, "the group names no state")
        for at, name in enumerate(group):
            yield from known((*place, str(at)), "state", name, draft.known("states"))


def coherent_parameters_are_set(draft: Draft) -> Findings:
    """See that parameters whose average must be coherent are set by branches."""
    changed = {name for row in draft.tree.values() for b in row.values() for name in b.set}
    for number, name in enumerate(draft.checks.coherent):
        place = ("checks", "coherent", str(number))
        if name not in draft.known("parameters"):
            yield from known(place, "parameter", name, draft.known("parameters"))
        elif name not in changed and draft.intact("tree"):
            yield Finding(
                place,
                f'no branch of the tree sets "{name}", so there is nothing to average',
                did_you_mean(name, changed) if changed else "",
            )


def checks_compare_strategies(draft: Draft) -> Findings:
    """See that a check between strategies has two of them (a warning)."""
    checks = draft.checks
    compared = checks.same_at_entry or checks.same_across_strategies
    if compared and len(draft.known("strategies")) == 1:
        what = "there is one strategy only; it has nothing to agree with"
        yield Finding(("checks",), what, warning=True)


def measures_name_strategies(draft: Draft) -> Findings:
    """See that measures are shown for, and compared with, strategies."""
    strategies = draft.known("strategies")
    for name, measure in draft.measures.items():
        place = ("measures", name)
        for number, strategy in enumerate(measure.strategies):
            yield from known((*place, "strategies", str(number)), "strategy", strategy, strategies)
        if measure.compared_with:
            where = (*place, "compared_with")
            yield from known(where, "strategy", measure.compared_with, strategies)
            if measure.strategies == (measure.compared_with,):
                what = f'"{measure.compared_with}" is compared with itself only'
                yield Finding((*place, "strategies"), what)


def questions_compare(draft: Draft) -> Findings:
    """See that questions about a difference have a strategy to differ from."""
    asked = [name for name in COMPARING if getattr(draft.analysis, name)]
    if asked and len(draft.known("strategies")) == 1:
        yield Finding(
            ("analysis", asked[0]),
            "there is one strategy only; the question needs another to compare it with",
        )


def required_gain_is_about_somebody(draft: Draft) -> Findings:
    """See that readings, labels and notes of a required gain are about the same people."""
    gain = draft.analysis.required_gain
    if gain is None:
        return
    place = ("analysis", "required_gain")
    if not gain.per:
        yield Finding(
            (*place, "per"), "nothing says who the gain is counted per",
            'Write per = {treated = "share.treated"}.',
        )  # fmt: skip
    if gain.utility:
        where = (*place, "utility")
        yield from known(where, "parameter", gain.utility, draft.parameter_names())
    readings = [name for formulas in gain.alternatives.values() for name in formulas]
    people = [*gain.per, *gain.alternatives, *readings]
    for key in ("labels", "notes"):
        for name in getattr(gain, key):
            yield from known((*place, key, name), "reading", name, people)


def thresholds_can_be_sought(draft: Draft) -> Findings:
    """See that a parameter to solve for is a single number with somewhere to look."""
    threshold = draft.analysis.threshold
    if threshold is None:
        return
    place = ("analysis", "threshold", "solve")
    if not threshold.solve:
        yield Finding(place, "nothing says which parameter to solve for")
    yield from solved_for(draft, threshold.solve, place)


def solved_for(draft: Draft, solve: Sequence[Solve], place: Place) -> Findings:
    """Yield what is wrong with parameters that are solved for, each of them once."""
    seen: set[str] = set()
    for number, one in enumerate(solve):
        here = (*place, str(number))
        if one.parameter in seen:
            yield Finding(here, f'"{one.parameter}" is named twice')
        seen.add(one.parameter)
        yield from single_number(draft, one.parameter, one.low, one.high, here)


def single_number(
    draft: Draft, name: str, low: float | None, high: float | None, here: Place
) -> Findings:
    """Yield what is wrong with a parameter that is to move alone between two ends."""
    if name in draft.components:
        yield Finding(
            here,
            f'"{name}" has several components that depend on each other; '
            "one of them cannot be moved alone",
        )
        return
    if name not in draft.known("parameters"):
        yield from known(here, "parameter", name, draft.parameter_names())
        return
    parameter = draft.parameters.get(name)
    if parameter is None:
        return
    if parameter.table is not None:
        yield Finding(here, f'"{name}" is looked up in a table and cannot be moved as one number')
        return
    ends = limits(parameter)
    low, high = (ends[0] if low is None else low), (ends[1] if high is None else high)
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        yield Finding(
            here,
            f'"{name}" may be anything, so there is no interval to look in',
            f'Write {{parameter = "{name}", low = ..., high = ...}}, or give the '
            "parameter a range = [low, high]; on the command line: --low and --high.",
        )
    elif low >= high:
        yield Finding(here, f"there is nothing between low ({low:g}) and high ({high:g})")


RULES = (
    checks_name_states,
    coherent_parameters_are_set,
    checks_compare_strategies,
    measures_name_strategies,
    questions_compare,
    required_gain_is_about_somebody,
    thresholds_can_be_sought,
)
