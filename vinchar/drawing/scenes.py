"""Whole synthetic pictures of one VIN line amid its surroundings, with a quad for every glyph."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.camera import expose, light
from vinchar.drawing.faces import Face
from vinchar.drawing.printing import Print, print_vin
from vinchar.drawing.strings import draw_vin
from vinchar.drawing.surfaces import draw_material, surface

# Grey levels between the 6th and the 94th percentile within every glyph, of a VIN that is easy to see, and of one that
# can be read at all: so much have nine in ten of 2,033 real photos with a box round the VIN.
CLEAR_CONTRAST, LEGIBLE_CONTRAST = 85, 30
CLEAR_TILT = 0.26  # radians, about 15 degrees
CLEAR_BLUR = 0.06  # glyph heights, standard deviation: a point looks 0.14 wide then, as a stroke is


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """``gray`` uint8 (H, W); ``quads`` float32 (17, 4, 2), each clockwise from the glyph's top left; ``vin``;

    ``light``: the glyphs are lighter than what is round them; ``material``: of ``surfaces.MATERIALS``; ``blur``: as of
    ``camera.expose``, in glyph heights.
    """

    gray: NDArray[np.uint8]
    quads: NDArray[np.float32]
    vin: str
    light: bool
    material: str
    blur: float


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera stands: tilt in degrees, squeeze of height to width, length of the VIN in photo pixels."""

    tilt: float
    squeeze: float
    length: float


def draw_view(rng: np.random.Generator) -> View:
    """Draw a view: mostly level, now and then tilted to 40 degrees; mostly small, as in real photos."""
    kind = rng.random()
    tilt = rng.normal(0, 3) if kind < 0.55 else rng.normal(0, 9) if kind < 0.85 else rng.uniform(-40, 40)
    squeeze = np.exp(rng.normal(0.0, 0.36))
    length = np.exp(rng.normal(5.08, 0.24)) if rng.random() < 0.7 else np.exp(rng.uniform(5.0, 6.6))
    return View(float(tilt), float(np.clip(squeeze, 0.45, 2.2)), float(np.clip(length, 90, 800)))


def draw_scene(
    rng: np.random.Generator,
    held_out: bool = False,
    vin: str | None = None,
    face: Face | None = None,
    material: str | None = None,
) -> Scene:
    """Draw one scene; all chance comes from ``rng``. ``held_out``: with the faces kept out of training.

    ``vin``, ``face`` and ``material`` are drawn where None.
    """
    vin = vin or draw_vin(rng)
    view = draw_view(rng)
    cap = float(np.clip(view.length / 17 * rng.uniform(1.2, 1.8), 18, 56))
    printed = print_vin(vin, cap, rng, held_out, face)
    material = material or draw_material(rng)
    plane = light(surface(printed, material, rng), cap, rng)
    light_on_dark = is_light(plane, printed)
    matrix, size = _homography(printed.boxes, view, rng)
    bow = cap * rng.normal(0, 0.5) if rng.random() < 0.15 else 0.0
    middle, reach = plane.shape[1] / 2, (printed.boxes[-1, 2] - printed.boxes[0, 0]) / 2
    if bow:
        columns, rows = np.meshgrid(np.arange(plane.shape[1], dtype=np.float32), np.arange(plane.shape[0]))
        rows = (rows - bow * ((columns - middle) / reach) ** 2).astype(np.float32)
        bowed = cv2.remap(plane, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        plane = np.asarray(bowed, np.float32)
    corners = printed.boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    corners[..., 1] += bow * ((corners[..., 0] - middle) / reach) ** 2
    quads = cv2.perspectiveTransform(corners.reshape(-1, 1, 2), matrix).reshape(-1, 4, 2).astype(np.float32)
    glyph = float(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).mean())
    shrink = cap / max(glyph, 1)
    if shrink > 1.2:  # the pixels of the sensor gather light over their whole area
        plane = np.asarray(cv2.GaussianBlur(plane, (0, 0), 0.35 * shrink), np.float32)
    border = float(np.clip(rng.normal(plane.mean(), 0.2), 0, 1))
    photo = cv2.warpPerspective(plane, matrix, size, flags=cv2.INTER_LINEAR, borderValue=border)
    gray, blur = expose(photo, glyph, rng)
    return Scene(gray, quads, vin, light_on_dark, material, blur)


