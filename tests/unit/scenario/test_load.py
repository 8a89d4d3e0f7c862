import hashlib
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from heco.errors import ScenarioError
from heco.evidence.tables import Table
from heco.scenario.load import load, load_text
from heco.scenario.toml_writer import write_scenario

DATA = Path(__file__).parents[2] / "data"
ROOT = Path(__file__).parents[3]
SHIPPED = [DATA / "rich.toml", *sorted((ROOT / "scenarios").glob("*.toml"))]

SMALL = """
[parameters.p]
label = "Chance"
fixed = 0.3
source = "s"
[tree.chance]
yes = {p = "p", cost = 10}
no = {p = "rest"}
[strategies.only]
enters = "chance"
"""


def problems(text, **options):
    with pytest.raises(ScenarioError) as caught:
        load_text(text, **options)
    return caught.value.problems


def refused(path):
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return caught.value.problems


@pytest.fixture(scope="module")
def rich():
    return load(DATA / "rich.toml")


def test_a_small_text():
    scenario = load_text(SMALL, name="small")
    assert scenario.name == "small"
    assert scenario.path is None
    assert scenario.comparator == "only"
    assert scenario.option == ""
    assert scenario.origins["parameters.p"].line == 2
    assert scenario.files == {}
    assert scenario.warnings == ()


def test_the_rich_example(rich):
    assert rich.name == "rich"
    assert rich.path == DATA / "rich.toml"
    assert rich.decision.wtp == (20_000.0, 30_000.0)
    assert rich.decision.wtp_preset == "nice-20-30"
    assert rich.time.cycle_counting.cost == "start"
    assert rich.parameters["prevalence"].kind == "beta"
    assert rich.parameters["uptake"].lever
    assert rich.transitions["well"]["well"].p == "rest"
    assert rich.distributions["outcome"].components == ("recovers", "lasts", "dies")
    assert rich.warnings == ()


def test_price_years(rich):
    factor = rich.price_factors["c_test"]
    assert factor == pytest.approx(121.84 / 110.38)
    assert rich.distributions["c_test"].mean == pytest.approx(20 * factor)
    assert rich.parameters["c_visit"].fixed == 120  # as written; the model multiplies
    assert rich.price_factors["c_drug"] == 1.0
    assert "prevalence" not in rich.price_factors


def test_tables_and_samples(rich):
    assert rich.tables["excess"].at([0.5, 30.0]).tolist() == [3.0, 1.5]
    both = rich.tables["p_die"]
    men = Table.from_csv(DATA / "evidence/life_table.csv", "age", "qx_male").at([40.0, 90.0])
    women = Table.from_csv(DATA / "evidence/life_table.csv", "age", "qx_female").at([40.0, 90.0])
    mixed = both.at([40.0, 90.0])
    assert mixed[0] == pytest.approx(0.49 * men[0] + 0.51 * women[0])
    assert women[1] < mixed[1] < 0.49 * men[1] + 0.51 * women[1]  # more women are alive
    assert rich.samples["u_ill"].shape == rich.samples["u_complication"].shape == (200,)
    assert np.corrcoef(rich.samples["u_ill"], rich.samples["u_complication"])[0, 1] > 0.8


def test_every_file_is_hashed(rich):
    assert list(rich.files) == sorted(rich.files)
    for name, digest in rich.files.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest
    assert "evidence/life_table.csv" in rich.files


def assert_equal(again, scenario):
    for field in fields(scenario):
        if field.name in ("path", "origins", "files", "tables", "samples", "alternatives"):
            continue
        assert getattr(again, field.name) == getattr(scenario, field.name), field.name
    assert again.tables.keys() == scenario.tables.keys()
    assert again.alternatives.keys() == scenario.alternatives.keys()
    for name, other in scenario.alternatives.items():
        assert_equal(again.alternatives[name], other)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_show_prints_is_an_equal_scenario(path):
    scenario = load(path)
    assert_equal(load_text(write_scenario(scenario), path.parent, scenario.name), scenario)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_entry_has_an_origin(path):
    scenario = load(path)
    for section, entries in scenario.merged.items():
        for name in entries:
            assert scenario.origins[f"{section}.{name}"].line


def test_all_mistakes_of_all_levels_at_once():
    text = SMALL.replace("0.3", '"0.3"').replace('"p",', '"pq",') + "colour = 1\n[tiem]\n"
    places = [problem.where for problem in problems(text)]
    assert places == ["[parameters.p] fixed", "[strategies.only] colour", "[tiem]"]
    # The unknown section may hold anything, so nothing is said about names that may be in it.
    text = text.replace("[tiem]\n", "")
    assert "[tree.chance] yes.p" in [problem.where for problem in problems(text)]


