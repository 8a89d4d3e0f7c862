"""The published figures: which agree, and what would make the others agree."""

from __future__ import annotations

from heco.numbers import span
from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "reconcile"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What the published figures imply"


def applies(run: RunResult) -> bool:
    """Return whether published figures were reconciled."""
    return NAME in run


def context(run: RunResult) -> dict[str, object]:
    """Return the figures, and what they imply together and one by one."""
    return {
        "headline": run[NAME].headline,
        "figures": _figures(run),
        "joint": _joint(run),
        "ranges": _ranges(run),
    }


def _figures(run: RunResult) -> View:
    rows = reading.rows(run, "reconcile_figures")

    def window(r: Record) -> str:
        return span(r["low"], r["high"])

    fields = [
        Field("Figure", lambda r: str(r["label"]), below=lambda r: str(r["source"])),
        Field("Published", lambda r: str(r["printed"]), number=True, below=window),
        shown("This model", "model", "number"),
        shown("Agrees", "agrees", "flag"),
    ]
    notes = ("In small print the values that round to the published figure.",)
    return view("Published figures beside this model", rows, fields, notes, "reconcile_figures")


def _implied(r: Record) -> str:
    return span(r["implied_low"], r["implied_high"]) if r["status"] == "implied" else r["status"]


def _joint(run: RunResult) -> View | None:
    found = [r for r in reading.rows(run, "reconcile_joint") if r["figures"]]
    # Other readings stand below the main one, and only where they have an answer.
    names = list(dict.fromkeys(r["parameter"] for r in found))
    rows = [
        r
        for name in names
        for r in reading.where(found, parameter=name)
        if not r["reading"] or r["status"] == "implied"
    ]
    if not rows:
        return None
    fields = [
        Field("Input", lambda r: str(r["parameter_label"]), below=_reading),
        shown("As it is", "base", "number"),
        Field("Implied", _implied, number=True),
        Field("Supported by evidence", lambda r: reading.capital(str(r["reach"])), below=_evidence),
    ]
    notes = reading.notes(run, "reconcile_joint")
    caption = "Values at which every figure agrees that the input moves"
    return view(caption, rows, fields, notes, "reconcile_joint")


def _evidence(r: Record) -> str:
    """Return what evidence supports, in words."""
    if not r["evidence"]:
        return ""
    said = [
        f"{word} {numbers.number(r[f'supported_{end}'])}"
        f" (95% limit {numbers.number(r[f'supported_{end}95'])})"
        for word, end in (("at least", "low"), ("at most", "high"))
        if r[f"supported_{end}"] is not None
    ]
    return f"{r['evidence']}: {numbers.listing(said)}"


def _reading(r: Record) -> str:
    return str(r["reading_label"]) if r["reading"] else ""


def _ranges(run: RunResult) -> View | None:
    labels = {r["figure"]: r["label"] for r in reading.rows(run, "reconcile_figures")}
    rows = [r for r in reading.rows(run, "reconcile_ranges") if r["status"] != "not moved"]
    if not rows:
        return None
    fields = [
        Field("Input", lambda r: str(r["parameter_label"]), below=_reading),
        Field("Figure", lambda r: str(labels[r["figure"]])),
        Field(
            "Implied", _implied, number=True,
            below=lambda r: "goes on beyond the range looked at" if r["to_the_end"] else "",
        ),
    ]  # fmt: skip
    return view("One figure at a time", rows, fields, (), "reconcile_ranges")
