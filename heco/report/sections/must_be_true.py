"""What must be true for it to be worth its cost: the gain needed, against what evidence says."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "must_be_true"
_MOST_MAPS = 2
_MOST_THRESHOLDS = 4


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What must be true"


def applies(run: RunResult) -> bool:
    """Return whether anything was solved for, or two inputs were moved together."""
    return any(name in run for name in ("required_gain", "two_way", "threshold"))


def context(run: RunResult) -> dict[str, object]:
    """Return the gain by threshold and cost, the maps, and what others published."""
    maps = list(run["two_way"].data.values()) if "two_way" in run else []
    return {
        "sentences": _sentences(run),
        "by_cost": _by_cost(run),
        "maps": [f"two_way_{found.name}" for found in maps[:_MOST_MAPS]],
    }


def _sentences(run: RunResult) -> list[str]:
    """Say what is needed over life and in each year, and what the maps and publications say."""
    said = []
    wtp = next(iter(reading.wtps(run)), None)
    what = {"strategy": reading.option(run), "wtp": wtp}
    for r in reading.rows(run, "required_gain", **what, reading="")[:1]:
        if r["value"] is not None:
            own = f"; this model has {numbers.qaly(r['modelled'])}" if r["modelled"] else ""
            needed = f"{numbers.qaly(r['value'])} {reading.effects(run)}"
            if r["value"] <= 0:
                needed = "no gain"
            said.append(
                f"Needed by each {r['per_label']}, over the whole time that is modelled: "
                f"{needed} at {reading.at_wtp(run, r['wtp'])}{own}."
            )
    for r in reading.rows(run, "required_utility", **what)[:1]:
        if r["value"] is not None and r["value"] > 0:
            label = numbers.inside(str(r["parameter_label"]))
            said.append(
                f"As {label}, that is {numbers.qaly(r['value'])}; this model has "
                f"{numbers.qaly(r['base'])}."
            )
    if "threshold" in run and not said:  # beside a required gain, "Deciding well" has them
        said += run["threshold"].headline[:_MOST_THRESHOLDS]
    if "two_way" in run:
        said += run["two_way"].headline[:_MOST_MAPS]
    if "published" in run:
        said += run["published"].headline[:1]
    return said


def _by_cost(run: RunResult) -> View | None:
    rows = reading.rows(run, "required_gain_by_cost", strategy=reading.option(run), reading="")
    if not rows:
        return None
    rows = reading.where(rows, per=rows[0]["per"])
    lines: dict[float, Record] = {}
    for r in rows:
        line = lines.setdefault(float(r["multiple"]), {**r, "at": {}})
        line["at"][float(r["wtp"])] = r["value"]

    def field(wtp: float) -> Field:
        return Field(
            f"Needed at {reading.at_wtp(run, wtp)}",
            lambda r: numbers.qaly(r["at"].get(wtp)),
            number=True,
        )

    def cost(r: Record) -> str:
        times = float(r["multiple"])
        return "as here" if times == 1 else f"{numbers.number(times)} times as much"

    fields = [
        Field("If the extra cost were", cost),
        shown(f"for each {rows[0]['per_label']}", "extra_cost", "money", reading.currency(run)),
        *map(field, sorted({float(r["wtp"]) for r in rows})),
    ]
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    caption = f"{reading.effects(run)} that each {rows[0]['per_label']} must gain: {option}"
    own = reading.rows(run, "required_gain", strategy=reading.option(run), reading="")
    notes = [f"Gain in this model: {numbers.qaly(own[0]['modelled'])}."] if own and (
        own[0]["modelled"] is not None
    ) else []  # fmt: skip
    if any(r["value"] is not None and r["value"] < 0 for r in rows):
        notes.append("Below zero: so much could be lost, and it would still be worth its cost.")
    return view(caption, list(lines.values()), fields, notes, "required_gain_by_cost", True)
