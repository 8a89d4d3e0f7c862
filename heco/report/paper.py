"""Words for the margins of printed pages, where the style sheet has to carry an author's text."""

from __future__ import annotations

import re

#: The most that fits beside the name of the report. [characters]
_ROOM = 90


def quoted(text: str) -> str:
    r"""Return a text as it may stand inside a quoted string of a style sheet.

    Everything but letters, digits and blanks becomes an escape of six hexadecimal digits, so that
    no text can end the string, the rule or the element that it stands in.

    >>> quoted('a "b" </style>')
    'a \\000022b\\000022 \\00003c\\00002fstyle\\00003e'
    """
    line = " ".join(text.split())
    if len(line) > _ROOM:
        line = line[: _ROOM - 1].rstrip() + "…"
    return re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found[0]):06x}", line)
