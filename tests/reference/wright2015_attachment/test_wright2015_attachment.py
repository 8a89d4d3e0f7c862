"""The shipped attachment scenarios give back the five figures of Wright et al. 2015.

The report's own model could not be read, so this is a reconstruction: agreement shows that the
pathway's algebra is the one behind the figures, not that its inputs are the report's.
"""

from __future__ import annotations

import csv
import functools
import itertools
import math
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import heco

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[2] / "scenarios"
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))["expect"]
IMPLIED = "implied by the published figures, not reported"


@functools.cache
def run(name):
    # A handful of draws: the figures are deterministic, and every analysis is still exercised.
    return heco.run(heco.load(SCENARIOS / f"{name}.toml"), draws=20)


@functools.cache
def model(name):
    return heco.compile(heco.load(SCENARIOS / f"{name}.toml"))


def base(name, parameter, strategy=None):
    compiled = model(name)
    values = compiled.parameter_values(compiled.base(), [parameter], strategy)
    return float(values[parameter][0])


def found(expected):
    keys = ("quantity", "strategy", "comparator", "wtp", "subject")
    empty = {"wtp": None}
    wanted = {key: expected.get(key, empty.get(key, "")) for key in keys}
    return [
        quantity.value
        for quantity in run(expected["scenario"]).quantities
        if quantity.basis == "deterministic"
        and all(getattr(quantity, key) == value for key, value in wanted.items())
    ]


def name_of(expected):
    words = (expected["scenario"], expected["quantity"], expected.get("wtp"), expected["printed"])
    return "-".join(str(word) for word in words if word)


@pytest.mark.parametrize("expected", EXPECTED, ids=name_of)
def test_figure(expected):
    values = found(expected)
    assert len(values) == 1
    printed = Decimal(expected["printed"])
    half_last_digit = 0.5 * 10.0 ** printed.as_tuple().exponent
    tolerance = expected.get("within", 0.0) * float(printed) or half_last_digit
    assert abs(values[0] - float(printed)) <= tolerance


def test_pathway_by_hand():
    """The same numbers from the algebra of a screening pathway, without the engine."""
    odds_ratio = math.exp(0.48 * math.pi / math.sqrt(3))
    poor = odds_ratio * 0.15 / (1 - 0.15 + odds_ratio * 0.15)
    every = 0.17 * poor + 0.83 * 0.15
    sensitivity = 7.5 / 8
    for strategy, share, prevalence, per_child in (
        ("targeted", 0.17, poor, 77 * 0.278),
        ("universal", 1.0, every, 968 * 0.164),
    ):
        screened = 3290 * share * 0.86
        cases = screened * prevalence * sensitivity
        cost = screened * per_child + cases * 2265
        by_hand = {
            "screened": screened,
            "cases": cases,
            "cases_missed": 3290 * every - cases,
            "false_positives": screened * (1 - prevalence) * 11 / 48,
            "treated": cases,
            "annual_cost": cost,
            "cost_per_case_treated": cost / cases,
        }
        for quantity, value in by_hand.items():
            expected = {"scenario": "targeted", "quantity": quantity, "strategy": strategy}
            assert found(expected) == [pytest.approx(value, rel=1e-9)], (strategy, quantity)


def test_extra_cases_cost_more_than_the_average_case():
    average = found(
        {"scenario": "universal", "quantity": "cost_per_case_identified", "strategy": "universal"}
    )
    extra = found(
        {
            "scenario": "universal",
            "quantity": "cost_per_extra_case",
            "strategy": "universal",
            "comparator": "targeted",
        }
    )
    spent, cases = (
        [
            found({"scenario": "universal", "quantity": quantity, "strategy": strategy})[0]
            for strategy in ("universal", "targeted")
        ]
        for quantity in ("cost_per_case_identified", "cases")
    )
    by_hand = (spent[0] * cases[0] - spent[1] * cases[1]) / (cases[0] - cases[1])
    assert extra == [pytest.approx(by_hand)]
    assert extra[0] > average[0]


@pytest.mark.parametrize(
    ("fixed", "prevalence"),
    [
        ("published_yield_targeted", "prevalence_poor"),
        ("published_yield_universal", "prevalence"),
    ],
)
def test_published_yields_are_prevalence_times_sensitivity(fixed, prevalence):
    yield_now = base("targeted", prevalence) * base("targeted", "sensitivity")
    assert round(yield_now, 3) == base("targeted", fixed)


def test_cost_per_child_screened():
    assert round(base("targeted", "c_screen", "targeted")) == 21
    assert round(base("targeted", "c_screen", "universal")) == 159


