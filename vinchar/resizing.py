"""Pictures at another size, one way for all stages."""

from __future__ import annotations

import cv2
import numpy as np

from vinchar.types import Gray


def resized(gray: Gray, width: int, height: int, enlarge: int = cv2.INTER_LINEAR) -> Gray:
    """Return a grey picture, uint8 (H, W), at another size; where it shrinks every pixel gathers all of its area.

    A large photo is first halved as often as there is room: by whole pixels that is many times as fast. ``enlarge``:
    how OpenCV interpolates where the picture grows.
    """
    if width > gray.shape[1]:
        return np.asarray(cv2.resize(gray, (width, height), interpolation=enlarge), np.uint8)
    while gray.shape[1] >= 2 * width and gray.shape[0] >= 2 * height:
        rows, columns = gray.shape[0] // 2, gray.shape[1] // 2
        even = gray[: 2 * rows, : 2 * columns]
        gray = np.asarray(cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
    if gray.shape == (height, width):
        return gray
    return np.asarray(cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
