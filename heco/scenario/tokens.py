"""From text to tokens: the first half of reading an expression, and its error.

Most of this file is advice. People come to an expression with the habits of spreadsheets, R and
Python; what those habits produce is recognised here by its spelling, and answered with the
spelling that heco knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Longest text of one expression. [characters]
MAX_LENGTH = 2_000


class ExpressionError(ValueError):
    """An expression cannot be read.

    Parameters
    ----------
    message : str
        What was found and what was expected.
    hint : str
        What to try, as a sentence; empty if there is nothing better to say.
    column : int
        Where in the text, counted from 1.
    text : str
        The expression as written.
    """

    def __init__(self, message: str, hint: str = "", column: int = 1, text: str = "") -> None:
        super().__init__(message, hint, column, text)
        self.message = message
        self.hint = hint
        self.column = column
        self.text = text

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}"

    @property
    def excerpt(self) -> str:
        """Two lines, the text around the place and a caret under it; empty if there is no text."""
        if not self.text.strip():
            return ""
        start = max(0, self.column - 41)
        shown = "".join(c if c.isprintable() else " " for c in self.text[start : start + 80])
        return f"{shown.rstrip()}\n{' ' * (self.column - 1 - start)}^"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign of an expression.

    Parameters
    ----------
    kind : str
        "number", "name", "sign" (``and``, ``or``, ``not`` included) or "end".
    text : str
        As written.
    column : int
        Of its first character, counted from 1.
    """

    kind: str
    text: str
    column: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f'"{self.text}"'


