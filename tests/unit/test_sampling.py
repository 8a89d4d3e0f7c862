"""Draws belong to names: nothing that happens to one parameter moves another."""

import hashlib
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from heco.errors import ScenarioError
from heco.evidence.correlations import Correlation
from heco.evidence.distributions import build
from heco.sampling import DESIGNS, Draws, JointSamples, sample, stream, uniforms

FAMILIES = {
    "p_attend": build("beta", {"events": 412, "n": 980}),
    "c_visit": build("gamma", {"mean": 2000, "se": 400}),
    "rr_stroke": build("lognormal", {"median": 0.509, "ci95": [0.365, 0.71]}),
    "b_age": build("normal", {"mean": 0.02, "se": 0.01}),
    "p_wait": build("dirichlet", {"counts": {"stay": 12, "die": 3, "leave": 85}}),
    "coef": build(
        "mvnormal", {"mean": {"cons": -4, "age": 0.1}, "covariance": [[0.25, -0.02], [-0.02, 0.01]]}
    ),
}
SCALAR = ["p_attend", "c_visit", "rr_stroke", "b_age"]
POSTERIOR = JointSamples(
    "posterior.csv", ("q_a", "q_b"), np.column_stack([np.arange(50.0), 100 - np.arange(50.0)])
)

designs = pytest.mark.parametrize("design", DESIGNS)


def problems(*arguments, **words):
    """Return the problems of a sample that is refused."""
    with pytest.raises(ScenarioError) as caught:
        sample(*arguments, **words)
    return caught.value.problems


def spearman(draws, one, other):
    return scipy.stats.spearmanr(draws.column(one), draws.column(other)).statistic


# --- streams -------------------------------------------------------------------------------------


def test_streams_are_what_the_methods_say():
    key = int.from_bytes(hashlib.sha256(b"p_attend").digest()[:8], "big")
    seeds = np.random.SeedSequence(7, spawn_key=(key,))
    expected = np.random.Generator(np.random.PCG64(seeds)).random(5)
    np.testing.assert_array_equal(stream(7, "p_attend").random(5), expected)
    np.testing.assert_array_equal(uniforms(["p_attend"], 5, 7, "random")["p_attend"], expected)
    drawn = sample({"p_attend": FAMILIES["p_attend"]}, 5, 7).column("p_attend")
    np.testing.assert_allclose(drawn, scipy.stats.beta(412, 568).ppf(expected))


def test_seed_0_is_a_seed():
    zero, one = (sample(FAMILIES, 10, seed).values for seed in (0, 1))
    assert (zero != one).all()
    np.testing.assert_array_equal(zero, sample(FAMILIES, 10, 0).values)


@designs
def test_uniforms_are_inside_the_unit_interval_and_even(design):
    for n in (1, 2, 7, 4096):
        for u in uniforms(["a", "b"], n, 3, design).values():
            assert u.shape == (n,)
            assert ((u > 0) & (u < 1)).all()
    assert scipy.stats.kstest(u, "uniform").pvalue > 1e-4


def test_the_ends_of_the_interval_are_kept_out(monkeypatch):
    class Extreme:
        def random(self, n):
            return np.array([0.0, 1 - 2.0**-53])

        def permutation(self, n):
            return np.array([0, 1])

    monkeypatch.setattr("heco.sampling.designs.stream", lambda seed, name: Extreme())
    for design in ("random", "lhs"):
        u = uniforms(["a"], 2, 1, design)["a"]
        assert 0 < u[0] < u[1] < 1
        assert np.isfinite(FAMILIES["b_age"].ppf(u)).all()


# --- independence of other parameters ------------------------------------------------------------


@designs
def test_reordering_moves_nothing(design):
    forward = sample(FAMILIES, 64, 1, design, joint_samples=[POSTERIOR])
    backward = sample(dict(reversed(FAMILIES.items())), 64, 1, design, joint_samples=[POSTERIOR])
    assert forward.names != backward.names
    assert set(forward.names) == set(backward.names)
    for name in forward.names:
        np.testing.assert_array_equal(forward.column(name), backward.column(name))


