"""Runs that the tests of the pages look at, each computed once."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_cases import TEXTS

import heco
from heco.report import figures, html
from heco.report.editions import EDITIONS
from heco.report.publish import contents

SCENARIOS = Path(__file__).parents[3] / "scenarios"
DRAWS = 200


def _run(name: str) -> heco.result.RunResult:
    if name in TEXTS:
        return heco.run(heco.load_text(TEXTS[name], name=name))
    return heco.run(heco.load(SCENARIOS / f"{name}.toml"), draws=DRAWS)


@pytest.fixture(scope="session")
def targeted():
    """The real case."""
    return _run("targeted")


@pytest.fixture(scope="session", params=["targeted", "first", *TEXTS])
def any_run(request, targeted):
    """Every scenario in turn: the real case, the first example, and those that bend the pages."""
    return targeted if request.param == "targeted" else _run(request.param)


@pytest.fixture(scope="session")
def hostile():
    """A scenario whose author writes HTML, templates and mathematics into every text."""
    return _run("hostile")


@pytest.fixture(scope="session")
def alone():
    """A scenario with one strategy and no uncertainty."""
    return _run("alone")


@pytest.fixture(scope="session")
def files(targeted):
    """Every file of the real case but run.json."""
    return contents(targeted)


@pytest.fixture(scope="session", params=EDITIONS, ids=lambda edition: edition.file)
def any_edition(request):
    """Each of the reports in turn."""
    return request.param


@pytest.fixture(scope="session")
def any_drawings(any_run):
    """The figures of every scenario in turn."""
    return figures.drawings(any_run)


@pytest.fixture(scope="session")
def any_page(any_run, any_drawings, any_edition):
    """Each report of every scenario in turn."""
    about = {"results.csv": "every number", "run.json": "versions"}
    return html.page(any_run, any_drawings, about, any_edition)
