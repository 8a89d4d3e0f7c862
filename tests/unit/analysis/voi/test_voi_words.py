"""Sentences: limits that hold, and what speaks against a study once, whatever its sizes."""

from types import SimpleNamespace

import pytest

from heco.analysis.voi.answer import Studied
from heco.analysis.voi.evppi import Worth
from heco.analysis.voi.evsi import StudyWorth
from heco.analysis.voi.words import pounds, warnings
from heco.scenario.schema_study import Study, Voi

CONTEXT = SimpleNamespace(currency="GBP", warnings=(), design="random")


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.0, 0.0, "under £0.01"),
        (1.0, 1.0, "under £3"),
        (30_000_000.0, 56_000_000.0, "under £140,000,000"),
        (3.592, 0.3, "£3.59"),
        (17.4, 1.1, "£17"),
        (1234.5, 30.0, "£1,200"),
    ],
)
def test_amounts_have_the_digits_that_their_errors_support(value, error, words):
    assert pounds(CONTEXT, value, error) == words


def test_doubts_of_a_study_are_one_sentence_each():
    study = Study.model_validate({"n": [10, 20, 30], "informs": {"p": {"data": "binomial"}}})
    worths = tuple(
        StudyWorth(n, Worth(1.0, value, error=1.0), gaussian, float("nan"))
        for n, value, gaussian in ((10, 50.0, 50.0), (20, 130.0, 70.0), (30, 140.0, 90.0))
    )
    studied = Studied("s", study, (Worth(1.0, 100.0, error=1.0),), (worths,), ())
    found = SimpleNamespace(
        wtp=(1.0,), perfect={1.0: (100.0, 1.0)}, worths={}, studies=(studied,), people=None, n=9
    )
    assert warnings(CONTEXT, found, Voi()) == (
        "s at 20 and 30: worth more than its ceiling, so the estimate is too high.",
        "s at 20 and 30: the Gaussian approximation differs; at 20 it says £70 per person where "
        "regression says £130.",
    )
