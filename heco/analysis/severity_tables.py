"""The tables of severity: the shortfall, results with and without its weight, the population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.context import Context
from heco.analysis.norms import Norm
from heco.result import Column, Table
from heco.scenario.schema_severity import Severity

if TYPE_CHECKING:
    from heco.analysis.severity import Shortfall

ONLY = (
    "NICE weights QALYs by severity in technology appraisals of medicines only: not in guidelines, "
    "and not in public health programmes."
)
RULE = (
    "Weight 1.7 from an absolute shortfall of 18 QALYs or a proportional one of 95%, 1.2 from 12 "
    "QALYs or 85%, otherwise 1; the higher of the two holds."
)


@dataclass(frozen=True)
class Row:
    """One option against the comparator, unweighted and weighted.

    Parameters
    ----------
    basis, option : str
        Base case or draws, and the strategy.
    cost, qaly, weight, weighted : float
        Extra cost, extra QALYs, weight, weighted extra QALYs.
    icer, icer_weighted : float or None
        Cost per QALY where it means something.
    benefit : tuple of (wtp, inmb, weighted inmb)
        Incremental net monetary benefit.
    """

    basis: str
    option: str
    cost: float
    qaly: float
    weight: float
    weighted: float
    icer: float | None
    icer_weighted: float | None
    benefit: tuple[tuple[float, float, float], ...]


def shortfall(context: Context, settings: Severity, found: Sequence[Shortfall]) -> Table:
    """Return both shortfalls, the weight, and in how many draws each weight would hold."""
    from heco.analysis.severity import STEPS, weight

    factors = [factor for _, _, factor in STEPS]
    columns = (
        Column("basis", "Basis"),
        Column("general", "QALYs, general population", "qaly"),
        Column("condition", "QALYs, people with the condition", "qaly"),
        Column("condition_lower", "95% from", "qaly"), Column("condition_upper", "to", "qaly"),
        Column("absolute", "Absolute shortfall", "qaly"),
        Column("absolute_lower", "95% from", "qaly"), Column("absolute_upper", "to", "qaly"),
        Column("proportional", "Proportional shortfall", "percent"),
        Column("proportional_lower", "95% from", "percent"),
        Column("proportional_upper", "to", "percent"),
        Column("weight", "Weight of a QALY", "number"),
        *(Column(f"draws_{f:g}", f"Draws that ask for {f:g}", "percent") for f in factors),
    )  # fmt: skip
    rows = []
    for one in found:
        cells: list[Any] = [one.basis.name, one.general]
        for values in (one.condition, one.absolute, one.proportional):
            several = one.basis.probabilistic
            limits = np.quantile(values, (0.025, 0.975)) if several else (None, None)
            cells += [float(values.mean()), *(None if v is None else float(v) for v in limits)]
        each = [
            weight(float(a), float(p)) for a, p in zip(one.absolute, one.proportional, strict=True)
        ]
        shares = [float(np.mean(np.isclose(each, factor))) for factor in factors]
        rows.append(
            (*cells, one.weight, *(shares if one.basis.probabilistic else [None] * len(shares)))
        )
    return Table("severity", "Shortfall and weight", columns, tuple(rows), (RULE, ONLY))


def results(context: Context, rows: Sequence[Row]) -> Table:
    """Return every option without and with the weight, one row per willingness to pay."""
    columns = (
        Column("basis", "Basis"), Column("strategy", "Name"), Column("label", "Strategy"),
        Column("comparator", "Against"), Column("cost", "Extra cost", "money"),
        Column("qaly", "Extra QALYs", "qaly"), Column("weight", "Weight of a QALY", "number"),
        Column("weighted", "Extra QALYs, weighted", "qaly"),
        Column("icer", "Cost per QALY", "money"),
        Column("icer_weighted", "weighted", "money"),
        Column("wtp", "Willingness to pay per QALY", "money"),
        Column("inmb", "Net benefit", "money"), Column("inmb_weighted", "weighted", "money"),
    )  # fmt: skip
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        for wtp, plain, weighted in row.benefit or ((None, None, None),):
            cells.append(
                (
                    row.basis, row.option, context.label(row.option), context.scenario.comparator,
                    row.cost, row.qaly, row.weight, row.weighted, row.icer, row.icer_weighted, wtp,
                    plain, weighted,
                )
            )  # fmt: skip
    title = "Each option without and with the weight"
    return Table("severity_results", title, columns, tuple(cells), (ONLY,))


def population(people: Sequence[Norm], names: Sequence[str]) -> Table:
    """Return the general population as it was used, by sex and year of age."""
    columns = (
        Column("sex", "Sex"), Column("share", "Share at the start", "percent"),
        Column("age", "Age", "count"), Column("alive", "Alive at the birthday", "qaly"),
        Column("utility", "Quality of life in the year", "qaly"),
    )  # fmt: skip
    rows = [
        (name, norm.share, float(age), float(alive), float(utility))
        for name, norm in zip(names, people, strict=True)
        for age, alive, utility in zip(norm.ages, norm.alive, norm.utility, strict=False)
    ]
    title = "The general population, as used for severity"
    return Table("general_population", title, columns, tuple(rows))
