"""What the networks are punished for, in backend-agnostic Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

GEOMETRY_SCALE = (0.03, 0.04, 0.25)  # the error of centre, height and slant that counts as one
ENDS_SCALE = 0.01, 0.06  # the same of an end's distance: a part of the width, and a part of the distance itself
PLACE_SCALE, WIDTH_SCALE = 0.1, 0.1  # the error of a box's place in its cell, and of its width, that counts as one
LIGHT_WEIGHT = 2.0  # at 0.3 the polarity is never learned
HEAT_WEIGHT = 4.0  # of a cell amid a glyph or a gap against one of the ground, which is nearly all there is


def line_loss(true: Any, said: Any) -> Any:
    """Return the rectifier's loss of every column, (B, 64): inside, geometry within the VIN, polarity.

    ``true`` (B, 64, 8) as of ``framing.line_targets``; ``said`` (B, 64, 7).
    """
    inside = keras.losses.binary_crossentropy(true[..., :1], said[..., :1], from_logits=True)
    light = keras.losses.binary_crossentropy(true[..., 4:5], said[..., 4:5], from_logits=True)
    shape = _huber((true[..., 1:4] - said[..., 1:4]) / ops.convert_to_tensor(GEOMETRY_SCALE))
    ends = true[..., 5:7]
    reach = _huber((ends - said[..., 5:7]) / (ENDS_SCALE[0] + ENDS_SCALE[1] * ops.abs(ends)))
    return 2 * inside + true[..., 7] * (ops.sum(shape, -1) + 0.5 * ops.sum(reach, -1) + LIGHT_WEIGHT * light)


def _huber(error: Any) -> Any:
    size = ops.abs(error)
    return ops.where(size < 1, 0.5 * size * size, size - 0.5)


def column_loss(true: Any, said: Any) -> Any:
    """Return the classifier's cross-entropy of every column, (B, W / 2), 0 where a column has no target at all.

    ``true`` (B, W / 2, 34) as of ``targets.dense_targets`` and ``left_out``; ``said`` of the same shape, logits.
    Keras's own takes it that targets sum to 1: where they are 0 its gradient is not.
    """
    return -ops.sum(true * ops.log_softmax(said, axis=-1), axis=-1)


def sequence_loss(true: Any, said: Any) -> Any:
    """Return the loss of the CTC network, (B,): what all ways to read the glyphs off its time steps are worth.

    ``true`` (B, 17) as of ``targets.sequence_target``; ``said`` (B, W / 4, 34), logits, the last class the blank.
    """
    blank = said.shape[-1] - 1
    labels = ops.cast(true, "int32")
    lengths = ops.sum(ops.cast(labels != blank, "int32"), axis=1)
    steps = ops.full_like(lengths, said.shape[1] or ops.shape(said)[1])
    return ops.ctc_loss(labels, said, lengths, steps, mask_index=blank)


def box_loss(true: Any, said: Any) -> Any:
    """Return the detector's loss of every cell, (B, W / 8): objectness, and where a glyph is, place, width and class.

    ``true`` (B, W / 8, 4, 5) as of ``targets.box_targets``; ``said`` (B, W / 8, 4, 36).
    """
    counts, there, characters = true[..., 0], true[..., 1], said[..., 3:]
    objectness = ops.softplus(said[..., 0]) - there * said[..., 0]
    place = _huber((ops.sigmoid(said[..., 1]) - true[..., 2]) / PLACE_SCALE)
    width = _huber((said[..., 2] - true[..., 3]) / WIDTH_SCALE)
    chosen = ops.one_hot(ops.cast(true[..., 4], "int32"), characters.shape[-1])
    named = -ops.sum(chosen * ops.log_softmax(characters, axis=-1), axis=-1)
    return ops.sum(counts * objectness + there * (named + 0.1 * (place + width)), axis=-1)


def heat_loss(true: Any, said: Any) -> Any:
    """Return the locator's loss of every cell, (B, H, W): cross-entropy, heavier where a VIN is.

    ``true`` (B, H, W, 2) as of ``heat.heat_targets``; ``said`` (B, H, W, 2), logits.
    """
    cross = ops.softplus(said) - true * said
    return ops.mean((1 + HEAT_WEIGHT * true) * cross, -1)
