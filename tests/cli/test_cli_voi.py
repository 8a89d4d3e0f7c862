"""``heco voi`` as a reader meets it: scenarios, imported draws, settings, problems."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

from heco.cli import cli

SCENARIO = """
[decision]
title = "Treat"
comparator = "usual"
option = "treat"
wtp = [20_000, 30_000]
[population]
label = "patients"
size = 1_000
[parameters.p_well]
label = "Well after treatment"
unit = "probability"
beta = {events = 20, n = 50}
source = "survey"
[parameters.p_usual]
label = "Well after usual care"
unit = "probability"
beta = {events = 60, n = 200}
source = "survey"
[parameters.c_treat]
label = "Cost of treatment"
unit = "GBP"
gamma = {mean = 1_000, se = 200}
source = "survey"
[parameters.p]
label = "Well"
unit = "probability"
fixed = 0
lever = true
source = "set by each strategy"
[parameters.c]
label = "Cost"
unit = "GBP"
fixed = 0
lever = true
source = "set by each strategy"
[tree.course]
well = {p = "p", qaly = 0.5, count = "well"}
ill = {p = "rest"}
[tree.start]
all = {p = 1, cost = {care = "c"}, to = "course"}
[strategies.usual]
label = "Usual care"
enters = "start"
set = {p = "p_usual"}
[strategies.treat]
label = "Treatment"
enters = "start"
set = {p = "p_well", c = "c_treat"}
[study.trial]
label = "Trial"
n = [50, 200, 800]
fixed_cost = 100_000
cost_per_person = 500
years = 2
affected = 0.5
worse_arm = 0.5
[study.trial.informs]
p_well = {data = "trial", measure = "probability", control = "p_usual"}
[analysis]
psa = {draws = 1_000, seed = 3}
[analysis.voi]
population = {horizon = 10, source = "assumption"}
groups = {chances = ["p_well", "p_usual"]}
"""


def invoke(*arguments):
    return CliRunner().invoke(cli, ["voi", *map(str, arguments)])


def results(folder):
    with (folder / "results.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "treat.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_a_scenario(scenario, tmp_path):
    out = tmp_path / "out"
    done = invoke(scenario, "-o", out)
    assert done.exit_code == 0, done.output
    assert "knowing everything before choosing" in " ".join(done.stdout.split())
    found = results(out)
    names = {row["quantity"] for row in found}
    assert {"evpi", "evpi_population", "evppi", "evsi", "enbs"} <= names
    studies = {row["subject"] for row in found if row["quantity"] == "evsi"}
    assert studies == {"trial@50", "trial@200", "trial@800"}
    value = {
        (row["quantity"], row["subject"]): float(row["value"])
        for row in found
        if row["wtp"] == "20000.0" and row["value"]
    }
    assert 0 <= value["evsi", "trial@50"] <= value["evsi", "trial@800"]
    assert value["evppi", "chances"] <= value["evpi", ""] * 1.05
    people = 1000 * sum(1.035**-t for t in range(10))
    assert value["evpi_population", ""] == pytest.approx(value["evpi", ""] * people)
    for figure in ("voi_evpi", "evppi", "evsi", "enbs"):
        assert (out / "figures" / f"{figure}.svg").stat().st_size > 1_000
    page = (out / "report.html").read_text(encoding="utf-8")
    for words in ("What should be found out first", "Which studies are worth their cost"):
        assert words in page
    technical = (out / "technical.html").read_text(encoding="utf-8")
    assert "Cross-fitted" in technical
    assert "Cross-fitted" not in page


def test_the_same_twice(scenario, tmp_path):
    for name in ("one", "two"):
        assert invoke(scenario, "-o", tmp_path / name, "--quiet").exit_code == 0
    one, two = ((tmp_path / name / "run.json").read_text() for name in ("one", "two"))
    assert one == two


def test_in_a_run_of_everything(scenario, tmp_path):
    out = tmp_path / "all"
    done = CliRunner().invoke(cli, ["run", str(scenario), "-o", str(out), "--quiet"])
    assert done.exit_code == 0, done.output
    for quantity in ("evpi", "evpi_population"):
        found = [row for row in results(out) if row["quantity"] == quantity]
        assert len(found) == 2, quantity  # one number has one place
    each, everybody = (
        [float(row["value"]) for row in results(out) if row["quantity"] == quantity]
        for quantity in ("evpi", "evpi_population")
    )
    people = 1000 * sum(1.035**-t for t in range(10))
    assert everybody == pytest.approx([people * value for value in each])
    assert "10 years" in found[0]["unit"]
    assert any(row["quantity"] == "evppi" for row in results(out))
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Which studies are worth their cost" in page


def test_imported_draws(tmp_path):
    random = np.random.default_rng(1)
    x, noise = random.standard_normal((2, 4_000))
    path = tmp_path / "psa.csv"
    columns = {
        "cost:none": 0 * x, "cost:new": 0 * x, "qaly:none": 0 * x,
        "qaly:new": (300 + 1000 * x + 500 * noise) / 20_000, "param:x": x, "param:other": noise * 0,
    }  # fmt: skip
    rows = np.column_stack(list(columns.values()))
    np.savetxt(path, rows, delimiter=",", header=",".join(columns), comments="")
    out = tmp_path / "out"
    done = invoke(
        path, "-o", out, "--wtp", 20_000, "--people", 100, "--horizon", 3, "--discount", 0, "--json"
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["results"][0]["analysis"] == "voi"
    value = {
        (row["quantity"], row["subject"]): float(row["value"])
        for row in results(out)
        if row["value"]
    }
    assert value["evppi", "x"] == pytest.approx(266.8, rel=0.1)
    assert value["evpi_population", ""] == pytest.approx(300 * value["evpi", ""])
    assert ("evppi", "other") not in value  # it does not vary
    sure = CliRunner().invoke(
        cli, ["psa", str(path), "-o", str(tmp_path / "psa"), "--wtp", "20000", "--quiet"]
    )
    assert sure.exit_code == 0, sure.output
    rows = results(tmp_path / "psa")
    (one,) = [row for row in rows if (row["quantity"], row["subject"]) == ("evppi", "x")]
    assert float(one["value"]) == pytest.approx(value["evppi", "x"])
    grouped = invoke(path, "-o", out, "--group", "both=x,other", "--quiet")
    assert grouped.exit_code == 0, grouped.output


def test_what_is_refused(scenario, tmp_path):
    out = tmp_path / "out"
    for arguments, said in (
        (["--parameter", "p_wel"], 'there is no input "p_wel"'),
        (["--group", "both"], "names no group"),
        (["--reference", "usual"], "this is for imported draws"),
    ):
        done = invoke(scenario, "-o", out, *arguments)
        assert done.exit_code == 2, arguments
        assert said in done.stderr
    assert not out.exists()


def test_examples_of_the_help_stand_on_lines_of_their_own():
    lines = CliRunner().invoke(cli, ["voi", "--help"]).output.splitlines()
    assert "  heco voi scenario.toml" in lines
