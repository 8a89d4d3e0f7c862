"""The certificate: every check on a scenario, as one result."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from heco.errors import did_you_mean, refuse
from heco.result import Column, Quantity, Result, Table
from heco.scenario.scenario import Scenario
from heco.verify import (
    comparison,
    decision,
    flow,
    integral,
    monotone,
    numerical,
    twin,
    uncertainty,
    value,
    workbook,
)
from heco.verify.check import FAIL, PASS, SKIP, Check, Verdict
from heco.verify.groups import benches

NAME = "verification"
TITLE = "Does the model behave as every model must?"

_FAMILIES = (
    flow, value, comparison, monotone, numerical, integral, uncertainty, decision, workbook,
    twin,
)  # fmt: skip

#: Every check, in order.
CHECKS: tuple[Check, ...] = tuple(check for family in _FAMILIES for check in family.CHECKS)
#: Draws of the checks on the probabilistic analysis, if nothing else is said.
DRAWS = 1_000


@dataclass(frozen=True)
class Certificate:
    """What came of the checks on one scenario.

    Parameters
    ----------
    scenario : Scenario
        What was checked.
    verdicts : tuple of (Check, Verdict)
        In order.
    draws, seed : int
        Of the checks on the probabilistic analysis.
    cycles : tuple of int, or None
        How many cycles were looked at, and how many there are, if not all were.
    """

    scenario: Scenario
    verdicts: tuple[tuple[Check, Verdict], ...]
    draws: int
    seed: int
    cycles: tuple[int, int] | None = None

    @property
    def title(self) -> str:
        """Return what the scenario is called, in words."""
        decision = self.scenario.decision
        return " ".join((decision.title or decision.question or self.scenario.name).split())

    def having(self, status: str) -> list[tuple[Check, Verdict]]:
        """Return the checks with a status."""
        return [(check, verdict) for check, verdict in self.verdicts if verdict.status == status]

    @property
    def failed(self) -> list[tuple[Check, Verdict]]:
        """Return the checks that failed."""
        return self.having(FAIL)


def chosen(only: Collection[str]) -> tuple[Check, ...]:
    """Return the checks with some names, in order.

    Raises
    ------
    ScenarioError
        If there is no such check.
    """
    known = {check.name: check for check in CHECKS}
    wanted = {name.strip().upper() for name in only}
    unknown = sorted(wanted - set(known))
    if unknown:
        raise refuse(
            f"there is no check {', '.join(unknown)}", "--only",
            did_you_mean(unknown[0], known) or "They are called V1 to V35.",
        )  # fmt: skip
    return tuple(check for check in CHECKS if check.name in wanted)


def verify(
    scenario: Scenario,
    *,
    checks: Iterable[Check] = CHECKS,
    draws: int = DRAWS,
    seed: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Certificate:
    """Perform checks on a scenario.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    checks : iterable of Check
        Which; left out, all.
    draws : int
        Of the checks on the probabilistic analysis; 0 leaves these out.
    seed : int, optional
        Instead of the scenario's own.
    progress : callable, optional
        Called before each check with its name, how many are done, and how many there are.

    Raises
    ------
    ScenarioError
        If the scenario cannot be computed at all.
    """
    made_ready = benches(scenario, draws, seed)
    bench = made_ready.whole
    made = []
    wanted = tuple(checks)
    for done, check in enumerate(wanted):
        if progress:
            progress(f"{check.name} {check.title}", done, len(wanted))
        made.append((check, made_ready.perform(check)))
    cut = (bench.cycles, bench.whole) if bench.whole else None
    return Certificate(scenario, tuple(made), draws, bench.seed, cut)


def quick(scenario: Scenario) -> Certificate:
    """Perform the checks that every run makes: V1 to V15."""
    return verify(scenario, checks=[check for check in CHECKS if check.fast])


def certificate(found: Certificate, numbers: bool = True) -> Result:
    """Return the certificate as a result.

    Parameters
    ----------
    found : Certificate
        What was found.
    numbers : bool
        Whether each check is a row of results.csv; beside a run it is a table and a page only,
        because the rows there answer what the scenario asks.
    """
    rows = tuple(_quantities(found)) if numbers else ()
    return Result(
        NAME, TITLE, tuple(_headline(found)), (_table(found),), rows,
        tuple(complaint(check, verdict) for check, verdict in found.failed),
    )  # fmt: skip


def beside_a_run(scenario: Scenario) -> Result:
    """Return the certificate that a run carries: the fast checks, as a table and a page."""
    return certificate(quick(scenario), numbers=False)


def complaint(check: Check, verdict: Verdict) -> str:
    """Say which check failed, by how much and where."""
    from heco.report.sections.verification import limit, misfit

    row = {"size": verdict.size, "tolerance": check.tolerance, "unit": check.unit}
    where = f" (at: {verdict.where})" if verdict.where else ""
    return (
        f"Failed verification: {check.name}, “{check.title}”, does not hold. The misfit is "
        f"{misfit(row)}, where {limit(row)} may be rounding or chance{where}."
    )


def _headline(found: Certificate) -> list[str]:
    tried = len(found.verdicts) - len(found.having(SKIP))
    failed = found.failed
    if failed:
        names = ", ".join(check.name for check, _ in failed)
        verb = "fails" if len(failed) == 1 else "fail"
        first = f"{len(failed)} of the {tried} checks that could be tried {verb}: {names}."
    elif tried:
        first = f"All {tried} checks that could be tried pass."
    else:
        first = "No check could be tried."
    said = [first]
    if skipped := len(found.having(SKIP)):
        verb = "does" if skipped == 1 else "do"
        said.append(f"{skipped} {verb} not apply to this model; the table says why.")
    if found.cycles:
        looked, whole = found.cycles
        said.append(f"The first {looked:,} of {whole:,} cycles were looked at: the model is large.")
    return said


def _table(found: Certificate) -> Table:
    columns = (
        Column("check", "Check"), Column("family", "About"), Column("what", "What must hold"),
        Column("status", "Result"), Column("size", "Largest misfit", "number"),
        Column("tolerance", "At most", "number"), Column("unit", "Measured in"),
        Column("where", "Where"), Column("reason", "Remark"),
        Column("catches", "What it would find"),
    )  # fmt: skip
    rows = tuple(
        (check.name, check.family, check.title, verdict.status, verdict.size, check.tolerance,
         check.unit, verdict.where, verdict.reason, check.catches)
        for check, verdict in found.verdicts
    )  # fmt: skip
    notes = (
        "A misfit is relative to the number itself, or to 1 where the number is smaller, unless "
        "another measure is named.",
    )
    return Table("verification", "What was checked, and what came of it", columns, rows, notes)


def _quantities(found: Certificate) -> list[Quantity]:
    # A misfit without end is no number: the cell stays empty, as everywhere.
    sizes = [None if verdict.size == math.inf else verdict.size for _, verdict in found.verdicts]
    return [
        Quantity("verification", size, subject=check.name, unit=verdict.status)
        for (check, verdict), size in zip(found.verdicts, sizes, strict=True)
    ] + [
        Quantity("verification_count", float(len(found.having(status))), subject=status,
                 unit="checks")
        for status in (PASS, FAIL, SKIP)
    ]  # fmt: skip
