"""Time what a probabilistic analysis costs, beside the plainest NumPy that does the same.

    python benchmarks/uncertainty.py

Times are the best of several runs on one thread, imports excluded; read the ratios, the seconds
belong to a machine. Every pair is checked to give the same numbers before it is timed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy is imported

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import heco
from heco.analysis import run_scenario
from heco.analysis.assurance import assurance
from heco.analysis.curves import curves, grid, inmb_band
from heco.analysis.flip import flips
from heco.analysis.gsa import Target, sobol
from heco.analysis.morris import morris
from heco.analysis.pawn import pawn
from heco.analysis.precision import precise
from heco.model import Model
from heco.scenario.load import load_text

#: The probabilistic HIV model of Briggs et al. 2006, with its sources.
HIV = Path(__file__).parents[1] / "tests/reference/briggs2006_hiv_psa/model.toml"
Array = NDArray[np.float64]


def best_time(run: Callable[[], object], repeats: int) -> float:
    """Return the shortest of several times. [s]"""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def show(what: str, seconds: float, plain: float | None = None, aim: float | None = None) -> None:
    ratio = f"{plain / seconds:7.1f} x" if plain else ""
    target = f"aim {aim * 1000:,.0f} ms" if aim else ""
    print(f"{what:<66} {seconds * 1000:9,.1f} ms {ratio:>10}   {target}", flush=True)


def plain_curves(cost: Array, effect: Array, wtp: Array) -> tuple[Array, Array]:
    """Return CEAC and EVPI the way they are usually programmed: one threshold after another."""
    ceac, evpi = np.zeros((len(cost), len(wtp))), np.zeros(len(wtp))
    for k, threshold in enumerate(wtp):
        benefit = (threshold * effect - cost).T
        winners = benefit.argmax(axis=1)
        ceac[:, k] = [(winners == j).mean() for j in range(len(cost))]
        evpi[k] = benefit.max(axis=1).mean() - benefit.mean(axis=0).max()
    return ceac, evpi


def time_curves(repeats: int) -> None:
    rng = np.random.default_rng(1)
    wtp = grid()
    for draws, options in ((10_000, 3), (100_000, 3), (10_000, 10)):
        cost = rng.normal(20_000, 5_000, (options, draws))
        effect = rng.normal(10, 1, (options, draws))
        made, (ceac, evpi) = curves(cost, effect, wtp), plain_curves(cost, effect, wtp)
        assert np.allclose(made.ceac, ceac, atol=1e-12)
        assert np.allclose(made.evpi, evpi, atol=1e-6)
        show(
            f"CEAC, CEAF, expected loss, EVPI: 501 x {draws:,} x {options}",
            best_time(lambda c=cost, e=effect: curves(c, e, wtp), repeats),
            best_time(lambda c=cost, e=effect: plain_curves(c, e, wtp), 1),
            0.1 if (draws, options) == (10_000, 3) else None,
        )
    cost, effect = cost[1] - cost[0], effect[1] - effect[0]
    show(
        "INMB with its 95% band: 501 x 10,000",
        best_time(lambda: inmb_band(cost, effect, wtp), repeats),
        best_time(lambda: np.quantile(wtp[:, None] * effect - cost, [0.025, 0.975], axis=1), 1),
    )


def small_model(inputs: int) -> Model:
    """Return a small model with so many uncertain inputs, half of them costs."""
    half = inputs // 2
    lines = ['[decision]\ncomparator = "none"\nwtp = 20_000\n[time]\ndiscount = "none"']
    for k in range(inputs):
        lines.append(
            f'[parameters.x{k}]\nlabel = "x{k}"\nsource = "assumption: benchmark"\n'
            f"gamma = {{mean = {10 * (k + 1)}, se = {k + 1}}}"
        )
    cost = " + ".join(f"x{k}" for k in range(half)) + " + x0 * x1"
    gain = "0.01 * (" + " + ".join(f"x{k}" for k in range(half, inputs)) + ")"
    lines.append(f'[tree.none_care]\nall = {{p = 1, cost = 0}}\n[tree.new_care]\n'
                 f'all = {{p = 1, cost = "{cost}", qaly = "{gain}"}}')  # fmt: skip
    lines.append('[strategies.none]\nenters = "none_care"\n[strategies.new]\nenters = "new_care"')
    lines.append("[analysis]\ntornado = {}")
    return heco.compile(load_text("\n".join(lines)))


def time_model(repeats: int) -> None:
    model = heco.compile(heco.load(HIV))
    target = Target("combination", "mono", 20_000.0, "life_years")
    for draws in (10_000, 100_000):
        show(
            f"HIV model: {draws:,} draws sampled and evaluated",
            best_time(lambda n=draws: model.evaluate(model.sample(n, 1)), repeats),
            aim=0.06 if draws == 10_000 else None,
        )
    show("HIV model: draws until precise (batches of 1,000)",
         best_time(lambda: precise(model, [7_000.0], 1, effect="life_years"), repeats))  # fmt: skip
    draws = model.sample(10_000, 1)
    outcomes = model.evaluate(draws)
    small = small_model(8)
    new = Target("new", "none", 20_000.0)
    sobol(small, new, 64)  # imports SALib
    show("Sobol': 8 parameters, N = 1,024 (10,240 rows), intervals, 3 outputs",
         best_time(lambda: sobol(small, new, 1024), repeats))  # fmt: skip
    show("Sobol': HIV model, 10 inputs, N = 1,024 (12,288 rows)",
         best_time(lambda: sobol(model, target, 1024), repeats))  # fmt: skip
    show("Morris: HIV model, 50 starting points (550 rows)",
         best_time(lambda: morris(model, target, 50), repeats))  # fmt: skip
    show("PAWN: HIV model, 10,000 draws, 16 columns, 3 outputs",
         best_time(lambda: pawn(draws, outcomes, target), repeats))  # fmt: skip
    twenty = small_model(20).scenario
    asked = {"tornado"}
    assert len(run_scenario(twenty, draws=0, only=asked)["tornado"].tables[0].rows) == 20
    show("Tornado: 20 parameters, one evaluation of 41 rows, flip values",
         best_time(lambda: run_scenario(twenty, draws=0, only=asked), repeats))  # fmt: skip
    show("Decision flip: HIV model, at 20,000",
         best_time(lambda: flips(model, 20_000.0, "life_years"), repeats))  # fmt: skip
    six = Target("combination", "mono", 6_000.0, "life_years")
    for name, low, high, how in (("dm_C", 0, 50_000, "closed form"), ("rr", 0.3, 1, "bisection")):
        made = assurance(model, draws, name, low, high, six)
        assert made.method == how
        show(
            f"Assured thresholds: HIV model, {name}, 10,000 draws, {how}",
            best_time(
                lambda n=name, a=low, b=high: assurance(model, draws, n, a, b, six), min(repeats, 2)
            ),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    print(f"{'':<66} {'time':>12} {'than plain':>10}")
    time_curves(repeats)
    time_model(repeats)


if __name__ == "__main__":
    main()
