"""Money by year, on one page: spending, payers, uptake and staff; in full in the other report."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Cell, View
from heco.result import RunResult

NAME = "years"
#: The most years that fit beside each other; of more, the first ones and the last.
_MOST = 6
_CAPACITY = "staff and space, no money in hand"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Money by year"


def applies(run: RunResult) -> bool:
    """Return whether a budget was asked for."""
    return "budget" in run and bool(_years(run))


def context(run: RunResult) -> dict[str, object]:
    """Return what is spent in each year, by whom, and who does the work."""
    asked = run.scenario.analysis.budget
    return {
        "headline": run["budget"].headline,
        "note": asked.note if asked is not None else "",
        "money": _money_table(run),
        "staff": _staff_table(run),
    }


def _mine(run: RunResult, table: str, **what: object) -> list[Record]:
    return reading.rows(run, table, strategy=reading.option(run), **what)


def _years(run: RunResult) -> list[int]:
    years = sorted({int(r["year"]) for r in _mine(run, "budget")})
    return years if len(years) <= _MOST else [*years[: _MOST - 1], years[-1]]


def _heads(run: RunResult, first: str, last: str) -> tuple[Cell, ...]:
    years = [Cell(f"Year {year}", number=True) for year in _years(run)]
    return (Cell(first), *years, *([Cell(last, number=True)] if last else []))


def _money(run: RunResult, value: object) -> str:
    return numbers.money(value, reading.currency(run))


def _line(
    run: RunResult, label: str, rows: list[Record], key: str, total: object, below: str = "",
    limits: tuple[str, str] | None = None,
) -> tuple[Cell, ...] | None:  # fmt: skip
    """Return a row of the table: one amount for each year shown, and what they come to."""
    by_year = {int(r["year"]): r for r in rows}
    if not any(r[key] is not None for r in rows):
        return None
    cells = [Cell(label, below=below)]
    for year in _years(run):
        r = by_year[year]
        small = ""
        if limits is not None:
            small = numbers.interval(*(_money(run, r[limit]) for limit in limits))
        cells.append(Cell(_money(run, r[key]), number=True, below=small))
    return (*cells, Cell("" if total is None else _money(run, total), number=True))


def _money_table(run: RunResult) -> View:
    lines: list[tuple[Cell, ...] | None] = []
    only = _payer(run)
    for summary in _mine(run, "budget_summary"):
        kind = str(summary["money"])
        rows = _mine(run, "budget", money=kind)
        about = {"cash": ", cash", "capacity": ", capacity"}.get(kind, "")
        below = _CAPACITY if kind == "capacity" else ""
        what = f"Extra {'use' if kind == 'capacity' else 'spending'}{about}{only}"
        lines += [
            _line(run, what, rows, "net", summary["total"], below),
            *_payers(run, kind),
            _line(run, f"So far{about}", rows, "cumulative", None),
            _line(run, f"At low uptake{about}", rows, "low_uptake", summary["low_uptake"]),
            _line(run, f"At high uptake{about}", rows, "high_uptake", summary["high_uptake"]),
            _line(
                run, f"Per 100,000 people{about}", rows, "per_100000", summary["per_100000"]
            ),
        ]  # fmt: skip
    skipped = len({int(r["year"]) for r in _mine(run, "budget")}) > _MOST
    notes = ["Base case, undiscounted, rounded to whole amounts; the file has every penny."]
    if skipped:
        notes.append("Years between are in the file, and in the totals.")
    if len({r["money"] for r in _mine(run, "budget_summary")}) > 1:
        notes.append("Cash and capacity are different things and are never added up.")
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    against = numbers.inside(reading.strategy(run, reading.comparator(run)))
    return View(
        caption=f"What {option} adds to spending, against {against}",
        heads=_heads(run, "Amount", "In all"),
        rows=tuple(line for line in lines if line is not None),
        notes=tuple(notes),
        source="tables/budget.csv",
    )


def _payer(run: RunResult) -> str:
    """Return who pays, where one payer pays everything and is named."""
    names = {str(r["payer"]) for r in _mine(run, "budget_payers")}
    return f", all by {names.pop()}" if len(names) == 1 and names != {"not stated"} else ""


def _payers(run: RunResult, kind: str) -> list[tuple[Cell, ...] | None]:
    """Return a row for each payer, where there is more than one."""
    rows = _mine(run, "budget_payers", money=kind)
    names = list(dict.fromkeys(str(r["payer"]) for r in rows))
    if len(names) < 2:
        return []
    found = []
    for name in names:
        mine = reading.where(rows, payer=name)
        who = "payer not stated" if name == "not stated" else name
        found.append(_line(run, f"of which {who}", mine, "net", mine[-1]["cumulative"]))
    return found


def _staff_table(run: RunResult) -> View | None:
    rows = _mine(run, "budget_staff")
    if not rows:
        return None
    lines: list[tuple[Cell, ...]] = []
    for role in dict.fromkeys(str(r["role"]) for r in rows):
        mine = {int(r["year"]): r for r in reading.where(rows, role=role)}
        first = next(iter(mine.values()))
        there = first["capacity"]
        below = "" if there is None else f"there are {numbers.fixed(there, 2)}"
        label = reading.capital(str(first["role_label"]))
        wte = [Cell(numbers.fixed(mine[y]["wte"], 2), number=True) for y in _years(run)]
        lines.append((Cell(label, below=below), *wte))
        if any(r["waiting"] for r in mine.values()):
            waiting = [Cell(numbers.count(mine[y]["waiting"]), number=True) for y in _years(run)]
            lines.append((Cell("people waiting at the end of the year"), *waiting))
    return View(
        caption="Who does the work: staff needed, in whole-time equivalents",
        heads=_heads(run, "Role", ""),
        rows=tuple(lines),
        notes=tuple(reading.notes(run, "budget_staff")[:1]),
        source="tables/budget_staff.csv",
    )
