"""The records of [reporting]: what a report must say that no model can compute."""

from __future__ import annotations

from heco.scenario.fields import Record


class Screening(Record):
    """screening = {...}: the author's words on criteria for a targeted screening programme.

    The criteria are those of the UK National Screening Committee (29 September 2022). The table
    stands in the technical report where this is given, be it empty, or where people are counted
    under `screened` on the tree.
    """

    condition: str = ""
    """What is known of the condition, its course, and the marker by which it is identified."""
    test_and_intervention: str = ""
    """Evidence on the test, and that early intervention does better than usual care."""
    diagnosis: str = ""
    """The investigation after a positive test, and whom it tells apart."""
    harms: str = ""
    """Benefits against harms: overdiagnosis, overtreatment, false alarms, false reassurance."""
    selection: str = ""
    """Evidence for who is eligible, and how nobody who should be is left out."""
    acceptability: str = ""
    """Whether the public and professionals accept it, and what the invited are told."""
    feasibility: str = ""
    """Assessment of feasibility: monitoring, quality assurance, staff and facilities."""


class Reporting(Record):
    """[reporting] What the author says to the items of CHEERS 2022 that no model can answer.

    Plain sentences. Each stands in the technical report beside the place where heco answers the
    item by itself, if it does; an item that nobody answers is shown as missing.
    """

    title: str = ""
    """Item 1: how the title says that this is an economic evaluation."""
    abstract: str = ""
    """Item 2: a structured summary of context, methods, results and alternative analyses."""
    background: str = ""
    """Item 3: context of the study, and why it matters for policy or practice."""
    analysis_plan: str = ""
    """Item 4: whether there was a health economic analysis plan, and where it is."""
    population: str = ""
    """Item 5: characteristics of the study population."""
    setting: str = ""
    """Item 6: setting and location, as far as they may influence findings."""
    comparators: str = ""
    """Item 7: why these strategies are compared."""
    perspective: str = ""
    """Item 8: why this perspective was chosen."""
    time_horizon: str = ""
    """Item 9: why this time horizon is appropriate."""
    discount_rate: str = ""
    """Item 10: why these discount rates were chosen."""
    outcomes: str = ""
    """Item 11: which measures of benefit and harm were used."""
    measurement: str = ""
    """Item 12: how outcomes were measured."""
    valuation: str = ""
    """Item 13: in whom, and how, outcomes were valued."""
    costs: str = ""
    """Item 14: how resources and costs were measured and valued."""
    currency: str = ""
    """Item 15: dates of quantities and unit costs, currency and conversion."""
    model: str = ""
    """Item 16: why this kind of model was used, and where it can be had."""
    analytics: str = ""
    """Item 17: methods of analysis, extrapolation and validation."""
    heterogeneity: str = ""
    """Item 18: how results for subgroups were estimated."""
    distribution: str = ""
    """Item 19: how effects on different people, or priority groups, were treated."""
    uncertainty: str = ""
    """Item 20: how sources of uncertainty were characterised."""
    engagement: str = ""
    """Item 21: how patients, the public or others affected were involved in the design."""
    parameters: str = ""
    """Item 22: inputs, their values, ranges, sources and distributions."""
    results: str = ""
    """Item 23: the main results."""
    effect_of_uncertainty: str = ""
    """Item 24: how uncertainty affects findings."""
    engagement_effect: str = ""
    """Item 25: what difference the involvement of patients and others made."""
    findings: str = ""
    """Item 26: findings, limitations, generalisability, and what was known before."""
    funding: str = ""
    """Item 27: who paid for the study, and the part that the funder played."""
    conflicts: str = ""
    """Item 28: conflicts of interest of the authors."""
    screening: Screening | None = None
    """The author's words on the criteria for a targeted screening programme."""
