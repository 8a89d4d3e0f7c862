"""The technical report: structure, densities, formulas, checklists, and parts that add up."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_cases import NASTY

import heco
from heco.errors import ScenarioError
from heco.report import cheers, figures, formula, html, parts, structure
from heco.report.chart import render
from heco.report.charts import densities, structure_states, structure_tree
from heco.report.editions import TECHNICAL
from heco.report.fitted import fitted
from heco.report.sections import cheers as checklist
from heco.report.sections import course, criteria, decision, formulas, money
from heco.report.typeset import typeset
from heco.scenario.expressions import parse
from heco.scenario.schema_reporting import Reporting, Screening

SMALL = """
[decision]
title = "Cost of care"
question = "Is it worth it?"
comparator = "a"
wtp = [20_000]
[time]
cycle = "1 year"
horizon = "4 years"
[population]
starts = { well = 1 }
[parameters.on]
label = "On"
fixed = 0
lever = true
source = "set by strategies"
[parameters.moves]
label = "Where people go"
dirichlet = { counts = { stay = 30, fall = 60, die = 10 } }
source = "cohort"
[states]
well = { utility = 0.8, cost = { drug = "100.335 * on", visit = 33.335, other = 12.345 } }
ill = { utility = 0.5, cost = { visit = 70.005 } }
dead = { absorbing = true }
[transitions.well]
ill = "moves.fall * where(state_time > 1, 0.5, 1)"
dead = "moves.die"
well = "rest"
[transitions.ill]
dead = 0.2
ill = "rest"
[strategies]
a = { label = "A" }
b = { label = "B", set = { on = 1 } }
"""


def _run(extra: str = "", draws: int | None = None):
    return heco.run(heco.load_text(SMALL + extra), draws=draws)


@pytest.fixture(scope="module")
def small():
    return _run(draws=50)


@pytest.fixture(scope="module")
def page(targeted):
    return html.page(targeted, figures.drawings(targeted), {"results.csv": "x"}, TECHNICAL)


# -- the order, and the size ------------------------------------------------------------------


def test_sections_stand_in_a_reviewer_s_order(targeted):
    names = list(TECHNICAL.places(targeted))
    wanted = [
        "decision", "structure", "inputs", "fitted", "answer", "money", "course", "drivers",
        "uncertainty", "gain", "budget", "conventions", "formulas", "cheers", "criteria", "files",
    ]  # fmt: skip
    assert [name for name in names if name in wanted] == wanted


def test_the_page_is_small_enough_to_send(page):
    assert len(page.encode()) < 3_000_000


def test_each_section_has_something_to_say(any_run):
    for section in TECHNICAL.present(any_run):
        assert any(section.context(any_run).values()), section.NAME


# -- the decision problem ---------------------------------------------------------------------


def test_the_decision_problem_has_what_a_reviewer_asks_for(targeted):
    facts = dict(decision.facts(targeted))
    for name in ("Population", "Perspective", "Time horizon", "Cycle length", "Discount rates",
                 "Currency and price year", "Outcome", "Willingness to pay"):  # fmt: skip
        assert facts[name]
    assert facts["Cycle length"] == "6 months"
    assert "3.5%" in facts["Discount rates"]
    assert "cost-utility" in facts["Kind of study"]
    assert "decision tree followed by a cohort model of 4 states" in facts["Kind of study"]


def test_a_strategy_is_described_by_what_it_sets(targeted):
    said = decision.does(targeted, targeted.scenario.strategies["targeted"])
    assert "Screening is offered to poor families: 100%" in said
    assert "cost per child screened, poor families only" in said


# -- structure --------------------------------------------------------------------------------


def test_the_tree_has_every_branch_once(targeted):
    lines = [line for line in structure.steps(targeted) if line.record is not None]
    branches = [(node, key) for node, row in targeted.scenario.tree.items() for key in row]
    assert sorted((line.node, line.key) for line in lines) == sorted(branches)
    again = [line for line in lines if line.kind == "again"]
    assert {line.to for line in again} == {"as from “Offer”", "as from “Unscreened”"}
    ends = {line.to for line in lines if line.kind == "end"}
    assert ends == {"Not a case at the start", "Disorganised attachment", "No longer disorganised"}


def test_probabilities_have_a_value_only_where_it_is_the_same_everywhere(targeted):
    chance = {(line.node, line.key): line.chance for line in structure.steps(targeted)}
    assert chance["family", "poor"] == "p_poor = 17%"
    assert chance["offer", "invited"] == "offered"  # set by strategies and branches
    assert chance["test", "true_positive"] == "prevalence × sensitivity"
    assert chance["unscreened", "case"] == "prevalence"  # another on each branch


def test_every_move_is_an_arrow_and_loops_have_no_number(targeted, small):
    for run in (targeted, small):
        found = structure.arrows(run)
        moves = [(s, t) for s, row in run.scenario.transitions.items() for t in row]
        assert [(a.source, a.target) for a in found if a.record is not None] == moves
        numbers = [a.number for a in found if not a.stays]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(a.number == 0 for a in found if a.stays)
    dead = [a for a in structure.arrows(small) if a.source == "dead"]
    assert [(a.target, a.chance) for a in dead] == [("dead", "100%")]


def test_a_state_that_remembers_is_told(small, targeted):
    assert structure.remembers(small, "well")
    assert not structure.remembers(small, "ill")
    assert not any(structure.remembers(targeted, name) for name in targeted.scenario.states)
    assert structure.begins(small) == {"well"}


def _states(n: int, final: int) -> str:
    names = [f"s{i}" for i in range(n)]
    text = ["[decision]", 'question = "?"', "[time]", 'cycle = "1 year"', 'horizon = "3 years"']
    text += ["[population]", "starts = { s0 = 1 }", "[strategies.a]", 'label = "A"', "[states]"]
    for i, name in enumerate(names):
        absorbing = ", absorbing = true" if i >= n - final else ""
        text.append(f'{name} = {{ label = "A state with quite a long name {i}"{absorbing} }}')
    for name in names[: n - final]:
        text.append(f"[transitions.{name}]")
        text += [f"{other} = 0.01" for other in names if other != name]
        text.append(f'{name} = "rest"')
    return "\n".join(text)


@pytest.mark.parametrize("final", [0, 1, 2])
@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 8, 9, 10])
def test_boxes_of_states_are_apart_and_on_the_page(n, final):
    from heco.report import style

    if final >= n:
        pytest.skip("all states absorbing")
    run = heco.run(heco.load_text(_states(n, final)))
    with style.in_force("test"):
        boxes, height = structure_states._ring(run)
    for one in boxes.values():
        assert one.x - one.width / 2 > 0.02
        assert one.x + one.width / 2 < style.WIDTH - 0.02
        assert one.y - one.height / 2 > 0.02
        assert one.y + one.height / 2 < height - 0.02
    for one, other in combinations(boxes.values(), 2):
        beside = abs(one.x - other.x) > (one.width + other.width) / 2
        above = abs(one.y - other.y) > (one.height + other.height) / 2
        assert beside or above, (one.words, other.words)
    assert render(structure_states.chart(run)).svg


def test_too_many_states_have_a_table_only():
    run = heco.run(heco.load_text(_states(13, 1)))
    assert structure_states.chart(run) is None
    assert len(structure.arrows(run)) == 12 * 13 + 1


def test_a_large_tree_says_how_many_branches_it_leaves_out():
    nodes = [
        f'[tree.n{i}]\na = {{ p = 0.5, to = "n{i + 1}" }}\nb = {{ p = "rest", cost = 1 }}'
        for i in range(24)
    ]
    text = "\n".join(['[decision]\nquestion = "?"', *nodes, "[tree.n24]", "a = { p = 1 }",
                      "[strategies.s]", 'enters = "n0"'])  # fmt: skip
    chart = structure_tree.chart(heco.run(heco.load_text(text)))
    lines = 2 + 49
    assert f"{lines - structure_tree._MOST} further branches" in chart.note
    assert len(chart.table.rows) == 49  # the table leaves out nothing
    assert len(render(chart).svg) < 200_000


# -- formulas as written ----------------------------------------------------------------------


def _plain(text: str) -> str:
    """Undo the signs of print, so that the parser can read them."""
    for sign, word in (
        ("×", "*"),
        ("−", "-"),
        ("≤", "<="),
        ("≥", ">="),
        ("≠", "!="),
        (" = ", " == "),
    ):
        text = text.replace(sign, word)
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


@pytest.mark.parametrize(
    "text",
    [
        "a * (b + c) - d", "a - (b - c)", "(a - b) - c", "-(a + b) ^ 2", "(-a) ^ b", "a ^ b ^ c",
        "(a ^ b) ^ c", "a / (b * c)", "a / b * c", "per_cycle(p) * 0.00002", "prob(r, 2)",
        "prob(r)",
        "where(a < b and not c >= 3, 1_000_000, -0.5)", "1 - (1 - p) ^ (1 / 12)", "2 ^ -x",
        "apply_or(p, exp(1.8137993642342178 * d))", "rate(p)", "min(a, max(b, c))", "-3 * a",
        "a == b or c != d", "(a + b) * -2.5",
    ],
)  # fmt: skip
def test_what_is_printed_reads_back_as_the_same_formula(text):
    expr = parse(text)
    assert parse(_plain(formula.written(expr))) == expr


def test_every_formula_of_the_real_case_reads_back(targeted):
    for record in targeted.scenario.parameters.values():
        if record.expr is not None:
            assert parse(_plain(formula.written(record.expr))) == record.expr


def test_a_formula_in_words_uses_labels(targeted):
    record = targeted.scenario.parameters["offered"]
    words = formula.in_words(targeted, record.expr)
    assert words.startswith("“children born into poor families” × ")
    assert "p_poor" not in words


# -- densities --------------------------------------------------------------------------------


def test_curves_have_the_area_the_mean_and_the_limits_of_the_draws(targeted):
    rows = {r[0]: r for r in targeted["inputs"].tables[0].rows}
    names = [c.name for c in targeted["inputs"].tables[0].columns]
    found = fitted(targeted)
    assert {f.name for f in found} == set(targeted.scenario.distributions)
    for one in found:
        row = dict(zip(names, rows[one.name], strict=True))
        assert one.mean == pytest.approx(row["mean"])
        assert (one.lower, one.upper) == pytest.approx((row["lower"], row["upper"]))
        if one.name != "sensitivity":  # its density has no limit at 1
            area = float(np.trapezoid(one.density, one.x))
            assert area == pytest.approx(1, abs=0.012), one.name
            middle = float(np.trapezoid(one.density * one.x, one.x)) / area
            assert middle == pytest.approx(one.mean, abs=0.01 * (one.x[-1] - one.x[0]))


def test_members_of_a_joint_distribution_have_their_own_curves(small):
    """The share of a Dirichlet is a beta: Gelman et al. 2013, Bayesian Data Analysis, app. A."""
    from scipy import stats

    found = {f.name: f for f in fitted(small)}
    assert set(found) == {"moves.stay", "moves.fall", "moves.die"}
    for name, count in (("moves.stay", 30), ("moves.fall", 60), ("moves.die", 10)):
        law = stats.beta(count, 100 - count)
        one = found[name]
        assert one.mean == pytest.approx(law.mean())
        assert one.sd == pytest.approx(law.std())
        assert one.lower == pytest.approx(law.ppf(0.025), abs=0.004)
        assert one.upper == pytest.approx(law.ppf(0.975), abs=0.004)
        peak = law.pdf(law.mean())
        assert np.interp(law.mean(), one.x, one.density) == pytest.approx(peak, rel=0.06)


def test_each_input_is_on_one_figure(targeted):
    made = [chart for make in densities.CHARTS if (chart := make(targeted)) is not None]
    drawn = [name for chart in made for name in dict.fromkeys(r[0] for r in chart.table.rows)]
    assert drawn == [f.name for f in fitted(targeted)]
    assert all(len({r[0] for r in chart.table.rows}) <= densities.MOST for chart in made)


def test_what_was_written_stands_beside_what_is_drawn(targeted):
    found = {f.name: f for f in fitted(targeted)}
    assert found["prevalence_other"].written == "beta: mean 0.15, se 0.02"
    assert found["prevalence_other"].drawn.startswith("Beta(47.")
    assert found["c_treatment"].written == "gamma: mean 2,265, assumed_cv 0.2"


# -- parts and totals -------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=12),
    st.sampled_from([0, 2, 5]),
)
@settings(max_examples=200, deadline=None)
def test_rounded_parts_add_up_to_the_rounded_total(values, decimals):
    made, total = parts.rounded(values, decimals)
    unit = 10**decimals
    assert sum(round(part * unit) for part in made) == round(total * unit)
    assert total == pytest.approx(round(float(np.sum(values)), decimals), abs=1.01 / unit)
    for part, exact in zip(made, values, strict=True):
        assert abs(part - exact) < 1 / unit + 1e-6


def _number(text: str) -> float:
    return float(re.sub(r"[£,]", "", text).replace("−", "-"))


def _adds_up(view, columns) -> None:
    *rows, last = view.rows
    assert last[0].text == "All"
    for k in columns:
        decimals = len(last[k].text.partition(".")[2])
        shown = sum(round(_number(row[k].text) * 10**decimals) for row in rows)
        assert shown == round(_number(last[k].text) * 10**decimals), view.caption


def test_costs_by_category_add_up_as_shown(targeted, small):
    for run in (targeted, small):
        view = money.categories(run)
        _adds_up(view, range(1, len(view.heads)))
    total = money.categories(small).rows[-1]
    for cell, strategy in zip(total[1:], small.scenario.strategies, strict=True):
        cost = small["totals"].find("cost", strategy=strategy, basis="deterministic")
        assert _number(cell.text) == round(cost[0].value, 2)


def test_costs_and_effects_by_state_add_up_as_shown(targeted, small):
    for run in (targeted, small):
        for strategy in run.scenario.strategies:
            view = course.by_state(run, strategy)
            _adds_up(view, range(2, len(view.heads)))
            qaly = run["totals"].find("qaly", strategy=strategy, basis="deterministic")[0]
            column = [head.text for head in view.heads].index("QALYs")
            assert _number(view.rows[-1][column].text) == round(qaly.value, 5)
    names = [row[0].text for row in course.by_state(targeted, "targeted").rows]
    assert names[:2] == ["Not a case at the start", "Disorganised attachment"]


# -- formulas in force ------------------------------------------------------------------------


def _said(run) -> dict[str, str]:
    return {f.name: " ".join(f.lines) for f in formulas.formulas(run)}


def test_only_what_is_in_force_is_printed(targeted, small):
    said = _said(targeted)
    assert "Rolling back the decision tree" in said
    assert "Required gain" in said
    assert "Budget impact" in said
    assert "No discounting" not in said
    said = _said(small)
    assert "Rolling back the decision tree" not in said
    assert "Budget impact" not in said
    assert "Required gain" not in said


@pytest.mark.parametrize(
    ("time", "line"),
    [
        ('cycle_counting = "start"', "a_c = D((c − 1)~L), b_c = 0"),
        ('cycle_counting = "end"', "a_c = 0, b_c = D(c~L)"),
        ('cycle_counting = "half-cycle"', "a_c = D((c − 1)~L) / 2, b_c = D(c~L) / 2"),
        ('cycle_counting = "life-table"', "a_c = b_c = D((c − 1/2)~L) / 2"),
        ('cycle_counting = "start"\ndiscount_timing = "cycle-end"', "a_c = D(c~L), b_c = 0"),
        ('discounting = "annual-step"', "D(t) = (1 + r)^{−floor(t)}"),
        ('discounting = "exponential"', "D(t) = exp(−r t)"),
        ('discount = "none"', "D(t) = 1"),
    ],
)
def test_the_formulas_are_those_of_the_settings(time, line):
    run = heco.run(
        heco.load_text(SMALL.replace("[population]", f"{time}\n[population]", 1)), draws=0
    )
    assert line in " ".join(_said(run).values())


def test_costs_of_moves_have_a_formula_where_there_are_any(small):
    moved = SMALL.replace("dead = 0.2", "dead = { p = 0.2, cost = 500 }")
    name = "What happens on the way between states"
    assert name in _said(heco.run(heco.load_text(moved), draws=0))
    assert name not in _said(small)


def test_a_formula_is_set_in_plain_html():
    made = str(typeset("ΔC_{s} < W^{2} & max_k x"))
    assert made == (
        "Δ<i>C</i><sub><i>s</i></sub> &lt; <i>W</i><sup>2</sup> &amp; max<sub><i>k</i></sub> "
        "<i>x</i>"
    )


# -- checklists -------------------------------------------------------------------------------


def test_there_are_28_items_each_with_a_key_of_its_own():
    assert [item.number for item in cheers.ITEMS] == list(range(1, 29))
    keys = [item.key for item in cheers.ITEMS]
    assert len(set(keys)) == 28
    assert set(keys) == set(Reporting.model_fields) - {"screening"}


def test_places_of_the_checklist_are_real_anchors(any_run, any_drawings):
    text = html.page(any_run, any_drawings, {"results.csv": "x"}, TECHNICAL)
    anchors = set(re.findall(r'<section id="([^"]+)">', text))
    start = text.index('<section id="cheers">')
    table = text[start : text.index("</section>", start)]
    linked = re.findall(r'href="#([^"]+)"', table)
    assert linked
    assert set(linked) <= anchors
    places = TECHNICAL.places(any_run)
    for name, words in re.findall(r'href="#([^"]+)">([^<]+)<', table):
        number, title = places[name]
        assert words.startswith(f"{number}. ")
        assert title in words or "&" in words


def test_what_nobody_said_is_missing(targeted):
    found = {a.item.key: a for a in cheers.answers(targeted, TECHNICAL.places(targeted))}
    for key in ("analysis_plan", "engagement", "engagement_effect", "funding", "conflicts"):
        assert found[key].status == cheers.MISSING
        assert not found[key].words
    assert found["perspective"].status == cheers.PARTLY
    assert found["perspective"].lacks == "why it was chosen"
    for key in ("parameters", "results", "effect_of_uncertainty", "currency", "outcomes"):
        assert found[key].status == cheers.ANSWERED
    count = checklist.context(targeted)["count"]
    assert sum(count.values()) == 28


def test_an_item_is_not_answered_by_a_section_that_is_not_there(targeted):
    found = {a.item.key: a for a in cheers.answers(targeted, {"decision"})}
    assert found["parameters"].status == cheers.MISSING
    assert found["effect_of_uncertainty"].status == cheers.MISSING
    assert found["outcomes"].status == cheers.ANSWERED


def test_without_uncertainty_its_items_are_missing():
    run = _run(draws=0)
    found = {a.item.key: a for a in cheers.answers(run, TECHNICAL.places(run))}
    assert found["uncertainty"].status == cheers.MISSING
    assert found["effect_of_uncertainty"].status == cheers.MISSING
    assert found["currency"].status == cheers.MISSING  # no price year is stated


def test_the_author_s_words_answer_and_are_text():
    said = f"""
