"""`heco run FILE`: compute a scenario, write its folder, print the answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

#: Work that is done within this time shows no bar. [seconds]
PATIENCE = 1.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Folder instead of outputs/NAME."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--draws", type=click.IntRange(min=0), help="Number of draws; 0 for none.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Processes to use.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def run(
    file: Path,
    output: Path | None,
    as_json: bool,
    seed: int | None,
    draws: int | None,
    jobs: int,
    quiet: bool,
) -> None:
    """Answer the questions of a scenario.

    Writes report.html, results.csv, tables, figures and run.json under outputs/NAME/, whole or
    not at all.
    """
    from heco.analysis import run_scenario
    from heco.report import document, publish, terminal
    from heco.scenario.load import load

    with _progress(quiet) as tell:
        result = run_scenario(load(file), draws=draws, seed=seed, progress=tell)
        folder = output or Path("outputs") / result.name
        publish.publish(result, folder)
    if as_json:
        click.echo(document.json_text(document.document(result)), nl=False)
    elif not quiet:
        from rich.console import Console

        terminal.show(result, Console(highlight=False), folder)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Yield what to tell about progress: a bar on standard error, if somebody is watching."""
    if quiet or not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import Progress

    began = monotonic()
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False, total=None)

        def tell(what: str, done: int, total: int) -> None:
            visible = monotonic() - began > PATIENCE
            bar.update(task, description=what, completed=done, total=total, visible=visible)

        yield tell
