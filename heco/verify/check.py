"""One check: what it claims, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from heco.verify.bench import Bench

PASS, FAIL, SKIP = "pass", "fail", "not applicable"

#: How a reason begins that is the check's own fault.
STUMBLED = "the check itself could not be carried out"

#: What two ways to compute the same number may differ by, relative to the number or to 1.
EXACT = 1e-9


class NotApplicable(Exception):
    """What a check is about does not occur in this scenario; the reason is in words."""


@dataclass(frozen=True)
class Verdict:
    """What came of a check.

    Parameters
    ----------
    status : str
        ``pass``, ``fail`` or ``not applicable``.
    size : float or None
        The largest misfit that was seen, in units of the larger of 1 and the number itself.
    where : str
        Where it was seen.
    reason : str
        Why the check does not apply, or what could not be tried.
    """

    status: str
    size: float | None = None
    where: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Check:
    """A check.

    Parameters
    ----------
    name : str
        ``V1`` to ``V35``.
    family : str
        Flow, value, comparison, direction, numerical, uncertainty, decision or reference.
    title : str
        What must hold, in words.
    catches : str
        A mistake that it would find.
    tolerance : float
        The largest misfit that is rounding (or chance, where it says so).
    unit : str
        What the tolerance is measured in.
    run : callable
        From the bench to a verdict.
    """

    name: str
    family: str
    title: str
    catches: str
    tolerance: float
    run: Callable[[Bench], Verdict] = field(repr=False)
    unit: str = "relative"

    @property
    def number(self) -> int:
        """Return the number in the list."""
        return int(self.name[1:])

    @property
    def fast(self) -> bool:
        """Return whether every run performs it."""
        return self.number <= 15


class Probe:
    """Collects comparisons and remembers the worst.

    Parameters
    ----------
    tolerance : float
        The largest misfit that passes.
    """

    def __init__(self, tolerance: float = EXACT) -> None:
        self.tolerance = tolerance
        self.worst = -1.0
        self.where = ""
        self.notes: list[str] = []

    def note(self, misfit: Any, where: str) -> None:
        """Take note of how far something is from what it must be; not a number is infinitely."""
        sizes = np.nan_to_num(np.abs(np.asarray(misfit, dtype=float)), nan=np.inf, posinf=np.inf)
        size = float(sizes.max()) if sizes.size else 0.0
        if size > self.worst:
            self.worst, self.where = size, where

    def near(self, got: Any, expected: Any, where: str) -> None:
        """Compare what came out with what must, relative to the larger of it and 1."""
        got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
        with np.errstate(invalid="ignore"):
            gap = np.where(got == expected, 0.0, got - expected)
        self.note(gap / np.maximum(1.0, np.abs(expected)), where)

    def at_most(self, got: Any, bound: Any, where: str) -> None:
        """Compare what came out with what it must not exceed."""
        got, bound = np.asarray(got, dtype=float), np.asarray(bound, dtype=float)
        self.note(np.maximum(got - bound, 0.0) / np.maximum(1.0, np.abs(bound)), where)

    def say(self, what: str) -> None:
        """Add what the reader should know."""
        if what not in self.notes:
            self.notes.append(what)

    def verdict(self) -> Verdict:
        """Return what came of it all."""
        reason = "; ".join(self.notes)
        if self.worst < 0:
            return Verdict(SKIP, reason=reason or "there was nothing to compare")
        status = PASS if self.worst <= self.tolerance else FAIL
        return Verdict(status, self.worst, self.where if self.worst > 0 else "", reason)


def perform(check: Check, bench: Bench) -> Verdict:
    """Return what comes of a check on a scenario."""
    from heco.errors import ScenarioError
    from heco.reference import Undefined

    try:
        return check.run(bench)
    except NotApplicable as why:
        return Verdict(SKIP, reason=str(why))
    except Undefined as why:
        return Verdict(SKIP, reason=f"the reference cannot work it out ({why})")
    except ScenarioError as error:
        first = error.problems[0]
        said = f"{first.where} {first.what}".strip()
        return Verdict(SKIP, reason=f"the altered model cannot be run: {said}")
    except Exception as error:  # a check that stumbles must not keep anybody from a report
        return Verdict(SKIP, reason=f"{STUMBLED} ({type(error).__name__}: {error})")


def also(verdict: Verdict, reason: str) -> Verdict:
    """Return a verdict that says more."""
    return replace(verdict, reason="; ".join(filter(None, (verdict.reason, reason))))
