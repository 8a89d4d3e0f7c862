"""Files: where every number is, and what the run was made of."""

from __future__ import annotations

from heco.result import RunResult

NAME = "files"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Files"


def applies(run: RunResult) -> bool:
    """Return True: every run writes files."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return the files that were read, with their fingerprints."""
    return {"inputs": sorted(run.files.items()), "seed": run.seed, "draws": run.draws}
