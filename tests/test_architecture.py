"""Who may import what: the rooms of the house, and the doors between them.

The table is the architecture. A room that needs a new door is a decision to be made here, in sight,
and not one that happens by an import.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HECO = Path(__file__).parents[1] / "heco"

#: Room -> rooms whose modules it may import. Every room may import errors and version.
DOORS = {
    "errors": set(),
    "version": set(),
    "outcomes": set(),
    "result": set(),
    "numbers": set(),
    "evidence": set(),
    "scenario": {"evidence"},
    "sampling": {"evidence"},
    "model": {"evidence", "scenario", "sampling", "outcomes"},
    "psa": {"evidence", "outcomes"},  # psa_file.py and the modules beside it
    "analysis": {"evidence", "scenario", "sampling", "model", "outcomes", "result", "numbers"},
    "reference": {"evidence", "scenario"},  # and never the model, which it checks
    "verify": {
        *("evidence", "scenario", "sampling", "model", "outcomes", "analysis", "reference"),
        *("result", "report", "workbook"),
    },
    "workbook": {"evidence", "scenario", "model", "outcomes", "analysis", "result"},
    "explain": {"scenario", "sampling", "model", "outcomes", "analysis"},
    "report": {"result", "numbers"},
    "review": {"evidence", "result", "numbers", "report"},
    "batch": {"evidence", "scenario", "model", "analysis", "result", "report", "verify"},
    "diff": {"evidence", "scenario", "model", "analysis", "result", "report"},
}
#: Rooms at the top, which put the others together.
ANYTHING = {"cli", "commands", "__main__", "__init__"}
#: Heavy libraries, and the rooms that may import them; none may at the top of a module, so that
#: `heco --help` and `heco check` start at once. numpy is light enough to be everywhere.
HEAVY = ("scipy", "pandas", "matplotlib", "SALib")


def modules():
    return sorted(path for path in HECO.rglob("*.py"))


def room(path: Path) -> str:
    return door(path.relative_to(HECO).with_suffix("").parts[0])


def door(name: str) -> str:
    return "psa" if name.startswith("psa_") else name


def imports(path: Path, top_only: bool = False):
    """Yield the modules that a file imports; type checking does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    stack = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "heco":
                yield from (f"heco.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif not (
            (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
            or (top_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        ):
            stack += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def test_every_room_has_its_row():
    rooms = {room(path) for path in modules()}
    assert rooms <= set(DOORS) | ANYTHING, "a new room: say in DOORS what it may import"


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_room_imports_only_through_its_doors(name):
    allowed = DOORS[name] | {"errors", "version", name}
    for path in modules():
        if room(path) != name:
            continue
        for module in imports(path):
            head, _, rest = module.partition(".")
            if head == "heco" and rest:
                target = door(rest.partition(".")[0])
                assert target in allowed, f"{path.relative_to(HECO)} imports {module}"


def test_heavy_libraries_are_imported_where_they_are_used_and_not_at_the_top():
    for path in modules():
        for module in imports(path, top_only=True):
            assert module.partition(".")[0] not in HEAVY, f"{path.relative_to(HECO)}: {module}"


def test_no_scenario_of_ours_is_known_to_the_code():
    names = {path.stem for path in (HECO.parent / "scenarios").glob("*.toml")}
    # Words that are also ordinary English or examples in help texts are not evidence of a tie.
    names -= {"first", "targeted", "universal", "research"}
    for path in modules():
        text = path.read_text(encoding="utf-8")
        for name in names:
            assert name not in text, f"{path.relative_to(HECO)} knows {name}"


def test_modules_stay_small():
    long = {
        str(path.relative_to(HECO)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
    }
    assert long == {}


def test_rooms_say_which_step_they_are():
    for number, name in enumerate(
        ("evidence", "scenario", "model", "sampling", "analysis", "report"), start=1
    ):
        first = (HECO / name / "__init__.py").read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(f'"""Step {number} of 6: '), name
