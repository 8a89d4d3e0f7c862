"""What a terminal shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from report_cases import NASTY

from heco.report.publish import Publication
from heco.report.terminal import console, show

WRITTEN = Publication(Path("outputs/targeted"), ("report.html", "results.csv", "run.json"))


def printed(run, width=80, written=WRITTEN) -> str:
    stream = io.StringIO()
    show(run, console(stream, width=width), written)
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 100])
def test_lines_fit(any_run, width):
    for line in printed(any_run, width).splitlines():
        assert len(line) <= width, line


def test_question_answer_table_warnings_files_in_that_order(targeted):
    text = " ".join(printed(targeted).split())
    parts = [
        " ".join(targeted.question.split()),
        " ".join(targeted.results[0].headline[0].split()),
        "Cases found per year",
        "Before you use these figures",
        "outputs/targeted/report.html",
        "2 more files",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_no_colour_codes_unless_it_is_a_terminal(targeted):
    assert "\x1b" not in printed(targeted)


def test_the_author_s_markup_is_text(hostile):
    text = " ".join(printed(hostile).split())
    assert NASTY in text


def test_every_strategy_is_shown_in_as_many_tables_as_it_takes(any_run):
    text = printed(any_run, 72)
    for record in any_run.scenario.strategies.values():
        for word in record.label.split()[:1]:
            assert word[:6] in text


def test_a_path_is_never_broken(targeted):
    deep = Path("/".join(["a-rather-long-folder-name"] * 6))
    text = printed(targeted, 60, Publication(deep, ("report.html",)))
    assert str(deep / "report.html") in text


def test_a_terminal_without_the_letters_gets_question_marks(targeted, monkeypatch):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    show(targeted, console(stream, width=80))
    stream.flush()
    assert b"?20,000" in raw.getvalue()


def test_what_else_was_asked_is_answered(targeted):
    text = " ".join(printed(targeted).split())
    start = text.index("What else was asked")
    for name in ("threshold", "budget"):
        found = next(one for one in targeted.results if one.analysis == name)
        assert text.index(" ".join(found.headline[0].split())) > start


def test_no_name_of_a_strategy_is_broken_where_there_is_room(any_run):
    names = [record.label for record in any_run.scenario.strategies.values() if record.label]
    if len(names) != 2 or max(len(word) for name in names for word in name.split()) > 22:
        pytest.skip("no room")
    lines = printed(any_run, 80)
    assert all(word in lines for name in names for word in name.split())
