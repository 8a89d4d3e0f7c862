"""Reading a run: the words around the numbers, looked up in one place.

Sections, figures and the terminal ask here what a strategy is called or which sentence is the
answer, so that no two pages can call the same thing by two names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from heco.report import numbers
from heco.result import Column, Quantity, Result, RunResult, Table

#: How a warning says which parameter it is about.
_PLACE = re.compile(r"\[parameters\.([\w.]+)\]\s*")
#: A row of a table by column name.
Record = dict[str, Any]


def currency(run: RunResult) -> str:
    """Return the currency code of every amount."""
    return str(run.scenario.decision.currency)


def people(run: RunResult) -> str:
    """Return what the people of the cohort are called, in the plural."""
    return str(run.scenario.population.label)


def comparator(run: RunResult) -> str:
    """Return the strategy that the others are compared with."""
    return str(run.scenario.comparator)


def option(run: RunResult) -> str:
    """Return the strategy that the question is about; empty if there is only one strategy."""
    return str(run.scenario.option)


def strategies(run: RunResult) -> tuple[str, ...]:
    """Return the names of the strategies, in the author's order."""
    return tuple(run.scenario.strategies)


def leading(run: RunResult, names: Iterable[str], most: int) -> list[str]:
    """Return the strategies that a picture has room for, in the author's order.

    The comparator and the strategy that the question is about come before all others.
    """
    there = list(dict.fromkeys(names))
    ranked = sorted(there, key=lambda name: name not in (comparator(run), option(run)))
    return [name for name in there if name in ranked[:most]]


def strategy(run: RunResult, name: str) -> str:
    """Return the words for a strategy."""
    record = run.scenario.strategies.get(name)
    return (record.label if record is not None else "") or name.replace("_", " ")


def parameter(run: RunResult, name: str) -> str:
    """Return the words for a parameter, or for one component of a joint parameter."""
    record = run.scenario.parameters.get(name)
    if record is not None:
        return str(record.label)
    joint, _, component = name.partition(".")
    record = run.scenario.parameters.get(joint)
    if record is not None and component:
        return f"{record.label}: {component.replace('_', ' ')}"
    return name.replace("_", " ")


def counted(run: RunResult, name: str) -> str:
    """Return the words for people who are counted on a branch: those of the measure so called."""
    measure = run.scenario.measures.get(name)
    return capital(measure.label if measure is not None else name.replace("_", " "))


def capital(words: str) -> str:
    """Return words as they stand at the beginning of a line."""
    return words[:1].upper() + words[1:]


def unit(run: RunResult, name: str) -> str:
    """Return the unit of a parameter."""
    record = run.scenario.parameters.get(name.partition(".")[0])
    return str(record.unit) if record is not None else ""


def wtps(run: RunResult) -> tuple[float, ...]:
    """Return the willingness to pay per QALY that the decision is judged at, lowest first."""
    return tuple(sorted(run.scenario.decision.wtp))


def at_wtp(run: RunResult, wtp: float) -> str:
    """Return how a threshold is written.

    >>> at_wtp(run, 20_000)  # doctest: +SKIP
    '£20,000 per QALY'
    """
    return f"{numbers.money(wtp, currency(run))} per {effect(run)}"


def effect(run: RunResult) -> str:
    """Return the health effect that is judged, in the singular: ``QALY`` or ``life year``."""
    return "life year" if run.scenario.decision.effect == "life_years" else "QALY"


def effects(run: RunResult) -> str:
    """Return the health effect that is judged, in the plural."""
    return f"{effect(run)}s"


def question(run: RunResult) -> str:
    """Return the question, or a sentence that says what was compared."""
    if run.question:
        return run.question
    names = [strategy(run, name) for name in strategies(run)]
    return f"How do {numbers.listing(names)} compare?" if len(names) > 1 else run.title


def answer(run: RunResult) -> str:
    """Return the answer in one sentence: the first that any analysis has to say."""
    return next((sentence for result in run.results for sentence in result.headline), "")


def warnings(run: RunResult) -> list[str]:
    """Return the warnings as people read them: parameters by their labels, the same said once."""
    where: dict[str, list[str]] = {}
    for warning in run.warnings:
        found = _PLACE.match(warning)
        labels = where.setdefault(warning[found.end() :] if found else warning, [])
        if found:
            labels.append(parameter(run, found.group(1)))
    return [f"{'; '.join(labels)}: {text}" if labels else text for text, labels in where.items()]


def general_warnings(run: RunResult) -> list[str]:
    """Return the warnings that are about no single parameter, each once, without their place."""
    whole = (warning for warning in run.warnings if not _PLACE.match(warning))
    return list(dict.fromkeys(re.sub(r"^\[[\w. ]+\]\s*", "", warning) for warning in whole))


def result(run: RunResult, analysis: str) -> Result | None:
    """Return the result of an analysis, or None if it was not asked for."""
    return next((result for result in run.results if result.analysis == analysis), None)


def find(run: RunResult, quantity: str, **where: object) -> list[Quantity]:
    """Return every number with this name and these attributes, from every analysis."""
    return [found for result in run.results for found in result.find(quantity, **where)]


def table(run: RunResult, name: str) -> Table | None:
    """Return a table by its name."""
    return next((table for table in run.tables if table.name == name), None)


def records(table: Table) -> list[Record]:
    """Return the rows of a table as dictionaries by column name."""
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def rows(run: RunResult, name: str, **what: object) -> list[Record]:
    """Return the rows of the table with that name; none if there is no such table."""
    found = table(run, name)
    return [] if found is None else where(records(found), **what)


def notes(run: RunResult, name: str) -> list[str]:
    """Return the notes of the table with that name; none if there is no such table."""
    found = table(run, name)
    return [] if found is None else list(found.notes)


def left_out(n: int, one: str, several: str) -> str:
    """Return a sentence, with a blank before it, about what a figure does not show; or nothing.

    >>> left_out(1, "input that moves less", "inputs that move less")
    ' 1 input that moves less is in the table only.'
    """
    if not n:
        return ""
    what = f"{one} is" if n == 1 else f"{several} are"
    return f" {n} {what} in the table only."


def where(found: list[Record], **what: object) -> list[Record]:
    """Return the records that have these values."""
    return [r for r in found if all(r[key] == value for key, value in what.items())]


def people_counted(run: RunResult) -> dict[str, Record]:
    """Return who is counted on branches: name -> its label, and its row for each strategy."""
    by_name: dict[str, Record] = {}
    for r in rows(run, "people_counted"):
        name = str(r["count"])
        by_name.setdefault(name, {"label": counted(run, name)})[str(r["strategy"])] = r
    return by_name


def tidy(name: str, title: str, columns: str, rows: Sequence[tuple[object, ...]]) -> Table:
    """Return the table behind a figure; `columns` are its names, separated by spaces."""
    return Table(
        name=f"figure_{name}",
        title=title,
        columns=tuple(Column(word, word.replace("_", " ")) for word in columns.split()),
        rows=tuple(rows),
    )
