"""What a reader wants to know of a set of studies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.meta import ESTIMATORS, PREDICTION_RULES, TESTS

#: Every way to pool: those of one common effect by tables, then those by inverse variance.
METHODS = (*ESTIMATORS, "MH", "Peto")
#: Those that take one effect to be common to all studies.
COMMON = ("IV", "MH", "Peto")
_OTHER_WORDS = {
    "kh": "knapp-hartung",
    "hksj": "knapp-hartung",
    "knha": "knapp-hartung",
    "z": "wald",
    "fe": "IV",
    "common": "IV",
    "fixed": "IV",
}


@dataclass(frozen=True)
class Asked:
    """The questions of a review.

    Parameters
    ----------
    methods : tuple of str
        Ways to pool, from `METHODS`; the first is the one that figures and sentences speak of.
    test : str
        Of the pooled effect.
    prediction : str
        Rule of the prediction interval.
    level : float
        Coverage of every interval.
    by : str
        Column of subgroups; empty for none.
    by_tau2 : str
        ``separate`` or ``pooled``: whether subgroups have a between-study variance each.
    moderators : tuple of str
        Columns of the meta-regression.
    bayes : float or None
        Scale of the half-normal prior of tau; None for no Bayesian model. [pooling scale]
    every : bool
        Whether all methods were asked for at once, so that those that do not apply may be left out.
    bootstrap, seed : int
        Samples of the bootstrap, 0 for none, and the seed of their draws.
    bias : bool
        Whether every test of small-study effects is wanted, with trim and fill.
    outcome : str
        What was measured, for titles.
    favours : tuple of str
        Words to the left and to the right of no effect in the forest plot.
    """

    methods: tuple[str, ...] = ("REML",)
    test: str = "knapp-hartung"
    prediction: str = "higgins"
    level: float = 0.95
    by: str = ""
    by_tau2: str = "separate"
    moderators: tuple[str, ...] = ()
    bayes: float | None = None
    every: bool = False
    bootstrap: int = 0
    seed: int = 1
    bias: bool = False
    outcome: str = ""
    favours: tuple[str, str] = ("", "")
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> str:
        """The method that sentences and figures speak of."""
        return self.methods[0]

    @property
    def random(self) -> str:
        """The estimator of tau2 for subgroups, regression and study weights."""
        return next((name for name in self.methods if name not in ("MH", "Peto")), "IV")


def methods(words: Iterable[str]) -> tuple[str, ...]:
    """Return the methods that words name: "REML", "reml,DL" or "all".

    Raises
    ------
    ScenarioError
        With every word that names none.
    """
    found: dict[str, None] = {}
    problems = []
    for word in (part.strip() for text in words for part in text.split(",")):
        if word.lower() == "all":
            found |= dict.fromkeys(sorted(ESTIMATORS, key=lambda name: name != "REML"))
            found |= dict.fromkeys(METHODS)
            continue
        name = _known(word, METHODS)
        if name:
            found[name] = None
        elif word:
            problems.append(
                Problem(f'there is no estimator "{word}"', "--estimator",
                        did_you_mean(word.upper(), METHODS))
            )  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return tuple(found) or ("REML",)


def all_asked(words: Iterable[str]) -> bool:
    """Return whether words ask for all methods."""
    return any(part.strip().lower() == "all" for text in words for part in text.split(","))


def one_of(word: str, allowed: Iterable[str], option: str) -> str:
    """Return the word of a list that is meant, whatever its capitals.

    Raises
    ------
    ScenarioError
        If it is none of them.
    """
    names = tuple(allowed)
    if name := _known(word, names):
        return name
    raise ScenarioError(
        [Problem(f'"{word}" is not one of them', option, did_you_mean(word, names))]
    )


def test_named(word: str) -> str:
    """Return a test by its word."""
    return one_of(word, TESTS, "--test")


def rule_named(word: str) -> str:
    """Return a rule of the prediction interval by its word."""
    return one_of(word, PREDICTION_RULES, "--prediction")


def _known(word: str, names: Iterable[str]) -> str:
    word = _OTHER_WORDS.get(word.lower(), word)
    return next((name for name in names if name.lower() == word.lower()), "")
