"""The key table: one row per number that a decision needs, one column per strategy.

The terminal and the report print the same table. People and prices along the way are those of the
base case, the run with every input at its central value. What costs and health come to is the
mean over the draws where there are any, as in every sentence about it, with the base case beside
a ratio. The range that holds 95% of the draws stands below.
"""

from __future__ import annotations

from dataclasses import dataclass

from heco.report import numbers, reading
from heco.result import Quantity, RunResult

#: The measures that other programs and readers look for first (see "Quantities" in the manual).
KNOWN = (
    "cases", "cases_missed", "false_positives", "treated", "annual_cost",
    "cost_per_case_identified", "cost_per_case_treated", "cost_per_benefit", "cost_per_extra_case",
)  # fmt: skip
_MOST_MEASURES = 9
_MOST_WTP = 2


@dataclass(frozen=True)
class Entry:
    """What one cell says, and below it the range over draws or another reading."""

    text: str
    range: str = ""


@dataclass(frozen=True)
class Line:
    """One row: its name, and an entry for each strategy."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Group:
    """Rows that belong together."""

    title: str
    lines: tuple[Line, ...]


def key_table(run: RunResult) -> list[Group]:
    """Return the key table, group by group; a group without rows is left out."""
    groups = [
        Group("What must be gained", tuple(_required(run))),
        Group("Along the way", tuple(_measures(run))),
        Group(_worth_title(run), tuple(_worth(run))),
    ]
    return [group for group in groups if group.lines]


def _worth_title(run: RunResult) -> str:
    several = len(reading.strategies(run)) > 1
    words = "Worth its cost?" if several and reading.wtps(run) else "Costs and effects"
    return f"{words} Mean of {run.draws:,} draws" if run.draws else words


def _line(
    run: RunResult, label: str, kind: str, found: list[Quantity], means: bool = False
) -> Line | None:
    """Return a row of one quantity, or None if no strategy has it; `means` of draws come first."""
    entries = []
    for strategy in reading.strategies(run):
        mine = [q for q in found if q.strategy == strategy]
        base = next((q for q in mine if q.basis == "deterministic"), None)
        draws = next((q for q in mine if q.basis == "probabilistic"), None)
        lead = (draws or base) if means else (base or draws)
        text = _show(run, lead.value, kind) if lead else numbers.NOTHING
        low, high = (draws.lower, draws.upper) if draws else (None, None)
        limits = numbers.interval(_show(run, low, kind), _show(run, high, kind))
        entries.append(Entry(text, limits))
    if all(entry.text == numbers.NOTHING for entry in entries):
        return None
    return Line(label, tuple(entries))


def _show(run: RunResult, value: float | None, kind: str) -> str:
    """Print by kind, or by the unit that an author wrote if that is no kind."""
    if kind in ("money", "qaly", "percent", "pence"):
        return numbers.show(value, kind, reading.currency(run))
    if numbers.kind_of_unit(kind) == "pence":  # pence only where they matter
        small = value is not None and 0 < abs(value) < 10
        return numbers.show(value, "pence" if small else "money", reading.currency(run))
    return numbers.input_value(value, kind, reading.currency(run))


def _required(run: RunResult) -> list[Line]:
    rows = reading.where(reading.rows(run, "required_gain"), reading="")
    word = "life_years" if reading.effects(run) == "life years" else "qaly"
    lines = []
    for per, label in dict.fromkeys((str(r["per"]), str(r["per_label"])) for r in rows):
        for wtp in sorted({float(r["wtp"]) for r in rows})[:_MOST_WTP]:
            found = [
                q
                for q in reading.find(run, f"required_{word}_per_{per}", wtp=wtp, subject="")
                if q.basis != "published"
            ]
            words = f"{reading.effects(run)} each {label} must gain, at {_money(run, wtp)}"
            lines.append(_line(run, words, "qaly", found))
    return [line for line in lines if line]


def _measures(run: RunResult) -> list[Line]:
    measures = run.scenario.measures
    names = [name for name in measures if name in KNOWN] or list(measures)[:_MOST_MEASURES]
    lines = []
    for name in names:
        found = [q for q in reading.find(run, name, wtp=None) if q.basis != "published"]
        measure = measures[name]
        unit = measure.unit
        label = measure.label
        per = unit.partition(" per ")[2]
        if per and per not in label.lower() and len(per) < 12:
            label = f"{label} per {per}"
        if measure.compared_with:
            other = numbers.inside(reading.strategy(run, measure.compared_with))
            label = f"{label}, against {other}"
        lines.append(_line(run, label, unit, found))
    return [line for line in lines if line]


def _worth(run: RunResult) -> list[Line]:
    compared = {"comparator": reading.comparator(run)}
    several = len(reading.strategies(run)) > 1
    effect = "life_years" if reading.effects(run) == "life years" else "qaly"
    totals = reading.find(run, effect)
    healthy = any(q.value for q in totals)
    rows = [("Cost per person", "money", reading.find(run, "cost"))]
    if healthy:
        rows.append((f"{reading.capital(reading.effects(run))} per person", "qaly", totals))
    if several:
        extra = reading.find(run, "incremental_cost", **compared)
        rows.append(("Extra cost per person", "money", extra))
    if several and healthy:
        extra = reading.find(run, f"incremental_{effect}", **compared)
        rows.append((f"Extra {reading.effects(run)} per person", "qaly", extra))
    lines = [_line(run, *row, means=True) for row in rows]
    if several and healthy:
        lines.append(_ratio(run))
        for wtp in reading.wtps(run)[:_MOST_WTP]:
            at = f"at {_money(run, wtp)}"
            benefit = reading.find(run, "inmb", wtp=wtp, **compared)
            lines.append(_line(run, f"Net benefit per person, {at}", "money", benefit, means=True))
            best = {q.strategy: q.value for q in reading.find(run, "ceac", wtp=wtp)}
            if best:
                lines.append(Line(f"Chance of being best, {at}", _chances(run, best)))
    return [line for line in lines if line]


def _chances(run: RunResult, best: dict[str, float | None]) -> tuple[Entry, ...]:
    found = [best.get(name) for name in reading.strategies(run)]
    return tuple(Entry(numbers.NOTHING if p is None else numbers.chance(p)) for p in found)


def _ratio(run: RunResult) -> Line | None:
    """Return what a QALY gained costs, in words where a ratio has no meaning."""
    rows = reading.rows(run, "pairwise")
    entries = []
    for strategy in reading.strategies(run):
        mine = reading.where(rows, strategy=strategy)
        said = {r["basis"]: _short(run, str(r["reading"])) for r in mine}
        base = said.get("deterministic", "")
        text = said.get("probabilistic", base) or numbers.NOTHING
        entries.append(Entry(text, f"base case {base}" if base and base != text else ""))
    if all(entry.text == numbers.NOTHING for entry in entries):
        return None
    return Line(f"Cost per {reading.effect(run)} gained", tuple(entries))


def _short(run: RunResult, said: str) -> str:
    return said.removesuffix(f" per {reading.effect(run)} gained")


def _money(run: RunResult, value: float) -> str:
    return numbers.money(value, reading.currency(run))
