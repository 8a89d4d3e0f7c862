"""V24: the exact integral, where rates are constant."""

from __future__ import annotations

import numpy as np

from heco.outcomes import Array
from heco.reference import Twin
from heco.scenario.scenario import Scenario
from heco.verify import alter
from heco.verify.bench import Bench
from heco.verify.check import Check, NotApplicable, Probe, Verdict
from heco.verify.numerical import formulas_of
from heco.verify.value import words_of

#: How far Simpson's rule may be from the integral.
SIMPSON = 1e-4
#: A bound of Simpson's own error above which nothing is learnt.
COARSE = 0.01


def _integral(bench: Bench) -> Verdict:
    bench.needs_states()
    scenario = bench.scenario
    plain = alter.counted(alter.amounts(scenario, alter.nothing, alter.nothing), "simpson")
    plain = alter.timed(plain, discounting="continuous-index")
    # One rate for ever, where the scenario's changes with time.
    plain = alter.discounted(plain, plain.time.discount.cost, plain.time.discount.qaly)
    length = alter.lengths(scenario)
    probe: Probe | None = None
    states = list(plain.states)
    steps = _matrices(bench, plain)
    outcomes = bench.once(plain)
    for i, strategy in enumerate(outcomes.strategies):
        twin = Twin(plain, strategy, {})
        for formula in formulas_of(plain):
            if words_of(plain, twin, formula):
                raise NotApplicable("rates or utilities change with time")
        q, fastest = _generator(steps[i], length)
        delta = float(np.log1p(plain.time.discount.qaly))
        step = fastest + delta * length
        # Simpson's rule on two cycles or more; one cycle alone is the trapezoid.
        bound = step**4 / 45.0 if bench.cycles > 1 else step**2 / 6.0
        if bound > COARSE:
            raise NotApplicable("cycles are too long for the rates to compare with the integral")
        probe = probe or Probe(SIMPSON)
        if bound > SIMPSON:
            probe.tolerance = max(probe.tolerance, bound)
            probe.say(f"cycles are long for the rates: up to {bound:.2g} is Simpson's own error")
        worth = {"life_years": np.array([float(alter.alive(plain.states[s])) for s in states])}
        if all(v.utility is None or v.utility.timing == "cycle" for v in plain.states.values()):
            worth["qaly"] = np.array([_yearly(plain, twin, name) for name in states])
        for outcome, v in worth.items():
            for rate, total in ((delta, outcome), (0.0, f"{outcome}_undiscounted")):
                exact = float(outcomes.entry[i, :, 0] @ _total(q, v, rate, length * bench.cycles))
                found = float(getattr(outcomes, total)[i, 0])
                # A rule errs over the whole horizon, also where little is gained in it.
                most = float(np.abs(v).max()) * _horizon(rate, length * bench.cycles)
                probe.note((found - exact) / max(most, 1e-9), f"{strategy}, {total}")
    assert probe is not None
    return probe.verdict()


def _horizon(delta: float, span: float) -> float:
    """Return what one unit a year is worth over the horizon."""
    return -float(np.expm1(-delta * span)) / delta if delta > 0.0 else span


def _matrices(bench: Bench, scenario: Scenario) -> Array:
    """Return the probabilities of a cycle, shape (strategy, from, to)."""
    found = []
    for state in scenario.states:
        short = alter.lasting(alter.starting_in(scenario, state), 1)
        trace = bench.once(short, trace=True).trace
        assert trace is not None
        found.append(trace[:, 1, :, 0])
    return np.stack(found, axis=1)


def _generator(p: Array, length: float) -> tuple[Array, float]:
    """Return the yearly rates behind the probabilities of a cycle, and the fastest per cycle."""
    from scipy.linalg import logm

    # A probability of 1 of leaving has no rate behind it.
    if np.linalg.det(p) < 1e-12:
        raise NotApplicable("no rates lie behind the probabilities of a cycle")
    q = np.asarray(logm(p))
    if np.abs(q.imag).max(initial=0.0) > 1e-9:
        raise NotApplicable("no rates lie behind the probabilities of a cycle")
    q = q.real
    if (q - np.diag(np.diag(q))).min() < -1e-9:
        raise NotApplicable("the rates behind the probabilities of a cycle would be negative")
    return q / length, float(np.abs(np.diag(q)).max())


def _total(q: Array, v: Array, delta: float, span: float) -> Array:
    """Return the integral of exp((Q - delta) t) v over the horizon (Van Loan 1978)."""
    from scipy.linalg import expm

    size = len(q)
    block = np.zeros((size + 1, size + 1))
    block[:size, :size] = q - delta * np.eye(size)
    block[:size, size] = v
    return np.asarray(expm(span * block)[:size, size])


def _yearly(scenario: Scenario, twin: Twin, name: str) -> float:
    """Return the utility of a state, per year."""
    utility = scenario.states[name].utility
    if utility is None:
        return 0.0
    return twin.value(utility.value, twin.at_entry()) * twin.scale(utility) / float(twin.length)


CHECKS = (
    Check("V24", "numerical", "Where rates are constant the totals are the exact integral",
          "weights of cycle counting; discounting within a cycle", SIMPSON, _integral),
)  # fmt: skip
