"""The command line: the only place that prints.

Commands are listed in `COMMANDS` and imported when they are asked for, so that ``heco --help``
and ``heco check`` start at once. Exit codes are a contract with scripts: 0 done, 1 done and
something that was asked to hold did not, 2 the input cannot be used, 130 interrupted. A bug is a
traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from heco.errors import ScenarioError, did_you_mean
from heco.version import __version__

#: Name -> where the command is ("module:attribute"), what it does in one line.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("heco.commands.init:init", "Write a working scenario to begin with."),
    "check": ("heco.commands.check:check", "Read a scenario and list everything wrong with it."),
    "show": ("heco.commands.show:show", "Print a scenario, merged, with where each entry is from."),
    "schema": ("heco.commands.schema:schema", "Print the JSON Schema of scenarios, for editors."),
    "run": ("heco.commands.run:run", "Answer the questions of a scenario."),
    "batch": ("heco.commands.batch:batch", "Run a scenario for every row of a table of areas."),
    "voi": ("heco.commands.voi:voi", "What should be found out first, and is a study worth it?"),
    "diff": ("heco.commands.diff:diff", "Say what changed between two scenarios, and what it did."),
    "verify": ("heco.commands.verify:verify", "Try what must be true of every model on this one."),
    "reconcile": (
        "heco.commands.reconcile:reconcile",
        "Say what would make published figures agree.",
    ),
    "psa": ("heco.commands.psa:psa", "Say how sure an answer is; reads other programs' draws."),
    "tornado": ("heco.commands.tornado:tornado", "Move each input to both ends of its range."),
    "threshold": (
        "heco.commands.threshold:threshold",
        "Solve for the values at which the decision changes.",
    ),
    "sensitivity": (
        "heco.commands.sensitivity:sensitivity",
        "Share out the uncertainty among the inputs.",
    ),
    "explain": ("heco.commands.explain:explain", "Print where a number comes from."),
    "meta": ("heco.commands.meta:meta", "Pool studies: one effect, and how much they differ."),
    "gallery": ("heco.commands.gallery:gallery", "Draw every kind of figure on one page."),
}


class Commands(click.Group):
    """A group whose commands are imported one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for, or say which one may have been meant."""
        word = args[0]
        if word not in COMMANDS and not word.startswith("-"):
            ctx.fail(f'There is no command "{word}". {did_you_mean(word, COMMANDS)}'.strip())
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> None:
        """Run a command and leave with its exit code."""
        extra.pop("standalone_mode", None)
        sys.exit(self._run(args, prog_name, extra))

    def _run(self, args: Sequence[str] | None, prog_name: str | None, extra: Any) -> int:
        try:
            code = super().main(args, prog_name or "heco", standalone_mode=False, **extra)
        except ScenarioError as error:
            complain(error)
            return 2
        except click.ClickException as error:
            error.show()
            return error.exit_code
        except click.Abort:
            click.echo("Interrupted.", err=True)
            return 130
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # Whoever read our output has seen enough (heco show | head). Python would complain
            # once more when it closes the pipe; let it close something else.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return code if isinstance(code, int) else 0


def complain(error: ScenarioError) -> None:
    """Print every problem on standard error."""
    for problem in error.problems:
        first, *lines = str(problem).splitlines() or [""]
        if not problem.where and not problem.file:
            lines.insert(0, first)
            first = ""
        if first:
            click.secho(first, err=True, color=_colour(), bold=True)
        hints = len(problem.hint.splitlines())
        for number, line in enumerate(lines):
            is_hint = len(lines) - number <= hints
            click.secho(line, err=True, color=_colour(), fg="cyan" if is_hint else "red")
        click.echo(err=True)
    count = len(error.problems)
    click.echo(f"{count} problem{'' if count == 1 else 's'}; nothing was computed.", err=True)


def _colour() -> bool | None:
    """Return False if the reader wants no colours; None leaves it to the terminal."""
    return False if os.environ.get("NO_COLOR") else None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="heco", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Health-economic decision models from one readable file.

    What must a programme achieve to be worth its cost? A scenario is a TOML file; heco checks it,
    computes it and writes a report.
    """
    ctx.color = _colour()


def main() -> None:
    """Run the command line (the entry point that is installed)."""
    cli.main()
