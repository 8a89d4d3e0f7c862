"""Studies observe what is uncertain, and questions about evidence name what exists."""

from __future__ import annotations

from heco.scenario.checks.questions import known
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_study import VoiPopulation


def studies_observe_parameters(draft: Draft) -> Findings:
    """See that a study informs parameters, those of a multinomial all at once."""
    for name, study in draft.study.items():
        for parameter, informed in study.informs.items():
            place = ("study", name, "informs", parameter)
            joint = draft.components.get(parameter, ())
            if informed.data == "multinomial":
                if parameter not in draft.known("parameters"):
                    yield from known(place, "parameter", parameter, draft.known("parameters"))
                elif parameter not in draft.components:
                    what = f'"{parameter}" has no categories; a multinomial needs a Dirichlet'
                    yield Finding(place, what)
            elif parameter in draft.components and joint:
                hint = f'Name one of them: "{parameter}.{joint[0]}".'
                yield Finding(place, f'"{parameter}" has several components', hint)
            else:
                yield from known(place, "parameter", parameter, draft.parameter_names())


def studies_name_strategies(draft: Draft) -> Findings:
    """See that what people get until a study reports is a strategy."""
    for name, study in draft.study.items():
        if study.affected_get:
            place = ("study", name, "affected_get")
            yield from known(place, "strategy", study.affected_get, draft.known("strategies"))


def later_people_have_one_rate(draft: Draft) -> Findings:
    """See that people of later years are discounted at one rate."""
    asked, later = draft.analysis.voi, draft.time.discount.cost_later
    if asked is None or not later:
        return
    people = asked.population or VoiPopulation()
    since = float(later[0].after.years)
    if people.discount is None and people.horizon > since:
        yield Finding(
            ("analysis", "voi"),
            f"evidence is worth something for {people.horizon:g} years, and the discount rate of "
            f"costs changes after {since:g}",
            "Write population = {discount = 0.035} there: one rate for people of later years.",
        )


def evidence_is_about_parameters(draft: Draft) -> Findings:
    """See that what could be learnt is about parameters, and rests on draws."""
    asked = draft.analysis.voi
    if asked is None:
        return
    place = ("analysis", "voi")
    names = {*draft.parameter_names(), *draft.known("parameters")}
    for number, name in enumerate(asked.parameters or ()):
        yield from known((*place, "parameters", str(number)), "parameter", name, names)
    for group, members in asked.groups.items():
        if not members:
            yield Finding((*place, "groups", group), "the group names no parameter")
        if group in names:
            what = f'"{group}" is a parameter; a group needs a name of its own'
            yield Finding((*place, "groups", group), what)
        for number, name in enumerate(members):
            yield from known((*place, "groups", group, str(number)), "parameter", name, names)
    if len(draft.known("strategies")) == 1:
        yield Finding(place, "there is one strategy only; there is nothing to decide")


RULES = (
    studies_observe_parameters,
    studies_name_strategies,
    later_people_have_one_rate,
    evidence_is_about_parameters,
)
