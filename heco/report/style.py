"""One look for every figure: what the reader should take away, written where the reader looks.

A figure is 5 inches wide, its letters 9 points or more. On A4 it prints at its own size; on a
phone of 390 pixels it shrinks to three quarters, which leaves letters of 9 pixels, the smallest
that can be read. Colours are those of Okabe & Ito (2008), which people with any of the common
colour vision deficiencies can tell apart; no figure relies on colour alone.

Letters are drawn as shapes, not as text (``svg.fonttype = "path"``). The reader's computer rarely
has the font that the labels were measured with, and a replaced font makes labels collide; shapes
look the same everywhere and need no font file. Figures stay searchable through their titles,
descriptions and the table of the same numbers.

matplotlib is imported inside the functions: it costs half a second that other commands need not
pay.
"""

from __future__ import annotations

import contextlib
import functools
import warnings
from collections.abc import Iterator
from typing import Any

INK = "#1f2933"
GREY = "#5f6b76"
FAINT = "#d5dae0"
PAPER = "#ffffff"
BLACK = "#000000"

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
YELLOW = "#F0E442"
SLATE = "#8a949e"

#: In the order in which categories take them.
PALETTE = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, SLATE, YELLOW)

#: Width of every figure, and the white edge at its left and right. [inches]
WIDTH = 5.0
EDGE = 0.08
#: Letter sizes. [points]
TITLE = 11.0
TEXT = 9.5
SMALL = 9.0
DPI = 150

_RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a "$" in an author's label is a dollar
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.labelsize": SMALL,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "lines.linewidth": 2.0,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "path",
    "svg.image_inline": True,
    "path.simplify": True,
}


