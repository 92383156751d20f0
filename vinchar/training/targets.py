"""What the networks should answer, from the glyphs' places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vinchar.training.nets import CLASSES, STRIDE

SURE, CLEAR = 2.5, 5.0  # columns from a glyph's centre: up to SURE it is the glyph, from CLEAR on it is no glyph


def dense_targets(centres: NDArray[np.float32], classes: NDArray[np.int32], width: int) -> NDArray[np.float32]:
    """Return the classifier's target distribution, float32 (width / 2, 34), for glyphs at ``centres`` (strip columns).

    A glyph counts in the columns near its centre, wherever that lies. Between SURE and CLEAR the target fades from the
    glyph to "none" instead of being ignored: a wide ignored zone leaves the search nothing to hold on to.
    """
    columns = (np.arange(width // STRIDE) + 0.5) * STRIDE
    target = np.zeros((len(columns), CLASSES), np.float32)
    if len(centres):
        distance = np.abs(columns[:, None] - centres[None, :])
        nearest = distance.argmin(1)
        share = np.clip((CLEAR - distance.min(1)) / (CLEAR - SURE), 0, 1)
        target[np.arange(len(columns)), classes[nearest]] = share
    target[:, -1] = 1 - target.sum(1)
    return target


def left_out(
    targets: NDArray[np.float32], centres: NDArray[np.float32], taught: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return ``dense_targets`` with nothing at all in the columns of the glyphs that are not ``taught``, bool (N,).

    Of a column without a target nothing is learned: the cross-entropy there is 0 whatever the network says.
    """
    columns = (np.arange(len(targets)) + 0.5) * STRIDE
    distance = np.abs(columns[:, None] - centres[None, :])  # (W / 2, N)
    untaught = (distance.min(1) < CLEAR) & ~taught[distance.argmin(1)]
    return np.asarray(np.where(untaught[:, None], 0, targets), np.float32)
