"""The checked scenario: every word the author wrote, in normal form, with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from heco.scenario.schema import Checks, Decision, Population, Prices, Published, Time
from heco.scenario.schema_analysis import Analysis
from heco.scenario.schema_groups import Subgroup
from heco.scenario.schema_parameters import Correlation, Parameter
from heco.scenario.schema_reporting import Reporting
from heco.scenario.schema_structure import Branch, Measure, Move, State, Strategy
from heco.scenario.schema_studies import Review, Reviewed
from heco.scenario.schema_study import Study

if TYPE_CHECKING:
    import numpy as np

    from heco.evidence.distributions import Distribution
    from heco.evidence.tables import Table
    from heco.scenario.expressions import Expr


@dataclass(frozen=True)
class Origin:
    """Where an entry was written."""

    file: str
    line: int | None = None


@dataclass(frozen=True)
class Scenario:
    """A decision problem as written and checked, not yet computed.

    Parameters
    ----------
    name : str
        File name without its ending; outputs are filed under it.
    path : Path or None
        The file that was asked for; None if the scenario came from text.
    distributions : mapping
        Name of each uncertain parameter -> its distribution, in the price year of results.
    tables : mapping
        Name of each parameter that is looked up -> its table, in the price year of results.
    samples : mapping
        Name of each parameter that has joint samples -> its column, shape (sample,).
    price_factors : mapping
        Name of each converted cost -> the index ratio that it was multiplied by.
    origins : mapping
        Place as written, such as ``parameters.p_attend`` -> file and line.
    files : mapping
        Every file that was read, relative to the scenario's folder -> SHA-256 of its bytes.
    warnings : tuple of str
        What was accepted but should be looked at.
    study : mapping of str to Study
        What could be found out, by name.
    groups : mapping of str to Subgroup
        Groups for whom the model is run by itself; outcomes are their weighted mean.
    within : mapping of str to Expr
        In the scenario of one group: what it sets; the formulas see the overrides.
    overrides : mapping of str to Expr
        Parameters that take another value wherever they are used -> the formula, which sees the
        old one; empty but in alternatives.
    alternatives : mapping of str to Scenario
        The same decision under other settings, by name.
    reporting : Reporting
        What the author says to items of checklists that no model can answer.
    review, reviewed : Review, Reviewed
        The files that say how the evidence was found and how far it can be trusted, and what
        stands in them.
    """

    name: str
    path: Path | None
    decision: Decision
    time: Time
    population: Population
    prices: Prices | None
    parameters: Mapping[str, Parameter]
    correlations: Mapping[str, Correlation]
    tree: Mapping[str, Mapping[str, Branch]]
    states: Mapping[str, State]
    transitions: Mapping[str, Mapping[str, Move]]
    strategies: Mapping[str, Strategy]
    checks: Checks
    measures: Mapping[str, Measure]
    published: Mapping[str, Published]
    analysis: Analysis
    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    samples: Mapping[str, np.ndarray] = field(default_factory=dict)
    price_factors: Mapping[str, float] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    merged: Mapping[str, object] = field(default_factory=dict)
    study: Mapping[str, Study] = field(default_factory=dict)
    groups: Mapping[str, Subgroup] = field(default_factory=dict)
    within: Mapping[str, Expr] = field(default_factory=dict)
    overrides: Mapping[str, Expr] = field(default_factory=dict)
    alternatives: Mapping[str, Scenario] = field(default_factory=dict)
    reporting: Reporting = field(default_factory=Reporting)
    review: Review = field(default_factory=Review)
    reviewed: Reviewed = field(default_factory=Reviewed)

    @property
    def comparator(self) -> str:
        """Return the strategy that the others are compared with."""
        return self.decision.comparator or next(iter(self.strategies))

    @property
    def age(self) -> float | None:
        """Return the age of everybody at the start; None if unknown, or if groups have others."""
        ages = {group.start_age for group in self.groups.values()} - {None}
        return self.time.start_age if ages <= {self.time.start_age} else None

    def of_group(self, name: str) -> Scenario:
        """Return the scenario of one group alone."""
        group = self.groups[name]
        time = self.time
        if group.start_age is not None:
            time = time.model_copy(update={"start_age": group.start_age})
        return replace(self, groups={}, time=time, within=dict(group.set))

    @property
    def options(self) -> tuple[str, ...]:
        """Return the strategies other than the comparator, in the author's order."""
        return tuple(name for name in self.strategies if name != self.comparator)

    @property
    def option(self) -> str:
        """Return the strategy that the question is about (empty if there is only one)."""
        return self.decision.option or (self.options[0] if self.options else "")
