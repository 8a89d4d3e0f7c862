"""The sections of the reports, one file each.

A section has a ``NAME`` (of its template and its place on the page), a ``title(run)``,
``applies(run)``, and ``context(run)``: what its template in ``templates/sections`` needs. Which
report shows it, and where, is said in `heco.report.editions`.
"""
