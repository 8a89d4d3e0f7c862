"""``heco run``: what is printed, what is written, and how it ends."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from heco.cli import cli
from heco.commands import run as command

ROOT = Path(__file__).parents[2]
TARGETED = ROOT / "scenarios" / "targeted.toml"

#: A decision that takes no time: 100 against 150 for a thing that saves nobody.
SMALL = """
[decision]
question = "Is b worth it?"
comparator = "a"
wtp = [20_000]
[parameters.p]
label = "Share who are ill"
unit = "probability"
beta = { events = 2, n = 10 }
source = "assumption: invented"
[parameters.on]
label = "b is done"
fixed = 0
lever = true
source = "set by strategies"
[tree.start]
ill = { p = "p", cost = "100 + 50 * on", qaly = "-0.1 + 0.05 * on", count = "ill" }
well = { p = "rest" }
[strategies]
a = { enters = "start" }
b = { enters = "start", set = { on = 1 } }
[analysis]
psa = { draws = 30, seed = 5 }
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small scenario in the current folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def heco(*words):
    return CliRunner().invoke(cli, ["run", *map(str, words)])


def interruptible():
    """Undo what a shell does to programs that it starts in the background: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def process(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "heco", "run", *map(str, words)],
        capture_output=True, text=True, check=False, encoding="utf-8", **options,
    )  # fmt: skip


def whole(folder: Path) -> dict:
    """Check every file against run.json, and return it."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there == {*record["files"], "run.json"}
    for name, fingerprint in record["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == fingerprint, name
    return record


def test_it_answers_and_says_where_the_report_is(small):
    result = heco(small)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "Is b worth it?" in result.stdout
    assert "b is cost-effective" in result.stdout
    assert "outputs/small/report.html" in result.stdout
    record = whole(Path("outputs/small"))
    assert (record["scenario"], record["seed"], record["draws"]) == ("small", 5, 30)


def test_o_names_the_folder(small):
    assert heco(small, "-o", "deep/results").exit_code == 0
    whole(Path("deep/results"))
    assert not Path("outputs").exists()


def test_json_is_one_document_and_nothing_else(small):
    result = process(small, "--json")
    assert result.returncode == 0
    assert result.stderr == ""
    document = json.loads(result.stdout)
    assert document["scenario"] == "small"
    assert document["folder"] == "outputs/small"
    rows = list(csv.DictReader(io.StringIO(Path("outputs/small/results.csv").read_text())))
    told = [quantity for answer in document["results"] for quantity in answer["quantities"]]
    assert len(told) == len(rows)
    for quantity, row in zip(told, rows, strict=True):
        assert quantity["quantity"] == row["quantity"]
        assert quantity["value"] == (float(row["value"]) if row["value"] else None)


def test_seed_and_draws_override_the_scenario(small):
    heco(small, "--seed", 9, "--draws", 12, "-o", "one")
    record = whole(Path("one"))
    assert (record["seed"], record["draws"]) == (9, 12)
    heco(small, "--seed", 9, "--draws", 12, "-o", "same")
    heco(small, "--seed", 10, "--draws", 12, "-o", "other")
    results = [Path(name, "results.csv").read_bytes() for name in ("one", "same", "other")]
    assert results[0] == results[1] != results[2]
    assert Path("one/run.json").read_bytes() == Path("same/run.json").read_bytes()


def test_no_draws_at_all(small):
    assert heco(small, "--draws", 0).exit_code == 0
    assert whole(Path("outputs/small"))["draws"] == 0
    assert "probabilistic" not in Path("outputs/small/results.csv").read_text()


def test_quiet_prints_nothing(small):
    result = heco(small, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    whole(Path("outputs/small"))


def test_jobs_is_understood_everywhere(small):
    assert heco(small, "--jobs", 2, "--quiet").exit_code == 0
    assert heco(small, "--jobs", 0).exit_code == 2


def test_a_strange_folder_is_refused_before_anything_is_computed(small, monkeypatch):
    Path("letters").mkdir()
    Path("letters/dear.txt").write_text("Dear Sir")
    monkeypatch.setattr("heco.analysis.run_scenario", lambda *a, **k: pytest.fail("computed"))
    result = heco(small, "-o", "letters")
    assert result.exit_code == 2
    assert "was not written by heco" in result.stderr
    assert "Name another folder with -o" in result.stderr
    assert result.stdout == ""
    assert [p.name for p in Path("letters").iterdir()] == ["dear.txt"]
    assert process(small, "-o", "small.toml").returncode == 2
    assert process(small, "-o", ".").returncode == 2


def test_what_cannot_be_used_ends_with_2(small):
    small.write_text(SMALL.replace('p = "p"', 'p = "pp"'))
    result = process(small)
    assert result.returncode == 2
    assert "pp" in result.stderr
    assert result.stdout == ""
    assert not Path("outputs").exists()
    assert process("nowhere.toml").returncode == 2
    assert process(small, "--draws", "many").returncode == 2


def test_an_interrupted_run_ends_with_130_and_leaves_the_old_results(tmp_path):
    words = [sys.executable, "-m", "heco", "run", str(TARGETED), "--quiet"]
    first = process(TARGETED, "--draws", 20, "--quiet", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    before = whole(tmp_path / "outputs" / "targeted")
    with subprocess.Popen(
        [*words, "--draws", "400000"], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        preexec_fn=interruptible,
    ) as running:  # fmt: skip
        time.sleep(4.0)
        running.send_signal(signal.SIGINT)
        _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert "Interrupted" in complaint
    assert "Traceback" not in complaint
    assert whole(tmp_path / "outputs" / "targeted") == before


@pytest.mark.parametrize("moment", [0.6, 1.9, 2.6])
def test_a_killed_run_leaves_the_old_results_or_the_new(small, moment):
    assert heco(small, "--quiet").exit_code == 0
    words = [sys.executable, "-m", "heco", "run", str(TARGETED), "--quiet", "-o", "outputs/small"]
    running = subprocess.Popen(words)
    time.sleep(moment)
    running.kill()
    running.wait()
    assert whole(Path("outputs/small"))["scenario"] in ("small", "targeted")
    assert heco(small, "--quiet").exit_code == 0
    assert whole(Path("outputs/small"))["scenario"] == "small"
    assert [p.name for p in Path("outputs").iterdir()] == ["small"]


class Screen(io.StringIO):
    """Standard error that is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_bar_is_shown_on_a_terminal_when_work_takes_a_while(monkeypatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(command, "PATIENCE", 0.0)
    with command.Bar() as bar:
        bar.tell("thinking [b]hard[/b]", 1, 3)
        bar.tell("drawing", 2, 3)
    assert "thinking [b]hard[/b]" in screen.getvalue() or "drawing" in screen.getvalue()


@pytest.mark.parametrize("why", ["quick", "quiet", "no terminal"])
def test_a_bar_is_not_shown_otherwise(monkeypatch, why):
    screen = Screen() if why != "no terminal" else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(command, "PATIENCE", 100.0 if why == "quick" else 0.0)
    with command.Bar(shown=why != "quiet") as bar:
        bar.tell("thinking", 1, 3)
    assert screen.getvalue() == ""


def test_the_answer_does_not_depend_on_the_place(small, tmp_path):
    """The same scenario run from elsewhere into elsewhere gives the same bytes."""
    (tmp_path / "elsewhere").mkdir()
    heco(small, "--quiet", "-o", "here")
    process(small, "--quiet", "-o", "there", cwd=tmp_path / "elsewhere")
    one, other = Path("here"), tmp_path / "elsewhere" / "there"
    for path in one.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (other / path.relative_to(one)).read_bytes(), path
    assert os.environ.get("HOME", "?") not in (one / "run.json").read_text()
