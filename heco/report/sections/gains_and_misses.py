"""Who gains and who is missed, group by group, on half a page; in full in the other report."""

from __future__ import annotations

from collections.abc import Callable

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "gains_and_misses"
#: What is shown of those who are counted, in this order; anything counted where none of these is.
_COUNTS = ("cases", "cases_missed", "benefited")
_MOST_COUNTS, _MOST_WAYS = 3, 2


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Who gains, and who is missed"


def applies(run: RunResult) -> bool:
    """Return whether people are counted in groups, or health is shared out over groups."""
    return bool(reading.rows(run, "people_by_group") or reading.rows(run, "equity"))


def context(run: RunResult) -> dict[str, object]:
    """Return the groups, how many of each are found and missed, and what they gain and lose."""
    said = []
    for name, most in (("who", 1), ("equity", 2)):
        if name in run:
            said += list(run[name].headline[:most])
    return {"headline": said, "views": _views(run)}


def _views(run: RunResult) -> list[View]:
    option = reading.option(run)
    people = reading.rows(run, "people_by_group", strategy=option)
    health = reading.rows(run, "equity", strategy=option)
    if health:  # the first willingness to pay, and the first way of sharing out losses
        first = health[0]
        health = reading.where(health, wtp=first["wtp"], sharing=first["sharing"])
    gained = {str(r["group"]): r for r in health if r["group"]}
    found = []
    for by in dict.fromkeys(str(r["by"]) for r in people):
        found.append(_view(run, _groups(reading.where(people, by=by)), gained))
    known = {str(r["group"]) for r in people}
    if gained and not set(gained) <= known:
        lines = [{"label": r["group_label"], "group": r["group"]} for r in gained.values()]
        found.append(_view(run, lines, gained))
    return found[:_MOST_WAYS]


def _groups(rows: list[Record]) -> list[Record]:
    """Return a record for each group: its counts by name, and its share of all people."""
    lines: dict[str, Record] = {}
    for r in rows:
        start: Record = {"label": r["group_label"], "group": r["group"], "share": r["share"]}
        lines.setdefault(str(r["group"]), start)[str(r["count"])] = r
    return list(lines.values())


def _view(run: RunResult, lines: list[Record], gained: dict[str, Record]) -> View:
    counted = [name for name in lines[0] if isinstance(lines[0][name], dict)]
    shown = [name for name in _COUNTS if name in counted] or counted[:_MOST_COUNTS]
    unit, population = reading.effects(run), run.scenario.population
    sized = any("people" in line[name] for line in lines for name in shown)
    key = "people" if sized else "per_10000"

    def count(name: str) -> Field:
        return Field(
            reading.counted(run, name), lambda r: numbers.count(r[name][key]), number=True,
            below=lambda r: _of_group(r[name]),
        )  # fmt: skip

    def health(heading: str, column: str, signed: bool = False) -> Field:
        return Field(heading, _health(gained, column, signed), number=True)

    fields = [
        Field("Group", lambda r: str(r["label"]), below=lambda r: _share(r, population.label)),
        *map(count, shown),
    ]
    notes = []
    if shown:
        whom = f"all {population.label} of the group"
        notes.append(f"Base case; in small print, the share of {whom}.")
    if any(str(line["group"]) in gained for line in lines):
        r = next(iter(gained.values()))
        price = numbers.money(r["wtp"], reading.currency(run))
        fields += [
            health(f"{unit} gained", "gained"),
            health("lost elsewhere", "lost"),
            health("Net", "net", True),
        ]
        notes.append(
            f"What is spent here is lost elsewhere, a {reading.effect(run)} for each {price}, "
            f"shared {r['sharing']} among groups."
        )
        if any(float(line["lost"]) < 0 for line in gained.values()):
            notes.append("Below zero: money is saved here, and health is gained with it elsewhere.")
    whom = f"in one {population.per}" if sized else f"of 10,000 {population.label}"
    option = reading.capital(reading.strategy(run, reading.option(run)))
    source = "people_by_group" if shown else "equity"
    names = [numbers.inside(str(line["label"])) for line in lines]
    ends = numbers.listing(names) if len(names) < 3 else f"{names[0]} to {names[-1]}"
    return view(f"{option}, {whom}: {ends}", lines, fields, notes, source)


def _of_group(r: Record) -> str:
    return "" if r["of_group"] is None else numbers.percent(r["of_group"])


def _share(line: Record, people: str) -> str:
    if "share" not in line:
        return ""
    return f"{numbers.percent(line['share'], decimals=0)} of all {people}"


def _health(
    gained: dict[str, Record], column: str, signed: bool
) -> Callable[[Record], str]:  # fmt: skip
    def show(line: Record) -> str:
        r = gained.get(str(line["group"]))
        return numbers.NOTHING if r is None else numbers.fixed(r[column], 1, signed)

    return show
