"""What happens along the way: who is found, missed and helped under each strategy."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "pathway"


def title(run: RunResult) -> str:
    """Return the heading."""
    counted = reading.table(run, "people_counted") is not None
    return f"What happens to 10,000 {reading.people(run)}" if counted else "Along the way"


def applies(run: RunResult) -> bool:
    """Return whether anybody is counted or anything measured along the way."""
    return "pathway" in run


def context(run: RunResult) -> dict[str, object]:
    """Return the author's measures by strategy, and everybody who is counted."""
    found = run["pathway"]
    return {"headline": found.headline, "measures": _measures(run), "people": _people(run)}


def _measures(run: RunResult) -> View | None:
    rows = reading.rows(run, "measures")
    if not rows:
        return None
    currency = reading.currency(run)

    def cell(record: Record, strategy: str, *keys: str) -> str:
        r = record["by"].get(strategy)
        texts = [
            numbers.input_value(r[key], str(r["unit"]), currency) if r else numbers.NOTHING
            for key in keys
        ]
        return texts[0] if len(texts) == 1 else numbers.interval(*texts)

    def field(strategy: str) -> Field:
        return Field(
            reading.strategy(run, strategy),
            lambda r: cell(r, strategy, "value"),
            number=True,
            below=lambda r: cell(r, strategy, "lower", "upper"),
        )

    by_name: dict[str, Record] = {}
    for r in rows:
        line = by_name.setdefault(str(r["measure"]), {"label": r["label"], "by": {}, "r": r})
        line["by"][r["strategy"]] = r
    fields = [
        Field("Measure", lambda r: str(r["label"]), below=lambda r: _about(run, r["r"])),
        *(field(strategy) for strategy in reading.strategies(run)),
    ]
    notes = (
        ["Base case; in small print the range that holds 95% of the draws."] if run.draws else []
    )
    notes += reading.notes(run, "measures")
    return view("Measures by strategy", list(by_name.values()), fields, notes, "measures", True)


def _about(run: RunResult, record: Record) -> str:
    """Return the unit of a measure, what it is compared with, and its note."""
    measure = run.scenario.measures[record["measure"]]
    unit = str(record["unit"])
    if numbers.kind_of_unit(unit) in ("percent", "pence"):  # the number shows it
        unit = " ".join(unit.split(" ")[1:])
    against = record["compared_with"]
    words = [unit, f"against {numbers.inside(reading.strategy(run, against))}" if against else ""]
    return ". ".join(part for part in (", ".join(w for w in words if w), measure.note) if part)


def _people(run: RunResult) -> View | None:
    rows = reading.rows(run, "people_counted")
    if not rows:
        return None
    by_name = reading.people_counted(run)

    def field(strategy: str) -> Field:
        return Field(
            reading.strategy(run, strategy),
            lambda r: numbers.count(r[strategy]["per_10000"]),
            number=True,
        )

    fields = [Field("Counted", lambda r: str(r["label"])), *map(field, reading.strategies(run))]
    where = "People counted on the branches of the pathway"
    if _events(run):
        where = "Events counted" if not run.scenario.tree else "People and events counted"
    caption = f"{where}, of 10,000 {reading.people(run)}"
    return view(caption, list(by_name.values()), fields, (), "people_counted", True)


def _events(run: RunResult) -> bool:
    """Return whether moves or arrivals of the cohort are counted."""
    moves = (move for row in run.scenario.transitions.values() for move in row.values())
    arrivals = (state.on_entry for state in run.scenario.states.values())
    return any(item is not None and item.count for item in (*moves, *arrivals))
