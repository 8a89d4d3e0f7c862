"""The structure of a model, read off the scenario: branches of the tree, moves between states.

The section and the two diagrams are made from the same rows, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from heco.report import formula, numbers, reading
from heco.result import RunResult

#: What shows that a state remembers how long people have been in it.
_MEMORY = ("state_time", "state_cycle")


@dataclass(frozen=True)
class Step:
    """A line of the drawn tree.

    Parameters
    ----------
    depth : int
        How many lines stand above it as its parents.
    words : str
        The branch in words.
    chance : str
        Its probability, as a formula.
    to : str
        Where it leads, in words.
    kind : str
        ``strategy``, ``node`` (a chance node that strategies enter), ``branch`` (others follow),
        ``again`` (goes on as from a node above) or ``end``.
    node, key : str
        Names in the file.
    record : object
        The branch as written; None for strategies and nodes.
    """

    depth: int
    words: str
    chance: str = ""
    to: str = ""
    kind: str = "branch"
    node: str = ""
    key: str = ""
    record: Any = None


@dataclass(frozen=True)
class Arrow:
    """A way from one state to another, or to itself."""

    source: str
    target: str
    chance: str
    record: Any
    number: int = 0

    @property
    def stays(self) -> bool:
        """Return whether it leads back to where it starts."""
        return self.source == self.target


def plain(name: str) -> str:
    """Return a name of the file as words."""
    return reading.capital(name.replace("_", " "))


def state(run: RunResult, name: str) -> str:
    """Return the words for a state."""
    record = run.scenario.states.get(name)
    return (record.label if record is not None else "") or plain(name)


def steps(run: RunResult) -> list[Step]:
    """Return the lines of the tree: the decision, then each way on, depth first.

    A chance node that several branches lead to is followed once; the others refer to it.
    """
    scenario = run.scenario
    if not scenario.tree:
        return []
    lines = [
        Step(1, reading.strategy(run, name), to=_enters(run, strategy), kind="strategy", node=name)
        for name, strategy in scenario.strategies.items()
    ]
    seen: set[str] = set()
    for node in dict.fromkeys(s.enters for s in scenario.strategies.values() if s.enters):
        if node in seen or node not in scenario.tree:
            continue
        lines.append(Step(0, plain(node), kind="node", node=node))
        lines += _follow(run, node, 1, seen)
    return lines


def _enters(run: RunResult, strategy: Any) -> str:
    return plain(strategy.enters) if strategy.enters else "the states"


def _follow(run: RunResult, node: str, depth: int, seen: set[str]) -> list[Step]:
    seen.add(node)
    tree, lines = run.scenario.tree, []
    for key, branch in tree[node].items():
        words = branch.label or plain(key)
        chance = probability(run, branch.p)
        again = branch.to in tree and branch.to in seen
        if branch.to in tree and not again:
            to = plain(branch.to)
            lines.append(Step(depth, words, chance, to, "branch", node, key, branch))
            lines += _follow(run, branch.to, depth + 1, seen)
        else:
            to = f"as from “{plain(branch.to)}”" if again else _end(run, branch)
            kind = "again" if again else "end"
            lines.append(Step(depth, words, chance, to, kind, node, key, branch))
    return lines


def _end(run: RunResult, branch: Any) -> str:
    """Return the state that a branch ends in, or else what falls at its end."""
    if branch.to:
        return state(run, branch.to)
    paid = [f"cost {formula.written(value)}" for value in branch.cost.values()]
    paid += [f"QALYs {formula.written(branch.qaly)}"] if branch.qaly is not None else []
    return f"end: {', '.join(paid)}" if paid else "end"


def probability(run: RunResult, share: Any) -> str:
    """Return a probability as its formula; with its base value where it is one plain input."""
    value = None if isinstance(share, str) else formula.constant(share)
    if value is not None:
        return numbers.percent(value)
    name = getattr(share, "id", "")
    base = _settled(run).get(name)
    text = formula.written(share)
    return text if base is None else f"{text} = {numbers.percent(base)}"


def _settled(run: RunResult) -> dict[str, float]:
    """Return the base values of inputs that are the same on every branch and in every strategy."""
    moved = {name for row in run.scenario.tree.values() for b in row.values() for name in b.set}
    moved |= {name for s in run.scenario.strategies.values() for name in s.set}
    known = run.scenario.parameters
    return {
        str(r["parameter"]): float(r["value"])
        for r in reading.rows(run, "inputs")
        if r["value"] is not None
        and r["parameter"] in known
        and not moved & set(reach(run, [r["parameter"]]))
    }


def reach(run: RunResult, names: Iterable[str]) -> list[str]:
    """Return names and all that they are computed from, each once."""
    waiting, found = list(names), []
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        record = run.scenario.parameters.get(name)
        if record is not None and record.expr is not None:
            waiting += list(formula.names(record.expr))
        if record is not None and record.table is not None:
            waiting.append(record.table.by)
    return found


def arrows(run: RunResult) -> list[Arrow]:
    """Return every allowed move, those between different states numbered from 1.

    A state without ways out keeps its people; an absorbing one need not say so.
    """
    found, number = [], 0
    for source in run.scenario.states:
        row = run.scenario.transitions.get(source, {})
        for target, move in row.items():
            if source != target:
                number += 1
            chance = _chance(run, move)
            found.append(Arrow(source, target, chance, move, number if source != target else 0))
        if not row:
            found.append(Arrow(source, source, "100%", None))
    return found


def _chance(run: RunResult, move: Any) -> str:
    if move.rate is not None:
        return f"rate {formula.written(move.rate)} a year"
    return probability(run, move.p)


def remembers(run: RunResult, name: str) -> bool:
    """Return whether it matters in a state how long people have been there."""
    record = run.scenario.states[name]
    said: list[Any] = [record.utility.value] if record.utility is not None else []
    said += [value.value for value in record.cost.values()]
    for move in run.scenario.transitions.get(name, {}).values():
        said += [way for way in (move.p, move.rate) if way is not None]
    used = [one for expr in said for one in formula.names(expr)]
    return any(word in _MEMORY for word in reach(run, used))


def begins(run: RunResult) -> set[str]:
    """Return the states in which somebody may start."""
    scenario = run.scenario
    found = {b.to for row in scenario.tree.values() for b in row.values() if b.to}
    for strategy in scenario.strategies.values():
        starts = strategy.starts or (scenario.population.starts if not strategy.enters else {})
        found |= {
            name
            for name, share in starts.items()
            if isinstance(share, str) or formula.constant(share) != 0
        }
    return {name for name in found if name in scenario.states}
