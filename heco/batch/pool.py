"""Areas on several processes. What an area comes to never depends on which process ran it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.connection import wait

from heco.batch.work import Task, run_area
from heco.errors import Problem


def run_all(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[str, tuple[Problem, ...]]]:
    """Run areas, in whatever order they are done.

    Parameters
    ----------
    tasks : sequence of Task
        What to run.
    jobs : int
        Most processes to use.

    Yields
    ------
    slug : str
        Which area is done.
    problems : tuple of Problem
        Why it could not be run; empty if all went well.
    """
    workers = min(jobs, len(tasks))
    if workers < 2:
        yield from map(run_area, tasks)
        return
    # Processes that start afresh inherit no threads and no locks.
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, fresh, _begin)
    try:
        for done in as_completed([pool.submit(run_area, task) for task in tasks]):
            yield done.result()
    except BaseException:
        # Folders are written whole or not at all, so processes may be stopped at any moment.
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
        raise
    pool.shutdown()


def _begin() -> None:
    """Prepare a process: interruptions are its parent's business, and it does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()


def _leave_with(sentinel: int) -> None:
    """End this process as soon as its parent has ended, however that was."""
    wait([sentinel])
    os._exit(1)
