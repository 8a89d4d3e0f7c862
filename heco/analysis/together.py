"""Searches along parameters, answered together: one run of the model per step of all of them.

A search asks for net benefit at one value of its parameter and waits. Starting the model costs far
more than another row in it, so the values that all searches wait for are rows of one run.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from heco.analysis.roots import Root, searching
from heco.analysis.search import Scan, benefit, evaluate_rows
from heco.errors import ScenarioError

if TYPE_CHECKING:
    from heco.outcomes import Outcomes

Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)


class Ask(NamedTuple):
    """Incremental net monetary benefit at one value of a search's parameter."""

    x: float
    option: str
    comparator: str
    wtp: float


#: Yields what it must know, is sent the answer [currency per person], NaN where the model has
#: none, and returns what it found.
Inquiry = Generator[Ask, float, Found_co]


def crossings(scan: Scan, option: str, comparator: str, wtp: float) -> Inquiry[tuple[Root, ...]]:
    """Search for every value of a parameter at which two options are worth the same.

    Parameters
    ----------
    scan : Scan
        What happens as the parameter moves.
    option, comparator : str
        The two.
    wtp : float
        Willingness to pay. [currency per QALY]
    """
    values = scan.benefit(option, comparator, wtp)
    return _about(searching(scan.x, values, scan.outcomes.valid), option, comparator, wtp)


def between(
    ends: tuple[float, float], values: tuple[float, float], option: str, comparator: str, wtp: float
) -> Inquiry[tuple[Root, ...]]:
    """Search between two values only, where net benefit is known."""
    return _about(searching(np.array(ends), np.array(values)), option, comparator, wtp)


def _about(
    search: Generator[float, float, Found], option: str, comparator: str, wtp: float
) -> Inquiry[Found]:
    """Say of every value that a search asks for what is asked there."""
    try:
        x = next(search)
        while True:
            x = search.send((yield Ask(x, option, comparator, wtp)))
    except StopIteration as done:
        found: Found = done.value
        return found


def answered(searches: Sequence[tuple[Scan, Inquiry[Found]]]) -> list[Found]:
    """Return what each search finds.

    Parameters
    ----------
    searches : sequence of (Scan, Inquiry)
        Each with the scan of its parameter; all scans are of one run.
    """
    found: dict[int, Found] = {}
    waiting: dict[int, Ask] = {}

    def step(k: int, answer: float | None) -> None:
        search = searches[k][1]
        try:
            waiting[k] = next(search) if answer is None else search.send(answer)
        except StopIteration as done:
            waiting.pop(k, None)
            found[k] = done.value

    for k in range(len(searches)):
        step(k, None)
    answers = _Answers([scan for scan, _ in searches])
    while waiting:
        answers.fetch([(searches[k][0].parameter, ask.x) for k, ask in waiting.items()])
        for k, ask in list(waiting.items()):
            step(k, answers.answer(searches[k][0], ask))
    return [found[k] for k in range(len(searches))]


class _Answers:
    """What the model has said so far, by parameter and value."""

    def __init__(self, scans: Sequence[Scan]) -> None:
        self._known: dict[tuple[str, float], tuple[Outcomes, int]] = {}
        self._scans = {scan.parameter: scan for scan in scans}
        base = scans[0].context.model.base() if scans else None
        #: Where inputs stay while others move; a parameter that others make is not among them.
        self._base = {
            name: float(base.column(name)[0]) for name in self._scans if base and name in base.names
        }

    def answer(self, scan: Scan, ask: Ask) -> float:
        outcomes, row = self._known[scan.parameter, ask.x]
        if not outcomes.valid[row]:
            return math.nan
        return float(benefit(scan.context, outcomes, ask.option, ask.comparator, ask.wtp)[row])

    def fetch(self, wanted: Sequence[tuple[str, float]]) -> None:
        """Ask the model for values that are not known yet."""
        new = {pair for pair in wanted if pair not in self._known}
        inputs = sorted(pair for pair in new if pair[0] in self._base)
        if inputs:
            self._evaluate(list(self._base), inputs)
        for name in sorted({name for name, _ in new if name not in self._base}):
            self._evaluate([name], sorted(pair for pair in new if pair[0] == name))

    def _evaluate(self, names: Sequence[str], new: Sequence[tuple[str, float]]) -> None:
        """Ask the model for values of some parameters, each moved while all others stay."""
        rows = list(new)
        if len(names) > 1:
            # Every parameter moves in some row of every run, so one compiled model serves all.
            rows += [(name, self._far(name)) for name in names]
        columns = {
            name: np.array([x if moved == name else self._base[name] for moved, x in rows])
            for name in names
        }
        try:
            outcomes = evaluate_rows(self._scans[names[0]].context, columns, len(rows))
        except ScenarioError:
            if len(names) == 1:
                raise
            for name in names:  # says which of them it was
                self._evaluate([name], [pair for pair in new if pair[0] == name])
            return
        self._known |= {pair: (outcomes, row) for row, pair in enumerate(new)}

    def _far(self, name: str) -> float:
        """Return the end of the scan that is not the base value."""
        low, high = self._scans[name].x[[0, -1]].tolist()
        return float(high if low == self._base.get(name) else low)
