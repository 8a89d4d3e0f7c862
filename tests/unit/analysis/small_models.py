"""Models whose outcomes are written down directly, so that every answer has a closed form.

Each strategy is one branch that costs and gains what its formulas say. The words go through the
real loader and the real engine: what is tested is the analysis, on a model that nobody can get
wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

from heco.analysis import run_scenario
from heco.analysis.context import Context, base_sample, psa_sample
from heco.model import compile_model
from heco.result import RunResult
from heco.scenario.load import load_text
from heco.scenario.scenario import Scenario

Options = Mapping[str, tuple[str, str]]


def words(
    options: Options,
    parameters: Mapping[str, str],
    decision: str = "wtp = [20_000, 30_000]",
    rest: str = "",
) -> str:
    """Return a scenario; options maps each strategy to its cost and its QALYs, as formulas."""
    lines = ["[decision]", f'comparator = "{next(iter(options))}"', decision]
    if len(options) > 2:
        lines.append(f'option = "{list(options)[1]}"')
    lines += ["[time]", 'discount = "none"']
    for name, entry in parameters.items():
        lines.append(f"[parameters.{name}]")
        lines.append(f'label = "The {name}"')
        if "expr" not in entry:
            lines.append('source = "invented"')
        lines.append(entry)
    for name, (cost, qaly) in options.items():
        lines.append(f"[tree.{name}_care]")
        lines.append(
            f'all = {{p = 1, cost = {{care = "{cost}"}}, qaly = "{qaly}", count = "seen"}}'
        )
    for name in options:
        lines.append(f'[strategies.{name}]\nlabel = "Care {name}"\nenters = "{name}_care"')
    return "\n".join([*lines, rest])


def scenario(
    options: Options,
    parameters: Mapping[str, str] | None = None,
    decision: str = "wtp = [20_000, 30_000]",
    rest: str = "",
) -> Scenario:
    return load_text(words(options, parameters or {}, decision, rest))


def context_of(
    made: Scenario, draws: int = 0, wtp: tuple[float, ...] = (20_000.0, 30_000.0), seed: int = 1
) -> Context:
    model = compile_model(made)
    sample, warnings = psa_sample(model, draws, seed, "random") if draws else (None, ())
    return Context(
        model, made, base_sample(model), sample, wtp, True, seed, draws, "random", warnings
    )


def run(
    options: Options,
    parameters: Mapping[str, str] | None = None,
    decision: str = "wtp = [20_000, 30_000]",
    rest: str = "",
    **settings: int,
) -> RunResult:
    return run_scenario(scenario(options, parameters, decision, rest), **settings)


def table(result: RunResult, name: str) -> list[dict[str, object]]:
    found = next(table for table in result.tables if table.name == name)
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def value(result: RunResult, quantity: str, **where: object) -> float | None:
    where.setdefault("basis", "deterministic")
    found = [
        q
        for q in result.quantities
        if q.quantity == quantity and all(getattr(q, k) == v for k, v in where.items())
    ]
    assert len(found) == 1, f"{quantity} {where}: {len(found)} found"
    return found[0].value
