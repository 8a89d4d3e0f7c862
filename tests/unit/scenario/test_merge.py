import pytest

from heco.errors import ScenarioError
from heco.scenario.load import load

BASE = """
[decision]
comparator = "usual"
title = "Base"
[parameters.p]
label = "Chance"
fixed = 0.3
source = "s"
[parameters.c]
label = "Cost"
fixed = 10
source = "s"
[tree.chance]
yes = {p = "p", cost = "c", to = "more"}
no = {p = "rest"}
[tree.more]
all = {p = 1}
[strategies.usual]
enters = "chance"
[strategies.test]
enters = "more"
"""


def C(value):
    return f'[parameters.c]\nlabel = "Cost"\nfixed = {value}\nsource = "s"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.toml").write_text(BASE)
    return tmp_path


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    return path


def problems(path, **options):
    with pytest.raises(ScenarioError) as caught:
        load(path, **options)
    return caught.value.problems


def test_a_child_that_only_extends_equals_its_parent(folder):
    child = load(write(folder, "child.toml", 'extends = "base.toml"'))
    base = load(folder / "base.toml")
    assert child.parameters == base.parameters
    assert child.tree == base.tree
    assert child.strategies == base.strategies
    assert child.decision == base.decision
    assert set(child.files) == {"child.toml", "base.toml"}


def test_the_named_entry_is_the_unit_of_replacement(folder):
    text = 'extends = "base.toml"\n[parameters.c]\nlabel = "C"\nsource = "t"\n'
    child = load(write(folder, "child.toml", text + "gamma = {mean = 5, se = 1}\n"))
    assert child.parameters["c"].fixed is None
    assert child.parameters["c"].family == "gamma"
    assert list(child.parameters) == ["p", "c"]


def test_a_node_is_one_entry(folder):
    text = 'extends = "base.toml"\n[tree.chance]\nonly = {p = 1, to = "more"}\n'
    child = load(write(folder, "child.toml", text))
    assert list(child.tree["chance"]) == ["only"]
    assert list(child.tree) == ["chance", "more"]


def test_settings_merge_key_by_key(folder):
    child = load(write(folder, "child.toml", 'extends = "base.toml"\n[decision]\nwtp = 1\n'))
    assert child.decision.title == "Base"
    assert child.decision.wtp == (1.0,)


def test_origins_name_the_file_that_wrote_the_entry(folder):
    child = load(write(folder, "child.toml", 'extends = "base.toml"\n' + C(3)))
    assert child.origins["parameters.c"].file.endswith("child.toml")
    assert child.origins["parameters.c"].line == 2
    assert child.origins["parameters.c.fixed"].line == 4
    assert child.origins["parameters.p"].file.endswith("base.toml")
    assert child.origins["parameters.p"].line == 5
    assert child.origins["decision.title"].line == 4


def test_two_parents_that_differ_are_a_problem(folder):
    write(folder, "a.toml", C(5))
    write(folder, "b.toml", C(6))
    head = 'extends = ["base.toml", "a.toml", "b.toml"]\n'
    found = problems(write(folder, "child.toml", head))
    assert "both say what [parameters.c] is" in found[0].what
    # The child says it: nobody else matters.
    assert load(write(folder, "child.toml", head + C(7))).parameters["c"].fixed == 7


def test_two_parents_that_agree_are_no_problem(folder):
    write(folder, "a.toml", 'extends = "base.toml"\n' + C(5))
    write(folder, "b.toml", 'extends = "base.toml"\n' + C(5))
    child = load(write(folder, "child.toml", 'extends = ["a.toml", "b.toml"]'))
    assert child.parameters["c"].fixed == 5


def test_one_and_true_are_not_the_same(folder):
    write(folder, "a.toml", "[time]\nstart_age = 1\n")
    write(folder, "b.toml", "[time]\nstart_age = true\n")
    found = problems(write(folder, "child.toml", 'extends = ["a.toml", "b.toml"]'))
    assert any("[time] start_age" in problem.what for problem in found)


def test_variants_of_one_base_combine(folder):
    """One parent replaced what the other merely inherits: its word stands, in any order."""
    write(folder, "cheap.toml", 'extends = "base.toml"\n' + C(5))
    write(folder, "titled.toml", 'extends = "base.toml"\n[decision]\ntitle = "New"\n')
    for order in ('["cheap.toml", "titled.toml"]', '["titled.toml", "cheap.toml"]'):
        child = load(write(folder, "child.toml", f"extends = {order}"))
        assert child.parameters["c"].fixed == 5
        assert child.decision.title == "New"


def test_a_drop_in_one_parent_stands_against_inheritance_in_the_other(folder):
    write(folder, "less.toml", 'extends = "base.toml"\ndrop = ["strategies.test"]\n')
    write(folder, "cheap.toml", 'extends = "base.toml"\n' + C(5))
    for order in ('["less.toml", "cheap.toml"]', '["cheap.toml", "less.toml"]'):
        child = load(write(folder, "child.toml", f"extends = {order}"))
        assert list(child.strategies) == ["usual"]


