"""The trace of a strategy: people by state from cycle to cycle, and what they are worth."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import NamedTuple

import numpy as np

from heco.model.graph import CYCLE, Node
from heco.model.plan import COUNT, StrategyPlan
from heco.outcomes import Array
from heco.workbook.book import LONGEST, MOST_ROWS, Book, Place, letters, number_text
from heco.workbook.clocks import START, Clocks
from heco.workbook.living import Living
from heco.workbook.pathway import kind_words
from heco.workbook.workings import Workings

#: Most micro-states, and most cells with formulas, that a trace shows live.
MOST_STATES, MOST_CELLS = 150, 150_000
#: The columns before the states: cycle, years, age.
FIRST = 3
#: The row of totals, and that of headings.
TOTALS, HEADS = START - 2, START - 1


class Kind(NamedTuple):
    """What is booked alike: outcome, category, weights, side of the cycle, and scale."""

    outcome: str
    category: str
    weights: str
    side: str
    scale: float


def too_large(living: Living, plan: StrategyPlan) -> bool:
    """Return whether a cohort is more than a sheet can show live."""
    assert living.clock is not None
    micro, cycles = len(plan.cohort.layout.micro), living.clock.cycles
    nodes = {step.p.index for step in plan.cohort.steps if step.p.axes & CYCLE}
    nodes |= {term.node.index for term in plan.terms if term.node.axes & CYCLE}
    return cycles > MOST_ROWS or micro > MOST_STATES or cycles * (micro + len(nodes)) > MOST_CELLS


class Trace:
    """Writes the trace of one strategy.

    Parameters
    ----------
    book : Book
        The workbook.
    living : Living
        The model.
    plan : StrategyPlan
        The strategy.
    clocks : Clocks
        Where time and weights stand.
    label : str
        The strategy in words.
    """

    def __init__(
        self, book: Book, living: Living, plan: StrategyPlan, clocks: Clocks, label: str
    ) -> None:
        self.living, self.plan, self.clocks = living, plan, clocks
        self.sheet = book.sheet(f"Trace {label}")
        self.cycles = clocks.clock.cycles
        self.micro = plan.cohort.layout.micro
        self.keys = self._keys()
        #: The first column for what changes by cycle: beside states, their sum and outcomes.
        self.free = FIRST + len(self.micro) + 2 + len(self.keys) + 1
        self.values = self.sheet
        self._cuts: dict[tuple[int, int], int] = {}
        self._frame(label)

    def _keys(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((t.key.outcome, t.key.category) for t in sorted(
            self.plan.terms,
            key=lambda t: (("cost", "qaly", "life_years", COUNT).index(t.key.outcome),
                           t.key.category),
        )))  # fmt: skip

    def _frame(self, label: str) -> None:
        sheet, clock = self.sheet, self.clocks.clock
        sheet.text(0, 0, f"{label}: the cohort from cycle to cycle", "title")
        sheet.text(1, 0, "Share of people in each state at the end of each cycle; costs and "
                   "health of the cycle, weighed and discounted, per person at the start.",
                   "note")  # fmt: skip
        sheet.row(HEADS, 0, ("Cycle", "Years", "Age"))
        sheet.frozen, sheet.repeat = (START, FIRST), (HEADS, HEADS)
        sheet.widths.update({0: 8, 1: 9, 2: 9})
        for row in range(START, START + self.cycles + 1):
            if row == START:
                sheet.text(row, 0, "start")
                sheet.number(row, 1, 0.0, "years", "plain")
                sheet.number(row, 2, clock.start_age, "years", "plain")
                continue
            time = self.clocks.sheet.place(row, 0)
            here = sheet.name
            sheet.formula(row, 0, time.text(here).replace("$", ""), "count")
            for column, source in ((1, 2), (2, 4)):
                text = self.clocks.sheet.place(row, source).text(here).replace("$", "")
                sheet.formula(row, column, text, "years")

    # -- columns of what changes by cycle --------------------------------------------------------

    def _next(self, title: str) -> int:
        column = self.free
        self.free += 1
        self.sheet.text(HEADS, column, title[0].upper() + title[1:], "over")
        self.sheet.widths[column] = 16
        return column

    def column(
        self,
        node: Node,
        title: str,
        workings: Workings,
        places: MutableMapping[int, Place],
        digits: str = "",
    ) -> Place:
        """Give a node a column with one formula for each cycle, and return its place."""
        workings.prepare(node, own=True)
        digits = digits or workings.named.get(node.index, ("", "number"))[1]
        column = self._next(title)
        for row in range(START + 1, START + self.cycles + 1):
            text = workings.language.written(node, places, self.sheet.name, row)
            self.sheet.formula(row, column, text, digits)
        places[node.index] = Place(self.sheet.name, -1, column)
        return places[node.index]

    def frozen_column(self, values: Array, title: str) -> Place:
        """Write a column of heco's own numbers, and return its place."""
        column = self._next(f"{title} (computed by heco, not live)")
        for row, value in enumerate(np.reshape(values, -1), START + 1):
            self.sheet.number(row, column, float(value), "probability")
        return Place(self.sheet.name, -1, column)

    def numbers(self, living: Living) -> dict[tuple[str, str], str]:
        """Write heco's own numbers in the place of formulas, and return the totals."""
        sheet, outcomes = self.sheet, living.outcomes
        index = outcomes.index(self.plan.name)
        sheet.text(1, 0, "Computed by heco, not live: the cohort is too large for a sheet.", "heco")
        assert outcomes.trace is not None
        for position, state in enumerate(outcomes.states):
            record = living.scenario.states[state]
            sheet.text(HEADS, FIRST + position, record.label or state.replace("_", " "), "over")
            sheet.widths[FIRST + position] = 13
            for row, share in enumerate(outcomes.trace[index, :, position, 0], START):
                sheet.number(row, FIRST + position, float(share), "probability")
        known: dict[tuple[str, str], float] = {}
        for (outcome, category, _), value in outcomes.detail.items():
            key = (outcome, category)
            known[key] = known.get(key, 0.0) + float(value[index, 0])
        known |= {(COUNT, name): float(v[index, 0]) for name, v in outcomes.events.items()}
        spent = living.spent[self.plan.name]
        arrivals = {(key.outcome, key.category): 0.0 for key, _ in self.plan.entries}
        for at, node in self.plan.entries:
            arrivals[at.outcome, at.category] += float(living.numbers([node])[node.index])
        return {
            key: repr(known.get(key, 0.0) - spent.get(key, 0.0) - arrivals.get(key, 0.0))
            for key in self.keys
        }

    # -- people and outcomes ---------------------------------------------------------------------

    @property
    def everybody(self) -> tuple[Place, Place]:
        """Return where all people are added up, at the start and at the end."""
        column = FIRST + len(self.micro)
        return self.sheet.place(START, column), self.sheet.place(START + self.cycles, column)

    def write(
        self,
        entry: list[Place],
        moves: dict[tuple[int, int], Place | None],
        worth: dict[Kind, tuple[int, dict[int, list[Place]]]],
        kinds: dict[Kind, dict[int, list[Node]]],
        workings: Workings,
    ) -> dict[tuple[str, str], str]:
        """Write people and outcomes; return the formulas of the totals by outcome and category."""
        self._people(entry, moves, workings)
        totals: dict[tuple[str, str], str] = {}
        first = FIRST + len(self.micro) + 1
        self.values = workings.sheet
        for column, key in enumerate(self.keys, first + 1):
            parts = [kind for kind in kinds if (kind.outcome, kind.category) == key]
            words = kind_words(*key)
            self.sheet.text(HEADS, column, words[0].upper() + words[1:], "over")
            self.sheet.widths[column] = 14
            digits = "money" if key[0] == "cost" else "qaly"
            for row in range(START + 1, START + self.cycles + 1):
                pieces = [
                    piece for kind in parts for piece in self._booked(kind, *worth[kind], row)
                ]
                self._long(row, column, pieces, digits)
            letter = letters(column)
            cells = f"${letter}${START + 2}:${letter}${START + self.cycles + 1}"
            self.sheet.formula(TOTALS, column, f"SUM({cells})", digits, "strong")
            totals[key] = self.sheet.place(TOTALS, column).text(self.values.name)
        self.sheet.text(TOTALS, 0, "Total", "strong")
        return totals

    def _people(
        self, entry: list[Place], moves: dict[tuple[int, int], Place | None], workings: Workings
    ) -> None:
        sheet, here = self.sheet, self.sheet.name
        heads = workings.sheet.cells
        top = entry[0].row - 1
        for position in range(len(self.micro)):
            column = FIRST + position
            sheet.text(HEADS, column, str(heads[top, 1 + position].value), "over")
            sheet.widths[column] = 13
            sheet.formula(START, column, entry[position].text(here), "probability")
            sources = [source for source, target in moves if target == position]
            for row in range(START + 1, START + self.cycles + 1):
                terms = []
                for source in sources:
                    people = f"{letters(FIRST + source)}{row}"
                    place = moves[source, position]
                    terms.append(people if place is None else f"{people}*{place.text(here, row)}")
                self._long(row, column, terms, "probability")
        first, last = letters(FIRST), letters(FIRST + len(self.micro) - 1)
        column = FIRST + len(self.micro)
        sheet.text(HEADS, column, "All people", "over")
        sheet.widths[column] = 12
        for row in range(START, START + self.cycles + 1):
            sheet.formula(row, column, f"SUM({first}{row + 1}:{last}{row + 1})", "probability")

    def _booked(self, kind: Kind, line: int, moving: dict[int, list[Place]], row: int) -> list[str]:
        """Return the pieces of what one kind comes to in the cycle of a row."""
        here, pieces = self.sheet.name, []
        scale = "" if kind.scale == 1.0 else f"*{number_text(kind.scale)}"
        sides = ("start", "end") if kind.side == "both" else (kind.side,)
        row_of = (self.values.cells.get((line, 1 + micro)) for micro in range(len(self.micro)))
        fixed = any(cell is not None and cell.formula for cell in row_of)
        first, last = FIRST, FIRST + len(self.micro) - 1
        for side in sides:
            weight = "1"
            if kind.outcome != COUNT:
                place = self.clocks.weight(kind.weights, side)
                if place is None:
                    continue
                weight = place.text(here, row)
            at = row if side == "start" else row + 1
            sums = []
            if fixed:
                one = Place(self.values.name, line, 1).text(here)
                end = f"${letters(len(self.micro))}${line + 1}"
                people = f"${letters(first)}{at}:${letters(last)}{at}"
                sums.append(f"SUMPRODUCT({one}:{end},{people})")
            for micro, places in moving.items():
                sums += [f"${letters(FIRST + micro)}{at}*{p.text(here, row)}" for p in places]
            if sums:
                pieces.append(f"{weight}*({'+'.join(sums)}){scale}")
        return pieces

    def _long(self, row: int, column: int, terms: list[str], digits: str) -> None:
        """Put a sum; one that is too long for Excel is cut, its parts in columns on the right."""
        text = "+".join(terms) or "0"
        if len(text) < LONGEST - 200:
            self.sheet.formula(row, column, text, digits)
            return
        size = max(1, len(terms) * LONGEST // (2 * len(text)))
        places = []
        for number, start in enumerate(range(0, len(terms), size), 1):
            key = (column, number)
            if key not in self._cuts:
                self._cuts[key] = self._next(f"part {number} of column {letters(column)}")
            part = "+".join(terms[start : start + size])
            self.sheet.formula(row, self._cuts[key], part, digits)
            places.append(f"${letters(self._cuts[key])}{row + 1}")
        self.sheet.formula(row, column, "+".join(places), digits)
