"""The money: what each strategy costs, on what, and what is bought with it."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, ranged, shown, text, view
from heco.result import RunResult

NAME = "money"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "The money, and what it buys"


def applies(run: RunResult) -> bool:
    """Return whether any strategy costs anything."""
    return any(q.value for q in reading.find(run, "cost"))


def context(run: RunResult) -> dict[str, object]:
    """Return the comparison, the frontier and the costs by category."""
    return {
        "headline": run["base_case"].headline if "base_case" in run else (),
        "pairwise": _pairwise(run),
        "incremental": _incremental(run),
        "categories": _categories(run),
    }


def _lead(rows: list[Record]) -> list[Record]:
    """Return the means over draws where there are any, otherwise the base case."""
    return reading.where(rows, basis="probabilistic") or rows


def _pairwise(run: RunResult) -> View | None:
    rows = _lead(reading.rows(run, "pairwise"))
    if not rows:
        return None
    currency = reading.currency(run)
    key = "incremental_qaly" if reading.effect(run) == "QALY" else "incremental_life_years"
    fields = [
        text("Strategy", "label"),
        ranged(
            "Extra cost", "incremental_cost", "money", "incremental_cost_lower",
            "incremental_cost_upper", currency,
        ),
    ]  # fmt: skip
    if key in rows[0]:
        heading = f"Extra {reading.effects(run)}"
        fields.append(ranged(heading, key, "qaly", f"{key}_lower", f"{key}_upper"))
    fields.append(text("What that comes to", "reading"))
    against = numbers.inside(reading.strategy(run, reading.comparator(run)))
    notes = [_basis(run), *reading.notes(run, "pairwise")]
    return view(f"Per person, compared with {against}", rows, fields, notes, "pairwise")


def _basis(run: RunResult) -> str:
    if run.draws:
        return f"Means over {run.draws:,} draws; in small print the range that holds 95% of them."
    return "Base case: every input at its central value."


def _incremental(run: RunResult) -> View | None:
    rows = _lead(reading.rows(run, "incremental"))
    if len(rows) < 3:  # with two strategies it would repeat the table above
        return None
    currency = reading.currency(run)
    unit = reading.effect(run)

    def ratio(r: Record) -> str:
        if r["icer"] is not None:
            return numbers.money(r["icer"], currency)
        return str(r["status"]) if r["status"] != "frontier" else numbers.NOTHING

    fields = [
        Field("Strategy", lambda r: str(r["label"]), below=lambda r: str(r["why"])),
        shown("Cost", "cost", "money", currency),
        shown(reading.capital(reading.effects(run)), "effect", "qaly"),
        Field(
            "Compared with",
            lambda r: reading.strategy(run, r["compared_with"]) if r["compared_with"] else "",
        ),
        Field(f"Cost per extra {unit}", ratio, number=True),
    ]
    notes = [_basis(run), *reading.notes(run, "incremental")]
    caption = "From the least to the most effective strategy: what each step buys"
    return view(caption, rows, fields, notes, "incremental")


def _categories(run: RunResult) -> View | None:
    rows = reading.rows(run, "cost_by_category")
    if not any(r["cost"] for r in rows):
        return None
    currency = reading.currency(run)
    by_name: dict[str, Record] = {}
    for r in rows:
        by_name.setdefault(str(r["category"]), {})[str(r["strategy"])] = r["cost"]
    records: list[Record] = [
        {"label": reading.capital(name.replace("_", " ")), **costs}
        for name, costs in by_name.items()
    ]
    names = reading.strategies(run)
    if len(records) > 1:
        records.append({"label": "All", **{s: sum(c[s] for c in by_name.values()) for s in names}})
    fields = [
        text("Category", "label"),
        *(shown(reading.strategy(run, name), name, "pence", currency) for name in names),
    ]
    notes = ("Discounted cost per person of the cohort, base case.",)
    return view("Cost by category", records, fields, notes, "cost_by_category", True)
