"""The words outside the code stay true: README, manual, changelog, shipped scenarios."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import heco
from heco.cli import COMMANDS, cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCENARIOS = sorted((ROOT / "scenarios").glob("*.toml"))


def commands(mark):
    """The shell block that follows a mark in the README."""
    found = re.search(rf"<!-- {mark} -->\s*```sh\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no block marked {mark}"
    return found[1].strip().splitlines()


def test_one_command_installs_and_runs_the_main_job():
    (line,) = commands("run")
    assert line.endswith("heco run scenarios/targeted.toml")


def test_one_command_installs_the_test_extras_and_runs_the_tests():
    (line,) = commands("test")
    assert '".[test]"' in line
    assert "pytest" in line


def test_ci_runs_the_readme_s_own_words():
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_commands run" in text
    assert "readme_commands test" in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_has_help(name):
    assert f"`heco {name}" in README
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name
)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_changelog_opens_with_numbers_that_moved():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Numbers that moved"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.stem)
def test_every_shipped_scenario_runs(path):
    result = heco.run(heco.load(path), draws=50)
    assert result["answer"].headline
    assert all(q.value is None or q.value == q.value for q in result.quantities)  # no NaN


def test_readme_s_example_is_in_the_shipped_scenario():
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    shipped = (ROOT / "scenarios" / "first.toml").read_text(encoding="utf-8")
    for line in example.strip().splitlines():
        assert not line.strip() or line in shipped, line


def test_the_sample_report_says_what_the_readme_says_and_is_small():
    example = ROOT / "outputs" / "example"
    said = re.findall(r"(?m)^> (.*(?:\n> .*)*)", (ROOT / "README.md").read_text(encoding="utf-8"))
    answer = " ".join(said[0].replace("\n> ", " ").split())
    page = (example / "report.html").read_text(encoding="utf-8")
    assert answer in " ".join(page.replace("\u2060", "").split())
    assert sum(path.stat().st_size for path in example.iterdir()) < 3_000_000
