"""Random files of studies and of draws: pooled and analysed, or refused; never a warning of numpy.

Numbers are drawn from what people write, the rare slip included: no people, no events, equal
studies, standard errors of nothing, a thousand million participants.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from heco import psa_file
from heco.analysis.imported import About, run_imported
from heco.cli import cli
from heco.errors import ScenarioError
from heco.evidence.meta import read_studies
from heco.evidence.meta.measures import MEASURES
from heco.review import accuracy
from heco.review.answers import review
from heco.review.asked import PREDICTION_RULES, Asked

METHODS = ("REML", "DL", "PM", "ML", "HS", "SJ", "EB", "IV", "MH", "Peto")


def cell(random: Random, column: str) -> float | str:
    """Return what may stand in a column."""
    slip = random.random() < 0.03
    if column.startswith("n"):
        return random.choice([0, -1, "", 1.5, 1, 2] if slip else [10, 50, 200, 10**5, 10**9])
    if column.startswith("events") or column in ("tp", "fn", "fp", "tn"):
        return random.choice([10**9, -1, "NA", 0.5] if slip else [0, 0, 1, 2, 3, 8, 10])
    if column.startswith("sd") or column == "se":
        return random.choice([0, 1e-12, 1e12, 1e-300] if slip else [0.1, 0.5, 1, 1, 2, 10])
    if column.startswith("exposure"):
        return random.choice([0, 1e-9, 1e12] if slip else [0.5, 1, 10, 1000])
    if column == "ci_low":
        return random.choice([0.1, 0.2, 0.3])
    if column == "ci_high":
        return random.choice([0.9, 0.95, 1.5, 3])
    return random.choice([0, -1, 1e6, 1e-9, 2, 1e300] if slip else [0.5, 0.4, 0.6, 0.8, 1.0])


def studies_file(random: Random, folder: Path, columns: list[str]) -> Path:
    """Write studies of a kind; now and then all alike."""
    rows = [[cell(random, column) for column in columns] for _ in range(random.randint(1, 8))]
    if random.random() < 0.2:
        rows = [rows[0]] * len(rows)
    lines = [",".join(["study", *columns, "year", "kind"])]
    lines += [
        ",".join(map(str, [f"S{i}", *row, 2000 + i, random.choice("xy")]))
        for i, row in enumerate(rows)
    ]
    path = folder / "studies.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("measure", MEASURES)
def test_random_studies_are_pooled_or_refused(measure, tmp_path):
    random, done = Random(measure), 0
    for _ in range(20):
        path = studies_file(random, tmp_path, list(random.choice(MEASURES[measure].forms)))
        asked = Asked(
            methods=(random.choice(METHODS),),
            test=random.choice(["knapp-hartung", "wald", "knapp-hartung-truncated"]),
            prediction=random.choice(sorted(PREDICTION_RULES)),
            level=random.choice([0.5, 0.95, 0.9999]),
            by=random.choice(["", "", "kind"]), by_tau2="separate",
            moderators=random.choice([(), (), ("year",)]), bayes=random.choice([None, None, 0.5]),
            bias=random.random() < 0.5, every=random.random() < 0.3,
            bootstrap=random.choice([0, 0, 20]), seed=1, outcome="", favours=("", ""), settings={},
        )  # fmt: skip
        try:
            review(read_studies(path, measure, log=random.random() < 0.2), asked)
            done += 1
        except ScenarioError as error:
            refused = error
            assert refused.problems
    assert done >= 2


def test_random_studies_of_a_test_are_pooled_or_refused(tmp_path):
    random, done = Random(5), 0
    for _ in range(40):
        path = studies_file(random, tmp_path, ["tp", "fn", "fp", "tn"])
        try:
            accuracy.pooled(path, 0.95, random.choice(["zero", "all"]))
            done += 1
        except ScenarioError as error:
            refused = error
            assert refused.problems
    assert done >= 5


HEADERS = (
    "cost:a", "qaly:a", "cost:b", "qaly:b", "param:p", "c.a", "e.a", "c_b", "e_b", "cost1",
    "effect1", "costs2", "draw", "", "strategy", "cost", "qaly", ".cost", ".index", "sample", "x",
    "X", "nb:a", "nb:b", "cost_a", "Cost_a", "cost:", "qaly:", "é", "a b", "cost:a:b",
)  # fmt: skip
VALUES = {
    "normal": lambda random: random.gauss(100, 10),
    "the same": lambda random: 5,
    "nothing": lambda random: 0,
    "huge": lambda random: random.gauss(0, 1) * 1e50,
    "beyond reason": lambda random: random.gauss(0, 1) * 1e150,
    "tiny": lambda random: random.random() * 1e-300,
    "yes or no": lambda random: random.choice([0, 1]),
    "negative": lambda random: -random.random(),
}
MAPS = ("a:x", "(.+)", "c_(.+)", "(", "@given.csv", "a:cost:a,b:cost:b", "x", "a:cost:a,a:cost:b")


def draws_file(random: Random, folder: Path) -> Path:
    """Write draws, under a header that makes sense or not."""
    n = random.choice([1, 2, 3, 9, 10, 60])
    if random.random() < 0.3:
        header = [random.choice(HEADERS) for _ in range(random.randint(1, 7))]
        rows = [[random.choice(["1", "a", "0.5", "", str(i)]) for _ in header] for i in range(n)]
    else:
        names = [f"s{k}" for k in range(random.choice([2, 2, 3]))]
        header = [f"{kind}:{name}" for name in names for kind in ("cost", "qaly")] + ["param:p"]
        kinds = [random.choice(["normal", *VALUES]) for _ in header]
        rows = [[repr(VALUES[kind](random)) for kind in kinds] for _ in range(n)]
    path = folder / "given.csv"
    path.write_text("\n".join(",".join(row) for row in [header, *rows]) + "\n", encoding="utf-8")
    return path


def test_random_draws_are_analysed_or_refused(tmp_path):
    random, done = Random(11), 0
    for _ in range(120):
        path = draws_file(random, tmp_path)
        mapping = None
        if random.random() < 0.2:
            mapping = {
                random.choice(["cost", "effect", "nb", "param", "x"]): random.choice(MAPS)
                for _ in range(2)
            }
        wtp = random.choice([(20_000.0,), (1e-9,), (1e9,), (20_000.0, 30_000.0)])
        try:
            run_imported(psa_file.read([path], mapping), About("given", wtp=wtp))
            done += 1
        except ScenarioError as error:
            refused = error
            assert refused.problems
    assert done >= 20


@pytest.mark.slow
@pytest.mark.parametrize("command", ["psa", "voi"])
def test_random_draws_through_the_command_line(command, tmp_path):
    random = Random(command)
    for _ in range(25):
        path = draws_file(random, tmp_path)
        out = str(tmp_path / "out")
        result = CliRunner().invoke(
            cli, [command, str(path), "--wtp", "20000", "--quiet", "-o", out]
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exc_info, path.read_text(encoding="utf-8")[:500],
        )  # fmt: skip
        assert result.exit_code in (0, 2)
