"""How severe the condition is: shortfalls, and every option with and without the weight."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, ranged, shown, view
from heco.result import RunResult

NAME = "severity"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "How severe the condition is"


def applies(run: RunResult) -> bool:
    """Return whether severity was asked for."""
    return NAME in run


def context(run: RunResult) -> dict[str, object]:
    """Return the shortfalls, the results side by side, and the conventions in force."""
    asked = run.scenario.analysis.severity
    return {
        "headline": run[NAME].headline,
        "note": asked.note if asked is not None else "",
        "conventions": run[NAME].settings["severity"],
        "shortfall": _shortfall(run),
        "results": _results(run),
    }


def _basis(record: Record) -> str:
    return "base case" if record["basis"] == "deterministic" else "mean of draws"


def _shortfall(run: RunResult) -> View | None:
    fields = [
        Field("QALYs per person", lambda r: reading.capital(_basis(r))),
        shown("General population", "general", "qaly"),
        ranged("With the condition", "condition", "qaly", "condition_lower", "condition_upper"),
        ranged("Absolute shortfall", "absolute", "qaly", "absolute_lower", "absolute_upper"),
        ranged(
            "Proportional", "proportional", "percent", "proportional_lower", "proportional_upper"
        ),
        shown("Weight", "weight", "number"),
        shown("Draws that ask for 1.2", "draws_1.2", "percent"),
        shown("for 1.7", "draws_1.7", "percent"),
    ]
    rows = reading.rows(run, "severity")
    said = set(run[NAME].headline)  # stands above the table already
    notes = [note for note in reading.notes(run, "severity") if note not in said]
    return view("Shortfall and weight", rows, fields, notes, "severity")


def _results(run: RunResult) -> View | None:
    currency = reading.currency(run)
    rows = reading.rows(run, "severity_results")
    if not rows:
        return None
    leading = rows[0]["basis"]
    rows = [r for r in rows if r["basis"] == leading]
    fields = [
        Field(
            "Strategy",
            lambda r: str(r["label"]),
            below=lambda r: f"at {reading.at_wtp(run, r['wtp'])}" if r["wtp"] is not None else "",
        ),
        shown("Extra cost", "cost", "money", currency),
        shown("Extra QALYs", "qaly", "qaly"),
        shown("weighted", "weighted", "qaly"),
        shown("Cost per QALY", "icer", "money", currency),
        shown("per weighted QALY", "icer_weighted", "money", currency),
        shown("Net benefit", "inmb", "money", currency),
        shown("weighted", "inmb_weighted", "money", currency),
    ]
    against = numbers.inside(reading.strategy(run, reading.comparator(run)))
    caption = f"Without and with the weight, per person against {against}, {_basis(rows[0])}"
    return view(caption, rows, fields, (), "severity_results")
