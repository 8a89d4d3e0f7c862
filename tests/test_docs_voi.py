"""The page on value of information: its commands run, its keys are the language's."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from heco.cli import cli
from heco.scenario.schema_study import NEEDS, Study, Voi

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "value-of-information.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line
]
FASTER = {"heco voi scenarios/research.toml": ["--draws", "500"]}


@pytest.mark.parametrize("line", LINES)
def test_every_command_runs(line, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    program, *words = shlex.split(line)
    assert program == "heco"
    done = CliRunner().invoke(
        cli, [*words, *FASTER.get(line, []), "-o", str(tmp_path / "out"), "--quiet"]
    )
    assert done.exit_code == 0, done.output
    assert "evppi" in (tmp_path / "out" / "results.csv").read_text(encoding="utf-8")


def test_the_examples_are_in_the_language():
    asked, study = (tomllib.loads(b) for b in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    Voi.model_validate(asked["analysis"]["voi"])
    Study.model_validate(study["study"]["trial"])


def test_every_kind_of_data_is_described():
    for kind in NEEDS:
        assert f"`{kind}`" in PAGE, kind


def test_tables_have_the_columns_that_the_page_explains(tmp_path):
    done = CliRunner().invoke(
        cli,
        ["voi", str(ROOT / "scenarios" / "first.toml"), "-o", str(tmp_path / "out"), "--quiet"],
    )
    assert done.exit_code == 0, done.output
    header = (tmp_path / "out" / "tables" / "evppi.csv").read_text(encoding="utf-8").splitlines()[0]
    part = PAGE.partition("in table `evppi`:")[2].partition("What fails")[0]
    explained = re.findall(r"^\| `(\w+)`(?:, `(\w+)`)? \|", part, re.MULTILINE)
    names = {name for pair in explained for name in pair if name}
    assert {"distinct", "crossfit", "blocks", "spread", "residual", "dof", "null"} <= names
    assert names <= set(header.split(","))
