"""Judgements of the risk of bias, study by study and domain by domain: shown, never weighed.

The words are those of RoB 2 (low, some concerns, high), of the older Cochrane tool (low, unclear,
high), of ROBINS-I and of QUADAS-2; what is not reported is "no information" or an empty cell.

References
----------
Sterne et al. (2019), BMJ 366:l4898 (RoB 2); Higgins et al. (2011), BMJ 343:d5928; Sterne et al.
(2016), BMJ 355:i4919 (ROBINS-I); Whiting et al. (2011), Ann Intern Med 155:529-536 (QUADAS-2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.csvfile import read_csv

#: Every judgement, from the best to the worst; the last two say that nobody knows.
JUDGEMENTS = (
    "low", "moderate", "some concerns", "unclear", "high", "serious", "critical", "no information",
    "",
)  # fmt: skip
#: Those that a reader must hear of.
GRAVE = ("high", "serious", "critical")
#: How the column of the overall judgement may be called.
OVERALL = "overall"
#: Columns of the studies' own file that hold judgements begin so.
PREFIX = "rob_"
_MISSING = ("", "na", "n/a", "nr", ".", "ni", "nan")
_NOT_DOMAINS = ("study", "weight", "note", "source", "year", "author")


@dataclass(frozen=True)
class Judgements:
    """What was judged.

    Parameters
    ----------
    study : tuple of str
        The studies.
    domains : tuple of str
        The domains, in words; an overall judgement stands last.
    words : tuple of tuple of str
        By study and domain, each one of `JUDGEMENTS`.
    """

    study: tuple[str, ...]
    domains: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    def of(self, domain: int) -> list[str]:
        """Return the judgements of one domain."""
        return [row[domain] for row in self.words]

    @property
    def overall(self) -> bool:
        """Whether the last domain is the judgement of the whole study."""
        return bool(self.domains) and self.domains[-1].lower() == OVERALL

    @property
    def grave(self) -> int:
        """Studies with a high risk: overall if that was judged, else in any domain."""
        rows = [row[-1:] if self.overall else row for row in self.words]
        return sum(any(word in GRAVE for word in row) for row in rows)


def judgements(
    study: Sequence[str], columns: Mapping[str, Sequence[str]], file: str = ""
) -> Judgements:
    """Return judgements from columns of text.

    Parameters
    ----------
    study : sequence of str
        The studies.
    columns : mapping of str to sequence of str
        Name of each domain -> its cells.
    file : str
        Where they stand, for messages.

    Raises
    ------
    ScenarioError
        With every word that is no judgement.
    """
    names = sorted(columns, key=lambda name: _domain(name).lower() == OVERALL)
    wrong = [
        Problem(what, column, hint, file)
        for column in names
        for cell, name in zip(columns[column], study, strict=True)
        for what, hint in _faults(cell, name)
    ]
    if wrong:
        raise ScenarioError(wrong)
    cells = [list(map(_word, columns[column])) for column in names]
    rows = tuple(zip(*cells, strict=True))
    return Judgements(tuple(study), tuple(map(_domain, names)), rows)


def read_judgements(path: str | Path, name: str = "") -> Judgements:
    """Return the judgements of a file: a column ``study``, and one for each domain.

    Parameters
    ----------
    path : str or Path
        CSV; ``weight``, ``note``, ``source``, ``year`` and ``author`` are no domains.
    name : str
        What the author calls it; the path itself if empty.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    sheet = read_csv(path, name, by_hand=True)
    first = next((c for c in sheet.columns if c.lower() == "study"), "study")
    sheet.require([first])
    domains = [c for c in sheet.columns if c.lower() not in _NOT_DOMAINS]
    if not domains:
        sheet.problem("there is no domain", hint="Give a column for each domain that was judged.")
    sheet.finish()
    at = sheet.columns.index
    columns = {c: [row[at(c)] for row in sheet.rows] for c in domains}
    for column, cells in columns.items():
        for row, cell in enumerate(cells):
            for what, hint in _faults(cell, sheet.rows[row][at(first)]):
                sheet.problem(what, row, column, hint)
    sheet.finish()
    return judgements([row[at(first)] for row in sheet.rows], columns, sheet.file)


def _domain(column: str) -> str:
    words = column.removeprefix(PREFIX).replace("_", " ").replace(".", " ").strip()
    return words if len(words) > 3 or words.isupper() else words.capitalize()


def _word(cell: str) -> str:
    """Return a judgement as it is known; empty if there is none."""
    word = " ".join(cell.lower().split())
    return "" if word in _MISSING else word


def _faults(cell: str, study: str) -> list[tuple[str, str]]:
    """Return what is wrong with the word in a cell: sentence and hint."""
    word = _word(cell)
    if word in JUDGEMENTS:
        return []
    hint = did_you_mean(word, [known for known in JUDGEMENTS if known])
    return [(f'"{cell}" is no judgement of {study}', hint)]
