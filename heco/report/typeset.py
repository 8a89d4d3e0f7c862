"""Formulas in print, in plain HTML: letters in italics, what is below and above the line in place.

No script and no mathematics mark-up is needed, so a formula looks the same in every browser and on
paper. Only heco's own formulas are set; what an author writes never comes here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

_PART = re.compile(r"([_^])(\{[^{}]*\}|\S)|([ΣΠΔ]|[A-Za-zα-ω]+)|([^A-Za-zα-ωΣΠΔ_^]+)")
_TAGS = {"_": "sub", "^": "sup"}


@dataclass(frozen=True)
class Formula:
    """A formula that is in force.

    Parameters
    ----------
    name : str
        What it says, as a heading.
    lines : tuple of str
        The formula: ``_`` and ``^`` put the next sign, or what is in braces, below or above.
    where : tuple of (str, str)
        Each sign that needs it, with its meaning.
    source : str
        Where it comes from.
    """

    name: str
    lines: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    source: str = ""


def typeset(text: str) -> Markup:
    """Return a formula as HTML: single letters in italics, words upright.

    Examples
    --------
    >>> str(typeset("C_s = Σ_{t} c_t (1 + r)^{−t}"))
    '<i>C</i><sub><i>s</i></sub> = Σ<sub><i>t</i></sub> <i>c</i><sub><i>t</i></sub> (1 + <i>r</i>)<sup>−<i>t</i></sup>'
    """  # noqa: E501 - one formula, one line
    from markupsafe import Markup, escape

    made = []
    # Three spaces part two formulas on a line; a tilde parts two letters that are multiplied.
    text = text.replace("   ", "\u2003").replace("~", "\u200a")
    for sign, moved, letters, rest in _PART.findall(text):
        if sign:
            inner = moved[1:-1] if moved.startswith("{") else moved
            made.append(f"<{_TAGS[sign]}>{typeset(inner)}</{_TAGS[sign]}>")
        elif letters:
            single = len(letters) == 1 and letters not in "ΣΠΔ"
            made.append(f"<i>{letters}</i>" if single else letters)
        else:
            made.append(str(escape(rest)))
    return Markup("".join(made))
