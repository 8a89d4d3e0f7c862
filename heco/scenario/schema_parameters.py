"""The records of [parameters.*] and [correlations.*]: what is known, and how unsure it is."""

from __future__ import annotations

from typing import Any, Literal

from heco.scenario.fields import Flag, Formula, Real, Record
from heco.scenario.schema_studies import AccuracyStudies, PooledStudies

#: Keys of a parameter that say where its value comes from, beside the distribution families.
OTHER_KINDS = ("fixed", "expr", "table", "samples", "pooled", "accuracy")


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
    """[parameters.NAME] One quantity, known in exactly one way.

    That is fixed, expr, table, samples, pooled, accuracy, or a distribution. The distribution
    families are keys of their own: `beta = {events = 412, n = 980}`.
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
    """Lowest and highest value that makes sense here; draws outside are counted, thresholds look
    inside."""
    possible: tuple[Real, Real] | None = None
    """Lowest and highest value that is accepted at all, where that is wider than `range`: in
    another place, or where a question goes further. Left out, `range`."""
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
    pooled: PooledStudies | None = None
    """The effect that many studies find together."""
    accuracy: AccuracyStudies | None = None
    """Sensitivity and specificity of a test, as NAME.sensitivity and NAME.specificity."""

    @property
    def kind(self) -> str:
        """Return the family, or the key among `OTHER_KINDS`."""
        return self.family or next(k for k in OTHER_KINDS if getattr(self, k) is not None)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the lowest and highest value that is accepted, as the author says."""
        return self.possible or self.range

    @property
    def uncertain(self) -> bool:
        """Return whether draws differ."""
        return bool(self.family or self.samples or self.pooled or self.accuracy)

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
