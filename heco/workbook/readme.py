"""The first sheet: the question, the answer, what may be changed, and what is not live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heco.scenario.scenario import Scenario
from heco.version import __version__
from heco.workbook.book import Place, Sheet
from heco.workbook.strategy import Made

_WIDE = 110
#: What the workbook does not do at all, whatever the model.
_NEVER = (
    "the probabilistic analysis, sensitivity analyses, thresholds and the value of information: "
    "they are in heco's report",
    "the structure: states, branches, strategies, the length and number of cycles, the age at the "
    "start, and how cycles are counted",
    "the price year: costs stand in the price year of the results",
    "conditions that heco checks in every run, such as probabilities between 0 and 1: a sheet "
    "computes on with whatever is put in, and only warns where a value has a range",
)


def fill(
    sheet: Sheet,
    scenario: Scenario,
    made: Sequence[Made],
    verdict: Place,
    answer: Sequence[str],
    conventions: Mapping[str, str],
    warnings: Sequence[str],
) -> None:
    """Write the first sheet."""
    decision = scenario.decision
    sheet.widths.update({0: 36, 1: _WIDE})
    title = " ".join((decision.title or decision.question or scenario.name).split())
    sheet.text(0, 0, title, "title")
    row = 2
    if decision.question:
        row = _line(sheet, row, "Question", decision.question)
    for warning in warnings:
        row = _line(sheet, row, "Beware", warning)
    for number, sentence in enumerate(answer):
        row = _line(sheet, row, "" if number else "Answer of heco's report", sentence)
    if answer and scenario.analysis.psa is not None:
        row = _line(
            sheet, row, "", "The report leads with means over draws of the uncertain inputs. This "
            "workbook is the base case, in which every input has its single best value, so its "
            "numbers differ a little from those.",
        )  # fmt: skip
    row = _line(sheet, row, "Does it agree with heco?", "")
    sheet.formula(row - 1, 1, verdict.text(sheet.name), "text")
    sheet.bad.append((row - 1, 1, row - 1, 1))
    row += 1
    sheet.text(row, 0, "Colours", "section")
    for look, words in (
        ("input", "An input: change it, and everything follows."),
        ("live", "A formula: follows from inputs. Look into it to see how."),
        ("heco", "A number that heco computed, or that says how things stood: it does not follow."),
    ):
        row += 1
        sheet.text(row, 0, {"input": "yellow", "live": "white", "heco": "grey"}[look], look)
        sheet.text(row, 1, words, "wrap")
    row += 2
    sheet.text(row, 0, "Sheets", "section")
    row += 1
    for name, words in _sheets(scenario, made):
        row = _line(sheet, row, name, words)
    row += 1
    sheet.text(row, 0, "What is not live", "section")
    row += 1
    frozen = [words for one in made for words in one.frozen]
    for number, words in enumerate((*frozen, *_NEVER)):
        row = _line(sheet, row, "" if number else "Not in the formulas", words)
    row += 1
    sheet.text(row, 0, "Conventions in force", "section")
    row += 1
    for name, words in conventions.items():
        row = _line(sheet, row, name[0].upper() + name[1:], words)
    row += 1
    _line(sheet, row, "Written by", f"heco {__version__}, from the scenario {scenario.name}")


def _line(sheet: Sheet, row: int, label: str, words: str) -> int:
    if label:
        sheet.text(row, 0, label, "strong")
    sheet.text(row, 1, " ".join(words.split()), "wrap")
    return row + 1


def _sheets(scenario: Scenario, made: Sequence[Made]) -> list[tuple[str, str]]:
    found = [
        ("Results", "Totals, increments, cost per unit of health, net benefit, the frontier."),
        ("Inputs", "Every value, its range, distribution and source. Change the yellow cells."),
    ]
    if scenario.tables:
        found.append(("Tables", "Values by age or time, such as life tables."))
    if scenario.states:
        found.append(("Time", "When each cycle begins and ends, its weights and discount factors."))
    for one in made:
        said = "Pathway" if scenario.strategies[one.name].enters else "Strategy"
        found.append(
            (one.sheet.name, f"{said}: probabilities, costs, QALYs, and what they come to.")
        )
        if scenario.states:
            found.append((one.trace, "People by state from cycle to cycle, costs and health."))
    return [*found, ("Check", "heco's own numbers beside those of this workbook.")]
