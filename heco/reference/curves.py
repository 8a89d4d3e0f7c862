"""Survival curves, one number at a time: with Python's own ``math``, from their definitions.

The incomplete gamma function is summed as its series where that converges fast, and as its
continued fraction elsewhere (Abramowitz & Stegun 1964, 6.5.29 and 6.5.31).
"""

from __future__ import annotations

import math
from collections.abc import Callable

_ENOUGH = 500_000


def _exp(x: float) -> float:
    """Return e^x, infinite where it is beyond floating point."""
    return math.exp(x) if x < 709 else math.inf


def _power(x: float, y: float) -> float:
    """Return x^y of x from 0, infinite where it is beyond floating point."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return math.inf


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def _upper(a: float, x: float) -> float:
    """Return the share of a gamma distribution of shape a that lies above x."""
    if x <= 0:
        return 1.0
    if math.isinf(x):
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if front == 0.0:  # too far out for either sum to begin
        return 1.0 if x < a else 0.0
    if x < a + 1:
        term = total = 1.0 / a
        for n in range(1, _ENOUGH):
            term *= x / (a + n)
            total += term
            if term < total * 1e-17:
                return 1.0 - front * total
    else:
        b = x + 1.0 - a
        c, d = 1e300, 1.0 / b
        value = d
        for n in range(1, _ENOUGH):
            weight = -n * (n - a)
            b += 2.0
            d = 1.0 / (weight * d + b or 1e-300)
            c = b + weight / c or 1e-300
            value *= d * c
            if abs(d * c - 1.0) < 1e-16:
                return front * value
    raise ValueError("the incomplete gamma function does not converge")


def _nearly_normal(w: float, q: float) -> float:
    """Return the share above w where q is so small that the gamma function has lost its digits.

    The density at v is that of the logarithm of a gamma variable: exp(q v - e^(q v)) to the power
    of 1 / q^2, written as its series, and added up by Simpson's rule on either side of w.
    """

    def height(v: float) -> float:
        total, term, n = 0.0, v * v / 2.0, 2
        while abs(term) > 1e-18 * (1.0 + abs(total)):
            total += term
            n += 1
            term *= q * v / n
        return math.exp(-total)

    def area(low: float, high: float, pieces: int = 2000) -> float:
        step = (high - low) / pieces
        inside = sum((4 if i % 2 else 2) * height(low + i * step) for i in range(1, pieces))
        return (height(low) + inside + height(high)) * step / 3.0

    w = min(max(w, -15.0), 15.0)
    above = area(w, 15.0)
    return above / (above + area(-15.0, w))


def exponential(t: float, rate: float) -> float:
    """Return the share left at time t if the hazard is constant."""
    return math.exp(-rate * t)


def weibull(t: float, shape: float, scale: float) -> float:
    """Return the share left at time t, Weibull."""
    return math.exp(-_power(t / scale, shape))


def gompertz(t: float, shape: float, rate: float) -> float:
    """Return the share left at time t, Gompertz."""
    if shape == 0:
        return math.exp(-rate * t)
    grown = math.expm1(shape * t) if shape * t < 709 else math.inf
    return math.exp(-rate * (grown / shape))


def loglogistic(t: float, shape: float, scale: float) -> float:
    """Return the share left at time t, log-logistic."""
    return 1.0 / (1.0 + _power(t / scale, shape))


def lognormal(t: float, meanlog: float, sdlog: float) -> float:
    """Return the share left at time t, lognormal."""
    return _normal((meanlog - math.log(t)) / sdlog) if t > 0 else 1.0


def gamma(t: float, shape: float, rate: float) -> float:
    """Return the share left at time t, gamma."""
    return _upper(shape, rate * t)


def generalised_gamma(t: float, mu: float, sigma: float, q: float) -> float:
    """Return the share left at time t, generalised gamma after Prentice."""
    if t <= 0:
        return 1.0
    w = (math.log(t) - mu) / sigma
    if abs(q) < 0.02:
        return _nearly_normal(w, q)
    k = q**-2.0
    above = _upper(k, k * _exp(q * w))
    return above if q > 0 else 1.0 - above


def between(before: float, after: float) -> float:
    """Return the probability that it happens between two points of a curve."""
    return 1.0 - after / before if before else 1.0


CURVES: dict[str, Callable[..., float]] = {
    "surv_exp": exponential,
    "surv_weibull": weibull,
    "surv_gompertz": gompertz,
    "surv_llogis": loglogistic,
    "surv_lnorm": lognormal,
    "surv_gamma": gamma,
    "surv_gengamma": generalised_gamma,
    "prob_between": between,
}
