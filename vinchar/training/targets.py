"""What the networks should answer, from the glyphs' places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vinchar.detect import ANCHORS, CELL
from vinchar.training.nets import CLASSES, STRIDE

SURE, CLEAR = 2.5, 5.0  # columns from a glyph's centre: up to SURE it is the glyph, from CLEAR on it is no glyph
ALIKE = 1.25  # of two widths: an anchor that is so near to a glyph's width, and not the nearest, is asked nothing


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


def sequence_target(centres: NDArray[np.float32], classes: NDArray[np.int32], width: int) -> NDArray[np.float32]:
    """Return what the CTC network should read, float32 (N,): the classes of the glyphs in the strip, from the left on.

    Those of glyphs outside are missing, and so many blanks follow at the end.
    """
    inside = (centres >= 0) & (centres < width)
    order = np.argsort(centres, kind="stable")
    target = np.full(len(centres), CLASSES - 1, np.float32)
    read = classes[order][inside[order]]
    target[: len(read)] = read
    return target


def box_targets(
    centres: NDArray[np.float32], classes: NDArray[np.int32], width: int, taught: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Return what the detector should say, float32 (width / 8, 4, 5), of glyphs at ``centres``, rising strip columns.

    For each cell and anchor: how much its objectness counts, whether a glyph is there, where in the cell (0 to 1), the
    logarithm of its width in widths of the anchor, and its class. A glyph is as wide as half the way to both
    neighbours; it belongs to the cell of its middle and to the anchor nearest in width. Where a glyph is not
    ``taught``, bool (N,), nothing counts.
    """
    target = np.zeros((width // CELL, len(ANCHORS), 5), np.float32)
    target[..., 0] = 1
    if not len(centres):
        return target
    anchors = np.log(np.array(ANCHORS))
    steps = np.diff(centres)
    widths = (np.append(steps[:1], steps) + np.append(steps, steps[-1:])) / 2 if len(steps) else np.full(1, ANCHORS[1])
    ratios = np.log(np.maximum(widths, 1))[:, None] - anchors  # (N, 4)
    cells = np.floor(centres / CELL).astype(np.intp)
    for i in np.flatnonzero((cells >= 0) & (cells < len(target))):
        one = target[cells[i]]
        if taught is not None and not taught[i]:
            one[:, 0] = 0
            continue
        one[np.abs(ratios[i]) < np.log(ALIKE), 0] = 0
        best = int(np.abs(ratios[i]).argmin())
        one[best] = 1, 1, centres[i] / CELL - cells[i], ratios[i, best], classes[i]
    return target
