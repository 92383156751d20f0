"""Whole synthetic photos in colour: a label, a windscreen strip or a stamped frame amid a car's metal and plastic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing import layouts
from vinchar.drawing.camera import expose, light, region
from vinchar.drawing.faces import Face, sample_face
from vinchar.drawing.printing import Print
from vinchar.drawing.scenes import View, is_light, project
from vinchar.drawing.strings import draw_vin
from vinchar.drawing.surfaces import smooth_noise, surface
from vinchar.vin import LENGTH

Floats = NDArray[np.float32]
Place = Literal["label", "windscreen", "frame"]
PLACES: tuple[Place, ...] = ("label", "windscreen", "frame")
SIZES = ((640, 480), (800, 600), (1024, 768), (1280, 960), (1600, 1200), (1280, 720))
BROKEN = 0.2  # share of the small photos whose VIN stands in two rows
CAP, SMALL_CAP = 40.0, 18.0  # cap height on the plane, before the camera
_LAYOUTS = {"label": layouts.label, "windscreen": layouts.windscreen, "frame": layouts.frame}
# Blue, green, red: paint of cars; metal; labels and plates. Only their tint counts.
_PAINTS = ((1, 1, 1), (1.1, 1, 0.9), (1.6, 0.9, 0.5), (0.55, 0.8, 1.5), (0.8, 1.15, 0.85), (0.75, 1, 1.2), (1, 1, 1.02))
_METALS = ((1, 1, 1), (1.06, 1, 0.97), (0.85, 0.97, 1.12), (0.95, 1, 1.03))
_PLATES = ((1, 1, 1), (1, 1, 1), (0.9, 1, 1.03), (1.08, 1, 0.96), (0.6, 1.05, 1.1))


@dataclass(frozen=True, eq=False, slots=True)
class Photo:
    """``bgr`` uint8 (H, W, 3); ``quads`` float32 (17, 4, 2), each clockwise from the glyph's top left; ``vin``;

    ``light``: the glyphs are lighter than what is round them; ``material``: of ``surfaces.MATERIALS``; ``blur``: as of
    ``camera.expose``, in glyph heights.
    """

    bgr: NDArray[np.uint8]
    quads: NDArray[np.float32]
    vin: str
    light: bool
    material: str
    blur: float


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """What a camera is aimed at: ``plane`` float32 (H, W), the lit surface, and what is ``printed`` on it.

    ``focus``: the plane's point that the camera looks at, from where the VIN takes ``share`` of the width of a photo of
    ``size``; ``place``, ``material``: of ``PLACES``, ``surfaces.MATERIALS``.
    """

    plane: Floats
    printed: Print
    focus: tuple[float, float]
    place: Place
    material: str
    size: tuple[int, int]
    share: float

    @property
    def corners(self) -> Floats:
        """Return the glyphs' corners on the plane, float32 (17, 4, 2), each clockwise from its top left."""
        return self.printed.boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)


def draw_photo(
    rng: np.random.Generator,
    place: Place | None = None,
    vin: str | None = None,
    face: Face | None = None,
    held_out: bool = False,
    calm: bool = False,
    small: bool = False,
    rows: int | None = None,
) -> Photo:
    """Draw one photo of 640 to 1600 pixels width; all chance comes from ``rng``.

    ``place``, ``vin`` and ``face`` are drawn where None; ``held_out``: a face kept out of training. ``calm``: in even
    light, without dirt and glare, not far from level. ``small``: 640 pixels wide, coarser, and
    what stands beside the VIN is more like it; some VINs stand in two rows. ``rows``: 1 or 2 of them.
    """
    place = place or PLACES[rng.integers(len(PLACES))]
    vin = vin or draw_vin(rng)
    subject = draw_subject(rng, place, vin, face or sample_face(rng, held_out), calm, small, rows)
    tilt = rng.normal(0, 5) if rng.random() < 0.7 or calm else rng.normal(0, 12)
    tilt = float(np.clip(tilt, -15, 15) if calm else tilt)
    view = View(tilt, float(np.exp(rng.normal(0, 0.1))), subject.share * subject.size[0])
    matrix = aim(subject.printed, subject.focus, view, subject.size, rng)
    quads = cv2.perspectiveTransform(subject.corners.reshape(-1, 1, 2), matrix).reshape(-1, 4, 2).astype(np.float32)
    glyph = float(np.linalg.norm(quads[:, 0] - quads[:, 3], axis=1).mean())
    light_on_dark = is_light(subject.plane, subject.printed)
    photo = _warp(gathered(subject.plane, subject.printed.cap / glyph), matrix, subject.size)
    gray, blur = expose(photo, glyph, rng)
    tint = draw_tint(place, rng).of(_warp(subject.printed.plate, matrix, subject.size))
    bgr = np.clip(gray[..., None] * tint, 0, 255).astype(np.uint8)
    return Photo(bgr, quads, vin, light_on_dark, subject.material, blur)


