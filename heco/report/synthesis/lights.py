"""Risk of bias as traffic lights and as shares of studies: shown, never used as weights.

Each light has a sign of its own, so that colours are not needed to read it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from heco.report import reading, style
from heco.report.chart import Chart
from heco.report.synthesis.words import squeezed

if TYPE_CHECKING:
    from heco.evidence.judgements import Judgements

#: Word -> sign, colour, words of the key.
LIGHTS = {
    "low": ("+", style.GREEN, "+ low risk"),
    "moderate": ("~", style.YELLOW, "~ moderate"),
    "some concerns": ("~", style.YELLOW, "~ some concerns"),
    "unclear": ("?", style.YELLOW, "? unclear"),
    "high": ("×", style.VERMILLION, "× high risk"),
    "serious": ("×", style.VERMILLION, "× serious"),
    "critical": ("!", style.PURPLE, "! critical"),
    "no information": ("·", style.SKY, "· no information"),
    "": ("", style.FAINT, "not judged"),
}
#: Studies with lights of their own at most; the bars below count all of them.
MOST = 100
_ROW, _NAMES, _WIDEST = 0.27, 2.3, 0.34


def chart(judged: Judgements, name: str = "risk_of_bias", what: str = "") -> Chart:
    """Return the traffic lights.

    Parameters
    ----------
    judged : Judgements
        By study and domain.
    name : str
        File name without ending.
    what : str
        Whose studies they are, for the title.
    """
    where = "overall" if judged.overall else "in some domain"
    title = f"Risk of bias{f' of {what}' if what else ''}: high {where} in {judged.grave} of " + (
        f"{len(judged.study)} studies" if len(judged.study) != 1 else "1 study"
    )
    rows = [
        (study, domain, word)
        for study, words in zip(judged.study, judged.words, strict=True)
        for domain, word in zip(judged.domains, words, strict=True)
    ]
    return Chart(
        name=name,
        title=title,
        alt="Traffic lights by study and domain. "
        + "; ".join(f"{study}, {domain}: {word or 'not judged'}" for study, domain, word in rows),
        table=reading.tidy(name, title, "study domain judgement", rows),
        draw=partial(_draw, judged, title),
        note="Shown beside the effects; judgements are not used as weights.",
    )


def _draw(judged: Judgements, title: str) -> Any:
    shown = judged.study[:MOST]
    used = [word for word in LIGHTS if any(word in row for row in judged.words)]
    n = len(judged.domains)
    rows, bars = _ROW * len(shown), _ROW * n
    key = style.key_height([LIGHTS[word][2] for word in used])
    page = style.Page(title, key + 0.28 + rows + 0.28 + bars + 0.26)
    page.key(0, [(LIGHTS[word][1], LIGHTS[word][2]) for word in used])
    wide = min(_WIDEST, (style.WIDTH - _NAMES - style.EDGE) / n)
    _lights(page, judged, shown, key + 0.28, wide)
    _bars(page, judged, key + 0.28 + rows + 0.28)
    if len(shown) < len(judged.study):
        more = f"Lights of the first {len(shown)} studies; the bars count all {len(judged.study)}."
        page.text(style.EDGE, key + 0.28 + rows + 0.28 + bars + 0.04, more, size=style.SMALL,
                  color=style.GREY)  # fmt: skip
    return page.figure


def _lights(
    page: style.Page, judged: Judgements, shown: tuple[str, ...], top: float, wide: float
) -> None:
    n = len(judged.domains)
    for j in range(n):
        head = "All" if judged.overall and j == n - 1 else str(j + 1)
        page.text(_NAMES + wide * (j + 0.5), top - 0.12, head, size=style.SMALL, ha="center",
                  va="center", weight="bold")  # fmt: skip
    axes = page.axes(_NAMES, top, wide * n, _ROW * len(shown))
    _blank(axes, n, len(shown))
    for i, study in enumerate(shown):
        label = squeezed(study, _fits)
        page.text(style.EDGE, top + _ROW * (i + 0.5), label, size=style.SMALL, va="center")
        for j, word in enumerate(judged.words[i]):
            sign, colour, _ = LIGHTS[word]
            axes.scatter([j + 0.5], [i + 0.5], s=150, color=colour, linewidth=0, zorder=2,
                         clip_on=False)  # fmt: skip
            axes.text(j + 0.5, i + 0.5, sign, ha="center", va="center_baseline", size=style.SMALL,
                      weight="bold", color=style.readable_on(colour), zorder=3)  # fmt: skip


def _fits(text: str) -> bool:
    return style.text_width(text, style.SMALL) <= _NAMES - 0.2


def _bars(page: style.Page, judged: Judgements, top: float) -> None:
    n = len(judged.domains)
    axes = page.axes(_NAMES, top, style.WIDTH - _NAMES - 0.12, _ROW * n)
    _blank(axes, len(judged.study), n)
    for j, domain in enumerate(judged.domains):
        overall = judged.overall and j == n - 1
        numbered = domain if domain == f"D{j + 1}" else f"{j + 1}  {domain}"
        head = "All: overall" if overall else numbered
        label = style.wrap(head, _NAMES - 0.2, style.SMALL, bold=overall, lines=2)
        page.text(style.EDGE, top + _ROW * (j + 0.5), label, size=style.SMALL, va="center",
                  weight="bold" if overall else "normal", linespacing=0.95)  # fmt: skip
        words, at = judged.of(j), 0
        for word, (_, colour, _) in LIGHTS.items():
            count = words.count(word)
            if count:
                axes.barh(j + 0.5, count, left=at, height=0.7, color=colour, linewidth=0)
                axes.text(at + count / 2, j + 0.5, str(count), ha="center", va="center",
                          size=style.SMALL, color=style.readable_on(colour))  # fmt: skip
                at += count


def _blank(axes: Any, width: float, height: float) -> None:
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_xticks([])
    axes.set_yticks([])
    style.quiet(axes, x=False, y=False)