def test_a_broken_entry_lends_its_name():
    found = problems(SMALL.replace("fixed = 0.3", "beta = {events = 3}"))
    assert [problem.where for problem in found] == ["[parameters.p] beta.n"]


def test_components_of_a_broken_joint_parameter_are_not_guessed():
    text = SMALL.replace("fixed = 0.3", "dirichlet = {counts = {a = -1}}")
    text = text.replace('"p",', '"p.a + p.b",')
    assert {problem.where.split(".")[0] for problem in problems(text)} == {"[parameters"}


def test_a_text_without_a_folder_names_no_files():
    table = 'table = {file = "x.csv", by = "time", column = "v"}'
    found = problems(SMALL.replace("fixed = 0.3", table))
    assert "without a folder" in found[0].what
    assert "without a folder" in problems('extends = "base.toml"')[0].what


def test_missing_file_says_what_is_similar(tmp_path):
    (tmp_path / "targeted.toml").write_text(SMALL)
    found = refused(tmp_path / "targetted.toml")
    assert "there is no file" in found[0].what
    assert found[0].hint == 'Did you mean "targeted.toml"?'


def test_folders_binaries_and_big_files_are_refused(tmp_path):
    assert "is a folder" in refused(tmp_path)[0].what
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"title = 1\n\xff\xfe\x00")
    assert "not UTF-8" in refused(binary)[0].what
    assert refused(binary)[0].line == 2
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 5_000_001)
    assert "5 MB is the most" in refused(big)[0].what
    assert refused(Path("\0"))


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path).parameters["p"].fixed == 0.3


@pytest.mark.parametrize(
    "text",
    [
        "[" + "a." * 100_000 + "a]",
        "a." * 100_000 + "a = 1",
        "x = " + "[" * 100_000,
        "x = " + "[" * 100_000 + "]" * 100_000,
        "x = " + "{a = " * 100_000,
        "x = " + "9" * 100_000,
        "x = 1e999999999",
        'x = "' + "\\u0000" * 50_000 + '"',
        "[parameters]\n" + "".join(f"p{i} = {{}}\n" for i in range(2_000)),
        SMALL + 'one_off = [{cost = "' + "(" * 100_000 + '"}]\n',
        SMALL + "starts = {a = " + "9" * 4_000 + "}\n",
        SMALL + "starts = {a = " + "9" * 5_000 + "}\n",
    ],
    ids=range(12),
)
def test_absurd_texts_are_refused_quickly(text):
    start = time.perf_counter()
    assert problems(text)
    assert time.perf_counter() - start < 5


def test_long_chains_of_parameters_are_refused_not_crashed():
    links = "".join(
        f'[parameters.q{i}]\nlabel = "Q"\nexpr = "q{i + 1} + 1"\n' for i in range(3_000)
    )
    end = '[parameters.q3000]\nlabel = "Q"\nfixed = 1\nsource = "s"\n'
    found = problems(SMALL.replace("cost = 10", 'cost = "q0"') + links + end)
    assert any("through a chain of" in problem.what for problem in found)


def test_a_big_file_full_of_mistakes_is_refused_in_time():
    facts = "".join(
        f'[parameters.parameter_{i}]\nlabel = "P"\nexpr = "parametre_{i}"\n' for i in range(1_500)
    )
    start = time.perf_counter()
    found = problems(SMALL + facts)
    assert time.perf_counter() - start < 10
    assert "there is more of the same" in found[-1].what


def test_a_big_file_in_order_is_read_in_time():
    count = 2_000
    text = SMALL + '[time]\ncycle = "1 year"\nhorizon = "1 year"\n'
    text = text.replace("10}", '10, to = "s0"}')
    text = text.replace('no = {p = "rest"}', 'no = {p = "rest", to = "s0"}')
    for i in range(count):
        text += f"[states.s{i}]\n[transitions.s{i}]\n"
        text += f's{(i + 1) % count} = 0.5\ns{(i + 2) % count} = "rest"\n'
    start = time.perf_counter()
    assert len(load_text(text).states) == count
    assert time.perf_counter() - start < 10


def test_warnings_do_not_refuse():
    text = (
        SMALL
        + '[parameters.unused]\nlabel = "U"\nfixed = 1\nsource = "s"\n[tree.lost]\na = {p = 1}\n'
    )
    scenario = load_text(text)
    assert scenario.warnings == (
        "[parameters.unused] no formula uses this parameter",
        "[tree.lost] nobody comes to this chance node",
    )


def test_problems_come_in_reading_order():
    text = SMALL.replace('label = "Chance"', "lable = 1").replace("cost = 10", 'cost = "x"')
    lines = [problem.line for problem in problems(text)]
    assert lines == sorted(lines)
