"""Published meta-analyses: numbers as printed, with the page.

Where metafor's documentation prints more digits than the paper, those are used (the file of its
tests, or of its manual, is named). Tolerance is half of the last printed digit.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from meta_published_data import (
    BETA_BLOCKERS,
    DIURETICS,
    EXAMPLE_1,
    EXAMPLE_2,
    EXPECTANCY,
    HINE,
    MAGNESIUM,
    NAUSEA,
    PASSIVE_SMOKING,
    SMALL_STUDIES,
    ST_JOHNS_WORT,
    ST_JOHNS_WORT_ALL,
    ST_JOHNS_WORT_STRATA,
    STROKE,
    TOLBUTAMIDE,
    VASOSPASM,
    WARFARIN,
    WRITING,
    agree,
    counts,
    given,
)

from heco.evidence.meta import (
    MEASURES,
    Effects,
    Tables,
    by_subgroup,
    draw_from,
    from_counts,
    from_means,
    from_published,
    mantel_haenszel,
    peto,
    pool,
    regress,
    stratified_tests,
    trim_and_fill,
)
from heco.evidence.meta.effect_sizes import from_rates, from_shares


def test_lidocaine_hine_1989() -> None:
    """Normand (1999), Tables III (p. 330) and VII (p. 349): risk differences in percent."""
    effects = from_counts(counts(HINE, "RD"))
    agree(100 * effects.y, "2.8026", "0.0000", "1.9711", "1.7961", "3.5334", "4.4031")
    agree(1e4 * effects.v, "17.7575", "37.5657", "8.1323", "10.8998", "8.0114", "6.1320")
    for estimator in ("IV", "DL", "REML"):
        found = pool(effects, estimator, "wald")
        agree(100 * found.estimate, "2.94")
        agree([100 * found.low, 100 * found.high], "0.4", "5.5")
        assert found.tau2 == 0


def test_length_of_stay_normand_1999() -> None:
    """Normand (1999), Tables VIII (p. 351) and IX (p. 352): differences in days."""
    n1, m1, s1, n2, m2, s2 = STROKE.T
    sd = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    names = tuple(f"hospital {i}" for i in range(9))
    effects = from_means(MEASURES["MD"], names, (m1, sd, n1), (m2, sd, n2))
    agree(effects.y, "-20", "-2", "-55", "-71", "-4", "1", "11", "-10", "7")
    agree(effects.v, "40.59", "2.05", "15.28", "150.22", "20.19", "1.22", "95.38", "8.03", "20.69")
    for estimator, printed in {
        "IV": ("-3.49", "-5.03", "-1.96"),
        "DL": ("-14.10", "-24.45", "-3.75"),
        "REML": ("-15.12", "-32.67", "2.43"),
    }.items():
        found = pool(effects, estimator, "wald")
        agree([found.estimate, found.low, found.high], *printed)
    agree(pool(effects, "DL").tau2, "218.72")
    agree(pool(effects, "REML").tau2, "685.20")


def test_hedges_g_of_length_of_stay() -> None:
    """Metafor, tests/testthat/test_misc_escalc.r (measure SMD)."""
    n1, m1, s1, n2, m2, s2 = STROKE[:4].T
    effects = from_means(MEASURES["SMD"], tuple("abcd"), (m1, s1, n1), (m2, s2, n2))
    agree(effects.y, "-0.3552", "-0.3479", "-2.3176", "-1.8880")
    agree(effects.v, "0.0131", "0.0645", "0.0458", "0.1606")


def test_diuretics_collins_1985() -> None:
    """Viechtbauer (2007), Table II (p. 44): tau2 by estimator, Q-profile and Wald intervals."""
    effects = from_counts(counts(DIURETICS, "OR"))
    found = {name: pool(effects, name) for name in ("DL", "ML", "REML", "SJ")}
    agree([one.tau2 for one in found.values()], "0.230", "0.239", "0.301", "0.456")
    agree([found["DL"].tau2_low, found["DL"].tau2_high], "0.072", "2.203")
    ml, reml = found["ML"], found["REML"]
    agree([ml.tau2 - 1.96 * ml.tau2_se, ml.tau2 + 1.96 * ml.tau2_se], "-0.101", "0.578")
    agree([reml.tau2 - 1.96 * reml.tau2_se, reml.tau2 + 1.96 * reml.tau2_se], "-0.131", "0.732")


@pytest.mark.parametrize(
    ("data", "tau2", "i2", "h2"),
    [
        (
            EXAMPLE_1,
            ("0.228", "0.148", "0.277", "0.197", "0.223", "0.192", "0.199"),
            ("77.23", "68.80", "80.44", "74.51", "76.84", "74.05", "74.75"),
            ("4.39", "3.21", "5.11", "3.92", "4.32", "3.85", "3.96"),
        ),
        (
            EXAMPLE_2,
            ("0.010", "0.000", "0.013", "0.013", "0.016", "0.010", "0.025"),
            ("22.93", "0.00", "27.53", "28.45", "32.02", "23.72", "42.67"),
            ("1.30", "1.00", "1.38", "1.40", "1.47", "1.31", "1.74"),
        ),
    ],
)
def test_seven_estimators_viechtbauer_2005(
    data: tuple[list[float], list[float]],
    tau2: tuple[str, ...],
    i2: tuple[str, ...],
    h2: tuple[str, ...],
) -> None:
    """Viechtbauer (2005), pp. 271 and 272."""
    found = [pool(given(*data), name) for name in ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")]
    agree([one.tau2 for one in found], *tau2)
    agree([one.i2 for one in found], *i2)
    agree([one.h2 for one in found], *h2)


def test_acupuncture_henmi_copas_2010() -> None:
    """Henmi & Copas (2010), p. 2978."""
    found = pool(from_counts(counts(NAUSEA, "OR")), "DL", "wald")
    agree(
        [found.tau2, found.estimate, found.low, found.high],
        "0.3325", "-0.6787", "-1.0664", "-0.2911",
    )  # fmt: skip


def test_teacher_expectancy_raudenbush_1985() -> None:
    """Raudenbush & Bryk (1985), pp. 83-92 and Figure 2; metafor prints four digits."""
    weeks, y, v = EXPECTANCY.T
    effects = given(y, v, "SMD")
    found = pool(effects, test="wald")
    agree([found.tau2, found.estimate, found.q, found.statistic],
          "0.0188", "0.0837", "35.8295", "1.6208")  # fmt: skip
    drawn = [draw_from(found, f"shrunken:study {i}", effects) for i in (1, 2, 4, 10)]
    # metafor prints a fourth digit, which its stopping rule (1e-5) does not warrant
    agree([one.base for one in drawn], "0.054", "0.101", "0.214", "0.248")
    low, high = drawn[0].interval()
    agree([low, high], "-0.1324", "0.2411")
    line = regress(effects, {"weeks": np.minimum(weeks, 3)}, test="wald")
    intercept, slope = line.coefficients
    assert line.tau2 < 5e-5
    agree([intercept.estimate, slope.estimate], "0.4072", "-0.1572")
    agree([intercept.statistic, slope.statistic], "4.678", "-4.388")
    agree(line.q, "16.5708")
    at = line.at({"weeks": 2})
    agree([at.estimate, at.low, at.high], "0.0927", "0.0198", "0.1656")


def wort() -> tuple[Effects, np.ndarray, np.ndarray]:
    baseline, weeks, dose, x1, n1, x2, n2 = ST_JOHNS_WORT.T
    names = tuple(f"trial {i}" for i in range(len(x1)))
    tables = Tables(MEASURES["RR"], names, x1, n1 - x1, x2, n2 - x2)
    return from_counts(tables), dose * 7 / 1000 * weeks - 34, baseline - 20


def test_st_johns_wort_pooled_viechtbauer_2007() -> None:
    """Viechtbauer (2007b), pp. 106-109, digits of metafor (1.39 and 55.54 in the article)."""
    effects, _, _ = wort()
    common = pool(effects, "IV")
    agree(common.natural, "1.3840", "1.2599", "1.5204")
    agree(common.q, "51.5454")
    random = pool(effects, "DL", "wald", prediction="z")
    agree(random.natural, "1.5722", "1.3103", "1.8864")
    agree(random.natural_prediction, "0.8488", "2.9120")
    agree(random.tau2, "0.0903")


def test_st_johns_wort_regression_viechtbauer_2007() -> None:
    """Viechtbauer (2007b), Table II (p. 113): dose, baseline severity and their product."""
    effects, dose, baseline = wort()
    moderators = {"dose": dose, "baseline": baseline, "both": dose * baseline}
    found = regress(effects, moderators, "DL", "wald")
    agree([found.tau2, found.r2], "0.0475", "47.3778")
    agree([part.estimate for part in found.coefficients],
          "0.47625885", "-0.0058448", "-0.06722782", "-0.00156996")  # fmt: skip
    agree([part.se for part in found.coefficients],
          "0.08764097", "0.00999872", "0.03522283", "0.00344659")  # fmt: skip
    for severity, printed in ((12.5, ("2.6657", "1.4560", "4.8806")),
                              (23.6, ("1.2639", "0.9923", "1.6099"))):  # fmt: skip
        at = found.at({"dose": 0, "baseline": severity - 20, "both": 0})
        agree(np.exp([at.estimate, at.low, at.high]), *printed)
    for name, tau2, se in (
        ("HS", "0.0253", "0.0197"), ("HE", "0.0388", "0.0764"), ("DL", "0.0475", "0.0376"),
        ("SJ", "0.0912", "0.0436"), ("PM", "0.0633", "0.0460"), ("ML", "0.0240", "0.0222"),
        ("REML", "0.0558", "0.0409"), ("EB", "0.0633", "0.0460"),
    ):  # fmt: skip
        one = regress(effects, moderators, name, "wald")
        agree([one.tau2, one.tau2_se], tau2, se)


def test_st_johns_wort_strata_linde_2005() -> None:
    """Metafor's manual, dat.linde2005: one variance within four strata; half cells in one trial."""
    effects = from_counts(counts(ST_JOHNS_WORT_ALL, "RR"))
    agree([effects.y[3], effects.v[3]], "3.0445", "2.0183")
    found = pool(effects, "DL", "wald")
    agree([found.tau2, found.tau2_se, found.i2, found.q, found.estimate, found.se],
          "0.1413", "0.0697", "73.94", "84.4155", "0.5574", "0.1002")  # fmt: skip
    strata = by_subgroup(effects, ST_JOHNS_WORT_STRATA, "DL", "wald", tau2="pooled", prediction="z")
    agree([group.estimate for group in strata.groups.values()],
          "0.6826", "0.1548", "1.6681", "0.5442")  # fmt: skip
    agree([group.se for group in strata.groups.values()],
          "0.1546", "0.1136", "0.2918", "0.1430")  # fmt: skip
    agree([group.tau2 for group in strata.groups.values()], *4 * ["0.0555"])
    agree(sum(group.q for group in strata.groups.values()), "40.5792")
    agree(strata.groups["4"].natural_prediction, "1.00", "2.96")


