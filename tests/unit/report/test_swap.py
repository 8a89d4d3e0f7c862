"""Folders are replaced whole: whatever goes wrong, one whole folder is in its place."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from heco.errors import ScenarioError, refuse
from heco.report import swap


def anything(folder: Path) -> None:
    """Let any folder be replaced."""


def fill(folder: Path, word: str, check=anything) -> None:
    with swap.replaced(folder, check) as new:
        (new / "sub").mkdir()
        (new / "sub" / "word.txt").write_text(word)


def word(folder: Path) -> str:
    return (folder / "sub" / "word.txt").read_text()


@pytest.fixture(params=["one step", "two renames"])
def way(request, monkeypatch):
    """Both ways to replace a folder: the exchange, and the fallback where there is none."""
    if request.param == "two renames":
        monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    elif swap._exchange_call() is None:
        pytest.skip("this system cannot exchange two folders")
    return request.param


def test_this_system_exchanges_folders_in_one_step(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    if not swap.exchange(one, other):
        pytest.skip("this system cannot exchange two folders")
    assert [(folder / "name").read_text() for folder in (one, other)] == ["other", "one"]


def test_exchange_with_nothing_is_an_error(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(FileNotFoundError):
        swap.exchange(tmp_path / "one", tmp_path / "nothing")


def test_a_folder_is_made_and_replaced(tmp_path, way):
    target = tmp_path / "deep" / "results"
    fill(target, "first")
    fill(target, "second")
    assert word(target) == "second"
    assert [path.name for path in target.parent.iterdir()] == ["results"]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path, way):
    target = tmp_path / "results"
    fill(target, "first")
    with pytest.raises(NotADirectoryError), swap.replaced(target, anything) as new:
        (new / "half.txt").write_text("half") and (new / "half.txt" / "more").mkdir()
    assert word(target) == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_a_folder_that_must_stay_stays(tmp_path, way):
    target = tmp_path / "results"
    fill(target, "first")

    def never(folder: Path) -> None:
        raise refuse(f"{folder} stays")

    with pytest.raises(ScenarioError, match="stays"):
        fill(target, "second", never)
    assert word(target) == "first"


def test_what_appears_during_the_work_is_looked_at_too(tmp_path):
    target = tmp_path / "results"

    def never(folder: Path) -> None:
        raise refuse(f"{folder} stays")

    with pytest.raises(ScenarioError, match="stays"), swap.replaced(target, never):
        fill(target, "theirs")
    assert word(target) == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


def test_rubbish_of_killed_runs_is_swept_up(tmp_path):
    rubbish = tmp_path / ".results.heco-new-1-abcd"
    (rubbish / "sub").mkdir(parents=True)
    (rubbish / "sub" / "half.txt").write_text("half")
    other = tmp_path / ".other.heco-new-1-abcd"
    other.mkdir()
    fill(tmp_path / "results", "first")
    assert not rubbish.exists()
    assert other.exists(), "it belongs to another folder"


def test_what_a_living_run_works_on_is_left_alone(tmp_path):
    theirs = tmp_path / ".results.heco-new-1-abcd"
    theirs.mkdir()
    handle = os.open(theirs, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    fill(tmp_path / "results", "first")
    assert theirs.exists()
    os.close(handle)
    fill(tmp_path / "results", "second")
    assert not theirs.exists()


def test_without_locks_only_old_rubbish_is_swept_up(tmp_path, monkeypatch):
    monkeypatch.setattr(swap, "_lock", lambda folder: -1)
    young, old = (tmp_path / f".results.heco-new-{i}-abcd" for i in (1, 2))
    young.mkdir()
    old.mkdir()
    os.utime(old, (0, 0))
    fill(tmp_path / "results", "first")
    assert young.exists()
    assert not old.exists()


def test_what_was_taken_aside_by_a_killed_run_is_put_back(tmp_path):
    target, aside = tmp_path / "results", tmp_path / ".results.heco-old-1-abcd"
    fill(target, "first")
    target.rename(aside)
    seen = []
    fill(target, "second", lambda folder: seen.append(word(folder)))
    assert "first" in seen, "the old results were put back before they were replaced"
    assert word(target) == "second"
    assert not aside.exists()


def test_a_link_stays_a_link(tmp_path):
    real = tmp_path / "disk" / "results"
    real.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(real)
    fill(link, "first")
    assert link.is_symlink()
    assert word(real) == "first"


def test_a_file_is_refused(tmp_path):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(ScenarioError, match="is a file"):
        fill(tmp_path / "results", "first")


@pytest.mark.parametrize("where", [".", ".."])
def test_the_current_folder_is_refused(tmp_path, monkeypatch, where):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ScenarioError, match="the folder you are in"):
        fill(Path(where), "first")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ScenarioError, match="nothing can be written"):
        fill(tmp_path / "results", "first")


def test_a_place_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ScenarioError, match="cannot be made"):
        fill(tmp_path / "file" / "results", "first")


def test_modes_are_those_of_any_new_folder(tmp_path):
    (tmp_path / "plain").mkdir()
    fill(tmp_path / "results", "first")
    modes = {(tmp_path / name).stat().st_mode for name in ("plain", "results")}
    assert len(modes) == 1


RIVAL = """
import sys
from pathlib import Path
from heco.report.swap import replaced
for i in range(60):
    with replaced(Path(sys.argv[1]), lambda folder: None) as new:
        for k in range(5):
            (new / f"{k}.txt").write_text(f"{sys.argv[2]} {i}")
"""


def test_rivals_do_not_destroy_each_other(tmp_path):
    target = tmp_path / "results"
    command = [sys.executable, "-c", RIVAL, str(target)]
    rivals = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in "abc"]
    for rival in rivals:
        _, complaint = rival.communicate(timeout=60)
        assert rival.returncode == 0, complaint.decode()
    words = {path.read_text() for path in target.iterdir()}
    assert len(list(target.iterdir())) == 5
    assert len(words) == 1, "all files are of one run"
    fill(target, "last")  # sweeps what the rivals swept under each other's feet
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
