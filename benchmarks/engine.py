"""Time heco's engine against a loop in C and against plain NumPy, in one run, same draws.

    python benchmarks/engine.py

Two models, 10,000 draws each: `hiv.toml` (4 states, 20 cycles, 2 strategies) and one made here
(10 states, 120 monthly cycles, every state leads to every other, hazards that grow with time).
Each rival builds its probabilities from their formulas, as heco does, and computes discounted
cost, QALYs and life years. heco computes more (undiscounted totals, costs by category and by
state, domain checks on every probability), and all three must agree to 1e-9.
"""

from __future__ import annotations

import argparse
import ctypes
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import heco
from heco.sampling import Draws

HERE = Path(__file__).parent
Array = NDArray[np.float64]
STATES, CYCLES, LENGTH = 10, 120, 1 / 12
#: How long a contest goes on at least. [s]
SECONDS = 4.0


@dataclass
class Contest:
    """One model, its draws, and who computes it; every rival returns (strategy, outcome, draw)."""

    title: str
    rivals: dict[str, Callable[[], Array]]


def dense_toml() -> str:
    """Return the dense model: cell by cell a drawn rate, which grows with time."""
    fact = 'fixed = {}, label = "benchmark", source = "assumption: benchmark"'
    lines = ["[parameters]"]
    for i in range(STATES):
        for j in range(STATES):
            if i != j:
                lines.append(f"r_{i}_{j} = {{ {fact.format(0.1)} }}")
        lines.append(f"g_{i} = {{ {fact.format(0.01)} }}")
        lines.append(f"c_{i} = {{ {fact.format(100)} }}")
        lines.append(f"u_{i} = {{ {fact.format(0.5)} }}")
        lines.append(f'f_{i} = {{ expr = "exp(g_{i} * time)", label = "Growth of the hazards" }}')
    for i in range(STATES):
        lines += [f"[states.s{i}]", f'utility = "u_{i}"', f'cost = "c_{i}"', f"[transitions.s{i}]"]
        lines += [
            f's{j} = {{ rate = "r_{i}_{j} * f_{i}" }}' if i != j else f's{j} = "rest"'
            for j in range(STATES)
        ]
    return f"""
[time]
cycle = "1 month"
horizon = "{CYCLES} cycles"
cycle_counting = "half-cycle"
discount = {{ cost = 0.035, qaly = 0.015 }}
[population]
starts = {{ s0 = 1 }}
[strategies.all]
{chr(10).join(lines)}
"""


def kernel() -> ctypes.CDLL | None:
    """Return the compiled C kernels, or None where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    target = Path(tempfile.mkdtemp()) / "kernels.so"
    source = str(HERE / "kernels.c")
    flags = ["-O2", "-shared", "-fPIC", "-o", str(target), source, "-lm"]
    subprocess.run([compiler, *flags], check=True)
    return ctypes.CDLL(str(target))


def by_heco(text: str, draws: Draws) -> Callable[[], Array]:
    """Return heco's way: compile once, evaluate."""
    model = heco.compile(heco.load_text(text))

    def run() -> Array:
        outcomes = model.evaluate(draws)
        return np.stack([outcomes.cost, outcomes.qaly, outcomes.life_years], axis=1)

    return run


def by_c(function: Callable[..., None], settings: tuple[object, ...], draws: Draws,
         strategies: int) -> Callable[[], Array]:  # fmt: skip
    """Return the C way."""
    pointer = ctypes.POINTER(ctypes.c_double)

    def run() -> Array:
        out = np.empty((strategies, 3, draws.n))
        function(
            draws.n, *settings, draws.values.ctypes.data_as(pointer), out.ctypes.data_as(pointer)
        )
        return out

    return run


def weighted(trace: list[Array], worth: Array, weights: Array) -> Array:
    """Return the sum over boundaries of weight x (draw, state) people x worth."""
    return sum(w * np.einsum("ns,ns->n", x, worth) for w, x in zip(weights, trace, strict=True))


