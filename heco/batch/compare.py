"""What the areas come to, side by side: read back from the files that each of them wrote.

Reading back, rather than remembering, is what makes a batch that was killed and resumed write the
same bytes as one that was not: there is one source of every number.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from heco.batch.areas import Area
from heco.report.summary import KNOWN
from heco.result import Column, Quantity, Table
from heco.scenario.scenario import Scenario


@dataclass(frozen=True)
class Measured:
    """One thing that is compared: how to find it, what to call it, how to print it."""

    column: str
    heading: str
    kind: str
    quantity: str
    wtp: float | None = None
    basis: str = "deterministic"


def read_results(path: Path) -> list[Quantity]:
    """Return the rows of a results.csv."""

    def number(text: str) -> float | None:
        return float(text) if text else None

    with path.open(encoding="utf-8", newline="") as file:
        return [
            Quantity(
                row["quantity"], number(row["value"]), row["strategy"], row["comparator"],
                number(row["wtp"]), row["subject"], number(row["lower"]), number(row["upper"]),
                row["unit"], row["basis"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def compared(scenario: Scenario, found: Sequence[Quantity]) -> list[Measured]:
    """Return what can be compared across areas, what matters most first.

    Parameters
    ----------
    scenario : Scenario
        Of all areas.
    found : sequence of Quantity
        The numbers of one area; the others have the same.
    """
    names = {(q.quantity, q.wtp, q.basis) for q in found if q.strategy == scenario.option}
    wtps = sorted({wtp for _, wtp, _ in names if wtp is not None})
    currency, effect = scenario.decision.currency, _effect(scenario)
    made = []
    for name in (n for n in ("annual_cost", "cases") if n in scenario.measures):
        made.append(_measure(scenario, name))
    asked = scenario.analysis.required_gain
    for per in asked.per if asked else ():
        label = asked.labels.get(per, per.replace("_", " ")) if asked else per
        word = "life_years" if effect == "life year" else "qaly"
        made += [
            Measured(f"required_{word}_per_{per}_at_{wtp:g}", f"{effect}s each {label} must gain "
                     f"at {_money(wtp, currency)}", "qaly", f"required_{word}_per_{per}", wtp)
            for wtp in wtps
        ]  # fmt: skip
    made.append(Measured("incremental_cost", "Extra cost per person", "money", "incremental_cost"))
    basis = "probabilistic" if any(key[0] == "inmb" and key[2] == "probabilistic"
                                   for key in names) else "deterministic"  # fmt: skip
    made += [
        Measured(f"inmb_at_{wtp:g}", f"Net benefit per person at {_money(wtp, currency)}",
                 "money", "inmb", wtp, basis)
        for wtp in wtps
    ]  # fmt: skip
    others = [n for n in KNOWN if n in scenario.measures and n not in ("annual_cost", "cases")]
    made += [_measure(scenario, name) for name in others]
    return [m for m in made if (m.quantity, m.wtp, m.basis) in names]


def _measure(scenario: Scenario, name: str) -> Measured:
    from heco.report.numbers import kind_of_unit

    measure = scenario.measures[name]
    kind = kind_of_unit(measure.unit)
    return Measured(name, measure.label, "money" if kind == "pence" else kind, name)


def _effect(scenario: Scenario) -> str:
    return "life year" if scenario.decision.effect == "life_years" else "QALY"


def _money(value: float, currency: str) -> str:
    from heco.report.numbers import money

    return money(value, currency)


def pick(scenario: Scenario, found: Iterable[Quantity], measured: Measured) -> Quantity | None:
    """Return an area's number of one kind, for the strategy that the question is about."""
    against = (scenario.comparator, "")
    return next(
        (
            q for q in found
            if q.quantity == measured.quantity and q.wtp == measured.wtp
            and q.basis == measured.basis and q.strategy == scenario.option
            and q.comparator in against and not q.subject
        ),
        None,
    )  # fmt: skip


def comparison(
    scenario: Scenario, areas: Sequence[Area], results: Mapping[str, Sequence[Quantity]]
) -> tuple[Table, list[Measured]]:
    """Return one row per area that was run, in the order of the table of areas.

    Parameters
    ----------
    scenario : Scenario
        Of all areas.
    areas : sequence of Area
        In the order of the file.
    results : mapping of str to sequence of Quantity
        By area (slug); those that could not be run are missing.
    """
    done = [area for area in areas if area.slug in results]
    measured = compared(scenario, results[done[0].slug]) if done else []
    given = list(dict.fromkeys(name for area in done for name in area.values))
    columns = [Column("area", "Area"), Column("folder", "Folder")]
    columns += [Column(name, scenario.parameters[name].label, "number") for name in given]
    for m in measured:
        columns.append(Column(m.column, m.heading, m.kind))
        if m.basis == "probabilistic":
            columns += [Column(f"{m.column}_lower", "95% from", m.kind),
                        Column(f"{m.column}_upper", "to", m.kind)]  # fmt: skip
    rows = []
    for area in done:
        row: list[Any] = [area.name, f"areas/{area.slug}"]
        row += [area.values[name].value if name in area.values else None for name in given]
        for m in measured:
            found = pick(scenario, results[area.slug], m)
            row.append(found.value if found else None)
            if m.basis == "probabilistic":
                row += [found.lower if found else None, found.upper if found else None]
        rows.append(tuple(row))
    notes = (
        "Base case; net benefit is the mean over draws with the range that holds 95% of them.",
        "An empty cell among the inputs means that the area has the scenario's own.",
    )
    return Table("comparison", "Areas side by side", tuple(columns), tuple(rows), notes), measured


def quantities(
    areas: Sequence[Area], results: Mapping[str, Sequence[Quantity]], measured: Sequence[Measured]
) -> list[Quantity]:
    """Return the rows of results.csv: what is compared, all strategies, by area."""
    wanted = {(m.quantity, m.wtp) for m in measured}
    return [
        replace(q, subject=f"{q.subject}@{area.slug}" if q.subject else area.slug)
        for area in areas
        for q in results.get(area.slug, ())
        if (q.quantity, q.wtp) in wanted
    ]
