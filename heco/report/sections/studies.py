"""What the studies behind the inputs found, how far to trust it, and which effect is drawn."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.charts import pooled
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "studies"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What the studies behind the inputs found"


def applies(run: RunResult) -> bool:
    """Return whether an input is pooled from studies, or a review says how it was found."""
    return "synthesis" in run or "pooling_choice" in run


def context(run: RunResult) -> dict[str, object]:
    """Return the figures of the studies, the findings, and what another choice would change."""
    found = reading.result(run, "synthesis")
    choice = reading.result(run, "pooling_choice")
    return {
        "found": found.headline if found is not None else (),
        "forests": [*pooled.names(run, "forest"), *pooled.names(run, "sroc")],
        "lights": pooled.names(run, "risk_of_bias"),
        "findings": _findings(run),
        "sentences": choice.headline if choice is not None else (),
        "choices": _choices(run),
    }


def _findings(run: RunResult) -> View | None:
    """Return the summary of findings, as GRADE has it."""
    rows = reading.rows(run, "findings")
    if not rows:
        return None

    def effect(r: Record) -> str:
        if r["effect"] is None:
            return str(r["published"]) or numbers.NOTHING
        value, *ends = (_effect(r, key) for key in ("effect", "lower", "upper"))
        return f"{value} ({numbers.interval(*ends)})"

    def risk(r: Record) -> str:
        if r["treated_risk"] is None:
            return numbers.NOTHING
        ends = (_of_thousand(r[key]) for key in ("treated_lower", "treated_upper"))
        return f"{_of_thousand(r['treated_risk'])} ({numbers.interval(*ends)})"

    def evidence(r: Record) -> str:
        said = []
        if r["studies"] is not None:
            said.append(f"{numbers.count(r['studies'])} studies")
        if r["participants"] is not None:
            said.append(f"{numbers.count(r['participants'])} people")
        return ", ".join(said) or numbers.NOTHING

    fields = [
        Field("Outcome", lambda r: str(r["outcome"]), below=lambda r: str(r["note"])),
        Field("Effect (95%)", effect, number=True, below=lambda r: str(r["measure"])),
    ]
    if any(r["control_risk"] is not None for r in rows):
        fields += [
            Field("Without, of 1,000",
                  lambda r: numbers.NOTHING if r["control_risk"] is None
                  else _of_thousand(r["control_risk"]), number=True),
            Field("With, of 1,000", risk, number=True),
        ]  # fmt: skip
    fields += [
        Field("Evidence", evidence),
        Field("Certainty", lambda r: f"{r['marks']} {r['certainty']}",
              below=lambda r: str(r["reasons"])),
    ]  # fmt: skip
    sources = dict.fromkeys(str(r["source"]) for r in rows)
    notes = [f"Certainty by GRADE, as judged by {numbers.listing(list(sources))}."]
    return view("Summary of findings", rows, fields, notes, "findings")


def _effect(record: Record, key: str) -> str:
    """Return an effect: a ratio with two decimals, as its forest plot has it."""
    ratio = "ratio" in str(record["measure"])
    value = float(record[key])
    return numbers.fixed(value, 2) if ratio and value >= 0.095 else numbers.number(value)


def _of_thousand(risk: float) -> str:
    return numbers.count(1000 * risk)


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
