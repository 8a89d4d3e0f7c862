"""The cohort of a strategy without its cycles: who starts where, moves, what a state is worth."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from heco.model.graph import CYCLE, Node
from heco.model.layout import Micro
from heco.model.plan import StrategyPlan
from heco.outcomes import Array
from heco.workbook import pathway
from heco.workbook.book import Place, Sheet
from heco.workbook.living import Living
from heco.workbook.trace import Kind, Trace
from heco.workbook.workings import Workings

_SIDES = {"start": ", at the start of the cycle", "end": ", just before its end"}


@dataclass
class Cohort:
    """Writes the parts of a cohort that do not run from cycle to cycle.

    Parameters
    ----------
    sheet : Sheet
        The sheet of the strategy.
    living : Living
        The model.
    plan : StrategyPlan
        The strategy.
    label : str
        The strategy in words.
    trace : Trace
        Where columns by cycle stand.
    workings : Workings
        Where steps between stand.
    places : mutable mapping of int to Place
        Nodes that have cells.
    kinds : mapping of Kind to dict
        What is booked, by micro-state.
    tops : mapping of str to int
        The row at which each section begins.
    frozen : list of str
        What heco computed and the sheet does not; added to.
    """

    sheet: Sheet
    living: Living
    plan: StrategyPlan
    label: str
    trace: Trace
    workings: Workings
    places: MutableMapping[int, Place]
    kinds: Mapping[Kind, Mapping[int, list[Node]]]
    tops: Mapping[str, int]
    frozen: list[str]

    @property
    def micro(self) -> list[Micro]:
        """Return the micro-states."""
        return self.plan.cohort.layout.micro

    def starts(self, path: pathway.Pathway, live_tree: bool) -> list[Place]:
        """Write who starts where, and return the cells by micro-state."""
        sheet, top = self.sheet, self.tops["starts"]
        sheet.text(top, 0, "Where people start", "section")
        sheet.row(top + 1, 1, (self.micro_label(one) for one in self.micro))
        sheet.text(top + 2, 0, "Share of people")
        layout = self.plan.cohort.layout
        found: list[Place] = []
        begin = {layout.start[state]: state for state in self.plan.entry}
        for position in range(len(self.micro)):
            state = begin.get(position)
            text = "0"
            if state is not None and state in path.entry:
                text = pathway.total(path.entry[state])
            elif state is not None and live_tree:
                text = self.workings.formula(self.plan.entry[state])
            elif state is not None:
                place = self.living.scenario.states
                share = self.living.outcomes.entry[
                    self.living.outcomes.index(self.plan.name), list(place).index(state), 0
                ]
                found.append(sheet.number(top + 2, 1 + position, float(share), "probability"))
                continue
            found.append(sheet.formula(top + 2, 1 + position, text, "probability"))
        return found

    def micro_label(self, micro: Micro) -> str:
        """Return a micro-state in words."""
        state = self.living.scenario.states[micro.state]
        label = state.label or micro.state.replace("_", " ")
        if sum(one.state == micro.state for one in self.micro) == 1:
            return label
        return f"{label}, cycle {micro.tunnel}{' since the start' if micro.started else ''}"

    def moves(self) -> dict[tuple[int, int], Place | None]:
        """Write the matrix, and return where each probability stands; None for certainty."""
        sheet, top = self.sheet, self.tops["moves"]
        cohort = self.plan.cohort
        found: dict[tuple[int, int], Place | None] = {}
        sheet.text(top, 0, "Probability of moving in one cycle (from the row to the column)",
                   "section")  # fmt: skip
        sheet.row(top + 1, 1, (self.micro_label(one) for one in self.micro))
        frozen = self._frozen([step.p for step in cohort.steps])
        for position, one in enumerate(self.micro):
            sheet.text(top + 2 + position, 0, self.micro_label(one))
        for step in cohort.steps:
            row, column, node = top + 2 + step.source, 1 + step.target, step.p
            key = (step.source, step.target)
            title = (f"{self.micro_label(self.micro[step.source])} → "
                     f"{self.micro_label(self.micro[step.target])}")  # fmt: skip
            if node.constant == 1.0:
                sheet.number(row, column, 1.0, "probability", "plain")
                found[key] = None
            elif node.index in frozen:
                place = self._frozen_move(row, column, frozen[node.index], title)
                found[key] = self.places[node.index] = place
            elif node.axes & CYCLE:
                sheet.text(row, column, "by cycle", "heco")
                found[key] = self.places.get(node.index) or self.trace.column(
                    node, title, self.workings, self.places, "probability"
                )
            else:
                text = self.workings.formula(node)
                place = sheet.formula(row, column, text, "probability")
                found[key] = self.places.setdefault(node.index, place)
        return found

    def _frozen(self, nodes: list[Node]) -> dict[int, Array]:
        """Return the numbers of what no formula can say: cells of an exponential of a matrix."""
        items = [node for node in nodes if node.op == "item"]
        if items:
            self.frozen.append(
                f"the probabilities of moving in {self.label}, which come from the exponential of "
                "a matrix of rates"
            )
        known = self.living.numbers(items)
        return {node.index: known[node.index] for node in items}

    def _frozen_move(self, row: int, column: int, value: Array, title: str) -> Place:
        if value.size == 1:
            return self.sheet.number(row, column, float(value.reshape(-1)[0]), "probability")
        self.sheet.text(row, column, "by cycle", "heco")
        return self.trace.frozen_column(value, title)

    def worth(self) -> dict[Kind, tuple[int, dict[int, list[Place]]]]:
        """Write what micro-states are worth.

        Returns
        -------
        dict of Kind to (int, dict of int to list of Place)
            The row of each kind, and by micro-state the columns of what changes by cycle.
        """
        sheet, top = self.sheet, self.tops["worth"]
        found: dict[Kind, tuple[int, dict[int, list[Place]]]] = {}
        sheet.text(top, 0, "What time in a state is worth, per person", "section")
        sheet.row(top + 1, 1, (self.micro_label(one) for one in self.micro))
        for offset, (kind, by_micro) in enumerate(self.kinds.items()):
            row = top + 2 + offset
            moving: dict[int, list[Place]] = {}
            sheet.text(row, 0, self.kind_label(kind))
            for micro, nodes in by_micro.items():
                fixed = [node for node in nodes if not node.axes & CYCLE]
                changing = [node for node in nodes if node.axes & CYCLE]
                if fixed:
                    text = "+".join(self._bracketed(node) for node in fixed)
                    digits = "money" if kind.outcome == "cost" else "qaly"
                    sheet.formula(row, 1 + micro, text, digits)
                elif changing:
                    sheet.text(row, 1 + micro, "by cycle", "heco")
                moving[micro] = [self._changing(kind, micro, node) for node in changing]
            found[kind] = (row, moving)
        return found

    def _bracketed(self, node: Node) -> str:
        text = self.workings.formula(node)
        return text if text.isidentifier() else f"({text})"

    def _changing(self, kind: Kind, micro: int, node: Node) -> Place:
        if node.index in self.places:
            return self.places[node.index]
        title = f"{self.kind_label(kind)}: {self.micro_label(self.micro[micro])}"
        digits = "money" if kind.outcome == "cost" else "qaly"
        return self.trace.column(node, title, self.workings, self.places, digits)

    def kind_label(self, kind: Kind) -> str:
        """Return what is booked in words."""
        if kind.outcome == "life_years":
            return "Life years per year: 1 for the living"
        words = pathway.kind_words(kind.outcome, kind.category)
        words = words[0].upper() + words[1:]
        if kind.weights.endswith("moves"):
            return f"{words}, on moves in a cycle"
        per = " per year" if kind.scale == self.living.plan.names.cycle_years else " per cycle"
        when = ", paid at the start" if kind.weights.endswith("start") else ""
        return f"{words}{per}{when or _SIDES.get(kind.side, '')}"
