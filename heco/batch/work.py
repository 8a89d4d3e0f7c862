"""One area: its scenario, its run, its folder, and how a later batch recognises it.

A folder is recognised by the fingerprint in its ``run.json`` of everything that its numbers depend
on. Nothing is remembered anywhere else, so it makes no difference which process wrote it, or when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from heco.errors import Problem, ScenarioError, refuse
from heco.report import document, figures, html
from heco.report.editions import COMMISSIONER
from heco.report.publish import ours, tables_and_figures
from heco.report.swap import fill, replaced
from heco.result import RunResult
from heco.version import __version__


@dataclass(frozen=True)
class Task:
    """What one process needs to know to run one area.

    Parameters
    ----------
    name, slug : str
        The area, and its name as part of a path.
    text : str
        Its scenario file.
    home : Path
        Folder of the scenario that it extends.
    label : str
        Name of the run.
    folder : Path
        Where to write.
    key : str
        Fingerprint of everything that the results depend on.
    inputs : mapping of str to str
        Every file that the scenario of all areas reads -> SHA-256, as the fingerprint has them.
    draws, seed : int or None
        Instead of the scenario's own.
    report : bool
        Whether to write report.html and its tables.
    full : bool
        Whether to draw the figures.
    """

    name: str
    slug: str
    text: str
    home: Path
    label: str
    folder: Path
    key: str
    inputs: Mapping[str, str]
    draws: int | None
    seed: int | None
    report: bool
    full: bool


def fingerprint(
    text: str,
    inputs: Mapping[str, str],
    draws: int | None,
    seed: int | None,
    report: bool,
    full: bool,
) -> str:
    """Return the fingerprint of everything that an area's files depend on.

    Parameters
    ----------
    text : str
        The area's scenario file.
    inputs : mapping of str to str
        Every file that the scenario reads -> SHA-256.
    draws, seed, report, full : int, int, bool, bool
        As asked for.
    """
    parts = {
        "heco": __version__,
        "versions": document.versions(),
        "scenario": text,
        "inputs": dict(sorted(inputs.items())),
        "asked": [draws, seed, report, full],
    }
    return document.sha256(json.dumps(parts, sort_keys=True).encode())


def finished(task: Task) -> bool:
    """Return whether the area's folder holds exactly what running it would write."""
    try:
        record = json.loads((task.folder / "run.json").read_text(encoding="utf-8"))
        if record["area"]["fingerprint"] != task.key:
            return False
        there = {p.relative_to(task.folder).as_posix() for p in task.folder.rglob("*")
                 if not p.is_dir()}  # fmt: skip
        return there == {*record["files"], "run.json"} and all(
            document.sha256((task.folder / name).read_bytes()) == known
            for name, known in record["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def run_area(task: Task) -> tuple[str, tuple[Problem, ...]]:
    """Run one area and write its folder, whole or not at all.

    Returns
    -------
    slug : str
        Which area.
    problems : tuple of Problem
        Why it could not be run; empty if all went well.
    """
    from heco.analysis import run_scenario
    from heco.scenario.load import load_text

    try:
        scenario = load_text(task.text, task.home, task.label)
        _unchanged(task, scenario.files)
        run = run_scenario(scenario, draws=task.draws, seed=task.seed)
        if task.full:
            from heco.verify.certify import beside_a_run

            run = replace(run, results=(*run.results, beside_a_run(scenario)))
        write(task, replace(run, files=_inputs(task, run)))
    except ScenarioError as error:
        return task.slug, error.problems
    return task.slug, ()


def _unchanged(task: Task, files: Mapping[str, str]) -> None:
    """See that all areas are run from the same files, however long a batch takes."""
    changed = [name for name, known in task.inputs.items() if files.get(name, known) != known]
    if changed:
        raise refuse(
            f"{', '.join(changed)} changed while the batch ran",
            hint="Give the same command again; it runs every area from the files as they are then.",
        )


def _inputs(task: Task, run: RunResult) -> dict[str, str]:
    return {**run.files, "scenario.toml": document.sha256(task.text.encode())}


def write(task: Task, run: RunResult) -> None:
    """Write the files of an area."""
    area = {"name": task.name, "fingerprint": task.key}
    files = document.sealed(document.about(run), contents(task, run), area=area)
    # What a power cut takes of the other files the next batch misses by their fingerprints.
    with replaced(task.folder, ours, sure=("run.json",)) as new:
        fill(new, files)


def contents(task: Task, run: RunResult) -> dict[str, bytes]:
    """Return every file of an area but ``run.json``: its name and its bytes."""
    files = {
        "results.csv": document.results_csv(run.quantities).encode(),
        "scenario.toml": task.text.encode(),
    }
    if not task.report:
        return files
    drawings = figures.drawings(run) if task.full else []
    about = {
        "report.html": "this report",
        "results.csv": "every number, one row each",
        "scenario.toml": "what is otherwise in this area; it extends the scenario of all areas",
    }
    for name, (what, data) in tables_and_figures(run.tables, drawings).items():
        files[name], about[name] = data, what
    about["run.json"] = "versions, seed, conventions and the fingerprint of every file"
    files["report.html"] = html.page(run, drawings, about, COMMISSIONER).encode()
    return files
