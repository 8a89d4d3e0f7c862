"""The structure of the model: the tree and the states, as diagrams and in full."""

from __future__ import annotations

from typing import Any

from heco.report import formula, numbers, reading
from heco.report.reading import Record
from heco.report.sections import decision
from heco.report.structure import arrows, begins, remembers, state, steps
from heco.report.view import Field, View, text, view
from heco.result import RunResult

NAME = "structure"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "The structure of the model"


def applies(run: RunResult) -> bool:
    """Return whether there is a tree or a cohort model; draws of another program have none."""
    return bool(run.scenario.tree or run.scenario.states)


def context(run: RunResult) -> dict[str, object]:
    """Return the branches, the moves, the states, and what the words of formulas mean."""
    return {
        "kind": reading.capital(decision.model(run)),
        "reason": run.scenario.reporting.model,
        "branches": _branches(run),
        "states": _states(run),
        "moves": _moves(run),
        "functions": _functions(run),
        "note": _memory(run),
    }


def _branches(run: RunResult) -> View | None:
    lines = [line for line in steps(run) if line.record is not None]
    if not lines:
        return None
    rows: list[Record] = [
        {
            "words": line.words,
            "node": f"at {line.node}",
            "chance": line.chance,
            "what": _happens(run, line.record),
            "counts": ", ".join(name.replace("_", " ") for name in line.record.count),
            "to": _target(run, line.record.to),
        }
        for line in lines
    ]
    fields = [
        Field("Branch", lambda r: str(r["words"]), below=lambda r: str(r["node"])),
        text("Probability", "chance"),
        text("What it costs, brings, or changes", "what"),
        text("Counted as", "counts"),
        text("Leads to", "to"),
    ]
    notes = ("Names are those of the table of inputs, where each has its label and its source.",)
    return view("Every branch of the tree", rows, fields, notes, "figure_structure_tree")


def _target(run: RunResult, to: str) -> str:
    if not to:
        return "the end"
    return f"chance node {to}" if to in run.scenario.tree else state(run, to)


def _happens(run: RunResult, record: Any) -> str:
    """Return what falls on a branch or a move: costs, QALYs, and what is otherwise beyond it."""
    said = [_cost(name, value) for name, value in record.cost.items()]
    if record.qaly is not None:
        said.append(f"QALYs: {formula.written(record.qaly)}")
    at = getattr(record, "at", None)
    if said and at is not None:
        said.append(f"after {at.text}")
    if record.count and not hasattr(record, "to"):  # branches have a column for it
        said.append(f"counted as {', '.join(name.replace('_', ' ') for name in record.count)}")
    for name, value in getattr(record, "set", {}).items():
        said.append(f"beyond it, {name} is {formula.written(value)}")
    return "; ".join(said)


def _cost(category: str, value: Any) -> str:
    name = f"cost ({category.replace('_', ' ')})" if category else "cost"
    return f"{name}: {formula.written(value)}"


def _states(run: RunResult) -> View | None:
    records = run.scenario.states
    if not records:
        return None
    first = begins(run)
    per = run.scenario.time.values
    rows: list[Record] = []
    for name, record in records.items():
        about = ["nobody leaves"] if record.absorbing else []
        about += ["people may begin here"] if name in first else []
        about += ["how long people have been here counts"] if remembers(run, name) else []
        rows.append(
            {
                "label": state(run, name),
                "about": "; ".join(about),
                "utility": _amount(record.utility),
                "cost": "; ".join(
                    f"{key.replace('_', ' ')}: {_amount(value)}" if key else _amount(value)
                    for key, value in record.cost.items()
                ),
                "entry": _happens(run, record.on_entry) if record.on_entry is not None else "",
            }
        )
    fields = [
        Field("State", lambda r: str(r["label"]), below=lambda r: str(r["about"])),
        text(f"Utility, {per}", "utility"),
        text(f"Cost, {per}", "cost"),
        text("On coming in", "entry"),
    ]
    return view("The states, and what time in them is worth", rows, fields)


def _amount(value: Any) -> str:
    if value is None:
        return ""
    words = formula.written(value.value)
    if value.per is not None:
        words += f" per {value.per}"
    return f"{words}, paid at the start of a cycle" if value.timing == "start" else words


def _moves(run: RunResult) -> View | None:
    found = arrows(run)
    if not found:
        return None
    rows: list[Record] = [
        {
            "from": state(run, a.source),
            "number": str(a.number) if a.number else "",
            "to": "stays" if a.stays else state(run, a.target),
            "chance": a.chance,
            "what": _happens(run, a.record) if a.record is not None else "",
        }
        for a in found
    ]
    fields = [
        text("From", "from"),
        text("No.", "number"),
        text("To", "to"),
        text("Probability in a cycle", "chance"),
        text("What the move costs or brings", "what"),
    ]
    return view("Every move that is allowed", rows, fields, (), "figure_structure_states")


def _functions(run: RunResult) -> list[tuple[str, str]]:
    """Return what the functions and words mean that formulas of the structure use."""
    said: list[Any] = [line.record.p for line in steps(run) if line.record is not None]
    for a in arrows(run):
        if a.record is not None:
            said += [way for way in (a.record.p, a.record.rate) if way is not None]
    for record in run.scenario.states.values():
        said += [v.value for v in (record.utility, *record.cost.values()) if v is not None]
    used = dict.fromkeys(name for expr in said for name in (*formula.calls(expr),))
    words = dict.fromkeys(name for expr in said for name in formula.names(expr))
    known = [(f"{name}(…)", formula.FUNCTIONS[name]) for name in used if name in formula.FUNCTIONS]
    return known + [(name, formula.KNOWN[name]) for name in words if name in formula.KNOWN]


def _memory(run: RunResult) -> str:
    names = [f"“{state(run, name)}”" for name in run.scenario.states if remembers(run, name)]
    if not names:
        return ""
    return (
        f"How long people have been in {numbers.listing(names)} matters: inside the model each is "
        "a run of tunnel states, one for each cycle spent there."
    )
