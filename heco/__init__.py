"""heco: health-economic decision models from one readable file.

    scenario TOML -> Scenario -> Model -> Outcomes -> Result -> report
      (words)       (checked)   (arrays)  (arrays)   (tables)  (pages)

One idea: every analysis asks the same pure function about different rows,
``model.evaluate(draws) -> outcomes``. The base case is one row, a tornado 2k+1 rows, a
probabilistic analysis n rows, a threshold a search over one column.

Rooms, in the order in which a number travels through them:

    evidence    facts: distributions, rates, tables, price indices
    scenario    words: what the author wrote, checked but not computed
    model       machinery: tree and cohort, NumPy in, NumPy out
    sampling    rows: one random stream per parameter name
    analysis    questions: one module, one question, one Result
    report      pages: tables, figures, report.html

In Python::

    import heco

    scenario = heco.load("scenarios/targeted.toml")
    result = heco.run(scenario)
    model = heco.compile(scenario)
    outcomes = model.evaluate(model.base())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heco.version import __version__

if TYPE_CHECKING:
    from heco.analysis import run_scenario as run
    from heco.errors import ScenarioError
    from heco.model import compile_model as compile
    from heco.scenario.load import load, load_text

__all__ = ["ScenarioError", "__version__", "compile", "load", "load_text", "run"]

_HOMES = {
    "ScenarioError": ("heco.errors", "ScenarioError"),
    "compile": ("heco.model", "compile_model"),
    "load": ("heco.scenario.load", "load"),
    "load_text": ("heco.scenario.load", "load_text"),
    "run": ("heco.analysis", "run_scenario"),
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: `heco --help` must feel instant."""
    if name in _HOMES:
        from importlib import import_module

        module, attribute = _HOMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'heco' has no attribute {name!r}")
