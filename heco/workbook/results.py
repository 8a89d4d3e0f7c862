"""The sheet of results: totals, increments, ratios, net benefit, and who is on the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heco.analysis.frontier import FRONTIER, incremental
from heco.model.plan import COUNT
from heco.outcomes import Array, Outcomes
from heco.scenario.scenario import Scenario
from heco.workbook.book import Place, Sheet, amount, letters
from heco.workbook.inputs import Inputs
from heco.workbook.strategy import Made


@dataclass(frozen=True)
class Compared:
    """A number of a sheet and heco's own.

    Parameters
    ----------
    label : str
        What it is, in words.
    place : Place
        Where it stands.
    value : float
        heco's number.
    digits : str
        How it is printed.
    floor : float
        What a misfit is relative to if the number is smaller: rounding of two totals remains in
        their difference, however small that is.
    """

    label: str
    place: Place
    value: float
    digits: str
    floor: float = 1e-9


def fill(
    sheet: Sheet, scenario: Scenario, made: Sequence[Made], inputs: Inputs, outcomes: Outcomes
) -> list[Compared]:
    """Write the results, and return what can be compared with heco's numbers."""
    sheet.text(0, 0, "Results", "title")
    sheet.text(
        1, 0, "Base case, discounted, per person. Everything here follows the inputs; the sheet "
        "Check has heco's own numbers beside these.", "note",
    )  # fmt: skip
    sheet.widths.update({0: 44, **dict.fromkeys(range(1, 30), 20.0)})
    sheet.frozen = (3, 1)
    writer = _Results(sheet, scenario, made, inputs, outcomes)
    row = writer.totals(3)
    if len(made) > 1:
        row = writer.increments(row + 1)
    row = writer.net_benefit(row + 1)
    if len(made) > 1:
        row = writer.frontier(row + 1)
    writer.parts(row + 1)
    return writer.compared


