"""The CTC expert: the best ways to have 17 runs, and all ways to have one glyph between two cuts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.classify import log_softmax
from vinchar.ctc import STEP, Ctc, CtcOpinion, best_runs, one_glyph_each
from vinchar.recognise import Experts
from vinchar.types import Strip
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"  # with two alike side by side, twice
BLANK = len(ALPHABET)


def steps_of(text: str, first: int = 10, pitch: int = 5, sure: float = 12.0, long: int = 1) -> NDArray[np.float32]:
    """What a network says that sees a glyph every ``pitch`` steps, each for so ``long``; logits (100, 34)."""
    out = np.zeros((100, 34), np.float32)
    out[:, BLANK] = sure
    for i, char in enumerate(text):
        some = slice(first + pitch * i, first + pitch * i + long)
        out[some, BLANK] = 0
        out[some, ALPHABET.index(char)] = sure
    return out


class Played:
    """A network that says the same of every strip."""

    def __init__(self, *logits: NDArray[np.float32]) -> None:
        self.said = logits

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.stack(self.said[: len(strips)])


def opinion(*logits: NDArray[np.float32]) -> CtcOpinion:
    return CtcOpinion(log_softmax(np.stack(logits)))


def text(log_likelihoods: NDArray[np.float32]) -> str:
    return "".join(ALPHABET[i] for i in log_likelihoods.argmax(axis=-1))


@pytest.mark.parametrize("long", [1, 2, 4])
def test_runs_are_found_however_long_they_are(long: int) -> None:
    (runs,) = best_runs(log_softmax(steps_of(VIN, long=long)[None]))
    assert runs[0].tolist() == [[10 + 5 * i, 10 + 5 * i + long] for i in range(17)]


def test_of_two_alike_that_touch_one_needs_a_blank() -> None:
    """Without a blank between them they are one run, and a line of sixteen is no line of seventeen."""
    touching = steps_of(VIN)
    whole, short = opinion(touching, steps_of(VIN[:16])).partings()
    assert whole is not None
    assert text(whole.log_likelihoods[0]) == VIN
    assert short is None or short.scores[0] < whole.scores[0] - 5


def test_different_ones_may_touch() -> None:
    logits = np.zeros((100, 34), np.float32)
    logits[:, BLANK] = 12
    for i, char in enumerate("1HGCM82639A094352"):
        logits[20 + 3 * i : 23 + 3 * i, BLANK] = 0
        logits[20 + 3 * i : 23 + 3 * i, ALPHABET.index(char)] = 12
    (parted,) = opinion(logits).partings()
    assert parted is not None
    assert text(parted.log_likelihoods[0]) == "1HGCM82639A094352"


def test_of_eighteen_glyphs_one_is_left_out_in_several_ways() -> None:
    longer = VIN + "7"
    (parted,) = opinion(steps_of(longer, first=6)).partings()
    assert parted is not None
    found = {text(one) for one in parted.log_likelihoods}
    assert VIN in found
    assert found <= {longer[:i] + longer[i + 1 :] for i in range(18)}
    last = [text(one) for one in parted.log_likelihoods].index(VIN)
    assert parted.beyond[last] > 0.9  # the one that is left out stands there


@pytest.mark.parametrize(("count", "is_line"), [(9, False), (17, True), (25, False)])
def test_what_shows_too_few_or_too_many_is_no_line(count: int, is_line: bool) -> None:
    (parted,) = opinion(steps_of((VIN * 2)[:count], first=2, pitch=4 if count > 17 else 5)).partings()
    assert (parted is not None) == is_line


def test_the_middles_are_columns_of_the_strip() -> None:
    (parted,) = opinion(steps_of(VIN)).partings()
    assert parted is not None
    np.testing.assert_allclose(parted.centres[0], (np.arange(10, 95, 5) + 0.5) * STEP)


def test_all_ways_to_have_one_glyph_are_summed_up() -> None:
    """Held to a count of every path between two cuts, one by one."""
    rng = np.random.default_rng(0)
    log_probs = log_softmax(rng.normal(0, 1, (80, 34)).astype(np.float32))
    cuts = np.arange(5, 5 + 4 * 18, 4)[None]
    log_likelihoods, scores = one_glyph_each(log_probs, cuts)
    probs, worth = np.exp(log_probs.astype(np.float64)), []
    for start, end in itertools.pairwise(cuts[0]):
        ways = np.zeros(33)
        for first, last in itertools.combinations(range(start, end + 1), 2):
            blanks = probs[start:first, BLANK].prod() * probs[last:end, BLANK].prod()
            ways += blanks * probs[first:last, :BLANK].prod(axis=0)
        worth.append(ways)
    want = np.array(worth)
    np.testing.assert_allclose(np.exp(log_likelihoods[0]), want / want.sum(axis=1, keepdims=True), atol=1e-3)
    beside = log_probs[1:5, BLANK].sum() + log_probs[73:77, BLANK].sum()
    assert scores[0] == pytest.approx(np.log(want.sum(axis=1)).sum() + beside, abs=0.05)


def test_others_partings_are_judged_between_their_cuts() -> None:
    seen = opinion(steps_of(VIN))
    middles = ((np.arange(10, 95, 5) + 0.5) * STEP).astype(np.float32)
    shifted = np.stack([middles, middles + 6, middles + 5 * STEP])  # right, a little off, one glyph too far right
    log_likelihoods, scores = seen.judge(0, shifted)
    assert [text(one) for one in log_likelihoods[:2]] == [VIN, VIN]
    assert text(log_likelihoods[2])[:16] == VIN[1:]
    assert scores[2] < scores[1] - 5


def test_strips_are_read_by_it_alone() -> None:
    strips = [Strip(np.zeros((40, 400), np.uint8), np.zeros((2, 401, 2), np.float32)) for _ in range(2)]
    read = Experts((Ctc(Played(steps_of(VIN), steps_of(VIN[:9]))), 1.0)).read(strips)
    assert read[1] is None
    assert read[0] is not None
    assert text(read[0].log_likelihoods[0]) == VIN
    assert (np.diff(read[0].boxes[0][:, 0]) > 0).all()
