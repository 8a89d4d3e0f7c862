"""Every rule that ties one entry to another: one small function per rule, each yielding findings.

A rule sees the `Draft`: all entries that could be read, and the names of those that could not.
It reports what it finds, once, at the place where the author can mend it, and takes no notice of
entries that are broken for other reasons. To add a rule is to write a function and to list it in
the `RULES` of its module; the message is tested by a file in ``tests/cli/bad``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from heco.scenario.checks import (
    alternatives,
    branch_sets,
    cohort,
    decision,
    formulas,
    groups,
    money,
    moves,
    names,
    outcomes,
    parameters,
    published,
    questions,
    severity,
    strategies,
    time,
    tree,
    uncertainty,
    voi,
)
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings

Rule = Callable[[Draft], Findings]

#: Findings of one rule that are listed: nobody mends more at a time, and hints take time to find.
MOST = 100

#: Every rule, in the order in which their messages are sorted within a file's line.
RULES: tuple[Rule, ...] = (
    *names.RULES,
    *formulas.RULES,
    *outcomes.RULES,
    *parameters.RULES,
    *tree.RULES,
    *branch_sets.RULES,
    *cohort.RULES,
    *strategies.RULES,
    *groups.RULES,
    *time.RULES,
    *decision.RULES,
    *questions.RULES,
    *moves.RULES,
    *uncertainty.RULES,
    *voi.RULES,
    *alternatives.RULES,
    *money.RULES,
    *severity.RULES,
    *published.RULES,
)


def check(draft: Draft) -> list[Finding]:
    """Return everything that the rules find, up to `MOST` of a kind."""
    found = []
    for rule in RULES:
        same = list(islice(rule(draft), MOST + 1))
        if len(same) > MOST:
            more = "there is more of the same; these are the first"
            same[MOST:] = [replace(same[-1], what=more, hint="")]
        found += same
    return found
