"""What every command that computes has in common: its options, and where its results go.

A command that answers one kind of question writes its own folder, ``outputs/NAME-COMMAND/``: a
folder of results is replaced as a whole, and the answer to a small question must not take the place
of a full report.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heco.commands.run import Bar

if TYPE_CHECKING:
    from heco.result import RunResult

#: Told what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Common:
    """The options that every command has.

    Parameters
    ----------
    output : Path or None
        Folder to write.
    as_json : bool
        Whether the results go to standard output as one JSON document.
    seed, draws : int or None
        Instead of the scenario's own.
    jobs : int
        Most processes to use.
    quiet : bool
        Whether nothing but problems is printed.
    """

    output: Path | None
    as_json: bool
    seed: int | None
    draws: int | None
    jobs: int
    quiet: bool


def common(
    command: str, draws: str = "Draws instead of the scenario's own."
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Give a command the options of all commands; it receives them as one `Common`.

    Parameters
    ----------
    command : str
        Its name, for the folder that it writes.
    draws : str
        What ``--draws`` means.
    """
    options = (
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
            help=f"Folder to write; outputs/NAME-{command} if not given.",
        ),
        click.option(
            "--json", "as_json", is_flag=True, help="Print the results as one JSON document."
        ),
        click.option(
            "--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own."
        ),
        click.option("--draws", type=click.IntRange(min=2), help=draws),
        click.option(
            "--jobs", type=click.IntRange(min=1), default=1, show_default=True,
            help="Processes to use; results do not depend on it.",
        ),
        click.option("--quiet", is_flag=True, help="Print nothing but problems."),
    )  # fmt: skip

    def decorated(function: Callable[..., int]) -> Callable[..., int]:
        @functools.wraps(function)
        def called(**given: Any) -> int:
            own = Common(**{field.name: given.pop(field.name) for field in fields(Common)})
            return function(own=own, **given)

        wrapped: Callable[..., int] = called
        for option in reversed(options):
            wrapped = option(wrapped)
        return wrapped

    return decorated


class Finite(click.FloatRange):
    """A number, between bounds if there are any; "nan" and "inf" are none."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or say what is wrong with it."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def words(_: click.Context, __: click.Parameter, given: Sequence[str]) -> list[str]:
    """Return words that are given one by one, separated by commas, or both."""
    return [word.strip() for item in given for word in item.split(",") if word.strip()]


def numbers(context: click.Context, option: click.Parameter, given: Sequence[str]) -> list[float]:
    """Return numbers that are given one by one, separated by commas, or both; 20_000 is one."""
    found = []
    for word in words(context, option, given):
        try:
            found.append(float(word))
        except ValueError:
            found.append(math.nan)
        if not math.isfinite(found[-1]):
            raise click.BadParameter(f'"{word}" is not a number', context, option)
    return found


wtp_option = click.option(
    "--wtp", multiple=True, callback=numbers, metavar="AMOUNT",
    help="Willingness to pay for a QALY, one or several: --wtp 20000,30000.",
)  # fmt: skip


def settings(**given: Any) -> dict[str, Any]:
    """Return the settings that were given on the command line, without those left out."""
    return {key: value for key, value in given.items() if value not in (None, [], ())}


def deliver(own: Common, name: str, command: str, compute: Callable[[Progress], RunResult]) -> int:
    """Compute, write the folder, and print.

    Parameters
    ----------
    own : Common
        The options of the command.
    name : str
        Of the scenario, or of the file.
    command : str
        Which command it is.
    compute : callable
        Takes what to tell of progress; returns the results.

    Returns
    -------
    int
        The exit code.
    """
    from heco.report.publish import publish, ready

    folder = own.output if own.output is not None else Path("outputs") / f"{name}-{command}"
    ready(folder)  # before the work, not after it
    with Bar(shown=not own.quiet) as bar:
        answered = compute(bar.tell)
        written = publish(answered, folder, progress=bar.tell)
    if own.as_json:
        from heco.report.document import document, json_text

        files = {"folder": str(written.folder), "files": list(written.files)}
        click.echo(json_text({**document(answered), **files}), nl=False)
    elif not own.quiet:
        from heco.report.screens import show
        from heco.report.terminal import console

        show(answered, console(), written)
    return 0
