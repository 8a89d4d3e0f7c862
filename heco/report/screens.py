"""What the commands that answer one kind of question print: its sentences, its table, the files.

The same sentences and numbers as the report. A number that was simulated is printed to the digits
that its Monte Carlo error leaves standing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.terminal import say_to
from heco.result import RunResult

if TYPE_CHECKING:
    from rich.console import Console

    from heco.report.publish import Publication

#: Rows of a table that fit on a screen; the files have all.
MOST = 15
#: Room for the name of a row, and for each number. [characters]
_LABEL, _NUMBER = 26, 11


@dataclass(frozen=True)
class Screen:
    """A table for the terminal: headings, rows in words, and how many rows are left out."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out: int = 0


def show(run: RunResult, to: Console, written: Publication | None = None) -> None:
    """Print what one kind of question found.

    Parameters
    ----------
    run : RunResult
        What was computed.
    to : rich Console
        Where to print.
    written : Publication, optional
        Where the files are.
    """
    to.print()
    say_to(to, run.title, "bold")
    # The answer says in short what these say at length.
    silent = {"inputs", *(("base_case", "psa") if "answer" in run else ())}
    for result in run.results:
        if result.analysis in silent or not result.headline:
            continue
        to.print()
        for position, sentence in enumerate(result.headline):
            style = "bold cyan" if result is run.results[0] and not position else ""
            say_to(to, sentence, style, "  " if style else "  · ")
    for screen in screens(run):
        to.print()
        to.print(_table(screen, to.width))
        if screen.left_out:
            say_to(to, f"and {screen.left_out} more in the files")
    if warnings := reading.warnings(run):
        to.print()
        say_to(to, "Before you use these figures", "bold yellow")
        for warning in warnings:
            say_to(to, warning, "yellow", "  ! ")
    if written is not None:
        to.print()
        say_to(to, f"Report  {written.folder / 'report.html'}", "bold", wrapped=False)
        say_to(to, f"        and {len(written.files) - 1} more files beside it", wrapped=False)


def screens(run: RunResult) -> list[Screen]:
    """Return the tables that a run has the numbers for."""
    return [screen for make in SCREENS if (screen := make(run)) is not None]


