"""The decision tree of a strategy as rows: probability, people who get there, costs, QALYs."""

from __future__ import annotations

from dataclasses import dataclass, field

from heco.model.graph import Node
from heco.model.names import ENTRY, Names, Scope
from heco.model.plan import StrategyPlan
from heco.scenario.scenario import Scenario
from heco.workbook.book import LONGEST, Place, Sheet, letters
from heco.workbook.clocks import factor
from heco.workbook.inputs import Inputs
from heco.workbook.workings import Workings

#: Most ends of paths that a sheet lists live: they are added up in one formula.
MOST_LEAVES = 800


@dataclass
class Step:
    """A branch on a path, or something that falls once.

    Parameters
    ----------
    depth : int
        How many branches lie before it.
    label : str
        The branch in words.
    chance : Node or None
        Its probability; None for what the branches beside it leave.
    before : int
        The step that leads to it; -1 for the first branches.
    beside : list of int
        The other branches of the same chance node.
    to : str
        The state in which the path ends; empty if it goes on, or ends without a state.
    amounts : list of (outcome, category, node, years)
        What is paid or gained once by each who takes it.
    counted : tuple of str
        Names under which people are counted here and were not before.
    leaf : bool
        Whether the path ends here.
    """

    depth: int
    label: str
    chance: Node | None
    before: int = -1
    beside: list[int] = field(default_factory=list)
    to: str = ""
    amounts: list[tuple[str, str, Node, float]] = field(default_factory=list)
    counted: tuple[str, ...] = ()
    leaf: bool = False

    @property
    def rows(self) -> int:
        """Return how many rows it takes: one for each amount."""
        return max(1, len(self.amounts))


def steps(scenario: Scenario, names: Names, plan: StrategyPlan) -> tuple[list[Step], list[Scope]]:
    """Return every branch of every path of a strategy, what falls once, and the scopes beyond."""
    found: list[Step] = []
    scopes: list[Scope] = []
    record = scenario.strategies[plan.name]

    def follow(here: str, scope: Scope, before: int, depth: int, counted: frozenset[str]) -> None:
        beside: list[int] = []
        for key, branch in scenario.tree[here].items():
            within = Scope(branch.set, scope) if branch.set else scope
            if branch.set:
                scopes.append(within)
            chance = None if branch.p == "rest" else names.node(branch.p, scope, ENTRY)
            new = tuple(name for name in dict.fromkeys(branch.count) if name not in counted)
            step = Step(
                depth, branch.label or key.replace("_", " "), chance, before, beside, counted=new,
                leaf=branch.to not in scenario.tree, amounts=[],
            )  # fmt: skip
            years = names.date(branch.at)
            for category, formula in branch.cost.items():
                node = names.node(formula, within, ENTRY)
                step.amounts.append(("cost", category or "pathway", node, years))
            if branch.qaly is not None:
                step.amounts.append(("qaly", "", names.node(branch.qaly, within, ENTRY), years))
            found.append(step)
            beside.append(len(found) - 1)
            if step.leaf:
                step.to = branch.to
            else:
                onward = len(found) - 1
                follow(branch.to, within, onward, depth + 1, counted | set(new))

    if record.enters:
        follow(record.enters, plan.scope, -1, 0, frozenset())
    for item in plan.amounts:
        if item.where.endswith("one_off"):
            label = "Once for everybody"
            step = Step(0, label, names.graph.const(1.0))
            step.amounts.append((item.outcome, item.category, item.node, item.years))
            found.append(step)
    return found, scopes


@dataclass
class Pathway:
    """Where the results of the tree stand.

    Parameters
    ----------
    entry : dict of str to list of str
        By state, the cells whose sum is the share that starts there.
    totals : dict of (outcome, category) to str
        The cell of the discounted total.
    shares : dict of str to list of str
        By name, the cells whose sum is the share counted under it.
    ends : Place or None
        The sum of the leaves, which is 1.
    """

    entry: dict[str, list[str]] = field(default_factory=dict)
    totals: dict[tuple[str, str], str] = field(default_factory=dict)
    shares: dict[str, list[str]] = field(default_factory=dict)
    ends: Place | None = None


HEADS = (
    "Branch", "Probability", "Share of people", "Ends in", "What falls here", "Amount per person",
    "When (years)", "Discount factor",
)  # fmt: skip
_PARTS = len(HEADS)


