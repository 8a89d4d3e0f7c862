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


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_killed_and_resumed_gives_the_same_bytes(small):
    rows = "".join(f"Area {i},{1000 + i},0.{20 + i},\n" for i in range(10))
    Path("areas.csv").write_text("area,births,p,c:mean\n" + rows)
    words = [sys.executable, "-m", "heco", "batch", "small.toml", "areas.csv", "--jobs", "2",
             "--quiet", "-o"]  # fmt: skip
    assert heco("small.toml", "areas.csv", "-o", "whole", "--jobs", 1).exit_code == 0
    process = subprocess.Popen([*words, "broken"], start_new_session=True)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        done = list(Path("broken/areas").glob("*/run.json")) if Path("broken").exists() else []
        if len(done) >= 2:
            break
        time.sleep(0.02)
    assert process.poll() is None, "it was done before it could be killed"
    process.kill()
    process.wait(20)
    _gone(process.pid)
    assert json.loads(Path("broken/run.json").read_text())["complete"] is False
    left = len(list(Path("broken/areas").glob("*/run.json")))
    assert 2 <= left < 10
    again = subprocess.run([*words, "broken"], check=False, timeout=120)
    assert again.returncode == 0
    assert tree("broken") == tree("whole")


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
