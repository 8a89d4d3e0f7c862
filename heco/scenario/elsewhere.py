"""Reading a quantity at another time or age than the present: which word for time is meant."""

from __future__ import annotations

from collections.abc import Mapping

from heco.scenario.schema_parameters import Parameter
from heco.scenario.syntax import names_now

#: Words for time that can stand at another place than the present.
CLOCK_WORDS = ("time", "age", "cycle", "state_time", "state_cycle")


def clock_words_of(parameters: Mapping[str, Parameter], name: str) -> tuple[str, ...]:
    """Return the words for time that a parameter depends on, itself or through others.

    Parameters
    ----------
    parameters : mapping of str to Parameter
        All parameters.
    name : str
        Which one.
    """
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in CLOCK_WORDS:
            found.add(here)
        parameter = parameters.get(here)
        if here in seen or parameter is None:
            continue
        seen.add(here)
        if parameter.expr is not None:
            waiting += names_now(parameter.expr)
        if parameter.table is not None:
            waiting.append(parameter.table.by)
    return tuple(word for word in CLOCK_WORDS if word in found)
