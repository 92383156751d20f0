"""What stands between the surface and the file, in physical order: light, glass, lens, sensor, JPEG."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.surfaces import smooth_noise

Floats = NDArray[np.float32]
Picture = NDArray[Any]  # float32 that may widen to float64 on its way


def region(shape: tuple[int, int], soft: float, rng: np.random.Generator) -> Floats:
    """Return a mask float32 0..1 with one or two smooth edges: a reflected roof, a hand, a shadow."""
    height, width = shape
    mask: Picture = np.zeros(shape, np.uint8)
    corners: Any
    if rng.random() < 0.6:
        x, tilt = rng.uniform(-0.1, 1.1) * width, rng.normal(0, 0.6) * height
        far = width * 2 if rng.random() < 0.5 else -width * 2
        corners = [[x - tilt, -1], [x + tilt, height], [x + far, height], [x + far, -1]]
        if rng.random() < 0.3:
            other = x + rng.uniform(0.1, 0.5) * width
            corners = [[x - tilt, -1], [x + tilt, height], [other + tilt, height], [other - tilt, -1]]
    else:
        count = int(rng.integers(4, 8))
        turn = np.sort(rng.uniform(0, 2 * np.pi, count))
        reach = rng.uniform(0.15, 0.7, count)
        centre = rng.uniform(0, 1, 2)
        corners = np.stack([centre[0] + reach * np.cos(turn) * 0.6, centre[1] + reach * np.sin(turn) * 1.5], 1)
        corners = corners * [width, height]
    cv2.fillPoly(mask, [np.round(np.array(corners)).astype(np.int32)], 255)
    if soft > 3:  # a wide blur is as good, and far cheaper, on a small picture
        small = cv2.resize(mask, None, fx=2 / soft, fy=2 / soft, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(cv2.GaussianBlur(small, (0, 0), 2), (width, height), interpolation=cv2.INTER_LINEAR)
    else:
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.4, soft))
    return np.asarray(mask.astype(np.float32) / 255, np.float32)


def light(picture: Picture, cap: float, rng: np.random.Generator) -> Floats:
    """Light the plane: gradients, shadows, reflections that veil or turn contrast, glare, dirt, drops, scratches."""
    shape = picture.shape
    if rng.random() < 0.6:
        wave = smooth_noise(shape, max(shape) * rng.uniform(0.15, 0.8), rng)
        picture = picture * np.exp(wave * rng.uniform(0.05, 0.35))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.5, 0.35, 0.15]))):
        mask = region(shape, cap * rng.choice([0.05, 0.3, 1.5]), rng)
        kind = rng.random()
        if kind < 0.55:  # a veil: a brighter scene mirrored in the glass
            level, share = rng.uniform(0.3, 1.1), rng.uniform(0.15, 0.75)
            picture = picture * (1 - share * mask) + level * share * mask
        elif kind < 0.9:
            picture = picture * (1 - rng.uniform(0.2, 0.75) * mask)
        else:  # contrast turned over behind the edge
            middle = float(picture.mean()) + rng.uniform(0, 0.4)
            picture = picture + mask * (2 * (middle - picture)) * rng.uniform(0.6, 0.9)
    if rng.random() < 0.2:  # glare, often over an end of the line
        height, width = shape
        place = rng.uniform(0, 1) if rng.random() < 0.6 else rng.choice([0.1, 0.9]) + rng.normal(0, 0.07)
        x, y = place * width, rng.uniform(0, height)
        reach_x, reach_y = cap * rng.uniform(0.3, 5), cap * rng.uniform(0.3, 2)
        columns, rows = (np.arange(width) - x) / reach_x, (np.arange(height) - y) / reach_y
        spot = np.exp(-0.5 * (columns[None, :] ** 2 + rows[:, None] ** 2))
        picture = picture + (rng.uniform(0.3, 1.5) * spot).astype(np.float32)
    if rng.random() < 0.12:  # dirt, snow or drops
        blobs = smooth_noise(shape, cap * rng.uniform(0.1, 0.7), rng)
        cover = np.clip((blobs - rng.uniform(1.2, 2.2)) * 4, 0, 1)
        picture = picture + cover * (rng.uniform(0, 1) - picture) * rng.uniform(0.4, 1)
    if rng.random() < 0.1:
        lines = np.zeros(shape, np.uint8)
        for _ in range(int(rng.integers(1, 6))):
            ends = (rng.uniform(-0.1, 1.1, (2, 2)) * [shape[1], shape[0]]).astype(int)
            cv2.line(lines, ends[0].tolist(), ends[1].tolist(), 255, 1, cv2.LINE_AA)
        picture = picture + lines.astype(np.float32) / 255 * rng.normal(0, 0.25)
    return np.asarray(picture, np.float32)


def expose(picture: Picture, glyph: float, rng: np.random.Generator) -> tuple[NDArray[np.uint8], float]:
    """Take the photo: defocus and motion relative to the height of a ``glyph`` in pixels, noise, gamma, JPEG.

    Returns it, uint8 of the same shape, and its blur: the standard deviation of defocus and motion together, in the
    direction of the motion, in glyph heights.
    """
    variance = 0.0
    if rng.random() < 0.55:
        sigma = glyph * abs(rng.normal(0, 0.06))
        if sigma > 0.2:
            picture = cv2.GaussianBlur(picture, (0, 0), sigma)
            variance += sigma**2
    if rng.random() < 0.15:
        length = max(2, round(glyph * rng.uniform(0.1, 0.35)))
        kernel = np.zeros((length, length), np.float32)
        end = np.array([np.cos(turn := rng.uniform(0, np.pi)), np.sin(turn)]) * (length - 1) / 2
        middle = np.full(2, (length - 1) / 2)
        a, b = np.round(middle - end).astype(int), np.round(middle + end).astype(int)
        cv2.line(kernel, a.tolist(), b.tolist(), 1.0, 1)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
        variance += length**2 / 12  # of an even line
    low, high = np.percentile(picture[::2, ::2], (1, 99))
    if rng.random() < 0.75:  # automatic exposure, loosely
        span, floor = rng.uniform(0.35, 1.0), rng.uniform(0, 0.35)
        picture = floor + (picture - low) / max(high - low, 0.15) * span
    picture = np.clip(picture, 0, 1.02) ** np.exp(rng.normal(0, 0.25))
    if rng.random() < 0.7:
        noise: Picture = rng.standard_normal(picture.shape, np.float32)
        if rng.random() < 0.5:
            noise = cv2.GaussianBlur(noise, (0, 0), 0.7) * 2
        picture = picture + noise * abs(rng.normal(0, 0.025))
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(picture, (0, 0), max(0.6, glyph * 0.06))
        picture = picture + (picture - soft) * rng.uniform(0.3, 1.6)
    out = np.asarray(np.clip(picture * 255, 0, 255), np.uint8)
    if rng.random() < 0.8:
        quality = int(rng.choice([rng.integers(25, 60), rng.integers(60, 97)], p=[0.25, 0.75]))
        _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out = np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE), np.uint8)
    return out, float(np.sqrt(variance) / glyph)
