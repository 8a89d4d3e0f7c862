"""Every warning of the run: the first page has those that matter most."""

from __future__ import annotations

import re

from heco.report import reading
from heco.result import RunResult

NAME = "caveats"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Every warning"


def applies(run: RunResult) -> bool:
    """Return whether there is anything to be warned of."""
    return bool(run.warnings)


def context(run: RunResult) -> dict[str, object]:
    """Return the warnings, parameters by their labels."""
    # Where in the scenario it is said is for those who check it; the technical report has it.
    bare = (re.sub(r"^\[[\w. ]+\]\s*", "", warning) for warning in reading.warnings(run))
    return {"warnings": list(dict.fromkeys(bare))}
