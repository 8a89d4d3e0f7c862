"""The operations of a program beyond the functions of the language, and how they are computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from heco.model.domains import Values, all_finite

#: Functions whose NumPy twin can be called without further ado: same numbers, less overhead. What
#: they warn about is silenced once for a whole program, and judged by the functions' guards.
DIRECT: dict[str, Callable[..., Values]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
}


def exit_fraction(total: Values, length: float, out: Any = None) -> Values:
    """Return (1 - exp(-total * length)) / total: what turns a rate among rivals into its share.

    Where nobody leaves it is the limit, ``length``. ``out`` must not be ``total``.
    """
    fraction = np.multiply(total, -length, out=out)
    if out is None:
        fraction = np.asarray(fraction)
    np.expm1(fraction, out=fraction)
    np.divide(fraction, total, out=fraction)
    np.negative(fraction, out=fraction)
    if not all_finite(fraction):
        fraction[np.asarray(total) == 0.0] = length
    return fraction


def exponential(layout: tuple[int, float, tuple[tuple[int, int], ...]], *rates: Values) -> Values:
    """Return exp(Q L), shape (state_from, state_to, *shape of the rates).

    Rates that are negative or no numbers are found and reported by their guards; here they count
    as 0, so that one bad draw does not take the others with it.
    """
    from heco.evidence.matrices import matrix_from_generator

    size, length, cells = layout
    shape = np.broadcast_shapes(*(np.shape(rate) for rate in rates))
    generator = np.zeros((size, size, *shape))
    for (row, column), rate in zip(cells, rates, strict=True):
        generator[row, column] = np.where((rate > 0) & (rate < np.inf), rate, 0.0)
    diagonal = np.arange(size)
    generator[diagonal, diagonal] = -generator.sum(axis=1)
    flat = generator.reshape(size, size, -1)
    return matrix_from_generator(flat, length).reshape(size, size, *shape)


class Workspace:
    """Arrays that are used again and again: fresh memory costs more than the arithmetic in it."""

    def __init__(self) -> None:
        self._memory: dict[object, Any] = {}
        self._views: dict[tuple[object, tuple[int, ...]], Any] = {}

    @property
    def size(self) -> int:
        """Return how many numbers it holds."""
        return sum(len(memory) for memory in self._memory.values())

    def array(self, name: object, shape: tuple[int, ...]) -> Any:
        """Return the array of a name, in a shape; what was in it may be gone."""
        key = (name, shape)
        found = self._views.get(key)
        if found is None:
            size = math.prod(shape)
            memory = self._memory.get(name)
            if memory is None or len(memory) < size:
                memory = self._memory[name] = np.empty(size)
                self._views = {k: view for k, view in self._views.items() if k[0] != name}
            found = self._views[key] = memory[:size].reshape(shape)
        return found
