"""Which column of somebody else's probabilistic analysis is what: recognised by the header alone.

Columns are linked by the names in them, never by their place. What other programs write:

heco
    ``cost:<strategy>``, ``qaly:<strategy>``, ``param:<name>``, one row per draw.
BCEA
    ``e.<strategy>``, ``c.<strategy>``: its own example files are ``data.frame(e = m$e, c = m$c)``
    with the columns interleaved (giabaio/BCEA, data-raw/smoking_results.R). Also ``e_`` and ``c_``,
    and numbered ``e1, c1`` or ``eff1, cost1``.
dampack
    ``cost_<strategy>`` with ``effectiveness_<strategy>`` (or effect, eff, qaly), and its example
    data ``Chemo_Cost, Chemo_Eff`` (feralaes/dampack, R/data-psa.R).
voi
    net benefit by itself, as its ``chemo_nb``: ``nb:<strategy>`` or ``nmb_<strategy>``, or a file
    of its own with a column per strategy (chjackson/voi, data-raw/chemo.R). Its costs and effects,
    ``list(e =, c =, k =)``, are BCEA's.
SAVI
    three files, costs, effects and parameters, one column per strategy (Sheffield-Accelerated-VoI/
    SAVI, test_data); its example files call them ``costs1`` and ``effects1``. heemod's
    ``export_savi`` writes cost.csv, effect.csv and param.csv (aphp/heemod, R/evpi.R).
heemod
    ``run_psa(...)$psa``: a row per strategy and draw, ``.strategy_names``, ``.index``, ``.cost``,
    ``.effect``, with the resampled parameters repeated (aphp/heemod, R/resamp_eval.R).
hesim
    a row per strategy and draw: ``sample``, ``strategy_id`` or ``strategy``, ``costs``, ``qalys``,
    in one file or in two, with ``category``, ``dr``, ``grp_id`` (CRAN hesim 0.5.5, help of ``ce``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from heco.errors import did_you_mean, refuse

#: What a first column without a name is called: R writes row names there.
ROW_NAMES = "(row names)"
#: Columns that number the draws.
INDEX = (
    ".index", "draw", "draws", "sample", "sim", "simulation", "iteration", "iter", "index",
    "run", "n_sim", "nsim", "psa_id", ROW_NAMES,
)  # fmt: skip
STRATEGY = (
    ".strategy_names", "strategy", "strategy_name", "strategy_names", "strategy_id",
    "intervention", "treatment", "option",
)  # fmt: skip
COST = (".cost", "costs", "cost", "total_cost", "total_costs")
EFFECT = (
    ".effect", "qalys", "qaly", "effectiveness", "effects", "effect", "eff", "total_qalys",
    "total_qaly",
)  # fmt: skip
#: Other words for the keys of a map.
SHORT = {"qaly": "effect", "parameter": "param", "nmb": "nb"}
#: Columns of hesim that divide its rows further.
DIVISIONS = ("category", "dr", "grp", "grp_id")

#: The layout whose costs are net benefit, the other way round.
NET = "net benefit"
_EFFECTS = "(?:effectiveness|effects?|eff|qalys?)"


@dataclass(frozen=True)
class Style:
    """One way to name the columns of a wide file."""

    layout: str
    cost: str
    effect: str
    parameter: str = ""


STYLES = (
    Style("heco", r"cost:(.+)", r"qaly:(.+)", r"param:(.+)"),
    Style("heemod", r"\.cost_(.+)", r"\.effect_(.+)"),
    Style("dampack", r"costs?[_. ](.+)", _EFFECTS + r"[_. ](.+)"),
    Style("dampack", r"(.+)[_. ]costs?", r"(.+)[_. ]" + _EFFECTS),
    Style("BCEA", r"c\.(.+)", r"e\.(.+)"),
    Style("BCEA", r"c_(.+)", r"e_(.+)"),
    Style("BCEA", r"(?:costs?|c)(\d+)", r"(?:effects?|eff|qalys?|e)(\d+)"),
    Style(NET, r"(?:nmb|nb)[:_. ](.+)", r"(?:nmb|nb)[:_. ](.+)"),
)


@dataclass(frozen=True)
class Wide:
    """A row per draw.

    Parameters
    ----------
    layout : str
        Whose layout it is.
    cost, effect : mapping of str to str
        Strategy -> column.
    parameters : mapping of str to str
        Parameter -> column.
    index : str
        The column that numbers the draws; empty if there is none.
    strict : bool
        Whether the header itself says that the parameters are parameters.
    ignored : tuple of str
        Columns that are none of these.
    """

    layout: str
    cost: Mapping[str, str]
    effect: Mapping[str, str]
    parameters: Mapping[str, str] = field(default_factory=dict)
    index: str = ""
    strict: bool = False
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Long:
    """A row per strategy and draw; `cost` or `effect` is empty if another file holds it."""

    layout: str
    strategy: str
    index: str
    cost: str
    effect: str
    rest: tuple[str, ...]


def long_layout(header: Sequence[str]) -> Long | None:
    """Return what the columns are if there is a row per strategy and draw, otherwise None."""
    strategy = _first(header, STRATEGY)
    cost, effect = _first(header, COST), _first(header, EFFECT)
    if not strategy or not (cost or effect):
        return None
    index = index_column(header)
    layout = "long"
    if strategy == ".strategy_names":
        layout = "heemod"
    elif index.lower() == "sample":
        layout = "hesim"
    used = {strategy, index, cost, effect, ROW_NAMES}
    return Long(layout, strategy, index, cost, effect, tuple(c for c in header if c not in used))


def wide_layout(header: Sequence[str]) -> Wide | None:
    """Return what the columns are if there is a row per draw, or None if the header does not say.

    Of all ways to read it the one that pairs most costs with effects is taken, the first of
    equals; one that pairs none only if there is no better, so that the mistake can be named.
    """
    best: tuple[int, Wide] | None = None
    for style in STYLES:
        cost, effect = _named(header, style.cost), _named(header, style.effect)
        if not (cost and effect):
            continue
        parameters = _named(header, style.parameter) if style.parameter else {}
        used = {*cost.values(), *effect.values(), *parameters.values()}
        left = [column for column in header if column not in used]
        index = index_column(left)
        left = [column for column in left if column != index and column != ROW_NAMES]
        if not style.parameter:
            parameters, left = {column: column for column in left}, []
        strict = bool(style.parameter)
        wide = Wide(style.layout, cost, effect, parameters, index, strict, tuple(left))
        pairs = len(cost.keys() & effect.keys())
        if best is None or pairs > best[0]:
            best = (pairs, wide)
    return best[1] if best else None


def mapped_layout(header: Sequence[str], mapping: Mapping[str, str]) -> Wide:
    """Return the columns as the author says they are.

    Parameters
    ----------
    header : sequence of str
        Column names.
    mapping : mapping of str to str
        ``cost`` and ``effect``, or ``nb`` (net benefit), and, if wanted, ``param``. Either a
        regular expression with one group, which is the strategy (``tc_(.+)``), or a list
        ``soc:tc_usual,new:tc_new`` of strategies and their columns. Parameters
        may be listed without new names; left out, all other columns.

    Raises
    ------
    ScenarioError
        If it cannot be understood, or names a column that is not there.
    """
    unknown = [key for key in mapping if key not in ("cost", "effect", "nb", "param")]
    outcomes = set(mapping) - {"param"}
    if unknown or outcomes not in ({"cost", "effect"}, {"nb"}):
        hint = "Write --map cost=... --map effect=..., and param=... if some columns are inputs."
        if unknown:
            raise refuse(f'"{unknown[0]}" cannot be mapped', "--map", hint)
        raise refuse("a map needs both cost and effect", "--map", hint)
    net = "nb" in mapping
    cost = _chosen(header, "nb" if net else "cost", mapping["nb" if net else "cost"])
    effect = cost if net else _chosen(header, "effect", mapping["effect"])
    layout = NET if net else "mapped"
    used = {*cost.values(), *effect.values()}
    left = [column for column in header if column not in used]
    index = index_column(left)
    left = [column for column in left if column != index and column != ROW_NAMES]
    if "param" in mapping:
        parameters = _chosen(header, "param", mapping["param"])
        left = [column for column in left if column not in parameters.values()]
        return Wide(layout, cost, effect, parameters, index, True, tuple(left))
    return Wide(layout, cost, effect, {column: column for column in left}, index)


def parse_map(items: Iterable[str]) -> dict[str, str]:
    """Return ``--map`` arguments, ``key=value`` each, as a mapping; ``qaly`` means ``effect``."""
    mapping: dict[str, str] = {}
    for item in items:
        key, found, value = item.partition("=")
        if not found or not value:
            raise refuse(f'"{item}" is no map', "--map", "For example --map 'cost=tc_(.+)'.")
        mapping[SHORT.get(key, key)] = value
    return mapping


def unpaired(
    cost: Mapping[str, str], effect: Mapping[str, str], layout: str
) -> list[tuple[str, str]]:
    """Return what is wrong with the strategies: sentence and hint, by strategy.

    Every strategy needs a cost and an effect under the same name, and there must be two.
    """
    found = []
    for name, column, others, missing in [
        *((n, c, effect, "effect") for n, c in cost.items() if n not in effect),
        *((n, c, cost, "cost") for n, c in effect.items() if n not in cost),
    ]:
        kind = "cost" if missing == "effect" else "effect"
        single = [n for n in others if n not in (cost if missing == "effect" else effect)]
        hint = did_you_mean(name, single) if single else ""
        if not hint.startswith("Did"):
            hint = f"If {column} is an input, say which columns are what with --map."
        what = f'strategy "{name}" has the {kind} {column}, but no {missing}'
        found.append((f"{what} (read as {layout})", hint))
    if not found and len(cost) < 2:
        what = f'"{next(iter(cost))}" is the only strategy; comparing needs two'
        hint = "Differences alone are not enough: add the comparator's own cost and effect."
        found.append((what, hint))
    return found


def _chosen(header: Sequence[str], key: str, value: str) -> dict[str, str]:
    """Return name -> column for one part of a map."""
    where = f"--map {key}"
    listed = [item.partition(":")[2].strip() in header for item in value.split(",")]
    if "(" in value and not all(listed):  # a column may itself be called "cost (GBP)"
        try:
            pattern = re.compile(value)
        except re.error as error:
            raise refuse(f'"{value}" is no regular expression: {error}', where) from None
        if pattern.groups != 1:
            raise refuse(
                f'"{value}" has {pattern.groups} groups', where, "One group holds the name: tc_(.+)"
            )
        found = _named(header, value, flags=0)
        if not found:
            raise refuse(f'no column matches "{value}"', where, f"Columns: {', '.join(header)}.")
        return found
    chosen: dict[str, str] = {}
    for item in value.split(","):
        name, colon, column = (part.strip() for part in item.partition(":"))
        if not colon and key != "param":
            raise refuse(
                f'"{item}" names no strategy', where,
                f"Say which strategy a column belongs to: {key}=usual:{item}.",
            )  # fmt: skip
        column = column or name
        if column not in header:
            raise refuse(f'there is no column "{column}"', where, did_you_mean(column, header))
        if name in chosen:
            raise refuse(f'"{name}" is there twice', where)
        chosen[name] = column
    return chosen


def _named(header: Sequence[str], pattern: str, flags: int = re.IGNORECASE) -> dict[str, str]:
    """Return the name in each column that matches -> the column."""
    found: dict[str, str] = {}
    for column in header:
        match = re.fullmatch(pattern, column, flags)
        if match:
            name = match.group(1)
            if name in found:
                what = f"{found[name]} and {column} both speak of {name}"
                raise refuse(what, "header", "Say which column is what with --map.")
            found[name] = column
    return found


def index_column(header: Sequence[str]) -> str:
    """Return the column that numbers the draws, R's row names if no other, or ""."""
    return _first(header, INDEX)


def _first(header: Sequence[str], words: Sequence[str]) -> str:
    """Return the column that is called by the first of these words, whatever its case, or ""."""
    lower = {column.lower(): column for column in reversed(header)}
    return next((lower[word] for word in words if word in lower), "")
