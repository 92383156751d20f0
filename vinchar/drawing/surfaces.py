"""Ink on a plane becomes a lit surface: printed, lasered, embossed, stamped or peened. Grey values 0..1 float32."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.printing import Print

Floats = NDArray[np.float32]
MATERIALS = ("print", "relief", "stamp")  # on a plane, raised or sunk with paint, sunk without


def smooth_noise(shape: tuple[int, int], cell: float, rng: np.random.Generator) -> Floats:
    """Return noise of unit deviation, float32 of ``shape``, whose blobs are about ``cell`` pixels wide."""
    height, width = shape
    coarse = rng.standard_normal((max(2, round(height / cell) + 1), max(2, round(width / cell) + 1)), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def draw_material(rng: np.random.Generator) -> str:
    """Draw which of ``MATERIALS`` a VIN stands on."""
    return str(rng.choice(MATERIALS, p=[0.76, 0.12, 0.12]))


def surface(printed: Print, material: str, rng: np.random.Generator) -> Floats:
    """Return the plane's reflectance, float32 (H, W), of one of ``MATERIALS``."""
    if material == "print":
        return _printed(printed, rng)
    return _relief(printed, rng, paint=material == "relief")


def _wear(ink: Floats, cap: float, rng: np.random.Generator) -> Floats:
    """Let strokes swell, thin, break and fade."""
    kind = rng.random()
    if kind < 0.15:
        size = max(2, round(cap * rng.uniform(0.03, 0.08)))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        ink = np.asarray((cv2.dilate if rng.random() < 0.6 else cv2.erode)(ink, kernel), np.float32)
    if rng.random() < 0.25:
        holes = smooth_noise(ink.shape, cap * rng.uniform(0.05, 0.3), rng)
        ink = ink * np.clip(1.6 + holes * rng.uniform(0.3, 1.0), 0, 1)
    if rng.random() < 0.2:
        fade = smooth_noise(ink.shape, cap * rng.uniform(3, 10), rng)
        ink = ink * np.clip(0.8 + 0.35 * fade, 0.15, 1)
    return ink


def _grain(shape: tuple[int, int], cap: float, rng: np.random.Generator) -> Floats:
    """Texture of the material: fine, coarse or brushed."""
    grain = smooth_noise(shape, rng.choice([1.0, 2.0, cap * 0.2, cap * 2]), rng)
    if rng.random() < 0.25:
        length = max(3, round(cap * rng.uniform(0.5, 3)))
        size = (length, 1) if rng.random() < 0.7 else (1, length)
        grain = cv2.blur(grain, size) * np.sqrt(length) * 0.6
    return grain


def _printed(printed: Print, rng: np.random.Generator) -> Floats:
    ink = _wear(printed.ink, printed.cap, rng)
    light_on_dark = rng.random() < 0.6
    contrast = rng.choice([rng.uniform(0.1, 0.3), rng.uniform(0.25, 0.85)], p=[0.25, 0.75])
    ground = rng.uniform(0.02, 0.5) if light_on_dark else rng.uniform(0.4, 1.0)
    letter = ground + contrast if light_on_dark else ground - contrast
    around = ground + rng.normal(0, 0.3) if rng.random() < 0.7 else rng.uniform(0, 1)
    field = around + (ground - around) * printed.plate
    picture = field + (letter - ground) * ink
    if rng.random() < 0.15:  # a blurred shadow or halo of the letters, as of paint under glass
        shift = printed.cap * rng.uniform(0.03, 0.12)
        move = np.array([[1, 0, shift], [0, 1, shift * rng.choice([-1, 1])]], np.float32)
        shadow = cv2.warpAffine(cv2.GaussianBlur(ink, (0, 0), max(0.5, shift)), move, ink.shape[::-1])
        picture = picture - (letter - ground) * rng.uniform(-0.35, 0.5) * shadow * (1 - ink)
    texture = _grain(ink.shape, printed.cap, rng) * contrast * abs(rng.normal(0, 0.06))
    return np.asarray(picture + texture, np.float32)


def _relief(printed: Print, rng: np.random.Generator, paint: bool) -> Floats:
    """Letters raised or sunk, seen by light from a side: lambertian shading of the blurred height map."""
    cap = printed.cap
    ink = _wear(printed.ink, cap, rng)
    height = cv2.GaussianBlur(ink, (0, 0), max(0.6, cap * rng.uniform(0.02, 0.07)))
    angle = rng.uniform(0, 2 * np.pi)
    slope_x, slope_y = cv2.Sobel(height, cv2.CV_32F, 1, 0), cv2.Sobel(height, cv2.CV_32F, 0, 1)
    shading = (slope_x * np.cos(angle) + slope_y * np.sin(angle)) * cap * 0.02
    shading /= max(float(np.abs(shading).max()), 1e-3)
    ground, depth = rng.uniform(0.15, 0.75), rng.uniform(0.08, 0.45)
    picture = ground + depth * shading * rng.choice([0.4, 1.0])
    if paint or rng.random() < 0.6:  # the floor of the stroke is darker or lighter than the ground
        picture = picture + height * depth * rng.uniform(0.3, 1.2) * rng.choice([-1, -1, 1])
    else:
        picture = picture - cv2.GaussianBlur(np.hypot(slope_x, slope_y), (0, 0), 0.8) * depth * rng.uniform(0, 0.4)
    texture = _grain(ink.shape, cap, rng) * depth * abs(rng.normal(0, 0.12))
    around = rng.uniform(0.3, 1.3)
    return np.asarray((picture + texture) * (around + (1 - around) * printed.plate), np.float32)
