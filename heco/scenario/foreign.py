"""Words that people bring from papers and other packages, and what is written here instead."""

from __future__ import annotations

import math
from collections.abc import Mapping

_KINDS = "Write fixed = 0.3, or a distribution such as beta = {mean = 0.3, se = 0.05}."
_SPREAD = "It goes inside a distribution: beta = {mean = 0.3, se = 0.05}."
_WTP = "Willingness to pay is wtp, for example wtp = 20_000."
_STARTS = "Where people start is said once: [population] starts = {well = 1}."

#: By record: keys of other languages -> the hint.
KEYS: Mapping[str, Mapping[str, str]] = {
    "Decision": {
        **dict.fromkeys(("threshold", "lambda", "lambda_", "willingness_to_pay", "ceiling"), _WTP),
        **dict.fromkeys(
            ("reference", "baseline", "base", "ref"),
            'The strategy that others are compared with is comparator = "...".',
        ),
        "horizon": "It stands under [time].",
        "discount": "It stands under [time].",
        "country": "Write place = ...",
    },
    "Time": {
        **dict.fromkeys(("cycles", "n_cycles", "number_of_cycles"), 'Write horizon = "20 cycles".'),
        **dict.fromkeys(
            ("half_cycle", "half_cycle_correction", "hcc", "wcc"),
            'Write cycle_counting = "half-cycle"; it is the default.',
        ),
        **dict.fromkeys(("age", "initial_age", "baseline_age"), "Write start_age = 60."),
        **dict.fromkeys(
            (
                "discount_cost",
                "discount_rate_cost",
                "discount_costs",
                "dr_costs",
                "discount_qaly",
                "discount_effect",
                "discount_rate_qaly",
                "dr_qalys",
            ),
            "Write discount = {cost = 0.035, qaly = 0.035}.",
        ),
        "discount_rate": "Write discount = 0.035, or {cost = 0.035, qaly = 0.015}.",
        "dr": "Write discount = 0.035, or {cost = 0.035, qaly = 0.015}.",
        "cycle_length": 'Write cycle = "1 year".',
    },
    "Discount": {
        "rate": "Write discount = 0.035 for both.",
        **dict.fromkeys(
            ("effect", "effects", "health", "outcomes", "benefits", "qalys", "utility"),
            "Health is discounted by qaly = ...",
        ),
    },
    "LaterRate": {"from": 'Write after = "30 years".'},
    "Parameter": {
        **dict.fromkeys(
            ("value", "mean", "point", "base", "base_case", "estimate", "median", "deterministic"),
            _KINDS,
        ),
        **dict.fromkeys(
            ("distribution", "dist", "family"),
            "The family is the key: beta = {mean = 0.3, se = 0.05}.",
        ),
        **dict.fromkeys(
            ("se", "sd", "alpha", "shape", "scale", "events", "n", "ci", "ci95"), _SPREAD
        ),
        **dict.fromkeys(
            ("min", "max", "low", "high", "lower", "upper", "bounds"), "Write range = [low, high]."
        ),
        **dict.fromkeys(("name", "description", "title"), "Write label = ..."),
        **dict.fromkeys(("reference", "ref", "citation"), "Write source = ..."),
        **dict.fromkeys(("formula", "equation", "derived"), "Write expr = ..."),
        **dict.fromkeys(("log_normal", "lnorm"), "Write lognormal = {...}."),
        "constant": "Write fixed = ...",
    },
    "State": {
        **dict.fromkeys(
            ("qaly", "qalys", "qol", "hrqol", "effect", "u", "util"),
            "Quality of life is utility = ..., per year.",
        ),
        **dict.fromkeys(("init", "initial", "start", "starts", "share"), _STARTS),
        **dict.fromkeys(("terminal", "death", "dead"), "Write absorbing = true."),
        **dict.fromkeys(
            ("entry_cost", "transition_cost", "one_off", "cost_on_entry"),
            "Write on_entry = {cost = ...}.",
        ),
    },
    "Branch": {
        **dict.fromkeys(("prob", "probability", "pr"), 'Write p = ..., or p = "rest".'),
        **dict.fromkeys(("utility", "payoff", "effect", "qalys"), "Write qaly = ..."),
        **dict.fromkeys(("next", "goto", "target", "state", "node"), "Write to = ..."),
    },
    "Move": {
        **dict.fromkeys(("prob", "probability", "pr"), 'Write p = ..., or p = "rest".'),
        **dict.fromkeys(("utility", "disutility", "effect"), "Write qaly = ..."),
        **dict.fromkeys(("hazard", "r"), "Write rate = ..., per year."),
    },
    "Strategy": {
        **dict.fromkeys(("tree", "node", "start"), 'Write enters = "...", a chance node.'),
        **dict.fromkeys(("cost", "costs"), "Write one_off = [{cost = ...}], or set a lever."),
        **dict.fromkeys(("parameters", "params", "with", "values"), "Write set = {lever = 1}."),
    },
}

#: Names in formulas of other packages -> what is written here.
NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("t", "year", "years", "model_year", "model_time"),
        "Years since the decision are time; the number of the cycle is cycle.",
    ),
    **dict.fromkeys(("month", "months"), "Time is in years: 12 * time gives months."),
    **dict.fromkeys(("_stage", "stage", "markov_cycle", "cycle_number"),
                    "The number of the cycle is cycle: 1, 2, 3, ..."),
    **dict.fromkeys(("_tunnel", "tunnel", "time_in_state"),
                    "Time in the state is state_time [years] and state_cycle."),
    **dict.fromkeys(("C", "complement", "remainder", "compl"),
                    'What the others leave is "rest", which stands alone.'),
    "pi": "Write 3.14159265358979.",
    "dt": "The length of a cycle is cycle_length.",
}  # fmt: skip

#: Lengths in one word -> how they are written.
LENGTHS: Mapping[str, str] = {
    **dict.fromkeys(("year", "yearly", "annual", "annually", "a year", "one year"), "1 year"),
    **dict.fromkeys(("month", "monthly", "a month", "one month"), "1 month"),
    **dict.fromkeys(("week", "weekly", "a week", "one week"), "1 week"),
    **dict.fromkeys(("day", "daily", "a day", "one day"), "1 day"),
    **dict.fromkeys(("quarter", "quarterly"), "3 months"),
    **dict.fromkeys(("half-year", "half-yearly", "six-monthly", "half a year"), "6 months"),
}


def key_hint(record: str, key: str) -> str:
    """Return what is written here for a key of another language; nothing if it is not known."""
    return KEYS.get(record, {}).get(key.lower(), "")


def number_in(text: str) -> str:
    """Return the number that a text means, as TOML writes it: "35%", "£20,000", "1 000"."""
    bare = text.strip().lstrip("£$€").replace(",", "").replace("_", "").replace(" ", "")
    percent = bare.endswith("%")
    try:
        value = float(bare.removesuffix("%"))
    except ValueError:
        return ""
    if not math.isfinite(value):
        return ""
    return f"{value / 100:.12g}" if percent else bare
