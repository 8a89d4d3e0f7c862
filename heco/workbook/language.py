"""From heco's formulas to Excel's: one table of functions, and the rule for what gets a cell.

A formula is the graph of `heco.model.graph`, in which every name is resolved already. A node that
has a cell of its own is written as a reference to it; any other node is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from heco.evidence.tables import ROUNDING
from heco.model.graph import Node
from heco.workbook.book import Place, number_text

#: A formula longer than this is cut into cells. Excel takes 8,192; nobody reads that. [characters]
READABLE = 300


class NotInExcel(Exception):
    """Something that a formula of Excel cannot say, in words."""


def _weibull(t: str, shape: str, scale: str) -> str:
    return f"EXP(-(({t}/{scale})^{shape}))"


def _gompertz(t: str, shape: str, rate: str) -> str:
    return f"EXP(-{rate}*IF({shape}=0,{t},(EXP({shape}*{t})-1)/{shape}))"


def _lognormal(t: str, mean: str, sd: str) -> str:
    return f"IF({t}<=0,1,NORMSDIST(({mean}-LN({t}))/{sd}))"


def _gamma(t: str, shape: str, rate: str) -> str:
    return f"IF({rate}*{t}<=0,1,1-GAMMADIST({rate}*{t},{shape},1,TRUE))"


def _gengamma(t: str, mu: str, sigma: str, q: str) -> str:
    """Return Prentice's generalised gamma: with k = 1/q^2, gamma of k in k e^(q w)."""
    w = f"((LN({t})-{mu})/{sigma})"
    below = f"GAMMADIST({q}^-2*EXP({q}*{w}),{q}^-2,1,TRUE)"
    bent = f"IF({q}>0,1-{below},{below})"
    return f"IF({t}<=0,1,IF({q}=0,NORMSDIST(-{w}),{bent}))"


def _power(a: str, b: str) -> str:
    return f"{a}^{b}" if _plain(b) and float(b) > 0 else f"IF({b}=0,1,{a}^{b})"


