"""The tables of a budget: by year, by line, by payer, by role, and what it all comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from heco.analysis.context import Context
from heco.analysis.spending import Line, total
from heco.analysis.staffing import Work
from heco.result import Column, Table

Band = tuple[float | None, float | None, float | None]
#: Said below every table with a band.
BAND = "Of 10 draws, 8 lie between the limits."
NOT_STATED = "not stated"


@dataclass(frozen=True)
class YearRow:
    """One year of one strategy, in the order of the table's columns."""

    option: str
    money: str
    year: int
    people: float
    taken: float
    with_option: float
    without: float
    net: float
    band: Band
    cumulative: float
    cumulative_band: Band
    low_uptake: float | None
    high_uptake: float | None
    per_100000: float | None


def _who(context: Context, option: str) -> tuple[str, str, str]:
    return option, context.label(option), context.scenario.comparator


_WHO = (Column("strategy", "Name"), Column("label", "Strategy"), Column("comparator", "Against"))


def years(context: Context, rows: Sequence[YearRow]) -> Table:
    """Return spending by year."""
    columns = (
        *_WHO, Column("money", "Cash or capacity"), Column("year", "Year", "count"),
        Column("people", "People who enter", "count"),
        Column("taken", "of them the strategy's way", "count"),
        Column("with_option", "Spent with it", "pence"), Column("without", "without it", "pence"),
        Column("net", "Net", "pence"), Column("mean", "Mean of draws", "pence"),
        Column("lower80", "8 in 10 draws from", "pence"), Column("upper80", "to", "pence"),
        Column("cumulative", "Net so far", "pence"),
        Column("cumulative_mean", "Mean of draws so far", "pence"),
        Column("cumulative_lower80", "so far, 8 in 10 draws from", "pence"),
        Column("cumulative_upper80", "so far, to", "pence"),
        Column("low_uptake", "Net at low uptake", "pence"),
        Column("high_uptake", "Net at high uptake", "pence"),
        Column("per_100000", "Net per 100,000 people", "pence"),
    )  # fmt: skip
    cells = []
    for row in rows:
        cells.append(
            (
                *_who(context, row.option), row.money, row.year, row.people, row.taken,
                row.with_option, row.without, row.net, *row.band, row.cumulative,
                *row.cumulative_band, row.low_uptake, row.high_uptake, row.per_100000,
            )
        )  # fmt: skip
    notes = ("Undiscounted. Net is what is spent with the strategy on offer less without.", BAND)
    return Table("budget", "The budget by year", columns, tuple(cells), notes)


def lines(context: Context, found: Mapping[str, Sequence[Line]]) -> Table:
    """Return spending by line and year."""
    columns = (
        *_WHO, Column("kind", "Kind"), Column("line", "Line name"), Column("line_label", "Line"),
        Column("payer", "Payer"), Column("money", "Cash or capacity"),
        Column("year", "Year", "count"), Column("with_option", "Spent with it", "pence"),
        Column("without", "without it", "pence"), Column("net", "Net", "pence"),
    )  # fmt: skip
    rows = []
    for option, several in found.items():
        for line in several:
            for year in range(len(line.net)):
                rows.append(
                    (
                        *_who(context, option), line.kind, line.name, line.label,
                        line.payer or NOT_STATED, line.money, year + 1,
                        float(line.with_option[year, 0]), float(line.without[year, 0]),
                        float(line.net[year, 0]),
                    )
                )  # fmt: skip
    notes = ("Base case, undiscounted. The lines of a year add up to its net in the budget.",)
    return Table("budget_lines", "The budget line by line", columns, tuple(rows), notes)


def payers(context: Context, found: Mapping[str, Sequence[Line]]) -> Table:
    """Return net spending by payer and year."""
    columns = (
        *_WHO, Column("payer", "Payer"), Column("money", "Cash or capacity"),
        Column("year", "Year", "count"), Column("net", "Net", "pence"),
        Column("cumulative", "Net so far", "pence"),
    )  # fmt: skip
    rows = []
    for option, several in found.items():
        for payer, money in dict.fromkeys((line.payer, line.money) for line in several):
            net = total(several, payer=payer, money=money)[:, 0]
            for year, value in enumerate(net):
                so_far = float(net[: year + 1].sum())
                who = (*_who(context, option), payer or NOT_STATED, money)
                rows.append((*who, year + 1, float(value), so_far))
    notes = ("Base case, undiscounted. Cash and capacity are different things: do not add them.",)
    return Table("budget_payers", "Who pays", columns, tuple(rows), notes[: _split(found)])


def _split(found: Mapping[str, Sequence[Line]]) -> int:
    return 1 if any(line.money for several in found.values() for line in several) else 0


def summary(context: Context, rows: Sequence[tuple[Any, ...]]) -> Table:
    """Return what the years come to."""
    columns = (
        *_WHO, Column("money", "Cash or capacity"), Column("total", "Net over all years", "pence"),
        Column("mean", "Mean of draws", "pence"), Column("lower80", "8 in 10 draws from", "pence"),
        Column("upper80", "to", "pence"), Column("low_uptake", "at low uptake", "pence"),
        Column("high_uptake", "at high uptake", "pence"), Column("set_up", "Set-up", "pence"),
        Column("recurrent", "Recurrent", "pence"), Column("people_cost", "For people", "pence"),
        Column("peak_year", "Dearest year", "count"), Column("peak", "Net in it", "pence"),
        Column("break_even", "Paid back in year"),
        Column("per_100000", "Net per 100,000 people", "pence"),
    )  # fmt: skip
    cells = tuple((*_who(context, row[0]), *row[1:]) for row in rows)
    notes = (
        "Paid back in year: the first from which net spending so far stays at or below 0.", BAND,
    )  # fmt: skip
    return Table("budget_summary", "The budget over all years", columns, cells, notes)


def staff(
    context: Context,
    found: Mapping[str, tuple[Sequence[Work], Mapping[str, Sequence[tuple[float | None, ...]]]]],
) -> Table:
    """Return staff and waiting list by role and year."""
    columns = (
        *_WHO, Column("role", "Role name"), Column("role_label", "Role"),
        Column("per", "Work for"), Column("year", "Year", "count"),
        Column("people", "People who need it", "count"),
        Column("wte", "Staff needed", "number"), Column("wte_without", "without it", "number"),
        Column("wte_extra", "more", "number"), Column("mean", "Mean of draws", "number"),
        Column("lower80", "8 in 10 draws from", "number"), Column("upper80", "to", "number"),
        Column("capacity", "Staff there are", "number"),
        Column("short", "Staff too few", "number"),
        Column("waiting", "Waiting at the end of the year", "count"),
    )  # fmt: skip
    rows = []
    for option, (several, bands) in found.items():
        for work in several:
            for year in range(len(work.wte)):
                need, before = float(work.wte[year, 0]), float(work.wte_without[year, 0])
                there = None if work.capacity is None else float(work.capacity[0])
                band = bands[work.role][year] if bands else (None, None, None)
                rows.append(
                    (
                        *_who(context, option), work.role, work.label, work.per, year + 1,
                        float(work.people[year, 0]), need, before, need - before, *band, there,
                        None if there is None else max(0.0, need - there),
                        None if work.waiting is None else float(work.waiting[year, 0]),
                    )
                )  # fmt: skip
    notes = ("Staff in whole-time equivalents, needed to see everybody within the year.", BAND)
    return Table("budget_staff", "Staff", columns, tuple(rows), notes)
