"""The question and the answer: what was asked, of whom, and what came out, in sentences."""

from __future__ import annotations

from heco.report import reading
from heco.result import RunResult

NAME = "answer"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "The question and the answer"


def applies(run: RunResult) -> bool:
    """Return True: every run has a question."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return the question, the answer, what qualifies it, and who it is about."""
    decision = run.scenario.decision
    first = run.results[0].headline if run.results else ()
    about = [
        ("Who", decision.population),
        ("Where", decision.place),
        ("Whose costs and health", decision.perspective),
        (
            "What is compared",
            "; ".join(reading.strategy(run, name) for name in reading.strategies(run)),
        ),
    ]
    return {
        "question": reading.question(run),
        "answer": reading.answer(run),
        "conditions": first[1:],
        "about": [(name, words) for name, words in about if words],
    }