@pytest.mark.parametrize("parameter", ["uptake", "years_between", "q_disorganised"])
def test_judged_means(parameter):
    mean = {"uptake": 0.86, "years_between": 2.0, "q_disorganised": 0.85 - 0.803}[parameter]
    assert base("targeted", parameter) == pytest.approx(mean, abs=1e-12)


def test_stability_is_the_published_kappa():
    """Two assessments two years apart agree, beyond chance, as often as was published."""
    remit, relapse = base("targeted", "p_remit"), base("targeted", "p_relapse")
    ill = relapse / (remit + relapse)
    assert ill == pytest.approx(1760 / 8186)
    left = (1 - remit - relapse) ** 4  # of a difference after two years, in half-yearly cycles
    stay_ill = ill + (1 - ill) * left
    stay_well = (1 - ill) + ill * left
    agree = ill * stay_ill + (1 - ill) * stay_well
    by_chance = ill**2 + (1 - ill) ** 2
    assert (agree - by_chance) / (1 - by_chance) == pytest.approx(0.23)


def test_gain_of_a_child_who_benefits():
    """The discounted time gained, followed for one child with pencil and paper."""
    with (SCENARIOS / "evidence" / "life_table_uk_2022_2024.csv").open(encoding="utf-8") as file:
        death = {int(row["age"]): row for row in csv.DictReader(file)}
    boys, girls, lead, gained = 0.512, 0.488, 1.0, 0.25
    for half_year in range(2, 200):
        row = death[half_year // 2]
        left = (boys * (1 - float(row["qx_male"])), girls * (1 - float(row["qx_female"])))
        # Alive half a year later, and not yet as if untreated: kappa fades to 0.23 in two years.
        lead *= (sum(left) / (boys + girls)) ** 0.5 * 0.23**0.25
        if half_year % 2:
            boys, girls = left
        gained += lead * 1.035 ** -(half_year / 2 - 0.5) * (0.25 if half_year == 199 else 0.5)
    compiled = model("targeted")
    outcomes = compiled.evaluate(compiled.base())
    no_screening, targeted = (outcomes.index(s) for s in ("no_screening", "targeted"))
    benefited = outcomes.shares["benefited"][targeted, 0]
    gain = (outcomes.qaly[targeted, 0] - outcomes.qaly[no_screening, 0]) / benefited
    assert gain == pytest.approx(gained * 0.047, rel=1e-9)
    assert gained == pytest.approx(1.316, abs=5e-4)


def test_response_says_that_it_is_implied():
    scenario = heco.load(SCENARIOS / "targeted.toml")
    response = scenario.parameters["p_response"]
    texts = [response.label, response.source, response.note]
    texts += [scenario.measures[name].note for name in ("benefited", "cost_per_benefit")]
    texts += [scenario.published[name].note for name in ("gain_20", "gain_30")]
    texts.append(scenario.analysis.required_gain.notes["benefit"])
    assert all(IMPLIED in text.replace("Implied", "implied") for text in texts)


def test_price_index_is_the_chain_it_says():
    with (SCENARIOS / "evidence" / "price_index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    index = {row["year"]: float(row["index"]) for row in rows}
    assert index["2012/13"] == 100
    for before, row in itertools.pairwise(rows):
        if row["from"] == "NHSCII":
            change = 1 + float(row["change_pct"]) / 100
        else:
            change = float(row["published_level"]) / float(before["published_level"])
        assert index[row["year"]] / index[before["year"]] == pytest.approx(change, rel=1e-7)
    assert f"{index['2024/25'] / index['2012/13']:.4f}" == "1.3212"


def test_every_doi_is_in_the_list_of_evidence():
    with (SCENARIOS / "evidence" / "cited.csv").open(encoding="utf-8") as file:
        listed = {row["doi"].split()[0] for row in csv.DictReader(file) if row["doi"]}
    scenario = heco.load(SCENARIOS / "attachment-base.toml")
    sources = [parameter.source for parameter in scenario.parameters.values()]
    sources += [figure.source for figure in scenario.published.values()]
    for source in sources:
        for doi in re.findall(r"10\.\d{4,}/[\w./()-]+", source):
            assert doi.rstrip(".,") in listed, source


def test_every_strategy_treats_the_same_children():
    for name in ("targeted", "universal", "targeted-2025"):
        compiled = model(name)
        outcomes = compiled.evaluate(compiled.sample(50, 1, "random"))
        assert outcomes.valid.all()
        ill = [outcomes.states.index(state) for state in ("disorganised", "improved")]
        share = outcomes.entry[:, ill, :].sum(axis=1)
        assert abs(share - share[0]).max() < 1e-12
