"""What ``heco run`` prints: the question, the answer, the key table, warnings, where the files are.

The same sentences and the same table as the report. Lines are as long as the terminal is wide;
colours are used on a terminal only, and never alone.
"""

from __future__ import annotations

import os
import sys
import textwrap
from functools import partial
from typing import TYPE_CHECKING, TextIO

from heco.report import numbers, reading, summary
from heco.result import RunResult

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from heco.report.publish import Publication

_WIDEST = 100
#: Room for the name of a row, for a number at least and at most, and between columns. [characters]
_LABEL, _NUMBER, _WIDE, _GAP = 32, 10, 12, 2
#: Inputs solved for that are said; the report has all.
_MOST_SOLVED = 4
#: Questions whose answer is a sentence that neither the answer nor the key table holds.
_ASKED = ("threshold", "budget", "equity", "alternatives", "tornado", "voi")


def console(file: TextIO | None = None, stderr: bool = False, width: int | None = None) -> Console:
    """Return where to print: plain text unless it is a terminal, and never wider than is readable.

    Parameters
    ----------
    file : text stream, optional
        Instead of standard output.
    stderr : bool
        Standard error instead of standard output.
    width : int, optional
        Columns; otherwise those of the terminal, or 80. [characters]
    """
    from rich.console import Console

    stream = file or (sys.stderr if stderr else sys.stdout)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if encoding.lower().replace("-", "") != "utf8" and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")  # a terminal that lacks "−" or "£" must not stop a run
    made = Console(
        file=stream,
        width=width,
        highlight=False,
        markup=False,  # an author's "[b]" is text
        emoji=False,
        no_color=bool(os.environ.get("NO_COLOR")) or None,
        soft_wrap=False,
    )
    if width is None:
        made.width = min(made.width, _WIDEST)
    return made


def show(run: RunResult, to: Console, written: Publication | None = None) -> None:
    """Print a run for people.

    Parameters
    ----------
    run : RunResult
        What was computed.
    to : rich Console
        Where to print.
    written : Publication, optional
        Where the files are.
    """
    say = partial(say_to, to)
    to.print()
    say(run.title, "bold")
    if reading.question(run) != run.title:
        say(reading.question(run))
    to.print()
    say(reading.answer(run), "bold cyan", lead="  ")
    for condition in run.results[0].headline[1:] if run.results else ():
        say(condition, lead="  · ")
    for table in tables(run, to.width):
        to.print()
        to.print(table)
    if also := [sentence for name in _ASKED for sentence in _says(run, name)]:
        to.print()
        say("What else was asked", "bold")
        for sentence in also:
            say(sentence, lead="  · ")
    if warnings := reading.warnings(run):
        to.print()
        say("Before you use these figures", "bold yellow")
        for warning in warnings:
            say(warning, "yellow", lead="  ! ")
    counted = reading.result(run, "inputs")
    for sentence in counted.headline if counted is not None else ():
        to.print()
        say(sentence)
    if written is not None:
        to.print()
        # A path is never broken: people copy it.
        say(f"Report  {written.folder / 'report.html'}", "bold", wrapped=False)
        say(f"        and {len(written.files) - 1} more files beside it", wrapped=False)


def _says(run: RunResult, analysis: str) -> tuple[str, ...]:
    """Return what leads the answer to a question: a sentence, or one for each input solved for."""
    found = reading.result(run, analysis)
    if found is None:
        return ()
    return found.headline[: _MOST_SOLVED if analysis == "threshold" else 1]


def say_to(to: Console, text: str, style: str = "", lead: str = "", wrapped: bool = True) -> None:
    """Print a paragraph; further lines hang below the first letter, none ends in blanks."""
    from rich.text import Text

    lines = [lead + text]
    if wrapped:
        lines = textwrap.wrap(
            text, to.width, initial_indent=lead, subsequent_indent=" " * len(lead),
            break_long_words=True, break_on_hyphens=False,
        )  # fmt: skip
    for line in lines:
        to.print(Text(line, style=style), soft_wrap=True)


def tables(run: RunResult, width: int) -> list[Table]:
    """Return the key table for the terminal, in as many parts as its width needs.

    Parameters
    ----------
    width : int
        Columns of the terminal. [characters]
    """
    groups = summary.key_table(run)
    names = [reading.strategy(run, name) for name in reading.strategies(run)]
    abreast = max(1, min(len(names), (width - _LABEL) // (_NUMBER + _GAP)))
    return [
        _part(run, groups, names, range(first, min(first + abreast, len(names))), width)
        for first in range(0, len(names), abreast)
        if groups
    ]


def _heading(name: str, width: int) -> str:
    """Return a name whose long words may be broken after their hyphens, not in their midst."""
    return "\n".join(textwrap.wrap(name, width, break_on_hyphens=True))


def _part(
    run: RunResult, groups: list[summary.Group], names: list[str], part: range, width: int
) -> Table:
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    longest = max(len(word) for i in part for word in names[i].split() or [""])
    each = min(max(_WIDE, longest), (width - _LABEL) // len(part) - _GAP)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(Text("Base case"), width=width - (each + _GAP) * len(part))
    for i in part:
        table.add_column(
            Text(_heading(names[i], each)), justify="right", vertical="bottom", width=each,
            overflow="fold",
        )  # fmt: skip
    for group in groups:
        lines = [
            (line.label, [line.entries[i].text for i in part])
            for line in group.lines
            if any(line.entries[i].text != numbers.NOTHING for i in part)
        ]
        if lines:
            table.add_row(Text(group.title, style="bold"))
        for label, entries in lines:
            table.add_row(Padding(Text(label), (0, 0, 0, 2)), *map(Text, entries))
    return table
