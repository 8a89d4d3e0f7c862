"""Published models, written in the scenario language, give back the numbers as printed.

Each folder with a ``[replication]`` in its expected.toml is a model (no Python) and what was
published about it. A number must agree to half of its last printed digit, so nobody chooses a
tolerance; doubles that a program dumped are quoted to 12 significant digits, since the order of a
sum moves the last ones. A new replication is a folder.
"""

from __future__ import annotations

import functools
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import heco

HERE = Path(__file__).parent
FOLDERS = {
    path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(HERE.glob("*/expected.toml"))
}
EXPECTED = [
    (folder, expect)
    for folder, content in FOLDERS.items()
    if "replication" in content
    for expect in content["expect"]
]


@functools.cache
def run(folder: str, model: str):
    return heco.run(heco.load(HERE / folder / f"{model}.toml"), draws=0)


def name_of(case):
    folder, expect = case
    words = (expect.get("model", "model"), expect["quantity"], expect.get("strategy", ""))
    return "-".join([folder, *words, str(expect["printed"])])


@pytest.mark.parametrize("case", EXPECTED, ids=map(name_of, EXPECTED))
def test_a_published_number_is_given_back(case):
    folder, expect = case
    result = run(folder, expect.get("model", "model"))
    keys = ("strategy", "comparator", "wtp", "subject")
    where = {key: expect[key] for key in keys if key in expect}
    found = result_quantities(result, expect["quantity"], where)
    assert len(found) == 1, f"{len(found)} numbers fit {expect}"
    if expect["quantity"] == "dominance":
        assert found[0].unit == expect["printed"]
        return
    last_digit = Decimal(1).scaleb(Decimal(expect["printed"]).as_tuple().exponent)
    # Half of the last printed digit, and the last bit of the decimal that was printed.
    assert abs(found[0].value - float(expect["printed"])) <= float(last_digit) * 0.5 * (1 + 1e-9)


def result_quantities(result, quantity, where):
    found = [q for q in result.quantities if q.quantity == quantity and q.basis == "deterministic"]
    return [q for q in found if all(getattr(q, key) == value for key, value in where.items())]


@pytest.mark.parametrize("folder", [name for name, c in FOLDERS.items() if "replication" in c])
def test_a_replication_says_where_its_numbers_are_printed(folder):
    replication = FOLDERS[folder]["replication"]
    assert replication["source"]
    assert all(expect.get("at") or replication.get("at") for expect in FOLDERS[folder]["expect"])


@pytest.mark.parametrize("folder", [name for name, c in FOLDERS.items() if "replication" in c])
def test_every_model_of_a_replication_is_used(folder):
    used = {expect.get("model", "model") for expect in FOLDERS[folder]["expect"]}
    models = {path.stem for path in (HERE / folder).glob("*.toml")} - {"expected"}
    assert models <= used | {"base"}