def test_a_drop_against_a_rewrite_is_a_conflict(folder):
    write(folder, "less.toml", 'extends = "base.toml"\ndrop = ["parameters.c"]\n')
    write(folder, "cheap.toml", 'extends = "base.toml"\n' + C(5))
    found = problems(write(folder, "child.toml", 'extends = ["less.toml", "cheap.toml"]'))
    assert any("(which drops it)" in problem.what for problem in found)


def test_drop_removes_entries_keys_and_sections(folder):
    text = 'extends = "base.toml"\ndrop = ["strategies.test", "decision.title"]\n'
    child = load(write(folder, "child.toml", text))
    assert list(child.strategies) == ["usual"]
    assert child.decision.title == ""
    text = 'extends = "base.toml"\ndrop = ["tree", "strategies"]\n'
    text += "[strategies.usual]\none_off = [{cost = 1}]\n"
    assert not load(write(folder, "child.toml", text)).tree


def test_a_dropped_entry_can_be_written_again_by_a_grandchild(folder):
    write(folder, "less.toml", 'extends = "base.toml"\ndrop = ["strategies.test"]\n')
    text = 'extends = "less.toml"\n[strategies.test]\nenters = "chance"\n'
    assert load(write(folder, "child.toml", text)).strategies["test"].enters == "chance"


def test_unknown_drops_are_refused(folder):
    found = problems(
        write(folder, "child.toml", 'extends = "base.toml"\ndrop = ["strategies.tets"]')
    )
    assert found[0].hint == 'Did you mean "strategies.test"?'
    found = problems(write(folder, "child.toml", 'extends = "base.toml"\ndrop = "x"'))
    assert "drop must be a list" in found[0].what


def test_circles_and_long_chains_end(folder):
    write(folder, "a.toml", 'extends = "b.toml"')
    found = problems(write(folder, "b.toml", 'extends = "a.toml"'))
    assert "b.toml -> a.toml -> b.toml" in found[0].what
    for number in range(30):
        write(folder, f"n{number}.toml", f'extends = "n{number + 1}.toml"')
    assert any("chain" in problem.what for problem in problems(folder / "n0.toml"))


def test_diamonds_do_not_multiply(folder):
    for level in range(18):
        parents = '["base.toml"]' if level == 0 else f'["x{level - 1}.toml", "y{level - 1}.toml"]'
        for side in "xy":
            write(folder, f"{side}{level}.toml", f"extends = {parents}")
    assert load(folder / "x17.toml").parameters["p"].fixed == 0.3


def test_a_missing_parent_hides_no_other_mistake_but_adds_none(folder):
    text = 'extends = "bsae.toml"\n[decision]\ncomparator = "usual"\n[time]\ncycle = 1\n'
    found = problems(write(folder, "child.toml", text))
    assert {problem.where for problem in found} == {"extends", "[time] cycle"}


def test_files_outside_the_folder_are_refused(folder, tmp_path):
    path = write(folder, "inner/child.toml", 'extends = "../base.toml"')
    assert "outside the folder" in problems(path)[0].what
    assert load(path, allow_outside=True).decision.title == "Base"
    assert "inner/child.toml" not in load(path, allow_outside=True).files
    assert "../base.toml" in load(path, allow_outside=True).files
    absolute = write(folder, "child.toml", f'extends = "{tmp_path / "base.toml"}"')
    assert "absolute path" in problems(absolute)[0].what


def test_symbolic_links_lead_nowhere_else(folder, tmp_path):
    inner = folder / "inner"
    inner.mkdir()
    (inner / "link.toml").symlink_to(tmp_path / "base.toml")
    path = write(folder, "inner/child.toml", 'extends = "link.toml"')
    assert "outside the folder" in problems(path)[0].what
    (inner / "loop.toml").symlink_to(inner / "loop.toml")
    assert problems(write(folder, "inner/child.toml", 'extends = "loop.toml"'))


def test_paths_are_relative_to_the_file_that_names_them(folder):
    write(folder, "parts/data/life.csv", "age,qx\n0,0.1\n1,0.2\n")
    write(
        folder,
        "parts/life.toml",
        '[parameters.q]\nlabel = "Q"\nsource = "s"\n'
        'table = {file = "data/life.csv", by = "age", column = "qx"}\n[time]\nstart_age = 0\n',
    )
    child = load(write(folder, "child.toml", 'extends = ["base.toml", "parts/life.toml"]'))
    assert child.parameters["q"].table.file == "parts/data/life.csv"
    assert child.tables["q"].columns["qx"].tolist() == [0.1, 0.2]
    assert "parts/data/life.csv" in child.files