@pytest.mark.parametrize("design", ["random", "lhs"])
def test_adding_and_removing_moves_nothing(design):
    everything = sample(FAMILIES, 64, 1, design, joint_samples=[POSTERIOR])
    for gone in FAMILIES:
        rest = {name: family for name, family in FAMILIES.items() if name != gone}
        fewer = sample(rest, 64, 1, design)
        for name in fewer.names:
            np.testing.assert_array_equal(fewer.column(name), everything.column(name))


def test_in_a_sobol_sequence_names_move_only_what_sorts_after_them():
    rest = {name: family for name, family in FAMILIES.items() if name != "p_attend"}
    fewer, more = sample(rest, 64, 1, "sobol"), sample(FAMILIES, 64, 1, "sobol")
    for name in fewer.names:
        same = np.array_equal(fewer.column(name), more.column(name))
        assert same == (name < "p_attend"), name


def test_another_distribution_keeps_the_same_places():
    other = {**FAMILIES, "c_visit": build("gamma", {"mean": 1000, "se": 200})}
    before, after = sample(FAMILIES, 32, 1), sample(other, 32, 1)
    np.testing.assert_allclose(after.column("c_visit"), before.column("c_visit") / 2)
    np.testing.assert_array_equal(after.column("b_age"), before.column("b_age"))


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_more_draws_extend_the_first(design):
    few = sample(FAMILIES, 64, 5, design, joint_samples=[POSTERIOR])
    many = sample(FAMILIES, 256, 5, design, joint_samples=[POSTERIOR])
    np.testing.assert_array_equal(few.values, many.values[:, :64])


@settings(max_examples=25, deadline=None)
@given(
    names=st.lists(st.text("abcxyz_", min_size=1, max_size=5), min_size=2, max_size=6, unique=True),
    seed=st.integers(0, 2**64),
    design=st.sampled_from(["random", "lhs"]),
)
def test_a_name_is_enough(names, seed, design):
    together = uniforms(names, 16, seed, design)
    for name in names:
        np.testing.assert_array_equal(together[name], uniforms([name], 16, seed, design)[name])


def test_streams_of_different_names_are_uncorrelated():
    names = [f"p_{i}" for i in range(30)]
    u = np.stack(list(uniforms(names, 20_000, 1, "random").values()))
    seen = np.corrcoef(u)[np.triu_indices(30, 1)]
    assert np.abs(seen).max() < 4.5 / math.sqrt(20_000)


# --- designs -------------------------------------------------------------------------------------


def test_latin_hypercube_draws_each_stratum_once():
    for u in uniforms(["a", "b"], 100, 1, "lhs").values():
        np.testing.assert_array_equal(np.sort((u * 100).astype(int)), np.arange(100))


def test_sobol_fills_strata_in_one_and_two_dimensions():
    u = uniforms([f"p{i}" for i in range(8)], 256, 1, "sobol")
    for one in u.values():
        np.testing.assert_array_equal(np.sort((one * 256).astype(int)), np.arange(256))
    # The first two dimensions are a (0, 2)-sequence: every 16 by 16 cell holds one point.
    cells = (u["p0"] * 16).astype(int) * 16 + (u["p1"] * 16).astype(int)
    assert len(set(cells)) == 256


def test_sobol_scrambles_differ_by_seed_and_average_out():
    exact = math.exp(1) - 1
    means = []
    for seed in range(40):
        u = uniforms(["a"], 64, seed, "sobol")["a"]
        means.append(np.exp(u).mean())
    assert len(set(means)) == 40
    assert np.std(means) < 0.1 * 0.49 / math.sqrt(64)  # far better than random
    assert np.mean(means) == pytest.approx(exact, abs=4 * np.std(means) / math.sqrt(40))


