"""The two reports of a run: one for the people who decide, one for those who check.

Both are made from the same `RunResult` and the same drawings, so that they cannot disagree. An
edition is a list of sections in the order in which its readers want them; a section may stand in
both. A new section is a file in ``sections``, a template, and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from heco.report.sections import (
    answer,
    at_a_glance,
    budget,
    by_group,
    caveats,
    change,
    cheers,
    conventions,
    course,
    criteria,
    deciding,
    decision,
    drivers,
    equity,
    evidence,
    files,
    finding_out,
    fitted,
    formulas,
    gain,
    gains_and_misses,
    inputs,
    key_figures,
    money,
    must_be_true,
    otherwise,
    pathway,
    reconcile,
    risks,
    severity,
    structure,
    studies,
    ten_thousand,
    uncertainty,
    verification,
    warnings,
    who,
    words,
    years,
)
from heco.result import RunResult


@dataclass(frozen=True)
class Edition:
    """A report: for whom, in which file, and what stands in it.

    Parameters
    ----------
    name, file : str
        What it is called, and where it is written.
    readers : str
        Whom it is for, in words.
    sections : tuple of module
        In the order in which its readers want them.
    numbered : bool
        Whether headings carry numbers, so that others can refer to them.
    annex : tuple of str
        Sections whose headings say that they are an annex.
    """

    name: str
    file: str
    readers: str
    sections: tuple[ModuleType, ...]
    numbered: bool = False
    annex: tuple[str, ...] = ()

    def present(self, run: RunResult) -> list[ModuleType]:
        """Return the sections that this run has something to say in."""
        return [section for section in self.sections if section.applies(run)]

    def places(self, run: RunResult) -> dict[str, tuple[int, str]]:
        """Return the number and the heading of each section that is present, by its name."""
        return {
            section.NAME: (number, self._title(section, run))
            for number, section in enumerate(self.present(run), start=1)
        }

    def _title(self, section: ModuleType, run: RunResult) -> str:
        title = str(section.title(run))
        return f"Annex: {title[:1].lower()}{title[1:]}" if section.NAME in self.annex else title


COMMISSIONER = Edition(
    name="Report",
    file="report.html",
    readers="for the people who decide",
    sections=(
        at_a_glance,
        ten_thousand,
        years,
        must_be_true,
        reconcile,
        risks,
        gains_and_misses,
        severity,
        deciding,
        finding_out,
        inputs,
        caveats,
        words,
        files,
    ),
    annex=("inputs", "caveats"),
)

TECHNICAL = Edition(
    name="Technical report",
    file="technical.html",
    readers="for those who check it",
    sections=(
        decision,
        structure,
        inputs,
        fitted,
        answer,
        key_figures,
        warnings,
        pathway,
        money,
        course,
        drivers,
        uncertainty,
        change,
        otherwise,
        gain,
        studies,
        budget,
        by_group,
        who,
        equity,
        severity,
        evidence,
        reconcile,
        conventions,
        verification,
        formulas,
        cheers,
        criteria,
        words,
        files,
    ),
    numbered=True,
)

#: Every report of a run, in the order in which they are offered.
EDITIONS = (COMMISSIONER, TECHNICAL)
