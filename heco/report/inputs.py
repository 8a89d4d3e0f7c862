"""The inputs in plain words, for the annex and the list of assumptions.

The numbers are those of the table ``inputs``; only the words for a distribution are made here.
"""

from __future__ import annotations

from typing import Any

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.result import RunResult


def entries(run: RunResult) -> list[Record]:
    """Return the rows of the table of inputs, in the author's order."""
    return reading.rows(run, "inputs")


def assumed(run: RunResult) -> list[Record]:
    """Return the inputs whose author says that they are assumptions."""
    return [r for r in entries(run) if r["assumption"]]


def reason(record: Record) -> str:
    """Return why something is assumed, without the word that says that it is."""
    source = str(record["source"])
    head, _, rest = source.partition(":")
    words = rest.strip() if head.strip().lower() == "assumption" else source
    return words[:1].upper() + words[1:]


def range_of(run: RunResult, record: Record) -> str:
    """Return the central 95% of an input, or the range that its author declared."""
    low, high = (_value(run, record, record[key]) for key in ("lower", "upper"))
    if text := numbers.interval(low, high):
        return text
    low, high = (_value(run, record, record[key]) for key in ("range_low", "range_high"))
    declared = numbers.interval(low, high)
    return f"{declared} (declared)" if declared else ""


def value_of(run: RunResult, record: Record) -> str:
    """Return the base value of an input, with its unit where the number does not show it."""
    if record["value"] is None:
        return "varies"
    return _value(run, record, record["value"])


def _value(run: RunResult, record: Record, value: Any) -> str:
    return numbers.input_value(value, str(record["unit"]), reading.currency(run))


def in_words(run: RunResult, record: Record) -> str:
    """Return how unsure an input is, in words that need no statistics."""
    name, _, part = str(record["parameter"]).partition(".")
    distribution = run.scenario.distributions.get(name)
    if distribution is None:
        return _without(str(record["distribution"]))
    words = _family(run, distribution, str(record["unit"]))
    return f"{words}, drawn together with the rest of its set" if part else words


def _without(said: str) -> str:
    """Return the words for an input that is not a distribution."""
    if said == "fixed":
        return "taken as known"
    if said.startswith("= "):
        return "computed from other inputs"
    return said


def _family(run: RunResult, distribution: Any, unit: str) -> str:
    def show(value: float) -> str:
        return numbers.input_value(value * distribution.factor, unit, reading.currency(run))

    written = distribution.arguments
    guessed = "; how wide is an assumption" if "assumed_cv" in written else ""
    match distribution.key:
        case "beta" if "events" in written:
            return f"counted: {numbers.number(written['events'])} of {numbers.number(written['n'])}"
        case "beta":
            return "a share, from its standard error"
        case "gamma" if "events" in written:
            events, years = numbers.number(written["events"]), numbers.number(written["exposure"])
            return f"counted: {events} events in {years} person-years"
        case "gamma":
            return f"above zero, with a longer tail upwards{guessed}"
        case "lognormal" if "ci95" in written:
            low, high = written["ci95"]
            return f"published 95% interval {show(low)} to {show(high)}"
        case "lognormal":
            return "above zero, with a longer tail upwards"
        case "normal":
            return f"bell-shaped about its mean{guessed}"
        case "uniform":
            return f"anything from {show(written['low'])} to {show(written['high'])}"
        case "triangular" | "pert":
            low, mode, high = (show(written[key]) for key in ("low", "mode", "high"))
            return f"most likely {mode}, at least {low}, at most {high}"
        case "dirichlet":
            return "shares that add up to 100%, counted together"
        case "pooled":
            use, _, study = distribution.use.partition(":")
            drawn = {"mean": "the average", "predictive": "a new setting"}.get(use, study)
            return f"pooled from studies; draws are of {drawn}"
        case "accuracy":
            drawn = "the average" if distribution.use == "mean" else "a new setting"
            return f"pooled from studies of the test; draws are of {drawn}"
        case "mvnormal":
            return "bell-shaped, moving with the other coefficients"
    return str(distribution.describe())
