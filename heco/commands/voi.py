"""``heco voi``: what should be found out first, and whether a study of it pays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heco.commands.options import Finite
from heco.commands.run import Bar

if TYPE_CHECKING:
    from rich.console import Console

    from heco.analysis.context import Context
    from heco.report.publish import Publication
    from heco.result import RunResult
    from heco.scenario.schema_study import Voi


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True,
                type=click.Path(path_type=Path))  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder to write; outputs/<name>-voi if not given.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
@click.option("--wtp", type=Finite(min=0, min_open=True), multiple=True,
              help="Willingness to pay; several are allowed.")  # fmt: skip
@click.option("--parameter", "parameters", multiple=True, metavar="NAME",
              help="An input to look at; left out, every uncertain one.")  # fmt: skip
@click.option("--group", "groups", multiple=True, metavar="NAME=A,B",
              help="Inputs that would be learnt together; several are allowed.")  # fmt: skip
@click.option("--people", type=Finite(min=0), help="People decided for each year.")
@click.option("--prevalent", type=Finite(min=0), help="People decided for at once.")
@click.option("--horizon", type=Finite(min=0, min_open=True), metavar="YEARS",
              help="How long the decision stays open to evidence.")  # fmt: skip
@click.option("--discount", type=Finite(min=0), help="Yearly rate, such as 0.035.")
@click.option("--continuous", is_flag=True, help="People come all the time, not once a year.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed instead of the scenario's own.")
@click.option("--draws", type=click.IntRange(min=100), help="Draws instead of the scenario's own.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True,
              help="Processes to use for the draws.")  # fmt: skip
@click.option("--map", "mapping", multiple=True, metavar="KEY=COLUMNS",
              help="Imported draws: which columns are cost, effect, nb (net benefit) and param: a "
              "list NEW=COLUMN,..., a pattern 'tc_(.+)', or @FILE.")  # fmt: skip
@click.option("--reference", default="", metavar="NAME", help="Imported draws: the comparator.")
@click.option("--option", default="", metavar="NAME", help="Imported draws: the option.")
@click.option("--currency", default="GBP", show_default=True, help="Imported draws: of costs.")
@click.option("--quiet", is_flag=True, help="Print nothing but problems.")
def voi(files: tuple[Path, ...], output: Path | None, as_json: bool, quiet: bool,
        **options: Any) -> int:  # fmt: skip
    """Say what should be found out first, and whether a study of it pays.

    FILE is a scenario (.toml), or draws of another program (.csv or .csv.gz): one file with the
    columns cost:NAME, qaly:NAME and param:NAME, or as BCEA, voi, dampack, SAVI, heemod or hesim
    have them, or one file each of costs, effects and parameters. docs/value-of-information.md
    has every layout.

    \b
    heco voi scenario.toml
    heco voi costs.csv effects.csv parameters.csv --wtp 20000 --group trial=p1,p2
    heco voi psa.csv --map 'cost=tc_(.+)' --map 'effect=tq_(.+)' --map param=p1,p2
    heco voi a.csv b.csv --map nb=@a.csv --map param=@b.csv --wtp 20000
    """  # noqa: D301
    # \b above must reach click as the character itself, or it joins the lines of examples.
    from heco.report.publish import publish, ready

    name = files[0].name.removesuffix(".gz").rsplit(".", 1)[0]
    folder = output if output is not None else Path("outputs") / f"{name}-voi"
    ready(folder)
    with Bar(shown=not quiet) as bar:
        answered = _answer(files, name, options, bar.tell)
        written = publish(answered, folder, progress=bar.tell)
    if as_json:
        from heco.report.document import document, json_text

        about = {"folder": str(written.folder), "files": list(written.files)}
        click.echo(json_text({**document(answered), **about}), nl=False)
    elif not quiet:
        from heco.report.terminal import console

        _show(answered, console(), written)
    return 0


def _answer(files: tuple[Path, ...], name: str, options: dict[str, Any], tell: Any) -> RunResult:
    from heco.analysis import answer
    from heco.analysis.conventions import conventions
    from heco.analysis.voi import answer as question
    from heco.result import RunResult

    imported = files[0].suffix.lower() != ".toml"
    if imported:
        context, said, read = _imported(files, name, options)
    else:
        context, read = _scenario(files, options)
        said = conventions(context)
    asked = _asked(context, options)
    result = question.run(context, asked, progress=tell, everything=True)
    return RunResult(
        name=name,
        title=answer.title(context),
        question=question.TITLE,
        scenario=context.scenario,
        results=(result,),
        conventions=said,
        files=read,
        seed=context.seed,
        draws=context.psa.n if context.psa else 0,
    )


def _scenario(files: tuple[Path, ...], options: dict[str, Any]) -> tuple[Context, dict[str, str]]:
    """Return a scenario's run, with its draws."""
    from heco.analysis.context import USUAL_WTP, Context, base_sample, psa_sample
    from heco.errors import refuse
    from heco.model import compile_model
    from heco.scenario.load import load
    from heco.scenario.schema_analysis import Psa

    if len(files) > 1:
        raise refuse("only draws of another program may lie in several files", str(files[1]))
    foreign = [key for key in ("mapping", "reference", "option") if options[key]]
    if foreign:
        raise refuse("this is for imported draws; a scenario says it itself",
                     f"--{foreign[0].replace('mapping', 'map')}")  # fmt: skip
    scenario = load(files[0])
    psa = scenario.analysis.psa or Psa()
    n = options["draws"] or psa.draws
    seed = psa.seed if options["seed"] is None else options["seed"]
    model = compile_model(scenario)
    usual = USUAL_WTP if scenario.decision.currency == "GBP" else ()
    stated = options["wtp"] or scenario.decision.wtp
    wtp = tuple(dict.fromkeys(stated or usual))
    sample, warnings = psa_sample(model, n, seed, psa.design, options["jobs"])
    context = Context(
        model, scenario, base_sample(model), sample, wtp, bool(stated), seed, n, psa.design,
        warnings,
    )  # fmt: skip
    return context, dict(scenario.files)


