import re
from pathlib import Path

import pytest

from heco.evidence.distributions import FAMILIES
from heco.scenario.assemble import RECORDS
from heco.scenario.expressions import BUILTINS, parse
from heco.scenario.introduction import INTRODUCTION
from heco.scenario.load import load_text
from heco.scenario.manual import manual
from heco.scenario.render import FILLED_IN

PAGE = Path(__file__).parents[3] / "docs" / "language.md"


def test_the_page_is_up_to_date():
    again = "run: python -m heco.scenario.manual > docs/language.md"
    assert PAGE.read_text(encoding="utf-8") == manual(), again


def test_the_example_works():
    example = re.search(r"```toml\n(.*?)```", INTRODUCTION, re.DOTALL)[1]
    assert load_text(example).warnings == ()


def test_every_formula_of_the_recipes_can_be_read():
    formulas = re.findall(r'`"([a-z_]+\([^"]*\))"`', INTRODUCTION)
    assert len(formulas) >= 6
    for formula in formulas:
        parse(formula)


@pytest.mark.parametrize("section", RECORDS)
def test_every_key_is_explained(section):
    record = RECORDS[section]
    for key, field in record.model_fields.items():
        if key in FILLED_IN.get(record.__name__, ()):
            continue
        assert field.description, f"{section}.{key}"
        assert f"| `{key}` |" in manual()


def test_every_family_and_word_is_explained():
    page = manual()
    for key, family in FAMILIES.items():
        assert f"\n## {key}\n" in page
        for form in family.forms:
            assert f"`{key} = {form}`" in page
    for word in BUILTINS:
        assert f"| `{word}` |" in page


def test_types_are_named_in_words():
    page = manual()
    assert "NoneType" not in page
    assert "<class" not in page
    assert "Annotated" not in page
