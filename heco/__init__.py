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
    from pathlib import Path

    from heco.errors import ScenarioError
    from heco.model import Model
    from heco.result import RunResult
    from heco.scenario.load import load, load_text
    from heco.scenario.scenario import Scenario

__all__ = ["ScenarioError", "__version__", "compile", "load", "load_text", "run"]

_HOMES = {
    "ScenarioError": ("heco.errors", "ScenarioError"),
    "load": ("heco.scenario.load", "load"),
    "load_text": ("heco.scenario.load", "load_text"),
}


def run(scenario: Scenario | str | Path, **options: Any) -> RunResult:
    """Answer every question that a scenario asks.

    Parameters
    ----------
    scenario : Scenario, str or Path
        As loaded, or the path of its file.
    **options
        ``draws``, ``seed``, ``jobs`` and what else `heco.analysis.run_scenario` takes.
    """
    from heco.analysis import run_scenario

    return run_scenario(_loaded(scenario), **options)


def compile(scenario: Scenario | str | Path) -> Model:
    """Make the model of a scenario, or of the file at a path: words in, arrays out."""
    from heco.model import compile_model

    return compile_model(_loaded(scenario))


def _loaded(scenario: Scenario | str | Path) -> Scenario:
    from heco.scenario.load import load
    from heco.scenario.scenario import Scenario as Loaded

    return scenario if isinstance(scenario, Loaded) else load(scenario)


def __getattr__(name: str) -> Any:
    """Import what is asked for only when it is: `heco --help` must feel instant."""
    if name in _HOMES:
        from importlib import import_module

        module, attribute = _HOMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'heco' has no attribute {name!r}")