def _imported(
    files: tuple[Path, ...], name: str, options: dict[str, Any]
) -> tuple[Context, dict[str, str], dict[str, str]]:
    """Return the run behind imported draws, its conventions, and the files read."""
    from dataclasses import replace
    from hashlib import sha256

    from heco.analysis.imported import About, imported_context
    from heco.errors import refuse
    from heco.psa_file import parse_map, read
    from heco.psa_layouts import NET

    mapping = parse_map(options["mapping"]) if options["mapping"] else None
    draws = read(files, mapping)
    if draws.layout == NET and len(set(options["wtp"])) != 1:
        raise refuse(
            "these are net benefits, worked out at one willingness to pay; the file does not say "
            "at which",
            "--wtp", "Say it, for the words of the report: --wtp 20000.",
        )  # fmt: skip
    about = About(
        name, reference=options["reference"], option=options["option"],
        wtp=tuple(dict.fromkeys(options["wtp"])), currency=options["currency"],
    )  # fmt: skip
    context = replace(imported_context(draws, about), seed=options["seed"] or 0)
    said = {
        "source of the draws": f"{draws.n:,} draws of another program, read as {draws.layout}",
        "comparator": context.scenario.comparator,
        "currency": context.currency,
    }
    return context, said, {path.name: sha256(path.read_bytes()).hexdigest() for path in files}


def _asked(context: Context, options: dict[str, Any]) -> Voi:
    """Return the scenario's settings with what the command line says instead."""
    from heco.errors import refuse
    from heco.scenario.schema_study import Voi, VoiPopulation

    asked = context.scenario.analysis.voi or Voi()
    changes: dict[str, Any] = {}
    if options["wtp"]:
        changes["wtp"] = tuple(dict.fromkeys(options["wtp"]))
    if options["parameters"]:
        changes["parameters"] = tuple(options["parameters"])
    if options["groups"]:
        groups = {}
        for text in options["groups"]:
            group, equals, members = text.partition("=")
            names = tuple(part.strip() for part in members.split(",") if part.strip())
            if not (group and equals and names):
                raise refuse(f'"{text}" names no group', "--group", "Write NAME=A,B,C.")
            groups[group.strip()] = names
        changes["groups"] = groups
    known = {
        "per_year": options["people"], "prevalent": options["prevalent"],
        "horizon": options["horizon"], "discount": options["discount"],
        "discounting": "continuous" if options["continuous"] else None,
    }  # fmt: skip
    given = {key: value for key, value in known.items() if value is not None}
    if given:
        base = asked.population or VoiPopulation()
        changes["population"] = base.model_copy(update=given)
    made = asked.model_copy(update=changes)
    assert context.psa is not None
    columns = context.psa.draws.names
    joint = {column.partition(".")[0] for column in columns}
    known_names = {*columns, *joint, *context.scenario.parameters}
    for name in (*(made.parameters or ()), *(m for group in made.groups.values() for m in group)):
        if name not in known_names:
            from heco.errors import did_you_mean

            raise refuse(
                f'there is no input "{name}"', "[analysis] voi", did_you_mean(name, known_names)
            )
    for group in made.groups:
        if group in known_names:
            raise refuse(f'"{group}" is an input; a group needs a name of its own', "--group")
    return made


def _show(run: RunResult, to: Console, written: Publication) -> None:
    """Print the answer for people."""
    import textwrap

    from rich import box
    from rich.table import Table
    from rich.text import Text

    from heco.report import reading
    from heco.report.sections import evidence

    def say(text: str, style: str = "", lead: str = "") -> None:
        for line in textwrap.wrap(
            text, to.width, initial_indent=lead, subsequent_indent=" " * len(lead),
            break_long_words=False, break_on_hyphens=False,
        ):  # fmt: skip
            to.print(Text(line, style=style), soft_wrap=True)

    to.print()
    say(run.title, "bold")
    to.print()
    for number, sentence in enumerate(run.results[0].headline):
        say(sentence, "bold cyan" if number == 0 else "", lead="  " if number == 0 else "  · ")
    made = evidence.context(run)
    for key, most in (("inputs", 4), ("studies", 6)):
        shown: Any = made[key]
        if shown is None:
            continue
        to.print()
        say(shown.caption, "bold")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
        for head in shown.heads[:most]:
            table.add_column(
                Text(head.text), justify="right" if head.number else "left", vertical="bottom",
                overflow="fold", max_width=14 if head.number else 40,
            )  # fmt: skip
        for row in shown.rows:
            table.add_row(*(Text(cell.text) for cell in row[:most]))
        to.print(table)
    if warnings := reading.warnings(run):
        to.print()
        say("Before you use these figures", "bold yellow")
        for warning in warnings:
            say(warning, "yellow", lead="  ! ")
    to.print()
    to.print(Text(f"Report  {written.folder / 'report.html'}", style="bold"), soft_wrap=True)
    to.print(Text(f"        and {len(written.files) - 1} more files beside it"), soft_wrap=True)
