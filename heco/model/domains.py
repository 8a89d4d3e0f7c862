"""Where values leave their domain: the guards of functions, cheap where all is well.

A domain is a product of intervals, one for each argument and one for the result (a test holds
every function of the language to that). So it holds everywhere if it holds for the smallest and
for the largest of each, and only a call that fails this is judged element by element.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heco.scenario.calls import Function, finite

Values = Any  # float or ndarray
Mask = NDArray[np.bool_] | None


def all_finite(value: Values) -> bool:
    """Return whether every element is a finite number."""
    if isinstance(value, float):
        return math.isfinite(value)
    # One pass: the sum is finite unless an element is not, or (rarely) the sum overflows.
    return math.isfinite(value.sum()) or bool(np.isfinite(value).all())


def outside(function: Function, args: Sequence[Values], value: Values) -> Mask:
    """Return where a call of a function is out of its domain; None for nowhere."""
    if function.valid is None:
        return None
    if function.valid is finite:
        if all_finite(value):
            return None
    else:
        lowest = [np.min(part) for part in (*args, value)]
        highest = [np.max(part) for part in (*args, value)]
        if function.valid(*lowest) and function.valid(*highest):
            return None
    fine = np.asarray(function.valid(*args, value), dtype=bool)
    return None if fine.all() else ~fine


def either(first: Mask, second: Mask) -> Mask:
    """Return where one mask or the other is true."""
    if first is None:
        return second
    return first if second is None else first | second


def needed(function: Function, condition: Values, masks: Sequence[Mask]) -> Mask:
    """Return which masks of a call's arguments matter, together.

    A branch that ``where`` did not choose, or what follows a false ``and``, cannot be out of
    domain: guards count only where they matter.
    """
    mask = masks[0]
    rest = masks[1:]
    needs: Sequence[Any] = ()
    if function.needs is not None and any(part is not None for part in rest):
        needs = function.needs(np.asarray(condition))
    for position, part in enumerate(rest):
        if part is not None and needs:
            part = part & needs[position]
            part = part if part.any() else None
        mask = either(mask, part)
    return mask
