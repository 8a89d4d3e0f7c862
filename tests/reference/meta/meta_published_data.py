"""Data of published meta-analyses, typed out as published. Sources stand above each set.

Most were made available in R's metadat (Viechtbauer et al.), whose files were checked against
these numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from heco.evidence.meta import MEASURES, Effects, Tables

FloatArray = npt.NDArray[np.float64]


def agree(found: object, *printed: str) -> None:
    """Compare numbers with what is printed: within half of the last digit."""
    values = np.atleast_1d(np.asarray(found, dtype=float))
    assert len(values) == len(printed)
    for value, text in zip(values, printed, strict=True):
        digits = len(text.partition(".")[2])
        assert abs(value - float(text)) <= 0.5000001 * 10**-digits, (value, text)


def counts(text: str, measure: str) -> Tables:
    """Rows of "name events n events n", treated first."""
    rows = [line.rsplit(maxsplit=4) for line in text.strip().splitlines()]
    x1, n1, x2, n2 = np.array([[float(cell) for cell in row[1:]] for row in rows]).T
    names = tuple(row[0] for row in rows)
    return Tables(MEASURES[measure], names, x1, n1 - x1, x2, n2 - x2)


def given(
    y: npt.ArrayLike, v: npt.ArrayLike, measure: str = "GEN", names: tuple[str, ...] | None = None
) -> Effects:
    """Effects and variances as published."""
    y = np.asarray(y, dtype=float)
    names = tuple(f"study {i + 1}" for i in range(len(y))) if names is None else names
    return Effects(MEASURES[measure], names, y, np.asarray(v, dtype=float), np.arange(len(y)))


# Hine et al. (1989): prophylactic lidocaine after heart attack, deaths. In Normand (1999), Stat
# Med 18:321-359, Table III.
HINE = """
Chopra 2 39 1 43
Mogensen 4 44 4 44
Pitt 6 107 4 110
Darby 7 103 5 100
Bennett 7 110 3 106
O'Brien 11 154 4 146
"""

# Length of hospital stay after stroke under specialist care: n, mean, sd of both arms. Normand
# (1999), Table VIII.
STROKE = np.array(
    [
        [155, 55, 47, 156, 75, 64],
        [31, 27, 7, 32, 29, 4],
        [75, 64, 17, 71, 119, 29],
        [18, 66, 20, 18, 137, 48],
        [8, 14, 8, 13, 18, 11],
        [57, 19, 7, 52, 18, 4],
        [34, 52, 45, 33, 41, 34],
        [110, 21, 16, 183, 31, 27],
        [60, 30, 27, 52, 23, 20],
    ],
    dtype=float,
)

# Collins, Yusuf & Peto (1985), BMJ 290:17-23: diuretics in pregnancy, pre-eclampsia. In
# Viechtbauer (2007), Stat Med 26:37-52, Table I.
DIURETICS = """
Weseley 14 131 14 136
Flowers 21 385 17 134
Menzies 14 57 24 48
Fallis 6 38 18 40
Cuadros 12 1011 35 760
Landesman 138 1370 175 1336
Kraus 15 506 20 524
Tervila 6 108 2 103
Campbell 65 153 40 102
"""

# Viechtbauer (2005), J Educ Behav Stat 30:261-293: school-based interventions (p. 271) and
# correlations of teachers' qualities (p. 272), as printed there.
EXAMPLE_1 = (
    [-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232],
    [0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040],
)
EXAMPLE_2 = (
    [0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134, 0.019, 0.175, 0.056,
     0.045, 0.103, 0.121, -0.482, 0.290, 0.342],
    [0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034, 0.033, 0.031, 0.034, 0.039,
     0.167, 0.134, 0.096, 0.016, 0.035],
)  # fmt: skip

# Lee & Done (2004): wrist acupuncture point P6 against nausea after operations. In Henmi & Copas
# (2010), Stat Med 29:2969-2983.
NAUSEA = """
Agarwal 2000 18 100 20 100
Agarwal 2002 5 50 18 50
Alkaissi 1999 9 20 7 20
Alkaissi 2002 32 135 31 139
Allen 1994 9 23 10 23
Andrzejowski 1996 11 18 12 18
Duggal 1998 69 122 80 122
Dundee 1986 3 25 12 25
Ferrera-Love 1996 1 30 1 30
Gieron 1993 11 30 19 30
Harmon 1999 7 44 16 39
Harmon 2000 4 47 6 47
Ho 1996 1 30 13 30
Rusy 2002 24 40 71 80
Wang 2002 16 50 53 88
Zarate 2001 28 110 25 111
"""

# Raudenbush (1985): teachers' expectations and pupils' IQ; weeks of prior contact, standardised
# mean difference, its variance. In Raudenbush & Bryk (1985), J Educ Stat 10:75-98.
EXPECTANCY = np.array(
    [
        [2, 0.03, 0.0156], [21, 0.12, 0.0216], [19, -0.14, 0.0279], [0, 1.18, 0.1391],
        [0, 0.26, 0.1362], [3, -0.06, 0.0106], [17, -0.02, 0.0106], [24, -0.32, 0.0484],
        [0, 0.27, 0.0269], [1, 0.80, 0.0630], [0, 0.54, 0.0912], [0, 0.18, 0.0497],
        [1, -0.02, 0.0835], [2, 0.23, 0.0841], [17, -0.18, 0.0253], [5, -0.06, 0.0279],
        [1, 0.30, 0.0193], [2, 0.07, 0.0088], [7, -0.07, 0.0303],
    ]
)  # fmt: skip

# Linde et al. (2005): St John's wort against depression, responders. The 17 studies of
# Viechtbauer (2007), Methods Inf Med/J Psychol 215:104-121: total dose is dose x 7 / 1000 x weeks.
# Columns: baseline HRSD, weeks, dose [mg/day], events and n on the wort, events and n on placebo.
ST_JOHNS_WORT = np.array(
    [
        [19.5, 8, 380, 20, 25, 11, 25], [12.5, 4, 900, 14, 20, 9, 20],
        [22.7, 4, 900, 4, 25, 2, 25], [16.5, 6, 900, 20, 32, 6, 33],
        [15.8, 4, 900, 28, 50, 13, 55], [23.6, 6, 240, 34, 48, 25, 49],
        [20.7, 4, 900, 35, 53, 12, 54], [21.1, 6, 900, 24, 49, 16, 49],
        [19.4, 6, 500, 45, 80, 12, 79], [22.7, 6, 1050, 67, 106, 22, 47],
        [16.7, 6, 900, 34, 60, 17, 59], [20.9, 6, 500, 46, 70, 34, 70],
        [21.5, 6, 900, 55, 123, 57, 124], [19.9, 6, 900, 23, 37, 15, 35],
        [22.5, 8, 1050, 26, 98, 19, 102], [22.9, 8, 1200, 46, 113, 56, 116],
        [21.9, 6, 900, 98, 186, 80, 189],
    ]
)  # fmt: skip

# The 23 trials of Linde et al. (2005), Br J Psychiatry 186:99-107, that report responders, with the
# authors' strata: 1 smaller and 2 larger trials in major depression, 3 smaller and 4 larger others.
ST_JOHNS_WORT_ALL = """
Hoffman 19 30 3 30
Schlich 15 25 3 24
Schmidt 10 20 4 20
Halama 10 25 0 25
Reh 20 25 11 25
Huebner 14 20 9 20
Lehrl 4 25 2 25
Sommer 1993 20 32 6 33
Quandt 29 44 3 44
Koenig 29 55 31 57
Sommer 1994 28 50 13 55
Witte 34 48 25 49
Haensgen 35 53 12 54
Laakmann 24 49 16 49
Schrader 45 80 12 79
Philipp 67 106 22 47
Winkel 34 60 17 59
Volz 46 70 34 70
Montgomery 55 123 57 124
Kalb 23 37 15 35
Shelton 26 98 19 102
HDTSG 46 113 56 116
Lecrubier 98 186 80 189
"""
ST_JOHNS_WORT_STRATA = tuple("33334414344211124221122")

# Yusuf et al. (1985), Prog Cardiovasc Dis 27:335-371, Table 6: oral beta blockers early after
# heart attack, deaths. "Snow 1" is not reported.
BETA_BLOCKERS = """
Balcon 14 56 15 58
Clausen 18 66 19 64
Multicentre 15 100 12 95
Barber 1 10 52 12 47
Norris 21 226 24 228
Kahler 3 38 6 31
Ledwich 2 20 3 20
Snow 2 19 76 15 67
Fuccella 15 106 9 114
Briant 5 62 4 57
Pitt 0 9 0 8
Lombardo 8 133 11 127
Thompson 3 48 3 49
Hutton 0 16 0 13
Tonkin 1 42 1 46
Gupta 0 25 3 25
Barber 2 14 221 15 228
Yusuf 0 11 0 11
Wilcox 1 8 259 7 129
Wilcox 2 6 157 4 158
CPRG 3 177 2 136
"""

# Rothman, Greenland & Lash (2008), Modern Epidemiology, Tables 15-1 (tolbutamide and death) and
# 15-5 (spermicides and Down syndrome: exposed and unexposed cases, exposed and unexposed controls).
TOLBUTAMIDE = """
under 55 8 106 5 120
55 or more 22 98 16 85
"""

# Hackshaw, Law & Wald (1997), BMJ 315:980-988: passive smoking and lung cancer in women, relative
# risk with 95% interval.
PASSIVE_SMOKING = """
Garfinkel 1981 1.18 0.90 1.54
Hirayama 1984 1.45 1.02 2.08
Butler 1988 2.02 0.48 8.56
Cardenas 1997 1.20 0.80 1.60
Chan 1982 0.75 0.43 1.30
Correa 1983 2.07 0.81 5.25
Trichopolous 1983 2.13 1.19 3.83
Buffler 1984 0.80 0.34 1.90
Kabat 1984 0.79 0.25 2.45
Lam 1985 2.01 1.09 3.72
Garfinkel 1985 1.23 0.81 1.87
Wu 1985 1.20 0.50 3.30
Akiba 1986 1.52 0.87 2.63
Lee 1986 1.03 0.41 2.55
Koo 1987 1.55 0.90 2.67
Pershagen 1987 1.03 0.61 1.74
Humble 1987 2.34 0.81 6.75
Lam 1987 1.65 1.16 2.35
Gao 1987 1.19 0.82 1.73
Brownson 1987 1.52 0.39 5.96
Geng 1988 2.16 1.08 4.29
Shimizu 1988 1.08 0.64 1.82
Inoue 1988 2.55 0.74 8.78
Kalandidi 1990 1.62 0.90 2.91
Sobue 1990 1.06 0.74 1.52
Wu-Williams 1990 0.79 0.62 1.02
Liu 1991 0.74 0.32 1.69
Jockel 1991 2.27 0.75 6.82
Brownson 1992 0.97 0.78 1.21
Stockwell 1992 1.60 0.80 3.00
Du 1993 1.19 0.66 2.13
Liu 1993 1.66 0.73 3.78
Fontham 1994 1.26 1.04 1.54
Kabat 1995 1.10 0.62 1.96
Zaridze 1995 1.66 1.12 2.45
Sun 1996 1.16 0.80 1.69
Wang 1996 1.11 0.67 1.84
"""

# Bangert-Drowns, Hurley & Wilkinson (2004), Rev Educ Res 74:29-58: writing to learn; bias-corrected
# standardised mean differences and variances for two groups of half the sample, as in metadat.
WRITING = (
    [0.65, -0.75, -0.21, -0.04, 0.23, 0.03, 0.26, 0.06, 0.06, 0.12, 0.77, 0.00, 0.52, 0.54, 0.20,
     0.20, -0.16, 0.42, 0.60, 0.51, 0.58, 0.54, 0.09, 0.37, -0.01, -0.13, 0.18, 0.27, -0.02, 0.33,
     0.59, 0.84, -0.32, 0.12, 1.12, -0.12, -0.44, -0.07, 0.70, 0.49, 0.20, 0.58, 0.15, 0.63, 0.04,
     1.46, 0.04, 0.25],
    [0.070, 0.126, 0.042, 0.019, 0.022, 0.009, 0.106, 0.007, 0.040, 0.052, 0.107, 0.021, 0.037,
     0.083, 0.086, 0.091, 0.167, 0.052, 0.091, 0.065, 0.073, 0.061, 0.100, 0.060, 0.083, 0.037,
     0.069, 0.018, 0.009, 0.053, 0.017, 0.112, 0.060, 0.044, 0.129, 0.023, 0.205, 0.033, 0.265,
     0.039, 0.021, 0.067, 0.014, 0.168, 0.016, 0.099, 0.087, 0.072],
)  # fmt: skip

# Pritz (1997): patients who improved under hyperdynamic therapy, and patients. In Zhou et al.
# (1999), Stat Med 18:557-566.
VASOSPASM = np.array(
    [[16, 17], [10, 12], [4, 8], [43, 58], [10, 10], [25, 42], [13, 14], [12, 12], [22, 41],
     [4, 5], [5, 6], [18, 23], [58, 68], [6, 10]],
    dtype=float,
)  # fmt: skip

# Hart et al. (1999), Ann Intern Med 131:492-501: warfarin and stroke in atrial fibrillation;
# strokes and patient-years on warfarin, then in controls.
WARFARIN = np.array(
    [[9, 413, 19, 398], [8, 263, 19, 245], [3, 487, 13, 435], [6, 237, 9, 241], [7, 489, 23, 483],
     [20, 507, 50, 405]],
    dtype=float,
)  # fmt: skip

# Egger, Davey Smith & Altman (2001): intravenous magnesium after heart attack, deaths.
MAGNESIUM = """
Morton 1984 1 40 2 36
Rasmussen 1986 9 135 23 135
Smith 1986 2 200 7 200
Abraham 1987 1 48 1 46
Feldstedt 1988 10 150 8 148
Shechter 1989 1 59 9 56
Ceremuzynski 1989 1 25 3 23
Bertschat 1989 0 22 1 21
Singh 1990 6 76 11 75
Pereira 1990 1 27 7 27
Shechter 1991 2 89 12 80
Golf 1991 5 23 13 33
Thogersen 1991 4 130 8 122
LIMIT-2 1992 90 1159 118 1157
Shechter 1995 4 107 17 108
ISIS-4 1995 2216 29011 2103 29039
"""

# Gleser & Olkin (2009), Handbook of Research Synthesis and Meta-Analysis, ch. 19: trials with
# several treated arms and one control. Trial, treatment, events and n treated, then of the control.
MULTIPLE_ARMS = np.array(
    [[1, 1, 100, 4000, 40, 1000], [1, 2, 150, 4000, 40, 1000], [2, 1, 15, 400, 10, 200],
     [3, 1, 40, 1000, 150, 2000], [3, 2, 80, 1000, 150, 2000], [3, 3, 50, 1000, 150, 2000]],
    dtype=float,
)  # fmt: skip

# Rubin (1981), J Educ Stat 6:377-401: coaching for a test in eight schools.
SCHOOLS = (
    [28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16],
    [14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6],
)

# Kriston et al. (2008), Ann Intern Med 149:879-888: AUDIT-C against alcohol use disorders; tp, fn,
# fp, tn as in R's mada.
AUDIT_C = np.array(
    [
        [47, 126, 19, 36, 130, 84, 68, 752, 59, 142, 137, 57, 34, 152],
        [9, 51, 10, 3, 19, 2, 0, 0, 5, 50, 24, 3, 1, 51],
        [101, 272, 12, 78, 211, 68, 112, 3226, 55, 571, 107, 103, 21, 88],
        [738, 1543, 192, 276, 959, 89, 423, 2977, 136, 2788, 358, 437, 56, 264],
    ],
    dtype=float,
)

# Invented trials with two empty cells, run through R's meta 8.5.0 (metabias): the reference files
# of the public repository ZhaoboDing/PyMetaAnalysis.
SMALL_STUDIES = """
P01 12 100 18 110
P02 5 80 9 75
P03 20 120 15 130
P04 7 90 10 95
P05 3 55 7 60
P06 9 70 12 74
P07 14 95 16 100
P08 6 60 9 64
P09 11 88 14 92
P10 8 72 11 76
P11 0 50 3 55
P12 4 65 0 70
"""
