"""Health over time: where the cohort is, and in which states costs and effects arise."""

from __future__ import annotations

from heco.report import reading
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "course"


def title(run: RunResult) -> str:
    """Return the heading."""
    return f"Where the {reading.people(run)} are over time"


def applies(run: RunResult) -> bool:
    """Return whether the model follows a cohort through states."""
    return bool(reading.rows(run, "trace") or reading.rows(run, "by_state"))


def context(run: RunResult) -> dict[str, object]:
    """Return where costs and effects arise, for the strategy that the question is about."""
    return {"by_state": _by_state(run)}


def _by_state(run: RunResult) -> View | None:
    rows = reading.rows(run, "by_state")
    name = reading.option(run) or reading.comparator(run)
    mine = reading.where(rows, strategy=name)
    if not mine:
        return None
    kinds = (
        ("cost", "Cost", "money"),
        ("qaly", "QALYs", "qaly"),
        ("life_years", "Life years", "qaly"),
    )
    fields = [
        Field("State", lambda r: reading.capital(str(r["state"]))),
        shown("At the start", "entry", "percent"),
        *(
            shown(heading, key, kind, reading.currency(run))
            for key, heading, kind in kinds
            if key in mine[0] and any(r[key] for r in mine)
        ),
    ]
    caption = f"Where costs and effects arise: {reading.strategy(run, name)}"
    notes = ("Per person of the cohort, discounted, base case.",)
    return view(caption, mine, fields, notes, "by_state")
