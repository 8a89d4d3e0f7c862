"""The draws that the R package voi ships as chemo_pars and chemo_cea, made again from their seed.

A fictitious model of chemotherapy with a decision tree and a Markov model of 50 cycles (Heath,
Kunst & Jackson 2024, Value of Information for Healthcare Decision-Making; chjackson/voi at commit
071e702, R/model_chemo_source.R and data-raw/chemo.R: set.seed(1), 10,000 draws). No code of it is
used: the distributions of the inputs are facts; the arithmetic is written for all draws at once.
"""

import math

import numpy as np
from r_stream import Stream

CYCLES = 50
WTP = (10_000.0, 20_000.0, 30_000.0, 40_000.0, 50_000.0)


def draws(n=10_000, seed=1):
    """Return costs and effects, each shape (strategy, draw), and the inputs by name."""
    r = Stream(seed)
    x = {"p_side_effects_t1": r.beta(n, 53, 60)}
    x["logor_side_effects"] = r.normal(n, math.log(0.54), 0.3)
    p = x["p_side_effects_t1"]
    odds = p / (1 - p) * np.exp(x["logor_side_effects"])
    x["p_side_effects_t2"] = odds / (1 + odds)
    x["p_hospitalised_total"] = r.beta(n, 44, 10)
    x["p_died"] = r.beta(n, 9, 36)
    x["lambda_home"] = r.beta_of(n, 0.21, 0.03)
    x["lambda_hosp"] = r.beta_of(n, 0.03, 0.0065)
    x["c_home_care"] = r.lognormal(n, 830, math.sqrt(150))
    x["c_hospital"] = r.lognormal(n, 2400, math.sqrt(1880))
    x["c_death"] = r.lognormal(n, 1710, math.sqrt(760))
    x["u_recovery"] = r.beta_of(n, 0.98, math.sqrt(0.001))
    x["u_home_care"] = r.beta_of(n, 0.7, math.sqrt(0.02))
    x["u_hospital"] = r.beta_of(n, 0.3, math.sqrt(0.03))
    made = [_course(x, x["p_side_effects_t1"], 120), _course(x, x["p_side_effects_t2"], 10_300)]
    cost, effect = (np.stack(part) for part in zip(*made, strict=True))
    return cost, effect, x


def _course(x, ill, drug):
    """Return cost and effect of a strategy under which a share falls ill."""
    to_hospital = 1 - (1 - x["p_hospitalised_total"]) ** (1 / CYCLES)
    dies = 1 - (1 - x["p_died"]) ** (1 / CYCLES)
    home, hospital, well, dead = ill, 0 * ill, 0 * ill, 0 * ill
    cost = drug + home * x["c_home_care"]
    effect = (1 - ill) * x["u_recovery"] * (CYCLES + 1) + home * x["u_home_care"]
    for _ in range(CYCLES):
        recovered = home * (1 - to_hospital) * x["lambda_home"]
        recovered = recovered + hospital * (1 - dies) * x["lambda_hosp"]
        home, hospital, well, dead = (
            home * (1 - to_hospital) * (1 - x["lambda_home"]),
            home * to_hospital + hospital * (1 - dies) * (1 - x["lambda_hosp"]),
            well + recovered,
            dead + hospital * dies,
        )
        cost = cost + home * x["c_home_care"] + hospital * x["c_hospital"]
        effect = effect + home * x["u_home_care"] + hospital * x["u_hospital"]
        effect = effect + well * x["u_recovery"]
    return cost + dead * x["c_death"], effect
