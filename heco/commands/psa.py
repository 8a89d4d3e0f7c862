"""``heco psa``: how sure we are, from a scenario or from draws that another program made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heco.commands.options import Common, Progress, common, deliver, wtp_option
from heco.errors import refuse

if TYPE_CHECKING:
    from heco.result import RunResult

#: What is answered: whether it is worth it, and how sure that is.
ANSWERS = (
    "answer", "base_case", "totals", "psa", "decision_curves", "convergence", "agreement", "inputs",
)  # fmt: skip


def imported_option(function: Any) -> Any:
    """Give a command the options that draws of another program need."""
    options = (
        click.option(
            "--map", "mapping", multiple=True, metavar="KEY=COLUMNS",
            help="What the columns of a CSV file are: --map cost=usual:c0,new:c1 "
            "--map effect=usual:e0,new:e1 --map param=p1,p2.",
        ),
        click.option("--reference", help="CSV: strategy that the others are compared with."),
        click.option("--option", help="CSV: strategy that the question is about."),
        click.option(
            "--currency", default="GBP", show_default=True, help="CSV: currency of the costs."
        ),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def is_csv(files: Sequence[Path]) -> bool:
    """Return whether the files hold draws, not a scenario; both together are refused."""
    kinds = {path.name.lower().removesuffix(".gz").endswith(".csv") for path in files}
    if kinds == {True, False} or (kinds == {False} and len(files) > 1):
        hint = "Give one scenario (.toml), or the CSV files of one analysis."
        raise refuse("these files do not belong together", "the command line", hint)
    return kinds == {True}


def imported(
    files: Sequence[Path],
    own: Common,
    wtp: Sequence[float],
    mapping: Sequence[str],
    reference: str | None,
    option: str | None,
    currency: str,
    only: Sequence[str] | None = None,
) -> tuple[str, RunResult]:
    """Return the name of imported draws, and what they answer.

    Parameters
    ----------
    files : sequence of Path
        CSV files of one analysis.
    own : Common
        The options of the command; draws and seed say nothing here, and are refused.
    wtp : sequence of float
        Willingness to pay.
    mapping : sequence of str
        What the columns are, as given with ``--map``.
    reference, option : str or None
        Strategies.
    currency : str
        Of the costs.
    only : sequence of str, optional
        Which analyses; left out, all.
    """
    import hashlib

    from heco.analysis.imported import About, run_imported
    from heco.psa_file import parse_map, read
    from heco.psa_layouts import NET

    if own.draws is not None or own.seed is not None:
        raise refuse("--draws and --seed make no sense: the draws are there", "the command line")
    draws = read(list(files), parse_map(mapping) if mapping else None)
    if draws.layout == NET:
        hint = "heco voi FILE --wtp NUMBER reads net benefits."
        raise refuse("there are net benefits only; costs and effects are needed", hint=hint)
    name = files[0].name.removesuffix(".gz").rpartition(".")[0]
    about = About(
        name, reference=reference or "", option=option or "", wtp=tuple(wtp), currency=currency
    )
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return name, run_imported(draws, about, hashes, only)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@wtp_option
@imported_option
@click.option(
    "--precision", is_flag=True, help="As many draws as the decision needs, not a set number."
)
@click.option(
    "--design", type=click.Choice(("random", "lhs", "sobol")), help="How the draws are spread."
)
@common("psa")
def psa(
    files: tuple[Path, ...],
    wtp: list[float],
    mapping: tuple[str, ...],
    reference: str | None,
    option: str | None,
    currency: str,
    precision: bool,
    design: str | None,
    own: Common,
) -> int:
    """Say how sure an answer is: probabilities, losses, curves, and whether there are draws enough.

    FILE is a scenario (.toml), or draws that another program made (.csv or .csv.gz, one file or
    several that belong together) with columns cost:NAME, qaly:NAME and param:NAME, or as BCEA,
    dampack, SAVI, heemod or hesim write them.
    """
    if is_csv(files):
        if precision or design:
            raise refuse("the draws are there; none are made", "--precision, --design")
        name, answered = imported(files, own, wtp, mapping, reference, option, currency)
        return deliver(own, name, "psa", lambda tell: answered)
    if mapping or reference or option:
        raise refuse("--map, --reference and --option are for CSV files", "the command line")
    from heco.scenario.load import load

    asked: dict[str, Any] = {"design": design} if design else {}
    if precision and own.draws is None:
        asked |= {"precision": True, "draws": None}
    ask: dict[str, dict[str, Any]] = {"analysis": {"psa": asked}}
    if wtp:
        ask["decision"] = {"wtp": sorted(set(wtp))}
    scenario = load(files[0], ask=ask)

    def compute(tell: Progress) -> RunResult:
        from heco.analysis import run_scenario

        return run_scenario(
            scenario, draws=own.draws, seed=own.seed, progress=tell, jobs=own.jobs, only=ANSWERS
        )

    return deliver(own, scenario.name, "psa", compute)
