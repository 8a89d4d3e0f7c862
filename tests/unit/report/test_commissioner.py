"""The report for those who decide: one place for each number, and no word of the case in it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import heco
from heco.report import figures, glance, html, numbers, paper, reading
from heco.report.editions import COMMISSIONER
from heco.report.sections import (
    at_a_glance,
    deciding,
    gains_and_misses,
    must_be_true,
    risks,
    ten_thousand,
    years,
)

REFERENCE = Path(__file__).parents[2] / "reference"
SCENARIOS = Path(__file__).parents[3] / "scenarios"
PENNY = 0.005
#: Words of the one case that this project began with; no other report may hold them.
CASE_WORDS = r"\b(child|children|births?|screen\w*|attachment|parent\w*|famil\w+)\b"

#: Cash and capacity, two payers, low and high uptake, too few staff.
BUDGET = """
[decision]
question = "What does it cost?"
comparator = "old"
wtp = [20_000]
[population]
label = "patients"
size = 1_000
[parameters.fee]
label = "Fee"
unit = "GBP"
gamma = { mean = 100, se = 20 }
source = "assumption: invented"
[parameters.on]
label = "On"
fixed = 0
lever = true
source = "set by strategies"
[tree.start]
seen = { p = "0.5 * on", cost = { clinic = "fee", beds = 40 }, qaly = 0.02, count = "treated" }
not_seen = { p = "rest" }
[strategies]
old = { label = "Old way", enters = "start" }
new = { label = "New way", enters = "start", set = { on = 1 } }
[analysis]
psa = { draws = 200 }
[analysis.budget]
years = 7
uptake = [0.2, 0.6, 1]
uptake_low = [0.1]
uptake_high = [1]
payers = { clinic = "NHS", beds = "Hospital" }
cash = ["clinic"]
area = 50_000
[analysis.budget.set_up]
rooms = { cost = 9_000.55, payer = "Council" }
[analysis.budget.staff]
nurse = { label = "nurse", per = "treated", hours = 6, productive_hours = 1_300, capacity = 1.5 }
"""


@pytest.fixture(scope="module")
def spender():
    """A run with cash beside capacity, several payers and too few staff."""
    return heco.run(heco.load_text(BUDGET, name="spender"))


def visible(page):
    """Return the words of a page, without its style and its figures."""
    body = page[page.index("<body") :]
    body = re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u2060", "").split())


def cells(view):
    """Return a shown table as dictionaries by heading."""
    heads = [head.text for head in view.heads]
    return [dict(zip(heads, (cell.text for cell in row), strict=True)) for row in view.rows]


# ---- The first page -----------------------------------------------------------------------------


def test_every_key_figure_is_a_row_of_the_results(any_run):
    found = glance.tiles(any_run)
    assert len(found) <= 6
    assert len({tile.label for tile in found}) == len(found)
    for tile in found:
        assert tile.quantity in any_run.quantities
        value, currency = tile.quantity.value, reading.currency(any_run)
        faces = {
            numbers.money(value, currency), numbers.qaly(value), numbers.count(value),
            numbers.chance(value),
        }  # fmt: skip
        # As the sentence of the answer has it: no digit that the draws do not support.
        for r in reading.rows(any_run, "pairwise", strategy=reading.option(any_run)):
            for name in ("cost_error", "icer_error"):
                faces.add(numbers.money(value, currency, error=r[name] or 0.0))
            faces.add(numbers.qaly(value, error=r["effect_error"] or 0.0))
        if value is not None and value <= 0 and "must gain" in tile.label:
            faces = {"none"}
        assert tile.value in faces or tile.label == "Cost and health together"


def test_the_real_case_has_the_figures_that_decide_it(targeted):
    found = {tile.label: tile.value for tile in glance.tiles(targeted)}
    assert found["QALYs that each treated child must gain"] == "0.117"
    assert found["Extra spending in year 1"] == "£313,141"
    assert found["Cases found per year"] == "134"
    assert found["Chance that it is the best of all"] in ("under 1%", "1%")


def test_warnings_come_in_the_order_of_what_they_move(targeted):
    shown, others = glance.cautions(targeted)
    moves = [caution.moves for caution in shown if caution.moves is not None]
    assert len(moves) == 3
    assert moves == sorted(moves, reverse=True)
    bars = {r["label"]: r["width"] for r in reading.rows(targeted, "tornado")}
    doubtful = [
        r for r in reading.rows(targeted, "inputs") if r["assumption"] or r["judgement"]
    ]  # fmt: skip
    widest = sorted((bars.get(r["label"]) or 0.0 for r in doubtful), reverse=True)
    assert moves == widest[:3]
    assert others > 0
    assert len(shown) + others >= len(doubtful)


def test_a_warning_about_the_whole_run_is_never_crowded_out(targeted):
    from dataclasses import replace

    first = targeted.results[0]
    loud = replace(first, warnings=(*first.warnings, "The sky has fallen."))
    run = replace(targeted, results=(loud, *targeted.results[1:]))
    assert "The sky has fallen." in [caution.text for caution in glance.cautions(run)[0]]


def test_without_a_tornado_assumptions_stand_in_the_author_s_order():
    run = heco.run(heco.load(SCENARIOS / "first.toml"), draws=50)
    shown, _ = glance.cautions(run)
    assert [caution.head.partition(":")[0] for caution in shown] == [
        "Relapse within a year",
        "Risk ratio of relapse within a year, with the programme",
    ]
    assert at_a_glance.context(run)["ordered"] is False


def test_the_question_is_not_said_twice():
    run = heco.run(heco.load(SCENARIOS / "first.toml"), draws=0)
    assert run.title == run.question
    assert at_a_glance.context(run)["question"] == ""


# ---- People -------------------------------------------------------------------------------------


def test_people_are_those_of_the_table(targeted):
    shown = cells(ten_thousand.context(targeted)["people"])
    assert [row["Counted"] for row in shown[:2]] == ["Children invited", "Children screened"]
    by_label = {row["Counted"]: row for row in shown}
    for r in reading.rows(targeted, "people_counted"):
        text = by_label[reading.counted(targeted, r["count"])][r["label"]]
        assert text == f"{numbers.count(r['per_10000'])} ({numbers.count(r['people'])})"


def test_the_screening_view_is_whole(targeted):
    shown = {row["Counted"] for row in cells(ten_thousand.context(targeted)["people"])}
    assert {
        "Children invited", "Children screened", "Positive", "Cases found", "Children treated",
        "Children who benefit", "Cases missed", "False alarms",
    } <= shown  # fmt: skip
    costs = {row["What is paid"]: row for row in cells(ten_thousand.context(targeted)["costs"])}
    assert costs["Screening cost per extra case found"]["Universal screening (all families)"] == (
        "£1,329"
    )


def test_coverage_is_found_over_found_and_missed(targeted):
    said = ten_thousand.context(targeted)["coverage"]
    coverage = targeted["pathway"].find("coverage", basis="deterministic")
    for sentence, quantity in zip(said, coverage, strict=True):
        assert sentence.endswith(f"({numbers.percent(quantity.value)}).")


# ---- Money --------------------------------------------------------------------------------------


def test_money_by_year_is_that_of_the_budget(targeted):
    by_name = {row["Amount"]: row for row in cells(years.context(targeted)["money"])}
    rows = reading.rows(targeted, "budget", strategy="targeted")
    for r in rows:
        year = f"Year {r['year']}"
        assert by_name["Extra spending, all by NHS"][year] == numbers.money(r["net"])
        assert by_name["So far"][year] == numbers.money(r["cumulative"])
        assert by_name["At low uptake"][year] == numbers.money(r["low_uptake"])
        assert by_name["Per 100,000 people"][year] == numbers.money(r["per_100000"])
    total = reading.rows(targeted, "budget_summary", strategy="targeted")[0]
    assert by_name["Extra spending, all by NHS"]["In all"] == numbers.money(total["total"])
    assert by_name["At low uptake"]["In all"] == numbers.money(total["low_uptake"])


def test_cash_and_capacity_stand_apart_and_are_never_added(spender):
    view = years.context(spender)["money"]
    names = [row["Amount"] for row in cells(view)]
    assert "Extra spending, cash" in names
    assert "Extra use, capacity" in names
    assert not any(name in ("Extra spending", "Extra use") for name in names)
    assert {"of which NHS", "of which Council"} <= set(names)
    assert any("never added up" in note for note in view.notes)
    assert not any("Extra spending in year 1" in tile.label for tile in glance.tiles(spender))


def test_of_many_years_the_first_and_the_last_are_shown(spender):
    view = years.context(spender)["money"]
    heads = [head.text for head in view.heads]
    assert heads == ["Amount", *(f"Year {y}" for y in (1, 2, 3, 4, 5, 7)), "In all"]
    assert any("Years between are in the file" in note for note in view.notes)


def test_staff_and_those_who_wait_are_shown(spender):
    rows = reading.rows(spender, "budget_staff", strategy="new")
    shown = years.context(spender)["staff"]
    by_name = {row["Role"]: row for row in cells(shown)}
    for r in rows:
        if r["year"] != 6:
            assert by_name["Nurse"][f"Year {r['year']}"] == numbers.fixed(r["wte"], 2)
    if any(r["waiting"] for r in rows):
        assert "people waiting at the end of the year" in by_name


@pytest.mark.parametrize("which", ["targeted", "spender"])
def test_every_total_of_the_budget_is_the_sum_of_its_parts_to_the_penny(which, request):
    run = request.getfixturevalue(which)
    whole = reading.rows(run, "budget")
    for r in whole:
        same = {key: r[key] for key in ("strategy", "year", "money")}
        for parts in ("budget_lines", "budget_payers"):
            total = sum(line["net"] for line in reading.rows(run, parts) if same.items() <= {
                **line, **({} if r["money"] else {"money": ""})}.items())  # fmt: skip
            assert abs(total - r["net"]) < PENNY, parts
        before = [
            o["net"]
            for o in reading.where(whole, strategy=r["strategy"], money=r["money"])
            if o["year"] <= r["year"]
        ]
        assert abs(sum(before) - r["cumulative"]) < PENNY
    for r in reading.rows(run, "budget_summary"):
        mine = reading.where(whole, strategy=r["strategy"], money=r["money"])
        assert abs(sum(o["net"] for o in mine) - r["total"]) < PENNY
        assert abs(r["set_up"] + r["recurrent"] + r["people_cost"] - r["total"]) < PENNY
        assert max(o["net"] for o in mine) == pytest.approx(r["peak"])


def test_costs_by_category_add_up_to_the_cost_of_each_strategy(targeted):
    for name in reading.strategies(targeted):
        parts = [r["cost"] for r in reading.rows(targeted, "cost_by_category", strategy=name)]
        (whole,) = reading.find(targeted, "cost", strategy=name, basis="deterministic")
        assert abs(sum(parts) - whole.value) < PENNY


# ---- Risk and decision --------------------------------------------------------------------------


def test_losses_for_everybody_are_those_of_one_person_times_the_people(targeted):
    shown = {row["If this is chosen"]: row for row in cells(risks.context(targeted)["losses"])}
    for wtp in (20_000.0, 30_000.0):
        for course, name in (("adopt", "targeted"), ("wait", "no_screening")):
            (all_of_them,) = reading.find(targeted, "course_loss", wtp=wtp, subject=course)
            (each,) = reading.find(targeted, "expected_loss", wtp=wtp, strategy=name)
            assert all_of_them.value == pytest.approx(each.value * 3290)
            row = shown[reading.strategy(targeted, name)]
            heading = f"Loss for one year's children, at {numbers.money(wtp)}"
            assert row[heading] == numbers.money(all_of_them.value)


def test_drivers_in_pounds_are_the_bars_of_the_tornado(targeted):
    shown = cells(risks.context(targeted)["drivers"])
    rows = reading.rows(targeted, "tornado")
    for row, r in zip(shown, rows, strict=False):
        assert row["Input, from its low to its high end"] == r["label"]
        assert row["Moves it, per person"] == numbers.money(r["width"])
        assert row["for one year's children"] == numbers.money(r["width"] * 3290)
    turns = {
        r["parameter_label"]: r
        for r in reading.rows(targeted, "threshold", strategy="targeted", wtp=20_000.0)
    }
    said = {
        row["Input, from its low to its high end"]: row["Worth its cost if it is"] for row in shown
    }
    price = "Intervention cost per case treated"
    assert said[price] == f"below {numbers.money(turns[price]['value'])}"


def test_what_was_not_asked_for_is_said():
    run = heco.run(heco.load(SCENARIOS / "first.toml"), draws=0)
    said = " ".join(risks.context(run)["missing"])
    assert "not asked how far each input by itself moves the answer" in said
    assert "no draws of the uncertain inputs were made" in said
    assert risks.context(run)["losses"] is None
    courses = deciding.context(run)["courses"][0]
    assert any("Without draws" in note for note in courses.notes)
    assert "Loses, on average" not in [head.text for head in courses.heads]


def test_the_courses_of_every_pointed_threshold_are_shown(targeted):
    shown = deciding.context(targeted)
    pointed = {r["course"] for r in reading.rows(targeted, "deciding") if r["points"]}
    assert len(shown["courses"]) == len(pointed)
    for view in shown["courses"]:
        assert [row["Course"] for row in cells(view)] == [
            "Adopt", "Adopt, with a review", "Pilot", "Wait",
        ]  # fmt: skip
        marked = [row[0].below for row in view.rows if row[0].below]
        assert marked == ["the numbers point here"]


def test_the_values_to_go_on_or_stop_at_are_those_that_were_solved_for(targeted):
    shown = {row["What would have to be seen"]: row for row in cells(
        deciding.context(targeted)["needs"])}  # fmt: skip
    gain = reading.rows(targeted, "required_gain", strategy="targeted", wtp=20_000.0)[0]
    row = shown["QALYs gained by each treated child"]
    assert row["Worth it at £20,000 per QALY"] == f"at least {numbers.qaly(gain['value'])}"
    assert row["In this run"] == numbers.qaly(gain["modelled"])


def test_what_must_be_true_is_what_was_solved_for(targeted):
    context = must_be_true.context(targeted)
    by_cost = cells(context["by_cost"])
    here = next(row for row in by_cost if row["If the extra cost were"] == "as here")
    assert here["Needed at £20,000 per QALY"] == "0.117"
    assert context["maps"] == ["two_way_1", "two_way_2"]


def test_groups_are_those_of_the_tables(targeted):
    if not gains_and_misses.applies(targeted):
        pytest.skip("the case has no groups")
    views = gains_and_misses.context(targeted)["views"]
    assert views
    rows = reading.rows(targeted, "people_by_group", strategy="targeted", count="cases")
    shown = {row["Group"]: row for view in views for row in cells(view)}
    for r in rows:
        assert shown[r["group_label"]]["Cases found"] == numbers.count(r["people"])


# ---- The page -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        SCENARIOS / "first.toml",
        REFERENCE / "briggs2006_hiv" / "model.toml",
        REFERENCE / "evans1997_sumatriptan" / "model.toml",
    ],
    ids=lambda path: path.parent.name,
)
def test_no_word_of_the_case_stands_in_another_report(path):
    run = heco.run(heco.load(path))
    page = html.page(run, figures.drawings(run), {"results.csv": "every number"}, COMMISSIONER)
    text = visible(page)
    found = re.search(CASE_WORDS, text, flags=re.IGNORECASE)
    assert found is None, text[max(0, found.start() - 60) : found.end() + 60]
    for said in (*run.results[0].headline[:1], *run["deciding"].headline):
        assert said in text


def test_there_is_no_greek_and_no_empty_sentence(any_run):
    page = html.page(any_run, figures.drawings(any_run), {}, COMMISSIONER)
    text = visible(page)
    assert not re.search(r"[\u0370-\u03ff]", text)
    ours = text.rpartition("Annex: every input")[0]  # beyond it, what the author wrote
    assert not re.search(r"\(\)|\bNone\b|\bnan\b| ,|\.\.(?!\.)", ours)
    for paragraph in re.findall(r"<(?:p|li)[^>]*>\s*</(?:p|li)>", page):
        pytest.fail(f"an empty paragraph: {paragraph}")


def test_no_two_tables_have_the_same_name(any_run):
    page = html.page(any_run, [], {}, COMMISSIONER)
    names = re.findall(r"<caption>(.*?)</caption>", page)
    assert len(names) == len(set(names))


def test_every_table_says_where_its_numbers_are(targeted, files):
    page = files["report.html"].decode()
    for name in re.findall(r'href="(tables/[^"]+)"', page):
        assert name in files


def test_the_margin_of_a_printed_page_holds_no_rule_of_the_author_s(hostile):
    page = html.page(hostile, [], {}, COMMISSIONER)
    rules = re.findall(r'@page \{ @top-left \{ content: "([^"]+)"; \}', page)
    assert len(rules) == 1
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|\\[0-9a-f]{6})+", rules[0])


def test_what_is_quoted_reads_back_as_it_was():
    text = 'a "b" </style> \\ é £ {}'
    read = re.sub(r"\\([0-9a-f]{6})", lambda m: chr(int(m[1], 16)), paper.quoted(text))
    assert read == text
    assert len(re.sub(r"\\[0-9a-f]{6}", "x", paper.quoted("long " * 50))) <= 90
