"""Scenarios with groups on the bench: each group is a model of its own, and together they are one.

What is about one model is tried on every group by itself; what is about the answer, on everybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from heco.scenario.scenario import Scenario
from heco.verify.bench import Bench
from heco.verify.check import FAIL, PASS, SKIP, Check, Verdict, perform

#: Families of checks that are about the answer.
_WHOLE = ("uncertainty", "decision", "reference")
#: But a workbook holds one model.
_ONE_MODEL = "V34"


@dataclass(frozen=True)
class Benches:
    """The benches of a scenario.

    Parameters
    ----------
    whole : Bench
        Of everybody.
    parts : dict of str to Bench
        Of each group; empty without groups.
    """

    whole: Bench
    parts: dict[str, Bench]

    def perform(self, check: Check) -> Verdict:
        """Return what comes of a check: of several groups, the worst."""
        of_all = check.family in _WHOLE and check.name != _ONE_MODEL
        if not self.parts or of_all:
            return perform(check, self.whole)
        found = {name: perform(check, bench) for name, bench in self.parts.items()}
        for status in (FAIL, PASS, SKIP):
            mine = {name: verdict for name, verdict in found.items() if verdict.status == status}
            if mine:
                worst = max(mine, key=lambda name: mine[name].size or 0.0)
                verdict = mine[worst]
                where = f"{verdict.where}, in the group {worst}" if verdict.where else ""
                return replace(verdict, where=where)
        raise AssertionError("a verdict has one of three statuses")


def benches(scenario: Scenario, draws: int, seed: int | None) -> Benches:
    """Return the benches of a scenario."""
    parts = {name: Bench(scenario.of_group(name), draws, seed) for name in scenario.groups}
    return Benches(Bench(scenario, draws, seed), parts)
