"""What a call is: the record that every function and operator of the language fills in.

**The domain guard.** `Function.valid` says, draw by draw, whether a call stayed in its domain
(a probability in [0, 1], a rate not below 0). It is asked only about the draws that matter:
``where(p < 1, odds(p), 99)`` is in order for p = 1, although ``odds(1)`` is computed for want of
a vectorised way not to. `Function.needs` says which arguments matter, given the first; it is
set for ``where``, ``and`` and ``or`` alone. A call is in its domain where all the arguments
that matter are in theirs, and `valid` agrees:

    ok = ok[0] & all(ok[i] | ~needs(value[0])[i - 1] for i = 1, 2, ...) & valid(*value, result)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from heco.evidence.rates import BoolArray, FloatArray, floats, quiet
from heco.scenario.syntax import Name, Number


@dataclass(frozen=True)
class Function:
    """A function of the expression language.

    Parameters
    ----------
    name : str
        Its word in the tree.
    parameters : tuple of str
        Names of its arguments, for the manual and for messages.
    doc : str
        One sentence for the manual.
    apply : callable
        From arrays that broadcast to an array of floats; emits no warning.
    defaults : tuple of Name or Number
        Values of the last parameters, which the author may leave out. Trees never do.
    valid : callable or None
        From the arguments and the result to a mask of the elements that are in the domain.
    domain : str
        What `valid` asks for, to be put in a message.
    needs : callable or None
        From the first argument to one mask per further argument: where that argument matters.
    repeats : bool
        Whether the last argument may be repeated.
    """

    name: str
    parameters: tuple[str, ...]
    doc: str
    apply: Callable[..., Any]
    defaults: tuple[Name | Number, ...] = ()
    valid: Callable[..., Any] | None = None
    domain: str = ""
    needs: Callable[[Any], tuple[Any, ...]] | None = None
    repeats: bool = False

    @property
    def signature(self) -> str:
        """As the manual prints it: ``prob(r, years=cycle_length)``."""
        optional = len(self.parameters) - len(self.defaults)
        words = list(self.parameters[:optional])
        for word, default in zip(self.parameters[optional:], self.defaults, strict=True):
            shown = default.id if isinstance(default, Name) else f"{default.value:g}"
            words.append(f"{word}={shown}")
        return f"{self.name}({', '.join(words)}{', ...' if self.repeats else ''})"

    def accepts(self, count: int) -> bool:
        """Tell whether the function may be written with so many arguments."""
        most = len(self.parameters)
        return most - len(self.defaults) <= count and (self.repeats or count <= most)


@dataclass(frozen=True)
class Shorthand:
    """A word that stands for a call with some of the arguments filled in.

    Parameters
    ----------
    name : str
        The word.
    parameters : tuple of str
        What the author gives.
    function : str
        The function that is called instead.
    rest : tuple of Name or Number
        The arguments that follow those of the author.
    doc : str
        One sentence for the manual.
    """

    name: str
    parameters: tuple[str, ...]
    function: str
    rest: tuple[Name | Number, ...]
    doc: str

    @property
    def signature(self) -> str:
        """As the manual prints it."""
        return f"{self.name}({', '.join(self.parameters)})"

    def accepts(self, count: int) -> bool:
        """Tell whether it may be written with so many arguments."""
        return count == len(self.parameters)


def quietly(formula: Callable[..., Any]) -> Callable[..., FloatArray]:
    """Make floats of what goes in and comes out, without numpy's warnings."""

    def apply(*args: ArrayLike) -> FloatArray:
        with quiet():
            return floats(formula(*[floats(arg) for arg in args]))

    return apply


def finite(*values: ArrayLike) -> BoolArray:
    """Judge a call by its result alone."""
    return np.isfinite(floats(values[-1]))


def table(*functions: Function) -> Mapping[str, Function]:
    """Index functions by name, in an order that is kept and a table that is read-only."""
    return MappingProxyType({function.name: function for function in functions})
