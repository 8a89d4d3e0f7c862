"""The commands that answer one kind of question: psa, tornado, threshold, sensitivity."""

import csv
import gzip
import json

import pytest
from click.testing import CliRunner

from heco.cli import cli

SCENARIO = """
[decision]
title = "A small decision"
comparator = "old"
wtp = [20_000, 30_000]
[time]
discount = "none"
[parameters.c]
label = "Price"
unit = "GBP"
gamma = {mean = 1_000, se = 300}
source = "tariff2023"
[parameters.q]
label = "Gain"
beta = {mean = 0.06, se = 0.02}
source = "trial2020"
[tree.care]
all = {p = 1, cost = {drug = "c"}, qaly = "q", count = "treated"}
[tree.nothing]
all = {p = 1}
[strategies.old]
label = "No treatment"
enters = "nothing"
[strategies.new]
label = "The new drug"
enters = "care"
[analysis]
psa = {draws = 400, seed = 2}
required_gain = {per = {treated = "share.treated"}, utility = "q"}
threshold = {solve = [{parameter = "c", low = 0, high = 5_000}]}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(SCENARIO)
    return tmp_path


def heco(*words):
    return CliRunner().invoke(cli, [str(word) for word in words])


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


COMMANDS = {
    "psa": (), "tornado": (), "threshold": (), "sensitivity": ("--draws", 128),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_writes_a_folder_of_its_own(command, here):
    result = heco(command, "small.toml", *COMMANDS[command])
    assert result.exit_code == 0, result.exception
    folder = here / "outputs" / f"small-{command}"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "results.csv", "run.json"} <= names
    written = json.loads((folder / "run.json").read_text())
    assert set(written["files"]) | {"run.json"} == names
    assert "small.toml" in written["inputs"]
    assert f"outputs/small-{command}/report.html" in result.stdout
    assert result.stdout.startswith("\nA small decision\n")
    assert result.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_alone_on_standard_output(command, here):
    result = heco(command, "small.toml", "--json", "-o", "there", *COMMANDS[command])
    said = json.loads(result.stdout)
    assert said["folder"] == "there"
    assert set(said["files"]) >= {"results.csv", "run.json"}
    assert said["results"]
    assert not (here / "outputs").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_quiet_says_nothing(command, here):
    result = heco(command, "small.toml", "--quiet", *COMMANDS[command])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_what_cannot_be_used_is_exit_2(command, here):
    for words in (("missing.toml",), ("small.toml", "--wtp", "-5")):
        result = heco(command, *words)
        assert result.exit_code == 2
        assert "nothing was computed" in result.stderr
        assert result.stdout == ""
    assert not (here / "outputs").exists()


def test_psa_says_how_sure_it_is(here):
    result = heco("psa", "small.toml", "--draws", 300, "--wtp", "20000,50_000")
    assert result.exit_code == 0
    assert "Probability most cost-effective" in result.stdout
    assert "£50,000" in result.stdout
    folder = here / "outputs/small-psa"
    assert {row["wtp"] for row in rows(folder / "tables/monte_carlo.csv")} == {"20000.0", "50000.0"}
    assert json.loads((folder / "run.json").read_text())["draws"] == 300
    assert "required_gain" not in json.loads((folder / "run.json").read_text())["settings"]


def test_the_same_draws_as_a_whole_run(here):
    heco("psa", "small.toml", "--quiet")
    heco("run", "small.toml", "--quiet")
    one, whole = (
        {
            (row["strategy"], row["wtp"]): row["value"]
            for row in rows(here / folder / "results.csv")
            if row["quantity"] == "ceac"
        }
        for folder in ("outputs/small-psa", "outputs/small")
    )
    assert one == whole
    assert len(one) == 4


def test_results_do_not_depend_on_jobs(here):
    heco("psa", "small.toml", "--quiet", "-o", "one")
    heco("psa", "small.toml", "--quiet", "--jobs", 2, "-o", "two")
    for name in ("results.csv", "run.json"):
        assert (here / "one" / name).read_bytes() == (here / "two" / name).read_bytes()


def test_psa_until_it_is_precise(here):
    result = heco("psa", "small.toml", "--precision", "--design", "lhs")
    assert result.exit_code == 0
    assert "until the decision was precise enough" in result.stdout
    made = json.loads((here / "outputs/small-psa/run.json").read_text())
    assert made["draws"] >= 10_000  # ten batches at the least, for their spread
    assert "convergence" in made["settings"]


def test_tornado_asks_as_its_options_say(here):
    result = heco(
        "tornado", "small.toml", "--outcome", "required_gain", "--parameters", "c", "--wtp", 10_000
    )
    assert result.exit_code == 0
    assert "required gain per treated" in result.stdout
    (row,) = rows(here / "outputs/small-tornado/tables/tornado.csv")
    assert row["parameter"] == "c"
    assert float(row["at_high"]) == pytest.approx(float(row["high_value"]) / 10_000)
    wrong = heco("tornado", "small.toml", "--parameters", "cc,q", "--strategy", "olde")
    assert wrong.exit_code == 2
    assert "the command line  [analysis] tornado.parameters[0]" in wrong.stderr
    assert 'there is no strategy "olde"' in wrong.stderr


def test_threshold_of_parameters_on_the_command_line(here):
    result = heco("threshold", "small.toml", "c", "--wtp", 20_000)
    assert result.exit_code == 0
    assert "below £1,200" in result.stdout  # looked at as the file says
    (row,) = rows(here / "outputs/small-threshold/tables/threshold.csv")
    assert float(row["value"]) == pytest.approx(1200)
    assert float(row["high"]) == 5000
    narrow = heco("threshold", "small.toml", "c", "--low", 0, "--high", 100, "--quiet")
    assert narrow.exit_code == 0
    assert float(rows(here / "outputs/small-threshold/tables/threshold.csv")[0]["high"]) == 100


def test_threshold_needs_to_know_what_and_where(here):
    text = SCENARIO.replace("threshold =", "# threshold =")
    (here / "none.toml").write_text(text)
    nothing = heco("threshold", "none.toml")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert "nothing says what to solve for" in nothing.stderr
    assert heco("threshold", "small.toml", "c", "q", "--low", 0).exit_code == 2
    unknown = heco("threshold", "small.toml", "cc", "--low", 0, "--high", 1)
    assert 'there is no parameter "cc"' in unknown.stderr


def test_threshold_with_assurance(here):
    result = heco("threshold", "small.toml", "--assurance", "--draws", 500, "--wtp", 20_000)
    assert result.exit_code == 0
    assert "with 90% probability" in result.stdout
    found = rows(here / "outputs/small-threshold/tables/assurance.csv")
    mean = next(row for row in found if row["parameter"] == "c" and row["asked"] == "mean")
    assert float(mean["value"]) == pytest.approx(1200, rel=0.05)
    assert any(row["parameter"] == "required_qaly_per_treated" for row in found)


@pytest.mark.parametrize(
    ("words", "table"),
    [
        (("--draws", 64), "sobol"),
        (("--method", "morris", "--draws", 20), "morris"),
        (("--method", "pawn", "--draws", 1000), "pawn"),
    ],
)
def test_sensitivity_by_every_method(words, table, here):
    result = heco("sensitivity", "small.toml", *words)
    assert result.exit_code == 0, result.stderr
    found = rows(here / f"outputs/small-sensitivity/tables/{table}.csv")
    assert {row["input"] for row in found} >= {"c", "q"}
    assert "Price" in result.stdout


def test_sensitivity_refuses_what_makes_no_sense(here):
    odd = heco("sensitivity", "small.toml", "--method", "sobols")
    assert odd.exit_code == 2
    assert 'Did you mean "sobol"?' in odd.stderr
    assert "is not a power of 2" in heco("sensitivity", "small.toml", "--draws", 100).stderr
    assert heco("sensitivity", "small.toml", "--wtp", "1,2").exit_code == 2


@pytest.fixture
def draws(here):
    """Draws of the scenario as another program might have written them."""
    from heco.model import compile_model
    from heco.scenario.load import load

    model = compile_model(load("small.toml"))
    made = model.sample(1200, 7)
    outcomes = model.evaluate(made)
    lines = ["cost:No treatment,qaly:No treatment,cost:The new drug,qaly:The new drug,param:c"]
    for k in range(made.n):
        numbers = [outcomes.cost[0, k], outcomes.qaly[0, k], outcomes.cost[1, k],
                   outcomes.qaly[1, k], made.column("c")[k]]  # fmt: skip
        lines.append(",".join(repr(float(number)) for number in numbers))
    path = here / "elsewhere.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_draws_of_another_program_have_the_same_folder(draws, here):
    result = heco("psa", "elsewhere.csv.gz", "--wtp", 20_000)
    assert result.exit_code == 0, result.stderr
    folder = here / "outputs/elsewhere-psa"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"report.html", "tables/incremental.csv", "tables/ceac.csv", "figures/ceac.svg",
            "figures/plane.png", "tables/pawn.csv", "tables/inputs.csv"} <= names  # fmt: skip
    record = json.loads((folder / "run.json").read_text())
    assert list(record["inputs"]) == ["elsewhere.csv.gz"]
    assert record["draws"] == 1200
    assert {row["basis"] for row in rows(folder / "results.csv")} == {"probabilistic"}
    assert "Elsewhere" in result.stdout


def test_draws_of_another_program_can_be_shared_out_by_pawn_only(draws, here):
    assert heco("sensitivity", "elsewhere.csv.gz", "--wtp", 20_000, "--quiet").exit_code == 0
    assert (here / "outputs/elsewhere-sensitivity/tables/pawn.csv").exists()
    other = heco("sensitivity", "elsewhere.csv.gz", "--method", "sobol")
    assert other.exit_code == 2
    assert "can only be read by pawn" in other.stderr


def test_imported_draws_can_be_mapped_and_roles_named(here):
    lines = ["k_a,k_b,e_a,e_b", *(f"{100 + i},{200 + i},1.0,1.{i:02d}" for i in range(50))]
    (here / "odd.csv").write_text("\n".join(lines))
    words = ["--map", "cost=a:k_a,b:k_b", "--map", "qaly=a:e_a,b:e_b"]
    result = heco("psa", "odd.csv", *words, "--reference", "b", "--currency", "EUR", "--json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["conventions"]["comparator"] == "b"
    assert said["conventions"]["currency"] == "EUR"
    assert heco("psa", "odd.csv").exit_code == 2  # the header alone does not say


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("small.toml", "elsewhere.csv.gz"), "do not belong together"),
        (("elsewhere.csv.gz", "--seed", 3), "the draws are there"),
        (("elsewhere.csv.gz", "--precision"), "none are made"),
        (("elsewhere.csv.gz", "--reference", "drug"), 'no strategy "drug"'),
        (("small.toml", "--reference", "old"), "are for CSV files"),
    ],
)
def test_options_that_do_not_fit_are_refused(words, sentence, draws, here):
    result = heco("psa", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr
