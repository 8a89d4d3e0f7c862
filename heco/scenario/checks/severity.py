"""Severity: sexes make a whole, ages are there, and both sides are discounted alike."""

from __future__ import annotations

from heco.scenario.checks.questions import known
from heco.scenario.draft import Draft
from heco.scenario.expressions import Number
from heco.scenario.places import Finding, Findings

_PLACE = ("analysis", "severity")


def sexes_make_a_whole(draft: Draft) -> Findings:
    """See that there is a general population, and that its shares add up to 1."""
    severity = draft.analysis.severity
    if severity is None:
        return
    if not severity.sexes:
        hint = "Write [analysis.severity.sexes] with, say, female = {...} and male = {...}."
        yield Finding((*_PLACE, "sexes"), "nobody is in the general population", hint)
        return
    shares = [sex.share.value for sex in severity.sexes.values() if isinstance(sex.share, Number)]
    if len(shares) == len(severity.sexes) and abs(sum(shares) - 1) > 1e-9:
        what = f"share adds up to {sum(shares):g} over the sexes, and must add up to 1"
        yield Finding((*_PLACE, "sexes"), what)


def severity_has_an_age(draft: Draft) -> Findings:
    """See that the first year of age is known, whole, and not after the last."""
    severity = draft.analysis.severity
    if severity is None:
        return
    age: float | None = severity.age
    place, hint = (*_PLACE, "age"), "Write age = ..., in whole years."
    if age is None:
        age = draft.time.start_age
        if age is None:
            yield Finding(place, "nothing says how old people are at the start", hint)
            return
        if age != int(age):
            yield Finding(place, f"[time] start_age is {age:g}, and years of age are whole", hint)
    if severity.last_age < age:
        what = f"the last age, {severity.last_age}, is before the first, {age:g}"
        yield Finding((*_PLACE, "last_age"), what)


def severity_is_about_qalys(draft: Draft) -> Findings:
    """See that QALYs are judged, of a strategy that exists, discounted like the population's."""
    severity = draft.analysis.severity
    if severity is None:
        return
    if draft.decision.effect != "qaly":
        yield Finding(_PLACE, "severity weights QALYs, and the effect that is judged is another")
    if severity.strategy:
        names = draft.known("strategies")
        yield from known((*_PLACE, "strategy"), "strategy", severity.strategy, names)
    if draft.time.discount.qaly_later and severity.qalys is None and not draft.alternative:
        yield Finding(
            (*_PLACE, "rate"),
            "the model discounts QALYs at rates that change, and the general population is "
            "discounted at one",
            "Give qalys, discounted at the rate of severity.",
        )
        return
    rate = draft.time.discount.qaly
    # An alternative may well discount otherwise; severity is about the scenario itself.
    if not draft.alternative and severity.qalys is None and abs(rate - severity.rate) > 1e-12:
        yield Finding(
            (*_PLACE, "rate"),
            f"the model discounts QALYs at {100 * rate:g}%, and the general population is "
            f"discounted at {100 * severity.rate:g}%",
            "Use one rate for both, or give qalys, discounted at the rate of severity.",
        )


RULES = (sexes_make_a_whole, severity_has_an_age, severity_is_about_qalys)