def draw_subject(
    rng: np.random.Generator,
    place: Place,
    vin: str,
    face: Face,
    calm: bool = False,
    small: bool = False,
    rows: int | None = None,
) -> Subject:
    """Draw what a photo shows, as of ``draw_photo``; all chance comes from ``rng``."""
    cap = SMALL_CAP if small else CAP
    row = layouts.set_vin(vin, cap, rng, face, marks=place != "windscreen")
    broken = rows == 2 if rows else small and len(vin) == LENGTH and rng.random() < BROKEN
    row = layouts.in_two_rows(row, rng) if broken else row
    size = SIZES[0] if small else SIZES[rng.integers(len(SIZES))]
    low, high = (0.3 if small else 0.45, 0.6) if place == "label" else (0.45, 0.78)
    share = rng.uniform(low, high)  # of the photo's width
    across = round(1.45 * row.length / share)
    shape = round(across * 0.85), across
    if small and place == "label" and rng.random() < 0.6:
        layout = layouts.label(row, shape, rng, alike=True)
    elif small and place == "windscreen" and rng.random() < 0.4:
        layout = layouts.windscreen(row, shape, rng, barcode=True)
    else:
        layout = _LAYOUTS[place](row, shape, rng)
    printed = layout.printed
    material = "stamp" if place == "frame" else "print"
    plane = surface(printed, material, rng)
    plane = _surroundings(plane, printed, place, rng)
    plane = _evenly_lit(plane, rng) if calm else light(plane, cap, rng)
    if place == "windscreen":
        plane = _behind_glass(plane, cap, rng)
    return Subject(plane, printed, layout.focus, place, material, size, share)


def gathered(plane: Floats, shrink: float) -> Floats:
    """Return a plane as pixels see it that are ``shrink`` times as wide: each gathers light over its whole area."""
    return plane if shrink <= 1.2 else np.asarray(cv2.GaussianBlur(plane, (0, 0), 0.35 * shrink), np.float32)


def _warp(plane: Floats, matrix: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    warped = cv2.warpPerspective(plane, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.float32)


def aim(
    printed: Print, focus: tuple[float, float], view: View, size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the homography, float64 (3, 3), that puts the focus near the photo's middle and all of the VIN inside."""
    matrix = project(printed.boxes, replace(view, squeeze=1.0), rng, spread=0.04)
    matrix = np.diag([1, view.squeeze, 1.0]) @ matrix
    middle = cv2.perspectiveTransform(np.array([[focus]], np.float64), matrix)[0, 0]
    shift = np.array(size) * (0.5 + rng.normal(0, 0.03, 2)) - middle
    points = cv2.perspectiveTransform(printed.boxes.reshape(-1, 1, 2).astype(np.float64), matrix)[:, 0]
    margin = 0.03 * np.array(size)
    shift = np.clip(shift, margin - points.min(0), np.array(size) - margin - points.max(0))
    return np.asarray(np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1.0]]) @ matrix)


