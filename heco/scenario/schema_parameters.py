"""The records of [parameters.*], [correlations.*] and [analysis].

Settings of analyses are words that an author wrote, so they live with the other words and are
checked with them, all at once; the analyses read the checked record.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from heco.scenario.fields import Flag, Formula, Real, Record, Words

#: Keys of a parameter that say where its value comes from, beside the distribution families.
OTHER_KINDS = ("fixed", "expr", "table", "samples")


class LookupTable(Record):
    """table = {...}: a value that changes with age, time or cycle."""

    by: Literal["age", "time", "cycle", "state_time", "state_cycle"]
    """What the rows are looked up by."""
    file: str = ""
    """CSV file, in the scenario's folder or below."""
    key: str = ""
    """The column that holds age, time or cycle; left out, the word in `by`."""
    column: str = ""
    """The column that holds the value."""
    columns: dict[str, str] = {}
    """Instead of `column`: {male = "qx_male", female = "qx_female"}, mixed by `mix`."""
    mix: dict[str, Real] = {}
    """Shares of the columns at the start, adding to 1."""
    mix_by: Literal["fixed", "survivors"] = "fixed"
    """"fixed": the shares stay as they are. "survivors": the values are yearly probabilities of
    death, and the shares follow those who are still alive."""
    values: tuple[tuple[Real, Real], ...] = ()
    """Instead of `file`: [[from, value], [from, value], ...]."""
    lookup: Literal["step", "linear"] = "step"
    """"step": the row with the largest key not above the age. "linear": straight lines between."""
    beyond: Literal["error", "last"] = "error"
    """Before the first or after the last row: refuse, or use the nearest row."""


class Samples(Record):
    """samples = {...}: joint draws from a file, used row by row."""

    file: str
    """CSV file, one row per draw; parameters that name the same file share rows."""
    column: str
    """The column that holds this parameter."""
    base: Literal["mean", "median"] = "mean"
    """The deterministic value."""


class Parameter(Record):
    """[parameters.NAME] One quantity: exactly one of a distribution, fixed, expr, table, samples.

    The distribution families are keys of their own: `beta = {events = 412, n = 980}`.
    """

    label: str
    """The quantity in words."""
    unit: str = ""
    """Unit: "probability", "rate per year", "GBP", "utility", "QALY", "ratio", "people", ..."""
    source: str = ""
    """Where it comes from; "assumption: why" is allowed, counted and printed. Required unless the
    value is derived by `expr`."""
    note: str = ""
    """What the reader should know."""
    certainty: Literal["", "high", "moderate", "low", "very low"] = ""
    """How far the evidence can be trusted, as GRADE words."""
    lever: Flag = False
    """True if a strategy may set it. What describes the population is no lever."""
    range: tuple[Real, Real] | None = None
    """Lowest and highest value that makes sense; draws outside are counted, thresholds look
    inside."""
    price_year: str = ""
    """Price year of a cost; converted when [prices] names a year and an index."""
    family: str = ""
    """Filled in: the distribution family."""
    arguments: dict[str, Any] = {}
    """Filled in: the family's arguments as written."""
    fixed: Real | None = None
    """A number without uncertainty."""
    expr: Formula | None = None
    """A formula over other parameters, never sampled by itself."""
    table: LookupTable | None = None
    """A value that changes with age, time or cycle."""
    samples: Samples | None = None
    """Joint draws from a file."""

    @property
    def kind(self) -> str:
        """Return the family, or fixed, expr, table, samples."""
        return self.family or next(k for k in OTHER_KINDS if getattr(self, k) is not None)

    @property
    def assumed(self) -> bool:
        """Return whether the author says that this is an assumption."""
        return self.source.lower().startswith("assumption")


class Correlation(Record):
    """[correlations.NAME] Parameters that move together."""

    parameters: tuple[str, ...]
    """Names of scalar parameters with distributions."""
    matrix: tuple[tuple[Real, ...], ...]
    """Correlation matrix, one row per parameter."""
    measure: Literal["spearman", "latent"] = "spearman"
    """"spearman": rank correlations of the parameters. "latent": of the underlying normals."""
    repair: Flag = False
    """Whether a matrix that is not positive definite may be moved to the nearest that is."""


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


class Threshold(Record):
    """threshold = {...}: the values of a parameter at which the decision changes."""

    solve: tuple[Solve, ...]
    """Parameters to solve for: names, or {parameter = ..., low = ..., high = ...}."""

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("solve"), str | dict):
            return {**value, "solve": [value["solve"]]}
        return value


class Psa(Record):
    """psa = {...}: probabilistic sensitivity analysis."""

    draws: Annotated[int, Field(ge=2, le=1_000_000, strict=True)] = 10_000
    """Number of draws."""
    seed: Annotated[int, Field(ge=0, strict=True)] = 1
    """Seed of every random stream."""
    design: Literal["random", "lhs", "sobol"] = "random"
    """How the draws are spread."""


class Tornado(Record):
    """tornado = {...}: one parameter at a time, from the low to the high end of its range."""

    outcome: Literal["inmb", "incremental_cost", "incremental_qaly"] = "inmb"
    """What is measured."""
    wtp: Real | None = None
    """Willingness to pay; left out, the first of [decision] wtp."""
    strategy: str = ""
    """Strategy compared with the comparator; left out, [decision] option."""
    parameters: Words = ()
    """Which parameters; left out, all that have a range or a distribution."""
    bars: Annotated[int, Field(ge=1, le=60, strict=True)] = 12
    """How many bars are drawn; the table always has all."""


class Analysis(Record):
    """[analysis] A key's presence asks the question."""

    required_gain: RequiredGain | None = None
    """What must be gained for the extra cost to be worth it."""
    threshold: Threshold | None = None
    """At which values of a parameter the decision changes."""
    psa: Psa | None = None
    """How sure we are."""
    tornado: Tornado | None = None
    """Which inputs move the answer most."""
