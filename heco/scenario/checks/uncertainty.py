"""Questions about uncertainty: there is some, and what they rest on is asked for as well."""

from __future__ import annotations

from heco.scenario.checks.questions import solved_for
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.toml_positions import Place


def _certain(draft: Draft) -> bool:
    """Return whether no parameter is uncertain."""
    uncertain = any(p.uncertain for p in draft.parameters.values())
    return not uncertain and draft.intact("parameters")


def something_is_uncertain(draft: Draft) -> Findings:
    """See that a probabilistic analysis has something uncertain (a warning)."""
    if draft.analysis.psa is not None and _certain(draft):
        what = "no parameter has a distribution, so all draws are the same"
        yield Finding(("analysis", "psa"), what, warning=True)


def uncertainty_can_be_shared_out(draft: Draft) -> Findings:
    """See that there is uncertainty to be shared out, or to be moved in."""
    for name in ("sensitivity", "flip"):
        if getattr(draft.analysis, name) is not None and _certain(draft):
            what = "no parameter has a distribution, so nothing is uncertain"
            hint = "Give parameters distributions instead of fixed values."
            yield Finding(("analysis", name), what, hint)


def designs_have_their_size(draft: Draft) -> Findings:
    """See that a Sobol' design has a power of 2 as its size."""
    asked = draft.analysis.sensitivity
    if asked is not None and asked.draws & (asked.draws - 1):
        below = 1 << (asked.draws.bit_length() - 1)
        yield Finding(
            ("analysis", "sensitivity", "draws"),
            f"{asked.draws:,} is not a power of 2, as a Sobol' design needs",
            f"Write draws = {below:_} or {2 * below:_}.",
        )


def draws_are_asked_for(draft: Draft) -> Findings:
    """See that what rests on draws finds `psa` beside it."""
    analysis = draft.analysis
    if analysis.psa is not None or not draft.intact("analysis", "psa"):
        return
    asking: list[Place] = []
    if analysis.assurance is not None:
        asking.append(("assurance",))
    if analysis.sensitivity is not None and "pawn" in analysis.sensitivity.method:
        asking.append(("sensitivity", "method"))
    asking += [("alternatives", name, "psa") for name, a in analysis.alternatives.items() if a.psa]
    for place in asking:
        what = "this rests on draws, and none are asked for"
        yield Finding(("analysis", *place), what, "Add psa = {} to [analysis].")


def assurance_can_be_sought(draft: Draft) -> Findings:
    """See that an assurance has something to solve for."""
    asked = draft.analysis.assurance
    if asked is None:
        return
    place = ("analysis", "assurance")
    yield from solved_for(draft, asked.solve, (*place, "solve"))
    if not asked.solve and draft.analysis.required_gain is None:
        hint = 'Write solve = ["..."] with the names of parameters.'
        yield Finding(place, "nothing says what to solve for", hint)


def precision_has_a_decision(draft: Draft) -> Findings:
    """See that precision is about a decision between strategies."""
    psa = draft.analysis.psa
    if psa is None or psa.precision is None:
        return
    place = ("analysis", "psa", "precision")
    if len(draft.known("strategies")) == 1:
        yield Finding(place, "there is one strategy only; no decision can be known precisely")


RULES = (
    something_is_uncertain,
    uncertainty_can_be_shared_out,
    designs_have_their_size,
    draws_are_asked_for,
    assurance_can_be_sought,
    precision_has_a_decision,
)
