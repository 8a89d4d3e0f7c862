"""What should be found out first: which inputs, by which study, of what size."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "evidence"
#: Inputs in the table of the page at most and at least, and the share of EVPI worth a row.
_SHOWN, _LEAST, _WORTH_A_ROW = 15, 3, 0.005
#: A study that would pay for so many times the people decided for is said not to pay for them.
_MANY = 10


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What should be found out first"


def applies(run: RunResult) -> bool:
    """Return whether it was asked."""
    return "voi" in run


def context(run: RunResult) -> dict[str, object]:
    """Return what inputs and studies are worth."""
    return {
        "sentences": run["voi"].headline,
        "inputs": _inputs(run),
        "studies": _studies(run),
    }


def _first(run: RunResult, name: str) -> list[Record]:
    rows = reading.rows(run, name)
    return reading.where(rows, wtp=rows[0]["wtp"]) if rows else []


def _pence(run: RunResult, value: float) -> str:
    if 0 <= value < 0.005:
        return f"under {numbers.money(0.01, reading.currency(run), 2)}"
    return numbers.money(value, reading.currency(run), 2 if value < 10 else 0)


def _inputs(run: RunResult) -> View | None:
    rows = sorted(_first(run, "evppi"), key=lambda r: -r["evppi"])
    if not rows:
        return None

    def sure(r: Record) -> str:
        return "" if r["distinct"] else "not told from nothing"

    fields = [
        Field("Input", lambda r: str(r["label"]), below=lambda r: str(r["doubts"])),
        Field("Worth knowing, per person", lambda r: _pence(run, r["evppi"]), number=True,
              below=sure),
        Field("Standard error", lambda r: _pence(run, r["error"]), number=True),
        Field("Cross-fitted", lambda r: "" if r["crossfit"] is None else _pence(run, r["crossfit"]),
              number=True),
        Field("Share of knowing everything",
              lambda r: "" if r["share"] is None else numbers.percent(r["share"], decimals=0),
              number=True),
    ]  # fmt: skip
    if any(r["evppi_population"] is not None for r in rows):
        fields.append(shown("For everybody", "evppi_population", "money", reading.currency(run)))
    notes = reading.notes(run, "evppi")
    kept = [
        r for k, r in enumerate(rows[:_SHOWN]) if k < _LEAST or (r["share"] or 0) >= _WORTH_A_ROW
    ]
    if len(rows) > len(kept):
        left = len(rows) - len(kept)
        notes.append(
            f"{numbers.count(left)} more {'is' if left == 1 else 'are'} worth less; table evppi "
            "has all."
        )
    caption = f"What inputs would be worth knowing, at {reading.at_wtp(run, rows[0]['wtp'])}"
    return view(caption, kept, fields, notes, "evppi")


def _studies(run: RunResult) -> View | None:
    rows = _first(run, "studies")
    if not rows:
        return None
    currency = reading.currency(run)

    def near(r: Record) -> str:
        if r["near_from"] is None:
            return ""
        if r["near_from"] == r["near_to"]:
            return "no other size within 5%"
        ends = f"{numbers.count(r['near_from'])} to {numbers.count(r['near_to'])}"
        return f"{ends} within 5%"

    def pays_from(r: Record) -> str:
        if r["break_even"] is None or r["break_even"] > _MANY * r["people"]:
            return f"over {numbers.count(_MANY * r['people'])}"
        return numbers.count(r["break_even"])

    fields = [
        Field("Study", lambda r: str(r["label"]), below=lambda r: str(r["source"])),
        Field("Verdict", lambda r: str(r["verdict"])),
        Field("Best size tried", lambda r: numbers.count(r["best_n"]), number=True, below=near),
        shown("Worth less cost", "enbs", "money", currency),
        shown("Standard error", "error", "money", currency),
        Field("Pays from this many people", pays_from, number=True),
    ]
    caption = f"Which studies pay, at {reading.at_wtp(run, rows[0]['wtp'])}"
    return view(caption, rows, fields, reading.notes(run, "studies"), "studies")
