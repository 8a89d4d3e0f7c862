"""``heco meta``: what many studies say together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from heco.commands.options import Finite

if TYPE_CHECKING:
    from heco.report.chart import Chart


@click.command()
@click.argument("file", metavar="TRIALS.csv", type=click.Path(path_type=Path))
@click.option(
    "--measure",
    required=True,
    metavar="WORD",
    help="OR, RR, RD, MD, SMD, IRR, HR, PLOGIT or PLOG (proportions), RATE, GEN (any effect), "
    "or ACC (sensitivity and specificity of a test: columns tp, fn, fp, tn).",
)
@click.option(
    "--estimator",
    "estimators",
    multiple=True,
    metavar="WORD",
    help="REML if not given; DL, PM, ML, HS, SJ, EB, ..., IV, MH, Peto, or all. The first leads.",
)
@click.option(
    "--test",
    default="knapp-hartung",
    show_default=True,
    metavar="WORD",
    help="wald, knapp-hartung or knapp-hartung-truncated.",
)
@click.option(
    "--prediction",
    default="higgins",
    show_default=True,
    metavar="RULE",
    help="Rule of the prediction interval: higgins, knapp-hartung or z.",
)
@click.option("--by", default="", metavar="COLUMN", help="Subgroups.")
@click.option(
    "--by-tau2",
    type=click.Choice(["separate", "pooled"]),
    default="separate",
    show_default=True,
    help="Whether subgroups have a between-study variance each.",
)
@click.option(
    "--moderator",
    "moderators",
    multiple=True,
    metavar="COLUMN",
    help="Meta-regression on it; may be given more than once.",
)
@click.option("--log", is_flag=True, help="Published ratios are logarithms already.")
@click.option(
    "--shared",
    default=None,
    metavar="COLUMN",
    help="Names the control arm that several rows share.",
)
@click.option(
    "--shared-rule",
    type=click.Choice(["combine", "split", "covariance"]),
    default="combine",
    show_default=True,
    help="What is done with shared arms.",
)
@click.option(
    "--only",
    "only",
    multiple=True,
    metavar="COLUMN=WORD",
    help="Only the rows in which the column holds the word.",
)
@click.option(
    "--bayes",
    type=Finite(min=0, min_open=True),
    metavar="SCALE",
    help="Bayesian model with a half-normal prior of this scale on tau.",
)
@click.option(
    "--bootstrap",
    type=click.IntRange(0, 100_000),
    default=0,
    metavar="N",
    help="Pool N samples of the studies, drawn with replacement: intervals of the effect and tau2.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the bootstrap."
)
@click.option("--bias", is_flag=True, help="Every test of small-study effects, and trim and fill.")
@click.option(
    "--half",
    type=click.Choice(["zero", "all"]),
    default="zero",
    show_default=True,
    help="With ACC: half a person for studies with an empty cell, or for all as soon as one has.",
)
@click.option(
    "--level",
    type=Finite(0.5, 0.9999),
    default=0.95,
    show_default=True,
    help="Coverage of intervals.",
)
@click.option("--outcome", default="", metavar="TEXT", help="What was measured, for titles.")
@click.option(
    "--favours",
    nargs=2,
    default=("", ""),
    metavar="LEFT RIGHT",
    help="Words at the sides of no effect in the forest plot.",
)
@click.option(
    "--prisma",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Counts of the review's search (stage, label, n), for a flow diagram.",
)
@click.option(
    "--risk-of-bias",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judgements by study and domain, for traffic lights; or give columns that begin rob_.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write; outputs/<name of the file> if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def meta(
    file: Path, measure: str, estimators: tuple[str, ...], test: str, prediction: str, by: str,
    by_tau2: str, moderators: tuple[str, ...], log: bool, shared: str | None, shared_rule: str,
    only: tuple[str, ...], bayes: float | None, bootstrap: int, seed: int, bias: bool, half: str,
    level: float,
    outcome: str, favours: tuple[str, str], prisma: Path | None, risk_of_bias: Path | None,
    output: Path | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Pool studies: one effect, how sure it is, and how much the studies differ.

    One row per study, with a column "study" and, by measure, counts
    (events_treat, n_treat, events_control, n_control), means (mean_treat, sd_treat, n_treat and
    the same of control), or effect with se or with ci_low and ci_high. Any other column can be a
    subgroup or a moderator.

    The first estimator leads: figures, weights and sentences are its own.
    """
    from heco.evidence.meta import read_studies
    from heco.report.document import sha256
    from heco.report.publish import ready
    from heco.review.answers import review
    from heco.review.asked import Asked, all_asked, methods, rule_named, test_named

    folder = output if output is not None else Path("outputs") / file.stem
    from heco.review import accuracy

    if accuracy.asked_for(measure):
        return _accuracy(file, folder, level, half, as_json, quiet)
    asked = Asked(
        methods=methods(estimators), test=test_named(test), prediction=rule_named(prediction),
        level=level, by=by, by_tau2=by_tau2, moderators=moderators, bayes=bayes, bias=bias,
        every=all_asked(estimators), bootstrap=bootstrap, seed=seed, outcome=outcome,
        favours=favours,
        settings=_settings(file, log, shared, shared_rule, only),
    )  # fmt: skip
    studies = read_studies(
        file, measure, log=log, only=_pairs(only), shared_by=shared, shared=shared_rule
    )
    more = _more(prisma, risk_of_bias)
    ready(folder)
    found = review(studies, asked)
    from heco.review.publish import content, publish

    hashes = {
        path.name: sha256(path.read_bytes())
        for path in (file, prisma, risk_of_bias)
        if path is not None
    }
    written = publish(found, folder, hashes, more)
    if as_json:
        from heco.report.document import json_text

        files = {"folder": str(folder), "files": list(written.files)}
        click.echo(json_text({**content(found, hashes), **files}), nl=False)
    elif not quiet:
        from heco.report.terminal import console
        from heco.review.screen import show

        show(found, console(), folder, len(written.files))
    return 0


