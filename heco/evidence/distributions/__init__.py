"""What is known about one quantity, and how sure we are: one class per family.

A family's key is the word an author writes (``beta = {events = 412, n = 980}``). Each family
lists its forms, the ways to write it down; the same list drives the reading, the suggestions
after a misspelling and the JSON Schema for editors. A new family is a class and a line in
`FAMILIES`.

What to use when: a probability is a `Beta`, or a `Dirichlet` if there are more than two outcomes;
a cost, a rate or a loss of utility is a `Gamma`; a ratio with an interval is a `Lognormal`; a
log-odds, a coefficient or a mean difference is a `Normal`, and the coefficients of one regression
are an `MvNormal`. `Uniform`, `Triangular` and `Pert` are somebody's judgement and are labelled
so. Always give the standard error of the mean, never the standard deviation between people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heco.errors import did_you_mean
from heco.evidence.distributions import arguments as _arguments
from heco.evidence.distributions.arguments import (
    Z975,
    Argument,
    ArgumentProblem,
    ArgumentsError,
    Form,
)
from heco.evidence.distributions.base import Distribution, Joint, Scalar
from heco.evidence.distributions.beta import Beta
from heco.evidence.distributions.dirichlet import Dirichlet
from heco.evidence.distributions.gamma import Gamma
from heco.evidence.distributions.judgement import Pert, Triangular, Uniform
from heco.evidence.distributions.lognormal import Lognormal
from heco.evidence.distributions.mvnormal import MvNormal
from heco.evidence.distributions.normal import Normal
from heco.evidence.distributions.quantiles import FloatArray

__all__ = [
    "FAMILIES",
    "Z975",
    "Argument",
    "ArgumentProblem",
    "ArgumentsError",
    "Beta",
    "Dirichlet",
    "Distribution",
    "FloatArray",
    "Form",
    "Gamma",
    "Joint",
    "Lognormal",
    "MvNormal",
    "Normal",
    "Pert",
    "Scalar",
    "Triangular",
    "Uniform",
    "build",
    "json_schema",
]

#: Every family, by the word that an author writes.
FAMILIES: dict[str, type[Distribution]] = {
    family.key: family
    for family in (
        Beta,
        Gamma,
        Lognormal,
        Normal,
        Uniform,
        Triangular,
        Pert,
        Dirichlet,
        MvNormal,
    )
}


def build(key: str, arguments: Mapping[str, object]) -> Distribution:
    """Return the distribution that an author wrote down.

    Parameters
    ----------
    key : str
        A family, for example ``beta``.
    arguments : mapping of str to object
        Its arguments, for example ``{"events": 412, "n": 980}``.

    Returns
    -------
    Distribution
        Checked and ready to draw from.

    Raises
    ------
    ArgumentsError
        With every problem, if there is any.

    Examples
    --------
    >>> build("beta", {"events": 412, "n": 980}).describe()
    'Beta(412, 568)'
    """
    if key not in FAMILIES:
        raise ArgumentsError(
            [
                ArgumentProblem(
                    "", f'there is no distribution "{key}"', did_you_mean(str(key), FAMILIES)
                )
            ]
        )
    return FAMILIES[key].from_arguments(arguments)


def json_schema(key: str) -> dict[str, Any]:
    """Return the JSON Schema of a family's arguments, for editors and the scenario's schema.

    Parameters
    ----------
    key : str
        A family, for example ``beta``.

    Returns
    -------
    dict
        One alternative per form.
    """
    family = FAMILIES[key]
    return _arguments.json_schema(family.forms, family.vocabulary, key)
