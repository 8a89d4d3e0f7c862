"""Time `heco batch` over 200 areas, and hold areas against single runs.

    python benchmarks/batch.py

The table of areas is made from the births of `scenarios/areas.csv`: the same 200 rows in every run,
from a quarter to four times as many births, with shares of poor families and prices of their own.
The batch runs in a process of its own, start-up included; CPU seconds are those of all its
processes, so half of them is what two cores need that do nothing else. The exit code says whether
the limit is kept by that measure and every area that is looked at equals its own run.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios" / "targeted.toml"
#: Limit on two cores. [s]
LIMIT = 60.0


def write_areas(path: Path, count: int) -> None:
    """Write a table of areas; the same number gives the same bytes."""
    with (ROOT / "scenarios" / "areas.csv").open(encoding="utf-8", newline="") as file:
        births = [float(row["births"]) for row in csv.DictReader(file)]
    size, poor, price = np.random.default_rng(1).random((3, count))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["area", "births", "p_poor", "c_treatment:mean", "source"])
        for i in range(count):
            here = births[i % len(births)] * 4 ** (2 * size[i] - 1)
            row = [round(here), round(0.1 + 0.2 * poor[i], 3), round(1500 + 1500 * price[i])]
            writer.writerow([f"Area {i + 1:03d}", *row, "assumption: made for a benchmark"])


def timed(words: list[str]) -> tuple[float, float]:
    """Run heco and return seconds on the clock and of all processors. [s]"""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "heco", *words], cwd=ROOT, check=False)
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"heco {' '.join(words)} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def unlike_its_own_run(folder: Path, areas: list[Path], draws: int) -> list[str]:
    """Return the areas whose results differ from a run of their own scenario file."""
    home = folder / "home"
    shutil.copytree(SCENARIO.parent, home)
    wrong = []
    for area in areas:
        shutil.copy(area / "scenario.toml", home / "area.toml")
        timed(["run", str(home / "area.toml"), "-o", str(folder / "one"), "--quiet",
               "--draws", str(draws)])  # fmt: skip
        if (folder / "one" / "results.csv").read_bytes() != (area / "results.csv").read_bytes():
            wrong.append(area.name)
    return wrong


def main() -> int:
    """Time the batch."""
    parser = argparse.ArgumentParser(description="Time heco batch.")
    parser.add_argument("--areas", type=int, default=200)
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--compare", type=int, default=5, help="areas to run by themselves")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_areas(folder / "areas.csv", asked.areas)
        words = ["batch", str(SCENARIO), str(folder / "areas.csv"), "-o", str(folder / "all"),
                 "--draws", str(asked.draws), "--jobs", "2", "--quiet"]  # fmt: skip
        wall, used = timed(words)
        again, _ = timed(words)
        done = sorted((folder / "all" / "areas").iterdir())
        step = max(1, len(done) // max(asked.compare, 1))
        wrong = unlike_its_own_run(folder, done[::step][: asked.compare], asked.draws)
    load = os.getloadavg()[0]
    print(f"{len(done)} areas x {asked.draws:,} draws, two processes (load {load:.1f})")
    print(f"  on the clock        {wall:6.1f} s   limit {LIMIT:.0f} s")
    print(f"  processors, halved  {used / 2:6.1f} s   ({used / len(done):.2f} s per area)")
    print(f"  the same again      {again:6.1f} s   nothing to do")
    print(f"  unlike a run of their own: {', '.join(wrong) or 'none'} of {asked.compare}")
    return 0 if not wrong and used / 2 <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
