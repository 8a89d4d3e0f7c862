"""Make the errors that modellers make, one at a time, and see which test notices.

``python tests/mutation/harness.py`` copies heco, changes one line, runs the tests that claim to
catch that class of error, and prints the table of who caught what; ``--write`` puts it into
docs/mutations.md. The changes are in operators.toml.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "mutations.md"
#: What a changed copy needs.
COPIED = ("heco", "tests", "scenarios", "pyproject.toml")
#: Longest that the tests of one error may take. [seconds]
PATIENCE = 300
_CLAIM = re.compile(r"@pytest\.mark\.kills\(([^)]*)\)\s*(?:@[^\n]*\n\s*)*def (\w+)")


@dataclass(frozen=True)
class Operator:
    """A modelling error, as one change to one file.

    Parameters
    ----------
    name, error : str
        Its class, in short and in words.
    file : str
        The file that is changed, from the top of the repository.
    old, new : str
        What stands there, exactly once, and what it becomes.
    """

    name: str
    error: str
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Outcome:
    """What the tests said of an error.

    Parameters
    ----------
    operator : Operator
        The error.
    killed_by : tuple of str
        The tests that failed, of those that claim to catch it.
    claimed_by : tuple of str
        Those tests.
    said : str
        The end of what pytest printed.
    """

    operator: Operator
    killed_by: tuple[str, ...]
    claimed_by: tuple[str, ...]
    said: str

    @property
    def killed(self) -> bool:
        """Whether every test that claims to catch the error did."""
        return bool(self.claimed_by) and set(self.killed_by) == set(self.claimed_by)


def operators() -> dict[str, Operator]:
    """Return every error, by its class."""
    words = tomllib.loads((HERE / "operators.toml").read_text(encoding="utf-8"))
    return {
        name: Operator(name, entry["error"], entry["in"], entry["old"], entry["new"])
        for name, entry in words.items()
    }


def claims() -> dict[str, list[str]]:
    """Return the tests that claim to catch each class: class -> ``file::test``."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for names, test in _CLAIM.findall(text):
            for name in re.findall(r'"([^"]+)"', names):
                found.setdefault(name, []).append(f"{path.relative_to(ROOT).as_posix()}::{test}")
    return found


def attempt(operator: Operator, claimed: list[str]) -> Outcome:
    """Make an error in a copy, and run the tests that claim to catch it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                unwanted = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(source, copy / name, ignore=unwanted)
            else:
                shutil.copy(source, copy / name)
        changed = copy / operator.file
        text = changed.read_text(encoding="utf-8")
        assert text.count(operator.old) == 1, f"{operator.name}: the text to change is not there"
        changed.write_text(text.replace(operator.old, operator.new), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", "--tb=no"]
        done = subprocess.run(
            [*command, *claimed], cwd=copy, capture_output=True, text=True, timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    failed = re.findall(r"^FAILED (\S+?::\w+)", done.stdout, flags=re.MULTILINE)
    return Outcome(operator, tuple(dict.fromkeys(failed)), tuple(claimed), done.stdout[-2000:])


def page(outcomes: list[Outcome]) -> str:
    """Return the table as a page."""
    lines = [
        "# Errors that were made on purpose",
        "",
        "A test proves little until it has failed. Each error below is one that modellers really",
        "make. It was made in heco, one at a time, and the tests that claim to catch it were run;",
        "every one of them noticed. `python tests/mutation/harness.py` does it again.",
        "",
        "| the error | made in | caught by |",
        "|---|---|---|",
    ]
    for outcome in outcomes:
        who = ", ".join(f"`{test.rpartition('::')[2]}`" for test in outcome.killed_by)
        caught = who if outcome.killed else f"**not caught** ({who or 'by nothing'})"
        lines.append(f"| {outcome.operator.error} | `{outcome.operator.file}` | {caught} |")
    killed = sum(outcome.killed for outcome in outcomes)
    lines += ["", f"{killed} of {len(outcomes)} are caught."]
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    """Run the harness; errors to make can be named."""
    asked = [word for word in words if not word.startswith("-")]
    chosen = [o for o in operators().values() if not asked or o.name in asked]
    known = claims()
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        outcomes = list(pool.map(lambda o: attempt(o, known.get(o.name, [])), chosen))
    for outcome in outcomes:
        if not outcome.killed:
            print(f"--- {outcome.operator.name}\n{outcome.said}", file=sys.stderr)
    print(page(outcomes), end="")
    if "--write" in words:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    return 0 if all(outcome.killed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
