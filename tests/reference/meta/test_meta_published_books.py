"""Further published analyses: proportions, rates, regression with words, a text book's trials.

Numbers as printed, within half of the last digit; see test_meta_published.py. Data as in R's
metadat (Viechtbauer et al.) unless another source is named.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from meta_published_data import agree, counts, given

from heco.cli import cli
from heco.evidence.meta import (
    MEASURES,
    Effects,
    by_subgroup,
    from_counts,
    pool,
    regress,
    trim_and_fill,
)
from heco.evidence.meta.effect_sizes import from_rates, from_shares

# Niel-Weise, Stijnen & van den Broek (2007), Intensive Care Med 33:2058-2068: bloodstream
# infections with anti-infective and with standard catheters.
CATHETERS = """
Bach 0 116 3 117
George 1 44 3 35
Maki 2 208 9 195
Raad 0 130 7 136
Heard 5 151 6 157
Collin 1 98 4 139
Hannan 1 174 3 177
Marik 1 74 2 39
Pierce 1 97 19 103
Sheng 1 113 2 122
Chatzinikolaou 0 66 7 64
Corral 0 70 1 58
Brun-Buisson 3 188 5 175
Leon 6 187 11 180
Yucel 0 118 0 105
Moretti 0 252 1 262
Rupp 1 345 3 362
Osma 4 64 1 69
"""

# Niel-Weise, Stijnen & van den Broek (2008), J Hosp Infect 69:114-123: infections and catheter
# days, anti-infective first.
CATHETER_DAYS = np.array(
    [
        [7, 1344, 11, 1988], [8, 1600, 8, 1461], [3, 12012, 14, 10962], [6, 1536, 10, 1503],
        [1, 370, 1, 483], [1, 729, 8, 913], [17, 6760, 15, 6840], [3, 1107, 7, 1015],
        [2, 320, 3, 440],
    ],
    dtype=float,
)  # fmt: skip

# The CLASP trials of aspirin against pre-eclampsia, in DerSimonian & Kacker (2007), Contemp Clin
# Trials 28:105-114.
ASPIRIN = """
1 5 156 8 74
2 5 303 17 303
3 12 565 9 477
4 69 1570 94 1565
5 9 103 11 105
6 313 4659 352 4650
"""

# Lipsey & Wilson (2001), Practical Meta-Analysis, ch. 7: effect, variance, random assignment
# (1 if not), intensity.
CHALLENGE = np.array(
    [
        [-0.33, 0.084, 0, 7], [0.32, 0.035, 0, 3], [0.39, 0.017, 0, 7], [0.31, 0.034, 0, 5],
        [0.17, 0.072, 0, 7], [0.64, 0.117, 0, 7], [-0.33, 0.102, 1, 4], [0.15, 0.093, 1, 4],
        [-0.02, 0.012, 1, 5], [0.00, 0.067, 1, 6],
    ]
)  # fmt: skip

# Jackson et al. (2014), Res Synth Methods 5:300-312, examples 1 and 2: effect, variance, covariate.
JACKSON = (
    np.array(
        [
            [0.0267, 0.1285, 0], [0.8242, 0.0315, 0], [0.3930, 0.0931, 0], [2.4405, 2.0967, 0],
            [2.1401, 1.0539, 0], [1.2528, 0.1602, 0], [2.4849, 1.0235, 0], [0.3087, 0.0218, 0],
            [1.4246, 0.5277, 0], [0.1823, 0.0556, 0], [1.1378, 0.3304, 1], [1.2321, 0.1721, 1],
            [2.0695, 0.4901, 1], [4.0237, 2.0200, 1], [1.4383, 0.3399, 1], [1.6021, 0.1830, 1],
        ]
    ),
    np.array(
        [
            [0.54, 0.0176, 1986], [0.4, 0.019, 1987], [0.64, 0.0906, 1988], [0.365, 0.0861, 1988],
            [0.835, 0.0063, 1998], [0.02, 0.0126, 1999], [0.12, 0.0126, 2000],
            [0.085, 0.0041, 2000], [1.18, 0.0759, 2000], [0.08, 0.0126, 2001],
            [0.18, 0.0104, 2001], [0.325, 0.0242, 2001], [0.06, 0.0026, 2002],
            [0.715, 0.2629, 2002], [0.065, 0.0169, 2002], [0.245, 0.0156, 2002],
            [0.24, 0.0481, 2003], [0.06, 0.0084, 2003], [0.19, 0.0044, 2003],
        ]
    ),
)  # fmt: skip

# Harrer, Cuijpers, Furukawa & Ebert (2021), Doing Meta-Analysis with R, ch. 4: third-wave
# therapies against students' stress; Hedges' g, its standard error, risk of bias.
THIRD_WAVE = """
Call et al.,0.7091362,0.2608202,high
Cavanagh et al.,0.3548641,0.1963624,low
DanitzOrsillo,1.79117,0.3455692,high
de Vibe et al.,0.1824552,0.1177874,low
Frazier et al.,0.4218509,0.1448128,low
Frogeli et al.,0.63,0.196,low
Gallego et al.,0.7248838,0.2246641,high
Hazlett-Stevens & Oren,0.5286638,0.2104609,low
Hintz et al.,0.284,0.168,low
Kang et al.,1.2750682,0.3371997,low
Kuhlmann et al.,0.1036082,0.1947275,high
Lever Taylor et al.,0.3883906,0.2307689,low
Phang et al.,0.5407398,0.2443133,low
Rasanen et al.,0.4261593,0.2579379,low
Ratanasiripong,0.5153969,0.3512737,high
Shapiro et al.,1.479726,0.3152817,high
Song & Lindquist,0.6125782,0.2266834,high
Warnecke et al.,0.6,0.249,low
"""


def arms(which: int) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Return names, infections and patients of one arm of the catheter trials."""
    rows = [line.split() for line in CATHETERS.strip().splitlines()]
    x, n = np.array([row[1 + 2 * which : 3 + 2 * which] for row in rows], dtype=float).T
    return tuple(row[0] for row in rows), x, n


