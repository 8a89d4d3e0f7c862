"""The page about the checks, the list of checks, and models that are special."""

from pathlib import Path

import pytest

import heco
from heco.errors import ScenarioError
from heco.verify import CHECKS, verify
from heco.verify.certify import chosen
from heco.verify.check import FAIL, PASS, SKIP
from heco.verify.manual import manual

ROOT = Path(__file__).parents[3]
MODELS = [
    *sorted((ROOT / "scenarios").glob("*.toml")),
    *sorted((ROOT / "tests" / "reference").glob("*/model.toml")),
]


def test_the_page_is_up_to_date():
    again = "run: python -m heco.verify.manual > docs/verification.md"
    page = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    assert page == manual(), again


def test_there_are_35_checks_in_order_and_15_are_quick():
    assert [check.name for check in CHECKS] == [f"V{k}" for k in range(1, 36)]
    assert [check.name for check in CHECKS if check.fast] == [f"V{k}" for k in range(1, 16)]


def test_checks_are_chosen_by_name():
    assert [check.name for check in chosen(["v12", " V5"])] == ["V5", "V12"]
    with pytest.raises(ScenarioError, match="there is no check V36"):
        chosen(["V36"])


def name_of(path):
    return path.stem if path.parent.name == "scenarios" else path.parent.name


@pytest.mark.parametrize("path", MODELS, ids=name_of)
def test_no_shipped_model_fails_a_check(path):
    certificate = verify(heco.load(path), draws=300)
    assert [(check.name, verdict) for check, verdict in certificate.failed] == []
    for check, verdict in certificate.verdicts:
        assert verdict.status in (PASS, FAIL, SKIP)
        # What was tried has a size, what was not has a reason.
        assert (verdict.size is None) == (verdict.status == SKIP), check.name
        assert verdict.status != SKIP or verdict.reason, check.name
    assert certificate.verdicts[-1][1].status == PASS  # against the reference