def size(found: list[Step]) -> int:
    """Return how many rows the table takes, with its heads."""
    return sum(step.rows for step in found) + 3 if found else 0


def fill(
    sheet: Sheet,
    top: int,
    found: list[Step],
    scenario: Scenario,
    workings: Workings,
    inputs: Inputs,
) -> Pathway:
    """Write the pathway from a row on, and return where its results stand."""
    path = Pathway()
    if not found:
        return path
    kinds = sorted({(outcome, category) for s in found for outcome, category, _, _ in s.amounts})
    sheet.text(top, 0, "Pathway: every branch of the decision tree, and what falls once", "section")
    sheet.row(top + 1, 0, HEADS, left=(0, 3, 4))
    sheet.row(top + 1, _PARTS, (f"Expected {kind_words(*kind)}" for kind in kinds))
    first = row = top + 2
    rows: list[int] = []
    ends: list[str] = []
    for step in found:
        rows.append(row)
        row += step.rows
    for step, here in zip(found, rows, strict=True):
        _branch(sheet, here, step, found, rows, workings)
        _amounts(sheet, here, step, kinds, workings, inputs, scenario)
        reached = f"$C${here + 1}"
        if step.leaf:
            ends.append(reached)
            if step.to:
                label = scenario.states[step.to].label or step.to.replace("_", " ")
                sheet.text(here, 3, label, "word")
                path.entry.setdefault(step.to, []).append(reached)
        for name in step.counted:
            path.shares.setdefault(name, []).append(reached)
    sheet.text(row, 0, "All", "strong")
    if ends:
        path.ends = sheet.formula(row, 2, total(ends), "probability", "strong")
    for offset, kind in enumerate(kinds):
        column = letters(_PARTS + offset)
        digits = "money" if kind[0] == "cost" else "qaly"
        cells = f"{column}{first + 1}:{column}{row}"
        sheet.formula(row, _PARTS + offset, f"SUM({cells})", digits, "strong")
        path.totals[kind] = f"${column}${row + 1}"
    return path


def _branch(
    sheet: Sheet, row: int, step: Step, found: list[Step], rows: list[int], workings: Workings
) -> None:
    once = not step.leaf and step.depth == 0 and step.label == "Once for everybody"
    sheet.text(row, 0, "    " * step.depth + step.label)
    if once:
        sheet.number(row, 2, 1.0, "probability", "plain")
        return
    if step.chance is None:
        others = [f"B{rows[i] + 1}" for i in step.beside if found[i] is not step]
        sheet.formula(row, 1, "-".join(["1", *others]), "probability")
    else:
        sheet.formula(row, 1, workings.formula(step.chance), "probability")
    before = f"C{rows[step.before] + 1}*" if step.before >= 0 else ""
    sheet.formula(row, 2, f"{before}B{row + 1}", "probability")


def _amounts(
    sheet: Sheet,
    row: int,
    step: Step,
    kinds: list[tuple[str, str]],
    workings: Workings,
    inputs: Inputs,
    scenario: Scenario,
) -> None:
    for line, (outcome, category, node, years) in enumerate(step.amounts, row):
        digits = "money" if outcome == "cost" else "qaly"
        sheet.text(line, 4, kind_words(outcome, category), "word")
        sheet.formula(line, 5, workings.formula(node), digits)
        sheet.number(line, 6, years, "number", "plain")
        date = f"$G{line + 1}"
        sheet.formula(line, 7, factor(scenario, inputs.names, outcome, date), "probability")
        column = _PARTS + kinds.index((outcome, category))
        sheet.formula(line, column, f"$C{row + 1}*$F{line + 1}*$H{line + 1}", digits)


def total(cells: list[str]) -> str:
    """Return the sum of some cells."""
    text = "+".join(cells)
    assert len(text) < LONGEST, "more leaves than a formula can add up"
    return text


def kind_words(outcome: str, category: str) -> str:
    """Return what is counted in words: ``cost: school help``, ``QALYs``, ``life years``."""
    if outcome == "cost":
        return f"cost: {category.replace('_', ' ')}"
    if outcome == "count":
        return f"counted: {category.replace('_', ' ')}"
    return {"qaly": "QALYs", "life_years": "life years"}[outcome]
