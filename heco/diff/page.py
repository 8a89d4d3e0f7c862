"""The page that compares two scenarios."""

from __future__ import annotations

from typing import Any

from heco.diff import tables
from heco.diff.diff import Difference, Waterfall
from heco.report import numbers
from heco.report.chart import Drawing, render
from heco.report.charts import waterfall as waterfall_chart
from heco.report.standalone import Part, files_of
from heco.report.standalone import page as standalone
from heco.report.view import Field, View, view
from heco.result import Table

Record = dict[str, Any]
#: Figures on the page; the table has every number.
_FIGURES = 6


def page(found: Difference) -> tuple[str, dict[str, bytes]]:
    """Return the page, and the files of its figures."""
    drawings = [
        _drawing(found, w, i) for i, w in enumerate(found.waterfalls[:_FIGURES], start=1) if w.steps
    ]
    sentences = [tables.sentence(found, w) for w in found.waterfalls]
    links = [("results.csv", "Every number: results.csv")]
    parts = [
        Part("effects", "What each change did", sentences[1:], [d.chart.name for d in drawings],
             [_steps(found)]),
        Part("inputs", "What differs", (), (), [_inputs(found)]),
        Part("files", "Files", links=links),
    ]  # fmt: skip
    title = f"From {found.before.name} to {found.after.name}"
    question = " ".join(found.after.decision.question.split()) or found.after.decision.title
    made = standalone(
        title, question or title, sentences[0] if sentences else "Nothing differs.", parts,
        drawings, "from two scenarios, base case. What went in and the fingerprint of every file "
        "are in run.json.", found.notes,
    )  # fmt: skip
    return made, files_of(drawings)


def _drawing(found: Difference, w: Waterfall, number: int) -> Drawing:
    steps = [
        waterfall_chart.Step(change.label, share.effect, share.lower, share.upper)
        for change, share in w.steps
    ]
    first, last = (_end(found, w, side) for side in (0, 1))
    chart = waterfall_chart.chart(
        f"waterfall_{number}", _title(found, w), tables.what(found, w), tables.kind(w),
        found.after.decision.currency, ((first, w.before), (last, w.after)), steps,
    )  # fmt: skip
    return render(chart)


def _end(found: Difference, w: Waterfall, side: int) -> str:
    return (found.before if side == 0 else found.after).name


def _title(found: Difference, w: Waterfall) -> str:
    """Return the takeaway: where it went, and what moved it most."""
    change, share = w.steps[0]
    ends = [tables.show(found, w, v) for v in (w.before, w.after)]
    moved = tables.show(found, w, share.effect, signed=True)
    went = f"from {ends[0]} to {ends[1]}" if ends[0] != ends[1] else f"still {ends[0]}"
    lead = tables.what(found, w).partition(", at ")[0]
    did = "did most" if len(w.steps) > 1 else "did it"
    return f"{lead}: {went}; {numbers.inside(change.label)} {did} ({moved})"


def _records(table: Table) -> list[Record]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def _steps(found: Difference) -> View | None:
    rows: list[Record] = []
    for w in found.waterfalls:
        for change, share in w.steps:
            limits = numbers.interval(
                *(tables.show(found, w, v) if v is not None else numbers.NOTHING
                  for v in (share.lower, share.upper))
            )  # fmt: skip
            orders = numbers.interval(
                *(tables.show(found, w, v, signed=True) for v in (share.least, share.most))
            )
            rows.append({
                "what": tables.what(found, w), "change": change.label, "orders": orders,
                "effect": tables.show(found, w, share.effect, signed=True), "limits": limits,
                "before": change.before, "after": change.after,
            })  # fmt: skip
    if not rows:
        return None
    fields = [
        Field("Number", lambda r: str(r["what"])),
        Field("Change", lambda r: str(r["change"])),
        Field("Effect", lambda r: str(r["effect"]), True, lambda r: str(r["limits"])),
        Field("Least and most in any order", lambda r: str(r["orders"]), True),
    ]
    notes = tables.waterfall_table(found).notes
    if not any(r["orders"] for r in rows):  # the effect is the same in every order
        notes = tuple(f"{note.partition(';')[0].rstrip('.')}." for note in notes)
    return view("Effect of each change", rows, fields, notes, "waterfall")


def _inputs(found: Difference) -> View | None:
    table = tables.inputs_table(found)
    rows = _records(table)
    if not rows:
        return None

    def value(r: Record, side: str) -> str:
        return tables.value_in_words(found, str(r["input"]), r[f"base_{side}"])

    fields = [
        Field("Input", lambda r: str(r["label"])),
        Field("What differs", lambda r: str(r["what"])),
        Field("Before", lambda r: value(r, "before") or str(r["before"]),
              below=lambda r: str(r["before"]) if value(r, "before") else ""),
        Field("After", lambda r: value(r, "after") or str(r["after"]),
              below=lambda r: str(r["after"]) if value(r, "after") else ""),
    ]  # fmt: skip
    return view("Every input that differs", rows, fields, table.notes, "changed_inputs")
