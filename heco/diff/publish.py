"""The files of a comparison: whole or not at all, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from heco.diff import page as diff_page
from heco.diff import tables
from heco.diff.diff import Difference
from heco.report.document import (
    FORMAT,
    results_rows,
    sealed,
    table_csv,
    versions,
)
from heco.report.publish import ours
from heco.report.swap import fill, replaced
from heco.version import __version__


def publish(found: Difference, folder: Path) -> tuple[str, ...]:
    """Write a comparison into its folder.

    Returns
    -------
    tuple of str
        The files, relative to the folder.

    Raises
    ------
    ScenarioError
        If the folder is not heco's to replace, or cannot be written. It is then as it was.
    """
    html, drawn = diff_page.page(found)
    files = {
        "report.html": html.encode(),
        "results.csv": tables.results_csv(found).encode(),
        **{f"tables/{table.name}.csv": table_csv(table).encode()
           for table in (tables.inputs_table(found), tables.waterfall_table(found))},
        **drawn,
    }  # fmt: skip
    files = sealed(_opening(found), files)
    with replaced(folder, ours) as new:
        fill(new, files)
    return tuple(files)


def _opening(found: Difference) -> dict[str, Any]:
    sides = {"before": found.before, "after": found.after}
    return {
        "format": FORMAT,
        "heco": __version__,
        "versions": versions(),
        "scenario": f"{found.before.name} to {found.after.name}",
        "inputs": {side: dict(scenario.files) for side, scenario in sides.items()},
        "average": "every order" if found.exact else "a sample of orders",
        "warnings": list(found.notes),
    }


def document(found: Difference) -> dict[str, Any]:
    """Return the comparison as one JSON document."""
    return {
        **_opening(found),
        "headline": [tables.sentence(found, waterfall) for waterfall in found.waterfalls],
        "changes": [
            {"name": c.key, "label": c.label, "what": c.what, "before": c.before,
             "after": c.after, "moves": c.moves, "sources": list(c.sources)}
            for c in found.changes
        ],
        "quantities": results_rows(tables.quantities(found)),
    }  # fmt: skip
