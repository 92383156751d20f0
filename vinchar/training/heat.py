"""What the locator should answer: Gaussians at the glyphs of the VIN and at the gaps between them, after CRAFT."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
SPREAD_ALONG, SPREAD_ACROSS = 0.26, 0.25  # standard deviations, in pitches and in glyph heights
BREAK = 3.0  # pitches: a glyph farther from the one before it begins a new row
NARROWEST = 0.5  # cells: a narrower Gaussian would fall between them


def heat_targets(quads: Floats, shape: tuple[int, int], stride: int) -> Floats:
    """Return heat of glyph centres and of gaps, float32 (H, W, 2) in 0..1.

    ``quads`` float32 (17, 4, 2), or (0, 4, 2) where there is no VIN: the glyphs in photo pixels, each clockwise from
    its top left; ``shape``: height and width of the maps, one cell for every ``stride`` photo pixels.
    """
    out = np.zeros((*shape, 2), np.float32)
    if not len(quads):
        return out
    centres = quads.mean(1) / stride - 0.5
    up = ((quads[:, 0] + quads[:, 1]) - (quads[:, 2] + quads[:, 3])) / 2 / stride
    steps = np.diff(centres, axis=0)
    length = np.linalg.norm(steps, axis=1)
    breaks = np.flatnonzero(length > BREAK * np.median(length)) + 1
    for row in np.split(np.arange(len(quads)), breaks):
        at, high = centres[row], up[row]
        along = np.gradient(at, axis=0) if len(row) > 1 else np.median(steps, axis=0)[None]  # one pitch
        _stamp(out[..., 0], at, along, high)
        _stamp(out[..., 1], (at[1:] + at[:-1]) / 2, np.diff(at, axis=0), (high[1:] + high[:-1]) / 2)
    return out


def _stamp(heat: Floats, centres: Floats, along: NDArray[np.floating], up: NDArray[np.floating]) -> None:
    """Put a Gaussian round every centre, where it is higher than what is there."""
    for centre, a, u in zip(centres, _widened(along, SPREAD_ALONG), _widened(up, SPREAD_ACROSS), strict=True):
        frame = np.column_stack([a, u])
        if abs(np.linalg.det(frame)) < 1e-3:
            continue
        to_glyph = np.linalg.inv(frame)
        reach = np.abs(a) + np.abs(u) + 1
        x0, y0 = np.maximum(np.floor(centre - reach), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(centre + reach) + 1, heat.shape[::-1]).astype(int)
        if x0 >= x1 or y0 >= y1:
            continue
        columns, rows = np.meshgrid(np.arange(x0, x1) - centre[0], np.arange(y0, y1) - centre[1])
        pitches = to_glyph[0, 0] * columns + to_glyph[0, 1] * rows
        heights = to_glyph[1, 0] * columns + to_glyph[1, 1] * rows
        bump = np.exp(-0.5 * ((pitches / SPREAD_ALONG) ** 2 + (heights / SPREAD_ACROSS) ** 2))
        part = heat[y0:y1, x0:x1]
        np.maximum(part, bump, out=part)


def _widened(axes: NDArray[np.floating], spread: float) -> NDArray[np.floating]:
    """Return the axes (N, 2) made so long that ``spread`` of each is no less than ``NARROWEST``."""
    length = np.linalg.norm(axes, axis=1, keepdims=True)
    return np.asarray(axes * np.maximum(1, NARROWEST / np.maximum(spread * length, 1e-6)))
