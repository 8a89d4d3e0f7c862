"""Figures: what is drawn, what is said about it, and that it is the same every time."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from heco.report import figures, style
from heco.report.chart import render

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawings(targeted):
    return {drawing.chart.name: drawing for drawing in figures.drawings(targeted)}


def test_the_real_case_has_every_figure(drawings):
    known = ["required_gain", "pathway", "costs", "trace", "tornado", "net_benefit"]
    assert [name for name in drawings if name in known] == known


def test_a_run_without_numbers_for_a_figure_has_no_figure(alone):
    assert [chart.name for chart in figures.charts(alone)] == ["structure_tree", "costs"]


def test_every_run_can_be_drawn(any_run):
    for drawing in figures.drawings(any_run):
        assert drawing.png.startswith(b"\x89PNG")
        ElementTree.fromstring(drawing.svg)


def test_a_picture_has_the_same_bytes_every_time(targeted, drawings):
    again = {chart.name: render(chart) for chart in figures.charts(targeted)}
    for name, drawing in drawings.items():
        assert again[name].svg == drawing.svg
        assert again[name].png == drawing.png


def test_a_picture_does_not_depend_on_the_reader_s_own_settings(targeted, drawings):
    import matplotlib as mpl

    chart = next(chart for chart in figures.charts(targeted) if chart.name == "costs")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none"}):
        again = render(chart)
        assert mpl.rcParams["font.size"] == 30
    assert again.svg == drawings["costs"].svg
    assert again.png == drawings["costs"].png


def test_pictures_hold_no_date_no_program_and_nothing_from_elsewhere(drawings):
    for drawing in drawings.values():
        assert not re.search(r"Matplotlib v|matplotlib\.org|<metadata|dc:date", drawing.svg)
        # A map of many cells is a bitmap that the figure carries with it.
        assert not re.search(r"""(?:href|src)=["'](?!#|data:image/png;base64,)""", drawing.svg)
        assert not re.search(r"url\((?!#)", drawing.svg)
        assert Image.open(io.BytesIO(drawing.png)).info.keys() <= {"dpi"}


def test_pictures_say_what_they_show(drawings):
    for name, drawing in drawings.items():
        root = ElementTree.fromstring(drawing.svg)
        assert root.get("role") == "img"
        title, description = root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")
        assert title == drawing.chart.title
        assert description == drawing.chart.alt
        assert root.get("aria-labelledby") == f"{name}-title {name}-desc"


def test_names_inside_pictures_do_not_clash(drawings):
    names = [n for d in drawings.values() for n in re.findall(r'\sid="([^"]*)"', d.svg)]
    assert len(names) == len(set(names))
    for drawing in drawings.values():
        used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', drawing.svg))
        assert {a or b for a, b in used} <= set(re.findall(r'\sid="([^"]*)"', drawing.svg))


def test_titles_and_alternatives_are_computed(drawings, targeted):
    gain = targeted["required_gain"].find(
        "required_qaly_per_treated", strategy="targeted", wtp=20_000.0, basis="deterministic"
    )[0]
    assert f"{gain.value:.3f}" in drawings["required_gain"].chart.title
    cases = next(
        q
        for q in targeted["pathway"].find("share", strategy="targeted", subject="cases")
        if q.basis == "deterministic"
    )
    assert f"{10_000 * cases.value:.0f} cases are found" in drawings["pathway"].chart.title


def test_the_numbers_behind_a_picture_are_a_table(drawings):
    for name, drawing in drawings.items():
        assert drawing.chart.table.name == f"figure_{name}"
        assert drawing.chart.table.rows
        width = len(drawing.chart.table.columns)
        assert all(len(row) == width for row in drawing.chart.table.rows)


def test_histograms_count_every_draw_or_say_so(drawings, targeted):
    chart = drawings["net_benefit"].chart
    counted = sum(row[-1] for row in chart.table.rows)
    left_out = re.search(r"([\d,]+) of the furthest draws", chart.note)
    missing = int(left_out.group(1).replace(",", "")) if left_out else 0
    assert counted + missing == targeted.draws * len(targeted.scenario.decision.wtp)


def test_the_tornado_draws_as_many_bars_as_the_author_wants(drawings, targeted):
    assert len(drawings["tornado"].chart.table.rows) <= targeted["tornado"].data["bars"]


def test_pictures_are_small_enough_to_carry(drawings):
    for name, drawing in drawings.items():
        assert len(drawing.svg) < 200_000, name
        assert len(drawing.png) < 200_000, name


def test_no_letter_is_cut_at_the_edge(drawings):
    """The outermost pixels of every picture are white."""
    for name, drawing in drawings.items():
        picture = Image.open(io.BytesIO(drawing.png)).convert("L")
        width, height = picture.size
        for box in ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height),
                    (width - 1, 0, width, height)):  # fmt: skip
            assert picture.crop(box).getextrema()[0] > 250, (name, box)


def test_lines_are_broken_evenly_and_never_too_wide():
    text = "Targeted screening (poor families)"
    assert style.wrap(text, 1.6, style.SMALL, bold=True) == "Targeted screening\n(poor families)"
    for width in (0.5, 1.0, 2.0):
        for line in style.wrap("Antidisestablishmentarianism and more of it", width).split("\n"):
            assert style.text_width(line) <= width or len(line) <= 2
    assert style.wrap("a b c d", 0.1, lines=2).count("\n") == 1
    assert style.wrap("", 1.0) == ""


def test_letters_can_be_read_on_every_colour():
    assert style.readable_on(style.BLUE) == style.PAPER
    assert style.readable_on(style.YELLOW) == style.BLACK
    assert style.readable_on(style.ORANGE) == style.BLACK


@pytest.mark.parametrize("colour", [*style.PALETTE, style.GREY, style.INK])
def test_small_letters_have_enough_contrast(colour):
    assert style.contrast(style.letters(colour), style.PAPER) >= 4.5
    assert style.contrast(style.readable_on(colour), colour) >= 4.5
    assert style.contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_script_without_letters_in_the_font_does_not_stop_a_run(hostile):
    from dataclasses import replace

    strategies = {
        name: record.model_copy(update={"label": "筛查 🙂"})
        for name, record in hostile.scenario.strategies.items()
    }
    scenario = replace(hostile.scenario, strategies=strategies)
    assert figures.drawings(replace(hostile, scenario=scenario))
