"""Risk of bias as traffic lights: shown beside the studies, never used as weights.

Every column that begins with ``rob_`` is a domain: those of RoB 2 (low, some concerns, high) or of
the older Cochrane tool (low, unclear, high). Each light has a sign of its own, so that colours are
not needed to read it.

References
----------
Sterne et al. (2019), BMJ 366:l4898 (RoB 2); Higgins et al. (2011), BMJ 343:d5928.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from heco.errors import Problem, ScenarioError, did_you_mean
from heco.evidence.meta.covariates import MISSING
from heco.report import reading, style
from heco.report.chart import Chart
from heco.review.answers import Review

#: Word -> sign, colour, words of the key.
LIGHTS = {
    "low": ("+", style.GREEN, "+ low risk"),
    "some concerns": ("~", style.YELLOW, "~ some concerns"),
    "unclear": ("?", style.YELLOW, "? unclear"),
    "high": ("×", style.VERMILLION, "× high risk"),
    "": ("", style.FAINT, "not judged"),
}
_START = "rob_"
_ROW, _COLUMN, _NAMES = 0.27, 0.34, 2.3


def domains(found: Review) -> list[str]:
    """Return the columns that judge a domain."""
    return [column for column in found.studies.columns if column.startswith(_START)]


def chart(found: Review) -> Chart | None:
    """Return the traffic lights of the studies that are pooled; None without any judgement.

    Raises
    ------
    ScenarioError
        If a judgement is not one of the words.
    """
    columns = domains(found)
    if not columns:
        return None
    names = found.effects.study
    judged = {column: [_word(cell, name, column) for cell, name in
                       zip(found.studies.column(column, found.effects), names, strict=True)]
              for column in columns}  # fmt: skip
    high = sum(any(judged[column][i] == "high" for column in columns) for i in range(len(names)))
    title = f"Risk of bias: high in some domain in {high} of {len(names)} studies"
    rows = [
        (name, column.removeprefix(_START), judged[column][i])
        for i, name in enumerate(names)
        for column in columns
    ]
    return Chart(
        name="risk_of_bias",
        title=title,
        alt="Traffic lights by study and domain. "
        + "; ".join(f"{name}, {domain}: {word or 'not judged'}" for name, domain, word in rows),
        table=reading.tidy("risk_of_bias", title, "study domain judgement", rows),
        draw=partial(_draw, names, judged, title),
        note="Shown beside the effects; judgements are not used as weights.",
    )


def _word(cell: str, study: str, column: str) -> str:
    word = cell.strip().lower()
    if word in (missing.lower() for missing in MISSING):
        return ""
    if word not in LIGHTS:
        hint = did_you_mean(word, [known for known in LIGHTS if known])
        raise ScenarioError([Problem(f'"{cell}" is no judgement of {study}', column, hint)])
    return word


def _draw(names: tuple[str, ...], judged: dict[str, list[str]], title: str) -> Any:
    columns = list(judged)
    used = dict.fromkeys(word for cells in judged.values() for word in cells)
    heads = [column.removeprefix(_START).replace("_", " ") for column in columns]
    listed = [style.wrap(f"{n + 1}  {head}", style.WIDTH - 0.2, style.SMALL, lines=1)
              for n, head in enumerate(heads)]  # fmt: skip
    height = _ROW * len(names)
    key = style.key_height([LIGHTS[word][2] for word in used])
    bars = _ROW * len(columns)
    page = style.Page(title, key + 0.28 + height + 0.28 + bars + 0.08)
    page.key(0, [(LIGHTS[word][1], LIGHTS[word][2]) for word in used])
    top = key + 0.28
    for j in range(len(columns)):
        page.text(_NAMES + _COLUMN * (j + 0.5), top - 0.12, str(j + 1), size=style.SMALL,
                  ha="center", va="center", weight="bold")  # fmt: skip
    axes = page.axes(_NAMES, top, _COLUMN * len(columns), height)
    _blank(axes, len(columns), len(names))
    for i, name in enumerate(names):
        label = style.wrap(name, _NAMES - 0.2, style.SMALL, lines=1)
        page.text(style.EDGE, top + _ROW * (i + 0.5), label, size=style.SMALL, va="center")
        for j, column in enumerate(columns):
            sign, colour, _ = LIGHTS[judged[column][i]]
            axes.scatter([j + 0.5], [i + 0.5], s=150, color=colour, linewidth=0, zorder=2)
            axes.text(j + 0.5, i + 0.5, sign, ha="center", va="center_baseline", size=style.SMALL,
                      weight="bold", color=style.readable_on(colour), zorder=3)  # fmt: skip
    top += height + 0.28
    width = style.WIDTH - _NAMES - 0.12
    shares = page.axes(_NAMES, top, width, bars)
    _blank(shares, len(names), len(columns))
    for j, column in enumerate(columns):
        label = style.wrap(listed[j], _NAMES - 0.2, style.SMALL, lines=1)
        page.text(style.EDGE, top + _ROW * (j + 0.5), label, size=style.SMALL, va="center")
        at = 0
        for word in LIGHTS:
            n = judged[column].count(word)
            if n:
                colour = LIGHTS[word][1]
                shares.barh(j + 0.5, n, left=at, height=0.7, color=colour, linewidth=0)
                shares.text(at + n / 2, j + 0.5, str(n), ha="center", va="center",
                            size=style.SMALL, color=style.readable_on(colour))  # fmt: skip
                at += n
    return page.figure


def _blank(axes: Any, width: int, height: int) -> None:
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    style.quiet(axes, x=False, y=False)
