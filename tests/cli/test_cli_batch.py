"""``heco batch``: equal to single runs, the same whoever runs it, and whole after a kill."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from heco.cli import cli

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"

SMALL = """
[decision]
title = "A small decision"
question = "Is b worth it?"
comparator = "a"
wtp = [20_000]
[population]
label = "people"
size = "births"
per = "year"
[parameters.births]
label = "Births"
unit = "people"
fixed = 1000
range = [1, 100_000]
source = "assumption: invented"
[parameters.p]
label = "Share who are ill"
unit = "probability"
beta = { mean = 0.2, se = 0.02 }
source = "assumption: invented"
[parameters.c]
label = "Cost of b"
unit = "GBP"
gamma = { mean = 50, assumed_cv = 0.2 }
source = "Smith 2020"
[parameters.on]
label = "b is done"
fixed = 0
lever = true
source = "set by strategies"
[tree.start]
ill = { p = "p", cost = "100 + c * on", qaly = "-0.1 + 0.05 * on", count = "cases" }
well = { p = "rest" }
[strategies]
a = { enters = "start" }
b = { enters = "start", set = { on = 1 } }
[measures.cases]
label = "Cases found"
unit = "people per year"
value = "count.cases"
[measures.annual_cost]
label = "Cost of a year"
unit = "GBP per year"
value = "spend"
[analysis]
psa = { draws = 40, seed = 5 }
tornado = {}
[published.cost]
quantity = "annual_cost"
strategy = "a"
printed = "20000"
unit = "GBP per year"
label = "Cost"
source = "assumption: invented"
"""

AREAS = """area,births,p,c:mean,births:source,note
North,1200,,60,Census 2021,coast
South,800,0.3,,Census 2021,
"Ynys Môn",500,0.1,40,Census 2021,
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SMALL)
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    return tmp_path


def heco(*words, command="batch"):
    return CliRunner().invoke(cli, [command, *map(str, words)])


