"""The records of parameters that come from studies: pooled effects, and the accuracy of a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from heco.scenario.fields import Flag, Real, Record

if TYPE_CHECKING:
    from heco.evidence.certainty import Certainty
    from heco.evidence.flow import Flow
    from heco.evidence.judgements import Judgements


class PooledStudies(Record):
    """pooled = {...}: the effect that many studies find together (as ``heco meta`` pools them)."""

    studies: str
    """CSV file, one row per study, in the scenario's folder or below."""
    measure: str
    """What is pooled: OR, RR, RD, MD, SMD, IRR, HR, PLOGIT, PLOG, RATE or GEN. A ratio or a
    proportion is drawn on its pooling scale; the parameter's value is on the natural one."""
    draws: str
    """Which effect the model is about: "mean" (the average over settings like those studied),
    "predictive" (the effect in one new setting: the spread between settings is added), or
    "shrunken:STUDY" (in the setting of one study). Nobody can choose for you."""
    estimator: str = "REML"
    """Of the between-study variance: REML, DL, PM, ML, HS, SJ, EB, ...; IV for one common effect,
    MH or Peto from counts."""
    test: Literal["knapp-hartung", "knapp-hartung-truncated", "wald"] = "knapp-hartung"
    """Whose standard error is drawn from."""
    law: Literal["normal", "t"] = "normal"
    """"t": on the degrees of freedom of Knapp-Hartung; the ratio of such draws has no mean."""
    prior: Real | None = None
    """Scale of a half-normal prior on the between-study standard deviation: pools by the Bayesian
    model instead, for few studies."""
    only: dict[str, str] = {}
    """Only rows in which each of these columns holds this word: {outcome = "disorganised"}."""
    shared_by: str = ""
    """Column that names the control arm that several rows share."""
    shared: Literal["combine", "split", "covariance"] = "combine"
    """What is done with rows that share a control arm."""
    log: Flag = False
    """Whether published ratios are logarithms already."""


class AccuracyStudies(Record):
    """accuracy = {...}: sensitivity and specificity of a test, always drawn together."""

    studies: str
    """CSV file with study, tp, fn, fp, tn, in the scenario's folder or below."""
    draws: Literal["mean", "predictive"]
    """"mean": the average over settings like those studied. "predictive": in one new setting."""


class Review(Record):
    """[review] How the evidence was found and how far it can be trusted: shown, never weighed."""

    prisma: str = ""
    """CSV with stage, label, n: the counts of a PRISMA 2020 flow diagram. Stages: identified,
    screened, sought, assessed, papers, included; beside them removed, excluded, not_retrieved,
    excluded_full. Those that the review does not print are left out."""
    risk_of_bias: str = ""
    """CSV with study and a column for each domain that was judged: low, some concerns, unclear,
    high, no information. Columns of a file of studies that begin with rob_ do the same."""
    certainty: str = ""
    """CSV with outcome, source, and the GRADE domains risk_of_bias, inconsistency, indirectness,
    imprecision, publication_bias (not serious, serious, very serious): a summary of findings.
    Its parameter column names the input that holds the effect; control_risk gives absolute ones."""


@dataclass(frozen=True)
class Reviewed:
    """What stands in the files of [review].

    Parameters
    ----------
    flow : Flow or None
        How the studies were found.
    judged : Judgements or None
        Their risk of bias.
    certainty : tuple of Certainty
        How far each outcome can be trusted.
    """

    flow: Flow | None = None
    judged: Judgements | None = None
    certainty: tuple[Certainty, ...] = ()