def test_beta_blockers_peto_yusuf_1985() -> None:
    """Yusuf et al. (1985), p. 107: three trials of 21 without a death add nothing."""
    found = peto(counts(BETA_BLOCKERS, "OR"))
    agree(found.natural, "0.93", "0.74", "1.18")
    assert found.q_df == 17
    assert "3 studies" in found.notes[0]


def test_tolbutamide_rothman_2008() -> None:
    """Rothman et al. (2008), Table 15-1 and pp. 274-278: 90% intervals, digits of metafor."""
    rd = mantel_haenszel(counts(TOLBUTAMIDE, "RD"), level=0.90)
    agree([rd.estimate, rd.low, rd.high, rd.q, rd.q_p],
          "0.0349", "-0.0176", "0.0874", "0.0017", "0.9669")  # fmt: skip
    rr = mantel_haenszel(counts(TOLBUTAMIDE, "RR"), level=0.90)
    agree([rr.estimate, rr.low, rr.high, rr.q, rr.q_p],
          "0.2818", "-0.1442", "0.7078", "0.4472", "0.5037")  # fmt: skip
    agree(rr.natural, "1.3256", "0.8658", "2.0296")
    odds = mantel_haenszel(counts(TOLBUTAMIDE, "OR"), level=0.90)
    agree([odds.estimate, odds.low, odds.high, odds.q, odds.q_p],
          "0.3387", "-0.1731", "0.8505", "0.3474", "0.5556")  # fmt: skip
    tests = stratified_tests(counts(TOLBUTAMIDE, "OR"), continuity=False)
    agree([tests.cmh, tests.cmh_p, tests.tarone, tests.tarone_p],
          "1.1914", "0.2750", "0.3489", "0.5547")  # fmt: skip


