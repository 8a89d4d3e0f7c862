"""What it does to the answer which effect of the studies behind an input is drawn."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "studies"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Which effect of the studies is drawn"


def applies(run: RunResult) -> bool:
    """Return whether an input is pooled from studies that leave a choice."""
    return "pooling_choice" in run


def context(run: RunResult) -> dict[str, object]:
    """Return the sentences, and the table for the option that the question is about."""
    return {"sentences": run["pooling_choice"].headline, "choices": _choices(run)}


def _choices(run: RunResult) -> View | None:
    rows = reading.rows(run, "pooling_choice")
    if not rows:
        return None
    option = run.scenario.option
    first = rows[0]["wtp"]
    shown = [r for r in rows if r["strategy"] == option and r["wtp"] == first]
    currency = reading.currency(run)
    drawn = any(r["p_better"] is not None for r in shown)

    def value(r: Record) -> str:
        ends = numbers.interval(*(numbers.number(r[key]) for key in ("lower", "upper")))
        return f"{numbers.number(r['value'])} ({ends})" if r["value"] is not None else ""

    def chance(r: Record) -> str:
        return numbers.NOTHING if r["p_better"] is None else numbers.chance(float(r["p_better"]))

    def required(r: Record) -> str:
        ends = numbers.interval(
            *(numbers.qaly(r[key]) for key in ("required_lower", "required_upper"))
        )
        return numbers.qaly(r["required"]) + (f" ({ends})" if ends else "")

    fields = [
        Field(
            "What is drawn",
            lambda r: f"{r['drawn']}{' (here)' if r['used'] else ''}",
            below=lambda r: str(r["label"]),
        ),
        Field("Value, 95% of draws", value, number=True),
        Field(
            "Net benefit",
            lambda r: numbers.money(
                r["inmb"] if r["inmb_mean"] is None else r["inmb_mean"], currency
            ),
            number=True,
        ),
    ]
    if drawn:
        fields.append(Field("Worth its cost", chance, number=True))
    if any(r["required"] is not None for r in shown):
        per = next(str(r["per"]) for r in shown if r["required"] is not None)
        fields.append(Field(f"Gain needed per {per}", required, number=True))
    caption = (
        f"{reading.strategy(run, option)}, at {reading.at_wtp(run, first)}: the answer under each "
        "choice"
    )
    return view(caption, shown, fields, reading.notes(run, "pooling_choice"), "pooling_choice")
