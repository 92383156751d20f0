"""Both searches are exact, priors are soft and can be switched off, marks are skipped, alignment spells the VIN."""

from __future__ import annotations

from itertools import combinations, pairwise, product

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.assemble import Assembly, Weights, align, assemble, best_paths
from vinchar.posterior import NO_MAKERS, STRINGS, Makers, Priors, makers, read_strings
from vinchar.types import PITCH, STRIP_WIDTH, Lattice, Scores
from vinchar.vin import ALPHABET, check_digit

VIN = "1M8GDM9AXKP042788"  # the worked example of the check digit
EUROPEAN = "WVWZZZ1JZXW386752"
NO_PRIORS = Priors(positions=False, check_digit=False, makers=False)


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


# -- the posterior over strings ----------------------------------------------------------------------------------------


def weigh(
    text: str,
    log_probs: NDArray[np.float32],
    own: NDArray[np.float64],
    obeys: NDArray[np.float64],
    codes: tuple[str, ...] = (),
) -> float:
    """Return the weight of a string by the definition, with the check digit from ``vin``; known ``codes`` weigh 30."""
    q = obeys[ALPHABET.index(text[0])]
    check = 1 - q + 11 * q * (check_digit(text) == text[8])
    spelled = [sum(float(p[i, ALPHABET.index(char)]) for i, char in enumerate(text)) for p in log_probs]
    return float(
        sum(np.exp(o + s) for o, s in zip(own, spelled, strict=True)) * check * (30 if text[:3] in codes else 1)
    )


@pytest.mark.parametrize("some", [False, True], ids=["no makers", "makers"])
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_the_posterior_is_the_one_brute_force_finds(seed: int, check: bool, some: bool) -> None:
    rng = np.random.default_rng(seed)
    choices = [[char] for char in VIN]
    for place in (0, 8, int(rng.integers(1, 8)), int(rng.integers(9, 17))):
        others = rng.choice([c for c in ALPHABET if c != VIN[place]], 2, replace=False)
        choices[place] = [VIN[place], *(str(c) for c in others)]
    log_probs = np.full((2, 17, 33), -np.inf, np.float32)
    for segmentation, (place, chars) in product(range(2), enumerate(choices)):
        log_probs[segmentation, place, [ALPHABET.index(c) for c in chars]] = rng.normal(-1, 1, len(chars))
    own, obeys = rng.normal(-5, 1, 2), Priors(check_digit=check).obeys()

    weight = {"".join(chars): 0.0 for chars in product(*choices)}
    prefixes = sorted({text[:3] for text in weight})
    codes = (*prefixes[::2], "ABC") if some else ()
    known = makers(codes, 30.0) if some else NO_MAKERS
    weight = {text: weigh(text, log_probs, own, obeys, codes) for text in weight}
    total = sum(weight.values())
    ranked = sorted(weight, key=lambda text: -weight[text])
    posterior = read_strings(log_probs, own, obeys, known)
    assert posterior.strings[0][0] == ranked[0]
    for text, probability in posterior.strings:
        assert probability == pytest.approx(weight[text] / total, rel=1e-5)
    marginals = np.zeros((17, 33))
    for text, w in weight.items():
        marginals[range(17), [ALPHABET.index(char) for char in text]] += w / total
    np.testing.assert_allclose(posterior.marginals, marginals, atol=1e-5)


@pytest.mark.parametrize("codes", [(), ("1HG", "ZHG", "4HG", "5HG", "WHG", "5AG")])
@pytest.mark.parametrize("check", [True, False])
def test_the_strings_named_are_the_best_of_all(check: bool, codes: tuple[str, ...]) -> None:
    rng = np.random.default_rng(11)
    log_probs = np.full((1, 17, 33), -np.inf, np.float32)
    log_probs[0, range(17), [ALPHABET.index(char) for char in VIN]] = 0
    for place in (0, 8, 13):
        log_probs[0, place] = np.log(rng.dirichlet(np.full(33, 0.5)))
    obeys = Priors(check_digit=check).obeys()
    weight = {}
    for a, b, c in product(ALPHABET, repeat=3):
        text = a + VIN[1:8] + b + VIN[9:13] + c + VIN[14:]
        weight[text] = weigh(text, log_probs, np.zeros(1), obeys, codes)
    best = sorted(weight, key=lambda text: -weight[text])[:STRINGS]
    assert [text for text, _ in read_strings(log_probs, np.zeros(1), obeys, makers(codes, 30.0)).strings] == best