@designs
def test_designs_agree_on_the_moments(design):
    n = 4096
    draws = sample(FAMILIES, n, 11, design)
    assert draws.design == design
    assert draws.seed == 11
    assert draws.warnings == ()
    for name in SCALAR:
        family = FAMILIES[name]
        x = draws.column(name)
        assert x.mean() == pytest.approx(family.mean, abs=4 * family.sd / math.sqrt(n))
        assert x.std() == pytest.approx(family.sd, rel=0.07)
    for name in ("p_wait", "coef"):
        for component, mean in FAMILIES[name].mean.items():
            x = draws.column(f"{name}.{component}")
            sd = FAMILIES[name].sd[component]
            assert x.mean() == pytest.approx(mean, abs=4 * sd / math.sqrt(n))
    total = sum(draws.column(f"p_wait.{part}") for part in ("stay", "die", "leave"))
    np.testing.assert_allclose(total, 1)


def test_sobol_says_when_n_is_no_power_of_2():
    draws = sample(FAMILIES, 100, 1, "sobol")
    assert draws.warnings == ("sobol is even only for powers of 2: 100 is not, 64 and 128 are",)
    assert sample(FAMILIES, 1, 1, "sobol").warnings == ()


def test_sobol_has_only_so_many_dimensions(monkeypatch):
    monkeypatch.setattr("scipy.stats.qmc.Sobol.MAXDIM", 3)
    (problem,) = problems(FAMILIES, 8, 1, "sobol")
    assert "9 parameters are too many" in problem.what


# --- correlations --------------------------------------------------------------------------------


@designs
@pytest.mark.parametrize("rho", [-0.8, -0.3, 0.5, 0.9])
def test_spearman_targets_are_reached_and_margins_kept(rho, design):
    n = 20_000 if design == "random" else 16_384
    wanted = Correlation(("rr_stroke", "c_visit"), np.array([[1, rho], [rho, 1]]))
    draws = sample(FAMILIES, n, 3, design, [wanted])
    assert spearman(draws, "rr_stroke", "c_visit") == pytest.approx(rho, abs=4 / math.sqrt(n))
    for name, twin in (
        ("c_visit", scipy.stats.gamma(25, scale=80)),
        ("rr_stroke", scipy.stats.lognorm(math.log(0.71 / 0.365) / 3.919927969080108, scale=0.509)),
    ):
        assert scipy.stats.kstest(draws.column(name), twin.cdf).pvalue > 1e-4


def test_latent_correlations_are_used_as_they_are():
    rho = 0.6
    pair = {("b_age", "other"): rho}
    families = {**FAMILIES, "other": build("normal", {"mean": 1, "se": 3})}
    draws = sample(families, 20_000, 3, "random", [Correlation.from_pairs(pair, "latent")])
    seen = np.corrcoef(draws.column("b_age"), draws.column("other"))[0, 1]
    assert seen == pytest.approx(rho, abs=4 * (1 - rho**2) / math.sqrt(20_000))


def test_correlating_moves_nobody_outside_the_group():
    plain = sample(FAMILIES, 64, 1)
    pair = Correlation.from_pairs({("b_age", "p_attend"): 0.7})
    joined = sample(FAMILIES, 64, 1, correlations=[pair])
    moved = {name for name in plain.names if (plain.column(name) != joined.column(name)).any()}
    assert moved == {"p_attend"}  # the first of the group keeps its draws


def test_the_order_in_which_correlations_are_written_moves_nothing():
    matrix = np.array([[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]])
    names = ("p_attend", "b_age", "c_visit")
    order = [2, 0, 1]
    one = sample(FAMILIES, 64, 1, correlations=[Correlation(names, matrix)])
    again = Correlation(tuple(names[i] for i in order), matrix[np.ix_(order, order)])
    np.testing.assert_array_equal(one.values, sample(FAMILIES, 64, 1, correlations=[again]).values)


def test_groups_that_are_not_connected_do_not_move_each_other():
    one = Correlation.from_pairs({("b_age", "p_attend"): 0.7})
    both = Correlation.from_pairs({("b_age", "p_attend"): 0.7, ("c_visit", "rr_stroke"): -0.5})
    first, second = (sample(FAMILIES, 64, 1, correlations=[c]) for c in (one, both))
    np.testing.assert_array_equal(first.column("p_attend"), second.column("p_attend"))
    assert (first.column("rr_stroke") != second.column("rr_stroke")).any()


