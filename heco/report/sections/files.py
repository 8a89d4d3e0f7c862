"""Files: where every number is, and what the run was made of."""

from __future__ import annotations

from collections.abc import Mapping

from heco.result import RunResult

NAME = "files"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Files"


def applies(run: RunResult) -> bool:
    """Return True: every run writes files."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return the files that were read, with their fingerprints, and how those beside are listed."""
    return {"inputs": sorted(run.files.items()), "listed": listed}


def listed(about: Mapping[str, str], folder: str) -> list[tuple[str, str, str]]:
    """Return each file of a folder with what it holds and, for a figure, where its numbers are."""
    found = []
    for name, words in about.items():
        if not name.startswith(folder) or name.endswith(".png") or "/figure_" in name:
            continue
        table = name.replace("figures/", "tables/figure_").replace(".svg", ".csv")
        found.append((name, words, table if table != name and table in about else ""))
    return found
