"""The seam: strips in, line readings out, with a network that is played by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.assemble import Weights
from vinchar.lattice import Lattice
from vinchar.recognise import FEWEST, RELEVANT, Experts, Partings, cuts_between
from vinchar.types import PITCH, LineReading, Strip
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"


def strip(vin: str = VIN, pitch: int = PITCH, sure: float = 8.0, more: int = 0) -> Strip:
    """A strip of blocks; its first pixels say what is on it: see ``Network``. ``more``: glyphs after the 17th."""
    gray = np.full((40, 400), 20, np.uint8)
    for i in range(len(vin) + more):
        gray[7:33, 40 + pitch * i - 7 : 40 + pitch * i + 7] = 220
    gray[0, :20] = [*(ALPHABET.index(char) for char in vin.ljust(17, "0")), len(vin) + more, pitch, round(sure)]
    return Strip(gray, np.zeros((2, 401, 2), np.float32))


class Network:
    """Answers as the first row of a strip says, and counts its passes."""

    def __init__(self) -> None:
        self.passes: list[int] = []

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.passes.append(len(strips))
        out = np.zeros((len(strips), 200, 34), np.float32)
        out[:, :, 33] = 8
        for gray, one in zip(strips, out, strict=True):
            *chars, count, pitch, sure = gray[0, :20].tolist()
            for place, char in enumerate([*chars, 0, 0, 0, 0][:count]):
                around = slice((40 + pitch * place) // 2 - 2, (40 + pitch * place) // 2 + 2)
                one[around, 33] = 3
                one[around, char] = sure
        return out


def read(*strips: Strip) -> list[LineReading | None]:
    return Experts((Lattice(Network()), 1.0)).read(strips)


def text(line: LineReading | None) -> str:
    assert line is not None
    return "".join(ALPHABET[i] for i in line.log_likelihoods[0].argmax(axis=1))


def test_a_batch_is_read_in_one_pass_and_in_order() -> None:
    network = Network()
    other = "WVWZZZ1JZ3W386752"
    recogniser = Experts((Lattice(network), 1.0))
    lines = recogniser.read([strip(), strip(other, pitch=18), strip(VIN[:9])])
    assert network.passes == [3]
    assert [text(line) for line in lines[:2]] == [VIN, other]
    assert lines[2] is None  # half a line
    assert recogniser.read([]) == []
    assert network.passes == [3]


def test_boxes_lie_on_the_glyphs() -> None:
    (line,) = read(strip())
    assert line is not None
    assert line.boxes.dtype == np.int32
    np.testing.assert_allclose(line.boxes[0], [[33 + PITCH * i, 7, 47 + PITCH * i, 33] for i in range(17)], atol=1)


def test_the_score_is_that_of_the_parting_and_not_of_its_characters() -> None:
    sure, doubtful = read(strip(sure=8), strip(sure=6))
    assert sure is not None
    assert doubtful is not None
    assert sure.scores[0] == pytest.approx(doubtful.scores[0], abs=1.5)
    assert sure.log_likelihoods[0].max(axis=1).sum() > doubtful.log_likelihoods[0].max(axis=1).sum() + 0.8
    assert (sure.scores.max() - sure.scores <= RELEVANT).all()


def test_glyphs_that_go_on_beyond_the_last_one_are_noted() -> None:
    whole, longer = read(strip(pitch=18), strip(pitch=18, more=1))
    assert whole is not None
    assert longer is not None
    assert whole.beyond[0] == pytest.approx(0, abs=0.1)
    assert longer.beyond[0] == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(("count", "is_read"), [(FEWEST - 3, False), (17, True)])
def test_what_shows_too_few_glyphs_is_no_line(count: int, is_read: bool) -> None:
    (line,) = read(strip((VIN * 2)[:count]))
    assert (line is not None) == is_read


def test_weights_can_be_handed_in() -> None:
    recogniser = Experts((Lattice(Network(), Weights(pitches=(20.0,))), 1.0))
    (line,) = recogniser.read([strip()])
    assert line is not None
    assert len(line.scores) == 1


class Other:
    """An expert that sees a 7 everywhere, how surely is ``odds``, and finds no line by itself."""

    def __init__(self, odds: float, score: float = -2.0) -> None:
        self.odds, self.score = odds, score

    def look(self, strips: NDArray[np.uint8]) -> Other:
        return self

    def partings(self) -> list[Partings | None]:
        raise AssertionError("the first expert parts the strips")

    def judge(self, strip: int, centres: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        logs = np.zeros((len(centres), 17, 33), np.float32)
        logs[:, :, ALPHABET.index("7")] = self.odds
        return logs - np.logaddexp.reduce(logs, axis=2, keepdims=True), np.full(len(centres), self.score)


def test_likelihoods_and_scores_are_multiplied_to_the_power_of_their_weights() -> None:
    (alone,) = read(strip())
    (both,) = Experts((Lattice(Network()), 0.7), (Other(5.0), 0.5)).read([strip()])
    assert alone is not None
    assert both is not None
    assert both.each.shape == (2, *alone.log_likelihoods.shape)
    np.testing.assert_array_equal(both.each[0], alone.log_likelihoods)
    np.testing.assert_allclose(both.log_likelihoods, 0.7 * both.each[0] + 0.5 * both.each[1], rtol=1e-5)
    np.testing.assert_allclose(both.scores, 0.7 * alone.scores - 0.5 * 2.0)
    np.testing.assert_array_equal(both.boxes, alone.boxes)


def test_the_surer_expert_is_followed() -> None:
    (both,) = Experts((Lattice(Network()), 0.5), (Other(2.0), 0.5)).read([strip()])
    assert text(both) == VIN
    (both,) = Experts((Lattice(Network()), 0.5), (Other(20.0), 0.5)).read([strip()])
    assert text(both) == "7" * 17


def test_cuts_lie_half_way_between_two_glyphs_and_half_a_pitch_outside() -> None:
    cuts = cuts_between(np.array([[40, 60, 84, 104]], np.float32))
    np.testing.assert_allclose(cuts, [[30, 50, 72, 94, 114]])


def test_the_lattice_judges_others_partings_by_the_nearest_columns() -> None:
    one = strip()
    opinion = Lattice(Network()).look(one.gray[None])
    middles = np.array([40 + PITCH * i for i in range(17)], np.float32)
    log_likelihoods, scores = opinion.judge(0, np.stack([middles, middles + PITCH]))
    assert "".join(ALPHABET[i] for i in log_likelihoods[0].argmax(axis=1)) == VIN
    assert "".join(ALPHABET[i] for i in log_likelihoods[1].argmax(axis=1))[:16] == VIN[1:]
    assert scores[1] < scores[0] - 3  # behind the last glyph there is none
