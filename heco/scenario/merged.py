"""Entries with the file that wrote each, and what several files say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from heco.errors import Problem
from heco.scenario.places import SECTIONS, Finding, Source, where
from heco.scenario.toml_positions import Place

Key = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry as one file wrote it.

    Parameters
    ----------
    value : object
        What was written; None if the file dropped it.
    source : Source
        The file.
    replaced : frozenset of Entry
        The versions that this one stands for, however far back.
    """

    value: object
    source: Source
    replaced: frozenset[Entry] = frozenset()


@dataclass
class Merged:
    """Every entry of a scenario and of what it extends, each with the file that wrote it.

    Parameters
    ----------
    entries : dict
        (section, name) -> `Entry`, dropped ones left out; names in order of first appearance.
    root : Source
        The file that was first asked for.
    complete : bool
        False if some file or section could not be read, so that names may be missing.
    """

    root: Source
    entries: dict[Key, Entry] = field(default_factory=dict)
    complete: bool = True

    def section(self, section: str) -> dict[str, object]:
        """Return the entries of one section as written."""
        return {name: e.value for (sec, name), e in self.entries.items() if sec == section}

    def as_tables(self) -> dict[str, dict[str, object]]:
        """Return the whole scenario as nested tables, sections in the reader's order."""
        tables = {section: self.section(section) for section in SECTIONS}
        return {section: table for section, table in tables.items() if table}

    def source(self, place: Place) -> Source:
        """Return the file that wrote a place (the first file asked for if none did)."""
        if len(place) > 1:
            entry = self.entries.get((place[0], place[1]))
            if entry:
                return entry.source
        if place and place not in self.root.positions:
            for (section, _), entry in self.entries.items():
                if section == place[0]:
                    return entry.source
        return self.root

    def problem(self, finding: Finding) -> Problem:
        """Return a finding with its place in words, its file and its line."""
        source = self.source(finding.place)
        position = source.position(finding.place)
        header = position.header if position else None
        return Problem(
            finding.what,
            where(finding.place, header),
            finding.hint,
            source.label,
            position.line if position else None,
        )


def combine(
    parents: Iterable[Mapping[Key, Entry]],
) -> tuple[dict[Key, Entry], dict[Key, tuple[Entry, Entry]]]:
    """Return what all parents say together, and where two of them differ."""
    together: dict[Key, Entry] = {}
    conflicts: dict[Key, tuple[Entry, Entry]] = {}
    for parent in parents:
        for key, new in parent.items():
            old = together.get(key)
            if old is None or old in new.replaced:
                together[key] = new
            elif new is old or new in old.replaced:
                continue
            else:
                both = old.replaced | new.replaced | {old, new}
                together[key] = Entry(old.value, old.source, both)
                if not _same(old.value, new.value):
                    conflicts[key] = (old, new)
    return together, conflicts


def _same(one: object, other: object) -> bool:
    # 1 == 1.0 == True in Python; in a scenario true and 1 are different things to say.
    return one == other and repr(one) == repr(other)


def said(entry: Entry, key: Key) -> str:
    """Return where an entry was written, or dropped."""
    position = entry.source.position(key)
    place = f"{entry.source.label}:{position.line}" if position else entry.source.label
    return place if entry.value is not None else f"{place} (which drops it)"
