"""The functions of the expression language: what each computes, and for what.

`FUNCTIONS` are the words an author may write, `SHORTHANDS` words that stand for one of them, and
`CALLS` everything that a tree can contain, operators included. To add a function is to add an
entry here: it then works in every scenario, in error messages and in the manual. What the fields
of an entry mean, the domain guard above all, is said in `heco.scenario.calls`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType

import numpy as np

from heco.evidence import rates, ratios, survival
from heco.evidence.rates import FloatArray, is_probability, is_rate
from heco.scenario.calls import Function, Shorthand, finite, quietly, table
from heco.scenario.operators import OPERATORS
from heco.scenario.syntax import AT, Name, Number

#: Names that every expression may use: years since entry, age in years, number of the cycle
#: (1, 2, ...), length of the cycle in years, and the time spent in the present state, in years
#: and in cycles.
BUILTINS = ("time", "age", "cycle", "cycle_length", "state_time", "state_cycle")

_YEAR = Number(1.0)
_CYCLE = Name("cycle_length")

_PROBABILITY = "a probability must lie in [0, 1]"
_RATE = "a rate cannot be negative"
_CURVE = "time and rates cannot be negative, shapes and scales must be positive"


def _where(condition: FloatArray, yes: FloatArray, no: FloatArray) -> FloatArray:
    return np.where(condition != 0, yes, no)


def _read(*args: FloatArray) -> FloatArray:
    raise TypeError("this is read where it is known, not computed from values")


#: What an author may call, in the order of the manual.
FUNCTIONS = table(
    Function(
        "prob",
        ("r", "years"),
        "Turn a yearly rate into the probability within one cycle, or within so many years.",
        rates.probability_from_rate,
        (_CYCLE,),
        lambda r, years, p: is_rate(r) & is_rate(years) & is_probability(p),
        f"{_RATE}, nor can a number of years",
    ),
    Function(
        "rate",
        ("p", "years"),
        "Turn a probability over one year, or over so many years, into a yearly rate.",
        rates.rate_from_probability,
        (_YEAR,),
        lambda p, years, r: is_probability(p) & (years > 0) & np.isfinite(r),
        "a rate exists for probabilities in [0, 1) over a positive number of years",
    ),
    Function(
        "rescale",
        ("p", "from_years", "to_years"),
        "Restate a probability over some years as one over other years, at a constant rate.",
        rates.rescaled_probability,
        (),
        lambda p, old, new, result: (
            is_probability(p) & (old > 0) & is_rate(new) & np.isfinite(result)
        ),
        f"{_PROBABILITY}, and years must be positive",
    ),
    Function(
        "odds",
        ("p",),
        "Turn a probability into odds, p / (1 - p).",
        rates.odds_from_probability,
        (),
        lambda p, result: is_probability(p) & np.isfinite(result),
        "odds exist for probabilities in [0, 1)",
    ),
    Function(
        "from_odds",
        ("o",),
        "Turn odds into a probability, o / (1 + o).",
        rates.probability_from_odds,
        (),
        lambda o, p: is_rate(o),
        "odds cannot be negative",
    ),
    Function(
        "logit",
        ("p",),
        "Take the log odds of a probability, log(p / (1 - p)).",
        rates.logit,
        (),
        lambda p, result: np.isfinite(result),
        "log odds exist for probabilities between 0 and 1, both excluded",
    ),
    Function(
        "expit",
        ("x",),
        "Turn log odds into a probability, 1 / (1 + exp(-x)).",
        rates.expit,
    ),
    Function(
        "apply_rr",
        ("p0", "rr"),
        "Apply a risk ratio to a probability, rr * p0.",
        ratios.apply_rr,
        (),
        lambda p0, rr, p: is_probability(p0) & is_rate(rr) & is_probability(p),
        f"{_PROBABILITY} before and after a risk ratio, which cannot be negative",
    ),
    Function(
        "apply_or",
        ("p0", "odds_ratio"),
        "Apply an odds ratio to a probability.",
        ratios.apply_or,
        (),
        lambda p0, ratio, p: is_probability(p0) & is_rate(ratio) & is_probability(p),
        f"{_PROBABILITY}, and an odds ratio cannot be negative",
    ),
    Function(
        "apply_hr",
        ("p0", "hr"),
        "Apply a hazard ratio to a probability, 1 - (1 - p0) ^ hr.",
        ratios.apply_hr,
        (),
        lambda p0, hr, p: is_probability(p0) & is_rate(hr) & is_probability(p),
        f"{_PROBABILITY}, and a hazard ratio cannot be negative",
    ),
    Function(
        "apply_rd",
        ("p0", "rd"),
        "Apply a risk difference to a probability, p0 + rd.",
        ratios.apply_rd,
        (),
        lambda p0, rd, p: is_probability(p0) & is_probability(p),
        f"{_PROBABILITY} before and after a risk difference",
    ),
    Function(
        "apply_rate_ratio",
        ("r0", "ratio"),
        "Apply a rate ratio to a yearly rate, ratio * r0.",
        ratios.apply_rate_ratio,
        (),
        lambda r0, ratio, r: is_rate(r0) & is_rate(ratio) & is_rate(r),
        f"{_RATE}, nor can a rate ratio",
    ),
    Function(
        "surv_exp",
        ("t", "rate"),
        "Take the share left at time t (years) if the hazard is constant, exp(-rate t).",
        survival.exponential,
        (),
        lambda t, rate, s: is_rate(t) & is_rate(rate),
        _CURVE,
    ),
    Function(
        "surv_weibull",
        ("t", "shape", "scale"),
        "Take the share left at time t (years), Weibull, exp(-(t / scale) ^ shape).",
        survival.weibull,
        (),
        lambda t, shape, scale, s: is_rate(t) & (shape > 0) & (scale > 0) & is_probability(s),
        _CURVE,
    ),
    Function(
        "surv_gompertz",
        ("t", "shape", "rate"),
        "Take the share left at time t (years), Gompertz, exp(-rate / shape (exp(shape t) - 1)).",
        survival.gompertz,
        (),
        lambda t, shape, rate, s: is_rate(t) & is_rate(rate) & is_probability(s),
        "time and the rate cannot be negative",
    ),
    Function(
        "surv_llogis",
        ("t", "shape", "scale"),
        "Take the share left at time t (years), log-logistic, 1 / (1 + (t / scale) ^ shape).",
        survival.loglogistic,
        (),
        lambda t, shape, scale, s: is_rate(t) & (shape > 0) & (scale > 0) & is_probability(s),
        _CURVE,
    ),
    Function(
        "surv_lnorm",
        ("t", "meanlog", "sdlog"),
        "Take the share left at time t (years), lognormal.",
        survival.lognormal,
        (),
        lambda t, meanlog, sdlog, s: is_rate(t) & (sdlog > 0) & is_probability(s),
        "time cannot be negative, and sdlog must be positive",
    ),
    Function(
        "surv_gamma",
        ("t", "shape", "rate"),
        "Take the share left at time t (years), gamma.",
        survival.gamma,
        (),
        lambda t, shape, rate, s: is_rate(t) & (shape > 0) & is_rate(rate) & is_probability(s),
        _CURVE,
    ),
    Function(
        "surv_gengamma",
        ("t", "mu", "sigma", "q"),
        "Take the share left at time t (years), generalised gamma, parametrised by Prentice.",
        survival.generalised_gamma,
        (),
        lambda t, mu, sigma, q, s: is_rate(t) & (sigma > 0) & is_probability(s),
        "time cannot be negative, and sigma must be positive",
    ),
    Function(
        "prob_between",
        ("before", "after"),
        "Turn survival before and after into the probability in between, 1 - after / before.",
        survival.between,
        (),
        # Each by itself, so that extremes settle it: p is below 0 where survival rises.
        lambda before, after, p: is_probability(before) & is_probability(after) & is_probability(p),
        "survival lies in [0, 1] and does not rise",
    ),
    Function(
        "where",
        ("condition", "a", "b"),
        "Take a where the condition holds (is not 0), and b elsewhere.",
        quietly(_where),
        needs=lambda condition: (condition != 0, condition == 0),
    ),
    Function(
        "min",
        ("a", "b"),
        "Take the smallest of the arguments.",
        quietly(lambda *values: reduce(np.minimum, values)),
        repeats=True,
    ),
    Function(
        "max",
        ("a", "b"),
        "Take the largest of the arguments.",
        quietly(lambda *values: reduce(np.maximum, values)),
        repeats=True,
    ),
    Function(
        "exp",
        ("x",),
        "Raise e to the power x.",
        quietly(np.exp),
        (),
        finite,
        "the result must be a finite number",
    ),
    Function(
        "log",
        ("x",),
        "Take the natural logarithm.",
        quietly(np.log),
        (),
        lambda x, result: x > 0,
        "a logarithm exists for positive numbers",
    ),
    Function(
        "sqrt",
        ("x",),
        "Take the square root.",
        quietly(np.sqrt),
        (),
        lambda x, result: x >= 0,
        "a square root exists for numbers from 0",
    ),
    Function("abs", ("x",), "Take the distance from 0.", quietly(np.abs)),
    Function("floor", ("x",), "Round down to a whole number.", quietly(np.floor)),
)

#: What cannot be computed from present values alone: whoever walks a tree meets it as a call whose
#: first argument is the name of what is read.
READERS = table(
    Function(
        AT,
        ("name", "x"),
        "Read a table, or a curve derived by expr, at x instead of at the present time or age: "
        "at(p_die, age + 5), at(surv, time + cycle_length).",
        _read,
    ),
)

#: Words that stand for a call of a function.
SHORTHANDS: Mapping[str, Shorthand] = MappingProxyType(
    {
        "per_cycle": Shorthand(
            "per_cycle",
            ("p",),
            "rescale",
            (_YEAR, _CYCLE),
            "Turn a yearly probability into the probability within one cycle, at a constant rate.",
        )
    }
)

#: Everything that a tree can call.
CALLS: Mapping[str, Function] = MappingProxyType({**FUNCTIONS, **OPERATORS})


def manual() -> list[tuple[str, str]]:
    """Signature and meaning of every function, in the order in which to read them."""
    entries: list[tuple[str, str]] = []
    for function in FUNCTIONS.values():
        entries.append((function.signature, function.doc))
        for short in SHORTHANDS.values():
            if short.function == function.name:
                entries.append((short.signature, short.doc))
    entries += [(reader.signature, reader.doc) for reader in READERS.values()]
    return entries
