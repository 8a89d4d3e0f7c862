"""What must be true: the gain that would be enough, thresholds, and what others published."""

from __future__ import annotations

from collections.abc import Callable

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, measured, shown, text, view
from heco.result import RunResult

NAME = "gain"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What must be true for it to be worth its cost"


def applies(run: RunResult) -> bool:
    """Return whether anything was solved for or compared with a publication."""
    return any(name in run for name in ("required_gain", "threshold", "published"))


def context(run: RunResult) -> dict[str, object]:
    """Return the required gain, the yearly utility, the thresholds and the published figures."""
    return {
        "gain": _gain(run),
        "utility": _utility(run),
        "thresholds": _thresholds(run),
        "switches": _switches(run),
        "published": _published(run),
        "published_sentences": run["published"].headline if "published" in run else (),
    }


def _by_wtp(rows: list[Record], *keys: str) -> list[Record]:
    """Join the rows that differ only in the willingness to pay; ``at`` holds them by it."""
    joined: dict[tuple[object, ...], Record] = {}
    for r in rows:
        line = joined.setdefault(tuple(r[key] for key in keys), {**r, "at": {}})
        line["at"].setdefault(r["wtp"], []).append(r)
    return list(joined.values())


def _columns(
    run: RunResult,
    rows: list[Record],
    what: str,
    said: Callable[[Record], str],
    below: Callable[[Record], str],
) -> list[Field]:
    """Return a column for each willingness to pay."""

    def field(wtp: float) -> Field:
        return Field(
            f"{what} at {reading.at_wtp(run, wtp)}",
            lambda r: "; ".join(said(one) for one in r["at"].get(wtp, ())) or numbers.NOTHING,
            number=True,
            below=lambda r: "; ".join(filter(None, (below(one) for one in r["at"].get(wtp, ())))),
        )

    return [field(wtp) for wtp in sorted({float(r["wtp"]) for r in rows})]


def _gain(run: RunResult) -> View | None:
    rows = reading.rows(run, "required_gain")
    if not rows:
        return None

    def limits(r: Record) -> str:
        return numbers.interval(numbers.qaly(r["lower"]), numbers.qaly(r["upper"]))

    fields = [
        Field("Strategy, counted per", _who, below=lambda r: str(r["note"])),
        shown("Extra cost each", "extra_cost", "money", reading.currency(run)),
        shown("Gain in this model", "modelled", "qaly"),
        *_columns(run, rows, "Needed", lambda r: numbers.qaly(r["value"]), limits),
    ]
    caption = f"{reading.effects(run)} that must be gained"
    joined = _by_wtp(rows, "strategy", "per", "reading")
    return view(caption, joined, fields, reading.notes(run, "required_gain"), "required_gain")


def _who(r: Record) -> str:
    words = f"{r['label']}: per {r['per_label']}"
    return f"{words} (reading: {r['reading']})" if r["reading"] else words


def _utility(run: RunResult) -> View | None:
    rows = reading.rows(run, "required_utility")
    if not rows:
        return None

    def limits(r: Record) -> str:
        return numbers.interval(numbers.qaly(r["lower"]), numbers.qaly(r["upper"]))

    fields = [
        Field("Strategy", lambda r: str(r["label"]), below=lambda r: str(r["note"])),
        shown("In this model", "base", "qaly"),
        *_columns(run, rows, "Needed", lambda r: numbers.qaly(r["value"]), limits),
    ]
    label = numbers.inside(str(rows[0]["parameter_label"]))
    caption = f"Needed in each year: {label}"
    return view(caption, _by_wtp(rows, "strategy"), fields, (), "required_utility")


def _distance(r: Record) -> str:
    """Return how far a threshold is from the value in use, in per cent and standard errors."""
    if r["distance"] is None:
        return ""
    words = numbers.change(r["distance"])
    if r["distance_se"] is None:
        return words
    return f"{words}, {numbers.fixed(abs(r['distance_se']), 1)} standard errors"


def _thresholds(run: RunResult) -> View | None:
    rows = reading.rows(run, "threshold")
    option = reading.option(run)
    mine = reading.where(rows, strategy=option) or rows
    if not mine:
        return None
    currency = reading.currency(run)

    def verdict(r: Record) -> str:
        if r["value"] is None:
            return str(r["status"])
        value = numbers.input_value(r["value"], str(r["unit"]), currency)
        return f"{r['worth_it']} {value}" if r["worth_it"] else value

    def looked(r: Record) -> str:
        ends = (numbers.input_value(r[k], str(r["unit"]), currency) for k in ("low", "high"))
        words = f"looked at {numbers.interval(*ends)}"
        return f"{words}; {r['note']}" if r["note"] else words

    fields = [
        Field("Input", lambda r: str(r["parameter_label"]), below=looked),
        measured("As it is", "base", "unit", currency),
        *_columns(run, mine, "Worth its cost", verdict, _distance),
    ]
    name = numbers.inside(reading.strategy(run, str(mine[0]["strategy"])))
    caption = f"Values at which {name} is worth its cost"
    joined = _by_wtp(mine, "parameter", "strategy")
    return view(caption, joined, fields, reading.notes(run, "threshold"), "threshold")


def _switches(run: RunResult) -> View | None:
    known = {reading.option(run), reading.comparator(run)}  # the table above has these
    rows = reading.rows(run, "threshold_switch")
    rows = [r for r in rows if {r["below"], r["above"]} != known]
    if not rows:
        return None
    units = {r["parameter"]: reading.unit(run, str(r["parameter"])) for r in rows}
    currency = reading.currency(run)
    fields = [
        text("Input", "parameter_label"),
        shown(f"At, per {reading.effect(run)}", "wtp", "money", currency),
        Field(
            "Changes at",
            lambda r: numbers.input_value(r["value"], units[r["parameter"]], currency),
            number=True,
        ),
        text("Best below", "below_label"),
        text("Best above", "above_label"),
    ]
    caption = "Where another strategy becomes the best of all"
    return view(caption, rows, fields, (), "threshold_switch")


def _published(run: RunResult) -> View | None:
    rows = reading.rows(run, "published")
    if not rows:
        return None
    currency = reading.currency(run)

    def figure(r: Record) -> str:
        at = f", at {numbers.money(r['wtp'], currency)}" if r["wtp"] is not None else ""
        return f"{r['label']}{at}"

    def note(r: Record) -> str:
        return ". ".join(str(part).rstrip(".") for part in (r["source"], r["note"]) if part)

    def printed(r: Record) -> str:
        value = float(r["printed"])
        if numbers.kind_of_unit(str(r["unit"])) == "pence":
            return numbers.input_value(value, str(r["unit"]), currency)
        decimals = len(str(r["printed"]).partition(".")[2])
        return numbers.fixed(value, decimals)

    fields = [
        Field("Figure", figure, below=note),
        Field("Published", printed, number=True),
        Field("This model", lambda r: _model(r, currency), number=True),
        Field("Difference", lambda r: numbers.change(r["percent"]), number=True),
        Field("Agrees", lambda r: numbers.show(r["agrees"], "flag")),
    ]
    notes = reading.notes(run, "published")
    return view("Published figures beside this model", rows, fields, notes, "published")


def _model(r: Record, currency: str) -> str:
    if r["model"] is None:
        return "not defined"
    return numbers.input_value(r["model"], str(r["unit"]), currency)
