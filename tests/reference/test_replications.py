"""Published models, written in the scenario language, give back the numbers as printed.

How a replication is written is said in gallery.py. A new one is a folder. Doubles that a program
dumped are quoted to 12 significant digits, since the order of a sum moves the last ones.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import gallery

FOLDERS = gallery.replications()
EXPECTED = [(one.folder, expect) for one in FOLDERS for expect in one.expects]


def name_of(case):
    folder, expect = case
    words = (expect.get("model", "model"), expect["quantity"], expect.get("strategy", ""))
    return "-".join([folder, *words, str(expect["printed"])])


@pytest.mark.parametrize("case", EXPECTED, ids=map(name_of, EXPECTED))
def test_a_published_number_is_given_back_or_its_misfit_explained(case):
    folder, expect = case
    found = gallery.quantity(folder, expect)
    if found.value is None:
        assert found.unit == expect["printed"]
    elif "heco" in expect:
        assert expect["why"]
        assert gallery.agrees(found.value, expect["heco"])
        assert not gallery.agrees(found.value, expect["printed"])
    else:
        assert gallery.agrees(found.value, expect["printed"])


@pytest.mark.parametrize("one", FOLDERS, ids=lambda one: one.folder)
def test_a_replication_says_where_its_numbers_are_printed(one):
    assert one.about["source"]
    assert one.about["chapter"] in gallery.CHAPTERS
    assert all(expect.get("at") or one.about.get("at") for expect in one.expects)


@pytest.mark.parametrize("one", FOLDERS, ids=lambda one: one.folder)
def test_every_model_of_a_replication_is_used(one):
    used = {expect.get("model", "model") for expect in one.expects}
    models = {path.stem for path in (gallery.HERE / one.folder).glob("*.toml")} - {"expected"}
    assert models <= used | {"base"}


def test_the_gallery_is_as_large_as_it_claims():
    assert len(FOLDERS) >= 12
    assert {one.about["chapter"] for one in FOLDERS} == set(gallery.CHAPTERS)


def test_the_page_is_what_the_models_give_now():
    written = gallery.PAGE.read_text(encoding="utf-8")
    assert written == gallery.page(), "run: python tests/reference/gallery.py"


@pytest.mark.parametrize(
    ("value", "printed", "fits"),
    [(6276.49, "6276", True), (6276.51, "6276", False), (0.30, "0.3", True), (0.25, "0.3", True)],
)
def test_half_of_the_last_printed_digit_is_the_only_tolerance(value, printed, fits):
    assert gallery.agrees(value, printed) is fits
