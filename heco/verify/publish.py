"""The files of a verification: whole or not at all, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from heco.report.document import (
    FORMAT,
    plain,
    results_csv,
    results_rows,
    sealed,
    table_csv,
    versions,
)
from heco.report.publish import ours
from heco.report.sections import verification
from heco.report.standalone import Part
from heco.report.standalone import page as standalone
from heco.report.swap import fill, replaced
from heco.result import Result
from heco.verify.certify import Certificate, certificate
from heco.version import __version__


def publish(found: Certificate, folder: Path) -> tuple[str, ...]:
    """Write a certificate into its folder.

    Returns
    -------
    tuple of str
        The files, relative to the folder.

    Raises
    ------
    ScenarioError
        If the folder is not heco's to replace, or cannot be written. It is then as it was.
    """
    made = certificate(found)
    files = {
        "verification.html": page(found, made).encode(),
        "results.csv": results_csv(made.quantities).encode(),
        "tables/verification.csv": table_csv(made.tables[0]).encode(),
    }
    files = sealed(_opening(found), files)
    with replaced(folder, ours) as new:
        fill(new, files)
    return tuple(files)


def page(found: Certificate, made: Result) -> str:
    """Return the certificate as a page."""
    shown: Any = verification.shown(made)
    failed = [f"{verification.STAMP}: do not use results of this model before the reason is known."]
    first, *others = made.headline
    parts = [
        Part("verification", "What was checked", (*others, _MEANING), (), [shown["tried"]]),
        Part("not-applicable", "What could not be tried", (), (), [shown["skipped"]]),
        Part("files", "Files", links=[("results.csv", "Every number: results.csv")]),
    ]
    return standalone(
        f"Certificate: {found.title}", verification.title_of(), first, parts, (),
        f"from the scenario “{found.scenario.name}”. What went in and the fingerprint of every "
        "file are in run.json.", [*failed, *made.warnings] if found.failed else (),
    )  # fmt: skip


_MEANING = (
    "Each check alters the model in a way whose effect is known, runs it again and compares. "
    "Together they show that the model computes what its words say; whether the words are true "
    "they cannot show."
)


def _opening(found: Certificate) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "heco": __version__,
        "versions": versions(),
        "scenario": found.scenario.name,
        "inputs": dict(found.scenario.files),
        "seed": found.seed,
        "draws": found.draws,
        "warnings": list(certificate(found).warnings),
    }


def document(found: Certificate) -> dict[str, Any]:
    """Return the certificate as one JSON document."""
    made = certificate(found)
    return {
        **_opening(found),
        "headline": list(made.headline),
        "checks": [
            {
                "check": check.name,
                "family": check.family,
                "what": check.title,
                "status": verdict.status,
                "size": plain(verdict.size),
                "tolerance": check.tolerance,
                "unit": check.unit,
                "where": verdict.where,
                "reason": verdict.reason,
            }
            for check, verdict in found.verdicts
        ],
        "quantities": results_rows(made.quantities),
    }
