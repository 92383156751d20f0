"""What the networks are punished for, in backend-agnostic Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

GEOMETRY_SCALE = (0.03, 0.04, 0.25)  # the error of centre, height and slant that counts as one
LIGHT_WEIGHT = 2.0  # at 0.3 the polarity is never learned


def line_loss(true: Any, said: Any) -> Any:
    """Return the rectifier's loss of every column, (B, 64): inside, geometry within the VIN, polarity.

    ``true`` (B, 64, 6) as of ``framing.line_targets``; ``said`` (B, 64, 5).
    """
    inside = keras.losses.binary_crossentropy(true[..., :1], said[..., :1], from_logits=True)
    weight = true[..., 5]
    error = ops.abs(true[..., 1:4] - said[..., 1:4]) / ops.convert_to_tensor(GEOMETRY_SCALE)
    huber = ops.where(error < 1, 0.5 * error * error, error - 0.5)
    light = keras.losses.binary_crossentropy(true[..., 4:5], said[..., 4:5], from_logits=True)
    return 2 * inside + weight * (ops.sum(huber, -1) + LIGHT_WEIGHT * light)
