"""A run that is killed at any moment leaves the old results or the new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Forks runs that publish without end and kills each at a random moment, then looks.
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import heco
from report_cases import TEXTS
from heco.report import figures, swap
from heco.report.publish import publish
from test_publish import whole

if sys.argv[3] == "two renames":
    swap.exchange = lambda one, other: False
place = Path(sys.argv[1]) / "results"
runs = [heco.run(heco.load_text(TEXTS[name], name=name)) for name in ("alone", "costs_only")]
drawn = {run.name: figures.drawings(run) for run in runs}
# Drawing takes nearly all the time; without it the kills fall where they could do harm.
figures.drawings = lambda run, progress=None: drawn[run.name]
publish(runs[0], place)
moments = random.Random(7)
missing = 0
for kill in range(25):
    child = os.fork()
    if child == 0:
        for i in range(10_000):
            publish(runs[i % 2], place)
        os._exit(1)
    time.sleep(moments.uniform(0.01, 0.15))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if sys.argv[3] == "two renames" and not place.exists():
        missing += 1  # the documented weakness; the next run must mend it
        aside = [p for p in place.parent.iterdir() if ".heco-old-" in p.name]
        assert aside, "nothing is lost"
        whole(aside[0])
    else:
        record = whole(place)
        assert record["scenario"] in drawn
publish(runs[0], place)
whole(place)
assert [p.name for p in place.parent.iterdir()] == ["results"], "rubbish is swept up"
print("whole every time, missing", missing)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("way", ["one step", "two renames"])
def test_a_kill_leaves_old_or_new_never_a_mixture(tmp_path, way):
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLER, str(tmp_path), here, way],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "whole every time" in done.stdout
    if way == "one step":
        assert "missing 0" in done.stdout
