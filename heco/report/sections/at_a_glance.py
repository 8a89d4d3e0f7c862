"""The first page: the question, the answer, a handful of figures, and what to know before use."""

from __future__ import annotations

import math

from heco.report import glance, reading
from heco.result import RunResult

NAME = "at_a_glance"
_MOST_CONDITIONS = 4
#: Letters in a line of paper, and lines that fit on the first page beside all else that is on it.
_WIDE, _PAGE = 115, 20


def title(run: RunResult) -> str:
    """Return the heading."""
    return "In short"


def applies(run: RunResult) -> bool:
    """Return True: every run has a question."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return the question, the answer and its conditions, the figures and the warnings."""
    decision = run.scenario.decision
    names = [reading.strategy(run, name) for name in reading.strategies(run)]
    about = [
        ("Who", decision.population),
        ("Where", decision.place),
        ("Whose costs and health", decision.perspective),
        ("What is compared", "; ".join(names)),
    ]
    first = run.results[0].headline if run.results else ()
    shown, others = glance.cautions(run)
    pointed = run["deciding"].headline if "deciding" in run else ()
    conditions = first[1 : 1 + _MOST_CONDITIONS]
    said = [*conditions, *pointed, *(caution.head + caution.text for caution in shown)]
    lines = sum(math.ceil(len(text) / _WIDE) for text in said)
    return {
        "alone": lines <= _PAGE,
        "question": "" if reading.question(run) == run.title else reading.question(run),
        "answer": reading.answer(run),
        "conditions": conditions,
        "pointed": pointed,
        "about": [(name, words) for name, words in about if words],
        "tiles": glance.tiles(run),
        "cautions": shown,
        "ordered": any(caution.moves is not None for caution in shown),
        "others": others,
    }