def boundary_weights(cycles: int, length: float, rate: float) -> Array:
    """Return trapezoid weights times discount factors."""
    weights = length * (1 + rate) ** (-np.arange(cycles + 1) * length)
    weights[[0, -1]] /= 2
    return weights


def hiv_by_einsum(draws: Draws, cycles: int = 20) -> Array:
    """The 4-state model, one (draw, from, to) matrix per period, moved by einsum."""
    v = draws.values
    out = np.empty((2, 3, draws.n))
    w_cost, w_qaly = (boundary_weights(cycles, 1.0, rate) for rate in (0.06, 0.02))
    utility = np.zeros((draws.n, 4))
    utility[:, :3] = v[12:15].T
    money = np.zeros((draws.n, 4))
    money[:, :3] = (v[7:10] + v[10]).T
    for on in (0, 1):
        matrices = []
        for treated in (0, 1):
            effect = v[6] if treated else 1.0
            p = np.zeros((draws.n, 4, 4))
            cells = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
            for (i, j), row in zip(cells, v[:6], strict=True):
                p[:, i, j] = row * effect
            p[:, range(4), range(4)] = 1 - p.sum(axis=2)
            matrices.append(p)
        x = np.zeros((draws.n, 4))
        x[:, 0] = 1
        trace = [x]
        for c in range(cycles):
            x = np.einsum("ns,nst->nt", x, matrices[int(on and c < 2)])
            trace.append(x)
        out[on, 0] = weighted(trace, money, w_cost)
        for c in range(2 if on else 0):  # the second drug, on both sides of its cycles
            halves = 0.5 * 1.06 ** -np.array([c, c + 1.0])
            for half, x in zip(halves, trace[c : c + 2], strict=True):
                out[on, 0] += half * x[:, :3].sum(axis=1) * v[11]
        out[on, 1] = weighted(trace, utility, w_qaly)
        alive = np.array([1.0, 1, 1, 0]) * np.ones((draws.n, 4))
        out[on, 2] = weighted(trace, alive, w_qaly)
    return out


def dense_by_einsum(draws: Draws) -> Array:
    """The 10-state model, one (draw, from, to) matrix per cycle, moved by einsum."""
    n, cells = draws.n, STATES * (STATES - 1)
    v = draws.values.T
    rates = np.zeros((n, STATES, STATES))
    off = ~np.eye(STATES, dtype=bool)
    rates[:, off] = v[:, :cells]
    growth, money, utility = (v[:, cells + k * STATES : cells + (k + 1) * STATES] for k in range(3))
    x = np.zeros((n, STATES))
    x[:, 0] = 1
    trace = [x]
    for c in range(CYCLES):
        hazard = rates * np.exp(growth * (c * LENGTH))[:, :, None]
        total = hazard.sum(axis=2)
        p = hazard * (-np.expm1(-total * LENGTH) / total)[:, :, None]
        p[:, range(STATES), range(STATES)] = 1 - p.sum(axis=2)
        x = np.einsum("ns,nst->nt", x, p)
        trace.append(x)
    w_cost, w_qaly = (boundary_weights(CYCLES, LENGTH, rate) for rate in (0.035, 0.015))
    alive = np.ones((n, STATES))
    parts = [(money, w_cost), (utility, w_qaly), (alive, w_qaly)]
    return np.stack([weighted(trace, worth, w) for worth, w in parts])[None]


