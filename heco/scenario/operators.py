"""The operators of the expression language: what the signs mean, and how tightly they bind.

Comparisons, ``and``, ``or`` and ``not`` give 1 (true) or 0 (false); any number but 0 is true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from heco.scenario.calls import Function, finite, quietly, table

#: What the signs mean; comparisons, and, or, not give 1 (true) or 0 (false).
OPERATORS = table(
    Function("add", ("a", "b"), "a + b", quietly(np.add)),
    Function("sub", ("a", "b"), "a - b", quietly(np.subtract)),
    Function("mul", ("a", "b"), "a * b", quietly(np.multiply)),
    Function(
        "div",
        ("a", "b"),
        "a / b",
        quietly(np.divide),
        (),
        finite,
        "a division must have a finite result, so nothing may be divided by 0",
    ),
    Function(
        "pow",
        ("a", "b"),
        "a ^ b",
        quietly(np.power),
        (),
        finite,
        "a power must be a finite real number",
    ),
    Function("neg", ("a",), "-a", quietly(np.negative)),
    Function("lt", ("a", "b"), "a < b", quietly(np.less)),
    Function("le", ("a", "b"), "a <= b", quietly(np.less_equal)),
    Function("gt", ("a", "b"), "a > b", quietly(np.greater)),
    Function("ge", ("a", "b"), "a >= b", quietly(np.greater_equal)),
    Function("eq", ("a", "b"), "a == b", quietly(np.equal)),
    Function("ne", ("a", "b"), "a != b", quietly(np.not_equal)),
    Function("and", ("a", "b"), "a and b", quietly(np.logical_and), needs=lambda a: (a != 0,)),
    Function("or", ("a", "b"), "a or b", quietly(np.logical_or), needs=lambda a: (a == 0,)),
    Function("not", ("a",), "not a", quietly(np.logical_not)),
)


@dataclass(frozen=True)
class Sign:
    """How an operator that stands between two expressions is written.

    Parameters
    ----------
    function : str
        The operator's word in the tree.
    text : str
        The sign.
    power : int
        How tightly it binds; the larger wins.
    to_the_right : bool
        Whether ``a ^ b ^ c`` is ``a ^ (b ^ c)``.
    """

    function: str
    text: str
    power: int
    to_the_right: bool = False


#: How tightly the signs before an expression bind, and what comparisons share.
NOT, COMPARISON, NEGATIVE, POWER = 30, 40, 70, 80

#: Binary signs by the operator's word.
SIGNS = {
    sign.function: sign
    for sign in (
        Sign("or", "or", 10),
        Sign("and", "and", 20),
        Sign("lt", "<", COMPARISON),
        Sign("le", "<=", COMPARISON),
        Sign("gt", ">", COMPARISON),
        Sign("ge", ">=", COMPARISON),
        Sign("eq", "==", COMPARISON),
        Sign("ne", "!=", COMPARISON),
        Sign("add", "+", 50),
        Sign("sub", "-", 50),
        Sign("mul", "*", 60),
        Sign("div", "/", 60),
        Sign("pow", "^", POWER, to_the_right=True),
    )
}
