"""Opening the files that a scenario names, and no others.

A scenario comes from somebody else as often as not. It may read files in its own folder and
below; paths out of there, by ``..``, by an absolute path or through a symbolic link, are refused
unless the person who runs it says otherwise.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from heco.scenario.toml_positions import DEEPEST, too_deep

#: The largest scenario file. [bytes]
LARGEST_SCENARIO = 5_000_000
#: The largest file of evidence. [bytes]
LARGEST_EVIDENCE = 200_000_000


class RefusedFile(Exception):
    """A file that cannot be used: what is wrong, what to try, and the line if there is one."""

    def __init__(self, what: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.line = line


class Shelf:
    """The files of one scenario: which may be opened, and what was in them.

    Parameters
    ----------
    folder : Path or None
        Folder of the file that was first asked for; None if there is no such file, and then no
        other may be opened either.
    allow_outside : bool
        Whether files may lie outside that folder.

    Attributes
    ----------
    hashes : dict
        Every file that was opened, relative to the folder -> SHA-256 of its bytes.
    """

    def __init__(self, folder: Path | None, allow_outside: bool = False) -> None:
        self.folder = folder.resolve() if folder is not None else None
        self.allow_outside = allow_outside
        self.hashes: dict[str, str] = {}

    def find(self, name: str, folder: Path | None, also: Path | None = None) -> Path:
        """Return the file that a name means, if it may be opened.

        Parameters
        ----------
        name : str
            As written.
        folder : Path or None
            The folder that the name is relative to.
        also : Path or None
            Another folder whose files are allowed.

        Raises
        ------
        RefusedFile
            If there is no such file, or it is out of bounds.
        """
        if self.folder is None or folder is None:
            raise RefusedFile(
                f'"{name}" cannot be opened: the scenario was given as text, without a folder'
            )
        if not name.strip() or "\0" in name:
            raise RefusedFile(f'"{name}" is not the name of a file'.replace("\0", "\\0"))
        if Path(name).is_absolute() and not self.allow_outside:
            raise RefusedFile(
                f'"{name}" is an absolute path; on another machine it means another file',
                "Name the file relative to the folder of the file that names it.",
            )
        try:
            path = (folder / name).resolve()
        except (OSError, RuntimeError) as error:  # a circle of symbolic links
            raise RefusedFile(f'"{name}" cannot be opened: {error}') from None
        inside = [home for home in (self.folder, also) if home and path.is_relative_to(home)]
        if not inside and not self.allow_outside:
            raise RefusedFile(
                f'"{name}" lies outside the folder of the scenario',
                "Copy it beside the scenario or into a folder below.",
            )
        return path

    def read(self, path: Path, name: str, limit: int = LARGEST_EVIDENCE) -> bytes:
        """Return the bytes of a file and remember their SHA-256.

        Parameters
        ----------
        path : Path
            The file, as `find` returned it.
        name : str
            The file as the author names it.
        limit : int
            The largest size that makes sense. [bytes]
        """
        try:
            if path.is_dir():
                raise RefusedFile(f'"{name}" is a folder; a file is needed')
            if not path.exists():
                raise RefusedFile(f'there is no file "{name}"', self._similar(path))
            if not path.is_file():
                raise RefusedFile(f'"{name}" is not a file')
            size = path.stat().st_size
            if size > limit:
                raise RefusedFile(
                    f'"{name}" has {size / 1e6:,.1f} MB; {limit / 1e6:,.0f} MB is the most'
                )
            data = path.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise RefusedFile(f'"{name}" cannot be read: {reason}') from None
        self.hashes[self.relative(path)] = hashlib.sha256(data).hexdigest()
        return data

    def relative(self, path: Path) -> str:
        """Return a path relative to the scenario's folder, with forward slashes."""
        if self.folder is None:
            return path.name
        return Path(os.path.relpath(path, self.folder)).as_posix()

    @staticmethod
    def _similar(path: Path) -> str:
        """Return a hint that names a file with a similar name in the same folder."""
        from heco.errors import did_you_mean

        if not path.parent.is_dir():
            return f'There is no folder "{path.parent.name}" there either.'
        names = [file.name for file in path.parent.iterdir() if file.suffix == path.suffix]
        hint = did_you_mean(path.name, names[:200])
        return hint if hint.startswith("Did") else ""


def parse_toml(data: bytes | str, name: str) -> tuple[dict[str, Any], str]:
    """Return the tables of a TOML text, and the text.

    Parameters
    ----------
    data : bytes or str
        The text; bytes must be UTF-8 (a byte order mark is skipped).
    name : str
        What to call it in sentences.

    Raises
    ------
    RefusedFile
        With the line, if the text is not TOML.
    """
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise RefusedFile(
                f"{name} is not UTF-8 text (byte {data[error.start]:#04x})",
                'Save it as "UTF-8" in your editor.',
                line,
            ) from None
    else:
        text = data
    line_too_deep = too_deep(text)
    if line_too_deep is not None:
        raise RefusedFile(
            f"tables or lists are nested more than {DEEPEST} deep", line=line_too_deep
        )
    try:
        return tomllib.loads(text), text
    except RecursionError:  # pragma: no cover - too_deep() is asked first
        raise RefusedFile("tables or lists are nested too deep") from None
    except ValueError as error:
        raise _not_toml(str(error), text) from None


_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_SAID_BETTER = (
    ("Cannot overwrite a value", "a key is given twice", "Keep one of them."),
    ("Invalid initial character for a key part", "a key was expected here",
     "A table in braces stands on one line; names consist of letters, digits, - and _."),
    ("Cannot declare", "a table is given twice", "Headers are unique: merge the two tables."),
    ("Cannot mutate immutable", "a table in braces cannot be added to below", ""),
    ("Invalid value", "no value can be read here", 'Text needs quotes: "like this".'),
    ("Expected '=' after a key", "a key needs = and a value", ""),
    ("Expected newline or end of document", "something is left over after the value",
     "One key, one line; text needs quotes, and thousands are written 20_000."),
    ("Unclosed inline table", "a table in braces is not closed on its line",
     "Braces must open and close on one line; or write a table with a [header]."),
    ("Unclosed array", "a list is not closed", "Add ]."),
    ("Illegal character '\\n'", "a text is not closed on its line", 'Add ".'),
    ("Unterminated string", "a text is not closed", 'Add ".'),
)  # fmt: skip


def _not_toml(message: str, text: str) -> RefusedFile:
    """Return what the parser said, in our words, with the line."""
    found = _AT.search(message)
    line = None
    if found:
        line = int(found[1]) if found[1] else text.rstrip("\n").count("\n") + 1
    plain = _AT.sub("", message).strip()
    if plain.startswith("Exceeds the limit"):  # of Python, whose advice helps nobody here
        digits = re.search(r"[0-9_]{4000,}", text)
        line = text.count("\n", 0, digits.start()) + 1 if digits else None
        return RefusedFile("not valid TOML: a number has too many digits to be read", "", line)
    for start, what, hint in _SAID_BETTER:
        if plain.startswith(start):
            return RefusedFile(f"not valid TOML: {what} ({plain})", hint, line)
    return RefusedFile(f"not valid TOML: {plain[:200]}", "", line)
