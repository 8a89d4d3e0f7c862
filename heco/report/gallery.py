"""Every kind of figure, side by side over several runs: one page that needs nothing else.

A folder holds `gallery.html`, ``tables/RUN/*.csv``, ``figures/RUN/*.svg`` and ``*.png``, and
`run.json` with the fingerprint of each. It is written whole or not at all, as a run is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from heco.report import document, figures, html
from heco.report.chart import Drawing, render
from heco.report.publish import Progress, Publication, ours
from heco.report.swap import fill, replaced
from heco.result import RunResult
from heco.version import __version__


@dataclass(frozen=True)
class Plate:
    """One figure of the gallery.

    Parameters
    ----------
    kind : str
        Which kind of figure, by the module that draws it.
    run, title : str
        Name of the run that it is from, and its title.
    drawing : Drawing
        The figure; its names are told apart from those of other runs.
    table : str
        Where its numbers are.
    """

    kind: str
    run: str
    title: str
    drawing: Drawing
    table: str


def kinds() -> dict[str, str]:
    """Return every kind of figure, with what it shows in one line.

    A kind is a module of ``charts``; several figures of one module are of one kind.
    """
    found = {}
    for make in figures.CHARTS:
        said = (sys.modules[_maker(make).__module__].__doc__ or "").strip().splitlines()
        found[_kind(make)] = said[0].rstrip(".") if said else ""
    return found


def _kind(make: object) -> str:
    return str(_maker(make).__module__).rpartition(".")[2]


def _maker(make: object) -> object:
    """Return the function that makes a figure, without the arguments that it was given."""
    while isinstance(make, partial):
        make = make.func
    return make


def plates(runs: Sequence[RunResult], progress: Progress | None = None) -> list[Plate]:
    """Return every figure that the runs have the numbers for, drawn, kind by kind.

    Parameters
    ----------
    runs : sequence of RunResult
        With names of their own.
    progress : callable, optional
        Called before each kind.
    """
    found = []
    for done, make in enumerate(figures.CHARTS):
        if progress is not None:
            progress(f"Drawing {_kind(make).replace('_', ' ')}", done, len(figures.CHARTS))
        for run in runs:
            chart = make(run)
            if chart is None:
                continue
            # Names inside a picture carry the picture's own; on one page each must be unique.
            drawing = render(replace(chart, name=f"{run.name}_{chart.name}"))
            table = f"tables/{run.name}/{chart.table.name}.csv"
            found.append(Plate(_kind(make), run.name, run.title, drawing, table))
    return found


def publish_gallery(
    runs: Sequence[RunResult], folder: Path, progress: Progress | None = None
) -> Publication:
    """Write the gallery, whole or not at all.

    Parameters
    ----------
    runs : sequence of RunResult
        What to draw; their names must differ.
    folder : Path
        Where to; a folder that heco wrote is replaced as a whole.
    progress : callable, optional
        Called before each step with what it is, steps done, and steps in all.

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
        files = contents(runs, plates(runs, progress))
        fill(new, files, "the gallery")
    return Publication(folder, tuple(files))


def contents(runs: Sequence[RunResult], drawn: Sequence[Plate]) -> dict[str, bytes]:
    """Return every file of the gallery: its name and its bytes, `run.json` last."""
    files = {"gallery.html": page(runs, drawn).encode()}
    for plate in drawn:
        chart = plate.drawing.chart
        stem = f"figures/{plate.run}/{chart.name.removeprefix(f'{plate.run}_')}"
        files[plate.table] = document.table_csv(chart.table).encode()
        files[f"{stem}.svg"] = plate.drawing.svg.encode()
        files[f"{stem}.png"] = plate.drawing.png
    about = {
        "format": document.FORMAT,
        "heco": __version__,
        "versions": document.versions(),
        "gallery": [
            {"scenario": run.name, "seed": run.seed, "draws": run.draws, "inputs": dict(run.files)}
            for run in runs
        ],
    }
    return document.sealed(about, files)


def page(runs: Sequence[RunResult], drawn: Sequence[Plate]) -> str:
    """Return the page: a heading for each kind of figure, below it one figure for each run."""
    groups = []
    missing = []
    for kind, says in kinds().items():
        mine = [plate for plate in drawn if plate.kind == kind]
        if mine:
            groups.append({"name": kind, "says": says, "plates": [_shown(p) for p in mine]})
        else:
            missing.append(says)
    return (
        html.templates()
        .get_template("gallery.html")
        .render(
            groups=groups,
            missing=missing,
            runs=[{"name": run.name, "title": run.title, "draws": run.draws} for run in runs],
            count=len(drawn),
            style=html.style(),
            version=__version__,
        )
    )


def _shown(plate: Plate) -> dict[str, object]:
    return {
        **html.inline(plate.drawing),
        "run": plate.run,
        "about": plate.title,
        "table": plate.table,
    }