[reporting]
funding = '''{NASTY}'''
perspective = "The payer decides."
[reporting.screening]
harms = '''{NASTY}'''
"""
    run = _run(said, draws=0)
    found = {a.item.key: a for a in cheers.answers(run, TECHNICAL.places(run))}
    assert found["funding"].status == cheers.ANSWERED
    assert found["funding"].words == NASTY
    assert criteria.applies(run)
    text = html.page(run, [], {"results.csv": "x"}, TECHNICAL)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 2


def test_seven_criteria_where_people_are_screened(targeted, small):
    assert criteria.applies(targeted)
    assert not criteria.applies(small)
    made = criteria.context(targeted)
    assert [row["number"] for row in made["rows"]] == list(range(1, 8))
    assert made["why"]
    assert {one.key for one in criteria.CRITERIA} == set(Screening.model_fields)
    rows = {row["number"]: row for row in made["rows"]}
    assert "false alarms 236" in rows[4]["says"]
    assert not rows[6]["says"]
    assert not any(row["words"] for row in made["rows"])


def test_reporting_is_checked_and_inherited(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        heco.load_text(SMALL + "[reporting]\nfundign = 'x'\nconflicts = 3\n")
    told = str(caught.value)
    assert "funding" in told
    assert "conflicts" in told
    (tmp_path / "base.toml").write_text(SMALL + "[reporting]\nfunding = 'a'\nconflicts = 'b'\n")
    (tmp_path / "child.toml").write_text("extends = 'base.toml'\n[reporting]\nfunding = 'c'\n")
    scenario = heco.load(tmp_path / "child.toml")
    assert (scenario.reporting.funding, scenario.reporting.conflicts) == ("c", "b")


def test_a_run_of_another_program_has_no_structure(targeted):
    bare = replace(targeted.scenario, tree={}, states={}, transitions={})
    run = replace(targeted, scenario=bare)
    assert "structure" not in TECHNICAL.places(run)
    assert structure_tree.chart(run) is None
    assert structure_states.chart(run) is None
    assert "from draws that another program made" in decision.kind(run)
    assert "Discounting" not in _said(run)
