"""What drives the answer and how sure it is: the tornado, the draws, the method of counting."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, measured, shown, view
from heco.result import RunResult

NAME = "drivers"
_SHOWN = 15


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What drives the answer, and how sure it is"


def applies(run: RunResult) -> bool:
    """Return whether inputs were moved or drawn."""
    return any(name in run for name in ("tornado", "psa", "cycle_counting", "agreement"))


def context(run: RunResult) -> dict[str, object]:
    """Return the tornado, the probabilities, and checks of the method."""
    sure = run["psa"].headline if "psa" in run else ()
    return {
        "tornado": _tornado(run),
        "probability": _probability(run),
        "probability_sentences": sure,
        "agreement": _agreement(run),
        "counting": _counting(run),
    }


def _tornado(run: RunResult) -> View | None:
    rows = [r for r in reading.rows(run, "tornado") if r["width"]]
    if not rows:
        return None
    currency = reading.currency(run)
    health = ("incremental_qaly", "required_gain")
    kind = "qaly" if run["tornado"].data.get("outcome") in health else "money"

    def flips(r: Record) -> str:
        if not r["flips"]:
            return "no"
        if r["flip_value"] is None:
            return "yes"
        return f"yes, at {numbers.input_value(r['flip_value'], str(r['unit']), currency)}"

    fields = [
        Field("Input", lambda r: str(r["label"]), below=lambda r: str(r["note"])),
        measured("Low", "low_value", "unit", currency),
        shown("gives", "at_low", kind, currency),
        measured("High", "high_value", "unit", currency),
        shown("gives", "at_high", kind, currency),
        Field("Changes the decision", flips),
    ]
    notes = reading.notes(run, "tornado")
    if len(rows) > _SHOWN:
        notes.append(f"The {_SHOWN} inputs that move it most, of {len(rows)}.")
    return view("One input at a time", rows[:_SHOWN], fields, notes, "tornado")


def _probability(run: RunResult) -> View | None:
    rows = reading.rows(run, "probability_cost_effective")
    if not rows:
        return None
    names = dict.fromkeys(str(r["strategy"]) for r in rows)
    by_wtp: dict[float, Record] = {}
    for r in rows:
        by_wtp.setdefault(r["wtp"], {"wtp": r["wtp"]})[str(r["strategy"])] = r

    def field(name: str) -> Field:
        return Field(
            reading.strategy(run, name),
            lambda r: numbers.chance(r[name]["probability"]),
            number=True,
            below=lambda r: "highest mean" if r[name]["best"] else "",
        )

    worth = f"{reading.capital(reading.effect(run))} worth"
    fields = [shown(worth, "wtp", "money", reading.currency(run)), *map(field, names)]
    notes = reading.notes(run, "probability_cost_effective")
    caption = "Chance that each strategy is the best choice"
    return view(caption, list(by_wtp.values()), fields, notes, "probability_cost_effective", True)


def _agreement(run: RunResult) -> View | None:
    rows = [r for r in reading.rows(run, "agreement") if r["deterministic"] or r["probabilistic"]]
    rows = [r for r in rows if r["comparator"]] or rows
    if not rows:
        return None
    named = {
        "incremental_cost": "Extra cost",
        "incremental_qaly": "Extra QALYs",
        "incremental_life_years": "Extra life years",
        "inmb": "Net benefit",
        "qaly": "QALYs",
    }

    def name(r: Record) -> str:
        outcome = str(r["outcome"])
        words = named.get(outcome, outcome.replace("_", " ").capitalize())
        return f"{words}, {numbers.inside(str(r['label']))}"

    fields = [
        Field("Outcome", name),
        shown("Base case", "deterministic", "number"),
        shown("Mean of the draws", "probabilistic", "number"),
        Field("Difference", lambda r: numbers.change(r["percent"]), number=True),
    ]
    caption = "The base case beside the mean of the draws"
    return view(caption, rows, fields, (), "agreement")


def _counting(run: RunResult) -> View | None:
    rows = reading.rows(run, "cycle_counting")
    wtps = sorted({r["wtp"] for r in rows})[:1]
    mine = [r for r in rows if r["strategy"] == reading.option(run) and r["wtp"] in wtps]
    if not mine:
        return None
    currency = reading.currency(run)
    fields = [
        Field("Counting within a cycle", lambda r: reading.capital(str(r["counting"]))),
        shown("Net benefit per person", "inmb", "pence", currency),
        Field("Change", lambda r: numbers.change(r["change"]), number=True),
        Field("Best of all", lambda r: reading.strategy(run, str(r["best"]))),
    ]
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    caption = f"Other ways of counting: {option}, at {reading.at_wtp(run, wtps[0])}"
    return view(caption, mine, fields, (), "cycle_counting")