def _surroundings(plane: Floats, printed: Print, place: Place, rng: np.random.Generator) -> Floats:
    """Put folds, gaps and rubber seals of the bodywork, screws, rivets and holes round the VIN."""
    height, width = plane.shape
    cap, on_plate = printed.cap, printed.plate if place != "frame" else np.zeros_like(plane)
    low, high = printed.boxes[:, :2].min(0), printed.boxes[:, 2:].max(0)
    kept = on_plate > 0.5  # what nothing may touch
    kept[max(0, int(low[1] - cap)) : int(high[1] + cap), max(0, int(low[0] - 2 * cap)) : int(high[0] + 2 * cap)] = True
    rows, columns = np.flatnonzero(kept.any(1))[[0, -1]], np.flatnonzero(kept.any(0))[[0, -1]]
    relief, dark = np.zeros_like(plane), np.zeros_like(plane)
    for below in (0, 1):
        if rng.random() < 0.8:  # a fold of the sheet
            y = rows[below] + (1 if below else -1) * rng.uniform(1, 5) * cap
            slope = rng.normal(0, 0.02) * width
            corners = [[-1, y - slope], [width, y + slope], [width, y + slope + height], [-1, y - slope + height]]
            relief += _polygon(plane.shape, corners) * rng.choice([-1, 1]) * rng.uniform(0.6, 2.0)
        if rng.random() < 0.5:  # a gap or a seal beside it
            x = columns[below] + (1 if below else -1) * rng.uniform(1.5, 5) * cap
            slope, band = rng.normal(0, 0.04) * height, cap * rng.choice([0.15, rng.uniform(0.5, 1.5)])
            corners = [[x - slope, -1], [x + slope, height], [x + slope + band, height], [x - slope + band, -1]]
            part = _polygon(plane.shape, corners)
            np.maximum(dark, part, out=dark)
            relief += part
    for _ in range(int(rng.integers(2, 8))):
        radius = round(cap * rng.uniform(0.3, 0.7))
        x, y = int(rng.uniform(0.15, 0.85) * width), int(rng.uniform(0.15, 0.85) * height)
        if kept[max(0, y - 2 * radius) : y + 2 * radius, max(0, x - 2 * radius) : x + 2 * radius].any():
            continue
        kind = rng.random()
        cv2.circle(relief, (x, y), radius, float(relief[y, x]) + (2.0 if kind < 0.7 else -2.0), -1, cv2.LINE_AA)
        if kind < 0.4:  # a cross head
            turn = rng.uniform(0, np.pi / 2) + np.array([0, np.pi / 2])
            for dx, dy in np.round(radius * 0.6 * np.stack([np.cos(turn), np.sin(turn)], 1)).astype(int).tolist():
                cv2.line(dark, (x - dx, y - dy), (x + dx, y + dy), 0.8, max(2, radius // 4), cv2.LINE_AA)
        elif kind > 0.7:
            cv2.circle(dark, (x, y), radius, 1.0, -1, cv2.LINE_AA)
    smooth = cv2.GaussianBlur(relief, (0, 0), cap * 0.1)
    angle = rng.uniform(0.4, 1.2)
    slope_x, slope_y = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    shading = np.tanh(-(slope_x * np.cos(angle) + slope_y * np.sin(angle)))
    around = 1 + 0.4 * shading + 0.1 * relief + 0.012 * smooth_noise(plane.shape, 1.5, rng)
    around *= 1 - 0.85 * cv2.GaussianBlur(dark, (0, 0), cap * 0.04)
    picture = plane * (1 + (1 - on_plate) * (around - 1))
    if place != "frame":  # the label or plate has a thickness and so a shadow
        move = np.array([[1, 0, cap * 0.06], [0, 1, cap * 0.08]], np.float32)
        shadow = cv2.warpAffine(cv2.GaussianBlur(on_plate, (0, 0), cap * 0.08), move, (width, height))
        picture = picture * (1 - 0.5 * shadow * (1 - on_plate))
    return np.asarray(picture, np.float32)


def _evenly_lit(plane: Floats, rng: np.random.Generator) -> Floats:
    """Let the light fall off from one side to the other."""
    wave = smooth_noise(plane.shape, max(plane.shape), rng)
    return np.asarray(plane * np.exp(wave * rng.uniform(0.05, 0.25)), np.float32)


def _polygon(shape: tuple[int, ...], corners: list[list[float]]) -> Floats:
    mask = np.zeros(shape, np.float32)
    cv2.fillPoly(mask, [np.round(np.array(corners)).astype(np.int32)], 1.0)
    return mask


def _behind_glass(plane: Floats, cap: float, rng: np.random.Generator) -> Floats:
    """Mirror a bright scene in the glass over the plane, and print the dots of the windscreen's rim on it."""
    height, width = plane.shape
    level = float(rng.uniform(0.6, 1.0))
    share = float(rng.uniform(0.15, 0.35))
    for soft in (cap * 0.3, cap * 3):
        mask = share * region(plane.shape, soft, rng)
        plane = plane * (1 - mask) + level * mask
    if rng.random() < 0.6:
        step, rows = cap * rng.uniform(0.7, 1.1), int(rng.integers(3, 6))
        dots = np.zeros_like(plane)
        base = round(height * rng.uniform(0.18, 0.27))
        dots[:base] = 1
        for i in range(rows):
            y = base + step * (i + 0.2)
            radius = step * 0.42 * (1 - i / (rows + 1))
            for x in np.arange(step * (i % 2) / 2, width, step):
                cv2.circle(dots, (round(x), round(y)), max(1, round(radius)), 1.0, -1, cv2.LINE_AA)
        plane = plane * (1 - dots) + 0.04 * dots
    return np.asarray(plane, np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Tint:
    """The colours, float32 (3,) of unit luminance, of the body and of the plate on it."""

    body: Floats
    plate: Floats

    def of(self, plate: Floats) -> Floats:
        """Return what to multiply grey with, float32 (H, W, 3), ``plate`` float32 (H, W): how much is plate."""
        return np.asarray(self.body + plate[..., None] * (self.plate - self.body), np.float32)


def draw_tint(place: Place, rng: np.random.Generator) -> Tint:
    """Draw paint or metal, and the plate on it."""
    bodies = _METALS if place == "frame" else _PAINTS if place == "label" else _METALS[:2]
    plates = _METALS if place == "frame" else _PLATES
    body, on_plate = (np.array(c[rng.integers(len(c))], np.float32) for c in (bodies, plates))
    luminance = np.array([0.114, 0.587, 0.299], np.float32)
    body, on_plate = body / (body @ luminance), on_plate / (on_plate @ luminance)
    return Tint(body, body if place == "frame" else on_plate)
