"""Which option to choose by what a QALY is worth, and what a wrong choice could cost."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "uncertainty"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Which choice is the best, and what a wrong one could cost"


def applies(run: RunResult) -> bool:
    """Return whether there are options to choose between and draws to tell them apart."""
    return "decision_curves" in run or "convergence" in run


def context(run: RunResult) -> dict[str, object]:
    """Return which option to choose where, and the losses at the stated willingness to pay."""
    lost = run["decision_curves"].headline if "decision_curves" in run else ()
    made = run["convergence"].headline if "convergence" in run else ()
    return {
        "choices": _choices(run),
        "losses": _losses(run),
        "loss_sentences": lost,
        "draw_sentences": made,
    }


def _choices(run: RunResult) -> View | None:
    rows = reading.rows(run, "frontier_points")
    if not rows:
        return None
    currency = reading.currency(run)

    def worth(r: Record) -> str:
        low = numbers.money(r["wtp"], currency)
        if r["wtp_end"] is None:
            return "anything" if not r["wtp"] else f"more than {low}"
        high = numbers.money(r["wtp_end"], currency)
        return f"{low} to {high}" if r["wtp"] else f"up to {high}"

    fields = [
        Field(f"If a {reading.effect(run)} is worth", worth),
        Field("the option to choose is", lambda r: str(r["label"])),
    ]
    notes = reading.notes(run, "frontier_points")
    return view("Which option to choose", rows, fields, notes, "frontier_points")


def _losses(run: RunResult) -> View | None:
    perfect = {float(r["wtp"]): r for r in reading.rows(run, "evpi")}
    stated = [wtp for wtp in reading.wtps(run) if wtp in perfect]
    if not stated:
        return None
    losses = reading.rows(run, "expected_loss")
    currency = reading.currency(run)
    lines: list[Record] = [
        {**perfect[wtp], **{str(r["strategy"]): r for r in reading.where(losses, wtp=wtp)}}
        for wtp in stated
    ]
    names = list(dict.fromkeys(str(r["strategy"]) for r in losses))

    def field(name: str) -> Field:
        return Field(
            reading.strategy(run, name),
            lambda r: _pounds(r[name]["expected_loss"], currency),
            number=True,
            below=lambda r: "lowest" if r[name]["best"] else "",
        )

    worth = f"{reading.capital(reading.effect(run))} worth"
    fields = [shown(worth, "wtp", "money", currency), *map(field, names)]
    if any(r["evpi_population"] for r in lines):
        per = str(run.scenario.population.per)
        heading = f"Lowest, for all {reading.people(run)} of one {per}"
        fields.append(
            Field(heading, lambda r: numbers.money(r["evpi_population"], currency), number=True)
        )
    notes = [
        "Per person. The lowest loss is the value of perfect information: the most that further "
        "evidence could be worth."
    ]
    caption = "What choosing each strategy now loses on average, against knowing which is best"
    return view(caption, lines, fields, notes, "expected_loss", matrix=True)


def _pounds(value: float, currency: str) -> str:
    """Return a loss per person: pence where it is small, and never 0 for what is only tiny."""
    if 0 < value < 0.005:
        return f"under {numbers.money(0.01, currency)}"
    return numbers.money(value, currency, 2 if value < 10 else 0)
