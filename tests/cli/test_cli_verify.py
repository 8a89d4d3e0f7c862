"""``heco verify``, and what ``heco run`` does if the model fails: as a reader meets them."""

import csv
import json

import pytest
from click.testing import CliRunner

from heco.cli import cli
from heco.model.kernel import Walk
from heco.result import COLUMNS

SCENARIO = """
[decision]
title = "Treat <b>early</b>"
comparator = "usual"
wtp = 20_000
[time]
cycle = "1 year"
horizon = "5 years"
[population]
starts = {well = 1}
[parameters.rr]
label = "Risk ratio of death"
unit = "risk ratio"
lognormal = {median = 0.7, ci95 = [0.6, 0.8166]}
source = "trial"
[parameters.on]
label = "Treated"
fixed = 0
lever = true
source = "set by each strategy"
[states]
well = {utility = 0.8, cost = "1_000 * on"}
dead = {absorbing = true}
[transitions.well]
dead = "apply_rr(0.2, rr ^ on)"
well = "rest"
[strategies.usual]
label = "Usual care"
[strategies.early]
label = "Early treatment"
set = {on = 1}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "early.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture
def broken(monkeypatch):
    """An engine that loses one person in a thousand in each cycle."""
    usual = Walk.step

    def step(self, cycles, values, epochs):
        occupancy = usual(self, cycles, values, epochs)
        occupancy[1:] *= 0.999
        return occupancy

    monkeypatch.setattr(Walk, "step", step)


def invoke(*args):
    return CliRunner().invoke(cli, [str(arg) for arg in args])


def test_a_sound_model_gets_a_certificate(file, tmp_path):
    result = invoke("verify", file, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "checks that could be tried pass" in result.output
    assert "V35" in result.output
    page = (tmp_path / "out" / "verification.html").read_text(encoding="utf-8")
    assert "FAILED VERIFICATION" not in page
    assert "&lt;b&gt;early&lt;/b&gt;" in page
    assert "What could not be tried" in page
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert set(record["files"]) == {"verification.html", "results.csv", "tables/verification.csv"}
    assert list(record["inputs"]) == ["early.toml"]


def test_results_are_one_row_per_check(file, tmp_path):
    invoke("verify", file, "-o", tmp_path / "out")
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        assert tuple(reader.fieldnames) == COLUMNS
        rows = [row for row in reader if row["quantity"] == "verification"]
    assert [row["subject"] for row in rows] == [f"V{k}" for k in range(1, 36)]
    assert {row["unit"] for row in rows} == {"pass", "not applicable"}
    assert all(bool(row["value"]) == (row["unit"] == "pass") for row in rows)


def test_json_is_one_document_and_nothing_else(file, tmp_path):
    result = invoke("verify", file, "-o", tmp_path / "out", "--json", "--only", "v6, V12")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert [(check["check"], check["status"]) for check in document["checks"]] == [
        ("V6", "pass"),
        ("V12", "pass"),
    ]
    assert document["headline"] == ["All 2 checks that could be tried pass."]


def test_the_same_scenario_gives_the_same_bytes(file, tmp_path):
    for name in ("one", "two"):
        invoke("verify", file, "-o", tmp_path / name, "--quiet")
    for path in (tmp_path / "one").rglob("*.*"):
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes()


def test_without_draws_the_checks_on_uncertainty_do_not_apply(file, tmp_path):
    result = invoke("verify", file, "-o", tmp_path / "out", "--json", "--draws", "0")
    checks = {check["check"]: check for check in json.loads(result.stdout)["checks"]}
    assert checks["V27"]["reason"] == "no draws were asked for"
    assert checks["V35"]["status"] == "pass"


def test_a_model_that_fails_ends_with_1_and_says_where(file, tmp_path, broken):
    result = invoke("verify", file, "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "V1" in result.output
    assert "At: people in all states" in result.output
    page = (tmp_path / "out" / "verification.html").read_text(encoding="utf-8")
    assert "FAILED VERIFICATION" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "V5,V99"), "there is no check V99"),
        (("--only", "speed"), "there is no check SPEED"),
        (("--draws", "1"), "1 draw has no spread"),
    ],
)
def test_what_cannot_be_asked_is_refused(file, tmp_path, options, said):
    result = invoke("verify", file, "-o", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert said in result.output
    assert not (tmp_path / "out").exists()


def test_a_scenario_that_cannot_be_used_is_refused(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[decision]\ntitel = 1\n", encoding="utf-8")
    result = invoke("verify", path, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_left_alone(file, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious", encoding="utf-8")
    result = invoke("verify", file, "-o", tmp_path / "mine")
    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


# -- heco run --------------------------------------------------------------------------------------


def test_a_run_carries_its_certificate(file, tmp_path):
    result = invoke("run", file, "-o", tmp_path / "out", "--draws", "0")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "out" / "technical.html").read_text(encoding="utf-8")
    assert "Does the model behave as every model must?" in page
    assert "Two identical strategies cost and gain the same" in page
    for name in ("report.html", "technical.html"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "FAILED VERIFICATION" not in text


def test_a_run_of_a_model_that_fails_writes_nothing(file, tmp_path, broken):
    result = invoke("run", file, "-o", tmp_path / "out", "--draws", "0")
    assert result.exit_code == 1
    assert "V1" in result.stderr
    assert "The misfit is 0.00" in result.stderr
    assert "--force" in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_force_stamps_every_page(file, tmp_path, broken):
    result = invoke("run", file, "-o", tmp_path / "out", "--draws", "0", "--force")
    assert result.exit_code == 0, result.output
    pages = list((tmp_path / "out").glob("*.html"))
    assert len(pages) >= 2
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert '<p class="stamp" role="alert">FAILED VERIFICATION</p>' in text
        assert "@bottom-left" in text
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert any("Failed verification: V1" in warning for warning in record["warnings"])
    assert "Failed verification" in result.output
