"""``heco reconcile``: which published figures agree, and what would make the others agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from heco.commands.run import Bar

if TYPE_CHECKING:
    from rich.console import Console

    from heco.analysis import Progress
    from heco.report.publish import Publication
    from heco.result import Quantity, RunResult
    from heco.scenario.scenario import Scenario

#: Analyses that are enough for most published figures.
_QUICK = ("required_gain", "base_case", "totals", "pathway", "budget")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/<scenario name>-reconcile if not given.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--strict", is_flag=True, help="End with 1 if a published figure does not agree.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def reconcile(
    file: Path, output: Path | None, as_json: bool, strict: bool, seed: int | None, quiet: bool
) -> int:
    """Say which published figures agree, and what would make the others agree.

    The figures are those under [published]; the inputs that the source does not print are named
    under [analysis.reconcile]. For each of them, every range is found in which the figures agree:
    implied by the figures, not measured.
    """
    from heco.report.publish import publish, ready
    from heco.scenario.load import load

    scenario = load(file)
    folder = output if output is not None else Path("outputs") / f"{scenario.name}-reconcile"
    ready(folder)
    with Bar(shown=not quiet) as bar:
        answered = _answer(scenario, seed, bar.tell)
        written = publish(answered, folder, progress=bar.tell)
    if as_json:
        from heco.report.document import document, json_text

        about = {"folder": str(written.folder), "files": list(written.files)}
        click.echo(json_text({**document(answered), **about}), nl=False)
    elif not quiet:
        from heco.report.terminal import console

        _show(answered, console(), written)
    return int(strict and bool(answered.results[0].data["disagreeing"]))


def _answer(scenario: Scenario, seed: int | None, tell: Progress) -> RunResult:
    from heco.analysis import finished, prepared, run_scenario
    from heco.analysis import reconcile as question
    from heco.analysis.published import match
    from heco.errors import refuse

    if not scenario.published:
        raise refuse(
            "there is no published figure to reconcile", "[published]",
            'Write [published.NAME] with quantity = "..." and printed = "...".',
        )  # fmt: skip
    known: list[Quantity] = run_scenario(scenario, draws=0, seed=seed, only=_QUICK).quantities
    if any(match(known, figure)[0] is None for figure in scenario.published.values()):
        known = run_scenario(scenario, seed=seed, progress=tell).quantities
        known = [quantity for quantity in known if quantity.basis != "published"]
    context = prepared(scenario, 0, seed, 1, lambda what: tell(what, 1, 3))
    tell("what the figures imply", 2, 3)
    return finished(context, [question.run(context, known)])


def _show(run: RunResult, to: Console, written: Publication) -> None:
    """Print what was found."""
    from rich.padding import Padding
    from rich.text import Text

    to.print()
    to.print(Text(run.title, style="bold"))
    for number, sentence in enumerate(run.results[0].headline):
        style = "bold cyan" if number == 0 else ""
        to.print(Padding(Text(sentence, style=style), (1, 0, 0, 2)))
    for warning in run.warnings:
        to.print(Text(f"  ! {warning}", style="yellow"))
    to.print()
    # A path is never broken: people copy it.
    to.print(Text(f"Report  {written.folder / 'report.html'}", style="bold"), soft_wrap=True)