def records(path):
    with Path(path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tree(folder):
    """Return every file of a folder with its bytes."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(Path(folder).rglob("*"))
        if p.is_file()
    }


def test_it_compares_areas_and_writes_a_report_for_each(small):
    result = heco("small.toml", "areas.csv", "--jobs", 1)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "Ynys Môn" in result.stdout
    folder = Path("outputs/small-areas")
    found = records(folder / "comparison.csv")
    assert [r["area"] for r in found] == ["North", "South", "Ynys Môn"]
    assert float(found[1]["cases"]) == pytest.approx(800 * 0.3)
    assert found[0]["p"] == ""
    assert (folder / "areas/ynys-mon/report.html").is_file()
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["complete"] is True
    files = tree(folder)
    assert {*record["files"], "run.json"} == set(files)
    for name, known in record["files"].items():
        assert hashlib.sha256(files[name]).hexdigest() == known, name
    rows = records(folder / "results.csv")
    assert {r["subject"] for r in rows} == {"north", "south", "ynys-mon"}


def test_an_area_equals_a_run_of_its_own_scenario_file(small):
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    for name in ("north", "south", "ynys-mon"):
        own = Path(f"all/areas/{name}")
        shutil.copy(own / "scenario.toml", f"{name}.toml")
        single = heco(f"{name}.toml", "-o", f"one-{name}", command="run")
        assert single.exit_code == 0, single.output
        assert Path(f"one-{name}/results.csv").read_bytes() == (own / "results.csv").read_bytes()


def test_with_everything_an_area_is_a_run_to_the_last_byte(small):
    assert heco("small.toml", "areas.csv", "-o", "all", "--full", "--jobs", 1).exit_code == 0
    own = Path("all/areas/north")
    shutil.copy(own / "scenario.toml", "north.toml")
    assert heco("north.toml", "-o", "one", command="run").exit_code == 0
    assert Path("one/results.csv").read_bytes() == (own / "results.csv").read_bytes()


def test_a_model_that_fails_a_check_is_not_run_anywhere_unless_it_must(small, monkeypatch):
    from heco.batch import batch

    monkeypatch.setattr(batch, "checked", lambda scenario: ("Failed verification: V1.",))
    result = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1)
    assert result.exit_code == 1
    assert "Failed verification: V1." in result.stderr
    assert not Path("all").exists()
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1, "--force").exit_code == 0
    assert "Failed verification: V1." in Path("all/index.html").read_text(encoding="utf-8")


def test_fixed_values_have_no_uncertainty_and_means_keep_their_cv(small):
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    inputs = records(Path("all/areas/north/tables/inputs.csv"))
    entry = {r["parameter"]: r for r in inputs}
    assert entry["births"]["distribution"] == "fixed"
    assert entry["births"]["source"] == "Census 2021"
    assert float(entry["c"]["value"]) == pytest.approx(60, rel=1e-12)
    assert "0.2" in Path("all/areas/north/scenario.toml").read_text()
    assert float(entry["c"]["mean"]) == pytest.approx(60, rel=0.2)
    assert entry["c"]["assumption"] == "true"  # no source is given for it


def test_jobs_and_order_of_rows_change_nothing(small):
    assert heco("small.toml", "areas.csv", "-o", "one", "--jobs", 1).exit_code == 0
    assert heco("small.toml", "areas.csv", "-o", "two", "--jobs", 2).exit_code == 0
    assert tree("one") == tree("two")
    head, *rows = AREAS.strip().split("\n")
    Path("areas.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert heco("small.toml", "areas.csv", "-o", "three", "--jobs", 1).exit_code == 0
    assert tree("one/areas") == tree("three/areas")


def test_one_bad_row_stops_no_other(small):
    with Path("areas.csv").open("a", encoding="utf-8") as file:
        file.write("Bad,abc,1.7,60,,\nWorse,900,0.999,,,\n")
    text = Path("areas.csv").read_text(encoding="utf-8").replace("births,p,", "births,p:mean,")
    # A mean of 0.999 with the same coefficient of variation is no beta: seen only when loaded.
    Path("areas.csv").write_text(text, encoding="utf-8")
    result = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1)
    assert result.exit_code == 1, result.output
    assert "2 areas could not be run." in result.stderr
    assert '"abc" is not a number' in result.stderr
    assert "1.7 is not a probability" in result.stderr
    assert "Worse was not run" in result.stderr
    record = json.loads(Path("all/run.json").read_text(encoding="utf-8"))
    assert set(record["failed"]) == {"Bad", "Worse"}
    assert {p.name for p in Path("all/areas").iterdir()} == {"north", "south", "ynys-mon"}
    assert "Bad" in Path("all/index.html").read_text(encoding="utf-8")


def test_bad_headers_are_listed_all_at_once_with_cells(small):
    Path("areas.csv").write_text(
        "area,birth,p:men,on,c,c:mean,q:source,births\nNorth,1,1,1,1,1,x,\nNorth,1,1,1,x,1,x,1\n"
    )
    result = heco("small.toml", "areas.csv", "-o", "all")
    assert result.exit_code == 2
    for words in (
        'Did you mean "births"?', 'Did you mean "mean"?', "set by the strategies",
        "given twice", '"q:source" is no parameter', '"x" is not a number', "names must differ",
    ):  # fmt: skip
        assert words in result.stderr, words
    assert not Path("all").exists()


def test_a_table_without_areas_or_with_no_usable_row_is_refused(small):
    Path("areas.csv").write_text("place,births\nNorth,1\n")
    assert 'no column "area"' in heco("small.toml", "areas.csv").stderr
    Path("areas.csv").write_text("area,births\nNorth,-1\nSouth,x\n")
    result = heco("small.toml", "areas.csv")
    assert result.exit_code == 2
    assert "outside the range" in result.stderr
    assert "not a number" in result.stderr


def test_a_folder_of_something_else_is_left_alone(small):
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("mine")
    result = heco("small.toml", "areas.csv", "-o", "mine")
    assert result.exit_code == 2
    assert tree("mine") == {"thesis.txt": b"mine"}


def test_finished_areas_are_not_run_again_and_changed_ones_are(small):
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    before = tree("all")
    again = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1)
    assert "3 areas were finished before" in again.stdout
    assert tree("all") == before
    Path("all/areas/north/results.csv").write_text("tampered")
    Path("areas.csv").write_text(AREAS.replace("South,800", "South,801"), encoding="utf-8")
    third = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1)
    # The tampered one is not what its run.json says; the changed one has another fingerprint.
    assert "1 area was finished before" in third.stdout
    assert tree("all")["areas/north/results.csv"] == before["areas/north/results.csv"]
    Path("areas.csv").write_text(AREAS.split("South")[0], encoding="utf-8")
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    assert {p.name for p in Path("all/areas").iterdir()} == {"north"}


def test_no_report_and_json(small):
    result = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1, "--no-report", "--json")
    document = json.loads(result.stdout)
    assert [area["area"] for area in document["areas"]] == ["North", "South", "Ynys Môn"]
    assert set(tree("all/areas/north")) == {"results.csv", "run.json", "scenario.toml"}


def test_full_answers_everything_with_figures(small):
    Path("areas.csv").write_text("area,births\nNorth,1200\n")
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1, "--full").exit_code == 0
    files = tree("all/areas/north")
    assert "tables/tornado.csv" in files
    assert "figures/tornado.svg" in files


WORDS = [sys.executable, "-m", "heco", "batch", "small.toml", "areas.csv", "--jobs", "2",
         "--quiet", "-o"]  # fmt: skip


@pytest.fixture
def many(small):
    rows = "".join(f"Area {i},{1000 + i},0.{20 + i},\n" for i in range(10))
    Path("areas.csv").write_text("area,births,p,c:mean\n" + rows)
    assert heco("small.toml", "areas.csv", "-o", "whole", "--jobs", 1).exit_code == 0
    return small


def begun(folder, done=2):
    """Return a batch of ten areas that has finished a few."""
    process = subprocess.Popen(
        [*WORDS, folder], start_new_session=True, stderr=subprocess.PIPE,
        # A shell has the programs that it starts in the background ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        there = list(Path(folder).glob("areas/[!.]*/run.json"))
        if len(there) >= done and Path(folder, "areas").exists():
            break
        time.sleep(0.02)
    assert process.poll() is None, "it was done before it could be stopped"
    return process


def resumed(folder):
    """See that the same command goes on and writes what it would have written."""
    assert json.loads(Path(folder, "run.json").read_text())["complete"] is False
    assert 2 <= len(list(Path(folder).glob("areas/[!.]*/run.json"))) < 10
    again = subprocess.run([*WORDS, folder], check=False, timeout=120)
    assert again.returncode == 0
    assert tree(folder) == tree("whole")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_killed_and_resumed_gives_the_same_bytes(many):
    process = begun("broken")
    process.kill()
    process.communicate(timeout=20)
    _gone(process.pid)
    resumed("broken")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes")
@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize("done", [0, 2])
def test_interrupted_it_leaves_with_130_and_nothing_half_written(many, everybody, done):
    process = begun("broken", done)
    # A terminal interrupts every process of the program, kill only the one that is named.
    (os.killpg if everybody else os.kill)(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.decode().split() == ["Interrupted."]
    _gone(process.pid)
    there = list(Path("broken/areas").iterdir())
    assert all(finished(area) for area in there)
    if done:
        resumed("broken")


def finished(area):
    """Return whether a folder holds everything that its run.json says."""
    known = json.loads((area / "run.json").read_text(encoding="utf-8"))["files"]
    there = {name: hashlib.sha256(data).hexdigest() for name, data in tree(area).items()}
    return {**known, "run.json": there["run.json"]} == there


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on folders")
def test_two_batches_never_write_into_one_folder(many):
    process = begun("both", 1)
    second = heco("small.toml", "areas.csv", "-o", "both", "--jobs", 1)
    assert second.exit_code == 2
    assert "another batch is writing into both" in second.stderr
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert tree("both") == tree("whole")
    # Whoever comes after a batch that is done, or was killed, finds the folder free.
    assert heco("small.toml", "areas.csv", "-o", "both", "--jobs", 1).exit_code == 0


def test_rubbish_of_killed_runs_is_swept_up(small):
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    before = tree("all")
    Path("all/areas/.gone.heco-new-1-abc").mkdir()
    Path("all/areas/.gone.heco-new-1-abc/report.html").write_text("half")
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    assert tree("all") == before


def test_files_that_change_while_a_batch_runs_are_not_mixed(small, monkeypatch):
    from heco.batch import pool

    def slow(task):
        Path("small.toml").write_text(SMALL.replace("fixed = 1000", "fixed = 1001"))
        return run(task)

    run = pool.run_area
    monkeypatch.setattr(pool, "run_area", slow)
    result = heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1)
    assert result.exit_code == 1
    assert "small.toml changed while the batch ran" in result.stderr
    assert not list(Path("all/areas").iterdir())


def test_a_place_far_from_the_range_is_possible_if_the_scenario_says_so(small):
    text = SMALL.replace("range = [1, 100_000]", "range = [900, 1100]\npossible = [100, 50_000]")
    Path("small.toml").write_text(text)
    Path("areas.csv").write_text("area,births\nSmall,101\nUsual,950\nLarge,25_000\nWrong,4.6\n")
    assert heco("small.toml", "areas.csv", "-o", "all").exit_code == 1
    Path("areas.csv").write_text("area,births\nSmall,101\nUsual,950\nLarge,25000\nWrong,4.6\n")
    result = heco("small.toml", "areas.csv", "-o", "all")
    assert result.exit_code == 1
    assert "4.6 lies outside the range [100, 50000] of births" in result.stderr
    found = records("all/comparison.csv")
    assert [float(r["births"]) for r in found] == [101, 950, 25_000]
    assert [float(r["cases"]) for r in found] == pytest.approx([20.2, 190, 5_000])
    for name, low in (("small", ""), ("usual", "900.0"), ("large", "")):
        inputs = {r["parameter"]: r for r in records(f"all/areas/{name}/tables/inputs.csv")}
        assert inputs["births"]["range_low"] == low


def test_a_report_names_its_area_as_the_place(small):
    text = SMALL.replace("[population]", 'place = "An average county"\n[population]', 1)
    Path("small.toml").write_text(text)
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    page = Path("all/areas/north/report.html").read_text(encoding="utf-8")
    assert "North (coast)" in page
    assert "average county" not in page


def test_a_budget_is_per_person_of_the_area_only_if_the_area_says_how_many(small):
    people = """[parameters.people]
label = "People of all ages"
unit = "people"
fixed = 80_000
source = "assumption: invented"
[analysis.budget]
area = "people"
"""
    Path("small.toml").write_text(SMALL + people)
    Path("areas.csv").write_text("area,births,people\nNorth,1200,60000\nSouth,800,\n")
    assert heco("small.toml", "areas.csv", "-o", "all", "--jobs", 1).exit_code == 0
    for name, there in (("north", True), ("south", False)):
        known = {r["quantity"] for r in records(f"all/areas/{name}/results.csv")}
        assert ("budget_net_per_100000" in known) is there
        assert "budget_net" in known


def _gone(leader):
    """Wait until the killed program's processes have ended too: they must not outlive it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("processes outlived the batch")


def test_the_shipped_table_of_areas_runs(tmp_path):
    folder = tmp_path / "d"
    words = (SCENARIOS / "targeted.toml", SCENARIOS / "areas.csv", "-o", folder, "--draws", 20)
    result = heco(*words, "--jobs", 1, "--no-report")
    assert result.exit_code == 0, result.output
    rows = records(folder / "comparison.csv")
    assert len(rows) == 6
    # Cost grows with births; what each child must gain does not depend on how many there are.
    costs = {float(r["annual_cost"]) / float(r["births"]) for r in rows}
    assert max(costs) - min(costs) < 1e-9
    assert len({r["required_qaly_per_treated_at_20000"] for r in rows}) == 1
