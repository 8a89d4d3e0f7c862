import pytest
from small_models import run, table

from heco.analysis.published import match, read
from heco.result import Quantity
from heco.scenario.schema import Published


@pytest.mark.parametrize(
    ("printed", "number", "half"),
    [
        ("968", 968, 0.5), ("0.30", 0.3, 0.005), ("-1.5", -1.5, 0.05), ("1.2e3", 1200, 50),
        ("313860", 313860, 0.5), ("44663.45", 44663.45, 0.005), ("0", 0, 0.5),
    ],
)  # fmt: skip
def test_the_tolerance_is_half_the_last_printed_digit(printed, number, half):
    assert read(printed) == (number, pytest.approx(half))


@pytest.mark.parametrize("printed", ["0.20-0.30", "0.20 to 0.30", "1,000", "", "nan", "about 5"])
def test_what_is_not_one_number_is_refused(printed):
    with pytest.raises(ValueError, match="is not one number"):
        read(printed)


def figure(**said):
    return Published(printed="1", source="here", **said)


def q(name="icer", value=1.0, **what):
    return Quantity(name, value, **what)


def test_what_is_stated_must_be_the_same():
    known = [q(strategy="a", comparator="b"), q(strategy="c", comparator="b", value=2.0)]
    found, _ = match(known, figure(quantity="icer", strategy="c"))
    assert found.value == 2.0


def test_deterministic_numbers_come_first_and_others_are_better_than_none():
    known = [q(value=2.0, basis="probabilistic"), q(value=1.0)]
    assert match(known, figure(quantity="icer"))[0].value == 1.0
    assert match(known[:1], figure(quantity="icer"))[0].value == 2.0


def test_the_main_reading_comes_before_others():
    known = [q(subject="trials", value=2.0), q(value=1.0)]
    assert match(known, figure(quantity="icer"))[0].value == 1.0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"quantity": "icre"}, 'no result is called "icre". Did you mean "icer"?'),
        ({"quantity": "icer", "strategy": "d"}, "icer has no value for strategy d."),
        ({"quantity": "icer", "wtp": 5.0}, "icer has no value for wtp 5. It has none."),
        ({"quantity": "icer"}, "icer has 2 values; say which strategy"),
    ],
)
def test_what_does_not_match_says_why(said, why):
    known = [q(strategy="a"), q(strategy="c")]
    found, told = match(known, figure(**said))
    assert found is None
    assert told.startswith(why)


def test_figures_stand_beside_the_model():
    rest = """
[published.right]
quantity = "icer"
printed = "10000"
source = "p. 1"
[published.wrong]
quantity = "incremental_cost"
strategy = "new"
printed = "1010"
source = "p. 2"
[published.lost]
quantity = "inmb"
strategy = "new"
wtp = 25000
printed = "5"
source = "p. 3"
"""
    result = run({"old": ("1000", "1"), "new": ("2000", "1.1")}, rest=rest)
    rows = {row["figure"]: row for row in table(result, "published")}
    assert rows["right"]["agrees"] is True
    assert rows["wrong"]["agrees"] is False
    assert rows["wrong"]["difference"] == -10
    assert rows["wrong"]["percent"] == pytest.approx(-10 / 1010)
    assert rows["lost"]["model"] is None
    (warning,) = result["published"].warnings
    assert warning.startswith("[published.lost] inmb has no value for wtp 25,000.")
    published = [q for q in result.quantities if q.basis == "published"]
    assert [(q.quantity, q.value) for q in published] == [
        ("icer", 10_000), ("incremental_cost", 1010), ("inmb", 5)
    ]  # fmt: skip
    assert result["published"].headline == (
        "1 of 2 published figures agree to the printed digits; the largest difference is −1.0% "
        "(wrong: £1,000 here).",
    )
