"""``heco batch``: one scenario for many places."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heco.commands.run import Bar

if TYPE_CHECKING:
    from rich.console import Console

    from heco.batch.batch import Batch
    from heco.scenario.scenario import Scenario

#: Areas whose numbers fit on a screen; the page has all.
_MOST_ROWS = 30
#: Room for the name of an area. [characters]
_NAME = 32


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("areas", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/<scenario name>-areas if not given.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as one JSON document.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--draws", type=click.IntRange(min=0), help="Draws instead of the scenario's own.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=lambda: os.cpu_count() or 1,
    show_default="all processors", help="Processes to use; results do not depend on it.",
)  # fmt: skip
@click.option("--report/--no-report", default=True, show_default=True,
              help="Write report.html and tables for each area.")  # fmt: skip
@click.option("--full", is_flag=True,
              help="Answer every question for each area and draw its figures; slower.")  # fmt: skip
@click.option("--force", is_flag=True,
              help="Go on although the model fails a check; every page then says so.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def batch(
    file: Path,
    areas: Path,
    output: Path | None,
    as_json: bool,
    seed: int | None,
    draws: int | None,
    jobs: int,
    report: bool,
    full: bool,
    force: bool,
    quiet: bool,
) -> int:
    """Run a scenario for every row of a table of AREAS, and compare them.

    A column of the table is called by the name of a parameter and holds its value there. A batch
    that was stopped goes on where it was if the same command is given again. An area that cannot
    be run stops no other; it is listed at the end, and the exit code is then 1.

    Before anything else the model is tried once on what must be true of every model (see heco
    verify). If a check fails nothing is written and the exit code is 1.
    """
    from heco.scenario.load import load

    scenario = load(file)
    folder = output if output is not None else Path("outputs") / f"{scenario.name}-areas"
    from heco.batch.batch import Asked, checked, run_batch
    from heco.commands.run import refused

    with Bar(shown=not quiet) as bar:
        bar.tell("checks that every model must pass", 0, 1)
        warnings = checked(scenario)
        if warnings and not force:
            return refused(warnings)
        asked = Asked(jobs, draws, seed, report, full, warnings)
        done = run_batch(scenario, areas, folder, asked, progress=bar.tell)
    if as_json:
        click.echo(_json(scenario, done), nl=False)
    elif not quiet:
        _show(scenario, done)
    if done.failed:
        _complain(done)
        return 1
    return 0


def _json(scenario: Scenario, done: Batch) -> str:
    from heco.report.areas_page import said
    from heco.report.document import json_text, plain

    table = done.comparison
    return json_text(
        {
            "scenario": scenario.name,
            "folder": str(done.folder),
            "files": list(done.files),
            "areas": [
                plain(dict(zip((c.name for c in table.columns), row, strict=True)))
                for row in table.rows
            ],
            "failed": {name: [said(p) for p in found] for name, found in done.failed.items()},
        }
    )


def _show(scenario: Scenario, done: Batch) -> None:
    """Print the comparison for people."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from heco.report import numbers
    from heco.report.areas_page import answer, leading
    from heco.report.terminal import console

    to: Console = console()
    shown = leading(done.measured)
    names = [column.name for column in done.comparison.columns]
    rows = [dict(zip(names, row, strict=True)) for row in done.comparison.rows]
    to.print()
    said = answer(scenario, rows, shown, len(done.failed))
    for line in textwrap.wrap(said, to.width - 2, break_on_hyphens=False):
        to.print(Text(f"  {line}", style="bold cyan"))
    to.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    each = max(8, (to.width - _NAME) // max(len(shown), 1) - 2)
    table.add_column(Text("Area"), vertical="bottom", max_width=_NAME, overflow="fold")
    for m in shown:
        table.add_column(Text(m.heading), justify="right", vertical="bottom", max_width=each)
    currency = scenario.decision.currency
    for r in rows[:_MOST_ROWS]:
        cells = [numbers.show(r[m.column], m.kind, currency) for m in shown]
        table.add_row(Text(r["area"]), *map(Text, cells))
    if rows:
        to.print(table)
    if len(rows) > _MOST_ROWS:
        to.print(f"and {len(rows) - _MOST_ROWS} more areas in comparison.csv")
    if done.reused:
        again = "area was" if done.reused == 1 else "areas were"
        to.print(f"{done.reused} {again} finished before and not run again.")
    to.print()
    to.print(Text(f"Comparison  {done.folder / 'index.html'}", style="bold"), soft_wrap=True)
    to.print(Text(f"Areas       {done.folder / 'areas'}"), soft_wrap=True)


def _complain(done: Batch) -> None:
    """List on standard error which areas could not be run, and why."""
    for name, problems in done.failed.items():
        click.secho(f"{name} was not run:", err=True, bold=True)
        for problem in problems:
            click.echo("\n".join(f"  {line}" for line in str(problem).splitlines()), err=True)
    count = len(done.failed)
    click.echo(f"{count} area{'' if count == 1 else 's'} could not be run.", err=True)