_NUMBER = re.compile(r"(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_STUCK = re.compile(r"[A-Za-z0-9_.]+")
_SIGN = re.compile(r"\*\*|<=|>=|==|!=|[-+*/^<>(),]")

#: Signs that are words.
WORD_SIGNS = frozenset({"and", "or", "not"})

_IF = "Write where(condition, value_if_true, value_if_false)."
_BOOL = "Write 1 for true and 0 for false."
_NO_CODE = "An expression is arithmetic on parameters and the named functions, not a programme."
_QUOTES = "Names are written without quotes."
_BRACKETS = "Group with round brackets: ( )."
_MINUS = "Write a plain minus: -."
_MONEY = "Write the number alone; the currency is given once for the whole scenario."

#: Words of other languages, and what to write instead.
FOREIGN_WORDS = {
    **dict.fromkeys(("if", "else", "elif", "IF"), _IF),
    **dict.fromkeys(("True", "False", "true", "false", "TRUE", "FALSE"), _BOOL),
    **dict.fromkeys(("lambda", "for", "while", "def", "import", "return", "yield"), _NO_CODE),
    "lambda": "A quantity needs another name, such as lambda_1 or scale. " + _NO_CODE,
    **dict.fromkeys(("in", "is"), "Compare with ==, < or <=, and combine with and, or, not."),
    **dict.fromkeys(("AND", "OR", "NOT"), "Write and, or, not in small letters."),
    **dict.fromkeys(
        ("None", "null", "NA", "nan", "NaN", "inf", "Inf"), "Every value must be a finite number."
    ),
    "rest": 'Give the word alone to one entry of a row of probabilities: name = "rest".',
}

# Tried before the legal signs, because each begins with one.
_WRONG_PAIRS = {
    "<>": "Write != for not equal.",
    "=<": "Write <= for at most.",
    "=>": "Write >= for at least.",
    "//": "Write floor(a / b) for whole numbers of times.",
    "&&": "Write and.",
    "||": "Write or.",
    ":=": "A value gets its name as a parameter of its own.",
}

_WRONG_SIGNS = {
    "=": "Write == to compare; arguments go by their order, without names.",
    "&": "Write and.",
    "|": "Write or.",
    "!": "Write not, or != for not equal.",
    "~": "Write not.",
    "'": _QUOTES,
    '"': _QUOTES,
    "`": _QUOTES,
    "“": _QUOTES,
    "”": _QUOTES,
    "[": _BRACKETS,
    "]": _BRACKETS,
    "{": _BRACKETS,
    "}": _BRACKETS,
    "?": _IF,
    ":": _IF,
    ";": "Separate arguments by commas; write one expression only.",
    "#": "Comments go outside of the quotes.",
    "@": "Names consist of letters, digits and _.",
    "$": _MONEY,
    "£": _MONEY,
    "€": _MONEY,
    "−": _MINUS,
    "–": _MINUS,
    "—": _MINUS,
    "×": "Write * to multiply.",
    "·": "Write * to multiply.",
    "÷": "Write / to divide.",
    "≤": "Write <=.",
    "≥": "Write >=.",
    "≠": "Write !=.",
    "²": "Write ^ 2.",
    ".": "A decimal number is written 0.5; a component of a parameter, name.component.",
}


def tokens(text: str) -> list[Token]:
    """Split an expression into tokens, the last of which is the end.

    Raises
    ------
    ExpressionError
        If the text is too long, or something in it belongs to no expression.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,} are read",
            "Split it: give names to its parts, as parameters with expr = ...",
            MAX_LENGTH + 1,
            text,
        )
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _token(text, position, found[-1] if found else None)
        found.append(token)
        position += len(token.text)
    return [*found, Token("end", "", len(text) + 1)]


def _token(text: str, position: int, before: Token | None) -> Token:
    column = position + 1
    if match := _NUMBER.match(text, position):
        return _number(text, match)
    if match := _NAME.match(text, position):
        return _name(text, match)
    pair, sign = text[position : position + 2], text[position]
    if pair in _WRONG_PAIRS:
        raise ExpressionError(
            f'"{pair}" is not a sign of this language', _WRONG_PAIRS[pair], column, text
        )
    if match := _SIGN.match(text, position):
        return Token("sign", match[0], column)
    if sign == "%":
        hint = "Write a share as a decimal number: 0.05 for five per cent."
        if before is not None and before.kind == "number":
            hint = f"Write {float(before.text) / 100:.12g}."
        raise ExpressionError("a percent sign is not read", hint, column, text)
    shown = sign if sign.isprintable() else ascii(sign)[1:-1]
    raise ExpressionError(
        f'"{shown}" is not a sign of this language', _WRONG_SIGNS.get(sign, ""), column, text
    )


def _number(text: str, match: re.Match[str]) -> Token:
    column = match.start() + 1
    digits = match[0]
    if stuck := _STUCK.match(text, match.end()):
        hint = "Names begin with a letter; numbers carry no unit."
        if _NAME.fullmatch(stuck[0]):
            hint = f"Write {digits} * {stuck[0]} to multiply; numbers carry no unit."
        raise ExpressionError(f'"{digits}{stuck[0]}" is not a number', hint, column, text)
    try:
        value = float(digits)
    except ValueError:
        hint = "An underscore stands between two digits: 20_000."
        raise ExpressionError(f'"{digits}" is not a number', hint, column, text) from None
    if value == float("inf"):
        raise ExpressionError(f'"{digits}" is too large', "", column, text)
    if re.match("0[0-9_]", digits):
        # min(0,05) would be three numbers to us and two to a reader from half of Europe.
        hint = "Write 0.05 with a point and without further zeros in front."
        raise ExpressionError(f'"{digits}" begins with a spare 0', hint, column, text)
    return Token("number", digits, column)


def _name(text: str, match: re.Match[str]) -> Token:
    column = match.start() + 1
    word = match[0]
    if any(part.startswith("__") for part in word.split(".")):
        hint = "Names that begin with two underscores are not read."
        raise ExpressionError(f'"{word}" is not the name of a quantity', hint, column, text)
    if word in FOREIGN_WORDS:
        raise ExpressionError(
            f'"{word}" cannot stand in an expression', FOREIGN_WORDS[word], column, text
        )
    return Token("sign" if word in WORD_SIGNS else "name", word, column)
