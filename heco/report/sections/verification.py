"""The certificate: what was checked on this very model, and what came of it."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import Result, RunResult

NAME = "verification"

#: What is stamped on every page of a report whose model failed a check.
STAMP = "FAILED VERIFICATION"
#: How a status is shown, so that it can be told without colour.
_MARKS = {"pass": "✓\u00a0pass", "fail": "✗\u00a0fail", "not applicable": "not applicable"}


def title(run: RunResult) -> str:
    """Return the heading."""
    return title_of()


def title_of() -> str:
    """Return the heading, which is the same for all."""
    return "Does the model behave as every model must?"


def applies(run: RunResult) -> bool:
    """Return whether any check was made."""
    return NAME in run


def stamp(run: RunResult) -> str:
    """Return what must stand on every page: nothing, unless a check failed."""
    if NAME not in run:
        return ""
    failed = [r for r in reading.rows(run, NAME) if r["status"] == "fail"]
    return STAMP if failed else ""


def context(run: RunResult) -> dict[str, object]:
    """Return what the certificate says, and its tables."""
    result = run[NAME]
    return {**shown(result), "stamp": stamp(run), "scenario": run.name}


def shown(result: Result) -> dict[str, object]:
    """Return the sentences and the tables of a certificate, from its result alone."""
    table = next(table for table in result.tables if table.name == NAME)
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    tried = [row for row in rows if row["status"] != "not applicable"]
    skipped = [row for row in rows if row["status"] == "not applicable"]
    return {
        "sentences": result.headline,
        "tried": _tried(tried, table.notes),
        "skipped": _skipped(skipped),
    }


def misfit(row: Record) -> str:
    """Return the size of a misfit as people read it."""
    size = row["size"]
    if size is None:
        return numbers.NOTHING
    if size == float("inf"):
        return "without limit"
    if size == 0.0:
        return "none"
    return tiny(float(size))


def shown_limit(row: Record) -> str:
    """Return the largest misfit that is rounding or chance, as people read it."""
    return tiny(float(row["tolerance"]))


def limit(row: Record) -> str:
    """Return the same with its measure."""
    unit = "" if row["unit"] == "relative" else f" {row['unit']}"
    return f"at most {shown_limit(row)}{unit}"


def tiny(value: float) -> str:
    """Return a small number in powers of ten, others with two digits.

    >>> tiny(1.2e-15), tiny(0.25), tiny(4)
    ('1 × 10⁻¹⁵', '0.25', '4')
    """
    if abs(value) >= 1e-4:
        return f"{value:.2g}"
    digits, _, power = f"{value:.0e}".partition("e")
    raised = str(abs(int(power))).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} × 10⁻{raised}"


def _tried(rows: list[Record], notes: tuple[str, ...]) -> View | None:
    if not rows:
        return None

    def about(row: Record) -> str:
        said = []
        if row["status"] == "fail" and row["where"]:
            said.append(f"At: {row['where']}.")
        if row["reason"]:
            said.append(f"{reading.capital(str(row['reason']))}.")
        return " ".join(said)

    fields = [
        Field("Check", lambda r: str(r["check"])),
        Field("What must hold", lambda r: str(r["what"]), below=about),
        Field("Result", lambda r: _MARKS[str(r["status"])]),
        Field("Largest misfit", misfit, number=True, below=limit),
        Field("A mistake it would find", lambda r: str(r["catches"])),
    ]
    return view("What was checked, and what came of it", rows, fields, notes, NAME)


def _skipped(rows: list[Record]) -> View | None:
    if not rows:
        return None
    fields = [
        Field("Check", lambda r: str(r["check"])),
        Field("What must hold", lambda r: str(r["what"])),
        Field("Why it does not apply", lambda r: reading.capital(f"{r['reason']}.")),
    ]
    return view("What could not be tried on this model", rows, fields)
