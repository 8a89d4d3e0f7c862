"""The records of [analysis]: every question that can be asked, and how.

Settings of analyses are words that an author wrote, so they live with the other words and are
checked with them, all at once; the analyses read the checked record.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from heco.scenario.fields import Flag, Formula, Real, Record
from heco.scenario.schema_limits import Limits
from heco.scenario.schema_money import Budget, Equity, Reconcile
from heco.scenario.schema_moves import Spider, Tornado, TwoWay, Wtp
from heco.scenario.schema_severity import Severity
from heco.scenario.schema_study import Voi

Share = Annotated[Real, Field(gt=0, lt=1)]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


def _empty(value: Any) -> Any:
    return {} if value is True else value


class RequiredGain(Record):
    """required_gain = {...}: what must be gained for the extra cost to be worth it."""

    per: dict[str, Formula]
    """Who the gain is counted per: {treated = "share.treated", benefit = "share.benefited"};
    formulas over the words of [measures], per person of the cohort."""
    labels: dict[str, str] = {}
    """The same in words: {treated = "treated child"}."""
    utility: str = ""
    """A parameter, in utility per year, to solve for so that the gain is reached."""
    alternatives: dict[str, dict[str, Formula]] = {}
    """Other readings of the same people, by name: {trials = {benefit = "share.treated * rd"}}."""
    notes: dict[str, str] = {}
    """What the reader should know about a reading: {benefit = "...", trials = "..."}."""


class Solve(Record):
    """One parameter to solve for."""

    parameter: str
    """The parameter."""
    low: Real | None = None
    """Lowest value to look at; left out, the parameter's range, or 0 for a probability."""
    high: Real | None = None
    """Highest value to look at; left out, the parameter's range, or 1 for a probability."""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"parameter": value} if isinstance(value, str) else value


Solves = Annotated[tuple[Solve, ...], BeforeValidator(_listed)]


class Threshold(Record):
    """threshold = {...}: the values of a parameter at which the decision changes."""

    solve: Solves
    """Parameters to solve for: names, or {parameter = ..., low = ..., high = ...}."""


class Assurance(Record):
    """assurance = {...}: the values at which the option is worth its cost with a probability.

    The parameter has one value in every draw, all others keep their draws. Beside the
    probabilities stands the value at which net benefit is zero on average. Where a required gain
    is asked for, it is answered in the same way.
    """

    solve: Solves = ()
    """Parameters to solve for, as in `threshold`; left out, only the required gain."""
    probability: tuple[Share, ...] = (0.5, 0.8, 0.9)
    """Probabilities of being worth its cost that are asked for."""
    wtp: Wtp | None = None
    """Willingness to pay; left out, all of [decision] wtp."""


class Precision(Record):
    """precision = {...}: when enough draws are made.

    Draws are made in batches until, at every willingness to pay, the order of the two best
    strategies is settled (by `artefact` or by `health`) and probabilities are known well enough.
    """

    artefact: Share = 0.005
    """Largest chance that the order of the two best strategies is an artefact of simulation."""
    health: Annotated[Real, Field(ge=0)] = 0.0005
    """Error of the lead below which its sign no longer matters. [QALYs per person]"""
    probability: Share = 0.01
    """Largest error of the probability of being the most cost-effective."""
    batch: Annotated[int, Field(ge=100, le=100_000, strict=True)] = 1_000
    """Draws in a batch (a power of 2 with the design "sobol")."""
    most: Annotated[int, Field(ge=1_000, le=1_000_000, strict=True)] = 100_000
    """Draws at which it stops in any case."""


class Psa(Record):
    """psa = {...}: probabilistic sensitivity analysis."""

    draws: Annotated[int, Field(ge=2, le=1_000_000, strict=True)] = 10_000
    """Number of draws; not to be given together with `precision`."""
    seed: Annotated[int, Field(ge=0, strict=True)] = 1
    """Seed of every random stream."""
    design: Literal["random", "lhs", "sobol"] = "random"
    """How the draws are spread: at random, as a Latin hypercube, or as a Sobol' sequence."""
    precision: Annotated[Precision | None, BeforeValidator(_empty)] = None
    """As many draws as the decision needs: true, or {artefact = ..., probability = ...}."""
    replicates: Annotated[int, Field(ge=10, le=200, strict=True)] = 10
    """With the designs "lhs" and "sobol": further runs with other seeds, from whose spread the
    Monte Carlo error is taken, because draws of one design are not independent."""
    curve: tuple[Annotated[Real, Field(ge=0)], Wtp] | None = None
    """Willingness to pay at which the curves begin and end; left out, 0 to 60,000, or to
    twice the highest of [decision] wtp if that is more."""

    @model_validator(mode="after")
    def _either(self) -> Psa:
        given = self.model_fields_set
        if self.precision is not None and "draws" in given:
            raise ValueError("draws and precision are both given; precision says how many draws")
        if self.design == "random" and "replicates" in given:
            raise ValueError('replicates are for the designs "lhs" and "sobol"')
        if self.curve is not None and self.curve[0] >= self.curve[1]:
            raise ValueError("the curves must begin below where they end")
        return self


