"""A scenario on its way to being checked: what could be read, and what is known to be broken.

Every entry is read by itself, so that one mistake hides no other. A broken entry still lends its
name: a formula that uses a parameter with a misspelt argument has nothing wrong with it.
"""

from __future__ import annotations

from collections.abc import KeysView, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from heco.errors import Problem
from heco.scenario.merged import Merged
from heco.scenario.places import Finding
from heco.scenario.schema import Checks, Decision, Population, Prices, Published, Time
from heco.scenario.schema_analysis import Analysis
from heco.scenario.schema_groups import Subgroup
from heco.scenario.schema_parameters import Correlation, Parameter
from heco.scenario.schema_reporting import Reporting
from heco.scenario.schema_structure import Branch, Measure, Move, State, Strategy
from heco.scenario.schema_studies import Review, Reviewed
from heco.scenario.schema_study import Study
from heco.scenario.toml_positions import Place

if TYPE_CHECKING:
    import numpy as np

    from heco.evidence.distributions import Distribution
    from heco.evidence.tables import Table
    from heco.scenario.expressions import Expr


@dataclass
class Draft:
    """The entries that could be read, the names of those that could not, and what was found.

    Parameters
    ----------
    merged : Merged
        What was written, where.
    names : dict
        Section -> every name in it, those of broken entries included; keys of a dictionary,
        because they are in order and found at once.
    broken : set of tuple of str
        Places of entries (of settings: of keys) that could not be read.
    findings, problems : list
        What was found wrong so far; problems lie in files that have no places.
    components : dict
        Name of each joint parameter -> its components; None if they are not known.
    alternative : str
        Name of the alternative that this is the draft of; empty for the scenario itself.
    overrides : dict
        Parameters that take another value in it wherever they are used -> the formula.
    """

    merged: Merged
    names: dict[str, dict[str, None]] = field(default_factory=dict)
    broken: set[Place] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    decision: Decision = field(default_factory=Decision)
    time: Time = field(default_factory=Time)
    population: Population = field(default_factory=Population)
    prices: Prices | None = None
    checks: Checks = field(default_factory=Checks)
    analysis: Analysis = field(default_factory=Analysis)
    reporting: Reporting = field(default_factory=Reporting)
    review: Review = field(default_factory=Review)
    reviewed: Reviewed = field(default_factory=Reviewed)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    correlations: dict[str, Correlation] = field(default_factory=dict)
    tree: dict[str, dict[str, Branch]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    transitions: dict[str, dict[str, Move]] = field(default_factory=dict)
    strategies: dict[str, Strategy] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    published: dict[str, Published] = field(default_factory=dict)
    study: dict[str, Study] = field(default_factory=dict)
    groups: dict[str, Subgroup] = field(default_factory=dict)
    distributions: dict[str, Distribution] = field(default_factory=dict)
    components: dict[str, tuple[str, ...] | None] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    samples: dict[str, np.ndarray] = field(default_factory=dict)
    price_factors: dict[str, float] = field(default_factory=dict)
    alternative: str = ""
    overrides: dict[str, Expr] = field(default_factory=dict)

    def find(self, place: Place, what: str, hint: str = "", warning: bool = False) -> None:
        """Note something wrong; the entry counts as broken unless it is only a warning."""
        self.findings.append(Finding(place, what, hint, warning))

    def intact(self, *place: str) -> bool:
        """Return whether everything at and below a place could be read."""
        return not any(broken[: len(place)] == place for broken in self.broken)

    def known(self, section: str) -> KeysView[str]:
        """Return every name of a section, broken entries included, in the author's order."""
        return self.names.get(section, {}).keys()

    @property
    def cohort(self) -> bool:
        """Return whether there is a cohort model, states that people move between."""
        return bool(self.known("states"))

    def parameter_names(self) -> set[str]:
        """Return every name that stands for a parameter's value in a formula."""
        names: set[str] = set()
        for name in self.known("parameters"):
            parts = self.components.get(name, ())
            if name not in self.components:
                names.add(name)
            names |= {f"{name}.{part}" for part in parts or ()}
        return names

    def row(self, section: str, name: str) -> Mapping[str, Branch | Move]:
        """Return a node of the tree or a row of the transitions."""
        table: Mapping[str, Mapping[str, Branch | Move]] = (
            self.tree if section == "tree" else self.transitions
        )
        return table.get(name, {})
