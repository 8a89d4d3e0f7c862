"""What can be wrong with what a person wrote, said so that the person can mend it.

Only `ScenarioError` is ever caught (the command line turns it into exit code 2). A bug shows its
traceback: hiding it behind a friendly sentence would help nobody.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

#: The one tolerance that "sums to 1" means everywhere in heco.
SUM_TOLERANCE = 1e-9
#: Names that a misspelt one is compared with, and their letters.
_MOST_COMPARED, _MOST_LETTERS = 5_000, 100
#: The longest line of a message. [characters]
_LONGEST = 1_000


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it is, and what to try.

    Parameters
    ----------
    what : str
        A sentence: the value found, and what is allowed.
    where : str
        The place as the author wrote it, for example ``[transitions.well] dead``.
    hint : str
        What to try, as a sentence; empty if there is nothing better to say.
    file : str
        The file, as named by the author; empty if the text came from no file.
    line : int or None
        Line in the file, counted from 1, where it could be found.
    """

    what: str
    where: str = ""
    hint: str = ""
    file: str = ""
    line: int | None = None

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
        first = "  ".join(part for part in (place, self.where) if part)
        lines = [first] if first else []
        lines += [f"  {line}" for line in self.what.splitlines()]
        lines += [f"  {line}" for line in self.hint.splitlines()]
        return "\n".join(map(_cut, lines))


def _cut(line: str) -> str:
    """Return a line that somebody can read: what is quoted may be as long as a file."""
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 200]} ... {line[-200:]}"


class ScenarioError(Exception):
    """The input cannot be used; every problem found is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(what: str, where: str = "", hint: str = "") -> ScenarioError:
    """Return the error for a single problem (for ``raise refuse(...)``)."""
    return ScenarioError([Problem(what, where, hint)])


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return ``Did you mean "x"?``, or the list of what is allowed, or nothing at all."""
    names = sorted(allowed)
    # Comparing takes time that grows with every letter of every name; slips are made in short ones.
    short = [name for name in names[:_MOST_COMPARED] if len(name) <= _MOST_LETTERS]
    near = difflib.get_close_matches(word[:_MOST_LETTERS], short, n=1, cutoff=0.6)
    if near:
        return f'Did you mean "{near[0]}"?'
    if 0 < len(names) <= 12:
        return "Allowed: " + ", ".join(names) + "."
    return ""
