"""What networks are to say of strips: a distribution for every second column, a sequence, boxes in cells."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.detect import ANCHORS
from vinchar.training.nets import CLASSES, STRIDE
from vinchar.training.targets import CLEAR, SURE, box_targets, dense_targets, left_out, sequence_target

NONE = CLASSES - 1


def targets(*centres: float, width: int = 400) -> np.ndarray:
    """Targets of glyphs 3, 4, 5, ... at these columns."""
    return dense_targets(np.array(centres, np.float32), np.arange(3, 3 + len(centres), dtype=np.int32), width)


def test_every_column_has_a_distribution() -> None:
    target = targets(20, 41, 59.5, 82, 350)
    assert target.shape == (200, CLASSES)
    assert target.dtype == np.float32
    assert target.min() >= 0
    assert np.allclose(target.sum(1), 1)


def test_the_column_at_a_centre_is_its_glyph() -> None:
    centres = (20.0, 41.0, 59.5, 82.0, 350.0)
    target = targets(*centres)
    for i, centre in enumerate(centres):
        assert target[int(centre) // STRIDE, 3 + i] == 1


def test_columns_between_glyphs_are_none() -> None:
    target = targets(100, 120)
    columns = (np.arange(200) + 0.5) * STRIDE
    between = np.minimum(np.abs(columns - 100), np.abs(columns - 120)) >= CLEAR
    assert between.sum() > 180
    assert np.all(target[between, NONE] == 1)


def test_the_target_fades_from_glyph_to_none() -> None:
    target = targets(101.0)  # columns 93, 95, ... are 0, 2, 4, 6 away
    assert target[50, 3] == 1
    assert target[51, 3] == 1
    share = (CLEAR - 4) / (CLEAR - SURE)
    assert target[52, 3] == target[48, 3] == pytest.approx(share)
    assert target[52, NONE] == pytest.approx(1 - share)
    assert target[53, 3] == 0


def test_of_two_close_glyphs_the_nearer_one_counts() -> None:
    target = targets(100, 106)
    assert target[50, 3] == 1  # column 101
    assert target[50, 4] == 0
    assert target[52, 4] == 1  # column 105
    assert target[52, 3] == 0


@pytest.mark.parametrize("centres", [(), (-20.0, 420.0)])
def test_without_a_glyph_inside_all_is_none(centres: tuple[float, ...]) -> None:
    assert np.all(targets(*centres)[:, NONE] == 1)


def test_what_is_left_out_has_no_target() -> None:
    centres, taught = np.array([100, 120, 140], np.float32), np.array([True, False, True])
    whole = targets(100, 120, 140)
    target = left_out(whole, centres, taught)
    columns = (np.arange(200) + 0.5) * STRIDE
    near = np.abs(columns - 120) < CLEAR
    assert np.all(target[near] == 0)
    assert np.array_equal(target[~near], whole[~near])  # the glyphs beside it, and that there is none elsewhere


def test_a_sequence_is_read_from_the_left_and_what_lies_outside_is_missing() -> None:
    centres = np.array([50, 10, 395, -3, 420], np.float32)
    target = sequence_target(centres, np.array([5, 1, 9, 2, 3], np.int32), 400)
    assert target.tolist() == [1, 5, 9, NONE, NONE]
    assert target.dtype == np.float32


def test_a_box_belongs_to_the_cell_of_its_middle_and_the_nearest_anchor() -> None:
    centres = np.array([100, 121.5, 143], np.float32)  # 21.5 apart: the third anchor
    target = box_targets(centres, np.array([4, 5, 6], np.int32), 400)
    assert target.shape == (50, 4, 5)
    there = np.argwhere(target[..., 1] == 1)
    assert there.tolist() == [[12, 2], [15, 2], [17, 2]]
    np.testing.assert_allclose(target[15, 2], [1, 1, 121.5 / 8 - 15, 0, 5], atol=1e-6)
    np.testing.assert_allclose(target[12, :, 0], [1, 0, 1, 0])  # anchors nearly as wide are asked nothing
    assert target[13, :, 0].tolist() == [1, 1, 1, 1]


def test_a_box_takes_half_the_way_to_both_neighbours() -> None:
    target = box_targets(np.array([100, 115, 135.5], np.float32), np.array([4, 5, 6], np.int32), 400)
    ((cell, anchor),) = np.argwhere(target[..., 4] == 5)
    assert ANCHORS[anchor] * np.exp(target[cell, anchor, 3]) == pytest.approx((15 + 20.5) / 2, abs=0.01)


def test_boxes_of_glyphs_that_are_not_sure_are_asked_nothing() -> None:
    centres, classes = np.array([100, 120, 140], np.float32), np.array([4, 5, 6], np.int32)
    target = box_targets(centres, classes, 400, np.array([True, False, True]))
    assert target[15, :, 0].tolist() == [0, 0, 0, 0]
    assert target[..., 1].sum() == 2


@pytest.mark.parametrize("centres", [[], [-5.0, 400.0, 1000.0]])
def test_without_a_glyph_in_the_strip_nothing_is_there(centres: list[float]) -> None:
    target = box_targets(np.array(centres, np.float32), np.zeros(len(centres), np.int32), 400)
    assert target[..., 1].sum() == 0
    assert (target[..., 0] == 1).all()
