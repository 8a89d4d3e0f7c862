"""Random expression trees for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from heco.scenario.functions import FUNCTIONS
from heco.scenario.operators import OPERATORS
from heco.scenario.syntax import Call, Expr, Name, Number

#: Names that the trees mention.
NAMES = ("p", "q", "r", "x", "x.part", "cycle_length")


def _calls(children: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def one(name: str) -> st.SearchStrategy[Expr]:
        function = FUNCTIONS.get(name) or OPERATORS[name]
        arity = len(function.parameters)
        most = arity + 2 if function.repeats else arity
        args = st.lists(children, min_size=arity, max_size=most).map(tuple)
        return args.map(lambda given: Call(name, given))

    return st.sampled_from([*FUNCTIONS, *OPERATORS]).flatmap(one)


def trees(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Expr]:
    """Trees of every function and operator, over `NAMES` and the given numbers."""
    leaves: st.SearchStrategy[Expr] = st.one_of(
        st.sampled_from(NAMES).map(Name), numbers.map(Number)
    )
    return st.recursive(leaves, _calls, max_leaves=15)
