"""One scenario from several files: ``extends`` and ``drop``.

Sections merge by name, and *the named entry is the unit of replacement*: a file that names a
parameter, state, strategy, tree node or row says all of it, so that a ``gamma`` never lies beside
an inherited ``beta``. The sections that are one table of settings merge key by key.

Two parents that say different things about one entry are an error, unless the child names it:
there is no silent winner. Where one parent has replaced the very version that the other inherits,
the replacement is what both would say, and it stands.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heco.errors import Problem, did_you_mean
from heco.scenario.files import LARGEST_SCENARIO, RefusedFile, Shelf, parse_toml
from heco.scenario.merged import Entry, Key, Merged, combine, said
from heco.scenario.places import NAMED, NESTED, SECTIONS, Finding, Source, where
from heco.scenario.toml_positions import Place, positions

#: The longest chain of files that extend each other.
LONGEST_CHAIN = 20
#: Kinds of parameters that name a file, and the key that does.
_FILES = {"table": "file", "samples": "file", "pooled": "studies", "accuracy": "studies"}


class Merger:
    """Reads a file and all that it extends; collects problems on the way."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.problems: list[Problem] = []
        self.complete = True
        self._known: dict[Path, tuple[Source, dict[Key, Entry]]] = {}

    def read_file(self, path: Path, name: str) -> Merged:
        """Return the merged scenario that starts with this file."""
        read = self._file(path, name, name, (), Problem("", file=name))
        if read is None:
            return Merged(Source(name), complete=False)
        return self._merged(*read)

    def read_text(self, text: str, label: str = "") -> Merged:
        """Return the merged scenario that starts with this text."""
        source, raw = self._parse(text, label, label or "the scenario", self.shelf.folder)
        return self._merged(source, self._entries(source, raw, ()))

    def over(self, onto: Merged, name: str, place: Place) -> Merged | None:
        """Return a scenario with a file laid over it, as if the file extended it.

        Parameters
        ----------
        onto : Merged
            The scenario.
        name : str
            The file, as named at `place`; it may extend and drop like any other.
        place : tuple of str
            Where it is named.

        Returns
        -------
        Merged or None
            None if the file cannot be read; why is noted.
        """
        source = onto.source(place)
        blame = onto.problem(Finding(place, ""))
        try:
            path = self.shelf.find(name, source.folder)
            label = os.path.normpath(os.path.join(os.path.dirname(source.label), name))  # noqa: PTH118, PTH120
            data = self.shelf.read(path, name, LARGEST_SCENARIO)
        except RefusedFile as refused:
            where, file, line = blame.where, blame.file, blame.line
            self.problems.append(Problem(refused.what, where, refused.hint, file, line))
            return None
        whole, self.complete = self.complete, True
        over, raw = self._parse(data, label, f'"{name}"', path.parent)
        entries = self._entries(over, raw, (path,), onto.entries)
        kept = {key: entry for key, entry in entries.items() if entry.value is not None}
        made = Merged(onto.root, kept, self.complete)
        self.complete = whole
        return made

    def _merged(self, source: Source, entries: Mapping[Key, Entry]) -> Merged:
        kept = {key: entry for key, entry in entries.items() if entry.value is not None}
        return Merged(source, kept, self.complete)

    def _file(
        self, path: Path, name: str, label: str, chain: tuple[Path, ...], blame: Problem
    ) -> tuple[Source, dict[Key, Entry]] | None:
        """Return one file's entries, those that it inherits included; None if it has no text."""
        if path in self._known:
            return self._known[path]
        try:
            data = self.shelf.read(path, name, LARGEST_SCENARIO)
        except RefusedFile as refused:
            self.complete = False
            what = refused.what
            self.problems.append(
                Problem(what, blame.where, refused.hint, blame.file, blame.line or refused.line)
            )
            return None
        source, raw = self._parse(data, label, f'"{name}"', path.parent)
        read = source, self._entries(source, raw, (*chain, path))
        self._known[path] = read
        return read

    def _parse(
        self, data: bytes | str, label: str, name: str, folder: Path | None
    ) -> tuple[Source, dict[str, Any]]:
        try:
            raw, text = parse_toml(data, name)
        except RefusedFile as refused:
            self.complete = False
            self.problems.append(Problem(refused.what, "", refused.hint, label, refused.line))
            return Source(label, folder), {}
        return Source(label, folder, positions(text)), raw

    def _note(self, source: Source, finding: Finding) -> None:
        self.problems.append(Merged(source).problem(finding))

    def _entries(
        self,
        source: Source,
        raw: Mapping[str, Any],
        chain: tuple[Path, ...],
        onto: Mapping[Key, Entry] | None = None,
    ) -> dict[Key, Entry]:
        parents = self._parents(source, raw.get("extends", []), chain)
        inherited, conflicts = combine(parents if onto is None else [onto, *parents])
        own = self._own(source, raw)
        for key in self._dropped(source, raw.get("drop", []), inherited, own):
            old = inherited[key]
            inherited[key] = Entry(None, source, old.replaced | {old})
            conflicts.pop(key, None)
        for key, entry in own.items():
            old_entry = inherited.get(key)
            replaced = old_entry.replaced | {old_entry} if old_entry else frozenset()
            inherited[key] = Entry(entry, source, replaced)
            conflicts.pop(key, None)
        for key, (one, other) in conflicts.items():
            if len(chain) > LONGEST_CHAIN:
                break
            self._note(
                source,
                Finding(
                    ("extends",),
                    f"{said(one, key)} and {said(other, key)} both say what {where(key)} is, "
                    "and they differ",
                    f"Say it here as well, or drop it: no file wins silently. "
                    f'drop = ["{key[0]}.{key[1]}"] removes both.',
                ),
            )
        return inherited

    def _parents(
        self, source: Source, extends: object, chain: tuple[Path, ...]
    ) -> list[dict[Key, Entry]]:
        names = [extends] if isinstance(extends, str) else extends
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self._note(
                source,
                Finding(("extends",), "extends must be a file name or a list of file names",
                        'Write extends = "base.toml".'),
            )  # fmt: skip
            self.complete = False
            return []
        parents = []
        for number, name in enumerate(names):
            place = ("extends", str(number)) if isinstance(extends, list) else ("extends",)
            blame = Merged(source).problem(Finding(place, ""))
            try:
                path = self.shelf.find(name, source.folder)
                self._no_circle(path, name, chain)
            except RefusedFile as refused:
                self._note(source, Finding(place, refused.what, refused.hint))
                self.complete = False
                continue
            label = os.path.normpath(os.path.join(os.path.dirname(source.label), name))  # noqa: PTH118, PTH120
            read = self._file(path, name, label, chain, blame)
            if read is not None:
                parents.append(read[1])
        return parents

    def _no_circle(self, path: Path, name: str, chain: tuple[Path, ...]) -> None:
        if path in chain:
            circle = [*(p.name for p in chain[chain.index(path) :]), path.name]
            raise RefusedFile(
                f"the files extend each other in a circle: {' -> '.join(circle)}",
                "One of them must stand alone.",
            )
        if len(chain) >= LONGEST_CHAIN:
            raise RefusedFile(f'"{name}" is the end of a chain of {LONGEST_CHAIN} files')

    def _own(self, source: Source, raw: Mapping[str, Any]) -> dict[Key, object]:
        own: dict[Key, object] = {}
        for section, table in raw.items():
            if section in ("extends", "drop"):
                continue
            if section not in SECTIONS:
                hint = did_you_mean(section, SECTIONS) or _all_sections()
                self._note(source, Finding((section,), f'"{section}" is not a section', hint))
                self.complete = False
            elif not isinstance(table, dict):
                shape = f"[{section}.NAME]" if section in NAMED + NESTED else f"[{section}]"
                self._note(
                    source,
                    Finding((section,), f'"{section}" must be a table', f"Write {shape}."),
                )
                self.complete = False
            else:
                for name, value in table.items():
                    own[(section, name)] = self.relocated(source, section, name, value)
        return own

    def relocated(self, source: Source, section: str, name: str, value: Any) -> Any:
        """Return an entry with its file names relative to the folder of the first file."""
        if source.folder is None or source.folder == self.shelf.folder:
            return value
        if (section, name) == ("prices", "file"):
            return self._moved(source, value)
        if section == "review":
            return self._moved(source, value)
        if section == "parameters" and isinstance(value, dict):
            for kind, key in _FILES.items():
                inner = value.get(kind)
                if isinstance(inner, dict) and key in inner:
                    value = {**value, kind: {**inner, key: self._moved(source, inner[key])}}
        return value

    def _moved(self, source: Source, name: Any) -> Any:
        if not isinstance(name, str) or not name or source.folder is None or name.startswith("/"):
            return name
        return posixpath.normpath(posixpath.join(self.shelf.relative(source.folder), name))

    def _dropped(
        self,
        source: Source,
        drop: object,
        inherited: Mapping[Key, Entry],
        own: Mapping[Key, object],
    ) -> list[Key]:
        """Return the inherited entries that a file drops."""
        if not isinstance(drop, list) or not all(isinstance(name, str) for name in drop):
            self._note(
                source,
                Finding(("drop",), "drop must be a list of inherited entries",
                        'Write drop = ["strategies.universal"].'),
            )  # fmt: skip
            return []
        live = {key: entry for key, entry in inherited.items() if entry.value is not None}
        known = {".".join(key): key for key in live}
        dropped: list[Key] = []
        for number, name in enumerate(drop):
            place = ("drop", str(number))
            whole = [key for key in live if key[0] == name]
            if known.get(name) in own:
                self._note(
                    source,
                    Finding(place, f'"{name}" is dropped and written in the same file',
                            "Writing it is enough: it replaces what is inherited."),
                )  # fmt: skip
            elif whole or name in known:
                dropped += [key for key in whole or [known[name]] if key not in own]
            else:
                what = f'"{name}" is not inherited, so it cannot be dropped'
                self._note(source, Finding(place, what, did_you_mean(name, known)))
        return dropped


def _all_sections() -> str:
    return f"The sections are {', '.join(SECTIONS)}; beside them extends and drop."
