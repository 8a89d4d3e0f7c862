"""The expression language: read, walk, print and evaluate formulas such as ``rr * p_die``.

An expression knows numbers, names, arithmetic, comparisons, ``and``, ``or``, ``not`` and the
functions of `heco.scenario.functions`; it can compute numbers and nothing else. `parse` is a
Pratt parser written by hand over that grammar, so there is no Python to escape into. From
loosest to tightest:

    or    and    not    < <= > >= == !=    + -    * /    - (before)    ^ (also written **)

``-2 ^ 2`` is -4 and ``2 ^ 3 ^ 2`` is 512, as in mathematics. Comparisons do not chain.

This module is the door; the tree is in `syntax`, the printer in `printing`, the reference
evaluator in `evaluation`.
"""

from __future__ import annotations

from heco.errors import did_you_mean
from heco.scenario.calls import Function, Shorthand
from heco.scenario.evaluation import Breach, breaches, evaluate
from heco.scenario.functions import BUILTINS, FUNCTIONS, READERS, SHORTHANDS
from heco.scenario.operators import COMPARISON, NEGATIVE, NOT, SIGNS, Sign
from heco.scenario.printing import to_text
from heco.scenario.syntax import (
    AT,
    Call,
    Expr,
    Name,
    Number,
    fold,
    is_constant,
    measure,
    names,
    names_now,
    read_at,
    substitute,
)
from heco.scenario.tokens import (
    FOREIGN_WORDS,
    MAX_LENGTH,
    WORD_SIGNS,
    ExpressionError,
    Token,
    tokens,
)

__all__ = [
    "AT",
    "BUILTINS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "RESERVED",
    "Breach",
    "Call",
    "Expr",
    "ExpressionError",
    "Name",
    "Number",
    "breaches",
    "evaluate",
    "fold",
    "is_constant",
    "names",
    "names_now",
    "parse",
    "read_at",
    "substitute",
    "to_text",
]

#: Most numbers, names and calls in one expression.
MAX_NODES = 500
#: Most levels of one expression.
MAX_DEPTH = 50
# A level of the tree takes at most two of the parser: its operand, and brackets around it.
_MAX_NESTING = 2 * MAX_DEPTH + 1

#: Words that cannot name a parameter, because they mean something else in an expression.
RESERVED = frozenset({*BUILTINS, *FUNCTIONS, *SHORTHANDS, *READERS, *FOREIGN_WORDS, *WORD_SIGNS})

_INFIX = {sign.text: sign for sign in SIGNS.values()}
_INFIX["**"] = SIGNS["pow"]

#: Functions of other languages, and what to write instead.
_FOREIGN_FUNCTIONS = {
    "ln": "Write log(x), the natural logarithm.",
    "log10": "Write log(x) / log(10).",
    "log2": "Write log(x) / log(2).",
    "pow": "Write a ^ b.",
    "power": "Write a ^ b.",
    "sum": "Write a + b.",
    "mean": "Write (a + b) / 2.",
    "ifelse": "Write where(condition, a, b).",
    "lookup": "Write at(table, x).",
    "interp": 'Write at(table, x), where the table says lookup = "linear".',
    "if_else": "Write where(condition, a, b).",
    "pmin": "Write min(a, b).",
    "pmax": "Write max(a, b).",
    "inv_logit": "Write expit(x).",
    "invlogit": "Write expit(x).",
    "rate_to_prob": "Write prob(r, years).",
    "prob_to_rate": "Write rate(p, years).",
    "int": "Write floor(x).",
    "ceil": "Write -floor(-x).",
    "mod": "Write x - y * floor(x / y).",
    "pexp": "Write 1 - surv_exp(t, rate).",
    "pweibull": "Write 1 - surv_weibull(t, shape, scale).",
    "pgompertz": "Write 1 - surv_gompertz(t, shape, rate).",
    "pllogis": "Write 1 - surv_llogis(t, shape, scale).",
    "plnorm": "Write 1 - surv_lnorm(t, meanlog, sdlog).",
    "pgamma": "Write 1 - surv_gamma(t, shape, rate).",
    "pgengamma": "Write 1 - surv_gengamma(t, mu, sigma, q).",
    "round": "Write floor(x + 0.5); heco itself rounds only what it prints.",
}

_SPLIT = "Split it: give names to its parts, as parameters with expr = ..."
_MULTIPLY = "Write * to multiply."
_DECIMAL = "Decimals take a point (0.05) and thousands an underscore (20_000)."


def parse(source: str | float) -> Expr:
    """Read an expression, or a plain number, into a tree.

    Parameters
    ----------
    source : str or float
        What the author wrote, for example ``"prob(r_stroke * rr)"`` or ``0.05``.

    Returns
    -------
    Expr
        Shorthands and arguments left out are written in full: ``prob(r)`` becomes
        ``prob(r, cycle_length)`` and ``per_cycle(p)`` becomes ``rescale(p, 1, cycle_length)``.

    Raises
    ------
    ExpressionError
        Whatever is wrong with it, with the column.

    Examples
    --------
    >>> parse("rr * p_die")
    Call(function='mul', args=(Name(id='rr'), Name(id='p_die')))
    """
    if isinstance(source, str):
        return _Parser(source).whole()
    if isinstance(source, bool):
        hint = "Write 1 for true and 0 for false."
        raise ExpressionError(f"{str(source).lower()} is not a number", hint)
    if not isinstance(source, int | float):
        kind = type(source).__name__
        raise ExpressionError(f"an expression is a number or a text, not a value of type {kind}")
    try:
        return Number(float(source))
    except (ValueError, OverflowError):
        raise ExpressionError("an expression holds finite numbers only") from None


