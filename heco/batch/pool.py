"""Areas on several processes. What an area comes to never depends on which process ran it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait

from heco.batch.work import Task, run_area
from heco.errors import Problem, refuse


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
        with _uninterrupted():
            futures = [pool.submit(run_area, task) for task in tasks]
        for done in as_completed(futures):
            yield done.result()
    except BrokenProcessPool:
        raise refuse(
            "the system ended a process of the batch, perhaps for want of memory",
            hint="Give the same command again, with fewer --jobs; what is done is not done again.",
        ) from None
    except BaseException:
        # Folders are written whole or not at all, so processes may be stopped at any moment.
        processes = multiprocessing.active_children()
        for process in processes:
            process.kill()
        # The pool's own thread sees them end, and ends: left to itself it can still be closing its
        # pipes when the interpreter shuts down, which then complains.
        pool.shutdown(cancel_futures=True)
        for process in processes:
            process.join()
        raise
    pool.shutdown()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let an interruption wait, and keep it for good from processes that are started meanwhile.

    The terminal interrupts all processes at once, and one that is just starting would print where
    it was, as would one whose parent breaks off while starting it. Windows has no such mask.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    came: list[int] = []
    # The mask is inherited. It holds for this thread only, and others may take the signal.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt


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
