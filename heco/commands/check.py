"""``heco check``: whether a scenario is in order."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from heco.errors import ScenarioError
from heco.scenario.load import load
from heco.scenario.scenario import Scenario


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 if there are warnings.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--allow-outside", is_flag=True, help="Let it read files outside its folder.")
def check(file: Path, strict: bool, as_json: bool, allow_outside: bool) -> int:
    """Read a scenario and list everything that is wrong with it, all at once.

    Nothing is computed. Problems go to standard error (exit code 2); a scenario in order gets a
    short summary, with warnings about what should be looked at.
    """
    try:
        scenario = load(file, allow_outside=allow_outside)
    except ScenarioError as error:
        if as_json:
            problems = [
                {"file": p.file, "line": p.line, "where": p.where, "what": p.what, "hint": p.hint}
                for p in error.problems
            ]
            click.echo(json.dumps({"in_order": False, "problems": problems}, indent=2))
        raise
    if as_json:
        click.echo(json.dumps(summary(scenario), indent=2, ensure_ascii=False))
    else:
        _print(file, scenario)
    return 1 if strict and scenario.warnings else 0


def summary(scenario: Scenario) -> dict[str, Any]:
    """Return what is in a scenario, as plain data."""
    parameters = scenario.parameters
    kinds = Counter("distribution" if p.family else p.kind for p in parameters.values())
    # What a run may need is a setting, not a question.
    asked = [name for name, settings in scenario.analysis if settings and name != "limits"]
    return {
        "in_order": True,
        "name": scenario.name,
        "question": scenario.decision.question,
        "strategies": list(scenario.strategies),
        "comparator": scenario.comparator,
        "option": scenario.option,
        "chance_nodes": list(scenario.tree),
        "states": list(scenario.states),
        "parameters": {"all": len(parameters), **dict(sorted(kinds.items()))},
        "assumptions": [name for name, p in parameters.items() if p.assumed],
        "judgements": [name for name, d in scenario.distributions.items() if d.judgement],
        "questions": asked,
        "files": dict(scenario.files),
        "warnings": list(scenario.warnings),
    }


_KINDS = {
    "distribution": "with a distribution",
    "samples": "from joint samples",
    "pooled": "pooled from studies",
    "accuracy": "accuracy of tests, from studies",
    "fixed": "fixed",
    "table": "from tables",
    "expr": "derived",
}


def _print(file: Path, scenario: Scenario) -> None:
    said = summary(scenario)
    click.secho(f"{file} is in order", fg="green", bold=True)
    if said["question"]:
        click.echo(f"  {said['question']}")
    lines = [("strategies", _strategies(scenario))]
    if scenario.tree:
        lines.append(("tree", _count(len(scenario.tree), "chance node")))
    if scenario.states:
        horizon = scenario.time.horizon
        length = horizon if isinstance(horizon, str) else horizon.text if horizon else ""
        cycle = scenario.time.cycle.text if scenario.time.cycle else ""
        states = _count(len(scenario.states), "state")
        lines.append(("cohort", f"{states}, horizon {length}, cycles of {cycle}"))
    if scenario.groups:
        named = ", ".join(scenario.groups)
        lines.append(("groups", f"{_count(len(scenario.groups), 'group')}: {named}"))
    counts = said["parameters"]
    kinds = ", ".join(f"{counts[kind]} {says}" for kind, says in _KINDS.items() if kind in counts)
    lines.append(("parameters", f"{counts['all']}: {kinds}" if kinds else "none"))
    if said["assumptions"]:
        lines.append(("assumptions", f"{len(said['assumptions'])} of the parameters"))
    lines.append(("questions", ", ".join(said["questions"]) or "the base case only"))
    for name, text in lines:
        click.echo(f"  {name:<12} {text}")
    if scenario.warnings:
        click.secho(f"  {_count(len(scenario.warnings), 'warning')}", fg="yellow", bold=True)
        for warning in scenario.warnings:
            click.secho(f"    {warning}", fg="yellow")


def _strategies(scenario: Scenario) -> str:
    roles = {scenario.comparator: " (comparator)"} if len(scenario.strategies) > 1 else {}
    if len(scenario.strategies) > 2:
        roles[scenario.option] = " (option)"
    return ", ".join(name + roles.get(name, "") for name in scenario.strategies)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
