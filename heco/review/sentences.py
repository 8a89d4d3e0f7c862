"""What a review found, in sentences computed from its numbers."""

from __future__ import annotations

import math

from heco.evidence import meta
from heco.report import numbers
from heco.report.synthesis import words
from heco.report.synthesis.words import Words, method, number, p_value, studies
from heco.review.answers import Review


def headline(found: Review) -> str:
    """Return the answer as one sentence."""
    return words.headline(found.effects, found.main, found.asked.outcome)


def heterogeneity(found: Review) -> list[str]:
    """Return how much the studies differ."""
    spread = found.spread
    if spread.k < 2:
        return ["One study: nothing can be said about how studies differ."]
    level = f"{100 * spread.level:g}%"
    low, high = (math.sqrt(max(x, 0.0)) for x in (spread.tau2_low, spread.tau2_high))
    said = [
        f"Q {number(spread.q)} on {spread.q_df} df, p {p_value(spread.q_p, True)}; "
        f"I² {spread.i2:.0f}%{_percent(spread.i2_interval)}; H² {number(spread.h2)}; "
        f"τ² {number(spread.tau2)} ({spread.estimator})",
        f"τ {number(spread.tau)}"
        + (f", {level} {number(low)} to {number(high)} (Q-profile)" if not math.isnan(high) else "")
        + ": standard deviation of true effects between studies",
    ]
    return said


def prediction(found: Review) -> str:
    """Return where the effect of a new setting is expected, with the rule's name."""
    spread, words = found.spread, Words(found.effects)
    if spread.prediction is None:
        return "No prediction interval: it needs three studies at least."
    low, high = spread.prediction.low, spread.prediction.high
    return (
        f"In a new setting ({100 * spread.level:g}% prediction interval, {spread.estimator}): "
        f"{words.interval(low, high)}; {spread.prediction.words}"
    )


def _percent(limits: tuple[float, float]) -> str:
    low, high = limits
    return "" if math.isnan(low) or math.isnan(high) else f" ({low:.0f} to {high:.0f})"


def leaving_out(found: Review) -> str:
    """Return what single studies do."""
    if not found.without:
        return ""
    words = Words(found.effects)
    estimates = [p.estimate for p in found.without]
    least, most = min(estimates), max(estimates)
    text = f"Leaving out one study at a time: {words.effect(least)} to {words.effect(most)}"
    if found.measure.contrast:
        lost = [
            name
            for name, p in zip(found.effects.study, found.without, strict=True)
            if _excludes(found.main) != _excludes(p)
        ]
        verb = "gains" if not _excludes(found.main) else "loses"
        if lost:
            names = ", ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
            text += f"; the result {verb} significance without {names}"
        else:
            text += (
                "; significant without any one of them"
                if _excludes(found.main)
                else "; not significant without any one of them either"
            )
    moving = influential(found)
    if moving:
        text += f". Influential: {numbers.listing(moving)}"
    return text + "."


def influential(found: Review) -> list[str]:
    """Return the studies that pass a usual limit of influence."""
    if found.influence is None:
        return []
    flags = zip(found.influence.study, found.influence.influential, strict=True)
    return [name for name, yes in flags if yes]


def _excludes(pooled: meta.Pooled) -> bool:
    return pooled.low > 0 or pooled.high < 0


def subgroups(found: Review) -> list[tuple[str, str, str, str]]:
    """Return a row for each subgroup: name, studies, effect, tau and I2."""
    assert found.subgroups is not None
    words = Words(found.effects)
    return [
        (name, str(g.k), words.whole(g.estimate, g.low, g.high), _spread(g))
        for name, g in found.subgroups.groups.items()
    ]  # fmt: skip


def _spread(group: meta.Pooled) -> str:
    """Return how far the studies of one group differ."""
    said = [] if group.common else [f"τ {number(group.tau)}"]
    return ", ".join([*said, f"I² {group.i2:.0f}%"] if math.isfinite(group.i2) else said)


def subgroup_test(found: Review) -> str:
    """Return whether subgroups differ."""
    s = found.subgroups
    assert s is not None
    return (
        f"Test for subgroup differences: χ² {number(s.q)} on {s.df} df, p "
        f"{p_value(s.p, True)} (by {found.asked.by}; τ² {s.tau2})"
    )


def regression(found: Review) -> list[str]:
    """Return what the regression explains."""
    r = found.regression
    assert r is not None
    explained = f"R² {r.r2:.0f}%" if math.isfinite(r.r2) else "R² not defined"
    return [
        f"{explained}; left over: τ {number(math.sqrt(r.tau2))}, I² {r.i2:.0f}%, Q "
        f"{number(r.q)} on {r.q_df} df, p {p_value(r.q_p, True)}; all moderators: p "
        f"{p_value(r.model_p, True)} ({method(r.estimator, r.test)}, {studies(r.k)})"
    ]


def bias(found: Review) -> list[str]:
    """Return whether small studies find more."""
    words = Words(found.effects)
    said = []
    if found.bias:
        tests = "; ".join(f"{t.test} p {p_value(t.p, True)}" for t in found.bias)
        said.append(f"Small-study effects: {tests}")
    if found.filled is not None and found.filled_common is not None:
        said.append(f"Trim and fill would add {_added(found.filled, words)}")
        if found.filled.missing != found.filled_common.missing:
            said.append(
                f"Centred on the common effect, it would add {_added(found.filled_common, words)}"
            )
    if not said and found.effects.k < 10:
        said.append(f"Small-study effects: not tested ({studies(found.effects.k)}, 10 are needed)")
    return said


def _added(filled: meta.TrimAndFill, words: Words) -> str:
    if filled.missing == 0:
        return "no study"
    pooled = filled.pooled
    return (
        f"{studies(filled.missing)} on the {filled.side}: "
        f"{words.whole(pooled.estimate, pooled.low, pooled.high)}"
    )


def bayesian(found: Review) -> str:
    """Return what the Bayesian model says."""
    b = found.bayes
    assert b is not None
    words = Words(found.effects)
    return (
        f"Bayesian ({b.prior}): {words.whole(b.mu.median, b.mu.low, b.mu.high)}; new setting "
        f"{words.interval(b.predicted.low, b.predicted.high)}; τ {number(b.tau.median)} "
        f"({number(b.tau.low)} to {number(b.tau.high)})"
    )


def resampled(found: Review) -> str:
    """Return how the result would vary if other studies had been found."""
    boot = found.resampled
    assert boot is not None
    words, ends = Words(found.effects), boot.interval(found.asked.level)
    low, high = ends["tau2"]
    return (
        f"Bootstrap ({boot.samples:,} samples of the studies, {boot.estimator}, seed {boot.seed}): "
        f"{100 * found.asked.level:g}% interval {words.interval(*ends['estimate'])}; "
        f"τ² {number(low)} to {number(high)}"
    )


def tests_of_tables(found: Review) -> str:
    """Return the tests that belong to the Mantel-Haenszel odds ratio."""
    s = found.stratified
    if s is None:
        return ""
    return (
        f"Mantel–Haenszel tables: no effect p {p_value(s.cmh_p, True)}; one odds ratio for "
        f"all (Breslow–Day–Tarone) p {p_value(s.tarone_p, True)}"
    )