def smoking(rounded: bool) -> Effects:
    rows = [line.rsplit(maxsplit=3) for line in PASSIVE_SMOKING.strip().splitlines()]
    effect, low, high = np.array([[float(cell) for cell in row[1:]] for row in rows]).T
    names = tuple(row[0] for row in rows)
    found = from_published(MEASURES["RR"], names, effect, (low, high))
    if rounded:  # metadat rounds ln RR to three digits and its variance to four
        return given(np.round(found.y, 3), np.round(found.v, 4), "RR", names)
    return found


def test_passive_smoking_hackshaw_1997() -> None:
    """Hackshaw et al. (1997): excess risk 24% (13% to 36%); metafor's manual, dat.hackshaw1998."""
    found = pool(smoking(rounded=True), "DL", "wald", prediction="z")
    agree([found.tau2, found.i2, found.q, found.estimate, found.se, found.low, found.high],
          "0.0171", "24.28", "47.5453", "0.2139", "0.0471", "0.1215", "0.3063")  # fmt: skip
    agree(found.tau2_se, "0.0172")
    agree([*found.natural, *(found.natural_prediction or ())],
          "1.24", "1.13", "1.36", "0.94", "1.63")  # fmt: skip
    agree(pool(smoking(rounded=False), "DL", "wald").natural, "1.24", "1.13", "1.36")


