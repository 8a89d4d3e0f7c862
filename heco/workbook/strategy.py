"""The sheet of a strategy: totals, pathway, who starts where, moves, and what a state is worth.

What runs from cycle to cycle stands on a sheet of its own, the trace (`heco.workbook.trace`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from heco.model.graph import Node
from heco.model.names import Names, Scope
from heco.model.plan import COUNT, StrategyPlan
from heco.scenario.scenario import Scenario
from heco.workbook import pathway
from heco.workbook.book import MOST_ROWS, Book, Place, Sheet
from heco.workbook.clocks import Clocks
from heco.workbook.cohort import Cohort
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
        leaves = sum(step.leaf for step in self.steps)
        self.live_tree = pathway.size(self.steps) <= MOST_ROWS and leaves <= pathway.MOST_LEAVES
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
        sides = ("both", "start", "end")
        return dict(
            sorted(
                kinds.items(),
                key=lambda item: (
                    order[item[0].outcome], item[0][1:3], sides.index(item[0].side), item[0].scale
                ),
            )
        )  # fmt: skip

    def _keys(self) -> list[tuple[str, str]]:
        """Return every (outcome, category) of the strategy, in order."""
        keys = {(kind.outcome, kind.category) for kind in self.kinds}
        keys |= {(key.outcome, key.category) for key, _ in self.plan.entries}
        keys |= {(amount.outcome, amount.category) for amount in self.plan.amounts}
        keys |= {(COUNT, name) for name in self.plan.shares}
        return sorted(keys, key=lambda key: (OUTCOMES.index(key[0]), key[1]))

    def _tops(self) -> dict[str, int]:
        """Return the row at which each section begins; their sizes are known beforehand."""
        sizes = {"totals": len(self._keys()) + 4}
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
        remembering = any(one.tunnel > 1 for one in self.micro)
        for scope in (self.plan.scope, names.outside, *scopes):
            for (name, clock), node in list(scope.known.items()):
                parameter = self.scenario.parameters.get(name.partition(".")[0])
                if parameter is None:
                    continue
                when = "" if clock.side != "end" else ", just before the end of the cycle"
                when += (
                    f", cycle {clock.tunnel} in the state" if clock.tunnel and remembering else ""
                )
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
        sheet.widths.update({0: 46, **dict.fromkeys(range(1, 40), 14.0)})
        if self.steps:  # where a path ends, and what falls there, are words
            sheet.widths.update({3: 22, 4: 24})
        for node in (node for nodes in self._clock_nodes() for node in nodes):
            self.places[node.index] = self.clocks.word(node)  # type: ignore[union-attr]
        path = self._pathway()
        totals: dict[tuple[str, str], str] = {}
        if self.trace is not None and self.micro:
            cohort = Cohort(sheet, self.living, self.plan, self.label, self.trace, self.workings,
                            self.places, self.kinds, self.tops, self.made.frozen)  # fmt: skip
            entry = cohort.starts(path, self.live_tree)
            if self.live_cohort:
                moves = cohort.moves()
                worth = cohort.worth()
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
                        "what it comes to was computed by heco and is not live.",
                        "heco")  # fmt: skip
        return pathway.Pathway()

    def _not_live(self) -> None:
        micro, cycles = len(self.micro), self.living.clock.cycles  # type: ignore[union-attr]
        self.made.frozen.append(f"the cohort of {self.label}: {cycles:,} cycles of {micro} states")
        self.sheet.text(self.tops["moves"], 0, "The cohort is too large for a sheet; what it comes "
                        "to was computed by heco and is not live.", "heco")  # fmt: skip

    def _totals(self, path: pathway.Pathway, cohort: dict[tuple[str, str], str]) -> None:
        """Write the totals at the top: pathway, cohort, and both."""
        sheet, row = self.sheet, self.tops["totals"]
        once = "Pathway" if self.scenario.strategies[self.plan.name].enters else "Once"
        sheet.text(row, 0, "What it comes to", "section")
        sheet.row(row + 1, 0, ("Per person, discounted", once, "Cohort", "Total"))
        row += 2
        keys = self._keys()
        costs = [key for key in keys if key[0] == "cost"]
        for key in costs:
            self._total(row, key, path, cohort)
            row += 1
        sheet.text(row, 0, "Cost in all", "strong")
        text = "+".join(self.made.totals[key].text(sheet.name) for key in costs) or "0"
        self.made.totals["cost", ""] = sheet.formula(row, 3, text, "money", "strong")
        for key in keys[len(costs) :]:
            row += 1
            self._total(row, key, path, cohort)

    def _total(
        self,
        row: int,
        key: tuple[str, str],
        path: pathway.Pathway,
        cohort: dict[tuple[str, str], str],
    ) -> None:
        """Write one total: what falls in the pathway, and in the cohort."""
        sheet, digits = self.sheet, "money" if key[0] == "cost" else "qaly"
        label = pathway.kind_words(*key)
        sheet.text(row, 0, label[0].upper() + label[1:])
        self._from_pathway(row, key, path, digits)
        live = self.live_cohort or not self.micro
        sheet.formula(row, 2, cohort.get(key, "0"), digits, "live" if live else "heco")
        self.made.totals[key] = sheet.formula(row, 3, f"B{row + 1}+C{row + 1}", digits)

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
            texts.insert(0, pathway.total(path.shares[category]))
        self.sheet.formula(row, 1, "+".join(texts) or "0", digits)
