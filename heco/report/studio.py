"""A second pair of hands for figures: half of them are drawn in a process of its own.

Drawing is the longest part of a run, and a figure never looks at another. The process starts when
the run does, so that the library it draws with is loaded by the time there is something to draw.
The bytes are those of one process: each figure is drawn by the same function under the same
settings, wherever that is.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from types import TracebackType
from typing import Self

from heco.report.chart import Drawing, render
from heco.report.figures import Progress, charts
from heco.result import RunResult

#: Fewer figures than this are drawn sooner than a second process is told of them.
FEW = 4
_COMMAND = "from heco.report.studio import work; work()"


class Studio:
    """Draws the figures of one run, with help where the machine has a second core.

    Parameters
    ----------
    helped : bool or None
        Whether a second process helps; None asks the machine.
    """

    def __init__(self, helped: bool | None = None) -> None:
        self.helped = _cores() > 1 if helped is None else helped
        self._helper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self.helped:
            self._helper = subprocess.Popen(
                [sys.executable, "-c", _COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for the run, which then ends this process
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._helper is not None:
            self._helper.kill()
            self._helper.communicate()

    def drawings(self, run: RunResult, progress: Progress | None = None) -> list[Drawing]:
        """Return the figures of a run, drawn, in the order of the report.

        Parameters
        ----------
        run : RunResult
            What was computed.
        progress : callable, optional
            Told what is being drawn, how many are done, and how many there are.
        """
        wanted = charts(run)
        theirs = set(range(1, len(wanted), 2)) if self._helper and len(wanted) >= FEW else set()
        if theirs:
            self._send((run, sorted(theirs)))
        done: dict[int, Drawing] = {}
        for i, chart in enumerate(wanted):
            if i not in theirs:
                if progress is not None:
                    progress(f"Drawing {chart.name.replace('_', ' ')}", i, len(wanted))
                done[i] = render(chart)
        if theirs:
            for i, svg, png in self._received():
                done[i] = Drawing(wanted[i], svg, png)
        return [done[i] for i in range(len(wanted))]

    def _send(self, task: object) -> None:
        assert self._helper is not None
        assert self._helper.stdin is not None
        pickle.dump(task, self._helper.stdin)
        self._helper.stdin.flush()

    def _received(self) -> list[tuple[int, str, bytes]]:
        assert self._helper is not None
        said, _ = self._helper.communicate()
        if self._helper.returncode:
            raise RuntimeError(f"the process that draws ended with {self._helper.returncode}")
        found: list[tuple[int, str, bytes]] = pickle.loads(said)
        return found


def _cores() -> int:
    """Return how many cores this process may use."""
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


def work() -> None:
    """Draw what is asked for on standard input; nothing if nobody asks."""
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.font_manager  # noqa: F401 - loaded while the run is still computed

    try:
        run, places = pickle.load(sys.stdin.buffer)
    except EOFError:  # the run was given up
        return
    wanted = charts(run)
    found = []
    for i in places:
        drawing = render(wanted[i])
        found.append((i, drawing.svg, drawing.png))
    with contextlib.suppress(BrokenPipeError):  # the run was given up in the meantime
        pickle.dump(found, sys.stdout.buffer)
        sys.stdout.buffer.flush()
