"""A run as plain data: results.csv, the CSV of a table, ``--json`` and run.json.

Nothing here depends on the clock, the machine or the order of a set: the same scenario, seed and
versions give the same bytes.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import io
import json
import math
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from typing import Any

from heco.report import inputs
from heco.result import COLUMNS, Quantity, RunResult, Table
from heco.version import __version__

#: First entry of run.json; a folder is heco's own only if it holds this.
FORMAT = "heco run 1"
#: The libraries whose versions can move a digit or a pixel.
LIBRARIES = (
    "numpy", "scipy", "pandas", "SALib", "matplotlib", "pydantic", "jinja2", "click", "rich",
)  # fmt: skip


def cell(value: object) -> str:
    """Return a value as a CSV cell: full precision, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if hasattr(value, "dtype") and value.dtype.kind in "iu":
        return str(int(value))  # type: ignore[call-overload]
    return repr(float(value))  # type: ignore[arg-type]


def csv_text(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV with LF line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def results_csv(quantities: Iterable[Quantity]) -> str:
    """Return results.csv: one row per number."""
    rows = []
    for quantity in quantities:
        row = dict(zip(COLUMNS, quantity.row(), strict=True))
        for column in ("wtp", "value", "lower", "upper"):
            row[column] = None if row[column] is None else float(row[column])  # type: ignore[arg-type]
        rows.append([row[column] for column in COLUMNS])
    return csv_text(COLUMNS, rows)


def results_rows(quantities: Iterable[Quantity]) -> list[dict[str, Any]]:
    """Return the rows of results.csv as JSON can hold them."""
    return [dict(zip(COLUMNS, map(plain, quantity.row()), strict=True)) for quantity in quantities]


def table_csv(table: Table) -> str:
    """Return a table as CSV."""
    return csv_text((column.name for column in table.columns), table.rows)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; what is no finite number becomes null."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return number if math.isfinite(number) else None


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that made the numbers."""
    return dict(_versions())


@functools.cache
def _versions() -> Mapping[str, str]:
    """Look the versions up, which takes as long as writing a table."""
    found = {"python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:  # a vendored or frozen copy has no record
            found[library] = "unknown"
    return found


def document(run: RunResult) -> dict[str, Any]:
    """Return the whole run as one JSON document: what ``--json`` prints."""
    return {
        **_opening(run),
        "headline": [sentence for result in run.results for sentence in result.headline],
        "results": [
            {
                "analysis": result.analysis,
                "title": result.title,
                "headline": list(result.headline),
                "settings": plain(result.settings),
                "quantities": results_rows(result.quantities),
                "tables": [
                    {
                        "name": table.name,
                        "title": table.title,
                        "columns": [column.name for column in table.columns],
                        "rows": plain(table.rows),
                        "notes": list(table.notes),
                    }
                    for table in result.tables
                ],
            }
            for result in run.results
        ],
    }


def about(run: RunResult) -> dict[str, Any]:
    """Return what run.json says of a run: what made the results."""
    settings = {result.analysis: plain(result.settings) for result in run.results}
    return {**_opening(run), "settings": settings}


def sealed(
    about: Mapping[str, Any], files: Mapping[str, bytes], **after: object
) -> dict[str, bytes]:
    """Return files with run.json beside them: what made them, and the fingerprint of each.

    Parameters
    ----------
    about : mapping
        What made them.
    files : mapping of str to bytes
        Every file but run.json.
    **after : object
        What stands in run.json after the fingerprints.
    """
    prints = {name: sha256(files[name]) for name in sorted(files)}
    record = json_text({**about, "files": prints, **after})
    return {**files, "run.json": record.encode()}


def _opening(run: RunResult) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "heco": __version__,
        "versions": versions(),
        "scenario": run.name,
        "title": run.title,
        "question": run.question,
        "seed": run.seed,
        "draws": run.draws,
        "conventions": plain(run.conventions),
        "inputs": plain(run.files),
        "assumptions": [str(record["parameter"]) for record in inputs.assumed(run)],
        "warnings": list(run.warnings),
    }


def json_text(content: object) -> str:
    """Return JSON as heco writes it everywhere: readable, UTF-8, no NaN."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def sha256(data: bytes) -> str:
    """Return the fingerprint of a file's bytes."""
    return hashlib.sha256(data).hexdigest()
