"""Deciding well: four courses, what each costs, and what would make it the right one."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "deciding"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Deciding well"


def applies(run: RunResult) -> bool:
    """Return whether the courses were set out."""
    return NAME in run


def context(run: RunResult) -> dict[str, object]:
    """Return to which course the numbers point, the courses, and what would have to be seen."""
    shown: dict[str, float] = {}
    for r in reading.rows(run, "deciding"):
        if r["points"]:
            shown.setdefault(str(r["course"]), float(r["wtp"]))
    wtps = sorted(shown.values()) or list(reading.wtps(run)[:1])
    return {
        "headline": run[NAME].headline,
        "courses": [_courses(run, wtp) for wtp in wtps],
        "needs": _needs(run),
    }


def _courses(run: RunResult, wtp: float) -> View:
    rows = reading.rows(run, "deciding", wtp=wtp)
    fields = [
        Field("Course", lambda r: str(r["label"]),
              below=lambda r: "the numbers point here" if r["points"] else ""),
        Field("Loses, on average", lambda r: reading.capital(str(r["loss_words"]))),
        Field("For it", lambda r: str(r["speaks_for"])),
        Field("Against it", lambda r: str(r["against"])),
        Field("It would be right if", lambda r: str(r["right_if"])),
    ]  # fmt: skip
    if not any(r["loss_words"] for r in rows):
        del fields[1]  # without draws nobody knows what a course loses
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    caption = f"Four courses for {option}, at {reading.at_wtp(run, wtp)}"
    return view(caption, rows, fields, reading.notes(run, "deciding"), "deciding")


def _needs(run: RunResult) -> View | None:
    rows = reading.rows(run, "deciding_needs")
    if not rows:
        return None
    lines: dict[tuple[str, str], Record] = {}
    for r in rows:
        line = lines.setdefault((str(r["what"]), str(r["side"])), {**r, "at": {}})
        line["at"][float(r["wtp"])] = r

    def printed(r: Record, key: str) -> str:
        if r[key] is None:
            return numbers.NOTHING
        if str(r["unit"]) == reading.effect(run):
            return numbers.qaly(r[key])
        if r["source"] == "price":  # as every sentence about a cost per person has it
            return numbers.money(r[key], reading.currency(run))
        return numbers.input_value(r[key], str(r["unit"]), reading.currency(run))

    def field(wtp: float) -> Field:
        return Field(
            f"Worth it at {reading.at_wtp(run, wtp)}",
            lambda r: (
                f"{r['side']} {printed(r['at'][wtp], 'needed')}"
                if wtp in r["at"]
                else numbers.NOTHING
            ),
            number=True,
        )

    fields = [
        Field("What would have to be seen", lambda r: reading.capital(str(r["what"]))),
        Field("In this run", lambda r: printed(r, "now"), number=True),
        *map(field, sorted({float(r["wtp"]) for r in rows})),
    ]
    caption = "The values at which to go on or to stop: each alone would do"
    return view(caption, list(lines.values()), fields, (), "deciding_needs")
