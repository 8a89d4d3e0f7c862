"""The checklist CHEERS 2022: where each item is answered, in whose words, or that it is missing."""

from __future__ import annotations

from heco.report import cheers
from heco.result import RunResult

NAME = "cheers"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Reporting checklist: CHEERS 2022"


def applies(run: RunResult) -> bool:
    """Return True: every evaluation is to be reported."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return every item with its answer, and how many are answered."""
    from heco.report.editions import TECHNICAL  # which lists this section

    found = cheers.answers(run, TECHNICAL.places(run))
    count = {
        status: sum(one.status == status for one in found)
        for status in (cheers.ANSWERED, cheers.PARTLY, cheers.MISSING)
    }
    return {"answers": found, "count": count, "missing": cheers.MISSING, "partly": cheers.PARTLY}
