"""All areas: which are done already, which must be run, and what is written about all of them.

The folder of a batch holds ``areas/NAME`` (one folder per area, each written whole or not at all)
and, once every area is done, the comparison. ``run.json`` says whether the batch is complete.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heco.batch import compare, work
from heco.batch.areas import Area, read_areas
from heco.batch.override import scenario_text
from heco.batch.pool import run_all
from heco.errors import Problem, ScenarioError, refuse
from heco.report import areas_page, document
from heco.report.publish import ours
from heco.report.swap import alone, settled, tidy
from heco.result import Table
from heco.scenario.scenario import Scenario
from heco.version import __version__

#: First entry of a batch's run.json; a folder is a batch's own only if it holds this.
FORMAT = "heco batch 1"


@dataclass(frozen=True)
class Asked:
    """How a batch is run.

    Parameters
    ----------
    jobs : int
        Most processes to use; the results do not depend on it.
    draws, seed : int or None
        Instead of the scenario's own; every area has the same seed.
    report : bool
        Whether each area gets a report.html with its tables.
    full : bool
        Whether each area answers every question of the scenario and gets its figures.
    warnings : tuple of str
        What must be known about the model before any area of it is used.
    """

    jobs: int = 1
    draws: int | None = None
    seed: int | None = None
    report: bool = True
    full: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """What a batch came to.

    Parameters
    ----------
    folder : Path
        Where everything is.
    files : tuple of str
        What was written about all areas, relative to the folder.
    comparison : Table
        One row per area that was run.
    measured : tuple of Measured
        What is compared.
    failed : mapping of str to tuple of Problem
        Name of each area that could not be run -> why.
    reused : int
        How many areas an earlier batch had finished.
    """

    folder: Path
    files: tuple[str, ...]
    comparison: Table
    measured: tuple[compare.Measured, ...]
    failed: Mapping[str, tuple[Problem, ...]]
    reused: int = 0


Progress = Callable[[str, int, int], None]


def checked(scenario: Scenario) -> tuple[str, ...]:
    """Return which of the checks that every model must pass the model of all areas fails."""
    from heco.verify.certify import beside_a_run

    return beside_a_run(scenario).warnings


def run_batch(
    scenario: Scenario,
    table: Path,
    folder: Path,
    asked: Asked | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Run a scenario for every row of a table of areas.

    Parameters
    ----------
    scenario : Scenario
        Loaded from a file.
    table : Path
        The areas (see `heco.batch.areas`).
    folder : Path
        Where to write; areas that an earlier batch finished there are not run again.
    asked : Asked, optional
        How to run it.
    progress : callable, optional
        Called with what is being done, areas done, and areas in all.

    Raises
    ------
    ScenarioError
        If the table or the folder cannot be used. An area that cannot be run stops no other.
    """
    asked = asked or Asked()
    areas = read_areas(table, scenario)
    place = settled(folder)
    with _held(place, folder):
        _claim(place, folder)
        return _run(scenario, table, folder, place, areas, asked, progress)


def _run(
    scenario: Scenario,
    table: Path,
    folder: Path,
    place: Path,
    areas: list[Area],
    asked: Asked,
    progress: Progress | None,
) -> Batch:
    """Run a batch in a folder that is held."""
    tell = progress or (lambda what, done, total: None)
    tasks = {a.slug: _task(scenario, a, table, place, asked) for a in areas if not a.problems}
    _begin(place, tasks)
    failed = {area.slug: area.problems for area in areas if area.problems}
    waiting = [task for task in tasks.values() if not work.finished(task)]
    reused, total = len(tasks) - len(waiting), len(tasks)
    tell("areas", reused, total)
    try:
        for done, (slug, problems) in enumerate(run_all(waiting, asked.jobs), start=reused + 1):
            if problems:
                failed[slug] = problems
            tell(tasks[slug].name, done, total)
    finally:
        tidy(place / "areas")
    names = {area.slug: area.name or f"line {area.line}" for area in areas}
    wrong = {names[area.slug]: failed[area.slug] for area in areas if area.slug in failed}
    results = {
        slug: compare.read_results(task.folder / "results.csv")
        for slug, task in tasks.items()
        if slug not in failed
    }
    for slug in set(failed) & set(tasks):
        _remove(tasks[slug].folder)
    whole, measured = compare.comparison(scenario, areas, results)
    files = _about_all(scenario, areas, whole, measured, results, wrong, asked)
    _finish(place, scenario, table, asked, files, wrong, tasks)
    return Batch(folder, (*files, "run.json"), whole, tuple(measured), wrong, reused)


