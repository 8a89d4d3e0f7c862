"""``heco verify``: what must be true of every model, tried on this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from heco.commands.run import Bar

if TYPE_CHECKING:
    from rich.console import Console

    from heco.verify import Certificate

#: How a status looks on a terminal; the word says it as well.
_STYLES = {"pass": "green", "fail": "bold red", "not applicable": "dim"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/NAME-verify if not given.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--draws", type=click.IntRange(min=0), default=1_000, show_default=True,
              help="Draws of the checks on uncertainty; 0 leaves them out.")  # fmt: skip
@click.option("--only", metavar="V5,V12", default="", help="These checks only.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def verify(
    file: Path,
    output: Path | None,
    as_json: bool,
    seed: int | None,
    draws: int,
    only: str,
    quiet: bool,
) -> int:
    """Try on a scenario what must be true of every model, and write a certificate.

    Each check alters the scenario in a way whose effect is known, runs it again and compares. A
    check passes, fails with the size of the misfit, or does not apply, with the reason. The exit
    code is 1 if a check fails.
    """
    from heco.errors import refuse
    from heco.scenario.load import load

    if draws == 1:
        raise refuse("1 draw has no spread", "--draws", "Give 0 for none at all.")
    scenario = load(file)
    folder = output if output is not None else Path("outputs") / f"{scenario.name}-verify"
    from heco.report.publish import ready

    ready(folder)
    from heco.verify import CHECKS
    from heco.verify import verify as perform
    from heco.verify.certify import chosen
    from heco.verify.publish import document, publish

    checks = chosen(only.split(",")) if only else CHECKS
    with Bar(shown=not quiet) as bar:
        found = perform(scenario, checks=checks, draws=draws, seed=seed, progress=bar.tell)
    written = publish(found, folder)
    if as_json:
        from heco.report.document import json_text

        files = {"folder": str(folder), "files": list(written)}
        click.echo(json_text({**document(found), **files}), nl=False)
    elif not quiet:
        from heco.report.terminal import console

        _show(found, console(), folder, written)
    return 1 if found.failed else 0


def _show(found: Certificate, to: Console, folder: Path, written: tuple[str, ...]) -> None:
    """Print the certificate for people."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from heco.report.sections.verification import misfit, shown_limit
    from heco.report.terminal import say_to
    from heco.verify import certificate

    made = certificate(found)
    to.print()
    say_to(to, found.title, "bold")
    for number, sentence in enumerate(made.headline):
        colour = ("bold red" if found.failed else "bold cyan") if number == 0 else ""
        say_to(to, sentence, colour, lead="  ")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(Text("Check"), no_wrap=True)
    table.add_column(Text("What must hold"), ratio=1, overflow="fold")
    table.add_column(Text("Result"), no_wrap=True)
    table.add_column(Text("Misfit"), justify="right", no_wrap=True)
    table.add_column(Text("At most"), justify="right", no_wrap=True)
    for check, verdict in found.verdicts:
        what = Text(check.title)
        if verdict.where and verdict.status == "fail":
            what.append(f"\nAt: {verdict.where}", style="red")
        if verdict.reason:
            what.append(f"\n{verdict.reason}", style="dim")
        row = {"size": verdict.size, "tolerance": check.tolerance, "unit": check.unit}
        tried = verdict.size is not None
        table.add_row(
            Text(check.name), what, Text(verdict.status, style=_STYLES[verdict.status]),
            Text(misfit(row) if tried else ""), Text(shown_limit(row) if tried else ""),
        )  # fmt: skip
    to.print()
    to.print(table)
    to.print()
    to.print(Text(f"Certificate  {folder / written[0]}", style="bold"), soft_wrap=True)
