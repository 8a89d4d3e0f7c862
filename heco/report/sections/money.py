"""The base case, taken apart: costs and effects, with and without discounting, and what they buy.

Tables that have a total print parts that add up to it: see `heco.report.parts`.
"""

from __future__ import annotations

from heco.report import numbers, parts, reading
from heco.report.reading import Record
from heco.report.view import Field, View, ranged, shown, text, view
from heco.result import RunResult

NAME = "money"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Costs and effects, taken apart"


def applies(run: RunResult) -> bool:
    """Return whether any strategy costs anything, or gains anything."""
    return any(q.value for name in ("cost", "qaly", "life_years") for q in reading.find(run, name))


def context(run: RunResult) -> dict[str, object]:
    """Return totals, costs by category, the comparisons, and net benefit."""
    return {
        "headline": run["base_case"].headline if "base_case" in run else (),
        "totals": _totals(run),
        "categories": categories(run),
        "pairwise": _pairwise(run),
        "incremental": _incremental(run),
        "benefit": _benefit(run),
    }


def _lead(rows: list[Record]) -> list[Record]:
    """Return the means over draws where there are any, otherwise the base case."""
    return reading.where(rows, basis="probabilistic") or rows


def _totals(run: RunResult) -> View | None:
    """Return the totals of each strategy, undiscounted beside discounted."""
    rows = reading.rows(run, "strategies")
    if not rows:
        return None
    currency = reading.currency(run)
    kinds = (("cost", "Cost", "pence"), ("qaly", "QALYs", "qaly"),
             ("life_years", "Life years", "qaly"))  # fmt: skip
    fields = [text("Strategy", "label")]
    # Draws of another program have no base case.
    imported = all(r["cost"] is None for r in rows)
    for name, heading, kind in kinds:
        if name not in rows[0]:
            continue
        limits = f"{name}_lower", f"{name}_upper"
        plain = f"{name}_undiscounted"
        name = f"{name}_mean" if imported else name
        if all(key in rows[0] for key in limits):
            fields.append(ranged(heading, name, kind, *limits, currency))
        else:
            fields.append(shown(heading, name, kind, currency))
        if plain in rows[0]:
            fields.append(shown(f"{heading}, undiscounted", plain, kind, currency))
    notes = [
        "Per person, means of the draws." if imported else "Per person of the cohort, base case."
    ]
    if run.draws:
        notes[0] += " In small print the range that holds 95% of the draws."
    return view("What each strategy costs and brings", rows, fields, notes, "strategies")


def categories(run: RunResult) -> View | None:
    """Return costs by category and strategy, discounted with the undiscounted below."""
    rows = reading.rows(run, "cost_by_category")
    if not any(r["cost"] for r in rows):
        return None
    currency, names = reading.currency(run), reading.strategies(run)
    by_name: dict[str, Record] = {}
    for r in rows:
        label = reading.capital(str(r["category"]).replace("_", " "))
        by_name.setdefault(str(r["category"]), {"label": label})[str(r["strategy"])] = r
    records = list(by_name.values())
    both = all(r["cost_undiscounted"] is not None for r in rows)
    total: Record = {"label": "All"}
    for kind in ("cost", "cost_undiscounted") if both else ("cost",):
        for name in names:
            exact = [float(line[name][kind]) for line in records]
            each, every = parts.rounded(exact, 2)
            for line, value in zip(records, each, strict=True):
                line[_of(name, kind)] = value
            total[_of(name, kind)] = every
    if len(records) > 1:
        records.append(total)

    def field(name: str) -> Field:
        def undiscounted(r: Record) -> str:
            words = numbers.money(r[_of(name, "cost_undiscounted")], currency, 2)
            return f"undiscounted {words}" if words != said(r) else ""

        def said(r: Record) -> str:
            return numbers.money(r[_of(name, "cost")], currency, 2)

        heading = reading.strategy(run, name)
        return Field(heading, said, number=True, below=undiscounted if both else None)

    fields = [text("Category", "label"), *map(field, names)]
    notes = ["Discounted cost per person of the cohort, base case."]
    if both and all(
        line[_of(name, "cost")] == line[_of(name, "cost_undiscounted")]
        for line in records
        for name in names
    ):
        notes = ["Cost per person of the cohort, base case; discounting changes none of it."]
    if len(records) > 1:
        notes.append("Parts are rounded so that they add up to what stands below them.")
    return view("Cost by category", records, fields, notes, "cost_by_category", True)