@contextlib.contextmanager
def _held(place: Path, folder: Path) -> Iterator[None]:
    """Keep other batches out of a folder; a batch that was killed keeps nobody out."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(f"{folder} cannot be made: {error.strerror}") from error
    with alone(place) as free:
        if not free:
            raise refuse(
                f"another batch is writing into {folder}",
                hint="Wait until it is done, or name another folder with -o.",
            )
        yield


def _task(scenario: Scenario, area: Area, table: Path, place: Path, asked: Asked) -> work.Task:
    assert scenario.path is not None
    text = scenario_text(
        scenario, area.name, area.values, note=area.note, table=table.name, full=asked.full
    )
    key = work.fingerprint(text, scenario.files, asked.draws, asked.seed, asked.report, asked.full)
    return work.Task(
        area.name, area.slug, text, scenario.path.parent, f"{scenario.name}-{area.slug}",
        place / "areas" / area.slug, key, scenario.files,
        asked.draws, asked.seed, asked.report, asked.full,
    )  # fmt: skip


def _claim(place: Path, folder: Path) -> None:
    """Refuse a folder that holds something else."""
    if not place.exists() or not any(place.iterdir()):
        return
    if _record(place).get("format") != FORMAT:
        raise refuse(
            f"{folder} holds files and was not written by heco batch; it stays as it is",
            hint="Name another folder with -o.",
        )


def _record(place: Path) -> dict[str, Any]:
    try:
        record = json.loads((place / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _begin(place: Path, tasks: Mapping[str, work.Task]) -> None:
    """Take away what is no longer true: the old comparison, and areas that are not asked for."""
    old = _record(place).get("files", {})
    try:
        (place / "areas").mkdir(parents=True, exist_ok=True)
        _put(place / "run.json", document.json_text({"format": FORMAT, "complete": False}).encode())
        for name in old:
            if not str(name).startswith("areas/") and ".." not in Path(str(name)).parts:
                (place / str(name)).unlink(missing_ok=True)
        for path in sorted((place / "areas").iterdir()):
            if path.is_dir() and path.name not in tasks and not path.name.startswith("."):
                _remove(path)
    except OSError as error:
        raise refuse(f"{place} cannot be written: {error.strerror}") from error


def _remove(path: Path) -> None:
    """Remove an area's folder, unless somebody has put something else into it."""
    with contextlib.suppress(ScenarioError):
        if path.exists():
            ours(path)
            shutil.rmtree(path)


def _put(path: Path, data: bytes) -> None:
    """Write a file in one step, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    os.replace(new, path)  # noqa: PTH105


def _about_all(
    scenario: Scenario,
    areas: list[Area],
    whole: Table,
    measured: list[compare.Measured],
    results: Mapping[str, Any],
    failed: Mapping[str, tuple[Problem, ...]],
    asked: Asked,
) -> dict[str, bytes]:
    """Return the files that are about all areas."""
    rows = compare.quantities(areas, results, measured)
    files = {
        "index.html": b"",
        "comparison.csv": document.table_csv(whole).encode(),
        "results.csv": document.results_csv(rows).encode(),
    }
    page, drawn = areas_page.page(scenario, whole, measured, failed, asked.report, asked.warnings)
    return {**files, "index.html": page.encode(), **drawn}


def _finish(
    place: Path,
    scenario: Scenario,
    table: Path,
    asked: Asked,
    files: Mapping[str, bytes],
    failed: Mapping[str, tuple[Problem, ...]],
    tasks: Mapping[str, work.Task],
) -> None:
    """Write what is about all areas; run.json, which says that it is complete, comes last."""
    for name, data in files.items():
        _put(place / name, data)
    known = {name: document.sha256(data) for name, data in files.items()}
    for task in tasks.values():
        for path in sorted(task.folder.rglob("*")) if task.folder.exists() else ():
            if not path.is_dir():
                known[path.relative_to(place).as_posix()] = document.sha256(path.read_bytes())
    record = {
        "format": FORMAT,
        "complete": True,
        "heco": __version__,
        "versions": document.versions(),
        "scenario": scenario.name,
        "asked": {"draws": asked.draws, "seed": asked.seed, "report": asked.report,
                  "full": asked.full},
        "inputs": {**scenario.files, table.name: document.sha256(table.read_bytes())},
        "failed": {name: [p.what for p in problems] for name, problems in failed.items()},
        "files": {name: known[name] for name in sorted(known)},
    }  # fmt: skip
    _put(place / "run.json", document.json_text(record).encode())
