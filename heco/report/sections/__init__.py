"""The sections of the report, one file each.

A section has a ``NAME`` (of its template and its place on the page), a ``title(run)``,
``applies(run)``, and ``context(run)``: what its template in ``templates/sections`` needs. A new
section is a file here, a template and a line in `SECTIONS`.
"""

from __future__ import annotations

from types import ModuleType

from heco.report.sections import (
    answer,
    budget,
    change,
    conventions,
    course,
    drivers,
    equity,
    evidence,
    files,
    gain,
    inputs,
    key_figures,
    money,
    otherwise,
    pathway,
    reconcile,
    studies,
    uncertainty,
    warnings,
    words,
)

#: In the order in which a reader with ten minutes wants them.
SECTIONS: tuple[ModuleType, ...] = (
    answer,
    key_figures,
    warnings,
    pathway,
    gain,
    money,
    budget,
    equity,
    reconcile,
    course,
    drivers,
    otherwise,
    uncertainty,
    evidence,
    change,
    studies,
    inputs,
    conventions,
    words,
    files,
)
