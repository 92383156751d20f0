"""The path search is exact, priors are soft, marks are skipped, alignment spells the VIN."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.assemble import Assembly, Weights, align, assemble, best_paths
from vinchar.posterior import NO_PRIORS, STRINGS, Priors
from vinchar.structure.store import shipped
from vinchar.types import PITCH, STRIP_WIDTH, Lattice, Scores
from vinchar.vin import ALPHABET, check_digit

VIN = "1M8GDM9AXKP042788"  # the worked example of the check digit
EUROPEAN = "WVWZZZ1JZXW386752"
PRIORS = Priors(shipped().structure)


def make_lattice(spans: list[tuple[int, int]], heights: list[int] | None = None, cost: float = 0.0) -> Lattice:
    cuts = np.unique(spans).astype(np.int32)
    arcs = np.searchsorted(cuts, spans).astype(np.int32)
    tall = np.array(heights or [26] * len(spans), np.int32)
    boxes = np.stack([cuts[arcs[:, 0]], 20 - tall // 2, cuts[arcs[:, 1]], 20 - tall // 2 + tall], axis=1)
    return Lattice(cuts, arcs, boxes.astype(np.int32), np.full(len(spans), cost, np.float32))


def flat_gap(value: float = -0.1) -> NDArray[np.float32]:
    return np.full(STRIP_WIDTH, value, np.float32)


def line_of(vin: str, *, marks: bool = False, sure: float = 0.99) -> tuple[Lattice, Scores, list[int]]:
    """Return a lattice of 17 glyphs between halves, pairs and, if asked, marks, with the true arcs."""
    edges = list(range(30, 30 + 18 * PITCH, PITCH))
    glyphs = list(pairwise(edges))
    halves = [(a, a + 10) for a, _ in glyphs] + [(a + 10, b) for a, b in glyphs]
    pairs = [(a, b + 10) for a, b in glyphs[:-1]]
    outside = [(10, 30), (370, 390)] if marks else []
    spans = glyphs + halves + pairs + outside
    probs = np.full((len(spans), 33), (1 - sure) / 32)
    probs[:, ALPHABET.index("H")] = sure
    for arc, char in enumerate(vin):
        probs[arc] = (1 - sure) / 32
        probs[arc, ALPHABET.index(char)] = sure
    log_glyph = np.full(len(spans), -3.0)
    log_glyph[:17] = -0.1
    log_gap = flat_gap()
    for left, right in glyphs:
        log_gap[(left + right) // 2 - 2 : (left + right) // 2 + 3] = -3
    scores = Scores(np.log(probs).astype(np.float32), log_glyph.astype(np.float32), log_gap)
    return make_lattice(spans), scores, list(range(17))


def confuse(scores: Scores, arc: int, **odds: float) -> None:
    """Make an arc's characters as likely as ``odds`` say, c8=0.4 for an 8."""
    probs = np.full(33, 1e-6)
    for name, odd in odds.items():
        probs[ALPHABET.index(name[1])] = odd
    scores.log_probs[arc] = np.log(probs / probs.sum())


# -- the path search ---------------------------------------------------------------------------------------------------


