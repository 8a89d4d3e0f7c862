"""Results: what an analysis answers, in a form that every page and file is made from.

One number has one place. A `Quantity` is a row of ``results.csv``; a `Table` is a CSV file and a
table of the report; sentences are computed from the same values. The report knows nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

#: Header of results.csv, a contract with other programs.
COLUMNS = (
    "quantity",
    "strategy",
    "comparator",
    "wtp",
    "subject",
    "value",
    "lower",
    "upper",
    "unit",
    "basis",
)


@dataclass(frozen=True)
class Quantity:
    """One number with everything that says what it is.

    Parameters
    ----------
    quantity : str
        Name from the list of quantities, such as ``inmb``.
    strategy, comparator, subject : str
        What the number is about; empty where they do not apply.
    wtp : float or None
        Willingness to pay that the number depends on. [currency per QALY]
    value, lower, upper : float or None
        The number and its 95% limits over draws; None is an empty cell.
    unit : str
        Unit, in words.
    basis : str
        ``deterministic``, ``probabilistic`` or ``published``.
    """

    quantity: str
    value: float | None
    strategy: str = ""
    comparator: str = ""
    wtp: float | None = None
    subject: str = ""
    lower: float | None = None
    upper: float | None = None
    unit: str = ""
    basis: str = "deterministic"

    def row(self) -> tuple[object, ...]:
        """Return the values in the order of `COLUMNS`."""
        return tuple(getattr(self, column) for column in COLUMNS)


@dataclass(frozen=True)
class Column:
    """A column of a table: its name in files, its heading for people, and how to print it.

    ``kind`` is ``text``, ``money`` (whole pounds), ``pence`` (two decimals), ``number``,
    ``count``, ``percent``, ``qaly`` (three decimals) or ``flag``.
    """

    name: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """A tidy table: one CSV file, one table of the report."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pd.DataFrame:
        """Return the table as a pandas frame."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=[column.name for column in self.columns])


@dataclass(frozen=True)
class Result:
    """The answer to one question.

    Parameters
    ----------
    analysis : str
        Which analysis answered: ``base_case``, ``threshold``, ...
    title : str
        The question as a heading.
    headline : tuple of str
        Sentences computed from the numbers, most important first.
    tables, quantities : tuple
        The numbers.
    warnings : tuple of str
        What the reader must know before using the numbers.
    settings : mapping
        Conventions and settings in force, in words.
    data : mapping
        Arrays that figures need, by name; draw is the last axis.
    """

    analysis: str
    title: str
    headline: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    warnings: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)

    def find(self, quantity: str, **where: object) -> list[Quantity]:
        """Return the quantities with this name and these attributes, in order."""
        return [
            q
            for q in self.quantities
            if q.quantity == quantity and all(getattr(q, k) == v for k, v in where.items())
        ]


@dataclass(frozen=True)
class RunResult:
    """Everything that one run of a scenario answered.

    Parameters
    ----------
    scenario : object
        The `heco.scenario.scenario.Scenario` that was run.
    results : tuple of Result
        In the order in which a reader wants them.
    conventions : mapping
        Every choice that moves a number, in words, as in force.
    seed, draws : int
        Of the probabilistic analysis; draws is 0 if there was none.
    """

    name: str
    title: str
    question: str
    scenario: Any
    results: tuple[Result, ...]
    conventions: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    draws: int = 0

    @property
    def quantities(self) -> list[Quantity]:
        """Return every number of every analysis."""
        return [quantity for result in self.results for quantity in result.quantities]

    @property
    def warnings(self) -> list[str]:
        """Return every warning once, in order."""
        return list(dict.fromkeys(w for result in self.results for w in result.warnings))

    @property
    def tables(self) -> Sequence[Table]:
        """Return every table of every analysis."""
        return [table for result in self.results for table in result.tables]

    def __getitem__(self, analysis: str) -> Result:
        for result in self.results:
            if result.analysis == analysis:
                return result
        raise KeyError(analysis)

    def __contains__(self, analysis: str) -> bool:
        return any(result.analysis == analysis for result in self.results)