IMPOSSIBLE = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])


def test_impossible_correlations_print_the_smallest_eigenvalue():
    names = ("b_age", "p_attend", "c_visit")
    latent = 2 * np.sin(np.pi * IMPOSSIBLE / 6)
    smallest = np.linalg.eigvalsh(latent).min()
    (problem,) = problems(
        FAMILIES, 8, 1, correlations=[Correlation(names, IMPOSSIBLE, where="[correlations.x]")]
    )
    assert problem.where == "[correlations.x]"
    assert f"smallest eigenvalue is {smallest:.3g}" in problem.what
    assert "repair = true" in problem.hint


def test_repaired_correlations_are_reported():
    names = ("b_age", "p_attend", "c_visit")
    draws = sample(FAMILIES, 4_000, 1, correlations=[Correlation(names, IMPOSSIBLE, repair=True)])
    (warning,) = draws.warnings
    assert warning.startswith("the correlations of b_age, p_attend, c_visit are impossible")
    assert "largest change 0." in warning
    assert 0.3 < spearman(draws, "b_age", "p_attend") < 0.6


@pytest.mark.parametrize(
    ("correlation", "what", "hint"),
    [
        (Correlation(("b_age", "p_atend"), np.eye(2)), "no sampled parameter p_atend", "p_attend"),
        (Correlation(("b_age", "p_wait"), np.eye(2)), "together with its own parts", "drawn alone"),
        (Correlation(("b_age", "p_wait.die"), np.eye(2)), "the rest of p_wait", "drawn alone"),
        (Correlation(("b_age", "q_a"), np.eye(2)), "the rest of posterior.csv", "drawn alone"),
        (Correlation(("b_age", "b_age"), np.eye(2)), "named twice", ""),
        (Correlation(("b_age", "c_visit"), np.eye(3)), "2 rows of 2 numbers", ""),
        (Correlation(("b_age", "c_visit"), ((1, 0.2), (0.2,))), "2 rows of 2 numbers", ""),
        (Correlation(("b_age", "c_visit"), np.eye(2), "pearson"), "kind pearson", "spearman"),
        (Correlation(("b_age", "c_visit"), np.array([[1, 0.5], [0.4, 1]])), "not symmetric", ""),
        (Correlation(("b_age", "c_visit"), np.array([[1, 2], [2, 1]])), "beyond -1 or 1", ""),
        (Correlation(("b_age", "c_visit"), np.array([[1, 1], [1, 1]])), "eigenvalue", "misprint"),
        (Correlation(("b_age", "c_visit"), np.array([[2, 0], [0, 1]])), "[0][0] is 2", ""),
        (Correlation(("b_age", "c_visit"), np.full((2, 2), np.nan)), "not finite", ""),
    ],
)
def test_refused_correlations(correlation, what, hint):
    found = problems(FAMILIES, 8, 1, correlations=[correlation], joint_samples=[POSTERIOR])
    assert len(found) == 1
    assert what in found[0].what
    assert hint in found[0].hint
    assert found[0].where == "[correlations]"


def test_a_parameter_belongs_to_one_group():
    one = Correlation(("b_age", "c_visit"), np.eye(2), where="[correlations.one]")
    two = Correlation(("b_age", "p_attend"), np.eye(2), where="[correlations.two]")
    (problem,) = problems(FAMILIES, 8, 1, correlations=[one, two])
    assert problem.what == "b_age is correlated here and in [correlations.one]"
    assert problem.where == "[correlations.two]"


# --- joint samples -------------------------------------------------------------------------------


@designs
def test_joint_samples_are_drawn_by_whole_rows(design):
    draws = sample(FAMILIES, 1000, 1, design, joint_samples=[POSTERIOR])
    np.testing.assert_array_equal(draws.column("q_a") + draws.column("q_b"), 100)
    assert draws.column("q_a").mean() == pytest.approx(24.5, abs=4 * 14.4 / math.sqrt(1000))


