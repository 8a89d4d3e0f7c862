"""Who gains and who loses, by group."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, ranged, shown, text, view
from heco.result import RunResult

NAME = "equity"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Who gains and who loses"


def applies(run: RunResult) -> bool:
    """Return whether health was shared out over groups."""
    return NAME in run


def context(run: RunResult) -> dict[str, object]:
    """Return health by group, and what equality would be worth."""
    asked = run.scenario.analysis.equity
    return {
        "headline": run[NAME].headline,
        "note": asked.note if asked is not None else "",
        "groups": _groups(run),
        "atkinson": _atkinson(run),
    }


def _mine(run: RunResult, name: str) -> list[Record]:
    rows = reading.rows(run, name, strategy=reading.option(run))
    return [r for r in rows if r["wtp"] == rows[0]["wtp"]]


def _groups(run: RunResult) -> View:
    rows = _mine(run, "equity")
    several = len({r["sharing"] for r in rows}) > 1
    unit = reading.effects(run)
    fields = [
        Field(
            "Group", lambda r: str(r["group_label"]),
            below=lambda r: f"losses {r['sharing']}" if several else "",
        ),
        shown("People", "people", "count"),
        shown(f"{unit} gained", "gained", "number"),
        shown("lost elsewhere", "lost", "number"),
        ranged("Net", "net", "number", "lower", "upper"),
    ]  # fmt: skip
    caption = (
        f"{reading.capital(reading.strategy(run, reading.option(run)))}, if a "
        f"{reading.effect(run)} costs {numbers.money(rows[0]['wtp'], reading.currency(run))} "
        "elsewhere"
    )
    return view(caption, rows, fields, reading.notes(run, "equity"), "equity")


def _atkinson(run: RunResult) -> View | None:
    if reading.table(run, "equity_atkinson") is None:
        return None
    fields = [
        Field("Aversion to inequality", lambda r: numbers.number(r["aversion"])),
        text("Losses elsewhere shared", "sharing"),
        shown("Worth, shared equally", "ede_gain", "number"),
        shown("Net health", "net", "number"),
        shown("of it from equality", "equity", "number"),
    ]
    notes = reading.notes(run, "equity_atkinson")
    caption = "Exploratory: what more equal health would be worth"
    return view(caption, _mine(run, "equity_atkinson"), fields, notes, "equity_atkinson")
