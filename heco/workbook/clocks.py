"""The sheet of time: when each cycle begins and ends, and what it weighs.

Cycle counting and discounting together are two weights for each cycle, one for people at its start
and one for people at its end (`heco.model.counting`). Here they are formulas of the discount rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from heco.model.clock import Clockwork
from heco.model.counting import side_weights
from heco.model.graph import Node
from heco.model.names import BEFORE_END
from heco.scenario.scenario import Scenario
from heco.workbook.book import Place, Sheet, number_text
from heco.workbook.inputs import Inputs, rates_of

#: The row of the start; cycle c stands c rows below, here and on every trace.
START = 4
#: Columns: cycle, starts, ends, age at its start, age at its end.
_CYCLE, _STARTS, _ENDS, _AGE, _AGE_END = range(5)
_TITLES = {"cost": "Costs", "qaly": "QALYs", "life_years": "Life years"}


@dataclass
class Clocks:
    """Where time and weights stand.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    places : dict of int to Place
        Words for time, by index of their node.
    weights : dict of (weights, side) to (Place or float)
        The weight of a side of each cycle: a column, or the number that it is in every cycle.
    """

    sheet: Sheet
    clock: Clockwork
    scenario: Scenario
    inputs: Inputs
    places: dict[int, Place] = field(default_factory=dict)
    weights: dict[tuple[str, str], Place | None] = field(default_factory=dict)

    def weight(self, name: str, side: str) -> Place | None:
        """Return the column of a weight, which is made when it is first wanted; None if it is 0."""
        if (name, side) not in self.weights:
            self.weights[name, side] = self._made(name, side)
        return self.weights[name, side]

    def _made(self, name: str, side: str) -> Place | None:
        outcome, _, special = name.partition(" ")
        time = self.scenario.time
        count = time.cycle_counting
        method = {
            "cost": count.cost, "qaly": count.qaly, "life_years": count.life_years or count.qaly
        }[outcome]  # fmt: skip
        if special:
            if side == "end":
                return None
            dates = _STARTS if special == "start" else self._dated(method)
            shares = [1.0] * self.clock.cycles
            title = (
                f"{_TITLES[outcome]} {'paid at the start' if special == 'start' else 'of moves'}"
            )
        else:
            plain = side_weights(
                method, self.clock.cycles, self.clock.years, 0.0, time.discounting,
                time.discount_timing,
            )  # fmt: skip
            shares = [float(share) for share in plain[0 if side == "start" else 1]]
            if not any(shares):
                return None
            both = method in ("half-cycle", "simpson")
            dates = (_STARTS if side == "start" else _ENDS) if both else self._dated(method)
            title = f"{_TITLES[outcome]}: people at cycle {side}"
        return self._column(f"Weight. {title}", shares, outcome, dates)

    def _dated(self, method: str) -> int | float:
        """Return the column of the date of a cycle, or 0.5 for its middle."""
        timing: str = self.scenario.time.discount_timing
        if timing == "auto":
            timing = {"start": "cycle-start", "end": "cycle-end"}.get(method, "cycle-mid")
        return {"cycle-start": _STARTS, "cycle-mid": 0.5, "cycle-end": _ENDS}[timing]

    def _column(self, title: str, shares: list[float], outcome: str, dates: float) -> Place:
        sheet, column = self.sheet, self.sheet.size[1]
        sheet.text(START - 1, column, title, "over")
        sheet.widths[column] = 15
        for cycle, share in enumerate(shares, 1):
            row = START + cycle
            if dates == 0.5:
                date = f"(($B{row + 1}+$C{row + 1})/2)"
            else:
                date = f"${'BC'[int(dates) - _STARTS]}{row + 1}"
            times = "" if share == 1.0 else f"{number_text(share)}*"
            text = factor(self.scenario, self.inputs.names, outcome, date)
            sheet.formula(row, column, f"{times}{text}" if share else "0", "weight")
        return Place(sheet.name, -1, column)

    def word(self, node: Node) -> Place:
        """Return the column of a word for time, which is made when it is first wanted."""
        if node.index not in self.places:
            word, side = node.payload
            known = {
                ("cycle", "start"): _CYCLE, ("time", "start"): _STARTS, ("age", "start"): _AGE
            }  # fmt: skip
            column = known.get((word, side))
            if column is None:
                column = self.sheet.size[1]
                head = "Time" if word == "time" else "Age"
                self.sheet.text(START - 1, column, f"{head} just before the end", "over")
                self.sheet.widths[column] = 15
                source = "C" if word == "time" else "E"
                for row in range(START + 1, START + self.clock.cycles + 1):
                    text = f"${source}{row + 1}-{number_text(BEFORE_END)}"
                    self.sheet.formula(row, column, text, "years")
            self.places[node.index] = Place(self.sheet.name, -1, column)
        return self.places[node.index]


def factor(scenario: Scenario, names: Mapping[str, str], outcome: str, date: str) -> str:
    """Return the formula of the discount factor of a date.

    Parameters
    ----------
    scenario : Scenario
        Whose rule of discounting holds.
    names : mapping of str to str
        Names of the cells of the rates.
    outcome : str
        ``cost``, ``qaly`` or ``life_years``.
    date : str
        The cell of the date. [years]
    """
    kind = "cost" if outcome == "cost" else "qaly"
    rule = scenario.time.discounting
    rates = rates_of(scenario, kind)
    t = f"INT({date}+1E-9)" if rule in ("annual-step", "first-year-free") else date
    parts = []
    for number, (start, _) in enumerate(rates, 1):
        rate = names[f"discount {kind}" + (f" {number}" if number > 1 else "")]
        spent = t if len(rates) == 1 else f"MAX({t}-{number_text(start)},0)"
        if number < len(rates):
            spent = f"MIN({spent},{number_text(rates[number][0] - start)})"
        parts.append(f"EXP(-{rate}*{spent})" if rule == "exponential" else f"(1+{rate})^-{spent}")
    return "*".join(parts)


def fill(sheet: Sheet, clock: Clockwork, scenario: Scenario, inputs: Inputs) -> Clocks:
    """Write the cycles; weights are added as they are wanted."""
    sheet.text(0, 0, "Time, and what each cycle weighs", "title")
    sheet.text(
        1, 0, "A weight is the share of the cycle that is counted at that side of it, times the "
        "discount factor of its date. Both follow the discount rates on the sheet Inputs.", "note",
    )  # fmt: skip
    sheet.row(
        START - 1, 0, ("Cycle", "Starts (years)", "Ends (years)", "Age at start", "Age at end")
    )
    sheet.widths.update({0: 9, 1: 11, 2: 11, 3: 11, 4: 11})
    sheet.frozen, sheet.repeat = (START, 1), (START - 1, START - 1)
    length = clock.length
    step = number_text(length.numerator)
    over = "" if length.denominator == 1 else f"/{length.denominator}"
    sheet.text(START, 0, "start")
    age = number_text(clock.start_age)
    for cycle in range(1, clock.cycles + 1):
        row = START + cycle
        sheet.number(row, _CYCLE, cycle, "count", "plain")
        sheet.formula(row, _STARTS, f"(A{row + 1}-1)*{step}{over}", "years")
        sheet.formula(row, _ENDS, f"A{row + 1}*{step}{over}", "years")
        sheet.formula(row, _AGE, f"{age}+B{row + 1}", "years")
        sheet.formula(row, _AGE_END, f"{age}+C{row + 1}", "years")
    return Clocks(sheet, clock, scenario, inputs)
