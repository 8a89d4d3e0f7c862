"""Reading the arguments of a distribution: every problem at once, nothing guessed."""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heco.errors import did_you_mean
from heco.evidence.distributions.arguments import (
    Advice,
    Argument,
    ArgumentProblem,
    ArgumentsError,
    Form,
    listed,
    shown,
    unquoted,
)

#: Words that each say how uncertain a quantity is; two of them may disagree.
SPREADS = ("se", "sd", "ci95", "assumed_cv", "se_log", "sdlog")

#: No number behind any quantity is larger than this, or smaller than its inverse unless it is 0.
FARTHEST = 1e60


class Reader:
    """The arguments as read so far, and everything that is wrong with them.

    Parameters
    ----------
    family : str
        The family's key, for sentences.
    forms : tuple of Form
        The forms it understands.
    vocabulary : mapping of str to Argument
        The words it understands.
    advice : mapping of str to Advice
        Words it does not understand, but has an answer to.
    clashes : mapping of (str, str) to (str, str)
        Pairs of words that contradict each other, with the explanation and the hint.
    arguments : object
        What the author wrote; should be a mapping.

    Attributes
    ----------
    values : dict
        What could be read: floats, tuples, dictionaries, arrays.
    names : dict
        The names in each table, also where a number behind one could not be read.
    form : Form or None
        The form that was used, if there is just one.
    problems : list of ArgumentProblem
        What is wrong.
    """

    def __init__(
        self,
        family: str,
        forms: tuple[Form, ...],
        vocabulary: Mapping[str, Argument],
        advice: Mapping[str, Advice],
        clashes: Mapping[tuple[str, str], tuple[str, str]],
        arguments: object,
    ) -> None:
        self.family = family
        self.forms = forms
        self.vocabulary = vocabulary
        self.advice = advice
        self.clashes = clashes
        self.values: dict[str, Any] = {}
        self.names: dict[str, tuple[str, ...]] = {}
        self.form: Form | None = None
        self.problems: list[ArgumentProblem] = []
        if not isinstance(arguments, Mapping):
            self.problem(
                "", f"{shown(arguments)} is not a table of arguments", self._allowed_forms()
            )
            return
        claimed = self._names(arguments)
        for key, value in arguments.items():
            if key in vocabulary:
                self._value(key, vocabulary[key], value)
        self._choose_form(claimed)

    def problem(self, path: str, what: str, hint: str = "") -> None:
        """Note one thing that is wrong."""
        self.problems.append(ArgumentProblem(path, what, hint))

    def has(self, *keys: str) -> bool:
        """Return whether all these arguments were given and could be read."""
        return all(key in self.values for key in keys)

    def refused(self, key: str) -> bool:
        """Return whether an argument was given but has a problem of its own."""
        return any(
            problem.path == key or problem.path.startswith((f"{key}.", f"{key}["))
            for problem in self.problems
        )

    def number(self, key: str, default: float = math.nan) -> float:
        """Return a number that was read, or the default."""
        return float(self.values.get(key, default))

    def finish(self) -> None:
        """Raise `ArgumentsError` if anything is wrong."""
        if self.problems:
            raise ArgumentsError(self.problems)

    def _allowed_forms(self) -> str:
        if len(self.forms) == 1:
            return f"Write {self.forms[0]}."
        return "Write one of " + ", ".join(str(form) for form in self.forms) + "."

    def _names(self, arguments: Mapping[Any, Any]) -> list[str]:
        """Report unknown words; return the words that the author meant, as far as we can tell."""
        claimed = []
        for key in arguments:
            if key in self.vocabulary:
                claimed.append(key)
                continue
            name = str(key)
            near = difflib.get_close_matches(name, self.vocabulary, n=1, cutoff=0.6)
            if name in self.advice:
                hint, instead = self.advice[name]
                near = [instead] if instead else []
            else:
                hint = did_you_mean(name, self.vocabulary)
            claimed += near
            self.problem(name, f"{self.family} has no argument {shown(name)}", hint)
        return list(dict.fromkeys(claimed))

    def _choose_form(self, claimed: list[str]) -> None:
        """Find the form that the words make up, or say which words contradict or are missing."""
        given = set(claimed)
        known = len(self.problems)
        if "sd" in given and "n" not in given and "n" in self.vocabulary:
            self.problem(
                "sd",
                "sd is the spread between people; draws need the uncertainty of the mean",
                "se = sd/sqrt(n): give n or se.",
            )
        for (one, other), (what, hint) in self.clashes.items():
            if one in given and other in given:
                self.problem(other, what, hint)
        spreads = [key for key in SPREADS if key in given]
        if len(spreads) > 1 and len(self.problems) == known:
            self.problem(
                spreads[-1],
                f"{listed(spreads)} each say how uncertain the value is, and may disagree",
                "Keep one of them. " + self._allowed_forms(),
            )
        if len(self.problems) > known:
            return
        if not given:
            self.problem("", "nothing is given", self._allowed_forms())
            return
        whole = [form for form in self.forms if set(form.required) <= given <= form.keys]
        if whole:
            self.form = whole[0]
            return
        complete = [form for form in self.forms if set(form.required) <= given]
        if complete:
            best = max(complete, key=lambda form: len(form.keys & given))
            for key in claimed:
                if key not in best.keys:
                    self.problem(
                        key,
                        f"{key} does not go with {listed(best.required)}",
                        self._allowed_forms(),
                    )
            return
        nearest = min(
            self.forms,
            key=lambda form: (not given <= form.keys, len(set(form.required) - given)),
        )
        if given <= nearest.keys:
            for key in nearest.required:
                if key not in given:
                    self.problem(key, f"{key} is missing", self._allowed_forms())
        else:
            self.problem("", f"{listed(claimed)} do not go together", self._allowed_forms())

    def _value(self, key: str, argument: Argument, value: Any) -> None:
        """Read one value into `values`, or say what is wrong with it."""
        parsed: Any = None
        if isinstance(value, np.ndarray | np.generic):
            value = value.tolist()
        if argument.kind == "flag":
            if isinstance(value, bool):
                parsed = value
            else:
                self.problem(key, f"{shown(value)} is neither true nor false")
        elif argument.kind == "choice":
            if value in argument.choices and isinstance(value, str):
                parsed = value
            else:
                self.problem(
                    key,
                    f"{shown(value)} is not a choice here",
                    did_you_mean(value if isinstance(value, str) else "", argument.choices),
                )
        elif argument.kind in ("interval", "pair"):
            parsed = self._pair(key, argument, value)
        elif argument.kind == "matrix":
            parsed = self._matrix(key, argument, value)
        elif argument.kind == "table" or (isinstance(value, Mapping) and "table" in argument.kind):
            parsed = self._table(key, argument, value)
        else:
            parsed = self._number(key, argument, value)
        if parsed is not None:
            self.values[key] = parsed

    def _number(self, path: str, argument: Argument, value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            self.problem(path, f"{shown(value)} is not a number", unquoted(value))
            return None
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.problem(path, f"{shown(value)} is not a finite number")
            return None
        if number != 0 and not 1 / FARTHEST <= abs(number) <= FARTHEST:
            self.problem(path, f"{shown(value)} is no plausible size for anything")
            return None
        if not argument.allows(number):
            self.problem(
                path,
                f"{shown(value)} is outside what is allowed: {argument.limits()}",
                argument.hint,
            )
            return None
        return number

    def _pair(self, key: str, argument: Argument, value: Any) -> tuple[float, float] | None:
        example = "[low, high]" if argument.kind == "interval" else "[a, b]"
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
            self.problem(key, f"{shown(value)} is not a pair of numbers", f"Write {example}.")
            return None
        read = [self._number(f"{key}[{i}]", argument, part) for i, part in enumerate(value)]
        first, second = read
        if first is None or second is None:
            return None
        if argument.kind == "interval" and not first < second:
            self.problem(key, f"{shown(list(value))} must run from low to high")
            return None
        return first, second

    def _table(self, key: str, argument: Argument, value: Any) -> dict[str, float] | None:
        if not isinstance(value, Mapping) or not value:
            self.problem(key, f"{shown(value)} is not a table", "Write {name = number, ...}.")
            return None
        self.names[key] = tuple(str(name) for name in value)
        table: dict[str, float] = {}
        for name, part in value.items():
            path = f"{key}.{name}"
            if not (isinstance(name, str) and name.isidentifier() and name.isascii()):
                self.problem(
                    path,
                    f"{shown(name)} cannot be used as a name",
                    "Use letters, digits and _, and begin with a letter.",
                )
            number = self._number(path, argument, part)
            if number is not None:
                table[str(name)] = number
        return table if len(table) == len(value) else None

    def _matrix(self, key: str, argument: Argument, value: Any) -> np.ndarray | None:
        rows = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
        square = bool(rows) and all(
            isinstance(row, Sequence) and not isinstance(row, str) and len(row) == len(rows)
            for row in rows
        )
        if not square:
            self.problem(
                key,
                f"{shown(value)} is not a square matrix",
                "Write [[1, 0.3], [0.3, 1]]: as many rows as columns.",
            )
            return None
        read = [
            [self._number(f"{key}[{i}][{j}]", argument, part) for j, part in enumerate(row)]
            for i, row in enumerate(rows)
        ]
        if any(part is None for row in read for part in row):
            return None
        return np.array(read, dtype=float)
