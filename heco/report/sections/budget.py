"""The budget: what a strategy costs year by year, who pays, and who does the work."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, ranged, shown, text, view
from heco.result import RunResult

NAME = "budget"
#: What the words for cash and capacity come to.
_MONEY = {"cash": "cash", "capacity": "capacity (staff and space, no money in hand)"}


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What it does to the budget"


def applies(run: RunResult) -> bool:
    """Return whether a budget was asked for."""
    return NAME in run


def context(run: RunResult) -> dict[str, object]:
    """Return the years, the payers, the staff and the totals."""
    asked = run.scenario.analysis.budget
    return {
        "headline": run[NAME].headline,
        "note": asked.note if asked is not None else "",
        "years": _years(run),
        "summary": _summary(run),
        "payers": _payers(run),
        "lines": _lines(run),
        "staff": _staff(run),
    }


def _option(run: RunResult) -> str:
    return numbers.inside(reading.strategy(run, reading.option(run)))


def _mine(run: RunResult, name: str) -> list[Record]:
    return reading.rows(run, name, strategy=reading.option(run))


def _against(run: RunResult) -> str:
    return numbers.inside(reading.strategy(run, reading.comparator(run)))


def _years(run: RunResult) -> View | None:
    rows = _mine(run, "budget")
    currency = reading.currency(run)
    fields = [
        Field("Year", lambda r: f"{numbers.count(r['year'])} {r['money']}".strip()),
        shown(f"{reading.capital(reading.people(run))} who enter", "people", "count"),
        shown("covered by it", "taken", "count"),
        ranged("Extra spending", "net", "money", "lower80", "upper80", currency),
        ranged(
            "so far", "cumulative", "money", "cumulative_lower80", "cumulative_upper80", currency
        ),
        shown("at low uptake", "low_uptake", "money", currency),
        shown("at high uptake", "high_uptake", "money", currency),
        shown("per 100,000 people", "per_100000", "money", currency),
    ]
    notes = ["Undiscounted."]
    if run.draws:
        notes[0] = "Undiscounted. In small print the range that holds 8 in 10 draws."
    caption = f"Year by year: {_option(run)}, against {_against(run)}"
    return view(caption, rows, fields, notes, "budget")


def _summary(run: RunResult) -> View | None:
    rows = reading.rows(run, "budget_summary")
    if not rows:
        return None
    currency = reading.currency(run)
    years = max(int(r["year"]) for r in reading.rows(run, "budget"))

    def when(r: Record) -> str:
        if not r["peak"]:
            return ""
        steady = abs(r["total"] - years * r["peak"]) <= 1e-9 * abs(r["total"])
        return "in every year" if steady else f"in year {numbers.count(r['peak_year'])}"

    fields = [
        Field("Strategy", lambda r: str(r["label"]), below=lambda r: _MONEY.get(r["money"], "")),
        ranged("Extra spending in all", "total", "money", "lower80", "upper80", currency),
        shown("at low uptake", "low_uptake", "money", currency),
        shown("at high uptake", "high_uptake", "money", currency),
        Field(
            "Dearest year", lambda r: numbers.money(r["peak"], currency), number=True, below=when
        ),
        Field("Paid back in year", lambda r: str(r["break_even"]), number=True),
    ]
    caption = f"All {years} years together, against {_against(run)}"
    return view(caption, rows, fields, (), "budget_summary")


def _payers(run: RunResult) -> View | None:
    rows = _mine(run, "budget_payers")
    found: dict[tuple[str, str], Record] = {}
    for r in rows:
        key = str(r["payer"]), str(r["money"])
        line = found.setdefault(key, {"who": _payer(*key), "total": 0.0})
        line[f"year{r['year']}"] = r["net"]
        line["total"] = r["cumulative"]
    if len(found) < 2:  # one payer pays what the years say
        return None
    currency = reading.currency(run)
    years = sorted({int(r["year"]) for r in rows})
    fields = [
        text("Payer", "who"),
        *(shown(f"Year {y}", f"year{y}", "money", currency) for y in years),
        shown("In all", "total", "money", currency),
    ]
    notes = reading.notes(run, "budget_payers")
    return view("Who pays", list(found.values()), fields, notes, "budget_payers")


def _payer(payer: str, money: str) -> str:
    return f"{payer}: {_MONEY[money]}" if money else payer


def _lines(run: RunResult) -> View | None:
    rows = _mine(run, "budget_lines")
    found: dict[tuple[str, str], Record] = {}
    kinds = {"people": "for people", "set-up": "set-up", "recurrent": "each year"}
    for r in rows:
        label = reading.capital(str(r["line_label"]))
        start: Record = {"label": label, "kind": kinds[str(r["kind"])], "total": 0.0}
        line = found.setdefault((str(r["kind"]), str(r["line"])), {**start, "payer": r["payer"]})
        line["total"] += r["net"]
    if len(found) < 2:
        return None
    fields = [
        text("What for", "label"),
        text("Kind", "kind"),
        text("Payer", "payer"),
        shown("Extra spending in all", "total", "money", reading.currency(run)),
    ]
    return view("What the money is for", list(found.values()), fields, (), "budget_lines")


def _steady(rows: list[Record]) -> list[Record]:
    """Return the rows by role and year; one for all years of a role in which nothing changes."""
    roles: dict[str, list[Record]] = {}
    for r in rows:
        roles.setdefault(str(r["role"]), []).append({**r, "when": numbers.count(r["year"])})
    found = []
    for mine in roles.values():
        same = all(r[key] == mine[0][key] for r in mine for key in ("people", "wte", "waiting"))
        found += [{**mine[0], "when": "each"}] if same and len(mine) > 1 else mine
    return found


def _staffing(value: object) -> str:
    return numbers.fixed(value, 2)


def _staff(run: RunResult) -> View | None:
    rows = _steady(_mine(run, "budget_staff"))
    if not rows:
        return None
    fields = [
        Field("Role", lambda r: reading.capital(str(r["role_label"]))),
        Field("Year", lambda r: r["when"], number=True),
        shown("People who need it", "people", "count"),
        Field(
            "Staff needed",
            lambda r: _staffing(r["wte"]),
            number=True,
            below=lambda r: numbers.interval(_staffing(r["lower80"]), _staffing(r["upper80"])),
        ),
        Field("there are", lambda r: _staffing(r["capacity"]), number=True),
        Field("too few by", lambda r: _staffing(r["short"]), number=True),
        shown("People waiting at the end", "waiting", "count"),
    ]
    notes = reading.notes(run, "budget_staff")[:1]
    return view("Who does the work", rows, fields, notes, "budget_staff")
