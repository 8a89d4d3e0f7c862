"""Words used in the report, for readers who are not economists; only those that it uses."""

from __future__ import annotations

from heco.report import reading
from heco.result import RunResult

NAME = "words"


def title(run: RunResult) -> str:
    """Return the heading."""
    return "Words used here"


def applies(run: RunResult) -> bool:
    """Return True: every report uses some."""
    return True


def context(run: RunResult) -> dict[str, object]:
    """Return each word that this report uses, with its meaning."""
    said: list[tuple[str, str]] = []
    if reading.effect(run) == "QALY" and any(q.value for q in reading.find(run, "qaly")):
        said.append(
            ("QALY", "Quality-adjusted life year: one year in full health, or its equivalent.")
        )
    if "not used" not in run.conventions.get("discount rates", ""):
        said.append(
            (
                "Discounted",
                "Costs and health in later years count for less, by a fixed share for each year.",
            )
        )
    said.append(("Base case", "The run in which every input has its central value."))
    if run.draws:
        said.append(
            (
                "Draws",
                f"{run.draws:,} runs in which every uncertain input takes a value that its "
                "evidence allows. The range that holds 95% of them shows how sure the answer is.",
            )
        )
    healthy = any(q.value for q in reading.find(run, "qaly") + reading.find(run, "life_years"))
    if reading.wtps(run) and len(reading.strategies(run)) > 1 and healthy:
        said.append(
            (
                "Net benefit",
                f"What the extra health is worth at a stated value of a {reading.effect(run)}, "
                "less the extra cost. Above zero, a strategy is worth more than it costs.",
            )
        )
        said.append(
            (
                f"Worth of a {reading.effect(run)}",
                "The most that the payer is taken to be willing to pay for one; also called the "
                "threshold.",
            )
        )
    return {"words": said}
