"""Time whole commands, from the shell's point of view: start-up included.

    python benchmarks/commands.py

Each command runs several times in a process of its own; the median and the best are printed
beside the limit. Outputs go to a temporary folder. The exit code says whether all medians keep
their limits, so a slow machine may fail it: read it beside the engine's benchmark.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: Words after `heco`, and the limit for the whole process. [s]
COMMANDS = (
    (("--help",), 0.25),
    (("check", "scenarios/targeted.toml"), 0.7),
    (("run", "scenarios/targeted.toml"), 6.0),
    (("verify", "scenarios/targeted.toml"), 5.0),
    (("meta", "scenarios/examples/bcg.csv", "--measure", "RR"), 1.5),
)


def timed(words: tuple[str, ...], folder: str) -> float:
    """Return how long one run takes. [s]"""
    command = [sys.executable, "-m", "heco", *words]
    if words[0] in ("run", "verify", "meta"):
        command += ["-o", f"{folder}/{words[0]}"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"heco {' '.join(words)} failed:\n{done.stderr.decode()}")
    return taken


def main() -> int:
    """Time every command."""
    parser = argparse.ArgumentParser(description="Time whole commands.")
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for words, limit in COMMANDS:
            timed(words, folder)  # files are read once before they are timed
            times = [timed(words, folder) for _ in range(repeats)]
            median = statistics.median(times)
            kept &= median <= limit
            name = f"heco {' '.join(words)}"
            took = f"median {median:5.2f} s, best {min(times):5.2f} s"
            print(f"{name:36s} {took}, limit {limit} s{'' if median <= limit else '   OVER'}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
