"""The page about the checks: ``python -m heco.verify.manual > docs/verification.md``.

The table is written from the checks themselves, so that the page cannot drift from what is done.
"""

from __future__ import annotations

import sys

from heco.report.sections.verification import tiny
from heco.verify.certify import CHECKS
from heco.verify.check import Check

_INTRODUCTION = """\
# Verification: what must be true of every model

Some things are true of every decision model, whatever it is about: two identical strategies cost
the same, a life in full health is worth its years, the order in which states are written changes
nothing. heco tries these things on *your* model.

```sh
heco verify scenarios/first.toml              # all checks: a table, and a certificate to keep
heco verify scenarios/first.toml --only V6,V12
heco run scenarios/first.toml                 # makes V1 to V15 before anything else
```

Each check alters the scenario in a way whose effect is known, runs it again through the same door
as every analysis, and compares. There are three results:

- **pass**: it was tried, and holds within the tolerance;
- **fail**: it does not hold; the size of the misfit and the place where it is largest are given;
- **not applicable**: what the check is about does not occur in this model, or cannot be told; the
  reason is given. What was not tried is never called a pass, and a pass that could try a part only
  says which.

`heco verify` ends with 0 if nothing fails, 1 if a check fails and 2 if the scenario cannot be used.
It writes `verification.html` (the certificate), `results.csv`, `tables/verification.csv` and
`run.json`. `--draws` and `--seed` are for the checks on uncertainty; `--draws 0` leaves them out.

`heco run` makes V1 to V15 first. If one fails, nothing is written and the command ends with 1;
`--force` writes the report all the same, with FAILED VERIFICATION on each page. The certificate of
V1 to V15 stands in the technical report.

What this shows is that the model computes what its words say. Whether the words are true (the
structure, the evidence, the assumptions) no program can show.

## The checks

A misfit is relative to the number itself, or to 1 where the number is smaller, unless the tolerance
names another measure. Most checks are made in the base case and in three draws.
"""

_ABOUT = {
    "flow": "People are neither made nor lost",
    "value": "What time and events are worth",
    "comparison": "What comparing strategies depends on",
    "direction": "Results that must move one way",
    "numerical": "Cycles, units, sizes",
    "uncertainty": "Draws, and what is made of them",
    "decision": "Frontier, thresholds, budget, equity, files",
    "reference": "A second computation",
}

_AFTER = """\
## What the checks rest on

- **V8, V9, V14, V18, V19, V24 and V35** use the reference in `heco/reference`: one draw, one
  strategy, plain loops over plain numbers, with its own arithmetic of formulas, tree, cohort,
  counting and discounting. It shares no code with the engine; both read the same words and the same
  facts (distributions and tables as they were read). Where the reference would take too long, the
  first cycles are compared and the remark says how many.
- **V34** reads the workbook of `heco run --excel` back from its file, computes every formula from
  its text alone (`heco/workbook/engine.py`, which knows cells and no models), and does so again for
  each of the draws with the draw's values in the input cells. `tests/unit/workbook` has LibreOffice
  compute the same files.
- **V14, V17**: ratios of effect are the parameters whose unit says so (risk ratio, odds ratio,
  hazard ratio, rate ratio) or that stand as the ratio in `apply_rr`, `apply_or`, `apply_hr` or
  `apply_rate_ratio`. They are set to 1 where nothing else makes two strategies differ in health.
- **V18, V19**: inputs are found by their name or label (uptake, attendance, coverage; sensitivity,
  specificity; prevalence).
- **V17 and V18**: where a result moves the other way and the reference finds the same, the words of
  the scenario make it so. The check then does not apply, and its remark asks to look at it.
- **V21** is tried where every move is a rate, or a probability made for the length of the cycle
  (`prob(r)`, `per_cycle(p)`). A trapezoid leaves a quarter of a change at each halving, exits
  written one by one about a half.
- **V24** takes the rates from the logarithm of the matrix of a cycle and integrates them exactly
  (Van Loan 1978). Where Simpson's own error is larger than the tolerance, the remark says so.
- **V29**: the value of part of the information is estimated by regression, and may exceed the whole
  by four of its own standard errors.
- Alternatives (`[analysis.alternatives]`) are scenarios of their own and are not tried.

## Do the checks find anything?

A check that cannot fail is worthless. `tests/unit/verify/verify_breakages.py` puts mistakes into
the engine one at a time (people who are lost, Simpson's weights swapped, discounting from the wrong
year, costs that leak into health, a probability for a year used in every cycle, ...), and each must
be found by the check that claims it; every check has at least one. On random scenarios
without a mistake none may fail (`test_verify_random.py`).

The list follows TECH-VER (Büyükkaramikli et al. 2019, PharmacoEconomics 37:1391,
10.1007/s40273-019-00844-y).
"""


def manual() -> str:
    """Return the page as Markdown."""
    parts = [_INTRODUCTION]
    for family, about in _ABOUT.items():
        checks = [check for check in CHECKS if check.family == family]
        parts.append(f"### {about}\n\n{_table(checks)}")
    return "\n".join([*parts, _AFTER])


def _table(checks: list[Check]) -> str:
    lines = ["| Check | What must hold | At most | A mistake it would find |", "|---|---|---|---|"]
    for check in checks:
        unit = "" if check.unit == "relative" else f" {check.unit}"
        most = f"{tiny(check.tolerance)}{unit}"
        lines.append(f"| {check.name} | {check.title} | {most} | {check.catches} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(manual())
