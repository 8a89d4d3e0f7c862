"""The annex of inputs: every number that went in, how unsure it is, and where it comes from."""

from __future__ import annotations

from heco.report import inputs, numbers, reading
from heco.report.reading import Record
from heco.result import RunResult

NAME = "inputs"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Every input"


def applies(run: RunResult) -> bool:
    """Return whether there are inputs."""
    return bool(inputs.entries(run))


def context(run: RunResult) -> dict[str, object]:
    """Return the inputs as a page shows them."""
    return {
        "headline": run["inputs"].headline,
        "entries": [_entry(run, record) for record in inputs.entries(run)],
    }


def _entry(run: RunResult, r: Record) -> dict[str, object]:
    unit = str(r["unit"])
    notes = [str(r["note"])] if r["note"] else []
    if r["price_factor"] is not None:
        written = numbers.input_value(r["original"], unit, reading.currency(run))
        factor = numbers.number(r["price_factor"])
        notes.append(f"{written} in {r['price_year']} prices, times {factor}.")
    if r["set_by"]:
        notes.append(f"Set by strategies: {r['set_by']}.")
    said = str(r["distribution"])
    return {
        "name": r["parameter"],
        "label": r["label"],
        "unit": unit,
        "value": inputs.value_of(run, r),
        "range": inputs.range_of(run, r),
        "words": inputs.in_words(run, r),
        "distribution": "" if said == "fixed" else said,
        "source": inputs.reason(r) if r["assumption"] else r["source"],
        "certainty": r["certainty"],
        "assumed": r["assumption"],
        "judged": r["judgement"] and not r["assumption"],
        "lever": r["lever"],
        "note": " ".join(notes),
    }