def path_score(
    path: tuple[int, ...], lattice: Lattice, scores: Scores, gains: NDArray[np.float32], pitch: float, w: Weights
) -> float:
    """Return the score of a path, written out one term after the other; minus infinity if it is none."""
    box = lattice.boxes.astype(float)
    centre = [(box[e, 0] + box[e, 2]) / 2 for e in path]

    def gap(start: float, stop: float) -> float:
        low, high = (min(max(int(np.rint(x)), 0), STRIP_WIDTH) for x in (start, stop))
        return float(scores.log_gap[low:high].sum(dtype=float)) if high > low else 0.0

    total = sum(float(gains[i, e]) + float(scores.log_glyph[e]) - w.cost * lattice.cost[e] for i, e in enumerate(path))
    zone, beyond = w.zone * pitch, (w.zone + w.margin) * pitch
    total += w.end * (gap(centre[0] - beyond, centre[0] - zone) + gap(centre[-1] + zone, centre[-1] + beyond))
    for (a, b), (xa, xb) in zip(pairwise(path), pairwise(centre), strict=True):
        if box[b, 0] < box[a, 2] or not w.closest <= xb - xa <= w.reach * pitch:
            return -np.inf
        total -= min(((xb - xa - pitch) / (w.sigma * pitch)) ** 2 / 2, w.cap)
        total += w.gap * gap(xa + zone, xb - zone)
        heights = np.log((box[b, 3] - box[b, 1]) / (box[a, 3] - box[a, 1]))
        widths = np.log((box[b, 2] - box[b, 0]) / (box[a, 2] - box[a, 0]))
        total -= w.size * min(12 * heights**2 + 0.5 * widths**2, 2)
    return total


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("length", [3, 4])
def test_the_best_path_is_the_one_brute_force_finds(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.choice(np.arange(100, 200), 12, replace=False))
    every = [(int(a), int(b)) for a, b in combinations(cuts, 2) if 6 <= b - a <= 34]
    spans = [every[i] for i in rng.permutation(len(every))[:14]]
    lattice = make_lattice(spans, rng.integers(14, 28, len(spans)).tolist(), cost=0.5)
    lattice.cost[:] = rng.uniform(0, 2, len(spans))
    log_probs = np.log(rng.dirichlet(np.ones(33), len(spans))).astype(np.float32)
    log_gap = np.log(rng.uniform(0.3, 1, STRIP_WIDTH)).astype(np.float32)
    scores = Scores(log_probs, np.log(rng.uniform(0.1, 1, len(spans))).astype(np.float32), log_gap)
    gains = rng.normal(0, 2, (length, len(spans))).astype(np.float32)

    weights = Weights(pitches=(16.0, 24.0))
    order = sorted(range(len(spans)), key=lambda e: sum(spans[e]))
    expected = {}
    for pitch in weights.pitches:
        rows = [(path_score(p, lattice, scores, gains, pitch, weights), p) for p in combinations(order, length)]
        score, path = max(rows)
        if score > -np.inf:
            expected[path] = max(score, expected.get(path, -np.inf))

    found = {tuple(arcs.tolist()): score for arcs, score in best_paths(lattice, scores, gains, weights)}
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=2e-3)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_long_gap_between_glyphs_is_skipped_at_its_price() -> None:
    spans = [(100, 120), (120, 140), (140, 160), (160, 180)]
    lattice = make_lattice(spans)
    log_glyph = np.array([-0.1, -50, -0.1, -0.1], np.float32)
    gains = np.zeros((3, 4), np.float32)
    scores = Scores(np.zeros((4, 33), np.float32), log_glyph, flat_gap(-0.01))
    (arcs, cheap), *_ = best_paths(lattice, scores, gains)
    assert arcs.tolist() == [0, 2, 3]
    costly = Scores(scores.log_probs, log_glyph, flat_gap(-0.1))
    assert best_paths(lattice, costly, gains)[0][1] < cheap - 2


def test_neighbours_are_never_further_apart_than_the_reach() -> None:
    lattice = make_lattice([(100, 120), (125, 145), (126, 146), (127, 147), (168, 188)])
    scores = Scores(np.zeros((5, 33), np.float32), np.zeros(5, np.float32), flat_gap(-0.01))
    gains = np.zeros((3, 5), np.float32)
    gains[1, 1] = 20
    assert best_paths(lattice, scores, gains, Weights(pitches=(16.0,)))[0][0].tolist() == [0, 3, 4]
    assert best_paths(lattice, scores, gains, Weights(pitches=(17.0,)))[0][0].tolist() == [0, 1, 4]


# -- the whole ---------------------------------------------------------------------------------------------------------


def read(lattice: Lattice, scores: Scores, priors: Priors = NO_PRIORS) -> Assembly:
    assembly = assemble(lattice, scores, priors)
    assert assembly is not None
    return assembly


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("priors", [PRIORS, NO_PRIORS], ids=["priors", "no priors"])
def test_a_line_is_read_and_marks_at_its_ends_are_not(marks: bool, priors: Priors) -> None:
    lattice, scores, arcs = line_of(VIN, marks=marks)
    assembly = read(lattice, scores, priors)
    assert assembly.vin == VIN
    assert assembly.arcs.tolist() == arcs
    assert assembly.arcs.dtype == np.int32
    assert 0.8 < assembly.confidence <= 1
    assert assembly.pitch == PITCH
    assert assembly.pitch_residual == 0
    assert assembly.margin == pytest.approx(np.log(0.99 / (0.01 / 32)), abs=1e-3)
    np.testing.assert_allclose(assembly.marginals.sum(axis=1), 1, atol=1e-5)
    probabilities = [assembly.confidence, *(p for _, p in assembly.alternatives)]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len({VIN, *(text for text, _ in assembly.alternatives)}) == STRINGS


