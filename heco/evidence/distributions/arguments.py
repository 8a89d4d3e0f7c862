"""The words in which a distribution is written down: arguments, their forms, what is refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from heco.errors import Problem

#: The 97.5% quantile of the standard normal distribution: half a 95% interval, in standard errors.
Z975 = 1.959963984540054


class ArgumentProblem(NamedTuple):
    """One thing that is wrong with the arguments of a distribution.

    Parameters
    ----------
    path : str
        The argument, for example ``se`` or ``counts.well`` or ``ci95[1]``; empty for the whole.
    what : str
        A sentence: the value found, and what is allowed.
    hint : str
        What to try, as a sentence; empty if there is nothing better to say.
    """

    path: str
    what: str
    hint: str = ""


class ArgumentsError(ValueError):
    """The arguments make no distribution; every problem found is listed.

    Parameters
    ----------
    problems : iterable of ArgumentProblem
        All of them, in the order of the arguments.
    """

    def __init__(self, problems: Iterable[ArgumentProblem]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__(
            "\n".join("  ".join(part for part in problem if part) for problem in self.problems)
        )

    def __reduce__(self) -> tuple[type[ArgumentsError], tuple[list[ArgumentProblem]]]:
        return type(self), (self.problems,)

    def located(self, where: str, file: str = "", line: int | None = None) -> list[Problem]:
        """Return the problems with the author's place in front.

        Parameters
        ----------
        where : str
            The place of the family's key, for example ``[parameters.p_attend] beta``.
        file : str
            The file, as named by the author.
        line : int or None
            Line in the file, counted from 1.

        Returns
        -------
        list of Problem
            Ready for one `ScenarioError` together with everybody else's.
        """
        return [
            Problem(what, f"{where}.{path}" if where and path else where + path, hint, file, line)
            for path, what, hint in self.problems
        ]


@dataclass(frozen=True)
class Argument:
    """One word that a family understands, and what may stand behind it.

    Parameters
    ----------
    doc : str
        What it means to a health economist, with the unit in square brackets where it has one.
    kind : str
        ``number``, ``interval`` (two numbers, low to high), ``pair`` (two numbers in any order),
        ``flag``, ``choice``, ``table`` (name = number), ``number or table``, or ``matrix``.
    above : float
        What a number (each number in a pair or table) must be more than. [own unit]
    least, most : float
        The least and the most that it may be. [own unit]
    choices : tuple of str
        The allowed words of a ``choice``.
    hint : str
        What to try when the number lies outside its limits.
    """

    doc: str
    kind: str = "number"
    above: float = -math.inf
    least: float = -math.inf
    most: float = math.inf
    choices: tuple[str, ...] = ()
    hint: str = ""

    def limits(self) -> str:
        """Return what a number must be, for example ``more than 0 and 10 or less``."""
        said = []
        if self.above > -math.inf:
            said.append(f"more than {shown(self.above)}")
        if self.least > -math.inf:
            said.append(f"{shown(self.least)} or more")
        if self.most < math.inf:
            said.append(f"{shown(self.most)} or less")
        return " and ".join(said)

    def allows(self, value: float) -> bool:
        """Return whether a finite number lies inside the limits."""
        return self.above < value and self.least <= value <= self.most

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the value, for editors."""
        number: dict[str, Any] = {"type": "number"}
        for word, limit in (
            ("exclusiveMinimum", self.above),
            ("minimum", self.least),
            ("maximum", self.most),
        ):
            if math.isfinite(limit):
                number[word] = limit
        two = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
        table = {"type": "object", "additionalProperties": number, "minProperties": 1}
        row = {"type": "array", "items": number}
        schema: dict[str, Any] = {
            "number": number,
            "interval": two,
            "pair": two,
            "flag": {"type": "boolean"},
            "choice": {"type": "string", "enum": list(self.choices)},
            "table": table,
            "number or table": {"anyOf": [number, table]},
            "matrix": {"type": "array", "items": row},
        }[self.kind]
        return {**schema, "description": self.doc}


@dataclass(frozen=True)
class Form:
    """One way to write a family down: the arguments that go together.

    Parameters
    ----------
    required : tuple of str
        Arguments that must all be there.
    optional : tuple of str
        Arguments that may be there.
    doc : str
        Where an author meets this form, in one sentence.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    doc: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """Every argument that the form understands."""
        return frozenset(self.required + self.optional)

    def __str__(self) -> str:
        return "{" + ", ".join(self.required) + "}"


class Advice(NamedTuple):
    """What to tell somebody who used a sensible word that this family does not know.

    Parameters
    ----------
    hint : str
        What to write instead.
    instead : str
        The argument that the word stood for, so that it is not reported missing as well.
    """

    hint: str
    instead: str = ""


def json_schema(
    forms: tuple[Form, ...], vocabulary: Mapping[str, Argument], title: str = ""
) -> dict[str, Any]:
    """Return the JSON Schema of a family's arguments: exactly one of its forms.

    Parameters
    ----------
    forms : tuple of Form
        The family's forms.
    vocabulary : mapping of str to Argument
        The family's words.
    title : str
        The family's key.

    Returns
    -------
    dict
        A schema with one alternative per form.
    """
    alternatives = [
        {
            "type": "object",
            "title": f"{title} {form}".strip(),
            "description": form.doc,
            "properties": {
                key: vocabulary[key].json_schema() for key in form.required + form.optional
            },
            "required": list(form.required),
            "additionalProperties": False,
        }
        for form in forms
    ]
    return {"oneOf": alternatives}


def shown(value: object) -> str:
    """Return a value as an author would write it in TOML, cut short if it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = str(int(value))
    else:
        text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def rounded(value: float) -> str:
    """Return a number to four significant digits, whole numbers in full, without exponents."""
    if not math.isfinite(value):
        return "infinity" if value > 0 else "-infinity" if value < 0 else "undefined"
    if value == round(value) and abs(value) < 1e15:
        return str(int(value))
    size = math.floor(math.log10(abs(value)))
    if size < -6 or size >= 15:
        return f"{value:.4g}"
    text = f"{value:.{max(0, 3 - size)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(words: Sequence[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def unquoted(value: object) -> str:
    """Return the hint for a number that was written as text."""
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return ""
        return f"Write {value.strip()} without quotation marks."
    return ""
