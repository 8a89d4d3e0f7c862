"""The sheet of a strategy: totals, pathway, who starts where, moves, and what a state is worth.

What runs from cycle to cycle stands on a sheet of its own, the trace (`heco.workbook.trace`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from heco.model.graph import CYCLE, Node
from heco.model.layout import Micro
from heco.model.names import Names, Scope
from heco.model.plan import COUNT, StrategyPlan
from heco.scenario.scenario import Scenario
from heco.workbook import pathway
from heco.workbook.book import LONGEST, MOST_ROWS, Book, Place, Sheet
from heco.workbook.clocks import Clocks
from heco.workbook.inputs import Inputs, digits_of
from heco.workbook.language import Language
from heco.workbook.living import Living
from heco.workbook.trace import Kind, Trace, too_large
from heco.workbook.workings import Workings

#: Outcomes in the order in which they are shown.
OUTCOMES = ("cost", "qaly", "life_years", COUNT)


@dataclass
class Made:
    """Where the results of a strategy stand.

    Parameters
    ----------
    sheet : Sheet
        Its sheet.
    trace : str
        Name of the sheet of its trace, if it has one.
    totals : dict of (outcome, category) to Place
        Discounted totals per person; the category "" of cost is all of it.
    ones : list of (str, Place)
        What must come to 1: in words, and where it stands.
    frozen : list of str
        What heco computed and the sheet does not.
    """

    name: str
    sheet: Sheet
    trace: str = ""
    totals: dict[tuple[str, str], Place] = field(default_factory=dict)
    ones: list[tuple[str, Place]] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)


class Writer:
    """Writes one strategy.

    Parameters
    ----------
    book : Book
        The workbook.
    living : Living
        The model.
    plan : StrategyPlan
        The strategy.
    inputs : Inputs
        Where inputs stand.
    clocks : Clocks or None
        Where time stands.
    language : Language
        How nodes are written.
    """

    def __init__(
        self, book: Book, living: Living, plan: StrategyPlan, inputs: Inputs,
        clocks: Clocks | None, language: Language,
    ) -> None:  # fmt: skip
        self.book, self.living, self.plan = book, living, plan
        self.inputs, self.clocks = inputs, clocks
        self.scenario: Scenario = living.scenario
        record = self.scenario.strategies[plan.name]
        self.label = record.label or plan.name.replace("_", " ")
        self.sheet = book.sheet(self.label)
        self.made = Made(plan.name, self.sheet)
        self.steps, scopes = pathway.steps(self.scenario, living.plan.names, plan)
        self.live_tree = pathway.size(self.steps) <= MOST_ROWS
        self.live_cohort = clocks is not None and not too_large(living, plan)
        self.places: dict[int, Place] = dict(inputs.places)
        self.kinds = self._kinds()
        self.trace = Trace(book, living, plan, clocks, self.label) if clocks else None
        self.made.trace = self.trace.sheet.name if self.trace else ""
        self.micro = plan.cohort.layout.micro
        self.tops = self._tops()
        self.workings = Workings(
            language, self.sheet, self.places, self.tops["workings"] + 1,
            by_cycle=self._by_cycle, named=self._named(living.plan.names, scopes),
        )  # fmt: skip

    # -- what there is -----------------------------------------------------------------------

    def _kinds(self) -> dict[Kind, dict[int, list[Node]]]:
        """Return what time in a micro-state and moves are worth, by kind and micro-state."""
        kinds: dict[Kind, dict[int, list[Node]]] = {}
        for term in self.plan.terms:
            kind = Kind(term.key.outcome, term.key.category, term.weights, term.side, term.scale)
            kinds.setdefault(kind, {}).setdefault(term.micro, []).append(term.node)
        order = {outcome: position for position, outcome in enumerate(OUTCOMES)}
        return dict(sorted(kinds.items(), key=lambda item: (order[item[0].outcome], item[0][1:])))

    def _keys(self) -> list[tuple[str, str]]:
        """Return every (outcome, category) of the strategy, in order."""
        keys = {(kind.outcome, kind.category) for kind in self.kinds}
        keys |= {(key.outcome, key.category) for key, _ in self.plan.entries}
        keys |= {(amount.outcome, amount.category) for amount in self.plan.amounts}
        keys |= {(COUNT, name) for name in self.plan.shares}
        return sorted(keys, key=lambda key: (OUTCOMES.index(key[0]), key[1]))

    def _tops(self) -> dict[str, int]:
        """Return the row at which each section begins; their sizes are known beforehand."""
        sizes = {"totals": len(self._keys()) + 7}
        sizes["pathway"] = pathway.size(self.steps) + 1 if self.live_tree else 2
        if self.micro:
            cohort = len(self.micro)
            sizes |= {"starts": 4, "moves": cohort + 3, "worth": len(self.kinds) + 3}
        tops, row = {}, 3
        for name, rows in sizes.items():
            tops[name] = row
            row += rows
        tops["workings"] = row
        return tops

    def _named(self, names: Names, scopes: list[Scope]) -> dict[int, tuple[str, str]]:
        """Return nodes that are values of parameters -> what their cell is called."""
        found: dict[int, tuple[str, str]] = {}
        currency = self.scenario.decision.currency
        for scope in (self.plan.scope, names.outside, *scopes):
            for (name, clock), node in list(scope.known.items()):
                parameter = self.scenario.parameters.get(name.partition(".")[0])
                if parameter is None:
                    continue
                when = "" if clock.side != "end" else ", just before the end of the cycle"
                when += f", cycle {clock.tunnel} in the state" if clock.tunnel else ""
                beyond = ", beyond the branch" if scope in scopes else ""
                label = f"{parameter.label} ({name}{beyond}{when})"
                found.setdefault(node.index, (label, digits_of(parameter.unit, currency)))
        return found

    def _by_cycle(self, node: Node, label: str) -> Place:
        assert self.trace is not None
        return self.trace.column(node, label, self.workings, self.places)

    # -- writing -----------------------------------------------------------------------------

    def write(self) -> Made:
        """Write the sheet and, for a cohort, the trace."""
        sheet = self.sheet
        sheet.text(0, 0, self.label, "title")
        sheet.text(1, 0, "Per person, discounted. Every number is a formula unless it is grey.",
                   "note")  # fmt: skip
        sheet.widths.update({0: 46, **dict.fromkeys(range(1, 40), 14.0), 3: 22, 4: 24})
        for node in (node for nodes in self._clock_nodes() for node in nodes):
            self.places[node.index] = self.clocks.word(node)  # type: ignore[union-attr]
        path = self._pathway()
        totals: dict[tuple[str, str], str] = {}
        if self.trace is not None and self.micro:
            entry = self._starts(path)
            if self.live_cohort:
                moves = self._moves()
                worth = self._worth()
                totals = self.trace.write(entry, moves, worth, self.kinds, self.workings)
                ends = self.trace.everybody
                self.made.ones += [("People at the start", ends[0]), ("People at the end", ends[1])]
            else:
                self._not_live()
                totals = self.trace.numbers(self.living)
        self._totals(path, totals)
        if self.workings.row > self.workings.first:
            sheet.text(self.workings.first - 1, 0, "Values in this strategy, and steps between",
                       "section")  # fmt: skip
        return self.made

    def _clock_nodes(self) -> Iterator[list[Node]]:
        if self.clocks is not None:
            yield [node for node in self.living.plan.names.graph.nodes if node.op == "clock"]

    def _pathway(self) -> pathway.Pathway:
        if self.live_tree:
            path = pathway.fill(self.sheet, self.tops["pathway"], self.steps, self.scenario,
                                self.workings, self.inputs)  # fmt: skip
            if path.ends is not None:
                self.made.ones.append(("The leaves of the tree", path.ends))
            return path
        self.made.frozen.append(f"the pathway of {self.label}: {len(self.steps):,} branches")
        self.sheet.text(self.tops["pathway"], 0, "The pathway has too many branches for a sheet; "
                        "what it comes to was computed by heco and is not live.", "heco")  # fmt: skip
        return pathway.Pathway()

    def _sum(self, cells: list[str]) -> str:
        text = "+".join(cells)
        assert len(text) < LONGEST - 200, "more leaves than rows"
        return text

    def _starts(self, path: pathway.Pathway) -> list[Place]:
        """Write who starts where, and return the cells by micro-state."""
        sheet, top = self.sheet, self.tops["starts"]
        sheet.text(top, 0, "Where people start", "section")
        sheet.row(top + 1, 1, (self.micro_label(one) for one in self.micro))
        sheet.text(top + 2, 0, "Share of people")
        layout, found = self.plan.cohort.layout, []
        begin = {layout.start[state]: state for state in self.plan.entry}
        for position in range(len(self.micro)):
            state = begin.get(position)
            text = "0"
            if state is not None and state in path.entry:
                text = self._sum(path.entry[state])
            elif state is not None and self.live_tree:
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
        state = self.scenario.states[micro.state]
        label = state.label or micro.state.replace("_", " ")
        if sum(one.state == micro.state for one in self.micro) == 1:
            return label
        return f"{label}, cycle {micro.tunnel}{' since the start' if micro.started else ''}"

    def _moves(self) -> dict[tuple[int, int], Place | None]:
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
                assert self.trace is not None
                found[key] = self.places.get(node.index) or self.trace.column(
                    node, title, self.workings, self.places, "probability"
                )
            else:
                text = self.workings.formula(node)
                place = sheet.formula(row, column, text, "probability")
                found[key] = self.places.setdefault(node.index, place)
        return found

    def _frozen(self, nodes: list[Node]) -> dict[int, np.ndarray]:
        """Return the numbers of what no formula can say: cells of an exponential of a matrix."""
        items = [node for node in nodes if node.op == "item"]
        if items:
            self.made.frozen.append(
                f"the probabilities of moving in {self.label}, which come from the exponential of "
                "a matrix of rates"
            )
        return {node.index: value for node in items
                if (value := self.living.numbers([node])[node.index]) is not None}  # fmt: skip

    def _frozen_move(self, row: int, column: int, value: np.ndarray, title: str) -> Place:
        if value.size == 1:
            return self.sheet.number(row, column, float(value.reshape(-1)[0]), "probability")
        assert self.trace is not None
        self.sheet.text(row, column, "by cycle", "heco")
        return self.trace.frozen_column(value, title)

    def _worth(self) -> dict[Kind, tuple[int, dict[int, list[Place]]]]:
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
            row, moving = top + 2 + offset, {}
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
        assert self.trace is not None
        title = f"{self.kind_label(kind)}: {self.micro_label(self.micro[micro])}"
        digits = "money" if kind.outcome == "cost" else "qaly"
        return self.trace.column(node, title, self.workings, self.places, digits)

    def kind_label(self, kind: Kind) -> str:
        """Return what is booked in words."""
        words = pathway.kind_words(kind.outcome, kind.category)
        if kind.weights.endswith("moves"):
            return f"{words}, on moves in a cycle"
        per = " per year" if kind.scale == self.living.plan.names.cycle_years else " per cycle"
        when = ", paid at the start" if kind.weights.endswith("start") else ""
        side = {"start": ", at the cycle's start", "end": ", just before its end"}.get(
            kind.side, ""
        )
        return f"{words}{per}{when or side}"

    def _not_live(self) -> None:
        micro, cycles = len(self.micro), self.living.clock.cycles  # type: ignore[union-attr]
        self.made.frozen.append(f"the cohort of {self.label}: {cycles:,} cycles of {micro} states")
        self.sheet.text(self.tops["moves"], 0, "The cohort is too large for a sheet; what it comes "
                        "to was computed by heco and is not live.", "heco")  # fmt: skip

    def _totals(self, path: pathway.Pathway, cohort: dict[tuple[str, str], str]) -> None:
        """Write the totals at the top: pathway, cohort, and all."""
        sheet, row = self.sheet, self.tops["totals"]
        sheet.text(row, 0, "What it comes to", "section")
        sheet.row(row + 1, 0, ("Per person, discounted", "Pathway", "Cohort", "Total"))
        row += 2
        parts: dict[str, list[str]] = {}
        for outcome, category in self._keys():
            digits = "money" if outcome == "cost" else "qaly"
            label = pathway.kind_words(outcome, category)
            if outcome in ("qaly", "life_years"):
                label = label[0].upper() + label[1:]
            sheet.text(row, 0, label[0].upper() + label[1:])
            self._from_pathway(row, (outcome, category), path, digits)
            sheet.formula(row, 2, cohort.get((outcome, category), "0"), digits,
                          "live" if self.live_cohort or not self.micro else "heco")  # fmt: skip
            place = sheet.formula(row, 3, f"B{row + 1}+C{row + 1}", digits)
            self.made.totals[outcome, category] = place
            parts.setdefault(outcome, []).append(f"D{row + 1}")
            row += 1
        sheet.text(row, 0, "Cost in all", "strong")
        text = "+".join(parts.get("cost", ["0"]))
        self.made.totals["cost", ""] = sheet.formula(row, 3, text, "money", "strong")

    def _from_pathway(
        self, row: int, key: tuple[str, str], path: pathway.Pathway, digits: str
    ) -> None:
        outcome, category = key
        arrivals = [node for at, node in self.plan.entries if (at.outcome, at.category) == key]
        texts = [self.workings.formula(node) for node in arrivals]
        if not self.live_tree:
            known = self.living.spent[self.plan.name].get(key, 0.0)
            if outcome == COUNT:
                index = self.living.outcomes.index(self.plan.name)
                shares = self.living.outcomes.shares
                known = float(shares[category][index, 0]) if category in shares else 0.0
            self.sheet.number(row, 1, known, digits)
            if not texts:
                return
            texts.insert(0, repr(known))
        elif key in path.totals:
            texts.insert(0, path.totals[key])
        elif outcome == COUNT and category in path.shares:
            texts.insert(0, self._sum(path.shares[category]))
        self.sheet.formula(row, 1, "+".join(texts) or "0", digits)
