"""Which course the numbers point to: adopt, adopt with a review, pilot, or wait.

There are more courses than yes and no. A strategy that is the best on average can be adopted
outright or on the condition of a review; one that is not can be given to some, so that something
is learned, or to nobody until more is known. Which fits depends on four things that a run may know:

1. Is the strategy expected to be the best? Its mean net benefit is the highest of all; the
   probability of it says how sure that is, and does not decide (Claxton 1999).
2. Is there anything to learn? Perfect information (EVPI) bounds the worth of all evidence. A
   declared study *pays* if its expected net benefit of sampling (ENBS) is above zero; without a
   declared study more evidence *may* pay, as long as EVPI is more than nothing.
3. What cannot be got back? Set-up money is lost if the strategy is stopped, so a review is no free
   way out. It *matters* here if it exceeds the net benefit that the first year is expected to
   bring.
4. Does evidence need the strategy to be on offer? That no run can know. Hence a paying study points
   to a pilot where the strategy is not yet worth it, and to a review where it is and little is
   lost by stopping.

The rule is a table:

=====================  ============  ==================  ======================================
Best on average?       Evidence      Set-up matters?     Points to
=====================  ============  ==================  ======================================
another strategy is    any           any                 that one (``another``)
yes                    cannot pay    any                 ``adopt``
yes                    may or does   no, or not stated   ``review``
yes                    may           yes                 ``review``
yes                    does pay      yes                 ``pilot``
no                     does pay      any                 ``pilot``
no                     may or can't  any                 ``wait``
any                    not computed  any                 ``adopt`` if best, else ``wait``
=====================  ============  ==================  ======================================

A rule points; people decide, for reasons that no model holds.

Sources: Claxton et al. 2012, Health Technol Assess 16(46), and Claxton et al. 2016, Medical
Decision Making 36:580 (approval with research, only in research, irrecoverable costs); Eckermann &
Willan 2007, Health Economics 16:195, and 2008, PharmacoEconomics 26:541 (the worth of delay);
Claxton 1999, Journal of Health Economics 18:341; NICE, Managed access statement (2021).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ADOPT, REVIEW, PILOT, WAIT, ANOTHER = "adopt", "review", "pilot", "wait", "another"
#: The four courses, in the order in which they are shown.
COURSES = (ADOPT, REVIEW, PILOT, WAIT)
#: Whether evidence is worth its price.
PAYS, MAY, CANNOT, UNKNOWN = "pays", "may", "cannot", "unknown"
#: Perfect information below this is worth nothing that anybody would pay. [currency per person]
NOTHING = 0.01


@dataclass(frozen=True)
class Worth:
    """A declared study at its best size.

    Parameters
    ----------
    label : str
        The study in words.
    verdict : str
        ``go``, ``stop`` or ``uncertain``: whether two standard errors settle the sign of `enbs`.
    enbs : float
        What it is worth to everybody, less what it costs. [currency]
    error : float
        Monte Carlo error of `enbs`. [currency]
    n : int
        Participants.
    """

    label: str
    verdict: str
    enbs: float
    error: float
    n: int


@dataclass(frozen=True)
class Facts:
    """What a run knows at one willingness to pay.

    Parameters
    ----------
    wtp : float
        Willingness to pay. [currency per QALY]
    option, comparator : str
        The strategy of the question, and what it is compared with.
    best : str
        The strategy with the highest mean net benefit of all; the comparator if they are equal.
    benefit : float
        Mean incremental net benefit of the option. [currency per person]
    probability : mapping of str to float
        Probability that a strategy is the best of all; empty without draws.
    loss : mapping of str to float
        Expected loss from choosing a strategy now; empty without draws. [currency per person]
    evpi, evpi_error : float or None
        Value of perfect information, and its Monte Carlo error. [currency per person]
    people : float or None
        People who enter in one period.
    everybody, horizon : float or None
        Everybody who is decided for, discounted, and over how many years; None if no study asks.
    set_up : float or None
        Money that is lost if the strategy is stopped; None if nobody states it. [currency]
    studies : tuple of Worth
        Declared studies that were valued; empty if none was.
    """

    wtp: float
    option: str
    comparator: str
    best: str
    benefit: float
    probability: Mapping[str, float] = field(default_factory=dict)
    loss: Mapping[str, float] = field(default_factory=dict)
    evpi: float | None = None
    evpi_error: float | None = None
    people: float | None = None
    everybody: float | None = None
    horizon: float | None = None
    set_up: float | None = None
    studies: tuple[Worth, ...] = ()

    @property
    def evidence(self) -> str:
        """Return whether evidence is worth its price: ``pays``, ``may``, ``cannot``, ``unknown``.

        A study that pays settles it. That all declared studies do not pay leaves open whether
        another would, unless perfect information itself is worth nothing.
        """
        if any(study.verdict == "go" for study in self.studies):
            return PAYS
        if self.evpi is None:
            return UNKNOWN
        return MAY if self.evpi >= max(NOTHING, 2 * (self.evpi_error or 0.0)) else CANNOT

    @property
    def study(self) -> Worth | None:
        """Return the declared study with the highest worth less its cost."""
        return max(self.studies, key=lambda study: study.enbs, default=None)

    @property
    def first_year(self) -> float | None:
        """Return the net benefit expected from those who enter in one period. [currency]."""
        return None if self.people is None else self.benefit * self.people

    @property
    def set_up_matters(self) -> bool:
        """Return whether more is lost by stopping than the first period is expected to bring."""
        if not self.set_up or self.first_year is None:
            return False
        return self.set_up > self.first_year


def course(facts: Facts) -> str:
    """Return the course that the numbers point to, by the table above.

    Parameters
    ----------
    facts : Facts
        What is known.

    Examples
    --------
    >>> course(Facts(20_000, "new", "old", "new", 100.0, evpi=0.0))
    'adopt'
    >>> course(Facts(20_000, "new", "old", "old", -100.0, evpi=25.0))
    'wait'
    """
    if facts.best not in (facts.option, facts.comparator):
        return ANOTHER
    evidence = facts.evidence
    if facts.best == facts.comparator:
        return PILOT if evidence == PAYS else WAIT
    if evidence in (CANNOT, UNKNOWN):
        return ADOPT
    return PILOT if evidence == PAYS and facts.set_up_matters else REVIEW
