"""What ``heco meta`` prints: everything that a reviewer asks for, on one screen of 80 columns."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from heco.evidence.meta.forest import arm_headings, arms, weights
from heco.report import numbers
from heco.report.synthesis.words import (
    ESTIMATOR_WORDS,
    TEST_WORDS,
    Words,
    number,
    p_value,
    squeezed,
)
from heco.review import sentences
from heco.review.answers import Review
from heco.review.asked import COMMON

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

#: Studies printed at most; all of them are in the files.
MOST = 40
_NAME = 22


def show(found: Review, to: Console, folder: Path | None = None, files: int = 0) -> None:
    """Print a review.

    Parameters
    ----------
    found : Review
        What was found.
    to : rich Console
        Where to print.
    folder : Path, optional
        Where the files are.
    files : int
        How many there are.
    """
    say(to, sentences.headline(found), "bold")
    to.print(_studies(found, to.width))
    if len(found.effects.study) > MOST:
        say(to, f"and {len(found.effects.study) - MOST} more in tables/studies.csv")
    to.print()
    to.print(_methods(found))
    to.print()
    say(to, "Do the studies agree?", "bold")
    for line in (*sentences.heterogeneity(found), sentences.prediction(found)):
        say(to, line, lead="  ")
    for line in (sentences.tests_of_tables(found), sentences.leaving_out(found)):
        if line:
            say(to, line, lead="  ")
    for line in sentences.bias(found):
        say(to, line, lead="  ")
    if found.bayes is not None:
        say(to, sentences.bayesian(found), lead="  ")
    if found.resampled is not None:
        say(to, sentences.resampled(found), lead="  ")
    if found.subgroups is not None:
        say(to, sentences.subgroup_test(found), "bold")
        to.print(_plain(sentences.subgroups(found)))
    if found.regression is not None:
        say(to, "Meta-regression (pooling scale, per unit of the moderator)", "bold")
        to.print(_coefficients(found))
        for line in sentences.regression(found):
            say(to, line, lead="  ")
    for note in found.notes:
        say(to, note, "cyan", lead="  · ")
    for warning in found.warnings:
        say(to, warning, "yellow", lead="  ! ")
    if folder is not None:
        to.print(f"Files   {folder} ({files} files, figures/forest.svg among them)",
                 soft_wrap=True)  # fmt: skip


def say(to: Console, text: str, style: str = "", lead: str = "") -> None:
    """Print a paragraph; further lines hang below the first letter, none ends in blanks."""
    from rich.text import Text

    lines = textwrap.wrap(
        text, min(to.width, 100), initial_indent=lead, subsequent_indent=" " * len(lead),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    for line in lines:
        to.print(Text(line, style=style), soft_wrap=True)


def _grid(headings: list[tuple[str, bool]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for heading, right in headings:
        table.add_column(
            Text(heading), justify="right" if right else "left", no_wrap=True,
            overflow="ellipsis",
        )  # fmt: skip
    return table


def _studies(found: Review, width: int) -> Table:
    from rich.text import Text

    words, effects = Words(found.effects), found.effects
    main, other = _weight_headings(found)
    level = f"{100 * found.asked.level:g}% CI"
    headings = [("Study", False), *((h, True) for h in arm_headings(found.studies)),
                (f"{words.heading} [{level}]", False), (main, True)]  # fmt: skip
    if other:
        headings.append((other, True))
    if found.without:
        headings.append(("Without", True))
    from heco.evidence.meta import tails

    z = tails.critical(found.asked.level, None)
    weight = weights(found.main, effects)
    by_name = dict(zip(effects.study, found.without, strict=False))
    moving = set(sentences.influential(found))
    rows = []
    for i, name in list(enumerate(effects.study))[:MOST]:
        y, h = float(effects.y[i]), float(z * effects.se[i])
        row = [name + ("*" if name in moving else ""), *arms(found.studies, int(effects.index[i])),
               words.bracketed(y, y - h, y + h),
               numbers.fixed(weight[i], 1)]  # fmt: skip
        if other:
            row.append(numbers.fixed(found.common.weights[i], 1))
        if found.without:
            row.append(words.effect(by_name[name].estimate) if name in by_name else "–")
        rows.append(row)
    table = _grid(headings)
    others = sum(
        1 + max(len(heading), *(len(row[j]) for row in rows if j < len(row)))
        for j, (heading, _) in enumerate(headings) if j
    )  # fmt: skip
    room = max(_NAME // 2, width - others)
    for row in rows:
        row[0] = squeezed(row[0], lambda text: len(text) <= room)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _weight_headings(found: Review) -> tuple[str, str]:
    if found.main.common:
        return f"{found.main.estimator} %", ""
    return f"{found.main.estimator} %", "IV %"


def _methods(found: Review) -> Table:
    from rich.text import Text

    words = Words(found.effects)
    level = f"{100 * found.asked.level:g}% CI"
    table = _grid(
        [("Pooled", False), (f"{words.heading} [{level}]", False), ("p", True), ("τ", True),
         ("I²", True), ("New setting", False)]
    )  # fmt: skip
    for n, p in enumerate(found.pooled):
        name = (ESTIMATOR_WORDS[p.estimator].replace("common effect, ", "common, ")
                if p.estimator in COMMON else f"{p.estimator}, {_TESTS[p.test]}")  # fmt: skip
        ahead = p.prediction
        table.add_row(
            *map(Text, (
                name, words.bracketed(p.estimate, p.low, p.high),
                p_value(p.p) if found.measure.contrast else "",
                "" if p.common else number(p.tau), f"{p.i2:.0f}%" if p.k > 1 else "",
                f"[{words.effect(ahead.low)}, {words.effect(ahead.high)}]" if ahead else "",
            )),
            style="bold" if n == 0 else "",
        )  # fmt: skip
        if p.test != "wald":
            low, high = p.wald[1:]
            table.add_row(
                Text(f"{p.estimator}, Wald"),
                Text(words.bracketed(p.estimate, low, high)),
            )
    return table


_TESTS = {**TEST_WORDS, "knapp-hartung": "Knapp–Hartung", "knapp-hartung-truncated": "K–H ≥ Wald"}


def _coefficients(found: Review) -> Table:
    from rich.text import Text

    assert found.regression is not None
    table = _grid([("", False), ("coefficient", True), ("95% CI", False), ("p", True)])
    for c in found.regression.coefficients:
        ends = f"{number(c.low)} to {number(c.high)}" if math.isfinite(c.low) else ""
        table.add_row(*map(Text, (f"  {c.name}", number(c.estimate), ends, p_value(c.p))))
    return table


def _plain(rows: list[tuple[str, str, str, str]]) -> Table:
    from rich.text import Text

    table = _grid([("  group", False), ("k", True), ("effect", False), ("spread", False)])
    for name, *rest in rows:
        table.add_row(Text(f"  {name}"), *map(Text, rest))
    return table
