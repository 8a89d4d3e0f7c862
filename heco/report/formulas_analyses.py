"""The formulas of the analyses that were run: decision rules, uncertainty, thresholds, money."""

from __future__ import annotations

from collections.abc import Iterator

from heco.report import reading
from heco.report.formulas_model import BRIGGS, DRUMMOND
from heco.report.typeset import Formula
from heco.result import RunResult


def formulas(run: RunResult) -> Iterator[Formula]:
    """Yield the formulas of every analysis in the run, in its order of reading."""
    if len(reading.strategies(run)) > 1:
        yield from _rules(run)
    if run.draws:
        yield from _draws(run)
    for name, formula in _ASKED.items():
        if name in run:
            yield formula
    if "voi" in run:
        yield from _information(run)
    if any(record.pooled for record in run.scenario.parameters.values()):
        yield _POOLED


def _rules(run: RunResult) -> Iterator[Formula]:
    unit = reading.effect(run)
    yield Formula(
        "Incremental cost-effectiveness ratio and dominance",
        ("ICER = (C_1 − C_0) / (E_1 − E_0)",),
        (
            ("C, E", f"mean cost and mean {reading.effects(run)} per person, of a strategy (1) and "
             "of the next less effective one on the frontier, or the comparator (0)"),
            ("dominated", "another costs no more and gains no less, one of the two strictly"),
            ("extendedly dominated", "its ratio is higher than that of the next that gains more"),
        ),
        f"{DRUMMOND}, ch. 4; Cantor 1994, Medical Decision Making 14:259",
    )  # fmt: skip
    yield Formula(
        "Net benefit",
        ("NMB = W E − C,   NHB = E − C / W,   INMB = W (E_1 − E_0) − (C_1 − C_0)",),
        (("W", f"willingness to pay per {unit}"),),
        "Stinnett & Mullahy 1998, Medical Decision Making 18:S68",
    )


def _draws(run: RunResult) -> Iterator[Formula]:
    yield Formula(
        "Means, limits and Monte Carlo error",
        ("x = (1 / n) Σ_i x_i,   error = s / √n,   error of p = √(p (1 − p) / n)",),
        (
            ("x_i", f"the value in draw i of {run.draws:,}; limits are the 2.5 and 97.5 "
             "percentiles of these values"),
            ("p", "a probability that is a share of the draws"),
            ("s", "standard deviation over draws; designs other than random take the error from "
             "replicates with other seeds"),
        ),
        f"{BRIGGS}, ch. 4; Hatswell et al. 2018, PharmacoEconomics 36:1421",
    )  # fmt: skip
    if len(reading.strategies(run)) < 2:
        return
    yield Formula(
        "Acceptability, expected loss, perfect information",
        (
            "CEAC_d(W) = share of draws i in which NMB_{d,i} = max_k NMB_{k,i}, ties shared",
            "loss_d(W) = mean_i (max_k NMB_{k,i} − NMB_{d,i}),   EVPI(W) = min_d loss_d(W)",
        ),
        (
            ("d, k", "strategies"),
            ("CEAF", "the CEAC of the strategy with the highest mean NMB: the one to choose"),
        ),
        "Fenwick, Claxton & Sculpher 2001, Health Economics 10:779; Alarid-Escudero et al. 2019, "
        "Value in Health 22:611; Briggs et al. 2012 (ISPOR-SMDM), Value in Health 15:835",
    )  # fmt: skip


