"""Many draws on several processes, with the same bytes as on one.

A draw never looks at another, so draws can be dealt out. Each process gets whole blocks of the
engine's own size, which keeps every number what it is in a single process. A process takes half a
second to start, so the first blocks are worked through here and timed; if the rest will not take
much longer than that, nothing is dealt out.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from heco.analysis.batches import joined
from heco.errors import ScenarioError
from heco.model.evaluation import BLOCK
from heco.outcomes import Outcomes
from heco.sampling import Draws

if TYPE_CHECKING:
    from heco.model import Model
    from heco.scenario.scenario import Scenario

#: Draws that are timed, and work that is worth dealing out. [draws, seconds]
TRIAL, WORTHWHILE = 2 * BLOCK, 3.0


def evaluate(model: Model, draws: Draws, jobs: int = 1, worthwhile: float = WORTHWHILE) -> Outcomes:
    """Return what happens for every draw.

    Parameters
    ----------
    model : Model
        The compiled model.
    draws : Draws
        Values of parameters, shape (parameter, draw).
    jobs : int
        Most processes to use.
    worthwhile : float
        Work that is worth dealing out. [seconds]
    """
    # A share without one whole block would be worked through in other blocks than in one process,
    # and sums in another order differ in their last digit.
    if jobs < 2 or draws.n < TRIAL + BLOCK:
        return model.evaluate(draws)
    began = time.perf_counter()
    first = model.evaluate(draws.take(slice(0, TRIAL)))
    each = (time.perf_counter() - began) / TRIAL
    left = draws.n - TRIAL
    if each * left < worthwhile:
        return joined([first, model.evaluate(draws.take(slice(TRIAL, draws.n)))])
    size = -(-left // (jobs * BLOCK)) * BLOCK
    starts = list(range(TRIAL, draws.n, size))
    if draws.n - starts[-1] < BLOCK:
        starts.pop()
    ends = [*starts[1:], draws.n]
    parts = [draws.take(slice(at, to)) for at, to in zip(starts, ends, strict=True)]
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda part: _elsewhere(model.scenario, part), parts))
    return joined([first, *found])


def _elsewhere(scenario: Scenario, draws: Draws) -> Outcomes:
    """Return what a process of its own says."""
    command = [sys.executable, "-c", "from heco.analysis.jobs import work; work()"]
    done = subprocess.run(
        command, input=pickle.dumps((scenario, draws)), stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise RuntimeError(f"a process for draws ended with {done.returncode}")
    said = pickle.loads(done.stdout)
    if isinstance(said, Outcomes):
        return said
    raise ScenarioError(said)


def work() -> None:
    """Evaluate what standard input holds and write what comes out to standard output."""
    from heco.model import compile_model

    scenario, draws = pickle.load(sys.stdin.buffer)
    try:
        said: object = compile_model(scenario).evaluate(draws)
    except ScenarioError as error:
        said = error.problems
    pickle.dump(said, sys.stdout.buffer)
