"""``heco gallery``: every kind of figure on one page, drawn from the scenarios at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from heco.scenario.scenario import Scenario

#: What is drawn if no scenario is named, as far as it is there: the shipped scenarios, and the
#: replications of published models.
FILES = (
    "scenarios/first.toml",
    "scenarios/targeted.toml",
    "scenarios/research.toml",
    "tests/reference/briggs2006_hiv/model.toml",
    "tests/reference/sick_sicker/model.toml",
)
#: A scenario that asks for no more draws than this is drawn until its decision is precise.
FEW = 1_000


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    default=Path("outputs/gallery"), show_default=True, help="Folder to write.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was drawn as one JSON document.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenarios' own.")
@click.option("--draws", type=click.IntRange(min=2), help="Draws instead of the scenarios' own.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def gallery(
    files: tuple[Path, ...],
    output: Path,
    as_json: bool,
    seed: int | None,
    draws: int | None,
    quiet: bool,
) -> int:
    """Draw every kind of figure from several scenarios, on one page.

    Each scenario is asked every question that it has the numbers for, whether its author asks it
    or not. Without FILE, the shipped scenarios and the replications of published models are drawn.
    """
    from heco.analysis import run_scenario
    from heco.commands.run import Bar
    from heco.report.gallery import publish_gallery
    from heco.report.publish import ready
    from heco.scenario.load import load

    scenarios = named([load(path) for path in files or _there()])
    ready(output)  # before the work, not after it
    with Bar(shown=not quiet) as bar:
        runs = [
            run_scenario(every_question(one, draws), draws=draws, seed=seed, progress=bar.tell)
            for one in scenarios
        ]
        written = publish_gallery(runs, output, progress=bar.tell)
    if as_json:
        from heco.report.document import json_text

        what = {"folder": str(output), "files": list(written.files)}
        click.echo(json_text({"scenarios": [run.name for run in runs], **what}), nl=False)
    elif not quiet:
        drawn = sum(name.endswith(".svg") for name in written.files)
        click.echo(f"{drawn} figures of {len(runs)} scenarios")
        click.echo(f"Gallery  {output / 'gallery.html'}")
    return 0


def _there() -> list[Path]:
    """Return the files that are drawn if none is named; that none is there is refused."""
    from heco.errors import refuse

    found = [Path(name) for name in FILES if Path(name).is_file()]
    if not found:
        raise refuse(
            "there is no scenario to draw here",
            hint="Name scenarios: heco gallery first.toml second.toml",
        )
    return found


def named(scenarios: list[Scenario]) -> list[Scenario]:
    """Return the scenarios under names of their own: ``model`` says less than its folder's name."""
    taken: set[str] = set()
    found = []
    for one in scenarios:
        name = one.name
        if one.path is not None and (name == "model" or name in taken):
            name = one.path.resolve().parent.name
        number = 2
        while name in taken:
            name, number = f"{one.name}-{number}", number + 1
        taken.add(name)
        found.append(replace(one, name=_safe(name)))
    return found


def _safe(name: str) -> str:
    """Return a name that can be the name of a folder and of a part of a page everywhere."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name).lower()


def every_question(scenario: Scenario, draws: int | None = None) -> Scenario:
    """Return a scenario that asks every question it has the numbers for.

    What its author asks stays as asked.

    Parameters
    ----------
    scenario : Scenario
        As loaded.
    draws : int, optional
        Number of draws that is about to be asked for instead of the scenario's own.
    """
    from heco.scenario.schema_analysis import Assurance, Nearest, Precision, Psa, Sensitivity
    from heco.scenario.schema_moves import Spider, Tornado, TwoWay
    from heco.scenario.schema_study import Voi

    asked = scenario.analysis
    extra: dict[str, Any] = {}
    deciding = bool(scenario.options and scenario.decision.wtp)
    if asked.psa is None:
        extra["psa"] = Psa()
    elif deciding and draws is None and asked.psa.precision is None and asked.psa.draws <= FEW:
        seed, design = asked.psa.seed, asked.psa.design
        extra["psa"] = Psa(seed=seed, design=design, precision=Precision())
    if deciding:
        solve = asked.threshold.solve[:2] if asked.threshold else ()
        questions = {
            "tornado": Tornado(),
            "spider": Spider(),
            "sensitivity": Sensitivity(draws=512),
            "flip": Nearest(),
            "assurance": Assurance(solve=solve),
            "voi": Voi(),
        }
        if not scenario.distributions:  # nothing is uncertain, so there is nothing to share out
            questions = {name: questions[name] for name in ("tornado", "spider")}
        extra.update({k: v for k, v in questions.items() if getattr(asked, k) is None})
        if len(solve) == 2 and not asked.two_way:
            x, y = ({"parameter": one.parameter, "low": one.low, "high": one.high} for one in solve)
            extra["two_way"] = (TwoWay.model_validate({"x": x, "y": y}),)
    return replace(scenario, analysis=asked.model_copy(update=extra))
