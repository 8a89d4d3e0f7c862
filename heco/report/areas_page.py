"""The page that puts areas side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from heco.errors import Problem
from heco.report import numbers
from heco.report.chart import Drawing, render
from heco.report.charts import areas as areas_chart
from heco.report.charts.areas import Mark
from heco.report.standalone import Part, files_of
from heco.report.standalone import page as standalone
from heco.report.view import Field, View, view
from heco.result import Table

if TYPE_CHECKING:
    from heco.batch.compare import Measured
    from heco.scenario.scenario import Scenario

#: Numbers that are drawn and stand in the table of the page; comparison.csv has all.
_SHOWN = 4
Record = dict[str, Any]


def leading(measured: Sequence[Measured]) -> list[Measured]:
    """Return what is shown first: cost, cases, the first required gain, the first net benefit."""
    starts = ("annual_cost", "cases", "required_", "inmb")
    found = []
    for start in starts:
        hit = next((m for m in measured if m.quantity.startswith(start)), None)
        if hit is not None:
            found.append(hit)
    others = [m for m in measured if m not in found]
    return [*found, *others][:_SHOWN]


def page(
    scenario: Scenario,
    table: Table,
    measured: Sequence[Measured],
    failed: Mapping[str, Sequence[Problem]],
    reports: bool,
    warnings: Sequence[str] = (),
) -> tuple[str, dict[str, bytes]]:
    """Return the page, and the files of its figures.

    Parameters
    ----------
    scenario : Scenario
        Of all areas.
    table : Table
        The comparison.
    measured : sequence of Measured
        What is compared.
    failed : mapping of str to sequence of Problem
        Areas that could not be run, with why.
    reports : bool
        Whether each area has a report to link to.
    warnings : sequence of str
        What must be known before any of it is used.
    """
    rows: list[Record] = [
        dict(zip((c.name for c in table.columns), row, strict=True)) for row in table.rows
    ]
    shown = leading(measured)
    drawings = [d for m in shown if (d := _drawing(scenario, rows, m)) is not None]
    links = [(f"{r['folder']}/report.html", r["area"]) for r in rows] if reports else []
    parts = [
        Part("areas", "Areas side by side", (), [d.chart.name for d in drawings],
             [_view(scenario, table, rows, shown)],
             [("comparison.csv", "Every number, one row per area: comparison.csv")]),
        Part("failed", "Areas that could not be run", [
            f"{name}: {'; '.join(said(problem) for problem in problems)}"
            for name, problems in failed.items()
        ]),
        Part("reports", "One report per area", links=links),
    ]  # fmt: skip
    title = scenario.decision.title or scenario.name
    asked = " ".join(scenario.decision.question.split()) or title
    made = standalone(
        f"{title}: {len(rows)} area{'' if len(rows) == 1 else 's'}", asked,
        answer(scenario, rows, shown, len(failed)), parts, drawings,
        f"from the scenario “{scenario.name}” and a table of areas. What went in and the "
        "fingerprint of every file are in run.json.", warnings,
    )  # fmt: skip
    return made, files_of(drawings)


def said(problem: Problem) -> str:
    """Return a problem as one line."""
    lead = f"{problem.where}: " if problem.where else ""
    return f"{lead}{problem.what}. {problem.hint}".rstrip(". ").rstrip() + "."


def answer(
    scenario: Scenario, rows: Sequence[Record], shown: Sequence[Measured], failed: int
) -> str:
    """Return what the comparison comes to in one sentence."""
    if not rows:
        return "No area could be run."
    option = scenario.strategies[scenario.option].label if scenario.option else ""
    currency = scenario.decision.currency
    clauses = []
    for m in shown:
        values = [r[m.column] for r in rows if r[m.column] is not None]
        if not values:
            continue
        low, high = (numbers.show(f(values), m.kind, currency) for f in (min, max))
        what = numbers.inside(m.heading)
        everywhere = " everywhere" if len(values) > 1 else ""
        clauses.append(f"{what}: {low}{everywhere}" if low == high else f"{what}: {low} to {high}")
    count = f"{len(rows)} area{'' if len(rows) == 1 else 's'}"
    lost = f" {failed} more could not be run." if failed else ""
    who = f"{option} in {count}" if option else f"{count}"
    return f"{who}. {'; '.join(_capital(clauses))}.{lost}"


def _capital(clauses: list[str]) -> list[str]:
    return [clause[:1].upper() + clause[1:] if i == 0 else clause
            for i, clause in enumerate(clauses)]  # fmt: skip


def _drawing(scenario: Scenario, rows: Sequence[Record], m: Measured) -> Drawing | None:
    marks = [
        Mark(r["area"], float(r[m.column]), r.get(f"{m.column}_lower"), r.get(f"{m.column}_upper"))
        for r in rows
        if r[m.column] is not None
    ]
    if not marks or (len(marks) > 1 and _alike(scenario, marks, m)):
        return None  # the answer says that it is the same everywhere
    currency = scenario.decision.currency
    return render(areas_chart.chart(m.column, m.heading, m.kind, currency, marks))


def _alike(scenario: Scenario, marks: Sequence[Mark], m: Measured) -> bool:
    currency = scenario.decision.currency
    return len({numbers.show(mark.value, m.kind, currency) for mark in marks}) == 1


def _view(
    scenario: Scenario, table: Table, rows: Sequence[Record], shown: Sequence[Measured]
) -> View | None:
    """Return the table of the page: what differs between areas, and what it comes to."""
    if not rows:
        return None
    currency = scenario.decision.currency
    fields = [Field("Area", lambda r: str(r["area"]))]
    for column in table.columns[2:]:
        parameter = scenario.parameters.get(column.name)
        if parameter is None:
            break
        fields.append(_input(scenario, parameter.label, column.name))
    fields += [_number(m, currency) for m in shown]
    return view("What differs, and what it comes to", rows, fields, table.notes[:1])


def _input(scenario: Scenario, heading: str, key: str) -> Field:
    """Return the column of an input; an area that says nothing has the scenario's own."""
    unit, currency = scenario.parameters[key].unit, scenario.decision.currency
    usual, own = _usual(scenario, key), "as in the scenario"

    def text(r: Record) -> str:
        here = usual if r[key] is None else r[key]
        return own if here is None else numbers.input_value(here, unit, currency)

    def below(r: Record) -> str:
        return own if r[key] is None and usual is not None else ""

    return Field(heading, text, number=True, below=below)


def _usual(scenario: Scenario, key: str) -> float | None:
    """Return the scenario's own value of an input, in its own unit; None if it is no number."""
    parameter, distribution = scenario.parameters[key], scenario.distributions.get(key)
    if parameter.fixed is not None:
        return parameter.fixed
    if distribution is None or isinstance(distribution.base, Mapping):
        return None
    return float(distribution.base) / scenario.price_factors.get(key, 1.0)


def _number(m: Measured, currency: str) -> Field:
    def limits(r: Record) -> str:
        low, high = r.get(f"{m.column}_lower"), r.get(f"{m.column}_upper")
        return numbers.interval(*(numbers.show(v, m.kind, currency) for v in (low, high)))

    return Field(
        m.heading, lambda r: numbers.show(r[m.column], m.kind, currency), number=True, below=limits
    )