@pytest.mark.parametrize(
    ("which", "mu", "se", "tau2", "shares"),
    [(1, "-3.30", "0.24", "0.663", ("0.036", "0.023", "0.055")),
     (0, "-4.26", "0.26", "0.393", ("0.014", "0.008", "0.023"))],
)  # fmt: skip
def test_catheter_infections_as_proportions(
    which: int, mu: str, se: str, tau2: str, shares: tuple[str, ...]
) -> None:
    """Stijnen, Hamza & Ozdemir (2010), Stat Med 29:3046-3067, Table II; digits of metafor."""
    found = pool(from_shares(MEASURES["PLOGIT"], *arms(which)), test="wald")
    agree(found.estimate, mu)
    agree(found.se, se)
    agree(found.tau2, tau2)
    agree(found.natural, *shares)


def test_catheter_infections_as_odds_ratios() -> None:
    """Stijnen et al. (2010), Table III: one trial without an infection leaves."""
    effects = from_counts(counts(CATHETERS, "OR"))
    assert effects.k == 17
    assert "Yucel" in effects.notes[1]
    found = pool(effects, test="wald")
    agree([found.estimate, found.se], "-0.980", "0.243")
    agree(found.tau, "0.19")
    agree(found.natural, "0.38", "0.23", "0.60")


@pytest.mark.parametrize(
    ("which", "mu", "se", "tau2", "rates"),
    [(2, "1.468", "0.243", "0.370", ("4.34", "2.70", "6.98")),
     (0, "0.981", "0.326", "0.639", ("2.67", "1.41", "5.05"))],
)  # fmt: skip
def test_catheter_infections_as_rates(
    which: int, mu: str, se: str, tau2: str, rates: tuple[str, ...]
) -> None:
    """Stijnen et al. (2010), Table VII: infections per 1,000 days."""
    x, days = CATHETER_DAYS[:, which], CATHETER_DAYS[:, which + 1]
    names = tuple(f"trial {i}" for i in range(9))
    found = pool(from_rates(MEASURES["RATE"], names, (x, days / 1000)), test="wald")
    agree([found.estimate, found.se, found.tau2], mu, se, tau2)
    agree(found.natural, *rates)


