"""Write a run into its folder: everything or nothing, and the same bytes every time.

A folder holds `report.html`, `technical.html`, `results.csv`, ``tables/*.csv``, ``figures/*.svg``
and ``*.png``, and `run.json` with the fingerprint of each. `heco.report.swap` says why a killed run
cannot leave a mixture.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heco.errors import refuse
from heco.report import document, pdf, word
from heco.report.swap import fill, replaced, settled
from heco.result import RunResult, Table

if TYPE_CHECKING:
    from heco.report.chart import Drawing

#: Files that the reader's computer puts into any folder; nobody misses them.
_DROPPINGS = {".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Publication:
    """What was written.

    Parameters
    ----------
    folder : Path
        Where.
    files : tuple of str
        Every file, relative to the folder, `run.json` last.
    """

    folder: Path
    files: tuple[str, ...]


#: Forms in which a report can be had beside HTML: the ending of the file, and what it is for.
FORMS = {"pdf": (".pdf", "for paper"), "word": (".docx", "for editing")}
#: Told what is being done, how many steps are done, and how many there are.
Progress = Callable[[str, int, int], None]
#: Draws the figures of a run.
Draw = Callable[[RunResult, Progress | None], "list[Drawing]"]


def ready(folder: Path, forms: Collection[str] = ()) -> None:
    """Refuse what cannot be published, before any work is done for it.

    Parameters
    ----------
    folder : Path
        Where a run will be published.
    forms : collection of str
        Further forms of the reports that are asked for.

    Raises
    ------
    ScenarioError
        As `publish` would.
    """
    if "pdf" in forms:
        pdf.ready()
    if "word" in forms:
        word.ready()
    place = settled(folder)
    if place.exists():
        ours(place)


def publish(
    run: RunResult,
    folder: Path,
    progress: Progress | None = None,
    forms: Collection[str] = (),
    draw: Draw | None = None,
    beside: Mapping[str, tuple[str, bytes]] | None = None,
) -> Publication:
    """Write the results of a run, whole or not at all.

    Parameters
    ----------
    run : RunResult
        What was computed.
    folder : Path
        Where to; a folder that an earlier run wrote is replaced as a whole.
    progress : callable, optional
        Called before each step with what it is, steps done, and steps in all.
    forms : collection of str
        Further forms of the reports: see `FORMS`.
    draw : callable, optional
        Draws the figures of a run; left out, in this process.
    beside : mapping of str to (str, bytes), optional
        Files made elsewhere: name -> what it is, in words, and its bytes.

    Returns
    -------
    Publication
        What was written.

    Raises
    ------
    ScenarioError
        If the folder is not heco's to replace, or cannot be written. It is then as it was.
    """
    with replaced(folder, ours) as new:
        files = contents(run, progress, forms, draw, beside)
        files = document.sealed(document.about(run), files)
        fill(new, files)
    return Publication(folder, tuple(files))


def contents(
    run: RunResult,
    progress: Progress | None = None,
    forms: Collection[str] = (),
    draw: Draw | None = None,
    beside: Mapping[str, tuple[str, bytes]] | None = None,
) -> dict[str, bytes]:
    """Return every file of a run but `run.json`: its name and its bytes.

    Parameters
    ----------
    run : RunResult
        What was computed.
    progress : callable, optional
        Called before each figure and before each further form.
    forms : collection of str
        Further forms of the reports: see `FORMS`.
    draw : callable, optional
        Draws the figures of a run; left out, in this process.
    beside : mapping of str to (str, bytes), optional
        Files made elsewhere: name -> what it is, in words, and its bytes.

    Returns
    -------
    dict of str to bytes
        By path relative to the folder, in the order in which a reader wants them.
    """
    from heco.report import figures, html  # pages and figures that `heco meta` does not need
    from heco.report.editions import EDITIONS

    drawings = (draw or figures.drawings)(run, progress)
    about = {edition.file: f"{edition.name}, {edition.readers}" for edition in EDITIONS}
    about |= {name: f"{about[page]}, {FORMS[form][1]}" for name, (page, form) in _further(forms)}
    about |= {name: what for name, (what, _) in (beside or {}).items()}
    files = dict.fromkeys(about, b"") | {name: made for name, (_, made) in (beside or {}).items()}
    about["results.csv"] = "every number, one row each"
    files["results.csv"] = document.results_csv(run.quantities).encode()
    for name, (what, data) in tables_and_figures(run.tables, drawings).items():
        files[name], about[name] = data, what
    about["run.json"] = "versions, seed, conventions and the fingerprint of every file"
    for edition in EDITIONS:
        files[edition.file] = html.page(run, drawings, about, edition).encode()
    for name, (page, form) in _further(forms):
        if progress is not None:
            progress(f"Writing {name}", len(drawings), len(drawings))
        text = files[page].decode()
        files[name] = pdf.pdf(text) if form == "pdf" else word.word(text, drawings)
    return files


def tables_and_figures(
    tables: Iterable[Table], drawings: Sequence[Drawing]
) -> dict[str, tuple[str, bytes]]:
    """Return tables, those behind figures too, and figures as files.

    Parameters
    ----------
    tables : iterable of Table
        The tables.
    drawings : sequence of Drawing
        The figures.

    Returns
    -------
    dict of str to (str, bytes)
        By path relative to the folder: what it is, in words, and its bytes.
    """
    files: dict[str, tuple[str, bytes]] = {}
    for table in [*tables, *(drawing.chart.table for drawing in drawings)]:
        name = f"tables/{_checked(table.name)}.csv"
        if name in files:
            raise ValueError(f"two tables are called {table.name}")
        files[name] = (table.title, document.table_csv(table).encode())
    for drawing in drawings:
        stem = f"figures/{_checked(drawing.chart.name)}"
        files[f"{stem}.svg"] = (drawing.chart.title, drawing.svg.encode())
        files[f"{stem}.png"] = (drawing.chart.title, drawing.png)
    return files


def _further(forms: Collection[str]) -> list[tuple[str, tuple[str, str]]]:
    """Return the further files: name -> the page that each is made of, and its form."""
    from heco.report.editions import COMMISSIONER, EDITIONS

    found = []
    for form in FORMS:
        if form in forms:
            # What people edit is the report for those who decide; the other is for checking.
            editions = EDITIONS if form == "pdf" else (COMMISSIONER,)
            ending = FORMS[form][0]
            found += [(Path(e.file).stem + ending, (e.file, form)) for e in editions]
    return found


def _checked(name: str) -> str:
    """Return a name that is safe as a file name everywhere."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise ValueError(f"{name!r} cannot be the name of a file")
    return name


def ours(folder: Path) -> None:
    """Refuse to replace a folder with anything in it that heco did not write.

    Raises
    ------
    ScenarioError
        If the folder is neither empty nor the work of an earlier run, or holds further files.
    """
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise refuse(f"{folder} cannot be read: {error.strerror}") from error
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir() and path.name not in _DROPPINGS
    }
    if not found:
        return
    written = _written(folder)
    if written is None:
        raise refuse(
            f"{folder} holds files and was not written by heco; it stays as it is",
            hint="Name another folder with -o.",
        )
    if strangers := sorted(found - written):
        more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
        raise refuse(
            f"{folder} holds files that heco did not write and would lose: "
            f"{', '.join(strangers[:3])}{more}",
            hint="Move them elsewhere, or name another folder with -o.",
        )


def _written(folder: Path) -> set[str] | None:
    """Return the files that an earlier run wrote here, or None if none did."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if record["format"] != document.FORMAT:
            return None
        return {*map(str, record["files"]), "run.json"}
    except (OSError, ValueError, KeyError, TypeError):
        return None
