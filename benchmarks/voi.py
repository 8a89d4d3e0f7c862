"""How long value of information takes: ``OMP_NUM_THREADS=1 python benchmarks/voi.py``.

EVPPI of 15 single inputs on 10,000 draws of three strategies, with every check (aim: under 0.7 s on
one core); of pairs (under 0.1 s each); and EVSI of one study at eight sizes beyond simulating the
data (under 1 s).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from heco.analysis.voi.benefit import Benefits
from heco.analysis.voi.data import Data, datum, simulate
from heco.analysis.voi.evppi import evppi
from heco.analysis.voi.evsi import COLLECTIONS, ceiling, evsi
from heco.scenario.schema_study import Informed

N, INPUTS, REPEATS = 10_000, 15, 5
SIZES = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400)


def seconds(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return the median time of a few runs, the least, and the least processor time."""
    wall, processor = [], []
    for _ in range(REPEATS):
        start, busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - busy)
    return statistics.median(wall), min(wall), min(processor)


def main() -> None:
    """Print a line for each aim."""
    random = np.random.default_rng(1)
    x = random.standard_normal((INPUTS, N))
    p = random.beta(4, 8, N)
    effect = np.stack([0 * p, 0.05 * x[0] * x[1] + 0.1 * (p - 0.3), 0.04 * x[2] + 0.03 * x[3]])
    cost = np.stack([0 * p, 300 * x[4] + 100 * x[5], 200 * x[6] * x[7] + 100])
    cost += 100 * random.standard_normal(cost.shape)

    def benefits() -> Benefits:
        return Benefits(cost, effect, [20_000.0])

    def singles() -> None:
        made = benefits()
        for values in x:
            evppi(made, [values])

    ready = benefits()
    data = [
        datum("p", Informed(data="binomial"), [p], {}),
        datum("x", Informed(data="normal", sd=5.0), [x[0]], {}),
    ]

    def simulated() -> list[tuple[Data, ...]]:
        pairs = ready.pairs.T
        return [simulate("study", data, SIZES, 1, pairs, k) for k in range(COLLECTIONS)]

    made, *more = simulated()
    top = ceiling(ready, data)
    for what, work in (
        ("EVPPI, 15 inputs one by one", singles),
        ("EVPPI, one pair", lambda: evppi(ready, list(x[:2]))),
        ("EVPPI, a group of 5", lambda: evppi(ready, list(x[:5]))),
        ("EVPPI, a group of 15", lambda: evppi(ready, list(x))),
        ("simulating a study of 8 sizes", simulated),
        ("EVSI at 8 sizes, beyond that", lambda: evsi(ready, data, made, top, more)),
    ):
        median, least, busy = seconds(work)
        print(f"{what:32} median {median:6.3f} s, least {least:6.3f} s, processor {busy:6.3f} s")


if __name__ == "__main__":
    main()
