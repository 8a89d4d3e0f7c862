"""Figures of uncertainty: titles computed from numbers, words for all, labels apart, same bytes."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import heco
from heco.report import figures, html, numbers, reading
from heco.report.chart import render
from heco.report.charts import (
    assurance,
    ceac,
    convergence,
    expected_loss,
    flip,
    frontier,
    inmb_curve,
    labels,
    plane,
    sobol,
)  # fmt: skip
from heco.report.editions import TECHNICAL

#: Three options and one that is dominated; everything is asked.
ASKED = """
[decision]
question = "Which of four?"
comparator = "usual"
option = "visits"
wtp = [20_000, 30_000]
[time]
discount = "none"
[population]
size = 1_200
label = "patients"
[parameters.c]
label = "Price of a visit"
unit = "GBP"
gamma = { mean = 700, se = 200 }
source = "invented"
[parameters.e]
label = "Gain of those who respond"
unit = "QALY"
normal = { mean = 0.1, se = 0.025 }
source = "invented"
[parameters.p]
label = "Response"
unit = "probability"
beta = { events = 45, n = 100 }
source = "invented"
[tree.usual_care]
all = { p = 1, cost = { care = 500 }, qaly = 1 }
[tree.visits_care]
all = { p = 1, cost = { care = "500 + c" }, qaly = "1 + p * e", count = "treated" }
[tree.both_care]
all = { p = 1, cost = { care = "500 + 4 * c" }, qaly = "1 + 2 * p * e", count = "treated" }
[tree.waste_care]
all = { p = 1, cost = { care = "900 + c" }, qaly = "1 + 0.5 * p * e", count = "treated" }
[strategies]
usual = { label = "Usual care", enters = "usual_care" }
visits = { label = "Home visits", enters = "visits_care" }
both = { label = "Home visits and a course that has a long name", enters = "both_care" }
waste = { label = "Leaflets", enters = "waste_care" }
[analysis]
psa = { draws = 2500 }
sensitivity = { draws = 128 }
flip = {}
assurance = { solve = [{ parameter = "c", low = 0, high = 4_000 }] }
"""

MAKERS = {
    "plane": plane, "frontier": frontier, "ceac": ceac, "expected_loss": expected_loss,
    "inmb_curve": inmb_curve, "convergence": convergence, "sobol": sobol, "assurance": assurance,
    "flip": flip,
}  # fmt: skip


@pytest.fixture(scope="module")
def asked():
    """A run with the numbers for every figure."""
    return heco.run(heco.load_text(ASKED, name="asked"))


@pytest.fixture(scope="module")
def drawn(asked):
    return {name: render(module.chart(asked)) for name, module in MAKERS.items()}


def rows(asked, name, **what):
    return reading.rows(asked, name, **what)


# ---- What is said --------------------------------------------------------------------------------


def test_the_acceptability_title_names_the_choice_and_its_probability(asked, drawn):
    for wtp in (20_000.0, 30_000.0):
        [best] = rows(asked, "ceaf", wtp=wtp)
        assert numbers.chance(best["probability"]) in drawn["ceac"].chart.title
        assert numbers.money(wtp) in drawn["ceac"].chart.title
        assert numbers.inside(best["label"]).lower() in drawn["ceac"].chart.title.lower()


def test_the_axis_says_what_is_the_probability_of_what(asked):
    figure = ceac.chart(asked).draw()
    words = [text.get_text() for text in figure.texts]
    assert "Probability most cost-effective" in words
    assert "What a QALY is taken to be worth" in words


def test_the_loss_title_is_the_value_of_perfect_information(asked, drawn):
    [perfect] = rows(asked, "evpi", wtp=20_000.0)
    assert (
        f"loses {numbers.money(perfect['evpi'])} per person" in drawn["expected_loss"].chart.title
    )
    lowest = [row for row in drawn["expected_loss"].chart.table.rows if row[3]]
    assert min(row[2] for row in lowest if row[0] == 20_000) == perfect["evpi"]


def test_a_loss_that_few_draws_decide_is_only_bounded(asked):
    r = {"evpi": 3.0, "error": 2.0}
    assert expected_loss._evpi(asked, r) == "under £7"
    assert expected_loss._evpi(asked, {"evpi": 0.001, "error": None}) == "under £0.01"
    assert expected_loss._evpi(asked, {"evpi": 0.0, "error": 0.0}) == "£0"


def test_the_plane_says_where_the_draws_are(asked, drawn):
    chart = drawn["plane"].chart
    data = asked["psa"].data
    i = list(data["strategies"]).index("visits")
    cost, effect = data["incremental_cost"][i], data["incremental_effect"][i]
    worth = float(np.mean(20_000 * effect > cost))
    assert f"worth its cost in {numbers.chance(worth)} at £20,000 per QALY" in chart.title
    [shares] = rows(asked, "quadrants", strategy="visits")
    assert f"{numbers.chance(shares['ne'])} cost more and gain more" in chart.alt
    assert "contours hold 50% and 95%" in chart.note
    assert len(chart.table.rows) <= 900


def test_the_frontier_names_who_is_never_the_best(asked, drawn):
    chart = drawn["frontier"].chart
    assert chart.title.startswith("Leaflets is never the best choice. From usual care to home")
    for r in rows(asked, "incremental", basis="probabilistic"):
        if r["icer"] is not None:
            assert numbers.money(r["icer"]) in chart.title
    assert "Leaflets: " in chart.alt
    assert "dominated" in chart.alt


def test_two_options_need_no_frontier(targeted):
    two = [r for r in reading.rows(targeted, "incremental") if r["strategy"] != "universal"]
    table = reading.table(targeted, "incremental")
    names = [c.name for c in table.columns]
    fewer = replace(table, rows=tuple(tuple(r[name] for name in names) for r in two))
    base = targeted["base_case"]
    tables = tuple(fewer if t.name == "incremental" else t for t in base.tables)
    results = tuple(replace(r, tables=tables) if r is base else r for r in targeted.results)
    assert frontier.chart(replace(targeted, results=results)) is None


def test_the_net_benefit_title_is_where_its_mean_is_zero(asked, drawn):
    [pair] = rows(asked, "pairwise", strategy="visits", basis="probabilistic")
    said = re.search(r"above £([\d,]+) per QALY", drawn["inmb_curve"].chart.title).group(1)
    assert float(said.replace(",", "")) == pytest.approx(pair["icer"], rel=0.005)


def test_net_benefit_that_is_never_above_zero_is_said_so(asked):
    mine = [{"wtp": w, "mean": -5.0, "lower": -9.0, "upper": 1.0} for w in (0.0, 60_000.0)]
    title = inmb_curve._title(asked, mine, "visits")
    assert title == "Home visits is not worth its cost on average up to £60,000 per QALY"
    up = [{"wtp": w, "mean": 5.0, "lower": 2.0, "upper": 9.0} for w in (0.0, 60_000.0)]
    assert "whatever a QALY is worth, and so it is in at least 97.5%" in inmb_curve._title(
        asked, up, "visits"
    )


def test_the_variance_title_shares_out(asked, drawn):
    found = sorted(rows(asked, "sobol", output="inmb"), key=lambda r: -r["first"])
    start = f"{100 * found[0]['first']:.0f}% of the uncertainty of net benefit comes from “"
    assert drawn["sobol"].chart.title.startswith(start + found[0]["label"])


def test_the_assurance_title_is_the_value_for_eighty_per_cent(asked, drawn):
    [r] = rows(asked, "assurance", parameter="c", wtp=20_000.0, probability=0.8)
    said = re.search(r"80% probability .* is below £([\d,]+)", drawn["assurance"].chart.title)
    assert float(said.group(1).replace(",", "")) == pytest.approx(r["value"], rel=0.005)


def test_the_flip_title_is_the_distance(asked, drawn):
    found = rows(asked, "flip", wtp=20_000.0)
    nearest = min(found, key=lambda r: r["distance"])
    chart = drawn["flip"].chart
    assert f"{nearest['distance']:.1f} standard errors" in chart.title
    assert reading.at_wtp(asked, 20_000.0) in chart.title
    assert chart.title.startswith(nearest["rival_label"])


def test_convergence_says_whether_there_were_enough_draws(asked, drawn):
    worst = max(r["artefact"] for r in rows(asked, "convergence") if r["draws"] == 2_500)
    verdict = "are enough" if worst < 0.005 else "do not settle"
    assert drawn["convergence"].chart.title.startswith(f"2,500 draws {verdict}")
    last = {"draws": 2_000, "wtp": 20_000.0}
    for settled, artefact, said in (
        (None, 0.2, "do not settle which strategy is the best at £20,000 per QALY"),
        (None, 0.0001, "are enough: the chance that more would swap the two best strategies is "
         "under 0.1%"),
        (True, 0.004, "are enough"),
        (True, 0.2, "are enough"),  # the lead is too small to matter
        (False, 0.0001, "are not as many as the precision asked for needs at £20,000"),
    ):  # fmt: skip
        title = convergence._title(asked, [{**last, "settled": settled, "artefact": artefact}])
        assert title.startswith(f"2,000 draws {said}")


def test_a_run_until_it_is_precise_shows_its_batches():
    text = ASKED.replace("draws = 2500", "precision = { probability = 0.012 }")
    run = heco.run(heco.load_text(text.partition("sensitivity")[0], name="precise"))
    chart = convergence.chart(run)
    draws = sorted({row[0] for row in chart.table.rows})
    assert draws == list(range(1_000, run.draws + 1, 1_000))
    assert len(draws) > 1
    assert chart.title.startswith(f"{run.draws:,} draws are enough")


def test_every_figure_says_what_it_shows(drawn):
    for name, drawing in drawn.items():
        chart = drawing.chart
        assert chart.name == name
        assert chart.table.name == f"figure_{name}"
        assert chart.table.rows
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
        assert len(chart.alt) > 60
        assert chart.alt.endswith(".")
        assert "nan" not in f"{chart.title} {chart.alt} {chart.note}".lower().split()
        ElementTree.fromstring(drawing.svg)


# ---- How it looks --------------------------------------------------------------------------------


def test_no_letter_is_cut_at_the_edge(drawn):
    for name, drawing in drawn.items():
        picture = Image.open(io.BytesIO(drawing.png)).convert("L")
        width, height = picture.size
        for box in ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height),
                    (width - 1, 0, width, height)):  # fmt: skip
            assert picture.crop(box).getextrema()[0] > 250, (name, box)


def test_the_same_bytes_every_time(asked, drawn):
    for name, module in MAKERS.items():
        again = render(module.chart(asked))
        assert again.svg == drawn[name].svg, name
        assert again.png == drawn[name].png, name


def test_a_strategy_has_one_colour_and_one_dash_in_all_figures(asked):
    looks = labels.looks(asked)
    assert len({(look.colour, str(look.dash)) for look in looks.values()}) == len(looks)


def test_figures_are_drawn_at_once(asked):
    taken = []
    for module in MAKERS.values():
        start = time.perf_counter()
        render(module.chart(asked))
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[len(taken) // 2] < 1.0  # 0.1 s where nothing else runs


@given(st.lists(st.tuples(st.floats(-5, 15), st.floats(0.1, 1.0)), min_size=1, max_size=8))
def test_labels_are_spread_apart_within_the_room(wanted):
    places = labels.spread([y for y, _ in wanted], [h for _, h in wanted], 0.0, 10.0)
    boxes = sorted((p - h / 2, p + h / 2) for p, (_, h) in zip(places, wanted, strict=True))
    for (_, top), (bottom, _) in pairwise(boxes):
        assert bottom >= top - 1e-9
    assert boxes[0][0] >= -1e-9
    assert boxes[-1][1] <= 10 + 1e-9


def test_a_label_alone_stays_where_it_is_wanted():
    assert labels.spread([3.0], [1.0], 0.0, 10.0) == [3.0]
    assert labels.spread([], [], 0.0, 10.0) == []


def test_labels_of_points_do_not_cover_each_other():
    points = [(1.0, 1.0), (1.1, 1.05), (3.9, 2.9)]
    sizes = [(1.0, 0.15)] * 3
    boxes = []
    for (x, y, side), (w, h) in zip(labels.points_apart(4, 3, points, sizes), sizes, strict=True):
        left = x if side == "left" else x - w
        boxes.append((left, y - h / 2, left + w, y + h / 2))
        assert left >= 0
        assert left + w <= 4
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert labels._overlap(a, b) == 0


@pytest.mark.parametrize(
    ("value", "largest", "text"),
    [(20_000, 0, "£20k"), (5_000, 0, "£5,000"), (5_000, 20_000, "£5k"), (-1_500_000, 0, "−£1.5m"),
     (0, 50_000, "£0"), (0.5, 0, "£0.50"), (2_500_000_000, 0, "£2.5bn")],
)  # fmt: skip
def test_money_on_axes_is_short_and_alike(asked, value, largest, text):
    assert labels.short_money(asked, value, largest) == text


# ---- The page ------------------------------------------------------------------------------------


def test_the_report_has_the_figures_and_the_tables(asked):
    page = html.page(asked, figures.drawings(asked), {"run.json": "versions"}, TECHNICAL)
    for name in MAKERS:
        assert f'<figure id="figure-{name}">' in page
    assert "Which option to choose" in page
    assert "If a QALY is worth" in page
    assert "Lowest, for all patients of one year" in page
    assert "Where home visits is worth its cost, given how unsure all else is" in page


def test_a_run_without_draws_has_none_of_them(asked):
    without = heco.run(heco.load_text(ASKED.partition("[analysis]")[0], name="without"), draws=0)
    for name, module in MAKERS.items():
        assert (module.chart(without) is None) == (name != "frontier")