@contextlib.contextmanager
def in_force(salt: str) -> Iterator[None]:
    """Use heco's look and nothing of the reader's own matplotlib settings.

    Parameters
    ----------
    salt : str
        Name of the figure; identifiers inside its SVG are made from it, the same in every run.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A label in a script that DejaVu does not cover shows boxes; that must not stop a run.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        mpl.rcdefaults()
        mpl.rcParams.update({**_RC, "svg.hashsalt": f"heco {salt}"})
        yield


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Return how wide a text will be. [inches]."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]) / 72


def _exceeds(text: str, width: float, size: float, bold: bool) -> bool:
    """Return whether a text is wider than the room for it. [inches].

    Measuring a text takes as long as drawing it, so it is only measured where the sum of its
    letters leaves any doubt: kerning moves letters by much less than a tenth, and the white at the
    ends of a text is much narrower than half a letter.
    """
    em = size / 72
    letters = sum(_advance(letter, bold) for letter in text) * em
    if 1.05 * letters <= width:
        return False
    if 0.9 * letters - 0.5 * em > width:
        return True
    return text_width(text, size, bold) > width


@functools.cache
def _advance(letter: str, bold: bool) -> float:
    """Return how far a letter moves the pen, as a share of the letter size."""
    # Between two bars, because a text is measured from ink to ink.
    return text_width(f"|{letter}|", 72, bold) - text_width("||", 72, bold)


def wrap(text: str, width: float, size: float = TEXT, bold: bool = False, lines: int = 9) -> str:
    """Break a text into lines of much the same length; what exceeds `lines` ends in an ellipsis.

    Parameters
    ----------
    width : float
        Room for a line. [inches]
    """
    done = _greedy(text, width, size, bold)
    if len(done) > lines:
        done = [*done[: lines - 1], _squeeze(f"{done[lines - 1]} …", width, size, bold)]
    elif len(done) > 1:
        # As many lines as needed, and none much shorter than the others.
        for share in (0.55, 0.65, 0.75, 0.85, 0.93):
            even = _greedy(text, share * width, size, bold)
            if len(even) == len(done):
                done = even
                break
    return "\n".join(_squeeze(line, width, size, bold) for line in done)


def _greedy(text: str, width: float, size: float, bold: bool) -> list[str]:
    done: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and _exceeds(longer, width, size, bold):
            done.append(line)
            line = word
        else:
            line = longer
    return [*done, line]


def _squeeze(line: str, width: float, size: float, bold: bool) -> str:
    """Cut a line that is still too long, such as one endless word."""
    if not _exceeds(line, width, size, bold):
        return line
    line = line.rstrip("…").rstrip()
    while len(line) > 1 and _exceeds(f"{line}…", width, size, bold):
        line = line[:-1].rstrip()
    return f"{line}…"


class Page:
    """A figure with its title in place; axes are put on it by inches from the top left.

    Parameters
    ----------
    title : str
        The takeaway, as a sentence.
    height : float
        Height of what is below the title. [inches]
    """

    def __init__(self, title: str, height: float) -> None:
        from matplotlib.figure import Figure

        text = wrap(title, WIDTH - 2 * EDGE, TITLE, bold=True, lines=4)
        self.top = 0.06 + 0.195 * (text.count("\n") + 1) + 0.1
        self.height = self.top + height
        self.figure = Figure(figsize=(WIDTH, self.height), dpi=DPI)
        self.text(EDGE, 0.04 - self.top, text, size=TITLE, weight="bold", linespacing=1.25)

    def axes(self, left: float, top: float, width: float, height: float, **more: Any) -> Any:
        """Return axes at a distance from the left edge and from below the title. [inches]."""
        bottom = self.height - self.top - top - height
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(box, **more)

    def text(self, left: float, top: float, text: str, **more: Any) -> None:
        """Write a text, its top left corner at a distance from the left and below the title."""
        options: dict[str, Any] = {"ha": "left", "va": "top", "size": TEXT, **more}
        self.figure.text(
            left / WIDTH, (self.height - self.top - top) / self.height, text, **options
        )

    def key(self, top: float, entries: list[tuple[str, str]], left: float = EDGE) -> float:
        """Draw small squares of colour with their meaning, row by row.

        Returns
        -------
        float
            Height used. [inches]
        """
        from matplotlib.patches import Rectangle

        start, row = left, 0
        for colour, words in entries:
            words = wrap(words, WIDTH - 2 * EDGE - 0.2, SMALL, lines=1)
            need = 0.32 + text_width(words, SMALL)
            if left > start and left + need > WIDTH - EDGE:
                left, row = start, row + 1
            y = self.height - self.top - top - 0.19 * row
            self.figure.add_artist(
                Rectangle(
                    (left / WIDTH, (y - 0.12) / self.height),
                    0.11 / WIDTH,
                    0.11 / self.height,
                    color=colour,
                    linewidth=0,
                    transform=self.figure.transFigure,
                )
            )
            self.text(left + 0.16, top + 0.19 * row, words, size=SMALL, color=GREY)
            left += need
        return 0.19 * (row + 1)


def key_height(entries: list[str], left: float = EDGE) -> float:
    """Return the height that `Page.key` will need. [inches]."""
    start, rows = left, 1
    for words in entries:
        need = 0.32 + text_width(wrap(words, WIDTH - 2 * EDGE - 0.2, SMALL, lines=1), SMALL)
        if left > start and left + need > WIDTH - EDGE:
            left, rows = start, rows + 1
        left += need
    return 0.19 * rows


def quiet(axes: Any, x: bool = True, y: bool = True) -> None:
    """Take away the lines that carry no information."""
    for side, shown in (("bottom", x), ("left", y)):
        axes.spines[side].set_visible(shown)
    if not x:
        axes.tick_params(axis="x", length=0)


def readable_on(colour: str) -> str:
    """Return black or white, whichever can be read better on a colour."""
    return BLACK if contrast(BLACK, colour) > contrast(PAPER, colour) else PAPER


@functools.lru_cache
def letters(colour: str) -> str:
    """Return a colour, darkened as far as small letters on paper need it."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    while contrast(colour, PAPER) < 4.6:
        channels = [int(0.95 * channel) for channel in channels]
        colour = "#" + "".join(f"{channel:02x}" for channel in channels)
    return colour


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21; small letters need 4.5 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