def test_passive_smoking_trim_and_fill_2006() -> None:
    """Lung Cancer 51:245-246 (2006), doi 10.1016/j.lungcan.2005.11.004.

    Seven filled, 1.19 (1.08 to 1.31).
    """
    for rounded in (True, False):
        found = trim_and_fill(smoking(rounded), "DL")
        assert (found.missing, found.side) == (7, "left")
        agree(found.pooled.natural, "1.19", "1.08", "1.31")
        assert found.filled.k == 44


def test_writing_to_learn_bangert_drowns_2004() -> None:
    """Metafor's manual, dat.bangertdrowns2004."""
    found = pool(given(*WRITING, "SMD"), test="wald")
    agree([found.tau2, found.tau2_se, found.tau, found.i2, found.h2, found.q],
          "0.0499", "0.0197", "0.2235", "58.37", "2.40", "107.1061")  # fmt: skip
    agree([found.estimate, found.se, found.statistic, found.low, found.high],
          "0.2219", "0.0460", "4.82", "0.1317", "0.3122")  # fmt: skip


def test_vasospasm_proportions_pritz_1997() -> None:
    """Metafor's manual, dat.pritz1997: log odds of raw proportions with half cells."""
    names = tuple(f"series {i}" for i in range(len(VASOSPASM)))
    effects = from_shares(MEASURES["PLOGIT"], names, VASOSPASM[:, 0], VASOSPASM[:, 1])
    found = pool(effects, test="wald", prediction="z")
    agree([*found.natural, *(found.natural_prediction or ())],
          "0.7575", "0.6605", "0.8337", "0.4661", "0.9179")  # fmt: skip


def test_warfarin_rate_ratios_hart_1999() -> None:
    """Metafor's manual, dat.hart1999: log rate ratios."""
    x1, t1, x2, t2 = WARFARIN.T
    effects = from_rates(MEASURES["IRR"], tuple("abcdef"), (x1, t1), (x2, t2))
    agree(effects.v, "0.1637", "0.1776", "0.4103", "0.2778", "0.1863", "0.0700")
    found = pool(effects, test="wald")
    agree([found.tau2, found.q, found.estimate, found.se, found.low, found.high],
          "0.0000", "2.9625", "-1.0168", "0.1635", "-1.3372", "-0.6964")  # fmt: skip
    agree(found.natural, "0.3617", "0.2626", "0.4984")


def test_numbers_are_finite_everywhere() -> None:
    for measure in ("OR", "RR", "RD"):
        for text in (HINE, DIURETICS, NAUSEA, MAGNESIUM, BETA_BLOCKERS, SMALL_STUDIES):
            for estimator in ("REML", "DL", "PM", "ML", "HE", "HS", "HSk", "SJ", "PMM"):
                found = pool(from_counts(counts(text, measure)), estimator)
                assert math.isfinite(found.estimate + found.se + found.tau2 + found.tau2_high)
