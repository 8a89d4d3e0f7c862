"""What was found wrong, and the words for where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from heco.scenario.toml_positions import Place, Position

#: Sections whose entries have names, and those whose entries hold named rows of their own.
NAMED = ("parameters", "correlations", "states", "strategies", "measures", "published", "study",
         "groups")  # fmt: skip
NESTED = ("tree", "transitions")
#: Sections that are one table of settings; they merge key by key.
SETTINGS = ("decision", "time", "population", "prices", "checks", "analysis", "reporting", "review")

#: In the order in which a reader wants them.
SECTIONS = (
    "decision", "time", "population", "groups", "prices", "parameters", "correlations", "tree",
    "states", "transitions", "strategies", "checks", "measures", "published", "study", "analysis",
    "reporting", "review",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """Something wrong, or worth a look, at a place of the scenario.

    Parameters
    ----------
    place : tuple of str
        Path of keys: ``("transitions", "well", "dead")``.
    what : str
        A sentence: the value found, and what is allowed.
    hint : str
        What to try, as a sentence.
    warning : bool
        True if the scenario can be used all the same.
    """

    place: Place
    what: str
    hint: str = ""
    warning: bool = False


Findings = Iterator[Finding]


@dataclass(frozen=True, eq=False)
class Source:
    """One text that was read.

    Parameters
    ----------
    label : str
        The file as the author names it; empty if the text came from no file.
    folder : Path or None
        Where the files that it names are looked for, symbolic links resolved.
    positions : mapping
        Where each of its keys stands.
    """

    label: str = ""
    folder: Path | None = None
    positions: Mapping[Place, Position] = field(default_factory=dict)

    def position(self, place: Place) -> Position | None:
        """Return where a place stands, or else the nearest place around it."""
        for length in range(len(place), 0, -1):
            found = self.positions.get(place[:length])
            if found:
                return found
        return None


def where(place: Place, header: Place | None = None) -> str:
    """Return a place as its author would look for it: ``[transitions.well] dead``.

    Parameters
    ----------
    place : tuple of str
        Path of keys.
    header : tuple of str or None
        The table header above it in the file; None if it is nowhere to be found.
    """
    if not place:
        return ""
    if header is None or header != place[: len(header)]:
        header = place[:1] if place[0] in SETTINGS else place[:2]
    if not header and place[0] in SECTIONS:
        header = place[:1]
    keys = place[len(header) :]
    path = ""
    for key in keys:
        path += f"[{key}]" if key.isdigit() else f".{key}" if path else key
    head = f"[{'.'.join(header)}]" if header else ""
    return f"{head} {path}".strip()
