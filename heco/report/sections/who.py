"""Who is reached and who is missed, group by group."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "who"
TABLE = "people_by_group"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Who is reached, and who is missed"


def applies(run: RunResult) -> bool:
    """Return whether people are counted and come in groups."""
    return bool(reading.rows(run, TABLE))


def context(run: RunResult) -> dict[str, object]:
    """Return a table per option for people by where they enter, and one for the named groups."""
    found = reading.rows(run, TABLE)
    views = []
    for by in dict.fromkeys(str(r["by"]) for r in found):
        # Fifths are many columns: on the page, only the strategy that the question is about.
        options = _options(run)[:1] if by == "groups" else _options(run)
        tables = (_view(run, reading.where(found, by=by, strategy=name)) for name in options)
        views += [table for table in tables if table is not None]
    return {"headline": run[NAME].headline, "views": views}


def _options(run: RunResult) -> list[str]:
    """Return the strategies without the comparator, that of the question first."""
    first, last = reading.option(run), reading.comparator(run)
    return [first, *(name for name in reading.strategies(run) if name not in (first, last))]


def _view(run: RunResult, rows: list[Record]) -> View | None:
    """Return one strategy: a row per count, a column per group; None if nobody is counted."""
    if not any(r["per_10000"] for r in rows):
        return None
    sized = "people" in rows[0]
    key = "people" if sized else "per_10000"
    lines: dict[str, Record] = {}
    for r in rows:
        name = str(r["count"])
        line = lines.setdefault(name, {"label": reading.counted(run, name), "total": 0.0})
        line[str(r["group"])] = r
        line["total"] += float(r[key])
    shown = sorted(_order(run, lines))
    records = [lines[name] for _, name in shown if lines[name]["total"]]
    groups = {str(r["group"]): r for r in rows}

    def field(name: str, group: Record) -> Field:
        return Field(
            f"{group['group_label']} ({numbers.percent(group['share'], decimals=0)} of all)",
            lambda r: numbers.count(r[name][key]),
            number=True,
            below=lambda r: numbers.percent(r[name]["of_counted"], decimals=0),
        )

    fields = [
        Field("Counted", lambda r: str(r["label"])),
        *(field(name, group) for name, group in groups.items()),
        Field("All", lambda r: numbers.count(r["total"]), number=True),
    ]
    population = run.scenario.population
    whom = f"{population.label} per {population.per}" if sized else f"of 10,000 {population.label}"
    label = reading.capital(reading.strategy(run, str(rows[0]["strategy"])))
    notes = ["Base case. In small print the group's share of all who are counted."]
    # The same people may be counted by two groupings: captions say which.
    names = [numbers.inside(str(group["group_label"])) for group in groups.values()]
    by = numbers.listing(names) if len(names) <= 3 else f"{len(names)} groups"
    return view(f"{label}: {whom}; {by}", records, fields, notes, TABLE, True)


def _order(run: RunResult, lines: dict[str, Record]) -> list[tuple[int, str]]:
    """Return the counts in the order in which the author's measures name them, others after."""
    measures = list(run.scenario.measures)
    return [(measures.index(name) if name in measures else len(measures), name) for name in lines]
