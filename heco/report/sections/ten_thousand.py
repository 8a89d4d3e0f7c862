"""Ten thousand people: who is found, missed and helped, here too, and what each step costs."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "ten_thousand"
#: The order in which a programme meets people; what it does not know follows.
STORY = (
    "invited", "screened", "positive", "confirmed", "cases", "treated", "benefited",
    "cases_missed", "false_positives",
)  # fmt: skip
_MOST = 9


def title(run: RunResult) -> str:
    """Return the heading."""
    if reading.table(run, "people_counted") is not None:
        return f"What happens to 10,000 {reading.people(run)}"
    return "What happens along the way"


def applies(run: RunResult) -> bool:
    """Return whether anybody is counted or anything measured along the way."""
    return "pathway" in run


def context(run: RunResult) -> dict[str, object]:
    """Return how many of 10,000 and of the local people, and what each step costs."""
    return {"coverage": _coverage(run), "people": _people(run), "costs": _costs(run)}


def _coverage(run: RunResult) -> list[str]:
    """Say how much of what is looked for each strategy finds, where that is counted."""
    rows = reading.rows(run, "people_counted")
    if not {"cases", "cases_missed"} <= {r["count"] for r in rows}:
        return []
    said = []
    for name in reading.strategies(run):
        mine = {r["count"]: float(r["per_10000"]) for r in reading.where(rows, strategy=name)}
        found, missed = mine.get("cases", 0.0), mine.get("cases_missed", 0.0)
        if found + missed <= 0:
            continue
        said.append(
            f"{reading.strategy(run, name)} finds {numbers.count(found)} of "
            f"{numbers.count(found + missed)} cases ({numbers.percent(found / (found + missed))})."
        )
    return said


def _people(run: RunResult) -> View | None:
    rows = reading.rows(run, "people_counted")
    if not rows:
        return None
    by_name = reading.people_counted(run)
    order = [name for name in STORY if name in by_name]
    order += [name for name in by_name if name not in STORY]
    sized = "people" in rows[0]
    per = str(run.scenario.population.per)

    def field(strategy: str) -> Field:
        return Field(
            reading.strategy(run, strategy),
            lambda r: (
                numbers.count(r[strategy]["per_10000"])
                + (f" ({numbers.count(r[strategy]['people'])})" if sized else "")
            ),
            number=True,
        )

    fields = [Field("Counted", lambda r: str(r["label"])), *map(field, reading.strategies(run))]
    caption = f"Of 10,000 {reading.people(run)}"
    caption += f" (in brackets: here, in one {per})" if sized else ""
    records = [by_name[name] for name in order]
    return view(caption, records, fields, ("Base case.",), "people_counted", True)


def _costs(run: RunResult) -> View | None:
    """Return what is paid along the way, or all that is measured where nobody is counted."""
    currency = reading.currency(run)
    counted = reading.table(run, "people_counted") is not None
    by_name: dict[str, Record] = {}
    for r in reading.rows(run, "measures"):
        if counted and numbers.kind_of_unit(str(r["unit"])) != "pence":
            continue
        line = by_name.setdefault(str(r["measure"]), {"label": r["label"], "by": {}, "r": r})
        line["by"][r["strategy"]] = r
    if not by_name:
        return None

    def cell(record: Record, strategy: str) -> str:
        r = record["by"].get(strategy)
        return numbers.input_value(r["value"], str(r["unit"]), currency) if r else numbers.NOTHING

    def field(strategy: str) -> Field:
        return Field(reading.strategy(run, strategy), lambda r: cell(r, strategy), number=True)

    def against(r: Record) -> str:
        other = str(r["r"]["compared_with"])
        return f"against {numbers.inside(reading.strategy(run, other))}" if other else ""

    fields = [
        Field("What is paid" if counted else "Measure", lambda r: str(r["label"]), below=against),
        *map(field, reading.strategies(run)),
    ]
    records = list(by_name.values())
    notes = ["Base case."]
    if len(records) > _MOST:
        notes.append(f"The first {_MOST} of {len(records)}.")
    caption = "What each step costs" if counted else "Along the way"
    return view(caption, records[:_MOST], fields, notes, "measures", True)
