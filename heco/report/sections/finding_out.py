"""What should be found out first, for those who decide: in words, figures and one row a study."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, view
from heco.result import RunResult

NAME = "finding_out"
#: What a verdict asks for, in words.
_DO = {
    "go": "worth doing",
    "stop": "not worth its cost",
    "uncertain": "cannot be told; a small pilot may",
}


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What should be found out first"


def applies(run: RunResult) -> bool:
    """Return whether it was asked."""
    return "voi" in run


def context(run: RunResult) -> dict[str, object]:
    """Return the sentences, and what each study is worth at each willingness to pay."""
    # Where it is the only question, its sentences stand at the top of the page already.
    first = run.results[0].analysis == "voi"
    return {"sentences": () if first else run["voi"].headline, "studies": _studies(run)}


def _studies(run: RunResult) -> View | None:
    rows = reading.rows(run, "studies")
    if not rows:
        return None
    currency = reading.currency(run)

    def size(r: Record) -> str:
        if r["verdict"] == "stop":
            return numbers.NOTHING
        return numbers.count(r["best_n"])

    def worth(r: Record) -> str:
        # "stop" is not a draw of a size: what it costs at least is known exactly.
        error = 0.0 if r["verdict"] == "stop" else float(r["error"] or 0.0)
        return numbers.money(r["enbs"], currency, signed=True, error=error)

    fields = [
        Field("Study", lambda r: str(r["label"]), below=lambda r: reading.at_wtp(run, r["wtp"])),
        Field("Reading", lambda r: _DO[str(r["verdict"])]),
        Field("Best size tried", size, number=True),
        Field("Worth, less its cost, at that size", worth, number=True),
    ]
    order = list(dict.fromkeys(str(r["study"]) for r in rows))
    rows = sorted(rows, key=lambda r: order.index(str(r["study"])))
    notes = [
        "Worth to all who are decided for after the study has reported, less everything that it "
        "costs, in today's money. A study is worth doing or not only at the value of a "
        f"{reading.effect(run)} that its row names."
    ]
    return view("Which studies are worth their cost", rows, fields, notes, "studies")