@pytest.mark.parametrize("seed", range(5))
def test_arcs_of_a_path_are_ordered_and_disjoint_whatever_the_scores(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lattice, scores, _ = line_of(VIN, marks=True)
    count = len(lattice.arcs)
    scores.log_probs[:] = np.log(rng.dirichlet(np.ones(33), count))
    scores.log_glyph[:] = rng.normal(-2, 2, count)
    assert assemble(lattice, scores) is None  # nobody would take this for a VIN
    assembly = assemble(lattice, scores, weights=Weights(hopeless=-np.inf))
    assert assembly is not None
    columns = lattice.cuts[lattice.arcs[assembly.arcs]]
    assert len(columns) == 17
    assert (columns[1:, 0] >= columns[:-1, 1]).all()


def test_what_is_surely_no_glyph_is_none_of_the_path() -> None:
    lattice, scores, arcs = line_of(VIN, marks=True)
    plain = read(lattice, scores)
    others = np.setdiff1d(np.arange(len(lattice.arcs)), arcs)
    scores.log_glyph[others] = -5.1
    again = read(lattice, scores)
    assert (again.vin, again.arcs.tolist()) == (plain.vin, arcs)
    scores.log_glyph[arcs[3]] = -5.1
    assert assemble(lattice, scores, NO_PRIORS) is None


def test_leaving_out_an_end_glyph_costs() -> None:
    lattice, scores, arcs = line_of(VIN, marks=True)
    scores.log_glyph[0] = -3.5  # the first glyph is hard to see, and the mark after the last looks like one
    scores.log_glyph[-1] = -0.5
    assert read(lattice, scores).arcs.tolist() == arcs
    greedy = assemble(lattice, scores, NO_PRIORS, Weights(end=0.0))
    assert greedy is not None
    assert greedy.arcs.tolist() == [*arcs[1:], len(lattice.arcs) - 1]


def test_the_check_digit_decides_where_the_eye_cannot() -> None:
    lattice, scores, _ = line_of(VIN)
    confuse(scores, 13, c2=0.45, c7=0.55)
    plain = read(lattice, scores)
    assert plain.vin == VIN[:13] + "7" + VIN[14:]
    checked = read(lattice, scores, PRIORS)
    assert checked.vin == VIN
    assert checked.margin == pytest.approx(np.log(0.45 / 0.55), abs=1e-3)
    assert checked.marginals[13, ALPHABET.index("2")] > 0.9
    assert checked.log_likelihood == pytest.approx(plain.log_likelihood + np.log(0.45 / 0.55), abs=1e-3)


def test_what_a_string_is_worth_has_two_parts() -> None:
    lattice, scores, _ = line_of(VIN)
    plain, known = read(lattice, scores), read(lattice, scores, PRIORS)
    assert plain.vin == known.vin == VIN
    assert known.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-4)
    assert plain.log_prior == pytest.approx(-17 * np.log(33))
    string = [[ALPHABET.index(char) for char in VIN]]
    assert known.log_prior == pytest.approx(float(PRIORS.structure.log_prob(np.array(string))[0]), abs=1e-4)
    np.testing.assert_array_equal(known.log_likelihoods, scores.log_probs[known.arcs])
    assert known.unlisted is None


@pytest.mark.parametrize(
    ("strange", "sure"),
    [(EUROPEAN, 0.99), (VIN[:-1] + "9", 0.9999), ("0" + VIN[1:13] + "ZZZZ", 0.9999)],
    ids=["no check digit", "another check digit", "letters for digits"],
)
def test_a_sure_reading_stands_against_what_vins_look_like(strange: str, sure: float) -> None:
    assert check_digit(strange) != strange[8]
    lattice, scores, _ = line_of(strange, sure=sure)
    assert read(lattice, scores, PRIORS).vin == strange


# -- alignment ---------------------------------------------------------------------------------------------------------


def test_alignment_finds_the_arcs_that_spell_the_vin() -> None:
    lattice, scores, arcs = line_of(VIN, marks=True)
    confuse(scores, 3, cW=0.95, cG=0.05)
    assert read(lattice, scores).vin != VIN
    found = align(lattice, scores, VIN)
    other = align(lattice, scores, EUROPEAN)
    assert found is not None
    assert other is not None
    assert found[0].tolist() == arcs
    assert found[1] > other[1] + 17


def test_alignment_is_not_moved_by_priors_of_the_string() -> None:
    strange = "0" + VIN[1:13] + "ZZZZ"
    lattice, scores, arcs = line_of(strange)
    found = align(lattice, scores, strange)
    assert found is not None
    assert found[0].tolist() == arcs
    assembly = read(lattice, scores)
    assert found[1] == pytest.approx(assembly.log_likelihood, abs=1e-3)


@pytest.mark.parametrize("vin", ["", VIN[:-1], "O" + VIN[1:]])
def test_alignment_refuses_what_is_no_vin(vin: str) -> None:
    lattice, scores, _ = line_of(VIN)
    with pytest.raises(ValueError, match="expected"):
        align(lattice, scores, vin)


def test_no_path_of_17_is_no_reading() -> None:
    spans = list(pairwise(range(20, 340, 20)))
    few = make_lattice(spans)
    scores = Scores(np.zeros((15, 33), np.float32), np.zeros(15, np.float32), flat_gap())
    assert assemble(few, scores) is None
    assert align(few, scores, VIN) is None
    nothing = Lattice(*(np.zeros(shape, np.int32) for shape in (0, (0, 2), (0, 4))), np.zeros(0, np.float32))
    assert assemble(nothing, Scores(np.zeros((0, 33), np.float32), np.zeros(0, np.float32), flat_gap())) is None


def test_scores_of_another_lattice_are_refused() -> None:
    lattice, scores, _ = line_of(VIN)
    other, _, _ = line_of(VIN, marks=True)
    with pytest.raises(ValueError, match="expected the lattice's"):
        assemble(other, scores)
    assert assemble(lattice, scores) is not None
