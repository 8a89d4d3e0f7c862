"""Every file in ``bad`` is wrong in one way, and opens with the sentence that it must provoke.

``# expect:`` lines must all be on standard error; ``# here`` marks the line that must be named.
"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from heco.cli import cli

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.toml"))


def test_there_is_a_corpus():
    assert len(FILES) >= 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bad_file(path, monkeypatch):
    monkeypatch.chdir(BAD)
    text = path.read_text(encoding="utf-8")
    expected = re.findall(r"^# expect: (.*)$", text, re.MULTILINE)
    marked = [n for n, line in enumerate(text.splitlines(), 1) if line.endswith("# here")]
    assert expected, "the file must open with the sentence that it provokes"

    result = CliRunner().invoke(cli, ["check", path.name])

    assert result.exit_code == 2, result.exception
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "pydantic" not in result.stderr
    for sentence in expected:
        assert sentence in result.stderr
    for line in marked:
        assert f"{path.name}:{line}" in result.stderr
    if marked:  # one mistake, one message
        assert "\n1 problem; nothing was computed." in result.stderr
