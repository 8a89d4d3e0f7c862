"""The key table: the numbers of results.csv, and no others."""

from __future__ import annotations

from heco.report import numbers, summary
from heco.report.reading import warnings


def lines(run):
    return {line.label: line for group in summary.key_table(run) for line in group.lines}


def test_every_row_has_an_entry_for_each_strategy(any_run):
    for line in lines(any_run).values():
        assert len(line.entries) == len(any_run.scenario.strategies)
        assert any(entry.text != numbers.NOTHING for entry in line.entries)


def test_the_published_case(targeted):
    found = lines(targeted)
    cases = found["Cases found per year"].entries
    assert [entry.text for entry in cases[:2]] == ["0", "134"]
    treated = found["Screening and intervention cost per case treated"].entries
    assert [entry.text for entry in treated] == ["–", "£2,342", "£3,233"]
    gain = found["QALYs each treated child must gain, at £20,000"].entries
    assert [entry.text for entry in gain] == ["–", "0.117", "0.162"]
    assert " to " in gain[1].range


def test_means_of_draws_lead_where_sentences_speak_of_them(targeted):
    cost = targeted["base_case"].find(
        "incremental_cost", strategy="universal", basis="probabilistic"
    )
    shown = lines(targeted)["Extra cost per person"].entries[2].text
    assert shown == numbers.money(cost[0].value)


def test_one_strategy_has_nothing_to_be_compared_with(alone):
    assert list(lines(alone)) == ["Cost per person"]


def test_warnings_name_parameters_by_their_labels_and_say_a_thing_once(targeted):
    said = warnings(targeted)
    assert not any("[parameters." in warning for warning in said)
    assert len(said) < len(targeted.warnings)
    assert any("Intervention cost per case treated" in warning for warning in said)