def _more(prisma: Path | None, risk_of_bias: Path | None) -> list[Chart]:
    """Return the figures of files beside the studies; their mistakes are all reported at once."""
    from heco.errors import Problem, ScenarioError
    from heco.evidence.flow import read_flow
    from heco.evidence.judgements import read_judgements
    from heco.report.synthesis import flow, lights

    made: list[Chart] = []
    wrong: list[Problem] = []
    try:
        made += [flow.chart(read_flow(prisma))] if prisma is not None else []
    except ScenarioError as error:
        wrong += error.problems
    try:
        if risk_of_bias is not None:
            made.append(lights.chart(read_judgements(risk_of_bias)))
    except ScenarioError as error:
        wrong += error.problems
    if wrong:
        raise ScenarioError(wrong)
    return made


def _accuracy(file: Path, folder: Path, level: float, half: str, as_json: bool, quiet: bool) -> int:
    """Pool the sensitivity and specificity of a test."""
    from heco.report import document
    from heco.report.publish import ready
    from heco.report.synthesis import sroc
    from heco.review import accuracy

    tables, found = accuracy.pooled(file, level, half)
    ready(folder)
    written = accuracy.publish(
        tables, found, folder, {file.name: document.sha256(file.read_bytes())}
    )
    if as_json:
        rows = document.results_rows(accuracy.quantities(found))
        said = {"headline": [sroc.headline(found)], "quantities": rows,
                "warnings": list(found.warnings), "folder": str(folder),
                "files": list(written.files)}  # fmt: skip
        click.echo(document.json_text(said), nl=False)
    elif not quiet:
        from heco.report.terminal import console

        accuracy.show(tables, found, console(), folder)
    return 0


def _pairs(only: tuple[str, ...]) -> dict[str, str]:
    """Return the columns and the words that rows must hold."""
    pairs = {}
    for text in only:
        column, equals, word = text.partition("=")
        if not equals or not column.strip():
            raise click.BadParameter(
                f'"{text}" has no "="; write --only outcome=disorganised', param_hint="--only"
            )
        pairs[column.strip()] = word.strip()
    return pairs


def _settings(
    file: Path, log: bool, shared: str | None, rule: str, only: tuple[str, ...]
) -> dict[str, str]:
    """Return how the file was read, in words."""
    return {
        "file": file.name,
        "published ratios": "as logarithms" if log else "on the natural scale",
        "shared control arms": f"{shared}: {rule}" if shared else "none named",
        "rows": ", ".join(only) or "all",
    }
