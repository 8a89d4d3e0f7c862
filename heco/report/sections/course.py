"""Health over time: where the cohort is, and in which states costs and effects arise."""

from __future__ import annotations

import math

from heco.report import numbers, parts, reading
from heco.report.reading import Record
from heco.report.view import Field, View, text, view
from heco.result import RunResult

NAME = "course"
#: More decimals than elsewhere: a gain of a thousandth of a QALY must show in its parts.
_DECIMALS = {"cost": 2, "qaly": 5, "life_years": 5}
_HEADINGS = {"cost": "Cost", "qaly": "QALYs", "life_years": "Life years"}


def title(run: RunResult) -> str:
    """Return the heading."""
    return f"Where the {reading.people(run)} are over time"


def applies(run: RunResult) -> bool:
    """Return whether the model follows a cohort through states."""
    return bool(reading.rows(run, "trace") or reading.rows(run, "by_state"))


def context(run: RunResult) -> dict[str, object]:
    """Return where costs and effects arise under each strategy, and how far the trace adds up."""
    names = [name for name in reading.strategies(run) if reading.rows(run, "by_state")]
    return {
        "tables": [made for name in names if (made := by_state(run, name)) is not None],
        "trace": _trace(run),
    }


def by_state(run: RunResult, strategy: str) -> View | None:
    """Return costs and effects of one strategy by state, with their totals."""
    mine = reading.where(reading.rows(run, "by_state"), strategy=strategy)
    if not mine:
        return None
    kinds = [key for key in _DECIMALS if key in mine[0] and any(r[key] for r in mine)]
    records: list[Record] = [{**r, "label": reading.capital(str(r["state"]))} for r in mine]
    total: Record = {"label": "All", "entry": None}
    for key in kinds:
        each, total[key] = parts.rounded([float(r[key]) for r in mine], _DECIMALS[key])
        for record, value in zip(records, each, strict=True):
            record[key] = value
    records.append(total)

    def field(key: str) -> Field:
        def said(r: Record) -> str:
            if key == "cost":
                return numbers.money(r[key], reading.currency(run), _DECIMALS[key])
            return numbers.fixed(r[key], _DECIMALS[key])

        return Field(_HEADINGS[key], said, number=True)

    fields = [
        text("State", "label"),
        Field("At the start", lambda r: numbers.percent(r["entry"]), number=True),
        *map(field, kinds),
    ]
    caption = f"Where costs and effects arise: {reading.strategy(run, strategy)}"
    notes = (
        "Per person of the cohort, discounted, base case; the model keeps no undiscounted amounts "
        "by state. Parts are rounded so that they add up to what stands below them.",
    )
    return view(caption, records, fields, notes, "by_state")


def _trace(run: RunResult) -> str:
    """Return, in a sentence, whether everybody is somewhere at every time."""
    rows = reading.rows(run, "trace")
    if not rows:
        return ""
    where: dict[tuple[str, float], list[float]] = {}
    for r in rows:
        where.setdefault((str(r["strategy"]), float(r["years"])), []).append(float(r["share"]))
    off = max(abs(math.fsum(shares) - 1) for shares in where.values())
    close = "1e−12" if off <= 1e-12 else numbers.number(off)
    return (
        f"The shares of the states add up to 1 at all {len(where):,} boundaries of cycles and "
        f"strategies; the largest difference is {'below ' if off <= 1e-12 else ''}{close}."
    )
