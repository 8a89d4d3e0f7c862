"""Alternatives: each changes something, says where its numbers come from, and stays comparable."""

from __future__ import annotations

from heco.errors import did_you_mean
from heco.scenario.checks.parameters import limits
from heco.scenario.draft import Draft
from heco.scenario.expressions import Number
from heco.scenario.places import Finding, Findings

#: Sections of which an alternative may say single keys, or whole entries.
SECTIONS = ("decision", "time", "population", "parameters")
#: Keys of [decision] that say what is measured at all.
MEASURED = ("currency", "effect")


def alternatives_differ(draft: Draft) -> Findings:
    """See that an alternative changes something, but not what is measured."""
    for name, words in draft.analysis.alternatives.items():
        place = ("analysis", "alternatives", name)
        if not (words.set or words.file or any(getattr(words, part) for part in SECTIONS)):
            hint = f"Write, say, [analysis.alternatives.{name}.set] and a parameter below."
            yield Finding(place, "nothing is otherwise here", hint)
        for key in MEASURED:
            if key in words.decision:
                what = f"with another {key} it cannot be compared with the base case"
                hint = "Make it a scenario of its own, with extends."
                yield Finding((*place, "decision", key), what, hint)


def alternatives_have_sources(draft: Draft) -> Findings:
    """See that an alternative that brings numbers of its own says where they are from."""
    for name, words in draft.analysis.alternatives.items():
        numbers = [key for key, formula in words.set.items() if isinstance(formula, Number)]
        if numbers and not words.source.strip():
            yield Finding(
                ("analysis", "alternatives", name),
                f"source is missing; the number for {numbers[0]} comes from somewhere",
                'Write source = "...". An assumption says so: source = "assumption: why".',
            )


def overrides_are_of_parameters(draft: Draft) -> Findings:
    """See that what an alternative sets is a parameter with one value, and can be what it says."""
    for name, formula in draft.overrides.items():
        place = ("analysis", "alternatives", draft.alternative, "set", name)
        known = draft.known("parameters")
        if name in draft.components or name.partition(".")[0] in draft.components:
            what = f'"{name}" has several components that depend on each other'
            yield Finding(place, what, "Give the whole entry again, under parameters.")
        elif name not in known:
            yield Finding(place, f'there is no parameter "{name}"', did_you_mean(name, known))
        elif name in draft.parameters and isinstance(formula, Number):
            low, high = limits(draft.parameters[name])
            if not low <= formula.value <= high:
                what = f"{formula.value:g} lies outside of what can be, {low:g} to {high:g}"
                yield Finding(place, what)


def overrides_are_not_set_by_strategies(draft: Draft) -> Findings:
    """See that what an alternative sets is not set by every strategy anyway."""
    strategies = list(draft.strategies.values())
    for name in draft.overrides:
        if strategies and all(name in strategy.set for strategy in strategies):
            place = ("analysis", "alternatives", draft.alternative, "set", name)
            what = f'every strategy sets "{name}", so nothing else that is said of it matters'
            yield Finding(place, what, "Set a parameter that the strategies' formulas use.")


RULES = (
    alternatives_differ,
    alternatives_have_sources,
    overrides_are_of_parameters,
    overrides_are_not_set_by_strategies,
)
