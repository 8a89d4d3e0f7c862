"""What it does to the answer which effect of the studies is drawn.

The average over settings, the effect in a new setting, the effect in one study's setting: the
point estimate is the same for the first two, and how unsure the decision is may not be. Each
choice is run on the draws of the base case, with the drawn ranks of the parameter kept, so that
the choices differ by nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from heco.analysis.context import Context, Sample, increments, keep
from heco.analysis.jobs import evaluate
from heco.analysis.readings import all_readings, without
from heco.analysis.summaries import summary
from heco.analysis.wording import chance, inside, money
from heco.errors import ScenarioError
from heco.outcomes import Array
from heco.result import Column, Quantity, Result, Table

if TYPE_CHECKING:
    from heco.evidence.distributions import Distribution

NAME = "pooling_choice"
TITLE = "What would it change to draw another effect of the studies?"
#: What each choice is called.
WORDS = {"mean": "the average effect", "predictive": "the effect in a new setting"}


def applies(context: Context) -> bool:
    """Return whether a parameter is pooled from studies that leave a choice."""
    return bool(context.wtp and context.scenario.options and _pooled(context))


def _pooled(context: Context) -> dict[str, Any]:
    """Return the parameters that are pooled from studies, with at least one other choice."""
    return {
        name: distribution
        for name, distribution in context.scenario.distributions.items()
        if len(getattr(distribution, "others", {})) > 1
    }


def run(context: Context) -> Result:
    """Run every choice for every such parameter.

    Parameters
    ----------
    context : Context
        The run.

    Returns
    -------
    Result
        ``pooling_choice``, with a table of that name.
    """
    rows: list[tuple[Any, ...]] = []
    quantities: list[Quantity] = []
    headline: list[str] = []
    for name, own in _pooled(context).items():
        found = {}
        for use, other in own.others.items():
            made, lost = _with(context, name, own, other.scaled(own.factor), use == own.use)
            found[use] = made
            rows += _rows(context, name, own, use, other.scaled(own.factor), made, lost)
            quantities += _quantities(name, use, made)
        headline += _sentences(context, name, own, found)
    return Result(
        NAME, TITLE, tuple(headline), (_table(context, rows),), tuple(quantities),
        settings={
            context.parameter_label(name): f"draws are {_words(own.use)}"
            for name, own in _pooled(context).items()
        },
    )  # fmt: skip


def _words(use: str) -> str:
    kind, _, study = use.partition(":")
    return WORDS.get(kind, f"the effect in the setting of {study}")


def _with(
    context: Context, name: str, own: Any, other: Distribution, same: bool
) -> tuple[Context, int]:
    """Return the run with another choice, and how many draws left their domain."""
    if same:
        return context, 0
    base = context.base.draws.replace(_columns(name, other.base))
    outcomes = context.model.evaluate(base)
    made = replace(context, base=Sample(base, outcomes))
    if context.psa is None:
        return made, 0
    draws = context.psa.draws.replace(_redrawn(context.psa, name, own, other))
    run = evaluate(context.model, draws, context.jobs)
    valid = np.asarray(run.valid)
    left = np.flatnonzero(valid)
    sample = Sample(draws.take(left), keep(run, valid)) if len(left) < draws.n else \
        Sample(draws, run)  # fmt: skip
    return replace(made, psa=sample), draws.n - len(left)


def _columns(name: str, value: float | Mapping[str, float]) -> dict[str, Array | float]:
    if isinstance(value, Mapping):
        return {f"{name}.{part}": float(item) for part, item in value.items()}
    return {name: float(value)}


def _redrawn(psa: Sample, name: str, own: Any, other: Distribution) -> dict[str, Array | float]:
    """Return draws of another choice that keep the ranks of those that were made."""
    if not own.components:
        u = own.mixture.cdf(own.measure.pooling(psa.draws.column(name)))
        return {name: other.ppf(_open(u))}
    from scipy.special import logit, ndtr

    first, second = (
        logit(psa.draws.column(f"{name}.{part}")) - mu
        for part, mu in zip(own.components, own.mu, strict=True)
    )
    (a, c), (_, b) = own.covariance
    spread = math.sqrt(a)
    slope = c / spread if spread > 0 else 0.0
    rest = math.sqrt(max(b - slope**2, 0.0))
    z = first / spread if spread > 0 else np.zeros_like(first)
    left = (second - slope * z) / rest if rest > 0 else np.zeros_like(first)
    values = other.ppf(np.stack([_open(ndtr(z)), _open(ndtr(left))]))
    return {f"{name}.{part}": values[i] for i, part in enumerate(own.components)}


def _open(u: Array) -> Array:
    """Return probabilities inside (0, 1): a draw in the far tail may round to an end."""
    return np.minimum(np.maximum(u, 1e-16), 1 - 1e-16)


def _benefits(made: Context, option: str, wtp: float) -> tuple[float, Array | None]:
    """Return net benefit in the base case, and by draw."""
    comparator = made.scenario.comparator
    cost, effect = increments(made.base, made.effect, option, comparator)
    base = float(np.mean(wtp * effect - cost))
    if made.psa is None:
        return base, None
    cost, effect = increments(made.psa, made.effect, option, comparator)
    return base, wtp * effect - cost


def _gains(made: Context) -> dict[str, Any]:
    """Return the first required gain that is asked for, by option."""
    gain = made.scenario.analysis.required_gain
    if gain is None:
        return {}
    try:
        nothing = without(made, gain.utility, f"[analysis] {NAME}") if gain.utility else {}
    except ScenarioError:  # the table of required gains says so itself
        return {}
    first: dict[str, Any] = {}
    for reading in all_readings(made, nothing):
        first.setdefault(reading.option, reading)
    return first


def _ends(other: Distribution) -> tuple[float | None, float | None, float | None]:
    """Return base value and the central 95% of a single quantity."""
    base = other.base
    if isinstance(base, Mapping):
        return None, None, None
    low, high = other.interval()  # type: ignore[attr-defined]
    return float(base), low, high


def _rows(
    context: Context, name: str, own: Any, use: str, other: Distribution, made: Context, lost: int
) -> list[tuple[Any, ...]]:
    rows = []
    gains = _gains(made)
    value, low, high = _ends(other)
    note = f"{lost:,} draws left their domain and are not counted" if lost else ""
    for option in context.scenario.options:
        for wtp in context.wtp:
            base, drawn = _benefits(made, option, wtp)
            whole = summary(drawn) if drawn is not None else None
            reading = gains.get(option)
            gain = reading.gain(made.basis, wtp) if reading else None
            rows.append(
                (
                    name, context.parameter_label(name), use, _words(use), use == own.use,
                    value, low, high, option, context.label(option), wtp, base,
                    *((whole.mean, whole.lower, whole.upper) if whole else (None,) * 3),
                    float(np.mean(drawn > 0)) if drawn is not None else None,
                    reading.label if reading else "",
                    *((gain.value, gain.lower, gain.upper) if gain else (None,) * 3), note,
                )
            )  # fmt: skip
    return rows


def _table(context: Context, rows: list[tuple[Any, ...]]) -> Table:
    columns = (
        Column("parameter", "Name"), Column("label", "Parameter"), Column("choice", "Choice"),
        Column("drawn", "What is drawn"), Column("used", "Used here", "flag"),
        Column("value", "Value", "number"), Column("lower", "95% from", "number"),
        Column("upper", "to", "number"), Column("strategy", "Name of strategy"),
        Column("strategy_label", "Strategy"),
        Column("wtp", f"Willingness to pay per {context.unit}", "money"),
        Column("inmb", "Net benefit, base case", "pence"),
        Column("inmb_mean", "Net benefit, mean of draws", "pence"),
        Column("inmb_lower", "95% from", "pence"), Column("inmb_upper", "to", "pence"),
        Column("p_better", "Chance that it is worth its cost", "percent"),
        Column("per", "Gain counted per"), Column("required", "Required gain", "qaly"),
        Column("required_lower", "95% from", "qaly"), Column("required_upper", "to", "qaly"),
        Column("note", "Note"),
    )  # fmt: skip
    notes = ("Net benefit per person, against the comparator. Only what is drawn differs.",)
    return Table(NAME, "Which effect of the studies is drawn", columns, tuple(rows), notes)


def _quantities(name: str, use: str, made: Context) -> list[Quantity]:
    found = []
    for option in made.scenario.options:
        for wtp in made.wtp:
            base, drawn = _benefits(made, option, wtp)
            whole = summary(drawn) if drawn is not None else None
            found.append(
                Quantity(
                    "pooling_choice_inmb", base if whole is None else whole.mean,
                    strategy=option, comparator=made.scenario.comparator, wtp=wtp,
                    subject=f"{name}/{use}", lower=whole.lower if whole else None,
                    upper=whole.upper if whole else None,
                    unit=f"{made.currency} per person", basis=made.basis,
                )
            )  # fmt: skip
    return found


def _sentences(context: Context, name: str, own: Any, found: Mapping[str, Context]) -> list[str]:
    """Return what the choice does, for the option that the question is about."""
    option, wtp = context.scenario.option, context.wtp[0]
    label = inside(context.parameter_label(name))
    start = f"Of the studies behind {label}, {_words(own.use)} is drawn"
    said = []
    for use, made in found.items():
        if use == own.use:
            continue
        base, drawn = _benefits(made, option, wtp)
        _, before = _benefits(context, option, wtp)
        if drawn is None or before is None:
            said.append(
                f"{_words(use)} would give a net benefit of {money(base, context.currency)}"
            )
            continue
        now, then = float(np.mean(drawn > 0)), float(np.mean(before > 0))
        said.append(
            f"with {_words(use)} the chance of being worth its cost at "
            f"{money(wtp, context.currency)} would be {chance(now)} instead of {chance(then)}"
        )
    return [f"{start}; {'; '.join(said)}."] if said else []
