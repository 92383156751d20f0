"""What OpenCV makes of noise, which shows every difference in arithmetic."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from web.golden.pictures import Cases, noise


def blobs(seed: int, *shape: int) -> np.ndarray:
    """Return a mask, 0 or 255, of blobs with holes and specks."""
    smooth = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=shape), (0, 0), 1.5)
    return np.where(np.abs(smooth) > 0.15, 255, 0).astype(np.uint8)


def cases() -> Cases:
    """What OpenCV makes of pictures, each with what it was given."""
    found: Cases = []

    def add(name: str, out: Any, **given: Any) -> None:
        found.append({"name": name, "out": out, **given})

    gray = noise(1, 24, 31)
    for name, kind, sizes in (
        ("resizeLinear", cv2.INTER_LINEAR, ((59, 52), (32, 25), (62, 48))),
        ("resizeCubic", cv2.INTER_CUBIC, ((59, 52), (32, 25), (93, 72))),
        ("resizeArea", cv2.INTER_AREA, ((11, 19), (30, 23), (7, 5), (31, 12), (1, 1))),
    ):
        for size in sizes:
            add(name, cv2.resize(gray, size, interpolation=kind), gray=gray)
    even = noise(2, 18, 24)
    for size in ((12, 9), (8, 6), (12, 6)):
        add("resizeArea", cv2.resize(even, size, interpolation=cv2.INTER_AREA), gray=even)
    random = np.random.default_rng(3)
    x, y = (random.uniform(-6, size + 6, (10, 30)).astype(np.float32) for size in (31, 24))
    add("remapCubic", cv2.remap(gray, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), gray=gray, x=x, y=y)
    plane = random.uniform(0, 1, (24, 31)).astype(np.float32)
    add("remapLinear", cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), plane=plane, x=x, y=y)
    levels = gray.astype(np.float32)
    for size in ((65, 79), (5, 3)):
        add("blur", cv2.blur(levels, size, borderType=cv2.BORDER_REFLECT_101), plane=levels, size=size)
    for sigma in (0.7, 1.0, 2.3):
        add("gaussianBlurGray", cv2.GaussianBlur(gray, (0, 0), sigma), gray=gray, sigma=sigma)
        add("gaussianBlur", cv2.GaussianBlur(levels, (0, 0), sigma), plane=levels, sigma=sigma)
    add("sobelX", cv2.Sobel(levels, cv2.CV_32F, 1, 0), plane=levels)
    add("sobelY", cv2.Sobel(levels, cv2.CV_32F, 0, 1), plane=levels)
    add("binomialBlur", cv2.GaussianBlur(gray, (3, 3), 0), gray=gray)
    for some in (gray, cv2.GaussianBlur(gray, (0, 0), 2.0)):
        add("topHat", cv2.morphologyEx(some, cv2.MORPH_TOPHAT, np.ones((15, 15), np.uint8)), gray=some)
    add("dilateRow", cv2.dilate(plane[:1], np.ones((1, 41), np.uint8)), plane=plane[:1])
    add("gradient", cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), gray=gray)
    for seed in range(3):
        some = np.clip(random.normal(60 + 40 * seed, 30, (20, 30)), 0, 255).astype(np.uint8)
        level, out = cv2.threshold(some, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        add("otsu", out, gray=some, level=level)
    for side in (11, 25):
        for dark, kind in ((False, cv2.THRESH_BINARY), (True, cv2.THRESH_BINARY_INV)):
            out = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, side, 4 if dark else -4)
            add("adaptiveThreshold", out, gray=gray, side=side, dark=dark)
    for seed in range(12):
        points = np.random.default_rng(20 + seed).integers(-12 * (seed % 3), 31 + 12 * (seed % 3), (3 + seed, 2))
        points[:, 1] = points[:, 1] * 24 // 31
        out = cv2.fillPoly(np.zeros((24, 31), np.uint8), [points.astype(np.int32)], 1)
        add("fillPolygon", out, points=points.astype(np.int32))
    for seed, shape in ((4, (25, 38)), (5, (24, 37)), (6, (1, 9)), (7, (9, 1))):
        mask = blobs(seed, *shape)
        _, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
        add("components", labels, gray=mask, stats=stats[1:], middles=middles[1:])
        contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        outer = [c.ravel() for c, links in zip(contours, tree[0] if contours else (), strict=True) if links[3] < 0]
        add("contours", outer, gray=mask)
    return found
