"""CHEERS 2022: 28 items, what answers each in this report, and what its author adds.

An item is answered where a section that is there holds what it asks for. Some items ask for a
reason as well, or for what happened outside a model: those only the author can give, in
``[reporting]`` of the scenario. What nobody gave is missing, and nothing is made up.

Source: Husereau et al. 2022, Consolidated Health Economic Evaluation Reporting Standards 2022,
BMC Medicine 20:23, Table 1; topics as there, what is asked in heco's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from heco.report import numbers, reading
from heco.result import RunResult

ANSWERED, PARTLY, MISSING = "answered", "in part", "MISSING"


@dataclass(frozen=True)
class Held:
    """Where a report answers an item.

    Parameters
    ----------
    sections : tuple of str
        Names of sections.
    lacks : str
        What the item asks for beyond it, which only the author can say; empty if nothing.
    """

    sections: tuple[str, ...] = ()
    lacks: str = ""


@dataclass(frozen=True)
class Item:
    """An item of the checklist.

    Parameters
    ----------
    number : int
        As in the checklist.
    part : str
        Its part: Title, Abstract, Introduction, Methods, Results, Discussion, Other.
    topic, asks : str
        Its name, and what is asked.
    key : str
        Key of ``[reporting]`` in which the author may answer.
    held : callable
        Run -> where the report answers it by itself.
    """

    number: int
    part: str
    topic: str
    asks: str
    key: str
    held: Callable[[RunResult], Held] = lambda run: Held()


@dataclass(frozen=True)
class Answer:
    """What a report has to say to an item: where, in whose words, and what is still missing."""

    item: Item
    status: str
    sections: tuple[str, ...]
    words: str
    lacks: str


def answers(run: RunResult, present: Collection[str]) -> list[Answer]:
    """Return an answer to every item.

    Parameters
    ----------
    run : RunResult
        What was computed.
    present : collection of str
        Names of the sections that the report has.
    """
    return [_answer(run, item, present) for item in ITEMS]


def _answer(run: RunResult, item: Item, present: Collection[str]) -> Answer:
    held = item.held(run)
    sections = tuple(name for name in present if name in held.sections)  # in their order
    words = str(getattr(run.scenario.reporting, item.key)).strip()
    lacks = held.lacks if sections and not words else ""
    status = ANSWERED
    if not words and (lacks or not sections):
        status = PARTLY if sections else MISSING
    return Answer(item, status, sections, words, lacks)


# -- where the report answers -----------------------------------------------------------------


def _title(run: RunResult) -> Held:
    words = r"econom|cost.?(effective|utility|benefit|consequence)|budget impact"
    says = re.search(words, run.title, re.IGNORECASE)
    return Held(("decision",), "" if says else "a title that says it is an economic evaluation")


def _stated(key: str, lacks: str = "") -> Callable[[RunResult], Held]:
    """Return where something of [decision] is shown, if it is stated."""

    def held(run: RunResult) -> Held:
        return Held(("decision",), lacks) if getattr(run.scenario.decision, key) else Held()

    return held


def _setting(run: RunResult) -> Held:
    said = run.scenario.decision.place or run.scenario.reporting.setting
    return Held(("decision",)) if said else Held()


def _comparators(run: RunResult) -> Held:
    several = len(reading.strategies(run)) > 1
    return Held(("decision",), "why these strategies were chosen") if several else Held()


def _horizon(run: RunResult) -> Held:
    said = "horizon" in run.conventions
    return Held(("decision",), "why this horizon is appropriate") if said else Held()


def _discount(run: RunResult) -> Held:
    if "discount rates" not in run.conventions:
        return Held()
    preset = run.scenario.time.discount.preset not in ("", "none")
    return Held(("decision", "conventions"), "" if preset else "why these rates were chosen")


def _sourced(kind: str, lacks: str) -> Callable[[RunResult], Held]:
    """Return the table of inputs, if it has the source of any value of a kind."""

    def held(run: RunResult) -> Held:
        there = any(
            numbers.kind_of_unit(record.unit) == kind and record.source
            for record in run.scenario.parameters.values()
        )
        return Held(("inputs",), lacks) if there else Held()

    return held


def _currency(run: RunResult) -> Held:
    said = run.conventions.get("currency and price year", "")
    return Held(("decision", "conventions")) if said and "no price year" not in said else Held()


def _uncertain(run: RunResult) -> Held:
    if not run.draws and "tornado" not in run:
        return Held()
    return Held(("fitted", "conventions", "formulas"))


def _moved(run: RunResult) -> Held:
    if not run.draws and "tornado" not in run:
        return Held()
    return Held(("drivers", "uncertainty", "change", "otherwise", "evidence"))


def _heterogeneity(run: RunResult) -> Held:
    return Held(("by_group",)) if "by_group" in run else Held()


def _distribution(run: RunResult) -> Held:
    return Held(("equity", "who")) if "equity" in run else Held()


def _findings(run: RunResult) -> Held:
    return Held(("warnings", "gain", "reconcile"), "limitations, generalisability, what is known")


def _always(*sections: str, lacks: str = "") -> Callable[[RunResult], Held]:
    return lambda run: Held(sections, lacks)


ITEMS = (
    Item(1, "Title", "Title", "Says that it is an economic evaluation, and of what.", "title",
         _title),
    Item(2, "Abstract", "Abstract", "A structured summary, alternative analyses included.",
         "abstract", _always("answer", "key_figures", lacks="a structured abstract")),
    Item(3, "Introduction", "Background and objectives", "Context, question, relevance.",
         "background", _stated("question", "context, and relevance for policy or practice")),
    Item(4, "Methods", "Health economic analysis plan", "Whether there was one, and where it is.",
         "analysis_plan"),
    Item(5, "Methods", "Study population", "Who they are.", "population", _stated("population")),
    Item(6, "Methods", "Setting and location", "What of them may influence findings.", "setting",
         _setting),
    Item(7, "Methods", "Comparators", "What is compared, and why.", "comparators", _comparators),
    Item(8, "Methods", "Perspective", "Whose costs and effects, and why.", "perspective",
         _stated("perspective", "why it was chosen")),
    Item(9, "Methods", "Time horizon", "How long, and why.", "time_horizon", _horizon),
    Item(10, "Methods", "Discount rate", "The rates, and why.", "discount_rate", _discount),
    Item(11, "Methods", "Selection of outcomes", "Measures of benefit and harm.", "outcomes",
         _always("decision")),
    Item(12, "Methods", "Measurement of outcomes", "How they were measured.", "measurement",
         _sourced("qaly", "how they were measured in these sources")),
    Item(13, "Methods", "Valuation of outcomes", "In whom, and how, they were valued.", "valuation",
         _sourced("qaly", "in whom, and how, they were valued")),
    Item(14, "Methods", "Measurement and valuation of resources and costs",
         "How costs were valued.", "costs", _sourced("pence", "how resources were measured")),
    Item(15, "Methods", "Currency, price date, and conversion", "Dates, currency, conversion.",
         "currency", _currency),
    Item(16, "Methods", "Rationale and description of model", "In detail, why, and where it is.",
         "model", _always("structure", "files", lacks="why this kind of model was used")),
    Item(17, "Methods", "Analytics and assumptions", "Methods, extrapolation, validation.",
         "analytics", _always("formulas", "conventions", "verification")),
    Item(18, "Methods", "Characterising heterogeneity", "How results for subgroups were estimated.",
         "heterogeneity", _heterogeneity),
    Item(19, "Methods", "Characterising distributional effects", "Who gains and who loses.",
         "distribution", _distribution),
    Item(20, "Methods", "Characterising uncertainty", "How its sources were characterised.",
         "uncertainty", _uncertain),
    Item(21, "Methods", "Approach to engagement with patients and others affected by the study",
         "How they took part in the design.", "engagement"),
    Item(22, "Results", "Study parameters", "Values, ranges, sources, distributions.", "parameters",
         _always("inputs", "fitted")),
    Item(23, "Results", "Summary of main results",
         "Mean costs and outcomes, and a summary of both.", "results",
         _always("key_figures", "money", "course")),
    Item(24, "Results", "Effect of uncertainty", "What it does to findings, discount rate and "
         "horizon included.", "effect_of_uncertainty", _moved),
    Item(25, "Results", "Effect of engagement with patients and others affected by the study",
         "What difference it made.", "engagement_effect"),
    Item(26, "Discussion", "Study findings, limitations, generalisability, and current knowledge",
         "What was found, how far it carries, what was known.", "findings", _findings),
    Item(27, "Other", "Source of funding", "Who paid, and what part the funder played.", "funding"),
    Item(28, "Other", "Conflicts of interest", "Those of the authors.", "conflicts"),
)  # fmt: skip
