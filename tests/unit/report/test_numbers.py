"""Numbers as people read them."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest

from heco.report import numbers


def test_the_examples_in_the_docstrings():
    assert doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "£0"),
        (-0.0, "£0"),
        (0.4, "£0.40"),
        (-0.4, "−£0.40"),
        (0.001, "£0"),
        (0.999, "£1"),
        (-0.3e-9, "£0"),
        (1234.5, "£1,234"),
        (1e9, "£1,000,000,000"),
        (math.inf, "never"),
        (math.nan, "not defined"),
        (np.float64(12), "£12"),
    ],
)
def test_money(value, text):
    assert numbers.money(value) == text


def test_money_of_other_countries():
    assert numbers.money(-5, "EUR") == "−€5"
    assert numbers.money(5, "USD") == "$5"
    assert numbers.money(5, "CHF") == "CHF 5"


def test_a_sign_is_shown_where_it_is_asked_for_and_never_before_zero():
    assert numbers.money(5, signed=True) == "+£5"
    assert numbers.percent(0.0, signed=True) == "0%"
    assert numbers.fixed(-0.0001, 2) == "0.00"
    assert numbers.change(-0.0000001) == "0.00%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "50%"), (1, "100%"), (0.0999, "10%"), (0.123, "12.3%"), (0.0000123, "0.0012%")],
)
def test_percent(value, text):
    assert numbers.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.25, "0.25"), (123.456, "123.5"), (2e-9, "2.00e−9"), (-0.5, "−0.5")],
)
def test_number(value, text):
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.17, "probability", "17%"),
        (0.17, "share", "17%"),
        (2265.0, "GBP", "£2,265"),
        (19.3, "GBP per child", "£19.30"),
        (77, "GBP/year", "£77"),
        (0.047, "utility per year", "0.047"),
        (0, "QALY", "0"),
        (1.0, "utility", "1"),
        (3290.0, "children per year", "3,290"),
        (0.23, "kappa", "0.23"),
        (None, "GBP", "–"),
        (math.inf, "GBP", "never"),
        (0.3, "", "0.3"),
    ],
)
def test_an_input_is_printed_as_its_unit_asks(value, unit, text):
    assert numbers.input_value(value, unit) == text


def test_cells_by_kind():
    assert numbers.show(True, "flag") == "yes"
    assert numbers.show(False, "flag") == "no"
    assert numbers.show(None, "flag") == ""
    assert numbers.show("never", "money") == "never"
    assert numbers.show(12.345, "pence") == "£12.35"
    assert numbers.show(0.5, "text") == "0.5"
    assert numbers.show(None, "text") == ""


def test_lists_in_sentences():
    assert numbers.listing([]) == ""
    assert numbers.listing(["a"]) == "a"
    assert numbers.listing(["a", "b", "c"]) == "a, b and c"
