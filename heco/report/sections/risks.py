"""What could go wrong: what moves the answer, in money, and what a wrong choice would cost."""

from __future__ import annotations

from collections.abc import Callable

from heco.report import glance, numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "risks"
_MOST, _MOST_WTP = 8, 2
_ENDS = ("low", "high")
#: Without any of these the run is about something else.
_ANSWERS = ("cea", "psa", "tornado", "threshold")
_NOWHERE = {"never": "at no value", "always": "at any value"}


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What could go wrong"


def applies(run: RunResult) -> bool:
    """Return whether there is anything to choose; what was not asked for is said."""
    return bool(reading.option(run)) and any(name in run for name in _ANSWERS)


def context(run: RunResult) -> dict[str, object]:
    """Return the inputs that matter in money, and what a wrong choice loses."""
    missing = []
    if "tornado" not in run:
        missing.append("It was not asked how far each input by itself moves the answer.")
    if "psa" not in run:
        missing.append(
            "How sure the answer is, is not known: no draws of the uncertain inputs were made."
        )
    return {
        "drivers": _drivers(run),
        "alone": _alone(run) if "tornado" not in run else None,
        "losses": _losses(run),
        "missing": missing,
    }


def _turns(run: RunResult) -> dict[tuple[str, float], Record]:
    """Return where the option becomes worth its cost, by input and willingness to pay."""
    found: dict[tuple[str, float], Record] = {}
    for r in reading.rows(run, "threshold", strategy=reading.option(run)):
        found.setdefault((str(r["parameter"]), float(r["wtp"])), r)
    return found


def _turn(run: RunResult, r: Record) -> str:
    if r["value"] is None:
        ends = (numbers.input_value(r[k], str(r["unit"]), reading.currency(run)) for k in _ENDS)
        return f"{_NOWHERE.get(str(r['status']), str(r['status']))} from {' to '.join(ends)}"
    value = numbers.input_value(r["value"], str(r["unit"]), reading.currency(run))
    return f"{r['worth_it']} {value}" if r["worth_it"] else value


def _drivers(run: RunResult) -> View | None:
    rows = [r for r in reading.rows(run, "tornado") if r["width"]]
    if not rows:
        return None
    currency, size = reading.currency(run), glance.population(run)
    answer = run["tornado"]
    about = answer.find("tornado_width")[0]
    outcome = str(answer.data["outcome"])
    kind = "qaly" if outcome in ("incremental_qaly", "required_gain") else "money"
    turns = _turns(run)
    wtp = about.wtp if about.wtp is not None else next(iter(reading.wtps(run)), 0.0)

    def ends(r: Record) -> str:
        low, high = (
            numbers.input_value(r[key], str(r["unit"]), currency)
            for key in ("low_value", "high_value")
        )
        return f"{low} to {high}"

    def flips(r: Record) -> str:
        turn = turns.get((str(r["parameter"]), float(wtp)))
        if turn is not None:
            return _turn(run, turn)
        if r["flip_value"] is not None:
            value = numbers.input_value(r["flip_value"], str(r["unit"]), currency)
            return f"{_side(r)}{value}"
        if r["flips"]:
            return "within this range"
        return f"{_NOWHERE['always' if answer.data['base'] > 0 else 'never']} from {ends(r)}"

    fields = [
        Field("Input, from its low to its high end", lambda r: str(r["label"]), below=ends),
        Field(
            "Moves it, per person", lambda r: numbers.show(r["width"], kind, currency), number=True
        ),
    ]
    if kind == "money" and size is not None:
        heading = f"for one {run.scenario.population.per}'s {reading.people(run)}"
        fields.append(
            Field(heading, lambda r: numbers.money(r["width"] * size, currency), number=True)
        )
    if outcome == "inmb":
        fields.append(Field("Worth its cost if it is", flips))
    measured = {"inmb": "Net benefit", "incremental_cost": "Extra cost"}.get(outcome, "Outcome")
    caption = f"{measured}, one input at a time"
    if about.wtp is not None:
        option = numbers.inside(reading.strategy(run, reading.option(run)))
        caption += f": {option}, at {reading.at_wtp(run, about.wtp)}"
    notes = [] if len(rows) <= _MOST else [f"The {_MOST} inputs that move it most, of {len(rows)}."]
    return view(caption, rows[:_MOST], fields, notes, "tornado")


