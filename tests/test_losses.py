"""The losses: nothing for the truth, more for a greater error, geometry only where the VIN is."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from vinchar.training.losses import (
    ENDS_SCALE,
    GEOMETRY_SCALE,
    LIGHT_WEIGHT,
    box_loss,
    column_loss,
    line_loss,
    sequence_loss,
)
from vinchar.training.targets import box_targets, sequence_target


def truth(inside: float = 1.0) -> np.ndarray:
    """One picture, one column: inside, centre, height, slant, light, from the start, to the end, weight."""
    return np.array([[[inside, 0.5, 0.4, 0.1, 1.0, 0.1, 0.7, inside]]], np.float32)


def loss(true: np.ndarray, said: np.ndarray) -> np.ndarray:
    return np.asarray(
        keras.ops.convert_to_numpy(line_loss(keras.ops.convert_to_tensor(true), keras.ops.convert_to_tensor(said)))
    )


def sure(true: np.ndarray) -> np.ndarray:
    """What a net says that knows the truth: logits far out."""
    said = true[..., :7].copy()
    said[..., [0, 4]] = 40 * (2 * said[..., [0, 4]] - 1)
    return said


def test_the_truth_costs_nothing() -> None:
    assert loss(truth(), sure(truth())).shape == (1, 1)
    assert loss(truth(), sure(truth()))[0, 0] == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(("output", "scale"), [(1, GEOMETRY_SCALE[0]), (2, GEOMETRY_SCALE[1]), (3, GEOMETRY_SCALE[2])])
def test_geometry_is_squared_near_the_truth_and_linear_far_off(output: int, scale: float) -> None:
    said = sure(truth())
    for errors, expected in ((0.5, 0.125), (1.0, 0.5), (3.0, 2.5), (-3.0, 2.5)):
        wrong = said.copy()
        wrong[..., output] += errors * scale
        assert loss(truth(), wrong)[0, 0] == pytest.approx(expected, rel=1e-3)


def test_the_nearer_end_has_to_be_told_more_exactly() -> None:
    said = sure(truth())
    for output, distance in ((5, 0.1), (6, 0.7)):
        wrong = said.copy()
        wrong[..., output] += 2 * (ENDS_SCALE[0] + ENDS_SCALE[1] * distance)
        assert loss(truth(), wrong)[0, 0] == pytest.approx(0.5 * 1.5, rel=1e-3)


def test_outside_the_vin_only_inside_counts() -> None:
    said = sure(truth(inside=0.0))
    wrong = said + np.array([0, 0.3, 0.3, 2.0, -80, 0.3, 0.3], np.float32)
    assert loss(truth(inside=0.0), wrong)[0, 0] == pytest.approx(0, abs=1e-5)
    wrong[..., 0] = 0
    assert loss(truth(inside=0.0), wrong)[0, 0] == pytest.approx(2 * np.log(2), rel=1e-3)


def test_polarity_weighs_enough_to_be_learned() -> None:
    said = sure(truth())
    said[..., 4] = 0
    assert loss(truth(), said)[0, 0] == pytest.approx(LIGHT_WEIGHT * np.log(2), rel=1e-3)


def test_every_column_has_its_own_loss() -> None:
    true = np.tile(truth(), (2, 64, 1))
    said = sure(true)
    said[1, 10, 1] += 1
    costs = loss(true, said)
    assert costs.shape == (2, 64)
    assert [tuple(place) for place in np.argwhere(costs > 1e-3)] == [(1, 10)]


def test_columns_without_a_target_teach_nothing() -> None:
    """Neither loss nor gradient: a network whose loss takes it that targets sum to 1 is driven off by them."""
    dense = keras.layers.Dense(3, use_bias=False, kernel_initializer="zeros")
    dense.build((None, 2))
    model = keras.Sequential([keras.Input((2, 1)), keras.layers.Flatten(), dense, keras.layers.Reshape((1, 3))])
    model.compile(keras.optimizers.SGD(1.0), column_loss)
    pictures, nothing = np.ones((4, 2, 1), np.float32), np.zeros((4, 1, 3), np.float32)
    assert model.train_on_batch(pictures, nothing) == pytest.approx(0)
    assert np.all(dense.get_weights()[0] == 0)
    some = nothing.copy()
    some[..., 1] = 1
    assert model.train_on_batch(pictures, some) == pytest.approx(np.log(3), rel=1e-4)  # as Keras's own cross-entropy
    assert dense.get_weights()[0][0].argmax() == 1


CENTRES, CLASSES = np.arange(63, 400, 20, dtype=np.float32), np.arange(5, 22, dtype=np.int32)


def test_a_sequence_costs_what_all_ways_to_read_it_are_worth() -> None:
    """Two steps and one glyph: it, then blank; blank, then it; it twice."""
    logits = np.random.default_rng(0).normal(0, 1, (1, 2, 34)).astype(np.float32)
    probs = np.exp(logits[0]) / np.exp(logits[0]).sum(-1, keepdims=True)
    true = np.full((1, 17), 33, np.float32)
    true[0, 0] = 7
    want = -np.log(probs[0, 7] * probs[1, 33] + probs[0, 33] * probs[1, 7] + probs[0, 7] * probs[1, 7])
    assert np.asarray(sequence_loss(true, keras.ops.convert_to_tensor(logits)))[0] == pytest.approx(want, rel=1e-4)


def test_a_sequence_that_is_read_rightly_costs_little() -> None:
    true = sequence_target(CENTRES, CLASSES, 400)[None]
    said = np.zeros((1, 100, 34), np.float32)
    said[..., 33] = 20
    for centre, one in zip(CENTRES, CLASSES, strict=True):
        said[0, int(centre) // 4, [one, 33]] = 20, 0
    right = float(np.asarray(sequence_loss(true, keras.ops.convert_to_tensor(said)))[0])
    said[0, int(CENTRES[3]) // 4, [CLASSES[3], 30]] = 0, 20
    assert right < 0.01
    assert float(np.asarray(sequence_loss(true, keras.ops.convert_to_tensor(said)))[0]) > 15


def boxes_said(true: np.ndarray) -> np.ndarray:
    """What a detector says that knows the truth."""
    said = np.zeros((*true.shape[:-1], 36), np.float32)
    said[..., 0] = 40 * (2 * true[..., 1] - 1)
    place = np.clip(true[..., 2], 1e-6, 1 - 1e-6)
    said[..., 1], said[..., 2] = np.log(place / (1 - place)), true[..., 3]
    cells = np.nonzero(true[..., 1])
    said[(*cells, 3 + true[cells][:, 4].astype(int))] = 40
    return said


@pytest.mark.parametrize(("output", "wrong"), [(0, -80), (1, 3), (2, 0.5), (3 + 30, 80)])
def test_every_part_of_a_box_counts(output: int, wrong: float) -> None:
    true = box_targets(CENTRES, CLASSES, 400)[None]
    said = boxes_said(true)
    right = np.asarray(box_loss(true, keras.ops.convert_to_tensor(said)))
    assert right.shape == (1, 50)
    assert right.max() == pytest.approx(0, abs=1e-4)
    cell, anchor = np.argwhere(true[0, :, :, 1] == 1)[3]
    said[0, cell, anchor, output] += wrong
    costs = np.asarray(box_loss(true, keras.ops.convert_to_tensor(said)))[0]
    assert costs[cell] > 0.1
    assert np.delete(costs, cell).max() == pytest.approx(0, abs=1e-4)


def test_what_is_asked_nothing_costs_nothing() -> None:
    true = box_targets(CENTRES, CLASSES, 400, np.arange(17) != 3)[None]
    said = boxes_said(true)
    said[0, int(CENTRES[3]) // 8, :, :] = 7
    assert np.asarray(box_loss(true, keras.ops.convert_to_tensor(said))).max() == pytest.approx(0, abs=1e-4)
