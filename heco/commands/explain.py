"""`heco explain FILE RESULT`: print where a number comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from heco.explain import Step


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("result")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def explain(file: Path, result: str, as_json: bool) -> None:
    """Print the formula tree of a number, down to inputs and their sources.

    RESULT is a parameter, a measure, or cost, qaly, life_years, incremental_cost,
    incremental_qaly, icer, inmb; with a strategy and a threshold where they apply:
    inmb:targeted@20000.
    """
    from heco.explain import Explainer
    from heco.model import compile_model
    from heco.scenario.load import load

    step = Explainer(compile_model(load(file))).explain(result)
    if as_json:
        click.echo(json.dumps(asdict(step), indent=2, ensure_ascii=False))
        return
    for line in lines(step):
        click.echo(line)


def lines(step: Step, lead: str = "", branch: str = "") -> Iterator[str]:
    """Yield the printed lines of an explanation."""
    value = "" if step.value is None else f" = {_number(step.value)}"
    unit = f" {step.unit}" if step.unit and value else ""
    label = f"   {click.style(step.label, dim=True)}" if step.label else ""
    again = "   (explained above)" if step.seen else ""
    yield f"{lead}{branch}{click.style(step.name, bold=True)}{value}{unit}{label}{again}"
    under = lead + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    bar = "│  " if step.below else "   "
    if step.says:
        yield f"{under}{bar}{step.says}"
    if step.source:
        yield f"{under}{bar}source: {step.source}"
    for position, part in enumerate(step.below):
        last = position == len(step.below) - 1
        yield from lines(part, under, "└─ " if last else "├─ ")


def _number(value: float) -> str:
    """Return enough digits to follow the arithmetic by hand."""
    if value != value:
        return "undefined"
    if abs(value) >= 1000:
        return f"{value:,.2f}"
    return f"{value:.6g}"