def test_latin_hypercube_uses_each_row_once():
    draws = sample({}, 50, 1, "lhs", joint_samples=[POSTERIOR])
    np.testing.assert_array_equal(np.sort(draws.column("q_a")), np.arange(50))


def test_refused_joint_samples():
    bad = JointSamples("a.csv", ("x", "y"), np.array([[1, np.nan], [2, 3]]))
    (problem,) = problems({}, 8, 1, joint_samples=[bad])
    assert (problem.file, problem.what) == ("a.csv", "row 1 holds a y that is not finite")
    for rows in (np.zeros((3, 1)), np.zeros((0, 2)), np.zeros(2)):
        (problem,) = problems({}, 8, 1, joint_samples=[JointSamples("a.csv", ("x", "y"), rows)])
        assert "2 parameters are asked of samples of shape" in problem.what


# --- the door ------------------------------------------------------------------------------------


def test_everything_wrong_is_said_at_once():
    twice = JointSamples("a.csv", ("b_age",), np.zeros((3, 1)))
    found = problems(FAMILIES, 0, -1, "sobel", [], [twice])
    assert [problem.what for problem in found] == [
        "0 must be a whole number, 1 or more",
        "-1 must be a whole number, 0 or more",
        'there is no design "sobel"',
        "b_age is drawn twice, by b_age and by a.csv",
    ]
    assert found[2].hint == 'Did you mean "sobol"?'
    assert len(problems(FAMILIES, 1.5, True, "random")) == 2


def test_no_parameters_are_no_problem():
    draws = sample({}, 5, 1)
    assert draws.n == 5
    assert draws.names == ()


def test_draws_are_rows_by_name():
    draws = Draws(("a", "b"), np.array([[1, 2, 3], [4, 5, 6]]))
    assert draws.n == 3
    assert (draws.seed, draws.design, draws.warnings) == (None, "given", ())
    np.testing.assert_array_equal(draws.column("b"), [4, 5, 6])
    assert draws.values.dtype == float
    assert draws.values.flags.c_contiguous
    with pytest.raises(KeyError, match='Did you mean "b"'):
        draws.column("bb")
    with pytest.raises(ValueError, match="read-only"):
        draws.column("a")[0] = 9


def test_draws_can_be_changed_and_extended_only_in_copies():
    draws = Draws(("a", "b"), np.array([[1, 2, 3], [4, 5, 6]]), seed=3, design="lhs")
    changed = draws.replace({"b": 0.5, "c": np.array([7, 8, 9])})
    assert changed.names == ("a", "b", "c")
    assert (changed.seed, changed.design) == (3, "lhs")
    np.testing.assert_array_equal(changed.values, [[1, 2, 3], [0.5] * 3, [7, 8, 9]])
    np.testing.assert_array_equal(draws.values, [[1, 2, 3], [4, 5, 6]])
    assert draws.replace({}).names == draws.names
    with pytest.raises(ValueError, match="do not fit together"):
        draws.replace({"a": np.zeros(2)})


def test_a_single_row_stretches():
    base = Draws(("a", "b"), np.array([[1], [2]]))
    grid = base.replace({"b": np.linspace(0, 1, 5)})
    assert grid.n == 5
    np.testing.assert_array_equal(grid.column("a"), np.ones(5))


def test_draws_can_be_taken_apart():
    draws = Draws(("a",), np.arange(6.0).reshape(1, 6), warnings=("w",))
    np.testing.assert_array_equal(draws.take(slice(2, 4)).column("a"), [2, 3])
    np.testing.assert_array_equal(draws.take(np.array([5, 0])).column("a"), [5, 0])
    np.testing.assert_array_equal(draws.take(draws.column("a") > 3).column("a"), [4, 5])
    assert draws.take(slice(0, 1)).warnings == ("w",)


def test_draws_refuse_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="2 names for values of shape"):
        Draws(("a", "b"), np.zeros((1, 5)))
    with pytest.raises(ValueError, match="2 names for values of shape"):
        Draws(("a", "b"), np.zeros(2))
    with pytest.raises(ValueError, match="named twice"):
        Draws(("a", "a"), np.zeros((2, 5)))
