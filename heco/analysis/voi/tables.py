"""The tables of value of information: one row per number that somebody may want to check."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from heco.analysis.context import Context
from heco.result import Column, Table

if TYPE_CHECKING:
    from heco.analysis.voi.answer import Found


def _wtp(context: Context) -> Column:
    return Column("wtp", f"Willingness to pay per {context.unit}", "money")


def tables(context: Context, found: Found) -> tuple[Table, ...]:
    """Return the tables that there are numbers for.

    Parameters
    ----------
    context : Context
        The run.
    found : Found
        What was worked out.
    """
    made = [_evpi(context, found), _evppi(context, found)]
    if found.studies:
        made.append(_evsi(context, found))
    if any(studied.investments for studied in found.studies):
        made += [_enbs(context, found), _studies(context, found)]
    return tuple(made)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _evpi(context: Context, found: Found) -> Table:
    people = found.people.count() if found.people else None
    rows = [
        (float(wtp), float(value), None if people is None else float(value * people),
         bool(wtp in found.wtp))
        for wtp, value in found.curve.T
    ]  # fmt: skip
    columns = (
        _wtp(context), Column("evpi", "Value of perfect information per person", "pence"),
        Column("evpi_population", "for everybody", "money"), Column("stated", "Stated", "flag"),
    )  # fmt: skip
    notes = ("Nothing that can be found out is worth more than this.",)
    return Table("voi_evpi", "What knowing everything would be worth", columns, tuple(rows), notes)


def _evppi(context: Context, found: Found) -> Table:
    people = found.people.count() if found.people else None
    rows = []
    for k, wtp in enumerate(found.wtp):
        ceiling = found.perfect[wtp][0]
        for name, worths in found.worths.items():
            w, subject = worths[k], found.subjects[name]
            rows.append(
                (
                    wtp, name, subject.label, subject.group, w.value, w.error,
                    w.value / ceiling if ceiling > 0 else None,
                    None if people is None else w.value * people, w.distinct, _known(w.crossfit),
                    _known(w.crossfit_error), w.null, w.null_sd, _known(w.blocks), w.spread,
                    w.residual, w.dof, w.kind, "; ".join(w.doubts(found.n)),
                )
            )  # fmt: skip
    columns = (
        _wtp(context), Column("subject", "Name"), Column("label", "Input"),
        Column("group", "Group", "flag"), Column("evppi", "Worth knowing, per person", "pence"),
        Column("error", "Standard error", "pence"), Column("share", "Share of EVPI", "percent"),
        Column("evppi_population", "for everybody", "money"),
        Column("distinct", "More than nothing", "flag"),
        Column("crossfit", "Cross-fitted", "pence"),
        Column("crossfit_error", "its standard error", "pence"),
        Column("null", "Shuffled: mean", "pence"), Column("null_sd", "and deviation", "pence"),
        Column("blocks", "Sorted blocks", "pence"),
        Column("spread", "Spread over the reference", "pence"),
        Column("residual", "Largest mean residual of a block, standard errors", "number"),
        Column("dof", "Degrees of freedom", "number"), Column("fit", "Fitted by"),
        Column("doubts", "Doubts"),
    )  # fmt: skip
    notes = (
        "What choosing after learning an input would gain over choosing now. Values of inputs do "
        "not add up: two may matter only together, and correlated inputs tell of each other.",
        "“Shuffled” is what inputs with nothing to say appear to be worth. The cross-fitted value "
        "is too low rather than too high.",
    )
    return Table("evppi", "What each input would be worth knowing", columns, tuple(rows), notes)


def _evsi(context: Context, found: Found) -> Table:
    rows = [
        (
            wtp, s.name, s.label, one.n, one.worth.value, one.worth.error, s.ceiling[k].value,
            s.ceiling[k].error, _known(one.gaussian), _known(one.matched), one.apart,
            one.worth.residual, "; ".join(one.worth.doubts(found.n)),
        )
        for k, wtp in enumerate(found.wtp)
        for s in found.studies
        for one in s.worths[k]
    ]  # fmt: skip
    columns = (
        _wtp(context), Column("study", "Name"), Column("label", "Study"),
        Column("n", "Participants", "count"), Column("evsi", "Worth per person", "pence"),
        Column("error", "Standard error", "pence"),
        Column("ceiling", "Worth without end (EVPPI)", "pence"),
        Column("ceiling_error", "its standard error", "pence"),
        Column("gaussian", "By Gaussian approximation", "pence"),
        Column("matched", "By moment matching", "pence"),
        Column("apart", "Spread over collections of simulated data", "pence"),
        Column("residual", "Largest mean residual of a block, standard errors", "number"),
        Column("doubts", "Doubts"),
    )  # fmt: skip
    notes = (
        "Regression on summaries of one simulated data set per draw; the mean over three such "
        "collections. The standard error is that of one. Nothing makes the worth rise with the "
        "size: where it falls, it does so within its error.",
    )
    return Table("evsi", "What each study would tell", columns, tuple(rows), notes)


def _enbs(context: Context, found: Found) -> Table:
    rows = [
        (
            wtp, s.name, s.label, p.n, p.enbs, p.error, p.worth, p.cost,
            p.n == s.investments[k].best.n, p.n in s.investments[k].near,
        )
        for k, wtp in enumerate(found.wtp)
        for s in found.studies
        for p in s.investments[k].points
    ]  # fmt: skip
    columns = (
        _wtp(context), Column("study", "Name"), Column("label", "Study"),
        Column("n", "Participants", "count"), Column("enbs", "Worth less cost", "money"),
        Column("error", "Standard error", "money"), Column("worth", "Worth to everybody", "money"),
        Column("cost", "Cost", "money"), Column("best", "Best size", "flag"),
        Column("near", "Within 5% of the best", "flag"),
    )  # fmt: skip
    notes = (
        "Worth to all who are decided for after the report, less the study, its participants, and "
        "what people lose who wait for it. Discounted.",
    )
    return Table("enbs", "What each study is worth less its cost", columns, tuple(rows), notes)


def _studies(context: Context, found: Found) -> Table:
    rows = []
    for k, wtp in enumerate(found.wtp):
        for s in found.studies:
            made = s.investments[k]
            near = made.near
            rows.append(
                (
                    wtp, s.name, s.label, made.verdict, made.best.n, made.best.enbs,
                    made.best.error, near[0] if near else None, near[-1] if near else None,
                    made.people, _known(made.break_even), made.needed, s.ceiling[k].value
                    * made.people, s.study.source,
                )
            )  # fmt: skip
    columns = (
        _wtp(context), Column("study", "Name"), Column("label", "Study"),
        Column("verdict", "Verdict"), Column("best_n", "Best size", "count"),
        Column("enbs", "Worth less cost", "money"), Column("error", "Standard error", "money"),
        Column("near_from", "Within 5% of the best, from", "count"),
        Column("near_to", "to", "count"), Column("people", "People decided for", "count"),
        Column("break_even", "People needed for it to pay", "count"),
        Column("least_cost", "Cost of the smallest", "money"),
        Column("most", "Worth without end, everybody", "money"), Column("source", "Source"),
    )  # fmt: skip
    notes = (
        "go: the best size pays by more than two standard errors. stop: no size comes within two "
        "standard errors of paying. uncertain: neither; more draws, or a pilot, would tell.",
        "Where the worth without end is below the cost of the smallest, no study of these pays.",
    )
    return Table("studies", "Which studies pay", columns, tuple(rows), notes)
