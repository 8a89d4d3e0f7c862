"""``heco threshold``: at which values of an input the decision changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heco.commands.options import Common, Finite, Progress, common, deliver, wtp_option
from heco.errors import refuse

if TYPE_CHECKING:
    from heco.result import RunResult
    from heco.scenario.schema_analysis import Solve, Threshold


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("parameters", nargs=-1, metavar="[PARAMETER]...")
@click.option("--low", type=Finite(), help="Lowest value to look at.")
@click.option("--high", type=Finite(), help="Highest value to look at.")
@click.option(
    "--assurance", is_flag=True,
    help="Also where it is worth its cost on average and with 50, 80 and 90% probability, given "
    "how unsure everything else is.",
)  # fmt: skip
@wtp_option
@common("threshold", "Draws for --assurance instead of the scenario's own.")
def threshold(
    file: Path,
    parameters: tuple[str, ...],
    low: float | None,
    high: float | None,
    assurance: bool,
    wtp: list[float],
    own: Common,
) -> int:
    """Solve for the values of each PARAMETER at which the decision changes.

    Without parameters, for those of [analysis] threshold in FILE.
    """
    from heco.scenario.load import load

    ends = {key: value for key, value in (("low", low), ("high", high)) if value is not None}
    if ends and len(parameters) != 1:
        hint = "Run the command once for each parameter."
        raise refuse("--low and --high are about one parameter", "the command line", hint)
    # Where the file says where to look for a parameter, that holds here as well.
    own_words = load(file).analysis.threshold
    known = {item.parameter: item.model_dump(exclude_none=True) for item in _solve(own_words)}
    solve = [{**known.get(name, {"parameter": name}), **ends} for name in parameters]
    solve = solve or list(known.values())
    if not solve:
        hint = f"heco threshold {file} PARAMETER, or write [analysis] threshold in the file."
        raise refuse("nothing says what to solve for", "the command line", hint)
    ask: dict[str, dict[str, Any]] = {"analysis": {"threshold": {"solve": solve}}}
    if assurance:
        ask["analysis"] |= {"assurance": {"solve": solve}, "psa": {}}
    if wtp:
        ask["decision"] = {"wtp": sorted(set(wtp))}
    scenario = load(file, ask=ask)

    def compute(tell: Progress) -> RunResult:
        from heco.analysis import run_scenario

        only = ("threshold", "inputs", *(("assurance",) if assurance else ()))
        draws = own.draws if assurance else 0
        return run_scenario(
            scenario, draws=draws, seed=own.seed, progress=tell, jobs=own.jobs, only=only
        )

    return deliver(own, scenario.name, "threshold", compute)


def _solve(asked: Threshold | None) -> tuple[Solve, ...]:
    return asked.solve if asked is not None else ()