#: What an analysis adds, by its name.
_ASKED: dict[str, Formula] = {
    "required_gain": Formula(
        "Required gain",
        ("g = (ΔC / W − ΔE_0) / ΔN",),
        (
            ("ΔC", "extra cost per person of the cohort"),
            ("ΔE_0", "extra effect with the named utility set to 0, or 0 where none is named"),
            ("ΔN", "people counted, per person of the cohort, beyond those of the comparator"),
            ("limits", "percentiles of the draws' own answers; the mean is a ratio of means"),
        ),
    ),
    "threshold": Formula(
        "Thresholds",
        ("INMB(x^{*}) = 0,   x^{*} = x_0 − INMB(x_0) (x_1 − x_0) / (INMB(x_1) − INMB(x_0))",),
        (
            ("x^{*}", "the value of one input at which the decision changes, all others at base; "
             "the second form where net benefit is a straight line in it, otherwise by search"),
        ),
    ),
    "assurance": Formula(
        "Values with assurance",
        ("mean_i INMB_i(x^{*}) = 0;   share of draws with INMB_i(x^{*}_p) > 0 is p",),
        (("x^{*}", "one value of the input in every draw; all others keep their draws"),),
        "O'Hagan, Stevens & Campbell 2005, Pharmaceutical Statistics 4:187",
    ),
    "tornado": Formula(
        "One-way sensitivity",
        ("width_j = |y(high_j) − y(low_j)|",),
        (("y", "what is measured, with input j at one end of its range and all others at base"),),
        f"{BRIGGS}, ch. 4",
    ),
    "sensitivity": Formula(
        "Shares of variance (Sobol' indices)",
        ("S_j = Var(E(y | x_j)) / Var(y),   T_j = 1 − Var(E(y | all but x_j)) / Var(y)",),
        (("S, T", "first-order and total index of input j, or of inputs that are drawn together"),),
        "Saltelli et al. 2010, Computer Physics Communications 181:259",
    ),
    "flip": Formula(
        "The nearest change of the decision",
        ("β = min √(Σ_j z_j^2) over all z at which another strategy is the best",),
        (("z_j", "standard-normal score of input j: about its distance from base in standard "
          "errors"),),
        "Hasofer & Lind 1974, Journal of the Engineering Mechanics Division 100:111",
    ),
    "budget": Formula(
        "Budget impact",
        (
            "B_y = Σ_{s ≤ y} N_s u_s (k_{y−s+1} − k^{0}_{y−s+1})",
            "one cohort in all its years: N ΔC_{undiscounted}",
        ),
        (
            ("N_s, u_s", "people who enter in year s, and the share of them who are covered"),
            ("k_a, k^{0}_a", "undiscounted cost per person in model year a, with and without the "
             "strategy; programme costs and staff are added by year"),
        ),
        "Sullivan et al. 2014 (ISPOR), Value in Health 17:5",
    ),
    "equity": Formula(
        "Net health benefit by group",
        ("NHB_g = a_g ΔE N − o_g ΔC N / W,   Σ_g a_g = Σ_g o_g = 1",),
        (
            ("a_g, o_g", "share of group g in what is gained, and in what is lost elsewhere"),
            ("N", "people of the cohort"),
        ),
        "Asaria et al. 2016, Medical Decision Making 36:8; Love-Koh et al. 2020, PharmacoEconomics "
        "38:395",
    ),
    "reconcile": Formula(
        "Values that published figures imply",
        ("{x : printed − h ≤ f(x) ≤ printed + h}",),
        (
            ("f(x)", "the model's figure with one input at x and all others at base"),
            ("h", "half of the last printed digit"),
        ),
    ),
}  # fmt: skip

_POOLED = Formula(
    "Pooling of studies",
    (
        "θ = Σ_k w_k y_k / Σ_k w_k,   w_k = 1 / (v_k + τ^2)",
        "se_{HK}^2 = Σ_k w_k (y_k − θ)^2 / ((K − 1) Σ_k w_k)",
    ),
    (
        ("y_k, v_k", "effect of study k of K on its pooling scale, and its sampling variance"),
        ("τ^2", "variance between studies, as the input's estimator has it; 0 for a common effect"),
    ),
    "Higgins, Thompson & Spiegelhalter 2009, J R Stat Soc A 172:137; Hartung & Knapp 2001, "
    "Statistics in Medicine 20:3875",
)


def _information(run: RunResult) -> Iterator[Formula]:
    yield Formula(
        "Perfect information on some inputs",
        ("EVPPI(φ) = E_φ (max_d E(NMB_d | φ)) − max_d E(NMB_d)",),
        (
            ("φ", "one input, or several that would be learnt together"),
            ("E(NMB_d | φ)", "estimated by regression of net benefit on φ over the draws"),
        ),
        "Strong, Oakley & Brennan 2014, Medical Decision Making 34:311",
    )
    yield Formula(
        "Population value of information",
        ("population EVPI = EVPI Σ_t N_t (1 + r)^{−t}",),
        (("N_t", "people whom the decision concerns in year t, for as long as it stands"),),
        f"{BRIGGS}, ch. 7",
    )
    if run.scenario.study:
        yield Formula(
            "What a study is worth",
            (
                "EVSI(n) = E_x (max_d E(NMB_d | x)) − max_d E(NMB_d)",
                "ENBS(n) = EVSI(n) × people decided for after the report − cost of the study of n "
                "− what people lose until then",
            ),
            (("x", "the data of a study of n people, simulated once for every draw"),),
            "Strong et al. 2015, Medical Decision Making 35:570",
        )
