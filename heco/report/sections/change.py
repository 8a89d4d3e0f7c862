"""What would change the decision: values with assurance, the nearest change, shares of variance."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "change"
_SHOWN = 10


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What would change the decision"


def applies(run: RunResult) -> bool:
    """Return whether any of the questions was asked."""
    return any(name in run for name in ("assurance", "flip", "sensitivity"))


def context(run: RunResult) -> dict[str, object]:
    """Return what was found, in sentences and tables."""
    said = {
        name: run[name].headline if name in run else ()
        for name in ("assurance", "flip", "sensitivity")
    }
    return {
        "said": said,
        "assurance": _assurance(run),
        "variance": _variance(run),
        "distances": _distances(run),
    }


def _assurance(run: RunResult) -> View | None:
    rows = reading.rows(run, "assurance")
    if not rows:
        return None
    currency = reading.currency(run)
    lines: dict[tuple[object, ...], Record] = {}
    for r in rows:
        key = (r["parameter"], r["wtp"])
        asked = "mean" if r["probability"] is None else numbers.percent(r["probability"])
        lines.setdefault(key, {**r, "found": {}})["found"].setdefault(asked, r)
    columns = list(dict.fromkeys(name for line in lines.values() for name in line["found"]))

    def field(name: str) -> Field:
        def text(line: Record) -> str:
            r = line["found"].get(name)
            if r is None:
                return numbers.NOTHING
            if r["value"] is None:
                return str(r["worth_it"])
            value = float(f"{r['value']:.3g}")  # simulation supports no more
            return f"{r['worth_it']} {numbers.input_value(value, str(r['unit'] or ''), currency)}"

        heading = "On average" if name == "mean" else f"With {name} probability"
        return Field(heading, text, number=True)

    fields = [
        Field(
            "Input",
            lambda line: str(line["label"]),
            below=lambda line: f"at {reading.at_wtp(run, line['wtp'])}",
        ),
        *map(field, columns),
    ]
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    caption = f"Where {option} is worth its cost, given how unsure all else is"
    notes = reading.notes(run, "assurance")
    return view(caption, list(lines.values()), fields, notes, "assurance")


def _variance(run: RunResult) -> View | None:
    rows = reading.where(reading.rows(run, "sobol"), output="inmb")
    if not rows:
        return None

    def share(name: str) -> Field:
        heading = "By itself" if name == "first" else "With interactions"

        def limits(r: Record) -> str:
            ends = (max(r[f"{name}_{end}"], 0.0) for end in ("lower", "upper"))
            return numbers.interval(*(numbers.percent(end, decimals=0) for end in ends))

        return Field(
            heading,
            lambda r: "under 1%" if r[name] < 0.01 else numbers.percent(r[name], decimals=0),
            number=True,
            below=limits,
        )

    rows.sort(key=lambda r: -r["total"])
    fields = [Field("Input", lambda r: str(r["label"])), share("first"), share("total")]
    notes = reading.notes(run, "sobol")
    if len(rows) > _SHOWN:
        notes.append(f"The {_SHOWN} inputs that explain most, of {len(rows)}.")
    caption = "Whose uncertainty moves the answer: shares of the variance of net benefit"
    return view(caption, rows[:_SHOWN], fields, notes, "sobol")


def _distances(run: RunResult) -> View | None:
    rows = reading.where(reading.rows(run, "pawn"), output="inmb")
    if not rows:
        return None
    fields = [
        Field("Input", lambda r: str(r["label"])),
        Field("Distance, median", lambda r: numbers.fixed(r["median"], 2), number=True),
        Field("Distance, largest", lambda r: numbers.fixed(r["largest"], 2), number=True),
    ]
    notes = reading.notes(run, "pawn")
    if len(rows) > _SHOWN:
        notes.append(f"The {_SHOWN} inputs with the largest distances, of {len(rows)}.")
    caption = "How much knowing one input changes the distribution of net benefit"
    return view(caption, rows[:_SHOWN], fields, notes, "pawn")
