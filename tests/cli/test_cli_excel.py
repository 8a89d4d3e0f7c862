"""``heco run --excel``: the workbook beside the reports."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from heco.cli import cli
from heco.workbook.reader import read

SMALL = """
[decision]
question = "Is b worth it?"
comparator = "a"
wtp = [20_000]
[parameters.p]
label = "Share who are ill"
unit = "probability"
fixed = 0.2
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
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path


def test_a_workbook_is_written_and_recorded_like_any_other_file(small, tmp_path):
    done = CliRunner().invoke(cli, ["run", str(small), "--excel", "-o", "out"])
    assert done.exit_code == 0, done.output
    file = (tmp_path / "out" / "workbook.xlsx").read_bytes()
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert hashlib.sha256(file).hexdigest() in json.dumps(record["files"]["workbook.xlsx"])
    assert "workbook.xlsx" in (tmp_path / "out" / "report.html").read_text()
    engine = read(file)
    assert engine.value("Check", 3, 1) == "agrees"
    changed = engine.changed({"p": 0.4})
    # By hand: 0.4 x 50 = 20 more, and 0.4 x 0.05 = 0.02 QALYs gained: 1,000 per QALY.
    results = [changed.value("Results", row, column) for row, column in ((10, 1), (10, 2), (10, 3))]
    assert results == pytest.approx([20.0, 0.02, 1000.0])


def test_without_the_option_there_is_no_workbook(small, tmp_path):
    done = CliRunner().invoke(cli, ["run", str(small), "-o", "out", "--quiet"])
    assert done.exit_code == 0, done.output
    assert not (tmp_path / "out" / "workbook.xlsx").exists()


def test_an_earlier_run_with_a_workbook_is_replaced(small, tmp_path):
    for options in (["--excel"], []):
        args = ["run", str(small), "-o", "out", "--quiet", *options]
        assert CliRunner().invoke(cli, args).exit_code == 0
    assert not (tmp_path / "out" / "workbook.xlsx").exists()


def test_without_the_library_nothing_is_computed(small, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    done = CliRunner().invoke(cli, ["run", str(small), "--excel", "-o", "out"])
    assert done.exit_code != 0
    assert not (tmp_path / "out").exists()
