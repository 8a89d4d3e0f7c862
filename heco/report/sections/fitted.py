"""How inputs are distributed and derived: fitted densities, and formulas in words."""

from __future__ import annotations

from heco.report import formula, numbers, reading
from heco.report.charts import densities
from heco.report.fitted import Fitted, fitted
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "fitted"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "How inputs are distributed and derived"


def applies(run: RunResult) -> bool:
    """Return whether any input is uncertain, computed or looked up."""
    return bool(fitted(run) or _computed(run))


def context(run: RunResult) -> dict[str, object]:
    """Return the figures, what each distribution was fitted from, and the derivations."""
    return {
        "figures": [densities.name_of(page) for page in range(densities.PAGES)],
        "fitted": _table(run),
        "derived": _derived(run),
        "together": _together(run),
        "functions": _functions(run),
    }


def _table(run: RunResult) -> View | None:
    found: list[Record] = [{"one": one} for one in fitted(run)]
    if not found:
        return None

    def show(one: Fitted, value: float | None) -> str:
        return numbers.input_value(value, one.unit, reading.currency(run))

    fields = [
        Field("Input", lambda r: r["one"].label, below=lambda r: r["one"].name),
        Field("As written", lambda r: r["one"].written),
        Field("As drawn", lambda r: r["one"].drawn),
        Field(
            "Mean",
            lambda r: show(r["one"], r["one"].mean),
            number=True,
            below=lambda r: numbers.interval(
                *(show(r["one"], value) for value in (r["one"].lower, r["one"].upper))
            ),
        ),
        Field("Standard error", lambda r: show(r["one"], r["one"].sd), number=True),
    ]
    notes = (
        "Arguments as the author wrote them, and the distribution that they come to. Where a mean "
        "and a standard error are given, it is fitted by the method of moments. In small print the "
        "range that holds 95%.",
    )
    return view("From what is written to what is drawn", found, fields, notes)


def _computed(run: RunResult) -> list[Record]:
    return [
        r
        for r in reading.rows(run, "inputs")
        if (record := run.scenario.parameters.get(r["parameter"])) is not None
        and (record.expr is not None or record.table is not None)
    ]


def _derived(run: RunResult) -> View | None:
    rows = _computed(run)
    if not rows:
        return None
    currency = reading.currency(run)

    def value(r: Record) -> str:
        if r["value"] is None:
            return "varies"
        return numbers.input_value(r["value"], str(r["unit"]), currency)

    def how(r: Record) -> str:
        record = run.scenario.parameters[r["parameter"]]
        if record.table is not None:
            where = record.table.file or "rows in the scenario"
            return f"looked up by {formula.KNOWN[record.table.by]} in {where}"
        return formula.in_words(run, record.expr)

    def code(r: Record) -> str:
        record = run.scenario.parameters[r["parameter"]]
        return "" if record.expr is None else formula.written(record.expr)

    fields = [
        Field("Input", lambda r: str(r["label"]), below=lambda r: str(r["parameter"])),
        Field("In words", how),
        Field("Formula", code),
        Field(
            "Base case", value, number=True,
            below=lambda r: numbers.interval(
                *(numbers.input_value(r[k], str(r["unit"]), currency) for k in ("lower", "upper"))
            ),
        ),
    ]  # fmt: skip
    notes = ["In small print the range that holds 95%."] if run.draws else []
    return view("Inputs that are computed from others, or looked up", rows, fields, notes, "inputs")


def _together(run: RunResult) -> list[str]:
    """Return which inputs are drawn together, in sentences."""
    said = []
    for group in run.scenario.correlations.values():
        names = [f"“{reading.parameter(run, name)}”" for name in group.parameters]
        kind = "rank correlations" if group.measure == "spearman" else "correlations of normals"
        pairs = [
            f"{numbers.number(group.matrix[i][j])}" for i in range(len(names)) for j in range(i)
        ]
        said.append(f"{numbers.listing(names)} move together ({kind}: {', '.join(pairs)}).")
    for name, distribution in run.scenario.distributions.items():
        if distribution.components:
            said.append(f"The members of “{reading.parameter(run, name)}” are drawn together.")
    files: dict[str, list[str]] = {}
    for name in run.scenario.samples:
        file = run.scenario.parameters[name].samples.file
        files.setdefault(file, []).append(f"“{reading.parameter(run, name)}”")
    said += [
        f"{numbers.listing(names)} are read row by row from {file}."
        for file, names in files.items()
        if len(names) > 1
    ]
    if not said and run.draws:
        said.append("All uncertain inputs are drawn independently of each other.")
    return said


def _functions(run: RunResult) -> list[tuple[str, str]]:
    used = dict.fromkeys(
        name
        for record in run.scenario.parameters.values()
        if record.expr is not None
        for name in formula.calls(record.expr)
    )
    return [(name, formula.FUNCTIONS[name]) for name in used if name in formula.FUNCTIONS]
