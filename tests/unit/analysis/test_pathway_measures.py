import numpy as np
import pytest
from small_models import run, scenario, table, value

from heco.model import compile_model

OPTIONS = {"none": ("0", "1"), "some": ("50 * p", "1"), "all": ("50", "1")}
PARAMETERS = {"p": 'unit = "probability"\nbeta = {mean = 0.3, se = 0.05}'}
REST = """
[population]
size = 1000
label = "children"
[measures.spent]
label = "Spent"
unit = "GBP per year"
value = "spend"
[measures.per_case]
label = "Cost per case"
unit = "GBP"
ratio = ["spend", "population * p * (cost > 0)"]
[measures.quotient]
label = "The same as a quotient"
value = "spend / (population * p * (cost > 0))"
[measures.extra]
label = "Cost per extra pound"
ratio = ["cost", "spend"]
compared_with = "some"
strategies = ["all"]
[analysis]
psa = {draws = 400, seed = 2}
"""


@pytest.fixture(scope="module")
def result():
    return run(OPTIONS, PARAMETERS, rest=REST)


def test_each_measure_is_a_quantity_of_its_own_name(result):
    assert value(result, "spent", strategy="some") == pytest.approx(15_000)
    assert value(result, "per_case", strategy="some") == pytest.approx(50)
    assert value(result, "per_case", strategy="all") == pytest.approx(50 / 0.3)


def test_a_ratio_is_averaged_part_by_part_and_so_is_a_quotient(result):
    draws = compile_model(scenario(OPTIONS, PARAMETERS, rest=REST)).sample(400, 2, "random")
    p = draws.column("p")
    for name in ("per_case", "quotient"):
        (found,) = [
            q
            for q in result.quantities
            if (q.quantity, q.strategy, q.basis) == (name, "all", "probabilistic")
        ]
        assert found.value == pytest.approx(50 / p.mean(), rel=1e-12)
        assert found.value != pytest.approx(np.mean(50 / p), rel=1e-6)
        assert (found.lower, found.upper) == pytest.approx(np.quantile(50 / p, [0.025, 0.975]))


def test_nothing_divided_by_nothing_is_undefined_without_a_warning(result):
    rows = {
        row["strategy"]: row for row in table(result, "measures") if row["measure"] == "per_case"
    }
    assert rows["none"]["value"] is None
    assert "undefined" in rows["none"]["note"]
    assert not result["pathway"].warnings


def test_differences_are_taken_part_by_part(result):
    (row,) = [row for row in table(result, "measures") if row["measure"] == "extra"]
    assert (row["strategy"], row["compared_with"]) == ("all", "some")
    assert row["value"] == pytest.approx(1 / 1000)
    assert value(result, "extra", strategy="all", comparator="some") == pytest.approx(1 / 1000)


def test_people_are_counted_per_cohort_and_per_ten_thousand(result):
    rows = [row for row in table(result, "people_counted") if row["strategy"] == "all"]
    assert [(row["count"], row["per_10000"], row["people"]) for row in rows] == [
        ("seen", 10_000, 1000)
    ]
    assert value(result, "count", strategy="all", subject="seen") == 1000
    assert value(result, "share", strategy="all", subject="seen") == 1


def test_without_a_population_shares_are_still_counted():
    found = run({"old": ("0", "1"), "new": ("1", "1")})
    assert value(found, "share", strategy="new", subject="seen") == 1
    assert not [q for q in found.quantities if q.quantity == "count"]
