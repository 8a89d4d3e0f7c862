"""Two processes draw the same bytes as one, and one that fails or is not needed is no secret."""

from __future__ import annotations

import subprocess
import sys

import pytest

from heco.report import figures, studio


def _bytes(drawings):
    return [(drawing.chart.name, drawing.svg, drawing.png) for drawing in drawings]


def test_two_processes_draw_the_same_bytes(targeted):
    told = []
    with studio.Studio(helped=True) as shared:
        assert shared._helper is not None
        found = shared.drawings(targeted, lambda what, done, total: told.append((done, total)))
    assert _bytes(found) == _bytes(figures.drawings(targeted))
    assert len(told) == -(-len(found) // 2), "every second figure is drawn elsewhere"


def test_one_core_draws_alone(targeted):
    with studio.Studio(helped=False) as alone:
        assert alone._helper is None
        assert len(alone.drawings(targeted)) == len(figures.charts(targeted))


def test_few_figures_are_drawn_here(alone, monkeypatch):
    monkeypatch.setattr(studio, "FEW", 1_000)
    with studio.Studio(helped=True) as shared:
        assert _bytes(shared.drawings(alone)) == _bytes(figures.drawings(alone))


def test_a_run_that_is_given_up_leaves_nobody_behind():
    shared = studio.Studio(helped=True)

    def interrupted():
        with shared:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert shared._helper.poll() is not None


def test_a_process_that_fails_is_a_bug_and_says_so(targeted, monkeypatch):
    monkeypatch.setattr(studio, "_COMMAND", "import sys; sys.stdin.buffer.read(); sys.exit(3)")
    with studio.Studio(helped=True) as shared, pytest.raises(RuntimeError, match="ended with 3"):
        shared.drawings(targeted)


def test_a_helper_whom_nobody_asks_ends_in_silence():
    command = [sys.executable, "-c", studio._COMMAND]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
