"""``heco sensitivity``: which inputs' uncertainty moves the answer, all moving at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heco.commands.options import Common, Progress, common, deliver, words, wtp_option
from heco.commands.psa import imported, imported_option, is_csv
from heco.errors import refuse

if TYPE_CHECKING:
    from heco.result import RunResult

#: How PAWN is called, which reads draws and asks no model.
PAWN = "pawn"


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
@click.option(
    "--method", multiple=True, callback=words, metavar="NAME",
    help="sobol (shares of variance), morris (elementary effects), pawn (distances between "
    "distributions); one or several. sobol if not given, pawn for CSV files.",
)  # fmt: skip
@wtp_option
@imported_option
@common(
    "sensitivity",
    "Size of the design: a power of 2 for sobol, starting points for morris, draws for pawn.",
)
def sensitivity(
    files: tuple[Path, ...],
    method: list[str],
    wtp: list[float],
    mapping: tuple[str, ...],
    reference: str | None,
    option: str | None,
    currency: str,
    own: Common,
) -> int:
    """Share out the uncertainty of the answer among the inputs.

    FILE is a scenario (.toml), or draws that another program made (.csv, .csv.gz).
    """
    if is_csv(files):
        if set(method) - {PAWN}:
            what = "draws without a model can only be read by pawn"
            raise refuse(what, "--method", "Leave it out, or write --method pawn.")
        only = ("sensitivity",)
        name, answered = imported(files, own, wtp, mapping, reference, option, currency, only)
        if "sensitivity" not in answered:
            raise refuse("pawn needs inputs and at least 1,000 draws", "--method")
        return deliver(own, name, "sensitivity", lambda tell: answered)
    if mapping or reference or option:
        raise refuse("--map, --reference and --option are for CSV files", "the command line")
    if len(wtp) > 1:
        raise refuse("uncertainty is shared out at one willingness to pay", "--wtp")
    from heco.scenario.load import load

    asked: dict[str, Any] = {"method": method} if method else {}
    if wtp:
        asked["wtp"] = wtp[0]
    if own.draws is not None:
        asked |= {"draws": own.draws} if not method or "sobol" in method else {}
        asked |= {"trajectories": own.draws} if "morris" in method else {}
    ask: dict[str, dict[str, Any]] = {"analysis": {"sensitivity": asked}}
    if PAWN in method:
        ask["analysis"]["psa"] = {}
    scenario = load(files[0], ask=ask)
    settings = scenario.analysis.sensitivity
    assert settings is not None
    draws = own.draws if PAWN in settings.method else 0

    def compute(tell: Progress) -> RunResult:
        from heco.analysis import run_scenario

        return run_scenario(
            scenario, draws=draws, seed=own.seed, progress=tell, jobs=own.jobs,
            only=("sensitivity", "inputs"),
        )  # fmt: skip

    return deliver(own, scenario.name, "sensitivity", compute)
