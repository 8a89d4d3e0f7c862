"""Figures and pages of moved inputs: spider, maps, other settings; and what commands print."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

import heco
from heco.report import figures, html, screens, style
from heco.report.chart import render
from heco.report.charts import alternatives, spider, tornado, two_way
from heco.report.editions import TECHNICAL
from heco.report.sections import otherwise
from heco.report.terminal import console
from heco.scenario.load import load_text

ASKED = """
[decision]
title = "Which of three?"
comparator = "usual"
option = "visits"
wtp = [20_000, 30_000]
[time]
discount = "none"
[parameters.c]
label = "Price of a visit"
unit = "GBP"
gamma = {mean = 700, se = 200}
source = "invented"
[parameters.e]
label = "Gain of those who respond"
unit = "QALY"
normal = {mean = 0.1, se = 0.025}
source = "invented"
[parameters.p]
label = "Response"
unit = "probability"
beta = {events = 45, n = 100}
source = "invented"
[parameters.nil]
label = "Nothing yet"
fixed = 0
range = [0, 400]
source = "invented"
[tree.visited]
yes = {p = "p", cost = "c + nil", qaly = "e", count = "seen"}
no = {p = "rest", cost = "c"}
[tree.called]
all = {p = 1, cost = "0.4 * c", qaly = "0.3 * e"}
[tree.left]
all = {p = 1}
[strategies.usual]
label = "Usual care"
enters = "left"
[strategies.visits]
label = "Visits at home"
enters = "visited"
[strategies.calls]
label = "Calls"
enters = "called"
[analysis]
psa = {draws = 300}
required_gain = {per = {seen = "share.seen"}, labels = {seen = "person seen"}, utility = "e"}
tornado = {outcome = "required_gain", sets = {both = {label = "Both", parameters = ["c", "p"]}}}
spider = {steps = 7}
threshold = {solve = ["p"]}
[[analysis.two_way]]
x = {parameter = "c", low = 0, high = 3_000}
y = {parameter = "e", low = 0, high = 0.3}
points = [
    {label = "A trial", x = 2_500, y = 0.25, y_low = 0.2, y_high = 0.28, source = "trial"},
    {label = "A cohort <b>", x = 500, y = 0.25, source = "cohort"},
]
[[analysis.two_way]]
x = {parameter = "c", low = 0, high = 3_000}
y = {gain = "seen"}
[analysis.alternatives.dear]
label = "Twice the price & more"
set = {c = "2 * c"}
[analysis.alternatives.cheap]
label = "Half the price"
set = {c = "0.5 * c"}
[analysis.alternatives.strong]
label = "A strong effect"
set = {e = 0.3}
source = "assumption: at best"
"""


@pytest.fixture(scope="module")
def run():
    return heco.run(load_text(ASKED))


MAKERS = {
    "spider": spider.chart, "two_way_1": two_way.CHARTS[0], "two_way_2": two_way.CHARTS[1],
    "alternatives": alternatives.chart, "tornado": tornado.chart,
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_every_figure_has_a_takeaway_words_and_numbers(name, run):
    chart = MAKERS[name](run)
    assert chart.name == name
    assert any(letter.isdigit() or letter == "“" for letter in chart.title + chart.alt)
    assert len(chart.alt) > 80
    assert chart.table.rows
    drawn = render(chart)
    root = ElementTree.fromstring(drawn.svg)
    assert root.find(".//{http://www.w3.org/2000/svg}title").text == chart.title
    width, height = Image.open(io.BytesIO(drawn.png)).size
    assert width == round(style.WIDTH * style.DPI)
    assert 0.4 < height / width < 1.6
    assert render(MAKERS[name](run)).svg == drawn.svg


def test_titles_are_computed_from_the_numbers(run):
    # 20,000 * 0.45 e - 700, with e from 0.1 - 1.96 * 0.025 to 0.1 + 1.96 * 0.025.
    assert spider.chart(run).title == (
        "Net benefit per person goes from −£241 to £641 with gain of those who respond; no other "
        "input moves it as far"
    )
    assert two_way.chart(run).title == (
        "At £20,000 per QALY visits at home is worth its cost in the base case, but Calls would be "
        "better; of 2 other points 1 lies where it would be"
    )
    gain = two_way.chart(run, 1).title
    assert gain == (
        "At £20,000 per QALY, QALYs gained per person seen must be at least 0.078 at £700 and "
        "0.333 at £3,000"
    )
    assert alternatives.chart(run).title == (
        "At £20,000 per QALY visits at home is worth its cost, unless “Twice the price & more”"
    )


def test_an_input_without_a_base_value_has_no_line_of_changes(run):
    assert "nil" in run["spider"].data["lines"]
    chart = spider.chart(run)
    assert "nil" not in {row[0] for row in chart.table.rows}
    assert "base value is 0" in chart.note


def test_lines_over_the_range_need_no_base_value():
    made = heco.run(load_text(ASKED.replace("steps = 7", 'steps = 7, across = "range"')), draws=0)
    chart = spider.chart(made)
    assert "nil" in {row[0] for row in chart.table.rows}
    assert "Where lines cross" not in chart.note
    assert render(chart).png


def test_there_are_as_many_maps_as_were_asked_for(run):
    assert two_way.chart(run, 2) is None
    names = [chart.name for chart in figures.charts(run)]
    assert [name for name in names if name.startswith("two_way")] == ["two_way_1", "two_way_2"]


def test_nothing_is_drawn_where_nothing_was_asked():
    plain = heco.run(load_text(ASKED[: ASKED.index("[analysis]")]))
    assert spider.chart(plain) is alternatives.chart(plain) is two_way.chart(plain) is None
    assert not otherwise.applies(plain)
    assert screens.screens(plain) == []


def test_the_page_shows_all_of_it_and_escapes_what_authors_wrote(run):
    drawn = figures.drawings(run)
    page = html.page(run, drawn, {}, TECHNICAL)
    part = page[page.index('id="otherwise"') :]
    part = part[: part.index("</section>")]
    for name in ("two_way_1", "two_way_2", "spider", "alternatives"):
        assert f'id="figure-{name}"' in part
    assert "A cohort &lt;b&gt;" in part
    assert "Twice the price &amp; more" in part
    assert "best: calls" in part.lower()
    assert "c = 2 * c" in part


def test_screens_have_the_same_numbers(run):
    made = {screen.title.split(" ")[0]: screen for screen in screens.screens(run)}
    assert len(made) == 3  # tornado, threshold, probabilities
    out = io.StringIO()
    to = console(out, width=80)
    screens.show(run, to)
    said = out.getvalue()
    assert "Which of three?" in said
    assert all(len(line) <= 80 for line in said.splitlines())
    assert "Both" in said
    assert "low" in said  # a set has no single value at its ends
    assert "Probability most cost-effective" in said