def hiv_contest(n: int, library: ctypes.CDLL | None) -> Contest:
    """Return the 4-state contest."""
    rng = np.random.default_rng(1)
    a = rng.dirichlet([1251, 350, 116, 17], n).T[1:]
    b = rng.dirichlet([731, 512, 15], n).T[1:]
    c = rng.dirichlet([1312, 437], n).T[1:]
    rest = np.array([
        rng.lognormal(np.log(0.509), 0.17, n),
        *(rng.gamma(4, mean / 4, n) for mean in (2756, 3052, 9007)),
        rng.uniform(2000, 2500, n), rng.uniform(1900, 2300, n),
        *(rng.beta(8 * u, 8 * (1 - u), n) for u in (0.9, 0.8, 0.6)),
    ])  # fmt: skip
    names = ("p_AB", "p_AC", "p_AD", "p_BC", "p_BD", "p_CD", "rr", "c_A", "c_B", "c_C",
             "c_zido", "c_lami", "u_A", "u_B", "u_C")  # fmt: skip
    draws = Draws(names, np.concatenate([a, b, c, rest]))
    rivals = {"heco": by_heco((HERE / "hiv.toml").read_text(encoding="utf-8"), draws)}
    if library is not None:
        doubles = (ctypes.c_int(20), ctypes.c_double(0.06), ctypes.c_double(0.02))
        rivals["C"] = by_c(library.hiv, doubles, draws, 2)
    rivals["einsum"] = lambda: hiv_by_einsum(draws)
    return Contest(f"4 states, 20 cycles, 2 strategies, {n:,} draws", rivals)


def dense_contest(n: int, library: ctypes.CDLL | None) -> Contest:
    """Return the 10-state contest."""
    rng = np.random.default_rng(2)
    pairs = [(i, j) for i in range(STATES) for j in range(STATES) if i != j]
    names = [f"r_{i}_{j}" for i, j in pairs]
    names += [f"{letter}_{i}" for letter in "gcu" for i in range(STATES)]
    values = np.concatenate([
        rng.gamma(4, 0.05, (len(pairs), n)), rng.normal(0.01, 0.02, (STATES, n)),
        rng.gamma(25, 40, (STATES, n)), rng.beta(6, 2, (STATES, n)),
    ])  # fmt: skip
    draws = Draws(tuple(names), values)
    rivals = {"heco": by_heco(dense_toml(), draws)}
    if library is not None:
        settings = (ctypes.c_int(CYCLES), *map(ctypes.c_double, (LENGTH, 0.035, 0.015)))
        rivals["C"] = by_c(library.dense, settings, draws, 1)
    rivals["einsum"] = lambda: dense_by_einsum(draws)
    return Contest(f"10 states, 120 cycles, all rows dense and varying, {n:,} draws", rivals)


def race(contest: Contest, repeats: int) -> None:
    """Run every rival in turn, several times; print medians, and ratios of medians and of bests."""
    times: dict[str, list[float]] = {name: [] for name in contest.rivals}
    results: dict[str, Array] = {}
    began = time.perf_counter()
    # The first round warms up. Short contests go on for a while: a busy machine comes and goes.
    while len(times["heco"]) <= repeats or time.perf_counter() - began < SECONDS:
        for name, run in contest.rivals.items():
            start = time.perf_counter()
            results[name] = run()
            times[name].append(time.perf_counter() - start)
    print(f"{contest.title}; {len(times['heco']) - 1} rounds")
    ours = times["heco"][1:]
    for name, taken in times.items():
        apart = np.max(np.abs(results[name] / results["heco"] - 1))
        assert apart < 1e-9, f"{name} and heco differ by {apart:.2g}"
        median, best = statistics.median(taken[1:]), min(taken[1:])
        line = f"  {name:8s} median {median * 1000:7.1f} ms, best {best * 1000:7.1f} ms"
        if name != "heco":
            ratios = statistics.median(ours) / median, min(ours) / best
            line += f"   heco takes {ratios[0]:5.2f} x (best {ratios[1]:5.2f} x), apart {apart:.0e}"
        print(line)


def main() -> None:
    """Run both contests."""
    parser = argparse.ArgumentParser(description="Time heco's engine against C and NumPy.")
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    library = kernel()
    if library is None:
        print("no C compiler found: only einsum is compared")
    race(hiv_contest(given.draws, library), given.repeats)
    race(dense_contest(given.draws, library), given.repeats)


if __name__ == "__main__":
    main()
