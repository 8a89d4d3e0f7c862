"""``heco run``: answer the questions of a scenario and write the report."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Work that takes longer than this shows how far it is. [seconds]
PATIENCE = 1.0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/<scenario name> if not given.",
)  # fmt: skip
@click.option("--pdf", is_flag=True, help="Write both reports as PDF too (needs the extra: pdf).")
@click.option(
    "--word", is_flag=True,
    help="Write the report for those who decide as a Word document too (needs the extra: word).",
)  # fmt: skip
@click.option(
    "--excel", is_flag=True,
    help="Write the base case as a workbook with live formulas too (needs the extra: excel).",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--draws", type=click.IntRange(min=0), help="Draws instead of the scenario's own.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True,
    help="Processes to use; a single run fits in one.",
)  # fmt: skip
@click.option(
    "--force", is_flag=True,
    help="Write the report even if the model fails a check, stamped on each page.",
)  # fmt: skip
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def run(
    file: Path,
    output: Path | None,
    pdf: bool,
    word: bool,
    excel: bool,
    as_json: bool,
    seed: int | None,
    draws: int | None,
    jobs: int,
    force: bool,
    quiet: bool,
) -> int:
    """Answer the questions of a scenario and write the report.

    The folder is replaced as a whole when everything is done; a run that is stopped leaves the
    old results as they were. A folder that heco did not write is never touched.

    Before anything else the model is tried on what must be true of every model (see heco verify).
    If a check fails nothing is written and the exit code is 1.
    """
    from heco.scenario.load import load

    scenario = load(file)
    folder = output if output is not None else Path("outputs") / scenario.name
    from heco.report.publish import publish, ready

    forms = [form for form, asked in (("pdf", pdf), ("word", word)) if asked]
    ready(folder, forms)  # before the work, not after it
    if excel:
        from heco import workbook

        workbook.ready()
    from heco.analysis import run_scenario
    from heco.report.studio import Studio
    from heco.verify.certify import beside_a_run

    with Studio() as studio, Bar(shown=not quiet) as bar:
        bar.tell("checks that every model must pass", 0, 1)
        checked = beside_a_run(scenario)
        if checked.warnings and not force:
            return refused(checked.warnings)
        answered = run_scenario(scenario, draws=draws, seed=seed, progress=bar.tell, jobs=jobs)
        answered = replace(answered, results=(*answered.results, checked))
        beside = {workbook.FILE: workbook.beside(answered)} if excel else None
        written = publish(answered, folder, bar.tell, forms, studio.drawings, beside)
    if as_json:
        from heco.report.document import document, json_text

        files = {"folder": str(written.folder), "files": list(written.files)}
        click.echo(json_text({**document(answered), **files}), nl=False)
    elif not quiet:
        from heco.report.terminal import console, show

        show(answered, console(), written)
    return 0


def refused(warnings: Sequence[str]) -> int:
    """Say which checks failed, and that nothing was written."""
    for warning in warnings:
        click.echo(warning, err=True)
    click.echo(
        "Nothing was written. heco verify has the whole list; --force writes the report and stamps "
        "every page.", err=True,
    )  # fmt: skip
    return 1


class Bar:
    """A progress bar on standard error: on a terminal only, and only if the work takes a while."""

    def __init__(self, shown: bool = True) -> None:
        self.shown = shown and sys.stderr.isatty()
        self.since = time.monotonic()
        self.progress: Progress | None = None
        self.task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.progress is not None:
            self.progress.stop()

    def tell(self, what: str, done: int, total: int) -> None:
        """Show what is being done, and how much of it is."""
        if not self.shown or time.monotonic() - self.since < PATIENCE:
            return
        if self.progress is None:
            self._start()
        assert self.progress is not None
        assert self.task is not None
        self.progress.update(self.task, description=what, completed=done, total=total)

    def _start(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        from heco.report.terminal import console

        columns: tuple[Any, ...] = (
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )
        self.progress = Progress(*columns, console=console(stderr=True), transient=True)
        self.task = self.progress.add_task("", total=None)
        self.progress.start()