def _side(r: Record) -> str:
    """Return on which side of its turning point an input must lie; nothing if on neither."""
    low, high = r["at_low"], r["at_high"]
    if low is None or high is None or low * high >= 0:
        return ""
    return "above " if high > low else "below "


def _alone(run: RunResult) -> View | None:
    """Return the thresholds where no tornado has a place for them."""
    rows = reading.rows(run, "threshold", strategy=reading.option(run))
    if not rows:
        return None
    by_name: dict[str, Record] = {}
    for r in rows:
        by_name.setdefault(str(r["parameter"]), {**r, "at": {}})["at"].setdefault(r["wtp"], r)

    def field(wtp: float) -> Field:
        return Field(
            f"Worth its cost at {reading.at_wtp(run, wtp)}",
            lambda r: _turn(run, r["at"][wtp]) if wtp in r["at"] else numbers.NOTHING,
            number=True,
        )

    fields = [
        Field("Input", lambda r: str(r["parameter_label"])),
        Field(
            "As it is",
            lambda r: numbers.input_value(r["base"], str(r["unit"]), reading.currency(run)),
            number=True,
        ),
        *map(field, sorted({float(r["wtp"]) for r in rows})),
    ]
    return view("Where the decision changes", list(by_name.values()), fields, (), "threshold")


def _losses(run: RunResult) -> View | None:
    rows = reading.rows(run, "expected_loss")
    there = {float(r["wtp"]) for r in rows}
    stated = [wtp for wtp in reading.wtps(run) if wtp in there][:_MOST_WTP]
    if not stated:
        return None
    chances = {
        (float(r["wtp"]), str(r["strategy"])): r["probability"]
        for r in reading.rows(run, "probability_cost_effective")
    }
    lines: dict[str, Record] = {}
    for r in rows:
        if float(r["wtp"]) in stated:
            line = lines.setdefault(str(r["strategy"]), {"label": r["label"], "at": {}})
            line["at"][float(r["wtp"])] = {**r, "chance": chances.get((r["wtp"], r["strategy"]))}
    fields = [Field("If this is chosen", lambda r: str(r["label"]))]
    for wtp in stated:
        fields += _at(run, wtp, full=wtp == stated[0])
    notes = [
        "Loss: what is forgone on average by choosing now, against knowing which is best. A small "
        "chance of a large loss counts as much as a large chance of a small one."
    ]
    caption = "Chance and expected loss, by strategy"
    return view(caption, list(lines.values()), fields, notes, "expected_loss")


def _at(run: RunResult, wtp: float, full: bool) -> list[Field]:
    """Return the columns at one willingness to pay; the first has the loss per person too."""
    currency, size = reading.currency(run), _drawn_people(run)
    at = f"at {numbers.money(wtp, currency)}"

    def number(heading: str, text: Callable[[Record], str], best: bool = False) -> Field:
        def below(r: Record) -> str:
            return "best on average" if best and r["at"][wtp]["best"] else ""

        return Field(f"{heading}, {at}", lambda r: text(r["at"][wtp]), number=True, below=below)

    def chance(r: Record) -> str:
        return numbers.NOTHING if r["chance"] is None else numbers.chance(r["chance"])

    columns = [number("Chance that it is the best", chance, best=True)]
    if full or size is None:
        columns.append(number("Loss per person", lambda r: pounds(r["expected_loss"], currency)))
    if size is None:
        health = number(
            f"the same in {reading.effects(run)}", lambda r: numbers.qaly(r["expected_loss_health"])
        )
        return [*columns, health] if full else columns
    per = run.scenario.population.per
    everybody = number(
        f"Loss for one {per}'s {reading.people(run)}",
        lambda r: numbers.money(r["expected_loss"] * size, currency),
    )
    columns.append(everybody)
    if full:
        columns.append(number(f"the same in {reading.effects(run)}", lambda r: _health(r, size)))
    return columns


def _health(r: Record, size: float) -> str:
    if r["expected_loss_health"] is None:
        return numbers.NOTHING
    return numbers.count(r["expected_loss_health"] * size)


def _drawn_people(run: RunResult) -> float | None:
    """Return the mean number of people over draws: what losses for all of them rest on."""
    facts = run["deciding"].data["facts"] if "deciding" in run else {}
    known = [fact.people for fact in facts.values() if fact.people is not None]
    return known[0] if known else None


def pounds(value: float, currency: str) -> str:
    """Return a loss per person: never 0 for what is only tiny."""
    return numbers.each(value, currency)
