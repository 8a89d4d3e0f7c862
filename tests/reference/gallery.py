"""The gallery of replications: what was published, what heco gives, and the difference.

Each folder here with a ``[replication]`` in its expected.toml is a published model, written in the
scenario language as a user would write it, and what was published about it. A number must agree to
half of its last printed digit, so nobody chooses a tolerance. Where it does not, ``heco`` says what
heco gives instead and ``why``: then the misfit itself is held fast.

`docs/replications.md` is written by ``python tests/reference/gallery.py``; a test compares.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import heco

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "replications.md"

#: What may tell apart numbers of one quantity.
KEYS = ("strategy", "comparator", "wtp", "subject")

#: The order of the page: by kind of model, then by folder.
CHAPTERS = {
    "tree": "Decision trees",
    "cohort": "Cohort models with constant probabilities",
    "time": "Cohort models whose probabilities change with time or age",
    "tunnels": "Time in state",
    "frontier": "Many strategies",
}

INTRODUCTION = """\
# Replications

Published models, written in the scenario language, and what heco makes of them. Each is a folder
under `tests/reference/` with the model (`model.toml`, sometimes with variants) and the published
numbers with their places (`expected.toml`); the test suite checks all of them on every change. This
page is written by `python tests/reference/gallery.py`.

A number agrees if it lies within half of the last digit that was printed. Where a source is at odds
with heco, the table says so and why, and a test holds the explanation: mostly it rebuilds the
printed number with the source's own slip. Uncertainty is not replicated here, but in
`tests/reference/*_psa`.
"""


@dataclass(frozen=True)
class Replication:
    """A folder: what it is about and what was published."""

    folder: str
    about: dict[str, str]
    expects: list[dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """A published number beside heco's."""

    quantity: str
    printed: str
    heco: str
    difference: str
    agrees: bool
    why: str


def replications() -> list[Replication]:
    """Read all folders, in alphabetical order."""
    found = []
    for path in sorted(HERE.glob("*/expected.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        if "replication" in content:
            found.append(Replication(path.parent.name, content["replication"], content["expect"]))
    return found


@functools.cache
def run(folder: str, model: str) -> heco.RunResult:
    """Run one model of a folder, without draws."""
    return heco.run(heco.load(HERE / folder / f"{model}.toml"), draws=0)


def quantity(folder: str, expect: dict[str, Any]) -> Any:
    """Return heco's number for a published one: exactly one must fit."""
    result = run(folder, expect.get("model", "model"))
    where = {key: expect[key] for key in KEYS if key in expect}
    found = [
        q
        for q in result.quantities
        if q.quantity == expect["quantity"]
        and q.basis == "deterministic"
        and all(getattr(q, key) == value for key, value in where.items())
    ]
    assert len(found) == 1, f"{len(found)} numbers fit {expect}"
    return found[0]


def agrees(value: float, printed: str) -> bool:
    """Tell whether a value lies within half of the last printed digit."""
    last_digit = Decimal(1).scaleb(Decimal(printed).as_tuple().exponent)
    # And the last bit of the decimal that was printed.
    return bool(abs(value - float(printed)) <= float(last_digit) * 0.5 * (1 + 1e-9))


# ---- The page -----------------------------------------------------------------------------------


def rounded(value: float, printed: str) -> Decimal:
    """Return a value to one digit more than was printed."""
    exponent = Decimal(printed).as_tuple().exponent
    digits = Decimal(1).scaleb(int(exponent) - 1)
    return Decimal(repr(float(value))).quantize(digits, ROUND_HALF_EVEN)


def row(folder: str, expect: dict[str, Any]) -> Row:
    """Lay a published number beside heco's."""
    found, printed = quantity(folder, expect), expect["printed"]
    words = [expect["quantity"].replace("_", " ")]
    words += [expect[key] for key in ("strategy", "subject") if key in expect]
    if "comparator" in expect:
        words.append(f"against {expect['comparator']}")
    if "wtp" in expect:
        words.append(f"at {expect['wtp']:,}")
    if "model" in expect:
        words.append(f"({expect['model']}.toml)")
    name = " ".join(str(word) for word in words)
    if found.value is None:
        fits = found.unit == printed
        return Row(name, printed, found.unit, "", fits, expect.get("why", ""))
    value = rounded(found.value, printed)
    difference = value - Decimal(printed)
    shown = f"{difference:+f}" if difference else "0"
    fits = agrees(found.value, printed)
    return Row(name, printed, f"{value:f}", shown, fits, expect.get("why", ""))


def section(replication: Replication) -> str:
    """Write what is replicated of one model."""
    about = replication.about
    kind = f"{about['kind'][0].upper()}{about['kind'][1:]}"
    lines = [f"### {about['title']}", "", f"{kind}. `tests/reference/{replication.folder}`"]
    lines += ["", f"Source: {about['source'].strip()}."]
    if "note" in about:
        lines += ["", about["note"].strip()]
    head = "| Where printed | Quantity | Published | heco | Difference | Within half a digit |"
    lines += ["", head, "|---|---|---:|---:|---:|---|"]
    for expect in replication.expects:
        line, at = row(replication.folder, expect), expect.get("at", about.get("at", ""))
        verdict = "yes" if line.agrees else f"no: {line.why}"
        cells = (at, line.quantity, line.printed, line.heco, line.difference, verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def overview(chapters: dict[str, list[Replication]]) -> str:
    """Write how many numbers of each model agree."""
    lines = ["| Model | Kind | Numbers | Agree | Explained |", "|---|---|---:|---:|---:|"]
    totals = [0, 0]
    for one in (one for found in chapters.values() for one in found):
        fits = sum(row(one.folder, expect).agrees for expect in one.expects)
        totals[0] += len(one.expects)
        totals[1] += fits
        cells = (one.about["title"], one.about["kind"], len(one.expects), fits)
        lines.append(f"| {' | '.join(map(str, cells))} | {len(one.expects) - fits} |")
    lines.append(f"| **All** | | {totals[0]} | {totals[1]} | {totals[0] - totals[1]} |")
    return "\n".join(lines)


def page() -> str:
    """Write the whole gallery."""
    chapters: dict[str, list[Replication]] = {name: [] for name in CHAPTERS}
    for one in replications():
        chapters[one.about["chapter"]].append(one)
    parts = [INTRODUCTION, overview(chapters)]
    for name, title in CHAPTERS.items():
        parts += [f"## {title}", *(section(one) for one in chapters[name])]
    return "\n\n".join(part.strip() for part in parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
