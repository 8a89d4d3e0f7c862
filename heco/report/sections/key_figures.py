"""The key figures: one table that the terminal prints too."""

from __future__ import annotations

from heco.report import reading, summary
from heco.result import RunResult

NAME = "key_figures"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Key figures"


def applies(run: RunResult) -> bool:
    """Return whether there is any figure."""
    return bool(summary.key_table(run))


def context(run: RunResult) -> dict[str, object]:
    """Return the groups of rows and the strategies above them."""
    return {
        "groups": summary.key_table(run),
        "strategies": [reading.strategy(run, name) for name in reading.strategies(run)],
        "draws": f"{run.draws:,}" if run.draws else "",
        "comparator": reading.strategy(run, reading.comparator(run)),
    }
