"""Published figures: numbers as printed, about things that exist."""

from __future__ import annotations

import re

from heco.errors import did_you_mean
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings

_OUTCOMES = ("cost", "qaly", "life_years")

#: Every quantity of results.csv that a published figure can stand beside.
QUANTITIES = frozenset(
    {
        *_OUTCOMES,
        *(f"{name}_undiscounted" for name in _OUTCOMES),
        *(f"incremental_{name}" for name in _OUTCOMES),
        *(f"incremental_{name}_undiscounted" for name in _OUTCOMES),
        "icer", "inmb", "nmb", "nhb", "dominance",
        "cases", "cases_missed", "false_positives", "treated", "annual_cost",
        "cost_per_case_identified", "cost_per_case_treated", "cost_per_benefit",
        "cost_per_extra_case", "required_qaly_per_treated", "required_qaly_per_benefit",
        "required_utility_per_year", "threshold",
        "ceac", "ceaf", "expected_loss", "evpi", "evpi_population", "evppi", "evsi", "enbs",
        "pooled_effect", "pooled_se", "tau2", "i2", "q", "prediction_lower", "prediction_upper",
        "budget_net", "budget_cumulative", "wte", "count", "share", "switch_point",
        "group_share", "group_icer", "group_inmb", *(f"group_{name}" for name in _OUTCOMES),
        *(f"group_incremental_{name}" for name in _OUTCOMES),
    }
)  # fmt: skip

#: Quantities whose last word the author chooses: "required_qaly_per_" and the key of a reading.
FAMILIES = (
    "required_qaly_per_", "required_life_years_per_", "extra_cost_per_", "modelled_qaly_per_",
)  # fmt: skip

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def figures_are_numbers(draft: Draft) -> Findings:
    """See that a figure as printed is a number without separators, currency or per cent."""
    for name, figure in draft.published.items():
        if not _NUMBER.fullmatch(figure.printed):
            bare = re.sub(r"[,\s_£$€%]|GBP|USD|EUR", "", figure.printed)
            hint = f'Write "{bare}".' if _NUMBER.fullmatch(bare) else ""
            if "%" in figure.printed and hint:
                hint = f'Write the share: "{float(bare) / 100:g}".'
            yield Finding(
                ("published", name, "printed"),
                f'"{figure.printed}" is not a number as heco reads it',
                hint,
            )


def figures_are_about_something(draft: Draft) -> Findings:
    """See that strategies, comparators and parameters that a figure is about exist."""
    strategies = draft.known("strategies")
    parameters = draft.parameter_names()
    for name, figure in draft.published.items():
        for role in ("strategy", "comparator"):
            said = getattr(figure, role)
            if said and said not in strategies:
                what = f'there is no strategy "{said}"'
                yield Finding(("published", name, role), what, did_you_mean(said, strategies))
        if figure.strategy and figure.strategy == figure.comparator:
            what = f'"{figure.strategy}" is compared with itself'
            yield Finding(("published", name, "comparator"), what)
        parameter = figure.quantity in ("threshold", "evppi")
        if parameter and figure.subject and figure.subject not in parameters:
            yield Finding(
                ("published", name, "subject"),
                f'there is no parameter "{figure.subject}"',
                did_you_mean(figure.subject, parameters),
            )


def quantities_are_ours(draft: Draft) -> Findings:
    """See that a figure stands beside a quantity or measure (a warning)."""
    known = [*QUANTITIES, *draft.known("measures")]
    for name, figure in draft.published.items():
        if figure.quantity not in known and not figure.quantity.startswith(FAMILIES):
            yield Finding(
                ("published", name, "quantity"),
                f'there is no quantity "{figure.quantity}", so nothing stands beside the figure',
                did_you_mean(figure.quantity, known),
                warning=True,
            )


RULES = (figures_are_numbers, figures_are_about_something, quantities_are_ours)
