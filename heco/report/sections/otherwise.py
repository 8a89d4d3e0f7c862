"""What if things were otherwise: two inputs at once, inputs over their range, other settings."""

from __future__ import annotations

from heco.report import numbers, reading
from heco.report.reading import Record
from heco.report.view import Field, View, shown, view
from heco.result import RunResult

NAME = "otherwise"
_MOST_WTP = 2


def title(run: RunResult) -> str:
    """Return the heading."""
    return "What if things were otherwise?"


def applies(run: RunResult) -> bool:
    """Return whether any of the questions was asked."""
    return any(name in run for name in ("two_way", "spider", "alternatives"))


def context(run: RunResult) -> dict[str, object]:
    """Return what was found, in sentences and tables."""
    said = {
        name: run[name].headline if name in run else ()
        for name in ("two_way", "spider", "alternatives")
    }
    maps = list(run["two_way"].data) if "two_way" in run else []
    return {
        "said": said,
        "maps": [f"two_way_{name}" for name in maps],
        "points": _points(run),
        "alternatives": _alternatives(run),
        "gains": _gains(run),
    }


def _points(run: RunResult) -> View | None:
    rows = [r for r in reading.rows(run, "two_way_points") if r["worth_it"] is not None]
    if not rows:
        return None
    maps = run["two_way"].data
    currency = reading.currency(run)

    def value(r: Record, key: str) -> str:
        side = getattr(maps[r["map"]], key)
        if side.gain:
            return numbers.qaly(r[key])
        return numbers.input_value(r[key], side.unit, currency)

    def where(r: Record) -> str:
        found = maps[r["map"]]
        return f"{found.y.label}: {value(r, 'y')}; {numbers.inside(found.x.label)}: {value(r, 'x')}"

    fields = [
        Field("Evidence", lambda r: str(r["label"]), below=lambda r: str(r["source"])),
        Field("Where it lies", where),
        shown(f"{reading.capital(reading.effect(run))} worth", "wtp", "money", currency),
        Field("Net benefit there", lambda r: numbers.money(r["inmb"], currency), number=True),
        Field("Worth its cost there", lambda r: "yes" if r["worth_it"] else "no"),
    ]
    return view("What lies on the maps", rows, fields, (), "two_way_points")


def _settings(run: RunResult, table: str) -> list[Record]:
    """Return one record for each setting: what it says of the option, by willingness to pay."""
    rows = reading.rows(run, table, strategy=reading.option(run), basis="deterministic")
    lines: dict[str, Record] = {}
    for r in rows:
        line = lines.setdefault(str(r["alternative"]), {**r, "all": []})
        line["all"].append(r)
    return list(lines.values())


def _alternatives(run: RunResult) -> View | None:
    lines = _settings(run, "alternatives")
    if len(lines) < 2:
        return None
    currency, effect = reading.currency(run), reading.effects(run)
    count = min(_MOST_WTP, max(len(line["all"]) for line in lines))

    def benefit(position: int) -> Field:
        def text(line: Record) -> str:
            mine = line["all"]
            value = mine[position]["inmb"] if position < len(mine) else None
            return numbers.money(value, currency)

        def best(line: Record) -> str:
            mine = line["all"]
            if position >= len(mine) or not mine[position]["changes_decision"]:
                return ""
            return f"best: {numbers.inside(str(mine[position]['best_label']))}"

        heading = f"Net benefit at {numbers.money(lines[0]['all'][position]['wtp'], currency)}"
        return Field(heading, text, number=True, below=best)

    fields = [
        Field("Setting", lambda r: str(r["setting"]), below=_about),
        shown("Extra cost", "incremental_cost", "money", currency),
        shown(f"Extra {effect}", "incremental_effect", "qaly"),
        *(benefit(k) for k in range(count) if lines[0]["all"][0]["wtp"] is not None),
    ]
    option = numbers.inside(reading.strategy(run, reading.option(run)))
    other = numbers.inside(reading.strategy(run, reading.comparator(run)))
    notes = [*reading.notes(run, "alternatives"), "Base case values; per person."]
    caption = f"{reading.capital(option)} against {other}, under other settings"
    return view(caption, lines, fields, notes, "alternatives")


def _about(r: Record) -> str:
    """Return what a setting changes and where its numbers come from."""
    return ". ".join(str(r[key]).strip().rstrip(".") for key in ("changed", "source") if r[key])


def _gains(run: RunResult) -> View | None:
    rows = reading.rows(run, "alternatives_gain", strategy=reading.option(run), reading="")
    rows = reading.where(rows, basis="deterministic")
    if not rows:
        return None
    currency = reading.currency(run)
    kinds = list(dict.fromkeys((str(r["per"]), str(r["per_label"])) for r in rows))
    lines: dict[str, Record] = {}
    for r in rows:
        line = lines.setdefault(str(r["alternative"]), {**r, "found": {}})
        line["found"].setdefault(r["per"], []).append(r)

    def field(per: str, label: str) -> Field:
        wtp = numbers.money(next(iter(lines.values()))["found"][per][0]["wtp"], currency)

        def first(line: Record) -> Record:
            return dict(line["found"][per][0]) if per in line["found"] else {}

        def own(line: Record) -> str:
            value = first(line).get("modelled")
            return "" if value is None else f"this model: {numbers.qaly(value)}"

        return Field(
            f"Per {label}, at {wtp}",
            lambda line: numbers.qaly(first(line).get("value")),
            number=True,
            below=own,
        )

    fields = [
        Field("Setting", lambda r: str(r["setting"])),
        *(field(per, label) for per, label in kinds),
    ]
    caption = f"{reading.effects(run)} that must be gained, under other settings"
    return view(caption, list(lines.values()), fields, (), "alternatives_gain")
