"""``heco tornado``: which inputs move the answer most, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from heco.commands.options import Common, Finite, Progress, common, deliver, settings, words

if TYPE_CHECKING:
    from heco.result import RunResult

OUTCOMES = ("inmb", "incremental_cost", "incremental_qaly", "required_gain")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--outcome", type=click.Choice(OUTCOMES), help="What is measured.")
@click.option("--per", help="With required_gain: who it is counted per.")
@click.option("--wtp", type=Finite(), help="Willingness to pay for a QALY.")
@click.option("--strategy", help="Strategy compared with the comparator.")
@click.option(
    "--parameters", multiple=True, callback=words, metavar="NAME",
    help="Which parameters, one or several: --parameters uptake,price. All if not given.",
)  # fmt: skip
@click.option("--bars", type=int, help="How many bars are drawn.")
@common("tornado")
def tornado(
    file: Path,
    outcome: str | None,
    per: str | None,
    wtp: float | None,
    strategy: str | None,
    parameters: list[str],
    bars: int | None,
    own: Common,
) -> int:
    """Move each input of a scenario to both ends of its range, and see what that does.

    Settings of [analysis] tornado in FILE hold where no option says otherwise.
    """
    from heco.scenario.load import load

    asked = settings(
        outcome=outcome, per=per, wtp=wtp, strategy=strategy, parameters=parameters, bars=bars
    )
    scenario = load(file, ask={"analysis": {"tornado": asked}})

    def compute(tell: Progress) -> RunResult:
        from heco.analysis import run_scenario

        # Both ends of a range are values, not draws: none are made unless they are asked for.
        return run_scenario(
            scenario, draws=own.draws or 0, seed=own.seed, progress=tell, jobs=own.jobs,
            only=("tornado", "inputs"),
        )  # fmt: skip

    return deliver(own, scenario.name, "tornado", compute)