Method = Literal["sobol", "morris", "pawn"]


class Sensitivity(Record):
    """sensitivity = {...}: which inputs' uncertainty moves the answer, all moving at once."""

    method: Annotated[tuple[Method, ...], BeforeValidator(_listed)] = ("sobol",)
    """One or several of "sobol" (shares of variance), "morris" (elementary effects, for many
    inputs), "pawn" (single members of inputs that are drawn together; needs `psa`)."""
    draws: Annotated[int, Field(ge=64, le=1_048_576, strict=True)] = 1_024
    """Size of the Sobol' design, a power of 2: times (inputs + 2) rows are computed."""
    trajectories: Annotated[int, Field(ge=4, le=10_000, strict=True)] = 50
    """Starting points of the elementary effects: times (inputs + 1) rows are computed."""
    wtp: Wtp | None = None
    """Willingness to pay; left out, the first of [decision] wtp."""


class Nearest(Record):
    """flip = {...}: the smallest joint change of all uncertain inputs that changes the decision."""

    wtp: Wtp | None = None
    """Willingness to pay; left out, all of [decision] wtp."""


class Alternative(Record):
    """[analysis.alternatives.NAME] The same decision, settled otherwise.

    Computed beside the base case. What is not mentioned stays as it is. The settings are those of
    the sections of the same name and are checked like them.
    """

    label: str
    """What is otherwise, in words."""
    set: dict[str, Formula] = {}
    """Parameters that take another value wherever they are used; the formula sees the old one:
    {c_test = "c_test * 1.2", p_response = "response_trials"}."""
    parameters: dict[str, dict[str, Any]] = {}
    """Whole entries instead of those in [parameters], or new ones:
    {uptake = {label = ..., beta = {...}, source = ...}}."""
    decision: dict[str, Any] = {}
    """Keys of [decision]: {wtp = 15_000}."""
    time: dict[str, Any] = {}
    """Keys of [time]: {horizon = "10 years", discount = "none"}."""
    population: dict[str, Any] = {}
    """Keys of [population]."""
    file: str = ""
    """A file whose entries take the place of the scenario's, as if it extended the scenario:
    states, transitions, tree and all else can differ."""
    psa: Flag = False
    """Whether it is run with the draws of `psa` as well, all random streams being the same."""
    source: str = ""
    """Where its numbers come from; "assumption: why" is allowed."""
    note: str = ""
    """What the reader should know."""


class Analysis(Record):
    """[analysis] A key's presence asks the question."""

    required_gain: RequiredGain | None = None
    """What must be gained for the extra cost to be worth it."""
    threshold: Threshold | None = None
    """At which values of a parameter the decision changes."""
    assurance: Assurance | None = None
    """At which values the option is worth its cost, given how unsure everything else is."""
    psa: Psa | None = None
    """How sure we are."""
    tornado: Tornado | None = None
    """Which inputs move the answer most."""
    spider: Spider | None = None
    """How the answer moves as each input moves."""
    two_way: Annotated[tuple[TwoWay, ...], BeforeValidator(_listed)] = ()
    """Which strategy is the best as two inputs change: one map or several."""
    sensitivity: Sensitivity | None = None
    """Which inputs' uncertainty moves the answer."""
    flip: Nearest | None = None
    """How little would have to be different for the decision to change."""
    alternatives: dict[str, Alternative] = {}
    """What the answer would be under other settings, by name."""
    budget: Budget | None = None
    """What it does to the budget, year by year."""
    equity: Equity | None = None
    """Who gains and who loses, by group."""
    severity: Severity | None = None
    """How severe the condition is, for technology appraisals of medicines by NICE only."""
    voi: Annotated[Voi | None, BeforeValidator(_empty)] = None
    """What further evidence would be worth: true, or {groups = ..., population = ...}."""
    reconcile: Reconcile | None = None
    """What would make the published figures agree: for `heco reconcile`."""
    limits: Limits = Limits()
    """What a run may need before it is refused: {memory = 4_000, minutes = 30}."""