def _table(screen: Screen, width: int) -> object:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False,
        title=Text(screen.title, style="bold"), title_justify="left",
    )  # fmt: skip
    each = max(_NUMBER, (width - _LABEL) // max(len(screen.heads) - 1, 1) - 2)
    for position, head in enumerate(screen.heads):
        if position:
            table.add_column(Text(head), justify="right", vertical="bottom", max_width=each)
        else:
            table.add_column(Text(head), vertical="bottom", min_width=_LABEL, overflow="fold")
    for row in screen.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _tornado(run: RunResult) -> Screen | None:
    rows = [r for r in reading.rows(run, "tornado") if r["width"]]
    if not rows:
        return None
    currency = reading.currency(run)
    outcome = str(run["tornado"].data["outcome"])

    def end(r: Record, side: str) -> str:
        return numbers.input_value(r[f"{side}_value"], str(r["unit"]), currency)

    def value(r: Record, side: str) -> str:
        if outcome in ("incremental_qaly", "required_gain"):
            return numbers.qaly(r[f"at_{side}"])
        return numbers.money(r[f"at_{side}"], currency)

    def flips(r: Record) -> str:
        if not r["flips"]:
            return ""
        if r["flip_value"] is None:
            return "yes"
        return f"at {numbers.input_value(r['flip_value'], str(r['unit']), currency)}"

    heads = ["Input", "low", "gives", "high", "gives"]
    decides = any(r["flips"] for r in rows)
    shown = [
        [
            str(r["label"]), end(r, "low"), value(r, "low"), end(r, "high"), value(r, "high"),
            *([flips(r)] if decides else []),
        ]
        for r in rows[:MOST]
    ]  # fmt: skip
    notes = reading.notes(run, "tornado")
    return Screen(
        notes[0].rstrip(".") if notes else "One input at a time",
        [*heads, *(["flips"] if decides else [])], shown, max(0, len(rows) - MOST),
    )  # fmt: skip


def _threshold(run: RunResult) -> Screen | None:
    rows = reading.rows(run, "threshold", strategy=reading.option(run))
    if not rows:
        return None
    currency = reading.currency(run)
    wtps = list(dict.fromkeys(r["wtp"] for r in rows))
    by_name: dict[str, list[Record]] = {}
    for r in rows:
        by_name.setdefault(str(r["parameter"]), []).append(r)

    def said(r: Record) -> str:
        if r["value"] is None:
            return str(r["status"] or "not defined")
        return f"{r['worth_it']} {numbers.input_value(r['value'], str(r['unit']), currency)}"

    shown = []
    for mine in by_name.values():
        base = numbers.input_value(mine[0]["base"], str(mine[0]["unit"]), currency)
        cells = ["; ".join(map(said, reading.where(mine, wtp=wtp))) for wtp in wtps]
        shown.append([str(mine[0]["parameter_label"]), base, *cells])
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    heads = ["Input", "as it is", *(f"at {numbers.money(wtp, currency)}" for wtp in wtps)]
    return Screen(f"Where {option} is worth its cost", heads, shown)


def _assurance(run: RunResult) -> Screen | None:
    rows = reading.rows(run, "assurance")
    if not rows:
        return None
    currency = reading.currency(run)

    def limited(r: Record) -> str:
        low, high = (
            numbers.input_value(_rough(r[key]), str(r["unit"]), currency)
            for key in ("lower", "upper")
        )
        return numbers.interval(low, high)

    shown = [
        [
            str(r["label"]), numbers.money(r["wtp"], currency),
            "on average" if r["probability"] is None else numbers.percent(r["probability"]),
            str(r["worth_it"]) if r["value"] is None else f"{r['worth_it']} "
            + numbers.input_value(_rough(r["value"]), str(r["unit"]), currency),
            limited(r),
        ]
        for r in rows
    ]  # fmt: skip
    heads = ["Input", f"{reading.effect(run)} worth", "probability", "worth it", "95% interval"]
    return Screen("Given how unsure everything else is", heads, shown)


def _rough(value: float | None) -> float | None:
    """Return a simulated value to the three digits that simulation supports."""
    return None if value is None else float(f"{value:.3g}")


def _sobol(run: RunResult) -> Screen | None:
    rows = sorted(reading.rows(run, "sobol", output="inmb"), key=lambda r: -r["total"])
    if not rows:
        return None

    def share(r: Record, key: str) -> str:
        return "under 1%" if r[key] < 0.01 else numbers.percent(r[key], decimals=0)

    shown = [[str(r["label"]), share(r, "first"), share(r, "total")] for r in rows[:MOST]]
    heads = ["Input", "by itself", "with interactions"]
    return Screen("Shares of the variance of net benefit", heads, shown, max(0, len(rows) - MOST))


def _morris(run: RunResult) -> Screen | None:
    rows = reading.rows(run, "morris", output="inmb")
    if not rows:
        return None
    currency = reading.currency(run)

    def money(value: object) -> str:
        return numbers.NOTHING if value is None else numbers.money(value, currency)

    shown = [
        [str(r["label"]), money(r["strength"]), money(r["direction"]), money(r["spread"])]
        for r in rows[:MOST]
    ]
    heads = ["Input", "mean absolute", "mean", "spread"]
    title = "Change of net benefit over the range of each input"
    return Screen(title, heads, shown, max(0, len(rows) - MOST))


def _pawn(run: RunResult) -> Screen | None:
    rows = reading.rows(run, "pawn", output="inmb")
    if not rows:
        return None
    shown = [
        [str(r["label"]), numbers.fixed(r["median"], 2), numbers.fixed(r["largest"], 2)]
        for r in rows[:MOST]
    ]
    heads = ["Input", "median", "largest"]
    title = "How much knowing an input changes the distribution of net benefit (0 to 1)"
    return Screen(title, heads, shown, max(0, len(rows) - MOST))


def _psa(run: RunResult) -> Screen | None:
    rows = reading.rows(run, "probability_cost_effective")
    if not rows:
        return None
    currency = reading.currency(run)
    names = list(dict.fromkeys(str(r["strategy"]) for r in rows))
    losses = reading.rows(run, "expected_loss")
    shown = []
    for wtp in dict.fromkeys(r["wtp"] for r in rows):
        mine = {str(r["strategy"]): r for r in reading.where(rows, wtp=wtp)}
        cells = [f"{mine[name]['printed']}{' *' if mine[name]['best'] else ''}" for name in names]
        lost = [r["expected_loss"] for r in reading.where(losses, wtp=wtp)]
        least = numbers.money(min(lost), currency, 0 if min(lost) >= 10 else 2) if lost else ""
        shown.append([numbers.money(wtp, currency), *cells, least])
    heads = [
        f"{reading.capital(reading.effect(run))} worth",
        *(reading.strategy(run, name) for name in names), "lowest loss",
    ]  # fmt: skip
    return Screen("Probability most cost-effective (*: highest mean net benefit)", heads, shown)


#: In the order in which a reader wants them.
SCREENS: tuple[Callable[[RunResult], Screen | None], ...] = (
    _tornado, _threshold, _assurance, _psa, _sobol, _morris, _pawn,
)  # fmt: skip
