"""Whether the answer differs between groups of people."""

from __future__ import annotations

from heco.report import formula, numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, text, view
from heco.result import RunResult

NAME = "by_group"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Does the answer differ between groups?"


def applies(run: RunResult) -> bool:
    """Return whether the model has groups."""
    return "by_group" in run


def context(run: RunResult) -> dict[str, object]:
    """Return the answer for each group, in sentences and a table."""
    return {"said": run["by_group"].headline, "table": _table(run), "groups": _groups(run)}


def _groups(run: RunResult) -> View | None:
    """Return who the groups are: their shares, ages, and what else differs."""
    rows: list[Record] = [
        {
            "label": group.label or name.replace("_", " "),
            "note": group.note,
            "share": _share(group.share),
            "age": "" if group.start_age is None else numbers.number(group.start_age),
            "set": "; ".join(f"{key} is {formula.written(v)}" for key, v in group.set.items()),
        }
        for name, group in run.scenario.groups.items()
    ]
    fields = [
        Field("Group", lambda r: str(r["label"]), below=lambda r: str(r["note"])),
        text("Share of people", "share"),
        *([text("Age at the start", "age")] if any(r["age"] for r in rows) else []),
        text("What differs", "set"),
    ]
    notes = ("The model is run for each group; all other results are the mean over the groups.",)
    return view("Who the groups are", rows, fields, notes)


def _share(written: object) -> str:
    number = formula.constant(written)
    return formula.written(written) if number is None else numbers.percent(number)


def _table(run: RunResult) -> View | None:
    rows = [r for r in reading.rows(run, "by_group") if r["comparator"]]
    if not rows:
        return None
    basis = rows[0]["basis"]
    first = rows[0]["wtp"]
    rows = [r for r in rows if r["basis"] == basis and r["wtp"] == first]
    currency, effect = reading.currency(run), reading.effects(run)
    several = len({r["strategy"] for r in rows}) > 1

    def limits(r: Record) -> str:
        if r["inmb_lower"] is None:
            return ""
        low, high = (numbers.money(r[key], currency) for key in ("inmb_lower", "inmb_upper"))
        return f"95%: {low} to {high}"

    fields = [
        Field(
            "Group", lambda r: str(r["group_label"]),
            below=lambda r: f"{numbers.percent(r['share'])} of people",
        ),
        *([Field("Strategy", lambda r: str(r["label"]))] if several else []),
        shown("Extra cost", "incremental_cost", "money", currency),
        shown(f"Extra {effect}", "incremental_effect", "qaly"),
        shown(f"Cost per {reading.effect(run)} gained", "icer", "money", currency),
    ]  # fmt: skip
    if first is not None:
        heading = f"Net benefit at {numbers.money(first, currency)}"
        fields.append(
            Field(heading, lambda r: numbers.money(r["inmb"], currency), number=True, below=limits)
        )
    words = "Means of the draws" if basis == "probabilistic" else "Base case values"
    notes = [*reading.notes(run, "by_group"), f"{words}, compared with the comparator."]
    return view("The answer in each group", rows, fields, notes, "by_group")
