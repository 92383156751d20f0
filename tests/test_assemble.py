"""The path search is exact, its priors are soft, marks are skipped, alignment spells the VIN."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.assemble import Paths, Weights, align, assemble
from vinchar.classify import STRIDE, Answers
from vinchar.types import PITCH, STRIP_WIDTH
from vinchar.vin import ALPHABET, LENGTH

VIN = "1M8GDM9AXKP042788"
COUNT = STRIP_WIDTH // STRIDE
TRUE = [(40 + PITCH * i) // STRIDE for i in range(LENGTH)]  # columns of the glyphs of ``line_of``


def line_of(vin: str = VIN, sure: float = 0.99, marks: bool = False, pitch: int = PITCH) -> Answers:
    """What a network says of a line of glyphs; ``marks``: something glyph-like a pitch beyond either end."""
    probs = np.full((COUNT, 33), 1 / 33)
    glyph = np.full(COUNT, 0.02)
    for place, char in enumerate(vin):
        around = slice((40 + pitch * place) // STRIDE - 1, (40 + pitch * place) // STRIDE + 2)
        probs[around] = (1 - sure) / 32
        probs[around, ALPHABET.index(char)] = sure
        glyph[around] = (0.8, 0.97, 0.8)
    if marks:
        for column in (40 - pitch, 40 + pitch * len(vin)):
            glyph[column // STRIDE] = 0.5
    return answers_of(probs, glyph)


def answers_of(probs: NDArray[np.float64], glyph: NDArray[np.float64]) -> Answers:
    logs = (np.log(np.maximum(some, 1e-12)).astype(np.float32)[None] for some in (probs, glyph, 1 - glyph))
    return Answers(*logs)


def best(answers: Answers, weights: Weights | None = None) -> Paths:
    (paths,) = assemble(answers, weights or Weights())
    return paths


def text(answers: Answers, paths: Paths) -> str:
    return "".join(ALPHABET[i] for i in answers.log_probs[0, paths.columns[0]].argmax(axis=1))


def path_score(path: tuple[int, ...], answers: Answers, pitch: float, w: Weights) -> float:
    """Return the score of a path, written out one term after the other; minus infinity if it is none."""
    gap = np.minimum(answers.log_gap[0].astype(float), 0)

    def passed(start: float, stop: float) -> float:
        """The integral of the columns' answers between two places in pixels."""
        edges = np.arange(len(gap) + 1) * STRIDE
        shares = np.clip(np.minimum(stop, edges[1:]) - np.maximum(start, edges[:-1]), 0, None)
        return float(shares @ gap) if stop > start else 0.0

    x = [(column + 0.5) * STRIDE for column in path]
    total = sum(float(answers.log_probs[0, c].max() + answers.log_glyph[0, c]) for c in path)
    if any(answers.log_glyph[0, c] < w.least for c in path):
        return -np.inf
    zone, beyond = w.zone * pitch, (w.zone + w.margin) * pitch
    total += w.end * (passed(x[0] - beyond, x[0] - zone) + passed(x[-1] + zone, x[-1] + beyond))
    for a, b in pairwise(x):
        if not w.closest <= b - a <= w.reach * pitch:
            return -np.inf
        total -= min(((b - a - pitch) / (w.sigma * pitch)) ** 2 / 2, w.cap)
        total += w.gap * passed(a + zone, b - zone)
    return total