def _plain(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _between(before: str, after: str) -> str:
    return f"IF({before}=0,1,1-{after}/{before})"


#: Operator -> its sign, and how tightly its left and its right argument must hold together.
_SIGNS = {"add": ("+", 1, 1), "sub": ("-", 1, 2), "mul": ("*", 2, 3), "div": ("/", 2, 3)}
#: How tightly the signs bind; what has none at its top is `_WHOLE`.
_BINDING = {**dict.fromkeys("=<>&,", 0), "+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_WHOLE = 9

#: Function -> Excel's text for it; the arguments come as texts that need no further brackets.
FUNCTIONS: Mapping[str, Callable[..., str]] = {
    "pow": _power,
    "neg": lambda a: f"-{a}",
    "lt": lambda a, b: f"IF({a}<{b},1,0)",
    "le": lambda a, b: f"IF({a}<={b},1,0)",
    "gt": lambda a, b: f"IF({a}>{b},1,0)",
    "ge": lambda a, b: f"IF({a}>={b},1,0)",
    "eq": lambda a, b: f"IF({a}={b},1,0)",
    "ne": lambda a, b: f"IF({a}={b},0,1)",
    "and": lambda a, b: f"IF({a}=0,0,IF({b}=0,0,1))",
    "or": lambda a, b: f"IF({a}=0,IF({b}=0,0,1),1)",
    "not": lambda a: f"IF({a}=0,1,0)",
    "where": lambda condition, a, b: f"IF({condition}=0,{b},{a})",
    "min": lambda *values: f"MIN({','.join(values)})",
    "max": lambda *values: f"MAX({','.join(values)})",
    "exp": lambda x: f"EXP({x})",
    "log": lambda x: f"LN({x})",
    "sqrt": lambda x: f"SQRT({x})",
    "abs": lambda x: f"ABS({x})",
    "floor": lambda x: f"INT({x})",
    "prob": lambda r, years: f"1-EXP(-{r}*{years})",
    "rate": lambda p, years: f"-LN(1-{p})/{years}",
    "rescale": lambda p, old, new: f"1-(1-{p})^({new}/{old})",
    "odds": lambda p: f"{p}/(1-{p})",
    "from_odds": lambda o: f"{o}/(1+{o})",
    "logit": lambda p: f"LN({p}/(1-{p}))",
    "expit": lambda x: f"1/(1+EXP(-{x}))",
    "apply_rr": lambda p, rr: f"{rr}*{p}",
    "apply_or": lambda p, ratio: f"{ratio}*{p}/(1-{p}+{ratio}*{p})",
    "apply_hr": lambda p, hr: f"1-(1-{p})^{hr}",
    "apply_rd": lambda p, rd: f"{p}+{rd}",
    "apply_rate_ratio": lambda r, ratio: f"{ratio}*{r}",
    "surv_exp": lambda t, rate: f"EXP(-{rate}*{t})",
    "surv_weibull": _weibull,
    "surv_gompertz": _gompertz,
    "surv_llogis": lambda t, shape, scale: f"1/(1+({t}/{scale})^{shape})",
    "surv_lnorm": _lognormal,
    "surv_gamma": _gamma,
    "surv_gengamma": _gengamma,
    "prob_between": _between,
}
#: Arguments that are written within the brackets of a call, and need none of their own.
_INSIDE = frozenset(["min", "max", "exp", "log", "sqrt", "abs", "floor"])


class Language:
    """Writes nodes as formulas.

    Parameters
    ----------
    tables : mapping of str to Table
        The tables of the scenario.
    table_names : mapping of str to (str, str)
        The names of the ranges that hold the keys and the values of each.
    """

    def __init__(self, tables: Mapping[str, Any], table_names: Mapping[str, tuple[str, str]]):
        self.tables = tables
        self.table_names = table_names

    def text(self, node: Node, places: Mapping[int, Place], here: str, row: int = -1) -> str:
        """Return a node as a formula on a sheet, without the sign ``=``.

        Parameters
        ----------
        node : Node
            What to write.
        places : mapping of int to Place
            Nodes that have cells, by index.
        here : str
            The sheet on which the formula stands.
        row : int
            The row of the cycle, for what changes by cycle.

        Raises
        ------
        NotInExcel
            If a formula cannot say it.
        """
        place = places.get(node.index)
        if place is not None:
            return place.text(here, row)
        return self.written(node, places, here, row)

    def written(self, node: Node, places: Mapping[int, Place], here: str, row: int = -1) -> str:
        """Return a node written out, even if it has a cell of its own."""
        if node.op == "const":
            return number_text(node.payload)
        args = [self.text(arg, places, here, row) for arg in node.args]
        if node.op == "table":
            return self._table(node.payload, args[0], node.args[0].op == "clock")
        if node.op == "internal":
            total, length = self._bracketed(node, args)
            return f"IF({total}=0,{length},(1-EXP(-{total}*{length}))/{total})"
        if node.op in ("matrix", "item"):
            raise NotInExcel("the exponential of a matrix of rates")
        if node.op != "call":
            raise NotInExcel(f"a node of the kind {node.op}")
        if node.payload in _SIGNS:
            sign, left, right = _SIGNS[node.payload]
            return f"{_held(args[0], left)}{sign}{_held(args[1], right, right=True)}"
        if node.payload not in FUNCTIONS:
            raise NotInExcel(f"the function {node.payload}")
        if node.payload not in _INSIDE:
            args = self._bracketed(node, args)
        return FUNCTIONS[node.payload](*args)

    @staticmethod
    def _bracketed(node: Node, args: list[str]) -> list[str]:
        """Put brackets around every argument that could be torn apart."""
        return [text if whole(text) else f"({text})" for text in args]

    def _table(self, name: str, key: str, tame: bool) -> str:
        """Return the look-up of a table; ``tame`` keys are heco's clock and never run out."""
        table = self.tables[name]
        keys, values = self.table_names[name]
        first, last = number_text(float(table.keys[0])), number_text(float(table.keys[-1]))
        count = len(table.keys)
        if table.method == "linear" and count > 1:
            x = f"MIN(MAX({key},{first}),{last})"
            at = f"MIN(MATCH({x},{keys},1),{count - 1})"
            value, left = f"INDEX({values},{at})", f"INDEX({keys},{at})"
            following, right = f"INDEX({values},{at}+1)", f"INDEX({keys},{at}+1)"
            found = f"({value}+({x}-{left})*({following}-{value})/({right}-{left}))"
        else:
            slack = number_text(ROUNDING)
            x = f"({key}+{slack}*MAX(1,ABS({key})))"
            found = f"INDEX({values},MATCH(MAX({x},{first}),{keys},1))"
        if tame or table.beyond == "last":
            return found
        end = number_text(table.end)
        past = ">" if table.method == "linear" or count == 1 else ">="
        return f"IF(OR({key}<{first},{key}{past}{end}),NA(),{found})"


def _held(text: str, least: int, right: bool = False) -> str:
    """Return the argument of an operator, in brackets if its sign would tear it apart."""
    return text if binding(text) >= least and not (right and text[0] == "-") else f"({text})"


def whole(text: str) -> bool:
    """Return whether a text cannot be torn apart by an operator beside it.

    >>> whole("a_b"), whole("EXP(a+b)"), whole("a+b"), whole("EXP(a)+1")
    (True, True, False, False)
    """
    return binding(text) == _WHOLE


def binding(text: str) -> int:
    """Return how tightly a text holds together: that of its loosest sign outside of brackets."""
    depth, quote, loosest = 0, False, _WHOLE
    for sign in text:
        if sign == "'":
            quote = not quote
        elif quote:
            continue
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif not depth:
            loosest = min(loosest, _BINDING.get(sign, _WHOLE))
    return _WHOLE if loosest < _WHOLE and _is_number(text) else loosest


def _is_number(text: str) -> bool:
    """Return whether a text such as ``1E-12`` is a number without a sign of its own."""
    try:
        return text[0] != "-" and float(text) >= 0
    except ValueError:
        return False
