"""``heco gallery``: one page with every kind of figure, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import heco
from heco.cli import cli
from heco.commands.gallery import every_question, named
from heco.report import figures
from heco.report.gallery import kinds

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "scenarios" / "first.toml"

SMALL = """
[decision]
title = "Is b & <c> worth it?"
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
ill = { p = "p", cost = "100 + 70 * on", qaly = "-0.1 + 0.02 * on", count = "ill" }
well = { p = "rest", cost = "70 * on" }
[strategies]
a = { enters = "start" }
b = { enters = "start", set = { on = 1 } }
[analysis]
psa = { draws = 300, seed = 5 }
"""


def gallery(*arguments):
    return CliRunner().invoke(cli, ["gallery", *map(str, arguments)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A gallery of the first example and of a small scenario in a folder of its own."""
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "one").mkdir()
    (folder / "one" / "model.toml").write_text(SMALL)
    files = [FIRST, folder / "one" / "model.toml"]
    result = gallery(*files, "-o", folder / "out", "--draws", "300")
    assert result.exit_code == 0, result.output
    return folder / "out", files, result


def test_it_says_what_was_drawn_and_where_it_is(made):
    out, _, result = made
    count = len(list(out.rglob("*.svg")))
    assert result.stdout == f"{count} figures of 2 scenarios\nGallery  {out / 'gallery.html'}\n"


def test_every_figure_is_there_with_its_title_scenario_and_table(made):
    out, _, _ = made
    page = (out / "gallery.html").read_text()
    assert page.count("<figure id=") == len(list(out.rglob("*.svg")))
    for name in ("ceac", "expected_loss", "plane", "inmb_curve", "sobol", "flip", "tornado"):
        for run in ("first", "one"):
            assert f'<figure id="figure-{run}_{name}">' in page
            assert (out / f"figures/{run}/{name}.png").is_file()
    assert "<strong>first</strong>: Is a programme against relapse worth its cost?" in page
    assert "one: Is b &amp; &lt;c&gt; worth it?" in page
    links = re.findall(r'href="(tables/[^"]+)"', page)
    assert len(links) == page.count("<figure id=")
    assert all((out / link).read_text().count("\n") > 1 for link in links)


def test_the_page_needs_nothing_else_and_its_names_are_its_own(made):
    out, _, _ = made
    page = (out / "gallery.html").read_text()
    assert "<script" not in page
    assert not re.search(r"""src=|@import|url\((?!#)|href="https?:""", page)
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    used = {a or b for a, b in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page)}
    assert used <= set(ids)


def test_what_no_scenario_has_the_numbers_for_is_listed(made):
    out, _, _ = made
    page = (out / "gallery.html").read_text()
    missing = page[page.index('<section id="missing">') :]
    assert kinds()["required_gain"] in missing
    assert kinds()["ceac"] not in missing
    assert len(kinds()) <= len(figures.CHARTS)
    assert all(says and says[-1] != "." for says in kinds().values())


def test_the_record_has_every_file(made):
    out, _, _ = made
    record = json.loads((out / "run.json").read_text())
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert set(record["files"]) == there - {"run.json"}
    for name, fingerprint in record["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == fingerprint
    assert [one["scenario"] for one in record["gallery"]] == ["first", "one"]


def test_the_same_again_gives_the_same_bytes_and_json(made):
    out, files, _ = made
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    result = gallery(*files, "-o", out, "--draws", "300", "--json")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["scenarios"] == ["first", "one"]
    assert "gallery.html" in said["files"]
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_not_heco_s_stays(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    result = gallery(FIRST, "-o", tmp_path)
    assert result.exit_code == 2
    assert "was not written by heco" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_without_a_scenario_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = gallery()
    assert result.exit_code == 2
    assert "there is no scenario to draw here" in result.stderr
    assert "heco gallery first.toml second.toml" in result.stderr
    assert not list(tmp_path.iterdir())


def test_what_the_author_asks_stays_as_asked():
    scenario = heco.load(ROOT / "scenarios" / "targeted.toml")
    asked, all_of_it = scenario.analysis, every_question(scenario).analysis
    assert all_of_it.psa == asked.psa
    assert all_of_it.threshold == asked.threshold
    for name in ("spider", "sensitivity", "flip", "assurance", "voi", "two_way"):
        assert getattr(all_of_it, name)
    assert every_question(every_question(scenario)).analysis == all_of_it


def test_few_draws_become_as_many_as_are_needed():
    scenario = heco.load(FIRST)
    assert every_question(scenario).analysis.psa.precision is not None
    assert every_question(scenario, draws=50).analysis.psa == scenario.analysis.psa


def test_scenarios_are_told_apart(tmp_path):
    scenario = heco.load(FIRST)
    assert [one.name for one in named([scenario] * 3)] == ["first", "scenarios", "first-2"]
