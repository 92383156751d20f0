"""The detector expert: one box a cell, the best path of 17 through them, and others' partings judged by them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.detect import ANCHORS, CELL, Detector
from vinchar.recognise import Partings
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"


class Played:
    """Says that glyphs stand at some columns, with an objectness each."""

    def __init__(self, glyphs: list[tuple[float, str, float]], anchor: int = 1) -> None:
        self.glyphs, self.anchor = glyphs, anchor

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        out = np.zeros((len(strips), strips.shape[2] // CELL, len(ANCHORS), 36), np.float32)
        out[..., 0] = -8
        for column, char, sure in self.glyphs:
            cell, within = divmod(column / CELL, 1)
            box = out[:, int(cell), self.anchor]
            box[:, 0], box[:, 1] = sure, np.log((within + 1e-3) / (1 - within + 1e-3))
            box[:, 3 + ALPHABET.index(char)] = 9
        return out


def glyphs(text: str = VIN, first: float = 40, pitch: float = 20, sure: float = 5) -> list[tuple[float, str, float]]:
    return [(first + pitch * i, char, sure) for i, char in enumerate(text)]


def parted(seen: list[tuple[float, str, float]], anchor: int = 1) -> Partings | None:
    (found,) = Detector(Played(seen, anchor)).look(np.zeros((1, 40, 400), np.uint8)).partings()
    return found


def text(found: Partings | None, way: int = 0) -> str:
    assert found is not None
    return "".join(ALPHABET[i] for i in found.log_likelihoods[way].argmax(axis=1))


@pytest.mark.parametrize("anchor", range(len(ANCHORS)))
@pytest.mark.parametrize("pitch", [17, 20, 22])
def test_boxes_of_any_anchor_are_read_in_their_order(anchor: int, pitch: float) -> None:
    found = parted(glyphs(pitch=pitch), anchor)
    assert text(found) == VIN
    assert found is not None
    np.testing.assert_allclose(found.centres[0], [40 + pitch * i for i in range(17)], atol=1.5)


def test_a_weak_box_between_two_glyphs_is_passed_over() -> None:
    assert text(parted([*glyphs(), (150.5, "Z", -2.0)])) == VIN


def test_a_glyph_too_many_is_left_out_at_either_end_and_noted() -> None:
    found = parted(glyphs(VIN + "7", first=30))
    assert found is not None
    assert {text(found, way) for way in range(len(found))} <= {VIN, (VIN + "7")[1:]}
    assert (found.beyond > 0.9).all()


@pytest.mark.parametrize("count", [0, 9])
def test_too_few_boxes_are_no_line(count: int) -> None:
    assert parted(glyphs(VIN[:count])) is None


def test_others_partings_are_judged_by_the_boxes_between_their_cuts() -> None:
    opinion = Detector(Played(glyphs())).look(np.zeros((1, 40, 400), np.uint8))
    middles = np.array([40 + 20 * i for i in range(17)], np.float32)
    log_likelihoods, scores = opinion.judge(0, np.stack([middles, middles + 7, middles + 40]))
    spelled = ["".join(ALPHABET[i] for i in one.argmax(axis=1)) for one in log_likelihoods]
    assert spelled[:2] == [VIN, VIN]
    assert spelled[2][:15] == VIN[2:]
    assert scores[2] < scores[0] - 10  # two of its glyphs are not there
    np.testing.assert_allclose(np.exp(log_likelihoods).sum(axis=2), 1, atol=1e-4)
