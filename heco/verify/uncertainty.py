"""V25 to V29: draws, and what is made of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from heco.analysis.curves import curves
from heco.evidence.distributions import Beta, Dirichlet, Gamma, Lognormal, MvNormal, Normal, Scalar
from heco.evidence.distributions.judgement import Pert, Triangular, Uniform
from heco.model import compile_model
from heco.outcomes import Array
from heco.scenario.scenario import Scenario
from heco.scenario.schema_study import Voi
from heco.verify.bench import TOTALS, Bench
from heco.verify.check import Check, NotApplicable, Probe, Verdict

#: What is left of the spread of an input whose standard error goes to nothing.
ALMOST_NOTHING = 1e-8
#: How far the mean of such draws may be from the base case.
SHRUNK = 1e-6
#: Standard errors of a simulated number that chance may use up.
CHANCE = 4.0
#: Inputs of which the value of information is looked at.
INPUTS = 2
#: Willingness to pay at which health is all that counts. [currency per QALY]
BOUNDLESS = 1e12


def _shrunk(bench: Bench) -> Verdict:
    bench.needs_draws()
    scenario, probe = bench.scenario, Probe(SHRUNK)
    made: dict[str, Any] = {}
    whole: list[str] = []
    for name, distribution in scenario.distributions.items():
        narrow = _narrow(distribution)
        if narrow is None:
            whole.append(name)
        else:
            made[name] = narrow
    if not made:
        raise NotApplicable("no input has a distribution whose spread can go to nothing")
    model = compile_model(replace(scenario, distributions={**scenario.distributions, **made}))
    drawn = model.sample(16, bench.seed)
    whole += [name for name in drawn.names if name in scenario.samples]
    fixed = {n: bench.sample.draws.column(n) for n in drawn.names if n.partition(".")[0] in whole}
    outcomes = model.evaluate(drawn.replace(fixed))
    base = bench.sample.outcomes
    for total in TOTALS:
        mean = getattr(outcomes, total).mean(axis=1)
        probe.near(mean, getattr(base, total)[:, 0], f"mean {total}")
    if whole:
        probe.say(f"kept at their base value: {', '.join(whole)}")
    return probe.verdict()


def _narrow(distribution: Any) -> Any:
    """Return a distribution of the same family about its base value, with almost no spread."""
    base = distribution.base
    if isinstance(distribution, MvNormal):
        small = tuple(tuple(c * ALMOST_NOTHING**2 for c in row) for row in distribution.covariance)
        return replace(distribution, covariance=small)
    if isinstance(distribution, Dirichlet):
        return replace(distribution, alpha=tuple(a / ALMOST_NOTHING**2 for a in distribution.alpha))
    if not isinstance(distribution, Scalar):
        return None
    spread = ALMOST_NOTHING * (abs(base) or 1.0)
    if isinstance(distribution, Normal):
        return replace(distribution, mu=base, sigma=spread)
    if isinstance(distribution, Lognormal):
        return replace(distribution, mu=math.log(base), sigma=ALMOST_NOTHING)
    if isinstance(distribution, Gamma):
        shape = (base / spread) ** 2
        return replace(distribution, shape=shape, scale=base / shape)
    if isinstance(distribution, Beta):
        low, high = distribution.lower, distribution.upper
        mean = (base - low) / (high - low)
        if not 0.0 < mean < 1.0:
            return None
        size = mean * (1.0 - mean) / ALMOST_NOTHING**2
        return replace(distribution, alpha=mean * size, beta=(1.0 - mean) * size)
    if isinstance(distribution, Uniform):
        return replace(distribution, lower=base - spread, upper=base + spread)
    if isinstance(distribution, Pert | Triangular):
        return replace(distribution, lower=base - spread, mode=base, upper=base + spread)
    return None


def _seeds(bench: Bench) -> Verdict:
    bench.needs_draws()
    probe = Probe(CHANCE)
    first = bench.many
    again = compile_model(bench.scenario).sample(bench.n, bench.seed, bench.design)
    if first.n == bench.n:
        for name in again.names:
            same = np.array_equal(again.column(name), first.draws.column(name))
            probe.note(0.0 if same else np.inf, f"same seed, draws of {name}")
        outcomes = compile_model(bench.scenario).evaluate(again)
        for total in TOTALS:
            same = getattr(outcomes, total).tobytes() == getattr(first.outcomes, total).tobytes()
            probe.note(0.0 if same else np.inf, f"same seed, {total}")
    else:
        probe.say("draws that left their domain are not compared byte by byte")
    other = bench.model.sample(bench.n, bench.seed + 1, bench.design)
    outcomes = bench.model.evaluate(other)
    for total in TOTALS[:3]:
        a, b = getattr(first.outcomes, total), getattr(outcomes, total)[:, outcomes.valid]
        probe.note(_distance(a, b), f"another seed, mean {total}")
    return probe.verdict()


def _distance(a: Array, b: Array) -> Array:
    """Return how far two means over draws are from each other, in standard errors."""
    gap = np.abs(a.mean(axis=1) - b.mean(axis=1))
    error = np.sqrt(a.var(axis=1, ddof=1) / a.shape[1] + b.var(axis=1, ddof=1) / b.shape[1])
    rounding = 1e-9 * np.maximum(1.0, np.abs(a.mean(axis=1)))
    return np.asarray(np.where(gap <= rounding, 0.0, gap / np.maximum(error, 1e-300)))


def _moments(bench: Bench) -> Verdict:
    bench.needs_draws()
    scenario, probe = bench.scenario, Probe(CHANCE)
    draws = bench.model.sample(max(bench.n, 2_000), bench.seed, bench.design)
    for name, distribution in scenario.distributions.items():
        mean, sd = distribution.mean, distribution.sd
        means = mean if isinstance(mean, dict) else {"": mean}
        spreads = sd if isinstance(sd, dict) else {"": sd}
        for part, expected in means.items():
            column = f"{name}.{part}" if part else name
            if column in draws.names:
                _moment(probe, draws.column(column), expected, spreads[part], column)
    for name, correlation in scenario.correlations.items():
        _correlated(probe, draws, correlation, name)
    return probe.verdict()


def _moment(probe: Probe, x: Array, mean: float, sd: float, name: str) -> None:
    """Compare mean and standard deviation of draws with what the distribution says."""
    if not (math.isfinite(mean) and math.isfinite(sd)):
        probe.say(f"{name} has no finite moments")
        return
    n = len(x)
    centred = x - x.mean()
    found = math.sqrt(float((centred**2).sum()) / (n - 1))
    tiny = 1e-12 * max(1.0, abs(mean))
    probe.note(max(0.0, abs(float(x.mean()) - mean) - tiny) / max(found / math.sqrt(n), 1e-300),
               f"mean of {name}")  # fmt: skip
    fourth = float((centred**4).mean())
    error = math.sqrt(max(fourth - found**4, 0.0) / n) / (2.0 * max(found, 1e-300))
    probe.note(max(0.0, abs(found - sd) - tiny) / max(error, 1e-300),
               f"standard deviation of {name}")  # fmt: skip


def _correlated(probe: Probe, draws: Any, correlation: Any, name: str) -> None:
    """Compare rank correlations of draws with what was asked for."""
    if correlation.repair:
        probe.say(f"[correlations.{name}] may have been repaired and was not compared")
        return
    ranks = [np.argsort(np.argsort(draws.column(p))) for p in correlation.parameters]
    found = np.corrcoef(ranks)
    wanted = np.asarray(correlation.matrix)
    if correlation.measure == "latent":  # of normals; their ranks correlate a little less
        wanted = 6.0 / math.pi * np.arcsin(wanted / 2.0)
    off = ~np.eye(len(wanted), dtype=bool)
    error = 1.0 / math.sqrt(draws.n - 1)
    probe.note((found - wanted)[off] / error, f"[correlations.{name}]")


def _acceptability(bench: Bench) -> Verdict:
    bench.needs_options()
    sample, probe = bench.many, Probe()
    cost, effect = sample.outcomes.cost, bench.effects(sample.outcomes)
    made = curves(cost, effect, [0.0, *bench.wtp, BOUNDLESS])
    probe.near(made.ceac.sum(axis=0), 1.0, "probabilities of all strategies")
    probe.near(made.ceac[:, 0], _shares(-cost), "at no willingness to pay")
    most = effect.max(axis=0) - effect
    if (most[most > 0].min(initial=np.inf) * BOUNDLESS) > np.abs(cost).max() * 1e3:
        probe.near(made.ceac[:, -1], _shares(BOUNDLESS * effect - cost), "at any price")
    else:
        probe.say("effects that differ by next to nothing: no price is high enough")
    for k, wtp in enumerate(bench.wtp, start=1):
        probe.near(made.ceac[:, k], _shares(wtp * effect - cost), f"at {wtp:,.0f}")
    return probe.verdict()


def _shares(worth: Array) -> list[float]:
    """Return how often each strategy is the best, draw by draw; ties are shared."""
    wins = [0.0] * len(worth)
    for draw in range(worth.shape[1]):
        column = [float(value) for value in worth[:, draw]]
        best = max(column)
        winners = [i for i, value in enumerate(column) if value == best]
        for i in winners:
            wins[i] += 1.0 / len(winners)
    return [won / worth.shape[1] for won in wins]


def _information(bench: Bench) -> Verdict:
    bench.needs_options()
    sample, probe = bench.many, Probe()
    outcomes = sample.outcomes
    run = bench.ask(bench.scenario, ["decision_curves"], draws=bench.n, wtp=bench.wtp)
    for wtp in bench.wtp:
        benefit = outcomes.net_monetary_benefit(wtp, bench.scenario.decision.effect)
        best = benefit.max(axis=0)
        evpi = float(best.mean() - benefit.mean(axis=1).max())
        losses = {}
        for i, name in enumerate(outcomes.strategies):
            losses[name] = float((best - benefit[i]).mean())
        probe.near(min(losses.values()), evpi, f"the smallest expected loss at {wtp:,.0f}")
        for q in run.quantities:
            if q.wtp != wtp or q.value is None:
                continue
            if q.quantity == "evpi":
                probe.near(q.value, evpi, f"value of perfect information at {wtp:,.0f}")
            if q.quantity == "expected_loss":
                probe.near(q.value, losses[q.strategy], f"expected loss of {q.strategy}")
    _parts(bench, probe)
    return probe.verdict()


def _parts(bench: Bench, probe: Probe) -> None:
    """See that knowing one input is worth no more than knowing all, and never below nothing."""
    columns = list(bench.many.draws.names)
    asked = bench.scenario.analysis.voi
    wanted = [n for n in ((asked.parameters if asked else None) or columns) if n in columns][
        :INPUTS
    ]
    if not wanted or bench.n < 100:
        return
    voi = Voi(parameters=tuple(wanted))
    analysis = bench.scenario.analysis.model_copy(update={"voi": voi})
    scenario: Scenario = replace(bench.scenario, analysis=analysis, study={})
    run = bench.ask(scenario, ["voi", "decision_curves"], draws=bench.n, wtp=bench.wtp[:1])
    whole = [q.value for q in run.quantities if q.quantity == "evpi" and q.value is not None]
    if not whole:
        return
    for q in run.quantities:
        if q.quantity == "evppi" and q.value is not None:
            # What one input is worth is estimated by regression, with an error of its own.
            error = 0.0 if q.upper is None else max(0.0, q.upper - q.value) / 1.96
            most = max(whole) + CHANCE * error
            probe.at_most(q.value, most, f"value of knowing {q.subject}")
            probe.at_most(-q.value, 0.0, f"value of knowing {q.subject} below nothing")
    probe.say(f"the value of part of the information was looked at for {' and '.join(wanted)}, "
              "and of no study")  # fmt: skip


CHECKS = (
    Check("V25", "uncertainty", "As standard errors go to nothing, the mean of the draws goes to "
          "the base case", "a distribution whose mean is not the base value; a draw used elsewhere",
          SHRUNK, _shrunk),
    Check("V26", "uncertainty", "The same seed gives the same bytes; another differs by chance",
          "streams that depend on order or on time", CHANCE, _seeds, "standard errors"),
    Check("V27", "uncertainty", "Draws have the mean, the spread and the correlations that were "
          "written", "standard deviation for standard error; a rate for a scale",
          CHANCE, _moments, "standard errors"),
    Check("V28", "uncertainty", "Probabilities of being best add up to 1, and have the right ends",
          "strategies compared two at a time; ties counted twice", 1e-9, _acceptability),
    Check("V29", "uncertainty", "The smallest expected loss is the value of perfect information; "
          "knowing part is worth no more, and never less than nothing",
          "the maximum taken inside the mean", 1e-9, _information),
)  # fmt: skip