def test_catheter_infections_as_rate_ratios() -> None:
    """Stijnen et al. (2010), Table VIII."""
    x1, t1, x2, t2 = CATHETER_DAYS.T
    names = tuple(f"trial {i}" for i in range(9))
    found = pool(from_rates(MEASURES["IRR"], names, (x1, t1), (x2, t2)), test="wald")
    agree([found.estimate, found.se], "-0.396", "0.227")
    agree(found.tau, "0.31")
    agree(found.natural, "0.67", "0.43", "1.05")


def test_aspirin_dersimonian_kacker_2007() -> None:
    """DerSimonian & Kacker (2007), Tables 3 and 4 (pp. 111-112): tau, mean, standard error.

    ML is left out: the likelihood falls from tau = 0 on, where the paper prints 0.0023.
    """
    effects = from_counts(counts(ASPIRIN, "OR"))
    for name, tau, mu, se in (
        ("PM", "0.3681", "-0.3811", "0.2060"), ("HE", "0.4410", "-0.4035", "0.2327"),
        ("DL", "0.2323", "-0.3240", "0.1540"), ("EB", "0.3681", "-0.3811", "0.2060"),
        ("REML", "0.1843", "-0.2980", "0.1343"), ("HS", "0.1330", "-0.2666", "0.1125"),
        ("SJ", "0.4572", "-0.4079", "0.2386"),
    ):  # fmt: skip
        found = pool(effects, name, "wald")
        agree([found.tau, found.estimate, found.se], tau, mu, se)
    most = pool(effects, "ML", "wald")
    assert most.tau == 0
    near = [pool(effects, "ML", "wald", tau2=t).log_likelihood for t in (0.0, 1e-5, 1e-3, 0.034)]
    assert near == sorted(near, reverse=True)


def challenge() -> Effects:
    return given(CHALLENGE[:, 0], CHALLENGE[:, 1], "SMD")


def test_challenge_programmes_lipsey_wilson_2001() -> None:
    """Lipsey & Wilson (2001), Exhibits 7.3 and 7.4 (pp. 133 and 138); digits of metafor."""
    common = pool(challenge(), "IV")
    agree([common.estimate, common.se, common.statistic, common.p, common.low, common.high],
          "0.1549", "0.0609", "2.5450", "0.0109", "0.0356", "0.2742")  # fmt: skip
    agree([common.q, common.q_p], "14.7640", "0.0976")
    random = pool(challenge(), "DL", "wald")
    agree([random.estimate, random.se, random.statistic, random.p, random.low, random.high],
          "0.1534", "0.0858", "1.7893", "0.0736", "-0.0146", "0.3215")  # fmt: skip
    agree(random.tau2, "0.025955")
    groups = by_subgroup(challenge(), [str(int(x)) for x in CHALLENGE[:, 2]], "IV", "wald")
    agree([groups.q, groups.p], "7.0739", "0.0078")
    first, second = groups.groups["0"], groups.groups["1"]
    agree([first.estimate, first.se, first.low, first.high, first.q, first.q_p],
          "0.2984", "0.0813", "0.1390", "0.4578", "6.4382", "0.2659")  # fmt: skip
    agree([second.estimate, second.se, second.low, second.high, second.q, second.q_p],
          "-0.0277", "0.0917", "-0.2075", "0.1521", "1.2519", "0.7406")  # fmt: skip


def test_challenge_programmes_regression() -> None:
    """Lipsey & Wilson (2001), Exhibits 7.6 and 7.7 (p. 141); digits of metafor."""
    moderators = {"random": CHALLENGE[:, 2], "intensity": CHALLENGE[:, 3]}
    fixed = regress(challenge(), moderators, "IV", "wald")
    agree([c.estimate for c in fixed.coefficients], "0.3223", "-0.3298", "-0.0041")
    agree([c.se for c in fixed.coefficients], "0.2998", "0.1304", "0.0493")
    agree([c.p for c in fixed.coefficients], "0.2823", "0.0115", "0.9339")
    agree([fixed.model_p, fixed.q, fixed.q_p], "0.0290", "7.6832", "0.3614")
    mixed = regress(challenge(), moderators, "DL", "wald")
    agree([c.estimate for c in mixed.coefficients], "0.3311", "-0.3269", "-0.0068")
    agree([c.se for c in mixed.coefficients], "0.3198", "0.1439", "0.0528")
    agree([c.low for c in mixed.coefficients], "-0.2958", "-0.6090", "-0.1103")
    agree([c.high for c in mixed.coefficients], "0.9579", "-0.0448", "0.0967")
    agree(mixed.model_p, "0.0617")
    agree(mixed.tau2, "0.00488")
    agree(mixed.r2, "81.2")