def _of(strategy: str, kind: str) -> str:
    return f"{kind} of {strategy}"


def _pairwise(run: RunResult) -> View | None:
    rows = reading.rows(run, "pairwise")
    if not rows:
        return None
    currency = reading.currency(run)
    several = len({r["basis"] for r in rows}) > 1
    words = {"probabilistic": "mean of the draws", "deterministic": "base case"}
    fields = [
        Field("Strategy", lambda r: str(r["label"]),
              below=lambda r: words[r["basis"]] if several else ""),
        ranged(
            "Extra cost", "incremental_cost", "pence", "incremental_cost_lower",
            "incremental_cost_upper", currency,
        ),
    ]  # fmt: skip
    for key, heading in (
        ("incremental_qaly", "Extra QALYs"),
        ("incremental_life_years", "Extra life years"),
    ):
        if key in rows[0]:
            fields.append(ranged(heading, key, "qaly", f"{key}_lower", f"{key}_upper"))
    fields.append(text("What that comes to", "reading"))
    against = numbers.inside(reading.strategy(run, reading.comparator(run)))
    notes = [_basis(run), *reading.notes(run, "pairwise")]
    return view(f"Per person, compared with {against}", rows, fields, notes, "pairwise")


def _basis(run: RunResult) -> str:
    if run.draws:
        return f"Means are over {run.draws:,} draws; in small print the range that holds 95%."
    return "Base case: every input at its central value."


def _incremental(run: RunResult) -> View | None:
    every = reading.rows(run, "incremental")
    rows = _lead(every)
    if len(rows) < 2:
        return None
    base = {r["strategy"]: r for r in reading.where(every, basis="deterministic")}
    currency, unit = reading.currency(run), reading.effect(run)

    def ratio(r: Record) -> str:
        return numbers.money(r["icer"], currency)

    def in_base(r: Record) -> str:
        other = base.get(r["strategy"])
        if other is None or r["basis"] == "deterministic":
            return ""
        if other["status"] != r["status"]:
            return f"base case: {other['status']}"
        return f"base case {ratio(other)}" if other["icer"] is not None else ""

    def status(r: Record) -> str:
        words = "on the frontier" if r["status"] == "frontier" else str(r["status"])
        return f"{words}: {r['why']}" if r["why"] else words

    fields = [
        text("Strategy", "label"),
        shown("Cost", "cost", "pence", currency),
        shown(reading.capital(reading.effects(run)), "effect", "qaly"),
        text("Status", "status_words"),
        Field(
            "Compared with",
            lambda r: reading.strategy(run, r["compared_with"]) if r["compared_with"] else "",
        ),
        shown("Extra cost", "incremental_cost", "pence", currency),
        shown(f"Extra {reading.effects(run)}", "incremental_effect", "qaly"),
        Field(f"Cost per extra {unit}", ratio, number=True, below=in_base),
    ]
    records = [{**r, "status_words": status(r)} for r in rows]
    notes = [_basis(run), *reading.notes(run, "incremental")]
    caption = "Fully incremental: from the least to the most effective strategy"
    return view(caption, records, fields, notes, "incremental")


def _benefit(run: RunResult) -> View | None:
    rows = _lead(reading.rows(run, "net_benefit"))
    if not rows or len(reading.strategies(run)) < 2:
        return None
    currency, unit = reading.currency(run), reading.effect(run)
    fields = [
        Field("Strategy", lambda r: str(r["label"]),
              below=lambda r: f"at {reading.at_wtp(run, r['wtp'])}"),
        shown("Net monetary benefit", "nmb", "pence", currency),
        shown(f"Net health benefit, {unit}s", "nhb", "qaly"),
        ranged("Incremental net monetary benefit", "inmb", "pence", "inmb_lower", "inmb_upper",
               currency),
        shown("Monte Carlo error", "inmb_error", "pence", currency),
        Field("Best", lambda r: "best" if r["best"] else ""),
    ]  # fmt: skip
    notes = [_basis(run)]
    return view("Net benefit at each willingness to pay", rows, fields, notes, "net_benefit")
