"""Publishing: which files, what is in them, and which folders are left alone."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import socket
from dataclasses import replace

import pytest

from heco.errors import ScenarioError
from heco.report.publish import contents, publish, ready
from heco.result import Column, Result, Table


def whole(folder) -> dict:
    """Check every file of a folder against run.json, and return it."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert there == {*record["files"], "run.json"}
    for name, fingerprint in record["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == fingerprint, name
    return record


@pytest.fixture(scope="module")
def folder(alone, tmp_path_factory):
    place = tmp_path_factory.mktemp("published") / "alone"
    publish(alone, place)
    return place


def test_a_folder_is_whole(folder, alone):
    record = whole(folder)
    assert record["format"] == "heco run 1"
    assert record["seed"] == alone.seed
    assert record["draws"] == alone.draws
    assert record["inputs"] == dict(alone.files)
    assert record["conventions"] == dict(alone.conventions)
    assert record["warnings"] == list(alone.warnings)


def test_every_table_and_figure_is_a_file(files, targeted):
    for table in targeted.tables:
        rows = list(csv.reader(io.StringIO(files[f"tables/{table.name}.csv"].decode())))
        assert rows[0] == [column.name for column in table.columns]
        assert len(rows) == len(table.rows) + 1
    figures = {name for name in files if name.startswith("figures/")}
    assert {name.rpartition(".")[0] for name in figures if name.endswith(".svg")} == {
        name.rpartition(".")[0] for name in figures if name.endswith(".png")
    }
    for name in figures:
        stem = name.removeprefix("figures/").rpartition(".")[0]
        assert f"tables/figure_{stem}.csv" in files


def test_links_of_the_report_lead_to_files(files):
    import re

    text = files["report.html"].decode()
    for link in re.findall(r'<a href="([^"#]+)"', text):
        assert link in files or link == "run.json", link


def test_the_same_run_has_the_same_bytes(alone, hostile, tmp_path):
    for run in (alone, hostile):
        for name in ("one", "other"):
            publish(run, tmp_path / name / "results")
        one, other = (
            {p.relative_to(tmp_path / name): p.read_bytes()
             for p in (tmp_path / name).rglob("*") if p.is_file()}
            for name in ("one", "other")
        )  # fmt: skip
        assert one == other


def test_nothing_tells_the_machine_or_the_folder(folder):
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".png":
            text = path.read_text(encoding="utf-8")
            assert str(folder) not in text
            assert socket.gethostname() not in text or len(socket.gethostname()) < 4


def test_an_older_run_is_replaced_as_a_whole(alone, hostile, tmp_path):
    place = tmp_path / "results"
    publish(hostile, place)
    assert (place / "figures").is_dir()
    publish(alone, place)
    whole(place)
    assert not (place / "figures" / "tornado.svg").exists()


def test_an_empty_folder_may_be_filled(alone, tmp_path):
    (tmp_path / "results" / "empty").mkdir(parents=True)
    publish(alone, tmp_path / "results")
    whole(tmp_path / "results")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("letter.docx", "Dear Sir"),
        ("run.json", "{}"),
        ("run.json", "not json"),
        ("run.json", '{"format": "another program", "files": {}}'),
        ("run.json", '{"format": "heco run 1"}'),
        ("run.json", "[]"),
    ],
)
def test_a_folder_that_heco_did_not_write_stays(alone, tmp_path, name, text):
    place = tmp_path / "results"
    place.mkdir()
    (place / name).write_text(text)
    for act in (lambda: ready(place), lambda: publish(alone, place)):
        with pytest.raises(ScenarioError, match="not written by heco"):
            act()
    assert [p.name for p in tmp_path.rglob("*")] == ["results", name]
    assert (place / name).read_text() == text


def test_a_stranger_s_file_among_ours_stays(alone, tmp_path):
    place = tmp_path / "results"
    publish(alone, place)
    (place / "tables" / "notes.txt").write_text("mine")
    (place / ".DS_Store").write_text("the computer's own")
    with pytest.raises(ScenarioError, match=r"would lose: tables/notes.txt"):
        publish(alone, place)
    (place / "tables" / "notes.txt").unlink()
    publish(alone, place)
    assert not (place / ".DS_Store").exists()


def test_a_file_in_the_way_is_refused_before_any_work(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(ScenarioError, match="is a file"):
        ready(tmp_path / "results")
    ready(tmp_path / "nothing" / "there" / "yet")


def test_a_full_disk_is_said_and_leaves_the_old_results(alone, tmp_path, monkeypatch):
    place = tmp_path / "results"
    publish(alone, place)
    before = (place / "run.json").read_bytes()

    def full(self, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(ScenarioError, match="No space left"):
        publish(alone, place)
    assert (place / "run.json").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["results"]


def test_names_of_files_are_checked(alone):
    def with_table(name):
        table = Table(name, "T", (Column("x", "X"),), ((1,),))
        return replace(alone, results=(*alone.results, Result("more", "More", tables=(table,))))

    with pytest.raises(ValueError, match="cannot be the name of a file"):
        contents(with_table("../escape"))
    with pytest.raises(ValueError, match="two tables"):
        contents(with_table(alone.tables[0].name))


def test_progress_is_told(targeted, monkeypatch):
    told = []
    contents(targeted, lambda what, done, total: told.append((done, total)))
    assert told == [(i, len(told)) for i in range(len(told))]
    assert told