def _callable(word: str) -> Function | Shorthand | None:
    """Return what an author may call by this word."""
    return FUNCTIONS.get(word) or SHORTHANDS.get(word) or READERS.get(word)


class _Parser:
    """One reading of one text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.nesting = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def error(self, token: Token, message: str, hint: str = "") -> ExpressionError:
        return ExpressionError(message, hint, token.column, self.text)

    def whole(self) -> Expr:
        if self.next.kind == "end":
            raise self.error(self.next, "the expression is empty", "Write a number or a formula.")
        expr = self.expression(0)
        if self.next.kind != "end":
            raise self.unexpected(self.next, "an operator or the end")
        nodes, depth = measure(expr)
        if nodes > MAX_NODES:
            raise ExpressionError(
                f"the expression has {nodes} numbers, names and operations; "
                f"at most {MAX_NODES} are read",
                _SPLIT,
                text=self.text,
            )
        if depth > MAX_DEPTH:
            raise ExpressionError(
                f"the expression has {depth} levels (a sum of n terms has n); "
                f"at most {MAX_DEPTH} are read",
                _SPLIT,
                text=self.text,
            )
        return expr

    def expression(self, power: int) -> Expr:
        """Read as far as the signs bind tighter than `power`."""
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            raise self.error(self.next, "the expression is nested too deeply", _SPLIT)
        left = self.operand(power)
        compared = False
        while (sign := self.infix()) is not None and sign.power > power:
            token = self.take()
            if sign.power == COMPARISON:
                if compared:
                    hint = "Write a < b and b < c; brackets are needed to compare a comparison."
                    raise self.error(token, f"{token} continues a comparison", hint)
                compared = True
            right = self.expression(sign.power - 1 if sign.to_the_right else sign.power)
            left = Call(sign.function, (left, right))
        self.nesting -= 1
        return left

    def infix(self) -> Sign | None:
        return _INFIX.get(self.next.text) if self.next.kind == "sign" else None

    def operand(self, power: int) -> Expr:
        """Read a number, a name, a call, something in brackets, or a sign before any of them."""
        token = self.take()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "name":
            return self.call(token) if self.next.text == "(" else self.name(token)
        if token.text == "(":
            inner = self.expression(0)
            self.close(token)
            return inner
        if token.text == "-":
            return self.negative()
        if token.text == "not":
            if power > NOT:
                hint = "Put it in brackets: (not x)."
                raise self.error(token, '"not" cannot follow this sign', hint)
            return Call("not", (self.expression(NOT),))
        raise self.unexpected(token, 'a number, a name, a function or "("')

    def negative(self) -> Expr:
        # "-3" is a number, as it is in TOML; "-(3)" and "-3 ^ 2" are negations of something.
        bare = self.next.kind == "number"
        inner = self.expression(NEGATIVE)
        if bare and isinstance(inner, Number):
            return Number(-inner.value)
        return Call("neg", (inner,))

    def name(self, token: Token) -> Name:
        function = _callable(token.text)
        if function is not None:
            hint = f"Write {function.signature}."
            raise self.error(token, f"{token} is a function and expected its arguments", hint)
        return Name(token.text)

    def call(self, token: Token) -> Call:
        function = _callable(token.text)
        if function is None:
            hint = _FOREIGN_FUNCTIONS.get(token.text) or did_you_mean(
                token.text, [*FUNCTIONS, *SHORTHANDS, *READERS]
            )
            hint = hint or f"If it is a quantity: write {token.text} * (...) to multiply."
            raise self.error(token, f"{token} is not a function", hint)
        args = self.arguments()
        if not function.accepts(len(args)):
            count = f"{len(args)} argument{'' if len(args) == 1 else 's'}"
            hint = _DECIMAL if len(args) > len(function.parameters) else ""
            message = f"found {count} for {token}, expected {function.signature}"
            raise self.error(token, message, hint)
        if function.name in READERS and not isinstance(args[0], Name):
            hint = "The first is the name of a parameter: at(p_die, age + 5)."
            raise self.error(token, f"{token} must name first what is read elsewhere", hint)
        if isinstance(function, Shorthand):
            return Call(function.function, (*args, *function.rest))
        missing = len(function.parameters) - len(args)
        defaults = function.defaults[-missing:] if missing > 0 else ()
        return Call(function.name, (*args, *defaults))

    def arguments(self) -> tuple[Expr, ...]:
        bracket = self.take()
        if self.next.text == ")":
            self.take()
            return ()
        args = [self.expression(0)]
        while self.next.text == ",":
            self.take()
            args.append(self.expression(0))
        self.close(bracket)
        return tuple(args)

    def close(self, bracket: Token) -> None:
        if self.next.text != ")":
            expected = f'an operator or ")" for the "(" in column {bracket.column}'
            raise self.unexpected(self.next, expected)
        self.take()

    def unexpected(self, token: Token, expected: str) -> ExpressionError:
        hint = ""
        if token.kind in ("number", "name") or token.text == "(":
            hint = _MULTIPLY
        elif token.text == ",":
            hint = _DECIMAL
        elif token.text == ")":
            hint = "Brackets come in pairs."
        elif token.text == "+":
            hint = "A number is positive without a sign."
        return self.error(token, f"found {token}, expected {expected}", hint)
