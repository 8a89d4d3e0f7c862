"""Write a review into its folder: everything or nothing, and the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from heco.report import document
from heco.report.chart import Chart, Drawing, render
from heco.report.publish import Publication, ours, tables_and_figures
from heco.report.swap import fill, replaced
from heco.result import Quantity, Table
from heco.review import sentences
from heco.review.answers import Review
from heco.review.rows import quantities, tables
from heco.version import __version__


def content(found: Review, hashes: Mapping[str, str]) -> dict[str, Any]:
    """Return a review as one JSON document.

    Parameters
    ----------
    found : Review
        What was found.
    hashes : mapping of str to str
        SHA-256 of each file that was read.
    """
    return {
        **_opening(found, hashes),
        "headline": [
            sentences.headline(found), *sentences.heterogeneity(found), sentences.prediction(found)
        ],
        "quantities": document.results_rows(quantities(found)),
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": [column.name for column in table.columns],
                "rows": document.plain(table.rows),
            }
            for table in tables(found)
        ],
    }  # fmt: skip


def _opening(found: Review, hashes: Mapping[str, str]) -> dict[str, Any]:
    asked = found.asked
    conventions = {
        "measure": f"{found.measure.key}: {found.measure.words}",
        "estimators": ", ".join(asked.methods),
        "test": asked.test,
        "prediction interval": found.spread.prediction.words if found.spread.prediction else "none",
        "level": f"{100 * asked.level:g}%",
        "subgroups": f"{asked.by}, tau2 {asked.by_tau2}" if asked.by else "none",
        "moderators": ", ".join(asked.moderators) or "none",
        "bootstrap": f"{asked.bootstrap:,} samples, seed {asked.seed}"
        if asked.bootstrap
        else "none",
        **asked.settings,
    }
    return {
        "format": document.FORMAT,
        "heco": __version__,
        "versions": document.versions(),
        "conventions": conventions,
        "inputs": dict(hashes),
        "excluded": dict(found.studies.excluded),
        "notes": list(found.notes),
        "warnings": list(found.warnings),
    }


def publish(
    found: Review, folder: Path, hashes: Mapping[str, str], more: Sequence[Chart] = ()
) -> Publication:
    """Write results.csv, tables, figures and run.json, whole or not at all.

    Parameters
    ----------
    found : Review
        What was found.
    folder : Path
        Where to; a folder that an earlier run wrote is replaced as a whole.
    hashes : mapping of str to str
        SHA-256 of each file that was read.
    more : sequence of Chart
        Further figures.

    Returns
    -------
    Publication
        What was written.

    Raises
    ------
    ScenarioError
        If the folder is not heco's to replace, or cannot be written. It is then as it was.
    """
    from heco.report.synthesis import forest
    from heco.review import bubble, funnel, risk

    charts = (
        forest.chart(found.forest), funnel.chart(found), bubble.chart(found), risk.chart(found),
        *more,
    )  # fmt: skip
    drawn = [chart for chart in charts if chart is not None]
    return write(folder, _opening(found, hashes), quantities(found), tables(found), drawn)


def write(
    folder: Path,
    opening: Mapping[str, Any],
    numbers: Sequence[Quantity],
    shown: Sequence[Table],
    charts: Sequence[Chart],
) -> Publication:
    """Write numbers, tables and figures into a folder, whole or not at all.

    Parameters
    ----------
    folder : Path
        Where to.
    opening : mapping
        What `run.json` says beside the fingerprints of the files.
    numbers, shown, charts : sequence
        Rows of `results.csv`, tables and figures.

    Raises
    ------
    ScenarioError
        As `publish`.
    """
    with replaced(folder, ours) as new:
        files = _files(numbers, shown, [render(chart) for chart in charts])
        files = document.sealed(opening, files)
        fill(new, files)
    return Publication(folder, tuple(files))


def _files(
    numbers: Sequence[Quantity], shown: Sequence[Table], drawings: Sequence[Drawing]
) -> dict[str, bytes]:
    made = tables_and_figures(shown, drawings)
    return {
        "results.csv": document.results_csv(numbers).encode(),
        **{name: data for name, (_, data) in made.items()},
    }
