"""The formulas in force: those by which this run was computed, and no others."""

from __future__ import annotations

from heco.report import formulas_analyses, formulas_model
from heco.report.typeset import Formula, typeset
from heco.result import RunResult

NAME = "formulas"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Appendix: the formulas in force"


def applies(run: RunResult) -> bool:
    """Return whether anything was computed by a formula."""
    return bool(formulas(run))


def formulas(run: RunResult) -> list[Formula]:
    """Return the formulas of the model and of the analyses that were run."""
    return [*formulas_model.formulas(run), *formulas_analyses.formulas(run)]


def context(run: RunResult) -> dict[str, object]:
    """Return the formulas, set for print."""
    return {
        "formulas": [
            {
                "name": one.name,
                "lines": [typeset(line) for line in one.lines],
                "where": [(typeset(sign), words) for sign, words in one.where],
                "source": one.source,
            }
            for one in formulas(run)
        ]
    }