@pytest.mark.parametrize("seed", range(4))
def test_the_best_path_is_the_one_brute_force_finds(seed: int) -> None:
    """Glyphs may stand at 19 columns alone, so that every choice of 17 can be tried."""
    rng = np.random.default_rng(seed)
    places = np.cumsum(rng.integers(7, 14, 19)) + 2
    glyph = np.full(230, 1e-6)
    glyph[places] = rng.uniform(0.2, 0.95, 19)
    answers = answers_of(rng.dirichlet(np.ones(33), 230), glyph)
    weights = Weights(pitches=(17.0, 22.0))
    expected: dict[tuple[int, ...], float] = {}
    for pitch in weights.pitches:
        score, path = max((path_score(p, answers, pitch, weights), p) for p in combinations(places.tolist(), LENGTH))
        if score > -np.inf:
            expected[path] = max(score, expected.get(path, -np.inf))
    found = best(answers, weights)
    scores = {tuple(c): s for c, s in zip(found.columns.tolist(), found.scores.tolist(), strict=True)}
    assert scores.keys() == expected.keys()
    assert scores == pytest.approx(expected, abs=5e-3)
    assert found.scores.tolist() == sorted(found.scores, reverse=True)


@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("pitch", [17, 20, 21])
def test_a_line_is_read_and_marks_at_its_ends_are_not(marks: bool, pitch: int) -> None:
    answers = line_of(marks=marks, pitch=pitch)
    paths = best(answers)
    assert text(answers, paths) == VIN
    assert np.abs(paths.columns[0] - [(40 + pitch * i) // STRIDE for i in range(LENGTH)]).max() <= 1
    assert len({tuple(columns) for columns in paths.columns.tolist()}) == len(paths)


def test_strips_of_a_batch_do_not_meet() -> None:
    one, other = line_of(), line_of("WVWZZZ1JZXW386752", pitch=18)
    batch = Answers(*(np.concatenate([getattr(a, n) for a in (one, other)]) for n in Answers.__slots__))
    together = assemble(batch)
    for alone, paths in zip((one, other), together, strict=True):
        np.testing.assert_array_equal(best(alone).columns, paths.columns)
        np.testing.assert_allclose(best(alone).scores, paths.scores, rtol=1e-5)


def test_what_is_surely_no_glyph_is_none_of_the_path() -> None:
    answers = line_of()
    answers.log_glyph[0, TRUE[3] - 3 : TRUE[3] + 4] = -5.1
    assert not set(range(TRUE[3] - 3, TRUE[3] + 4)) & set(best(answers).columns[0].tolist())


def test_leaving_out_an_end_glyph_costs() -> None:
    answers = line_of()
    answers.log_glyph[0, TRUE[0] - 1 : TRUE[0] + 2] = -2.5  # the first glyph is hard to see
    mark = TRUE[-1] + PITCH // STRIDE
    answers.log_glyph[0, mark] = -0.5  # and the mark after the last looks like one
    answers.log_probs[0, mark, 0] = -0.01
    assert np.abs(best(answers).columns[0] - TRUE).max() <= 1
    greedy = best(answers, Weights(end=0.0))
    assert np.abs(greedy.columns[0] - [*TRUE[1:], mark]).max() <= 1


def test_no_path_of_17_is_no_path() -> None:
    glyph = np.full(COUNT, 1e-6)
    glyph[10:26:1] = 0.9  # less than 17 glyphs' room
    (paths,) = assemble(answers_of(np.full((COUNT, 33), 1 / 33), glyph))
    assert len(paths) == 0
    assert paths.columns.shape == (0, LENGTH)


def test_alignment_finds_where_the_vin_is_spelled() -> None:
    answers = line_of(marks=True)
    answers.log_probs[0, TRUE[3] - 1 : TRUE[3] + 2, ALPHABET.index("W")] = 0.0  # taken for another
    assert text(answers, best(answers)) != VIN
    answers.log_glyph[0, TRUE[5] - 3 : TRUE[5] + 4] = -9.0  # and taken for no glyph at all
    (found,), (other,) = align(answers, VIN), align(answers, "WVWZZZ1JZXW386752")
    assert np.abs(found.columns[0] - TRUE).max() <= 1
    assert found.scores[0] > other.scores[0] + 17


@pytest.mark.parametrize("vin", ["", VIN[:-1], "O" + VIN[1:]])
def test_alignment_refuses_what_is_no_vin(vin: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        align(line_of(), vin)