def is_light(plane: NDArray[np.float32], printed: Print) -> bool:
    """Tell whether the VIN's ink is lighter than the ground between it."""
    low, high = printed.boxes[:, :2].min(0).astype(int), printed.boxes[:, 2:].max(0).astype(int) + 1
    part = np.s_[low[1] : high[1], low[0] : high[0]]
    ink, grey = printed.ink[part], plane[part]
    return float((ink * grey).sum() / max(ink.sum(), 1)) > float(((1 - ink) * grey).sum() / max((1 - ink).sum(), 1))


def is_clear(gray: NDArray[np.uint8], quads: NDArray[np.float32]) -> bool:
    """Tell whether a VIN is easy to see: every glyph inside the picture, nearly level and of strong contrast.

    ``gray`` uint8 (H, W); ``quads`` float32 (17, 4, 2), each clockwise from the glyph's top left.
    """
    return is_whole_and_level(gray.shape, quads) and least_contrast(gray, quads) >= CLEAR_CONTRAST


def is_whole_and_level(shape: tuple[int, ...], quads: NDArray[np.float32]) -> bool:
    """Tell whether glyphs, ``quads`` as of ``is_clear``, are inside a picture of this shape and nearly level."""
    if (quads < 2).any() or (quads > np.array(shape[::-1]) - 2).any():
        return False
    along = quads[-1].mean(0) - quads[0].mean(0)
    return bool(abs(np.arctan2(along[1], along[0])) <= CLEAR_TILT)


def least_contrast(gray: NDArray[np.uint8], quads: NDArray[np.float32]) -> float:
    """Return the grey levels between the 6th and the 94th percentile within the glyph that has fewest; 0 outside.

    ``gray`` uint8 (H, W); ``quads`` float32 (N, 4, 2).
    """
    ranges = []
    for x, y, width, height in map(cv2.boundingRect, quads):
        glyph = gray[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]
        low, high = np.percentile(glyph, (6, 94)) if glyph.size else (0.0, 0.0)
        ranges.append(float(high - low))
    return min(ranges)


def project(
    boxes: NDArray[np.float32], view: View, rng: np.random.Generator, spread: float = 0.12
) -> NDArray[np.float64]:
    """Return the homography, float64 (3, 3), from plane to photo pixels with the middle of the VIN at 0, 0.

    ``spread``: standard deviation of the shear.
    """
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    half = (x1 - x0) / 2
    turn = np.deg2rad(-view.tilt)
    keystone = rng.normal(0, 0.06) / half, rng.normal(0, 0.02) / half
    shear = rng.normal(0, spread)
    to_centre = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1.0]])
    lean = np.array([[1, shear, 0], [0, 1, 0], [*keystone, 1.0]])
    rotate = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1.0]])
    matrix = np.diag([1, view.squeeze, 1.0]) @ rotate @ lean @ to_centre
    ends = _line_corners(boxes, matrix)
    long = np.linalg.norm(ends[1] - ends[0])
    return np.asarray(np.diag([view.length / long, view.length / long, 1.0]) @ matrix)


def _line_corners(boxes: NDArray[np.float32], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    (x0, y0), (x1, y1) = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    corners = np.array([[[x0, y0]], [[x1, y0]], [[x1, y1]], [[x0, y1]]], np.float64)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[:, 0], np.float64)


def _homography(
    boxes: NDArray[np.float32], view: View, rng: np.random.Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the homography from plane to photo, float64 (3, 3), and the photo's (width, height)."""
    matrix = project(boxes, view, rng)
    ends = _line_corners(boxes, matrix)
    low, high = ends.min(0), ends.max(0)
    glyph = float(np.linalg.norm(ends[3] - ends[0]))
    room_x, room_y = rng.uniform(0.04, 0.25, 2) * view.length, rng.uniform(0.25, 1.5, 2) * glyph
    origin = low - np.array([room_x[0], room_y[0]])
    size = high + np.array([room_x[1], room_y[1]]) - origin
    matrix = np.array([[1, 0, -origin[0]], [0, 1, -origin[1]], [0, 0, 1.0]]) @ matrix
    return matrix, (max(8, round(float(size[0]))), max(8, round(float(size[1]))))
