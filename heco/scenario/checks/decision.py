"""The decision: what is compared with what, at which willingness to pay."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from heco.errors import did_you_mean
from heco.scenario.draft import Draft
from heco.scenario.places import Finding, Findings
from heco.scenario.schema_analysis import Psa
from heco.scenario.schema_moves import OneWay


def roles_are_strategies(draft: Draft) -> Findings:
    """See that comparator and option are strategies, and not the same one."""
    strategies = draft.known("strategies")
    for role in ("comparator", "option"):
        name = getattr(draft.decision, role)
        if name and name not in strategies:
            yield Finding(
                ("decision", role),
                f'there is no strategy "{name}"',
                did_you_mean(name, strategies),
            )
    decision = draft.decision
    if decision.option and decision.option == decision.comparator:
        yield Finding(
            ("decision", "option"),
            f'"{decision.option}" is the comparator as well; a strategy is compared with another',
        )


def roles_are_given(draft: Draft) -> Findings:
    """See that among several strategies comparator and option are named."""
    strategies = draft.known("strategies")
    decision = draft.decision
    comparator_read = draft.intact("decision", "comparator")
    if len(strategies) > 1 and not decision.comparator and comparator_read:
        yield Finding(
            ("decision", "comparator"),
            f"there are {len(strategies)} strategies; nothing says which is the comparator",
            f'Write comparator = "{next(iter(strategies))}" under [decision].',
        )
    if len(strategies) > 2 and not decision.option and draft.intact("decision", "option"):
        others = [name for name in strategies if name != decision.comparator]
        yield Finding(
            ("decision", "option"),
            f"there are {len(strategies)} strategies; nothing says which one the question is about",
            f'Write option = "{others[0]}" under [decision]; all of them are compared.',
        )


def wtp_is_in_order(draft: Draft) -> Findings:
    """See that willingness to pay is positive, and given from low to high."""
    wtp = draft.decision.wtp
    for number, value in enumerate(wtp):
        if value <= 0:
            yield Finding(
                ("decision", "wtp", str(number)),
                f"{value:g} must be more than 0: a price of a QALY",
            )
    if any(low >= high for low, high in pairwise(wtp)):
        yield Finding(
            ("decision", "wtp"),
            f"{[f'{value:g}' for value in wtp]} must rise, each value once".replace("'", ""),
            f"Write wtp = [{', '.join(f'{value:g}' for value in sorted(set(wtp)))}].",
        )


#: Questions that weigh costs against effects.
WEIGHING = (
    "required_gain", "threshold", "assurance", "psa", "tornado", "spider", "two_way", "sensitivity",
    "flip",
)  # fmt: skip


def _weighs(asked: Any) -> bool:
    """Return whether a question needs a willingness to pay that it does not state itself."""
    if isinstance(asked, tuple):
        return any(_weighs(one) for one in asked)
    if asked is None or getattr(asked, "wtp", None) is not None:
        return False
    if isinstance(asked, OneWay):
        return asked.outcome in ("inmb", "required_gain")
    return not isinstance(asked, Psa) or asked.precision is not None


def questions_have_a_wtp(draft: Draft) -> Findings:
    """See that a question about worth finds what a QALY is worth."""
    if draft.decision.wtp or not draft.intact("decision", "wtp"):
        return
    asked = [name for name in WEIGHING if _weighs(getattr(draft.analysis, name))]
    if asked:
        hint = 'Write wtp = [20_000, 30_000] or the name of a preset: wtp = "nice-20-30".'
        if "tornado" in asked or "spider" in asked:
            hint += ' To look at costs alone, without one: outcome = "incremental_cost".'
        yield Finding(
            ("decision", "wtp"),
            f"wtp is missing; {' and '.join(asked)} cannot be answered without it",
            hint,
        )


RULES = (roles_are_strategies, roles_are_given, wtp_is_in_order, questions_have_a_wtp)