@pytest.mark.parametrize(
    ("data", "low", "high"),
    [(JACKSON[0], "0.0110", "0.6330"), (JACKSON[1], "0.0163", "0.1108")],
)  # fmt: skip
def test_residual_variance_jackson_2014(data: np.ndarray, low: str, high: str) -> None:
    """Jackson et al. (2014): interval of tau2 from REML and its standard error, on logs."""
    y, v, x = data.T
    found = regress(given(y, v), {"x": x}, "REML", "wald")
    half = 1.96 * found.tau2_se / found.tau2
    ends = np.exp(math.log(found.tau2) + np.array([-half, half]))
    np.testing.assert_allclose(ends, [float(low), float(high)], atol=1.5e-4)  # stops at 1e-5


def third_wave() -> tuple[Effects, list[str]]:
    rows = list(csv.reader(THIRD_WAVE.strip().splitlines()))
    y, se = np.array([row[1:3] for row in rows], dtype=float).T
    return given(y, se**2, "SMD", tuple(row[0] for row in rows)), [row[3] for row in rows]


def test_third_wave_harrer_2021() -> None:
    """Harrer et al. (2021), section 4.2.1: R's meta, REML with Hartung-Knapp; then Paule-Mandel."""
    effects, _ = third_wave()
    found = pool(effects)
    agree([found.estimate, found.low, found.high], "0.5771", "0.3782", "0.7760")
    agree([found.tau2, found.tau2_low, found.tau2_high], "0.0820", "0.0295", "0.3533")
    agree([found.tau, math.sqrt(found.tau2_low), math.sqrt(found.tau2_high)],
          "0.2863", "0.1717", "0.5944")  # fmt: skip
    agree([found.statistic, found.i2_q], "6.12", "62.6")
    agree([found.q, found.q_p], "45.50", "0.0002")
    agree(pool(effects, "IV").estimate, "0.4805045")
    other = pool(effects, "PM")
    agree([other.estimate, other.tau2], "0.5874", "0.1105")  # R stops at 1e-5


def test_third_wave_trim_and_fill_by_either_centre() -> None:
    """The centre decides: a common effect finds studies missing on the left, REML none."""
    effects, _ = third_wave()
    assert trim_and_fill(effects, "REML").missing == 0
    common = trim_and_fill(effects, "REML", centre="IV")
    assert (common.side, common.missing) == ("left", trim_and_fill(effects, "IV").missing)
    assert common.missing > 0
    assert common.pooled.estimator == "REML"
    assert common.pooled.estimate < pool(effects).estimate


def write(path: Path, columns: str, rows: str) -> Path:
    path.write_text(f"{columns}\n{rows.strip()}\n", encoding="utf-8")
    return path


def test_the_command_finds_what_is_printed(tmp_path: Path) -> None:
    """The same through ``heco meta`` and results.csv."""
    trials = write(
        tmp_path / "c.csv", "study,events_treat,n_treat,events_control,n_control",
        "\n".join(",".join(line.split()) for line in CATHETERS.strip().splitlines()),
    )  # fmt: skip
    students = write(tmp_path / "s.csv", "study,effect,se,rob", THIRD_WAVE)
    for file, measure, test, printed in (
        (trials, "OR", "wald", {"pooled_effect": "-0.980", "pooled_se": "0.243",
                                "exp_pooled_effect": "0.38"}),
        (students, "SMD", "knapp-hartung", {"pooled_effect": "0.5771", "tau2": "0.0820",
                                            "q": "45.50", "i2_q": "62.6"}),
    ):  # fmt: skip
        out = tmp_path / file.stem
        words = ["meta", str(file), "--measure", measure, "--test", test, "--quiet", "-o", str(out)]
        assert CliRunner().invoke(cli, words).exit_code == 0
        with (out / "results.csv").open(encoding="utf-8") as stream:
            rows = {(r["quantity"], r["subject"]): r["value"] for r in csv.DictReader(stream)}
        for quantity, text in printed.items():
            agree(float(rows[quantity, f"{measure}/REML/{test}"]), text)