class _Results:
    def __init__(
        self, sheet: Sheet, scenario: Scenario, made: Sequence[Made], inputs: Inputs,
        outcomes: Outcomes,
    ) -> None:  # fmt: skip
        self.sheet, self.scenario, self.made = sheet, scenario, made
        self.inputs, self.outcomes = inputs, outcomes
        self.labels = [
            scenario.strategies[one.name].label or one.name.replace("_", " ") for one in made
        ]
        self.index = [outcomes.index(one.name) for one in made]
        self.base = [one.name for one in made].index(scenario.comparator)
        self.unit = "life year" if scenario.decision.effect == "life_years" else "QALY"
        self.compared: list[Compared] = []
        self.cost: list[str] = []
        self.effect: list[str] = []

    def _note(
        self, label: str, row: int, column: int, value: float, digits: str, of: Any = 0.0
    ) -> None:
        """Note a number to be compared; ``of`` are the totals that it is a difference of."""
        place, floor = self.sheet.place(row, column), max(1e-9, 1e-6 * float(np.abs(of).max()))
        self.compared.append(Compared(label, place, float(value), digits, floor))

    def totals(self, row: int) -> int:
        """Write cost, QALYs and life years of every strategy."""
        had = {kind for one in self.made for kind in one.totals}
        kinds = [(name, "") for name in ("cost", "qaly", "life_years") if (name, "") in had]
        top = row + 2
        row = self._table(row, "Totals", kinds)
        effect = (self.scenario.decision.effect, "")
        at = letters(1 + kinds.index(effect)) if effect in kinds else ""
        for line in range(top + 1, top + 1 + len(self.made)):
            self.cost.append(f"$B${line}")
            self.effect.append(f"${at}${line}" if at else "0")
        return row

    def parts(self, row: int) -> int:
        """Write costs by category, and what is counted, of every strategy."""
        had = sorted({kind for one in self.made for kind in one.totals})
        costs = [kind for kind in had if kind[0] == "cost" and kind[1]]
        counts = [kind for kind in had if kind[0] == COUNT]
        if len(costs) > 1:
            row = self._table(row, "Costs by category", costs) + 1
        if counts:
            row = self._table(row, "People and events counted, per person", counts) + 1
        return row

    def _table(self, row: int, title: str, kinds: list[tuple[str, str]]) -> int:
        """Write one total of every strategy in each column; return the next row."""
        self.sheet.text(row, 0, title, "section")
        row += 1
        heads = [self._heading(*kind) for kind in kinds]
        self.sheet.row(row, 0, ("Strategy", *heads))
        for position, one in enumerate(self.made):
            row += 1
            self.sheet.text(row, 0, self.labels[position])
            for column, kind in enumerate(kinds, 1):
                digits = "money" if kind[0] == "cost" else "qaly"
                place = one.totals.get(kind)
                text = place.text(self.sheet.name) if place else "0"
                self.sheet.formula(row, column, text, digits)
                counted = "Counted: " if kind[0] == COUNT else ""
                label = f"{counted}{heads[column - 1]}, {self.labels[position]}"
                known = self._known(*kind)[self.index[position]]
                self._note(label, row, column, known, digits)
        return row + 1

    def _known(self, outcome: str, category: str) -> Array:
        """Return heco's own total, shape (strategy,)."""
        if outcome == COUNT:
            return self.outcomes.counted()[category][:, 0]
        if category:
            return self.outcomes.cost_by[category][:, 0]
        total: Array = getattr(self.outcomes, outcome)[:, 0]
        return total

    def _heading(self, outcome: str, category: str) -> str:
        if outcome == COUNT:
            return category.replace("_", " ")
        if category:
            return f"Cost: {category.replace('_', ' ')}"
        currency = self.scenario.decision.currency
        return {"cost": f"Cost ({currency})", "qaly": "QALYs", "life_years": "Life years"}[outcome]

    def increments(self, row: int) -> int:
        """Write every strategy against the comparator."""
        base = self.base
        self.sheet.text(row, 0, f"Compared with: {self.labels[base]}", "section")
        row += 1
        per = f"Extra cost per {self.unit}"
        self.sheet.row(row, 0, ("Strategy", "Extra cost", f"Extra {self.unit}s", per, "Reading"),
                       left=(0, 4))  # fmt: skip
        effects = self.outcomes.effect(self.scenario.decision.effect)[:, 0]
        costs = self.outcomes.cost[:, 0]
        for position, label in enumerate(self.labels):
            if position == base:
                continue
            row += 1
            self.sheet.text(row, 0, label)
            cost = f"{self.cost[position]}-{self.cost[base]}"
            effect = f"{self.effect[position]}-{self.effect[base]}"
            self.sheet.formula(row, 1, cost, "money")
            self.sheet.formula(row, 2, effect, "fine")
            b, c = f"B{row + 1}", f"C{row + 1}"
            same_sign = f"({b})*({c})>0"
            lost = f"saved per {self.unit} lost"
            reading = (
                f'IF({c}>1E-12,IF({b}>0,"costs more, gains more","costs no more, gains more: '
                f'dominates"),IF({c}<-1E-12,IF({b}<0,"the ratio is what is {lost}",'
                f'"costs no less, gains less: dominated"),"no difference in {self.unit}s"))'
            )
            self.sheet.formula(row, 4, reading, "text")
            i, j = self.index[position], self.index[base]
            extra_cost, extra = costs[i] - costs[j], effects[i] - effects[j]
            self._note(f"Extra cost, {label}", row, 1, extra_cost, "money", costs)
            self._note(f"Extra {self.unit}s, {label}", row, 2, extra, "fine", effects)
            ratio = extra_cost / extra if extra_cost * extra > 0 else 0.0
            self.sheet.formula(
                row, 3, f'IF(AND({same_sign},ABS({c})>1E-12),{b}/{c},"–")', amount(ratio)
            )
            if ratio and _clear(extra, effects) and _clear(extra_cost, costs):
                self._note(f"{per}, {label}", row, 3, ratio, amount(ratio))
        return row + 1

    def net_benefit(self, row: int) -> int:
        """Write net benefit at every willingness to pay, and which strategy has the highest."""
        wtp = self.scenario.decision.wtp
        if not wtp:
            return row
        self.sheet.text(row, 0, "Net monetary benefit: willingness to pay × "
                        f"{self.unit}s − cost", "section")  # fmt: skip
        row += 1
        names = [self.inputs.names[f"wtp {number}"] for number in range(1, len(wtp) + 1)]
        self.sheet.row(row, 0, ("Willingness to pay",))
        for column, name in enumerate(names, 1):
            self.sheet.formula(row, column, name, "whole", "over")
        first = row + 1
        nmb = [self.outcomes.net_monetary_benefit(w, self.scenario.decision.effect) for w in wtp]
        for position, label in enumerate(self.labels):
            row += 1
            self.sheet.text(row, 0, label)
            for column, name in enumerate(names, 1):
                text = f"{name}*{self.effect[position]}-{self.cost[position]}"
                value = float(nmb[column - 1][self.index[position], 0])
                self.sheet.formula(row, column, text, amount(value))
                self._note(f"Net benefit at {wtp[column - 1]:,.0f}, {label}", row, column, value,
                           amount(value))  # fmt: skip
        last = row
        if len(self.made) < 2:
            return row + 1
        row += 1
        self.sheet.text(row, 0, "Highest net benefit", "strong")
        for column in range(1, len(names) + 1):
            letter = letters(column)
            cells = f"{letter}{first + 1}:{letter}{last + 1}"
            text = f"INDEX($A${first + 1}:$A${last + 1},MATCH(MAX({cells}),{cells},0))"
            self.sheet.formula(row, column, text, "text", "strong")
        return self._incremental(row + 2, first, names, nmb)

    def _incremental(self, row: int, first: int, names: list[str], nmb: list[Array]) -> int:
        wtp = self.scenario.decision.wtp
        self.sheet.text(row, 0, "Incremental net benefit against the comparator", "section")
        row += 1
        self.sheet.row(row, 0, ("Willingness to pay",))
        for column, name in enumerate(names, 1):
            self.sheet.formula(row, column, name, "whole", "over")
        for position, label in enumerate(self.labels):
            if position == self.base:
                continue
            row += 1
            self.sheet.text(row, 0, label)
            for column in range(1, len(names) + 1):
                letter = letters(column)
                text = f"{letter}{first + 1 + position}-{letter}{first + 1 + self.base}"
                values = nmb[column - 1][:, 0]
                value = float(values[self.index[position]] - values[self.index[self.base]])
                self.sheet.formula(row, column, text, amount(value))
                said = f"Incremental net benefit at {wtp[column - 1]:,.0f}, {label}"
                self._note(said, row, column, value, amount(value), values)
        return row + 1

    def frontier(self, row: int) -> int:
        """Write who is on the frontier, from the ratios of every pair."""
        count = len(self.made)
        self.sheet.text(row, 0, "Fully incremental: each on the frontier against the next less "
                        "effective one on it", "section")  # fmt: skip
        row += 1
        pairs = row + count + 4
        self.sheet.row(row, 0, ("Strategy", "Status", f"Cost per extra {self.unit}",
                                "Dearest step to it", "Cheapest step beyond"),
                       left=(0, 1))  # fmt: skip
        effects = self.outcomes.effect(self.scenario.decision.effect)[:, 0]
        costs = self.outcomes.cost[:, 0]
        known = incremental(costs, effects)
        for position, label in enumerate(self.labels):
            row += 1
            self.sheet.text(row, 0, label)
            step = known[self.index[position]]
            icer = step.icer if step.status == FRONTIER else None
            digits = "whole" if icer is None else amount(icer)
            if icer is not None and _clear(step.effect, effects) and _clear(step.cost, costs):
                self._note(f"Cost per extra {self.unit} on the frontier, {label}", row, 2, icer,
                           digits)  # fmt: skip
            mine = f"$B${pairs + position + 1}:${letters(count)}${pairs + position + 1}"
            letter = letters(1 + position)
            beyond = f"${letter}${pairs + 1}:${letter}${pairs + count}"
            self.sheet.formula(row, 3, f'IF(COUNT({mine})=0,"–",MAX({mine}))', digits)
            self.sheet.formula(row, 4, f'IF(COUNT({beyond})=0,"–",MIN({beyond}))', digits)
            low, high = f"D{row + 1}", f"E{row + 1}"
            extended = f"IF(COUNT({low}:{high})<2,FALSE,{low}>{high}*(1+1E-12))"
            self.sheet.formula(
                row, 1, f'IF({self._dominated(position)},"dominated",'
                f'IF({extended},"extendedly dominated","on the frontier"))', "text",
            )  # fmt: skip
            self.sheet.formula(
                row, 2, f'IF(B{row + 1}="on the frontier",IF(ISNUMBER({low}),{low},"–"),"–")',
                digits,
            )  # fmt: skip
        said = f"Extra cost per extra {self.unit}, the row over the column, where none dominates"
        self.sheet.text(pairs - 2, 0, said, "strong")
        self.sheet.row(pairs - 1, 0, ("", *self.labels))
        for i, label in enumerate(self.labels):
            self.sheet.text(pairs + i, 0, label)
            for j in range(count):
                if i == j:
                    self.sheet.text(pairs + i, 1 + j, "–", "plain")
                    continue
                gain = f"({self.effect[i]}-{self.effect[j]})"
                extra = f"({self.cost[i]}-{self.cost[j]})"
                free = f"OR({self._dominated(i)},{self._dominated(j)},{gain}<=0)"
                self.sheet.formula(pairs + i, 1 + j, f'IF({free},"–",{extra}/{gain})', "whole")
        return pairs + count

    def _dominated(self, i: int) -> str:
        """Return the condition that another costs no more and gains no less, and differs."""
        others = [j for j in range(len(self.made)) if j != i]
        parts = []
        for j in others:
            cost, effect = self.cost, self.effect
            better = f"{cost[j]}<{cost[i]},{effect[j]}>{effect[i]}"
            parts.append(f"AND({cost[j]}<={cost[i]},{effect[j]}>={effect[i]},OR({better}))")
        return f"OR({','.join(parts)})"


def _clear(difference: float | None, totals: Array) -> bool:
    """Return whether a difference stands out from the rounding of the totals."""
    return difference is not None and abs(difference) > 1e-7 * float(np.abs(totals).max())
