"""What a reader must know before using a number: warnings, and what is assumed."""

from __future__ import annotations

from heco.report import inputs, reading
from heco.result import RunResult

NAME = "warnings"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Before you use these figures"


def applies(run: RunResult) -> bool:
    """Return whether there is anything to be warned of."""
    return bool(run.warnings or inputs.assumed(run))


def context(run: RunResult) -> dict[str, object]:
    """Return the warnings, and each assumption with its reason."""
    return {
        "warnings": reading.warnings(run),
        "counted": run["inputs"].headline if "inputs" in run else (),
        "assumptions": [
            (str(r["label"]), inputs.value_of(run, r), inputs.reason(r))
            for r in inputs.assumed(run)
        ],
    }
