"""What is asked: checks, measures and analyses name things that exist."""

from __future__ import annotations

from collections.abc import Collection

from heco.errors import did_you_mean
from heco.scenario.checks.parameters import limits
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_parameters import Solve
from heco.scenario.toml_positions import Place


def _known(place: Place, what: str, name: str, names: Collection[str]) -> Findings:
    if name not in names:
        yield Finding(place, f'there is no {what} "{name}"', did_you_mean(name, names))


def checks_name_states(draft: Draft) -> Findings:
    """See that groups of states to compare at entry are groups of states."""
    for number, group in enumerate(draft.checks.same_at_entry):
        place = ("checks", "same_at_entry", str(number))
        if not group:
            yield Finding(place, "the group names no state")
        for at, name in enumerate(group):
            yield from _known((*place, str(at)), "state", name, draft.known("states"))


def coherent_parameters_are_set(draft: Draft) -> Findings:
    """See that parameters whose average must be coherent are set by branches."""
    changed = {name for row in draft.tree.values() for b in row.values() for name in b.set}
    for number, name in enumerate(draft.checks.coherent):
        place = ("checks", "coherent", str(number))
        if name not in draft.known("parameters"):
            yield from _known(place, "parameter", name, draft.known("parameters"))
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
            yield from _known((*place, "strategies", str(number)), "strategy", strategy, strategies)
        if measure.compared_with:
            where = (*place, "compared_with")
            yield from _known(where, "strategy", measure.compared_with, strategies)
            if measure.strategies == (measure.compared_with,):
                what = f'"{measure.compared_with}" is compared with itself only'
                yield Finding((*place, "strategies"), what)


def questions_compare(draft: Draft) -> Findings:
    """See that questions about a difference have a strategy to differ from."""
    asked = [
        name
        for name in ("required_gain", "threshold", "tornado")
        if getattr(draft.analysis, name) is not None
    ]
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
        yield from _known(where, "parameter", gain.utility, draft.parameter_names())
    readings = [name for formulas in gain.alternatives.values() for name in formulas]
    known = [*gain.per, *gain.alternatives, *readings]
    for key in ("labels", "notes"):
        for name in getattr(gain, key):
            yield from _known((*place, key, name), "reading", name, known)


def thresholds_can_be_sought(draft: Draft) -> Findings:
    """See that a parameter to solve for is a single number with somewhere to look."""
    threshold = draft.analysis.threshold
    if threshold is None:
        return
    place = ("analysis", "threshold", "solve")
    if not threshold.solve:
        yield Finding(place, "nothing says which parameter to solve for")
    seen: set[str] = set()
    for number, solve in enumerate(threshold.solve):
        here = (*place, str(number))
        name = solve.parameter
        if name in seen:
            yield Finding(here, f'"{name}" is named twice')
        seen.add(name)
        if name in draft.components:
            yield Finding(
                here,
                f'"{name}" has several components that depend on each other; '
                "one of them cannot be moved alone",
            )
            continue
        if name not in draft.known("parameters"):
            yield from _known(here, "parameter", name, draft.parameter_names())
        elif name in draft.parameters:
            yield from _interval(draft, solve, here)


def _interval(draft: Draft, solve: Solve, here: Place) -> Findings:
    parameter = draft.parameters[solve.parameter]
    if parameter.table is not None:
        yield Finding(here, f'"{solve.parameter}" is looked up in a table and cannot be solved for')
        return
    low, high = limits(parameter)
    low = low if solve.low is None else solve.low
    high = high if solve.high is None else solve.high
    if not (abs(low) < float("inf") and abs(high) < float("inf")):
        yield Finding(
            here,
            f'"{solve.parameter}" may be anything, so there is no interval to look in',
            f'Write {{parameter = "{solve.parameter}", low = ..., high = ...}}, or give the '
            "parameter a range.",
        )
    elif low >= high:
        yield Finding(here, f"there is nothing between low ({low:g}) and high ({high:g})")


def tornado_names_exist(draft: Draft) -> Findings:
    """See that a tornado moves parameters that have somewhere to move to."""
    tornado = draft.analysis.tornado
    if tornado is None:
        return
    place = ("analysis", "tornado")
    decision = draft.decision
    if tornado.strategy:
        where = (*place, "strategy")
        yield from _known(where, "strategy", tornado.strategy, draft.known("strategies"))
        if tornado.strategy == decision.comparator:
            yield Finding(where, f'"{tornado.strategy}" is the comparator; it cannot be compared')
    if tornado.wtp is not None and tornado.wtp <= 0:
        yield Finding((*place, "wtp"), f"{tornado.wtp:g} must be more than 0: a price of a QALY")
    for number, name in enumerate(tornado.parameters):
        here = (*place, "parameters", str(number))
        if name not in draft.known("parameters"):
            yield from _known(here, "parameter", name, draft.known("parameters"))
            continue
        parameter = draft.parameters.get(name)
        if name in draft.components:
            what = f'"{name}" has several components that depend on each other'
            yield Finding(here, what, "A tornado moves single numbers.")
        elif parameter is not None and not (
            parameter.family or parameter.samples or parameter.range
        ):
            yield Finding(
                here,
                f'"{name}" has neither a distribution nor a range to move in',
                f"Write range = [low, high] under [parameters.{name}].",
            )


def something_is_uncertain(draft: Draft) -> Findings:
    """See that a probabilistic analysis has something uncertain (a warning)."""
    uncertain = any(p.family or p.samples for p in draft.parameters.values())
    if draft.analysis.psa is not None and not uncertain and draft.intact("parameters"):
        what = "no parameter has a distribution, so all draws are the same"
        yield Finding(("analysis", "psa"), what, warning=True)


RULES = (
    checks_name_states,
    coherent_parameters_are_set,
    checks_compare_strategies,
    measures_name_strategies,
    questions_compare,
    required_gain_is_about_somebody,
    thresholds_can_be_sought,
    tornado_names_exist,
    something_is_uncertain,
)