# -- the whole ---------------------------------------------------------------------------------------------------------


def read(lattice: Lattice, scores: Scores, priors: Priors = NO_PRIORS) -> Assembly:
    assembly = assemble(lattice, scores, priors)
    assert assembly is not None
    return assembly


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("priors", [Priors(), NO_PRIORS])
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
    confuse(scores, 4, cD=0.45, c0=0.55)
    plain = read(lattice, scores)
    assert plain.vin == VIN[:4] + "0" + VIN[5:]
    checked = read(lattice, scores, Priors(positions=False))
    assert checked.vin == VIN
    assert checked.margin == pytest.approx(np.log(0.45 / 0.55), abs=1e-3)
    assert checked.marginals[4, ALPHABET.index("D")] > 0.9
    assert checked.log_score > plain.log_score


def test_the_check_digit_knows_nothing_of_characters_of_equal_value() -> None:
    lattice, scores, _ = line_of(VIN)
    confuse(scores, 4, cD=0.4, cU=0.6)
    assembly = read(lattice, scores, Priors(positions=False))
    assert assembly.vin == VIN[:4] + "U" + VIN[5:]
    other = dict(assembly.alternatives)[VIN]
    assert other / assembly.confidence == pytest.approx(0.4 / 0.6, rel=1e-3)


def test_a_sure_reading_stands_against_its_check_digit() -> None:
    assert check_digit(EUROPEAN) != EUROPEAN[8]
    lattice, scores, _ = line_of(EUROPEAN)
    assembly = read(lattice, scores, Priors())
    assert assembly.vin == EUROPEAN
    wrong = VIN[:-1] + "9"
    assert check_digit(wrong) != wrong[8]
    lattice, scores, _ = line_of(wrong, sure=0.9999)
    assert read(lattice, scores, Priors()).vin == wrong


def test_positions_are_a_soft_prior() -> None:
    positions = Priors(positions=True, check_digit=False)
    lattice, scores, _ = line_of(EUROPEAN)
    confuse(scores, 16, c2=0.3, cZ=0.7)
    assert read(lattice, scores).vin[-1] == "Z"
    assert read(lattice, scores, positions).vin[-1] == "2"
    confuse(scores, 16, c2=0.01, cZ=0.99)
    assert read(lattice, scores, positions).vin[-1] == "Z"


def test_priors_are_bounded_and_can_be_switched_off() -> None:
    assert np.ptp(Priors().table(), axis=1).max() <= 3
    assert not Priors(positions=False).table().any()
    assert not Priors(check_digit=False).obeys().any()
    assert Priors(makers=False).known() is NO_MAKERS
    known: Makers = Priors().known()
    assert 1 < np.log(known.factor) < 5
    assert known.known[tuple(ALPHABET.index(char) for char in VIN[:3])]
    assert known.known.mean() < 0.1
    obeys = dict(zip(ALPHABET, Priors().obeys(), strict=True))
    assert obeys["1"] > obeys["L"] > obeys["W"] > 0


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
    assert found[1] == pytest.approx(assembly.log_score, abs=1e-3)


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


def test_a_known_maker_is_a_soft_prior() -> None:
    """W read as V at the first place of a Volkswagen: the maker tips what is in doubt, and yields to what is clear."""
    makers_alone = Priors(positions=False, check_digit=False)
    lattice, scores, _ = line_of(EUROPEAN)
    assert EUROPEAN.startswith("WVW")
    confuse(scores, 0, cV=0.8, cW=0.2)
    assert read(lattice, scores).vin[0] == "V"
    assert read(lattice, scores, makers_alone).vin == EUROPEAN
    confuse(scores, 0, cV=0.999, cW=0.001)
    assert read(lattice, scores, makers_alone).vin[0] == "V"
