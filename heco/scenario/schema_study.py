"""The records of [study.NAME] and of [analysis] voi: what could be found out, and its price."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from heco.scenario.fields import Formula, Real, Record, Words

Kind = Literal[
    "binomial", "prevalence", "normal", "utility", "poisson", "multinomial", "survival", "trial"
]
Measure = Literal["or", "rr", "rd", "probability", "md"]
Sizes = Annotated[
    tuple[Annotated[int, Field(ge=2, le=10_000_000, strict=True)], ...],
    BeforeValidator(lambda value: [value] if isinstance(value, int) else value),
    WithJsonSchema(
        {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}
    ),
]
Positive = Annotated[Real, Field(gt=0)]
NotNegative = Annotated[Real, Field(ge=0)]

#: The keys that each kind of data needs, and further ones that it may have.
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "binomial": ((), ()),
    "prevalence": ((), ("sensitivity", "specificity")),
    "normal": (("sd",), ()),
    "utility": (("sd",), ()),
    "poisson": ((), ("years",)),
    "multinomial": ((), ()),
    "survival": (("years",), ()),
    "trial": ((), ("measure", "control", "allocation", "sd")),
}


class Informed(Record):
    """[study.NAME.informs.PARAMETER] What a study observes of one parameter."""

    data: Kind
    """"binomial": how many of those observed have an event whose probability the parameter is.
    "prevalence": the same by an imperfect test. "normal", "utility": a mean of people who differ by
    `sd`. "poisson": events at a rate per year. "multinomial": which of several categories (the
    parameter is a Dirichlet). "survival": events and time at risk up to `years`, at a constant
    rate. "trial": two arms, compared by `measure`."""
    share: Annotated[Real, Field(gt=0)] = 1.0
    """Observations per participant: 0.15 if only that share of participants has anything to tell
    about this parameter, 2 if each is observed twice (independently)."""
    sd: Positive | None = None
    """How much single people differ. [unit of the parameter]"""
    years: Positive | None = None
    """How long each is followed. [years]"""
    sensitivity: Formula | None = None
    """Of the test by which a prevalence is measured; left out, it is perfect."""
    specificity: Formula | None = None
    """Of the test by which a prevalence is measured; left out, it is perfect."""
    measure: Measure = "probability"
    """What the parameter is in a trial: an odds ratio, a risk ratio, a risk difference (treated
    less control), the probability in the treated arm, or a difference in means ("md")."""
    control: Formula | None = None
    """Probability of the event in the control arm of a trial."""
    allocation: Annotated[Real, Field(gt=0, lt=1)] = 0.5
    """Share of a trial's participants in the treated arm."""

    @model_validator(mode="after")
    def _fits(self) -> Informed:
        needed, allowed = NEEDS[self.data]
        given = self.model_fields_set - {"data", "share"}
        missing = [key for key in needed if getattr(self, key) is None]
        if self.data == "trial" and self.measure == "md" and self.sd is None:
            missing.append("sd")
        if self.data == "trial" and self.measure in ("or", "rr", "rd") and self.control is None:
            missing.append("control")
        if missing:
            raise ValueError(f'data "{self.data}" needs {" and ".join(missing)}')
        strange = sorted(given - {*needed, *allowed})
        if strange:
            raise ValueError(f'{" and ".join(strange)} has no meaning with data "{self.data}"')
        return self


class Study(Record):
    """[study.NAME] A study that could be done before, or beside, deciding."""

    label: str = ""
    """The study in words."""
    informs: Annotated[dict[str, Informed], Field(min_length=1)]
    """What it observes, by parameter: {p_response = {data = "trial", measure = "probability"}}."""
    n: Annotated[Sizes, Field(min_length=1)]
    """Numbers of participants to try: [100, 200, 400]."""
    fixed_cost: NotNegative = 0.0
    """What it costs whatever its size. [currency]"""
    cost_per_person: NotNegative = 0.0
    """What each participant costs. [currency]"""
    years: NotNegative = 0.0
    """From the decision to fund it to its report. [years]"""
    affected: Annotated[Real, Field(ge=0, le=1)] = 0.0
    """Share of all people who, until it reports, do not get the option that is best now."""
    affected_get: str = ""
    """The strategy that they get instead; left out, the comparator (or, if that is best now, the
    option)."""
    worse_arm: Annotated[Real, Field(ge=0, le=1)] = 0.0
    """Share of participants who get that option for the sake of the study (0.5 in a trial)."""
    source: str = ""
    """Where costs and design come from; "assumption: why" is allowed."""
    note: str = ""
    """What the reader should know."""

    @model_validator(mode="after")
    def _rising(self) -> Study:
        if list(self.n) != sorted(set(self.n)):
            raise ValueError("the numbers of participants must rise")
        return self


class VoiPopulation(Record):
    """Who gains from knowing more."""

    per_year: NotNegative | None = None
    """People who reach the decision each year; left out, [population] size."""
    prevalent: NotNegative = 0.0
    """People whom the decision concerns at once, in addition."""
    horizon: Positive = 10.0
    """How long the decision stays open to new evidence. [years]"""
    discount: NotNegative | None = None
    """Yearly rate; left out, that of costs, which may then not change within the horizon."""
    discounting: Literal["discrete", "continuous"] = "discrete"
    """"discrete": people come at the start of each year. "continuous": all the time."""
    source: str = ""
    """Where these come from; "assumption: why" is allowed."""


def _several(value: Any) -> Any:
    return [value] if isinstance(value, int | float) else value


def _years(value: Any) -> Any:
    return {"horizon": value} if isinstance(value, int | float) else value


class Voi(Record):
    """voi = {...}: what further evidence would be worth."""

    parameters: Words | None = None
    """Inputs to look at one by one; left out, every uncertain one."""
    groups: dict[str, Words] = {}
    """Inputs that would be learnt together, by name: {tests = ["sensitivity", "specificity"]}."""
    wtp: Annotated[tuple[NotNegative, ...], BeforeValidator(_several)] = ()
    """Willingness to pay; left out, that of [decision]."""
    population: Annotated[VoiPopulation | None, BeforeValidator(_years)] = None
    """Who gains: {per_year = 3_000, horizon = 10}; left out, [population] size for 10 years."""
    matching: bool = False
    """Whether moment matching estimates EVSI as well: for models so costly that there are few
    draws. With fewer than 1,000 it does in any case."""
