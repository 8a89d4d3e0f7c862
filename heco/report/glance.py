"""The first page: a handful of figures, and the warnings that matter most.

The figures are those of results.csv. Warnings come in the order of what they move: how far net
benefit goes as the input that they are about goes over its range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from heco.report import inputs, numbers, reading
from heco.result import Quantity, RunResult

_MOST_TILES, _MOST_WARNINGS = 6, 3
#: Inputs that move less than this share of what the strongest of all inputs moves are not named.
_LITTLE = 0.02


@dataclass(frozen=True)
class Tile:
    """A key figure.

    Parameters
    ----------
    label, value, small : str
        What it is, the number, and what stands below it.
    quantity : Quantity
        The row of results.csv that it is.
    """

    label: str
    value: str
    small: str
    quantity: Quantity


def tiles(run: RunResult) -> list[Tile]:
    """Return the key figures about the strategy of the question, at most six.

    Parameters
    ----------
    run : RunResult
        What was computed.
    """
    if not reading.option(run):
        return []
    makers: tuple[Callable[[RunResult], Tile | None], ...] = (
        _needed, _spending, _ratio, _chance, _found, _forgone, _extra, _gained,
    )  # fmt: skip
    return [tile for make in makers if (tile := make(run)) is not None][:_MOST_TILES]


def _one(run: RunResult, name: str, basis: str = "", **where: object) -> Quantity | None:
    """Return a number about the strategy of the question: the means of draws, or the base case."""
    found = [
        q
        for q in reading.find(run, name, strategy=reading.option(run), **where)
        if q.value is not None and q.basis in ((basis,) if basis else ("probabilistic",))
    ]
    if not found and not basis:
        return _one(run, name, "deterministic", **where)
    return found[0] if found else None


def _money(run: RunResult, value: float | None, pence: bool = False) -> str:
    return numbers.money(value, reading.currency(run), 2 if pence else 0)


def _word(run: RunResult) -> str:
    return "life_years" if reading.effect(run) == "life year" else "qaly"


def _needed(run: RunResult) -> Tile | None:
    rows = reading.rows(run, "required_gain", strategy=reading.option(run), reading="")
    if not rows or not reading.wtps(run):
        return None
    per, label = str(rows[0]["per"]), str(rows[0]["per_label"])
    wtp = reading.wtps(run)[0]
    q = _one(run, f"required_{_word(run)}_per_{per}", "deterministic", wtp=wtp, subject="")
    if q is None:
        return None
    own = rows[0]["modelled"]
    small = f"at {reading.at_wtp(run, wtp)}"
    small += f"; in this model {numbers.qaly(own)}" if own is not None else ""
    words = f"{reading.effects(run)} that each {label} must gain"
    return Tile(words, numbers.qaly(q.value) if (q.value or 0.0) > 0 else "none", small, q)


def _spending(run: RunResult) -> Tile | None:
    q = _one(run, "budget_net", "deterministic", subject="1")
    rows = reading.rows(run, "budget_summary", strategy=reading.option(run))
    if q is None or not rows or rows[0]["money"]:  # cash and capacity are never one figure
        return None
    years = max(int(r["year"]) for r in reading.rows(run, "budget"))
    small = f"{_money(run, rows[0]['total'])} in {years} years" if years > 1 else ""
    return Tile("Extra spending in year 1", _money(run, q.value), small, q)


def _ratio(run: RunResult) -> Tile | None:
    cost = _one(run, "incremental_cost", comparator=reading.comparator(run))
    gain = _one(run, f"incremental_{_word(run)}", comparator=reading.comparator(run))
    if cost is None or gain is None or not gain.value:
        return None
    error = _errors(run, cost.basis)
    size = numbers.money(abs(cost.value or 0.0), reading.currency(run), error=error["cost_error"])
    small = f"{size} {'more' if (cost.value or 0.0) > 0 else 'less'}"
    if not any(digit in size for digit in "123456789"):
        small = "the same cost"
    more = numbers.qaly(gain.value, signed=True, error=error["effect_error"])
    small += f" and {more} {reading.effects(run)} per person"
    ratio = _one(run, "icer", comparator=reading.comparator(run))
    rows = reading.rows(run, "pairwise", strategy=reading.option(run), basis=cost.basis)
    said = str(rows[0]["reading"]) if rows else ""
    end = f" per {reading.effect(run)} gained"
    if ratio is None or not said.endswith(end):
        return Tile("Cost and health together", said, small, cost) if said else None
    each = numbers.money(ratio.value, reading.currency(run), error=error["icer_error"])
    return Tile(f"Cost per {reading.effect(run)} gained", each, small, ratio)


def _errors(run: RunResult, basis: str) -> dict[str, float]:
    """Return the Monte Carlo errors of extra cost, extra effect and their ratio.

    Digits that the draws do not support are not printed here, nor in the sentence of the answer.
    """
    rows = reading.rows(run, "pairwise", strategy=reading.option(run), basis=basis)
    names = ("cost_error", "effect_error", "icer_error")
    return {name: float((rows[0].get(name) if rows else None) or 0.0) for name in names}


def _chance(run: RunResult) -> Tile | None:
    found = [
        q for wtp in reading.wtps(run) if (q := _one(run, "ceac", wtp=wtp)) is not None
    ]  # fmt: skip
    if not found:
        return None
    first, *others = found
    small = f"at {reading.at_wtp(run, first.wtp or 0)}"
    for q in others[:1]:
        small += f"; {numbers.chance(q.value or 0)} at {_money(run, q.wtp)}"
    several = len(reading.strategies(run)) > 2
    words = f"Chance that it is the best{' of all' if several else ' choice'}"
    return Tile(words, numbers.chance(first.value or 0), small, first)


def _found(run: RunResult) -> Tile | None:
    names = [name for name in ("cases", "treated", "benefited") if name in run.scenario.measures]
    for name in names[:1]:
        q = _one(run, name, "deterministic", wtp=None)
        if q is None:
            return None
        measure = run.scenario.measures[name]
        per = measure.unit.partition(" per ")[2]
        missed = _one(run, "cases_missed", "deterministic", wtp=None)
        small = ""
        if missed is not None and "cases_missed" in run.scenario.measures:
            small = f"{run.scenario.measures['cases_missed'].label.lower()}: "
            small += numbers.count(missed.value)
        label = f"{measure.label} per {per}" if per else measure.label
        return Tile(label, numbers.count(q.value), small, q)
    return None


def _forgone(run: RunResult) -> Tile | None:
    if not reading.wtps(run):
        return None
    wtp = reading.wtps(run)[0]
    q, period = _one(run, "course_loss", wtp=wtp, subject="adopt"), run.scenario.population.per
    small, words = f"on average, at {_money(run, wtp)}", "Forgone if it is adopted"
    if q is not None:
        return Tile(f"{words}, for one {period}'s {reading.people(run)}", _money(run, q.value),
                    small, q)  # fmt: skip
    q = _one(run, "expected_loss", wtp=wtp)
    return None if q is None else Tile(f"{words}, per person", _money(run, q.value), small, q)


def _extra(run: RunResult) -> Tile | None:
    q = _one(run, "incremental_cost", comparator=reading.comparator(run))
    if q is None:
        return None
    error = _errors(run, q.basis)["cost_error"]
    value = numbers.money(q.value, reading.currency(run), error=error)
    small = _range(_money(run, q.lower), _money(run, q.upper))
    return Tile("Extra cost per person", value, small, q)


def _gained(run: RunResult) -> Tile | None:
    q = _one(run, f"incremental_{_word(run)}", comparator=reading.comparator(run))
    if q is None or not q.value:
        return None
    small = _range(numbers.qaly(q.lower), numbers.qaly(q.upper))
    value = numbers.qaly(q.value, error=_errors(run, q.basis)["effect_error"])
    return Tile(f"Extra {reading.effects(run)} per person", value, small, q)


def _range(low: str, high: str) -> str:
    limits = numbers.interval(low, high)
    return f"95% of the draws: {limits}" if limits else ""


@dataclass(frozen=True)
class Caution:
    """A warning, and how much of net benefit hangs on it.

    Parameters
    ----------
    head, text : str
        What it is about, and what to know.
    moves : float or None
        How far the outcome of the tornado goes; None if that is not known.
    """

    head: str
    text: str
    moves: float | None = None


def cautions(run: RunResult) -> tuple[list[Caution], int]:
    """Return the warnings for the first page, those that move most first, and how many others.

    Assumptions and judged spreads are ordered by the width of their bars in the tornado. What is
    said about the run as a whole has no bar and comes last, but is never left out for one that has.

    Parameters
    ----------
    run : RunResult
        What was computed.
    """
    bars = {str(r["parameter"]): r for r in reading.rows(run, "tornado") if r["width"]}
    widest = max((float(r["width"]) for r in bars.values()), default=0.0)
    doubtful = [r for r in inputs.entries(run) if r["assumption"] or r["judgement"]]
    known = [
        _caution(run, r, bars[str(r["parameter"])])
        for r in doubtful
        if str(r["parameter"]) in bars and bars[str(r["parameter"])]["width"] > _LITTLE * widest
    ]
    known.sort(key=lambda caution: -(caution.moves or 0.0))
    if not bars:  # nothing tells them apart; the author's order stands
        known = [_caution(run, r, None) for r in doubtful if r["assumption"]]
    whole = [Caution("", text) for text in reading.general_warnings(run)]
    shown = known[:_MOST_WARNINGS] + whole[: _MOST_WARNINGS - 1]
    others = len(doubtful) + len(whole) - len(shown)
    return shown, others


def _caution(
    run: RunResult, record: reading.Record, bar: reading.Record | None
) -> Caution:  # fmt: skip
    value = inputs.value_of(run, record)
    head = f"{record['label']}: {value}"
    text = "an assumption" if record["assumption"] else "its spread is a judgement"
    if bar is None:
        return Caution(head, f"{text}.")
    low, high = (
        numbers.input_value(bar[key], str(bar["unit"]), reading.currency(run))
        for key in ("low_value", "high_value")
    )
    width = float(bar["width"])
    moved = drivers_money(run, width)
    text += f". From {low} to {high} it moves {moved}"
    if bar["flips"]:
        text += ", and changes the decision by itself"
    return Caution(head, f"{text}.", width)


def drivers_money(run: RunResult, width: float) -> str:
    """Return how far an input moves the outcome of the tornado, in words.

    Parameters
    ----------
    run : RunResult
        What was computed.
    width : float
        Width of its bar, in the unit of the outcome.
    """
    outcome = str(run["tornado"].data.get("outcome"))
    if outcome in ("incremental_qaly", "required_gain"):
        what = "the gain needed" if outcome == "required_gain" else f"{reading.effects(run)} gained"
        return f"{what} by {numbers.qaly(width)}"
    what = "net benefit" if outcome == "inmb" else "the extra cost"
    size = population(run)
    each = f"{what} by {_money(run, width, 0 < width < 10)} per person"
    if size is None:
        return each
    per = run.scenario.population.per
    return f"{each}, {_money(run, width * size)} for one {per}'s {reading.people(run)}"


def population(run: RunResult) -> float | None:
    """Return how many people enter in one period in the base case, if anybody says.

    It is the number behind the budget and the counts of people, so that no page has another.
    """
    rows = reading.rows(run, "people_counted")
    for r in rows:
        if r.get("people") and r["per_10000"]:
            return float(r["people"]) / float(r["per_10000"]) * 10_000
    facts = run["deciding"].data["facts"] if "deciding" in run else {}
    return next((fact.people for fact in facts.values()), None)
