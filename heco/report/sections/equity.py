"""Who gains and who loses, by group."""

from __future__ import annotations

import math

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, text, view
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
        "totals": _totals(run),
        "atkinson": _atkinson(run),
    }


def _mine(run: RunResult, name: str) -> list[Record]:
    rows = reading.rows(run, name, strategy=reading.option(run))
    return [r for r in rows if r["wtp"] == rows[0]["wtp"]]


def _alike(rows: list[Record], *keys: str) -> int:
    """Return decimals that show the largest of these values to three digits, and all alike."""
    largest = max((abs(float(r[key])) for r in rows for key in keys), default=0.0)
    return min(6, max(0, 2 - math.floor(math.log10(largest)))) if largest else 0


def _even(heading: str, key: str, decimals: int, limits: tuple[str, str] | None = None) -> Field:
    """Return a column of health in which every number has as many decimals."""

    def below(r: Record) -> str:
        low, high = limits or ("", "")
        return numbers.interval(*(numbers.fixed(r[limit], decimals) for limit in (low, high)))

    return Field(
        heading, lambda r: numbers.fixed(r[key], decimals), number=True,
        below=below if limits else None,
    )  # fmt: skip


def _groups(run: RunResult) -> View:
    rows = _mine(run, "equity")
    decimals = _alike([r for r in rows if r["group"]], "gained", "lost", "net")
    several = len({r["sharing"] for r in rows}) > 1
    unit = reading.effects(run)
    fields = [
        Field(
            "Group", lambda r: str(r["group_label"]),
            below=lambda r: f"losses shared {r['sharing']}" if several else "",
        ),
        shown("People", "people", "count"),
        _even(f"{unit} gained", "gained", decimals),
        _even("lost elsewhere", "lost", decimals),
        _even("Net", "net", decimals, ("lower", "upper")),
    ]  # fmt: skip
    caption = (
        f"{reading.capital(reading.strategy(run, reading.option(run)))}, if a "
        f"{reading.effect(run)} costs {numbers.money(rows[0]['wtp'], reading.currency(run))} "
        "elsewhere"
    )
    return view(caption, rows, fields, reading.notes(run, "equity"), "equity")


def _totals(run: RunResult) -> View:
    """Return what every strategy does to health in all, and to the gap."""
    rows = reading.rows(run, "equity_totals")
    rows = [r for r in rows if r["wtp"] == rows[0]["wtp"]]
    several = len({r["sharing"] for r in rows}) > 1
    unit = reading.effects(run)
    health = _alike(rows, "gained", "lost", "net")
    fields = [
        Field(
            "Strategy", lambda r: str(r["label"]),
            below=lambda r: f"losses shared {r['sharing']}" if several else "",
        ),
        _even(f"{unit} gained", "gained", health),
        _even("lost elsewhere", "lost", health),
        _even("Net", "net", health, ("net_lower", "net_upper")),
        _even(
            "Gap narrowed by", "narrowed", _alike(rows, "narrowed"),
            ("narrowed_lower", "narrowed_upper"),
        ),
    ]  # fmt: skip
    against = numbers.inside(reading.strategy(run, reading.comparator(run)))
    notes = reading.notes(run, "equity_totals")
    caption = f"All groups together, against {against}"
    return view(caption, rows, fields, notes, "equity_totals")


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
