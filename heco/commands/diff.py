"""``heco diff``: what changed between two scenarios, and what each change did to the answer."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from heco.diff.diff import Difference


class WtpPair(click.ParamType):  # type: ignore[type-arg]
    """One willingness to pay, or one before and one after: 20000 or 20000:25000."""

    name = "WTP[:WTP]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return the willingness to pay before and after."""
        if isinstance(value, tuple):
            return value
        parts = str(value).replace("_", "").split(":")
        try:
            numbers = [float(part) for part in parts]
        except ValueError:
            numbers = []
        if len(numbers) not in (1, 2) or not all(0 < n < math.inf for n in numbers):
            self.fail(f'"{value}" is no willingness to pay; write 20000 or 20000:25000', param, ctx)
        return numbers[0], numbers[-1]


@click.command()
@click.argument("before", type=click.Path(path_type=Path), metavar="A.toml")
@click.argument("after", type=click.Path(path_type=Path), metavar="B.toml")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/<A>-to-<B> if not given.",
)  # fmt: skip
@click.option(
    "--wtp", type=WtpPair(), multiple=True,
    help="Willingness to pay, or before:after; those that both state if not given.",
)  # fmt: skip
@click.option(
    "--quantity", "quantities", multiple=True, metavar="NAME",
    help="Number to explain, as in results.csv; the required gain or net benefit if not given.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def diff(
    before: Path,
    after: Path,
    output: Path | None,
    wtp: tuple[tuple[float, float], ...],
    quantities: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Say what changed from one scenario to another, and what each change did to the answer.

    The changes are made in every order and the effect of each is averaged, so that none is
    preferred and they add up to the difference.
    """
    from heco.errors import ScenarioError
    from heco.scenario.load import load

    scenarios, problems = [], []
    for path in (before, after):
        try:
            scenarios.append(load(path))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(problems)
    names = [scenario.name for scenario in scenarios]
    folder = output if output is not None else Path("outputs") / f"{names[0]}-to-{names[1]}"
    from heco.report.publish import ready

    ready(folder)  # before the work, not after it
    from heco.diff.diff import compare
    from heco.diff.publish import document, publish

    found = compare(scenarios[0], scenarios[1], wtp, quantities)
    files = publish(found, folder)
    if as_json:
        from heco.report.document import json_text

        there = {"folder": str(folder), "files": list(files)}
        click.echo(json_text({**document(found), **there}), nl=False)
    elif not quiet:
        _show(found, folder)
    return 0


def _show(found: Difference, folder: Path) -> None:
    """Print the comparison for people."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from heco.diff import tables
    from heco.report.terminal import console

    to = console()

    def say(text: str, style: str = "", lead: str = "  ") -> None:
        for i, line in enumerate(textwrap.wrap(text, to.width - 4, break_on_hyphens=False)):
            to.print(Text((lead if i == 0 else " " * len(lead)) + line, style=style))

    to.print()
    say(f"From {found.before.name} to {found.after.name}", "bold", "")
    to.print()
    for change in found.changes:
        quiet = "" if change.moves else " (words only)"
        say(f"{change.label}{quiet}: {change.what}. {change.before}  →  {change.after}", "", "  · ")
    if not found.changes:
        say("The inputs are the same.")
    for waterfall in found.waterfalls:
        to.print()
        say(tables.what(found, waterfall), "bold", "")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
                      show_edge=False, show_header=False)  # fmt: skip
        table.add_column("", max_width=to.width - 32, overflow="fold")
        table.add_column("", justify="right")
        table.add_column("", justify="right")
        first, last = (tables.show(found, waterfall, v)
                       for v in (waterfall.before, waterfall.after))  # fmt: skip
        table.add_row(Text(found.before.name, style="bold"), "", Text(first))
        at = waterfall.before
        for change, share in waterfall.steps:
            at += share.effect
            effect = tables.show(found, waterfall, share.effect, signed=True)
            table.add_row(Text(change.label), Text(effect), Text(tables.show(found, waterfall, at)))
        table.add_row(Text(found.after.name, style="bold"), "", Text(last))
        to.print(table)
    for note in found.notes:
        to.print()
        say(note, "yellow", "  ! ")
    to.print()
    to.print(Text(f"Page  {folder / 'report.html'}", style="bold"), soft_wrap=True)
